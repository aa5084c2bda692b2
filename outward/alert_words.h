/* What was said here of alerts that another natsight keeps, on its way to it.
 *
 * A natsight without a screen keeps the alerts, and somebody acknowledges on a screen beside it. In the model
 * here it stands at once; the other one gets it by a file (outward/alert_pass.h), and until that one has
 * written it into the file of the alerts, this is where it is remembered. Main process; owned by the
 * struct alert_file. */
#ifndef OUTWARD_ALERT_WORDS_H
#define OUTWARD_ALERT_WORDS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "model/alerts.h"

struct alert_words {           /* all 0: nothing was said */
    json_t *alerts, *silences; /* the last word about each, by what it is about */
    uint64_t last, sent;       /* how often something was said; and so much of it is in the file */
};

/* This alert as it is in the model by now: acknowledged, or not any more. */
void alert_words_of_alert(struct alert_words *words, const struct alert *alert);
/* The silence of this entity that is in force in the model, or that none is. */
void alert_words_of_silence(struct alert_words *words, const struct model *model, const char *entity,
                            const char *cluster, const char *name);
bool alert_words_any(const struct alert_words *words);
void alert_words_clear(struct alert_words *words);

/* As a document (outward/alert_document.h) that has nothing but these. */
void alert_words_write(const struct alert_words *words, const char *cluster, struct buffer *out);
/* Says them in a model. */
void alert_words_say(const struct alert_words *words, struct model *model);

#endif
