#include "views/quantity_table.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "views/clusters.h"
#include "views/faults.h"
#include "views/quantity_parts.h"
#include "views/spark.h"

static void make_titles(struct quantity_list *list, bool bits) {
    for (int i = 0; i < list->column_count; i++) {
        const struct quantity_column *c = &list->columns[i];
        char *title = list->titles[i];
        snprintf(title, sizeof(list->titles[i]), "%s", c->title ? c->title : quantities[c->quantity].title);
        char *b = strrchr(title, 'B');
        if (b && bits && quantities[c->quantity].unit == UNIT_BYTES_PER_S)
            *b = 'b';
    }
}

void quantity_list_init(struct quantity_list *list, enum object_kind kind,
                        const struct quantity_column *columns, int count, int sort, int then) {
    memset(list, 0, sizeof(*list));
    list->kind = kind;
    list->columns = columns;
    list->column_count = count < TABLE_MAX_COLUMNS ? count : TABLE_MAX_COLUMNS;
    list->spark_s = 600;
    list->grouped_by = -1;
    make_titles(list, false);
    for (int q = 0; q < QUANTITY_COUNT && list->key_count < LIST_MAX_KEYS; q++)
        if (quantities[q].kind == kind && quantities[q].flags & QUANTITY_KEY)
            list->keys[list->key_count++] = (enum quantity)q;
    for (int i = 0; i < list->column_count; i++) {
        const struct quantity_column *c = &columns[i];
        list->made[i] = (struct table_column){
            .title = list->titles[i],
            .width = c->width ? c->width : quantities[c->quantity].width,
            .align = c->form == COLUMN_VALUE && quantity_on_right(c->quantity) ? 1 : -1,
            .priority = c->priority,
            .grow = c->grow,
            .pinned = c->pinned,
            .id = i,
        };
    }
    table_init(&list->table, list->made, list->column_count, sort, then);
    list->table.mark = true;
    for (int i = 0; i < list->column_count; i++)
        list->table.hidden[i] = columns[i].off;
}

void quantity_list_finish(struct quantity_list *list) {
    table_finish(&list->table);
    filter_destroy(list->filter);
    free(list->rows);
    name_order_finish(&list->names);
    memset(list, 0, sizeof(*list));
}

/* ---- which rows there are ---- */

static struct filter *make_filter(const struct quantity_list *list, const char *text) {
    struct filter_column shown[TABLE_MAX_COLUMNS];
    int count = 0;
    for (int i = 0; i < list->column_count; i++)
        if (list->columns[i].form == COLUMN_VALUE)
            shown[count++] = (struct filter_column){list->columns[i].quantity, list->columns[i].title};
    return filter_create(text, list->kind, shown, count);
}

static void set_filter(struct quantity_list *list, const char *text) {
    if (list->filter && strcmp(filter_text(list->filter), text) == 0)
        return;
    filter_destroy(list->filter);
    list->filter = make_filter(list, text);
    list->basis.version = 0;
}

static bool is_tombstone(const struct object *object) {
    return object->freshness == FRESH_GONE && object->kind != OBJECT_SERVER && object->kind != OBJECT_CLUSTER;
}

/* Three digits, as they are shown: what looks alike does not change places. */
static struct value rounded(struct value v, enum unit unit) {
    double number;
    bool exact = unit == UNIT_NONE || v.type == VALUE_TIME || v.flags & VALUE_NEVER;
    if (exact || v.type == VALUE_BOOL || !value_number(v, &number) || number == 0)
        return v;
    double step = 1, size = fabs(number);
    for (; size >= 1000; size /= 10)
        step *= 10;
    for (; size < 100; size *= 10)
        step /= 10;
    return (struct value){.type = VALUE_REAL, .flags = v.flags, .f = round(number / step) * step};
}

static struct value key_of(const struct quantity_list *list, const struct object *object, int column) {
    if (column < 0)
        return (struct value){0};
    enum quantity q = list->columns[column].quantity;
    return rounded(quantity_get(list->model, object, q), quantities[q].unit);
}

