/* JetStream of an account, told by its API: a voice for streams and consumers that is no server.
 *
 * Where we are no system account no server answers, and what can be known is what the account itself is told.
 * Each of these rows is the word of who leads the asset, so the voice may claim all of them, and no server is
 * made of the names in them: of servers nothing is known. It has what a server has of its answers (struct
 * server, without /varz and everything that comes of that), in the place of /jsz. Model alone. */
#ifndef MODEL_API_H
#define MODEL_API_H

#include "model/server.h"

/* Does it stand for an account, not for a server? */
bool api_is(const struct target *target);
/* What a collector says of it. false: it is no more. */
bool api_target(struct model *model, struct target *target, int64_t utc_ns);
/* What such an answer stands for; others for themselves. */
enum shape api_shape(unsigned shape);
void api_answered(struct model *model, struct entry *api, const struct sample *sample);
void apis_tick(struct model *model);
/* One of this cluster answers now; NULL: of any. */
bool api_answers(const struct model *model, const struct object *cluster);
/* Since the oldest answer of those that answer, -1 none does. */
int64_t api_age_ns(const struct model *model);
/* Between two answers of the slowest of these. */
int64_t api_gap_ns(const struct model *model);

#endif
