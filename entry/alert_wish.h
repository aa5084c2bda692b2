/* What people say of alerts: somebody is on it, leave me alone with that. By a key of a view, or behind `:`.
 *
 * It is done to the live model, and to the frozen one to be seen at once. What needs words asks for them at
 * the prompt; which alert they are of is settled when it is asked. Main process. */
#ifndef ENTRY_ALERT_WISH_H
#define ENTRY_ALERT_WISH_H

#include "entry/app.h"

/* What a view asks for. */
void alert_wish(struct app *app, enum alert_wish wish, uint64_t alert);
/* What was typed when it was asked for words; what is wrong with that, NULL: nothing. */
const char *alert_answer(struct app *app, const char *text);
/* `:ack NOTE`, `:silence 30m NOTE`, `:silence off`: of the alert that is selected, else of the page's object;
 * what is wrong, NULL: nothing. */
const char *alert_ack_here(struct app *app, const char *note);
const char *alert_silence_here(struct app *app, const char *text);

#endif
