/* How much of the list of closed connections is asked for, and when at once. */
#include <string.h>

#include "base/clock.h"
#include "collectors/schedule.h"
#include "tests/harness/suite.h"

#define S   NS_PER_S
#define NOW 1000 /* seconds, where answers come */

static struct collector collector;

static struct target target_here(void) {
    struct target t = {.collector = &collector};
    t.plan[EP_CONNZ_CLOSED].active = true;
    return t;
}

static void varz(struct target *t, uint64_t ever, uint64_t open, uint64_t troubles) {
    struct facts f = {.start = 1, .total_connections = ever, .open = open, .troubles = troubles};
    closed_varz(t, &f);
}

/* An answer of `num` of `total`, closed from `from` to `to`. */
static struct facts answer(uint64_t num, uint64_t total, int64_t from, int64_t to) {
    return (struct facts){.now = NOW * S,
                          .num = num,
                          .total = total,
                          .has_total = true,
                          .closed = {.oldest = from * S, .newest = to * S}};
}

static bool asked(struct target *t) {
    bool was = t->plan[EP_CONNZ_CLOSED].asked;
    t->plan[EP_CONNZ_CLOSED].asked = false;
    return was;
}

START_TEST(as_many_as_were_closed) {
    struct target t = target_here();
    varz(&t, 5000, 1000, 0);
    ck_assert_uint_eq(closed_limit(&t), 1000); /* what happened before we came */
    struct facts f = answer(1000, 4000, 100, 200);
    ck_assert(closed_answer(&t, true, &f));
    ck_assert_uint_eq(closed_limit(&t), 100);
    varz(&t, 5500, 1000, 0);
    ck_assert_uint_eq(closed_limit(&t), 570);
    varz(&t, 50000, 1000, 0);
    ck_assert_uint_eq(closed_limit(&t), 10000);
}
END_TEST

/* Who was cut minutes ago may stand behind thousands who came back and went. */
START_TEST(the_first_answer_reaches_minutes_back) {
    struct target t = target_here();
    varz(&t, 50000, 1000, 9);
    struct facts f = answer(1000, 10000, 990, 999);
    ck_assert(!closed_answer(&t, true, &f));
    ck_assert(asked(&t));
    ck_assert_uint_eq(closed_limit(&t), 4000);
    f = answer(4000, 10000, 900, 1000);
    ck_assert(!closed_answer(&t, true, &f));
    ck_assert_uint_eq(closed_limit(&t), 10000);
    f = answer(10000, 10000, 700, 1001); /* all there is */
    ck_assert(closed_answer(&t, true, &f));
    ck_assert_uint_eq(closed_limit(&t), 100);
    struct target quiet = target_here();
    varz(&quiet, 50000, 1000, 9);
    f = answer(1000, 10000, 399, 999);
    ck_assert(closed_answer(&quiet, true, &f));
}
END_TEST

START_TEST(asked_at_once_when_somebody_was_cut) {
    struct target t = target_here();
    varz(&t, 100, 10, 7); /* counted before we came */
    ck_assert(!asked(&t));
    varz(&t, 100, 10, 7);
    ck_assert(!asked(&t));
    varz(&t, 100, 9, 8);
    ck_assert(asked(&t));
    varz(&t, 5000, 10, 8); /* the list of 10,000 may run over before its time */
    struct facts f = answer(100, 100, 0, 9);
    ck_assert(closed_answer(&t, true, &f));
    ck_assert(!asked(&t));
    varz(&t, 8000, 10, 8);
    ck_assert(asked(&t));
    t.plan[EP_CONNZ_CLOSED].active = false; /* nobody wants it */
    varz(&t, 8000, 10, 9);
    ck_assert(!asked(&t));
}
END_TEST

/* A slow route is in no list of closed connections. */
START_TEST(routes_are_asked_at_once_too) {
    struct target t = target_here();
    t.plan[EP_ROUTEZ].active = true;
    varz(&t, 100, 10, 7);
    ck_assert(!t.plan[EP_ROUTEZ].asked);
    varz(&t, 100, 10, 8);
    ck_assert(t.plan[EP_ROUTEZ].asked);
    t.plan[EP_ROUTEZ].asked = false;
    varz(&t, 8000, 10, 8); /* many were closed, none for being slow */
    ck_assert(!t.plan[EP_ROUTEZ].asked);
    t.plan[EP_ROUTEZ].active = false; /* it has none */
    varz(&t, 8000, 10, 9);
    ck_assert(!t.plan[EP_ROUTEZ].asked);
}
END_TEST

