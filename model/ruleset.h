/* The rules that are in force, as a value: what is looked at, when it is a trouble, how bad, and what is then
 * said.
 *
 * Made before there is a model and shared by those that ask by it; counted, so that a frozen copy of a model
 * keeps the rules that it was frozen with. Everything that a user says of a rule comes as text and is checked
 * here, key by key, so a rule of a file and one of rules.def differ in nothing. Main process. */
#ifndef MODEL_RULESET_H
#define MODEL_RULESET_H

#include "base/expr.h"
#include "model/model.h"

enum { RULE_NAME_MAX = 40, RULES_MOST = 512 };

enum rule_sign { SIGN_MORE, SIGN_AT_LEAST, SIGN_LESS, SIGN_AT_MOST };

struct rule_level {
    bool is;           /* false: it has no such level */
    const char *limit; /* "> 80 %"; "" where the condition alone says that it is so */
    double hold_s;     /* must be so without interruption for that long */
    enum rule_sign sign;
    double threshold;   /* in the value's own unit; NaN where that differs from object to object */
    struct expr *asked; /* that one's number; NULL: the threshold is it */
};

struct rule {
    const char *name;
    enum object_kind kind;
    const char *tag;   /* of the rules of one tag the most urgent one that holds speaks for an object */
    const char *match; /* whom it applies to; "" to all of its kind */
    const char *where; /* what else has to be so; "" nothing */
    const char *value; /* what is compared with the levels; "": where is all that has to be so */
    struct rule_level warn, crit;
    struct rule_level clear; /* of the lesser level: once it spoke it does until the value meets this */
    const char *unless;      /* quantity; not asked of whom it is known of. "" */
    const char *since;       /* quantity that says when it began; "" */
    const char *figure;      /* quantity that says how bad it is; "": the first number that it asks */
    const char *text;        /* model/rules.def */
    const char *why;         /* reason for the levels, one sentence; "" */
    const char *origin;      /* "default", "natsight.conf:12" */
    bool own_match;          /* and no match of rules.def */
    bool enabled;
    int order; /* among all, the most urgent first */
    /* Made of these. */
    struct expr *match_expr, *where_expr, *value_expr; /* NULL: there is none */
    int value_quantity;                                /* -1: the value is more than one quantity */
    int unless_quantity, since_quantity;               /* -1 none */
    int figure_quantity;       /* what says how bad it is, where that is one quantity; -1: there is none */
    bool about_state;          /* asked of who is stale or gone, too */
    bool of_vanished;          /* that is what it is about */
    unsigned shapes;           /* to be asked of servers for that: model/needs.h */
    struct expr_need needs[2]; /* it holds of nothing that does not meet all of them; the cheaper first */
    int need_count;
    bool by_told; /* and of nothing that carries no level itself */
};

struct ruleset;

/* Those of rules.def. */
struct ruleset *ruleset_create(void);
struct ruleset *ruleset_hold(struct ruleset *set);
void ruleset_release(struct ruleset *set); /* NULL is fine */

/* A rule as somebody says it; NULL: not said. */
struct rule_said {
    const char *name, *entity, *condition, *match, *warn, *critical, *clear, *hold, *severity, *text, *tag,
        *reason, *enabled;
    const char *origin; /* where it is said: "natsight.conf:12" */
};
struct rule_fault {
    const char *key;   /* of which of these */
    char message[300]; /* what is wrong, and what was meant */
};
/* One of a default's name replaces that; of one with enabled = false nothing else needs to be said. false:
 * nothing has changed, *fault says why. */
bool ruleset_add(struct ruleset *set, const struct rule_said *said, struct rule_fault *fault);

size_t ruleset_count(const struct ruleset *set);
const struct rule *ruleset_at(const struct ruleset *set, size_t index);
/* Those that are about such objects and not silenced, the most urgent first. */
const struct rule *const *ruleset_of(const struct ruleset *set, enum object_kind kind, size_t *count);
struct rule_question {               /* what some rules need first */
    int id;                          /* -1: these need nothing that could be asked alone */
    const struct rule *const *rules; /* the most urgent first */
    size_t count;
    unsigned letters, truths;   /* bits: a text that begins so, no and yes may be what is needed */
    double scale, above, below; /* and a number that is so large, or so small */
};
/* All of ruleset_of() by what they need first. untold: without those that can't hold of who carries no level
 * in its metadata. */
const struct rule_question *ruleset_questions(const struct ruleset *set, enum object_kind kind, bool untold,
                                              size_t *count);
/* false: by that answer none of its rules holds. */
bool rule_question_is_open(const struct rule_question *question, struct expr_value answer);
const struct rule *ruleset_find(const struct ruleset *set, const char *name); /* NULL: there is none */
/* Of SEVERITY_WARN and SEVERITY_CRIT. */
const struct rule_level *rule_level(const struct rule *rule, enum severity severity);
/* What the value is measured in; UNIT_NONE where there is none. */
enum unit rule_unit(const struct rule *rule);
/* The same is asked in the same way, whatever is said then. */
bool rule_same(const struct rule *a, const struct rule *b);

/* From now on by these; what is known of rules that stay the same is kept. The model holds the set. */
void model_use_rules(struct model *model, struct ruleset *set);
const struct ruleset *model_rules(const struct model *model);
/* When they came into force; 0: before the first tick. */
int64_t model_rules_since(const struct model *model);

/* Levels of rules about this quantity of this object, the lesser severity first. */
struct threshold {
    const struct rule *rule;
    enum severity severity;
    double value; /* in the quantity's own unit */
    bool above;   /* more than that is the trouble */
};
size_t model_thresholds(const struct model *model, const struct object *object, enum quantity q,
                        struct threshold *out, size_t most);

#endif
