/* Sentences about an object, made of a template and its quantities.
 *
 * {name} is that quantity as a table shows it; [a part] in which one is not known is left out. */
#ifndef MODEL_SENTENCE_H
#define MODEL_SENTENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "model/quantity.h"

/* A name that is no quantity: 1 written and known, 0 not known, -1 not ours. */
typedef int sentence_word_fn(void *data, const char *name, char *out, size_t size);

/* object NULL: it is no more, and nothing is known. word may be NULL. */
void sentence_make(const struct model *model, const struct object *object, const char *text,
                   sentence_word_fn *word, void *data, char *out, size_t size);
/* One quantity by its name, as it stands in a sentence; false: not known. */
bool sentence_quantity(const struct model *model, const struct object *object, const char *name, char *out,
                       size_t size);

/* A count as sentences say it: small ones in full. */
void sentence_count(char out[NUMBER_TEXT_SIZE], uint64_t count);

#endif
