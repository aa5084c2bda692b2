#include "collectors/decode.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "collectors/decode_paths.h"
#include "collectors/json_reader.h"

#define TEXT_ROOM   (sizeof(struct text) + TEXT_MAX_BYTES + 4) /* a multiple of 4 */
#define WAITING_MAX 8
_Static_assert(TEXT_ROOM % _Alignof(struct text) == 0, "texts lie one behind the other");

/* A row being filled, with a place of its own for each of its texts, so that a repeated key costs nothing. */
struct open_row {
    bool open;
    struct row_any any;
    char *texts; /* ROW_MAX_CELLS times TEXT_ROOM */
};

/* A value that came before the row that it is for. */
struct waiting {
    enum field field;
    union cell cell;
    char *text; /* TEXT_ROOM */
};

struct level {
    const struct path_node *node;
    bool array, row;
    unsigned waiting; /* how many waited when it began */
};

struct decoder {
    struct json_reader *json;
    enum json_status status;
    decode_row_fn *on_row;
    void *data;
    const struct path_node *root, *document, *next; /* the root is the document, or the envelope around it */
    struct level levels[PATH_LEVELS_MAX + 1];
    unsigned depth;
    struct open_row rows[PATH_SLOTS_MAX];
    struct waiting waiting[WAITING_MAX];
    unsigned waiting_count;
    char server_name[TEXT_MAX_BYTES + 1];
    size_t bytes;
    uint64_t handed_out, dropped;
    bool nats, too_large, by_leaders;
};

/* Whose word counts: an entity's row is its leader's if `leader` is the answering server, or `clustered` is
 * absent. */
static const struct authority {
    enum entity entity;
    enum field leader, clustered;
} authorities[] = {
    {ENTITY_STREAM, F_STREAM_leader, F_STREAM_clustered},
    {ENTITY_CONSUMER, F_CONSUMER_leader, F_CONSUMER_clustered},
    {ENTITY_JETSTREAM, F_JETSTREAM_meta_leader, F_JETSTREAM_meta},
};

/* What is judged by the row around it; without authority its LEADER fields go, or the whole row. */
static const struct dependant {
    enum entity entity;
    bool whole;
} dependants[] = {{ENTITY_REPLICA, false}, {ENTITY_META_PEER, true}};

/* ---- values ---- */

static bool to_u64(const struct json_scalar *s, union cell *c, char *room) {
    (void)room;
    if (s->kind == JSON_UINT)
        c->u = s->u;
    else if (s->kind == JSON_REAL_ && s->f >= 0 && s->f < 0x1p64 && floor(s->f) == s->f)
        c->u = (uint64_t)s->f;
    else
        return false;
    return true;
}

static bool to_i64(const struct json_scalar *s, union cell *c, char *room) {
    (void)room;
    if (s->kind == JSON_UINT && s->u <= INT64_MAX)
        c->i = (int64_t)s->u;
    else if (s->kind == JSON_INT)
        c->i = s->i;
    else if (s->kind == JSON_REAL_ && s->f >= (double)INT64_MIN && s->f < -(double)INT64_MIN &&
             floor(s->f) == s->f)
        c->i = (int64_t)s->f;
    else
        return false;
    return true;
}

static bool to_f64(const struct json_scalar *s, union cell *c, char *room) {
    (void)room;
    c->f = s->f;
    return (s->kind == JSON_UINT || s->kind == JSON_INT || s->kind == JSON_REAL_) && isfinite(s->f);
}

static bool to_bool(const struct json_scalar *s, union cell *c, char *room) {
    (void)room;
    c->u = s->kind == JSON_TRUE_;
    return s->kind == JSON_TRUE_ || s->kind == JSON_FALSE_;
}

/* What is left of a text past JSON_TEXT_MAX ends in the hash of all of it, so that two long names stay two.
 */
static size_t mark_whole(char *clean, size_t len, uint32_t hash) {
    const size_t mark = 9;
    if (len > TEXT_MAX_BYTES - mark)
        len = TEXT_MAX_BYTES - mark;
    while (len && ((unsigned char)clean[len] & 0xc0) == 0x80)
        len--;
    return len + (size_t)snprintf(clean + len, mark + 1, "~%08x", hash);
}

static const struct text *clean_into(char *room, const char *bytes, size_t len,
                                     const struct json_scalar *cut) {
    struct text *text = (struct text *)(void *)room;
    size_t n = text_clean(text->bytes, bytes, len);
    if (cut && cut->whole_len > cut->len)
        n = mark_whole(text->bytes, n, cut->whole_hash);
    text->len = (uint32_t)n;
    text->hash = hash_bytes(text->bytes, n);
    return text;
}

static bool to_text(const struct json_scalar *s, union cell *c, char *room) {
    if (s->kind != JSON_TEXT)
        return false;
    c->s = clean_into(room, s->text, s->len, s);
    return true;
}

