#include "views/quantity_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "views/asset_name.h"
#include "views/spark.h"

static uint64_t row_id(void *data, size_t row) {
    const struct list_data *d = data;
    return d->list->rows[row].object->id;
}

/* What its leader tells nothing of: behind all that lag, before those that don't. */
static int consumer_rank(const struct model *model, const struct object *object, int severity) {
    double lag;
    bool known = quantity_value(model, object, Q_CONSUMER_lag, &lag);
    if (severity > SEVERITY_UNKNOWN || (severity == SEVERITY_UNKNOWN && known))
        return 3 * severity;
    return severity == SEVERITY_UNKNOWN ? 1 : known && lag > 0 ? 2 : 0;
}

int list_rank(const struct model *model, const struct object *object, int severity) {
    if (object->kind == OBJECT_CONSUMER)
        return consumer_rank(model, object, severity);
    /* A lost server's connections are evidence of nothing: behind those that live. */
    if (object->kind == OBJECT_CONNECTION && severity == SEVERITY_UNKNOWN)
        return -1;
    return severity;
}

static int row_severity(void *data, size_t row) {
    const struct list_data *d = data;
    return d->sorting ? d->list->rows[row].rank : d->list->rows[row].severity;
}

/* The same order, sooner: thousands of rows are compared many times. */
static int compare(const struct value *a, const struct value *b) {
    if (a->type == VALUE_UINT && b->type == VALUE_UINT)
        return (a->u > b->u) - (a->u < b->u);
    if (a->type == VALUE_TEXT && b->type == VALUE_TEXT && a->text == b->text)
        return 0;
    return value_compare(*a, *b);
}

static int row_compare(void *data, size_t a, size_t b, int column) {
    const struct quantity_list *list = ((const struct list_data *)data)->list;
    const struct quantity_row *ra = &list->rows[a], *rb = &list->rows[b];
    if (column == list->table.sort)
        return compare(&ra->key, &rb->key);
    if (column == list->table.then)
        return compare(&ra->then, &rb->then);
    enum quantity q = list->columns[column].quantity;
    return value_compare(quantity_get(list->model, ra->object, q), quantity_get(list->model, rb->object, q));
}

static struct value *name_of(const struct list_data *d, size_t row, int key) {
    struct value *name = &d->names[row * (size_t)d->list->key_count + (size_t)key];
    if (name->type == VALUE_UNKNOWN)
        *name = quantity_get(d->list->model, d->list->rows[row].object, d->list->keys[key]);
    return name;
}

/* By what says which object it is. */
static int row_tie(void *data, size_t a, size_t b) {
    const struct list_data *d = data;
    int order = 0;
    if (d->list->placed)
        return (d->list->rows[a].place > d->list->rows[b].place) -
               (d->list->rows[a].place < d->list->rows[b].place);
    for (int i = 0; i < d->list->key_count && !order; i++)
        order = compare(name_of(d, a, i), name_of(d, b, i));
    return order;
}

bool list_server_is_away(const struct model *model, const struct object *object) {
    return object->kind == OBJECT_SERVER &&
           strcmp(quantity_name_text(model, object, Q_SERVER_state), "up") != 0;
}

static void gauge_text(char *out, size_t size, double share, int width) {
    int inner = width - 2, full = (int)(share * inner + 0.5);
    size_t len = 0;
    if (inner < 1 || (size_t)width >= size)
        return;
    out[len++] = '[';
    for (int i = 0; i < inner; i++)
        out[len++] = i == inner / 2 ? '|' : i < full ? '#' : ' '; /* from half on publishers are held */
    out[len++] = ']';
    out[len] = 0;
}

/* Why there is nothing new of it; "": there is, or nobody knows. */
static const char *why_old(const struct model *model, const struct object *object) {
    if (list_server_is_away(model, object))
        return quantity_name_text(model, object, Q_SERVER_reason);
    if (object->kind == OBJECT_CONSUMER && object->freshness != FRESH_LIVE)
        return quantity_name_text(model, object, Q_CONSUMER_leader_why);
    return "";
}

/* "for 21s" of "no leader for 21s", which its state begins with; NULL: it does not end like that. */
static const char *age_of(const char *why) {
    const char *at = strstr(why, " for ");
    for (const char *next = at; next; next = strstr(next + 1, " for "))
        at = next;
    return at && at[5] >= '0' && at[5] <= '9' ? at + 1 : NULL;
}

