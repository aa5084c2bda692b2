/* What is asked for: of the endpoints of a target those that somebody wants, and that make sense there.
 * Within `collect http`. */
#ifndef COLLECTORS_DEMAND_H
#define COLLECTORS_DEMAND_H

#include "collectors/target.h"

/* May it be asked at all, as things are? */
bool demand_allows(const struct target *t, int endpoint);
/* And is it wanted, again and again? /varz always is. */
bool demand_wants(const struct target *t, int endpoint);

#endif
