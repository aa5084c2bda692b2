/* A collector under test: collect_http() in a forked child, its frames read and remembered.
 *
 * For tests/collectors_*.c alone (it knows collectors and sample): static functions, so that the other tests'
 * programs need not link them. Every wait has a deadline and a condition. */
#ifndef HARNESS_WATCH_H
#define HARNESS_WATCH_H

#include <check.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "collectors/http.h"
#include "sample/stream.h"
#include "tests/harness/hostile.h"

/* WATCH_PACE: milliseconds between two /varz where a test does not mind. */
enum { WATCH_MS = 20000, WATCH_PACE = 200, WATCH_TARGETS = 64, WATCH_NOTES = 8192 };

/* One sample, without its rows but for what tests look at. */
struct note {
    uint64_t target, serial;
    int64_t asked, answered;
    enum shape shape;
    enum failure failure;
    int http_status;
    char error[300];
    size_t rows;
    uint64_t bytes;
    char name[80], id[80]; /* SERVER, ANSWER */
    uint64_t health_code;
    uint64_t entities[ENTITY_COUNT]; /* rows of each */
};

struct told_target {
    uint64_t id;
    char url[200], origin[32], state[32], reason[300], server_id[80], name[80];
    bool was_known; /* at any time */
    int told;
};

struct watch {
    pid_t pid;
    int in, out; /* our ends; in: -1 unless supervised */
    bool ended;
    int status;
    struct stream_reader *reader;
    enum frame_kind first;
    int hellos, damages, logs, gaps, events;
    uint64_t lost;
    char log[400];
    struct {
        uint64_t target;
        char kind[32], text[300];
    } event[64];
    struct told_target targets[WATCH_TARGETS];
    int target_count;
    struct note *notes;
    int note_count;
    struct {
        uint64_t target, shape, requests;
        int64_t interval;
        char why[80];
    } costs[256];
    int cost_count;
};

static int64_t watch_now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static void watch_text(char *out, size_t size, const struct row *row, enum field field) {
    snprintf(out, size, "%s", row_text(row, field));
}

static struct told_target *watch_slot(struct watch *w, uint64_t id) {
    for (int i = 0; i < w->target_count; i++)
        if (w->targets[i].id == id)
            return &w->targets[i];
    ck_assert_int_lt(w->target_count, WATCH_TARGETS);
    w->targets[w->target_count].id = id;
    return &w->targets[w->target_count++];
}

static void watch_target(struct watch *w, const struct row *row) {
    struct told_target *t = watch_slot(w, row_u64(row, F_TARGET_id, 0));
    watch_text(t->url, sizeof t->url, row, F_TARGET_url);
    watch_text(t->origin, sizeof t->origin, row, F_TARGET_origin);
    watch_text(t->state, sizeof t->state, row, F_TARGET_state);
    watch_text(t->reason, sizeof t->reason, row, F_TARGET_reason);
    watch_text(t->server_id, sizeof t->server_id, row, F_TARGET_server_id);
    watch_text(t->name, sizeof t->name, row, F_TARGET_name);
    t->was_known |= strcmp(t->state, "known") == 0;
    t->told++;
}

static void watch_cost(struct watch *w, const struct row *row) {
    uint64_t target = row_u64(row, F_COST_target, 0), shape = row_u64(row, F_COST_shape, 0);
    int i = 0;
    while (i < w->cost_count && (w->costs[i].target != target || w->costs[i].shape != shape))
        i++;
    ck_assert_int_lt(i, 256);
    if (i == w->cost_count)
        w->cost_count++;
    w->costs[i].target = target;
    w->costs[i].shape = shape;
    w->costs[i].requests = row_u64(row, F_COST_requests, 0);
    w->costs[i].interval = row_i64(row, F_COST_interval, -1);
    watch_text(w->costs[i].why, sizeof w->costs[i].why, row, F_COST_why);
}

static void watch_event(struct watch *w, const struct row *row) {
    ck_assert_int_lt(w->events, 64);
    ck_assert_int_gt(row_i64(row, F_EVENT_utc, 0), 0);
    w->event[w->events].target = row_u64(row, F_EVENT_target, 0);
    watch_text(w->event[w->events].kind, 32, row, F_EVENT_kind);
    watch_text(w->event[w->events].text, 300, row, F_EVENT_text);
    w->events++;
}

