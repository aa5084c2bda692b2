#include "model/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/api.h"
#include "model/interest.h"

#define RECOVERS_FOR   (30 * NS_PER_S)
#define STALE_AT_LEAST (3 * NS_PER_S)
#define DOWN_AFTER     (10 * NS_PER_S)
#define CADENCES       3
#define BEGINNING      (10 * NS_PER_S) /* what we see first in that time was there before us */

static const char *const state_names[] = {[SERVER_NEW] = NULL,
                                          [SERVER_UP] = "up",
                                          [SERVER_STALE] = "stale",
                                          [SERVER_DOWN] = "down",
                                          [SERVER_KNOWN] = "known"};
static const enum freshness freshness_of[] = {[SERVER_NEW] = FRESH_STALE,
                                              [SERVER_UP] = FRESH_LIVE,
                                              [SERVER_STALE] = FRESH_STALE,
                                              [SERVER_DOWN] = FRESH_GONE,
                                              [SERVER_KNOWN] = FRESH_LIVE};
static const enum entity side_entities[SIDE_COUNT] = {ENTITY_HEALTH, ENTITY_JETSTREAM, ENTITY_SUBLIST};
static const enum shape side_shapes[SIDE_COUNT] = {SHAPE_HEALTHZ, SHAPE_JSZ, SHAPE_SUBSZ};

const char *server_state_name(enum server_state state) {
    return state_names[state];
}

struct entry *server_create(struct model *model, int64_t utc_ns) {
    struct entry *entry = entry_create(model, OBJECT_SERVER, &model->cluster->object, utc_ns);
    struct server *server = memory_new(sizeof *server);
    entry->object.extra = server;
    entry_set_freshness(model, entry, freshness_of[SERVER_NEW]);
    server->state_since_utc_ns = utc_ns;
    server->good_mono_ns = model->mono_ns;
    server->rtt_ns = server->round_trip_ns = -1;
    server->max_pending = -1;
    return entry;
}

const char *server_label(const struct server *server) {
    if (server->name && server->name->len && !server->nameless)
        return server->name->bytes;
    if (*server->supposed && !server->reached)
        return server->supposed;
    return server->address ? server->address->bytes : "?";
}

const char *server_place(const struct object *object) {
    bool server = object && object->kind == OBJECT_SERVER && server_const(object)->address;
    return server ? server_const(object)->address->bytes : "";
}

struct entry *server_by_id(const struct model *model, const struct text *server_id) {
    for (size_t i = 0; server_id && i < kind_count(model, OBJECT_SERVER); i++) {
        struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        if (!entry->dead && server_of(entry)->server_id && text_same(server_of(entry)->server_id, server_id))
            return entry;
    }
    return NULL;
}

struct entry *server_by_name(const struct model *model, const struct object *cluster, const char *name) {
    struct entry *found = NULL;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        const struct server *server = server_of(entry);
        if (entry->dead || !server->name || (cluster && entry->object.parent != cluster) ||
            strcmp(server->name->bytes, name) != 0)
            continue;
        if (!found || server_is_up(server))
            found = entry;
    }
    return found;
}

/* ---- states ---- */

void server_set_state(struct model *model, struct entry *entry, enum server_state state, int64_t utc_ns) {
    struct server *server = server_of(entry);
    enum server_state old = server->state;
    if (old == state)
        return;
    if (state == SERVER_UP && (old == SERVER_DOWN || (old == SERVER_STALE && server->reached)))
        server->silent_mono_ns = model->mono_ns;
    server->state = state;
    server->state_since_utc_ns = utc_ns;
    model->states_moved = model->leaders_moved = true;
    entry_set_freshness(model, entry, freshness_of[state]);
    if (state == SERVER_DOWN && server->reached)
        model_add_event(model, utc_ns, "lost", &entry->object, server_label(server), "%s", server->reason);
    if (state == SERVER_UP && old == SERVER_DOWN && server->reached)
        model_add_event(model, utc_ns, "back", &entry->object, server_label(server), "answers again");
    if (state == SERVER_UP)
        server->reason[0] = '\0';
}

static int64_t stale_after(const struct model *model) {
    int64_t cadences = CADENCES * model->interval_ns;
    return cadences > STALE_AT_LEAST ? cadences : STALE_AT_LEAST;
}

static int64_t down_after(const struct model *model) {
    int64_t stale = stale_after(model) + model->interval_ns;
    return stale > DOWN_AFTER ? stale : DOWN_AFTER;
}

static bool speaks(enum failure failure) {
    return failure != FAILURE_NONE && failure != FAILURE_TIMEOUT && failure != FAILURE_CONNECT &&
           failure != FAILURE_CUT;
}

