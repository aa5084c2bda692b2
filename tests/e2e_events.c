/* What servers publish when it happens, held against real ones: told once, before a poll could have shown it.
 *
 * Polls are rare here, so that what is shown sooner was heard. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "tests/harness/document.h"
#include "tests/harness/jetstream.h"
#include "tests/harness/servers.h"
#include "tests/harness/slow.h"
#include "tests/harness/suite.h"

#define SELDOM "10s" /* /varz, as rarely as may be */

enum { NODES = 3, MS = 60000, AT_ONCE_MS = 8000, LISTS_MS = 30000 }; /* a loaded machine; polls come later */

static const char accounts[] =
    "accounts {\n"
    "  SYS { users: [{user: sys, password: \"sys-secret\"}] }\n"
    "  A { jetstream: enabled, users: [{user: a, password: a}, {user: deaf, password: deaf, permissions: {"
    "subscribe: \"_INBOX.>\"}}] }\n"
    "}\nsystem_account: SYS\nmax_payload: 64KB\nmax_pending: 64KB\nwrite_deadline: \"2s\"\n"
    "lame_duck_duration: \"35s\"\nlame_duck_grace_period: \"1s\"\n";

static struct servers *cluster;
static struct natsc *line;
static struct documents documents;

static void begin(void) {
    cluster = servers_start(&(struct servers_options){.nodes = NODES, .jetstream = true, .config = accounts});
    ck_assert_ptr_nonnull(cluster);
    line = natsc_connect(cluster->node[0].url, &(struct natsc_options){.user = "a", .password = "a"}, MS);
    ck_assert_ptr_nonnull(line);
}

static void end(void) {
    documents_close(&documents);
    natsc_close(line);
    servers_end(cluster);
    unsetenv("NATS_USER");
    unsetenv("NATS_PASSWORD");
}

/* ---- documents ---- */

struct wanted {
    const char *kind, *subject, *text; /* of an event; the text is part of it */
    json_t *event;
    int count;
};

static bool fits(json_t *event, const struct wanted *w) {
    return strcmp(doc_text(event, "kind"), w->kind) == 0 &&
           (!w->subject || strcmp(doc_text(event, "subject"), w->subject) == 0) &&
           strstr(doc_text(event, "text"), w->text) != NULL;
}

static bool has_event(json_t *document, void *context) {
    struct wanted *w = context;
    size_t i;
    json_t *event;
    w->count = 0;
    json_array_foreach(json_object_get(document, "events"), i, event) {
        if (fits(event, w)) {
            w->event = event;
            w->count++;
        }
    }
    return w->count > 0;
}

static int count_now(const char *kind, const char *subject, const char *text) {
    struct wanted w = {kind, subject, text, NULL, 0};
    has_event(documents.last, &w);
    return w.count;
}

/* Shown so many ms after `since`. */
static void shown(const char *kind, const char *subject, const char *text, const char *source,
                  int64_t since) {
    struct wanted w = {kind, subject, text, NULL, 0};
    int ms = strcmp(kind, "leader") == 0 ? LISTS_MS : AT_ONCE_MS; /* they are dear */
    ck_assert_msg(documents_wait(&documents, has_event, &w, text, ms) != NULL, "no event %s: %s", kind, text);
    printf("figure: %s: %s: %s, %lld ms\n", kind, doc_text(w.event, "subject"), doc_text(w.event, "text"),
           (long long)(servers_now_ms() - since));
    ck_assert_str_eq(doc_text(w.event, "source"), source);
    ck_assert_int_eq(w.count, 1);
}

static bool all_are_up(json_t *document, void *unused) {
    size_t i;
    json_t *row;
    int up = 0;
    (void)unused;
    json_array_foreach(json_object_get(document, "servers"), i, row) up +=
        strcmp(doc_text(row, "state"), "up") == 0;
    return up == NODES;
}

static void watch(int node, const char *user, const char *password) {
    const char *const arguments[] = {"--interval", SELDOM,        "--every", "jsz=60s",
                                     "--every",    "healthz=40s", "--every", "connz_closed=40s",
                                     "--for",      "1s",          "--",      cluster->node[node].url,
                                     NULL};
    setenv("NATS_USER", user, 1);
    setenv("NATS_PASSWORD", password, 1);
    ck_assert(documents_open(&documents, "servers streams consumers closed events", arguments));
}

