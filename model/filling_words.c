/* What is said of a connection that fills: tables of rules, of which the first that holds speaks. */
#include "model/filling.h"

#include <math.h>

#include "base/clock.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define KEEPS_UP 0.95 /* who takes so much of what comes */

/* ---- why ---- */

static bool has_stopped(const struct filling *f) {
    return f->stopped;
}

/* What left of a leaf node at one poll alone may have been thrown into the kernel by a deadline. */
static bool is_slow(const struct filling *f) {
    return !(f->rules.kept && f->leaving < FILL_READS) && f->quiet_ns == TIME_UNSET && f->piles &&
           f->drain < KEEPS_UP * f->feed;
}

/* More came than ever, and it is read. */
static bool has_burst(const struct filling *f) {
    return f->quiet_ns == TIME_UNSET && f->jumped && (f->drain > f->feed || f->slope < 0);
}

static const struct {
    const char *name;
    bool (*holds)(const struct filling *f);
} reasons[] = {
    {"stopped", has_stopped},
    {"slow reader", is_slow},
    {"burst", has_burst},
};

const char *filling_likely_word(int n) {
    return n < COUNT(reasons) ? reasons[n].name : NULL;
}

const char *filling_likely(const struct filling *f) {
    for (int i = 0; i < COUNT(reasons); i++)
        if (reasons[i].holds(f))
            return reasons[i].name;
    return NULL;
}

/* ---- what comes next ---- */

static bool was_cut(const struct filling *f) {
    return f->was_cut;
}

static bool is_kept(const struct filling *f) {
    return f->rules.kept && isfinite(f->rules.deadline_s) && f->stuck;
}

static bool is_kept_held(const struct filling *f) {
    return is_kept(f) && f->held_ns != TIME_UNSET;
}

static bool is_flat_at_deadline(const struct filling *f) {
    return f->cut.by == CUT_BY_DEADLINE && f->flat_ns != TIME_UNSET;
}

static bool is_flat_held_at_deadline(const struct filling *f) {
    return is_flat_at_deadline(f) && f->held_ns != TIME_UNSET;
}

static bool is_flat(const struct filling *f) {
    return f->flat_ns != TIME_UNSET;
}

static bool misses_deadline(const struct filling *f) {
    return f->cut.by == CUT_BY_DEADLINE;
}

static bool is_held(const struct filling *f) {
    return f->held_ns != TIME_UNSET;
}

static bool misses_deadline_held(const struct filling *f) {
    return misses_deadline(f) && is_held(f);
}

/* Who would be held by now, and is not counted as such, may not be held at all. */
static bool holds_later(const struct filling *f) {
    return f->cut.held_in_s > 0 && isfinite(f->cut.held_in_s);
}

static bool misses_deadline_after_hold(const struct filling *f) {
    return misses_deadline(f) && holds_later(f);
}

static bool is_cut_held(const struct filling *f) {
    return f->cut.by == CUT_BY_PENDING && is_held(f);
}

static bool is_cut_after_hold(const struct filling *f) {
    return f->cut.by == CUT_BY_PENDING && holds_later(f);
}

static bool is_cut(const struct filling *f) {
    return f->cut.by == CUT_BY_PENDING;
}

static bool will_be_held(const struct filling *f) {
    return holds_later(f);
}

static bool drains(const struct filling *f) {
    return f->quiet_ns == TIME_UNSET && f->piles && f->feed < KEEPS_UP * f->drain;
}

static bool holds_little(const struct filling *f) {
    return f->quiet_ns != TIME_UNSET;
}

static const struct {
    bool (*holds)(const struct filling *f);
    const char *words, *brief;
} steps[] = {
    {is_kept_held, "producers held[ for {held_for}], write deadline {deadline}: closed if nothing leaves",
     "held[ {held_for}]"},
    {is_kept, "write deadline {deadline}: closed if nothing leaves[, producers held from {level}{hold}]",
     "may close"},
    {was_cut, "was cut, its last write still goes on", "was cut"},
    {is_flat_held_at_deadline, "flat[ for {flat_for}]: write deadline {cut}, producers held", "cut {cut_in}"},
    {is_flat_at_deadline, "flat[ for {flat_for}]: write deadline {cut}", "cut {cut_in}"},
    {misses_deadline_held, "write deadline {cut}, producers held", "cut {cut_in}"},
    {misses_deadline_after_hold, "write deadline {cut}, producers held from {level}{hold}", "cut {cut_in}"},
    {misses_deadline, "write deadline {cut}", "cut {cut_in}"},
    {is_cut_held, "producers held, cut {cut}", "cut {cut_in}"},
    {is_cut_after_hold, "cut {cut}, producers held from {level}{hold}", "cut {cut_in}"},
    {is_cut, "cut {cut}", "cut {cut_in}"},
    {is_held, "producers held[ for {held_for}]", "held[ {held_for}]"},
    {will_be_held, "producers held from {level}{hold}", "hold {held_in}"},
    {drains, "empty {empty}", "empty[ {empty_in}]"},
    {is_flat, "flat[ for {flat_for}]", "flat[ {flat_for}]"},
    {holds_little, "emptied[ {quiet_for} ago]", "emptied[ {quiet_for}]"},
};

static int step_of(const struct filling *f) {
    for (int i = 0; i < COUNT(steps); i++)
        if (steps[i].holds(f))
            return i;
    return -1;
}

const char *filling_next(const struct filling *f) {
    int step = step_of(f);
    return step < 0 ? NULL : steps[step].words;
}

const char *filling_step(const struct filling *f) {
    int step = step_of(f);
    return step < 0 ? NULL : steps[step].brief;
}

static const char *const unheld[] = {
    [FILL_FED_ELSE] = "no client of its server sends as much, it is fed by another server or a stream",
    [FILL_UNCOUNTED] = "its server counts no pause for its sake",
    [FILL_GOES_ON] = "as much comes as before",
};

const char *filling_unheld(const struct filling *f) {
    return unheld[f->unheld];
}
