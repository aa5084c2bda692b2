#include "model/closing.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/client.h"
#include "model/connection.h"
#include "model/reason.h"
#include "model/visitor.h"

#define LISTED_MOST 10000          /* by a server: max_closed_clients */
#define PUT_BACK_NS (2 * NS_PER_S) /* so much earlier than what its list told before */
#define DYING_NS    (5 * NS_PER_S) /* beside its write deadline */

static const struct {
    int64_t age_ns;
    size_t most;
} keeps[CLOSED_CLASS_COUNT] = {
    [CLOSED_ORDINARY] = {600 * NS_PER_S, 1000},
    [CLOSED_CUT] = {3600 * NS_PER_S, 4000},
};

static enum closed_class class_of(const struct row *row) {
    bool slow = reason_of(row_text(row, F_CONNECTION_reason)).group == REASON_SLOW;
    return slow && !connection_is_leaf(row) ? CLOSED_CUT : CLOSED_ORDINARY;
}

/* ---- the queue ---- */

static void push(struct closed_queue *queue, struct closed_record record) {
    if (queue->first + queue->count == queue->cap) {
        if (queue->first > queue->cap / 2) {
            memmove(queue->items, queue->items + queue->first, queue->count * sizeof *queue->items);
            queue->first = 0;
        } else {
            queue->cap = queue->cap ? queue->cap * 2 : 64;
            queue->items = memory_grow(queue->items, queue->cap, sizeof *queue->items);
        }
    }
    queue->items[queue->first + queue->count++] = record;
}

static void pop(struct model *model, struct closed_queue *queue) {
    const struct closed_record *record = &queue->items[queue->first];
    struct entry *entry = entry_by_id(model, record->id);
    if (record->stop_ns > queue->floor_ns)
        queue->floor_ns = record->stop_ns;
    if (record->mono_ns > queue->floor_mono_ns)
        queue->floor_mono_ns = record->mono_ns;
    queue->first++;
    queue->count--;
    if (entry)
        entry_remove(model, entry);
}

/* ---- a record ---- */

static struct entry *find(const struct model *model, const struct entry *server, const struct row *row) {
    return entry_find(model, OBJECT_CONNECTION, &server->object, server_const(&server->object)->server_id,
                      row);
}

/* It is found under its run from now on. */
static void move_to_run(struct model *model, struct entry *entry, const struct text *run) {
    struct object_table *table = &model->tables[OBJECT_CONNECTION];
    table_unlink(table, entry);
    entry->scope = model_text(model, run);
    table_link(table, entry, table_hash(entry->object.parent, entry->scope, entry->object.now));
}

static void end_entry(struct model *model, struct entry *entry, int64_t mono_ns) {
    entry_drop_window(entry); /* its last figures are of the end, not of when they came */
    ((struct connection *)entry->object.extra)->closed = true;
    filling_end(entry);
    entry_set_freshness(model, entry, FRESH_GONE);
    entry->gone_mono_ns = mono_ns;
}

static void keep(struct model *model, struct closing *closing, enum closed_class class,
                 struct closed_record record) {
    struct closed_queue *queue = &closing->kept[class];
    push(queue, record);
    if (queue->count > keeps[class].most) {
        int64_t oldest_ns = queue->items[queue->first].stop_ns;
        queue->crowded_ns = oldest_ns > queue->crowded_ns ? oldest_ns : queue->crowded_ns;
        pop(model, queue);
    }
}

static struct entry *close_entry(struct model *model, struct entry *server, const struct row *row,
                                 const struct stamp *at) {
    const struct text *run = server_of(server)->server_id;
    struct entry *entry = entry_find(model, OBJECT_CONNECTION, &server->object, NULL, row);
    bool made = !entry;
    if (entry) {
        move_to_run(model, entry, run);
    } else {
        entry = entry_take(model, OBJECT_CONNECTION, &server->object, run, row, at, NULL);
        connection_create(model, entry, row);
    }
    entry_update(model, entry, row, at);
    connection_complete(entry);
    if (made)
        visitor_came(model, entry);
    visitor_left(model, entry);
    end_entry(model, entry, at->mono_ns);
    history_connection_end(model, entry,
                           at->utc_ns - at->now_ns + row_i64(row, F_CONNECTION_stop, at->now_ns));
    return entry;
}

