#include "tests/bench/line.h"

#include "tests/bench/bench.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <vterm.h>

enum { QUEUE = 1 << 20, STEP_MS = 5, DAY = 86400 };

struct line {
    int master;
    pid_t program;
    double rate, tokens;
    int64_t refilled_ns;
    VTerm *vt;
    VTermScreen *screen;
    char *queue; /* on its way */
    size_t queued;
    char tail[16]; /* of the bytes before, for marks that are cut */
    struct line_counts counts;
};

static void answer(const char *bytes, size_t size, void *data) {
    struct line *line = data;
    if (write(line->master, bytes, size) < 0)
        perror("answer");
}

static void exec_program(const char *const argv[]) {
    static const char *const variables[] = {"LINES", "COLUMNS", "NO_COLOR", "COLORTERM", "TMUX", "STY"};
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        unsetenv(variables[i]);
    setenv("TERM", "xterm-256color", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("TZ", "UTC", 1);
    execvp(argv[0], (char *const *)(uintptr_t)argv);
    _exit(127);
}

struct line *line_open(const char *const argv[], double bytes_per_s) {
    struct winsize size = {.ws_row = BENCH_ROWS, .ws_col = BENCH_COLS};
    struct line *line = calloc(1, sizeof *line);
    line->rate = bytes_per_s;
    line->refilled_ns = bench_now_ns();
    line->queue = malloc(QUEUE);
    line->program = forkpty(&line->master, NULL, NULL, &size);
    if (line->program == 0)
        exec_program(argv);
    fcntl(line->master, F_SETFL, O_NONBLOCK);
    line->vt = vterm_new(BENCH_ROWS, BENCH_COLS);
    vterm_set_utf8(line->vt, 1);
    vterm_output_set_callback(line->vt, answer, line);
    line->screen = vterm_obtain_screen(line->vt);
    vterm_screen_enable_altscreen(line->screen, 1);
    vterm_screen_reset(line->screen, 1);
    return line;
}

void line_close(struct line *line) {
    if (!line)
        return;
    kill(line->program, SIGTERM);
    for (int i = 0; i < 400 && waitpid(line->program, NULL, WNOHANG) == 0; i++) {
        if (i == 300)
            kill(line->program, SIGKILL);
        line_run(line, 0.01);
    }
    close(line->master);
    vterm_free(line->vt);
    free(line->queue);
    free(line);
}

/* Marks that end within the new bytes. */
static size_t count_marks(const struct line *line, const char *bytes, size_t len, const char *mark) {
    size_t n = strlen(mark), count = 0, before = strlen(line->tail);
    char *text = malloc(before + len + 1);
    memcpy(text, line->tail, before);
    memcpy(text + before, bytes, len);
    for (size_t i = 0; i + n <= before + len; i++)
        count += i + n > before && memcmp(text + i, mark, n) == 0;
    free(text);
    return count;
}

static void count(struct line *line, const char *bytes, size_t len) {
    line->counts.bytes += len;
    line->counts.reads++;
    line->counts.frames += count_marks(line, bytes, len, "\033[?2026h");
    line->counts.clears +=
        count_marks(line, bytes, len, "\033[2J") + count_marks(line, bytes, len, "\033[H\033[J");
    size_t keep = len < sizeof line->tail - 1 ? len : sizeof line->tail - 1;
    memcpy(line->tail, bytes + len - keep, keep);
    line->tail[keep] = '\0';
}

static void take(struct line *line) {
    while (line->queued < QUEUE) {
        ssize_t n = read(line->master, line->queue + line->queued, QUEUE - line->queued);
        if (n <= 0)
            return;
        count(line, line->queue + line->queued, (size_t)n);
        line->queued += (size_t)n;
    }
}

static void deliver(struct line *line) {
    int64_t now = bench_now_ns();
    line->tokens += (double)(now - line->refilled_ns) / 1e9 * line->rate;
    line->refilled_ns = now;
    size_t most = line->rate > 0 ? (size_t)line->tokens : line->queued;
    size_t n = most < line->queued ? most : line->queued;
    vterm_input_write(line->vt, line->queue, n);
    memmove(line->queue, line->queue + n, line->queued - n);
    line->queued -= n;
    line->tokens = line->queued > 0 ? line->tokens - (double)n : 0; /* an idle line saves nothing up */
}

void line_run(struct line *line, double seconds) {
    int64_t until = bench_now_ns() + (int64_t)(seconds * 1e9);
    do {
        struct pollfd p = {.fd = line->master, .events = line->queued < QUEUE ? POLLIN : 0};
        if (poll(&p, 1, STEP_MS) > 0 && p.revents == POLLHUP)
            poll(NULL, 0, STEP_MS);
        take(line);
        deliver(line);
    } while (bench_now_ns() < until);
}

void line_type(struct line *line, const char *bytes) {
    if (write(line->master, bytes, strlen(bytes)) < 0)
        perror("type");
}

static void row_text(struct line *line, int row, char *out) {
    VTermRect rect = {.start_row = row, .end_row = row + 1, .start_col = 0, .end_col = BENCH_COLS};
    size_t n = vterm_screen_get_text(line->screen, out, BENCH_COLS * 6, rect);
    out[n] = '\0';
}

static bool match(struct line *line, int rows, const char *regex, char *found, size_t size) {
    char text[BENCH_COLS * 6 + 1];
    regex_t compiled;
    regmatch_t at;
    bool matches = false;
    regcomp(&compiled, regex, REG_EXTENDED);
    for (int row = 0; row < rows && !matches; row++) {
        row_text(line, row, text);
        matches = regexec(&compiled, text, 1, &at, 0) == 0;
        if (matches)
            snprintf(found, size, "%.*s", (int)(at.rm_eo - at.rm_so), text + at.rm_so);
    }
    regfree(&compiled);
    return matches;
}

bool line_clock_behind(struct line *line, double *seconds) {
    char text[16];
    int h, m, s;
    struct timespec now;
    if (!match(line, 2, "[0-9][0-9]:[0-9][0-9]:[0-9][0-9]", text, sizeof text) ||
        sscanf(text, "%d:%d:%d", &h, &m, &s) != 3)
        return false;
    clock_gettime(CLOCK_REALTIME, &now);
    double real = (double)(now.tv_sec % DAY) + (double)now.tv_nsec / 1e9,
           behind = real - (h * 3600 + m * 60 + s);
    *seconds = behind < -DAY / 2.0 ? behind + DAY : behind;
    return true;
}

int line_cursor_row(struct line *line) {
    for (int row = 4; row < BENCH_ROWS - 1; row++) {
        VTermScreenCell cell;
        if (vterm_screen_get_cell(line->screen, (VTermPos){row, 12}, &cell) && cell.attrs.reverse)
            return row;
    }
    return -1;
}

struct line_counts line_counts(const struct line *line) {
    return line->counts;
}
