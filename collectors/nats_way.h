/* Lanes over NATS: requests to $SYS.REQ.SERVER.<id>.*, replies in our inbox, all over one line.
 *
 * What may be large is asked of one server at a time. Used by `collect nats`, whose lanes all go this way. */
#ifndef COLLECTORS_NATS_WAY_H
#define COLLECTORS_NATS_WAY_H

#include "base/loop.h"
#include "collectors/lane.h"
#include "collectors/line.h"

/* Makes a client's lanes go this way; nothing is asked before a line is up. */
void nats_way_open(struct client *client, struct loop *loop);
void nats_way_close(struct client *client); /* after the last lane */

/* A reply to what a lane asked; false: no lane did, or it waits no longer. */
bool nats_way_take(struct client *client, const struct line_message *message);
void nats_way_up(struct client *client, struct line *line);
/* Something came over the line, whatever it is. */
void nats_way_heard(struct client *client);
/* The line is down: whatever is under way fails with that, and what is asked until it is up again. */
void nats_way_down(struct client *client, enum failure failure, const char *why);
/* A number for a request of somebody else. */
uint64_t nats_way_number(struct client *client);

#endif
