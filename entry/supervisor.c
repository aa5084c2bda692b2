#include "entry/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/page.h"
#include "entry/child.h"
#include "entry/supervisors.h"

enum {
    READ_MAX = 256 << 10, /* bytes a turn */
    CHECK_MS = 500,
    BEAT_CHECKS = 6, /* 3 s without a beat */
    BLAME_MAX = 3,
    QUARANTINE_MAX = 64,
};
#define READ_NS          (2 * NS_PER_MS)
#define BACKOFF_FIRST_NS (200 * NS_PER_MS)
#define BACKOFF_MAX_NS   (5 * NS_PER_S)
#define SETTLED_NS       (10 * NS_PER_S) /* lived so long: the next death starts over with the shortest wait */

struct blame {
    char server[PAGE_WHAT_SIZE];
    unsigned shape;
    int deaths;
    bool told; /* to a collector, which told it to the log */
};

struct supervisor {
    struct loop *loop;
    const struct options *options;
    enum way way;
    const struct supervisor_handler *handler;
    void *data;
    struct child child;
    struct page *page;
    int page_fd;
    struct loop_source *output, *errors, *input, *check, *restart;
    struct buffer commands, complaint;
    uint64_t beat_seen;
    int beat_missed;
    bool heard;          /* a collector has written something */
    char unstarted[600]; /* why it can't be started now, as it was told; "": it can */
    int64_t started_ns, backoff_ns;
    unsigned wanted;
    char sort[32];
    char subs_url[600], subject[256]; /* "" none */
    uint64_t subs_cid;
    bool subs_closed;
    char sampled[400];       /* "" none */
    int64_t sample_until_ns; /* mono; 0 without end */
    struct blame blames[QUARANTINE_MAX];
    int blame_count;
};

static void start(struct supervisor *s);

static void event(struct supervisor *s, const char *text) {
    s->handler->on_event(s->data, text);
}

/* ---- commands ---- */

static void send_commands(struct supervisor *s) {
    while (s->commands.len > 0 && s->child.pid > 0) {
        ssize_t n = write(s->child.in, s->commands.data, s->commands.len);
        if (n <= 0)
            break;
        buffer_consume(&s->commands, (size_t)n);
    }
    if (s->input != NULL)
        loop_fd_want(s->input, s->commands.len > 0 ? LOOP_OUT : 0);
}

static void on_input(struct loop *loop, int fd, unsigned events, void *data) {
    (void)loop, (void)fd;
    struct supervisor *s = data;
    if (events & LOOP_OUT)
        send_commands(s);
    else
        loop_fd_want(s->input, 0);
}

static void say_subscriptions(struct supervisor *s) {
    if (s->subs_cid != 0)
        buffer_printf(&s->commands, "want connz_subs server=%s cid=%llu state=%s\n", s->subs_url,
                      (unsigned long long)s->subs_cid, s->subs_closed ? "closed" : "open");
}

static void say_interest(struct supervisor *s) {
    if (s->subject[0] != '\0')
        buffer_printf(&s->commands, "want interest subject=%s\n", s->subject);
}

static void say_sampling(struct supervisor *s) {
    int64_t left = s->sample_until_ns - clock_mono_ns();
    if (s->sampled[0] == '\0' || (s->sample_until_ns > 0 && left <= 0))
        return;
    buffer_printf(&s->commands, "sample %s", s->sampled);
    if (s->sample_until_ns > 0)
        buffer_printf(&s->commands, " for=%lld", (long long)(left / NS_PER_S + 1));
    buffer_append_text(&s->commands, "\n");
}

static void say_wants(struct supervisor *s, unsigned before) {
    for (unsigned shape = 1; shape < SHAPE_LIMIT; shape++) {
        unsigned bit = 1u << shape;
        if (shape_name(shape) == NULL || ((s->wanted | before) & bit) == 0)
            continue;
        if (s->wanted & bit)
            buffer_printf(&s->commands, "want %s sort=%s\n", shape_name(shape), s->sort[0] ? s->sort : "cid");
        else
            buffer_printf(&s->commands, "unwant %s\n", shape_name(shape));
    }
    send_commands(s);
}

