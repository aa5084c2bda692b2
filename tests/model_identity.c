#include "tests/model_build.h"

START_TEST(a_restart_is_the_same_row) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    send_varz(&n, 1, "IDA", "n1");
    night_until(&n, 1);
    send_varz(&n, 1, "IDA", "n1");
    const struct object *server = server_named(&n, "n1");
    uint64_t id = server->id;
    ck_assert_ptr_nonnull(server->before);
    night_until(&n, 5);
    struct sample *s = build_varz(&n, 1, "IDB", "n1");
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_start, NIGHT_UTC + ns(4));
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_config_load_time, NIGHT_UTC + ns(4));
    put_text(s, row_of(s, ENTITY_SERVER), F_SERVER_version, "2.15.3");
    send(&n, s);
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 1);
    ck_assert_uint_eq(server_named(&n, "n1")->id, id);
    ck_assert_ptr_null(server_named(&n, "n1")->before);
    ck_assert_int_eq((int)number_value(&n, server, Q_SERVER_restarts), 1);
    ck_assert_int_eq(count_events(&n, "restarted"), 1);
    ck_assert_int_eq(count_events(&n, "version"), 1);
    ck_assert_int_eq(count_events(&n, "reloaded"), 0);
    ck_assert_int_eq(count_events(&n, "back"), 0);
    night_end(&n);
}
END_TEST

START_TEST(changing_ids_without_a_start_are_a_balancer) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://lb:8222", "named", "probing", NULL, NULL);
    send_varz(&n, 1, "IDA", "n1");
    send_varz(&n, 1, "IDB", "n2"); /* started before we looked: no restart of n1 */
    ck_assert_int_eq(count_events(&n, "restarted"), 0);
    ck_assert_ptr_null(server_named(&n, "n2"));
    send_target(&n, 1, "http://lb:8222", "named", "balancer", NULL, NULL);
    send_target(&n, 2, "http://a:8222", "connect_url", "polled", "IDA", "n1");
    send_target(&n, 3, "http://b:8222", "connect_url", "polled", "IDB", "n2");
    send_varz(&n, 2, "IDA", "n1");
    send_varz(&n, 3, "IDB", "n2");
    send_varz(&n, 1, "IDB", "n2");
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 2);
    ck_assert_str_eq(text_value(&n, server_named(&n, "n1"), Q_SERVER_url), "http://a:8222");
    night_end(&n);
}
END_TEST

START_TEST(a_balancer_that_never_was_a_server_has_no_row) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://lb:8222", "named", "probing", NULL, NULL);
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 1);
    ck_assert_ptr_null(model_balancer(n.model));
    send_target(&n, 1, "http://lb:8222", "named", "balancer", NULL, NULL);
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 0);
    struct model *paused = model_clone(n.model);
    ck_assert_str_eq(model_balancer(paused), "http://lb:8222");
    send_hello(&n, 1); /* a new collector judges anew */
    ck_assert_ptr_null(model_balancer(n.model));
    ck_assert_str_eq(model_balancer(paused), "http://lb:8222");
    model_destroy(paused);
    night_end(&n);
}
END_TEST

START_TEST(one_server_under_two_urls_is_one_row) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://a:8222", "named", "probing", NULL, NULL);
    send_target(&n, 2, "http://b:8222", "named", "probing", NULL, NULL);
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 2);
    send_varz(&n, 1, "IDA", "n1");
    send_varz(&n, 2, "IDA", "n1");
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 1);
    send_failure(&n, 2, SHAPE_VARZ, FAILURE_REFUSED, "");
    send_failure(&n, 2, SHAPE_VARZ, FAILURE_REFUSED, "");
    ck_assert_str_eq(text_value(&n, server_named(&n, "n1"), Q_SERVER_state), "up");
    night_until(&n, 4); /* the first way is silent now: the second one serves */
    send_varz(&n, 2, "IDA", "n1");
    ck_assert_str_eq(text_value(&n, server_named(&n, "n1"), Q_SERVER_state), "up");
    ck_assert_str_eq(text_value(&n, server_named(&n, "n1"), Q_SERVER_url), "http://b:8222");
    night_end(&n);
}
END_TEST

