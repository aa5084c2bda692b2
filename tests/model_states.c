/* Each state of a consumer, reached by rows as a leader tells them, and beside each one a neighbour that must
 * not have it. What the stream takes from it stands in model_evicted.c. */
#include "model/alerts.h"
#include "tests/model_ruled.h"
#include "tests/model_stories.h"

static const struct told_story stories[] = {
    {"paused", paused, 0, "paused", "paused, 500 pending"},
    {"redelivers", redelivers, 95, "poison",
     "6 redelivered in 1 m, ack floor stands at 99990 for ≥1m35s, ack window 3/1000"},
    {"redelivers, first round", redelivers, 55, "keeping_up", NULL},
    {"redelivers with success", redelivers_with_success, 95, "keeping_up", NULL},
    {"redelivered once", redelivered_once, 95, "keeping_up", NULL},
    {"refuses many", refuses_many, 125, "poison",
     "3.84k redelivered in 1 m, ack floor stands at 99980 for ≥2m05s, ack window 20/1000"},
    {"full", full, 15, "ack_window_full", "ack window 1000/1000, nothing acknowledged for 1m55s"},
    {"gives up", gives_up, 95, "poison", "50 messages given up after 2 deliveries, ack floor stands at 0"},
    {"gave up none", gave_up_none, 95, "idle", NULL},
    {"refuses, filtered", refuses_filtered, 125, "poison",
     "1 delivered again and again, the last 0s ago, ack floor stands at 99990 for ≥2m05s"},
    {"never acks", never_acks, 125, "stalled_acks",
     "204 redelivered in 1 m, nothing acknowledged for 2m05s, 102 delivered and waiting for it"},
    {"full at work", full_at_work, 15, "keeping_up", NULL},
    {"full of one", full_of_one, 65, "stays_behind", NULL},
    {"one in work, in progress", one_in_work_in_progress, 65, "stays_behind", NULL},
    {"full and left", full_and_left, 20, "ack_window_full",
     "ack window 5/5, nothing acknowledged for 2m00s, and no pull request open"},
    {"full but flowing", full_but_flowing, 60, "keeping_up", NULL},
    {"full by design", full_by_design, 115, "catching_up", NULL},
    {"full without limit", full_without_limit, 15, "stalled_acks", NULL},
    {"unbound", unbound, 0, "nobody_bound", "push, and nobody is subscribed to it: 500 pending"},
    {"unbound ephemeral", unbound_ephemeral, 15, "keeping_up", NULL},
    {"unbound without work", unbound_without_work, 15, "keeping_up", NULL},
    {"unpulled", unpulled, 20, "nobody_pulling",
     "no pull request open and no delivery for ≥20s, 500 pending"},
    {"pulls without waiting", pulls_without_waiting, 60, "keeping_up", NULL},
    {"works long", works_long, 100, "catching_up", NULL},
    {"unpulled ephemeral, a guess", unpulled_ephemeral, 60, "unknown",
     "lag 500 stays, and how long it has waited is not known: 1m25s~"},
    {"unpulled ephemeral", unpulled_ephemeral, 65, "stays_behind", NULL},
    {"never pulled, 5 s", never_pulled, 5, "unknown", "measuring: lag 2000, and nothing was delivered yet"},
    {"never pulled, 10 s", never_pulled, 10, "unknown", NULL},
    {"never pulled", never_pulled, 20, "nobody_pulling", NULL},
    {"is four behind", is_four_behind, 120, "stays_behind", NULL},
    {"unpulled unconfigured", unpulled_unconfigured, 60, "unknown",
     "its configuration is not told yet, 500 pending, 0 ack pending"},
    {"full, unconfigured", full_unconfigured, 15, "unknown", NULL},
    {"gives up, unconfigured", gives_up_unconfigured, 95, "unknown",
     "its configuration is not told yet: 50 were delivered again, and may have been given up"},
    {"waits in vain", waits_in_vain, 60, "stalled_delivery",
     "no delivery for ≥1m00s though someone waits, 500 pending"},
    {"push waits in vain", push_waits_in_vain, 60, "stalled_delivery", NULL},
    {"had nothing to do", had_nothing_to_do, 85, "keeping_up", NULL},
    {"acks nothing", acks_nothing, 0, "stalled_acks",
     "nothing acknowledged for 1m40s, 500 delivered and waiting for it"},
    {"acks later", acks_later, 60, "keeping_up", NULL},
    {"acks soon", acks_soon, 95, "keeping_up", NULL},
    {"falls behind", falls_behind, 60, "falling_behind", "lag +50/s, 15m10s~ behind"},
    {"falls behind, two rows", falls_behind, 5, "unknown", "measuring: lag 20.3k, 16m32s~ behind"},
    {"catches up", catches_up, 60, "catching_up", "lag -100/s, 10m10s~ behind, done in 2m20s"},
    {"keeps its distance, a guess", keeps_its_distance, 60, "unknown",
     "lag 20.0k stays, and how long it has waited is not known: 12m40s~"},
    {"keeps its distance", keeps_its_distance, 65, "stays_behind",
     "12m20s~ behind and not catching up, lag 20.0k"},
    {"keeps up", keeps_up, 60, "keeping_up", "lag 40, 390ms behind"},
    {"done", done, 60, "keeping_up", "all that it was given is acknowledged"},
    {"idles", idles, 10, "idle", "nothing to do, last delivery 5m10s ago"},
    {"is new and empty", is_new_and_empty, 0, "idle", "nothing to do"},
};

