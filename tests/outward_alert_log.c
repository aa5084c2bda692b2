/* The log of alerts: lines at the end of a file, whatever becomes of the file. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "outward/alert_log.h"
#include "tests/harness/command.h"
#include "tests/harness/suite.h"
#include "tests/outward/made_alert.h"
#include "tests/outward/scripts.h"
#include "views/alert_json.h"

static struct alert_log *log_;
static char said[2000];

static void say(void *data, bool wrong, const char *file, const char *text) {
    (void)data;
    size_t len = strlen(said);
    const char *slash = strrchr(file, '/');
    snprintf(said + len, sizeof said - len, "%s %s: %s\n", wrong ? "wrong" : "good",
             slash != NULL ? slash + 1 : file, text);
}

static bool is_said(const void *text) {
    return strstr(said, text) != NULL;
}

static void begin(void) {
    scripts_begin();
    said[0] = '\0';
    log_ = alert_log_create(scripts_loop(), command_natsight(), say, NULL);
}

static void end(void) {
    alert_log_destroy(log_);
    scripts_end();
}

static void add(uint64_t number) {
    struct alert alert = made_alert(number);
    struct alert_change change = made_change(&alert, CHANGE_OPENED);
    alert_log_add(log_, alert_change_json(&change, &alert));
}

/* Its documents in order; each line is one, what is no line yet left aside. */
static json_t *documents(const char *text) {
    json_t *all = json_array();
    for (const char *end; (end = strchr(text, '\n')) != NULL; text = end + 1) {
        json_t *one = json_loadb(text, (size_t)(end - text), 0, NULL);
        ck_assert_msg(one != NULL, "no document: %.*s", (int)(end - text), text);
        json_array_append_new(all, one);
    }
    return all;
}

static json_int_t number_of(const json_t *all, size_t at, const char *key) {
    return json_integer_value(json_object_get(json_array_get(all, at), key));
}

START_TEST(each_change_is_a_line) {
    alert_log_use(log_, scripts_path("log"));
    add(1);
    add(2);
    scripts_wait_lines("log", 2);
    json_t *all = documents(scripts_text("log"));
    ck_assert_uint_eq(json_array_size(all), 2);
    ck_assert_int_eq(number_of(all, 0, "alert"), 1);
    ck_assert_int_eq(number_of(all, 1, "alert"), 2);
    json_decref(all);
    struct stat info;
    ck_assert_int_eq(stat(scripts_path("log"), &info), 0);
    ck_assert_int_eq(info.st_mode & 07007, 0);
    ck_assert_str_eq(said, "");
}
END_TEST

static void is_text(const json_t *json, const char *key, const char *text) {
    const char *is = json_string_value(json_object_get(json, key));
    ck_assert_msg(is != NULL && strcmp(is, text) == 0, "%s is %s", key, is);
}

/* The last change of this model, as the log has it. */
static json_t *last_change(const struct model *model) {
    const struct alert_change *change = model_alert_change(model, model_alert_change_last(model));
    ck_assert_ptr_nonnull(change);
    return alert_change_json(change, NULL);
}

START_TEST(a_silence_says_whose_it_is_and_until_when) {
    const int64_t now = 1700000000 * NS_PER_S; /* 2023-11-14T22:13:20Z */
    struct model *model = model_create(NULL), *paused;
    model_tick(model, now, NS_PER_S);
    ck_assert(model_silence(model, "server", "eu", "n1", now + 60 * NS_PER_S, "a new disk"));
    json_t *json = last_change(model);
    is_text(json, "event", "silenced");
    is_text(json, "entity", "server");
    is_text(json, "cluster", "eu");
    is_text(json, "name", "n1");
    is_text(json, "since", "2023-11-14T22:13:20.000Z");
    is_text(json, "until", "2023-11-14T22:14:20.000Z");
    is_text(json, "note", "a new disk");
    is_text(json, "line", "silenced server n1 in eu until 2023-11-14T22:14:20.000Z: a new disk");
    json_decref(json);
    ck_assert(model_silence(model, "server", "eu", "n1", 0, NULL)); /* taken back */
    json = last_change(model);
    is_text(json, "event", "unsilenced");
    is_text(json, "line", "unsilenced server n1 in eu");
    ck_assert_ptr_null(json_object_get(json, "until"));
    ck_assert_ptr_null(json_object_get(json, "note"));
    json_decref(json);
    ck_assert(model_silence(model, "stream", "", "A/ORDERS", now + NS_PER_S, ""));
    model_tick(model, now + 2 * NS_PER_S, 3 * NS_PER_S); /* over by itself */
    paused = model_clone(model);
    model_destroy(model);
    json = last_change(paused);
    is_text(json, "entity", "stream");
    is_text(json, "until", "2023-11-14T22:13:21.000Z");
    is_text(json, "line", "unsilenced stream A/ORDERS");
    json_decref(json);
    model_destroy(paused);
}
END_TEST

