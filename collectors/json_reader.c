#include "collectors/json_reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "collectors/json_parts.h"

#define PLAIN_DIGITS 19 /* so many always fit into 64 bits */

struct json_literal {
    const char *word;
    uint8_t len, kind;
};
static const struct json_literal literals[] = {
    {"null", 4, JSON_NULL_}, {"true", 4, JSON_TRUE_}, {"false", 5, JSON_FALSE_}};

void json_fail(struct json_reader *r, const char *problem) {
    r->status = JSON_BAD;
    r->problem = problem;
}

/* ---- containers ---- */

static bool in_array(const struct json_reader *r) {
    return r->arrays[(r->depth - 1) / 8] >> ((r->depth - 1) % 8) & 1;
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
        json_fail(r, array ? "']' without '['" : "'}' without '{'");
        return;
    }
    bool hushed = r->depth >= r->quiet_at;
    r->depth--;
    if (hushed && r->depth < r->quiet_at)
        r->quiet_at = UINT32_MAX;
    else if (!hushed)
        r->handler.end(r->data, array);
    json_value_ended(r);
}

/* ---- texts and numbers that lie in one piece ---- */

void json_emit_text(struct json_reader *r, const char *text, size_t len, size_t whole_len, uint32_t hash) {
    if (r->string_is_key) {
        r->state = AT_COLON;
        if (r->depth < r->quiet_at)
            r->quiet_value = r->handler.key(r->data, text, len) == JSON_SKIP;
        return;
    }
    if (!json_quiet(r)) {
        struct json_scalar s = {
            .kind = JSON_TEXT, .text = text, .len = len, .whole_len = whole_len, .whole_hash = hash};
        r->handler.scalar(r->data, &s);
    }
    json_value_ended(r);
}

static void emit_plain(struct json_reader *r, const char *text, size_t len) {
    if (len <= JSON_TEXT_MAX || json_quiet(r))
        json_emit_text(r, text, len, len, 0);
    else
        json_emit_text(r, text, JSON_TEXT_MAX, len, json_text_hash(JSON_HASH_BEGIN, text, len));
}

static const char *begin_text(struct json_reader *r, const char *p, const char *end, bool key) {
    const char *q = json_plain_end(++p, end);
    r->string_is_key = key;
    if (q < end && *q == '"') {
        emit_plain(r, p, (size_t)(q - p));
        return q + 1;
    }
    return json_text_begin(r, p, q);
}

/* An integer without a sign that ends in this piece; p itself when it is none. */
static const char *plain_integer(struct json_reader *r, const char *p, const char *end) {
    const char *q = p, *last = end - p > PLAIN_DIGITS ? p + PLAIN_DIGITS : end;
    uint64_t v = 0;
    while (q < last && json_is_digit(*q))
        v = v * 10 + (unsigned)(*q++ - '0');
    if (q == p || q == end || json_in_number(*q) || (*p == '0' && q - p > 1))
        return p;
    if (!json_quiet(r)) {
        struct json_scalar s = {.kind = JSON_UINT, .u = v, .f = (double)v};
        r->handler.scalar(r->data, &s);
    }
    json_value_ended(r);
    return q;
}

static const char *begin_number(struct json_reader *r, const char *p, const char *end) {
    const char *q = plain_integer(r, p, end);
    if (q > p)
        return q;
    r->held = 0;
    return json_number_resume(r, p, end);
}

/* ---- literals ---- */

static const char *read_literal(struct json_reader *r, const char *p, const char *end) {
    const struct json_literal *l = r->literal;
    for (; p < end && r->literal_at < l->len; p++)
        if (*p != l->word[r->literal_at++]) {
            json_fail(r, "an unknown word");
            return p;
        }
    if (r->literal_at < l->len)
        return p;
    if (!json_quiet(r)) {
        struct json_scalar s = {.kind = (enum json_kind)l->kind};
        r->handler.scalar(r->data, &s);
    }
    json_value_ended(r);
    return p;
}

static const char *begin_literal(struct json_reader *r, const char *p, const char *end,
                                 const struct json_literal *l) {
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
        return begin_text(r, p, end, false);
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
        if (*p == '-' || json_is_digit(*p))
            return begin_number(r, p, end);
        json_fail(r, "no value where one is due");
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
    json_fail(r, "neither ',' nor an end behind a value");
    return p;
}

/* A key, and as a rule all up to its value. */
static const char *begin_key(struct json_reader *r, const char *p, const char *end) {
    if (*p != '"') {
        json_fail(r, "no key where one is due");
        return p;
    }
    p = begin_text(r, p, end, true);
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
            json_fail(r, "no ':' behind a key");
        else
            r->state = AT_VALUE;
        return p + (*p == ':');
    case AT_NEXT:
        return next_member(r, p);
    default:
        json_fail(r, "more behind the document");
        return p;
    }
}

/* One step in a token that a cut or an escape interrupted. */
static const char *resume(struct json_reader *r, const char *p, const char *end) {
    switch (r->state) {
    case IN_NUMBER:
        return json_number_resume(r, p, end);
    case IN_LITERAL:
        return read_literal(r, p, end);
    default:
        return json_text_resume(r, p, end);
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
        json_number_finish(r);
    if (r->status == JSON_MORE)
        json_fail(r, r->consumed ? "the document ends in the middle" : "the document is empty");
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
