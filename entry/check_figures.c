/* Figures for graphs: what a check measured. */
#include "entry/check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "model/finding_text.h"
#include "model/rule_judge.h"

/* What a unit is called there, and how much of ours is one of theirs. */
static const struct measure {
    const char *name;
    double scale;
} measures[] = {
    [UNIT_NONE] = {"", 1},        [UNIT_COUNT] = {"", 1},    [UNIT_MSGS] = {"", 1},
    [UNIT_BYTES] = {"B", 1},      [UNIT_NS] = {"s", 1e-9},   [UNIT_TIME] = {"", 1},
    [UNIT_PERCENT] = {"%", 1},    [UNIT_RATIO] = {"%", 100}, [UNIT_PER_S] = {"", 1},
    [UNIT_BYTES_PER_S] = {"", 1},
};

void check_number(double value, char *out, size_t size) {
    int decimals = fabs(value) >= 1000 ? 0 : fabs(value) >= 1 ? 3 : 6;
    snprintf(out, size, "%.*f", decimals, value);
    size_t len = strlen(out);
    while (decimals > 0 && len > 0 && out[len - 1] == '0')
        out[--len] = '\0';
    if (len > 0 && out[len - 1] == '.')
        out[--len] = '\0';
    if (strcmp(out, "-0") == 0)
        snprintf(out, size, "0");
}

/* ---- of the whole ---- */

static const struct usual {
    const char *label;
    enum quantity quantity;
    int most;   /* quantity; -1 none */
    bool whole; /* not a part of it, which would look like a drop */
} usuals[] = {
    {"servers", Q_CLUSTER_servers, Q_CLUSTER_expected, false},
    {"connections", Q_CLUSTER_connections, -1, false},
    {"in_msgs_per_s", Q_CLUSTER_in_client_msgs_per_s, -1, false},
    {"out_msgs_per_s", Q_CLUSTER_out_client_msgs_per_s, -1, false},
    {"in_bytes_per_s", Q_CLUSTER_in_client_bytes_per_s, -1, false},
    {"out_bytes_per_s", Q_CLUSTER_out_client_bytes_per_s, -1, false},
    {"streams", Q_CLUSTER_streams, -1, true},
    {"consumers", Q_CLUSTER_consumers, -1, true},
    {"lag", Q_CLUSTER_lag, -1, true},
    {"max_pending_bytes", Q_CLUSTER_max_pending_bytes, -1, false},
    {"slow_consumers_10m", Q_CLUSTER_cut_10m, -1, false},
};

/* NaN: not known. */
static double number_of(const struct model *model, const struct object *object, int q) {
    double number;
    if (q < 0 || !value_number(quantity_get(model, object, (enum quantity)q), &number))
        return NAN;
    return number * measures[quantities[q].unit].scale;
}

static size_t add(struct check_figure *out, size_t count, const struct check_figure *figure) {
    if (count == CHECK_FIGURES_MOST || !isfinite(figure->value))
        return count;
    out[count] = *figure;
    return count + 1;
}

/* Of several clusters each has its own, under its name. */
static size_t add_cluster(const struct check_report *r, const struct object *cluster, bool named,
                          struct check_figure *out, size_t count) {
    char name[120] = "";
    if (named)
        model_object_name(r->model, cluster, name, sizeof name);
    for (size_t i = 0; i < sizeof usuals / sizeof *usuals; i++) {
        if (usuals[i].whole && quantity_get(r->model, cluster, usuals[i].quantity).flags & VALUE_LEAST)
            continue;
        struct check_figure figure = {.value = number_of(r->model, cluster, (int)usuals[i].quantity),
                                      .unit = measures[quantities[usuals[i].quantity].unit].name,
                                      .most = number_of(r->model, cluster, usuals[i].most)};
        snprintf(figure.label, sizeof figure.label, "%s%s%s", name, named ? " " : "", usuals[i].label);
        count = add(out, count, &figure);
    }
    return count;
}

/* The lag of the consumer that is furthest behind. */
static struct check_figure max_lag(const struct check_report *r) {
    struct check_figure figure = {.label = "max_lag", .value = NAN, .unit = "", .most = NAN};
    size_t count;
    const struct object *const *consumers = model_objects(r->model, OBJECT_CONSUMER, &count);
    for (size_t i = 0; i < count; i++)
        figure.value = fmax(figure.value, number_of(r->model, consumers[i], Q_CONSUMER_lag));
    return figure;
}

static size_t usual_figures(const struct check_report *r, struct check_figure *out) {
    size_t clusters, count = 0;
    const struct object *const *objects = model_objects(r->model, OBJECT_CLUSTER, &clusters);
    const struct check_figure counts[] = {{"critical", (double)r->crit, "", "", "", NAN},
                                          {"warning", (double)r->warn, "", "", "", NAN},
                                          max_lag(r)};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        count = add(out, count, &counts[i]);
    for (size_t i = 0; i < clusters; i++)
        count = add_cluster(r, objects[i], clusters > 1, out, count);
    return count;
}

