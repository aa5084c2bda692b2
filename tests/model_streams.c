/* What a stream is, how much of its limits is used, and when they are reached. */
#include "tests/model_stream.h"

static double of(const struct night *n, enum quantity q) {
    return number_value(n, stream(n), q);
}

static double seconds(const struct night *n, enum quantity q) {
    return of(n, q) / 1e9;
}

/* ---- shares and projections ---- */

START_TEST(shares_are_of_the_limits_there_are) {
    struct night n;
    begin_three(&n);
    struct told t = plain;
    t.max_msgs = 4000, t.max_age = 600;
    tell(&n, &t);
    ck_assert_double_eq_tol(of(&n, Q_STREAM_msgs_share), 0.25, 1e-9);
    ck_assert_double_eq_tol(of(&n, Q_STREAM_age_share), 0.1, 1e-9);
    ck_assert_double_eq(of(&n, Q_STREAM_max_msgs), 4000);
    ck_assert_double_eq(seconds(&n, Q_STREAM_max_age), 600);
    ck_assert_double_eq(seconds(&n, Q_STREAM_first_age), 60);
    ck_assert(isnan(of(&n, Q_STREAM_bytes_share))); /* no limit */
    ck_assert(isnan(of(&n, Q_STREAM_max_bytes)));
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_retention), "limits");
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_discard), "old");
    t.messages = 0, t.first_age = -1; /* all gone */
    varz_until(&n, 5, 7);
    tell(&n, &t);
    ck_assert(isnan(of(&n, Q_STREAM_first_age)));
    ck_assert(isnan(of(&n, Q_STREAM_age_share)));
    ck_assert_double_eq(of(&n, Q_STREAM_msgs_share), 0);
    night_end(&n);
}
END_TEST

static void grow(struct night *n, struct told *t, int polls, uint64_t messages, uint64_t bytes) {
    for (int i = 0; i < polls; i++) {
        varz_until(n, (double)n->at / 1e9 + 5, 7);
        t->messages += messages, t->last_seq += messages, t->bytes += bytes, t->first_age += 5;
        tell(n, t);
    }
}

START_TEST(the_first_limit_reached_at_this_rate_is_said) {
    struct night n;
    begin_three(&n);
    struct told t = plain;
    t.max_msgs = 10000, t.max_bytes = 1000000, t.max_age = 86400;
    tell(&n, &t);
    grow(&n, &t, 1, 100, 20000);
    ck_assert(isnan(of(&n, Q_STREAM_full_in))); /* two points are no slope */
    ck_assert(quantity_get(n.model, stream(&n), Q_STREAM_full_in).flags & VALUE_NEW);
    grow(&n, &t, 5, 100, 20000); /* 20 messages and 4,000 bytes a second */
    ck_assert_double_eq_tol(seconds(&n, Q_STREAM_msgs_full_in), (10000 - 1600) / 20.0, 1e-6);
    ck_assert_double_eq_tol(seconds(&n, Q_STREAM_bytes_full_in), (1000000 - 220000) / 4000.0, 1e-6);
    ck_assert_double_eq_tol(seconds(&n, Q_STREAM_oldest_leaves_in), 86400 - 90, 1e-6);
    ck_assert_double_eq_tol(seconds(&n, Q_STREAM_full_in), 195, 1e-6);
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_full_by), "bytes");
    ck_assert(quantity_get(n.model, stream(&n), Q_STREAM_full_in).flags & VALUE_ESTIMATED);
    ck_assert_double_eq_tol(of(&n, Q_STREAM_in_bytes_per_s), 4000, 1e-6);
    ck_assert(!(quantity_get(n.model, stream(&n), Q_STREAM_in_bytes_per_s).flags & VALUE_ESTIMATED));
    night_end(&n);
}
END_TEST

