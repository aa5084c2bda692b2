/* Sentences about an object, made of a template and its quantities.
 *
 * {name} is that quantity as a table shows it; [a part] in which one is not known is left out. A long name,
 * of whatever it is one, loses its middle: figures stay to be seen. Pure, main process. */
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
/* Names take so many columns at most. */
#define SENTENCE_NAME_COLUMNS 48
void sentence_make_short(const struct model *model, const struct object *object, const char *text,
                         sentence_word_fn *word, void *data, int name_columns, char *out, size_t size);
/* For so many rows: of what it is about, which comes first, the middle goes where that leaves no room for
 * what is said of it, down to half of the room. What is too long then is the caller's to cut. */
void sentence_fit(const char *text, int width, int rows, char *out, size_t size);
/* One quantity by its name, as it stands in a sentence; false: not known. */
bool sentence_quantity(const struct model *model, const struct object *object, const char *name, char *out,
                       size_t size);

/* A count as sentences say it: small ones in full. */
void sentence_count(char out[NUMBER_TEXT_SIZE], uint64_t count);

#endif
