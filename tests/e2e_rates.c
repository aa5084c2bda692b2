/* Throughput is what was sent: one cluster under a load that we make and count ourselves, what the program
 * said of it meanwhile held against our counts and the servers' own answers; and what it says when all is
 * still, field by field. The fixture lives through it once and keeps what was said. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/http_get.h"
#include "tests/harness/jetstream.h"
#include "tests/harness/kept.h"
#include "tests/harness/natsc.h"
#include "tests/harness/servers.h"
#include "tests/harness/suite.h"
#include "tests/harness/tally.h"

#define NS INT64_C(1000000000)

enum { NODES = 3, SUBSCRIBERS = 3, SIZE = 128, RATE = 1000, STORED = 500, MS = 10000 };

enum { IN_MSGS, OUT_MSGS, IN_BYTES, OUT_BYTES, COUNTERS };
static const char *const varz_names[COUNTERS] = {"in_msgs", "out_msgs", "in_bytes", "out_bytes"};
static const char *const rate_names[COUNTERS] = {"in_msgs_per_s", "out_msgs_per_s", "in_bytes_per_s",
                                                 "out_bytes_per_s"};
static const char *const client_names[COUNTERS] = {"in_client_msgs_per_s", "out_client_msgs_per_s",
                                                   "in_client_bytes_per_s", "out_client_bytes_per_s"};

static struct servers *cluster;
static struct natsc *publisher, *asker, *subscribers[SUBSCRIBERS];
static struct kept kept;
static struct tally generated;             /* our own count */
static struct tally varz[NODES][COUNTERS]; /* what the servers said to us, by their own clocks */
static int64_t load_from, load_to, quiet_from;
static json_t *own_varz[NODES], *own_connz[NODES];
static bool client_only; /* these servers count clients apart */

/* ---- the scenario ---- */

static void look_at_varz(int node) {
    json_t *answer = kept_truth(cluster->node[node].http, "/varz");
    int64_t now = doc_instant(answer, "now");
    for (int i = 0; i < COUNTERS; i++)
        tally_add(&varz[node][i], now, json_path_number(answer, varz_names[i]));
    client_only = json_object_get(answer, "in_client_msgs") != NULL;
    json_decref(answer);
}

static void drain(struct natsc *c) {
    struct natsc_message message;
    while (natsc_next(c, &message, 0))
        ;
}

/* Of every server and connection: under load the program asks less often. */
static bool is_seen(void) {
    int64_t first, last, now = doc_utc_ns();
    bool seen = !isnan(
        kept_rate(&kept, "connections", "the publisher", "in_msgs_per_s", load_from, now, &first, &last));
    for (int i = 0; seen && i < NODES; i++) {
        char name[32];
        snprintf(name, sizeof name, "reader %d", i);
        seen = !isnan(kept_rate(&kept, "servers", cluster->node[i].name, "out_client_msgs_per_s", load_from,
                                now, &first, &last)) &&
               !isnan(kept_rate(&kept, "connections", name, "out_msgs_per_s", load_from, now, &first, &last));
    }
    return seen;
}

static void core_load(double seconds) {
    int turn = 0;
    bool seen = false;
    load_from = doc_utc_ns();
    tally_add(&generated, load_from, 0);
    int64_t least = load_from + (int64_t)(seconds * 1e9), most = least + 60 * NS;
    while (doc_utc_ns() < (seen ? least : most)) {
        seen = seen || (turn % 300 == 299 && is_seen());
        tally_publish(&generated, load_from, publisher, "load.core", SIZE, RATE);
        for (int i = 0; i < SUBSCRIBERS; i++)
            drain(subscribers[i]);
        if (turn++ % 60 == 0)
            look_at_varz(turn / 60 % NODES);
        kept_more(&kept, 2);
    }
    load_to = generated.points[generated.n - 1].at_ns;
    ck_assert(natsc_flush(publisher, MS));
    for (int i = 0; i < NODES; i++)
        look_at_varz(i);
}

static int64_t sampled(json_t *object) {
    return doc_instant(object, "sampled_at");
}

