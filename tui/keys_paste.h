/* Typed or pasted: the half of the key decoder that gets keys and tells fingers from a clipboard. Of keys.c,
 * for nobody else. Main process. */
#ifndef TUI_KEYS_PASTE_H
#define TUI_KEYS_PASTE_H

#include "tui/keys.h"

/* It came as so many bytes. */
void paste_key(struct key_decoder *d, uint32_t key, int64_t mono_ns);
/* A sequence that is found in output and that no key sends. */
void paste_output(struct key_decoder *d, int64_t mono_ns);
/* A mark of bracketed paste. */
void paste_mark(struct key_decoder *d, bool begins, int64_t mono_ns);
/* The paste that is open has no end if there was a pause before this moment. */
void paste_give_up(struct key_decoder *d, int64_t mono_ns);
/* What has no place in a paste comes: keys that were held stand before it. */
void paste_no_more(struct key_decoder *d);
/* All that came has been taken: what is no paste goes out, what may be one waits until quiet_ns. */
void paste_judge(struct key_decoder *d, int64_t mono_ns);
/* quiet_ns has passed. */
void paste_quiet(struct key_decoder *d);

#endif
