#include "tui/fence.h"

#include <check.h>

#include "base/clock.h"
#include "tests/harness/suite.h"

static struct fence fence;
static int64_t now;

static void begin(int64_t max_rate) {
    now = 1000 * NS_PER_S;
    fence_init(&fence, max_rate, now);
    if (fence_asks(&fence))
        fence_sent(&fence, 0, now);
}

static void pass_ms(int64_t ms) {
    now += ms * NS_PER_MS;
}

static void frame(size_t bytes) {
    ck_assert(fence_open(&fence, false, now));
    fence_sent(&fence, bytes, now);
}

static void answer_after_ms(int64_t ms) {
    pass_ms(ms);
    fence_answer(&fence, now);
}

static void begin_answering(void) {
    begin(0);
    answer_after_ms(20);
}

START_TEST(two_frames_may_be_unanswered) {
    begin_answering();
    frame(500);
    frame(500);
    ck_assert(!fence_open(&fence, false, now));
    ck_assert(!fence_open(&fence, true, now));
    answer_after_ms(20);
    ck_assert(fence_open(&fence, false, now));
    frame(500);
    ck_assert(!fence_open(&fence, true, now));
}
END_TEST

START_TEST(the_lag_is_the_age_of_the_oldest) {
    begin_answering();
    ck_assert_int_eq(fence_lag_ns(&fence, now), 20 * NS_PER_MS);
    pass_ms(5000); /* nothing was asked: the last round trip stays */
    ck_assert_int_eq(fence_lag_ns(&fence, now), 20 * NS_PER_MS);
    frame(500);
    pass_ms(700);
    frame(500);
    pass_ms(1200);
    ck_assert_int_eq(fence_lag_ns(&fence, now), 1900 * NS_PER_MS);
    answer_after_ms(100);
    ck_assert_int_eq(fence_lag_ns(&fence, now), 2000 * NS_PER_MS); /* the trip of the first */
    answer_after_ms(0);
    ck_assert_int_eq(fence_lag_ns(&fence, now), 1300 * NS_PER_MS);
    frame(500);
    answer_after_ms(30);
    ck_assert_int_eq(fence_lag_ns(&fence, now), 30 * NS_PER_MS);
}
END_TEST

START_TEST(a_terminal_that_never_answers_is_capped) {
    begin(0);
    frame(3000);
    frame(5000);
    ck_assert(!fence_open(&fence, true, now));
    ck_assert_int_eq(fence_next_ns(&fence, false), now + 2 * NS_PER_S);
    pass_ms(1999);
    ck_assert(!fence_open(&fence, true, now));
    ck_assert(fence_asks(&fence));
    pass_ms(1);
    ck_assert(fence_open(&fence, false, now));
    ck_assert(!fence_asks(&fence));
    ck_assert_int_eq(fence_lag_ns(&fence, now), 0);
}
END_TEST

START_TEST(a_cap_is_kept) {
    size_t sent = 0;
    begin(1000);
    ck_assert(!fence_asks(&fence));
    for (int tenth = 0; tenth < 600; tenth++, pass_ms(100))
        if (fence_open(&fence, tenth % 3 == 0, now)) {
            fence_sent(&fence, 700, now);
            sent += 700;
        }
    ck_assert_uint_ge(sent, 59000);
    ck_assert_uint_le(sent, 62000);
    fence_sent(&fence, 3000, now);
    ck_assert(!fence_open(&fence, true, now));
    int64_t next = fence_next_ns(&fence, true);
    ck_assert_int_gt(next, now + NS_PER_S);
    ck_assert_int_lt(next, now + 4 * NS_PER_S);
    ck_assert(fence_open(&fence, true, next));
}
END_TEST

START_TEST(a_late_first_answer_ends_the_cap) {
    begin(0);
    frame(8000);
    pass_ms(3000);
    frame(1000);
    ck_assert(!fence_asks(&fence));
    answer_after_ms(5000);
    ck_assert(fence_asks(&fence));
    frame(500);
    frame(500);
    ck_assert(!fence_open(&fence, false, now));
}
END_TEST

