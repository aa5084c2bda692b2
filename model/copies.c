#include "model/copies.h"

#define OLDER_BY NS_PER_S

/* Its own place, an empty one, or that of the one that told longest ago. */
static struct copy *place_of(struct copies *copies, uint64_t server) {
    struct copy *place = &copies->of[0];
    for (int i = 0; i < COPIES_MOST; i++) {
        struct copy *copy = &copies->of[i];
        if (copy->server == server)
            return copy;
        if (copy->mono_ns < place->mono_ns)
            place = copy;
    }
    return place;
}

bool copies_put(struct copies *copies, const struct entry *server, int64_t created_ns, int64_t mono_ns) {
    struct copy *copy = place_of(copies, server->object.id);
    bool same_run = copy->server == server->object.id && server_of(server)->here_mono_ns <= copy->mono_ns;
    bool again = same_run && created_ns > copy->created_ns + OLDER_BY;
    *copy = (struct copy){server->object.id, created_ns, mono_ns};
    return again;
}
