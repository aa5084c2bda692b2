/* The login for a proxy in front of the monitoring ports, from a file: never from the command line, never in
 * a message.
 *
 * First line: "user:password" (basic), "Bearer TOKEN" or a bare token. It is sent to every server that is
 * asked with the scheme of the URLs named, discovered peers included, since one proxy rule usually covers a
 * cluster; whoever does not want that names URLs of different schemes in different processes. Read once at
 * the start of `collect http`. */
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
