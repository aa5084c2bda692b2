#include "tests/model_build.h"

/* ---- states ---- */

START_TEST(a_named_url_has_a_row_before_it_answers) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://127.0.0.1:8222", "named", "probing", NULL, NULL);
    const struct object *server = server_named(&n, "127.0.0.1:8222");
    ck_assert_ptr_nonnull(server);
    ck_assert_int_eq(quantity_get(n.model, server, Q_SERVER_state).type, VALUE_UNKNOWN);
    send_failure(&n, 1, SHAPE_VARZ, FAILURE_REFUSED, "nothing listens on port 8222");
    ck_assert_str_eq(text_value(&n, server, Q_SERVER_state), "down");
    ck_assert_str_eq(text_value(&n, server, Q_SERVER_reason), "nothing listens on port 8222");
    ck_assert_int_eq(count_events(&n, "lost"), 0);
    ck_assert_int_eq((int)number_value(&n, model_cluster(n.model), Q_CLUSTER_servers), 0);
    ck_assert_int_eq((int)number_value(&n, model_cluster(n.model), Q_CLUSTER_expected), 1);
    ck_assert_int_eq(model_data_age_ns(n.model), -1);
    night_end(&n);
}
END_TEST

START_TEST(a_url_becomes_a_named_row) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://127.0.0.1:8222", "named", "probing", NULL, NULL);
    uint64_t id = server_named(&n, "127.0.0.1:8222")->id;
    send_varz(&n, 1, "IDA", "n1");
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 1);
    ck_assert_uint_eq(server_named(&n, "n1")->id, id);
    ck_assert_str_eq(text_value(&n, server_named(&n, "n1"), Q_SERVER_state), "up");
    ck_assert_str_eq(text_value(&n, server_named(&n, "n1"), Q_SERVER_url), "http://127.0.0.1:8222");
    ck_assert_str_eq(text_value(&n, model_cluster(n.model), Q_CLUSTER_name), "C");
    ck_assert_int_eq(model_data_age_ns(n.model), 0);
    night_end(&n);
}
END_TEST

START_TEST(a_server_without_a_name_is_its_address) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://127.0.0.1:8222", "named", "polled", NULL, NULL);
    send_varz(&n, 1, "IDA", "IDA");
    ck_assert_ptr_nonnull(server_named(&n, "127.0.0.1:8222"));
    night_until(&n, 5);
    struct sample *s = build_varz(&n, 1, "IDB", "IDB");
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_start, NIGHT_UTC + ns(4));
    send(&n, s);
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 1);
    ck_assert_int_eq((int)number_value(&n, server_named(&n, "127.0.0.1:8222"), Q_SERVER_restarts), 1);
    night_end(&n);
}
END_TEST

START_TEST(silence_makes_stale_and_down_on_ticks_alone) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    send_varz(&n, 1, "IDA", "n1");
    const struct object *server = server_named(&n, "n1");
    night_until(&n, 2.5);
    ck_assert_str_eq(text_value(&n, server, Q_SERVER_state), "up");
    night_until(&n, 3);
    ck_assert_str_eq(text_value(&n, server, Q_SERVER_state), "stale");
    ck_assert_str_eq(text_value(&n, server, Q_SERVER_reason), "silent for 3s");
    ck_assert(quantity_get(n.model, server, Q_SERVER_max_pending).flags & VALUE_OLD);
    ck_assert_int_eq(model_severity(n.model, server), SEVERITY_WARN);
    night_until(&n, 9.5);
    ck_assert_str_eq(text_value(&n, server, Q_SERVER_state), "stale");
    night_until(&n, 10);
    ck_assert_str_eq(text_value(&n, server, Q_SERVER_state), "down");
    ck_assert_int_eq(count_events(&n, "lost"), 1);
    ck_assert_int_eq(model_severity(n.model, server), SEVERITY_CRIT);
    night_until(&n, 12);
    ck_assert_str_eq(text_value(&n, server, Q_SERVER_reason), "silent for 12s");
    send_varz(&n, 1, "IDA", "n1");
    ck_assert_str_eq(text_value(&n, server, Q_SERVER_state), "up");
    ck_assert_int_eq(count_events(&n, "back"), 1);
    ck_assert_int_eq(quantity_get(n.model, server, Q_SERVER_reason).type, VALUE_UNKNOWN);
    night_end(&n);
}
END_TEST

