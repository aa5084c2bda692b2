#include "model/lame_duck.h"

#include <string.h>

#include "model/server.h"

static const char leaving[] = "takes no new clients: it is about to end";

#define CLOSED_LISTENER "failed to be ready for connections"

static bool listens_no_more(const struct row *health) {
    return row_has(health, F_HEALTH_code) && row_u64(health, F_HEALTH_code, 0) != 200 &&
           strncmp(row_text(health, F_HEALTH_error), CLOSED_LISTENER, strlen(CLOSED_LISTENER)) == 0;
}

static void set(struct model *model, struct entry *entry, bool leaves, bool heard, int64_t utc_ns) {
    struct server *server = server_of(entry);
    if (leaves == (server->lame_duck.since_utc_ns != 0))
        return;
    server->lame_duck.since_utc_ns = leaves ? utc_ns : 0;
    model->leaders_moved = true; /* what others say of it counts for less now, or for more */
    if (leaves && heard)
        model_add_heard(model, utc_ns, "leaving", &entry->object, server_label(server), leaving, false);
    else if (leaves)
        model_add_event(model, utc_ns, "leaving", &entry->object, server_label(server), "%s", leaving);
}

void lame_duck_said(struct model *model, struct entry *entry, int64_t utc_ns) {
    server_of(entry)->lame_duck.said = true;
    set(model, entry, true, true, utc_ns);
}

void lame_duck_judge(struct model *model, struct entry *entry, int64_t utc_ns) {
    struct server *server = server_of(entry);
    const struct row *health = server->sides[SIDE_HEALTH].now;
    bool leaves = health && listens_no_more(health) && !server_has_just_started(entry);
    set(model, entry, leaves || server->lame_duck.said, false, utc_ns);
}

bool is_lame_duck(const struct model *model, const struct object *object) {
    const struct server *server = server_const(object);
    int64_t away_ns = server->state == SERVER_DOWN ? model->utc_ns - server->state_since_utc_ns : 0;
    return server->lame_duck.since_utc_ns && away_ns < LAME_DUCK_MAY_BE_AWAY_S * NS_PER_S;
}
