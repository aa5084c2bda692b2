/* Interest: who listens to one subject over all servers, by groups, and goes on being watched. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/number.h"
#include "base/text.h"
#include "views/place.h"
#include "views/quantity_table.h"

#define COUNT(a)  ((int)(sizeof(a) / sizeof((a)[0])))
#define CUT_MOST  2  /* lines about lists that are cut */
#define BOTH_FROM 10 /* rows: below that the groups or the members alone */
#define NARROW    60
#define WIDE      100
#define TEXT_AT   3 /* behind the mark */
#define CUT_MEANS "groups may be missing; a group that falls to nobody goes unnoticed"

static const struct quantity_column group_columns[] = {
    {.quantity = Q_AUDIENCE_subject, .priority = 0, .width = 18, .grow = 40, .pinned = true},
    {.quantity = Q_AUDIENCE_queue, .priority = 0, .width = 12, .grow = 20, .pinned = true},
    {.quantity = Q_AUDIENCE_account, .priority = 3, .grow = 8, .pinned = true},
    {.quantity = Q_AUDIENCE_state, .priority = 2},
    {.quantity = Q_AUDIENCE_members, .priority = 1},
    {.quantity = Q_AUDIENCE_msgs_per_s, .priority = 1},
    {.quantity = Q_AUDIENCE_deliveries_per_s, .priority = 5},
    {.quantity = Q_AUDIENCE_deliveries, .priority = 4},
    {.quantity = Q_AUDIENCE_since, .priority = 6},
};
#define GROUP_RATE  5
#define GROUP_DELIV 7

static const struct quantity_column member_columns[] = {
    {.quantity = Q_SUBSCRIPTION_client, .priority = 0, .grow = 24, .pinned = true},
    {.quantity = Q_SUBSCRIPTION_server, .priority = 0, .grow = 8, .pinned = true},
    {.quantity = Q_SUBSCRIPTION_cluster, .priority = 4, .grow = 6, .pinned = true, .off = true},
    {.quantity = Q_SUBSCRIPTION_cid, .priority = 1},
    {.quantity = Q_SUBSCRIPTION_sid, .priority = 8, .off = true},
    {.quantity = Q_SUBSCRIPTION_share, .priority = 1},
    {.quantity = Q_SUBSCRIPTION_msgs_per_s, .priority = 1},
    {.quantity = Q_SUBSCRIPTION_msgs, .priority = 2},
    {.quantity = Q_SUBSCRIPTION_account, .priority = 6},
    {.quantity = Q_SUBSCRIPTION_subject, .priority = 5, .grow = 16},
    {.quantity = Q_SUBSCRIPTION_queue, .priority = 7},
    {.quantity = Q_SUBSCRIPTION_max, .priority = 9, .off = true},
};
#define MEMBER_MSGS 6

struct interest_view {
    struct list_view list;
    struct quantity_list groups, members;
    uint64_t opened; /* the group that was asked for */
    struct rect head, groups_at, members_at;
};

static const struct view_list_row lists[] = {
    {"groups", offsetof(struct interest_view, groups), group_columns, COUNT(group_columns)},
    {"members", offsetof(struct interest_view, members), member_columns, COUNT(member_columns)},
    {NULL, 0, NULL, 0}};

static void init(void *state) {
    struct interest_view *v = state;
    quantity_list_init(&v->groups, OBJECT_AUDIENCE, group_columns, COUNT(group_columns), -1, GROUP_RATE);
    quantity_list_init(&v->members, OBJECT_SUBSCRIPTION, member_columns, COUNT(member_columns), MEMBER_MSGS,
                       0);
    v->list.first = v->list.focus = &v->groups;
}

static void finish(void *state) {
    struct interest_view *v = state;
    quantity_list_finish(&v->groups);
    quantity_list_finish(&v->members);
}

/* ---- the lines above ---- */

/* "1,024 of 5,000 on n2"; where the server does not say how many there are, "1,024 and more". */
static bool cut_text(const struct view_context *context, const struct object *server, char *out,
                     size_t size) {
    struct interest_answer answer = model_interest_of(server);
    char told[NUMBER_TEXT_SIZE], total[NUMBER_TEXT_SIZE], name[64];
    if (!answer.cut)
        return false;
    number_format_grouped(told, answer.told);
    number_format_grouped(total, answer.total);
    text_cut(name, sizeof(name), quantity_name_text(context->model, server, Q_SERVER_name), 24);
    if (answer.total > answer.told)
        snprintf(out, size, "%s of %s subscriptions on %s", told, total, name);
    else
        snprintf(out, size, "%s subscriptions and more on %s", told, name);
    return true;
}