enum { PENDING_NOISE = 65536 }; /* bytes: less waits anywhere for a moment (filling.h) */

/* Behind severity a little that waits for a moment moves no row. */
static struct value then_of(const struct quantity_list *list, const struct object *object) {
    struct value v = key_of(list, object, list->table.then);
    bool pending = list->table.then >= 0 && list->table.sort < 0 &&
                   list->columns[list->table.then].quantity == Q_CONNECTION_pending_bytes;
    double bytes;
    if (pending && value_number(v, &bytes) && bytes < PENDING_NOISE)
        v = (struct value){.type = VALUE_REAL, .f = 0};
    return v;
}

static void add_row(struct quantity_list *list, const struct object *object, size_t at, int severity) {
    if (list->count == list->cap) {
        list->cap = list->cap ? list->cap * 2 : 64;
        list->rows = memory_grow(list->rows, list->cap, sizeof(*list->rows));
    }
    struct quantity_row *row = &list->rows[list->count++];
    row->object = object;
    row->severity = severity;
    row->place = list->placed ? list->names.places[at] : 0;
    row->rank = list_rank(list->model, object, severity);
    row->key = key_of(list, object, list->table.sort);
    row->then = then_of(list, object);
}

/* What can't be asked is not known to be well. */
static int severity_of(const struct model *model, const struct object *object) {
    int severity = (int)model_severity(model, object);
    return severity == SEVERITY_OK && list_server_is_away(model, object) ? SEVERITY_UNKNOWN : severity;
}

/* The one that is `place`th of all. */
static void consider(struct quantity_list *list, const struct quantity_pick *pick,
                     const struct object *object, size_t place) {
    const struct view_context *at = &list->at;
    if (pick && pick->parent && (!object->parent || object->parent->id != pick->parent))
        return;
    if (pick && pick->stream && model_stream_of(list->model, object) != pick->stream)
        return;
    if (pick && pick->connection && model_connection_of(list->model, object) != pick->connection)
        return;
    if (pick && pick->like && (object == pick->like || !pick->alike(list->model, object, pick->like)))
        return;
    if (is_tombstone(object) && !(pick && pick->gone) && !at->show_hidden &&
        !(pick && object->id == pick->keep))
        return;
    for (int i = 0; pick && i < pick->group_count; i++)
        if (!group_has(&pick->groups[i], list->model, object))
            return;
    if (pick && pick->skip && pick->skip(list->model, object))
        return;
    list->known++;
    int severity = severity_of(list->model, object);
    if (at->faults_only && severity == SEVERITY_OK)
        return;
    if (!(pick && pick->no_filter) && !filter_pass(list->filter, list->model, object))
        return;
    bool may_hide = pick && !at->show_hidden && object->id != pick->keep && severity <= SEVERITY_UNKNOWN;
    bool internal = may_hide && pick->internal && pick->internal(list->model, object);
    bool idle = may_hide && !internal && pick->idle && pick->idle(list->model, object);
    list->internal += internal;
    list->quiet += idle;
    if (internal || idle)
        return;
    add_row(list, object, place, severity);
}

/* Percents have one scale for all rows, so that they compare; what has no natural size has its own. */
static void find_spark_top(struct quantity_list *list) {
    list->spark_top = 100;
    for (int c = 0; c < list->column_count; c++) {
        enum quantity q = list->columns[c].quantity;
        if (list->columns[c].form != COLUMN_SPARK || quantities[q].unit != UNIT_PERCENT)
            continue;
        for (size_t i = 0; i < list->count; i++) {
            double peak = spark_peak(&list->at, list->rows[i].object, q, list->spark_s);
            list->spark_top = peak > list->spark_top ? peak : list->spark_top;
        }
    }
}

enum { ROOMY = 36 }; /* columns, from which on two more find room beside the name */

/* On a phone the first column leaves room for what it is about. */
static int narrowed(const struct quantity_list *list, const struct quantity_column *column, int width) {
    int most = list->table.width < ROOMY ? list->table.width * 4 / 7 : list->table.width / 2;
    return column->priority == 0 && most > 0 && width > most ? most : width;
}

