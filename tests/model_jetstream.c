#include "tests/model_three.h"

START_TEST(numbers_come_from_the_leader_alone) {
    struct night n;
    begin_three(&n);
    for (int node = 2; node >= 0; node--) {
        struct sample *s = jsz(&n, node);
        add_consumer(s, "C", node, 1, 700, 100);
        add_stream(s, node, 0, 1000);
        send(&n, s);
    }
    ck_assert_uint_eq(count_of(&n, OBJECT_STREAM), 1);
    ck_assert_uint_eq(count_of(&n, OBJECT_CONSUMER), 1);
    ck_assert_double_eq(number_value(&n, stream(&n), Q_STREAM_messages), 1000);
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_leader), "n1");
    ck_assert_str_eq(text_value(&n, consumer(&n, "C"), Q_CONSUMER_leader), "n2");
    ck_assert_double_eq(number_value(&n, consumer(&n, "C"), Q_CONSUMER_lag), 705);
    ck_assert_str_eq(text_value(&n, consumer(&n, "C"), Q_CONSUMER_path), "ORDERS / C");
    ck_assert_double_eq(number_value(&n, model_cluster(n.model), Q_CLUSTER_streams), 1);
    ck_assert_double_eq(number_value(&n, model_cluster(n.model), Q_CLUSTER_consumers), 1);
    ck_assert_double_eq(number_value(&n, model_cluster(n.model), Q_CLUSTER_lag), 705);
    night_end(&n);
}
END_TEST

START_TEST(a_followers_row_knows_nothing_but_the_leader) {
    struct night n;
    begin_three(&n);
    struct sample *s = jsz(&n, 1);
    add_stream(s, 1, 0, 0);
    add_consumer(s, "C", 1, 2, 0, 0);
    send(&n, s);
    ck_assert(isnan(number_value(&n, stream(&n), Q_STREAM_messages)));
    ck_assert(isnan(number_value(&n, consumer(&n, "C"), Q_CONSUMER_lag)));
    ck_assert(isnan(number_value(&n, model_cluster(n.model), Q_CLUSTER_lag))); /* not 0: nobody has told */
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_leader), "n1");
    ck_assert_int_eq(stream(&n)->seen_utc_ns, 0);
    /* numbers in a follower's row would be lies: they are not taken even if they come */
    s = jsz(&n, 1);
    add_stream(s, 1, 0, 0);
    put_u(row_of(s, ENTITY_STREAM), F_STREAM_messages, 77);
    send(&n, s);
    ck_assert(isnan(number_value(&n, stream(&n), Q_STREAM_messages)));
    night_end(&n);
}
END_TEST

