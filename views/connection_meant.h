/* Which connection is meant by what several of them are called, and how that one is told from the others.
 * Main process. */
#ifndef VIEWS_CONNECTION_MEANT_H
#define VIEWS_CONNECTION_MEANT_H

#include "model/model.h"

/* By its name or its cid; NULL: none is called so. *alike: how many are. It is one that lives before one as
 * last seen on a server that does not answer, and that before closed ones, of which the last one closed; of
 * equals the one that began last. */
const struct object *connection_meant(const struct model *model, const char *typed, size_t *alike);

/* "cid 7 on n1, open for 12s", "cid 7 on n2, last seen 40s ago", "cid 7 on n1, closed 3s ago" */
void connection_apart(const struct model *model, const struct object *connection, char *out, size_t size);

#endif
