/* Alerts: what is wrong, who is on it, what was wrong; the selected one with its rule and its life. */
#include "views/alerts_parts.h"

#include <stdio.h>
#include <stddef.h>

#include "views/place.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

enum { DETAIL_FROM = 13, LIST_LEAST = 6, NOTES_FROM = 8 }; /* rows */
enum { BESIDE = 5, PLACE = 10 };                           /* columns: around words on a rule; "1/512   " */

static const struct quantity_column columns[] = {
    {.quantity = Q_ALERT_opened, .priority = 0, .pinned = true},
    {.quantity = Q_ALERT_object, .priority = 0, .grow = 40, .pinned = true},
    {.quantity = Q_ALERT_lasted, .priority = 6},
    {.quantity = Q_ALERT_times, .priority = 8},
    {.quantity = Q_ALERT_rule, .priority = 1, .grow = 8},
    {.quantity = Q_ALERT_tag, .priority = 9, .grow = 6, .off = true},
    {.quantity = Q_ALERT_entity, .priority = 9, .off = true},
    {.quantity = Q_ALERT_cluster, .priority = 3, .grow = 6, .off = true},
    {.quantity = Q_ALERT_condition, .priority = 9, .grow = 30},
    {.quantity = Q_ALERT_figure, .priority = 5, .grow = 12},
    {.quantity = Q_ALERT_peak, .priority = 4, .grow = 20},
    {.quantity = Q_ALERT_state, .priority = 3},
    {.quantity = Q_ALERT_ack, .priority = 7, .least = 4, .grow = 24},
    {.quantity = Q_ALERT_acked, .priority = 9, .off = true},
    {.quantity = Q_ALERT_severity, .priority = 9, .off = true},
    {.quantity = Q_ALERT_first_sign, .priority = 9, .off = true},
    {.quantity = Q_ALERT_worst, .priority = 9, .off = true},
    {.quantity = Q_ALERT_ended, .priority = 9, .off = true},
    {.quantity = Q_ALERT_silenced_until, .priority = 9, .off = true},
    {.quantity = Q_ALERT_origin, .priority = 9, .grow = 16, .off = true},
    {.quantity = Q_ALERT_text, .priority = 9, .grow = 120, .off = true},
};
enum { OPENED };

static void init(void *state) {
    struct alerts *a = state;
    quantity_list_init(&a->all, OBJECT_ALERT, columns, COUNT(columns), -1, OPENED);
    a->list.first = a->list.focus = &a->all;
    a->all.table.focused = true;
}

static void finish(void *state) {
    struct alerts *a = state;
    quantity_list_finish(&a->all);
    alert_objects_free(&a->objects);
}

static const struct alert *selected(const struct alerts *a, const struct view_context *context) {
    const struct object *object = quantity_list_selected(&a->all, context->model);
    return object ? alert_of(object) : NULL;
}

/* ---- which rows are whose ---- */

static void collect(struct alerts *a, const struct view_context *context) {
    struct alerts_basis now = {context->model, model_alerts_version(context->model), context->utc_ns};
    const struct alerts_basis *had = &a->basis;
    if (had->model == now.model && had->version == now.version && had->utc_ns == now.utc_ns)
        return;
    a->basis = now;
    a->made++;
    alert_objects_make(&a->objects, context->model);
}

static void arrange_list(struct alerts *a, const struct view_context *context, struct rect area) {
    struct quantity_pick pick = {
        .objects = a->objects.all, .object_count = a->objects.count, .made = a->made};
    quantity_list_arrange(&a->all, context, &pick, area.w, quantity_panel_rows(area.h));
}

/* Below the list: who is silenced, and rules that apply to nothing. */
static int note_rows(const struct alerts *a, const struct view_context *context, struct rect area) {
    return area.h < NOTES_FROM ? 0 : (model_silence_count(context->model) > 0) + (a->vain.text[0] != '\0');
}

