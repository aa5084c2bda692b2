/* What all servers of a cluster should have alike: the version that they run, their configuration. */
#include "model/calc.h"

#include <stdio.h>
#include <string.h>

#include "model/server.h"

#define ALIKE_MOST 64

struct kinds { /* the different texts that a field has */
    size_t count;
    const char *text[ALIKE_MOST];
    size_t servers; /* that tell it */
};

static void add(struct kinds *kinds, const char *text) {
    for (size_t i = 0; i < kinds->count; i++) {
        if (strcmp(kinds->text[i], text) == 0)
            return;
    }
    if (kinds->count < ALIKE_MOST)
        kinds->text[kinds->count++] = text;
}

/* Of servers that are up, in the order in which they came to be known. */
static struct kinds kinds_of(const struct model *model, const struct object *cluster, enum field f) {
    struct kinds kinds = {0};
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct object *server = &kind_at(model, OBJECT_SERVER, i)->object;
        if (server->parent != cluster || !server_is_up(server_const(server)) || !server->now ||
            !row_has(server->now, f))
            continue;
        add(&kinds, row_text(server->now, f));
        kinds.servers++;
    }
    return kinds;
}

struct value calc_cluster_versions(const struct model *model, const struct object *object) {
    struct kinds kinds = kinds_of(model, object, F_SERVER_version);
    return kinds.servers ? value_uint(kinds.count) : value_unknown(0);
}

struct value calc_cluster_version_list(const struct model *model, const struct object *object) {
    struct kinds kinds = kinds_of(model, object, F_SERVER_version);
    char text[300] = "";
    size_t len = 0;
    for (size_t i = 0; i < kinds.count && len < sizeof text; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%s", i ? ", " : "", kinds.text[i]);
    return value_text(*text ? model_say(model, text) : NULL);
}

struct value calc_cluster_configurations(const struct model *model, const struct object *object) {
    struct kinds kinds = kinds_of(model, object, F_SERVER_config_digest);
    return kinds.servers ? value_uint(kinds.count) : value_unknown(0);
}

/* Files that name their server always differ: what differs now and did not before is what drifted. */
struct value calc_cluster_drifted(const struct model *model, const struct object *object) {
    struct kinds kinds = kinds_of(model, object, F_SERVER_config_digest);
    if (kinds.servers < 2)
        return value_unknown(0);
    return value_bool(kinds.count > 1 && cluster_of(object)->one_configuration);
}

bool cluster_has_one_configuration(const struct model *model, const struct object *cluster) {
    struct kinds kinds = kinds_of(model, cluster, F_SERVER_config_digest);
    return kinds.servers > 1 && kinds.count == 1;
}
