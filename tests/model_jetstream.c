#include "tests/model_build.h"

static const char *const names[] = {"n1", "n2", "n3"};
static const char *const ids[] = {"IDA", "IDB", "IDC"};

static void varz(struct night *n, int node) {
    send_varz(n, (uint64_t)node + 1, ids[node], names[node]);
}

static void begin_three(struct night *n) {
    night_begin(n, 0, 1);
    for (int i = 0; i < 3; i++) {
        char url[40];
        snprintf(url, sizeof url, "http://h%d:8222", i);
        send_target(n, (uint64_t)i + 1, url, "named", "polled", NULL, NULL);
        varz(n, i);
    }
}

static void varz_until(struct night *n, double second, unsigned nodes) {
    while (n->at < ns(second)) {
        double next = floor((double)n->at / 1e9) + 1;
        night_until(n, next < second ? next : second);
        for (int i = 0; i < 3; i++) {
            if (nodes & 1u << i)
                varz(n, i);
        }
    }
}

static struct sample *jsz(struct night *n, int node) {
    return build(n, (uint64_t)node + 1, SHAPE_JSZ, ids[node]);
}

/* A row as the decoder hands it out: who does not lead says who does, and no more. leader -1: nobody. */
static void add_stream(struct sample *s, int node, int leader, uint64_t last_seq) {
    struct row *row = sample_add(s, ENTITY_STREAM);
    put_text(s, row, F_STREAM_account, "A");
    put_text(s, row, F_STREAM_name, "ORDERS");
    put_u(row, F_STREAM_clustered, 1);
    if (leader >= 0)
        put_text(s, row, F_STREAM_leader, names[leader]);
    if (node != leader)
        return;
    put_u(row, F_STREAM_last_seq, last_seq);
    put_u(row, F_STREAM_messages, last_seq);
}

static void add_replica(struct sample *s, const char *name, bool current, bool offline, double active) {
    struct row *row = sample_add(s, ENTITY_REPLICA);
    put_text(s, row, F_REPLICA_account, "A");
    put_text(s, row, F_REPLICA_stream, "ORDERS");
    put_text(s, row, F_REPLICA_name, name);
    put_u(row, F_REPLICA_current, current);
    put_u(row, F_REPLICA_offline, offline);
    put_i(row, F_REPLICA_active, ns(active));
}

static void add_consumer(struct sample *s, const char *name, int node, int leader, uint64_t pending,
                         uint64_t acked) {
    struct row *row = sample_add(s, ENTITY_CONSUMER);
    put_text(s, row, F_CONSUMER_account, "A");
    put_text(s, row, F_CONSUMER_stream, "ORDERS");
    put_text(s, row, F_CONSUMER_name, name);
    put_u(row, F_CONSUMER_clustered, 1);
    if (leader >= 0)
        put_text(s, row, F_CONSUMER_leader, names[leader]);
    if (node != leader)
        return;
    put_u(row, F_CONSUMER_pending, pending);
    put_u(row, F_CONSUMER_ack_pending, 5);
    put_u(row, F_CONSUMER_delivered_consumer_seq, acked + 5);
    put_u(row, F_CONSUMER_ack_floor_consumer_seq, acked);
}

static const struct object *stream(const struct night *n) {
    return find_by(n, Q_STREAM_name, "ORDERS");
}
static const struct object *consumer(const struct night *n, const char *name) {
    return find_by(n, Q_CONSUMER_name, name);
}

/* ---- merging ---- */

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

