/* What a healthy cluster does that looks like trouble for a moment: bursts that are worked off, a worker who
 * comes now and then, one who takes one message at a time, jobs that fail once, copies of streams. */
#include "tests/clusters/life.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const int64_t SECOND = 1000000000;

enum { FETCH_MS = 2000, WORK_BATCH = 50, NIGHTLY_BATCH = 250 };

static bool ensure(struct life_session *s, jsStreamConfig *c) {
    jsErrCode code = 0;
    while (js_AddStream(NULL, s->js, c, NULL, &code) != NATS_OK && code != JSStreamNameExistErr)
        if (!life_sleep(0.5))
            return false;
    return true;
}

static bool ensure_jobs(struct life_session *s) {
    jsStreamConfig c;
    jsStreamConfig_Init(&c);
    c.Name = "JOBS";
    c.Subjects = (const char *[]){"job.>"};
    c.SubjectsLen = 1;
    c.Retention = js_WorkQueuePolicy;
    c.Replicas = life_options()->n_urls >= 3 ? 3 : 1;
    c.MaxBytes = 64 << 20;
    return ensure(s, &c);
}

static natsSubscription *open_worker(struct life_session *s, const char *stream, const char *durable,
                                     const char *filter, int64_t window) {
    natsSubscription *sub = NULL;
    jsConsumerConfig c;
    jsSubOptions o;
    jsConsumerConfig_Init(&c);
    c.Durable = durable;
    c.AckPolicy = js_AckExplicit;
    c.AckWait = 30 * SECOND;
    c.MaxAckPending = window;
    c.FilterSubject = filter;
    jsSubOptions_Init(&o);
    o.Stream = stream;
    o.Consumer = durable;
    while (js_AddConsumer(NULL, s->js, stream, &c, NULL, NULL) != NATS_OK ||
           js_PullSubscribe(&sub, s->js, filter, durable, NULL, &o, NULL) != NATS_OK)
        if (!life_sleep(0.5))
            return NULL;
    return sub;
}

static void send_jobs(struct life_session *s, const char *subject, int n) {
    struct life_tally *tally = life_tally(subject);
    static const char job[] = "{\"job\":\"resize\",\"picture\":4711}";
    for (int i = 0; i < n && !life_over(); i++) {
        bool ok = js_Publish(NULL, s->js, subject, job, (int)sizeof job - 1, NULL, NULL) == NATS_OK;
        atomic_fetch_add(ok ? &tally->published : &tally->failed, 1);
    }
}

/* A burst each four minutes, a few jobs each second in between, more by day than by night, which last five
 * minutes each. */
void life_jobs(const struct life_part *part) {
    struct life_session s = {0};
    uint64_t random = 17;
    (void)part;
    if (!life_session_open(&s, "jobs-writer", 0) || !ensure_jobs(&s))
        return;
    life_ready();
    double began = life_now(), burst = 60;
    while (life_sleep(0.5 + life_random(&random))) {
        double t = life_now() - began;
        send_jobs(&s, "job.quick", (int)(4 + 3 * sin(2 * M_PI * t / 600)));
        if (life_random(&random) < 0.4)
            send_jobs(&s, "job.long", 1);
        if (t > burst) {
            life_say("jobs", "a burst");
            send_jobs(&s, "job.quick", 1500);
            burst = t + 240;
        }
    }
}

/* Some fail the first time. */
static void finish(natsMsg *msg, double failing, uint64_t *random, struct life_tally *tally) {
    jsMsgMetaData *meta = NULL;
    bool first = natsMsg_GetMetaData(&meta, msg) == NATS_OK && meta->NumDelivered == 1;
    bool fails = first && life_random(random) < failing;
    if (fails)
        natsMsg_Nak(msg, NULL);
    else if (natsMsg_Ack(msg, NULL) == NATS_OK)
        atomic_fetch_add(&tally->received, 1);
    jsMsgMetaData_Destroy(meta);
}

static int work(natsSubscription *sub, int batch, double seconds_each, double failing, uint64_t *random,
                struct life_tally *tally) {
    natsMsgList list = {0};
    if (natsSubscription_Fetch(&list, sub, batch, FETCH_MS, NULL) != NATS_OK)
        return 0;
    int n = list.Count;
    for (int i = 0; i < n; i++) {
        life_sleep(seconds_each * (0.5 + life_random(random)));
        finish(list.Msgs[i], failing, random, tally);
    }
    natsMsgList_Destroy(&list);
    return n;
}

