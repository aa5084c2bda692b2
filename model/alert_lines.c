#include "model/alert_lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define LINES_MOST  5  /* of one rule a tick; how many more there are is another one */
#define BEFORE_MOST 50 /* that were open when we came */

struct crowd { /* that one rule speaks of in this tick */
    const struct alert *like;
    const struct alert_change *change;
    size_t count;
};

struct alert_lines {
    alert_line_fn *say;
    void *data;
    uint64_t read;   /* of all changes */
    uint64_t *named; /* alerts that had a line of their own: so has their end */
    size_t named_count, named_cap;
    struct crowd *crowds;
    size_t crowd_count, crowd_cap;
};

/* REMARK: of what has a line. WORD: a person's. */
enum part { NO_LINE, LINE, REMARK, END, WORD };

static const enum part parts[] = {
    [CHANGE_OPENED] = LINE,  [CHANGE_WORSE] = LINE,      [CHANGE_GREW] = LINE,
    [CHANGE_LESS] = LINE,    [CHANGE_CAME_BACK] = LINE,  [CHANGE_FLAPPING] = REMARK,
    [CHANGE_CLEARED] = END,  [CHANGE_UNSILENCED] = LINE, [CHANGE_ACKED] = WORD,
    [CHANGE_UNACKED] = WORD, [CHANGE_SILENCED] = WORD,
};

static struct crowd *crowd_of(struct alert_lines *lines, const struct alert_change *change,
                              const struct alert *alert) {
    for (size_t i = 0; i < lines->crowd_count; i++)
        if (strcmp(lines->crowds[i].like->rule, alert->rule) == 0)
            return &lines->crowds[i];
    if (lines->crowd_count == lines->crowd_cap) {
        lines->crowd_cap = lines->crowd_cap ? lines->crowd_cap * 2 : 8;
        lines->crowds = memory_grow(lines->crowds, lines->crowd_cap, sizeof *lines->crowds);
    }
    lines->crowds[lines->crowd_count] = (struct crowd){alert, change, 0};
    return &lines->crowds[lines->crowd_count++];
}

static size_t place_of(const struct alert_lines *lines, uint64_t alert) {
    size_t i = 0;
    while (i < lines->named_count && lines->named[i] != alert)
        i++;
    return i;
}

static bool is_named(const struct alert_lines *lines, uint64_t alert) {
    return place_of(lines, alert) < lines->named_count;
}

static void name(struct alert_lines *lines, uint64_t alert) {
    if (is_named(lines, alert))
        return;
    if (lines->named_count == lines->named_cap) {
        lines->named_cap = lines->named_cap ? lines->named_cap * 2 : 16;
        lines->named = memory_grow(lines->named, lines->named_cap, sizeof *lines->named);
    }
    lines->named[lines->named_count++] = alert;
}

static bool forget(struct alert_lines *lines, uint64_t alert) {
    size_t at = place_of(lines, alert);
    if (at == lines->named_count)
        return false;
    lines->named[at] = lines->named[--lines->named_count];
    return true;
}

static void take(struct alert_lines *lines, const struct model *model, const struct alert_change *change) {
    const struct alert *alert = model_alert_by_number(model, change->alert);
    enum part part = change->alert != 0 ? parts[change->kind] : WORD;
    if (part == WORD)
        lines->say(lines->data, change, alert, 0);
    if (!alert || part == NO_LINE || part == WORD || (part == REMARK && !is_named(lines, change->alert)))
        return;
    if (part == END ? !forget(lines, change->alert) : change->silenced)
        return;
    if (part == LINE && ++crowd_of(lines, change, alert)->count > LINES_MOST)
        return;
    if (part == LINE)
        name(lines, change->alert);
    if (!change->silenced)
        lines->say(lines->data, change, alert, 0);
}

void alert_lines_tick(struct alert_lines *lines, const struct model *model) {
    uint64_t last = model_alert_change_last(model);
    if (last - lines->read > ALERT_CHANGES)
        lines->read = last - ALERT_CHANGES;
    while (lines->read < last)
        take(lines, model, model_alert_change(model, ++lines->read));
    for (size_t i = 0; i < lines->crowd_count; i++) {
        const struct crowd *crowd = &lines->crowds[i];
        if (crowd->count > LINES_MOST)
            lines->say(lines->data, crowd->change, crowd->like, crowd->count - LINES_MOST);
    }
    lines->crowd_count = 0;
}

void alert_end_text(const struct alert *a, char *out, size_t size) {
    bool known = strcmp(a->figure, "-") != 0, gone = strcmp(a->ending, "gone") == 0;
    if (model_alert_is_unsolved(a)) /* what was threatening has happened, or goes on: nobody is well */
        snprintf(out, size, "ended: %s%s", strcmp(a->ending, "cut") == 0 ? "it was " : "", a->ending);
    else if (*a->ending && !known)
        snprintf(out, size, "%s", a->ending);
    else /* the figure that it had last says nothing of what is not there */
        snprintf(out, size, "%s%s", a->figure, gone ? ", gone" : "");
}

/* An earlier run said that these are open: now it is over. */
static void name_open(struct alert_lines *lines, const struct model *model) {
    for (size_t i = 0; i < model_alert_count(model) && lines->named_count < BEFORE_MOST; i++) {
        const struct alert *alert = model_alert(model, i);
        if (alert->state == ALERT_OPEN && !alert_is_muted(alert, CHANGE_CLEARED))
            name(lines, alert->number);
    }
}

struct alert_lines *alert_lines_create(const struct model *model, alert_line_fn *say, void *data) {
    struct alert_lines *lines = memory_new(sizeof *lines);
    lines->say = say;
    lines->data = data;
    lines->read = model_alert_change_last(model);
    name_open(lines, model);
    return lines;
}

void alert_lines_destroy(struct alert_lines *lines) {
    if (!lines)
        return;
    free(lines->named);
    free(lines->crowds);
    free(lines);
}
