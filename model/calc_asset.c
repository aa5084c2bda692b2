#include "model/calc.h"

#include <stdio.h>
#include <string.h>

#include "model/server.h"

/* What streams and consumers have alike. */

struct value calc_asset_leader(const struct model *model, const struct object *object) {
    const struct asset *asset = asset_of(object);
    if (!asset->leader || asset_state(model, object) == ASSET_LEADERLESS)
        return value_unknown(0);
    return aged(object, value_text(asset->leader->bytes));
}

/* That something is wrong is our word of now; that all is well is its leader's, as old as that. */
struct value calc_asset_leadership(const struct model *model, const struct object *object) {
    enum asset_state state = asset_state(model, object);
    struct value v = value_text(asset_state_name(state));
    return state == ASSET_OK ? aged(object, v) : v;
}

struct value calc_asset_leader_why(const struct model *model, const struct object *object) {
    char why[3 * TEXT_MAX_BYTES];
    return asset_why(model, object, why, sizeof why) ? value_text(model_say(model, why)) : value_unknown(0);
}

struct value calc_asset_replicas(const struct model *model, const struct object *object) {
    (void)model;
    const struct text *text = asset_of(object)->replicas_text;
    return text ? aged(object, value_text(text->bytes)) : value_unknown(0);
}

const char *asset_stream_called(const struct model *model, const struct object *object, const char *name) {
    const struct object *stream = model_stream_of(model, object);
    struct value v = stream ? calc_stream_shown(model, stream) : value_unknown(0);
    return v.type == VALUE_TEXT ? v.text : name;
}

struct value calc_consumer_stream_shown(const struct model *model, const struct object *object) {
    return value_text(asset_stream_called(model, object, row_text(object->now, F_CONSUMER_stream)));
}

struct value calc_asset_unled_since(const struct model *model, const struct object *object) {
    int64_t utc_ns;
    bool least;
    if (!asset_unled(model, object, &utc_ns, &least))
        return value_unknown(0);
    struct value v = value_time(utc_ns);
    v.flags = least ? VALUE_LEAST : 0;
    return v;
}

/* ---- what a silent server leaves behind ---- */

static bool has_jetstream(const struct model *model, const struct object *cluster) {
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct object *server = &kind_at(model, OBJECT_SERVER, i)->object;
        if (server->parent == cluster && server_const(server)->sides[SIDE_JETSTREAM].now &&
            !js_is_off(server_const(server)))
            return true;
    }
    return false;
}

/* With the only server that has it a stream vanishes from all answers: nobody else lists it. */
struct value calc_server_unheard(const struct model *model, const struct object *object) {
    const struct server *server = server_const(object);
    bool silent = server->state == SERVER_DOWN || server->state == SERVER_STALE;
    if (!silent || server->polls[SHAPE_JSZ] || !has_jetstream(model, object->parent) ||
        !calc_cluster_js_unheard(model, object->parent).u)
        return value_unknown(0);
    return value_text(*server->lone ? "what else it has" : "what streams it has");
}

struct value calc_server_lone(const struct model *model, const struct object *object) {
    (void)model;
    return value_text(server_const(object)->lone);
}

struct value calc_server_orphans(const struct model *model, const struct object *object) {
    char text[80];
    if (server_is_up(server_const(object)))
        return value_unknown(0);
    size_t streams = server_const(object)->orphans.streams;
    size_t consumers = server_const(object)->orphans.consumers;
    if (!streams && !consumers)
        return value_unknown(0);
    snprintf(text, sizeof text, streams ? "%zu stream%s" : "", streams, streams == 1 ? "" : "s");
    size_t len = strlen(text);
    if (consumers)
        snprintf(text + len, sizeof text - len, "%s%zu consumer%s", len ? " and " : "", consumers,
                 consumers == 1 ? "" : "s");
    return value_text(model_say(model, text));
}
