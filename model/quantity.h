/* The quantities: everything that has a name on a screen, in a filter, a rule, a chart, JSON or the manual.
 *
 * One row each in quantities.def. Scripts lean on the names, so they stay. */
#ifndef MODEL_QUANTITY_H
#define MODEL_QUANTITY_H

#include "model/object.h"
#include "model/value.h"

struct model;

enum quantity {
#define QUANTITY(KIND, NAME, ...) Q_##KIND##_##NAME,
#include "model/quantities.def"
#undef QUANTITY
    QUANTITY_COUNT
};

enum quantity_how { HOW_FIELD, HOW_RATE, HOW_CALC, HOW_SUM, HOW_MOST };
enum quantity_worse { WORSE_NEITHER, WORSE_MORE, WORSE_LESS };
enum quantity_flags {
    QUANTITY_SERIES = 1,   /* kept over time: an hour of seconds, a day of minutes */
    QUANTITY_HIDDEN = 2,   /* not in JSON: a text for the screen only */
    QUANTITY_SIGNED = 4,   /* shown with its sign */
    QUANTITY_WHERE = 16,   /* in which cluster: in every document, and a column where there are several */
    QUANTITY_GROUP = 32,   /* connections can be grouped by it */
    QUANTITY_SUBJECT = 64, /* subjects: where there is no room, cut between their tokens */
    QUANTITY_DATED = 256,  /* measured at some time before: evidence of nothing, so no rule asks it */
    QUANTITY_OURS = 128,   /* our word of now, true of what is stale or gone as well */
    QUANTITY_KEY = 8,      /* says which object it is: in every document, and the order of what is equal */
};

typedef struct value quantity_calc_fn(const struct model *model, const struct object *object);

struct quantity_info {
    enum object_kind kind;
    const char *name;  /* "in_msgs_per_s" */
    const char *title; /* column head, at most `width` columns */
    int width;         /* columns of a table cell */
    enum unit unit;
    enum quantity_worse worse;
    unsigned flags;
    enum quantity_how how;
    enum field field; /* HOW_FIELD, HOW_RATE; of a server also fields of HEALTH, JETSTREAM, SUBLIST */
    quantity_calc_fn *calc;
    int64_t within_ns; /* what happened in this span, as far as we watched it; 0: another number */
    enum quantity of;  /* HOW_SUM, HOW_MOST: over the members of a group */
    const char *help;  /* one sentence */
};

extern const struct quantity_info quantities[QUANTITY_COUNT];

/* Those of a kind that are QUANTITY_KEY, in order; the first behind the last is -1. */
const int16_t *quantity_keys(enum object_kind kind);
/* -1 when there is none. */
int quantity_by_name(enum object_kind kind, const char *name);
/* The words that a quantity chooses from, some of them more than once, yes and no among them; NULL: no more,
 * of n 0: it may be any text. */
const char *quantity_word(enum quantity q, int n);
/* Yes or no. */
bool quantity_is_truth(enum quantity q);
/* Whole sentences as well as its words. */
bool quantity_says_more(enum quantity q);
struct state_rule {
    const char *name, *condition, *why; /* a row of consumer_states.def, stream_states.def */
};
/* false: objects of that kind have no such rule. */
bool state_rule_at(enum object_kind kind, int n, struct state_rule *out);
struct value quantity_get(const struct model *model, const struct object *object, enum quantity q);

#endif
