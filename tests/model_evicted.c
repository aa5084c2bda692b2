/* What a stream takes from a consumer before it was acknowledged, and what looks like it and is not. */
#include "tests/model_story.h"

/* 200 messages a second come, and the stream keeps 1,000. */
static void evicts(double at, struct told_stream *s, struct told_consumer *c) {
    s->last = 100000 + (uint64_t)(200 * at), s->first = s->last - 999;
    s->first_at = at - 5, s->last_at = at;
    c->pending = 1000;
}
static void evicts_keys(double at, struct told_stream *s, struct told_consumer *c) {
    evicts(at, s, c);
    s->per_subject = 1;
}
static void evicts_the_done(double at, struct told_stream *s, struct told_consumer *c) {
    evicts(at, s, c);
    c->pending = 400;
    c->floor = c->delivered = s->last - 400;
    c->deliveries = c->delivered;
    c->last_delivered = at;
}
/* Its own messages are a tenth: 500 were pending, and go as the stream does, 3 a second. */
static void evicts_filtered(double at, struct told_stream *s, struct told_consumer *c) {
    evicts(at, s, c);
    s->first = 99002 + (uint64_t)(20 * at);
    c->filter = "a.>";
    c->pending = at < 10 ? 500 : (uint64_t)(500 - 3 * at);
    c->floor = c->delivered = 99000;
}
static void evicts_what_is_not_its(double at, struct told_stream *s, struct told_consumer *c) {
    evicts_filtered(at, s, c);
    c->pending = 500;
}
/* One of 15 messages is its own: as many as come go, and 20 are there at any time. */
static void drips(double at, struct told_stream *s, struct told_consumer *c) {
    s->last = 100000 + (uint64_t)(15 * at), s->first = s->last - 299;
    s->first_at = at - 20, s->last_at = at;
    c->filter = "a.>";
    c->pending = 20, c->floor = c->delivered = c->deliveries = 90000;
}
/* The same of a stream that begins with it and has room for a minute: a message a second is lost from then
 * on. */
static void fills_and_drips(double at, struct told_stream *s, struct told_consumer *c) {
    uint64_t kept = at < 60 ? (uint64_t)(15 * at) : 900;
    s->last = 100000 + (uint64_t)(15 * at), s->first = s->last + 1 - kept;
    s->first_at = at < 60 ? 0 : at - 60, s->last_at = at;
    c->filter = "a.>";
    c->pending = kept / 15, c->floor = c->delivered = c->deliveries = 90000;
}
/* 500 that nobody took, and all of them are too old by second 40. */
static void loses_all(double at, struct told_stream *s, struct told_consumer *c) {
    uint64_t gone = at < 20 ? 0 : at < 40 ? (uint64_t)(25 * (at - 20)) : 500;
    s->first = 99501 + gone, s->first_at = -5 + at / 2, s->last_at = -6, s->max_age = 45;
    c->pending = 500 - gone;
    c->last_delivered = c->last_ack = -1000;
}
static void loses_all_of_a_queue(double at, struct told_stream *s, struct told_consumer *c) {
    loses_all(at, s, c);
    s->retention = "workqueue";
}
static void loses_all_filtered(double at, struct told_stream *s, struct told_consumer *c) {
    loses_all(at, s, c);
    c->filter = "a.>";
    c->pending /= 10;
}
static void lost_all_before(double at, struct told_stream *s, struct told_consumer *c) {
    loses_all(at + 40, s, c);
}
/* What it had not got when we came may have been deleted by somebody: no limit took it. */
static void lost_all_before_without_limits(double at, struct told_stream *s, struct told_consumer *c) {
    lost_all_before(at, s, c);
    s->unlimited = true, s->max_age = 0;
}
static void lost_all_before_filtered(double at, struct told_stream *s, struct told_consumer *c) {
    lost_all_before(at, s, c);
    c->filter = "a.>";
}
static void was_purged_before(double at, struct told_stream *s, struct told_consumer *c) {
    lost_all_before(at, s, c);
    c->delivered = c->floor = 100000;
}
/* Servers up to 2.9 tell no floor of one that was made later, and all of them where it begins. */
static void began_later(double at, struct told_stream *s, struct told_consumer *c) {
    lost_all_before(at, s, c);
    c->deliveries = c->floor = 0, c->delivered = 100000;
    c->deliver_policy = "new";
}
static void began_early_and_got_nothing(double at, struct told_stream *s, struct told_consumer *c) {
    lost_all_before(at, s, c);
    c->deliveries = c->floor = c->delivered = 0;
}
/* Delivered without being asked to acknowledge: its floor is where it is. */
static void needs_no_acks(double at, struct told_stream *s, struct told_consumer *c) {
    lost_all_before(at, s, c);
    c->ack_policy = "none", c->delivered = 100000, c->floor = 0;
}
static void lost_before_and_goes_on(double at, struct told_stream *s, struct told_consumer *c) {
    lost_all_before(at, s, c);
    if (at < 30)
        return;
    s->last = 100100, s->first = 100001, s->first_at = s->last_at = 30;
    c->delivered = c->floor = 100100, c->deliveries = 99600;
    c->last_delivered = c->last_ack = 30;
}
/* And 100 that come later go through. */
static void loses_all_and_goes_on(double at, struct told_stream *s, struct told_consumer *c) {
    loses_all(at, s, c);
    if (at < 60)
        return;
    s->last = 100100, s->first = 100001, s->first_at = s->last_at = 60;
    c->delivered = c->floor = 100100, c->deliveries = 99600;
    c->last_delivered = c->last_ack = 60;
}
/* It takes its consumers along. */
static void is_purged(double at, struct told_stream *s, struct told_consumer *c) {
    s->max_age = 86400;
    c->last_delivered = c->last_ack = -1000;
    if (at < 30)
        return;
    s->first = 100001, s->first_at = NEVER;
    c->pending = 0, c->floor = c->delivered = 100000;
}
static void is_purged_filtered(double at, struct told_stream *s, struct told_consumer *c) {
    is_purged(at, s, c);
    c->filter = "a.>";
    c->floor = c->delivered = 99500;
}
static void is_deleted_without_limits(double at, struct told_stream *s, struct told_consumer *c) {
    s->unlimited = true, c->filter = "a.>";
    c->floor = c->delivered = 90000, c->last_delivered = c->last_ack = -1000;
    s->first = at < 30 ? 1 : 99901;
    c->pending = at < 30 ? 500 : 100;
}
/* The same of one that reads all, at work on it and in its midst: 22,000 and 500 left. */
static void is_purged_without_limits(double at, struct told_stream *s, struct told_consumer *c) {
    s->unlimited = true, s->last = 100000 + (uint64_t)at;
    s->first = at < 30 ? 78001 : s->last - 499;
    c->ack_pending = 20, c->waiting = 1;
    c->deliveries = 100 + (uint64_t)(2 * at), c->delivered = 78000 + c->deliveries,
    c->floor = c->delivered - 20;
    c->pending = s->last - c->delivered;
    c->last_delivered = c->last_ack = at;
    if (at < 30)
        return;
    c->pending = 400 - (uint64_t)(2 * (at - 30)), c->delivered = s->last - c->pending,
    c->floor = c->delivered - 20;
}
/* Given up each after its last delivery: the floor stays, and nothing is undelivered. */
static void gave_up(double at, struct told_stream *s, struct told_consumer *c) {
    s->first = at < 30 ? 99501 : 100001;
    c->pending = 0, c->delivered = 100000, c->deliveries = 105000;
}