static bool to_time(const struct json_scalar *s, union cell *c, char *room) {
    (void)room;
    return s->kind == JSON_TEXT && time_parse(s->text, s->len, &c->i);
}

static bool to_span(const struct json_scalar *s, union cell *c, char *room) {
    if (s->kind == JSON_TEXT)
        return span_parse(s->text, s->len, &c->i);
    return to_i64(s, c, room);
}

static bool (*const to_cell[])(const struct json_scalar *, union cell *, char *) = {
    [TYPE_U64] = to_u64,   [TYPE_I64] = to_i64,   [TYPE_F64] = to_f64,   [TYPE_BOOL] = to_bool,
    [TYPE_TEXT] = to_text, [TYPE_TIME] = to_time, [TYPE_SPAN] = to_span,
};

/* "Never" and a zero that means "not measured" are no values, and no faults either. */
static bool is_nothing(const struct path_target *t, const union cell *c) {
    return (fields[t->field].type == TYPE_TIME && c->i == TIME_UNSET) || (t->nonzero && !c->u);
}

static bool convert(const struct path_target *t, const struct json_scalar *s, union cell *c, char *room) {
    if (s->kind == JSON_NULL_)
        return false;
    return to_cell[fields[t->field].type](s, c, room) && !is_nothing(t, c);
}

/* ---- values that wait ---- */

static struct waiting *waiting_for(struct decoder *d, enum field field) {
    for (unsigned i = d->levels[d->depth - 1].waiting; i < d->waiting_count; i++)
        if (d->waiting[i].field == field)
            return &d->waiting[i];
    if (d->waiting_count == WAITING_MAX)
        return NULL;
    struct waiting *w = &d->waiting[d->waiting_count++];
    w->field = field;
    return w;
}

static void let_wait(struct decoder *d, const struct path_target *t, const struct json_scalar *s) {
    struct waiting *w = waiting_for(d, t->field);
    if (!w)
        return;
    if (!w->text)
        w->text = memory_new(TEXT_ROOM);
    if (!convert(t, s, &w->cell, w->text)) {
        struct waiting gone = *w; /* the last value said is the one that counts, also when it is none */
        *w = d->waiting[--d->waiting_count];
        d->waiting[d->waiting_count] = gone;
    }
}

/* ---- rows ---- */

static void put(struct decoder *d, const struct path_target *t, const struct json_scalar *s) {
    if (t->slot == PATH_WAITS) {
        let_wait(d, t, s);
        return;
    }
    struct open_row *r = &d->rows[t->slot];
    union cell value;
    if (!convert(t, s, &value, r->texts + fields[t->field].cell * TEXT_ROOM)) {
        row_drop(&r->any.row, t->field);
        return;
    }
    *row_put(&r->any.row, t->field) = value;
    d->nats = d->nats || t->envelope;
}

static void put_all(struct decoder *d, const struct path_targets *targets, const struct json_scalar *s) {
    for (size_t i = 0; i < targets->count; i++)
        put(d, &targets->items[i], s);
}

static void put_present(struct decoder *d, const struct path_node *node) {
    static const struct json_scalar yes = {.kind = JSON_TRUE_};
    put_all(d, &node->present, &yes);
}

static void inherit(struct decoder *d, struct row *row, int slot) {
    size_t count;
    const struct path_inherit *list = path_inherits(&count);
    for (size_t i = 0; i < count; i++) {
        if (fields[list[i].to].entity != row->entity)
            continue;
        for (int from = 1; from < slot; from++) {
            const struct row *outer = &d->rows[from].any.row;
            if (d->rows[from].open && outer->entity == fields[list[i].from].entity &&
                row_has(outer, list[i].from))
                *row_put(row, list[i].to) = *row_cell(outer, list[i].from);
        }
    }
}

static void open_row(struct decoder *d, const struct path_node *node) {
    struct open_row *r = &d->rows[node->slot];
    struct row *row = &r->any.row;
    if (!r->texts)
        r->texts = memory_array(ROW_MAX_CELLS, TEXT_ROOM);
    row_init(row, (enum entity)node->row);
    r->open = true;
    for (unsigned i = 0; i < d->waiting_count; i++)
        if (fields[d->waiting[i].field].entity == row->entity)
            *row_put(row, d->waiting[i].field) = d->waiting[i].cell;
    inherit(d, row, node->slot);
    for (size_t i = 0; i < node->fixed_count; i++) {
        const struct path_text *f = &node->fixed[i];
        char *room = r->texts + fields[f->field].cell * TEXT_ROOM;
        row_put(row, f->field)->s = clean_into(room, f->text, strlen(f->text), NULL);
    }
}