/* The list has what it needs, and at least half; what is left is for the selected one. */
static void lay_out(struct alerts *a, const struct view_context *context, struct rect area) {
    const struct alert *alert = selected(a, context);
    int wanted = 2 + (a->all.count < 1000 ? (int)a->all.count : 1000) + note_rows(a, context, area);
    int half = area.h / 2 > LIST_LEAST ? area.h / 2 : LIST_LEAST, list = wanted < half ? half : wanted;
    int most = area.h - half > 0 ? area.h - half : 0;
    a->rows = a->detail = area;
    a->detail.h = 0;
    if (a->alone && alert) {
        a->rows.h = 0;
        a->detail.h = area.h;
    } else if (alert && area.h >= DETAIL_FROM) {
        a->detail.h = alert_detail_rows(context, alert, area.w, area.h - list > most ? area.h - list : most);
        a->rows.h = area.h - a->detail.h;
        a->detail.y = area.y + a->rows.h;
    }
}

static void arrange(void *state, const struct view_context *context, struct rect area) {
    struct alerts *a = state;
    collect(a, context);
    alerts_vain_follow(&a->vain, context);
    arrange_list(a, context, area);
    lay_out(a, context, area);
    if (a->rows.h > 0 && a->rows.h < area.h)
        arrange_list(a, context, a->rows);
}

/* ---- drawing ---- */

/* Returns what is left below it. */
static struct rect draw_note(struct surface *s, struct rect rows, enum role role, const char *text) {
    char cut[1200];
    if (!*text || rows.h < 1)
        return rows;
    text_cut(cut, sizeof cut, text, rows.w - 4);
    surface_text(s, rows, rows.x + 3, rows.y, role, 0, cut);
    return rect_below(rows, 1);
}

static void draw_notes(const struct alerts *a, const struct view_context *context, struct surface *s,
                       struct rect rows) {
    char silences[400];
    alerts_silences(context, silences, sizeof silences);
    rows = draw_note(s, rows, ROLE_MUTED, silences);
    draw_note(s, rows, ROLE_TEXT, a->vain.text);
}

static void draw(const void *state, const struct view_context *context, struct surface *s, struct rect area) {
    const struct alerts *a = state;
    const struct alert *alert = selected(a, context);
    struct rect rows = a->rows;
    char title[200], rules[200], sort[300], right[600], empty[300];
    alerts_title(context, area.w, title, sizeof title);
    alerts_empty(context, area.w, empty, sizeof empty);
    quantity_list_status(&a->all, sort, sizeof sort);
    bool plain = !*context->filter && a->all.table.sort < 0 && !a->all.table.reverse;
    int notes = rows.h > 0 ? note_rows(a, context, rows) : 0;
    rows.h -= notes;
    bool scrolls = (int)a->all.count > quantity_panel_rows(rows.h);
    int taken = text_width(title) + (plain ? 0 : text_width(sort) + 3) + BESIDE + (scrolls ? PLACE : 0);
    alerts_rules(context, area.w - taken, rules, sizeof rules);
    snprintf(right, sizeof right, "%s%s%s", plain ? "" : sort, plain ? "" : "   ", rules);
    if (rows.h > 0)
        quantity_panel_draw(&a->all, s, rows, title, right, empty);
    draw_notes(a, context, s, (struct rect){rows.x, rows.y + rows.h, rows.w, notes});
    if (alert && a->detail.h > 0)
        alert_detail_draw(context, alert, s, a->detail);
    quantity_menu_draw(&a->all, s, area, area);
}

/* ---- keys ---- */

static const struct alert *chosen(const struct view_call *c) {
    struct alerts *a = c->state;
    collect(a, c->context);
    for (size_t i = 0; i < a->objects.count; i++)
        if (a->objects.all[i]->id == table_selected(&a->all.table))
            return alert_of(a->objects.all[i]);
    return NULL;
}

static unsigned say(struct view_call *c, const char *text) {
    c->request->say = text;
    return REACT_DRAW;
}

static const struct object *object_of(const struct view_call *c, const struct alert *alert) {
    return model_object(c->context->model, alert->object);
}

static unsigned nowhere(struct view_call *c, const struct alert *alert) {
    snprintf(c->request->text, sizeof c->request->text, "%s %s %s", alert->entity, alert->name,
             alert->object ? "is not there any more" : "was not seen since natsight began");
    return say(c, c->request->text);
}

