/* Who was cut, over all its connections: joined where that is certain, else told so. */
#include "tests/model_closed.h"

struct met { /* one row of /connz, of whom more is told than of a struct life */
    uint64_t cid;
    const char *name, *user, *host, *account;
    double start, stop;
    const char *reason; /* NULL: open */
    int64_t pending;
};

static void put_met(struct sample *s, const struct met *m) {
    struct life life = {m->cid, m->name, m->start, m->stop, m->reason, m->pending};
    put_life(s, &life);
    struct row *row = (struct row *)(uintptr_t)s->rows[s->count - 1];
    put_text(s, row, F_CONNECTION_user, m->user);
    put_text(s, row, F_CONNECTION_account, m->account);
    put_text(s, row, F_CONNECTION_ip, m->host ? m->host : "10.1.2.3");
}

static void send_met(struct night *n, uint64_t target, const char *id, enum shape shape,
                     const struct met *all, int count) {
    struct sample *s = build(n, target, shape, id);
    put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, (uint64_t)count);
    for (int i = 0; i < count; i++)
        put_met(s, &all[i]);
    send(n, s);
}

static void send_one(struct night *n, uint64_t target, const char *id, enum shape shape, struct met m) {
    struct sample *s = build(n, target, shape, id);
    put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, 10000);
    put_met(s, &m);
    send(n, s);
}

static void cut(struct night *n, uint64_t target, const char *id, struct met m) {
    m.reason = m.reason ? m.reason : CUT_DEADLINE;
    send_one(n, target, id, SHAPE_CONNZ_CLOSED, m);
}

static void both_live(struct night *n) {
    send_varz(n, 1, "IDA", "n1");
    send_varz(n, 2, "IDB", "n2");
}

static void come(struct night *n) {
    night_begin(n, 0, 1);
    send_target(n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    send_target(n, 2, "http://h:8223", "named", "polled", NULL, NULL);
    both_live(n);
}

static void begin(struct night *n) {
    come(n);
    send_met(n, 2, "IDB", SHAPE_CONNZ_CLOSED, NULL, 0);
}

static void until(struct night *n, double second) {
    while (n->at < ns(second)) {
        double next = (double)n->at / 1e9 + 2;
        night_until(n, next < second ? next : second);
        both_live(n);
    }
}

/* In long steps, of which there are few. */
static void stride_until(struct night *n, double second) {
    for (; n->at < ns(second); both_live(n)) {
        n->at = n->at + ns(10) < ns(second) ? n->at + ns(10) : ns(second);
        model_tick(n->model, NIGHT_UTC + n->at, NIGHT_MONO + n->at);
    }
}

static const struct object *client(const struct night *n, const char *name) {
    return find_by(n, Q_CLIENT_name, name);
}

static const char *pattern(const struct night *n, const char *name) {
    return text_value(n, client(n, name), Q_CLIENT_pattern);
}

START_TEST(over_two_servers) {
    struct night n;
    begin(&n);
    for (int i = 0; i < 17; i++) {
        double start = 40 * i;
        until(&n, start + 38);
        cut(&n, i % 2 + 1, i % 2 ? "IDB" : "IDA",
            (struct met){.cid = 100 + (uint64_t)i,
                         .name = "billing-7",
                         .start = start,
                         .stop = start + 38,
                         .pending = 33 << 20});
    }
    ck_assert_uint_eq(count_of(&n, OBJECT_CLIENT), 1);
    const struct object *c = client(&n, "billing-7");
    ck_assert_double_eq(number_value(&n, c, Q_CLIENT_cuts), 17);
    ck_assert_double_eq(number_value(&n, c, Q_CLIENT_cuts_10m), 16); /* the first was 10:40 ago */
    ck_assert_double_eq(number_value(&n, c, Q_CLIENT_lived), 38e9);
    ck_assert_double_eq(number_value(&n, c, Q_CLIENT_back_after), 2e9);
    ck_assert_double_eq(number_value(&n, c, Q_CLIENT_pending_at_cut), 33 << 20);
    ck_assert_double_eq(number_value(&n, c, Q_CLIENT_last_cut), (double)(NIGHT_UTC + ns(678)));
    ck_assert_str_eq(text_value(&n, c, Q_CLIENT_last_reason), CUT_DEADLINE);
    ck_assert_str_eq(text_value(&n, c, Q_CLIENT_servers), "n1 n2");
    ck_assert_str_eq(text_value(&n, c, Q_CLIENT_address), "10.1.2.3");
    ck_assert_str_eq(pattern(&n, "billing-7"),
                     "billing-7 cut 16 times in 10 min, lives 38s, back after 2s, on "
                     "2 nodes, one address: the client is slow, not the node");
    night_end(&n);
}
END_TEST

/* It may have been cut there, too, and back there sooner. */
START_TEST(what_was_cut_where_nobody_could_ask) {
    struct night n;
    come(&n);
    for (int i = 0; i < 3; i++) {
        double start = 40 * i;
        until(&n, start + 38);
        cut(&n, 1, "IDA",
            (struct met){.cid = 100 + (uint64_t)i, .name = "w", .start = start, .stop = start + 38});
    }
    until(&n, 120);
    const struct object *c = client(&n, "w");
    ck_assert(quantity_get(n.model, c, Q_CLIENT_cuts).flags & VALUE_LEAST);
    ck_assert(quantity_get(n.model, c, Q_CLIENT_alone_5m).flags & VALUE_LEAST);
    ck_assert(quantity_get(n.model, c, Q_CLIENT_back_after).flags & VALUE_BOUND);
    ck_assert(quantity_get(n.model, model_cluster(n.model), Q_CLUSTER_cut_10m).flags & VALUE_LEAST);
    ck_assert_str_eq(pattern(&n, "w"), "w cut at least 3 times in 10 min, lives 38s, back after ≤2s, on n1, "
                                       "n2 has not told yet");
    for (; n.at < ns(135); n.at += ns(1)) {
        model_tick(n.model, NIGHT_UTC + n.at, NIGHT_MONO + n.at);
        send_varz(&n, 1, "IDA", "n1");
    }
    ck_assert_ptr_nonnull(strstr(pattern(&n, "w"), ", n2 could not be asked"));
    send_varz(&n, 2, "IDB", "n2");
    cut(&n, 2, "IDB", (struct met){.cid = 200, .name = "v", .start = 10, .stop = 134});
    until(&n, 136);
    ck_assert_int_eq(quantity_get(n.model, c, Q_CLIENT_cuts).flags, 0);
    ck_assert_str_eq(pattern(&n, "w"), "w cut 3 times in 10 min, lives 38s, back after 2s, on n1");
    night_end(&n);
}
END_TEST

static void send_run(struct night *n, uint64_t target, const char *id, const char *name, double start) {
    struct sample *s = build_varz(n, target, id, name);
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_start, NIGHT_UTC + ns(start));
    send(n, s);
}