START_TEST(a_standalone_server_leads_all_it_has) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    varz(&n, 0);
    struct sample *s = jsz(&n, 0);
    struct row *row = sample_add(s, ENTITY_CONSUMER);
    put_text(s, row, F_CONSUMER_account, "$G");
    put_text(s, row, F_CONSUMER_stream, "S");
    put_text(s, row, F_CONSUMER_name, "C");
    put_u(row, F_CONSUMER_pending, 3);
    put_u(row, F_CONSUMER_ack_pending, 4);
    send(&n, s);
    ck_assert_double_eq(number_value(&n, consumer(&n, "C"), Q_CONSUMER_lag), 7);
    ck_assert_str_eq(text_value(&n, consumer(&n, "C"), Q_CONSUMER_state), "ok");
    ck_assert_str_eq(text_value(&n, consumer(&n, "C"), Q_CONSUMER_leader), "n1");
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
    /* without leader_since the later answer does */
    struct sample *s = jsz(&n, 1);
    add_stream(s, 1, 1, 60);
    send(&n, s);
    ck_assert_double_eq(number_value(&n, stream(&n), Q_STREAM_last_seq), 60);
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
        for (int node = 0; node < 2; node++) {
            s = jsz(&n, node);
            add_consumer(s, "C1", node, 0, 110, 1);
            add_consumer(s, "C2", node, 1, 200, 1);
            add_consumer(s, "C3", node, 2, 300, 1);
            send(&n, s);
        }
    }
    v = quantity_get(n.model, cluster, Q_CLUSTER_lag);
    ck_assert_uint_eq(v.u, 625);
    ck_assert_int_eq(v.flags, VALUE_ESTIMATED | VALUE_OLD);
    night_end(&n);
}
END_TEST

/* ---- states ---- */

START_TEST(a_group_without_leader_is_leaderless) {
    struct night n;
    begin_three(&n);
    struct sample *s = jsz(&n, 0);
    add_stream(s, 0, 0, 1000);
    send(&n, s);
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_state), "ok");
    varz_until(&n, 5, 7);
    for (int node = 0; node < 3; node++) {
        s = jsz(&n, node);
        add_stream(s, node, -1, 0);
        send(&n, s);
    }
    night_until(&n, 5.5);
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_state), "leaderless");
    ck_assert_int_eq(stream(&n)->freshness, FRESH_STALE);
    ck_assert_double_eq(number_value(&n, stream(&n), Q_STREAM_last_seq), 1000);
    ck_assert(quantity_get(n.model, stream(&n), Q_STREAM_last_seq).flags & VALUE_OLD);
    ck_assert_int_eq(quantity_get(n.model, stream(&n), Q_STREAM_leader).type, VALUE_UNKNOWN);
    night_end(&n);
}
END_TEST

START_TEST(an_r1_stream_of_a_dead_server_stays) {
    struct night n;
    begin_three(&n);
    struct sample *s = jsz(&n, 0);
    add_stream(s, 0, 0, 1000);
    send(&n, s);
    for (int i = 1; i <= 24; i++) { /* n1 is silent, the others answer and do not list it */
        varz_until(&n, 5 * i, 6);
        send(&n, jsz(&n, 1));
        send(&n, jsz(&n, 2));
    }
    ck_assert_ptr_nonnull(stream(&n));
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_state), "leader_gone");
    ck_assert_int_eq(stream(&n)->freshness, FRESH_STALE);
    ck_assert_ptr_nonnull(finding_of(&n, "stream_leader_gone"));
    size_t count;
    ck_assert_str_eq(finding_rule(&model_findings(n.model, &count)[0]), "server_down");
    night_end(&n);
}
END_TEST

START_TEST(what_nobody_lists_twice_is_deleted) {
    struct night n;
    begin_three(&n);
    for (int node = 0; node < 3; node++) {
        struct sample *s = jsz(&n, node);
        add_consumer(s, "C", node, 1, 1, 1);
        add_stream(s, node, 0, 1000);
        send(&n, s);
    }
    for (int i = 1; i <= 2; i++) {
        varz_until(&n, 5 * i, 7);
        for (int node = 0; node < 3; node++)
            send(&n, jsz(&n, node));
        varz_until(&n, 5 * i + 1, 7);
        ck_assert_int_eq(stream(&n)->freshness, i < 2 ? FRESH_STALE : FRESH_GONE);
    }
    ck_assert_double_eq(number_value(&n, model_cluster(n.model), Q_CLUSTER_streams), 0);
    ck_assert_double_eq(number_value(&n, model_cluster(n.model), Q_CLUSTER_consumers), 0);
    varz_until(&n, 75, 7);
    ck_assert_uint_eq(count_of(&n, OBJECT_STREAM), 0);
    ck_assert_uint_eq(count_of(&n, OBJECT_CONSUMER), 0);
    night_end(&n);
}
END_TEST

