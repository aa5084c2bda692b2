/* Reconnects of one client: a closed and an opened connection of the same account, user and name, else
 * address. */
#include "tests/model_closed.h"
#include "tests/model_ruled.h"

static void until(struct night *n, double second) {
    while (n->at < ns(second)) {
        night_until(n, floor((double)n->at / 1e9) + 1);
        send_varz(n, 1, "IDA", "n1");
    }
}

static void begin(struct night *n) {
    night_begin(n, 0, 1);
    send_target(n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    send_varz(n, 1, "IDA", "n1");
}

static struct value reconnects(const struct night *n, const char *name) {
    const struct object *visitor = find_by(n, Q_VISITOR_name, name);
    return visitor ? quantity_get(n->model, visitor, Q_VISITOR_reconnects_1h) : (struct value){0};
}

static void expect(const struct night *n, const char *name, uint64_t count) {
    struct value v = reconnects(n, name);
    ck_assert_int_eq(v.type, VALUE_UINT);
    ck_assert_uint_eq(v.u, count);
}

/* It lives from `start` to `stop`; its record comes when it is over. */
static void lived(struct night *n, uint64_t cid, const char *name, double start, double stop,
                  uint64_t closed) {
    struct life life = {cid, name, start, stop, LEFT, 0};
    send_lives(n, "IDA", SHAPE_CONNZ_CLOSED, closed, &life, 1);
}

static void opened(struct night *n, uint64_t cid, const char *name, double start) {
    struct life life = {cid, name, start, 0, NULL, 0};
    send_lives(n, "IDA", SHAPE_CONNZ_HOT, 1000, &life, 1); /* one of many */
}

START_TEST(an_end_and_a_beginning_are_a_reconnect) {
    struct night n;
    begin(&n);
    until(&n, 10);
    opened(&n, 1, "billing", 1);
    until(&n, 20);
    lived(&n, 1, "billing", 1, 15, 1);
    night_until(&n, 20.5);
    expect(&n, "billing", 0); /* it has ended, no more */
    until(&n, 22);
    opened(&n, 2, "billing", 16);
    until(&n, 23);
    expect(&n, "billing", 1);
    opened(&n, 2, "billing", 16); /* the same one again */
    until(&n, 24);
    expect(&n, "billing", 1);
    const struct object *visitor = find_by(&n, Q_VISITOR_name, "billing");
    struct value last = quantity_get(n.model, visitor, Q_VISITOR_last_back);
    ck_assert_int_eq(last.i, NIGHT_UTC + ns(16));
    ck_assert_str_eq(text_value(&n, visitor, Q_VISITOR_by), "name");
    night_end(&n);
}
END_TEST

START_TEST(it_does_not_matter_what_is_told_first) {
    struct night n;
    begin(&n);
    until(&n, 10);
    opened(&n, 1, "billing", 1);
    until(&n, 17);
    opened(&n, 2, "billing", 16);
    until(&n, 20);
    lived(&n, 1, "billing", 1, 15, 1); /* ten seconds late */
    night_until(&n, 20.5);
    expect(&n, "billing", 1);
    night_end(&n);
}
END_TEST

START_TEST(who_lived_unseen_counts_by_the_records) {
    struct night n;
    begin(&n);
    until(&n, 200);
    struct life lives[12];
    for (int i = 0; i < 12; i++) /* latest first */
        lives[i] = (struct life){(uint64_t)(20 - i), "cron", 190 - 10 * i, 195 - 10 * i, LEFT, 0};
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 12, lives, 12);
    night_until(&n, 200.5);
    expect(&n, "cron", 11);
    night_end(&n);
}
END_TEST

START_TEST(who_comes_before_it_goes_is_none) {
    struct night n;
    begin(&n);
    until(&n, 50);
    opened(&n, 1, "worker", 1);
    opened(&n, 2, "worker", 2);
    opened(&n, 3, "worker", 3);
    lived(&n, 1, "worker", 1, 40, 1); /* one of three ends, nobody comes for it */
    night_until(&n, 50.5);
    expect(&n, "worker", 0);
    night_end(&n);
}
END_TEST

START_TEST(clients_are_told_apart) {
    struct night n;
    begin(&n);
    until(&n, 50);
    lived(&n, 1, "a", 1, 20, 1);
    lived(&n, 2, "b", 2, 21, 2);
    lived(&n, 3, NULL, 3, 22, 3);
    opened(&n, 4, "a", 30);
    opened(&n, 5, NULL, 31);
    night_until(&n, 50.5);
    expect(&n, "a", 1);
    expect(&n, "b", 0);
    expect(&n, "10.1.2.3", 1);
    ck_assert_str_eq(text_value(&n, find_by(&n, Q_VISITOR_name, "10.1.2.3"), Q_VISITOR_by), "address");
    night_end(&n);
}
END_TEST

