/* What account a line is logged in to, where that is no system account, and its JetStream.
 *
 * Servers answer the system account alone. What is left is asked of the account itself: whose it is
 * (USER.INFO, from 2.10; before that the account of its own connections), then its streams and consumers
 * (api_way.h), as a target of its own kind, whose reason says once what can't be seen. Owned by `collect
 * nats`. */
#ifndef COLLECTORS_ACCOUNT_H
#define COLLECTORS_ACCOUNT_H

#include "collectors/collector.h"
#include "collectors/line.h"

struct account;
struct account *account_create(struct collector *c);
/* login is borrowed, for its JetStream domain and prefix. server: "host:port". */
void account_up(struct account *a, struct line *line, const struct login *login, const char *server);
void account_down(struct account *a, enum failure failure, const char *why);
/* It is no system account. */
void account_begin(struct account *a);
/* It is one after all. */
void account_end(struct account *a);
bool account_is_asked(const struct account *a);
/* A reply to what was asked; false: it is somebody else's. */
bool account_take(struct account *a, const struct line_message *message);
/* The server objects to something. true: it is said where it is missed. */
bool account_denied(struct account *a, const char *text);
bool account_is_inbox_denied(const char *text);

/* The account of a reply to USER.INFO, or of a list of its connections; false: it names none. */
bool account_read(char *out, size_t size, const struct line_message *message);

#endif
