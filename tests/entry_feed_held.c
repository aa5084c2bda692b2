/* What a feed lets into the model while that has to stand still, and between the steps of a tick. */
#include "tests/entry_feed_run.h"
#include "tests/harness/suite.h"

/* While the model has to stand still, nothing gets in and no time goes by; then all of it does, in order. */
START_TEST(what_comes_while_it_is_held_waits) {
    struct run run;
    begin(&run);
    until(&run, 20);
    uint64_t samples = feed_samples(run.feed), version = model_version(run.model, OBJECT_SERVER);
    feed_hold(run.feed, true);
    for (int i = 0; i < 2; i++) {
        at += NS_PER_S;
        struct buffer bytes = answers(&run);
        feed_bytes(run.feed, 0, bytes.data, bytes.len);
        buffer_finish(&bytes);
        feed_tick(run.feed);
        ck_assert(!feed_work(run.feed));
    }
    ck_assert_uint_eq(model_version(run.model, OBJECT_SERVER), version);
    feed_hold(run.feed, false);
    ck_assert_uint_eq(feed_samples(run.feed), samples);
    while (feed_work(run.feed))
        continue;
    feed_tick(run.feed);
    ck_assert_uint_eq(feed_samples(run.feed), samples + 4);
    ck_assert_double_eq_tol(seconds_now(&run), 22, 0.001);
    ck_assert_double_eq_tol(age_of(&run), 0, 0.001);
    until(&run, 30);
    ck_assert_double_eq_tol(age_of(&run), 0.5, 0.6);
    end(&run);
}
END_TEST

/* What comes between two steps of a tick comes behind it. */
START_TEST(a_tick_is_made_in_steps) {
    struct run run;
    int steps = 1;
    begin(&run);
    until(&run, 20);
    uint64_t samples = feed_samples(run.feed);
    at += NS_PER_S / 2;
    ck_assert(feed_tick_step(run.feed));
    ck_assert_double_eq_tol(seconds_now(&run), 20.5, 0.001);
    struct buffer bytes = answers(&run);
    feed_bytes(run.feed, 0, bytes.data, bytes.len);
    buffer_finish(&bytes);
    ck_assert(!feed_work(run.feed));
    ck_assert_uint_eq(feed_samples(run.feed), samples);
    for (; feed_tick_step(run.feed); steps++)
        ck_assert_int_lt(steps, 10);
    ck_assert(feed_work(run.feed));
    ck_assert_uint_eq(feed_samples(run.feed), samples + 2);
    ck_assert(feed_tick_step(run.feed)); /* and whole, from wherever it is */
    feed_tick(run.feed);
    ck_assert(!model_tick_step(run.model));
    end(&run);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("entry/feed, held");
    TCase *tc = tcase_create("held");
    tcase_add_test(tc, what_comes_while_it_is_held_waits);
    tcase_add_test(tc, a_tick_is_made_in_steps);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
