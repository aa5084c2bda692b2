#include "tests/bench/load.h"

#include "tests/bench/bench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIZE = 128, TURN_MS = 10, SCRATCH = 65536, SPREAD = 7 };

struct crowd {
    int *fds, count, rate, epoll;
    int64_t began_ns;
    long sent;
};

static int dial(const struct server *server) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)server->client_port)};
    inet_pton(AF_INET, server->address, &to.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
        return fd;
    perror("load: connect");
    if (fd >= 0)
        close(fd);
    return -1;
}

/* INFO, then ours, then PONG: what the server has answered it has taken. */
static bool greet(int fd, int number) {
    char text[512];
    ssize_t n = recv(fd, text, sizeof text, 0);
    int length = snprintf(text, sizeof text,
                          "CONNECT {\"verbose\":false,\"pedantic\":false,\"lang\":\"c\",\"version\":\"1\","
                          "\"protocol\":1,\"name\":\"worker-%d\"}\r\nSUB load.%d 1\r\nPING\r\n",
                          number, number);
    return n > 0 && send(fd, text, (size_t)length, MSG_NOSIGNAL) == length;
}

static bool gather(struct crowd *crowd, const struct servers *servers) {
    crowd->epoll = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < crowd->count; i++) {
        int fd = dial(&servers->node[i % servers->n]);
        if (fd < 0 || !greet(fd, i))
            return false;
        fcntl(fd, F_SETFL, O_NONBLOCK);
        crowd->fds[i] = fd;
        struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
        epoll_ctl(crowd->epoll, EPOLL_CTL_ADD, fd, &event);
    }
    return true;
}

/* All that is there; a PING in it is answered. A PING across two reads would be missed: the server asks
 * again. */
static void take(const struct crowd *crowd, int fd) {
    static char scratch[SCRATCH + 1];
    ssize_t n = recv(fd, scratch, SCRATCH, 0);
    if (n <= 0) {
        if (n == 0 || (errno != EAGAIN && errno != EINTR))
            epoll_ctl(crowd->epoll, EPOLL_CTL_DEL, fd, NULL);
        return;
    }
    scratch[n] = '\0';
    if (strstr(scratch, "PING\r\n"))
        (void)!send(fd, "PONG\r\n", 6, MSG_NOSIGNAL);
}

static void publish_due(struct crowd *crowd) {
    static const char payload[SIZE + 1] = "................................................................"
                                          "................................................................";
    long due = (long)((double)(bench_now_ns() - crowd->began_ns) / 1e9 * crowd->rate);
    for (; crowd->sent < due; crowd->sent++) {
        char text[SIZE + 64];
        long to = (crowd->sent * SPREAD + 1) % crowd->count;
        int n = snprintf(text, sizeof text, "PUB load.%ld %d\r\n%s\r\n", to, SIZE, payload);
        (void)!send(crowd->fds[crowd->sent % crowd->count], text, (size_t)n, MSG_NOSIGNAL);
    }
}

static void live(struct crowd *crowd, int life) {
    struct epoll_event events[64], end = {.events = EPOLLIN, .data.fd = life};
    epoll_ctl(crowd->epoll, EPOLL_CTL_ADD, life, &end);
    crowd->began_ns = bench_now_ns();
    for (;;) {
        int n = epoll_wait(crowd->epoll, events, 64, TURN_MS);
        for (int i = 0; i < n; i++) {
            if (events[i].data.fd == life)
                return;
            take(crowd, events[i].data.fd);
        }
        publish_due(crowd);
    }
}

static void be_load(const struct servers *servers, int connections, int rate, int life, int ready) {
    struct crowd crowd = {
        .fds = calloc((size_t)connections, sizeof(int)), .count = connections, .rate = rate};
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (!crowd.fds || !gather(&crowd, servers))
        _exit(1);
    (void)!write(ready, "1", 1);
    close(ready);
    live(&crowd, life);
    _exit(0);
}

bool load_start(struct load *load, const struct servers *servers, int connections, int rate) {
    int life[2], ready[2];
    char one;
    pid_t parent = getpid();
    if (pipe2(life, O_CLOEXEC) != 0 || pipe2(ready, O_CLOEXEC) != 0)
        return false;
    load->pid = fork();
    if (load->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(life[1]);
        close(ready[0]);
        if (getppid() == parent)
            be_load(servers, connections, rate, life[0], ready[1]);
        _exit(1);
    }
    close(life[0]);
    close(ready[1]);
    load->life = life[1];
    bool ok = load->pid > 0 && read(ready[0], &one, 1) == 1;
    close(ready[0]);
    if (!ok)
        load_end(load);
    return ok;
}

void load_end(struct load *load) {
    close(load->life);
    if (load->pid > 0) {
        kill(load->pid, SIGTERM);
        while (waitpid(load->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    load->pid = 0;
}