START_TEST(a_stream_whose_leader_sees_no_majority) {
    struct night n;
    begin_three(&n);
    struct sample *s = jsz(&n, 0);
    add_stream(s, 0, 0, 1);
    add_replica(s, "n2", true, false, 0.5);
    add_replica(s, "n3", true, false, 0.5);
    send(&n, s);
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_replicas), "3/3");
    varz_until(&n, 5, 7);
    s = jsz(&n, 0);
    add_stream(s, 0, 0, 1);
    add_replica(s, "n2", true, false, 11);
    add_replica(s, "n3", true, false, 0.5);
    send(&n, s);
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_replicas), "2/3");
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_state), "ok");
    varz_until(&n, 10, 7);
    s = jsz(&n, 0);
    add_stream(s, 0, 0, 1);
    add_replica(s, "n2", true, false, 16);
    add_replica(s, "n3", true, true, 0.5);
    send(&n, s);
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_state), "no_quorum");
    ck_assert_uint_eq(count_of(&n, OBJECT_REPLICA), 2);
    night_end(&n);
}
END_TEST

/* ---- lag ---- */

START_TEST(lag_slope_needs_three_points) {
    struct night n;
    begin_three(&n);
    for (int i = 0; i < 8; i++) {
        varz_until(&n, 5 * i, 7);
        struct sample *s = jsz(&n, 1);
        add_consumer(s, "C", 1, 1, 1000 + 50 * (uint64_t)i, 100 * (uint64_t)i);
        send(&n, s);
        ck_assert_int_eq(is_new(&n, consumer(&n, "C"), Q_CONSUMER_lag_slope), i < 2);
    }
    ck_assert_double_eq_tol(number_value(&n, consumer(&n, "C"), Q_CONSUMER_lag_slope), 10, 1e-6);
    ck_assert_double_eq_tol(number_value(&n, consumer(&n, "C"), Q_CONSUMER_acked_per_s), 20, 1e-6);
    ck_assert_double_eq_tol(number_value(&n, consumer(&n, "C"), Q_CONSUMER_delivered_per_s), 20, 1e-6);
    /* the ack floor of a new leader may lie further back */
    varz_until(&n, 40, 7);
    struct sample *s = jsz(&n, 2);
    add_consumer(s, "C", 2, 2, 900, 200);
    send(&n, s);
    ck_assert(is_new(&n, consumer(&n, "C"), Q_CONSUMER_acked_per_s));
    ck_assert(is_new(&n, consumer(&n, "C"), Q_CONSUMER_lag_slope));
    ck_assert_double_eq(number_value(&n, consumer(&n, "C"), Q_CONSUMER_lag), 905);
    /* its first figures may still be catching up: the slope is made of those after them */
    for (int i = 9; i < 12; i++) {
        varz_until(&n, 5 * i, 7);
        s = jsz(&n, 2);
        add_consumer(s, "C", 2, 2, 1400 + 50 * (uint64_t)i, 200);
        send(&n, s);
    }
    ck_assert_double_eq_tol(number_value(&n, consumer(&n, "C"), Q_CONSUMER_lag_slope), 10, 1e-6);
    night_end(&n);
}
END_TEST

START_TEST(lag_is_kept_over_time) {
    struct night n;
    begin_three(&n);
    for (int i = 0; i < 24; i++) {
        varz_until(&n, 5 * i, 7);
        struct sample *s = jsz(&n, 1);
        add_consumer(s, "C", 1, 1, i < 12 ? 95 : 195, 1);
        send(&n, s);
    }
    const struct series *series = model_series(n.model, consumer(&n, "C"), Q_CONSUMER_lag);
    ck_assert_ptr_nonnull(series);
    ck_assert_ptr_null(model_series(n.model, consumer(&n, "C"), Q_CONSUMER_pending));
    struct bucket b[2];
    series_read(series, NIGHT_UTC / NS_PER_S + 115, 60, 2, b);
    ck_assert_double_eq(b[0].min, 100);
    ck_assert_double_eq(b[1].min, 200);
    ck_assert_int_eq(series_reach(series), NIGHT_UTC / NS_PER_S);
    night_end(&n);
}
END_TEST

