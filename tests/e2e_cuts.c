/* Who was cut off, when and why, as the program shows it, against the clients' own log and the server's:
 * fifty a second for a minute, two hundred at once, one every second for a minute, hostile names, a server
 * that starts again, a time in which nobody could ask.
 *
 * The fixture lives through all of it once, side by side on servers of their own. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/e2e/cut_scene.h"
#include "tests/harness/kept.h"
#include "tests/harness/relay.h"
#include "tests/harness/suite.h"

#define NS INT64_C(1000000000)

/* One message of max_payload is more than may wait, with its head: 2.9 cuts at once, later ones soon. */
#define SMALL         "max_payload: 64KB\nmax_pending: 64KB\nwrite_deadline: \"1s\""
#define FED_UNTIL_CUT .fed_bytes = 400000, .message = 65536, .looks_after_s = 1

enum { MINUTE, MIXED, AGAIN, RESTARTED, UNSEEN, SCENES };
enum { PER_S = 50, MINUTE_S = 60, AT_ONCE = 200, SAME = 1000, LONG_NAME = 4000, SOME = 20 };
/* A server lists so many that were closed, and the program was kept from asking while more were. */
enum { LISTED = 10000, CLOSED_UNSEEN = 12000 };

static struct cut_scene scenes[SCENES] = {
    [MINUTE] = {.name = "minute", .config = SMALL},
    [MIXED] = {.name = "mixed", .config = SMALL},
    [AGAIN] = {.name = "again", .config = SMALL},
    [RESTARTED] = {.name = "restarted", .config = SMALL},
    [UNSEEN] = {.name = "unseen", .config = "", .relayed = true},
};

static const struct slow_group minute[] = {
    {.name = "many-%d", .clients = PER_S * MINUTE_S, .per_s = PER_S, .feeders = 60, FED_UNTIL_CUT}};

/* Cut every second, beside a server full of ordinary comings and goings. */
static const struct slow_group again[] = {
    {.name = "billing-7",
     .lives = MINUTE_S,
     .back_after_s = 0.4,
     .fed_after_s = 0.6,
     .fed_bytes = 400000,
     .message = 65536,
     .feeders = 4,
     .looks_after_s = 0.7},
    {.name = "visitor-%d", .clients = PER_S * MINUTE_S, .per_s = PER_S, .lives_s = 0.5, .reads_all = true}};

static const struct slow_group first[] = {{.name = "first-%d", .clients = SOME, FED_UNTIL_CUT},
                                          {.name = "first-open-%d", .clients = SOME}},
                               second[] = {{.name = "second-%d", .clients = SOME, FED_UNTIL_CUT},
                                           {.name = "second-open-%d", .clients = SOME}};

static const struct slow_group unseen[] = {
    {.name = "unseen", .clients = CLOSED_UNSEEN, .per_s = 2000, .lives_s = 0.01, .reads_all = true}};

static char long_name[LONG_NAME + 1];
enum { STOPPED, SHORT, SAME_NAME, NAMED };
static const struct slow_group mixed[] = {
    [STOPPED] = {.name = "stopped-%d",
                 .clients = AT_ONCE,
                 .fed_bytes = 2000000,
                 .message = 8000,
                 .feeders = AT_ONCE,
                 .looks_after_s = 5},
    [SHORT] = {.name = "short-%d", .clients = SOME, .per_s = 10, .lives_s = 0.05, .reads_all = true},
    [SAME_NAME] = {.name = "same", .clients = SAME},
    [NAMED] = {.name = "\\u001b[31mred\\u001b]0;title\\u0007\\u001b[2J", FED_UNTIL_CUT},
    {.name = "nul\\u0000 bidi\\u202e line\\n\\r\\u009b31m", FED_UNTIL_CUT},
    {.name = long_name, FED_UNTIL_CUT},
    {.name = "", FED_UNTIL_CUT},
    {.name = NULL, FED_UNTIL_CUT},
    {.name = "\xff\xfe not UTF-8 \xc3", FED_UNTIL_CUT},
    {.name = "same", .clients = SOME, FED_UNTIL_CUT},
};
enum { MIXED_GROUPS = sizeof mixed / sizeof *mixed };

static int64_t restarted_ns;

/* ---- the scenes ---- */

static void turn_all(void) {
    for (int i = 0; i < SCENES; i++)
        cut_scene_turn(&scenes[i], 20);
}

typedef bool met_fn(void);

