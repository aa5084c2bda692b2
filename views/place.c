#include "views/place.h"

#include <stdio.h>
#include <string.h>

#include "views/quantity_text.h"

/* `by`: the quantity that names its server, -1: its parent is the server. */
static const struct place {
    const char *view;
    int by;
    bool to_server;
    const char *trouble; /* where what is wrong with it is looked at, if not there */
} places[OBJECT_KIND_COUNT] = {
    [OBJECT_CLUSTER] = {"overview", -1, false},
    [OBJECT_SERVER] = {"node", -1, false},
    [OBJECT_CONNECTION] = {"connection", -1, false, "slow"},
    [OBJECT_CLIENT] = {"slow", Q_CLIENT_last_server, false},
    [OBJECT_VISITOR] = {"connections", -1, false},
    [OBJECT_STREAM] = {"stream", Q_STREAM_leader, false},
    [OBJECT_CONSUMER] = {"consumer", Q_CONSUMER_leader, false},
    [OBJECT_REPLICA] = {"jetstream", -1, false},
    [OBJECT_SOURCE] = {"jetstream", -1, false},
    [OBJECT_META_PEER] = {"jetstream", -1, false},
    [OBJECT_ROUTE] = {"node", Q_ROUTE_peer, true},
    [OBJECT_GATEWAY] = {"node", -1, true},
    [OBJECT_LEAF] = {"node", -1, true},
    [OBJECT_COST] = {"node", -1, true},
    [OBJECT_AUDIENCE] = {"interest", -1, false},
    [OBJECT_SAMPLING] = {"subjects", -1, false},
    [OBJECT_SUBJECT] = {"subjects", -1, false},
    [OBJECT_EXPECTATION] = {"overview", -1, false},
    [OBJECT_GROUP] = {"connections", -1, false},
};

/* Where those are who are expected; `filtered`: the view's list is of these, so that it can show who is. */
static const struct expected {
    const char *entity, *view;
    bool filtered;
} expected[] = {
    {"connection", "connections", true},
    {"queue", "interest", false},
    {"puller", "jetstream", false},
    {"server", "overview", false},
};

static const struct object *server_named(const struct model *model, const char *name) {
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
        return server_named(model, quantity_name_text(model, object, (enum quantity)place->by));
    return object->parent && object->parent->kind == OBJECT_SERVER ? object->parent : NULL;
}

static unsigned go_expected(struct view_call *call, const struct object *object) {
    const struct model *model = call->context->model;
    const char *entity = quantity_name_text(model, object, Q_EXPECTATION_entity);
    struct view_request *request = call->request;
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        if (strcmp(expected[i].entity, entity) != 0)
            continue;
        const char *match = quantity_name_text(model, object, Q_EXPECTATION_match);
        bool fits = expected[i].filtered && strlen(match) < sizeof(request->text);
        snprintf(request->text, sizeof(request->text), "%s", fits ? match : "");
        request->filter = fits ? request->text : NULL;
        request->view = expected[i].view;
        request->object = 0;
    }
    return REACT_DRAW | REACT_WANTS;
}

/* Those connections; of a name that can't be written between quotes all. */
static unsigned go_visitor(struct view_call *call, const struct object *object) {
    const struct model *model = call->context->model;
    const char *by = quantity_name_text(model, object, Q_VISITOR_by);
    const char *name = quantity_name_text(model, object, Q_VISITOR_name);
    struct view_request *request = call->request;
    int len = snprintf(request->text, sizeof(request->text), "%s = \"%s\"",
                       strcmp(by, "name") == 0 ? "name" : "host", name);
    bool fits = len < (int)sizeof(request->text) && name[strcspn(name, "\"\\")] == '\0';
    request->filter = fits ? request->text : NULL;
    request->view = "connections";
    request->object = 0;
    return REACT_DRAW | REACT_WANTS;
}

unsigned place_go(struct view_call *call, const struct object *object) {
    if (object && object->kind == OBJECT_SUBSCRIPTION)
        object = model_connection_of(call->context->model, object);
    if (!object)
        return REACT_NONE;
    if (object->kind == OBJECT_EXPECTATION)
        return go_expected(call, object);
    if (object->kind == OBJECT_VISITOR)
        return go_visitor(call, object);
    const struct place *place = &places[object->kind];
    const struct object *shown = place->to_server ? place_server(call->context->model, object) : object;
    call->request->view = shown ? place->view : "overview";
    call->request->object = shown && object->kind != OBJECT_CLUSTER ? shown->id : 0;
    return REACT_DRAW | REACT_WANTS;
}

unsigned place_go_trouble(struct view_call *call, const struct object *object) {
    unsigned reaction = place_go(call, object);
    if (object && places[object->kind].trouble)
        call->request->view = places[object->kind].trouble;
    return reaction;
}

unsigned place_copy(struct view_call *call, const struct object *object) {
    struct view_request *request = call->request;
    if (!object)
        return REACT_NONE;
    quantity_command(request->text, sizeof(request->text), call->context->model, object);
    if (request->text[0])
        request->copy = request->text;
    return REACT_DRAW;
}