START_TEST(a_move_has_the_time_that_its_leader_tells) {
    struct night n;
    begin_three(&n);
    varz_until(&n, 10, 7);
    for (int node = 0; node < 2; node++) {
        struct sample *s = jsz(&n, node);
        add_stream(s, node, node, 1000);
        put_i(row_of(s, ENTITY_STREAM), F_STREAM_leader_since, NIGHT_UTC + ns(node ? 8.5 : -100));
        send(&n, s);
    }
    const struct event *event = model_event(n.model, model_event_count(n.model) - 1);
    ck_assert_str_eq(event->kind, "leader");
    ck_assert_int_eq(event->utc_ns, NIGHT_UTC + ns(8.5));
    night_end(&n);
}
END_TEST

START_TEST(who_just_came_back_leads_nothing_that_is_led) {
    struct night n;
    begin_three(&n);
    varz_until(&n, 10, 7);
    struct sample *s = jsz(&n, 0);
    add_stream(s, 0, 0, 1000);
    send(&n, s);
    varz_until(&n, 12, 3);
    struct sample *back = build_varz(&n, 3, "ID9", names[2]);
    put_i(row_of(back, ENTITY_SERVER), F_SERVER_start, NIGHT_UTC + n.at - ns(1));
    send(&n, back);
    s = build(&n, 3, SHAPE_JSZ, "ID9");
    add_stream(s, 2, 2, 50); /* as it was when it died */
    send(&n, s);
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_leader), "n1");
    ck_assert_double_eq(number_value(&n, stream(&n), Q_STREAM_last_seq), 1000);
    night_end(&n);
}
END_TEST

/* ---- the meta group ---- */

static void add_meta(struct sample *s, const char *leader) {
    struct row *row = sample_add(s, ENTITY_JETSTREAM);
    put_u(row, F_JETSTREAM_meta, 1);
    put_u(row, F_JETSTREAM_meta_size, 3);
    put_text(s, row, F_JETSTREAM_meta_leader, leader);
}

static void add_peer(struct sample *s, const char *name, bool current, double active) {
    struct row *row = sample_add(s, ENTITY_META_PEER);
    put_text(s, row, F_META_PEER_name, name);
    put_text(s, row, F_META_PEER_peer, name);
    put_u(row, F_META_PEER_current, current);
    put_i(row, F_META_PEER_active, ns(active));
}

static const char *quorum(const struct night *n) {
    return text_value(n, model_cluster(n->model), Q_CLUSTER_meta_quorum);
}

START_TEST(quorum_is_what_the_meta_leader_sees) {
    struct night n;
    begin_three(&n);
    ck_assert_str_eq(quorum(&n), "");
    struct sample *s = jsz(&n, 1);
    add_meta(s, "n1");
    send(&n, s);
    ck_assert_str_eq(quorum(&n), ""); /* a leader's name alone is no proof */
    s = jsz(&n, 0);
    add_meta(s, "n1");
    add_peer(s, "n2", true, 0.4);
    add_peer(s, "n3", true, 0.4);
    send(&n, s);
    ck_assert_str_eq(quorum(&n), "yes");
    ck_assert_str_eq(text_value(&n, model_cluster(n.model), Q_CLUSTER_meta_leader), "n1");
    varz_until(&n, 5, 7);
    s = jsz(&n, 0);
    add_meta(s, "n1");
    add_peer(s, "n2", true, 4.5);
    add_peer(s, "n3", true, 4.5);
    send(&n, s);
    ck_assert_str_eq(quorum(&n), "yes"); /* silent, but their servers answer us */
    varz_until(&n, 11, 7);
    s = jsz(&n, 0);
    add_meta(s, "n1");
    add_peer(s, "n2", false, 10.5);
    add_peer(s, "n3", false, 10.5);
    send(&n, s);
    ck_assert_str_eq(quorum(&n), "no");
    varz_until(&n, 17, 7);
    ck_assert_ptr_nonnull(finding_of(&n, "meta_no_quorum"));
    night_end(&n);
}
END_TEST

