/* The subjects with the most messages, in bounded memory: Space-Saving (Metwally, Agrawal, El Abbadi 2005).
 *
 * There are TOPK_COUNTERS counters. A subject without one takes over the counter that has least, with what it
 * had as its error. So of n messages a counter says at most n / TOPK_COUNTERS too much, never too little;
 * whatever has more than that has a counter; up to TOPK_COUNTERS different subjects all is exact. Such tables
 * can be added up, errors too. What else is known of a subject is of what came since it has its counter.
 * Pure. */
#ifndef COLLECTORS_TOPK_H
#define COLLECTORS_TOPK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

#define TOPK_COUNTERS 2048
#define TOPK_LOOKS    4 /* of one table */

/* One message, without its payload. */
struct tapped {
    const char *subject; /* clean */
    size_t subject_len;
    uint32_t bytes;
    bool reply;       /* somebody waits for an answer */
    uint64_t headers; /* bits of names */
};

struct counter {
    char *subject;
    uint32_t hash, len;
    uint64_t count, error;     /* at least count - error, at most count */
    uint32_t seen[TOPK_LOOKS]; /* count - error, by looks */
    uint64_t bytes[TOPK_LOOKS];
    uint32_t largest, replies;
    uint64_t headers;
    uint32_t place; /* in the heap */
    int32_t next;   /* of the same hash; -1 none */
};

struct topk;
struct topk *topk_create(void);
void topk_destroy(struct topk *topk); /* NULL is fine */
void topk_clear(struct topk *topk);
void topk_add(struct topk *topk, const struct tapped *message, int look);
uint64_t topk_messages(const struct topk *topk);
/* In no order. */
const struct counter *topk_counters(const struct topk *topk, size_t *count);

#endif