static void watch_on_row(void *data, uint16_t source, enum frame_kind kind, const struct row *row) {
    struct watch *w = data;
    ck_assert_uint_eq(source, 1);
    if (w->first == 0)
        w->first = kind;
    if (kind == FRAME_HELLO)
        w->hellos++;
    if (kind == FRAME_TARGET)
        watch_target(w, row);
    if (kind == FRAME_COST)
        watch_cost(w, row);
    if (kind == FRAME_LOG) {
        w->logs++;
        watch_text(w->log, sizeof w->log, row, F_LOG_text);
    }
    if (kind == FRAME_EVENT)
        watch_event(w, row);
    if (kind == FRAME_GAP) {
        w->gaps++;
        w->lost += row_u64(row, F_GAP_lost, 0);
    }
}

static void watch_on_sample(void *data, const struct sample *s) {
    struct watch *w = data;
    ck_assert_int_lt(w->note_count, WATCH_NOTES);
    struct note *n = &w->notes[w->note_count++];
    *n = (struct note){.target = s->target,
                       .serial = s->serial,
                       .asked = s->asked_mono_ns,
                       .answered = s->answered_mono_ns,
                       .shape = s->shape,
                       .failure = s->failure,
                       .http_status = s->http_status,
                       .rows = s->count,
                       .bytes = s->bytes};
    snprintf(n->error, sizeof n->error, "%s", s->error->bytes);
    for (size_t i = 0; i < s->count; i++)
        n->entities[s->rows[i]->entity]++;
    const struct row *server = sample_first(s, ENTITY_SERVER), *answer = sample_first(s, ENTITY_ANSWER);
    const struct row *health = sample_first(s, ENTITY_HEALTH);
    if (server != NULL)
        watch_text(n->name, sizeof n->name, server, F_SERVER_name);
    if (answer != NULL)
        watch_text(n->id, sizeof n->id, answer, F_ANSWER_server_id);
    if (health != NULL)
        n->health_code = row_u64(health, F_HEALTH_code, 0);
}

static void watch_on_damage(void *data, size_t skipped) {
    (void)skipped;
    ((struct watch *)data)->damages++;
}

static const struct stream_handler watch_handler = {watch_on_row, watch_on_sample, watch_on_damage};

/* options->supervised decides whether there is a pipe for commands. */
static struct watch *watch_start(const struct collect_options *options) {
    struct watch *w = calloc(1, sizeof *w);
    w->notes = calloc(WATCH_NOTES, sizeof *w->notes);
    int out[2], in[2] = {-1, -1};
    ck_assert_int_eq(pipe(out), 0);
    ck_assert_int_eq(pipe(in), 0);
    fflush(NULL);
    pid_t parent = getpid();
    w->pid = fork();
    if (w->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(9);
        dup2(in[0], 0);
        dup2(out[1], 1);
        close(in[0]), close(in[1]), close(out[0]), close(out[1]);
        free(w->notes), free(w);
        exit(collect_http(options));
    }
    close(out[1]);
    close(in[0]);
    w->out = out[0];
    w->in = in[1];
    w->reader = stream_reader_create(&watch_handler, w);
    return w;
}

static struct watch *watch_url(const char *url) {
    const char *urls[] = {url};
    struct collect_options o = {.urls = urls, .url_count = 1, .page_fd = -1, .interval_ms = WATCH_PACE};
    return watch_start(&o);
}

/* As the main process starts it: with commands. sets, page_fd: NULL and -1 for none. */
static struct watch *watch_supervised(const char *url, const char *sets, int page_fd) {
    const char *urls[] = {url};
    struct collect_options o = {.urls = urls,
                                .url_count = 1,
                                .page_fd = page_fd,
                                .interval_ms = WATCH_PACE,
                                .supervised = true,
                                .want = sets};
    return watch_start(&o);
}

static struct watch *watch_urls(const char **urls, int n) {
    struct collect_options o = {.urls = urls, .url_count = n, .page_fd = -1, .interval_ms = WATCH_PACE};
    return watch_start(&o);
}

