#include "tests/harness/job.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { DESCENDANTS_MAX = 512 };

static volatile sig_atomic_t program;

static void hang_up(int signal) {
    (void)signal;
    int kept = errno;
    if (program > 0) {
        kill(-(pid_t)program, SIGHUP);
        kill(-(pid_t)program, SIGCONT);
    }
    errno = kept;
}

static void foreground(int signal) {
    (void)signal;
    int kept = errno;
    if (program > 0) {
        tcsetpgrp(0, (pid_t)program);
        kill(-(pid_t)program, SIGCONT);
    }
    errno = kept;
}

static void dies_with(pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127);
}

static void run_program(pid_t parent, const char *const argv[], void (*prepare)(const void *),
                        const void *context) {
    static const int usual[] = {SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGHUP, SIGUSR1};
    setpgid(0, 0);
    tcsetpgrp(0, getpid());
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        signal(usual[i], SIG_DFL);
    signal(SIGTTOU, SIG_DFL);
    dies_with(parent);
    close_range(3, ~0U, 0);
    if (prepare)
        prepare(context);
    execvp(argv[0], (char *const *)(void *)argv);
    fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

static void report(int to, int value) {
    while (write(to, &value, sizeof value) < 0 && errno == EINTR)
        ;
}

static void be_parent(pid_t test, int slave, int to, const char *const argv[], void (*prepare)(const void *),
                      const void *context) {
    static const int ignored[] = {SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU};
    sigset_t none;
    setsid();
    dies_with(test);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    ioctl(slave, TIOCSCTTY, 0);
    for (int fd = 0; fd < 3; fd++)
        dup2(slave, fd);
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        signal(ignored[i], SIG_IGN);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    pid_t self = getpid(), child = fork();
    if (child == 0)
        run_program(self, argv, prepare, context);
    setpgid(child, child);
    program = child;
    sigaction(SIGHUP, &(struct sigaction){.sa_handler = hang_up, .sa_flags = SA_RESTART}, NULL);
    sigaction(SIGUSR1, &(struct sigaction){.sa_handler = foreground, .sa_flags = SA_RESTART}, NULL);
    if (to != 3)
        dup2(to, 3);
    close_range(4, ~0U, 0);
    report(3, child);
    for (;;) {
        int status;
        pid_t pid = waitpid(-1, &status, WUNTRACED | WCONTINUED);
        if (pid < 0 && errno == ECHILD)
            pause();
        if (pid != child)
            continue;
        if (WIFSTOPPED(status))
            tcsetpgrp(0, self);
        report(3, status);
    }
}

bool job_start(struct job *job, int slave, const char *const argv[], void (*prepare)(const void *),
               const void *context) {
    int ends[2], pid = 0;
    pid_t test = getpid();
    memset(job, 0, sizeof *job);
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    job->parent = fork();
    if (job->parent == 0)
        be_parent(test, slave, ends[1], argv, prepare, context);
    close(ends[1]);
    job->reports = ends[0];
    if (job->parent > 0 && read(ends[0], &pid, sizeof pid) == sizeof pid && pid > 0) {
        job->program = pid;
        return true;
    }
    job_end(job);
    return false;
}

void job_watch(struct job *job, int ms) {
    struct pollfd p = {.fd = job->reports, .events = POLLIN};
    int status;
    while (!job->ended && poll(&p, 1, ms) > 0) {
        if (read(job->reports, &status, sizeof status) != sizeof status)
            return;
        job->stopped = WIFSTOPPED(status);
        job->ended = WIFEXITED(status) || WIFSIGNALED(status);
        job->status = status;
        ms = 0;
    }
}

bool job_continue(struct job *job) {
    return !job->ended && kill(job->parent, SIGUSR1) == 0;
}

static int children_of(pid_t pid, pid_t *out, int room) {
    char path[64];
    int n = 0, child;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)pid);
    FILE *in = fopen(path, "re");
    while (in && n < room && fscanf(in, "%d", &child) == 1)
        out[n++] = child;
    if (in)
        fclose(in);
    return n;
}

char job_state(pid_t pid) {
    char path[64], state;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *in = fopen(path, "re");
    bool read_it = in && fscanf(in, "%*d (%*[^)]) %c", &state) == 1;
    if (in)
        fclose(in);
    return read_it && state != 'Z' ? state : 0;
}

static int descendants(const struct job *job, pid_t *all) {
    int n = children_of(job->parent, all, DESCENDANTS_MAX), alive = 0;
    for (int i = 0; i < n; i++)
        n += children_of(all[i], all + n, DESCENDANTS_MAX - n);
    for (int i = 0; i < n; i++)
        if (job_state(all[i]))
            all[alive++] = all[i];
    return alive;
}

int job_processes(const struct job *job) {
    pid_t all[DESCENDANTS_MAX];
    return descendants(job, all);
}

void job_end(struct job *job) {
    pid_t all[DESCENDANTS_MAX];
    if (job->parent > 0) {
        for (int n = descendants(job, all); n > 0; n--)
            kill(all[n - 1], SIGKILL);
        kill(job->parent, SIGKILL);
        while (waitpid(job->parent, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    close(job->reports);
    job->parent = 0;
}
