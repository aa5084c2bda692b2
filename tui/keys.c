#include "tui/keys.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/text.h"
#include "tui/keys_paste.h"

#define ESC_WAIT_NS      (25 * NS_PER_MS)
#define SEQUENCE_WAIT_NS (100 * NS_PER_MS)
#define ANSWER_WAIT_NS   NS_PER_S /* nobody types ESC [ and a number: the rest of an answer may be late */

static const char *const names[] = {
#define KEYNAME(ID, NAME) NAME,
#include "tui/keynames.def"
#undef KEYNAME
};
_Static_assert(sizeof names / sizeof *names == KEY_LIMIT_ - KEY_FIRST_ - 1, "a name for each key");

static const struct {
    uint32_t key;
    const char *name;
} named_characters[] = {
    {K_ENTER, "Enter"}, {K_TAB, "Tab"}, {K_ESC, "Esc"}, {' ', "Space"}, {K_BACKSPACE, "Backspace"},
};
#define NAMED_CHARACTERS (sizeof named_characters / sizeof *named_characters)

/* CSI number ~ */
static const struct {
    int number;
    uint32_t key;
} tilde_keys[] = {
    {1, K_HOME}, {2, K_INSERT}, {3, K_DELETE}, {4, K_END},  {5, K_PGUP}, {6, K_PGDN}, {7, K_HOME},
    {8, K_END},  {11, K_F1},    {12, K_F2},    {13, K_F3},  {14, K_F4},  {15, K_F5},  {17, K_F6},
    {18, K_F7},  {19, K_F8},    {20, K_F9},    {21, K_F10}, {23, K_F11}, {24, K_F12},
};

/* The last byte after what introduced the sequence: '[', 'O', or '2' for the Linux console's ESC [ [ x. */
static const struct {
    char introducer, last;
    uint32_t key;
} final_keys[] = {
    {'[', 'A', K_UP},   {'[', 'B', K_DOWN},    {'[', 'C', K_RIGHT}, {'[', 'D', K_LEFT},  {'[', 'H', K_HOME},
    {'[', 'F', K_END},  {'[', 'Z', K_BACKTAB}, {'O', 'A', K_UP},    {'O', 'B', K_DOWN},  {'O', 'C', K_RIGHT},
    {'O', 'D', K_LEFT}, {'O', 'H', K_HOME},    {'O', 'F', K_END},   {'O', 'M', K_ENTER}, {'O', 'P', K_F1},
    {'O', 'Q', K_F2},   {'O', 'R', K_F3},      {'O', 'S', K_F4},    {'2', 'A', K_F1},    {'2', 'B', K_F2},
    {'2', 'C', K_F3},   {'2', 'D', K_F4},      {'2', 'E', K_F5},
};

/* One key that terminals send in two ways is one key. */
static uint32_t canonical(uint32_t key) {
    return key == '\n' ? K_ENTER : key == '\b' ? K_BACKSPACE : key;
}

bool key_is_alt(uint32_t key) {
    return (key & K_ALT(0u)) != 0;
}

void key_name(uint32_t key, char *out, size_t size) {
    if (key_is_alt(key) && size > 4) {
        memcpy(out, "Alt-", 4);
        out += 4, size -= 4, key &= ~K_ALT(0u);
    }
    key = canonical(key);
    for (size_t i = 0; i < NAMED_CHARACTERS; i++)
        if (named_characters[i].key == key) {
            snprintf(out, size, "%s", named_characters[i].name);
            return;
        }
    char bytes[5] = "";
    if (key > KEY_FIRST_ && key < KEY_LIMIT_)
        snprintf(out, size, "%s", names[key - KEY_FIRST_ - 1]);
    else if (key > 0 && key < ' ')
        snprintf(out, size, "Ctrl-%c", (int)key + '@');
    else if (char_width(key) > 0 && utf8_encode(bytes, key))
        snprintf(out, size, "%s", bytes);
    else
        snprintf(out, size, "?");
}

static uint32_t parse_control(const char *letter) {
    if (!letter[0] || letter[1])
        return 0;
    int c = letter[0] >= 'a' && letter[0] <= 'z' ? letter[0] - 'a' + 'A' : letter[0];
    return c > '@' && c <= '_' ? canonical((uint32_t)K_CTRL(c)) : 0;
}

uint32_t key_parse(const char *name) {
    uint32_t c;
    size_t len = strlen(name);
    if (len && utf8_decode(name, len, &c) == len && char_width(c) > 0)
        return c;
    for (size_t i = 0; i < NAMED_CHARACTERS; i++)
        if (strcasecmp(named_characters[i].name, name) == 0)
            return named_characters[i].key;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(names[i], name) == 0)
            return KEY_FIRST_ + 1 + (uint32_t)i;
    return strncasecmp(name, "Ctrl-", 5) == 0 ? parse_control(name + 5) : 0;
}

/* What the pending bytes are, after each new one. */
enum verdict {
    MORE,
    KEY,
    SWALLOW,
    AGAIN, /* the last byte does not belong to them */
    ESC_THEN,
    ESC_AGAIN /* the last two do not, and the first of these is an ESC */
};

