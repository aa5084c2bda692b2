#include "model/orphans.h"

#include "model/asset.h"
#include "model/server.h"
#include "model/state.h"

#define ELECTION (10 * NS_PER_S) /* as rules.def: until then another leader may be on its way */

static void add(struct entry *server, enum object_kind kind) {
    struct orphans *orphans = &server_of(server)->orphans;
    *(kind == OBJECT_STREAM ? &orphans->streams : &orphans->consumers) += 1;
}

/* Nobody leads it: for want of those without whom nobody can. */
static void add_leaderless(const struct model *model, const struct object *asset) {
    if (!members_explain(model, asset, SEVERITY_WARN))
        return;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        struct entry *server = kind_at(model, OBJECT_SERVER, i);
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
    struct entry *led = entry_by_id(model, asset_of(asset)->claim.server);
    if (state == ASSET_LEADERLESS)
        add_leaderless(model, asset);
    else if (led)
        add(led, asset->kind);
}

static bool any_silent(const struct model *model) {
    bool any = false;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        struct server *server = server_of(kind_at(model, OBJECT_SERVER, i));
        server->orphans = (struct orphans){0, 0};
        any |= !server_is_up(server);
    }
    return any;
}

void orphans_count(struct model *model) {
    static const enum object_kind kinds[] = {OBJECT_STREAM, OBJECT_CONSUMER};
    if (!any_silent(model))
        return;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (size_t i = 0; i < kind_count(model, kinds[k]); i++)
            look_at(model, &kind_at(model, kinds[k], i)->object);
}
