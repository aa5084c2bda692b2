#include "views/stream_limits.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tui/chart.h"
#include "tui/table.h"
#include "views/flow.h"
#include "views/quantity_text.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
enum { NAME_AT = 2, OF_AT = 13, SHARE_AT = 30, GAUGE_AT = 36, GAUGE_WIDTH = 22, FULL_AT = 60, WIDE = 84 };

static const struct limit {
    const char *name;
    enum quantity used, limit, share;
    int full_in; /* -1: it is no matter of time */
    const char *full, *never;
} limits[] = {
    {"messages", Q_STREAM_messages, Q_STREAM_max_msgs, Q_STREAM_msgs_share, Q_STREAM_msgs_full_in, "full in",
     "not at this rate"},
    {"bytes", Q_STREAM_bytes, Q_STREAM_max_bytes, Q_STREAM_bytes_share, Q_STREAM_bytes_full_in, "full in",
     "not at this rate"},
    {"age", Q_STREAM_first_age, Q_STREAM_max_age, Q_STREAM_age_share, Q_STREAM_oldest_leaves_in,
     "oldest leaves in", ""},
    {"consumers", Q_STREAM_consumers, Q_STREAM_max_consumers, Q_STREAM_consumers_share, -1, "", ""},
};

static bool is_set(const struct view_context *context, const struct object *stream, const struct limit *l) {
    double value;
    return quantity_value(context->model, stream, l->limit, &value);
}

int stream_limits_rows(const struct view_context *context, const struct object *stream) {
    int rows = 0;
    for (int i = 0; i < COUNT(limits); i++)
        rows += is_set(context, stream, &limits[i]);
    return 1 + (rows ? rows : 1);
}

/* "full in 5h55m", "not at this rate": one that is not known now is none. */
static void full_text(const struct view_context *context, const struct object *stream, const struct limit *l,
                      char *out, size_t size) {
    char span[120];
    struct value v = l->full_in >= 0 ? quantity_get(context->model, stream, (enum quantity)l->full_in)
                                     : (struct value){.type = VALUE_TEXT};
    out[0] = 0;
    if (l->full_in < 0)
        return;
    quantity_text(span, sizeof(span), context, stream, (enum quantity)l->full_in, 10);
    bool full = v.type == VALUE_SPAN && v.i == 0 && *l->never;
    bool live = stream->freshness == FRESH_LIVE;
    if (v.type != VALUE_UNKNOWN)
        snprintf(out, size, "%s%s%s", full ? "" : l->full, full ? "" : " ", span);
    else
        snprintf(out, size, "%s", v.flags & VALUE_NEW ? "measuring" : live ? l->never : "");
}

static void draw_limit(const struct view_context *context, const struct object *stream, const struct limit *l,
                       struct surface *s, struct rect row) {
    char used[120], limit[120], text[300], share[60], full[200];
    double part;
    bool wide = row.w >= WIDE;
    quantity_text(used, sizeof(used), context, stream, l->used, 10);
    quantity_text(limit, sizeof(limit), context, stream, l->limit, 10);
    quantity_text(share, sizeof(share), context, stream, l->share, 6);
    full_text(context, stream, l, full, sizeof(full));
    snprintf(text, sizeof(text), "%s of %s", used, limit);
    surface_text(s, row, row.x + NAME_AT, row.y, ROLE_MUTED, 0, l->name);
    surface_text(s, row, row.x + OF_AT, row.y, ROLE_TEXT, 0, text);
    surface_field(s, row, row.x + SHARE_AT, row.y, GAUGE_AT - SHARE_AT - 1, 1, ROLE_TEXT, 0, share);
    if (wide && quantity_value(context->model, stream, l->share, &part))
        gauge_draw(s, row, row.x + GAUGE_AT, row.y, GAUGE_WIDTH, part, -1, ROLE_CHART_LOAD);
    surface_text(s, row, row.x + (wide ? FULL_AT : GAUGE_AT + 1), row.y, ROLE_TEXT, 0, full);
}

