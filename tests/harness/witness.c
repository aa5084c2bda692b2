#include "tests/harness/witness.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/http_get.h"
#include "tests/harness/jetstream.h"

enum { MS = 20000, WHOLE_MS = 90000, TURN_MS = 2 };

/* Room for one more. */
static void *grow(void *list, size_t n, size_t size) {
    if (n & (n - 1) || (n != 0 && n < 64))
        return list;
    list = realloc(list, (n ? n * 2 : 64) * size);
    if (!list)
        abort();
    return list;
}

/* ---- documents ---- */

static int consumer_of(json_t *row) {
    for (int i = 0; i < assets_consumers(); i++)
        if (strcmp(doc_text(row, "name"), asset_consumers[i].name) == 0 &&
            strcmp(doc_text(row, "stream"), asset_consumers[i].stream) == 0)
            return i;
    return -1;
}

static int stream_of(json_t *row) {
    for (int i = 0; i < assets_streams(); i++)
        if (strcmp(doc_text(row, "name"), asset_streams[i].name) == 0)
            return i;
    return -1;
}

static void take_consumer(struct witness *w, json_t *row, int consumer) {
    struct shown_consumer s = {.sampled_ns = doc_instant(row, "sampled_at"), .consumer = consumer};
    const char *leadership = doc_text(row, "leadership");
    snprintf(s.leader, sizeof s.leader, "%s", doc_text(row, "leader"));
    snprintf(s.freshness, sizeof s.freshness, "%s", doc_text(row, "freshness"));
    for (int q = 0; q < TRUTH_QUANTITIES; q++)
        s.is.of[q] = doc_number(row, truth_names[q].shown);
    s.is.deliveries = NAN;
    s.contested = strstr(doc_text(row, "leader_why"), "contested") != NULL;
    s.delivered_per_s = doc_number(row, "delivered_per_s");
    s.acked_per_s = doc_number(row, "acked_per_s");
    s.estimated = doc_is_estimated(row, "acked_per_s");
    w->fresh[consumer] = strcmp(s.freshness, "live") == 0 && strcmp(leadership, "ok") == 0;
    long last = w->last_of[consumer];
    if (s.sampled_ns == INT64_MIN || isnan(s.is.of[TRUTH_PENDING]) || strcmp(s.freshness, "gone") == 0)
        return;
    if (last >= 0 && w->consumers[last].sampled_ns == s.sampled_ns) {
        w->old_rows++;
        w->changed_old += memcmp(w->consumers[last].is.of, s.is.of, sizeof s.is.of) != 0;
        w->consumers[last].contested |= s.contested;
        return;
    }
    s.before_ns = last >= 0 ? w->consumers[last].sampled_ns : 0;
    w->consumers = grow(w->consumers, w->n_consumers, sizeof *w->consumers);
    w->last_of[consumer] = (long)w->n_consumers;
    w->consumers[w->n_consumers++] = s;
}

static void take_stream(struct witness *w, json_t *row) {
    int stream = stream_of(row);
    struct shown_stream s = {.sampled_ns = doc_instant(row, "sampled_at"), .stream = stream};
    s.in_msgs_per_s = doc_number(row, "in_msgs_per_s");
    if (stream < 0 || s.sampled_ns == INT64_MIN)
        return;
    long last = w->last_of_stream[stream];
    if (last >= 0 && w->streams[last].sampled_ns == s.sampled_ns)
        return;
    s.before_ns = last >= 0 ? w->streams[last].sampled_ns : 0;
    w->streams = grow(w->streams, w->n_streams, sizeof *w->streams);
    w->last_of_stream[stream] = (long)w->n_streams;
    w->streams[w->n_streams++] = s;
}

static void take_crowd(struct witness *w, json_t *row) {
    double pending = doc_number(row, "pending");
    if (strcmp(doc_text(row, "freshness"), "gone") == 0)
        return;
    w->crowd.listed++;
    w->crowd.right += pending == w->crowd.pending;
    if (isnan(pending) || pending == w->crowd.pending)
        return;
    fprintf(stderr, "crowd: %s has %g pending, sampled %s, %s\n", doc_text(row, "name"), pending,
            doc_text(row, "sampled_at"), doc_text(row, "freshness"));
    w->crowd.wrong++;
}

static void count_negatives(struct witness *w, json_t *row, const char *list) {
    const char *key;
    json_t *value;
    json_object_foreach(row, key, value) {
        if (json_is_number(value) && json_number_value(value) < 0 && !strstr(key, "slope")) {
            fprintf(stderr, "negative: %s %s: %s %g\n", list, doc_text(row, "name"), key,
                    json_number_value(value));
            w->negatives++;
        }
    }
}