/* It came as critical, ended, and came back as a warning: what ends then is a warning. */
START_TEST(its_line_is_of_the_life_that_ended) {
    static const struct {
        int times, worst_at, came_at; /* seconds: when it was at its worst, and came the last time */
        const char *line;
    } cases[] = {{1, 5, 0, "cleared critical in eu: ORDERS/billing is 61.2k behind"},
                 {2, 5, 60, "cleared warn in eu: ORDERS/billing is 61.2k behind"},
                 {2, 65, 60, "cleared critical in eu: ORDERS/billing is 61.2k behind"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct alert alert = made_alert(7);
        alert.state = ALERT_CLEARED;
        alert.worst = SEVERITY_CRIT;
        alert.times = cases[i].times;
        alert.sign_utc_ns = alert.opened_utc_ns + cases[i].came_at * NS_PER_S;
        alert.worst_utc_ns = alert.opened_utc_ns + cases[i].worst_at * NS_PER_S;
        struct alert_change change = made_change(&alert, CHANGE_CLEARED);
        json_t *json = alert_change_json(&change, &alert);
        is_text(json, "line", cases[i].line);
        is_text(json, "worst", "critical");
        json_decref(json);
    }
}
END_TEST

/* As of a delivery that never was. */
START_TEST(never_is_no_number) {
    struct alert alert = made_alert(7);
    struct alert_change change = made_change(&alert, CHANGE_OPENED);
    alert.peak = "never";
    alert.peak_size = (double)INT64_MAX;
    json_t *json = alert_change_json(&change, &alert);
    is_text(json, "peak", "never");
    ck_assert_ptr_null(json_object_get(json, "peak_size"));
    json_decref(json);
    alert.peak_size = 5;
    json = alert_change_json(&change, &alert);
    ck_assert_double_eq(json_number_value(json_object_get(json, "peak_size")), 5);
    json_decref(json);
}
END_TEST

START_TEST(of_one_that_is_kept_no_more_is_said_what_is_left) {
    struct alert alert = made_alert(7);
    struct alert_change change = made_change(&alert, CHANGE_CLEARED);
    change.name = "ORDERS/billing";
    change.text = "it is 61.2k behind";
    json_t *json = alert_change_json(&change, NULL);
    is_text(json, "line", "cleared: ORDERS/billing: it is 61.2k behind");
    is_text(json, "name", "ORDERS/billing");
    ck_assert_int_eq(json_integer_value(json_object_get(json, "alert")), 7);
    json_decref(json);
}
END_TEST

START_TEST(what_is_there_stays) {
    FILE *f = fopen(scripts_path("log"), "w");
    fputs("{}\n", f);
    fclose(f);
    alert_log_use(log_, scripts_path("log"));
    add(1);
    scripts_wait_lines("log", 2);
    ck_assert_int_eq(strncmp(scripts_text("log"), "{}\n{\"schema\":1,", 15), 0);
}
END_TEST

START_TEST(a_rotated_file_is_left_alone) {
    alert_log_use(log_, scripts_path("log"));
    add(1);
    scripts_wait_lines("log", 1);
    ck_assert_int_eq(rename(scripts_path("log"), scripts_path("log.1")), 0);
    add(2);
    scripts_wait_lines("log", 1);
    ck_assert_int_eq(scripts_lines("log.1"), 1);
    ck_assert_int_eq(truncate(scripts_path("log"), 0), 0); /* copied and emptied */
    add(3);
    scripts_wait_lines("log", 1);
    ck_assert_ptr_nonnull(strstr(scripts_text("log"), "\"alert\":3,"));
}
END_TEST

START_TEST(another_file_takes_the_place_of_the_first) {
    alert_log_use(log_, scripts_path("a"));
    add(1);
    alert_log_use(log_, scripts_path("a")); /* the same goes on */
    add(2);
    alert_log_use(log_, scripts_path("b"));
    add(3);
    alert_log_use(log_, NULL);
    add(4);
    ck_assert(!alert_log_is_used(log_));
    scripts_wait_lines("a", 2);
    scripts_wait_lines("b", 1);
    ck_assert_ptr_nonnull(strstr(scripts_text("b"), "\"alert\":3,"));
}
END_TEST

/* So many were added: they are in the file, or said to be lost. */
static bool has_500(const void *nothing) {
    (void)nothing;
    json_int_t sum = 0, before = 0;
    json_t *all = documents(scripts_text("log"));
    for (size_t i = 0; i < json_array_size(all); i++) {
        json_int_t alert = number_of(all, i, "alert");
        ck_assert(alert == 0 || alert > before);
        before = alert > 0 ? alert : before;
        sum += alert > 0 ? 1 : number_of(all, i, "lost");
    }
    json_decref(all);
    ck_assert_int_le(sum, 500);
    return sum == 500;
}

START_TEST(what_waits_is_written_at_the_end) {
    alert_log_use(log_, scripts_path("log"));
    for (uint64_t number = 1; number <= 500; number++)
        add(number);
    alert_log_destroy(log_);
    log_ = NULL;
    scripts_turn_until(has_500, NULL);
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_said_until_it_is) {
    char path[700];
    snprintf(path, sizeof path, "%s/log", scripts_path("logs"));
    alert_log_use(log_, path);
    add(1);
    scripts_turn_until(is_said, "wrong log: No such file or directory\n");
    add(2);
    ck_assert_int_eq(mkdir(scripts_path("logs"), 0700), 0);
    /* The second may have come before the folder; the third has not. */
    add(3);
    scripts_turn_until(is_said, "good log: is written again\n");
    json_t *all = documents(scripts_text("logs/log"));
    json_int_t lost = number_of(all, 0, "lost");
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(all, 0), "event")), "lost");
    ck_assert(lost == 1 || lost == 2);
    ck_assert_int_eq(number_of(all, 1, "alert"), lost + 1);
    json_decref(all);
}
END_TEST

