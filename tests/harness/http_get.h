/* One GET over a raw socket: the second opinion that tests hold the program against. No libcurl, no code of
 * ours. */
#ifndef HARNESS_HTTP_GET_H
#define HARNESS_HTTP_GET_H

#include <jansson.h>

/* url: http://a.b.c.d:port/path. The body, NUL-terminated, to be freed; NULL when there was no answer within
 * ms. status (may be NULL): the answer's code, 0 without answer. */
char *http_get(const char *url, int *status, int ms);
/* The body as jansson sees it; integers beyond int64 become INT64_MAX. NULL: no answer, or no JSON. */
json_t *http_get_json(const char *url, int ms);
/* "cluster.urls.0": members and array positions. NULL where there is none. Borrowed. */
json_t *json_path(json_t *root, const char *path);
/* The number there; NAN where there is none. */
double json_path_number(json_t *root, const char *path);

#endif
