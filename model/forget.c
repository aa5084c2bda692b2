#include "model/places.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static void forget_address(struct model *model, const struct text *address) {
    model->forgotten = memory_grow(model->forgotten, model->forgotten_count + 1, sizeof(const struct text *));
    model->forgotten[model->forgotten_count++] = address;
}

static void forget_addresses(struct model *model, const struct entry *entry) {
    const struct entry *cluster = cluster_at(entry);
    struct places *places = places_create(model, cluster);
    const struct server *server = server_const(&entry->object);
    size_t found = 0;
    for (size_t i = 0; server->placeholder && i < places->count; i++)
        places->items[i].taken = text_same(server->address, places->items[i].address);
    if (!server->placeholder) {
        take_own_places(places, entry);
        take_routed_places(model, cluster, places, entry);
    }
    for (size_t i = 0; i < places->count; i++) {
        if (places->items[i].taken) {
            forget_address(model, places->items[i].address);
            found++;
        }
    }
    if (!found && places->count)
        cluster_of(&cluster->object)->forgotten_nameless++;
    free(places);
    route_addresses_changed(model, cluster);
}

static struct entry *find_called(const struct model *model, const char *name) {
    struct entry *found = NULL;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        const struct server *server = server_of(entry);
        if (!entry->dead &&
            (strcmp(server_label(server), name) == 0 ||
             (server->address && strcmp(server->address->bytes, name) == 0) ||
             (server->url && strcmp(server->url->bytes, name) == 0)) &&
            (!found || !server_is_up(server)))
            found = entry;
    }
    return found;
}

bool model_forget(struct model *model, const char *name) {
    model_tick_finish(model);
    struct entry *entry = find_called(model, name);
    if (!entry)
        return false;
    if (!server_of(entry)->forgotten)
        forget_addresses(model, entry);
    cluster_of(entry->object.parent)->remotes_max = 0; /* grows again from what the servers say next */
    if (server_is_up(server_of(entry)) || server_of(entry)->state == SERVER_KNOWN)
        server_of(entry)->forgotten = true;
    else
        server_remove(model, entry);
    clusters_settle(model);
    model_sweep(model);
    model_changed(model);
    return true;
}
