#include "collectors/subject_fold.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define ROWS_MOST    1024 /* before the largest are chosen; what comes then is in the rows over it alone */
#define DEPTH_MOST   16   /* tokens; what is longer ends in > */
#define BRANCHES     1024 /* prefixes of which is known how many values follow */
#define MANY_BITS    15   /* of 64, set by as many values as SUBJECTS_FEW or a few more */
#define KEEP_PERCENT 2 /* of all messages: a value of many that has a row of its own; half of it keeps it */

/* A counter, and what of its subject is still to be told apart. */
struct piece {
    const struct counter *counter;
    const char *rest; /* "": nothing */
    int first_look;
    int64_t second;
};

/* Values that were seen behind one prefix, ever: so many of the bits are set as there are values, or fewer.
 */
struct branch {
    uint64_t prefix, values;
};

struct fold {
    struct piece *pieces;
    size_t count, cap;
    struct subject_row *rows;
    size_t row_count;
    uint64_t messages;
    struct branch branches[BRANCHES];
    uint64_t own[BRANCHES]; /* hashes of values of many that had rows of their own the last time */
    char name[SUBJECTS_NAME_MAX];
};

struct fold *fold_create(void) {
    struct fold *f = memory_new(sizeof *f);
    f->rows = memory_grow(NULL, ROWS_MOST, sizeof *f->rows);
    return f;
}

void fold_destroy(struct fold *f) {
    free(f->pieces);
    free(f->rows);
    free(f);
}

void fold_forget(struct fold *f) {
    memset(f->branches, 0, sizeof f->branches);
    memset(f->own, 0, sizeof f->own);
}

void fold_begin(struct fold *f) {
    f->count = 0;
    f->row_count = 0;
}

void fold_add(struct fold *f, const struct counter *counter, int first_look, int64_t second) {
    if (f->count == f->cap) {
        f->cap = f->cap > 0 ? 2 * f->cap : 1024;
        f->pieces = memory_grow(f->pieces, f->cap, sizeof *f->pieces);
    }
    f->pieces[f->count++] = (struct piece){counter, counter->subject, first_look, second};
}

/* ---- rows ---- */

static void add_piece(struct subject_row *row, const struct piece *p) {
    const struct counter *c = p->counter;
    for (int i = 0; i < TOPK_LOOKS; i++) {
        if (c->seen[i] == 0)
            continue;
        row->seen[p->first_look + i] += c->seen[i];
        row->messages += c->seen[i];
        row->size += c->bytes[i];
    }
    row->largest = row->largest > c->largest ? row->largest : c->largest;
    row->replies += c->replies;
    row->headers |= c->headers;
    row->error += c->error;
    row->last_s = row->last_s > p->second ? row->last_s : p->second;
}

static void add_row(struct fold *f, const struct piece *pieces, size_t count, const char *name, bool over,
                    uint32_t alike) {
    if (f->row_count == ROWS_MOST)
        return;
    struct subject_row *row = &f->rows[f->row_count++];
    memset(row, 0, sizeof *row);
    row->over = over;
    row->alike = alike;
    row->last_s = INT64_MIN;
    memcpy(row->name, name, strlen(name) + 1);
    for (size_t i = 0; i < count; i++)
        add_piece(row, &pieces[i]);
}

/* ---- the tree ---- */

static int by_rest(const void *a, const void *b) {
    const struct piece *x = a, *y = b;
    int order = strcmp(x->rest, y->rest);
    return order != 0 ? order : strcmp(x->counter->subject, y->counter->subject);
}

static size_t token_of(const char *rest) {
    return strcspn(rest, ".");
}

/* All pieces from here on whose next token is the same. */
static size_t run_of(const struct piece *pieces, size_t count) {
    size_t len = token_of(pieces->rest), n = 1;
    while (n < count && token_of(pieces[n].rest) == len && memcmp(pieces[n].rest, pieces->rest, len) == 0)
        n++;
    return n;
}

static uint64_t messages_of(const struct piece *pieces, size_t count) {
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += pieces[i].counter->count - pieces[i].counter->error;
    return sum;
}

/* Subjects that differ. */
static uint32_t alike_of(const struct piece *pieces, size_t count) {
    uint32_t alike = 0;
    for (size_t i = 0; i < count; i++)
        alike += i == 0 || strcmp(pieces[i].counter->subject, pieces[i - 1].counter->subject) != 0;
    return alike;
}

static uint64_t mix(uint64_t h, const char *bytes, size_t len) {
    h ^= (uint64_t)hash_bytes(bytes, len) << 32 | len;
    h *= 0x9E3779B97F4A7C15u;
    return h ^ h >> 29;
}

static bool has_many(struct fold *f, const struct piece *pieces, size_t count, uint64_t prefix,
                     size_t values) {
    struct branch *b = &f->branches[prefix % BRANCHES];
    if (b->prefix != prefix)
        *b = (struct branch){.prefix = prefix};
    for (size_t i = 0; i < count; i += run_of(&pieces[i], count - i))
        b->values |= (uint64_t)1 << (mix(1, pieces[i].rest, token_of(pieces[i].rest)) >> 58);
    return values > SUBJECTS_FEW || __builtin_popcountll(b->values) > MANY_BITS;
}

