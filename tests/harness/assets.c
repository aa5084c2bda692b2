#include "tests/harness/assets.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/document.h"
#include "tests/harness/http_get.h"
#include "tests/harness/jetstream.h"

#define NS INT64_C(1000000000)

enum { SIZE = 64, PULL_MS = 50, TURN_MAX_MS = 200, FILLED_S = 10 };

#define FILED "\"storage\":\"file\","
const struct asset_stream asset_streams[] = {
    {"ORD", FILED "\"num_replicas\":3,\"subjects\":[\"ord.>\"]", "ord", 200, 1u << 0},
    {"ONE", FILED "\"num_replicas\":1,\"subjects\":[\"one.>\"]", "one", 60, 1u << 1},
    {"AGAIN", FILED "\"num_replicas\":3,\"subjects\":[\"again.>\"]", "again", 100, 1u << 2},
    {"KV_truth",
     FILED "\"num_replicas\":3,\"subjects\":[\"$KV.truth.>\"],\"max_msgs_per_subject\":5,\"discard\":\"new\","
           "\"allow_rollup_hdrs\":true,\"deny_delete\":true,\"allow_direct\":true",
     "$KV.truth", 10, 1u << 3},
    {"MIR", FILED "\"num_replicas\":1,\"mirror\":{\"name\":\"ORD\"}", NULL, 0, 1u << 0},
    {"SUM", FILED "\"num_replicas\":3,\"sources\":[{\"name\":\"ORD\"},{\"name\":\"ONE\"}]", NULL, 0,
     1u << 0 | 1u << 1},
};

#define EXPLICIT "\"ack_policy\":\"explicit\",\"ack_wait\":600000000000,\"max_ack_pending\":100000"
const struct asset_consumer asset_consumers[] = {
    {"ORD", "pull", EXPLICIT, 9, .rate = 160},
    {"ORD", "half", EXPLICIT, 9, .rate = 120, .skip = 2},
    {"ORD", "alone", EXPLICIT, 9, .rate = 0},
    {"ORD", "filtered", EXPLICIT ",\"filter_subject\":\"ord.1\"", 9, .rate = 40},
    {"ORD", "several", EXPLICIT ",\"filter_subjects\":[\"ord.1\",\"ord.2\"]", 10, .rate = 60},
    {"ORD", "redone", "\"ack_policy\":\"explicit\",\"ack_wait\":1000000000,\"max_ack_pending\":100000", 9,
     .rate = 60, .skip = 5},
    {"ORD", "push", EXPLICIT ",\"deliver_subject\":\"pushed.push\",\"deliver_policy\":\"new\"", 9,
     .inbox = "pushed.push", .skip = 10},
    {"ORD", "ordered",
     "\"ack_policy\":\"none\",\"max_deliver\":1,\"deliver_subject\":\"pushed.ordered\",\"deliver_policy\":"
     "\"new\","
     "\"flow_control\":true,\"idle_heartbeat\":5000000000,\"mem_storage\":true,\"num_replicas\":1,"
     "\"inactive_threshold\":300000000000",
     9, .inbox = "pushed.ordered", .skip = -1, .forgets = true},
    {"ORD", "paused", EXPLICIT ",\"pause_until\":\"2999-01-01T00:00:00Z\"", 11, .rate = 0},
    {"ORD", "group", EXPLICIT ",\"priority_groups\":[\"g\"],\"priority_policy\":\"overflow\"", 11, .rate = 60,
     .pull = ",\"group\":\"g\""},
    {"ONE", "one", EXPLICIT, 9, .rate = 40},
    {"ONE", "all", "\"ack_policy\":\"all\",\"ack_wait\":600000000000,\"max_ack_pending\":100000", 9,
     .rate = 30, .skip = 4},
    {"MIR", "mirrored", EXPLICIT, 9, .rate = 80, .skip = 3},
    {"SUM", "summed", EXPLICIT, 9, .rate = 100, .skip = 3},
    {"AGAIN", "again", EXPLICIT, 9, .rate = 60, .skip = 3},
    {"AGAIN", "untouched", EXPLICIT, 9, .rate = 0},
};

int assets_streams(void) {
    return (int)(sizeof asset_streams / sizeof *asset_streams);
}

int assets_consumers(void) {
    return (int)(sizeof asset_consumers / sizeof *asset_consumers);
}

