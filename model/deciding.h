/* Whether waiting would tell more: for whoever asks once and goes. Pure, main process. */
#ifndef MODEL_DECIDING_H
#define MODEL_DECIDING_H

#include "model/model.h"

/* Something is so, or so bad, that is an alert or a worse one when it goes on, and its hold is over within
 * that time. */
bool model_is_deciding(const struct model *model, int64_t within_ns);

#endif
