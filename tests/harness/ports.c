#include "tests/harness/ports.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LOWEST = 10240, HIGHEST = 32000, TRIES = 2000 };

static bool is_free(const char *address, int port) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || inet_pton(AF_INET, address, &to.sin_addr) != 1)
        return false;
    bool ok = bind(fd, (struct sockaddr *)&to, sizeof to) == 0;
    close(fd);
    return ok;
}

static bool is_free_everywhere(const char *const addresses[], int n, int port) {
    for (int i = 0; i < n; i++)
        if (!is_free(addresses[i], port))
            return false;
    return true;
}

bool ports_free(const char *const addresses[], int n_addresses, int *ports, int n) {
    int found = 0;
    for (int tries = 0; found < n && tries < TRIES; tries++) {
        unsigned random = 0;
        if (getrandom(&random, sizeof random, 0) != sizeof random)
            return false;
        int port = LOWEST + (int)(random % (HIGHEST - LOWEST)), i;
        for (i = 0; i < found && ports[i] != port; i++)
            ;
        if (i == found && is_free_everywhere(addresses, n_addresses, port))
            ports[found++] = port;
    }
    return found == n;
}