struct asset_call asset_stream_call(int row) {
    const struct asset_stream *s = &asset_streams[row];
    struct asset_call c;
    snprintf(c.call, sizeof c.call, "STREAM.CREATE.%s", s->name);
    snprintf(c.body, sizeof c.body, "{\"name\":\"%s\",%s}", s->name, s->config);
    return c;
}

struct asset_call asset_consumer_call(int row) {
    const struct asset_consumer *s = &asset_consumers[row];
    struct asset_call c;
    bool lasting = !s->forgets; /* the others have a name, and are no durables */
    snprintf(c.call, sizeof c.call, "CONSUMER.%s.%s.%s", lasting ? "DURABLE.CREATE" : "CREATE", s->stream,
             s->name);
    snprintf(c.body, sizeof c.body, "{\"stream_name\":\"%s\",\"config\":{\"%s\":\"%s\",%s}}", s->stream,
             lasting ? "durable_name" : "name", s->name, s->config);
    return c;
}

static bool make(struct natsc *c, struct asset_call call) {
    json_t *answer = jetstream_ask(c, call.call, call.body);
    json_decref(answer);
    return answer != NULL;
}

/* Something to be behind of: what a follower says of pending is another number on each version, and often one
 * of before. */
static void fill(struct natsc *c) {
    char subject[64];
    for (int i = 0; i < assets_streams(); i++)
        for (int k = 0; asset_streams[i].subject && k < 4; k++) {
            snprintf(subject, sizeof subject, "%s.%d", asset_streams[i].subject, k);
            natsc_publish_many(c, subject, SIZE, (int)asset_streams[i].rate * FILLED_S / 4);
        }
    natsc_flush(c, JETSTREAM_MS);
}

/* What the stream's leader had no time for is given once more when nothing of it can come any more. */
static void refill(struct natsc *c, int row, int missing) {
    char subject[64];
    snprintf(subject, sizeof subject, "%s.0", asset_streams[row].subject);
    natsc_publish_many(c, subject, SIZE, missing);
    natsc_flush(c, JETSTREAM_MS);
}

/* What is stored late would be a rate that we did not make. */
static bool is_filled(struct natsc *c, int row) {
    char call[100];
    double stored = -1, filled = 2.0 * 4 * (double)((int)asset_streams[row].rate * FILLED_S / 4);
    int64_t deadline = servers_now_ms() + 6 * JETSTREAM_MS, moved = servers_now_ms();
    snprintf(call, sizeof call, "STREAM.INFO.%s", asset_streams[row].name);
    while (stored < filled && servers_now_ms() < deadline) {
        json_t *info = jetstream_ask(c, call, "");
        double now = json_path_number(info, "state.last_seq");
        json_decref(info);
        if (now > stored || isnan(now)) {
            moved = servers_now_ms();
            stored = isnan(now) ? stored : now;
        } else if (servers_now_ms() - moved > JETSTREAM_MS) {
            refill(c, row, (int)(filled - stored));
            moved = servers_now_ms();
        }
    }
    if (stored < filled)
        fprintf(stderr, "assets: %s has %.0f of %.0f messages\n", asset_streams[row].name, stored, filled);
    return stored >= filled;
}

static bool are_filled(struct natsc *c) {
    bool filled = true;
    for (int i = 0; i < assets_streams(); i++)
        filled = filled && (!asset_streams[i].subject || is_filled(c, i));
    return filled;
}

bool assets_make(struct assets *a, struct natsc *c) {
    json_t *info = json_loads(natsc_info(c), 0, NULL);
    const char *version = json_string_value(json_object_get(info, "version"));
    bool made = version && sscanf(version, "2.%d.", &a->minor) == 1;
    snprintf(a->version, sizeof a->version, "%s", version ? version : "");
    json_decref(info);
    for (int i = 0; i < assets_streams(); i++) {
        made = made && make(c, asset_stream_call(i));
        a->published[i] = asset_streams[i].subject != NULL;
    }
    fill(c);
    for (int i = 0; i < assets_consumers(); i++) {
        a->life[i].here = asset_consumers[i].minor <= a->minor;
        made = made && (!a->life[i].here || make(c, asset_consumer_call(i)));
    }
    fill(c);
    return made && are_filled(c);
}

