/* Who feeds a connection that fills: who sends within its account, over all servers. */
#include "tests/model_build.h"

struct client {
    uint64_t node, cid;
    const char *name, *account;
    int64_t sent, pending, queued;
};

static void send_clients(struct night *n, const struct client *clients, int count, int seconds) {
    static const char *const ids[] = {"IDA", "IDB"}, *const names[] = {"n1", "n2"};
    for (uint64_t node = 0; node < 2; node++) {
        send_varz(n, node + 1, ids[node], names[node]);
        struct sample *s = build(n, node + 1, SHAPE_CONNZ_FULL, ids[node]);
        for (int i = 0; i < count; i++) {
            if (clients[i].node != node)
                continue;
            struct row *row = sample_add(s, ENTITY_CONNECTION);
            put_u(row, F_CONNECTION_cid, clients[i].cid);
            put_text(s, row, F_CONNECTION_name, clients[i].name);
            put_text(s, row, F_CONNECTION_account, clients[i].account);
            put_i(row, F_CONNECTION_in_msgs, clients[i].sent * seconds);
            put_i(row, F_CONNECTION_out_msgs, clients[i].queued * seconds);
            put_i(row, F_CONNECTION_pending_bytes, clients[i].pending);
        }
        send(n, s);
    }
}

static const struct client all[] = {{0, 4, "billing-7", "PAY", 5000, 1 << 20, 900},
                                    {0, 5, "calm", "PAY", 0, 0, 0},
                                    {1, 4, "orders-api-1", "PAY", 600, 0, 0},
                                    {0, 6, "orders-api-2", "PAY", 400, 0, 0},
                                    {1, 5, "other", "SHOP", 9000, 0, 0},
                                    {1, 7, NULL, NULL, 20, 0, 0},
                                    {0, 8, "global", NULL, 0, 77, 40},
                                    {0, 9, "elsewhere", NULL, 0, 77, 41}};

START_TEST(who_may_feed_it) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://a:8222", "named", "polled", NULL, NULL);
    send_target(&n, 2, "http://b:8222", "named", "polled", NULL, NULL);
    send_clients(&n, all, 8, 0);
    const struct object *fills = find_by(&n, Q_CONNECTION_name, "billing-7");
    ck_assert_int_eq(quantity_get(n.model, fills, Q_CONNECTION_fed_by).type, VALUE_UNKNOWN);
    night_until(&n, 1);
    send_clients(&n, all, 8, 1);
    ck_assert_str_eq(text_value(&n, fills, Q_CONNECTION_fed_by),
                     "~one of 2 senders of PAY: orders-api-1 600/s, orders-api-2 400/s");
    ck_assert_int_eq(quantity_get(n.model, find_by(&n, Q_CONNECTION_name, "calm"), Q_CONNECTION_fed_by).type,
                     VALUE_UNKNOWN); /* nothing waits for it */
    ck_assert_str_eq(text_value(&n, find_by(&n, Q_CONNECTION_name, "global"), Q_CONNECTION_fed_by),
                     "~cid 7 20/s, the only known sender of $G");
    ck_assert_int_eq(
        quantity_get(n.model, find_by(&n, Q_CONNECTION_name, "elsewhere"), Q_CONNECTION_fed_by).type,
        VALUE_UNKNOWN); /* more comes to it than they send */
    night_end(&n);
}
END_TEST

/* The busiest of an account is not to blame for a reader of somebody else's subject. */
START_TEST(no_one_is_blamed_among_several) {
    static const struct client senders[] = {
        {0, 6, "part40", NULL, 0, 5 << 20, 10}, {0, 7, "feed-c", NULL, 10, 0, 0},
        {0, 8, "feed-a", NULL, 60, 0, 0},       {1, 3, "idle", NULL, 0, 0, 0},
        {1, 4, "feed-b", NULL, 50, 0, 0},       {1, 5, "feed-d", NULL, 5, 0, 0},
        {1, 6, "feed-e", NULL, 20, 0, 0},
    };
    static const struct {
        int clients;
        const char *fed_by;
    } steps[] = {{2, "~feed-c 10/s, the only known sender of $G"},
                 {4, "~one of 2 senders of $G: feed-a 60/s, feed-c 10/s"},
                 {5, "~one of 3 senders of $G: feed-a 60/s, feed-b 50/s, feed-c 10/s"},
                 {7, "~one of 5 senders of $G: feed-a 60/s, feed-b 50/s, feed-e 20/s, + 2 more"}};
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        struct night n;
        night_begin(&n, 0, 1);
        send_target(&n, 1, "http://a:8222", "named", "polled", NULL, NULL);
        send_target(&n, 2, "http://b:8222", "named", "polled", NULL, NULL);
        send_clients(&n, senders, steps[i].clients, 0);
        night_until(&n, 1);
        send_clients(&n, senders, steps[i].clients, 1);
        ck_assert_str_eq(text_value(&n, find_by(&n, Q_CONNECTION_name, "part40"), Q_CONNECTION_fed_by),
                         steps[i].fed_by);
        night_end(&n);
    }
}
END_TEST

static TCase *make(void) {
    TCase *c = tcase_create("fed");
    tcase_add_test(c, who_may_feed_it);
    tcase_add_test(c, no_one_is_blamed_among_several);
    return c;
}

int main(void) {
    return run_case("model/fed", make);
}
