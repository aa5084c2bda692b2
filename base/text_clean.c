#include "base/text.h"

#include <endian.h>
#include <stdio.h>
#include <string.h>

#define REPLACEMENT    0xfffdu
#define CUT_MARK_BYTES 9 /* "~" and 8 hex digits */
#define KEPT_WHEN_CUT  (TEXT_MAX_BYTES - CUT_MARK_BYTES)

static uint64_t word_at(const unsigned char *p) {
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return le64toh(word); /* marks of cut names are the same on every machine */
}

/* The last up to 7 bytes as one word; `len` is part of the hash, so that no two texts fill it alike. */
static uint64_t short_word(const unsigned char *p, size_t len) {
    uint64_t word = 0;
    for (size_t i = 0; i < len; i++)
        word = word << 8 | p[i];
    return word;
}

uint32_t hash_bytes(const void *bytes, size_t len) {
    const uint64_t odd = 0x9e3779b97f4a7c15u;
    const unsigned char *p = bytes, *end = p + len;
    uint64_t h = len * odd;
    for (; end - p >= 8; p += 8) {
        h = (h ^ word_at(p)) * odd;
        h ^= h >> 32;
    }
    h = (h ^ short_word(p, (size_t)(end - p))) * odd;
    h ^= h >> 29;
    h *= 0xbf58476d1ce4e5b9u;
    return (uint32_t)(h >> 32);
}

/* What a lead byte asks for: how many continuation bytes, and the range of the first of them, which is where
 * overlong forms, surrogates and values past U+10FFFF are refused. */
static unsigned lead_class(unsigned char lead, unsigned char *low, unsigned char *high) {
    *low = 0x80;
    *high = 0xbf;
    if (lead >= 0xc2 && lead <= 0xdf)
        return 1;
    if (lead >= 0xe0 && lead <= 0xef) {
        *low = lead == 0xe0 ? 0xa0 : 0x80;
        *high = lead == 0xed ? 0x9f : 0xbf;
        return 2;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        *low = lead == 0xf0 ? 0x90 : 0x80;
        *high = lead == 0xf4 ? 0x8f : 0xbf;
        return 3;
    }
    return 0;
}

size_t utf8_decode(const char *bytes, size_t len, uint32_t *out) {
    const unsigned char *p = (const unsigned char *)bytes;
    unsigned char low, high;
    *out = REPLACEMENT;
    if (!len)
        return 0;
    if (p[0] < 0x80) {
        *out = p[0];
        return 1;
    }
    unsigned more = lead_class(p[0], &low, &high);
    if (!more)
        return 1;
    uint32_t c = p[0] & (0x3fu >> more);
    for (unsigned i = 1; i <= more; i++) {
        if (i >= len || p[i] < low || p[i] > high)
            return i;
        c = c << 6 | (p[i] & 0x3fu);
        low = 0x80;
        high = 0xbf;
    }
    *out = c;
    return more + 1;
}

size_t utf8_encode(char *out, uint32_t c) {
    if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        c = REPLACEMENT;
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = {0, 0xc0, 0xe0, 0xf0};
    out[0] = (char)(lead[more] | c >> (6 * more));
    for (size_t i = 1; i <= more; i++)
        out[i] = (char)(0x80 | (c >> (6 * (more - i)) & 0x3f));
    return more + 1;
}

static bool word_is_printable(uint64_t x) {
    const uint64_t ones = 0x0101010101010101u, tops = ones * 0x80;
    uint64_t del = x ^ ones * 0x7f;
    uint64_t below_space = (x - ones * 0x20) & ~x & tops;
    uint64_t is_del = (del - ones) & ~del & tops;
    return !((x & tops) | below_space | is_del);
}

static bool is_printable_ascii(const char *bytes, size_t len) {
    size_t i = 0;
    for (; i + 8 <= len; i += 8) {
        uint64_t word;
        memcpy(&word, bytes + i, sizeof word);
        if (!word_is_printable(word))
            return false;
    }
    for (; i < len; i++)
        if (bytes[i] < 0x20 || bytes[i] > 0x7e)
            return false;
    return true;
}

static size_t mark_cut(char *out, size_t kept, const char *bytes, size_t len) {
    static const char digits[] = "0123456789abcdef";
    uint32_t hash = hash_bytes(bytes, len);
    out[kept++] = '~';
    for (int shift = 28; shift >= 0; shift -= 4)
        out[kept++] = digits[hash >> shift & 15];
    out[kept] = '\0';
    return kept;
}

/* Why a character became U+FFFD; a run with one reason leaves one mark. */
enum fault { FAULT_NONE, FAULT_CONTROL, FAULT_INVALID };

static enum fault fault_of(uint32_t c, const char *bytes, size_t used) {
    if (c == REPLACEMENT)
        return used == 3 && !memcmp(bytes, "\xef\xbf\xbd", 3) ? FAULT_NONE : FAULT_INVALID;
    return char_kind(c) == CHAR_CONTROL ? FAULT_CONTROL : FAULT_NONE;
}

size_t text_clean(char *out, const char *bytes, size_t len) {
    size_t n = 0, kept = 0, used;
    enum fault last = FAULT_NONE;
    if (is_printable_ascii(bytes, len < TEXT_MAX_BYTES ? len : TEXT_MAX_BYTES)) {
        if (len > TEXT_MAX_BYTES) {
            memcpy(out, bytes, KEPT_WHEN_CUT);
            return mark_cut(out, KEPT_WHEN_CUT, bytes, len);
        }
        if (len)
            memcpy(out, bytes, len);
        out[len] = '\0';
        return len;
    }
    for (size_t i = 0; i < len; i += used) {
        uint32_t c;
        char encoded[4];
        used = utf8_decode(bytes + i, len - i, &c);
        enum fault fault = fault_of(c, bytes + i, used);
        if (fault != FAULT_NONE && fault == last)
            continue;
        if (fault == FAULT_NONE && char_kind(c) == CHAR_COMBINING)
            continue;
        last = fault;
        size_t size = utf8_encode(encoded, fault == FAULT_NONE ? c : REPLACEMENT);
        if (n + size > TEXT_MAX_BYTES)
            return mark_cut(out, kept, bytes, len);
        memcpy(out + n, encoded, size);
        n += size;
        if (n <= KEPT_WHEN_CUT)
            kept = n;
    }
    out[n] = '\0';
    return n;
}