static void set_reason(struct server *server, int64_t silent_ns) {
    const char *error = server->error ? server->error->bytes : "";
    char span[TIME_TEXT_SIZE];
    lasted_format(span, silent_ns);
    server->silent = !speaks(server->failure) && (server->reached || !*error);
    if (!server->silent)
        snprintf(server->reason, sizeof server->reason, "%s",
                 *error                               ? error
                 : server->failure == FAILURE_REFUSED ? "refused the connection"
                                                      : failure_name(server->failure));
    else
        snprintf(server->reason, sizeof server->reason, SILENT_FOR "%s%s", server->reached ? "" : "≥", span);
}

static int64_t silence(const struct model *model, const struct server *server, int64_t mono_ns) {
    int64_t since = server->good_mono_ns > model->awake_mono_ns ? server->good_mono_ns : model->awake_mono_ns;
    return mono_ns > since ? mono_ns - since : 0;
}

static void judge(struct model *model, struct entry *entry, int64_t utc_ns, int64_t mono_ns) {
    struct server *server = server_of(entry);
    bool unasked = server->state == SERVER_KNOWN || (server->state == SERVER_DOWN && !server->url);
    if (server->placeholder || unasked)
        return;
    int64_t silent = silence(model, server, mono_ns);
    bool refused = server->refused >= 2 || (server->refused && !server->reached);
    bool hopeless = !server->reached && server->failure != FAILURE_NONE;
    enum server_state state = server->state;
    if (refused || hopeless || silent >= down_after(model))
        state = SERVER_DOWN;
    else if (silent >= stale_after(model) && state != SERVER_DOWN)
        state = SERVER_STALE;
    if (state == SERVER_DOWN || state == SERVER_STALE)
        set_reason(server, silent);
    server_set_state(model, entry, state, utc_ns);
}

void servers_tick(struct model *model) {
    apis_tick(model);
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++)
        judge(model, kind_at(model, OBJECT_SERVER, i), model->utc_ns, model->mono_ns);
}

void server_failed(struct model *model, struct entry *entry, const struct sample *sample) {
    struct server *server = server_of(entry);
    server->failure = sample->failure;
    server->error = sample->error && sample->error->len ? model_text(model, sample->error) : NULL;
    server->refused = sample->failure == FAILURE_REFUSED ? server->refused + 1 : 0;
    judge(model, entry, sample->answered_utc_ns, sample->answered_mono_ns);
}

/* Two pages of one endpoint are two shapes, told apart by what is behind '_'. */
bool server_awaits(const struct server *server) {
    for (int shape = SHAPE_NONE + 1; shape < SHAPE_LIMIT; shape++)
        if (server->interval_ns[shape] > 0 && !server->answers[shape].asked_utc_ns)
            return true;
    return false;
}

void server_find_failing(struct server *server) {
    int longest = SHAPE_NONE;
    for (int shape = SHAPE_NONE + 1; shape < SHAPE_LIMIT; shape++) {
        if (shape == SHAPE_VARZ || !server->failing_utc_ns[shape] || server->interval_ns[shape] == UNWANTED)
            continue;
        if (server->answers[shape].failure ==
            FAILURE_REFUSED) /* nothing listens: that is no endpoint's fault */
            continue;
        if (!longest || server->failing_utc_ns[shape] < server->failing_utc_ns[longest])
            longest = shape;
    }
    server->failing[0] = '\0';
    server->failing_since_utc_ns = server->failing_utc_ns[longest];
    if (!longest)
        return;
    const struct answer_state *answer = &server->answers[longest];
    const char *name = shape_name((unsigned)longest);
    snprintf(server->failing, sizeof server->failing, "/%.*s: %s", (int)strcspn(name, "_"), name,
             *answer->error ? answer->error : failure_name(answer->failure));
}

/* ---- an answer to /varz ---- */

/* Its server was answering before. */
static bool began_while_watched(const struct entry *entry, const struct row *row) {
    return entry->object.now && row_i64(row, F_SERVER_start, TIME_UNSET) > entry->object.now_at.now_ns;
}

