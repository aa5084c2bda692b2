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

static TCase *cases(void) {
    TCase *t = tcase_create("meta group");
    tcase_add_test(t, quorum_is_what_the_meta_leader_sees);
    tcase_add_test(t, peers_of_dead_servers_count_as_lost_sooner);
    tcase_add_test(t, a_peer_never_heard_of_is_lost_after_two_seconds);
    tcase_add_test(t, a_dead_meta_leader_leaves_the_group_leaderless);
    tcase_add_test(t, a_leader_is_named_by_a_living_answer_alone);
    tcase_add_test(t, who_was_away_leads_when_it_says_so_again);
    tcase_add_test(t, a_leader_that_is_not_asked_is_believed);
    tcase_add_test(t, an_empty_store_is_said_when_it_is_certain);
    tcase_add_test(t, a_store_that_is_still_read_is_not_empty);
    return t;
}

int main(void) {
    return run_case("model: meta group", cases);
}
