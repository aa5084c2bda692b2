#include "model/usage.h"

#include "model/server.h"

#define WINDOW      (60 * NS_PER_S)
#define SHORTEST    (10 * NS_PER_S)
#define APART       (5 * NS_PER_S) /* points that are closer count as one */
#define SECONDS_MIN 60

/* 0: the newest. */
static struct usage_point *point_at(const struct usage *usage, unsigned back) {
    return (struct usage_point *)&usage->points[(usage->next + 2 * USAGE_POINTS - 1 - back) % USAGE_POINTS];
}

void usage_forget(struct usage *usage) {
    usage->count = 0;
}

void usage_put(struct usage *usage, const struct object *server) {
    const struct row *row = server->now;
    if (!row_has(row, F_SERVER_js_api_total) || !row_has(row, F_SERVER_js_api_errors)) {
        usage_forget(usage);
        return;
    }
    struct usage_point point = {server->now_at.now_ns, row_u64(row, F_SERVER_js_api_total, 0),
                                row_u64(row, F_SERVER_js_api_errors, 0)};
    const struct usage_point *last = point_at(usage, 0);
    if (usage->count &&
        (point.now_ns <= last->now_ns || point.calls < last->calls || point.errors < last->errors))
        usage_forget(usage);
    if (usage->count > 1 && point.now_ns - point_at(usage, 1)->now_ns < APART) {
        *point_at(usage, 0) = point;
        return;
    }
    usage->points[usage->next] = point;
    usage->next = (usage->next + 1) % USAGE_POINTS;
    if (usage->count < USAGE_POINTS)
        usage->count++;
}

bool usage_per_min(const struct usage *usage, double *calls, double *errors) {
    const struct usage_point *newest = point_at(usage, 0), *oldest = newest;
    for (unsigned i = 1; i < usage->count && newest->now_ns - point_at(usage, i)->now_ns <= WINDOW; i++)
        oldest = point_at(usage, i);
    int64_t span = newest->now_ns - oldest->now_ns;
    if (!usage->count || span < SHORTEST)
        return false;
    double minutes = (double)span / (double)NS_PER_S / SECONDS_MIN;
    *calls = (double)(newest->calls - oldest->calls) / minutes;
    *errors = (double)(newest->errors - oldest->errors) / minutes;
    return true;
}

bool js_is_off(const struct server *server) {
    const struct row *js = server->sides[SIDE_JETSTREAM].now;
    return js && row_u64(js, F_JETSTREAM_disabled, 0);
}

bool js_was_switched_off(const struct server *server) {
    return server->usage.power == JS_OFF && server->usage.was_on;
}

/* /varz goes on to say what it said last, /jsz says 0 of everything. */
void usage_of_none(struct server *server, struct row *row) {
    static const struct {
        enum field first, last;
    } told[] = {{F_SERVER_js_max_memory, F_SERVER_js_api_errors},
                {F_JETSTREAM_streams, F_JETSTREAM_reserved_storage}};
    for (size_t i = 0; i < sizeof told / sizeof *told && js_is_off(server); i++) {
        for (int f = (int)told[i].first; f <= (int)told[i].last; f++) {
            if (fields[f].entity == row->entity)
                row_drop(row, (enum field)f);
        }
    }
}

void power_judge(struct model *model, struct entry *entry, const struct stamp *at) {
    struct server *server = server_of(entry);
    struct usage *usage = &server->usage;
    enum js_power power = js_is_off(server) ? JS_OFF : JS_ON;
    if (entry->object.now)
        usage_of_none(server, entry->object.now);
    usage_of_none(server, server->sides[SIDE_JETSTREAM].now);
    if (power == usage->power)
        return;
    if (power == JS_OFF && usage->was_on)
        model_add_event(model, at->utc_ns, "store", &entry->object, server_label(server),
                        "JetStream is off, was on");
    if (power == JS_ON && usage->was_on)
        model_add_event(model, at->utc_ns, "back", &entry->object, server_label(server),
                        "JetStream is on again");
    if (power == JS_ON)
        usage->on_mono_ns = at->asked_mono_ns;
    if (power == JS_ON && usage->was_on)
        usage->again_mono_ns = at->asked_mono_ns;
    usage->power = power;
    usage->was_on |= power == JS_ON;
}
