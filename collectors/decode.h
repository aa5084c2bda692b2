/* From a body that arrives to typed rows, driven by paths.def: one decoder for every endpoint.
 *
 * The paths of a shape are compiled once into a tree of keys; the JSON reader walks it. A row begins where
 * the path says so (array element or map value), takes over the key fields of the rows around it, is cleaned,
 * freed of what only a leader may say (field flag LEADER, see below), and handed out when its element ends. A
 * value of the wrong type or out of its field's range is absent. Owned by a lane of `collect http`.
 *
 * Leader rule: a STREAM, CONSUMER or REPLICA row keeps its LEADER fields only if the row's (for REPLICA: its
 * parent's) `leader` equals the answering server's name, or the asset has no cluster object at all
 * (standalone). META_PEER rows are handed out only when the answering server is the meta leader. What the API
 * of JetStream says of an asset is its leader's word, as long as it names one. */
#ifndef COLLECTORS_DECODE_H
#define COLLECTORS_DECODE_H

#include "sample/sample.h"

#define DECODE_MAX_BODY  (64u << 20)
#define DECODE_MAX_DEPTH 2048
#define DECODE_MAX_ROWS  (1u << 19) /* of one body; further ones are dropped and counted */

struct decoder;

/* Called for each finished row, the ANSWER row included (last); row and texts live during the call. */
typedef void decode_row_fn(void *data, const struct row *row);

struct decoder *decoder_create(void);
void decoder_destroy(struct decoder *decoder);

/* server_name may be NULL or "" (not yet known): then nobody is taken for a leader of a clustered asset. */
void decoder_start(struct decoder *decoder, enum shape shape, const char *server_name, decode_row_fn *row,
                   void *data);
/* The same for a reply over NATS, where the document is `data` of an envelope that says who answers. */
void decoder_start_reply(struct decoder *decoder, enum shape shape, const char *server_name,
                         decode_row_fn *row, void *data);
/* After the start: each row that has this field and does not say it itself has this text. At most a few. */
void decoder_give(struct decoder *decoder, enum field field, const char *text);
/* false: the body is refused from here on, decoder_finish() tells why. */
bool decoder_feed(struct decoder *decoder, const char *bytes, size_t len);
/* Ends the body. FAILURE_NONE, FAILURE_CUT, FAILURE_BODY or FAILURE_TOO_LARGE, of a reply that holds an error
 * FAILURE_HTTP; with one line in error[] for people. */
enum failure decoder_finish(struct decoder *decoder, char *error, size_t size);
/* Rows that could not be used (key incomplete, too many rows): skipped and counted. */
uint64_t decoder_dropped(const struct decoder *decoder);
/* A JSON document without the envelope that the shape's endpoint always has (server_id, or status for
 * healthz; on /subsz before 2.12: num_subscriptions) is not from NATS. */
bool decoder_is_nats(const struct decoder *decoder);

#endif
