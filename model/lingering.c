#include "model/lingering.h"

#include <stdio.h>

#include "base/text.h"
#include "model/calc.h"
#include "model/connection.h"
#include "model/reason.h"

#define LOOKS_LAST (30 * NS_PER_S)
#define APART_NS   (400 * NS_PER_MS) /* for a rate */
#define MOST_OF    0.7               /* of its server's pauses are for the sake of those that were cut */
#define NAME_WIDTH 30                /* columns */

static bool was_cut(const struct object *connection) {
    return model_is_closed(connection) && !connection_is_leaf(connection->now) &&
           reason_of(row_text(connection->now, F_CONNECTION_reason)).group == REASON_SLOW;
}

void lingering_put(struct entry *server, struct entry *entry, const struct row *row, const struct stamp *at) {
    struct lingering *l = &((struct connection *)entry->object.extra)->lingering;
    struct closing *closing = &server_of(server)->closing;
    double stalls = -1, took = (double)(at->now_ns - l->now_ns) / (double)NS_PER_S;
    if (!was_cut(&entry->object) || at->asked_mono_ns < entry->gone_mono_ns)
        return;
    bool first = !l->listing;
    row_number(row, F_CONNECTION_stalls, &stalls);
    if (first || at->now_ns - l->now_ns >= APART_NS) {
        bool known = !first && l->stalls >= 0 && stalls >= l->stalls;
        l->stalls_per_s = known ? (stalls - l->stalls) / took : 0;
        l->stalls = stalls;
        l->now_ns = at->now_ns;
    }
    l->mono_ns = at->mono_ns;
    l->pending = row_i64(row, F_CONNECTION_pending_bytes, 0);
    l->listing = closing->lingered = closing->listings + 1;
}

void lingering_listed(struct entry *server) {
    server_of(server)->closing.listings++;
}

/* In the last one, or in the one that is being taken. */
static bool is_last(const struct closing *closing, uint64_t listing) {
    return listing && listing >= closing->listings;
}

/* NULL: it was open no more at the last look. */
static const struct lingering *lingering_of(const struct model *model, const struct object *connection) {
    const struct lingering *l = &((const struct connection *)connection->extra)->lingering;
    const struct server *server = server_const(connection->parent);
    bool is = is_last(&server->closing, l->listing) && model->mono_ns - l->mono_ns <= LOOKS_LAST;
    return is && server_is_up(server) && model_is_closed(connection) ? l : NULL;
}

/* ---- of a server, and of all ---- */

struct tally {
    size_t count, holding; /* of them those for whose sake producers are paused */
    double stalls_per_s;
    const struct object *worst;
    double most;
};

static void add_server(const struct model *model, const struct object *server, struct tally *tally) {
    const struct closing *closing = &server_const(server)->closing;
    const struct closed_queue *queue = &closing->kept[CLOSED_CUT];
    for (size_t i = 0; is_last(closing, closing->lingered) && i < queue->count; i++) {
        const struct entry *entry = entry_by_id(model, queue->items[queue->first + i].id);
        const struct lingering *l = entry ? lingering_of(model, &entry->object) : NULL;
        if (!l)
            continue;
        tally->count++;
        tally->holding += l->stalls_per_s > 0;
        tally->stalls_per_s += l->stalls_per_s;
        if (l->stalls_per_s > tally->most) {
            tally->most = l->stalls_per_s;
            tally->worst = &entry->object;
        }
    }
}

void model_lingering(const struct model *model, size_t *count, size_t *holding) {
    struct tally tally = {0};
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++)
        if (!kind_at(model, OBJECT_SERVER, i)->dead)
            add_server(model, &kind_at(model, OBJECT_SERVER, i)->object, &tally);
    *count = tally.count;
    *holding = tally.holding;
}

struct value calc_connection_lingers(const struct model *model, const struct object *object) {
    const struct lingering *l = lingering_of(model, object);
    char text[160], pending[NUMBER_TEXT_SIZE], stalls[NUMBER_TEXT_SIZE];
    if (!l)
        return value_unknown(0);
    value_format(pending, sizeof pending, value_int(l->pending), UNIT_BYTES);
    value_format(stalls, sizeof stalls, value_real(l->stalls_per_s), UNIT_PER_S);
    if (l->stalls_per_s > 0)
        snprintf(text, sizeof text,
                 "its server still keeps it open: %s wait, and producers are paused %s times per second",
                 pending, stalls);
    else
        snprintf(text, sizeof text, "its server still keeps it open: %s wait until its last write returns",
                 pending);
    return value_text(model_say(model, text));
}

struct value calc_server_stalled_by(const struct model *model, const struct object *object) {
    static const char *const others = "receivers whose buffers fill";
    struct tally tally = {0};
    struct value all = rate_of_field(object, F_SERVER_stalled_clients);
    char text[300], name[TEXT_MAX_BYTES + 1], more[40] = "";
    add_server(model, object, &tally);
    if (!tally.worst)
        return value_text(others);
    const struct row *row = tally.worst->now;
    text_cut_middle(name, sizeof name, row_text(row, F_CONNECTION_name), NAME_WIDTH);
    if (!*name)
        snprintf(name, sizeof name, "cid %llu", (unsigned long long)row_u64(row, F_CONNECTION_cid, 0));
    if (tally.holding > 1)
        snprintf(more, sizeof more, " and %zu more", tally.holding - 1);
    if (all.type == VALUE_REAL && tally.stalls_per_s >= MOST_OF * all.f)
        snprintf(text, sizeof text, "%.150s%s, which %s cut", name, more, *more ? "were" : "was");
    else
        snprintf(text, sizeof text, "%s, among them %.150s%s, which %s cut", others, name, more,
                 *more ? "were" : "was");
    return value_text(model_say(model, text));
}
