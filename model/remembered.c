#include "model/remembered.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "model/address.h"
#include "model/server.h"

/* Where nobody knows more than where its routes go to, that is what is compared. */
static bool is_at(const struct server *server, const struct remembered_server *remembered) {
    char here[300], there[300];
    host_of(server->address->bytes, here, sizeof here);
    host_of(remembered->address, there, sizeof there);
    uint64_t port = server->placeholder ? remembered->cluster_port : port_of(remembered->address);
    return same_host(here, there) && port && port == port_of(server->address->bytes);
}

static const struct remembered_server *find(const struct model *model, const struct server *server) {
    for (size_t i = 0; server->address && i < model->remembered_count; i++)
        if (is_at(server, &model->remembered[i]))
            return &model->remembered[i];
    return NULL;
}

static bool is_called(const struct server *server, const struct remembered_server *remembered) {
    return strncmp(server->supposed, remembered->name, sizeof server->supposed - 1) == 0;
}

/* One that answers from elsewhere has the name. */
static void call(struct model *model, struct entry *entry) {
    struct server *server = server_of(entry);
    const struct remembered_server *found = find(model, server);
    if (!found)
        return;
    bool taken = server_by_name(model, entry->object.parent, found->name) != NULL;
    if (taken ? !is_called(server, found) : *server->supposed)
        return;
    server->supposed[0] = '\0';
    if (!taken)
        strncat(server->supposed, found->name, sizeof server->supposed - 1);
}

void remembered_tick(struct model *model) {
    for (size_t i = 0; model->remembered_count && i < kind_count(model, OBJECT_SERVER); i++) {
        struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        if (!entry->dead && !server_of(entry)->reached)
            call(model, entry);
    }
}

void remembered_destroy(struct model *model) {
    for (size_t i = 0; i < model->remembered_count; i++) {
        free((char *)model->remembered[i].name);
        free((char *)model->remembered[i].address);
    }
    free(model->remembered);
}

void model_remember_server(struct model *model, const struct remembered_server *server) {
    if (model->remembered_count == REMEMBERED_MOST || !*server->name)
        return;
    model->remembered =
        memory_grow(model->remembered, model->remembered_count + 1, sizeof *model->remembered);
    model->remembered[model->remembered_count++] = (struct remembered_server){
        memory_text(server->name), memory_text(server->address), server->cluster_port};
}

/* By what others tell of it, as far as they do. */
static struct remembered_server supposed(const struct server *server) {
    uint64_t port = server->placeholder ? port_of(server->address->bytes) : 0;
    return (struct remembered_server){server->supposed, server->address->bytes, port};
}

bool model_remembered(const struct model *model, const struct object *object, struct remembered_server *out) {
    const struct server *server = server_const(object);
    const struct remembered_server *found = server->reached ? NULL : find(model, server);
    if (found && is_called(server, found))
        *out = *found;
    else if (server->reached && server->address && server->name && server->name->len && !server->nameless)
        *out = (struct remembered_server){server->name->bytes, server->address->bytes,
                                          object->now ? row_u64(object->now, F_SERVER_cluster_port, 0) : 0};
    else if (!server->reached && server->address && *server->supposed)
        *out = supposed(server);
    else
        return false;
    return true;
}
