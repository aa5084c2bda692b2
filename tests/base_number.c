#include "base/number.h"
#include "tests/harness/suite.h"

#include <check.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SHOWS(value, unit, expected)                                                                         \
    do {                                                                                                     \
        char out_[NUMBER_TEXT_SIZE];                                                                         \
        number_format(out_, value, unit);                                                                    \
        ck_assert_str_eq(out_, expected);                                                                    \
    } while (0)

START_TEST(counts) {
    SHOWS(0, UNIT_COUNT, "0");
    SHOWS(-0.0, UNIT_COUNT, "0");
    SHOWS(7, UNIT_MSGS, "7");
    SHOWS(0.4, UNIT_PER_S, "0.4");
    SHOWS(0.01, UNIT_PER_S, "0.0");
    SHOWS(9.94, UNIT_PER_S, "9.9");
    SHOWS(9.96, UNIT_PER_S, "10");
    SHOWS(61.4, UNIT_PER_S, "61");
    SHOWS(611, UNIT_COUNT, "611");
    SHOWS(999, UNIT_COUNT, "999");
    SHOWS(999.4, UNIT_PER_S, "999");
    SHOWS(999.6, UNIT_PER_S, "1.00k");
    SHOWS(1000, UNIT_COUNT, "1.00k");
    SHOWS(4200, UNIT_COUNT, "4.20k");
    SHOWS(9994, UNIT_COUNT, "9.99k");
    SHOWS(9996, UNIT_COUNT, "10.0k");
    SHOWS(12345, UNIT_COUNT, "12.3k");
    SHOWS(88100, UNIT_COUNT, "88.1k");
    SHOWS(99960, UNIT_COUNT, "100k");
    SHOWS(182000, UNIT_NONE, "182k");
    SHOWS(999499, UNIT_COUNT, "999k");
    SHOWS(999500, UNIT_COUNT, "1.00M");
    SHOWS(1240000, UNIT_COUNT, "1.24M");
    SHOWS(1e9, UNIT_COUNT, "1.00G");
    SHOWS(9.99e14, UNIT_COUNT, "999T");
    SHOWS(1e30, UNIT_COUNT, "huge");
    SHOWS(-300, UNIT_PER_S, "-300");
    SHOWS(-4200, UNIT_PER_S, "-4.20k");
    SHOWS(NAN, UNIT_COUNT, "-");
    SHOWS(INFINITY, UNIT_COUNT, "inf");
    SHOWS(-INFINITY, UNIT_COUNT, "-inf");
}
END_TEST

START_TEST(bytes) {
    SHOWS(0, UNIT_BYTES, "0");
    SHOWS(1023, UNIT_BYTES, "1023");
    SHOWS(1024, UNIT_BYTES, "1.00K");
    SHOWS(33.0 * 1024 * 1024, UNIT_BYTES, "33.0M");
    SHOWS(1000.0 * 1024, UNIT_BYTES, "1000K");
    SHOWS(1023.4 * 1024, UNIT_BYTES, "1023K");
    SHOWS(1023.6 * 1024, UNIT_BYTES, "1.00M");
    SHOWS(1.2 * 1024 * 1024 * 1024, UNIT_BYTES_PER_S, "1.20G");
    SHOWS(1e15 - 1, UNIT_BYTES, "909T");
}
END_TEST

START_TEST(others) {
    SHOWS(0.41, UNIT_RATIO, "41%");
    SHOWS(0.07, UNIT_RATIO, "7%");
    SHOWS(0.004, UNIT_RATIO, "0.4%");
    SHOWS(0, UNIT_RATIO, "0%");
    SHOWS(1, UNIT_RATIO, "100%");
    SHOWS(2.5, UNIT_RATIO, "250%");
    SHOWS(99.99, UNIT_RATIO, "9999%");
    SHOWS(100, UNIT_RATIO, "10.0k");
    SHOWS(88, UNIT_PERCENT, "88");
    SHOWS(1250, UNIT_PERCENT, "1.25k");
    SHOWS(412e6, UNIT_NS, "412ms");
    SHOWS(-605e9, UNIT_NS, "-10m05s");
    SHOWS(1e300, UNIT_NS, "292y");
    SHOWS(1795228867e9, UNIT_TIME, "02:41:07");
    SHOWS(1e300, UNIT_TIME, "-");
}
END_TEST

START_TEST(signs) {
    static const struct {
        double value;
        enum unit unit;
        const char *text;
    } rows[] = {
        {2100, UNIT_PER_S, "+2.10k"}, {0, UNIT_PER_S, "0"},          {-300, UNIT_PER_S, "-300"},
        {0.4, UNIT_PER_S, "+0.4"},    {NAN, UNIT_NONE, "-"},         {1048576, UNIT_BYTES_PER_S, "+1.00M"},
        {0.04, UNIT_PER_S, "0.0"},    {-0.04, UNIT_PER_S, "0.0"},    {-0.0, UNIT_PER_S, "0"},
        {-0.06, UNIT_PER_S, "-0.1"},  {-0.0004, UNIT_RATIO, "0.0%"}, {-40e3, UNIT_BYTES, "-39.1K"},
        {4e9, UNIT_NS, "+4.0s"},      {INFINITY, UNIT_NONE, "+inf"},
    };
    char out[NUMBER_TEXT_SIZE];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        number_format_signed(out, rows[i].value, rows[i].unit);
        ck_assert_str_eq(out, rows[i].text);
    }
}
END_TEST

