/* Assets of every kind, and what becomes of those that copy: paused consumers, priority groups, ordered
 * consumers that are made anew, mirrors and sources whose origin or domain goes after it worked, reservations
 * of 2^64-1, two accounts with a stream of one name. On a real cluster and a leaf node with a domain of its
 * own, held against what CONSUMER.INFO, STREAM.INFO and the servers say.
 *
 * The fixture lives through it once and keeps what was said. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/harness/document.h"
#include "tests/harness/http_get.h"
#include "tests/harness/jetstream.h"
#include "tests/harness/kept.h"
#include "tests/harness/ports.h"
#include "tests/harness/servers.h"
#include "tests/harness/suite.h"

#define NS INT64_C(1000000000)

enum { NODES = 3, STORED = 50, MORE = 20, MS = 40000 };

static struct servers *cluster, *leaf;
static struct folder far_store;
static struct natsc *line, *small_line, *far_line; /* accounts B and A, and the leaf node */
static struct documents documents;
static int minor;
static int64_t since;
static json_t *before, *after;                        /* documents */
static json_t *paused_info, *pinned_info;             /* CONSUMER.INFO with the first, */
static json_t *later_paused_info, *later_pinned_info; /* with the second */
static json_t *copy_info[3];                          /* STREAM.INFO of those that copy, with the second */
static const char *const copies[] = {"MIR", "FMIR", "SUM"};

/* ---- the scenario ---- */

static bool has_groups(void) {
    return minor >= 11;
}

static void call(struct natsc *c, const char *what, const char *body) {
    json_t *answer = jetstream_ask(c, what, body);
    ck_assert_msg(answer != NULL, "%s", what);
    json_decref(answer);
}

static void store(struct natsc *c, const char *subject, int count) {
    for (int64_t deadline = servers_now_ms() + MS; count;) {
        char *word = natsc_request(c, subject, "x", 1000);
        count -= word != NULL;
        free(word);
        ck_assert_int_le(servers_now_ms(), deadline);
    }
}

static void start_cluster(void) {
    static char texts[NODES][80];
    static const char *node_config[NODES];
    const char *address = "127.0.0.1";
    int ports[NODES];
    ck_assert(ports_free(&address, 1, ports, NODES));
    for (int i = 0; i < NODES; i++) {
        snprintf(texts[i], sizeof texts[i], "leafnodes { listen: \"127.0.0.1:%d\" }", ports[i]);
        node_config[i] = texts[i];
    }
    cluster = servers_start(&(struct servers_options){
        .nodes = NODES,
        .jetstream = true,
        .node_config = node_config,
        .config =
            "accounts {\n"
            "  A { jetstream { max_mem: 33554432, max_file: 67108864 }, users: [{user: a, password: a}] }\n"
            "  B { jetstream: enabled, users: [{user: b, password: b}] }\n"
            "}\nno_auth_user: b\n"});
    ck_assert_ptr_nonnull(cluster);
    ck_assert(folder_make(&far_store, "natsight-far"));
    static char far_config[800];
    snprintf(far_config, sizeof far_config,
             "jetstream { store_dir: \"%s\", domain: far, max_mem: 64MB, max_file: 256MB }\n"
             "leafnodes { remotes: [{ url: \"nats-leaf://b:b@127.0.0.1:%d\" }] }\n",
             far_store.path, ports[0]);
    leaf = servers_start(&(struct servers_options){.prefix = "far", .config = far_config});
    ck_assert_ptr_nonnull(leaf);
}

static void make_consumer(const char *name, const char *config) {
    char what[100], body[500];
    snprintf(what, sizeof what, "CONSUMER.DURABLE.CREATE.KINDS.%s", name);
    snprintf(body, sizeof body,
             "{\"stream_name\":\"KINDS\",\"config\":{\"durable_name\":\"%s\",\"ack_policy\":\"explicit\"%s}}",
             name, config);
    call(line, what, body);
}

/* As client libraries make them. */
static void make_ordered(const char *name, int from) {
    char what[100], body[500];
    snprintf(what, sizeof what, "CONSUMER.CREATE.KINDS.%s", name);
    snprintf(
        body, sizeof body,
        "{\"stream_name\":\"KINDS\",\"config\":{\"name\":\"%s\",\"ack_policy\":\"none\",\"max_deliver\":1,"
        "\"deliver_subject\":\"got.%s\",\"deliver_policy\":\"by_start_sequence\",\"opt_start_seq\":%d,"
        "\"idle_heartbeat\":5000000000,\"mem_storage\":true,\"num_replicas\":1,"
        "\"inactive_threshold\":300000000000}}",
        name, name, from);
    call(line, what, body);
}

