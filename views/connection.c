/* Connection: one connection, open or closed: how it is, how it went, what it subscribed to, its other lives.
 */
#include "views/page.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "views/chart_stack.h"
#include "views/connection_facts.h"
#include "views/place.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
enum {
    FEW_ROWS = 12,
    ROOMY_ROWS = 30,
    LINES_MOST = 3,
    CHARTS_LEAST = 4,
    LIST_LEAST = 4,
    NONE_ROWS = 2,
    LIST_MOST = 8,
    STARTED = 5, /* column of `others` */
    BUSIEST = 2, /* column of `subscriptions` */
};

static const struct quantity_column other_columns[] = {
    {.quantity = Q_CONNECTION_cid, .priority = 0, .width = 7, .pinned = true},
    {.quantity = Q_CONNECTION_cluster, .priority = 2, .grow = 6, .pinned = true, .off = true},
    {.quantity = Q_CONNECTION_server, .priority = 1, .grow = 6, .pinned = true},
    {.quantity = Q_CONNECTION_name, .priority = 9, .grow = 16, .pinned = true},
    {.quantity = Q_CONNECTION_state, .priority = 1},
    {.quantity = Q_CONNECTION_started, .priority = 5},
    {.quantity = Q_CONNECTION_closed_at, .priority = 2, .width = 9}, /* ≤hh:mm:ss */
    {.quantity = Q_CONNECTION_lived, .priority = 3},
    {.quantity = Q_CONNECTION_pending_bytes, .priority = 2},
    {.quantity = Q_CONNECTION_in_msgs_per_s, .priority = 6},
    {.quantity = Q_CONNECTION_out_msgs_per_s, .priority = 6},
    {.quantity = Q_CONNECTION_out_bytes, .priority = 8},
    {.quantity = Q_CONNECTION_subscriptions, .priority = 10},
    {.quantity = Q_CONNECTION_address, .priority = 7},
    {.quantity = Q_CONNECTION_reason, .priority = 4, .grow = 10},
};

static const struct quantity_column subscription_columns[] = {
    {.quantity = Q_SUBSCRIPTION_subject, .priority = 0, .grow = 60, .pinned = true},
    {.quantity = Q_SUBSCRIPTION_queue, .priority = 2, .grow = 20},
    {.quantity = Q_SUBSCRIPTION_msgs_per_s, .priority = 1},
    {.quantity = Q_SUBSCRIPTION_msgs, .priority = 1},
    {.quantity = Q_SUBSCRIPTION_max, .priority = 3},
    {.quantity = Q_SUBSCRIPTION_sid, .priority = 4},
};

static const struct chart_spec charts[] = {
    {.quantity = Q_CONNECTION_pending_bytes, .role = ROLE_CHART_LOAD, .title = "PENDING", .brief = "PEND"},
    {.quantity = Q_CONNECTION_out_msgs_per_s,
     .role = ROLE_CHART_OUT,
     .title = "OUT",
     .suffix = " msg/s",
     .brief = "OUT/s"},
    {.quantity = Q_CONNECTION_in_msgs_per_s,
     .role = ROLE_CHART_IN,
     .title = "IN",
     .suffix = " msg/s",
     .brief = "IN/s"},
    {.quantity = Q_CONNECTION_out_bytes_per_s,
     .role = ROLE_CHART_OUT,
     .title = "OUT BYTES",
     .suffix = " B/s",
     .brief = "OUT B"},
    {.quantity = Q_CONNECTION_in_bytes_per_s,
     .role = ROLE_CHART_IN,
     .title = "IN BYTES",
     .suffix = " B/s",
     .brief = "IN B"},
};

struct connection_page {
    struct page page;
    struct chart_stack charts;
    struct quantity_list subscriptions;
    struct quantity_list others; /* of the same client */
    int focused_part;            /* keys go to what it is about since it came */
    int open, closed;            /* of the others */
    bool few;                    /* rows: too few for more than its state and figures */
    int each;                    /* lines of a group of figures */
    struct rect state_at, pattern_at, facts_at, charts_at, subscriptions_at, others_at;
};

/* What it was opened with; without, the one that was there before, else the worst. */
static const struct object *object_of(const struct connection_page *p, const struct view_context *context) {
    const struct object *before =
        !context->object && p->page.shown ? model_object(context->model, p->page.shown) : NULL;
    return before ? before : page_object(&p->page, context);
}

