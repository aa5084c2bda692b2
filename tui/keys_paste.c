#include "tui/keys_paste.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"

/* A fast typist needs 50 ms a character, a held key repeats at most each 20 ms. What a stalled line held back
 * comes at once, too: few different keys, or one many times. */
#define PAUSE_NS        (15 * NS_PER_MS)
#define PASTE_QUIET_NS  (100 * NS_PER_MS)
#define MARKED_QUIET_NS (5 * NS_PER_S) /* the end mark was lost, or the link stands */
enum {
    SUSPECT_DISTINCT = 3,
    PASTE_DISTINCT = 4,
    PASTE_SEPARATED = 3,
    PASTE_CHARACTERS = 40,
    REPEATED_MOST = 1000
};

/* With Alt or without. */
static bool is_character(uint32_t key) {
    return (key >= ' ' && key < KEY_FIRST_ && key != K_BACKSPACE) || key > KEY_LIMIT_;
}

static bool is_printable(uint32_t key) {
    return is_character(key) && key < KEY_FIRST_;
}

static int distinct(const struct key_decoder *d) {
    return __builtin_popcountll(d->burst.seen[0]) + __builtin_popcountll(d->burst.seen[1]);
}

static bool is_paste(const struct key_decoder *d) {
    int characters = d->burst.characters, different = distinct(d);
    return (characters > 0 && (d->burst.feeds || d->burst.output)) || different >= PASTE_DISTINCT ||
           (different >= SUSPECT_DISTINCT && d->burst.separated > 0) ||
           d->burst.separated >= PASTE_SEPARATED || (characters > PASTE_CHARACTERS && different > 1) ||
           characters > REPEATED_MOST;
}

/* ---- what was typed ---- */

static void deliver(struct key_decoder *d) {
    for (int i = 0; i < d->run_count; i++)
        for (int n = 0; n < d->runs[i].count; n++)
            d->handler->key(d->data, d->runs[i].key);
    d->run_count = 0;
    d->quiet_ns = INT64_MAX;
}

static void go_on(struct key_decoder *d, int64_t mono_ns) {
    bool paused = d->burst.last_ns <= mono_ns - PAUSE_NS;
    bool harmless = d->burst.characters == 0 && !d->burst.output; /* keys of a read before */
    if (d->run_count == 0 && (paused || harmless))
        memset(&d->burst, 0, sizeof d->burst);
    d->burst.last_ns = mono_ns;
}

static void count_key(struct key_decoder *d, uint32_t key) {
    d->burst.feeds |= key == '\n';
    if (key == K_ENTER || key == K_TAB)
        d->burst.separated += d->burst.behind_character;
    d->burst.behind_character = is_character(key);
    if (!is_character(key))
        return;
    d->burst.characters++;
    d->burst.seen[key / 64 % 2] |= UINT64_C(1) << key % 64;
}