static struct hostile *hostile_with(const struct hostile_rule *rules, int n) {
    struct hostile *h = hostile_start("127.0.0.1", 0, "odd", rules, n);
    ck_assert_ptr_nonnull(h);
    return h;
}

/* Reads what comes within ms; false at the end of the stream. */
static bool watch_read(struct watch *w, int ms) {
    static char bytes[1 << 16];
    struct pollfd p = {.fd = w->out, .events = POLLIN};
    if (poll(&p, 1, ms) <= 0)
        return true;
    ssize_t n = read(w->out, bytes, sizeof bytes);
    if (n <= 0)
        return false;
    stream_reader_feed(w->reader, bytes, (size_t)n);
    return true;
}

/* Reads on until the condition holds; the test fails when it does not within WATCH_MS. */
#define WATCH_UNTIL(w, condition)                                                                            \
    do {                                                                                                     \
        int64_t end_ = watch_now_ms() + WATCH_MS;                                                            \
        bool open_ = true;                                                                                   \
        while (!(condition) && open_ && watch_now_ms() < end_)                                               \
            open_ = watch_read(w, 50);                                                                       \
        ck_assert_msg((condition), "waited in vain for: %s", #condition);                                    \
    } while (0)

/* Ends it (unless it ended itself) and returns its exit code, -1 when a signal did. */
static int watch_end(struct watch *w, int signal_number) {
    if (signal_number != 0)
        kill(w->pid, signal_number);
    if (w->in >= 0)
        close(w->in);
    while (watch_read(w, WATCH_MS))
        ;
    waitpid(w->pid, &w->status, 0);
    ck_assert_int_eq(w->damages, 0);
    close(w->out);
    stream_reader_destroy(w->reader);
    int code = WIFEXITED(w->status) ? WEXITSTATUS(w->status) : -1;
    free(w->notes);
    free(w);
    return code;
}

static void watch_say(struct watch *w, const char *line) {
    ck_assert_int_eq(write(w->in, line, strlen(line)), (ssize_t)strlen(line));
}

/* The number of samples of this shape (0: any) of this target (0: any), with or without failure. */
static int watch_count(const struct watch *w, uint64_t target, enum shape shape, bool failed) {
    int n = 0;
    for (int i = 0; i < w->note_count; i++)
        n += (target == 0 || w->notes[i].target == target) && (shape == 0 || w->notes[i].shape == shape) &&
             (w->notes[i].failure != FAILURE_NONE) == failed;
    return n;
}

/* The last of them, NULL when there is none. */
static const struct note *watch_last(const struct watch *w, uint64_t target, enum shape shape) {
    for (int i = w->note_count - 1; i >= 0; i--)
        if ((target == 0 || w->notes[i].target == target) && w->notes[i].shape == shape)
            return &w->notes[i];
    return NULL;
}

/* Targets that are in this state now. */
static int watch_in_state(const struct watch *w, const char *state) {
    int n = 0;
    for (int i = 0; i < w->target_count; i++)
        n += strcmp(w->targets[i].state, state) == 0;
    return n;
}

static const struct told_target *watch_named(const struct watch *w, const char *name) {
    for (int i = 0; i < w->target_count; i++)
        if (strcmp(w->targets[i].name, name) == 0 && strcmp(w->targets[i].state, "polled") == 0)
            return &w->targets[i];
    return NULL;
}

static int watch_ever_known(const struct watch *w) {
    int n = 0;
    for (int i = 0; i < w->target_count; i++)
        n += w->targets[i].was_known;
    return n;
}

/* What the last COST frame of this shape said; interval -1 and "" before. */
static int64_t watch_interval_ms(const struct watch *w, enum shape shape, const char **why) {
    for (int i = 0; i < w->cost_count; i++)
        if (w->costs[i].shape == shape) {
            *why = w->costs[i].why;
            return w->costs[i].interval / 1000000;
        }
    *why = "";
    return -1;
}

/* Not every test program uses all of them. */
__attribute__((unused)) static const void *const watch_all[] = {
    watch_url,   watch_supervised, hostile_with,   watch_urls,  watch_end,        watch_say,
    watch_count, watch_last,       watch_in_state, watch_named, watch_ever_known, watch_interval_ms};

#endif
