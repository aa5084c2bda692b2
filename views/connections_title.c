/* What stands above the lists of connections: how many there are, of which kind, and what they are measured
 * in. */
#include "views/connections.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/number.h"
#include "base/text.h"

#define COUNT(a)   ((int)(sizeof(a) / sizeof((a)[0])))
#define SETTLED_NS (10 * NS_PER_S)

static const struct sort {
    enum quantity quantity;
    const char *name;
} sorts[] = {
    {Q_CONNECTION_cid, "cid"},
    {Q_CONNECTION_pending_bytes, "pending"},
    {Q_CONNECTION_pending_share, "pending"},
    {Q_CONNECTION_in_msgs, "msgs_from"},
    {Q_CONNECTION_out_msgs, "msgs_to"},
    {Q_CONNECTION_in_bytes, "bytes_from"},
    {Q_CONNECTION_out_bytes, "bytes_to"},
    {Q_CONNECTION_in_msgs_per_s, "msgs_from"},
    {Q_CONNECTION_out_msgs_per_s, "msgs_to"},
    {Q_CONNECTION_in_bytes_per_s, "bytes_from"},
    {Q_CONNECTION_out_bytes_per_s, "bytes_to"},
    {Q_CONNECTION_subscriptions, "subs"},
    {Q_CONNECTION_idle, "idle"},
    {Q_CONNECTION_last_activity, "idle"},
    {Q_CONNECTION_uptime, "uptime"},
    {Q_CONNECTION_started, "uptime"},
};

const char *connections_page_sort(const struct connections *c) {
    const struct quantity_list *list = c->list.focus;
    int column = list->table.sort < 0 ? list->table.then : list->table.sort;
    if (column < 0)
        return "pending";
    enum quantity q = list->columns[column].quantity;
    q = quantities[q].kind == OBJECT_GROUP ? quantities[q].of : q;
    for (int i = 0; i < COUNT(sorts); i++)
        if (sorts[i].quantity == q)
            return sorts[i].name;
    return "pending";
}

/* ---- how many ---- */

static uint64_t apart(uint64_t a, uint64_t b) {
    return a > b ? a - b : b - a;
}

static bool is_far(uint64_t a, uint64_t b) {
    return apart(a, b) > b / 10;
}

void cover_follow(struct cover *cover, const struct view_context *context) {
    uint64_t rows, total;
    int64_t now = context->mono_ns;
    model_connection_cover(context->model, &rows, &total);
    if (rows >= total)
        cover->whole_mono_ns = now;
    bool whole = cover->whole_mono_ns && now - cover->whole_mono_ns < SETTLED_NS;
    if (whole && (apart(rows, total) <= 1 || !is_far(rows, total))) {
        *cover = (struct cover){total, total, now, cover->whole_mono_ns};
    } else if (!cover->mono_ns || now - cover->mono_ns >= SETTLED_NS || is_far(rows, cover->rows) ||
               is_far(total, cover->total)) {
        cover->rows = rows < total ? rows : total;
        cover->total = total;
        cover->mono_ns = now;
    }
}

static void add(char *out, size_t size, const char *text) {
    size_t len = strlen(out);
    snprintf(out + len, size - len, "%s", text);
}

/* "no server answers", "n2-lon does not answer", "3 servers do not answer" */
static void silent_text(const struct model *model, char *out, size_t size) {
    size_t count, silent = 0, up = 0;
    char name[80] = "";
    const struct object *const *servers = model_objects(model, OBJECT_SERVER, &count);
    for (size_t i = 0; i < count; i++) {
        up += strcmp(quantity_name_text(model, servers[i], Q_SERVER_state), "up") == 0;
        if (servers[i]->freshness == FRESH_LIVE)
            continue;
        text_cut_middle(name, sizeof(name), quantity_name_text(model, servers[i], Q_SERVER_name), 24);
        silent++;
    }
    if (up == 0)
        snprintf(out, size, "no server answers");
    else if (silent == 1)
        snprintf(out, size, "%s does not answer", name);
    else
        snprintf(out, size, "%zu servers do not answer", silent);
}

