#include "entry/unattended.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/write_all.h"
#include "entry/config.h"
#include "model/expectation.h"
#include "model/needs.h"

#define LOOK_NS (100 * NS_PER_MS)

static void take(struct unattended *u, int pipe, const char *bytes, size_t len) {
    feed_bytes(u->feed, pipe, bytes, len);
    feed_drain(u->feed);
}

void unattended_take(struct unattended *u, const char *bytes, size_t len) {
    take(u, 0, bytes, len);
}

static void on_bytes(void *data, enum way way, const char *bytes, size_t len) {
    take(data, (int)way, bytes, len);
}

static void on_restart(void *data, enum way way) {
    feed_restart(((struct unattended *)data)->feed, (int)way);
}

static void on_gone(void *data, enum way way) {
    feed_gone(((struct unattended *)data)->feed, (int)way);
}

static void on_event(void *data, const char *text) {
    struct unattended *u = data;
    if (u->handler->on_event != NULL)
        u->handler->on_event(u->data, text);
    else
        fprintf(stderr, "natsight: %s\n", text);
    feed_event(u->feed, text);
}

static void on_refusal(void *data, const char *text) {
    struct unattended *u = data;
    if (u->handler->on_refusal != NULL) {
        u->handler->on_refusal(u->data, text);
        return;
    }
    fputs(text, stderr);
    unattended_stop(u, EXIT_USAGE);
}

static const struct supervisor_handler handler = {on_bytes, on_restart, on_gone, on_event, on_refusal};

static void on_end_signal(struct loop *loop, int number, void *data) {
    (void)loop, (void)number;
    struct unattended *u = data;
    if (u->handler->on_signal != NULL)
        u->handler->on_signal(u->data);
    else
        unattended_stop(u, 1);
}

static void on_look(struct loop *loop, void *data) {
    (void)loop;
    struct unattended *u = data;
    loop_timer_set(u->look, clock_mono_ns() + LOOK_NS);
    feed_tick(u->feed);
    const char *subject = model_expect_subject(u->model);
    if (u->supervisors != NULL)
        supervisors_want_interest(u->supervisors, subject != NULL ? subject : "");
    u->handler->on_look(u->data);
}

void unattended_begin(struct unattended *u, const struct options *options,
                      const struct unattended_handler *watcher, void *data, double hold_scale) {
    double told_scale = options->hold_scale != NULL ? strtod(options->hold_scale, NULL) : 0;
    if (hold_scale <= 0)
        hold_scale = told_scale > 0 ? told_scale : 1;
    struct model_options model_options = {
        .label = options->label, .expect = (int)options->expect, .hold_scale = hold_scale};
    *u = (struct unattended){.options = options,
                             .handler = watcher,
                             .data = data,
                             .started_ns = clock_mono_ns(),
                             .hold_scale = hold_scale};
    signal(SIGPIPE, SIG_IGN);
    u->model = model_create(&model_options);
    config_watch(options->config, u->model);
    u->loop = loop_create();
    u->feed = feed_create(u->model);
}

void unattended_ask(struct unattended *u, unsigned shapes) {
    u->supervisors = supervisors_create(u->loop, u->options, &handler, u);
    if (u->supervisors != NULL)
        supervisors_want(u->supervisors, shapes | model_shapes(u->model), NULL);
}

void unattended_run(struct unattended *u) {
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
    u->look = loop_add_timer(u->loop, clock_mono_ns() + LOOK_NS, on_look, u);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        loop_add_signal(u->loop, ends[i], on_end_signal, u);
    loop_run(u->loop);
}

void unattended_stop(struct unattended *u, int code) {
    u->code = code;
    loop_stop(u->loop, code);
}

int unattended_end(struct unattended *u) {
    supervisors_destroy(u->supervisors);
    if (u->loop != NULL)
        loop_destroy(u->loop);
    feed_destroy(u->feed);
    model_destroy(u->model);
    return u->code;
}

int64_t unattended_watched_ns(const struct unattended *u) {
    return clock_mono_ns() - u->started_ns;
}

bool unattended_write(const char *text, size_t len) {
    bool good = write_all(STDOUT_FILENO, text, len);
    int error = errno;
    if (!good && error != EPIPE)
        fprintf(stderr, "natsight: standard output can't be written: %s\n", strerror(error));
    errno = error;
    return good;
}