START_TEST(two_living_ids_under_one_name_are_two_rows) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://a:8222", "named", "polled", NULL, NULL);
    send_target(&n, 2, "http://b:8222", "named", "polled", NULL, NULL);
    send_varz(&n, 1, "IDA", "n1");
    send_varz(&n, 2, "IDB", "n1");
    send_varz(&n, 1, "IDA", "n1");
    send_varz(&n, 2, "IDB", "n1");
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 2);
    ck_assert_int_eq(count_events(&n, "restarted"), 0);
    ck_assert_int_eq(count_events(&n, "peer"), 1);
    char text[200];
    size_t count;
    for (int i = 1; i <= 12; i++) {
        night_until(&n, i);
        send_varz(&n, 1, "IDA", "n1");
        send_varz(&n, 2, "IDB", "n1");
        if (i == 9)
            ck_assert_ptr_null(finding_of(&n, "server_twin"));
    }
    ck_assert_ptr_nonnull(finding_of(&n, "server_twin"));
    ck_assert_int_eq(finding_of(&n, "server_twin")->severity, SEVERITY_WARN);
    finding_text_of(n.model, finding_of(&n, "server_twin"), 1, text, sizeof text);
    ck_assert_str_eq(text, "two living servers are called n1: http://a:8222 and http://b:8222");
    model_findings(n.model, &count); /* of the two it is said once */
    ck_assert_uint_eq(count, 1);
    night_until(&n, 16); /* neither answers: what was is no evidence */
    ck_assert_ptr_null(finding_of(&n, "server_twin"));
    night_end(&n);
}
END_TEST

START_TEST(a_discovered_twin_is_said) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://a:8222", "named", "polled", NULL, NULL);
    send_varz(&n, 1, "IDA", "n1");
    send_target(&n, 2, "http://b:8222", "route", "polled", "IDB", "n1");
    send_varz(&n, 2, "IDB", "n1");
    send_varz(&n, 1, "IDA", "n1");
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 2);
    ck_assert_int_eq(count_events(&n, "peer"), 1);
    night_end(&n);
}
END_TEST

START_TEST(a_server_that_moved_is_the_same_row) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://a:8222", "named", "polled", NULL, NULL);
    send_varz(&n, 1, "IDA", "n1");
    uint64_t id = server_named(&n, "n1")->id;
    night_until(&n, 12);
    send_target(&n, 2, "http://b:8222", "route", "polled", "IDB", "n1");
    struct sample *s = build_varz(&n, 2, "IDB", "n1");
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_start, NIGHT_UTC + ns(11));
    send(&n, s);
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 1);
    ck_assert_uint_eq(server_named(&n, "n1")->id, id);
    ck_assert_int_eq((int)number_value(&n, server_named(&n, "n1"), Q_SERVER_restarts), 1);
    ck_assert_str_eq(text_value(&n, server_named(&n, "n1"), Q_SERVER_state), "up");
    night_end(&n);
}
END_TEST

START_TEST(a_new_collector_finds_the_old_rows) {
    struct night n;
    night_begin(&n, 0, 1);
    send_hello(&n, 1);
    send_target(&n, 1, "http://a:8222", "named", "polled", NULL, NULL);
    send_target(&n, 2, "http://b:8222", "route", "polled", "IDB", "n2");
    send_varz(&n, 1, "IDA", "n1");
    send_varz(&n, 2, "IDB", "n2");
    uint64_t id = server_named(&n, "n2")->id;
    night_until(&n, 2);
    send_hello(&n, 1);
    send_target(&n, 1, "http://b:8222", "route", "polled", "IDB", "n2"); /* numbers from one again */
    send_target(&n, 2, "http://a:8222", "named", "probing", NULL, NULL);
    send_varz(&n, 1, "IDB", "n2");
    send_varz(&n, 2, "IDA", "n1");
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 2);
    ck_assert_uint_eq(server_named(&n, "n2")->id, id);
    night_until(&n, 4);
    ck_assert_str_eq(text_value(&n, server_named(&n, "n1"), Q_SERVER_state), "up");
    night_end(&n);
}
END_TEST

