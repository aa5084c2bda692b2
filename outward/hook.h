/* One hook of the configuration: which changes of alerts it is told, how often it may run, how that went.
 *
 * An end is told of what was told as open, and of nothing else; it does not count as a run of the minute, so
 * that nobody goes on believing what is over. A third of these runs is kept for what is critical: thousands
 * of warnings must not use them up before it comes. Main process. */
#ifndef OUTWARD_HOOK_H
#define OUTWARD_HOOK_H

#include "model/alerts.h"

/* What a group of `hooks` says; the rows HOOK of settings.def. Not said is all zero. */
struct hook_said {
    const char *name, *severity, *match;
    const char **command;
    int command_count;
    const char **on;
    int on_count;
    const char **rules;
    int rule_count;
    const char **pass;
    int pass_count;
    int64_t timeout, per_minute; /* timeout: ms */
};

/* What `on` may name: what comes back or is silenced no more is "opened", too. */
#define HOOK_CHANGES  "opened|worse|grew|less|flapping|cleared|acked|unacked"
#define HOOK_TIMEOUT  "10s"
#define HOOK_A_MINUTE 6
enum { HOOKS_MOST = 16, HOOK_NAME_SIZE = 80 };
enum { HOOK_A_MINUTE_MOST = 600 }; /* ten processes a second */

struct hook;

struct hook *hook_create(const struct hook_said *said); /* copies all */
void hook_destroy(struct hook *hook);                   /* NULL is fine */
/* Everything that was said is the same. */
bool hook_is(const struct hook *hook, const struct hook_said *said);

const char *hook_name(const struct hook *hook);
const char *const *hook_command(const struct hook *hook); /* NULL ends */
const char *const *hook_passes(const struct hook *hook);  /* names of variables; NULL ends */
int64_t hook_limit_ns(const struct hook *hook);

/* It is to be told this. */
bool hook_wants(const struct hook *hook, const struct alert_change *change, const struct alert *alert);
enum hook_answer { HOOK_RUN, HOOK_LATER };
/* It is about to be told this, which it wants. LATER: there were too many within a minute, or no room: it is
 * counted as not told. */
enum hook_answer hook_takes(struct hook *hook, const struct alert_change *change, bool room, int64_t mono_ns);
/* So many were not told, and it may run again; that is told now. 0: nothing, or not yet. */
size_t hook_more(struct hook *hook, int64_t mono_ns, enum severity *worst);

/* A run is over; fault NULL: well. What is to be said of that, "" nothing: what was said a short while ago is
 * not said again. */
void hook_ended(struct hook *hook, const char *fault, int64_t mono_ns, char *out, size_t size);

#endif
