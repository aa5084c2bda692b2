/* Events: what changed, newest first. */
#include "views/events.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "views/event_lines.h"
#include "views/line_moves.h"
#include "views/place.h"
#include "views/quantity_text.h"

#define ONE_REASON_NS (15 * NS_PER_S) /* /jsz of all servers, and an election */
#define PAIRS_MOST    6
#define WIDE          120
#define BY_WIDTH      5

struct events {
    struct line_moves lines;
    long top;        /* lines scrolled off, counted from the newest */
    long shown;      /* at the last arrangement: a scrolled list stays on its lines */
    uint64_t chosen; /* id of a line; 0: none */
};

static void arrange(void *state, const struct view_context *context, struct rect area) {
    struct events *v = state;
    long now = event_lines_count(context->model, context->filter);
    v->lines.page = area.h > 2 ? area.h - 2 : 0;
    if (v->top > 0 && now > v->shown)
        v->top += now - v->shown;
    v->shown = now;
    if (v->top > now - v->lines.page)
        v->top = now - v->lines.page;
    if (v->top < 0)
        v->top = 0;
}

static const struct kind_role {
    const char *kind;
    enum role role;
} kind_roles[] = {
    {"lost", ROLE_CRIT},      {"back", ROLE_OK},       {"restarted", ROLE_WARN}, {"store", ROLE_CRIT},
    {"collector", ROLE_WARN}, {"leader", ROLE_WARN},   {"contested", ROLE_WARN}, {"recreated", ROLE_WARN},
    {"purged", ROLE_WARN},    {"config", ROLE_WARN},   {"hook", ROLE_WARN},      {"log", ROLE_WARN},
    {"cut", ROLE_WARN},       {"slow", ROLE_CRIT},     {"stale", ROLE_WARN},     {"stalled", ROLE_WARN},
    {"leaving", ROLE_WARN},   {"clock", ROLE_WARN},    {"auth", ROLE_WARN},      {"shutdown", ROLE_WARN},
    {"quorum", ROLE_CRIT},    {"given up", ROLE_WARN}, {"term", ROLE_WARN},      {"api", ROLE_WARN},
    {"come/go", ROLE_MUTED}};

static enum role role_of(const char *kind) {
    for (size_t i = 0; i < sizeof(kind_roles) / sizeof(kind_roles[0]); i++)
        if (strcmp(kind_roles[i].kind, kind) == 0)
            return kind_roles[i].role;
    return ROLE_TEXT;
}

static int subject_width(int w) {
    return w >= 160 ? 36 : w >= 100 ? 24 : 14;
}

static bool is_move(const struct event *e) {
    return strcmp(e->kind, "leader") == 0;
}

/* "n1 > n3"; false: the event says no such thing. */
static bool move_text(char *out, size_t size, const struct event *e) {
    const char *from = strstr(e->text, " from "), *to = NULL;
    char text[120], a[50], b[50];
    for (const char *p = from ? from + 6 : NULL; p && (p = strstr(p, " to ")) != NULL; p++)
        to = p;
    if (!to)
        return false;
    snprintf(text, sizeof(text), "%.*s", (int)(to - from - 6), from + 6);
    text_cut(a, sizeof(a), text, 16);
    text_cut(b, sizeof(b), to + 4, 16);
    snprintf(out, size, "%s > %s", a, b);
    return true;
}

/* by: who told it, in a column of its own; NULL: there is none. */
static void draw_event(const struct view_context *context, const struct event *e, enum role role,
                       const char *by, struct surface *s, struct rect row) {
    char clock[TIME_TEXT_SIZE], span[TIME_TEXT_SIZE], text[1100];
    int x = row.x + 1;
    time_format_clock(clock, e->utc_ns, context->local_time);
    lasted_format(span, context->utc_ns > e->utc_ns ? context->utc_ns - e->utc_ns : 0);
    surface_field(s, row, x, row.y, 8, -1, ROLE_TEXT, 0, clock);
    surface_field(s, row, x + 9, row.y, 6, 1, ROLE_MUTED, 0, span);
    surface_field(s, row, x + 17, row.y, 9, -1, role, 0, e->kind);
    surface_field(s, row, x + 28, row.y, subject_width(row.w), -1, ROLE_TEXT, 0, e->subject);
    x += 30 + subject_width(row.w);
    if (by) {
        surface_field(s, row, x, row.y, BY_WIDTH, -1, ROLE_MUTED, 0, by);
        x += BY_WIDTH + 2;
    }
    if (x < row.x + row.w) {
        int room = row.x + row.w - x;
        if (text_width(e->text) <= room || !is_move(e) || !move_text(text, sizeof(text), e))
            text_cut(text, sizeof(text), e->text, room);
        surface_text(s, row, x, row.y, ROLE_TEXT, 0, text);
    }
}

