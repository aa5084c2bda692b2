#include "views/asset_detail.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tui/table.h"
#include "views/quantity_text.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
enum { WIDE = 110, PEER_LINES = 1, PEER_LINES_NARROW = 2, OTHER_LINES = 4 };

/* A place in an area that is written from left to right and from line to line; whole pieces only. */
struct flow {
    struct surface *s;
    struct rect area;
    int x, y;
};

static struct flow flow_in(struct surface *s, struct rect area) {
    return (struct flow){s, area, area.x + 2, area.y};
}

static bool flow_fits(struct flow *f, int width) {
    if (f->x > f->area.x + 2 && f->x + width > f->area.x + f->area.w) {
        f->x = f->area.x + 2;
        f->y++;
    }
    return f->y < f->area.y + f->area.h;
}

static void flow_put(struct flow *f, enum role name_role, const char *name, enum role role,
                     const char *text) {
    char cut[80];
    text_cut(cut, sizeof(cut), name, 24);
    int w = text_width(cut) + (*text ? 1 + text_width(text) : 0);
    if (!flow_fits(f, w))
        return;
    surface_text(f->s, f->area, f->x, f->y, name_role, 0, cut);
    surface_text(f->s, f->area, f->x + text_width(cut) + 1, f->y, role, 0, text);
    f->x += w + 3;
}

/* ---- peers of a stream and of the meta group ---- */

static const struct peer_kind {
    enum object_kind kind;
    enum field name, current, offline, active, lag;
} replica = {OBJECT_REPLICA,    F_REPLICA_name,   F_REPLICA_current,
             F_REPLICA_offline, F_REPLICA_active, F_REPLICA_lag},
  meta_peer = {OBJECT_META_PEER,    F_META_PEER_name,   F_META_PEER_current,
               F_META_PEER_offline, F_META_PEER_active, F_META_PEER_lag};

static bool flag(const struct row *row, enum field f) {
    return row_u64(row, f, 0) != 0;
}

static const struct peer_word {
    const char *text;
    enum role role;
} words[] = {{"current", ROLE_TEXT}, {"behind", ROLE_WARN}, {"offline", ROLE_CRIT}};

static int64_t since_told(const struct view_context *context, const struct object *peer) {
    int64_t since = context->utc_ns - peer->now_at.utc_ns;
    return since > 0 ? since : 0;
}

/* `old`: said by a leader that no longer answers. What an answering one says is its own figure: how long ago
 * we asked is no silence of the peer's, and stands at the leader. */
static void put_peer(struct flow *f, const struct view_context *context, const struct peer_kind *kind,
                     const struct object *peer, bool old) {
    const struct row *row = peer->now;
    char text[160], span[TIME_TEXT_SIZE], number[NUMBER_TEXT_SIZE];
    int64_t silent = row_i64(row, kind->active, TIME_UNSET);
    const struct peer_word *word = &words[flag(row, kind->offline) ? 2 : flag(row, kind->current) ? 0 : 1];
    size_t len = (size_t)snprintf(text, sizeof(text), "%s%s", word->text, old ? "~" : "");
    if (row_has(row, kind->lag)) {
        number_format(number, (double)row_u64(row, kind->lag, 0), UNIT_COUNT);
        len += (size_t)snprintf(text + len, sizeof(text) - len, ", lag %s", number);
    }
    if (silent != TIME_UNSET && silent > 0) {
        age_format(span, silent + (old ? since_told(context, peer) : 0));
        snprintf(text + len, sizeof(text) - len, ", seen %s", span);
    }
    flow_put(f, ROLE_MUTED, row_text(row, kind->name), old ? ROLE_DIM : word->role, text);
}

static bool is_of(const struct object *peer, const struct object *parent) {
    return peer->now && (!parent || (peer->parent && peer->parent->id == parent->id)) &&
           peer->freshness != FRESH_GONE;
}

static const struct object *first_of(const struct object *const *all, size_t count,
                                     const struct object *parent) {
    for (size_t i = 0; i < count; i++)
        if (is_of(all[i], parent))
            return all[i];
    return NULL;
}

/* "n2 leader, asked 3.4s ago": of all peers it says something in one answer. */
static void put_leader(struct flow *f, const struct view_context *context, const char *leader, bool old,
                       const struct object *peer) {
    char text[80], span[TIME_TEXT_SIZE];
    snprintf(text, sizeof(text), "leader%s", old ? "~" : "");
    if (!old && peer) {
        age_format(span, since_told(context, peer));
        snprintf(text, sizeof(text), "leader, asked %s ago", span);
    }
    flow_put(f, ROLE_MUTED, leader, old ? ROLE_DIM : ROLE_TEXT, text);
}

static void draw_peers(const struct view_context *context, const struct peer_kind *kind,
                       const struct object *parent, bool old, const char *leader, struct surface *s,
                       struct rect area) {
    size_t count;
    struct flow f = flow_in(s, area);
    const struct object *const *all = model_objects(context->model, kind->kind, &count);
    if (*leader)
        put_leader(&f, context, leader, old, first_of(all, count, parent));
    for (size_t i = 0; i < count; i++)
        if (is_of(all[i], parent))
            put_peer(&f, context, kind, all[i], old || all[i]->freshness != FRESH_LIVE);
}

/* ---- numbers ---- */

static void put_quantity(struct flow *f, const struct view_context *context, const struct object *object,
                         const char *name, enum quantity q) {
    char text[200];
    quantity_text(text, sizeof(text), context, object, q, 12);
    flow_put(f, ROLE_MUTED, name, ROLE_TEXT, text);
}

