/* The line's own thread: the only one that calls cnats, but for what cnats itself calls. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/memory.h"
#include "collectors/line_parts.h"

#define BACKOFF_FIRST (200 * NS_PER_MS)
#define BACKOFF_MAX   (5 * NS_PER_S)
#define REPLIES_MAX   65536

#define HEARD_WAITING       8192
#define HEARD_WAITING_BYTES (16 << 20)

static struct line_event *event_new(enum line_event_kind kind, size_t bytes) {
    struct line_event *e = memory_new(sizeof *e + bytes);
    e->kind = kind;
    return e;
}

/* "host:port" of a URL, without scheme and login. */
static void copy_address(char *out, size_t size, const char *url) {
    const char *at = strstr(url, "://");
    at = at != NULL ? at + 3 : url;
    const char *login = strrchr(at, '@');
    snprintf(out, size, "%s", login != NULL ? login + 1 : at);
}

static void tell_down(struct line *line, natsStatus status, const char *text) {
    const char *url = line->servers[line->at].url;
    struct line_event *e = event_new(EVENT_DOWN, 0);
    copy_address(e->server, sizeof e->server, url);
    e->failure = line_fault(status, text, &line->login, url, e->text, sizeof e->text);
    line_tell(line, e);
}

/* ---- called by cnats, on its threads ---- */

static void on_message(natsConnection *nc, natsSubscription *sub, natsMsg *msg, void *data) {
    (void)nc, (void)sub;
    struct line *line = data;
    const char *number = natsMsg_GetSubject(msg) + strlen(line->inbox) + 1, *coded = NULL;
    size_t len = (size_t)natsMsg_GetDataLength(msg);
    struct line_event *e = event_new(EVENT_MESSAGE, len + 1);
    memcpy(e->bytes, len > 0 ? natsMsg_GetData(msg) : "", len);
    e->message = (struct line_message){.number = strtoull(number, NULL, 16),
                                       .nobody = natsMsg_IsNoResponders(msg),
                                       .data = e->bytes,
                                       .len = len};
    if (natsMsgHeader_Get(msg, "Content-Encoding", &coded) == NATS_OK && coded != NULL)
        e->message.gzip = strcmp(coded, "gzip") == 0;
    natsMsg_Destroy(msg);
    line_tell(line, e);
}

/* Whatever it is, what comes too fast or is too large is not even copied. */
static void on_heard(natsConnection *nc, natsSubscription *sub, natsMsg *msg, void *data) {
    (void)nc, (void)sub;
    const char *subject = natsMsg_GetSubject(msg);
    size_t name = strlen(subject) + 1, len = (size_t)natsMsg_GetDataLength(msg);
    if (line_may_hear(data, name + len)) {
        struct line_event *e = event_new(EVENT_MESSAGE, name + len + 1);
        memcpy(e->bytes, subject, name);
        memcpy(e->bytes + name, len > 0 ? natsMsg_GetData(msg) : "", len);
        e->message = (struct line_message){.subject = e->bytes, .data = e->bytes + name, .len = len};
        line_tell(data, e);
    }
    natsMsg_Destroy(msg);
}

static void on_closed(natsConnection *nc, void *data) {
    struct line *line = data;
    const char *text = NULL;
    struct line_order *o = memory_new(sizeof *o);
    natsStatus status = natsConnection_GetLastError(nc, &text);
    o->kind = ORDER_CLOSED;
    o->number = (uint64_t)status;
    o->body = memory_text(text != NULL ? text : "");
    line_order(line, o);
}

/* The subscription may be freed already (cnats before 3.7): it is not looked at. */
static void on_error(natsConnection *nc, natsSubscription *sub, natsStatus status, void *data) {
    (void)sub;
    const char *text = NULL;
    struct line *line = data;
    if (status == NATS_SLOW_CONSUMER)
        return; /* ours, within the library: what is lost is counted where it is missed */
    natsConnection_GetLastError(nc, &text);
    struct line_event *e = event_new(EVENT_ERROR, 0);
    snprintf(e->text, sizeof e->text, "%s",
             text != NULL && text[0] != '\0' ? text : natsStatus_GetText(status));
    line_tell(line, e);
}

static void on_lame_duck(natsConnection *nc, void *data) {
    (void)nc;
    line_tell(data, event_new(EVENT_LEAVING, 0));
}

/* ---- connections ---- */

