/* What an alert says: its sentence, its figure now and at its worst, and how it ended.
 *
 * alerts.c decides when that is said, and whether anybody is told. Inside of the book of alerts; main
 * process. */
#ifndef MODEL_ALERT_SAID_H
#define MODEL_ALERT_SAID_H

#include "model/alert_book.h"

/* What is found of it now; a pending one has a peak, and no level at worst yet. */
void alert_say(struct model *model, struct slot *slot, const struct finding *finding);
/* It came again, and formed as another one, of which that is found: what that one was at its worst. */
void alert_take_peak(struct model *model, struct slot *slot, const struct slot *formed,
                     const struct finding *finding);
/* Its figure where no rule finds it: its object is there, and what it is about can be known. */
void alert_say_figure(struct model *model, struct slot *slot);
/* What is left of it. */
void alert_say_end(const struct model *model, struct slot *slot);
/* The row that it is said from, 0: there is none. */
uint64_t alert_row(const struct model *model, const struct slot *slot);

#endif
