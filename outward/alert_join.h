/* What a file of alerts says, brought into a model. Main process. */
#ifndef OUTWARD_ALERT_JOIN_H
#define OUTWARD_ALERT_JOIN_H

#include "outward/alert_document.h"

/* Before the first tick: all of it. */
void alert_join_first(struct model *model, const struct alert_document *document);
/* The same later, when it could not be read before: what is open in both stays what it is here. */
void alert_join_late(struct model *model, const struct alert_document *document);
/* Once more: what people said of alerts that are open here, too, and of entities. mirror: what was said here
 * and does not stand there is taken back. */
void alert_join_words(struct model *model, const struct alert_document *document, bool mirror);
/* Words alone (outward/alert_words.h): what was said of these alerts and entities, or taken back. */
void alert_join_said(struct model *model, const struct alert_document *document);

#endif
