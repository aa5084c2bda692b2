/* The nearest valid name, for messages about one that is not: "did you mean ...?". Pure; main process and
 * collectors. */
#ifndef BASE_NEAR_H
#define BASE_NEAR_H

struct near {
    const char *typed;
    int distance;     /* letters that differ between both */
    const char *name; /* borrowed; NULL: none is likely */
};

/* Begins a search; then near_try() with each valid name. */
struct near near_begin(const char *typed);
void near_try(struct near *near, const char *name);

#endif
