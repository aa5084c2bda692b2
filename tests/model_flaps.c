/* What goes on for minutes has one state, however its figures look at one poll or another. */
#include "tests/model_story.h"

/* A message each 12 s that nobody acknowledges: it is delivered three times, and given up after 6 s. */
static void gives_up_one_by_one(double at, struct told_stream *s, struct told_consumer *c) {
    uint64_t came = (uint64_t)(at / 12) + 1;
    double age = fmod(at, 12);
    bool out = age < 6;
    s->last = 1000 + came, s->last_at = at - age, s->first = 1001;
    c->max_deliver = 3, c->ack_wait = 2, c->waiting = 1;
    c->pending = 0, c->ack_pending = out;
    c->delivered = s->last, c->floor = 1000;
    c->deliveries = 3 * (came - 1) + (out ? 1 + (uint64_t)(age / 2) : 3);
    c->redelivered = came - 1 + (!out || age >= 2);
    c->last_delivered = at - age + (out ? 2 * floor(age / 2) : 4);
}

/* The same, and what else comes is acknowledged at once. */
static void gave_one_up(double at, struct told_stream *s, struct told_consumer *c) {
    s->last = 100000 + (uint64_t)(10 * at), s->last_at = at;
    c->max_deliver = 3, c->waiting = 1;
    c->pending = (uint64_t)at % 3, c->ack_pending = (uint64_t)at % 4;
    c->redelivered = 2;
    c->delivered = s->last - c->pending, c->floor = c->delivered - c->ack_pending;
    c->deliveries = c->delivered + 4;
    c->last_delivered = c->last_ack = at;
}

/* Ten a second, up to 29 of them at work or yet to come; the oldest is never acknowledged, in ten minutes. */
static void holds_one(double at, struct told_stream *s, struct told_consumer *c) {
    static const unsigned lags[] = {3, 29, 17, 8, 1, 22, 28, 25, 11, 5, 14, 24, 2};
    unsigned lag = lags[(unsigned)(at / 5) % (sizeof lags / sizeof *lags)];
    s->last = 100000 + (uint64_t)(10 * at), s->last_at = at;
    c->ack_wait = 600, c->waiting = 1;
    c->pending = lag / 3, c->ack_pending = 1 + lag - lag / 3;
    c->delivered = c->deliveries = s->last - c->pending;
    c->floor = c->floor_deliveries = 100000 - 1;
    c->last_delivered = c->last_ack = at;
}
/* The oldest was given up, and its place stays. */
static void gave_up_at_its_floor(double at, struct told_stream *s, struct told_consumer *c) {
    holds_one(at, s, c);
    c->max_deliver = 3, c->ack_wait = 30;
    c->redelivered = c->ack_pending = 1;
    c->redelivered += 1;
}
/* All are late, and it falls back further. */
static void holds_all(double at, struct told_stream *s, struct told_consumer *c) {
    holds_one(at, s, c);
    c->delivered = c->deliveries = 100000 + (uint64_t)(2 * at);
    c->pending = s->last - c->delivered, c->ack_pending = at >= 5 ? 5 : 1;
}

/* Ten a second; somebody comes now and then, takes so many, acknowledges them at once and does not wait. */
static void fetches(double at, struct told_stream *s, struct told_consumer *c, double each, double takes) {
    double first = 3.4, times = at < first ? 0 : floor((at - first) / each) + 1;
    double last = times ? first + each * (times - 1) : first - each;
    double came = 1000 + 10 * at, done = fmin(1000 + 10 * last, 1000 - 10 * each + takes * times);
    s->last = (uint64_t)came, s->last_at = at;
    c->delivered = c->deliveries = c->floor = c->floor_deliveries = (uint64_t)done;
    c->pending = s->last - c->delivered;
    c->last_delivered = c->last_ack = last;
    if (last < 0)
        c->last_delivered = c->last_ack = -2.5;
}
static void fetches_all_12(double at, struct told_stream *s, struct told_consumer *c) {
    fetches(at, s, c, 12, 1e9);
}
static void fetches_all_25(double at, struct told_stream *s, struct told_consumer *c) {
    fetches(at, s, c, 25, 1e9);
}
static void fetches_all_45(double at, struct told_stream *s, struct told_consumer *c) {
    fetches(at, s, c, 45, 1e9);
}
static void fetches_too_little(double at, struct told_stream *s, struct told_consumer *c) {
    fetches(at, s, c, 25, 100);
}
/* And then stays away. */
static void fetched_all(double at, struct told_stream *s, struct told_consumer *c) {
    fetches_all_25(at < 100 ? at : 100, s, c);
    s->last = 1000 + (uint64_t)(10 * at), s->last_at = at;
    c->pending = s->last - c->delivered;
}

