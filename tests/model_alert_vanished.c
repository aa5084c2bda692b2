/* Alerts about a stream that nobody lists any more: what ends them, and what does not. */
#include "model/alerts.h"
#include "tests/model_lagging.h"
#include "tests/model_ruled.h"

#define HOUR 3600.0

/* Each ten seconds all are asked for their streams; NULL: they have none. */
static void listed_until(struct night *n, double second, const struct told_stream *stream) {
    for (double at = (double)n->at / 1e9; at < second; at = (double)n->at / 1e9) {
        varz_until(n, floor(at / 10) * 10 + 10, 7);
        for (int node = 0; node < 3; node++) {
            struct sample *s = jsz(n, node);
            if (stream && node == 0)
                tell_stream(s, stream, 0);
            send(n, s);
        }
    }
}

static const struct alert *gone(const struct night *n) {
    const struct alert *found = NULL;
    for (size_t i = 0; i < model_alert_count(n->model); i++)
        if (strcmp(model_alert(n->model, i)->rule, "stream_vanished") == 0)
            found = model_alert(n->model, i);
    ck_assert_ptr_nonnull(found);
    return found;
}

#define assert_open(n) ck_assert_int_eq(gone(n)->state, ALERT_OPEN)
#define assert_ended(n, how)                                                                                 \
    do {                                                                                                     \
        ck_assert_int_eq(gone(n)->state, ALERT_CLEARED);                                                     \
        ck_assert_str_eq(gone(n)->ending, how);                                                              \
    } while (0)

/* It was there for 60 seconds, and is open since second 80 or so. */
static void begin_vanished(struct night *n, struct told_stream *stream) {
    *stream = told(1, 60, -1000, 0);
    begin_three(n);
    listed_until(n, 60, stream);
    listed_until(n, 90, NULL);
    assert_open(n);
    ck_assert_str_eq(gone(n)->name, "A/ORDERS");
}

START_TEST(it_is_open_for_an_hour_and_taken_as_deleted_then) {
    struct night n;
    struct told_stream stream;
    size_t burning;
    begin_vanished(&n, &stream);
    listed_until(&n, HOUR + 60, NULL);
    assert_open(&n);
    ck_assert(!gone(&n)->quiet && !gone(&n)->old);
    model_burning(n.model, &burning); /* somebody has to act on it */
    ck_assert_uint_eq(burning, 1);
    ck_assert_str_eq(text_value(&n, find_by(&n, Q_STREAM_name, "ORDERS"), Q_STREAM_state), "deleted");
    listed_until(&n, HOUR + 120, NULL);
    assert_ended(&n, "still gone: taken as deleted");
    ck_assert(model_alert_is_unsolved(gone(&n)));
    ck_assert_ptr_null(find_by(&n, Q_STREAM_name, "ORDERS"));
    night_end(&n);
}
END_TEST

START_TEST(it_ends_when_the_stream_is_listed_again) {
    struct night n;
    struct told_stream stream;
    begin_vanished(&n, &stream);
    listed_until(&n, 600, NULL);
    assert_open(&n);
    listed_until(&n, 630, &stream);
    assert_ended(&n, "listed again");
    ck_assert(!model_alert_is_unsolved(gone(&n)));
    listed_until(&n, 700, NULL); /* and once more */
    assert_open(&n);
    ck_assert_int_eq(gone(&n)->times, 2);
    ck_assert_str_eq(gone(&n)->ending, "");
    night_end(&n);
}
END_TEST

/* Whoever acknowledges it knows that it is gone; who takes that back does not. */
START_TEST(it_ends_when_somebody_knows) {
    struct night n;
    struct told_stream stream;
    begin_vanished(&n, &stream);
    ck_assert(model_alert_ack(n.model, gone(&n)->number, "ann", "it moved"));
    listed_until(&n, 120, NULL); /* within its minute */
    assert_open(&n);
    ck_assert(model_alert_unack(n.model, gone(&n)->number));
    listed_until(&n, 600, NULL);
    assert_open(&n);
    ck_assert(model_alert_ack(n.model, gone(&n)->number, "ann", "it moved"));
    listed_until(&n, 630, NULL);
    assert_ended(&n, "gone, acknowledged");
    ck_assert(model_alert_is_unsolved(gone(&n)));
    night_end(&n);
}
END_TEST