void stream_limits_draw(const struct view_context *context, const struct object *stream, struct surface *s,
                        struct rect area) {
    char by[120], in[60], right[240];
    struct rect row = {area.x, area.y + 1, area.w, 1};
    const char *which = quantity_name_text(context->model, stream, Q_STREAM_full_by);
    text_cut(by, sizeof(by), which, 12);
    quantity_text(in, sizeof(in), context, stream, Q_STREAM_full_in, 10);
    bool full = strncmp(in, "full", 4) == 0;
    snprintf(right, sizeof(right), *which ? "%s%s by %s" : "", full ? "" : "full in ", in, by);
    surface_rule(s, area, "LIMITS", right);
    for (int i = 0; i < COUNT(limits); i++) {
        if (!is_set(context, stream, &limits[i]))
            continue;
        draw_limit(context, stream, &limits[i], s, rect_cut(area, row));
        row.y++;
    }
    if (row.y == area.y + 1)
        surface_text(s, area, area.x + NAME_AT, row.y, ROLE_MUTED, 0, "none: what is stored stays");
}

/* ---- mirror and sources ---- */

static bool is_source_of(const struct object *source, const struct object *stream) {
    return source->parent == stream && source->now && source->freshness != FRESH_GONE;
}

static int count_sources(const struct view_context *context, const struct object *stream,
                         const struct object **first) {
    size_t count;
    int found = 0;
    const struct object *const *all = model_objects(context->model, OBJECT_SOURCE, &count);
    for (size_t i = 0; i < count; i++)
        if (is_source_of(all[i], stream) && found++ == 0)
            *first = all[i];
    return found;
}

int stream_sources_rows(const struct view_context *context, const struct object *stream, int most) {
    const struct object *first;
    int count = count_sources(context, stream, &first);
    return count ? 1 + (count < most ? count : most) : 0;
}

static const struct fact source_facts[] = {
    {Q_SOURCE_state, ""},      {Q_SOURCE_lag, "lag"}, {Q_SOURCE_active, "seen"},
    {Q_SOURCE_filter, "only"}, {Q_SOURCE_api, "by"},  {Q_SOURCE_error, "error:"},
};
/* Of one that was never in contact. */
static const struct fact never_facts[] = {
    {Q_SOURCE_active, "seen"},
    {Q_SOURCE_filter, "only"},
    {Q_SOURCE_api, "by"},
    {Q_SOURCE_error, "error:"},
};

static void draw_source(const struct view_context *context, const struct object *source, struct surface *s,
                        struct rect row) {
    enum { NAME_WIDTH = 24 };
    char name[4 * NAME_WIDTH + 1];
    const char *state = quantity_name_text(context->model, source, Q_SOURCE_state);
    bool ok = strcmp(state, "ok") == 0, never = strcmp(state, "never") == 0;
    int severity = source->freshness != FRESH_LIVE ? SEVERITY_UNKNOWN : ok ? SEVERITY_OK : SEVERITY_WARN;
    text_cut(name, sizeof(name), quantity_name_text(context->model, source, Q_SOURCE_name), NAME_WIDTH);
    surface_text(s, row, row.x, row.y, table_mark_role(severity), ATTR_BOLD, table_mark(severity));
    int x = row.x + 3 + surface_text(s, row, row.x + 3, row.y, ROLE_TEXT, 0, name);
    struct rect rest = {x, row.y, row.x + row.w - x, row.h};
    facts_draw(context, source, never ? never_facts : source_facts,
               never ? COUNT(never_facts) : COUNT(source_facts), s, rect_cut(row, rest));
}

void stream_sources_draw(const struct view_context *context, const struct object *stream, struct surface *s,
                         struct rect area) {
    size_t count;
    char title[60], more[40] = "";
    const struct object *first;
    int found = count_sources(context, stream, &first), y = area.y + 1;
    const struct object *const *all = model_objects(context->model, OBJECT_SOURCE, &count);
    if (!found)
        return;
    bool mirror = strcmp(quantity_name_text(context->model, first, Q_SOURCE_kind), "mirror") == 0;
    snprintf(title, sizeof(title), mirror ? "MIRROR OF" : "SOURCES %d", found);
    if (found > area.h - 1)
        snprintf(more, sizeof(more), "%d more", found - (area.h - 1));
    surface_rule(s, area, title, more);
    for (size_t i = 0; i < count && y < area.y + area.h; i++)
        if (is_source_of(all[i], stream))
            draw_source(context, all[i], s, rect_cut(area, (struct rect){area.x, y++, area.w, 1}));
}
