#include "tests/model_build.h"

START_TEST(gaps_stay_gaps) {
    struct series *s = series_create();
    struct bucket b[6];
    series_put(s, 1000, 1, 1);
    series_put(s, 1001, 2, 1);
    series_put(s, 1004, 5, 1);
    series_read(s, 1005, 1, 6, b);
    ck_assert_double_eq(b[0].last, 1);
    ck_assert_double_eq(b[1].last, 2);
    ck_assert(isnan(b[2].last) && isnan(b[2].min) && isnan(b[2].max));
    ck_assert(isnan(b[3].last));
    ck_assert_double_eq(b[4].last, 5);
    ck_assert(isnan(b[5].last));
    series_read(s, 999, 1, 1, b);
    ck_assert(isnan(b[0].last)); /* before it began */
    series_destroy(s);
}
END_TEST

START_TEST(a_sample_stands_for_its_cadence) {
    struct series *s = series_create();
    struct bucket b[8];
    series_put(s, 1000, 1, 3);
    series_put(s, 1002, 2, 3);
    series_put(s, 1007, 7, 3);
    series_read(s, 1007, 1, 8, b);
    static const double want[] = {1, 2, 2, NAN, NAN, 7, 7, 7};
    for (int i = 0; i < 8; i++)
        ck_assert_msg(isnan(want[i]) ? isnan(b[i].last) : b[i].last == (float)want[i], "second %d is %f", i,
                      b[i].last);
    series_destroy(s);
}
END_TEST

START_TEST(an_older_second_is_ignored) {
    struct series *s = series_create();
    struct bucket b;
    series_put(s, 1000, 1, 1);
    series_put(s, 990, 9, 1);
    series_read(s, 990, 1, 1, &b);
    ck_assert(isnan(b.last));
    series_put(s, 1000, 4, 1);
    series_read(s, 1000, 1, 1, &b);
    ck_assert_double_eq(b.min, 1);
    ck_assert_double_eq(b.max, 4);
    ck_assert_double_eq(b.last, 4);
    series_destroy(s);
}
END_TEST

START_TEST(buckets_begin_at_multiples_of_their_step) {
    struct series *s = series_create();
    struct bucket b[2];
    for (int t = 1000; t < 1020; t++)
        series_put(s, t, (float)t, 1);
    series_read(s, 1013, 10, 2, b); /* 1000..1009 and 1010..1019 */
    ck_assert_double_eq(b[0].min, 1000);
    ck_assert_double_eq(b[0].max, 1009);
    ck_assert_double_eq(b[1].min, 1010);
    ck_assert_double_eq(b[1].max, 1019);
    ck_assert_double_eq(b[1].last, 1019);
    series_destroy(s);
}
END_TEST

START_TEST(a_day_of_minutes_keeps_the_peaks) {
    struct series *s = series_create();
    const int64_t start = 1795228140; /* a whole minute */
    for (int64_t t = 0; t < 2 * 86400; t++)
        series_put(s, start + t, t == 90000 ? 1000 : (float)(t % 60), 1);
    int64_t end = start + 2 * 86400 - 1;
    struct bucket b[3];
    series_read(s, start + 90000 + 60, 60, 2, b); /* older than an hour: from the minutes */
    ck_assert_double_eq(b[0].max, 1000);
    ck_assert_double_eq(b[1].max, 59);
    ck_assert_double_eq(b[1].min, 0);
    series_read(s, end, 1, 3, b);
    ck_assert_double_eq(b[2].last, 59);
    ck_assert_double_eq(b[0].last, 57);
    series_read(s, start, 60, 1, b);
    ck_assert(isnan(b[0].last)); /* two days ago */
    series_destroy(s);
}
END_TEST