START_TEST(a_slow_cadence_is_no_silence) {
    struct night n;
    night_begin(&n, 0, 1);
    send_hello(&n, 5);
    send_target(&n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    send_varz(&n, 1, "IDA", "n1");
    night_until(&n, 14.5);
    ck_assert_str_eq(text_value(&n, server_named(&n, "n1"), Q_SERVER_state), "up");
    night_until(&n, 15);
    ck_assert_str_eq(text_value(&n, server_named(&n, "n1"), Q_SERVER_state), "stale");
    night_end(&n);
}
END_TEST

START_TEST(refused_twice_running_is_down) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    send_varz(&n, 1, "IDA", "n1");
    const struct object *server = server_named(&n, "n1");
    night_until(&n, 1);
    send_failure(&n, 1, SHAPE_VARZ, FAILURE_REFUSED, "");
    ck_assert_str_eq(text_value(&n, server, Q_SERVER_state), "up");
    send_varz(&n, 1, "IDA", "n1");
    send_failure(&n, 1, SHAPE_VARZ, FAILURE_REFUSED, "");
    ck_assert_str_eq(text_value(&n, server, Q_SERVER_state), "up");
    send_failure(&n, 1, SHAPE_VARZ, FAILURE_REFUSED, "");
    ck_assert_str_eq(text_value(&n, server, Q_SERVER_state), "down");
    ck_assert_str_eq(text_value(&n, server, Q_SERVER_reason), "refused the connection");
    night_end(&n);
}
END_TEST

START_TEST(a_failing_jsz_leaves_the_server_up) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    for (int i = 0; i < 20; i++) {
        night_until(&n, i);
        send_varz(&n, 1, "IDA", "n1");
        send_failure(&n, 1, SHAPE_JSZ, FAILURE_REFUSED, "reset");
    }
    const struct object *server = server_named(&n, "n1");
    ck_assert_str_eq(text_value(&n, server, Q_SERVER_state), "up");
    const struct answer_state *answer = model_answer(n.model, server, SHAPE_JSZ);
    ck_assert_int_eq(answer->failure, FAILURE_REFUSED);
    ck_assert_str_eq(answer->error, "reset");
    ck_assert_int_eq(answer->good_utc_ns, 0);
    ck_assert(model_has(n.model, SHAPE_VARZ));
    ck_assert(!model_has(n.model, SHAPE_JSZ));
    ck_assert_ptr_null(model_answer(n.model, server, SHAPE_SUBSZ));
    night_end(&n);
}
END_TEST

START_TEST(sleeping_ourselves_loses_nobody) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    send_varz(&n, 1, "IDA", "n1");
    night_until(&n, 1);
    n.at = ns(3600);
    model_tick(n.model, NIGHT_UTC + n.at, NIGHT_MONO + n.at);
    ck_assert_str_eq(text_value(&n, server_named(&n, "n1"), Q_SERVER_state), "up");
    night_until(&n, 3603);
    ck_assert_str_eq(text_value(&n, server_named(&n, "n1"), Q_SERVER_state), "stale");
    night_end(&n);
}
END_TEST

/* ---- identity ---- */

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
    send_target(&n, 1, "http://lb:8222", "named", "balancer", NULL, NULL);
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 0);
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

/* ---- peers that can't be asked ---- */

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

/* ---- who should be there ---- */

