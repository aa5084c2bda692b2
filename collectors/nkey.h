/* The public key that belongs to an nkey seed: cnats wants it beside the seed, a `nats` context has the seed
 * alone. */
#ifndef COLLECTORS_NKEY_H
#define COLLECTORS_NKEY_H

#include <stdbool.h>

#define NKEY_SIZE 60 /* of either as text, with its end */

/* The seed in a text or file, which may have lines around it. false: there is none. */
bool nkey_find_seed(const char *text, char seed[NKEY_SIZE]);
/* "U..." of "SU...". false: that is no seed of a user. */
bool nkey_public(const char *seed, char key[NKEY_SIZE]);

#endif
