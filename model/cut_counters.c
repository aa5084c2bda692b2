#include "model/cut_counters.h"

#include <stdio.h>
#include <string.h>

#include "model/calc.h"
#include "model/connection.h"
#include "model/server.h"
#include "model/reason.h"

#define AWAITED_NS   (5 * NS_PER_S)  /* records may come so much later */
#define TWICE_NS     (5 * NS_PER_S)  /* and a second count of one client, beside its write deadline */
#define UNTOLD_NS    (60 * NS_PER_S) /* for so long an alert speaks of who is not known */
#define MAY_BE_CUT   0.1             /* of max_pending */
#define HELD_NS      (10 * NS_PER_S) /* without a pause: producers are held no more */
#define MUCH         100             /* pauses a second: nats-monitoring.md 11.1 */
#define MUCH_NS      (5 * NS_PER_S)
#define BEFORE_NAMES ": "
#define NAMES_MOST   3
#define NAME_WIDTH   24 /* columns */
#define BY_BYTES     "Slow Consumer (Pending Bytes)"

enum way { FOLDED, TOLD, LINKED, LASTING }; /* what is made of growth */

static const struct row_of_counter {
    enum field field;
    enum field silenced_by; /* where the server has that field this one says nothing more; 0 none */
    enum way way;
    bool part_of_slow; /* of those that are counted in slow_consumers */
    const char *kind, *one, *many, *did;
    int link; /* of LINKED: whose other end is looked for */
} rows[COUNTED_ROWS] = {
    [SLOW_CLIENTS] = {F_SERVER_slow_clients, 0, FOLDED, true, "cut", "client", "clients", ""},
    [SLOW_UNDIVIDED] = {F_SERVER_slow_consumers, F_SERVER_slow_clients, FOLDED, false, "cut", "client",
                        "clients", ""},
    [SLOW_ROUTES] = {F_SERVER_slow_routes, 0, LINKED, true, .kind = "slow", .link = LINK_ROUTES},
    [SLOW_GATEWAYS] = {F_SERVER_slow_gateways, 0, LINKED, true, .link = LINK_GATEWAYS},
    [SLOW_LEAFS] = {F_SERVER_slow_leafs, 0, LINKED, true, .link = LINK_LEAFS},
    [STALE_CLIENTS] = {F_SERVER_stale_clients, 0, TOLD, false, "stale", "client", "clients",
                       "did not answer pings"},
    [STALE_ROUTES] = {F_SERVER_stale_routes, 0, TOLD, false, "stale", "route", "routes",
                      "did not answer pings"},
    [STALE_GATEWAYS] = {F_SERVER_stale_gateways, 0, TOLD, false, "stale", "gateway", "gateways",
                        "did not answer pings"},
    [STALE_LEAFS] = {F_SERVER_stale_leafs, 0, TOLD, false, "stale", "leaf node", "leaf nodes",
                     "did not answer pings"},
    [STALE_ALL] = {F_SERVER_stale_connections, F_SERVER_stale_clients, TOLD, false, "stale", "connection",
                   "connections", "did not answer pings"},
    [STALLS] = {F_SERVER_stalled_clients, 0, LASTING, false, "stalled", "", "", ""},
};

static struct cut_counters *counters_of(const struct entry *server) {
    return &server_of(server)->cut_counters;
}

typedef unsigned long long big;

/* ---- clients: growth against records ---- */

static enum counted counter_of_clients(const struct cut_counters *counters) {
    return counters->known[SLOW_CLIENTS] ? SLOW_CLIENTS : SLOW_UNDIVIDED;
}

static void say_undivided(const struct entry *server, char *out, size_t size) {
    snprintf(out, size, "; clients, routes, gateways and leaf nodes are not told apart by %s",
             row_text(server->object.now, F_SERVER_version));
}

