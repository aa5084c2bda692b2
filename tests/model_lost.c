/* Was data lost: what a stream's limits took before its consumers had it, and which limits take any. */
#include "tests/model_loss.h"

static const struct {
    const char *retention, *filter, *expect;
    int64_t per_subject;
} evicted[] = {
    {"limits", NULL, "losing", -1},
    {"limits", "order.new", "no", -1}, /* the floor is that of its own messages */
    {"interest", NULL, "no", -1},
    {"workqueue", NULL, "no", -1},  /* went because they were acknowledged */
    {"limits", NULL, "unknown", 1}, /* went because newer ones of their subject came */
};

START_TEST(only_limits_evict) {
    struct night n;
    begin_three(&n);
    struct told t = plain;
    t.first_seq = 500, t.messages = 501, t.retention = evicted[_i].retention, t.max_msgs = 501;
    struct reader r = {"billing", 501, 100, evicted[_i].filter, false};
    struct sample *s = jsz(&n, 0);
    put_i(put_told(&n, s, &t), F_STREAM_max_msgs_per_subject, evicted[_i].per_subject);
    put_reader(s, &r, 0);
    send(&n, s);
    ck_assert_str_eq(loss(&n), evicted[_i].expect);
    night_end(&n);
}
END_TEST

static void tell_subjects(struct night *n, const struct told *t, const struct reader *r, int64_t most) {
    struct sample *s = jsz(n, 0);
    put_i(put_told(n, s, t), F_STREAM_max_msgs_per_subject, most);
    put_reader(s, r, 0);
    send(n, s);
}

/* 5 a second on one subject, of which so many are kept: the rest goes without a trace in the backlog. */
static const int64_t kept[] = {10, 1};

START_TEST(a_limit_for_each_subject_takes_unseen) {
    struct night n;
    char expect[120];
    long long most = kept[_i];
    begin_three(&n);
    struct told t = plain;
    struct reader r = {"d", (uint64_t)most, 0, NULL, false};
    for (int i = 0; i <= 24; i++) { /* 2 m */
        varz_until(&n, 5 * i, 7);
        t.last_seq = 1000 + (uint64_t)(25 * i), t.messages = (uint64_t)most, t.first_age = 0.2 * (double)most;
        t.first_seq = t.last_seq - t.messages + 1;
        tell_subjects(&n, &t, &r, most);
        ck_assert_msg(strcmp(loss(&n), "unknown") == 0, "%d: %s: %s", i, loss(&n), why(&n));
    }
    snprintf(expect, sizeof expect, "d %lld behind: max_msgs_per_subject %lld may take what is unprocessed",
             most, most);
    ck_assert_str_eq(why(&n), expect);
    ck_assert_str_eq(text_value(&n, consumer(&n, "d"), Q_CONSUMER_loss), "unknown");
    ck_assert_str_eq(text_value(&n, consumer(&n, "d"), Q_CONSUMER_loss_why), strstr(expect, "max_msgs"));
    ck_assert(isnan(lost_in(&n, "d")));
    ck_assert(isnan(number_value(&n, consumer(&n, "d"), Q_CONSUMER_evicted)));
    r.lag = 0, r.floor = t.last_seq; /* what it has not got may have gone before */
    varz_until(&n, 125, 7);
    tell_subjects(&n, &t, &r, most);
    ck_assert_str_eq(loss(&n), "unknown");
    ck_assert_str_eq(why(&n), strstr(expect, "max_msgs"));
    varz_until(&n, 130, 7);
    tell_subjects(&n, &t, &r, -1);
    ck_assert_str_eq(loss(&n), "no");
    ck_assert_str_eq(why(&n), "all is processed");
    ck_assert_double_eq(number_value(&n, consumer(&n, "d"), Q_CONSUMER_evicted), 0);
    night_end(&n);
}
END_TEST

/* Messages say themselves how long they stay: nothing is safe, and nothing is lost for certain. */
START_TEST(what_may_expire_by_itself_is_unknown) {
    struct night n;
    begin_three(&n);
    struct told t = plain;
    struct reader r = {"billing", 1000, 0, NULL, false};
    for (int i = 0; i < 3; i++) {
        varz_until(&n, 5 * i, 7);
        struct sample *s = jsz(&n, 0);
        put_u(put_told(&n, s, &t), F_STREAM_allow_msg_ttl, 1);
        put_reader(s, &r, 0);
        send(&n, s);
    }
    ck_assert_str_eq(loss(&n), "unknown");
    ck_assert_str_eq(why(&n), "billing 1000 behind: allow_msg_ttl lets messages expire unprocessed");
    ck_assert_str_eq(text_value(&n, consumer(&n, "billing"), Q_CONSUMER_loss_why),
                     "allow_msg_ttl lets messages expire unprocessed");
    ck_assert(isnan(number_value(&n, consumer(&n, "billing"), Q_CONSUMER_evicted)));
    night_end(&n);
}
END_TEST

