/* natsight check: what a scheduler gets, and what a script gets, of clusters that are well, ill and not
 * there. */
#include <check.h>
#include <math.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/config_file.h"
#include "tests/harness/command.h"
#include "tests/harness/document.h"
#include "tests/harness/hostile.h"
#include "tests/harness/jetstream.h"
#include "tests/harness/servers.h"
#include "tests/harness/suite.h"

enum { DEADLINE_MS = 100000, WAITING = 40 };

/* Holds and answers come sooner than with anybody. */
#define SCALED "--hold-scale", "0.05", "--every", "jsz=1s"

static struct servers *well, *ill;
static struct command last;

/* The words behind "natsight check"; NULL ends them. */
static int check(const char *const *words) {
    const char *argv[24] = {command_natsight(), "check"};
    int n = 2;
    for (int i = 0; words[i] != NULL && n < 23; i++)
        argv[n++] = words[i];
    command_free(&last);
    return command_run(&last, argv, NULL, DEADLINE_MS);
}

#define CHECK(...) check((const char *const[]){__VA_ARGS__, NULL})

static void expect_code(int code, int is) {
    ck_assert_msg(is == code, "%d, not %d: %s%s", is, code, last.output, last.errors);
}

static void expect_output(const char *part) {
    ck_assert_msg(strstr(last.output, part) != NULL, "no \"%s\" in: %s", part, last.output);
}

static json_t *document(void) {
    json_error_t error;
    json_t *json = json_loads(last.output, 0, &error);
    ck_assert_msg(json != NULL, "%s: %s", error.text, last.output);
    return json;
}

/* ---- well ---- */

static void start_well(void) {
    well = servers_start(&(struct servers_options){.nodes = 3, .jetstream = true});
    ck_assert_ptr_nonnull(well);
}

static void end_well(void) {
    servers_end(well);
    command_free(&last);
}

#define WELL well->node[0].http, well->node[1].http, well->node[2].http

START_TEST(who_is_well_is_ok) {
    expect_code(0, CHECK(SCALED, WELL));
    ck_assert_str_eq(last.errors, "");
    ck_assert_int_eq(
        strncmp(last.output, "OK: no alert; 3 of 3 servers answer | 'critical'=0 'warning'=0 ", 63), 0);
    expect_output(" 'servers'=3;;;0;3 ");
    expect_output(" 'in_msgs_per_s'=");
    ck_assert_msg(strstr(last.output, "critical ") == NULL, "%s", last.output);
}
END_TEST

START_TEST(who_is_not_asked_is_not_well) {
    expect_code(3, CHECK(SCALED, well->node[0].http));
    expect_output("UNKNOWN: 2 servers are not monitored, and nothing is wrong elsewhere: name them, too; ");
    expect_code(3, CHECK(SCALED, "--rule", "consumer_behind", well->node[0].http));
    expect_code(3, CHECK(SCALED, "--only", "consumer", well->node[0].http));
    expect_code(0, CHECK(SCALED, "--only", "server:n1", well->node[0].http));
}
END_TEST

START_TEST(one_look_is_enough_for_what_is_so) {
    expect_code(0, CHECK("--once", "--json", WELL));
    json_t *json = document();
    json_t *errors = doc_find(json, "not_judged", "rule", "api_errors");
    ck_assert_str_eq(doc_text(json, "status"), "ok");
    ck_assert_double_lt(doc_number(json, "watched_s"), 10);
    ck_assert_int_eq(doc_count(json, "alerts"), 0);
    ck_assert_str_eq(doc_text(errors, "quantity"), "js_api_error_share");
    ck_assert_double_eq(doc_number(errors, "of"), 3);
    ck_assert_double_eq(doc_number(json_object_get(json, "servers"), "up"), 3);
    ck_assert_double_ge(doc_number(json, "age_s"), 0);
    json_decref(json);
}
END_TEST

START_TEST(what_needs_longer_is_left_out_by_name) {
    expect_code(0, CHECK("--once", WELL));
    const char *line = strstr(last.output, "\nnot judged in one look: ");
    ck_assert_msg(line != NULL, "%s", last.output);
    ck_assert_int_eq(strncmp(line + 1, "not judged in one look: api_errors, connections_churn", 53), 0);
    ck_assert_ptr_eq(strchr(line + 1, '\n'), last.output + last.output_size - 1);
    expect_code(3, CHECK("--once", "--rule", "api_errors", WELL));
    expect_output("UNKNOWN: api_errors can't be judged: js_api_error_share: takes more than one look;");
}
END_TEST

