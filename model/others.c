/* Who is no longer watched, after another configuration. */
#include "model/server.h"

#define SOON_NS                                                                                              \
    (4 * NS_PER_S)              /* all that were named have answered: by then they have told of their peers  \
                                 */
#define LATE_NS (10 * NS_PER_S) /* some don't answer */

void model_watches_others(struct model *model) {
    model->others_awaited = true;
}

void others_began(struct model *model) {
    if (!model->others_awaited)
        return;
    model->others_awaited = false;
    model->others_mono_ns = model->mono_ns;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        struct server *server = server_of(kind_at(model, OBJECT_SERVER, i));
        server->left_behind = server->state != SERVER_DOWN;
    }
}

static bool answers(const struct target *target, int64_t since_mono_ns) {
    const struct server *server = target->server ? server_of(target->server) : NULL;
    return server && server_is_up(server) && server->good_mono_ns >= since_mono_ns;
}

static bool named_answer(const struct model *model) {
    bool any = false;
    for (size_t i = 0; i < model->target_count; i++) {
        if (!target_is_named(model->targets[i]))
            continue;
        if (!answers(model->targets[i], model->others_mono_ns))
            return false;
        any = true;
    }
    return any;
}

static bool is_watched(const struct model *model, const struct entry *cluster) {
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        if (!entry->dead && cluster_at(entry) == cluster && server_const(&entry->object)->target)
            return true;
    }
    return false;
}

/* Who was down already may be one that its cluster misses still, if it is of a cluster. */
static bool is_missed(const struct model *model, const struct entry *entry) {
    const struct server *server = server_const(&entry->object);
    return !server->left_behind && server->placed && is_watched(model, cluster_at(entry));
}

static void leave(struct model *model, struct entry *entry) {
    if (entry->dead || server_of(entry)->target || is_missed(model, entry))
        return;
    cluster_of(entry->object.parent)->remotes_max = 0; /* grows again from what the servers say next */
    server_remove(model, entry);
}

void others_tick(struct model *model) {
    int64_t since = model->mono_ns - model->others_mono_ns;
    if (!model->others_mono_ns || since < SOON_NS || (since < LATE_NS && !named_answer(model)))
        return;
    model->others_mono_ns = 0;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++)
        leave(model, kind_at(model, OBJECT_SERVER, i));
}
