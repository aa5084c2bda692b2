#include "model/model.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

void model_object_name(const struct model *model, const struct object *object, char *out, size_t size) {
    const int16_t *keys = object ? quantity_keys(object->kind) : NULL;
    size_t len = 0;
    out[0] = '\0';
    for (int i = 0; keys && keys[i] >= 0 && len < size; i++) {
        char text[TEXT_MAX_BYTES + 1];
        const char *name = text;
        struct value v = quantity_get(model, object, (enum quantity)keys[i]);
        if (v.type == VALUE_UNKNOWN || (v.type == VALUE_TEXT && (!*v.text || strcmp(v.text, "$G") == 0)))
            continue;
        v.flags = 0;
        if (v.type == VALUE_UINT) /* a number that is a name */
            snprintf(text, sizeof text, "%llu", (unsigned long long)v.u);
        else if (v.type == VALUE_TEXT)
            name = v.text;
        else
            value_format(text, sizeof text, v, quantities[keys[i]].unit);
        len += (size_t)snprintf(out + len, size - len, "%s%s", len ? "/" : "", name);
    }
}