static bool has_authority(const struct decoder *d, const struct row *row) {
    for (size_t i = 0; i < sizeof authorities / sizeof *authorities; i++) {
        const struct authority *a = &authorities[i];
        if (a->entity != row->entity)
            continue;
        if (!row_has(row, a->clustered))
            return true;
        if (d->by_leaders)
            return *row_text(row, a->leader) != '\0';
        return d->server_name[0] && row_has(row, a->leader) &&
               !strcmp(row_text(row, a->leader), d->server_name);
    }
    return true;
}

static void drop_leader_fields(struct row *row) {
    const struct entity_info *info = &entities[row->entity];
    for (int f = (int)info->first; f < (int)info->first + info->count; f++)
        if (fields[f].flags & FIELD_LEADER)
            row_drop(row, (enum field)f);
}

/* false: the row must not be handed out at all. */
static bool apply_leader_rule(const struct decoder *d, struct row *row, int slot) {
    for (size_t i = 0; i < sizeof dependants / sizeof *dependants; i++) {
        if (dependants[i].entity != row->entity)
            continue;
        bool speaks = has_authority(d, &d->rows[slot - 1].any.row);
        if (!speaks)
            drop_leader_fields(row);
        return speaks || !dependants[i].whole;
    }
    if (!has_authority(d, row))
        drop_leader_fields(row);
    return true;
}

static bool has_key(const struct row *row) {
    const struct entity_info *info = &entities[row->entity];
    bool any = false, wanted = false;
    for (int f = (int)info->first; f < (int)info->first + info->count; f++) {
        if (!(fields[f].flags & FIELD_KEY))
            continue;
        wanted = true;
        if (row_has(row, (enum field)f))
            any = true;
        else if (!path_key_optional((enum field)f))
            return false;
    }
    return any || !wanted;
}

static void hand_out(struct decoder *d, const struct row *row) {
    if (!has_key(row) || d->handed_out == DECODE_MAX_ROWS) {
        d->dropped++;
        return;
    }
    d->handed_out++;
    d->on_row(d->data, row);
}

static bool is_empty(const struct row *row) {
    for (size_t i = 0; i < sizeof row->present / sizeof *row->present; i++)
        if (row->present[i])
            return false;
    return true;
}

static void close_row(struct decoder *d, const struct path_node *node) {
    struct row *row = &d->rows[node->slot].any.row;
    d->rows[node->slot].open = false;
    if (node == d->document && is_empty(row))
        return; /* a document that says nothing of what we ask for */
    if (apply_leader_rule(d, row, node->slot))
        hand_out(d, row);
}

/* ---- what the JSON reader says ---- */

/* The node of the value that comes now. */
static const struct path_node *node_here(const struct decoder *d) {
    if (!d->depth)
        return d->root;
    const struct level *level = &d->levels[d->depth - 1];
    return level->array ? level->node->element : d->next;
}

static bool takes_object(const struct path_node *node) {
    return node->children || node->member || node->keys.count || node->row >= 0;
}

static enum json_answer on_begin(void *data, bool array) {
    struct decoder *d = data;
    const struct path_node *node = node_here(d);
    if (!node)
        return JSON_SKIP;
    put_present(d, node);
    if (array ? !node->element : !takes_object(node))
        return JSON_SKIP;
    d->levels[d->depth++] = (struct level){node, array, !array && node->row >= 0, d->waiting_count};
    if (d->levels[d->depth - 1].row)
        open_row(d, node);
    return JSON_GO;
}

static void on_end(void *data, bool array) {
    (void)array;
    struct decoder *d = data;
    const struct level *level = &d->levels[--d->depth];
    d->waiting_count = level->waiting;
    if (level->row)
        close_row(d, level->node);
    if (!d->depth && !is_empty(&d->rows[0].any.row))
        hand_out(d, &d->rows[0].any.row);
}

static enum json_answer on_key(void *data, const char *key, size_t len) {
    struct decoder *d = data;
    const struct path_node *node = d->levels[d->depth - 1].node;
    d->next = path_child(node, key, len);
    if (!d->next && node->keys.count) {
        struct json_scalar s = {.kind = JSON_TEXT, .text = key, .len = len, .whole_len = len};
        put_all(d, &node->keys, &s);
    }
    if (!d->next)
        d->next = node->member;
    return d->next ? JSON_GO : JSON_SKIP;
}

static void on_scalar(void *data, const struct json_scalar *s) {
    struct decoder *d = data;
    const struct path_node *node = node_here(d);
    if (!node || !d->depth)
        return;
    bool row = node->row >= 0 && node->values.count && s->kind != JSON_NULL_;
    if (row)
        open_row(d, node);
    if (s->kind != JSON_NULL_)
        put_present(d, node);
    if (row || node->row < 0)
        put_all(d, &node->values, s);
    if (row)
        close_row(d, node);
}

