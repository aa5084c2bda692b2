/* natsight check beside the screen, on one cluster in one state: the same alerts, by rule, object and
 * severity. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/command.h"
#include "tests/harness/document.h"
#include "tests/harness/jetstream.h"
#include "tests/harness/servers.h"
#include "tests/harness/suite.h"
#include "tests/harness/terminal.h"

enum { DEADLINE_MS = 60000, TRIES = 3, LINES_MOST = 64 };

#define HOLDS "--hold-scale", "0.05"

/* n1 holds ORDERS, from which nobody takes anything; n2 is killed; n3 goes on. */
static struct servers *cluster;
static const char *silent;

static int leader_of(struct natsc *line) {
    json_t *info = jetstream_ask(line, "STREAM.INFO.ORDERS", "");
    const char *leader = doc_text(json_object_get(info, "cluster"), "leader");
    int at = leader[0] == 'n' ? atoi(leader + 1) - 1 : -1;
    json_decref(info);
    return at;
}

static void start(void) {
    cluster = servers_start(&(struct servers_options){.nodes = 3, .jetstream = true});
    ck_assert_ptr_nonnull(cluster);
    struct natsc *line = natsc_connect(cluster->node[0].url, NULL, JETSTREAM_MS);
    ck_assert_ptr_nonnull(line);
    ck_assert(jetstream_add_stream(line, "ORDERS", "orders.>", 1));
    ck_assert(jetstream_add_stream(line, "COPIED", "copied.>", 3));
    ck_assert(jetstream_add_consumer(line, "ORDERS", "billing", NULL));
    for (int i = 0; i < 30; i++)
        ck_assert(jetstream_store(line, "orders.new", JETSTREAM_MS));
    int leader = leader_of(line);
    ck_assert_int_ge(leader, 0);
    natsc_close(line);
    silent = cluster->node[(leader + 1) % 3].name;
    servers_kill(cluster, (leader + 1) % 3);
}

static void end(void) {
    servers_end(cluster);
}

#define ALL cluster->node[0].http, cluster->node[1].http, cluster->node[2].http

/* ---- "crit server_down n2", one each, in order ---- */

struct alerts {
    char lines[LINES_MOST][300];
    int count;
};

static int by_text(const void *a, const void *b) {
    return strcmp(a, b);
}

static int place_of(const struct alerts *alerts, const char *rule, const char *name) {
    char end_of[300];
    snprintf(end_of, sizeof end_of, " %s %s", rule, name);
    for (int i = 0; i < alerts->count; i++)
        if (strcmp(strchr(alerts->lines[i], ' '), end_of) == 0)
            return i;
    return -1;
}

static void put(struct alerts *alerts, const char *severity, const char *rule, const char *name) {
    int at = place_of(alerts, rule, name);
    if (at < 0 && alerts->count < LINES_MOST)
        at = alerts->count++;
    if (at >= 0)
        snprintf(alerts->lines[at], sizeof alerts->lines[at], "%s %s %s", severity, rule, name);
}

/* What is open in the document that this writes. */
static json_t *documented(const char *const argv[], int code, struct alerts *alerts) {
    struct command c;
    json_error_t error;
    *alerts = (struct alerts){.count = 0};
    ck_assert_int_eq(command_run(&c, argv, NULL, DEADLINE_MS), code);
    json_t *json = json_loads(c.output, 0, &error), *alert;
    ck_assert_msg(json != NULL, "%s: %s", error.text, c.output);
    command_free(&c);
    size_t i;
    json_array_foreach(json_object_get(json, "alerts"), i, alert) {
        if (strcmp(doc_text(alert, "state"), "open") != 0)
            continue;
        put(alerts, strcmp(doc_text(alert, "severity"), "critical") == 0 ? "crit" : "warn",
            doc_text(alert, "rule"), doc_text(alert, "name"));
    }
    qsort(alerts->lines, (size_t)alerts->count, sizeof *alerts->lines, by_text);
    return json;
}

