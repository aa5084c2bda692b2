/* What is said on a screen beside a natsight that keeps the alerts without one: it gets there, and stays. */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "outward/alert_pass.h"
#include "tests/harness/suite.h"
#include "tests/outward/alert_folder.h"
#include "tests/outward/alert_side.h"

#define FAR 4070908800000000000 /* 2099 */

static struct alert_side keeper, screen, second;

static void begin(void) {
    alert_folder_begin();
    alert_folder_write(alert_folder_good, strlen(alert_folder_good));
    alert_side_come(&keeper, false);
    alert_side_come(&screen, true);
}

static void end(void) {
    alert_side_leave(&second);
    alert_side_leave(&screen);
    alert_side_leave(&keeper);
    alert_folder_end();
}

static void tick_both(void) {
    alert_side_tick(&keeper);
    alert_side_tick(&screen);
}

/* ---- as the screen's keys do it ---- */

static void ack(struct alert_side *side, uint64_t number, const char *by, const char *note) {
    ck_assert(model_alert_ack(side->model, number, by, note));
    alert_file_said_alert(side->file, number);
}

static void hush(struct alert_side *side, const char *server, int64_t until) {
    ck_assert(model_silence(side->model, "server", "", server, until, "moves"));
    alert_file_said_silence(side->file, "server", "", server);
}

static bool is_hushed(const struct alert_side *side, const char *server) {
    for (size_t i = 0; i < model_silence_count(side->model); i++)
        if (strcmp(model_silence_at(side->model, i)->name, server) == 0)
            return true;
    return false;
}

static int waiting(void) {
    char name[300];
    return alert_folder_count("alerts-prod.said-", name, sizeof name);
}

/* Nothing is on its way any more; on the screen it stood all the time. */
static void await_passed(const char *note) {
    for (int64_t until = clock_mono_ns() + ALERT_SIDE_NS;; tick_both()) {
        ck_assert_msg(clock_mono_ns() < until, "still on its way; said: %s", screen.said);
        ck_assert_str_eq(alert_side_billing(&screen)->note, note);
        if (waiting() == 0 && strcmp(alert_side_billing(&keeper)->note, note) == 0)
            break;
    }
}

/* ---- tests ---- */

START_TEST(it_is_said_where_it_goes) {
    char expected[200];
    snprintf(expected, sizeof expected,
             "what is said here goes to natsight %ld: it keeps the alerts of prod, and runs the hooks",
             (long)getpid());
    ck_assert_str_eq(screen.said, expected);
    ck_assert(!screen.warning);
    ck_assert_ptr_null(alert_file_refusal(screen.file));
    snprintf(expected, sizeof expected, "kept by natsight %ld", (long)getpid());
    ck_assert_str_eq(alert_file_status(screen.file), expected);
    ck_assert_int_eq(alert_file_teller(screen.file), TELLER_OTHER);
}
END_TEST

START_TEST(what_is_said_gets_there_and_into_the_file) {
    tick_both();
    ack(&screen, 12, "bob", "mine now");
    hush(&screen, "n7", FAR);
    hush(&screen, "n2", 0);
    await_passed("mine now");
    ck_assert_str_eq(alert_side_billing(&keeper)->acked_by, "bob");
    ck_assert(is_hushed(&keeper, "n7"));
    ck_assert(!is_hushed(&keeper, "n2"));
    ck_assert(alert_side_in_file("\"mine now\""));
    ck_assert_int_eq(keeper.times, 0);
    ck_assert_int_eq(screen.times, 1);
    for (int64_t until = clock_mono_ns() + 7 * NS_PER_S; clock_mono_ns() < until; tick_both()) {
        ck_assert_str_eq(alert_side_billing(&screen)->note, "mine now"); /* what it reads says so, too */
        ck_assert(is_hushed(&screen, "n7"));
        ck_assert(!is_hushed(&screen, "n2"));
    }
}
END_TEST

START_TEST(it_can_be_taken_back) {
    tick_both();
    ck_assert(model_alert_unack(screen.model, 12));
    alert_file_said_alert(screen.file, 12);
    await_passed("");
    ck_assert_int_eq(alert_side_billing(&keeper)->acked_utc_ns, 0);
}
END_TEST

