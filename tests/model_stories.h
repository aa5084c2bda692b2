/* What a stream and a consumer do, second by second: a story for each state, and beside it one that is like
 * it and must not have it.
 *
 * Header only, as tests/model_build.h is. */
#ifndef TESTS_MODEL_STORIES_H
#define TESTS_MODEL_STORIES_H

#include "tests/model_story.h"

static inline void paused(double at, struct told_stream *s, struct told_consumer *c) {
    (void)at, (void)s;
    c->paused = true;
}

/* Three messages that nobody can process, delivered each 30 s; all others go through. */
static inline void redelivers(double at, struct told_stream *s, struct told_consumer *c) {
    s->last = 100000 + (uint64_t)(10 * at), s->last_at = at;
    c->pending = 0, c->ack_pending = 3;
    c->redelivered = at >= 30 ? 3 : 0;
    c->delivered = s->last;
    c->deliveries = s->last + 3 * (uint64_t)(at / 30);
    c->floor = 99990;
    c->last_delivered = at, c->last_ack = at;
    c->waiting = 1;
}
static inline void redelivers_with_success(double at, struct told_stream *s, struct told_consumer *c) {
    redelivers(at, s, c);
    c->floor = c->delivered - 3;
}
static inline void redelivered_once(double at, struct told_stream *s, struct told_consumer *c) {
    redelivers(at, s, c);
    c->deliveries = s->last + (at >= 30 ? 3 : 0);
}

/* It acknowledged none of fifty, and each was delivered twice. */
static inline void gives_up(double at, struct told_stream *s, struct told_consumer *c) {
    s->last = 50;
    c->max_deliver = 2, c->pending = 0, c->waiting = 1;
    c->delivered = 50, c->floor = 0;
    c->deliveries = at < 30 ? 50 : 100;
    c->redelivered = at < 30 ? 0 : 50;
    c->ack_pending = at < 60 ? 50 : 0;
    c->last_delivered = at < 30 ? 0 : 30;
}
static inline void gave_up_none(double at, struct told_stream *s, struct told_consumer *c) {
    gives_up(at, s, c);
    c->redelivered = 0, c->floor = 50;
}
/* One message in a stream of other subjects is refused each three seconds. */
static inline void refuses_filtered(double at, struct told_stream *s, struct told_consumer *c) {
    uint64_t all = (uint64_t)(10 * at);
    s->last = 100000 + all, s->last_at = at;
    c->filter = "a.>";
    c->pending = 0, c->ack_pending = c->redelivered = 1, c->waiting = 1;
    c->delivered = s->last, c->floor = 99990;
    c->deliveries = 1000 + all / 10 + (uint64_t)(at / 3);
    c->last_delivered = at, c->last_ack = at;
}
/* All that it is given is delivered again and again, and none of it acknowledged. */
static inline void never_acks(double at, struct told_stream *s, struct told_consumer *c) {
    (void)s;
    c->pending = 0, c->ack_pending = 102, c->waiting = 1;
    c->redelivered = at < 30 ? 0 : 102;
    c->delivered = 100000, c->floor = 99898;
    c->deliveries = 100000 + 102 * (uint64_t)(at / 30);
    c->last_delivered = 30 * floor(at / 30);
}
/* Twenty that are refused as soon as they come, and nothing else. */
static inline void refuses_many(double at, struct told_stream *s, struct told_consumer *c) {
    (void)s;
    c->pending = 0, c->ack_pending = c->redelivered = 20, c->waiting = 1;
    c->delivered = 100000, c->floor = 99980;
    c->deliveries = 100020 + (uint64_t)(64 * at);
    c->last_delivered = at;
}