enum { STEP = 4, REST = 240 /* columns: what is left is for texts that are cut */ };
enum { ROWS_FITTED = 1024 /* of thousands: the others are hardly any wider */ };

static size_t rows_to_fit(const struct quantity_list *list) {
    return list->count < ROWS_FITTED ? list->count : ROWS_FITTED;
}

static int steps_over(int width, int usual) {
    return width > usual ? (width - usual + STEP - 1) / STEP * STEP : 0;
}

/* The width of its text, if that is more than `enough`, else 0. */
static int wider(const struct quantity_list *list, const struct object *object,
                 const struct quantity_column *column, int enough) {
    char text[3 * TEXT_MAX_BYTES + 8];
    bool dated = column->dated && object->freshness == FRESH_STALE;
    if (column->dated && !dated)
        return 0; /* its words are known */
    struct value v = quantity_get(list->model, object, column->quantity);
    bool whole = !dated && !list->account_in_name; /* no text is wider than it has bytes */
    if (whole && v.type == VALUE_TEXT && strlen(v.text) <= (size_t)enough)
        return 0;
    list_value_text(list, object, column, text, sizeof(text), dated ? (int)sizeof(text) : 0);
    int width = text_width(text);
    return width > enough ? width : 0;
}

/* It says one of a few words, and there is room for each: no row needs more. */
static bool words_fit(const struct quantity_column *column, int width) {
    const char *word =
        column->dated || quantity_says_more(column->quantity) ? NULL : quantity_word(column->quantity, 0);
    bool fit = word != NULL;
    for (int n = 1; word; word = quantity_word(column->quantity, n++))
        fit &= strlen(word) <= (size_t)width;
    return fit;
}

/* Its usual width, or less where all its texts are short. */
static int needed_width(const struct quantity_list *list, const struct quantity_column *column, int usual) {
    int width = column->least ? column->least : usual;
    for (size_t i = 0; i < rows_to_fit(list) && width < usual; i++) {
        int needed = wider(list, list->rows[i].object, column, width);
        width = needed ? needed : width;
    }
    return width < usual ? width : usual;
}

/* As far as the names need, in steps, so that what they don't need is left to others. The one that says which
 * row it is comes before other columns. */
static void fit_names(struct quantity_list *list, int c) {
    const struct quantity_column *column = &list->columns[c];
    int own = column->width ? column->width : quantities[column->quantity].width, more = 0;
    int usual = needed_width(list, column, own);
    int width = narrowed(list, column, usual), first_most = list->table.width / 10;
    int most = column->grow + (column->brief || column->dated ? 0 : REST);
    size_t rows = words_fit(column, width) ? 0 : rows_to_fit(list);
    for (size_t i = 0; i < rows && more < most; i++) {
        int needed = wider(list, list->rows[i].object, column, width + more);
        more = needed ? steps_over(needed, width) : more;
    }
    more = more < most ? more : most;
    list->made[c].rest = more > column->grow ? more - column->grow : 0;
    more -= list->made[c].rest;
    int first = column->priority > 0 || width < usual ? 0 : more < first_most ? more : first_most;
    list->made[c].width = width + first;
    list->made[c].grow = more - first;
}

static bool holds_names(const struct quantity_list *list, int c) {
    const struct quantity_column *column = &list->columns[c];
    return column->form == COLUMN_VALUE && list->made[c].align <= 0 && (column->grow > 0 || !column->brief);
}

/* Those of `columns` that are not fitted to these rows yet. */
static void fit_columns(struct quantity_list *list, uint64_t columns) {
    for (int c = 0; c < list->column_count; c++)
        if (columns >> c & ~list->fitted >> c & 1 && holds_names(list, c))
            fit_names(list, c);
    list->fitted |= columns;
}

/* The column of pictures; -1: there is no room for them. */
static int picture_of(const struct quantity_list *list) {
    uint64_t shown = table_shown(&list->table);
    for (int c = 0; c < list->column_count; c++)
        if (shown >> c & 1 && list->columns[c].form == COLUMN_SPARK)
            return c;
    return -1;
}

