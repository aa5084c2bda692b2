/* Finding the rest of the cluster from one seed, and telling of those that can't be asked.
 *
 * /routez names peers by server id and address; /varz names addresses. Each address, with scheme, port and
 * prefix of who told us, becomes a hidden candidate that is tried while some peer is not accounted for. A
 * candidate is believed only when the id that answers is one that a route names. A peer that nobody answers
 * as is told as "known", with the reason. Everything is bounded: TARGETS_MAX and PEERS_MAX. */
#ifndef COLLECTORS_DISCOVER_H
#define COLLECTORS_DISCOVER_H

#include "collectors/target.h"

/* The host of "host:port", "nats://host:port" or "[v6]:port"; false for wildcards and what is none. */
bool discover_host_of(const char *url, char *out, size_t size);

/* Addresses from a good /varz, peers from a good /routez. */
void discover_hosts(struct target *t, const struct facts *f);
void discover_routes(struct target *t, const struct facts *f);
/* A candidate answered: becomes a polled target or rests. true: its sample may be sent. */
bool discover_believe(struct target *candidate);
/* Once a turn, when collector.judge is set: who is accounted for, who is known, who is gone. */
void discover_judge(struct collector *c);
/* All known peers again, after frames were lost. */
void discover_tell(struct collector *c);
/* The target goes away. */
void discover_forget(const struct target *t);
void discover_close(struct collector *c);

#endif
