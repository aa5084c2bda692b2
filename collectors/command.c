#include "collectors/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "collectors/event.h"
#include "collectors/login.h"
#include "collectors/sampler.h"
#include "collectors/schedule.h"
#include "collectors/target.h"

#define LINE_MAX_BYTES 65536 /* a login may hold a JWT */
#define EVERY_MIN_MS   100
#define EVERY_MAX_MS   3600000
#define LIMIT_MAX      1000000

struct words {
    int endpoint;
    const char *server;
    struct want want;
};

static const char *number(const char *text, long least, long most, long *out) {
    char *end;
    errno = 0;
    *out = strtol(text, &end, 10);
    return errno != 0 || end == text || *end != '\0' || *out < least || *out > most ? "a number out of range"
                                                                                    : NULL;
}

static const char *set_every(struct words *w, const char *text) {
    long ms;
    const char *problem = number(text, EVERY_MIN_MS, EVERY_MAX_MS, &ms);
    w->want.every_ms = problem == NULL ? (int)ms : 0;
    return problem;
}

static const char *set_limit(struct words *w, const char *text) {
    long limit;
    const char *problem = number(text, 1, LIMIT_MAX, &limit);
    w->want.limit = problem == NULL ? (unsigned)limit : 0;
    return problem;
}

static const char *set_sort(struct words *w, const char *text) {
    if (strlen(text) >= sizeof w->want.sort || strspn(text, "abcdefghijklmnopqrstuvwxyz_") != strlen(text))
        return "a sort key that is none";
    snprintf(w->want.sort, sizeof w->want.sort, "%s", text);
    return NULL;
}

static const char *set_cid(struct words *w, const char *text) {
    char *end;
    errno = 0;
    w->want.cid = strtoull(text, &end, 10);
    bool good = errno == 0 && end != text && *end == '\0' && *text != '-' && w->want.cid > 0;
    return good ? NULL : "a connection id that is none";
}

static const char *set_state(struct words *w, const char *text) {
    w->want.closed = strcmp(text, "closed") == 0;
    return w->want.closed || strcmp(text, "open") == 0 ? NULL : "a state that is none";
}

/* A subject that one may publish to: what is matched against it are subscriptions. */
static const char *set_subject(struct words *w, const char *text) {
    if (strlen(text) >= sizeof w->want.subject || *text == '\0' || strpbrk(text, "*>") != NULL)
        return "a subject that nothing is published to";
    snprintf(w->want.subject, sizeof w->want.subject, "%s", text);
    return NULL;
}

static const char *set_server(struct words *w, const char *text) {
    w->server = text;
    return NULL;
}

static const struct {
    const char *name;
    const char *(*set)(struct words *, const char *);
} options[] = {{"every=", set_every}, {"sort=", set_sort},       {"limit=", set_limit},  {"cid=", set_cid},
               {"state=", set_state}, {"subject=", set_subject}, {"server=", set_server}};

static const char *set_option(struct words *w, const char *word) {
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        size_t n = strlen(options[i].name);
        if (strncmp(word, options[i].name, n) == 0)
            return options[i].set(w, word + n);
    }
    return "an option that is none";
}

static const char *read_words(struct words *w, char **rest) {
    char *shape = strtok_r(NULL, " ", rest);
    w->endpoint = shape != NULL ? endpoint_by_shape((unsigned)shape_by_name(shape)) : -1;
    if (w->endpoint < 0)
        return "a shape that nothing asks for";
    const char *problem = NULL;
    for (char *word; problem == NULL && (word = strtok_r(NULL, " ", rest)) != NULL;)
        problem = set_option(w, word);
    return problem;
}

typedef void each_fn(struct target *t, const struct words *w);

static void each_target(struct collector *c, const struct words *w, each_fn *fn) {
    for (int i = 0; i < c->target_count; i++)
        if (w->server == NULL || strcmp(w->server, c->targets[i]->base) == 0)
            fn(c->targets[i], w);
}

static void own(struct target *t, const struct words *w) {
    schedule_want(t, w->endpoint, &w->want);
}

static void once(struct target *t, const struct words *w) {
    if (w->want.cid > 0)
        cids_add(&t->cids, w->want.cid, w->want.closed);
    schedule_ask(t, w->endpoint);
}

static struct own_want *find_own(struct collector *c, const struct words *w) {
    for (int i = 0; i < c->own_want_count; i++)
        if (c->own_wants[i].endpoint == w->endpoint && strcmp(c->own_wants[i].url, w->server) == 0)
            return &c->own_wants[i];
    return NULL;
}

static const char *keep_own(struct collector *c, const struct words *w) {
    struct own_want *kept = find_own(c, w);
    if (kept == NULL && c->own_want_count == OWN_WANTS_MAX)
        return "too many of single servers";
    if (kept == NULL)
        kept = &c->own_wants[c->own_want_count++];
    snprintf(kept->url, sizeof kept->url, "%s", w->server);
    kept->endpoint = w->endpoint;
    kept->want = w->want;
    return NULL;
}

static void drop_own(struct collector *c, const struct words *w) {
    struct own_want *kept = find_own(c, w);
    if (kept != NULL)
        *kept = c->own_wants[--c->own_want_count];
}

static void set_want(struct collector *c, const struct words *w) {
    if (w->server == NULL)
        c->wants[w->endpoint] = w->want;
    each_target(c, w, own);
}

static const char *run_want(struct collector *c, char **rest) {
    struct words w = {.want = {.on = true}};
    const char *problem = read_words(&w, rest);
    if (problem == NULL && w.server != NULL)
        problem = keep_own(c, &w);
    if (problem == NULL)
        set_want(c, &w);
    return problem;
}

