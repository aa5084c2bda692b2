/* The screen in a terminal: sizes, keys, ways out, ways in through a pipe. One quiet three-node cluster for
 * all. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/harness/command.h"
#include "tests/harness/http_get.h"
#include "tests/harness/jetstream.h"
#include "tests/harness/servers.h"
#include "tests/harness/shown.h"

enum { CLIENTS = 5 };

static struct servers *cluster;
static struct natsc *maker;

static void start(void) {
    cluster = servers_start(&(struct servers_options){.nodes = 3, .jetstream = true});
    ck_assert_ptr_nonnull(cluster);
    maker = natsc_connect(cluster->node[0].url, &(struct natsc_options){.name = "maker"}, SHOWN_MS);
    ck_assert_ptr_nonnull(maker);
    ck_assert(jetstream_add_stream(maker, "ORDERS", "order.>", 3));
    ck_assert(jetstream_add_consumer(maker, "ORDERS", "billing"));
    ck_assert(natsc_publish_many(maker, "order.new", 100, 321) && natsc_flush(maker, SHOWN_MS));
    for (int i = 0; i < CLIENTS; i++) {
        char name[32];
        snprintf(name, sizeof name, "reader-%d", i);
        struct natsc *c =
            natsc_connect(cluster->node[i % 3].url, &(struct natsc_options){.name = name}, SHOWN_MS);
        ck_assert(c && natsc_subscribe(c, "quiet", NULL) && natsc_flush(c, SHOWN_MS));
        for (int k = 0; k < i; k++)
            ck_assert(natsc_subscribe(c, "quiet.too", NULL) && natsc_flush(c, SHOWN_MS));
    }
}

static void end(void) {
    servers_end(cluster);
}

static struct terminal *open_with(const struct terminal_options *options, const char *const more[]) {
    const char *arguments[16];
    int n = 0;
    for (int i = 0; more && more[i]; i++)
        arguments[n++] = more[i];
    for (int i = 0; i < 3; i++)
        arguments[n++] = cluster->node[i].http;
    arguments[n] = NULL;
    return shown_open(arguments, options);
}

static struct terminal *open_size(int rows, int cols) {
    return open_with(&(struct terminal_options){.rows = rows, .cols = cols}, NULL);
}

/* ---- sizes ---- */

static const struct size {
    int cols, rows;
    const char *shows[8]; /* each on some row */
} sizes[] = {
    {200,
     60,
     {"3/3 up", "JS ok", "\\[LIVE\\]", "^.NODES 3", " n1 .* n1|\\. n1 ", "TOTAL LAG", "MAX PENDING", "2/2"}},
    {120,
     40,
     {"3/3 up.*JS ok.*UTC.*\\[LIVE\\]", "^.NODES 3", "\\. n2 ", "^.IN .*OUT ", "ORDERS / billing +321",
      "^.PENDING", "1 Overview"}},
    {80,
     24,
     {"3/3 up.*data .* old.*UTC.*\\[LIVE\\]", "all ok", "^ IN .*OUT ", "\\. n3 ", "ORDERS / billing +321",
      "1 Overview"}},
    {60, 15, {"3/3 up.*\\[LIVE\\]", "all ok", "\\. n1 ", "\\. n2 ", "\\. n3 "}},
    {28, 8, {" 3/3 .*[0-9][0-9]:[0-9][0-9]:[0-9][0-9]", "all ok", "n1.*n2.*n3"}},
    {20, 3, {"ok", "3/3|[0-9][0-9]:[0-9][0-9]:[0-9][0-9]"}},
    {19, 3, {"ok.*[0-9][0-9]:[0-9][0-9]:[0-9][0-9]"}},
    {12, 1, {"ok"}},
};

START_TEST(overview_fits) {
    const struct size *size = &sizes[_i];
    struct terminal *t = open_size(size->rows, size->cols);
    for (int i = 0; i < 8 && size->shows[i]; i++)
        shown_wait(t, size->shows[i]);
    shown_quit(t);
}
END_TEST

/* ---- keys ---- */

START_TEST(digits_open_views) {
    struct terminal *t = open_size(40, 120);
    shown_wait(t, "\\. n3 ");
    shown_type(t, "2", "> Connections");
    shown_wait(t, " reader-4 .*\\$G");
    shown_wait(t, " maker ");
    shown_type(t, "3", "> JetStream");
    shown_wait(t, "ORDERS / billing +321");
    shown_type(t, "\t", "\\[streams\\]");
    shown_wait(t, "[ >]ORDERS .* 321 ");
    shown_type(t, "1", "^.NODES 3");
    shown_quit(t);
}
END_TEST