START_TEST(what_does_not_grow_is_never_full) {
    static const uint64_t scatter[] = {500, 530, 490, 520, 480, 510, 495, 525, 485, 515, 505, 500};
    struct night n;
    begin_three(&n);
    struct told t = plain;
    t.max_msgs = 1000, t.max_bytes = 60000, t.retention = "workqueue";
    for (size_t i = 0; i < sizeof scatter / sizeof *scatter; i++) { /* as many go as come */
        varz_until(&n, 5 * (double)(i + 1), 7);
        t.last_seq += 1000, t.messages = scatter[i], t.bytes = 100 * scatter[i], t.first_age = 2.5;
        t.first_seq = t.last_seq - t.messages + 1;
        tell(&n, &t);
    }
    ck_assert_double_eq_tol(of(&n, Q_STREAM_msgs_share), 0.5, 1e-9);
    ck_assert(isnan(of(&n, Q_STREAM_msgs_full_in)));
    ck_assert(isnan(of(&n, Q_STREAM_full_in)));
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_full_by), "");
    ck_assert_double_eq_tol(of(&n, Q_STREAM_in_bytes_per_s), 20000,
                            1e-6); /* 200 messages a second of 100 bytes */
    ck_assert(quantity_get(n.model, stream(&n), Q_STREAM_in_bytes_per_s).flags & VALUE_ESTIMATED);
    night_end(&n);
}
END_TEST

START_TEST(a_load_that_breathes_has_one_slope) {
    struct night n;
    begin_three(&n);
    struct told t = plain;
    t.max_msgs = 100000;
    tell(&n, &t);
    for (int i = 0; i < 6; i++) {
        grow(&n, &t, 1, 400, 40000);
        grow(&n, &t, 1, 0, 0);
        if (i > 2) /* 40 a second on the whole; the last two answers alone would say 0 */
            ck_assert_double_eq_tol(seconds(&n, Q_STREAM_msgs_full_in), (100000 - (double)t.messages) / 40,
                                    400);
    }
    night_end(&n);
}
END_TEST

START_TEST(a_jump_is_no_growth) {
    struct night n;
    begin_three(&n);
    struct told t = plain;
    t.max_msgs = 100000;
    tell(&n, &t);
    grow(&n, &t, 5, 0, 0);
    grow(&n, &t, 1, 5000, 500000);
    grow(&n, &t, 6, 0, 0);
    ck_assert(isnan(of(&n, Q_STREAM_msgs_full_in)));
    night_end(&n);
}
END_TEST

START_TEST(a_purge_and_a_new_stream_begin_anew) {
    struct night n;
    begin_three(&n);
    struct told t = plain;
    t.max_msgs = 100000;
    tell(&n, &t);
    grow(&n, &t, 6, 1000, 100000);
    ck_assert_double_eq_tol(seconds(&n, Q_STREAM_msgs_full_in), 93000 / 200.0, 1e-6);
    t.messages = 0; /* purged */
    grow(&n, &t, 1, 0, 0);
    ck_assert(isnan(of(&n, Q_STREAM_msgs_full_in)));
    grow(&n, &t, 2, 500, 50000);
    ck_assert_double_eq_tol(seconds(&n, Q_STREAM_msgs_full_in), 99000 / 100.0, 1e-6);
    t.last_seq = t.messages = 10; /* another one under its name */
    grow(&n, &t, 1, 0, 0);
    ck_assert(isnan(of(&n, Q_STREAM_msgs_full_in)));
    ck_assert(isnan(of(&n, Q_STREAM_in_bytes_per_s)));
    night_end(&n);
}
END_TEST

START_TEST(what_is_full_is_not_nearly_full) {
    struct night n;
    begin_three(&n);
    struct told t = plain;
    t.max_msgs = 1000, t.discard = "new";
    tell(&n, &t);
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_state), "full");
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_also), "");
    t.max_msgs = 1100;
    varz_until(&n, 5, 7);
    tell(&n, &t);
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_state), "nearly_full");
    night_end(&n);
}
END_TEST

