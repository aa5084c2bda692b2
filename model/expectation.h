/* Expectations: so many of these should be there.
 *
 * A user says it of connections, members of queue groups, pull requests or servers. Each is an object of kind
 * EXPECTATION, so that it is listed, filtered and ruled as all others are. Counted in turns, a bounded number
 * of objects a tick; what a server that does not answer, or does not list all, may have more makes a count a
 * lower bound: unknown is not fewer. Main process. */
#ifndef MODEL_EXPECTATION_H
#define MODEL_EXPECTATION_H

#include "model/ruleset.h"

enum { EXPECTATIONS_MOST = 64 }; /* of a configuration */

struct expectation {
    const char *entity;  /* "connection", "queue", "puller" or "server" */
    const char *match;   /* condition over the quantities of what is counted; NULL all */
    const char *subject; /* that the queue groups listen to; NULL where it is about something else */
    const char *name;    /* NULL: made of entity and match */
    int64_t instances;   /* 0: not said, 1 */
    bool newcomer;       /* tells of one that was not seen before, too */
};

/* NULL, or of which key what is wrong, until the next call. */
const struct rule_fault *expectation_fault(const struct expectation *said);
/* What it is called; the text lives until the next call. */
const char *expectation_name(const struct expectation *said);

/* These from now on, all without fault and of different names; of one that says the same as before what was
 * counted is kept. Nothing is borrowed. */
void model_expect(struct model *model, const struct expectation *items, size_t count);
/* What is found is of what was told by now. */
bool model_expect_counted(const struct model *model);
/* The subject that is to be asked about next, for queue groups; NULL: none now. */
const char *model_expect_subject(const struct model *model);

#endif
