/* Subjects: whose traffic it is, by looks at it, while somebody wants that. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/number.h"
#include "base/text.h"
#include "views/quantity_table.h"

#define COUNT(a)  ((int)(sizeof(a) / sizeof((a)[0])))
#define HEAD_MOST 4 /* lines */
#define TEXT_AT   3 /* behind the mark */

static const struct quantity_column columns[] = {
    {.quantity = Q_SUBJECT_subject, .priority = 0, .width = 20, .grow = 60, .pinned = true},
    {.quantity = Q_SUBJECT_cluster, .priority = 9, .grow = 6, .off = true},
    {.quantity = Q_SUBJECT_share, .priority = 0},
    {.quantity = Q_SUBJECT_margin, .priority = 1},
    {.quantity = Q_SUBJECT_msgs_per_s, .priority = 1},
    {.quantity = Q_SUBJECT_msgs_per_s_low, .priority = 7, .off = true},
    {.quantity = Q_SUBJECT_msgs_per_s_high, .priority = 7, .off = true},
    {.quantity = Q_SUBJECT_share_low, .priority = 7, .off = true},
    {.quantity = Q_SUBJECT_share_high, .priority = 7, .off = true},
    {.quantity = Q_SUBJECT_messages, .priority = 1},
    {.quantity = Q_SUBJECT_alike, .priority = 2},
    {.quantity = Q_SUBJECT_bytes_share, .priority = 2},
    {.quantity = Q_SUBJECT_size, .priority = 3},
    {.quantity = Q_SUBJECT_largest, .priority = 5},
    {.quantity = Q_SUBJECT_requests, .priority = 4},
    {.quantity = Q_SUBJECT_headers, .priority = 6, .grow = 40},
    {.quantity = Q_SUBJECT_last, .priority = 8, .off = true},
};
#define SHARE 2

struct subjects_view {
    struct list_view list;
    struct quantity_list all;
    int head;
};

static const struct view_list_row lists[] = {
    {"subjects", offsetof(struct subjects_view, all), columns, COUNT(columns)}, {NULL, 0, NULL, 0}};

static void init(void *state) {
    struct subjects_view *v = state;
    quantity_list_init(&v->all, OBJECT_SUBJECT, columns, COUNT(columns), SHARE, 0);
    v->list.first = v->list.focus = &v->all;
}

static void finish(void *state) {
    quantity_list_finish(&((struct subjects_view *)state)->all);
}

/* ---- the lines above ---- */

static const struct object *sampling(const struct model *model) {
    size_t count;
    const struct object *const *all = model_objects(model, OBJECT_SAMPLING, &count);
    return count ? all[0] : NULL;
}

static double number(const struct model *model, const struct object *object, enum quantity q) {
    double v;
    return quantity_value(model, object, q, &v) ? v : 0;
}

static bool is_on(const struct model *model, const struct object *s) {
    return strcmp(quantity_name_text(model, s, Q_SAMPLING_state), "on") == 0;
}

/* "9,830 messages of 412 subjects seen in 10s" */
static void seen_text(const struct model *model, const struct object *s, char *out, size_t size) {
    char messages[NUMBER_TEXT_SIZE], subjects[NUMBER_TEXT_SIZE], span[TIME_TEXT_SIZE];
    double ns = number(model, s, Q_SAMPLING_end) - number(model, s, Q_SAMPLING_begin);
    number_format_grouped(messages, (uint64_t)number(model, s, Q_SAMPLING_messages));
    number_format_grouped(subjects, (uint64_t)number(model, s, Q_SAMPLING_distinct));
    span_format(span, (int64_t)ns);
    out[0] = '\0';
    if (ns > 0)
        snprintf(out, size, "%s messages of %s subjects seen in %s", messages, subjects, span);
}

/* Whose rate the numbers are made of. */
static void add_rate(const struct model *model, const struct object *s, char *out, size_t size) {
    char rate[NUMBER_TEXT_SIZE];
    struct value v = quantity_get(model, s, Q_SAMPLING_msgs_per_s);
    size_t len = strlen(out);
    if (v.type == VALUE_UNKNOWN || !len)
        return;
    value_format(rate, sizeof(rate), v, UNIT_PER_S);
    snprintf(out + len, size - len, ", of %s/s from the cluster's clients", rate);
}

