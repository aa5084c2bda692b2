/* From when on the word of a server that names itself the leader is a leader's word, and until when.
 *
 * It does so as soon as it is elected. Only when it has applied what was agreed on before does it take over,
 * and counts what is pending; till then its figures are a follower's: 0, or of long ago, and of what waits
 * for acknowledgements it knows nothing, even where it led before. And one that stood still for a while
 * finishes its answer as the leader that it was. Used by the merge alone. */
#ifndef MODEL_FIRST_WORD_H
#define MODEL_FIRST_WORD_H

#include "model/asset_kind.h"
#include "model/merge.h"

/* It says nothing of the other replicas, and there are some: it may not have heard of its group yet. */
bool knows_no_group(const struct answer *answer, const struct entry *entry, const struct row *row);

/* led: its row in which it names itself the leader, NULL it does not. false: that is not to be taken yet. */
bool first_word_counts(const struct answer *answer, const struct asset_kind *kind, struct entry *entry,
                       const struct row *led, const struct stamp *at);

/* Another one leads since, by what others have told already. */
bool last_word_was_said(const struct answer *answer, const struct asset_kind *kind, const struct entry *entry,
                        const struct row *led, const struct stamp *at);

#endif
