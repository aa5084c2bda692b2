#include "collectors/subjects.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "collectors/subject_fold.h"

#define QUICK_S 0.005

struct second {
    int64_t at;
    struct topk *table;
    struct look look[TOPK_LOOKS];
    bool full[TOPK_LOOKS];
    int looks;
};

struct subjects {
    struct second seconds[SUBJECTS_SECONDS];
    struct second *now;
    struct look look[SUBJECTS_LOOKS];
    struct fold *fold;
};

struct subjects *subjects_create(void) {
    struct subjects *s = memory_new(sizeof *s);
    for (int i = 0; i < SUBJECTS_SECONDS; i++) {
        s->seconds[i].table = topk_create();
        s->seconds[i].at = INT64_MIN;
    }
    s->fold = fold_create();
    return s;
}

void subjects_clear(struct subjects *s) {
    for (int i = 0; i < SUBJECTS_SECONDS; i++) {
        topk_clear(s->seconds[i].table);
        s->seconds[i].at = INT64_MIN;
        s->seconds[i].looks = 0;
    }
    fold_forget(s->fold);
    s->now = NULL;
}

void subjects_destroy(struct subjects *s) {
    if (s == NULL)
        return;
    for (int i = 0; i < SUBJECTS_SECONDS; i++)
        topk_destroy(s->seconds[i].table);
    fold_destroy(s->fold);
    free(s);
}

/* ---- looks ---- */

bool subjects_look(struct subjects *s, int64_t second) {
    struct second *now = &s->seconds[(uint64_t)second % SUBJECTS_SECONDS];
    if (now->at != second) {
        topk_clear(now->table);
        *now = (struct second){.at = second, .table = now->table};
    }
    if (now->looks == TOPK_LOOKS)
        return false;
    now->look[now->looks] = (struct look){0};
    s->now = now;
    return true;
}

void subjects_message(struct subjects *s, const struct tapped *m) {
    topk_add(s->now->table, m, s->now->looks);
    s->now->look[s->now->looks].messages++;
}

void subjects_look_end(struct subjects *s, bool early, double saw, double of) {
    struct second *now = s->now;
    struct look *look = &now->look[now->looks];
    look->weight = look->measured = of / fmax(saw, of / 5000);
    look->quick = early && saw < QUICK_S;
    now->full[now->looks] = early;
    now->looks++;
}

/* ---- rows ---- */

static void take_second(struct subjects *s, struct second *second, struct subjects_window *w) {
    size_t count;
    const struct counter *counters = topk_counters(second->table, &count);
    for (int i = 0; i < second->looks; i++) {
        s->look[w->looks + i] = second->look[i];
        w->full += second->full[i];
        w->messages += second->look[i].messages;
    }
    for (size_t i = 0; i < count; i++)
        fold_add(s->fold, &counters[i], w->looks, second->at);
    w->looks += second->looks;
    w->seconds++;
}

static int by_messages(const void *a, const void *b) {
    const struct subject_row *x = a, *y = b;
    if (x->messages != y->messages)
        return x->messages < y->messages ? 1 : -1;
    return strcmp(x->name, y->name);
}

/* Of all messages one has so many bytes on average, times how many of them are like it. */
static double bytes_of(const struct subject_row *row) {
    return row->messages > 0 ? row->share.share * (double)row->size / (double)row->messages : 0;
}

static void judge(struct subject_row *rows, size_t count, const struct looks *looks,
                  const struct subjects_window *w) {
    double bytes = 0;
    for (size_t i = 0; i < count; i++) {
        rows[i].share = share_of(looks, rows[i].seen);
        rows[i].share.high = fmin(1, rows[i].share.high + (double)rows[i].error / (double)w->messages);
        bytes += rows[i].over ? 0 : bytes_of(&rows[i]);
    }
    for (size_t i = 0; i < count; i++)
        rows[i].bytes_share = bytes > 0 ? fmin(bytes_of(&rows[i]) / bytes, 1) : 0;
}

/* How much looks weigh is up to the subjects with most messages. */
static void settle(struct subjects *s, const struct subject_row *rows, size_t count,
                   const struct subjects_window *w) {
    const uint32_t *seen[SHARE_SUBJECTS];
    size_t n = 0;
    for (size_t i = 0; i < count && n < SHARE_SUBJECTS; i++)
        if (!rows[i].over)
            seen[n++] = rows[i].seen;
    looks_settle(s->look, (size_t)w->looks, seen, n);
}

const struct subject_row *subjects_rows(struct subjects *s, int64_t second, struct subjects_window *w) {
    struct looks looks;
    *w = (struct subjects_window){0};
    fold_begin(s->fold);
    for (int64_t at = second - SUBJECTS_SECONDS + 1; at <= second; at++) {
        struct second *one = &s->seconds[(uint64_t)at % SUBJECTS_SECONDS];
        if (one->at == at && one->looks > 0)
            take_second(s, one, w);
    }
    size_t count;
    struct subject_row *rows = fold_rows(s->fold, w->messages, &count, &w->distinct);
    qsort(rows, count, sizeof *rows, by_messages);
    settle(s, rows, count, w);
    looks_sum(&looks, s->look, (size_t)w->looks);
    w->weighted = looks.weighted;
    w->rows = count < SUBJECTS_ROWS ? count : SUBJECTS_ROWS;
    w->left_out = count - w->rows;
    judge(rows, count, &looks, w);
    return rows;
}
