#include "tui/screen.h"

#include <curses.h>
#include <langinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>

#include "base/clock.h"
#include "base/memory.h"
#include "tui/fence.h"
#include "tui/screen_palette.h"
#include "tui/screen_rows.h"
#include "tui/screen_term.h"
#include "tui/screen_tty.h"

#define SYNC_ON    "\033[?2026h"
#define SYNC_OFF   "\033[?2026l"
#define MARK_ON    "\033[?2004h"
#define MARK_OFF   "\033[?2004l"
#define MOUSE_ON   "\033[?1000h\033[?1006h"
#define MOUSE_OFF  "\033[?1006l\033[?1000l"
#define TITLE_KEEP "\033[22;2t"
#define TITLE_BACK "\033[23;2t"
enum { MAX_COLS = 1000, MAX_ROWS = 1000, MAX_COPY = 4096 };

struct screen {
    struct screen_tty tty;
    struct screen_palette palette;
    struct fence fence;
    struct screen_rows rows;
    int size_fd;
    int memfd; /* where curses writes to */
    FILE *to, *from;
    SCREEN *curses;
    int cols, height; /* as curses has them */
    cchar_t *line;    /* one row on its way to curses */
    bool utf8;
    bool ask_mouse, asks_mouse; /* same */
    bool ring;
    bool has_title, kept_title;        /* the window has one; the terminal keeps it */
    char title[128], shown_title[128]; /* as asked for; as it is; "": its own */
};

/* ---- curses, kept away from the terminal, its input and its signals ---- */

