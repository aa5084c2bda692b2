#include "views/quantity_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "tui/zone.h"
#include "views/clusters.h"
#include "views/faults.h"
#include "views/spark.h"

struct list_data {
    const struct quantity_list *list;
    bool ascii;
    bool sorting;
};

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
    memset(list, 0, sizeof(*list));
}

/* ---- what the table asks ---- */

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

static int row_severity(void *data, size_t row) {
    const struct list_data *d = data;
    int severity = d->list->rows[row].severity;
    if (d->sorting && d->list->kind == OBJECT_CONSUMER)
        return consumer_rank(d->list->model, d->list->rows[row].object, severity);
    /* A lost server's connections are evidence of nothing: behind those that live. */
    if (d->sorting && d->list->kind == OBJECT_CONNECTION && severity == SEVERITY_UNKNOWN)
        return -1;
    return severity;
}

static int row_compare(void *data, size_t a, size_t b, int column) {
    const struct quantity_list *list = ((const struct list_data *)data)->list;
    const struct quantity_row *ra = &list->rows[a], *rb = &list->rows[b];
    if (column == list->table.sort)
        return value_compare(ra->key, rb->key);
    if (column == list->table.then)
        return value_compare(ra->then, rb->then);
    enum quantity q = list->columns[column].quantity;
    return value_compare(quantity_get(list->model, ra->object, q), quantity_get(list->model, rb->object, q));
}

/* By what says which object it is. */
static int row_tie(void *data, size_t a, size_t b) {
    const struct quantity_list *list = ((const struct list_data *)data)->list;
    const struct object *left = list->rows[a].object, *right = list->rows[b].object;
    int order = 0;
    for (int i = 0; i < list->key_count && !order; i++)
        order = value_compare(quantity_get(list->model, left, list->keys[i]),
                              quantity_get(list->model, right, list->keys[i]));
    return order;
}

