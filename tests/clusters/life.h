/* The life that demo and tests put on a cluster: parts, each a thread of its own, picked by name.
 *
 * cnats 3.4.1 crashes when a subscription that still gets messages is destroyed: parts keep their
 * subscriptions until the process ends (by _exit), or silence them first (life_drop()). Raw sockets, where a
 * client must be rude, come from natsc.h. */
#ifndef LIFE_H
#define LIFE_H

#include <nats/nats.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { LIFE_URLS_MAX = 64, LIFE_TALLIES_MAX = 128 };

struct life_options {
    const char *urls[LIFE_URLS_MAX];
    int n_urls;
    int publishers, fanout, size; /* steady: publishers, subscribers to each subject, bytes of a message */
    double rate;                  /* steady: messages a second of all publishers together */
    double seconds;               /* 0: until told to stop */
    int crowd, name_bytes;        /* crowd: connections, bytes of their names */
    int messages;                 /* backlog: messages in the stream */
    int seed;
    double behind, lazy, busy; /* falls-behind: seconds, messages a second while it does and afterwards */
    double tell;               /* seconds between its words */
};

/* What was done on one subject. `failed`: publishes that were not confirmed. */
struct life_tally {
    char subject[64];
    _Atomic uint64_t published, bytes, received, failed;
};

struct life_part {
    const char *name;
    bool demo; /* part of the life without --only */
    const char *help;
    void (*run)(
        const struct life_part *part); /* calls life_ready() once set up; returns when done or stopped */
};

/* Set before the parts start, constant since. */
const struct life_options *life_options(void);
/* A signal: leave everything. */
bool life_stopped(void);
/* That, or the --seconds are over: parts without a size of their own return. */
bool life_over(void);
/* This part is set up; the line "ready" is printed when all are. Then waits for the others. */
void life_ready(void);
/* A line "UTC part text" in the report. */
void life_say(const char *part, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The subject's tally, made at the first call; there is always one (the last one is shared when all are
 * taken). */
struct life_tally *life_tally(const char *subject);

/* Seconds of the monotonic clock. */
double life_now(void);
/* ns since 1970, now; and such an instant with milliseconds. */
int64_t life_utc_ns(void);
void life_utc(char *out, size_t size, int64_t ns);
/* false: it is over, before or meanwhile. */
bool life_sleep(double seconds);
/* 0 to 1, of a stream of numbers that --seed and `state` (0 at first; one for each thread) decide. */
double life_random(uint64_t *state);

/* Connected, to server `prefer` first if there are several, reconnecting for ever. NULL only when stopped. */
natsConnection *life_connect(const char *name, int prefer);
struct life_session {
    natsConnection *nc;
    jsCtx *js;
};
/* The same with JetStream, whose requests take 3 s at most. false: stopped, or without it. */
bool life_session_open(struct life_session *session, const char *name, int prefer);
/* Counts what comes on the subject into its tally, until the end of the process. */
bool life_count(natsConnection *nc, const char *subject, const char *queue, struct life_tally *tally);
/* Ends a synchronous subscription in the order that 3.4.1 survives. */
void life_drop(natsConnection *nc, natsSubscription *sub);

/* Calls send(context) as often as due(seconds since the beginning) says in total, by the clock and late ones
 * too: until that is `total`, or with total 0 until it is over. Returns how often. */
uint64_t life_pace(double (*due)(double elapsed, void *context), void (*send)(void *context), void *context,
                   uint64_t total);

void life_steady(const struct life_part *part);
void life_breathing(const struct life_part *part);
void life_service(const struct life_part *part);
void life_visitor(const struct life_part *part);
void life_stream_orders(const struct life_part *part);
void life_stream_events(const struct life_part *part);
void life_bucket(const struct life_part *part);
void life_keeps_up(const struct life_part *part);
void life_falls_behind(const struct life_part *part);
void life_never_pulled(const struct life_part *part);
void life_backlog(const struct life_part *part);
void life_slow(const struct life_part *part);
void life_crowd(const struct life_part *part);
void life_jobs(const struct life_part *part);
void life_workers(const struct life_part *part);
void life_one_at_a_time(const struct life_part *part);
void life_batch(const struct life_part *part);
void life_pushed(const struct life_part *part);
void life_copies(const struct life_part *part);
void life_regular(const struct life_part *part);

#endif
