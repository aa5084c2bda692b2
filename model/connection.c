#include "model/connection.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "model/client.h"
#include "model/reported.h"
#include "model/visitor.h"

#define TOMBSTONE_NS (10 * NS_PER_S)
#define RECORD_NS    (30 * NS_PER_S)  /* the same where a record of its end may come still */
#define FORGET_NS    (60 * NS_PER_S)  /* last seen in a partial page */
#define AWAITED_NS   (600 * NS_PER_S) /* the same where nothing is heard of its server, which may come back */
#define MISSED_POLLS 3
#define SILENT_NS    (10 * NS_PER_S)
#define JUDGED_LEAST 2048 /* a tick, and half of the rest: nobody waits for the others */
#define JUDGED_MOST  16384
#define REMOVED_MOST 4096 /* a tick */
#define TEXTS_A_ROW  2    /* that no other row has: its address and its name */

static const enum shape page_shapes[PAGE_COUNT] = {[PAGE_HOT] = SHAPE_CONNZ_HOT,
                                                   [PAGE_FULL] = SHAPE_CONNZ_FULL,
                                                   [PAGE_FEED] = SHAPE_CONNZ_FEED,
                                                   [PAGE_SUBS] = SHAPE_CONNZ_SUBS};

static int page_of(enum shape shape) {
    int page = 0;
    while (page < PAGE_COUNT - 1 && page_shapes[page] != shape)
        page++;
    return page;
}

bool connection_is_leaf(const struct row *row) {
    return strcmp(row_text(row, F_CONNECTION_kind), "Leafnode") == 0;
}

void connection_create(struct model *model, struct entry *entry, const struct row *row) {
    struct connection *connection = memory_new(sizeof *connection);
    const char *ip = row_text(row, F_CONNECTION_ip);
    char address[TEXT_MAX_BYTES + 32];
    snprintf(address, sizeof address, strchr(ip, ':') ? "[%s]:%llu" : "%s:%llu", ip,
             (unsigned long long)row_u64(row, F_CONNECTION_port, 0));
    connection->address = *ip ? model_text_of(model, address) : NULL;
    entry->object.extra = connection;
}

/* From 2.12 a server counts them, and leaves out a zero. */
static bool tells_stalls(const struct row *server) {
    return server_is_since(server, 12, 0, false);
}

void connection_complete(struct entry *entry) {
    struct row *row = entry->object.now;
    if (!row_has(row, F_CONNECTION_stalls) && tells_stalls(entry->object.parent->now))
        row_put(row, F_CONNECTION_stalls)->i = 0;
}

/* Rates of a row that was away for a poll would be averages over that gap. */
static bool was_in_last_poll(const struct connection *connection, const struct server *server,
                             enum shape shape) {
    for (int i = 0; i < PAGE_COUNT; i++) {
        uint64_t last = server->polls[page_shapes[i]] - (page_shapes[i] == shape);
        if (connection->polls[i] && connection->polls[i] == last)
            return true;
    }
    return false;
}

/* false: it is closed, even if the server may list it as open. */
static bool put_row(struct model *model, struct entry *server, const struct sample *sample,
                    const struct row *row, const struct stamp *at) {
    bool made;
    if (row_has(row, F_CONNECTION_stop)) {
        closing_put(model, server, row, at);
        return false;
    }
    struct entry *dying = closing_of_dying(model, server, row, at->mono_ns);
    if (dying) {
        lingering_put(server, dying, row, at);
        return false;
    }
    struct entry *entry = entry_take(model, OBJECT_CONNECTION, &server->object, NULL, row, at, &made);
    if (made)
        connection_create(model, entry, row);
    struct connection *connection = entry->object.extra;
    bool missed = !made && !was_in_last_poll(connection, server_of(server), sample->shape);
    entry_update(model, entry, row, at);
    connection_complete(entry);
    if (missed)
        entry_drop_window(entry);
    connection->polls[page_of(sample->shape)] = server_of(server)->polls[sample->shape];
    entry_set_freshness(model, entry, FRESH_LIVE);
    if (made) {
        client_came(model, entry);
        visitor_came(model, entry);
    }
    busiest_put(&connection->busiest, &entry->object);
    if (connection_is_leaf(row))
        link_watch_seen(model, server, LINK_LEAFS, &entry->object, at);
    filling_watch(model, entry, sample->shape == SHAPE_CONNZ_HOT);
    rules_touch(model, entry);
    int64_t gap = server_gap_ns(server_of(server), sample->shape);
    history_connection(model, entry, at->utc_ns, (int)(gap / NS_PER_S) + 2);
    return true;
}

