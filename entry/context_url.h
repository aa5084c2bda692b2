/* A login that stands in the URLs of a context or of NATS_URL: natscli takes it, so it is taken out of them,
 * where it would be shown. Within entry/context.c. */
#ifndef ENTRY_CONTEXT_URL_H
#define ENTRY_CONTEXT_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "collectors/login.h"

/* "nats://USER:PASSWORD@host,..." or "nats://TOKEN@host": from the URLs into user and password, or token, in
 * place of what stood there. false: message[] says what can't be, without them. */
bool context_take_from_url(struct login *login, char *message, size_t size);

#endif
