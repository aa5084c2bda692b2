#include "collectors/json_reader.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define PLAIN_DIGITS 19 /* so many always fit into 64 bits */

enum state {
    AT_VALUE,
    AT_VALUE_OR_END, /* behind [ */
    AT_KEY,
    AT_KEY_OR_END, /* behind { */
    AT_COLON,
    AT_NEXT, /* behind a value in a container */
    AT_DONE,
    IN_STRING,
    IN_ESCAPE,
    IN_HEX,
    IN_NUMBER,
    IN_LITERAL,
};

struct literal {
    const char *word;
    uint8_t len, kind;
};
static const struct literal literals[] = {
    {"null", 4, JSON_NULL_}, {"true", 4, JSON_TRUE_}, {"false", 5, JSON_FALSE_}};

struct json_reader {
    struct json_handler handler;
    void *data;
    enum json_status status;
    enum state state;
    const char *problem;
    size_t consumed;

    unsigned depth, max_depth;
    uint8_t *arrays;   /* a bit a level: is it an array */
    unsigned quiet_at; /* while depth >= this, nothing is called back; UINT32_MAX: all is */
    bool quiet_value;  /* the value that comes next is passed over */
    bool string_is_key;

    const struct literal *literal;
    unsigned literal_at;
    unsigned hex_digits, code, high; /* of \uXXXX; a high surrogate that waits for its other half */

    size_t whole_len, held; /* of the text or number that is put together in `hold` */
    uint32_t hash;
    locale_t c_locale;
    char hold[JSON_TEXT_MAX];
};

static bool quiet(const struct json_reader *r) {
    return r->quiet_value || r->depth >= r->quiet_at;
}

/* Cold, so that the compiler keeps the ways that are walked together. */
__attribute__((cold, noinline)) static void fail(struct json_reader *r, const char *problem) {
    r->status = JSON_BAD;
    r->problem = problem;
}

/* ---- containers ---- */

static bool in_array(const struct json_reader *r) {
    return r->arrays[(r->depth - 1) / 8] >> ((r->depth - 1) % 8) & 1;
}

static void value_ended(struct json_reader *r) {
    r->quiet_value = false;
    r->state = r->depth ? AT_NEXT : AT_DONE;
    if (!r->depth)
        r->status = JSON_DONE;
}

static void open_container(struct json_reader *r, bool array) {
    if (r->depth == r->max_depth) {
        r->status = JSON_DEEP;
        r->problem = "nested too deep";
        return;
    }
    bool hushed = r->depth >= r->quiet_at;
    bool skip = hushed || r->quiet_value;
    if (!skip)
        skip = r->handler.begin(r->data, array) == JSON_SKIP;
    r->quiet_value = false;
    unsigned level = r->depth++;
    if (array)
        r->arrays[level / 8] |= (uint8_t)(1u << level % 8);
    else
        r->arrays[level / 8] &= (uint8_t) ~(1u << level % 8);
    if (skip && !hushed)
        r->quiet_at = r->depth;
    r->state = array ? AT_VALUE_OR_END : AT_KEY_OR_END;
}

static void close_container(struct json_reader *r, bool array) {
    if (!r->depth || in_array(r) != array) {
        fail(r, array ? "']' without '['" : "'}' without '{'");
        return;
    }
    bool hushed = r->depth >= r->quiet_at;
    r->depth--;
    if (hushed && r->depth < r->quiet_at)
        r->quiet_at = UINT32_MAX;
    else if (!hushed)
        r->handler.end(r->data, array);
    value_ended(r);
}

/* ---- strings ---- */

static uint32_t fnv(uint32_t hash, const char *bytes, size_t len) {
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * 16777619u;
    return hash;
}

static void emit_text(struct json_reader *r, const char *text, size_t len, size_t whole_len, uint32_t hash) {
    if (r->string_is_key) {
        r->state = AT_COLON;
        if (r->depth < r->quiet_at)
            r->quiet_value = r->handler.key(r->data, text, len) == JSON_SKIP;
        return;
    }
    if (!quiet(r)) {
        struct json_scalar s = {
            .kind = JSON_TEXT, .text = text, .len = len, .whole_len = whole_len, .whole_hash = hash};
        r->handler.scalar(r->data, &s);
    }
    value_ended(r);
}