START_TEST(each_state_and_its_neighbour) {
    story_check(&stories[_i]);
}
END_TEST

START_TEST(what_is_not_known_makes_nobody_late) {
    struct night n;
    begin_three(&n);
    for (double at = 0; at <= 150; at += 15) {
        story_tell(&n, is_seldom_looked_at, at, at);
        double trend = number_value(&n, consumer(&n, "C"), Q_CONSUMER_trend);
        double behind = seconds(&n, Q_CONSUMER_time_behind);
        if (at < 45)
            continue;
        ck_assert_msg(trend > 0 && behind > 5, "second %g: %g/s, %g s", at, trend, behind);
        ck_assert_int_eq(quantity_get(n.model, consumer(&n, "C"), Q_CONSUMER_time_behind).flags,
                         VALUE_ESTIMATED);
        ck_assert_str_eq(story_word(&n, Q_CONSUMER_state), "keeping_up");
    }
    night_end(&n);
}
END_TEST

/* Who gives up acknowledges nothing, however ack pending falls. */
START_TEST(what_is_given_up_is_not_acknowledged) {
    struct night n;
    story_run(&n, gives_up, 55);
    ck_assert_double_eq(number_value(&n, consumer(&n, "C"), Q_CONSUMER_given_up), 0);
    night_end(&n);
    story_run(&n, gives_up, 60);
    ck_assert_double_eq(number_value(&n, consumer(&n, "C"), Q_CONSUMER_given_up), 50);
    ck_assert_double_eq(number_value(&n, consumer(&n, "C"), Q_CONSUMER_acked_per_s), 0);
    night_end(&n);
}
END_TEST

/* Of a filtered consumer nobody tells how often: that is not never. */
START_TEST(redeliveries_of_a_filtered_one_are_not_none) {
    struct night n;
    story_run(&n, refuses_filtered, 125);
    ck_assert_int_eq(quantity_get(n.model, consumer(&n, "C"), Q_CONSUMER_redelivered_per_min).type,
                     VALUE_UNKNOWN);
    ck_assert_int_eq(quantity_get(n.model, consumer(&n, "C"), Q_CONSUMER_redeliveries).type, VALUE_UNKNOWN);
    night_end(&n);
}
END_TEST

START_TEST(a_stale_consumer_has_the_state_that_it_had) {
    struct night n;
    story_run(&n, waits_in_vain, 60);
    struct value v = quantity_get(n.model, consumer(&n, "C"), Q_CONSUMER_state);
    ck_assert_int_eq(v.flags, 0);
    varz_until(&n, 65, 6);
    ck_assert_int_eq(consumer(&n, "C")->freshness, FRESH_STALE);
    v = quantity_get(n.model, consumer(&n, "C"), Q_CONSUMER_state);
    ck_assert_str_eq(v.text, "stalled_delivery");
    ck_assert_int_eq(v.flags, VALUE_OLD);
    ck_assert_str_eq(story_word(&n, Q_CONSUMER_why),
                     "no delivery for ≥1m00s though someone waits, 500 pending");
    night_end(&n);
}
END_TEST

/* It was done, and nobody knows what came since. */
START_TEST(whose_leader_is_gone_is_leaderless) {
    struct night n;
    story_run(&n, done, 60);
    ck_assert_str_eq(story_word(&n, Q_CONSUMER_state), "keeping_up");
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_loss), "no");
    varz_until(&n, 84, 6);
    ck_assert_str_eq(story_word(&n, Q_CONSUMER_state), "leaderless");
    ck_assert_str_eq(story_word(&n, Q_CONSUMER_why), "last seen 24s ago: its only server n1 gone");
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_loss), "unknown");
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_loss_why),
                     "last seen 24s ago: its only server n1 gone");
    night_end(&n);
}
END_TEST

