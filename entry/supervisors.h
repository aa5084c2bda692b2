/* All collectors of this program: one for each way in that the options name, each with its supervisor.
 *
 * What is wanted is wanted of all of them. Main process. */
#ifndef ENTRY_SUPERVISORS_H
#define ENTRY_SUPERVISORS_H

#include "entry/supervisor.h"

struct supervisors;

/* options and handler must outlive it. */
struct supervisors *supervisors_create(struct loop *loop, const struct options *options,
                                       const struct supervisor_handler *handler, void *data);
/* The options changed: ends the collectors and starts those that know them. */
void supervisors_restart(struct supervisors *s);
void supervisors_destroy(struct supervisors *s); /* NULL is fine */

/* Wants exactly these shapes on top of what is always asked, as a bit mask of 1 << SHAPE_x; `sort` is for
 * CONNZ_FULL, NULL: cid. */
void supervisors_want(struct supervisors *s, unsigned shapes, const char *sort);
/* Wants the subscriptions of one connection, again and again; NULL: of none. */
struct question {
    const char *server_url;
    uint64_t cid;
    bool closed;
};
void supervisors_want_subscriptions(struct supervisors *s, const struct question *question);
/* Wants the subscriptions that match a subject, of all servers; "": none. */
void supervisors_want_interest(struct supervisors *s, const char *subject);

/* Wants looks at the traffic of a subject for so many seconds, 0 without end; "": none. What sampler_takes()
 * takes, through NATS alone. */
void supervisors_sample(struct supervisors *s, const char *subject, int64_t seconds);
/* We are about to be stopped: no looks until we go on. NULL is fine. */
void supervisors_hold_sampling(struct supervisors *s, bool held);

#endif