static json_t *checked(struct alerts *alerts) {
    const char *argv[] = {command_natsight(), "check", "--json", HOLDS, ALL, NULL};
    return documented(argv, 2, alerts);
}

/* What the lines of --plain have begun and not ended: "02:31:04 crit server_down n2 -". */
static void told(const char *output, struct alerts *alerts) {
    *alerts = (struct alerts){.count = 0};
    for (const char *at = output; *at != '\0'; at += strcspn(at, "\n") + (strchr(at, '\n') != NULL)) {
        char severity[16], rule[64], name[200];
        if (sscanf(at, "%*8s %15s %63s %199s", severity, rule, name) != 3 || strcmp(rule, "servers") == 0)
            continue; /* how many answer is no rule */
        if (strcmp(rule, "server_down") == 0 && strncmp(name, "127.0.0.1:", 10) == 0)
            snprintf(name, sizeof name, "%s", silent); /* said before anybody told what it is called */
        int begun = place_of(alerts, rule, name);
        if (strcmp(severity, "crit") == 0 || strcmp(severity, "warn") == 0)
            put(alerts, severity, rule, name);
        else if (strcmp(severity, "ok") == 0 && begun >= 0)
            memmove(alerts->lines + begun, alerts->lines + begun + 1,
                    (size_t)(--alerts->count - begun) * sizeof *alerts->lines);
    }
    qsort(alerts->lines, (size_t)alerts->count, sizeof *alerts->lines, by_text);
}

static bool are_same(const struct alerts *a, const struct alerts *b) {
    for (int i = 0; i < a->count && i < b->count; i++)
        if (strcmp(a->lines[i], b->lines[i]) != 0)
            return false;
    return a->count == b->count;
}

static void dump(const char *who, const struct alerts *alerts) {
    fprintf(stderr, "%s:\n", who);
    for (int i = 0; i < alerts->count; i++)
        fprintf(stderr, "    %s\n", alerts->lines[i]);
}

/* ---- what the screen says ---- */

static void expect_on_screen(struct terminal *t, json_t *json) {
    char counts[80];
    json_t *said = json_object_get(json, "counts"), *alert;
    size_t i;
    int crit = (int)json_integer_value(json_object_get(said, "critical"));
    int warn = (int)json_integer_value(json_object_get(said, "warning"));
    ck_assert_int_ge(crit, 1);
    ck_assert_int_ge(warn, 1);
    snprintf(counts, sizeof counts, "!! %d CRIT +! %d WARN", crit, warn);
    ck_assert(terminal_wait_regex(t, counts, DEADLINE_MS));
    json_array_foreach(json_object_get(json, "alerts"), i, alert) {
        ck_assert(terminal_wait_text(t, doc_text(alert, "name"), DEADLINE_MS));
        ck_assert(terminal_wait_text(t, doc_text(alert, "tag"), DEADLINE_MS));
    }
}

START_TEST(check_says_what_the_screen_says) {
    const char *lines[] = {command_natsight(), "--plain", HOLDS, ALL, NULL};
    const char *screen[] = {command_natsight(), "--view", "alerts", HOLDS, ALL, NULL};
    struct terminal_options options = {.rows = 50, .cols = 160};
    struct terminal *t = terminal_open(screen, &options);
    struct command plain;
    struct alerts here, there = {.count = 0};
    json_t *json = NULL;
    ck_assert_ptr_nonnull(t);
    ck_assert(command_start(&plain, lines, NULL));
    ck_assert(command_wait_output(&plain, " crit server_down ", DEADLINE_MS));
    ck_assert(command_wait_output(&plain, " warn consumer_unpulled ORDERS/billing ", DEADLINE_MS));
    for (int i = 0; i < TRIES; i++) { /* one may open or end between both */
        json_decref(json);
        json = checked(&here);
        while (command_pump(&plain, 0))
            continue;
        told(plain.output, &there);
        if (are_same(&here, &there))
            break;
    }
    if (!are_same(&here, &there)) {
        dump("check", &here);
        dump("lines", &there);
        ck_abort_msg("they differ");
    }
    ck_assert_int_ge(here.count, 2);
    expect_on_screen(t, json);
    json_decref(json);
    command_free(&plain);
    terminal_close(t);
}
END_TEST