/* "last seen 14s ago: ...", and "seen 14s" where that is too long. */
static bool put_seen(const char *why, char *out, size_t size, int width) {
    static const char head[] = "last seen ";
    const char *span = why + sizeof(head) - 1, *end = strstr(why, " ago: ");
    if (strncmp(why, head, sizeof(head) - 1) != 0 || !end || text_width(why) <= width)
        return false;
    int whole = (int)(end - why), len = (int)(end - span);
    if (whole + 4 <= width)
        snprintf(out, size, "%.*s ago", whole, why);
    else
        snprintf(out, size, "seen %.*s", len, span);
    return true;
}

/* "leader n2 gone 14s", and "gone 14s" where that is too long: its name has a column. */
static const char *shortened(const char *why, int width) {
    static const char head[] = "leader ";
    const char *name = why + sizeof(head) - 1;
    bool named = strncmp(why, head, sizeof(head) - 1) == 0 && strchr(name, ' ');
    why = text_width(why) > width && named ? strchr(name, ' ') + 1 : why;
    return text_width(why) > width && age_of(why) ? age_of(why) : why;
}

static void special_cell(const struct list_data *d, const struct object *object,
                         const struct quantity_column *c, int width, struct table_cell *out) {
    const struct quantity_list *list = d->list;
    double share;
    if (c->form == COLUMN_GAUGE) {
        if (quantity_value(list->model, object, c->quantity, &share))
            gauge_text(out->text, sizeof(out->text), share, width);
    } else if (*why_old(list->model, object)) {
        const char *why = why_old(list->model, object);
        if (!put_seen(why, out->text, sizeof(out->text), width))
            text_cut(out->text, sizeof(out->text), shortened(why, width), width);
        out->role = ROLE_TEXT;
    } else {
        double top = quantities[c->quantity].unit == UNIT_PERCENT ? list->spark_top : 0;
        spark_text(out->text, sizeof(out->text), &list->at, object, c->quantity, list->spark_s, width, top,
                   d->ascii);
        out->role = ROLE_CHART_LOAD;
    }
}

/* "leaderless 44s", "keeping_up~ 4s": where there is no room for both, the age goes. */
static void put_age(const struct quantity_list *list, const struct object *object, char *out, size_t size,
                    int width) {
    char age[TIME_TEXT_SIZE];
    int64_t ns = list->at.utc_ns - object->seen_utc_ns;
    size_t len = strlen(out);
    lasted_format(age, ns > 0 ? ns : 0);
    if (object->seen_utc_ns && text_width(out) + 1 + (int)strlen(age) <= width)
        snprintf(out + len, size - len, " %s", age);
}

void list_value_text(const struct quantity_list *list, const struct object *object,
                     const struct quantity_column *column, char *out, size_t size, int width) {
    if (!asset_name(out, size, list->model, object, column->quantity, list->account_in_name, width))
        quantity_text(out, size, &list->at, object, column->quantity, width);
    if (column->dated && !list->reasons && object->freshness == FRESH_STALE)
        put_age(list, object, out, size, width);
}

static void row_cell_text(void *data, size_t row, int column, int width, struct table_cell *out) {
    const struct list_data *d = data;
    const struct quantity_list *list = d->list;
    const struct object *object = list->rows[row].object;
    const struct quantity_column *c = &list->columns[column];
    if (object->freshness != FRESH_LIVE)
        out->role = ROLE_DIM;
    if (c->form == COLUMN_VALUE)
        list_value_text(list, object, c, out->text, sizeof(out->text), width);
    else
        special_cell(d, object, c, width, out);
}

/* A server that never answered has no numbers: why stands in their place. */
static bool row_note(void *data, size_t row, struct table_cell *out) {
    const struct quantity_list *list = ((const struct list_data *)data)->list;
    const struct object *object = list->rows[row].object;
    if (!list_server_is_away(list->model, object) ||
        *quantity_name_text(list->model, object, Q_SERVER_version))
        return false;
    const char *reason = quantity_name_text(list->model, object, Q_SERVER_reason);
    snprintf(out->text, sizeof(out->text), "%s%s%s", quantity_name_text(list->model, object, Q_SERVER_state),
             *reason ? ", " : "", reason);
    return out->text[0] != 0;
}

struct table_source list_source(struct list_data *data) {
    return (struct table_source){
        .data = data,
        .rows = data->list->count,
        .id = row_id,
        .cell = row_cell_text,
        .compare = row_compare,
        .tie = data->names ? row_tie : NULL,
        .severity = row_severity,
        .note = row_note,
        .dim_stale = true,
    };
}
