#include "model/state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define KIND_BITS    5 /* of an id: it says its kind */
#define SHORT_WINDOW (200 * NS_PER_MS)
#define LONG_WINDOW  (30 * NS_PER_S)
#define SKEW_NS      (2 * NS_PER_S) /* a server's clock that differs by less counts as ours */
#define CLOCK_SLACK  (500 * NS_PER_MS)
#define CLOCK_SHARE  0.2

_Static_assert(OBJECT_KIND_COUNT <= 1 << KIND_BITS, "ids hold their kind");

static const struct {
    const char *plural, *name;
} kind_names[OBJECT_KIND_COUNT] = {
    [OBJECT_CLUSTER] = {"clusters", "cluster"},
    [OBJECT_SERVER] = {"servers", "server"},
    [OBJECT_CONNECTION] = {"connections", "connection"},
    [OBJECT_CLIENT] = {"clients", "client"},
    [OBJECT_VISITOR] = {"visitors", "visitor"},
    [OBJECT_STREAM] = {"streams", "stream"},
    [OBJECT_CONSUMER] = {"consumers", "consumer"},
    [OBJECT_REPLICA] = {"replicas", "replica"},
    [OBJECT_SOURCE] = {"sources", "source"},
    [OBJECT_META_PEER] = {"meta_peers", "meta_peer"},
    [OBJECT_ROUTE] = {"routes", "route"},
    [OBJECT_GATEWAY] = {"gateways", "gateway"},
    [OBJECT_LEAF] = {"leafs", "leaf"},
    [OBJECT_COST] = {"costs", "cost"},
    [OBJECT_AUDIENCE] = {"audiences", "audience"},
    [OBJECT_SUBSCRIPTION] = {"subscriptions", "subscription"},
    [OBJECT_API] = {"apis", "api"},
    [OBJECT_SAMPLING] = {"samplings", "sampling"},
    [OBJECT_SUBJECT] = {"subjects", "subject"},
    [OBJECT_EXPECTATION] = {"expectations", "expectation"},
    [OBJECT_GROUP] = {"groups", "group"},
    [OBJECT_ALERT] = {"alerts", "alert"},
};

const char *object_kind_plural(enum object_kind kind) {
    return kind_names[kind].plural;
}

const char *object_kind_name(enum object_kind kind) {
    return kind_names[kind].name;
}

uint64_t id_of_kind(enum object_kind kind, uint64_t serial) {
    return serial << KIND_BITS | (unsigned)kind;
}

int kind_of_id(uint64_t id) {
    return (int)(id & ((1u << KIND_BITS) - 1));
}

uint64_t serial_of_id(uint64_t id) {
    return id >> KIND_BITS;
}

const struct object *model_object(const struct model *model, uint64_t id) {
    int kind = kind_of_id(id);
    if (kind >= OBJECT_KIND_COUNT)
        return NULL;
    struct entry *entry = table_by_id(&model->tables[kind], id);
    return entry ? &entry->object : NULL;
}

const struct object *const *model_objects(const struct model *model, enum object_kind kind, size_t *count) {
    *count = model->tables[kind].count;
    return (const struct object *const *)model->tables[kind].entries;
}

struct entry *entry_create(struct model *model, enum object_kind kind, const struct object *parent,
                           int64_t utc_ns) {
    struct entry *entry = memory_new(sizeof *entry);
    entry->object.kind = kind;
    entry->object.id = id_of_kind(kind, ++model->next_serial);
    entry->object.parent = parent;
    entry->object.first_utc_ns = utc_ns;
    table_add(&model->tables[kind], entry);
    model->tables[kind].live++;
    return entry;
}

struct entry *entry_find(const struct model *model, enum object_kind kind, const struct object *parent,
                         const struct text *scope, const struct row *row) {
    return table_find(&model->tables[kind], parent, scope, row, table_hash(parent, scope, row));
}

struct entry *entry_take(struct model *model, enum object_kind kind, const struct object *parent,
                         const struct text *scope, const struct row *row, const struct stamp *at,
                         bool *made) {
    struct object_table *table = &model->tables[kind];
    uint32_t hash = table_hash(parent, scope, row);
    struct entry *entry = table_find(table, parent, scope, row, hash);
    if (made)
        *made = !entry;
    if (!entry) {
        entry = entry_create(model, kind, parent, at->utc_ns);
        entry->scope = model_text(model, scope);
        entry->object.now = row_create((enum entity)row->entity);
        row_take(model, entry->object.now, row, NULL);
        entry->object.now_at = *at;
        table_link(table, entry, hash);
    }
    entry->seen_mono_ns = at->mono_ns;
    return entry;
}