/* As cron and schedulers start it; $1 is the program, $2 a URL. */
static const struct place {
    const char *script;
    int code;
} places[] = {
    {"exec env -i \"$1\" check --once --only server:n1 \"$2\" <&-", 0},
    {"exec env -i TERM=dumb \"$1\" check --once --only server:n1 \"$2\" </dev/null 2>&-", 0},
    {"\"$1\" check --once --only server:n1 \"$2\" | head -c 1 >/dev/null; exit ${PIPESTATUS[0]}", 0},
    {"s=$(mktemp -d) && XDG_STATE_HOME=$s HOME=$s \"$1\" check --once --only server:n1 \"$2\" && rmdir "
     "\"$s\"",
     0},
    {"exec \"$1\" check --once --only server:n1 \"$2\" >/dev/full", 3},
    {"exec \"$1\" check --once --only server:n1 \"$2\" >&-", 3},
};

START_TEST(it_runs_anywhere) {
    const char *argv[] = {"bash", "-c", places[_i].script, "bash", command_natsight(), well->node[0].http,
                          NULL};
    command_free(&last);
    expect_code(places[_i].code, command_run(&last, argv, NULL, DEADLINE_MS));
}
END_TEST

/* ---- wrong usage ---- */

static const struct wrong {
    const char *words[3];
    const char *says;
} wrongs[] = {
    {{"--rule", "consumer_growin"},
     "--rule consumer_growin: there is no such rule; did you mean consumer_growing?"},
    {{"--only", "consumr"}, "--only consumr: there is no such entity; did you mean consumer?"},
    {{"--only", "consumer:lagg > 1"}, "--only consumer:lagg > 1: there is no column lagg; did you mean lag?"},
    {{"--timeout", "30"}, "--timeout 30: takes a time from 1ms to 24h, such as 500ms, 5s or 2m"},
    {{"--onc"}, "--onc: there is no such option; did you mean --once?"},
    {{"--view", "slow"}, "--view: does not belong to check"},
    {{"http://"}, "http://"},
};

START_TEST(wrong_usage_is_unknown) {
    const struct wrong *wrong = &wrongs[_i];
    expect_code(3, check(wrong->words));
    ck_assert_msg(strstr(last.errors, wrong->says) != NULL, "%s", last.errors);
    ck_assert_int_eq(strncmp(last.output, "UNKNOWN: ", 9), 0);
    expect_output(wrong->says);
    ck_assert_ptr_eq(strchr(last.output, '\n'), last.output + last.output_size - 1);
}
END_TEST

START_TEST(a_script_is_told_of_wrong_usage) {
    expect_code(3, CHECK("--onc", "--json"));
    json_t *json = document();
    ck_assert_str_eq(doc_text(json, "state"), "unknown");
    ck_assert_str_eq(doc_text(json, "status"), "unknown");
    ck_assert_ptr_nonnull(strstr(doc_text(json, "error"), "did you mean --once?"));
    json_decref(json);
}
END_TEST

/* ---- nobody there ---- */

START_TEST(who_is_not_there_is_critical) {
    expect_code(2, CHECK("127.0.0.1:9", SCALED));
    ck_assert_int_eq(strncmp(last.output, "CRITICAL: 1 critical; DOWN 127.0.0.1:9 refused", 46), 0);
    expect_output("; 0 of 1 servers answer | 'critical'=1 ");
    expect_output("\ncritical DOWN 127.0.0.1:9 ");
}
END_TEST

/* It is down by all that was seen of it, and answers a moment later: as one that begins beside us, or again.
 */
START_TEST(who_is_back_in_a_moment_is_not_down) {
    const struct hostile_rule resets[] = {{"*", HOSTILE_RESET, 0, NULL, 0, 0}};
    struct hostile *server = hostile_start("127.0.0.1", 0, "begins", resets, 1);
    ck_assert_ptr_nonnull(server);
    const char *argv[] = {command_natsight(),  "check", "--once", "--rule", "server_down",
                          hostile_url(server), NULL};
    command_free(&last);
    ck_assert(command_start(&last, argv, NULL));
    for (int64_t until = servers_now_ms() + 10000; hostile_requests(server, "/varz") < 2;) {
        ck_assert_int_lt(servers_now_ms(), until);
        command_pump(&last, 20);
    }
    command_pump(&last, 500); /* the second one has been told by now */
    hostile_rules(server, NULL, 0);
    expect_code(0, command_finish(&last, DEADLINE_MS));
    expect_output("OK: no alert; 1 of 1 servers answer |");
    hostile_end(server);
}
END_TEST

