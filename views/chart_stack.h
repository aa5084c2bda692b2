/* Charts of one object below each other on one time axis: whole ones as far as the rows go, the others a row
 * each above them. Charts of one unit have one scale. Main process. */
#ifndef VIEWS_CHART_STACK_H
#define VIEWS_CHART_STACK_H

#include "views/spark.h"

enum { CHART_STACK_MOST = 5 };

struct chart_stack {
    const struct chart_spec *specs; /* the first is the last to become a single row */
    int count;
    char title[60];  /* of the first one; "" its own */
    const char *end; /* what stands at the newest: "end"; NULL: "now" */
    struct chart_scale scales[CHART_STACK_MOST];
};

/* Rows that it makes use of, at most `rows`; 0: too few. */
int chart_stack_rows(const struct chart_stack *stack, int rows);
/* Fits the scales; in a view's arrange. */
void chart_stack_arrange(struct chart_stack *stack, const struct view_context *context,
                         const struct object *object, int span_s);
void chart_stack_draw(const struct chart_stack *stack, const struct view_context *context,
                      const struct object *object, int span_s, struct surface *s, struct rect area);

#endif