START_TEST(enter_opens_a_node_and_escape_goes_back) {
    struct terminal *t = open_size(40, 120);
    shown_wait(t, "\\. n3 ");
    shown_type(t, "\033[B", ">n1 ");
    shown_type(t, "\033OB", ">n2 "); /* both forms of the cursor keys */
    shown_type(t, "\r", "> Node +n2");
    shown_wait(t, cluster->node[1].http);
    shown_wait(t, "NODE n2");
    shown_type(t, ")", "> Node +n3");
    shown_type(t, "\033", "^.NODES 3");
    shown_type(t, "-", "> Node +n3"); /* the previous place, as cd - */
    shown_type(t, "-", "^.NODES 3");
    ck_assert(terminal_type(t, "\033")); /* the selection is a layer, too */
    shown_wait_gone(t, ">n2 ");
    shown_type(t, "\033", "first place|q quits"); /* never quits */
    shown_quit(t);
}
END_TEST

START_TEST(help_lists_keys_and_is_searched) {
    struct terminal *t = open_size(50, 120);
    shown_wait(t, "\\. n3 ");
    shown_type(t, "?", "Everywhere");
    shown_wait(t, "Freezes the picture");
    shown_type(t, "/", "^/");
    shown_type(t, "susp", "Suspends the program");
    shown_wait_gone(t, "Freezes the picture");
    shown_type(t, "\r", "search: susp"); /* stays when the prompt is left */
    shown_type(t, "\033", "Freezes the picture");
    shown_type(t, "/", "^/");
    shown_type(t, "1/s", "^/1/s"); /* all characters are for the search while it is typed */
    shown_type(t, "\033", "Freezes the picture");
    shown_type(t, "\033", "^.NODES 3");
    shown_type(t, "Q", "Q does nothing here, \\? for keys");
    shown_quit(t);
}
END_TEST

/* Help is a list as all others are: the same keys move, and the footer has its own. */
START_TEST(help_moves_as_lists_do) {
    static const struct {
        const char *typed;
        bool first, last; /* which end is in sight */
    } keys[] = {{"G", false, true},      {"g", true, false},       {"\033[F", false, true},
                {"\033[H", true, false}, {"\033[B", false, false}, {"\033[A", true, false},
                {"j", false, false},     {"k", true, false},       {"\033[6~", false, false},
                {"\033[5~", true, false}};
    struct terminal *t = open_size(20, 100);
    shown_wait(t, "\\. n3 ");
    shown_type(t, "?", "^ Overview$");
    shown_wait(t, "/ search +Esc back");
    ck_assert_int_lt(terminal_find(t, "Tab panel", NULL), 0);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        ck_assert(terminal_type(t, keys[i].typed));
        keys[i].first ? shown_wait(t, "^ Overview$") : shown_wait_gone(t, "^ Overview$");
        keys[i].last ? shown_wait(t, ":quit +Quits") : shown_wait_gone(t, ":quit +Quits");
    }
    shown_type(t, "2", "> Connections"); /* the views are reached from here */
    shown_quit(t);
}
END_TEST

static const struct filter {
    const char *typed, *shown, *hidden;
} filters[] = {
    {"reader-3", " reader-3 ", " reader-1 "},
    {"!reader", " maker ", " reader-3 "},
    {"~r-[24]", " reader-4 ", " reader-3 "},
    {"subs>4", " reader-4 ", " reader-3 "},
};

START_TEST(filters_narrow_as_they_are_typed) {
    const struct filter *f = &filters[_i];
    struct terminal *t = open_with(&(struct terminal_options){.rows = 30, .cols = 120},
                                   (const char *[]){"--view", "connections", NULL});
    shown_wait(t, " reader-3 ");
    shown_wait(t, " maker ");
    shown_type(t, "/", "/");
    ck_assert(terminal_type(t, f->typed));
    shown_wait_gone(t, f->hidden);
    shown_wait(t, f->shown);
    ck_assert(terminal_type(t, "\r"));
    shown_wait(t, "filter");
    ck_assert_int_lt(terminal_find(t, f->hidden, NULL), 0);
    shown_type(t, "\033", f->hidden);
    shown_quit(t);
}
END_TEST