static void limit_text(const struct view_context *context, const struct object *s, char *out, size_t size) {
    char most[NUMBER_TEXT_SIZE], span[TIME_TEXT_SIZE], at[TIME_TEXT_SIZE], until[TIME_TEXT_SIZE + 10] = "";
    double end;
    number_format_grouped(most, (uint64_t)number(context->model, s, Q_SAMPLING_most));
    span_format(span, (int64_t)number(context->model, s, Q_SAMPLING_span));
    if (quantity_value(context->model, s, Q_SAMPLING_until, &end)) {
        time_format_clock(at, (int64_t)end, context->local_time);
        snprintf(until, sizeof(until), ", until %s", at);
    }
    snprintf(out, size, "at most %s messages and %s of each second%s", most, span, until);
}

typedef bool line_fn(const struct view_context *context, const struct object *s, char *out, size_t size);

static bool why_not(const struct view_context *context, const struct object *s, char *out, size_t size) {
    char state[40];
    snprintf(state, sizeof(state), "%s", quantity_name_text(context->model, s, Q_SAMPLING_state));
    const char *why = quantity_name_text(context->model, s, Q_SAMPLING_problem);
    if (strcmp(state, "on") == 0)
        return false;
    snprintf(out, size, "%s%s%s",
             strcmp(state, "over") == 0  ? "its time is over: what was seen last"
             : strcmp(state, "off") == 0 ? "ended: what was seen last"
                                         : state,
             *why ? ": " : "", why);
    return true;
}

static bool late(const struct view_context *context, const struct object *s, char *out, size_t size) {
    char ago[TIME_TEXT_SIZE];
    if (!is_on(context->model, s) || s->freshness == FRESH_LIVE)
        return false;
    span_format(ago, context->utc_ns - s->seen_utc_ns);
    snprintf(out, size, "nothing was told for %s", ago);
    return true;
}

static bool full(const struct view_context *context, const struct object *s, char *out, size_t size) {
    double looks = number(context->model, s, Q_SAMPLING_looks),
           all = number(context->model, s, Q_SAMPLING_full);
    if (all * 2 < looks || looks == 0)
        return false;
    snprintf(out, size, "%g of %g looks took all they may: busier moments count for little more than others",
             all, looks);
    return true;
}

static bool dropped(const struct view_context *context, const struct object *s, char *out, size_t size) {
    double messages = number(context->model, s, Q_SAMPLING_dropped);
    snprintf(out, size, "%g message%s too large to be looked at", messages, messages > 1 ? "s were" : " was");
    return messages > 0;
}

static line_fn *const troubles[] = {why_not, late, full, dropped};

static int trouble_count(const struct view_context *context, const struct object *s) {
    char text[600];
    int count = 0;
    for (int i = 0; i < COUNT(troubles); i++)
        count += troubles[i](context, s, text, sizeof(text));
    return count;
}

static void draw_head(const struct view_context *context, const struct object *sampled, struct surface *s,
                      struct rect area) {
    char text[600], limit[200], subject[300];
    const struct model *model = context->model;
    seen_text(model, sampled, text, sizeof(text));
    if (area.w >= 100)
        add_rate(model, sampled, text, sizeof(text));
    limit_text(context, sampled, limit, sizeof(limit));
    if (area.w >= TEXT_AT + text_width(text) + text_width(limit) + 14)
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "   %s", limit);
    int room = area.w - text_width(text) - TEXT_AT - 4;
    text_cut_parts(subject, sizeof(subject), quantity_name_text(model, sampled, Q_SAMPLING_subject), '.',
                   room > 8 ? room : 8);
    int x = area.x + TEXT_AT, y = area.y;
    x += surface_text(s, area, x, y, ROLE_TEXT, ATTR_BOLD, subject) + 3;
    surface_text(s, area, x, y, ROLE_TEXT, 0, text);
    for (int i = 0; i < COUNT(troubles) && ++y < area.y + area.h; i++) {
        if (!troubles[i](context, sampled, text, sizeof(text))) {
            y--;
            continue;
        }
        surface_text(s, area, area.x + 1, y, ROLE_WARN, ATTR_BOLD, "!");
        surface_text(s, area, area.x + TEXT_AT, y, ROLE_WARN, 0, text);
    }
}

