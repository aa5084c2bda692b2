/* The login for a proxy in front of the monitoring ports, from a file: never from the command line, never in
 * a message.
 *
 * First line: "user:password" (basic), "Bearer TOKEN" or a bare token. It is sent to the URLs that the user
 * named and to nobody else: a peer's address is the word of a server, and a lying one would collect the
 * login. Read once at the start of `collect http`. */
#ifndef COLLECTORS_AUTH_H
#define COLLECTORS_AUTH_H

#include <stdbool.h>
#include <stddef.h>

struct auth {
    char *header; /* "Authorization: ..." */
};

/* path NULL: no login, true. false: message[] says why in one line. */
bool auth_read(struct auth *auth, const char *path, char *message, size_t size);
/* Overwrites and frees. */
void auth_forget(struct auth *auth);

#endif
