#include "model/gateway_watch.h"

#include <string.h>

#include "model/server.h"

static struct gateway_seen *place_of(struct gateway_watch *watch, const struct text *cluster) {
    for (size_t i = 0; i < watch->count; i++) {
        if (text_same(watch->seen[i].cluster, cluster))
            return &watch->seen[i];
    }
    return watch->count < GATEWAYS_WATCHED ? &watch->seen[watch->count] : NULL;
}

static void put(struct model *model, struct gateway_watch *watch, const struct row *row) {
    const struct text *cluster = row_has(row, F_GATEWAY_cluster) ? row_cell(row, F_GATEWAY_cluster)->s : NULL;
    struct gateway_seen *seen = cluster && cluster->len ? place_of(watch, cluster) : NULL;
    if (!seen || strcmp(row_text(row, F_GATEWAY_direction), "outbound") != 0)
        return;
    if (seen == &watch->seen[watch->count]) {
        seen->cluster = model_text(model, cluster);
        watch->count++;
        watch->came |= watch->told;
    }
    seen->there = true;
}

void gateway_watch_put(struct model *model, struct entry *entry, const struct sample *sample) {
    struct gateway_watch *watch = &server_of(entry)->gateways;
    for (size_t i = 0; i < watch->count; i++)
        watch->seen[i].there = false;
    for (size_t i = 0; i < sample->count; i++) {
        if (sample->rows[i]->entity == ENTITY_GATEWAY)
            put(model, watch, sample->rows[i]);
    }
    watch->told = true;
}

size_t gateway_watch_lost(const struct gateway_watch *watch, const char **name) {
    size_t lost = 0;
    *name = NULL;
    for (size_t i = 0; i < watch->count; i++) {
        if (watch->seen[i].there)
            continue;
        *name = *name ? *name : watch->seen[i].cluster->bytes;
        lost++;
    }
    return lost;
}
