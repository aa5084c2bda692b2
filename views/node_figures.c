#include "views/node_figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "views/quantity_text.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

/* What it does, each against the median of the others; the first ones stay where rows are short. */
static const enum quantity figures[] = {
    Q_SERVER_cpu,
    Q_SERVER_mem,
    Q_SERVER_connections,
    Q_SERVER_in_client_msgs_per_s,
    Q_SERVER_out_client_msgs_per_s,
    Q_SERVER_in_client_bytes_per_s,
    Q_SERVER_out_client_bytes_per_s,
    Q_SERVER_slow_consumers,
    Q_SERVER_max_pending_bytes,
    Q_SERVER_rtt,
    Q_SERVER_js_storage,
    Q_SERVER_js_memory,
    Q_SERVER_subscriptions,
    Q_SERVER_connects_per_s,
    Q_SERVER_cpu_share,
    Q_SERVER_js_api_per_s,
    Q_SERVER_js_api_errors,
    Q_SERVER_in_msgs_per_s,
    Q_SERVER_out_msgs_per_s,
    Q_SERVER_leafnodes,
    Q_SERVER_sublist_cache_hits,
    Q_SERVER_max_fanout,
};

static int figure_columns(int w) {
    return w >= 200 ? 4 : w >= 114 ? 3 : w >= 76 ? 2 : 1;
}

bool node_knows(const struct view_context *context, const struct object *server, enum quantity q) {
    struct value v = quantity_get(context->model, server, q);
    return v.type != VALUE_UNKNOWN || (v.flags & VALUE_NEW);
}

static int known_figures(const struct view_context *context, const struct object *server) {
    int n = 0;
    for (int i = 0; i < COUNT(figures); i++)
        n += node_knows(context, server, figures[i]);
    return n;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Of the other servers that answer; false when there is none to compare with. */
static bool median_of_others(const struct model *model, const struct object *server, enum quantity q,
                             double *out) {
    size_t count, n = 0;
    const struct object *const *servers = model_objects(model, OBJECT_SERVER, &count);
    double *values = memory_array(count + 1, sizeof(*values));
    for (size_t i = 0; i < count; i++)
        if (servers[i] != server && servers[i]->freshness == FRESH_LIVE &&
            quantity_value(model, servers[i], q, &values[n]))
            n++;
    qsort(values, n, sizeof(*values), by_size);
    if (n)
        *out = n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
    free(values);
    return n > 0;
}

/* "+57", and "" where that is a zero, which has no sign; a median between two gives halves, which are none
 * either. */
static void rounded(char out[32], double difference) {
    out[0] = 0;
    if (fabs(difference) > 0.5)
        snprintf(out, 32, "%+.0f", difference);
}

/* "+57 points", "+12 %", "6.1x", "same". */
static void difference(char *out, size_t size, enum quantity q, double value, double median) {
    enum unit unit = quantities[q].unit;
    bool share = unit == UNIT_PERCENT || unit == UNIT_RATIO;
    char by[32] = "";
    if (share)
        rounded(by, (value - median) * (unit == UNIT_RATIO ? 100 : 1));
    else if (median > 0)
        rounded(by, (value / median - 1) * 100);
    if (!share && median > 0 && value / median >= 3)
        snprintf(out, size,
                 value / median < 10      ? "%.1fx"
                 : value / median < 10000 ? "%.0fx"
                                          : "far more",
                 value / median);
    else if (*by)
        snprintf(out, size, "%s %s", by, share ? "points" : "%");
    else
        snprintf(out, size, "%s", median <= 0 && value > median ? "more" : "same");
}

/* Worse than its peers by so much that it is worth a look. */
static bool stands_out(enum quantity q, double value, double median) {
    if (quantities[q].worse != WORSE_MORE)
        return false;
    if (quantities[q].unit == UNIT_PERCENT)
        return value - median > 25;
    return median > 0 && value / median > 2;
}

static void draw_figure(const struct view_context *context, const struct object *server, enum quantity q,
                        struct surface *s, struct rect cell) {
    char now[64], peers[64], diff[64] = "";
    double value, median;
    quantity_text(now, sizeof(now), context, server, q, 7);
    bool compared = quantity_value(context->model, server, q, &value) &&
                    median_of_others(context->model, server, q, &median);
    enum role role = server->freshness == FRESH_LIVE ? ROLE_TEXT : ROLE_DIM;
    if (compared && role == ROLE_TEXT && stands_out(q, value, median))
        role = ROLE_WARN;
    if (role == ROLE_WARN)
        surface_put(s, cell, cell.x, cell.y, ROLE_WARN, ATTR_BOLD, '!');
    surface_field(s, cell, cell.x + 1, cell.y, 9, -1, ROLE_MUTED, 0, quantities[q].title);
    surface_field(s, cell, cell.x + 10, cell.y, 8, 1, role, 0, now);
    if (!compared)
        return;
    quantity_number(peers, sizeof(peers), context, q, median);
    difference(diff, sizeof(diff), q, value, median);
    surface_field(s, cell, cell.x + 19, cell.y, 7, 1, ROLE_MUTED, 0, peers);
    if (cell.w >= 27 + 10)
        surface_field(s, cell, cell.x + 27, cell.y, 10, 1, role, 0, diff);
}

void node_figures_draw(const struct view_context *context, const struct object *server, const char *title,
                       struct surface *s, struct rect rule, struct rect area) {
    int columns = figure_columns(area.w), w = area.w / columns, n = 0;
    int known = known_figures(context, server), rows = (known + columns - 1) / columns;
    char right[40] = "";
    if (rows > area.h)
        rows = area.h;
    if (rows * columns < known)
        snprintf(right, sizeof(right), "%d of %d", rows * columns, known);
    surface_rule(s, rule, title, right);
    for (int i = 0; i < COUNT(figures) && n < rows * columns; i++) {
        if (!node_knows(context, server, figures[i]))
            continue;
        draw_figure(context, server, figures[i], s,
                    (struct rect){area.x + n / rows * w, area.y + n % rows, w, 1});
        n++;
    }
}

int node_figures_rows(const struct view_context *context, const struct object *server, int width) {
    int columns = figure_columns(width);
    return (known_figures(context, server) + columns - 1) / columns;
}