static bool is_final(unsigned char c) {
    return c >= 0x40 && c <= 0x7e;
}

static uint32_t find_final(char introducer, unsigned char last) {
    for (size_t i = 0; i < sizeof final_keys / sizeof *final_keys; i++)
        if (final_keys[i].introducer == introducer && final_keys[i].last == (char)last)
            return final_keys[i].key;
    return 0;
}

static uint32_t find_tilde(const unsigned char *digits) {
    int number = 0;
    for (; *digits >= '0' && *digits <= '9' && number < 1000; digits++)
        number = number * 10 + (*digits - '0');
    if (*digits != '~' && *digits != ';')
        return 0;
    for (size_t i = 0; i < sizeof tilde_keys / sizeof *tilde_keys; i++)
        if (tilde_keys[i].number == number)
            return tilde_keys[i].key;
    return 0;
}

/* ESC [ ... and ESC O ...: parameters, then one final byte. Modifiers among the parameters are ignored. */
static enum verdict judge_sequence(const struct key_decoder *d, uint32_t *key) {
    unsigned char last = d->pending.bytes[d->pending.len - 1];
    char introducer = (char)d->pending.bytes[1];
    bool console = introducer == '[' && d->pending.bytes[2] == '[';
    if (d->pending.len == 3 && console)
        return MORE;
    if (last < ' ' || last > 0x7e)
        return AGAIN;
    if (!is_final(last))
        return MORE;
    if (last == '~')
        *key = introducer == '[' ? find_tilde(d->pending.bytes + 2) : 0;
    else
        *key = find_final(console ? '2' : introducer, last);
    return *key && d->pending.len < sizeof d->pending.bytes ? KEY : SWALLOW;
}

/* Answers of a terminal, ESC ] ... or ESC P ..., end at BEL or ESC \; another control character breaks them
 * off. */
static enum verdict judge_string(const struct key_decoder *d) {
    unsigned char last = d->pending.bytes[d->pending.len - 1], before = d->pending.bytes[d->pending.len - 2];
    if (d->pending.len > 3 && before == K_ESC)
        return last == '\\' ? SWALLOW : ESC_AGAIN;
    if (last == '\a')
        return SWALLOW;
    return last < ' ' && last != K_ESC ? AGAIN : MORE;
}

static size_t utf8_length(unsigned char lead) {
    return lead >= 0xf0 && lead <= 0xf4  ? 4
           : lead >= 0xe0 && lead < 0xf0 ? 3
           : lead >= 0xc2 && lead < 0xe0 ? 2
                                         : 0;
}

static enum verdict judge_utf8(const unsigned char *bytes, size_t len, uint32_t *key) {
    size_t length = utf8_length(bytes[0]);
    if (!length)
        return SWALLOW;
    if (len > 1 && (bytes[len - 1] & 0xc0) != 0x80)
        return AGAIN;
    if (len < length)
        return MORE;
    size_t used = utf8_decode((const char *)bytes, len, key);
    return used == length && *key != 0xfffd && char_width(*key) > 0 ? KEY : SWALLOW;
}

/* Behind ESC, a character: with Alt, as nobody is fast enough to have typed both. */
static enum verdict judge_alt(const unsigned char *bytes, size_t len, uint32_t *key) {
    enum verdict verdict = KEY;
    if (bytes[0] >= 0x80)
        verdict = judge_utf8(bytes, len, key);
    else if (bytes[0] < ' ' && bytes[0] != K_ENTER && bytes[0] != K_TAB)
        return ESC_THEN;
    else
        *key = bytes[0];
    if (verdict == KEY)
        *key = K_ALT(*key);
    return verdict;
}

static enum verdict judge_escape(const struct key_decoder *d, uint32_t *key) {
    if (d->pending.len == 1)
        return MORE;
    unsigned char second = d->pending.bytes[1];
    bool sequence = second == '[' || second == 'O', string = second == ']' || second == 'P';
    if (!sequence && !string)
        return judge_alt(d->pending.bytes + 1, d->pending.len - 1, key);
    if (d->pending.len == 2)
        return MORE;
    return sequence ? judge_sequence(d, key) : judge_string(d);
}

static enum verdict judge(const struct key_decoder *d, uint32_t *key) {
    unsigned char first = d->pending.bytes[0];
    if (first == K_ESC)
        return judge_escape(d, key);
    if (first >= 0x80)
        return judge_utf8(d->pending.bytes, d->pending.len, key);
    *key = first == '\n' ? first : canonical(first); /* a paste is told by it */
    return first ? KEY : SWALLOW;
}

/* ---- what nobody typed ---- */

static void report_answer(struct key_decoder *d) {
    struct key_report report = {.type = REPORT_ANSWER};
    d->handler->report(d->data, &report);
}

