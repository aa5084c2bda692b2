#include "tests/harness/slow.h"

#include "tests/harness/servers.h"
#include "tests/harness/slow_inner.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

const char *const slow_ends[] = {"lives", "ended", "closed", "refused"};

struct slow *slow_start(const char *url, const struct slow_group *groups, int n) {
    struct slow *s = n > 0 && n <= SLOW_GROUPS ? calloc(1, sizeof *s) : NULL;
    if (!s)
        return NULL;
    snprintf(s->url, sizeof s->url, "%s", url);
    memcpy(s->groups, groups, (size_t)n * sizeof *groups);
    s->n = n;
    s->page = mmap(NULL, sizeof *s->page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t parent = getpid();
    fflush(NULL);
    s->pid = s->page != MAP_FAILED ? fork() : -1;
    if (s->pid == 0)
        slow_run(s, parent);
    if (s->pid > 0)
        return s;
    fprintf(stderr, "slow: %s\n", strerror(errno));
    slow_end(s);
    return NULL;
}

const struct slow_life *slow_lives(const struct slow *s, int *n) {
    *n = atomic_load(&s->page->n);
    return s->page->lives;
}

bool slow_over(const struct slow *s) {
    return atomic_load(&s->page->over) != 0;
}

static bool is_alive(const struct slow *s) {
    siginfo_t info = {.si_pid = 0};
    return waitid(P_PID, (id_t)s->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0;
}

bool slow_wait(const struct slow *s, int ms) {
    int64_t deadline = servers_now_ms() + ms;
    while (!slow_over(s) && is_alive(s) && servers_now_ms() < deadline)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    return slow_over(s);
}

void slow_name(const struct slow *s, const struct slow_life *life, char *out, size_t size) {
    const char *name = s->groups[life->group].name, *number = name ? strstr(name, "%d") : NULL;
    if (number)
        snprintf(out, size, "%.*s%d%s", (int)(number - name), name, life->client, number + 2);
    else
        snprintf(out, size, "%s", name ? name : "");
}

void slow_print(const struct slow *s, FILE *out) {
    int n;
    const struct slow_life *lives = slow_lives(s, &n);
    for (int i = 0; i < n; i++) {
        char name[SLOW_NAME];
        const struct slow_life *l = &lives[i];
        slow_name(s, l, name, sizeof name);
        fprintf(out,
                "%d %d %d %" PRIu64 " %d %" PRId64 " %" PRId64 " %" PRId64 " %s %" PRIu64 " %" PRIu64
                " \"%s\"\n",
                l->group, l->client, l->life, l->cid, l->port, l->connected_ns, l->stopped_ns, l->ended_ns,
                slow_ends[l->end], l->fed, l->taken, name);
    }
}

void slow_end(struct slow *s) {
    if (!s)
        return;
    if (s->pid > 0) {
        kill(s->pid, SIGKILL);
        while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    if (s->page != MAP_FAILED && s->page)
        munmap(s->page, sizeof *s->page);
    free(s);
}