/* Open ones of servers that do not answer. */
static size_t last_seen(const struct model *model) {
    size_t count, seen = 0;
    const struct object *const *all = model_objects(model, OBJECT_CONNECTION, &count);
    for (size_t i = 0; i < count; i++)
        seen += all[i]->parent->freshness != FRESH_LIVE && all[i]->freshness != FRESH_GONE;
    return seen;
}

/* One that should answer does not. */
static bool is_any_silent(const struct model *model) {
    size_t count, silent = 0;
    const struct object *const *servers = model_objects(model, OBJECT_SERVER, &count);
    for (size_t i = 0; i < count; i++) {
        const char *state = quantity_name_text(model, servers[i], Q_SERVER_state);
        silent += strcmp(state, "down") == 0 || strcmp(state, "stale") == 0;
    }
    return silent > 0;
}

/* "1,024 open", "7 of 1,000 open, chosen by pending", "3 open, 46 as last seen: n2-lon does not answer",
 * "3 open; n2-lon does not answer" */
static void open_text(const struct connections *c, const struct view_context *context, char *out,
                      size_t size) {
    char have[NUMBER_TEXT_SIZE], of[NUMBER_TEXT_SIZE], silent[120], text[200];
    const struct quantity_list *list = connections_listed(c);
    uint64_t rows = c->cover.rows, total = c->cover.total;
    number_format_grouped(have, rows);
    number_format_grouped(of, total);
    silent_text(context->model, silent, sizeof(silent));
    if (total == 0 && list->known > c->closed)
        snprintf(text, sizeof(text), "%zu open as last seen: %s", list->known, silent);
    else if (rows >= total)
        snprintf(text, sizeof(text), "%s open", of);
    else if (list->trouble[0]) /* which says why */
        snprintf(text, sizeof(text), "%s of %s open", have, of);
    else
        snprintf(text, sizeof(text), "%s of %s open, chosen by %s", have, of, connections_page_sort(c));
    add(out, size, text);
    size_t seen = total ? last_seen(context->model) : 0;
    if (seen)
        snprintf(text, sizeof(text), ", %zu as last seen: %s", seen, silent);
    else
        snprintf(text, sizeof(text), "; %s", silent);
    if (seen || (total && is_any_silent(context->model)))
        add(out, size, text);
}

/* "37 closed in 10m", "the last 1,003 closed", "12 of at least 37 closed": a time is said where all of it are
 * there. */
static void closed_text(const struct connections *c, const struct view_context *context, char *out,
                        size_t size) {
    char count[NUMBER_TEXT_SIZE], all[NUMBER_TEXT_SIZE], span[TIME_TEXT_SIZE], text[160];
    int64_t since = context->utc_ns - c->closed_since_ns;
    bool missed = c->closed_missed > 0, whole = since > 0 && !missed && !c->closed_at_bound;
    number_format_grouped(count, c->closed);
    number_format_grouped(all, c->closed + c->closed_missed);
    lasted_format(span, since > 0 ? since : 0);
    snprintf(text, sizeof(text), "%s%s%s%s%s closed%s%s", out[0] ? ", " : "",
             c->closed_at_bound ? "the last " : "", count, missed ? " of at least " : "", missed ? all : "",
             whole ? " in " : "", whole ? span : "");
    add(out, size, text);
}

/* ---- of whom ---- */

static bool is_inside(const struct connections *c, const struct model *model, const struct object *object) {
    int i = 0;
    while (i < c->depth && group_has(&c->inside[i], model, object))
        i++;
    return i == c->depth;
}

/* As its row among the groups counts them: beside live ones those as last seen are apart. */
static size_t stale_inside(const struct connections *c, const struct model *model) {
    size_t count, stale = 0, live = 0;
    const struct object *const *all = model_objects(model, OBJECT_CONNECTION, &count);
    for (size_t i = 0; c->depth && connection_lists[c->shown].open && i < count; i++) {
        if (all[i]->freshness == FRESH_GONE || !is_inside(c, model, all[i]))
            continue;
        stale += all[i]->freshness == FRESH_STALE;
        live += all[i]->freshness == FRESH_LIVE;
    }
    return live ? stale : 0;
}

