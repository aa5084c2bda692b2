/* Which changes of alerts a hook is told, and how often. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "outward/hook.h"
#include "tests/harness/suite.h"
#include "tests/outward/made_alert.h"

#define MINUTE_NS (60 * NS_PER_S)

static const char *command[] = {"/usr/bin/logger", "-t", "natsight"};
static const struct hook_said plain = {.command = command, .command_count = 3};

static struct hook *hook;
static struct alert alert;
static int64_t now_ns;

static void begin(void) {
    hook = hook_create(&plain);
    alert = made_alert(1);
    now_ns = 0;
}

static void end(void) {
    hook_destroy(hook);
}

static void other(struct hook_said said) {
    said.command = command;
    said.command_count = 3;
    hook_destroy(hook);
    hook = hook_create(&said);
    alert = made_alert(alert.number); /* it opens while this one is there */
}

/* It wants that, and it runs. */
static bool told(enum alert_change_kind kind) {
    struct alert_change change = made_change(&alert, kind);
    return hook_wants(hook, &change, &alert) && hook_takes(hook, &change, true, now_ns) == HOOK_RUN;
}

static void get(enum severity severity) {
    alert.severity = severity;
    if (severity > alert.worst)
        alert.worst = severity;
}

START_TEST(it_is_told_of_begin_worse_and_end) {
    ck_assert(told(CHANGE_OPENED));
    ck_assert(!told(CHANGE_GREW));
    get(SEVERITY_CRIT);
    ck_assert(told(CHANGE_WORSE));
    get(SEVERITY_WARN);
    ck_assert(!told(CHANGE_LESS));
    ck_assert(!told(CHANGE_ACKED));
    ck_assert(told(CHANGE_CLEARED));
    ck_assert(told(CHANGE_CAME_BACK));
    ck_assert(!told(CHANGE_FLAPPING));
    ck_assert(told(CHANGE_CLEARED));
    ck_assert(!told(CHANGE_CLEARED)); /* it knows */
    ck_assert(!told(CHANGE_SILENCED));
}
END_TEST

START_TEST(on_names_what_it_is_told) {
    const char *on[] = {"grew", "acked", "less", "flapping"};
    other((struct hook_said){.on = on, .on_count = 4});
    ck_assert(!told(CHANGE_OPENED));
    ck_assert(told(CHANGE_GREW));
    ck_assert(told(CHANGE_ACKED));
    ck_assert(told(CHANGE_LESS));
    ck_assert(told(CHANGE_FLAPPING));
    ck_assert(!told(CHANGE_CLEARED));
    const char *ends[] = {"cleared"};
    other((struct hook_said){.on = ends, .on_count = 1});
    ck_assert(!told(CHANGE_OPENED));
    ck_assert(told(CHANGE_CLEARED)); /* who is told of no begin is told of every end */
}
END_TEST

START_TEST(from_its_severity_on) {
    const char *on[] = {"opened", "cleared"};
    other((struct hook_said){.severity = "critical", .on = on, .on_count = 2});
    ck_assert(!told(CHANGE_OPENED));
    ck_assert(!told(CHANGE_CLEARED));
    ck_assert(!told(CHANGE_CAME_BACK));
    get(SEVERITY_CRIT);
    ck_assert(told(CHANGE_WORSE)); /* for this hook it opens here */
    ck_assert(!told(CHANGE_WORSE));
    get(SEVERITY_WARN);
    ck_assert(told(CHANGE_CLEARED));
    alert = made_alert(2);
    ck_assert(!told(CHANGE_OPENED));
    ck_assert(!told(CHANGE_CLEARED));
}
END_TEST

START_TEST(of_its_rules_and_names_alone) {
    const char *rules[] = {"server_down", "consumer_growing"};
    other((struct hook_said){.rules = rules, .rule_count = 1});
    ck_assert(!told(CHANGE_OPENED));
    other((struct hook_said){.rules = rules, .rule_count = 2});
    ck_assert(told(CHANGE_OPENED));
    other((struct hook_said){.match = "cluster = us or tag = SLOW"});
    ck_assert(!told(CHANGE_OPENED));
    other((struct hook_said){.match = "entity = consumer and name ~ ^ORDERS/ and cluster = eu"});
    ck_assert(told(CHANGE_OPENED));
    other((struct hook_said){.match = "entity = cluster"}); /* the word, not the cluster's name */
    alert.entity = "cluster";
    ck_assert(told(CHANGE_OPENED));
    other((struct hook_said){.match = "entity = consumer and name ~ ^ORDERS/ and cluster = eu"});
    ck_assert(told(CHANGE_OPENED));
    alert.name = "SHOP/cart";
    ck_assert(told(CHANGE_CLEARED)); /* of what it was told */
    ck_assert(!told(CHANGE_CAME_BACK));
}
END_TEST