/* That is our word: it stands in a frozen copy, too. */
START_TEST(who_has_no_leader_is_leaderless_at_once) {
    struct night n;
    story_run(&n, waits_in_vain, 60);
    varz_until(&n, 65, 7);
    for (int node = 0; node < 3; node++) {
        struct sample *s = jsz(&n, node);
        add_stream(s, node, -1, 0);
        add_consumer(s, "C", node, -1, 0, 0);
        send(&n, s);
    }
    varz_until(&n, 75, 7);
    struct value v = quantity_get(n.model, consumer(&n, "C"), Q_CONSUMER_state);
    ck_assert_str_eq(v.text, "leaderless");
    ck_assert_int_eq(v.flags, 0);
    ck_assert_double_eq_tol(number_value(&n, consumer(&n, "C"), Q_CONSUMER_state_since),
                            (double)(NIGHT_UTC + ns(65)), 1e9);
    struct model *frozen = model_clone(n.model);
    v = quantity_get(frozen, model_object(frozen, consumer(&n, "C")->id), Q_CONSUMER_state);
    ck_assert_str_eq(v.text, "leaderless");
    model_destroy(frozen);
    night_end(&n);
}
END_TEST

START_TEST(since_is_when_the_state_changed) {
    struct night n;
    story_run(&n, had_nothing_to_do, 55);
    ck_assert_str_eq(story_word(&n, Q_CONSUMER_state), "idle");
    ck_assert_double_eq(number_value(&n, consumer(&n, "C"), Q_CONSUMER_state_since), (double)NIGHT_UTC);
    story_tell(&n, had_nothing_to_do, 60, 120);
    ck_assert_str_eq(story_word(&n, Q_CONSUMER_state), "stalled_delivery");
    double since = number_value(&n, consumer(&n, "C"), Q_CONSUMER_state_since);
    ck_assert_double_eq(since, (double)(NIGHT_UTC + ns(90))); /* more than 30 s after second 55 */
    night_end(&n);
}
END_TEST

/* What it once had not done is not this one's. */
START_TEST(another_consumer_of_the_name_begins_anew) {
    struct night n;
    story_run(&n, waits_in_vain, 60);
    varz_until(&n, 65, 7);
    struct told_stream stream = told(1, 100000, -5000, 0);
    struct told_consumer c = story_usual;
    c.created = 63, c.pending = 100000, c.deliveries = c.delivered = c.floor = 0, c.waiting = 1;
    c.deliver_policy = "new", c.pending = 1, c.floor = c.delivered = 99999, c.last_delivered = 64;
    tell(&n, &stream, &c);
    ck_assert_str_ne(story_word(&n, Q_CONSUMER_state), "stalled_delivery");
    ck_assert_double_le(seconds(&n, Q_CONSUMER_undelivered_for), 2);
    night_end(&n);
}
END_TEST

/* It has 500 messages of long ago before it, and never delivered one. */
static void is_made_late(double at, struct told_stream *s, struct told_consumer *c) {
    (void)at, (void)s;
    c->created = 40, c->deliveries = c->delivered = c->floor = 0, c->pending = 100000;
}
/* Something is in work, so nobody knows since when the others wait. */
static void is_found_late(double at, struct told_stream *s, struct told_consumer *c) {
    unpulled(at, s, c);
    c->ack_pending = 1, c->delivered = 99501, c->pending = 499, c->waiting = 1;
}

START_TEST(nothing_lasts_longer_than_it_is_there) {
    struct night n;
    begin_three(&n);
    story_tell(&n, is_made_late, 60, 60);
    ck_assert_str_eq(story_word(&n, Q_CONSUMER_state), "nobody_pulling");
    ck_assert_str_eq(story_word(&n, Q_CONSUMER_why),
                     "no pull request open and no delivery for 20s, 100k pending");
    night_end(&n);
}
END_TEST

