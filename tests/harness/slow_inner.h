/* Between the parts of slow.c: the process that is all these clients. */
#ifndef HARNESS_SLOW_INNER_H
#define HARNESS_SLOW_INNER_H

#include "tests/harness/slow.h"

#include <stdatomic.h>

#define SLOW_NS INT64_C(1000000000)

struct slow_page { /* shared by the processes */
    atomic_int n, over;
    struct slow_life lives[SLOW_LIVES];
};

struct slow {
    char url[64];
    struct slow_group groups[SLOW_GROUPS];
    int n;
    pid_t pid;
    struct slow_page *page;
};

/* One client, between its lives and in them. Instants of the monotonic clock. */
struct slow_client {
    const struct slow_group *group;
    int group_number, number, lives;
    struct slow_life *life; /* of now, or the last one; NULL before */
    int64_t due_ns, since_ns, fed_ns;
    int fd;         /* -1: none */
    pid_t process;  /* instead, of one that stops */
    bool connected; /* and the server had said so */
    bool done;      /* no life is left */
    char in[4096];  /* what came before that */
    size_t in_size;
};

/* The process itself. */
_Noreturn void slow_run(struct slow *s, pid_t parent);

int64_t slow_mono_ns(void);
int64_t slow_utc_ns(void);
void slow_subject(const struct slow_client *c, char *out, size_t size);

/* Begins what its life says, without blocking. */
void slow_client_connect(struct slow *s, struct slow_client *c);
/* What to poll for. */
short slow_client_events(const struct slow_client *c);
/* After that. */
void slow_client_turn(struct slow *s, struct slow_client *c, short events);
/* Instead of all these, for one that stops. */
void slow_client_stops(struct slow *s, struct slow_client *c);

struct slow_feeders;
/* `clients` are those of one group. NULL: nobody is fed, or they could not connect, which is on stderr. */
struct slow_feeders *slow_feeders_start(struct slow *s, struct slow_client *clients, int n);
void slow_feeders_turn(struct slow_feeders *feeders); /* NULL is fine */

#endif
