#include "collectors/collector.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/version.h"
#include "collectors/command.h"
#include "collectors/cost.h"
#include "collectors/discover.h"
#include "collectors/schedule.h"
#include "collectors/target.h"

#define BEAT_EVERY   (250 * NS_PER_MS)
#define COST_EVERY   (2 * NS_PER_S) /* or two intervals of /varz, where that is sooner */
#define VARZ_MIN_MS  100
#define DEFAULT_WANT "overview"

/* ---- frames of the process itself ---- */

void collector_row(struct collector *c, struct row *row, enum entity entity) {
    text_pool_clear(c->texts);
    row_init(row, entity);
}

void collector_put(struct collector *c, struct row *row, enum field field, const char *text) {
    char clean[TEXT_MAX_BYTES + 1];
    size_t len = text_clean(clean, text, strlen(text));
    row_put(row, field)->s = text_intern(c->texts, clean, len);
}

void collector_log(struct collector *c, const char *format, ...) {
    char text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct row_any any;
    collector_row(c, &any.row, ENTITY_LOG);
    row_put(&any.row, F_LOG_utc)->i = clock_utc_ns();
    collector_put(c, &any.row, F_LOG_text, text);
    outbox_row(c->outbox, FRAME_LOG, &any.row);
}

static void tell_hello(struct collector *c) {
    struct row_any any;
    struct row *row = &any.row;
    collector_row(c, row, ENTITY_HELLO);
    collector_put(c, row, F_HELLO_program, "natsight");
    collector_put(c, row, F_HELLO_version, version_text());
    collector_put(c, row, F_HELLO_transport, c->transport);
    if (c->options->label != NULL)
        collector_put(c, row, F_HELLO_cluster, c->options->label);
    row_put(row, F_HELLO_utc)->i = clock_utc_ns();
    row_put(row, F_HELLO_mono)->i = clock_mono_ns();
    row_put(row, F_HELLO_interval)->i = c->varz_ns;
    row_put(row, F_HELLO_pid)->u = (uint64_t)getpid();
    outbox_row(c->outbox, FRAME_HELLO, row);
}

/* Frames were lost: everything that still holds. */
static void say_again(void *data) {
    struct collector *c = data;
    outbox_schema(c->outbox);
    for (int i = 0; i < c->target_count; i++)
        target_tell(c->targets[i], true);
    discover_tell(c);
    cost_tell(c, true);
    collector_log(c, "the reader was too slow: targets are said again");
}

static void on_broken(void *data, int error) {
    struct collector *c = data;
    if (error != EPIPE)
        fprintf(stderr, "natsight collect: standard output: %s\n", strerror(error));
    loop_stop(c->loop, error == EPIPE ? 0 : 1);
}

static const struct outbox_handler outbox_handler = {say_again, on_broken};

/* ---- what happens in each turn ---- */

static void on_turn(struct loop *loop, void *data) {
    (void)loop;
    struct collector *c = data;
    bool lives = c->beats == NULL || c->beats(c);
    if (lives && c->client.page != NULL)
        page_beat(c->client.page);
    if (c->judge)
        discover_judge(c);
    schedule_run(c);
    outbox_flush(c->outbox);
}

static void on_schedule(struct loop *loop, void *data) {
    (void)loop, (void)data; /* the turn is what counts */
}

static void on_beat(struct loop *loop, void *data) {
    (void)loop;
    loop_timer_set(*(struct loop_source **)data, clock_mono_ns() + BEAT_EVERY);
}

struct costs {
    struct collector *c;
    struct loop_source *timer;
};

static int64_t next_costs(const struct collector *c) {
    return clock_mono_ns() + (2 * c->varz_ns < COST_EVERY ? 2 * c->varz_ns : COST_EVERY);
}

static void on_costs(struct loop *loop, void *data) {
    (void)loop;
    struct costs *costs = data;
    if (outbox_quiet(costs->c->outbox))
        cost_tell(costs->c, false);
    loop_timer_set(costs->timer, next_costs(costs->c));
}