/* ---- rows ---- */

static const struct text *take_text(struct model *model, const struct text *text, const struct row *old,
                                    enum field f) {
    if (old && row_has(old, f) && text_same(row_cell(old, f)->s, text))
        return row_cell(old, f)->s;
    return model_text(model, text);
}

/* Gauges and counters count something: less than nothing is no number of theirs, and so unknown. A limit,
 * which is information, may be -1. */
static bool is_nonsense(const struct row *row, enum field f) {
    if (fields[f].kind != KIND_GAUGE && fields[f].kind != KIND_COUNTER)
        return false;
    if (fields[f].type == TYPE_F64)
        return !(row_cell(row, f)->f >= 0);
    return (fields[f].type == TYPE_I64 || fields[f].type == TYPE_SPAN) && row_cell(row, f)->i < 0;
}

/* All that is KEPT was told: what of it is absent is not set. */
static bool tells_all(const struct row *row) {
    const struct entity_info *entity = &entities[row->entity];
    for (int i = 0; i < entity->count; i++) {
        enum field f = (enum field)((int)entity->first + i);
        if (fields[f].flags & FIELD_WHOLE && row_has(row, f))
            return true;
    }
    return false;
}

void row_take(struct model *model, struct row *to, const struct row *from, const struct row *old) {
    row_copy(to, from);
    const struct entity_info *entity = &entities[from->entity];
    bool keeps = old && !tells_all(from);
    for (int i = 0; i < entity->count; i++) {
        enum field f = (enum field)((int)entity->first + i);
        if (row_has(to, f)) {
            if (fields[f].type == TYPE_TEXT)
                row_put(to, f)->s = take_text(model, row_cell(from, f)->s, old, f);
            else if (is_nonsense(to, f))
                row_drop(to, f);
        } else if (fields[f].flags & FIELD_KEPT && keeps && row_has(old, f)) {
            *row_put(to, f) = *row_cell(old, f);
        }
    }
}

void row_keep(struct model *model, struct row *to, const struct row *from) {
    const struct entity_info *entity = &entities[from->entity];
    bool all = tells_all(from);
    for (int i = 0; i < entity->count; i++) {
        enum field f = (enum field)((int)entity->first + i);
        if (!(fields[f].flags & FIELD_KEPT))
            continue;
        if (!row_has(from, f)) {
            if (all)
                row_drop(to, f);
            continue;
        }
        if (fields[f].type == TYPE_TEXT)
            row_put(to, f)->s = take_text(model, row_cell(from, f)->s, to, f);
        else
            *row_put(to, f) = *row_cell(from, f);
    }
}

int64_t stamp_our_time(const struct stamp *at, int64_t server_ns) {
    int64_t skew = at->utc_ns - at->now_ns;
    return skew > SKEW_NS || skew < -SKEW_NS ? server_ns + skew : server_ns;
}

struct stamp stamp_of(const struct sample *sample, const struct text *server_id) {
    struct stamp at = {.now_ns = sample->answered_utc_ns,
                       .utc_ns = sample->answered_utc_ns,
                       .mono_ns = sample->answered_mono_ns,
                       .asked_mono_ns = sample->asked_mono_ns,
                       .serial = sample->serial,
                       .source = sample->source,
                       .server_id = server_id};
    const struct row *answer = sample_first(sample, ENTITY_ANSWER);
    if (answer) {
        int64_t now = row_i64(answer, F_ANSWER_now, TIME_UNSET);
        if (now != TIME_UNSET)
            at.now_ns = now;
    }
    return at;
}

/* ---- the rate window ---- */

static bool off(int64_t by_server, int64_t by_us) {
    double difference = fabs((double)by_server - (double)by_us);
    return difference > (double)CLOCK_SLACK && difference > CLOCK_SHARE * fabs((double)by_us);
}

/* A slow answer moves `answered` against the server's `now`: only a clock that disagrees with both ends is
 * wrong. */
static bool clocks_agree(const struct stamp *from, const struct stamp *to) {
    int64_t server = to->now_ns - from->now_ns;
    return !off(server, to->mono_ns - from->mono_ns) || !off(server, to->asked_mono_ns - from->asked_mono_ns);
}

static bool counter_fell(const struct row *from, const struct row *to) {
    const struct entity_info *entity = &entities[to->entity];
    for (int i = 0; i < entity->count; i++) {
        enum field f = (enum field)((int)entity->first + i);
        if (fields[f].kind != KIND_COUNTER || !row_has(from, f) || !row_has(to, f))
            continue;
        bool is_signed = fields[f].type != TYPE_U64;
        if (is_signed ? row_cell(to, f)->i < row_cell(from, f)->i : row_cell(to, f)->u < row_cell(from, f)->u)
            return true;
    }
    return false;
}

