/* JetStream's numbers are those of the very leaders: streams and consumers under a load that we make and
 * count ourselves, what the program said of them meanwhile held against our counts and CONSUMER.INFO. The
 * fixture lives through it once and keeps what was said. */
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

enum { NODES = 3, CONSUMERS = 6, SIZE = 128, STORED = 500, JS_RATE = 200, MS = 10000 };

static struct servers *cluster;
static struct natsc *publisher, *asker;
static struct kept kept;
static struct tally stored;          /* our own count of messages into the stream */
static struct tally lags[CONSUMERS]; /* what CONSUMER.INFO said to us */
static double still_lag[CONSUMERS];  /* before, and again after, the time without traffic in the stream */
static char still_leader[CONSUMERS][32];
static int64_t js_from, js_to, quiet_from;
static json_t *own_jsz[NODES];

static const char *consumer_name(int i) {
    static char name[16];
    snprintf(name, sizeof name, "c%d", i + 1);
    return name;
}

/* ---- the scenario ---- */

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

/* Is everything of JetStream in the document from after this instant? Each leader is asked at another
 * moment. */
static bool is_from(json_t *document, void *instant) {
    int64_t from = *(int64_t *)instant;
    if (sampled(stream_in(document)) < from)
        return false;
    for (int i = 0; i < CONSUMERS; i++)
        if (sampled(consumer_in(document, i)) < from)
            return false;
    return true;
}

static void until_jetstream_is_from(int64_t instant, void (*meanwhile)(int turn), const char *what) {
    kept_until(&kept, is_from, &instant, meanwhile, what);
}

/* c1 is pulled from, c2 and c3 are left alone, their leaders move. */
static void js_load(int turn) {
    tally_publish(&stored, js_from, publisher, "load.stream", SIZE, JS_RATE);
    if (turn % 20 == 0)
        look_at_consumer(turn / 20 % CONSUMERS);
    if (turn % 400 == 399)
        jetstream_pull(asker, "TRUTH", consumer_name(0), 50, 50);
}

/* Nothing came: its leader had just been chosen, nothing is taken, and it is asked again. */
static int pull_first(int i, int take, int ack) {
    int came = 0;
    for (int tries = 0; tries < 5 && !came; tries++)
        came = jetstream_pull(asker, "TRUTH", consumer_name(i), take, ack);
    return came;
}

/* The publisher's node may not know yet that anybody wants them: what it took then would be lost, so one is
 * stored until it is in, and then the rest. */
static void store_first(void) {
    ck_assert(jetstream_store(publisher, "load.stream", MS));
    ck_assert(natsc_publish_many(publisher, "load.stream", SIZE, STORED - 1));
    ck_assert(natsc_flush(publisher, MS));
    double held = 0;
    for (int64_t deadline = servers_now_ms() + MS; held < STORED && servers_now_ms() < deadline;) {
        json_t *info = jetstream_ask(asker, "STREAM.INFO.TRUTH", "");
        held = json_number_value(json_object_get(json_object_get(info, "state"), "messages"));
        json_decref(info);
    }
    ck_assert_double_eq(held, STORED);
}

static void make_consumers(void) {
    ck_assert(jetstream_add_stream(asker, "TRUTH", "load.stream", 3));
    for (int i = 0; i < CONSUMERS; i++)
        ck_assert(jetstream_add_consumer(asker, "TRUTH", consumer_name(i), NULL));
    store_first();
    /* every one at another place between "all of the stream" and "nothing" */
    for (int i = 0; i < CONSUMERS; i++)
        ck_assert_int_eq(pull_first(i, 60 + 30 * i, 40 + 20 * i), 60 + 30 * i);
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
    ck_assert(documents_open(&kept.documents, "", arguments));
    until_jetstream_is_from(0, NULL, "with all of JetStream");
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
    for (int i = 0; i < NODES; i++)
        own_jsz[i] = kept_truth(cluster->node[i].http, "/jsz?streams=1&consumers=1&config=1");
    note_stillness(true);
}

static void end(void) {
    documents_close(&kept.documents);
    servers_end(cluster);
}

static json_t * final(void) {
    return kept_last(&kept);
}

/* ---- consumers ---- */

START_TEST(lag_is_what_consumer_info_says) {
    int seen = 0;
    for (int k = 0; k < kept.n; k++) {
        json_t *c = consumer_in(kept.list[k].document, _i);
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
    ck_assert_int_ge(seen, 5);
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
        ck_assert_str_eq(doc_text(c, "leadership"), "ok");
    }
}
END_TEST

/* Each of the first three is led by another node before the leaders step down, and by yet another one
 * afterwards. */
START_TEST(leaders_are_the_consumers_own) {
    for (int i = 0; i < NODES; i++) {
        json_t *before = NULL, *after = consumer_in(final(), i);
        for (int k = 0; k < kept.n && !before; k++)
            before = consumer_in(kept.list[k].document, i);
        ck_assert_str_eq(doc_text(before, "leader"), cluster->node[i].name);
        ck_assert_str_ne(doc_text(after, "leader"), cluster->node[i].name);
        ck_assert_str_eq(doc_text(after, "leader"), still_leader[i]);
    }
}
END_TEST

/* ---- the stream ---- */

START_TEST(stream_is_what_its_leader_says) {
    json_t *s = stream_in(final());
    double count = STORED + stored.points[stored.n - 1].count;
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
    for (int k = 0; k < kept.n; k++) {
        json_t *s = stream_in(kept.list[k].document);
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

START_TEST(nothing_is_negative_and_the_first_sample_has_no_rate) {
    static const char *const lists[] = {"clusters", "streams", "consumers"};
    kept_never_negative(&kept, lists, sizeof lists / sizeof *lists);
    json_t *new_stream = stream_in(kept.list[0].document);
    if (new_stream)
        ck_assert_ptr_null(json_object_get(new_stream, "in_msgs_per_s"));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("jetstream");
    TCase *tc = tcase_create("one cluster");
    tcase_set_timeout(tc, 30);
    tcase_add_unchecked_fixture(tc, live_through, end);
    tcase_add_loop_test(tc, lag_is_what_consumer_info_says, 0, CONSUMERS);
    tcase_add_test(tc, lag_is_exact_when_nothing_moves);
    tcase_add_test(tc, leaders_are_the_consumers_own);
    tcase_add_test(tc, stream_is_what_its_leader_says);
    tcase_add_test(tc, stream_rate_is_what_was_stored);
    tcase_add_test(tc, nothing_is_negative_and_the_first_sample_has_no_rate);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
