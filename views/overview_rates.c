/* Throughput: as charts, as one row with sparklines, as two numbers above the marks of the nodes. */
#include "views/overview_parts.h"

#include <stdio.h>

#include "base/text.h"
#include "views/clusters.h"

const struct chart_spec overview_charts[OVERVIEW_CHARTS] = {
    {.quantity = Q_CLUSTER_in_client_msgs_per_s,
     .role = ROLE_CHART_IN,
     .title = "IN",
     .suffix = " msg/s",
     .beside_suffix = "B/s",
     .beside = Q_CLUSTER_in_client_bytes_per_s},
    {.quantity = Q_CLUSTER_out_client_msgs_per_s,
     .role = ROLE_CHART_OUT,
     .title = "OUT",
     .suffix = " msg/s",
     .beside_suffix = "B/s",
     .beside = Q_CLUSTER_out_client_bytes_per_s},
    {.quantity = Q_CLUSTER_lag, .role = ROLE_CHART_LOAD, .title = "TOTAL LAG"},
    {.quantity = Q_CLUSTER_max_pending_bytes, .role = ROLE_CHART_LOAD, .title = "MAX PENDING"},
};

/* "IN", or of several clusters "IN 2 clusters", briefly "IN", and "IN 1 of 2 clusters" while the other is
 * down. */
static void titled(struct chart_spec *spec, const struct view_context *context, bool brief, char *title,
                   size_t size) {
    size_t count, part = 0, clusters = clusters_count(context->model).clusters;
    const struct object *const *all = model_objects(context->model, OBJECT_CLUSTER, &count);
    for (size_t i = 0; i < count; i++)
        part += clusters_counts(context->model, all[i]);
    if (clusters < 2 || (brief && part == clusters))
        return;
    if (part < clusters)
        snprintf(title, size, "%s %zu of %zu clusters", spec->title, part, clusters);
    else
        snprintf(title, size, "%s %zu clusters", spec->title, clusters);
    spec->title = title;
}

void overview_draw_charts(const struct overview *o, const struct view_context *context, struct surface *s,
                          struct rect area) {
    int count = area.w >= 200 ? OVERVIEW_CHARTS : OVERVIEW_CHARTS_NARROW, gap = 1;
    int w = (area.w - gap * (count - 1)) / count;
    for (int i = 0; i < count; i++) {
        struct rect at = {area.x + i * (w + gap), area.y,
                          i == count - 1 ? area.x + area.w - (area.x + i * (w + gap)) : w, area.h};
        char title[140];
        struct chart_spec spec = overview_charts[i];
        titled(&spec, context, false, title, sizeof(title));
        chart_spec_draw(&spec, &o->scales[i], context, model_cluster(context->model), o->span_s, s, at);
    }
}

/* "IN", "187k/s", "92.7MB/s": words of fixed width, so that nothing moves as the numbers do. */
struct rate_words {
    char title[140], msgs[64], bytes[64];
};

enum { MSGS_WIDTH = 8, BYTES_WIDTH = 9, LEAST_SPARK = 6, MOST_SPARK = 180 };

static void make_words(struct rate_words *w, const struct view_context *context,
                       const struct chart_spec *spec) {
    struct chart_spec named = *spec;
    char title[140];
    titled(&named, context, true, title, sizeof(title));
    snprintf(w->title, sizeof(w->title), "%s", named.title);
    clusters_text(w->msgs, sizeof(w->msgs), context, spec->quantity, 7, "/s");
    clusters_text(w->bytes, sizeof(w->bytes), context, (enum quantity)spec->beside, 7,
                  context->bits ? "b/s" : spec->beside_suffix);
}

static int words_width(const struct rate_words *w, bool with_bytes) {
    return text_width(w->title) + 1 + MSGS_WIDTH + 1 + (with_bytes ? BYTES_WIDTH + 1 : 0);
}

static void draw_rate(const struct view_context *context, const struct rate_words *w,
                      const struct chart_spec *spec, double top, bool with_bytes, int spark,
                      struct surface *s, struct rect area) {
    struct chart_bucket buckets[2 * MOST_SPARK];
    int x = area.x, count = s->ascii ? spark : 2 * spark;
    x += surface_text(s, area, x, area.y, ROLE_HEAD, ATTR_BOLD, w->title) + 1;
    surface_text(s, area, x, area.y, ROLE_TEXT, 0, w->msgs);
    x += MSGS_WIDTH + 1;
    if (with_bytes)
        surface_text(s, area, x, area.y, ROLE_TEXT, 0, w->bytes);
    x += with_bytes ? BYTES_WIDTH + 1 : 0;
    if (spark < LEAST_SPARK)
        return;
    spark_buckets(context, model_cluster(context->model), spec->quantity, 600, count,
                  spark_per_cell(s->ascii), buckets);
    surface_put(s, area, x, area.y, ROLE_MUTED, 0, '[');
    spark_draw(s, area, x + 1, area.y, spark, buckets, count, top, spec->role);
    surface_put(s, area, x + 1 + spark, area.y, ROLE_MUTED, 0, ']');
}

