/* The model as one JSON document: what scripts and snapshots get.
 *
 * {"schema":1,"taken":...,"clusters":[...],"servers":[...],"connections":[...],"streams":[...],"consumers":[...],"alerts":[...],"events":[...]},
 * cut to what was named. Keys of an entity are its quantities' names plus sampled_at, age_ms, freshness and
 * estimated; what is not known is absent. Alerts are all of the book, pending ones and the history included,
 * each as of views/alert_members.h. Instants are RFC 3339, spans seconds, percents 0..100, ratios 0..1.
 */
#ifndef VIEWS_JSON_H
#define VIEWS_JSON_H

#include <jansson.h>

#include "views/cut.h"

struct document_options {
    const struct cut *cut; /* NULL: everything */
};

/* A new reference. Integers past 2^63 - 1 stand in it as texts that document_write() prints as the integers
 * they are. */
json_t *document_json(const struct model *model, const struct document_options *options);
/* The document as text, without a newline at its end: one line, or indented. Freed by the caller. */
char *document_write(const struct model *model, const struct document_options *options, bool indent);

#endif