void life_workers(const struct life_part *part) {
    struct life_session s = {0};
    uint64_t random = 19;
    (void)part;
    if (!life_session_open(&s, "quick-worker", 1) || !ensure_jobs(&s))
        return;
    natsSubscription *sub = open_worker(&s, "JOBS", "quick", "job.quick", 200);
    life_ready();
    while (sub && !life_over())
        work(sub, WORK_BATCH, 0.004, 0.005, &random, life_tally("consumer quick"));
}

/* Half a second to two for each job, and a window of 1. */
void life_one_at_a_time(const struct life_part *part) {
    struct life_session s = {0};
    uint64_t random = 23;
    (void)part;
    if (!life_session_open(&s, "long-worker", 2) || !ensure_jobs(&s))
        return;
    natsSubscription *sub = open_worker(&s, "JOBS", "long", "job.long", 1);
    life_ready();
    while (sub && !life_over())
        work(sub, 1, 1, 0, &random, life_tally("consumer long"));
}

/* Comes, takes all there is and goes; its pauses are from 50 s to nearly three minutes and back within
 * twenty. */
void life_batch(const struct life_part *part) {
    static const char *const filter = "event.>";
    struct life_session s = {0};
    uint64_t random = 29;
    struct life_tally *tally = life_tally("consumer batch");
    if (!life_session_open(&s, "batch-worker", 1))
        return;
    natsSubscription *sub = open_worker(&s, "EVENTS", "batch", filter, 1000);
    life_ready();
    double began = life_now();
    while (sub && !life_over()) {
        life_say(part->name, "comes");
        while (work(sub, NIGHTLY_BATCH, 0, 0, &random, tally) == NIGHTLY_BATCH)
            ;
        life_sleep(110 - 60 * cos(2 * M_PI * (life_now() - began) / 1200));
    }
}

static void count_pushed(natsConnection *nc, natsSubscription *sub, natsMsg *msg, void *tally) {
    (void)nc, (void)sub;
    atomic_fetch_add(&((struct life_tally *)tally)->received, 1);
    natsMsg_Ack(msg, NULL);
    natsMsg_Destroy(msg);
}

/* What is pushed to a queue group of two. */
void life_pushed(const struct life_part *part) {
    static const char *const names[] = {"mailer-1", "mailer-2"};
    struct life_tally *tally = life_tally("consumer mailer");
    (void)part;
    for (int i = 0; i < 2; i++) {
        struct life_session s = {0};
        natsSubscription *sub = NULL;
        jsSubOptions o;
        jsSubOptions_Init(&o);
        o.Stream = "ORDERS";
        o.Queue = "mailer";
        o.ManualAck = true;
        while (life_session_open(&s, names[i], i) &&
               js_Subscribe(&sub, s.js, "order.>", count_pushed, tally, NULL, &o, NULL) != NATS_OK &&
               life_sleep(0.5))
            natsConnection_Destroy(s.nc);
    }
    life_ready();
    while (life_sleep(10))
        ;
}

static void copy(jsStreamConfig *c, const char *name) {
    jsStreamConfig_Init(c);
    c->Name = name;
    c->Replicas = 1;
    c->MaxAge = 600 * SECOND;
    c->MaxBytes = 64 << 20;
}

/* A mirror of EVENTS, and a stream that sources ORDERS. */
void life_copies(const struct life_part *part) {
    struct life_session s = {0};
    jsStreamSource source;
    jsStreamConfig mirror, all;
    jsStreamSource_Init(&source);
    (void)part;
    copy(&mirror, "EVENTS-COPY");
    copy(&all, "ALL-ORDERS");
    source.Name = "EVENTS";
    mirror.Mirror = &source;
    if (!life_session_open(&s, "copier", 2) || !ensure(&s, &mirror))
        return;
    source.Name = "ORDERS";
    all.Sources = (jsStreamSource *[]){&source};
    all.SourcesLen = 1;
    if (!ensure(&s, &all))
        return;
    natsConnection_Close(s.nc);
    life_ready();
    while (life_sleep(10))
        ;
}

/* A client that loses its connection now and then and is back at once. */
void life_regular(const struct life_part *part) {
    struct life_tally *tally = life_tally("regular.word");
    life_ready();
    for (int i = 0; !life_over(); i++) {
        natsConnection *nc = life_connect("regular", i);
        double until = life_now() + 400;
        while (nc && life_now() < until && life_sleep(1))
            if (natsConnection_PublishString(nc, "regular.word", "here") == NATS_OK)
                atomic_fetch_add(&tally->published, 1);
        life_say(part->name, "connects again");
        natsConnection_Destroy(nc);
    }
}
