#include "model/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/alert_book.h"
#include "model/api.h"
#include "model/expecting.h"
#include "model/interest.h"
#include "model/lone_streams.h"
#include "model/remembered.h"
#include "model/replica.h"
#include "model/sampling.h"
#include "model/source.h"
#include "model/subscription.h"
#include "model/visitor.h"
#include "model/way.h"

#define LONGEST_INTERVAL (3600 * NS_PER_S) /* that we wait for an answer */

/* Of all models: a frozen copy may stand where another one stood. */
static uint64_t last_version;

void model_changed(struct model *model) {
    model_changed_but(model, 0);
}

void model_changed_but(struct model *model, unsigned kinds) {
    last_version++;
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++)
        if (!(kinds >> kind & 1))
            model->version[kind] = last_version;
}

uint64_t model_version(const struct model *model, enum object_kind kind) {
    return model->version[kind];
}

uint64_t model_members(const struct model *model, enum object_kind kind) {
    return model->tables[kind].members;
}

struct model *model_create(const struct model_options *options) {
    struct model *model = memory_new(sizeof *model);
    model->label = options && options->label && *options->label ? memory_text(options->label) : NULL;
    model->expect = options ? options->expect : 0;
    model->hold_scale = options && options->hold_scale > 0 ? options->hold_scale : 1;
    model->interval_ns = NS_PER_S;
    model->texts = text_pool_create();
    model->arrivals_ring = memory_new(sizeof *model->arrivals_ring);
    model->cluster = cluster_create(model, 0);
    states_create(model);
    rules_create(model);
    model->alerts = alert_book_create();
    model_changed(model);
    return model;
}

void model_told(struct model *model, const char *label, int expect) {
    char *own = label && *label ? memory_text(label) : NULL;
    free(model->label);
    model->label = own;
    model->expect = expect;
    model_changed(model);
}

bool model_destroy_slice(struct model *model, size_t objects) {
    for (int kind = 0; model && kind < OBJECT_KIND_COUNT; kind++) {
        struct object_table *table = &model->tables[kind];
        for (; table->count; table->count--) {
            if (!objects--)
                return false;
            entry_destroy(table->entries[table->count - 1]);
        }
    }
    if (model && !alert_book_destroy_slice(model->alerts, objects))
        return false;
    model_destroy(model);
    return true;
}

void model_destroy(struct model *model) {
    if (!model)
        return;
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++) {
        for (size_t i = 0; i < kind_count(model, (enum object_kind)kind); i++)
            entry_destroy(kind_at(model, (enum object_kind)kind, i));
        object_table_finish(&model->tables[kind]);
    }
    for (size_t i = 0; i < model->target_count; i++)
        free(model->targets[i]);
    free(model->targets);
    free(model->forgotten);
    remembered_destroy(model);
    lone_streams_destroy(model);
    events_destroy(model);
    alert_book_destroy(model->alerts);
    rules_destroy(model);
    states_destroy(model);
    text_pool_destroy(model->texts);
    free(model->label);
    free(model->arrivals_ring);
    free(model);
}

void model_begin(struct model *model, int64_t utc_ns, int64_t mono_ns) {
    if (model->began_utc_ns || !utc_ns)
        return;
    model->began_utc_ns = utc_ns;
    model->awake_mono_ns = mono_ns;
    if (!model->mono_ns)
        model->mono_ns = mono_ns;
    if (!model->cluster->object.first_utc_ns)
        model->cluster->object.first_utc_ns = utc_ns;
}

/* ---- rows that are no sample's ---- */

static void on_hello(struct model *model, uint16_t source, const struct row *row) {
    model_begin(model, row_i64(row, F_HELLO_utc, 0), row_i64(row, F_HELLO_mono, 0));
    int64_t interval = row_i64(row, F_HELLO_interval, 0);
    if (interval > 0)
        model->interval_ns = interval;
    if (row_has(row, F_HELLO_cluster))
        model->told_label = model_text(model, row_cell(row, F_HELLO_cluster)->s);
    others_began(model);
    targets_forget(model, source); /* a new collector counts its targets from one again */
}

void model_source_gone(struct model *model, uint16_t source) {
    targets_forget(model, source);
    model_changed(model);
}

static void on_target(struct model *model, uint16_t source, const struct row *row) {
    model_begin(model, row_i64(row, F_TARGET_utc, 0), model->mono_ns);
    target_row(model, source, row);
}