START_TEST(who_says_nothing_is_unknown) {
    const struct hostile_rule silent[] = {{"*", HOSTILE_SILENT, 0, NULL, 0, 0}};
    struct hostile *server = hostile_start("127.0.0.1", 0, "silent", silent, 1);
    ck_assert_ptr_nonnull(server);
    expect_code(3, CHECK("--timeout", "1500ms", hostile_url(server)));
    ck_assert_int_eq(strncmp(last.output, "UNKNOWN: nothing could be reached within 1.", 43), 0);
    hostile_end(server);
}
END_TEST

/* It is tried again each five seconds. */
START_TEST(what_can_not_start_is_said_once) {
    const char *const argv[] = {"/bin/sh", "-c", "ulimit -n 7; exec \"$0\" check --timeout 7s 127.0.0.1:9",
                                command_natsight(), NULL};
    command_free(&last);
    expect_code(3, command_run(&last, argv, NULL, DEADLINE_MS));
    const char *said = strstr(last.output, "note: the collector can't be started: Too many open files\n");
    ck_assert_msg(said != NULL, "%s", last.output);
    ck_assert_msg(strstr(strchr(said, '\n'), "started") == NULL, "%s", last.output);
}
END_TEST

START_TEST(what_nobody_tells_is_unknown) {
    expect_code(3, CHECK("127.0.0.1:9", "--rule", "consumer_growing", "--timeout", "1500ms"));
    ck_assert_int_eq(strncmp(last.output, "UNKNOWN: nothing could be reached", 33), 0);
    expect_code(3, CHECK("127.0.0.1:9", "--rule", "consumer_growing", "--json"));
    json_t *json = document();
    ck_assert(json_is_false(json_object_get(json, "cut_short")));
    ck_assert_double_lt(doc_number(json, "watched_s"), 20); /* as soon as it is certain */
    json_decref(json);
}
END_TEST

START_TEST(a_node_that_was_killed_is_critical) {
    struct servers *cluster = servers_start(&(struct servers_options){.nodes = 3});
    ck_assert_ptr_nonnull(cluster);
    servers_kill(cluster, 2);
    expect_code(2, CHECK(cluster->node[0].http, cluster->node[1].http, cluster->node[2].http, SCALED));
    expect_output("CRITICAL: 1 critical");
    expect_output("; 2 of 3 servers answer |");
    expect_output("(server_down, since before 20");
    servers_end(cluster);
}
END_TEST

/* Who is dead may have had them. */
START_TEST(what_could_not_be_asked_is_not_ok) {
    struct servers *cluster = servers_start(&(struct servers_options){.nodes = 3});
    ck_assert_ptr_nonnull(cluster);
    config_write("natsight.conf", "expect = ( { name = \"ai\"; entity = \"connection\"; "
                                  "match = \"name ~ ai-integration\"; instances = 2; } );\n");
#define THESE "--config", config_path(), cluster->node[0].http, cluster->node[1].http, cluster->node[2].http
    expect_code(2, CHECK("--once", "--rule", "expected_missing", THESE));
    servers_kill(cluster, 2);
    expect_code(3, CHECK("--once", "--rule", "expected_missing", THESE));
    expect_output("UNKNOWN: expected_missing can't be judged: missing: 127.0.0.1:");
    expect_output(" does not answer; 2 of 3 servers answer; 1 of 1 expectations can't be judged");
    expect_output("\nnot judged, not all could be asked: expected_missing\n");
    expect_code(2, CHECK("--once", THESE));
    expect_output("; 1 of 1 expectations can't be judged | ");
    expect_code(0, CHECK("--once", "--rule", "newcomer", THESE)); /* nobody wants to know of these */
#undef THESE
    servers_end(cluster);
}
END_TEST

/* ---- ill ---- */

