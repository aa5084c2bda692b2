/* The meta group: who leads it, whether it has a quorum, and how its peers are. */
#include "tests/model_meta.h"

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

/* What it said just before they died proves nothing; with one of them it still may have one. */
START_TEST(dead_peers_are_no_majority) {
    struct night n;
    begin_three(&n);
    varz_until(&n, 1, 7);
    say_meta(&n, 0, 0.1);
    ck_assert_str_eq(quorum(&n), "yes");
    for (uint64_t target = 2; target <= 3; target++) {
        ck_assert_str_eq(quorum(&n), "yes");
        for (int i = 0; i < 2; i++)
            send_failure(&n, target, SHAPE_VARZ, FAILURE_REFUSED, "");
        varz_until(&n, 1 + (double)target, 7 & ~(2u << (target - 2)) & (target == 3 ? 1u : 7u));
    }
    ck_assert(quantity_get(n.model, model_cluster(n.model), Q_CLUSTER_meta_quorum).type == VALUE_UNKNOWN);
    night_end(&n);
}
END_TEST

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

/* It may be so for longer. */
START_TEST(without_a_leader_from_the_beginning_is_at_least_so_long) {
    struct night n;
    begin_three(&n);
    for (int i = 0; i < 3; i++) {
        varz_until(&n, 5 * i, 7);
        for (int node = 0; node < 3; node++) {
            struct sample *s = jsz(&n, node);
            add_meta(s, "");
            send(&n, s);
        }
    }
    varz_until(&n, 13, 7);
    ck_assert_str_eq(quorum(&n), "leaderless");
    struct value since = quantity_get(n.model, model_cluster(n.model), Q_CLUSTER_meta_since);
    ck_assert_int_eq(since.flags, VALUE_LEAST);
    size_t count;
    char text[200];
    const struct finding *findings = model_findings(n.model, &count);
    ck_assert_uint_ge(count, 1);
    finding_text_of(n.model, &findings[0], 1, text, sizeof text);
    ck_assert_str_eq(text, "JetStream meta group has no leader, for ≥13s");
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
    struct value since = quantity_get(n.model, model_cluster(n.model), Q_CLUSTER_meta_since);
    ck_assert_int_eq(since.flags, 0); /* it was led when we began to look */
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

/* n3 has not noticed that n1 leads no more: which of both is the newer word counts. */
START_TEST(who_denies_it_later_does_not_lead) {
    struct night n;
    begin_three(&n);
    send_meta(&n, 0, "");
    send_meta(&n, 1, "");
    varz_until(&n, 1, 7);
    send_meta(&n, 2, "n1");
    ck_assert_str_eq(quorum(&n), ""); /* it may, since it was asked */
    varz_until(&n, 2, 7);
    send_meta(&n, 0, "");
    ck_assert_str_eq(quorum(&n), "leaderless");
    varz_until(&n, 3, 7);
    send_meta(&n, 2, "n1");
    ck_assert_str_eq(quorum(&n), "");
    varz_until(&n, 4, 7);
    say_meta(&n, 0, 0.1);
    ck_assert_str_eq(quorum(&n), "yes");
    ck_assert_str_eq(meta_leader(&n), "n1");
    night_end(&n);
}
END_TEST

/* What it said itself before it fell silent denies nothing. */
START_TEST(a_leader_that_answers_no_more_has_not_denied_it) {
    struct night n;
    begin_three(&n);
    send_meta(&n, 2, "n1");
    varz_until(&n, 1, 7);
    say_meta(&n, 0, 0.1);
    varz_until(&n, 60, 7); /* /varz alone is answered */
    ck_assert_str_eq(quorum(&n), "");
    night_end(&n);
}
END_TEST

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
    ck_assert_int_eq(quantity_get(n.model, c, Q_CLUSTER_meta_flaps).flags, VALUE_LEAST); /* three minutes */
    night_until(&n, 60 + 601);
    ck_assert_double_eq(number_value(&n, c, Q_CLUSTER_meta_flaps), 2);
    ck_assert_int_eq(quantity_get(n.model, c, Q_CLUSTER_meta_flaps).flags, 0);
    ck_assert_int_eq(quantity_get(n.model, c, Q_CLUSTER_meta_leader_changes).flags, VALUE_LEAST);
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

static TCase *cases(void) {
    TCase *t = tcase_create("meta group");
    tcase_add_test(t, quorum_is_what_the_meta_leader_sees);
    tcase_add_test(t, peers_of_dead_servers_count_as_lost_sooner);
    tcase_add_test(t, dead_peers_are_no_majority);
    tcase_add_test(t, two_meta_leaders_are_no_move_at_each_answer);
    tcase_add_test(t, a_peer_never_heard_of_is_lost_after_two_seconds);
    tcase_add_test(t, without_a_leader_from_the_beginning_is_at_least_so_long);
    tcase_add_test(t, a_dead_meta_leader_leaves_the_group_leaderless);
    tcase_add_test(t, who_denies_it_later_does_not_lead);
    tcase_add_test(t, a_leader_that_answers_no_more_has_not_denied_it);
    tcase_add_test(t, a_leader_is_named_by_a_living_answer_alone);
    tcase_add_test(t, who_was_away_leads_when_it_says_so_again);
    tcase_add_test(t, a_leader_that_is_not_asked_is_believed);
    tcase_add_test(t, changes_of_leader_are_counted_for_an_hour);
    tcase_add_test(t, pending_is_the_meta_leaders);
    tcase_add_test(t, peers_have_a_state_each);
    tcase_add_test(t, what_a_dead_leader_said_of_its_peers_ages);
    return t;
}

int main(void) {
    return run_case("model: meta group", cases);
}
