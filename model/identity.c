#include "model/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/address.h"
#include "model/api.h"
#include "model/way.h"

#define ORPHAN_NS (10 * NS_PER_S) /* a known peer whose collector began anew and does not name it again */

static const char *const target_states[] = {
    [TARGET_PROBING] = "probing", [TARGET_POLLED] = "polled",     [TARGET_KNOWN] = "known",
    [TARGET_GONE] = "gone",       [TARGET_BALANCER] = "balancer", [TARGET_DUPLICATE] = "duplicate"};

struct target *target_find(const struct model *model, uint16_t source, uint64_t id) {
    for (size_t i = 0; i < model->target_count; i++) {
        if (model->targets[i]->source == source && model->targets[i]->id == id)
            return model->targets[i];
    }
    return NULL;
}

struct target *target_take(struct model *model, uint16_t source, uint64_t id) {
    struct target *target = target_find(model, source, id);
    if (target)
        return target;
    target = memory_new(sizeof *target);
    target->source = source;
    target->id = id;
    model->targets = memory_grow(model->targets, model->target_count + 1, sizeof(struct target *));
    model->targets[model->target_count++] = target;
    return target;
}

static void be_known_as(struct model *model, struct entry *entry, struct target *target) {
    struct server *server = server_of(entry);
    server->target = target;
    server->asked = true;
    if (target->url && !server->placeholder) {
        char address[300];
        address_of(target->url->bytes, address, sizeof address);
        server->url = target->state == TARGET_KNOWN ? NULL : target->url;
        server->address = model_text_of(model, address);
    }
}

static void unbind(struct model *model, struct target *target) {
    struct entry *entry = target->server;
    target->server = NULL;
    if (!entry || server_of(entry)->target != target)
        return;
    server_of(entry)->target = NULL;
    server_of(entry)->asked = false;
    server_of(entry)->orphan_mono_ns = model->mono_ns;
    struct target *other = way_besides(model, entry, target);
    if (other)
        be_known_as(model, entry, other);
}

static void target_destroy(struct model *model, struct target *target) {
    unbind(model, target);
    for (size_t i = 0; i < model->target_count; i++) {
        if (model->targets[i] == target)
            model->targets[i] = model->targets[--model->target_count];
    }
    free(target);
}

static void find_balancer(struct model *model) {
    model->balancer = NULL;
    for (size_t i = 0; i < model->target_count && !model->balancer; i++) {
        if (model->targets[i]->state == TARGET_BALANCER)
            model->balancer = model->targets[i]->url;
    }
}

const char *model_balancer(const struct model *model) {
    return model->balancer ? model->balancer->bytes : NULL;
}

void targets_forget(struct model *model, uint16_t source) {
    for (size_t i = model->target_count; i-- > 0;) {
        if (model->targets[i]->source == source)
            target_destroy(model, model->targets[i]);
    }
    find_balancer(model);
}

static void bind(struct model *model, struct target *target, struct entry *entry) {
    struct server *server = server_of(entry);
    if (target->server != entry)
        unbind(model, target);
    target->server = entry;
    server->left_behind = false;
    const struct target *other = server->target != target ? server->target : NULL;
    if (other && other->source == target->source ? server_is_up(server)
                                                 : other && way_is_better(other, target))
        return; /* a second way to it: the first one serves */
    be_known_as(model, entry, target);
}

/* Its answers are about that row. */
static bool is_way(const struct model *model, const struct target *target, const struct entry *entry) {
    return way_of(model, entry, target->source) == target;
}

bool target_is_named(const struct target *target) {
    return target->origin && strcmp(target->origin->bytes, "named") == 0;
}

/* ---- finding the row of a target ---- */

static struct entry *server_by_url(const struct model *model, const struct text *url) {
    for (size_t i = 0; url && i < kind_count(model, OBJECT_SERVER); i++) {
        struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        if (!entry->dead && server_of(entry)->url && text_same(server_of(entry)->url, url))
            return entry;
    }
    return NULL;
}

struct identity {
    const struct text *name, *cluster;
    bool placed; /* the cluster is known, be it that there is none */
};

/* A row under that name that nothing alive stands behind. */
static struct entry *vacant_by_name(const struct model *model, struct identity who) {
    const struct text *name = who.name;
    for (size_t i = 0; name && name->len && i < kind_count(model, OBJECT_SERVER); i++) {
        struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        const struct server *server = server_of(entry);
        if (entry->dead || server_is_up(server) || server->nameless || !text_same(server->name, name))
            continue;
        if (!who.placed || !server->reached || text_same(server->cluster, who.cluster))
            return entry;
    }
    return NULL;
}