static void on_event(struct model *model, uint16_t source, const struct row *row) {
    struct entry *server = row_has(row, F_EVENT_target)
                               ? target_take(model, source, row_u64(row, F_EVENT_target, 0))->server
                               : NULL;
    if (row_has(row, F_EVENT_heard)) {
        heard_put(model, server, row);
        return;
    }
    model_add_event(model, row_i64(row, F_EVENT_utc, model->utc_ns),
                    row_has(row, F_EVENT_kind) ? row_text(row, F_EVENT_kind) : "collector",
                    server ? &server->object : NULL, server ? server_label(server_of(server)) : "", "%s",
                    row_text(row, F_EVENT_text));
}

static void note_interval(struct server *server, struct entry *cost) {
    const struct row *row = cost->object.now;
    uint64_t shape = api_shape((unsigned)row_u64(row, F_COST_shape, SHAPE_NONE));
    int64_t interval_ns = row_i64(row, F_COST_interval, UNWANTED);
    if (shape < SHAPE_LIMIT)
        server->interval_ns[shape] = interval_ns < LONGEST_INTERVAL ? interval_ns : LONGEST_INTERVAL;
    if (interval_ns == UNWANTED)
        cost->rows = ROWS_COUNTED; /* no other one is awaited */
    server_find_failing(server);
}

static void on_cost(struct model *model, uint16_t source, const struct row *row) {
    struct entry *server = target_take(model, source, row_u64(row, F_COST_target, 0))->server;
    int64_t utc_ns = row_i64(row, F_COST_utc, model->utc_ns);
    if (!server || !way_serves(server, source, row_u64(row, F_COST_shape, SHAPE_NONE)))
        return;
    struct stamp at = {.now_ns = utc_ns, .utc_ns = utc_ns, .mono_ns = utc_ns, .asked_mono_ns = utc_ns};
    struct entry *entry = entry_take(model, OBJECT_COST, &server->object, NULL, row, &at, NULL);
    entry_update(model, entry, row, &at);
    note_interval(server_of(server), entry);
}

static const struct {
    enum frame_kind kind;
    enum entity entity;
    void (*handle)(struct model *model, uint16_t source, const struct row *row);
    unsigned leaves; /* kinds that it says nothing of */
} row_handlers[] = {
    {FRAME_HELLO, ENTITY_HELLO, on_hello, 0},
    {FRAME_TARGET, ENTITY_TARGET, on_target, 0},
    {FRAME_EVENT, ENTITY_EVENT, on_event, KINDS_OF_ASSETS},
    {FRAME_COST, ENTITY_COST, on_cost, KINDS_OF_ASSETS},
    {FRAME_GAP, ENTITY_GAP, gap_row, 0},
};

void model_row(struct model *model, uint16_t source, enum frame_kind kind, const struct row *row) {
    model_tick_finish(model);
    for (size_t i = 0; i < sizeof row_handlers / sizeof *row_handlers; i++) {
        if (row_handlers[i].kind != kind || row_handlers[i].entity != (enum entity)row->entity)
            continue;
        row_handlers[i].handle(model, source, row);
        model_changed_but(model, row_handlers[i].leaves);
    }
    model_sweep(model);
    model_compact_texts(model);
}

void model_source_event(struct model *model, uint16_t source, int64_t utc_ns, const char *text) {
    (void)source;
    model_add_event(model, utc_ns, "collector", NULL, "collector", "%s", text);
    model_changed(model);
}

void model_own_event(struct model *model, int64_t utc_ns, const char *kind, const char *subject,
                     const char *text) {
    model_add_event(model, utc_ns, kind, NULL, subject, "%s", text);
    model_changed(model);
}

/* ---- samples ---- */

static void put_side(struct model *model, struct entry *entry, const struct sample *sample, int side,
                     enum entity entity) {
    const struct row *row = sample_first(sample, entity);
    struct stamp at = stamp_of(sample, server_of(entry)->server_id);
    if (row)
        side_put(model, server_of(entry), side, row, &at);
}

static void put_health(struct model *model, struct entry *entry, const struct sample *sample) {
    put_side(model, entry, sample, SIDE_HEALTH, ENTITY_HEALTH);
    struct row *row = server_of(entry)->sides[SIDE_HEALTH].now;
    if (row && !row_has(row, F_HEALTH_code) && sample->http_status)
        row_put(row, F_HEALTH_code)->u = (uint64_t)sample->http_status;
    lame_duck_judge(model, entry, sample->answered_utc_ns);
}