static void send_clustered(struct night *n, uint64_t target, const char *id, const char *name, int remotes,
                           int port) {
    static const char *const urls[] = {"nats-route://u:p@127.0.0.1:6221/", "nats-route://127.0.0.1:6222",
                                       "nats-route://127.0.0.1:6223"};
    struct sample *s = build_varz(n, target, id, name);
    put_u(row_of(s, ENTITY_SERVER), F_SERVER_remotes, (uint64_t)remotes);
    put_u(row_of(s, ENTITY_SERVER), F_SERVER_routes, (uint64_t)remotes);
    put_u(row_of(s, ENTITY_SERVER), F_SERVER_cluster_port, (uint64_t)port);
    for (size_t i = 0; i < 3; i++)
        put_text(s, sample_add(s, ENTITY_ROUTE_URL), F_ROUTE_URL_url, urls[i]);
    send(n, s);
}

START_TEST(one_dead_before_we_came_is_down_under_its_route_address) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://127.0.0.1:8221", "named", "polled", NULL, NULL);
    send_clustered(&n, 1, "IDA", "n1", 1, 6221);
    ck_assert_int_eq((int)number_value(&n, model_cluster(n.model), Q_CLUSTER_expected), 3);
    send_target(&n, 2, "http://127.0.0.1:8222", "route", "polled", "IDB", "n2");
    send_clustered(&n, 2, "IDB", "n2", 1, 6222);
    night_until(&n, 1);
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 3);
    const struct object *dead = server_named(&n, "127.0.0.1:6223");
    ck_assert_ptr_nonnull(dead);
    ck_assert_str_eq(text_value(&n, dead, Q_SERVER_state), "down");
    ck_assert_ptr_nonnull(finding_of(&n, "server_down"));
    uint64_t id = dead->id;
    /* it comes to life */
    send_target(&n, 3, "http://127.0.0.1:8223", "route", "polled", "IDC", "n3");
    send_clustered(&n, 3, "IDC", "n3", 2, 6223);
    send_clustered(&n, 1, "IDA", "n1", 2, 6221);
    night_until(&n, 2);
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 3);
    ck_assert_uint_eq(server_named(&n, "n3")->id, id);
    ck_assert_str_eq(text_value(&n, server_named(&n, "n3"), Q_SERVER_state), "up");
    ck_assert_ptr_null(finding_of(&n, "server_down"));
    ck_assert_str_eq(text_value(&n, server_named(&n, "n1"), Q_SERVER_routes), "2/2");
    night_end(&n);
}
END_TEST

START_TEST(a_missing_one_among_several_addresses_is_not_guessed) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://127.0.0.1:8221", "named", "polled", NULL, NULL);
    send_clustered(&n, 1, "IDA", "n1", 1, 6221);
    night_until(&n, 1);
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 2);
    ck_assert_ptr_nonnull(server_named(&n, "127.0.0.1:6222 or 127.0.0.1:6223"));
    night_end(&n);
}
END_TEST

static void send_with_urls(struct night *n, uint64_t target, const char *id, const char *name,
                           const char *const *urls, size_t count) {
    struct sample *s = build_varz(n, target, id, name);
    put_u(row_of(s, ENTITY_SERVER), F_SERVER_remotes, 1);
    put_u(row_of(s, ENTITY_SERVER), F_SERVER_cluster_port, 6222);
    for (size_t i = 0; i < count; i++)
        put_text(s, sample_add(s, ENTITY_ROUTE_URL), F_ROUTE_URL_url, urls[i]);
    send(n, s);
}

static void send_route(struct night *n, uint64_t target, const char *id, const char *remote_id,
                       const char *ip) {
    struct sample *s = build(n, target, SHAPE_ROUTEZ, id);
    struct row *row = sample_add(s, ENTITY_ROUTE);
    put_u(row, F_ROUTE_rid, 1);
    put_text(s, row, F_ROUTE_remote_id, remote_id);
    put_text(s, row, F_ROUTE_ip, ip);
    put_u(row, F_ROUTE_port, 6222);
    send(n, s);
}

