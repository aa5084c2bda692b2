/* Routes, gateways and leaf nodes of one server whose other end does not read: on which bytes waited lately,
 * so that a counter which moves has a name, and one that is closed is an event.
 *
 * A server counts slow links and does not say which. The one on which most waited when the counter moved is
 * taken to be it, marked ~. Owned by its server; plain data, zeroed to begin. */
#ifndef MODEL_LINK_WATCH_H
#define MODEL_LINK_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "model/lately.h"
#include "model/object.h"

enum { LINK_ROUTES, LINK_GATEWAYS, LINK_LEAFS, LINK_COUNT };
#define LINK_PEER_SIZE    160
#define LINK_SUSPECT_SIZE (LINK_PEER_SIZE + 60)

struct link_watch {
    struct {
        char peer[LINK_PEER_SIZE]; /* on which most waited lately, "" none */
        uint64_t end;              /* that server, 0 not known to us */
        double pending;            /* bytes, the most seen */
        int64_t mono_ns;           /* seen last */
        char slow[LINK_PEER_SIZE]; /* that was taken to be the one counted last, "" none */
        int64_t counted_mono_ns;   /* 0 never */
        uint64_t event, growth;    /* the event of that while it has no name, 0 it has */
        uint64_t total;
        bool silence;         /* what was counted last is no more than that a server did not answer */
        struct lately closed; /* while much waited; not leaf nodes, which have records */
    } of[LINK_COUNT];
    char left[LINK_PEER_SIZE]; /* who did not answer when a route to it was closed last, "" nobody */
    int64_t left_mono_ns;
    bool silence, suspect_silence;   /* the same where kinds are not told apart; of who may be meant now */
    char suspect[LINK_SUSPECT_SIZE]; /* of what was told last without a kind: "~route to n3", "" nobody */
};

struct model;
struct entry;
struct stamp;

/* Where it leads, as people call it: "n3", "east (east1)", of a leaf node's connection its name. */
void link_peer(const struct model *model, const struct object *link, char *out, size_t size);
/* A row of it: a route, a gateway, or the connection of a leaf node. */
void link_watch_seen(struct model *model, struct entry *server, int link, const struct object *object,
                     const struct stamp *at);
/* It is no more listed by a server that goes on. */
void link_watch_gone(struct model *model, struct entry *server, int link, const struct object *object,
                     const struct stamp *at);
/* The record of a leaf node that was closed as a slow consumer. */
void link_watch_closed(struct model *model, struct entry *server, const struct object *connection,
                       int64_t utc_ns);
/* Its counter of slow links of that kind grew to `total`: one event. */
void link_watch_counted(struct model *model, struct entry *server, int link, uint64_t growth, uint64_t total);
/* Where kinds are not told apart: who may be meant now, "~route to n3"; false: nobody is known. */
bool link_watch_suspect(const struct model *model, const struct entry *server, char *out, size_t size);
/* So it was said of what was counted; goes_on: beside what was said before, which "" does not take back. */
void link_watch_told(const struct model *model, struct entry *server, const char *suspect, bool goes_on);
/* The server that a route or gateway leads to does not answer us, or did not until a moment ago. */
bool link_watch_ends_silent(const struct model *model, const struct object *link);
/* The one that was counted last, "~n3"; false: none, or it is not known. */
bool link_watch_slow(const struct link_watch *watch, int link, char *out, size_t size);

#endif
