/* JetStream: streams, a bucket, and consumers of every temper. */
#include "tests/clusters/life.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/clusters/life_ledger.h"

enum { BATCH = 100, FETCH_MS = 1000, EVEN_SECONDS = 20 };

static const int64_t SECOND = 1000000000;

struct stream {
    const char *name, *subjects;
    int replicas;
    int64_t max_age;
};

static const struct stream orders = {"ORDERS", "order.>", 3, 3600};
static const struct stream events = {"EVENTS", "event.>", 1, 900};
static const struct stream backlog = {"BACKLOG", "backlog.>", 3, 0};

static natsStatus add_stream(jsCtx *js, const struct stream *stream) {
    jsStreamConfig c;
    jsErrCode code = 0;
    jsStreamConfig_Init(&c);
    c.Name = stream->name;
    c.Subjects = (const char *[]){stream->subjects};
    c.SubjectsLen = 1;
    c.Replicas = life_options()->n_urls >= stream->replicas ? stream->replicas : 1;
    c.MaxAge = stream->max_age * SECOND;
    c.MaxBytes = 256 << 20;
    natsStatus s = js_AddStream(NULL, js, &c, NULL, &code);
    return code == JSStreamNameExistErr ? NATS_OK : s;
}

/* Every part that needs the stream asks for it: whoever comes first makes it. */
static bool ensure_stream(struct life_session *s, const struct stream *stream) {
    while (add_stream(s->js, stream) != NATS_OK)
        if (!life_sleep(0.5))
            return false;
    return true;
}

/* Its sequence; 0: not confirmed. */
static uint64_t publish(struct life_session *s, const char *subject, const char *data, int size,
                        struct life_tally *tally) {
    jsPubOptions o;
    jsPubAck *ack = NULL;
    jsPubOptions_Init(&o);
    o.MaxWait = 2000;
    bool ok = js_Publish(&ack, s->js, subject, data, size, &o, NULL) == NATS_OK;
    uint64_t seq = ok ? ack->Sequence : 0;
    atomic_fetch_add(ok ? &tally->published : &tally->failed, 1);
    if (ok)
        atomic_fetch_add(&tally->bytes, (uint64_t)size);
    jsPubAck_Destroy(ack);
    return seq;
}

static void feed(const struct stream *stream, const char *const subjects[], int n, double per_second,
                 int size) {
    struct life_session s = {0};
    char name[64], data[512];
    uint64_t random = 11;
    snprintf(name, sizeof name, "%s-writer", stream->name);
    if (!life_session_open(&s, name, 0) || !ensure_stream(&s, stream))
        return;
    memset(data, 'o', sizeof data);
    life_ready();
    double next = life_now();
    while (!life_over()) {
        const char *subject = subjects[(int)(life_random(&random) * n) % n];
        int64_t at_ns = life_utc_ns();
        uint64_t seq = publish(&s, subject, data, size, life_tally(subject));
        if (seq && stream == &orders)
            ledger_came(seq, at_ns);
        next += (0.5 + life_random(&random)) / per_second;
        double wait = next - life_now();
        if (wait < -1)
            next = life_now();
        life_sleep(wait);
    }
}

void life_stream_orders(const struct life_part *part) {
    static const char *const subjects[] = {"order.new", "order.new", "order.paid", "order.shipped"};
    (void)part;
    feed(&orders, subjects, 4, 80, 400);
}

void life_stream_events(const struct life_part *part) {
    static const char *const subjects[] = {"event.click", "event.scan"};
    (void)part;
    feed(&events, subjects, 2, 40, 180);
}

static kvStore *open_bucket(struct life_session *s) {
    kvStore *kv = NULL;
    kvConfig c;
    kvConfig_Init(&c);
    c.Bucket = "settings";
    c.History = 5;
    c.Replicas = life_options()->n_urls >= 3 ? 3 : 1;
    while (js_CreateKeyValue(&kv, s->js, &c) != NATS_OK && js_KeyValue(&kv, s->js, c.Bucket) != NATS_OK)
        if (!life_sleep(0.5))
            return NULL;
    return kv;
}

void life_bucket(const struct life_part *part) {
    struct life_session s = {0};
    struct life_tally *tally = life_tally("kv.settings");
    uint64_t random = 13;
    kvStore *kv = life_session_open(&s, "settings-editor", 2) ? open_bucket(&s) : NULL;
    (void)part;
    life_ready();
    while (kv && life_sleep(0.2)) {
        char key[32], value[64];
        snprintf(key, sizeof key, "shop.%d", (int)(life_random(&random) * 40));
        snprintf(value, sizeof value, "{\"limit\":%d}", (int)(life_random(&random) * 1000));
        bool ok = kvStore_PutString(NULL, kv, key, value) == NATS_OK;
        atomic_fetch_add(ok ? &tally->published : &tally->failed, 1);
    }
}

static natsStatus add_consumer(jsCtx *js, const char *stream, const char *durable) {
    jsConsumerConfig c;
    jsConsumerConfig_Init(&c);
    c.Durable = durable;
    c.AckPolicy = js_AckExplicit;
    c.AckWait = 30 * SECOND;
    c.MaxAckPending = 5000;
    return js_AddConsumer(NULL, js, stream, &c, NULL, NULL);
}

static natsSubscription *open_consumer(struct life_session *s, const struct stream *stream,
                                       const char *durable) {
    natsSubscription *sub = NULL;
    jsSubOptions o;
    jsSubOptions_Init(&o);
    o.Stream = stream->name;
    o.Consumer = durable;
    if (!ensure_stream(s, stream))
        return NULL;
    while (add_consumer(s->js, stream->name, durable) != NATS_OK ||
           js_PullSubscribe(&sub, s->js, stream->subjects, durable, NULL, &o, NULL) != NATS_OK)
        if (!life_sleep(0.5))
            return NULL;
    return sub;
}