static void send_routes(struct night *n, uint64_t target, const char *id, const char *rids) {
    struct sample *s = build(n, target, SHAPE_ROUTEZ, id);
    for (; *rids; rids++)
        put_u(sample_add(s, ENTITY_ROUTE), F_ROUTE_rid, (uint64_t)(*rids - '0'));
    send(n, s);
}

/* Of that server, as digits in order of birth. */
static void check_routes(const struct night *n, const char *server, const char *expect) {
    size_t count, len = 0;
    char rids[32] = "";
    const struct object *const *all = model_objects(n->model, OBJECT_ROUTE, &count);
    for (size_t i = 0; i < count && len + 1 < sizeof rids; i++) {
        if (all[i]->parent == server_named(n, server))
            rids[len++] = (char)('0' + row_u64(all[i]->now, F_ROUTE_rid, 0));
    }
    ck_assert_str_eq(rids, expect);
}

START_TEST(a_route_that_is_not_told_any_more_is_gone) {
    static const char *const told[][2] = {{"123", "123"}, {"13", "13"}, {"113", "13"},  {"34", "34"},
                                          {"", ""},       {"5", "5"},   {"678", "678"}, {"876", "678"}};
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://127.0.0.1:8221", "named", "polled", NULL, NULL);
    send_varz(&n, 1, "IDA", "n1");
    send_target(&n, 2, "http://127.0.0.1:8222", "named", "polled", NULL, NULL);
    send_varz(&n, 2, "IDB", "n2");
    send_routes(&n, 2, "IDB", "12");
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        night_until(&n, (double)i + 1);
        send_routes(&n, 1, "IDA", told[i][0]);
        check_routes(&n, "n1", told[i][1]);
        check_routes(&n, "n2", "12");
    }
    night_end(&n);
}
END_TEST

START_TEST(whom_routes_lead_to_is_not_the_missing_one) {
    static const char *const urls[] = {"nats://10.9.9.1:6222", "nats://10.9.9.2:6222",
                                       "nats://10.9.9.3:6222"};
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://127.0.0.1:8221", "named", "polled", NULL, NULL);
    send_with_urls(&n, 1, "IDA", "n1", urls, 3);
    send_target(&n, 2, "http://127.0.0.1:8222", "route", "polled", "IDB", "n2");
    send_with_urls(&n, 2, "IDB", "n2", urls, 3);
    send_route(&n, 1, "IDA", "IDB", "10.9.9.2");
    send_route(&n, 2, "IDB", "IDA", "10.9.9.1");
    night_until(&n, 1);
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 3);
    ck_assert_str_eq(text_value(&n, server_named(&n, "10.9.9.3:6222"), Q_SERVER_state), "down");
    night_end(&n);
}
END_TEST

START_TEST(expected_follows_what_is_configured_now) {
    static const char *const urls[] = {"nats://127.0.0.1:6222", "nats://10.9.9.2:6222",
                                       "nats://10.9.9.3:6222", "nats://10.9.9.4:6222"};
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://127.0.0.1:8221", "named", "polled", NULL, NULL);
    send_with_urls(&n, 1, "IDA", "n1", urls, 3);
    ck_assert_int_eq((int)number_value(&n, model_cluster(n.model), Q_CLUSTER_expected), 3);
    send_with_urls(&n, 1, "IDA", "n1", urls, 4);
    ck_assert_int_eq((int)number_value(&n, model_cluster(n.model), Q_CLUSTER_expected), 4);
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 3);
    send_with_urls(&n, 1, "IDA", "n1", urls + 2, 2);
    ck_assert_int_eq((int)number_value(&n, model_cluster(n.model), Q_CLUSTER_expected), 2);
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 1);
    night_end(&n);
}
END_TEST

