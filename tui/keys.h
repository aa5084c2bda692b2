/* Keys from bytes: one state machine, no curses, no terminfo.
 *
 * Accepts both arrow forms (ESC [ A, ESC O A), sequences split across reads (25 ms after ESC, 100 ms after
 * ESC [ or ESC O), UTF-8. A key is a Unicode character, or one of enum key; Enter is '\r', Backspace 127,
 * Ctrl-letter K_CTRL('l'). Shift, Alt and Ctrl on keys that are no characters are ignored, Alt on a character
 * is Esc and the character. Unknown sequences are swallowed. Main process. */
#ifndef TUI_KEYS_H
#define TUI_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum key { /* beyond Unicode */
           KEY_NONE_ = 0,
           KEY_FIRST_ = 0x110000,
#define KEYNAME(ID, NAME) K_##ID,
#include "tui/keynames.def"
#undef KEYNAME
           KEY_LIMIT_
};
#define K_CTRL(letter) ((letter)&0x1f)
#define K_TAB          9
#define K_ENTER        13
#define K_ESC          27
#define K_BACKSPACE    127

/* "q", "Ctrl-L", "Up", "PgDn", "Enter", "Esc", "Space", "F1": for footer, help, manual. */
void key_name(uint32_t key, char *out, size_t size);
/* The reverse; 0 when there is no such key. */
uint32_t key_parse(const char *name);

struct key_decoder {
    unsigned char pending[32];
    size_t len;
    int64_t deadline_ns; /* when the pending bytes are taken as they are; INT64_MAX: nothing pending */
};
typedef void key_fn(void *data, uint32_t key);
void key_decoder_init(struct key_decoder *d);
void key_decoder_feed(struct key_decoder *d, const char *bytes, size_t len, int64_t mono_ns, key_fn *fn,
                      void *data);
/* Call when deadline_ns has passed and no byte waits to be read: after a busy moment bytes that are there
 * were in time. */
void key_decoder_timeout(struct key_decoder *d, int64_t mono_ns, key_fn *fn, void *data);

#endif
