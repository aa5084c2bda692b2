/* What is said where we are no system account: no server is known, and one account's JetStream is. Pure, main
 * process. */
#ifndef VIEWS_ACCOUNT_H
#define VIEWS_ACCOUNT_H

#include "views/view.h"

/* What can't be seen, in one sentence; "": servers are known, or nobody tells of an account. */
const char *account_note(const struct model *model);
/* The note in place of what else stands where nothing is. */
const char *account_empty(const struct model *model, const char *usual);
/* Its name, "account APP"; "" as above. */
void account_name(const struct model *model, char *out, size_t size);
/* Why its JetStream does not answer; "" it does, or as above. */
const char *account_fault(const struct model *model);
/* It has answered, and does. */
bool account_answers(const struct model *model);

#endif
