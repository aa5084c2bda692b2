#include "views/links.h"

#include <stdio.h>
#include <string.h>

#include "model/reported.h"
#include "views/quantity_text.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

enum { LEAST = 1 << 20 /* bytes: a message or two in flight are no backlog */ };

static const struct link_row rows[] = {
    {OBJECT_ROUTE, "ROUTE", "route", Q_ROUTE_cluster, Q_ROUTE_server, Q_ROUTE_peer, Q_ROUTE_pending_bytes,
     Q_ROUTE_pending_slope, Q_ROUTE_next},
    {OBJECT_GATEWAY, "GATEWAY", "gateway", Q_GATEWAY_cluster, Q_GATEWAY_server, Q_GATEWAY_peer,
     Q_GATEWAY_pending_bytes, Q_GATEWAY_pending_slope, Q_GATEWAY_next},
};

static bool same_peer(const struct model *model, const struct link_held *a, const struct link_held *b) {
    if (a->row != b->row || a->link->parent != b->link->parent)
        return false;
    char peer[200];
    snprintf(peer, sizeof(peer), "%s", quantity_name_text(model, a->link, a->row->peer));
    return *peer && strncmp(peer, quantity_name_text(model, b->link, b->row->peer), sizeof(peer) - 1) == 0;
}

static void add(const struct model *model, struct links_held *all, struct link_held link) {
    int at = 0;
    while (at < all->count && !same_peer(model, &all->held[at], &link))
        at++;
    if (at == LINKS_MOST || (at < all->count && all->held[at].pending >= link.pending))
        return;
    all->count += at == all->count;
    for (; at > 0 && link.pending > all->held[at - 1].pending; at--)
        all->held[at] = all->held[at - 1];
    all->held[at] = link;
}

struct links_held links_held(const struct model *model) {
    struct links_held found = {.count = 0};
    for (int r = 0; r < COUNT(rows); r++) {
        size_t count;
        const struct object *const *all = model_objects(model, rows[r].kind, &count);
        for (size_t i = 0; i < count; i++) {
            struct link_held held = {all[i], &rows[r], 0};
            if (all[i]->freshness != FRESH_GONE &&
                quantity_value(model, all[i], rows[r].pending, &held.pending) && held.pending > LEAST)
                add(model, &found, held);
        }
    }
    return found;
}

void links_between(const struct view_context *context, const struct link_held *held, char *out, size_t size) {
    size_t clusters;
    model_objects(context->model, OBJECT_CLUSTER, &clusters);
    bool many = clusters > 1;
    int len = 0;
    if (many)
        len =
            snprintf(out, size, "%.60s ", quantity_name_text(context->model, held->link, held->row->cluster));
    len += snprintf(out + len, size - (size_t)len, "%.60s to ",
                    quantity_name_text(context->model, held->link, held->row->server));
    snprintf(out + len, size - (size_t)len, "%.60s",
             quantity_name_text(context->model, held->link, held->row->peer));
}

void links_worst(const struct view_context *context, char *out, size_t size) {
    struct links_held found = links_held(context->model);
    char between[200], pending[40];
    out[0] = 0;
    if (!found.count)
        return;
    links_between(context, &found.held[0], between, sizeof(between));
    quantity_text(pending, sizeof(pending), context, found.held[0].link, found.held[0].row->pending, 6);
    snprintf(out, size, "%s wait on the %s %s", pending, found.held[0].row->name, between);
}

void links_untold_text(const struct view_context *context, char *out, size_t size) {
    struct links_untold untold = links_untold(context->model);
    snprintf(out, size, *untold.version ? "; %s not reported by %s%s" : "",
             !untold.leafs    ? "routes"
             : !untold.routes ? "leaf nodes"
                              : "routes and leaf nodes",
             untold.version, untold.several ? " and others" : "");
}
