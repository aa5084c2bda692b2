/* How long a check watches before what it finds is an answer: until what is asked of every server has come,
 * what should be there is there or is given up, and nothing that forms can still become an alert.
 *
 * Part of the check that runs; all that it points to is borrowed. One thread. Main process. */
#ifndef ENTRY_CHECK_UNTIL_H
#define ENTRY_CHECK_UNTIL_H

#include "entry/check.h"
#include "entry/unattended.h"

struct check_until {
    const struct unattended *run;
    const struct check_only *only;
    double hold_most_ns; /* the longest of the rules that are judged */
    int64_t settled_ns;  /* watched until then; 0: not yet */
    /* its own */
    int64_t next_cover_ns;
    int64_t hopeless_ns; /* nothing can be judged since then; 0: that is not so */
};

/* After each look; true: all is decided, or nothing can be judged at all. */
bool check_until_over(struct check_until *until);
/* data is a struct check_until: of what is there since soon after the beginning, as far as --only lets it
 * through. */
bool check_until_first(void *data, const struct object *object);

#endif