/* Nodes, connections and the stream, all from after the load. */
static bool is_still(json_t *document, void *context) {
    static const char *const lists[] = {"servers", "connections", "streams"};
    (void)context;
    for (size_t l = 0; l < sizeof lists / sizeof *lists; l++) {
        size_t i;
        json_t *object;
        json_array_foreach(json_object_get(document, lists[l]), i, object) {
            if (sampled(object) < quiet_from)
                return false;
        }
    }
    return doc_count(document, "streams") == 1 && doc_count(document, "servers") == NODES;
}

static void connect_all(void) {
    publisher = natsc_connect(cluster->node[0].url,
                              &(struct natsc_options){.name = "the publisher", .no_echo = true}, MS);
    asker = natsc_connect(cluster->node[1].url, &(struct natsc_options){.name = "the asker"}, MS);
    ck_assert(publisher && asker);
    for (int i = 0; i < SUBSCRIBERS; i++) {
        char name[32];
        snprintf(name, sizeof name, "reader %d", i);
        subscribers[i] = natsc_connect(cluster->node[i].url, &(struct natsc_options){.name = name}, MS);
        ck_assert_ptr_nonnull(subscribers[i]);
        ck_assert(natsc_subscribe(subscribers[i], "load.core", NULL) && natsc_flush(subscribers[i], MS));
    }
}

static void live_through(void) {
    const struct servers_options options = {.nodes = NODES, .jetstream = true};
    cluster = servers_start(&options);
    ck_assert_ptr_nonnull(cluster);
    connect_all();
    ck_assert(jetstream_add_stream(asker, "KEPT", "load.stream", 3));
    ck_assert(natsc_publish_many(publisher, "load.stream", SIZE, STORED) && natsc_flush(publisher, MS));
    const char *arguments[] = {
        "--for", "1s", "--", cluster->node[0].http, cluster->node[1].http, cluster->node[2].http, NULL};
    ck_assert(documents_open(&kept.documents, "", arguments));
    core_load(getenv("NATSIGHT_SOAK") ? 60 : 12);
    quiet_from = doc_utc_ns();
    kept_until(&kept, is_still, NULL, NULL, "from after the load");
    for (int i = 0; i < NODES; i++) {
        own_varz[i] = kept_truth(cluster->node[i].http, "/varz");
        own_connz[i] = kept_truth(cluster->node[i].http, "/connz?auth=1&limit=1000");
    }
}

static void end(void) {
    documents_close(&kept.documents);
    servers_end(cluster);
}

/* ---- what the tests share ---- */

static json_t * final(void) {
    return kept_last(&kept);
}

static double shown(const char *list, const char *name, const char *rate, int64_t *from, int64_t *to) {
    return kept_rate(&kept, list, name, rate, load_from, load_to, from, to);
}

static void assert_near(double value, double truth, int64_t from, int64_t to, const char *what,
                        const char *of) {
    ck_assert_msg(fabs(value - truth) <= truth * tally_off(&generated, from, to),
                  "%s of %s: shown %.2f, true %.2f", what, of, value, truth);
}

/* ---- rates ---- */

static const double fan[COUNTERS] = {1, SUBSCRIBERS, SIZE, SUBSCRIBERS *SIZE};

START_TEST(cluster_rates_are_what_was_sent) {
    int64_t from, to;
    const char *rate = client_names[_i];
    for (int i = 0; i < kept.n; i++) {
        int64_t at = doc_instant(kept.list[i].document, "taken");
        json_t *one = json_array_get(json_object_get(kept.list[i].document, "clusters"), 0);
        if (at < load_from + 5 * NS || at > load_to)
            continue;
        ck_assert_msg(!isnan(doc_number(one, rate)), "no %s in the document of %s", rate,
                      doc_text(kept.list[i].document, "taken"));
        ck_assert_int_eq(doc_is_estimated(one, rate), !client_only);
    }
    double value = kept_cluster_rate(&kept, cluster->node[0].name, rate, load_from, load_to, &from, &to);
    assert_near(value, tally_rate(&generated, from, to) * fan[_i], from, to, rate, "the cluster");
}
END_TEST