/* And what follows from it. */
static int cut_lines(const struct view_context *context) {
    int cut = model_interest(context->model).cut;
    return cut > CUT_MOST ? CUT_MOST + 1 : cut ? cut + 1 : 0;
}

static void draw_cut(const struct view_context *context, struct surface *s, struct rect area) {
    size_t count;
    int line = 0, all = model_interest(context->model).cut, most = all < CUT_MOST ? all : CUT_MOST;
    char text[200];
    const struct object *const *servers = model_objects(context->model, OBJECT_SERVER, &count);
    for (size_t i = 0; i < count && line < most && line < area.h; i++) {
        if (!cut_text(context, servers[i], text, sizeof(text)))
            continue;
        size_t len = strlen(text);
        if (++line == most && all > line)
            snprintf(text + len, sizeof(text) - len, ", and %d more servers cut their lists", all - line);
        surface_text(s, area, area.x + 1, area.y + line - 1, ROLE_WARN, 0, "!");
        surface_text(s, area, area.x + TEXT_AT, area.y + line - 1, ROLE_WARN, 0, text);
    }
    if (line && line < area.h) {
        surface_text(s, area, area.x + 1, area.y + line, ROLE_WARN, 0, "!");
        surface_text(s, area, area.x + TEXT_AT, area.y + line, ROLE_WARN, 0,
                     area.w < NARROW ? "groups may be missing" : CUT_MEANS);
    }
}

/* ", not n2", ", not n2 and 3 more": whose members don't count. */
static void silent_text(const struct view_context *context, char *out, size_t size) {
    size_t count;
    int silent = 0;
    char name[40] = "";
    const struct object *const *servers = model_objects(context->model, OBJECT_SERVER, &count);
    for (size_t i = 0; i < count; i++)
        if (!model_interest_of(servers[i]).now && silent++ == 0)
            text_cut(name, sizeof(name), quantity_name_text(context->model, servers[i], Q_SERVER_name), 16);
    out[0] = '\0';
    if (silent > 1)
        snprintf(out, size, ", not %s and %d more", name, silent - 1);
    else if (silent)
        snprintf(out, size, ", not %s", name);
}

static void head_text(const struct view_context *context, const struct interest_seen *seen, int width,
                      char *out, size_t size) {
    char lasted[TIME_TEXT_SIZE], silent[80], walked[NUMBER_TEXT_SIZE], walk[100] = "";
    int64_t ns = context->utc_ns - seen->since_utc_ns;
    lasted_format(lasted, ns > 0 ? ns : 0);
    silent_text(context, silent, sizeof(silent));
    number_format_grouped(walked, seen->walked);
    if (width >= WIDE)
        snprintf(walk, sizeof(walk), "   each look walks %s subscriptions", walked);
    if (width < NARROW)
        snprintf(out, size, "%d/%d", seen->answered, seen->servers);
    else
        snprintf(out, size, "%d of %d server%s answered%s   watched for %s%s", seen->answered, seen->servers,
                 seen->servers == 1 ? "" : "s", silent, lasted, walk);
}

static void draw_head(const struct interest_view *v, const struct view_context *context,
                      const struct interest_seen *seen, struct surface *s) {
    char text[200], subject[300];
    bool all = seen->answered == seen->servers;
    int x = v->head.x + TEXT_AT;
    head_text(context, seen, v->head.w, text, sizeof(text));
    int room = v->head.w - text_width(text) - TEXT_AT - 4;
    text_cut(subject, sizeof(subject), seen->subject, room > 8 ? room : 8);
    x += surface_text(s, v->head, x, v->head.y, ROLE_TEXT, ATTR_BOLD, subject) + 3;
    surface_text(s, v->head, x, v->head.y, all ? ROLE_TEXT : ROLE_WARN, 0, text);
    if (!all)
        surface_text(s, v->head, v->head.x + 1, v->head.y, ROLE_WARN, 0, "!");
    draw_cut(context, s, rect_below(v->head, 1));
}

/* ---- nothing to list ---- */

static void say_lines(struct surface *s, struct rect area, const char *const *lines, int count) {
    for (int i = 0; i < count && i < area.h; i++)
        surface_text(s, area, area.x + 1, area.y + i, i ? ROLE_MUTED : ROLE_TEXT, 0, lines[i]);
}

static void draw_nothing_asked(struct surface *s, struct rect area) {
    static const char *const lines[] = {"no subject is watched", "",
                                        ":interest SUBJECT lists who listens to it,",
                                        "on all servers, and says when a group falls to nobody"};
    surface_rule(s, area, "INTEREST", "");
    say_lines(s, rect_below(area, 2), lines, COUNT(lines));
}

