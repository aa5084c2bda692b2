/* Streams that had no other replica in an earlier run: while their server has been silent since we came
 * nobody lists them, and what is known of them is what was known before. What the next run is to know of
 * those of this one. Part of the model; no I/O. */
#ifndef MODEL_LONE_STREAMS_H
#define MODEL_LONE_STREAMS_H

#include "model/model.h"

/* Once a tick, after servers have their names. */
void lone_streams_tick(struct model *model);
void lone_streams_destroy(struct model *model);

#endif