static unsigned flags_of(const struct night *n, const char *name, enum quantity q) {
    return quantity_get(n->model, client(n, name), q).flags;
}

/* Its list begins with its run: what the one before cut nobody says who was not there. */
START_TEST(what_was_cut_before_a_server_began) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    send_target(&n, 2, "http://h:8223", "named", "polled", NULL, NULL);
    for (double at = 1; at < 10; at++) {
        night_until(&n, at);
        send_varz(&n, 1, "IDA", "n1");
        send_run(&n, 2, "IDB", "n2", -120);
        if (at != 2)
            continue;
        send_met(&n, 2, "IDB", SHAPE_CONNZ_CLOSED, NULL, 0);
        for (int i = 0; i < 2; i++)
            cut(&n, 1, "IDA",
                (struct met){.cid = 5 + (uint64_t)i, .name = "a", .start = 3 * i - 6, .stop = 3 * i - 4});
    }
    ck_assert(flags_of(&n, "a", Q_CLIENT_cuts_10m) & VALUE_LEAST);
    ck_assert(flags_of(&n, "a", Q_CLIENT_alone_5m) & VALUE_LEAST);
    ck_assert(!(flags_of(&n, "a", Q_CLIENT_alone_1m) & VALUE_LEAST));
    ck_assert(flags_of(&n, "a", Q_CLIENT_back_after) & VALUE_BOUND);
    ck_assert_str_eq(pattern(&n, "a"), "a cut at least 2 times in 10 min, lives 2s, back after ≤1s, on n1, "
                                       "n2 is up for under 10 min");
    const struct object *n1 = server_named(&n, "n1"), *n2 = server_named(&n, "n2");
    ck_assert(!(quantity_get(n.model, n1, Q_SERVER_cut_10m).flags & VALUE_LEAST));
    ck_assert(quantity_get(n.model, n2, Q_SERVER_cut_10m).flags & VALUE_LEAST);
    ck_assert(quantity_get(n.model, n2, Q_SERVER_cut_clients_5m).flags & VALUE_LEAST);
    ck_assert(quantity_get(n.model, model_cluster(n.model), Q_CLUSTER_cut_10m).flags & VALUE_LEAST);
    night_end(&n);
}
END_TEST

