/* A line being typed in the footer: `/` filter, `:` command. Editing only; what the text means is the
 * caller's. Main process. */
#ifndef TUI_PROMPT_H
#define TUI_PROMPT_H

#include "tui/surface.h"

struct prompt {
    bool open;
    char label[16];
    char text[256];  /* UTF-8 */
    size_t len, at;  /* bytes */
    char error[160]; /* shown behind the text; cleared by typing */
};

enum prompt_result { PROMPT_EDITED, PROMPT_ENTER, PROMPT_CANCEL, PROMPT_IGNORED };

void prompt_open(struct prompt *p, const char *label, const char *text);
/* Left Right Home End Backspace Del Ctrl-U Ctrl-W Ctrl-A Ctrl-E, characters; Esc, Ctrl-C and Backspace on an
 * empty line cancel. A cancelled prompt is closed; on PROMPT_ENTER the caller closes it (open = false) or
 * says why not in `error`. PROMPT_EDITED: text or cursor changed. */
enum prompt_result prompt_key(struct prompt *p, uint32_t key);
void prompt_draw(const struct prompt *p, struct surface *s, struct rect row); /* also parks the cursor */

#endif