/* For who writes down an incident: in the same words. */
START_TEST(a_document_has_what_check_says) {
    const char *argv[] = {command_natsight(), "print", "--json", "--for", "12s", HOLDS,
                          "alerts",           "--",    ALL,      NULL};
    struct alerts here, there = {.count = 0};
    json_t *json = NULL;
    for (int i = 0; i < TRIES; i++) {
        json_decref(json);
        json_decref(checked(&here));
        json = documented(argv, 0, &there);
        if (are_same(&here, &there))
            break;
    }
    if (!are_same(&here, &there)) {
        dump("check", &here);
        dump("print", &there);
        ck_abort_msg("they differ");
    }
    ck_assert_int_ge(there.count, 2);
    ck_assert_ptr_null(json_object_get(json, "events"));
    json_decref(json);
}
END_TEST

/* A stream whose only replica it has is listed by nobody else. */
START_TEST(what_the_silent_one_has_is_not_known) {
    const char *whole[] = {command_natsight(), "check", HOLDS, ALL, NULL};
    const char *one[] = {command_natsight(), "check", "--rule", "stream_no_quorum", HOLDS, ALL, NULL};
    const char *screen[] = {command_natsight(), HOLDS, ALL, NULL};
    struct terminal_options options = {.rows = 24, .cols = 120};
    struct command c;
    ck_assert_int_eq(command_run(&c, whole, NULL, DEADLINE_MS), 2);
    ck_assert_msg(strstr(c.output, "; what streams it has is not known") != NULL, "%s", c.output);
    ck_assert_msg(strstr(c.output, "; JetStream is known of 2 of 3 | ") != NULL, "%s", c.output);
    ck_assert_msg(strstr(c.output, "'streams'") == NULL, "%s", c.output);
    command_free(&c);
    ck_assert_int_eq(command_run(&c, one, NULL, DEADLINE_MS), 3);
    ck_assert_msg(strstr(c.output, "JetStream of 1 of 3 servers was never heard") != NULL, "%s", c.output);
    command_free(&c);
    struct terminal *t = terminal_open(screen, &options);
    ck_assert_ptr_nonnull(t);
    ck_assert(terminal_wait_regex(t, "2/3 up +JS (ok 2/3|WARN|CRIT)", DEADLINE_MS));
    ck_assert(terminal_wait_regex(t, "DOWN.*; what streams it has is not known", DEADLINE_MS));
    terminal_close(t);
}
END_TEST

/* A replica of COPIED is gone with it, of ORDERS nothing. */
START_TEST(who_has_a_part_of_what_is_asked_about_counts) {
    static const struct {
        const char *only;
        bool is;
    } cases[] = {{"stream:COPIED", true}, {"stream:ORDERS", false}, {"consumer:ORDERS/billing", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *argv[] = {command_natsight(), "check", "--only", cases[i].only, HOLDS, ALL, NULL};
        struct command c;
        int code = command_run(&c, argv, NULL, DEADLINE_MS);
        ck_assert_msg((strstr(c.output, " DOWN ") != NULL) == cases[i].is, "%s: %s", cases[i].only, c.output);
        ck_assert_msg((code == 2) == cases[i].is, "%s: %d %s", cases[i].only, code, c.output);
        command_free(&c);
    }
}
END_TEST

int main(void) {
    Suite *s = suite_create("check beside the screen");
    TCase *t = tcase_create("beside");
    tcase_set_timeout(t, 200);
    tcase_add_unchecked_fixture(t, start, end);
    tcase_add_test(t, check_says_what_the_screen_says);
    tcase_add_test(t, a_document_has_what_check_says);
    tcase_add_test(t, what_the_silent_one_has_is_not_known);
    tcase_add_test(t, who_has_a_part_of_what_is_asked_about_counts);
    suite_add_tcase(s, t);
    return suite_run(s);
}