/* ---- layout ---- */

static int list_rows(const struct quantity_list *list) {
    int rows = 2 + (int)(list->known < LIST_MOST ? list->known : LIST_MOST);
    return list->known == 0    ? NONE_ROWS
           : rows < LIST_LEAST ? LIST_LEAST
           : rows > LIST_MOST  ? LIST_MOST
                               : rows;
}

static int facts_rows(const struct connection_page *p, const struct view_context *context,
                      const struct object *connection, int width, int most) {
    return connection_facts_draw(context, connection, p->each, NULL, (struct rect){0, 0, width, most});
}

/* What is urgent first, then how it went, then the others; what a list needs it has when Tab leads there. */
static void lay_out_all(void *state, const struct view_context *context, const struct object *connection,
                        struct rect left) {
    struct connection_page *p = state;
    p->each = p->few ? left.h : left.h >= ROOMY_ROWS ? 2 : 1;
    p->facts_at = page_take(&left, facts_rows(p, context, connection, left.w, left.h));
    if (p->few)
        return;
    int lists[] = {list_rows(&p->subscriptions), list_rows(&p->others)}, room = left.h - CHARTS_LEAST;
    for (int i = 0; i < COUNT(lists); i++) {
        int each = room / (COUNT(lists) - i); /* and what one leaves the other may have */
        lists[i] = lists[i] <= each ? lists[i] : each >= LIST_LEAST ? each : 0;
        room -= lists[i];
    }
    bool none =
        connection->freshness != FRESH_LIVE && !model_series(context->model, connection, charts[0].quantity);
    p->charts_at = page_take(&left, none ? 0 : chart_stack_rows(&p->charts, left.h - lists[0] - lists[1]));
    p->subscriptions_at = page_take(&left, lists[0]);
    p->others_at = left;
}

static void lay_out_charts(void *state, const struct view_context *context, const struct object *connection,
                           struct rect left) {
    struct connection_page *p = state;
    int fit = chart_stack_rows(&p->charts, left.h);
    p->charts_at = page_take(&left, fit);
    if (!fit)
        p->facts_at = page_take(&left, facts_rows(p, context, connection, left.w, left.h));
}

static void lay_out_facts(void *state, const struct view_context *context, const struct object *connection,
                          struct rect left) {
    struct connection_page *p = state;
    p->each = left.h;
    p->facts_at = page_take(&left, facts_rows(p, context, connection, left.w, left.h));
}

static void lay_out_subscriptions(void *state, const struct view_context *context,
                                  const struct object *connection, struct rect left) {
    struct connection_page *p = state;
    (void)context, (void)connection;
    p->subscriptions_at = left;
}

static void lay_out_others(void *state, const struct view_context *context, const struct object *connection,
                           struct rect left) {
    struct connection_page *p = state;
    (void)context, (void)connection;
    p->others_at = left;
}

enum { PART_SUBSCRIPTIONS = 3 };
static const struct page_part parts[] = {{"all", lay_out_all},
                                         {"charts", lay_out_charts},
                                         {"figures", lay_out_facts},
                                         [PART_SUBSCRIPTIONS] = {"subscriptions", lay_out_subscriptions},
                                         {"other lives", lay_out_others},
                                         {NULL, NULL}};

static void lay_out(struct connection_page *p, const struct view_context *context,
                    const struct object *connection, struct rect area) {
    struct rect left = rect_below(area, 1);
    struct page_line line = connection_state(context, connection);
    int most = area.h / 4 < 1 ? 1 : area.h / 4 < LINES_MOST ? area.h / 4 : LINES_MOST;
    p->few = area.h < FEW_ROWS;
    p->pattern_at = p->facts_at = p->charts_at = p->subscriptions_at = p->others_at = (struct rect){0};
    p->state_at = page_take(&left, page_line_put(&line, NULL, (struct rect){0, 0, area.w, most}));
    struct page_line pattern = connection_pattern(context->model, connection);
    p->pattern_at =
        page_take(&left, p->few ? 0 : page_line_put(&pattern, NULL, (struct rect){0, 0, area.w, most}));
    p->page.parts[p->page.part].lay_out(p, context, connection, left);
}

/* ---- which others ---- */

