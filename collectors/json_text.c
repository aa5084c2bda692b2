#include "collectors/json_parts.h"

#include <string.h>

uint32_t json_text_hash(uint32_t hash, const char *bytes, size_t len) {
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * 16777619u;
    return hash;
}

/* The hash is begun when the text turns out to be too long, over what is held by then. */
static void hold(struct json_reader *r, const char *bytes, size_t len) {
    if (!len || json_quiet(r))
        return;
    size_t room = JSON_TEXT_MAX - r->held, n = len < room ? len : room;
    memcpy(r->hold + r->held, bytes, n);
    r->held += n;
    if (len > n) {
        if (r->whole_len <= JSON_TEXT_MAX)
            r->hash = json_text_hash(JSON_HASH_BEGIN, r->hold, JSON_TEXT_MAX);
        r->hash = json_text_hash(r->hash, bytes + n, len - n);
    }
    r->whole_len += len;
}

static void hold_char(struct json_reader *r, unsigned c) {
    char utf8[4];
    size_t len = 0;
    if (c < 0x80) {
        utf8[len++] = (char)c;
    } else if (c < 0x800) {
        utf8[len++] = (char)(0xc0 | c >> 6);
        utf8[len++] = (char)(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        utf8[len++] = (char)(0xe0 | c >> 12);
        utf8[len++] = (char)(0x80 | (c >> 6 & 0x3f));
        utf8[len++] = (char)(0x80 | (c & 0x3f));
    } else {
        utf8[len++] = (char)(0xf0 | c >> 18);
        utf8[len++] = (char)(0x80 | (c >> 12 & 0x3f));
        utf8[len++] = (char)(0x80 | (c >> 6 & 0x3f));
        utf8[len++] = (char)(0x80 | (c & 0x3f));
    }
    hold(r, utf8, len);
}

/* A high surrogate whose other half did not follow. */
static void settle_high(struct json_reader *r) {
    if (r->high)
        hold_char(r, 0xfffd);
    r->high = 0;
}

static void hold_code(struct json_reader *r) {
    unsigned c = r->code;
    bool low = c >= 0xdc00 && c < 0xe000;
    if (low && r->high) {
        hold_char(r, 0x10000 + ((r->high - 0xd800) << 10) + (c - 0xdc00));
        r->high = 0;
        return;
    }
    settle_high(r);
    if (c >= 0xd800 && c < 0xdc00)
        r->high = c;
    else
        hold_char(r, low ? 0xfffd : c);
}

static const char *read_plain(struct json_reader *r, const char *p, const char *end) {
    const char *q = json_plain_end(p, end);
    if (q > p) {
        settle_high(r);
        hold(r, p, (size_t)(q - p));
    }
    if (q == end)
        return q;
    if (*q == '\\') {
        r->state = IN_ESCAPE;
    } else if (*q == '"') {
        settle_high(r);
        json_emit_text(r, r->hold, r->held, r->whole_len, r->hash);
    } else {
        json_fail(r, "a raw control character in a string");
        return q;
    }
    return q + 1;
}

static const char *read_escape(struct json_reader *r, const char *p) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *hit = *p ? strchr(from, *p) : NULL;
    if (*p == 'u') {
        r->hex_digits = r->code = 0;
        r->state = IN_HEX;
    } else if (hit) {
        settle_high(r);
        hold(r, &to[hit - from], 1);
        r->state = IN_STRING;
    } else {
        json_fail(r, "a bad escape in a string");
        return p;
    }
    return p + 1;
}

static int hex_value(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static const char *read_hex(struct json_reader *r, const char *p) {
    int v = hex_value(*p);
    if (v < 0) {
        json_fail(r, "a bad \\u escape in a string");
        return p;
    }
    r->code = r->code << 4 | (unsigned)v;
    if (++r->hex_digits == 4) {
        hold_code(r);
        r->state = IN_STRING;
    }
    return p + 1;
}

const char *json_text_resume(struct json_reader *r, const char *p, const char *end) {
    switch (r->state) {
    case IN_ESCAPE:
        return read_escape(r, p);
    case IN_HEX:
        return read_hex(r, p);
    default:
        return read_plain(r, p, end);
    }
}

const char *json_text_begin(struct json_reader *r, const char *p, const char *plain_end) {
    r->held = r->whole_len = 0;
    r->high = 0;
    hold(r, p, (size_t)(plain_end - p));
    r->state = IN_STRING;
    return plain_end;
}