START_TEST(server_rates_are_those_of_varz) {
    const char *name = cluster->node[_i / COUNTERS].name, *rate = rate_names[_i % COUNTERS];
    int64_t from, to;
    double value = shown("servers", name, rate, &from, &to);
    ck_assert_msg(!isnan(value), "no %s of %s", rate, name);
    assert_near(value, tally_rate(&varz[_i / COUNTERS][_i % COUNTERS], from, to), from, to, rate, name);
}
END_TEST

START_TEST(client_rates_of_each_server_are_those_of_its_clients) {
    const double in[NODES] = {1, 0, 0};
    for (int i = 0; i < NODES; i++) {
        const char *name = cluster->node[i].name;
        int64_t from, to;
        double messages = shown("servers", name, "in_client_msgs_per_s", &from, &to);
        ck_assert_msg(!isnan(messages), "no in_client_msgs_per_s of %s", name);
        ck_assert_msg(fabs(messages - in[i] * RATE) <= RATE * tally_off(&generated, from, to), "%s in: %.2f",
                      name, messages);
        messages = shown("servers", name, "out_client_msgs_per_s", &from, &to);
        ck_assert_msg(fabs(messages - RATE) <= RATE * tally_off(&generated, from, to), "%s out: %.2f", name,
                      messages);
        for (int k = 0; k < kept.n; k++) {
            json_t *one = doc_find(kept.list[k].document, "servers", "name", name);
            if (!isnan(doc_number(one, "in_client_msgs_per_s")))
                ck_assert_int_eq(doc_is_estimated(one, "in_client_msgs_per_s"), !client_only);
        }
    }
}
END_TEST

START_TEST(connection_rates_are_what_was_sent) {
    int64_t from, to;
    double in = shown("connections", "the publisher", "in_msgs_per_s", &from, &to);
    assert_near(in, tally_rate(&generated, from, to), from, to, "in_msgs_per_s", "the publisher");
    in = shown("connections", "the publisher", "in_bytes_per_s", &from, &to);
    assert_near(in, tally_rate(&generated, from, to) * SIZE, from, to, "in_bytes_per_s", "the publisher");
    for (int i = 0; i < SUBSCRIBERS; i++) {
        char name[32];
        snprintf(name, sizeof name, "reader %d", i);
        double out = shown("connections", name, "out_msgs_per_s", &from, &to);
        assert_near(out, tally_rate(&generated, from, to), from, to, "out_msgs_per_s", name);
    }
}
END_TEST

START_TEST(nothing_is_negative) {
    static const char *const lists[] = {"clusters", "servers", "connections", "streams", "consumers"};
    kept_never_negative(&kept, lists, sizeof lists / sizeof *lists);
}
END_TEST

/* ---- field by field ---- */

START_TEST(servers_are_as_varz_says) {
    static const struct {
        const char *shown, *own;
    } numbers[] = {{"connections", "connections"},
                   {"subscriptions", "subscriptions"},
                   {"max_connections", "max_connections"},
                   {"max_pending", "max_pending"},
                   {"max_payload", "max_payload"},
                   {"slow_consumers", "slow_consumers"},
                   {"leafnodes", "leafnodes"},
                   {"js_memory", "jetstream.stats.memory"},
                   {"js_storage", "jetstream.stats.storage"}};
    ck_assert_int_eq(doc_count(final(), "servers"), NODES);
    for (int i = 0; i < NODES; i++) {
        json_t *s = doc_find(final(), "servers", "name", cluster->node[i].name), *own = own_varz[i];
        ck_assert_ptr_nonnull(s);
        ck_assert_str_eq(doc_text(s, "id"), doc_text(own, "server_id"));
        ck_assert_str_eq(doc_text(s, "version"), doc_text(own, "version"));
        ck_assert_str_eq(doc_text(s, "url"), cluster->node[i].http);
        ck_assert_str_eq(doc_text(s, "state"), "up");
        ck_assert_str_eq(doc_text(s, "freshness"), "live");
        ck_assert_str_eq(doc_text(s, "health"), "ok");
        ck_assert_int_eq(doc_instant(s, "start") / 1000000, doc_instant(own, "start") / 1000000);
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
            ck_assert_msg(doc_number(s, numbers[k].shown) == json_path_number(own, numbers[k].own),
                          "%s: %s %g, %s %g", cluster->node[i].name, numbers[k].shown,
                          doc_number(s, numbers[k].shown), numbers[k].own,
                          json_path_number(own, numbers[k].own));
        ck_assert_double_gt(doc_number(s, "mem"), 0);
        ck_assert_int_ge(sampled(s), quiet_from);
        ck_assert_double_lt(doc_number(s, "age_ms"), 5000);
    }
}
END_TEST