START_TEST(connected_peers_that_are_not_found_yet_are_not_down) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://127.0.0.1:8221", "named", "polled", NULL, NULL);
    send_clustered(&n, 1, "IDA", "n1", 2, 6221);
    night_until(&n, 1);
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 1);
    ck_assert_int_eq((int)number_value(&n, model_cluster(n.model), Q_CLUSTER_expected), 3);
    night_end(&n);
}
END_TEST

START_TEST(expected_is_the_largest_of_all_signs) {
    struct night n;
    night_begin(&n, 5, 1);
    send_target(&n, 1, "http://127.0.0.1:8221", "named", "polled", NULL, NULL);
    send_clustered(&n, 1, "IDA", "n1", 2, 6221);
    ck_assert_int_eq((int)number_value(&n, model_cluster(n.model), Q_CLUSTER_expected), 5);
    send_clustered(&n, 1, "IDA", "n1", 6, 6221);
    ck_assert_int_eq((int)number_value(&n, model_cluster(n.model), Q_CLUSTER_expected), 7);
    night_end(&n);
}
END_TEST

START_TEST(forgetting_a_dead_server_is_scale_down) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://127.0.0.1:8221", "named", "polled", NULL, NULL);
    send_clustered(&n, 1, "IDA", "n1", 1, 6221);
    send_target(&n, 2, "http://127.0.0.1:8222", "route", "polled", "IDB", "n2");
    send_clustered(&n, 2, "IDB", "n2", 1, 6222);
    night_until(&n, 1);
    ck_assert_ptr_nonnull(server_named(&n, "127.0.0.1:6223"));
    ck_assert(model_forget(n.model, "127.0.0.1:6223"));
    send_clustered(&n, 1, "IDA", "n1", 1, 6221);
    night_until(&n, 2);
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 2);
    ck_assert_int_eq((int)number_value(&n, model_cluster(n.model), Q_CLUSTER_expected), 2);
    night_end(&n);
}
END_TEST

/* ---- events ---- */

START_TEST(what_we_find_in_the_beginning_did_not_start_now) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://a:8222", "named", "polled", NULL, NULL);
    send_varz(&n, 1, "IDA", "n1");
    ck_assert_uint_eq(model_event_count(n.model), 0);
    night_until(&n, 20);
    send_target(&n, 2, "http://b:8222", "route", "polled", "IDB", "n2");
    struct sample *s = build_varz(&n, 2, "IDB", "n2");
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_start, NIGHT_UTC + ns(18));
    send(&n, s);
    ck_assert_int_eq(count_events(&n, "started"), 1);
    ck_assert_str_eq(model_event(n.model, model_event_count(n.model) - 1)->subject, "n2");
    s = build_varz(&n, 2, "IDB", "n2");
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_config_load_time, NIGHT_UTC + ns(19));
    send(&n, s);
    ck_assert_int_eq(count_events(&n, "reloaded"), 1);
    night_end(&n);
}
END_TEST

START_TEST(the_last_thousand_events_are_kept) {
    struct night n;
    night_begin(&n, 0, 1);
    for (int i = 0; i < 1500; i++) {
        char text[32];
        snprintf(text, sizeof text, "word %d", i);
        model_source_event(n.model, 1, NIGHT_UTC + i, text);
    }
    ck_assert_uint_eq(model_event_count(n.model), 1000);
    ck_assert_str_eq(model_event(n.model, 0)->text, "word 500");
    ck_assert_str_eq(model_event(n.model, 999)->text, "word 1499");
    ck_assert_str_eq(model_event(n.model, 999)->kind, "collector");
    ck_assert_ptr_null(model_event(n.model, 1000));
    night_end(&n);
}
END_TEST

