#include "model/orphans.h"

#include <string.h>

#include "model/asset.h"
#include "model/server.h"
#include "model/state.h"

#define ELECTION (10 * NS_PER_S) /* as rules.def: until then another leader may be on its way */

static struct orphans counted_now(const struct model *model) {
    static const enum object_kind kinds[] = {OBJECT_SERVER, OBJECT_STREAM, OBJECT_CONSUMER};
    struct orphans none = {.utc_ns = model->utc_ns};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        none.versions[i] = model_version(model, kinds[i]);
    return none;
}

static bool is_counted(const struct model *model, const struct orphans *orphans) {
    const struct orphans now = counted_now(model);
    return orphans->utc_ns == now.utc_ns && memcmp(orphans->versions, now.versions, sizeof now.versions) == 0;
}

static void add(const struct entry *server, enum object_kind kind) {
    struct orphans *orphans = &server_of(server)->orphans;
    *(kind == OBJECT_STREAM ? &orphans->streams : &orphans->consumers) += 1;
}

/* Nobody leads it: for want of those without whom nobody can. */
static void add_leaderless(const struct model *model, const struct object *asset) {
    if (!members_explain(model, asset, SEVERITY_WARN))
        return;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *server = kind_at(model, OBJECT_SERVER, i);
        if (!server_is_up(server_of(server)) && members_have(model, asset, &server->object))
            add(server, asset->kind);
    }
}

static void look_at(const struct model *model, const struct object *asset) {
    enum asset_state state = asset->freshness == FRESH_GONE ? ASSET_OK : asset_state(model, asset);
    int64_t utc_ns;
    bool least;
    if ((state != ASSET_LEADERLESS && state != ASSET_LEADER_GONE) || /* as of most */
        !asset_unled(model, asset, &utc_ns, &least) || model->utc_ns - utc_ns < ELECTION)
        return;
    const struct entry *led = entry_by_id(model, asset_of(asset)->claim.server);
    if (state == ASSET_LEADERLESS)
        add_leaderless(model, asset);
    else if (led)
        add(led, asset->kind);
}

static void count_all(const struct model *model) {
    static const enum object_kind kinds[] = {OBJECT_STREAM, OBJECT_CONSUMER};
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++)
        server_of(kind_at(model, OBJECT_SERVER, i))->orphans = counted_now(model);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (size_t i = 0; i < kind_count(model, kinds[k]); i++)
            look_at(model, &kind_at(model, kinds[k], i)->object);
}

const struct orphans *orphans_of(const struct model *model, const struct object *server) {
    const struct orphans *orphans = &server_const(server)->orphans;
    if (!is_counted(model, orphans))
        count_all(model);
    return orphans;
}
