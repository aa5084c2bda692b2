/* What a collector is told when it begins. From the command line of `natsight collect`. */
#ifndef COLLECTORS_COLLECT_H
#define COLLECTORS_COLLECT_H

#include <stdbool.h>
#include <stdint.h>

#include "sample/field.h"

struct login;

#define COLLECT_USAGE 64 /* exit code: nothing can be begun with these */

struct collect_options {
    const char **urls; /* as the user gave them, checked by url_parse() */
    int url_count;
    const char *label;                      /* may be NULL */
    const char *ca, *cert, *key, *tls_name; /* paths and name, may be NULL */
    bool insecure;
    const char
        *auth_file; /* "user:password" or "Bearer TOKEN" or the bare token on the first line; may be NULL */
    int64_t interval_ms;       /* of /varz and what is aligned to it; 0: the table's */
    const int64_t *every_ms;   /* of each shape, SHAPE_LIMIT of them, 0: the table's; may be NULL */
    const char *want;          /* comma list of sets, NULL: "overview" */
    bool supervised;           /* commands on stdin, page on page_fd */
    const struct login *login; /* of `collect nats`; NULL: the first command is it */
    int page_fd;               /* -1: none */
};

#endif
