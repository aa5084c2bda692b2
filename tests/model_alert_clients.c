/* A client that is cut and comes back as another connection has one alert, and one silence. */
#include "tests/model_alerted.h"

/* It holds back from that second on for twenty, is cut, and back as another cid. */
static void be_slow(struct watch *w, double second) {
    watch_holds(w, second + 20, 7);
    w->later++;
    watch_holds(w, second + 70, 0);
}

START_TEST(another_connection_of_it_is_the_same_come_back) {
    struct watch w;
    watch_begin(&w);
    w.name = "slow-reader";
    w.user = "etl";
    be_slow(&w, 0);
    be_slow(&w, 70);
    ck_assert_uint_eq(model_alert_count(w.n.model), 1);
    const struct alert *a = alert_at(&w, 0);
    ck_assert_str_eq(a->client, "slow-reader (user etl)");
    ck_assert_str_eq(a->name, "n1/10/slow-reader");
    ck_assert_int_eq(a->times, 2);
    ck_assert_uint_eq(a->number, 1);
    ck_assert_int_eq(a->opened_utc_ns, utc(4.5));
    assert_told(&w, "4.5 opened warn n1/9/slow-reader\n"
                    "30.5 cleared ok n1/9/slow-reader\n"
                    "74.5 back warn n1/10/slow-reader\n"
                    "100.5 cleared ok n1/10/slow-reader\n");
    be_slow(&w, 140);
    be_slow(&w, 210);
    a = alert_at(&w, 0);
    ck_assert_uint_eq(model_alert_count(w.n.model), 1);
    ck_assert_str_eq(a->name, "n1/12/slow-reader");
    ck_assert_int_eq(a->times, 4);
    ck_assert(a->flapping);
    assert_told(&w, "144.5 back warn n1/11/slow-reader\n"
                    "170.5 cleared ok n1/11/slow-reader\n"
                    "214.5 back warn n1/12/slow-reader\n"
                    "214.5 flapping warn n1/12/slow-reader\n");
    be_slow(&w, 280); /* it stays open while the next one takes over */
    a = alert_at(&w, 0);
    ck_assert_uint_eq(model_alert_count(w.n.model), 1);
    ck_assert_str_eq(a->name, "n1/13/slow-reader");
    ck_assert_int_eq(a->times, 5);
    ck_assert_int_eq(a->state, ALERT_OPEN);
    assert_told(&w, "");
    watch_end(&w);
}
END_TEST

/* Before the alert of the one that was cut is over. */
START_TEST(who_is_back_at_once_has_it_on) {
    struct watch w;
    watch_begin(&w);
    w.name = "slow-reader";
    watch_holds(&w, 20, 7);
    w.later = 1;
    watch_holds(&w, 30, 7);
    ck_assert_uint_eq(model_alert_count(w.n.model), 1);
    const struct alert *a = alert_at(&w, 0);
    ck_assert_str_eq(a->client, "slow-reader");
    ck_assert_str_eq(a->name, "n1/10/slow-reader");
    ck_assert_int_eq(a->times, 2);
    assert_told(&w, "4.5 opened warn n1/9/slow-reader\n");
    watch_end(&w);
}
END_TEST

START_TEST(two_at_once_are_two) {
    struct watch w;
    watch_begin(&w);
    w.name = "slow-reader";
    w.count = 2;
    watch_holds(&w, 20, 7); /* n1/9 */
    watch_holds(&w, 60, 0);
    w.mib[1] = 9; /* n1/10, and then the first again */
    watch_until(&w, 80);
    ck_assert_uint_eq(model_alert_count(w.n.model), 1);
    watch_holds(&w, 100, 7);
    ck_assert_uint_eq(model_alert_counts(w.n.model).warn, 2);
    assert_told(&w, "4.5 opened warn n1/9/slow-reader\n"
                    "30.5 cleared ok n1/9/slow-reader\n"
                    "64.5 back warn n1/10/slow-reader\n"
                    "84.5 opened warn n1/9/slow-reader\n");
    watch_end(&w);
}
END_TEST

/* Each holds back for twenty seconds of seventy, is cut, and back as another cid: so long after each other.
 */
static void cut_two_again_and_again(struct watch *w, int after_s, int until_s) {
    unsigned cid[2] = {9, 10}, next = 11;
    for (int second = 0; second < until_s; second++) {
        send(&w->n, build_varz(&w->n, 1, "IDA", "n1"));
        struct sample *s = build(&w->n, 1, SHAPE_CONNZ_HOT, "IDA");
        put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, 2);
        for (int i = 0; i < 2; i++) {
            int at = (second - i * after_s + 70) % 70;
            bool slow = second >= i * after_s && at < 20;
            if (second >= i * after_s && at == 20)
                cid[i] = next++;
            struct row *row = sample_add(s, ENTITY_CONNECTION);
            put_u(row, F_CONNECTION_cid, cid[i]);
            put_text(s, row, F_CONNECTION_name, "slow-reader");
            put_i(row, F_CONNECTION_pending_bytes, slow ? 7 << 20 : 0);
        }
        send(&w->n, s);
        for (int tick = 0; tick < 2; tick++) {
            w->n.at += NS_PER_S / 2;
            watch_tick(w);
        }
    }
}

