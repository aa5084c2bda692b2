/* One quiet three-node cluster for tests of the screen, for a whole test program: the stream ORDERS, whose
 * consumer "billing" lags by 321, the client "maker" on the first node, readers named reader-0 to reader-4.
 * Fails the Check test on its own. */
#ifndef HARNESS_QUIET_H
#define HARNESS_QUIET_H

#include "tests/harness/natsc.h"
#include "tests/harness/servers.h"
#include "tests/harness/shown.h"

/* An unchecked fixture. */
void quiet_start(void);
void quiet_end(void);

struct servers *quiet_cluster(void);

/* The program on all three; more: options in front, NULL-terminated, or NULL. */
struct terminal *quiet_open(const struct terminal_options *options, const char *const more[]);
struct terminal *quiet_open_size(int rows, int cols);
/* The same, and its overview has all three nodes. */
struct terminal *quiet_open_seen(int rows, int cols);

#endif
