#include "tui/keys_paste.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"

/* A fast typist needs 50 ms a character, a held key repeats at most each 20 ms. What a stalled line held back
 * comes at once, too: a few words, or few different keys many times. */
#define PAUSE_NS        (15 * NS_PER_MS)
#define PASTE_QUIET_NS  (100 * NS_PER_MS)
#define MARKED_QUIET_NS NS_PER_S /* the end mark was lost */
enum { SUSPECT_DISTINCT = 3, PASTE_CHARACTERS = 16, PASTE_DISTINCT = 8, REPEATED_MOST = 1000 };

static bool is_printable(uint32_t key) {
    return key >= ' ' && key < KEY_FIRST_ && key != K_BACKSPACE;
}

static int distinct(const struct key_decoder *d) {
    return __builtin_popcountll(d->streak.seen[0]) + __builtin_popcountll(d->streak.seen[1]);
}

static bool is_paste(const struct key_decoder *d) {
    return (d->streak.count > PASTE_CHARACTERS && distinct(d) > PASTE_DISTINCT) ||
           d->streak.count > REPEATED_MOST;
}

/* ---- what was typed ---- */

static void deliver(struct key_decoder *d) {
    for (int i = 0; i < d->run_count; i++)
        for (int n = 0; n < d->runs[i].count; n++)
            d->handler->key(d->data, d->runs[i].key);
    d->run_count = 0;
    d->quiet_ns = INT64_MAX;
}

static void count_character(struct key_decoder *d, uint32_t key, int64_t mono_ns) {
    if (d->streak.last_ns < mono_ns - PAUSE_NS && d->run_count == 0) {
        d->streak.count = 0;
        memset(d->streak.seen, 0, sizeof d->streak.seen);
    }
    d->streak.last_ns = mono_ns;
    d->streak.count++;
    d->streak.seen[key / 64 % 2] |= UINT64_C(1) << key % 64;
}

static void hold(struct key_decoder *d, uint32_t key) {
    if (d->run_count > 0 && d->runs[d->run_count - 1].key == key) {
        d->runs[d->run_count - 1].count++;
        return;
    }
    if (d->run_count == KEY_RUNS)
        deliver(d);
    d->runs[d->run_count].key = key;
    d->runs[d->run_count++].count = 1;
}

/* ---- what was pasted ---- */

static void append(struct key_decoder *d, const char *bytes, size_t len) {
    if (d->text.len + len >= sizeof d->text.bytes) {
        d->text.cut = true;
        return;
    }
    memcpy(d->text.bytes + d->text.len, bytes, len);
    d->text.len += len;
}

/* Lines are joined by a blank; other controls are none of the text. */
static void add(struct key_decoder *d, uint32_t key) {
    char bytes[4];
    if (key == K_ENTER) {
        d->text.ended = d->text.len > 0;
        return;
    }
    if (!is_printable(key) && key != K_TAB)
        return;
    if (d->text.ended) {
        d->text.ended = false;
        d->text.breaks++;
        append(d, " ", 1);
    }
    append(d, bytes, utf8_encode(bytes, key == K_TAB ? ' ' : key));
}

static void begin(struct key_decoder *d, int mode) {
    memset(&d->text, 0, sizeof d->text);
    d->mode = mode;
}

static void finish(struct key_decoder *d) {
    bool one_line = !d->text.cut && d->text.breaks == 0, marked = d->mode == KEYS_MARKED;
    d->text.bytes[d->text.len] = '\0';
    d->mode = KEYS_TYPED;
    d->quiet_ns = INT64_MAX;
    d->streak.count = 0;
    struct key_report report = {.type = REPORT_PASTE,
                                .paste = {d->text.bytes, marked, one_line, one_line && d->text.ended}};
    d->handler->report(d->data, &report);
}

static void turn_into_paste(struct key_decoder *d, int64_t mono_ns) {
    begin(d, KEYS_PASTED);
    for (int i = 0; i < d->run_count; i++)
        for (int n = 0; n < d->runs[i].count; n++)
            add(d, d->runs[i].key);
    d->run_count = 0;
    d->quiet_ns = mono_ns + PASTE_QUIET_NS;
}

/* ---- both ---- */

void paste_key(struct key_decoder *d, uint32_t key, int64_t mono_ns) {
    if (d->mode != KEYS_TYPED) {
        add(d, key);
        d->quiet_ns = mono_ns + (d->mode == KEYS_MARKED ? MARKED_QUIET_NS : PASTE_QUIET_NS);
        return;
    }
    if (is_printable(key))
        count_character(d, key, mono_ns);
    hold(d, key);
    if (is_paste(d))
        turn_into_paste(d, mono_ns);
}

void paste_mark(struct key_decoder *d, bool begins, int64_t mono_ns) {
    if (begins && d->mode == KEYS_TYPED) {
        deliver(d);
        begin(d, KEYS_MARKED);
        d->quiet_ns = mono_ns + MARKED_QUIET_NS;
    } else if (!begins && d->mode == KEYS_MARKED) {
        finish(d);
    }
}

void paste_no_more(struct key_decoder *d) {
    if (d->mode == KEYS_TYPED)
        deliver(d);
}

void paste_judge(struct key_decoder *d, int64_t mono_ns) {
    if (d->mode != KEYS_TYPED || d->run_count == 0)
        return;
    bool suspect = distinct(d) >= SUSPECT_DISTINCT && d->streak.last_ns >= mono_ns - PAUSE_NS;
    if (suspect)
        d->quiet_ns = d->streak.last_ns + PAUSE_NS;
    else
        deliver(d);
}

void paste_quiet(struct key_decoder *d) {
    if (d->mode == KEYS_TYPED)
        deliver(d);
    else
        finish(d);
}
