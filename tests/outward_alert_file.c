/* The alerts of a cluster over restarts: what comes back, who writes, and what is said when nothing can be.
 */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "outward/alert_document.h"
#include "outward/alert_file.h"
#include "outward/alert_join.h"
#include "outward/alert_take.h"
#include "outward/alert_write.h"
#include "tests/harness/folder.h"
#include "tests/harness/suite.h"
#include "tests/outward/alert_folder.h"
#include "tests/outward/alert_side.h"

#define FAR       4070908800000000000 /* 2099 */
#define HOUR      (3600 * NS_PER_S)
#define KEPT_HERE "alerts are kept here from now on: those of prod"

static struct alert_side one, other;

static void come(struct alert_side *side) {
    alert_side_come(side, true);
}

static void leave_all(void) {
    alert_side_leave(&one);
    alert_side_leave(&other);
    alert_folder_end();
}

static void write_good(void) {
    alert_folder_write(alert_folder_good, strlen(alert_folder_good));
}

/* ---- kept ---- */

START_TEST(what_changes_is_written_and_comes_back) {
    write_good();
    come(&one);
    ck_assert_uint_eq(model_alert_count(one.model), 2);
    ck_assert_uint_eq(alert_side_billing(&one)->number, 12);
    ck_assert_str_eq(alert_side_billing(&one)->note, "on it");
    ck_assert_int_eq(one.times, 0);
    ck_assert_str_eq(alert_file_status(one.file), "");
    ck_assert_ptr_null(alert_file_refusal(one.file));
    alert_side_tick(&one);
    ck_assert(model_alert_ack(one.model, 12, "bob", "mine now"));
    ck_assert(alert_side_hush(&one, "n7"));
    alert_side_await_in_file(&one, "\"mine now\"");
    alert_side_leave(&one);
    come(&one);
    ck_assert_str_eq(alert_side_billing(&one)->acked_by, "bob");
    ck_assert_uint_eq(model_silence_count(one.model), 2);
    ck_assert_int_eq(one.times, 0);
}
END_TEST

/* All that stands there is by the wall clock as it is now, for who begins then and for who reads along. */
START_TEST(a_clock_that_is_moved_is_written) {
    come(&one);
    come(&other);
    alert_side_tick(&one);
    alert_side_tick(&other);
    ck_assert(alert_side_hush(&one, "n7"));
    alert_side_await_in_file(&one, "\"2099-01-01T00:00:00.000Z\"");
    clock_wall_ahead(HOUR);
    alert_side_await_in_file(&one, "\"2099-01-01T01:00:00.000Z\"");
    ck_assert(model_silence(one.model, "server", "", "n8", FAR, ""));
    for (int64_t until = clock_mono_ns() + ALERT_SIDE_NS; model_silence_count(other.model) < 2;
         alert_side_tick(&one), alert_side_tick(&other))
        ck_assert(clock_mono_ns() < until);
    for (size_t i = 0; i < 2; i++)
        ck_assert_int_eq(model_silence_at(other.model, i)->until_utc_ns, FAR);
    clock_wall_ahead(-HOUR);
    alert_side_leave(&other);
    alert_side_leave(&one);
    clock_wall_ahead(0);
    come(&one);
    ck_assert_int_eq(model_silence_at(one.model, 0)->until_utc_ns, FAR - HOUR);
}
END_TEST

/* It had not been set when we began: all that is in the file was before 1970 then, and no fault of its. */
START_TEST(a_clock_that_is_set_late_breaks_no_file) {
    char why[200];
    struct alert_document document;
    clock_wall_ahead(FAR);
    ck_assert_int_eq(
        alert_document_read(&document, alert_folder_good, strlen(alert_folder_good), why, sizeof why),
        ALERT_DOCUMENT_GOOD);
    ck_assert_int_eq(document.alerts[0].first_sign_utc_ns, 1);
    alert_document_finish(&document);
}
END_TEST

START_TEST(the_last_is_written_at_the_end) {
    come(&one);
    alert_side_tick(&one);
    ck_assert(alert_side_hush(&one, "n7"));
    ck_assert(!alert_side_in_file("n7"));
    alert_side_leave(&one);
    ck_assert(alert_side_in_file("\"n7\""));
    ck_assert_int_eq(access(alert_folder_place()->lock, F_OK), -1);
}
END_TEST

