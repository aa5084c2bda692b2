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

/* A message that stays for ever, and 300 behind it that go from second 20 to 30. */
static void expires(double at, struct told_stream *s, struct told_consumer *c) {
    uint64_t gone = at < 20 ? 0 : at < 30 ? (uint64_t)(30 * (at - 20)) : 300;
    *s = told(1, 301, -5, -4);
    s->unlimited = s->expires = true, s->deleted = gone;
    *c = (struct told_consumer){.pending = 301 - gone, .last_delivered = NEVER, .last_ack = NEVER};
}
static void expires_all(double at, struct told_stream *s, struct told_consumer *c) {
    expires(at, s, c);
    if (at < 30)
        return;
    s->first = 302, s->first_at = NEVER, s->deleted = 0;
    c->pending = 0;
}
/* 10 a second, each stays for 25 s, and one for ever. */
static void expires_steadily(double at, struct told_stream *s, struct told_consumer *c) {
    uint64_t gone = at < 25 ? 0 : (uint64_t)(10 * (at - 25)), came = (uint64_t)(10 * at);
    *s = told(1, 1 + came, -5, at);
    s->unlimited = s->expires = true, s->deleted = gone;
    *c = (struct told_consumer){.pending = 1 + came - gone, .last_delivered = NEVER, .last_ack = NEVER};
}
static void expires_and_is_read(double at, struct told_stream *s, struct told_consumer *c) {
    expires_steadily(at, s, c);
    c->pending = 0, c->deliveries = c->delivered = c->floor = s->last;
    c->last_delivered = c->last_ack = at;
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
     "≥80 messages gone from the stream before they were acknowledged"},
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
    {"expires", expires, 60, "backlog_evicted",
     "≥300 messages gone from the stream before they were acknowledged, the last ≤30s ago"},
    {"will expire", expires, 15, "nobody_pulling", NULL},
    {"expires all", expires_all, 60, "backlog_evicted",
     "≥301 messages gone from the stream before they were acknowledged, the last 30s ago"},
    {"expires steadily", expires_steadily, 125, "backlog_evicted",
     "≥850 messages gone from the stream before they were acknowledged"},
    {"expires and is read", expires_and_is_read, 125, "keeping_up", NULL},
};

START_TEST(what_is_taken_is_told_and_nothing_else) {
    story_check(&stories[_i]);
}
END_TEST

