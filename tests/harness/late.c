#include "tests/harness/late.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/harness/servers.h"

enum { REQUEST = 4096, BODY = 4 << 20 };

struct late {
    pid_t pid;
    int listener, target, delay_ms;
    const char *path;
    char url[64];
    struct counts { /* shared */
        atomic_int answers, longest_ms;
    } * counts;
};

static struct sockaddr_in address_of(int port) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return a;
}

/* ---- one connection: one request ---- */

static bool write_all_to(int fd, const char *bytes, size_t size) {
    while (size) {
        ssize_t n = send(fd, bytes, size, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        bytes += n;
        size -= (size_t)n;
    }
    return true;
}

/* The head; false: there is none. */
static bool read_request(int fd, char request[REQUEST]) {
    size_t size = 0;
    *request = '\0';
    while (!strstr(request, "\r\n\r\n")) {
        ssize_t n = size < REQUEST - 1 ? read(fd, request + size, REQUEST - 1 - size) : 0;
        if (n <= 0)
            return false;
        size += (size_t)n;
        request[size] = '\0';
    }
    return true;
}

/* The whole answer; its server closes behind it. */
static size_t fetch(const struct late *late, const char *target, char *answer) {
    struct sockaddr_in to = address_of(late->target);
    char request[REQUEST + 128];
    size_t size = 0;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int length = snprintf(request, sizeof request,
                          "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", target);
    if (fd < 0)
        return 0;
    bool asked =
        connect(fd, (struct sockaddr *)&to, sizeof to) == 0 && write_all_to(fd, request, (size_t)length);
    for (ssize_t n; asked && size < BODY && (n = read(fd, answer + size, BODY - size)) > 0;)
        size += (size_t)n;
    close(fd);
    return size;
}

static void count(struct counts *counts, int took_ms) {
    int longest = atomic_load(&counts->longest_ms);
    while (took_ms > longest && !atomic_compare_exchange_weak(&counts->longest_ms, &longest, took_ms))
        ;
    atomic_fetch_add(&counts->answers, 1);
}

static void serve(const struct late *late, int fd) {
    int64_t begun = servers_now_ms();
    char request[REQUEST], target[REQUEST];
    char *answer = malloc(BODY);
    size_t length = strlen(late->path);
    if (!answer || !read_request(fd, request) || sscanf(request, "GET %4095s ", target) != 1)
        return;
    size_t size = fetch(late, target, answer);
    bool is_late = strncmp(target, late->path, length) == 0 && strchr("?", target[length]);
    if (is_late)
        nanosleep(&(struct timespec){late->delay_ms / 1000, late->delay_ms % 1000 * 1000000L}, NULL);
    if (size && write_all_to(fd, answer, size) && is_late)
        count(late->counts, (int)(servers_now_ms() - begun));
    free(answer);
}

static void die_with(pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(0);
}

static void run(const struct late *late) {
    for (int busy = 0;;) {
        while (waitpid(-1, NULL, busy < LATE_CONNECTIONS ? WNOHANG : 0) > 0)
            busy--;
        int fd = accept(late->listener, NULL, NULL);
        if (fd < 0)
            continue;
        pid_t self = getpid(), child = fork();
        if (child == 0) {
            die_with(self);
            serve(late, fd);
            _exit(0);
        }
        busy += child > 0;
        close(fd);
    }
}

/* ---- for tests ---- */

struct late *late_start(int target, const char *path, int delay_ms) {
    struct late *late = calloc(1, sizeof *late);
    struct sockaddr_in here = address_of(0);
    socklen_t size = sizeof here;
    *late = (struct late){.target = target, .path = path, .delay_ms = delay_ms};
    late->counts =
        mmap(NULL, sizeof *late->counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    late->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (late->counts == MAP_FAILED || late->listener < 0 ||
        bind(late->listener, (struct sockaddr *)&here, size) != 0 || listen(late->listener, 64) != 0 ||
        getsockname(late->listener, (struct sockaddr *)&here, &size) != 0) {
        perror("late");
        free(late);
        return NULL;
    }
    snprintf(late->url, sizeof late->url, "http://127.0.0.1:%d", ntohs(here.sin_port));
    pid_t self = getpid();
    fflush(NULL);
    late->pid = fork();
    if (late->pid == 0) {
        die_with(self);
        run(late);
    }
    return late;
}

const char *late_url(const struct late *late) {
    return late->url;
}

int late_answers(const struct late *late) {
    return atomic_load(&late->counts->answers);
}

int late_longest_ms(const struct late *late) {
    return atomic_load(&late->counts->longest_ms);
}

void late_end(struct late *late) {
    if (!late)
        return;
    kill(late->pid, SIGKILL);
    waitpid(late->pid, NULL, 0);
    close(late->listener);
    munmap(late->counts, sizeof *late->counts);
    free(late);
}
