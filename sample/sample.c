#include "sample/sample.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define CHUNK_BYTES (64u << 10)
#define KEPT_CHUNKS 64 /* what sample_clear() keeps: 4 MiB; one huge answer must not stay for ever */

struct chunk {
    struct chunk *next;
    size_t used;
    _Alignas(16) char bytes[CHUNK_BYTES];
};

/* Rows lie in chunks, filled in order; `last` is the one being filled. */
struct sample_store {
    struct text_pool *texts;
    struct chunk *first, *last;
    size_t row_cap;
    const struct row *first_of[ENTITY_COUNT];
};

static const char *const failure_names[FAILURE_COUNT] = {
    [FAILURE_NONE] = "none",
    [FAILURE_NAME] = "name",
    [FAILURE_REFUSED] = "refused",
    [FAILURE_CONNECT] = "connect",
    [FAILURE_TLS] = "tls",
    [FAILURE_TIMEOUT] = "timeout",
    [FAILURE_CUT] = "cut",
    [FAILURE_HTTP] = "http",
    [FAILURE_NOT_NATS] = "not_nats",
    [FAILURE_BODY] = "body",
    [FAILURE_TOO_LARGE] = "too_large",
    [FAILURE_OTHER_SERVER] = "other_server",
    [FAILURE_QUARANTINED] = "quarantined",
    [FAILURE_LOGIN] = "login",
};

const char *failure_name(enum failure failure) {
    return (unsigned)failure < FAILURE_COUNT ? failure_names[failure] : "unknown";
}

struct sample *sample_create(void) {
    struct sample *sample = memory_new(sizeof *sample);
    sample->store = memory_new(sizeof *sample->store);
    sample->store->texts = text_pool_create();
    sample->error = text_empty;
    return sample;
}

static void free_chunks(struct chunk *chunk) {
    while (chunk) {
        struct chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
}

void sample_destroy(struct sample *sample) {
    if (!sample)
        return;
    text_pool_destroy(sample->store->texts);
    free_chunks(sample->store->first);
    free(sample->store);
    free(sample->rows);
    free(sample);
}

static void clear_chunks(struct sample_store *store) {
    struct chunk *c = store->first;
    for (int n = 1; c; c = c->next, n++) {
        c->used = 0;
        if (n == KEPT_CHUNKS) {
            free_chunks(c->next);
            c->next = NULL;
        }
    }
    store->last = store->first;
}

void sample_clear(struct sample *sample) {
    struct sample_store *store = sample->store;
    clear_chunks(store);
    memset(store->first_of, 0, sizeof store->first_of);
    if (store->row_cap > KEPT_CHUNKS * 256) {
        free(sample->rows);
        sample->rows = NULL;
        store->row_cap = 0;
    }
    text_pool_clear(store->texts);
    *sample = (struct sample){.store = store, .rows = sample->rows, .error = text_empty};
}

static void *take(struct sample_store *store, size_t size) {
    if (!store->last || store->last->used + size > CHUNK_BYTES) {
        struct chunk *next = store->last ? store->last->next : store->first;
        if (!next) {
            next = memory_grow(NULL, 1, sizeof *next);
            next->next = NULL;
            next->used = 0;
            *(store->last ? &store->last->next : &store->first) = next;
        }
        store->last = next;
    }
    void *place = store->last->bytes + store->last->used;
    store->last->used += size;
    return place;
}

struct row *sample_add(struct sample *sample, enum entity entity) {
    struct sample_store *store = sample->store;
    if (sample->count == store->row_cap) {
        store->row_cap = store->row_cap ? store->row_cap * 2 : 64;
        sample->rows = memory_grow(sample->rows, store->row_cap, sizeof *sample->rows);
    }
    struct row *row = take(store, row_size(entity));
    row_init(row, entity);
    memset(row->cell, 0, row->cells * sizeof(union cell));
    sample->rows[sample->count++] = row;
    if (!store->first_of[entity])
        store->first_of[entity] = row;
    return row;
}

const struct text *sample_text(struct sample *sample, const char *clean, size_t len) {
    return text_intern(sample->store->texts, clean, len);
}

const struct row *sample_first(const struct sample *sample, enum entity entity) {
    return sample->store->first_of[entity];
}