static const struct identity {
    enum field field;
    const char *name;
} identities[] = {{F_CONNECTION_name, "name"},
                  {F_CONNECTION_mqtt_client, "MQTT client"},
                  {F_CONNECTION_user, "user"},
                  {F_CONNECTION_ip, "host"}};

/* By what it is known again: the first of these that it has. */
static const struct identity *identity_of(const struct object *connection) {
    int i = 0;
    while (i < COUNT(identities) - 1 && !*row_text(connection->now, identities[i].field))
        i++;
    return &identities[i];
}

/* A client comes back as another connection, perhaps at another server. */
static bool is_alike(const struct model *model, const struct object *a, const struct object *b) {
    const struct identity *by = identity_of(b);
    return identity_of(a) == by && strcmp(row_text(a->now, by->field), row_text(b->now, by->field)) == 0 &&
           strcmp(quantity_name_text(model, a, Q_CONNECTION_account),
                  quantity_name_text(model, b, Q_CONNECTION_account)) == 0;
}

static void count_others(struct connection_page *p) {
    p->open = p->closed = 0;
    for (size_t i = 0; i < p->others.count; i++)
        if (p->others.rows[i].object->freshness == FRESH_GONE)
            p->closed++;
        else
            p->open++;
}

/* It matched a subject that was asked for; of its connection all may not be known. */
static bool is_of_a_subject(const struct model *model, const struct object *subscription) {
    (void)model;
    return !model_is_told(subscription);
}

/* ---- arrangement ---- */

static void init(void *state) {
    struct connection_page *p = state;
    p->page.kind = OBJECT_CONNECTION;
    p->page.parts = parts;
    p->charts.specs = charts;
    p->charts.count = COUNT(charts);
    quantity_list_init(&p->others, OBJECT_CONNECTION, other_columns, COUNT(other_columns), STARTED, STARTED);
    quantity_list_init(&p->subscriptions, OBJECT_SUBSCRIPTION, subscription_columns,
                       COUNT(subscription_columns), BUSIEST, BUSIEST);
    p->page.list.first = p->page.list.focus = &p->others;
}

static void finish(void *state) {
    struct connection_page *p = state;
    quantity_list_finish(&p->others);
    quantity_list_finish(&p->subscriptions);
}

/* Of a closed one the time up to its end. */
static struct view_context at_end(const struct view_context *context, const struct object *connection) {
    struct view_context at = *context;
    int64_t end = connection_end_ns(context->model, connection);
    if (end != TIME_UNSET && end < at.utc_ns)
        at.utc_ns = end;
    return at;
}

/* As far back as there is something, in steps: a short life is no dot at the edge. */
static int span_of(const struct view_context *at, const struct object *connection, int width) {
    static const int spans[] = {120, 300, 600};
    const struct series *pending = model_series(at->model, connection, charts[0].quantity);
    int most = spark_span_s(at, width);
    int64_t known = pending ? at->utc_ns / NS_PER_S - series_first_s(pending) : 0;
    for (int i = 0; pending && i < COUNT(spans); i++)
        if (known <= spans[i] && spans[i] < most)
            return spans[i];
    return most;
}

static void arrange_charts(struct connection_page *p, const struct view_context *context,
                           const struct object *connection, int width) {
    struct view_context at = at_end(context, connection);
    const struct series *pending = model_series(context->model, connection, charts[0].quantity);
    char since[TIME_TEXT_SIZE];
    p->charts.title[0] = 0;
    p->charts.end = at.utc_ns < context->utc_ns ? "end" : NULL;
    if (pending) {
        time_format_clock(since, series_first_s(pending) * NS_PER_S, context->local_time);
        snprintf(p->charts.title, sizeof(p->charts.title), "%s, kept since %s", charts[0].title, since);
    }
    chart_stack_arrange(&p->charts, &at, connection, span_of(&at, connection, width));
}

/* Keys go to the list that a part is about, until another one is clicked on. */
static void focus(struct connection_page *p) {
    if (p->focused_part != p->page.part)
        p->page.list.focus = p->page.part == PART_SUBSCRIPTIONS ? &p->subscriptions : &p->others;
    p->focused_part = p->page.part;
    p->others.table.focused = p->page.list.focus == &p->others;
    p->subscriptions.table.focused = !p->others.table.focused;
}

