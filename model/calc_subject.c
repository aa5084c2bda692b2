#include "model/calc.h"

static double real(const struct object *object, enum field f) {
    return row_cell(object->now, f)->f;
}

/* To each side of the share, where that is in the middle; else the larger one. */
struct value calc_subject_margin(const struct model *model, const struct object *object) {
    (void)model;
    const struct row *row = object->now;
    if (!row_has(row, F_SUBJECT_share) || !row_has(row, F_SUBJECT_share_low) ||
        !row_has(row, F_SUBJECT_share_high))
        return value_unknown(0);
    double above = real(object, F_SUBJECT_share_high) - real(object, F_SUBJECT_share),
           below = real(object, F_SUBJECT_share) - real(object, F_SUBJECT_share_low);
    return aged(object, value_real(above > below ? above : below));
}

struct value calc_subject_requests(const struct model *model, const struct object *object) {
    (void)model;
    uint64_t messages = row_u64(object->now, F_SUBJECT_messages, 0);
    if (!messages || !row_has(object->now, F_SUBJECT_replies))
        return value_unknown(0);
    return aged(object, value_real((double)row_u64(object->now, F_SUBJECT_replies, 0) / (double)messages));
}

struct value calc_subject_cluster(const struct model *model, const struct object *object) {
    return quantity_get(model, object->parent ? object->parent->parent : NULL, Q_CLUSTER_name);
}

struct value calc_sampling_cluster(const struct model *model, const struct object *object) {
    return quantity_get(model, object->parent, Q_CLUSTER_name);
}