static void watch_system(void) {
    watch(0, "sys", "sys-secret");
    ck_assert_ptr_nonnull(documents_wait(&documents, all_are_up, NULL, "all are up", MS));
}

static void look_for(int ms) {
    for (int64_t until = servers_now_ms() + ms; servers_now_ms() < until;)
        documents_next(&documents, 1000);
}

/* ---- clients ---- */

START_TEST(clients_come_and_go) {
    watch_system();
    int64_t since = servers_now_ms();
    struct natsc *c = natsc_connect(
        cluster->node[1].url, &(struct natsc_options){.name = "visitor", .user = "a", .password = "a"}, MS);
    ck_assert_ptr_nonnull(c);
    shown("come/go", "visitor", "came to n2 from 127.0.0.1, user a, account A", "published", since);
    since = servers_now_ms();
    natsc_close(c);
    shown("come/go", "visitor", "left n2: Client Closed", "published", since);
    since = servers_now_ms();
    ck_assert_ptr_null(natsc_connect(cluster->node[2].url,
                                     &(struct natsc_options){.name = "thief", .user = "a", .password = "bad"},
                                     2000));
    shown("auth", "thief", "not let in by n3: Authentication Failure, from 127.0.0.1, user a", "published",
          since);
    look_for(3000);
    ck_assert_int_eq(count_now("auth", NULL, ""), 1);
    ck_assert_int_eq(count_now("come/go", "thief", ""), 0);
}
END_TEST

/* Its event makes its server be asked: record, counter and event come long before the next poll, once each.
 */
START_TEST(a_slow_reader_is_cut) {
    static const struct slow_group groups[] = {{.name = "sleeper",
                                                .user = "a",
                                                .password = "a",
                                                .fed_bytes = 20000000,
                                                .message = 60000,
                                                .feeders = 1,
                                                .looks_after_s = 5}};
    watch_system();
    int64_t since = servers_now_ms();
    struct slow *slow = slow_start(cluster->node[1].url, groups, 1);
    ck_assert_ptr_nonnull(slow);
    shown("cut", "n2", "sleeper", "polled", since);
    json_t *record = doc_find(documents.last, "closed", "name", "sleeper");
    ck_assert_ptr_nonnull(record);
    ck_assert_ptr_nonnull(strstr(doc_text(record, "reason"), "Slow Consumer"));
    look_for(20000); /* what was heard waits so long for what polls tell */
    slow_end(slow);
    ck_assert_int_eq(count_now("cut", NULL, ""), 1);
    ck_assert_int_eq(count_now("come/go", "sleeper", "left"), 0);
    double cut = doc_number(doc_find(documents.last, "servers", "name", "n2"), "cut_10m");
    ck_assert_msg(cut == 1, "%g cut", cut);
}
END_TEST

/* ---- the line ---- */

/* Whom we were connected to is killed: what another one publishes is heard through a third one. */
START_TEST(who_was_lost_is_heard_through_another) {
    watch_system();
    servers_kill(cluster, 0);
    struct wanted lost = {"nats", NULL, "connected to", NULL, 0};
    for (int64_t until = servers_now_ms() + MS; lost.count < 2 && servers_now_ms() < until;) {
        json_t *document = documents_next(&documents, 1000);
        if (document)
            has_event(document, &lost);
    }
    ck_assert_int_eq(lost.count, 2);
    look_for(2000); /* who was cut off by that came back */
    int64_t since = servers_now_ms();
    struct natsc *c = natsc_connect(
        cluster->node[1].url, &(struct natsc_options){.name = "late", .user = "a", .password = "a"}, MS);
    ck_assert_ptr_nonnull(c);
    shown("come/go", "late", "came to n2", "published", since);
    natsc_close(c);
}
END_TEST

/* Each subject is refused, which is one event. */
START_TEST(who_may_not_listen_is_told_once) {
    watch(1, "deaf", "deaf");
    shown("nats", NULL, "may not hear of some events", "polled", servers_now_ms());
    look_for(3000);
    ck_assert_int_eq(count_now("nats", NULL, "ermissions"), 1);
}
END_TEST

/* ---- servers ---- */

static bool is_2_9(void) {
    char *log = servers_log(cluster, 0);
    bool old = strstr(log, "Version:  2.9.") != NULL;
    free(log);
    return old;
}

