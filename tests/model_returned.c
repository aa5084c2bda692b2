/* Who has just come back lists what was deleted meanwhile, without a leader: that is its memory, as long as
 * others are there to know better. */
#include "model/alerts.h"
#include "tests/model_says.h"

static void varz_of(struct night *n, int node, double started) {
    struct sample *s = build_varz(n, (uint64_t)node + 1, ids[node], names[node]);
    if (started > 0)
        put_i(row_of(s, ENTITY_SERVER), F_SERVER_start, NIGHT_UTC + ns(started));
    send(n, s);
}

/* `leader` of those of `list`, -1 nobody; the others of `nodes` answer without it. started: n3 says that it
 * did then, 0 it does not say. */
static void live(struct night *n, double second, unsigned nodes, unsigned list, int leader, double started) {
    while (n->at < ns(second)) {
        night_until(n, floor((double)n->at / 1e9) + 1);
        for (int node = 0; node < 3; node++) {
            if (!(nodes & 1u << node))
                continue;
            varz_of(n, node, node == 2 ? started : 0);
            if (n->at % ns(5) != 0)
                continue;
            struct sample *s = jsz(n, node);
            const struct says says = {leader, 1000, .active = leader >= 0 && node != leader ? -1 : 0.1};
            if (list & 1u << node) {
                stream_in(s, node, says);
                consumer_in(s, node, says);
            }
            send(n, s);
        }
    }
}

static bool was_opened(const struct night *n, const char *rule) {
    for (size_t i = 0; i < model_alert_count(n->model); i++)
        if (strcmp(model_alert(n->model, i)->rule, rule) == 0)
            return true;
    return false;
}

static void assert_leaderless_opened(const struct night *n, bool opened) {
    ck_assert_int_eq(was_opened(n, "stream_no_quorum"), opened);
    ck_assert_int_eq(was_opened(n, "consumer_no_leader"), opened);
}

/* Deleted while n3 was away, long before it was back or just then. `_i & 1`: it was restarted. */
START_TEST(what_was_deleted_is_not_reborn) {
    struct night n;
    bool late = _i & 2;
    double started = _i & 1 ? 99.5 : 0;
    begin_three(&n);
    live(&n, 60, 7, 7, 0, 0);
    live(&n, late ? 95 : 80, 3, 3, 0, 0);
    live(&n, 99, 3, 0, 0, 0);
    ck_assert_int_eq(stream(&n)->freshness, late ? FRESH_LIVE : FRESH_GONE);
    for (int second = 105; second <= 120; second += 5) {
        live(&n, second, 7, 4, -1, started);
        night_until(&n, second + 0.5);
        ck_assert_int_eq(stream(&n)->freshness, FRESH_GONE);
        ck_assert_int_eq(c(&n)->freshness, FRESH_GONE);
        ck_assert_str_ne(led(&n), "leaderless");
    }
    live(&n, 140, 7, 0, 0, started);
    assert_leaderless_opened(&n, false);
    night_end(&n);
}
END_TEST

/* We came when it was deleted already. */
START_TEST(what_nobody_told_us_of_before) {
    struct night n;
    double started = _i ? 59.5 : 0;
    begin_three(&n);
    live(&n, 30, 7, 0, 0, 0);
    live(&n, 59, 3, 0, 0, 0);
    live(&n, 80, 7, 4, -1, started);
    ck_assert_ptr_null(stream(&n));
    ck_assert_ptr_null(c(&n));
    live(&n, 120, 7, 0, 0, started);
    assert_leaderless_opened(&n, false);
    night_end(&n);
}
END_TEST

/* By then it has learned what there is. */
START_TEST(what_it_goes_on_to_list_counts) {
    struct night n;
    begin_three(&n);
    live(&n, 60, 7, 7, 0, 0);
    live(&n, 99, 3, 0, 0, 0);
    live(&n, 125, 7, 4, -1, _i ? 99.5 : 0);
    assert_leaderless_opened(&n, false);
    live(&n, 150, 7, 4, -1, _i ? 99.5 : 0);
    ck_assert_str_eq(led(&n), "leaderless");
    assert_leaderless_opened(&n, true);
    night_end(&n);
}
END_TEST

/* Its members come back one after the other, and none of them has been there all the time. */
START_TEST(without_anybody_who_knows_better_it_counts) {
    struct night n;
    begin_three(&n);
    live(&n, 60, 7, 7, 0, 0);
    live(&n, 100, 4, 4, -1, 0); /* n3 alone */
    live(&n, 140, 0, 0, -1, 0);
    live(&n, 145, 1, 1, -1, 0);
    live(&n, 150, 3, 3, -1, 0);
    live(&n, 156, 7, 7, -1, 0);
    ck_assert_str_eq(led(&n), "leaderless");
    live(&n, 175, 7, 7, -1, 0);
    assert_leaderless_opened(&n, true);
    night_end(&n);
}
END_TEST

/* One that was there all the time says so, too. */
START_TEST(what_others_say_as_well_is_so) {
    struct night n;
    begin_three(&n);
    live(&n, 60, 7, 7, 0, 0);
    live(&n, 99, 3, 3, 0, 0);
    live(&n, 120, 7, 7, -1, _i ? 99.5 : 0);
    ck_assert_str_eq(led(&n), "leaderless");
    assert_leaderless_opened(&n, true);
    night_end(&n);
}
END_TEST

static TCase *returned(void) {
    TCase *tc = tcase_create("returned");
    tcase_add_loop_test(tc, what_was_deleted_is_not_reborn, 0, 4);
    tcase_add_loop_test(tc, what_nobody_told_us_of_before, 0, 2);
    tcase_add_loop_test(tc, what_it_goes_on_to_list_counts, 0, 2);
    tcase_add_test(tc, without_anybody_who_knows_better_it_counts);
    tcase_add_loop_test(tc, what_others_say_as_well_is_so, 0, 2);
    return tc;
}

int main(void) {
    return run_case("model/returned", returned);
}
