#include "views/connection_facts.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "views/flow.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
enum { LABEL = 9, LABELLED = 60 /* columns from which on a group has its name */ };

static const struct fact buffer[] = {
    {Q_CONNECTION_pending_bytes, "pending"}, {Q_CONNECTION_pending_share, "of max"},
    {Q_CONNECTION_pending_slope, "d/dt"},    {Q_CONNECTION_drain, "drain"},
    {Q_CONNECTION_flat_for, "flat for"},     {Q_CONNECTION_held_for, "producers held for"},
    {Q_CONNECTION_cuts, "cuts in 10m"},      {Q_CONNECTION_stalls, "producers paused"},
    {Q_CONNECTION_stalls_per_s, "paused/s"}, {Q_CONNECTION_fed_by, "fed by"},
};

static const struct fact buffer_at_end[] = {
    {Q_CONNECTION_pending_bytes, "pending at the end"},
    {Q_CONNECTION_pending_share, "of max"},
    {Q_CONNECTION_stalls, "producers paused"},
    {Q_CONNECTION_cuts, "cuts in 10m"},
};

static const struct fact traffic[] = {
    {Q_CONNECTION_out_msgs_per_s, "out/s"},
    {Q_CONNECTION_out_bytes_per_s, "out B/s"},
    {Q_CONNECTION_in_msgs_per_s, "in/s"},
    {Q_CONNECTION_in_bytes_per_s, "in B/s"},
    {Q_CONNECTION_out_msgs, "out"},
    {Q_CONNECTION_out_bytes, "out B"},
    {Q_CONNECTION_in_msgs, "in"},
    {Q_CONNECTION_in_bytes, "in B"},
    {Q_CONNECTION_subscriptions, "subscriptions"},
};

static const struct fact client[] = {
    {Q_CONNECTION_server, "on"},        {Q_CONNECTION_cid, "cid"},
    {Q_CONNECTION_account, "account"},  {Q_CONNECTION_user, "user"},
    {Q_CONNECTION_address, "from"},     {Q_CONNECTION_kind, "kind"},
    {Q_CONNECTION_lang, "client"},      {Q_CONNECTION_version, "version"},
    {Q_CONNECTION_tls, "TLS"},          {Q_CONNECTION_tls_cipher, "cipher"},
    {Q_CONNECTION_mqtt_client, "MQTT"}, {Q_CONNECTION_name_tag, "tag"},
    {Q_CONNECTION_name, "name"},
};

static const struct fact long_name[] = {{Q_CONNECTION_name, ""}};

static const struct fact life[] = {
    {Q_CONNECTION_started, "since"}, {Q_CONNECTION_uptime, "up"},
    {Q_CONNECTION_idle, "idle"},     {Q_CONNECTION_last_activity, "last message"},
    {Q_CONNECTION_rtt, "RTT, old"},
};

static const struct fact whole_life[] = {
    {Q_CONNECTION_started, "since"}, {Q_CONNECTION_closed_at, "closed"},
    {Q_CONNECTION_lived, "lived"},   {Q_CONNECTION_last_activity, "last message"},
    {Q_CONNECTION_reason, "reason"},
};

/* The more urgent ones first. */
static const struct group {
    const char *name;
    const struct fact *open, *closed;
    int open_count, closed_count;
} groups[] = {
    {"buffer", buffer, buffer_at_end, COUNT(buffer), COUNT(buffer_at_end)},
    {"traffic", traffic, traffic, COUNT(traffic), COUNT(traffic)},
    {"life", life, whole_life, COUNT(life), COUNT(whole_life)},
    {"client", client, client, COUNT(client), COUNT(client)},
    {"name", long_name, long_name, COUNT(long_name), COUNT(long_name)},
};

/* One that the title has no room for has lines of its own, where there are some. */
static int name_rows(const struct view_context *context, const struct object *connection, int each, int most,
                     int width) {
    enum { NAME_ROWS = 8 };
    bool is_long = text_width(quantity_name_text(context->model, connection, Q_CONNECTION_name)) > width / 2;
    return !is_long || each < 2 ? 0 : most < NAME_ROWS ? most : NAME_ROWS;
}

