/* Subscriptions: of a connection that was asked for, open and closed, and no longer than that is true. */
#include "tests/model_subscribed.h"

static void begin(struct night *n) {
    night_begin(n, 0, 1);
    send_target(n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    send_crowd(n, "IDA", 100, 10);
}

/* The next run of the server, from then on. */
static void next_run_until(struct night *n, double start, double second) {
    while (n->at < ns(second)) {
        night_until(n, floor((double)n->at / 1e9) + 1);
        struct sample *s = build_varz(n, 1, "IDB", "n1");
        put_i(row_of(s, ENTITY_SERVER), F_SERVER_start, NIGHT_UTC + ns(start));
        send(n, s);
    }
}

/* life NULL: the server does not know that connection. */
static void answer(struct night *n, const char *id, uint64_t cid, const struct life *life,
                   const struct sub *subs, int count) {
    struct sample *s = build(n, 1, SHAPE_CONNZ_SUBS, id);
    put_u(sample_add(s, ENTITY_QUESTION), F_QUESTION_cid, cid);
    if (life)
        put_life(s, life);
    for (int i = 0; i < count; i++)
        put_sub(s, cid, &subs[i]);
    send(n, s);
}

static const struct object *connection(const struct night *n, const char *name) {
    return find_by(n, Q_CONNECTION_name, name);
}

static const struct object *sub_on(const struct night *n, const char *subject) {
    return find_by(n, Q_SUBSCRIPTION_subject, subject);
}

static const struct life billing = {5, "billing-1", -60, 0, NULL, 0};
static const struct sub two[] = {{"1", "orders.>", "billing", 100}, {"2", "audit", NULL, 7}};

START_TEST(what_a_connection_has) {
    struct night n;
    begin(&n);
    answer(&n, "IDA", 5, &billing, two, 2);
    const struct object *orders = sub_on(&n, "orders.>"), *of = connection(&n, "billing-1");
    ck_assert_ptr_eq(model_connection_of(n.model, orders), of);
    ck_assert_str_eq(text_value(&n, orders, Q_SUBSCRIPTION_server), "n1");
    ck_assert_str_eq(text_value(&n, orders, Q_SUBSCRIPTION_client), "billing-1");
    ck_assert_str_eq(text_value(&n, orders, Q_SUBSCRIPTION_account), "$G");
    ck_assert_str_eq(text_value(&n, orders, Q_SUBSCRIPTION_queue), "billing");
    ck_assert_double_eq(number_value(&n, orders, Q_SUBSCRIPTION_cid), 5);
    ck_assert(isnan(number_value(&n, orders, Q_SUBSCRIPTION_msgs_per_s)));
    live_until(&n, "IDA", 2, 100, 10);
    answer(&n, "IDA", 5, &billing, (struct sub[]){{"1", "orders.>", "billing", 150}, two[1]}, 2);
    ck_assert_ptr_eq(sub_on(&n, "orders.>"), orders);
    ck_assert_double_eq(number_value(&n, orders, Q_SUBSCRIPTION_msgs), 150);
    ck_assert_double_eq(number_value(&n, orders, Q_SUBSCRIPTION_msgs_per_s), 25);
    ck_assert_double_eq(number_value(&n, sub_on(&n, "audit"), Q_SUBSCRIPTION_msgs_per_s), 0);
    struct subscribed subscribed = model_subscribed(of);
    ck_assert_int_eq(subscribed.utc_ns, NIGHT_UTC + ns(2));
    ck_assert_uint_eq(subscribed.told, 2);
    ck_assert_uint_eq(subscribed.kept, 2);
    night_end(&n);
}
END_TEST

START_TEST(what_it_has_not_any_more) {
    struct night n;
    begin(&n);
    answer(&n, "IDA", 5, &billing, two, 2);
    answer(&n, "IDA", 6, &(struct life){6, "other", -60, 0, NULL, 0}, two, 1);
    ck_assert_uint_eq(count_of(&n, OBJECT_SUBSCRIPTION), 3);
    answer(&n, "IDA", 5, &billing, two, 1);
    ck_assert_uint_eq(count_of(&n, OBJECT_SUBSCRIPTION), 2);
    answer(&n, "IDA", 5, NULL, NULL, 0); /* says nothing of what it had */
    ck_assert_uint_eq(count_of(&n, OBJECT_SUBSCRIPTION), 2);
    answer(&n, "IDA", 5, &billing, NULL, 0);
    ck_assert_uint_eq(count_of(&n, OBJECT_SUBSCRIPTION), 1);
    ck_assert_uint_eq(model_subscribed(connection(&n, "billing-1")).told, 0);
    ck_assert_int_ne(model_subscribed(connection(&n, "billing-1")).utc_ns, 0);
    night_end(&n);
}
END_TEST

START_TEST(nobody_asks_any_more) {
    struct night n;
    begin(&n);
    answer(&n, "IDA", 5, &billing, two, 2);
    for (int second = 10; second <= 70; second += 10) {
        live_until(&n, "IDA", second, 100, 10);
        send_lives(&n, "IDA", SHAPE_CONNZ_FULL, 1, &billing, 1);
        ck_assert_uint_eq(count_of(&n, OBJECT_SUBSCRIPTION), second <= 60 ? 2 : 0);
    }
    ck_assert_int_eq(model_subscribed(connection(&n, "billing-1")).utc_ns, 0);
    night_end(&n);
}
END_TEST

START_TEST(a_closed_one_keeps_what_it_had) {
    struct night n;
    uint64_t cid;
    begin(&n);
    answer(&n, "IDA", 5, &billing, two, 2);
    live_until(&n, "IDA", 8, 100, 10);
    ck_assert_str_eq(model_ask_url(connection(&n, "billing-1"), &cid), "http://h:8222");
    ck_assert_uint_eq(cid, 5);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 1, (struct life[]){{5, "billing-1", -60, 7, CUT_BYTES, 900}},
               1);
    ck_assert_str_eq(model_ask_url(connection(&n, "billing-1"), &cid), "http://h:8222");
    live_until(&n, "IDA", 9, 100, 10);
    answer(&n, "IDA", 5, &(struct life){5, "billing-1", -60, 7, CUT_BYTES, 900}, two, 2);
    ck_assert_ptr_null(model_ask_url(connection(&n, "billing-1"), &cid));
    /* another one of that cid, in the next run of its server */
    next_run_until(&n, 10, 12);
    answer(&n, "IDB", 5, &(struct life){5, "new", 10, 0, NULL, 0}, (struct sub[]){{"1", "new", NULL, 1}}, 1);
    next_run_until(&n, 10, 300);
    const struct object *orders = sub_on(&n, "orders.>");
    ck_assert_ptr_eq(model_connection_of(n.model, orders), connection(&n, "billing-1"));
    ck_assert_int_eq(orders->freshness, FRESH_STALE);
    ck_assert_uint_eq(count_of(&n, OBJECT_SUBSCRIPTION), 2);
    next_run_until(&n, 10, 3700); /* with its record */
    ck_assert_uint_eq(count_of(&n, OBJECT_SUBSCRIPTION), 0);
    night_end(&n);
}
END_TEST

