/* What an answer says to the collector itself, beside the rows that travel: who answers, what exists, how
 * much there is. */
#ifndef COLLECTORS_ANSWER_H
#define COLLECTORS_ANSWER_H

#include "collectors/target.h"

/* For all lanes of targets; data is the struct target. */
extern const struct lane_handler answer_handler;

void facts_reset(struct facts *facts); /* keeps the memory of the lists unless it is large */
void facts_finish(struct facts *facts);

#endif
