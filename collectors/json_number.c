#include "collectors/json_parts.h"

#include <stdlib.h>
#include <string.h>

/* The end of what the grammar allows, NULL for a fault; *whole: no fraction, no exponent. */
static const char *number_grammar(const char *p, const char *end, bool *whole) {
    *whole = true;
    if (p < end && *p == '-')
        p++;
    if (p == end || !json_is_digit(*p))
        return NULL;
    if (*p++ != '0')
        while (p < end && json_is_digit(*p))
            p++;
    if (p < end && *p == '.') {
        *whole = false;
        if (++p == end || !json_is_digit(*p))
            return NULL;
        while (p < end && json_is_digit(*p))
            p++;
    }
    if (p < end && (*p | 0x20) == 'e') {
        *whole = false;
        if (++p < end && (*p == '+' || *p == '-'))
            p++;
        if (p == end || !json_is_digit(*p))
            return NULL;
        while (p < end && json_is_digit(*p))
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
        json_fail(r, "a malformed number");
        return;
    }
    if (!json_quiet(r)) {
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
    json_value_ended(r);
}

const char *json_number_resume(struct json_reader *r, const char *p, const char *end) {
    const char *q = p;
    while (q < end && json_in_number(*q))
        q++;
    size_t len = (size_t)(q - p);
    if (r->held + len > JSON_TEXT_MAX) {
        json_fail(r, "a number that is too long");
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

void json_number_finish(struct json_reader *r) {
    emit_number(r, r->hold, r->held);
}
