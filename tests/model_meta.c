#include "tests/model_three.h"

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

static void say_meta(struct night *n, int node, double active) {
    struct sample *s = jsz(n, node);
    add_meta(s, names[node]);
    for (int i = 0; i < 3; i++)
        if (i != node)
            add_peer(s, names[i], true, active);
    send(n, s);
}

/* Cut in two, each side has a leader: that is said once, and the one with a majority counts whoever is asked.
 */
START_TEST(two_meta_leaders_are_no_move_at_each_answer) {
    struct night n;
    begin_three(&n);
    say_meta(&n, 0, 0.1);
    for (int i = 1; i < 10; i++) {
        varz_until(&n, 5 * i, 7);
        say_meta(&n, 1, 0.1);
        ck_assert_str_eq(text_value(&n, model_cluster(n.model), Q_CLUSTER_meta_leader), "n2");
        varz_until(&n, 5 * i + 2, 7);
        say_meta(&n, 0, 4 + 5 * i);
        ck_assert_str_eq(text_value(&n, model_cluster(n.model), Q_CLUSTER_meta_leader), "n2");
        ck_assert_str_eq(quorum(&n), "yes");
    }
    ck_assert_int_eq(count_events(&n, "leader"), 1);
    ck_assert_int_eq(count_events(&n, "contested"), 1);
    varz_until(&n, 52, 7);
    struct sample *s = jsz(&n, 0); /* it yields, and the other one moves to it */
    add_meta(s, "n2");
    send(&n, s);
    varz_until(&n, 55, 7);
    say_meta(&n, 0, 0.1);
    ck_assert_str_eq(text_value(&n, model_cluster(n.model), Q_CLUSTER_meta_leader), "n1");
    s = jsz(&n, 1);
    add_meta(s, "n1");
    send(&n, s);
    ck_assert_int_eq(count_events(&n, "leader"), 2);
    ck_assert_int_eq(count_events(&n, "contested"), 1);
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

/* ---- its store ---- */

static void send_streams(struct night *n, const char *id, uint64_t streams, const char *leader) {
    struct sample *s = build(n, 2, SHAPE_JSZ, id);
    add_meta(s, leader);
    put_u(row_of(s, ENTITY_JETSTREAM), F_JETSTREAM_streams, streams);
    send(n, s);
}

START_TEST(an_empty_store_is_said_when_it_is_certain) {
    static const struct {
        uint64_t streams;
        const char *leader;
        int events;
    } first[] = {{0, "", 1}, {6, "", 0}, {0, "n1", 0}};
    for (int i = 0; i < 3; i++) {
        struct night n;
        begin_three(&n);
        send_streams(&n, "IDB", 6, "n1");
        varz_until(&n, 3, 5);
        send_restarted(&n, 1, "IDE");
        ck_assert_int_eq(count_events(&n, "store"), 0);
        send_streams(&n, "IDE", first[i].streams, first[i].leader);
        ck_assert_int_eq(count_events(&n, "store"), first[i].events);
        night_until(&n, 4);
        send_streams(&n, "IDE", 6, "n1");
        send_streams(&n, "IDE", 0, ""); /* is no news of the restart */
        ck_assert_int_eq(count_events(&n, "store"), first[i].events);
        const struct event *e = model_event(n.model, model_event_count(n.model) - 1);
        if (first[i].events)
            ck_assert_str_eq(e->text, "restarted with an empty store: had 6 streams, has none");
        night_end(&n);
    }
}
END_TEST

START_TEST(a_store_that_is_still_read_is_not_empty) {
    struct night n;
    begin_three(&n);
    send_streams(&n, "IDB", 6, NULL);
    varz_until(&n, 3, 5);
    send_restarted(&n, 1, "IDE");
    for (int healthy = 0; healthy < 2; healthy++) { /* alone: no meta group */
        struct sample *s = build(&n, 2, SHAPE_HEALTHZ, NULL);
        s->http_status = healthy ? 200 : 503;
        put_text(s, sample_add(s, ENTITY_HEALTH), F_HEALTH_status, healthy ? "ok" : "unavailable");
        send(&n, s);
        night_until(&n, 4 + healthy);
        s = build(&n, 2, SHAPE_JSZ, "IDE");
        put_u(sample_add(s, ENTITY_JETSTREAM), F_JETSTREAM_streams, 0);
        send(&n, s);
        ck_assert_int_eq(count_events(&n, "store"), healthy);
    }
    night_end(&n);
}
END_TEST

/* ---- what the meta group tells of itself ---- */

START_TEST(changes_of_leader_are_counted_for_an_hour) {
    struct night n;
    begin_three(&n);
    const struct object *c = model_cluster(n.model);
    ck_assert(isnan(number_value(&n, c, Q_CLUSTER_meta_leader_changes)));
    for (int i = 0; i < 4; i++) {
        varz_until(&n, 60 * i, 7);
        send_meta(&n, i % 2, i % 2 ? "n2" : "n1");
        send_meta(&n, 1 - i % 2, i % 2 ? "n2" : "n1");
        ck_assert_double_eq(number_value(&n, c, Q_CLUSTER_meta_leader_changes), i);
    }
    ck_assert_double_eq(number_value(&n, c, Q_CLUSTER_meta_flaps), 3);
    night_until(&n, 60 + 601);
    ck_assert_double_eq(number_value(&n, c, Q_CLUSTER_meta_flaps), 2);
    night_until(&n, 120 + 3599);
    ck_assert_double_eq(number_value(&n, c, Q_CLUSTER_meta_leader_changes), 2);
    night_until(&n, 180 + 3601);
    ck_assert_double_eq(number_value(&n, c, Q_CLUSTER_meta_leader_changes), 0);
    night_end(&n);
}
END_TEST

START_TEST(pending_is_the_meta_leaders) {
    struct night n;
    begin_three(&n);
    const struct object *c = model_cluster(n.model);
    for (int node = 1; node >= 0; node--) {
        struct sample *s = jsz(&n, node);
        add_meta(s, "n1");
        put_u(row_of(s, ENTITY_JETSTREAM), F_JETSTREAM_meta_pending, node ? 9 : 140);
        send(&n, s);
        if (node)
            ck_assert(isnan(number_value(&n, c, Q_CLUSTER_meta_pending)));
    }
    ck_assert_double_eq(number_value(&n, c, Q_CLUSTER_meta_pending), 140);
    ck_assert_double_eq(number_value(&n, server_named(&n, "n2"), Q_SERVER_js_api_pending), 9);
    night_end(&n);
}
END_TEST

static const char *peer_state(const struct night *n, const char *name) {
    return text_value(n, find_by(n, Q_META_PEER_name, name), Q_META_PEER_state);
}

START_TEST(peers_have_a_state_each) {
    struct night n;
    begin_three(&n);
    struct sample *s = jsz(&n, 0);
    add_meta(s, "n1");
    add_peer(s, "n2", true, 0.4);
    add_peer(s, "n3", false, 1.5);
    add_peer(s, "n4", true, 11);
    add_peer(s, "n5", true, 0.2);
    put_u((struct row *)(uintptr_t)s->rows[s->count - 1], F_META_PEER_offline, 1);
    put_u((struct row *)(uintptr_t)s->rows[s->count - 1], F_META_PEER_lag, 70);
    send(&n, s);
    ck_assert_str_eq(peer_state(&n, "n2"), "current");
    ck_assert_str_eq(peer_state(&n, "n3"), "current"); /* was heard just now */
    ck_assert_str_eq(peer_state(&n, "n4"), "lost");
    ck_assert_str_eq(peer_state(&n, "n5"), "offline"); /* the server still calls it current */
    const struct object *n5 = find_by(&n, Q_META_PEER_name, "n5");
    ck_assert_double_eq(number_value(&n, n5, Q_META_PEER_lag), 70);
    ck_assert_double_eq(number_value(&n, n5, Q_META_PEER_seen), 0.2e9);
    ck_assert_str_eq(text_value(&n, n5, Q_META_PEER_cluster), "C");
    for (int i = 0; i < 2; i++)
        send_failure(&n, 1, SHAPE_VARZ, FAILURE_REFUSED, "");
    varz_until(&n, 2, 6);
    ck_assert_int_eq(find_by(&n, Q_META_PEER_name, "n2")->freshness, FRESH_STALE); /* nobody sees it now */
    night_end(&n);
}
END_TEST

/* Without a leader they are as the last one saw them, and that is longer ago with every second. */
START_TEST(what_a_dead_leader_said_of_its_peers_ages) {
    struct night n;
    begin_three(&n);
    struct sample *s = jsz(&n, 2);
    add_meta(s, "n3");
    add_peer(s, "n1", true, 0.9);
    add_peer(s, "n2", true, 0.9);
    send(&n, s);
    varz_until(&n, 2, 7);
    const struct object *n1 = server_named(&n, "n1"), *n2 = server_named(&n, "n2");
    ck_assert_str_eq(text_value(&n, n2, Q_SERVER_meta_role), "current");
    ck_assert_double_eq(number_value(&n, n2, Q_SERVER_meta_seen), 0.9e9); /* its leader's own figure */
    for (int i = 0; i < 2; i++) {
        send_failure(&n, 2, SHAPE_VARZ, FAILURE_REFUSED, "");
        send_failure(&n, 3, SHAPE_VARZ, FAILURE_REFUSED, "");
    }
    varz_until(&n, 44, 1);
    ck_assert_str_eq(text_value(&n, n2, Q_SERVER_meta_role), "down");
    ck_assert_str_eq(peer_state(&n, "n2"), "down");
    ck_assert_int_eq(quantity_get(n.model, n2, Q_SERVER_meta_role).flags, 0); /* that is our own word */
    ck_assert_str_eq(text_value(&n, n1, Q_SERVER_meta_role), "current");
    ck_assert_str_eq(peer_state(&n, "n1"), "current");
    ck_assert_int_eq(quantity_get(n.model, n1, Q_SERVER_meta_role).flags, VALUE_OLD);
    ck_assert_double_eq(number_value(&n, n1, Q_SERVER_meta_seen), 44.9e9);
    ck_assert_double_eq(number_value(&n, find_by(&n, Q_META_PEER_name, "n1"), Q_META_PEER_seen), 44.9e9);
    ck_assert_int_eq(quantity_get(n.model, n1, Q_SERVER_meta_seen).flags, VALUE_OLD);
    night_end(&n);
}
END_TEST

static const char *replica_state(const struct night *n, const char *name) {
    return text_value(n, find_by(n, Q_REPLICA_name, name), Q_REPLICA_state);
}

START_TEST(replicas_have_a_state_each) {
    struct night n;
    begin_three(&n);
    struct sample *s = jsz(&n, 0);
    add_stream(s, 0, 0, 100);
    add_replica(s, "n2", false, false, 0.9);
    add_replica(s, "n3", true, true, 0.9);
    send(&n, s);
    ck_assert_str_eq(replica_state(&n, "n2"), "current");
    ck_assert_str_eq(replica_state(&n, "n3"), "offline");
    const struct object *replica = find_by(&n, Q_REPLICA_name, "n2");
    ck_assert_str_eq(text_value(&n, replica, Q_REPLICA_stream), "ORDERS");
    ck_assert_str_eq(text_value(&n, replica, Q_REPLICA_cluster), "C");
    ck_assert_double_eq(number_value(&n, replica, Q_REPLICA_seen), 0.9e9);
    ck_assert(isnan(number_value(&n, replica, Q_REPLICA_lag)));
    night_end(&n);
}
END_TEST

/* What is on its way at the moment of one answer is no lag. */
START_TEST(behind_is_who_is_late_by_two_answers) {
    static const struct {
        bool current;
        double active;
        uint64_t lag;
        const char *state;
    } told[] = {
        {false, 0.01, 1, "current"},  {false, 0.2, 90, "current"},  {false, 0.2, 1, "current"},
        {false, 0.1, 900, "current"}, /* in one answer */
        {true, 0.1, 0, "current"},    {false, 3, 7, "current"},     {false, 8, 7, "behind"},
        {false, 0.1, 7, "current"},   {false, 0.1, 900, "current"}, {true, 0.1, 900, "behind"},
    };
    struct night n;
    begin_three(&n);
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        struct sample *s = jsz(&n, 0);
        add_stream(s, 0, 0, 100);
        add_replica(s, "n2", told[i].current, false, told[i].active);
        put_u((struct row *)(uintptr_t)s->rows[s->count - 1], F_REPLICA_lag, told[i].lag);
        send(&n, s);
        ck_assert_msg(strcmp(replica_state(&n, "n2"), told[i].state) == 0, "%zu: %s", i,
                      replica_state(&n, "n2"));
        ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_replicas),
                         *told[i].state == 'b' ? "1/2" : "2/2");
        varz_until(&n, 5 * (double)(i + 1), 7);
    }
    night_end(&n);
}
END_TEST

