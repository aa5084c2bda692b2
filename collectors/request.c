#include "collectors/request.h"

#include <string.h>

#include "base/clock.h"
#include "collectors/answer.h"
#include "collectors/decode.h"

#define CONFIG_EVERY   (60 * NS_PER_S)
#define CONFIG_SOONEST (5 * NS_PER_S)
#define CONNECTION_MIN 600 /* bytes of one in /connz, for want of better knowledge */
#define LIMIT_MIN      1024u
#define LIMIT_INTEREST 10000u /* of some 150 bytes each: a list that is cut may lack whole groups */

uint64_t request_connection_bytes(const struct target *t) {
    return t->conn_bytes > CONNECTION_MIN ? t->conn_bytes : CONNECTION_MIN;
}

unsigned request_connection_limit(const struct target *t) {
    uint64_t most = (DECODE_MAX_BODY - (1u << 20)) / request_connection_bytes(t);
    uint64_t limit = t->conn_total + t->conn_total / 10;
    unsigned asked = t->wants[EP_CONNZ_FULL].limit;
    if (asked > 0)
        limit = asked;
    else if (limit < LIMIT_MIN)
        limit = LIMIT_MIN;
    return (unsigned)(limit < most ? limit : most > 0 ? most : 1);
}

static unsigned interest_limit(const struct target *t) {
    return t->wants[EP_INTEREST].limit > 0 ? t->wants[EP_INTEREST].limit : LIMIT_INTEREST;
}

static unsigned (*const limit_of[EP_COUNT])(const struct target *) = {
    [EP_CONNZ_FULL] = request_connection_limit,
    [EP_CONNZ_CLOSED] = closed_limit,
    [EP_INTEREST] = interest_limit,
};

static bool wants_config(const struct target *t, int64_t now) {
    return now - t->config_last >= (t->config_changed ? CONFIG_SOONEST : CONFIG_EVERY);
}

/* An answer later than its successor is due helps nobody; on short intervals it still gets half a second. */
static int timeout_ms(const struct target *t, int e) {
    if (e != EP_VARZ)
        return endpoints[e].timeout_ms;
    int64_t ms = t->plan[e].interval / NS_PER_MS * 9 / 10;
    return ms < 500 ? 500 : ms > 5000 ? 5000 : (int)ms;
}

static struct endpoint_words words_of(const struct target *t, int e, bool config, struct asked_cid cid) {
    return (struct endpoint_words){.config = config,
                                   .sort = t->wants[e].sort,
                                   .limit = limit_of[e] != NULL ? limit_of[e](t) : 0,
                                   .cid = cid.cid,
                                   .closed = cid.closed,
                                   .subject = t->wants[e].subject};
}

static struct asked_cid wanted_cid(const struct target *t, int e) {
    return (struct asked_cid){t->wants[e].cid, t->wants[e].closed};
}

void request_usual_path(const struct target *t, int e, char path[ENDPOINT_PATH_SIZE]) {
    const struct endpoint_words words = words_of(t, e, false, wanted_cid(t, e));
    endpoint_path(&endpoints[e], &words, path, ENDPOINT_PATH_SIZE);
}

/* Those that wait go first: they are asked once, the one that is wanted again and again. */
static struct asked_cid next_cid(struct target *t) {
    struct asked_cid cid = cids_take(&t->cids);
    return cid.cid > 0 ? cid : wanted_cid(t, EP_CONNZ_SUBS);
}

void request_start(struct target *t, int e, int64_t now) {
    bool config = e == EP_JSZ && wants_config(t, now);
    struct asked_cid cid = e == EP_CONNZ_SUBS ? next_cid(t) : (struct asked_cid){0};
    const struct endpoint_words words = words_of(t, e, config, cid);
    if (e == EP_JSZ)
        t->config_asked = config;
    if (e == EP_CONNZ_FULL)
        t->conn_limit = request_connection_limit(t);
    facts_reset(&t->facts[endpoints[e].lane]);
    t->plan[e].asked = e == EP_CONNZ_SUBS && t->cids.count > 0;
    t->plan[e].last_asked = now;
    lane_ask(&t->lane[endpoints[e].lane], &(struct lane_request){.endpoint = &endpoints[e],
                                                                 .target = t->id,
                                                                 .base = t->base,
                                                                 .words = &words,
                                                                 .server_name = t->name,
                                                                 .address = &t->address,
                                                                 .server_id = t->asked_id,
                                                                 .timeout_ms = timeout_ms(t, e)});
}