/* Columns that why a row is old needs at most, in short. */
/* Or one that is longer than that. */
static int longest_reason(const struct quantity_list *list, int most) {
    int longest = 0;
    for (size_t i = 0; i < rows_to_fit(list) && longest <= most; i++) {
        int reason = list_reason_width(list->model, list->rows[i].object);
        longest = reason > longest ? reason : longest;
    }
    return longest;
}

/* Where pictures are, reasons take the place of theirs. They have to be read: less urgent columns give way,
 * but not the pictures. */
static void make_room_for_reasons(struct quantity_list *list, int picture) {
    static const int enough[] = {14, 20}; /* "silent for 14s", "gives no /jsz for 9s" */
    int room = table_column_width(&list->table, picture), usual = list->columns[picture].width;
    int longest = longest_reason(list, room > enough[0] ? room : enough[0]);
    int wanted = longest <= enough[0] ? enough[0] : enough[1];
    if (longest <= room || wanted <= room)
        return;
    list->made[picture].width = wanted;
    if (picture_of(list) != picture)
        list->made[picture].width = usual;
}

/* What is never left out decides about what else there is room for; names that nobody sees are not looked at.
 */
static void fit(struct quantity_list *list) {
    uint64_t first = 0;
    for (int c = 0; c < list->column_count; c++)
        first |= (uint64_t)(list->columns[c].priority == 0) << c;
    fit_columns(list, first);
    for (int c = 0; c < list->column_count; c++)
        if (list->columns[c].form == COLUMN_SPARK)
            list->made[c].width = list->columns[c].width;
    int picture = picture_of(list);
    list->reason_room = picture < 0 ? 0 : INT_MAX;
    fit_columns(list, table_shown(&list->table));
    if (picture < 0)
        return;
    make_room_for_reasons(list, picture);
    list->reason_room = table_column_width(&list->table, picture);
}

/* Only where it tells rows apart; `c` hides it all the same. */
static void show_cluster(struct quantity_list *list) {
    bool several = clusters_count(list->model).clusters > 1;
    for (int c = 0; c < list->column_count && several != list->several; c++)
        if (quantities[list->columns[c].quantity].flags & QUANTITY_WHERE)
            list->table.hidden[c] = !several;
    list->several = several;
}

/* Two accounts have streams of one name: then the account says which row it is. */
static void show_account(struct quantity_list *list) {
    bool shared = model_shares_names(list->model);
    for (int c = 0; c < list->column_count && shared != list->shared; c++)
        if (list_is_account(list->columns[c].quantity))
            list->table.hidden[c] = !shared && list->columns[c].off;
    list->shared = shared;
}

enum { ACCOUNT_LEAST = 44 }; /* columns of a list, from which on there is room for the account's beside lag */

/* In its column, or in the name where that is narrow or somebody hid it. */
static void place_account(struct quantity_list *list) {
    bool narrow = list->table.width < ACCOUNT_LEAST, in_name = false;
    for (int c = 0; c < list->column_count; c++) {
        if (!list_is_account(list->columns[c].quantity))
            continue;
        list->made[c].priority = list->shared && !narrow ? 1 : list->columns[c].priority;
        list->made[c].pinned = list->shared || list->columns[c].pinned;
        in_name = list->shared && (narrow || list->table.hidden[c]);
    }
    if (in_name != list->account_in_name)
        list->fitted = 0;
    list->account_in_name = in_name;
}

int quantity_list_trouble_rows(const struct quantity_list *list) {
    return list->trouble[0] ? 1 : 0;
}

/* The head and a row come first. */
static int trouble_rows(const struct quantity_list *list, int height) {
    return height > 2 ? quantity_list_trouble_rows(list) : 0;
}

static void find_trouble(struct quantity_list *list, const struct quantity_pick *pick, int width) {
    struct fault_query query = {.shapes = pick ? pick->shapes : 0, .server = pick ? pick->parent : 0};
    list->trouble[0] = 0;
    if (query.shapes)
        faults_text(list->trouble, sizeof(list->trouble), &list->at, &query, width - 4);
}

