#include "outward/hook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/choice.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/number.h"
#include "outward/hook_match.h"

enum { TOLD_MOST = 16384, FAULT_SIZE = 400, KEPT = 3 /* a third of a minute's runs */ };
#define MINUTE_NS (60 * NS_PER_S)
#define AGAIN_NS  (10 * MINUTE_NS) /* the same fault is said again */

enum { /* bits in the order of HOOK_CHANGES */
       ON_OPENED = 1,
       ON_WORSE = 2,
       ON_GREW = 4,
       ON_LESS = 8,
       ON_FLAPPING = 16,
       ON_CLEARED = 32,
       ON_ACKED = 64,
       ON_UNACKED = 128,
       ON_DEFAULT = ON_OPENED | ON_WORSE | ON_CLEARED,
       ON_OPEN = ON_OPENED | ON_WORSE | ON_GREW, /* after these it is known to be open */
};

static const unsigned on_of[] = {
    [CHANGE_OPENED] = ON_OPENED,     [CHANGE_WORSE] = ON_WORSE,      [CHANGE_GREW] = ON_GREW,
    [CHANGE_LESS] = ON_LESS,         [CHANGE_CAME_BACK] = ON_OPENED, [CHANGE_FLAPPING] = ON_FLAPPING,
    [CHANGE_CLEARED] = ON_CLEARED,   [CHANGE_ACKED] = ON_ACKED,      [CHANGE_UNACKED] = ON_UNACKED,
    [CHANGE_UNSILENCED] = ON_OPENED,
};
#define CHANGES (sizeof on_of / sizeof *on_of)

struct hook {
    char name[HOOK_NAME_SIZE];
    const char **command, **rules, **pass; /* NULL ends */
    char *match_text;
    struct expr *match;
    unsigned on;
    enum severity least;
    int64_t limit_ns, began_utc_ns;
    int64_t *runs; /* of a minute, a ring */
    int per_minute, next;
    uint64_t *told; /* alerts that it knows to be open, in order */
    size_t told_count, told_cap;
    size_t untold;
    enum severity untold_worst;
    char fault[FAULT_SIZE]; /* of the last run; "" none */
    int64_t fault_ns;       /* when that was said */
    size_t faults;          /* not said since */
};

/* ---- what was said ---- */

static const char **copy_list(const char *const *items, int count) {
    const char **copy = memory_array((size_t)count + 1, sizeof *copy);
    for (int i = 0; i < count; i++)
        copy[i] = memory_text(items[i]);
    return copy;
}

static void free_list(const char **list) {
    for (int i = 0; list[i] != NULL; i++)
        free((void *)(uintptr_t)list[i]);
    free((void *)list);
}

static bool same_list(const char *const *list, const char *const *items, int count) {
    int i = 0;
    while (i < count && list[i] != NULL && strcmp(list[i], items[i]) == 0)
        i++;
    return i == count && list[i] == NULL;
}

static unsigned on_bits(const struct hook_said *said) {
    unsigned on = 0;
    for (int i = 0; i < said->on_count; i++)
        on |= 1u << choice_index(HOOK_CHANGES, said->on[i]);
    return on != 0 ? on : ON_DEFAULT;
}

static enum severity least_of(const struct hook_said *said) {
    bool critical = said->severity != NULL && strcmp(said->severity, "critical") == 0;
    return critical ? SEVERITY_CRIT : SEVERITY_WARN;
}

static int64_t limit_of(const struct hook_said *said) {
    double ns = (double)said->timeout * NS_PER_MS;
    enum unit unit;
    if (said->timeout == 0)
        number_parse(HOOK_TIMEOUT, &ns, &unit);
    return (int64_t)ns;
}

static int per_minute_of(const struct hook_said *said) {
    return said->per_minute != 0 ? (int)said->per_minute : HOOK_A_MINUTE;
}