static void put_sublist(struct model *model, struct entry *entry, const struct sample *sample) {
    put_side(model, entry, sample, SIDE_SUBLIST, ENTITY_SUBLIST);
}

static void put_routes(struct model *model, struct entry *entry, const struct sample *sample) {
    links_put(model, entry, sample, LINK_ROUTES);
}

static void put_gateways(struct model *model, struct entry *entry, const struct sample *sample) {
    links_put(model, entry, sample, LINK_GATEWAYS);
}

static void put_leafs(struct model *model, struct entry *entry, const struct sample *sample) {
    links_put(model, entry, sample, LINK_LEAFS);
}

static void put_varz(struct model *model, struct entry *entry, const struct sample *sample) {
    struct server *server = server_of(entry);
    server_answered(model, entry, sample, sample_first(sample, ENTITY_SERVER));
    expected_answered(model, cluster_at(entry), sample->answered_utc_ns);
    uint64_t remotes = row_u64(entry->object.now, F_SERVER_remotes, 0);
    int expected = expected_servers(model, cluster_at(entry));
    if (expected > 1 && row_has(entry->object.now, F_SERVER_remotes))
        snprintf(server->routes_text, sizeof server->routes_text, "%llu/%d", (unsigned long long)remotes,
                 expected - 1);
    else
        server->routes_text[0] = '\0';
    history_server(model, entry, sample->answered_utc_ns);
}

static void put_interest(struct model *model, struct entry *entry, const struct sample *sample) {
    interest_put(model, entry, sample);
    expectations_put(model, entry, sample);
}

/* Oldest first: what happened is told in its order. */
static void put_closed(struct model *model, struct entry *entry, const struct sample *sample) {
    struct stamp at = stamp_of(sample, server_of(entry)->server_id);
    for (size_t i = sample->count; i-- > 0;) {
        const struct row *row = sample->rows[i];
        if (row->entity == ENTITY_CONNECTION && row_has(row, F_CONNECTION_cid) &&
            row_has(row, F_CONNECTION_stop))
            closing_put(model, entry, row, &at);
    }
    closing_answered(model, entry, sample, &at);
}

static void put_subscriptions(struct model *model, struct entry *entry, const struct sample *sample) {
    connections_put_one(model, entry, sample);
    subscriptions_put(model, entry, sample);
}

static const struct shape_handler {
    void (*put)(struct model *model, struct entry *entry, const struct sample *sample);
    bool (*slice)(struct model *model, struct entry *entry, const struct sample *sample,
                  struct model_intake *intake, size_t rows);
    unsigned leaves; /* kinds that it says nothing of */
} shape_handlers[SHAPE_LIMIT] = {
    [SHAPE_VARZ] = {.put = put_varz, .leaves = KINDS_OF_ASSETS},
    [SHAPE_HEALTHZ] = {.put = put_health, .leaves = KINDS_OF_ASSETS},
    [SHAPE_CONNZ_HOT] = {.slice = connections_put, .leaves = KINDS_OF_ASSETS},
    [SHAPE_CONNZ_FULL] = {.slice = connections_put, .leaves = KINDS_OF_ASSETS},
    [SHAPE_CONNZ_FEED] = {.slice = connections_put, .leaves = KINDS_OF_ASSETS},
    [SHAPE_CONNZ_SUBS] = {.put = put_subscriptions, .leaves = KINDS_OF_ASSETS},
    [SHAPE_CONNZ_CLOSED] = {.put = put_closed, .leaves = KINDS_OF_ASSETS},
    [SHAPE_INTEREST] = {.put = put_interest, .leaves = KINDS_OF_ASSETS},
    [SHAPE_JSZ] = {.slice = jetstream_put},
    [SHAPE_ROUTEZ] = {.put = put_routes, .leaves = KINDS_OF_ASSETS},
    [SHAPE_GATEWAYZ] = {.put = put_gateways, .leaves = KINDS_OF_ASSETS},
    [SHAPE_LEAFZ] = {.put = put_leafs, .leaves = KINDS_OF_ASSETS},
    [SHAPE_SUBSZ] = {.put = put_sublist, .leaves = KINDS_OF_ASSETS},
};

