#include "views/event_lines.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

struct event_walk event_walk_of(const struct model *model) {
    uint64_t last = model_alert_change_last(model);
    return (struct event_walk){.model = model,
                               .events = model_event_count(model),
                               .change = last,
                               .oldest = last > ALERT_CHANGES ? last - ALERT_CHANGES + 1 : 1};
}

static bool passes(const struct event *e, const char *filter) {
    bool inverse = filter[0] == '!';
    const char *needle = filter + inverse;
    if (!*needle)
        return true;
    bool hit =
        text_contains(e->kind, needle) || text_contains(e->subject, needle) || text_contains(e->text, needle);
    return hit != inverse;
}

/* With the mark that lists have. */
static const char *kind_word(const struct alert_change *change) {
    return change->severity == SEVERITY_CRIT   ? "alert !!"
           : change->severity == SEVERITY_WARN ? "alert  !"
           : change->alert                     ? "alert  ."
                                               : "alert";
}

static const char *severity_word(enum severity severity) {
    return severity == SEVERITY_CRIT ? " crit" : severity == SEVERITY_WARN ? " warn" : "";
}

/* "opened crit: n2 down, connection refused", "acked by alice, a new disk" */
static void set_change(struct event_line *line, const struct alert_change *change,
                       const struct model *model) {
    const struct alert *alert = model_alert_by_number(model, change->alert);
    bool acked = change->kind == CHANGE_ACKED; /* what it is now it was before */
    snprintf(line->text, sizeof line->text, "%s%s%s%s", alert_change_word(change->kind),
             severity_word(acked ? SEVERITY_OK : change->severity),
             !*change->text ? ""
             : acked        ? " "
                            : ": ",
             change->text);
    line->id = change->number << 1 | 1;
    line->alert = change->alert;
    line->is_change = true;
    line->muted = change->silenced;
    line->severity = change->severity;
    line->event = (struct event){.number = change->number,
                                 .utc_ns = change->utc_ns,
                                 .kind = kind_word(change),
                                 .object = alert ? alert->object : 0,
                                 .subject = change->name,
                                 .text = line->text};
}

/* Of one instant the alert stands above what it was made of. */
static bool next(struct event_walk *walk, struct event_line *out) {
    const struct event *event = walk->events ? model_event(walk->model, walk->events - 1) : NULL;
    const struct alert_change *change =
        walk->change >= walk->oldest ? model_alert_change(walk->model, walk->change) : NULL;
    if (change && (!event || change->utc_ns >= event->utc_ns)) {
        walk->change--;
        set_change(out, change, walk->model);
        return true;
    }
    if (!event)
        return false;
    walk->events--;
    out->event = *event;
    out->id = event->number << 1;
    out->alert = 0;
    out->is_change = out->muted = false;
    out->severity = SEVERITY_OK;
    return true;
}

bool event_walk_next(struct event_walk *walk, const char *filter, struct event_line *out) {
    while (next(walk, out))
        if (passes(&out->event, filter))
            return true;
    return false;
}

long event_lines_count(const struct model *model, const char *filter) {
    struct event_walk walk = event_walk_of(model);
    struct event_line line;
    long count = 0;
    if (!*filter)
        return (long)(walk.events + (walk.change >= walk.oldest ? walk.change - walk.oldest + 1 : 0));
    while (event_walk_next(&walk, filter, &line))
        count++;
    return count;
}