/* The program without its folder, unless it was given a name. */
static void name_it(struct hook *hook, const struct hook_said *said) {
    const char *slash = strrchr(said->command[0], '/');
    snprintf(hook->name, sizeof hook->name, "%s",
             said->name != NULL ? said->name
             : slash != NULL    ? slash + 1
                                : said->command[0]);
}

struct hook *hook_create(const struct hook_said *said) {
    struct expr_error error;
    struct hook *hook = memory_new(sizeof *hook);
    name_it(hook, said);
    hook->command = copy_list(said->command, said->command_count);
    hook->rules = copy_list(said->rules, said->rule_count);
    hook->pass = copy_list(said->pass, said->pass_count);
    hook->match_text = memory_text(said->match != NULL ? said->match : "");
    hook->match = hook->match_text[0] != '\0' ? hook_match_parse(hook->match_text, &error) : NULL;
    hook->on = on_bits(said);
    hook->least = least_of(said);
    hook->limit_ns = limit_of(said);
    hook->began_utc_ns = clock_utc_ns();
    hook->per_minute = per_minute_of(said);
    hook->runs = memory_array((size_t)hook->per_minute, sizeof *hook->runs);
    for (int i = 0; i < hook->per_minute; i++)
        hook->runs[i] = INT64_MIN / 2;
    return hook;
}

void hook_destroy(struct hook *hook) {
    if (hook == NULL)
        return;
    free_list(hook->command);
    free_list(hook->rules);
    free_list(hook->pass);
    free(hook->match_text);
    expr_destroy(hook->match);
    free(hook->runs);
    free(hook->told);
    free(hook);
}

bool hook_is(const struct hook *hook, const struct hook_said *said) {
    struct hook named;
    name_it(&named, said);
    return strcmp(hook->name, named.name) == 0 &&
           same_list(hook->command, said->command, said->command_count) &&
           same_list(hook->rules, said->rules, said->rule_count) &&
           same_list(hook->pass, said->pass, said->pass_count) &&
           strcmp(hook->match_text, said->match != NULL ? said->match : "") == 0 &&
           hook->on == on_bits(said) && hook->least == least_of(said) && hook->limit_ns == limit_of(said) &&
           hook->per_minute == per_minute_of(said);
}

const char *hook_name(const struct hook *hook) {
    return hook->name;
}

const char *const *hook_command(const struct hook *hook) {
    return hook->command;
}

const char *const *hook_passes(const struct hook *hook) {
    return hook->pass;
}

int64_t hook_limit_ns(const struct hook *hook) {
    return hook->limit_ns;
}

/* ---- what it was told ---- */

