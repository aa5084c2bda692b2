/* The numbers are true: one cluster under a load that we make and count ourselves, and everything the program
 * said of it meanwhile, held against our counts and against the servers' own answers. The fixture lives
 * through it once and keeps what was said; the tests look at that. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/harness/document.h"
#include "tests/harness/http_get.h"
#include "tests/harness/jetstream.h"
#include "tests/harness/natsc.h"
#include "tests/harness/servers.h"
#include "tests/harness/tally.h"

#define NS INT64_C(1000000000)

enum {
    NODES = 3,
    SUBSCRIBERS = 3,
    CONSUMERS = 6,
    SIZE = 128,
    RATE = 1000,
    JS_RATE = 200,
    DOCUMENTS_MAX = 200,
    MS = 10000
};

enum { IN_MSGS, OUT_MSGS, IN_BYTES, OUT_BYTES, COUNTERS };
static const char *const varz_names[COUNTERS] = {"in_msgs", "out_msgs", "in_bytes", "out_bytes"};
static const char *const rate_names[COUNTERS] = {"in_msgs_per_s", "out_msgs_per_s", "in_bytes_per_s",
                                                 "out_bytes_per_s"};
static const char *const client_names[COUNTERS] = {"in_client_msgs_per_s", "out_client_msgs_per_s",
                                                   "in_client_bytes_per_s", "out_client_bytes_per_s"};

static struct servers *cluster;
static struct documents documents;
static struct natsc *publisher, *asker, *subscribers[SUBSCRIBERS];

static struct kept { /* a document, and when it came */
    json_t *document;
    int64_t at_ns;
} kept[DOCUMENTS_MAX];
static int n_kept;

static struct tally generated, stored;     /* our own counts: core messages, messages into the stream */
static struct tally varz[NODES][COUNTERS]; /* what the servers said to us, by their own clocks */
static struct tally lags[CONSUMERS];       /* what CONSUMER.INFO said to us */
static double still_lag[CONSUMERS]; /* before, and again after, the time without traffic in the stream */
static char still_leader[CONSUMERS][32];
static int64_t load_from, load_to, js_from, js_to, quiet_from;
static json_t *own_varz[NODES], *own_connz[NODES], *own_jsz[NODES];
static bool client_only; /* these servers count clients apart */

static const char *consumer_name(int i) {
    static char name[16];
    snprintf(name, sizeof name, "c%d", i + 1);
    return name;
}

/* ---- the scenario ---- */

static void keep_documents(int ms) {
    json_t *document = documents_next(&documents, ms);
    while (document && n_kept < DOCUMENTS_MAX) {
        kept[n_kept++] = (struct kept){json_incref(document), doc_utc_ns()};
        document = documents_next(&documents, 0);
    }
}

static json_t *get(int node, const char *path) {
    char url[300];
    snprintf(url, sizeof url, "%s%s", cluster->node[node].http, path);
    json_t *answer = http_get_json(url, MS);
    ck_assert_msg(answer != NULL, "%s", url);
    return answer;
}