START_TEST(a_wrong_filter_says_why) {
    struct terminal *t = open_with(&(struct terminal_options){.rows = 30, .cols = 120},
                                   (const char *[]){"--view", "connections", NULL});
    shown_wait(t, " reader-3 ");
    shown_type(t, "/~[", "/~\\[.+[a-z]{4}"); /* the fault stands behind the prompt; the list goes on */
    shown_wait(t, " reader-3 ");
    shown_type(t, "\x7f\x7fsubs>", "/subs>.+[a-z]{4}");
    shown_type(t, "\033", " reader-3 ");
    shown_quit(t);
}
END_TEST

static void order_of(struct terminal *t, int *first, int *second) {
    *first = terminal_find(t, " reader-1 ", NULL);
    *second = terminal_find(t, " reader-4 ", NULL);
}

static bool is_before(struct terminal *t, void *context) {
    int one, four;
    order_of(t, &one, &four);
    return one >= 0 && four >= 0 && (one < four) == *(bool *)context;
}

START_TEST(sort_and_reverse) {
    struct terminal *t = open_with(&(struct terminal_options){.rows = 30, .cols = 120},
                                   (const char *[]){"--view", "connections", "--filter", "reader", NULL});
    bool forwards;
    shown_wait(t, " reader-3 ");
    for (int i = 0; i < 40 && terminal_find(t, "sort: SUBS", NULL) < 0; i++) {
        ck_assert(terminal_type(t, ">"));
        shown_wait(t, "sort: ");
        terminal_settle(t, 50, 500);
    }
    shown_wait(t, "sort: SUBS");
    forwards = false; /* most subscriptions first */
    ck_assert(terminal_wait(t, is_before, &forwards, "most subscriptions first", SHOWN_MS));
    ck_assert(terminal_type(t, "r"));
    forwards = true;
    ck_assert(terminal_wait(t, is_before, &forwards, "fewest subscriptions first", SHOWN_MS));
    shown_quit(t);
}
END_TEST

static double times_asked(const char *path) {
    char url[128];
    snprintf(url, sizeof url, "%s/varz", cluster->node[0].http);
    json_t *varz = http_get_json(url, SHOWN_MS);
    double n = json_number_value(json_object_get(json_object_get(varz, "http_req_stats"), path));
    json_decref(varz);
    return n;
}

START_TEST(pause_freezes_the_picture_and_not_the_collection) {
    struct terminal *t = open_with(&(struct terminal_options){.rows = 30, .cols = 120},
                                   (const char *[]){"--view", "connections", NULL});
    shown_wait(t, " reader-3 ");
    shown_type(t, " ", "\\[PAUSED");
    ck_assert_int_lt(terminal_find(t, "[LIVE]", NULL), 0);
    struct natsc *late =
        natsc_connect(cluster->node[1].url, &(struct natsc_options){.name = "latecomer"}, SHOWN_MS);
    ck_assert_ptr_nonnull(late);
    double before = times_asked("/connz");
    int64_t deadline = servers_now_ms() + SHOWN_MS;
    while (times_asked("/connz") < before + 3 && servers_now_ms() < deadline)
        terminal_pump(t, 50);
    ck_assert_double_ge(times_asked("/connz"), before + 3);
    ck_assert_int_lt(terminal_find(t, "latecomer", NULL), 0);
    shown_wait(t, "PAUSED \\+[0-9]");
    shown_type(t, "1", "^.NODES 3"); /* still all of it, frozen */
    shown_wait(t, "PAUSED");
    shown_type(t, "2", " reader-3 ");
    size_t at = terminal_bytes(t);
    shown_type(t, " ", "\\[LIVE\\]");
    shown_wait(t, "latecomer");
    ck_assert_uint_gt(terminal_bytes(t), at);
    natsc_close(late);
    shown_quit(t);
}
END_TEST

START_TEST(control_l_paints_all_again) {
    struct terminal *t = open_size(24, 80);
    shown_wait(t, "ORDERS / billing");
    terminal_settle(t, 100, 2000);
    size_t before = terminal_bytes(t);
    ck_assert(terminal_type(t, "\x0c"));
    ck_assert(terminal_wait_bytes(t, before + 800, SHOWN_MS)); /* more than any tick changes */
    shown_wait(t, "3/3 up");
    shown_quit(t);
}
END_TEST

