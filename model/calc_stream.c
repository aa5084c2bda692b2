#include "model/calc.h"
#include "model/stream.h"

#define NOT_FORESEEN (100 * 365.25 * 86400) /* seconds */
#define SETTLED_NS   (600 * NS_PER_S)

static const struct stream *stream_const(const struct object *object) {
    return object->extra;
}

/* ---- what it is ---- */

struct value calc_stream_shown(const struct model *model, const struct object *object) {
    (void)model;
    const struct text *shown = stream_const(object)->shown;
    return value_text(shown ? shown->bytes : NULL);
}

struct value calc_stream_kind(const struct model *model, const struct object *object) {
    (void)model;
    return value_text(stream_kind(row_text(object->now, F_STREAM_name)));
}

static struct value internal(const struct object *object, enum field account, enum field stream) {
    bool is = stream_is_internal(row_text(object->now, account), row_text(object->now, stream));
    return (struct value){.type = VALUE_BOOL, .b = is};
}

struct value calc_stream_internal(const struct model *model, const struct object *object) {
    (void)model;
    return internal(object, F_STREAM_account, F_STREAM_name);
}

/* Whoever deletes what was just made, or is empty, knows of it. */
struct value calc_stream_vanished(const struct model *model, const struct object *object) {
    int64_t created = object->now ? row_i64(object->now, F_STREAM_created, TIME_UNSET) : TIME_UNSET;
    int64_t settled_ns = (int64_t)((double)SETTLED_NS * model->hold_scale);
    bool old = created != TIME_UNSET && object->now_at.now_ns - created >= settled_ns;
    return value_bool(object->freshness == FRESH_GONE && old &&
                      row_u64(object->now, F_STREAM_messages, 0) > 0 &&
                      !internal(object, F_STREAM_account, F_STREAM_name).b);
}

struct value calc_consumer_internal(const struct model *model, const struct object *object) {
    (void)model;
    return internal(object, F_CONSUMER_account, F_CONSUMER_stream);
}

/* ---- its consumers ---- */

struct value calc_stream_consumers(const struct model *model, const struct object *object) {
    (void)model;
    return aged(object, value_uint(stream_const(object)->consumers));
}

/* From 2.15 a server bounds streams that don't bound themselves, and their configuration does not say so. */
struct value calc_stream_max_consumers(const struct model *model, const struct object *object) {
    if (!row_has(object->now, F_STREAM_max_consumers))
        return value_unknown(0);
    struct value own = limit_of_field(object, F_STREAM_max_consumers);
    const struct object *leader = model_object(model, asset_of(object)->claim.server);
    if (own.type != VALUE_UNKNOWN || !leader)
        return own;
    const struct row *js = server_const(leader)->sides[SIDE_JETSTREAM].now;
    int64_t most = js ? row_i64(js, F_JETSTREAM_default_max_consumers, -1) : -1;
    return most > 0 ? aged(object, value_int(most)) : value_unknown(0);
}

struct value calc_stream_consumers_share(const struct model *model, const struct object *object) {
    struct value most = calc_stream_max_consumers(model, object);
    if (most.type != VALUE_INT)
        return value_unknown(0);
    return aged(object, value_real((double)stream_const(object)->consumers / (double)most.i));
}

/* ---- its messages ---- */

/* Servers leave out what is none. */
struct value calc_stream_num_subjects(const struct model *model, const struct object *object) {
    (void)model;
    if (row_has(object->now, F_STREAM_num_subjects))
        return aged(object, value_of_field(object->now, F_STREAM_num_subjects));
    return row_u64(object->now, F_STREAM_messages, 1) ? value_unknown(0) : aged(object, value_uint(0));
}

struct value calc_stream_last_message(const struct model *model, const struct object *object) {
    return age_since(model, object, F_STREAM_last_ts);
}

struct value calc_stream_first_age(const struct model *model, const struct object *object) {
    if (!row_u64(object->now, F_STREAM_messages, 0))
        return value_unknown(0);
    return age_now(model, object, since_field(object, F_STREAM_first_ts));
}

static bool grew(const struct object *object, enum field f, uint64_t *by) {
    uint64_t before = row_u64(object->before, f, 0), now = row_u64(object->now, f, 0);
    *by = now - before;
    return row_has(object->before, f) && row_has(object->now, f) && now >= before;
}

/* While nothing is taken out the store grows by what comes in; else by the size of the average message. */
struct value calc_stream_in_bytes(const struct model *model, const struct object *object) {
    (void)model;
    struct value in = rate_of_field(object, F_STREAM_last_seq);
    uint64_t came, more, bytes = row_u64(object->now, F_STREAM_bytes, 0);
    uint64_t messages = row_u64(object->now, F_STREAM_messages, 0);
    if (in.type != VALUE_REAL || !object->before)
        return in;
    if (grew(object, F_STREAM_last_seq, &came) && grew(object, F_STREAM_messages, &more) && came == more) {
        struct value stored = rate_of_field(object, F_STREAM_bytes);
        return stored.type == VALUE_REAL && stored.f < 0 ? value_unknown(0) : aged(object, stored);
    }
    if (!messages)
        return value_unknown(0);
    struct value v = value_real(in.f * (double)bytes / (double)messages);
    v.flags = VALUE_ESTIMATED;
    return aged(object, v);
}

/* ---- its limits ---- */

struct value calc_stream_max_msgs(const struct model *model, const struct object *object) {
    (void)model;
    return limit_of_field(object, F_STREAM_max_msgs);
}

