/* What a stream is by its name: plain, or one that something else is made of.
 *
 * Buckets, object stores and MQTT sessions are streams whose names begin in a certain way; people know them
 * by the rest. */
#ifndef MODEL_STREAM_H
#define MODEL_STREAM_H

#include "model/asset.h"

/* "stream", "kv", "object", "mqtt" */
const char *stream_kind(const char *name);
/* Each of these words, some of them more than once; NULL: there are no more. */
const char *stream_kind_word(int n);
/* Made by the server for itself, or of the system account: nobody's data. */
bool stream_is_internal(const char *account, const char *name);

/* It came to be known: what it is called. */
void stream_created(struct model *model, struct entry *entry);
/* Its leader told of it, true at `at`. `same`: the leader that did so before. */
void stream_told(struct model *model, struct entry *entry, bool same, const struct stamp *at);
/* Of this row of one something takes messages in time. What is not told may do so. */
bool stream_has_limits(const struct row *stream);

/* The conditions of stream_states.def, made once. */
void stream_states_create(struct model *model);
void stream_states_destroy(struct model *model);

#endif
