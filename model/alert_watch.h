/* What an alert asks of rules and objects: may it open yet, can anybody be asked, where does it stand. For
 * the book's own sources; main process. */
#ifndef MODEL_ALERT_WATCH_H
#define MODEL_ALERT_WATCH_H

#include "model/alert_book.h"

/* What is one trouble of one object; borrowed from its rule. */
const char *watch_tag(const struct finding *finding);
/* The name of the cluster that it is in; "": not known. */
void watch_cluster_name(const struct model *model, const struct object *object, char out[OBJECT_NAME_SIZE]);
/* Whoever speaks for it has answered twice since our start. */
bool watch_is_heard(const struct model *model, const struct object *object);
/* Whoever says so has answered once only since our start, and it is not about whether it is there. */
bool watch_is_early(const struct model *model, const struct finding *finding);
/* It says no more than that a server is silent: that one's alert is enough. */
bool watch_is_echo(const struct model *model, const struct finding *finding);
/* What was so of it may be so still: nobody answers for it, as for a cluster of which all servers are down.
 */
bool watch_may_go_on(const struct object *object);
/* An open alert says so, or that it is worse. */
bool watch_is_told(const struct model *model, const struct object *object, const struct truth *truth);
/* Some rule of that trouble goes on to be met at the level that was said, though its hold may not be over, or
 * can't be judged for now. */
bool watch_is_as_bad(const struct model *model, const struct slot *slot);
/* For now nobody can say whether the rule that was said is met still. */
bool watch_is_open(const struct model *model, const struct slot *slot);
/* Its condition held when it could last be judged, and it can't be now: nobody can be asked, or what is known
 * does not say; of what is expected of all servers, not all can be. */
bool watch_is_asleep(const struct model *model, const struct slot *slot);
/* A restored one that is not found: true when its rules said for long enough that it is not so, or its
 * cluster has answered for long enough to find it. passed_ns: since the last tick. */
bool watch_waited(const struct model *model, struct slot *slot, int64_t passed_ns);

#endif
