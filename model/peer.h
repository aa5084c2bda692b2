/* Members of Raft groups as their leader sees them: which are lost by its word.
 *
 * Hangs at REPLICA and META_PEER objects as `extra`. Meaningful on a leader's row alone: a follower knows
 * nothing of the others. Owned by the model. */
#ifndef MODEL_PEER_H
#define MODEL_PEER_H

#include "model/server.h"

#define LOST_AFTER   (10 * NS_PER_S) /* the servers' own lost-quorum interval */
#define UNHEARD_LOST (2 * NS_PER_S)  /* a leader that has just been chosen has not heard anybody yet */

struct peer {
    int64_t silent_since_mono_ns; /* never heard since then, 0 no */
    uint64_t serial;              /* of the sample that last listed it */
    bool lost;
    bool late;   /* by the last answer: more than what is under way */
    bool behind; /* late, and by the answer before that as well */
};

struct peer_fields {
    enum field name, current, offline, active, lag;
};
extern const struct peer_fields replica_fields, meta_peer_fields;

enum contact { CONTACT_HEARD, CONTACT_NEVER, CONTACT_LOST };
/* What the leader's row says of a member; `cluster` where its server is looked for, NULL: in any. */
enum contact peer_contact(const struct model *model, const struct object *cluster, const struct row *row,
                          const struct peer_fields *f);
/* After entry_update(), once an answer. */
void peer_judge(struct model *model, struct entry *entry, const struct peer_fields *f);

enum peer_state { PEER_UNKNOWN, PEER_CURRENT, PEER_BEHIND, PEER_DOWN, PEER_LOST, PEER_OFFLINE };
/* By its leader's last word, but for PEER_DOWN: its server does not answer us, which a leader may not have
 * noticed yet, and one that is dead itself never will. */
enum peer_state peer_state(const struct model *model, const struct object *peer);
const char *peer_state_name(enum peer_state state); /* NULL for PEER_UNKNOWN */

#endif
