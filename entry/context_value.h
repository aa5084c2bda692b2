/* What a value of a context stands for: env://NAME, file://PATH, data:BASE64, or itself. Within
 * entry/context.c. */
#ifndef ENTRY_CONTEXT_VALUE_H
#define ENTRY_CONTEXT_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "collectors/login.h"

/* What `text` of this row stands for, to be freed; *content: of KEYS, it is what such a file holds, not its
 * path. NULL: message[] says why not, without the value. */
char *context_value(const struct login_row *row, const char *text, bool *content, char *message, size_t size);

/* What a credentials file holds between its lines of dashes: "USER JWT" or "USER NKEY SEED"; to be freed.
 * NULL: it does not. */
char *context_between(const char *content, const char *what);

#endif
