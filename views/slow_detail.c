/* The selected connection: who it is, what its figures are, how its buffer went. */
#include "views/slow_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "views/flow.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

enum {
    SPAN_S = 180,
    FACTS_MOST = 4,
    BY_RATE = 2, /* columns of its subscriptions */
    BY_COUNT = 3,
    SIDE_BY_SIDE = 110,
    SUBJECTS_LEAST = 3,
    SUBJECTS_MOST = 6, /* unless more than this part of the rows is left */
    SUBJECTS_PART = 2
};

static const struct fact open_facts[] = {
    {Q_CONNECTION_pending_bytes, "pending"},
    {Q_CONNECTION_pending_share, "of max"},
    {Q_CONNECTION_pending_slope, "d/dt"},
    {Q_CONNECTION_drain, "drain"},
    {Q_CONNECTION_out_bytes_per_s, "queued B/s"},
    {Q_CONNECTION_out_msgs_per_s, "queued/s"},
    {Q_CONNECTION_in_msgs_per_s, "sends/s"},
    {Q_CONNECTION_out_bytes, "queued"},
    {Q_CONNECTION_subscriptions, "subscriptions"},
    {Q_CONNECTION_stalls, "stalls"},
    {Q_CONNECTION_idle, "idle"},
    {Q_CONNECTION_uptime, "up"},
};

static const struct fact closed_facts[] = {
    {Q_CONNECTION_reason, "reason"},        {Q_CONNECTION_closed_at, "at"},
    {Q_CONNECTION_lived, "lived"},          {Q_CONNECTION_pending_bytes, "pending at the end"},
    {Q_CONNECTION_pending_share, "of max"}, {Q_CONNECTION_out_bytes, "queued"},
    {Q_CONNECTION_out_msgs, "messages"},    {Q_CONNECTION_subscriptions, "subscriptions"},
    {Q_CONNECTION_stalls, "stalls"},        {Q_CONNECTION_idle_at_end, "idle at the end"},
};

static const struct chart_spec charts[] = {
    {.quantity = Q_CONNECTION_pending_bytes, .role = ROLE_CHART_LOAD, .title = "PENDING", .brief = "PEND"},
};

static const struct quantity_column subscription_columns[] = {
    {.quantity = Q_SUBSCRIPTION_subject, .priority = 0, .width = 18, .grow = 60, .pinned = true},
    {.quantity = Q_SUBSCRIPTION_queue, .priority = 3, .grow = 20},
    {.quantity = Q_SUBSCRIPTION_msgs_per_s, .priority = 1},
    {.quantity = Q_SUBSCRIPTION_msgs, .priority = 2},
    {.quantity = Q_SUBSCRIPTION_sid, .priority = 4},
    {.quantity = Q_SUBSCRIPTION_max, .priority = 5},
};

void slow_detail_init(struct slow *slow) {
    quantity_list_init(&slow->subscriptions, OBJECT_SUBSCRIPTION, subscription_columns,
                       COUNT(subscription_columns), BY_RATE, BY_RATE);
    slow->subscriptions.table.focused = false;
    slow->charts.specs = charts;
    slow->charts.count = COUNT(charts);
}

static bool has_chart(const struct view_context *context, const struct object *connection) {
    return model_series(context->model, connection, Q_CONNECTION_pending_bytes) != NULL;
}

static int facts_of(const struct view_context *context, const struct object *connection, struct surface *s,
                    struct rect area) {
    return model_is_closed(connection)
               ? facts_draw(context, connection, closed_facts, COUNT(closed_facts), s, area)
               : facts_draw(context, connection, open_facts, COUNT(open_facts), s, area);
}

/* Of the rows below the facts. */
struct pieces {
    struct rect why, subjects, chart; /* h 0: no room */
};

static int at_most(int rows, int room) {
    return rows < room ? rows : room;
}

static struct pieces split(const struct slow *slow, const struct view_context *context,
                           const struct object *connection, struct rect left) {
    struct pieces p = {.why = left};
    int lines = slow_why_draw(context, connection, NULL, (struct rect){left.x, left.y, left.w, left.h - 1});
    p.why.h = lines ? 1 + lines : 0;
    left = p.subjects = p.chart = rect_below(left, p.why.h);
    int wanted = 2 + (slow->subscriptions.count ? (int)slow->subscriptions.count : 0);
    bool chart = has_chart(context, connection), beside = chart && left.w >= SIDE_BY_SIDE;
    int most = left.h / SUBJECTS_PART > SUBJECTS_MOST ? left.h / SUBJECTS_PART : SUBJECTS_MOST;
    wanted = at_most(wanted < SUBJECTS_LEAST ? SUBJECTS_LEAST : wanted, most);
    p.subjects.h = left.h >= SUBJECTS_LEAST ? at_most(wanted, left.h) : 0;
    if (beside) {
        p.chart.w = left.w / 2 - 1;
        p.subjects.x += left.w / 2;
        p.subjects.w -= left.w / 2;
    } else {
        p.chart = rect_below(left, p.subjects.h);
    }
    p.chart.h = chart ? chart_stack_rows(&slow->charts, p.chart.h) : 0;
    if (beside && p.chart.h > p.subjects.h && p.subjects.h)
        p.subjects.h = p.chart.h;
    return p;
}

