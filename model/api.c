#include "model/api.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"

#define ACCOUNT "account" /* the origin of such targets */

bool api_is(const struct target *target) {
    return target->origin && strcmp(target->origin->bytes, ACCOUNT) == 0;
}

enum shape api_shape(unsigned shape) {
    return shape == SHAPE_API ? SHAPE_JSZ : (enum shape)shape;
}

static struct entry *find(const struct model *model, const struct text *name) {
    for (size_t i = 0; i < kind_count(model, OBJECT_API); i++) {
        struct entry *entry = kind_at(model, OBJECT_API, i);
        if (!entry->dead && text_same(server_of(entry)->name, name))
            return entry;
    }
    return NULL;
}

static struct entry *create(struct model *model, const struct text *name, int64_t utc_ns) {
    struct entry *entry = entry_create(model, OBJECT_API, &model->cluster->object, utc_ns);
    struct server *server = memory_new(sizeof *server);
    entry->object.extra = server;
    server->name = name;
    server->state_since_utc_ns = utc_ns;
    server->good_mono_ns = model->mono_ns;
    server->rtt_ns = server->round_trip_ns = server->max_pending = -1;
    entry_set_freshness(model, entry, FRESH_STALE);
    return entry;
}

static void set_state(struct model *model, struct entry *entry, enum server_state state, int64_t utc_ns) {
    struct server *server = server_of(entry);
    if (server->state == state)
        return;
    server->state = state;
    server->state_since_utc_ns = utc_ns;
    model->states_moved = model->leaders_moved = true;
    entry_set_freshness(model, entry, state == SERVER_UP ? FRESH_LIVE : FRESH_STALE);
}

bool api_target(struct model *model, struct target *target, int64_t utc_ns) {
    struct entry *entry = target->name ? find(model, target->name) : NULL;
    if (target->state == TARGET_GONE || !target->name) {
        if (entry)
            set_state(model, entry, SERVER_STALE, utc_ns);
        return false;
    }
    if (!entry)
        entry = create(model, target->name, utc_ns);
    struct server *server = server_of(entry);
    const char *said = target->reason ? target->reason->bytes : "";
    if (*said && strcmp(server->reason, said) != 0)
        model_add_event(model, utc_ns, "account", NULL, server_label(server), "%s", said);
    snprintf(server->reason, sizeof server->reason, "%s", said);
    target->server = entry;
    server->target = target;
    return true;
}

void api_answered(struct model *model, struct entry *entry, const struct sample *sample) {
    struct server *server = server_of(entry);
    if (sample->failure)
        return;
    server->good_mono_ns = sample->answered_mono_ns;
    if (server->state != SERVER_UP)
        server->here_mono_ns = sample->asked_mono_ns;
    server->reached = true;
    set_state(model, entry, SERVER_UP, sample->answered_utc_ns);
}

/* It is never down: that it does not answer says nothing of a server. */
void apis_tick(struct model *model) {
    for (size_t i = 0; i < kind_count(model, OBJECT_API); i++) {
        struct entry *entry = kind_at(model, OBJECT_API, i);
        if (server_is_up(server_of(entry)) && !server_is_fresh(model, server_of(entry), SHAPE_JSZ))
            set_state(model, entry, SERVER_STALE, model->utc_ns);
    }
}

bool api_answers(const struct model *model, const struct object *cluster) {
    for (size_t i = 0; i < kind_count(model, OBJECT_API); i++) {
        const struct entry *entry = kind_at(model, OBJECT_API, i);
        if (!entry->dead && (!cluster || entry->object.parent == cluster) && server_is_up(server_of(entry)))
            return true;
    }
    return false;
}

int64_t api_age_ns(const struct model *model) {
    int64_t oldest = -1;
    for (size_t i = 0; i < kind_count(model, OBJECT_API); i++) {
        const struct server *server = server_of(kind_at(model, OBJECT_API, i));
        if (!server->polls[SHAPE_JSZ])
            continue;
        int64_t age = model->mono_ns - server->asked_mono_ns[SHAPE_JSZ][0];
        oldest = age > oldest ? age : oldest;
    }
    return oldest;
}

int64_t api_gap_ns(const struct model *model) {
    int64_t longest = 0;
    for (size_t i = 0; i < kind_count(model, OBJECT_API); i++) {
        int64_t gap = server_gap_ns(server_of(kind_at(model, OBJECT_API, i)), SHAPE_JSZ);
        longest = gap > longest ? gap : longest;
    }
    return longest;
}

const struct object *model_account(const struct model *model) {
    if (kind_count(model, OBJECT_SERVER))
        return NULL;
    for (size_t i = 0; i < kind_count(model, OBJECT_API); i++)
        if (!kind_at(model, OBJECT_API, i)->dead && server_of(kind_at(model, OBJECT_API, i))->target)
            return &kind_at(model, OBJECT_API, i)->object;
    return NULL;
}