static const struct told_story stories[] = {
    {"evicts", evicts, 60, "backlog_evicted",
     "11.5k messages gone from the stream before they were acknowledged"},
    {"evicts keys", evicts_keys, 60, "nobody_pulling", NULL},
    {"evicts the done", evicts_the_done, 60, "keeping_up", NULL},
    {"evicts filtered", evicts_filtered, 60, "backlog_evicted",
     "≥180 messages gone from the stream before they were acknowledged"},
    {"evicts what is not its", evicts_what_is_not_its, 60, "nobody_pulling", NULL},
    {"drips", drips, 115, "backlog_evicted",
     "≥80 messages gone from the stream before they were acknowledged, the last 15s ago"},
    {"fills and drips", fills_and_drips, 80, "backlog_evicted",
     "≥10 messages gone from the stream before they were acknowledged"},
    {"fills and drips, later", fills_and_drips, 120, "backlog_evicted",
     "≥50 messages gone from the stream before they were acknowledged"},
    {"loses all", loses_all, 60, "backlog_evicted",
     "500 messages gone from the stream before they were acknowledged, the last 20s ago"},
    {"loses all of a queue", loses_all_of_a_queue, 60, "backlog_evicted",
     "500 messages gone from the stream before they were acknowledged, the last 20s ago"},
    {"loses all, filtered", loses_all_filtered, 60, "backlog_evicted",
     "≥50 messages gone from the stream before they were acknowledged, the last 20s ago"},
    {"loses all, and is old news", loses_all, 700, "backlog_evicted",
     "500 messages gone from the stream before they were acknowledged, the last 11m00s ago"},
    {"lost all before", lost_all_before, 60, "backlog_evicted",
     "≤500 messages gone from the stream before they were acknowledged, before we watched"},
    {"began early and got nothing", began_early_and_got_nothing, 60, "backlog_evicted",
     "≤100k messages gone from the stream before they were acknowledged, before we watched"},
    {"lost all before without limits", lost_all_before_without_limits, 60, "idle", NULL},
    {"lost all before, filtered", lost_all_before_filtered, 60, "idle", NULL},
    {"was purged before", was_purged_before, 60, "idle", NULL},
    {"began later", began_later, 60, "idle", NULL},
    {"needs no acks", needs_no_acks, 60, "idle", NULL},
    {"lost before and goes on", lost_before_and_goes_on, 60, "keeping_up", NULL},
    {"loses all and goes on", loses_all_and_goes_on, 120, "backlog_evicted",
     "500 messages gone from the stream before they were acknowledged, the last 1m20s ago"},
    {"loses all and went on", loses_all_and_goes_on, 700, "idle", NULL},
    {"is purged", is_purged, 60, "idle", NULL},
    {"is purged, filtered", is_purged_filtered, 60, "idle", NULL},
    {"is deleted without limits", is_deleted_without_limits, 60, "nobody_pulling", NULL},
    {"is purged without limits", is_purged_without_limits, 60, "catching_up", NULL},
    {"gave up", gave_up, 60, "keeping_up", NULL},
};

