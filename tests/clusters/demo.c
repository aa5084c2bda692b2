/* demo [--fault-every S] [--life PART,PART] [PROGRAM [ARGUMENT ...]]: a real three-node JetStream cluster
 * with life on it.
 *
 * With PROGRAM: runs `PROGRAM ARGUMENT ... --label demo URL URL URL` in the foreground and ends with it.
 * Without: prints the monitoring URLs and what it does, until a signal. Every --fault-every seconds (120; 0:
 * never) a node is killed, and started again a little later. --life names the parts of its life (life
 * --help). All of it ends with this process, however it ends; its folder goes, too. */
#include "tests/harness/servers.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { NODES = 3, FAULT_MS = 120000, DEAD_MS = 15000, GRACE_MS = 5000, TURN_MS = 200, ARGUMENTS_MAX = 64 };

struct demo {
    struct servers *servers;
    sigset_t signals, before;
    pid_t program, life;
    FILE *log;
    bool loud; /* the log goes to standard output as well */
    int fault_ms, victim;
    int64_t next_fault, revival;
    int code;
    const char *parts; /* of life; NULL: all that belong to a demo */
    bool ending;
};

static void say(struct demo *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(struct demo *d, const char *format, ...) {
    char text[300], date[32];
    time_t now = time(NULL);
    struct tm parts;
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &parts));
    if (d->log) {
        fprintf(d->log, "%s %s\n", date, text);
        fflush(d->log);
    }
    if (d->loud) {
        printf("%s %s\n", date, text);
        fflush(stdout);
    }
}

/* The generator is built beside this program, unless $LIFE names another. */
static void life_path(char *out, size_t size) {
    const char *given = getenv("LIFE");
    char self[400] = "";
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    char *slash = n > 0 ? strrchr(self, '/') : NULL;
    if (slash)
        *slash = '\0';
    if (given && *given)
        snprintf(out, size, "%s", given);
    else
        snprintf(out, size, "%s/life", self);
}

static void start_life(struct demo *d) {
    char path[512], report[600];
    const char *argv[NODES + 6] = {path, "--report", report};
    pid_t self = getpid();
    life_path(path, sizeof path);
    snprintf(report, sizeof report, "%s/life.log", d->servers->folder.path);
    for (int i = 0; i < NODES; i++)
        argv[3 + i] = d->servers->node[i].url;
    if (d->parts) {
        argv[3 + NODES] = "--only";
        argv[4 + NODES] = d->parts;
    }
    d->life = fork();
    if (d->life != 0)
        return;
    char errors[600];
    snprintf(errors, sizeof errors, "%s/life.err", d->servers->folder.path);
    int null = open("/dev/null", O_RDONLY), err = open(errors, O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(null, 0);
    dup2(err, 1);
    dup2(err, 2);
    folder_child(self);
    execv(path, (char *const *)(void *)argv);
    fprintf(stderr, "%s: %s\n", path, strerror(errno));
    _exit(127);
}

static bool start_program(struct demo *d, char **given) {
    const char *argv[ARGUMENTS_MAX + NODES + 3];
    int n = 0;
    pid_t self = getpid();
    for (; n < ARGUMENTS_MAX && given[n]; n++)
        argv[n] = given[n];
    argv[n++] = "--label";
    argv[n++] = "demo";
    for (int i = 0; i < NODES; i++)
        argv[n++] = d->servers->node[i].http;
    argv[n] = NULL;
    d->program = fork();
    if (d->program == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != self)
            _exit(127);
        sigprocmask(SIG_SETMASK, &d->before, NULL);
        execvp(argv[0], (char *const *)(void *)argv);
        fprintf(stderr, "demo: %s: %s\n", argv[0], strerror(errno));
        _exit(127);
    }
    return d->program > 0;
}

static void print_urls(struct demo *d) {
    for (int i = 0; i < NODES; i++)
        printf("%s\n", d->servers->node[i].http);
    printf("clients:");
    for (int i = 0; i < NODES; i++)
        printf(" %s", d->servers->node[i].url);
    printf("\nlogs: %s\nCtrl-C ends it\n", d->servers->folder.path);
    fflush(stdout);
    d->loud = true;
}

/* The program stopped itself: the shell takes its terminal back only when the whole job has stopped. */
static void stop_too(void) {
    kill(0, SIGTSTP);
}

