/* A process that is none of ours: its own session, no terminal, default signals, no descriptor but the three
 * that it is given, and only the environment that it is given. Main process. */
#ifndef OUTWARD_SPAWN_H
#define OUTWARD_SPAWN_H

#include <sys/types.h>

struct spawn {
    const char *const *words; /* the program, by PATH of that environment unless it has a slash; NULL ends */
    const char *const *environment; /* NAME=VALUE; NULL ends */
    int in, out, err;               /* stay ours, too */
    unsigned alarm_s; /* SIGALRM after so long, whoever started it still there or not; 0: never */
};

/* In front of the one line, behind an empty one, that says on `err` why the program can't be run; it ends
 * with code 127 then. */
#define SPAWN_FAILED '\x01'

/* Its pid, which is its process group's; -1: errno. */
pid_t spawn(const struct spawn *spawn);

#endif
