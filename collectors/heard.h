/* What servers publish when it happens: who came, who was cut, who leads now. advisories.def says what
 * becomes of it: an EVENT frame, and a question that need not wait for its turn.
 *
 * Bodies are read by the decoder of everything else. Of each row of the table five are told one by one in a
 * second, further ones as a number at its end; while that goes on the seconds become up to a minute. Called
 * from the loop of `collect nats`, which owns it. */
#ifndef COLLECTORS_HEARD_H
#define COLLECTORS_HEARD_H

#include "collectors/line.h"
#include "collectors/target.h"

#define HEARD_AT_ONCE 5

struct heard;
struct heard *heard_create(struct collector *c);
void heard_destroy(struct heard *heard);
/* From now on, over all connections of the line. */
void heard_listen(struct line *line);
/* A message on one of those subjects. */
void heard_take(struct heard *heard, const char *subject, const char *data, size_t len);
/* So many came too fast, or were too large. */
void heard_missed(struct heard *heard, uint64_t messages);

#endif