/* Until it is up for as long as is spoken of; a restart that we saw takes nothing from what was told. */
START_TEST(what_is_whole_again) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    send_run(&n, 1, "IDA", "n1", -120);
    send_met(&n, 1, "IDA", SHAPE_CONNZ_CLOSED, NULL, 0);
    for (double at = 2; at < 490; at += 2) {
        bool again = at > 400;
        night_until(&n, at);
        send_run(&n, 1, again ? "IDB" : "IDA", "n1", again ? 401 : -120);
        if (at == 300)
            cut(&n, 1, "IDA", (struct met){.cid = 5, .name = "a", .start = 297, .stop = 298});
        if (at == 404)
            cut(&n, 1, "IDB", (struct met){.cid = 5, .name = "a", .start = 402, .stop = 403});
        if (at == 476)
            ck_assert(flags_of(&n, "a", Q_CLIENT_cuts_10m) & VALUE_LEAST);
    }
    ck_assert_int_eq(flags_of(&n, "a", Q_CLIENT_cuts_10m), 0);
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_restarts), 1);
    ck_assert_str_eq(pattern(&n, "a"), "a cut 2 times in 10 min, lives 1s, back after 1m44s, on n1");
    night_end(&n);
}
END_TEST

/* One that came while we were there cut nobody before. */
START_TEST(one_that_joins_hides_nothing) {
    struct night n;
    begin(&n);
    send_met(&n, 1, "IDA", SHAPE_CONNZ_CLOSED, NULL, 0);
    until(&n, 620);
    send_target(&n, 3, "http://h:8224", "named", "polled", NULL, NULL);
    send_run(&n, 3, "IDC", "n3", 615);
    cut(&n, 3, "IDC", (struct met){.cid = 5, .name = "a", .start = 616, .stop = 617});
    until(&n, 622);
    ck_assert_int_eq(flags_of(&n, "a", Q_CLIENT_cuts_10m), 0);
    night_end(&n);
}
END_TEST

START_TEST(back_and_open) {
    struct night n;
    begin(&n);
    send_one(&n, 1, "IDA", SHAPE_CONNZ_HOT, (struct met){.cid = 5, .name = "a", .start = -60});
    send_one(&n, 1, "IDA", SHAPE_CONNZ_HOT, (struct met){.cid = 6, .name = "quiet", .start = -60});
    until(&n, 4);
    cut(&n, 1, "IDA", (struct met){.cid = 5, .name = "a", .start = -60, .stop = 3});
    const struct object *c = client(&n, "a");
    ck_assert_str_eq(pattern(&n, "a"), "a cut 1s ago (write deadline), lived 1m03s, on n1");
    ck_assert(isnan(number_value(&n, c, Q_CLIENT_back_after)));
    ck_assert_double_eq(number_value(&n, c, Q_CLIENT_open), 0);
    until(&n, 8);
    send_one(&n, 2, "IDB", SHAPE_CONNZ_HOT, (struct met){.cid = 77, .name = "a", .start = 7.5});
    c = client(&n, "a");
    ck_assert_double_eq(number_value(&n, c, Q_CLIENT_back_after), 4.5e9);
    ck_assert_double_eq(number_value(&n, c, Q_CLIENT_open), 1);
    ck_assert_double_eq(number_value(&n, find_by(&n, Q_CONNECTION_name, "a"), Q_CONNECTION_cuts), 1);
    ck_assert(isnan(number_value(&n, find_by(&n, Q_CONNECTION_name, "quiet"), Q_CONNECTION_cuts)));
    /* the one before is no start of this cut */
    send_one(&n, 2, "IDB", SHAPE_CONNZ_HOT, (struct met){.cid = 78, .name = "a", .start = 8});
    ck_assert_double_eq(number_value(&n, client(&n, "a"), Q_CLIENT_back_after), 4.5e9);
    night_end(&n);
}
END_TEST

/* It came back before its record did. */
START_TEST(back_before_it_is_told) {
    struct night n;
    begin(&n);
    until(&n, 10);
    send_one(&n, 1, "IDA", SHAPE_CONNZ_HOT, (struct met){.cid = 6, .name = "a", .start = 7});
    until(&n, 12);
    cut(&n, 1, "IDA", (struct met){.cid = 5, .name = "a", .start = -60, .stop = 5});
    until(&n, 14);
    ck_assert_double_eq(number_value(&n, client(&n, "a"), Q_CLIENT_back_after), 2e9);
    ck_assert_double_eq(number_value(&n, client(&n, "a"), Q_CLIENT_open), 1);
    night_end(&n);
}
END_TEST

