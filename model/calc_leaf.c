/* Leaf nodes, as the servers that they connect to list them. */
#include "model/calc.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct value calc_leaf_address(const struct model *model, const struct object *object) {
    const char *ip = object->now ? row_text(object->now, F_LEAF_ip) : "";
    char text[TEXT_MAX_BYTES + 32];
    if (!*ip)
        return value_unknown(0);
    snprintf(text, sizeof text, strchr(ip, ':') ? "[%s]:%" PRIu64 : "%s:%" PRIu64, ip,
             row_u64(object->now, F_LEAF_port, 0));
    return value_text(model_say(model, text));
}

struct value calc_leaf_name(const struct model *model, const struct object *object) {
    const char *name = object->now ? row_text(object->now, F_LEAF_name) : "";
    return *name ? value_text(name) : calc_leaf_address(model, object);
}