/* "   account PAY: 12", "   name billing: 2 +5 as last seen" */
static void inside_text(const struct connections *c, const struct view_context *context, char *out,
                        size_t size) {
    char key[80], text[160], count[NUMBER_TEXT_SIZE];
    size_t known = connections_listed(c)->known, stale = stale_inside(c, context->model);
    for (int i = 0; i < c->depth; i++) {
        const struct group_key *inside = &c->inside[i];
        text_cut(key, sizeof(key), inside->known ? inside->text : "(none)", 24);
        snprintf(text, sizeof(text), "%s%s %s", i ? ", " : "   ", quantities[inside->by].name, key);
        add(out, size, text);
    }
    number_format_grouped(count, known > stale ? known - stale : known);
    snprintf(text, sizeof(text), ": %s", count);
    if (c->depth)
        add(out, size, text);
    snprintf(text, sizeof(text), " +%zu as last seen", stale);
    if (stale)
        add(out, size, text);
}

/* " by name: 312" and by which filter those were chosen that are in groups */
static void grouped_text(const struct connections *c, char *out, size_t size) {
    const struct group_layer *layer = &c->layers[c->depth];
    char filter[80], text[160], count[NUMBER_TEXT_SIZE];
    number_format_grouped(count, c->groups.count);
    snprintf(text, sizeof(text), "   by %s: %s", quantities[layer->by].name, count);
    add(out, size, text);
    text_cut(filter, sizeof(filter), c->below, 30);
    snprintf(text, sizeof(text), " of what passes %s", filter);
    if (filter[0])
        add(out, size, text);
}

static void shown_text(const struct quantity_list *list, char *out, size_t size) {
    char shown[NUMBER_TEXT_SIZE], text[60];
    number_format_grouped(shown, list->count);
    snprintf(text, sizeof(text), "   %s shown", shown);
    if (list->count != list->known)
        add(out, size, text);
}

/* ---- how often ---- */

/* "   every 8.0s on n2: stretched: 5 % bound", where the page comes less often than usual; of several servers
 * the slowest. */
static void pace_text(const struct view_context *context, char *out, size_t size) {
    size_t count, paced = 0, all = 0;
    const struct model *model = context->model;
    const struct object *slowest = NULL, *const *costs = model_objects(model, OBJECT_COST, &count);
    double longest = 0, interval;
    char every[64], on[80] = "", name[64];
    for (size_t i = 0; i < count; i++) {
        if (!costs[i]->now || row_u64(costs[i]->now, F_COST_shape, SHAPE_NONE) != SHAPE_CONNZ_FULL ||
            !quantity_value(model, costs[i], Q_COST_interval, &interval))
            continue;
        all++;
        const struct answer_state *answer = model_answer(model, costs[i]->parent, SHAPE_CONNZ_FULL);
        if (strcmp(quantity_name_text(model, costs[i], Q_COST_why), "default") == 0 ||
            (answer && answer->failure != FAILURE_NONE)) /* that is said besides */
            continue;
        paced++;
        if (interval > longest) {
            longest = interval;
            slowest = costs[i];
        }
    }
    out[0] = 0;
    if (!slowest)
        return;
    quantity_text(every, sizeof(every), context, slowest, Q_COST_interval, 7);
    text_cut(name, sizeof(name), quantity_name_text(model, slowest, Q_COST_server), 16);
    if (paced < all)
        snprintf(on, sizeof(on), " on %s", name);
    snprintf(out, size, "   every %s%s: %.60s", every, on, quantity_name_text(model, slowest, Q_COST_why));
}

void connections_title(const struct connections *c, const struct view_context *context, char *out,
                       size_t size) {
    const struct connection_list_info *info = &connection_lists[c->shown];
    out[0] = 0;
    if (info->open)
        open_text(c, context, out, size);
    if (info->closed)
        closed_text(c, context, out, size);
    inside_text(c, context, out, size);
    if (c->grouped)
        grouped_text(c, out, size);
    shown_text(c->list.focus, out, size);
    add(out, size, quantity_list_shows_totals(c->list.focus) ? "   since connected" : "   per second");
    size_t len = strlen(out);
    pace_text(context, out + len, size - len);
}
