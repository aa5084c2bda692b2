/* What is delivered again, who is pinned, and streams that nobody lists any more. */
#include "tests/model_lagging.h"

static double of(const struct night *n, enum quantity q) {
    return number_value(n, consumer(n, "C"), q);
}

/* Every five seconds for so long: `fresh` messages and `again` redeliveries more. */
static void deliver(struct night *n, double seconds, uint64_t fresh, uint64_t again,
                    struct told_stream *stream, struct told_consumer *c) {
    for (double until = (double)n->at / 1e9 + seconds; (double)n->at / 1e9 < until - 1;) {
        varz_until(n, (double)n->at / 1e9 + 5, 7);
        stream->last += fresh;
        c->deliveries += fresh + again;
        c->delivered += fresh;
        c->floor += fresh;
        c->last_delivered = c->last_ack = (double)n->at / 1e9;
        tell(n, stream, c);
    }
}

START_TEST(redeliveries_are_a_share_of_what_the_last_minute_delivered) {
    struct night n;
    struct told_stream stream = told(1, 1000, -1000, 0);
    struct told_consumer c = {.deliveries = 1000, .delivered = 1000, .floor = 1000, .waiting = 1};
    begin_three(&n);
    tell(&n, &stream, &c);
    ck_assert(isnan(of(&n, Q_CONSUMER_redelivery_share)));
    ck_assert(is_new(&n, consumer(&n, "C"), Q_CONSUMER_delivered_per_min));
    deliver(&n, 90, 75, 25, &stream, &c);
    ck_assert_double_eq_tol(of(&n, Q_CONSUMER_redelivery_share), 0.25, 1e-6);
    ck_assert_double_ge(of(&n, Q_CONSUMER_delivered_per_min), 1000); /* 1,200, less a part begun */
    ck_assert_double_le(of(&n, Q_CONSUMER_delivered_per_min), 1200);
    deliver(&n, 70, 100, 0, &stream, &c);
    ck_assert_double_eq(of(&n, Q_CONSUMER_redelivery_share), 0);
    deliver(&n, 70, 0, 0, &stream, &c);
    ck_assert_double_eq(of(&n, Q_CONSUMER_delivered_per_min), 0);
    ck_assert(isnan(of(&n, Q_CONSUMER_redelivery_share))); /* of nothing */
    night_end(&n);
}
END_TEST

START_TEST(a_group_that_is_to_be_pinned_and_is_not) {
    static const struct {
        const char *policy, *pinned;
        bool configured;
        const char *pin;
    } told_of[] = {{"pinned_client", NULL, true, "unpinned"},
                   {"pinned_client", "abc", true, "pinned"},
                   {"overflow", NULL, true, "none"},
                   {NULL, NULL, true, "none"},
                   {NULL, NULL, false, ""}};
    for (size_t i = 0; i < 5; i++) {
        struct night n;
        struct told_stream stream = told(1, 1000, -1000, 0);
        struct told_consumer c = {.deliveries = 1000, .delivered = 1000, .floor = 1000};
        c.unconfigured = !told_of[i].configured;
        begin_three(&n);
        struct sample *s = jsz(&n, 0);
        tell_stream(s, &stream, 0);
        tell_consumer(s, &c, 0);
        put_text(s, row_of(s, ENTITY_CONSUMER), F_CONSUMER_priority_policy, told_of[i].policy);
        put_text(s, row_of(s, ENTITY_CONSUMER), F_CONSUMER_pinned, told_of[i].pinned);
        send(&n, s);
        ck_assert_str_eq(text_value(&n, consumer(&n, "C"), Q_CONSUMER_pin), told_of[i].pin);
        night_end(&n);
    }
}
END_TEST

/* Two answers of all without it. */
static void unlist(struct night *n) {
    for (int i = 0; i < 3; i++) {
        varz_until(n, floor((double)n->at / 1e9) + 5, 7);
        for (int node = 0; node < 3; node++)
            send(n, jsz(n, node));
    }
    varz_until(n, floor((double)n->at / 1e9) + 1, 7);
}

START_TEST(a_stream_that_had_messages_is_missed) {
    static const struct {
        double created;
        uint64_t first, last;
        bool vanished;
    } was[] = {{NEVER, 1, 1000, true}, /* a day old */
               {NEVER, 1001, 1000, false} /* empty */,
               {1, 1, 1000, false} /* a few seconds */};
    for (size_t i = 0; i < 3; i++) {
        struct night n;
        struct told_stream stream = told(was[i].first, was[i].last, -1000, 0);
        struct told_consumer c = {.deliveries = 1000, .delivered = 1000, .floor = 1000};
        stream.created = was[i].created;
        begin_three(&n);
        for (int second = 2; second < 20; second += 5) {
            varz_until(&n, second, 7);
            for (int node = 1; node < 3; node++)
                send(&n, jsz(&n, node));
            tell(&n, &stream, &c);
        }
        ck_assert_double_eq(number_value(&n, find_by(&n, Q_STREAM_name, "ORDERS"), Q_STREAM_vanished), 0);
        unlist(&n);
        const struct object *gone = find_by(&n, Q_STREAM_name, "ORDERS");
        ck_assert_ptr_nonnull(gone);
        ck_assert_int_eq(gone->freshness, FRESH_GONE);
        ck_assert_double_eq(number_value(&n, gone, Q_STREAM_vanished), was[i].vanished);
        night_end(&n);
    }
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("deliveries");
    tcase_add_test(t, redeliveries_are_a_share_of_what_the_last_minute_delivered);
    tcase_add_test(t, a_group_that_is_to_be_pinned_and_is_not);
    tcase_add_test(t, a_stream_that_had_messages_is_missed);
    return t;
}

int main(void) {
    return run_case("deliveries", cases);
}
