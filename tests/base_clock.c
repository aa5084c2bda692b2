#include "base/clock.h"
#include "tests/harness/suite.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t parsed_time(const char *text) {
    int64_t ns = 12345;
    ck_assert_msg(time_parse(text, strlen(text), &ns), "%s was refused", text);
    return ns;
}

static int64_t parsed_span(const char *text) {
    int64_t ns = 12345;
    ck_assert_msg(span_parse(text, strlen(text), &ns), "%s was refused", text);
    return ns;
}

START_TEST(times) {
    ck_assert_int_eq(parsed_time("1970-01-01T00:00:00Z"), 0);
    ck_assert_int_eq(parsed_time("2026-11-21T02:41:07Z"), 1795228867 * NS_PER_S);
    ck_assert_int_eq(parsed_time("2026-11-21T02:41:07.123456789Z"), 1795228867 * NS_PER_S + 123456789);
    ck_assert_int_eq(parsed_time("2026-11-21T02:41:07.5Z"), 1795228867 * NS_PER_S + 500 * NS_PER_MS);
    ck_assert_int_eq(parsed_time("2026-11-21T04:11:07+01:30"), 1795228867 * NS_PER_S);
    ck_assert_int_eq(parsed_time("2026-11-20T18:41:07-08:00"), 1795228867 * NS_PER_S);
    ck_assert_int_eq(parsed_time("1969-12-31T23:59:59.999999999Z"), -1);
    ck_assert_int_eq(parsed_time("2024-02-29T00:00:00Z"), 1709164800 * NS_PER_S);
    ck_assert_int_eq(parsed_time("2016-12-31T23:59:60Z"), 1483228800 * NS_PER_S);
    ck_assert_int_eq(parsed_time("0001-01-01T00:00:00Z"), TIME_UNSET);
    ck_assert_int_eq(parsed_time("2262-04-11T23:47:16.854775807Z"), INT64_MAX);
}
END_TEST

START_TEST(times_agree_with_libc) {
    for (int64_t s = -9000000000; s < 9000000000; s += 86399 * 37) {
        char text[TIME_TEXT_SIZE];
        struct tm parts;
        time_t t = (time_t)s;
        gmtime_r(&t, &parts);
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
        ck_assert_int_eq(parsed_time(text), s * NS_PER_S);
    }
}
END_TEST

START_TEST(no_times) {
    static const char *const rows[] = {
        "",
        "2026-11-21",
        "2026-11-21T02:41:07",
        "2026-11-21T02:41:07.Z",
        "2026-11-21T02:41:07.1234567890Z",
        "2026-13-21T02:41:07Z",
        "2026-11-31T02:41:07Z",
        "2023-02-29T02:41:07Z",
        "2026-11-21T24:41:07Z",
        "2026-11-21T02:60:07Z",
        "2026-11-21T02:41:07Zx",
        "2026-11-21T02:41:07+1:00",
        "2026-11-21T02:41:07+24:00",
        "+026-11-21T02:41:07Z",
        "9999-12-31T23:59:59Z",
        "1600-01-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
    };
    int64_t ns;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_msg(!time_parse(rows[i], strlen(rows[i]), &ns), "%s was taken", rows[i]);
    ck_assert(!time_parse("2026-11-21T02:41:07Z", 19, &ns));
    ck_assert(!time_parse("2026-11-21\0T2:41:07Z", 20, &ns));
}
END_TEST

