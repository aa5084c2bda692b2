#include "tests/model_build.h"

static void begin_one(struct night *n) {
    night_begin(n, 0, 1);
    send_target(n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    send_varz(n, 1, "IDA", "n1");
}

struct page { /* one /connz: cids and what each has received */
    enum shape shape;
    uint64_t total;
    int count;
    uint64_t cids[8];
    int64_t out, pending;
};

static void send_page(struct night *n, const char *id, const struct page *p) {
    struct sample *s = build(n, 1, p->shape, id);
    put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, p->total);
    for (int i = 0; i < p->count; i++) {
        struct row *row = sample_add(s, ENTITY_CONNECTION);
        char name[32];
        snprintf(name, sizeof name, "client-%llu", (unsigned long long)p->cids[i]);
        put_u(row, F_CONNECTION_cid, p->cids[i]);
        put_text(s, row, F_CONNECTION_name, name);
        put_text(s, row, F_CONNECTION_kind, "Client");
        put_text(s, row, F_CONNECTION_type, "nats");
        put_text(s, row, F_CONNECTION_ip, "10.1.2.3");
        put_u(row, F_CONNECTION_port, 4000 + p->cids[i]);
        put_i(row, F_CONNECTION_start, NIGHT_UTC - ns(60));
        put_i(row, F_CONNECTION_last_activity, NIGHT_UTC + n->at - ns(2));
        put_i(row, F_CONNECTION_rtt, 0);
        put_i(row, F_CONNECTION_pending_bytes, p->pending);
        put_i(row, F_CONNECTION_out_msgs, p->out);
    }
    send(n, s);
}

static const struct object *connection(const struct night *n, uint64_t cid) {
    char name[32];
    snprintf(name, sizeof name, "client-%llu", (unsigned long long)cid);
    return find_by(n, Q_CONNECTION_name, name);
}

/* Of that state. */
static const struct object *the_one(const struct night *n, uint64_t cid, enum freshness freshness) {
    size_t count;
    const struct object *const *all = model_objects(n->model, OBJECT_CONNECTION, &count);
    for (size_t i = 0; i < count; i++)
        if (row_u64(all[i]->now, F_CONNECTION_cid, 0) == cid && all[i]->freshness == freshness)
            return all[i];
    return NULL;
}

/* Keeps the server alive. */
static void go_to(struct night *n, double second) {
    while (n->at < ns(second)) {
        double next = floor((double)n->at / 1e9) + 1;
        night_until(n, next < second ? next : second);
        send_varz(n, 1, "IDA", "n1");
    }
}

START_TEST(what_a_row_says) {
    struct night n;
    begin_one(&n);
    send_page(&n, "IDA", &(struct page){SHAPE_CONNZ_HOT, 1, 1, {5}, 0, 32 << 20});
    const struct object *c = connection(&n, 5);
    ck_assert_str_eq(text_value(&n, c, Q_CONNECTION_server), "n1");
    ck_assert_str_eq(text_value(&n, c, Q_CONNECTION_account), "$G");
    ck_assert_str_eq(text_value(&n, c, Q_CONNECTION_kind), "nats");
    ck_assert_str_eq(text_value(&n, c, Q_CONNECTION_address), "10.1.2.3:4005");
    ck_assert_double_eq_tol(number_value(&n, c, Q_CONNECTION_pending_share), 0.5, 1e-9);
    ck_assert_double_eq(number_value(&n, c, Q_CONNECTION_idle), 2e9);
    ck_assert_double_eq(number_value(&n, c, Q_CONNECTION_uptime), 60e9);
    ck_assert(isnan(number_value(&n, c, Q_CONNECTION_rtt))); /* 0s: not measured */
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_max_pending_bytes), 32 << 20);
    ck_assert_double_eq(number_value(&n, model_cluster(n.model), Q_CLUSTER_max_pending_bytes), 32 << 20);
    night_end(&n);
}
END_TEST

