/* The log of alerts: one JSON document a line, at the end of a file. Main process.
 *
 * The lines go through a pipe to a child of this program (`natsight append FILE`), which waits for the disk;
 * here nothing does. What the child does not take waits, and beyond 256 KiB is left out, counted and told in
 * the file afterwards: {"event":"lost",...}. A child that dies is started again. */
#ifndef OUTWARD_ALERT_LOG_H
#define OUTWARD_ALERT_LOG_H

#include <jansson.h>

#include "base/loop.h"

struct alert_log;

/* The file can't be written, or can be again. */
typedef void alert_log_say_fn(void *data, bool wrong, const char *file, const char *text);

/* self: this program; borrowed. */
struct alert_log *alert_log_create(struct loop *loop, const char *self, alert_log_say_fn *say, void *data);
/* From now on into this file; NULL or "": into none. The same one goes on. */
void alert_log_use(struct alert_log *log, const char *path);
bool alert_log_is_used(const struct alert_log *log);
/* Takes over the document. */
void alert_log_add(struct alert_log *log, json_t *document);
/* What waits has half a second to be taken, and the child another one to write it. NULL is fine. */
void alert_log_destroy(struct alert_log *log);

#endif
