#include "entry/crash.h"

#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/state_folder.h"
#include "base/version.h"
#include "tui/screen.h"

enum {
    PATH_SIZE = 512,
    FOLDER_SIZE = PATH_SIZE - 64, /* the file's name has to fit, too */
    FRAMES = 64,
    FOLDERS = 2,
    GIVE_UP_S = 5,
    STACK_SIZE = 128 << 10
};

static const struct crash {
    int number;
    const char *name;
} crashes[] = {{SIGSEGV, "SIGSEGV"}, {SIGBUS, "SIGBUS"},   {SIGFPE, "SIGFPE"}, {SIGILL, "SIGILL"},
               {SIGABRT, "SIGABRT"}, {SIGTRAP, "SIGTRAP"}, {SIGSYS, "SIGSYS"}};
enum { CRASHES = sizeof crashes / sizeof *crashes };

/* Complete before the handler is in place, which only reads it. */
static struct {
    pid_t owner;
    char folders[FOLDERS][PATH_SIZE]; /* "": none */
    char version[100];
} prepared;

static char own_stack[STACK_SIZE]; /* one that ran over has no room for a handler */

/* ---- async-signal-safe from here on ---- */

struct line {
    char text[PATH_SIZE + 200];
    size_t len;
};

static void add(struct line *line, const char *text) {
    while (*text && line->len < sizeof line->text - 1)
        line->text[line->len++] = *text++;
    line->text[line->len] = '\0';
}

/* At least `width` digits. */
static void add_number(struct line *line, uint64_t number, unsigned base, int width) {
    char digits[65];
    int at = sizeof digits - 1;
    digits[at] = '\0';
    do {
        digits[--at] = "0123456789abcdef"[number % base];
        number /= base;
        width--;
    } while ((number > 0 || width > 0) && at > 0);
    add(line, digits + at);
}

/* The civil date of a day since 1970, by eras of 400 years that begin in March. */
static void add_date(struct line *line, int64_t seconds) {
    int64_t days = seconds / 86400 + 719468, era = days / 146097, of_era = days % 146097;
    int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * of_year + 2) / 153;
    int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    add_number(line, (uint64_t)(year_of_era + era * 400 + (month <= 2)), 10, 4);
    add(line, "-");
    add_number(line, (uint64_t)month, 10, 2);
    add(line, "-");
    add_number(line, (uint64_t)(of_year - (153 * month_from_march + 2) / 5 + 1), 10, 2);
}

static void add_clock(struct line *line, int64_t seconds) {
    add_number(line, (uint64_t)(seconds % 86400 / 3600), 10, 2);
    add(line, ":");
    add_number(line, (uint64_t)(seconds % 3600 / 60), 10, 2);
    add(line, ":");
    add_number(line, (uint64_t)(seconds % 60), 10, 2);
}

static void send_line(int fd, struct line *line) {
    ssize_t written = write(fd, line->text, line->len);
    (void)written;
    line->len = 0;
}

static void make_folder(const char *folder) {
    char path[PATH_SIZE];
    size_t len = strlen(folder);
    memcpy(path, folder, len + 1);
    for (size_t i = 1; i <= len; i++) {
        if (folder[i] != '/' && folder[i] != '\0')
            continue;
        path[i] = '\0';
        mkdir(path, 0700);
        path[i] = folder[i];
    }
}

/* In the first folder where that can be; -1: nowhere. */
static int open_note(struct line *path, int64_t seconds) {
    for (int i = 0; i < FOLDERS; i++) {
        if (prepared.folders[i][0] == '\0')
            continue;
        make_folder(prepared.folders[i]);
        path->len = 0;
        add(path, prepared.folders[i]);
        add(path, "/crash-");
        add_date(path, seconds);
        add(path, "-");
        add_number(path, (uint64_t)prepared.owner, 10, 1);
        add(path, ".txt");
        int fd = open(path->text, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd >= 0)
            return fd;
    }
    return -1;
}

