/* The view of slow consumers: what it says of those that fill, that were cut, and of whom nothing is known.
 */
#include <check.h>

#include "tests/harness/suite.h"
#include "tests/views/world_parts.h"
#include "tests/views_frame.h"

static void check_says(const struct world *w, int cols, const char *const *says, const char * not ) {
    struct frame f;
    frame_open(&f, w, "slow");
    char *text = frame_text(&f, cols, 40, false);
    for (; *says; says++)
        ck_assert_msg(strstr(text, *says) != NULL, "no \"%s\" in\n%s", *says, text);
    if (not )
        ck_assert_msg(strstr(text, not ) == NULL, "\"%s\" in\n%s", not, text);
    free(text);
    frame_close(&f);
}

/* What others were closed for is no claim about who was cut. */
START_TEST(who_is_hidden_was_not_cut) {
    static const char *const says[] = {"no client cut since we watch",
                                       "1 closed for other reasons: i shows them", NULL};
    static const struct world_life stale = {.name = "stale",
                                            .cid = 102,
                                            .lives = 1,
                                            .lived = 10,
                                            .drains_per_s = 1e5,
                                            .reason = "Stale Connection"};
    struct world w;
    world_init(&w);
    w.jetstream = false;
    w.closes = true;
    w.lives = &stale;
    w.life_count = 1;
    world_run(&w, 30);
    check_says(&w, 120, says, "all idle");
    world_finish(&w);
}
END_TEST

/* Its last write has not returned: nobody fills, and producers are paused all the same. */
START_TEST(one_that_was_cut_still_holds_producers) {
    static const char *const says[] = {
        "NOW 0 of ", " 1 that was cut still holds producers; no buffer above 1 % of max, and none grows\n",
        "its server still keeps it open: 38.1M wait, and producers are paused 40 times per second  [seen]\n",
        NULL};
    static const char *const brief[] = {"1 that was cut still holds producers\n", NULL};
    static const struct world_life cut = {.name = "billing-7",
                                          .cid = 102,
                                          .lives = 1,
                                          .lived = 20,
                                          .fills_per_s = 2e6,
                                          .most = 64e6,
                                          .reason = "Slow Consumer (Pending Bytes)",
                                          .lingers = 20};
    struct world w;
    world_init(&w);
    w.jetstream = false;
    w.closes = true;
    w.lives = &cut;
    for (int i = 0; i < w.node_count; i++)
        w.nodes[i].version = "2.15.2";
    w.life_count = 1;
    world_run(&w, 30);
    check_says(&w, 120, says, NULL);
    check_says(&w, 56, brief, "no buffer above");
    world_run(&w, 15);
    check_says(&w, 120, (const char *const[]){"and none grows\n", NULL}, "still");
    world_finish(&w);
}
END_TEST

/* An empty list is a claim about servers that answer alone. */
START_TEST(nothing_is_claimed_of_servers_that_do_not_answer) {
    static const char *const all[] = {"no buffer above 1 % of max, and none grows\n",
                                      "no client cut in the last 10 min (watched since 02:29:00)\n", NULL};
    static const char *const some[] = {"and none grows; n2-lon does not answer\n",
                                       "(watched since 02:29:00); n2-lon does not answer\n", NULL};
    static const char *const brief[] = {"n2-lon does not answer; else no buffer above 1 % of",
                                        "n2-lon does not answer; else no client since 02:29:00\n", NULL};
    static const char *const none[] = {"CUT OFF", "NOW", "not known: no server answers\n", NULL};
    struct world w;
    world_calm(&w);
    check_says(&w, 120, all, "answer");
    w.nodes[1].answers = false;
    world_run(&w, 20);
    check_says(&w, 120, some, NULL);
    check_says(&w, 56, brief, NULL);
    w.nodes[0].answers = w.nodes[2].answers = false;
    world_run(&w, 20);
    check_says(&w, 120, none, "no buffer above");
    check_says(&w, 120, none, "no client cut");
    world_finish(&w);
}
END_TEST

