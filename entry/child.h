/* A collector as a process: started from this very binary with pipes and a cleared environment, ended by its
 * pid. Main process. */
#ifndef ENTRY_CHILD_H
#define ENTRY_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "entry/options.h"
#include "entry/way_in.h"

struct child {
    pid_t pid;        /* 0: none */
    int in, out, err; /* our ends: non-blocking, close-on-exec */
};

/* false and errno when there is no process or pipe to be had. page_fd is inherited; -1: none. */
bool child_start(struct child *child, const struct options *options, enum way way, int page_fd);
/* Kills it if it still lives, waits for it, closes the pipes; returns its wait status, 0 when there was none.
 */
int child_end(struct child *child);

#endif