/* Nobody speaks of it: a minute is enough for whoever looks at a table. */
START_TEST(what_no_alert_speaks_of_is_forgotten_after_a_minute) {
    struct night n;
    const struct rule_said off = {.name = "stream_vanished", .enabled = "false"};
    struct told_stream stream = told(1, 60, -1000, 0);
    begin_three(&n);
    use_rules(n.model, &off, 1);
    listed_until(&n, 60, &stream);
    listed_until(&n, 110, NULL);
    ck_assert_ptr_nonnull(find_by(&n, Q_STREAM_name, "ORDERS"));
    listed_until(&n, 180, NULL);
    ck_assert_ptr_null(find_by(&n, Q_STREAM_name, "ORDERS"));
    night_end(&n);
}
END_TEST

/* ---- over a restart of ours ---- */

static struct alert known(double open_for_s) {
    return (struct alert){.number = 41,
                          .state = ALERT_OPEN,
                          .severity = SEVERITY_CRIT,
                          .worst = SEVERITY_CRIT,
                          .rule = "stream_vanished",
                          .tag = "GONE",
                          .entity = "stream",
                          .name = "A/ORDERS",
                          .text = "stream ORDERS is gone",
                          .first_sign_utc_ns = NIGHT_UTC - ns(open_for_s),
                          .opened_utc_ns = NIGHT_UTC - ns(open_for_s),
                          .times = 1,
                          .came_utc_ns = {NIGHT_UTC - ns(open_for_s)},
                          .came_count = 1};
}

static const struct {
    double open_for_s;
    bool acked;
    bool listed;           /* after `open_s` */
    bool known;            /* to be so still, by then */
    double open_s, over_s; /* until then, and not at that time any more */
    const char *ending;
} restarts[] = {
    {600, false, false, true, 2900, 3030, "still gone: taken as deleted"},
    {7200, false, false, false, 110, 150,
     "still gone: taken as deleted"}, /* somebody may list it after our start */
    {600, true, false, false, 110, 150, "gone, acknowledged"},
    {600, false, true, true, 190, 240, "listed again"},
};

START_TEST(it_goes_on_over_a_restart) {
    struct night n;
    struct told_stream stream = told(1, 60, -1000, 0);
    struct alert was = known(restarts[_i].open_for_s);
    was.acked_utc_ns = restarts[_i].acked ? NIGHT_UTC - NS_PER_S : 0;
    was.acked_severity = SEVERITY_CRIT;
    begin_three(&n);
    model_alerts_restore(n.model, &was, 1);
    listed_until(&n, restarts[_i].open_s, NULL);
    assert_open(&n);
    size_t burning;
    const struct finding *burns = model_burning(n.model, &burning);
    ck_assert_uint_eq(burning, restarts[_i].known);
    ck_assert_uint_eq(model_alert_things(n.model).crit, restarts[_i].known);
    ck_assert(gone(&n)->unheard != restarts[_i].known && !gone(&n)->quiet);
    if (restarts[_i].known) {
        char text[100];
        finding_text_of(n.model, burns, 1, text, sizeof text);
        ck_assert_str_eq(text, "stream ORDERS is gone");
        ck_assert(!gone(&n)->old);
    }
    listed_until(&n, restarts[_i].over_s, restarts[_i].listed ? &stream : NULL);
    assert_ended(&n, restarts[_i].ending);
    ck_assert_uint_eq(gone(&n)->number, 41);
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("vanished");
    tcase_add_test(t, it_is_open_for_an_hour_and_taken_as_deleted_then);
    tcase_add_test(t, it_ends_when_the_stream_is_listed_again);
    tcase_add_test(t, it_ends_when_somebody_knows);
    tcase_add_test(t, what_no_alert_speaks_of_is_forgotten_after_a_minute);
    tcase_add_loop_test(t, it_goes_on_over_a_restart, 0, sizeof restarts / sizeof *restarts);
    return t;
}

int main(void) {
    return run_case("model/alert_vanished", cases);
}
