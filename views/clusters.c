#include "views/clusters.h"

#include <stdio.h>

#include "views/quantity_text.h"

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

bool clusters_counts(const struct model *model, const struct object *cluster) {
    size_t count;
    const struct object *const *all = model_objects(model, OBJECT_CLUSTER, &count);
    bool any_live = false;
    for (size_t i = 0; i < count; i++)
        any_live |= all[i]->freshness == FRESH_LIVE;
    return !any_live || cluster->freshness == FRESH_LIVE;
}

double clusters_add(enum quantity q, double sum, double part) {
    bool largest = q == Q_CLUSTER_max_pending_bytes;
    return !largest ? sum + part : sum > part ? sum : part;
}

struct value clusters_sum(const struct model *model, enum quantity q) {
    size_t count;
    const struct object *const *all = model_objects(model, OBJECT_CLUSTER, &count);
    struct value sum = {.type = VALUE_REAL};
    for (size_t i = 0; i < count; i++) {
        struct value part = quantity_get(model, all[i], q);
        double number;
        if (!clusters_counts(model, all[i])) {
            sum.flags |= VALUE_OLD;
            continue;
        }
        if (!value_number(part, &number))
            return (struct value){.type = VALUE_UNKNOWN};
        sum.f = clusters_add(q, sum.f, number);
        sum.flags |= part.flags;
    }
    return sum;
}

const char *clusters_bound(struct value sum) {
    return sum.flags & VALUE_LEAST ? "≥" : "";
}

void clusters_text(char *out, size_t size, const struct view_context *context, enum quantity q, int width,
                   const char *unit) {
    char number[64];
    if (clusters_count(context->model).clusters < 2) {
        quantity_text_unit(out, size, context, model_cluster(context->model), q, width, unit);
        return;
    }
    struct value sum = clusters_sum(context->model, q);
    if (sum.type != VALUE_REAL) {
        snprintf(out, size, "-");
        return;
    }
    quantity_number(number, sizeof(number), context, q, sum.f);
    snprintf(out, size, "%s%s%s%s", clusters_bound(sum), number, unit,
             sum.flags & (VALUE_ESTIMATED | VALUE_OLD) ? "~" : "");
}
