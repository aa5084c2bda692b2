/* The clients that are cut off and come and go (harness/slow.h), held against the server's list of closed
 * connections and its own log: the log that other tests and figures rest on has to be true itself.
 *
 * The fixture lets all kinds of them live once, side by side. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/cut_log.h"
#include "tests/harness/document.h"
#include "tests/harness/http_get.h"
#include "tests/harness/kept.h"
#include "tests/harness/servers.h"
#include "tests/harness/slow.h"
#include "tests/harness/suite.h"

#define NS INT64_C(1000000000)

enum { MS = 60000, STOPPED = 200, PER_S = 50, LONG_NAME = 4000, TOO_LONG = 4900, SAME = 100 };

/* One message of max_payload is more than may wait, with its head: 2.9 cuts at once, later ones soon. */
static const char config[] = "max_payload: 64KB\nmax_pending: 64KB\nwrite_deadline: \"1s\"";

enum { G_STOPPED, G_AGAIN, G_FROZEN, G_TRICKLE, G_MANY, G_ORDINARY, G_SHORT, G_NAMES, GROUPS = G_NAMES + 7 };

static char long_name[LONG_NAME + 1], too_long[TOO_LONG + 1];
static struct slow_group groups[GROUPS] = {
    [G_STOPPED] = {.name = "stopped-%d",
                   .clients = STOPPED,
                   .fed_bytes = 2000000,
                   .message = 8000,
                   .feeders = STOPPED,
                   .looks_after_s = 5},
    [G_AGAIN] = {.name = "again",
                 .lives = 5,
                 .back_after_s = 0.3,
                 .fed_after_s = 0.5,
                 .fed_bytes = 400000,
                 .message = 65536,
                 .feeders = 4,
                 .looks_after_s = 0.7},
    [G_FROZEN] = {.name = "frozen", .stops = true, .fed_per_s = 200000},
    [G_TRICKLE] = {.name = "1 kB/s", .reads_per_s = 1000, .fed_per_s = 50000, .looks_after_s = 6},
    [G_MANY] = {.name = "many-%d",
                .clients = 4 * PER_S,
                .per_s = PER_S,
                .fed_bytes = 400000,
                .message = 65536,
                .feeders = 60,
                .looks_after_s = 1},
    [G_ORDINARY] =
        {.name = "ordinary-%d", .clients = 4 * PER_S, .per_s = PER_S, .lives_s = 0.5, .reads_all = true},
    [G_SHORT] = {.name = "short-%d",
                 .clients = 20,
                 .per_s = 10,
                 .lives_s = 0.05,
                 .reads_all = true,
                 .from = "127.0.0.9"},
    [G_NAMES] = {.name = "\\u001b[31m\\u0007\\u001b]0;title\\u0007\\u0000 - cid:1 - \\u202e\\n"},
    {.name = long_name},
    {.name = ""},
    {.name = NULL},
    {.name = "same", .clients = SAME},
    {.name = "\xff\xfe not UTF-8 \xc3"},
    {.name = too_long},
};

static struct servers *servers;
static struct slow *slow;
static const struct slow_life *lives;
static int n_lives;
static struct cut_log cuts;
static json_t *closed, *open_ones;

static uint64_t only_cid(int group) {
    for (int i = 0; i < n_lives; i++)
        if (lives[i].group == group)
            return lives[i].cid;
    ck_abort_msg("no connection of group %d", group);
    return 0;
}

static void read_log(void) {
    char *log = servers_log(servers, 0);
    cut_log_free(&cuts);
    cuts = cut_log_read(log);
    free(log);
}

/* Those that never look are cut all the same. */
static void wait_for_cuts(void) {
    int64_t deadline = servers_now_ms() + MS;
    do {
        read_log();
        ck_assert_msg(servers_now_ms() < deadline, "the stopped one, or that of 1 kB/s, is not cut");
    } while (!cut_log_client(&cuts, 0, only_cid(G_FROZEN)) || !cut_log_client(&cuts, 0, only_cid(G_TRICKLE)));
}

static void live_through(void) {
    memset(long_name, 'n', LONG_NAME);
    memset(too_long, 'n', TOO_LONG);
    servers = servers_start(&(struct servers_options){.config = config});
    ck_assert_ptr_nonnull(servers);
    slow = slow_start(servers->node[0].url, groups, GROUPS);
    ck_assert_ptr_nonnull(slow);
    if (!slow_wait(slow, MS)) {
        slow_print(slow, stderr);
        ck_abort_msg("not over");
    }
    lives = slow_lives(slow, &n_lives);
    wait_for_cuts();
    open_ones = kept_truth(servers->node[0].http, "/connz?limit=20000");
    closed = kept_truth(servers->node[0].http, "/connz?state=closed&limit=20000");
}

