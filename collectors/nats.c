#include "collectors/nats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "collectors/account.h"
#include "collectors/collector.h"
#include "collectors/event.h"
#include "collectors/heard.h"
#include "collectors/line.h"
#include "collectors/login.h"
#include "collectors/nats_way.h"
#include "collectors/sampler.h"
#include "collectors/schedule.h"
#include "collectors/server_reply.h"
#include "collectors/target.h"
#include "sample/stream.h"

#define PING          "$SYS.REQ.SERVER.PING"
#define PING_EVERY    (5 * NS_PER_S)
#define PING_SILENT   (2 * NS_PER_S)
#define ADDRESSES_MAX 64
#define ENDS_AFTER    (3 * NS_PER_S)
#define MAY_CONNECT   NS_PER_S /* beyond the time of an attempt: then cnats hangs */

struct nats {
    struct line *line;
    struct heard *ears;
    struct login login; /* what of it concerns what is asked */
    struct account *account;
    struct loop_source *ping, *silence;
    uint64_t ping_number;
    int64_t pinged_ns; /* mono */
    bool told_deaf;
    char server[300];                  /* that we are connected to, or tried last */
    char told[700];                    /* of a line that is down: once */
    char objected[TEXT_MAX_BYTES + 1]; /* the server, last: once while the line is up */
    uint32_t heard[ADDRESSES_MAX];     /* hashes of addresses */
    int heard_count;
    uint64_t door; /* the row of whom we connect to, for as long as no server is known */
};

/* ---- until the first server is known ---- */

/* Why nothing is known stands where servers will: as the row of a monitoring port that does not answer does.
 */
static void tell_door(struct collector *c, enum target_state state, enum failure failure,
                      const char *reason) {
    struct nats *n = c->nats;
    char url[320];
    if (n->door == 0)
        return;
    snprintf(url, sizeof url, "nats://%s", n->server);
    target_frame(c, &(struct target_words){.id = n->door,
                                           .url = url,
                                           .origin = "named",
                                           .state = target_state_name(state),
                                           .reason = reason});
    if (failure != FAILURE_NONE)
        lane_say(&c->client, n->door, SHAPE_VARZ, failure, reason);
}

static void open_door(struct collector *c, enum failure failure, const char *reason) {
    if (c->target_count > 0)
        return;
    if (c->nats->door == 0)
        c->nats->door = ++c->last_id;
    tell_door(c, TARGET_PROBING, failure, reason);
}

static void close_door(struct collector *c) {
    tell_door(c, TARGET_GONE, FAILURE_NONE, "its servers are asked through it");
    c->nats->door = 0;
}

/* ---- servers ---- */

static struct target *asked_as(struct collector *c, const char *id) {
    for (int i = 0; i < c->target_count; i++)
        if (strcmp(c->targets[i]->asked_id, id) == 0)
            return c->targets[i];
    return NULL;
}

/* It was started again: of the same name, and its old id does not answer any more. */
static struct target *before_restart(struct collector *c, const struct server_reply *r) {
    for (int i = 0; i < c->target_count; i++) {
        struct target *t = c->targets[i];
        if (strcmp(t->name, r->name) == 0 && t->varz_failures > 0 &&
            (t->cluster[0] == '\0' || strcmp(t->cluster, r->cluster) == 0))
            return t;
    }
    return NULL;
}

static void meet(struct collector *c, const struct server_reply *r) {
    struct target *t = asked_as(c, r->id);
    if (t != NULL)
        return;
    t = before_restart(c, r);
    if (t != NULL)
        snprintf(t->asked_id, sizeof t->asked_id, "%s", r->id);
    else
        t = target_create_by_id(c, r->id, r->name);
    if (t == NULL)
        return;
    close_door(c);
    account_end(c->nats->account);
    target_tell(t, true);
    schedule_ask(t, EP_VARZ);
}

