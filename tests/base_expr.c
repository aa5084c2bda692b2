#include "base/expr.h"
#include "tests/harness/suite.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LAG, SLOPE, SHARE, CPU, PENDING, UPTIME, STARTED, STATE, NAME, TLS, VERSION, RATE_OF_LAG, NAMES };

static const struct {
    const char *function, *name;
    enum unit unit;
} names[NAMES] = {
    [LAG] = {NULL, "lag", UNIT_MSGS},
    [SLOPE] = {NULL, "lag_slope", UNIT_PER_S},
    [SHARE] = {NULL, "pending_share", UNIT_RATIO},
    [CPU] = {NULL, "cpu", UNIT_PERCENT},
    [PENDING] = {NULL, "pending", UNIT_BYTES},
    [UPTIME] = {NULL, "uptime", UNIT_NS},
    [STARTED] = {NULL, "server.started", UNIT_TIME},
    [STATE] = {NULL, "state", UNIT_NONE},
    [NAME] = {NULL, "name", UNIT_NONE},
    [TLS] = {NULL, "tls", UNIT_NONE},
    [VERSION] = {NULL, "version", UNIT_NONE},
    [RATE_OF_LAG] = {"rate", "lag", UNIT_PER_S},
};

static int resolve(void *data, const char *function, const char *name, enum unit *unit) {
    (void)data;
    for (int i = 0; i < NAMES; i++) {
        bool same = function ? names[i].function && !strcmp(function, names[i].function) : !names[i].function;
        if (!same || strcmp(name, names[i].name) != 0)
            continue;
        *unit = names[i].unit;
        return i;
    }
    return -1;
}

static struct expr_value number(double v) {
    return (struct expr_value){.type = EXPR_NUMBER, .number = v};
}

static struct expr_value text(const char *v) {
    return (struct expr_value){.type = EXPR_TEXT, .text = v};
}

static struct expr_value truth(bool v) {
    return (struct expr_value){.type = EXPR_BOOL, .number = v};
}

static struct expr_value get(void *data, int id) {
    const struct expr_value *values = data;
    return values[id];
}

/* Each test changes what it is about. */
static struct expr_value object[NAMES];

static void fill_object(void) {
    object[LAG] = number(120000);
    object[SLOPE] = number(40);
    object[SHARE] = number(0.6);
    object[CPU] = number(55);
    object[PENDING] = number(2 << 20);
    object[UPTIME] = number(5e9);
    object[STARTED] = number(1.7e18);
    object[STATE] = text("down");
    object[NAME] = text("n1-lon");
    object[TLS] = truth(true);
    object[VERSION] = text("2.9.10");
    object[RATE_OF_LAG] = number(7);
}

static struct expr *parse(const char *source) {
    struct expr_error error = {0};
    struct expr *expr = expr_parse(source, resolve, NULL, &error);
    ck_assert_msg(expr != NULL, "%s: %s", source, error.message);
    return expr;
}

/* 't' true, 'f' false, '?' unknown. */
static char outcome(const char *source) {
    struct expr *expr = parse(source);
    struct expr_value v = expr_eval(expr, get, object);
    bool is_true = expr_true(expr, get, object);
    expr_destroy(expr);
    ck_assert_msg(v.type == EXPR_BOOL || v.type == EXPR_UNKNOWN, "%s is neither truth nor unknown", source);
    char c = v.type == EXPR_UNKNOWN ? '?' : v.number != 0 ? 't' : 'f';
    ck_assert_msg(is_true == (c == 't'), "%s: expr_true() disagrees", source);
    return c;
}

static double value(const char *source) {
    struct expr *expr = parse(source);
    struct expr_value v = expr_eval(expr, get, object);
    expr_destroy(expr);
    return v.type == EXPR_NUMBER ? v.number : NAN;
}

#define IS(source, expected) ck_assert_msg(outcome(source) == (expected), "%s: %c", source, outcome(source))

static void refused(const char *source, size_t at, const char *message) {
    struct expr_error error = {0};
    struct expr *expr = expr_parse(source, resolve, NULL, &error);
    ck_assert_msg(expr == NULL, "%s was taken", source);
    ck_assert_str_eq(error.message, message);
    ck_assert_msg(error.at == at, "%s: fault at %zu", source, error.at);
}

