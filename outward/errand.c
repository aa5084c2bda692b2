#include "outward/errand.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/write_all.h"

#define LOOKS     2         /* at what it does, until its limit */
#define LOOKS_END 24        /* so often at one that works, and has little of the machine */
#define WORKS_NS  NS_PER_MS /* of CPU between two looks: it does not hang */

struct errand {
    struct loop *loop;
    errand_done_fn *done;
    void *data;
    pid_t pid;  /* 0: none */
    int socket; /* -1: no answer is awaited */
    int fd;     /* that came; -1 none */
    int limit_ms, looks;
    int64_t cpu_ns; /* it had until the last look */
    struct buffer answer;
    struct loop_source *source, *limit;
};

/* ---- in the fork ---- */

static void settle(pid_t parent) {
    static const int passed_over[] = {SIGINT, SIGQUIT, SIGTSTP, SIGHUP, SIGPIPE, SIGXFSZ, SIGUSR1};
    sigset_t none;
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    for (size_t i = 0; i < sizeof passed_over / sizeof *passed_over; i++)
        signal(passed_over[i], SIG_IGN);
    memory_on_exhaustion(NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; fd <= 2 && null >= 0; fd++)
        dup2(null, fd);
}

/* A byte of its own carries the descriptor, or says that there is none. */
static bool send_fd(int socket, int fd) {
    char byte = '\n';
    struct iovec bytes = {&byte, 1};
    union {
        char room[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {.room = {0}};
    struct msghdr message = {.msg_iov = &bytes, .msg_iovlen = 1};
    if (fd >= 0) {
        message.msg_control = control.room;
        message.msg_controllen = sizeof control.room;
        struct cmsghdr *head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(head), &fd, sizeof fd);
    }
    return sendmsg(socket, &message, 0) == 1;
}

static void go(int socket, errand_run_fn *run, void *context) {
    struct buffer answer = {0};
    int fd = -1;
    run(context, &answer, &fd);
    _exit(send_fd(socket, fd) && write_all(socket, answer.data, answer.len) ? 0 : 1);
}

/* ---- here ---- */

/* One that can't be killed, say of a disk that does not answer, is asked after again. */
static bool is_gone(struct errand *errand) {
    pid_t pid = errand->pid > 0 ? waitpid(errand->pid, NULL, WNOHANG) : 0;
    if (pid == errand->pid || (pid < 0 && errno == ECHILD))
        errand->pid = 0;
    return errand->pid == 0;
}

static void close_socket(struct errand *errand) {
    loop_remove(errand->source);
    errand->source = NULL;
    loop_timer_set(errand->limit, INT64_MAX);
    if (errand->socket >= 0)
        close(errand->socket);
    errand->socket = -1;
}

static void end(struct errand *errand, const char *failure) {
    struct buffer answer = errand->answer;
    int fd = errand->fd;
    close_socket(errand);
    if (errand->pid > 0)
        kill(errand->pid, SIGKILL);
    is_gone(errand);
    errand->answer = (struct buffer){0};
    errand->fd = -1;
    if (failure != NULL && fd >= 0) {
        close(fd);
        fd = -1;
    }
    if (failure != NULL)
        answer.len = 0;
    errand->done(errand->data, failure, &answer, fd);
    buffer_finish(&answer);
}

static void take_fd(struct errand *errand, struct msghdr *message) {
    for (struct cmsghdr *head = CMSG_FIRSTHDR(message); head != NULL; head = CMSG_NXTHDR(message, head)) {
        if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS)
            continue;
        if (errand->fd >= 0)
            close(errand->fd);
        memcpy(&errand->fd, CMSG_DATA(head), sizeof errand->fd);
    }
}