START_TEST(what_stands_at_its_limit_is_full_already) {
    struct night n;
    begin_three(&n);
    struct told t = plain;
    t.max_msgs = 1000, t.max_age = 3600, t.first_age = 50;
    for (int i = 0; i < 6; i++) {
        varz_until(&n, 5 * (i + 1), 7);
        t.last_seq += 100, t.first_seq += 100;
        tell(&n, &t);
    }
    ck_assert_double_eq(of(&n, Q_STREAM_msgs_share), 1);
    ck_assert_double_eq(seconds(&n, Q_STREAM_full_in), 0);
    t.max_msgs = -1; /* what comes goes by age: nothing fills */
    varz_until(&n, 40, 7);
    tell(&n, &t);
    ck_assert(isnan(of(&n, Q_STREAM_full_in)));
    ck_assert_double_eq_tol(seconds(&n, Q_STREAM_oldest_leaves_in), 3550, 1e-6);
    night_end(&n);
}
END_TEST

/* What is not known yet of the other limit makes it no less known. */
START_TEST(what_is_full_by_one_limit_waits_for_no_other) {
    struct night n;
    begin_three(&n);
    struct told t = plain;
    t.max_msgs = 1000, t.max_bytes = 1000000;
    tell(&n, &t);
    ck_assert(quantity_get(n.model, stream(&n), Q_STREAM_bytes_full_in).flags & VALUE_NEW);
    ck_assert_double_eq(seconds(&n, Q_STREAM_full_in), 0);
    ck_assert(!(quantity_get(n.model, stream(&n), Q_STREAM_full_in).flags & VALUE_NEW));
    night_end(&n);
}
END_TEST

/* Messages came and none went, and yet there is less in it: that is no rate. */
START_TEST(bytes_that_only_go_do_not_come_in) {
    struct night n;
    begin_three(&n);
    struct told t = plain;
    tell(&n, &t);
    grow(&n, &t, 1, 100, (uint64_t)-50000);
    ck_assert_double_eq_tol(of(&n, Q_STREAM_in_msgs_per_s), 20, 1e-6);
    ck_assert(isnan(of(&n, Q_STREAM_in_bytes_per_s)));
    night_end(&n);
}
END_TEST

/* A limit of bytes is hardly ever met to the byte, and who is refused there leaves no trace. */
START_TEST(without_room_for_one_more_it_refuses) {
    static const struct {
        uint64_t bytes;
        const char *discard, *state, *why;
    } cases[] = {
        {199700, "new", "nearly_full", "what is new will be refused, bytes 100%"},
        {199935, "new", "full",
         "no room for one more message of average size: what is new is refused, bytes 100%"},
        {199935, "old", "ok", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct night n;
        begin_three(&n);
        struct told t = plain;
        t.max_bytes = 200000, t.bytes = cases[i].bytes, t.discard = cases[i].discard;
        tell(&n, &t);
        ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_state), cases[i].state);
        ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_why), cases[i].why);
        night_end(&n);
    }
}
END_TEST

/* ---- consumers of their limit ---- */

START_TEST(consumers_have_the_servers_limit_where_the_stream_has_none) {
    struct night n;
    begin_three(&n);
    for (int i = 0; i < 3; i++) {
        varz_until(&n, 5 * i, 7);
        struct sample *s = jsz(&n, 0);
        if (i > 0)
            put_i(sample_add(s, ENTITY_JETSTREAM), F_JETSTREAM_default_max_consumers, 1000);
        put_i(put_told(&n, s, &plain), F_STREAM_max_consumers, i < 2 ? -1 : 8);
        add_consumer(s, "C", 0, 0, 0, 1000);
        add_consumer(s, "D", 0, 0, 0, 1000);
        send(&n, s);
        if (i == 0)
            ck_assert(isnan(of(&n, Q_STREAM_max_consumers)));
        else
            ck_assert_double_eq(of(&n, Q_STREAM_max_consumers), i == 1 ? 1000 : 8);
    }
    ck_assert_double_eq_tol(of(&n, Q_STREAM_consumers_share), 0.25, 1e-9);
    night_end(&n);
}
END_TEST

