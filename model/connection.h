/* What only a connection has: which pages it was in. Extra of a CONNECTION object. */
#ifndef MODEL_CONNECTION_H
#define MODEL_CONNECTION_H

#include "model/server.h"

enum { PAGE_HOT, PAGE_FULL, PAGE_COUNT };

struct connection {
    const struct text *address; /* "ip:port", NULL for one without */
    uint64_t polls[PAGE_COUNT]; /* number of the last poll of each page that had it, 0 never */
};

#endif
