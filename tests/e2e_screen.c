/* The screen in a terminal: sizes and keys. */
#include <check.h>
#include <stdio.h>

#include "tests/harness/http_get.h"
#include "tests/harness/quiet.h"
#include "tests/harness/suite.h"

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
    struct terminal *t = quiet_open_size(size->rows, size->cols);
    for (int i = 0; i < 8 && size->shows[i]; i++)
        shown_wait(t, size->shows[i]);
    shown_quit(t);
}
END_TEST
/* ---- keys ---- */

START_TEST(digits_open_views) {
    struct terminal *t = quiet_open_seen(40, 120);
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
    struct terminal *t = quiet_open_seen(40, 120);
    shown_type(t, "\033[B", ">n1 ");
    shown_type(t, "\033OB", ">n2 "); /* both forms of the cursor keys */
    shown_type(t, "\r", "> Node +n2");
    shown_wait(t, quiet_cluster()->node[1].http);
    shown_wait(t, "NODE n2");
    shown_peek(t, ")", "> Node +n3", "^.NODES 3");
    shown_type(t, "-", "> Node +n3"); /* the previous place, as cd - */
    shown_type(t, "-", "^.NODES 3");
    ck_assert(terminal_type(t, "\033")); /* the selection is a layer, too */
    shown_wait_gone(t, ">n2 ");
    shown_type(t, "\033", "first place|q quits"); /* never quits */
    shown_quit(t);
}
END_TEST

START_TEST(help_lists_keys_and_is_searched) {
    struct terminal *t = quiet_open_seen(50, 120);
    shown_type(t, "?", "Everywhere");
    shown_wait(t, "Freezes the picture");
    shown_type(t, "/", "^/");
    shown_type(t, "susp", "Suspends the program");
    shown_wait_gone(t, "Freezes the picture");
    shown_type(t, "\r", "search: susp"); /* stays when the prompt is left */
    shown_type(t, "\033", "Freezes the picture");
    shown_type(t, "/", "^/");
    shown_type(t, "1/s", "^/1/s"); /* all characters are for the search while it is typed */
    shown_peek(t, "\033", "Freezes the picture", "^.NODES 3");
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
    struct terminal *t = quiet_open_seen(20, 100);
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
    struct terminal *t = quiet_open(&(struct terminal_options){.rows = 30, .cols = 120},
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
    struct terminal *t = quiet_open(&(struct terminal_options){.rows = 30, .cols = 120},
                                    (const char *[]){"--view", "connections", NULL});
    shown_wait(t, " reader-3 ");
    shown_type(t, "/~[", "/~\\[.+[a-z]{4}"); /* the fault stands behind the prompt; the list goes on */
    shown_wait(t, " reader-3 ");
    shown_peek(t, "\x7f\x7fsubs>", "/subs>.+[a-z]{4}", " reader-3 ");
    shown_quit(t);
}
END_TEST

START_TEST(what_lies_over_the_view_tells_its_keys) {
    struct terminal *t = quiet_open_size(30, 120);
    shown_wait(t, "^.NODES 3");
    shown_type(t, "f", "faults only: what is ok");
    shown_type(t, "c", "COLUMNS");
    shown_type(t, "j", ">\\[.\\] CLUSTER"); /* the frame before has come whole */
    ck_assert_int_lt(terminal_find(t, "faults only: what is ok", NULL), 0);
    ck_assert_int_ge(terminal_find(t, "Enter take  Space show", NULL), 0);
    shown_type(t, "c", "^ 1 Overview");
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
    struct terminal *t = quiet_open(&(struct terminal_options){.rows = 30, .cols = 120},
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
    snprintf(url, sizeof url, "%s/varz", quiet_cluster()->node[0].http);
    json_t *varz = http_get_json(url, SHOWN_MS);
    double n = json_number_value(json_object_get(json_object_get(varz, "http_req_stats"), path));
    json_decref(varz);
    return n;
}

START_TEST(pause_freezes_the_picture_and_not_the_collection) {
    struct terminal *t = quiet_open(&(struct terminal_options){.rows = 30, .cols = 120},
                                    (const char *[]){"--view", "connections", NULL});
    shown_wait(t, " reader-3 ");
    shown_type(t, " ", "\\[PAUSED");
    ck_assert_int_lt(terminal_find(t, "[LIVE]", NULL), 0);
    struct natsc *late =
        natsc_connect(quiet_cluster()->node[1].url, &(struct natsc_options){.name = "latecomer"}, SHOWN_MS);
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
    struct terminal *t = quiet_open_size(24, 80);
    shown_wait(t, "ORDERS / billing");
    terminal_settle(t, 100, 2000);
    size_t before = terminal_bytes(t);
    ck_assert(terminal_type(t, "\x0c"));
    ck_assert(terminal_wait_bytes(t, before + 800, SHOWN_MS)); /* more than any tick changes */
    shown_wait(t, "3/3 up");
    shown_quit(t);
}
END_TEST

START_TEST(a_storm_of_resizes) {
    struct terminal *t = quiet_open_size(24, 80);
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
    struct terminal *t = quiet_open(&(struct terminal_options){.rows = 30, .cols = 120},
                                    (const char *[]){"--view", "jetstream", NULL});
    shown_wait(t, "ORDERS / billing");
    shown_type(t, "y", "nats .*consumer info ORDERS billing");
    shown_quit(t);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("screen");
    TCase *tc = tcase_create("screen");
    tcase_set_timeout(tc, 90);
    tcase_add_unchecked_fixture(tc, quiet_start, quiet_end);
    tcase_add_loop_test(tc, overview_fits, 0, sizeof sizes / sizeof *sizes);
    tcase_add_test(tc, digits_open_views);
    tcase_add_test(tc, enter_opens_a_node_and_escape_goes_back);
    tcase_add_test(tc, help_lists_keys_and_is_searched);
    tcase_add_test(tc, help_moves_as_lists_do);
    tcase_add_loop_test(tc, filters_narrow_as_they_are_typed, 0, sizeof filters / sizeof *filters);
    tcase_add_test(tc, a_wrong_filter_says_why);
    tcase_add_test(tc, what_lies_over_the_view_tells_its_keys);
    tcase_add_test(tc, sort_and_reverse);
    tcase_add_test(tc, pause_freezes_the_picture_and_not_the_collection);
    tcase_add_test(tc, control_l_paints_all_again);
    tcase_add_test(tc, a_storm_of_resizes);
    tcase_add_test(tc, y_gives_the_nats_command);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
