/* Nodes that die, stop, come back empty or not, and take the quorum with them: each costs its own row and is
 * said in words; the rest stays live and the screen answers keys all the time. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/document.h"
#include "tests/harness/jetstream.h"
#include "tests/harness/servers.h"
#include "tests/harness/shown.h"
#include "tests/harness/suite.h"

enum { MS = 20000, NODES = 3 };

/* A cluster, the dashboard on it and the documents of it. */
struct watch {
    struct servers *servers;
    struct documents documents;
    struct terminal *screen;
};

static void watch_open(struct watch *w, const struct servers_options *options, const char *names) {
    w->servers = servers_start(options);
    ck_assert_ptr_nonnull(w->servers);
    const char *urls[4] = {w->servers->node[0].http, w->servers->node[1].http, w->servers->node[2].http,
                           NULL};
    const char *arguments[] = {"--for", "500ms", "--", urls[0], urls[1], urls[2], NULL};
    ck_assert(documents_open(&w->documents, names, arguments));
    const char *live[] = {"--hold-scale", "0.1", urls[0], urls[1], urls[2], NULL};
    w->screen = shown_open(live, &(struct terminal_options){.rows = 30, .cols = 120});
}

static void watch_close(struct watch *w) {
    shown_quit(w->screen);
    documents_close(&w->documents);
    servers_end(w->servers);
}

static const char *name_of(const struct watch *w, int node) {
    return w->servers->node[node].name;
}

static json_t *cluster_in(json_t *document) {
    return json_array_get(json_object_get(document, "clusters"), 0);
}

struct state_wanted {
    const char *name, *state;
    const struct watch *watch;
};

/* The other rows are up, each with an answer not older than 3 s. */
static bool others_are_up(json_t *document, const struct state_wanted *wanted) {
    for (int i = 0; i < NODES; i++) {
        json_t *other = doc_find(document, "servers", "name", name_of(wanted->watch, i));
        if (strcmp(name_of(wanted->watch, i), wanted->name) == 0 || wanted->watch->servers->node[i].pid == 0)
            continue;
        if (strcmp(doc_text(other, "state"), "up") != 0 || !(doc_number(other, "age_ms") < 3000))
            return false;
    }
    return true;
}

static bool has_state(json_t *document, void *context) {
    const struct state_wanted *w = context;
    json_t *server = doc_find(document, "servers", "name", w->name);
    return server && strcmp(doc_text(server, "state"), w->state) == 0 && others_are_up(document, w);
}

/* Until the row is in that state and all others are well. */
static json_t *wait_state(struct watch *w, int node, const char *state) {
    struct state_wanted wanted = {name_of(w, node), state, w};
    char what[100];
    snprintf(what, sizeof what, "%s %s, and the others up", wanted.name, state);
    json_t *document = documents_wait(&w->documents, has_state, &wanted, what, MS);
    ck_assert_msg(document != NULL, "%s", what);
    ck_assert_int_eq(doc_count(document, "servers"), NODES);
    return document;
}

static bool has_event(json_t *document, void *context) {
    const struct state_wanted *w = context; /* name, and kind instead of state */
    size_t i;
    json_t *event;
    json_array_foreach(json_object_get(document, "events"), i,
                       event) if (strcmp(doc_text(event, "kind"), w->state) == 0 &&
                                  strcmp(doc_text(event, "subject"), w->name) == 0) return true;
    return false;
}

static void wait_event(struct watch *w, int node, const char *kind) {
    struct state_wanted wanted = {name_of(w, node), kind, w};
    ck_assert_msg(documents_wait(&w->documents, has_event, &wanted, kind, MS) != NULL, "no event: %s %s",
                  wanted.name, kind);
}

static void keys_answer(struct watch *w) {
    shown_type(w->screen, "2", "> Connections");
    shown_type(w->screen, "1", "^.NODES 3");
}

static json_t *row(json_t *document, const struct watch *w, int node) {
    return doc_find(document, "servers", "name", name_of(w, node));
}

/* ---- one node ---- */

static bool restarted_twice(json_t *document, void *context) {
    return doc_number(doc_find(document, "servers", "name", context), "restarts") == 2;
}

