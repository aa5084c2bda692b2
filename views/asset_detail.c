#include "views/asset_detail.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tui/table.h"
#include "views/asset_name.h"
#include "views/asset_page.h"
#include "views/asset_peers.h"
#include "views/flow.h"
#include "views/quantity_parts.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
enum { WIDE = 110, PEER_LINES = 1, PEER_LINES_NARROW = 2, OTHER_LINES = 4, NAMED_MOST = 32 };
enum { TITLE_FIGURES = 44, OLD_FIGURES = 60 };

static const struct fact stream_numbers[] = {
    {Q_STREAM_messages, "messages"},         {Q_STREAM_bytes, "bytes"},   {Q_STREAM_max_bytes, "of at most"},
    {Q_STREAM_first_seq, "first"},           {Q_STREAM_last_seq, "last"}, {Q_STREAM_in_msgs_per_s, "in/s"},
    {Q_STREAM_last_message, "last message"}, {Q_STREAM_storage, "on"},    {Q_STREAM_why, "why"},
};
static const struct fact consumer_numbers[] = {
    {Q_CONSUMER_delivered_seq, "delivered up to"},
    {Q_CONSUMER_ack_floor_seq, "acked up to"},
};

/* ---- the consumers of a stream ---- */

struct readers { /* the worst of them, in their order */
    const struct object *of[NAMED_MOST];
    int count;
    size_t all;
};

static int order(const struct model *model, const struct object *a, const struct object *b) {
    int by = list_rank(model, b, (int)model_severity(model, b)) -
             list_rank(model, a, (int)model_severity(model, a));
    if (!by)
        by = value_compare(quantity_get(model, b, Q_CONSUMER_lag), quantity_get(model, a, Q_CONSUMER_lag));
    return by ? by
              : strcmp(quantity_name_text(model, a, Q_CONSUMER_name),
                       quantity_name_text(model, b, Q_CONSUMER_name));
}

static void insert(struct readers *r, const struct model *model, const struct object *consumer) {
    int at = r->count < NAMED_MOST ? r->count++ : NAMED_MOST - 1;
    if (at == NAMED_MOST - 1 && r->all > NAMED_MOST && order(model, consumer, r->of[at]) >= 0)
        return;
    for (; at > 0 && order(model, consumer, r->of[at - 1]) < 0; at--)
        r->of[at] = r->of[at - 1];
    r->of[at] = consumer;
}

static struct readers readers_of(const struct model *model, const struct object *stream) {
    struct readers r = {{NULL}, 0, 0};
    size_t count;
    const struct object *const *all = model_objects(model, OBJECT_CONSUMER, &count);
    for (size_t i = 0; i < count; i++) {
        if (all[i]->freshness == FRESH_GONE || !model_reads(model, all[i], stream))
            continue;
        r.all++;
        insert(&r, model, all[i]);
    }
    return r;
}

/* The first `named` of them with their marks, and how many more there are; `selected` is one of those. false:
 * there is no room for so many. */
static bool name_readers(const struct readers *r, int named, const struct model *model,
                         const struct object *selected, struct surface *s, struct rect row) {
    struct flow f = flow_in(s, row);
    char more[40];
    bool in = selected->kind != OBJECT_CONSUMER;
    flow_put(&f, ROLE_MUTED, "consumers", ROLE_TEXT, r->all ? "" : "none");
    for (int i = 0; i < named; i++) {
        bool last = i == named - 1;
        const struct object *consumer = last && !in ? selected : r->of[i];
        in |= r->of[i] == selected;
        int severity = (int)model_severity(model, consumer);
        const char *mark = table_mark(severity);
        flow_put(&f, ROLE_TEXT, quantity_name_text(model, consumer, Q_CONSUMER_name),
                 table_mark_role(severity), mark + strspn(mark, " "));
    }
    snprintf(more, sizeof(more), "%zu more", r->all - (size_t)named);
    if (r->all > (size_t)named)
        flow_put(&f, ROLE_MUTED, more, ROLE_TEXT, "");
    return f.y == row.y;
}

/* Worst first. */
static void draw_readers(const struct view_context *context, const struct object *stream,
                         const struct object *selected, struct surface *s, struct rect row) {
    struct readers r = readers_of(context->model, stream);
    int named = r.count;
    while (named > 1 && !name_readers(&r, named, context->model, selected, NULL, row))
        named--;
    name_readers(&r, named, context->model, selected, s, row);
}