static json_t *info_of(const char *stream, const char *name) {
    char what[100];
    snprintf(what, sizeof what, name ? "CONSUMER.INFO.%s.%s" : "STREAM.INFO.%s", stream, name);
    json_t *info = NULL;
    for (int64_t deadline = servers_now_ms() + MS; !info || !*jetstream_leader(info);) {
        json_decref(info);
        info = jetstream_ask(line, what, "");
        ck_assert_int_le(servers_now_ms(), deadline);
    }
    return info;
}

static void make_consumers(void) {
    char config[200];
    time_t end = time(NULL) + 3600;
    struct tm utc;
    make_ordered("ordered1", 11);
    if (!has_groups()) {
        printf("skipped: a 2.%d server has no paused consumers and no priority groups\n", minor);
        return;
    }
    strftime(config, sizeof config, ",\"pause_until\":\"%Y-%m-%dT%H:%M:%SZ\"", gmtime_r(&end, &utc));
    make_consumer("paused", config);
    make_consumer("pinned", ",\"priority_groups\":[\"g\"],\"priority_policy\":\"pinned_client\","
                            "\"priority_timeout\":300000000000");
    make_consumer("overflow", ",\"priority_groups\":[\"g\"],\"priority_policy\":\"overflow\"");
}

/* A client pulls, and the group is pinned to it. */
static void pin(void) {
    if (!has_groups())
        return;
    json_decref(info_of("KINDS", "pinned"));
    static const char body[] = "{\"batch\":5,\"expires\":30000000000,\"group\":\"g\"}";
    natsc_subscribe(line, "pulled.*", NULL);
    for (int64_t deadline = servers_now_ms() + MS;;) {
        struct natsc_message message;
        natsc_publish(line, "$JS.API.CONSUMER.MSG.NEXT.KINDS.pinned", "pulled.1", body, sizeof body - 1);
        if (natsc_next(line, &message, 1000) && strncmp(message.reply, "$JS.ACK.", 8) == 0)
            return;
        ck_assert_int_le(servers_now_ms(), deadline);
    }
}

static void make_assets(void) {
    call(far_line, "STREAM.CREATE.FAR", "{\"name\":\"FAR\",\"subjects\":[\"far\"]}");
    call(line, "STREAM.CREATE.ORIGIN", "{\"name\":\"ORIGIN\",\"subjects\":[\"origin\"]}");
    call(line, "STREAM.CREATE.KINDS",
         "{\"name\":\"KINDS\",\"subjects\":[\"kinds\"],\"num_replicas\":3,\"max_msgs\":9223372036854775807}");
    call(small_line, "STREAM.CREATE.KINDS",
         "{\"name\":\"KINDS\",\"subjects\":[\"kinds\"],\"max_bytes\":4194304}");
    call(line, "STREAM.CREATE.MIR", "{\"name\":\"MIR\",\"num_replicas\":3,\"mirror\":{\"name\":\"ORIGIN\"}}");
    call(line, "STREAM.CREATE.FMIR",
         "{\"name\":\"FMIR\",\"num_replicas\":3,\"mirror\":{\"name\":\"FAR\",\"external\":{\"api\":"
         "\"$JS.far.API\"}}}");
    call(line, "STREAM.CREATE.SUM",
         "{\"name\":\"SUM\",\"num_replicas\":3,\"sources\":[{\"name\":\"ORIGIN\"},{\"name\":\"FAR\","
         "\"external\":{\"api\":\"$JS.far.API\"}}]}");
    store(far_line, "far", STORED);
    store(line, "origin", STORED);
    store(line, "kinds", STORED);
    store(small_line, "kinds", MORE);
    natsc_subscribe(line, "got.ordered1", NULL);
    natsc_subscribe(line, "got.ordered2", NULL);
    make_consumers();
    pin();
}

/* ---- what is waited for ---- */

static json_t *stream_in(json_t *document, const char *account, const char *name) {
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(document, "streams"), i, row) {
        if (strcmp(doc_text(row, "name"), name) == 0 && strcmp(doc_text(row, "account"), account) == 0)
            return row;
    }
    return NULL;
}

static json_t *consumer_in(json_t *document, const char *name) {
    return doc_find(document, "consumers", "name", name);
}

static json_t *source_in(json_t *document, const char *stream, const char *name) {
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(document, "sources"), i, row) {
        if (strcmp(doc_text(row, "stream"), stream) == 0 && strcmp(doc_text(row, "name"), name) == 0)
            return row;
    }
    return NULL;
}