static void end(void) {
    slow_end(slow);
    servers_end(servers);
}

static json_t *row_of(json_t *list, uint64_t cid) {
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(list, "connections"), i, row) {
        if ((uint64_t)doc_number(row, "cid") == cid)
            return row;
    }
    return NULL;
}

static int clients_of(int group) {
    return groups[group].clients > 0 ? groups[group].clients : 1;
}

START_TEST(every_connection_has_its_line) {
    int expected = clients_of(G_AGAIN) * (groups[G_AGAIN].lives - 1);
    for (int g = 0; g < GROUPS; g++)
        expected += clients_of(g);
    ck_assert_int_eq(n_lives, expected);
    for (int i = 0; i < n_lives; i++) {
        if (lives[i].group == GROUPS - 1)
            continue;
        ck_assert_uint_gt(lives[i].cid, 0);
        ck_assert_int_gt(lives[i].connected_ns, 0);
        for (int k = 0; k < i; k++)
            ck_assert_uint_ne(lives[k].cid, lives[i].cid);
        json_t *row = row_of(lives[i].ended_ns ? closed : open_ones, lives[i].cid);
        ck_assert_msg(row || row_of(closed, lives[i].cid), "cid %d", (int)lives[i].cid);
        ck_assert(lives[i].port == 0 || !row || lives[i].port == (int)doc_number(row, "port"));
    }
}
END_TEST

static void assert_was_cut(const struct slow_life *life) {
    const struct cut_line *cut = cut_log_client(&cuts, 0, life->cid);
    json_t *row = row_of(closed, life->cid);
    ck_assert_msg(cut != NULL, "cid %d is not in the server's log", (int)life->cid);
    ck_assert_ptr_nonnull(row);
    ck_assert_str_eq(doc_text(row, "reason"), cut_reason(cut));
    ck_assert_int_le(life->connected_ns, cut->at_ns);
    ck_assert_int_le(llabs(cut->at_ns - doc_instant(row, "stop")), NS);
    ck_assert(life->ended_ns == 0 || life->ended_ns >= cut->at_ns);
}

START_TEST(who_was_cut_is_so_in_the_servers_log) {
    int n = 0;
    for (int i = 0; i < n_lives; i++) {
        int g = lives[i].group;
        bool cut = g == G_STOPPED || g == G_AGAIN || g == G_FROZEN || g == G_TRICKLE || g == G_MANY;
        if (cut)
            assert_was_cut(&lives[i]);
        else
            ck_assert_ptr_null(cut_log_client(&cuts, 0, lives[i].cid));
        if (cut && g != G_FROZEN)
            ck_assert_str_eq(slow_ends[lives[i].end], "ended");
        n += cut;
    }
    int lines = (int)cuts.n;
    printf("figure: %d clients cut, %d lines in the server's log\n", n, lines);
    ck_assert_int_ge(lines, n);
    for (int i = 0; i < lines; i++)
        ck_assert_str_eq(cuts.list[i].kind, "cid");
}
END_TEST

START_TEST(who_left_is_so_in_the_servers_list) {
    for (int i = 0; i < n_lives; i++) {
        json_t *row = row_of(closed, lives[i].cid);
        if (lives[i].group != G_ORDINARY && lives[i].group != G_SHORT)
            continue;
        ck_assert_str_eq(slow_ends[lives[i].end], "closed");
        ck_assert_ptr_nonnull(row);
        const char *reason = doc_text(row, "reason"); /* a PING may have been on its way */
        ck_assert_msg(!strcmp(reason, "Client Closed") || !strcmp(reason, "Read Error"), "%s", reason);
        ck_assert_int_le(llabs(lives[i].ended_ns - doc_instant(row, "stop")), NS);
        ck_assert_str_eq(doc_text(row, "ip"), lives[i].group == G_SHORT ? "127.0.0.9" : "127.0.0.1");
    }
}
END_TEST

/* Each begins when the one before has ended. */
START_TEST(one_comes_back) {
    int64_t before = 0;
    for (int i = 0, life = 0; i < n_lives; i++) {
        if (lives[i].group != G_AGAIN)
            continue;
        ck_assert_int_eq(lives[i].life, life++);
        ck_assert_int_ge(lives[i].connected_ns, before + 3 * NS / 10);
        before = lives[i].ended_ns;
        ck_assert_int_gt(before, lives[i].connected_ns);
    }
}
END_TEST

START_TEST(one_stops_for_good) {
    for (int i = 0; i < n_lives; i++) {
        if (lives[i].group != G_FROZEN)
            continue;
        ck_assert_int_ge(lives[i].stopped_ns, lives[i].connected_ns);
        ck_assert_int_eq(lives[i].ended_ns, 0);
    }
}
END_TEST

