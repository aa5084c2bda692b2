#include "tests/harness/tally.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/document.h"

void tally_add(struct tally *t, int64_t at_ns, double count) {
    if (t->n == t->room) {
        t->room = t->room ? t->room * 2 : 1024;
        t->points = realloc(t->points, t->room * sizeof *t->points);
        if (!t->points)
            abort();
    }
    t->points[t->n++] = (struct tally_point){at_ns, count};
}

/* Of the first point later than at_ns. */
static size_t after(const struct tally *t, int64_t at_ns) {
    size_t low = 0, high = t->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (t->points[middle].at_ns > at_ns)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

double tally_at(const struct tally *t, int64_t at_ns) {
    size_t i = after(t, at_ns);
    if (i == 0)
        return NAN;
    const struct tally_point *a = &t->points[i - 1], *b = &t->points[i];
    if (a->at_ns == at_ns)
        return a->count;
    if (i == t->n)
        return NAN;
    return a->count + (b->count - a->count) * (double)(at_ns - a->at_ns) / (double)(b->at_ns - a->at_ns);
}

double tally_rate(const struct tally *t, int64_t from_ns, int64_t to_ns) {
    return (tally_at(t, to_ns) - tally_at(t, from_ns)) / ((double)(to_ns - from_ns) / 1e9);
}

double tally_off(const struct tally *t, int64_t from_ns, int64_t to_ns) {
    int64_t longest = 0;
    for (size_t i = 1; i < t->n; i++) {
        int64_t pause = t->points[i].at_ns - t->points[i - 1].at_ns;
        longest = pause > longest ? pause : longest;
    }
    return 0.01 + (double)longest / (double)(to_ns - from_ns);
}

void tally_range(const struct tally *t, int64_t from_ns, int64_t to_ns, double *least, double *most) {
    size_t first = after(t, from_ns), last = after(t, to_ns);
    *least = INFINITY;
    *most = -INFINITY;
    for (size_t i = first ? first - 1 : 0; i <= last && i < t->n; i++) {
        *least = fmin(*least, t->points[i].count);
        *most = fmax(*most, t->points[i].count);
    }
}

void tally_publish(struct tally *count, int64_t from_ns, struct natsc *publisher, const char *subject,
                   size_t size, double rate) {
    double due = floor((double)(doc_utc_ns() - from_ns) / 1e9 * rate);
    double done = count->n ? count->points[count->n - 1].count : 0;
    if (due > done) {
        ck_assert(natsc_publish_many(publisher, subject, size, (int)(due - done)));
        tally_add(count, doc_utc_ns(), due);
    }
}

void tally_free(struct tally *t) {
    free(t->points);
    memset(t, 0, sizeof *t);
}