/* The event of these clients; its text may still get another count. */
static void write_cut(const struct entry *server, char *out, size_t size) {
    const struct cut_counters *counters = counters_of(server);
    enum counted counter = counter_of_clients(counters);
    char twice[120] = "", undivided[100] = "";
    big clients = counters->told.clients, counted = counters->told.counted, missing = counters->told.missing;
    int len = counted != clients ? snprintf(twice, sizeof twice, ", counted %llu", counted) : 0;
    if (missing)
        snprintf(twice + len, sizeof twice - (size_t)len, ", of up to %llu no record says who", missing);
    if (counted != clients && counter == SLOW_UNDIVIDED)
        say_undivided(server, undivided, sizeof undivided);
    if (clients == 1 && *counters->told.names)
        snprintf(out, size, "%s cut as slow consumer%s, %llu since its start%s",
                 counters->told.names + strlen(BEFORE_NAMES), twice, (big)counters->last[counter], undivided);
    else
        snprintf(out, size, "%llu client%s cut as slow consumer%s%s%s, %llu since its start%s", clients,
                 clients == 1 ? "" : "s", clients == 1 ? "" : "s", twice, counters->told.names,
                 (big)counters->last[counter], undivided);
}

static void forget_names(struct cut_counters *counters) {
    counters->awaited.names[0] = counters->awaited.last_name[0] = '\0';
    counters->awaited.named = 0;
}

/* What is counted beyond the records is told later: with these, or with others. */
static void tell_cut(struct model *model, struct entry *server) {
    struct cut_counters *counters = counters_of(server);
    uint64_t clients = counters->awaited.records < counters->awaited.counted ? counters->awaited.records
                                                                             : counters->awaited.counted;
    char text[CUT_NAMES_SIZE + 300];
    counters->told.clients = counters->told.counted = clients;
    counters->told.missing = 0;
    snprintf(counters->told.names, sizeof counters->told.names, "%s", counters->awaited.names);
    write_cut(server, text, sizeof text);
    model_add_event(model, counters->awaited.utc_ns, "cut", &server->object, server_label(server_of(server)),
                    "%s", text);
    counters->told.number = model_event_total(model);
    counters->awaited.counted -= clients;
    counters->awaited.records -= clients;
    forget_names(counters);
}

static void note_untold(struct cut_counters *counters, uint64_t count) {
    counters->untold += count;
    lately_add(&counters->lately[SLOW_UNTOLD], counters->awaited.utc_ns, count);
}

/* When that is told its other end may answer again; when it was counted nobody may have missed it yet. */
static bool suspected(const struct model *model, struct entry *server) {
    struct cut_counters *counters = counters_of(server);
    char *suspect = counters->awaited.suspect;
    return !counters->known[SLOW_CLIENTS] &&
           (*suspect || link_watch_suspect(model, server, suspect, LINK_SUSPECT_SIZE));
}

static void tell_untold(struct model *model, struct entry *server) {
    struct cut_counters *counters = counters_of(server);
    enum counted counter = counter_of_clients(counters);
    char undivided[100] = "", who[LINK_PEER_SIZE + 80] = ", no record says who";
    uint64_t counted = counters->awaited.counted, leafs = counters->awaited.leafs;
    leafs = leafs < counted ? leafs : counted;
    if (counter == SLOW_UNDIVIDED) {
        say_undivided(server, undivided, sizeof undivided);
        snprintf(who, sizeof who, ": a route, a gateway, a leaf node, or a client without a record");
        if (suspected(model, server))
            snprintf(who, sizeof who, ": %s", counters->awaited.suspect);
        link_watch_told(model, server, counters->awaited.suspect,
                        lately_within(&counters->lately[SLOW_UNTOLD], model->utc_ns, UNTOLD_NS) > 0);
    }
    if (leafs && leafs == counted)
        snprintf(who, sizeof who, ", %s", counted == 1 ? "a leaf node" : "all leaf nodes");
    else if (leafs)
        snprintf(who, sizeof who, ", %llu %s, and no record says who the others are", (big)leafs,
                 leafs == 1 ? "a leaf node" : "leaf nodes");
    counters->awaited.leafs -= leafs;
    note_untold(counters, counted - leafs);
    model_add_event(model, counters->awaited.utc_ns,
                    leafs == counted || counter == SLOW_UNDIVIDED ? "slow" : "cut", &server->object,
                    server_label(server_of(server)), "%llu slow consumer%s counted%s, %llu since its start%s",
                    (big)counted, counted == 1 ? "" : "s", who, (big)counters->last[counter], undivided);
}

