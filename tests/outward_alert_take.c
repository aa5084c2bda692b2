/* A cluster's file of alerts is taken: under which name, by whom, and whatever is found in its place. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "outward/alert_take.h"
#include "tests/harness/suite.h"
#include "tests/outward/alert_folder.h"

#define BROKEN "alerts-prod.json.broken-"

static struct alert_take_answer answer;
static struct buffer text;
static int lock = -1;

static void take_seen(struct alert_stamp seen) {
    struct alert_take take = {.place = alert_folder_place(), .owner = 4711, .seen = seen};
    lock = -1;
    text.len = 0;
    alert_take(&take, &text, &lock);
    ck_assert_uint_ge(text.len, sizeof answer);
    memcpy(&answer, text.data, sizeof answer);
    buffer_consume(&text, sizeof answer);
    ck_assert_int_eq(lock >= 0, answer.taken == ALERT_TAKEN);
}

static void take(void) {
    take_seen((struct alert_stamp){0});
}

static void leave(void) {
    close(lock);
    buffer_finish(&text);
    alert_folder_end();
}

static void write_good(void) {
    alert_folder_write(alert_folder_good, strlen(alert_folder_good));
}

static void expect_good(void) {
    ck_assert_str_eq(buffer_text(&text), alert_folder_good);
}

static unsigned mode_of(const char *path) {
    struct stat info;
    ck_assert_int_eq(stat(path, &info), 0);
    return info.st_mode & 07777;
}

/* ---- names ---- */

static const struct name {
    const char *called, *file;
} names[] = {
    {"eu.prod-1_a", "alerts-eu.prod-1_a.json"},
    {"../../etc/pass wd", "alerts-..%2F..%2Fetc%2Fpass%20wd.json"},
    {"100%", "alerts-100%25.json"},
    {"B\xc3\xbc\x1b", "alerts-B%C3%BC%1B.json"},
    {"https://[::1]:8222/nats", "alerts-https%3A%2F%2F%5B%3A%3A1%5D%3A8222%2Fnats.json"},
};

START_TEST(a_name_is_a_file_in_the_folder) {
    struct alert_place place;
    ck_assert(alert_place_find(&place, names[_i].called));
    ck_assert_str_eq(place.called, names[_i].called);
    ck_assert_str_eq(strrchr(place.file, '/') + 1, names[_i].file);
    ck_assert_int_eq(strncmp(place.file, alert_folder_place()->folder, strlen(place.folder)), 0);
    alert_place_finish(&place);
}
END_TEST

START_TEST(long_names_are_cut_and_stay_different) {
    char one[400], other[400];
    struct alert_place a, b;
    memset(one, '/', sizeof one);
    one[sizeof one - 1] = '\0';
    memcpy(other, one, sizeof one);
    other[sizeof other - 2] = '.';
    ck_assert(alert_place_find(&a, one));
    ck_assert(alert_place_find(&b, other));
    ck_assert_str_ne(a.file, b.file);
    ck_assert_uint_le(strlen(strrchr(a.file, '/')), 200);
    alert_place_finish(&a);
    alert_place_finish(&b);
}
END_TEST

START_TEST(without_a_home_there_is_no_place) {
    struct alert_place place;
    setenv("XDG_STATE_HOME", "not/absolute", 1);
    setenv("HOME", "/home/of/somebody", 1);
    ck_assert(alert_place_find(&place, ALERT_FOLDER_CLUSTER));
    ck_assert_str_eq(place.folder, "/home/of/somebody/.local/state/natsight");
    alert_place_finish(&place);
    unsetenv("HOME");
    ck_assert(!alert_place_find(&place, ALERT_FOLDER_CLUSTER));
    ck_assert_str_eq(place.called, "prod");
    alert_place_finish(&place);
}
END_TEST

/* ---- what should be there ---- */

START_TEST(where_nothing_is_all_is_made) {
    take();
    ck_assert_int_eq(answer.taken, ALERT_TAKEN);
    ck_assert_str_eq(answer.message, "");
    ck_assert_uint_eq(text.len, 0);
    ck_assert_uint_eq(mode_of(alert_folder_place()->folder), 0700);
    ck_assert_uint_eq(mode_of(alert_folder_place()->lock), 0600);
    ck_assert_str_eq(alert_folder_text("alerts-prod.lock"), "4711\n");
}
END_TEST

START_TEST(what_was_kept_is_read_once) {
    write_good();
    take();
    ck_assert_int_eq(answer.taken, ALERT_TAKEN);
    expect_good();
    close(lock);
    struct alert_stamp seen = answer.stamp;
    take_seen(seen);
    ck_assert_int_eq(answer.taken, ALERT_TAKEN);
    ck_assert_uint_eq(text.len, 0);
    ck_assert_int_eq(memcmp(&seen, &answer.stamp, sizeof seen), 0);
}
END_TEST

