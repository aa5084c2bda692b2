/* Keys from bytes: one state machine, no curses, no terminfo.
 *
 * Accepts both arrow forms (ESC [ A, ESC O A), sequences split across reads (25 ms after ESC, 100 ms after
 * ESC [ or ESC O, a second within one), UTF-8. A key is a Unicode character, or one of enum key; Enter is
 * '\r', Backspace 127, Ctrl-letter K_CTRL('l'). Shift, Alt and Ctrl on keys that are no characters are
 * ignored, Alt on a character is Esc and the character. Unknown sequences are swallowed.
 *
 * What nobody typed is no key: the terminal's answers, the mouse and pastes are reported apart. A paste is
 * what stands between the marks of bracketed paste, and without marks what comes faster and in more different
 * characters than fingers do; three or more different characters at once wait 15 ms to show which they are.
 * A held key is no paste, however fast. Main process. */
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

enum mouse_what { MOUSE_PRESS, MOUSE_RELEASE, MOUSE_MOVE, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };
struct mouse {
    enum mouse_what what;
    int button; /* 1 left, 2 middle, 3 right; 0 none, and for the wheel */
    int x, y;   /* the cell, from 0 */
    bool shift, alt, control;
};

/* A paste of several lines is one line, of which the first 255 bytes are kept. */
struct paste {
    const char *text; /* cleaned; during the call */
    bool marked;      /* by the terminal; else it was guessed */
    bool one_line;    /* whole and one line: a script or a stalled line may have held back what was typed */
    bool entered;     /* that line, and Enter */
};

enum key_report_type { REPORT_ANSWER /* to a status query */, REPORT_MOUSE, REPORT_PASTE };
struct key_report {
    enum key_report_type type;
    union {
        struct mouse mouse;
        struct paste paste;
    };
};

struct key_handler {
    void (*key)(void *data, uint32_t key);
    void (*report)(void *data, const struct key_report *report); /* of what was not typed */
};

enum { KEY_RUNS = 64, PASTE_TEXT_SIZE = 256 };
struct key_decoder {
    int64_t deadline_ns; /* when time alone decides; INT64_MAX: nothing is open */
    const struct key_handler *handler;
    void *data;
    struct { /* the bytes of one sequence or character */
        unsigned char bytes[32];
        size_t len;
        int64_t until_ns; /* when they are taken as they are */
    } pending;
    enum { KEYS_TYPED, KEYS_PASTED, KEYS_MARKED } mode;
    int64_t quiet_ns; /* when what is held or pasted has ended */
    struct {          /* typed: came together and may become a paste */
        uint32_t key;
        int count;
    } runs[KEY_RUNS];
    int run_count;
    struct { /* characters without a pause between them */
        int count;
        uint64_t seen[2]; /* which, as bits */
        int64_t last_ns;
    } streak;
    struct { /* pasted */
        char bytes[PASTE_TEXT_SIZE];
        size_t len;
        bool cut, ended /* by Enter */;
        int breaks; /* Enters with text behind them */
    } text;
};
/* The handler outlives the decoder. */
void key_decoder_init(struct key_decoder *d, const struct key_handler *handler, void *data);
void key_decoder_feed(struct key_decoder *d, const char *bytes, size_t len, int64_t mono_ns);
/* Call when deadline_ns has passed and no byte waits to be read: after a busy moment bytes that are there
 * were in time. */
void key_decoder_timeout(struct key_decoder *d, int64_t mono_ns);

#endif
