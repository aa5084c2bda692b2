/* By what rules servers cut who fills: limits of clients and of leaf nodes, and whether producers are held.
 */
#include "tests/model_fills_played.h"

/* ---- the rules of servers ---- */

static struct cut_rules rules_of(const char *version, const char *kind, double body) {
    struct sample *s = sample_create();
    struct row *server = sample_add(s, ENTITY_SERVER), *row = sample_add(s, ENTITY_CONNECTION);
    put_text(s, server, F_SERVER_version, version);
    put_i(server, F_SERVER_max_pending, 1000);
    put_i(server, F_SERVER_write_deadline, ns(10));
    put_text(s, row, F_CONNECTION_kind, kind);
    struct cut_rules rules = cut_rules_of(server, row, 16, body);
    sample_destroy(s);
    return rules;
}

START_TEST(producers_are_held_by_version) {
    static const struct {
        const char *version;
        double share;
    } cases[] = {{"2.9.10", 0.5},        {"2.10.25", 0.5}, {"2.10.26", 0.75}, {"2.11.0", 0.75},
                 {"2.10.26-RC.1", 0.75}, {"2.15.2", 0.75}, {"3.0", 0.75}};
    for (int i = 0; i < COUNT(cases); i++)
        ck_assert_double_eq(rules_of(cases[i].version, "Client", 100).held_share, cases[i].share);
    ck_assert(isinf(rules_of("main", "Client", 100).max_pending));
    ck_assert(isinf(rules_of("2.15.2", "Router", 100).max_pending));
    ck_assert(rules_of("2.15.2", "Leafnode", 100).kept && !rules_of("2.15.2", "Client", 100).kept);
    ck_assert_double_eq(rules_of("2.9.10", "Leafnode", 100).held_share, 0.5);
}
END_TEST

/* Its whole node stopped; 4 MB/s, 2.15.2. At a deadline its server puts what waits into its next write, which
 * is not among what waits: that is no reading. */
static const struct fill leaf = {"a leaf node that stops",
                                 "2.15.2",
                                 16000000,
                                 6,
                                 0,
                                 {{0, 0, 4000000, 20},
                                  {2, 0, 12000000, 60},
                                  {4, 3600000, 20000000, 100},
                                  {6, 11601160, 28000000, 140},
                                  {8, 19500000, 36000000, 180},
                                  {10, 4236764, 44000000, 220},
                                  {12, 12100000, 52000000, 260},
                                  {14, 19838324, 60000000, 300},
                                  {16, 27400000, 67600000, 338},
                                  {18, 34566610, 75000000, 375}}};

static void send_leaf(struct night *n, const struct fill_row *r) {
    struct sample *s = build(n, 1, SHAPE_CONNZ_HOT, "IDA");
    put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, 1);
    put_text(s, add_connection(s, 9, r), F_CONNECTION_kind, "Leafnode");
    send(n, s);
}

START_TEST(a_leaf_node_that_stops) {
    struct night n;
    begin(&n, &leaf);
    for (int i = 0; i < rows_of(&leaf); i++) {
        go_to(&n, &leaf, leaf.rows[i].at);
        send_leaf(&n, &leaf.rows[i]);
        const char *next = words_of(&n, Q_CONNECTION_next), *likely = words_of(&n, Q_CONNECTION_likely);
        ck_assert(isnan(value_of(&n, Q_CONNECTION_cut_in))); /* no number of bytes cuts it */
        ck_assert_msg(!likely || strcmp(likely, "slow reader") != 0, "%g s: %s", leaf.rows[i].at, likely);
        if (leaf.rows[i].at == 6)
            ck_assert_str_eq(
                next, "write deadline 6s: closed if nothing leaves, producers held from 75% full, due by "
                      "its growth");
        if (leaf.rows[i].at == 16)
            ck_assert_str_eq(next, "producers held for 4s, write deadline 6s: closed if nothing leaves");
        if (leaf.rows[i].at >= 14)
            ck_assert_str_eq(likely, "stopped");
    }
    ck_assert_double_eq(value_of(&n, Q_CONNECTION_held_from), 0.75);
    night_end(&n);
}
END_TEST

START_TEST(a_deadline_is_for_so_many_buffers) {
    ck_assert(isinf(rules_of("2.10.25", "Client", 4096).chunk));
    ck_assert_double_eq_tol(rules_of("2.15.2", "Client", 100).chunk, 1024 * 512, 1024 * 64);
    ck_assert_double_eq_tol(rules_of("2.15.2", "Client", 4096).chunk, 4.2e6, 0.3e6);
    ck_assert_double_eq_tol(rules_of("2.15.2", "Client", 60000).chunk, 64e6, 4e6);
}
END_TEST

START_TEST(who_keeps_up_is_not_cut) {
    struct cut_rules rules = rules_of("2.9.10", "Client", 100);
    rules.max_pending = 64e6;
    rules.held_above = 32e6;
    struct cut cut = cut_foresee(&rules, &(struct writing){5e6, -0.5, 1e6, 2e6, 1e6});
    ck_assert_int_eq(cut.by, CUT_NOT);
    ck_assert(isinf(cut.in_s) && isinf(cut.held_in_s));
    cut = cut_foresee(&rules, &(struct writing){5e6, -0.5, 1e6, 1e6, 2e6});
    ck_assert_int_eq(cut.by, CUT_BY_DEADLINE); /* 11 s after the first write of more than 10 MB began */
    ck_assert_double_gt(cut.in_s, 10);
}
END_TEST

static TCase *cases(void) {
    TCase *tc = tcase_create("cut rules");
    tcase_add_test(tc, producers_are_held_by_version);
    tcase_add_test(tc, a_leaf_node_that_stops);
    tcase_add_test(tc, a_deadline_is_for_so_many_buffers);
    tcase_add_test(tc, who_keeps_up_is_not_cut);
    return tc;
}

int main(void) {
    return run_case("model/cut rules", cases);
}
