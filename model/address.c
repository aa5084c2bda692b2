#include "model/address.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void address_of(const char *url, char *out, size_t size) {
    const char *scheme = strstr(url, "://");
    const char *from = scheme ? scheme + 3 : url;
    size_t len = strcspn(from, "/?#");
    for (size_t i = len; i-- > 0;) {
        if (from[i] == '@') {
            from += i + 1;
            len -= i + 1;
            break;
        }
    }
    snprintf(out, size, "%.*s", (int)len, from);
}

void host_of(const char *address, char *out, size_t size) {
    const char *bracket = *address == '[' ? strchr(address, ']') : NULL;
    const char *colon = strrchr(bracket ? bracket : address, ':');
    size_t len = colon ? (size_t)(colon - address) : strlen(address);
    if (bracket) {
        address++;
        len = (size_t)(bracket - address);
    }
    snprintf(out, size, "%.*s", (int)len, address);
    for (char *p = out; *p; p++)
        *p = (char)tolower((unsigned char)*p);
}

uint64_t port_of(const char *address) {
    const char *colon = strrchr(address, ':');
    return colon ? strtoull(colon + 1, NULL, 10) : 0;
}

const char *one_name(const char *host) {
    return strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ? "127.0.0.1" : host;
}

bool same_host(const char *a, const char *b) {
    return *a && strcmp(one_name(a), one_name(b)) == 0;
}