/* ---- of rules that were asked for ---- */

/* A Nagios range: what is outside of it is a trouble, or what is inside, both ends included, behind an @. */
static const struct range {
    const char *before, *after; /* the limit */
} ranges[] = {[SIGN_MORE] = {"", ""},
              [SIGN_AT_LEAST] = {"@", ":"},
              [SIGN_LESS] = {"", ":"},
              [SIGN_AT_MOST] = {"@~:", ""}};

static void range_of(const struct check_report *r, const struct object *object,
                     const struct rule_level *level, double scale, char *out, size_t size) {
    struct asking asking = {.model = r->model, .object = object};
    double limit = rule_threshold(&asking, level);
    char number[40];
    out[0] = '\0';
    if (!level->is || level->limit[0] == '\0' || !isfinite(limit))
        return;
    check_number(limit * scale, number, sizeof number);
    snprintf(out, size, "%s%s%s", ranges[level->sign].before, number, ranges[level->sign].after);
}

static bool is_worse_less(const struct rule *rule) {
    const struct rule_level *level = rule->crit.is ? &rule->crit : &rule->warn;
    return level->sign == SIGN_LESS || level->sign == SIGN_AT_MOST;
}

/* Of more objects than there is room for those that are nearest to trouble. */
static size_t place_of(const struct check_figure *figures, size_t from, size_t count, double value,
                       bool less) {
    size_t at = count;
    while (at > from && (less ? figures[at - 1].value > value : figures[at - 1].value < value))
        at--;
    return at;
}

static size_t insert(struct check_figure *figures, size_t at, size_t count, size_t most,
                     const struct check_figure *figure) {
    if (at >= most)
        return count;
    size_t moved = count < most ? count - at : count - at - 1;
    memmove(figures + at + 1, figures + at, moved * sizeof *figures);
    figures[at] = *figure;
    return count < most ? count + 1 : count;
}

static size_t rule_figures(const struct check_report *r, const struct rule *rule, struct check_figure *out,
                           size_t count, size_t most) {
    const struct measure *measure = &measures[rule_unit(rule)];
    size_t from = count, objects_count;
    const struct object *const *objects = model_objects(r->model, rule->kind, &objects_count);
    for (size_t i = 0; i < objects_count; i++) {
        struct check_figure figure = {.unit = measure->name, .most = NAN};
        struct asking asking = {.model = r->model, .object = objects[i]};
        char name[150];
        double value;
        if (!rule_is_about(r->model, rule, objects[i]) || !rule_counts(&asking, rule) ||
            !check_only_object(r->only, r->model, objects[i]) ||
            !finding_value(r->model, objects[i], rule, &value) || !isfinite(value))
            continue;
        figure.value = value * measure->scale;
        size_t at = place_of(out, from, count, figure.value, is_worse_less(rule));
        if (at >= most)
            continue;
        model_object_name(r->model, objects[i], name, sizeof name);
        snprintf(figure.label, sizeof figure.label, "%s %s", rule->name, name);
        range_of(r, objects[i], &rule->warn, measure->scale, figure.warn, sizeof figure.warn);
        range_of(r, objects[i], &rule->crit, measure->scale, figure.crit, sizeof figure.crit);
        count = insert(out, at, count, most, &figure);
    }
    return count;
}

/* Of a rule without a number: of how many it is so. */
static struct check_figure state_figure(const struct check_report *r, const struct rule *rule) {
    struct check_figure figure = {.unit = "", .most = NAN};
    for (size_t i = 0; i < r->alert_count; i++)
        figure.value += strcmp(r->alerts[i]->rule, rule->name) == 0;
    snprintf(figure.label, sizeof figure.label, "%s", rule->name);
    return figure;
}

static bool came_before(const struct options *options, int at) {
    for (int i = 0; i < at; i++)
        if (strcmp(options->rule[i], options->rule[at]) == 0)
            return true;
    return false;
}

size_t check_figures(const struct check_report *r, struct check_figure *out) {
    size_t count = 0;
    if (r->model == NULL)
        return 0;
    if (r->options->rule_count == 0)
        return usual_figures(r, out);
    for (int i = 0; i < r->options->rule_count; i++) {
        if (came_before(r->options, i))
            continue;
        const struct rule *rule = ruleset_find(model_rules(r->model), r->options->rule[i]);
        struct check_figure figure = state_figure(r, rule);
        size_t left = CHECK_FIGURES_MOST - count, rest = (size_t)(r->options->rule_count - i);
        if (rule->value[0] == '\0')
            count = add(out, count, &figure);
        else
            count = rule_figures(r, rule, out, count, count + (left + rest - 1) / rest);
    }
    return count;
}