/* A server's word of when it was created is that of its own last start, before 2.14. */
START_TEST(it_may_be_there_for_longer_than_its_leader_says) {
    static const struct {
        const char *version, *why;
    } cases[] = {{"2.9.10", "no pull request open and no delivery for ≥20s, 100k pending"},
                 {"2.12.1", "no pull request open and no delivery for ≥20s, 100k pending"},
                 {"2.14.0", "no pull request open and no delivery for 20s, 100k pending"}};
    struct night n;
    struct told_stream stream = told(1, 100000, -5000, 0);
    struct told_consumer c = story_usual;
    begin_three(&n);
    varz_until(&n, 60, 7);
    for (int node = 0; node < 3; node++) {
        struct sample *s = build_varz(&n, (uint64_t)node + 1, ids[node], names[node]);
        put_text(s, row_of(s, ENTITY_SERVER), F_SERVER_version, cases[_i].version);
        send(&n, s);
    }
    is_made_late(60, &stream, &c);
    tell(&n, &stream, &c);
    ck_assert_str_eq(story_word(&n, Q_CONSUMER_why), cases[_i].why);
    night_end(&n);
}
END_TEST

START_TEST(what_is_so_since_we_look_is_so_at_least) {
    struct night n;
    story_run(&n, is_found_late, 60);
    ck_assert_str_eq(story_word(&n, Q_CONSUMER_state), "stalled_delivery");
    ck_assert_str_eq(story_word(&n, Q_CONSUMER_why),
                     "no delivery for ≥1m00s though someone waits, 499 pending");
    ck_assert_int_eq(quantity_get(n.model, consumer(&n, "C"), Q_CONSUMER_undelivered_for).flags, VALUE_LEAST);
    ck_assert_int_eq(quantity_get(n.model, consumer(&n, "C"), Q_CONSUMER_unacked_for).flags, 0);
    night_end(&n);
}
END_TEST

static const struct story_ruling rulings[] = {
    {"consumer_poison", redelivers, 60, 65, NULL, SEVERITY_OK},
    {"consumer_window_full", full, 30, 40, NULL, SEVERITY_OK},
    {"consumer_unbound", unbound, 30, 40, NULL, SEVERITY_OK},
    {"consumer_unpulled", unpulled, 80, 90, NULL, SEVERITY_OK},
    {"consumer_stalled", waits_in_vain, 65, 65,
     "ORDERS/C 500, 0/s: no delivery for ≥1m05s though someone waits, 500 pending", SEVERITY_OK},
    {"consumer_stalled", waits_in_vain, 305, 310, NULL, SEVERITY_CRIT},
    {"consumer_unacked", acks_nothing, 10, 20, NULL, SEVERITY_OK},
    {"consumer_behind", stays_late, 125, 130, "ORDERS/C 1m40s behind, 2000, 0/s, drain never", SEVERITY_OK},
};

START_TEST(a_state_that_lasts_is_a_finding) {
    story_check_ruling(&rulings[_i]);
}
END_TEST

/* A level of its own for what is not delivered, and ours for how late it is: one trouble, and who is on it
 * hears of it once. */
START_TEST(how_late_it_is_gives_way_to_its_own_level) {
    static const char *const levels[] = {NULL, "1500"};
    for (int own = 0; own < 2; own++) {
        struct night n;
        begin_three(&n);
        for (double at = 0; at <= 200; at += 5) {
            struct told_stream stream = told(1, 100000, -5000, 0);
            struct told_consumer c = story_usual;
            varz_until(&n, at, 7);
            stays_late(at, &stream, &c);
            struct sample *s = jsz(&n, 0);
            tell_stream(s, &stream, 0);
            tell_consumer(s, &c, 0);
            put_text(s, row_of(s, ENTITY_CONSUMER), F_CONSUMER_told_unprocessed, levels[own]);
            send(&n, s);
        }
        ck_assert_uint_eq(model_alert_count(n.model), 1);
        const struct alert *a = model_alert(n.model, 0);
        ck_assert_str_eq(a->rule, own ? "told_unprocessed" : "consumer_behind");
        ck_assert_int_eq(a->severity, own ? SEVERITY_CRIT : SEVERITY_WARN);
        ck_assert_str_eq(a->tag, "LAG");
        night_end(&n);
    }
}
END_TEST

/* The level is a minute whatever holds are scaled to: `check --once` must not say it after the half that the
 * state takes. */
START_TEST(half_a_minute_of_nothing_is_no_alert) {
    struct night n;
    size_t count;
    begin_three_scaled(&n, 0.001);
    story_tell(&n, waits_in_vain, 0, 50);
    ck_assert_str_eq(story_word(&n, Q_CONSUMER_state), "stalled_delivery");
    model_findings(n.model, &count);
    ck_assert_uint_eq(count, 0);
    story_tell(&n, waits_in_vain, 55, 65);
    night_until(&n, 66);
    ck_assert_ptr_nonnull(finding_at(&n, "consumer_stalled", SEVERITY_WARN));
    night_end(&n);
}
END_TEST