static void look_at_varz(int node) {
    json_t *answer = get(node, "/varz");
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

/* One more turn of a load of `rate` messages a second to `subject`, by the clock; late ones too. */
static void generate(struct tally *count, int64_t from, const char *subject, double rate) {
    int64_t now = doc_utc_ns();
    double due = floor((double)(now - from) / 1e9 * rate),
           done = count->n ? count->points[count->n - 1].count : 0;
    if (due > done) {
        ck_assert(natsc_publish_many(publisher, subject, SIZE, (int)(due - done)));
        tally_add(count, doc_utc_ns(), due);
    }
}

static void core_load(double seconds) {
    int turn = 0;
    load_from = doc_utc_ns();
    tally_add(&generated, load_from, 0);
    load_to = load_from + (int64_t)(seconds * 1e9);
    while (doc_utc_ns() < load_to) {
        generate(&generated, load_from, "load.core", RATE);
        for (int i = 0; i < SUBSCRIBERS; i++)
            drain(subscribers[i]);
        if (turn++ % 60 == 0)
            look_at_varz(turn / 60 % NODES);
        keep_documents(2);
    }
    load_to = generated.points[generated.n - 1].at_ns;
    ck_assert(natsc_flush(publisher, MS));
    for (int i = 0; i < NODES; i++)
        look_at_varz(i);
}

static void look_at_consumer(int i) {
    json_t *info = jetstream_consumer_info(asker, "TRUTH", consumer_name(i));
    double lag = jetstream_lag(info);
    if (!isnan(lag) && *jetstream_leader(info))
        tally_add(&lags[i], doc_utc_ns(), lag);
    json_decref(info);
}

static int64_t sampled(json_t *object) {
    return doc_instant(object, "sampled_at");
}

static json_t *consumer_in(json_t *document, int i) {
    return doc_find(document, "consumers", "name", consumer_name(i));
}

static json_t *stream_in(json_t *document) {
    return doc_find(document, "streams", "name", "TRUTH");
}

/* Is everything of JetStream in the newest document from after this instant? Each leader is asked at another
 * moment. */
static bool is_from(int64_t instant) {
    json_t *document = n_kept ? kept[n_kept - 1].document : NULL;
    if (!document || sampled(stream_in(document)) < instant)
        return false;
    for (int i = 0; i < CONSUMERS; i++)
        if (sampled(consumer_in(document, i)) < instant)
            return false;
    return true;
}

static void until_jetstream_is_from(int64_t instant, void (*meanwhile)(int turn), const char *what) {
    int64_t deadline = servers_now_ms() + 30000;
    for (int turn = 0; !is_from(instant); turn++) {
        if (meanwhile)
            meanwhile(turn);
        keep_documents(meanwhile ? 2 : 200);
        if (servers_now_ms() > deadline)
            doc_dump(documents.last);
        ck_assert_msg(servers_now_ms() <= deadline, "no answer of /jsz %s; %s", what,
                      documents.command.errors);
    }
}

/* c1 is pulled from, c2 and c3 are left alone, their leaders move. */
static void js_load(int turn) {
    generate(&stored, js_from, "load.stream", JS_RATE);
    if (turn % 20 == 0)
        look_at_consumer(turn / 20 % CONSUMERS);
    if (turn % 400 == 399)
        jetstream_pull(asker, "TRUTH", consumer_name(0), 50, 50);
}

static void make_consumers(void) {
    ck_assert(jetstream_add_stream(asker, "TRUTH", "load.stream", 3));
    for (int i = 0; i < CONSUMERS; i++)
        ck_assert(jetstream_add_consumer(asker, "TRUTH", consumer_name(i)));
    ck_assert(natsc_publish_many(publisher, "load.stream", SIZE, 500));
    ck_assert(natsc_flush(publisher, MS));
    /* every one at another place between "all of the stream" and "nothing" */
    for (int i = 0; i < CONSUMERS; i++)
        ck_assert_int_eq(jetstream_pull(asker, "TRUTH", consumer_name(i), 60 + 30 * i, 40 + 20 * i),
                         60 + 30 * i);
}

/* Until each node leads one: a follower's numbers are wrong in another way on each version. */
static void spread_leaders(void) {
    int64_t deadline = servers_now_ms() + 20000;
    for (int i = 0; i < NODES; i++) {
        const char *leader = "";
        while (strcmp(leader, cluster->node[i].name) != 0) {
            ck_assert_msg(servers_now_ms() < deadline, "%s does not come to lead %s", cluster->node[i].name,
                          consumer_name(i));
            if (*leader)
                jetstream_step_down(asker, "TRUTH", consumer_name(i));
            json_t *info = jetstream_consumer_info(asker, "TRUTH", consumer_name(i));
            leader = "";
            for (int k = 0; k < NODES; k++)
                if (strcmp(jetstream_leader(info), cluster->node[k].name) == 0)
                    leader = cluster->node[k].name;
            json_decref(info);
        }
    }
}

static void note_stillness(bool again) {
    for (int i = 0; i < CONSUMERS; i++) {
        char call[64];
        snprintf(call, sizeof call, "CONSUMER.INFO.TRUTH.%s", consumer_name(i));
        json_t *info = jetstream_ask(asker, call, "");
        for (int tries = 0; tries < 500 && !*jetstream_leader(info); tries++) {
            json_decref(info);
            info = jetstream_ask(asker, call, "");
        }
        if (again) {
            ck_assert_double_eq(jetstream_lag(info), still_lag[i]);
            ck_assert_str_eq(jetstream_leader(info), still_leader[i]);
        }
        still_lag[i] = jetstream_lag(info);
        snprintf(still_leader[i], sizeof still_leader[i], "%s", jetstream_leader(info));
        tally_add(&lags[i], doc_utc_ns(), still_lag[i]);
        json_decref(info);
    }
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
    make_consumers();
    spread_leaders();
    note_stillness(false);
    const char *arguments[] = {
        "--for", "1s", "--", cluster->node[0].http, cluster->node[1].http, cluster->node[2].http, NULL};
    ck_assert(documents_open(&documents, "", arguments));
    core_load(getenv("NATSIGHT_SOAK") ? 60 : 12);
    until_jetstream_is_from(load_from, NULL, "during the core load");
    note_stillness(true);
    js_from = doc_utc_ns();
    tally_add(&stored, js_from, 0);
    until_jetstream_is_from(js_from + NS / 2, js_load, "under load");
    js_to = stored.points[stored.n - 1].at_ns;
    ck_assert(natsc_flush(publisher, MS));
    for (int i = 0; i < NODES; i++)
        jetstream_step_down(asker, "TRUTH", consumer_name(i));
    note_stillness(false);
    quiet_from = doc_utc_ns();
    until_jetstream_is_from(quiet_from, NULL, "after the load");
    for (int i = 0; i < NODES; i++) {
        own_varz[i] = get(i, "/varz");
        own_connz[i] = get(i, "/connz?auth=1&limit=1000");
        own_jsz[i] = get(i, "/jsz?streams=1&consumers=1&config=1");
    }
    note_stillness(true);
}

static void end(void) {
    documents_close(&documents);
    servers_end(cluster);
}

/* ---- what the tests share ---- */

static json_t * final(void) {
    return kept[n_kept - 1].document;
}

/* A rate as the program showed it while its windows lay in the load, averaged over its answers; NAN none. */
static double shown(const char *list, const char *key, const char *name, const char *rate, int64_t *from,
                    int64_t *to) {
    double sum = 0;
    int n = 0;
    int64_t last = 0;
    *from = *to = 0;
    for (int i = 0; i < n_kept; i++) {
        json_t *object = doc_find(kept[i].document, list, key, name);
        int64_t at = sampled(object);
        double value = doc_number(object, rate);
        if (at <= load_from || at > load_to || at == last || isnan(value))
            continue;
        if (last > load_from + NS) { /* so that the window of this one began in the load */
            *from = *from ? *from : last;
            *to = at;
            sum += value * (double)(at - last);
            n++;
        }
        last = at;
    }
    return n >= 3 ? sum / (double)(*to - *from) : NAN;
}

static void assert_near(double value, double truth, const char *what, const char *of) {
    ck_assert_msg(fabs(value - truth) <= truth * 0.01, "%s of %s: shown %.2f, true %.2f", what, of, value,
                  truth);
}

/* ---- rates ---- */

static const double fan[COUNTERS] = {1, SUBSCRIBERS, SIZE, SUBSCRIBERS *SIZE};

START_TEST(cluster_rates_are_what_was_sent) {
    double sum = 0;
    int n = 0;
    int64_t first = 0, last = 0;
    for (int i = 0; i < n_kept; i++) {
        int64_t at = doc_instant(kept[i].document, "taken");
        if (at < load_from + 5 * NS || at > load_to)
            continue;
        json_t *one = json_array_get(json_object_get(kept[i].document, "clusters"), 0);
        double value = doc_number(one, client_names[_i]);
        ck_assert_msg(!isnan(value), "no %s in the document of %s", client_names[_i],
                      doc_text(kept[i].document, "taken"));
        ck_assert_int_eq(doc_is_estimated(one, client_names[_i]), !client_only);
        first = first ? first : at;
        last = at;
        sum += value;
        n++;
    }
    ck_assert_int_ge(n, 5);
    assert_near(sum / n, tally_rate(&generated, first - NS, last) * fan[_i], client_names[_i], "the cluster");
}
END_TEST

START_TEST(server_rates_are_those_of_varz) {
    const char *name = cluster->node[_i / COUNTERS].name, *rate = rate_names[_i % COUNTERS];
    int64_t from, to;
    double value = shown("servers", "name", name, rate, &from, &to);
    ck_assert_msg(!isnan(value), "no %s of %s", rate, name);
    assert_near(value, tally_rate(&varz[_i / COUNTERS][_i % COUNTERS], from, to), rate, name);
}
END_TEST

START_TEST(client_rates_of_each_server_are_those_of_its_clients) {
    const double in[NODES] = {1, 0, 0};
    for (int i = 0; i < NODES; i++) {
        const char *name = cluster->node[i].name;
        int64_t from, to;
        double messages = shown("servers", "name", name, "in_client_msgs_per_s", &from, &to);
        ck_assert_msg(!isnan(messages), "no in_client_msgs_per_s of %s", name);
        ck_assert_msg(fabs(messages - in[i] * RATE) <= RATE * 0.01, "%s in: %.2f", name, messages);
        messages = shown("servers", "name", name, "out_client_msgs_per_s", &from, &to);
        ck_assert_msg(fabs(messages - RATE) <= RATE * 0.01, "%s out: %.2f", name, messages);
        for (int k = 0; k < n_kept; k++) {
            json_t *one = doc_find(kept[k].document, "servers", "name", name);
            if (!isnan(doc_number(one, "in_client_msgs_per_s")))
                ck_assert_int_eq(doc_is_estimated(one, "in_client_msgs_per_s"), !client_only);
        }
    }
}
END_TEST

START_TEST(connection_rates_are_what_was_sent) {
    int64_t from, to;
    double in = shown("connections", "name", "the publisher", "in_msgs_per_s", &from, &to);
    assert_near(in, tally_rate(&generated, from, to), "in_msgs_per_s", "the publisher");
    in = shown("connections", "name", "the publisher", "in_bytes_per_s", &from, &to);
    assert_near(in, tally_rate(&generated, from, to) * SIZE, "in_bytes_per_s", "the publisher");
    for (int i = 0; i < SUBSCRIBERS; i++) {
        char name[32];
        snprintf(name, sizeof name, "reader %d", i);
        double out = shown("connections", "name", name, "out_msgs_per_s", &from, &to);
        assert_near(out, tally_rate(&generated, from, to), "out_msgs_per_s", name);
    }
}
END_TEST

START_TEST(nothing_is_negative_and_the_first_sample_has_no_rate) {
    static const char *const lists[] = {"clusters", "servers", "connections", "streams", "consumers"};
    for (int i = 0; i < n_kept; i++)
        for (size_t l = 0; l < sizeof lists / sizeof *lists; l++) {
            size_t at;
            json_t *object, *value;
            const char *key;
            json_array_foreach(json_object_get(kept[i].document, lists[l]), at, object) {
                json_object_foreach(object, key, value) {
                    bool slope = strstr(key, "slope") != NULL;
                    ck_assert_msg(!json_is_number(value) || json_number_value(value) >= 0 || slope,
                                  "%s %s %g", lists[l], key, json_number_value(value));
                }
            }
        }
    json_t *new_stream = stream_in(kept[0].document);
    if (new_stream)
        ck_assert_ptr_null(json_object_get(new_stream, "in_msgs_per_s"));
}
END_TEST

/* ---- JetStream ---- */

START_TEST(lag_is_what_consumer_info_says) {
    int seen = 0;
    for (int k = 0; k < n_kept; k++) {
        json_t *c = consumer_in(kept[k].document, _i);
        double least, most, lag = doc_number(c, "lag");
        int64_t at = sampled(c);
        if (!c || isnan(lag))
            continue;
        tally_range(&lags[_i], at - 400 * NS / 1000, at, &least, &most);
        /* c1 is pulled from between two looks: what was pulled is within the range of its neighbours, but for
         * one pull */
        double slack = _i == 0 && at > js_from && at < quiet_from ? 50 : 0;
        ck_assert_msg(lag >= least - slack && lag <= most + slack,
                      "%s at %s: shown %g, CONSUMER.INFO said %g to %g", consumer_name(_i),
                      doc_text(c, "sampled_at"), lag, least, most);
        ck_assert_double_eq(doc_number(c, "pending") + doc_number(c, "ack_pending"), lag);
        seen++;
    }
    ck_assert_int_ge(seen, 10);
}
END_TEST

START_TEST(lag_is_exact_when_nothing_moves) {
    for (int i = 0; i < CONSUMERS; i++) {
        json_t *c = consumer_in(final(), i);
        ck_assert_msg(sampled(c) >= quiet_from, "%s is of %s", consumer_name(i), doc_text(c, "sampled_at"));
        ck_assert_msg(doc_number(c, "lag") == still_lag[i], "%s: shown %g, CONSUMER.INFO says %g",
                      consumer_name(i), doc_number(c, "lag"), still_lag[i]);
        ck_assert_str_eq(doc_text(c, "leader"), still_leader[i]);
        ck_assert_str_eq(doc_text(c, "stream"), "TRUTH");
        ck_assert_str_eq(doc_text(c, "account"), "$G");
        ck_assert_str_eq(doc_text(c, "state"), "ok");
    }
}
END_TEST

/* Each of the first three is led by another node before the leaders step down, and by yet another one
 * afterwards. */
START_TEST(leaders_are_the_consumers_own) {
    for (int i = 0; i < NODES; i++) {
        json_t *before = NULL, *after = consumer_in(final(), i);
        for (int k = 0; k < n_kept && !before; k++)
            before = consumer_in(kept[k].document, i);
        ck_assert_str_eq(doc_text(before, "leader"), cluster->node[i].name);
        ck_assert_str_ne(doc_text(after, "leader"), cluster->node[i].name);
        ck_assert_str_eq(doc_text(after, "leader"), still_leader[i]);
    }
}
END_TEST

START_TEST(stream_is_what_its_leader_says) {
    json_t *s = stream_in(final());
    double count = 500 + stored.points[stored.n - 1].count;
    ck_assert_int_ge(sampled(s), quiet_from);
    ck_assert_double_eq(doc_number(s, "messages"), count);
    ck_assert_double_eq(doc_number(s, "last_seq"), count);
    ck_assert_double_eq(doc_number(s, "first_seq"), 1);
    ck_assert_double_eq(doc_number(s, "consumers"), CONSUMERS);
    json_t *answer = NULL, *detail = NULL;
    for (int i = 0; i < NODES && !detail; i++) {
        json_t *one = json_path(own_jsz[i], "account_details.0.stream_detail.0");
        const char *leader = json_string_value(json_path(one, "cluster.leader"));
        if (leader && strcmp(leader, cluster->node[i].name) == 0)
            answer = own_jsz[i], detail = one;
    }
    ck_assert_ptr_nonnull(answer);
    ck_assert_str_eq(doc_text(s, "leader"), json_string_value(json_path(detail, "cluster.leader")));
    ck_assert_double_eq(doc_number(s, "bytes"), json_path_number(detail, "state.bytes"));
    ck_assert_str_eq(doc_text(s, "storage"), "file");
    json_t *one = json_array_get(json_object_get(final(), "clusters"), 0);
    ck_assert_double_eq(doc_number(one, "streams"), 1);
    ck_assert_double_eq(doc_number(one, "consumers"), CONSUMERS);
    ck_assert_str_eq(doc_text(one, "meta_leader"),
                     json_string_value(json_path(own_jsz[0], "meta_cluster.leader")));
}
END_TEST

START_TEST(stream_rate_is_what_was_stored) {
    int64_t last = 0;
    int checked = 0;
    for (int k = 0; k < n_kept; k++) {
        json_t *s = stream_in(kept[k].document);
        int64_t at = sampled(s);
        if (at == last || at == INT64_MIN)
            continue;
        double rate = doc_number(s, "in_msgs_per_s");
        if (last && !isnan(rate)) {
            double from = last <= js_from ? 0 : tally_at(&stored, last > js_to ? js_to : last);
            double to = at <= js_from ? 0 : tally_at(&stored, at > js_to ? js_to : at);
            double truth = (to - from) / ((double)(at - last) / 1e9);
            /* what was written and not yet stored, or not yet answered */
            double slack = truth * 0.01 + JS_RATE * 0.05 / ((double)(at - last) / 1e9);
            ck_assert_msg(fabs(rate - truth) <= slack, "at %s: shown %.2f, stored %.2f",
                          doc_text(s, "sampled_at"), rate, truth);
            checked++;
        }
        last = at;
    }
    ck_assert_int_ge(checked, 2);
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
    for (int i = 0; i < n_kept; i++) {
        ck_assert_double_eq(json_path_number(kept[i].document, "schema"), 1);
        int64_t taken = doc_instant(kept[i].document, "taken");
        ck_assert(taken != INT64_MIN && taken <= kept[i].at_ns + NS);
        for (size_t l = 0; l < sizeof lists / sizeof *lists; l++)
            ck_assert_msg(doc_count(kept[i].document, lists[l]) >= 0, "no list %s", lists[l]);
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
    Suite *suite = suite_create("truth");
    TCase *tc = tcase_create("one cluster");
    tcase_set_timeout(tc, 30);
    tcase_add_unchecked_fixture(tc, live_through, end);
    tcase_add_loop_test(tc, cluster_rates_are_what_was_sent, 0, COUNTERS);
    tcase_add_loop_test(tc, server_rates_are_those_of_varz, 0, NODES * COUNTERS);
    tcase_add_test(tc, client_rates_of_each_server_are_those_of_its_clients);
    tcase_add_test(tc, connection_rates_are_what_was_sent);
    tcase_add_test(tc, nothing_is_negative_and_the_first_sample_has_no_rate);
    tcase_add_loop_test(tc, lag_is_what_consumer_info_says, 0, CONSUMERS);
    tcase_add_test(tc, lag_is_exact_when_nothing_moves);
    tcase_add_test(tc, leaders_are_the_consumers_own);
    tcase_add_test(tc, stream_is_what_its_leader_says);
    tcase_add_test(tc, stream_rate_is_what_was_stored);
    tcase_add_test(tc, servers_are_as_varz_says);
    tcase_add_test(tc, connections_are_as_connz_says);
    tcase_add_test(tc, document_has_its_frame);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
