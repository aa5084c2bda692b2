/* What `natsight check` found, and how it is said: to a scheduler (Nagios, Icinga, cron) or as JSON.
 *
 * Judged by the same model and rules as the screen. The model and all that a report points to are borrowed
 * until it is written. Main process. */
#ifndef ENTRY_CHECK_H
#define ENTRY_CHECK_H

#include "base/buffer.h"
#include "entry/options.h"
#include "model/alerts.h"
#include "model/rule_cover.h"

/* Their numbers are the exit codes that schedulers know. */
enum check_status { CHECK_OK, CHECK_WARNING, CHECK_CRITICAL, CHECK_UNKNOWN };
const char *check_status_word(enum check_status status); /* "OK" */

/* ---- what --only lets through: check_only.c ---- */
struct check_only;
/* NULL: message[] says what is wrong. Without --only everything passes. */
struct check_only *check_only_create(const struct options *options, char *message, size_t size);
void check_only_destroy(struct check_only *only); /* NULL is fine */
bool check_only_object(const struct check_only *only, const struct model *model, const struct object *object);
/* Also of what is no more, by its name. */
bool check_only_alert(const struct check_only *only, const struct model *model, const struct alert *alert);
/* They let something else than servers through, too. */
bool check_only_elsewhere(const struct check_only *only);
/* The first --only with a filter that nothing passes; NULL: there is none. */
const char *check_only_missed(const struct check_only *only, const struct model *model);

/* ---- which rules are judged: check_rules.c ---- */
/* Those of --rule alone: the others are silenced, so that none of them speaks in place of one that was asked
 * for. false: one of them is none, which is said on stderr. */
bool check_rules_narrow(const struct options *options, struct ruleset *set);
/* The longest that one of them has to hold; scale: of all holds. */
double check_rules_hold_ns(const struct ruleset *set, double scale);

/* ---- what was found ---- */
struct check_unjudged { /* a rule that could not be said of some object that it may hold of, or of none */
    const struct rule *rule;
    struct rule_cover cover;
};

struct check_report {
    const struct model *model; /* NULL: there was none */
    const struct options *options;
    const struct check_only *only;
    enum check_status status;
    const char *message;            /* instead of counts; "" */
    const struct alert **alerts;    /* worst first */
    size_t alert_count, crit, warn; /* crit and warn of these */
    const struct alert **pending;   /* soonest first */
    size_t pending_count;
    struct check_unjudged *unjudged;
    size_t unjudged_count;
    const struct rule **in_vain; /* somebody's own that apply to nothing there */
    size_t in_vain_count;
    const char *notes; /* what happened to ourselves, a line each; "" */
    int64_t watched_ns;
    bool cut_short; /* by --timeout */
};

/* Servers that answer and that should, over all clusters. */
struct check_servers {
    int up, expected;
};
struct check_servers check_servers(const struct model *model);
/* Whose JetStream was heard, where it has any; what only the others have is not known. */
struct check_jetstream {
    int heard, unheard;
    bool silent; /* one of these should answer */
};
struct check_jetstream check_jetstream(const struct model *model);

/* ---- what may be wrong though nothing was found: check_unknown.c ---- */
const char *check_unjudged_why(const struct model *model, const struct check_unjudged *unjudged);
/* Nobody told anything of what that rule is about, or somebody silent may have it: why; NULL: not so. */
const char *check_unheard(const struct model *model, const struct rule *rule, char out[static 80]);
/* What was asked for can't be answered, or somebody who may have it was not asked: message[] says why. */
bool check_is_unknown(const struct check_report *report, char *message, size_t size);

/* Lines for a scheduler, JSON for a script; both end in a newline. */
void check_write_text(const struct check_report *report, struct buffer *out);
void check_write_json(const struct check_report *report, struct buffer *out);

/* ---- performance data: check_figures.c ---- */
struct check_figure {
    char label[200];
    double value;            /* in `unit` */
    const char *unit;        /* "", "s", "%", "B" */
    char warn[48], crit[48]; /* as Nagios has ranges; "" none */
    double most;             /* NaN: none */
};
enum { CHECK_FIGURES_MOST = 32 };
/* At most CHECK_FIGURES_MOST: returns how many. Those of the rules of --rule, else the usual ones. */
size_t check_figures(const struct check_report *report, struct check_figure *out);
/* Without exponent, without zeros at its end. */
void check_number(double value, char *out, size_t size);

#endif