START_TEST(peers_of_dead_servers_count_as_lost_sooner) {
    struct night n;
    begin_three(&n);
    varz_until(&n, 1, 7);
    for (int i = 0; i < 2; i++) {
        for (uint64_t target = 2; target <= 3; target++)
            send_failure(&n, target, SHAPE_VARZ, FAILURE_REFUSED, "");
    }
    varz_until(&n, 5, 1);
    struct sample *s = jsz(&n, 0);
    add_meta(s, "n1");
    add_peer(s, "n2", true, 3.5);
    add_peer(s, "n3", true, 3.5);
    send(&n, s);
    ck_assert_str_eq(quorum(&n), "no");
    night_end(&n);
}
END_TEST

START_TEST(a_peer_never_heard_of_is_lost_after_two_seconds) {
    struct night n;
    begin_three(&n);
    for (int i = 0; i < 2; i++) {
        varz_until(&n, 5 * i, 7);
        struct sample *s = jsz(&n, 0);
        add_meta(s, "n1");
        add_peer(s, "n2", false, 0);
        add_peer(s, "n3", false, 0);
        send(&n, s);
        ck_assert_str_eq(quorum(&n), i ? "no" : "yes");
    }
    night_end(&n);
}
END_TEST

START_TEST(a_dead_meta_leader_leaves_the_group_leaderless) {
    struct night n;
    begin_three(&n);
    struct sample *s = jsz(&n, 0);
    add_meta(s, "n1");
    add_peer(s, "n2", true, 0.1);
    add_peer(s, "n3", true, 0.1);
    send(&n, s);
    for (int i = 0; i < 2; i++)
        send_failure(&n, 1, SHAPE_VARZ, FAILURE_REFUSED, "");
    varz_until(&n, 2, 6);
    s = jsz(&n, 1);
    add_meta(s, "n1"); /* has not noticed yet */
    send(&n, s);
    ck_assert_str_eq(quorum(&n), "leaderless");
    varz_until(&n, 7, 6);
    s = jsz(&n, 1);
    add_meta(s, "n3");
    send(&n, s);
    s = jsz(&n, 2);
    add_meta(s, "n3");
    add_peer(s, "n1", false, 6);
    add_peer(s, "n2", true, 0.1);
    send(&n, s);
    ck_assert_str_eq(quorum(&n), "yes");
    ck_assert_str_eq(text_value(&n, model_cluster(n.model), Q_CLUSTER_meta_leader), "n3");
    ck_assert_int_eq(count_events(&n, "leader"), 1);
    night_end(&n);
}
END_TEST

static const char *meta_leader(const struct night *n) {
    return text_value(n, model_cluster(n->model), Q_CLUSTER_meta_leader);
}

static void send_meta(struct night *n, int node, const char *leader) {
    struct sample *s = jsz(n, node);
    add_meta(s, leader);
    send(n, s);
}

static void send_restarted(struct night *n, int node, const char *id) {
    struct sample *s = build_varz(n, (uint64_t)node + 1, id, names[node]);
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_start, NIGHT_UTC + n->at - ns(0.5));
    send(n, s);
}

START_TEST(a_leader_is_named_by_a_living_answer_alone) {
    struct night n;
    begin_three(&n);
    for (int node = 0; node < 3; node++)
        send_meta(&n, node, "n3");
    ck_assert_str_eq(meta_leader(&n), "n3");
    varz_until(&n, 3, 7);
    send_meta(&n, 0, "n3"); /* the last that it says for a while */
    for (int i = 0; i < 2; i++) {
        for (uint64_t target = 2; target <= 3; target++)
            send_failure(&n, target, SHAPE_VARZ, FAILURE_REFUSED, "");
    }
    varz_until(&n, 5, 1);
    ck_assert_str_eq(meta_leader(&n), "");
    send_restarted(&n, 1, "IDE");
    send_restarted(&n, 2, "IDF");
    night_until(&n, 6); /* n1 still has its old word, n3 has said nothing since its start */
    ck_assert_str_eq(meta_leader(&n), "");
    ck_assert_str_eq(quorum(&n), "");
    struct sample *s = build(&n, 3, SHAPE_JSZ, "IDF");
    add_meta(s, "");
    send(&n, s);
    ck_assert_str_eq(meta_leader(&n), "");
    s = build(&n, 2, SHAPE_JSZ, "IDE");
    add_meta(s, "n2");
    add_peer(s, "n1", true, 0.1);
    add_peer(s, "n3", true, 0.1);
    send(&n, s);
    ck_assert_str_eq(meta_leader(&n), "n2");
    ck_assert_str_eq(quorum(&n), "yes");
    night_end(&n);
}
END_TEST