START_TEST(both_pages_feed_one_row) {
    struct night n;
    begin_one(&n);
    send_page(&n, "IDA", &(struct page){SHAPE_CONNZ_HOT, 1, 1, {5}, 100, 0});
    ck_assert(is_new(&n, connection(&n, 5), Q_CONNECTION_out_msgs_per_s));
    go_to(&n, 1);
    send_page(&n, "IDA", &(struct page){SHAPE_CONNZ_FULL, 1, 1, {5}, 300, 4000});
    ck_assert_uint_eq(count_of(&n, OBJECT_CONNECTION), 1);
    ck_assert_double_eq_tol(number_value(&n, connection(&n, 5), Q_CONNECTION_out_msgs_per_s), 200, 1e-6);
    ck_assert_double_eq_tol(number_value(&n, connection(&n, 5), Q_CONNECTION_pending_slope), 4000, 1e-6);
    go_to(&n, 2);
    send_page(&n, "IDA", &(struct page){SHAPE_CONNZ_HOT, 1, 1, {5}, 400, 1000});
    ck_assert_double_eq_tol(number_value(&n, connection(&n, 5), Q_CONNECTION_pending_slope), -3000, 1e-6);
    night_end(&n);
}
END_TEST

START_TEST(two_pages_at_once_are_no_window) {
    struct night n;
    begin_one(&n);
    send_page(&n, "IDA", &(struct page){SHAPE_CONNZ_HOT, 1, 1, {5}, 0, 0});
    go_to(&n, 2);
    send_page(&n, "IDA", &(struct page){SHAPE_CONNZ_HOT, 1, 1, {5}, 1000, 0});
    go_to(&n, 2.05);
    send_page(&n, "IDA", &(struct page){SHAPE_CONNZ_FULL, 1, 1, {5}, 1050, 0});
    ck_assert_double_eq_tol(number_value(&n, connection(&n, 5), Q_CONNECTION_out_msgs_per_s), 1050 / 2.05,
                            1e-6);
    go_to(&n, 4);
    send_page(&n, "IDA", &(struct page){SHAPE_CONNZ_HOT, 1, 1, {5}, 2050, 0});
    ck_assert_double_eq_tol(number_value(&n, connection(&n, 5), Q_CONNECTION_out_msgs_per_s), 1000 / 1.95,
                            1e-6);
    night_end(&n);
}
END_TEST

START_TEST(a_stretched_page_is_waited_for) {
    struct night n;
    begin_one(&n);
    send_page(&n, "IDA", &(struct page){SHAPE_CONNZ_FULL, 1, 1, {5}, 100, 0});
    go_to(&n, 2);
    send_page(&n, "IDA", &(struct page){SHAPE_CONNZ_FULL, 1, 1, {5}, 300, 0});
    send_interval(&n, 1, SHAPE_CONNZ_FULL, 30);
    for (int i = 0; i < 29; i++) {
        go_to(&n, 3 + i);
        ck_assert_int_eq(connection(&n, 5)->freshness, FRESH_LIVE);
    }
    go_to(&n, 32);
    send_page(&n, "IDA", &(struct page){SHAPE_CONNZ_FULL, 1, 1, {5}, 600, 0});
    ck_assert_double_eq_tol(number_value(&n, connection(&n, 5), Q_CONNECTION_out_msgs_per_s), 10, 1e-6);
    go_to(&n, 32 + 91);
    ck_assert_int_eq(connection(&n, 5)->freshness, FRESH_STALE);
    night_end(&n);
}
END_TEST

START_TEST(who_is_not_in_a_whole_page_is_closed) {
    struct night n;
    begin_one(&n);
    send_page(&n, "IDA", &(struct page){SHAPE_CONNZ_FULL, 3, 3, {5, 6, 7}, 0, 0});
    go_to(&n, 2);
    send_page(&n, "IDA", &(struct page){SHAPE_CONNZ_FULL, 2, 2, {5, 7}, 10, 0});
    ck_assert_int_eq(connection(&n, 6)->freshness, FRESH_GONE);
    ck_assert_int_eq(connection(&n, 7)->freshness, FRESH_LIVE);
    ck_assert_int_eq(quantity_get(n.model, connection(&n, 6), Q_CONNECTION_out_msgs_per_s).type,
                     VALUE_UNKNOWN);
    uint64_t rows, total;
    model_connection_cover(n.model, &rows, &total);
    ck_assert_uint_eq(rows, 2);
    ck_assert_uint_eq(total, 2);
    for (int i = 2; i <= 6; i++) {
        go_to(&n, 2 * i);
        send_page(&n, "IDA", &(struct page){SHAPE_CONNZ_FULL, 2, 2, {5, 7}, 10 * i, 0});
        ck_assert_ptr_nonnull(connection(&n, 6));
    }
    go_to(&n, 13);
    ck_assert_ptr_null(connection(&n, 6));
    ck_assert_uint_eq(count_of(&n, OBJECT_CONNECTION), 2);
    night_end(&n);
}
END_TEST