static const char *run_unwant(struct collector *c, char **rest) {
    struct words w = {0};
    const char *problem = read_words(&w, rest);
    if (problem != NULL)
        return problem;
    if (w.server != NULL)
        drop_own(c, &w);
    w.want = w.server == NULL ? c->first[w.endpoint] : c->wants[w.endpoint];
    set_want(c, &w);
    return NULL;
}

static const char *run_ask(struct collector *c, char **rest) {
    struct words w = {0};
    const char *problem = read_words(&w, rest);
    if (problem == NULL)
        each_target(c, &w, once);
    return problem;
}

static bool is_quarantined(const struct collector *c, const char *url, int e) {
    for (int i = 0; i < c->quarantine_count; i++)
        if (c->quarantines[i].endpoint == e && strcmp(c->quarantines[i].url, url) == 0)
            return true;
    return false;
}

static const char *run_quarantine(struct collector *c, char **rest) {
    const char *url = strtok_r(NULL, " ", rest), *shape = strtok_r(NULL, " ", rest),
               *known = strtok_r(NULL, " \r", rest);
    int e = shape != NULL ? endpoint_by_shape((unsigned)shape_by_name(shape)) : -1;
    if (e < 0)
        return "a URL and a shape are missing";
    if (is_quarantined(c, url, e))
        return NULL;
    if (c->quarantine_count == QUARANTINE_MAX)
        return "too many of them";
    struct quarantine *q = &c->quarantines[c->quarantine_count++];
    snprintf(q->url, sizeof q->url, "%s", url);
    q->endpoint = e;
    const struct target *met = NULL;
    for (int i = 0; i < c->target_count; i++) {
        schedule_quarantines(c->targets[i]);
        if (strcmp(c->targets[i]->base, url) == 0)
            met = c->targets[i];
    }
    if (known == NULL || strcmp(known, "known") != 0)
        event_tell(c, met, "quarantine",
                   "%s of %s is quarantined: its answers ended the collector again and again",
                   shape_name(endpoints[e].shape), url);
    return NULL;
}

static const char *run_stop(struct collector *c, char **rest) {
    (void)rest;
    loop_stop(c->loop, 0);
    return NULL;
}

static const char *run_login(struct collector *c, char **rest) {
    struct login login;
    bool good = c->takes_login != NULL && login_read(&login, *rest);
    explicit_bzero(*rest, strlen(*rest));
    const char *problem = good ? c->takes_login(c, &login) : "nobody asked for one, or it is none";
    if (good)
        login_finish(&login);
    return problem;
}

static const char *run_sample(struct collector *c, char **rest) {
    return c->sampler != NULL ? sampler_begin(c->sampler, *rest) : "subjects are seen through NATS alone";
}

static const char *run_unsample(struct collector *c, char **rest) {
    (void)rest;
    return c->sampler != NULL ? sampler_end(c->sampler) : NULL;
}

static const struct {
    const char *name;
    const char *(*run)(struct collector *, char **);
} commands[] = {
    {"login", run_login},           {"want", run_want},     {"unwant", run_unwant},     {"ask", run_ask},
    {"quarantine", run_quarantine}, {"sample", run_sample}, {"unsample", run_unsample}, {"stop", run_stop}};

/* One line without its end; changes it. */
static void take_line(struct collector *c, char *line) {
    char *rest = NULL, *name = strtok_r(line, " \r", &rest);
    if (name == NULL)
        return;
    char clean[TEXT_MAX_BYTES + 1];
    text_clean(clean, name, strlen(name));
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(commands[i].name, name) != 0)
            continue;
        const char *problem = commands[i].run(c, &rest);
        if (problem != NULL)
            collector_log(c, "command %s: %s", clean, problem);
        return;
    }
    collector_log(c, "unknown command: %.100s", clean);
}

/* ---- the descriptor ---- */

struct command_input {
    struct collector *c;
    struct loop_source *watch;
    struct buffer text;
    bool overlong; /* the rest of this line is dropped */
};

static void run_lines(struct command_input *in) {
    char *end;
    while (in->text.len > 0 && (end = memchr(in->text.data, '\n', in->text.len)) != NULL) {
        *end = '\0';
        if (!in->overlong)
            take_line(in->c, in->text.data);
        in->overlong = false;
        buffer_consume(&in->text, (size_t)(end - in->text.data) + 1);
    }
    if (in->text.len <= LINE_MAX_BYTES)
        return;
    if (!in->overlong)
        collector_log(in->c, "a command of more than %d bytes", LINE_MAX_BYTES);
    in->overlong = true;
    in->text.len = 0;
}

static void on_input(struct loop *loop, int fd, unsigned events, void *data) {
    (void)events;
    struct command_input *in = data;
    char *room = buffer_reserve(&in->text, LINE_MAX_BYTES);
    ssize_t n = read(fd, room, LINE_MAX_BYTES);
    if (n > 0) {
        in->text.len += (size_t)n;
        run_lines(in);
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        loop_stop(loop, 0);
    }
}

struct command_input *command_input_create(struct collector *c, int fd) {
    struct command_input *in = memory_new(sizeof *in);
    in->c = c;
    in->watch = loop_add_fd(c->loop, fd, LOOP_IN, on_input, in);
    return in;
}

void command_input_destroy(struct command_input *in) {
    if (in == NULL)
        return;
    loop_remove(in->watch);
    buffer_finish(&in->text);
    free(in);
}
