/* Subjects of a window as rows: what is folded, what stays apart, what of it falls out, hostile names. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/subjects.h"
#include "tests/harness/suite.h"

static struct subjects *s;
static struct subjects_window window;
static const struct subject_row *rows;

static void setup(void) {
    s = subjects_create();
}

static void teardown(void) {
    subjects_destroy(s);
}

static void say(const char *subject, uint32_t bytes) {
    char clean[TEXT_MAX_BYTES + 1];
    size_t len = text_clean(clean, subject, strlen(subject));
    subjects_message(s, &(struct tapped){.subject = clean, .subject_len = len, .bytes = bytes});
}

static const struct subject_row *row(const char *name) {
    for (size_t i = 0; i < window.rows; i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}

static void report(int64_t second) {
    rows = subjects_rows(s, second, &window);
}

START_TEST(a_few_subjects) {
    for (int look = 0; look < 4; look++) {
        ck_assert(subjects_look(s, 100));
        for (int i = 0; i < 30; i++)
            say("orders.new", 1000);
        for (int i = 0; i < 10; i++)
            say("orders.paid", 50);
        say("stock", 10);
        subjects_look_end(s, look == 3, 0.025, 0.25);
    }
    ck_assert_msg(!subjects_look(s, 100), "a fifth look of one second");
    report(100);
    ck_assert(window.messages == 164 && window.seconds == 1 && window.looks == 4 && window.full == 1);
    ck_assert_uint_eq(window.distinct, 3);
    ck_assert_double_eq_tol(window.weighted, 1640, 1e-6);
    ck_assert_uint_eq(window.rows, 4);
    ck_assert_str_eq(rows[0].name, "orders.>");
    ck_assert(rows[0].over && rows[0].alike == 2 && rows[0].messages == 160);
    const struct subject_row *r = row("orders.new");
    ck_assert(r != NULL && !r->over && r->messages == 120 && r->largest == 1000 && r->size == 120000);
    ck_assert_double_eq_tol(r->share.share, 30.0 / 41, 1e-9);
    ck_assert(r->share.low < 30.0 / 41 && r->share.high > 30.0 / 41);
    ck_assert_double_eq_tol(r->bytes_share, 30000.0 / 30510, 1e-9);
    ck_assert_ptr_nonnull(row("stock"));
}
END_TEST

/* Ids are folded; one of them that has much traffic is not; what follows them is told apart. */
START_TEST(a_token_with_many_values) {
    for (int64_t second = 100; second < 105; second++) {
        subjects_look(s, second);
        for (int i = 0; i < 40; i++) {
            char subject[60];
            snprintf(subject, sizeof subject, "geo.%lld.raw", (long long)(second * 40 + i));
            say(subject, 10);
            snprintf(subject, sizeof subject, "geo.%lld.cooked", (long long)(second * 40 + i));
            say(subject, 10);
            say("geo.paris.raw", 10);
        }
        subjects_look_end(s, false, 0.025, 0.25);
    }
    report(104);
    ck_assert_ptr_nonnull(row("geo.*.raw"));
    ck_assert_ptr_nonnull(row("geo.*.cooked"));
    ck_assert_uint_eq(row("geo.*.raw")->alike, 200);
    ck_assert_uint_eq(row("geo.*.raw")->messages, 200);
    ck_assert_uint_eq(row("geo.*.>")->alike, 400);
    ck_assert_uint_eq(row("geo.paris.raw")->messages, 200);
    ck_assert_uint_eq(window.distinct, 401);
    ck_assert_msg(row("geo.>") == NULL, "a row over everything says nothing");
}
END_TEST

/* What was folded stays so: each window has few values, all of them together many. */
START_TEST(rows_do_not_come_and_go) {
    for (int64_t second = 100; second < 160; second++) {
        char subject[60];
        subjects_look(s, second);
        snprintf(subject, sizeof subject, "job.%lld.done", (long long)second);
        say(subject, 1);
        say("tick", 1);
        subjects_look_end(s, false, 0.025, 0.25);
        report(second);
    }
    ck_assert_ptr_nonnull(row("job.*.done"));
    ck_assert_uint_eq(row("job.*.done")->messages, 10);
}
END_TEST

START_TEST(what_is_old_falls_out) {
    subjects_look(s, 100);
    say("old", 1);
    subjects_look_end(s, false, 0.025, 0.25);
    subjects_look(s, 109);
    say("new", 1);
    subjects_look_end(s, false, 0.025, 0.25);
    report(109);
    ck_assert(row("old") != NULL && row("new") != NULL && row("old")->last_s == 100);
    report(110);
    ck_assert(row("old") == NULL && row("new") != NULL);
    report(119);
    ck_assert(window.messages == 0 && window.rows == 0 && window.looks == 0);
    subjects_clear(s);
    report(109);
    ck_assert_uint_eq(window.rows, 0);
}
END_TEST

START_TEST(hostile_subjects) {
    static char longest[9000], deep[600];
    memset(longest, 'x', sizeof longest - 1);
    for (size_t i = 0; i + 2 < sizeof deep; i += 2)
        memcpy(deep + i, "t.", 2);
    subjects_look(s, 7);
    say(longest, 1);
    say(deep, 1);
    say("a..b", 1);
    say("", 1);
    say(".", 1);
    say("\x1b[2J\xff.\xe2\x80\xae", 1);
    subjects_look_end(s, false, 0.025, 0.25);
    report(7);
    ck_assert(window.rows > 3 && window.messages == 6);
    for (size_t i = 0; i < window.rows; i++) {
        ck_assert_uint_lt(strlen(rows[i].name), SUBJECTS_NAME_MAX);
        ck_assert_ptr_null(strchr(rows[i].name, 27));
    }
}
END_TEST

/* More subjects than there are counters, of which one has a twentieth of the traffic. */
START_TEST(a_hundred_thousand_in_ten_seconds) {
    for (int64_t second = 0; second < 10; second++)
        for (int look = 0; look < TOPK_LOOKS; look++) {
            subjects_look(s, second);
            for (int i = 0; i < 2500; i++) {
                char subject[60];
                snprintf(subject, sizeof subject, "%c%u.x", 'a' + i % 2,
                         (unsigned)((second * 4 + look) * 2500 + i));
                say(i % 20 == 0 ? "hot" : subject, 1);
            }
            subjects_look_end(s, true, 0.025, 0.25);
        }
    report(9);
    ck_assert_uint_eq(window.messages, 100000);
    const struct subject_row *r = row("hot");
    ck_assert_ptr_nonnull(r);
    ck_assert(r->share.low <= 0.05 && r->share.high >= 0.05 && r->share.high < 0.06);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("collectors/subjects");
    TCase *c = tcase_create("subjects");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, a_few_subjects);
    tcase_add_test(c, a_token_with_many_values);
    tcase_add_test(c, rows_do_not_come_and_go);
    tcase_add_test(c, what_is_old_falls_out);
    tcase_add_test(c, hostile_subjects);
    tcase_add_test(c, a_hundred_thousand_in_ten_seconds);
    suite_add_tcase(suite, c);
    return suite_run(suite);
}