static bool window_holds(const struct object *object, const struct row *next, const struct stamp *at) {
    return text_same(object->now_at.server_id, at->server_id) && object->now_at.source == at->source &&
           at->now_ns > object->now_at.now_ns && clocks_agree(&object->now_at, at) &&
           !counter_fell(object->now, next);
}

/* Two requests that bring the same row within milliseconds: the second one only refreshes, or rates would be
 * made of noise. */
static bool too_short(const struct object *object, const struct stamp *at) {
    int64_t window = object->now_at.now_ns - object->before_at.now_ns;
    return object->before && at->now_ns - object->now_at.now_ns < SHORT_WINDOW && window >= SHORT_WINDOW &&
           window < LONG_WINDOW;
}

static void spare_row(struct entry *entry, struct row **row) {
    free(entry->spare);
    entry->spare = *row;
    *row = NULL;
}

void entry_drop_window(struct entry *entry) {
    if (entry->object.before)
        spare_row(entry, &entry->object.before);
}

static void shift(struct entry *entry, struct row *next, const struct stamp *at) {
    struct object *object = &entry->object;
    bool holds = window_holds(object, next, at);
    if (holds && too_short(object, at)) {
        spare_row(entry, &object->now);
    } else {
        if (object->before)
            spare_row(entry, &object->before);
        object->before = object->now;
        object->before_at = object->now_at;
    }
    object->now = next;
    if (!holds)
        entry_drop_window(entry);
}

/* A row that follows within milliseconds is none that a rate is made of. */
static void count_row(struct entry *entry, const struct stamp *at) {
    const struct object *object = &entry->object;
    if (!object->seen_utc_ns || !text_same(object->now_at.server_id, at->server_id))
        entry->rows = 0;
    if (!entry->rows)
        entry->run_mono_ns = at->mono_ns;
    if (entry->rows != 1 || at->mono_ns - entry->run_mono_ns >= SHORT_WINDOW)
        entry->rows += entry->rows < ROWS_COUNTED;
}

void entry_update(struct model *model, struct entry *entry, const struct row *row, const struct stamp *at) {
    struct object *object = &entry->object;
    count_row(entry, at);
    struct row *next = entry->spare ? entry->spare : row_create((enum entity)row->entity);
    entry->spare = NULL;
    row_take(model, next, row, object->now);
    if (object->now && object->seen_utc_ns)
        shift(entry, next, at);
    else {
        free(object->now);
        object->now = next;
    }
    object->now_at = *at;
    object->seen_utc_ns = at->utc_ns;
    entry->seen_mono_ns = at->mono_ns;
}

/* ---- life and death ---- */

void entry_set_freshness(struct model *model, struct entry *entry, enum freshness freshness) {
    if (entry->object.freshness == freshness)
        return;
    if (!entry->dead) {
        struct object_table *table = &model->tables[entry->object.kind];
        table->live -= entry->object.freshness == FRESH_LIVE;
        table->live += freshness == FRESH_LIVE;
    }
    entry->object.freshness = freshness;
    rules_ask(model, entry);
}

void entry_remove(struct model *model, struct entry *entry) {
    if (entry->dead)
        return;
    struct object_table *table = &model->tables[entry->object.kind];
    table_unlink(table, entry);
    entry->dead = true;
    table->dead++;
    table->live -= entry->object.freshness == FRESH_LIVE;
}

void entry_remove_children(struct model *model, const struct object *parent, enum object_kind kind) {
    for (size_t i = 0; i < kind_count(model, kind); i++) {
        struct entry *entry = kind_at(model, kind, i);
        if (entry->object.parent == parent)
            entry_remove(model, entry);
    }
}

void entry_destroy(struct entry *entry) {
    const struct extra_ops *ops = &extra_ops[entry->object.kind];
    if (ops->destroy && entry->object.extra)
        ops->destroy(entry->object.extra);
    free(entry->object.extra);
    for (int i = 0; entry->series && i < series_slots(entry->object.kind); i++)
        series_destroy(entry->series[i]);
    free(entry->series);
    free(entry->truths);
    free(entry->object.now);
    free(entry->object.before);
    free(entry->spare);
    free(entry);
}

void model_sweep(struct model *model) {
    rules_forget_dead(model);
    for (int kind = OBJECT_KIND_COUNT - 1; kind >= 0; kind--) {
        if (model->tables[kind].dead)
            model_changed(model);
        table_sweep(&model->tables[kind], entry_destroy);
    }
}
