/* Find: one list of everything whose name, or what else says whose it is, has a word in it. Pure, main
 * process. */
#ifndef VIEWS_FIND_H
#define VIEWS_FIND_H

#include "model/model.h"

/* Gives each name that may be looked for; one may come more than once. They live until the model changes. */
void find_names(const struct model *model, void (*each)(void *data, const char *name), void *data);

#endif