START_TEST(a_bucket_keeps_history_by_key) {
    struct night n;
    begin_three(&n);
    struct reader r = {"watch", 10, 0, NULL, false};
    struct sample *s = jsz(&n, 0);
    struct told t = plain;
    t.discard = "new"; /* as buckets have it: a key with too much history takes a new value all the same */
    struct row *row = put_told(&n, s, &t);
    put_text(s, row, F_STREAM_name, "KV_config");
    put_i(row, F_STREAM_max_msgs_per_subject, 5);
    put_reader(s, &r, 0);
    put_text(s, s->rows[s->count - 1], F_CONSUMER_stream, "KV_config");
    send(&n, s);
    const struct object *bucket = find_by(&n, Q_STREAM_name, "KV_config");
    ck_assert_str_eq(text_value(&n, bucket, Q_STREAM_loss), "unknown");
    ck_assert_str_eq(text_value(&n, bucket, Q_STREAM_loss_why),
                     "watch 10 behind: newer values take the place of older ones, history is 5");
    ck_assert_str_eq(text_value(&n, bucket, Q_STREAM_state), "ok");
    night_end(&n);
}
END_TEST

/* Nothing of it was replaced, and another limit is near. */
START_TEST(a_limit_for_each_subject_hides_no_other_one) {
    struct night n;
    begin_three(&n);
    struct told t = plain;
    t.max_age = 86400, t.first_age = 20 * 3600;
    struct reader r = {"billing", 1000, 0, NULL, false};
    tell_subjects(&n, &t, &r, 1000);
    ck_assert_str_eq(loss(&n), "at_risk");
    ck_assert_str_eq(why(&n),
                     "billing 1000 behind: oldest unprocessed 20h00m old, max_age 1d00h: lost in 4h00m");
    night_end(&n);
}
END_TEST

/* 200 are kept, 500 were published, nothing was read: all before we came, and then those left expire. */
START_TEST(what_was_lost_before_we_watched_is_a_bound) {
    struct night n;
    begin_three(&n);
    struct told t = plain;
    t.first_seq = 301, t.last_seq = 500, t.messages = 200, t.max_msgs = 200, t.max_age = 60;
    struct reader r[] = {{"slowpoke", 200, 0, NULL, false}, {"audit", 0, 500, NULL, false}};
    for (int i = 0; i <= 2; i++) {
        varz_until(&n, 5 * i, 7);
        if (i == 2)
            t.first_seq = 501, t.messages = 0, t.first_age = -1, r[0].lag = 0;
        tell_read(&n, &t, r, 2);
    }
    ck_assert_str_eq(loss(&n), "losing");
    ck_assert_str_eq(why(&n), "≤500 messages of slowpoke were never processed, the last 0s ago");
    ck_assert_str_eq(text_value(&n, consumer(&n, "audit"), Q_CONSUMER_loss), "no");
    ck_assert_str_eq(text_value(&n, consumer(&n, "audit"), Q_CONSUMER_loss_why), "all is processed");
    night_end(&n);
    begin_three(&n);
    tell_read(&n, &t, r, 2);
    ck_assert_str_eq(loss(&n), "missed");
    ck_assert_str_eq(why(&n), "≤500 messages of slowpoke were never processed, gone before we watched");
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_state), "data_lost");
    ck_assert_str_eq(text_value(&n, consumer(&n, "slowpoke"), Q_CONSUMER_state), "backlog_evicted");
    varz_until(&n, (double)n.at / 1e9 + 1, 7);
    ck_assert_ptr_nonnull(finding_of(&n, "stream_missed"));
    ck_assert_int_eq(model_severity(n.model, stream(&n)), SEVERITY_WARN);
    night_end(&n);
}
END_TEST

/* A mirror has the sequences of its origin: where it begins nobody before knew. */
START_TEST(a_mirror_that_begins_late_has_lost_nothing) {
    struct night n;
    begin_three(&n);
    struct told t = plain;
    t.first_seq = 5001, t.last_seq = 6000, t.max_age = 86400;
    struct reader r = {"billing", 1000, 0, NULL, false};
    for (int i = 0; i < 2; i++) {
        varz_until(&n, 5 * i, 7);
        struct sample *s = jsz(&n, 0);
        put_told(&n, s, &t);
        put_reader(s, &r, 0);
        struct row *source = sample_add(s, ENTITY_SOURCE);
        put_text(s, source, F_SOURCE_account, "A");
        put_text(s, source, F_SOURCE_stream, "ORDERS");
        put_text(s, source, F_SOURCE_kind, "mirror");
        put_text(s, source, F_SOURCE_name, "ORIGIN");
        send(&n, s);
        ck_assert_msg(strcmp(loss(&n), "no") == 0, "%d: %s", i, why(&n));
    }
    night_end(&n);
}
END_TEST

