#include "tests/harness/http_get.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static bool wait_for(int fd, short events, int64_t deadline) {
    int64_t left = deadline - now_ms();
    struct pollfd p = {.fd = fd, .events = events};
    return left > 0 && poll(&p, 1, (int)left) > 0;
}

static int connect_to(const char *host, int port, int64_t deadline) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), error = 0;
    socklen_t size = sizeof error;
    if (fd < 0 || inet_pton(AF_INET, host, &to.sin_addr) != 1)
        return -1;
    if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0 &&
        (errno != EINPROGRESS || !wait_for(fd, POLLOUT, deadline) ||
         getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0)) {
        close(fd);
        return -1;
    }
    return fd;
}

/* HTTP/1.0: the server closes at the end of the body and never chunks. */
static char *read_all(int fd, int64_t deadline) {
    size_t length = 0, room = 65536;
    char *data = malloc(room);
    while (data && wait_for(fd, POLLIN, deadline)) {
        ssize_t n = recv(fd, data + length, room - length - 1, 0);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n <= 0) {
            data[length] = '\0';
            if (n == 0)
                return data;
            break;
        }
        length += (size_t)n;
        if (room - length < 2) {
            char *larger = realloc(data, room *= 2);
            if (!larger)
                break;
            data = larger;
        }
    }
    free(data);
    return NULL;
}

char *http_get(const char *url, int *status, int ms) {
    int64_t deadline = now_ms() + ms;
    char host[64], path[2048] = "/", request[2304];
    int port, code = 0;
    if (status)
        *status = 0;
    if (sscanf(url, "http://%63[^:/]:%d%2047s", host, &port, path) < 2)
        return NULL;
    int fd = connect_to(host, port, deadline);
    if (fd < 0)
        return NULL;
    int size = snprintf(request, sizeof request, "GET %s HTTP/1.0\r\nHost: %s:%d\r\n\r\n", path, host, port);
    char *answer = NULL;
    if (send(fd, request, (size_t)size, MSG_NOSIGNAL) == size)
        answer = read_all(fd, deadline);
    close(fd);
    char *body = answer ? strstr(answer, "\r\n\r\n") : NULL;
    if (!body || sscanf(answer, "HTTP/1.%*d %d", &code) != 1) {
        free(answer);
        return NULL;
    }
    if (status)
        *status = code;
    memmove(answer, body + 4, strlen(body + 4) + 1);
    return answer;
}

/* jansson refuses a document for one integer beyond int64; a JetStream account without limits has 2^64-1 in
 * it. */
static void saturate(char *text) {
    static const char largest[] = "9223372036854775807";
    bool quoted = false;
    for (char *p = text; *p; p++) {
        if (quoted && *p == '\\' && p[1])
            p++;
        else if (*p == '"')
            quoted = !quoted;
        else if (!quoted && isdigit((unsigned char)*p)) {
            size_t n = strspn(p, "0123456789");
            bool whole = !strchr(".eE", p[n]) || !p[n];
            if (whole && (n > 19 || (n == 19 && strncmp(p, largest, 19) > 0))) {
                memset(p, ' ', n);
                memcpy(p, largest, 19);
            }
            p += n - 1;
        }
    }
}

json_t *http_get_json(const char *url, int ms) {
    char *body = http_get(url, NULL, ms);
    if (!body)
        return NULL;
    saturate(body);
    json_t *root = json_loads(body, JSON_ALLOW_NUL | JSON_DECODE_ANY, NULL);
    free(body);
    return root;
}

json_t *json_path(json_t *root, const char *path) {
    char name[128];
    while (root && *path) {
        size_t n = strcspn(path, ".");
        snprintf(name, sizeof name, "%.*s", (int)n, path);
        root = json_is_array(root) ? json_array_get(root, (size_t)atoi(name)) : json_object_get(root, name);
        path += n + (path[n] == '.');
    }
    return root;
}

double json_path_number(json_t *root, const char *path) {
    json_t *value = json_path(root, path);
    return json_is_number(value) ? json_number_value(value) : NAN;
}