/* ORDERS has two consumers that nobody pulls from, and one for which there is nothing, one of them with a
 * name that means much to a scheduler. */
static void start_ill(void) {
    ill = servers_start(&(struct servers_options){.nodes = 1, .jetstream = true});
    ck_assert_ptr_nonnull(ill);
    struct natsc *line = natsc_connect(ill->node[0].url, NULL, JETSTREAM_MS);
    ck_assert_ptr_nonnull(line);
    ck_assert(jetstream_add_stream(line, "ORDERS", "orders.>", 1));
    ck_assert(jetstream_add_consumer(line, "ORDERS", "billing", NULL));
    ck_assert(jetstream_add_consumer(line, "ORDERS", "it's|a=b", NULL));
    ck_assert(jetstream_add_consumer(line, "ORDERS", "idle", "orders.none"));
    for (int i = 0; i < WAITING; i++)
        ck_assert(jetstream_store(line, "orders.new", JETSTREAM_MS));
    natsc_close(line);
}

static void end_ill(void) {
    servers_end(ill);
    command_free(&last);
}

static int bars_in_first_line(void) {
    int bars = 0;
    for (const char *c = last.output; *c != '\0' && *c != '\n'; c++)
        bars += *c == '|';
    return bars;
}

/* What it told is not so any more, and nothing else is known. */
START_TEST(who_dies_meanwhile_is_not_well) {
    start_ill();
    const char *argv[] = {command_natsight(), "check",  "--rule",
                          "consumer_growing", "--only", "consumer:ORDERS/billing",
                          ill->node[0].http,  NULL};
    struct command c;
    ck_assert(command_start(&c, argv, NULL));
    for (int64_t until = servers_now_ms() + 3000; servers_now_ms() < until;)
        command_pump(&c, 100);
    servers_kill(ill, 0);
    int code = command_finish(&c, DEADLINE_MS);
    ck_assert_msg(code == 3, "%d: %s", code, c.output);
    ck_assert_msg(strncmp(c.output, "UNKNOWN: consumer_growing can't be judged: ", 43) == 0, "%s", c.output);
    ck_assert_msg(strstr(c.output, ": its server does not answer any more; ") != NULL, "%s", c.output);
    command_free(&c);
    end_ill();
}
END_TEST

START_TEST(a_rule_speaks_and_measures) {
    expect_code(1, CHECK("--rule", "consumer_unpulled", SCALED, ill->node[0].http));
    ck_assert_int_eq(strncmp(last.output, "WARNING: 2 warning; LAG ORDERS/", 31), 0);
    expect_output(" 'consumer_unpulled ORDERS/billing'=40;0");
    expect_output(" 'consumer_unpulled ORDERS/it''s_a_b'=40;0");
    expect_output("\nwarning LAG ORDERS/billing 40");
    expect_output("LAG ORDERS/it's/a=b 40");
    ck_assert_int_eq(bars_in_first_line(), 1);
}
END_TEST

START_TEST(other_rules_and_objects_do_not_count) {
    expect_code(0, CHECK("--once", "--rule", "server_down", ill->node[0].http));
    expect_output(" | 'server_down'=0\n");
    expect_code(0, CHECK("--once", "--rule", "server_down", "--rule", "server_down", ill->node[0].http));
    expect_output(" | 'server_down'=0\n");
    expect_code(0, CHECK("--once", "--only", "server", ill->node[0].http));
    expect_code(0,
                CHECK("--once", "--rule", "consumer_unpulled", "--only", "stream:ORDERS", ill->node[0].http));
    expect_code(1, CHECK("--once", "--rule", "consumer_unpulled", "--only", "consumer:ORDERS/billing",
                         ill->node[0].http)); /* as it prints it */
    expect_code(3, CHECK("--once", "--only", "consumer:nosuch", ill->node[0].http));
    ck_assert_int_eq(strncmp(last.output, "UNKNOWN: --only consumer:nosuch: nothing is called so;", 54), 0);
}
END_TEST

