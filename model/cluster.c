#include "model/cluster.h"

#include "base/memory.h"
#include "model/api.h"
#include "model/asset.h"

#define BEGINNING (10 * NS_PER_S) /* in that time the order of the names decides, not who is quickest */

struct entry *cluster_create(struct model *model, int64_t utc_ns) {
    struct entry *entry = entry_create(model, OBJECT_CLUSTER, NULL, utc_ns);
    entry->object.extra = memory_new(sizeof(struct cluster));
    return entry;
}

static struct entry *cluster_named(const struct model *model, const struct text *name, bool alone) {
    for (size_t i = 0; i < kind_count(model, OBJECT_CLUSTER); i++) {
        struct entry *entry = kind_at(model, OBJECT_CLUSTER, i);
        const struct cluster *cluster = cluster_of(&entry->object);
        if (!entry->dead && cluster->name && cluster->alone == alone && text_same(cluster->name, name))
            return entry;
    }
    return NULL;
}

/* A server of it that answered once; `but` not asked. */
static const struct entry *anybody(const struct model *model, const struct entry *cluster,
                                   const struct entry *but) {
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        if (entry != but && !entry->dead && cluster_at(entry) == cluster &&
            server_const(&entry->object)->joined)
            return entry;
    }
    return NULL;
}

static void move(struct model *model, struct entry *server, struct entry *to) {
    struct entry *from = cluster_at(server);
    if (from == to)
        return;
    server->object.parent = &to->object;
    cluster_of(&from->object)->remotes_max = 0; /* grows again from what its servers say next */
    if (server_of(server)->route_url_count) {
        route_addresses_changed(model, from);
        route_addresses_changed(model, to);
    }
}

static void set_name(struct entry *entry, const struct text *name, bool alone) {
    struct cluster *cluster = cluster_of(&entry->object);
    cluster->name = name;
    cluster->alone = alone;
}

/* Servers without a configured name agree on one of theirs, so a cluster may get another name: it stays the
 * same one as long as none of its servers is left under the old name. */
void cluster_join(struct model *model, struct entry *server, int64_t utc_ns) {
    const struct text *told = server_of(server)->cluster;
    bool alone = !told || !told->len;
    const struct text *name = alone ? model_text_of(model, server_label(server_of(server))) : told;
    struct entry *from = cluster_at(server), *to = cluster_named(model, name, alone);
    server_of(server)->placed = server_of(server)->joined = true;
    if (to == from)
        return;
    if (!to && !anybody(model, from, server)) {
        set_name(from, name, alone);
        return;
    }
    if (!to) {
        to = cluster_create(model, utc_ns);
        set_name(to, name, alone);
    }
    move(model, server, to);
    clusters_settle(model);
}

void cluster_place(struct model *model, struct entry *server, struct entry *cluster) {
    if (server_of(server)->joined)
        return;
    server_of(server)->placed = true;
    move(model, server, cluster);
}

/* ---- which is the first, and which are no more ---- */

static bool is_before(const struct target *a, const struct target *b) {
    return a->source != b->source ? a->source < b->source : a->id < b->id;
}

static struct entry *by_order_of_names(const struct model *model) {
    const struct entry *first = NULL;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        const struct server *server = server_const(&entry->object);
        if (entry->dead || !server->joined || !server->target || !target_is_named(server->target))
            continue;
        if (!first || is_before(server->target, server_const(&first->object)->target))
            first = entry;
    }
    return first ? cluster_at(first) : NULL;
}

static struct entry *find_first(const struct model *model) {
    bool begins = model->utc_ns - model->began_utc_ns < BEGINNING;
    struct entry *named = begins ? by_order_of_names(model) : NULL;
    if (named || anybody(model, model->cluster, NULL))
        return named ? named : model->cluster;
    for (size_t i = 0; i < kind_count(model, OBJECT_CLUSTER); i++) {
        struct entry *entry = kind_at(model, OBJECT_CLUSTER, i);
        if (!entry->dead && anybody(model, entry, NULL))
            return entry;
    }
    return model->cluster;
}

static void remove_assets(struct model *model, const struct entry *cluster, enum object_kind kind) {
    for (size_t i = 0; i < kind_count(model, kind); i++) {
        struct entry *entry = kind_at(model, kind, i);
        if (!entry->dead && entry->object.parent == &cluster->object)
            asset_bury(model, entry);
    }
}

static void cluster_remove(struct model *model, struct entry *cluster) {
    remove_assets(model, cluster, OBJECT_CONSUMER);
    remove_assets(model, cluster, OBJECT_STREAM);
    entry_remove_children(model, &cluster->object, OBJECT_META_PEER);
    entry_remove_children(model, &cluster->object, OBJECT_CLIENT);
    entry_remove_children(model, &cluster->object, OBJECT_VISITOR);
    entry_remove(model, cluster);
}

/* Who never answered counts to the first cluster, unless one that is still there knows better. */
static void collect_strays(struct model *model) {
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        struct entry *entry = kind_at(model, OBJECT_SERVER, i), *at = cluster_at(entry);
        struct server *server = server_of(entry);
        if (entry->dead || server->joined || at == model->cluster)
            continue;
        bool abandoned = !anybody(model, at, NULL);
        if (server->placed && !abandoned)
            continue;
        if (server->placeholder) {
            server_remove(model, entry);
            continue;
        }
        server->placed = false;
        move(model, entry, model->cluster);
    }
}

void clusters_settle(struct model *model) {
    if (kind_count(model, OBJECT_CLUSTER) < 2)
        return;
    model->cluster = find_first(model);
    collect_strays(model);
    for (size_t i = 0; i < kind_count(model, OBJECT_CLUSTER); i++) {
        struct entry *entry = kind_at(model, OBJECT_CLUSTER, i);
        if (entry != model->cluster && !entry->dead && !anybody(model, entry, NULL))
            cluster_remove(model, entry);
    }
}

/* Known peers answer nothing: a cluster of these alone is as we were told. */
static enum freshness freshness_by_servers(const struct model *model, const struct object *cluster) {
    bool any = false, all_down = true;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        if (entry->dead || entry->object.parent != cluster)
            continue;
        enum server_state state = server_const(&entry->object)->state;
        if (state == SERVER_UP)
            return FRESH_LIVE;
        any = true;
        all_down &= state == SERVER_DOWN;
    }
    return api_answers(model, cluster) ? FRESH_LIVE : any && all_down ? FRESH_GONE : FRESH_STALE;
}

void clusters_judge(struct model *model) {
    for (size_t i = 0; i < kind_count(model, OBJECT_CLUSTER); i++) {
        struct entry *entry = kind_at(model, OBJECT_CLUSTER, i);
        if (entry->dead)
            continue;
        entry_set_freshness(model, entry, freshness_by_servers(model, &entry->object));
        struct cluster *cluster = cluster_of(&entry->object);
        cluster->one_configuration |= cluster_has_one_configuration(model, &entry->object);
    }
}
