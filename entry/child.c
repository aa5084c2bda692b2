#include "entry/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"

/* What a collector may see of our environment: time zone, locale, resolver, certificates, sanitizer settings.
 * No secrets. */
static const char *const passed[] = {
    "TZ",          "LANG",         "LC_ALL",        "LC_CTYPE",     "TMPDIR",        "RES_OPTIONS",
    "LOCALDOMAIN", "SSL_CERT_DIR", "SSL_CERT_FILE", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS",
    "TSAN_OPTIONS"};

extern char **environ;

static void clear_environment(void) {
    static char *kept[sizeof passed / sizeof *passed + 1];
    size_t n = 0;
    for (size_t i = 0; i < sizeof passed / sizeof *passed; i++) {
        const char *value = getenv(passed[i]);
        if (value != NULL)
            kept[n++] = memory_format("%s=%s", passed[i], value);
    }
    environ = kept;
}

struct arguments {
    const char *list[64];
    int count;
};

static void add(struct arguments *a, const char *text) {
    if (a->count < 63)
        a->list[a->count++] = text;
}

static void add_option(struct arguments *a, const char *name, const char *value) {
    if (value != NULL) {
        add(a, name);
        add(a, value);
    }
}

/* What a login for NATS says goes over its pipe instead. */
static void add_http(struct arguments *a, const struct options *o) {
    add_option(a, "--ca", o->ca);
    add_option(a, "--cert", o->cert);
    add_option(a, "--key", o->key);
    add_option(a, "--tls-name", o->tls_name);
    add_option(a, "--auth-file", o->auth_file);
    if (o->insecure)
        add(a, "--insecure");
}

/* The list is as long as the user's own command line, so it is built in a vector that the exec replaces. */
static const char **arguments(const struct options *o, enum way way, int page_fd) {
    struct arguments a = {.count = 0};
    add(&a, "natsight");
    add(&a, "collect");
    bool nats = way == WAY_NATS;
    add(&a, nats ? "nats" : "http");
    add(&a, "--supervised");
    if (page_fd >= 0)
        add_option(&a, "--page-fd", memory_format("%d", page_fd));
    if (o->interval != 0)
        add_option(&a, "--interval", memory_format("%lldms", (long long)o->interval));
    for (unsigned shape = 1; shape < SHAPE_LIMIT; shape++)
        if (o->every[shape] != 0)
            add_option(&a, "--every",
                       memory_format("%s=%lldms", shape_name(shape), (long long)o->every[shape]));
    add_option(&a, "--label", o->label);
    add_option(&a, "--want", o->want);
    if (!nats)
        add_http(&a, o);
    add(&a, "--");
    const char **all = memory_array((size_t)a.count + (size_t)o->url_count + 1, sizeof *all);
    memcpy((void *)all, (void *)a.list, (size_t)a.count * sizeof *all);
    if (!nats)
        way_in_urls(o, way, all + a.count, o->url_count);
    return all;
}

static void become(const struct options *o, enum way way, int page_fd, const int in[2], const int out[2],
                   const int err[2]) {
    sigset_t none;
    sigemptyset(&none);
    signal(SIGUSR1, SIG_IGN); /* a reload is ours to do, but whoever asks may mean all that is called so */
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (dup2(in[0], 0) < 0 || dup2(out[1], 1) < 0 || dup2(err[1], 2) < 0)
        _exit(1);
    clear_environment();
    execv("/proc/self/exe", (char *const *)arguments(o, way, page_fd));
    _exit(127);
}

static void close_pair(const int pair[2]) {
    for (int i = 0; i < 2; i++)
        if (pair[i] >= 0)
            close(pair[i]);
}

bool child_start(struct child *child, const struct options *options, enum way way, int page_fd) {
    int in[2] = {-1, -1}, out[2] = {-1, -1}, err[2] = {-1, -1};
    if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0)
        goto failed;
    (void)fcntl(out[1], F_SETPIPE_SZ, 1 << 20); /* a whole big frame, where the limit allows it */
    pid_t pid = fork();
    if (pid < 0)
        goto failed;
    if (pid == 0)
        become(options, way, page_fd, in, out, err);
    close(in[0]);
    close(out[1]);
    close(err[1]);
    *child = (struct child){.pid = pid, .in = in[1], .out = out[0], .err = err[0]};
    fcntl(child->in, F_SETFL, O_NONBLOCK);
    fcntl(child->out, F_SETFL, O_NONBLOCK);
    fcntl(child->err, F_SETFL, O_NONBLOCK);
    return true;
failed:;
    int error = errno;
    close_pair(in);
    close_pair(out);
    close_pair(err);
    errno = error;
    return false;
}

int child_end(struct child *child) {
    int status = 0;
    if (child->pid <= 0)
        return 0;
    close(child->in);
    if (waitpid(child->pid, &status, WNOHANG) != child->pid) {
        kill(child->pid, SIGKILL);
        while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
            continue;
    }
    close(child->out);
    close(child->err);
    *child = (struct child){0};
    return status;
}