/* ---- what it is ---- */

static const struct {
    const char *name, *kind, *shown;
    bool internal;
} named[] = {
    {"ORDERS", "stream", "ORDERS", false},
    {"KV_cfg", "kv", "bucket cfg", false},
    {"KV_", "stream", "KV_", false},
    {"kv_cfg", "stream", "kv_cfg", false},
    {"OBJ_x", "object", "object store x", false},
    {"$MQTT_sess", "mqtt", "MQTT sessions", true},
    {"$MQTT_msgs", "mqtt", "MQTT messages", true},
    {"$MQTT_new", "mqtt", "MQTT new", true},
    {"$AUDIT", "stream", "$AUDIT", true},
};

START_TEST(names_say_what_a_stream_is_made_for) {
    struct night n;
    begin_three(&n);
    struct sample *s = jsz(&n, 0);
    struct row *row = sample_add(s, ENTITY_STREAM);
    put_text(s, row, F_STREAM_account, "A");
    put_text(s, row, F_STREAM_name, named[_i].name);
    row = sample_add(s, ENTITY_CONSUMER);
    put_text(s, row, F_CONSUMER_account, "A");
    put_text(s, row, F_CONSUMER_stream, named[_i].name);
    put_text(s, row, F_CONSUMER_name, "C");
    send(&n, s);
    const struct object *it = find_by(&n, Q_STREAM_name, named[_i].name);
    ck_assert_str_eq(text_value(&n, it, Q_STREAM_kind), named[_i].kind);
    ck_assert_str_eq(text_value(&n, it, Q_STREAM_shown), named[_i].shown);
    ck_assert_double_eq(number_value(&n, it, Q_STREAM_internal), named[_i].internal);
    ck_assert_double_eq(number_value(&n, consumer(&n, "C"), Q_CONSUMER_internal), named[_i].internal);
    night_end(&n);
}
END_TEST

START_TEST(streams_of_the_system_account_are_internal) {
    struct night n;
    begin_three(&n);
    struct sample *s = jsz(&n, 0);
    struct row *row = sample_add(s, ENTITY_STREAM);
    put_text(s, row, F_STREAM_account, "$SYS");
    put_text(s, row, F_STREAM_name, "AUDIT");
    send(&n, s);
    ck_assert_double_eq(number_value(&n, find_by(&n, Q_STREAM_name, "AUDIT"), Q_STREAM_internal), 1);
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("streams");
    tcase_add_test(t, shares_are_of_the_limits_there_are);
    tcase_add_test(t, the_first_limit_reached_at_this_rate_is_said);
    tcase_add_test(t, what_does_not_grow_is_never_full);
    tcase_add_test(t, a_load_that_breathes_has_one_slope);
    tcase_add_test(t, a_jump_is_no_growth);
    tcase_add_test(t, a_purge_and_a_new_stream_begin_anew);
    tcase_add_test(t, what_is_full_is_not_nearly_full);
    tcase_add_test(t, what_stands_at_its_limit_is_full_already);
    tcase_add_test(t, what_is_full_by_one_limit_waits_for_no_other);
    tcase_add_test(t, bytes_that_only_go_do_not_come_in);
    tcase_add_test(t, without_room_for_one_more_it_refuses);
    tcase_add_test(t, consumers_have_the_servers_limit_where_the_stream_has_none);
    tcase_add_loop_test(t, names_say_what_a_stream_is_made_for, 0, sizeof named / sizeof *named);
    tcase_add_test(t, streams_of_the_system_account_are_internal);
    return t;
}

int main(void) {
    return run_case("model: streams", cases);
}