static void collect(struct quantity_list *list, const struct quantity_pick *pick) {
    size_t total;
    const struct object *const *all = list->own;
    if (all)
        total = list->own_count;
    else
        all = model_objects(list->model, list->kind, &total);
    list->collected++;
    list->count = list->known = list->quiet = list->internal = 0;
    list->placed =
        !list->own && name_order_look(&list->names, list->model, list->kind, list->keys, list->key_count);
    for (size_t i = 0; i < total; i++)
        consider(list, pick, model_nth(all, i, total), i);
    show_cluster(list);
    if (list->kind == OBJECT_STREAM || list->kind == OBJECT_CONSUMER)
        show_account(list);
    find_spark_top(list);
}

static bool same_basis(const struct quantity_basis *a, const struct quantity_basis *b) {
    return a->version == b->version && a->sort == b->sort && a->then == b->then && a->bits == b->bits &&
           a->faults_only == b->faults_only && a->show_hidden == b->show_hidden && a->parent == b->parent &&
           a->keep == b->keep && a->stream == b->stream && a->connection == b->connection &&
           a->groups == b->groups && a->like == b->like;
}

void quantity_list_collect(struct quantity_list *list, const struct view_context *context,
                           const struct quantity_pick *pick, int width) {
    struct quantity_basis basis = {pick && pick->objects ? pick->made
                                                         : model_version(context->model, list->kind),
                                   width,
                                   list->table.sort,
                                   list->table.then,
                                   context->bits,
                                   context->faults_only,
                                   context->show_hidden,
                                   pick ? pick->parent : 0,
                                   pick ? pick->keep : 0,
                                   pick ? pick->stream : NULL,
                                   pick ? pick->connection : NULL,
                                   pick ? pick->groups_number : 0,
                                   pick && pick->like ? pick->like->id : 0};
    list->table.width = width;
    list->model = context->model;
    list->at = *context;
    list->own = pick ? pick->objects : NULL;
    list->own_count = pick ? pick->object_count : 0;
    list->table.covered = list->menu != LIST_MENU_NONE;
    list->idle_text = pick ? pick->idle_text : NULL;
    make_titles(list, context->bits);
    set_filter(list, context->filter && !(pick && pick->no_filter) ? context->filter : "");
    bool same = same_basis(&list->basis, &basis);
    if (!same)
        collect(list, pick);
    if (!same || list->basis.width != width) {
        list->fitted = 0;
        find_trouble(list, pick, width);
    }
    list->basis = basis;
}

void quantity_list_arrange(struct quantity_list *list, const struct view_context *context,
                           const struct quantity_pick *pick, int width, int height) {
    struct list_data data = {list, false, true, NULL};
    quantity_list_collect(list, context, pick, width);
    place_account(list);
    list_place_totals(list);
    fit(list);
    data.names = memory_array(list->count * (size_t)list->key_count + 1, sizeof *data.names);
    struct table_source source = list_source(&data);
    source.same = list->ordered == list->collected;
    list->ordered = list->collected;
    table_arrange(&list->table, &source, height - trouble_rows(list, height), context->mono_ns);
    free(data.names);
}

/* ---- drawing ---- */

static const char *hidden_text(enum action_id id, const char *why, const char *what, char *out, size_t size) {
    char key[32];
    keymap_first(id, key, sizeof(key));
    snprintf(out, size, *key ? "%s: %s %s" : "%s", why, key, what);
    return out;
}

static const char *empty_text(const struct quantity_list *list, const char *empty, char *out, size_t size) {
    if (list->known == 0)
        return list->trouble[0] ? "nothing known" : empty;
    if (list->quiet + list->internal == list->known)
        return !list->idle_text   ? hidden_text(ACTION_HIDDEN, list->quiet ? "all idle" : "all internal",
                                                "shows them", out, size)
               : *list->idle_text ? list->idle_text
                                  : empty;
    return list->at.faults_only ? hidden_text(ACTION_FAULTS, "nothing wrong here", "shows all", out, size)
                                : "nothing passes the filter";
}

