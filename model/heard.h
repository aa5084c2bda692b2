/* What servers published when it happened (EVENT rows that are heard), beside what is noticed when they are
 * asked.
 *
 * What both tell is told once: it waits here until what was asked at once has been answered, and is an event
 * of its own only where nothing of it was found by then. Waits in the model, plain data; so many at most,
 * what comes beyond is left to what is asked. */
#ifndef MODEL_HEARD_H
#define MODEL_HEARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/lately.h"

#define HEARD_WAITING_MOST 64
#define HEARD_SUBJECT_SIZE (2 * 256 + 8)
#define HEARD_WAITS_S      15 /* longer than /jsz of all servers takes, as a rule */

struct heard_waiting {
    int64_t utc_ns, until_mono_ns;
    uint64_t object; /* 0: not known */
    uint64_t server; /* of a client that was cut, with its cid; 0 none */
    uint64_t cid;
    enum { HEARD_OF_ANOTHER, HEARD_OF_STREAM, HEARD_OF_CONSUMER } of;
    char kind[16], subject[HEARD_SUBJECT_SIZE], account[260], text[260];
};
#define HEARD_COUNTED_MOST 64

struct heard_counted {
    uint64_t object;
    struct lately given_up;
};
struct heard_list {
    struct heard_waiting waiting[HEARD_WAITING_MOST]; /* oldest first */
    size_t count;
    struct heard_counted counted[HEARD_COUNTED_MOST]; /* consumers that gave up messages, oldest first */
    size_t counted_count;
    int64_t uncounted_utc_ns; /* when others were last told as a number, of nobody in particular; 0 never */
};

struct model;
struct entry;
struct object;
struct row;

/* server: that it is of, as far as it is known; NULL. */
void heard_put(struct model *model, struct entry *server, const struct row *event);
void heard_tick(struct model *model);
/* Messages that this consumer gave up lately, by what was published; *least: there may be more. false:
 * nothing was heard of it, which only its own account would. */
bool heard_given_up(const struct model *model, const struct object *consumer, int64_t span_ns,
                    uint64_t *messages, bool *least);

#endif