static bool is(json_t *row, const char *key, const char *text) {
    return strcmp(doc_text(row, key), text) == 0;
}

static bool is_now(json_t *row) {
    return is(row, "freshness", "live") && is(row, "leadership", "ok") &&
           doc_instant(row, "sampled_at") >= since;
}

/* What is deleted is so for us when its leader was asked again. */
static bool is_gone(json_t *row) {
    return !row || is(row, "freshness", "gone");
}

static bool are_now(json_t *document) {
    bool now = is_now(stream_in(document, "B", "KINDS")) && is_now(stream_in(document, "A", "KINDS"));
    for (int i = 0; i < 3; i++)
        now = now && is_now(stream_in(document, "B", copies[i]));
    for (int i = 0; i < 3 && has_groups(); i++)
        now = now && is_now(consumer_in(document, (const char *[]){"paused", "pinned", "overflow"}[i]));
    return now;
}

static bool all_work(json_t *document, void *unused) {
    (void)unused;
    bool work = are_now(document) && is_now(consumer_in(document, "ordered1")) &&
                doc_number(stream_in(document, "B", "SUM"), "messages") == 2 * STORED;
    for (int i = 0; i < 3; i++)
        work = work && is(stream_in(document, "B", copies[i]), "source_state", "ok");
    return work && (!has_groups() || *doc_text(consumer_in(document, "pinned"), "pinned"));
}

static bool all_failed(json_t *document, void *unused) {
    (void)unused;
    bool failed = are_now(document) && is_now(consumer_in(document, "ordered2")) &&
                  *doc_text(consumer_in(document, "ordered2"), "ack_policy") &&
                  is_gone(consumer_in(document, "ordered1")) && is_gone(stream_in(document, "B", "ORIGIN"));
    for (int i = 0; i < 3; i++)
        failed = failed && is(stream_in(document, "B", copies[i]), "source_state", "never");
    return failed &&
           (!has_groups() || json_is_false(json_object_get(consumer_in(document, "paused"), "paused")));
}

static json_t *wait_for(bool (*met)(json_t *document, void *context), const char *what) {
    int64_t from = servers_now_ms();
    json_t *document = documents_wait(&documents, met, NULL, what, MS);
    ck_assert_msg(document != NULL, "not %s", what);
    printf("figure: %s: %.1f s\n", what, (double)(servers_now_ms() - from) / 1000);
    return json_incref(document);
}

/* Their origin goes, and with the next leader of each its memory of the contact. */
static void let_copies_fail(void) {
    char what[100];
    servers_kill(leaf, 0);
    call(line, "STREAM.DELETE.ORIGIN", "");
    for (int i = 0; i < 3; i++) {
        snprintf(what, sizeof what, "STREAM.LEADER.STEPDOWN.%s", copies[i]);
        call(line, what, "");
    }
}

static void connect_all(void) {
    line = natsc_connect(cluster->node[1].url, &(struct natsc_options){.user = "b", .password = "b"}, MS);
    small_line =
        natsc_connect(cluster->node[2].url, &(struct natsc_options){.user = "a", .password = "a"}, MS);
    far_line = natsc_connect(leaf->node[0].url, NULL, MS);
    ck_assert(line && small_line && far_line);
    json_t *info = json_loads(natsc_info(line), 0, NULL);
    sscanf(doc_text(info, "version"), "2.%d.", &minor);
    json_decref(info);
}

static void live_through(void) {
    start_cluster();
    connect_all();
    make_assets();
    const char *arguments[] = {"--every",
                               "jsz=1s",
                               "--for",
                               "500ms",
                               "--",
                               cluster->node[0].http,
                               cluster->node[1].http,
                               cluster->node[2].http,
                               NULL};
    ck_assert(documents_open(&documents, "clusters servers streams consumers sources", arguments));
    before = wait_for(all_work, "all at work");
    if (has_groups()) {
        paused_info = info_of("KINDS", "paused");
        pinned_info = info_of("KINDS", "pinned");
        call(line, "CONSUMER.PAUSE.KINDS.paused", "{}");
        call(line, "CONSUMER.LEADER.STEPDOWN.KINDS.pinned", "");
    }
    make_ordered("ordered2", 31);
    call(line, "CONSUMER.DELETE.KINDS.ordered1", "");
    let_copies_fail();
    if (has_groups())
        json_decref(info_of("KINDS", "pinned")); /* it is led again */
    since = doc_utc_ns() + NS;
    after = wait_for(all_failed, "copies have failed");
    for (int i = 0; i < 3; i++)
        copy_info[i] = info_of(copies[i], NULL);
    if (has_groups()) {
        later_paused_info = info_of("KINDS", "paused");
        later_pinned_info = info_of("KINDS", "pinned");
    }
}