/* Where the lag of two goes is not known at one look; it would be below the level only of the third. */
START_TEST(what_may_be_a_trouble_is_not_ok) {
    config_write("natsight.conf", "rules = ( { name = \"consumer_growing\"; warn = \"> 10\"; } );\n");
    expect_code(3,
                CHECK("--config", config_path(), "--once", "--rule", "consumer_growing", ill->node[0].http));
    expect_output(
        "UNKNOWN: consumer_growing can't be judged of 2 of 3: lag_slope: takes more than one look;");
    expect_code(3, CHECK("--config", config_path(), "--once", "--json", "--rule", "consumer_growing",
                         ill->node[0].http));
    json_t *json = document();
    json_t *growing = doc_find(json, "not_judged", "rule", "consumer_growing");
    ck_assert_double_eq(doc_number(growing, "of"), 3);
    ck_assert_double_eq(doc_number(growing, "unknown"), 2);
    json_decref(json);
    expect_code(0,
                CHECK("--once", "--rule", "consumer_growing", ill->node[0].http)); /* far below its level */
}
END_TEST

START_TEST(what_takes_longer_is_pending) {
    expect_code(0, CHECK("--json", "--timeout", "28s", "--every", "jsz=1s", "--rule", "consumer_unpulled",
                         ill->node[0].http));
    json_t *json = document();
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
    expect_code(1, CHECK("--json", "--once", "--rule", "consumer_unpulled", ill->node[0].http));
    json_t *json = document();
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
    expect_code(1, CHECK("--json", "--only", "consumer:billing", SCALED, "--rule", "consumer_unpulled",
                         ill->node[0].http));
    json_t *json = document();
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
    expect_code(3, CHECK("--config", config_path(), "biling"));
    ck_assert_str_eq(last.output,
                     "UNKNOWN: no such host: no cluster of the configuration is called biling, so "
                     "it is taken for a host; did you mean billing?\n");
    CHECK("--config", config_path(), "--once", "--timeout", "2s", "billing");
    ck_assert_ptr_null(strstr(last.output, "note: no cluster"));
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
    expect_output("\nnote: no cluster of the configuration is called ");
    ck_assert_int_ne(strncmp(last.output, "UNKNOWN: no such host", 21), 0);
}
END_TEST

/* A user's own rule, the levels of which are Nagios' ranges. */
START_TEST(own_rules_are_judged_as_ours) {
    config_write("natsight.conf", "rules = (\n"
                                  " { name = \"few\"; entity = \"stream\"; condition = \"messages\"; "
                                  "critical = \"< 50\"; },\n"
                                  " { name = \"off\"; entity = \"stream\"; condition = \"messages\"; "
                                  "warn = \"> 1\"; enabled = false; } );\n");
    expect_code(2, CHECK("--config", config_path(), "--once", "--rule", "few", ill->node[0].http));
    expect_output(" | 'few ORDERS'=40;;50:\n");
    expect_output("natsight.conf:2");
    expect_code(3, CHECK("--config", config_path(), "--once", "--rule", "off", ill->node[0].http));
    ck_assert_msg(strstr(last.errors, "--rule off: is silenced by ") != NULL, "%s", last.errors);
    config_write("natsight.conf", "unit = 1;\nrules = ( { name = \"few\"; } );\n");
    expect_code(3, CHECK("--config", config_path(), "--once", ill->node[0].http));
    ck_assert_int_eq(strncmp(last.output, "UNKNOWN: ", 9), 0);
    expect_output("natsight.conf:1: unit: ");
    ck_assert_ptr_eq(strchr(last.output, '\n'), last.output + last.output_size - 1);
    ck_assert_ptr_nonnull(strstr(last.errors, "natsight.conf:2: "));
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
    expect_code(3, CHECK("--rule", "never", THESE));
    expect_output("UNKNOWN: never applies to no consumer here: match stream = NOSUCH; 1 of 1 servers answer");
    expect_code(0, CHECK("--rule", "some", THESE));
    expect_code(0, CHECK("--rule", "route_backlog", THESE)); /* of one server there are none */
    CHECK(THESE);
    expect_output("\napplies to no consumer here: never (stream = NOSUCH, ");
    ck_assert_ptr_null(strstr(last.output, "here: some"));
    ck_assert_ptr_null(strstr(last.output, "here: route_backlog"));
    CHECK("--json", THESE);
#undef THESE
    json_t *json = document();
    ck_assert_int_eq(doc_count(json, "applies_to_none"), 1);
    ck_assert_str_eq(doc_text(doc_find(json, "applies_to_none", "rule", "never"), "match"),
                     "stream = NOSUCH");
    json_decref(json);
}
END_TEST