static const struct shown {
    enum quantity quantity;
    const char *name;
} stream_numbers[] =
    {
        {Q_STREAM_messages, "messages"},
        {Q_STREAM_bytes, "bytes"},
        {Q_STREAM_max_bytes, "of at most"},
        {Q_STREAM_first_seq, "first"},
        {Q_STREAM_last_seq, "last"},
        {Q_STREAM_in_msgs_per_s, "in/s"},
        {Q_STREAM_last_message, "last message"},
        {Q_STREAM_storage, "on"},
},
  consumer_numbers[] = {
      {Q_CONSUMER_leadership, "state"},        {Q_CONSUMER_delivered_seq, "delivered"},
      {Q_CONSUMER_ack_floor_seq, "ack floor"}, {Q_CONSUMER_pending, "to deliver"},
      {Q_CONSUMER_ack_pending, "ack pending"}, {Q_CONSUMER_max_ack_pending, "of at most"},
      {Q_CONSUMER_last_ack, "last ack"},       {Q_CONSUMER_last_delivered, "last delivery"},
};

static void draw_numbers(const struct view_context *context, const struct object *object,
                         const struct shown *shown, int count, struct surface *s, struct rect row) {
    struct flow f = flow_in(s, row);
    for (int i = 0; i < count; i++) {
        struct value v = quantity_get(context->model, object, shown[i].quantity);
        if (v.type != VALUE_UNKNOWN || (v.flags & VALUE_NEW))
            put_quantity(&f, context, object, shown[i].name, shown[i].quantity);
    }
}

static bool same_text(const struct view_context *context, const struct object *a, enum quantity qa,
                      const struct object *b, enum quantity qb) {
    return strcmp(quantity_name_text(context->model, a, qa), quantity_name_text(context->model, b, qb)) == 0;
}

/* Its consumers with their marks. */
static void draw_consumers(const struct view_context *context, const struct object *stream, struct surface *s,
                           struct rect row) {
    size_t count;
    struct flow f = flow_in(s, row);
    const struct object *const *all = model_objects(context->model, OBJECT_CONSUMER, &count);
    flow_put(&f, ROLE_MUTED, "consumers", ROLE_TEXT, "");
    for (size_t i = 0; i < count && f.y == row.y; i++) {
        const struct object *c = all[i];
        if (c->freshness == FRESH_GONE || !same_text(context, c, Q_CONSUMER_stream, stream, Q_STREAM_name) ||
            !same_text(context, c, Q_CONSUMER_account, stream, Q_STREAM_account))
            continue;
        int severity = (int)model_severity(context->model, c);
        const char *mark = table_mark(severity);
        flow_put(&f, ROLE_TEXT, quantity_name_text(context->model, c, Q_CONSUMER_name),
                 table_mark_role(severity), mark + strspn(mark, " "));
    }
}

static const struct object *stream_of(const struct view_context *context, const struct object *asset) {
    size_t count;
    if (asset->kind == OBJECT_STREAM)
        return asset;
    const struct object *const *all = model_objects(context->model, OBJECT_STREAM, &count);
    for (size_t i = 0; i < count; i++)
        if (same_text(context, asset, Q_CONSUMER_stream, all[i], Q_STREAM_name) &&
            same_text(context, asset, Q_CONSUMER_account, all[i], Q_STREAM_account))
            return all[i];
    return NULL;
}

/* ---- the whole ---- */

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
    char name[160], title[200], of[40], right[100];
    bool old = stream->freshness != FRESH_LIVE;
    text_cut(name, sizeof(name), quantity_name_text(context->model, stream, Q_STREAM_name), 40);
    snprintf(title, sizeof(title), "STREAM %s", name);
    text_cut(of, sizeof(of), quantity_name_text(context->model, stream, Q_STREAM_replicas), 12);
    if (*of)
        snprintf(right, sizeof(right), "replicas %s current%s", of, old ? ", as last seen" : "");
    else
        snprintf(right, sizeof(right), "%s", old ? "as last seen" : "");
    surface_rule(s, take(left, 1), title, right);
    draw_numbers(context, stream, stream_numbers, COUNT(stream_numbers), s, take(left, 1));
    draw_peers(context, &replica, stream, old, quantity_name_text(context->model, stream, Q_STREAM_leader), s,
               take(left, peer_lines(left->w)));
}

void asset_detail_draw(const struct view_context *context, const struct object *asset, struct surface *s,
                       struct rect area) {
    struct rect left = area;
    const struct object *stream = stream_of(context, asset), *cluster = asset->parent;
    char right[120], quorum[40];
    if (stream)
        draw_stream(context, stream, s, &left);
    else
        surface_rule(s, take(&left, 1), "STREAM not seen", "");
    if (asset->kind == OBJECT_CONSUMER)
        draw_numbers(context, asset, consumer_numbers, COUNT(consumer_numbers), s, take(&left, 1));
    if (stream)
        draw_consumers(context, stream, s, take(&left, 1));
    text_cut(quorum, sizeof(quorum), quantity_name_text(context->model, cluster, Q_CLUSTER_meta_quorum), 16);
    snprintf(right, sizeof(right), "%s%s", *quorum ? "quorum " : "", quorum);
    surface_rule(s, take(&left, 1), "META GROUP", right);
    const char *leader = quantity_name_text(context->model, cluster, Q_CLUSTER_meta_leader);
    if (!*leader && !*quorum)
        surface_text(s, left, left.x + 2, left.y, ROLE_MUTED, 0,
                     "nobody who answers leads it or knows who does");
    else
        draw_peers(context, &meta_peer, NULL, !*quorum, leader, s, take(&left, peer_lines(left.w)));
}