START_TEST(where_nothing_was_nothing_is_written) {
    come(&one);
    alert_side_tick(&one);
    alert_side_leave(&one);
    ck_assert_int_eq(access(alert_folder_place()->file, F_OK), -1);
}
END_TEST

START_TEST(a_broken_file_is_told_and_begun_anew) {
    alert_folder_write("{\"natsight", 10);
    come(&one);
    ck_assert_int_eq(one.times, 1);
    ck_assert(one.warning);
    ck_assert_ptr_nonnull(strstr(one.said, "it was set aside as alerts-prod.json.broken-"));
    alert_side_tick(&one);
    ck_assert(alert_side_hush(&one, "n7"));
    alert_side_await_in_file(&one, "\"n7\"");
    ck_assert_int_eq(one.times, 1);
}
END_TEST

/* ---- others ---- */

START_TEST(another_one_reads_and_takes_over) {
    char expected[200];
    write_good();
    come(&one);
    come(&other);
    snprintf(expected, sizeof expected,
             "alerts are only read here: natsight %ld keeps those of prod, and runs the hooks",
             (long)getpid());
    ck_assert_str_eq(other.said, expected);
    ck_assert(!other.warning);
    ck_assert_str_eq(alert_file_status(other.file), "only read");
    ck_assert_int_eq(alert_file_teller(one.file), TELLER_HERE);
    ck_assert_int_eq(alert_file_teller(other.file), TELLER_OTHER);
    ck_assert_ptr_nonnull(strstr(alert_file_refusal(other.file), " keeps the alerts of prod: "));
    ck_assert_str_eq(alert_side_billing(&other)->acked_by, "ann");
    alert_side_tick(&one);
    alert_side_tick(&other);
    ck_assert(model_alert_unack(one.model, 12)); /* what is said there is seen here */
    ck_assert(alert_side_hush(&one, "n7"));
    ck_assert(model_silence(one.model, "server", "", "n2", 0, ""));
    alert_side_await_in_file(&one, "\"n7\"");
    for (int64_t until = clock_mono_ns() + ALERT_SIDE_NS; alert_side_billing(&other)->acked_utc_ns != 0;
         alert_side_tick(&other))
        ck_assert(clock_mono_ns() < until);
    ck_assert_uint_eq(model_silence_count(other.model), 1);
    ck_assert_str_eq(model_silence_at(other.model, 0)->name, "n7");
    alert_side_leave(&one);
    alert_side_await_said(&other, KEPT_HERE);
    ck_assert_int_eq(other.times, 2);
    ck_assert_ptr_null(alert_file_refusal(other.file));
    ck_assert_str_eq(alert_file_status(other.file), "");
    ck_assert_int_eq(alert_file_teller(other.file), TELLER_HERE);
    ck_assert_uint_eq(alert_file_untold(other.file)->count, 0); /* all was told */
    ck_assert(model_alert_ack(other.model, 12, "eve", ""));
    alert_side_await_in_file(&other, "\"eve\"");
}
END_TEST

static void await_teller(struct alert_side *side, enum alert_teller teller) {
    for (int64_t until = clock_mono_ns() + ALERT_SIDE_NS; alert_file_teller(side->file) != teller;
         alert_side_tick(side))
        ck_assert(clock_mono_ns() < until);
}

/* Ctrl-Z and fg, and nobody beside it. */
START_TEST(who_was_suspended_alone_goes_on) {
    write_good();
    come(&one);
    alert_side_tick(&one);
    ck_assert(alert_side_hush(&one, "n7"));
    alert_file_yield(one.file);
    ck_assert(alert_side_in_file("\"n7\""));
    ck_assert_int_eq(access(alert_folder_place()->lock, F_OK), -1);
    ck_assert_int_eq(alert_file_teller(one.file), TELLER_UNKNOWN);
    await_teller(&one, TELLER_HERE);
    ck_assert_uint_eq(alert_file_untold(one.file)->count, 0);
    ck_assert_int_eq(access(alert_folder_place()->lock, F_OK), 0);
    ck_assert(alert_side_hush(&one, "n8"));
    alert_side_await_in_file(&one, "\"n8\"");
    ck_assert_int_eq(one.times, 0);
}
END_TEST