START_TEST(spans) {
    ck_assert_int_eq(parsed_span("1m47.92s"), 107920 * NS_PER_MS);
    ck_assert_int_eq(parsed_span("189\xc2\xb5s"), 189 * NS_PER_US);
    ck_assert_int_eq(parsed_span("189\xce\xbcs"), 189 * NS_PER_US);
    ck_assert_int_eq(parsed_span("189us"), 189 * NS_PER_US);
    ck_assert_int_eq(parsed_span("-3s"), -3 * NS_PER_S);
    ck_assert_int_eq(parsed_span("1y3d0h0m1s"), (368 * 86400LL + 1) * NS_PER_S);
    ck_assert_int_eq(parsed_span("3d4h5m6s"), (3 * 86400LL + 4 * 3600 + 5 * 60 + 6) * NS_PER_S);
    ck_assert_int_eq(parsed_span("2w1D"), 15 * 86400LL * NS_PER_S);
    ck_assert_int_eq(parsed_span("1M1m"), (30 * 86400LL + 60) * NS_PER_S);
    ck_assert_int_eq(parsed_span("1Y"), parsed_span("365d"));
    ck_assert_int_eq(parsed_span("0.5W"), parsed_span("84h"));
    ck_assert_int_eq(parsed_span("0s"), 0);
    ck_assert_int_eq(parsed_span("0"), 0);
    ck_assert_int_eq(parsed_span("1.5h"), 5400 * NS_PER_S);
    ck_assert_int_eq(parsed_span(".5s"), 500 * NS_PER_MS);
    ck_assert_int_eq(parsed_span("412.345678ms"), 412345678);
    ck_assert_int_eq(parsed_span("7ns"), 7);
    ck_assert_int_eq(parsed_span("1.23456789012345678901234567890s"), 1234567890);
    ck_assert_int_eq(parsed_span("2540400h10m10s"), 9145440610LL * NS_PER_S);
}
END_TEST

START_TEST(no_spans) {
    static const char *const rows[] = {"",     "-",       "1",     "s",    "1x",  "1s2",
                                       ".s",   "1 s",     "1..5s", "--1s", "1mm", "99999999999999999999s",
                                       "300y", "200y200y"};
    int64_t ns;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_msg(!span_parse(rows[i], strlen(rows[i]), &ns), "%s was taken", rows[i]);
}
END_TEST

START_TEST(shown_times) {
    char out[TIME_TEXT_SIZE];
    int64_t at = parsed_time("2026-11-21T02:41:07.1239Z");
    time_format_rfc3339(out, at);
    ck_assert_str_eq(out, "2026-11-21T02:41:07.123Z");
    time_format_rfc3339(out, -1);
    ck_assert_str_eq(out, "1969-12-31T23:59:59.999Z");
    time_format_clock(out, at, false);
    ck_assert_str_eq(out, "02:41:07");
    time_format_date(out, at, false);
    ck_assert_str_eq(out, "2026-11-21");
    setenv("TZ", "XXX-3:30", 1);
    tzset();
    time_format_clock(out, at, true);
    ck_assert_str_eq(out, "06:11:07");
    setenv("TZ", "XXX+3", 1);
    tzset();
    time_format_date(out, at, true);
    ck_assert_str_eq(out, "2026-11-20");
    time_format_zone(out, at, true);
    ck_assert_str_eq(out, "XXX");
    time_format_zone(out, at, false);
    ck_assert_str_eq(out, "UTC");
    setenv("TZ", "Europe/Nowhere", 1);
    tzset();
    time_format_zone(out, at, true);
    ck_assert_str_eq(out, "UTC"); /* which it is */
    ck_assert(!time_zone_known("Europe/Nowhere"));
    ck_assert(!time_zone_known("../../etc/passwd"));
    if (time_zone_known("Europe/Berlin")) {
        time_zone_use("Europe/Berlin");
        time_format_clock(out, at, true);
        ck_assert_str_eq(out, "03:41:07");
        time_format_zone(out, at, true);
        ck_assert_str_eq(out, "CET");
    }
    time_format_rfc3339(out, TIME_UNSET);
    ck_assert_str_eq(out, "-");
    time_format_clock(out, TIME_UNSET, true);
    ck_assert_str_eq(out, "-");
}
END_TEST

