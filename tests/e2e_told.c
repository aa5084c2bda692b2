/* Levels that streams and consumers carry in their metadata, on a real cluster: what is shown of them against
 * what the JetStream API says, as they are set, changed and removed. Servers before 2.10 have no metadata. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/document.h"
#include "tests/harness/jetstream.h"
#include "tests/harness/servers.h"
#include "tests/harness/suite.h"

enum { NODES = 3, MS = 40000 };

static struct servers *cluster;
static struct natsc *line;
static struct documents documents;
static bool has_metadata;

/* Keys behind io.nats.monitor. and what they are shown as; each of the texts below stands for its number. */
static const struct key {
    const char *key, *shown;
} stream_keys[] = {
    {"lag-critical", "told_lag"},
    {"seen-critical", "told_seen"},
    {"min-sources", "told_min_sources"},
    {"max-sources", "told_max_sources"},
    {"peer-expect", "told_peer_expect"},
    {"peer-lag-critical", "told_peer_lag"},
    {"peer-seen-critical", "told_peer_seen"},
    {"msgs-warn", "told_msgs_warn"},
    {"msgs-critical", "told_msgs_critical"},
    {"subjects-warn", "told_subjects_warn"},
    {"subjects-critical", "told_subjects_critical"},
    {NULL, NULL},
};
static const struct key consumer_keys[] = {
    {"outstanding-ack-critical", "told_outstanding_ack"},
    {"waiting-critical", "told_waiting"},
    {"unprocessed-critical", "told_unprocessed"},
    {"last-delivery-critical", "told_last_delivery"},
    {"last-ack-critical", "told_last_ack"},
    {"redelivery-critical", "told_redelivery"},
    {NULL, NULL},
};
static const struct {
    const char *text;
    bool span;
    double is; /* as documents have it, spans in seconds; NAN: none */
} texts[] = {
    {"200", false, 200}, {"30", false, 30},  {"3", false, 3},         {"7", false, 7},
    {"0", false, NAN},   {"-4", false, NAN}, {"300", false, 300},     {"twelve", false, NAN},
    {"300", true, NAN},  {"5m", true, 300},  {"1d12h", true, 129600}, {"1M", true, 2592000},
};

#define META(K, V) "\"io.nats.monitor." K "\":\"" V "\""

static const char *const streams[][2] = {
    {"BOTH",
     META("lag-critical", "200") "," META("seen-critical", "5m") "," META("min-sources", "0") "," META(
         "max-sources", "7") "," META("peer-expect", "3") "," META("peer-lag-critical",
                                                                   "30") "," META("peer-seen-critical",
                                                                                  "1d12h")},
    {"COUNTED",
     META("enabled", "true") "," META("msgs-warn", "300") "," META("msgs-critical", "200") "," META(
         "subjects-warn", "30") "," META("subjects-critical", "200") "," META("max-sources", "-4")},
    {"WRONG", META("lag-critical", "twelve") "," META("seen-critical", "300") "," META("msgs-warn", "7")},
    {"OFF", META("enabled", "false") "," META("msgs-warn", "7")},
    {"PLAIN", "\"team\":\"payments\""},
};
static const char *const consumers[][2] = {
    {"all", META("outstanding-ack-critical", "7") "," META("waiting-critical", "30") "," META(
                "unprocessed-critical",
                "200") "," META("last-delivery-critical",
                                "5m") "," META("last-ack-critical", "1M") "," META("redelivery-critical",
                                                                                   "300") "," META("pinned",
                                                                                                   "true")},
    {"wrong", META("unprocessed-critical", "twelve") "," META("pinned", "perhaps")},
    {"plain", "\"team\":\"payments\""},
};
enum { STREAMS = sizeof streams / sizeof *streams, CONSUMERS = sizeof consumers / sizeof *consumers };

/* ---- the scenario ---- */

static void call(const char *what, const char *body) {
    json_t *answer = jetstream_ask(line, what, body);
    ck_assert_msg(answer != NULL, "%s", what);
    json_decref(answer);
}

static void put_stream(const char *verb, const char *name, const char *metadata) {
    char what[100], body[900];
    snprintf(what, sizeof what, "STREAM.%s.%s", verb, name);
    snprintf(body, sizeof body,
             "{\"name\":\"%s\",\"subjects\":[\"told.%s.*\"],\"num_replicas\":3,\"metadata\":{%s}}", name,
             name, metadata);
    call(what, body);
}

static void put_consumer(const char *name, const char *metadata) {
    char what[100], body[900];
    snprintf(what, sizeof what, "CONSUMER.DURABLE.CREATE.BOTH.%s", name);
    snprintf(body, sizeof body,
             "{\"stream_name\":\"BOTH\",\"config\":{\"durable_name\":\"%s\",\"ack_policy\":\"explicit\","
             "\"metadata\":{%s}}}",
             name, metadata);
    call(what, body);
}

static void begin(void) {
    int minor = 0;
    cluster = servers_start(&(struct servers_options){.nodes = NODES, .jetstream = true});
    ck_assert_ptr_nonnull(cluster);
    line = natsc_connect(cluster->node[0].url, NULL, MS);
    ck_assert_ptr_nonnull(line);
    json_t *info = json_loads(natsc_info(line), 0, NULL);
    sscanf(doc_text(info, "version"), "2.%d.", &minor);
    json_decref(info);
    has_metadata = minor >= 10;
    if (!has_metadata) {
        printf("skipped: a 2.%d server has no metadata\n", minor);
        return;
    }
    for (int i = 0; i < STREAMS; i++)
        put_stream("CREATE", streams[i][0], streams[i][1]);
    for (int i = 0; i < CONSUMERS; i++)
        put_consumer(consumers[i][0], consumers[i][1]);
    const char *arguments[] = {"--every",
                               "jsz=1s",
                               "--for",
                               "500ms",
                               "--",
                               cluster->node[0].http,
                               cluster->node[1].http,
                               cluster->node[2].http,
                               NULL};
    ck_assert(documents_open(&documents, "streams consumers", arguments));
}

