/* What servers were called in an earlier run: one that does not answer in this one, either, is called that
 * again, and its alert is the one that was open. Only a label; who it is is settled when it answers. */
#ifndef MODEL_REMEMBERED_H
#define MODEL_REMEMBERED_H

#include "model/model.h"

/* Once a tick, after who should be there is known. */
void remembered_tick(struct model *model);
void remembered_destroy(struct model *model);

#endif
