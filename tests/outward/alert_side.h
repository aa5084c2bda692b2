/* One natsight of several that have the alerts of the cluster of tests/outward/alert_folder.h: model and
 * file, and what it said last. All in one process: they have one pid. */
#ifndef TESTS_OUTWARD_ALERT_SIDE_H
#define TESTS_OUTWARD_ALERT_SIDE_H

#include "base/clock.h"
#include "base/loop.h"
#include "outward/alert_file.h"

#define ALERT_SIDE_NS (40 * NS_PER_S) /* whatever is awaited comes by then */

struct alert_side { /* all 0: not there */
    struct loop *loop;
    struct model *model;
    struct alert_file *file;
    char said[800];
    int times; /* so often something was said */
    bool warning;
};

void alert_side_come(struct alert_side *side, bool screen);
void alert_side_tick(struct alert_side *side);
void alert_side_leave(struct alert_side *side);

bool alert_side_hush(struct alert_side *side, const char *server);
/* That of ORDERS/billing; NULL: there is none. */
const struct alert *alert_side_billing(const struct alert_side *side);

/* The cluster's file has this text. */
bool alert_side_in_file(const char *text);
void alert_side_await_in_file(struct alert_side *side, const char *text);
void alert_side_await_said(struct alert_side *side, const char *text);

#endif