static const int curses_signals[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
enum { CURSES_SIGNALS = sizeof curses_signals / sizeof *curses_signals };

static void ignore_signal(int number) {
    (void)number;
}

/* newterm() takes over signals that have their default; it finds them taken. It would believe LINES and
 * COLUMNS more than us, at the start and later; use_env(FALSE) is no help: it then fails where the
 * description has no size. */
static SCREEN *newterm_quietly(const char *term, FILE *to, FILE *from) {
    struct sigaction before[CURSES_SIGNALS], taken = {.sa_handler = ignore_signal};
    sigset_t block, mask;
    sigemptyset(&block);
    for (int i = 0; i < CURSES_SIGNALS; i++)
        sigaddset(&block, curses_signals[i]);
    sigprocmask(SIG_BLOCK, &block, &mask);
    for (int i = 0; i < CURSES_SIGNALS; i++)
        sigaction(curses_signals[i], &taken, &before[i]);
    unsetenv("LINES");
    unsetenv("COLUMNS");
    SCREEN *curses = newterm(term, to, from);
    for (int i = 0; i < CURSES_SIGNALS; i++)
        sigaction(curses_signals[i], &before[i], NULL);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    return curses;
}

/* The bytes that curses has written since the last time. */
static void take_bytes(struct screen *s, struct buffer *out) {
    fflush(s->to);
    off_t size = lseek(s->memfd, 0, SEEK_CUR);
    if (size > 0) {
        char *at = buffer_reserve(out, (size_t)size);
        ssize_t n = pread(s->memfd, at, (size_t)size, 0);
        out->len += n > 0 ? (size_t)n : 0;
    }
    if (ftruncate(s->memfd, 0) < 0 || lseek(s->memfd, 0, SEEK_SET) < 0)
        s->tty.gone = true;
}

static struct buffer *captured;

static int capture(int c) {
    char byte = (char)c;
    buffer_append(captured, &byte, 1);
    return c;
}

/* A string capability without its padding; false: the terminal has none. */
static bool append_capability(struct buffer *out, const char *name) {
    const char *text = tigetstr(name);
    if (!text || text == (const char *)-1)
        return false;
    captured = out;
    tputs(text, 1, capture);
    return true;
}

/* Asked once before the first frame: whether there are answers does not hang on how long that takes. */
static void make_transitions(struct screen *s) {
    struct buffer *enter = &s->tty.enter, *leave = &s->tty.leave;
    enter->len = leave->len = 0;
    append_capability(enter, "smcup");
    append_capability(enter, "civis");
    buffer_append_text(enter, MARK_ON);
    if (fence_asks(&s->fence))
        buffer_append_text(enter, FENCE_QUERY);
    buffer_append_text(leave, SYNC_OFF MARK_OFF MOUSE_OFF);
    buffer_append_text(leave, s->kept_title ? TITLE_BACK : "");
    append_capability(leave, "sgr0");
    if (s->palette.color)
        append_capability(leave, "op");
    if (!append_capability(leave, "rmcup"))
        append_capability(leave, "clear");
    append_capability(leave, "cnorm"); /* last: rmcup may bring back a cursor that was saved hidden */
}

static void resize_curses(struct screen *s, int cols, int rows) {
    resize_term(rows, cols);
    s->cols = cols;
    s->height = rows;
    s->line = memory_grow(s->line, (size_t)cols + 1, sizeof *s->line);
    screen_repaint(s);
}

/* Once endwin() and refresh() are through curses no longer flushes on each cursor move; what both write is
 * not for the terminal. */
static void start_curses(struct screen *s, enum screen_color color) {
    int cols, rows;
    typeahead(-1);
    nonl();
    palette_init(&s->palette, color);
    screen_size(s, &cols, &rows);
    resize_curses(s, cols, rows);
    curs_set(0);
    endwin();
    refresh();
    struct buffer dropped = {0};
    take_bytes(s, &dropped);
    buffer_finish(&dropped);
    clearok(curscr, TRUE);
}

static void release(struct screen *s) {
    if (s->curses)
        delscreen(s->curses);
    if (s->to)
        fclose(s->to);
    else if (s->memfd >= 0)
        close(s->memfd);
    if (s->from)
        fclose(s->from);
    tty_close(&s->tty);
    rows_finish(&s->rows);
    free(s->line);
    free(s);
}

static void take(struct screen *s) {
    int64_t now = clock_mono_ns();
    tty_take(&s->tty);
    fence_restart(&s->fence, now);
    if (fence_asks(&s->fence))
        fence_sent(&s->fence, 0, now);
    tty_expect(&s->tty, s->fence.asked_count);
}

/* Answers that still come are not for whoever reads next. A far terminal is given the time it has shown to
 * need, one that is silent is not. */
static void give_back(struct screen *s, const struct buffer *text) {
    int64_t now = clock_mono_ns();
    tty_give_back(&s->tty, text, fence_unanswered(&s->fence, now), fence_patience_ns(&s->fence, now));
    s->asks_mouse = s->kept_title = false;
    s->shown_title[0] = '\0';
    make_transitions(s);
}

/* Who knows OSC 2, and does not print it. */
static bool knows_titles(const char *term) {
    static const char *const names[] = {"xterm", "tmux",    "screen", "rxvt",    "alacritty", "foot",   "st-",
                                        "kitty", "wezterm", "vte",    "konsole", "mintty",    "ghostty"};
    for (size_t i = 0; term && i < sizeof names / sizeof *names; i++)
        if (strncmp(term, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

static struct screen *refuse(struct screen *s, char *message, size_t size, const char *why) {
    snprintf(message, size, "%s", why);
    release(s);
    return NULL;
}

struct screen *screen_open(const struct screen_options *options, char *message, size_t size) {
    struct screen *s = memory_new(sizeof *s);
    s->size_fd = options->out_fd;
    s->memfd = -1;
    if (!tty_open(&s->tty, options->in_fd, options->out_fd, message, size)) {
        free(s);
        return NULL;
    }
    s->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    s->memfd = memfd_create("screen", MFD_CLOEXEC);
    s->to = s->memfd >= 0 ? fdopen(s->memfd, "w") : NULL;
    s->from = fopen("/dev/null", "re");
    if (!s->to || !s->from)
        return refuse(s, message, size, "no memory for the screen");
    const char *term = screen_term(options->term);
    if (!term)
        return refuse(s, message, size, "this terminal can't place the cursor: set TERM, or use --plain");
    s->curses = newterm_quietly(term, s->to, s->from);
    if (!s->curses)
        return refuse(s, message, size, "no memory for the screen");
    start_curses(s, options->color);
    s->has_title = knows_titles(options->term);
    fence_init(&s->fence, options->max_rate, clock_mono_ns());
    make_transitions(s);
    memory_on_exhaustion(screen_emergency);
    take(s);
    return s;
}

/* ---- the way out ---- */

static int used_rows(const struct surface *surface) {
    for (int y = surface->rows; y > 0; y--)
        for (int x = 0; x < surface->cols; x++)
            if (surface->cells[(size_t)(y - 1) * (size_t)surface->cols + (size_t)x].c != ' ')
                return y;
    return 0;
}

/* The line is raw still, so that rows end in \r\n. */
static void append_plain(struct buffer *out, const struct surface *last, bool utf8) {
    struct surface shown = *last;
    shown.rows = used_rows(last);
    shown.ascii = last->ascii || !utf8;
    char *text = surface_plain(&shown);
    for (const char *at = text; *at; at++) {
        if (*at == '\n')
            buffer_append(out, "\r", 1);
        buffer_append(out, at, 1);
    }
    free(text);
}

void screen_close(struct screen *s, const struct surface *last) {
    if (!s)
        return;
    struct buffer text = {0};
    if (last)
        append_plain(&text, last, s->utf8);
    give_back(s, &text);
    buffer_finish(&text);
    release(s);
}

void screen_emergency(void) {
    tty_emergency();
}

void screen_suspend(struct screen *s) {
    give_back(s, NULL);
}

void screen_resume(struct screen *s) {
    curs_set(0);
    take(s);
    screen_repaint(s);
}

void screen_continue(struct screen *s) {
    if (tty_is_ours(&s->tty))
        return;
    s->tty.raw = s->asks_mouse = false;
    screen_resume(s);
}

/* ---- frames ---- */

static int within(int value, int instead, int most) {
    return value < 1 ? instead : value < most ? value : most;
}

void screen_size(const struct screen *s, int *cols, int *rows) {
    struct winsize size = {0};
    if (ioctl(s->size_fd, TIOCGWINSZ, &size) < 0)
        size = (struct winsize){0};
    *cols = within(size.ws_col, 80, MAX_COLS);
    *rows = within(size.ws_row, 24, MAX_ROWS);
}

static attr_t curses_attrs(unsigned attrs) {
    return (attrs & ATTR_BOLD ? A_BOLD : 0) | (attrs & ATTR_REVERSE ? A_REVERSE : 0) |
           (attrs & ATTR_UNDERLINE ? A_UNDERLINE : 0) | (attrs & ATTR_DIM ? A_DIM : 0);
}

/* A width that curses sees otherwise than the cell would shift the row. */
static wchar_t shown_character(const struct surface_cell *cell, bool ascii) {
    if (ascii || cell->c <= 0x7f)
        return (wchar_t)surface_ascii(cell->c);
    return wcwidth((wchar_t)cell->c) == cell->width ? (wchar_t)cell->c : L'?';
}

static void encode_row(struct screen *s, const struct surface *surface, int y) {
    const struct surface_cell *row = &surface->cells[(size_t)y * (size_t)surface->cols];
    bool ascii = surface->ascii || !s->utf8, covered = false; /* by the wide character before */
    int used = 0;
    for (int x = 0; x < surface->cols; x++) {
        const struct surface_cell *cell = &row[x];
        if (cell->width == 0 && covered) {
            covered = false;
            continue;
        }
        wchar_t text[2] = {cell->width ? shown_character(cell, ascii) : L' ', 0};
        covered = cell->width == 2 && text[0] > 0x7f;
        int role = cell->role < ROLE_COUNT ? cell->role : ROLE_TEXT;
        attr_t attrs = curses_attrs(s->palette.look[role].attrs | cell->attrs);
        setcchar(&s->line[used++], text, attrs, s->palette.look[role].pair, NULL);
    }
    mvwadd_wchnstr(stdscr, y, 0, s->line, used);
}

static void place_cursor(const struct surface *surface) {
    bool shown = surface->cursor_x >= 0 && surface->cursor_x < surface->cols && surface->cursor_y >= 0 &&
                 surface->cursor_y < surface->rows;
    leaveok(stdscr, !shown);
    curs_set(shown);
    if (shown)
        wmove(stdscr, surface->cursor_y, surface->cursor_x);
}

bool screen_ready(struct screen *s, enum screen_haste haste) {
    return !tty_waiting(&s->tty) && fence_open(&s->fence, haste == SCREEN_KEY, clock_mono_ns());
}

int64_t screen_next_ns(const struct screen *s, enum screen_haste haste) {
    return tty_waiting(&s->tty) ? INT64_MAX : fence_next_ns(&s->fence, haste == SCREEN_KEY);
}

/* Curses gets what goes; it keeps the rows that don't. */
static bool encode(struct screen *s, const struct surface *surface, bool key) {
    if (surface->cols != s->cols || surface->rows != s->height)
        resize_curses(s, surface->cols, surface->rows);
    bool whole = rows_plan(&s->rows, surface, fence_budget(&s->fence, key), key);
    for (int y = 0; y < surface->rows; y++)
        if (s->rows.from[y])
            encode_row(s, s->rows.from[y], y);
    place_cursor(surface);
    wnoutrefresh(stdscr);
    doupdate();
    return whole;
}

/* What is kept is brought back however this process ends. */
static void keep_title(struct screen *s, bool keep) {
    s->kept_title = keep;
    make_transitions(s);
    tty_rearm(&s->tty);
}

static void put_title(struct screen *s, struct buffer *out) {
    if (strcmp(s->title, s->shown_title) == 0)
        return;
    buffer_append_text(out, s->kept_title ? "" : TITLE_KEEP);
    buffer_append_text(out, s->title[0] ? "\033]2;" : TITLE_BACK);
    buffer_append_text(out, s->title);
    buffer_append_text(out, s->title[0] ? "\a" : "");
    keep_title(s, s->title[0]);
    memcpy(s->shown_title, s->title, sizeof s->title);
}

static void end_frame(struct screen *s, struct buffer *out) {
    buffer_append_text(out, SYNC_OFF);
    buffer_append_text(out, s->ring ? "\a" : "");
    s->ring = false;
    put_title(s, out);
    if (s->ask_mouse != s->asks_mouse)
        buffer_append_text(out, s->ask_mouse ? MOUSE_ON : MOUSE_OFF);
    s->asks_mouse = s->ask_mouse;
    if (fence_asks(&s->fence))
        buffer_append_text(out, FENCE_QUERY);
    fence_sent(&s->fence, out->len, clock_mono_ns());
    tty_expect(&s->tty, s->fence.asked_count);
}

bool screen_draw(struct screen *s, const struct surface *surface, enum screen_haste haste) {
    if (tty_waiting(&s->tty) && tty_flush(&s->tty) == 0)
        return false;
    if (s->tty.gone || surface->cols < 1 || surface->rows < 1 || surface->cols > MAX_COLS ||
        surface->rows > MAX_ROWS)
        return true;
    if (!screen_ready(s, haste))
        return false;
    bool whole = encode(s, surface, haste == SCREEN_KEY);
    struct buffer *out = &s->tty.out;
    buffer_append_text(out, SYNC_ON);
    size_t empty = out->len;
    take_bytes(s, out);
    if (out->len == empty) {
        out->len = 0;
        return whole;
    }
    end_frame(s, out);
    tty_flush(&s->tty);
    return whole;
}

void screen_answer(struct screen *s) {
    fence_answer(&s->fence, clock_mono_ns());
    tty_expect(&s->tty, s->fence.asked_count);
}

struct screen_link screen_link(const struct screen *s) {
    return (struct screen_link){fence_lag_ns(&s->fence, clock_mono_ns()), s->fence.capped};
}

void screen_ask_mouse(struct screen *s, bool on) {
    s->ask_mouse = on;
}

void screen_ring(struct screen *s) {
    s->ring = true;
}

void screen_set_title(struct screen *s, const char *title) {
    if (s->has_title)
        snprintf(s->title, sizeof s->title, "%s", title);
}

void screen_set_theme(struct screen *s, const struct theme *theme) {
    palette_set(&s->palette, theme);
    rows_forget(&s->rows);
}

void screen_set_color(struct screen *s, enum screen_color color) {
    palette_init(&s->palette, color);
    make_transitions(s);
    tty_rearm(&s->tty);
}

/* What does not go with the next frame is blank until it does. */
void screen_repaint(struct screen *s) {
    werase(stdscr);
    clearok(curscr, TRUE);
    rows_blank(&s->rows, s->cols, s->height);
}

static void append_base64(struct buffer *out, const char *text, size_t len) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < len; i += 3) {
        unsigned char in[3] = {0};
        size_t have = len - i < 3 ? len - i : 3;
        memcpy(in, text + i, have);
        unsigned bits = (unsigned)in[0] << 16 | (unsigned)in[1] << 8 | in[2];
        char group[4] = {digits[bits >> 18], digits[bits >> 12 & 63], digits[bits >> 6 & 63],
                         digits[bits & 63]};
        memset(group + have + 1, '=', 3 - have);
        buffer_append(out, group, 4);
    }
}

void screen_copy(struct screen *s, const char *text) {
    size_t len = strlen(text);
    if (len > MAX_COPY || !s->tty.raw || s->tty.gone)
        return;
    buffer_append_text(&s->tty.out, "\033]52;c;");
    append_base64(&s->tty.out, text, len);
    buffer_append_text(&s->tty.out, "\a");
    tty_flush(&s->tty);
}

int screen_flush(struct screen *s) {
    return tty_flush(&s->tty);
}

bool screen_waiting(const struct screen *s) {
    return tty_waiting(&s->tty);
}
