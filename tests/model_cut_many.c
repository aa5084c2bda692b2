/* Many that are cut at once or again and again: one trouble of their server, with the records and without. */
#include "tests/model_counts.h"

/* Until a record or a sentence tells who it was, all is not ok; and that alone is never said. */
START_TEST(who_was_counted_is_looked_up) {
    for (int divided = 0; divided < 2; divided++) {
        struct night n;
        struct counts c = {.version = divided ? NULL : "2.9.10", .divided = divided};
        char text[300];
        begin_recorded(&n, c);
        c.slow = 1, c.clients = 1;
        until(&n, "IDA", 5, c);
        night_until(&n, 5.2);
        const struct finding *f = forming_of(&n, "slow_awaited");
        ck_assert_ptr_nonnull(f);
        finding_text_of(n.model, f, 1, text, sizeof text);
        ck_assert_str_eq(text, "n1: 1 counted as slow just now, who it was is looked up");
        for (int second = 6; second < 12; second++) {
            until(&n, "IDA", second, c);
            ck_assert_ptr_null(finding_of(&n, "slow_awaited"));
            ck_assert(forming_of(&n, "slow_awaited") || finding_of(&n, "slow_untold"));
        }
        ck_assert_ptr_nonnull(finding_of(&n, "slow_untold"));
        ck_assert_ptr_null(forming_of(&n, "slow_awaited"));
        night_end(&n);
    }
}
END_TEST

/* Each counted with its record soon after it, and the next one already: it does not speak of all of them. */
START_TEST(who_is_cut_all_the_time_is_looked_up_each) {
    struct night n;
    struct counts c = {.divided = true};
    begin_recorded(&n, c);
    for (int i = 0; i < 40; i++) {
        c.clients += 3;
        until(&n, "IDA", 5 + i, c);
        closed(&n, "IDA", (uint64_t)i + 1, (struct life){(uint64_t)i + 5, "a", 0, 4.5 + i, CUT_BYTES, 1});
        ck_assert_ptr_null(finding_of(&n, "slow_awaited"));
    }
    night_end(&n);
}
END_TEST

START_TEST(two_hundred_at_once) {
    struct night n;
    struct life page[200];
    char names[200][16];
    struct counts c = {.divided = true, .start = -3600};
    begin_recorded(&n, c);
    for (int i = 0; i < 200; i++) {
        snprintf(names[i], sizeof names[i], "c%d", i);
        page[i] = (struct life){(uint64_t)(900 - i), names[i], 0, 5 - i * 0.004, CUT_BYTES, 1};
    }
    c.clients = 200;
    until(&n, "IDA", 6, c);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 200, page, 200);
    until(&n, "IDA", 7, c);
    ck_assert_int_eq(count_events(&n, "cut"), 1);
    ck_assert_ptr_nonnull(strstr(said(&n, "cut"),
                                 "200 clients cut as slow consumers: c199 (pending bytes), "
                                 "c198 (pending bytes), c197 (pending bytes), ..., 200 since"));
    finding_says(
        &n, "clients_cut_at_once",
        "200 clients cut on n1 within 1 s, 200 in 5 min: the node, or what it sends, not one client");
    ck_assert_ptr_null(finding_of(&n, "client_cut"));
    ck_assert_ptr_null(finding_of(&n, "clients_cut_many"));
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_cut_at_once), 200);
    until(&n, "IDA", 320, c);
    size_t count;
    model_findings(n.model, &count);
    ck_assert_uint_eq(count, 0);
    night_end(&n);
}
END_TEST

/* All at once, then one after the other, and each is counted again when its last write has ended: always
 * others than those of whom the records have just come. */
