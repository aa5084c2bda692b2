/* Which servers have a part in the group of a stream or a consumer, by name, as its leader or, without one, a
 * member has told last. Whether so few of them are left that it can have no leader: then the reason is the
 * servers that are silent, and these have alerts of their own. Part of an asset; no I/O. */
#ifndef MODEL_MEMBERS_H
#define MODEL_MEMBERS_H

#include "model/state.h"

#define MEMBERS_MOST 6 /* five replicas is all that a stream can have; more only while it moves */

struct members {
    const struct text *names[MEMBERS_MOST];
    unsigned count; /* 0 not told; beyond MEMBERS_MOST the rest has no names here */
};

/* Told anew, by this server; the others follow. Names are the model's. */
void members_begin(struct members *members, const struct text *server);
void members_add(struct members *members, const struct text *name);
/* This server is one of them: by its name, or since it can be no other. */
bool members_have(const struct model *model, const struct object *asset, const struct object *server);

/* The silent server that is called so; else one of which nobody knows what it is called, since it was silent
 * when we came. NULL: who is called so answers, or none is silent. */
const struct entry *silent_server(const struct model *model, const struct object *cluster, const char *name);
/* It speaks as urgently itself; who is stale will in a moment. */
bool speaks_for_itself(const struct entry *server, enum severity level);
/* Of a stream or consumer without a leader or a majority: too few of its members are left, since servers are
 * silent that have an alert as urgent as `level`, or were until a moment ago. */
bool members_explain(const struct model *model, const struct object *asset, enum severity level);

#endif
