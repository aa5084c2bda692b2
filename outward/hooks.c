#include "outward/hooks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/number.h"
#include "views/alert_json.h"
#include "views/alert_members.h"

enum { CLOSE_MS = 1000 };

struct hooks {
    struct loop *loop;
    hooks_say_fn *say;
    void *data;
    struct hook_lane *lanes[HOOKS_MOST];
    int count;
    struct hook_lane *gone[HOOKS_MOST]; /* configured no more, still running; oldest first */
    int gone_count;
};

/* ---- in ---- */

void hooks_change(struct hooks *h, const struct alert_change *change, const struct alert *alert) {
    int64_t now = clock_mono_ns();
    for (int i = 0; i < h->count; i++) {
        struct hook *hook = hook_lane_hook(h->lanes[i]);
        if (hook_wants(hook, change, alert) &&
            hook_takes(hook, change, hook_lane_has_room(h->lanes[i]), now) == HOOK_RUN)
            hook_lane_add(h->lanes[i], alert->number, alert_change_json(change, alert));
    }
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

static void tell_more(struct hook_lane *lane, int64_t mono_ns, int64_t utc_ns) {
    enum severity worst;
    size_t more = hook_lane_has_room(lane) ? hook_more(hook_lane_hook(lane), mono_ns, &worst) : 0;
    if (more > 0)
        hook_lane_add(lane, 0, more_json(more, worst, utc_ns));
}

static void forget_gone(struct hooks *h, int at) {
    hook_lane_destroy(h->gone[at], 0);
    h->gone_count--;
    memmove(h->gone + at, h->gone + at + 1, (size_t)(h->gone_count - at) * sizeof *h->gone);
}

void hooks_tick(struct hooks *h, int64_t utc_ns) {
    int64_t now = clock_mono_ns();
    for (int i = 0; i < h->count; i++) {
        tell_more(h->lanes[i], now, utc_ns);
        hook_lane_tick(h->lanes[i], now);
    }
    for (int i = h->gone_count; i-- > 0;)
        if (hook_lane_is_idle(h->gone[i]))
            forget_gone(h, i);
}

/* ---- life ---- */

struct hooks *hooks_create(struct loop *loop, hooks_say_fn *say, void *data) {
    struct hooks *h = memory_new(sizeof *h);
    h->loop = loop;
    h->say = say;
    h->data = data;
    return h;
}

static struct hook_lane *take_same(struct hook_lane **before, int count, const struct hook_said *said) {
    for (int i = 0; i < count; i++) {
        struct hook_lane *lane = before[i];
        if (lane == NULL || !hook_is(hook_lane_hook(lane), said))
            continue;
        before[i] = NULL;
        return lane;
    }
    return NULL;
}

static void let_go(struct hooks *h, struct hook_lane *lane) {
    if (h->gone_count == HOOKS_MOST)
        forget_gone(h, 0);
    hook_lane_drop(lane);
    h->gone[h->gone_count++] = lane;
}

void hooks_configure(struct hooks *h, const struct hook_said *const *said, int count) {
    struct hook_lane *before[HOOKS_MOST];
    int before_count = h->count;
    memcpy(before, h->lanes, sizeof before);
    h->count = 0;
    for (int i = 0; i < count && i < HOOKS_MOST; i++) {
        struct hook_lane *same = take_same(before, before_count, said[i]);
        h->lanes[h->count++] =
            same != NULL ? same : hook_lane_create(h->loop, hook_create(said[i]), h->say, h->data);
    }
    for (int i = 0; i < before_count; i++)
        if (before[i] != NULL)
            let_go(h, before[i]);
}

void hooks_destroy(struct hooks *h) {
    if (h == NULL)
        return;
    int64_t until_ns = clock_mono_ns() + CLOSE_MS * NS_PER_MS;
    for (int i = 0; i < h->count; i++)
        hook_lane_drop(h->lanes[i]);
    for (int i = 0; i < h->count; i++)
        hook_lane_destroy(h->lanes[i], until_ns);
    for (int i = 0; i < h->gone_count; i++)
        hook_lane_destroy(h->gone[i], until_ns);
    free(h);
}
