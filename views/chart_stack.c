#include "views/chart_stack.h"

#include <stdio.h>
#include <string.h>

enum { LEAST = 3, ALONE = 4, MOST = 12, LABEL = 6, MAX_CELLS = 512 };

int chart_stack_rows(const struct chart_stack *stack, int rows) {
    int most = stack->count * MOST + 1;
    return rows < ALONE ? 0 : rows < most ? rows : most;
}

/* How many are whole charts in so many rows: all of them, or the first one alone. */
static int whole(const struct chart_stack *stack, int rows) {
    return rows >= stack->count * LEAST + 1 ? stack->count : 1;
}

void chart_stack_arrange(struct chart_stack *stack, const struct view_context *context,
                         const struct object *object, int span_s) {
    for (int i = 0; i < stack->count; i++)
        chart_spec_arrange(&stack->specs[i], &stack->scales[i], context, object, span_s);
    for (int i = 0; i < stack->count; i++)
        for (int k = 0; k < stack->count; k++)
            if (quantities[stack->specs[i].quantity].unit == quantities[stack->specs[k].quantity].unit &&
                stack->scales[i].top < stack->scales[k].top)
                stack->scales[i].top = stack->scales[k].top;
}

/* Under the cells of the charts: their scale's place has its name. */
static void draw_row(const struct chart_spec *spec, double top, const struct view_context *context,
                     const struct object *object, int span_s, struct surface *s, struct rect row) {
    char label[LABEL + 1], text[4 * MAX_CELLS + 1];
    int width = row.w - LABEL < MAX_CELLS ? row.w - LABEL : MAX_CELLS;
    snprintf(label, sizeof(label), "%s", spec->brief ? spec->brief : spec->title);
    surface_field(s, row, row.x, row.y, LABEL, -1, ROLE_MUTED, 0, label);
    spark_text(text, sizeof(text), context, object, spec->quantity, span_s, width, top, s->ascii);
    surface_text(s, row, row.x + LABEL, row.y, spec->role, 0, text);
}

void chart_stack_draw(const struct chart_stack *stack, const struct view_context *context,
                      const struct object *object, int span_s, struct surface *s, struct rect area) {
    int charts = whole(stack, area.h), rows = stack->count - charts, y = area.y;
    if (rows > area.h - ALONE)
        rows = area.h - ALONE;
    for (int i = 0; i < rows; i++, y++)
        draw_row(&stack->specs[charts + i], stack->scales[charts + i].top, context, object, span_s, s,
                 (struct rect){area.x, y, area.w, 1});
    int left = area.y + area.h - y - 1, each = left / charts; /* the axis is below all of them */
    for (int i = 0; i < charts; i++) {
        struct chart_spec spec = stack->specs[i];
        int h = i == 0 ? left - each * (charts - 1) : each; /* the first one has what does not divide */
        spec.no_axis = i < charts - 1;
        spec.end = stack->end;
        spec.title = i == 0 && stack->title[0] ? stack->title : spec.title;
        h += spec.no_axis ? 0 : 1;
        chart_spec_draw(&spec, &stack->scales[i], context, object, span_s, s,
                        (struct rect){area.x, y, area.w, h});
        y += h;
    }
}