int connection_facts_draw(const struct view_context *context, const struct object *connection, int each,
                          struct surface *s, struct rect area) {
    bool closed = connection->freshness == FRESH_GONE;
    int label = area.w >= LABELLED ? LABEL : 0, y = area.y, end = area.y + area.h;
    for (int i = 0; i < COUNT(groups) && y < end; i++) {
        const struct group *g = &groups[i];
        struct rect rows = {area.x + label, y, area.w - label, end - y < each ? end - y : each};
        if (g->open == long_name)
            rows.h = name_rows(context, connection, each, end - y, rows.w);
        int lines = facts_draw(context, connection, closed ? g->closed : g->open,
                               closed ? g->closed_count : g->open_count, s, rows);
        if (s && lines && label)
            surface_text(s, area, area.x + 2, y, ROLE_TEXT, ATTR_BOLD, g->name);
        y += lines;
    }
    return y - area.y;
}

/* ---- how it is ---- */

int64_t connection_end_ns(const struct model *model, const struct object *connection) {
    struct value v = quantity_get(model, connection, Q_CONNECTION_closed_at);
    if (v.type != VALUE_TIME || !model_is_closed(connection))
        return TIME_UNSET;
    if (model_is_inferred(connection)) /* there is nothing of it from after that */
        return connection->seen_utc_ns;
    return v.i + connection->now_at.utc_ns - connection->now_at.now_ns;
}

static int64_t since(const struct view_context *context, int64_t utc_ns) {
    return context->utc_ns > utc_ns ? context->utc_ns - utc_ns : 0;
}

static void add(struct page_line *line, const char *before, const char *text) {
    size_t len = strlen(line->text);
    if (*text)
        snprintf(line->text + len, sizeof(line->text) - len, "%s%s%s", len ? ", " : "", before, text);
}

static void add_quantity(struct page_line *line, const struct view_context *context,
                         const struct object *connection, const char *before, enum quantity q) {
    char text[200];
    struct value v = quantity_get(context->model, connection, q);
    quantity_text(text, sizeof(text), context, connection, q, 12);
    if (v.type != VALUE_UNKNOWN)
        add(line, before, text);
}

/* "closed 12s ago: Slow Consumer (Pending Bytes), lived 38s, pending 34M" */
static void tell_closed(const struct view_context *context, const struct object *connection,
                        struct page_line *line) {
    char age[TIME_TEXT_SIZE];
    const char *group = quantity_name_text(context->model, connection, Q_CONNECTION_closed_by);
    double pending = 0;
    lasted_format(age, since(context, connection_end_ns(context->model, connection)));
    snprintf(line->head, sizeof(line->head), "closed %s ago", age);
    add(line, "", quantity_name_text(context->model, connection, Q_CONNECTION_reason));
    add_quantity(line, context, connection, "lived ", Q_CONNECTION_lived);
    if (quantity_value(context->model, connection, Q_CONNECTION_pending_bytes, &pending) && pending > 0)
        add_quantity(line, context, connection, "pending ", Q_CONNECTION_pending_bytes);
    line->severity = strcmp(group, "slow") == 0 ? SEVERITY_WARN : SEVERITY_OK;
}

/* "closed, last seen 40s ago: server restarted (inferred), lived ≤5m10s, pending then 34M" */
static void tell_inferred(const struct view_context *context, const struct object *connection,
                          struct page_line *line) {
    char age[TIME_TEXT_SIZE];
    double pending = 0;
    lasted_format(age, since(context, connection->seen_utc_ns));
    snprintf(line->head, sizeof(line->head), "closed, last seen %s ago", age);
    add(line, "", quantity_name_text(context->model, connection, Q_CONNECTION_reason));
    add_quantity(line, context, connection, "lived ", Q_CONNECTION_lived);
    if (quantity_value(context->model, connection, Q_CONNECTION_pending_bytes, &pending) && pending > 0)
        add_quantity(line, context, connection, "pending then ", Q_CONNECTION_pending_bytes);
    line->severity = SEVERITY_OK;
}

static void tell_gone(const struct view_context *context, const struct object *connection,
                      struct page_line *line) {
    char age[TIME_TEXT_SIZE];
    lasted_format(age, since(context, connection->seen_utc_ns));
    snprintf(line->head, sizeof(line->head), "closed: not listed any more");
    snprintf(line->text, sizeof(line->text), "last seen %s ago, why is not told yet", age);
    line->severity = SEVERITY_UNKNOWN;
}

