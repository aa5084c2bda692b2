/* A JSON reader that is fed as the body arrives and calls back: no tree, no copy of the document.
 *
 * jansson refuses documents that real servers send (integers past 2^63, NUL in a name, 2,049 levels) and
 * needs six bytes a byte; this reader accepts any nesting up to its limit, integers as uint64 or int64
 * exactly, and lone surrogates or bad UTF-8 as they are (the cleaning is text_clean()'s). It accepts what
 * jansson accepts; docs/stream.md lists what more. Owned by a decoder; used in collector processes, and in
 * tests against jansson. */
#ifndef COLLECTORS_JSON_READER_H
#define COLLECTORS_JSON_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum json_kind { JSON_NULL_, JSON_FALSE_, JSON_TRUE_, JSON_UINT, JSON_INT, JSON_REAL_, JSON_TEXT };

struct json_scalar {
    enum json_kind kind;
    uint64_t u;       /* JSON_UINT: >= 0 */
    int64_t i;        /* JSON_INT: < 0 */
    double f;         /* any number; out of range integers become JSON_REAL_ */
    const char *text; /* JSON_TEXT: unescaped, may hold NUL, not terminated, valid during the call */
    size_t len;       /* at most JSON_TEXT_MAX; a longer one is cut (whole_len > len), as is a longer key */
    size_t whole_len;
    uint32_t whole_hash; /* of all of a text that was cut; else it means nothing */
};

#define JSON_TEXT_MAX 4096 /* also the characters of a number, past which the document is refused */

/* What the reader wants next from a container or a key: SKIP passes over the value without a callback. */
enum json_answer { JSON_GO, JSON_SKIP };

struct json_handler {
    enum json_answer (*begin)(void *data, bool array); /* { or [ ; for SKIP no `end` comes */
    void (*end)(void *data, bool array);
    enum json_answer (*key)(void *data, const char *key, size_t len); /* unescaped */
    void (*scalar)(void *data, const struct json_scalar *scalar);
};

enum json_status { JSON_MORE, JSON_DONE, JSON_BAD, JSON_DEEP };

struct json_reader;
struct json_reader *json_reader_create(const struct json_handler *handler, void *data, unsigned max_depth);
void json_reader_destroy(struct json_reader *reader);
void json_reader_reset(struct json_reader *reader);
/* Reads on. JSON_DONE once a whole value was read; further white space is fine, anything else turns it to
 * JSON_BAD. */
enum json_status json_reader_feed(struct json_reader *reader, const char *bytes, size_t len);
/* The document ended here: JSON_DONE or JSON_BAD (numbers at top level end only here). */
enum json_status json_reader_finish(struct json_reader *reader);
/* Byte offset reached, and what was wrong, for an error message. */
size_t json_reader_offset(const struct json_reader *reader);
const char *json_reader_problem(const struct json_reader *reader);

#endif
