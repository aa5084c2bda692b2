/* natsight check where something is wrong: what counts, what is asked for by name, what is measured. */
#include <check.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/checked.h"
#include "tests/e2e/config_file.h"
#include "tests/harness/document.h"
#include "tests/harness/jetstream.h"
#include "tests/harness/suite.h"

static struct servers *ill;

enum { SPEAKS, CUT_SHORT, AS_JSON, EMPTIED, RUNS };
static struct checked runs[RUNS];

/* A stream that is emptied a moment before the end: critical is over, its warning is not. The other rule's
 * hold decides when that end is. */
static void start_emptied(const struct servers *emptied) {
    config_write("natsight.conf",
                 "rules = (\n"
                 " { name = \"many\"; entity = \"stream\"; condition = \"messages\"; tag = \"MANY\"; "
                 "warn = \"> 3\"; critical = \"> 30\"; hold = \"0s\"; },\n"
                 " { name = \"later\"; entity = \"stream\"; condition = \"messages > 0\"; tag = \"LATER\"; "
                 "hold = \"23s\"; } );\n");
    CHECK_START(&runs[EMPTIED], "--config", config_path(), "--rule", "many", "--rule", "later", "--every",
                "jsz=1s", "--json", emptied->node[0].http);
}

static void empty(const struct servers *emptied) {
    struct natsc *line = natsc_connect(emptied->node[0].url, NULL, JETSTREAM_MS);
    ck_assert_ptr_nonnull(line);
    for (int64_t until = servers_now_ms() + 13000; servers_now_ms() < until;)
        command_pump(&runs[EMPTIED].command, 100);
    json_decref(jetstream_ask(line, "STREAM.PURGE.ORDERS", "{\"keep\":10}"));
    natsc_close(line);
}

static void start_ill(void) {
    struct servers *emptied = checked_ill();
    ill = checked_ill();
    config_begin();
    start_emptied(emptied);
    CHECK_START(&runs[SPEAKS], "--rule", "consumer_unpulled", SCALED, ill->node[0].http);
    CHECK_START(&runs[CUT_SHORT], "--json", "--timeout", "28s", "--every", "jsz=1s", "--rule",
                "consumer_unpulled", ill->node[0].http);
    CHECK_START(&runs[AS_JSON], "--json", "--only", "consumer:billing", SCALED, "--rule", "consumer_unpulled",
                ill->node[0].http);
    empty(emptied);
    checked_finish(runs, RUNS);
    config_end();
    servers_end(emptied);
}

static void end_ill(void) {
    servers_end(ill);
    checked_forget();
}

static int bars_in_first_line(void) {
    int bars = 0;
    for (const char *c = checked_last.output; *c != '\0' && *c != '\n'; c++)
        bars += *c == '|';
    return bars;
}

START_TEST(a_rule_speaks_and_measures) {
    checked_code(1, checked_take(&runs[SPEAKS]));
    ck_assert_int_eq(strncmp(checked_last.output, "WARNING: 2 warning; LAG ORDERS/", 31), 0);
    checked_says(" 'consumer_unpulled ORDERS/billing'=40;0");
    checked_says(" 'consumer_unpulled ORDERS/it''s_a_b'=40;0");
    checked_says("\nwarning LAG ORDERS/billing 40");
    checked_says("LAG ORDERS/it's/a=b 40");
    ck_assert_int_eq(bars_in_first_line(), 1);
}
END_TEST

START_TEST(other_rules_and_objects_do_not_count) {
    checked_code(0, CHECK("--once", "--rule", "server_down", ill->node[0].http));
    checked_says(" | 'server_down'=0\n");
    checked_code(0, CHECK("--once", "--rule", "server_down", "--rule", "server_down", ill->node[0].http));
    checked_says(" | 'server_down'=0\n");
    checked_code(0, CHECK("--once", "--only", "server", ill->node[0].http));
    checked_code(
        0, CHECK("--once", "--rule", "consumer_unpulled", "--only", "stream:ORDERS", ill->node[0].http));
    checked_code(1, CHECK("--once", "--rule", "consumer_unpulled", "--only", "consumer:ORDERS/billing",
                          ill->node[0].http)); /* as it prints it */
    checked_code(3, CHECK("--once", "--only", "consumer:nosuch", ill->node[0].http));
    ck_assert_int_eq(
        strncmp(checked_last.output, "UNKNOWN: --only consumer:nosuch: nothing is called so;", 54), 0);
}
END_TEST