/* ---- others ---- */

static int hold(void) {
    int fd = open(alert_folder_place()->lock, O_RDWR | O_CREAT, 0600);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(flock(fd, LOCK_EX), 0);
    ck_assert_int_eq((int)write(fd, "4242\n", 5), 5);
    return fd;
}

START_TEST(what_another_one_keeps_is_only_read) {
    write_good();
    int held = hold();
    take();
    ck_assert_int_eq(answer.taken, ALERT_OTHERS);
    ck_assert_int_eq(answer.holder, 4242);
    expect_good();
    close(held); /* it ends */
    take();
    ck_assert_int_eq(answer.taken, ALERT_TAKEN);
    ck_assert_str_eq(alert_folder_text("alerts-prod.lock"), "4711\n");
}
END_TEST

START_TEST(what_another_one_keeps_is_not_set_aside) {
    char name[300];
    alert_folder_write("{", 1);
    int held = hold();
    take();
    ck_assert_int_eq(answer.taken, ALERT_OTHERS);
    ck_assert_uint_eq(text.len, 0);
    ck_assert_ptr_nonnull(strstr(answer.message, "alerts-prod.json can't be read: "));
    ck_assert_int_eq(alert_folder_count(BROKEN, name, sizeof name), 0);
    close(held);
}
END_TEST

START_TEST(a_lock_that_was_removed_is_none) {
    take();
    int first = lock;
    ck_assert(alert_lock_stands(first, alert_folder_place()));
    ck_assert_int_eq(unlink(alert_folder_place()->lock), 0);
    ck_assert(!alert_lock_stands(first, alert_folder_place()));
    take();
    ck_assert_int_eq(answer.taken, ALERT_TAKEN);
    ck_assert(!alert_lock_stands(first, alert_folder_place()));
    ck_assert(alert_lock_stands(lock, alert_folder_place()));
    close(first);
}
END_TEST

/* ---- what should not be there ---- */

static void cut(void) {
    alert_folder_write(alert_folder_good, strlen(alert_folder_good) / 2);
}

static void empty(void) {
    alert_folder_write("", 0);
}

static void bytes(void) {
    alert_folder_write("\0\xff\x80{}", 5);
}

static void other_document(void) {
    static const char document[] = "{\"schema\":1}";
    alert_folder_write(document, sizeof document - 1);
}

/* The first `from` of what is good becomes `to`. */
static void change(const char *from, const char *to) {
    const char *at = strstr(alert_folder_good, from);
    ck_assert_ptr_nonnull(at);
    char *changed =
        memory_format("%.*s%s%s", (int)(at - alert_folder_good), alert_folder_good, to, at + strlen(from));
    alert_folder_write(changed, strlen(changed));
    free(changed);
}

static void wrong_type(void) {
    change("\"times\":2", "\"times\":\"2\"");
}

static void wrong_word(void) {
    change("\"state\":\"open\"", "\"state\":\"ajar\"");
}

static void wrong_time(void) {
    change("2026-11-21T02:41:37Z", "2026-11-31T02:41:37Z");
}

static void lacking(void) {
    change("\"rule\":\"consumer_growing\",", "");
}

static void no_list(void) {
    change("\"silences\":[", "\"silences\":7,\"other\":[");
}

static void too_deep(void) {
    char *deep = memory_array(100000, 1);
    memset(deep, '[', 99999);
    alert_folder_write(deep, 99999);
    free(deep);
}

static void enormous(void) {
    write_good();
    ck_assert_int_eq(truncate(alert_folder_place()->file, 1LL << 30), 0);
}

static void directory(void) {
    write_good();
    ck_assert_int_eq(unlink(alert_folder_place()->file), 0);
    ck_assert_int_eq(mkdir(alert_folder_place()->file, 0700), 0);
}

static void fifo(void) {
    write_good();
    ck_assert_int_eq(unlink(alert_folder_place()->file), 0);
    ck_assert_int_eq(mkfifo(alert_folder_place()->file, 0600), 0);
}

static const struct broken {
    void (*make)(void);
    const char *said;
} broken[] = {
    {cut, "alerts-prod.json: line "},
    {empty, ": line "},
    {bytes, ": line 1: "},
    {other_document, ": no file of alerts;"},
    {wrong_type, ": alerts, number 1: times is not what it should be;"},
    {wrong_word, ": alerts, number 1: state is not what it should be;"},
    {wrong_time, ": alerts, number 1: opened is not what it should be;"},
    {lacking, ": alerts, number 1: rule is missing;"},
    {no_list, ": silences is no list;"},
    {too_deep, ": line 1: "},
    {enormous, ": larger than 64 MiB;"},
    {directory, ": no regular file;"},
    {fifo, ": no regular file;"},
};