START_TEST(a_full_disk_is_said) {
    ck_assert_int_eq(symlink("/dev/full", scripts_path("log")), 0);
    alert_log_use(log_, scripts_path("log"));
    add(1);
    add(2);
    scripts_turn_until(is_said, "wrong log: No space left on device\n");
    ck_assert_int_eq(unlink(scripts_path("log")), 0);
    add(3);
    scripts_wait_lines("log", 2);
    scripts_turn_until(is_said, "good log: is written again\n");
    json_t *all = documents(scripts_text("log"));
    ck_assert_int_eq(number_of(all, 0, "lost") + 1, number_of(all, 1, "alert"));
    json_decref(all);
}
END_TEST

START_TEST(a_pipe_that_nobody_reads_is_said) {
    ck_assert_int_eq(mkfifo(scripts_path("log"), 0600), 0);
    alert_log_use(log_, scripts_path("log"));
    add(1);
    scripts_turn_until(is_said, "wrong log: nobody reads this pipe\n");
    int fd = open(scripts_path("log"), O_RDONLY | O_NONBLOCK);
    ck_assert_int_ge(fd, 0);
    add(2);
    scripts_turn_until(is_said, "good log: is written again\n");
    char text[4000] = "";
    ck_assert_int_gt(read(fd, text, sizeof text - 1), 0);
    json_t *all = documents(text);
    ck_assert_int_eq(number_of(all, 0, "lost"), 1);
    ck_assert_int_eq(number_of(all, 1, "alert"), 2);
    json_decref(all);
    close(fd);
}
END_TEST

