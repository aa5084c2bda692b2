#include "views/spark.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/ruleset.h"
#include "views/clusters.h"
#include "views/quantity_text.h"

#define MAX_BUCKETS 1024
#define LEVELS_MOST 4
#define NEAR_LEVEL  2 /* a level so many times as high as the peak is still shown */

static int step_for(int span_s, int count) {
    int step = (span_s + count - 1) / count;
    return step < 1 ? 1 : step;
}

static int64_t bucket_now(const struct view_context *context, int step) {
    return context->utc_ns / NS_PER_S / step;
}

/* The last bucket of the cell that now is in. */
static int64_t last_bucket(const struct view_context *context, int step, int per_cell) {
    return bucket_now(context, step) / per_cell * per_cell + per_cell - 1;
}

int spark_per_cell(bool ascii) {
    return ascii ? 1 : 2;
}

static void own_buckets(const struct view_context *context, const struct object *object, enum quantity q,
                        int span_s, int count, int per_cell, struct chart_bucket *out) {
    const struct series *series = object ? model_series(context->model, object, q) : NULL;
    struct bucket read[MAX_BUCKETS];
    if (count > MAX_BUCKETS)
        count = MAX_BUCKETS;
    int step = step_for(span_s, count);
    int64_t last = last_bucket(context, step, per_cell), now = bucket_now(context, step);
    if (series)
        series_read(series, last * step, step, count, read);
    for (int i = 0; i < count; i++)
        out[i] = series && last - (count - 1 - i) <= now
                     ? (struct chart_bucket){read[i].min, read[i].max, read[i].last}
                     : (struct chart_bucket){NAN, NAN, NAN};
}

static bool is_of_all(const struct view_context *context, const struct object *object) {
    return object && object->kind == OBJECT_CLUSTER && clusters_count(context->model).clusters > 1;
}

/* What a cluster does not tell while it lives nobody knows; before its first figure there was nothing of it.
 */
static void add_buckets(enum quantity q, int count, const struct chart_bucket *part,
                        struct chart_bucket *out) {
    int first = 0;
    while (first < count && !(part[first].max >= 0))
        first++;
    for (int i = first; i < count; i++) {
        bool none = out[i].max < 0;
        out[i].min = none ? part[i].min : clusters_add(q, out[i].min, part[i].min);
        out[i].max = none ? part[i].max : clusters_add(q, out[i].max, part[i].max);
        out[i].last = none ? part[i].last : clusters_add(q, out[i].last, part[i].last);
    }
}

void spark_buckets(const struct view_context *context, const struct object *object, enum quantity q,
                   int span_s, int count, int per_cell, struct chart_bucket *out) {
    struct chart_bucket part[MAX_BUCKETS];
    size_t clusters;
    const struct object *const *all = model_objects(context->model, OBJECT_CLUSTER, &clusters);
    if (!is_of_all(context, object)) {
        own_buckets(context, object, q, span_s, count, per_cell, out);
        return;
    }
    for (int i = 0; i < count; i++)
        out[i] = (struct chart_bucket){-1, -1, -1};
    for (size_t c = 0; c < clusters; c++) {
        if (!clusters_counts(context->model, all[c]))
            continue;
        own_buckets(context, all[c], q, span_s, count, per_cell, part);
        add_buckets(q, count, part, out);
    }
}

void spark_text(char *out, size_t size, const struct view_context *context, const struct object *object,
                enum quantity q, int span_s, int width, double top, bool ascii) {
    struct chart_bucket buckets[MAX_BUCKETS];
    int per_cell = spark_per_cell(ascii), count = per_cell * width;
    size_t len = 0;
    out[0] = 0;
    if (width < 1 || count > MAX_BUCKETS)
        return;
    struct surface *s = surface_create(width, 1);
    s->ascii = ascii;
    spark_buckets(context, object, q, span_s, count, per_cell, buckets);
    spark_draw(s, surface_rect(s), 0, 0, width, buckets, count, top, ROLE_CHART_LOAD);
    for (int x = 0; x < width && len + 5 < size; x++)
        len += utf8_encode(out + len, s->cells[x].c);
    out[len] = 0;
    surface_destroy(s);
}