struct value calc_stream_max_bytes(const struct model *model, const struct object *object) {
    (void)model;
    return limit_of_field(object, F_STREAM_max_bytes);
}

struct value calc_stream_max_age(const struct model *model, const struct object *object) {
    (void)model;
    return limit_of_field(object, F_STREAM_max_age);
}

/* Of each limit: how much there is of what it bounds. */
static const struct limited {
    quantity_calc_fn *limit;
    enum field used; /* of an age: the instant that it is since */
    int growth;
    const char *name;
} limits[] = {
    {calc_stream_max_msgs, F_STREAM_messages, GROWTH_MESSAGES, "messages"},
    {calc_stream_max_bytes, F_STREAM_bytes, GROWTH_BYTES, "bytes"},
    {calc_stream_max_age, F_STREAM_first_ts, -1, NULL}, /* fills nothing */
};
enum { LIMIT_MSGS, LIMIT_BYTES, LIMIT_AGE, FILLED_COUNT = LIMIT_AGE };

static bool used_of(const struct model *model, const struct object *object, int limit, double *used,
                    double *most) {
    struct value v = limit == LIMIT_AGE ? calc_stream_first_age(model, object)
                                        : value_of_field(object->now, limits[limit].used);
    return value_number(limits[limit].limit(model, object), most) && value_number(v, used);
}

static struct value share_of(const struct model *model, const struct object *object, int limit) {
    double used, most;
    if (!used_of(model, object, limit, &used, &most))
        return value_unknown(0);
    return aged(object, value_real(used / most));
}

struct value calc_stream_msgs_share(const struct model *model, const struct object *object) {
    return share_of(model, object, LIMIT_MSGS);
}

struct value calc_stream_bytes_share(const struct model *model, const struct object *object) {
    return share_of(model, object, LIMIT_BYTES);
}

struct value calc_stream_limit_share(const struct model *model, const struct object *object) {
    struct value msgs = calc_stream_msgs_share(model, object), bytes = calc_stream_bytes_share(model, object);
    double of_msgs, of_bytes;
    if (!value_number(msgs, &of_msgs))
        return bytes;
    return value_number(bytes, &of_bytes) && of_bytes > of_msgs ? bytes : msgs;
}

struct value calc_stream_age_share(const struct model *model, const struct object *object) {
    return share_of(model, object, LIMIT_AGE);
}

/* There is no room for one more message. */
static bool is_full(const struct object *object, int limit, double used, double most) {
    double messages = (double)row_u64(object->now, F_STREAM_messages, 0);
    double one = limit == LIMIT_BYTES && messages > 0 ? used / messages : 1;
    return used + one > most;
}

/* 0 when it is full. Unknown while it does not grow: what stands below its limit will not reach it; new while
 * that is not known. */
static struct value full_in(const struct model *model, const struct object *object, int limit) {
    const struct growth *growth = &stream_const(object)->growth;
    double used, most, per_s;
    if (object->freshness == FRESH_GONE || !used_of(model, object, limit, &used, &most))
        return value_unknown(0);
    if (is_full(object, limit, used, most))
        return aged(object, value_span(0));
    if (!growth_per_s(growth, limits[limit].growth, &per_s))
        return value_unknown(object->freshness == FRESH_LIVE ? VALUE_NEW : 0);
    if (used >= most || !growth_is_up(growth, limits[limit].growth, &per_s))
        return value_unknown(0);
    double seconds = (most - used) / per_s;
    if (!(seconds < NOT_FORESEEN))
        return value_unknown(0);
    struct value v = value_span((int64_t)(seconds * (double)NS_PER_S));
    v.flags = VALUE_ESTIMATED;
    return aged(object, v);
}

struct value calc_stream_msgs_full_in(const struct model *model, const struct object *object) {
    return full_in(model, object, LIMIT_MSGS);
}

struct value calc_stream_bytes_full_in(const struct model *model, const struct object *object) {
    return full_in(model, object, LIMIT_BYTES);
}

struct value calc_stream_oldest_leaves_in(const struct model *model, const struct object *object) {
    double age, most;
    if (object->freshness == FRESH_GONE || row_u64(object->now, F_STREAM_sealed, 0) ||
        !used_of(model, object, LIMIT_AGE, &age, &most))
        return value_unknown(0);
    return aged(object, value_span(age < most ? (int64_t)(most - age) : 0));
}

static struct value first_full(const struct model *model, const struct object *object, int *which) {
    struct value first = value_unknown(0);
    for (int limit = 0; limit < FILLED_COUNT; limit++) {
        struct value v = full_in(model, object, limit);
        if (first.type == VALUE_UNKNOWN && v.type == VALUE_UNKNOWN)
            first.flags |= v.flags;
        if (v.type == VALUE_UNKNOWN || (first.type != VALUE_UNKNOWN && first.i <= v.i))
            continue;
        first = v;
        *which = limit;
    }
    return first;
}

struct value calc_stream_full_in(const struct model *model, const struct object *object) {
    int which;
    return first_full(model, object, &which);
}

const char *stream_limit_word(int n) {
    return n < FILLED_COUNT ? limits[n].name : NULL;
}

struct value calc_stream_full_by(const struct model *model, const struct object *object) {
    int which = 0;
    struct value first = first_full(model, object, &which);
    return first.type == VALUE_UNKNOWN ? first : aged(object, value_text(limits[which].name));
}