struct steady {
    const char *name;
    story_fn *story;
    double from, until; /* of this state all the time */
    const char *state, *why;
};

static const struct steady steady[] = {
    {"gives up one by one", gives_up_one_by_one, 10, 240, "poison",
     "20 messages given up after 3 deliveries, 8 redelivered in 1 m, ack floor stands at 1000"},
    {"gave one up", gave_one_up, 5, 240, "poison",
     "2 messages given up after 3 deliveries, ack floor stands at 102400"},
    {"holds one, at first", holds_one, 15, 60, "keeping_up",
     "lag 3, its oldest message not acknowledged for 1m00s while the others flow"},
    {"holds one", holds_one, 70, 300, "stalled_acks",
     "its oldest message not acknowledged for 5m00s while the others flow, lag 12"},
    {"gave up at its floor", gave_up_at_its_floor, 15, 240, "poison", NULL},
    {"fetches all each 12 s", fetches_all_12, 30, 300, "keeping_up", NULL},
    {"fetches all each 25 s", fetches_all_25, 60, 300, "keeping_up",
     "lag 216, 22s behind, all is taken about each 25s"},
    {"fetches all each 45 s", fetches_all_45, 60, 300, "keeping_up", NULL},
    {"fetches too little", fetches_too_little, 120, 300, "falling_behind", NULL},
    {"fetched all, and keeps its rhythm", fetched_all, 60, 125, "keeping_up", NULL},
    {"fetched all, and stays away", fetched_all, 130, 300, "nobody_pulling", NULL},
    {"holds all", holds_all, 15, 240, "falling_behind", NULL},
};

START_TEST(what_goes_on_has_one_state) {
    const struct steady *s = &steady[_i];
    struct night n;
    begin_three(&n);
    for (double at = 0; at <= s->until; at += 5) {
        story_tell(&n, s->story, at, at);
        ck_assert_msg(at < s->from || strcmp(story_word(&n, Q_CONSUMER_state), s->state) == 0,
                      "%s, second %g: %s (%s)", s->name, at, story_word(&n, Q_CONSUMER_state),
                      story_word(&n, Q_CONSUMER_why));
    }
    if (s->why)
        ck_assert_str_eq(story_word(&n, Q_CONSUMER_why), s->why);
    night_end(&n);
}
END_TEST

/* Polls as far apart as those of a server that is asked less. */
START_TEST(whoever_looks_seldom_sees_the_rhythm) {
    struct night n;
    begin_three(&n);
    for (double at = 0; at <= 300; at += 12) {
        story_tell(&n, _i ? fetches_all_45 : fetches_all_25, at, at);
        ck_assert_msg(at < 60 || strcmp(story_word(&n, Q_CONSUMER_state), "keeping_up") == 0,
                      "second %g: %s (%s)", at, story_word(&n, Q_CONSUMER_state),
                      story_word(&n, Q_CONSUMER_why));
    }
    night_end(&n);
}
END_TEST

/* Its lag comes and goes, and what is held stays. */
START_TEST(what_is_held_is_never_done) {
    struct night n;
    begin_three(&n);
    for (double at = 0; at <= 240; at += 5) {
        story_tell(&n, holds_one, at, at);
        ck_assert_msg(at < 15 ||
                          quantity_get(n.model, consumer(&n, "C"), Q_CONSUMER_drain).flags & VALUE_NEVER,
                      "second %g", at);
    }
    night_end(&n);
}
END_TEST

