/* Alerts about what vanished: nobody who is asked says that it is not there, so they are not over as soon as
 * nobody speaks of it.
 *
 * Such an alert stays open until its object is listed again, somebody has acknowledged it, who then knows of
 * it, or VANISHED_NS are over. Its object stays a tombstone for as long; over a restart of ours the alert
 * alone does. Inside of the book of alerts, but for the first; main process. */
#ifndef MODEL_ALERT_VANISHED_H
#define MODEL_ALERT_VANISHED_H

#include "model/alert_book.h"

#define VANISHED_NS (3600 * NS_PER_S) /* from then on it is taken as deleted */

#define ENDING_ACKNOWLEDGED "gone, acknowledged"
#define ENDING_TAKEN        "still gone: taken as deleted"

/* This tombstone is what an alert speaks of. */
bool alert_keeps(const struct model *model, const struct object *object);
/* A restored one is not over, though nothing is found of it. */
bool vanished_stays(const struct model *model, const struct slot *slot);
/* The last run knew of it, and those who are asked by now don't list it either. */
bool vanished_is_known(const struct model *model, const struct slot *slot);
/* How it ends; NULL: it is about something else. */
const char *vanished_ending(const struct model *model, const struct slot *slot);

#endif