/* Servers answer the system account alone: with none known, that is what it is not. */
static void begin_account(struct collector *c) {
    struct nats *n = c->nats;
    loop_timer_set(n->silence, INT64_MAX);
    for (int i = 0; i < c->target_count; i++)
        if (c->targets[i]->asked_id[0] != '\0')
            return;
    loop_timer_set(n->ping, INT64_MAX); /* asked once of each connection */
    n->ping_number = 0;
    if (n->door != 0)
        close_door(c);
    account_begin(n->account);
}

static void on_silence(struct loop *loop, void *data) {
    (void)loop;
    struct collector *c = data;
    if (line_is_up(c->nats->line))
        begin_account(c);
}

static void take_ping(struct collector *c, const struct line_message *m) {
    struct server_reply reply;
    if (m->nobody) {
        begin_account(c);
    } else if (server_reply_read(&reply, m->data, m->len)) {
        loop_timer_set(c->nats->silence, INT64_MAX);
        meet(c, &reply);
    }
}

static void ping(struct collector *c) {
    struct nats *n = c->nats;
    n->pinged_ns = clock_mono_ns();
    n->ping_number = nats_way_number(&c->client);
    line_ask(n->line, n->ping_number, PING, "");
    loop_timer_set(n->ping, n->pinged_ns + PING_EVERY);
}

static void on_ping_time(struct loop *loop, void *data) {
    (void)loop;
    struct collector *c = data;
    if (line_is_up(c->nats->line))
        ping(c);
}

/* ---- the line ---- */

static void on_up(void *data, const char *server) {
    struct collector *c = data;
    struct nats *n = c->nats;
    snprintf(n->server, sizeof n->server, "%s", server);
    n->told[0] = n->objected[0] = '\0';
    nats_way_up(&c->client, n->line);
    account_up(n->account, n->line, &n->login, server);
    event_tell(c, NULL, "nats", "connected to %.250s", server);
    ping(c);
    loop_timer_set(n->silence, n->pinged_ns + PING_SILENT);
    for (int i = 0; i < c->target_count; i++)
        if (c->targets[i]->asked_id[0] != '\0')
            schedule_ask(c->targets[i], EP_VARZ);
}

static void on_down(void *data, const char *server, enum failure failure, const char *why) {
    struct collector *c = data;
    struct nats *n = c->nats;
    char text[700];
    snprintf(text, sizeof text, "%.250s: %s", server, why);
    nats_way_down(&c->client, failure, text);
    account_down(n->account, failure, text);
    if (strcmp(text, n->told) != 0)
        event_tell(c, NULL, "nats", "%.600s", text);
    snprintf(n->told, sizeof n->told, "%s", text);
    snprintf(n->server, sizeof n->server, "%s", server);
    open_door(c, failure, why);
}

/* What may not be listened to is polled as ever: that is said once. */
static bool is_deaf(struct collector *c, const char *text) {
    const char *inbox = c->nats->login.inbox_prefix;
    if (strstr(text, "Permissions Violation for Subscription") == NULL ||
        strstr(text, inbox != NULL ? inbox : "_INBOX") != NULL)
        return false;
    if (!c->nats->told_deaf)
        event_tell(c, NULL, "nats", "may not hear of some events, which show when servers are asked: %s",
                   text);
    c->nats->told_deaf = true;
    return true;
}

static void on_error(void *data, const char *text) {
    char clean[TEXT_MAX_BYTES + 1];
    struct collector *c = data;
    struct nats *n = c->nats;
    text_clean(clean, text, strlen(text));
    if (is_deaf(c, clean))
        return;
    if (strstr(clean, "\"" PING "\"") != NULL)
        begin_account(c);
    else if (account_is_inbox_denied(clean) && n->door != 0)
        close_door(c);
    if (account_denied(n->account, clean) && strcmp(clean, n->objected) == 0)
        return; /* said again where it is missed */
    snprintf(n->objected, sizeof n->objected, "%s", clean);
    event_tell(c, NULL, "nats", "%s", clean);
}