/* The filter is for the one that keys go to. */
static void arrange_lists(struct connection_page *p, const struct view_context *context,
                          const struct object *connection, int width) {
    struct quantity_pick others = {.gone = true,
                                   .like = connection,
                                   .alike = is_alike,
                                   .no_filter = !p->others.table.focused},
                         subscriptions = {.gone = true,
                                          .connection = connection,
                                          .skip = is_of_a_subject,
                                          .no_filter = !p->subscriptions.table.focused};
    quantity_list_arrange(&p->others, context, &others, width, quantity_panel_rows(p->others_at.h));
    quantity_list_arrange(&p->subscriptions, context, &subscriptions, width,
                          quantity_panel_rows(p->subscriptions_at.h));
}

static void arrange(void *state, const struct view_context *context, struct rect area) {
    struct connection_page *p = state;
    const struct object *connection = object_of(p, context);
    uint64_t shown = connection ? connection->id : 0;
    if (p->page.shown != shown)
        memset(p->charts.scales, 0, sizeof(p->charts.scales));
    p->page.shown = shown;
    if (!connection)
        return;
    focus(p);
    arrange_lists(p, context, connection, area.w);
    lay_out(p, context, connection, area);
    arrange_lists(p, context, connection, area.w);
    count_others(p);
    arrange_charts(p, context, connection, area.w);
}

/* ---- drawing ---- */

/* "CONNECTION billing-7   cid 4711 on n2-lon", the place where the name has room beside it. */
static void draw_title(const struct connection_page *p, const struct view_context *context,
                       const struct object *connection, struct surface *s, struct rect area) {
    enum { PLACE = 16, RULE = 15, NAME_LEAST = 16 };
    char called[600], name[600], server[200], where[300], keys[200], title[900];
    page_keys(&p->page, area.w, keys, sizeof(keys));
    connection_called(context->model, connection, called, sizeof(called));
    text_cut_middle(server, sizeof(server),
                    quantity_name_text(context->model, connection, Q_CONNECTION_server), PLACE);
    snprintf(where, sizeof(where), "   cid %llu on %s",
             (unsigned long long)row_u64(connection->now, F_CONNECTION_cid, 0), server);
    int room = area.w - RULE - text_width(keys) - (*keys ? 4 : 0), beside = room - text_width(where);
    bool both = beside >= text_width(called) || beside >= NAME_LEAST;
    text_cut_middle(name, sizeof(name), called, both ? beside : room > 1 ? room : 1);
    snprintf(title, sizeof(title), "%s %s%s", page_title(&p->page), name, both ? where : "");
    surface_rule(s, area, title, keys);
}

static void draw_nothing(const struct connection_page *p, const struct view_context *context,
                         struct surface *s, struct rect area) {
    bool any = model_has(context->model, SHAPE_CONNZ_HOT) || model_has(context->model, SHAPE_CONNZ_FULL);
    surface_rule(s, area, page_title(&p->page), "");
    surface_text(s, area, area.x + 1, area.y + 1, ROLE_MUTED, 0,
                 context->object ? "it is closed, and what was known of it is no longer kept"
                 : any           ? page_none(&p->page)
                                 : "not collected here");
}

static void draw_others(const struct connection_page *p, const struct object *connection, struct surface *s) {
    char title[700], name[300], hint[60], empty[100];
    const struct identity *by = identity_of(connection);
    const char *key = row_text(connection->now, by->field);
    text_cut_middle(name, sizeof(name), key, p->others_at.w / 4);
    snprintf(title, sizeof(title), "SAME %s %s   %d open, %d closed", by->name, name, p->open, p->closed);
    keymap_hint(ACTION_OPEN_OTHER, "connection", hint, sizeof(hint));
    snprintf(empty, sizeof(empty), "no other connection of that %s, and no earlier one that we know of",
             by->name);
    quantity_panel_draw(&p->others, s, p->others_at, title, hint, empty);
}