static ssize_t receive(struct errand *errand, char *bytes, size_t size) {
    struct iovec into = {bytes, size};
    union {
        char room[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct msghdr message = {.msg_iov = &into,
                             .msg_iovlen = 1,
                             .msg_control = control.room,
                             .msg_controllen = sizeof control.room};
    ssize_t n = recvmsg(errand->socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (n > 0)
        take_fd(errand, &message);
    return n;
}

/* The first byte says that there is an answer. */
static void ended(struct errand *errand) {
    bool answered = errand->answer.len > 0;
    if (answered)
        buffer_consume(&errand->answer, 1);
    end(errand, answered ? NULL : "the process for it died");
}

static void on_answer(struct loop *loop, int fd, unsigned events, void *data) {
    (void)loop, (void)fd, (void)events;
    static char bytes[256 << 10];
    struct errand *errand = data;
    ssize_t n = receive(errand, bytes, sizeof bytes);
    if (n > 0 && errand->answer.len + (size_t)n <= ERRAND_ANSWER_MAX)
        buffer_append(&errand->answer, bytes, (size_t)n);
    else if (n > 0)
        end(errand, "the answer is too long");
    else if (n == 0 || (errno != EINTR && errno != EAGAIN))
        ended(errand);
}

/* 0: not known. */
static int64_t cpu_of(pid_t pid) {
    clockid_t clock;
    struct timespec t;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) < 0)
        return 0;
    return t.tv_sec * NS_PER_S + t.tv_nsec;
}

/* A limit is a time of work. On a busy machine that takes longer: for as long as it goes on. */
static bool may_go_on(struct errand *errand) {
    int64_t before = errand->cpu_ns;
    errand->cpu_ns = cpu_of(errand->pid);
    if (++errand->looks < LOOKS)
        return true;
    return errand->looks < LOOKS_END && errand->cpu_ns < errand->limit_ms * NS_PER_MS &&
           errand->cpu_ns - before >= WORKS_NS;
}

static void look_later(struct errand *errand) {
    loop_timer_set(errand->limit, clock_mono_ns() + errand->limit_ms * NS_PER_MS / LOOKS);
}

static void on_limit(struct loop *loop, void *data) {
    (void)loop;
    struct errand *errand = data;
    char failure[80];
    if (errand->socket < 0)
        return;
    if (may_go_on(errand)) {
        look_later(errand);
        return;
    }
    snprintf(failure, sizeof failure, "killed after %d s without an answer",
             errand->limit_ms / 1000 * errand->looks / LOOKS);
    end(errand, failure);
}

bool errand_begin(struct errand *errand, errand_run_fn *run, void *context, int limit_ms) {
    int ends[2];
    if (errand->socket >= 0 || !is_gone(errand) ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return false;
    sigset_t all, before; /* what comes to the fork before it has settled is not for it */
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    pid_t parent = getpid(), pid = fork();
    int error = errno;
    if (pid == 0) {
        settle(parent);
        close(ends[0]);
        go(ends[1], run, context);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        errno = error;
        return false;
    }
    errand->pid = pid;
    errand->socket = ends[0];
    errand->limit_ms = limit_ms;
    errand->looks = 0;
    errand->cpu_ns = 0;
    errand->source = loop_add_fd(errand->loop, errand->socket, LOOP_IN, on_answer, errand);
    look_later(errand);
    return true;
}

bool errand_is_under_way(const struct errand *errand) {
    return errand->socket >= 0;
}

bool errand_wait(struct errand *errand, int ms) {
    int64_t until = clock_mono_ns() + ms * NS_PER_MS;
    while (errand->socket >= 0) {
        int64_t left = until - clock_mono_ns();
        struct pollfd wait = {.fd = errand->socket, .events = POLLIN};
        if (left <= 0)
            return false;
        if (poll(&wait, 1, (int)(left / NS_PER_MS) + 1) > 0)
            on_answer(errand->loop, errand->socket, LOOP_IN, errand);
    }
    while (!is_gone(errand) && clock_mono_ns() < until)
        poll(NULL, 0, 1);
    return is_gone(errand);
}

/* ---- life ---- */

struct errand *errand_create(struct loop *loop, errand_done_fn *done, void *data) {
    struct errand *errand = memory_new(sizeof *errand);
    *errand = (struct errand){.loop = loop, .done = done, .data = data, .socket = -1, .fd = -1};
    errand->limit = loop_add_timer(loop, INT64_MAX, on_limit, errand);
    return errand;
}

void errand_destroy(struct errand *errand) {
    if (errand == NULL)
        return;
    close_socket(errand);
    if (errand->pid > 0)
        kill(errand->pid, SIGKILL);
    is_gone(errand);
    if (errand->fd >= 0)
        close(errand->fd);
    loop_remove(errand->limit);
    buffer_finish(&errand->answer);
    free(errand);
}