static void write_note(int fd, const char *name, const siginfo_t *info, int64_t seconds) {
    struct line line = {.len = 0};
    void *frames[FRAMES] = {NULL};
    add(&line, prepared.version);
    add(&line, name);
    add(&line, ", code ");
    if (info->si_code < 0)
        add(&line, "-");
    add_number(&line, (uint64_t)(info->si_code < 0 ? -info->si_code : info->si_code), 10, 1);
    if (info->si_code > 0 && info->si_signo != SIGABRT) { /* else nothing has an address there */
        add(&line, ", address 0x");
        add_number(&line, (uint64_t)(uintptr_t)info->si_addr, 16, 1);
    }
    add(&line, "\n");
    add_date(&line, seconds);
    add(&line, " ");
    add_clock(&line, seconds);
    add(&line, " UTC\n\n");
    send_line(fd, &line);
    backtrace_symbols_fd(frames, backtrace(frames, FRAMES), fd);
}

static void tell(const char *name, const char *path) {
    struct line line = {.len = 0};
    add(&line, "natsight crashed (");
    add(&line, name);
    add(&line, ")");
    if (path) {
        add(&line, ": ");
        add(&line, path);
        add(&line, " says where");
    }
    add(&line, "\n");
    size_t len = line.len;
    send_line(STDERR_FILENO, &line);
    line.len = len;
    if (!isatty(STDERR_FILENO) && isatty(STDOUT_FILENO))
        send_line(STDOUT_FILENO, &line);
}

static const char *name_of(int number) {
    for (size_t i = 0; i < CRASHES; i++)
        if (crashes[i].number == number)
            return crashes[i].name;
    return "?";
}

static void leave_word(int number, const siginfo_t *info) {
    struct line path = {.len = 0};
    struct timespec now = {0};
    screen_emergency();
    signal(SIGALRM, SIG_DFL);
    alarm(GIVE_UP_S); /* a stack that is no stack must not keep us */
    clock_gettime(CLOCK_REALTIME, &now);
    int fd = open_note(&path, now.tv_sec);
    if (fd >= 0) {
        write_note(fd, name_of(number), info, now.tv_sec);
        close(fd);
    }
    tell(name_of(number), fd >= 0 ? path.text : NULL);
    alarm(0);
}

/* A crash in here ends the process at once: each signal is caught once, and another one does no more. */
static void on_crash(int number, siginfo_t *info, void *context) {
    static volatile sig_atomic_t entered;
    (void)context;
    if (!entered && getpid() == prepared.owner) {
        entered = 1;
        leave_word(number, info);
    }
    signal(number, SIG_DFL);
    raise(number);
}

/* ---- at the start ---- */

static void prepare(void) {
    const char *temporary = getenv("TMPDIR");
    prepared.owner = getpid();
    snprintf(prepared.version, sizeof prepared.version, "natsight %s (%s)\n", version_text(),
             version_commit());
    state_folder(prepared.folders[0], FOLDER_SIZE);
    bool usable = temporary && temporary[0] == '/' && strlen(temporary) < FOLDER_SIZE;
    snprintf(prepared.folders[1], FOLDER_SIZE, "%s", usable ? temporary : "/tmp");
}

void crash_catch(void) {
    void *frames[2];
    prepare();
    backtrace(frames, 2); /* loads what it needs now: in a handler nothing can be loaded */
    sigaltstack(&(stack_t){.ss_sp = own_stack, .ss_size = sizeof own_stack}, NULL);
    struct sigaction action = {.sa_sigaction = on_crash,
                               .sa_flags = (int)(SA_SIGINFO | SA_ONSTACK | SA_RESETHAND | SA_NODEFER)};
    for (size_t i = 0; i < CRASHES; i++)
        sigaction(crashes[i].number, &action, NULL);
    memory_on_exhaustion(screen_emergency);
}