static struct entry *create_for(struct model *model, const struct target *target, int64_t utc_ns) {
    char address[300] = "", host[300];
    address_of(target->url ? target->url->bytes : "", address, sizeof address);
    host_of(address, host, sizeof host);
    struct entry *entry = target_is_named(target) ? NULL : placeholder_take(model, host);
    if (entry) {
        struct server *server = server_of(entry);
        server->placeholder = false;
        server->good_mono_ns = model->mono_ns;
        server_set_state(model, entry, SERVER_NEW, utc_ns);
        server->reason[0] = '\0';
        return entry;
    }
    return server_create(model, utc_ns);
}

static struct entry *row_for(struct model *model, struct target *target, int64_t utc_ns) {
    if (target->server)
        return target->server;
    struct entry *entry = server_by_id(model, target->server_id);
    if (!entry)
        entry = server_by_url(model, target->state == TARGET_KNOWN ? NULL : target->url);
    if (!entry)
        entry = vacant_by_name(model, (struct identity){.name = target->name});
    return entry ? entry : create_for(model, target, utc_ns);
}

/* ---- what a collector says of a target ---- */

static void become_known(struct model *model, struct target *target, int64_t utc_ns) {
    struct entry *entry = row_for(model, target, utc_ns);
    struct server *server = server_of(entry);
    const struct target *asked = server->target && server->target != target ? server->target : NULL;
    if (asked && server->state != SERVER_KNOWN && (server_is_up(server) || asked->source != target->source))
        return; /* asked under another address, or in another way */
    bool joined = server->state == SERVER_NEW || server->state == SERVER_DOWN;
    bind(model, target, entry);
    if (target->name && target->name->len)
        server->name = target->name;
    server->server_id = target->server_id;
    snprintf(server->reason, sizeof server->reason, "not monitored%s%s", target->reason ? ": " : "",
             target->reason ? target->reason->bytes : "");
    server_set_state(model, entry, SERVER_KNOWN, utc_ns);
    if (joined && utc_ns - model->began_utc_ns > 10 * NS_PER_S)
        model_add_event(model, utc_ns, "peer", &entry->object, server_label(server), "joined the cluster");
}

static void become_polled(struct model *model, struct target *target, int64_t utc_ns) {
    struct entry *entry = row_for(model, target, utc_ns);
    struct server *server = server_of(entry);
    bind(model, target, entry);
    if (server->state == SERVER_KNOWN) {
        server->good_mono_ns = model->mono_ns;
        server->reason[0] = '\0';
        server_set_state(model, entry, SERVER_NEW, utc_ns);
    }
    if (!server->reached && target->server_id)
        server->server_id = target->server_id;
    if (!server->reached && target->name && target->name->len) {
        server->name = target->name;
        server->nameless = text_same(target->name, target->server_id);
    }
}

/* It stood for whom we could not connect to yet: that there is a server behind it nobody ever told. */
static bool is_door(const struct model *model, const struct target *target) {
    const struct server *server = target->server ? server_of(target->server) : NULL;
    return server && server->target == target && !server->reached && !server->name &&
           !way_besides(model, target->server, target);
}

static void become_gone(struct model *model, struct target *target, int64_t utc_ns) {
    struct entry *entry = target->server;
    if (entry && server_of(entry)->target == target && server_of(entry)->state == SERVER_KNOWN) {
        struct server *server = server_of(entry);
        bool named = server->name && !server->nameless;
        model_add_event(model, utc_ns, "peer", named ? &entry->object : NULL, server_label(server),
                        "left the cluster");
        if (named) {
            snprintf(server->reason, sizeof server->reason, "no server has a route to it");
            server_set_state(model, entry, SERVER_DOWN, utc_ns);
        } else {
            server_remove(model, entry);
        }
    } else if (is_door(model, target)) {
        server_remove(model, entry);
    }
    target_destroy(model, target);
}

/* No row of its own: the URL is a balancer's, or another name of a server that has one. */
static void become_nobody(struct model *model, struct target *target, bool news, int64_t utc_ns) {
    struct entry *entry = target->server;
    if (news)
        model_add_event(model, utc_ns, target_states[target->state], NULL,
                        target->url ? target->url->bytes : "", "%s",
                        target->reason ? target->reason->bytes : "no row of its own");
    unbind(model, target);
    bool real = target->state != TARGET_BALANCER && entry && server_of(entry)->name;
    if (entry && !server_of(entry)->target && !real)
        server_remove(model, entry);
}

static const struct text *keep(struct model *model, const struct row *row, enum field f,
                               const struct text *old) {
    return row_has(row, f) ? model_text(model, row_cell(row, f)->s) : old;
}