static void hold(struct key_decoder *d, uint32_t key) {
    key = key == '\n' ? K_ENTER : key;
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

/* One more than there is room for: too many. */
static void add_key(struct key_decoder *d, uint32_t key) {
    if (key == K_ESC || key == '\n' || d->text.key_count >= TYPED_AHEAD)
        d->text.key_count = TYPED_AHEAD + 1;
    else if (!(d->text.ended && key == K_ENTER))
        d->text.keys[d->text.key_count++] = key;
}

static bool is_short(const struct key_decoder *d) {
    return d->text.key_count <= TYPED_AHEAD;
}

/* Lines are joined by a blank; other controls are none of the text. */
static void add(struct key_decoder *d, uint32_t key) {
    char bytes[4];
    add_key(d, key);
    if (key == K_ENTER || key == '\n') {
        d->text.ended = true;
        return;
    }
    if (d->text.ended)
        d->text.breaks++;
    if (!is_printable(key) && key != K_TAB)
        return;
    if (d->text.ended && d->text.len > 0)
        append(d, " ", 1);
    d->text.ended = false;
    append(d, bytes, utf8_encode(bytes, key == K_TAB ? ' ' : key));
}

static void begin(struct key_decoder *d, int mode) {
    memset(&d->text, 0, sizeof d->text);
    d->mode = mode;
}

static void finish(struct key_decoder *d) {
    bool one_line = !d->text.cut && d->text.breaks == 0, marked = d->mode == KEYS_MARKED;
    bool keeps_keys = one_line && !marked && is_short(d);
    d->text.bytes[d->text.len] = '\0';
    d->mode = KEYS_TYPED;
    d->quiet_ns = INT64_MAX;
    memset(&d->burst, 0, sizeof d->burst);
    d->burst.last_ns = INT64_MIN;
    struct key_report report = {.type = REPORT_PASTE,
                                .paste = {.text = d->text.bytes,
                                          .marked = marked,
                                          .entered = one_line && d->text.ended,
                                          .keys = d->text.keys,
                                          .key_count = keeps_keys ? d->text.key_count : 0}};
    d->handler->report(d->data, &report);
}

/* A few bytes may be a typed line: what is typed behind it is none of it. */
static void await_end(struct key_decoder *d, int64_t mono_ns) {
    d->quiet_ns = mono_ns + (d->mode == KEYS_MARKED ? MARKED_QUIET_NS
                             : !is_short(d)         ? PASTE_QUIET_NS
                                                    : PAUSE_NS);
}

static void turn_into_paste(struct key_decoder *d, int64_t mono_ns) {
    begin(d, KEYS_PASTED);
    d->text.breaks = d->burst.output;
    for (int i = 0; i < d->run_count; i++)
        for (int n = 0; n < d->runs[i].count; n++)
            add(d, d->runs[i].key);
    d->run_count = 0;
    await_end(d, mono_ns);
}

/* ---- both ---- */

void paste_key(struct key_decoder *d, uint32_t key, int64_t mono_ns) {
    if (d->mode == KEYS_TYPED && d->run_count == 0 && key == K_CTRL('c')) { /* whatever comes with it */
        d->handler->key(d->data, key);
        return;
    }
    if (d->mode == KEYS_PASTED && is_short(d) && key > KEY_FIRST_ && key < KEY_LIMIT_)
        finish(d); /* no text holds such a key */
    if (d->mode != KEYS_TYPED) {
        add(d, key);
        await_end(d, mono_ns);
        return;
    }
    go_on(d, mono_ns);
    count_key(d, key);
    hold(d, key);
    if (is_paste(d))
        turn_into_paste(d, mono_ns);
}

void paste_output(struct key_decoder *d, int64_t mono_ns) {
    if (d->mode == KEYS_TYPED) {
        go_on(d, mono_ns);
        d->burst.output = true;
        if (is_paste(d))
            turn_into_paste(d, mono_ns);
    } else {
        d->text.breaks += d->mode == KEYS_PASTED;
        await_end(d, mono_ns);
    }
}

void paste_mark(struct key_decoder *d, bool begins, int64_t mono_ns) {
    if (begins && d->mode == KEYS_PASTED)
        finish(d);
    if (begins && d->mode == KEYS_TYPED) {
        deliver(d);
        begin(d, KEYS_MARKED);
        await_end(d, mono_ns);
    } else if (!begins && d->mode == KEYS_MARKED) {
        finish(d);
    }
}

void paste_give_up(struct key_decoder *d, int64_t mono_ns) {
    if (d->mode == KEYS_MARKED && mono_ns >= d->quiet_ns - MARKED_QUIET_NS + PAUSE_NS)
        finish(d);
}

void paste_no_more(struct key_decoder *d) {
    if (d->mode == KEYS_TYPED)
        deliver(d);
}

void paste_judge(struct key_decoder *d, int64_t mono_ns) {
    if (d->mode != KEYS_TYPED || d->run_count == 0)
        return;
    bool suspect = distinct(d) >= SUSPECT_DISTINCT || (distinct(d) > 1 && d->run_count > 1);
    if (suspect && d->burst.last_ns > mono_ns - PAUSE_NS)
        d->quiet_ns = d->burst.last_ns + PAUSE_NS;
    else
        deliver(d);
}

void paste_quiet(struct key_decoder *d) {
    if (d->mode == KEYS_TYPED)
        deliver(d);
    else
        finish(d);
}