START_TEST(a_forced_cap_never_asks) {
    begin(4000);
    fence_answer(&fence, now);
    ck_assert(!fence_asks(&fence));
    fence_restart(&fence, now);
    ck_assert(!fence_asks(&fence));
}
END_TEST

START_TEST(silence_is_waited_for_and_tried_again) {
    begin_answering();
    frame(500);
    frame(500);
    int64_t asked = now;
    pass_ms(9999);
    ck_assert(!fence_open(&fence, false, now));
    ck_assert_int_eq(fence_next_ns(&fence, false), asked + 10 * NS_PER_S);
    pass_ms(1);
    frame(500); /* once ... */
    ck_assert(fence_asks(&fence));
    ck_assert(!fence_open(&fence, false, now));
    ck_assert_int_eq(fence_next_ns(&fence, false), now + 5 * NS_PER_S);
    pass_ms(5000);
    frame(500); /* ... and again, more and more seldom */
    pass_ms(9999);
    ck_assert(!fence_open(&fence, false, now));
    int frames = 0;
    for (int second = 0; second < 3600; second++, pass_ms(1000))
        if (fence_open(&fence, false, now)) {
            fence_sent(&fence, 500, now);
            frames++;
        }
    ck_assert_int_ge(frames, 55);
    ck_assert_int_le(frames, 70);
    ck_assert_int_ge(fence_lag_ns(&fence, now), 3600 * NS_PER_S);
    for (int i = 0; i < 5; i++)
        fence_answer(&fence, now); /* all that were asked meanwhile */
    frame(500);
    frame(500);
    ck_assert(!fence_open(&fence, false, now));
    answer_after_ms(10);
    answer_after_ms(10);
    ck_assert_int_eq(fence_lag_ns(&fence, now), 20 * NS_PER_MS);
}
END_TEST

START_TEST(who_types_at_a_silent_terminal_is_served) {
    begin_answering();
    frame(500);
    frame(500);
    pass_ms(12000);
    frame(500);
    ck_assert(!fence_open(&fence, true, now));
    pass_ms(1000);
    ck_assert(fence_open(&fence, true, now));
    fence_sent(&fence, 500, now);
    pass_ms(4000);
    ck_assert(fence_asks(&fence));
    pass_ms(1000); /* five seconds of typing without an answer: it has none */
    ck_assert(fence_open(&fence, true, now));
    ck_assert(!fence_asks(&fence));
}
END_TEST

/* A link of so many bytes a second, the way taking `way_ms` in all. */
static void over_link(int bytes_per_s, int way_ms, size_t bytes, int count) {
    for (int i = 0; i < count; i++) {
        frame(bytes);
        answer_after_ms(way_ms + (int64_t)bytes * 1000 / bytes_per_s);
        pass_ms(300);
    }
}

START_TEST(the_rate_is_measured) {
    begin_answering();
    ck_assert_uint_eq(fence_budget(&fence, false), FENCE_FIRST_BYTES); /* the first picture goes in parts */
    over_link(960, 20, 900, 5);
    ck_assert_uint_ge(fence_budget(&fence, false), 450);
    ck_assert_uint_le(fence_budget(&fence, false), 520);
    ck_assert_uint_ge(fence_budget(&fence, true), 900);
    over_link(8000, 20, 1500, 20);
    ck_assert_uint_ge(fence_budget(&fence, false), 3700);
    ck_assert_uint_le(fence_budget(&fence, false), 4300);
    over_link(1000000, 20, 1500, 30);
    ck_assert_uint_eq(fence_budget(&fence, false), SIZE_MAX);
}
END_TEST

