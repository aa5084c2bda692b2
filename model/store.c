#include "model/server.h"

void store_remember(struct server *server) {
    const struct row *js = server->sides[SIDE_JETSTREAM].now;
    if (js && row_has(js, F_JETSTREAM_streams))
        server->streams_before = row_u64(js, F_JETSTREAM_streams, 0);
}

/* A server answers before it has read its store again. It joins the meta group after that, and until it has
 * found the leader nobody could make it add or delete anything. Alone it is healthy when it has read all. */
static bool has_only_its_store(const struct server *server) {
    const struct side *js = &server->sides[SIDE_JETSTREAM], *health = &server->sides[SIDE_HEALTH];
    if (row_u64(js->now, F_JETSTREAM_meta, 0))
        return !*row_text(js->now, F_JETSTREAM_meta_leader);
    return health->now && row_u64(health->now, F_HEALTH_code, 0) == 200 &&
           health->at.mono_ns <= js->at.asked_mono_ns;
}

void store_judge(struct model *model, struct entry *entry, int64_t utc_ns) {
    struct server *server = server_of(entry);
    const struct row *js = server->sides[SIDE_JETSTREAM].now;
    if (!server->streams_before || !js || js_is_off(server) || !row_has(js, F_JETSTREAM_streams))
        return;
    bool empty = row_u64(js, F_JETSTREAM_streams, 0) == 0;
    if (empty && !has_only_its_store(server))
        return; /* not certain yet */
    if (empty)
        model_add_event(model, utc_ns, "store", &entry->object, server_label(server),
                        "restarted with an empty store: had %llu stream%s, has none",
                        (unsigned long long)server->streams_before, server->streams_before == 1 ? "" : "s");
    server->streams_before = 0;
}
