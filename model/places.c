#include "model/places.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/address.h"

#define SEEN_SLOTS (4 * PLACES_MAX) /* a power of two */
#define NO_PLACE   (-1)

/* ---- addresses that are configured ---- */

void route_urls_put(struct model *model, struct entry *entry, const struct sample *sample) {
    struct server *server = server_of(entry);
    size_t count = 0;
    bool changed = false;
    for (size_t i = 0; i < sample->count && count < PLACES_MAX; i++) {
        const struct row *row = sample->rows[i];
        if (row->entity != ENTITY_ROUTE_URL || !row_has(row, F_ROUTE_URL_url))
            continue;
        char address[300];
        address_of(row_text(row, F_ROUTE_URL_url), address, sizeof address);
        const struct text *text = model_text_of(model, address);
        if (count >= server->route_url_count) {
            server->route_url_count = count + 1;
            server->route_urls = memory_grow(server->route_urls, count + 1, sizeof(const struct text *));
            server->route_urls[count] = NULL;
        }
        changed |= server->route_urls[count] != text;
        server->route_urls[count++] = text;
    }
    changed |= count != server->route_url_count;
    server->route_url_count = count;
    if (changed)
        route_addresses_changed(model, cluster_at(entry));
}

static bool is_forgotten(const struct model *model, const struct text *address) {
    for (size_t i = 0; i < model->forgotten_count; i++) {
        if (text_same(model->forgotten[i], address))
            return true;
    }
    return false;
}

struct addresses { /* the distinct configured ones */
    const struct text *items[PLACES_MAX], *seen[SEEN_SLOTS];
    size_t count, seen_count;
};

static bool is_new(struct addresses *addresses, const struct text *address) {
    size_t at = address->hash & (SEEN_SLOTS - 1);
    for (; addresses->seen[at]; at = (at + 1) & (SEEN_SLOTS - 1)) {
        if (addresses->seen[at] == address)
            return false;
    }
    if (addresses->seen_count < SEEN_SLOTS / 2) {
        addresses->seen_count++;
        addresses->seen[at] = address;
    }
    return true;
}

static void route_addresses(const struct model *model, const struct entry *cluster, struct addresses *out) {
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        const struct server *server = server_const(&entry->object);
        if (entry->dead || cluster_at(entry) != cluster)
            continue;
        for (size_t u = 0; u < server->route_url_count && out->count < PLACES_MAX; u++) {
            const struct text *address = server->route_urls[u];
            if (is_new(out, address) && !is_forgotten(model, address))
                out->items[out->count++] = address;
        }
    }
}

void route_addresses_changed(struct model *model, const struct entry *cluster) {
    struct addresses addresses;
    route_addresses(model, cluster, &addresses);
    cluster_of(&cluster->object)->route_addresses = (int)addresses.count;
}

/* ---- who is there ---- */

static int *bucket_of(struct places *places, const char *host) {
    return &places->first[hash_bytes(host, strlen(host)) % PLACES_MAX];
}

struct places *places_create(const struct model *model, const struct entry *cluster) {
    struct addresses addresses;
    struct places *places = memory_new(sizeof *places);
    route_addresses(model, cluster, &addresses);
    for (size_t i = 0; i < PLACES_MAX; i++)
        places->first[i] = NO_PLACE;
    for (size_t i = 0; i < addresses.count; i++) {
        struct place *place = &places->items[places->count++];
        char host[300];
        host_of(addresses.items[i]->bytes, host, sizeof host);
        snprintf(place->host, sizeof place->host, "%s", one_name(host));
        place->address = addresses.items[i];
        place->port = port_of(place->address->bytes);
        int *first = bucket_of(places, place->host);
        place->next = *first;
        *first = (int)i;
    }
    return places;
}

static struct place *next_at(struct places *places, const char *host, int i) {
    while (i != NO_PLACE && strcmp(places->items[i].host, host) != 0)
        i = places->items[i].next;
    return i == NO_PLACE ? NULL : &places->items[i];
}

void take_own_places(struct places *places, const struct entry *entry) {
    const struct server *server = server_const(&entry->object);
    char own[300] = "";
    if (server->address)
        host_of(server->address->bytes, own, sizeof own);
    if (!*own)
        return;
    const char *host = one_name(own);
    uint64_t cluster_port = entry->object.now ? row_u64(entry->object.now, F_SERVER_cluster_port, 0) : 0;
    uint64_t known_port = server->state == SERVER_KNOWN ? port_of(server->address->bytes) : cluster_port;
    struct place *first = next_at(places, host, *bucket_of(places, host)), *second = NULL;
    for (struct place *p = first; p; p = next_at(places, host, p->next)) {
        second = p != first ? p : NULL;
        p->taken |= p->port == cluster_port || p->port == known_port;
    }
    if (first && !second)
        first->taken = true;
}

void take_routed_places(const struct model *model, const struct entry *cluster, struct places *places,
                        const struct entry *only) {
    for (size_t i = 0; i < kind_count(model, OBJECT_ROUTE); i++) {
        const struct object *route = &kind_at(model, OBJECT_ROUTE, i)->object;
        const struct row *row = route->now;
        if (route->parent->parent != &cluster->object)
            continue;
        const char *host = one_name(row_text(row, F_ROUTE_ip));
        if (!*host || !row_has(row, F_ROUTE_remote_id))
            continue;
        struct place *p = next_at(places, host, *bucket_of(places, host));
        for (; p; p = next_at(places, host, p->next)) {
            if (p->taken || p->port != row_u64(row, F_ROUTE_port, 0))
                continue;
            const struct text *id = row_cell(row, F_ROUTE_remote_id)->s;
            const struct entry *peer = only ? only : server_by_id(model, id);
            p->taken = peer && text_same(server_const(&peer->object)->server_id, id);
        }
    }
}

size_t vacant_places(const struct places *places) {
    size_t count = 0;
    for (size_t i = 0; i < places->count; i++)
        count += !places->items[i].taken;
    return count;
}
