/* The fence: how much may be on its way to the terminal.
 *
 * Nobody tells a program how much of what it wrote waits in pipes, sockets and modems. So each frame ends
 * with a status query, and at most two may be unanswered; the age of the oldest is the lag, and bytes between
 * answers tell the rate. A terminal that does not answer within 2 s gets so many bytes a second instead,
 * until it does. One that answered once and stopped is waited for, and tried again now and then. Pure: time
 * is a parameter. Main process. */
#ifndef TUI_FENCE_H
#define TUI_FENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FENCE_QUERY        "\033[5n"
#define FENCE_DEFAULT_RATE 8000 /* bytes a second to a terminal that does not answer */
#define FENCE_FIRST_BYTES  1000 /* of a frame as long as nobody knows how narrow the link is */

enum { FENCE_FRAMES = 2, FENCE_QUERIES = FENCE_FRAMES + 1 };

struct fence {
    int64_t max_rate; /* bytes/s while capped */
    bool forced;      /* capped for good */
    bool capped;      /* nothing is asked */
    bool answers;     /* did at least once */
    struct {
        int64_t ns;
        size_t bytes;       /* of the frame before it */
    } asked[FENCE_QUERIES]; /* unanswered, oldest first */
    int asked_count;
    int lost; /* answers that are awaited no longer, and may come all the same */
    int64_t lost_ns;
    int64_t heard_ns, sent_ns;
    int64_t waiting_ns;             /* since when an answer is due; INT64_MAX: all came */
    int64_t retry_ns, retry_gap_ns; /* of a terminal that fell silent */
    int64_t witness_ns;             /* since when somebody types there all the same; INT64_MAX: nobody */
    int64_t trip_ns, least_trip_ns; /* query to answer; -1 none yet */
    double bytes, seconds;          /* lately measured */
    double tokens;                  /* capped: bytes that may go at once; below 0: too much went */
    int64_t tokens_ns;
};

/* max_rate 0: the terminal is asked. Else it is never asked and gets so many bytes a second. */
void fence_init(struct fence *f, int64_t max_rate, int64_t mono_ns);
/* The terminal was somebody else's meanwhile: what was asked will not be answered. */
void fence_restart(struct fence *f, int64_t mono_ns);
/* The next frame has to end with FENCE_QUERY. */
bool fence_asks(const struct fence *f);
/* May a frame go? One that answers a key goes before others. */
bool fence_open(struct fence *f, bool key, int64_t mono_ns);
/* When to ask fence_open() again although no answer came. */
int64_t fence_next_ns(const struct fence *f, bool key);
/* A frame of so many bytes went; with a query at its end if fence_asks(). */
void fence_sent(struct fence *f, size_t bytes, int64_t mono_ns);
void fence_answer(struct fence *f, int64_t mono_ns);

/* How far behind the terminal is: the oldest unanswered query's age, at least the last round trip. */
int64_t fence_lag_ns(const struct fence *f, int64_t mono_ns);
/* Answers that may still come, and how long it is worth while to wait for them: as long as what is on its way
 * takes at the measured rate, at most 10 s. A terminal that has not answered in 3 s since the
 * first query gets a moment. */
int fence_unanswered(const struct fence *f, int64_t mono_ns);
int64_t fence_patience_ns(const struct fence *f, int64_t mono_ns);
/* Bytes that take the link half a second, for a key one; SIZE_MAX where that is no limit. */
size_t fence_budget(const struct fence *f, bool key);

#endif
