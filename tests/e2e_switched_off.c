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

#include "tests/harness/document.h"
#include "tests/harness/http_get.h"
#include "tests/harness/jetstream.h"
#include "tests/harness/kept.h"
#include "tests/harness/servers.h"
#include "tests/harness/suite.h"
#include "tests/harness/words.h"

enum { NODES = 3, CONSUMERS = 3, ONLY = CONSUMERS - 1, STORED = 300, ONLY_STORED = 3, MS = 30000 };
static const char *const names[CONSUMERS] = {"c1", "c2", "only"};
static const char *const streams[CONSUMERS] = {"HELD", "HELD", "ONLY"};

static struct servers *cluster;
static struct natsc *line;
static struct documents documents;
static struct words told[CONSUMERS], shown[CONSUMERS];
static int victim, turns, documents_seen;
static int64_t since; /* rows from before are not looked at */
static json_t *while_on, *while_off, *again;
static char *own_varz, *info_while_off; /* its own word, and the API's of the stream that only it has */

/* ---- a turn ---- */

static void ask(int i) {
    json_t *info = jetstream_consumer_info(line, streams[i], names[i]);
    words_told(&told[i], info);
    json_decref(info);
}

static void look_at(json_t *document) {
    documents_seen++;
    for (int i = 0; i < CONSUMERS; i++)
        words_shown(&shown[i], doc_find(document, "consumers", "name", names[i]));
}