/* ---- the outside ---- */

struct decoder *decoder_create(void) {
    static const struct json_handler handler = {on_begin, on_end, on_key, on_scalar};
    struct decoder *d = memory_new(sizeof *d);
    d->json = json_reader_create(&handler, d, DECODE_MAX_DEPTH);
    d->rows[0].texts = memory_array(ROW_MAX_CELLS, TEXT_ROOM);
    decoder_start(d, SHAPE_NONE, NULL, NULL, NULL);
    return d;
}

void decoder_destroy(struct decoder *d) {
    if (!d)
        return;
    json_reader_destroy(d->json);
    for (int i = 0; i < PATH_SLOTS_MAX; i++)
        free(d->rows[i].texts);
    for (int i = 0; i < WAITING_MAX; i++)
        free(d->waiting[i].text);
    free(d);
}

static void start(struct decoder *d, enum shape shape, bool reply, const char *server_name,
                  decode_row_fn *row, void *data) {
    json_reader_reset(d->json);
    d->status = JSON_MORE;
    d->on_row = row;
    d->data = data;
    d->root = paths_of(shape, reply);
    d->document = reply ? path_child(d->root, "data", 4) : d->root;
    d->next = NULL;
    d->depth = d->waiting_count = 0;
    for (int i = 0; i < PATH_SLOTS_MAX; i++)
        d->rows[i].open = false;
    row_init(&d->rows[0].any.row, ENTITY_ANSWER);
    text_clean(d->server_name, server_name ? server_name : "", server_name ? strlen(server_name) : 0);
    d->bytes = 0;
    d->handed_out = d->dropped = 0;
    d->nats = d->too_large = false;
    d->by_leaders = shape == SHAPE_API || shape == SHAPE_API_CONSUMERS;
}

void decoder_start(struct decoder *d, enum shape shape, const char *server_name, decode_row_fn *row,
                   void *data) {
    start(d, shape, false, server_name, row, data);
}

void decoder_start_reply(struct decoder *d, enum shape shape, const char *server_name, decode_row_fn *row,
                         void *data) {
    start(d, shape, true, server_name, row, data);
}

void decoder_give(struct decoder *d, enum field field, const char *text) {
    if (d->waiting_count == WAITING_MAX)
        return;
    struct waiting *w = &d->waiting[d->waiting_count++];
    if (!w->text)
        w->text = memory_new(TEXT_ROOM);
    w->field = field;
    w->cell.s = clean_into(w->text, text, strlen(text), NULL);
}

bool decoder_feed(struct decoder *d, const char *bytes, size_t len) {
    if (len > DECODE_MAX_BODY - d->bytes)
        d->too_large = true;
    if (d->too_large)
        return false;
    d->bytes += len;
    d->status = json_reader_feed(d->json, bytes, len);
    return d->status <= JSON_DONE;
}

static enum failure fault(const struct decoder *d, bool cut, char *error, size_t size) {
    const char *problem = json_reader_problem(d->json);
    size_t at = json_reader_offset(d->json);
    if (!d->bytes)
        snprintf(error, size, "the body is empty");
    else if (cut)
        snprintf(error, size, "the body ends in the middle, after %zu bytes", at);
    else
        snprintf(error, size, "not JSON: %s at byte %zu", problem, at);
    return cut && d->bytes ? FAILURE_CUT : FAILURE_BODY;
}

/* A reply that is none says why. */
static enum failure refusal(const struct decoder *d, char *error, size_t size) {
    const struct row *answer = &d->rows[0].any.row;
    if (!row_has(answer, F_ANSWER_error_code))
        return FAILURE_NONE;
    snprintf(error, size, "%s: %s (%llu)", d->by_leaders ? "JetStream refused" : "the server refused",
             row_text(answer, F_ANSWER_error), (unsigned long long)row_u64(answer, F_ANSWER_error_code, 0));
    return FAILURE_HTTP;
}

enum failure decoder_finish(struct decoder *d, char *error, size_t size) {
    if (size)
        error[0] = '\0';
    if (d->too_large) {
        snprintf(error, size, "the body is larger than %u MiB", DECODE_MAX_BODY >> 20);
        return FAILURE_TOO_LARGE;
    }
    bool open = d->status == JSON_MORE;
    if (open)
        d->status = json_reader_finish(d->json);
    if (d->status == JSON_DONE)
        return refusal(d, error, size);
    if (d->status == JSON_DEEP) {
        snprintf(error, size, "nested deeper than %d levels", DECODE_MAX_DEPTH);
        return FAILURE_BODY;
    }
    return fault(d, open, error, size);
}

uint64_t decoder_dropped(const struct decoder *d) {
    return d->dropped;
}

bool decoder_is_nats(const struct decoder *d) {
    return d->nats;
}