/* Two servers of a cluster and one of another are watched, then that cluster's and a new one. */
static void watch_others(struct night *n) {
    send_hello(n, 1);
    send_target(n, 1, "http://a:8222", "named", "probing", NULL, NULL);
    send_target(n, 2, "http://b:8222", "named", "probing", NULL, NULL);
    send_target(n, 3, "http://c:8222", "named", "probing", NULL, NULL);
    send_target(n, 4, "http://nobody:8222", "named", "probing", NULL, NULL);
    send_varz(n, 1, "IDA", "n1");
    send_varz(n, 2, "IDB", "n2");
    for (int i = 0; i < 2; i++)
        send_failure(n, 4, SHAPE_VARZ, FAILURE_REFUSED, "refused");
    struct sample *s = build_varz(n, 3, "IDC", "elsewhere");
    put_text(s, row_of(s, ENTITY_SERVER), F_SERVER_cluster, "D");
    send(n, s);
    night_until(n, 2);
    model_watches_others(n->model);
    night_until(n, 3);
    ck_assert_uint_eq(count_of(n, OBJECT_SERVER), 4); /* the old collector still answers */
    send_hello(n, 1);
    send_target(n, 1, "http://other:8222", "named", "probing", NULL, NULL);
}

START_TEST(who_is_watched_no_longer_goes) {
    struct night n;
    night_begin(&n, 0, 1);
    watch_others(&n);
    uint64_t kept = server_named(&n, "n2")->id;
    send_varz(&n, 1, "IDB", "n2"); /* under another address; its peer is told by it */
    night_until(&n, 4);
    send_varz(&n, 1, "IDB", "n2");
    ck_assert_ptr_nonnull(server_named(&n, "n1"));
    for (int i = 5; i <= 8; i++) {
        night_until(&n, i);
        send_varz(&n, 1, "IDB", "n2");
    }
    ck_assert_uint_eq(server_named(&n, "n2")->id, kept);
    ck_assert_ptr_null(server_named(&n, "n1"));
    ck_assert_ptr_null(server_named(&n, "elsewhere"));
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 1);
    ck_assert_uint_eq(count_of(&n, OBJECT_CLUSTER), 1);
    night_end(&n);
}
END_TEST

START_TEST(who_is_watched_now_has_time_to_answer) {
    struct night n;
    night_begin(&n, 0, 1);
    watch_others(&n);
    night_until(&n, 11);
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 5);
    night_until(&n, 14);
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 1); /* the one that is asked */
    night_end(&n);
}
END_TEST

START_TEST(a_known_peer_is_a_row_while_routed) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://a:8222", "named", "polled", NULL, NULL);
    send_varz(&n, 1, "IDA", "n1");
    send_target(&n, 2, "10.0.0.2:41234", "route", "known", "IDB", NULL);
    const struct object *peer = server_named(&n, "10.0.0.2:41234");
    ck_assert_ptr_nonnull(peer);
    ck_assert_str_eq(text_value(&n, peer, Q_SERVER_state), "known");
    night_until(&n, 1);
    ck_assert_str_eq(text_value(&n, peer, Q_SERVER_state), "known");
    send_target(&n, 2, "10.0.0.2:41234", "route", "gone", "IDB", NULL);
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 1);
    night_end(&n);
}
END_TEST

START_TEST(a_named_known_peer_that_left_is_down) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 2, "10.0.0.2:41234", "route", "known", "IDB", "n2");
    send_target(&n, 2, "10.0.0.2:41234", "route", "gone", "IDB", "n2");
    ck_assert_str_eq(text_value(&n, server_named(&n, "n2"), Q_SERVER_state), "down");
    ck_assert_int_eq((int)number_value(&n, model_cluster(n.model), Q_CLUSTER_expected), 1);
    ck_assert(model_forget(n.model, "n2"));
    ck_assert_int_eq((int)number_value(&n, model_cluster(n.model), Q_CLUSTER_expected), 0);
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 0);
    ck_assert(!model_forget(n.model, "n2"));
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("identity");
    tcase_add_test(t, a_restart_is_the_same_row);
    tcase_add_test(t, changing_ids_without_a_start_are_a_balancer);
    tcase_add_test(t, a_balancer_that_never_was_a_server_has_no_row);
    tcase_add_test(t, one_server_under_two_urls_is_one_row);
    tcase_add_test(t, two_living_ids_under_one_name_are_two_rows);
    tcase_add_test(t, a_discovered_twin_is_said);
    tcase_add_test(t, a_server_that_moved_is_the_same_row);
    tcase_add_test(t, a_new_collector_finds_the_old_rows);
    tcase_add_test(t, who_is_watched_no_longer_goes);
    tcase_add_test(t, who_is_watched_now_has_time_to_answer);
    tcase_add_test(t, a_known_peer_is_a_row_while_routed);
    tcase_add_test(t, a_named_known_peer_that_left_is_down);
    return t;
}

int main(void) {
    return run_case("model: identity", cases);
}
