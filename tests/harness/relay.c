#include "tests/harness/relay.h"

#include "tests/harness/servers.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 1 << 16, TURN_MS = 10, ANSWER_MS = 5000 };

struct relay_page { /* shared by both processes */
    atomic_int wanted[RELAY_LINKS], done[RELAY_LINKS];
};

struct relay {
    pid_t pid;
    int n, listener[RELAY_LINKS], port[RELAY_LINKS], target[RELAY_LINKS];
    struct relay_page *page;
};

/* ---- the relay's own process ---- */

struct way { /* one direction */
    int from, to;
    size_t start, end;
    char bytes[BUFFER];
};

struct pair {
    int link, fd[2]; /* fd[0] -1: free */
    struct way *way[2];
};

static struct pair pairs[RELAY_PAIRS];

static void end_pair(struct pair *pair) {
    for (int i = 0; i < 2; i++) {
        close(pair->fd[i]);
        free(pair->way[i]);
        pair->way[i] = NULL;
        pair->fd[i] = -1;
    }
}

static int connect_to(int port) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static void begin_pair(const struct relay *relay, int link, int fd) {
    struct pair *pair = NULL;
    for (int i = 0; i < RELAY_PAIRS && !pair; i++)
        pair = pairs[i].fd[0] < 0 ? &pairs[i] : NULL;
    int to = pair ? connect_to(relay->target[link]) : -1;
    if (to < 0) {
        close(fd);
        return;
    }
    *pair = (struct pair){link, {fd, to}, {NULL, NULL}};
    for (int i = 0; i < 2; i++) {
        fcntl(pair->fd[i], F_SETFL, O_NONBLOCK);
        pair->way[i] = calloc(1, sizeof *pair->way[i]);
        pair->way[i]->from = pair->fd[i];
        pair->way[i]->to = pair->fd[1 - i];
    }
}

/* false: one end is closed. */
static bool pass(struct way *way) {
    if (way->start == way->end) {
        ssize_t n = read(way->from, way->bytes, BUFFER);
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
            return false;
        way->start = 0;
        way->end = n > 0 ? (size_t)n : 0;
    }
    if (way->start == way->end)
        return true;
    ssize_t n = send(way->to, way->bytes + way->start, way->end - way->start, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN && errno != EINTR)
        return false;
    way->start += n > 0 ? (size_t)n : 0;
    return true;
}

static void take_orders(const struct relay *relay) {
    for (int link = 0; link < relay->n; link++) {
        int wanted = atomic_load(&relay->page->wanted[link]);
        for (int i = 0; wanted && i < RELAY_PAIRS; i++)
            if (pairs[i].fd[0] >= 0 && pairs[i].link == link)
                end_pair(&pairs[i]);
        atomic_store(&relay->page->done[link], wanted);
    }
}

static void take_connections(const struct relay *relay, const struct pollfd *polls) {
    for (int link = 0; link < relay->n; link++) {
        // cppcheck-suppress nullPointer
        int fd = polls[link].revents ? accept4(relay->listener[link], NULL, NULL, SOCK_CLOEXEC) : -1;
        if (fd >= 0 && atomic_load(&relay->page->wanted[link]))
            close(fd);
        else if (fd >= 0)
            begin_pair(relay, link, fd);
    }
}

/* What each pair waits for; a slot of a free one is -1. */
static void fill(struct pollfd *polls) {
    for (int i = 0; i < 2 * RELAY_PAIRS; i++)
        polls[i] = (struct pollfd){.fd = pairs[i / 2].fd[i % 2]};
    for (int i = 0; i < RELAY_PAIRS; i++) {
        for (int k = 0; k < 2 && pairs[i].fd[0] >= 0; k++) {
            const struct way *way = pairs[i].way[k];
            polls[2 * i + (way->start == way->end ? k : 1 - k)].events |=
                way->start == way->end ? POLLIN : POLLOUT;
        }
    }
}

static void turn(const struct relay *relay) {
    struct pollfd polls[RELAY_LINKS + 2 * RELAY_PAIRS];
    for (int link = 0; link < relay->n; link++)
        polls[link] = (struct pollfd){.fd = relay->listener[link], .events = POLLIN};
    fill(polls + relay->n);
    poll(polls, (nfds_t)(relay->n + 2 * RELAY_PAIRS), TURN_MS);
    take_orders(relay);
    for (int i = 0; i < RELAY_PAIRS; i++) {
        if (pairs[i].fd[0] >= 0 && (!pass(pairs[i].way[0]) || !pass(pairs[i].way[1])))
            end_pair(&pairs[i]);
    }
    take_connections(relay, polls);
}

static void run(const struct relay *relay, pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setsid();
    for (int i = 0; i < RELAY_PAIRS; i++)
        pairs[i].fd[0] = pairs[i].fd[1] = -1;
    while (getppid() == parent)
        turn(relay);
    _exit(0);
}

/* ---- who started it ---- */

static bool listen_on(struct relay *relay, int link) {
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t size = sizeof at;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = relay->listener[link] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 64) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &size) != 0)
        return false;
    relay->port[link] = ntohs(at.sin_port);
    return true;
}

static void close_listeners(struct relay *relay) {
    for (int i = 0; i < relay->n; i++)
        if (relay->listener[i] >= 0)
            close(relay->listener[i]);
}

struct relay *relay_start(const int *targets, int n) {
    struct relay *relay = n <= RELAY_LINKS ? calloc(1, sizeof *relay) : NULL;
    if (!relay)
        return NULL;
    relay->n = n;
    relay->page = mmap(NULL, sizeof *relay->page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    bool ok = relay->page != MAP_FAILED;
    for (int i = 0; i < n; i++) {
        relay->target[i] = targets[i];
        ok = listen_on(relay, i) && ok;
    }
    pid_t parent = getpid();
    fflush(NULL);
    relay->pid = ok ? fork() : -1;
    if (relay->pid == 0)
        run(relay, parent);
    close_listeners(relay);
    if (relay->pid > 0)
        return relay;
    fprintf(stderr, "relay: %s\n", strerror(errno));
    relay_end(relay);
    return NULL;
}

int relay_port(const struct relay *relay, int link) {
    return relay->port[link];
}

bool relay_cut(struct relay *relay, int link, bool cut) {
    int64_t deadline = servers_now_ms() + ANSWER_MS;
    atomic_store(&relay->page->wanted[link], cut);
    while (atomic_load(&relay->page->done[link]) != cut && servers_now_ms() < deadline)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    return atomic_load(&relay->page->done[link]) == cut;
}

void relay_end(struct relay *relay) {
    if (!relay)
        return;
    if (relay->pid > 0) {
        kill(relay->pid, SIGKILL);
        while (waitpid(relay->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    if (relay->page != MAP_FAILED && relay->page)
        munmap(relay->page, sizeof *relay->page);
    free(relay);
}
