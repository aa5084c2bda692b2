/* A value of a quantity: known or not, exact or estimated, with its unit's reading.
 *
 * Unknown is not zero: a first sample, a missing field, an older server, a dropped window give VALUE_UNKNOWN,
 * which every output shows as `-` (JSON: absent) and no rule fires on. */
#ifndef MODEL_VALUE_H
#define MODEL_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/number.h"

enum value_type {
    VALUE_UNKNOWN,
    VALUE_UINT,
    VALUE_INT,
    VALUE_REAL,
    VALUE_TEXT,
    VALUE_BOOL,
    VALUE_TIME,
    VALUE_SPAN
};

enum value_flags {
    VALUE_ESTIMATED = 1, /* shown with ~ */
    VALUE_NEW = 2,       /* unknown because it needs a second sample: shown as "new" */
    VALUE_OLD = 4,       /* from a stale row */
    VALUE_BOUND = 8,     /* at most that: shown as ≤, < in ASCII */
    VALUE_LEAST = 32,    /* at least that: shown as ≥, > in ASCII */
    VALUE_TOLD = 64,     /* an instant by a server's clock: shown as it was told (base/clock.h) */
    VALUE_NEVER = 16,    /* a span without an end: shown as "never", larger than all others, not in JSON */
};

struct value {
    enum value_type type;
    uint8_t flags;
    union {
        uint64_t u;
        int64_t i; /* INT, TIME, SPAN */
        double f;
        bool b;
        const char *text; /* clean, borrowed from the model until its next change */
    };
};

/* As a double (BOOL 0 or 1, TIME and SPAN in ns); false for unknown and text. */
bool value_number(struct value v, double *out);
/* Of a TIME: as this program counts it, so that what is made of it says what was told. */
int64_t value_instant(struct value v);
/* Total order for sorting: unknown below everything, numbers by value, texts by text_order(). <0, 0, >0. */
int value_compare(struct value a, struct value b);
/* As a cell of a table, in the quantity's unit: at most `size` bytes. "-" when unknown, "new", "~" behind
 * estimates, "≤", "≥" before bounds. */
void value_format(char *out, unsigned size, struct value v, enum unit unit);

#endif
