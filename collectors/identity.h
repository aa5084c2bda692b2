/* Who answers behind a URL: the same server, the same one restarted, another one each time, or one that we
 * ask already. */
#ifndef COLLECTORS_IDENTITY_H
#define COLLECTORS_IDENTITY_H

#include "collectors/target.h"

/* Takes a finished /varz, good or failed. true: the sample is the row's and may be sent. */
bool identity_take(struct target *t, const struct lane *lane, const struct facts *f);

#endif