static void make_inbox(struct line *line) {
    uint64_t number = 0;
    if (getrandom(&number, sizeof number, 0) != sizeof number)
        number = (uint64_t)clock_utc_ns();
    const char *prefix = line->login.inbox_prefix != NULL ? line->login.inbox_prefix : "_INBOX";
    size_t len = strlen(prefix);
    bool dot = len > 0 && prefix[len - 1] == '.';
    snprintf(line->inbox, sizeof line->inbox, "%.120s%snatsight%016llx", prefix, dot ? "" : ".",
             (unsigned long long)number);
}

static void tell_up(struct line *line) {
    struct line_event *e = event_new(EVENT_UP, 0);
    copy_address(e->server, sizeof e->server, line->servers[line->at].url);
    natsConnection_GetConnectedServerId(line->connection, e->text, 80);
    line_tell(line, e);
}

static natsStatus connect_to(struct line *line, const char *url, char *why, size_t size) {
    natsOptions *options = NULL;
    natsStatus s = line_options(&options, line, url, why, size);
    if (s == NATS_OK)
        s = natsOptions_SetClosedCB(options, on_closed, line);
    if (s == NATS_OK)
        s = natsOptions_SetErrorHandler(options, on_error, line);
    if (s == NATS_OK)
        s = natsOptions_SetLameDuckModeCB(options, on_lame_duck, line);
    if (s == NATS_OK) {
        atomic_store(&line->tried, line->at);
        atomic_store(&line->calling_ns, clock_mono_ns());
        s = natsConnection_Connect(&line->connection, options);
        atomic_store(&line->calling_ns, 0);
        if (s != NATS_OK)
            snprintf(why, size, "%s", nats_GetLastError(NULL));
    }
    natsOptions_Destroy(options);
    return s;
}

static void wait_longer(struct line *line) {
    line->next_ns = clock_mono_ns() + line->backoff_ns;
    line->backoff_ns = line->backoff_ns * 2 < BACKOFF_MAX ? line->backoff_ns * 2 : BACKOFF_MAX;
}

static natsStatus open_inbox(struct line *line) {
    char all[LINE_SUBJECT_SIZE];
    snprintf(all, sizeof all, "%s.*", line->inbox);
    natsStatus s = natsConnection_Subscribe(&line->inbox_sub, line->connection, all, on_message, line);
    if (s == NATS_OK)
        s = natsSubscription_SetPendingLimits(line->inbox_sub, REPLIES_MAX, (int)LINE_WAITING_MAX);
    return s;
}

/* They are as many as the connection lives: none is ended while messages come (cnats before 3.6.1 crashes).
 */
static void listen_to(struct line *line, const char *subject) {
    natsSubscription *sub = NULL;
    if (natsConnection_Subscribe(&sub, line->connection, subject, on_heard, line) != NATS_OK)
        return; /* it is closed, and listened to by the next one */
    natsSubscription_SetPendingLimits(sub, HEARD_WAITING, HEARD_WAITING_BYTES);
    line->subs[line->sub_count++] = sub;
}

static void listen_to_all(struct line *line) {
    for (int i = 0; i < line->subject_count; i++)
        listen_to(line, line->subjects[i]);
}

static void try_to_connect(struct line *line) {
    char why[400] = "";
    natsStatus s = connect_to(line, line->servers[line->at].url, why, sizeof why);
    if (s != NATS_OK) {
        line->connection = NULL;
        tell_down(line, s, why);
        line->at = (line->at + 1) % line->server_count;
        if (line->at == 0)
            wait_longer(line);
        else
            line->next_ns = clock_mono_ns();
        return;
    }
    line->backoff_ns = BACKOFF_FIRST;
    line->next_ns = line->work != NULL ? clock_mono_ns() : INT64_MAX;
    if (line->work != NULL || open_inbox(line) == NATS_OK) {
        listen_to_all(line);
        tell_up(line);
    } else
        natsConnection_Close(line->connection); /* what follows is as if it had been lost */
}

/* It is closed: nothing arrives any more that a subscription that is destroyed would miss. */
static void lose(struct line *line, const struct line_order *closed) {
    tell_down(line, line->left ? NATS_STALE_CONNECTION : (natsStatus)closed->number,
              line->left ? "left" : closed->body);
    bool left = line->left;
    line->left = false;
    for (int i = 0; i < line->sub_count; i++)
        natsSubscription_Destroy(line->subs[i]);
    line->sub_count = 0;
    if (line->work != NULL)
        line->work->lost(line->data);
    natsSubscription_Destroy(line->inbox_sub);
    natsConnection_Destroy(line->connection);
    line->inbox_sub = NULL;
    line->connection = NULL;
    line->at = (line->at + 1) % line->server_count;
    line->next_ns = clock_mono_ns() + (left ? 0 : BACKOFF_FIRST);
}

