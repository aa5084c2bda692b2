#include "model/value.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

bool value_number(struct value v, double *out) {
    switch (v.type) {
    case VALUE_UINT:
        *out = (double)v.u;
        return true;
    case VALUE_INT:
    case VALUE_TIME:
    case VALUE_SPAN:
        *out = (double)v.i;
        return true;
    case VALUE_REAL:
        *out = v.f;
        return !isnan(v.f);
    case VALUE_BOOL:
        *out = v.b;
        return true;
    case VALUE_UNKNOWN:
    case VALUE_TEXT:
        break;
    }
    return false;
}

int64_t value_instant(struct value v) {
    return v.flags & VALUE_TOLD ? time_of_wall(v.i) : v.i;
}

/* 0 unknown, 1 number, 2 text: kinds that do not compare with each other have this order. */
static int value_class(struct value v) {
    double number;
    return v.type == VALUE_TEXT ? 2 : value_number(v, &number) ? 1 : 0;
}

int value_compare(struct value a, struct value b) {
    int class_a = value_class(a), class_b = value_class(b);
    if (class_a != class_b)
        return class_a < class_b ? -1 : 1;
    if (class_a == 0)
        return 0;
    if (class_a == 2)
        return text_order(a.text, b.text);
    if (a.type == VALUE_UINT && b.type == VALUE_UINT)
        return (a.u > b.u) - (a.u < b.u);
    if (a.type == b.type && (a.type == VALUE_INT || a.type == VALUE_TIME || a.type == VALUE_SPAN))
        return (a.i > b.i) - (a.i < b.i);
    double x = 0, y = 0;
    value_number(a, &x);
    value_number(b, &y);
    return (x > y) - (x < y);
}

static void format_known(char *out, unsigned size, struct value v, enum unit unit) {
    char text[TIME_TEXT_SIZE > NUMBER_TEXT_SIZE ? TIME_TEXT_SIZE : NUMBER_TEXT_SIZE];
    double number = 0;
    value_number(v, &number);
    if (v.type == VALUE_TEXT || v.flags & VALUE_NEVER) {
        snprintf(out, size, "%s", v.type == VALUE_TEXT ? v.text : "never");
        return;
    }
    if (v.type == VALUE_BOOL)
        snprintf(text, sizeof text, "%s", v.b ? "yes" : "no");
    else if (v.type == VALUE_TIME || unit == UNIT_TIME)
        time_format_clock(text, value_instant(v), false);
    else if (v.type == VALUE_SPAN)
        span_format(text, v.i);
    else if (unit == UNIT_NS)
        span_format(text, (int64_t)number);
    else if (unit == UNIT_NONE && v.type == VALUE_UINT)
        snprintf(text, sizeof text, "%" PRIu64, v.u);
    else if (unit == UNIT_NONE && v.type == VALUE_INT)
        snprintf(text, sizeof text, "%" PRId64, v.i);
    else
        number_format(text, number, unit);
    snprintf(out, size, "%s%s%s",
             v.flags & VALUE_BOUND   ? "≤"
             : v.flags & VALUE_LEAST ? "≥"
                                     : "",
             text, v.flags & VALUE_ESTIMATED ? "~" : "");
}

void value_format(char *out, unsigned size, struct value v, enum unit unit) {
    if (value_class(v))
        format_known(out, size, v, unit);
    else
        snprintf(out, size, "%s", v.flags & VALUE_NEW ? "new" : "-");
}
