/* A temporary folder that is gone afterwards, however the test ends.
 *
 * A guard process, in a session of its own, waits for the end of the process that made the folder (a failed
 * assertion, a crash, Check's kill after a timeout) and removes it then. It holds no descriptor of the test
 * but its own pipe. */
#ifndef HARNESS_FOLDER_H
#define HARNESS_FOLDER_H

#include <stdbool.h>
#include <sys/types.h>

struct folder {
    char path[512];
    pid_t owner; /* the process that made it: only there folder_remove() removes */
    pid_t guard;
    int pipe;
};

/* Below $TMPDIR or /tmp. false: said on stderr. */
bool folder_make(struct folder *folder, const char *prefix);
void folder_remove(struct folder *folder);
/* One path and all below it; never follows a link. */
void folder_remove_path(const char *path);

/* Called in a child that is about to exec: own session, dies with `parent`, no descriptor above 2 left open.
 * Does not return when the parent is gone already. */
void folder_child(pid_t parent);
/* In a child that is about to exec: a state folder that no other process has. What one natsight keeps is not
 * for the next one, unless a test means that. */
void folder_fresh_state(void);

#endif
