/* Who feeds a connection that fills: who sends within its account, over all servers. */
#include "tests/model_build.h"

struct client {
    uint64_t node, cid;
    const char *name, *account;
    double sent, queued; /* messages a second */
    int64_t pending;
    double sent_bytes, queued_bytes; /* a second */
};

static enum shape page = SHAPE_CONNZ_FULL;

/* So much more than at the last time. */
static void send_clients(struct night *n, const struct client *clients, size_t count, double seconds) {
    static const char *const ids[] = {"IDA", "IDB"}, *const names[] = {"n1", "n2"};
    static double sums[64][4];
    for (uint64_t node = 0; node < 2; node++) {
        send_varz(n, node + 1, ids[node], names[node]);
        struct sample *s = build(n, node + 1, page, ids[node]);
        for (size_t i = 0; i < count; i++) {
            const struct client *c = &clients[i];
            double grown[] = {c->sent, c->queued, c->sent_bytes, c->queued_bytes};
            static const enum field at[] = {F_CONNECTION_in_msgs, F_CONNECTION_out_msgs,
                                            F_CONNECTION_in_bytes, F_CONNECTION_out_bytes};
            if (c->node != node)
                continue;
            struct row *row = sample_add(s, ENTITY_CONNECTION);
            put_u(row, F_CONNECTION_cid, c->cid);
            put_text(s, row, F_CONNECTION_name, c->name);
            put_text(s, row, F_CONNECTION_account, c->account);
            put_i(row, F_CONNECTION_pending_bytes, c->pending);
            if (page == SHAPE_CONNZ_HOT && c->pending)
                put_i(row, F_CONNECTION_stalls, n->at / NS_PER_S);
            for (int f = 0; f < 4; f++) {
                sums[i][f] = seconds > 0 ? sums[i][f] + grown[f] * seconds : 0;
                put_i(row, at[f], (int64_t)sums[i][f]);
            }
        }
        put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, count);
        send(n, s);
    }
}

static void begin(struct night *n, const struct client *clients, size_t count) {
    night_begin(n, 0, 1);
    send_target(n, 1, "http://a:8222", "named", "polled", NULL, NULL);
    send_target(n, 2, "http://b:8222", "named", "polled", NULL, NULL);
    send_clients(n, clients, count, 0);
}

static void until(struct night *n, double second, const struct client *clients, size_t count) {
    while (n->at < ns(second)) {
        night_until(n, (double)n->at / 1e9 + 2);
        send_clients(n, clients, count, 2);
    }
}

static const char *feeder_of(const struct night *n, const char *name) {
    struct value v = quantity_get(n->model, find_by(n, Q_CONNECTION_name, name), Q_CONNECTION_fed_by);
    return v.type == VALUE_UNKNOWN ? "" : v.text;
}

static void fed_by(const struct client *clients, size_t count, const char *name, const char *text) {
    struct night n;
    begin(&n, clients, count);
    ck_assert_str_eq(feeder_of(&n, name), "");
    until(&n, 4, clients, count);
    ck_assert_str_eq(feeder_of(&n, name), text);
    night_end(&n);
}

#define BEYOND                                                                                               \
    "not known: no known sender of its account sends so much; another account, a stream, or beyond this "    \
    "cluster"

START_TEST(who_may_feed_it) {
    static const struct client all[] = {{0, 4, "billing-7", "PAY", 5000, 900, 1 << 20, 500000, 90000},
                                        {0, 5, "calm", "PAY", 0, 0, 0, 0, 0},
                                        {1, 4, "orders-api-1", "PAY", 600, 0, 0, 60000, 0},
                                        {0, 6, "orders-api-2", "PAY", 300, 0, 0, 30000, 0},
                                        {1, 5, "other", "SHOP", 9000, 0, 0, 900000, 0},
                                        {1, 7, NULL, NULL, 20, 0, 0, 2000, 0},
                                        {0, 8, "global", NULL, 0, 20, 77, 0, 2000},
                                        {0, 9, "elsewhere", NULL, 0, 60, 77, 0, 6000},
                                        {0, 10, "stuck", NULL, 0, 0, 77, 0, 0}};
    static const struct {
        const char *name, *fed_by;
    } fed[] = {
        {"billing-7",
         "~orders-api-1 600/s 58.6K/s and orders-api-2 300/s 29.3K/s together, by rate, of 2 senders of PAY"},
        {"calm", ""}, /* nothing waits for it */
        {"global", "~cid 7 20/s 1.95K/s, a guess by rate: the only known sender of $G"},
        {"elsewhere", BEYOND},
        {"stuck", ""}}; /* nothing came lately that could be compared */
    fed_by(all, sizeof all / sizeof *all, fed[_i].name, fed[_i].fed_by);
}
END_TEST