/* ---- orders ---- */

/* cnats would notice by its own pings, after which those that can still be asked look as silent as this one.
 */
static void leave(struct line *line) {
    if (line->connection == NULL || line->left || line->server_count < 2)
        return;
    line->left = true;
    natsConnection_Close(line->connection);
}

static void ask(struct line *line, const struct line_order *o) {
    char inbox[LINE_SUBJECT_SIZE];
    natsMsg *msg = NULL;
    const char *body = o->body != NULL ? o->body : "";
    snprintf(inbox, sizeof inbox, "%s.%llx", line->inbox, (unsigned long long)o->number);
    if (natsMsg_Create(&msg, o->subject, inbox, body, (int)strlen(body)) != NATS_OK)
        return;
    if (natsMsgHeader_Set(msg, "Accept-Encoding", "gzip") == NATS_OK)
        natsConnection_PublishMsg(line->connection, msg);
    natsMsg_Destroy(msg);
}

/* Where we speak TLS we do so everywhere. */
static void learn(struct line *line, const char *address) {
    bool tls = strncmp(line->servers[0].url, "tls", 3) == 0;
    for (int i = 0; i < line->server_count; i++)
        if (strcmp(strstr(line->servers[i].url, "://") + 3, address) == 0)
            return;
    if (line->server_count < LINE_SERVERS_MAX)
        snprintf(line->servers[line->server_count++].url, sizeof line->servers[0].url, "%s://%.300s",
                 tls ? "tls" : "nats", address);
}

static bool keep_subject(struct line *line, const char *subject) {
    if (line->subject_count == LINE_SUBJECTS_MAX)
        return false;
    snprintf(line->subjects[line->subject_count++], LINE_SUBJECT_SIZE, "%s", subject);
    return true;
}

static void obey(struct line *line, const struct line_order *o) {
    if (o->kind == ORDER_LEARN)
        learn(line, o->subject);
    bool listen = o->kind == ORDER_LISTEN && keep_subject(line, o->subject);
    if (line->connection == NULL)
        return;
    if (o->kind == ORDER_ASK)
        ask(line, o);
    else if (listen)
        listen_to(line, o->subject);
    else if (o->kind == ORDER_STIR)
        line->next_ns = clock_mono_ns();
    else if (o->kind == ORDER_LEAVE)
        leave(line);
    else if (o->kind == ORDER_CLOSED)
        lose(line, o);
}

/* On the clock that conditions wait by, which stands still while the machine sleeps. */
static struct timespec instant_of(int64_t mono_ns) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t left = mono_ns - clock_mono_ns(), ns = now.tv_nsec + (left > 0 ? left : 0);
    return (struct timespec){now.tv_sec + ns / NS_PER_S, ns % NS_PER_S};
}

/* NULL: it is time to connect, or to work. */
static struct line_order *next_order(struct line *line) {
    pthread_mutex_lock(&line->mutex);
    while (line->orders == NULL && clock_mono_ns() < line->next_ns) {
        struct timespec until = instant_of(line->next_ns < INT64_MAX ? line->next_ns : 0);
        if (line->next_ns == INT64_MAX)
            pthread_cond_wait(&line->ordered, &line->mutex);
        else
            pthread_cond_timedwait(&line->ordered, &line->mutex, &until);
    }
    struct line_order *o = line->orders;
    if (o != NULL)
        line->orders = o->next;
    if (line->orders == NULL)
        line->orders_end = &line->orders;
    pthread_mutex_unlock(&line->mutex);
    return o;
}

static void work(struct line *line) {
    atomic_store(&line->calling_ns, clock_mono_ns());
    line->next_ns = line->work->run(line->data, line->connection);
    atomic_store(&line->calling_ns, 0);
}

void *line_run(void *data) {
    struct line *line = data;
    line->backoff_ns = BACKOFF_FIRST;
    make_inbox(line);
    for (;;) {
        struct line_order *o = next_order(line);
        if (o == NULL && line->connection != NULL)
            work(line);
        else if (o == NULL)
            try_to_connect(line);
        if (o == NULL)
            continue;
        obey(line, o);
        free(o->body);
        free(o);
    }
    return NULL;
}
