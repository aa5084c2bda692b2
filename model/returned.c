#include "model/returned.h"

#include "model/asset.h"

#define LEARNS (30 * NS_PER_S) /* routes, elections, and what the meta group did meanwhile */

bool has_returned(const struct entry *entry, int64_t mono_ns) {
    const struct server *server = server_of(entry);
    int64_t on = server->usage.again_mono_ns, here = server->silent_mono_ns, back = here > on ? here : on;
    return server_has_just_started(entry) || (back && mono_ns - back < LEARNS) || !server_lists(server);
}

static bool is_settled(const struct answer *answer, const struct entry *entry) {
    const struct server *server = server_of(entry);
    return !entry->dead && entry != answer->server && entry->object.parent == answer->server->object.parent &&
           server_lists(server) && server_is_fresh(answer->model, server, SHAPE_JSZ) &&
           !has_returned(entry, answer->at.mono_ns);
}

/* name: NULL any */
static bool settled_one(const struct answer *answer, const struct text *name) {
    for (size_t i = 0; i < kind_count(answer->model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(answer->model, OBJECT_SERVER, i);
        if ((!name || text_same(server_of(entry)->name, name)) && is_settled(answer, entry))
            return true;
    }
    return false;
}

static bool member_is_settled(const struct answer *answer, const struct group *group) {
    for (unsigned i = 0, place = group->first; i < group->listed;
         i++, place = answer->leaderless->next[place])
        if (settled_one(answer, row_cell(answer->sample->rows[place], F_REPLICA_name)->s))
            return true;
    return false;
}

/* A group that it does not know yet: as it was told before. */
static bool old_member_is_settled(const struct answer *answer, const struct members *members) {
    for (unsigned i = 0; i < members->count && i < MEMBERS_MOST; i++)
        if (settled_one(answer, members->names[i]))
            return true;
    return false;
}

bool is_memory(const struct answer *answer, const struct entry *held, const struct row *row,
               const struct text *leader) {
    if (leader && leader->len)
        return held && held->object.freshness == FRESH_GONE && settled_one(answer, leader);
    const struct group *group = groups_find(answer->leaderless, row);
    if (group)
        return member_is_settled(answer, group);
    if (held && asset_of(&held->object)->members.count)
        return old_member_is_settled(answer, &asset_of(&held->object)->members);
    return settled_one(answer, NULL);
}
