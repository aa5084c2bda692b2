#include "outward/spawn.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { DESCRIPTORS = 1024 }; /* where the kernel can't close a range */

static void close_others(void) {
#ifdef SYS_close_range
    if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0u, 0) == 0)
        return;
#endif
    for (int fd = STDERR_FILENO + 1; fd < DESCRIPTORS; fd++)
        close(fd);
}

extern char **environ;

static void become(const struct spawn *s) {
    sigset_t none;
    sigemptyset(&none);
    setsid();
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (dup2(s->in, STDIN_FILENO) < 0 || dup2(s->out, STDOUT_FILENO) < 0 || dup2(s->err, STDERR_FILENO) < 0)
        _exit(127);
    close_others();
    alarm(s->alarm_s); /* outlives exec */
    environ = (char **)(void *)s->environment;
    execvp(s->words[0], (char *const *)(void *)s->words);
    dprintf(STDERR_FILENO, "\n%c%s\n", SPAWN_FAILED,
            errno == ENOENT ? "there is no such program" : strerror(errno));
    _exit(127);
}

/* Nothing of ours is to happen in the child before it is somebody else. */
pid_t spawn(const struct spawn *s) {
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    pid_t pid = fork();
    if (pid == 0)
        become(s);
    int error = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    errno = error;
    return pid;
}