/* The place of the first that is not less. */
static size_t place_of(const struct hook *hook, uint64_t alert) {
    size_t low = 0, high = hook->told_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (hook->told[middle] < alert)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool was_told(const struct hook *hook, uint64_t alert) {
    size_t at = place_of(hook, alert);
    return at < hook->told_count && hook->told[at] == alert;
}

static void drop_told(struct hook *hook, size_t at) {
    memmove(hook->told + at, hook->told + at + 1, (--hook->told_count - at) * sizeof *hook->told);
}

static void set_told(struct hook *hook, uint64_t alert) {
    if (was_told(hook, alert))
        return;
    if (hook->told_count == TOLD_MOST)
        drop_told(hook, 0); /* the oldest */
    if (hook->told_count == hook->told_cap) {
        hook->told_cap = hook->told_cap ? hook->told_cap * 2 : 16;
        hook->told = memory_grow(hook->told, hook->told_cap, sizeof *hook->told);
    }
    size_t at = place_of(hook, alert);
    memmove(hook->told + at + 1, hook->told + at, (hook->told_count++ - at) * sizeof *hook->told);
    hook->told[at] = alert;
}

static void note_told(struct hook *hook, const struct alert_change *change) {
    if (on_of[change->kind] & ON_OPEN)
        set_told(hook, change->alert);
    else if (change->kind == CHANGE_CLEARED && was_told(hook, change->alert))
        drop_told(hook, place_of(hook, change->alert));
}

/* ---- what it wants ---- */

static bool is_for(const struct hook *hook, const struct alert *alert) {
    bool named = hook->rules[0] == NULL;
    for (int i = 0; hook->rules[i] != NULL && !named; i++)
        named = strcmp(hook->rules[i], alert->rule) == 0;
    return named && (hook->match == NULL || hook_matches(hook->match, alert));
}

/* Told by itself, or by the run before this one, which is not known any more. */
static bool knows(const struct hook *hook, const struct alert *alert) {
    return was_told(hook, alert->number) || (alert->opened_utc_ns < hook->began_utc_ns && !alert->untold &&
                                             alert->worst >= hook->least && is_for(hook, alert));
}

static bool is_first(const struct hook *hook, const struct alert_change *change, const struct alert *alert) {
    return !was_told(hook, change->alert) && (!knows(hook, alert) || change->before < hook->least);
}

bool hook_wants(const struct hook *hook, const struct alert_change *change, const struct alert *alert) {
    unsigned on = change->kind < CHANGES ? on_of[change->kind] : 0;
    bool opens = (on & ON_OPEN) != 0;
    if (on == 0 || change->silenced)
        return false;
    if (alert->acked_utc_ns > 0 && (on & (ON_CLEARED | ON_WORSE | ON_ACKED | ON_UNACKED)) == 0)
        return false;
    if (opens && (hook->on & ON_OPENED) && is_first(hook, change, alert))
        on |= ON_OPENED; /* the first that it hears of it */
    if ((hook->on & on) == 0)
        return false;
    if (!opens && (hook->on & ON_OPEN))
        return knows(hook, alert);
    return (opens ? change->severity : alert->worst) >= hook->least && is_for(hook, alert);
}

/* What is less leaves some of a minute's runs to what is critical, which may come a moment later. */
static bool take_run(struct hook *hook, bool critical, int64_t mono_ns) {
    int kept = critical ? 0 : hook->per_minute / KEPT;
    if (mono_ns - hook->runs[(hook->next + kept) % hook->per_minute] < MINUTE_NS)
        return false;
    hook->runs[hook->next] = mono_ns;
    hook->next = (hook->next + 1) % hook->per_minute;
    return true;
}

enum hook_answer hook_takes(struct hook *hook, const struct alert_change *change, bool room,
                            int64_t mono_ns) {
    bool is_end = change->kind == CHANGE_CLEARED && (hook->on & ON_OPEN);
    if (room && (is_end || take_run(hook, change->severity == SEVERITY_CRIT, mono_ns))) {
        note_told(hook, change);
        return HOOK_RUN;
    }
    hook->untold++;
    if (change->severity > hook->untold_worst)
        hook->untold_worst = change->severity;
    return HOOK_LATER;
}

size_t hook_more(struct hook *hook, int64_t mono_ns, enum severity *worst) {
    size_t more = hook->untold;
    if (more == 0 || !take_run(hook, hook->untold_worst == SEVERITY_CRIT, mono_ns))
        return 0;
    *worst = hook->untold_worst;
    hook->untold = 0;
    hook->untold_worst = SEVERITY_OK;
    return more;
}

/* ---- how it went ---- */

void hook_ended(struct hook *hook, const char *fault, int64_t mono_ns, char *out, size_t size) {
    out[0] = '\0';
    if (fault == NULL) {
        if (hook->fault[0] != '\0')
            snprintf(out, size, "works again");
        hook->fault[0] = '\0';
        hook->faults = 0;
        return;
    }
    hook->faults++;
    if (strncmp(fault, hook->fault, sizeof hook->fault - 1) == 0 && mono_ns - hook->fault_ns < AGAIN_NS)
        return;
    if (hook->faults > 1)
        snprintf(out, size, "%s (%zu times)", fault, hook->faults);
    else
        snprintf(out, size, "%s", fault);
    snprintf(hook->fault, sizeof hook->fault, "%s", fault);
    hook->fault_ns = mono_ns;
    hook->faults = 0;
}
