/* Every terminal, locale, size and colour: it starts, shows, sends nothing that the terminal does not
 * understand, and leaves all as it was. What libvterm is not (a console, a vt100) it stands in for: the bytes
 * are theirs. */
#include <check.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/harness/servers.h"
#include "tests/harness/shown.h"
#include "tests/harness/suite.h"

/* Last: their macros have the names of much. */
#define NCURSES_NOMACROS
#include <curses.h>
#include <term.h>

#define TITLE "t " /* of a window, kept when the alternate screen is entered */

static const struct kind {
    const char *term;
    enum { LINES_ALONE, MONO, COLOR } can; /* where terminfo knows it; else it is drawn as xterm-256color */
    const char *unknown;                   /* what libvterm does not know of it */
} kinds[] = {
    {"xterm-256color", COLOR, TITLE},
    {"tmux-256color", COLOR, ""},
    {"screen-256color", COLOR, ""},
    {"xterm", COLOR, TITLE},
    {"linux", COLOR, "?c "},
    {"vt220", MONO, ""},
    {"vt100", MONO, ""},
    {"dumb", LINES_ALONE, ""},
    {"xterm-direct", COLOR, TITLE},
    {"alacritty", COLOR, TITLE},
    {"nosuchterm", COLOR, ""},
    {"xterm-kitty", COLOR, ""},
};

static const struct locale {
    const char *env, *option;
    bool ascii;
} locales[] = {
    {"LC_ALL=C.UTF-8", NULL, false}, {"LC_ALL=C", NULL, true}, {"LC_ALL=C.UTF-8", "--ascii", true}};

static const struct color {
    const char *env, *option;
    bool wanted;
} colors[] = {{"NO_COLOR", NULL, true}, {"NO_COLOR=1", NULL, false}, {"NO_COLOR", "--color=never", false}};

/* The first is the one that it starts with. */
static const struct size {
    int cols, rows;
    const char *shows;
} sizes[] = {{120, 40, " n1 "}, {28, 8, "n1"}, {500, 200, " n1 "}, {80, 24, " n1 "},
             {200, 60, " n1 "}, {1, 1, NULL},  {80, 24, " n1 "}};

enum {
    LOCALES = sizeof locales / sizeof *locales,
    TINTS = sizeof colors / sizeof *colors,
    SIZES = sizeof sizes / sizeof *sizes
};

static struct servers *server;

static void start(void) {
    server = servers_start(&(struct servers_options){.nodes = 1});
    ck_assert_ptr_nonnull(server);
}

static void end(void) {
    servers_end(server);
}

static bool is_described(const char *term) {
    int error;
    if (setupterm(term, 1, &error) != OK)
        return false;
    del_curterm(cur_term);
    return true;
}

static struct terminal *open_one(const char *term, const struct locale *locale, const struct color *color) {
    const char *arguments[5], *env[] = {locale->env, color->env, NULL};
    int n = 0;
    if (locale->option)
        arguments[n++] = locale->option;
    if (color->option)
        arguments[n++] = color->option;
    arguments[n++] = server->node[0].http;
    arguments[n] = NULL;
    return shown_open(arguments, &(struct terminal_options){
                                     .rows = sizes[0].rows, .cols = sizes[0].cols, .term = term, .env = env});
}

/* A part of a sequence that was taken for text, or a padding that was not. */
static void expect_no_stray(struct terminal *t) {
    ck_assert_msg(terminal_match(t, "\\$<|\\[\\?|\\[[0-9;]+[A-Za-z]|[0-9];[0-9]+[mH]|\033", NULL, 0) < 0,
                  "stray bytes on the screen");
}

struct since {
    size_t bytes;
    const char *regex;
};

/* What stood there before stays until it is painted over: what was sent since counts. */
static bool is_painted(struct terminal *t, void *data) {
    const struct since *since = data;
    size_t size;
    const char *output = terminal_output(t, &size);
    return size > since->bytes && memmem(output + since->bytes, size - since->bytes, "n1", 2) &&
           terminal_match(t, since->regex, NULL, 0) >= 0;
}

static void expect_size(struct terminal *t, const struct size *size) {
    struct since since = {terminal_bytes(t), size->shows};
    terminal_resize(t, size->rows, size->cols);
    if (!size->shows)
        return;
    ck_assert(terminal_wait(t, is_painted, &since, "painted in the new size", SHOWN_MS));
    expect_no_stray(t);
}

static bool sent(struct terminal *t, const char *text) {
    size_t size;
    const char *output = terminal_output(t, &size);
    return memmem(output, size, text, strlen(text)) != NULL;
}