/* Where the lag of two goes is not known at one look; it would be below the level only of the third. */
START_TEST(what_may_be_a_trouble_is_not_ok) {
    config_write("natsight.conf", "rules = ( { name = \"consumer_growing\"; warn = \"> 10\"; } );\n");
    checked_code(3,
                 CHECK("--config", config_path(), "--once", "--rule", "consumer_growing", ill->node[0].http));
    checked_says("UNKNOWN: consumer_growing can't be judged of 2 of 3: lag_slope: takes more than one look;");
    checked_code(3, CHECK("--config", config_path(), "--once", "--json", "--rule", "consumer_growing",
                          ill->node[0].http));
    json_t *json = checked_document();
    json_t *growing = doc_find(json, "not_judged", "rule", "consumer_growing");
    ck_assert_double_eq(doc_number(growing, "of"), 3);
    ck_assert_double_eq(doc_number(growing, "unknown"), 2);
    json_decref(json);
    checked_code(0,
                 CHECK("--once", "--rule", "consumer_growing", ill->node[0].http)); /* far below its level */
}
END_TEST

START_TEST(what_takes_longer_is_pending) {
    checked_code(0, checked_take(&runs[CUT_SHORT]));
    json_t *json = checked_document();
    json_t *billing = doc_find(json, "pending", "name", "ORDERS/billing");
    ck_assert_str_eq(doc_text(json, "status"), "ok");
    ck_assert_int_eq(doc_count(json, "alerts"), 0);
    ck_assert_int_eq(doc_count(json, "pending"), 2);
    ck_assert(json_is_true(json_object_get(json, "cut_short")));
    ck_assert_str_eq(doc_text(billing, "state"), "pending");
    ck_assert(doc_instant(billing, "due") > doc_instant(json, "taken"));
    json_decref(json);
}
END_TEST

START_TEST(what_counts_at_one_look_is_open) {
    checked_code(1, CHECK("--json", "--once", "--rule", "consumer_unpulled", ill->node[0].http));
    json_t *json = checked_document();
    json_t *counts = json_object_get(json, "counts");
    ck_assert_int_eq(doc_count(json, "alerts"), 2);
    ck_assert_double_eq(doc_number(counts, "warning"), 2);
    ck_assert_double_eq(doc_number(counts, "pending"), 0);
    json_t *billing = doc_find(json, "alerts", "name", "ORDERS/billing");
    ck_assert_str_eq(doc_text(billing, "state"), "open");
    ck_assert_str_eq(doc_text(billing, "severity"), "warn");
    ck_assert_str_eq(doc_text(billing, "worst"), "warn"); /* it is as bad as it is */
    ck_assert_str_eq(doc_text(billing, "peak"), "40");
    ck_assert_double_eq(doc_number(billing, "times"), 1);
    ck_assert_str_eq(doc_text(billing, "worst_text"), doc_text(billing, "text"));
    ck_assert_str_eq(doc_text(billing, "worst_rule"), "consumer_unpulled");
    json_decref(json);
}
END_TEST

START_TEST(json_has_what_a_script_needs) {
    checked_code(1, checked_take(&runs[AS_JSON]));
    json_t *json = checked_document();
    json_t *billing = doc_find(json, "alerts", "rule", "consumer_unpulled");
    ck_assert_double_eq(doc_number(json, "code"), 1);
    ck_assert_str_eq(doc_text(json, "status"), "warning");
    ck_assert_int_eq(doc_count(json, "alerts"), 1);
    ck_assert_double_eq(doc_number(json_object_get(json, "counts"), "warning"), 1);
    ck_assert_str_eq(doc_text(billing, "entity"), "consumer");
    ck_assert_str_eq(doc_text(billing, "name"), "ORDERS/billing");
    ck_assert_str_eq(doc_text(billing, "severity"), "warn");
    ck_assert_str_eq(doc_text(billing, "state"), "open");
    ck_assert_str_eq(doc_text(billing, "figure"), "40");
    ck_assert_str_eq(doc_text(billing, "limit"), "> 0");
    ck_assert_str_eq(doc_text(billing, "origin"), "default");
    ck_assert(doc_instant(billing, "first_sign") > 0);
    ck_assert_int_eq(strncmp(doc_text(billing, "text"), "ORDERS/billing 40", 17), 0);
    json_decref(json);
}
END_TEST

