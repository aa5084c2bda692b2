/* The contexts of the `nats` command: files that say where a NATS system is and who we are there.
 *
 * $XDG_CONFIG_HOME/nats/context/NAME.json, else in ~/.config. The environment overrides single fields as it
 * does for natscli. Nothing here is ever written, and no other program is run. Main process; `collect nats`
 * where nobody supervises it. */
#ifndef ENTRY_CONTEXT_H
#define ENTRY_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "collectors/login.h"

/* name: of a context, or a path to a file that ends in .json; NULL: of no context, the environment alone.
 * *login is what is said there, overridden by the environment. false: message[] says in one line, with its
 * file, why it can't be used; *login is empty then. */
bool context_login(const char *name, struct login *login, char *message, size_t size);

/* The context that is selected, as natscli has it: NATS_CONTEXT, else what stands in nats/context.txt. NULL:
 * none is; *by is which of them says so. Both texts are good until the next call. */
const char *context_selected(const char **by);
/* The environment names servers: NATS_URL. */
bool context_in_environment(void);

#endif
