/* What a server tells of streams and consumers that has just come back.
 *
 * It restarted, was silent or had its JetStream off: for as long as its groups have not told it better it
 * has what it had before, and of what was deleted meanwhile nobody will. That nobody leads such a one is no
 * news of it: another member, that was there all the time, says so itself where it is true, and lists what
 * there is. Where no other one is left the word of who is back is all there is, and counts. Used by the merge
 * alone. */
#ifndef MODEL_RETURNED_H
#define MODEL_RETURNED_H

#include "model/merge.h"

/* Not long ago, or this is one of its first answers. mono_ns: of the answer. */
bool has_returned(const struct entry *server, int64_t mono_ns);
/* The row of one that has, and does not lead it, is its memory, and others know better. held: what is known
 * of it, NULL nothing. leader: whom the row names, NULL nobody. */
bool is_memory(const struct answer *answer, const struct entry *held, const struct row *row,
               const struct text *leader);

#endif