static const char *replicas(const struct night *n) {
    return text_value(n, stream(n), Q_STREAM_replicas);
}

/* Its leader has not noticed yet, and then says it in its own word. */
START_TEST(a_replica_whose_server_is_down_is_not_current) {
    struct night n;
    begin_three(&n);
    for (int told = 0; told < 2; told++) {
        struct sample *s = jsz(&n, 0);
        add_stream(s, 0, 0, 100);
        add_replica(s, "n2", true, false, 0.4);
        add_replica(s, "n3", true, false, told ? 3.5 : 0.4);
        send(&n, s);
        ck_assert_str_eq(replicas(&n), told ? "2/3" : "3/3");
        ck_assert_str_eq(replica_state(&n, "n3"), told ? "lost" : "current");
        for (int i = 0; i < 2; i++)
            send_failure(&n, 3, SHAPE_VARZ, FAILURE_REFUSED, "");
        varz_until(&n, 2 + told, 3);
        ck_assert_str_eq(replica_state(&n, "n3"), told ? "lost" : "down");
        ck_assert_str_eq(replicas(&n), "2/3");
        ck_assert_int_eq(quantity_get(n.model, stream(&n), Q_STREAM_replicas).flags, 0);
    }
    for (int i = 0; i < 2; i++)
        send_failure(&n, 1, SHAPE_VARZ, FAILURE_REFUSED, "");
    varz_until(&n, 5, 2);
    ck_assert_str_eq(replicas(&n), "1/3"); /* of the leader nothing says that it has what it had */
    ck_assert_str_eq(replica_state(&n, "n2"), "current");
    const struct object *replica = find_by(&n, Q_REPLICA_name, "n2");
    ck_assert_int_eq(quantity_get(n.model, replica, Q_REPLICA_state).flags, VALUE_OLD);
    ck_assert_double_eq(number_value(&n, replica, Q_REPLICA_seen), 3.4e9);
    varz_until(&n, 7, 7); /* all of them answer again, and nobody has told since */
    ck_assert_str_eq(replicas(&n), "2/3");
    night_end(&n);
}
END_TEST

