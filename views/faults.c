#include "views/faults.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "views/quantity_text.h"

static bool lives(const struct model *model, const struct object *server) {
    return strcmp(quantity_name_text(model, server, Q_SERVER_state), "up") == 0;
}

/* Its figures say what is asked now; before the first ones whatever was tried is. */
static bool is_wanted(const struct model *model, const struct object *server, enum shape shape) {
    size_t count;
    const struct object *const *costs = model_objects(model, OBJECT_COST, &count);
    for (size_t i = 0; i < count; i++)
        if (costs[i]->parent == server && costs[i]->now &&
            row_u64(costs[i]->now, F_COST_shape, SHAPE_NONE) == shape)
            return row_has(costs[i]->now, F_COST_interval);
    return true;
}

bool fault_is_asked(const struct model *model, const struct object *server, enum shape shape) {
    return model_answer(model, server, shape) && is_wanted(model, server, shape);
}

static void consider(const struct model *model, const struct object *server, unsigned shapes,
                     struct fault *worst) {
    bool any = false;
    for (int s = SHAPE_NONE + 1; s < SHAPE_LIMIT; s++) {
        const struct answer_state *answer =
            shapes & 1u << s ? model_answer(model, server, (enum shape)s) : NULL;
        if (!answer || answer->failure == FAILURE_NONE || !is_wanted(model, server, (enum shape)s))
            continue;
        any = true;
        if (!worst->server || answer->good_utc_ns < worst->answer->good_utc_ns) {
            worst->server = server;
            worst->shape = (enum shape)s;
            worst->answer = answer;
        }
    }
    worst->servers += any;
}

struct fault faults_worst(const struct model *model, const struct fault_query *query) {
    struct fault worst = {NULL, SHAPE_NONE, NULL, 0};
    size_t count;
    const struct object *const *servers = model_objects(model, OBJECT_SERVER, &count);
    for (size_t i = 0; i < count; i++) {
        if (query->server && servers[i]->id != query->server)
            continue;
        if (query->unsaid && model_severity(model, servers[i]) > SEVERITY_PENDING)
            continue;
        if (lives(model, servers[i]))
            consider(model, servers[i], query->shapes, &worst);
    }
    return worst;
}

/* ", last good 14s ago" */
static void fault_age(char *out, size_t size, const struct fault *fault, const struct view_context *context) {
    char age[TIME_TEXT_SIZE];
    int64_t good = fault->answer->good_utc_ns;
    if (good <= 0) {
        snprintf(out, size, ", never answered");
        return;
    }
    lasted_format(age, context->utc_ns > good ? context->utc_ns - good : 0);
    snprintf(out, size, ", last good %s ago", age);
}

/* What is behind '_' tells two pages of one endpoint apart, and is our own word. */
void fault_text(char *out, size_t size, const struct fault *fault, const struct view_context *context,
                const char *end, int width) {
    enum { LEAST = 6 };
    char name[120], head[200], why[1100];
    const char *shape = shape_name(fault->shape), *error = fault->answer->error;
    text_cut(name, sizeof(name), quantity_name_text(context->model, fault->server, Q_SERVER_name), 24);
    snprintf(head, sizeof(head), "%s /%.*s fails: ", name, (int)strcspn(shape, "_"), shape);
    int room = width - text_width(head) - text_width(end);
    text_cut(why, sizeof(why), error && *error ? error : failure_name(fault->answer->failure),
             room > LEAST ? room : LEAST);
    snprintf(out, size, "%s%s%s", head, why, end);
}

void faults_text(char *out, size_t size, const struct view_context *context, const struct fault_query *query,
                 int width) {
    struct fault worst = faults_worst(context->model, query);
    char end[100];
    out[0] = 0;
    if (!worst.server)
        return;
    fault_age(end, sizeof(end), &worst, context);
    if (worst.servers > 1)
        snprintf(end + strlen(end), sizeof(end) - strlen(end), "; %zu more server%s", worst.servers - 1,
                 worst.servers > 2 ? "s" : "");
    fault_text(out, size, &worst, context, end, width);
}
