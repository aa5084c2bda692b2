/* Figures of a server and of a cluster about what was cut, did not answer or waited lately. */
#include "model/calc.h"
#include "model/client.h"

#include <stdio.h>

#define MINUTE_NS (60 * NS_PER_S)

/* From its counters, which may count one twice. */
static struct value counted_within(const struct model *model, const struct object *server, int64_t span_ns) {
    const struct cut_counters *counters = &server_const(server)->cut_counters;
    enum counted counted = counters->known[SLOW_CLIENTS] ? SLOW_CLIENTS : SLOW_UNDIVIDED;
    if (!cut_counters_told(counters, counted))
        return value_unknown(0);
    struct value v = value_uint(cut_counters_within(model, counters, counted, span_ns));
    v.flags = VALUE_ESTIMATED;
    return v;
}

static struct value cut_within(const struct model *model, const struct object *server, int64_t span_ns) {
    const struct closing *closing = &server_const(server)->closing;
    uint64_t cut;
    if (!closing->known)
        return counted_within(model, server, span_ns);
    bool more = closing_cut_since(closing, model->mono_ns - span_ns, &cut);
    struct value v = value_uint(cut);
    more |=
        lately_within(&server_const(server)->cut_counters.lately[SLOW_UNTOLD], model->utc_ns, span_ns) > 0;
    more |= closing_is_short(model, closing, span_ns);
    v.flags = more ? VALUE_LEAST : 0;
    return v;
}

struct value calc_server_cut_10m(const struct model *model, const struct object *object) {
    return cut_within(model, object, 10 * MINUTE_NS);
}

struct value calc_server_cut_5m(const struct model *model, const struct object *object) {
    return cut_within(model, object, 5 * MINUTE_NS);
}

struct value calc_server_last_cut(const struct model *model, const struct object *object) {
    (void)model;
    int64_t last = closing_last_cut(&server_const(object)->closing);
    return last == TIME_UNSET ? value_unknown(0) : value_told(last);
}

struct value calc_server_cut_at_once(const struct model *model, const struct object *object) {
    const struct burst *burst = &server_const(object)->burst;
    bool recent = burst->clients && model->mono_ns - burst->at_mono_ns <= BURST_TOLD_NS;
    return recent ? value_uint(burst->clients) : value_unknown(0);
}

/* By our clock; what came before that belongs to those that were cut at once. */
static int64_t burst_end(const struct model *model, const struct object *server) {
    const struct burst *burst = &server_const(server)->burst;
    return burst->clients ? burst->at_mono_ns + BURST_TOLD_NS + model->utc_ns - model->mono_ns : 0;
}

struct value calc_server_cut_clients_5m(const struct model *model, const struct object *object) {
    const struct closing *closing = &server_const(object)->closing;
    int64_t since_ns = model->utc_ns - quantities[Q_SERVER_cut_clients_5m].within_ns,
            end_ns = burst_end(model, object);
    uint64_t clients = 0;
    if (end_ns > since_ns)
        since_ns = end_ns;
    for (size_t i = 0; i < kind_count(model, OBJECT_CLIENT); i++) {
        const struct entry *entry = kind_at(model, OBJECT_CLIENT, i);
        if (!entry->dead && entry->object.parent == object->parent)
            clients += client_was_cut_at(client_const(&entry->object), object->id, since_ns);
    }
    struct value v = closing->known ? value_uint(clients) : value_unknown(0);
    bool more = closing_is_short(model, closing, quantities[Q_SERVER_cut_clients_5m].within_ns);
    v.flags |= closing->known && more ? VALUE_LEAST : 0;
    return v;
}

/* Within the span of that quantity. */
static struct value lately(const struct model *model, const struct object *server, enum counted counted,
                           enum quantity q) {
    const struct cut_counters *counters = &server_const(server)->cut_counters;
    if (!cut_counters_told(counters, counted))
        return value_unknown(0);
    return value_uint(cut_counters_within(model, counters, counted, quantities[q].within_ns));
}

struct value calc_server_slow_again(const struct model *model, const struct object *object) {
    (void)model;
    uint64_t beyond;
    bool known = object->now && cut_counters_beyond(object->now, &beyond);
    return known ? aged(object, value_uint(beyond)) : value_unknown(0);
}

/* Each deadline that one misses, as servers before 2.12 count in one counter. */
struct value calc_server_slow_routes_5m(const struct model *model, const struct object *object) {
    struct value v = lately(model, object, SLOW_ROUTES, Q_SERVER_slow_routes_5m);
    if (v.type == VALUE_UINT)
        v.u += lately(model, object, SLOW_AGAIN, Q_SERVER_slow_routes_5m).u;
    return v;
}