/* Two connections of a client have two alerts, however often they come as others. */
START_TEST(each_of_two_folds) {
    static const char *const told[] = {"4.5 opened warn n1/9/slow-reader\n"
                                       "4.5 opened warn n1/10/slow-reader\n"
                                       "30.5 cleared ok n1/9/slow-reader\n"
                                       "30.5 cleared ok n1/10/slow-reader\n"
                                       "74.5 back warn n1/11/slow-reader\n"
                                       "74.5 back warn n1/12/slow-reader\n"
                                       "100.5 cleared ok n1/11/slow-reader\n"
                                       "100.5 cleared ok n1/12/slow-reader\n",
                                       "4.5 opened warn n1/9/slow-reader\n"
                                       "14.5 opened warn n1/10/slow-reader\n"
                                       "30.5 cleared ok n1/9/slow-reader\n"
                                       "40.5 cleared ok n1/10/slow-reader\n"
                                       "74.5 back warn n1/11/slow-reader\n"
                                       "84.5 back warn n1/12/slow-reader\n"
                                       "100.5 cleared ok n1/11/slow-reader\n"
                                       "110.5 cleared ok n1/12/slow-reader\n"};
    struct watch w;
    watch_begin(&w);
    cut_two_again_and_again(&w, 10 * _i, 120);
    assert_told(&w, told[_i]);
    watch_end(&w);
    watch_begin(&w);
    cut_two_again_and_again(&w, 10 * _i, 1200);
    ck_assert_uint_eq(model_alert_count(w.n.model), 2);
    for (size_t i = 0; i < 2; i++) {
        ck_assert(alert_at(&w, i)->flapping);
        ck_assert_int_ge(alert_at(&w, i)->times, 17);
    }
    watch_end(&w);
}
END_TEST

/* What ended is of one that may be slow again. */
START_TEST(who_is_there_still_keeps_its_own) {
    struct watch w;
    watch_begin(&w);
    w.name = "slow-reader";
    w.count = 3;
    w.mib[1] = 7;
    watch_holds(&w, 20, 7);
    watch_holds(&w, 40, 0);
    w.mib[2] = 7;
    watch_until(&w, 50);
    assert_told(&w, "4.5 opened warn n1/9/slow-reader\n"
                    "4.5 opened warn n1/10/slow-reader\n"
                    "30.5 cleared ok n1/9/slow-reader\n"
                    "44.5 opened warn n1/11/slow-reader\n");
    watch_end(&w);
}
END_TEST

START_TEST(others_are_others) {
    static const struct {
        const char *name, *user;
    } next[] = {{"slow-reader", "bob"}, {"reader", "etl"}, {NULL, NULL}, {NULL, NULL}};
    struct watch w;
    watch_begin(&w);
    w.name = "slow-reader";
    w.user = "etl";
    be_slow(&w, 0);
    for (size_t i = 0; i < sizeof next / sizeof *next; i++) {
        w.later += 10;
        w.name = next[i].name;
        w.user = next[i].user;
        be_slow(&w, 70 * ((double)i + 1));
        ck_assert_uint_eq(model_alert_count(w.n.model), i + 2);
    }
    watch_end(&w);
}
END_TEST

START_TEST(a_silenced_client_is_so_under_each_cid) {
    struct watch w;
    watch_begin(&w);
    w.name = "slow-reader";
    watch_holds(&w, 10, 7);
    const struct alert *a = alert_at(&w, 0);
    assert_told(&w, "4.5 opened warn n1/9/slow-reader\n");
    ck_assert(model_silence(w.n.model, "client", a->cluster, a->client, utc(7200), "known"));
    ck_assert_int_eq(alert_at(&w, 0)->silenced_until_utc_ns, utc(7200));
    be_slow(&w, 70);
    watch_holds(&w, 900, 0); /* it is another alert by then */
    w.told[0] = '\0';
    watch_holds(&w, 910, 7);
    ck_assert_str_eq(alert_at(&w, 0)->name, "n1/10/slow-reader");
    ck_assert_int_eq(alert_at(&w, 0)->times, 1);
    assert_told(&w, "904.5 silent opened warn n1/10/slow-reader\n");
    watch_end(&w);
}
END_TEST

/* The next run knows whom it was about. */
START_TEST(over_a_restart_too) {
    struct watch w;
    struct alert was = {.number = 7,
                        .state = ALERT_OPEN,
                        .severity = SEVERITY_WARN,
                        .rule = "buffer_filling",
                        .tag = "SLOW",
                        .entity = "connection",
                        .cluster = "C",
                        .name = "n1/3",
                        .client = "slow-reader",
                        .times = 1,
                        .came_count = 1,
                        .came_utc_ns = {utc(-300)},
                        .opened_utc_ns = utc(-300)};
    for (int open = 0; open < 2; open++) {
        was.state = open ? ALERT_OPEN : ALERT_CLEARED;
        was.ended_utc_ns = open ? 0 : utc(-200);
        watch_begin_with(&w, &was, 1);
        w.name = "slow-reader";
        watch_holds(&w, 10, 7);
        ck_assert_uint_eq(model_alert_count(w.n.model), 1);
        ck_assert_uint_eq(alert_at(&w, 0)->number, 7);
        ck_assert_str_eq(alert_at(&w, 0)->name, "n1/9/slow-reader");
        ck_assert_int_eq(alert_at(&w, 0)->times, 2);
        watch_end(&w);
    }
}
END_TEST

static TCase *make(void) {
    TCase *tc = tcase_create("alert_clients");
    tcase_add_test(tc, another_connection_of_it_is_the_same_come_back);
    tcase_add_test(tc, who_is_back_at_once_has_it_on);
    tcase_add_test(tc, two_at_once_are_two);
    tcase_add_loop_test(tc, each_of_two_folds, 0, 2);
    tcase_add_test(tc, who_is_there_still_keeps_its_own);
    tcase_add_test(tc, others_are_others);
    tcase_add_test(tc, a_silenced_client_is_so_under_each_cid);
    tcase_add_test(tc, over_a_restart_too);
    return tc;
}

int main(void) {
    return run_case("model/alert_clients", make);
}
