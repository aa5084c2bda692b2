/* Alerts on their way to the programs that the configuration names: what waits, what runs, what failed.
 *
 * Each hook has its own lane; what can't wait any more is counted, and told as one run later:
 * {"event":"more","more":61,...}. A hook that fails, hangs or is not there is told of to whoever made this,
 * and holds up no other one. Main process; never waits. */
#ifndef OUTWARD_HOOKS_H
#define OUTWARD_HOOKS_H

#include "outward/hook_lane.h"

struct hooks;

struct hooks *hooks_create(struct loop *loop, hooks_say_fn *say, void *data);
/* These from now on, at most HOOKS_MOST; copied. One that says what an earlier one did goes on as it; what
 * waits for one that is no more is dropped, what runs goes on; of very many that are no more the oldest are
 * ended. */
void hooks_configure(struct hooks *hooks, const struct hook_said *const *said, int count);
/* What happened, and what it happened to as it is now. */
void hooks_change(struct hooks *hooks, const struct alert_change *change, const struct alert *alert);
/* Every now and then: what was not told may be by now. */
void hooks_tick(struct hooks *hooks, int64_t utc_ns);
/* What runs has a second to end, then it is killed. NULL is fine. */
void hooks_destroy(struct hooks *hooks);

#endif
