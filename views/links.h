/* Routes and gateways on which bytes wait for the other end. Of the connections to one peer the one for which
 * most waits counts: each is written to, and closed, by itself. Leaf nodes are in the lists of connections.
 */
#ifndef VIEWS_LINKS_H
#define VIEWS_LINKS_H

#include "views/view.h"

struct link_row { /* one for each kind of link */
    enum object_kind kind;
    const char *label, *name; /* "GATEWAY", "gateway" */
    enum quantity cluster, server, peer, pending, slope, next;
};
struct link_held {
    const struct object *link;
    const struct link_row *row;
    double pending;
};
enum { LINKS_MOST = 64 };
struct links_held {
    struct link_held held[LINKS_MOST]; /* most first; further ones are not counted */
    int count;
};
/* Those on which more waits than every busy link has now and then. */
struct links_held links_held(const struct model *model);
/* "n1 to n2", with the cluster before it where there are several. */
void links_between(const struct view_context *context, const struct link_held *held, char *out, size_t size);
/* "12.0M wait on the gateway n1 to east (east1)" of the one with the most; "" where none holds anything. */
void links_worst(const struct view_context *context, char *out, size_t size);
/* "; routes and leaf nodes not reported by 2.9.10": of these nothing can be said; "" where all are told of.
 */
void links_untold_text(const struct view_context *context, char *out, size_t size);

#endif
