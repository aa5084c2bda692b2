#include "views/place.h"

#include <string.h>

#include "views/quantity_text.h"

/* `by`: the quantity that names its server, -1: its parent is the server. */
static const struct place {
    const char *view;
    int by;
    bool to_server;
} places[OBJECT_KIND_COUNT] = {
    [OBJECT_CLUSTER] = {"overview", -1, false},
    [OBJECT_SERVER] = {"node", -1, false},
    [OBJECT_CONNECTION] = {"connections", -1, false},
    [OBJECT_STREAM] = {"stream", Q_STREAM_leader, false},
    [OBJECT_CONSUMER] = {"consumer", Q_CONSUMER_leader, false},
    [OBJECT_REPLICA] = {"jetstream", -1, false},
    [OBJECT_SOURCE] = {"jetstream", -1, false},
    [OBJECT_META_PEER] = {"jetstream", -1, false},
    [OBJECT_ROUTE] = {"node", Q_ROUTE_peer, true},
    [OBJECT_GATEWAY] = {"node", -1, true},
    [OBJECT_LEAF] = {"node", -1, true},
    [OBJECT_COST] = {"node", -1, true},
};

const struct object *place_server_named(const struct model *model, const char *name) {
    size_t count;
    const struct object *const *servers = model_objects(model, OBJECT_SERVER, &count);
    for (size_t i = 0; *name && i < count; i++)
        if (strcmp(quantity_name_text(model, servers[i], Q_SERVER_name), name) == 0)
            return servers[i];
    return NULL;
}

const struct object *place_server(const struct model *model, const struct object *object) {
    const struct place *place = &places[object->kind];
    if (object->kind == OBJECT_SERVER)
        return object;
    if (place->by >= 0)
        return place_server_named(model, quantity_name_text(model, object, (enum quantity)place->by));
    return object->parent && object->parent->kind == OBJECT_SERVER ? object->parent : NULL;
}

const char *place_of(const struct model *model, const struct object *object, uint64_t *target) {
    const struct place *place = &places[object->kind];
    const struct object *server = place->to_server ? place_server(model, object) : object;
    *target = server && object->kind != OBJECT_CLUSTER ? server->id : 0;
    return place->to_server && !server ? "overview" : place->view;
}
