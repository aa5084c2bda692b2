#include "model/reported.h"

#include <stdio.h>

#include "model/server.h"

static const struct row *row_with(const struct object *object, enum field f) {
    const struct row *row = object->now;
    return row && row->entity == fields[f].entity ? row : NULL;
}

const char *not_reported(const struct model *model, const struct object *object, enum quantity q) {
    const struct quantity_info *info = &quantities[q];
    const struct object *server = object->kind == OBJECT_SERVER ? object : object->parent;
    const struct row *row = info->how == HOW_CALC ? NULL : row_with(object, info->field);
    char said[TEXT_MAX_BYTES + 32];
    if (!row || object->kind != info->kind || row_has(row, info->field) || !server ||
        server->kind != OBJECT_SERVER || !server->now || !*row_text(server->now, F_SERVER_version))
        return NULL;
    snprintf(said, sizeof said, "not reported by %s", row_text(server->now, F_SERVER_version));
    return model_say(model, said);
}