static void end(void) {
    documents_close(&documents);
    natsc_close(line);
    servers_end(cluster);
}

/* ---- what is shown, and what the API says ---- */

static bool is_live(json_t *row) {
    return strcmp(doc_text(row, "freshness"), "live") == 0;
}

static bool all_live(json_t *document, void *unused) {
    bool live = true;
    (void)unused;
    for (int i = 0; i < STREAMS; i++)
        live = live && is_live(doc_find(document, "streams", "name", streams[i][0]));
    for (int i = 0; i < CONSUMERS; i++)
        live = live && is_live(doc_find(document, "consumers", "name", consumers[i][0]));
    return live;
}

static double number_of(const char *text, bool span) {
    for (size_t i = 0; text && i < sizeof texts / sizeof *texts; i++)
        if (strcmp(texts[i].text, text) == 0 && span == texts[i].span)
            return texts[i].is;
    return NAN;
}

/* Whatever stands in the API's answer is shown as its number, and nothing else is. */
static void compare(json_t *shown, const char *info_call, const struct key *keys) {
    json_t *info = jetstream_ask(line, info_call, "");
    json_t *metadata = json_object_get(json_object_get(info, "config"), "metadata");
    ck_assert_ptr_nonnull(metadata);
    bool off = false;
    for (; keys->key; keys++) {
        char key[80];
        off = off || strcmp(doc_text(metadata, "io.nats.monitor.enabled"), "false") == 0;
        snprintf(key, sizeof key, "io.nats.monitor.%s", keys->key);
        bool span = strstr(key, "seen-") || strstr(key, "last-");
        double wanted = off ? NAN : number_of(json_string_value(json_object_get(metadata, key)), span);
        double is = doc_number(shown, keys->shown);
        ck_assert_msg(isnan(wanted) ? isnan(is) : is == wanted, "%s: %s is shown as %g, not as %g", info_call,
                      keys->shown, is, wanted);
    }
    json_decref(info);
}

START_TEST(levels_are_what_the_api_says) {
    if (!has_metadata)
        return;
    json_t *document = documents_wait(&documents, all_live, NULL, "all assets live", MS);
    ck_assert_ptr_nonnull(document);
    for (int i = 0; i < STREAMS; i++) {
        char what[100];
        snprintf(what, sizeof what, "STREAM.INFO.%s", streams[i][0]);
        compare(doc_find(document, "streams", "name", streams[i][0]), what, stream_keys);
    }
    for (int i = 0; i < CONSUMERS; i++) {
        char what[100];
        snprintf(what, sizeof what, "CONSUMER.INFO.BOTH.%s", consumers[i][0]);
        compare(doc_find(document, "consumers", "name", consumers[i][0]), what, consumer_keys);
    }
    json_t *wrong = doc_find(document, "streams", "name", "WRONG");
    ck_assert_str_eq(doc_text(wrong, "told_wrong"),
                     "lag-critical: \"twelve\" is no whole number, and 1 more");
    ck_assert_double_eq(doc_number(wrong, "told_msgs_warn"), 7);
    ck_assert_str_eq(doc_text(doc_find(document, "consumers", "name", "wrong"), "told_wrong"),
                     "unprocessed-critical: \"twelve\" is no whole number, and 1 more");
    ck_assert(json_is_true(json_object_get(doc_find(document, "consumers", "name", "all"), "told_pinned")));
    ck_assert(json_is_false(json_object_get(doc_find(document, "streams", "name", "OFF"), "told_enabled")));
    ck_assert_str_eq(doc_text(doc_find(document, "streams", "name", "BOTH"), "told_wrong"), "");
}
END_TEST

static bool is_changed(json_t *document, void *unused) {
    (void)unused;
    return doc_number(doc_find(document, "streams", "name", "COUNTED"), "told_msgs_warn") == 7 &&
           isnan(doc_number(doc_find(document, "streams", "name", "BOTH"), "told_lag"));
}

/* With the next configuration, which a new stream brings forward. */
START_TEST(a_changed_level_holds_and_a_removed_one_does_not) {
    if (!has_metadata)
        return;
    ck_assert_ptr_nonnull(documents_wait(&documents, all_live, NULL, "all assets live", MS));
    put_stream("UPDATE", "COUNTED", META("msgs-warn", "7"));
    put_stream("UPDATE", "BOTH", "\"team\":\"payments\"");
    put_stream("CREATE", "NEXT", ""); /* of all three servers */
    json_t *document = documents_wait(&documents, is_changed, NULL, "the levels have changed", MS);
    ck_assert_ptr_nonnull(document);
    compare(doc_find(document, "streams", "name", "COUNTED"), "STREAM.INFO.COUNTED", stream_keys);
    compare(doc_find(document, "streams", "name", "BOTH"), "STREAM.INFO.BOTH", stream_keys);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("e2e: levels that assets carry");
    TCase *tc = tcase_create("told");
    tcase_set_timeout(tc, 180);
    tcase_add_checked_fixture(tc, begin, end);
    tcase_add_test(tc, levels_are_what_the_api_says);
    tcase_add_test(tc, a_changed_level_holds_and_a_removed_one_does_not);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
