#include "tests/model_build.h"

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
    put_text(s, row, F_STREAM_leader, "n1");
    put_u(row, F_STREAM_last_seq, 7);
    send(&n, s);
    const struct object *server = server_named(&n, "n1"), *stream = find_by(&n, Q_STREAM_name, "S");
    static const enum quantity doing[] = {Q_STREAM_leadership, Q_STREAM_leader},
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
    ck_assert_str_eq(text_value(&n, stream, Q_STREAM_leadership), "leader_gone"); /* our word, of now */
    ck_assert_uint_eq(flags_of(&n, stream, Q_STREAM_leadership), 0);
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

static TCase *cases(void) {
    TCase *t = tcase_create("freshness");
    tcase_add_test(t, a_named_url_has_a_row_before_it_answers);
    tcase_add_test(t, a_url_becomes_a_named_row);
    tcase_add_test(t, a_server_without_a_name_is_its_address);
    tcase_add_test(t, silence_makes_stale_and_down_on_ticks_alone);
    tcase_add_test(t, a_slow_cadence_is_no_silence);
    tcase_add_test(t, refused_twice_running_is_down);
    tcase_add_test(t, a_failing_jsz_leaves_the_server_up);
    tcase_add_test(t, sleeping_ourselves_loses_nobody);
    tcase_add_test(t, health_is_what_the_status_says);
    tcase_add_test(t, a_server_that_is_not_up_has_old_health);
    tcase_add_test(t, texts_grow_old_and_names_do_not);
    tcase_add_test(t, health_that_nobody_tells_any_more_is_old);
    return t;
}

int main(void) {
    return run_case("model: freshness", cases);
}