START_TEST(an_acknowledged_one_only_gets_worse_or_ends) {
    const char *on[] = {"opened", "worse", "grew", "less", "flapping", "cleared", "acked", "unacked"};
    other((struct hook_said){.on = on, .on_count = 8});
    ck_assert(told(CHANGE_OPENED));
    alert.acked_utc_ns = clock_utc_ns();
    ck_assert(told(CHANGE_ACKED));
    ck_assert(!told(CHANGE_GREW));
    ck_assert(!told(CHANGE_LESS));
    ck_assert(!told(CHANGE_FLAPPING));
    ck_assert(told(CHANGE_WORSE));
    ck_assert(told(CHANGE_CLEARED));
    ck_assert(!told(CHANGE_CAME_BACK));
    ck_assert(!told(CHANGE_CLEARED));
}
END_TEST

START_TEST(of_a_silenced_one_nobody_hears) {
    alert.silenced_until_utc_ns = clock_utc_ns() + MINUTE_NS;
    alert.untold = true;
    ck_assert(!told(CHANGE_OPENED));
    ck_assert(!told(CHANGE_WORSE));
    ck_assert(!told(CHANGE_CLEARED));
    alert.silenced_until_utc_ns = 0;
    ck_assert(told(CHANGE_UNSILENCED));
    ck_assert(told(CHANGE_CLEARED));
}
END_TEST

START_TEST(the_end_of_what_was_told_is_told_in_spite_of_a_silence) {
    ck_assert(told(CHANGE_OPENED));
    alert.silenced_until_utc_ns = clock_utc_ns() + MINUTE_NS;
    ck_assert(!told(CHANGE_WORSE));
    ck_assert(told(CHANGE_CLEARED));
    ck_assert(!told(CHANGE_CAME_BACK));
    alert = made_alert(2); /* which this one was not told of */
    alert.silenced_until_utc_ns = clock_utc_ns() + MINUTE_NS;
    ck_assert(!told(CHANGE_CLEARED));
}
END_TEST

START_TEST(the_end_of_one_from_before_is_told) {
    alert.opened_utc_ns -= 3600 * NS_PER_S;
    ck_assert(told(CHANGE_CLEARED));
    other((struct hook_said){.severity = "critical"});
    alert.opened_utc_ns -= 3600 * NS_PER_S;
    ck_assert(!told(CHANGE_CLEARED)); /* it was never told of a warning */
}
END_TEST

START_TEST(what_was_told_before_is_not_told_again) {
    alert.opened_utc_ns = 1;
    struct alert_change change = made_change(&alert, CHANGE_GREW);
    change.before = alert.severity;
    ck_assert(!hook_wants(hook, &change, &alert));
    alert.untold = true; /* it was silenced then */
    ck_assert(hook_wants(hook, &change, &alert));
    other((struct hook_said){.severity = "critical"});
    alert.opened_utc_ns = 1;
    get(SEVERITY_CRIT);
    change = made_change(&alert, CHANGE_WORSE);
    change.before = SEVERITY_WARN; /* for this hook it opens here */
    ck_assert(hook_wants(hook, &change, &alert));
}
END_TEST

START_TEST(too_many_a_minute_are_counted) {
    enum severity worst = SEVERITY_OK;
    other((struct hook_said){.per_minute = 2});
    for (alert.number = 1; alert.number <= 5; alert.number++) {
        now_ns += NS_PER_S;
        get(alert.number == 4 ? SEVERITY_CRIT : SEVERITY_WARN);
        ck_assert_int_eq(told(CHANGE_OPENED), alert.number <= 2);
    }
    ck_assert_uint_eq(hook_more(hook, now_ns, &worst), 0);
    alert.number = 1;
    ck_assert(told(CHANGE_CLEARED)); /* ends of what was told go out all the same */
    alert.number = 4;
    ck_assert(!told(CHANGE_CLEARED)); /* of what was not they don't, and don't count */
    now_ns = NS_PER_S + MINUTE_NS - 1;
    ck_assert_uint_eq(hook_more(hook, now_ns, &worst), 0);
    now_ns++;
    ck_assert_uint_eq(hook_more(hook, now_ns, &worst), 3);
    ck_assert_int_eq(worst, SEVERITY_CRIT);
    ck_assert_uint_eq(hook_more(hook, now_ns + MINUTE_NS, &worst), 0); /* once */
    alert.number = 6;
    now_ns += NS_PER_S; /* the second of them is a minute old, too */
    ck_assert(told(CHANGE_OPENED));
    alert.number = 7;
    ck_assert(!told(CHANGE_OPENED));
}
END_TEST