START_TEST(suspended_and_back) {
    struct terminal *t = open_size(24, 80);
    shown_wait(t, "\\. n3 ");
    ck_assert(terminal_alternate(t));
    for (int i = 0; i < 2; i++) {
        ck_assert(terminal_type(t, "\x1a"));
        ck_assert(terminal_wait_stopped(t, SHOWN_MS));
        ck_assert(terminal_restored(t));
        terminal_resize(t, 40, 120);
        ck_assert(terminal_continue(t));
        shown_wait(t, "2026|20[0-9][0-9]-"); /* there is room for the date now */
        shown_wait(t, "^.PENDING");
        ck_assert(terminal_alternate(t));
        shown_type(t, "2", " reader-3 ");
        shown_type(t, "1", "^.NODES 3");
    }
    shown_quit(t);
}
END_TEST

START_TEST(a_storm_of_resizes) {
    struct terminal *t = open_size(24, 80);
    unsigned random = 7;
    shown_wait(t, "\\. n3 ");
    for (int i = 0; i < 80; i++) {
        random = random * 1103515245 + 12345;
        terminal_resize(t, 1 + (int)(random >> 16) % 60, 1 + (int)(random >> 22) % 200);
        terminal_pump(t, (int)(random >> 20) % 8);
        if (i % 9 == 0)
            ck_assert(terminal_type(t, i % 2 ? "1" : "2"));
    }
    terminal_resize(t, 30, 100);
    shown_type(t, "1", "3/3 up.*\\[LIVE\\]");
    shown_wait(t, "ORDERS / billing");
    ck_assert(terminal_type(t, "\x0c"));
    shown_wait(t, "^ 1 Overview");
    shown_quit(t);
}
END_TEST

START_TEST(y_gives_the_nats_command) {
    struct terminal *t = open_with(&(struct terminal_options){.rows = 30, .cols = 120},
                                   (const char *[]){"--view", "jetstream", NULL});
    shown_wait(t, "ORDERS / billing");
    shown_type(t, "y", "nats .*consumer info ORDERS billing");
    shown_quit(t);
}
END_TEST

/* ---- ways out ---- */

START_TEST(q_leaves_the_last_picture) {
    struct terminal *t = open_size(24, 80);
    shown_wait(t, "ORDERS / billing");
    ck_assert(terminal_alternate(t));
    int status;
    ck_assert(terminal_type(t, "q"));
    ck_assert(terminal_wait_exit(t, &status, SHOWN_MS));
    ck_assert(terminal_restored(t));
    ck_assert_int_ge(terminal_find(t, "ORDERS / billing", NULL), 0);
    ck_assert_int_ge(terminal_find(t, "NODES 3", NULL), 0);
    ck_assert(shown_nothing_left(t));
    terminal_close(t);
}
END_TEST

static const int deadly[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGSEGV, SIGABRT, SIGBUS};

START_TEST(signals_leave_the_terminal_as_it_was) {
    struct terminal *t = open_size(24, 80);
    int status;
    shown_wait(t, "\\. n3 ");
    ck_assert(terminal_signal(t, deadly[_i]));
    ck_assert(terminal_wait_exit(t, &status, SHOWN_MS));
    ck_assert_msg(terminal_restored(t), "signal %d", deadly[_i]);
    if (WIFSIGNALED(status))
        ck_assert_int_eq(WTERMSIG(status), deadly[_i]);
    ck_assert_msg(shown_nothing_left(t), "signal %d leaves processes", deadly[_i]);
    terminal_close(t);
}
END_TEST

START_TEST(control_c_quits) {
    struct terminal *t = open_size(24, 80);
    int status;
    shown_wait(t, "\\. n3 ");
    shown_type(t, "/n", "/n");
    ck_assert(terminal_type(t, "\x03")); /* the prompt first */
    shown_wait_gone(t, "/n");
    ck_assert(terminal_type(t, "\x03"));
    ck_assert(terminal_wait_exit(t, &status, SHOWN_MS));
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    ck_assert(terminal_restored(t));
    terminal_close(t);
}
END_TEST

