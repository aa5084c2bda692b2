#include "base/expr.h"

#include <stdlib.h>
#include <string.h>

#define SIZE_MAX_OF_PATTERN 2000
#define GROUPS_MAX          32

/* How large the compiled pattern gets: libc copies what is repeated, once for `+`, n times for {n}, so that
 * nesting multiplies. */
struct measure {
    const char *at;
    unsigned long total[GROUPS_MAX + 1]; /* of each open group */
    int open;
    unsigned long last; /* of the piece that a repetition would repeat */
};

static void skip_to_pair(struct measure *m, char mark) {
    for (m->at += 2; *m->at && !(m->at[0] == mark && m->at[1] == ']'); m->at++)
        ;
    if (*m->at)
        m->at += 2;
}

/* "[^]a[:digit:]]" is one piece. */
static void skip_bracket(struct measure *m) {
    m->at++;
    m->at += *m->at == '^';
    m->at += *m->at == ']';
    while (*m->at && *m->at != ']') {
        if (*m->at == '[' && m->at[1] && strchr(":.=", m->at[1]))
            skip_to_pair(m, m->at[1]);
        else
            m->at++;
    }
    m->at += *m->at != '\0';
}

static unsigned long take_braces(struct measure *m) {
    const char *text = m->at + 1, *comma = text + strspn(text, "0123456789");
    unsigned long low = strtoul(text, NULL, 10);
    unsigned long high = *comma == ',' ? strtoul(comma + 1, NULL, 10) : 0;
    unsigned long most = high > low ? high : low < SIZE_MAX_OF_PATTERN ? low + 1 : low;
    m->at = text + strspn(text, "0123456789,");
    m->at += *m->at == '}';
    return most < SIZE_MAX_OF_PATTERN ? most : SIZE_MAX_OF_PATTERN;
}

static void repeat(struct measure *m, unsigned long times) {
    m->total[m->open] += m->last * (times - 1);
    m->last *= times;
}

static void take_piece(struct measure *m) {
    if (*m->at == '[') {
        skip_bracket(m);
    } else {
        m->at += *m->at == '\\' && m->at[1];
        m->at++;
    }
    m->last = 1;
    m->total[m->open]++;
}

static void close_group(struct measure *m) {
    if (m->open) {
        m->last = m->total[m->open--] + 1;
        m->total[m->open] += m->last;
    }
    m->at++;
}

static bool take_next(struct measure *m) {
    switch (*m->at) {
    case '(':
        if (m->open == GROUPS_MAX)
            return false;
        m->total[++m->open] = 0;
        m->at++;
        break;
    case ')':
        close_group(m);
        break;
    case '{':
        repeat(m, take_braces(m));
        break;
    case '+':
        repeat(m, 2);
        m->at++;
        break;
    case '*':
    case '?':
        m->at++;
        break;
    default:
        take_piece(m);
    }
    return m->total[m->open] <= SIZE_MAX_OF_PATTERN;
}

const char *expr_pattern_refused(const char *pattern) {
    struct measure m = {.at = pattern, .last = 1};
    for (const char *p = pattern; *p; p++) {
        if (*p != '\\' || !p[1])
            continue;
        p++;
        if (*p >= '1' && *p <= '9')
            return "back references are not supported";
    }
    while (*m.at)
        if (!take_next(&m))
            return "it is too large, or repeats too often";
    return NULL;
}