static void end(void) {
    documents_close(&documents);
    natsc_close(line);
    natsc_close(small_line);
    natsc_close(far_line);
    servers_end(leaf);
    servers_end(cluster);
    folder_remove(&far_store);
}

/* ---- reservations ---- */

/* Of an account without limits servers print -1 as 2^64-1, in every /jsz of which anything is shown here. */
START_TEST(no_limit_is_no_reservation) {
    for (int i = 0; i < NODES; i++) {
        char url[150];
        snprintf(url, sizeof url, "%s/jsz?accounts=1", cluster->node[i].http);
        char *body = http_get(url, NULL, 2000);
        ck_assert_ptr_nonnull(body);
        ck_assert_ptr_nonnull(strstr(body, "\"reserved_storage\": 18446744073709551615"));
        free(body);
        json_t *jsz = kept_truth(cluster->node[i].http, "/jsz");
        json_t *node = doc_find(after, "servers", "name", cluster->node[i].name);
        ck_assert_double_eq(doc_number(node, "js_reserved_memory"), json_path_number(jsz, "reserved_memory"));
        ck_assert_double_eq(doc_number(node, "js_reserved_storage"),
                            json_path_number(jsz, "reserved_storage"));
        json_decref(jsz);
    }
}
END_TEST

START_TEST(two_accounts_have_a_stream_of_one_name) {
    json_t *big = stream_in(after, "B", "KINDS"), *small = stream_in(after, "A", "KINDS");
    ck_assert_double_eq(doc_number(big, "messages"), STORED);
    ck_assert_double_eq(doc_number(small, "messages"), MORE);
    ck_assert_double_eq(doc_number(small, "max_bytes"), 4194304);
    ck_assert(isnan(doc_number(big, "max_bytes")) && isnan(doc_number(big, "bytes_share")));
    ck_assert_int_eq(json_integer_value(json_object_get(big, "max_msgs")), INT64_MAX);
    ck_assert(isnan(doc_number(small, "max_msgs")) && isnan(doc_number(small, "msgs_share")));
    ck_assert(isnan(doc_number(big, "msgs_full_in")));
}
END_TEST

/* ---- consumers ---- */

START_TEST(paused_until_it_goes_on) {
    json_t *row = consumer_in(before, "paused"), *later = consumer_in(after, "paused");
    if (!has_groups())
        return;
    int64_t shown = doc_instant(row, "sampled_at") + (int64_t)(doc_number(row, "pause_remaining") * 1e9);
    int64_t told = doc_parse_instant(json_string_value(json_path(paused_info, "ts"))) +
                   (int64_t)json_path_number(paused_info, "pause_remaining");
    ck_assert_msg(llabs(shown - told) < NS, "paused for %+.3f s longer than CONSUMER.INFO says",
                  (double)(shown - told) / 1e9);
    ck_assert(json_is_true(json_object_get(row, "paused")));
    ck_assert_str_eq(doc_text(row, "state"), "paused");
    ck_assert_double_eq(doc_number(row, "pending"), STORED);
    ck_assert_str_eq(doc_text(row, "leader"), jetstream_leader(paused_info));
    ck_assert(isnan(doc_number(later, "pause_remaining"))); /* and not 0 */
    ck_assert_str_ne(doc_text(later, "state"), "paused");
    ck_assert_double_eq(doc_number(later, "lag"), jetstream_lag(later_paused_info));
}
END_TEST

static const char *pin_in(json_t *info) {
    const char *id = json_string_value(json_path(info, "priority_groups.0.pinned_client_id"));
    return id ? id : "";
}

/* The leader alone knows of it. */
START_TEST(a_pin_is_the_leaders) {
    if (!has_groups())
        return;
    ck_assert(*pin_in(pinned_info));
    ck_assert_str_eq(doc_text(consumer_in(before, "pinned"), "pinned"), pin_in(pinned_info));
    ck_assert_str_eq(doc_text(consumer_in(after, "pinned"), "pinned"), pin_in(later_pinned_info));
    ck_assert_str_ne(jetstream_leader(later_pinned_info), jetstream_leader(pinned_info));
    ck_assert_str_eq(doc_text(consumer_in(after, "pinned"), "leader"), jetstream_leader(later_pinned_info));
    ck_assert_double_eq(doc_number(consumer_in(after, "pinned"), "lag"), jetstream_lag(later_pinned_info));
    ck_assert_str_eq(doc_text(consumer_in(after, "pinned"), "priority"), "pinned_client");
    ck_assert_str_eq(doc_text(consumer_in(after, "overflow"), "priority"), "overflow");
    ck_assert_str_eq(doc_text(consumer_in(after, "overflow"), "pinned"), "");
    ck_assert_double_eq(doc_number(consumer_in(after, "overflow"), "pending"), STORED);
}
END_TEST

