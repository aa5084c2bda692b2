/* Groups of connections: whose they are, and what their sums are worth. */
#include "model/groups.h"
#include "tests/model_build.h"

struct client {
    uint64_t cid;
    const char *name, *account, *lang;
    int64_t pending, out; /* -1: not said */
};

static struct night n;
static struct groups groups;

static void send_clients_of(uint64_t target, const char *id, uint64_t total, const struct client *clients,
                            int count) {
    struct sample *s = build(&n, target, SHAPE_CONNZ_HOT, id);
    put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, total);
    for (int i = 0; i < count; i++) {
        struct row *row = sample_add(s, ENTITY_CONNECTION);
        put_u(row, F_CONNECTION_cid, clients[i].cid);
        put_text(s, row, F_CONNECTION_name, clients[i].name);
        put_text(s, row, F_CONNECTION_account, clients[i].account);
        put_text(s, row, F_CONNECTION_lang, clients[i].lang);
        if (clients[i].pending >= 0)
            put_i(row, F_CONNECTION_pending_bytes, clients[i].pending);
        if (clients[i].out >= 0)
            put_i(row, F_CONNECTION_out_msgs, clients[i].out);
    }
    send(&n, s);
}

static void send_clients(uint64_t total, const struct client *clients, int count) {
    send_clients_of(1, "IDA", total, clients, count);
}

static void begin(void) {
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    send_varz(&n, 1, "IDA", "n1");
    groups = (struct groups){0};
}

static void end(void) {
    groups_free(&groups);
    night_end(&n);
}

static void make(enum quantity by, bool partial) {
    size_t count;
    const struct object *const *all = model_objects(n.model, OBJECT_CONNECTION, &count);
    groups_make(&groups, n.model, by, all, count, partial);
}

static const struct object *called(const char *key) {
    for (size_t i = 0; i < groups.count; i++) {
        const struct group_key *is = group_key(groups.all[i]);
        if (key ? is->known && strcmp(is->text, key) == 0 : !is->known)
            return groups.all[i];
    }
    ck_abort_msg("no group %s", key ? key : "of the unknown");
    return NULL;
}

static double sum(const struct object *group, enum quantity q, unsigned flags) {
    struct value v = quantity_get(n.model, group, q);
    double number = NAN;
    ck_assert_msg(value_number(v, &number), "%s is not known", quantities[q].name);
    ck_assert_msg(v.flags == flags, "%s has flags %u", quantities[q].name, v.flags);
    return number;
}

static const struct client five[] = {{1, "a", "X", "go", 100, 10},
                                     {2, "a", "Y", "go", 300, 20},
                                     {3, "b", "X", NULL, 7, 30},
                                     {4, NULL, "X", "c", 0, 40},
                                     {5, NULL, NULL, NULL, 1, 50}};

START_TEST(sums_and_the_largest) {
    begin();
    send_clients(5, five, 5);
    make(Q_CONNECTION_name, false);
    ck_assert_uint_eq(groups.count, 3);
    ck_assert_double_eq(sum(called("a"), Q_GROUP_connections, 0), 2);
    ck_assert_double_eq(sum(called("a"), Q_GROUP_servers, 0), 1);
    ck_assert_double_eq(sum(called("a"), Q_GROUP_pending_bytes, 0), 400);
    ck_assert_double_eq(sum(called("a"), Q_GROUP_pending_most, 0), 300);
    ck_assert_double_eq(sum(called("a"), Q_GROUP_out_msgs, 0), 30);
    ck_assert_double_eq(sum(called(NULL), Q_GROUP_out_msgs, 0), 90);
    ck_assert_str_eq(quantity_get(n.model, called("b"), Q_GROUP_key).text, "b");
    ck_assert_int_eq(quantity_get(n.model, called(NULL), Q_GROUP_key).type, VALUE_UNKNOWN);
    make(Q_CONNECTION_account, false);
    ck_assert_uint_eq(groups.count, 3); /* who has none is in the global one */
    ck_assert_double_eq(sum(called("X"), Q_GROUP_out_msgs, 0), 80);
    ck_assert_double_eq(sum(called("$G"), Q_GROUP_out_msgs, 0), 50);
    end();
}
END_TEST

