/* Endpoints that fail on servers that live: what is not known, and why, to be said where it would stand.
 *
 * A server that is down is no fault of an endpoint; an endpoint that nobody wants any more neither. Pure,
 * main process. */
#ifndef VIEWS_FAULTS_H
#define VIEWS_FAULTS_H

#include "views/view.h"

struct fault_query {
    unsigned shapes; /* 1 << SHAPE_x */
    uint64_t server; /* of this one only, 0 all */
    bool unsaid;     /* only of servers that no finding is about */
};

struct fault {
    const struct object *server; /* NULL: there is none */
    enum shape shape;
    const struct answer_state *answer;
    size_t servers; /* with one */
};

#define FAULTS_ALL (~0u)

/* The one whose last good answer is the oldest. */
struct fault faults_worst(const struct model *model, const struct fault_query *query);
/* Whether this endpoint is asked (as far as is known) and was answered or failed at least once. */
bool fault_is_asked(const struct model *model, const struct object *server, enum shape shape);
/* "n2 /connz fails: nested too deep at byte 2049, last good 14s ago; 2 more servers", in so many columns: the
 * middle is cut. "" without a fault. */
void faults_text(char *out, size_t size, const struct view_context *context, const struct fault_query *query,
                 int width);
/* The same of one, with another end. */
void fault_text(char *out, size_t size, const struct fault *fault, const struct view_context *context,
                const char *end, int width);

#endif
