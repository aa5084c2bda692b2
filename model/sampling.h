/* What is looked at of the traffic, and the subjects that were seen in it: as the collector's samples say.
 *
 * A SAMPLING object for what was asked for last; its SUBJECT objects are those of the last window, no older
 * ones. They are live while new windows come. Owned by the model. */
#ifndef MODEL_SAMPLING_H
#define MODEL_SAMPLING_H

#include "model/state.h"

void sampling_put(struct model *model, const struct sample *sample);
void sampling_tick(struct model *model);

#endif
