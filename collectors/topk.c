#include "collectors/topk.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define BUCKETS (2 * TOPK_COUNTERS)

struct topk {
    struct counter counters[TOPK_COUNTERS];
    uint32_t heap[TOPK_COUNTERS]; /* of indices, the least count first */
    int32_t buckets[BUCKETS];
    size_t count;
    uint64_t messages;
};

static void empty(struct topk *k) {
    for (size_t i = 0; i < BUCKETS; i++)
        k->buckets[i] = -1;
    k->count = 0;
    k->messages = 0;
}

struct topk *topk_create(void) {
    struct topk *k = memory_new(sizeof *k);
    empty(k);
    return k;
}

void topk_clear(struct topk *k) {
    for (size_t i = 0; i < k->count; i++)
        free(k->counters[i].subject);
    empty(k);
}

void topk_destroy(struct topk *k) {
    if (k == NULL)
        return;
    topk_clear(k);
    free(k);
}

/* ---- the heap ---- */

static void put(struct topk *k, size_t place, uint32_t index) {
    k->heap[place] = index;
    k->counters[index].place = (uint32_t)place;
}

static uint64_t count_at(const struct topk *k, size_t place) {
    return k->counters[k->heap[place]].count;
}

static void rise(struct topk *k, size_t place) {
    uint32_t index = k->heap[place];
    for (; place > 0 && count_at(k, (place - 1) / 2) > k->counters[index].count; place = (place - 1) / 2)
        put(k, place, k->heap[(place - 1) / 2]);
    put(k, place, index);
}

static void sink(struct topk *k, size_t place) {
    uint32_t index = k->heap[place];
    for (size_t child; (child = 2 * place + 1) < k->count; place = child) {
        child += child + 1 < k->count && count_at(k, child + 1) < count_at(k, child);
        if (count_at(k, child) >= k->counters[index].count)
            break;
        put(k, place, k->heap[child]);
    }
    put(k, place, index);
}

/* ---- counters ---- */

static struct counter *find(struct topk *k, const struct tapped *m, uint32_t hash) {
    for (int32_t i = k->buckets[hash % BUCKETS]; i >= 0; i = k->counters[i].next) {
        struct counter *c = &k->counters[i];
        if (c->hash == hash && c->len == m->subject_len && memcmp(c->subject, m->subject, c->len) == 0)
            return c;
    }
    return NULL;
}

static void unlink_counter(struct topk *k, const struct counter *c) {
    int32_t *at = &k->buckets[c->hash % BUCKETS], index = (int32_t)(c - k->counters);
    while (*at != index)
        at = &k->counters[*at].next;
    *at = c->next;
}

/* Of nobody, or of who has least. */
static struct counter *take(struct topk *k) {
    if (k->count == TOPK_COUNTERS) {
        struct counter *c = &k->counters[k->heap[0]];
        unlink_counter(k, c);
        free(c->subject);
        *c = (struct counter){.count = c->count, .error = c->count, .place = c->place};
        return c;
    }
    struct counter *c = &k->counters[k->count];
    *c = (struct counter){0};
    put(k, k->count, (uint32_t)k->count);
    k->count++;
    rise(k, c->place);
    return c;
}

static struct counter *begin(struct topk *k, const struct tapped *m, uint32_t hash) {
    struct counter *c = take(k);
    c->subject = memory_new(m->subject_len + 1);
    memcpy(c->subject, m->subject, m->subject_len);
    c->len = (uint32_t)m->subject_len;
    c->hash = hash;
    c->next = k->buckets[hash % BUCKETS];
    k->buckets[hash % BUCKETS] = (int32_t)(c - k->counters);
    return c;
}

void topk_add(struct topk *k, const struct tapped *m, int look) {
    uint32_t hash = hash_bytes(m->subject, m->subject_len);
    struct counter *c = find(k, m, hash);
    if (c == NULL)
        c = begin(k, m, hash);
    c->count++;
    c->seen[look]++;
    c->bytes[look] += m->bytes;
    c->largest = c->largest > m->bytes ? c->largest : m->bytes;
    c->replies += m->reply;
    c->headers |= m->headers;
    k->messages++;
    sink(k, c->place);
}

uint64_t topk_messages(const struct topk *k) {
    return k->messages;
}

const struct counter *topk_counters(const struct topk *k, size_t *count) {
    *count = k->count;
    return k->counters;
}