/* On a server that does not tell what waits on routes and leaf nodes much may wait there. */
START_TEST(links_that_no_server_tells_of_are_not_claimed) {
    static const struct {
        const char *version;
        uint64_t leafs;
        const char *untold;
    } cases[] = {{"2.15.2", 1, ""},
                 {"2.9.10", 0, "; routes not reported by 2.9.10\n"},
                 {"2.9.10", 1, "; routes and leaf nodes not reported by 2.9.10\n"},
                 {"2.10.29", 1, "; leaf nodes not reported by 2.10.29\n"},
                 {"2.11.5", 1, ""}};
    static const struct world_life quiet = {.name = "quiet", .cid = 102, .lives = 1, .drains_per_s = 5e5};
    for (int i = 0; i < 5; i++) {
        struct world w;
        struct frame f;
        bool told = !*cases[i].untold;
        char says[120];
        world_init(&w);
        w.jetstream = false;
        w.closes = true;
        w.lives = &quiet;
        w.life_count = 1;
        w.leafs = cases[i].leafs;
        for (int n = 0; n < w.node_count; n++)
            w.nodes[n].version = cases[i].version;
        world_run(&w, 20);
        snprintf(says, sizeof(says),
                 told ? "no buffer above 1 %% of max, and none grows\n" : "no client's buffer above 1 %%%s",
                 cases[i].untold);
        check_says(&w, 80, (const char *const[]){says, NULL}, told ? "not reported by 2" : "none grows");
        check_says(
            &w, 50,
            (const char *const[]){told ? "no buffer above" : "no client's buffer above 1 % of max\n", NULL},
            "; routes");
        frame_open(&f, &w, "overview");
        char *text = frame_text(&f, 120, 40, false);
        snprintf(says, sizeof(says), "no %s has bytes waiting%s", told ? "connection" : "client",
                 told ? "\n" : cases[i].untold);
        ck_assert_msg(strstr(text, says) != NULL, "no \"%s\" in\n%s", says, text);
        free(text);
        frame_close(&f);
        world_finish(&w);
    }
}
END_TEST

static int lines_with(struct frame *f, int cols, int rows, const char *part) {
    char *text = frame_text(f, cols, rows, false);
    int lines = 0;
    for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
        lines++;
    free(text);
    return lines;
}

/* Of a pool of connections one holds much: a line for each two servers, the one that holds most first. */
START_TEST(a_route_is_shown_while_bytes_wait_on_it) {
    struct world w, calm;
    struct frame f;
    world_slow_route(&w);
    frame_open(&f, &w, "slow");
    ck_assert_int_eq(lines_with(&f, 80, 24, " to n2-lon: "), 2);
    ck_assert_int_eq(lines_with(&f, 80, 24, "ROUTE n1-lon to n2-lon: 14.7M wait, +2.10M/s"), 1);
    ck_assert_int_eq(
        lines_with(&f, 120, 40, "14.7M wait, +2.10M/s, write deadline 10s: closed if nothing leaves"), 1);
    frame_close(&f);
    world_finish(&w);
    world_calm(&calm);
    frame_open(&f, &calm, "slow");
    ck_assert_int_eq(lines_with(&f, 120, 40, "M wait"), 0);
    frame_close(&f);
    world_finish(&calm);
}
END_TEST

/* No client, and the server closed it all the same. */
START_TEST(a_route_that_was_closed_is_named) {
    struct world w;
    struct frame f;
    world_slow_route(&w);
    w.route_closed = true;
    world_run(&w, 20);
    frame_open(&f, &w, "slow");
    ck_assert_int_eq(lines_with(&f, 80, 24, "-CUT OFF 1 route closed -"), 1);
    ck_assert_int_eq(lines_with(&f, 120, 40, "-CUT OFF BY SERVER 1 route closed -"), 1);
    ck_assert_int_eq(lines_with(&f, 120, 40, "no client cut in the last 10 min (watched since 02:29:00)"), 1);
    world_run(&w, 620);
    ck_assert_int_eq(lines_with(&f, 120, 40, "route closed"), 0);
    frame_close(&f);
    world_finish(&w);
}
END_TEST

/* No list has it: what is said of lists that are empty is not said of all. */
START_TEST(a_gateway_is_shown_while_bytes_wait_on_it) {
    static const char *const names[] = {"slow", "overview"};
    for (int i = 0; i < 2; i++) {
        struct world w;
        struct frame f;
        world_slow_gateway(&w);
        frame_open(&f, &w, names[i]);
        for (int wide = 0; wide < 2; wide++) {
            int cols = wide ? 120 : 80, rows = wide ? 40 : 24;
            ck_assert_int_eq(lines_with(&f, cols, rows, "M wait on the gateway n1-lon to east"), i == 1);
            ck_assert_int_eq(lines_with(&f, cols, rows,
                                        "GATEWAY n1-lon to east: 26.6M wait, +2.96M/s, write deadline 10s"),
                             i == 0);
            ck_assert_int_eq(lines_with(&f, cols, rows, "no connection has bytes waiting"), 0);
            ck_assert_int_eq(lines_with(&f, cols, rows, "and none grows"), 0);
        }
        frame_close(&f);
        world_finish(&w);
    }
}
END_TEST