/* ---- JetStream of one server ---- */

static void send_api(struct night *n, const char *id, uint64_t calls, uint64_t errors) {
    struct sample *s = build_varz(n, 1, id, "n1");
    put_u(row_of(s, ENTITY_SERVER), F_SERVER_js_api_total, calls);
    put_u(row_of(s, ENTITY_SERVER), F_SERVER_js_api_errors, errors);
    send(n, s);
}

static double on_n1(const struct night *n, enum quantity q) {
    return number_value(n, server_named(n, "n1"), q);
}

START_TEST(api_errors_are_those_of_the_last_minute) {
    struct night n;
    begin_three(&n);
    for (int second = 1; second <= 120; second++) { /* 10 a second; errors in the second minute alone */
        night_until(&n, second);
        send_api(&n, "IDA", 5000 + 10 * (uint64_t)second, 77 + (uint64_t)(second > 60 ? second - 60 : 0));
        if (second <= 5)
            ck_assert(isnan(on_n1(&n, Q_SERVER_js_api_errors_per_min)));
        if (second == 60)
            ck_assert_double_eq(on_n1(&n, Q_SERVER_js_api_errors_per_min), 0); /* 77 are long ago */
    }
    ck_assert_double_eq_tol(on_n1(&n, Q_SERVER_js_api_errors_per_min), 60, 1e-6);
    ck_assert_double_eq_tol(on_n1(&n, Q_SERVER_js_api_error_share), 0.1, 1e-9);
    night_until(&n, 123);
    send_restarted(&n, 0, "IDZ");
    send_api(&n, "IDZ", 3, 1);
    ck_assert(isnan(on_n1(&n, Q_SERVER_js_api_errors_per_min)));
    night_end(&n);
}
END_TEST