/* A reader is sent 20 messages of 25 kB a second; others of its account send more messages, or fewer bytes.
 */
static const struct client quarter[] = {
    {0, 6, "reader", NULL, 0, 20, 5 << 20, 0, 500000}, {0, 7, "metrics", NULL, 50, 0, 0, 2500, 0},
    {1, 8, "feeder", NULL, 20, 0, 0, 500000, 0},       {1, 9, "tiny", NULL, 300, 0, 0, 3000, 0},
    {1, 10, "bulk", NULL, 2, 0, 0, 2000000, 0},        {0, 11, "idle", NULL, 0, 0, 0, 0, 0}};
enum { ALL = sizeof quarter / sizeof *quarter };

START_TEST(who_matches_best) {
    fed_by(quarter, ALL, "reader", "~feeder 20/s 488K/s, by rate the best match, of 4 senders of $G");
}
END_TEST

/* Nobody is named who sends too little. */
START_TEST(too_little_is_no_match) {
    struct client some[ALL];
    memcpy(some, quarter, sizeof some);
    some[2].account = "ELSE";
    some[4].account = "ELSE";
    fed_by(some, ALL, "reader", BEYOND);
}
END_TEST

START_TEST(one_of_several_alike) {
    struct client some[ALL];
    memcpy(some, quarter, sizeof some);
    some[5].sent = 19, some[5].sent_bytes = 480000;
    fed_by(some, ALL, "reader",
           "~one of 2 that match by rate: idle, feeder about 19/s 469K/s each, of 5 senders of $G");
}
END_TEST

START_TEST(several_together) {
    struct client some[ALL];
    memcpy(some, quarter, sizeof some);
    some[4].account = "ELSE";
    for (int i = 2; i < ALL; i += 3)
        some[i].sent = i == 2 ? 7 : 6, some[i].sent_bytes = 25000 * some[i].sent;
    fed_by(some, ALL, "reader",
           "~one of 2 that come nearest by rate: idle, feeder about 6/s 146K/s each, of 4 senders of $G");
}
END_TEST