struct value calc_server_slow_gateways_5m(const struct model *model, const struct object *object) {
    return lately(model, object, SLOW_GATEWAYS, Q_SERVER_slow_gateways_5m);
}

struct value calc_server_slow_leafs_5m(const struct model *model, const struct object *object) {
    return lately(model, object, SLOW_LEAFS, Q_SERVER_slow_leafs_5m);
}

struct value calc_server_slow_links_10m(const struct model *model, const struct object *object) {
    static const enum counted links[] = {SLOW_ROUTES, SLOW_AGAIN, SLOW_GATEWAYS, SLOW_LEAFS};
    uint64_t sum = 0;
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        struct value v = lately(model, object, links[i], Q_SERVER_slow_links_10m);
        if (v.type != VALUE_UINT)
            return v;
        sum += v.u;
    }
    return value_uint(sum);
}

struct value calc_server_slow_untold_1m(const struct model *model, const struct object *object) {
    return lately(model, object, SLOW_UNTOLD, Q_SERVER_slow_untold_1m);
}

/* Counted, and neither a record has come nor has it been told without one. */
struct value calc_server_slow_awaited(const struct model *model, const struct object *object) {
    (void)model;
    const struct cut_counters *counters = &server_const(object)->cut_counters;
    return counters->began_ns ? value_uint(counters->awaited.counted) : value_unknown(0);
}

struct value calc_server_stalled_much(const struct model *model, const struct object *object) {
    (void)model;
    const struct cut_counters *counters = &server_const(object)->cut_counters;
    return cut_counters_told(counters, STALLS) ? value_bool(counters->held.much) : value_unknown(0);
}

struct value calc_server_awaited_since(const struct model *model, const struct object *object) {
    (void)model;
    const struct cut_counters *counters = &server_const(object)->cut_counters;
    return counters->awaited.counted ? value_time(counters->awaited.utc_ns) : value_unknown(0);
}

/* What a version that counts all together leaves open; unknown where it counts them apart. */
struct value calc_server_slow_undivided(const struct model *model, const struct object *object) {
    const struct cut_counters *counters = &server_const(object)->cut_counters;
    char text[120];
    if (counters->known[SLOW_CLIENTS] || !counters->known[SLOW_UNDIVIDED])
        return value_unknown(0);
    if (*server_const(object)->link_watch.suspect)
        return value_text(server_const(object)->link_watch.suspect);
    snprintf(text, sizeof text, "a route, a gateway, a leaf node or a client, not told apart by %.20s",
             row_text(object->now, F_SERVER_version));
    return value_text(model_say(model, text));
}

/* By the counter; before there was one, by the records of those that were closed. */
struct value calc_server_stale_5m(const struct model *model, const struct object *object) {
    struct value counted = lately(model, object, STALE_ALL, Q_SERVER_stale_5m);
    bool known = server_const(object)->closing.known;
    return counted.type == VALUE_UNKNOWN && known ? lately(model, object, CLOSED_STALE, Q_SERVER_stale_5m)
                                                  : counted;
}

struct value calc_server_auth_failed_5m(const struct model *model, const struct object *object) {
    return server_const(object)->closing.known ? lately(model, object, CLOSED_AUTH, Q_SERVER_auth_failed_5m)
                                               : value_unknown(0);
}

/* ---- of all its servers ---- */

/* One that can't be asked leaves at least what the others tell. */
struct value calc_cluster_cut_10m(const struct model *model, const struct object *object) {
    struct value sum = value_unknown(0);
    bool partial = false;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        if (entry->dead || entry->object.parent != object)
            continue;
        struct value cut = entry->object.now ? calc_server_cut_10m(model, &entry->object) : value_unknown(0);
        partial |= cut.type == VALUE_UNKNOWN;
        if (cut.type == VALUE_UNKNOWN)
            continue;
        sum = (struct value){VALUE_UINT, sum.flags | cut.flags,
                             .u = (sum.type == VALUE_UINT ? sum.u : 0) + cut.u};
    }
    sum.flags |= partial && sum.type == VALUE_UINT ? VALUE_LEAST : 0;
    return sum;
}

struct value calc_cluster_last_cut(const struct model *model, const struct object *object) {
    struct value last = value_unknown(0);
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        if (entry->dead || entry->object.parent != object)
            continue;
        struct value cut = calc_server_last_cut(model, &entry->object);
        if (cut.type == VALUE_TIME && (last.type != VALUE_TIME || cut.i > last.i))
            last = cut;
    }
    return last;
}