void supervisor_want(struct supervisor *s, unsigned shapes, const char *sort) {
    if (sort == NULL)
        sort = "cid";
    if (shapes == s->wanted && strcmp(sort, s->sort) == 0)
        return;
    unsigned before = s->wanted;
    s->wanted = shapes;
    snprintf(s->sort, sizeof s->sort, "%s", sort);
    say_wants(s, before);
}

void supervisor_want_subscriptions(struct supervisor *s, const struct question *q) {
    static const struct question none = {"", 0, false};
    if (q == NULL || strlen(q->server_url) >= sizeof s->subs_url)
        q = &none;
    if (q->cid == s->subs_cid && q->closed == s->subs_closed && strcmp(q->server_url, s->subs_url) == 0)
        return;
    if (s->subs_cid != 0 && strcmp(q->server_url, s->subs_url) != 0)
        buffer_printf(&s->commands, "unwant connz_subs server=%s\n", s->subs_url);
    snprintf(s->subs_url, sizeof s->subs_url, "%s", q->server_url);
    s->subs_cid = q->cid;
    s->subs_closed = q->closed;
    say_subscriptions(s);
    send_commands(s);
}

void supervisor_want_interest(struct supervisor *s, const char *subject) {
    if (strcmp(subject, s->subject) == 0)
        return;
    snprintf(s->subject, sizeof s->subject, "%s", subject);
    if (s->subject[0] == '\0')
        buffer_printf(&s->commands, "unwant interest\n");
    say_interest(s);
    send_commands(s);
}

void supervisor_sample(struct supervisor *s, const char *subject, int64_t seconds) {
    snprintf(s->sampled, sizeof s->sampled, "%s", subject);
    s->sample_until_ns = seconds > 0 ? clock_mono_ns() + seconds * NS_PER_S : 0;
    if (subject[0] == '\0')
        buffer_append_text(&s->commands, "unsample\n");
    say_sampling(s);
    send_commands(s);
}

void supervisor_hold_sampling(struct supervisor *s, bool held) {
    if (s == NULL || s->sampled[0] == '\0')
        return;
    if (held)
        buffer_append_text(&s->commands, "unsample\n");
    else
        say_sampling(s);
    send_commands(s);
}

/* ---- death ---- */

static void blame(struct supervisor *s) {
    if (s->page == NULL || s->page->shape == 0 || s->page->shape == PAGE_OTHER)
        return;
    char server[PAGE_WHAT_SIZE];
    memcpy(server, s->page->server, sizeof server);
    server[sizeof server - 1] = '\0';
    unsigned shape = s->page->shape;
    struct blame *b = NULL;
    for (int i = 0; i < s->blame_count; i++)
        if (s->blames[i].shape == shape && strcmp(s->blames[i].server, server) == 0)
            b = &s->blames[i];
    if (b == NULL) {
        if (s->blame_count == QUARANTINE_MAX)
            return;
        b = &s->blames[s->blame_count++];
        *b = (struct blame){.shape = shape};
        memcpy(b->server, server, sizeof server);
    }
    b->deaths++;
}

static void stop_watching(struct supervisor *s) {
    loop_remove(s->output);
    loop_remove(s->errors);
    loop_remove(s->input);
    s->output = s->errors = s->input = NULL;
}

static const char *what_was_done(const struct supervisor *s, char *out, size_t size) {
    if (s->page == NULL || s->page->shape == 0)
        return "";
    const char *shape = shape_name(s->page->shape);
    if (s->page->shape == PAGE_OTHER)
        snprintf(out, size, " while %.200s", s->page->server);
    else
        snprintf(out, size, " while decoding %s of %.150s", shape ? shape : "?", s->page->server);
    return out;
}

