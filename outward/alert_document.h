/* Alerts as a text, and back: what stands in a cluster's file of alerts.
 *
 *     {"natsight_alerts": 1, "natsight": "0.1.0 (abc)", "cluster": "prod", "written": "2026-11-21T...",
 *      "alerts": [...], "silences": [...], "servers": [{"name": "n1", "address": "10.0.0.1:8222"}, ...],
 *      "streams": [{"name": "EVENTS", "server": "n1"}, ...]}
 *
 * The number is the format's: a larger one is a newer natsight's. Members as of views/alert_members.h;
 * servers are there so that one that is down at the next start, too, has its name, and streams
 * that have one replica, for the same reason; older files have none of these. Nothing secret gets in:
 * URLs have no user part, and of messages nothing is known. Any process. */
#ifndef OUTWARD_ALERT_DOCUMENT_H
#define OUTWARD_ALERT_DOCUMENT_H

#include <jansson.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "model/alerts.h"

/* What the model holds: all that is open, the history, the silences, the names of servers. */
void alert_document_write(const struct model *model, const char *cluster, struct buffer *out);

/* These alone: lists of what goes into "alerts" and "silences". */
void alert_document_write_words(json_t *alerts, json_t *silences, const char *cluster, struct buffer *out);

struct alert_document {
    json_t *json; /* the texts are its */
    struct alert *alerts;
    size_t alert_count;
    struct silence *silences;
    size_t silence_count;
    struct remembered_server *servers;
    size_t server_count;
    struct lone_stream *streams;
    size_t stream_count;
};
enum alert_document_state { ALERT_DOCUMENT_GOOD, ALERT_DOCUMENT_NEWER, ALERT_DOCUMENT_BROKEN };
/* All of it is as it should be, or why[] says what is not. To be finished when it is GOOD. */
enum alert_document_state alert_document_read(struct alert_document *document, const char *text, size_t len,
                                              char *why, size_t size);
void alert_document_finish(struct alert_document *document);

#endif