/* Its client makes another one at each gap, under another name. */
START_TEST(ordered_consumers_come_and_go) {
    json_t *first = consumer_in(before, "ordered1"), *second = consumer_in(after, "ordered2");
    json_t *gone = consumer_in(after, "ordered1");
    json_t *one = json_array_get(json_object_get(after, "clusters"), 0);
    json_t *rows[] = {first, second};
    for (int i = 0; i < 2; i++) {
        ck_assert_double_eq(doc_number(rows[i], "lag"), 0);
        ck_assert_double_eq(doc_number(rows[i], "delivered_seq"), STORED);
        ck_assert_double_eq(doc_number(rows[i], "deliveries"), STORED - 10 - 20 * i);
        ck_assert_str_eq(doc_text(rows[i], "ack_policy"), "none");
        ck_assert_str_eq(doc_text(rows[i], "kind"), "push");
        ck_assert_str_eq(doc_text(rows[i], "replicas"), "1/1");
        ck_assert(json_is_true(json_object_get(rows[i], "ephemeral")));
        ck_assert(json_is_true(json_object_get(rows[i], "bound")));
        ck_assert(isnan(doc_number(rows[i], "max_ack_pending")));
        ck_assert(is(rows[i], "state", "keeping_up") || is(rows[i], "state", "idle"));
    }
    if (gone)
        ck_assert_str_eq(doc_text(gone, "state"), "deleted");
    ck_assert_double_eq(doc_number(one, "consumers"), has_groups() ? 4 : 1);
    ck_assert_double_eq(doc_number(stream_in(after, "B", "KINDS"), "consumers"), has_groups() ? 4 : 1);
}
END_TEST

/* ---- those that copy ---- */

/* Servers go on to say lag 0 of an origin that nobody reaches. */
START_TEST(what_can_not_be_copied_has_no_lag) {
    static const struct {
        const char *stream, *name;
        int info;
    } from[] = {{"MIR", "ORIGIN", 0}, {"FMIR", "FAR", 1}, {"SUM", "ORIGIN", 2}, {"SUM", "FAR", 2}};
    json_t *was = source_in(before, from[_i].stream, from[_i].name);
    json_t *row = source_in(after, from[_i].stream, from[_i].name);
    json_t *stream = stream_in(after, "B", from[_i].stream), *info = copy_info[from[_i].info];
    ck_assert_double_eq(doc_number(was, "lag"), 0);
    ck_assert_str_eq(doc_text(was, "state"), "ok");
    ck_assert_double_lt(doc_number(was, "active"), 30);
    ck_assert_double_eq(json_path_number(info, _i < 2 ? "mirror.lag" : "sources.0.lag"), 0);
    ck_assert(isnan(doc_number(row, "lag")) && isnan(doc_number(row, "active")));
    ck_assert_str_eq(doc_text(row, "state"), "never");
    ck_assert_str_eq(doc_text(stream, "state"), "copy_failing");
    ck_assert_str_eq(doc_text(stream, "source_state"), "never");
    ck_assert(isnan(doc_number(stream, "source_lag")));
    ck_assert_double_eq(doc_number(stream, "messages"),
                        _i < 2 ? STORED : 2 * STORED); /* what it has it has */
    ck_assert_str_eq(doc_text(row, "api"), strcmp(from[_i].name, "FAR") == 0 ? "$JS.far.API" : "");
}
END_TEST

START_TEST(an_origin_that_is_deleted_is_not_counted) {
    json_t *one = json_array_get(json_object_get(after, "clusters"), 0);
    ck_assert_double_eq(doc_number(one, "streams"), 5);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("kinds");
    TCase *tc = tcase_create("one cluster");
    tcase_set_timeout(tc, 150);
    tcase_add_unchecked_fixture(tc, live_through, end);
    tcase_add_test(tc, no_limit_is_no_reservation);
    tcase_add_test(tc, two_accounts_have_a_stream_of_one_name);
    tcase_add_test(tc, paused_until_it_goes_on);
    tcase_add_test(tc, a_pin_is_the_leaders);
    tcase_add_test(tc, ordered_consumers_come_and_go);
    tcase_add_loop_test(tc, what_can_not_be_copied_has_no_lag, 0, 4);
    tcase_add_test(tc, an_origin_that_is_deleted_is_not_counted);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