static void turn_until(met_fn *met, const char *what, int ms) {
    int64_t deadline = servers_now_ms() + ms;
    while (!met()) {
        if (servers_now_ms() > deadline)
            for (int i = 0; i < SCENES; i++)
                cut_scene_dump(&scenes[i]);
        ck_assert_msg(servers_now_ms() <= deadline, "not in time: %s", what);
        turn_all();
    }
}

static bool first_is_told(void) {
    return cut_scene_is_told(&scenes[RESTARTED]);
}

static bool unseen_is_over(void) {
    return slow_over(scenes[UNSEEN].slow[0]);
}

static bool all_is_told(void) {
    static bool told[SCENES];
    /* the last of them may still be on the server's way out when it is first asked */
    double missed = doc_number(cut_scene_server(&scenes[UNSEEN]), "closed_missed");
    bool all = missed >= CLOSED_UNSEEN - LISTED;
    for (int i = 0; i < SCENES; i++) {
        told[i] = told[i] || cut_scene_is_told(&scenes[i]);
        all = all && told[i];
    }
    return all;
}

static void restart(void) {
    struct cut_scene *scene = &scenes[RESTARTED];
    restarted_ns = doc_utc_ns();
    ck_assert(servers_restart(scene->servers, 0, false));
    ck_assert(servers_wait_ready(scene->servers, CUT_MS));
    cut_scene_begin(scene, second, 2);
}

static void live_through(void) {
    memset(long_name, 'n', LONG_NAME);
    for (int i = 0; i < SCENES; i++)
        cut_scene_start(&scenes[i]);
    for (int i = 0; i < SCENES; i++)
        cut_scene_await(&scenes[i]);
    cut_scene_begin(&scenes[MINUTE], minute, 1);
    cut_scene_begin(&scenes[AGAIN], again, 2);
    cut_scene_begin(&scenes[MIXED], mixed, MIXED_GROUPS);
    cut_scene_begin(&scenes[RESTARTED], first, 2);
    turn_until(first_is_told, "the first run is shown", CUT_MS);
    restart();
    ck_assert(relay_cut(scenes[UNSEEN].relay, 0, true));
    cut_scene_begin(&scenes[UNSEEN], unseen, 1);
    turn_until(unseen_is_over, "those that nobody saw", CUT_MS);
    ck_assert(relay_cut(scenes[UNSEEN].relay, 0, false));
    turn_until(all_is_told, "all is shown", 2 * CUT_MS);
}

static void end(void) {
    for (int i = 0; i < SCENES; i++)
        cut_scene_stop(&scenes[i]);
    for (int i = 0; i < SCENES; i++)
        cut_scene_end(&scenes[i]);
}

/* ---- who was cut ---- */

/* When the server itself says that it closed it: a busy one says so late. */
static int64_t recorded_ns(const struct cut_scene *scene, uint64_t cid) {
    char path[64];
    snprintf(path, sizeof path, "/connz?state=closed&cid=%llu", (unsigned long long)cid);
    json_t *own = kept_truth(scene->servers->node[0].http, path);
    int64_t stop_ns = doc_instant(json_array_get(json_object_get(own, "connections"), 0), "stop");
    json_decref(own);
    return stop_ns;
}

static void assert_shown_as_logged(const struct cut_scene *scene, int run, const struct slow_life *life,
                                   int64_t *off_ns) {
    const struct cut_line *line = cut_log_client(&scene->log, run, life->cid);
    json_t *row;
    int n = cut_scene_rows(scene, life, &row);
    ck_assert_msg(n == 1, "%s: cid %d of run %d is there %d times", scene->name, (int)life->cid, run, n);
    ck_assert_str_eq(doc_text(row, "state"), "closed");
    ck_assert_msg(strcmp(doc_text(row, "reason"), cut_reason(line)) == 0, "%s: cid %d: %s", scene->name,
                  (int)life->cid, doc_text(row, "reason"));
    int64_t at_ns = doc_instant(row, "closed_at"), off = llabs(at_ns - line->at_ns);
    ck_assert_msg(off <= NS || at_ns / 1000000 == recorded_ns(scene, life->cid) / 1000000,
                  "%s: cid %d: closed_at is off by %.3f s", scene->name, (int)life->cid,
                  (double)off / (double)NS);
    double lived = (double)(line->at_ns - life->connected_ns) / (double)NS;
    ck_assert_double_ge(doc_number(row, "lived"), lived - 1);
    *off_ns = off > *off_ns ? off : *off_ns;
}

