/* Certificates for a test, made by the openssl command in a temporary folder:
 *   ca.pem          signed server.pem (key server.key), which names IP 127.0.0.11 and DNS nats.example alone
 *   other-ca.pem    signed nothing
 *   client.pem      (key client.key) signed by ca.pem */
#ifndef HARNESS_CERTIFICATES_H
#define HARNESS_CERTIFICATES_H

#include "tests/harness/folder.h"

struct certificates {
    struct folder folder;
};

/* false: there is no openssl command, or it failed (said on stderr). */
bool certificates_make(struct certificates *c);
void certificates_remove(struct certificates *c);

#endif
