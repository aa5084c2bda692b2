#include "views/asset_detail.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tui/table.h"
#include "views/asset_name.h"
#include "views/asset_peers.h"
#include "views/flow.h"
#include "views/quantity_text.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
enum { WIDE = 110, PEER_LINES = 1, PEER_LINES_NARROW = 2, OTHER_LINES = 4, TITLE_FIGURES = 44 };

static const struct fact stream_numbers[] = {
    {Q_STREAM_messages, "messages"},         {Q_STREAM_bytes, "bytes"},   {Q_STREAM_max_bytes, "of at most"},
    {Q_STREAM_first_seq, "first"},           {Q_STREAM_last_seq, "last"}, {Q_STREAM_in_msgs_per_s, "in/s"},
    {Q_STREAM_last_message, "last message"}, {Q_STREAM_storage, "on"},    {Q_STREAM_why, "why"},
};
/* Where there is little room the list has the state, and only here is why. */
static const struct fact consumer_numbers[] = {
    {Q_CONSUMER_state, "state"},         {Q_CONSUMER_why, "why"},
    {Q_CONSUMER_leader_why, ""},         {Q_CONSUMER_delivered_seq, "delivered"},
    {Q_CONSUMER_ack_floor_seq, "acked"},
};

/* Its consumers with their marks. */
static void draw_consumers(const struct view_context *context, const struct object *stream, struct surface *s,
                           struct rect row) {
    size_t count;
    struct flow f = flow_in(s, row);
    const struct object *const *all = model_objects(context->model, OBJECT_CONSUMER, &count);
    flow_put(&f, ROLE_MUTED, "consumers", ROLE_TEXT, "");
    for (size_t i = 0; i < count && f.y == row.y; i++) {
        if (all[i]->freshness == FRESH_GONE || model_stream_of(context->model, all[i]) != stream)
            continue;
        int severity = (int)model_severity(context->model, all[i]);
        const char *mark = table_mark(severity);
        flow_put(&f, ROLE_TEXT, quantity_name_text(context->model, all[i], Q_CONSUMER_name),
                 table_mark_role(severity), mark + strspn(mark, " "));
    }
}

static int peer_lines(int width) {
    return width >= WIDE ? PEER_LINES : PEER_LINES_NARROW;
}

int asset_detail_rows(int width) {
    return OTHER_LINES + 2 * peer_lines(width) + 1;
}

static struct rect take(struct rect *left, int rows) {
    struct rect taken = rect_cut(*left, (struct rect){left->x, left->y, left->w, rows});
    *left = rect_below(*left, rows);
    return taken;
}

static void draw_stream(const struct view_context *context, const struct object *stream, struct surface *s,
                        struct rect *left) {
    char name[600], title[660], of[40], right[100];
    bool old = stream->freshness != FRESH_LIVE;
    asset_name(name, sizeof(name), context->model, stream, Q_STREAM_name, false, left->w - TITLE_FIGURES);
    const char *account = model_shared_account(context->model, stream);
    snprintf(title, sizeof(title), "STREAM %s%s%.30s", name, account ? " in account " : "",
             account ? account : "");
    text_cut(of, sizeof(of), quantity_name_text(context->model, stream, Q_STREAM_replicas), 12);
    if (*of)
        snprintf(right, sizeof(right), "replicas %s current%s", of, old ? ", as last seen" : "");
    else
        snprintf(right, sizeof(right), "%s", old ? "as last seen" : "");
    surface_rule(s, take(left, 1), title, right);
    facts_draw(context, stream, stream_numbers, COUNT(stream_numbers), s, take(left, 1));
    asset_replicas_draw(context, stream, s, take(left, peer_lines(left->w)));
}

void asset_detail_draw(const struct view_context *context, const struct object *asset, struct surface *s,
                       struct rect area) {
    struct rect left = area;
    const struct object *stream = model_stream_of(context->model, asset);
    char right[120];
    if (stream)
        draw_stream(context, stream, s, &left);
    else
        surface_rule(s, take(&left, 1), "STREAM not seen", "");
    int skipped = left.w < WIDE;
    if (asset->kind == OBJECT_CONSUMER)
        facts_draw(context, asset, consumer_numbers + skipped, COUNT(consumer_numbers) - skipped, s,
                   take(&left, 1));
    if (stream)
        draw_consumers(context, stream, s, take(&left, 1));
    asset_meta_quorum(context, asset->parent, right, sizeof(right));
    surface_rule(s, take(&left, 1), "META GROUP", right);
    asset_meta_draw(context, asset->parent, s, take(&left, peer_lines(left.w)));
}