START_TEST(each_cut_client_is_there_once) {
    const struct cut_scene *scene = &scenes[_i];
    int64_t off_ns = 0;
    int cut = 0;
    for (int run = 0; run < scene->runs; run++) {
        int n;
        const struct slow_life *lives = slow_lives(scene->slow[run], &n);
        for (int i = 0; i < n; i++) {
            bool was_cut = cut_log_client(&scene->log, run, lives[i].cid) != NULL;
            bool fed = lives[i].fed > 0; /* to all those until they are cut */
            ck_assert_int_eq(was_cut, fed);
            if (was_cut)
                assert_shown_as_logged(scene, run, &lives[i], &off_ns);
            cut += was_cut;
        }
    }
    json_t *server = cut_scene_server(scene);
    printf("figure: %s: %d clients cut, %d shown, %.0f counted by the server, %.0f said to be missed; closed "
           "at most %.3f s off\n",
           scene->name, cut, cut_scene_shown_cut(scene), doc_number(server, "slow_consumers"),
           doc_number(server, "closed_missed"), (double)off_ns / (double)NS);
    ck_assert_int_eq(cut_scene_logged(scene), cut);
    ck_assert_int_eq(cut_scene_shown_cut(scene), cut);
}
END_TEST

START_TEST(counters_are_those_of_the_log) {
    const struct cut_scene *scene = &scenes[_i];
    json_t *server = cut_scene_server(scene);
    double lines = 0, cut = 0;
    for (size_t i = 0; i < scene->log.n; i++) {
        const struct cut_line *line = &scene->log.list[i];
        lines += line->run == scene->runs - 1;
        cut += cut_log_client(&scene->log, line->run, line->id) == line;
    }
    ck_assert_double_eq(doc_number(server, "slow_consumers"), lines);
    ck_assert_double_eq(doc_number(server, "cut"), cut);
    if (!isnan(doc_number(server, "slow_clients"))) /* from 2.10 */
        ck_assert_double_eq(doc_number(server, "slow_clients"), lines);
}
END_TEST

/* ---- who was not ---- */

static void assert_visitor(const struct cut_scene *scene, json_t *own, const struct slow_life *life) {
    json_t *row;
    ck_assert_int_le(cut_scene_rows(scene, life, &row), 1);
    ck_assert_ptr_nonnull(row);
    ck_assert_str_eq(doc_text(row, "state"), "closed");
    ck_assert_str_eq(doc_text(row, "closed_by"), "ordinary");
    ck_assert_int_ge(doc_instant(row, "closed_at"), life->connected_ns); /* a busy server notices late */
    size_t i;
    json_t *closed;
    json_array_foreach(json_object_get(own, "connections"), i, closed) {
        if ((uint64_t)doc_number(closed, "cid") != life->cid)
            continue;
        ck_assert_str_eq(doc_text(row, "reason"), doc_text(closed, "reason"));
        ck_assert_int_eq(doc_instant(row, "closed_at") / 1000000, doc_instant(closed, "stop") / 1000000);
    }
}

START_TEST(one_between_two_polls_is_known_from_its_end) {
    const struct cut_scene *scene = &scenes[MIXED];
    json_t *own = kept_truth(scene->servers->node[0].http, "/connz?state=closed&limit=10000");
    int n, seen = 0;
    const struct slow_life *lives = slow_lives(scene->slow[0], &n);
    for (int i = 0; i < n; i++) {
        if (lives[i].group != SHORT)
            continue;
        assert_visitor(scene, own, &lives[i]);
        seen++;
    }
    ck_assert_int_eq(seen, SOME);
    json_decref(own);
}
END_TEST

/* Fifty ordinary closes a second beside it do not hide one that is cut, nor stay for ever. */
START_TEST(visitors_are_forgotten_before_those_that_were_cut) {
    const struct cut_scene *scene = &scenes[AGAIN];
    int visitors = 0, closed = 0;
    json_t *row;
    for (size_t i = 0; (row = cut_scene_row(scene, i)); i++) {
        visitors += strncmp(doc_text(row, "name"), "visitor-", 8) == 0;
        closed += strcmp(doc_text(row, "state"), "closed") == 0;
    }
    ck_assert_int_gt(visitors, 0);
    ck_assert_int_lt(visitors, PER_S * MINUTE_S);
    ck_assert_double_eq(doc_number(cut_scene_server(scene), "closed_missed"), 0);
    ck_assert_int_ge(closed, MINUTE_S);
}
END_TEST

/* ---- who comes back ---- */

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double middle(double list[MINUTE_S], int n) {
    qsort(list, (size_t)n, sizeof *list, by_size);
    return list[n / 2];
}

