/* Somebody else's program, run once with a text on its standard input, and without a shell. Main process; it
 * never waits for it.
 *
 * It has a session and a process group of its own, no terminal, nothing of our descriptors and only the
 * environment that it is given. What it prints is read and dropped but for its last line. It has ended when
 * the program and all that is left in its group are gone; what has left the group is nobody's affair. Beyond
 * its time limit the group gets SIGTERM, a second later SIGKILL; what a failed one leaves behind is killed.
 * If we are killed meanwhile, an alarm ends the program itself a little later than its limit.
 */
#ifndef OUTWARD_PROGRAM_H
#define OUTWARD_PROGRAM_H

#include <stddef.h>

#include "base/loop.h"

struct program;

enum { PROGRAM_FAULT_SIZE = 400 };

struct program_start {
    const char *const *words; /* the program, by PATH unless it has a slash, and its arguments; NULL ends */
    const char *const *environment; /* NAME=VALUE; NULL ends */
    const char *input;
    int64_t limit_ns;
};

/* Called once, from the loop, when it is gone; fault: what went wrong in words, NULL when nothing did. The
 * program is freed afterwards. */
typedef void program_end_fn(void *data, const char *fault);

/* Borrows nothing after it returns. NULL: errno; nothing was started. */
struct program *program_start(struct loop *loop, const struct program_start *start, program_end_fn *fn,
                              void *data);
/* It has gone, and its end is not told: true. Waits so long for that at most. */
bool program_wait(struct program *program, int ms);
/* Kills its group if it still lives, forgets it. NULL is fine. */
void program_destroy(struct program *program);

#endif
