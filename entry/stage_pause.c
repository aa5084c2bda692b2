#include "base/clock.h"
#include "entry/stage.h"

#define SLICE_NS  (2 * NS_PER_MS) /* a turn: a key that comes meanwhile waits no longer */
#define SLICE     64              /* objects between two looks at the clock */
#define ANEW_MOST 2               /* times; then the copy is made at once, whoever waits */

const struct model *stage_model(const struct stage *st) {
    return st->frozen != NULL ? st->frozen : st->live;
}

void stage_pause(struct stage *st, bool pause) {
    if (pause == st->paused)
        return;
    st->paused = pause;
    if (pause)
        return;
    if (st->frozen != NULL || st->copying.copy != NULL) /* else there may be one that is still being freed */
        st->unfrozen = st->frozen != NULL ? st->frozen : st->copying.copy;
    st->frozen = NULL;
    st->copying = (struct model_copying){0};
}

bool stage_stands_still(const struct stage *st) {
    return st->paused && st->frozen == NULL;
}

/* The old copy is gone before a new one begins: there is never a third. */
static bool pause_slice(struct stage *st) {
    if (st->unfrozen != NULL) {
        if (model_destroy_slice(st->unfrozen, SLICE))
            st->unfrozen = NULL;
        return true;
    }
    if (!stage_stands_still(st))
        return false;
    st->frozen = model_clone_slice(st->live, &st->copying, st->copying.anew < ANEW_MOST ? SLICE : SIZE_MAX);
    return true;
}

bool stage_work(struct stage *st) {
    int64_t until = clock_mono_ns() + SLICE_NS;
    bool any = pause_slice(st);
    while (clock_mono_ns() < until && pause_slice(st))
        continue;
    return any;
}

void stage_pause_finish(struct stage *st) {
    model_destroy(st->frozen);
    model_destroy(st->copying.copy);
    model_destroy(st->unfrozen);
}