void target_row(struct model *model, uint16_t source, const struct row *row) {
    struct target *target = target_take(model, source, row_u64(row, F_TARGET_id, 0));
    int64_t utc_ns = row_i64(row, F_TARGET_utc, model->utc_ns);
    const char *state = row_text(row, F_TARGET_state);
    enum target_state before = target->state;
    for (size_t i = 0; i < sizeof target_states / sizeof *target_states; i++) {
        if (strcmp(state, target_states[i]) == 0)
            target->state = (enum target_state)i;
    }
    target->url = keep(model, row, F_TARGET_url, target->url);
    target->origin = keep(model, row, F_TARGET_origin, target->origin);
    target->reason = keep(model, row, F_TARGET_reason, NULL);
    target->server_id = keep(model, row, F_TARGET_server_id, target->server_id);
    target->name = keep(model, row, F_TARGET_name, target->name);
    if (api_is(target)) {
        if (!api_target(model, target, utc_ns))
            target_destroy(model, target);
        return;
    }
    switch (target->state) {
    case TARGET_PROBING:
        if (target_is_named(target) && !target->server)
            bind(model, target, row_for(model, target, utc_ns));
        break;
    case TARGET_POLLED:
        become_polled(model, target, utc_ns);
        break;
    case TARGET_KNOWN:
        become_known(model, target, utc_ns);
        break;
    case TARGET_GONE:
        become_gone(model, target, utc_ns);
        break;
    case TARGET_BALANCER:
    case TARGET_DUPLICATE:
        become_nobody(model, target, target->state != before, utc_ns);
        break;
    }
    find_balancer(model);
}

/* ---- whose answer to /varz is this ---- */

static const struct text *text_in(const struct row *row, enum field f) {
    return row_has(row, f) ? row_cell(row, f)->s : NULL;
}

/* Started after this row's server last answered: the same server, run again. */
static bool is_restart(const struct entry *entry, const struct row *row) {
    const struct server *server = server_const(&entry->object);
    if (!server->reached)
        return true;
    return row_i64(row, F_SERVER_start, TIME_UNSET) > entry->object.now_at.now_ns;
}

static bool same_name(const struct server *server, const struct row *row) {
    const struct text *name = text_in(row, F_SERVER_name);
    bool nameless = !name || !name->len || text_same(name, text_in(row, F_SERVER_server_id));
    if (nameless)
        return server->nameless || !server->name;
    return text_same(server->name, name);
}

/* The target's row turns out to be somebody who has a row already: that one stays. */
static struct entry *rebind(struct model *model, struct target *target, struct entry *entry) {
    struct entry *old = target->server;
    bind(model, target, entry);
    if (old && old != entry && !server_of(old)->reached && !server_of(old)->target)
        server_remove(model, old);
    return is_way(model, target, entry) ? entry : NULL;
}

struct entry *identify(struct model *model, struct target *target, const struct sample *sample,
                       const struct row *row) {
    const struct text *id = text_in(row, F_SERVER_server_id);
    struct entry *entry = target->server;
    if (!id || (!entry && !target_is_named(target) && target->state != TARGET_POLLED))
        return NULL;
    struct entry *holder = server_by_id(model, id);
    bool first_way = entry && is_way(model, target, entry);
    if (holder && (holder != entry || !first_way))
        return rebind(model, target, holder);
    if (holder && server_of(entry)->reached)
        return entry;
    if (!first_way)
        entry = NULL;
    struct identity who = {text_in(row, F_SERVER_name), text_in(row, F_SERVER_cluster), true};
    struct entry *vacant = vacant_by_name(model, who);
    if (vacant && vacant != entry && (!entry || !server_of(entry)->reached))
        return rebind(model, target, vacant);
    if (entry && !server_of(entry)->reached)
        return entry;
    if (entry && same_name(server_of(entry), row)) {
        bool told = target->state == TARGET_POLLED && text_same(target->server_id, id);
        return is_restart(entry, row) || told ? entry : NULL;
    }
    if (entry && !is_restart(entry, row))
        return NULL; /* a balancer: its collector will say so */
    return rebind(model, target, vacant ? vacant : create_for(model, target, sample->answered_utc_ns));
}

/* A row that is down while another server answers under its name: it moved to another address. */
static bool is_replaced(const struct model *model, const struct entry *entry) {
    const struct server *server = server_const(&entry->object);
    if (server->state != SERVER_DOWN || !server->name || server->nameless)
        return false;
    const struct object *cluster = server->placed ? entry->object.parent : NULL;
    const struct entry *other = server_by_name(model, cluster, server->name->bytes);
    return other != entry && server_is_up(server_const(&other->object));
}

void twins_tick(struct model *model) {
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        const struct server *server = server_of(entry);
        bool orphan = server->state == SERVER_KNOWN && !server->target &&
                      model->mono_ns - server->orphan_mono_ns > ORPHAN_NS;
        if (!entry->dead && (orphan || is_replaced(model, entry)))
            server_remove(model, entry);
    }
}
