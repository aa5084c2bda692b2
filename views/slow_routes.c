/* Routes on which much waits for the peer: nothing of them is in a list of connections, a line each. */
#include "views/slow_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

enum { INDENT = 3, LABELLED = 60, LEAST = 64 << 10 /* bytes */, PEERS_MOST = 64 };

/* Of the connections to a peer the one for which most waits: each is written to, and closed, by itself. */
struct held {
    const struct object *route;
    double pending;
};
struct helds {
    struct held held[PEERS_MOST]; /* most first; further ones are not counted */
    int count;
};

static bool same_peer(const struct object *a, const struct object *b) {
    const char *peer = row_text(a->now, F_ROUTE_remote_id);
    return a == b ||
           (*peer && a->parent == b->parent && strcmp(peer, row_text(b->now, F_ROUTE_remote_id)) == 0);
}

static void add(struct helds *all, const struct object *route, double pending) {
    int at = 0;
    while (at < all->count && !same_peer(all->held[at].route, route))
        at++;
    if (at == PEERS_MOST || (at < all->count && all->held[at].pending >= pending))
        return;
    all->count += at == all->count;
    for (; at > 0 && pending > all->held[at - 1].pending; at--)
        all->held[at] = all->held[at - 1];
    all->held[at] = (struct held){route, pending};
}

static struct helds find(const struct model *model) {
    size_t count;
    struct helds found = {.count = 0};
    const struct object *const *all = model_objects(model, OBJECT_ROUTE, &count);
    for (size_t i = 0; i < count; i++) {
        double pending;
        if (all[i]->freshness != FRESH_GONE &&
            quantity_value(model, all[i], Q_ROUTE_pending_bytes, &pending) && pending > LEAST)
            add(&found, all[i], pending);
    }
    return found;
}

int slow_routes(const struct view_context *context) {
    int count = find(context->model).count;
    return count < SLOW_ROUTES ? count : SLOW_ROUTES;
}

/* "n1 to n2: 14.5M wait on the route, +2.10M/s, write deadline 10s: ...", "14.5M: n1 to n2"; what has no room
 * is left out from its end. */
static void route_text(const struct view_context *context, const struct object *route, bool wide, char *out,
                       size_t size, int width) {
    char slope[40], deadline[TIME_TEXT_SIZE], pending[40], between[200], parts[4][300] = {""};
    const struct object *server = route->parent;
    size_t clusters;
    model_objects(context->model, OBJECT_CLUSTER, &clusters);
    bool many = clusters > 1;
    quantity_text(pending, sizeof(pending), context, route, Q_ROUTE_pending_bytes, 6);
    quantity_text(slope, sizeof(slope), context, route, Q_ROUTE_pending_slope, 7);
    snprintf(between, sizeof(between), "%.60s%s%.60s to %.60s",
             many ? quantity_name_text(context->model, route, Q_ROUTE_cluster) : "", many ? " " : "",
             quantity_name_text(context->model, route, Q_ROUTE_server),
             quantity_name_text(context->model, route, Q_ROUTE_peer));
    if (!wide) {
        snprintf(out, size, "%s: %s", pending, between);
        return;
    }
    snprintf(parts[0], sizeof(parts[0]), "%s: %s wait on the route", between, pending);
    if (quantity_get(context->model, route, Q_ROUTE_pending_slope).type != VALUE_UNKNOWN)
        snprintf(parts[1], sizeof(parts[1]), ", %s/s", slope);
    if (server && server->now && row_has(server->now, F_SERVER_write_deadline)) {
        lasted_format(deadline, row_i64(server->now, F_SERVER_write_deadline, 0));
        snprintf(parts[2], sizeof(parts[2]), ", write deadline %s", deadline);
        snprintf(parts[3], sizeof(parts[3]), ": closed only if nothing was written");
    }
    snprintf(out, size, "%s", parts[0]);
    for (int i = 1; i < COUNT(parts) && text_width(out) + text_width(parts[i]) <= width; i++)
        snprintf(out + strlen(out), size - strlen(out), "%s", parts[i]);
}

void slow_routes_draw(const struct view_context *context, struct surface *s, struct rect area) {
    struct helds found = find(context->model);
    for (int i = 0; i < found.count && i < area.h; i++) {
        char text[1100], cut[1100], more[40] = "";
        bool wide = area.w >= LABELLED;
        int x = area.x + (wide ? INDENT : 1), y = area.y + i, right = area.x + area.w;
        if (i + 1 == area.h && found.count > area.h)
            snprintf(more, sizeof(more), wide ? "   + %d more" : " +%d", found.count - area.h);
        if (wide)
            x += surface_text(s, area, x, y, ROLE_HEAD, ATTR_BOLD, i ? "" : "ROUTE") + (i ? 5 : 0) + 1;
        route_text(context, found.held[i].route, wide, text, sizeof(text), right - x - text_width(more));
        text_cut(cut, sizeof(cut), text, right - x - text_width(more));
        x += surface_text(s, area, x, y, ROLE_TEXT, 0, cut);
        surface_text(s, area, x, y, ROLE_MUTED, 0, more);
    }
}