static void on_leaving(void *data) {
    struct collector *c = data;
    event_tell(c, NULL, "nats", "%.250s is about to end, in lame duck mode", c->nats->server);
    for (int i = 0; i < c->target_count; i++) /* before 2.9.22 no event says which one */
        schedule_ask(c->targets[i], EP_HEALTHZ);
}

static void on_message(void *data, const struct line_message *m) {
    struct collector *c = data;
    nats_way_heard(&c->client);
    if (m->subject != NULL)
        heard_take(c->nats->ears, m->subject, m->data, m->len);
    else if (m->number != 0 && m->number == c->nats->ping_number)
        take_ping(c, m);
    else if (m->number != 0 && !nats_way_take(&c->client, m))
        account_take(c->nats->account, m);
}

static void on_missed(void *data, uint64_t messages) {
    heard_missed(((struct collector *)data)->nats->ears, messages);
}

static const struct line_handler line_handler = {on_up, on_down, on_error, on_leaving, on_message, on_missed};

/* ---- life ---- */

/* With nobody there to end it, it ends itself. */
static bool beats(struct collector *c) {
    char what[500];
    int64_t stuck = c->nats->line != NULL ? line_stuck_ns(c->nats->line, what, sizeof what) : 0;
    if (stuck < MAY_CONNECT)
        stuck = sampler_stuck_ns(c->sampler, what, sizeof what);
    if (stuck < MAY_CONNECT)
        return true;
    if (c->client.page == NULL && stuck > ENDS_AFTER) {
        fprintf(stderr, "natsight: collect nats: the NATS library hangs while %s\n", what);
        _exit(1);
    }
    page_doing(c->client.page, what, PAGE_OTHER);
    return false;
}

static bool is_new(struct nats *n, const char *address) {
    uint32_t hash = hash_bytes(address, strlen(address));
    for (int i = 0; i < n->heard_count; i++)
        if (n->heard[i] == hash)
            return false;
    if (n->heard_count == ADDRESSES_MAX)
        return false;
    n->heard[n->heard_count++] = hash;
    return true;
}

static void hear_address(struct collector *c, const char *address) {
    if (is_new(c->nats, address))
        line_learn(c->nats->line, address);
}

static const char *take_login(struct collector *c, const struct login *login) {
    char message[500];
    if (c->nats->line != NULL)
        return "there was one already";
    struct login *own = &c->nats->login; /* no secret of it */
    own->js_domain = login->js_domain != NULL ? memory_text(login->js_domain) : NULL;
    own->js_prefix = login->js_prefix != NULL ? memory_text(login->js_prefix) : NULL;
    own->inbox_prefix = login->inbox_prefix != NULL ? memory_text(login->inbox_prefix) : NULL;
    c->nats->line = line_create(c->loop, login, &line_handler, c, message, sizeof message);
    if (c->nats->line == NULL) {
        collector_refuse(message);
        loop_stop(c->loop, COLLECT_USAGE);
        return NULL;
    }
    heard_listen(c->nats->line);
    c->sampler = sampler_create(c, login);
    return NULL;
}

int collect_nats(const struct collect_options *options) {
    if (!collector_may_begin(options))
        return COLLECT_USAGE;
    struct collector *c = collector_create(options, "nats", SOURCE_NATS);
    c->nats = memory_new(sizeof *c->nats);
    c->nats->ears = heard_create(c);
    c->nats->ping = loop_add_timer(c->loop, INT64_MAX, on_ping_time, c);
    c->nats->silence = loop_add_timer(c->loop, INT64_MAX, on_silence, c);
    c->nats->account = account_create(c);
    c->beats = beats;
    c->takes_login = take_login;
    c->hears_address = hear_address;
    nats_way_open(&c->client, c->loop);
    if (options->login != NULL)
        take_login(c, options->login);
    int code = collector_run(c);
    sampler_stop(c->sampler);
    outbox_flush(c->outbox);
    fflush(NULL);
    _exit(code);
}