/* Nothing known is no zero, and some of it is the least that it can be. */
START_TEST(unknown_is_not_zero) {
    static const struct client some[] = {{1, "a", "X", "go", 100, -1}, {2, "a", "X", "go", -1, -1}};
    begin();
    send_clients(2, some, 2);
    make(Q_CONNECTION_name, false);
    ck_assert_double_eq(sum(called("a"), Q_GROUP_pending_bytes, VALUE_LEAST), 100);
    ck_assert_double_eq(sum(called("a"), Q_GROUP_pending_most, VALUE_LEAST), 100);
    ck_assert_int_eq(quantity_get(n.model, called("a"), Q_GROUP_out_msgs).type, VALUE_UNKNOWN);
    make(Q_CONNECTION_name, true);
    ck_assert_double_eq(sum(called("a"), Q_GROUP_connections, VALUE_LEAST), 2);
    end();
}
END_TEST

/* A rate needs a second look; one that has come since makes the sum a lower bound. */
START_TEST(rates_of_some) {
    static const struct client later[] = {
        {1, "a", "X", "go", 0, 110}, {2, "a", "Y", "go", 0, 320}, {9, "a", "X", "go", 0, 5}};
    begin();
    send_clients(5, five, 5);
    make(Q_CONNECTION_name, false);
    struct value v = quantity_get(n.model, called("a"), Q_GROUP_out_msgs_per_s);
    ck_assert_int_eq(v.type, VALUE_UNKNOWN);
    ck_assert_int_eq(v.flags, VALUE_NEW);
    night_until(&n, 1);
    send_varz(&n, 1, "IDA", "n1");
    send_clients(3, later, 3);
    make(Q_CONNECTION_name, false);
    ck_assert_double_eq_tol(sum(called("a"), Q_GROUP_out_msgs_per_s, VALUE_LEAST), 400, 0.01);
    end();
}
END_TEST

/* Who is gone sends nothing and holds nothing; what was sent stays sent, and is not old. */
START_TEST(the_gone_count_by_what_they_did) {
    begin();
    send_clients(5, five, 5);
    night_until(&n, 1);
    send_varz(&n, 1, "IDA", "n1");
    send_clients(1, five, 1); /* of five */
    make(Q_CONNECTION_name, false);
    ck_assert_double_eq(sum(called("a"), Q_GROUP_connections, 0), 2);
    ck_assert_double_eq(sum(called("a"), Q_GROUP_pending_bytes, 0), 100);
    ck_assert_double_eq(sum(called("a"), Q_GROUP_out_msgs, 0), 30);
    ck_assert_double_eq(sum(called("b"), Q_GROUP_out_msgs, 0), 30);
    ck_assert_int_eq(quantity_get(n.model, called("b"), Q_GROUP_pending_bytes).type, VALUE_UNKNOWN);
    ck_assert_int_eq(model_severity(n.model, called("a")), SEVERITY_OK);
    ck_assert_int_eq(model_severity(n.model, called("b")), SEVERITY_UNKNOWN);
    end();
}
END_TEST

/* A client that went over to another server is listed at both for a while: it sends once. Who went nowhere is
 * as last seen, and old. */
