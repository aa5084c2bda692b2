/* The text of a configuration file, in the syntax of libconfig: what its own parser does not tell, and
 * changing a value in place, so that comments and order stay. Pure. Main process. */
#ifndef ENTRY_CONFIG_TEXT_H
#define ENTRY_CONFIG_TEXT_H

#include <stdbool.h>
#include <stddef.h>

enum config_kind {
    CONFIG_END,
    CONFIG_NAME, /* true and false, too */
    CONFIG_STRING,
    CONFIG_NUMBER,
    CONFIG_MARK,    /* one character */
    CONFIG_INCLUDE, /* @include "..." */
    CONFIG_BROKEN,  /* `fault` says why; nothing follows */
};

struct config_token {
    enum config_kind kind;
    size_t start, end;
    int line;          /* where it begins */
    const char *fault; /* of CONFIG_BROKEN; of a CONFIG_NUMBER that is too large, else NULL */
};

struct config_lexer {
    const char *text;
    size_t len, at;
    int line;
};

struct config_lexer config_lexer(const char *text, size_t len);
struct config_token config_next(struct config_lexer *lexer);

/* Behind this CONFIG_NAME a dot follows, which no name has: "keys.next_panel = "x";". The way to write it,
 * `keys = { next_panel = "x"; };`, with "..." for a value that is long; *end, where it ends. To be freed;
 * NULL: no dot. */
char *config_text_dotted(const char *text, const struct config_token *name, size_t *end);

/* The text with the value at `path` ("cadences.jsz") set to `value`, which is written as it is; what is not
 * there is put at the end of its group, groups that are not there are made. To be freed; NULL: the text is
 * broken, or a part of the path is no group. */
char *config_text_set(const char *text, const char *path, const char *value);

#endif