START_TEST(each_counted_again_is_one_that_was_recorded) {
    struct night n;
    struct life page[29];
    char names[29][16];
    struct counts c = {.divided = true};
    begin_recorded(&n, c);
    for (int i = 0; i < 29; i++) {
        snprintf(names[i], sizeof names[i], "c%d", i);
        page[i] = (struct life){(uint64_t)(900 - i), names[i], 0, 5 - i * 0.02, CUT_BYTES, 1};
    }
    c.clients = 29;
    until(&n, "IDA", 6, c);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 29, page, 29);
    for (int i = 0; i < 14; i++) {
        c.clients += 1 + (i == 4 ? 29 : i > 4);
        until(&n, "IDA", 12 + 2 * i, c);
        closed(&n, "IDA", 30 + (uint64_t)i,
               (struct life){(uint64_t)(1000 + i), names[i], 6, 11.5 + 2 * i, CUT_BYTES, 1});
    }
    for (int i = 0; i < 5; i++) {
        c.clients++;
        until(&n, "IDA", 40 + 2 * i, c);
    }
    until(&n, "IDA", 70, c);
    ck_assert_uint_eq(c.clients, 2 * (29 + 14));
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_slow_untold_1m), 0);
    ck_assert_ptr_null(finding_of(&n, "slow_untold"));
    night_end(&n);
}
END_TEST

START_TEST(one_again_and_again) {
    struct night n;
    struct counts c = {.divided = true, .start = -3600};
    begin_recorded(&n, c);
    for (int i = 0; i < 60; i++) { /* each second for a minute */
        c.clients++;
        until(&n, "IDA", 5 + i, c);
        closed(&n, "IDA", (uint64_t)i + 1,
               (struct life){10 + (uint64_t)i, "busy", 4 + i + 0.1, 4 + i + 0.9, CUT_BYTES, 1});
        if (i == 3)
            ck_assert_int_eq(finding_of(&n, "client_cut")->severity, SEVERITY_WARN);
    }
    night_until(&n, 65);
    size_t count;
    model_findings(n.model, &count);
    ck_assert_uint_eq(count, 1);
    finding_says(&n, "client_cut_often", "busy cut 60 times in 10 min, lives 800ms, back after 200ms, on n1");
    ck_assert_int_eq(count_events(&n, "cut"), 60);
    until(&n, "IDA", 370, c);
    model_findings(n.model, &count);
    ck_assert_uint_eq(count, 0);
    night_end(&n);
}
END_TEST

START_TEST(some_of_one_server_are_said_together) {
    struct night n;
    struct counts c = {.divided = true};
    char text[400];
    begin(&n, c);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 0, NULL, 0);
    until(&n, "IDA", 40, c);
    struct life page[3] = {
        {7, "c", 0, 39, CUT_BYTES, 1}, {6, "b", 0, 29, CUT_DEADLINE, 1}, {5, "a", 0, 19, CUT_BYTES, 1}};
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 3, page, 3);
    until(&n, "IDA", 43, c);
    size_t count;
    const struct finding *f = model_findings(n.model, &count);
    ck_assert_uint_eq(count, 3);
    ck_assert(finding_same_cause(&f[0], &f[1]) && finding_same_cause(&f[0], &f[2]));
    finding_text_of(n.model, &f[0], 3, text, sizeof text);
    ck_assert_str_eq(text, "3 clients cut on n1, a the first of them");
    night_end(&n);
}
END_TEST

/* The list of closed connections is not answered: the counters tell, each growth as they count. */
START_TEST(without_records) {
    struct night n;
    struct counts c = {.divided = true};
    begin(&n, c);
    until(&n, "IDA", 4, c);
    c.clients = 2;
    until(&n, "IDA", 20, c);
    struct value v = quantity_get(n.model, server_named(&n, "n1"), Q_SERVER_cut_10m);
    ck_assert_int_eq(v.type, VALUE_UINT);
    ck_assert_uint_eq(v.u, 2);
    ck_assert(v.flags & VALUE_ESTIMATED);
    ck_assert_str_eq(said(&n, "cut"), "2 slow consumers counted, no record says who, 2 since its start");
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *c = tcase_create("many");
    tcase_add_test(c, who_was_counted_is_looked_up);
    tcase_add_test(c, who_is_cut_all_the_time_is_looked_up_each);
    tcase_add_test(c, two_hundred_at_once);
    tcase_add_test(c, each_counted_again_is_one_that_was_recorded);
    tcase_add_test(c, one_again_and_again);
    tcase_add_test(c, some_of_one_server_are_said_together);
    tcase_add_test(c, without_records);
    return c;
}

int main(void) {
    return run_case("model/cut many", cases);
}