static bool may_be_counted_twice(const struct entry *server) {
    const struct cut_counters *counters = counters_of(server);
    int64_t deadline = server_write_deadline(&server->object);
    return counters->told.number && counters->awaited.record_mono_ns &&
           counters->awaited.mono_ns - counters->awaited.record_mono_ns <= deadline + TWICE_NS;
}

static uint64_t least(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

/* Those of whom a record says that they were cut by bytes may be counted again, each once; of others the
 * record may have been missed. */
static void tell_twice(struct model *model, struct entry *server) {
    struct cut_counters *counters = counters_of(server);
    int64_t utc_ns = counters->awaited.utc_ns, deadline = server_write_deadline(&server->object),
            span = deadline + TWICE_NS + AWAITED_NS;
    uint64_t surplus = counters->awaited.counted - least(counters->awaited.leafs, counters->awaited.counted);
    uint64_t missing = least(surplus, lately_within(&counters->lately[CLOSED_MISSED], utc_ns, span));
    uint64_t twice = lately_take(&counters->lately[SLOW_RECORDED], utc_ns, span, surplus - missing);
    char text[CUT_NAMES_SIZE + 300];
    if (!missing && !twice)
        return;
    note_untold(counters, missing);
    counters->awaited.counted -= missing + twice;
    counters->told.counted += missing + twice;
    counters->told.missing += missing;
    write_cut(server, text, sizeof text);
    model_amend_event(model, counters->told.number, text);
}

static void settle(struct model *model, struct entry *server, bool whole) {
    struct cut_counters *counters = counters_of(server);
    if (counters->awaited.counted && counters->awaited.records &&
        (whole || counters->awaited.records >= counters->awaited.counted))
        tell_cut(model, server);
}

/* An open client of which so much waits that it may be cut. */
static bool any_client_fills(const struct model *model, const struct entry *server) {
    for (size_t i = 0; i < kind_count(model, OBJECT_CONNECTION); i++) {
        const struct entry *entry = kind_at(model, OBJECT_CONNECTION, i);
        const struct filling *filling =
            !entry->dead && entry->object.parent == &server->object ? filling_of(&entry->object) : NULL;
        if (filling && !connection_is_leaf(entry->object.now) &&
            (double)row_i64(entry->object.now, F_CONNECTION_pending_bytes, 0) >
                MAY_BE_CUT * filling->rules.max_pending)
            return true;
    }
    return false;
}

/* Kinds are not told apart, bytes wait on a link or its peer does not answer, and no client fills. */
static bool is_a_link(const struct model *model, struct entry *server) {
    return suspected(model, server) && !any_client_fills(model, server);
}

static void settle_now(struct model *model, struct entry *server) {
    tell_untold(model, server);
    counters_of(server)->awaited.counted = 0;
}

static void settle_late(struct model *model, struct entry *server, int64_t mono_ns) {
    struct cut_counters *counters = counters_of(server);
    if (!counters->awaited.counted && mono_ns - counters->awaited.record_mono_ns > AWAITED_NS) {
        counters->awaited.records = counters->awaited.leafs = 0; /* was told without it, or is not counted */
        forget_names(counters);
    }
    if (!counters->awaited.counted || mono_ns - counters->awaited.mono_ns <= AWAITED_NS)
        return;
    settle(model, server, true);
    if (counters->awaited.counted && may_be_counted_twice(server) && !is_a_link(model, server))
        tell_twice(model, server);
    if (counters->awaited.counted)
        settle_now(model, server);
}

/* One that is cut several times is named once. */
static void add_name(struct cut_counters *counters, const struct entry *connection) {
    const struct row *row = connection->object.now;
    char *names = counters->awaited.names, name[sizeof counters->awaited.last_name];
    const char *whole = row_text(row, F_CONNECTION_name);
    size_t len = strlen(names);
    text_cut(name, sizeof name, *whole ? whole : row_text(row, F_CONNECTION_ip), NAME_WIDTH);
    if (!*name || strcmp(name, counters->awaited.last_name) == 0 || counters->awaited.named > NAMES_MOST)
        return;
    snprintf(counters->awaited.last_name, sizeof name, "%s", name);
    if (counters->awaited.named++ == NAMES_MOST)
        snprintf(names + len, CUT_NAMES_SIZE - len, ", ...");
    else
        snprintf(names + len, CUT_NAMES_SIZE - len, "%s%s (%.15s)", len ? ", " : BEFORE_NAMES, name,
                 reason_of(row_text(row, F_CONNECTION_reason)).brief);
}

void cut_counters_record(struct model *model, struct entry *server, const struct entry *connection) {
    struct cut_counters *counters = counters_of(server);
    const struct row *row = connection->object.now;
    enum reason_group group = reason_of(row_text(row, F_CONNECTION_reason)).group;
    const struct stamp *at = &connection->object.now_at;
    int64_t stop_ns = row_i64(row, F_CONNECTION_stop, at->now_ns);
    if (group == REASON_LIVENESS)
        lately_add(&counters->lately[CLOSED_STALE], at->utc_ns - at->now_ns + stop_ns, 1);
    if (group == REASON_AUTH)
        lately_add(&counters->lately[CLOSED_AUTH], at->utc_ns - at->now_ns + stop_ns, 1);
    if (group != REASON_SLOW || !counters->began_ns || stop_ns <= counters->began_ns)
        return;
    bool leaf = connection_is_leaf(row);
    if (leaf)
        link_watch_closed(model, server, &connection->object, at->utc_ns - at->now_ns + stop_ns);
    if (leaf && counters->known[SLOW_CLIENTS]) /* counted apart */
        return;
    counters->awaited.record_mono_ns = at->mono_ns;
    counters->awaited.leafs += leaf;
    counters->awaited.records += !leaf;
    if (leaf)
        return;
    if (strcmp(row_text(row, F_CONNECTION_reason), BY_BYTES) == 0)
        lately_add(&counters->lately[SLOW_RECORDED], at->utc_ns, 1);
    add_name(counters, connection);
    settle(model, server, false);
}

void cut_counters_answered(struct model *model, struct entry *server, uint64_t missed,
                           const struct stamp *at) {
    lately_add(&counters_of(server)->lately[CLOSED_MISSED], at->utc_ns, missed);
    bool whole = at->asked_mono_ns >= counters_of(server)->awaited.mono_ns;
    settle(model, server, whole);
    if (whole && counters_of(server)->awaited.counted && is_a_link(model, server))
        settle_now(model, server);
}

/* ---- counters ---- */

static void await(const struct model *model, struct entry *server, uint64_t growth) {
    struct cut_counters *counters = counters_of(server);
    if (!counters->awaited.counted) {
        counters->awaited.utc_ns = server->object.now_at.utc_ns;
        counters->awaited.mono_ns = server->object.now_at.mono_ns;
        counters->awaited.suspect[0] = '\0';
    }
    counters->awaited.counted += growth;
    suspected(model, server);
}

static void tell(struct model *model, struct entry *server, enum counted counted, uint64_t growth) {
    const struct row_of_counter *row = &rows[counted];
    model_add_event(model, server->object.now_at.utc_ns, row->kind, &server->object,
                    server_label(server_of(server)), "%llu %s %s, %llu since its start", (big)growth,
                    growth == 1 ? row->one : row->many, row->did, (big)counters_of(server)->last[counted]);
}

/* ---- producers that are held back ---- */

/* The look before: of a run that began since then its start. */
static int64_t looked_before(const struct entry *server) {
    const struct stamp *at = &server->object.now_at;
    int64_t start_ns = row_i64(server->object.now, F_SERVER_start, at->now_ns);
    int64_t looked = counters_of(server)->held.looked_mono_ns;
    return looked ? looked : at->mono_ns - (at->now_ns > start_ns ? at->now_ns - start_ns : 0);
}

static void hold(struct model *model, struct entry *server, uint64_t growth) {
    struct cut_counters *counters = counters_of(server);
    if (!counters->held.event) {
        counters->held.from_mono_ns = looked_before(server);
        counters->held.pauses = 0;
        model_add_event(
            model, server->object.now_at.utc_ns, rows[STALLS].kind, &server->object,
            server_label(server_of(server)),
            "producers are held back: %llu pause%s since the last look, because a receiver's buffer "
            "fills",
            (big)growth, growth == 1 ? "" : "s");
        counters->held.event = model_event_total(model);
    }
    counters->held.pauses += growth;
    counters->held.last_mono_ns = server->object.now_at.mono_ns;
}

static void end_held(struct model *model, struct entry *server, const char *until) {
    struct cut_counters *counters = counters_of(server);
    int64_t lasted = counters->held.last_mono_ns - counters->held.from_mono_ns;
    char span[TIME_TEXT_SIZE], text[200];
    if (!counters->held.event)
        return;
    lasted_format(span, (lasted + NS_PER_S / 2) / NS_PER_S * NS_PER_S);
    snprintf(text, sizeof text,
             "producers were held back: %llu pause%s in %s%s, because a receiver's buffer filled",
             (big)counters->held.pauses, counters->held.pauses == 1 ? "" : "s", span, until);
    model_amend_event(model, counters->held.event, text);
    counters->held.event = 0;
}

/* Many times a second for a while, until they are half as many for a while: one trouble is told once. */
static void look_much(struct cut_counters *counters, const struct object *server) {
    struct value rate = rate_of_field(server, F_SERVER_stalled_clients);
    double per_s = rate.type == VALUE_REAL ? rate.f : 0;
    int64_t now = server->now_at.mono_ns;
    if (per_s > MUCH && !counters->held.above_mono_ns)
        counters->held.above_mono_ns = now;
    if (2 * per_s > MUCH) {
        counters->held.much |= counters->held.above_mono_ns && now - counters->held.above_mono_ns >= MUCH_NS;
        counters->held.much_mono_ns = now;
    } else {
        counters->held.above_mono_ns = 0;
        counters->held.much &= now - counters->held.much_mono_ns < HELD_NS;
    }
}

static void look_held(struct model *model, struct entry *server) {
    struct cut_counters *counters = counters_of(server);
    int64_t now = server->object.now_at.mono_ns;
    counters->held.looked_mono_ns = now;
    look_much(counters, &server->object);
    if (now - counters->held.last_mono_ns >= HELD_NS)
        end_held(model, server, "");
}

/* ---- each of them ---- */

static void grown(struct model *model, struct entry *server, enum counted counted, uint64_t growth) {
    struct cut_counters *counters = counters_of(server);
    const struct stamp *at = &server->object.now_at;
    enum field by = rows[counted].silenced_by;
    lately_add(&counters->lately[counted], at->utc_ns, growth);
    if (by && row_has(server->object.now, by))
        return;
    if (rows[counted].way == FOLDED)
        await(model, server, growth);
    else if (rows[counted].way == LINKED)
        link_watch_counted(model, server, rows[counted].link, growth, counters->last[counted]);
    else if (rows[counted].way == TOLD)
        tell(model, server, counted, growth);
    else
        hold(model, server, growth);
}

bool cut_counters_beyond(const struct row *varz, uint64_t *beyond) {
    uint64_t kinds = 0;
    for (int i = 0; i < COUNTED_ROWS; i++) {
        if (!rows[i].part_of_slow)
            continue;
        if (!row_has(varz, rows[i].field))
            return false;
        kinds += row_u64(varz, rows[i].field, 0);
    }
    uint64_t all = row_u64(varz, F_SERVER_slow_consumers, 0);
    *beyond = all > kinds ? all - kinds : 0;
    return row_has(varz, F_SERVER_slow_consumers);
}

static void tell_again(struct model *model, struct entry *server, uint64_t again) {
    struct cut_counters *counters = counters_of(server);
    uint64_t growth = again - counters->again_told;
    char peer[LINK_PEER_SIZE + 2];
    if (!link_watch_slow(&server_of(server)->link_watch, LINK_ROUTES, peer, sizeof peer))
        peer[0] = '\0';
    counters->again_told = again;
    lately_add(&counters->lately[SLOW_AGAIN], server->object.now_at.utc_ns, growth);
    model_add_event(
        model, server->object.now_at.utc_ns, rows[SLOW_ROUTES].kind, &server->object,
        server_label(server_of(server)),
        "a slow route%s%s missed %llu more deadline%s, counted in SLOW alone, %llu since its start",
        *peer ? " to " : "", peer, (big)growth, growth == 1 ? "" : "s", (big)again);
}

/* The server adds to the sum before it adds to a kind, so a difference counts when two looks show it. */
static void look_beyond(struct model *model, struct entry *server) {
    struct cut_counters *counters = counters_of(server);
    uint64_t beyond, before = counters->beyond;
    bool first = !counters->began_ns;
    if (!cut_counters_beyond(server->object.now, &beyond))
        return;
    counters->beyond = beyond;
    if (first && !counters->from_start)
        counters->again_told = beyond;
    else if (!first && least(before, beyond) > counters->again_told)
        tell_again(model, server, least(before, beyond));
}

void cut_counters_varz(struct model *model, struct entry *server) {
    struct cut_counters *counters = counters_of(server);
    const struct row *row = server->object.now;
    for (int i = 0; i < COUNTED_ROWS; i++) {
        bool has = row_has(row, rows[i].field), known = counters->known[i];
        uint64_t now = row_u64(row, rows[i].field, 0), last = counters->last[i];
        counters->known[i] = has;
        counters->last[i] = now;
        if (has && (known || counters->from_start) && now > last)
            grown(model, server, (enum counted)i, now - last);
    }
    look_beyond(model, server);
    look_held(model, server);
    if (!counters->began_ns)
        counters->began_ns =
            counters->from_start ? row_i64(row, F_SERVER_start, 1) : server->object.now_at.now_ns;
    counters->from_start = false;
    settle(model, server, false);
}

void cut_counters_tick(struct model *model) {
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        struct entry *server = kind_at(model, OBJECT_SERVER, i);
        if (!server->dead && server->object.now)
            settle_late(model, server, model->mono_ns);
    }
}

void cut_counters_forget_run(struct model *model, struct entry *server, bool from_start) {
    struct cut_counters *counters = counters_of(server);
    end_held(model, server, ", until it ended");
    memset(&counters->held, 0, sizeof counters->held);
    memset(counters->known, 0, sizeof counters->known);
    memset(counters->last, 0, sizeof counters->last);
    memset(&counters->awaited, 0, sizeof counters->awaited);
    memset(&counters->told, 0, sizeof counters->told);
    counters->began_ns = 0;
    counters->beyond = counters->again_told = 0;
    counters->from_start = from_start;
}

bool cut_counters_told(const struct cut_counters *counters, enum counted counted) {
    return counted >= COUNTED_ROWS || counters->known[counted];
}

uint64_t cut_counters_within(const struct model *model, const struct cut_counters *counters,
                             enum counted counted, int64_t span_ns) {
    return lately_within(&counters->lately[counted], model->utc_ns, span_ns);
}