START_TEST(health_is_what_the_status_says) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://a:8222", "named", "polled", NULL, NULL);
    send_varz(&n, 1, "IDA", "n1");
    const struct object *server = server_named(&n, "n1");
    ck_assert_int_eq(quantity_get(n.model, server, Q_SERVER_health).type, VALUE_UNKNOWN);
    struct sample *s = build(&n, 1, SHAPE_HEALTHZ, NULL);
    put_text(s, sample_add(s, ENTITY_HEALTH), F_HEALTH_status, "ok");
    send(&n, s);
    ck_assert_str_eq(text_value(&n, server, Q_SERVER_health), "ok");
    s = build(&n, 1, SHAPE_HEALTHZ, NULL);
    s->http_status = 503;
    struct row *row = sample_add(s, ENTITY_HEALTH);
    put_text(s, row, F_HEALTH_status, "unavailable");
    put_text(s, row, F_HEALTH_error, "JetStream is not current");
    send(&n, s);
    ck_assert_str_eq(text_value(&n, server, Q_SERVER_health), "JetStream is not current");
    night_end(&n);
}
END_TEST

static void send_health(struct night *n) {
    struct sample *s = build(n, 1, SHAPE_HEALTHZ, NULL);
    put_text(s, sample_add(s, ENTITY_HEALTH), F_HEALTH_status, "ok");
    send(n, s);
    s = build(n, 1, SHAPE_SUBSZ, NULL);
    put_u(sample_add(s, ENTITY_SUBLIST), F_SUBLIST_max_fanout, 7);
    send(n, s);
}

START_TEST(a_server_that_is_not_up_has_old_health) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://a:8222", "named", "polled", NULL, NULL);
    send_varz(&n, 1, "IDA", "n1");
    send_health(&n);
    const struct object *server = server_named(&n, "n1");
    ck_assert_int_eq(quantity_get(n.model, server, Q_SERVER_health).flags, 0);
    ck_assert_int_eq(quantity_get(n.model, server, Q_SERVER_max_fanout).flags, 0);
    night_until(&n, 12);
    ck_assert_str_eq(text_value(&n, server, Q_SERVER_state), "down");
    ck_assert_int_eq(quantity_get(n.model, server, Q_SERVER_health).flags, VALUE_OLD);
    ck_assert_int_eq(quantity_get(n.model, server, Q_SERVER_max_fanout).flags, VALUE_OLD);
    night_until(&n, 40);
    ck_assert_int_eq(quantity_get(n.model, server, Q_SERVER_health).type, VALUE_UNKNOWN);
    ck_assert_int_eq(quantity_get(n.model, server, Q_SERVER_max_fanout).type, VALUE_UNKNOWN);
    night_end(&n);
}
END_TEST

static unsigned flags_of(const struct night *n, const struct object *object, enum quantity q) {
    struct value v = quantity_get(n->model, object, q);
    ck_assert_int_eq(v.type, VALUE_TEXT);
    return v.flags;
}

START_TEST(texts_grow_old_and_names_do_not) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    send_varz(&n, 1, "IDA", "n1");
    send_health(&n);
    struct sample *s = build(&n, 1, SHAPE_JSZ, "IDA");
    struct row *row = sample_add(s, ENTITY_STREAM);
    put_text(s, row, F_STREAM_account, "A");
    put_text(s, row, F_STREAM_name, "S");
    put_u(row, F_STREAM_last_seq, 7);
    send(&n, s);
    const struct object *server = server_named(&n, "n1"), *stream = find_by(&n, Q_STREAM_name, "S");
    static const enum quantity doing[] = {Q_STREAM_state, Q_STREAM_leader},
                               being[] = {Q_STREAM_name, Q_STREAM_account};
    for (int i = 0; i < 2; i++)
        ck_assert_uint_eq(flags_of(&n, stream, doing[i]), 0);
    night_until(&n, 5);
    ck_assert_str_eq(text_value(&n, server, Q_SERVER_state), "stale");
    ck_assert_uint_eq(flags_of(&n, server, Q_SERVER_health), VALUE_OLD);
    ck_assert_uint_eq(flags_of(&n, server, Q_SERVER_version), 0);
    for (int i = 0; i < 2; i++) {
        ck_assert_uint_eq(flags_of(&n, stream, doing[i]), VALUE_OLD);
        ck_assert_uint_eq(flags_of(&n, stream, being[i]), 0);
    }
    night_until(&n, 12);
    ck_assert_str_eq(text_value(&n, stream, Q_STREAM_state), "leader_gone"); /* our word, of now */
    ck_assert_uint_eq(flags_of(&n, stream, Q_STREAM_state), 0);
    night_end(&n);
}
END_TEST