START_TEST(what_is_said_in_quick_succession_arrives) {
    tick_both();
    for (int i = 0; i < 40; i++) {
        char note[20];
        snprintf(note, sizeof note, "note %d", i);
        ack(&screen, 12, "bob", note);
        tick_both();
    }
    await_passed("note 39");
}
END_TEST

START_TEST(what_was_said_last_goes_out_at_the_end) {
    tick_both();
    ack(&screen, 12, "bob", "and gone");
    alert_side_leave(&screen);
    ck_assert_int_eq(waiting(), 1);
    alert_side_await_in_file(&keeper, "\"and gone\"");
}
END_TEST

START_TEST(who_takes_over_has_what_nobody_took) {
    tick_both();
    ack(&screen, 12, "bob", "and gone");
    alert_side_leave(&screen);
    alert_side_leave(&keeper);
    alert_side_come(&second, true);
    alert_side_await_in_file(&second, "\"and gone\"");
    for (int64_t until = clock_mono_ns() + ALERT_SIDE_NS; waiting() > 0; alert_side_tick(&second))
        ck_assert(clock_mono_ns() < until);
    ck_assert_str_eq(alert_side_billing(&second)->acked_by, "bob");
}
END_TEST

START_TEST(who_said_it_may_take_over) {
    tick_both();
    ack(&screen, 12, "bob", "mine now");
    alert_side_leave(&keeper);
    alert_side_await_said(&screen, "alerts are kept here from now on: ");
    ck_assert_str_eq(alert_side_billing(&screen)->note, "mine now");
    alert_side_await_in_file(&screen, "\"mine now\"");
    ck_assert_str_eq(alert_file_status(screen.file), "");
}
END_TEST

START_TEST(one_that_does_not_look_is_complained_of_once) {
    char expected[200];
    snprintf(expected, sizeof expected,
             "natsight %ld has not got what was said here: it did not look for 15s", (long)getpid());
    tick_both();
    ack(&screen, 12, "bob", "mine now");
    alert_side_await_said(&screen, expected);
    ck_assert(screen.warning);
    ck_assert_int_eq(screen.times, 2);
    ck_assert_str_eq(alert_side_billing(&screen)->note, "mine now");
    await_passed("mine now");
    ck_assert_int_eq(screen.times, 2);
}
END_TEST

START_TEST(where_it_cannot_be_passed_it_is_said) {
    tick_both();
    ck_assert_int_eq(chmod(alert_folder_place()->folder, 0500), 0);
    ack(&screen, 12, "bob", "mine now");
    alert_side_await_said(&screen, " has not got what was said here: ");
    ck_assert_msg(strstr(screen.said, ": Permission denied") != NULL, "%s", screen.said);
    ck_assert_int_eq(chmod(alert_folder_place()->folder, 0700), 0);
    await_passed("mine now");
}
END_TEST

START_TEST(what_cannot_be_read_is_said_and_removed) {
    char path[1200];
    snprintf(path, sizeof path, "%s4711", alert_folder_place()->said);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs("{\"natsight_alerts\":1,", file);
    ck_assert_int_eq(fclose(file), 0);
    alert_side_await_said(&keeper, "what natsight 4711 said can't be read: line 1: ");
    ck_assert(keeper.warning);
    for (int64_t until = clock_mono_ns() + ALERT_SIDE_NS; waiting() > 0; alert_side_tick(&keeper))
        ck_assert(clock_mono_ns() < until);
    ck_assert_int_eq(keeper.times, 1);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("alert pass");
    TCase *tc = tcase_create("alert pass");
    tcase_set_timeout(tc, 120);
    tcase_add_checked_fixture(tc, begin, end);
    tcase_add_test(tc, it_is_said_where_it_goes);
    tcase_add_test(tc, what_is_said_gets_there_and_into_the_file);
    tcase_add_test(tc, it_can_be_taken_back);
    tcase_add_test(tc, what_is_said_in_quick_succession_arrives);
    tcase_add_test(tc, what_was_said_last_goes_out_at_the_end);
    tcase_add_test(tc, who_takes_over_has_what_nobody_took);
    tcase_add_test(tc, who_said_it_may_take_over);
    tcase_add_test(tc, one_that_does_not_look_is_complained_of_once);
    tcase_add_test(tc, where_it_cannot_be_passed_it_is_said);
    tcase_add_test(tc, what_cannot_be_read_is_said_and_removed);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