START_TEST(a_lame_duck_is_told_once) {
    if (is_2_9())
        return; /* says it from 2.9.22 on */
    watch_system();
    int64_t since = servers_now_ms();
    ck_assert(servers_signal(cluster, 2, SIGUSR2));
    shown("leaving", "n3", "takes no new clients", "published", since);
    look_for(3000); /* and /healthz has said so */
    ck_assert_int_eq(count_now("leaving", NULL, ""), 1);
    json_t *row = doc_find(documents.last, "servers", "name", "n3");
    ck_assert(json_is_true(json_object_get(row, "lame_duck")));
}
END_TEST

START_TEST(who_ends_says_so) {
    watch_system();
    int64_t since = servers_now_ms();
    ck_assert(servers_signal(cluster, 2, SIGTERM));
    shown("shutdown", "n3", "says that it ends", "published", since);
}
END_TEST

/* ---- JetStream ---- */

static void add_assets(void) {
    ck_assert(jetstream_add_stream(line, "ORDERS", "orders", 3));
    ck_assert(jetstream_add_consumer(line, "ORDERS", "billing", "orders"));
}

static bool has_leader(json_t *document, void *unused) {
    (void)unused;
    return *doc_text(doc_find(document, "consumers", "name", "billing"), "leader") != '\0';
}

START_TEST(a_leader_moves) {
    add_assets();
    watch_system();
    ck_assert_ptr_nonnull(documents_wait(&documents, has_leader, NULL, "its leader", MS));
    look_for(2000);
    int64_t since = servers_now_ms();
    ck_assert(jetstream_step_down(line, "ORDERS", "billing"));
    shown("leader", "ORDERS / billing", "leader of consumer moved from", "polled", since);
    look_for(20000);
    ck_assert_int_eq(count_now("leader", "ORDERS / billing", ""), 1);
}
END_TEST

static bool has_given_up(json_t *document, void *unused) {
    (void)unused;
    return doc_number(doc_find(document, "consumers", "name", "poison"), "given_up_10m") == 1;
}

/* Only the asset's own account hears of these. */
START_TEST(messages_are_given_up) {
    char *body = "{\"stream_name\":\"ORDERS\",\"config\":{\"durable_name\":\"poison\",\"ack_policy\":"
                 "\"explicit\",\"num_replicas\":3,\"max_deliver\":1,\"ack_wait\":500000000}}";
    ck_assert(jetstream_add_stream(line, "ORDERS", "orders", 3));
    json_decref(jetstream_ask(line, "CONSUMER.DURABLE.CREATE.ORDERS.poison", body));
    ck_assert(jetstream_store(line, "orders", MS));
    watch(1, "a", "a");
    struct wanted up = {"nats", NULL, "connected to", NULL, 0};
    ck_assert_ptr_nonnull(documents_wait(&documents, has_event, &up, "connected", MS));
    int64_t since = servers_now_ms();
    ck_assert_int_eq(jetstream_pull(line, "ORDERS", "poison", 1, 0), 1);
    for (int i = 0; i < 12; i++)
        usleep(100000);
    jetstream_pull(line, "ORDERS", "poison", 0, 0);
    shown("given up", "ORDERS / poison", "message 1 is given up at delivery 1", "published", since);
    ck_assert_ptr_nonnull(documents_wait(&documents, has_given_up, NULL, "one was given up", LISTS_MS));
    since = servers_now_ms();
    ck_assert(jetstream_step_down(line, "ORDERS", "poison"));
    shown("leader", "ORDERS / poison", "leader of consumer moved from", "polled", since);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("events");
    TCase *tc = tcase_create("events");
    tcase_set_timeout(tc, 150);
    tcase_add_checked_fixture(tc, begin, end);
    tcase_add_test(tc, clients_come_and_go);
    tcase_add_test(tc, a_slow_reader_is_cut);
    tcase_add_test(tc, who_was_lost_is_heard_through_another);
    tcase_add_test(tc, who_may_not_listen_is_told_once);
    tcase_add_test(tc, a_lame_duck_is_told_once);
    tcase_add_test(tc, who_ends_says_so);
    tcase_add_test(tc, a_leader_moves);
    tcase_add_test(tc, messages_are_given_up);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