START_TEST(who_failed_over_counts_once) {
    static const struct client there[] = {{1, "a", "X", "go", 900, 1000}, {2, "b", "X", "go", 50, 500}},
                               there_later[] = {{1, "a", "X", "go", 900, 1100}, {2, "b", "X", "go", 50, 700}},
                               here[] = {{7, "a", "X", "go", 3, 0}},
                               here_later[] = {{7, "a", "X", "go", 3, 10}};
    begin();
    send_target(&n, 2, "http://b:8222", "named", "polled", NULL, NULL);
    send_varz(&n, 2, "IDB", "n2");
    send_clients_of(2, "IDB", 2, there, 2);
    night_until(&n, 1);
    send_varz(&n, 2, "IDB", "n2");
    send_clients_of(2, "IDB", 2, there_later, 2);
    for (int i = 2; i < 40; i++) {
        night_until(&n, i);
        send_varz(&n, 1, "IDA", "n1");
        send_failure(&n, 2, SHAPE_VARZ, FAILURE_REFUSED, "nothing listens there");
        send_clients(1, i < 39 ? here : here_later, 1);
    }
    make(Q_CONNECTION_name, false);
    const struct object *a = called("a"), *b = called("b");
    ck_assert_double_eq(sum(a, Q_GROUP_connections, VALUE_LEAST), 1);
    ck_assert_double_eq(sum(a, Q_GROUP_servers, VALUE_LEAST), 1);
    ck_assert_double_eq(sum(a, Q_GROUP_pending_bytes, VALUE_LEAST), 3);
    ck_assert_double_eq(sum(a, Q_GROUP_pending_most, VALUE_LEAST), 3);
    ck_assert_double_eq(sum(a, Q_GROUP_out_msgs, VALUE_LEAST), 10);
    ck_assert_double_eq_tol(sum(a, Q_GROUP_out_msgs_per_s, VALUE_LEAST), 10, 0.01);
    ck_assert_int_eq(model_severity(n.model, a), SEVERITY_OK);
    ck_assert_int_eq(a->freshness, FRESH_LIVE);
    ck_assert_double_eq(sum(b, Q_GROUP_connections, VALUE_OLD), 1);
    ck_assert_double_eq(sum(b, Q_GROUP_servers, VALUE_OLD), 1);
    ck_assert_double_eq(sum(b, Q_GROUP_pending_bytes, VALUE_OLD), 50);
    ck_assert_double_eq_tol(sum(b, Q_GROUP_out_msgs_per_s, VALUE_OLD), 200, 0.01);
    ck_assert_int_eq(model_severity(n.model, b), SEVERITY_UNKNOWN);
    ck_assert_int_eq(b->freshness, FRESH_STALE);
    end();
}
END_TEST

START_TEST(a_group_is_the_same_for_its_key) {
    begin();
    send_clients(5, five, 5);
    make(Q_CONNECTION_name, false);
    uint64_t a = called("a")->id, unknown = called(NULL)->id;
    ck_assert_uint_ne(a, unknown);
    struct group_key key = *group_key(called("a"));
    send_clients(3, five + 1, 3);
    make(Q_CONNECTION_name, false);
    ck_assert_uint_eq(called("a")->id, a);
    ck_assert_uint_eq(called(NULL)->id, unknown);
    size_t count, members = 0;
    const struct object *const *all = model_objects(n.model, OBJECT_CONNECTION, &count);
    for (size_t i = 0; i < count; i++)
        members += group_has(&key, n.model, all[i]);
    ck_assert_uint_eq(members, 2);
    end();
}
END_TEST

/* All that is marked can be grouped by: each is a text, and each connection is in one group. */
START_TEST(by_all_there_is) {
    enum quantity by;
    int ways = 0;
    begin();
    send_clients(5, five, 5);
    for (; group_by_at(ways, &by); ways++) {
        double members = 0;
        make(by, false);
        for (size_t i = 0; i < groups.count; i++)
            members += sum(groups.all[i], Q_GROUP_connections, 0);
        ck_assert_double_eq(members, 5);
        ck_assert_int_eq(quantities[by].kind, OBJECT_CONNECTION);
    }
    ck_assert_int_eq(ways, 7); /* name, account, user, host, why closed, language, version */
    end();
}
END_TEST

START_TEST(as_many_groups_as_connections) {
    enum { HALF = 2500, MANY = 2 * HALF };
    static struct client many[MANY];
    static char names[MANY][16];
    begin();
    for (int i = 0; i < MANY; i++) {
        snprintf(names[i], sizeof names[i], "c-%d", i % HALF);
        many[i] = (struct client){(uint64_t)i + 1, names[i], "X", "go", i, 1};
    }
    send_clients(MANY, many, MANY);
    make(Q_CONNECTION_name, false);
    ck_assert_uint_eq(groups.count, HALF);
    ck_assert_double_eq(sum(called("c-7"), Q_GROUP_pending_bytes, 0), 7 + 7 + HALF);
    end();
}
END_TEST

int main(void) {
    Suite *suite = suite_create("model: groups");
    TCase *tc = tcase_create("groups");
    tcase_add_test(tc, sums_and_the_largest);
    tcase_add_test(tc, unknown_is_not_zero);
    tcase_add_test(tc, rates_of_some);
    tcase_add_test(tc, the_gone_count_by_what_they_did);
    tcase_add_test(tc, who_failed_over_counts_once);
    tcase_add_test(tc, a_group_is_the_same_for_its_key);
    tcase_add_test(tc, by_all_there_is);
    tcase_add_test(tc, as_many_groups_as_connections);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