START_TEST(who_left_a_partial_page_grows_stale_and_is_forgotten) {
    struct night n;
    begin_one(&n);
    send_page(&n, "IDA", &(struct page){SHAPE_CONNZ_HOT, 900, 2, {5, 6}, 0, 0});
    for (int i = 1; i <= 3; i++) {
        go_to(&n, 2 * i);
        send_page(&n, "IDA", &(struct page){SHAPE_CONNZ_HOT, 900, 1, {5}, 0, 0});
        go_to(&n, 2 * i + 0.5);
        ck_assert_int_eq(connection(&n, 6)->freshness, i < 3 ? FRESH_LIVE : FRESH_STALE);
    }
    uint64_t rows, total;
    model_connection_cover(n.model, &rows, &total);
    ck_assert_uint_eq(rows, 1);
    ck_assert_uint_eq(total, 900);
    for (int i = 4; i <= 31; i++) {
        go_to(&n, 2 * i);
        send_page(&n, "IDA", &(struct page){SHAPE_CONNZ_HOT, 900, 1, {5}, 0, 0});
    }
    ck_assert_ptr_null(connection(&n, 6));
    ck_assert_ptr_nonnull(connection(&n, 5));
    night_end(&n);
}
END_TEST

START_TEST(a_row_that_missed_a_poll_has_no_rate) {
    struct night n;
    begin_one(&n);
    send_page(&n, "IDA", &(struct page){SHAPE_CONNZ_HOT, 900, 2, {5, 6}, 0, 0});
    go_to(&n, 2);
    send_page(&n, "IDA", &(struct page){SHAPE_CONNZ_HOT, 900, 1, {5}, 100, 0});
    go_to(&n, 4);
    send_page(&n, "IDA", &(struct page){SHAPE_CONNZ_HOT, 900, 2, {5, 6}, 200, 0});
    ck_assert_double_eq_tol(number_value(&n, connection(&n, 5), Q_CONNECTION_out_msgs_per_s), 50, 1e-6);
    ck_assert(isnan(number_value(&n, connection(&n, 6), Q_CONNECTION_out_msgs_per_s)));
    ck_assert(
        !is_new(&n, connection(&n, 6), Q_CONNECTION_out_msgs_per_s)); /* in and out it may go for ever */
    go_to(&n, 6);
    send_page(&n, "IDA", &(struct page){SHAPE_CONNZ_HOT, 900, 2, {5, 6}, 300, 0});
    ck_assert_double_eq_tol(number_value(&n, connection(&n, 6), Q_CONNECTION_out_msgs_per_s), 50, 1e-6);
    night_end(&n);
}
END_TEST

START_TEST(a_restart_ends_all_connections) {
    struct night n;
    begin_one(&n);
    send_page(&n, "IDA", &(struct page){SHAPE_CONNZ_FULL, 2, 2, {5, 6}, 0, 0});
    night_until(&n, 4);
    send_page(&n, "IDB",
              &(struct page){SHAPE_CONNZ_FULL, 1, 1, {5}, 9, 0}); /* of a run that /varz has not told of */
    ck_assert_uint_eq(count_of(&n, OBJECT_CONNECTION), 2);
    struct sample *s = build_varz(&n, 1, "IDB", "n1");
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_start, NIGHT_UTC + ns(3));
    send(&n, s);
    ck_assert_uint_eq(count_of(&n, OBJECT_CONNECTION), 2);
    ck_assert(model_is_inferred(the_one(&n, 5, FRESH_GONE)));
    ck_assert(model_is_inferred(the_one(&n, 6, FRESH_GONE)));
    send_page(&n, "IDB", &(struct page){SHAPE_CONNZ_FULL, 1, 1, {5}, 9, 0});
    ck_assert_uint_eq(count_of(&n, OBJECT_CONNECTION), 3);
    ck_assert(is_new(&n, the_one(&n, 5, FRESH_LIVE), Q_CONNECTION_out_msgs_per_s));
    night_end(&n);
}
END_TEST

