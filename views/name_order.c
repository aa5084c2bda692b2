#include "views/name_order.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Part of an object's key in the model: another one is another object. */
static bool are_own(const enum quantity *keys, int count) {
    for (int i = 0; i < count; i++) {
        const struct quantity_info *info = &quantities[keys[i]];
        if (info->how != HOW_FIELD || !(fields[info->field].flags & FIELD_KEY))
            return false;
    }
    return count > 0;
}

struct named {
    const struct value *names; /* key_count of each */
    int key_count;
};

static int by_name(const void *left, const void *right, void *data) {
    const struct named *named = data;
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    for (int i = 0; i < named->key_count; i++) {
        int order = value_compare(named->names[a * (size_t)named->key_count + (size_t)i],
                                  named->names[b * (size_t)named->key_count + (size_t)i]);
        if (order)
            return order;
    }
    return (a > b) - (a < b);
}

static void place(struct name_order *order, const struct model *model, const struct object *const *all,
                  const enum quantity *keys, int key_count) {
    struct value *names = memory_array(order->count * (size_t)key_count + 1, sizeof *names);
    uint32_t *sorted = memory_array(order->count + 1, sizeof *sorted);
    struct named named = {names, key_count};
    for (size_t i = 0; i < order->count; i++) {
        sorted[i] = (uint32_t)i;
        for (int k = 0; k < key_count; k++)
            names[i * (size_t)key_count + (size_t)k] = quantity_get(model, all[i], keys[k]);
    }
    qsort_r(sorted, order->count, sizeof *sorted, by_name, &named);
    order->places = memory_array(order->count + 1, sizeof *order->places);
    for (size_t i = 0; i < order->count; i++)
        order->places[sorted[i]] = (uint32_t)i;
    free(sorted);
    free(names);
}

bool name_order_look(struct name_order *order, const struct model *model, enum object_kind kind,
                     const enum quantity *keys, int key_count) {
    uint64_t members = model_members(model, kind);
    bool first = !order->members, same = members == order->members;
    if (!same)
        name_order_finish(order);
    order->members = members;
    const struct object *const *all = model_objects(model, kind, &order->count);
    if (!are_own(keys, key_count) || order->count > UINT32_MAX || !(same || first))
        return false;
    if (!order->places)
        place(order, model, all, keys, key_count);
    return true;
}

void name_order_finish(struct name_order *order) {
    free(order->places);
    *order = (struct name_order){0};
}
