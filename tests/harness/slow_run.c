#include "tests/harness/slow_inner.h"

#include "tests/harness/folder.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { TURN_MS = 5 };

struct crowd { /* the clients, those of one group side by side */
    struct slow_client *list, **live;
    struct pollfd *polls; /* of the live ones */
    int n, n_live;
    struct slow_feeders *feeders[SLOW_GROUPS];
};

static int64_t now_of(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * SLOW_NS + t.tv_nsec;
}

int64_t slow_mono_ns(void) {
    return now_of(CLOCK_MONOTONIC);
}

int64_t slow_utc_ns(void) {
    return now_of(CLOCK_REALTIME);
}

void slow_subject(const struct slow_client *c, char *out, size_t size) {
    snprintf(out, size, "slow.%d.%d", c->group_number, c->number);
}

static int clients_of(const struct slow_group *group) {
    return group->clients > 0 ? group->clients : 1;
}

static void gather(struct slow *s, struct crowd *crowd) {
    int64_t start = slow_mono_ns();
    for (int g = 0; g < s->n; g++)
        crowd->n += clients_of(&s->groups[g]);
    crowd->list = calloc((size_t)crowd->n, sizeof *crowd->list);
    crowd->live = calloc((size_t)crowd->n, sizeof *crowd->live);
    crowd->polls = calloc((size_t)crowd->n, sizeof *crowd->polls);
    if (!crowd->list || !crowd->live || !crowd->polls)
        _exit(1);
    struct slow_client *c = crowd->list;
    for (int g = 0; g < s->n; g++) {
        const struct slow_group *group = &s->groups[g];
        for (int i = 0; i < clients_of(group); i++, c++) {
            int64_t after_ns = group->per_s > 0 ? (int64_t)(i / group->per_s * 1e9) : 0;
            *c = (struct slow_client){
                .group = group, .group_number = g, .number = i, .fd = -1, .due_ns = start + after_ns};
        }
        crowd->feeders[g] = slow_feeders_start(s, c - clients_of(group), clients_of(group));
    }
}

static void begin(struct slow *s, struct slow_client *c) {
    int i = atomic_load(&s->page->n);
    if (i == SLOW_LIVES) {
        fprintf(stderr, "slow: no room for more than %d connections\n", SLOW_LIVES);
        _exit(1);
    }
    c->life = &s->page->lives[i];
    *c->life = (struct slow_life){.group = c->group_number, .client = c->number, .life = c->lives++};
    atomic_store(&s->page->n, i + 1);
    c->connected = false;
    c->in_size = 0;
    if (c->group->stops)
        slow_client_stops(s, c);
    else
        slow_client_connect(s, c);
}

/* Whether it will find out some day that it has ended. */
static bool is_ended_some_day(const struct slow_group *g) {
    bool reads = g->reads_all || g->reads_per_s > 0 || g->looks_after_s > 0;
    return !g->stops && (g->lives_s > 0 || (reads && (g->fed_per_s > 0 || g->fed_bytes > 0)));
}

static bool is_over(const struct slow_client *c) {
    bool begun = c->life && (c->life->stopped_ns || (c->connected && !c->group->stops));
    return c->done || (begun && !is_ended_some_day(c->group));
}

static bool is_live(const struct slow_client *c) {
    return c->fd >= 0 || c->process > 0;
}

/* Whose time has come begins. */
static void begin_due(struct slow *s, struct crowd *crowd) {
    int64_t now = slow_mono_ns();
    crowd->n_live = 0;
    for (int i = 0; i < crowd->n; i++) {
        struct slow_client *c = &crowd->list[i];
        if (!is_live(c) && !c->done && now >= c->due_ns)
            begin(s, c);
        if (!is_live(c))
            continue;
        crowd->polls[crowd->n_live] = (struct pollfd){.fd = c->fd, .events = slow_client_events(c)};
        crowd->live[crowd->n_live++] = c;
    }
}

static void turn(struct slow *s, struct crowd *crowd) {
    bool over = true;
    begin_due(s, crowd);
    poll(crowd->polls, (nfds_t)crowd->n_live, TURN_MS);
    for (int i = 0; i < crowd->n_live; i++)
        slow_client_turn(s, crowd->live[i], crowd->polls[i].revents);
    for (int i = 0; i < crowd->n && over; i++)
        over = is_over(&crowd->list[i]);
    for (int g = 0; g < s->n; g++)
        slow_feeders_turn(crowd->feeders[g]);
    atomic_store(&s->page->over, over);
}

void slow_run(struct slow *s, pid_t parent) {
    static struct crowd crowd;
    struct rlimit files;
    folder_child(parent);
    signal(SIGPIPE, SIG_IGN);
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    gather(s, &crowd);
    while (getppid() == parent)
        turn(s, &crowd);
    _exit(0);
}
