/* Streams with very many consumers: made over all nodes at once, many requests in flight. */
#ifndef BENCH_MANY_H
#define BENCH_MANY_H

#include "tests/harness/servers.h"

enum { MANY_STREAMS = 20, MANY_R3_STREAMS = 3, MANY_R3_PERCENT = 3 };

/* Stream k is "many-k" with the subject "load.k", as struct load publishes it. The first MANY_R3_STREAMS have
 * three replicas, and so have MANY_R3_PERCENT of the consumers, which are theirs; everything else has one.
 * Returns how many consumers there are in the end: fewer than asked for when `seconds` are over. */
int many_make(const struct servers *servers, int consumers, double seconds);

#endif
