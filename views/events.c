/* Events: what changed, newest first. */
#include "views/events.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "views/quantity_text.h"

struct events {
    long top;    /* lines scrolled off, counted from the newest */
    size_t seen; /* events at the last arrangement: a scrolled list stays on its lines */
    long page, shown;
};

static bool passes(const struct event *e, const char *filter) {
    bool inverse = filter[0] == '!';
    const char *needle = filter + inverse;
    if (!*needle)
        return true;
    bool hit =
        text_contains(e->kind, needle) || text_contains(e->subject, needle) || text_contains(e->text, needle);
    return hit != inverse;
}

static long count_passing(const struct view_context *context) {
    size_t count = model_event_count(context->model);
    long n = 0;
    for (size_t i = 0; i < count; i++)
        n += passes(model_event(context->model, i), context->filter);
    return n;
}

static void arrange(void *state, const struct view_context *context, struct rect area) {
    struct events *v = state;
    long now = count_passing(context);
    v->page = area.h > 2 ? area.h - 2 : 0;
    if (v->top > 0 && now > v->shown)
        v->top += now - v->shown;
    v->shown = now;
    if (v->top > now - v->page)
        v->top = now - v->page;
    if (v->top < 0)
        v->top = 0;
}

static const struct kind_role {
    const char *kind;
    enum role role;
} kind_roles[] = {{"lost", ROLE_CRIT},
                  {"back", ROLE_OK},
                  {"restarted", ROLE_WARN},
                  {"collector", ROLE_WARN},
                  {"leader", ROLE_WARN}};

static enum role role_of(const char *kind) {
    for (size_t i = 0; i < sizeof(kind_roles) / sizeof(kind_roles[0]); i++)
        if (strcmp(kind_roles[i].kind, kind) == 0)
            return kind_roles[i].role;
    return ROLE_TEXT;
}

static int subject_width(int w) {
    return w >= 160 ? 36 : w >= 100 ? 24 : 14;
}

static void draw_event(const struct view_context *context, const struct event *e, struct surface *s,
                       struct rect row) {
    char clock[TIME_TEXT_SIZE], span[TIME_TEXT_SIZE], text[1100];
    int x = row.x + 1;
    time_format_clock(clock, e->utc_ns, context->local_time);
    lasted_format(span, context->utc_ns > e->utc_ns ? context->utc_ns - e->utc_ns : 0);
    surface_field(s, row, x, row.y, 8, -1, ROLE_TEXT, 0, clock);
    surface_field(s, row, x + 9, row.y, 6, 1, ROLE_MUTED, 0, span);
    surface_field(s, row, x + 17, row.y, 9, -1, role_of(e->kind), 0, e->kind);
    surface_field(s, row, x + 28, row.y, subject_width(row.w), -1, ROLE_TEXT, 0, e->subject);
    x += 30 + subject_width(row.w);
    if (x < row.x + row.w) {
        text_cut(text, sizeof(text), e->text, row.x + row.w - x);
        surface_text(s, row, x, row.y, ROLE_TEXT, 0, text);
    }
}

void events_draw(const struct view_context *context, const char *filter, long skip, struct surface *s,
                 struct rect area) {
    struct rect row = {area.x, area.y, area.w, 1};
    for (size_t i = model_event_count(context->model); i-- > 0 && row.y < area.y + area.h;) {
        const struct event *e = model_event(context->model, i);
        if (!passes(e, filter) || skip-- > 0)
            continue;
        draw_event(context, e, s, row);
        row.y++;
    }
}

static void draw(const void *state, const struct view_context *context, struct surface *s, struct rect area) {
    const struct events *v = state;
    char title[80];
    struct rect head = {area.x, area.y + 1, area.w, 1};
    snprintf(title, sizeof(title), "EVENTS %ld", v->shown);
    surface_rule(s, area, title, "newest first");
    if (area.h < 2)
        return;
    surface_printf(s, head, head.x + 1, head.y, ROLE_HEAD, 0, "%-8s %6s  %-9s  %-*s  %s", "TIME", "AGO",
                   "WHAT", subject_width(area.w), "OF", "HOW");
    if (v->shown == 0)
        surface_text(s, area, area.x + 1, area.y + 2, ROLE_MUTED, 0,
                     model_event_count(context->model) ? "nothing passes the filter"
                                                       : "nothing has changed since we began to look");
    events_draw(context, context->filter, v->top, s, rect_below(area, 2));
}

static void status(const void *state, const struct view_context *context, char *out, size_t size) {
    (void)state;
    if (*context->filter)
        snprintf(out, size, "filter: %s", context->filter);
}

static const char *check_filter(void *state, const char *filter) {
    (void)state, (void)filter;
    return NULL;
}

static unsigned move(void *call, long by) {
    struct view_call *c = call;
    struct events *v = c->state;
    long most = v->shown > v->page ? v->shown - v->page : 0;
    v->top += by;
    v->top = v->top < 0 ? 0 : v->top > most ? most : v->top;
    return REACT_DRAW;
}

static unsigned down(void *call) {
    return move(call, 1);
}
static unsigned up(void *call) {
    return move(call, -1);
}
static unsigned page_down(void *call) {
    return move(call, ((struct events *)((struct view_call *)call)->state)->page);
}
static unsigned page_up(void *call) {
    return move(call, -((struct events *)((struct view_call *)call)->state)->page);
}
static unsigned home(void *call) {
    return move(call, -1000000);
}
static unsigned end(void *call) {
    return move(call, 1000000);
}

static const struct action actions[] = {
    {"Down j", "down", NULL, "A line down.", down},
    {"Up k", "up", NULL, "A line up.", up},
    {"PgDn Ctrl-D", "page_down", NULL, "A page down.", page_down},
    {"PgUp Ctrl-U", "page_up", NULL, "A page up.", page_up},
    {"Home g", "home", NULL, "The newest.", home},
    {"End G", "end", NULL, "The oldest.", end},
};
static const struct action_table action_table = {"Events", actions, sizeof(actions) / sizeof(actions[0])};

const struct view_ops view_events = {
    .name = "events",
    .title = "Events",
    .help = "What changed: servers started, lost and back, leaders moved, configuration reloaded.",
    .state_size = sizeof(struct events),
    .arrange = arrange,
    .draw = draw,
    .status = status,
    .check_filter = check_filter,
    .actions = &action_table,
};
