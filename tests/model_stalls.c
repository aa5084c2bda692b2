/* Pauses of producers while a buffer fills: how long that lasts, how many a second, and when it is over. */
#include "tests/model_counts.h"

#include "model/alert_object.h"

/* One event from the first pause until none came for ten seconds: how many these were, and in how long. */
START_TEST(producers_are_held_for_a_while) {
    struct night n;
    struct counts c = {.divided = true};
    begin(&n, c);
    until(&n, "IDA", 4, c);
    for (int i = 0; i < 70; i++) {
        c.stalls += 20;
        until(&n, "IDA", 5 + i, c);
    }
    ck_assert_int_eq(count_events(&n, "stalled"), 1);
    ck_assert_str_eq(said(&n, "stalled"),
                     "producers are held back: 20 pauses since the last look, because a receiver's "
                     "buffer fills");
    ck_assert_int_eq(finding_of(&n, "producers_stalled")->severity, SEVERITY_WARN);
    for (int i = 0; i < 10; i++) {
        c.stalls += 200;
        until(&n, "IDA", 75 + i, c);
    }
    ck_assert_int_eq(finding_of(&n, "producers_stalled_much")->severity, SEVERITY_CRIT);
    until(&n, "IDA", 93, c);
    ck_assert_msg(strncmp(said(&n, "stalled"), "producers are", 13) == 0, "%s", said(&n, "stalled"));
    until(&n, "IDA", 94, c);
    ck_assert_str_eq(said(&n, "stalled"),
                     "producers were held back: 3400 pauses in 1m20s, because a receiver's "
                     "buffer filled");
    until(&n, "IDA", 160, c);
    ck_assert_ptr_null(finding_of(&n, "producers_stalled"));
    ck_assert_ptr_null(finding_of(&n, "producers_stalled_much"));
    ck_assert_int_eq(count_events(&n, "stalled"), 1);
    night_end(&n);
}
END_TEST

/* How long it is so is one figure in its sentence and in its row, and none in the first second. */
START_TEST(how_long_is_said_once) {
    struct night n;
    struct counts c = {.divided = true};
    char span[TIME_TEXT_SIZE], expect[TIME_TEXT_SIZE + 8];
    int looks = 0;
    begin(&n, c);
    until(&n, "IDA", 4, c);
    for (int i = 0; i < 80; i++) {
        c.stalls += 200;
        until(&n, "IDA", 5 + i, c);
        for (double half = 0; half < 1; half += 0.5) {
            night_until(&n, 5 + i + half);
            const struct alert *a = model_alert(n.model, 0);
            if (!a || a->state != ALERT_OPEN)
                continue;
            struct value lasted = alert_lasted(a, model_utc_ns(n.model));
            lasted_format(span, lasted.i);
            snprintf(expect, sizeof expect, ", for %s", span);
            const char *said = strstr(a->text, ", for ");
            ck_assert_str_eq(said ? said : "", lasted.i ? expect : "");
            looks++;
        }
    }
    ck_assert_int_gt(looks, 140);
    night_end(&n);
}
END_TEST

/* Now more, now fewer than so many a second: one trouble. */
START_TEST(many_pauses_are_one_trouble) {
    static const uint64_t each[] = {159, 94, 120, 60, 94, 51, 159};
    struct night n;
    struct counts c = {.divided = true};
    begin(&n, c);
    until(&n, "IDA", 4, c);
    for (int i = 0; i < 70; i++) {
        c.stalls += each[i / 10];
        until(&n, "IDA", 5 + i, c);
        ck_assert(i < 7 || finding_of(&n, "producers_stalled_much"));
    }
    for (int i = 0; i < 12; i++) {
        c.stalls += 50;
        until(&n, "IDA", 75 + i, c);
    }
    ck_assert_ptr_null(finding_of(&n, "producers_stalled_much"));
    ck_assert_int_eq(finding_of(&n, "producers_stalled")->severity, SEVERITY_WARN);
    night_end(&n);
}
END_TEST

/* Many within one look or two, and few after them or none, is no trouble that lasts. */
START_TEST(a_moment_of_many_pauses_is_none) {
    for (uint64_t after = 0; after <= 3; after += 3) {
        struct night n;
        struct counts c = {.divided = true};
        begin(&n, c);
        until(&n, "IDA", 4, c);
        for (int i = 0; i < 20; i++) {
            c.stalls += i < 2 ? 900 : after;
            until(&n, "IDA", 5 + i, c);
            ck_assert_ptr_null(finding_of(&n, "producers_stalled_much"));
        }
        night_end(&n);
    }
}
END_TEST

/* Within one minute: what was quiet for ten seconds is over. */
START_TEST(producers_are_held_again) {
    struct night n;
    struct counts c = {.divided = true};
    begin(&n, c);
    until(&n, "IDA", 4, c);
    c.stalls = 7;
    until(&n, "IDA", 5, c);
    until(&n, "IDA", 12, c);
    c.stalls = 9; /* of the same */
    until(&n, "IDA", 13, c);
    until(&n, "IDA", 25, c);
    ck_assert_str_eq(said(&n, "stalled"), "producers were held back: 9 pauses in 9s, because a receiver's "
                                          "buffer filled");
    c.stalls = 10;
    until(&n, "IDA", 26, c);
    ck_assert_int_eq(count_events(&n, "stalled"), 2);
    until(&n, "IDA", 37, c);
    ck_assert_str_eq(said(&n, "stalled"), "producers were held back: 1 pause in 1s, because a receiver's "
                                          "buffer filled");
    night_end(&n);
}
END_TEST

/* Its pauses are of another run. */
START_TEST(producers_are_held_until_a_restart) {
    struct night n;
    struct counts c = {.divided = true};
    begin(&n, c);
    until(&n, "IDA", 4, c);
    c.stalls = 25;
    until(&n, "IDA", 5, c);
    night_until(&n, 9);
    c = (struct counts){.divided = true, .start = 7, .stalls = 3};
    send_counts(&n, "IDB", c);
    ck_assert_int_eq(count_events(&n, "stalled"), 2);
    ck_assert_str_eq(said(&n, "stalled"),
                     "producers are held back: 3 pauses since the last look, because a receiver's "
                     "buffer fills");
    bool ended = false;
    for (size_t i = 0; i < model_event_count(n.model); i++)
        ended |= strcmp(model_event(n.model, i)->text, "producers were held back: 25 pauses in 1s, until it "
                                                       "ended, because a receiver's buffer filled") == 0;
    ck_assert(ended);
    until(&n, "IDB", 25, c);
    ck_assert_str_eq(said(&n, "stalled"), "producers were held back: 3 pauses in 2s, because a receiver's "
                                          "buffer filled");
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *c = tcase_create("stalls");
    tcase_add_test(c, producers_are_held_for_a_while);
    tcase_add_test(c, how_long_is_said_once);
    tcase_add_test(c, producers_are_held_again);
    tcase_add_test(c, many_pauses_are_one_trouble);
    tcase_add_test(c, a_moment_of_many_pauses_is_none);
    tcase_add_test(c, producers_are_held_until_a_restart);
    return c;
}

int main(void) {
    return run_case("model/stalls", cases);
}