START_TEST(health_that_nobody_tells_any_more_is_old) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://a:8222", "named", "polled", NULL, NULL);
    send_health(&n);
    for (int i = 0; i <= 40; i++) {
        night_until(&n, i);
        send_varz(&n, 1, "IDA", "n1");
        if (i == 0)
            send_health(&n);
        else
            send_failure(&n, 1, SHAPE_HEALTHZ, FAILURE_TIMEOUT, "no answer");
        if (i == 20)
            ck_assert_int_eq(quantity_get(n.model, server_named(&n, "n1"), Q_SERVER_health).flags, VALUE_OLD);
    }
    ck_assert_int_eq(quantity_get(n.model, server_named(&n, "n1"), Q_SERVER_health).type, VALUE_UNKNOWN);
    send_target(&n, 1, "http://a:8222", "named", "known", "IDA", "n1");
    ck_assert(quantity_get(n.model, server_named(&n, "n1"), Q_SERVER_connections).flags & VALUE_OLD);
    night_end(&n);
}
END_TEST

START_TEST(routes_of_a_dead_server_are_gone) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://a:8222", "named", "polled", NULL, NULL);
    send_varz(&n, 1, "IDA", "n1");
    struct sample *s = build(&n, 1, SHAPE_ROUTEZ, "IDA");
    struct row *row = sample_add(s, ENTITY_ROUTE);
    put_u(row, F_ROUTE_rid, 7);
    put_text(s, row, F_ROUTE_remote_id, "IDB");
    send(&n, s);
    size_t count;
    const struct object *route = model_objects(n.model, OBJECT_ROUTE, &count)[0];
    night_until(&n, 2);
    ck_assert_int_eq(route->freshness, FRESH_LIVE);
    night_until(&n, 4);
    ck_assert_int_eq(route->freshness, FRESH_STALE);
    night_until(&n, 29);
    ck_assert_int_eq(route->freshness, FRESH_STALE);
    night_until(&n, 31);
    ck_assert_int_eq(route->freshness, FRESH_GONE);
    ck_assert(quantity_get(n.model, route, Q_ROUTE_peer).type == VALUE_TEXT);
    send_varz(&n, 1, "IDA", "n1");
    night_until(&n, 40);
    send_varz(&n, 1, "IDA", "n1");
    night_until(&n, 40.5); /* it is back, and has not told of its routes since */
    ck_assert_int_eq(route->freshness, FRESH_STALE);
    night_end(&n);
}
END_TEST

static void send_gap(struct night *n, uint64_t target, enum shape shape, uint64_t lost) {
    struct sample *s = sample_create();
    struct row *row = sample_add(s, ENTITY_GAP);
    put_u(row, F_GAP_target, target);
    put_u(row, F_GAP_shape, shape);
    put_u(row, F_GAP_lost, lost);
    put_i(row, F_GAP_utc, NIGHT_UTC + n->at);
    model_row(n->model, 1, FRAME_GAP, row);
    sample_destroy(s);
}

