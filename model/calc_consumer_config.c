#include "model/calc.h"

#include <string.h>

/* What a consumer is made to do. Of what its configuration leaves out something is known only once there was
 * one. */

static bool is_told(const struct object *object) {
    return object->now && row_u64(object->now, F_CONSUMER_config, 0);
}

struct value calc_consumer_configured(const struct model *model, const struct object *object) {
    (void)model;
    return object->now ? value_bool(is_told(object)) : value_unknown(0);
}

static const char *const kinds[] = {"pull", "push"};

struct value calc_consumer_kind(const struct model *model, const struct object *object) {
    (void)model;
    if (!object->now)
        return value_unknown(0);
    bool push =
        *row_text(object->now, F_CONSUMER_deliver_subject) || row_u64(object->now, F_CONSUMER_push_bound, 0);
    if (!push && !is_told(object))
        return value_unknown(0);
    return value_text(kinds[push]);
}

const char *consumer_kind_word(int n) {
    return n < (int)(sizeof kinds / sizeof *kinds) ? kinds[n] : NULL;
}

static const char *const pins[] = {"pinned", "unpinned", "none"};

struct value calc_consumer_pin(const struct model *model, const struct object *object) {
    (void)model;
    if (!is_told(object) || !object->seen_utc_ns)
        return value_unknown(0);
    bool wants = strcmp(row_text(object->now, F_CONSUMER_priority_policy), "pinned_client") == 0;
    return aged(object, value_text(pins[!wants ? 2 : !*row_text(object->now, F_CONSUMER_pinned)]));
}

const char *consumer_pin_word(int n) {
    return n < (int)(sizeof pins / sizeof *pins) ? pins[n] : NULL;
}

/* Servers say so of those that are, and nothing of the others. */
struct value calc_consumer_bound(const struct model *model, const struct object *object) {
    struct value kind = calc_consumer_kind(model, object);
    if (kind.type != VALUE_TEXT || kind.text[2] != 's' || !object->seen_utc_ns)
        return value_unknown(0);
    return aged(object, value_bool(row_u64(object->now, F_CONSUMER_push_bound, 0)));
}

struct value calc_consumer_paused(const struct model *model, const struct object *object) {
    (void)model;
    if (!object->seen_utc_ns)
        return value_unknown(0);
    return aged(object, value_bool(row_u64(object->now, F_CONSUMER_paused, 0)));
}

#define STAYS (3600 * NS_PER_S) /* so long without anybody is not left by chance */

struct value calc_consumer_ephemeral(const struct model *model, const struct object *object) {
    (void)model;
    if (!is_told(object))
        return value_unknown(0);
    bool durable = *row_text(object->now, F_CONSUMER_durable);
    return value_bool(!durable && row_i64(object->now, F_CONSUMER_inactive_threshold, 0) < STAYS);
}

struct value calc_consumer_filter(const struct model *model, const struct object *object) {
    (void)model;
    if (!object->now)
        return value_unknown(0);
    if (row_u64(object->now, F_CONSUMER_filter_subjects, 0))
        return value_text("several");
    return value_of_field(object->now, F_CONSUMER_filter_subject);
}

struct value calc_consumer_ack_wait(const struct model *model, const struct object *object) {
    (void)model;
    int64_t wait = object->now ? row_i64(object->now, F_CONSUMER_ack_wait, 0) : 0;
    return wait > 0 ? value_span(wait) : value_unknown(0);
}

struct value calc_consumer_ack_window(const struct model *model, const struct object *object) {
    (void)model;
    if (!is_told(object) || !row_has(object->now, F_CONSUMER_ack_pending))
        return value_unknown(0);
    int64_t most = row_i64(object->now, F_CONSUMER_max_ack_pending, -1);
    double pending = (double)row_u64(object->now, F_CONSUMER_ack_pending, 0);
    return aged(object, value_real(most > 0 ? pending / (double)most : 0));
}

struct value calc_consumer_max_ack_pending(const struct model *model, const struct object *object) {
    (void)model;
    return limit_of_field(object, F_CONSUMER_max_ack_pending);
}

struct value calc_consumer_max_deliver(const struct model *model, const struct object *object) {
    (void)model;
    return limit_of_field(object, F_CONSUMER_max_deliver);
}

struct value calc_consumer_max_waiting(const struct model *model, const struct object *object) {
    (void)model;
    return limit_of_field(object, F_CONSUMER_max_waiting);
}