START_TEST(an_older_word_of_another_leader_proves_no_loss) {
    struct night n;
    begin_three(&n);
    struct told t = plain;
    t.max_msgs = 1000;
    struct reader r = {"billing", 10, 990, NULL, false};
    for (int i = 0; i < 3; i++) {
        struct sample *s = jsz(&n, 1); /* leads the consumer, and says so first */
        add_stream(s, 1, 0, 0);
        put_reader(s, &r, 1);
        send(&n, s);
        varz_until(&n, 5 * i + 3, 7);
        s = jsz(&n, 0);
        put_told(&n, s, &t);
        send(&n, s);
        ck_assert_str_eq(loss(&n), "no");
        varz_until(&n, 5 * (i + 1), 7);
        t.first_seq += 1000, t.last_seq += 1000;
        r.floor += 1000;
    }
    r.floor -= 1000; /* it stood still for once */
    for (int i = 0; i < 2; i++) {
        varz_until(&n, 20 + 5 * i, 7);
        struct sample *s = jsz(&n, 0);
        put_told(&n, s, &t);
        send(&n, s);
        s = jsz(&n, 1);
        put_reader(s, &r, 1);
        send(&n, s);
        t.first_seq += 1000, t.last_seq += 1000;
    }
    ck_assert_str_eq(loss(&n), "losing");
    night_end(&n);
}
END_TEST

/* A backlog of 500 that nobody takes: its limit of age takes all of it between second 30 and 50. */
static void lose_all(struct night *n, struct told *t, struct reader *r, double until) {
    for (double at = (double)n->at / 1e9; at <= until; at += 5) {
        varz_until(n, at, 7);
        uint64_t gone = at < 30 ? 0 : at < 50 ? (uint64_t)(25 * (at - 25)) : 500;
        t->first_seq = 501 + gone, t->messages = 500 - gone, t->max_age = 45;
        t->first_age = t->messages ? at < 30 ? 10 + at : 45 : -1;
        r->lag = 500 - gone;
        tell_read(n, t, r, 1);
    }
}

START_TEST(a_backlog_that_is_lost_completely_stays_lost) {
    struct night n;
    begin_three(&n);
    struct told t = plain;
    struct reader r = {"billing", 500, 500, _i ? "order.new" : NULL, false};
    lose_all(&n, &t, &r, 45);
    ck_assert_str_eq(loss(&n), "losing");
    for (double at = 50; at <= 600; at += 50) {
        lose_all(&n, &t, &r, at);
        ck_assert_str_eq(loss(&n), "losing");
    }
    ck_assert_str_eq(why(&n), _i ? "≥500 messages of billing were never processed, the last 9m15s ago"
                                 : "500 messages of billing were never processed, the last 9m15s ago");
    lose_all(&n, &t, &r, 660);
    ck_assert_str_eq(loss(&n), "missed");
    ck_assert_str_eq(why(&n), _i ? "≥500 messages of billing were never processed, the last 10m15s ago"
                                 : "500 messages of billing were never processed, the last 10m15s ago");
    ck_assert_str_eq(text_value(&n, consumer(&n, "billing"), Q_CONSUMER_loss_why),
                     _i ? "≥500 messages were never processed, the last 10m15s ago"
                        : "500 messages were never processed, the last 10m15s ago");
    night_end(&n);
}
END_TEST

/* 15 messages a second, 300 are kept, one in 15 is its own: each poll goes another way about it. */
START_TEST(what_a_filter_loses_drop_by_drop_is_lost_all_the_time) {
    struct night n;
    begin_three(&n);
    struct told t = plain;
    struct reader r = {"drip", 20, 100, "order.new", false};
    t.max_msgs = 300, t.messages = 300;
    for (int i = 0; i <= 60; i++) {
        varz_until(&n, 5 * i, 7);
        t.last_seq = 1000 + (uint64_t)(75 * i), t.first_seq = t.last_seq - 299, t.first_age = 20;
        r.lag = 20 + (i % 3 == 0);
        tell_read(&n, &t, &r, 1);
        if (i >= 6)
            ck_assert_msg(strcmp(loss(&n), "losing") == 0, "%d: %s: %s", i, loss(&n), why(&n));
    }
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("lost");
    tcase_add_loop_test(t, only_limits_evict, 0, sizeof evicted / sizeof *evicted);
    tcase_add_loop_test(t, a_limit_for_each_subject_takes_unseen, 0, sizeof kept / sizeof *kept);
    tcase_add_test(t, a_bucket_keeps_history_by_key);
    tcase_add_test(t, what_may_expire_by_itself_is_unknown);
    tcase_add_test(t, a_limit_for_each_subject_hides_no_other_one);
    tcase_add_test(t, what_was_lost_before_we_watched_is_a_bound);
    tcase_add_test(t, a_mirror_that_begins_late_has_lost_nothing);
    tcase_add_test(t, an_older_word_of_another_leader_proves_no_loss);
    tcase_add_loop_test(t, a_backlog_that_is_lost_completely_stays_lost, 0, 2);
    tcase_add_test(t, what_a_filter_loses_drop_by_drop_is_lost_all_the_time);
    return t;
}

int main(void) {
    return run_case("model: lost", cases);
}
