/* Alerts on their way to programs: what they get, who waits for whom, what is said of failures. */
#include <check.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "outward/hooks.h"
#include "tests/harness/suite.h"
#include "tests/outward/made_alert.h"
#include "tests/outward/scripts.h"

static struct hooks *hooks;
static char said[4000]; /* of hooks, a line each */

static void say(void *data, bool wrong, const char *name, const char *text) {
    (void)data;
    size_t len = strlen(said);
    snprintf(said + len, sizeof said - len, "%s %s: %s\n", wrong ? "wrong" : "good", name, text);
}

static bool is_said(const void *text) {
    return strstr(said, text) != NULL;
}

static bool is_said_in_time(const void *text) {
    hooks_tick(hooks, clock_utc_ns());
    return is_said(text);
}

static void begin(void) {
    scripts_begin();
    setenv("DISPLAY", ":7", 1);
    setenv("SECRET", "sesame", 1);
    said[0] = '\0';
    hooks = hooks_create(scripts_loop(), say, NULL);
}

static void end(void) {
    hooks_destroy(hooks);
    scripts_end();
}

/* One hook that runs this script. */
static void use(const char *path) {
    static const char *command[1], *pass[] = {"DISPLAY", "NOT_SET"};
    command[0] = path;
    const struct hook_said one = {.command = command,
                                  .command_count = 1,
                                  .pass = pass,
                                  .pass_count = 2,
                                  .per_minute = HOOK_A_MINUTE_MOST};
    hooks_configure(hooks, &(const struct hook_said *){&one}, 1);
}

static void happens(struct alert *alert, enum alert_change_kind kind) {
    struct alert_change change = made_change(alert, kind);
    hooks_change(hooks, &change, alert);
}

static void opens(uint64_t number) {
    struct alert alert = made_alert(number);
    happens(&alert, CHANGE_OPENED);
}

static void has_line(const char *text, const char *line) {
    char whole[300];
    snprintf(whole, sizeof whole, "%s\n", line);
    ck_assert_msg(strstr(text, whole) != NULL, "no %s in %s", line, text);
}

START_TEST(it_gets_a_document_and_variables) {
    struct alert alert = made_alert(17);
    alert.text = "line\none\x1b[31m $(touch /tmp/x)";
    use(script("a", "cat >%s/input; env >%s/env; touch %s/done"));
    happens(&alert, CHANGE_OPENED);
    scripts_wait_lines("input", 1);
    scripts_wait_text("env", "NATSIGHT_TEXT=");
    json_t *json = json_loads(scripts_text("input"), 0, NULL);
    ck_assert_ptr_nonnull(json);
    ck_assert_int_eq(json_integer_value(json_object_get(json, "schema")), 1);
    ck_assert_str_eq(json_string_value(json_object_get(json, "event")), "opened");
    ck_assert_int_eq(json_integer_value(json_object_get(json, "alert")), 17);
    ck_assert_str_eq(json_string_value(json_object_get(json, "severity")), "warn");
    ck_assert_str_eq(json_string_value(json_object_get(json, "name")), "ORDERS/billing");
    ck_assert_str_eq(json_string_value(json_object_get(json, "text")), alert.text);
    ck_assert_ptr_null(json_object_get(json, "ended"));
    ck_assert_ptr_null(json_object_get(json, "acked"));
    json_decref(json);
    const char *env = scripts_text("env");
    has_line(env, "NATSIGHT_EVENT=opened");
    has_line(env, "NATSIGHT_ALERT=17");
    has_line(env, "NATSIGHT_LINE=opened warn in eu: consumer ORDERS/billing: line one [31m $(touch /tmp/x)");
    has_line(env, "NATSIGHT_SEVERITY=warn");
    has_line(env, "NATSIGHT_RULE=consumer_growing");
    has_line(env, "NATSIGHT_CLUSTER=eu");
    has_line(env, "NATSIGHT_LIMIT=> 10k");
    has_line(env, "NATSIGHT_TEXT=line one [31m $(touch /tmp/x)");
    has_line(env, "DISPLAY=:7");
    ck_assert_ptr_nonnull(strstr(env, "PATH="));
    ck_assert_ptr_null(strstr(env, "SECRET"));
}
END_TEST