START_TEST(killed_and_back) {
    struct watch w;
    char id[100], text[100];
    watch_open(&w, &(struct servers_options){.nodes = NODES, .jetstream = true}, "servers clusters events");
    json_t *document = wait_state(&w, 1, "up");
    snprintf(id, sizeof id, "%s", doc_text(row(document, &w, 1), "id"));
    shown_wait(w.screen, "3/3 up");

    servers_kill(w.servers, 1);
    document = wait_state(&w, 1, "down");
    ck_assert_msg(strstr(doc_text(row(document, &w, 1), "reason"), "refused") != NULL, "reason: %s",
                  doc_text(row(document, &w, 1), "reason"));
    ck_assert_double_eq(doc_number(cluster_in(document), "servers"), 2);
    ck_assert_double_eq(doc_number(cluster_in(document), "expected"), 3);
    ck_assert_str_eq(doc_text(row(document, &w, 1), "freshness"), "gone");
    ck_assert(isnan(doc_number(row(document, &w, 1), "in_msgs_per_s")));
    wait_event(&w, 1, "lost");
    snprintf(text, sizeof text, "!! .*DOWN +n2 .*refused.*for ");
    shown_wait(w.screen, text);
    shown_wait(w.screen, "2/3 up");
    shown_wait(w.screen, "^ *!!.n2 ");
    keys_answer(&w);

    ck_assert(servers_restart(w.servers, 1, false));
    document = wait_state(&w, 1, "up");
    ck_assert_str_ne(doc_text(row(document, &w, 1), "id"), id);
    ck_assert_double_eq(doc_number(row(document, &w, 1), "restarts"), 1);
    wait_event(&w, 1, "restarted");
    shown_wait(w.screen, "3/3 up");
    shown_wait_gone(w.screen, "DOWN");

    ck_assert(servers_restart(w.servers, 1, true));
    document = documents_wait(&w.documents, restarted_twice, (void *)(uintptr_t)name_of(&w, 1),
                              "restarted twice", MS);
    ck_assert_ptr_nonnull(document);
    ck_assert_int_eq(doc_count(document, "servers"), NODES);
    wait_state(&w, 1, "up");
    shown_type(w.screen, ":events\r", "> Events");
    shown_wait(w.screen, "restarted +n2");
    shown_wait(w.screen, "lost +n2");
    watch_close(&w);
}
END_TEST

/* It still accepts connections, and says nothing. */
START_TEST(stopped_and_continued) {
    struct watch w;
    watch_open(&w, &(struct servers_options){.nodes = NODES}, "servers clusters events");
    wait_state(&w, 2, "up");
    shown_wait(w.screen, "3/3 up");
    servers_pause(w.servers, 2);
    json_t *document = wait_state(&w, 2, "stale");
    ck_assert_msg(*doc_text(row(document, &w, 2), "reason"), "no reason while stale");
    ck_assert_str_eq(doc_text(row(document, &w, 2), "freshness"), "stale");
    shown_wait(w.screen, "STALE +n3 ");
    keys_answer(&w);
    document = wait_state(&w, 2, "down");
    ck_assert_msg(strstr(doc_text(row(document, &w, 2), "reason"), "silent") != NULL, "reason: %s",
                  doc_text(row(document, &w, 2), "reason"));
    shown_wait(w.screen, "DOWN +n3 .*silent");
    keys_answer(&w);
    servers_resume(w.servers, 2);
    document = wait_state(&w, 2, "up");
    ck_assert_double_eq(doc_number(row(document, &w, 2), "restarts"), 0);
    wait_event(&w, 2, "back");
    shown_wait(w.screen, "3/3 up");
    watch_close(&w);
}
END_TEST

