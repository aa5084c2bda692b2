/* What a server's own log says of the slow consumers that it detected. */
#ifndef HARNESS_CUT_LOG_H
#define HARNESS_CUT_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cut_line {
    int64_t at_ns;    /* since 1970; the log has microseconds */
    int run;          /* the server was started so often before, going by its log */
    char kind[4];     /* "cid" a client, "rid" a route, "gid" a gateway, "lid" a leaf node */
    uint64_t id;      /* the number behind that */
    bool by_deadline; /* of a write; else too much was pending */
};

struct cut_log {
    struct cut_line *list; /* in the order of the log; a client may be there twice */
    size_t n;
};

/* log: as servers_log() gives it. To be freed. */
struct cut_log cut_log_read(const char *log);
/* The first line of a client in one run of the server; NULL none. Borrowed. */
const struct cut_line *cut_log_client(const struct cut_log *cuts, int run, uint64_t cid);
/* As connz calls it. */
const char *cut_reason(const struct cut_line *line);
void cut_log_free(struct cut_log *cuts);

#endif