int text_width(const char *text) {
    size_t len = strlen(text);
    int columns = 0;
    uint32_t c;
    for (size_t i = 0; i < len;) {
        i += utf8_decode(text + i, len - i, &c);
        columns += char_width(c);
    }
    return columns;
}

static const char cut_sign[] = "\u2026";
enum { CUT_SIGN = sizeof cut_sign - 1 };

int text_cut(char *out, size_t size, const char *text, int columns) {
    size_t len = strlen(text), at = 0, kept = 0;
    int width = 0, kept_width = 0;
    bool marked = columns > 0 && size > CUT_SIGN;
    if (!size)
        return 0;
    while (at < len) {
        uint32_t c;
        size_t used = utf8_decode(text + at, len - at, &c);
        int more = char_width(c);
        if (width + more > columns || at + used > size - 1) {
            memcpy(out, text, kept);
            memcpy(out + kept, cut_sign, marked ? CUT_SIGN : 0);
            out[kept + (marked ? CUT_SIGN : 0)] = '\0';
            return kept_width + (marked ? 1 : 0);
        }
        at += used;
        width += more;
        if (width < columns && at + CUT_SIGN < size) {
            kept = at;
            kept_width = width;
        }
    }
    memcpy(out, text, at);
    out[at] = '\0';
    return width;
}

/* The end of `text` that takes at most so many columns. */
static const char *last_columns(const char *text, int columns) {
    size_t len = strlen(text);
    uint32_t c;
    for (int over = text_width(text) - columns; over > 0 && len > 0;) {
        size_t used = utf8_decode(text, len, &c);
        over -= char_width(c);
        text += used;
        len -= used;
    }
    return text;
}

int text_cut_middle(char *out, size_t size, const char *text, int columns) {
    int width = text_width(text);
    if (width <= columns || columns < 3)
        return text_cut(out, size, text, columns);
    const char *end = last_columns(text, (columns - 1) / 2);
    int used = text_cut(out, size, text, columns - text_width(end));
    size_t len = strlen(out);
    if (len + strlen(end) + 1 > size)
        return used;
    memcpy(out + len, end, strlen(end) + 1);
    return used + text_width(end);
}

static int width_of(const char *text, size_t len) {
    int width = 0;
    while (len > 0) {
        uint32_t c;
        size_t used = utf8_decode(text, len, &c);
        width += char_width(c);
        text += used;
        len -= used;
    }
    return width;
}

/* What stays of a text: up to `head`, and from `tail`. */
struct ends {
    const char *text, *head, *tail;
};

static bool has_room(struct ends e, int columns, size_t size) {
    size_t len = (size_t)(e.head - e.text);
    return e.head <= e.tail && len + CUT_SIGN + strlen(e.tail) < size &&
           width_of(e.text, len) + 1 + text_width(e.tail) <= columns;
}

static bool take_if(struct ends *e, struct ends more, int columns, size_t size) {
    bool fits = has_room(more, columns, size);
    if (fits)
        *e = more;
    return fits;
}

static bool lengthen_head(struct ends *e, char between, int columns, size_t size) {
    const char *next = strchr(e->head, between);
    return next && next < e->tail && take_if(e, (struct ends){e->text, next + 1, e->tail}, columns, size);
}

static bool lengthen_tail(struct ends *e, char between, int columns, size_t size) {
    const char *before = e->tail - 1;
    while (before > e->head && *before != between)
        before--;
    return before > e->head && take_if(e, (struct ends){e->text, e->head, before}, columns, size);
}

int text_cut_parts(char *out, size_t size, const char *text, char between, int columns) {
    const char *first = strchr(text, between), *last = strrchr(text, between);
    struct ends e = {text, first ? first + 1 : text, last};
    if (text_width(text) <= columns || !first || first == last || !has_room(e, columns, size))
        return text_cut_middle(out, size, text, columns);
    for (bool longer = true; longer;) {
        longer = lengthen_head(&e, between, columns, size);
        longer |= lengthen_tail(&e, between, columns, size);
    }
    size_t len = (size_t)(e.head - text);
    memcpy(out, text, len);
    memcpy(out + len, cut_sign, CUT_SIGN);
    memcpy(out + len + CUT_SIGN, e.tail, strlen(e.tail) + 1);
    return text_width(out);
}

size_t text_line(const char *text, int columns) {
    size_t len = strlen(text), at = 0, words = 0;
    int width = 0;
    while (at < len) {
        uint32_t c;
        size_t used = utf8_decode(text + at, len - at, &c);
        if (text[at] == ' ' && width <= columns)
            words = at;
        width += char_width(c);
        if (width > columns && text[at] != ' ')
            return words ? words : at ? at : used;
        at += used;
    }
    return width <= columns ? at : words ? words : at;
}

int text_order(const char *a, const char *b) {
    return strverscmp(a, b);
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool text_contains(const char *hay, const char *needle) {
    if (!*needle)
        return true;
    for (; *hay; hay++) {
        size_t i = 0;
        while (needle[i] && lower(hay[i]) == lower(needle[i]))
            i++;
        if (!needle[i])
            return true;
    }
    return false;
}
