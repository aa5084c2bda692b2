/* JetStream of one node of a running cluster is switched off and on again: what it led goes to others, what
 * only it has is last seen, and what the node goes on to say of itself is no figure of anything.
 *
 * It is switched off by a reload, which is what a server does with itself when its disk is full, and on by a
 * restart: 2.9 serves no stream again before. Consumers stand still at known places while their stream goes
 * on. The fixture lives through it once and keeps what was said. */
#include <check.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/e2e/held.h"
#include "tests/harness/document.h"
#include "tests/harness/http_get.h"
#include "tests/harness/jetstream.h"
#include "tests/harness/suite.h"

enum { NODES = 3, CONSUMERS = 3, ONLY = CONSUMERS - 1, MS = 30000 };

static struct held held;
static struct documents documents;
static int victim, turns, documents_seen;
static int64_t since; /* rows from before are not looked at */
static json_t *while_on, *while_off, *again;
static char *own_varz, *info_while_off; /* its own word, and the API's of the stream that only it has */

/* ---- a turn ---- */

static void turn(void) {
    held_goes_on(&held, turns++ % ONLY);
    for (json_t *document = documents_next(&documents, 100); document;
         document = documents_next(&documents, 0)) {
        held_look(&held, document);
        documents_seen++;
    }
}

static json_t *until(bool (*met)(json_t *document), const char *what) {
    int64_t deadline = servers_now_ms() + MS, from = servers_now_ms();
    int seen = documents_seen;
    while (documents_seen == seen || !met(documents.last)) {
        turn();
        if (servers_now_ms() > deadline)
            doc_dump(documents.last);
        ck_assert_msg(servers_now_ms() <= deadline, "not %s", what);
    }
    printf("figure: %s: %.1f s\n", what, (double)(servers_now_ms() - from) / 1000);
    return json_incref(documents.last);
}

/* ---- what is waited for ---- */

static json_t *node_in(json_t *document) {
    return doc_find(document, "servers", "name", held.cluster->node[victim].name);
}

static bool is(json_t *row, const char *key, const char *text) {
    return strcmp(doc_text(row, key), text) == 0;
}

static bool is_well(json_t *row) {
    return is(row, "freshness", "live") && is(row, "leadership", "ok") &&
           doc_instant(row, "sampled_at") >= since;
}

static bool all_is_well(json_t *document) {
    bool well = is_well(held_stream(document, "ONLY")) && is_well(held_stream(document, "HELD")) &&
                is(held_stream(document, "HELD"), "replicas", "3/3") &&
                json_is_true(json_object_get(node_in(document), "js_enabled")) &&
                doc_number(node_in(document), "js_max_storage") > 0;
    for (int i = 0; i < CONSUMERS; i++)
        well = well && is_well(held_consumer(&held, document, i));
    return well;
}

static bool is_led_by_others(json_t *document) {
    const char *name = held.cluster->node[victim].name;
    bool others = is_well(held_stream(document, "HELD")) &&
                  !is(held_stream(document, "HELD"), "leader", name) &&
                  json_is_false(json_object_get(node_in(document), "js_enabled"));
    for (int i = 0; i < ONLY; i++)
        others = others && is_well(held_consumer(&held, document, i)) &&
                 !is(held_consumer(&held, document, i), "leader", name);
    return others;
}

/* ---- the scenario ---- */

/* The node leads the stream that only it has, and the first consumer of the other one. */
static void make_assets(void) {
    held_make(&held, ONLY, true);
    victim = held_leader(&held, "ONLY", NULL);
    for (int64_t deadline = servers_now_ms() + MS; held_leader(&held, "HELD", "c1") != victim;) {
        ck_assert_int_le(servers_now_ms(), deadline);
        jetstream_step_down(held.line, "HELD", "c1");
    }
    for (int i = 0; i < CONSUMERS; i++)
        held_ask(&held, i);
}

static char *own_word(const char *path) {
    char url[150];
    snprintf(url, sizeof url, "%s%s", held.cluster->node[victim].http, path);
    return http_get(url, NULL, 2000);
}

static bool is_back(json_t *document) {
    return all_is_well(document) &&
           doc_number(json_array_get(json_object_get(document, "clusters"), 0), "streams") == 2;
}

static void live_through(void) {
    held_begin(&held, &(struct servers_options){.nodes = NODES, .jetstream = true});
    make_assets();
    const char *arguments[] = {"--every",
                               "jsz=500ms",
                               "--for",
                               "500ms",
                               "--",
                               held.cluster->node[0].http,
                               held.cluster->node[1].http,
                               held.cluster->node[2].http,
                               NULL};
    ck_assert(documents_open(&documents, "clusters servers streams consumers events", arguments));
    while_on = until(all_is_well, "well");
    held_keep_away(&held, victim);
    ck_assert(servers_configure(held.cluster, victim, "jetstream: disabled"));
    ck_assert(servers_signal(held.cluster, victim, SIGHUP));
    since = doc_utc_ns();
    while_off = until(is_led_by_others, "switched off");
    own_varz = own_word("/varz");
    info_while_off = natsc_request(held.line, "$JS.API.STREAM.INFO.ONLY", "", 500);
    ck_assert(servers_configure(held.cluster, victim, ""));
    ck_assert(servers_restart(held.cluster, victim, false));
    since = doc_utc_ns();
    again = until(is_back, "on again");
    for (int i = 0; i < CONSUMERS; i++)
        held_ask(&held, i);
}

