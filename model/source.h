/* What streams copy from: the mirror or the sources of each, as its leader sees them.
 *
 * Objects of their own, children of their stream, told by its leader alone and gone with the answer that no
 * longer lists them. Owned by the model. */
#ifndef MODEL_SOURCE_H
#define MODEL_SOURCE_H

#include "model/asset.h"

struct source {      /* extra of SOURCE */
    uint64_t serial; /* of the sample that last listed it */
    bool never;      /* there was no contact yet */
};

/* After the streams of an answer to /jsz: their sources, and how these do together. */
void sources_put(struct model *model, struct entry *server, const struct sample *sample,
                 const struct text *domain, const struct stamp *at);
/* Replicas and sources are as fresh as their asset, whose leader tells of them. */
void asset_parts_tick(struct model *model);

/* "ok"; "never": no contact yet; "error"; "silent": the last contact is long ago. NULL: not told. */
const char *source_state(const struct object *source);
/* Each of these words, from bad to worse; NULL: there are no more. */
const char *source_state_word(int n);
/* Without contact nothing is behind, by the server's word: that is its zero, not its figure. */
bool source_lag_is_told(const struct object *source);

#endif