static void draw_proposal(const struct interest_seen *seen, struct surface *s, struct rect area) {
    char subject[300], walk[120], cost[120], number[NUMBER_TEXT_SIZE], span[TIME_TEXT_SIZE];
    text_cut(subject, sizeof(subject), seen->subject, area.w - 2);
    number_format_grouped(number, seen->walked);
    span_format(span, seen->walk_ns);
    snprintf(walk, sizeof(walk), "To answer, %d server%s walk %s subscriptions:", seen->up,
             seen->up == 1 ? "" : "s", number);
    snprintf(cost, sizeof(cost), "about %s of their time for each look, every 2s at most.", span);
    const char *const lines[] = {subject,
                                 "",
                                 walk,
                                 cost,
                                 "No server is kept busy for more than 5 % of its time.",
                                 "",
                                 "Enter asks them, x does not."};
    surface_rule(s, area, "INTEREST", "not asked yet");
    say_lines(s, rect_below(area, 2), lines, COUNT(lines));
}

static void nobody_text(const struct interest_seen *seen, char *out, size_t size) {
    char subject[80];
    text_cut(subject, sizeof(subject), seen->subject, 40);
    if (seen->answered == seen->servers && seen->servers)
        snprintf(out, size, "nobody listens to %s", subject);
    else
        snprintf(out, size, "nobody known yet: %d of %d servers have answered", seen->answered,
                 seen->servers);
}

/* ---- slots ---- */

static bool matches_nothing(const struct model *model, const struct object *subscription) {
    return !model_audience_of(model, subscription);
}

static bool is_of(const struct model *model, const struct object *subscription, const struct object *group) {
    return model_audience_of(model, subscription) == group;
}

static void lay_out(struct interest_view *v, const struct view_context *context, struct rect area) {
    size_t groups;
    model_objects(context->model, OBJECT_AUDIENCE, &groups);
    int head = 1 + cut_lines(context);
    head = area.h > head + 4 ? head : area.h > 4 ? 1 : 0;
    v->head = (struct rect){area.x, area.y, area.w, head};
    struct rect left = rect_below(area, head);
    int most = left.h < BOTH_FROM ? (v->list.focus == &v->groups ? left.h : 0) : left.h / 2;
    int rows = groups + 2 < (size_t)most || left.h < BOTH_FROM ? (int)groups + 2 : most;
    v->groups_at = (struct rect){left.x, left.y, left.w, left.h < BOTH_FROM ? most : rows};
    v->members_at = rect_below(left, v->groups_at.h);
}

/* No rate is known before the second look: until then by all there ever was. */
static int second_order(const struct model *model) {
    size_t count;
    double rate;
    const struct object *const *groups = model_objects(model, OBJECT_AUDIENCE, &count);
    for (size_t i = 0; i < count; i++)
        if (value_number(quantity_get(model, groups[i], Q_AUDIENCE_msgs_per_s), &rate))
            return GROUP_RATE;
    return GROUP_DELIV;
}

static void arrange_lists(struct interest_view *v, const struct view_context *context, struct rect area) {
    lay_out(v, context, area);
    v->groups.table.then = second_order(context->model);
    v->groups.table.focused = v->list.focus == &v->groups;
    v->members.table.focused = !v->groups.table.focused;
    struct quantity_pick groups = {.no_filter = !v->groups.table.focused, .shapes = 1u << SHAPE_INTEREST};
    quantity_list_arrange(&v->groups, context, &groups, area.w, quantity_panel_rows(v->groups_at.h));
    struct quantity_pick members = {.no_filter = v->groups.table.focused,
                                    .skip = matches_nothing,
                                    .like = quantity_list_selected(&v->groups, context->model),
                                    .alike = is_of};
    quantity_list_arrange(&v->members, context, &members, area.w, quantity_panel_rows(v->members_at.h));
}

static void arrange(void *state, const struct view_context *context, struct rect area) {
    struct interest_view *v = state;
    if (context->object != v->opened) {
        v->opened = context->object;
        if (v->opened)
            quantity_list_select(&v->groups, v->opened);
    }
    arrange_lists(v, context, area);
    const struct quantity_list *before = v->list.focus;
    list_settle(lists, v, context);
    if (v->list.focus != before)
        arrange_lists(v, context, area);
}