static int peer_lines(int width) {
    return width >= WIDE ? PEER_LINES : PEER_LINES_NARROW;
}

/* Where there is little room its title says all. */
static int consumer_lines(int width) {
    return width >= WIDE ? 2 : 1;
}

int asset_detail_rows(int width, enum object_kind kind) {
    return OTHER_LINES + 2 * peer_lines(width) + (kind == OBJECT_CONSUMER ? consumer_lines(width) : 0);
}

static struct rect take(struct rect *left, int rows) {
    struct rect taken = rect_cut(*left, (struct rect){left->x, left->y, left->w, rows});
    *left = rect_below(*left, rows);
    return taken;
}

static void draw_consumer(const struct view_context *context, const struct object *consumer,
                          struct surface *s, struct rect *left) {
    struct rect area = take(left, consumer_lines(left->w));
    char name[600], title[620], reason[600], right[1100];
    const struct model *model = context->model;
    bool wide = area.h > 1;
    asset_page_reason(model, consumer, reason, sizeof(reason));
    asset_name(name, sizeof(name), model, consumer, Q_CONSUMER_path, false, area.w / 2);
    snprintf(title, sizeof(title), "CONSUMER %s", name);
    text_cut(right, sizeof(right),
             wide || !*reason ? quantity_name_text(model, consumer, Q_CONSUMER_state) : reason,
             area.w - text_width(title) - 6);
    surface_rule(s, area, title, right);
    struct flow f = flow_in(s, rect_below(area, 1));
    if (*reason)
        flow_put(&f, ROLE_MUTED, "why", ROLE_TEXT, reason);
    facts_put(&f, context, consumer, consumer_numbers, COUNT(consumer_numbers));
}

static void draw_stream(const struct view_context *context, const struct object *stream, struct surface *s,
                        struct rect *left) {
    char name[600], title[700], of[40], right[160], old[80] = "", age[TIME_TEXT_SIZE];
    age_format(age, context->utc_ns - stream->seen_utc_ns);
    if (!stream->seen_utc_ns)
        snprintf(old, sizeof(old), "never heard from its leader");
    else if (stream->freshness != FRESH_LIVE)
        snprintf(old, sizeof(old), "as last seen, %s ago", age);
    asset_name(name, sizeof(name), context->model, stream, Q_STREAM_name, false,
               left->w - (*old ? OLD_FIGURES : TITLE_FIGURES));
    const char *account = model_shared_account(context->model, stream);
    const char *shown = quantity_name_text(context->model, stream, Q_STREAM_shown);
    bool known_as = strcmp(shown, quantity_name_text(context->model, stream, Q_STREAM_name)) != 0;
    snprintf(title, sizeof(title), "STREAM %s%s%.30s%s%.30s", name, known_as ? ": " : "",
             known_as ? shown : "", account ? " in account " : "", account ? account : "");
    text_cut(of, sizeof(of), quantity_name_text(context->model, stream, Q_STREAM_replicas), 12);
    if (*of)
        snprintf(right, sizeof(right), "replicas %s current%s%s", of, *old ? ", " : "", old);
    else
        snprintf(right, sizeof(right), "%s", old);
    surface_rule(s, take(left, 1), title, right);
    facts_draw(context, stream, stream_numbers, COUNT(stream_numbers), s, take(left, 1));
    asset_replicas_draw(context, stream, s, take(left, peer_lines(left->w)));
}

void asset_detail_draw(const struct view_context *context, const struct object *asset, struct surface *s,
                       struct rect area) {
    struct rect left = area;
    const struct object *stream = model_stream_of(context->model, asset);
    char right[120];
    if (asset->kind == OBJECT_CONSUMER)
        draw_consumer(context, asset, s, &left);
    if (stream)
        draw_stream(context, stream, s, &left);
    else
        surface_rule(s, take(&left, 1), "STREAM not seen", "");
    if (stream)
        draw_readers(context, stream, asset, s, take(&left, 1));
    asset_meta_quorum(context, asset->parent, right, sizeof(right));
    surface_rule(s, take(&left, 1), "META GROUP", right);
    asset_meta_draw(context, asset->parent, s, take(&left, peer_lines(left.w)));
}