/* One of many values that has a row of its own; what has one loses it later than what has none gets it. */
static bool is_large(struct fold *f, const struct piece *pieces, size_t count, uint64_t value) {
    uint64_t *own = &f->own[value % BRANCHES], messages = messages_of(pieces, count);
    uint64_t least = f->messages * KEEP_PERCENT / (*own == value ? 200 : 100);
    bool large = messages > 0 && messages >= least && messages > 9;
    if (large || *own == value)
        *own = large ? value : 0;
    return large;
}

static size_t count_values(const struct piece *pieces, size_t count) {
    size_t values = 0;
    for (size_t i = 0; i < count; i += run_of(&pieces[i], count - i))
        values += *pieces[i].rest != '\0';
    return values;
}

static void fold(struct fold *f, struct piece *pieces, size_t count, size_t len, uint64_t prefix, int depth);

/* Behind a token that all of them have. */
static void go_on(struct fold *f, struct piece *pieces, size_t count, size_t len, const char *token,
                  size_t token_len, uint64_t prefix, int depth) {
    size_t room = sizeof f->name - len - 4; /* for ".>" */
    token_len = token_len < room ? token_len : room;
    if (len > 0)
        f->name[len++] = '.';
    memcpy(f->name + len, token, token_len);
    len += token_len;
    for (size_t i = 0; i < count; i++) {
        const char *rest = pieces[i].rest;
        size_t n = token_of(rest);
        pieces[i].rest = rest + n + (rest[n] == '.');
    }
    fold(f, pieces, count, len, prefix, depth + 1);
}

/* All values but those that have rows of their own, as one. */
static void fold_many(struct fold *f, struct piece *pieces, size_t count, size_t len, uint64_t prefix,
                      int depth) {
    struct piece *others = memory_grow(NULL, count, sizeof *others);
    size_t n = 0;
    for (size_t i = 0, run; i < count; i += run) {
        run = run_of(&pieces[i], count - i);
        size_t token = token_of(pieces[i].rest);
        uint64_t value = mix(prefix, pieces[i].rest, token);
        if (*pieces[i].rest != '\0' && is_large(f, &pieces[i], run, value)) {
            go_on(f, &pieces[i], run, len, pieces[i].rest, token, value, depth);
        } else if (*pieces[i].rest != '\0') {
            memcpy(others + n, pieces + i, run * sizeof *others);
            n += run;
        }
    }
    if (n > 0)
        go_on(f, others, n, len, "*", 1, mix(prefix, "*", 1), depth);
    free(others);
}

static void end_name(struct fold *f, size_t len, const char *end) {
    snprintf(f->name + len, sizeof f->name - len, "%s%s", len > 0 && *end != '\0' ? "." : "", end);
}

static void fold_each(struct fold *f, struct piece *pieces, size_t count, size_t len, uint64_t prefix,
                      int depth) {
    for (size_t i = 0, run; i < count; i += run) {
        run = run_of(&pieces[i], count - i);
        size_t token = token_of(pieces[i].rest);
        go_on(f, &pieces[i], run, len, pieces[i].rest, token, mix(prefix, pieces[i].rest, token), depth);
    }
}

/* What has more tokens: a row over all of them, unless it is over one alone or over everything. */
static void fold_longer(struct fold *f, struct piece *pieces, size_t count, size_t len, uint64_t prefix,
                        int depth) {
    size_t values = count_values(pieces, count), row = f->row_count;
    bool deep = depth == DEPTH_MOST || len + 40 > sizeof f->name,
         many = has_many(f, pieces, count, prefix, values), all = count == f->count;
    if (deep || ((values > 1 || many) && !all)) {
        end_name(f, len, ">");
        add_row(f, pieces, count, f->name, !deep, alike_of(pieces, count));
    }
    bool over = f->row_count > row;
    if (!deep)
        (many ? fold_many : fold_each)(f, pieces, count, len, prefix, depth);
    if (over && !deep && f->row_count == row + 2) {
        f->rows[row] = f->rows[row + 1];
        f->row_count--;
    }
}

/* They have the first `len` bytes of the name, folded, in common. */
static void fold(struct fold *f, struct piece *pieces, size_t count, size_t len, uint64_t prefix, int depth) {
    qsort(pieces, count, sizeof *pieces, by_rest);
    size_t ended = *pieces->rest == '\0' ? run_of(pieces, count) : 0;
    if (ended > 0) {
        end_name(f, len, "");
        add_row(f, pieces, ended, f->name, false, alike_of(pieces, ended));
    }
    if (ended < count)
        fold_longer(f, pieces + ended, count - ended, len, prefix, depth);
}

struct subject_row *fold_rows(struct fold *f, uint64_t messages, size_t *count, uint64_t *distinct) {
    f->messages = messages;
    *distinct = 0;
    if (f->count > 0) {
        qsort(f->pieces, f->count, sizeof *f->pieces, by_rest);
        *distinct = alike_of(f->pieces, f->count);
        fold(f, f->pieces, f->count, 0, 1, 0);
    }
    *count = f->row_count;
    return f->rows;
}
