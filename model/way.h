/* Several ways to one server: its monitoring port, and NATS.
 *
 * Each way is a target of another source. Of each shape of answer one way counts: the first of the sources
 * (HTTP before NATS) while its answers are fresh, else another one that does answer. The rows of another way
 * make no rate with those before (stamp.source). What answers a way gives that does not count is only noted:
 * it stands by. Part of the model. */
#ifndef MODEL_WAY_H
#define MODEL_WAY_H

#include "model/server.h"

/* The target of that source that asks this server; NULL: none does. */
struct target *way_of(const struct model *model, const struct entry *server, uint16_t source);
/* Of two targets of different sources the one that a server is better known as. */
bool way_is_better(const struct target *a, const struct target *b);
/* Another target of this server, the best there is; NULL: none. */
struct target *way_besides(const struct model *model, const struct entry *server, const struct target *but);
/* Notes what came by this way, of a server that it is one of, and says whether that is what counts. */
bool way_counts(struct model *model, struct target *target, const struct sample *sample);
/* "http"; NULL: it is none of ours. */
const char *way_name(uint16_t source);
/* Whether it does, as far as is known, of this shape. */
bool way_serves(const struct entry *server, uint16_t source, uint64_t shape);

#endif