START_TEST(who_was_away_leads_when_it_says_so_again) {
    struct night n;
    begin_three(&n);
    send_meta(&n, 0, "n1");
    send_meta(&n, 1, "n1");
    ck_assert_str_eq(meta_leader(&n), "n1");
    for (int i = 0; i < 2; i++)
        send_failure(&n, 1, SHAPE_VARZ, FAILURE_REFUSED, "");
    varz_until(&n, 3, 6);
    ck_assert_str_eq(meta_leader(&n), "");
    varz_until(&n, 4, 7); /* reached again, the same run */
    ck_assert_str_eq(meta_leader(&n), "");
    send_meta(&n, 0, "n1");
    ck_assert_str_eq(meta_leader(&n), "n1");
    night_end(&n);
}
END_TEST

START_TEST(a_leader_that_is_not_asked_is_believed) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://h0:8222", "named", "polled", NULL, NULL);
    varz(&n, 0);
    send_target(&n, 2, "10.0.0.2:6222", "route", "known", "IDB", "n2");
    send_meta(&n, 0, "n2");
    ck_assert_str_eq(meta_leader(&n), "n2");
    varz_until(&n, 20, 1);
    ck_assert_str_eq(meta_leader(&n), ""); /* who said so said it too long ago */
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("jetstream");
    tcase_add_test(t, numbers_come_from_the_leader_alone);
    tcase_add_test(t, a_followers_row_knows_nothing_but_the_leader);
    tcase_add_test(t, a_standalone_server_leads_all_it_has);
    tcase_add_test(t, domains_are_kept_apart);
    tcase_add_test(t, a_moved_leader_drops_the_window_and_is_an_event);
    tcase_add_test(t, of_two_claimants_the_later_leader_wins);
    tcase_add_test(t, a_move_has_the_time_that_its_leader_tells);
    tcase_add_test(t, who_just_came_back_leads_nothing_that_is_led);
    tcase_add_test(t, configuration_stays_when_it_is_not_asked_for);
    tcase_add_test(t, consumers_of_a_stream_are_counted_once);
    tcase_add_test(t, a_stretched_jsz_is_waited_for);
    tcase_add_test(t, the_sum_of_lags_has_all_of_them);
    tcase_add_test(t, a_group_without_leader_is_leaderless);
    tcase_add_test(t, an_r1_stream_of_a_dead_server_stays);
    tcase_add_test(t, what_nobody_lists_twice_is_deleted);
    tcase_add_test(t, a_stream_whose_leader_sees_no_majority);
    tcase_add_test(t, lag_slope_needs_three_points);
    tcase_add_test(t, lag_is_kept_over_time);
    tcase_add_test(t, quorum_is_what_the_meta_leader_sees);
    tcase_add_test(t, peers_of_dead_servers_count_as_lost_sooner);
    tcase_add_test(t, a_peer_never_heard_of_is_lost_after_two_seconds);
    tcase_add_test(t, a_dead_meta_leader_leaves_the_group_leaderless);
    tcase_add_test(t, a_leader_is_named_by_a_living_answer_alone);
    tcase_add_test(t, who_was_away_leads_when_it_says_so_again);
    tcase_add_test(t, a_leader_that_is_not_asked_is_believed);
    return t;
}

int main(void) {
    return run_case("model: jetstream", cases);
}