/* ---- leaders that moved for one reason ---- */

struct moves {
    unsigned count;
    int pairs;
    struct pair {
        char text[120]; /* "n1 > n3" */
        unsigned count;
    } pair[PAIRS_MOST];
    char names[600];
};

static void add_pair(struct moves *m, const struct event *e) {
    char text[120];
    if (!move_text(text, sizeof(text), e))
        return;
    int i = 0;
    while (i < m->pairs && strcmp(m->pair[i].text, text) != 0)
        i++;
    if (i == PAIRS_MOST)
        return;
    if (i == m->pairs) {
        memcpy(m->pair[m->pairs++].text, text, sizeof(text));
        m->pair[i].count = 0;
    }
    m->pair[i].count++;
}

static void add_move(struct moves *m, const struct event *e) {
    size_t len = strlen(m->names);
    unsigned more = 0;
    if (!e->object && sscanf(e->text, "%u more", &more) == 1) {
        m->count += more;
        return;
    }
    m->count++;
    add_pair(m, e);
    snprintf(m->names + len, sizeof(m->names) - len, "%s%s", len ? ", " : ": ", e->subject);
}

/* The events from `newest` down that are one line with it: at least itself. */
static size_t run_of(const struct model *model, size_t newest) {
    const struct event *e = model_event(model, newest);
    size_t n = 1;
    while (is_move(e) && n <= newest) {
        const struct event *older = model_event(model, newest - n);
        if (!is_move(older) || e->utc_ns - older->utc_ns > ONE_REASON_NS)
            break;
        n++;
    }
    return n;
}

static void draw_moves(const struct view_context *context, size_t newest, size_t count, struct surface *s,
                       struct rect row) {
    struct moves m = {0};
    char subject[40], text[1400] = "";
    size_t len = 0;
    struct event e = *model_event(context->model, newest);
    for (size_t i = 0; i < count; i++)
        add_move(&m, model_event(context->model, newest - i));
    snprintf(subject, sizeof(subject), "%u leaders", m.count);
    for (int i = 0; i < m.pairs; i++)
        len += (size_t)snprintf(text + len, sizeof(text) - len, m.pair[i].count > 1 ? "%s%s (%u)" : "%s%s",
                                i ? ", " : "", m.pair[i].text, m.pair[i].count);
    snprintf(text + len, sizeof(text) - len, "%s", m.names + (len ? 0 : 2 * (m.names[0] != 0)));
    e.subject = subject;
    e.text = text;
    draw_event(context, &e, role_of(e.kind), NULL, s, row);
}

static void draw_one(const struct view_context *context, const struct event *e, struct surface *s,
                     struct rect row) {
    draw_event(context, e, role_of(e->kind), NULL, s, row);
}

void events_draw(const struct view_context *context, struct surface *s, struct rect area) {
    struct rect row = {area.x, area.y, area.w, 1};
    for (size_t i = model_event_count(context->model); i > 0 && row.y < area.y + area.h; row.y++) {
        size_t n = run_of(context->model, i - 1);
        if (model_event(context->model, i - 1)->chatter) {
            i--;
            row.y--; /* the panel is for what changed */
            continue;
        }
        if (n > 1)
            draw_moves(context, i - 1, n, s, row);
        else
            draw_one(context, model_event(context->model, i - 1), s, row);
        i -= n;
    }
}

/* ---- the whole list ---- */

static enum role role_of_line(const struct event_line *line) {
    return !line->is_change                  ? role_of(line->event.kind)
           : line->muted                     ? ROLE_MUTED
           : line->severity == SEVERITY_CRIT ? ROLE_CRIT
           : line->severity == SEVERITY_WARN ? ROLE_WARN
           : line->alert                     ? ROLE_OK
                                             : ROLE_TEXT;
}

/* A server published it, an answer showed it, a rule found it. */
static const char *by_whom(const struct event_line *line, int w) {
    return w < WIDE ? NULL : line->is_change ? "rule" : line->event.heard ? "event" : "poll";
}