/* A text that lies in one piece in the input. */
static void emit_plain(struct json_reader *r, const char *text, size_t len) {
    if (len <= JSON_TEXT_MAX || quiet(r))
        emit_text(r, text, len, len, 0);
    else
        emit_text(r, text, JSON_TEXT_MAX, len, fnv(2166136261u, text, len));
}

static void hold_begin(struct json_reader *r) {
    r->held = r->whole_len = 0;
    r->high = 0;
}

/* The hash is begun when the text turns out to be too long, over what is held by then. */
static void hold(struct json_reader *r, const char *bytes, size_t len) {
    if (!len || quiet(r))
        return;
    size_t room = JSON_TEXT_MAX - r->held, n = len < room ? len : room;
    memcpy(r->hold + r->held, bytes, n);
    r->held += n;
    if (len > n) {
        if (r->whole_len <= JSON_TEXT_MAX)
            r->hash = fnv(2166136261u, r->hold, JSON_TEXT_MAX);
        r->hash = fnv(r->hash, bytes + n, len - n);
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

/* The first byte that is a quote, a backslash or a control character. */
static inline const char *plain_end(const char *p, const char *end) {
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    while (end - p >= 8) {
        uint64_t x, q, b, hit;
        memcpy(&x, p, 8);
        q = x ^ ones * '"';
        b = x ^ ones * '\\';
        hit = ((q - ones) & ~q) | ((b - ones) & ~b) | ((x - ones * 0x20) & ~x);
        hit &= tops;
        if (hit) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
            p += __builtin_ctzll(hit) / 8;
            return p;
#else
            break;
#endif
        }
        p += 8;
    }
    while (p < end && *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20)
        p++;
    return p;
}

static const char *read_string(struct json_reader *r, const char *p, const char *end) {
    const char *q = plain_end(p, end);
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
        emit_text(r, r->hold, r->held, r->whole_len, r->hash);
    } else {
        fail(r, "a raw control character in a string");
        return q;
    }
    return q + 1;
}

static const char *begin_string(struct json_reader *r, const char *p, const char *end, bool key) {
    const char *q = plain_end(++p, end);
    r->string_is_key = key;
    if (q < end && *q == '"') {
        emit_plain(r, p, (size_t)(q - p));
        return q + 1;
    }
    hold_begin(r);
    hold(r, p, (size_t)(q - p));
    r->state = IN_STRING;
    return q;
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
        fail(r, "a bad escape in a string");
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
        fail(r, "a bad \\u escape in a string");
        return p;
    }
    r->code = r->code << 4 | (unsigned)v;
    if (++r->hex_digits == 4) {
        hold_code(r);
        r->state = IN_STRING;
    }
    return p + 1;
}

/* ---- numbers ---- */

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool in_number(char c) {
    return is_digit(c) || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E';
}

/* The end of what the grammar allows, NULL for a fault; *whole: no fraction, no exponent. */
static const char *number_grammar(const char *p, const char *end, bool *whole) {
    *whole = true;
    if (p < end && *p == '-')
        p++;
    if (p == end || !is_digit(*p))
        return NULL;
    if (*p++ != '0')
        while (p < end && is_digit(*p))
            p++;
    if (p < end && *p == '.') {
        *whole = false;
        if (++p == end || !is_digit(*p))
            return NULL;
        while (p < end && is_digit(*p))
            p++;
    }
    if (p < end && (*p | 0x20) == 'e') {
        *whole = false;
        if (++p < end && (*p == '+' || *p == '-'))
            p++;
        if (p == end || !is_digit(*p))
            return NULL;
        while (p < end && is_digit(*p))
            p++;
    }
    return p;
}

static bool to_integer(const char *p, const char *end, uint64_t *out) {
    uint64_t v = 0;
    for (; p < end; p++) {
        unsigned d = (unsigned)(*p - '0');
        if (v > UINT64_MAX / 10 || v * 10 > UINT64_MAX - d)
            return false;
        v = v * 10 + d;
    }
    *out = v;
    return true;
}

