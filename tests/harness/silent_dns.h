/* A name server that never answers, for the process that asks for it and its children alone.
 *
 * A mount namespace of our own in which /etc/resolv.conf names a silent UDP socket on loopback; needs root.
 */
#ifndef HARNESS_SILENT_DNS_H
#define HARNESS_SILENT_DNS_H

#include <stdbool.h>

/* The socket, to be closed; -1: why[] says what is missing here, and nothing has changed but perhaps the
 * namespace. */
int silent_dns_open(char *why, int size);
/* Did somebody ask it since? */
bool silent_dns_asked(int fd);

#endif