static unsigned open_object(void *call) {
    struct view_call *c = call;
    const struct alert *alert = chosen(c);
    const struct object *object = alert ? object_of(c, alert) : NULL;
    if (!alert)
        return REACT_PASS;
    return object ? place_go_trouble(c, object) : nowhere(c, alert);
}

static unsigned copy(void *call) {
    struct view_call *c = call;
    const struct alert *alert = chosen(c);
    if (!alert)
        return say(c, "no row is selected");
    const struct object *object = object_of(c, alert);
    return object ? place_copy(c, object) : nowhere(c, alert);
}

static unsigned wish(struct view_call *c, const struct alert *alert, enum alert_wish wish) {
    c->request->alert = alert->number;
    c->request->alert_wish = wish;
    return REACT_DRAW;
}

static unsigned acknowledge(void *call) {
    struct view_call *c = call;
    const struct alert *alert = chosen(c);
    if (!alert)
        return say(c, "there is no alert to acknowledge");
    return wish(c, alert, alert->acked_utc_ns ? ALERT_UNACK : ALERT_ACK);
}

static unsigned take_back(void *call) {
    struct view_call *c = call;
    const struct alert *alert = chosen(c);
    return alert && alert->acked_utc_ns ? wish(c, alert, ALERT_UNACK) : say(c, "nobody has acknowledged it");
}

static unsigned silence(void *call) {
    struct view_call *c = call;
    const struct alert *alert = chosen(c);
    if (!alert)
        return say(c, "there is no alert to silence");
    return wish(c, alert, alert->silenced_until_utc_ns ? ALERT_UNSILENCE : ALERT_SILENCE);
}

/* By when they opened; a pending one has not. */
static unsigned walk(struct view_call *c, int side) {
    struct alerts *a = c->state;
    const struct alert *from = chosen(c), *best = NULL;
    const struct object *to = NULL;
    for (size_t i = 0; i < a->all.count; i++) {
        const struct object *object = a->all.rows[i].object;
        const struct alert *alert = model_alert_by_number(c->context->model, alert_number_of(object->id));
        int64_t came = alert ? alert_came_utc_ns(alert) : 0;
        bool there = came && (!from || came * side > alert_came_utc_ns(from) * side);
        if (!there || (best && alert_came_utc_ns(best) * side <= came * side))
            continue;
        best = alert;
        to = object;
    }
    if (!to)
        return say(c, side > 0 ? "none opened later" : "none opened before");
    table_select(&a->all.table, to->id, c->context->mono_ns);
    return REACT_DRAW;
}

static unsigned next_alert(void *call) {
    return walk(call, 1);
}

static unsigned previous_alert(void *call) {
    return walk(call, -1);
}

static unsigned show_detail(void *call) {
    struct view_call *c = call;
    struct alerts *a = c->state;
    a->alone = !a->alone && chosen(c);
    return REACT_DRAW;
}

static unsigned back(void *call) {
    struct alerts *a = ((struct view_call *)call)->state;
    if (!a->alone)
        return REACT_PASS;
    a->alone = false;
    return REACT_DRAW;
}

static const struct action actions[] = {
    {ACTION_OPEN_ALERTED, open_object},
    {ACTION_ACKNOWLEDGE, acknowledge},
    {ACTION_TAKE_BACK, take_back},
    {ACTION_SILENCE, silence},
    {ACTION_ALERT_DETAIL, show_detail},
    {ACTION_NEXT_EVENT, next_alert},
    {ACTION_PREVIOUS_EVENT, previous_alert},
    {ACTION_COPY, copy},
    {ACTION_BACK, back},
    LIST_ACTIONS,
    {ACTION_NONE, NULL},
};

static const struct view_list_row lists[] = {
    {"alerts", offsetof(struct alerts, all), columns, COUNT(columns)},
    {NULL, 0, NULL, 0},
};

const struct view_ops view_alerts = {
    .name = "alerts",
    .title = "Alerts",
    .help = "What is wrong and who is on it, what may become so, what was; and the rule behind each.",
    .state_size = sizeof(struct alerts),
    .init = init,
    .finish = finish,
    .arrange = arrange,
    .draw = draw,
    .check_filter = list_check_filter,
    .actions = actions,
    .lists = lists,
    .contexts = CONTEXT_ALERTS | CONTEXT_LIST,
};