static void on_end(struct loop *loop, int signal_number, void *data) {
    (void)signal_number, (void)data;
    loop_stop(loop, 0);
}

/* ---- before the first turn ---- */

bool collector_refuse(const char *message) {
    fprintf(stderr, "natsight: %s\n", message);
    return false;
}

static bool check_options(const struct collect_options *o) {
    char word[80], message[200];
    if (o->want != NULL && !endpoint_check_sets(o->want, word, sizeof word)) {
        snprintf(message, sizeof message,
                 "--want %s: no such set; there are overview, connections, jetstream, node, all", word);
        return collector_refuse(message);
    }
    return true;
}

/* Whoever starts us opens what was closed, for reading alone. */
static bool check_output(void) {
    int flags = fcntl(STDOUT_FILENO, F_GETFL);
    if (flags >= 0 && (flags & O_ACCMODE) != O_RDONLY)
        return true;
    return collector_refuse("collect: standard output is closed; write it to a file or a pipe");
}

bool collector_may_begin(const struct collect_options *options) {
    return check_output() && check_options(options);
}

static void set_wants(struct collector *c) {
    const char *sets = c->options->want != NULL ? c->options->want : DEFAULT_WANT;
    for (int e = 0; e < EP_COUNT; e++)
        c->first[e].on = c->wants[e].on = endpoint_in_sets(&endpoints[e], sets);
}

static int64_t varz_interval(const struct collect_options *o) {
    int64_t ms = o->interval_ms > 0 ? o->interval_ms : endpoints[EP_VARZ].every_ms;
    return (ms > VARZ_MIN_MS ? ms : VARZ_MIN_MS) * NS_PER_MS;
}

static void watch_signals(struct collector *c) {
    signal(SIGPIPE, SIG_IGN);
    loop_add_signal(c->loop, SIGTERM, on_end, NULL);
    if (!c->options->supervised) {
        loop_add_signal(c->loop, SIGINT, on_end, NULL);
        return;
    }
    signal(SIGINT, SIG_IGN); /* the terminal's keys are the main process's business */
    signal(SIGTSTP, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

struct collector *collector_create(const struct collect_options *options, const char *transport,
                                   uint16_t source) {
    struct collector *c = memory_new(sizeof *c);
    c->options = options;
    c->transport = transport;
    c->loop = loop_create();
    c->texts = text_pool_create();
    c->started_mono_ns = clock_mono_ns();
    c->varz_ns = varz_interval(options);
    c->outbox = outbox_create(c->loop, STDOUT_FILENO, source, &outbox_handler, c);
    c->client = (struct client){.outbox = c->outbox, .source = source};
    c->client.page = options->supervised && options->page_fd >= 0 ? page_open(options->page_fd) : NULL;
    client_open(&c->client);
    c->schedule_timer = loop_add_timer(c->loop, INT64_MAX, on_schedule, c);
    watch_signals(c);
    set_wants(c);
    tell_hello(c);
    outbox_schema(c->outbox);
    return c;
}

int collector_run(struct collector *c) {
    struct costs costs = {.c = c};
    struct loop_source *beat = loop_add_timer(c->loop, clock_mono_ns(), on_beat, &beat);
    costs.timer = loop_add_timer(c->loop, next_costs(c), on_costs, &costs);
    loop_add_hook(c->loop, on_turn, c);
    struct command_input *input = c->options->supervised ? command_input_create(c, STDIN_FILENO) : NULL;
    loop_again(c->loop); /* the first requests go out now, not when something happens */
    int code = loop_run(c->loop);
    command_input_destroy(input);
    return code;
}

void collector_destroy(struct collector *c) {
    discover_close(c);
    client_close(&c->client);
    outbox_destroy(c->outbox);
    text_pool_destroy(c->texts);
    if (c->client.page != NULL)
        page_close(c->client.page, -1);
    loop_destroy(c->loop);
    free(c);
}

void collector_drop_targets(struct collector *c) {
    while (c->target_count > 0)
        target_destroy(c->targets[c->target_count - 1]);
}
