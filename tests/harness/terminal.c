#include "tests/harness/terminal.h"

#include "tests/harness/folder.h"
#include "tests/harness/terminal_inner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROWS = 24, COLS = 80, OUTPUT_MAX = 64 << 20 };

long long terminal_now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static int set_property(VTermProp property, VTermValue *value, void *user) {
    struct terminal *t = user;
    if (property == VTERM_PROP_ALTSCREEN)
        t->alternate = value->boolean;
    else if (property == VTERM_PROP_CURSORVISIBLE)
        t->cursor_visible = value->boolean;
    else if (property == VTERM_PROP_MOUSE)
        t->mouse = value->number;
    return 1;
}

/* What had to wait goes before anything else. */
static void send_late(struct terminal *t) {
    ssize_t n = t->late_size > 0 && t->master >= 0 ? write(t->master, t->late, t->late_size) : 0;
    if (n > 0)
        memmove(t->late, t->late + n, t->late_size -= (size_t)n);
}

/* What the terminal answers to status queries, and keys as its modes encode them. The line may be full of
 * what is pasted: a terminal keeps them until there is room. */
static void answer(const char *bytes, size_t size, void *user) {
    struct terminal *t = user;
    if (size > sizeof t->late - t->late_size) {
        fprintf(stderr, "terminal: an answer is lost, nobody reads\n");
        return;
    }
    memcpy(t->late + t->late_size, bytes, size);
    t->late_size += size;
    send_late(t);
}

static void note_unknown(struct terminal *t, const char *text) {
    size_t used = strlen(t->unknown);
    if (!strstr(t->unknown, text))
        snprintf(t->unknown + used, sizeof t->unknown - used, "%s ", text);
}

static int unknown_csi(const char *leader, const long args[], int count, const char *between, char command,
                       void *user) {
    char text[32];
    (void)args, (void)count;
    snprintf(text, sizeof text, "%s%s%c", leader ? leader : "", between ? between : "", command);
    note_unknown(user, text);
    return 1;
}

static int unknown_control(unsigned char control, void *user) {
    char text[16];
    snprintf(text, sizeof text, "\\x%02x", control);
    note_unknown(user, text);
    return 1;
}

static int unknown_string(const char *text, size_t size, void *user) {
    (void)text, (void)size;
    note_unknown(user, "string");
    return 1;
}

static void make_screen(struct terminal *t) {
    static const VTermParserCallbacks unknown = {
        .csi = unknown_csi, .control = unknown_control, .osc = unknown_string, .dcs = unknown_string};
    static const VTermScreenCallbacks callbacks = {.settermprop = set_property};
    t->vt = vterm_new(t->rows, t->cols);
    vterm_set_utf8(t->vt, 1);
    vterm_output_set_callback(t->vt, answer, t);
    t->screen = vterm_obtain_screen(t->vt);
    t->cursor_visible = true;
    vterm_screen_set_callbacks(t->screen, &callbacks, t);
    vterm_screen_set_unrecognised_fallbacks(t->screen, &unknown, t);
    vterm_screen_enable_altscreen(t->screen, 1);
    vterm_screen_reset(t->screen, 1);
    t->row_text = calloc((size_t)t->rows, sizeof *t->row_text);
}

static void apply(const char *setting) {
    const char *equals = strchr(setting, '=');
    char name[128];
    if (!equals) {
        unsetenv(setting);
        return;
    }
    snprintf(name, sizeof name, "%.*s", (int)(equals - setting), setting);
    setenv(name, equals + 1, 1);
}

