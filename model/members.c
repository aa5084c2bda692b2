#include "model/members.h"

#include <string.h>

#include "model/asset.h"
#include "model/server.h"

#define HEARD_AGAIN (10 * NS_PER_S) /* routes are made and elections over by then */

/* ---- who they are ---- */

void members_begin(struct members *members, const struct text *server) {
    members->count = 0;
    if (server)
        members_add(members, server);
}

/* Who says that there is no leader may list itself, too. */
void members_add(struct members *members, const struct text *name) {
    for (unsigned i = 0; i < members->count && i < MEMBERS_MOST; i++)
        if (text_same(members->names[i], name))
            return;
    if (members->count < MEMBERS_MOST)
        members->names[members->count] = name;
    members->count++;
}

/* ---- which of them is silent ---- */

/* It never answered us, and nobody told what it is called. */
static bool is_unnamed(const struct server *server) {
    return !server->reached && !server->name && !*server->supposed;
}

const struct entry *silent_server(const struct model *model, const struct object *cluster, const char *name) {
    const struct entry *unnamed = NULL;
    const struct entry *named = server_by_name(model, cluster, name);
    if (named)
        return server_is_up(server_const(&named->object)) ? NULL : named;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        const struct server *server = server_const(&entry->object);
        if (entry->dead || server_is_up(server) || (server->placed && entry->object.parent != cluster))
            continue;
        if (strcmp(server_label(server), name) == 0)
            return entry;
        if (is_unnamed(server) && (!unnamed || entry->severity > unnamed->severity))
            unnamed = entry;
    }
    return unnamed;
}

/* As server_by_name(), of thousands: both names are of one pool. */
static const struct entry *by_name(const struct model *model, const struct object *cluster,
                                   const struct text *name) {
    const struct entry *found = NULL;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        const struct server *server = server_const(&entry->object);
        if (server->name != name || entry->dead || entry->object.parent != cluster)
            continue;
        if (!found || server_is_up(server))
            found = entry;
    }
    return found;
}

/* NULL: nobody knows which one it is. */
static const struct entry *member(const struct model *model, const struct object *asset,
                                  const struct text *name) {
    const struct entry *named = by_name(model, asset->parent, name);
    const struct entry *silent = named ? NULL : silent_server(model, asset->parent, name->bytes);
    return silent && !is_unnamed(server_const(&silent->object)) ? silent : named;
}

/* One who leaves as somebody wants it is less than what he may take with him. */
bool speaks_for_itself(const struct entry *server, enum severity level) {
    return server->severity >= SEVERITY_WARN &&
           (server->severity >= level || server_const(&server->object)->state == SERVER_STALE);
}

static unsigned count_unnamed(const struct model *model, enum severity level) {
    unsigned count = 0;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        count += !entry->dead && is_unnamed(server_const(&entry->object)) && speaks_for_itself(entry, level);
    }
    return count;
}

/* ---- who has a part ---- */

/* Each of those that nobody knows the names of, where as many members are nobody else. */
static bool have_all_unnamed(const struct model *model, const struct object *asset) {
    const struct members *members = &asset_of(asset)->members;
    unsigned unknown = 0;
    for (unsigned i = 0; i < members->count && i < MEMBERS_MOST; i++)
        unknown += !member(model, asset, members->names[i]);
    return unknown == count_unnamed(model, SEVERITY_WARN);
}

bool members_have(const struct model *model, const struct object *asset, const struct object *server) {
    const struct members *members = &asset_of(asset)->members;
    if (is_unnamed(server_const(server)))
        return have_all_unnamed(model, asset);
    const char *name = server_label(server_const(server));
    for (unsigned i = 0; i < members->count && i < MEMBERS_MOST; i++)
        if (strcmp(members->names[i]->bytes, name) == 0)
            return true;
    return false;
}

/* ---- what that explains ---- */

/* What was said last of who leads it was said before there was time to choose somebody again. */
static bool is_just_back(const struct asset *asset, const struct server *server) {
    int64_t on = server->usage.again_mono_ns, here = server->silent_mono_ns;
    int64_t back = here > on ? here : on, said = asset->claim.mono_ns;
    said = asset->leaderless_mono_ns > said ? asset->leaderless_mono_ns : said;
    return back && said < back + HEARD_AGAIN;
}

static bool is_away(const struct asset *asset, const struct entry *entry, enum severity level) {
    const struct server *server = server_const(&entry->object);
    if (server_is_up(server) && !js_was_switched_off(server))
        return is_just_back(asset, server);
    return speaks_for_itself(entry, level);
}

bool members_explain(const struct model *model, const struct object *object, enum severity level) {
    const struct asset *asset = asset_of(object);
    const struct members *members = &asset->members;
    unsigned left = members->count, unknown = 0;
    for (unsigned i = 0; i < members->count && i < MEMBERS_MOST; i++) {
        const struct entry *entry = member(model, object, members->names[i]);
        unknown += !entry;
        left -= entry && is_away(asset, entry, level);
    }
    unsigned unnamed = unknown ? count_unnamed(model, level) : 0;
    left -= unnamed < unknown ? unnamed : unknown;
    return left < members->count / 2 + 1 && left < members->count;
}
