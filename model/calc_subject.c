#include "model/calc.h"

#include <math.h>
#include <string.h>

#include "model/series.h"
#include "model/state.h"

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

/* ---- how many there are: known where all whose messages are seen are counted, and nobody else ---- */

#define SECONDS_MOST 64

/* On average over the seconds of the window; of half of them it has to be known. */
static bool rate_of_clients(const struct model *model, const struct object *sampling, double *rate) {
    int64_t begin = row_i64(sampling->now, F_SAMPLING_begin, 0) / NS_PER_S,
            end = row_i64(sampling->now, F_SAMPLING_end, 0) / NS_PER_S;
    const struct series *series = model_series(model, sampling->parent, Q_CLUSTER_in_client_msgs_per_s);
    struct bucket seconds[SECONDS_MOST];
    int count = end - begin < SECONDS_MOST ? (int)(end - begin) : SECONDS_MOST, known = 0;
    if (!series || count <= 0)
        return false;
    series_read(series, end, 1, count, seconds);
    *rate = 0;
    for (int i = 0; i < count; i++) {
        if (isnan(seconds[i].last))
            continue;
        *rate += (double)seconds[i].last;
        known++;
    }
    *rate = known > 0 ? *rate / known : 0;
    return 2 * known >= count;
}

/* Nothing comes from other clusters and leaf nodes, nor from servers themselves: there is no stream. */
static bool clients_alone(const struct model *model, const struct object *cluster) {
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *server = kind_at(model, OBJECT_SERVER, i);
        const struct row *row = server->object.now;
        if (server->dead || server->object.parent != cluster)
            continue;
        if (!row || row_u64(row, F_SERVER_leafnodes, 0) > 0 || row_text(row, F_SERVER_gateway)[0] != '\0')
            return false;
    }
    struct value streams = quantity_get(model, cluster, Q_CLUSTER_streams);
    return streams.type == VALUE_UINT && streams.u == 0 && !(streams.flags & VALUE_LEAST);
}

/* All connections are known, and of one account: then it is the one that is looked at. */
static bool one_account(const struct model *model) {
    uint64_t rows, total;
    const char *account = NULL;
    model_connection_cover(model, &rows, &total);
    for (size_t i = 0; i < kind_count(model, OBJECT_CONNECTION); i++) {
        const struct entry *entry = kind_at(model, OBJECT_CONNECTION, i);
        if (entry->dead || model_is_closed(&entry->object))
            continue;
        const char *own = row_text(entry->object.now, F_CONNECTION_account);
        if (account && strcmp(account, own) != 0)
            return false;
        account = own;
    }
    return account && rows >= total;
}

struct value calc_sampling_msgs_per_s(const struct model *model, const struct object *object) {
    double rate;
    if (strcmp(row_text(object->now, F_SAMPLING_subject), ">") != 0 || !object->parent ||
        !clients_alone(model, object->parent) || !rate_of_clients(model, object, &rate))
        return value_unknown(0);
    struct value v = value_real(rate);
    v.flags |= one_account(model) ? 0 : VALUE_BOUND;
    return aged(object, v);
}

static struct value times_rate(const struct model *model, const struct object *object, enum field share) {
    struct value rate = quantity_get(model, object->parent, Q_SAMPLING_msgs_per_s);
    if (rate.type != VALUE_REAL || !row_has(object->now, share))
        return value_unknown(0);
    rate.f *= real(object, share);
    rate.flags |= rate.flags & VALUE_BOUND ? 0 : VALUE_ESTIMATED;
    return aged(object, rate);
}

struct value calc_subject_msgs_per_s(const struct model *model, const struct object *object) {
    return times_rate(model, object, F_SUBJECT_share);
}

struct value calc_subject_msgs_per_s_low(const struct model *model, const struct object *object) {
    return times_rate(model, object, F_SUBJECT_share_low);
}

struct value calc_subject_msgs_per_s_high(const struct model *model, const struct object *object) {
    return times_rate(model, object, F_SUBJECT_share_high);
}
