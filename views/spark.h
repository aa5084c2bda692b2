/* Series as pictures: buckets for charts and sparklines, cut so that they move by whole cells. Main process.
 */
#ifndef VIEWS_SPARK_H
#define VIEWS_SPARK_H

#include "tui/chart.h"
#include "views/view.h"

/* Buckets that one cell shows. */
int spark_per_cell(bool ascii);
/* The last span_s seconds of a series (of a cluster, where there are several: of all of them together) in
 * `count` buckets; all unknown when the series is not kept. The cells, each of so many buckets, stay where
 * they are until a whole one is added: what of the last is still to come is unknown. */
void spark_buckets(const struct view_context *context, const struct object *object, enum quantity q,
                   int span_s, int count, int per_cell, struct chart_bucket *out);
/* A sparkline as UTF-8 text of exactly `width` columns. */
void spark_text(char *out, size_t size, const struct view_context *context, const struct object *object,
                enum quantity q, int span_s, int width, double top, bool ascii);
/* The largest maximum over the span, 0 when nothing is known. */
double spark_peak(const struct view_context *context, const struct object *object, enum quantity q,
                  int span_s);

/* Seconds that the charts of an area so wide go back: an hour on wide screens, once there is more to show
 * than ten minutes. */
int spark_span_s(const struct view_context *context, int width);

/* One chart of a page. */
struct chart_spec {
    enum quantity quantity;
    enum role role;
    const char *title;
    const char *suffix; /* behind the value now: " msg/s"; NULL none */
    const char *beside_suffix;
    int beside;      /* a quantity shown beside it, 0 none */
    bool no_axis;    /* it has that of the chart below */
    const char *end; /* as of a chart */
    const char
        *brief; /* in place of the title, where it is a single row: at most 6 columns; NULL: the title */
};
/* Fits the scale; in a view's arrange. */
void chart_spec_arrange(const struct chart_spec *spec, struct chart_scale *scale,
                        const struct view_context *context, const struct object *object, int span_s);
/* Rule with the value now and the peak, body, axis; events of the object (of any, for the cluster) are
 * marked. */
void chart_spec_draw(const struct chart_spec *spec, const struct chart_scale *scale,
                     const struct view_context *context, const struct object *object, int span_s,
                     struct surface *s, struct rect area);

#endif
