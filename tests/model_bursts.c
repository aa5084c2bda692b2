/* Many clients cut at one moment, what comes of it, and which alerts that makes: all that begin and end, in
 * their order. */
#include "model/alert_lines.h"
#include "tests/model_closed.h"

#define STORY_SIZE 4000
#define HELD_MOST  64

struct story {
    struct night n;
    uint64_t cids, total;
    char held[HELD_MOST][80]; /* what speaks now */
    int held_count;
    char told[STORY_SIZE]; /* "second +rule object" when it began to, "second -rule object" when it ended */
    struct alert_lines *said;
    char lines[STORY_SIZE]; /* as whoever does not look is told them, with their figures */
};

static void say_it(void *data, const struct alert_change *change, const struct alert *alert, size_t more) {
    struct story *s = data;
    size_t len = strlen(s->lines);
    ck_assert_uint_eq(more, 0);
    snprintf(s->lines + len, sizeof s->lines - len, "%d %s %s %s %s\n", (int)(s->n.at / NS_PER_S),
             change->severity == SEVERITY_OK     ? "ok"
             : change->severity == SEVERITY_CRIT ? "crit"
                                                 : "warn",
             alert->rule, alert->name, alert->figure);
}

static void tell(struct story *s, char sign, const char *what) {
    size_t len = strlen(s->told);
    snprintf(s->told + len, sizeof s->told - len, "%d %c%s\n", (int)(s->n.at / NS_PER_S), sign, what);
}

static bool is_among(char all[][80], int count, const char *what) {
    for (int i = 0; i < count; i++)
        if (strcmp(all[i], what) == 0)
            return true;
    return false;
}

static void look(struct story *s) {
    char now[HELD_MOST][80];
    size_t count;
    const struct finding *findings = model_findings(s->n.model, &count);
    ck_assert_uint_le(count, HELD_MOST);
    for (size_t i = 0; i < count; i++) {
        const struct object *object = model_object(s->n.model, findings[i].object);
        enum quantity name = object->kind == OBJECT_CLIENT ? Q_CLIENT_name : Q_SERVER_name;
        snprintf(now[i], sizeof now[i], "%s %s", finding_rule(&findings[i]), text_value(&s->n, object, name));
    }
    for (int i = 0; i < s->held_count; i++)
        if (!is_among(now, (int)count, s->held[i]))
            tell(s, '-', s->held[i]);
    for (size_t i = 0; i < count; i++)
        if (!is_among(s->held, s->held_count, now[i]))
            tell(s, '+', now[i]);
    memcpy(s->held, now, sizeof now);
    s->held_count = (int)count;
    alert_lines_tick(s->said, s->n.model);
}

static void until(struct story *s, double second) {
    while (s->n.at < ns(second)) {
        night_until(&s->n, (double)s->n.at / 1e9 + 0.5);
        look(s);
        send_varz(&s->n, 1, "IDA", "n1");
    }
}

