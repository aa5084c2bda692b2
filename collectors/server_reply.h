/* Who replies: the envelope's `server`, without what is in the envelope. */
#ifndef COLLECTORS_SERVER_REPLY_H
#define COLLECTORS_SERVER_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "collectors/target.h"

struct server_reply {
    char id[NAME_SIZE], name[NAME_SIZE], cluster[NAME_SIZE];
};

/* false: that is no reply of a server. Texts are clean. */
bool server_reply_read(struct server_reply *reply, const char *body, size_t len);

#endif