static void expect_screen(struct terminal *t, const struct kind *kind, const struct locale *locale,
                          const struct color *color) {
    char fallback[100];
    bool described = is_described(kind->term);
    shown_wait(t, " n1 ");
    for (int i = 1; i < SIZES; i++)
        expect_size(t, &sizes[i]);
    snprintf(fallback, sizeof fallback, "TERM=%s is not known here: drawing as xterm-256color", kind->term);
    ck_assert_int_eq(sent(t, fallback), !described);
    ck_assert_msg(!locale->ascii || !shown_has_byte_above(t, 126), "a byte above 126");
    ck_assert_int_eq(shown_has_color(t), color->wanted && (!described || kind->can == COLOR));
    ck_assert_str_eq(terminal_unknown(t), described ? kind->unknown : TITLE);
    shown_quit(t);
}

static void expect_lines(struct terminal *t, const struct locale *locale) {
    int status;
    shown_wait(t, " ok servers n1 1/1");
    terminal_resize(t, 8, 28);
    ck_assert(terminal_type(t, "\x03"));
    ck_assert(terminal_wait_exit(t, &status, SHOWN_MS));
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    ck_assert(!sent(t, "\033"));
    ck_assert(!locale->ascii || !shown_has_byte_above(t, 126));
    ck_assert(terminal_restored(t));
    terminal_close(t);
}

START_TEST(every_terminal_works) {
    const struct kind *kind = &kinds[_i];
    struct terminal *all[LOCALES * TINTS];
    for (int i = 0; i < LOCALES * TINTS; i++) /* they start side by side */
        all[i] = open_one(kind->term, &locales[i / TINTS], &colors[i % TINTS]);
    for (int i = 0; i < LOCALES * TINTS; i++) {
        const struct locale *locale = &locales[i / TINTS];
        const struct color *color = &colors[i % TINTS];
        fprintf(stderr, "%s, %s %s, %s %s\n", kind->term, locale->env, locale->option ? locale->option : "",
                color->env, color->option ? color->option : "");
        if (kind->can == LINES_ALONE)
            expect_lines(all[i], locale);
        else
            expect_screen(all[i], kind, locale, color);
    }
}
END_TEST

/* ---- a window that is dragged ---- */

/* The screen without what moves by itself. */
static char *still(struct terminal *t) {
    char *text = terminal_text(t);
    for (char *at = text; *at; at++)
        if ((*at >= '0' && *at <= '9') || (unsigned char)*at > 126)
            *at = '#';
    return text;
}

static bool is_same(struct terminal *t, void *text) {
    char *now = still(t);
    bool same = strcmp(now, text) == 0;
    free(now);
    return same;
}

/* Right is what a new one shows that began with this size. */
START_TEST(the_last_of_many_sizes_wins) {
    static const struct size few[] = {
        {1, 1, NULL}, {500, 200, NULL}, {28, 8, NULL}, {80, 24, NULL}, {3, 70, NULL}};
    static const char *const env[] = {"LC_ALL=C", NULL};
    const char *arguments[] = {"--view", "connections", server->node[0].http, NULL};
    const struct terminal_options options = {.rows = 40, .cols = 120, .env = env};
    struct terminal *t = shown_open(arguments, &options), *fresh = shown_open(arguments, &options);
    shown_wait(fresh, "> Connections");
    shown_wait(t, "> Connections");
    for (int i = 0; i < 200; i++) {
        const struct size *size = &few[i % 5];
        terminal_resize(t, size->rows + i % 3, size->cols + i % 7);
    }
    terminal_resize(t, 40, 120);
    long long tries = 0;
    bool same = false;
    while (!same && tries++ < SHOWN_MS / 100) { /* what is awaited moves, too: ages, and what is in row 1 */
        terminal_pump(fresh, 50);
        terminal_pump(t, 50);
        char *right = still(fresh);
        same = is_same(t, right);
        free(right);
    }
    if (!same) {
        terminal_dump(fresh);
        terminal_dump(t);
    }
    ck_assert(same);
    shown_quit(fresh);
    shown_quit(t);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("matrix");
    TCase *tc = tcase_create("matrix");
    tcase_set_timeout(tc, 120);
    tcase_add_unchecked_fixture(tc, start, end);
    tcase_add_loop_test(tc, every_terminal_works, 0, sizeof kinds / sizeof *kinds);
    tcase_add_test(tc, the_last_of_many_sizes_wins);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
