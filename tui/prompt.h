/* A line being typed in the footer: `/` filter, `:` command. Editing only; what the text means is the
 * caller's. Main process. */
#ifndef TUI_PROMPT_H
#define TUI_PROMPT_H

#include "tui/surface.h"

struct prompt {
    bool open, refuses; /* refuses: it takes no text and keeps its error */
    char label[128];
    char text[256];  /* UTF-8 */
    size_t len, at;  /* bytes */
    char error[300]; /* behind the text, or where there is no room above it; cleared by typing */
};

enum prompt_edit {
    PROMPT_LEFT,
    PROMPT_RIGHT,
    PROMPT_HOME,
    PROMPT_END,
    PROMPT_ERASE, /* the character before the cursor */
    PROMPT_DELETE,
    PROMPT_ERASE_WORD,
    PROMPT_ERASE_LINE, /* up to the cursor */
};

void prompt_open(struct prompt *p, const char *label, const char *text);
/* Instead of a question that can't be answered: what is typed as an answer is not taken for anything else. */
void prompt_refuse(struct prompt *p, const char *label, const char *why);
void prompt_set(struct prompt *p, const char *text); /* another text, the cursor behind it */
/* Which key does what is the caller's, and so are the ends: he closes it (open = false) or says in `error`
 * why not. false: nothing changed, `c` is no character or there is no room. */
bool prompt_insert(struct prompt *p, uint32_t c);
void prompt_edit(struct prompt *p, enum prompt_edit edit);
void prompt_draw(const struct prompt *p, struct surface *s, struct rect row); /* also parks the cursor */

#endif