/* Lives that overlap are of several: by host, as far as that helps. */
START_TEST(one_name_at_two_hosts) {
    struct night n;
    begin(&n);
    until(&n, 2);
    for (int i = 0; i < 3; i++) {
        until(&n, 12 * i + 11);
        cut(&n, 1, "IDA",
            (struct met){.cid = 10 + (uint64_t)i,
                         .name = "w",
                         .host = "10.0.0.1",
                         .start = 12 * i,
                         .stop = 12 * i + 10});
        cut(&n, 1, "IDA",
            (struct met){.cid = 20 + (uint64_t)i,
                         .name = "w",
                         .host = "10.0.0.2",
                         .start = 12 * i + 1,
                         .stop = 12 * i + 10.5});
    }
    ck_assert_uint_eq(count_of(&n, OBJECT_CLIENT), 2);
    const struct object *one = find_by(&n, Q_CLIENT_address, "10.0.0.1"),
                        *two = find_by(&n, Q_CLIENT_address, "10.0.0.2");
    ck_assert_double_eq(number_value(&n, one, Q_CLIENT_cuts), 3);
    ck_assert_double_eq(number_value(&n, two, Q_CLIENT_cuts), 3);
    ck_assert_double_eq(number_value(&n, one, Q_CLIENT_lived), 10e9);
    ck_assert_double_eq(number_value(&n, two, Q_CLIENT_back_after), 2.5e9);
    ck_assert_str_eq(text_value(&n, one, Q_CLIENT_pattern),
                     "w at 10.0.0.1 cut 3 times in 10 min, lives 10s, back after 2s, on n1");
    night_end(&n);
}
END_TEST

START_TEST(a_thousand_of_one_name) {
    struct night n;
    struct met *all = calloc(1000, sizeof *all);
    begin(&n);
    for (int i = 0; i < 1000; i++)
        all[i] = (struct met){.cid = 1000 + (uint64_t)i, .name = "worker", .start = -100};
    send_met(&n, 1, "IDA", SHAPE_CONNZ_FULL, all, 1000);
    until(&n, 2);
    cut(&n, 1, "IDA", (struct met){.cid = 1003, .name = "worker", .start = -100, .stop = 1});
    until(&n, 3);
    const struct object *c = client(&n, "worker");
    ck_assert_double_eq(number_value(&n, c, Q_CLIENT_cuts), 1);
    ck_assert_double_eq(number_value(&n, c, Q_CLIENT_open), 999);
    ck_assert(isnan(number_value(&n, c, Q_CLIENT_lived)));
    ck_assert(isnan(number_value(&n, c, Q_CLIENT_back_after)));
    ck_assert_str_eq(pattern(&n, "worker"),
                     "worker cut 2s ago (write deadline), on n1, one of several connections of that name");
    send_one(&n, 1, "IDA", SHAPE_CONNZ_HOT, (struct met){.cid = 3000, .name = "worker", .start = 2});
    ck_assert(isnan(number_value(&n, client(&n, "worker"), Q_CLIENT_back_after)));
    free(all);
    night_end(&n);
}
END_TEST

START_TEST(without_a_name) {
    struct night n;
    begin(&n);
    until(&n, 20);
    cut(&n, 1, "IDA", (struct met){.cid = 1, .name = "", .user = "svc", .start = 1, .stop = 2});
    cut(&n, 1, "IDA", (struct met){.cid = 2, .user = "svc", .start = 3, .stop = 4});
    cut(&n, 1, "IDA", (struct met){.cid = 3, .host = "10.9.9.9", .start = 1, .stop = 5});
    cut(&n, 1, "IDA", (struct met){.cid = 4, .user = "svc", .account = "PAY", .start = 1, .stop = 6});
    cut(&n, 1, "IDA", (struct met){.cid = 5, .user = "svc", .account = "$G", .start = 6, .stop = 7});
    ck_assert_uint_eq(count_of(&n, OBJECT_CLIENT), 3);
    ck_assert_str_eq(text_value(&n, client(&n, "svc"), Q_CLIENT_by), "user");
    ck_assert_str_eq(text_value(&n, client(&n, "svc"), Q_CLIENT_account), "$G");
    ck_assert_double_eq(number_value(&n, client(&n, "svc"), Q_CLIENT_cuts), 3);
    ck_assert_str_eq(text_value(&n, client(&n, "10.9.9.9"), Q_CLIENT_by), "address");
    ck_assert_str_eq(pattern(&n, "svc"), "user svc cut 3 times in 10 min, lives 1s, back after 2s, on n1");
    night_end(&n);
}
END_TEST