/* Its last write may take longer than the deadline: from each time that it is listed on. */
static void expect_dying(struct entry *server, int64_t mono_ns) {
    struct closing *closing = &server_of(server)->closing;
    int64_t deadline = server_write_deadline(&server->object);
    int64_t dying = mono_ns + deadline + DYING_NS;
    closing->dying_mono_ns = dying > closing->dying_mono_ns ? dying : closing->dying_mono_ns;
}

/* What stands in its list has happened, whatever its clock says now. */
static int64_t mono_of(const struct stamp *at, int64_t stop_ns) {
    int64_t ago = at->now_ns - stop_ns;
    return at->mono_ns - (ago > 0 ? ago : 0);
}

/* It is later than the floor though its stop is not: the clock was put back, and we have it as open. */
static bool is_later(const struct model *model, const struct entry *server, const struct row *row,
                     const struct stamp *at) {
    bool dated = row_i64(row, F_CONNECTION_stop, TIME_UNSET) > 0;
    bool back = server_const(&server->object)->closing.newest_ns > at->now_ns + PUT_BACK_NS;
    return dated && back && entry_find(model, OBJECT_CONNECTION, &server->object, NULL, row);
}

bool closing_put(struct model *model, struct entry *server, const struct row *row, const struct stamp *at) {
    struct closing *closing = &server_of(server)->closing;
    enum closed_class class = class_of(row);
    struct closed_queue *queue = &closing->kept[class];
    int64_t stop_ns = row_i64(row, F_CONNECTION_stop, TIME_UNSET);
    if (find(model, server, row))
        return true;
    bool taken = (stop_ns > queue->floor_ns || is_later(model, server, row, at)) &&
                 at->now_ns - stop_ns <= keeps[class].age_ns;
    bool told = taken || stop_ns > closing->newest_ns;
    closing->told += told;
    closing->leafs += told && connection_is_leaf(row);
    if (!taken)
        return false;
    struct entry *entry = close_entry(model, server, row, at);
    keep(model, closing, class, (struct closed_record){entry->object.id, stop_ns, mono_of(at, stop_ns)});
    closing->cut += class == CLOSED_CUT;
    if (class == CLOSED_CUT)
        client_was_cut(model, entry);
    else if (!connection_is_leaf(row))
        client_came(model, entry);
    cut_counters_record(model, server, entry);
    if (class == CLOSED_CUT)
        expect_dying(server, at->mono_ns);
    return true;
}

struct entry *closing_of_dying(const struct model *model, struct entry *server, const struct row *row,
                               int64_t mono_ns) {
    struct entry *entry =
        mono_ns < server_of(server)->closing.dying_mono_ns ? find(model, server, row) : NULL;
    if (entry)
        expect_dying(server, mono_ns);
    return entry;
}

/* ---- gaps ---- */

/* Clients of which records came, and those that were missed. */
static int64_t explained_of(const struct closing *closing) {
    return (int64_t)(closing->told - closing->leafs + closing->missed);
}

/* All that ever connected, less those that are open. */
static bool closed_ever(const struct row *varz, uint64_t *out) {
    if (!varz || !row_has(varz, F_SERVER_total_connections) || !row_has(varz, F_SERVER_connections))
        return false;
    uint64_t ever = row_u64(varz, F_SERVER_total_connections, 0),
             open = row_u64(varz, F_SERVER_connections, 0);
    *out = ever > open ? ever - open : 0;
    return true;
}

struct page {
    int64_t newest, oldest;
    uint64_t rows, fresh; /* of them those closed after the newest that was known */
};

static struct page look_through(const struct sample *sample, int64_t known_ns) {
    struct page page = {0};
    for (size_t i = 0; i < sample->count; i++) {
        const struct row *row = sample->rows[i];
        if (row->entity != ENTITY_CONNECTION || !row_has(row, F_CONNECTION_stop))
            continue;
        int64_t stop = row_cell(row, F_CONNECTION_stop)->i;
        page.newest = !page.rows || stop > page.newest ? stop : page.newest;
        page.oldest = !page.rows || stop < page.oldest ? stop : page.oldest;
        page.rows++;
        page.fresh += stop > known_ns;
    }
    return page;
}

/* So many were closed, by what it counts, of which no record came and that were not said to be missed. */
static uint64_t shortfall(const struct closing *closing, const struct row *varz, int64_t missed) {
    uint64_t ever;
    if (!closing->base_known || !closed_ever(varz, &ever))
        return 0;
    int64_t explained = explained_of(closing) + missed, closed = (int64_t)ever - closing->base;
    return closed > explained ? (uint64_t)(closed - explained) : 0;
}