/* Who keeps them since can't be asked: as where nobody can. */
START_TEST(who_was_suspended_and_can_not_ask_tells) {
    struct rlimit before, none;
    write_good();
    come(&one);
    alert_side_tick(&one);
    alert_file_yield(one.file);
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = (struct rlimit){3, before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
    alert_side_tick(&one);
    enum alert_teller teller = alert_file_teller(one.file);
    setrlimit(RLIMIT_NOFILE, &before);
    ck_assert_int_eq(teller, TELLER_HERE);
    ck_assert_ptr_nonnull(strstr(one.said, "alerts are not kept: "));
    alert_side_await_said(&one, KEPT_HERE);
    ck_assert_int_eq(alert_file_teller(one.file), TELLER_HERE);
}
END_TEST

START_TEST(who_was_suspended_reads_what_another_one_keeps) {
    write_good();
    come(&one);
    come(&other);
    alert_side_tick(&one);
    alert_side_tick(&other);
    alert_file_yield(one.file);
    alert_side_await_said(&other, KEPT_HERE);
    ck_assert_int_eq(alert_file_teller(other.file), TELLER_HERE);
    ck_assert_uint_eq(alert_file_untold(other.file)->count, 0);
    ck_assert(model_alert_ack(other.model, 12, "eve", "at it"));
    alert_side_await_in_file(&other, "\"eve\"");
    ck_assert_int_eq(alert_file_teller(one.file), TELLER_UNKNOWN);
    await_teller(&one, TELLER_OTHER);
    ck_assert_str_eq(alert_side_billing(&one)->acked_by, "eve");
    ck_assert_str_eq(alert_file_status(one.file), "only read");
    ck_assert_ptr_nonnull(strstr(one.said, "alerts are only read here: "));
    ck_assert_int_eq(alert_file_teller(other.file), TELLER_HERE);
}
END_TEST

/* What is here is of before it; by it nothing is told until the servers were asked again. */
START_TEST(who_was_suspended_for_long_takes_over_later) {
    write_good();
    come(&one);
    alert_side_tick(&one);
    alert_file_yield(one.file);
    come(&other);
    alert_side_tick(&other);
    ck_assert(alert_side_hush(&other, "n8"));
    alert_side_leave(&other);
    await_teller(&one, TELLER_OTHER);
    ck_assert_uint_eq(model_silence_count(one.model), 2);
    ck_assert_ptr_nonnull(strstr(alert_file_refusal(one.file), "in some seconds they are kept here"));
    int64_t before = clock_mono_ns();
    await_teller(&one, TELLER_HERE);
    ck_assert_int_ge(clock_mono_ns() - before, 10 * NS_PER_S);
}
END_TEST

START_TEST(who_comes_without_a_screen_reads) {
    come(&other);
    alert_side_come(&one, false);
    ck_assert_ptr_nonnull(strstr(alert_file_refusal(one.file), " keeps the alerts of prod: say it there"));
    ck_assert_str_eq(alert_file_status(one.file), "only read");
}
END_TEST

START_TEST(what_is_open_there_alone_goes_on_here) {
    write_good();
    come(&one);
    come(&other);
    struct alert more = *alert_side_billing(&other);
    more.number = 14, more.name = "ORDERS/risk";
    model_alerts_restore(one.model, &more, 1);
    alert_side_tick(&one);
    alert_side_tick(&other);
    ck_assert(alert_side_hush(&one, "n7"));
    alert_side_await_in_file(&one, "\"ORDERS/risk\"");
    alert_side_leave(&one);
    alert_side_await_said(&other, KEPT_HERE);
    ck_assert_ptr_nonnull(model_alert_by_number(other.model, 14));
    ck_assert_str_eq(model_alert_by_number(other.model, 14)->name, "ORDERS/risk");
    ck_assert_uint_eq(alert_file_untold(other.file)->count, 0); /* it was told there */
}
END_TEST

/* The folder can't be written any more, but one who came before has the lock. */
START_TEST(a_lock_is_seen_where_nothing_can_be_written) {
    write_good();
    come(&one);
    ck_assert_int_eq(chmod(alert_folder_place()->folder, 0500), 0);
    come(&other);
    ck_assert_int_eq(chmod(alert_folder_place()->folder, 0700), 0);
    ck_assert_str_eq(alert_file_status(other.file), "only read");
    ck_assert_int_eq(alert_file_teller(other.file), TELLER_OTHER);
    ck_assert_str_eq(alert_side_billing(&other)->acked_by, "ann");
}
END_TEST

START_TEST(where_nothing_can_be_kept_it_is_told) {
    write_good();
    ck_assert_int_eq(chmod(alert_folder_place()->folder, 0500), 0);
    come(&one);
    come(&other);
    ck_assert_int_eq(chmod(alert_folder_place()->folder, 0700), 0);
    ck_assert_str_eq(alert_file_status(other.file), "not kept");
    ck_assert_int_eq(alert_file_teller(one.file), TELLER_HERE);
    ck_assert_int_eq(alert_file_teller(other.file), TELLER_HERE);
}
END_TEST

START_TEST(a_folder_that_goes_is_made_again) {
    write_good();
    come(&one);
    alert_side_tick(&one);
    folder_remove_path(alert_folder_place()->folder);
    ck_assert(alert_side_hush(&one, "n7"));
    alert_side_await_in_file(&one, "\"n7\"");
    ck_assert(alert_side_in_file("\"on it\""));
}
END_TEST

/* ---- when it can't be ---- */

/* Until something more is said, files can't grow beyond this. Check needs files, too: nothing is asserted
 * meanwhile. */
static void fill_the_disk(struct alert_side *side, rlim_t bytes) {
    struct rlimit before, full;
    int times = side->times;
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    full = (struct rlimit){bytes, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &full);
    for (int64_t until = clock_mono_ns() + ALERT_SIDE_NS; side->times == times && clock_mono_ns() < until;)
        alert_side_tick(side);
    setrlimit(RLIMIT_FSIZE, &before);
}

START_TEST(a_full_disk_is_said_once_and_costs_nothing) {
    write_good();
    come(&one);
    alert_side_tick(&one);
    ck_assert(alert_side_hush(&one, "n7"));
    fill_the_disk(&one, 300);
    ck_assert_int_eq(one.times, 1);
    ck_assert_msg(strncmp(one.said, "alerts are not kept: ", 21) == 0, "%s", one.said);
    ck_assert(one.warning);
    ck_assert_ptr_nonnull(strstr(one.said, "alerts-prod.json: File too large"));
    ck_assert_str_eq(alert_file_status(one.file), "not kept");
    ck_assert_ptr_null(alert_file_refusal(one.file));
    ck_assert(alert_side_in_file("\"ann\"")); /* the old one stands */
    ck_assert_int_eq(access(alert_folder_place()->temporary, F_OK), -1);
    alert_side_await_said(&one, KEPT_HERE);
    ck_assert_int_eq(one.times, 2);
    ck_assert(alert_side_in_file("\"n7\""));
}
END_TEST

START_TEST(what_can_be_read_later_is_not_lost) {
    write_good();
    ck_assert_int_eq(chmod(alert_folder_place()->file, 0), 0);
    come(&one);
    ck_assert_ptr_nonnull(strstr(one.said, "alerts are not kept: "));
    ck_assert_ptr_nonnull(strstr(one.said, "alerts-prod.json: "));
    alert_side_tick(&one);
    ck_assert(alert_side_hush(&one, "n7"));
    ck_assert_uint_eq(model_alert_count(one.model), 0);
    ck_assert_int_eq(chmod(alert_folder_place()->file, 0600), 0);
    alert_side_await_said(&one, KEPT_HERE);
    ck_assert_int_eq(one.times, 2);
    ck_assert_uint_eq(model_alert_count(one.model), 2);
    ck_assert_str_eq(alert_side_billing(&one)->acked_by, "ann");
    alert_side_await_in_file(&one, "\"n7\"");
    ck_assert(alert_side_in_file("\"n1 is down\""));
}
END_TEST

START_TEST(without_a_home_it_is_said_once) {
    unsetenv("XDG_STATE_HOME");
    unsetenv("HOME");
    come(&one);
    ck_assert_str_eq(one.said, "alerts are not kept: there is no home folder, and XDG_STATE_HOME names none");
    alert_side_tick(&one);
    ck_assert(alert_side_hush(&one, "n7"));
    alert_side_tick(&one);
    ck_assert_int_eq(one.times, 1);
}
END_TEST

/* ---- kill ---- */

/* Writes again and again, each time another one of these, and tells each. */
static void write_for_ever(int told) {
    struct alert_document document;
    struct buffer text = {0};
    char why[200];
    int lock = -1;
    struct alert_take take = {.place = alert_folder_place(), .owner = getpid()};
    struct model *model = model_create(&(struct model_options){0});
    alert_take(&take, &text, &lock);
    if (lock < 0 || alert_document_read(&document, text.data + sizeof(struct alert_take_answer),
                                        text.len - sizeof(struct alert_take_answer), why,
                                        sizeof why) != ALERT_DOCUMENT_GOOD)
        _exit(1);
    alert_join_first(model, &document);
    struct alert_write write_it = {
        .place = alert_folder_place(), .model = model, .lock = lock, .write = true};
    for (int i = 0;; i++) {
        char name[20];
        snprintf(name, sizeof name, "s%d", i % 200);
        model_silence(model, "server", "", name, FAR, "");
        text.len = 0;
        alert_write(&write_it, &text, NULL);
        if (write(told, "w", 1) != 1)
            _exit(1);
    }
}

START_TEST(a_kill_at_any_moment_leaves_it_whole) {
    write_good();
    for (int round = 0; round < 60; round++) {
        int ends[2];
        char byte;
        ck_assert_int_eq(pipe(ends), 0);
        pid_t pid = fork();
        if (pid == 0)
            write_for_ever(ends[1]);
        for (int i = 0; i <= round % 3; i++)
            ck_assert_int_eq((int)read(ends[0], &byte, 1), 1);
        for (volatile int spin = 0; spin < round * 5000; spin++)
            continue;
        kill(pid, SIGKILL);
        ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
        close(ends[0]);
        close(ends[1]);
        come(&one);
        ck_assert_msg(one.times == 0, "%s", one.said);
        ck_assert_uint_eq(model_alert_count(one.model), 2);
        ck_assert_uint_ge(model_silence_count(one.model), 2);
        alert_side_leave(&one);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("alert file");
    TCase *tc = tcase_create("alert file");
    tcase_set_timeout(tc, 120);
    tcase_add_checked_fixture(tc, alert_folder_begin, leave_all);
    tcase_add_test(tc, what_changes_is_written_and_comes_back);
    tcase_add_test(tc, a_clock_that_is_moved_is_written);
    tcase_add_test(tc, a_clock_that_is_set_late_breaks_no_file);
    tcase_add_test(tc, the_last_is_written_at_the_end);
    tcase_add_test(tc, where_nothing_was_nothing_is_written);
    tcase_add_test(tc, a_broken_file_is_told_and_begun_anew);
    tcase_add_test(tc, another_one_reads_and_takes_over);
    tcase_add_test(tc, who_was_suspended_alone_goes_on);
    tcase_add_test(tc, who_was_suspended_and_can_not_ask_tells);
    tcase_add_test(tc, who_was_suspended_reads_what_another_one_keeps);
    tcase_add_test(tc, who_was_suspended_for_long_takes_over_later);
    tcase_add_test(tc, who_comes_without_a_screen_reads);
    tcase_add_test(tc, what_is_open_there_alone_goes_on_here);
    tcase_add_test(tc, a_lock_is_seen_where_nothing_can_be_written);
    tcase_add_test(tc, where_nothing_can_be_kept_it_is_told);
    tcase_add_test(tc, a_folder_that_goes_is_made_again);
    tcase_add_test(tc, a_full_disk_is_said_once_and_costs_nothing);
    tcase_add_test(tc, what_can_be_read_later_is_not_lost);
    tcase_add_test(tc, without_a_home_it_is_said_once);
    tcase_add_test(tc, a_kill_at_any_moment_leaves_it_whole);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
