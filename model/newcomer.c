/* Who was not seen before, of what is expected. */
#include "model/expecting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "model/server.h"

#define SEEN_MOST (1u << 16)
#define FOUND_NS  (15 * NS_PER_S) /* from the first answer to that of the last peer */

bool newcomer_can_be(const struct model *model) {
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        bool routed = !entry->dead && entry->object.now && row_u64(entry->object.now, F_SERVER_routes, 0) > 0;
        if (routed && server_is_up(server_of(entry)) && !server_of(entry)->polls[SHAPE_ROUTEZ])
            return false;
    }
    return model->utc_ns - model->began_utc_ns >= FOUND_NS;
}

static bool seen_find(struct expecting *e, uint64_t identity, size_t *at) {
    for (*at = identity & (e->seen_cap - 1); e->seen[*at]; *at = (*at + 1) & (e->seen_cap - 1))
        if (e->seen[*at] == identity)
            return true;
    return false;
}

static void seen_grow(struct expecting *e) {
    uint64_t *old = e->seen;
    size_t old_cap = e->seen_cap, at;
    e->seen_cap = old_cap ? 2 * old_cap : 64;
    e->seen = memory_array(e->seen_cap, sizeof *e->seen);
    for (size_t i = 0; i < old_cap; i++)
        if (old[i] && !seen_find(e, old[i], &at))
            e->seen[at] = old[i];
    free(old);
}

static void seen_forget(struct expecting *e) {
    memset(e->seen, 0, e->seen_cap * sizeof *e->seen);
    e->seen_count = 0;
    e->looked = false;
}

void newcomer_meet(struct model *model, struct expecting *e, const struct object *object) {
    uint64_t identity = e->what->identity(object);
    size_t at;
    identity += !identity;
    if (2 * e->seen_count >= e->seen_cap)
        seen_grow(e);
    if (seen_find(e, identity, &at))
        return;
    if (e->seen_count >= SEEN_MOST) {
        seen_forget(e);
        seen_find(e, identity, &at);
    }
    e->seen[at] = identity;
    e->seen_count++;
    if (!e->looked)
        return;
    char label[2 * TEXT_MAX_BYTES + 40], clean[TEXT_MAX_BYTES + 1];
    e->what->label(object, label, sizeof label);
    text_clean(clean, label, strlen(label));
    e->newest = model_text_of(model, clean);
    e->came_utc_ns[e->came++ % NEWCOMERS_MOST] = model->utc_ns;
}