double spark_peak(const struct view_context *context, const struct object *object, enum quantity q,
                  int span_s) {
    struct chart_bucket buckets[120];
    double peak = 0;
    spark_buckets(context, object, q, span_s, 120, 1, buckets);
    for (int i = 0; i < 120; i++)
        if (!isnan(buckets[i].max) && buckets[i].max > peak)
            peak = buckets[i].max;
    return peak;
}

int spark_span_s(const struct view_context *context, int width) {
    enum { USUAL_S = 600, LONG_S = 3600, LONG_WIDTH = 200 };
    int64_t lived = context->utc_ns - model_cluster(context->model)->first_utc_ns;
    return width >= LONG_WIDTH && lived > USUAL_S * NS_PER_S ? LONG_S : USUAL_S;
}

static bool figure(const struct view_context *context, const struct object *object, enum quantity q,
                   double *out) {
    struct value v = is_of_all(context, object) ? clusters_sum(context->model, q)
                                                : quantity_get(context->model, object, q);
    return value_number(v, out);
}

void chart_spec_arrange(const struct chart_spec *spec, struct chart_scale *scale,
                        const struct view_context *context, const struct object *object, int span_s) {
    double factor = context->bits && quantities[spec->quantity].unit == UNIT_BYTES_PER_S ? 8 : 1;
    enum unit unit = factor > 1 ? UNIT_PER_S : quantities[spec->quantity].unit;
    double top = spark_peak(context, object, spec->quantity, span_s), now;
    if (figure(context, object, spec->quantity, &now) && now > top)
        top = now; /* this second's bucket comes after it */
    struct threshold levels[LEVELS_MOST];
    size_t count = model_thresholds(context->model, object, spec->quantity, levels, LEVELS_MOST);
    double peak = top;
    for (size_t i = 0; i < count; i++)
        if (levels[i].value > top && levels[i].value <= NEAR_LEVEL * peak)
            top = levels[i].value;
    chart_scale_fit(scale, top * factor, unit);
}

static void mark_events(const struct view_context *context, const struct object *object, int step, int count,
                        int per_cell, uint8_t *marks) {
    int64_t last = last_bucket(context, step, per_cell);
    size_t events = model_event_count(context->model);
    for (size_t i = events; i-- > 0;) {
        const struct event *e = model_event(context->model, i);
        int64_t at = count - 1 - (last - e->utc_ns / NS_PER_S / step);
        if (at < 0)
            break;
        bool of_all = object->kind == OBJECT_CLUSTER || object->kind == OBJECT_SERVER;
        if (at < count && !(of_all && e->chatter) &&
            (object->kind == OBJECT_CLUSTER || e->object == object->id))
            marks[at] = 1;
    }
}

static void figure_text(char *out, size_t size, const struct view_context *context,
                        const struct object *object, enum quantity q, const char *unit) {
    if (is_of_all(context, object))
        clusters_text(out, size, context, q, 7, unit);
    else
        quantity_text_unit(out, size, context, object, q, 7, unit);
}

/* As much as `room` columns take: value, unit, what is beside it, peak. */
static void title_right(char *out, size_t size, int room, const struct view_context *context,
                        const struct object *object, const struct chart_spec *spec, int span_s) {
    char now[80], plain[64], beside[80] = "", peak[80] = "";
    double top = spark_peak(context, object, spec->quantity, span_s), value = 0;
    bool known = figure(context, object, spec->quantity, &value);
    out[0] = 0;
    if (!known && top <= 0)
        return;
    figure_text(now, sizeof(now), context, object, spec->quantity, spec->suffix ? spec->suffix : "");
    if (known && value > top)
        top = value; /* this second's bucket comes after it */
    if (spec->beside && figure(context, object, (enum quantity)spec->beside, &value)) {
        char text[64];
        figure_text(text, sizeof(text), context, object, (enum quantity)spec->beside,
                    context->bits ? "b/s" : spec->beside_suffix);
        snprintf(beside, sizeof(beside), "  %s", text);
    }
    if (top > 0) {
        quantity_number(plain, sizeof(plain), context, spec->quantity, top);
        snprintf(peak, sizeof(peak), "  peak %s", plain);
    }
    figure_text(plain, sizeof(plain), context, object, spec->quantity, "");
    bool whole = text_width(now) <= room;
    int used = text_width(whole ? now : plain);
    bool with_peak = used + text_width(peak) <= room;
    used += with_peak ? text_width(peak) : 0;
    bool with_beside = used + text_width(beside) <= room;
    snprintf(out, size, "%s%s%s", whole ? now : plain, with_beside ? beside : "", with_peak ? peak : "");
}

