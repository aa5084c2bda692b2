/* Which way the servers are asked: by their monitoring ports, or through NATS, and as whom. From the options
 * in force. Main process; `collect nats` where nobody supervises it. */
#ifndef ENTRY_WAY_IN_H
#define ENTRY_WAY_IN_H

#include "collectors/login.h"
#include "entry/options.h"

enum way { WAY_HTTP, WAY_NATS, WAY_COUNT };

/* HTTP: a URL of a monitoring port is among them. NATS: a context is named or selected, or there is a URL of
 * NATS. */
bool way_in_is(const struct options *options, enum way way);
/* Its URLs, at most `most`; returns how many. */
int way_in_urls(const struct options *options, enum way way, const char *urls[], int most);
/* Where nothing is named: the selected context, else the servers that the environment names, else this
 * machine's. */
void way_in_by_default(struct options *options);
/* NULL; or which of them is wrong, "context" or "environment", and message[] says why. */
const char *way_in_fault(const struct options *options, char *message, size_t size);
/* What the context, the environment and the options say together. false: message[] says why it can't be used.
 */
bool way_in_login(const struct options *options, struct login *login, char *message, size_t size);

#endif