/* ---- whom nobody has seen at work yet ---- */

/* All there is each four minutes, the last time 40 s before we look. */
static void comes_seldom(double at, struct told_stream *s, struct told_consumer *c) {
    double last = at < 200 ? -40 : 200 + 240 * floor((at - 200) / 240);
    s->last = 1000 + (uint64_t)(10 * at), s->last_at = at;
    c->delivered = c->deliveries = c->floor = c->floor_deliveries = (uint64_t)(1000 + 10 * last);
    c->pending = s->last - c->delivered;
    c->last_delivered = c->last_ack = last;
}
static void comes_no_more(double at, struct told_stream *s, struct told_consumer *c) {
    comes_seldom(fmin(at, 195), s, c);
    s->last = 1000 + (uint64_t)(10 * at), s->last_at = at;
    c->pending = s->last - c->delivered;
}
/* And one that was there at first. */
static void waits_no_more(double at, struct told_stream *s, struct told_consumer *c) {
    comes_no_more(at, s, c);
    c->waiting = at < 20;
}
static void comes_at_last(double at, struct told_stream *s, struct told_consumer *c) {
    (void)s;
    c->pending = 500, c->last_delivered = c->last_ack = at < 20 ? -10 : 18;
    c->delivered = c->deliveries = c->floor = c->floor_deliveries = at < 20 ? 99400 : 99500;
}
/* With three of its messages at work, for 100 s; then it goes on. */
static void was_paused(double at, struct told_stream *s, struct told_consumer *c) {
    (void)s;
    c->paused = at < 100;
    c->pending = 500, c->ack_pending = 3, c->redelivered = 1;
    c->delivered = 99503, c->deliveries = 99504;
    c->last_delivered = c->last_ack = -20;
}

static const char *const said[] = {"consumer_unpulled", "consumer_unacked", "consumer_behind"};

static const struct spoken {
    const char *name;
    story_fn *story;
    double until;
    const char *rule; /* the first of these that speaks, NULL none does */
    double from;
} spoken[] = {
    {"comes seldom", comes_seldom, 1000, NULL, 0},
    {"comes no more", comes_no_more, 450, "consumer_behind", 355},
    {"waits no more", waits_no_more, 120, "consumer_unpulled", 80},
    {"comes at last", comes_at_last, 180, "consumer_behind", 125},
    {"was paused", was_paused, 165, NULL, 0},
    {"was paused, and is stuck", was_paused, 185, "consumer_unacked", 170},
};

START_TEST(who_was_not_seen_yet_is_given_time) {
    const struct spoken *s = &spoken[_i];
    struct night n;
    const char *rule = NULL;
    double from = 0;
    begin_three(&n);
    for (double at = 0; at <= s->until && !rule; at += 5) {
        story_tell(&n, s->story, at, at);
        night_until(&n, at + 0.5);
        from = at;
        for (size_t i = 0; i < sizeof said / sizeof *said; i++)
            rule = finding_of(&n, said[i]) ? said[i] : rule;
    }
    const char *is = rule ? rule : "none", *expected = s->rule ? s->rule : "none";
    ck_assert_msg(strcmp(is, expected) == 0, "%s: %s at second %g", s->name, is, from);
    if (rule)
        ck_assert_double_eq(from, s->from);
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("flaps");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, what_goes_on_has_one_state, 0, sizeof steady / sizeof *steady);
    tcase_add_loop_test(t, whoever_looks_seldom_sees_the_rhythm, 0, 2);
    tcase_add_test(t, what_is_held_is_never_done);
    tcase_add_loop_test(t, who_was_not_seen_yet_is_given_time, 0, sizeof spoken / sizeof *spoken);
    return t;
}

int main(void) {
    return run_case("model: flaps", cases);
}