/* What it needs is met, and in one place it is true: "-" it needs nothing of one name alone. */
static const char *need_of(const char *source) {
    struct expr *expr = parse(source);
    struct expr_need need;
    static char out[32];
    if (expr_need(expr, &need)) {
        bool met = expr_need_met(&need, object[need.id]), is_true = expr_true(expr, get, object);
        ck_assert_msg(met || !is_true, "%s is true without what it needs", source);
        snprintf(out, sizeof out, "%s%s", names[need.id].name, met ? "" : " no");
    } else {
        snprintf(out, sizeof out, "-");
    }
    expr_destroy(expr);
    return out;
}

static bool is_state_or_lag(int id) {
    return id == STATE || id == LAG;
}

static bool is_void(const char *source) {
    struct expr *expr = parse(source);
    bool nothing = expr_is_void(expr, is_state_or_lag);
    object[STATE] = object[LAG] = (struct expr_value){.type = EXPR_UNKNOWN};
    ck_assert_msg(!nothing || !expr_true(expr, get, object), "%s is true of the unknown", source);
    fill_object();
    expr_destroy(expr);
    return nothing;
}

START_TEST(relations) {
    fill_object();
    IS("lag > 100k and lag_slope > 0", 't');
    IS("lag > 100k and lag_slope > 40", 'f');
    IS("lag>=120k", 't');
    IS("lag <= 119999", 'f');
    IS("lag < 1M", 't');
    IS("lag = 120000", 't');
    IS("lag != 120000", 'f');
    IS("(lag > 1M or cpu > 50) and not tls = no", 't');
    IS("lag > 1M or cpu > 50 and lag_slope < 0", 'f');
    IS("NOT lag > 1M", 't');
    IS("rate(lag) = 7", 't');
    IS("rate( lag ) > 10/s", 'f');
}
END_TEST

START_TEST(needs) {
    static const char *const rows[][2] = {
        {"lag > 100k and lag_slope > 0", "lag"},
        {"lag > 1M and lag_slope > 0", "lag no"},
        {"lag_slope + 1 > 0 and state = up", "state no"},
        {"state = up or state = down", "state"},
        {"state = up or state = stale", "state no"},
        {"state = up or name = n1-lon", "-"},
        {"state = up or lag > 5", "-"},
        {"version = 5 or version = up", "-"},
        {"tls = yes", "tls"},
        {"tls = no", "tls no"},
        {"state = \"\"", "-"},
        {"state != down", "-"},
        {"not lag > 5", "-"},
        {"lag != 120000", "lag no"},
        {"lag <= 120000", "lag"},
        {"cpu > 50 %", "cpu"},
        {"pending_share < 50 %", "pending_share no"},
        {"version = 2.9", "version"},
        {"lag > lag_slope * 1m", "-"},
    };
    fill_object();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *need = need_of(rows[i][0]);
        ck_assert_msg(strcmp(need, rows[i][1]) == 0, "%s: %s", rows[i][0], need);
    }
    object[LAG] = (struct expr_value){.type = EXPR_UNKNOWN};
    ck_assert_str_eq(need_of("lag < 5"), "lag no");
}
END_TEST

START_TEST(nothing_of_the_unknown) {
    fill_object();
    ck_assert(is_void("lag > 5"));
    ck_assert(is_void("lag + 1"));
    ck_assert(is_void("lag > 5 and cpu > 1"));
    ck_assert(is_void("cpu > 1 and state != \"\""));
    ck_assert(is_void("state = down or lag > 5"));
    ck_assert(is_void("not lag > 5"));
    ck_assert(is_void("state ~ d"));
    ck_assert(!is_void("cpu > 1"));
    ck_assert(!is_void("state = down or cpu > 1"));
    ck_assert(!is_void("state = \"\""));
    ck_assert(!is_void("state = name"));
    ck_assert(!is_void("not (lag > 5 and cpu > 99)"));
}
END_TEST

START_TEST(arithmetic) {
    fill_object();
    ck_assert_double_eq(value("1 + 2 * 3"), 7);
    ck_assert_double_eq(value("(1 + 2) * 3"), 9);
    ck_assert_double_eq(value("10 - 4 - 3"), 3);
    ck_assert_double_eq(value("12 / 3 / 2"), 2);
    ck_assert_double_eq(value("-lag + 1"), -119999);
    ck_assert_double_eq(value("- - 2"), 2);
    ck_assert_double_eq(value("lag * 50 %"), 60000);
    ck_assert_double_eq(value("pending / 1 MiB"), 2);
    ck_assert_double_nan(value("lag / 0"));
    ck_assert_double_nan(value("lag / (cpu - 55 %)"));
    ck_assert_double_nan(value("lag + state"));
}
END_TEST