/* ---- slots ---- */

static bool is_sum(const struct model *model, const struct object *subject) {
    double over;
    return quantity_value(model, subject, Q_SUBJECT_over, &over) && over > 0;
}

static void arrange(void *state, const struct view_context *context, struct rect area) {
    struct subjects_view *v = state;
    const struct object *s = sampling(context->model);
    int head = s ? 1 + trouble_count(context, s) : 0;
    v->head = head < HEAD_MOST ? head : HEAD_MOST;
    if (area.h < v->head + 4)
        v->head = area.h > 4 && s ? 1 : 0;
    struct quantity_pick pick = {.internal = is_sum, .idle_text = ""};
    quantity_list_arrange(&v->all, context, &pick, area.w, quantity_panel_rows(area.h - v->head));
}

static void draw_empty(struct surface *s, struct rect area) {
    static const char *const lines[] = {
        "nothing is looked at",
        "",
        ":sample orders.>            looks at a thousand messages a second of it at most",
        ":sample orders.> for 10m    and ends of itself",
        "",
        "It subscribes for 25 ms four times a second, through NATS alone. While it",
        "does, a request that nobody serves waits for its timeout instead of",
        "hearing so at once. If this program is stopped meanwhile, a server has at",
        "most those messages for it. Of a message only its subject, its size and",
        "the names of its headers are kept."};
    surface_rule(s, area, "SUBJECTS", "");
    struct rect below = rect_below(area, 2);
    for (int i = 0; i < COUNT(lines) && i < below.h; i++)
        surface_text(s, below, below.x + 1, below.y + i, i ? ROLE_MUTED : ROLE_TEXT, 0, lines[i]);
}

static void draw(const void *state, const struct view_context *context, struct surface *s, struct rect area) {
    const struct subjects_view *v = state;
    const struct object *sampled = sampling(context->model);
    char title[120], sort[300];
    if (!sampled) {
        draw_empty(s, area);
        return;
    }
    if (v->head)
        draw_head(context, sampled, s, (struct rect){area.x, area.y, area.w, v->head});
    struct rect below = rect_below(area, v->head);
    snprintf(title, sizeof(title), "SUBJECTS %zu", v->all.count);
    if (v->all.internal && !context->show_hidden)
        snprintf(title + strlen(title), sizeof(title) - strlen(title), "   and %zu sum%s (i)",
                 v->all.internal, v->all.internal > 1 ? "s" : "");
    quantity_list_status(&v->all, sort, sizeof(sort));
    quantity_panel_draw(&v->all, s, below, title, sort,
                        is_on(context->model, sampled) ? "nothing came by" : "nothing was seen");
    quantity_menu_draw(&v->all, s, below, area);
}

static void status(const void *state, const struct view_context *context, char *out, size_t size) {
    const struct object *s = sampling(context->model);
    (void)state;
    text_cut(out, size, s ? quantity_name_text(context->model, s, Q_SAMPLING_subject) : "", 30);
}

/* ---- keys ---- */

static unsigned end_sampling(void *context) {
    struct view_call *call = context;
    const struct object *s = sampling(call->context->model);
    if (!s)
        return REACT_NONE;
    call->request->sample_end = true;
    return REACT_DRAW | REACT_WANTS;
}

static const struct action actions[] = {
    {ACTION_SAMPLE_END, end_sampling},
    LIST_ACTIONS,
    {ACTION_NONE, NULL},
};

const struct view_ops view_subjects = {
    .lists = lists,
    .name = "subjects",
    .title = "Subjects",
    .help = "Whose traffic it is: shares of subjects, by short looks at it while somebody wants that.",
    .state_size = sizeof(struct subjects_view),
    .init = init,
    .finish = finish,
    .arrange = arrange,
    .draw = draw,
    .status = status,
    .check_filter = list_check_filter,
    .actions = actions,
    .hidden = "sums over other rows",
    .contexts = CONTEXT_SUBJECTS | CONTEXT_LIST,
};
