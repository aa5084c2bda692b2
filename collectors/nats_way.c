#include "collectors/nats_way.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "collectors/decode.h"
#include "collectors/gunzip.h"

#define SUBJECT_SIZE 200
#define DOUBTS_AFTER (NS_PER_S / 2)
#define LEAVES_EACH  (10 * NS_PER_S) /* it is no use to go from one to the next */

/* Of one lane. */
struct nats_lane {
    struct lane *lane;
    struct nats_lane *next; /* under way, or waiting */
    uint64_t number;
    int64_t timeout_ns, until_ns; /* mono; 0: not asked yet */
    bool large;
    int64_t quickest_ns; /* of its answers: as long as the way takes; 0 unknown */
    int64_t longest_ns;  /* of its answers; 0 unknown */
    char subject[SUBJECT_SIZE], body[ENDPOINT_BODY_SIZE];
};

/* Of all. */
struct nats_way {
    struct line *line;
    struct loop_source *timer;
    uint64_t last_number;
    struct nats_lane *under_way, *waiting, **waiting_end;
    bool large;        /* one of those that may be large is under way */
    int64_t heard_ns;  /* mono: the last message, of whomever */
    int64_t left_ns;   /* mono: we went on with another server of the line; 0 never */
    enum failure down; /* why the line is down, FAILURE_NONE: it is up */
    char why[320];
};

static struct nats_way *way_of(const struct client *client) {
    return client->way_data;
}

uint64_t nats_way_number(struct client *client) {
    return ++way_of(client)->last_number;
}

/* ---- under way ---- */

/* When it is looked at next: it may be doubted then, or is too late. */
static int64_t next_look(const struct nats_lane *n, int64_t now) {
    int64_t doubted_ns = n->lane->head.asked_mono_ns + DOUBTS_AFTER;
    return now < doubted_ns && doubted_ns < n->until_ns ? doubted_ns : n->until_ns;
}

static void set_timer(struct nats_way *way) {
    int64_t first = INT64_MAX, now = clock_mono_ns();
    for (const struct nats_lane *n = way->under_way; n != NULL; n = n->next)
        if (next_look(n, now) < first)
            first = next_look(n, now);
    loop_timer_set(way->timer, first);
}

static void remove_from(struct nats_lane **list, const struct nats_lane *gone) {
    while (*list != NULL && *list != gone)
        list = &(*list)->next;
    if (*list != NULL)
        *list = gone->next;
}

static void send(struct nats_way *way, struct nats_lane *n) {
    struct sample *head = &n->lane->head;
    head->asked_utc_ns = clock_utc_ns();
    head->asked_mono_ns = clock_mono_ns();
    n->until_ns = head->asked_mono_ns + n->timeout_ns;
    n->next = way->under_way;
    way->under_way = n;
    way->large |= n->large;
    if (way->down == FAILURE_NONE)
        line_ask(way->line, n->number, n->subject, n->body);
    set_timer(way);
}

static void send_next(struct nats_way *way) {
    struct nats_lane *n = way->waiting;
    if (n == NULL || way->large)
        return;
    way->waiting = n->next;
    if (way->waiting == NULL)
        way->waiting_end = &way->waiting;
    send(way, n);
}

static void forget(struct nats_way *way, struct nats_lane *n) {
    remove_from(&way->under_way, n);
    remove_from(&way->waiting, n);
    way->waiting_end = &way->waiting;
    while (*way->waiting_end != NULL)
        way->waiting_end = &(*way->waiting_end)->next;
    if (n->large && n->until_ns > 0)
        way->large = false;
    n->number = 0;
    set_timer(way);
}

/* ---- the end of an answer ---- */

static void measure(struct nats_lane *n) {
    struct sample *head = &n->lane->head;
    head->answered_utc_ns = clock_utc_ns();
    head->answered_mono_ns = clock_mono_ns();
    head->took_ns = head->answered_mono_ns - head->asked_mono_ns;
    if (n->quickest_ns == 0 || head->took_ns < n->quickest_ns)
        n->quickest_ns = head->took_ns;
    if (head->took_ns > n->longest_ns)
        n->longest_ns = head->took_ns;
    head->cost_ns = head->took_ns - n->quickest_ns;
}

static void done(struct nats_lane *n, enum failure failure) {
    struct nats_way *way = way_of(n->lane->client);
    forget(way, n);
    lane_done(n->lane, failure);
    send_next(way);
}

static void fail(struct nats_lane *n, enum failure failure, const char *why) {
    int64_t quickest = n->quickest_ns, longest = n->longest_ns;
    measure(n);
    n->quickest_ns = quickest; /* a failure is no measure of the way */
    n->longest_ns = longest;
    n->lane->head.cost_ns = 0;
    snprintf(n->lane->error, sizeof n->lane->error, "%s", why);
    done(n, failure);
}

static bool decode(void *data, const char *bytes, size_t len) {
    struct nats_lane *n = data;
    return lane_decode(n->lane, bytes, len);
}

