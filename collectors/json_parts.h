/* Inside the JSON reader: its state, and what its parts need of each other.
 *
 * json_reader.c knows the structure and reads what lies in one piece, as nearly all does; json_text.c puts
 * texts together that are cut or escaped, json_number.c numbers. A step takes the input from p to end, says
 * what it has read by callbacks, sets the next state and returns where it stopped: p itself and a status when
 * something was wrong. */
#ifndef COLLECTORS_JSON_PARTS_H
#define COLLECTORS_JSON_PARTS_H

#include <locale.h>
#include <string.h>

#include "collectors/json_reader.h"

enum json_state {
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

struct json_literal;

struct json_reader {
    struct json_handler handler;
    void *data;
    enum json_status status;
    enum json_state state;
    const char *problem;
    size_t consumed;

    unsigned depth, max_depth;
    uint8_t *arrays;   /* a bit a level: is it an array */
    unsigned quiet_at; /* while depth >= this, nothing is called back; UINT32_MAX: all is */
    bool quiet_value;  /* the value that comes next is passed over */
    bool string_is_key;

    const struct json_literal *literal;
    unsigned literal_at;
    unsigned hex_digits, code, high; /* of \uXXXX; a high surrogate that waits for its other half */

    size_t whole_len, held; /* of the text or number that is put together in `hold` */
    uint32_t hash;
    locale_t c_locale;
    char hold[JSON_TEXT_MAX];
};

static inline bool json_quiet(const struct json_reader *r) {
    return r->quiet_value || r->depth >= r->quiet_at;
}

static inline void json_value_ended(struct json_reader *r) {
    r->quiet_value = false;
    r->state = r->depth ? AT_NEXT : AT_DONE;
    if (!r->depth)
        r->status = JSON_DONE;
}

static inline bool json_is_digit(char c) {
    return c >= '0' && c <= '9';
}

static inline bool json_in_number(char c) {
    return json_is_digit(c) || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E';
}

/* Cold, so that the compiler keeps the ways that are walked together. */
__attribute__((cold, noinline)) void json_fail(struct json_reader *r, const char *problem);

/* The first byte that is a quote, a backslash or a control character. */
static inline const char *json_plain_end(const char *p, const char *end) {
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

/* ---- json_reader.c ---- */
/* A whole text or key; whole_len > len: it was cut, and its hash counts. */
void json_emit_text(struct json_reader *r, const char *text, size_t len, size_t whole_len, uint32_t hash);

/* ---- json_text.c ---- */
/* A text that is cut or has escapes, plain up to there. */
const char *json_text_begin(struct json_reader *r, const char *p, const char *plain_end);
/* IN_STRING, IN_ESCAPE and IN_HEX. */
const char *json_text_resume(struct json_reader *r, const char *p, const char *end);
#define JSON_HASH_BEGIN 2166136261u
uint32_t json_text_hash(uint32_t hash, const char *bytes, size_t len); /* FNV-1a */

/* ---- json_number.c ---- */
/* p is at its first character, or goes on where the input was cut. */
const char *json_number_resume(struct json_reader *r, const char *p, const char *end);
/* The document ended behind a number. */
void json_number_finish(struct json_reader *r);

#endif