static bool server_is_away(const struct model *model, const struct object *object) {
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

static void special_cell(const struct list_data *d, const struct object *object,
                         const struct quantity_column *c, int width, struct table_cell *out) {
    const struct quantity_list *list = d->list;
    double share;
    if (c->form == COLUMN_GAUGE) {
        if (quantity_value(list->model, object, c->quantity, &share))
            gauge_text(out->text, sizeof(out->text), share, width);
    } else if (server_is_away(list->model, object)) {
        snprintf(out->text, sizeof(out->text), "%s",
                 quantity_name_text(list->model, object, Q_SERVER_reason));
        out->role = ROLE_TEXT;
    } else {
        double top = quantities[c->quantity].unit == UNIT_PERCENT ? list->spark_top : 0;
        spark_text(out->text, sizeof(out->text), &list->at, object, c->quantity, list->spark_s, width, top,
                   d->ascii);
        out->role = ROLE_CHART_LOAD;
    }
}

static void row_cell_text(void *data, size_t row, int column, int width, struct table_cell *out) {
    const struct list_data *d = data;
    const struct quantity_list *list = d->list;
    const struct object *object = list->rows[row].object;
    const struct quantity_column *c = &list->columns[column];
    if (object->freshness != FRESH_LIVE)
        out->role = ROLE_DIM;
    if (c->form == COLUMN_VALUE)
        quantity_text(out->text, sizeof(out->text), &list->at, object, c->quantity, width);
    else
        special_cell(d, object, c, width, out);
}

/* A server that never answered has no numbers: why stands in their place. */
static bool row_note(void *data, size_t row, struct table_cell *out) {
    const struct quantity_list *list = ((const struct list_data *)data)->list;
    const struct object *object = list->rows[row].object;
    if (!server_is_away(list->model, object) || *quantity_name_text(list->model, object, Q_SERVER_version))
        return false;
    const char *reason = quantity_name_text(list->model, object, Q_SERVER_reason);
    snprintf(out->text, sizeof(out->text), "%s%s%s", quantity_name_text(list->model, object, Q_SERVER_state),
             *reason ? ", " : "", reason);
    return out->text[0] != 0;
}

static struct table_source source_of(struct list_data *data) {
    return (struct table_source){
        .data = data,
        .rows = data->list->count,
        .id = row_id,
        .cell = row_cell_text,
        .compare = row_compare,
        .tie = row_tie,
        .severity = row_severity,
        .note = row_note,
        .dim_stale = true,
    };
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
}

static bool is_tombstone(const struct object *object) {
    return object->freshness == FRESH_GONE && object->kind != OBJECT_SERVER && object->kind != OBJECT_CLUSTER;
}

static void add_row(struct quantity_list *list, const struct object *object, int severity) {
    if (list->count == list->cap) {
        list->cap = list->cap ? list->cap * 2 : 64;
        list->rows = memory_grow(list->rows, list->cap, sizeof(*list->rows));
    }
    struct quantity_row *row = &list->rows[list->count++];
    row->object = object;
    row->severity = severity;
    int sort = list->table.sort, then = list->table.then;
    row->key =
        sort >= 0 ? quantity_get(list->model, object, list->columns[sort].quantity) : (struct value){0};
    row->then =
        then >= 0 ? quantity_get(list->model, object, list->columns[then].quantity) : (struct value){0};
}

/* What can't be asked is not known to be well. */
static int severity_of(const struct model *model, const struct object *object) {
    int severity = (int)model_severity(model, object);
    return severity == SEVERITY_OK && server_is_away(model, object) ? SEVERITY_UNKNOWN : severity;
}

static void consider(struct quantity_list *list, const struct quantity_pick *pick,
                     const struct object *object) {
    const struct view_context *at = &list->at;
    if (pick && pick->parent && (!object->parent || object->parent->id != pick->parent))
        return;
    if (is_tombstone(object) && !at->show_hidden)
        return;
    if (pick && pick->skip && pick->skip(list->model, object))
        return;
    list->known++;
    int severity = severity_of(list->model, object);
    if (at->faults_only && severity == SEVERITY_OK)
        return;
    if (!(pick && pick->no_filter) && !filter_pass(list->filter, list->model, object))
        return;
    bool may_hide = pick && pick->idle && !at->show_hidden && object->id != pick->keep;
    if (may_hide && severity <= SEVERITY_UNKNOWN && pick->idle(list->model, object)) {
        list->quiet++;
        return;
    }
    add_row(list, object, severity);
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

/* On a phone the first column leaves room for what it is about. */
static int narrowed(const struct quantity_list *list, const struct quantity_column *column, int width) {
    int most = list->table.width * 4 / 7;
    return column->priority == 0 && most > 0 && width > most ? most : width;
}

/* Columns of names grow as far as the names need, in steps, so that what they don't need is left to others.
 * The one that says which row it is comes before other columns. */
static void fit_names(struct quantity_list *list) {
    enum { STEP = 4, MOST_ROWS = 4096 };
    int first_most = list->table.width / 10;
    for (int c = 0; c < list->column_count; c++) {
        const struct quantity_column *column = &list->columns[c];
        int longest = 0;
        if (column->grow <= 0 || column->form != COLUMN_VALUE || list->made[c].align > 0)
            continue;
        for (size_t i = 0; i < list->count && i < MOST_ROWS; i++) {
            char text[TEXT_MAX_BYTES + 8];
            quantity_text(text, sizeof(text), &list->at, list->rows[i].object, column->quantity, 0);
            int w = text_width(text);
            longest = w > longest ? w : longest;
        }
        int usual = column->width ? column->width : quantities[column->quantity].width;
        int width = narrowed(list, column, usual);
        int more = longest > width ? (longest - width + STEP - 1) / STEP * STEP : 0;
        more = more < column->grow ? more : column->grow;
        int first = column->priority > 0 || width < usual ? 0 : more < first_most ? more : first_most;
        list->made[c].width = width + first;
        list->made[c].grow = more - first;
    }
}

/* Only where it tells rows apart; `c` hides it all the same. */
static void show_cluster(struct quantity_list *list) {
    bool several = clusters_count(list->model).clusters > 1;
    for (int c = 0; c < list->column_count && several != list->several; c++)
        if (quantities[list->columns[c].quantity].flags & QUANTITY_WHERE)
            list->table.hidden[c] = !several;
    list->several = several;
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

void quantity_list_arrange(struct quantity_list *list, const struct view_context *context,
                           const struct quantity_pick *pick, int width, int height) {
    size_t total;
    struct list_data data = {list, false, true};
    list->table.width = width;
    list->model = context->model;
    list->at = *context;
    list->table.covered = list->menu != LIST_MENU_NONE;
    list->idle_text = pick ? pick->idle_text : NULL;
    list->count = list->known = list->quiet = 0;
    make_titles(list, context->bits);
    set_filter(list, context->filter && !(pick && pick->no_filter) ? context->filter : "");
    const struct object *const *all = model_objects(context->model, list->kind, &total);
    for (size_t i = 0; i < total; i++)
        consider(list, pick, all[i]);
    show_cluster(list);
    find_spark_top(list);
    fit_names(list);
    find_trouble(list, pick, width);
    struct table_source source = source_of(&data);
    table_arrange(&list->table, &source, height - trouble_rows(list, height), context->mono_ns);
}

/* ---- drawing ---- */

int quantity_menu_column(const struct quantity_list *list, int line) {
    if (list->menu == LIST_MENU_COLUMNS)
        return list->table.sequence[line];
    for (int i = 0, n = 0; i < list->column_count; i++)
        if (list->columns[i].form == COLUMN_VALUE && ++n == line)
            return i;
    return -1;
}

int quantity_menu_lines(const struct quantity_list *list) {
    int lines = 1;
    if (list->menu == LIST_MENU_COLUMNS)
        return list->column_count;
    for (int i = 0; i < list->column_count; i++)
        lines += list->columns[i].form == COLUMN_VALUE;
    return lines;
}

static void draw_menu_line(const struct quantity_list *list, int line, struct surface *s, struct rect row) {
    surface_zone(s, row, ZONE_LINE, &list->table, line);
    bool sort = list->menu == LIST_MENU_SORT;
    int column = quantity_menu_column(list, line);
    const struct quantity_info *q = column < 0 ? NULL : &quantities[list->columns[column].quantity];
    const char *mark = sort                                  ? column == list->table.sort ? "(*)" : "( )"
                       : list->columns[column].priority == 0 ? "[=]"
                       : list->table.hidden[column]          ? "[ ]"
                                                             : "[x]";
    char text[300];
    bool stays = !sort && list->columns[column].priority == 0;
    snprintf(text, sizeof(text), "%s %-8.20s %-20s %s%s", mark, q ? list->titles[column] : "severity",
             q ? q->name : "", stays ? "Always there. " : "", q ? q->help : "The worst first.");
    surface_field(s, row, row.x + 1, row.y, row.w - 2, -1, ROLE_TEXT, 0, text);
    if (line == list->choice)
        surface_tint(s, row, ROLE_SELECT, 0);
    if (line == list->choice)
        surface_put(s, row, row.x, row.y, ROLE_SELECT, 0, '>');
}

static void draw_menu(const struct quantity_list *list, struct surface *s, struct rect area) {
    char seen[40] = "";
    bool sort = list->menu == LIST_MENU_SORT;
    int lines = quantity_menu_lines(list), wide = area.w * 3 / 4 > 44 ? area.w * 3 / 4 : 44;
    int w = wide < area.w ? wide : area.w, h = lines + 2 < area.h ? lines + 2 : area.h;
    struct rect box = {area.x + area.w - w, area.y, w, h};
    int page = h - 2, top = list->choice >= page ? list->choice - page + 1 : 0;
    char take[50], done[50], keys[120];
    if (page < 1 || w < 12)
        return;
    surface_fill(s, box, ROLE_TEXT, 0, ' ');
    keymap_hint(sort ? ACTION_TAKE : ACTION_TOGGLE_COLUMN, sort ? "take" : "show", take, sizeof(take));
    keymap_hint(ACTION_CHOICE_BACK, "done", done, sizeof(done));
    snprintf(keys, sizeof(keys), "%s  %s", take, done);
    surface_rule(s, box, sort ? "SORT BY" : "COLUMNS", keys);
    int edge = box.x > area.x ? 1 : 0; /* what it covers ends there */
    for (int i = top; i < lines && i - top < page; i++) {
        struct rect row = {box.x + edge, box.y + 1 + i - top, w - edge, 1};
        if (edge)
            surface_put(s, box, box.x, row.y, ROLE_MUTED, 0, '|');
        draw_menu_line(list, i, s, row);
    }
    if (lines > page)
        snprintf(seen, sizeof(seen), "%d to %d of %d", top + 1, top + page, lines);
    surface_rule(s, (struct rect){box.x, box.y + h - 1, w, 1}, "", seen);
}

void quantity_menu_draw(const struct quantity_list *list, struct surface *s, struct rect panel,
                        struct rect view) {
    if (!list->menu)
        return;
    struct rect area = rect_below(panel, panel.h - quantity_panel_rows(panel.h));
    int bottom = view.y + view.h, want = quantity_menu_lines(list) + 2;
    if (area.y + want > bottom)
        area.y = bottom - want > view.y ? bottom - want : view.y;
    area.h = bottom - area.y;
    draw_menu(list, s, area);
}

static const char *hidden_text(enum action_id id, const char *why, const char *what, char *out, size_t size) {
    char key[32];
    keymap_first(id, key, sizeof(key));
    snprintf(out, size, *key ? "%s: %s %s" : "%s", why, key, what);
    return out;
}

static const char *empty_text(const struct quantity_list *list, const char *empty, char *out, size_t size) {
    if (list->known == 0)
        return list->trouble[0] ? "nothing known" : empty;
    if (list->quiet == list->known)
        return list->idle_text ? list->idle_text
                               : hidden_text(ACTION_HIDDEN, "all idle", "shows them", out, size);
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
    struct list_data data = {list, s->ascii, false};
    struct table_source source = source_of(&data);
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

void quantity_panel_draw(const struct quantity_list *list, struct surface *s, struct rect area,
                         const char *title, const char *right, const char *empty) {
    if (area.h < 1)
        return;
    char cut[400];
    int room = area.w - text_width(title) - 6; /* what narrows it comes first: that stays */
    text_cut(cut, sizeof(cut), right, room > 0 ? room : 0);
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
    snprintf(out, size, "%s%s%s%s%ssort: %s%s%s%s", *filter ? "filter: " : "", filter, fault ? " !! " : "",
             fault ? fault : "", *filter ? "   " : "", table_sort_title(t),
             t->sort < 0 && t->then >= 0 ? " then " : "",
             t->sort < 0 && t->then >= 0 ? list->titles[t->then] : "", t->reverse ? " reversed" : "");
}

const struct object *quantity_list_selected(const struct quantity_list *list, const struct model *model) {
    uint64_t id = table_selected(&list->table);
    return id ? model_object(model, id) : NULL;
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
