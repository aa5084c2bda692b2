/* A curl multi handle on our loop: descriptors and the timer are curl's wishes, the waiting is ours.
 *
 * There is one per lane kind, so that the idle connection of a lane is never taken by the other one. Nothing
 * queues in curl: whoever adds a handle has at most one of it in flight. Owned by `collect http`. */
#ifndef COLLECTORS_MULTI_H
#define COLLECTORS_MULTI_H

#include <curl/curl.h>

#include "base/loop.h"

/* The transfer ended; the handle is out of the multi already and may be added again. */
typedef void multi_done_fn(void *data, CURL *easy, CURLcode rc);

struct multi;
struct multi *multi_create(struct loop *loop, multi_done_fn *done, void *data);
void multi_destroy(struct multi *multi);
void multi_add(struct multi *multi, CURL *easy);
void multi_remove(struct multi *multi, CURL *easy); /* without a word to `done` */

#endif