static void take_document(struct witness *w, json_t *document) {
    const char *list;
    json_t *rows, *row;
    size_t i;
    w->documents_seen++;
    w->up = w->crowd.listed = w->crowd.right = 0;
    memset(w->fresh, 0, sizeof w->fresh);
    json_object_foreach(document, list, rows) {
        json_array_foreach(rows, i, row) {
            int consumer = strcmp(list, "consumers") == 0 ? consumer_of(row) : -1;
            count_negatives(w, row, list);
            if (consumer >= 0)
                take_consumer(w, row, consumer);
            else if (strcmp(doc_text(row, "stream"), CROWD) == 0)
                take_crowd(w, row);
            else if (strcmp(list, "streams") == 0)
                take_stream(w, row);
            else if (strcmp(list, "servers") == 0)
                w->up += strcmp(doc_text(row, "state"), "up") == 0;
        }
    }
}

/* ---- turning ---- */

void witness_move(struct witness *w, int node) {
    w->node = node;
    ck_assert(assets_connect(&w->assets, &w->servers->node[node]));
    truth_listen(&w->truth, w->assets.line);
    w->api_sid = natsc_subscribe(w->assets.line, "api.*", NULL);
    w->crowd_sid = natsc_subscribe(w->assets.line, "made.*", NULL);
}

static void take_message(struct witness *w, const struct natsc_message *m) {
    unsigned serial;
    if (assets_take(&w->assets, m) || truth_take(&w->truth, m))
        return;
    w->crowd.made += m->sid == w->crowd_sid;
    if (m->sid == w->api_sid && sscanf(m->subject, "api.%u", &serial) == 1 && serial == w->api_wanted) {
        json_decref(w->api_answer);
        w->api_answer = json_loadb(m->data, m->size, JSON_ALLOW_NUL, NULL);
    }
}

void witness_turn(struct witness *w) {
    struct natsc_message message;
    json_t *document;
    assets_turn(&w->assets);
    truth_ask(&w->truth, &w->assets);
    for (int ms = TURN_MS; natsc_next(w->assets.line, &message, ms); ms = 0)
        take_message(w, &message);
    ck_assert_msg(!natsc_closed(w->assets.line), "%s closed the line: %s", w->servers->node[w->node].name,
                  natsc_error(w->assets.line));
    while ((document = documents_next(&w->documents, 0)))
        take_document(w, document);
}

void witness_until(struct witness *w, bool (*met)(struct witness *w, void *context), void *context,
                   const char *what, int ms) {
    int64_t deadline = servers_now_ms() + ms;
    while (!met(w, context)) {
        witness_turn(w);
        if (servers_now_ms() > deadline)
            doc_dump(w->documents.last);
        ck_assert_msg(servers_now_ms() <= deadline, "not within %d ms: %s; %s", ms, what,
                      w->documents.command.errors);
    }
}

static bool is_answered(struct witness *w, void *context) {
    return w->api_answer || servers_now_ms() > *(int64_t *)context;
}

json_t *witness_ask(struct witness *w, const char *call, const char *body) {
    char subject[200], inbox[32], *said;
    for (int64_t deadline = servers_now_ms() + MS; servers_now_ms() < deadline;) {
        int64_t patience = servers_now_ms() + 2000;
        w->api_wanted = ++w->api_serial;
        snprintf(subject, sizeof subject, "$JS.API.%s", call);
        snprintf(inbox, sizeof inbox, "api.%u", w->api_wanted);
        natsc_publish(w->assets.line, subject, inbox, body, strlen(body));
        witness_until(w, is_answered, &patience, call, MS);
        json_t *answer = w->api_answer;
        w->api_answer = NULL;
        if (answer && !json_object_get(answer, "error"))
            return answer;
        said = answer ? json_dumps(answer, 0) : NULL;
        json_decref(answer);
        if (servers_now_ms() > deadline)
            fprintf(stderr, "%s: %s\n", call, said ? said : "no answer");
        free(said);
        for (int64_t rest = servers_now_ms() + 100; servers_now_ms() < rest;)
            witness_turn(w);
    }
    ck_abort_msg("$JS.API.%s was refused, or not answered, for %d ms", call, MS);
    return NULL;
}

static bool is_whole(struct witness *w, void *context) {
    int64_t from = *(int64_t *)context;
    for (int i = 0; i < assets_consumers(); i++) {
        long last = w->last_of[i];
        if (w->assets.life[i].here && (!truth_since(&w->truth, i, from) || !w->fresh[i] || last < 0 ||
                                       w->consumers[last].sampled_ns < from))
            return false;
    }
    return true;
}