static void on_restart_time(struct loop *loop, void *data) {
    (void)loop;
    start(data);
}

/* "the collector can't go on: --ca x.pem: ..." */
static void refusal_text(struct supervisor *s, char *out, size_t size) {
    static const char program[] = "natsight: ";
    const char *said = buffer_text(&s->complaint);
    if (strncmp(said, program, sizeof program - 1) == 0)
        said += sizeof program - 1;
    snprintf(out, size, "the collector can't go on: %.*s", (int)strcspn(said, "\n"), said);
}

static void buried(struct supervisor *s, int status, bool hung) {
    char doing[300] = "", text[500];
    stop_watching(s);
    what_was_done(s, doing, sizeof doing);
    if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_USAGE && !s->heard) {
        s->handler->on_refusal(s->data, buffer_text(&s->complaint));
        return;
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_USAGE) /* a file that was fine is not any more */
        refusal_text(s, text, sizeof text);
    else if (hung)
        snprintf(text, sizeof text, "collector killed: no beat for 3 s%s", doing);
    else if (WIFSIGNALED(status))
        snprintf(text, sizeof text, "collector died of signal %d%s", WTERMSIG(status), doing);
    else
        snprintf(text, sizeof text, "collector ended with code %d%s", WEXITSTATUS(status), doing);
    event(s, text);
    if (hung || status != 0)
        blame(s);
    int64_t now = clock_mono_ns();
    if (now - s->started_ns > SETTLED_NS)
        s->backoff_ns = BACKOFF_FIRST_NS;
    loop_timer_set(s->restart, now + s->backoff_ns);
    s->backoff_ns = s->backoff_ns * 2 < BACKOFF_MAX_NS ? s->backoff_ns * 2 : BACKOFF_MAX_NS;
}

/* What it said last, before its pipe is closed. */
static void hear_out(struct supervisor *s) {
    char bytes[1024];
    ssize_t n;
    while (s->complaint.len < 4096 && (n = read(s->child.err, bytes, sizeof bytes)) > 0)
        buffer_append(&s->complaint, bytes, (size_t)n);
}

static void bury(struct supervisor *s, bool hung) {
    hear_out(s);
    int status = child_end(&s->child);
    buried(s, status, hung);
}

static void on_check(struct loop *loop, void *data) {
    (void)loop;
    struct supervisor *s = data;
    loop_timer_set(s->check, clock_mono_ns() + CHECK_MS * NS_PER_MS);
    if (s->child.pid <= 0 || s->page == NULL)
        return;
    uint64_t beat = s->page->beat;
    s->beat_missed = beat == s->beat_seen ? s->beat_missed + 1 : 0;
    s->beat_seen = beat;
    if (s->beat_missed >= BEAT_CHECKS)
        bury(s, true);
}

/* ---- what it writes ---- */

static void on_output(struct loop *loop, int fd, unsigned events, void *data) {
    (void)loop, (void)events;
    static char bytes[64 << 10];
    struct supervisor *s = data;
    int64_t until = clock_mono_ns() + READ_NS;
    size_t taken = 0;
    while (taken < READ_MAX) {
        ssize_t n = read(fd, bytes, sizeof bytes);
        if (n > 0) {
            s->heard = true;
            s->handler->on_bytes(s->data, s->way, bytes, (size_t)n);
            taken += (size_t)n;
        } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
            bury(s, false);
            return;
        } else {
            return;
        }
        if ((n > 0 && (size_t)n < sizeof bytes) || clock_mono_ns() >= until)
            return; /* a short read emptied the pipe */
    }
}

