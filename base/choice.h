/* One of a few words, as a|b|c. Any process. */
#ifndef BASE_CHOICE_H
#define BASE_CHOICE_H

#include <stdbool.h>
#include <stddef.h>

/* The n-th word of a|b|c into out; false when there are not so many. */
bool choice_word(const char *words, int n, char *out, size_t size);
/* The place of `text` among the words; -1 nowhere. */
int choice_index(const char *words, const char *text);

#endif
