/* What the servers of the constructed cluster say, and what asking them costs: a sample each, as now. */
#ifndef TESTS_VIEWS_WORLD_PARTS_H
#define TESTS_VIEWS_WORLD_PARTS_H

#include "tests/views/world.h"

/* ---- world_samples.c ---- */
struct sample *world_sample(struct world *w, int node, enum shape shape);
struct row *world_answer(struct world *w, struct sample *s, int node);
void world_send(struct world *w, struct sample *s);
void world_failed(struct world *w, int node, enum shape shape, enum failure failure, const char *error);
void world_refused(struct world *w, int node, enum shape shape);
void world_cost(struct world *w, int node, enum shape shape, int every_s, const char *why);

/* ---- world_servers.c ---- */
double world_wave(const struct world *w, double base, double swing, double period);
void world_varz(struct world *w, int node);
void world_health(struct world *w, int node);
void world_connz(struct world *w, int node);
/* The record of a client that ended then. */
void world_ended(struct world *w, int client, int second, const char *reason);
void world_routes(struct world *w, int node);
void world_gateways(struct world *w, int node);

/* ---- world_states.c ---- */
void world_doing_row(struct world *w, struct sample *s, int consumer);

/* ---- world_slow.c ---- */
int world_lives_open(struct world *w, struct sample *s, int node); /* rows */
void world_closed(struct world *w, int node);
void world_subscribed(struct world *w, int node);
void world_slow_counters(struct world *w, int node, struct row *server);
/* Connections of it that were listed as closed. */
uint64_t world_lives_ended(const struct world *w, int node);

/* ---- world_jetstream.c ---- */
uint64_t world_last_seq(const struct world *w, double rate, int second);
void world_jsz(struct world *w, int node);

#endif