static inline void full(double at, struct told_stream *s, struct told_consumer *c) {
    (void)at, (void)s;
    c->ack_pending = 1000, c->redelivered = 1000, c->waiting = 2;
    c->last_delivered = c->last_ack = -100;
}
/* 1000 jobs that take long, and their client says so. */
static inline void full_at_work(double at, struct told_stream *s, struct told_consumer *c) {
    full(at, s, c);
    c->redelivered = 0;
}
/* One job of 70 s at a time, and others wait for the next. */
static inline void full_of_one(double at, struct told_stream *s, struct told_consumer *c) {
    uint64_t jobs = (uint64_t)(at / 70);
    (void)s;
    c->ack_pending = 1, c->max_ack_pending = 1, c->ack_wait = 300, c->waiting = 1;
    c->pending = 499 - jobs;
    c->deliveries = c->delivered = 99501 + jobs, c->floor = 99500 + jobs;
    c->last_delivered = c->last_ack = 70 * (double)jobs;
}
static inline void one_in_work_in_progress(double at, struct told_stream *s, struct told_consumer *c) {
    full_of_one(at, s, c);
    c->ack_wait = 30;
}
static inline void full_and_left(double at, struct told_stream *s, struct told_consumer *c) {
    full(at, s, c);
    c->ack_pending = 5, c->max_ack_pending = 5, c->redelivered = 0, c->waiting = 0;
}
static inline void full_but_flowing(double at, struct told_stream *s, struct told_consumer *c) {
    s->last = 100000 + (uint64_t)(100 * at);
    c->ack_pending = 1000, c->waiting = 2;
    c->delivered = c->deliveries = 99500 + (uint64_t)(100 * at);
    c->floor = c->delivered - 1000;
    c->last_delivered = c->last_ack = at;
}
/* A batch of 1,000 that takes 20 s, and then the next one. */
static inline void full_by_design(double at, struct told_stream *s, struct told_consumer *c) {
    uint64_t batches = (uint64_t)(at / 20);
    s->last = 150000;
    c->ack_pending = 1000;
    c->delivered = c->deliveries = 90000 + 1000 * batches;
    c->floor = c->delivered - 1000;
    c->pending = s->last - c->delivered;
    c->last_delivered = c->last_ack = 20 * (double)batches;
}
static inline void full_without_limit(double at, struct told_stream *s, struct told_consumer *c) {
    full(at, s, c);
    c->max_ack_pending = -1;
}

static inline void unbound(double at, struct told_stream *s, struct told_consumer *c) {
    (void)at, (void)s;
    c->push = true;
}
static inline void unbound_ephemeral(double at, struct told_stream *s, struct told_consumer *c) {
    unbound(at, s, c);
    c->ephemeral = true;
}
static inline void unbound_without_work(double at, struct told_stream *s, struct told_consumer *c) {
    unbound(at, s, c);
    c->pending = 0, c->delivered = c->floor = 100000, c->deliveries = 100000;
}

static inline void unpulled(double at, struct told_stream *s, struct told_consumer *c) {
    (void)at, (void)s;
    c->last_delivered = c->last_ack = -1000;
}
/* Takes what there is and does not wait: never seen waiting, but it works. */
static inline void pulls_without_waiting(double at, struct told_stream *s, struct told_consumer *c) {
    s->last = 100000 + (uint64_t)(50 * at);
    c->delivered = c->deliveries = 99500 + (uint64_t)(50 * at);
    c->floor = c->delivered;
    c->last_delivered = c->last_ack = at - 1;
}
/* And one whose jobs take 25 s each. */
static inline void works_long(double at, struct told_stream *s, struct told_consumer *c) {
    uint64_t jobs = (uint64_t)(at / 25);
    (void)s;
    c->ack_pending = 1;
    c->pending = 499 - jobs;
    c->deliveries = c->delivered = 99501 + jobs, c->floor = 99500 + jobs;
    c->last_delivered = c->last_ack = 25 * (double)jobs;
}
static inline void unpulled_ephemeral(double at, struct told_stream *s, struct told_consumer *c) {
    unpulled(at, s, c);
    c->ephemeral = true;
}
/* It was made at second -2, over what there was. */
static inline void never_pulled(double at, struct told_stream *s, struct told_consumer *c) {
    (void)at, (void)s;
    c->pending = 2000, c->delivered = c->floor = 98000, c->deliveries = 0;
    c->created = -2, s->first_at = -3, s->last_at = -2.5;
}
/* Four jobs at a time of 20 s each, one of them a poll. */
static inline void is_four_behind(double at, struct told_stream *s, struct told_consumer *c) {
    s->last = 100000 + (uint64_t)(at / 20), s->last_at = 20 * floor(at / 20);
    c->max_ack_pending = 1, c->ack_pending = 1, c->pending = 3, c->waiting = 1;
    c->deliveries = c->delivered = s->last - 3, c->floor = c->floor_deliveries = s->last - 4;
    c->last_delivered = c->last_ack = 20 * floor(at / 20);
}
/* A burst before each look, which was done by half then, and each one is larger: of how long that is ago
 * nothing is known but that it was since the look before. */