START_TEST(nobody_called_and_nothing_failed) {
    struct night n;
    begin_three(&n);
    for (int second = 1; second <= 30; second++) {
        night_until(&n, second);
        send_api(&n, "IDA", 5000, 77);
    }
    ck_assert_double_eq(on_n1(&n, Q_SERVER_js_api_errors_per_min), 0);
    ck_assert(isnan(on_n1(&n, Q_SERVER_js_api_error_share))); /* of nothing */
    night_end(&n);
}
END_TEST

START_TEST(what_an_account_may_is_no_reservation) {
    struct night n;
    begin_three(&n);
    struct sample *s = jsz(&n, 0);
    struct row *row = sample_add(s, ENTITY_JETSTREAM);
    put_u(row, F_JETSTREAM_reserved_memory, UINT64_MAX); /* -1 */
    put_u(row, F_JETSTREAM_reserved_storage, 5 << 20);
    send(&n, s);
    ck_assert(isnan(on_n1(&n, Q_SERVER_js_reserved_memory)));
    ck_assert_double_eq(on_n1(&n, Q_SERVER_js_reserved_storage), 5 << 20);
    night_end(&n);
}
END_TEST

static void send_power(struct night *n, const char *id, bool disabled) {
    struct sample *s = build(n, 1, SHAPE_JSZ, id);
    struct row *row = sample_add(s, ENTITY_JETSTREAM);
    if (disabled)
        put_u(row, F_JETSTREAM_disabled, 1);
    send(n, s);
}