/* Something has fallen out of the list, so that it does not tell how many were closed. */
static bool ran_over(const struct closing *closing, const struct page *page, uint64_t length) {
    return length >= LISTED_MOST || length < closing->length + page->fresh;
}

/* What is missed from this answer on; below zero when one that was said to be missed came late. Servers put
 * some into the list after others that were closed later: so that a page reaches back proves nothing. How
 * long a list may get is not told: one of which nothing was known is full when more were closed than it has.
 */
static int64_t newly_missed(struct closing *closing, const struct row *varz, const struct page *page,
                            uint64_t length) {
    int64_t untold = (int64_t)(length - closing->told), before = closing->untold;
    int64_t missed = untold - before;
    bool reaches_back = !page->rows || page->oldest <= closing->newest_ns;
    closing->untold = untold;
    if (!closing->known)
        return 0;
    if (ran_over(closing, page, length)) {
        uint64_t more = shortfall(closing, varz, 0);
        closing->supposed = 0;
        return reaches_back ? 0 : more ? (int64_t)more : 1;
    }
    missed -= length > closing->length ? (int64_t)closing->supposed : 0; /* it was not full */
    closing->supposed = reaches_back ? 0 : shortfall(closing, varz, missed);
    return missed + (int64_t)closing->supposed;
}

/* A list tells of its own run. One that began while we watched had none before that we could have missed. */
static int64_t known_since(const struct model *model, const struct entry *server, const struct stamp *at) {
    const struct object *object = &server->object;
    int64_t start = object->now ? row_i64(object->now, F_SERVER_start, TIME_UNSET) : TIME_UNSET;
    if (start == TIME_UNSET)
        return at->utc_ns;
    start = stamp_our_time(&object->now_at, start);
    bool began_here = start >= model->began_utc_ns && !server_const(object)->restarts;
    return began_here ? model->began_utc_ns : start;
}

void closing_answered(struct model *model, struct entry *entry, const struct sample *sample,
                      const struct stamp *at) {
    struct server *server = server_of(entry);
    struct closing *closing = &server->closing;
    struct page page = look_through(sample, closing->newest_ns);
    const struct row *answer = sample_first(sample, ENTITY_ANSWER);
    uint64_t length = answer ? row_u64(answer, F_ANSWER_total, page.rows) : page.rows;
    int64_t missed = newly_missed(closing, entry->object.now, &page, length);
    if (missed > 0)
        model_add_event(model, at->utc_ns, "gap", &entry->object, server_label(server),
                        "at least %lld more connections closed between two polls than its list told of",
                        (long long)missed);
    if (missed > 0)
        visitors_missed(model, at->utc_ns);
    closing->missed =
        missed >= 0 || closing->missed > (uint64_t)-missed ? closing->missed + (uint64_t)missed : 0;
    if (!closing->known) {
        closing->base_mono_ns = closing->dying_mono_ns;
        closing->since_utc_ns = known_since(model, entry, at);
    }
    closing->known = true;
    closing->newest_ns = page.newest > closing->newest_ns ? page.newest : closing->newest_ns;
    closing->length = length;
    cut_counters_answered(model, entry, missed > 0 ? (uint64_t)missed : 0, at);
}

void closing_varz(struct server *server, const struct row *row, int64_t mono_ns) {
    struct closing *closing = &server->closing;
    uint64_t ever;
    if (closing->base_known || !closing->known || mono_ns < closing->base_mono_ns || !closed_ever(row, &ever))
        return;
    closing->base = (int64_t)ever - explained_of(closing);
    closing->base_known = true;
}

/* ---- what it knows ---- */

bool closing_cut_since(const struct closing *closing, int64_t since_mono_ns, uint64_t *cut) {
    const struct closed_queue *queue = &closing->kept[CLOSED_CUT];
    *cut = 0;
    for (size_t i = 0; i < queue->count; i++)
        *cut += queue->items[queue->first + i].mono_ns >= since_mono_ns;
    return queue->floor_mono_ns && queue->floor_mono_ns >= since_mono_ns;
}

bool closing_is_short(const struct model *model, const struct closing *closing, int64_t span_ns) {
    return model->utc_ns - closing->since_utc_ns < span_ns;
}

