/* Rules that are read again while natsight runs: what a rule that stays has said and what people did about it
 * stand, one that has changed is judged anew, and of a faulty file nothing holds. */
#include <check.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/e2e/configured.h"
#include "tests/harness/servers.h"
#include "tests/harness/shown.h"
#include "tests/harness/suite.h"

/* Both are true of a server without clients. */
#define STAYS                                                                                                \
    " { name = \"stays\"; entity = \"server\"; condition = \"connections\"; critical = \"< 50\";\n"          \
    "   tag = \"STAYS\"; },\n"
#define CHANGES(LEVEL)                                                                                       \
    " { name = \"changes\"; entity = \"server\"; condition = \"connections\";\n"                             \
    "   " LEVEL " tag = \"CHANGE\"; } );\n"

static void write_rules(const char *text) {
    config_write("rules.d/own.conf", text);
}

/* What the log of alerts has of a rule, as "opened acked". */
static const char *events_of(const char *rule) {
    static char words[400];
    char path[700], *line = NULL;
    size_t room = 0;
    words[0] = '\0';
    snprintf(path, sizeof path, "%s/alerts.log", config_folder());
    FILE *in = fopen(path, "r");
    ck_assert_ptr_nonnull(in);
    while (getline(&line, &room, in) > 0) {
        json_t *json = json_loads(line, 0, NULL);
        const char *of = json_string_value(json_object_get(json, "rule"));
        const char *event = json_string_value(json_object_get(json, "event"));
        size_t len = strlen(words);
        if (of && event && strcmp(of, rule) == 0)
            snprintf(words + len, sizeof words - len, "%s%s", len ? " " : "", event);
        json_decref(json);
    }
    free(line);
    fclose(in);
    return words;
}

static void wait_events(struct terminal *t, const char *rule, const char *expected) {
    int64_t until = servers_now_ms() + 2 * WAIT;
    while (strcmp(events_of(rule), expected) != 0 && servers_now_ms() < until)
        terminal_pump(t, 50);
    ck_assert_str_eq(events_of(rule), expected);
}

/* In view 7, and somebody is on the alert of the rule that stays. */
static struct terminal *open_acknowledged(void) {
    config_make_folder("rules.d");
    write_rules("rules = (\n" STAYS CHANGES("warn = \"< 60\";"));
    configured_write("FIRST", "log = \"alerts.log\";\n");
    const char *arguments[] = {"--config", config_path(), "--view", "alerts", NULL};
    struct terminal *t = shown_open(arguments, &(struct terminal_options){.rows = 40, .cols = 160});
    shown_wait(t, " changes .* open");
    shown_wait(t, "^!!>.* stays .* open");
    shown_type(t, "a", "^ack STAYS n1, note:");
    shown_type(t, "as planned\r", " stays .* acked");
    wait_events(t, "stays", "opened acked");
    wait_events(t, "changes", "opened");
    return t;
}

START_TEST(what_stays_goes_on_and_what_changes_is_judged_anew) {
    struct terminal *t = open_acknowledged();
    write_rules("rules = (\n" STAYS CHANGES("critical = \"< 60\";"));
    shown_type(t, "\022", "configuration reloaded");
    shown_wait(t, "^!!.* changes .* open");
    shown_wait(t, " stays .* acked");
    wait_events(t, "changes", "opened worse");
    write_rules("rules = (\n" STAYS CHANGES("critical = \"> 60\";"));
    shown_type(t, "\022", "configuration reloaded");
    shown_wait(t, " changes .* cleared");
    shown_wait(t, " stays .* acked .*as planned");
    ck_assert_str_eq(events_of("stays"), "opened acked");
    wait_events(t, "changes", "opened worse cleared");
    configured_end(t);
}
END_TEST

/* Ended, and not as if it had never been. */
START_TEST(a_rule_that_is_gone_has_nothing_to_say) {
    struct terminal *t = open_acknowledged();
    write_rules("rules = (\n" CHANGES("warn = \"< 60\";"));
    shown_type(t, "\022", "configuration reloaded");
    shown_wait(t, " stays .* cleared");
    shown_wait(t, " changes .* open");
    wait_events(t, "stays", "opened acked cleared");
    ck_assert_str_eq(events_of("changes"), "opened");
    configured_end(t);
}
END_TEST

/* Without its fault it would clear both. */
START_TEST(of_a_faulty_file_nothing_holds) {
    struct terminal *t = open_acknowledged();
    write_rules("rules = (\n" CHANGES("wran = \"> 60\"; warn = \"> 60\";"));
    shown_type(t, "\022", "own.conf:3: rules.wran: there is no such setting; did you mean warn\\?");
    write_rules("rules = (\n" CHANGES("warn = \"> 60 s\";"));
    shown_type(t, "\022", "own.conf:3: rules.warn: ");
    shown_wait(t, " stays .* acked");
    shown_wait(t, " changes .* open");
    ck_assert_str_eq(events_of("stays"), "opened acked");
    ck_assert_str_eq(events_of("changes"), "opened");
    configured_end(t);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("rules, read again");
    TCase *tc = tcase_create("reload");
    tcase_set_timeout(tc, 120);
    tcase_add_unchecked_fixture(tc, configured_setup, configured_teardown);
    tcase_add_checked_fixture(tc, config_begin, config_end);
    tcase_add_test(tc, what_stays_goes_on_and_what_changes_is_judged_anew);
    tcase_add_test(tc, a_rule_that_is_gone_has_nothing_to_say);
    tcase_add_test(tc, of_a_faulty_file_nothing_holds);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