struct reader {
    int fd;
    char *text;
    size_t len;
};

/* All that was added has come, or is said to be lost. */
static bool has_all(const void *data) {
    struct reader *r = (struct reader *)(uintptr_t)data;
    ssize_t n;
    while ((n = read(r->fd, r->text + r->len, 65536)) > 0)
        r->len += (size_t)n;
    r->text[r->len] = '\0';
    json_int_t sum = 0;
    json_t *all = documents(r->text);
    for (size_t i = 0; i < json_array_size(all); i++)
        sum += number_of(all, i, "alert") > 0 ? 1 : number_of(all, i, "lost");
    json_decref(all);
    ck_assert_int_le(sum, 3000);
    return sum == 3000;
}

START_TEST(a_slow_reader_holds_up_nobody) {
    ck_assert_int_eq(mkfifo(scripts_path("log"), 0600), 0);
    struct reader reader = {.fd = open(scripts_path("log"), O_RDONLY | O_NONBLOCK),
                            .text = calloc(1, 8 << 20)};
    ck_assert_int_ge(reader.fd, 0);
    alert_log_use(log_, scripts_path("log"));
    for (uint64_t number = 1; number <= 3000; number++)
        add(number); /* two megabytes: more than there is room for */
    scripts_turn_until(has_all, &reader);
    ck_assert_ptr_nonnull(strstr(reader.text, "faster than they could be written"));
    ck_assert_str_eq(said, "");
    close(reader.fd);
    free(reader.text);
}
END_TEST

START_TEST(a_line_that_was_torn_stays_alone) {
    /* A file may have 1 KiB here, or 2, as the shell counts: what is written there is cut within a line. */
    char text[2300];
    struct command c;
    const char *argv[] = {"sh",
                          "-c",
                          "ulimit -f 2; trap '' XFSZ; exec \"$0\" append \"$1\"",
                          command_natsight(),
                          scripts_path("log"),
                          NULL};
    ck_assert(command_start(&c, argv, NULL));
    memset(text, 'x', sizeof text);
    text[499] = text[sizeof text - 1] = '\n';
    ck_assert(command_write(&c, text, 500));
    ck_assert(command_write(&c, text + 500, sizeof text - 500));
    ck_assert(command_wait_output(&c, "File too large\n", 15000));
    ck_assert_int_eq(truncate(scripts_path("log"), 550), 0); /* there is room again */
    ck_assert(command_write(&c, "{}\n", 3));
    command_close_input(&c);
    ck_assert_int_eq(command_finish(&c, 15000), 0);
    command_free(&c);
    const char *torn = scripts_text("log") + 500;
    ck_assert_int_eq(strspn(torn, "x"), 50);
    ck_assert_int_eq(torn[50], '\n');
    json_t *all = documents(torn + 51);
    ck_assert_uint_eq(json_array_size(all), 2);
    ck_assert_int_gt(number_of(all, 0, "lost"), 0);
    json_decref(all);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("alert log");
    TCase *tc = tcase_create("log");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, begin, end);
    tcase_add_test(tc, each_change_is_a_line);
    tcase_add_test(tc, a_silence_says_whose_it_is_and_until_when);
    tcase_add_test(tc, its_line_is_of_the_life_that_ended);
    tcase_add_test(tc, never_is_no_number);
    tcase_add_test(tc, of_one_that_is_kept_no_more_is_said_what_is_left);
    tcase_add_test(tc, what_is_there_stays);
    tcase_add_test(tc, a_rotated_file_is_left_alone);
    tcase_add_test(tc, another_file_takes_the_place_of_the_first);
    tcase_add_test(tc, what_waits_is_written_at_the_end);
    tcase_add_test(tc, a_folder_that_is_not_there_is_said_until_it_is);
    tcase_add_test(tc, a_full_disk_is_said);
    tcase_add_test(tc, a_pipe_that_nobody_reads_is_said);
    tcase_add_test(tc, a_slow_reader_holds_up_nobody);
    tcase_add_test(tc, a_line_that_was_torn_stays_alone);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