START_TEST(a_restart_leaves_them_with_their_connection) {
    struct night n;
    begin(&n);
    answer(&n, "IDA", 5, &billing, two, 2);
    next_run_until(&n, 1, 3);
    ck_assert_uint_eq(count_of(&n, OBJECT_SUBSCRIPTION), 2);
    ck_assert_int_eq(sub_on(&n, "orders.>")->freshness, FRESH_STALE);
    next_run_until(&n, 1, 620);
    ck_assert_uint_eq(count_of(&n, OBJECT_SUBSCRIPTION), 0);
    night_end(&n);
}
END_TEST

static void answer_many(struct night *n, uint64_t cid, int count) {
    struct life life = {cid, "many", -60, 0, NULL, 0};
    struct sample *s = build(n, 1, SHAPE_CONNZ_SUBS, "IDA");
    put_u(sample_add(s, ENTITY_QUESTION), F_QUESTION_cid, cid);
    put_life(s, &life);
    for (int i = 0; i < count; i++) {
        char sid[16];
        snprintf(sid, sizeof sid, "%d", i);
        put_sub(s, cid, &(struct sub){sid, "many", NULL, 0});
    }
    send(n, s);
}

START_TEST(so_many_at_most) {
    struct night n;
    begin(&n);
    answer_many(&n, 5, 1500);
    struct subscribed subscribed = model_subscribed(connection(&n, "many"));
    ck_assert_uint_eq(subscribed.told, 1500);
    ck_assert_uint_eq(subscribed.kept, 1000);
    ck_assert_uint_eq(count_of(&n, OBJECT_SUBSCRIPTION), 1000);
    uint64_t first = connection(&n, "many")->id;
    for (uint64_t cid = 6; cid < 26; cid++) {
        live_until(&n, "IDA", (double)(cid - 5), 100, 10);
        answer_many(&n, cid, 1000);
    }
    ck_assert_uint_eq(count_of(&n, OBJECT_SUBSCRIPTION), 20000);
    ck_assert_int_eq(model_subscribed(model_object(n.model, first)).utc_ns, 0);
    night_end(&n);
}
END_TEST