START_TEST(jetstream_switched_off_is_said) {
    struct night n;
    begin_three(&n);
    ck_assert(isnan(on_n1(&n, Q_SERVER_js_enabled)));
    send_power(&n, "IDA", false);
    ck_assert_double_eq(on_n1(&n, Q_SERVER_js_enabled), 1);
    varz_until(&n, 5, 6);
    send_restarted(&n, 0, "IDZ");
    send_power(&n, "IDZ", true);
    ck_assert_double_eq(on_n1(&n, Q_SERVER_js_enabled), 0);
    ck_assert_double_eq(on_n1(&n, Q_SERVER_js_switched_off), 1);
    ck_assert_int_eq(count_events(&n, "store"), 1);
    ck_assert_str_eq(model_event(n.model, model_event_count(n.model) - 1)->text, "JetStream is off, was on");
    send_power(&n, "IDZ", true);
    ck_assert_int_eq(count_events(&n, "store"), 1);
    varz_until(&n, 6, 6);
    send_power(&n, "IDZ", false);
    ck_assert_double_eq(on_n1(&n, Q_SERVER_js_switched_off), 0);
    ck_assert_str_eq(model_event(n.model, model_event_count(n.model) - 1)->text, "JetStream is on again");
    night_end(&n);
}
END_TEST