START_TEST(a_silent_server_has_stale_connections) {
    struct night n;
    begin_one(&n);
    send_page(&n, "IDA", &(struct page){SHAPE_CONNZ_FULL, 1, 1, {5}, 0, 0});
    night_until(&n, 4);
    ck_assert_int_eq(connection(&n, 5)->freshness, FRESH_STALE);
    ck_assert_int_eq(model_severity(n.model, connection(&n, 5)), SEVERITY_UNKNOWN);
    night_until(&n, 590); /* it may come back */
    ck_assert_uint_eq(count_of(&n, OBJECT_CONNECTION), 1);
    night_until(&n, 610);
    ck_assert_uint_eq(count_of(&n, OBJECT_CONNECTION), 0);
    night_end(&n);
}
END_TEST

/* Also shows that churn leaves nothing behind: each page has other cids and other names. */
START_TEST(churn_is_bounded) {
    struct night n;
    begin_one(&n);
    for (int i = 1; i <= 100; i++) {
        struct page page = {SHAPE_CONNZ_FULL, 8, 8, {0}, 0, 0};
        for (int c = 0; c < 8; c++)
            page.cids[c] = (uint64_t)i * 8 + (uint64_t)c;
        go_to(&n, 2 * i);
        send_page(&n, "IDA", &page);
        ck_assert_uint_le(count_of(&n, OBJECT_CONNECTION), 8 * 7);
    }
    night_end(&n);
}
END_TEST

START_TEST(ten_thousand_connections) {
    struct night n;
    begin_one(&n);
    for (int poll = 1; poll <= 3; poll++) {
        go_to(&n, 2 * poll);
        struct sample *s = build(&n, 1, SHAPE_CONNZ_FULL, "IDA");
        put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, 10000);
        for (int i = 0; i < 10000; i++) {
            struct row *row = sample_add(s, ENTITY_CONNECTION);
            char name[300];
            snprintf(name, sizeof name, "client-%d-%0200d", i, i);
            put_u(row, F_CONNECTION_cid, (uint64_t)i);
            put_text(s, row, F_CONNECTION_name, name);
            put_text(s, row, F_CONNECTION_ip, "10.0.0.1");
            put_i(row, F_CONNECTION_out_msgs, poll * 20);
        }
        send(&n, s);
    }
    size_t count;
    const struct object *const *all = model_objects(n.model, OBJECT_CONNECTION, &count);
    ck_assert_uint_eq(count, 10000);
    for (size_t i = 0; i < count; i++) {
        ck_assert_double_eq(number_value(&n, all[i], Q_CONNECTION_out_msgs_per_s), 10);
        ck_assert_double_eq(number_value(&n, all[i], Q_CONNECTION_cid), (double)i); /* oldest first */
        ck_assert_ptr_eq(model_object(n.model, all[i]->id), all[i]);
    }
    night_end(&n);
}
END_TEST

/* ---- in slices ---- */

/* Connections `from` to `from + count - 1`; every tenth has a buffer that is half full. */
static struct sample *build_many(struct night *n, uint64_t from, int count) {
    struct sample *s = build(n, 1, SHAPE_CONNZ_FULL, "IDA");
    put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, (uint64_t)count);
    for (uint64_t cid = from; cid < from + (uint64_t)count; cid++) {
        struct row *row = sample_add(s, ENTITY_CONNECTION);
        char name[32];
        snprintf(name, sizeof name, "client-%llu", (unsigned long long)cid);
        put_u(row, F_CONNECTION_cid, cid);
        put_text(s, row, F_CONNECTION_name, name);
        put_i(row, F_CONNECTION_pending_bytes, cid % 10 ? 0 : 40 << 20);
    }
    return s;
}

static size_t count_fresh(const struct night *n, enum freshness freshness) {
    size_t count, found = 0;
    const struct object *const *all = model_objects(n->model, OBJECT_CONNECTION, &count);
    for (size_t i = 0; i < count; i++)
        found += all[i]->freshness == freshness;
    return found;
}

static size_t covered(const struct night *n) {
    uint64_t rows, total;
    model_connection_cover(n->model, &rows, &total);
    return rows;
}

