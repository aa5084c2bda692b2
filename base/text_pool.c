#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define CHUNK_MIN     ((size_t)1 << 10)
#define CHUNK_MAX     ((size_t)64 << 10)
#define SLOTS_MIN     32
#define RESERVED_MOST ((size_t)1 << 20)

struct chunk {
    struct chunk *next;
    size_t size, used;
    uint32_t bytes[];
};

struct slot { /* the hash is here too: to compare and to move it the text is not touched */
    const struct text *text;
    uint32_t hash;
};

struct text_pool {
    struct slot *slots; /* open addressing; a power of two, at most 3/4 full */
    size_t slot_count, text_count;
    struct chunk *first, *current;
    size_t held;
    int holders;
};

static const struct text empty = {.hash = 0, .len = 0, .bytes = ""};
const struct text *const text_empty = &empty;

struct text_pool *text_pool_create(void) {
    struct text_pool *pool = memory_new(sizeof *pool);
    pool->held = sizeof *pool;
    pool->holders = 1;
    return pool;
}

struct text_pool *text_pool_hold(struct text_pool *pool) {
    pool->holders++;
    return pool;
}

void text_pool_destroy(struct text_pool *pool) {
    if (!pool || --pool->holders)
        return;
    for (struct chunk *chunk = pool->first, *next; chunk; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
    free(pool->slots);
    free(pool);
}

void text_pool_clear(struct text_pool *pool) {
    for (struct chunk *chunk = pool->first; chunk; chunk = chunk->next)
        chunk->used = 0;
    pool->current = pool->first;
    pool->text_count = 0;
    if (pool->slots)
        memset(pool->slots, 0, pool->slot_count * sizeof *pool->slots);
}

size_t text_pool_text_bytes(const struct text_pool *pool) {
    return pool->held - sizeof *pool - pool->slot_count * sizeof *pool->slots;
}

static struct chunk *chunk_after(struct text_pool *pool, struct chunk *last, size_t need) {
    size_t size = last ? last->size * 2 : CHUNK_MIN;
    if (size > CHUNK_MAX)
        size = CHUNK_MAX;
    if (size < need)
        size = need;
    struct chunk *chunk = memory_grow(NULL, sizeof *chunk + size, 1);
    *chunk = (struct chunk){.next = last ? last->next : NULL, .size = size};
    *(last ? &last->next : &pool->first) = chunk;
    pool->held += sizeof *chunk + size;
    return chunk;
}

static void *take(struct text_pool *pool, size_t size) {
    size = (size + 3) & ~(size_t)3;
    struct chunk *chunk = pool->current;
    while (chunk && chunk->size - chunk->used < size && chunk->next)
        chunk = chunk->next;
    if (!chunk || chunk->size - chunk->used < size)
        chunk = chunk_after(pool, chunk, size);
    pool->current = chunk;
    void *memory = chunk->bytes + chunk->used / sizeof *chunk->bytes;
    chunk->used += size;
    return memory;
}

static void set_slots(struct text_pool *pool, size_t count) {
    struct slot *slots = memory_array(count, sizeof *slots);
    for (size_t i = 0; i < pool->slot_count; i++) {
        if (!pool->slots[i].text)
            continue;
        size_t at = pool->slots[i].hash & (count - 1);
        while (slots[at].text)
            at = (at + 1) & (count - 1);
        slots[at] = pool->slots[i];
    }
    free(pool->slots);
    pool->held += (count - pool->slot_count) * sizeof *slots;
    pool->slots = slots;
    pool->slot_count = count;
}

static void grow_slots(struct text_pool *pool) {
    set_slots(pool, pool->slot_count ? pool->slot_count * 2 : SLOTS_MIN);
}

void text_pool_reserve(struct text_pool *pool, size_t texts) {
    size_t count = pool->slot_count ? pool->slot_count : SLOTS_MIN;
    while (count < RESERVED_MOST && count / 4 * 3 < texts)
        count *= 2;
    if (count > pool->slot_count)
        set_slots(pool, count);
}

static const struct text *intern(struct text_pool *pool, const char *bytes, size_t len, uint32_t hash) {
    if (pool->text_count * 4 >= pool->slot_count * 3)
        grow_slots(pool);
    size_t at = hash & (pool->slot_count - 1);
    for (; pool->slots[at].text; at = (at + 1) & (pool->slot_count - 1)) {
        const struct text *known = pool->slots[at].text;
        if (pool->slots[at].hash == hash && known->len == len && !memcmp(known->bytes, bytes, len))
            return known;
    }
    struct text *text = take(pool, sizeof *text + len + 1);
    text->hash = hash;
    text->len = (uint32_t)len;
    memcpy(text->bytes, bytes, len);
    text->bytes[len] = '\0';
    pool->slots[at] = (struct slot){text, hash};
    pool->text_count++;
    return text;
}

const struct text *text_intern(struct text_pool *pool, const char *bytes, size_t len) {
    return len ? intern(pool, bytes, len, hash_bytes(bytes, len)) : text_empty;
}

const struct text *text_intern_again(struct text_pool *pool, const struct text *text) {
    return text->len ? intern(pool, text->bytes, text->len, text->hash) : text_empty;
}