/* However many warnings come before it. */
START_TEST(a_third_of_a_minute_is_for_what_is_critical) {
    enum severity worst;
    other((struct hook_said){.per_minute = 6});
    get(SEVERITY_WARN);
    for (alert.number = 1; alert.number <= 3000; alert.number++)
        ck_assert_int_eq(told(CHANGE_OPENED), alert.number <= 4);
    ck_assert_uint_eq(hook_more(hook, now_ns, &worst), 0);
    now_ns += NS_PER_S;
    get(SEVERITY_CRIT);
    for (; alert.number <= 3003; alert.number++)
        ck_assert_int_eq(told(CHANGE_OPENED), alert.number <= 3002);
    now_ns += MINUTE_NS - NS_PER_S; /* the first four are a minute old */
    ck_assert_uint_eq(hook_more(hook, now_ns, &worst), 2997);
    ck_assert_int_eq(worst, SEVERITY_CRIT);
    get(SEVERITY_WARN);
    for (alert.number = 3004; alert.number <= 3010; alert.number++)
        ck_assert_int_eq(told(CHANGE_OPENED), alert.number == 3004);
    get(SEVERITY_CRIT);
    for (alert.number = 3011; alert.number <= 3015; alert.number++)
        ck_assert_int_eq(told(CHANGE_OPENED), alert.number <= 3012); /* six within a minute */
}
END_TEST

START_TEST(without_room_it_is_counted) {
    enum severity worst;
    struct alert_change change = made_change(&alert, CHANGE_OPENED);
    ck_assert_int_eq(hook_takes(hook, &change, false, 0), HOOK_LATER);
    ck_assert_uint_eq(hook_more(hook, 0, &worst), 1);
    ck_assert(!told(CHANGE_CLEARED));
}
END_TEST

START_TEST(a_fault_is_said_once) {
    char text[400];
    hook_ended(hook, NULL, 0, text, sizeof text);
    ck_assert_str_eq(text, "");
    hook_ended(hook, "ended with code 1", 0, text, sizeof text);
    ck_assert_str_eq(text, "ended with code 1");
    hook_ended(hook, "ended with code 1", MINUTE_NS, text, sizeof text);
    ck_assert_str_eq(text, "");
    hook_ended(hook, "ended with code 2", MINUTE_NS, text, sizeof text);
    ck_assert_str_eq(text, "ended with code 2 (2 times)");
    hook_ended(hook, "ended with code 2", 12 * MINUTE_NS, text, sizeof text);
    ck_assert_str_eq(text, "ended with code 2");
    hook_ended(hook, NULL, 0, text, sizeof text);
    ck_assert_str_eq(text, "works again");
    hook_ended(hook, NULL, 0, text, sizeof text);
    ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(it_is_the_same_as_long_as_all_is) {
    const char *rules[] = {"server_down"}, *on[] = {"cleared", "worse", "opened"};
    ck_assert_str_eq(hook_name(hook), "logger");
    ck_assert(hook_is(hook, &plain));
    const struct hook_said changed[] = {
        {.command = command, .command_count = 2},
        {.command = command, .command_count = 3, .name = "log"},
        {.command = command, .command_count = 3, .rules = rules, .rule_count = 1},
        {.command = command, .command_count = 3, .severity = "critical"},
        {.command = command, .command_count = 3, .timeout = 9000},
        {.command = command, .command_count = 3, .per_minute = 7},
        {.command = command, .command_count = 3, .match = "tag = LAG"},
        {.command = command, .command_count = 3, .pass = command, .pass_count = 1},
        {.command = command, .command_count = 3, .on = on, .on_count = 2},
    };
    for (size_t i = 0; i < sizeof changed / sizeof *changed; i++)
        ck_assert_msg(!hook_is(hook, &changed[i]), "%zu", i);
    struct hook_said same = plain; /* what is said and what goes without saying */
    same.on = on, same.on_count = 3, same.severity = "warn", same.timeout = 10000, same.per_minute = 6;
    ck_assert(hook_is(hook, &same));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("hook");
    TCase *tc = tcase_create("hook");
    tcase_add_checked_fixture(tc, begin, end);
    tcase_add_test(tc, it_is_told_of_begin_worse_and_end);
    tcase_add_test(tc, on_names_what_it_is_told);
    tcase_add_test(tc, from_its_severity_on);
    tcase_add_test(tc, of_its_rules_and_names_alone);
    tcase_add_test(tc, an_acknowledged_one_only_gets_worse_or_ends);
    tcase_add_test(tc, of_a_silenced_one_nobody_hears);
    tcase_add_test(tc, the_end_of_what_was_told_is_told_in_spite_of_a_silence);
    tcase_add_test(tc, the_end_of_one_from_before_is_told);
    tcase_add_test(tc, what_was_told_before_is_not_told_again);
    tcase_add_test(tc, too_many_a_minute_are_counted);
    tcase_add_test(tc, a_third_of_a_minute_is_for_what_is_critical);
    tcase_add_test(tc, without_room_it_is_counted);
    tcase_add_test(tc, a_fault_is_said_once);
    tcase_add_test(tc, it_is_the_same_as_long_as_all_is);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