#define THERE_ARE "is no unit; there are ns us ms s m h d y, B KiB MiB GiB TiB, k M G T, %"

START_TEST(a_unit_that_is_none_is_said) {
    refused("uptime > 5 min", 11, "`min` is no unit: write 5m");
    refused("uptime > 5min", 9, "`min` is no unit: write 5m");
    refused("(uptime > 5 sec) and lag > 3", 12, "`sec` is no unit: write 5s");
    refused("uptime > 1.5 Hours", 13, "`Hours` is no unit: write 1.5h");
    refused("uptime > 1h 30m", 12, "`1h 30m` is written 1h30m");
    refused("pending > 1 mib", 12, "`mib` is no unit: write 1MiB");
    refused("pending > 1mib/s", 10, "`mib` is no unit: write 1MiB/s");
    refused("pending > 8 Mbit", 12, "`Mbit` " THERE_ARE);
    refused("pending > 8Mbit", 10, "`Mbit` " THERE_ARE);
    refused("lag > 10k msgs", 10, "`msgs` is no unit: write 10k");
    refused("cpu > 80 percent", 9, "`percent` is no unit: write 80%");
    refused("uptime + 5min > 1h", 9, "`min` is no unit: write 5m");
    refused("lag > 1e400", 6, "`1e400` is too large a number");
    refused("lag > 1e4", 6, "`1e4` is not how numbers are written here: write 10000");
    refused("lag = 2.10.22", 6, "`lag` (messages) does not go with `2.10.22` (text)");
    refused("pending > 8 M\x9b", 12, "`M\xef\xbf\xbd` " THERE_ARE);
    char digits[500] = "lag > ";
    memset(digits + 6, '9', 400);
    struct expr_error error = {0};
    ck_assert_ptr_null(expr_parse(digits, resolve, NULL, &error));
    ck_assert_ptr_nonnull(strstr(error.message, "is too large a number"));
    fill_object();
    IS("version = 2e4", 'f'); /* beside a text it is one */
}
END_TEST

START_TEST(units) {
    fill_object();
    IS("pending_share > 50 %", 't');
    IS("pending_share > 60 %", 'f');
    IS("70 % > pending_share", 't');
    IS("pending_share > 0.5", 't');
    IS("pending_share > 50 % + 20 %", 'f');
    IS("cpu > 50 %", 't');
    IS("cpu > 60%", 'f');
    IS("cpu > pending_share", 'f');
    IS("uptime < 10 s", 't');
    IS("uptime < 5s", 'f');
    IS("uptime > 4999ms", 't');
    IS("pending = 2 MiB", 't');
    IS("pending > 1M", 't');
    IS("lag_slope >= 40/s", 't');
    IS("lag / lag_slope = 3000 s", 't');
    IS("lag / lag_slope > 1 h", 'f');
    IS("lag_slope * 1m = 2400", 't');
    IS("pending / 4 MiB = 50 %", 't');
    IS("server.started - uptime < server.started", 't');
}
END_TEST

START_TEST(unit_faults) {
    refused("lag > 10 s", 6, "`lag` (messages) does not go with `10 s` (time span)");
    refused("pending > lag", 10, "`pending` (bytes) does not go with `lag` (messages)");
    refused("lag + 1 > 1 MiB", 10, "`lag + 1` (messages) does not go with `1 MiB` (bytes)");
    refused("lag > lag_slope", 6, "`lag` (messages) does not go with `lag_slope` (rate)");
    refused("lag = down", 6, "`lag` (messages) does not go with `down` (text)");
    refused("pending_share > 50", 16,
            "`pending_share` (share) does not go with `50` (number): write 50 % or 0.5");
    refused("82.5 < pending_share", 7,
            "`82.5` (number) does not go with `pending_share` (share): write 82.5 % or 0.825");
    refused("uptime + lag > 0", 9, "`uptime` (time span) does not go with `lag` (messages)");
}
END_TEST

