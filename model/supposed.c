#include "model/supposed.h"

#include <string.h>

#include "base/text.h"
#include "model/address.h"
#include "model/server.h"

#define WIDTH 40 /* columns */

/* A URL that was given to us, silent since. */
static bool is_silent(const struct entry *entry) {
    const struct server *server = server_const(&entry->object);
    return !entry->dead && !server->reached && !server->placeholder && !server->server_id &&
           server->address && server->state == SERVER_DOWN;
}

/* NULL: none, or several. */
static struct entry *silent_one(const struct model *model, const struct object *cluster) {
    struct entry *found = NULL;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        if (!is_silent(entry) || entry->object.parent != cluster)
            continue;
        if (found)
            return NULL;
        found = entry;
    }
    return found;
}

static bool is_route_of(const struct entry *route, const struct object *cluster) {
    return !route->dead && route->object.now && route->object.parent->parent == cluster &&
           row_has(route->object.now, F_ROUTE_remote_id) && *row_text(route->object.now, F_ROUTE_remote_name);
}

/* The route to a peer that no row is of; NULL: none, or there are several such peers. */
static const struct row *unknown_peer(const struct model *model, const struct object *cluster) {
    const struct row *found = NULL;
    for (size_t i = 0; i < kind_count(model, OBJECT_ROUTE); i++) {
        const struct entry *route = kind_at(model, OBJECT_ROUTE, i);
        if (!is_route_of(route, cluster) ||
            server_by_id(model, row_cell(route->object.now, F_ROUTE_remote_id)->s))
            continue;
        if (found && !text_same(row_cell(found, F_ROUTE_remote_id)->s,
                                row_cell(route->object.now, F_ROUTE_remote_id)->s))
            return NULL;
        found = route->object.now;
    }
    return found;
}

static bool is_there(const struct server *server, const struct row *route) {
    char host[300];
    host_of(server->address->bytes, host, sizeof host);
    return same_host(host, row_text(route, F_ROUTE_ip));
}

/* Who is asked and has neither answered nor failed for good may be the one that the route leads to. */
static bool is_somebody_awaited(const struct model *model) {
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        const struct server *server = server_const(&entry->object);
        if (!entry->dead &&
            (server->state == SERVER_NEW || (server->state == SERVER_STALE && !server->reached)))
            return true;
    }
    return false;
}

/* Another one says or is said to have that name. */
static bool is_taken(const struct model *model, const struct entry *entry) {
    char name[sizeof server_of(entry)->supposed];
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *other = kind_at(model, OBJECT_SERVER, i);
        const struct server *server = server_const(&other->object);
        if (other == entry || other->dead || other->object.parent != entry->object.parent || !server->name)
            continue;
        text_cut(name, sizeof name, server->name->bytes, WIDTH);
        if (strcmp(name, server_of(entry)->supposed) == 0)
            return true;
    }
    return false;
}

static void take_back(struct model *model) {
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        struct server *server = server_of(entry);
        if (entry->dead || server->reached || !*server->supposed || !is_taken(model, entry))
            continue;
        server->supposed[0] = '\0';
        entry->dirty = true;
    }
}

static void suppose(struct model *model, const struct object *cluster) {
    struct entry *entry = silent_one(model, cluster);
    const struct row *route = entry ? unknown_peer(model, cluster) : NULL;
    struct server *server = entry ? server_of(entry) : NULL;
    if (!route || *server->supposed || !is_there(server, route))
        return;
    text_cut(server->supposed, sizeof server->supposed, row_text(route, F_ROUTE_remote_name), WIDTH);
    entry->dirty = true;
}

void supposed_tick(struct model *model) {
    take_back(model);
    if (is_somebody_awaited(model))
        return;
    for (size_t i = 0; i < kind_count(model, OBJECT_CLUSTER); i++)
        if (!kind_at(model, OBJECT_CLUSTER, i)->dead)
            suppose(model, &kind_at(model, OBJECT_CLUSTER, i)->object);
}