int64_t closing_last_cut(const struct closing *closing) {
    const struct closed_queue *queue = &closing->kept[CLOSED_CUT];
    int64_t last = TIME_UNSET;
    for (size_t i = 0; i < queue->count; i++) {
        int64_t stop = queue->items[queue->first + i].stop_ns;
        last = stop > last ? stop : last;
    }
    return last;
}

struct closing_lack closing_lack_of(const struct object *server) {
    const struct closing *closing = &server_const(server)->closing;
    struct closing_lack lack = {.untaken =
                                    closing->length > closing->told ? closing->length - closing->told : 0};
    for (int class = 0; class < CLOSED_CLASS_COUNT; class ++) {
        int64_t crowded_ns = closing->kept[class].crowded_ns;
        bool lately = crowded_ns && server->now_at.now_ns - crowded_ns <= keeps[class].age_ns;
        lack.most[class] = lately ? keeps[class].most : 0;
    }
    return lack;
}

bool model_closed_at_bound(const struct model *model) {
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        struct closing_lack lack = closing_lack_of(&kind_at(model, OBJECT_SERVER, i)->object);
        if (lack.most[CLOSED_ORDINARY] || lack.most[CLOSED_CUT])
            return true;
    }
    return false;
}

/* ---- the end ---- */

static void retire(struct model *model, struct entry *server) {
    for (int class = 0; class < CLOSED_CLASS_COUNT; class ++) {
        struct closed_queue *queue = &server_of(server)->closing.kept[class];
        while (queue->count &&
               server->object.now_at.now_ns - queue->items[queue->first].stop_ns > keeps[class].age_ns)
            pop(model, queue);
    }
}

void closing_tick(struct model *model) {
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        if (!entry->dead)
            retire(model, entry);
    }
}

/* When it was gone at the latest, by its server's clock. */
static int64_t end_of(const struct entry *entry, int64_t end_ns) {
    const struct stamp *seen = &entry->object.now_at;
    if (entry->object.freshness == FRESH_GONE)
        end_ns = seen->now_ns + entry->gone_mono_ns - seen->mono_ns;
    return end_ns > seen->now_ns ? end_ns : seen->now_ns;
}

static void infer_end(struct model *model, struct entry *server, struct entry *entry, const struct text *run,
                      int64_t end_ns) {
    struct row *row = entry->object.now;
    bool untold = entry->object.freshness == FRESH_GONE;
    int64_t stop_ns = end_of(entry, end_ns);
    row_put(row, F_CONNECTION_stop)->i = stop_ns;
    row_put(row, F_CONNECTION_reason)->s = model_text_of(model, untold ? REASON_UNTOLD : REASON_RESTARTED);
    move_to_run(model, entry, run);
    ((struct connection *)entry->object.extra)->inferred = true;
    visitor_left(model, entry);
    end_entry(model, entry, model->mono_ns);
    keep(model, &server_of(server)->closing, CLOSED_ORDINARY,
         (struct closed_record){entry->object.id, stop_ns, model->mono_ns});
}

void closing_end_run(struct model *model, struct entry *server, const struct text *run, int64_t end_ns) {
    for (int looked_at = 0; looked_at < 2; looked_at++) {
        for (size_t i = 0; i < kind_count(model, OBJECT_CONNECTION); i++) {
            struct entry *entry = kind_at(model, OBJECT_CONNECTION, i);
            const struct connection *connection = entry->object.extra;
            if (!entry->dead && entry->object.parent == &server->object && !connection->closed &&
                (looked_at || !entry->series))
                infer_end(model, server, entry, run, end_ns);
        }
    }
}

void closing_forget_run(struct closing *closing, bool from_start) {
    closing->known = closing->base_known = closing->known && from_start;
    closing->newest_ns = closing->dying_mono_ns = closing->base_mono_ns = 0;
    closing->length = closing->told = closing->leafs = closing->supposed = 0;
    closing->untold = 0;
    closing->base = -explained_of(closing);
}

void closing_copy(struct closing *closing) {
    for (int class = 0; class < CLOSED_CLASS_COUNT; class ++) {
        struct closed_queue *queue = &closing->kept[class];
        struct closed_record *items = memory_array(queue->count + 1, sizeof *items);
        if (queue->count)
            memcpy(items, queue->items + queue->first, queue->count * sizeof *items);
        queue->items = items;
        queue->first = 0;
        queue->cap = queue->count + 1;
    }
}

void closing_finish(struct closing *closing) {
    for (int class = 0; class < CLOSED_CLASS_COUNT; class ++)
        free(closing->kept[class].items);
}
