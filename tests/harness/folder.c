#include "tests/harness/folder.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <fcntl.h>
#include <unistd.h>

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *walk) {
    (void)st, (void)kind, (void)walk;
    remove(path);
    return 0;
}

void folder_remove_path(const char *path) {
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* The servers die at the same moment as their parent: until they have, they may still create files. */
static void remove_until_gone(const char *path) {
    for (int i = 0; i < 100; i++) {
        folder_remove_path(path);
        if (access(path, F_OK) != 0)
            return;
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    }
}

static void guard(const char *path, int pipe_end) {
    setsid();
    for (int s = 1; s < NSIG; s++)
        signal(s, SIG_IGN);
    if (pipe_end != 3)
        dup2(pipe_end, 3);
    close_range(4, ~0U, 0);
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; fd < 3; fd++)
        dup2(null, fd);
    close(null);
    prctl(PR_SET_NAME, "folder-guard");
    char byte;
    ssize_t n;
    while ((n = read(3, &byte, 1)) > 0 || (n < 0 && errno == EINTR))
        ;
    remove_until_gone(path);
    _exit(0);
}

bool folder_make(struct folder *folder, const char *prefix) {
    const char *base = getenv("TMPDIR");
    int ends[2];
    memset(folder, 0, sizeof *folder);
    snprintf(folder->path, sizeof folder->path, "%.400s/%.64s-XXXXXX", base && *base ? base : "/tmp", prefix);
    if (!mkdtemp(folder->path)) {
        perror(folder->path);
        return false;
    }
    if (pipe2(ends, O_CLOEXEC) == 0) {
        folder->guard = fork();
        if (folder->guard == 0) {
            close(ends[1]);
            guard(folder->path, ends[0]);
        }
        close(ends[0]);
        folder->pipe = ends[1];
        folder->owner = getpid();
        if (folder->guard > 0)
            return true;
        close(ends[1]);
    }
    perror("folder guard");
    rmdir(folder->path);
    return false;
}

void folder_remove(struct folder *folder) {
    if (folder->owner != getpid())
        return;
    remove_until_gone(folder->path);
    close(folder->pipe);
    while (waitpid(folder->guard, NULL, 0) < 0 && errno == EINTR)
        ;
    folder->owner = 0;
}

void folder_child(pid_t parent) {
    sigset_t none;
    setsid();
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127);
    close_range(3, ~0U, 0);
}

void folder_fresh_state(void) {
    char path[600];
    const char *base = getenv("XDG_STATE_HOME");
    snprintf(path, sizeof path, "%s/%d", base && *base ? base : "/tmp/natsight-state", (int)getpid());
    setenv("XDG_STATE_HOME", path, 1);
}
