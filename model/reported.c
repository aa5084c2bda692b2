#include "model/reported.h"

#include <stdio.h>
#include <string.h>

#include "model/server.h"

bool quantity_is_reported(const struct object *object, enum quantity q) {
    const struct quantity_info *info = &quantities[q];
    const struct row *row = object->now;
    bool told = info->how != HOW_CALC && object->kind == info->kind && row &&
                row->entity == fields[info->field].entity;
    return !told || row_has(row, info->field);
}

bool server_is_since(const struct row *varz, int minor, int patch, bool untold) {
    int is[3] = {0};
    if (!varz || sscanf(row_text(varz, F_SERVER_version), "%d.%d.%d", &is[0], &is[1], &is[2]) < 2)
        return untold;
    if (is[0] != 2 || is[1] != minor)
        return is[0] > 2 || (is[0] == 2 && is[1] > minor);
    return is[2] >= patch;
}

bool server_tells_routes(const struct row *varz) {
    return server_is_since(varz, 10, 26, true);
}

static bool tells_leafs(const struct row *varz) {
    return server_is_since(varz, 11, 5, true);
}

struct links_untold links_untold(const struct model *model) {
    struct links_untold untold = {.routes = false};
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        const struct row *varz = entry->object.now;
        if (entry->dead || !varz || server_const(&entry->object)->state != SERVER_UP)
            continue;
        bool routes = row_u64(varz, F_SERVER_routes, 0) && !server_tells_routes(varz);
        bool leafs = row_u64(varz, F_SERVER_leafnodes, 0) && !tells_leafs(varz);
        const char *version = row_text(varz, F_SERVER_version);
        untold.routes |= routes;
        untold.leafs |= leafs;
        if ((routes || leafs) && !*untold.version)
            snprintf(untold.version, sizeof untold.version, "%.20s", version);
        else if (routes || leafs)
            untold.several |= strncmp(untold.version, version, 20) != 0;
    }
    return untold;
}