START_TEST(the_next_run_uses_cids_again) {
    struct night n;
    begin(&n);
    until(&n, 10);
    cut(&n, 1, "IDA", (struct met){.cid = 5, .name = "a", .start = 1, .stop = 9});
    night_until(&n, 13);
    struct sample *s = build_varz(&n, 1, "IDC", "n1");
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_start, NIGHT_UTC + ns(11));
    send(&n, s);
    send_one(&n, 1, "IDC", SHAPE_CONNZ_HOT, (struct met){.cid = 5, .name = "b", .start = 11.5});
    send_one(&n, 1, "IDC", SHAPE_CONNZ_HOT, (struct met){.cid = 6, .name = "a", .start = 11.5});
    cut(&n, 1, "IDC", (struct met){.cid = 5, .name = "b", .start = 11.5, .stop = 12});
    ck_assert_double_eq(number_value(&n, client(&n, "a"), Q_CLIENT_cuts), 1);
    ck_assert_double_eq(number_value(&n, client(&n, "a"), Q_CLIENT_back_after), 2.5e9);
    ck_assert_double_eq(number_value(&n, client(&n, "b"), Q_CLIENT_cuts), 1);
    ck_assert_double_eq(number_value(&n, client(&n, "b"), Q_CLIENT_lived), 5e8);
    night_end(&n);
}
END_TEST

START_TEST(bounded_and_forgotten) {
    struct night n;
    struct met *all = calloc(1500, sizeof *all);
    char names[1500][16];
    begin(&n);
    for (int i = 0; i < 1500; i++) { /* latest first */
        snprintf(names[i], sizeof names[i], "c%d", 1499 - i);
        all[i] = (struct met){.cid = 5000 - (uint64_t)i,
                              .name = names[i],
                              .start = -10,
                              .stop = 3 - i * 0.001,
                              .reason = CUT_BYTES};
    }
    until(&n, 4);
    send_met(&n, 1, "IDA", SHAPE_CONNZ_CLOSED, all, 1500);
    ck_assert_uint_eq(count_of(&n, OBJECT_CLIENT), 1000);
    ck_assert_ptr_null(client(&n, "c499"));
    ck_assert_ptr_nonnull(client(&n, "c500"));
    stride_until(&n, 3590);
    ck_assert_uint_eq(count_of(&n, OBJECT_CLIENT), 1000);
    ck_assert_str_eq(pattern(&n, "c1499"), "c1499 cut 59m47s ago (pending bytes), lived 13s, on n1");
    stride_until(&n, 3610);
    ck_assert_uint_eq(count_of(&n, OBJECT_CLIENT), 0);
    free(all);
    night_end(&n);
}
END_TEST

START_TEST(a_copy_says_the_same) {
    struct night n;
    begin(&n);
    until(&n, 20);
    for (int i = 0; i < 3; i++)
        cut(&n, 1, "IDA",
            (struct met){.cid = 1 + (uint64_t)i, .name = "a", .start = 3 * i, .stop = 3 * i + 2});
    char said[400];
    snprintf(said, sizeof said, "%s", pattern(&n, "a"));
    struct model *live = n.model;
    n.model = model_clone(live);
    model_destroy(live);
    ck_assert_str_eq(pattern(&n, "a"), said);
    ck_assert_str_eq(said, "a cut 3 times in 10 min, lives 2s, back after 1s, on n1");
    ck_assert_double_eq(number_value(&n, find_by(&n, Q_CONNECTION_name, "a"), Q_CONNECTION_cuts), 3);
    night_end(&n);
}
END_TEST

static TCase *make(void) {
    TCase *c = tcase_create("clients");
    tcase_add_test(c, over_two_servers);
    tcase_add_test(c, what_was_cut_where_nobody_could_ask);
    tcase_add_test(c, what_was_cut_before_a_server_began);
    tcase_add_test(c, what_is_whole_again);
    tcase_add_test(c, one_that_joins_hides_nothing);
    tcase_add_test(c, back_and_open);
    tcase_add_test(c, back_before_it_is_told);
    tcase_add_test(c, one_name_at_two_hosts);
    tcase_add_test(c, a_thousand_of_one_name);
    tcase_add_test(c, without_a_name);
    tcase_add_test(c, the_next_run_uses_cids_again);
    tcase_add_test(c, bounded_and_forgotten);
    tcase_add_test(c, a_copy_says_the_same);
    return c;
}

int main(void) {
    return run_case("model/clients", make);
}