/* In and out side by side, alike: both with bytes or none, sparklines of one width. */
void overview_draw_rates(const struct overview *o, const struct view_context *context, struct surface *s,
                         struct rect area) {
    enum { BOTH = 2 };
    struct rate_words words[BOTH];
    int half = (area.w - 2) / BOTH, spark[2]; /* without bytes, with them */
    for (int i = 0; i < BOTH; i++)
        make_words(&words[i], context, &overview_charts[i]);
    for (int b = 0; b < 2; b++) {
        int a0 = words_width(&words[0], b), a1 = words_width(&words[1], b);
        spark[b] = half - (a0 > a1 ? a0 : a1) - 3; /* brackets, and a blank before the next */
    }
    bool with_bytes = spark[1] >= LEAST_SPARK;
    int width = spark[with_bytes] < MOST_SPARK ? spark[with_bytes] : MOST_SPARK;
    for (int i = 0; i < BOTH; i++)
        draw_rate(context, &words[i], &overview_charts[i], o->scales[i].top, with_bytes, width, s,
                  rect_cut(area, (struct rect){area.x + 1 + i * half, area.y, half, 1}));
}

static const struct quantity_row *node_row(const struct overview *o, size_t i) {
    return &o->nodes.rows[o->nodes.table.order ? o->nodes.table.order[i] : i];
}

static void node_and_mark(const struct view_context *context, const struct quantity_row *row, char name[64],
                          const char **mark) {
    text_cut(name, 64, quantity_name_text(context->model, row->object, Q_SERVER_name), 12);
    *mark = table_mark(row->severity);
    *mark += **mark == ' ';
}

/* "n1 !! n2 . n3 .", the worst first; "+9" for those that have no room. */
static void draw_marks(const struct overview *o, const struct view_context *context, struct surface *s,
                       struct rect area) {
    int x = area.x, y = area.y;
    for (size_t i = 0; i < o->nodes.count; i++) {
        const struct quantity_row *row = node_row(o, i);
        char name[64];
        const char *mark;
        node_and_mark(context, row, name, &mark);
        int w = text_width(name) + 1 + text_width(mark), end = area.x + area.w;
        bool last_row = y == area.y + area.h - 1, last = i + 1 == o->nodes.count;
        if (x > area.x && x + w > end - (last_row && !last ? 4 : 0)) {
            if (last_row) {
                surface_printf(s, area, x, y, ROLE_MUTED, 0, "+%zu", o->nodes.count - i);
                return;
            }
            x = area.x;
            y++;
        }
        x += surface_text(s, area, x, y, ROLE_TEXT, 0, name) + 1;
        x += surface_text(s, area, x, y, table_mark_role(row->severity), ATTR_BOLD, mark) + 1;
    }
}

int overview_marks_rows(const struct overview *o, const struct view_context *context, int width) {
    int x = 0, rows = 1;
    for (size_t i = 0; i < o->nodes.count; i++) {
        char name[64];
        const char *mark;
        node_and_mark(context, &o->nodes.rows[i], name, &mark);
        int w = text_width(name) + 1 + text_width(mark);
        if (x > 0 && x + w > width) {
            rows++;
            x = 0;
        }
        x += w + 1;
    }
    return rows;
}

/* The rates and a mark for each node: what a phone has room for. */
void overview_draw_compact(const struct overview *o, const struct view_context *context, struct surface *s,
                           struct rect area) {
    char in[64], out[64], hidden[160];
    if (area.h > 1) {
        clusters_text(in, sizeof(in), context, Q_CLUSTER_in_client_msgs_per_s, 6, "");
        clusters_text(out, sizeof(out), context, Q_CLUSTER_out_client_msgs_per_s, 6, "");
        int room = area.w - surface_printf(s, area, area.x, area.y, ROLE_TEXT, 0, "IN %s  OUT %s", in, out);
        overview_hidden(o, false, hidden, sizeof(hidden));
        if (text_width(hidden) >= room)
            overview_hidden(o, true, hidden, sizeof(hidden));
        if (text_width(hidden) < room)
            surface_text(s, area, area.x + area.w - text_width(hidden), area.y, ROLE_MUTED, 0, hidden);
        area = rect_below(area, 1);
    }
    if (area.h > 0)
        draw_marks(o, context, s, area);
}