START_TEST(a_slip_in_the_name_of_a_cluster_is_named) {
    config_write("natsight.conf", "clusters = ( { name = \"billing\"; urls = [\"127.0.0.1:9\"]; } );\n");
    checked_code(3, CHECK("--config", config_path(), "biling"));
    ck_assert_str_eq(checked_last.output,
                     "UNKNOWN: no such host: no cluster of the configuration is called biling, so "
                     "it is taken for a host; did you mean billing?\n");
    CHECK("--config", config_path(), "--once", "--timeout", "2s", "billing");
    ck_assert_ptr_null(strstr(checked_last.output, "note: no cluster"));
}
END_TEST

/* Who is called as it was typed is asked, and is in trouble when it does not answer. */
START_TEST(a_host_need_not_be_a_cluster) {
    char host[64] = "";
    struct addrinfo *found = NULL;
    gethostname(host, sizeof host - 1);
    if (strpbrk(host, ".:") != NULL || strcmp(host, "localhost") == 0 ||
        getaddrinfo(host, NULL, NULL, &found))
        return; /* this machine has no such name */
    freeaddrinfo(found);
    config_write("natsight.conf", "clusters = ( { name = \"billing\"; urls = [\"127.0.0.1:9\"]; } );\n");
    CHECK("--config", config_path(), "--once", "--timeout", "2s", host);
    checked_says("\nnote: no cluster of the configuration is called ");
    ck_assert_int_ne(strncmp(checked_last.output, "UNKNOWN: no such host", 21), 0);
}
END_TEST

/* A user's own rule, the levels of which are Nagios' ranges. */
START_TEST(own_rules_are_judged_as_ours) {
    config_write("natsight.conf", "rules = (\n"
                                  " { name = \"few\"; entity = \"stream\"; condition = \"messages\"; "
                                  "critical = \"< 50\"; },\n"
                                  " { name = \"off\"; entity = \"stream\"; condition = \"messages\"; "
                                  "warn = \"> 1\"; enabled = false; } );\n");
    checked_code(2, CHECK("--config", config_path(), "--once", "--rule", "few", ill->node[0].http));
    checked_says(" | 'few ORDERS'=40;;50:\n");
    checked_says("natsight.conf:2");
    checked_code(3, CHECK("--config", config_path(), "--once", "--rule", "off", ill->node[0].http));
    ck_assert_msg(strstr(checked_last.errors, "--rule off: is silenced by ") != NULL, "%s",
                  checked_last.errors);
    config_write("natsight.conf", "unit = 1;\nrules = ( { name = \"few\"; } );\n");
    checked_code(3, CHECK("--config", config_path(), "--once", ill->node[0].http));
    ck_assert_int_eq(strncmp(checked_last.output, "UNKNOWN: ", 9), 0);
    checked_says("natsight.conf:1: unit: ");
    ck_assert_ptr_eq(strchr(checked_last.output, '\n'), checked_last.output + checked_last.output_size - 1);
    ck_assert_ptr_nonnull(strstr(checked_last.errors, "natsight.conf:2: "));
}
END_TEST

/* A slip in its match, or what it means is gone: no trouble, and no answer. route_backlog only says another
 * level of ours. */
START_TEST(a_rule_that_applies_to_nothing_is_not_ok) {
    config_write("natsight.conf", "rules = (\n"
                                  " { name = \"never\"; entity = \"consumer\"; match = \"stream = NOSUCH\"; "
                                  "condition = \"pending\"; warn = \"> 5000\"; },\n"
                                  " { name = \"some\"; entity = \"consumer\"; match = \"stream = ORDERS\"; "
                                  "condition = \"pending\"; warn = \"> 5000\"; },\n"
                                  " { name = \"route_backlog\"; warn = \"> 5 MiB\"; } );\n");
#define THESE "--config", config_path(), "--once", ill->node[0].http
    checked_code(3, CHECK("--rule", "never", THESE));
    checked_says("UNKNOWN: never applies to no consumer here: match stream = NOSUCH; 1 of 1 servers answer");
    checked_code(0, CHECK("--rule", "some", THESE));
    checked_code(0, CHECK("--rule", "route_backlog", THESE)); /* of one server there are none */
    CHECK(THESE);
    checked_says("\napplies to no consumer here: never (stream = NOSUCH, ");
    ck_assert_ptr_null(strstr(checked_last.output, "here: some"));
    ck_assert_ptr_null(strstr(checked_last.output, "here: route_backlog"));
    CHECK("--json", THESE);
#undef THESE
    json_t *json = checked_document();
    ck_assert_int_eq(doc_count(json, "applies_to_none"), 1);
    ck_assert_str_eq(doc_text(doc_find(json, "applies_to_none", "rule", "never"), "match"),
                     "stream = NOSUCH");
    json_decref(json);
}
END_TEST