/* However they are listed: a busy one stays, and has a rate. */
START_TEST(the_busiest_of_many) {
    enum { MANY = 1500 };
    static struct sub subs[MANY];
    static char sids[MANY][16];
    static const struct life life = {5, "many", -60, 0, NULL, 0};
    struct night n;
    begin(&n);
    for (int second = 0; second <= 4; second += 2) {
        for (int i = 0; i < MANY; i++) {
            int sid = second % 4 ? MANY - i : i + 1;
            snprintf(sids[i], sizeof sids[i], "%d", sid);
            subs[i] =
                (struct sub){sids[i], sid == 1400 ? "busy" : "idle", NULL, sid == 1400 ? 20 * second : 0};
        }
        answer(&n, "IDA", 5, &life, subs, MANY);
        live_until(&n, "IDA", second + 2, 100, 10);
    }
    ck_assert_uint_eq(count_of(&n, OBJECT_SUBSCRIPTION), 1000);
    ck_assert_double_eq(number_value(&n, sub_on(&n, "busy"), Q_SUBSCRIPTION_msgs_per_s), 20);
    night_end(&n);
}
END_TEST

START_TEST(a_server_that_is_down_leaves_what_was_told) {
    struct night n;
    begin(&n);
    answer(&n, "IDA", 5, &billing, two, 2);
    night_until(&n, 200);
    ck_assert_uint_eq(count_of(&n, OBJECT_SUBSCRIPTION), 2);
    ck_assert_uint_eq(model_subscribed(connection(&n, "billing-1")).told, 2);
    next_run_until(&n, 200, 210);
    ck_assert_uint_eq(count_of(&n, OBJECT_SUBSCRIPTION), 2);
    ck_assert(model_is_inferred(connection(&n, "billing-1")));
    ck_assert_uint_eq(model_subscribed(connection(&n, "billing-1")).told, 2);
    night_end(&n);
}
END_TEST

START_TEST(frozen) {
    struct night n;
    begin(&n);
    answer(&n, "IDA", 5, &billing, two, 2);
    struct model *live = n.model;
    n.model = model_clone(live);
    ck_assert_str_eq(text_value(&n, sub_on(&n, "orders.>"), Q_SUBSCRIPTION_client), "billing-1");
    ck_assert_ptr_eq(model_connection_of(n.model, sub_on(&n, "audit")), connection(&n, "billing-1"));
    model_destroy(n.model);
    n.model = live;
    night_end(&n);
}
END_TEST

static TCase *make(void) {
    TCase *c = tcase_create("subscriptions");
    tcase_add_test(c, what_a_connection_has);
    tcase_add_test(c, what_it_has_not_any_more);
    tcase_add_test(c, nobody_asks_any_more);
    tcase_add_test(c, a_closed_one_keeps_what_it_had);
    tcase_add_test(c, a_restart_leaves_them_with_their_connection);
    tcase_add_test(c, so_many_at_most);
    tcase_add_test(c, the_busiest_of_many);
    tcase_add_test(c, a_server_that_is_down_leaves_what_was_told);
    tcase_add_test(c, frozen);
    return c;
}

int main(void) {
    return run_case("model/subscriptions", make);
}