static void prepare(const void *context) {
    static const char *const misleading[] = {"LINES", "COLUMNS", "NO_COLOR", "COLORTERM", "TMUX", "STY"};
    const struct terminal_options *o = context;
    for (size_t i = 0; i < sizeof misleading / sizeof *misleading; i++)
        unsetenv(misleading[i]);
    setenv("TERM", o->term ? o->term : "xterm-256color", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    folder_fresh_state();
    for (int i = 0; o->env && o->env[i]; i++)
        apply(o->env[i]);
    if (o->folder && chdir(o->folder) != 0)
        perror(o->folder);
}

struct terminal *terminal_open(const char *const argv[], const struct terminal_options *options) {
    static const struct terminal_options usual;
    const struct terminal_options *o = options ? options : &usual;
    struct terminal *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    t->rows = o->rows > 0 ? o->rows : ROWS;
    t->cols = o->cols > 0 ? o->cols : COLS;
    struct winsize size = {.ws_row = (unsigned short)t->rows, .ws_col = (unsigned short)t->cols};
    if (openpty(&t->master, &t->slave, NULL, NULL, &size) != 0) {
        perror("openpty");
        free(t);
        return NULL;
    }
    fcntl(t->master, F_SETFD, FD_CLOEXEC);
    fcntl(t->slave, F_SETFD, FD_CLOEXEC);
    fcntl(t->master, F_SETFL, O_NONBLOCK);
    tcgetattr(t->slave, &t->before);
    make_screen(t);
    if (job_start(&t->job, t->slave, argv, prepare, o))
        return t;
    t->job.parent = 0;
    terminal_close(t);
    return NULL;
}

static void forget_rows(struct terminal *t) {
    for (int i = 0; i < t->rows; i++)
        free(t->row_text[i]);
    free(t->row_text);
}

void terminal_close(struct terminal *t) {
    if (!t)
        return;
    if (t->job.parent > 0)
        job_end(&t->job);
    if (t->master >= 0)
        close(t->master);
    if (t->slave >= 0)
        close(t->slave);
    forget_rows(t);
    vterm_free(t->vt);
    free(t->output);
    free(t);
}

static void keep(struct terminal *t, const char *bytes, size_t size) {
    t->bytes += size;
    if (t->output_size + size > t->output_room && t->output_room < OUTPUT_MAX) {
        size_t room = t->output_room ? t->output_room * 2 : 1 << 17;
        char *larger = realloc(t->output, room);
        if (larger)
            t->output = larger, t->output_room = room;
    }
    if (t->output_size + size <= t->output_room) {
        memcpy(t->output + t->output_size, bytes, size);
        t->output_size += size;
    }
}

bool terminal_pump(struct terminal *t, int ms) {
    char bytes[16384];
    struct pollfd p = {.fd = t->master, .events = POLLIN};
    bool any = false;
    send_late(t);
    if (poll(&p, 1, ms) <= 0 || t->master < 0)
        return false;
    for (int i = 0; i < 64; i++) {
        ssize_t n = read(t->master, bytes, sizeof bytes);
        if (n <= 0)
            break;
        keep(t, bytes, (size_t)n);
        vterm_input_write(t->vt, bytes, (size_t)n);
        any = true;
    }
    return any;
}

void terminal_settle(struct terminal *t, int ms, int most_ms) {
    long long deadline = terminal_now_ms() + most_ms;
    while (terminal_now_ms() < deadline && terminal_pump(t, ms))
        ;
}

bool terminal_send(struct terminal *t, const void *bytes, size_t size) {
    const char *p = bytes;
    long long deadline = terminal_now_ms() + 5000;
    while (size > 0 && t->master >= 0 && terminal_now_ms() < deadline) {
        send_late(t);
        ssize_t n = t->late_size > 0 ? 0 : write(t->master, p, size);
        if (n > 0)
            p += n, size -= (size_t)n;
        else if (n < 0 && errno != EAGAIN && errno != EINTR)
            break;
        else
            terminal_pump(t, 10);
    }
    return size == 0;
}

/* Fingers need 40 ms between two strokes; what comes faster is a paste, or one key with Alt. */
bool terminal_type(struct terminal *t, const char *text) {
    enum { STROKE_MS = 40 };
    for (long long now; (now = terminal_now_ms()) < t->typed_ms + STROKE_MS;)
        terminal_pump(t, (int)(t->typed_ms + STROKE_MS - now));
    t->typed_ms = terminal_now_ms();
    return terminal_send(t, text, strlen(text));
}

void terminal_key(struct terminal *t, VTermKey key, VTermModifier modifier) {
    vterm_keyboard_key(t->vt, key, modifier);
}

void terminal_resize(struct terminal *t, int rows, int cols) {
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    terminal_pump(t, 0);
    forget_rows(t);
    t->rows = rows;
    t->cols = cols;
    t->row_text = calloc((size_t)rows, sizeof *t->row_text);
    vterm_set_size(t->vt, rows > 1 ? rows : 2, cols > 1 ? cols : 2); /* 0.1.4 dies of writing to 1x1 */
    ioctl(t->master, TIOCSWINSZ, &size);
}

void terminal_hangup(struct terminal *t) {
    terminal_pump(t, 0);
    close(t->slave);
    close(t->master);
    t->master = t->slave = -1;
}

const char *terminal_output(const struct terminal *t, size_t *size) {
    *size = t->output_size;
    return t->output ? t->output : "";
}

size_t terminal_bytes(const struct terminal *t) {
    return t->bytes;
}

pid_t terminal_pid(const struct terminal *t) {
    return t->job.program;
}

int terminal_processes(struct terminal *t) {
    return job_processes(&t->job);
}

bool terminal_signal(struct terminal *t, int signal) {
    job_watch(&t->job, 0);
    return !t->job.ended && kill(t->job.program, signal) == 0;
}

static bool wait_job(struct terminal *t, const bool *state, int ms, const char *what) {
    long long deadline = terminal_now_ms() + ms;
    for (;;) {
        job_watch(&t->job, 0);
        if (*state)
            break;
        if (terminal_now_ms() >= deadline) {
            fprintf(stderr, "terminal: not %s after %d ms\n", what, ms);
            terminal_dump(t);
            return false;
        }
        if (t->master >= 0)
            terminal_pump(t, 5);
        else
            job_watch(&t->job, 5);
    }
    while (terminal_pump(t, 0))
        ;
    return true;
}

bool terminal_wait_exit(struct terminal *t, int *status, int ms) {
    if (!wait_job(t, &t->job.ended, ms, "ended"))
        return false;
    if (status)
        *status = t->job.status;
    return true;
}

bool terminal_wait_stopped(struct terminal *t, int ms) {
    return wait_job(t, &t->job.stopped, ms, "stopped");
}

bool terminal_continue(struct terminal *t) {
    t->job.stopped = false;
    return job_continue(&t->job);
}

static bool same_line(const struct termios *a, const struct termios *b) {
    return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag && a->c_cflag == b->c_cflag &&
           a->c_lflag == b->c_lflag && memcmp(a->c_cc, b->c_cc, sizeof a->c_cc) == 0;
}

const char *terminal_unknown(const struct terminal *t) {
    return t->unknown;
}

enum { MODES_MAX = 4096, WRAP_MODE = 7, CURSOR_MODE = 25 };

/* One that stays changed, 0 none: the two that are usually set may not be reset, all others not set. */
static int mode_left(const struct terminal *t) {
    static signed char set[MODES_MAX];
    memset(set, 0, sizeof set);
    for (size_t i = 0; i + 3 < t->output_size; i++) {
        const char *p = t->output + i, *end = t->output + t->output_size;
        if (memcmp(p, "\033[?", 3) != 0)
            continue;
        long modes[16], n = 0, value = 0;
        for (p += 3; p < end && n < 16 && (*p == ';' || (*p >= '0' && *p <= '9')); p++) {
            value = *p == ';' ? 0 : value * 10 + *p - '0';
            if (p + 1 < end && (p[1] < '0' || p[1] > '9'))
                modes[n++] = value;
        }
        for (long k = 0; p < end && (*p == 'h' || *p == 'l') && k < n; k++)
            if (modes[k] > 0 && modes[k] < MODES_MAX)
                set[modes[k]] = (*p == 'h') != (modes[k] == CURSOR_MODE || modes[k] == WRAP_MODE);
    }
    for (int mode = 1; mode < MODES_MAX; mode++)
        if (set[mode])
            return mode;
    return 0;
}

/* Its last bytes, readable: which sequence went wrong. */
static void dump_end(const struct terminal *t) {
    size_t from = t->output_size > 6000 ? t->output_size - 6000 : 0;
    for (size_t i = from; i < t->output_size; i++) {
        unsigned char c = (unsigned char)t->output[i];
        fprintf(stderr, c < ' ' || c > 126 ? "\\x%02x" : "%c", c);
    }
    fputc('\n', stderr);
}

void terminal_take_back(struct terminal *t) {
    tcsetattr(t->slave, TCSANOW, &t->before);
}

bool terminal_restored(struct terminal *t) {
    struct termios now;
    while (terminal_pump(t, 0))
        ;
    bool line = tcgetattr(t->slave, &now) == 0 && same_line(&now, &t->before);
    if (!line)
        fprintf(stderr, "terminal: line settings differ\n");
    if (!t->cursor_visible || t->alternate || t->mouse)
        fprintf(stderr, "terminal: cursor %s, %s screen, mouse mode %d\n",
                t->cursor_visible ? "visible" : "hidden", t->alternate ? "alternate" : "main", t->mouse);
    int mode = mode_left(t);
    if (mode)
        fprintf(stderr, "terminal: mode %d is not as it was\n", mode);
    bool good = line && t->cursor_visible && !t->alternate && !t->mouse && !mode;
    if (!good)
        dump_end(t);
    return good;
}
