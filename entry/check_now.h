/* Alerts as a check tells them: what is so at its end, and not what was so ten seconds ago. Main process. */
#ifndef ENTRY_CHECK_NOW_H
#define ENTRY_CHECK_NOW_H

#include "model/alerts.h"

struct check_now; /* of those that say more than is so, or less */

/* The alert itself, or what is left of it; good until check_now_free(). */
const struct alert *check_now(struct check_now **list, const struct model *model, const struct alert *alert);
void check_now_free(struct check_now *list); /* NULL is fine */

#endif