static double to_real(const struct json_reader *r, const char *p, size_t len) {
    char text[JSON_TEXT_MAX + 1];
    memcpy(text, p, len);
    text[len] = '\0';
    return strtod_l(text, NULL, r->c_locale);
}

static void emit_number(struct json_reader *r, const char *p, size_t len) {
    bool whole, negative = *p == '-';
    if (number_grammar(p, p + len, &whole) != p + len) {
        fail(r, "a malformed number");
        return;
    }
    if (!quiet(r)) {
        struct json_scalar s = {.kind = JSON_REAL_};
        uint64_t v;
        if (whole && to_integer(p + negative, p + len, &v) && (!negative || v <= (uint64_t)INT64_MAX + 1)) {
            s.kind = negative && v ? JSON_INT : JSON_UINT;
            s.u = negative ? 0 : v;
            s.i = negative ? (int64_t)(0 - v) : 0;
            s.f = negative ? -(double)v : (double)v;
        } else {
            s.f = to_real(r, p, len);
        }
        r->handler.scalar(r->data, &s);
    }
    value_ended(r);
}

/* An integer without a sign that ends in this piece, as nearly all do; p itself when it is none. */
static const char *plain_integer(struct json_reader *r, const char *p, const char *end) {
    const char *q = p, *last = end - p > PLAIN_DIGITS ? p + PLAIN_DIGITS : end;
    uint64_t v = 0;
    while (q < last && is_digit(*q))
        v = v * 10 + (unsigned)(*q++ - '0');
    if (q == p || q == end || in_number(*q) || (*p == '0' && q - p > 1))
        return p;
    if (!quiet(r)) {
        struct json_scalar s = {.kind = JSON_UINT, .u = v, .f = (double)v};
        r->handler.scalar(r->data, &s);
    }
    value_ended(r);
    return q;
}

static const char *read_number(struct json_reader *r, const char *p, const char *end) {
    const char *q = p;
    while (q < end && in_number(*q))
        q++;
    size_t len = (size_t)(q - p);
    if (r->held + len > JSON_TEXT_MAX) {
        fail(r, "a number that is too long");
        return p;
    }
    if (q < end && !r->held) {
        emit_number(r, p, len);
        return q;
    }
    memcpy(r->hold + r->held, p, len);
    r->held += len;
    r->state = IN_NUMBER;
    if (q < end)
        emit_number(r, r->hold, r->held);
    return q;
}

static const char *begin_number(struct json_reader *r, const char *p, const char *end) {
    const char *q = plain_integer(r, p, end);
    if (q > p)
        return q;
    r->held = 0;
    return read_number(r, p, end);
}

/* ---- literals ---- */

static const char *read_literal(struct json_reader *r, const char *p, const char *end) {
    const struct literal *l = r->literal;
    for (; p < end && r->literal_at < l->len; p++)
        if (*p != l->word[r->literal_at++]) {
            fail(r, "an unknown word");
            return p;
        }
    if (r->literal_at < l->len)
        return p;
    if (!quiet(r)) {
        struct json_scalar s = {.kind = (enum json_kind)l->kind};
        r->handler.scalar(r->data, &s);
    }
    value_ended(r);
    return p;
}

static const char *begin_literal(struct json_reader *r, const char *p, const char *end,
                                 const struct literal *l) {
    r->literal = l;
    r->literal_at = 0;
    r->state = IN_LITERAL;
    return read_literal(r, p, end);
}

/* ---- structure ---- */