static void begin_standalone(struct night *n) {
    night_begin(n, 0, 1);
    send_target(n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    struct sample *s = build_varz(n, 1, ids[0], names[0]);
    row_drop(row_of(s, ENTITY_SERVER), F_SERVER_cluster);
    send(n, s);
}

START_TEST(a_standalone_server_leads_all_it_has) {
    struct night n;
    begin_standalone(&n);
    struct sample *s = jsz(&n, 0);
    struct row *row = sample_add(s, ENTITY_CONSUMER);
    put_text(s, row, F_CONSUMER_account, "$G");
    put_text(s, row, F_CONSUMER_stream, "S");
    put_text(s, row, F_CONSUMER_name, "C");
    put_u(row, F_CONSUMER_pending, 3);
    put_u(row, F_CONSUMER_ack_pending, 4);
    send(&n, s);
    ck_assert_double_eq(number_value(&n, consumer(&n, "C"), Q_CONSUMER_lag), 7);
    ck_assert_str_eq(text_value(&n, consumer(&n, "C"), Q_CONSUMER_leadership), "ok");
    ck_assert_str_eq(text_value(&n, consumer(&n, "C"), Q_CONSUMER_leader), "n1");
    night_end(&n);
}
END_TEST

static struct value alone(const struct night *n) {
    return quantity_get(n->model, model_cluster(n->model), Q_CLUSTER_js_alone);
}

/* A server without a cluster has no meta group, once it has told that it has JetStream. */
START_TEST(a_standalone_server_needs_no_meta_group) {
    struct night n;
    begin_standalone(&n);
    ck_assert_int_eq(alone(&n).type, VALUE_UNKNOWN);
    for (int off = 0; off < 2; off++) {
        struct sample *s = jsz(&n, 0);
        struct row *row = sample_add(s, ENTITY_JETSTREAM);
        if (off)
            put_u(row, F_JETSTREAM_disabled, 1);
        send(&n, s);
        ck_assert_int_eq(alone(&n).type, VALUE_BOOL);
        ck_assert(alone(&n).b == !off);
    }
    night_end(&n);
    begin_three(&n);
    struct sample *s = jsz(&n, 0);
    sample_add(s, ENTITY_JETSTREAM); /* its group is not told of yet */
    send(&n, s);
    ck_assert_int_eq(alone(&n).type, VALUE_UNKNOWN);
    night_end(&n);
}
END_TEST

/* It counts nothing in its first second, which is not believed at once; but somebody leads it. */
START_TEST(a_new_consumer_of_a_standalone_server_is_not_leaderless) {
    struct night n;
    begin_standalone(&n);
    night_until(&n, 3);
    struct sample *s = jsz(&n, 0);
    struct row *row = add_consumer(s, "C", 0, 0, 0, 0);
    row_drop(row, F_CONSUMER_leader);
    row_drop(row, F_CONSUMER_clustered);
    put_i(row, F_CONSUMER_created, NIGHT_UTC + ns(2.5));
    send(&n, s);
    ck_assert(isnan(number_value(&n, consumer(&n, "C"), Q_CONSUMER_lag)));
    ck_assert_str_eq(text_value(&n, consumer(&n, "C"), Q_CONSUMER_state), "");
    ck_assert_str_eq(text_value(&n, consumer(&n, "C"), Q_CONSUMER_leader_why), "leader n1 just chosen");
    night_end(&n);
}
END_TEST

START_TEST(domains_are_kept_apart) {
    struct night n;
    begin_three(&n);
    for (int node = 0; node < 2; node++) {
        struct sample *s = jsz(&n, node);
        put_text(s, sample_add(s, ENTITY_JETSTREAM), F_JETSTREAM_domain, node ? "leaf" : "hub");
        add_stream(s, node, node, 10);
        send(&n, s);
    }
    ck_assert_uint_eq(count_of(&n, OBJECT_STREAM), 2);
    night_end(&n);
}
END_TEST

START_TEST(a_moved_leader_drops_the_window_and_is_an_event) {
    struct night n;
    begin_three(&n);
    for (int i = 0; i < 2; i++) {
        varz_until(&n, 5 * i, 7);
        struct sample *s = jsz(&n, 0);
        add_stream(s, 0, 0, 1000 + 100 * (uint64_t)i);
        send(&n, s);
    }
    ck_assert_double_eq_tol(number_value(&n, stream(&n), Q_STREAM_in_msgs_per_s), 20, 1e-6);
    uint64_t id = stream(&n)->id;
    varz_until(&n, 10, 7);
    struct sample *s = jsz(&n, 1);
    add_stream(s, 1, 1, 5000);
    send(&n, s);
    s = jsz(&n, 0);
    add_stream(s, 0, 1, 0);
    send(&n, s);
    ck_assert_uint_eq(stream(&n)->id, id);
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_leader), "n2");
    ck_assert_double_eq(number_value(&n, stream(&n), Q_STREAM_last_seq), 5000);
    ck_assert(is_new(&n, stream(&n), Q_STREAM_in_msgs_per_s));
    ck_assert_int_eq(count_events(&n, "leader"), 1);
    ck_assert_str_eq(model_event(n.model, 0)->subject, "ORDERS");
    night_end(&n);
}
END_TEST

START_TEST(of_two_claimants_the_later_leader_wins) {
    struct night n;
    begin_three(&n);
    for (int node = 0; node < 2; node++) {
        struct sample *s = jsz(&n, node);
        add_stream(s, node, node, node ? 50 : 1000);
        put_i(row_of(s, ENTITY_STREAM), F_STREAM_leader_since, NIGHT_UTC - ns(node ? 100 : 10));
        send(&n, s);
    }
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_leader), "n1");
    ck_assert_double_eq(number_value(&n, stream(&n), Q_STREAM_last_seq), 1000);
    /* without leader_since the one that got further does */
    struct sample *s = jsz(&n, 1);
    add_stream(s, 1, 1, 1060);
    send(&n, s);
    ck_assert_double_eq(number_value(&n, stream(&n), Q_STREAM_last_seq), 1060);
    night_end(&n);
}
END_TEST

START_TEST(configuration_stays_when_it_is_not_asked_for) {
    struct night n;
    begin_three(&n);
    struct sample *s = jsz(&n, 0);
    add_stream(s, 0, 0, 1);
    put_i(row_of(s, ENTITY_STREAM), F_STREAM_max_bytes, 1 << 20);
    put_text(s, row_of(s, ENTITY_STREAM), F_STREAM_storage, "file");
    send(&n, s);
    for (int i = 1; i < 4; i++) {
        varz_until(&n, 5 * i, 7);
        s = jsz(&n, 0);
        add_stream(s, 0, 0, 2);
        send(&n, s);
    }
    ck_assert_double_eq(number_value(&n, stream(&n), Q_STREAM_max_bytes), 1 << 20);
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_storage), "file");
    night_end(&n);
}
END_TEST

