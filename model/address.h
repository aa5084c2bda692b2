/* Hosts and ports of servers, as their URLs and configurations write them. */
#ifndef MODEL_ADDRESS_H
#define MODEL_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void address_of(const char *url, char *out, size_t size); /* "host:port" of a URL, without user and path */
/* Without brackets and port, in small letters. */
void host_of(const char *address, char *out, size_t size);
uint64_t port_of(const char *address); /* 0: none */
/* Hosts compare by their names; those of this machine are one. */
const char *one_name(const char *host);
bool same_host(const char *a, const char *b);

#endif
