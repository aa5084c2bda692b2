/* Alerts as objects of kind ALERT, so that lists sort and filter them as they do all others.
 *
 * Made for a list and owned by it, none are in the model; they live as long as the alerts that they are made
 * of: until the next tick or change of the book. Main process. */
#ifndef MODEL_ALERT_OBJECT_H
#define MODEL_ALERT_OBJECT_H

#include "model/alerts.h"

struct alert_objects { /* zeroed before the first use */
    struct alert_object *items;
    const struct object **all; /* in the order of the book */
    size_t count, cap;
};

/* All that the book of this model has. One keeps its id as long as there is the alert. */
void alert_objects_make(struct alert_objects *objects, const struct model *model);
void alert_objects_free(struct alert_objects *objects);

const struct alert *alert_of(const struct object *object);
/* Its place in the book: smaller is more urgent. */
size_t alert_place(const struct object *object);
/* By the id of its object; 0: it is no id of one. */
uint64_t alert_number_of(uint64_t id);
/* When it opened, the last time of several; 0: it did not yet. */
int64_t alert_came_utc_ns(const struct alert *alert);
/* When that began to be so, the last time of several; least: or before. 0: not known. */
int64_t alert_sign_utc_ns(const struct alert *alert, bool *least);
/* For how long it was so since then, or is by `utc_ns`: no calm is counted, and no part of a second, as its
 * sentence does. A value_span(), ns. */
struct value alert_lasted(const struct alert *alert, int64_t utc_ns);

/* ---- inside the model ---- */
enum severity alert_object_severity(const struct object *object);
const char *alert_state_at(int n), *alert_severity_at(int n); /* the words of states; NULL: no more */

#endif