/* Those that forget were to be made anew by their clients, too. */
static void renew(struct witness *w) {
    for (int i = 0; i < assets_consumers(); i++) {
        int64_t missing = w->truth.consumer[i].missing_ns;
        if (!asset_consumers[i].forgets || !missing)
            continue;
        struct asset_call call = asset_consumer_call(i);
        truth_anew(&w->truth, i);
        w->truth.consumer[i].missing_ns = 0;
        json_decref(witness_ask(w, call.call, call.body));
    }
}

static void tell_missing(struct witness *w, int64_t from) {
    for (int i = 0; i < assets_consumers(); i++) {
        long last = w->last_of[i];
        if (w->assets.life[i].here)
            fprintf(stderr, "%s: answers %d, live and led %d, sampled %+.1f s\n", asset_consumers[i].name,
                    truth_since(&w->truth, i, from), w->fresh[i],
                    last < 0 ? NAN : (double)(w->consumers[last].sampled_ns - from) / 1e9);
    }
}

void witness_until_whole(struct witness *w, const char *what) {
    int64_t from = doc_utc_ns(), deadline = servers_now_ms() + WHOLE_MS;
    while (!is_whole(w, &from)) {
        witness_turn(w);
        renew(w);
        if (servers_now_ms() <= deadline)
            continue;
        tell_missing(w, from);
        ck_abort_msg("not all is well again within %d ms after: %s", WHOLE_MS, what);
    }
}

/* ---- followers ---- */

static void hear(struct witness *w, const struct server *server, json_t *detail, int64_t asked_ns) {
    const char *leader = json_string_value(json_path(detail, "cluster.leader"));
    struct follower_word f = {.asked_ns = asked_ns, .answered_ns = doc_utc_ns()};
    json_t *key = json_pack("{s:O,s:O}", "name", json_object_get(detail, "name"), "stream",
                            json_object_get(detail, "stream_name"));
    f.consumer = consumer_of(key);
    json_decref(key);
    if (f.consumer < 0 || !leader || strcmp(leader, server->name) == 0)
        return;
    snprintf(f.server, sizeof f.server, "%.15s", server->name);
    for (int q = 0; q < TRUTH_QUANTITIES; q++)
        f.is.of[q] = json_path_number(detail, truth_names[q].told);
    w->followers = grow(w->followers, w->n_followers, sizeof *w->followers);
    w->followers[w->n_followers++] = f;
}

void witness_hear_followers(struct witness *w) {
    for (int i = 0; i < w->servers->n; i++) {
        char url[200];
        size_t s, c;
        json_t *stream, *consumer;
        int64_t asked = doc_utc_ns();
        snprintf(url, sizeof url, "%s/jsz?accounts=1&streams=1&consumers=1", w->servers->node[i].http);
        json_t *jsz =
            w->servers->node[i].pid && !w->servers->node[i].paused ? http_get_json(url, 2000) : NULL;
        json_array_foreach(json_path(jsz, "account_details.0.stream_detail"), s, stream) {
            json_array_foreach(json_object_get(stream, "consumer_detail"), c, consumer) {
                hear(w, &w->servers->node[i], consumer, asked);
            }
        }
        json_decref(jsz);
        witness_turn(w);
    }
}

/* ---- beginning and end ---- */

void witness_open(struct witness *w, const struct servers_options *options, const char *jsz_every) {
    char every[32];
    memset(w, 0, sizeof *w);
    for (int i = 0; i < ASSETS_MAX; i++)
        w->last_of[i] = w->last_of_stream[i] = -1;
    w->servers = servers_start(options);
    ck_assert_ptr_nonnull(w->servers);
    struct natsc *hand = natsc_connect(w->servers->node[0].url, NULL, MS);
    ck_assert(hand && assets_make(&w->assets, hand));
    natsc_close(hand);
    snprintf(every, sizeof every, "jsz=%s", jsz_every);
    const char *arguments[] = {"--every",
                               every,
                               "--for",
                               "1s",
                               "--",
                               w->servers->node[0].http,
                               w->servers->node[1].http,
                               w->servers->node[2].http,
                               NULL};
    ck_assert(documents_open(&w->documents, "clusters servers streams consumers", arguments));
    witness_move(w, 0);
    witness_until_whole(w, "the beginning");
}

void witness_close(struct witness *w) {
    documents_close(&w->documents);
    assets_end(&w->assets);
    truth_end(&w->truth);
    json_decref(w->api_answer);
    free(w->consumers);
    free(w->streams);
    free(w->followers);
    servers_end(w->servers);
}
