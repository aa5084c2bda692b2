#include "model/link_watch.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "model/reason.h"
#include "model/server.h"

#define LEAST      (64 << 10)       /* bytes: what every busy link has now and then */
#define MUCH       (1 << 20)        /* the same without a counter that moved */
#define PEER_WIDTH 40               /* columns */
#define LATELY     (5 * NS_PER_S)   /* beside the write deadline */
#define RECENT     (600 * NS_PER_S) /* longer than that nothing is written to who does not answer */

static const struct kind_of_link {
    enum field pending, remote; /* remote 0: not told */
    const char *one, *many;
} kinds[LINK_COUNT] = {
    [LINK_ROUTES] = {F_ROUTE_pending_bytes, F_ROUTE_remote_id, "route", "routes"},
    [LINK_GATEWAYS] = {F_GATEWAY_pending_bytes, F_GATEWAY_remote_id, "gateway", "gateways"},
    [LINK_LEAFS] = {F_CONNECTION_pending_bytes, 0, "leaf node", "leaf nodes"},
};

typedef unsigned long long big;

/* ---- names ---- */

static const char *server_called(const struct model *model, const struct row *row, enum field id) {
    const struct entry *peer = row_has(row, id) ? server_by_id(model, row_cell(row, id)->s) : NULL;
    return peer ? server_label(server_const(&peer->object)) : NULL;
}

static void route_peer(const struct model *model, const struct row *row, char *out, size_t size) {
    const char *name = row_text(row, F_ROUTE_remote_name);
    const char *known = *name ? name : server_called(model, row, F_ROUTE_remote_id);
    snprintf(out, size, "%s", known ? known : row_text(row, F_ROUTE_remote_id));
}

static void gateway_peer(const struct model *model, const struct row *row, char *out, size_t size) {
    const char *known = server_called(model, row, F_GATEWAY_remote_id);
    const char *cluster = row_text(row, F_GATEWAY_cluster);
    if (known && *cluster)
        snprintf(out, size, "%s (%s)", cluster, known);
    else
        snprintf(out, size, "%s", known ? known : *cluster ? cluster : row_text(row, F_GATEWAY_remote_id));
}

static void leaf_peer(const struct row *row, char *out, size_t size) {
    const char *name = row_text(row, F_CONNECTION_name);
    snprintf(out, size, "%s", *name ? name : row_text(row, F_CONNECTION_ip));
}

void link_peer(const struct model *model, const struct object *link, char *out, size_t size) {
    char whole[2 * TEXT_MAX_BYTES + 8];
    if (link->kind == OBJECT_ROUTE)
        route_peer(model, link->now, whole, sizeof whole);
    else if (link->kind == OBJECT_GATEWAY)
        gateway_peer(model, link->now, whole, sizeof whole);
    else
        leaf_peer(link->now, whole, sizeof whole);
    text_cut(out, size, whole, PEER_WIDTH);
}

/* ---- what was seen ---- */

static int64_t lately_ns(const struct entry *server) {
    const struct row *row = server->object.now;
    return (row ? row_i64(row, F_SERVER_write_deadline, 10 * NS_PER_S) : 10 * NS_PER_S) + LATELY;
}

static struct link_watch *watch_of(const struct entry *server) {
    return &server_of(server)->link_watch;
}

static bool is_known(const struct model *model, const struct entry *server, int link) {
    const struct link_watch *watch = watch_of(server);
    return *watch->of[link].peer && model->mono_ns - watch->of[link].mono_ns <= lately_ns(server);
}

static bool is_silent(const struct entry *server) {
    enum server_state state = server_const(&server->object)->state;
    return !server->dead && (state == SERVER_DOWN || state == SERVER_STALE);
}

/* When it was counted; a moment later it may answer again. */
static bool was_silent(const struct model *model, const struct entry *server, const struct entry *by) {
    int64_t last = server_const(&server->object)->silent_mono_ns;
    return is_silent(server) || (!server->dead && last && model->mono_ns - last <= lately_ns(by));
}

/* One of its cluster: who it is that was counted has no name. */
static bool is_silence_near(const struct model *model, const struct entry *server) {
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *other = kind_at(model, OBJECT_SERVER, i);
        if (other->object.parent == server->object.parent && server_const(&other->object)->reached &&
            model->utc_ns - server_const(&other->object)->state_since_utc_ns <= RECENT &&
            was_silent(model, other, server))
            return true;
    }
    return false;
}

static bool counts_silence(const struct model *model, const struct entry *server, int link) {
    const struct link_watch *watch = watch_of(server);
    if (!*watch->of[link].slow)
        return link == LINK_ROUTES && is_silence_near(model, server);
    const struct entry *end = entry_by_id(model, watch->of[link].end);
    return end && was_silent(model, end, server);
}

