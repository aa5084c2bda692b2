/* A server that is about to leave: in lame duck mode it takes no new clients, lets go of those it has, and
 * ends.
 *
 * No field of its monitoring says so. What all versions do (seen of 2.9.10 to 2.15): their listener is
 * closed, so /healthz fails with "failed to be ready for connections", while /varz answers as before; from
 * 2.9.22 they say so to the system account. A
 * server that has just started says the same until it listens. Plain data, zeroed to begin; owned by its
 * server. */
#ifndef MODEL_LAME_DUCK_H
#define MODEL_LAME_DUCK_H

#include <stdbool.h>
#include <stdint.h>

#define LAME_DUCK_MAY_BE_AWAY_S 600 /* who was sent away is back by then, or it is down */

struct model;
struct entry;
struct object;

struct lame_duck {
    int64_t since_utc_ns; /* 0: it is none */
    bool said;            /* by itself: it is one until it ends, whatever /healthz said just before */
};

/* It said so itself. */
void lame_duck_said(struct model *model, struct entry *server, int64_t utc_ns);
/* After an answer to /healthz. */
void lame_duck_judge(struct model *model, struct entry *server, int64_t utc_ns);
/* It is one, or went as one and has not been away for ten minutes. */
bool is_lame_duck(const struct model *model, const struct object *server);

#endif