static bool is_whole(const struct sample *sample, const struct row *answer, size_t rows) {
    return answer && row_has(answer, F_ANSWER_total) && rows >= row_u64(answer, F_ANSWER_total, 0) &&
           !sample->dropped;
}

/* The page had all there are: who is not in it is closed. false: there are more to look at. */
static bool bury_absent(struct model *model, struct entry *server, const struct stamp *at,
                        struct model_intake *intake, size_t most) {
    const struct object_table *table = &model->tables[OBJECT_CONNECTION];
    size_t i = table_after(table, intake->swept_id);
    for (; i < table->count && most; i++, most--) {
        struct entry *entry = table->entries[i];
        intake->swept_id = entry->object.id;
        if (entry->object.parent != &server->object || entry->object.now_at.serial == at->serial ||
            entry->object.now_at.mono_ns > at->mono_ns || entry->object.freshness == FRESH_GONE)
            continue;
        entry_set_freshness(model, entry, FRESH_GONE);
        entry->gone_mono_ns = at->mono_ns;
    }
    return i == table->count;
}

/* Takes rows on from where the last slice ended; returns how many of `most` are left. */
static size_t put_rows(struct model *model, struct entry *entry, const struct sample *sample,
                       const struct stamp *at, struct model_intake *intake, size_t most) {
    for (; intake->next < sample->count && most; intake->next++, most--) {
        const struct row *row = sample->rows[intake->next];
        if (row->entity != ENTITY_CONNECTION || !row_has(row, F_CONNECTION_cid))
            continue;
        bool open = put_row(model, entry, sample, row, at);
        uint64_t cid = row_u64(row, F_CONNECTION_cid, 0);
        intake->last_cid = cid > intake->last_cid ? cid : intake->last_cid;
        int64_t pending = row_i64(row, F_CONNECTION_pending_bytes, -1);
        intake->most = open && pending > intake->most ? pending : intake->most;
        intake->told += pending >= 0;
        intake->rows++;
    }
    return most;
}

bool connections_put(struct model *model, struct entry *entry, const struct sample *sample,
                     struct model_intake *intake, size_t rows) {
    struct server *server = server_of(entry);
    struct stamp at = stamp_of(sample, server->server_id);
    const struct row *answer = sample_first(sample, ENTITY_ANSWER);
    if (!intake->next && !server->connz_known) {
        table_reserve(&model->tables[OBJECT_CONNECTION], 2 * sample->count); /* with those that were */
        text_pool_reserve(model->texts, TEXTS_A_ROW * (kind_count(model, OBJECT_CONNECTION) + sample->count));
    }
    rows = put_rows(model, entry, sample, &at, intake, rows);
    if (intake->next < sample->count)
        return false;
    bool whole = is_whole(sample, answer, intake->rows);
    if (whole && !bury_absent(model, entry, &at, intake, rows))
        return false;
    if (whole) {
        server->listed.asked_mono_ns = at.asked_mono_ns;
        server->listed.mono_ns = at.mono_ns;
        server->listed.last_cid = intake->last_cid;
    }
    if (whole || sample->shape == SHAPE_CONNZ_HOT) {
        server->max_pending = intake->told || !intake->rows ? intake->most : -1;
        lingering_listed(entry);
    }
    if (answer && row_has(answer, F_ANSWER_total)) {
        server->connz_total = row_u64(answer, F_ANSWER_total, 0);
        server->connz_known = true;
    }
    return true;
}