static int pull(natsSubscription *sub, struct life_tally *tally) {
    natsMsgList list = {0};
    if (natsSubscription_Fetch(&list, sub, BATCH, FETCH_MS, NULL) != NATS_OK) {
        life_sleep(0.05);
        return 0;
    }
    int n = list.Count;
    for (int i = 0; i < n; i++)
        if (natsMsg_Ack(list.Msgs[i], NULL) == NATS_OK)
            atomic_fetch_add(&tally->received, 1);
    natsMsgList_Destroy(&list);
    return n;
}

void life_keeps_up(const struct life_part *part) {
    struct life_session s = {0};
    natsSubscription *sub =
        life_session_open(&s, "billing", 1) ? open_consumer(&s, &orders, "billing") : NULL;
    struct life_tally *tally = life_tally("consumer billing");
    (void)part;
    life_ready();
    while (sub && !life_over())
        pull(sub, tally);
}

/* ---- one that falls behind and catches up, and says how far it is ---- */

static void *tell(void *row) {
    const struct life_part *part = row;
    while (life_sleep(life_options()->tell)) {
        struct ledger l = ledger_now();
        char oldest[64] = "-";
        if (l.oldest_ns)
            life_utc(oldest, sizeof oldest, l.oldest_ns);
        life_say(part->name, "stream %llu done %llu waiting %llu oldest %s", (unsigned long long)l.last,
                 (unsigned long long)l.done, (unsigned long long)l.waiting, oldest);
    }
    return NULL;
}

static bool begin_ledger(struct life_session *s) {
    jsConsumerInfo *info = NULL;
    while (js_GetConsumerInfo(&info, s->js, orders.name, "shipping", NULL, NULL) != NATS_OK)
        if (!life_sleep(0.5))
            return false;
    ledger_begin(info->AckFloor.Stream);
    jsConsumerInfo_Destroy(info);
    return true;
}

/* What is not confirmed comes again. */
static void finish(natsMsg *msg, struct life_tally *tally) {
    jsMsgMetaData *meta = NULL;
    if (natsMsg_GetMetaData(&meta, msg) == NATS_OK && natsMsg_AckSync(msg, NULL, NULL) == NATS_OK) {
        ledger_done(meta->Sequence.Stream);
        atomic_fetch_add(&tally->received, 1);
    }
    jsMsgMetaData_Destroy(meta);
}

/* For so long, or with 0 until it has caught up. Half a second late is made up for. */
static void handle(natsSubscription *sub, struct life_tally *tally, double per_second, double seconds) {
    double next = life_now(), until = seconds > 0 ? next + seconds : INFINITY;
    int batch = per_second >= 4 ? (int)(per_second / 2) : 2;
    while (life_now() < until && !life_over()) {
        natsMsgList list = {0};
        if (natsSubscription_Fetch(&list, sub, batch, FETCH_MS, NULL) != NATS_OK)
            life_sleep(0.05);
        for (int i = 0; i < list.Count && !life_over(); i++) {
            next = fmax(next + 1 / per_second, life_now() - 0.5);
            life_sleep(next - life_now());
            finish(list.Msgs[i], tally);
        }
        natsMsgList_Destroy(&list);
        if (seconds <= 0 && ledger_now().waiting < (uint64_t)batch)
            return;
    }
}

void life_falls_behind(const struct life_part *part) {
    const struct life_options *o = life_options();
    struct life_session s = {0};
    natsSubscription *sub =
        life_session_open(&s, "shipping", 2) ? open_consumer(&s, &orders, "shipping") : NULL;
    struct life_tally *tally = life_tally("consumer shipping");
    pthread_t teller;
    if (!sub || !begin_ledger(&s))
        return;
    life_ready();
    if (o->tell > 0 && pthread_create(&teller, NULL, tell, (void *)(uintptr_t)part) == 0)
        pthread_detach(teller);
    while (!life_over()) {
        life_say(part->name, "handles %g/s", o->lazy);
        handle(sub, tally, o->lazy, o->behind);
        life_say(part->name, "handles %g/s", o->busy);
        handle(sub, tally, o->busy, 0);
        life_say(part->name, "has caught up");
        handle(sub, tally, o->busy, EVEN_SECONDS);
    }
}

void life_never_pulled(const struct life_part *part) {
    struct life_session s = {0};
    if (!life_session_open(&s, "audit", 0) || !ensure_stream(&s, &orders))
        return;
    while (add_consumer(s.js, orders.name, "audit") != NATS_OK)
        if (!life_sleep(0.5))
            return;
    (void)part;
    life_ready();
    while (life_sleep(10))
        ;
}

static void fill_backlog(const struct life_part *part, struct life_session *s, const char *data) {
    const struct life_options *o = life_options();
    struct life_tally *tally = life_tally("backlog.item");
    while (add_consumer(s->js, backlog.name, "waiting") != NATS_OK)
        if (!life_sleep(0.5))
            return;
    while (tally->published < (uint64_t)o->messages && !life_over())
        publish(s, "backlog.item", data, o->size, tally);
    life_say(part->name, "%d messages wait in %s for consumer waiting", o->messages, backlog.name);
    life_ready();
}

void life_backlog(const struct life_part *part) {
    struct life_session s = {0};
    char *data = calloc(1, (size_t)life_options()->size + 1);
    if (data && life_session_open(&s, "backlog-writer", 0) && ensure_stream(&s, &backlog))
        fill_backlog(part, &s, data);
    free(data);
}