static void assert_connection(json_t *c, json_t *own) {
    static const char *const numbers[] = {"in_msgs",   "out_msgs",      "in_bytes",
                                          "out_bytes", "subscriptions", "pending_bytes"};
    char address[64];
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
        ck_assert_msg(doc_number(c, numbers[k]) == json_path_number(own, numbers[k]),
                      "%s of %s: shown %g, own %g", numbers[k], doc_text(own, "name"),
                      doc_number(c, numbers[k]), json_path_number(own, numbers[k]));
    snprintf(address, sizeof address, "%s:%.0f", doc_text(own, "ip"), json_path_number(own, "port"));
    ck_assert_str_eq(doc_text(c, "address"), address);
    ck_assert_str_eq(doc_text(c, "lang"), doc_text(own, "lang"));
    ck_assert_str_eq(doc_text(c, "version"), doc_text(own, "version"));
    ck_assert_str_eq(doc_text(c, "account"), "$G");
    ck_assert_str_eq(doc_text(c, "kind"), "nats");
}

START_TEST(connections_are_as_connz_says) {
    size_t total = 0;
    for (int i = 0; i < NODES; i++) {
        size_t k;
        json_t *own;
        json_array_foreach(json_object_get(own_connz[i], "connections"), k, own) {
            json_t *c = doc_find(final(), "connections", "name", doc_text(own, "name"));
            ck_assert_msg(c != NULL, "no connection %s", doc_text(own, "name"));
            ck_assert_str_eq(doc_text(c, "server"), cluster->node[i].name);
            ck_assert_double_eq(doc_number(c, "cid"), json_path_number(own, "cid"));
            if (strcmp(doc_text(own, "name"), "the asker") != 0) /* it went on asking */
                assert_connection(c, own);
            total++;
        }
    }
    ck_assert_int_eq(total, SUBSCRIBERS + 2);
    ck_assert_int_eq(doc_count(final(), "connections"), (int)total);
}
END_TEST

START_TEST(document_has_its_frame) {
    static const char *const lists[] = {"clusters", "servers",   "connections",
                                        "streams",  "consumers", "events"};
    for (int i = 0; i < kept.n; i++) {
        ck_assert_double_eq(json_path_number(kept.list[i].document, "schema"), 1);
        int64_t taken = doc_instant(kept.list[i].document, "taken");
        ck_assert(taken != INT64_MIN && taken <= kept.list[i].at_ns + NS);
        for (size_t l = 0; l < sizeof lists / sizeof *lists; l++)
            ck_assert_msg(doc_count(kept.list[i].document, lists[l]) >= 0, "no list %s", lists[l]);
    }
    json_t *one = json_array_get(json_object_get(final(), "clusters"), 0);
    ck_assert_int_eq(doc_count(final(), "clusters"), 1);
    ck_assert_str_eq(doc_text(one, "name"), "test");
    ck_assert_double_eq(doc_number(one, "servers"), NODES);
    ck_assert_double_eq(doc_number(one, "expected"), NODES);
    ck_assert_str_eq(doc_text(one, "meta_quorum"), "yes");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("rates");
    TCase *tc = tcase_create("one cluster");
    tcase_set_timeout(tc, 30);
    tcase_add_unchecked_fixture(tc, live_through, end);
    tcase_add_loop_test(tc, cluster_rates_are_what_was_sent, 0, COUNTERS);
    tcase_add_loop_test(tc, server_rates_are_those_of_varz, 0, NODES * COUNTERS);
    tcase_add_test(tc, client_rates_of_each_server_are_those_of_its_clients);
    tcase_add_test(tc, connection_rates_are_what_was_sent);
    tcase_add_test(tc, nothing_is_negative);
    tcase_add_test(tc, servers_are_as_varz_says);
    tcase_add_test(tc, connections_are_as_connz_says);
    tcase_add_test(tc, document_has_its_frame);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
