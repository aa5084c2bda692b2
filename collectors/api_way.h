/* Lanes over the API of JetStream: all streams and consumers of the account that a line is logged in to.
 *
 * An answer is a round: the pages of STREAM.LIST, then CONSUMER.LIST of each stream that has consumers, one
 * request under way at a time, the first hundred as fast as they are answered, then fifty a second. What is
 * asked of each asset its leader answers. That nothing is told of one stream's consumers is said of that
 * stream, and it is asked again after a while; without the list of streams the round has failed. Used by
 * `collect nats`, where the account is no system account. */
#ifndef COLLECTORS_API_WAY_H
#define COLLECTORS_API_WAY_H

#include "base/loop.h"
#include "collectors/lane.h"
#include "collectors/line.h"

struct api_way;

/* Makes a client's lanes go this way, of which one is asked at a time. numbers: whose numbers requests of the
 * line have. */
struct api_way *api_way_open(struct client *client, struct loop *loop, struct client *numbers);
/* domain, prefix: NULL none. The prefix is what stands for $JS.API. */
void api_way_up(struct api_way *way, struct line *line, const char *domain, const char *prefix);
void api_way_down(struct api_way *way, enum failure failure, const char *why);
void api_way_account(struct api_way *way, const char *account);
/* A reply to what was asked; false: it is somebody else's. */
bool api_way_take(struct api_way *way, const struct line_message *message);
/* The server objects to something: fails what is under way if it is that. true: it was. */
bool api_way_denied(struct api_way *way, const char *text);

#endif