static void turn(void) {
    natsc_publish_many(line, "held.load", 64, 5);
    natsc_flush(line, 1000);
    ask(turns++ % ONLY);
    for (json_t *document = documents_next(&documents, 100); document;
         document = documents_next(&documents, 0))
        look_at(document);
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

static json_t *stream_in(json_t *document, const char *name) {
    return doc_find(document, "streams", "name", name);
}

static json_t *consumer_in(json_t *document, int i) {
    return doc_find(document, "consumers", "name", names[i]);
}

static json_t *node_in(json_t *document) {
    return doc_find(document, "servers", "name", cluster->node[victim].name);
}

static bool is(json_t *row, const char *key, const char *text) {
    return strcmp(doc_text(row, key), text) == 0;
}

static bool is_well(json_t *row) {
    return is(row, "freshness", "live") && is(row, "leadership", "ok") &&
           doc_instant(row, "sampled_at") >= since;
}

static bool all_is_well(json_t *document) {
    bool well = is_well(stream_in(document, "ONLY")) && is_well(stream_in(document, "HELD")) &&
                is(stream_in(document, "HELD"), "replicas", "3/3") &&
                json_is_true(json_object_get(node_in(document), "js_enabled")) &&
                doc_number(node_in(document), "js_max_storage") > 0;
    for (int i = 0; i < CONSUMERS; i++)
        well = well && is_well(consumer_in(document, i));
    return well;
}

static bool is_led_by_others(json_t *document) {
    const char *name = cluster->node[victim].name;
    bool others = is_well(stream_in(document, "HELD")) && !is(stream_in(document, "HELD"), "leader", name) &&
                  json_is_false(json_object_get(node_in(document), "js_enabled"));
    for (int i = 0; i < ONLY; i++)
        others = others && is_well(consumer_in(document, i)) && !is(consumer_in(document, i), "leader", name);
    return others;
}

/* ---- the scenario ---- */

static int leader_of(const char *call) {
    int found = -1;
    for (int64_t deadline = servers_now_ms() + MS; found < 0 && servers_now_ms() < deadline;) {
        json_t *info = jetstream_ask(line, call, "");
        for (int i = 0; i < NODES; i++)
            if (strcmp(cluster->node[i].name, jetstream_leader(info)) == 0)
                found = i;
        json_decref(info);
    }
    ck_assert_int_ge(found, 0);
    return found;
}

static void keep_away_from(int node) {
    natsc_close(line);
    line = natsc_connect(cluster->node[(node + 1) % NODES].url, &(struct natsc_options){.no_echo = true}, MS);
    ck_assert_ptr_nonnull(line);
}

static void add_consumer(int i) {
    char call[100], body[300];
    snprintf(call, sizeof call, "CONSUMER.DURABLE.CREATE.%s.%s", streams[i], names[i]);
    snprintf(body, sizeof body,
             "{\"stream_name\":\"%s\",\"config\":{\"durable_name\":\"%s\",\"ack_policy\":\"explicit\","
             "\"ack_wait\":600000000000%s}}",
             streams[i], names[i], i == ONLY ? "" : ",\"filter_subject\":\"held.still\"");
    json_t *answer = jetstream_ask(line, call, body);
    ck_assert_ptr_nonnull(answer);
    json_decref(answer);
}

/* The node leads the stream that only it has, and the first consumer of the other one. */
static void make_assets(void) {
    ck_assert(jetstream_add_stream(line, "HELD", "held.*", 3));
    ck_assert(jetstream_add_stream(line, "ONLY", "only", 1));
    ck_assert(jetstream_store(line, "held.load", MS));
    ck_assert(natsc_publish_many(line, "held.still", 64, STORED) && natsc_flush(line, MS));
    for (int i = 0; i < ONLY_STORED; i++)
        ck_assert(jetstream_store(line, "only", MS));
    for (int i = 0; i < CONSUMERS; i++)
        add_consumer(i);
    for (int i = 0; i < ONLY; i++)
        ck_assert_int_eq(jetstream_pull(line, "HELD", names[i], 60 + 30 * i, 40 + 20 * i), 60 + 30 * i);
    victim = leader_of("STREAM.INFO.ONLY");
    for (int64_t deadline = servers_now_ms() + MS; leader_of("CONSUMER.INFO.HELD.c1") != victim;) {
        ck_assert_int_le(servers_now_ms(), deadline);
        jetstream_step_down(line, "HELD", "c1");
    }
    for (int i = 0; i < CONSUMERS; i++)
        ask(i);
}

static char *own_word(const char *path) {
    char url[150];
    snprintf(url, sizeof url, "%s%s", cluster->node[victim].http, path);
    return http_get(url, NULL, 2000);
}

static bool is_back(json_t *document) {
    return all_is_well(document) &&
           doc_number(json_array_get(json_object_get(document, "clusters"), 0), "streams") == 2;
}

static void live_through(void) {
    cluster = servers_start(&(struct servers_options){.nodes = NODES, .jetstream = true});
    ck_assert_ptr_nonnull(cluster);
    keep_away_from(0);
    make_assets();
    const char *arguments[] = {"--every",
                               "jsz=500ms",
                               "--for",
                               "500ms",
                               "--",
                               cluster->node[0].http,
                               cluster->node[1].http,
                               cluster->node[2].http,
                               NULL};
    ck_assert(documents_open(&documents, "clusters servers streams consumers events", arguments));
    while_on = until(all_is_well, "well");
    keep_away_from(victim);
    ck_assert(servers_configure(cluster, victim, "jetstream: disabled"));
    ck_assert(servers_signal(cluster, victim, SIGHUP));
    since = doc_utc_ns();
    while_off = until(is_led_by_others, "switched off");
    own_varz = own_word("/varz");
    info_while_off = natsc_request(line, "$JS.API.STREAM.INFO.ONLY", "", 500);
    ck_assert(servers_configure(cluster, victim, ""));
    ck_assert(servers_restart(cluster, victim, false));
    since = doc_utc_ns();
    again = until(is_back, "on again");
    for (int i = 0; i < CONSUMERS; i++)
        ask(i);
}

static void end(void) {
    natsc_close(line);
    documents_close(&documents);
    servers_end(cluster);
}

/* ---- what is true of it ---- */

START_TEST(no_figure_is_a_followers) {
    words_are_told(&shown[_i], &told[_i], names[_i]);
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
    json_t *stream = stream_in(while_off, "ONLY"), *consumer = consumer_in(while_off, ONLY);
    json_t *rows[] = {stream, consumer};
    char why[80];
    snprintf(why, sizeof why, "JetStream is off on leader %s", cluster->node[victim].name);
    for (int i = 0; i < 2; i++) {
        ck_assert_str_eq(doc_text(rows[i], "freshness"), "stale");
        ck_assert_str_eq(doc_text(rows[i], "leadership"), "leader_gone");
        ck_assert_str_eq(doc_text(rows[i], "leader_why"), why);
        ck_assert_int_lt(doc_instant(rows[i], "sampled_at"), since);
    }
    ck_assert_str_eq(doc_text(stream, "state"), "leader_gone");
    ck_assert_str_eq(doc_text(consumer, "state"), "leaderless");
    ck_assert_double_eq(doc_number(stream, "messages"), ONLY_STORED);
    ck_assert_double_eq(doc_number(consumer, "pending"), ONLY_STORED);
    ck_assert_ptr_null(info_while_off); /* nobody can say more */
    ck_assert_double_eq(doc_number(one, "streams"), 1);
    ck_assert_double_eq(doc_number(one, "consumers"), ONLY);
    ck_assert(isnan(doc_number(one, "lag")) || doc_is_estimated(one, "lag"));
    ck_assert_str_eq(doc_text(one, "meta_quorum"), "yes");
    ck_assert_str_ne(doc_text(one, "meta_leader"), cluster->node[victim].name);
}
END_TEST

START_TEST(what_it_led_is_led_by_others) {
    for (int i = 0; i < ONLY; i++) {
        json_t *before = consumer_in(while_on, i), *row = consumer_in(while_off, i);
        ck_assert_double_eq(doc_number(row, "lag"), doc_number(before, "lag"));
        ck_assert_double_eq(doc_number(row, "lag"), STORED - (40 + 20 * i));
    }
    ck_assert_str_eq(doc_text(consumer_in(while_on, 0), "leader"), cluster->node[victim].name);
    ck_assert_double_ge(doc_number(stream_in(while_off, "HELD"), "last_seq"),
                        doc_number(stream_in(while_on, "HELD"), "last_seq"));
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
    ck_assert_double_eq(doc_number(consumer_in(again, ONLY), "pending"), ONLY_STORED);
    ck_assert_double_eq(doc_number(stream_in(again, "ONLY"), "messages"), ONLY_STORED);
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