/* "1 route did not read in time: ~n3 (33.2M waited), 3 since its start" */
static void write_counted(const struct entry *server, int link, uint64_t growth, char *out, size_t size) {
    const struct link_watch *watch = watch_of(server);
    const char *slow = watch->of[link].slow;
    char pending[NUMBER_TEXT_SIZE], name[LINK_PEER_SIZE + 60] = "";
    number_format(pending, watch->of[link].pending, UNIT_BYTES);
    if (*slow)
        snprintf(name, sizeof name, ": ~%s (%s waited)", slow, pending);
    snprintf(out, size, "%llu %s did not read in time%s, %llu since its start", (big)growth,
             growth == 1 ? kinds[link].one : kinds[link].many, name, (big)watch->of[link].total);
}

/* The counter moved first. */
static void name_late(struct model *model, struct entry *server, int link) {
    struct link_watch *watch = watch_of(server);
    char text[LINK_PEER_SIZE + 200];
    if (!watch->of[link].event || model->mono_ns - watch->of[link].counted_mono_ns > lately_ns(server))
        return;
    memcpy(watch->of[link].slow, watch->of[link].peer, LINK_PEER_SIZE);
    watch->of[link].silence = counts_silence(model, server, link);
    write_counted(server, link, watch->of[link].growth, text, sizeof text);
    model_amend_event(model, watch->of[link].event, text);
    watch->of[link].event = 0;
}

static uint64_t end_of(const struct model *model, int link, const struct object *object) {
    enum field id = kinds[link].remote;
    const struct entry *end =
        id && row_has(object->now, id) ? server_by_id(model, row_cell(object->now, id)->s) : NULL;
    return end ? end->object.id : 0;
}

void link_watch_seen(struct model *model, struct entry *server, int link, const struct object *object,
                     const struct stamp *at) {
    struct link_watch *watch = watch_of(server);
    char peer[LINK_PEER_SIZE];
    double pending;
    if (!row_number(object->now, kinds[link].pending, &pending) || pending < LEAST)
        return;
    link_peer(model, object, peer, sizeof peer);
    bool same = strcmp(peer, watch->of[link].peer) == 0;
    bool old = at->mono_ns - watch->of[link].mono_ns > lately_ns(server);
    if (same)
        watch->of[link].mono_ns = at->mono_ns;
    if (pending >= watch->of[link].pending || old) {
        snprintf(watch->of[link].peer, LINK_PEER_SIZE, "%s", peer);
        watch->of[link].end = end_of(model, link, object);
        watch->of[link].pending = pending;
        watch->of[link].mono_ns = at->mono_ns;
    }
    name_late(model, server, link);
}

void link_watch_counted(struct model *model, struct entry *server, int link, uint64_t growth,
                        uint64_t total) {
    struct link_watch *watch = watch_of(server);
    char text[LINK_PEER_SIZE + 200];
    bool known = is_known(model, server, link);
    watch->of[link].total = total;
    watch->of[link].growth = growth;
    watch->of[link].counted_mono_ns = model->mono_ns;
    memset(watch->of[link].slow, 0, LINK_PEER_SIZE);
    if (known)
        memcpy(watch->of[link].slow, watch->of[link].peer, LINK_PEER_SIZE);
    watch->of[link].silence = counts_silence(model, server, link);
    write_counted(server, link, growth, text, sizeof text);
    model_add_event(model, server->object.now_at.utc_ns, "slow", &server->object,
                    server_label(server_of(server)), "%s", text);
    watch->of[link].event = known ? 0 : model_event_total(model);
}

/* ---- its end ---- */

static bool was_counted(const struct model *model, const struct entry *server, int link) {
    const struct server *s = server_of(server);
    int64_t counted = s->link_watch.of[link].counted_mono_ns, span = 2 * lately_ns(server);
    if (s->cut_counters.known[SLOW_ROUTES])
        return counted && model->mono_ns - counted <= span;
    return *s->link_watch.suspect && cut_counters_within(model, &s->cut_counters, SLOW_UNTOLD, span) > 0;
}

/* To whom that route leads, if it does not answer us; NULL else. */
static const struct entry *silent_end(const struct model *model, const struct object *route) {
    const struct entry *peer = row_has(route->now, F_ROUTE_remote_id)
                                   ? server_by_id(model, row_cell(route->now, F_ROUTE_remote_id)->s)
                                   : NULL;
    return peer && is_silent(peer) ? peer : NULL;
}