START_TEST(consumers_of_a_stream_are_counted_once) {
    struct night n;
    begin_three(&n);
    for (int node = 0; node < 3; node++) {
        struct sample *s = jsz(&n, node);
        add_consumer(s, "C1", node, 1, 1, 1);
        add_consumer(s, "C2", node, 2, 1, 1);
        add_stream(s, node, 0, 1000);
        send(&n, s);
    }
    ck_assert_double_eq(number_value(&n, stream(&n), Q_STREAM_consumers), 2);
    for (int i = 1; i <= 4; i++) { /* one is deleted, and comes back while it is remembered */
        varz_until(&n, 5 * i, 7);
        for (int node = 0; node < 3; node++) {
            struct sample *s = jsz(&n, node);
            add_consumer(s, "C1", node, 1, 1, 1);
            if (i == 4)
                add_consumer(s, "C2", node, 2, 1, 1);
            add_stream(s, node, 0, 1000);
            send(&n, s);
        }
        night_until(&n, 5 * i + 0.5);
        ck_assert_int_eq(consumer(&n, "C2")->freshness == FRESH_GONE, i == 2 || i == 3);
        ck_assert_double_eq(number_value(&n, stream(&n), Q_STREAM_consumers), i == 2 || i == 3 ? 1 : 2);
    }
    night_end(&n);
}
END_TEST

START_TEST(a_stream_that_is_told_later_has_its_consumers) {
    struct night n;
    begin_three(&n);
    for (int round = 0; round < 2; round++) {
        struct sample *s = jsz(&n, 0);
        add_consumer(s, "C", 0, 0, 1, 1);
        if (round == 1)
            add_stream(s, 0, 0, 1000);
        send(&n, s);
        varz_until(&n, 6 * (round + 1), 7);
    }
    ck_assert_double_eq(number_value(&n, stream(&n), Q_STREAM_consumers), 1);
    night_end(&n);
}
END_TEST

START_TEST(a_stretched_jsz_is_waited_for) {
    struct night n;
    begin_three(&n);
    send_interval(&n, 1, SHAPE_JSZ, 40);
    struct sample *s = jsz(&n, 0);
    add_stream(s, 0, 0, 1000);
    send(&n, s);
    varz_until(&n, 39, 7);
    ck_assert_int_eq(stream(&n)->freshness, FRESH_LIVE);
    varz_until(&n, 121, 7);
    ck_assert_int_eq(stream(&n)->freshness, FRESH_STALE);
    night_end(&n);
}
END_TEST

START_TEST(the_sum_of_lags_has_all_of_them) {
    struct night n;
    begin_three(&n);
    const struct object *cluster = model_cluster(n.model);
    send(&n, jsz(&n, 0));
    ck_assert_double_eq(number_value(&n, cluster, Q_CLUSTER_lag), 0); /* there is no consumer */
    for (int node = 0; node < 2; node++) {
        struct sample *s = jsz(&n, node);
        add_consumer(s, "C1", node, 0, 100, 1);
        add_consumer(s, "C2", node, 1, 200, 1);
        add_consumer(s, "C3", node, 2, 300, 1);
        send(&n, s);
    }
    ck_assert(isnan(number_value(&n, cluster, Q_CLUSTER_lag))); /* C3's leader has not told */
    struct sample *s = jsz(&n, 2);
    add_consumer(s, "C3", 2, 2, 300, 1);
    send(&n, s);
    struct value v = quantity_get(n.model, cluster, Q_CLUSTER_lag);
    ck_assert_uint_eq(v.u, 615);
    ck_assert_int_eq(v.flags, 0);
    for (int i = 1; i <= 3; i++) { /* n3 falls silent */
        varz_until(&n, 5 * i, 3);
        v = quantity_get(n.model, cluster, Q_CLUSTER_lag);
        ck_assert_uint_eq(v.u, i == 1 ? 615 : 320); /* only n3 has C3; but it may be back in a moment */
        ck_assert_int_eq(v.flags, i == 1 ? VALUE_ESTIMATED | VALUE_OLD : VALUE_LEAST);
        for (int node = 0; node < 2; node++) {
            s = jsz(&n, node);
            add_consumer(s, "C1", node, 0, 110, 1);
            add_consumer(s, "C2", node, 1, 200, 1);
            add_consumer(s, "C3", node, 2, 300, 1);
            send(&n, s);
        }
    }
    v = quantity_get(n.model, cluster, Q_CLUSTER_lag);
    ck_assert_uint_eq(v.u, 320);
    ck_assert_int_eq(v.flags, VALUE_LEAST);
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("jetstream");
    tcase_add_test(t, numbers_come_from_the_leader_alone);
    tcase_add_test(t, a_followers_row_knows_nothing_but_the_leader);
    tcase_add_test(t, a_standalone_server_leads_all_it_has);
    tcase_add_test(t, a_standalone_server_needs_no_meta_group);
    tcase_add_test(t, a_new_consumer_of_a_standalone_server_is_not_leaderless);
    tcase_add_test(t, domains_are_kept_apart);
    tcase_add_test(t, a_moved_leader_drops_the_window_and_is_an_event);
    tcase_add_test(t, of_two_claimants_the_later_leader_wins);
    tcase_add_test(t, configuration_stays_when_it_is_not_asked_for);
    tcase_add_test(t, consumers_of_a_stream_are_counted_once);
    tcase_add_test(t, a_stream_that_is_told_later_has_its_consumers);
    tcase_add_test(t, a_stretched_jsz_is_waited_for);
    tcase_add_test(t, the_sum_of_lags_has_all_of_them);
    return t;
}

int main(void) {
    return run_case("model: jetstream", cases);
}
