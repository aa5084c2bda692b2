/* How long the oldest message that a consumer has not acknowledged has been waiting.
 *
 * Nobody tells when a message came, short of reading it. But each answer tells the last sequence of its
 * stream and when that one came, so what we saw is remembered: when the message behind the ack floor came is
 * read off there. Of what came before we watched, the first and the last message of then are known, and in
 * between it is guessed. So it is between two of our looks, unless the load is even: how far apart these are
 * tells whether it is measured, and that it came no later than the second of them is proven (`least_ns`). A
 * guess is shown; states and rules count what is proven alone. Who reads a part of its stream has nothing
 * that is older than the message behind its ack floor, so by when that one can't have come yet is a bound.
 *
 * All instants here are moments: of the collector's monotonic clock, into which each server's word is turned
 * by that server's own clock. So clocks that disagree, and leaders that move between them, make no age jump.
 * Owned by the streams and consumers of the model, used by it alone. */
#ifndef MODEL_BACKLOG_H
#define MODEL_BACKLOG_H

#include "model/intake.h"

struct arrival {
    uint64_t seq;      /* was the last one */
    int64_t came_ns;   /* moment at which it did */
    int64_t looked_ns; /* and until then none came after it */
};

/* Of one stream: what is old is kept in larger steps, about a 32nd of its age, so a day has room. */
#define ARRIVALS_MAX 256
struct arrivals {
    struct arrival *points; /* oldest first */
    unsigned count, cap;
    bool first_known;
    uint64_t first_seq;
    int64_t first_came_ns;
};

/* When what this answer says was true. `server` gave it. */
int64_t moment_of(const struct object *server, const struct stamp *at);
/* The moment of an instant of that row's own clock, not after the row; TIME_UNSET stays that. */
int64_t moment_then(int64_t moment, const struct stamp *at, int64_t then_ns);

/* The stream has a new row, told by `server`, its leader. again: it was deleted and created again. */
void arrivals_put(struct arrivals *arrivals, const struct object *stream, const struct object *server,
                  bool again);
/* They came into another stream than the one that has its name now. */
void arrivals_forget(struct arrivals *arrivals);
/* The last sequence at a moment was at least, at most that: 0, UINT64_MAX not known. */
uint64_t arrivals_least(const struct arrivals *arrivals, int64_t moment);
uint64_t arrivals_most(const struct arrivals *arrivals, int64_t moment);
/* That one had come by then, as far as is known at `moment`, which it is at the latest. */
int64_t arrivals_came_by(const struct arrivals *arrivals, uint64_t seq, int64_t moment);
void arrivals_copy(struct arrivals *arrivals); /* what it points to becomes its own */
void arrivals_finish(struct arrivals *arrivals);

/* It reads some subjects of its stream alone, or not each message. */
bool backlog_is_filtered(const struct row *consumer);
/* Some of it may go before its turn, for a newer one of its subject or by its own word, and nobody tells
 * which. */
bool backlog_goes_unseen(const struct row *stream);
/* All up to here is done with; false: not told. Where nothing is acknowledged, what is delivered is. */
bool backlog_floor(const struct row *consumer, uint64_t *floor);

struct behind {
    bool known;
    uint8_t flags; /* of its value: measured, VALUE_ESTIMATED or VALUE_BOUND */
    bool in_sight; /* it came between two looks of ours, so it is off by no more than these are apart */
    int64_t ns;
    int64_t least_ns; /* what is proven of it: all of it where it is measured, 0 nothing */
};
/* Of a consumer by its present row, true at `moment`. stream NULL: not known; zero_ns: when it last had no
 * lag, TIME_UNSET never seen. */
struct behind behind_of(const struct arrivals *arrivals, const struct intake *intake,
                        const struct object *consumer, const struct object *stream, int64_t moment,
                        int64_t zero_ns);
/* That much is proven otherwise, too. */
void behind_at_least(struct behind *behind, int64_t ns);

#endif
