/* What waits and what runs of one hook. A few runs at once, of one alert one after the other; no hook waits
 * for another one. What has waited for a while is told of, once, and when that is over. Main process; never
 * waits. */
#ifndef OUTWARD_HOOK_LANE_H
#define OUTWARD_HOOK_LANE_H

#include <jansson.h>

#include "base/loop.h"
#include "outward/hook.h"

enum { HOOK_AT_ONCE = 4 };   /* processes of one hook */
enum { HOOK_WAITING = 256 }; /* of one hook; more are counted (hooks.h) */

/* Something about a hook: what went wrong, or that it works again. */
typedef void hooks_say_fn(void *data, bool wrong, const char *name, const char *text);

struct hook_lane;

/* Takes the hook over. */
struct hook_lane *hook_lane_create(struct loop *loop, struct hook *hook, hooks_say_fn *say, void *data);
struct hook *hook_lane_hook(const struct hook_lane *lane);
bool hook_lane_has_room(const struct hook_lane *lane);
/* Runs or waits; takes the document over. There is room. alert 0: of none. */
void hook_lane_add(struct hook_lane *lane, uint64_t alert, json_t *document);
void hook_lane_tick(struct hook_lane *lane, int64_t mono_ns);
/* What waits is dropped; what runs goes on. */
void hook_lane_drop(struct hook_lane *lane);
bool hook_lane_is_idle(const struct hook_lane *lane);
/* What runs has until then to end, and is killed. NULL is fine. */
void hook_lane_destroy(struct hook_lane *lane, int64_t until_mono_ns);

#endif