/* A stream that is emptied a moment before the end: critical is over, its warning is not. The other rule's
 * hold decides when that end is. */
START_TEST(a_level_that_is_over_does_not_count) {
    struct natsc *line = natsc_connect(ill->node[0].url, NULL, JETSTREAM_MS);
    ck_assert_ptr_nonnull(line);
    config_write("natsight.conf",
                 "rules = (\n"
                 " { name = \"many\"; entity = \"stream\"; condition = \"messages\"; tag = \"MANY\"; "
                 "warn = \"> 3\"; critical = \"> 30\"; hold = \"0s\"; },\n"
                 " { name = \"later\"; entity = \"stream\"; condition = \"messages > 0\"; tag = \"LATER\"; "
                 "hold = \"23s\"; } );\n");
    const char *argv[] = {
        command_natsight(), "check",  "--config", config_path(),     "--rule", "many", "--rule", "later",
        "--every",          "jsz=1s", "--json",   ill->node[0].http, NULL};
    command_free(&last);
    ck_assert(command_start(&last, argv, NULL));
    for (int i = 0; i < 130; i++)
        command_pump(&last, 100);
    json_decref(jetstream_ask(line, "STREAM.PURGE.ORDERS", "{\"keep\":10}"));
    natsc_close(line);
    expect_code(1, command_finish(&last, DEADLINE_MS));
    json_t *json = document();
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
    expect_code(rangeds[_i].code,
                CHECK("--config", config_path(), "--once", "--rule", "r", ill->node[0].http));
    expect_output(rangeds[_i].says);
}
END_TEST

START_TEST(who_a_rule_says_nothing_of_has_no_figure) {
    config_write("natsight.conf",
                 "expect = ( { entity = \"puller\"; match = \"name ~ billing\"; instances = 1; },\n"
                 " { entity = \"server\"; instances = 1; } );\n");
    expect_code(2,
                CHECK("--config", config_path(), "--once", "--rule", "pullers_missing", ill->node[0].http));
    expect_output("'pullers_missing puller ");
    ck_assert_msg(strstr(last.output, "'pullers_missing server") == NULL, "%s", last.output);
}
END_TEST

static TCase *part(Suite *s, const char *name) {
    TCase *t = tcase_create(name);
    tcase_set_timeout(t, 120);
    suite_add_tcase(s, t);
    return t;
}

int main(void) {
    Suite *s = suite_create("check");
    TCase *usage = part(s, "usage");
    tcase_add_loop_test(usage, wrong_usage_is_unknown, 0, sizeof wrongs / sizeof *wrongs);
    tcase_add_test(usage, a_script_is_told_of_wrong_usage);
    TCase *gone = part(s, "nobody there");
    tcase_add_checked_fixture(gone, config_begin, config_end);
    tcase_add_test(gone, who_is_not_there_is_critical);
    tcase_add_test(gone, who_is_back_in_a_moment_is_not_down);
    tcase_add_test(gone, who_says_nothing_is_unknown);
    tcase_add_test(gone, what_can_not_start_is_said_once);
    tcase_add_test(gone, what_nobody_tells_is_unknown);
    tcase_add_test(gone, a_node_that_was_killed_is_critical);
    tcase_add_test(gone, what_could_not_be_asked_is_not_ok);
    tcase_add_test(gone, who_dies_meanwhile_is_not_well);
    TCase *fine = part(s, "well");
    tcase_add_unchecked_fixture(fine, start_well, end_well);
    tcase_add_test(fine, who_is_well_is_ok);
    tcase_add_test(fine, who_is_not_asked_is_not_well);
    tcase_add_test(fine, one_look_is_enough_for_what_is_so);
    tcase_add_test(fine, what_needs_longer_is_left_out_by_name);
    tcase_add_loop_test(fine, it_runs_anywhere, 0, sizeof places / sizeof *places);
    TCase *bad = part(s, "ill");
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
    TCase *emptied = part(s, "emptied");
    tcase_add_unchecked_fixture(emptied, start_ill, end_ill);
    tcase_add_checked_fixture(emptied, config_begin, config_end);
    tcase_add_test(bad, a_rule_that_applies_to_nothing_is_not_ok);
    tcase_add_test(emptied, a_level_that_is_over_does_not_count);
    return suite_run(s);
}