START_TEST(what_is_broken_is_set_aside) {
    char name[300];
    broken[_i].make();
    take();
    ck_assert_int_eq(answer.taken, ALERT_TAKEN);
    ck_assert_uint_eq(text.len, 0);
    ck_assert_msg(strstr(answer.message, broken[_i].said) != NULL, "%s", answer.message);
    ck_assert_int_eq(access(alert_folder_place()->file, F_OK), -1);
    ck_assert_int_eq(alert_folder_count(BROKEN, name, sizeof name), 1);
    ck_assert_msg(strstr(answer.message, name) != NULL, "%s: %s", name, answer.message);
}
END_TEST

START_TEST(each_broken_one_has_its_name) {
    char name[300];
    for (int i = 1; i <= 3; i++) {
        cut();
        take();
        ck_assert_int_eq(answer.taken, ALERT_TAKEN);
        close(lock);
        ck_assert_int_eq(alert_folder_count(BROKEN, name, sizeof name), i);
    }
}
END_TEST

/* ---- what is not ours to touch ---- */

static void newer(void) {
    change("\"natsight_alerts\":1,\"natsight\":\"0.1.0", "\"natsight_alerts\":2,\"natsight\":\"3.0.0");
}

static void unreadable(void) {
    write_good();
    ck_assert_int_eq(chmod(alert_folder_place()->file, 0200), 0);
}

static const struct {
    void (*make)(void);
    const char *said;
} closed[] = {{newer, "alerts-prod.json: a newer natsight's, 3.0.0 (abc): it is left as it is"},
              {unreadable, "alerts-prod.json: Permission denied"}};

START_TEST(what_is_not_ours_stays) {
    struct stat before, after;
    closed[_i].make();
    ck_assert_int_eq(stat(alert_folder_place()->file, &before), 0);
    take();
    ck_assert_int_eq(answer.taken, ALERT_NOT_TAKEN);
    ck_assert_msg(strstr(answer.message, closed[_i].said) != NULL, "%s", answer.message);
    ck_assert_uint_eq(text.len, 0);
    ck_assert_int_eq(stat(alert_folder_place()->file, &after), 0);
    ck_assert(before.st_ino == after.st_ino && before.st_mtim.tv_nsec == after.st_mtim.tv_nsec);
    ck_assert_int_eq(access(alert_folder_place()->lock, F_OK), -1);
    ck_assert_int_eq(unlink(alert_folder_place()->file), 0); /* tried again */
    take();
    ck_assert_int_eq(answer.taken, ALERT_TAKEN);
}
END_TEST

START_TEST(where_nothing_can_be_written_it_is_read) {
    write_good();
    ck_assert_int_eq(chmod(alert_folder_place()->folder, 0500), 0);
    take();
    ck_assert_int_eq(answer.taken, ALERT_NOT_TAKEN);
    ck_assert_msg(strstr(answer.message, "/natsight: read-only") != NULL, "%s", answer.message);
    expect_good();
    ck_assert_int_eq(access(alert_folder_place()->lock, F_OK), -1);
}
END_TEST

START_TEST(where_no_folder_can_be_it_is_said) {
    char file[600];
    snprintf(file, sizeof file, "%.*s",
             (int)(strrchr(alert_folder_place()->folder, '/') - alert_folder_place()->folder),
             alert_folder_place()->folder);
    int fd = open(file, O_WRONLY | O_CREAT, 0600); /* the state folder is a file */
    ck_assert_int_ge(fd, 0);
    close(fd);
    take();
    ck_assert_int_eq(answer.taken, ALERT_NOT_TAKEN);
    ck_assert_msg(strstr(answer.message, ": Not a directory") != NULL, "%s", answer.message);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("alert take");
    TCase *tc = tcase_create("alert take");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, alert_folder_begin, leave);
    tcase_add_loop_test(tc, a_name_is_a_file_in_the_folder, 0, sizeof names / sizeof *names);
    tcase_add_test(tc, long_names_are_cut_and_stay_different);
    tcase_add_test(tc, without_a_home_there_is_no_place);
    tcase_add_test(tc, where_nothing_is_all_is_made);
    tcase_add_test(tc, what_was_kept_is_read_once);
    tcase_add_test(tc, what_another_one_keeps_is_only_read);
    tcase_add_test(tc, what_another_one_keeps_is_not_set_aside);
    tcase_add_test(tc, a_lock_that_was_removed_is_none);
    tcase_add_loop_test(tc, what_is_broken_is_set_aside, 0, sizeof broken / sizeof *broken);
    tcase_add_test(tc, each_broken_one_has_its_name);
    tcase_add_loop_test(tc, what_is_not_ours_stays, 0, sizeof closed / sizeof *closed);
    tcase_add_test(tc, where_nothing_can_be_written_it_is_read);
    tcase_add_test(tc, where_no_folder_can_be_it_is_said);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