START_TEST(one_that_comes_back_is_one) {
    const struct cut_scene *scene = &scenes[AGAIN];
    double lived[MINUTE_S] = {0}, back[MINUTE_S] = {0};
    int64_t cut_ns = 0;
    int n, cuts = 0;
    const struct slow_life *lives = slow_lives(scene->slow[0], &n);
    for (int i = 0; i < n; i++) {
        const struct cut_line *line = cut_log_client(&scene->log, 0, lives[i].cid);
        if (!line)
            continue;
        if (cuts > 0)
            back[cuts - 1] = (double)(lives[i].connected_ns - cut_ns) / (double)NS;
        cut_ns = line->at_ns;
        lived[cuts++] = (double)(cut_ns - lives[i].connected_ns) / (double)NS;
    }
    json_t *client = doc_find(scene->last, "clients", "name", "billing-7");
    ck_assert_int_eq(cuts, MINUTE_S);
    ck_assert_int_eq(doc_count(scene->last, "clients"), 1);
    ck_assert_double_eq(doc_number(client, "cuts"), cuts);
    ck_assert_double_eq(doc_number(client, "cuts_10m"), cuts);
    ck_assert_double_eq_tol(doc_number(client, "lived"), middle(lived, cuts), 0.25);
    ck_assert_double_eq_tol(doc_number(client, "back_after"), middle(back, cuts - 1), 0.25);
    ck_assert_int_le(llabs(doc_instant(client, "last_cut") - cut_ns), NS);
    ck_assert_double_eq(doc_number(client, "open"), 0);
    printf("figure: %s cut %d times, lives %.2f s, back after %.2f s; shown: \"%s\"\n", "billing-7", cuts,
           middle(lived, cuts), middle(back, cuts - 1), doc_text(client, "pattern"));
}
END_TEST

/* Two hundred names are two hundred clients, a name that many have is one. */
START_TEST(clients_are_told_apart_by_name) {
    const struct cut_scene *scene = &scenes[MIXED];
    size_t i;
    json_t *one;
    int stopped = 0;
    json_array_foreach(json_object_get(scene->last, "clients"), i, one) {
        stopped += strncmp(doc_text(one, "name"), "stopped-", 8) == 0 && doc_number(one, "cuts") == 1;
    }
    ck_assert_int_eq(stopped, AT_ONCE);
    ck_assert_double_eq(doc_number(doc_find(scene->last, "clients", "name", "same"), "cuts"), SOME);
}
END_TEST

/* ---- what can't be known ---- */

START_TEST(what_is_missed_is_said) {
    const struct cut_scene *scene = &scenes[UNSEEN];
    double missed = doc_number(cut_scene_server(scene), "closed_missed");
    int n;
    const struct slow_life *lives = slow_lives(scene->slow[0], &n);
    for (int i = 0; i < n; i++)
        ck_assert_uint_gt(lives[i].cid, 0);
    printf("figure: %d closed while nobody could ask, %d of them listed: %.0f said to be missed\n", n, LISTED,
           missed);
    ck_assert_int_eq(n, CLOSED_UNSEEN);
    ck_assert_double_eq(missed + LISTED, CLOSED_UNSEEN);
    json_t *event;
    size_t i;
    int said = 0;
    json_array_foreach(json_object_get(scene->last, "events"), i, event) {
        said += strcmp(doc_text(event, "kind"), "gap") == 0;
    }
    ck_assert_int_eq(said, 1);
}
END_TEST

START_TEST(nothing_is_missed_while_it_asks) {
    ck_assert_double_eq(doc_number(cut_scene_server(&scenes[_i]), "closed_missed"), 0);
}
END_TEST

/* ---- a server that starts again ---- */

START_TEST(cids_of_the_next_run_are_others) {
    const struct cut_scene *scene = &scenes[RESTARTED];
    int n[2], both = 0;
    const struct slow_life *lives[2] = {slow_lives(scene->slow[0], &n[0]), slow_lives(scene->slow[1], &n[1])};
    for (int i = 0; i < n[0]; i++) {
        json_t *row, *other;
        int k = 0;
        while (k < n[1] && lives[1][k].cid != lives[0][i].cid)
            k++;
        if (k == n[1] || lives[0][i].fed == 0 || lives[1][k].fed == 0)
            continue;
        both++;
        ck_assert_int_eq(cut_scene_rows(scene, &lives[0][i], &row), 1);
        ck_assert_int_eq(cut_scene_rows(scene, &lives[1][k], &other), 1);
        ck_assert_ptr_ne(row, other);
        ck_assert_int_lt(doc_instant(row, "closed_at"), restarted_ns);
        ck_assert_int_gt(doc_instant(other, "closed_at"), restarted_ns);
        ck_assert_int_eq(strncmp(doc_text(row, "name"), "first-", 6), 0);
        ck_assert_int_eq(strncmp(doc_text(other, "name"), "second-", 7), 0);
    }
    ck_assert_int_gt(both, 0);
}
END_TEST