static const struct story_ruling rulings[] = {
    {"consumer_evicted", evicts, 5, 60,
     "ORDERS/C 1000, 0/s: 11.5k messages gone from the stream before they were acknowledged", SEVERITY_OK},
    {"consumer_evicted", loses_all, 25, 120, /* after it is complete, too */
     "ORDERS/C 0, 0/s: 500 messages gone from the stream before they were acknowledged, the last 1m20s ago",
     SEVERITY_OK},
    {"consumer_lost", lost_all_before, 5, 60,
     "ORDERS/C 0: ≤500 messages gone from the stream before they were acknowledged, before we watched",
     SEVERITY_OK},
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

/* ---- told by two servers ---- */

/* 100 messages a second come, 1,000 are kept; it takes 20 a second of those that are left. Its leader tells
 * of it 4 seconds after that of the stream does. */
struct apart {
    const char *name;
    double consumer_moves, stream_moves; /* to another leader; 0 never */
    uint64_t again;                      /* delivered again between two rows */
    uint64_t forgets;                    /* deliveries that its new leader has not heard of */
    uint64_t lost;
    bool least;
};

static void tell_apart(struct night *n, const struct apart *a, double at) {
    struct told_stream s = told(0, 1000 + (uint64_t)(100 * at), at - 10, at);
    s.first = s.last - 999, s.leader = a->stream_moves > 0 && at >= a->stream_moves ? 2 : 0;
    varz_until(n, at, 7);
    struct sample *answer = jsz(n, s.leader);
    tell_stream(answer, &s, 0);
    send(n, answer);
    at += 4;
    varz_until(n, at, 7);
    struct told_consumer c = {.last_delivered = at, .last_ack = at, .waiting = 1};
    bool moved = a->consumer_moves > 0 && at >= a->consumer_moves;
    bool forgot = moved && at < a->consumer_moves + 5;
    c.leader = moved ? 2 : 1, c.redelivered = a->again ? 3 : 0;
    c.deliveries = (uint64_t)(20 * at) + a->again * (uint64_t)((at - 4) / 5) - (forgot ? a->forgets : 0);
    c.delivered = (uint64_t)(100 * at) + 10 - (forgot ? a->forgets : 0), c.floor = c.delivered;
    c.pending = 1000 + (uint64_t)(100 * at) - c.delivered;
    answer = jsz(n, c.leader);
    tell_consumer(answer, &c, 0);
    send(n, answer);
}

static const struct apart told_apart[] = {
    {"apart", 0, 0, 0, 0, 80 * 120, false},
    {"its leader moves", 64, 0, 0, 0, 80 * 120, false},
    {"the stream's leader moves", 0, 65, 0, 0, 80 * 120, false},
    {"both move", 64, 85, 0, 0, 80 * 120, false},
    {"it gets some again", 0, 0, 10, 0, (400 - 10) * 24, true},
    {"its new leader is behind", 64, 0, 0, 15, 80 * 120, false},
};

START_TEST(what_it_passes_is_lost_whoever_leads) {
    const struct apart *a = &told_apart[_i];
    struct night n;
    begin_three(&n);
    for (double at = 0; at <= 120; at += 5)
        tell_apart(&n, a, at);
    struct value v = quantity_get(n.model, consumer(&n, "C"), Q_CONSUMER_evicted);
    ck_assert_msg(v.type == VALUE_UINT && v.u == a->lost && !(v.flags & VALUE_LEAST) == !a->least,
                  "%s: %llu, flags %u", a->name, (unsigned long long)v.u, v.flags);
    night_end(&n);
}
END_TEST

/* 500 of 1,000 had been deleted by hand in front of it when we came; then 200 of those behind them go. */
static void reads_past_holes(double at, struct told_stream *s, struct told_consumer *c) {
    uint64_t read = at < 50 ? (uint64_t)(10 * at) : 500;
    *s = told(1, 2000, -5, -4);
    s->deleted = 500;
    c->delivered = c->floor = read < 100 ? read : read + 500, c->deliveries = read;
    c->pending = 1500 - read, c->last_delivered = c->last_ack = at;
    if (at < 60)
        return;
    s->first = 1201, s->deleted = 0;
    c->pending = 800;
}

START_TEST(what_was_deleted_before_is_not_lost) {
    struct night n;
    story_run(&n, reads_past_holes, 55);
    ck_assert_double_eq(number_value(&n, consumer(&n, "C"), Q_CONSUMER_evicted), 0);
    story_tell(&n, reads_past_holes, 60, 65);
    ck_assert_double_eq(number_value(&n, consumer(&n, "C"), Q_CONSUMER_evicted), 200);
    night_end(&n);
}
END_TEST

/* 200 went before we came, 99,001 to 111,020 come to be passed since, and 1,200 of these it gets. */
static void lost_before_and_loses(double at, struct told_stream *s, struct told_consumer *c) {
    evicts(at, s, c);
    uint64_t read = (uint64_t)(20 * at);
    c->delivered = c->floor = at < 10 ? 98800 : s->first + 19, c->deliveries = 1000 + (at < 10 ? 0 : read);
    c->pending = at < 10 ? 1000 : 980, c->last_delivered = c->last_ack = at;
}

START_TEST(what_went_before_is_left_behind) {
    struct night n;
    story_run(&n, lost_before_and_loses, 5);
    ck_assert_str_eq(story_word(&n, Q_CONSUMER_loss_why),
                     "≤1200 messages were never processed, the last 0s ago");
    story_tell(&n, lost_before_and_loses, 10, 60);
    ck_assert_str_eq(story_word(&n, Q_CONSUMER_loss_why),
                     "10.8k messages were never processed, the last 0s ago");
    struct value v = quantity_get(n.model, consumer(&n, "C"), Q_CONSUMER_evicted);
    ck_assert_uint_eq(v.flags & (VALUE_BOUND | VALUE_LEAST), 0);
    night_end(&n);
}
END_TEST

/* Its leader has heard of the purge, and the stream's has not told of it yet. */
START_TEST(a_purge_is_no_loss_whoever_tells_first) {
    struct night n;
    begin_three(&n);
    for (int i = 0; i < 12; i++) {
        struct told_stream s = told(i > 6 ? 100001 : 1, 100000, -5000, i > 6 ? NEVER : 0);
        struct told_consumer c = story_usual;
        s.max_age = 86400;
        varz_until(&n, 5 * i, 7);
        struct sample *answer = jsz(&n, 0);
        tell_stream(answer, &s, 0);
        send(&n, answer);
        c.leader = 1, c.pending = i > 5 ? 0 : 500, c.floor = c.delivered = i > 5 ? 100000 : 99500;
        varz_until(&n, 5 * i + 4, 7);
        answer = jsz(&n, 1);
        tell_consumer(answer, &c, 0);
        send(&n, answer);
        ck_assert_double_eq(number_value(&n, consumer(&n, "C"), Q_CONSUMER_evicted), 0);
    }
    ck_assert_str_eq(story_word(&n, Q_CONSUMER_loss), "no");
    night_end(&n);
}
END_TEST

/* ---- what shows now and then only ---- */

/* 1 of 100 messages is its own, one each 10 s; the stream keeps an hour. */
static void drips_slowly(double at, struct told_stream *s, struct told_consumer *c) {
    uint64_t gone = at < 3600 ? 0 : (uint64_t)(10 * (at - 3600));
    *s = told(1 + gone, 1 + (uint64_t)(10 * at), at < 3600 ? 0 : at - 3600, at);
    s->max_age = 3600;
    c->filter = "a.>";
    c->pending = (s->last - s->first) / 100, c->floor = c->delivered = c->deliveries = 0;
}

START_TEST(what_goes_on_is_no_news_of_long_ago) {
    struct night n;
    story_run(&n, drips_slowly, 3600 + 1795);
    for (double at = 5400; at <= 9000; at += 5) {
        story_tell(&n, drips_slowly, at, at);
        ck_assert_str_eq(story_word(&n, Q_CONSUMER_state), "backlog_evicted");
        ck_assert_msg(!strchr(story_word(&n, Q_CONSUMER_why), ','), "%g: %s", at,
                      story_word(&n, Q_CONSUMER_why));
    }
    double lost = number_value(&n, consumer(&n, "C"), Q_CONSUMER_evicted);
    ck_assert_msg(lost > 440 && lost <= 540, "%g", lost);
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
    tcase_add_loop_test(t, what_it_passes_is_lost_whoever_leads, 0, sizeof told_apart / sizeof *told_apart);
    tcase_add_test(t, what_was_deleted_before_is_not_lost);
    tcase_add_test(t, what_went_before_is_left_behind);
    tcase_add_test(t, a_purge_is_no_loss_whoever_tells_first);
    tcase_add_test(t, what_goes_on_is_no_news_of_long_ago);
    return t;
}

int main(void) {
    return run_case("model: evicted", cases);
}