static void note_answer(struct model *model, struct server *server, const struct sample *sample) {
    struct answer_state *answer = &server->answers[sample->shape];
    answer->asked_utc_ns = sample->asked_utc_ns;
    answer->failure = sample->failure;
    answer->http_status = sample->http_status;
    server->errors[sample->shape] = sample->failure ? model_text(model, sample->error) : NULL;
    answer->error = server->errors[sample->shape] ? server->errors[sample->shape]->bytes : "";
    int64_t *failing = &server->failing_utc_ns[sample->shape];
    *failing = !sample->failure ? 0 : *failing ? *failing : sample->answered_utc_ns;
    server_find_failing(server);
    if (sample->failure)
        return;
    answer->good_utc_ns = sample->answered_utc_ns;
    server->asked_mono_ns[sample->shape][1] = server->asked_mono_ns[sample->shape][0];
    server->asked_mono_ns[sample->shape][0] = sample->asked_mono_ns;
    server->polls[sample->shape]++;
    model->has[sample->shape] = true;
}

/* An answer by another run of the server, or by another one behind the same address. */
static bool is_foreign(const struct server *server, const struct sample *sample) {
    const struct row *answer = sample_first(sample, ENTITY_ANSWER);
    return sample->shape != SHAPE_VARZ && answer && row_has(answer, F_ANSWER_server_id) &&
           server->server_id && !text_same(row_cell(answer, F_ANSWER_server_id)->s, server->server_id);
}

/* The row that this sample is about, NULL when it is about none of ours. */
static struct entry *take_head(struct model *model, struct target *target, const struct sample *sample) {
    const struct row *varz = sample->failure ? NULL : sample_first(sample, ENTITY_SERVER);
    struct entry *entry = target->server;
    if ((entry && entry->object.kind == OBJECT_API) != api_is(target))
        return NULL;
    if (target->state != TARGET_PROBING && target->state != TARGET_POLLED)
        return NULL;
    if (sample->shape == SHAPE_VARZ && !sample->failure)
        entry = varz ? identify(model, target, sample, varz) : NULL;
    if (!entry || way_of(model, entry, sample->source) != target)
        return NULL;
    if (!sample->failure && is_foreign(server_of(entry), sample))
        return NULL;
    if (!way_counts(model, target, sample))
        return NULL;
    note_answer(model, server_of(entry), sample);
    if (api_is(target))
        api_answered(model, entry, sample);
    return entry;
}

static struct entry *begin_sample(struct model *model, const struct sample *sample,
                                  struct model_intake *intake) {
    model_begin(model, sample->asked_utc_ns, sample->asked_mono_ns);
    struct entry *entry = take_head(model, target_take(model, sample->source, sample->target), sample);
    intake->begun = true;
    if (!entry)
        return NULL;
    intake->server = entry->object.id;
    intake->poll = server_of(entry)->polls[sample->shape];
    intake->restarts = server_of(entry)->restarts;
    return entry;
}

/* NULL: what came meanwhile made the rest of it void. */
static struct entry *resume_sample(const struct model *model, const struct sample *sample,
                                   const struct model_intake *intake) {
    struct entry *entry = entry_by_id(model, intake->server);
    bool same = entry && server_of(entry)->polls[sample->shape] == intake->poll &&
                server_of(entry)->restarts == intake->restarts;
    return same ? entry : NULL;
}

static bool take_rows(struct model *model, struct entry *entry, const struct sample *sample,
                      struct model_intake *intake, size_t rows) {
    const struct shape_handler *handler = &shape_handlers[sample->shape];
    if (sample->failure && sample->shape == SHAPE_VARZ)
        server_failed(model, entry, sample);
    if (sample->failure)
        return true;
    if (handler->slice)
        return handler->slice(model, entry, sample, intake, rows);
    handler->put(model, entry, sample);
    return true;
}

void model_intake_drop(struct model_intake *intake) {
    merging_destroy(intake->merging);
    intake->merging = NULL;
}

bool model_slices(enum shape shape) {
    return shape > SHAPE_NONE && shape < SHAPE_LIMIT && shape_handlers[api_shape(shape)].slice;
}