START_TEST(a_lost_line_or_a_kill_leaves_nothing_running) {
    struct terminal *t = open_size(24, 80);
    int status;
    shown_wait(t, "\\. n3 ");
    ck_assert_int_ge(terminal_processes(t), 2);
    if (_i == 0)
        terminal_hangup(t);
    else
        ck_assert(terminal_signal(t, SIGKILL));
    ck_assert(terminal_wait_exit(t, &status, SHOWN_MS));
    ck_assert(shown_nothing_left(t));
    terminal_close(t);
}
END_TEST

/* ---- terminals ---- */

START_TEST(no_color) {
    static const struct {
        const char *term, *env;
        bool color;
    } cases[] = {{"xterm-256color", NULL, true}, {"xterm-256color", "NO_COLOR=1", false},
                 {"vt100", NULL, false},         {"xterm", NULL, true},
                 {"never-heard-of", NULL, true}, {"linux", "NO_COLOR=1", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *env[] = {cases[i].env, NULL};
        struct terminal *t =
            open_with(&(struct terminal_options){.rows = 24, .cols = 80, .term = cases[i].term, .env = env},
                      (const char *[]){"--label", "prod", "--label-color", "red", NULL});
        shown_wait(t, "\\. n3 ");
        shown_wait(t, "prod");
        shown_type(t, "2", " reader-3 ");
        bool color = shown_has_color(t);
        if (strcmp(cases[i].term, "never-heard-of") != 0)
            ck_assert_msg(color == cases[i].color, "%s %s", cases[i].term, cases[i].env ? cases[i].env : "");
        shown_quit(t);
    }
}
END_TEST

START_TEST(ascii_where_the_locale_has_no_more) {
    static const char *const envs[][3] = {{"LC_ALL=C", "LANG=C", NULL}, {"LC_ALL", "LANG=POSIX", NULL}};
    struct natsc *foreign =
        natsc_connect(cluster->node[2].url,
                      &(struct natsc_options){.name = "B\xc3\xbc\x63her-\xe6\x97\xa5\xe6\x9c\xac"}, SHOWN_MS);
    ck_assert_ptr_nonnull(foreign);
    for (size_t i = 0; i < 2; i++) {
        struct terminal *t =
            open_with(&(struct terminal_options){.rows = 40, .cols = 120, .env = envs[i]}, NULL);
        shown_wait(t, "\\. n3 ");
        shown_wait(t, "ORDERS / billing");
        shown_type(t, "2", "B.*cher-");
        shown_type(t, "3", "> JetStream");
        shown_type(t, "?", "Everywhere");
        ck_assert_msg(!shown_has_byte_above(t, 126), "a byte above 126 with %s", envs[i][0]);
        shown_type(t, "\033", "> JetStream");
        shown_quit(t);
    }
    struct terminal *t = open_with(&(struct terminal_options){.rows = 40, .cols = 120}, NULL);
    shown_type(t, "2", "B\xc3\xbc\x63her-\xe6\x97\xa5\xe6\x9c\xac");
    shown_quit(t);
    natsc_close(foreign);
}
END_TEST

/* ---- no terminal ---- */

static void assert_plain_frame(const char *text, size_t size) {
    ck_assert_uint_eq(strlen(text), size);
    ck_assert_ptr_null(strchr(text, '\033'));
    ck_assert_ptr_null(strchr(text, '\r'));
    ck_assert_msg(strstr(text, "3/3 up") != NULL, "%s", text);
    ck_assert_ptr_nonnull(strstr(text, "ORDERS / billing"));
    const char *first = strstr(text, "3/3 up");
    ck_assert_ptr_null(strstr(first + 1, "3/3 up")); /* one frame */
}

/* Side by side: each waits until every rate has two samples. */
START_TEST(a_pipe_a_file_and_a_replay_get_one_plain_frame) {
    static const char *const scripts[] = {"\"$@\" | cat", "f=$(mktemp); \"$@\" >$f; cat $f; rm $f",
                                          "n=$1; shift; $n collect --want all \"$@\" | $n replay -"};
    struct command c[3];
    for (int i = 0; i < 3; i++) {
        const char *argv[] = {"sh",
                              "-c",
                              scripts[i],
                              "sh",
                              command_natsight(),
                              cluster->node[0].http,
                              cluster->node[1].http,
                              cluster->node[2].http,
                              NULL};
        ck_assert(command_start(&c[i], argv, NULL));
    }
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(command_finish(&c[i], 4 * SHOWN_MS), 0);
        assert_plain_frame(c[i].output, c[i].output_size);
        command_free(&c[i]);
    }
}
END_TEST