START_TEST(of_one_alert_one_after_the_other) {
    struct alert alert = made_alert(1);
    use(script("a",
               "echo $NATSIGHT_ALERT $NATSIGHT_EVENT >>%s/began\nwhile [ ! -e %s/go ]; do sleep 0.01; done\n"
               "echo $NATSIGHT_ALERT $NATSIGHT_EVENT >>%s/ended"));
    happens(&alert, CHANGE_OPENED);
    alert.severity = alert.worst = SEVERITY_CRIT;
    happens(&alert, CHANGE_WORSE);
    happens(&alert, CHANGE_CLEARED);
    opens(2);
    scripts_wait_lines("began", 2);
    ck_assert_ptr_nonnull(strstr(scripts_text("began"), "1 opened\n"));
    ck_assert_ptr_nonnull(strstr(scripts_text("began"), "2 opened\n"));
    fclose(fopen(scripts_path("go"), "w"));
    scripts_wait_lines("ended", 4);
    const char *first = strstr(scripts_text("ended"), "1 opened\n");
    ck_assert_ptr_nonnull(first);
    const char *worse = strstr(first, "1 worse\n");
    ck_assert_ptr_nonnull(worse);
    ck_assert_ptr_nonnull(strstr(worse, "1 cleared\n"));
    ck_assert_str_eq(said, "");
}
END_TEST

/* Two scripts that are the same program are two hooks all the same: none waits for the other's alert. */
START_TEST(a_hook_does_not_wait_for_another) {
    const char *slow[] = {script("a", "while [ ! -e %s/go ]; do sleep 0.01; done")},
               *fast[] = {script("b", "echo $NATSIGHT_ALERT >>%s/told")};
    const struct hook_said two[] = {{.command = slow, .command_count = 1},
                                    {.command = fast, .command_count = 1}};
    hooks_configure(hooks, (const struct hook_said *[]){&two[0], &two[1]}, 2);
    opens(1);
    opens(2);
    scripts_wait_lines("told", 2);
    fclose(fopen(scripts_path("go"), "w"));
}
END_TEST

/* Neither for its runs nor for its room: a second hook gets all, at once. That the first one's wait is said.
 */
START_TEST(one_that_hangs_delays_itself_alone) {
    const char *hangs[] = {script("a", "while [ ! -e %s/go ]; do sleep 0.01; done")},
               *pager[] = {script("b", "echo $NATSIGHT_ALERT >>%s/told")};
    const struct hook_said two[] = {{.command = hangs, .command_count = 1, .per_minute = HOOK_A_MINUTE_MOST},
                                    {.command = pager, .command_count = 1, .per_minute = HOOK_A_MINUTE_MOST}};
    hooks_configure(hooks, (const struct hook_said *[]){&two[0], &two[1]}, 2);
    enum { MANY = HOOK_AT_ONCE + HOOK_WAITING + 10 };
    for (uint64_t number = 1; number <= MANY; number++) {
        opens(number);
        if (number % HOOK_AT_ONCE == 0)
            scripts_wait_lines("told", (int)number);
    }
    scripts_wait_lines("told", MANY);
    ck_assert_str_eq(said, "");
    scripts_turn_until(is_said_in_time, "wrong a: 256 messages wait: 4 runs have not ended, the first for ");
    fclose(fopen(scripts_path("go"), "w"));
    scripts_turn_until(is_said_in_time, "good a: nothing waits any more\n");
    const char *first = strstr(said, "messages wait");
    ck_assert_ptr_null(strstr(first + 1, "messages wait")); /* said once */
    ck_assert_ptr_null(strstr(said, "b: "));
}
END_TEST

START_TEST(of_many_a_few_run_and_the_rest_is_counted) {
    use(script("a", "echo >>%s/began; while [ ! -e %s/go ]; do sleep 0.01; done; cat >>%s/told"));
    for (uint64_t number = 1; number <= 10000; number++)
        opens(number);
    scripts_wait_lines("began", HOOK_AT_ONCE);
    for (int turns = 0; turns < 10; turns++)
        loop_turn(scripts_loop(), 10);
    ck_assert_int_eq(scripts_lines("began"), HOOK_AT_ONCE);
    fclose(fopen(scripts_path("go"), "w"));
    scripts_wait_lines("told", HOOK_AT_ONCE + HOOK_WAITING);
    hooks_tick(hooks, clock_utc_ns());
    scripts_wait_text("told", "\"event\":\"more\"");
    ck_assert_ptr_nonnull(strstr(scripts_text("told"), "\"line\":\"9,740 more not told\""));
    ck_assert_ptr_nonnull(strstr(scripts_text("told"), "\"more\":9740"));
}
END_TEST