START_TEST(a_level_that_is_over_does_not_count) {
    checked_code(1, checked_take(&runs[EMPTIED]));
    json_t *json = checked_document();
    json_t *many = doc_find(json, "alerts", "rule", "many");
    ck_assert_str_eq(doc_text(many, "severity"), "warn");
    ck_assert_str_eq(doc_text(many, "worst"), "critical"); /* it was */
    ck_assert_str_eq(doc_text(many, "figure"), "10");
    ck_assert_str_eq(doc_text(many, "limit"), "> 3");
    ck_assert_ptr_nonnull(strstr(doc_text(many, "text"), "10"));
    ck_assert_double_eq(doc_number(json_object_get(json, "counts"), "critical"), 0);
    json_decref(json);
}
END_TEST

/* What a scheduler makes of a figure and its range is what the rule says; of whom the rule says nothing there
 * is no figure. */
static const struct ranged {
    const char *rule;
    int code;
    const char *says;
} rangeds[] = {
    {"warn = \">= 40\"; critical = \">= 50.5\";", 1, " | 'r ORDERS'=40;@40:;@50.5:\n"},
    {"warn = \"> 40\"; critical = \"> 50\";", 0, " | 'r ORDERS'=40;40;50\n"},
    {"warn = \"<= 40\"; critical = \"< 5\";", 1, " | 'r ORDERS'=40;@~:40;5:\n"},
};

START_TEST(a_range_is_what_the_rule_says) {
    char text[400];
    snprintf(text, sizeof text,
             "rules = ( { name = \"r\"; entity = \"stream\"; condition = \"messages\"; %s } );\n",
             rangeds[_i].rule);
    config_write("natsight.conf", text);
    checked_code(rangeds[_i].code,
                 CHECK("--config", config_path(), "--once", "--rule", "r", ill->node[0].http));
    checked_says(rangeds[_i].says);
}
END_TEST

START_TEST(who_a_rule_says_nothing_of_has_no_figure) {
    config_write("natsight.conf",
                 "expect = ( { entity = \"puller\"; match = \"name ~ billing\"; instances = 1; },\n"
                 " { entity = \"server\"; instances = 1; } );\n");
    checked_code(2,
                 CHECK("--config", config_path(), "--once", "--rule", "pullers_missing", ill->node[0].http));
    checked_says("'pullers_missing puller ");
    ck_assert_msg(strstr(checked_last.output, "'pullers_missing server") == NULL, "%s", checked_last.output);
}
END_TEST
int main(void) {
    Suite *s = suite_create("check: ill");
    TCase *bad = checked_part(s, "ill");
    tcase_add_unchecked_fixture(bad, start_ill, end_ill);
    tcase_add_checked_fixture(bad, config_begin, config_end);
    tcase_add_test(bad, a_rule_speaks_and_measures);
    tcase_add_test(bad, other_rules_and_objects_do_not_count);
    tcase_add_test(bad, what_may_be_a_trouble_is_not_ok);
    tcase_add_test(bad, what_takes_longer_is_pending);
    tcase_add_test(bad, what_counts_at_one_look_is_open);
    tcase_add_test(bad, json_has_what_a_script_needs);
    tcase_add_test(bad, own_rules_are_judged_as_ours);
    tcase_add_loop_test(bad, a_range_is_what_the_rule_says, 0, sizeof rangeds / sizeof *rangeds);
    tcase_add_test(bad, who_a_rule_says_nothing_of_has_no_figure);
    tcase_add_test(bad, a_slip_in_the_name_of_a_cluster_is_named);
    tcase_add_test(bad, a_host_need_not_be_a_cluster);
    tcase_add_test(bad, a_rule_that_applies_to_nothing_is_not_ok);
    tcase_add_test(bad, a_level_that_is_over_does_not_count);
    return suite_run(s);
}