static void tell_stale(const struct view_context *context, const struct object *connection,
                       struct page_line *line) {
    char age[TIME_TEXT_SIZE];
    const char *state = quantity_name_text(context->model, connection->parent, Q_SERVER_state);
    lasted_format(age, since(context, connection->seen_utc_ns));
    snprintf(line->head, sizeof(line->head), "last seen %s ago", age);
    if (strcmp(state, "up") != 0)
        snprintf(line->text, sizeof(line->text), "%.100s is %s",
                 quantity_name_text(context->model, connection, Q_CONNECTION_server), state);
    else
        snprintf(line->text, sizeof(line->text), "it is in no page of connections any more");
    line->severity = SEVERITY_UNKNOWN;
}

/* "slow reader: pending 33.5M, 52% of max, producers held from half in 6s, cut in 37s" */
static void tell_open(const struct view_context *context, const struct object *connection,
                      struct page_line *line) {
    const char *likely = quantity_name_text(context->model, connection, Q_CONNECTION_likely),
               *next = quantity_name_text(context->model, connection, Q_CONNECTION_next);
    bool fills = *likely || *next;
    char text[80];
    double share;
    line->severity = (int)model_severity(context->model, connection);
    snprintf(line->head, sizeof(line->head), "%s", *likely ? likely : fills ? "filling" : "open");
    if (!fills)
        add_quantity(line, context, connection, "for ", Q_CONNECTION_uptime);
    add_quantity(line, context, connection, "pending ", Q_CONNECTION_pending_bytes);
    if (quantity_value(context->model, connection, Q_CONNECTION_pending_share, &share) && share > 0) {
        quantity_text(text, sizeof(text), context, connection, Q_CONNECTION_pending_share, 6);
        strcat(text, " of max");
        add(line, "", text);
    }
    add(line, "", next);
}

static bool is_of(const struct model *model, const struct object *connection, const struct object *who) {
    static const struct {
        const char *by;
        enum field field;
    } known_by[] = {{"name", F_CONNECTION_name}, {"user", F_CONNECTION_user}, {"address", F_CONNECTION_ip}};
    const char *by = quantity_name_text(model, who, Q_CLIENT_by),
               *host = quantity_name_text(model, who, Q_CLIENT_address);
    if (who->parent != connection->parent->parent)
        return false; /* one of another cluster is another client */
    for (int i = 0; i < COUNT(known_by); i++) {
        const char *own = row_text(connection->now, known_by[i].field);
        if (!*own)
            continue; /* it is known by the next one */
        return strcmp(by, known_by[i].by) == 0 &&
               strcmp(own, quantity_name_text(model, who, Q_CLIENT_name)) == 0 &&
               strcmp(quantity_name_text(model, connection, Q_CONNECTION_account),
                      quantity_name_text(model, who, Q_CLIENT_account)) == 0 &&
               (!*host || strcmp(host, row_text(connection->now, F_CONNECTION_ip)) == 0);
    }
    return false;
}

struct page_line connection_pattern(const struct model *model, const struct object *connection) {
    size_t count;
    struct page_line line = {.severity = SEVERITY_WARN};
    const struct object *const *all = model_objects(model, OBJECT_CLIENT, &count);
    for (size_t i = 0; i < count && !line.text[0]; i++)
        if (is_of(model, connection, all[i]))
            snprintf(line.text, sizeof(line.text), "%s", quantity_name_text(model, all[i], Q_CLIENT_pattern));
    return line;
}

struct page_line connection_state(const struct view_context *context, const struct object *connection) {
    struct page_line line = {0};
    void (*tell)(const struct view_context *, const struct object *, struct page_line *) =
        model_is_inferred(connection)          ? tell_inferred
        : model_is_closed(connection)          ? tell_closed
        : connection->freshness == FRESH_GONE  ? tell_gone
        : connection->freshness == FRESH_STALE ? tell_stale
                                               : tell_open;
    tell(context, connection, &line);
    return line;
}

const char *connection_called(const struct model *model, const struct object *connection, char *out,
                              size_t size) {
    static const enum quantity names[] = {Q_CONNECTION_name, Q_CONNECTION_mqtt_client, Q_CONNECTION_user,
                                          Q_CONNECTION_address};
    for (int i = 0; i < COUNT(names); i++) {
        const char *text = quantity_name_text(model, connection, names[i]);
        if (*text) {
            snprintf(out, size, "%s", text);
            return out;
        }
    }
    snprintf(out, size, "cid %llu", (unsigned long long)row_u64(connection->now, F_CONNECTION_cid, 0));
    return out;
}