static void end(void) {
    documents_close(&documents);
    held_end(&held);
}

/* ---- what is true of it ---- */

START_TEST(no_figure_is_a_followers) {
    held_shown_as_told(&held, _i);
}
END_TEST

/* The node itself goes on to say what it used before. */
START_TEST(what_is_off_has_no_figures) {
    static const char *const figures[] = {"js_memory",          "js_storage",          "js_storage_share",
                                          "js_max_memory",      "js_max_storage",      "js_ha_assets",
                                          "js_reserved_memory", "js_reserved_storage", "js_api_errors"};
    json_t *node = node_in(while_off);
    ck_assert_str_eq(doc_text(node, "state"), "up");
    ck_assert_str_eq(doc_text(node, "meta_role"), "off");
    ck_assert_ptr_nonnull(strstr(own_varz, "\"max_storage\""));
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        ck_assert_msg(!isnan(doc_number(node_in(while_on), figures[i])), "%s is not shown at first",
                      figures[i]);
        ck_assert_msg(isnan(doc_number(node, figures[i])), "%s is shown as %g", figures[i],
                      doc_number(node, figures[i]));
        ck_assert_msg(!isnan(doc_number(node_in(again), figures[i])), "%s is not shown again", figures[i]);
    }
}
END_TEST

START_TEST(what_only_it_has_is_last_seen) {
    json_t *one = json_array_get(json_object_get(while_off, "clusters"), 0);
    json_t *stream = held_stream(while_off, "ONLY"), *consumer = held_consumer(&held, while_off, ONLY);
    json_t *rows[] = {stream, consumer};
    char why[80];
    snprintf(why, sizeof why, " ago: JetStream is off on its only server %s",
             held.cluster->node[victim].name);
    for (int i = 0; i < 2; i++) {
        ck_assert_str_eq(doc_text(rows[i], "freshness"), "stale");
        ck_assert_str_eq(doc_text(rows[i], "leadership"), "leader_gone");
        ck_assert_int_eq(strncmp(doc_text(rows[i], "leader_why"), "last seen ", 10), 0);
        ck_assert_ptr_nonnull(strstr(doc_text(rows[i], "leader_why"), why));
        ck_assert_int_lt(doc_instant(rows[i], "sampled_at"), since);
    }
    ck_assert_str_eq(doc_text(stream, "state"), "leader_gone");
    ck_assert_str_eq(doc_text(consumer, "state"), "leaderless");
    ck_assert_double_eq(doc_number(stream, "messages"), ONLY_STORED);
    ck_assert_double_eq(doc_number(consumer, "pending"), ONLY_STORED);
    ck_assert_ptr_null(info_while_off); /* nobody can say more */
    ck_assert_double_eq(doc_number(one, "streams"), 1);
    ck_assert_double_eq(doc_number(one, "consumers"), ONLY);
    double others = 0;
    for (int i = 0; i < ONLY; i++)
        others += doc_number(held_consumer(&held, while_off, i), "lag");
    ck_assert_double_eq(doc_number(one, "lag"), others);
    ck_assert(doc_is_at_least(one, "lag"));
    ck_assert_str_eq(doc_text(one, "meta_quorum"), "yes");
    ck_assert_str_ne(doc_text(one, "meta_leader"), held.cluster->node[victim].name);
}
END_TEST

START_TEST(what_it_led_is_led_by_others) {
    for (int i = 0; i < ONLY; i++) {
        json_t *before = held_consumer(&held, while_on, i), *row = held_consumer(&held, while_off, i);
        ck_assert_double_eq(doc_number(row, "lag"), doc_number(before, "lag"));
        ck_assert_double_eq(doc_number(row, "lag"), HELD_STORED - (40 + 20 * i));
    }
    ck_assert_str_eq(doc_text(held_consumer(&held, while_on, 0), "leader"), held.cluster->node[victim].name);
    ck_assert_double_ge(doc_number(held_stream(while_off, "HELD"), "last_seq"),
                        doc_number(held_stream(while_on, "HELD"), "last_seq"));
}
END_TEST

static int events_of(const char *kind, const char *text) {
    size_t i;
    json_t *event;
    int n = 0;
    json_array_foreach(json_object_get(again, "events"), i, event) n +=
        strcmp(doc_text(event, "kind"), kind) == 0 && (!text || strcmp(doc_text(event, "text"), text) == 0);
    return n;
}

START_TEST(it_is_said_and_nothing_is_new) {
    ck_assert_int_eq(events_of("store", "JetStream is off, was on"), 1);
    ck_assert_int_eq(events_of("back", "JetStream is on again"), 1);
    ck_assert_int_eq(events_of("store", NULL), 1);
    ck_assert_int_eq(events_of("recreated", NULL), 0);
    ck_assert_double_eq(doc_number(held_consumer(&held, again, ONLY), "pending"), ONLY_STORED);
    ck_assert_double_eq(doc_number(held_stream(again, "ONLY"), "messages"), ONLY_STORED);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("switched off");
    TCase *tc = tcase_create("one cluster");
    tcase_set_timeout(tc, 120);
    tcase_add_unchecked_fixture(tc, live_through, end);
    tcase_add_loop_test(tc, no_figure_is_a_followers, 0, CONSUMERS);
    tcase_add_test(tc, what_is_off_has_no_figures);
    tcase_add_test(tc, what_only_it_has_is_last_seen);
    tcase_add_test(tc, what_it_led_is_led_by_others);
    tcase_add_test(tc, it_is_said_and_nothing_is_new);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