static void begin(struct story *s) {
    *s = (struct story){.cids = 100};
    night_begin(&s->n, 0, 1);
    s->said = alert_lines_create(s->n.model, say_it, s);
    send_target(&s->n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    send_varz(&s->n, 1, "IDA", "n1");
    send_lives(&s->n, "IDA", SHAPE_CONNZ_CLOSED, 0, NULL, 0);
}

static void end(struct story *s) {
    alert_lines_destroy(s->said);
    night_end(&s->n);
}

/* From one number to the one before another, each so long after the one before; told in one answer. */
static void cut(struct story *s, int from, int to, double at, double step) {
    struct life page[64];
    char names[64][16];
    for (int i = to - 1; i >= from; i--) {
        int place = to - 1 - i;
        snprintf(names[place], sizeof names[place], "c%d", i);
        page[place] = (struct life){++s->cids, names[place], 0, at + step * (i - from), CUT_BYTES, 1};
    }
    s->total += (uint64_t)(to - from);
    send_lives(&s->n, "IDA", SHAPE_CONNZ_CLOSED, s->total, page, to - from);
}

static double at_once(const struct story *s) {
    return number_value(&s->n, server_named(&s->n, "n1"), Q_SERVER_cut_at_once);
}

/* The first three are heard of before the rest, and who is back is cut again, each at another time. */
static void burst(struct story *s) {
    until(s, 20);
    cut(s, 0, 3, 19.2, 0.1);
    until(s, 21);
    cut(s, 3, 9, 19.5, 0.03);
    until(s, 22);
    ck_assert_double_eq(at_once(s), 9);
    cut(s, 9, 29, 19.7, 0.02);
    until(s, 23);
    ck_assert_double_eq(at_once(s), 29);
    for (int i = 0; i < 12; i++) {
        until(s, 30 + 3 * i);
        cut(s, i, i + 1, 29.5 + 3 * i, 0);
    }
}

START_TEST(a_burst_is_one_alert) {
    struct story s;
    begin(&s);
    burst(&s);
    until(&s, 63 + 660);
    ck_assert_str_eq(s.told, "21 +clients_cut_at_once n1\n"
                             "319 -clients_cut_at_once n1\n");
    ck_assert_str_eq(s.lines, "21 crit clients_cut_at_once n1 9\n"
                              "22 crit clients_cut_at_once n1 29\n"
                              "329 ok clients_cut_at_once n1 -\n");
    end(&s);
}
END_TEST

START_TEST(one_that_follows_is_the_same_trouble) {
    struct story s;
    begin(&s);
    burst(&s);
    until(&s, 250);
    cut(&s, 0, 10, 249, 0.05);
    until(&s, 400);
    ck_assert_double_eq(at_once(&s), 29);
    until(&s, 250 + 660);
    ck_assert_str_eq(s.told, "21 +clients_cut_at_once n1\n"
                             "549 -clients_cut_at_once n1\n");
    end(&s);
}
END_TEST

START_TEST(who_is_cut_after_it_is_told_alone) {
    struct story s;
    begin(&s);
    burst(&s);
    for (int i = 0; i < 8; i++) { /* different ones, too slowly to be at once, while it is still spoken of */
        until(&s, 282 + 4 * i);
        cut(&s, i, i + 1, 281 + 4 * i, 0);
    }
    until(&s, 400);
    s.told[0] = '\0';
    until(&s, 420);
    cut(&s, 40, 41, 419, 0);
    until(&s, 1100);
    ck_assert_str_eq(s.told, "422 +client_cut c40\n"
                             "479 -client_cut c40\n");
    end(&s);
}
END_TEST

START_TEST(many_of_their_own) {
    struct story s;
    begin(&s);
    for (int i = 0; i < 5; i++) {
        until(&s, 20 + 30 * i);
        cut(&s, i, i + 1, 19 + 30 * i, 0);
    }
    s.told[0] = '\0';
    until(&s, 1000);
    ck_assert_ptr_nonnull(strstr(s.told, "142 +clients_cut_many n1\n"));
    ck_assert_ptr_nonnull(strstr(s.told, "379 -clients_cut_many n1\n"));
    ck_assert_ptr_null(strstr(s.told, "clients_cut_at_once"));
    end(&s);
}
END_TEST

/* Five in five minutes, the last within the minute in which the first is too old to count. */
START_TEST(what_was_told_as_often_is_not_told_again) {
    struct story s;
    begin(&s);
    for (int i = 0; i < 5; i++) {
        until(&s, 20 + 70 * i);
        cut(&s, 0, 1, 19 + 70 * i, 0);
    }
    s.told[0] = '\0';
    until(&s, 1000);
    ck_assert_str_eq(s.told, "300 -client_cut c0\n"
                             "300 +client_cut_often c0\n"
                             "529 -client_cut_often c0\n");
    s.told[0] = '\0';
    until(&s, 1001);
    cut(&s, 0, 1, 1000, 0);
    until(&s, 1200);
    ck_assert_str_eq(s.told, "1003 +client_cut c0\n"
                             "1060 -client_cut c0\n");
    end(&s);
}
END_TEST

/* Cut each 40 to 124 seconds, five times in five minutes and less: one trouble, told at its begin, at its
 * worst and at its end. */
START_TEST(one_who_is_cut_again_and_again_is_one_alert) {
    static const double gaps[] = {0, 40, 70, 60, 69, 45, 50, 66, 124, 90, 110, 75, 40};
    struct story s;
    double at = 19;
    begin(&s);
    for (size_t i = 0; i < sizeof gaps / sizeof *gaps; i++) {
        at += gaps[i];
        until(&s, at + 1);
        cut(&s, 0, 1, at, 0);
    }
    ck_assert_double_eq(at, 858);
    until(&s, 2000);
    ck_assert_str_eq(s.lines, "22 warn client_cut c0/name/10.1.2.3 1\n"
                              "60 warn client_cut c0/name/10.1.2.3 2\n" /* twice as often */
                              "259 crit client_cut_often c0/name/10.1.2.3 5\n"
                              "1128 ok client_cut_often c0/name/10.1.2.3 1\n");
    end(&s);
}
END_TEST

static void cut_at(struct story *s, const double *stops, const char *const *names, int count) {
    struct life page[16];
    for (int i = 0; i < count; i++)
        page[count - 1 - i] = (struct life){++s->cids, names[i], stops[i] - 0.04, stops[i], CUT_BYTES, 1};
    s->total += (uint64_t)count;
    send_lives(&s->n, "IDA", SHAPE_CONNZ_CLOSED, s->total, page, count);
}

/* In whichever second there are most, not in the one that begins with the first of them. */
START_TEST(most_within_any_second) {
    static const double stops[] = {19, 19.1, 19.2, 19.3, 19.6, 19.9, 20.05, 20.1, 20.15, 20.2, 20.25, 20.29};
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"};
    struct story s;
    begin(&s);
    until(&s, 21);
    cut_at(&s, stops, names, 12);
    until(&s, 22);
    ck_assert_double_eq(at_once(&s), 9); /* 19.3 to 20.29 */
    for (int i = 0; i < 12; i++)
        ck_assert_double_eq(number_value(&s.n, find_by(&s.n, Q_CLIENT_name, names[i]), Q_CLIENT_alone_1m), 0);
    end(&s);
}
END_TEST

/* Who looks later than they were cut hears of all at once. */
START_TEST(one_from_before_we_looked) {
    static const double stops[] = {19, 19.1, 19.2, 19.3, 19.6, 19.9, 98};
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "x"};
    struct story s;
    begin(&s);
    until(&s, 100);
    cut_at(&s, stops, names, 7);
    until(&s, 101);
    ck_assert_double_eq(at_once(&s), 6);
    for (int i = 0; i < 7; i++)
        ck_assert_double_eq(number_value(&s.n, find_by(&s.n, Q_CLIENT_name, names[i]), Q_CLIENT_alone_5m),
                            i == 6);
    end(&s);
}
END_TEST

