#include "collectors/account.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "collectors/api_way.h"
#include "collectors/gunzip.h"
#include "collectors/json_reader.h"
#include "collectors/nats_way.h"
#include "collectors/schedule.h"
#include "collectors/server_reply.h"
#include "collectors/target.h"

#define ANSWERS_IN   (NS_PER_S)
#define DEEPEST      64
#define NAMELESS     "own account"
#define SERIALS_FROM (UINT64_C(1) << 40) /* of samples: each client counts its own */

/* Who tells which account it is, the best first. */
static const struct question {
    const char *subject, *body;
} questions[] = {{"$SYS.REQ.USER.INFO", ""}, {"$SYS.REQ.SERVER.PING.CONNZ", "{\"auth\":true,\"limit\":1}"}};
enum { QUESTIONS = sizeof questions / sizeof *questions };

struct account {
    struct collector *c;
    struct client client; /* of lanes that go by its API */
    struct api_way *way;
    struct loop_source *timer;
    struct line *line; /* NULL: down */
    const struct login *login;
    struct target *target; /* NULL: it is not asked */
    int question;
    uint64_t number; /* of the question under way; 0 none */
    char server[300];
    bool deaf; /* no reply gets through */
};

/* ---- which account it is ---- */

struct reading {
    char *out;
    size_t size;
    bool next, found;
};

static enum json_answer on_begin(void *data, bool array) {
    (void)data, (void)array;
    return JSON_GO;
}

static void on_end(void *data, bool array) {
    (void)data, (void)array;
}

static enum json_answer on_key(void *data, const char *key, size_t len) {
    struct reading *r = data;
    r->next = !r->found && len == 7 && memcmp(key, "account", 7) == 0;
    return JSON_GO;
}

static void on_scalar(void *data, const struct json_scalar *s) {
    struct reading *r = data;
    char clean[TEXT_MAX_BYTES + 1];
    if (!r->next || s->kind != JSON_TEXT || s->len == 0)
        return;
    clean[text_clean(clean, s->text, s->len)] = '\0';
    snprintf(r->out, r->size, "%s", clean);
    r->found = true;
    r->next = false;
}

static bool feed(void *reader, const char *bytes, size_t len) {
    return json_reader_feed(reader, bytes, len) == JSON_MORE;
}

bool account_read(char *out, size_t size, const struct line_message *m) {
    static const struct json_handler handler = {on_begin, on_end, on_key, on_scalar};
    struct reading reading = {.out = out, .size = size};
    struct json_reader *reader = json_reader_create(&handler, &reading, DEEPEST);
    if (m->gzip)
        gunzip(m->data, m->len, feed, reader);
    else
        feed(reader, m->data, m->len);
    bool whole = json_reader_finish(reader) == JSON_DONE;
    json_reader_destroy(reader);
    return whole && reading.found;
}

/* ---- its target ---- */

static void say(struct account *a) {
    const struct login *l = a->login;
    char of[400] = "";
    if (l->js_prefix != NULL)
        snprintf(of, sizeof of, " (by %.100s)", l->js_prefix);
    else if (l->js_domain != NULL)
        snprintf(of, sizeof of, " (domain %.100s)", l->js_domain);
    if (a->deaf)
        target_set(a->target, TARGET_POLLED, "no reply gets through: which account it is can't be asked");
    else
        target_set(a->target, TARGET_POLLED,
                   "not the system account: JetStream of %.100s%s only; servers, connections by HTTP",
                   a->target->account, of);
}

static void ask_now(struct account *a) {
    a->target->plan[EP_API].failing = 0;
    schedule_ask(a->target, EP_API);
}

static void become(struct account *a, const char *name) {
    a->number = 0;
    loop_timer_set(a->timer, INT64_MAX);
    if (a->target != NULL && strcmp(a->target->account, name) != 0)
        account_end(a);
    if (a->target == NULL) {
        api_way_account(a->way, name);
        a->target = target_create_account(a->c, &a->client, name);
    }
    if (a->target == NULL)
        return;
    say(a);
    ask_now(a);
}

/* ---- asking which it is ---- */

