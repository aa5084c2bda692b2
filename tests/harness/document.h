/* The program's JSON documents, as scripts get them: `natsight print --json`, one a line each second. */
#ifndef HARNESS_DOCUMENT_H
#define HARNESS_DOCUMENT_H

#include "tests/harness/command.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct documents {
    struct command command;
    size_t taken; /* bytes of its output that were documents already */
    json_t *last; /* newest document, NULL before the first */
    unsigned count;
};

/* names: "servers streams", "" everything. arguments: further options, then "--" and the URLs;
 * NULL-terminated. Runs until documents_close(). false: not started. */
bool documents_open(struct documents *d, const char *names, const char *const arguments[]);
/* The next one as it comes; owned by d until the next call. NULL: none within ms, or the program ended. */
json_t *documents_next(struct documents *d, int ms);
/* Documents until one is as wanted; NULL when none was within ms: `what` and the last document are on stderr.
 */
json_t *documents_wait(struct documents *d, bool (*met)(json_t *document, void *context), void *context,
                       const char *what, int ms);
/* Kills it, if it still runs. */
void documents_close(struct documents *d);

/* First object of the list ("servers") that has this text under this key; borrowed, NULL none. */
json_t *doc_find(json_t *document, const char *list, const char *key, const char *text);
/* How many objects the list has, -1 without such a list. */
int doc_count(json_t *document, const char *list);
/* "" and NAN where there is nothing of that kind. */
const char *doc_text(json_t *object, const char *key);
double doc_number(json_t *object, const char *key);
/* The object's `estimated` names this quantity. */
bool doc_is_estimated(json_t *object, const char *key);
bool doc_is_at_least(json_t *object, const char *key);
/* An RFC 3339 instant in ns since 1970; INT64_MIN where there is none. */
int64_t doc_instant(json_t *object, const char *key);
int64_t doc_parse_instant(const char *text);
/* On stderr, indented. */
void doc_dump(json_t *document);

/* ns since 1970, now. */
int64_t doc_utc_ns(void);

#endif