static inline void is_seldom_looked_at(double at, struct told_stream *s, struct told_consumer *c) {
    uint64_t polls = (uint64_t)(at / 15), before = 50 * polls * (polls - 1);
    s->last = 100000 + before + 100 * polls, s->last_at = at - 0.5;
    c->delivered = c->deliveries = c->floor = c->floor_deliveries = s->last - 50 * polls;
    c->pending = 50 * polls, c->waiting = 1, c->last_delivered = c->last_ack = at;
}
static inline void unpulled_unconfigured(double at, struct told_stream *s, struct told_consumer *c) {
    unpulled(at, s, c);
    c->unconfigured = true;
}

static inline void full_unconfigured(double at, struct told_stream *s, struct told_consumer *c) {
    full(at, s, c);
    c->unconfigured = true;
}
static inline void gives_up_unconfigured(double at, struct told_stream *s, struct told_consumer *c) {
    gives_up(at, s, c);
    c->unconfigured = true;
}

static inline void waits_in_vain(double at, struct told_stream *s, struct told_consumer *c) {
    unpulled(at, s, c);
    c->waiting = 3;
}
static inline void push_waits_in_vain(double at, struct told_stream *s, struct told_consumer *c) {
    unpulled(at, s, c);
    c->push = c->bound = true;
}
/* Nothing for an hour, and then a message: it is not an hour late. */
static inline void had_nothing_to_do(double at, struct told_stream *s, struct told_consumer *c) {
    bool came = at >= 60;
    s->last = came ? 100001 : 100000, s->last_at = came ? 59 : -3000;
    c->waiting = 1, c->pending = came;
    c->delivered = c->floor = c->deliveries = 100000;
    c->last_delivered = c->last_ack = -3000;
}

static inline void acks_nothing(double at, struct told_stream *s, struct told_consumer *c) {
    (void)s, (void)at;
    c->pending = 0, c->ack_pending = c->redelivered = 500, c->waiting = 1;
    c->delivered = c->deliveries = 100000;
    c->last_delivered = -100, c->last_ack = -200;
}
static inline void acks_later(double at, struct told_stream *s, struct told_consumer *c) {
    acks_nothing(at, s, c);
    c->last_ack = at - 20;
}
/* It was idle for an hour; what it has since second 50 is not an hour unacknowledged. */
static inline void acks_soon(double at, struct told_stream *s, struct told_consumer *c) {
    bool came = at >= 50;
    s->last = came ? 100005 : 100000;
    c->pending = 0, c->ack_pending = came ? 5 : 0, c->waiting = 1;
    c->delivered = c->deliveries = s->last, c->floor = 100000;
    c->last_ack = -3000, c->last_delivered = came ? 49 : -3000;
}

static inline void works(double at, struct told_stream *s, struct told_consumer *c, double in, double out) {
    s->last = 100000 + (uint64_t)(in * at), s->last_at = at;
    c->delivered = c->deliveries = c->floor = 80000 + (uint64_t)(out * at);
    c->pending = s->last - c->delivered;
    c->waiting = 1, c->last_delivered = c->last_ack = at;
}
static inline void falls_behind(double at, struct told_stream *s, struct told_consumer *c) {
    works(at, s, c, 100, 50);
}
static inline void catches_up(double at, struct told_stream *s, struct told_consumer *c) {
    works(at, s, c, 50, 150);
}
static inline void keeps_its_distance(double at, struct told_stream *s, struct told_consumer *c) {
    works(at, s, c, 100, 100);
}
static inline void stays_late(double at, struct told_stream *s, struct told_consumer *c) {
    works(at, s, c, 20, 20);
    c->delivered = c->deliveries = c->floor = s->last - 2000;
    c->pending = 2000;
}
static inline void keeps_up(double at, struct told_stream *s, struct told_consumer *c) {
    works(at, s, c, 100, 100);
    c->delivered = c->deliveries = c->floor = s->last - (uint64_t)(fmod(at, 25) * 4);
    c->pending = s->last - c->floor;
}
static inline void done(double at, struct told_stream *s, struct told_consumer *c) {
    works(at, s, c, 100, 100);
    c->delivered = c->deliveries = c->floor = s->last;
    c->pending = 0;
}
static inline void idles(double at, struct told_stream *s, struct told_consumer *c) {
    (void)at, (void)s;
    c->pending = 0, c->delivered = c->deliveries = c->floor = 100000;
    c->last_delivered = c->last_ack = -300;
}
static inline void is_new_and_empty(double at, struct told_stream *s, struct told_consumer *c) {
    (void)at, (void)s;
    c->pending = 0, c->delivered = c->floor = 100000, c->deliveries = 0;
}

#endif
