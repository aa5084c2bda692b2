#include "views/node_facts.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "views/faults.h"
#include "views/node_figures.h"
#include "views/quantity_text.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
enum { FAULTS_MOST = 3 };

/* What it is, in a running line. */
static const enum quantity summary[] = {
    Q_SERVER_version,     Q_SERVER_uptime,      Q_SERVER_start,  Q_SERVER_restarts,
    Q_SERVER_health,      Q_SERVER_url,         Q_SERVER_id,     Q_SERVER_max_connections,
    Q_SERVER_max_pending, Q_SERVER_max_payload, Q_SERVER_routes,
};

int node_summary(const struct view_context *context, const struct object *server, struct surface *s,
                 struct rect area) {
    int x = area.x + 1, y = area.y;
    if (!node_state_rows(context, server)) {
        if (s && area.h > 0)
            surface_text(s, area, x, y, ROLE_OK, ATTR_BOLD, "up");
        x += 2 + 3;
    }
    for (int i = 0; i < COUNT(summary); i++) {
        char value[300], cut[200];
        if (!node_knows(context, server, summary[i]))
            continue;
        quantity_text(value, sizeof(value), context, server, summary[i], 12);
        text_cut(cut, sizeof(cut), value, 60);
        const char *name = quantities[summary[i]].name;
        int w = text_width(name) + 1 + text_width(cut);
        if (x > area.x + 1 && x + w > area.x + area.w) {
            x = area.x + 1;
            y++;
        }
        if (s && y < area.y + area.h) {
            surface_text(s, area, x, y, ROLE_MUTED, 0, name);
            surface_text(s, area, x + text_width(name) + 1, y, ROLE_TEXT, 0, cut);
        }
        x += w + 3;
    }
    return y - area.y + 1;
}

/* ", connz_hot 1s": how old the last answer is */
static int flow_answer(const struct view_context *context, const struct object *server, enum shape shape,
                       struct surface *s, struct rect row, int x) {
    const struct answer_state *answer = model_answer(context->model, server, shape);
    char age[TIME_TEXT_SIZE];
    lasted_format(age, context->utc_ns > answer->good_utc_ns ? context->utc_ns - answer->good_utc_ns : 0);
    int w = text_width(shape_name(shape)) + 1 + 6;
    if (s && x + w <= row.x + row.w)
        surface_printf(s, row, x, row.y, ROLE_TEXT, 0, "%s %s", shape_name(shape), age);
    return w + 1;
}

/* Endpoints that fail, a line each; how old the answers of the others are. Returns rows; s NULL: counts. */
int node_endpoints(const struct view_context *context, const struct object *server, struct surface *s,
                   struct rect area) {
    static const char head[] = "answers";
    int x = area.x + 2 + (int)sizeof(head), y = area.y, good = 0;
    if (strcmp(quantity_name_text(context->model, server, Q_SERVER_state), "up") != 0)
        return 0;
    for (int i = SHAPE_NONE + 1; i < SHAPE_LIMIT && y < area.y + FAULTS_MOST; i++) {
        char text[1400];
        struct fault_query query = {.shapes = 1u << i, .server = server->id};
        faults_text(text, sizeof(text), context, &query, area.w - 4);
        if (s && *text && y < area.y + area.h) {
            surface_text(s, area, area.x, y, ROLE_WARN, ATTR_BOLD, " !");
            surface_text(s, area, area.x + 3, y, ROLE_WARN, 0, text);
        }
        y += *text != 0;
    }
    struct rect row = {area.x, y, area.w, y < area.y + area.h ? 1 : 0};
    for (int i = SHAPE_NONE + 1; i < SHAPE_LIMIT; i++) {
        if (!fault_is_asked(context->model, server, (enum shape)i) ||
            model_answer(context->model, server, (enum shape)i)->failure != FAILURE_NONE)
            continue;
        x += flow_answer(context, server, (enum shape)i, s, row, x);
        good++;
    }
    if (s && good)
        surface_text(s, row, area.x + 1, y, ROLE_MUTED, 0, head);
    return y - area.y + (good > 0);
}

int node_state_rows(const struct view_context *context, const struct object *server) {
    return strcmp(quantity_name_text(context->model, server, Q_SERVER_state), "up") != 0;
}

void node_state_draw(const struct view_context *context, const struct object *server, struct surface *s,
                     struct rect row) {
    const char *state = quantity_name_text(context->model, server, Q_SERVER_state);
    struct value since = quantity_get(context->model, server, Q_SERVER_state_since);
    enum severity severity = model_severity(context->model, server);
    char span[TIME_TEXT_SIZE] = "", reason[400];
    int x = row.x + 1;
    bool up = strcmp(state, "up") == 0;
    if (since.type == VALUE_TIME && since.i != TIME_UNSET && context->utc_ns > since.i)
        span_format(span, context->utc_ns - since.i);
    enum role role = up ? ROLE_OK : severity == SEVERITY_CRIT ? ROLE_CRIT : ROLE_WARN;
    x += surface_printf(s, row, x, row.y, role, ATTR_BOLD, "%s", *state ? state : "no answer yet");
    if (*span && !up) /* since we look; its own uptime is below */
        x += surface_printf(s, row, x, row.y, ROLE_TEXT, 0, " for %s", span);
    text_cut(reason, sizeof(reason), quantity_name_text(context->model, server, Q_SERVER_reason),
             row.x + row.w - x - 4);
    if (!up && *reason)
        surface_printf(s, row, x, row.y, ROLE_TEXT, 0, ": %s", reason);
}
