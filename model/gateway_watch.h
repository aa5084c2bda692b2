/* To which clusters a server had outbound gateways, since it started and its configuration was loaded.
 *
 * A gateway that breaks is left out of the answer, and nothing tells that there should be one. Plain data but
 * for the names, which are the model's; zeroed to begin, owned by its server. */
#ifndef MODEL_GATEWAY_WATCH_H
#define MODEL_GATEWAY_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GATEWAYS_WATCHED 64

struct entry;
struct model;
struct sample;
struct text;

struct gateway_watch {
    bool told;
    bool came; /* one did since the first answer that we saw */
    size_t count;
    struct gateway_seen {
        const struct text *cluster;
        bool there; /* at the last answer */
    } seen[GATEWAYS_WATCHED];
};

/* After an answer to /gatewayz. */
void gateway_watch_put(struct model *model, struct entry *server, const struct sample *sample);
/* How many are not there any more; *name is the first of them, NULL: none. */
size_t gateway_watch_lost(const struct gateway_watch *watch, const char **name);

#endif