START_TEST(who_was_open_at_a_restart_is_not_open_after_it) {
    const struct cut_scene *scene = &scenes[RESTARTED];
    for (int run = 0; run < 2; run++) {
        int n;
        const struct slow_life *lives = slow_lives(scene->slow[run], &n);
        for (int i = 0; i < n; i++) {
            json_t *row;
            if (lives[i].fed > 0)
                continue;
            cut_scene_rows(scene, &lives[i], &row);
            if (run == 1)
                ck_assert_str_eq(doc_text(row, "state"), "open");
            else
                ck_assert_str_ne(doc_text(row, "state"), "open");
        }
    }
}
END_TEST

/* ---- names ---- */

START_TEST(names_are_shown_without_harm) {
    static const char *const shown[] = {"red", "bidi", "nnnn", "", "", " not UTF-8 ", "same"};
    const struct cut_scene *scene = &scenes[MIXED];
    int n, same = 0;
    const struct slow_life *lives = slow_lives(scene->slow[0], &n);
    for (int i = 0; i < n; i++) {
        json_t *row;
        if (lives[i].group < SAME_NAME)
            continue;
        ck_assert_int_eq(cut_scene_rows(scene, &lives[i], &row), 1);
        if (lives[i].group == SAME_NAME) {
            ck_assert_str_eq(doc_text(row, "name"), "same");
            ck_assert_str_eq(doc_text(row, "state"), "open");
            same++;
            continue;
        }
        const char *name = doc_text(row, "name"), *part = shown[lives[i].group - NAMED];
        ck_assert_msg(strstr(name, part) && (*part || !*name), "group %d: %s", lives[i].group, name);
        for (const char *c = name; *c; c++)
            ck_assert_msg((unsigned char)*c >= ' ' && *c != 0x7f, "group %d: %s", lives[i].group, name);
        ck_assert_ptr_null(strstr(name, "\xe2\x80\xae"));
        ck_assert_ptr_null(strstr(name, "\xc2\x9b"));
    }
    ck_assert_int_eq(same, SAME);
}
END_TEST

START_TEST(a_screen_of_them_is_text) {
    const char *argv[] = {command_natsight(),
                          "snapshot",
                          "-o",
                          "-",
                          "-s",
                          "200x200",
                          "--for",
                          "3s",
                          "--view",
                          _i ? "connections" : "overview",
                          scenes[MIXED].servers->node[0].http,
                          NULL};
    struct command c;
    ck_assert_int_eq(command_run(&c, argv, NULL, CUT_MS), 0);
    ck_assert_ptr_nonnull(strstr(c.output, "mixed1"));
    for (size_t i = 0; i < c.output_size; i++)
        ck_assert_msg((unsigned char)c.output[i] >= ' ' || c.output[i] == '\n', "byte %d", c.output[i]);
    command_free(&c);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("cuts");
    TCase *tc = tcase_create("all");
    tcase_set_timeout(tc, 60);
    tcase_add_unchecked_fixture(tc, live_through, end);
    tcase_add_loop_test(tc, each_cut_client_is_there_once, 0, UNSEEN);
    tcase_add_loop_test(tc, counters_are_those_of_the_log, 0, UNSEEN);
    tcase_add_test(tc, one_between_two_polls_is_known_from_its_end);
    tcase_add_test(tc, visitors_are_forgotten_before_those_that_were_cut);
    tcase_add_test(tc, one_that_comes_back_is_one);
    tcase_add_test(tc, clients_are_told_apart_by_name);
    tcase_add_test(tc, what_is_missed_is_said);
    tcase_add_loop_test(tc, nothing_is_missed_while_it_asks, 0, UNSEEN);
    tcase_add_test(tc, cids_of_the_next_run_are_others);
    tcase_add_test(tc, who_was_open_at_a_restart_is_not_open_after_it);
    tcase_add_test(tc, names_are_shown_without_harm);
    tcase_add_loop_test(tc, a_screen_of_them_is_text, 0, 2);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