void connections_put_one(struct model *model, struct entry *entry, const struct sample *sample) {
    struct stamp at = stamp_of(sample, server_of(entry)->server_id);
    for (size_t i = 0; i < sample->count; i++) {
        const struct row *row = sample->rows[i];
        if (row->entity == ENTITY_CONNECTION && row_has(row, F_CONNECTION_cid))
            put_row(model, entry, sample, row, &at);
    }
}

static bool missed_polls(const struct connection *connection, const struct server *server) {
    for (int i = 0; i < PAGE_COUNT; i++) {
        if (connection->polls[i] && server->polls[page_shapes[i]] < connection->polls[i] + MISSED_POLLS)
            return false;
    }
    return true;
}

/* Of the pages that had it. */
static int64_t longest_gap(const struct connection *connection, const struct server *server) {
    int64_t longest = 0;
    for (int i = 0; i < PAGE_COUNT; i++) {
        if (!connection->polls[i])
            continue;
        int64_t gap = server_gap_ns(server, page_shapes[i]);
        longest = gap > longest ? gap : longest;
    }
    return longest;
}

static bool is_over(const struct model *model, const struct entry *entry) {
    const struct connection *connection = entry->object.extra;
    const struct server *server = server_const(entry->object.parent);
    return entry->object.freshness == FRESH_GONE && !connection->closed &&
           model->mono_ns - entry->gone_mono_ns > (server->closing.known ? RECORD_NS : TOMBSTONE_NS);
}

static void judge(struct model *model, struct entry *entry) {
    const struct server *server = server_const(entry->object.parent);
    int64_t unseen = model->mono_ns - entry->seen_mono_ns;
    if (is_over(model, entry))
        entry_remove(model, entry);
    if (entry->object.freshness == FRESH_GONE)
        return;
    int64_t gap = 3 * longest_gap(entry->object.extra, server);
    if (!server_is_up(server) || missed_polls(entry->object.extra, server) ||
        unseen > (gap > SILENT_NS ? gap : SILENT_NS))
        entry_set_freshness(model, entry, FRESH_STALE);
    int64_t least = server_is_up(server) ? FORGET_NS : AWAITED_NS;
    if (unseen > (2 * gap > least ? 2 * gap : least))
        entry_remove(model, entry);
}

static size_t judged_a_tick(size_t count) {
    size_t some = count > JUDGED_LEAST ? JUDGED_LEAST + (count - JUDGED_LEAST) / 2 : count;
    return some < JUDGED_MOST ? some : JUDGED_MOST;
}

/* All of them in one tick while there are few; of many a part, and the next part at the next tick. */
void connections_tick(struct model *model) {
    const struct object_table *table = &model->tables[OBJECT_CONNECTION];
    size_t i = table_after(table, model->judged_id);
    size_t judged = judged_a_tick(table->count);
    for (; judged && table->dead < REMOVED_MOST; judged--, i++) {
        i = i < table->count ? i : 0;
        model->judged_id = table->entries[i]->object.id;
        if (!table->entries[i]->dead)
            judge(model, table->entries[i]);
    }
}

bool model_is_closed(const struct object *object) {
    return ((const struct connection *)object->extra)->closed;
}

bool model_is_inferred(const struct object *object) {
    return ((const struct connection *)object->extra)->inferred;
}

void model_connection_cover(const struct model *model, uint64_t *rows, uint64_t *total) {
    *total = 0;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        const struct server *server = server_const(&entry->object);
        if (server_is_up(server))
            *total += server->connz_known ? server->connz_total
                                          : row_u64(entry->object.now, F_SERVER_connections, 0);
    }
    *rows = model->tables[OBJECT_CONNECTION].live;
}
