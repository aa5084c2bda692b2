/* A connection that was cut and that its server lists as open all the same, until its last write returns: up
 * to a write deadline, and longer. Nothing is queued for it any more, and producers are paused for it as
 * before. Plain data of its connection, zeroed to begin. */
#ifndef MODEL_LINGERING_H
#define MODEL_LINGERING_H

#include <stdbool.h>
#include <stdint.h>

struct lingering {
    uint64_t listing; /* the last of its server's (closing.h) that had it; 0 none */
    int64_t mono_ns, now_ns;
    int64_t pending;
    double stalls;       /* pauses of producers for its sake; below zero: not told */
    double stalls_per_s; /* since it was listed before; 0 none, or not known */
};

struct entry;
struct row;
struct stamp;

/* It is listed as open, and its record had come before that was asked for. */
void lingering_put(struct entry *server, struct entry *connection, const struct row *row,
                   const struct stamp *at);
/* A page of those that hold most has been taken, or one that has all. */
void lingering_listed(struct entry *server);

#endif
