#include "outward/hook_lane.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "outward/hook_environment.h"
#include "outward/program.h"

#define WAITS_NS (5 * NS_PER_S) /* then it is said */

struct run {
    struct hook_lane *lane;
    struct program *program; /* NULL: free */
    uint64_t alert;
    int64_t since_ns;
};

struct waiting {
    uint64_t alert; /* 0: of none */
    int64_t since_ns;
    char *input;
    char **environment;
};

struct hook_lane {
    struct loop *loop;
    struct hook *hook;
    hooks_say_fn *say;
    void *data;
    struct waiting *waiting; /* oldest first */
    size_t count, cap;
    struct run runs[HOOK_AT_ONCE];
    bool waits_said;
};

/* ---- what runs ---- */

static void tell_end(struct hook_lane *l, const char *fault) {
    char text[PROGRAM_FAULT_SIZE + 40];
    hook_ended(l->hook, fault, clock_mono_ns(), text, sizeof text);
    if (text[0] != '\0')
        l->say(l->data, fault != NULL, hook_name(l->hook), text);
}

static void start_waiting(struct hook_lane *l);

static void on_end(void *data, const char *fault) {
    struct run *run = data;
    run->program = NULL;
    tell_end(run->lane, fault);
    start_waiting(run->lane);
}

static struct run *free_run(struct hook_lane *l) {
    for (int i = 0; i < HOOK_AT_ONCE; i++)
        if (l->runs[i].program == NULL)
            return &l->runs[i];
    return NULL;
}

static bool has_to_wait(const struct hook_lane *l, uint64_t alert) {
    for (int i = 0; i < HOOK_AT_ONCE; i++)
        if (l->runs[i].program != NULL && l->runs[i].alert == alert)
            return true;
    return false;
}

static void start(struct hook_lane *l, struct run *run, const struct waiting *w) {
    char text[200];
    struct program_start how = {.words = hook_command(l->hook),
                                .environment = (const char *const *)w->environment,
                                .input = w->input,
                                .limit_ns = hook_limit_ns(l->hook)};
    *run = (struct run){.lane = l, .alert = w->alert, .since_ns = clock_mono_ns()};
    run->program = program_start(l->loop, &how, on_end, run);
    if (run->program != NULL)
        return;
    snprintf(text, sizeof text, "can't be started: %s", strerror(errno));
    tell_end(l, text);
}

/* ---- what waits ---- */

static void remove_waiting(struct hook_lane *l, size_t at) {
    free(l->waiting[at].input);
    hook_environment_free(l->waiting[at].environment);
    l->count--;
    memmove(l->waiting + at, l->waiting + at + 1, (l->count - at) * sizeof *l->waiting);
}

static void start_waiting(struct hook_lane *l) {
    for (size_t i = 0; i < l->count;) {
        struct run *run = free_run(l);
        if (run == NULL)
            return;
        if (has_to_wait(l, l->waiting[i].alert)) {
            i++;
            continue;
        }
        start(l, run, &l->waiting[i]);
        remove_waiting(l, i);
    }
}

static void say_waits(const struct hook_lane *l, int64_t mono_ns) {
    char text[160], span[TIME_TEXT_SIZE];
    int64_t since_ns = mono_ns;
    int count = 0;
    for (int i = 0; i < HOOK_AT_ONCE; i++) {
        if (l->runs[i].program == NULL)
            continue;
        count++;
        if (l->runs[i].since_ns < since_ns)
            since_ns = l->runs[i].since_ns;
    }
    span_format(span, mono_ns - since_ns);
    snprintf(text, sizeof text, "%zu %s: %d %s not ended, the first for %s", l->count,
             l->count == 1 ? "message waits" : "messages wait", count, count == 1 ? "run has" : "runs have",
             span);
    l->say(l->data, true, hook_name(l->hook), text);
}

/* Those of an alert whose run goes on stand in front of others that wait no longer. */
void hook_lane_tick(struct hook_lane *l, int64_t mono_ns) {
    start_waiting(l);
    if (l->count == 0 && l->waits_said) {
        l->waits_said = false;
        l->say(l->data, false, hook_name(l->hook), "nothing waits any more");
    } else if (l->count > 0 && !l->waits_said && mono_ns - l->waiting[0].since_ns >= WAITS_NS) {
        l->waits_said = true;
        say_waits(l, mono_ns);
    }
}

bool hook_lane_has_room(const struct hook_lane *l) {
    return l->count < HOOK_WAITING;
}

void hook_lane_add(struct hook_lane *l, uint64_t alert, json_t *document) {
    char *text = json_dumps(document, JSON_COMPACT);
    if (l->count == l->cap) {
        l->cap = l->cap ? l->cap * 2 : 8;
        l->waiting = memory_grow(l->waiting, l->cap, sizeof *l->waiting);
    }
    l->waiting[l->count++] =
        (struct waiting){.alert = alert,
                         .since_ns = clock_mono_ns(),
                         .input = memory_format("%s\n", text != NULL ? text : "{}"),
                         .environment = hook_environment(document, hook_passes(l->hook))};
    free(text);
    json_decref(document);
    start_waiting(l);
}

/* ---- life ---- */

struct hook_lane *hook_lane_create(struct loop *loop, struct hook *hook, hooks_say_fn *say, void *data) {
    struct hook_lane *l = memory_new(sizeof *l);
    l->loop = loop;
    l->hook = hook;
    l->say = say;
    l->data = data;
    return l;
}

struct hook *hook_lane_hook(const struct hook_lane *l) {
    return l->hook;
}

void hook_lane_drop(struct hook_lane *l) {
    while (l->count > 0)
        remove_waiting(l, l->count - 1);
    l->waits_said = false;
}

bool hook_lane_is_idle(const struct hook_lane *l) {
    for (int i = 0; i < HOOK_AT_ONCE; i++)
        if (l->runs[i].program != NULL)
            return false;
    return l->count == 0;
}

void hook_lane_destroy(struct hook_lane *l, int64_t until_mono_ns) {
    if (l == NULL)
        return;
    hook_lane_drop(l);
    for (int i = 0; i < HOOK_AT_ONCE; i++) {
        int64_t left = until_mono_ns - clock_mono_ns();
        if (l->runs[i].program == NULL)
            continue;
        program_wait(l->runs[i].program, left > 0 ? (int)(left / NS_PER_MS) : 0);
        program_destroy(l->runs[i].program);
    }
    hook_destroy(l->hook);
    free(l->waiting);
    free(l);
}
