#include "views/find_parts.h"

#include <limits.h>

#include "base/memory.h"
#include "base/text.h"

enum { KIND_LEAST = 6, NAME_LEAST = 20, STEP = 4 };

static const struct column {
    const char *title;
    int width, most, priority; /* most: columns of text that it takes where there is room */
    bool fitted;               /* to what is found, else as wide as there is room */
} columns[FIND_COLUMNS] = {
    [FIND_KIND] = {"KIND", KIND_LEAST, 12, 0, true}, [FIND_NAME] = {"NAME", NAME_LEAST, 60, 0, true},
    [FIND_WHERE] = {"WHERE", 14, 40, 3, true},       [FIND_STATE] = {"STATE", 14, 18, 2, true},
    [FIND_FIGURE] = {"FIGURES", 16, 44, 1, false},   [FIND_BY] = {"FOUND BY", 14, 40, 4, true},
};

void find_rows_init(struct find *f) {
    for (int c = 0; c < FIND_COLUMNS; c++)
        f->made[c] = (struct table_column){.title = columns[c].title,
                                           .width = columns[c].width,
                                           .align = -1,
                                           .priority = columns[c].priority,
                                           .pinned = columns[c].priority == 0,
                                           .id = c};
    table_init(&f->table, f->made, FIND_COLUMNS, FIND_COLUMNS, FIND_COLUMNS); /* in the order they come in */
}

/* ---- rows ---- */

static int best_of(const struct find_part *part) {
    return part->count ? part->hits[0].rank : INT_MAX;
}

static void add_part(struct find *f, int at) {
    const struct find_part *part = &f->search.parts[at];
    if (f->count + part->count > f->cap) {
        f->cap = 2 * (f->count + part->count);
        f->rows = memory_grow(f->rows, f->cap, sizeof(*f->rows));
    }
    for (size_t i = 0; i < part->count; i++)
        f->rows[f->count++] = (struct find_row){&find_kinds[at], &part->hits[i]};
}

/* The kinds in the order of their best answers. */
static void list_parts(struct find *f) {
    bool taken[FIND_PARTS] = {false};
    f->count = 0;
    for (int n = 0; n < find_kind_count; n++) {
        int next = -1;
        for (int k = 0; k < find_kind_count; k++)
            if (!taken[k] && (next < 0 || best_of(&f->search.parts[k]) < best_of(&f->search.parts[next])))
                next = k;
        if (next < 0)
            break;
        taken[next] = true;
        add_part(f, next);
    }
}

static int widest(const struct find *f, const struct view_context *context, enum find_column column) {
    char text[700];
    int widest = 0;
    for (size_t i = 0; i < f->count && widest < columns[column].most; i++) {
        find_text(context, f->rows[i].kind, f->rows[i].hit, column, 0, text, sizeof(text));
        int width = text_width(text);
        widest = width > widest ? width : widest;
    }
    return widest;
}

/* As wide as what is found, in steps, so that a longer name moves nothing. */
static void fit(struct find *f, const struct view_context *context) {
    for (int c = 0; c < FIND_COLUMNS; c++) {
        const struct column *column = &columns[c];
        int more = column->most - column->width;
        int needed = column->fitted ? widest(f, context, (enum find_column)c) - column->width : more;
        needed = needed > 0 ? (needed + STEP - 1) / STEP * STEP : 0;
        f->made[c].grow = needed < more ? needed : more;
    }
}

void find_rows_refresh(struct find *f, const struct view_context *context) {
    if (!find_search_run(&f->search, context))
        return;
    list_parts(f);
    fit(f, context);
    f->changed = true;
}

/* On a phone the name leaves room for what kind it is of. */
void find_rows_fit(struct find *f, int width) {
    int name = width - 4 - KIND_LEAST, least = 4;
    f->made[FIND_NAME].width = name >= NAME_LEAST ? NAME_LEAST : name > least ? name : least;
    f->table.width = width;
}

/* ---- the table ---- */

static const struct find_row *row_of(void *data, size_t row) {
    return &((const struct find_look *)data)->find->rows[row];
}

static uint64_t row_id(void *data, size_t row) {
    return row_of(data, row)->hit->id;
}

static int row_severity(void *data, size_t row) {
    return (int)row_of(data, row)->hit->severity;
}

static bool row_stale(void *data, size_t row) {
    const struct find_hit *hit = row_of(data, row)->hit;
    return hit->object && hit->object->freshness != FRESH_LIVE && hit->severity == SEVERITY_UNKNOWN;
}

/* They stand as they were found. */
static int row_compare(void *data, size_t a, size_t b, int column) {
    (void)data, (void)column;
    return (a > b) - (a < b);
}

static void row_shown(void *data, size_t row, int column, int width, struct table_cell *out) {
    const struct find_row *r = row_of(data, row);
    find_text(((const struct find_look *)data)->context, r->kind, r->hit, (enum find_column)column, width,
              out->text, sizeof(out->text));
    if (column == FIND_STATE && r->hit->severity >= SEVERITY_WARN)
        out->role = table_mark_role((int)r->hit->severity);
}

struct table_source find_rows_source(struct find_look *look) {
    return (struct table_source){.data = look,
                                 .rows = look->find->count,
                                 .id = row_id,
                                 .cell = row_shown,
                                 .compare = row_compare,
                                 .severity = row_severity,
                                 .stale = row_stale};
}