static void ask(struct account *a) {
    if (a->question == QUESTIONS) {
        become(a, NAMELESS);
        return;
    }
    a->number = nats_way_number(&a->c->client);
    line_ask(a->line, a->number, questions[a->question].subject, questions[a->question].body);
    loop_timer_set(a->timer, clock_mono_ns() + ANSWERS_IN);
}

static void ask_next(struct account *a) {
    a->question++;
    ask(a);
}

static void on_timer(struct loop *loop, void *data) {
    (void)loop;
    struct account *a = data;
    if (a->number != 0 && a->line != NULL)
        ask_next(a);
}

/* A leaf node passes the question on, and the server behind it answers as well: of its own account. */
static bool is_of_another_server(const struct account *a, const struct line_message *m) {
    struct server_reply reply;
    return a->question == 0 && server_reply_read(&reply, m->data, m->len) && reply.id[0] != '\0' &&
           strcmp(reply.id, line_server_id(a->line)) != 0;
}

static bool take_name(struct account *a, const struct line_message *m) {
    char name[TEXT_MAX_BYTES + 1];
    if (a->number == 0 || m->number != a->number)
        return false;
    if (m->nobody)
        ask_next(a);
    else if (a->line != NULL && !is_of_another_server(a, m) && account_read(name, sizeof name, m))
        become(a, name);
    return true; /* else another server's may name it */
}

/* ---- the line ---- */

bool account_is_inbox_denied(const char *text) {
    return strcasestr(text, "permissions violation for subscription") != NULL;
}

static void become_deaf(struct account *a) {
    const char *prefix = a->login->inbox_prefix != NULL ? a->login->inbox_prefix : "_INBOX";
    char why[300];
    snprintf(
        why, sizeof why,
        "the user may not subscribe to %.100s.>, where replies come: allow that, or name an inbox_prefix "
        "that it may",
        prefix);
    a->deaf = true;
    api_way_down(a->way, FAILURE_LOGIN, why);
    become(a, a->target != NULL ? a->target->account : NAMELESS);
}

bool account_denied(struct account *a, const char *text) {
    char subject[200];
    if (account_is_inbox_denied(text)) {
        a->deaf = true;
        if (a->line != NULL) /* else it is said as soon as that is up */
            become_deaf(a);
        return true;
    }
    if (a->line == NULL)
        return false;
    snprintf(subject, sizeof subject, "\"%s\"", a->number != 0 ? questions[a->question].subject : "");
    if (a->number != 0 && strstr(text, subject) != NULL) {
        ask_next(a);
        return true;
    }
    return api_way_denied(a->way, text);
}

bool account_take(struct account *a, const struct line_message *m) {
    return take_name(a, m) || api_way_take(a->way, m);
}

void account_up(struct account *a, struct line *line, const struct login *login, const char *server) {
    a->line = line;
    a->login = login;
    snprintf(a->server, sizeof a->server, "%s", server);
    api_way_up(a->way, line, login->js_domain, login->js_prefix);
    if (a->deaf)
        become_deaf(a);
    else if (a->target != NULL)
        ask_now(a);
}

void account_down(struct account *a, enum failure failure, const char *why) {
    a->line = NULL;
    a->deaf = false;
    a->number = 0;
    loop_timer_set(a->timer, INT64_MAX);
    api_way_down(a->way, failure, why);
}

void account_begin(struct account *a) {
    if (a->line == NULL || a->number != 0 || a->deaf)
        return;
    a->question = 0;
    ask(a);
}

void account_end(struct account *a) {
    a->number = 0;
    if (a->target == NULL)
        return;
    target_set(a->target, TARGET_GONE, "%s", "");
    target_destroy(a->target);
    a->target = NULL;
}

bool account_is_asked(const struct account *a) {
    return a->target != NULL || a->number != 0;
}

struct account *account_create(struct collector *c) {
    struct account *a = memory_new(sizeof *a);
    a->c = c;
    a->client = (struct client){.outbox = c->outbox, .source = c->client.source, .page = c->client.page};
    a->client.serial = SERIALS_FROM;
    client_open(&a->client);
    a->way = api_way_open(&a->client, c->loop, &c->client);
    a->timer = loop_add_timer(c->loop, INT64_MAX, on_timer, a);
    return a;
}
