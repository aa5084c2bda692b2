#include "outward/hooks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/number.h"
#include "outward/hook_environment.h"
#include "outward/program.h"
#include "views/alert_json.h"
#include "views/alert_members.h"

enum { CLOSE_MS = 1000 };

struct run {
    struct hooks *hooks;
    struct hook *hook; /* NULL: free */
    uint64_t alert;
    struct program *program;
};

struct waiting {
    struct hook *hook;
    uint64_t alert; /* 0: of none */
    char *input;
    char **environment;
};

struct hooks {
    struct loop *loop;
    hooks_say_fn *say;
    void *data;
    struct hook *items[HOOKS_MOST];
    int count;
    struct waiting waiting[HOOKS_WAITING]; /* oldest first */
    int waiting_count;
    struct run runs[HOOKS_AT_ONCE];
};

/* ---- what runs ---- */

static bool is_configured(const struct hooks *h, const struct hook *hook) {
    for (int i = 0; i < h->count; i++)
        if (h->items[i] == hook)
            return true;
    return false;
}

static bool is_running(const struct hooks *h, const struct hook *hook) {
    for (int i = 0; i < HOOKS_AT_ONCE; i++)
        if (h->runs[i].hook == hook)
            return true;
    return false;
}

static void release(struct hooks *h, struct hook *hook) {
    if (!is_configured(h, hook) && !is_running(h, hook))
        hook_destroy(hook);
}

static void tell_end(struct hooks *h, struct hook *hook, const char *fault) {
    char text[PROGRAM_FAULT_SIZE + 40];
    hook_ended(hook, fault, clock_mono_ns(), text, sizeof text);
    if (text[0] != '\0')
        h->say(h->data, fault != NULL, hook_name(hook), text);
}

static void start_waiting(struct hooks *h);

static void on_end(void *data, const char *fault) {
    struct run *run = data;
    struct hooks *h = run->hooks;
    struct hook *hook = run->hook;
    *run = (struct run){.hooks = h};
    tell_end(h, hook, fault);
    release(h, hook);
    start_waiting(h);
}

static struct run *free_run(struct hooks *h) {
    for (int i = 0; i < HOOKS_AT_ONCE; i++)
        if (h->runs[i].hook == NULL)
            return &h->runs[i];
    return NULL;
}

static bool has_to_wait(const struct hooks *h, const struct waiting *w) {
    for (int i = 0; i < HOOKS_AT_ONCE; i++)
        if (h->runs[i].hook == w->hook && h->runs[i].alert == w->alert)
            return true;
    return false;
}

static void start(struct hooks *h, struct run *run, const struct waiting *w) {
    char text[200];
    struct program_start how = {.words = hook_command(w->hook),
                                .environment = (const char *const *)w->environment,
                                .input = w->input,
                                .limit_ns = hook_limit_ns(w->hook)};
    run->program = program_start(h->loop, &how, on_end, run);
    if (run->program != NULL) {
        run->hook = w->hook;
        run->alert = w->alert;
        return;
    }
    snprintf(text, sizeof text, "can't be started: %s", strerror(errno));
    tell_end(h, w->hook, text);
}

/* ---- what waits ---- */

static void remove_waiting(struct hooks *h, int at) {
    free(h->waiting[at].input);
    hook_environment_free(h->waiting[at].environment);
    h->waiting_count--;
    memmove(h->waiting + at, h->waiting + at + 1, (size_t)(h->waiting_count - at) * sizeof *h->waiting);
}

static void start_waiting(struct hooks *h) {
    for (int i = 0; i < h->waiting_count;) {
        struct run *run = free_run(h);
        if (run == NULL)
            return;
        if (has_to_wait(h, &h->waiting[i])) {
            i++;
            continue;
        }
        start(h, run, &h->waiting[i]);
        remove_waiting(h, i);
    }
}