START_TEST(a_failure_is_said_and_holds_up_nobody) {
    const char *none[] = {scripts_path("none")}, *bad[] = {script("bad", "cat >%s/input; [ -e %s/good ]")},
               *fine[] = {script("fine", "echo >>%s/told")};
    const struct hook_said all[] = {{.command = none, .command_count = 1},
                                    {.command = bad, .command_count = 1, .name = "pager"},
                                    {.command = fine, .command_count = 1}};
    hooks_configure(hooks, (const struct hook_said *[]){&all[0], &all[1], &all[2]}, 3);
    opens(1);
    opens(2);
    scripts_wait_lines("told", 2);
    scripts_turn_until(is_said, "wrong none: can't be run: there is no such program\n");
    scripts_turn_until(is_said, "wrong pager: ended with code 1\n");
    fclose(fopen(scripts_path("good"), "w"));
    opens(3);
    scripts_turn_until(is_said, "good pager: works again\n");
    const char *first = strstr(said, "wrong none");
    ck_assert_ptr_null(strstr(first + 1, "wrong none")); /* said once */
}
END_TEST

START_TEST(another_configuration_keeps_what_stays_the_same) {
    const char *slow[] = {script(
        "a", "echo $NATSIGHT_ALERT >>%s/began; while [ ! -e %s/go ]; do sleep 0.01; done")},
               *other[] = {script("b", "echo $NATSIGHT_ALERT $NATSIGHT_EVENT >>%s/told")};
    const struct hook_said two[] = {{.command = slow, .command_count = 1},
                                    {.command = other, .command_count = 1}};
    struct alert alert = made_alert(7);
    hooks_configure(hooks, (const struct hook_said *[]){&two[0], &two[1]}, 2);
    happens(&alert, CHANGE_OPENED);
    alert.severity = alert.worst = SEVERITY_CRIT;
    happens(&alert, CHANGE_WORSE); /* waits for the slow one */
    scripts_wait_lines("told", 2);
    scripts_wait_lines("began", 1);
    hooks_configure(hooks, (const struct hook_said *[]){&two[1]}, 1);
    fclose(fopen(scripts_path("go"), "w"));
    happens(&alert, CHANGE_CLEARED); /* goes to whom it was told as open */
    scripts_wait_text("told", "7 cleared\n");
    ck_assert_int_eq(scripts_lines("began"), 1); /* what waited for one that is no more is dropped */
    hooks_configure(hooks, NULL, 0);
    opens(8);
    for (int turns = 0; turns < 10; turns++)
        loop_turn(scripts_loop(), 10);
    ck_assert_int_eq(scripts_lines("told"), 3);
}
END_TEST

START_TEST(what_runs_at_the_end_may_finish_within_a_second) {
    use(script("a", "echo >>%s/began; sleep 0.2; echo done >%s/told"));
    opens(1);
    scripts_wait_lines("began", 1);
    hooks_destroy(hooks);
    ck_assert_str_eq(scripts_text("told"), "done\n");
    hooks = hooks_create(scripts_loop(), say, NULL);
    use(script("b", "trap '' TERM; echo $$ >%s/self; while :; do sleep 1000; done"));
    opens(1);
    scripts_wait_lines("self", 1);
    hooks_destroy(hooks);
    scripts_wait_gone("self");
    hooks = NULL;
}
END_TEST

int main(void) {
    Suite *suite = suite_create("hooks");
    TCase *tc = tcase_create("hooks");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, begin, end);
    tcase_add_test(tc, it_gets_a_document_and_variables);
    tcase_add_test(tc, of_one_alert_one_after_the_other);
    tcase_add_test(tc, a_hook_does_not_wait_for_another);
    tcase_add_test(tc, one_that_hangs_delays_itself_alone);
    tcase_add_test(tc, of_many_a_few_run_and_the_rest_is_counted);
    tcase_add_test(tc, a_failure_is_said_and_holds_up_nobody);
    tcase_add_test(tc, another_configuration_keeps_what_stays_the_same);
    tcase_add_test(tc, what_runs_at_the_end_may_finish_within_a_second);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
