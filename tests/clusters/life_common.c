#include "tests/clusters/life.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* No part sends more often than this; what became due meanwhile goes out together. */
static const double STEP = 0.004;

double life_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int64_t life_utc_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

void life_utc(char *out, size_t size, int64_t ns) {
    time_t s = (time_t)(ns / 1000000000);
    struct tm parts;
    char date[32];
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", gmtime_r(&s, &parts));
    snprintf(out, size, "%s.%03dZ", date, (int)(ns % 1000000000 / 1000000));
}

static void nap(double seconds) {
    struct timespec t = {.tv_sec = (time_t)seconds, .tv_nsec = (long)((seconds - floor(seconds)) * 1e9)};
    clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
}

bool life_sleep(double seconds) {
    double until = life_now() + seconds;
    while (!life_over()) {
        double left = until - life_now();
        if (left <= 0)
            return true;
        nap(fmin(left, 0.05));
    }
    return false;
}

double life_random(uint64_t *state) {
    uint64_t z = (*state += 0x9e3779b97f4a7c15u) + (uint64_t)life_options()->seed * 0x2545f4914f6cdd1du;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

/* The preferred server first, the others in any order: who loses a server spreads over all that are left. */
static natsStatus set_options(natsOptions *o, const char *name, int prefer) {
    const struct life_options *life = life_options();
    const char *urls[LIFE_URLS_MAX] = {0};
    for (int i = 0; i < life->n_urls; i++)
        urls[i] = life->urls[(i + prefer) % life->n_urls];
    natsStatus s = natsOptions_SetURL(o, urls[0]);
    s = s == NATS_OK && life->n_urls > 1 ? natsOptions_SetServers(o, urls + 1, life->n_urls - 1) : s;
    s = s == NATS_OK ? natsOptions_SetIgnoreDiscoveredServers(o, true) : s;
    s = s == NATS_OK ? natsOptions_SetName(o, name) : s;
    s = s == NATS_OK ? natsOptions_SetMaxReconnect(o, -1) : s;
    s = s == NATS_OK ? natsOptions_SetReconnectWait(o, 500) : s;
    s = s == NATS_OK ? natsOptions_SetReconnectJitter(o, 100, 100) : s;
    s = s == NATS_OK ? natsOptions_SetPingInterval(o, 5000) : s;
    s = s == NATS_OK ? natsOptions_SetTimeout(o, 2000) : s;
    return s == NATS_OK ? natsOptions_SetFailRequestsOnDisconnect(o, true) : s;
}

natsConnection *life_connect(const char *name, int prefer) {
    natsConnection *nc = NULL;
    natsOptions *o = NULL;
    if (natsOptions_Create(&o) != NATS_OK || set_options(o, name, prefer) != NATS_OK)
        return NULL;
    while (natsConnection_Connect(&nc, o) != NATS_OK && life_sleep(0.5))
        ;
    natsOptions_Destroy(o);
    return nc;
}

bool life_session_open(struct life_session *session, const char *name, int prefer) {
    jsOptions o;
    session->nc = life_connect(name, prefer);
    jsOptions_Init(&o);
    o.Wait = 3000;
    return session->nc && natsConnection_JetStream(&session->js, session->nc, &o) == NATS_OK;
}

static void count(natsConnection *nc, natsSubscription *sub, natsMsg *msg, void *tally) {
    (void)nc, (void)sub;
    atomic_fetch_add(&((struct life_tally *)tally)->received, 1);
    natsMsg_Destroy(msg);
}

bool life_count(natsConnection *nc, const char *subject, const char *queue, struct life_tally *tally) {
    natsSubscription *sub = NULL;
    natsStatus s = queue ? natsConnection_QueueSubscribe(&sub, nc, subject, queue, count, tally)
                         : natsConnection_Subscribe(&sub, nc, subject, count, tally);
    if (s == NATS_OK)
        natsSubscription_SetPendingLimits(sub, -1, -1);
    return s == NATS_OK && natsConnection_FlushTimeout(nc, 5000) == NATS_OK;
}

void life_drop(natsConnection *nc, natsSubscription *sub) {
    natsSubscription_Unsubscribe(sub);
    if (natsConnection_FlushTimeout(nc, 2000) == NATS_OK)
        natsSubscription_Destroy(sub);
}

uint64_t life_pace(double (*due)(double elapsed, void *context), void (*send)(void *context), void *context,
                   uint64_t total) {
    double start = life_now();
    uint64_t sent = 0;
    while (total ? sent < total && !life_stopped() : !life_over()) {
        double wanted = due(life_now() - start, context);
        if (total && wanted > (double)total)
            wanted = (double)total;
        for (; (double)sent + 1 <= wanted && !life_stopped(); sent++)
            send(context);
        nap(STEP);
    }
    return sent;
}
