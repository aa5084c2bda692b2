/* Events and changes of alerts as one list, newest first. Main process, pure. */
#ifndef VIEWS_EVENT_LINES_H
#define VIEWS_EVENT_LINES_H

#include "model/alerts.h"
#include "views/view.h"

enum { EVENT_TEXT_SIZE = 1100 };

struct event_line {
    struct event event;     /* its texts live as long as this and the model */
    uint64_t id;            /* among all of both; never 0 */
    uint64_t alert;         /* number of the alert that changed; 0: an event, or what was done to an entity */
    bool muted;             /* nobody wanted to be told */
    bool is_change;         /* of an alert */
    enum severity severity; /* after a change; else OK */
    char text[EVENT_TEXT_SIZE];
};

struct event_walk {
    const struct model *model;
    size_t events;           /* that are left */
    uint64_t change, oldest; /* the next one; the last that is kept */
};

struct event_walk event_walk_of(const struct model *model);
/* The next older one that passes the filter (context's); false: there is none. */
bool event_walk_next(struct event_walk *walk, const char *filter, struct event_line *out);
/* So many pass. */
long event_lines_count(const struct model *model, const char *filter);

#endif
