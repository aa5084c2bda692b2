/* Changes of alerts as a few lines, for whoever is told once and does not look: plain output, log, hooks.
 *
 * A line when an alert begins or comes back, when it gets worse or its figure is twice what was said, when
 * for a while only a lesser rule speaks, when it comes and goes so often that no more of that is told, and
 * when it is over; and one for what a person says of it or silences. Of many that one rule speaks of in one
 * tick the first five have lines, and how many more there are has one; what had no line has no end either.
 * Silenced ones have none but the end of what had one before. Owned by whoever made it; main process. */
#ifndef MODEL_ALERT_LINES_H
#define MODEL_ALERT_LINES_H

#include "model/alerts.h"

struct alert_lines;

/* `more` 0: this change of this alert, NULL: of an entity that was silenced or speaks again. Else: of so many
 * more of that rule; the alert is one of them. */
typedef void alert_line_fn(void *data, const struct alert_change *change, const struct alert *alert,
                           size_t more);

/* What is left of one that ended: "14 %", "60, gone", "ended: it was cut". */
void alert_end_text(const struct alert *alert, char *out, size_t size);

/* Begins with the changes that come from now on; of what is open by then, as an earlier run said, the end has
 * a line, too. */
struct alert_lines *alert_lines_create(const struct model *model, alert_line_fn *say, void *data);
/* NULL is fine. */
void alert_lines_destroy(struct alert_lines *lines);
/* After each tick of the model, always the same one. Changes that were missed are passed over. */
void alert_lines_tick(struct alert_lines *lines, const struct model *model);

#endif