int slow_detail_rows(const struct slow *slow, const struct view_context *context, int width, int rows) {
    const struct object *connection = slow_selected(slow, context->model);
    if (!connection || width < 60)
        return 0;
    int used = 1 + facts_of(context, connection, NULL, (struct rect){0, 0, width, FACTS_MOST});
    if (used > rows)
        return 0;
    struct pieces p = split(slow, context, connection, (struct rect){0, 0, width, rows - used});
    int end = p.why.y + p.why.h, subjects = p.subjects.y + p.subjects.h, chart = p.chart.y + p.chart.h;
    end = p.subjects.h && subjects > end ? subjects : end;
    return used + (p.chart.h && chart > end ? chart : end);
}

void slow_detail_arrange(struct slow *slow, const struct view_context *context, struct rect area) {
    const struct object *connection = slow_selected(slow, context->model);
    struct quantity_pick pick = {.connection = connection, .no_filter = true, .gone = true};
    if (!connection)
        return;
    struct pieces p = split(slow, context, connection, area);
    slow->subscriptions.table.sort = model_is_closed(connection) ? BY_COUNT : BY_RATE;
    quantity_list_arrange(&slow->subscriptions, context, &pick, p.subjects.w, p.subjects.h - 1);
    if (slow->charts_of != connection->id)
        memset(slow->charts.scales, 0, sizeof(slow->charts.scales));
    slow->charts_of = connection->id;
    chart_stack_arrange(&slow->charts, context, connection, SPAN_S);
}

/* "CID 4711 billing-7  PAY/billing-svc  10.4.2.17:53122  TLS 1.3  go 1.31.0  on n2-lon" */
static void who_text(const struct view_context *context, const struct object *connection, char *out,
                     size_t size, int width) {
    static const struct {
        const char *before;
        enum quantity quantity;
    } parts[] = {{"CID ", Q_CONNECTION_cid}, {" ", Q_CONNECTION_name},     {"  ", Q_CONNECTION_account},
                 {"/", Q_CONNECTION_user},   {"  ", Q_CONNECTION_address}, {"  TLS ", Q_CONNECTION_tls},
                 {"  ", Q_CONNECTION_lang},  {" ", Q_CONNECTION_version},  {"  on ", Q_CONNECTION_server}};
    size_t len = 0;
    out[0] = 0;
    for (int i = 0; i < COUNT(parts); i++) {
        char text[1100], cut[400];
        struct value v = quantity_get(context->model, connection, parts[i].quantity);
        if (v.type == VALUE_UNKNOWN || (v.type == VALUE_TEXT && !*v.text))
            continue;
        quantity_text(text, sizeof(text), context, connection, parts[i].quantity, 30);
        text_cut_middle(cut, sizeof(cut), text, 40);
        if (len < size)
            len += (size_t)snprintf(out + len, size - len, "%s%s", parts[i].before, cut);
    }
    char whole[1200];
    snprintf(whole, sizeof(whole), "%s", out);
    text_cut(out, size, whole, width);
}

/* "SUBSCRIPTIONS 3", "SUBSCRIPTIONS 1,000 of 4,211" */
static void draw_subjects(const struct slow *slow, const struct object *connection, struct surface *s,
                          struct rect area) {
    struct subscribed told = model_subscribed(connection);
    char title[80] = "SUBSCRIPTIONS", of[NUMBER_TEXT_SIZE] = "", more[40] = "";
    size_t shown = area.h > 2 ? (size_t)area.h - 2 : 0;
    if (slow->subscriptions.count > shown)
        snprintf(more, sizeof(more), "+ %zu more: Enter", slow->subscriptions.count - shown);
    if (told.kept < told.told) {
        number_format_grouped(of, told.told);
        snprintf(title, sizeof(title), "SUBSCRIPTIONS %zu of %s", told.kept, of);
    } else if (told.utc_ns) {
        snprintf(title, sizeof(title), "SUBSCRIPTIONS %zu", told.told);
    }
    quantity_panel_draw(&slow->subscriptions, s, area, title, more,
                        told.utc_ns ? "none" : "asked for, not answered yet");
}

void slow_detail_draw(const struct slow *slow, const struct view_context *context, struct surface *s) {
    const struct object *connection = slow_selected(slow, context->model);
    struct rect left = slow->detail;
    char who[1200];
    if (!connection)
        return;
    who_text(context, connection, who, sizeof(who), left.w - 6);
    surface_rule(s, left, who, "");
    left = rect_below(left, 1);
    int facts = left.h < FACTS_MOST ? left.h : FACTS_MOST;
    left = rect_below(left, facts_of(context, connection, s, (struct rect){left.x, left.y, left.w, facts}));
    struct pieces p = split(slow, context, connection, left);
    if (p.why.h) {
        surface_rule(s, p.why, "WHY", "");
        slow_why_draw(context, connection, s, rect_below(p.why, 1));
    }
    if (p.chart.h)
        chart_stack_draw(&slow->charts, context, connection, SPAN_S, s, p.chart);
    if (p.subjects.h)
        draw_subjects(slow, connection, s, p.subjects);
}