START_TEST(texts) {
    fill_object();
    IS("state = down", 't');
    IS("state != ok", 't');
    IS("state = Down", 'f');
    IS("state = \"down\"", 't');
    IS("state = 'down'", 't');
    IS("name = n1-lon", 't');
    IS("name = n1-lon and lag > 1", 't');
    IS("(name=n1-lon)", 't');
    IS("version = 2.9.10", 't');
    IS("version < 2.10.1", 't');
    IS("version < 2.10", 't');
    IS("version > 2.9.9", 't');
    IS("name = state", 'f');
    object[NAME] = text("$G");
    IS("name = $G", 't');
    object[NAME] = text("12");
    IS("name = 12", 't');
    object[NAME] = text("a \"b\" \\");
    IS("name = \"a \\\"b\\\" \\\\\"", 't');
    object[NAME] = text("gr\xc3\xbc\xc3\x9f");
    IS("name = gr\xc3\xbc\xc3\x9f", 't');
}
END_TEST

START_TEST(patterns) {
    fill_object();
    IS("name ~ ^N1", 't');
    IS("name ~ lon$", 't');
    IS("name !~ lon", 'f');
    IS("name ~ ams", 'f');
    IS("(name ~ (lon|ams)) and lag > 1", 't');
    IS("name ~ \"n[0-9]-l\"", 't');
    IS("name ~ lag", 'f');
    IS("tls ~ x", '?');
    refused("name ~ [a", 7, "pattern `[a`: Unmatched [, [^, [:, [., or [=");
    refused("name ~ (a)\\1", 7, "pattern `(a)\\1`: back references are not supported");
    refused("name ~ ((a{200}){200}){200}", 7,
            "pattern `((a{200}){200}){200}`: it is too large, or repeats too often");
    refused("name ~ a+++++++++++++++++++++", 7,
            "pattern `a+++++++++++++++++++++`: it is too large, or repeats too often");
    refused("name ~ '(a[)]{99}){99}'", 7,
            "pattern `'(a[)]{99}){99}'`: it is too large, or repeats too often");
    refused("name ~ a{99}{99}", 7, "pattern `a{99}{99}`: it is too large, or repeats too often");
    refused("name ~ (a{99})*{99}", 7, "pattern `(a{99})*{99}`: it is too large, or repeats too often");
    IS("name ~ n+1+-+l+o+n+|(a+b+)+c+d+e+f+g+", 't');
    IS("name ~ ^[^][:space:]]{2}-l", 't');
    refused("lag ~ 1", 0, "`~` searches in text, and `lag` is messages");
    refused("name ~ ", 7, "a pattern is expected behind `~`");
}
END_TEST

START_TEST(truths) {
    fill_object();
    IS("tls = yes", 't');
    IS("tls = false", 'f');
    IS("tls != no", 't');
    IS("tls and lag > 1", 't');
    IS("not tls", 'f');
    IS("tls = 1", 't');
    IS("tls = maybe", '?');
}
END_TEST

START_TEST(unknown_is_not_zero) {
    fill_object();
    object[LAG].type = EXPR_UNKNOWN;
    IS("lag > 1", '?');
    IS("lag = 0", '?');
    IS("lag != 0", '?');
    IS("not lag > 1", '?');
    IS("lag + 1 > 0", '?');
    IS("lag > 1 and cpu > 50", '?');
    IS("lag > 1 and cpu > 60", 'f');
    IS("cpu > 60 and lag > 1", 'f');
    IS("lag > 1 or cpu > 50", 't');
    IS("cpu > 50 or lag > 1", 't');
    IS("lag > 1 or cpu > 60", '?');
    IS("not (lag > 1 and cpu > 60)", 't');
    object[NAME].type = EXPR_UNKNOWN;
    IS("name = x", '?');
    IS("name !~ x", '?');
    object[CPU] = number(NAN);
    IS("cpu < 1", '?');
    object[STATE] = number(1);
    IS("state = down", '?');
}
END_TEST