START_TEST(a_long_gap_starts_anew) {
    struct series *s = series_create();
    struct bucket b[2];
    series_put(s, 1000, 1, 1);
    series_put(s, 1000 + 10 * 86400, 2, 3);
    series_read(s, 1000 + 10 * 86400, 1, 2, b);
    ck_assert_double_eq(b[0].last, 2);
    ck_assert_double_eq(b[1].last, 2);
    series_read(s, 990 + 10 * 86400, 1, 1, b); /* of the same minute, and nothing fell into it */
    ck_assert(isnan(b[0].last));
    series_read(s, 1000, 1, 1, b);
    ck_assert(isnan(b[0].last));
    series_destroy(s);
}
END_TEST

START_TEST(nothing_is_known_in_the_beginning) {
    struct series *s = series_create();
    struct bucket b;
    series_read(s, 1000, 60, 1, &b);
    ck_assert(isnan(b.last));
    series_put(s, 1000, NAN, 1);
    series_read(s, 1000, 60, 1, &b);
    ck_assert(isnan(b.last));
    series_destroy(s);
}
END_TEST

START_TEST(a_clone_lives_alone) {
    struct series *s = series_create(), *small = series_create_small(150);
    series_put(s, 1000, 1, 1);
    series_put(small, 1000, 1, 1);
    struct series *clone = series_clone(s), *small_clone = series_clone(small);
    series_put(s, 1001, 2, 1);
    series_put(small, 1001, 2, 1);
    struct bucket b;
    series_read(clone, 1001, 1, 1, &b);
    ck_assert(isnan(b.last));
    series_read(small_clone, 1001, 1, 1, &b);
    ck_assert(isnan(b.last));
    series_destroy(s);
    series_destroy(small);
    series_read(clone, 1000, 1, 1, &b);
    ck_assert_double_eq(b.last, 1);
    series_read(small_clone, 1000, 1, 1, &b);
    ck_assert_double_eq(b.last, 1);
    series_destroy(clone);
    series_destroy(small_clone);
}
END_TEST

START_TEST(small_ones_keep_runs) {
    struct series *s = series_create_small(150);
    struct bucket b[4];
    for (int t = 0; t < 100000; t += 5)
        series_put(s, t, 7, 7);
    series_put(s, 100000, 9, 7);
    series_put(s, 100060, 9, 7); /* a gap of a minute */
    series_read(s, 0, 1, 1, b);
    ck_assert_double_eq(b[0].last, 7); /* one run reaches back to the first */
    series_read(s, 100000, 1, 4, b);
    ck_assert_double_eq(b[0].last, 9);
    series_read(s, 99995, 1, 4, b);
    ck_assert_double_eq(b[0].last, 7);
    series_read(s, 100030, 1, 1, b);
    ck_assert(isnan(b[0].last));
    for (int i = 0; i < 1000; i++)
        series_put(s, 100065 + 5 * i, (float)i, 7);
    int oldest = 100065 + 5 * (1000 - 150);
    series_read(s, oldest + 5, 1, 1, b);
    ck_assert_double_eq(b[0].last, 1000 - 150 + 1);
    series_read(s, oldest - 10, 1, 1, b);
    ck_assert(isnan(b[0].last));
    series_destroy(s);
}
END_TEST

START_TEST(a_server_has_its_figures_over_time) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    for (int i = 0; i < 10; i++) {
        night_until(&n, i);
        if (i == 5 || i == 6 || i == 7)
            continue;
        struct sample *s = build_varz(&n, 1, "IDA", "n1");
        row_put(row_of(s, ENTITY_SERVER), F_SERVER_cpu)->f = 10 * i;
        send(&n, s);
    }
    night_until(&n, 10);
    const struct object *server = server_named(&n, "n1");
    const struct series *cpu = model_series(n.model, server, Q_SERVER_cpu);
    ck_assert_ptr_nonnull(cpu);
    ck_assert_ptr_null(model_series(n.model, server, Q_SERVER_version));
    ck_assert_ptr_null(model_series(n.model, server, Q_SERVER_in_msgs_per_s)); /* never told */
    struct bucket b[10];
    series_read(cpu, NIGHT_UTC / NS_PER_S + 9, 1, 10, b);
    ck_assert_double_eq(b[4].last, 40);
    ck_assert(isnan(b[5].last) && isnan(b[6].last));
    ck_assert_double_eq(b[9].last, 90);
    const struct series *all = model_series(n.model, model_cluster(n.model), Q_CLUSTER_connections);
    series_read(all, NIGHT_UTC / NS_PER_S + 9, 1, 10, b);
    ck_assert(isnan(b[6].last)); /* nobody answered: no line through the silence */
    ck_assert_double_eq(b[3].last, 5);
    night_end(&n);
}
END_TEST

