/* An errand: a short-lived fork that does what may take long or never end, mostly at a disk, and answers.
 *
 * A fork has the model as it was at that moment. It never touches the terminal, ignores what a terminal's
 * keys send, dies with us, and is killed when its time is over. What it answers are bytes, and one descriptor
 * if it likes. Main process; nobody waits but in errand_wait(). */
#ifndef OUTWARD_ERRAND_H
#define OUTWARD_ERRAND_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/loop.h"

struct errand;

enum { ERRAND_ANSWER_MAX = 96 << 20 }; /* bytes; who answers more is killed */

/* In the fork. What is put into the answer is sent when it returns; *fd, -1 at first, goes along. */
typedef void errand_run_fn(void *context, struct buffer *answer, int *fd);
/* The end, from the loop or from errand_wait(). failure: NULL, or why there is no answer ("killed after 10 s
 * without an answer"): then it is empty and fd is -1. fd is the receiver's to close. A new errand may be
 * begun in here. */
typedef void errand_done_fn(void *data, const char *failure, struct buffer *answer, int fd);

/* One at a time. */
struct errand *errand_create(struct loop *loop, errand_done_fn *done, void *data);
/* Kills what still runs: nothing of it is told. NULL is fine. */
void errand_destroy(struct errand *errand);

/* false: one is under way, or its process is not gone yet; or no process is to be had, and errno says why.
 * The limit is for one that hangs, or has worked for so long: while it works, and is given little of the
 * machine, it has up to twelve times that. */
bool errand_begin(struct errand *errand, errand_run_fn *run, void *context, int limit_ms);
bool errand_is_under_way(const struct errand *errand);
/* Until the end of the one that is under way, so long at most; true: none is any more, and a new one can be
 * begun. */
bool errand_wait(struct errand *errand, int ms);

#endif