START_TEST(what_is_taken_is_told_and_nothing_else) {
    story_check(&stories[_i]);
}
END_TEST

static const struct story_ruling rulings[] = {
    {"consumer_evicted", evicts, 5, 60,
     "ORDERS/C 1000, 0/s: 11.5k messages gone from the stream before they were acknowledged"},
    {"consumer_evicted", loses_all, 25, 120, /* after it is complete, too */
     "ORDERS/C 0, 0/s: 500 messages gone from the stream before they were acknowledged, the last 1m20s ago"},
    {"consumer_lost", lost_all_before, 5, 60,
     "ORDERS/C 0: ≤500 messages gone from the stream before they were acknowledged, before we watched"},
};

START_TEST(what_is_taken_is_a_finding) {
    story_check_ruling(&rulings[_i]);
}
END_TEST

/* In memory alone, 500 of its messages unprocessed; its server is killed, and the store comes back empty.
 * `_i`: when it was created is told then for the first time. */
START_TEST(with_a_store_its_messages_are_lost) {
    struct night n;
    struct told_stream s = told(1, 500, -5000, 0);
    struct told_consumer c = {.pending = 480,
                              .ack_pending = 20,
                              .deliveries = 30,
                              .delivered = 30,
                              .floor = 10,
                              .last_delivered = NEVER,
                              .last_ack = NEVER};
    begin_three(&n);
    s.unlimited = true;
    for (int i = 0; i < 3; i++) {
        varz_until(&n, 5 * i, 7);
        struct sample *sample = jsz(&n, 0);
        tell_stream(sample, &s, 0);
        if (_i)
            row_drop(row_of(sample, ENTITY_STREAM), F_STREAM_created);
        tell_consumer(sample, &c, 0);
        send(&n, sample);
    }
    varz_until(&n, 24, 6);
    night_until(&n, 24.5);
    send_restarted(&n, 0, "IDR");
    varz_until(&n, 30, 6);
    s = told(0, 0, NEVER, NEVER), s.deleted = 1, s.unlimited = true;
    c = (struct told_consumer){.last_delivered = NEVER, .last_ack = NEVER};
    for (int i = 0; i < 4; i++) {
        varz_until(&n, 30 + 5 * i, 6);
        send_varz(&n, 1, "IDR", names[0]);
        struct sample *sample = build(&n, 1, SHAPE_JSZ, "IDR");
        tell_stream(sample, &s, 0);
        if (i > 0)
            tell_consumer(sample, &c, 0);
        send(&n, sample);
    }
    ck_assert_int_eq(count_events(&n, "recreated"), 0);
    ck_assert_int_eq(count_events(&n, "store"), 1);
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_loss), "losing");
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_loss_why),
                     "500 messages of C were never processed, the last 5.0s ago");
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_state), "losing_data");
    ck_assert_str_eq(story_word(&n, Q_CONSUMER_state), "backlog_evicted");
    ck_assert_double_eq(number_value(&n, consumer(&n, "C"), Q_CONSUMER_evicted), 500);
    ck_assert_str_eq(story_word(&n, Q_CONSUMER_loss_why),
                     "500 messages were never processed, the last 5.0s ago");
    night_end(&n);
}
END_TEST

START_TEST(what_somebody_took_is_an_event_and_no_loss) {
    struct night n;
    story_run(&n, is_purged_without_limits, 60);
    ck_assert_int_eq(count_events(&n, "purged"), 1);
    ck_assert_str_eq(model_event(n.model, model_event_count(n.model) - 1)->text,
                     "21.5k messages were taken out of it, and no limit did");
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_loss), "no");
    ck_assert_double_eq(number_value(&n, consumer(&n, "C"), Q_CONSUMER_evicted), 0);
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("evicted");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, what_is_taken_is_told_and_nothing_else, 0, sizeof stories / sizeof *stories);
    tcase_add_test(t, what_somebody_took_is_an_event_and_no_loss);
    tcase_add_loop_test(t, with_a_store_its_messages_are_lost, 0, 2);
    tcase_add_loop_test(t, what_is_taken_is_a_finding, 0, sizeof rulings / sizeof *rulings);
    return t;
}

int main(void) {
    return run_case("model: evicted", cases);
}