/* ---- a stream through a pipe shows the same ---- */

/* A row as its shape: every figure is '#', every run of blanks one blank; what moves by itself is left out.
 */
static void shape_of(const char *row, char *out, size_t size) {
    size_t n = 0;
    for (const char *p = row; *p && n + 2 < size; p++) {
        unsigned char c = (unsigned char)*p;
        if (c >= 0x80 || c == '~')
            continue;
        if ((c >= '0' && c <= '9') || (c == '.' && p[1] >= '0' && p[1] <= '9')) {
            while ((*p >= '0' && *p <= '9') || *p == '.')
                p++;
            while (*p && strchr("kMGTmsud%h", *p))
                p++;
            p--;
            c = '#';
        }
        if (c == ' ' && n > 0 && out[n - 1] == ' ')
            continue;
        out[n++] = (char)c;
    }
    while (n > 0 && out[n - 1] == ' ')
        n--;
    out[n] = '\0';
}

static bool has_shape(struct terminal *t, const char *shape) {
    int rows, cols;
    char other[2000];
    terminal_size(t, &rows, &cols);
    for (int i = 1; i < rows; i++) {
        shape_of(terminal_row(t, i), other, sizeof other);
        if (strcmp(shape, other) == 0)
            return true;
    }
    return false;
}

struct pair {
    struct terminal *live, *replay;
    char missing[2000];
};

/* Every row but the first (clock, mode) and those that hold what only time makes. */
static bool same_picture(struct terminal *t, void *context) {
    static const char *const moving[] = {"IN ", "new", " ago"};
    struct pair *p = context;
    int rows, cols;
    (void)t;
    terminal_pump(p->live, 5);
    terminal_size(p->live, &rows, &cols);
    for (int i = 1; i < rows; i++) {
        char shape[2000];
        bool skip = false;
        shape_of(terminal_row(p->live, i), shape, sizeof shape);
        for (size_t k = 0; k < sizeof moving / sizeof *moving; k++)
            skip |= i < 14 && k == 0 ? strstr(shape, moving[k]) != NULL
                                     : k > 0 && strstr(shape, moving[k]) != NULL;
        if (!skip && !has_shape(p->replay, shape)) {
            snprintf(p->missing, sizeof p->missing, "%s", terminal_row(p->live, i));
            return false;
        }
    }
    return true;
}

START_TEST(collect_and_replay_show_what_live_shows) {
    char script[1000], urls[400];
    snprintf(urls, sizeof urls, "%s %s %s", cluster->node[0].http, cluster->node[1].http,
             cluster->node[2].http);
    snprintf(script, sizeof script, "%s collect --want overview,connections %s | %s replay -",
             command_natsight(), urls, command_natsight());
    const char *argv[] = {"sh", "-c", script, NULL};
    const struct terminal_options size = {.rows = 24, .cols = 80};
    struct pair p = {.live = open_with(&size, NULL), .replay = terminal_open(argv, &size)};
    ck_assert_ptr_nonnull(p.replay);
    shown_wait(p.replay, "3/3 up.*\\[REPLAY\\]");
    ck_assert_msg(terminal_wait(p.replay, same_picture, &p, "the same picture", SHOWN_MS), "only live: %s",
                  p.missing);
    shown_type(p.live, "2", " reader-3 ");
    shown_type(p.replay, "2", " reader-3 ");
    ck_assert_msg(terminal_wait(p.replay, same_picture, &p, "the same connections", SHOWN_MS),
                  "only live: %s", p.missing);
    int status;
    ck_assert(terminal_type(p.replay, "q"));
    ck_assert(terminal_wait_exit(p.replay, &status, SHOWN_MS));
    ck_assert(terminal_restored(p.replay));
    ck_assert(shown_nothing_left(p.replay));
    terminal_close(p.replay);
    shown_quit(p.live);
}
END_TEST