static void draw_lines(const struct events *v, const struct view_context *context, struct surface *s,
                       struct rect area) {
    struct event_walk walk = event_walk_of(context->model);
    struct event_line line;
    struct rect row = {area.x, area.y, area.w, 1};
    for (long skip = v->top; row.y < area.y + area.h && event_walk_next(&walk, context->filter, &line);) {
        if (skip-- > 0)
            continue;
        draw_event(context, &line.event, role_of_line(&line), by_whom(&line, row.w), s, row);
        if (line.id == v->chosen) {
            surface_text(s, row, row.x, row.y, ROLE_TEXT, ATTR_BOLD, ">");
            surface_tint(s, row, -1, ATTR_REVERSE);
        }
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
    surface_printf(s, head, head.x + 1, head.y, ROLE_HEAD, 0, "%-8s %6s  %-9s  %-*s  %s%s", "TIME", "AGO",
                   "WHAT", subject_width(area.w), "OF", area.w < WIDE ? "" : "BY     ", "HOW");
    if (v->shown == 0)
        surface_text(s, area, area.x + 1, area.y + 2, ROLE_MUTED, 0,
                     event_lines_count(context->model, "") ? "nothing passes the filter"
                                                           : "nothing has changed since we began to look");
    draw_lines(v, context, s, rect_below(area, 2));
}

static const char *check_filter(void *state, const char *filter) {
    (void)state, (void)filter;
    return NULL;
}

static void move(void *state, const struct view_context *context, long by) {
    struct events *v = state;
    long most = v->shown > v->lines.page ? v->shown - v->lines.page : 0;
    (void)context;
    if (by > 0)
        v->top = by < most - v->top ? v->top + by : most;
    else
        v->top = by > -v->top ? v->top + by : 0;
}

/* ---- one after the other ---- */

static bool find_chosen(const struct events *v, const struct model *model, struct event_line *out) {
    struct event_walk walk = event_walk_of(model);
    while (v->chosen && event_walk_next(&walk, "", out))
        if (out->id == v->chosen)
            return true;
    return false;
}

/* Into sight. */
static void show_line(struct events *v, long line) {
    if (line < v->top)
        v->top = line;
    if (v->lines.page > 0 && line >= v->top + v->lines.page)
        v->top = line - v->lines.page + 1;
}

/* The first time to the newest one. */
static unsigned walk(struct view_call *c, int older) {
    struct events *v = c->state;
    const struct model *model = c->context->model;
    struct event_walk walk = event_walk_of(model);
    struct event_line e;
    bool from = find_chosen(v, model, &e), passed = false;
    uint64_t last = 0;
    for (long line = 0; event_walk_next(&walk, c->context->filter, &e); line++) {
        if (!from || (older && passed) || (!older && e.id == v->chosen && last)) {
            v->chosen = older || !from ? e.id : last;
            show_line(v, older || !from ? line : line - 1);
            return REACT_DRAW;
        }
        passed |= e.id == v->chosen;
        last = e.id;
    }
    c->request->say = !from   ? "there are no events"
                      : older ? "this is the first event"
                              : "this is the newest event";
    return REACT_DRAW;
}

static unsigned next_event(void *call) {
    return walk(call, 0);
}

static unsigned previous_event(void *call) {
    return walk(call, 1);
}

/* Of an alert where what is wrong is seen. */
static unsigned open_event(void *call) {
    struct view_call *c = call;
    struct event_line e;
    bool chosen = find_chosen(c->state, c->context->model, &e);
    const struct object *object = chosen ? model_object(c->context->model, e.event.object) : NULL;
    char previous[32], next[32];
    keymap_first(ACTION_PREVIOUS_EVENT, previous, sizeof(previous));
    keymap_first(ACTION_NEXT_EVENT, next, sizeof(next));
    if (object)
        return e.alert ? place_go_trouble(c, object) : place_go(c, object);
    if (chosen)
        snprintf(c->request->text, sizeof(c->request->text), "there is no page of %.100s", e.event.subject);
    else
        snprintf(c->request->text, sizeof(c->request->text), "%s or %s chooses an event", previous, next);
    c->request->say = c->request->text;
    return REACT_DRAW;
}

static unsigned leave(void *call) {
    struct events *v = ((struct view_call *)call)->state;
    if (!v->chosen)
        return REACT_PASS;
    v->chosen = 0;
    return REACT_DRAW;
}

static void init(void *state) {
    ((struct events *)state)->lines.move = move;
}

static const struct action actions[] = {
    {ACTION_OPEN_EVENT, open_event},
    {ACTION_NEXT_EVENT, next_event},
    {ACTION_PREVIOUS_EVENT, previous_event},
    {ACTION_BACK, leave},
    LINE_ACTIONS,
    {ACTION_NONE, NULL},
};

const struct view_ops view_events = {
    .name = "events",
    .title = "Events",
    .help =
        "What changed: servers lost and back, leaders moved, alerts opened and over. BY: an answer of a "
        "server showed it (poll), a server published it when it happened (event, through NATS alone), a rule "
        "found it. /!alert leaves alerts out, /!come/go clients that come and go, of which the last 300 are "
        "kept.",
    .state_size = sizeof(struct events),
    .init = init,
    .arrange = arrange,
    .draw = draw,
    .check_filter = check_filter,
    .actions = actions,
    .contexts = CONTEXT_EVENTS,
};