START_TEST(five_columns_hold) {
    static const enum unit units[] = {UNIT_COUNT, UNIT_BYTES, UNIT_PER_S, UNIT_RATIO, UNIT_PERCENT};
    char out[NUMBER_TEXT_SIZE];
    for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
        for (double v = 0.001; v < 1e15; v *= 1.003) {
            number_format(out, v, units[u]);
            ck_assert_msg(strlen(out) <= 5, "%g: %s", v, out);
            number_format(out, -v, units[u]);
            ck_assert_msg(strlen(out) <= 6, "%g: %s", v, out);
        }
    }
}
END_TEST

START_TEST(groups) {
    static const struct {
        uint64_t value;
        const char *text;
    } rows[] = {{0, "0"},
                {999, "999"},
                {1024, "1,024"},
                {123456, "123,456"},
                {1234567, "1,234,567"},
                {UINT64_MAX, "18,446,744,073,709,551,615"}};
    char out[NUMBER_TEXT_SIZE];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        number_format_grouped(out, rows[i].value);
        ck_assert_str_eq(out, rows[i].text);
    }
}
END_TEST

START_TEST(parsed) {
    static const struct {
        const char *text;
        size_t used;
        double value;
        enum unit unit;
    } rows[] = {
        {"10k", 3, 10000, UNIT_COUNT},
        {"1.5M", 4, 1500000, UNIT_COUNT},
        {"2G", 2, 2e9, UNIT_COUNT},
        {"1MiB", 4, 1048576, UNIT_BYTES},
        {"64 MB", 5, 67108864, UNIT_BYTES},
        {"100B", 4, 100, UNIT_BYTES},
        {"80%", 3, 80, UNIT_PERCENT},
        {"50 % ", 4, 50, UNIT_PERCENT},
        {"10s", 3, 10e9, UNIT_NS},
        {"5m", 2, 300e9, UNIT_NS},
        {"250ms", 5, 250e6, UNIT_NS},
        {"0.1s", 4, 1e8, UNIT_NS},
        {"7us", 3, 7000, UNIT_NS},
        {"7\xc2\xb5s", 4, 7000, UNIT_NS},
        {"1h30m", 5, 5400e9, UNIT_NS},
        {"1m47.92s", 8, 107.92e9, UNIT_NS},
        {"1h30", 2, 3600e9, UNIT_NS},
        {"-3", 2, -3, UNIT_NONE},
        {"+3", 2, 3, UNIT_NONE},
        {"-1.5 k", 6, -1500, UNIT_COUNT},
        {".5", 2, 0.5, UNIT_NONE},
        {"0.1", 3, 0.1, UNIT_NONE},
        {"18446744073709551615", 20, 18446744073709551615.0, UNIT_NONE},
        {"10k/s", 5, 10000, UNIT_PER_S},
        {"1 MB/s", 6, 1048576, UNIT_BYTES_PER_S},
        {"40/s", 4, 40, UNIT_PER_S},
        {"40/sec", 2, 40, UNIT_NONE},
        {"10 streams", 2, 10, UNIT_NONE},
        {"10 and", 2, 10, UNIT_NONE},
        {"10x", 2, 10, UNIT_NONE},
        {"1.2.3", 3, 1.2, UNIT_NONE},
        {"5.", 1, 5, UNIT_NONE},
        {"0x10", 1, 0, UNIT_NONE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double value = -1;
        enum unit unit = UNIT_TIME;
        size_t used = number_parse(rows[i].text, &value, &unit);
        ck_assert_msg(used == rows[i].used, "%s: used %zu", rows[i].text, used);
        ck_assert_msg(fabs(value - rows[i].value) <= 1e-15 * fabs(value), "%s: %.17g", rows[i].text, value);
        ck_assert_msg(unit == rows[i].unit, "%s: unit %d", rows[i].text, (int)unit);
    }
}
END_TEST

START_TEST(not_parsed) {
    static const char *const rows[] = {"", "k", "-", ".", "inf", "nan", " 1", "--1", "%"};
    double value;
    enum unit unit;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_msg(number_parse(rows[i], &value, &unit) == 0, "%s", rows[i]);
}
END_TEST

START_TEST(many_digits) {
    char text[5000];
    double value;
    enum unit unit;
    memset(text, '9', sizeof text);
    text[4999] = '\0';
    ck_assert_uint_eq(number_parse(text, &value, &unit), 4999);
    ck_assert(isinf(value));
    memset(text, '0', 4998);
    text[1] = '.';
    ck_assert_uint_eq(number_parse(text, &value, &unit), 4999);
    ck_assert_double_lt(value, 1e-15);
}
END_TEST

/* A locale whose decimal sign is a comma must change nothing. */
START_TEST(no_locale) {
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "C.UTF-8"};
    for (size_t i = 0; i < sizeof names / sizeof *names && !setlocale(LC_ALL, names[i]); i++)
        ;
    double value;
    enum unit unit;
    SHOWS(1240000, UNIT_COUNT, "1.24M");
    ck_assert_uint_eq(number_parse("1.5M", &value, &unit), 4);
    ck_assert_double_eq(value, 1500000);
    setlocale(LC_ALL, "C");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("base/number");
    TCase *c = tcase_create("number");
    tcase_add_test(c, counts);
    tcase_add_test(c, bytes);
    tcase_add_test(c, others);
    tcase_add_test(c, signs);
    tcase_add_test(c, five_columns_hold);
    tcase_add_test(c, groups);
    tcase_add_test(c, parsed);
    tcase_add_test(c, not_parsed);
    tcase_add_test(c, many_digits);
    tcase_add_test(c, no_locale);
    suite_add_tcase(suite, c);
    return suite_run(suite);
}