START_TEST(a_gap_is_asked_for_again) {
    struct target t = target_here();
    varz(&t, 100, 10, 0);
    struct facts f = answer(90, 90, 1, 50);
    ck_assert(closed_answer(&t, true, &f));
    f = answer(100, 400, 60, 80); /* the oldest of these is newer than the newest that we knew */
    ck_assert(!closed_answer(&t, true, &f));
    ck_assert(asked(&t));
    ck_assert_uint_eq(closed_limit(&t), 400);
    ck_assert(closed_answer(&t, false, &f)); /* which can't be had: what comes next is taken */
    ck_assert_uint_eq(closed_limit(&t), 100);
    ck_assert(closed_answer(&t, true, &f));
    f = answer(100, 400, 79, 90); /* one that was closed at 78 may have come late */
    ck_assert(!closed_answer(&t, true, &f));
    ck_assert(asked(&t));
    f = answer(400, 500, 78, 90);
    ck_assert(closed_answer(&t, true, &f));
    ck_assert(!asked(&t));
}
END_TEST

START_TEST(nobody_was_closed_before) {
    struct target t = target_here();
    varz(&t, 10, 10, 0);
    struct facts f = {.has_total = true, .closed = {.oldest = TIME_UNSET, .newest = TIME_UNSET}};
    ck_assert(closed_answer(&t, true, &f));
    varz(&t, 300, 280, 1);
    ck_assert(asked(&t));
    f = answer(100, 250, 60, 80); /* many more since that /varz */
    ck_assert(!closed_answer(&t, true, &f));
    ck_assert(asked(&t));
    f = answer(250, 250, 50, 80);
    ck_assert(closed_answer(&t, true, &f));
    ck_assert(!asked(&t));
}
END_TEST

START_TEST(a_restart_forgets) {
    struct target t = target_here();
    varz(&t, 100, 10, 5);
    struct facts f = answer(90, 90, 1, 50), again = {.start = 2, .total_connections = 3, .open = 3};
    ck_assert(closed_answer(&t, true, &f));
    closed_varz(&t, &again);
    ck_assert(!asked(&t));
    ck_assert_uint_eq(closed_limit(&t), 1000);
}
END_TEST

static void see(struct closed_seen *seen, const struct closed_list *list, uint64_t cid, int64_t stop,
                const char *reason) {
    struct text_pool *pool = text_pool_create();
    struct row_any any;
    row_init(&any.row, ENTITY_CONNECTION);
    row_put(&any.row, F_CONNECTION_cid)->u = cid;
    row_put(&any.row, F_CONNECTION_stop)->i = stop * S;
    row_put(&any.row, F_CONNECTION_subscriptions)->u = 3;
    row_put(&any.row, F_CONNECTION_reason)->s = text_intern(pool, reason, strlen(reason));
    closed_see(seen, list, &any.row);
    text_pool_destroy(pool);
}

START_TEST(who_was_cut_is_asked_for_subscriptions) {
    struct closed_list list = {.known = true, .newest = 10 * S};
    struct closed_seen seen = {.newest = TIME_UNSET, .oldest = TIME_UNSET};
    see(&seen, &list, 9, 12, "Slow Consumer (Write Deadline)");
    see(&seen, &list, 8, 11, "Client Closed");
    see(&seen, &list, 7, 11, "Slow Consumer (Pending Bytes)");
    see(&seen, &list, 6, 10, "Slow Consumer (Pending Bytes)"); /* known before */
    ck_assert_int_eq(seen.cut.count, 2);
    ck_assert_uint_eq(seen.late, 3);
    ck_assert_int_eq(seen.newest, 12 * S);
    ck_assert_int_eq(seen.oldest, 10 * S);
    struct target t = target_here();
    varz(&t, 100, 10, 5);
    struct facts f = {.num = 4, .closed = seen};
    closed_answer(&t, true, &f);
    closed_answer(&t, true, &f); /* waits once */
    ck_assert_uint_eq(cids_take(&t.cids).cid, 9);
    ck_assert_uint_eq(cids_take(&t.cids).cid, 7);
    ck_assert_uint_eq(cids_take(&t.cids).cid, 0);
    for (uint64_t cid = 1; cid < 1000; cid++)
        cids_add(&t.cids, cid, true);
    ck_assert_int_eq(t.cids.count, CIDS_MAX);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("collectors/closed");
    TCase *c = tcase_create("closed");
    tcase_add_test(c, as_many_as_were_closed);
    tcase_add_test(c, the_first_answer_reaches_minutes_back);
    tcase_add_test(c, asked_at_once_when_somebody_was_cut);
    tcase_add_test(c, routes_are_asked_at_once_too);
    tcase_add_test(c, a_gap_is_asked_for_again);
    tcase_add_test(c, nobody_was_closed_before);
    tcase_add_test(c, a_restart_forgets);
    tcase_add_test(c, who_was_cut_is_asked_for_subscriptions);
    suite_add_tcase(suite, c);
    return suite_run(suite);
}
