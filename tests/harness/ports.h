/* Free loopback ports below the range that the kernel hands to outgoing connections: a stopped server finds
 * its port free. */
#ifndef HARNESS_PORTS_H
#define HARNESS_PORTS_H

#include <stdbool.h>

/* `n` different ports, each free on every one of the addresses. false: none found. */
bool ports_free(const char *const addresses[], int n_addresses, int *ports, int n);

#endif