/* Why there is nothing to draw; NULL: nothing has come yet. */
static const char *why_none(const struct view_context *context, const struct object *object,
                            enum quantity q) {
    if (model_series(context->model, object, q))
        return NULL;
    if (object->kind == OBJECT_CONNECTION)
        return object->freshness == FRESH_GONE ? "nobody looked while it was open" : "kept from now on";
    bool some = object->kind == OBJECT_CONSUMER && model_series(context->model, object, Q_CONSUMER_lag);
    return some ? "kept only of those that lag most" : NULL;
}

static int by_height(const void *a, const void *b) {
    const struct threshold *x = a, *y = b;
    if (x->severity != y->severity)
        return x->severity < y->severity ? -1 : 1;
    return (x->value > y->value) - (x->value < y->value);
}

/* From which on rules speak, the lesser severity first. */
static int levels_of(const struct view_context *context, const struct object *object, enum quantity q,
                     double factor, struct chart_level out[LEVELS_MOST]) {
    struct threshold levels[LEVELS_MOST];
    size_t count = model_thresholds(context->model, object, q, levels, LEVELS_MOST);
    qsort(levels, count, sizeof *levels, by_height);
    for (size_t i = 0; i < count; i++)
        out[i] = levels[i].severity == SEVERITY_CRIT
                     ? (struct chart_level){levels[i].value * factor, ROLE_CRIT, "!!"}
                     : (struct chart_level){levels[i].value * factor, ROLE_WARN, "!"};
    return (int)count;
}

void chart_spec_draw(const struct chart_spec *spec, const struct chart_scale *scale,
                     const struct view_context *context, const struct object *object, int span_s,
                     struct surface *s, struct rect area) {
    struct chart_bucket buckets[MAX_BUCKETS];
    uint8_t marks[MAX_BUCKETS] = {0};
    char right[320], span[TIME_TEXT_SIZE + 1];
    int count = chart_buckets(s, area.w), per_cell = spark_per_cell(s->ascii);
    if (count < 1 || count > MAX_BUCKETS || area.h < 4 - spec->no_axis)
        return;
    int step = step_for(span_s, count);
    double factor = context->bits && quantities[spec->quantity].unit == UNIT_BYTES_PER_S ? 8 : 1;
    spark_buckets(context, object, spec->quantity, span_s, count, per_cell, buckets);
    for (int i = 0; factor > 1 && i < count; i++)
        buckets[i] = (struct chart_bucket){buckets[i].min * 8, buckets[i].max * 8, buckets[i].last * 8};
    mark_events(context, object, step, count, per_cell, marks);
    struct chart_level levels[LEVELS_MOST];
    int level_count = levels_of(context, object, spec->quantity, factor, levels);
    title_right(right, sizeof(right), area.w - text_width(spec->title) - 6, context, object, spec, span_s);
    snprintf(span, sizeof(span), span_s >= 120 ? "-%dm" : "-%ds", span_s >= 120 ? span_s / 60 : span_s);
    struct chart chart = {.title = spec->title,
                          .right = right,
                          .buckets = buckets,
                          .count = count,
                          .top = scale->top,
                          .unit = factor > 1 ? UNIT_PER_S : quantities[spec->quantity].unit,
                          .role = spec->role,
                          .marks = marks,
                          .span = span,
                          .span_buckets = span_s / step,
                          .no_axis = spec->no_axis,
                          .end = spec->end,
                          .levels = levels,
                          .level_count = level_count,
                          .none = why_none(context, object, spec->quantity)};
    chart_draw(&chart, s, area);
}
