/* What a consumer is doing, in one word with its reason: the rows of consumer_states.def.
 *
 * Asked once for each new row of its leader, and kept with its row: a stale consumer has the state that it
 * had. Only what is our own word (nobody leads it) is asked whenever somebody looks. Owned by its consumer.
 */
#ifndef MODEL_CLASSIFY_H
#define MODEL_CLASSIFY_H

#include "model/progress.h"
#include "model/quantity.h"

#define WHY_SIZE 128
struct standing {
    int state; /* 0 none yet, else row of the table + 1 */
    int64_t since_utc_ns;
    int why_state; /* what `why` says, and of which row: it is written when somebody reads it */
    uint64_t why_serial;
    char why[WHY_SIZE];
};

struct entry;
void states_create(struct model *model);
void states_destroy(struct model *model);
/* The consumer has a new row, told by `server`. same: by the leader that told the one before;
 * again: it was deleted and created again since. */
void consumer_stands(struct model *model, struct entry *server, struct entry *consumer, bool same,
                     bool again);

/* 0 unknown. `model` may be a clone. */
int standing_of(const struct model *model, const struct object *consumer);
const char *standing_name(int state);
bool standing_is_told(int state);  /* it says what the consumer is doing */
bool standing_is_stuck(int state); /* something keeps it from getting on */
bool standing_is_ours(int state);  /* our word of now, not its leader's */
const char *standing_why(const struct model *model, const struct object *consumer);
/* TIME_UNSET: not known. */
int64_t standing_since(const struct model *model, const struct object *consumer);

#endif