START_TEST(the_end_waits_for_what_is_on_its_way) {
    begin(0);
    ck_assert_int_eq(fence_unanswered(&fence, now), 1);
    ck_assert_int_eq(fence_patience_ns(&fence, now), 3 * NS_PER_S); /* it may be far */
    answer_after_ms(20);
    ck_assert_int_eq(fence_unanswered(&fence, now), 0);
    frame(900);
    ck_assert_int_eq(fence_patience_ns(&fence, now), 240 * NS_PER_MS);
    pass_ms(600); /* nothing is measured yet, and this takes long */
    ck_assert_int_eq(fence_patience_ns(&fence, now), 10 * NS_PER_S);
    answer_after_ms(2400);
    over_link(300, 20, 300, 8);
    frame(600);
    ck_assert_int_eq(fence_unanswered(&fence, now), 1);
    ck_assert_int_ge(fence_patience_ns(&fence, now), 4 * NS_PER_S); /* 2 s and twice the last trip */
    ck_assert_int_lt(fence_patience_ns(&fence, now), 5 * NS_PER_S);
    ck_assert(fence_open(&fence, true, now));
    fence_sent(&fence, 5000, now);
    ck_assert_int_eq(fence_patience_ns(&fence, now), 10 * NS_PER_S);
    pass_ms(10000);
    ck_assert_int_eq(fence_patience_ns(&fence, now), 200 * NS_PER_MS); /* nobody is there any more */
}
END_TEST

START_TEST(the_end_waits_for_nobody_who_never_answers) {
    begin(0);
    pass_ms(2000);
    ck_assert_int_eq(fence_patience_ns(&fence, now), NS_PER_S);
    pass_ms(900);
    ck_assert_int_eq(fence_patience_ns(&fence, now), 200 * NS_PER_MS);
    ck_assert(fence_open(&fence, true, now)); /* in bytes by now */
    ck_assert_int_eq(fence_patience_ns(&fence, now), NS_PER_S);
    frame(100);
    pass_ms(900);
    ck_assert_int_eq(fence_patience_ns(&fence, now), 200 * NS_PER_MS);
}
END_TEST

START_TEST(what_was_given_up_may_still_come) {
    begin_answering();
    frame(500);
    frame(500);
    pass_ms(15000);
    frame(500); /* tried again */
    ck_assert_int_eq(fence_unanswered(&fence, now), 3);
    for (int left = 2; left >= 0; left--) {
        answer_after_ms(10);
        ck_assert_int_eq(fence_unanswered(&fence, now), left);
    }
    frame(500);
    pass_ms(15000);
    frame(500);
    pass_ms(15000);
    ck_assert_int_eq(fence_unanswered(&fence, now), 1);
}
END_TEST

START_TEST(a_long_way_is_not_a_narrow_one) {
    begin(0);
    answer_after_ms(600);
    over_link(1000000, 600, 1500, 10);
    ck_assert_uint_eq(fence_budget(&fence, false), SIZE_MAX);
    over_link(1000000, 800, 150, 2); /* a hiccup of a small frame does not make it narrow for long */
    over_link(1000000, 600, 1500, 3);
    ck_assert_uint_ge(fence_budget(&fence, false), 3000);
}
END_TEST

START_TEST(a_key_goes_before_data) {
    begin_answering();
    over_link(960, 20, 900, 5);
    frame(600);
    ck_assert(!fence_open(&fence, false, now));
    ck_assert(fence_open(&fence, true, now));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("tui_fence");
    TCase *test = tcase_create("fence");
    suite_add_tcase(suite, test);
    tcase_add_test(test, two_frames_may_be_unanswered);
    tcase_add_test(test, the_lag_is_the_age_of_the_oldest);
    tcase_add_test(test, a_terminal_that_never_answers_is_capped);
    tcase_add_test(test, a_cap_is_kept);
    tcase_add_test(test, a_late_first_answer_ends_the_cap);
    tcase_add_test(test, a_forced_cap_never_asks);
    tcase_add_test(test, silence_is_waited_for_and_tried_again);
    tcase_add_test(test, who_types_at_a_silent_terminal_is_served);
    tcase_add_test(test, the_rate_is_measured);
    tcase_add_test(test, the_end_waits_for_what_is_on_its_way);
    tcase_add_test(test, the_end_waits_for_nobody_who_never_answers);
    tcase_add_test(test, what_was_given_up_may_still_come);
    tcase_add_test(test, a_long_way_is_not_a_narrow_one);
    tcase_add_test(test, a_key_goes_before_data);
    return suite_run(suite);
}