/* The sum of several is what comes, and none of them alone: of more that send alike nobody knows which. */
START_TEST(the_sum_of_several) {
    static const struct client all[] = {{0, 6, "reader", NULL, 0, 30, 5 << 20, 0, 600000},
                                        {1, 7, "eq-0", NULL, 10, 0, 0, 200000, 0},
                                        {0, 8, "eq-2", NULL, 10, 0, 0, 200000, 0},
                                        {0, 9, "eq-1", NULL, 10, 0, 0, 200000, 0},
                                        {0, 10, "noisy-small", NULL, 200, 0, 0, 8000, 0},
                                        {0, 11, "bystander", NULL, 10, 0, 0, 200000, 0},
                                        {1, 12, "pair", "SUM", 0, 40, 1 << 20, 0, 4000000},
                                        {1, 13, "feeder2", "SUM", 20, 0, 0, 2000000, 0},
                                        {0, 14, "feeder", "SUM", 20, 0, 0, 2000000, 0},
                                        {0, 15, "apart", "ODD", 0, 60, 1 << 20, 0, 600000},
                                        {0, 16, "a", "ODD", 40, 0, 0, 400000, 0},
                                        {0, 17, "b", "ODD", 13, 0, 0, 130000, 0},
                                        {0, 18, "c", "ODD", 6, 0, 0, 60000, 0},
                                        {0, 19, "either", "TWO", 0, 60, 1 << 20, 0, 600000},
                                        {0, 20, "k", "TWO", 40, 0, 0, 400000, 0},
                                        {0, 21, "l", "TWO", 20, 0, 0, 200000, 0},
                                        {0, 22, "m", "TWO", 20, 0, 0, 200000, 0}};
    static const struct {
        const char *name, *fed_by;
    } fed[] = {
        {"reader",
         "~3 of 4 together by rate: bystander, eq-1, eq-2, eq-0 about 10/s 195K/s each, of 5 senders of $G"},
        {"pair", "~feeder2 20/s 1.91M/s and feeder 20/s 1.91M/s together, by rate, of 2 senders of SUM"},
        {"apart", "~a 40/s 391K/s and b 13/s 127K/s together, by rate, of 3 senders of ODD"},
        {"either",
         "~2 of 3 together by rate: k 40/s 391K/s, l 20/s 195K/s, m 20/s 195K/s, of 3 senders of TWO"}};
    fed_by(all, sizeof all / sizeof *all, fed[_i].name, fed[_i].fed_by);
}
END_TEST

/* Held back it sends next to nothing; what it sent before is what fed it. */
START_TEST(who_is_held_stays) {
    struct night n;
    struct client held[ALL];
    begin(&n, quarter, ALL);
    until(&n, 10, quarter, ALL);
    memcpy(held, quarter, sizeof held);
    held[0].queued = held[2].sent = 1;
    held[0].queued_bytes = held[2].sent_bytes = 25000;
    until(&n, 36, held, ALL);
    ck_assert_str_eq(feeder_of(&n, "reader"),
                     "~feeder sent 20/s 488K/s lately, 1/s now, by rate the best match, of 4 senders of $G");
    until(&n, 100, held, ALL);
    ck_assert_str_eq(feeder_of(&n, "reader"),
                     "~feeder 1/s 24.4K/s, by rate the best match, of 4 senders of $G");
    night_end(&n);
}
END_TEST

/* It was slowed by the server that it shares with the reader. */
START_TEST(who_is_held_by_its_server) {
    struct night n;
    struct client held[ALL];
    memcpy(held, quarter, sizeof held);
    held[2].node = 0, held[0].pending = 50 << 20;
    begin(&n, held, ALL);
    until(&n, 10, held, ALL);
    held[0].queued = held[2].sent = 1;
    held[0].queued_bytes = held[2].sent_bytes = 25000;
    held[0].pending = 60 << 20;
    page = SHAPE_CONNZ_HOT;
    until(&n, 20, held, ALL);
    ck_assert_str_eq(feeder_of(&n, "reader"),
                     "~feeder sent 20/s 488K/s before it was held, 1/s now, by rate the "
                     "best match, of 4 senders of $G");
    night_end(&n);
}
END_TEST

/* A long name keeps its ends, and the line what it is about. */
START_TEST(a_long_name) {
    struct client some[ALL];
    memcpy(some, quarter, sizeof some);
    some[2].name = "orders-api-of-the-eastern-region-of-a-company-7";
    fed_by(some, ALL, "reader",
           "~orders-api-of-t…of-a-company-7 20/s 488K/s, by rate the best match, of 4 senders of $G");
}
END_TEST

static TCase *make(void) {
    TCase *c = tcase_create("fed");
    tcase_add_loop_test(c, who_may_feed_it, 0, 5);
    tcase_add_test(c, who_matches_best);
    tcase_add_test(c, too_little_is_no_match);
    tcase_add_test(c, one_of_several_alike);
    tcase_add_test(c, several_together);
    tcase_add_loop_test(c, the_sum_of_several, 0, 4);
    tcase_add_test(c, who_is_held_stays);
    tcase_add_test(c, who_is_held_by_its_server);
    tcase_add_test(c, a_long_name);
    return c;
}

int main(void) {
    return run_case("model/fed", make);
}
