/* Plain messages: exact load, breathing fan-out, a service, a visitor. */
#include "tests/clusters/life.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct publisher {
    natsConnection *nc;
    struct life_tally *tally;
    char subject[64];
    double rate, swing, period, phase; /* messages a second; the last three: how it breathes */
    int size;
    uint64_t total;
    char *payload;
    pthread_t thread;
};

static void publish(void *context) {
    struct publisher *p = context;
    bool ok = natsConnection_Publish(p->nc, p->subject, p->payload, p->size) == NATS_OK;
    atomic_fetch_add(ok ? &p->tally->published : &p->tally->failed, 1);
    if (ok)
        atomic_fetch_add(&p->tally->bytes, (uint64_t)p->size);
}

/* The integral of rate * (1 + swing * sin(2 pi (t + phase) / period)). */
static double due(double t, void *context) {
    const struct publisher *p = context;
    if (p->swing == 0)
        return p->rate * t;
    double turn = 2 * M_PI / p->period;
    return p->rate * (t + p->swing / turn * (cos(turn * p->phase) - cos(turn * (t + p->phase))));
}

static void *run_publisher(void *context) {
    struct publisher *p = context;
    life_pace(due, publish, p, p->total);
    natsConnection_FlushTimeout(p->nc, 5000);
    return NULL;
}

static bool prepare(struct publisher *p, const char *name, int prefer) {
    p->payload = malloc((size_t)p->size + 1);
    p->tally = life_tally(p->subject);
    p->nc = life_connect(name, prefer);
    if (!p->payload || !p->nc)
        return false;
    memset(p->payload, 'x', (size_t)p->size);
    return true;
}

static void run_all(struct publisher *all, int n) {
    for (int i = 0; i < n; i++)
        pthread_create(&all[i].thread, NULL, run_publisher, &all[i]);
    for (int i = 0; i < n; i++)
        pthread_join(all[i].thread, NULL);
}

static void count_on(const char *who, int i, const char *subject, struct life_tally *tally) {
    char name[80];
    snprintf(name, sizeof name, "%s-%d", who, i + 1);
    natsConnection *nc = life_connect(name, i);
    if (nc && !life_count(nc, subject, NULL, tally))
        life_say(who, "can't subscribe to %s", subject);
}

static void prepare_steady(struct publisher *p, int i) {
    const struct life_options *o = life_options();
    char name[80];
    uint64_t all = (uint64_t)llround(o->rate * o->seconds), n = (uint64_t)o->publishers;
    snprintf(p->subject, sizeof p->subject, "steady.%d", i + 1);
    snprintf(name, sizeof name, "steady-publisher-%d", i + 1);
    p->rate = o->rate / o->publishers;
    p->size = o->size;
    p->total = all / n + ((uint64_t)i < all % n);
    prepare(p, name, i);
    for (int k = 0; k < o->fanout; k++) {
        snprintf(name, sizeof name, "steady-subscriber-%d", i + 1);
        count_on(name, k, p->subject, p->tally);
    }
}

/* What is on its way when the last one is published arrives, too. */
static void wait_for_arrival(const struct life_tally *tally, uint64_t fanout) {
    for (int tries = 0; tries < 500 && !life_stopped() && tally->received < tally->published * fanout;
         tries++)
        nats_Sleep(10);
}

void life_steady(const struct life_part *part) {
    const struct life_options *o = life_options();
    struct publisher *all = calloc((size_t)o->publishers, sizeof *all);
    if (!all)
        return;
    for (int i = 0; i < o->publishers; i++)
        prepare_steady(&all[i], i);
    life_ready();
    double start = life_now();
    run_all(all, o->publishers);
    life_say(part->name, "published for %.3f s", life_now() - start);
    for (int i = 0; i < o->publishers; i++)
        wait_for_arrival(all[i].tally, (uint64_t)o->fanout);
    free(all);
}

void life_breathing(const struct life_part *part) {
    static struct publisher all[] = {
        {.subject = "orders.placed", .rate = 300, .swing = 0.6, .period = 45, .size = 256},
        {.subject = "prices.eur", .rate = 900, .swing = 0.8, .period = 70, .phase = 20, .size = 96},
        {.subject = "telemetry.dock.7", .rate = 150, .swing = 0.4, .period = 30, .phase = 10, .size = 700},
    };
    enum { N = sizeof all / sizeof *all };
    static const char *const readers[] = {"dashboard", "pricing-cache", "warehouse"};
    uint64_t random = 0;
    (void)part;
    for (int i = 0; i < N; i++) {
        char name[80];
        snprintf(name, sizeof name, "publisher-%d", i + 1);
        all[i].phase += 10 * life_random(&random);
        prepare(&all[i], name, i);
        for (int k = 0; k <= i; k++)
            count_on(readers[k], i + k, all[i].subject, all[i].tally);
    }
    life_ready();
    run_all(all, N);
}

static void answer(natsConnection *nc, natsSubscription *sub, natsMsg *msg, void *context) {
    (void)sub, (void)context;
    if (natsMsg_GetReply(msg))
        natsConnection_PublishString(nc, natsMsg_GetReply(msg), "{\"price\":12.5}");
    natsMsg_Destroy(msg);
}

static void serve(const char *subject) {
    for (int i = 0; i < 3; i++) {
        natsSubscription *sub = NULL;
        natsConnection *nc = life_connect("price-service", i);
        if (nc && natsConnection_QueueSubscribe(&sub, nc, subject, "pricing", answer, NULL) == NATS_OK)
            natsConnection_FlushTimeout(nc, 5000);
    }
}

void life_service(const struct life_part *part) {
    static const char subject[] = "svc.price";
    struct life_tally *tally = life_tally(subject);
    natsConnection *nc = life_connect("shop-frontend", 1);
    uint64_t random = 7;
    serve(subject);
    life_ready();
    while (nc && life_sleep(0.01 + 0.02 * life_random(&random))) {
        natsMsg *reply = NULL;
        natsStatus s = natsConnection_RequestString(&reply, nc, subject, "{\"article\":7}", 500);
        atomic_fetch_add(&tally->published, 1);
        atomic_fetch_add(s == NATS_OK ? &tally->received : &tally->failed, 1);
        natsMsg_Destroy(reply);
    }
    (void)part;
}

static void visit(struct life_tally *tally, int prefer) {
    natsSubscription *sub = NULL;
    natsConnection *nc = life_connect("visitor", prefer);
    double end = life_now() + 12;
    if (!nc)
        return;
    if (natsConnection_SubscribeSync(&sub, nc, "visits.>") == NATS_OK) {
        while (life_now() < end && life_sleep(0.2)) {
            natsMsg *msg = NULL;
            if (natsConnection_PublishString(nc, "visits.hello", "hello") == NATS_OK)
                atomic_fetch_add(&tally->published, 1);
            if (natsSubscription_NextMsg(&msg, sub, 500) == NATS_OK)
                atomic_fetch_add(&tally->received, 1);
            natsMsg_Destroy(msg);
        }
        life_drop(nc, sub);
    }
    natsConnection_Close(nc);
    natsConnection_Destroy(nc);
}

void life_visitor(const struct life_part *part) {
    struct life_tally *tally = life_tally("visits.hello");
    life_ready();
    for (int i = 0; !life_over(); i++) {
        life_say(part->name, "comes");
        visit(tally, i);
        life_say(part->name, "goes");
        if (!life_sleep(8))
            return;
    }
}