/* "SUBSCRIPTIONS 3   told 0.4s ago", "1,000 of 5,000 shown" */
static void draw_subscriptions(const struct connection_page *p, const struct view_context *context,
                               const struct object *connection, struct surface *s) {
    struct subscribed said = model_subscribed(connection);
    char title[200], told[NUMBER_TEXT_SIZE], kept[NUMBER_TEXT_SIZE], age[TIME_TEXT_SIZE];
    number_format_grouped(told, said.told);
    number_format_grouped(kept, said.kept);
    age_format(age, context->utc_ns > said.utc_ns ? context->utc_ns - said.utc_ns : 0);
    if (!said.utc_ns)
        snprintf(title, sizeof(title), "SUBSCRIPTIONS");
    else if (said.kept < said.told)
        snprintf(title, sizeof(title), "SUBSCRIPTIONS %s of %s shown   as told %s ago", kept, told, age);
    else
        snprintf(title, sizeof(title), "SUBSCRIPTIONS %s   as told %s ago", told, age);
    uint64_t cid;
    bool lost = model_is_closed(connection) && !model_ask_url(connection, &cid);
    quantity_panel_draw(&p->subscriptions, s, p->subscriptions_at, title, "",
                        !said.utc_ns     ? lost ? "nobody asked while that run of its server lasted, and now "
                                                  "it can't be asked any more"
                                                : "not asked yet"
                        : said.told == 0 ? "none"
                                         : "nothing is kept of them any more");
}

static void draw(const void *state, const struct view_context *context, struct surface *s, struct rect area) {
    const struct connection_page *p = state;
    const struct object *connection = object_of(p, context);
    if (!connection) {
        draw_nothing(p, context, s, area);
        return;
    }
    struct page_line line = connection_state(context, connection),
                     pattern = connection_pattern(context->model, connection);
    struct view_context at = at_end(context, connection);
    draw_title(p, context, connection, s, area);
    page_line_put(&line, s, p->state_at);
    page_line_put(&pattern, s, p->pattern_at);
    if (p->facts_at.h)
        connection_facts_draw(context, connection, p->each, s, p->facts_at);
    if (p->charts_at.h)
        chart_stack_draw(&p->charts, &at, connection, span_of(&at, connection, area.w), s, p->charts_at);
    if (p->subscriptions_at.h > 1)
        draw_subscriptions(p, context, connection, s);
    if (p->others_at.h > 1)
        draw_others(p, connection, s);
    quantity_menu_draw(p->page.list.focus, s, area, area);
}

static void status(const void *state, const struct view_context *context, char *out, size_t size) {
    enum { WIDTH = 24 };
    char called[600];
    const struct object *connection = object_of(state, context);
    if (connection)
        text_cut_middle(out, size, connection_called(context->model, connection, called, sizeof(called)),
                        WIDTH);
}

/* Its row and its subscriptions, whatever pages it is in. */
static void question(const void *state, const struct view_context *context, struct view_question *out) {
    const struct object *connection = object_of(state, context);
    out->connection = connection ? connection->id : 0;
}

/* ---- keys ---- */

static unsigned open_server(void *call) {
    struct view_call *c = call;
    const struct object *shown = page_shown(c);
    return shown ? place_go(c, place_server(c->context->model, shown)) : REACT_PASS;
}

static unsigned open_other(void *call) {
    struct view_call *c = call;
    const struct connection_page *p = c->state;
    return p->page.list.focus == &p->others && p->others_at.h > 1 ? list_open(call) : REACT_PASS;
}

static const struct action actions[] = {
    {ACTION_PREVIOUS_OBJECT, page_previous},
    {ACTION_NEXT_OBJECT, page_next},
    {ACTION_NEXT_PART, page_next_part},
    {ACTION_PREVIOUS_PART, page_previous_part},
    {ACTION_BACK, page_back},
    {ACTION_OPEN_OTHER, open_other},
    {ACTION_OPEN_HOLDER, open_server},
    {ACTION_COPY, page_copy},
    LIST_ACTIONS,
    {ACTION_NONE, NULL},
};

static const struct view_list_row lists[] = {
    {"subscriptions", offsetof(struct connection_page, subscriptions), subscription_columns,
     COUNT(subscription_columns)},
    {"lives", offsetof(struct connection_page, others), other_columns, COUNT(other_columns)},
    {NULL, 0, NULL, 0}};

const struct view_ops view_connection = {
    .lists = lists,
    .name = "connection",
    .title = "Connection",
    .help = "One connection, open or closed: its buffer, traffic, subscriptions, and its other lives.",
    .state_size = sizeof(struct connection_page),
    .init = init,
    .finish = finish,
    .dated_by = SHAPE_CONNZ_HOT,
    .question = question,
    .arrange = arrange,
    .draw = draw,
    .status = status,
    .check_filter = list_check_filter,
    .actions = actions,
    .contexts = CONTEXT_CONNECTION | CONTEXT_LIST,
};
