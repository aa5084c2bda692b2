#include "model/model.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

void model_object_name(const struct model *model, const struct object *object, char *out, size_t size) {
    size_t len = 0;
    out[0] = '\0';
    for (int q = 0; q < QUANTITY_COUNT && object && len < size; q++) {
        char text[TEXT_MAX_BYTES + 1];
        if (quantities[q].kind != object->kind || !(quantities[q].flags & QUANTITY_KEY))
            continue;
        struct value v = quantity_get(model, object, (enum quantity)q);
        if (v.type == VALUE_UNKNOWN || (v.type == VALUE_TEXT && (!*v.text || strcmp(v.text, "$G") == 0)))
            continue;
        v.flags = 0;
        if (v.type == VALUE_UINT) /* a number that is a name */
            snprintf(text, sizeof text, "%llu", (unsigned long long)v.u);
        else
            value_format(text, sizeof text, v, quantities[q].unit);
        len += (size_t)snprintf(out + len, size - len, "%s%s", len ? "/" : "", text);
    }
}
