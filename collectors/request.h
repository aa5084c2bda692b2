/* One request of an endpoint: which parameters it has, and on its way. Within `collect http`. */
#ifndef COLLECTORS_REQUEST_H
#define COLLECTORS_REQUEST_H

#include "collectors/target.h"

/* Its lane is free. */
void request_start(struct target *t, int endpoint, int64_t now);
/* What would be asked as things are wanted, without what waits to be asked once. */
void request_usual_path(const struct target *t, int endpoint, char path[ENDPOINT_PATH_SIZE]);

/* Rows of a full page of connections that stay below the size cap, for this server's connections. */
unsigned request_connection_limit(const struct target *t);
uint64_t request_connection_bytes(const struct target *t);

#endif