/* CSI < code ; column ; row M or m. */
static void report_mouse(struct key_decoder *d, char last) {
    enum { MOVES = 32, WHEEL = 64, OTHER = 128 };
    unsigned code, x, y;
    if (sscanf((const char *)d->pending.bytes + 3, "%4u;%5u;%5u", &code, &x, &y) != 3 || !x || !y ||
        code & OTHER || (code & WHEEL && code & 2))
        return;
    int button = (int)(code & 3) + 1;
    struct mouse mouse = {
        .button = button > 3 || code & WHEEL ? 0 : button, .x = (int)x - 1, .y = (int)y - 1};
    mouse.what = code & WHEEL   ? (code & 1 ? MOUSE_WHEEL_DOWN : MOUSE_WHEEL_UP)
                 : code & MOVES ? MOUSE_MOVE
                 : last == 'm'  ? MOUSE_RELEASE
                                : MOUSE_PRESS;
    paste_no_more(d);
    d->handler->report(d->data, &(struct key_report){.type = REPORT_MOUSE, .mouse = mouse});
}

/* Last bytes of sequences that colour, clear and set modes: no key and no answer ends in one. */
#define OUTPUT_FINALS "GJKXdfghlmqrs"

/* A whole sequence that is no key. */
static void swallowed(struct key_decoder *d, int64_t mono_ns) {
    const char *text = (const char *)d->pending.bytes;
    size_t len = d->pending.len;
    if (len < 3 || len == sizeof d->pending.bytes || text[0] != K_ESC || text[1] != '[')
        return;
    d->pending.bytes[len] = '\0';
    if (strcmp(text + 2, "0n") == 0 || strcmp(text + 2, "3n") == 0)
        report_answer(d);
    else if (strcmp(text + 2, "200~") == 0 || strcmp(text + 2, "201~") == 0)
        paste_mark(d, text[4] == '0', mono_ns);
    else if (text[2] == '<' && (text[len - 1] == 'M' || text[len - 1] == 'm'))
        report_mouse(d, text[len - 1]);
    else if (strchr(OUTPUT_FINALS, text[len - 1]) != NULL)
        paste_output(d, mono_ns);
}

/* ---- bytes ---- */

void key_decoder_init(struct key_decoder *d, const struct key_handler *handler, void *data) {
    *d = (struct key_decoder){.handler = handler,
                              .data = data,
                              .deadline_ns = INT64_MAX,
                              .pending.until_ns = INT64_MAX,
                              .quiet_ns = INT64_MAX,
                              .burst.last_ns = INT64_MIN};
}

static void forget(struct key_decoder *d) {
    d->pending.len = 0;
    d->pending.until_ns = INT64_MAX;
}

static int64_t patience(const struct key_decoder *d) {
    const unsigned char *bytes = d->pending.bytes;
    if (bytes[0] == K_ESC && d->pending.len == 1)
        return ESC_WAIT_NS;
    return bytes[0] == K_ESC && bytes[1] == '[' && d->pending.len > 2 ? ANSWER_WAIT_NS : SEQUENCE_WAIT_NS;
}

/* Takes one byte; true: it has to be taken once more. */
static bool take(struct key_decoder *d, unsigned char byte, int64_t mono_ns) {
    if (d->pending.len == sizeof d->pending.bytes) /* an endless sequence: only its end is of interest */
        d->pending.len--;
    d->pending.bytes[d->pending.len++] = byte;
    uint32_t key = 0;
    enum verdict verdict = judge(d, &key);
    if (verdict == MORE) {
        d->pending.until_ns = mono_ns + patience(d);
        return false;
    }
    if (verdict == SWALLOW)
        swallowed(d, mono_ns);
    forget(d);
    if (verdict == ESC_THEN)
        paste_key(d, K_ESC, mono_ns);
    else if (verdict == KEY)
        paste_key(d, key, mono_ns);
    if (verdict == ESC_AGAIN)
        d->pending.bytes[d->pending.len++] = K_ESC;
    return verdict == AGAIN || verdict == ESC_THEN || verdict == ESC_AGAIN;
}

static void set_deadline(struct key_decoder *d) {
    d->deadline_ns = d->pending.until_ns < d->quiet_ns ? d->pending.until_ns : d->quiet_ns;
}

void key_decoder_feed(struct key_decoder *d, const char *bytes, size_t len, int64_t mono_ns) {
    if (len == 1 && bytes[0] == K_CTRL('c'))
        paste_give_up(d, mono_ns); /* alone it comes from a finger, whatever is open */
    for (size_t i = 0; i < len; i++)
        while (take(d, (unsigned char)bytes[i], mono_ns))
            ;
    paste_judge(d, mono_ns);
    set_deadline(d);
}

void key_decoder_timeout(struct key_decoder *d, int64_t mono_ns) {
    unsigned char first = d->pending.bytes[0], second = d->pending.bytes[1];
    size_t len = d->pending.len;
    if (len && d->pending.until_ns <= mono_ns) {
        forget(d);
        if (first == K_ESC && len <= 2)
            paste_key(d, K_ESC, mono_ns);
        paste_judge(d, mono_ns);
        if (first == K_ESC && len == 2)
            paste_key(d, second, mono_ns);
        paste_judge(d, mono_ns);
    }
    if (d->quiet_ns <= mono_ns)
        paste_quiet(d);
    set_deadline(d);
}
