/* What the rules find, as a few lines: for whoever is told once and does not look.
 *
 * A trouble is what is found of one object under one tag, whichever rule of the tag speaks. It has a line
 * when it begins; one whenever a worse rule speaks, or the figure is twice what was said; one when for a
 * while only a lesser rule does; and one when for a while none does, under the name of the worst that was
 * said. What comes back sooner than that was no end. Of many that one rule speaks of at once the first have
 * lines, and how many more there are has one; what had no line has no end either. Owned by whoever made it.
 */
#ifndef MODEL_ALERTS_H
#define MODEL_ALERTS_H

#include "model/model.h"

struct alerts;

/* Which object it is, as it is to be called when it is gone, too. */
typedef void alert_name_fn(const struct model *model, const struct object *object, char *out, size_t size);
/* A line. OK: it is over; the finding may be of an object that is no more. Of "61 more", which is their name,
 * it is of none. */
typedef void alert_say_fn(void *data, enum severity severity, const struct finding *finding,
                          const char *name);

struct alerts *alerts_create(alert_name_fn *name, alert_say_fn *say, void *data);
/* NULL is fine. */
void alerts_destroy(struct alerts *alerts);
/* After each tick of the model, always the same one. */
void alerts_tick(struct alerts *alerts, const struct model *model);

#endif