START_TEST(faults) {
    refused("", 0, "a quantity, a number or \"text\" is expected at the end");
    refused("lagg > 1", 0, "`lagg` is no quantity");
    refused("lag > ", 6, "a quantity, a number or \"text\" is expected at the end");
    refused("lag > > 1", 6, "a quantity, a number or \"text\" is expected before `>`");
    refused("and lag > 1", 0, "a quantity, a number or \"text\" is expected before `and`");
    refused("lag > x", 6, "`x` is no quantity");
    refused("(lag > 1", 0, "this `(` has no closing `)`");
    refused("lag > 1)", 7, "`)` is not expected here: join comparisons with `and` or `or`");
    refused("lag > 1 cpu > 2", 8, "`cpu` is not expected here: join comparisons with `and` or `or`");
    refused("lag > 10k cpu", 10, "`cpu` is not expected here: join comparisons with `and` or `or`");
    refused("lag > 10k min", 10, "`min` is not expected here: join comparisons with `and` or `or`");
    refused("uptime > 5s min", 12, "`min` is not expected here: join comparisons with `and` or `or`");
    refused("lag > 5 foo > 1", 8, "`foo` is not expected here: join comparisons with `and` or `or`");
    refused("1 < lag < 2", 8, "`<` is not expected here: join comparisons with `and` or `or`");
    refused("lag == 1", 4, "`==` is written `=`");
    refused("name = \"x", 7, "this text has no closing \"");
    refused("median(lag) > 1", 0, "`median(lag)` is no quantity");
    refused("rate(5) > 1", 5, "`rate(` wants one quantity and `)`");
    refused("lag and cpu > 1", 0, "`and` wants a comparison: write `lag > 0`");
    refused("lag + \"x\" > 1", 6, "`+` wants numbers on both sides, not `\"x\"`");
    refused("-\"x\" = 1", 0, "`-` wants a number behind it, not `\"x\"`");
    refused("\x1b[31m = 1", 0, "a quantity, a number or \"text\" is expected before `\xef\xbf\xbd`");
}
END_TEST

START_TEST(bounds) {
    struct expr_error error;
    size_t size = 1 << 20;
    char *source = malloc(size + 1);
    memset(source, '(', size);
    source[size] = '\0';
    ck_assert_ptr_null(expr_parse(source, resolve, NULL, &error));
    ck_assert_str_eq(error.message, "this is nested deeper than 64");
    memset(source, '-', size);
    ck_assert_ptr_null(expr_parse(source, resolve, NULL, &error));
    ck_assert_str_eq(error.message, "this is nested deeper than 64");
    for (size_t i = 0; i < size; i += 2)
        memcpy(source + i, "1+", 2);
    ck_assert_ptr_null(expr_parse(source, resolve, NULL, &error));
    ck_assert_str_eq(error.message, "this is longer than 1000 operands and operators");
    memset(source, 'x', size);
    ck_assert_ptr_null(expr_parse(source, resolve, NULL, &error));
    ck_assert_ptr_nonnull(strstr(error.message, "…` is no quantity"));
    memcpy(source, "lag > 1", 8);
    memset(source + 7, ' ', size - 7);
    struct expr *expr = expr_parse(source, resolve, NULL, &error);
    ck_assert_ptr_nonnull(expr);
    expr_destroy(expr);
    expr_destroy(NULL);
    free(source);
}
END_TEST

START_TEST(text_goes_on_behind_it) {
    static const struct {
        const char *text, *rest;
    } cases[] = {{"lag > 1 billing", "billing"},
                 {"lag>1  and name = x !y", "!y"},
                 {"(lag>1) name=z", "name=z"},
                 {"lag > 1 ", ""},
                 {"lag>1,x", NULL},
                 {"lag>1 or x", NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct expr_error error = {0};
        const char *rest;
        struct expr *expr = expr_parse_first(cases[i].text, resolve, NULL, &error, &rest);
        ck_assert_msg((expr != NULL) == (cases[i].rest != NULL), "%s: %s", cases[i].text, error.message);
        if (expr)
            ck_assert_str_eq(rest, cases[i].rest);
        expr_destroy(expr);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("base/expr");
    TCase *c = tcase_create("expr");
    tcase_add_test(c, relations);
    tcase_add_test(c, needs);
    tcase_add_test(c, nothing_of_the_unknown);
    tcase_add_test(c, arithmetic);
    tcase_add_test(c, units);
    tcase_add_test(c, a_unit_that_is_none_is_said);
    tcase_add_test(c, unit_faults);
    tcase_add_test(c, texts);
    tcase_add_test(c, patterns);
    tcase_add_test(c, truths);
    tcase_add_test(c, unknown_is_not_zero);
    tcase_add_test(c, faults);
    tcase_add_test(c, bounds);
    tcase_add_test(c, text_goes_on_behind_it);
    suite_add_tcase(suite, c);
    return suite_run(suite);
}