/* Of the run with that id; `next`: the answer of the one after it. */
static void forget_run(struct model *model, struct entry *entry, const struct text *run,
                       const struct sample *next, const struct row *row) {
    static const enum object_kind of_one_run[] = {OBJECT_ROUTE, OBJECT_GATEWAY, OBJECT_LEAF};
    struct server *server = server_of(entry);
    for (size_t i = 0; i < sizeof of_one_run / sizeof *of_one_run; i++)
        entry_remove_children(model, &entry->object, of_one_run[i]);
    bool from_start = began_while_watched(entry, row);
    int64_t answered_ns = stamp_of(next, NULL).now_ns;
    closing_end_run(model, entry, run, from_start ? row_i64(row, F_SERVER_start, answered_ns) : answered_ns);
    closing_forget_run(&server->closing, from_start);
    cut_counters_forget_run(model, entry, from_start);
    server->link_watch = (struct link_watch){0};
    server->gateways = (struct gateway_watch){0};
    server->lame_duck = (struct lame_duck){0};
    turnover_forget_run(&server->turnover);
    interest_forget_run(model, entry);
    store_remember(server);
    for (int i = 0; i < SIDE_COUNT; i++) {
        free(server->sides[i].now);
        server->sides[i].now = NULL;
    }
    memset(server->links, 0, sizeof server->links);
    usage_forget(&server->usage);
    server->varz_count = server->varz_next = 0;
    server->max_pending = -1;
    server->connz_known = false;
    memset(&server->listed, 0, sizeof server->listed);
}

static void say_restarted(struct model *model, struct entry *entry, const struct row *row, int64_t utc_ns) {
    struct server *server = server_of(entry);
    const struct row *old = entry->object.now;
    int64_t start = old ? row_i64(old, F_SERVER_start, TIME_UNSET) : TIME_UNSET;
    char span[TIME_TEXT_SIZE] = "?";
    if (start != TIME_UNSET && entry->object.now_at.now_ns > start)
        span_format(span, entry->object.now_at.now_ns - start);
    server->restarts++;
    lately_add(&server->restarted, utc_ns, 1);
    model_add_event(model, utc_ns, "restarted", &entry->object, server_label(server),
                    "restarted, was up for %s", span);
    if (old && row_has(old, F_SERVER_version) &&
        strcmp(row_text(old, F_SERVER_version), row_text(row, F_SERVER_version)) != 0)
        model_add_event(model, utc_ns, "version", &entry->object, server_label(server),
                        "runs %s now, %s before", row_text(row, F_SERVER_version),
                        row_text(old, F_SERVER_version));
}

static void say_first_seen(struct model *model, struct entry *entry, const struct row *row, int64_t utc_ns) {
    if (utc_ns - model->began_utc_ns < BEGINNING)
        return;
    int64_t start = row_i64(row, F_SERVER_start, TIME_UNSET);
    bool started = start != TIME_UNSET && start >= model->began_utc_ns;
    model_add_event(model, utc_ns, started ? "started" : "peer", &entry->object,
                    server_label(server_of(entry)), started ? "started" : "seen for the first time");
}

const struct entry *server_twin(const struct model *model, const struct object *object) {
    const struct server *server = server_const(object);
    for (size_t i = 0; server->name && !server->nameless && i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *other = kind_at(model, OBJECT_SERVER, i);
        const struct server *there = server_const(&other->object);
        if (&other->object != object && !other->dead && server_is_up(there) &&
            text_same(there->name, server->name) && other->object.parent == object->parent)
            return other;
    }
    return NULL;
}

static void say_twin(struct model *model, struct entry *entry, int64_t utc_ns) {
    if (server_twin(model, &entry->object))
        model_add_event(model, utc_ns, "peer", &entry->object, server_label(server_of(entry)),
                        "two living servers have this name");
}

static void say_reloaded(struct model *model, struct entry *entry, const struct row *row, int64_t utc_ns) {
    const struct row *old = entry->object.now;
    int64_t loaded = row_i64(row, F_SERVER_config_load_time, TIME_UNSET);
    int64_t before = old ? row_i64(old, F_SERVER_config_load_time, TIME_UNSET) : TIME_UNSET;
    if (loaded == TIME_UNSET || before == TIME_UNSET || loaded == before)
        return;
    server_of(entry)->gateways = (struct gateway_watch){0}; /* it may want others now */
    model_add_event(model, utc_ns, "reloaded", &entry->object, server_label(server_of(entry)),
                    "configuration reloaded");
}

static void take_identity(struct model *model, struct server *server, const struct row *row) {
    const struct text *id = row_has(row, F_SERVER_server_id) ? row_cell(row, F_SERVER_server_id)->s : NULL;
    server->server_id = model_text(model, id);
    if (row_has(row, F_SERVER_name))
        server->name = model_text(model, row_cell(row, F_SERVER_name)->s);
    server->cluster =
        row_has(row, F_SERVER_cluster) ? model_text(model, row_cell(row, F_SERVER_cluster)->s) : NULL;
    server->nameless = server->name && (!server->name->len || server->name == server->server_id);
}