START_TEST(they_count_for_an_hour_and_then_for_certain) {
    struct night n;
    begin(&n);
    until(&n, 50);
    lived(&n, 1, "a", 1, 20, 1);
    opened(&n, 2, "a", 30);
    night_until(&n, 51);
    ck_assert_int_eq(reconnects(&n, "a").flags, VALUE_LEAST); /* what was before is not known */
    until(&n, 3590);
    expect(&n, "a", 1);
    until(&n, 3595);
    lived(&n, 2, "a", 30, 3591, 2);
    until(&n, 3640);
    expect(&n, "a", 0);
    ck_assert_int_eq(reconnects(&n, "a").flags, 0);
    until(&n, 7300);
    ck_assert_ptr_null(find_by(&n, Q_VISITOR_name, "a"));
    night_end(&n);
}
END_TEST

START_TEST(after_a_gap_it_is_at_least_so_many) {
    struct night n;
    begin(&n);
    until(&n, 3700);
    struct life first = {1, "a", 3600, 3650, LEFT, 0};
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 1, &first, 1);
    until(&n, 3710);
    ck_assert_int_eq(reconnects(&n, "a").flags, 0);
    struct life later = {9, "a", 3702, 3705, LEFT, 0}; /* seven others were in the list */
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 9, &later, 1);
    until(&n, 3711);
    expect(&n, "a", 1);
    ck_assert_int_eq(reconnects(&n, "a").flags, VALUE_LEAST);
    night_end(&n);
}
END_TEST

START_TEST(very_many_are_bounded) {
    struct night n;
    begin(&n);
    uint64_t cid = 0;
    for (int second = 10; second < 20; second++) { /* 5,000 clients, and one that comes again and again */
        until(&n, second);
        static struct life lives[501];
        static char names[5000][12];
        for (int i = 0; i < 500; i++, cid++) {
            snprintf(names[cid], sizeof names[cid], "c%d", (int)cid);
            lives[i] = (struct life){cid + 1, names[cid], second - 1, second - 0.5, LEFT, 0};
        }
        lives[500] = (struct life){100000 + (uint64_t)second, "again", second - 0.9, second - 0.1, LEFT, 0};
        send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, (uint64_t)(second - 9) * 501, lives, 501);
    }
    night_until(&n, 21);
    ck_assert_uint_le(count_of(&n, OBJECT_VISITOR), 2000);
    expect(&n, "again", 9);
    night_end(&n);
}
END_TEST

START_TEST(one_that_comes_each_second_is_counted_as_far_as_is_kept) {
    struct night n;
    begin(&n);
    for (int second = 10; second < 110; second++) {
        until(&n, second);
        lived(&n, (uint64_t)second, "mad", second - 0.9, second - 0.1, (uint64_t)second - 9);
    }
    night_until(&n, 111);
    expect(&n, "mad", 63);
    ck_assert_int_eq(reconnects(&n, "mad").flags, VALUE_LEAST);
    night_end(&n);
}
END_TEST

/* As rules.d/classic.conf has it. */
START_TEST(a_rule_about_reconnects_rises_and_clears) {
    const struct rule_said said = {.name = "classic_reconnects",
                                   .entity = "visitor",
                                   .condition = "reconnects_1h",
                                   .warn = "> 10",
                                   .origin = "classic.conf:1"};
    struct night n;
    begin(&n);
    use_rules(n.model, &said, 1);
    for (int i = 1; i <= 11; i++) { /* each five minutes */
        until(&n, 300 * i);
        lived(&n, (uint64_t)i, "flappy", 300 * i - 290, 300 * i - 1, (uint64_t)i);
        night_until(&n, 300 * i + 0.5);
        ck_assert_ptr_null(finding_of(&n, "classic_reconnects"));
    }
    until(&n, 3305);
    opened(&n, 13, "flappy", 3301);
    until(&n, 3306);
    const struct finding *f = finding_of(&n, "classic_reconnects");
    char figure[40];
    ck_assert_ptr_nonnull(f);
    finding_figure(n.model, f, figure, sizeof figure);
    ck_assert_str_eq(figure, "≥11");
    until(&n, 4000);
    ck_assert_ptr_null(finding_of(&n, "classic_reconnects")); /* ten are left within the hour */
    expect(&n, "flappy", 10);
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("visitors");
    tcase_add_test(t, an_end_and_a_beginning_are_a_reconnect);
    tcase_add_test(t, it_does_not_matter_what_is_told_first);
    tcase_add_test(t, who_lived_unseen_counts_by_the_records);
    tcase_add_test(t, who_comes_before_it_goes_is_none);
    tcase_add_test(t, clients_are_told_apart);
    tcase_add_test(t, they_count_for_an_hour_and_then_for_certain);
    tcase_add_test(t, after_a_gap_it_is_at_least_so_many);
    tcase_add_test(t, very_many_are_bounded);
    tcase_add_test(t, one_that_comes_each_second_is_counted_as_far_as_is_kept);
    tcase_add_test(t, a_rule_about_reconnects_rises_and_clears);
    return t;
}

int main(void) {
    return run_case("visitors", cases);
}
