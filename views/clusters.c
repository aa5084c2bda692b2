#include "views/clusters.h"

static unsigned number_of(const struct model *model, const struct object *cluster, enum quantity q) {
    double number;
    return value_number(quantity_get(model, cluster, q), &number) && number > 0 ? (unsigned)number : 0;
}

struct cluster_count clusters_count(const struct model *model) {
    struct cluster_count sum = {0, 0, 0, 0};
    size_t count;
    const struct object *const *all = model_objects(model, OBJECT_CLUSTER, &count);
    for (size_t i = 0; i < count; i++) {
        unsigned expected = number_of(model, all[i], Q_CLUSTER_expected),
                 up = number_of(model, all[i], Q_CLUSTER_servers);
        sum.clusters += expected + up > 0;
        sum.up += up;
        sum.known += number_of(model, all[i], Q_CLUSTER_known);
        sum.missing += number_of(model, all[i], Q_CLUSTER_missing);
    }
    return sum;
}

bool clusters_whole(const struct cluster_count *count) {
    return count->up > 0 && count->known == 0 && count->missing == 0;
}

unsigned clusters_expected(const struct cluster_count *count) {
    return count->up + count->known + count->missing;
}

struct value clusters_sum(const struct model *model, enum quantity q) {
    size_t count;
    const struct object *const *all = model_objects(model, OBJECT_CLUSTER, &count);
    struct value sum = {.type = VALUE_REAL};
    for (size_t i = 0; i < count; i++) {
        struct value part = quantity_get(model, all[i], q);
        double number;
        if (!value_number(part, &number))
            return (struct value){.type = VALUE_UNKNOWN};
        sum.f += number;
        sum.flags |= part.flags;
    }
    return sum;
}
