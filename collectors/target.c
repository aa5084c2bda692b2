#include "collectors/target.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "collectors/answer.h"
#include "collectors/discover.h"
#include "collectors/schedule.h"

const char *target_state_name(enum target_state state) {
    static const char *const names[] = {
        [TARGET_PROBING] = "probing",     [TARGET_POLLED] = "polled", [TARGET_BALANCER] = "balancer",
        [TARGET_DUPLICATE] = "duplicate", [TARGET_GONE] = "gone",     [TARGET_KNOWN] = "known",
    };
    return names[state];
}

bool version_at_most(const char *version, int major, int minor, int patch) {
    int a, b, c;
    if (sscanf(version, "%4d.%4d.%4d", &a, &b, &c) != 3)
        return false;
    if (a != major)
        return a < major;
    return b != minor ? b < minor : c <= patch;
}

static void take_wants(struct target *t) {
    const struct collector *c = t->collector;
    memcpy(t->wants, c->wants, sizeof t->wants);
    for (int i = 0; i < c->own_want_count; i++)
        if (strcmp(c->own_wants[i].url, t->base) == 0)
            t->wants[c->own_wants[i].endpoint] = c->own_wants[i].want;
}

static struct target *make(struct collector *c, struct client *client, const char *origin) {
    if (c->target_count == TARGETS_MAX)
        return NULL;
    struct target *t = memory_new(sizeof *t);
    t->collector = c;
    t->id = ++c->last_id;
    t->number = c->made++;
    t->origin = origin;
    t->last_now = t->start = t->config_load_time = TIME_UNSET;
    t->config_last = INT64_MIN / 2;
    for (int i = 0; i < LANE_COUNT; i++)
        lane_open(&t->lane[i], client, i, &answer_handler, t);
    for (int i = 0; i < EP_COUNT; i++)
        t->plan[i].cost = t->plan[i].body = -1;
    c->targets[c->target_count++] = t;
    return t;
}

/* Its base is known. */
static struct target *begin(struct target *t) {
    take_wants(t);
    schedule_quarantines(t);
    return t;
}

struct target *target_create(struct collector *c, const struct url *url, const char *origin,
                             const char *check_name) {
    struct target *t = make(c, &c->client, origin);
    if (t == NULL)
        return NULL;
    t->url = *url;
    url_format(url, t->base, sizeof t->base);
    t->named = strcmp(origin, "named") == 0;
    t->hidden = !t->named;
    http_address_open(&t->address, &t->url, check_name, t->named);
    return begin(t);
}

struct target *target_create_by_id(struct collector *c, const char *server_id, const char *name) {
    struct target *t = make(c, &c->client, "nats");
    if (t == NULL)
        return NULL;
    snprintf(t->base, sizeof t->base, "nats:%s", server_id);
    snprintf(t->asked_id, sizeof t->asked_id, "%s", server_id);
    snprintf(t->name, sizeof t->name, "%s", name);
    return begin(t);
}

struct target *target_create_account(struct collector *c, struct client *api, const char *account) {
    struct target *t = make(c, api, "account");
    if (t == NULL)
        return NULL;
    snprintf(t->base, sizeof t->base, "account:%s", account);
    snprintf(t->account, sizeof t->account, "%s", account);
    snprintf(t->name, sizeof t->name, "%s", account);
    t->state = TARGET_POLLED;
    t->up = true;
    return begin(t);
}

void target_destroy(struct target *t) {
    struct collector *c = t->collector;
    int kept = 0;
    for (int i = 0; i < c->target_count; i++)
        if (c->targets[i] != t)
            c->targets[kept++] = c->targets[i];
    c->target_count = kept;
    for (int i = 0; i < LANE_COUNT; i++) {
        lane_close(&t->lane[i]);
        facts_finish(&t->facts[i]);
    }
    for (int i = 0; i < FORMER_MAX; i++)
        free(t->former[i]);
    http_address_close(&t->address);
    discover_forget(t);
    outbox_forget(c->outbox, t->id);
    free(t);
}

static void put_if(struct collector *c, struct row *row, enum field field, const char *text) {
    if (text != NULL && text[0] != '\0')
        collector_put(c, row, field, text);
}

void target_frame(struct collector *c, const struct target_words *words) {
    struct row_any any;
    struct row *row = &any.row;
    collector_row(c, row, ENTITY_TARGET);
    row_put(row, F_TARGET_id)->u = words->id;
    row_put(row, F_TARGET_utc)->i = clock_utc_ns();
    put_if(c, row, F_TARGET_url, words->url);
    put_if(c, row, F_TARGET_origin, words->origin);
    put_if(c, row, F_TARGET_state, words->state);
    put_if(c, row, F_TARGET_reason, words->reason);
    put_if(c, row, F_TARGET_server_id, words->server_id);
    put_if(c, row, F_TARGET_name, words->name);
    outbox_row(c->outbox, FRAME_TARGET, row);
}

void target_tell(struct target *t, bool always) {
    if (t->hidden)
        return;
    char words[sizeof t->told];
    snprintf(words, sizeof words, "%s\n%s\n%s\n%s\n%s", t->base, target_state_name(t->state), t->server_id,
             t->name, t->reason);
    if (!always && strcmp(words, t->told) == 0)
        return;
    memcpy(t->told, words, sizeof words);
    target_frame(t->collector,
                 &(struct target_words){.id = t->id,
                                        .url = t->base,
                                        .origin = t->origin,
                                        .state = target_state_name(t->state),
                                        .reason = t->reason,
                                        .server_id = t->state == TARGET_BALANCER ? "" : t->server_id,
                                        .name = t->state == TARGET_BALANCER ? "" : t->name});
}

void target_set(struct target *t, enum target_state state, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(t->reason, sizeof t->reason, format, args);
    va_end(args);
    t->state = state;
    schedule_stir(t);
    target_tell(t, false);
}

bool target_had_id(const struct target *t, const char *server_id) {
    if (server_id[0] == '\0')
        return false;
    if (strcmp(t->server_id, server_id) == 0)
        return true;
    for (int i = 0; i < FORMER_MAX; i++)
        if (t->former[i] != NULL && strcmp(t->former[i], server_id) == 0)
            return true;
    return false;
}

struct target *target_by_id(struct collector *c, const char *server_id, const struct target *except) {
    for (int i = 0; i < c->target_count; i++) {
        struct target *t = c->targets[i];
        if (t != except && t->state == TARGET_POLLED && strcmp(t->server_id, server_id) == 0)
            return t;
    }
    return NULL;
}