START_TEST(names_are_what_the_server_heard) {
    for (int i = 0; i < n_lives; i++) {
        char name[SLOW_NAME], quoted[SLOW_NAME + 2];
        json_t *row = row_of(open_ones, lives[i].cid);
        if (lives[i].group < G_NAMES || lives[i].group >= GROUPS - 2)
            continue;
        ck_assert_ptr_nonnull(row);
        slow_name(slow, &lives[i], name, sizeof name);
        snprintf(quoted, sizeof quoted, "\"%s\"", name);
        json_t *heard = json_object_get(row, "name");
        json_t *said = json_loads(quoted, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        ck_assert_ptr_nonnull(said);
        ck_assert(*name ? json_equal(said, heard) : !heard);
        json_decref(said);
    }
    ck_assert_uint_gt(json_string_length(json_object_get(row_of(open_ones, only_cid(GROUPS - 2)), "name")),
                      0);
}
END_TEST

START_TEST(a_name_that_is_too_long_is_refused) {
    json_t *row = row_of(closed, only_cid(GROUPS - 1));
    for (int i = 0; i < n_lives; i++)
        ck_assert_int_eq(lives[i].end == SLOW_REFUSED, lives[i].group == GROUPS - 1);
    ck_assert_ptr_nonnull(row);
    ck_assert_str_eq(doc_text(row, "reason"), "Maximum Control Line Exceeded");
}
END_TEST

START_TEST(nobody_listens) {
    struct slow *alone = slow_start("nats://127.0.0.1:9", &(struct slow_group){.clients = 3}, 1);
    int n;
    ck_assert_ptr_nonnull(alone);
    ck_assert(slow_wait(alone, MS));
    const struct slow_life *list = slow_lives(alone, &n);
    ck_assert_int_eq(n, 3);
    ck_assert_str_eq(slow_ends[list[2].end], "refused");
    slow_end(alone);
}
END_TEST

/* What a log may hold beside: names that look like the line itself, routes, a second start, half a line. */
START_TEST(a_log_is_read) {
    struct cut_log read = cut_log_read(
        "[1] 2026/01/02 03:04:05.000000 [INF] Starting nats-server\n"
        "[1] 2026/01/02 03:04:05.000001 [INF] 127.0.0.1:5 - cid:7 - \"v:go:a - cid:9 - Slow Consumer "
        "Detected: MaxPending\" - Client connection closed: Client Closed\n"
        "[1] 2026/01/02 03:04:06.250000 [INF] 127.0.0.1:5 - rid:8 - Slow Consumer Detected: WriteDeadline of "
        "2s exceeded with 1 chunks of 9 total bytes.\n"
        "[2] 2026/01/02 03:04:07.000000 [INF] Starting nats-server\n"
        "[2] 2026/01/02 03:04:08.250000 [INF] 127.0.0.1:5 - cid:8 - \"x - cid:4\" - Slow Consumer Detected: "
        "MaxPending of 65536 Exceeded\n"
        "[2] 2026/01/02 03:04:09.250000 [INF] 127.0.0.1:5 - cid:10 - Slow Cons");
    ck_assert_uint_eq(read.n, 2);
    ck_assert_str_eq(read.list[0].kind, "rid");
    ck_assert(read.list[0].by_deadline && read.list[0].run == 0 && read.list[0].id == 8);
    ck_assert_int_eq(read.list[1].at_ns - read.list[0].at_ns, 2 * NS);
    ck_assert_ptr_null(cut_log_client(&read, 0, 8));
    ck_assert_ptr_eq(cut_log_client(&read, 1, 8), &read.list[1]);
    ck_assert_str_eq(cut_reason(&read.list[1]), "Slow Consumer (Pending Bytes)");
    cut_log_free(&read);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("slow");
    TCase *tc = tcase_create("clients");
    tcase_set_timeout(tc, 60);
    tcase_add_unchecked_fixture(tc, live_through, end);
    tcase_add_test(tc, every_connection_has_its_line);
    tcase_add_test(tc, who_was_cut_is_so_in_the_servers_log);
    tcase_add_test(tc, who_left_is_so_in_the_servers_list);
    tcase_add_test(tc, one_comes_back);
    tcase_add_test(tc, one_stops_for_good);
    tcase_add_test(tc, names_are_what_the_server_heard);
    tcase_add_test(tc, a_name_that_is_too_long_is_refused);
    suite_add_tcase(suite, tc);
    TCase *alone = tcase_create("alone");
    tcase_set_timeout(alone, 60);
    tcase_add_test(alone, nobody_listens);
    tcase_add_test(alone, a_log_is_read);
    suite_add_tcase(suite, alone);
    return suite_run(suite);
}