START_TEST(in_slices_nobody_is_gone_before_all_rows_are_taken) {
    struct night n;
    begin_one(&n);
    send(&n, build_many(&n, 1, 1000));
    go_to(&n, 2);
    struct sample *s = build_many(&n, 501, 1000);
    struct model_intake intake = {0};
    for (size_t taken = 100; taken <= 1000; taken += 100) {
        ck_assert(!model_sample_slice(n.model, s, &intake, 100));
        night_until(&n, 2 + (double)taken / 1000);
        ck_assert_uint_eq(count_fresh(&n, FRESH_GONE), 0);
        ck_assert_uint_eq(count_fresh(&n, FRESH_LIVE), taken <= 500 ? 1000 : 499 + taken);
        ck_assert_uint_eq(covered(&n), count_fresh(&n, FRESH_LIVE));
        send_varz(&n, 1, "IDA", "n1");
    }
    while (!model_sample_slice(n.model, s, &intake, 100))
        continue;
    ck_assert_uint_eq(count_fresh(&n, FRESH_GONE), 500);
    ck_assert_uint_eq(count_fresh(&n, FRESH_LIVE), 1000);
    ck_assert_uint_eq(covered(&n), 1000);
    ck_assert_int_eq(connection(&n, 500)->freshness, FRESH_GONE);
    ck_assert_int_eq(connection(&n, 501)->freshness, FRESH_LIVE);
    sample_destroy(s);
    night_end(&n);
}
END_TEST

START_TEST(a_restart_amid_a_sample_ends_it) {
    struct night n;
    begin_one(&n);
    struct sample *s = build_many(&n, 1, 1000);
    struct model_intake intake = {0};
    ck_assert(!model_sample_slice(n.model, s, &intake, 100));
    ck_assert_uint_eq(covered(&n), 99); /* and the envelope */
    night_until(&n, 1);
    struct sample *varz = build_varz(&n, 1, "IDB", "n1");
    put_i(row_of(varz, ENTITY_SERVER), F_SERVER_start, NIGHT_UTC + n.at);
    send(&n, varz);
    ck_assert_uint_eq(count_fresh(&n, FRESH_GONE), 99);
    ck_assert(model_sample_slice(n.model, s, &intake, 100));
    ck_assert_uint_eq(count_of(&n, OBJECT_CONNECTION), 99);
    ck_assert_uint_eq(count_fresh(&n, FRESH_GONE), 99);
    sample_destroy(s);
    night_end(&n);
}
END_TEST

START_TEST(very_many_are_judged_in_turns) {
    enum { MANY = 40000 };
    struct night n;
    begin_one(&n);
    send(&n, build_many(&n, 1, MANY));
    ck_assert_uint_eq(covered(&n), MANY);
    go_to(&n, 6);
    size_t count;
    model_findings(n.model, &count);
    ck_assert_uint_eq(count, MANY / 10);
    send_failure(&n, 1, SHAPE_VARZ, FAILURE_REFUSED, "nothing listens there");
    send_failure(&n, 1, SHAPE_VARZ, FAILURE_REFUSED, "nothing listens there");
    night_until(&n, 9); /* six ticks */
    ck_assert_uint_eq(count_fresh(&n, FRESH_STALE), MANY);
    ck_assert_uint_eq(covered(&n), 0);
    ck_assert_ptr_null(finding_at(&n, "buffer_filling", SEVERITY_CRIT));
    night_until(&n, 620);
    ck_assert_uint_eq(count_of(&n, OBJECT_CONNECTION), 0);
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("connections");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, what_a_row_says);
    tcase_add_test(t, both_pages_feed_one_row);
    tcase_add_test(t, two_pages_at_once_are_no_window);
    tcase_add_test(t, a_stretched_page_is_waited_for);
    tcase_add_test(t, who_is_not_in_a_whole_page_is_closed);
    tcase_add_test(t, who_left_a_partial_page_grows_stale_and_is_forgotten);
    tcase_add_test(t, a_row_that_missed_a_poll_has_no_rate);
    tcase_add_test(t, a_restart_ends_all_connections);
    tcase_add_test(t, a_silent_server_has_stale_connections);
    tcase_add_test(t, churn_is_bounded);
    tcase_add_test(t, ten_thousand_connections);
    tcase_add_test(t, in_slices_nobody_is_gone_before_all_rows_are_taken);
    tcase_add_test(t, a_restart_amid_a_sample_ends_it);
    tcase_add_test(t, very_many_are_judged_in_turns);
    return t;
}

int main(void) {
    return run_case("model: connections", cases);
}
