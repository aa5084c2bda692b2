/* Keys from bytes: one state machine, no curses, no terminfo.
 *
 * Accepts both arrow forms (ESC [ A, ESC O A), sequences split across reads (25 ms after ESC, 100 ms after
 * ESC [ or ESC O, a second within one), UTF-8. A key is a Unicode character, or one of enum key; Enter is
 * '\r', Backspace 127, Ctrl-letter K_CTRL('l'). Shift, Alt and Ctrl on keys that are no characters are
 * ignored, Alt on a character is a key of its own, K_ALT. Unknown sequences are swallowed.
 *
 * What nobody typed is no key: the terminal's answers, the mouse and pastes are reported apart. A paste is
 * what stands between the marks of bracketed paste, and without marks a burst (no pause of 15 ms) of four
 * different characters, or of characters beside what no key sends: a line feed, the colours of some output;
 * three do with an Enter or Tab behind one. All that goes on belongs to it. What a late line brings together,
 * a digit and Tab, a letter and Enter, is typed. Different keys at once wait 15 ms to show which they are; a
 * key alone goes out at once. A held key is no paste, however fast, nor are arrows. Main process. */
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
#define K_CTRL(letter)   ((letter)&0x1f)
#define K_ALT(character) (0x200000u | (character))
#define K_TAB            9
#define K_ENTER          13
#define K_ESC            27
#define K_BACKSPACE      127

bool key_is_alt(uint32_t key);
/* "q", "Ctrl-L", "Alt-q", "Up", "PgDn", "Enter", "Esc", "Space", "F1": for footer, help, manual. */
void key_name(uint32_t key, char *out, size_t size);
/* The reverse, for all but Alt; 0 when there is no such key. */
uint32_t key_parse(const char *name);

enum mouse_what { MOUSE_PRESS, MOUSE_RELEASE, MOUSE_MOVE, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };
struct mouse {
    enum mouse_what what;
    int button; /* 1 left, 2 middle, 3 right; 0 none, and for the wheel */
    int x, y;   /* the cell, from 0 */
};

/* A paste of several lines is one line, of which the first 255 bytes are kept. */
struct paste {
    const char *text; /* cleaned; during the call */
    bool marked;      /* by the terminal; else it was guessed */
    bool entered;     /* whole and one line, and Enter: a script or a stalled line may have held it back */
    /* Of a guessed line that may have been typed ahead: its keys up to Enter, during the call. Else none. */
    const uint32_t *keys;
    int key_count;
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

enum { KEY_RUNS = 64, PASTE_TEXT_SIZE = 256, TYPED_AHEAD = 80 };
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
    struct { /* without a pause in it */
        int characters;
        uint64_t seen[2]; /* which, as bits */
        int separated;    /* Enters and Tabs behind a character */
        bool behind_character;
        bool feeds;  /* line feeds */
        bool output; /* what no key sends */
        int64_t last_ns;
    } burst;
    struct { /* pasted */
        char bytes[PASTE_TEXT_SIZE];
        size_t len;
        bool cut, ended /* by Enter */;
        int breaks; /* Enters before or behind which more stands */
        uint32_t keys[TYPED_AHEAD];
        int key_count;
    } text;
};
/* The handler outlives the decoder. */
void key_decoder_init(struct key_decoder *d, const struct key_handler *handler, void *data);
void key_decoder_feed(struct key_decoder *d, const char *bytes, size_t len, int64_t mono_ns);
/* Call when deadline_ns has passed and no byte waits to be read: after a busy moment bytes that are there
 * were in time. */
void key_decoder_timeout(struct key_decoder *d, int64_t mono_ns);

#endif