static void take_answer(struct nats_lane *n, const struct line_message *m) {
    bool nats;
    n->lane->head.bytes = m->len;
    n->lane->head.http_status =
        200; /* what rows are made of asks for one: /healthz says by it what is wrong */
    lane_begin(n->lane, true);
    bool whole = m->gzip ? gunzip(m->data, m->len, decode, n) : lane_decode(n->lane, m->data, m->len);
    measure(n);
    enum failure failure = lane_decoded(n->lane, &nats);
    if (failure == FAILURE_NONE && !whole)
        fail(n, FAILURE_CUT, "the reply can't be unpacked");
    else if (failure == FAILURE_NONE && !nats)
        fail(n, FAILURE_NOT_NATS, "the reply is none of a NATS server");
    else
        done(n, failure);
}

bool nats_way_take(struct client *client, const struct line_message *m) {
    struct nats_lane *n = way_of(client)->under_way;
    while (n != NULL && n->number != m->number)
        n = n->next;
    if (n == NULL)
        return false;
    if (m->nobody)
        fail(n, FAILURE_REFUSED, "nobody answers for this server: it is gone");
    else
        take_answer(n, m);
    return true;
}

/* All others wait behind it, as long as it may take. */
static bool large_is_coming(const struct nats_way *way, int64_t now) {
    for (const struct nats_lane *n = way->under_way; n != NULL; n = n->next)
        if (n->large &&
            (n->longest_ns == 0 || now - n->lane->head.asked_mono_ns < DOUBTS_AFTER + 3 * n->longest_ns))
            return true;
    return false;
}

/* Not even another server has said anything since that was asked: it need not be the one that is asked that
 * is silent. */
static void doubt_line(struct nats_way *way, const struct nats_lane *n, int64_t now) {
    int64_t asked_ns = n->lane->head.asked_mono_ns;
    bool doubted = way->heard_ns < asked_ns && now - asked_ns >= DOUBTS_AFTER + 9 * n->quickest_ns;
    if (!doubted || way->down != FAILURE_NONE || large_is_coming(way, now) ||
        (way->left_ns > 0 && now - way->left_ns < LEAVES_EACH))
        return;
    way->left_ns = now;
    line_leave(way->line);
}

static void on_timer(struct loop *loop, void *data) {
    (void)loop;
    struct nats_way *way = data;
    int64_t now = clock_mono_ns();
    struct nats_lane *n, *next;
    for (n = way->under_way; n != NULL; n = next) {
        next = n->next;
        doubt_line(way, n, now);
        if (n->until_ns > now)
            continue;
        char why[100], span[TIME_TEXT_SIZE];
        span_format(span, n->timeout_ns);
        snprintf(why, sizeof why, "no reply within %s", span);
        if (way->down != FAILURE_NONE)
            fail(n, way->down, way->why);
        else
            fail(n, FAILURE_TIMEOUT, why);
        next = way->under_way; /* what ended may have begun another one */
    }
    set_timer(way);
}

void nats_way_heard(struct client *client) {
    way_of(client)->heard_ns = clock_mono_ns();
}

void nats_way_down(struct client *client, enum failure failure, const char *why) {
    struct nats_way *way = way_of(client);
    struct nats_lane *n;
    way->down = failure;
    snprintf(way->why, sizeof way->why, "%s", why);
    while ((n = way->under_way) != NULL || (n = way->waiting) != NULL)
        fail(n, failure, why);
}

/* ---- asking ---- */

static void ask(struct lane *lane, const struct lane_request *r) {
    struct nats_way *way = way_of(lane->client);
    int e = (int)(r->endpoint - endpoints);
    if (lane->way == NULL)
        lane->way = memory_new(sizeof(struct nats_lane));
    struct nats_lane *n = lane->way;
    n->lane = lane;
    n->next = NULL;
    n->number = nats_way_number(lane->client);
    n->timeout_ns = r->timeout_ms * NS_PER_MS;
    n->until_ns = 0;
    n->large = endpoint_requests[e].large;
    snprintf(n->subject, sizeof n->subject, "$SYS.REQ.SERVER.%.100s.%s", r->server_id,
             endpoint_requests[e].name);
    endpoint_body(&endpoint_requests[e], r->words, n->body, sizeof n->body);
    if (!n->large || !way->large) {
        send(way, n);
        return;
    }
    *way->waiting_end = n;
    way->waiting_end = &n->next;
}

static void close_lane(struct lane *lane) {
    if (lane->way != NULL)
        forget(way_of(lane->client), lane->way);
    free(lane->way);
}

/* ---- all lanes ---- */

void nats_way_open(struct client *client, struct loop *loop) {
    static const struct lane_way over_nats = {ask, close_lane};
    struct nats_way *way = memory_new(sizeof *way);
    way->waiting_end = &way->waiting;
    way->timer = loop_add_timer(loop, INT64_MAX, on_timer, way);
    way->down = FAILURE_CONNECT;
    snprintf(way->why, sizeof way->why, "not connected yet");
    client->way = &over_nats;
    client->way_data = way;
}

void nats_way_up(struct client *client, struct line *line) {
    way_of(client)->line = line;
    way_of(client)->down = FAILURE_NONE;
}

void nats_way_close(struct client *client) {
    free(way_of(client));
}
