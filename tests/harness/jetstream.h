/* JetStream over the raw client: as much of its API as tests need. Every call asks the cluster and waits for
 * its word. */
#ifndef HARNESS_JETSTREAM_H
#define HARNESS_JETSTREAM_H

#include "tests/harness/natsc.h"

#include <jansson.h>

enum { JETSTREAM_MS = 5000 };

/* "STREAM.CREATE.x" behind $JS.API. NULL: no answer, or an error (said on stderr); tried again for a while,
 * since leaders may be being chosen. */
json_t *jetstream_ask(struct natsc *c, const char *call, const char *body);
bool jetstream_add_stream(struct natsc *c, const char *name, const char *subject, int replicas);
/* A durable pull consumer with explicit acknowledgement, of this subject alone; filter NULL: of all. */
bool jetstream_add_consumer(struct natsc *c, const char *stream, const char *name, const char *filter);
/* CONSUMER.INFO: one try; NULL: no answer. */
json_t *jetstream_consumer_info(struct natsc *c, const char *stream, const char *name);
/* num_pending + num_ack_pending of such an answer; NAN when it has none. */
double jetstream_lag(json_t *info);
/* "" when there is none now. */
const char *jetstream_leader(json_t *info);
/* Takes `take` messages, acknowledges the first `ack` of them. How many came. */
int jetstream_pull(struct natsc *c, const char *stream, const char *consumer, int take, int ack);
/* The consumer gets another leader. */
bool jetstream_step_down(struct natsc *c, const char *stream, const char *consumer);

/* One message, until the stream says that it has it: at first nobody may know yet that it wants it. false:
 * not within `ms`. */
bool jetstream_store(struct natsc *c, const char *subject, int ms);

#endif