bool model_sample_slice(struct model *model, const struct sample *told, struct model_intake *intake,
                        size_t rows) {
    if (told->shape <= SHAPE_NONE || told->shape >= SHAPE_LIMIT)
        return true;
    struct sample meant = *told;
    meant.shape = api_shape(told->shape);
    const struct sample *sample = &meant;
    model_tick_finish(model);
    if (sample->shape == SHAPE_SUBJECTS) { /* of no server */
        sampling_put(model, sample);
        model_sweep(model);
        model_compact_texts(model);
        return true;
    }
    struct entry *entry =
        intake->begun ? resume_sample(model, sample, intake) : begin_sample(model, sample, intake);
    bool done = !entry || take_rows(model, entry, sample, intake, rows);
    if (done)
        model_intake_drop(intake);
    model_sweep(model);
    model_compact_texts(model);
    unsigned leaves = shape_handlers[sample->shape].leaves;
    model->assets_told |= done && !leaves;
    model_changed_but(model, model->states_moved ? 0 : leaves);
    if (done && model->states_moved) {
        clusters_judge(model);
        rules_recheck(model);
    }
    return done;
}

void model_sample(struct model *model, const struct sample *sample) {
    struct model_intake intake = {0};
    while (!model_sample_slice(model, sample, &intake, SIZE_MAX))
        continue;
}

/* ---- out ---- */

int64_t model_utc_ns(const struct model *model) {
    return model->utc_ns;
}

const struct object *model_cluster(const struct model *model) {
    return &model->cluster->object;
}

static const struct text *text_at(const struct row *row, enum field f) {
    return row_has(row, f) ? row_cell(row, f)->s : NULL;
}

static const struct object *stream_named(const struct model *model, const struct object *consumer) {
    const struct row *row = consumer->now;
    for (size_t i = 0; row && i < kind_count(model, OBJECT_STREAM); i++) {
        const struct entry *stream = kind_at(model, OBJECT_STREAM, i);
        if (!stream->dead && stream->object.now && stream->object.parent == consumer->parent &&
            text_same(stream->scope, entry_of(consumer)->scope) &&
            text_same(text_at(stream->object.now, F_STREAM_name), text_at(row, F_CONSUMER_stream)) &&
            text_same(text_at(stream->object.now, F_STREAM_account), text_at(row, F_CONSUMER_account)))
            return &stream->object;
    }
    return NULL;
}

bool model_reads(const struct model *model, const struct object *consumer, const struct object *stream) {
    uint64_t id = ((const struct consumer *)consumer->extra)->stream;
    bool may_stand_for_it = !id || stream->id > id; /* made again: ids only grow */
    return id == stream->id || (may_stand_for_it && model_stream_of(model, consumer) == stream);
}

const struct object *model_stream_of(const struct model *model, const struct object *asset) {
    if (asset->kind == OBJECT_CONSUMER) { /* made before its stream it does not know that one's id */
        const struct object *stream = model_object(model, ((const struct consumer *)asset->extra)->stream);
        return stream ? stream : stream_named(model, asset);
    }
    if ((asset->kind == OBJECT_REPLICA || asset->kind == OBJECT_SOURCE) && asset->parent)
        return model_stream_of(model, asset->parent);
    return asset->kind == OBJECT_STREAM ? asset : NULL;
}

int64_t model_data_age_ns(const struct model *model) {
    int64_t oldest = kind_count(model, OBJECT_SERVER) ? -1 : api_age_ns(model);
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        if (!server_is_up(server_const(&entry->object)))
            continue;
        int64_t age = model->mono_ns - entry->object.now_at.mono_ns;
        age = age < 0 ? 0 : age;
        oldest = age > oldest ? age : oldest;
    }
    return oldest;
}

int64_t model_data_gap_ns(const struct model *model) {
    return kind_count(model, OBJECT_SERVER) ? model->interval_ns : api_gap_ns(model);
}

int64_t model_shape_age_ns(const struct model *model, enum shape shape) {
    int64_t oldest = shape == SHAPE_JSZ ? api_age_ns(model) : -1;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct server *server = server_const(&kind_at(model, OBJECT_SERVER, i)->object);
        if (!server_is_up(server) || !server->polls[shape])
            continue;
        int64_t age = model->mono_ns - server->asked_mono_ns[shape][0];
        age = age < 0 ? 0 : age;
        oldest = age > oldest ? age : oldest;
    }
    return oldest;
}

bool model_has(const struct model *model, enum shape shape) {
    return shape > SHAPE_NONE && shape < SHAPE_LIMIT && model->has[shape];
}

const struct answer_state *model_answer(const struct model *model, const struct object *server,
                                        enum shape shape) {
    (void)model;
    if (server->kind != OBJECT_SERVER || shape <= SHAPE_NONE || shape >= SHAPE_LIMIT)
        return NULL;
    const struct answer_state *answer = &server_const(server)->answers[shape];
    return answer->asked_utc_ns ? answer : NULL;
}
