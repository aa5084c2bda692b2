#include "model/supposed.h"

#include <string.h>

#include "base/text.h"
#include "model/address.h"
#include "model/peer.h"

#define WIDTH    40              /* columns */
#define NOTED_NS (15 * NS_PER_S) /* by then its group has lost who is gone */

/* A URL that was given to us, silent since. Whoever has routes runs: a URL that refuses is not where. */
static bool is_silent(const struct entry *entry) {
    const struct server *server = server_const(&entry->object);
    return !entry->dead && !server->reached && !server->placeholder && !server->server_id &&
           server->address && server->state == SERVER_DOWN && server->failure != FAILURE_REFUSED;
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

/* ---- by whom the others have lost ---- */

/* Of whatever it is known that it should be there, and of nothing what it is called. */
static bool is_nameless(const struct entry *entry, const struct object *cluster) {
    const struct server *server = server_const(&entry->object);
    return !entry->dead && entry->object.parent == cluster && server->state == SERVER_DOWN &&
           !server->reached && !*server->supposed && server->address && (!server->name || server->nameless);
}

/* NULL: none, or several. */
static struct entry *nameless_one(const struct model *model, const struct object *cluster) {
    struct entry *found = NULL;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        if (!is_nameless(entry, cluster))
            continue;
        if (found)
            return NULL;
        found = entry;
    }
    return found;
}

static bool is_somebodys(const struct model *model, const char *name) {
    char cut[sizeof((struct server *)NULL)->supposed];
    text_cut(cut, sizeof cut, name, WIDTH);
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        const char *label = server_label(server_const(&entry->object));
        if (!entry->dead && (strcmp(label, name) == 0 || strcmp(label, cut) == 0))
            return true;
    }
    return false;
}

/* That is in contact with nobody, and that no row is of. A leader that never heard its name says a sentence
 * in its place; names have no spaces. */
static const char *unknown_lost(const struct model *model, const struct object *cluster,
                                const struct entry *peer, enum field field) {
    const struct object *of = &peer->object;
    const char *name = row_text(of->now, field);
    while (of && of->kind != OBJECT_CLUSTER)
        of = of->parent;
    if (peer->dead || of != cluster || peer->object.freshness != FRESH_LIVE || !*name || strchr(name, ' '))
        return NULL;
    enum peer_state state = peer_state(model, &peer->object);
    bool lost = state == PEER_LOST || state == PEER_OFFLINE;
    return lost && !is_somebodys(model, name) ? name : NULL;
}

/* NULL: nobody is lost, or several are. */
static const char *lost_one(const struct model *model, const struct object *cluster) {
    static const struct {
        enum object_kind kind;
        enum field name;
    } groups[] = {{OBJECT_META_PEER, F_META_PEER_name}, {OBJECT_REPLICA, F_REPLICA_name}};
    const char *found = NULL;
    for (size_t g = 0; g < sizeof groups / sizeof *groups; g++) {
        for (size_t i = 0; i < kind_count(model, groups[g].kind); i++) {
            const struct entry *peer = kind_at(model, groups[g].kind, i);
            const char *name = unknown_lost(model, cluster, peer, groups[g].name);
            if (name && found && strcmp(found, name) != 0)
                return NULL;
            found = name ? name : found;
        }
    }
    return found;
}

static bool is_alone(const struct model *model, const struct object *cluster) {
    for (size_t i = 0; i < kind_count(model, OBJECT_CLUSTER); i++)
        if (!kind_at(model, OBJECT_CLUSTER, i)->dead && &kind_at(model, OBJECT_CLUSTER, i)->object != cluster)
            return false;
    return true;
}

/* Whoever was lost before may have a route still, and is another one: that is known when the one that went
 * has been lost, too. */
static bool is_noted(const struct model *model, const struct entry *entry) {
    int64_t since_utc_ns = server_const(&entry->object)->state_since_utc_ns;
    return since_utc_ns - model->began_utc_ns < NOTED_NS || model->utc_ns - since_utc_ns >= NOTED_NS;
}

/* Of several clusters the meta group is one, and does not tell in which it has lost somebody. */
static void suppose_lost(struct model *model, const struct object *cluster) {
    struct entry *entry = is_alone(model, cluster) ? nameless_one(model, cluster) : NULL;
    const char *name = entry && is_noted(model, entry) ? lost_one(model, cluster) : NULL;
    if (!name)
        return;
    text_cut(server_of(entry)->supposed, sizeof server_of(entry)->supposed, name, WIDTH);
}

/* ---- when ---- */

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
    }
}

static void suppose(struct model *model, const struct object *cluster) {
    struct entry *entry = silent_one(model, cluster);
    const struct row *route = entry ? unknown_peer(model, cluster) : NULL;
    struct server *server = entry ? server_of(entry) : NULL;
    if (!route || *server->supposed || !is_there(server, route))
        return;
    text_cut(server->supposed, sizeof server->supposed, row_text(route, F_ROUTE_remote_name), WIDTH);
}

void supposed_tick(struct model *model) {
    take_back(model);
    if (is_somebody_awaited(model))
        return;
    for (size_t i = 0; i < kind_count(model, OBJECT_CLUSTER); i++)
        if (!kind_at(model, OBJECT_CLUSTER, i)->dead) {
            suppose(model, &kind_at(model, OBJECT_CLUSTER, i)->object);
            suppose_lost(model, &kind_at(model, OBJECT_CLUSTER, i)->object);
        }
}
