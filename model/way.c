#include "model/way.h"

#include "sample/stream.h"

#define FRESH_LEAST (3 * NS_PER_S)
#define RETURNS     3 /* good answers running, then the better way counts again */
#define GIVES_UP    2 /* failures running, then the other one counts */

static bool asks(const struct target *target, const struct entry *server) {
    return target->server == server && (target->state == TARGET_PROBING || target->state == TARGET_POLLED);
}

struct target *way_of(const struct model *model, const struct entry *server, uint16_t source) {
    struct target *known_as = server_const(&server->object)->target;
    if (known_as && known_as->source == source)
        return known_as;
    for (size_t i = 0; i < model->target_count; i++)
        if (model->targets[i]->source == source && asks(model->targets[i], server))
            return model->targets[i];
    return NULL;
}

bool way_is_better(const struct target *a, const struct target *b) {
    bool a_asks = a->state != TARGET_KNOWN, b_asks = b->state != TARGET_KNOWN;
    return a_asks != b_asks ? a_asks : a->source < b->source;
}

struct target *way_besides(const struct model *model, const struct entry *server, const struct target *but) {
    struct target *best = NULL;
    for (size_t i = 0; i < model->target_count; i++) {
        struct target *target = model->targets[i];
        if (target != but && target->source != but->source && target->server == server &&
            target->state != TARGET_GONE && (!best || way_is_better(target, best)))
            best = target;
    }
    return best;
}

static bool is_fresh(const struct target *target, const struct server *server, enum shape shape,
                     int64_t mono_ns) {
    int64_t limit = 3 * server->interval_ns[shape];
    if (limit < FRESH_LEAST)
        limit = FRESH_LEAST;
    return target->heard[shape].good_mono_ns && mono_ns - target->heard[shape].good_mono_ns <= limit;
}

static void note(struct way_heard *heard, const struct sample *sample) {
    uint8_t *running = sample->failure ? &heard->bad : &heard->good;
    *(sample->failure ? &heard->good : &heard->bad) = 0;
    *running += *running < UINT8_MAX;
    if (!sample->failure)
        heard->good_mono_ns = sample->answered_mono_ns;
}

bool way_counts(struct model *model, struct target *target, const struct sample *sample) {
    const struct entry *entry = target->server;
    struct server *server = server_of(entry_of(&entry->object));
    enum shape shape = sample->shape;
    uint16_t *way = &server->ways[shape];
    struct target *now = *way ? way_of(model, entry, *way) : NULL;
    const struct target *other = way_besides(model, entry, target);
    int64_t mono_ns = sample->answered_mono_ns;
    note(&target->heard[shape], sample);
    bool stands_by = other && is_fresh(other, server, shape, mono_ns);
    if (!now || now == target) {
        *way = target->source;
        if (!sample->failure || !stands_by || target->heard[shape].bad < GIVES_UP)
            return true;
        *way = other->source;
        return false;
    }
    bool now_fresh = is_fresh(now, server, shape, mono_ns);
    bool takes_over =
        sample->failure ? !now_fresh && way_is_better(target, now)
                        : !now_fresh || (way_is_better(target, now) && target->heard[shape].good >= RETURNS);
    if (takes_over)
        *way = target->source;
    return takes_over;
}

const char *way_name(uint16_t source) {
    static const char *const names[] = {[SOURCE_HTTP] = "http", [SOURCE_NATS] = "nats"};
    return source < sizeof names / sizeof *names ? names[source] : NULL;
}

bool way_serves(const struct entry *server, uint16_t source, uint64_t shape) {
    const struct server *s = server_const(&server->object);
    return shape >= SHAPE_LIMIT || !s->ways[shape] || s->ways[shape] == source;
}