static void members_title(const struct interest_view *v, const struct view_context *context, char *out,
                          size_t size) {
    const struct object *group = quantity_list_selected(&v->groups, context->model);
    char name[80] = "";
    if (group) {
        const char *queue = quantity_name_text(context->model, group, Q_AUDIENCE_queue);
        text_cut(name, sizeof(name),
                 *queue ? queue : quantity_name_text(context->model, group, Q_AUDIENCE_subject), 40);
    }
    snprintf(out, size, "MEMBERS %zu%s%s", v->members.count, *name ? "   " : "", name);
}

static void draw_lists(const struct interest_view *v, const struct view_context *context,
                       const struct interest_seen *seen, struct surface *s, struct rect area) {
    char title[160], sort[300], nobody[160];
    nobody_text(seen, nobody, sizeof(nobody));
    if (v->groups_at.h) {
        snprintf(title, sizeof(title), "GROUPS %zu", v->groups.count);
        quantity_list_status(&v->groups, sort, sizeof(sort));
        quantity_panel_draw(&v->groups, s, v->groups_at, title, v->groups.table.focused ? sort : "", nobody);
    }
    if (v->members_at.h && v->groups.known) {
        members_title(v, context, title, sizeof(title));
        quantity_list_status(&v->members, sort, sizeof(sort));
        quantity_panel_draw(&v->members, s, v->members_at, title, v->members.table.focused ? sort : "",
                            "none");
    }
    quantity_menu_draw(v->list.focus, s, v->groups.table.focused ? v->groups_at : v->members_at, area);
}

static void draw(const void *state, const struct view_context *context, struct surface *s, struct rect area) {
    const struct interest_view *v = state;
    struct interest_seen seen = model_interest(context->model);
    if (!seen.subject) {
        draw_nothing_asked(s, area);
    } else if (!seen.asked) {
        draw_proposal(&seen, s, area);
    } else {
        if (v->head.h)
            draw_head(v, context, &seen, s);
        draw_lists(v, context, &seen, s, area);
    }
}

static void status(const void *state, const struct view_context *context, char *out, size_t size) {
    struct interest_seen seen = model_interest(context->model);
    (void)state;
    text_cut(out, size, seen.subject ? seen.subject : "", 30);
}

/* ---- keys ---- */

static unsigned switch_list(void *context) {
    list_step(lists, ((struct view_call *)context)->state, 1);
    return REACT_DRAW;
}

static const char *own_text(struct view_call *call, const struct object *member) {
    char *out = call->request->text;
    snprintf(out, sizeof(call->request->text),
             "the server itself listens: a stream, a mirror or an import in account %.60s",
             quantity_name_text(call->context->model, member, Q_SUBSCRIPTION_account));
    return out;
}

static unsigned open_row(void *context) {
    struct view_call *call = context;
    struct interest_view *v = call->state;
    const struct model *model = call->context->model;
    struct interest_seen seen = model_interest(model);
    if (seen.subject && !seen.asked) {
        call->request->interest = INTEREST_GO_ON;
        return REACT_DRAW | REACT_WANTS;
    }
    if (v->list.focus == &v->groups)
        return v->groups.count ? switch_list(context) : REACT_NONE;
    const struct object *member = quantity_list_selected(&v->members, model);
    const struct object *connection = member ? model_connection_of(model, member) : NULL;
    if (connection)
        return place_go(call, connection);
    if (member && model_is_server_own(member))
        call->request->say = own_text(call, member);
    else if (member)
        call->request->say = "its connection is not listed, or not seen yet";
    return REACT_DRAW;
}

static unsigned unwatch(void *context) {
    struct view_call *call = context;
    if (!model_interest(call->context->model).subject)
        return REACT_NONE;
    call->request->interest = INTEREST_END;
    return REACT_DRAW | REACT_WANTS;
}

static const struct action actions[] = {
    {ACTION_OPEN_MEMBER, open_row},
    {ACTION_SWITCH_MEMBERS, switch_list},
    {ACTION_SWITCH_GROUPS, switch_list},
    {ACTION_UNWATCH, unwatch},
    LIST_ACTIONS,
    {ACTION_NONE, NULL},
};

const struct view_ops view_interest = {
    .lists = lists,
    .name = "interest",
    .title = "Interest",
    .help = "Who listens to a subject over all servers, watched from then on; alone: no more.",
    .state_size = sizeof(struct interest_view),
    .init = init,
    .finish = finish,
    .shapes = 1u << SHAPE_CONNZ_FULL, /* names of the members */
    .arrange = arrange,
    .draw = draw,
    .status = status,
    .check_filter = list_check_filter,
    .actions = actions,
    .contexts = CONTEXT_INTEREST | CONTEXT_LIST,
};