/* Takes over the document. */
static void wait_for_turn(struct hooks *h, struct hook *hook, uint64_t alert, json_t *document) {
    char *text = json_dumps(document, JSON_COMPACT);
    h->waiting[h->waiting_count++] =
        (struct waiting){.hook = hook,
                         .alert = alert,
                         .input = memory_format("%s\n", text != NULL ? text : "{}"),
                         .environment = hook_environment(document, hook_passes(hook))};
    free(text);
    json_decref(document);
}

static bool has_room(const struct hooks *h) {
    return h->waiting_count < HOOKS_WAITING;
}

/* ---- in ---- */

void hooks_change(struct hooks *h, const struct alert_change *change, const struct alert *alert) {
    int64_t now = clock_mono_ns();
    for (int i = 0; i < h->count; i++)
        if (hook_wants(h->items[i], change, alert) &&
            hook_takes(h->items[i], change, has_room(h), now) == HOOK_RUN)
            wait_for_turn(h, h->items[i], alert->number, alert_change_json(change, alert));
    start_waiting(h);
}

static json_t *more_json(size_t more, enum severity worst, int64_t utc_ns) {
    char line[100], count[NUMBER_TEXT_SIZE];
    number_format_grouped(count, more);
    snprintf(line, sizeof line, "%s more not told", count);
    json_t *out = alert_note_json("more", utc_ns, line);
    json_object_set_new(out, "more", json_integer((json_int_t)more));
    json_object_set_new(out, "severity", json_string(alert_severity_word(worst)));
    json_object_set_new(out, "text", json_string(line));
    return out;
}

void hooks_tick(struct hooks *h, int64_t utc_ns) {
    for (int i = 0; i < h->count && has_room(h); i++) {
        enum severity worst;
        size_t more = hook_more(h->items[i], clock_mono_ns(), &worst);
        if (more > 0)
            wait_for_turn(h, h->items[i], 0, more_json(more, worst, utc_ns));
    }
    start_waiting(h);
}

/* ---- life ---- */

struct hooks *hooks_create(struct loop *loop, hooks_say_fn *say, void *data) {
    struct hooks *h = memory_new(sizeof *h);
    h->loop = loop;
    h->say = say;
    h->data = data;
    for (int i = 0; i < HOOKS_AT_ONCE; i++)
        h->runs[i].hooks = h;
    return h;
}

static struct hook *take_same(struct hook **before, int count, const struct hook_said *said) {
    for (int i = 0; i < count; i++) {
        struct hook *hook = before[i];
        if (hook == NULL || !hook_is(hook, said))
            continue;
        before[i] = NULL;
        return hook;
    }
    return NULL;
}

void hooks_configure(struct hooks *h, const struct hook_said *const *said, int count) {
    struct hook *before[HOOKS_MOST];
    int before_count = h->count;
    memcpy(before, h->items, sizeof before);
    h->count = 0;
    for (int i = 0; i < count && i < HOOKS_MOST; i++) {
        struct hook *same = take_same(before, before_count, said[i]);
        h->items[h->count++] = same != NULL ? same : hook_create(said[i]);
    }
    for (int i = h->waiting_count; i-- > 0;)
        if (!is_configured(h, h->waiting[i].hook))
            remove_waiting(h, i);
    for (int i = 0; i < before_count; i++)
        if (before[i] != NULL)
            release(h, before[i]);
}

static void end_runs(struct hooks *h) {
    int64_t until = clock_mono_ns() + CLOSE_MS * NS_PER_MS;
    for (int i = 0; i < HOOKS_AT_ONCE; i++) {
        int64_t left = until - clock_mono_ns();
        struct hook *hook = h->runs[i].hook;
        if (hook == NULL)
            continue;
        program_wait(h->runs[i].program, left > 0 ? (int)(left / NS_PER_MS) : 0);
        program_destroy(h->runs[i].program);
        h->runs[i].hook = NULL;
        release(h, hook);
    }
}

void hooks_destroy(struct hooks *h) {
    if (h == NULL)
        return;
    while (h->waiting_count > 0)
        remove_waiting(h, h->waiting_count - 1);
    end_runs(h);
    for (int i = 0; i < h->count; i++)
        hook_destroy(h->items[i]);
    free(h);
}