static void on_errors(struct loop *loop, int fd, unsigned events, void *data) {
    (void)loop, (void)events;
    struct supervisor *s = data;
    char bytes[1024];
    ssize_t n = read(fd, bytes, sizeof bytes);
    if (n <= 0) {
        loop_remove(s->errors);
        s->errors = NULL;
        return;
    }
    if (s->complaint.len + (size_t)n < 4096)
        buffer_append(&s->complaint, bytes, (size_t)n);
}

/* ---- life ---- */

static void say_quarantine(struct supervisor *s) {
    for (int i = 0; i < s->blame_count; i++) {
        struct blame *b = &s->blames[i];
        if (b->deaths < BLAME_MAX || shape_name(b->shape) == NULL)
            continue;
        buffer_printf(&s->commands, "quarantine %s %s%s\n", b->server, shape_name(b->shape),
                      b->told ? " known" : "");
        b->told = true;
    }
}

/* It is tried again and again, and told once. */
static void say_unstarted(struct supervisor *s, const char *why) {
    char text[700];
    if (strcmp(why, s->unstarted) == 0)
        return;
    snprintf(s->unstarted, sizeof s->unstarted, "%s", why);
    snprintf(text, sizeof text, "the collector can't be started: %s", why);
    event(s, text);
}

/* Who it is goes over the pipe: nowhere else could it stand unseen. */
static bool say_login(struct supervisor *s) {
    struct login login;
    char why[600];
    if (s->way != WAY_NATS)
        return true;
    if (!way_in_login(s->options, &login, why, sizeof why)) {
        say_unstarted(s, why);
        return false;
    }
    buffer_printf(&s->commands, "login ");
    login_write(&login, &s->commands);
    buffer_printf(&s->commands, "\n");
    login_finish(&login);
    return true;
}

static void start(struct supervisor *s) {
    s->started_ns = clock_mono_ns();
    s->beat_missed = 0;
    s->complaint.len = s->commands.len = 0;
    if (s->page != NULL)
        page_idle(s->page);
    bool known = say_login(s);
    if (!known || !child_start(&s->child, s->options, s->way, s->page_fd)) {
        if (known)
            say_unstarted(s, strerror(errno));
        loop_timer_set(s->restart, s->started_ns + BACKOFF_MAX_NS);
        return;
    }
    s->unstarted[0] = '\0';
    s->handler->on_restart(s->data, s->way);
    s->output = loop_add_fd(s->loop, s->child.out, LOOP_IN, on_output, s);
    s->errors = loop_add_fd(s->loop, s->child.err, LOOP_IN, on_errors, s);
    s->input = loop_add_fd(s->loop, s->child.in, 0, on_input, s);
    say_quarantine(s);
    say_subscriptions(s);
    say_interest(s);
    say_sampling(s);
    say_wants(s, 0);
}

struct supervisor *supervisor_create(struct loop *loop, const struct options *options, enum way way,
                                     const struct supervisor_handler *handler, void *data) {
    struct supervisor *s = memory_new(sizeof *s);
    s->loop = loop;
    s->options = options;
    s->way = way;
    s->handler = handler;
    s->data = data;
    s->backoff_ns = BACKOFF_FIRST_NS;
    s->page_fd = page_create(&s->page);
    s->check = loop_add_timer(loop, clock_mono_ns() + CHECK_MS * NS_PER_MS, on_check, s);
    s->restart = loop_add_timer(loop, INT64_MAX, on_restart_time, s);
    start(s);
    return s;
}

void supervisor_restart(struct supervisor *s) {
    stop_watching(s);
    child_end(&s->child);
    loop_timer_set(s->restart, INT64_MAX);
    s->backoff_ns = BACKOFF_FIRST_NS;
    start(s);
}

void supervisor_destroy(struct supervisor *s) {
    if (s == NULL)
        return;
    stop_watching(s);
    loop_remove(s->check);
    loop_remove(s->restart);
    child_end(&s->child);
    page_close(s->page, s->page_fd);
    buffer_finish(&s->commands);
    buffer_finish(&s->complaint);
    free(s);
}