START_TEST(lost_samples_are_an_event_now_and_then) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://a:8222", "named", "polled", NULL, NULL);
    send_varz(&n, 1, "IDA", "n1");
    send_gap(&n, 1, SHAPE_CONNZ_HOT, 2);
    ck_assert_int_eq(count_events(&n, "gap"), 1);
    ck_assert_str_eq(model_event(n.model, 0)->subject, "n1");
    ck_assert_str_eq(model_event(n.model, 0)->text, "2 answers of /connz not taken in time and lost");
    for (int i = 1; i < 10; i++) {
        night_until(&n, i);
        send_varz(&n, 1, "IDA", "n1");
        send_gap(&n, 1, i % 2 ? SHAPE_CONNZ_FULL : SHAPE_CONNZ_HOT, 1);
        send_gap(&n, 1, SHAPE_JSZ, 1);
    }
    ck_assert_int_eq(count_events(&n, "gap"), 1);
    night_until(&n, 10); /* the rest is said too, though nothing more is lost */
    ck_assert_int_eq(count_events(&n, "gap"), 2);
    ck_assert_str_eq(model_event(n.model, 1)->text, "18 answers of /connz, /jsz not taken in time and lost");
    night_until(&n, 60);
    ck_assert_int_eq(count_events(&n, "gap"), 2);
    send_gap(&n, 77, SHAPE_VARZ, UINT64_MAX); /* of nobody that we know */
    ck_assert_int_eq(count_events(&n, "gap"), 3);
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("server");
    tcase_add_test(t, a_named_url_has_a_row_before_it_answers);
    tcase_add_test(t, a_url_becomes_a_named_row);
    tcase_add_test(t, a_server_without_a_name_is_its_address);
    tcase_add_test(t, silence_makes_stale_and_down_on_ticks_alone);
    tcase_add_test(t, a_slow_cadence_is_no_silence);
    tcase_add_test(t, refused_twice_running_is_down);
    tcase_add_test(t, a_failing_jsz_leaves_the_server_up);
    tcase_add_test(t, sleeping_ourselves_loses_nobody);
    tcase_add_test(t, a_restart_is_the_same_row);
    tcase_add_test(t, changing_ids_without_a_start_are_a_balancer);
    tcase_add_test(t, a_balancer_that_never_was_a_server_has_no_row);
    tcase_add_test(t, one_server_under_two_urls_is_one_row);
    tcase_add_test(t, two_living_ids_under_one_name_are_two_rows);
    tcase_add_test(t, a_discovered_twin_is_said);
    tcase_add_test(t, a_server_that_moved_is_the_same_row);
    tcase_add_test(t, a_new_collector_finds_the_old_rows);
    tcase_add_test(t, a_known_peer_is_a_row_while_routed);
    tcase_add_test(t, a_named_known_peer_that_left_is_down);
    tcase_add_test(t, one_dead_before_we_came_is_down_under_its_route_address);
    tcase_add_test(t, a_missing_one_among_several_addresses_is_not_guessed);
    tcase_add_test(t, connected_peers_that_are_not_found_yet_are_not_down);
    tcase_add_test(t, expected_is_the_largest_of_all_signs);
    tcase_add_test(t, whom_routes_lead_to_is_not_the_missing_one);
    tcase_add_test(t, a_route_that_is_not_told_any_more_is_gone);
    tcase_add_test(t, expected_follows_what_is_configured_now);
    tcase_add_test(t, forgetting_a_dead_server_is_scale_down);
    tcase_add_test(t, what_we_find_in_the_beginning_did_not_start_now);
    tcase_add_test(t, the_last_thousand_events_are_kept);
    tcase_add_test(t, health_is_what_the_status_says);
    tcase_add_test(t, a_server_that_is_not_up_has_old_health);
    tcase_add_test(t, lost_samples_are_an_event_now_and_then);
    tcase_add_test(t, routes_of_a_dead_server_are_gone);
    tcase_add_test(t, health_that_nobody_tells_any_more_is_old);
    tcase_add_test(t, texts_grow_old_and_names_do_not);
    return t;
}

int main(void) {
    return run_case("model: servers", cases);
}