/* It may be counted after it is no more listed. */
static bool leaves_silent(const struct model *model, struct entry *server, const struct object *route,
                          const struct stamp *at) {
    const struct entry *peer = silent_end(model, route);
    if (peer) {
        text_cut(watch_of(server)->left, LINK_PEER_SIZE, server_label(server_of(peer)), PEER_WIDTH);
        watch_of(server)->left_mono_ns = at->mono_ns;
    }
    return peer != NULL;
}

void link_watch_gone(struct model *model, struct entry *server, int link, const struct object *object,
                     const struct stamp *at) {
    struct link_watch *watch = watch_of(server);
    char peer[LINK_PEER_SIZE], pending[NUMBER_TEXT_SIZE], waited[60] = "";
    double last = 0;
    bool counted = was_counted(model, server, link);
    bool silent = link == LINK_ROUTES && leaves_silent(model, server, object, at);
    row_number(object->now, kinds[link].pending, &last);
    if (link == LINK_LEAFS || (last < (counted ? LEAST : MUCH) && !(counted && silent)))
        return;
    link_peer(model, object, peer, sizeof peer);
    bool most = strcmp(peer, watch->of[link].peer) == 0 && watch->of[link].pending > last;
    number_format(pending, most ? watch->of[link].pending : last, UNIT_BYTES);
    snprintf(waited, sizeof waited, last < LEAST ? ": it did not answer" : ", %s waited", pending);
    lately_add(&watch->of[link].closed, at->utc_ns, 1);
    model_add_event(model, at->utc_ns, "slow", &server->object, server_label(server_of(server)),
                    "%s%s to %s closed%s", counted ? "slow " : "", kinds[link].one, peer, waited);
}

void link_watch_closed(struct model *model, struct entry *server, const struct object *connection,
                       int64_t utc_ns) {
    char peer[LINK_PEER_SIZE];
    link_peer(model, connection, peer, sizeof peer);
    snprintf(watch_of(server)->of[LINK_LEAFS].slow, LINK_PEER_SIZE, "%s", peer);
    model_add_event(model, utc_ns, "slow", &server->object, server_label(server_of(server)),
                    "slow leaf node %s closed (%s)", peer,
                    reason_of(row_text(connection->now, F_CONNECTION_reason)).brief);
}

/* ---- where kinds are not told apart ---- */

/* Before 2.10.26 nothing tells what waits on a route: the one peer that does not answer us either. */
static bool silent_peer(const struct model *model, const struct entry *server, char *out, size_t size) {
    const struct link_watch *watch = watch_of(server);
    const struct entry *found = NULL;
    for (size_t i = 0; i < kind_count(model, OBJECT_ROUTE); i++) {
        const struct entry *route = kind_at(model, OBJECT_ROUTE, i);
        bool own = !route->dead && route->object.parent == &server->object;
        const struct entry *peer = own ? silent_end(model, &route->object) : NULL;
        if (peer && found && found != peer)
            return false;
        found = peer ? peer : found;
    }
    bool left = !found && *watch->left && model->mono_ns - watch->left_mono_ns <= lately_ns(server);
    if (found || left)
        snprintf(out, size, "~route to %s, which did not answer",
                 found ? server_label(server_const(&found->object)) : watch->left);
    return found || left;
}

bool link_watch_suspect(const struct model *model, const struct entry *server, char *out, size_t size) {
    struct link_watch *watch = watch_of(server);
    int most = -1;
    for (int link = 0; link < LINK_COUNT; link++)
        if (is_known(model, server, link) && watch->of[link].pending >= MUCH &&
            (most < 0 || watch->of[link].pending > watch->of[most].pending))
            most = link;
    watch->suspect_silence = most < 0;
    if (most >= 0)
        snprintf(out, size, "~%s%s %s", kinds[most].one, most == LINK_LEAFS ? "" : " to",
                 watch->of[most].peer);
    else if (!silent_peer(model, server, out, size))
        out[0] = '\0';
    return *out != '\0';
}

bool link_watch_ends_silent(const struct model *model, const struct object *object) {
    int link = object->kind == OBJECT_ROUTE ? LINK_ROUTES : LINK_GATEWAYS;
    const struct entry *end = entry_by_id(model, end_of(model, link, object));
    return end && was_silent(model, end, entry_of(object->parent));
}

void link_watch_told(const struct model *model, struct entry *server, const char *suspect, bool goes_on) {
    struct link_watch *watch = watch_of(server);
    watch->silence = *suspect ? watch->suspect_silence : is_silence_near(model, server);
    if (*suspect || !goes_on)
        snprintf(watch->suspect, sizeof watch->suspect, "%s", suspect);
}

bool link_watch_slow(const struct link_watch *watch, int link, char *out, size_t size) {
    snprintf(out, size, "~%s", watch->of[link].slow);
    return *watch->of[link].slow != '\0';
}