/* Its stream's leader is not asked: nobody knows since when what is pending waits. */
static const struct {
    double lag_per_s;
    uint64_t lag, delivered_per_s;
    const char *state, *why;
    double drain_s; /* INFINITY never */
} unseen[] = {
    {80, 4720, 20, "falling_behind", "lag +80/s", INFINITY},
    {-80, 4880, 80, "catching_up", "lag -80/s, done in 1.0s", 1},
    {0, 4720, 80, "unknown", "lag 4720 stays, and how long it has waited is not known", INFINITY},
    {0, 40, 80, "keeping_up", "lag 40, 80/s delivered", 0.5},
};

static void tell_unseen(struct night *n, double at, double lag, uint64_t delivered_per_s) {
    varz_until(n, at, 7);
    struct told_consumer c = story_usual;
    c.waiting = 1, c.pending = (uint64_t)lag;
    c.delivered = c.floor = c.deliveries = 1000 + (uint64_t)((double)delivered_per_s * at);
    c.last_delivered = c.last_ack = delivered_per_s ? at : at - 3;
    struct sample *s = jsz(n, 0);
    add_stream(s, 0, 2, 0);
    tell_consumer(s, &c, 0);
    send(n, s);
}

START_TEST(whose_stream_is_not_told) {
    struct night n;
    begin_three(&n);
    for (double at = 0; at <= 60; at += 5)
        tell_unseen(&n, at, (double)unseen[_i].lag + unseen[_i].lag_per_s * at, unseen[_i].delivered_per_s);
    ck_assert(isnan(seconds(&n, Q_CONSUMER_time_behind)));
    ck_assert_str_eq(story_word(&n, Q_CONSUMER_state), unseen[_i].state);
    ck_assert_str_eq(story_word(&n, Q_CONSUMER_why), unseen[_i].why);
    struct value drain = quantity_get(n.model, consumer(&n, "C"), Q_CONSUMER_drain);
    if (isinf(unseen[_i].drain_s))
        ck_assert(drain.flags & VALUE_NEVER);
    else
        ck_assert_double_eq_tol(seconds(&n, Q_CONSUMER_drain), unseen[_i].drain_s, 0.1);
    night_end(&n);
}
END_TEST

START_TEST(what_stays_is_said_after_five_minutes) {
    struct night n;
    double at = 0;
    begin_three(&n);
    for (; at <= 300; at += 5)
        tell_unseen(&n, at, 4720, 80);
    ck_assert_ptr_null(finding_of(&n, "consumer_not_draining"));
    for (; at <= 340; at += 5)
        tell_unseen(&n, at, 4720, 80);
    ck_assert_ptr_nonnull(finding_at(&n, "consumer_not_draining", SEVERITY_WARN));
    for (; at <= 370; at += 5)
        tell_unseen(&n, at, 900, 80);
    ck_assert_ptr_null(finding_of(&n, "consumer_not_draining"));
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("states");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, each_state_and_its_neighbour, 0, sizeof stories / sizeof *stories);
    tcase_add_test(t, what_is_not_known_makes_nobody_late);
    tcase_add_test(t, what_is_given_up_is_not_acknowledged);
    tcase_add_test(t, redeliveries_of_a_filtered_one_are_not_none);
    tcase_add_test(t, a_stale_consumer_has_the_state_that_it_had);
    tcase_add_test(t, whose_leader_is_gone_is_leaderless);
    tcase_add_test(t, who_has_no_leader_is_leaderless_at_once);
    tcase_add_test(t, since_is_when_the_state_changed);
    tcase_add_test(t, another_consumer_of_the_name_begins_anew);
    tcase_add_test(t, nothing_lasts_longer_than_it_is_there);
    tcase_add_loop_test(t, it_may_be_there_for_longer_than_its_leader_says, 0, 3);
    tcase_add_test(t, what_is_so_since_we_look_is_so_at_least);
    tcase_add_loop_test(t, a_state_that_lasts_is_a_finding, 0, sizeof rulings / sizeof *rulings);
    tcase_add_test(t, what_stays_is_said_after_five_minutes);
    tcase_add_test(t, how_late_it_is_gives_way_to_its_own_level);
    tcase_add_test(t, half_a_minute_of_nothing_is_no_alert);
    tcase_add_loop_test(t, whose_stream_is_not_told, 0, sizeof unseen / sizeof *unseen);
    return t;
}

int main(void) {
    return run_case("model: states", cases);
}