bool assets_connect(struct assets *a, const struct server *server) {
    natsc_close(a->line);
    a->line = natsc_connect(server->url, &(struct natsc_options){.name = "the life of the assets"}, 5000);
    for (int i = 0; a->line && i < assets_consumers(); i++) {
        char inbox[64];
        snprintf(inbox, sizeof inbox, "pulled.%d", i);
        a->life[i].sid =
            natsc_subscribe(a->line, asset_consumers[i].inbox ? asset_consumers[i].inbox : inbox, NULL);
    }
    return a->line != NULL;
}

static void publish(struct assets *a, int row, double due) {
    char subject[64];
    struct tally *sent = &a->sent[row];
    double done = sent->n ? sent->points[sent->n - 1].count : 0;
    for (double k = floor(done) + 1; k <= due; k++) {
        static const char data[SIZE];
        snprintf(subject, sizeof subject, "%s.%d", asset_streams[row].subject, (int)fmod(k, 4));
        natsc_publish(a->line, subject, NULL, data, sizeof data);
    }
    tally_add(sent, doc_utc_ns(), due);
}

static void pull(struct assets *a, int row, int64_t now) {
    const struct asset_consumer *c = &asset_consumers[row];
    struct asset_life *l = &a->life[row];
    char subject[200], inbox[64], body[120];
    if (now - l->pulled_ns < PULL_MS * NS / 1000)
        return;
    int64_t since = now - l->pulled_ns < 2 * PULL_MS * NS / 1000 ? now - l->pulled_ns : PULL_MS * NS / 1000;
    l->owed += c->rate * (double)since / 1e9;
    l->pulled_ns = now;
    int batch = (int)l->owed;
    if (batch < 1)
        return;
    l->owed -= batch;
    snprintf(subject, sizeof subject, "$JS.API.CONSUMER.MSG.NEXT.%s.%s", c->stream, c->name);
    snprintf(inbox, sizeof inbox, "pulled.%d", row);
    snprintf(body, sizeof body, "{\"batch\":%d,\"expires\":%d000000%s}", batch, PULL_MS,
             c->pull ? c->pull : "");
    natsc_publish(a->line, subject, inbox, body, strlen(body));
}

void assets_turn(struct assets *a) {
    int64_t now = doc_utc_ns(), since = a->turned_ns ? now - a->turned_ns : 0;
    if (since > TURN_MAX_MS * NS / 1000)
        since = TURN_MAX_MS * NS / 1000;
    a->turned_ns = now;
    for (int i = 0; i < assets_streams(); i++)
        if (a->published[i]) {
            struct tally *t = &a->sent[i];
            publish(a, i,
                    (t->n ? t->points[t->n - 1].count : 0) + asset_streams[i].rate * (double)since / 1e9);
        }
    for (int i = 0; i < assets_consumers(); i++)
        if (a->life[i].here && !a->life[i].paused && asset_consumers[i].rate > 0)
            pull(a, i, now);
}

static void count(struct tally *t) {
    tally_add(t, doc_utc_ns(), (t->n ? t->points[t->n - 1].count : 0) + 1);
}

/* Flow control: a status message that wants an answer. */
static void answer_status(struct assets *a, const struct natsc_message *m) {
    char stalled[256];
    const char *at = strstr(m->headers, "Nats-Consumer-Stalled: ");
    if (*m->reply)
        natsc_publish(a->line, m->reply, NULL, "", 0);
    else if (at && sscanf(at, "Nats-Consumer-Stalled: %255s", stalled) == 1)
        natsc_publish(a->line, stalled, NULL, "", 0);
}

bool assets_take(struct assets *a, const struct natsc_message *m) {
    for (int i = 0; i < assets_consumers(); i++) {
        struct asset_life *l = &a->life[i];
        if (l->sid != m->sid)
            continue;
        if (strncmp(m->reply, "$JS.ACK.", 8) != 0) {
            answer_status(a, m);
            return true;
        }
        count(&l->received);
        int skip = asset_consumers[i].skip;
        if (skip >= 0 && (!skip || (int64_t)l->received.points[l->received.n - 1].count % skip != 0)) {
            natsc_publish(a->line, m->reply, NULL, "+ACK", 4);
            count(&l->acked);
        }
        return true;
    }
    return false;
}

void assets_end(struct assets *a) {
    natsc_close(a->line);
    for (int i = 0; i < ASSETS_MAX; i++) {
        tally_free(&a->sent[i]);
        tally_free(&a->life[i].received);
        tally_free(&a->life[i].acked);
    }
    memset(a, 0, sizeof *a);
}