/* Who comes back and is cut again within the second is one client. */
START_TEST(a_client_counts_once_in_a_second) {
    static const double stops[] = {19.1, 19.2, 19.3, 19.4, 19.5, 19.6, 20.15, 20.25};
    static const char *const names[] = {"a", "a", "b", "a", "c", "d", "a", "e"};
    struct story s;
    begin(&s);
    until(&s, 21);
    cut_at(&s, stops, names, 6);
    until(&s, 22);
    ck_assert(isnan(at_once(&s)));
    cut_at(&s, stops + 6, names + 6, 2);
    until(&s, 23);
    ck_assert_double_eq(at_once(&s), 5);
    end(&s);
}
END_TEST

static TCase *bursts(void) {
    TCase *tc = tcase_create("bursts");
    tcase_add_test(tc, a_burst_is_one_alert);
    tcase_add_test(tc, one_that_follows_is_the_same_trouble);
    tcase_add_test(tc, who_is_cut_after_it_is_told_alone);
    tcase_add_test(tc, many_of_their_own);
    tcase_add_test(tc, what_was_told_as_often_is_not_told_again);
    tcase_add_test(tc, one_who_is_cut_again_and_again_is_one_alert);
    tcase_add_test(tc, most_within_any_second);
    tcase_add_test(tc, a_client_counts_once_in_a_second);
    tcase_add_test(tc, one_from_before_we_looked);
    return tc;
}

int main(void) {
    return run_case("model/bursts", bursts);
}