static void look_at_program(struct demo *d) {
    int status;
    if (d->program <= 0 || waitpid(d->program, &status, WNOHANG | WUNTRACED) != d->program)
        return;
    if (WIFSTOPPED(status)) {
        stop_too();
        return;
    }
    d->program = 0;
    d->ending = true;
    d->code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void look_at_life(struct demo *d) {
    int status;
    if (d->life <= 0 || waitpid(d->life, &status, WNOHANG) != d->life)
        return;
    say(d, "life ended with status %d, started again", status);
    start_life(d);
}

static void do_faults(struct demo *d) {
    int64_t now = servers_now_ms();
    const char *name = d->servers->node[d->victim].name;
    if (d->revival && now >= d->revival) {
        servers_restart(d->servers, d->victim, false);
        say(d, "started %s again", name);
        d->revival = 0;
        d->victim = (d->victim + 1) % NODES;
    } else if (d->fault_ms > 0 && !d->revival && now >= d->next_fault) {
        servers_kill(d->servers, d->victim);
        say(d, "killed %s", name);
        d->next_fault = now + d->fault_ms;
        d->revival = now + (d->fault_ms / 2 < DEAD_MS ? d->fault_ms / 2 : DEAD_MS);
    }
}

static void run(struct demo *d) {
    struct timespec turn = {.tv_nsec = TURN_MS * 1000000L};
    while (!d->ending) {
        int signal = sigtimedwait(&d->signals, NULL, &turn);
        if (signal > 0 && signal != SIGCHLD) {
            d->ending = true;
            d->code = 128 + signal;
        }
        look_at_program(d);
        if (!d->ending) {
            look_at_life(d);
            do_faults(d);
        }
    }
}

/* It gets the time to restore the terminal. */
static void end_program(struct demo *d) {
    int64_t deadline = servers_now_ms() + GRACE_MS;
    struct timespec turn = {.tv_nsec = 20000000};
    if (d->program <= 0)
        return;
    kill(d->program, d->code - 128 == SIGHUP ? SIGHUP : SIGTERM);
    kill(d->program, SIGCONT);
    while (waitpid(d->program, NULL, WNOHANG) == 0) {
        if (servers_now_ms() >= deadline) {
            kill(d->program, SIGKILL);
            waitpid(d->program, NULL, 0);
            return;
        }
        nanosleep(&turn, NULL);
    }
}

static void end(struct demo *d) {
    end_program(d);
    if (d->life > 0) {
        kill(d->life, SIGKILL);
        waitpid(d->life, NULL, 0);
    }
    if (d->log)
        fclose(d->log);
    servers_end(d->servers);
}

/* As execlp() looks for it, and in Debian's place, which is not in everybody's PATH. */
static bool in_path(const char *name) {
    const char *path = getenv("PATH");
    char file[600];
    if (strchr(name, '/'))
        return access(name, X_OK) == 0;
    for (const char *p = path ? path : ""; *p;) {
        size_t n = strcspn(p, ":");
        snprintf(file, sizeof file, "%.*s/%s", (int)n, p, name);
        if (access(file, X_OK) == 0)
            return true;
        p += n + (p[n] == ':');
    }
    return !strcmp(name, "nats-server") && access("/usr/sbin/nats-server", X_OK) == 0;
}

static bool is_missing(const char *what, const char *path, const char *remedy) {
    if (*path && in_path(path))
        return false;
    fprintf(stderr, "demo: %s is missing: %s: %s; %s\n", what, path,
            strerror(errno == EACCES ? EACCES : ENOENT), remedy);
    return true;
}

static bool something_is_missing(void) {
    const char *server = getenv("NATS_SERVER");
    char life[512];
    life_path(life, sizeof life);
    return is_missing("the server", server && *server ? server : "nats-server",
                      "apt-get install nats-server, or NATS_SERVER=PATH") ||
           is_missing("the generator of its life", life, "make demo builds it, or LIFE=PATH");
}

static void catch_signals(struct demo *d) {
    static const int ends[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGCHLD};
    sigemptyset(&d->signals);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        sigaddset(&d->signals, ends[i]);
    sigprocmask(SIG_BLOCK, &d->signals, &d->before);
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
}

int main(int argc, char **argv) {
    (void)argc;
    struct demo d = {.fault_ms = FAULT_MS};
    struct servers_options options = {.nodes = NODES,
                                      .jetstream = true,
                                      .cluster = "demo",
                                      .config = "max_pending: 16MB\nwrite_deadline: \"10s\"\n"};
    char log[600], **program = argv + 1;
    for (; program[0] && program[1]; program += 2) {
        if (!strcmp(program[0], "--fault-every"))
            d.fault_ms = (int)(atof(program[1]) * 1000);
        else if (!strcmp(program[0], "--life"))
            d.parts = program[1];
        else
            break;
    }
    if (*program && **program == '-') {
        fprintf(stderr, "usage: demo [--fault-every SECONDS] [--life PART,PART] [PROGRAM [ARGUMENT ...]]\n");
        return 64;
    }
    if (something_is_missing())
        return 1;
    catch_signals(&d);
    d.servers = servers_start(&options);
    if (!d.servers)
        return 1;
    snprintf(log, sizeof log, "%s/demo.log", d.servers->folder.path);
    d.log = fopen(log, "we");
    d.next_fault = servers_now_ms() + d.fault_ms;
    start_life(&d);
    if (!*program)
        print_urls(&d);
    else if (!start_program(&d, program))
        d.ending = true;
    run(&d);
    end(&d);
    return d.code;
}