/* No client, but cut all the same. */
START_TEST(a_leaf_node_that_was_cut_is_counted) {
    struct world w;
    struct frame f;
    world_slow_leafs(&w);
    frame_open(&f, &w, "slow");
    ck_assert_int_eq(lines_with(&f, 80, 24, "CUT OFF 1 leaf node"), 1);
    ck_assert_int_eq(lines_with(&f, 120, 40, "CUT OFF BY SERVER 1 leaf node"), 1);
    ck_assert_int_eq(lines_with(&f, 120, 40, "a leaf node did not read in time: ~leaf-1, 1 counted"), 1);
    frame_close(&f);
    world_finish(&w);
}
END_TEST

/* Whatever is known of who feeds it, no row of the detail above its subjects and chart stands empty. */
START_TEST(the_detail_has_no_empty_line) {
    static void (*const worlds[])(struct world *) = {world_filling, world_flat, world_busy};
    static const int sizes[][2] = {{80, 40}, {120, 40}, {200, 60}};
    for (int i = 0; i < 9; i++) {
        struct world w;
        struct frame f;
        worlds[i / 3](&w);
        frame_open(&f, &w, "slow");
        char *text = frame_text(&f, sizes[i % 3][0], sizes[i % 3][1], false);
        char *from = strstr(text, "-CID ");
        ck_assert_ptr_nonnull(from);
        char *chart = strstr(from, "-PENDING "), *subjects = strstr(from, "-SUBSCRIPTIONS ");
        ck_assert(chart && subjects);
        *(chart < subjects ? chart : subjects) = 0;
        ck_assert_msg(!strstr(from, "\n\n"), "%s", from);
        free(text);
        frame_close(&f);
        world_finish(&w);
    }
}
END_TEST

/* That nobody was cut is said of the time that we watch, and not where a server counts what no record tells.
 */
START_TEST(an_empty_list_tells_since_when) {
    static const char *const late[] = {"no client cut since we watch (watched since 02:29:00)\n", NULL};
    static const char *const untold[] = {
        "300 counted since the start, no record is left (watched since 02:29:00)\n", NULL};
    static const char *const undivided[] = {
        "300 counted, no record says who: links have none (watched since 02:29:00)\n", NULL};
    static const char *const narrow[] = {"300 counted, no record says who\n", NULL};
    static const struct world_life quiet = {.name = "quiet", .cid = 102, .lives = 1, .drains_per_s = 5e5};
    struct world w;
    for (int i = 0; i < 3; i++) {
        bool young = i > 0;
        world_init(&w);
        w.jetstream = false;
        w.closes = true;
        w.lives = &quiet;
        w.life_count = 1;
        for (int node = 0; i == 2 && node < w.node_count; node++)
            w.nodes[node].version = "2.9.10";
        w.counted = 100; /* of three servers each */
        w.up_s = young ? 60 : 0;
        world_run(&w, 30);
        check_says(&w, 80,
                   i == 2  ? undivided
                   : young ? untold
                           : late,
                   young ? "no client cut" : "counted since");
        if (young)
            check_says(&w, 56, narrow, "no client since");
        world_finish(&w);
    }
}
END_TEST

/* Records come after the count: so long it is not said that there are none. */
START_TEST(what_was_counted_just_now_is_looked_up) {
    static const char *const wide[] = {"300 counted just now, who it was is looked up\n", NULL};
    static const char *const narrow[] = {"300 counted, looked up\n", NULL};
    static const struct world_life quiet = {.name = "quiet", .cid = 102, .lives = 1, .drains_per_s = 5e5};
    struct world w;
    world_init(&w);
    w.jetstream = false;
    w.closes = true;
    w.lives = &quiet;
    w.life_count = 1;
    w.up_s = 60;
    world_run(&w, 30);
    w.counted = 100;
    world_run(&w, 2);
    check_says(&w, 80, wide, "no record");
    check_says(&w, 56, narrow, "no record");
    world_finish(&w);
}
END_TEST