START_TEST(shown_spans) {
    static const int64_t day = 86400 * NS_PER_S;
    const struct {
        int64_t ns;
        const char *text;
    } rows[] = {
        {0, "0s"},
        {7, "7ns"},
        {999, "999ns"},
        {89 * NS_PER_US, "89us"},
        {99499, "99us"},
        {900 * NS_PER_US, "0.9ms"},
        {9949 * NS_PER_US, "9.9ms"},
        {9950 * NS_PER_US, "10ms"},
        {412 * NS_PER_MS, "412ms"},
        {999499999, "999ms"},
        {999500000, "1.0s"},
        {4 * NS_PER_S, "4.0s"},
        {9949 * NS_PER_MS, "9.9s"},
        {9950 * NS_PER_MS, "10s"},
        {38 * NS_PER_S, "38s"},
        {59960 * NS_PER_MS, "1m00s"},
        {605 * NS_PER_S, "10m05s"},
        {3599500 * NS_PER_MS, "1h00m"},
        {10920 * NS_PER_S, "3h02m"},
        {day - 1, "1d00h"},
        {12 * day + 3 * 3600 * NS_PER_S, "12d03h"},
        {99 * day, "99d00h"},
        {100 * day - NS_PER_S, "99d23h"},
        {100 * day, "100d"},
        {1000 * day, "1000d"},
        {9999 * day, "9999d"},
        {10000 * day, "27y"},
        {INT64_MAX, "292y"},
        {-412 * NS_PER_MS, "-412ms"},
        {-605 * NS_PER_S, "-10m05s"},
        {INT64_MIN + 1, "-292y"},
        {TIME_UNSET, "-"},
    };
    char out[TIME_TEXT_SIZE];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        span_format(out, rows[i].ns);
        ck_assert_str_eq(out, rows[i].text);
    }
}
END_TEST

/* Seconds that have passed: what is not over does not count, at whichever size. */
START_TEST(what_lasted_is_whole_seconds) {
    static const struct {
        int64_t ms;
        const char *text;
    } rows[] = {{0, "0s"},        {999, "0s"},         {9950, "9s"},        {12500, "12s"},
                {59999, "59s"},   {60000, "1m00s"},    {605999, "10m05s"},  {3599999, "59m59s"},
                {-12500, "-12s"}, {10919999, "3h01m"}, {86399999, "23h59m"}};
    char out[TIME_TEXT_SIZE];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        lasted_format(out, rows[i].ms * NS_PER_MS);
        ck_assert_str_eq(out, rows[i].text);
    }
    lasted_format(out, TIME_UNSET);
    ck_assert_str_eq(out, "-");
}
END_TEST

START_TEST(spans_stay_narrow) {
    char out[TIME_TEXT_SIZE];
    for (int64_t ns = 1; ns < INT64_MAX / 2; ns += ns / 50 + 1) {
        span_format(out, ns);
        ck_assert_msg(strlen(out) <= 6, "%s", out);
    }
}
END_TEST

START_TEST(clocks_run) {
    int64_t mono = clock_mono_ns();
    ck_assert_int_le(mono, clock_mono_ns());
    ck_assert_int_gt(clock_utc_ns(), parsed_time("2024-01-01T00:00:00Z"));
}
END_TEST

/* So much ahead of what is counted: shown it is what the wall clock says. */
START_TEST(a_wall_clock_that_was_moved) {
    char out[TIME_TEXT_SIZE];
    int64_t told = parsed_time("2026-11-21T23:30:07.123Z");
    clock_wall_ahead(3600 * NS_PER_S);
    time_format_rfc3339(out, told);
    ck_assert_str_eq(out, "2026-11-22T00:30:07.123Z");
    time_format_clock(out, told, false);
    ck_assert_str_eq(out, "00:30:07");
    time_format_date(out, told, false);
    ck_assert_str_eq(out, "2026-11-22");
    time_format_rfc3339(out, time_of_wall(told));
    ck_assert_str_eq(out, "2026-11-21T23:30:07.123Z");
    time_format_rfc3339(out, TIME_UNSET);
    ck_assert_str_eq(out, "-");
    ck_assert_int_eq(time_of_wall(TIME_UNSET), TIME_UNSET);
    ck_assert_int_lt(llabs(clock_wall_ns() - clock_utc_ns() - 3600 * NS_PER_S), 60 * NS_PER_S);
    ck_assert_int_gt(llabs(clock_wall_ns() - clock_utc_ns()), 3000 * NS_PER_S);
    clock_wall_ahead(0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("base/clock");
    TCase *c = tcase_create("clock");
    tcase_add_test(c, times);
    tcase_add_test(c, times_agree_with_libc);
    tcase_add_test(c, no_times);
    tcase_add_test(c, spans);
    tcase_add_test(c, no_spans);
    tcase_add_test(c, shown_times);
    tcase_add_test(c, shown_spans);
    tcase_add_test(c, spans_stay_narrow);
    tcase_add_test(c, what_lasted_is_whole_seconds);
    tcase_add_test(c, clocks_run);
    tcase_add_test(c, a_wall_clock_that_was_moved);
    suite_add_tcase(suite, c);
    return suite_run(suite);
}
