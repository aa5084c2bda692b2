/* The files of --ca, --cert and --key: given to curl, and tried once before anything is asked.
 *
 * curl reads them at each handshake and would tell of a bad one as a failed request of every server. Here
 * curl itself reads them once, in a handshake with nobody on loopback, so that what is refused is exactly
 * what the requests could not use. Used by `collect http` at its start. */
#ifndef COLLECTORS_TLS_FILES_H
#define COLLECTORS_TLS_FILES_H

#include <curl/curl.h>
#include <stdbool.h>

#include "collectors/http.h"

/* What a request needs to use them. A passphrase is never asked for. */
void tls_files_set(CURL *easy, const struct collect_options *options);

/* Takes some milliseconds where files were named. false: message[] says in one line which file is wrong, and
 * what belongs there. */
bool tls_files_check(const struct collect_options *options, char *message, size_t size);

#endif