/* Ctrl-Z stops the whole pipe, else the shell would never get its terminal back. */
START_TEST(a_replayed_pipe_is_suspended_whole) {
    char script[600];
    snprintf(script, sizeof script, "%s collect %s | %s replay -", command_natsight(), cluster->node[0].http,
             command_natsight());
    const char *argv[] = {"sh", "-c", script, NULL};
    struct terminal *t = terminal_open(argv, &(struct terminal_options){.rows = 24, .cols = 80});
    ck_assert_ptr_nonnull(t);
    shown_wait(t, "1/3 up.*\\[REPLAY\\]");
    ck_assert(terminal_type(t, "\x1a"));
    ck_assert(terminal_wait_stopped(t, SHOWN_MS));
    ck_assert(terminal_restored(t));
    ck_assert(terminal_continue(t));
    shown_type(t, "2", "> Connections");
    int status;
    ck_assert(terminal_type(t, "q"));
    ck_assert(terminal_wait_exit(t, &status, SHOWN_MS));
    ck_assert(terminal_restored(t));
    ck_assert(shown_nothing_left(t));
    terminal_close(t);
}
END_TEST

START_TEST(what_is_no_stream_is_said) {
    char script[600];
    snprintf(script, sizeof script, "echo hello | %s replay -", command_natsight());
    const char *argv[] = {"sh", "-c", script, NULL};
    struct terminal *t = terminal_open(argv, &(struct terminal_options){.rows = 24, .cols = 100});
    ck_assert_ptr_nonnull(t);
    int status;
    ck_assert(terminal_wait_exit(t, &status, SHOWN_MS));
    ck_assert_int_eq(WEXITSTATUS(status), 1);
    ck_assert(terminal_restored(t));
    ck_assert_int_ge(terminal_find(t, "no natsight stream", NULL), 0);
    terminal_close(t);
}
END_TEST

START_TEST(what_was_not_collected_is_said) {
    char script[600];
    snprintf(script, sizeof script, "%s collect --want connections %s | %s replay - --view jetstream",
             command_natsight(), cluster->node[0].http, command_natsight());
    const char *argv[] = {"sh", "-c", script, NULL};
    struct terminal *t = terminal_open(argv, &(struct terminal_options){.rows = 24, .cols = 100});
    ck_assert_ptr_nonnull(t);
    shown_wait(t, "1/3 up");
    shown_wait(t, "not collected here");
    shown_type(t, "2", " maker ");
    shown_type(t, "3", "not collected here");
    shown_quit(t);
}
END_TEST

static void add(Suite *suite, const char *name, void (*fill)(TCase *tc)) {
    TCase *tc = tcase_create(name);
    tcase_set_timeout(tc, 90);
    tcase_add_unchecked_fixture(tc, start, end);
    fill(tc);
    suite_add_tcase(suite, tc);
}

static void all(TCase *tc) {
    tcase_add_loop_test(tc, overview_fits, 0, sizeof sizes / sizeof *sizes);
    tcase_add_test(tc, digits_open_views);
    tcase_add_test(tc, enter_opens_a_node_and_escape_goes_back);
    tcase_add_test(tc, help_lists_keys_and_is_searched);
    tcase_add_test(tc, help_moves_as_lists_do);
    tcase_add_loop_test(tc, filters_narrow_as_they_are_typed, 0, sizeof filters / sizeof *filters);
    tcase_add_test(tc, a_wrong_filter_says_why);
    tcase_add_test(tc, sort_and_reverse);
    tcase_add_test(tc, pause_freezes_the_picture_and_not_the_collection);
    tcase_add_test(tc, control_l_paints_all_again);
    tcase_add_test(tc, suspended_and_back);
    tcase_add_test(tc, a_storm_of_resizes);
    tcase_add_test(tc, y_gives_the_nats_command);
    tcase_add_test(tc, q_leaves_the_last_picture);
    tcase_add_loop_test(tc, signals_leave_the_terminal_as_it_was, 0, sizeof deadly / sizeof *deadly);
    tcase_add_test(tc, control_c_quits);
    tcase_add_loop_test(tc, a_lost_line_or_a_kill_leaves_nothing_running, 0, 2);
    tcase_add_test(tc, no_color);
    tcase_add_test(tc, ascii_where_the_locale_has_no_more);
    tcase_add_test(tc, a_pipe_a_file_and_a_replay_get_one_plain_frame);
    tcase_add_test(tc, collect_and_replay_show_what_live_shows);
    tcase_add_test(tc, what_was_not_collected_is_said);
    tcase_add_test(tc, a_replayed_pipe_is_suspended_whole);
    tcase_add_test(tc, what_is_no_stream_is_said);
}

int main(void) {
    Suite *suite = suite_create("screen");
    add(suite, "one cluster", all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
