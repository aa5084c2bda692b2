/* What an alert, a silence, a server's name and a stream of one server have, as members of a JSON object,
 * both ways: one table each.
 *
 * Instants are RFC 3339 in UTC, to the millisecond. What is not, as a note that nobody wrote, is absent. Any
 * process. */
#ifndef VIEWS_ALERT_MEMBERS_H
#define VIEWS_ALERT_MEMBERS_H

#include <jansson.h>

#include "model/alerts.h"

/* "warn", "critical"; "ok", "unknown", "pending". */
const char *alert_severity_word(enum severity severity);

/* {"alert":12,"state":"open","severity":"critical",...}; the id of its object, which is of this run alone, is
 * not told. */
void alert_members_add(json_t *out, const struct alert *alert);
/* The same as an object; of a pending one also when it opens, if it goes on: `due`. A new reference. */
json_t *alert_members_json(const struct alert *alert);
void silence_members_add(json_t *out, const struct silence *silence);
void server_members_add(json_t *out, const struct remembered_server *server);
void stream_members_add(json_t *out, const struct lone_stream *stream);

/* The texts are borrowed from json, in which they are made harmless; members that are not known are passed
 * over. false: why[] says which one is not what it should be. */
bool alert_members_read(json_t *json, struct alert *out, char *why, size_t size);
bool silence_members_read(json_t *json, struct silence *out, char *why, size_t size);
bool server_members_read(json_t *json, struct remembered_server *out, char *why, size_t size);
bool stream_members_read(json_t *json, struct lone_stream *out, char *why, size_t size);

#endif
