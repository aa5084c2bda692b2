#include "views/quantity_parts.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/alert_object.h"
#include "base/clock.h"
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

/* By what comes next: in steps, so that two that will be cut at about the same time do not change places. A
 * lost server's connections are evidence of nothing, closed ones are over: behind those that live. */
static int connection_rank(const struct model *model, const struct object *object, int severity) {
    static const int64_t soon_s[] = {300, 60, 30, 10};
    enum { STEPS = sizeof(soon_s) / sizeof(soon_s[0]) };
    int rank = severity * (STEPS + 1);
    double cut_in;
    if (severity == SEVERITY_UNKNOWN || model_is_closed(object))
        return -1;
    if (quantity_value(model, object, Q_CONNECTION_cut_in, &cut_in))
        for (int i = 0; i < STEPS; i++)
            rank += cut_in < (double)(soon_s[i] * NS_PER_S);
    return rank;
}

int list_rank(const struct model *model, const struct object *object, int severity) {
    if (object->kind == OBJECT_CONSUMER)
        return consumer_rank(model, object, severity);
    if (object->kind == OBJECT_CONNECTION)
        return connection_rank(model, object, severity);
    if (object->kind == OBJECT_ALERT)
        return INT_MAX - (int)alert_place(object);
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

static bool is_amount(const struct value *v, double *number) {
    bool other = v->type == VALUE_TIME || v->type == VALUE_BOOL || v->flags & VALUE_NEVER;
    return !other && value_number(*v, number);
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

/* Two answers of one consumer are as far apart, and those of two were asked for at different moments. */
static bool row_near(void *data, size_t a, size_t b, int column) {
    const double near = 0.1;
    const struct quantity_list *list = ((const struct list_data *)data)->list;
    const struct quantity_row *ra = &list->rows[a], *rb = &list->rows[b];
    bool by_sort = column == list->table.sort;
    const struct value *left = by_sort ? &ra->key : &ra->then, *right = by_sort ? &rb->key : &rb->then;
    double x, y;
    bool exact = quantities[list->columns[column].quantity].unit == UNIT_NONE;
    if (exact || !is_amount(left, &x) || !is_amount(right, &y) || x * y <= 0)
        return false;
    return fabs(x - y) <= near * fmax(fabs(x), fabs(y));
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

static void gauge_text(char *out, size_t size, double share, double mark, int width) {
    int inner = width - 2, full = (int)(share * inner + 0.5), at = (int)(mark * inner);
    size_t len = 0;
    if (inner < 1 || (size_t)width >= size)
        return;
    out[len++] = '[';
    for (int i = 0; i < inner; i++)
        out[len++] = i == at ? '|' : i < full ? '#' : ' ';
    out[len++] = ']';
    out[len] = 0;
}

/* Why there is nothing new of it; "": there is, or nobody knows. */
static const char *why_old(const struct model *model, const struct object *object) {
    bool old = object->freshness != FRESH_LIVE;
    if (list_server_is_away(model, object))
        return quantity_name_text(model, object, Q_SERVER_reason);
    if (object->kind == OBJECT_CONSUMER && old)
        return quantity_name_text(model, object, Q_CONSUMER_leader_why);
    if (object->kind == OBJECT_STREAM && old)
        return quantity_name_text(model, object, Q_STREAM_leader_why);
    return "";
}

/* How much of a reason is told: all of it, what stands without a column of leaders, what stands beside those
 * and states. */
enum telling { TELL_ALL, TELL_ALONE, TELL_LEAST };

static bool after(const char **text, const char *head) {
    bool is = strncmp(*text, head, strlen(head)) == 0;
    *text += is ? strlen(head) : 0;
    return is;
}

/* "last seen 14s ago: its only server n2 gone": "n2 gone 14s", "gone 14s". */
static bool tell_lost(const char *why, enum telling telling, char *out, size_t size) {
    const char *span = why, *end = strstr(why, " ago: "), *tail = strrchr(why, ' '), *name = tail;
    if (!after(&span, "last seen ") || !end || span > end)
        return false;
    int len = (int)(end - span);
    while (name[-1] != ' ')
        name--;
    if (strcmp(tail, " gone") == 0)
        snprintf(out, size, "%s %.*s", telling == TELL_LEAST ? tail + 1 : name, len, span);
    else
        snprintf(out, size, telling == TELL_LEAST ? "seen %.*s" : "last seen %.*s ago", len, span);
    return true;
}

/* "leader n2 gone 14s", "leader gone 14s", "gone 14s". */
static void tell(const char *why, enum telling telling, char *out, size_t size) {
    const char *rest = why, *name = why;
    if (telling != TELL_ALL && tell_lost(why, telling, out, size))
        return;
    if (telling == TELL_LEAST)
        after(&rest, "no leader ");
    bool led = telling != TELL_ALL && after(&name, "leader ") && strchr(name, ' ');
    rest = led ? strchr(name, ' ') + 1 : rest;
    snprintf(out, size, "%s%s", led && telling == TELL_ALONE ? "leader " : "", rest);
}

/* As much as there is room for; false: there is none. */
static bool tell_in(const char *why, enum telling from, enum telling least, int width, char *out,
                    size_t size) {
    for (int telling = TELL_ALL; telling <= (int)least && *why; telling++) {
        tell(why, (enum telling)telling, out, size);
        if ((telling == TELL_ALL || telling >= (int)from) && (width == 0 || text_width(out) <= width))
            return true;
    }
    return false;
}

static void special_cell(const struct list_data *d, const struct object *object,
                         const struct quantity_column *c, int width, struct table_cell *out) {
    const struct quantity_list *list = d->list;
    double share, mark = -1;
    if (c->form == COLUMN_GAUGE) {
        if (c->mark)
            quantity_value(list->model, object, c->mark, &mark);
        if (quantity_value(list->model, object, c->quantity, &share))
            gauge_text(out->text, sizeof(out->text), share, mark, width);
    } else if (tell_in(why_old(list->model, object), TELL_LEAST, TELL_LEAST, width, out->text,
                       sizeof(out->text))) {
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

int list_reason_width(const struct model *model, const struct object *object) {
    char text[600];
    if (object->freshness == FRESH_LIVE)
        return 0;
    tell(why_old(model, object), TELL_LEAST, text, sizeof(text));
    return text_width(text);
}

/* In place of a word that is as old, where it has no place of its own. */
static bool reason_instead(const struct quantity_list *list, const struct object *object,
                           const struct quantity_column *column, char *out, size_t size, int width) {
    const char *why = why_old(list->model, object);
    if (!column->dated || object->freshness != FRESH_STALE ||
        list_reason_width(list->model, object) <= list->reason_room)
        return false;
    enum telling least = strncmp(why, "no leader ", 10) == 0 ? TELL_ALONE : TELL_LEAST;
    return tell_in(why, TELL_ALONE, least, width, out, size);
}

static bool subject_text(const struct quantity_list *list, const struct object *object, enum quantity q,
                         char *out, size_t size, int width) {
    const char *subject =
        quantities[q].flags & QUANTITY_SUBJECT ? quantity_name_text(list->model, object, q) : "";
    if (width > 0 && *subject)
        text_cut_parts(out, size, subject, '.', width);
    return width > 0 && *subject;
}

/* Names differ at their ends. */
static void cut_name(char *out, size_t size, enum quantity q, int width) {
    char whole[3 * TEXT_MAX_BYTES + 8];
    bool is_name = quantities[q].flags & (QUANTITY_KEY | QUANTITY_GROUP) && !quantity_on_right(q);
    if (!is_name || width <= 0 || text_width(out) <= width)
        return;
    snprintf(whole, sizeof(whole), "%s", out);
    text_cut_middle(out, size, whole, width);
}

void list_value_text(const struct quantity_list *list, const struct object *object,
                     const struct quantity_column *column, char *out, size_t size, int width) {
    if (reason_instead(list, object, column, out, size, width))
        return;
    if (!subject_text(list, object, column->quantity, out, size, width) &&
        !asset_name(out, size, list->model, object, column->quantity, list->account_in_name, width))
        quantity_text(out, size, &list->at, object, column->quantity, width);
    if (column->brief && width > 0 && text_width(out) > width)
        quantity_text(out, size, &list->at, object, column->brief, width);
    cut_name(out, size, column->quantity, width);
    if (column->dated && !list->reason_room && object->freshness == FRESH_STALE)
        put_age(list, object, out, size, width);
}

/* What a closed connection said last is what it ended with. */
static bool is_old(const struct object *object) {
    bool ended = object->kind == OBJECT_CONNECTION && model_is_closed(object);
    return object->freshness != FRESH_LIVE && !ended;
}

/* Who has no name is not called "-", as somebody may be. */
static const struct {
    enum quantity quantity;
    const char *none;
} nameless[] = {{Q_CONNECTION_name, ""}, {Q_GROUP_key, "(none)"}};

static bool is_nameless(const struct quantity_list *list, const struct object *object, enum quantity q,
                        struct table_cell *out) {
    for (size_t i = 0; i < sizeof(nameless) / sizeof(nameless[0]); i++) {
        if (nameless[i].quantity != q || *quantity_name_text(list->model, object, q))
            continue;
        snprintf(out->text, sizeof(out->text), "%s", nameless[i].none);
        out->role = ROLE_MUTED;
        return true;
    }
    return false;
}

static void row_cell_text(void *data, size_t row, int column, int width, struct table_cell *out) {
    const struct list_data *d = data;
    const struct quantity_list *list = d->list;
    const struct object *object = list->rows[row].object;
    const struct quantity_column *c = &list->columns[column];
    if (is_old(object))
        out->role = ROLE_DIM;
    if (is_nameless(list, object, c->quantity, out))
        return;
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

static bool row_stale(void *data, size_t row) {
    const struct quantity_list *list = ((const struct list_data *)data)->list;
    const struct object *object = list->rows[row].object;
    return is_old(object) || list_server_is_away(list->model, object);
}

struct table_source list_source(struct list_data *data) {
    return (struct table_source){
        .data = data,
        .rows = data->list->count,
        .id = row_id,
        .cell = row_cell_text,
        .compare = row_compare,
        .near = data->sorting ? row_near : NULL,
        .tie = data->names ? row_tie : NULL,
        .severity = row_severity,
        .note = row_note,
        .stale = row_stale,
    };
}
