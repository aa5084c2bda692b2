#include "views/print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "model/alert_object.h"
#include "model/closing.h"
#include "views/quantity_text.h"

#define MAX_WIDTH 60
#define CELL_SIZE 1100 /* a sentence */

struct block {
    const struct model *model;
    struct view_context context;
    enum quantity columns[QUANTITY_COUNT];
    int widths[QUANTITY_COUNT];
    int count;
    const struct object **objects; /* owned */
    size_t rows;
};

static void begin(struct block *b, const struct model *model) {
    *b = (struct block){.model = model,
                        .context = {.model = model, .utc_ns = model_utc_ns(model), .filter = ""}};
}

static void cell(const struct block *b, size_t row, int column, char *out, size_t size) {
    char text[CELL_SIZE];
    quantity_text(text, sizeof(text), &b->context, b->objects[row], b->columns[column], 8);
    bool free = column + 1 == b->count && !quantity_on_right(b->columns[column]); /* nothing stands behind */
    text_cut(out, size, text, free ? (int)size : MAX_WIDTH);
    if (!*out)
        snprintf(out, size, "\"\""); /* so that columns can be counted */
}

static void measure(struct block *b) {
    char text[CELL_SIZE];
    for (int c = 0; c < b->count; c++) {
        b->widths[c] = (int)strlen(quantities[b->columns[c]].name);
        for (size_t r = 0; r < b->rows; r++) {
            cell(b, r, c, text, sizeof(text));
            int w = text_width(text);
            if (w > b->widths[c])
                b->widths[c] = w;
        }
    }
}

static void put(struct buffer *out, const char *text, int width, bool right, bool last) {
    int pad = width - text_width(text);
    for (int i = 0; right && i < pad; i++)
        buffer_append_text(out, " ");
    buffer_append_text(out, text);
    for (int i = 0; !right && !last && i < pad; i++)
        buffer_append_text(out, " ");
    buffer_append_text(out, last ? "\n" : "  ");
}

static void collect(struct block *b, const struct cut_part *part) {
    size_t count;
    const struct object *const *all = model_objects(b->model, part->kind, &count);
    b->objects = memory_array(count + 1, sizeof(*b->objects));
    for (size_t i = 0; i < count; i++)
        if (!part->has || part->has(all[i]))
            b->objects[b->rows++] = all[i];
}

static void print_block(struct block *b, const char *title, struct buffer *out) {
    char text[CELL_SIZE];
    measure(b);
    buffer_printf(out, "%s\n", title);
    for (int c = 0; c < b->count; c++)
        put(out, quantities[b->columns[c]].name, b->widths[c], quantity_on_right(b->columns[c]),
            c + 1 == b->count);
    for (size_t r = 0; r < b->rows; r++)
        for (int c = 0; c < b->count; c++) {
            cell(b, r, c, text, sizeof(text));
            put(out, text, b->widths[c], quantity_on_right(b->columns[c]), c + 1 == b->count);
        }
    if (b->rows == 0)
        buffer_append_text(out, "(none)\n");
}

/* Worst first, what ended last. */
static void print_alerts(const struct model *model, struct buffer *out) {
    static const enum quantity columns[] = {
        Q_ALERT_opened, Q_ALERT_state, Q_ALERT_severity, Q_ALERT_cluster, Q_ALERT_entity,
        Q_ALERT_object, Q_ALERT_rule,  Q_ALERT_lasted,   Q_ALERT_times,   Q_ALERT_condition,
        Q_ALERT_figure, Q_ALERT_peak,  Q_ALERT_ack,      Q_ALERT_text};
    struct alert_objects alerts = {0};
    alert_objects_make(&alerts, model);
    struct block *b = memory_new(sizeof(*b));
    begin(b, model);
    b->objects = alerts.all;
    b->rows = alerts.count;
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
        b->columns[b->count++] = columns[c];
    print_block(b, cut_list_plural(CUT_ALERTS), out);
    alert_objects_free(&alerts);
    free(b);
}

static void print_events(const struct model *model, struct buffer *out) {
    buffer_append_text(out, "events\n");
    for (size_t i = 0; i < model_event_count(model); i++) {
        const struct event *e = model_event(model, i);
        char at[TIME_TEXT_SIZE];
        time_format_rfc3339(at, e->utc_ns);
        buffer_printf(out, "%s  %-9s  %s  %s\n", at, e->kind, e->subject ? e->subject : "-",
                      e->text ? e->text : "");
    }
    if (model_event_count(model) == 0)
        buffer_append_text(out, "(none)\n");
}

static void (*const list_print[CUT_LIST_COUNT])(const struct model *model, struct buffer *out) = {
    [CUT_ALERTS] = print_alerts, [CUT_EVENTS] = print_events};

static void separate(struct buffer *out, bool *first) {
    if (!*first)
        buffer_append_text(out, "\n");
    *first = false;
}

void print_tables(const struct model *model, const struct cut *cut, struct buffer *out) {
    struct cut all;
    char message[8];
    bool first = true;
    if (!cut) {
        cut_parse(&all, NULL, 0, message, sizeof(message));
        cut = &all;
    }
    struct block *b = memory_new(sizeof(*b));
    for (int k = 0; k < cut->part_count; k++) {
        struct cut_part part = cut_part(cut->part_order[k]);
        begin(b, model);
        collect(b, &part);
        for (int q = 0; q < cut->quantity_count; q++)
            if (quantities[cut->quantity_order[q]].kind == part.kind)
                b->columns[b->count++] = cut->quantity_order[q];
        separate(out, &first);
        print_block(b, part.plural, out);
        free(b->objects);
    }
    for (int l = 0; l < CUT_LIST_COUNT; l++)
        if (cut->lists[l]) {
            separate(out, &first);
            list_print[l](model, out);
        }
    free(b);
}

/* ---- what is not there ---- */

static void closed_lacks(const struct model *model, const struct object *server, struct buffer *out) {
    static const char *const classes[CLOSED_CLASS_COUNT] = {
        [CLOSED_ORDINARY] = "connections", [CLOSED_CUT] = "slow consumers"};
    struct closing_lack lack = closing_lack_of(server);
    const char *name = quantity_name_text(model, server, Q_SERVER_name);
    char count[NUMBER_TEXT_SIZE];
    if (lack.untaken) {
        number_format_grouped(count, lack.untaken);
        buffer_printf(out, "closed: %s lists %s more that are not here\n", name, count);
    }
    for (int class = 0; class < CLOSED_CLASS_COUNT; class ++) {
        number_format_grouped(count, lack.most[class]);
        if (lack.most[class])
            buffer_printf(out, "closed: %s closed more %s than are kept: these are the last %s\n", name,
                          classes[class], count);
    }
}

void print_lacks(const struct model *model, const struct cut *cut, struct buffer *out) {
    size_t count;
    const struct object *const *servers = model_objects(model, OBJECT_SERVER, &count);
    for (size_t i = 0; i < count && cut->parts[CUT_CLOSED]; i++)
        closed_lacks(model, servers[i], out);
}
