#include "tests/harness/command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/harness/folder.h"

enum { OUTPUT_MAX = 256 << 20 };

static long long now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static const char *binary(const char *variable, const char *otherwise) {
    const char *path = getenv(variable);
    return path && *path ? path : otherwise;
}

const char *command_natsight(void) {
    return binary("NATSIGHT", "./natsight");
}

const char *command_life(void) {
    return binary("LIFE", "build/tests/life");
}

static void set(const char *setting) {
    char name[128];
    const char *equals = strchr(setting, '=');
    snprintf(name, sizeof name, "%.*s", equals ? (int)(equals - setting) : 127, setting);
    if (equals)
        setenv(name, equals + 1, 1);
    else
        unsetenv(name);
}

static void run(pid_t parent, int in, int out, int err, const char *const argv[], const char *const *env) {
    sigset_t none;
    setpgid(0, 0);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127);
    dup2(in, 0);
    dup2(out, 1);
    dup2(err, 2);
    close_range(3, ~0U, 0);
    folder_fresh_state();
    for (int i = 0; env && env[i]; i++)
        set(env[i]);
    execvp(argv[0], (char *const *)(void *)argv);
    fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

bool command_start(struct command *c, const char *const argv[], const char *const *env) {
    int in[2], out[2], err[2];
    pid_t parent = getpid();
    memset(c, 0, sizeof *c);
    c->in = c->out = c->err = -1;
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0)
        return false;
    c->pid = fork();
    if (c->pid == 0)
        run(parent, in[0], out[1], err[1], argv, env);
    close(in[0]), close(out[1]), close(err[1]);
    c->in = in[1];
    c->out = out[0];
    c->err = err[0];
    c->output = calloc(1, 1);
    c->errors = calloc(1, 1);
    return c->pid > 0 && c->output && c->errors;
}

static bool take(int *fd, char **text, size_t *size) {
    char bytes[65536];
    ssize_t n = read(*fd, bytes, sizeof bytes);
    if (n <= 0) {
        close(*fd);
        *fd = -1;
        return false;
    }
    char *larger = *size + (size_t)n < OUTPUT_MAX ? realloc(*text, *size + (size_t)n + 1) : NULL;
    if (larger) {
        memcpy(larger + *size, bytes, (size_t)n);
        *size += (size_t)n;
        larger[*size] = '\0';
        *text = larger;
    }
    return true;
}

bool command_pump(struct command *c, int ms) {
    struct pollfd p[2] = {{.fd = c->out, .events = POLLIN}, {.fd = c->err, .events = POLLIN}};
    bool any = false;
    if ((c->out < 0 && c->err < 0) || poll(p, 2, ms) <= 0)
        return false;
    if (p[0].revents)
        any |= take(&c->out, &c->output, &c->output_size);
    if (p[1].revents)
        any |= take(&c->err, &c->errors, &c->errors_size);
    return any;
}

bool command_wait_output(struct command *c, const char *text, int ms) {
    long long deadline = now_ms() + ms;
    while (!strstr(c->output, text)) {
        long long left = deadline - now_ms();
        if (left <= 0 || (!command_pump(c, (int)left) && c->out < 0))
            return strstr(c->output, text) != NULL;
    }
    return true;
}

bool command_write(struct command *c, const void *bytes, size_t size) {
    const char *p = bytes;
    signal(SIGPIPE, SIG_IGN);
    while (size > 0 && c->in >= 0) {
        ssize_t n = write(c->in, p, size);
        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0)
            p += n, size -= (size_t)n;
    }
    return size == 0;
}

void command_close_input(struct command *c) {
    if (c->in >= 0)
        close(c->in);
    c->in = -1;
}

static bool reap(struct command *c, int flags) {
    pid_t pid;
    while ((pid = waitpid(c->pid, &c->status, flags)) < 0 && errno == EINTR)
        ;
    if (pid == c->pid)
        c->pid = 0;
    return c->pid == 0;
}

int command_finish(struct command *c, int ms) {
    long long deadline = now_ms() + ms;
    command_close_input(c);
    while (c->pid > 0 && !reap(c, WNOHANG)) {
        if (now_ms() >= deadline) {
            fprintf(stderr, "command: still running after %d ms; its errors:\n%s\n", ms, c->errors);
            kill(c->pid, SIGKILL);
            reap(c, 0);
            return -1;
        }
        if (!command_pump(c, 10) && c->out < 0 && c->err < 0)
            nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
    while (command_pump(c, 0))
        ;
    return WIFEXITED(c->status) ? WEXITSTATUS(c->status) : 128 + WTERMSIG(c->status);
}

void command_free(struct command *c) {
    if (c->pid > 0) {
        kill(c->pid, SIGKILL);
        reap(c, 0);
    }
    command_close_input(c);
    if (c->out >= 0)
        close(c->out);
    if (c->err >= 0)
        close(c->err);
    free(c->output);
    free(c->errors);
    memset(c, 0, sizeof *c);
    c->in = c->out = c->err = -1;
}

int command_run(struct command *c, const char *const argv[], const char *const *env, int ms) {
    if (!command_start(c, argv, env))
        return -1;
    return command_finish(c, ms);
}