/* The server goes on to say what it said before it was switched off. */
START_TEST(what_is_off_has_no_figures) {
    static const enum quantity figures[] = {Q_SERVER_js_memory,        Q_SERVER_js_storage,
                                            Q_SERVER_js_storage_share, Q_SERVER_js_max_storage,
                                            Q_SERVER_js_ha_assets,     Q_SERVER_js_reserved_storage,
                                            Q_SERVER_js_api_per_s};
    struct night n;
    begin_three(&n);
    for (int i = 0; i < 4; i++) {
        struct sample *s = build_varz(&n, 1, ids[0], names[0]);
        struct row *row = row_of(s, ENTITY_SERVER);
        put_i(row, F_SERVER_js_max_storage, 100);
        for (int f = F_SERVER_js_memory; f <= F_SERVER_js_api_errors; f++)
            put_u(row, (enum field)f, 95);
        send(&n, s);
        s = jsz(&n, 0);
        row = sample_add(s, ENTITY_JETSTREAM);
        put_u(row, F_JETSTREAM_disabled, i == 2);
        put_u(row, F_JETSTREAM_reserved_storage, i == 2 ? 0 : 50);
        send(&n, s);
        for (size_t q = 0; q < sizeof figures / sizeof *figures && i > 0 && i < 3; q++)
            ck_assert_msg(isnan(on_n1(&n, figures[q])) == (i == 2), "%s", quantities[figures[q]].name);
        ck_assert_str_eq(text_value(&n, server_named(&n, "n1"), Q_SERVER_meta_role), i == 2 ? "off" : "");
        varz_until(&n, i + 1, 6);
    }
    ck_assert_double_eq(on_n1(&n, Q_SERVER_js_reserved_storage), 50);
    ck_assert(isnan(on_n1(&n, Q_SERVER_js_storage))); /* not told since it is on again */
    night_end(&n);
}
END_TEST

START_TEST(jetstream_that_never_was_on_is_not_missed) {
    struct night n;
    begin_three(&n);
    send_power(&n, "IDA", true);
    ck_assert_double_eq(on_n1(&n, Q_SERVER_js_enabled), 0);
    ck_assert_double_eq(on_n1(&n, Q_SERVER_js_switched_off), 0);
    ck_assert_int_eq(count_events(&n, "store"), 0);
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("meta group");
    tcase_add_test(t, quorum_is_what_the_meta_leader_sees);
    tcase_add_test(t, peers_of_dead_servers_count_as_lost_sooner);
    tcase_add_test(t, two_meta_leaders_are_no_move_at_each_answer);
    tcase_add_test(t, a_peer_never_heard_of_is_lost_after_two_seconds);
    tcase_add_test(t, a_dead_meta_leader_leaves_the_group_leaderless);
    tcase_add_test(t, a_leader_is_named_by_a_living_answer_alone);
    tcase_add_test(t, who_was_away_leads_when_it_says_so_again);
    tcase_add_test(t, a_leader_that_is_not_asked_is_believed);
    tcase_add_test(t, an_empty_store_is_said_when_it_is_certain);
    tcase_add_test(t, a_store_that_is_still_read_is_not_empty);
    tcase_add_test(t, changes_of_leader_are_counted_for_an_hour);
    tcase_add_test(t, pending_is_the_meta_leaders);
    tcase_add_test(t, peers_have_a_state_each);
    tcase_add_test(t, what_a_dead_leader_said_of_its_peers_ages);
    tcase_add_test(t, replicas_have_a_state_each);
    tcase_add_test(t, behind_is_who_is_late_by_two_answers);
    tcase_add_test(t, a_replica_whose_server_is_down_is_not_current);
    tcase_add_test(t, api_errors_are_those_of_the_last_minute);
    tcase_add_test(t, nobody_called_and_nothing_failed);
    tcase_add_test(t, what_an_account_may_is_no_reservation);
    tcase_add_test(t, jetstream_switched_off_is_said);
    tcase_add_test(t, what_is_off_has_no_figures);
    tcase_add_test(t, jetstream_that_never_was_on_is_not_missed);
    return t;
}

int main(void) {
    return run_case("model: meta group", cases);
}