/* ---- of consumers ---- */

enum { MANY = 600, KEPT = 512, LATE = MANY - 1 };

static void send_consumers(struct night *n, uint64_t late) {
    struct sample *s = build(n, 1, SHAPE_JSZ, "ID");
    for (int i = 0; i < MANY; i++) {
        char name[16];
        struct row *row = sample_add(s, ENTITY_CONSUMER);
        snprintf(name, sizeof name, "c%d", i);
        put_text(s, row, F_CONSUMER_account, "$G");
        put_text(s, row, F_CONSUMER_stream, "S");
        put_text(s, row, F_CONSUMER_name, name);
        put_text(s, row, F_CONSUMER_leader, "n1");
        put_u(row, F_CONSUMER_pending, i == LATE ? late : i < KEPT ? 10 : 0);
        put_u(row, F_CONSUMER_ack_pending, 0);
        put_u(row, F_CONSUMER_delivered_consumer_seq, (uint64_t)(n->at / NS_PER_S));
    }
    send(n, s);
}

static int detailed(const struct night *n, bool *late) {
    size_t count;
    int found = 0;
    const struct object *const *all = model_objects(n->model, OBJECT_CONSUMER, &count);
    ck_assert_uint_eq(count, MANY);
    for (size_t i = 0; i < count; i++) {
        bool kept = model_series(n->model, all[i], Q_CONSUMER_acked_per_s) != NULL;
        ck_assert_ptr_nonnull(model_series(n->model, all[i], Q_CONSUMER_lag));
        if (strcmp(row_text(all[i]->now, F_CONSUMER_name), "c599") == 0)
            *late = kept;
        found += kept;
    }
    return found;
}

/* Who comes first has a place, until another one lags twice as much. */
START_TEST(rates_are_kept_of_those_that_lag_most) {
    struct night n;
    bool late = true;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    send_varz(&n, 1, "ID", "n1");
    send_consumers(&n, 10);
    ck_assert_int_eq(detailed(&n, &late), KEPT);
    ck_assert(!late);
    night_until(&n, 5);
    send_varz(&n, 1, "ID", "n1");
    send_consumers(&n, 1000);
    ck_assert_int_eq(detailed(&n, &late), KEPT);
    ck_assert(late);
    struct model *paused = model_clone(n.model);
    struct night frozen = {paused, n.at, n.serial};
    ck_assert_int_eq(detailed(&frozen, &late), KEPT);
    model_destroy(paused);
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("series");
    tcase_add_test(t, gaps_stay_gaps);
    tcase_add_test(t, a_sample_stands_for_its_cadence);
    tcase_add_test(t, an_older_second_is_ignored);
    tcase_add_test(t, buckets_begin_at_multiples_of_their_step);
    tcase_add_test(t, a_day_of_minutes_keeps_the_peaks);
    tcase_add_test(t, a_long_gap_starts_anew);
    tcase_add_test(t, nothing_is_known_in_the_beginning);
    tcase_add_test(t, a_clone_lives_alone);
    tcase_add_test(t, small_ones_keep_runs);
    tcase_add_test(t, a_server_has_its_figures_over_time);
    tcase_add_test(t, rates_are_kept_of_those_that_lag_most);
    return t;
}

int main(void) {
    return run_case("model: series", cases);
}