static inline const char *skip_space(const char *p, const char *end) {
    const uint64_t spaces = 0x2020202020202020u;
    while (p < end && (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r')) {
        uint64_t x = 0;
        p++;
        while (end - p >= 8 && (memcpy(&x, p, 8), x == spaces))
            p += 8;
    }
    return p;
}

static const char *begin_value(struct json_reader *r, const char *p, const char *end) {
    switch (*p) {
    case '"':
        return begin_string(r, p, end, false);
    case '{':
    case '[':
        open_container(r, *p == '[');
        return p + 1;
    case 'n':
        return begin_literal(r, p, end, &literals[0]);
    case 't':
        return begin_literal(r, p, end, &literals[1]);
    case 'f':
        return begin_literal(r, p, end, &literals[2]);
    default:
        if (*p == '-' || is_digit(*p))
            return begin_number(r, p, end);
        fail(r, "no value where one is due");
        return p;
    }
}

static const char *next_member(struct json_reader *r, const char *p) {
    if (*p == ',') {
        r->state = in_array(r) ? AT_VALUE : AT_KEY;
        return p + 1;
    }
    if (*p == ']' || *p == '}') {
        close_container(r, *p == ']');
        return p + 1;
    }
    fail(r, "neither ',' nor an end behind a value");
    return p;
}

/* A key, and as a rule all up to its value. */
static const char *begin_key(struct json_reader *r, const char *p, const char *end) {
    if (*p != '"') {
        fail(r, "no key where one is due");
        return p;
    }
    p = begin_string(r, p, end, true);
    if (r->state == AT_COLON && p < end && *p == ':') {
        r->state = AT_VALUE;
        p++;
        return p < end && *p == ' ' ? p + 1 : p;
    }
    return p;
}

/* One step from a state between tokens; p is at no white space. */
static inline const char *structure(struct json_reader *r, const char *p, const char *end) {
    switch (r->state) {
    case AT_VALUE_OR_END:
        if (*p == ']') {
            close_container(r, true);
            return p + 1;
        }
        return begin_value(r, p, end);
    case AT_VALUE:
        return begin_value(r, p, end);
    case AT_KEY_OR_END:
        if (*p == '}') {
            close_container(r, false);
            return p + 1;
        }
        return begin_key(r, p, end);
    case AT_KEY:
        return begin_key(r, p, end);
    case AT_COLON:
        if (*p != ':')
            fail(r, "no ':' behind a key");
        else
            r->state = AT_VALUE;
        return p + (*p == ':');
    case AT_NEXT:
        return next_member(r, p);
    default:
        fail(r, "more behind the document");
        return p;
    }
}

/* One step in a token that a cut or an escape interrupted. */
static const char *resume(struct json_reader *r, const char *p, const char *end) {
    switch (r->state) {
    case IN_ESCAPE:
        return read_escape(r, p);
    case IN_HEX:
        return read_hex(r, p);
    case IN_NUMBER:
        return read_number(r, p, end);
    case IN_LITERAL:
        return read_literal(r, p, end);
    default:
        return read_string(r, p, end);
    }
}

enum json_status json_reader_feed(struct json_reader *r, const char *bytes, size_t len) {
    const char *p = bytes, *end = bytes + len;
    while (p < end && r->status <= JSON_DONE) {
        if (r->state >= IN_STRING) {
            p = resume(r, p, end);
            continue;
        }
        if ((unsigned char)*p <= ' ' && (p = skip_space(p, end)) == end)
            break;
        p = structure(r, p, end);
    }
    r->consumed += (size_t)(p - bytes);
    return r->status;
}

enum json_status json_reader_finish(struct json_reader *r) {
    if (r->status == JSON_MORE && r->state == IN_NUMBER && !r->depth)
        emit_number(r, r->hold, r->held);
    if (r->status == JSON_MORE)
        fail(r, r->consumed ? "the document ends in the middle" : "the document is empty");
    return r->status;
}

void json_reader_reset(struct json_reader *r) {
    r->status = JSON_MORE;
    r->state = AT_VALUE;
    r->problem = "";
    r->consumed = 0;
    r->depth = 0;
    r->quiet_at = UINT32_MAX;
    r->quiet_value = false;
    r->held = 0;
}

struct json_reader *json_reader_create(const struct json_handler *handler, void *data, unsigned max_depth) {
    struct json_reader *r = memory_new(sizeof *r);
    r->handler = *handler;
    r->data = data;
    r->max_depth = max_depth;
    r->arrays = memory_array(max_depth / 8 + 1, 1);
    r->c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    json_reader_reset(r);
    return r;
}

void json_reader_destroy(struct json_reader *r) {
    if (!r)
        return;
    if (r->c_locale)
        freelocale(r->c_locale);
    free(r->arrays);
    free(r);
}

size_t json_reader_offset(const struct json_reader *r) {
    return r->consumed;
}

const char *json_reader_problem(const struct json_reader *r) {
    return r->problem;
}