/* Its URL is named, and nobody was ever there. */
START_TEST(dead_before_the_start) {
    struct watch w;
    watch_open(&w, &(struct servers_options){.nodes = NODES, .absent = 1u << 2}, "servers clusters events");
    shown_wait(w.screen, "2/3 up");
    shown_wait(w.screen, "DOWN .*refused");
    json_t *document = documents_next(&w.documents, MS);
    int down = 0;
    for (int k = 0; k < 4; k++) { /* and it stays so */
        size_t i;
        json_t *server;
        down = 0;
        json_array_foreach(json_object_get(document, "servers"), i, server) down +=
            strcmp(doc_text(server, "state"), "down") == 0;
        document = documents_next(&w.documents, MS);
    }
    ck_assert_int_eq(down, 1);
    ck_assert_int_eq(doc_count(document, "servers"), NODES);
    ck_assert_double_eq(doc_number(cluster_in(document), "expected"), NODES);
    json_t *dead = doc_find(document, "servers", "state", "down");
    ck_assert_str_eq(doc_text(dead, "url"), w.servers->node[2].http);
    ck_assert_msg(strstr(doc_text(dead, "reason"), "refused") != NULL, "%s", doc_text(dead, "reason"));
    ck_assert(servers_restart(w.servers, 2, true));
    document = wait_state(&w, 2, "up");
    ck_assert_int_eq(doc_count(document, "servers"), NODES);
    watch_close(&w);
}
END_TEST

/* ---- the quorum ---- */

static bool no_quorum(json_t *document, void *context) {
    const char *quorum = doc_text(cluster_in(document), "meta_quorum");
    (void)context;
    return strcmp(quorum, "no") == 0 || strcmp(quorum, "leaderless") == 0;
}

static bool quorum(json_t *document, void *context) {
    (void)context;
    return strcmp(doc_text(cluster_in(document), "meta_quorum"), "yes") == 0 &&
           doc_number(cluster_in(document), "servers") == NODES;
}

static bool stream_in_trouble(json_t *document, void *context) {
    json_t *stream = doc_find(document, "streams", "name", "THREE");
    (void)context;
    return stream && strcmp(doc_text(stream, "leadership"), "ok") != 0;
}

/* Of a survivor that still calls itself leader, and of one that only follows. */
START_TEST(two_of_three_gone) {
    struct watch w;
    watch_open(&w, &(struct servers_options){.nodes = NODES, .jetstream = true},
               "servers clusters events streams");
    struct natsc *c = natsc_connect(w.servers->node[0].url, NULL, MS);
    ck_assert(c && jetstream_add_stream(c, "THREE", "three", 3));
    natsc_close(c);
    ck_assert_ptr_nonnull(documents_wait(&w.documents, quorum, NULL, "a quorum", MS));
    int leader = servers_meta_leader(w.servers), survivor = _i == 0 ? leader : (leader + 1) % NODES;
    ck_assert_int_ge(leader, 0);
    for (int i = 0; i < NODES; i++)
        if (i != survivor)
            servers_kill(w.servers, i);
    json_t *document = documents_wait(&w.documents, no_quorum, NULL, "the quorum is lost", 2 * MS);
    ck_assert_ptr_nonnull(document);
    ck_assert_double_eq(doc_number(cluster_in(document), "servers"), 1);
    ck_assert_str_eq(doc_text(row(document, &w, survivor), "state"), "up");
    ck_assert_ptr_nonnull(
        documents_wait(&w.documents, stream_in_trouble, NULL, "the stream's state is said", 2 * MS));
    shown_wait(w.screen, "1/3 up .*JS no (quorum|leader)");
    shown_wait(w.screen, "!! .*JetStream meta group|4 more|CRIT");
    keys_answer(&w);
    for (int i = 0; i < NODES; i++)
        if (i != survivor)
            ck_assert(servers_restart(w.servers, i, false));
    ck_assert_ptr_nonnull(documents_wait(&w.documents, quorum, NULL, "the quorum is back", 2 * MS));
    shown_wait(w.screen, "3/3 up .*JS ok");
    watch_close(&w);
}
END_TEST

int main(void) {
    bool soak = getenv("NATSIGHT_SOAK") != NULL;
    Suite *suite = suite_create("faults");
    TCase *tc = tcase_create("nodes");
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, killed_and_back);
    tcase_add_test(tc, stopped_and_continued);
    tcase_add_test(tc, dead_before_the_start);
    tcase_add_loop_test(tc, two_of_three_gone, 0, soak ? 2 : 1);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