/* Who has emptied its buffer is listed for a while, and as that. */
START_TEST(the_title_counts_what_is_so_now) {
    static const char *const fills[] = {"NOW 1 of 1,000: over 1 % of max, or growing -", NULL};
    static const char *const emptied[] = {"NOW 0 of 1,000: over 1 % of max, or growing, and 1 just emptied -",
                                          "emptied ", NULL};
    struct world_life life = {
        .name = "burst", .cid = 102, .lives = 1, .fills_per_s = 1e6, .most = 3e7, .drains_per_s = 5e5};
    struct world w;
    world_init(&w);
    w.jetstream = false;
    w.lives = &life;
    w.life_count = 1;
    world_run(&w, 20);
    check_says(&w, 120, fills, "emptied");
    life.fills_per_s = 0, life.drains_per_s = 5e6;
    world_run(&w, 6);
    check_says(&w, 120, emptied, NULL);
    world_run(&w, 60);
    check_says(&w, 120, (const char *const[]){"no client's buffer above 1 %", NULL}, "emptied");
    world_finish(&w);
}
END_TEST

/* Where there is no room the middle goes: what follows from it stands at the end. */
START_TEST(a_pattern_keeps_its_end) {
    struct world w;
    struct frame f;
    world_cut_again(&w);
    frame_open(&f, &w, "slow");
    char *text = frame_text(&f, 60, 24, false), *line = strstr(text, "PATTERN billing-7 cut 15 times");
    ck_assert_msg(line != NULL, "%.2000s", text);
    *strchr(line, '\n') = 0;
    ck_assert_msg(strlen(line) > 11 && strcmp(line + strlen(line) - 11, ", on n2-lon") == 0, "%s", line);
    free(text);
    frame_close(&f);
    world_finish(&w);
}
END_TEST

/* Whole tokens, as far as there is room for any. */
START_TEST(a_subject_is_cut_between_its_tokens) {
    struct world w;
    struct frame f;
    world_filling(&w);
    uint64_t reader = world_object(&w, OBJECT_CONNECTION, Q_CONNECTION_name, "billing-3");
    struct sample *s = world_sample(&w, 1, SHAPE_CONNZ_SUBS);
    world_answer(&w, s, 1);
    world_u(sample_add(s, ENTITY_QUESTION), F_QUESTION_cid, 4702);
    struct row *open = sample_add(s, ENTITY_CONNECTION), *r = sample_add(s, ENTITY_SUBSCRIPTION);
    world_u(open, F_CONNECTION_cid, 4702);
    world_u(r, F_SUBSCRIPTION_cid, 4702);
    world_text(s, r, F_SUBSCRIPTION_sid, "9");
    world_text(s, r, F_SUBSCRIPTION_subject,
               "warehouse.europe.netherlands.rotterdam.terminal-eighteen.container-arrivals.inspected");
    world_send(&w, s);
    frame_open(&f, &w, "slow");
    f.context.object = reader;
    ck_assert_int_eq(lines_with(&f, 80, 40, " warehouse.europe.….inspected "), 1);
    frame_close(&f);
    world_finish(&w);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("views slow");
    TCase *tc = tcase_create("slow");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_route_is_shown_while_bytes_wait_on_it);
    tcase_add_test(tc, a_leaf_node_that_was_cut_is_counted);
    tcase_add_test(tc, a_route_that_was_closed_is_named);
    tcase_add_test(tc, a_gateway_is_shown_while_bytes_wait_on_it);
    tcase_add_test(tc, the_detail_has_no_empty_line);
    tcase_add_test(tc, an_empty_list_tells_since_when);
    tcase_add_test(tc, what_was_counted_just_now_is_looked_up);
    tcase_add_test(tc, one_that_was_cut_still_holds_producers);
    tcase_add_test(tc, nothing_is_claimed_of_servers_that_do_not_answer);
    tcase_add_test(tc, links_that_no_server_tells_of_are_not_claimed);
    tcase_add_test(tc, a_subject_is_cut_between_its_tokens);
    tcase_add_test(tc, who_is_hidden_was_not_cut);
    tcase_add_test(tc, the_title_counts_what_is_so_now);
    tcase_add_test(tc, a_pattern_keeps_its_end);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