void server_answered(struct model *model, struct entry *entry, const struct sample *sample,
                     const struct row *row) {
    struct server *server = server_of(entry);
    int64_t utc_ns = sample->answered_utc_ns;
    const struct text *old_id = server->server_id;
    bool first = !server->reached;
    take_identity(model, server, row);
    cluster_join(model, entry, utc_ns);
    struct cluster *cluster = cluster_of(entry->object.parent);
    bool restarted = !first && !text_same(old_id, server->server_id);
    if (restarted) {
        server_set_state(model, entry, SERVER_STALE, utc_ns); /* restarted says it all: no "back" besides */
        say_restarted(model, entry, row, utc_ns);
        forget_run(model, entry, old_id, sample, row);
    } else if (first) {
        say_first_seen(model, entry, row, utc_ns);
        say_twin(model, entry, utc_ns);
    } else {
        say_reloaded(model, entry, row, utc_ns);
    }
    struct stamp at = stamp_of(sample, server->server_id);
    entry_update(model, entry, row, &at);
    usage_of_none(server, entry->object.now);
    varz_point_put(server, entry->object.now, &at);
    usage_put(&server->usage, &entry->object);
    turnover_put(&server->turnover, entry->object.now, utc_ns);
    closing_varz(server, entry->object.now, at.mono_ns);
    cut_counters_varz(model, entry);
    route_urls_put(model, entry, sample);
    uint64_t remotes = row_u64(row, F_SERVER_remotes, 0);
    if (remotes > cluster->remotes_max && remotes < 10000)
        cluster->remotes_max = remotes;
    server->placeholder = server->forgotten = false;
    server->refused = 0;
    server->failure = FAILURE_NONE;
    server->error = NULL;
    server->good_mono_ns = sample->answered_mono_ns;
    if (first || restarted || server->state == SERVER_DOWN)
        server->here_mono_ns = sample->answered_mono_ns;
    server->rtt_ns = sample->answered_mono_ns - sample->asked_mono_ns;
    server->round_trip_ns = sample->round_trip_ns > 0 ? sample->round_trip_ns : -1;
    server_set_state(model, entry, SERVER_UP, utc_ns);
    server->reached = true;
    cluster->fresh_varz = true;
}

/* ---- its other rows ---- */

bool server_was_fresh(const struct model *model, const struct server *server, enum shape shape, int times) {
    int64_t gap = 3 * server_gap_ns(server, shape);
    int64_t limit = gap > 15 * NS_PER_S ? gap : 15 * NS_PER_S;
    return server->polls[shape] && model->mono_ns - server->asked_mono_ns[shape][0] <= times * limit;
}

bool server_has_just_started(const struct entry *entry) {
    const struct object *object = &entry->object;
    if (!object->now || !row_has(object->now, F_SERVER_start))
        return false;
    int64_t runs_ns = object->now_at.now_ns - row_cell(object->now, F_SERVER_start)->i;
    return runs_ns >= 0 && runs_ns < RECOVERS_FOR; /* less than nothing: its clock was put back since */
}

bool server_is_fresh(const struct model *model, const struct server *server, enum shape shape) {
    return server_was_fresh(model, server, shape, 1);
}

int64_t server_gap_ns(const struct server *server, enum shape shape) {
    int64_t last =
        server->polls[shape] > 1 ? server->asked_mono_ns[shape][0] - server->asked_mono_ns[shape][1] : 0;
    return last > server->interval_ns[shape] ? last : server->interval_ns[shape];
}

void side_put(struct model *model, struct server *server, int side, const struct row *row,
              const struct stamp *at) {
    struct row *next = row_create((enum entity)row->entity);
    row_take(model, next, row, server->sides[side].now);
    free(server->sides[side].now);
    server->sides[side].now = next;
    server->sides[side].at = *at;
}

int side_of(enum entity entity) {
    for (int i = 0; i < SIDE_COUNT; i++) {
        if (side_entities[i] == entity)
            return i;
    }
    return -1;
}

enum shape side_shape(int side) {
    return side_shapes[side];
}

bool side_speaks(const struct model *model, const struct server *server, int side) {
    return server->sides[side].now && server_is_up(server) &&
           server_is_fresh(model, server, side_shapes[side]) &&
           server->sides[side].at.mono_ns >= server->here_mono_ns;
}

/* ---- removal: nothing may point here any more ---- */

void server_remove(struct model *model, struct entry *entry) {
    static const enum object_kind children[] = {OBJECT_CONNECTION, OBJECT_ROUTE, OBJECT_GATEWAY,
                                                OBJECT_LEAF,       OBJECT_COST,  OBJECT_SUBSCRIPTION};
    for (size_t i = 0; i < sizeof children / sizeof *children; i++)
        entry_remove_children(model, &entry->object, children[i]);
    for (size_t i = 0; i < model->target_count; i++) {
        if (model->targets[i]->server == entry)
            model->targets[i]->server = NULL;
    }
    server_of(entry)->target = NULL;
    server_of(entry)->asked = false;
    entry_remove(model, entry);
    if (server_of(entry)->route_url_count)
        route_addresses_changed(model, cluster_at(entry));
}