static void draw_trouble(const struct quantity_list *list, struct surface *s, struct rect area) {
    char shown[1100];
    surface_text(s, area, area.x, area.y, ROLE_UNKNOWN, ATTR_BOLD, " ?");
    text_cut(shown, sizeof(shown), list->trouble, area.w - 3);
    surface_text(s, area, area.x + 3, area.y, ROLE_UNKNOWN, 0, shown);
}

void quantity_list_draw(const struct quantity_list *list, struct surface *s, struct rect area,
                        const char *empty) {
    struct list_data data = {list, s->ascii, false, NULL};
    struct table_source source = list_source(&data);
    int lines = trouble_rows(list, area.h);
    char text[120];
    if (lines)
        draw_trouble(list, s, area);
    table_draw(&list->table, &source, s, rect_below(area, lines),
               empty_text(list, empty, text, sizeof(text)));
}

int quantity_panel_rows(int height) {
    return height > 2 ? height - 1 : height;
}

void quantity_list_position(const struct quantity_list *list, char *out, size_t size) {
    const struct table *t = &list->table;
    bool cut = t->focused && !t->covered && t->page > 0 && list->count > (size_t)t->page;
    snprintf(out, size, cut ? "%zu/%zu" : "", t->selected_row + 1, list->count);
}

void quantity_panel_draw(const struct quantity_list *list, struct surface *s, struct rect area,
                         const char *title, const char *right, const char *empty) {
    if (area.h < 1)
        return;
    char cut[400], position[60], all[500];
    int room = area.w - text_width(title) - 6; /* what narrows it comes first: that stays */
    quantity_list_position(list, position, sizeof(position));
    snprintf(all, sizeof(all), "%s%s%s", position, *position && *right ? "   " : "", right);
    text_cut(cut, sizeof(cut), all, room > 0 ? room : 0);
    bool any = list->count || list->menu;
    struct rect below = rect_below(area, any ? area.h - quantity_panel_rows(area.h) : area.h > 1);
    if (below.y > area.y) {
        surface_rule(s, area, title, cut);
        if (list->table.focused)
            surface_tint(s, (struct rect){area.x, area.y, area.w, 1}, -1, ATTR_BOLD);
    }
    if (any)
        quantity_list_draw(list, s, below, empty);
    else if (list->trouble[0])
        draw_trouble(list, s, below);
    else
        surface_text(s, area, below.x + 3, below.y, ROLE_MUTED, 0, empty_text(list, empty, cut, sizeof(cut)));
}

void quantity_list_status(const struct quantity_list *list, char *out, size_t size) {
    const struct table *t = &list->table;
    const char *filter = list->filter ? filter_text(list->filter) : "";
    const char *fault = list->filter ? filter_error(list->filter) : NULL;
    snprintf(out, size, "%s%s%s%s%ssort: %s%s%s%s%s", *filter ? "filter: " : "", filter, fault ? " !! " : "",
             fault ? fault : "", *filter ? "   " : "", table_sort_title(t),
             t->sort < 0 && t->then >= 0 ? " then " : "",
             t->sort < 0 && t->then >= 0 ? list->titles[t->then] : "", t->reverse ? " reversed" : "",
             table_held(t) ? "   order held" : "");
}

const struct object *quantity_list_selected(const struct quantity_list *list, const struct model *model) {
    uint64_t id = table_selected(&list->table);
    if (!list->own)
        return id ? model_object(model, id) : NULL;
    for (size_t i = 0; i < list->count; i++)
        if (list->rows[i].object->id == id)
            return list->rows[i].object;
    return NULL;
}

void quantity_list_select(struct quantity_list *list, uint64_t id) {
    list->table.selected = id;
}

const char *quantity_list_check(struct quantity_list *list, const char *filter) {
    struct filter *f = make_filter(list, filter ? filter : "");
    const char *error = filter_error(f);
    snprintf(list->fault, sizeof(list->fault), "%s", error ? error : "");
    filter_destroy(f);
    return list->fault[0] ? list->fault : NULL;
}
