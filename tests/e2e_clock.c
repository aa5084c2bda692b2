/* The machine's clock is moved while the program watches real servers. What is moved is a fake, for natsight
 * and its collectors alone: tests/preload/moved_clock.c. The servers' clocks stay. */
#include <check.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/harness/command.h"
#include "tests/harness/folder.h"
#include "tests/harness/servers.h"
#include "tests/harness/shown.h"
#include "tests/harness/suite.h"

enum { KEPT_MS = 30000, HOUR = 3600 };

static struct servers *cluster;
static struct folder folder;
static char state[600], clock_file[600], library[700];

static void move_clock(int64_t seconds) {
    int fd = open(clock_file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    ck_assert_int_eq(pwrite(fd, &seconds, sizeof seconds, 0), (ssize_t)sizeof seconds);
    close(fd);
}

static void start(void) {
    const char *life = command_life();
    cluster = servers_start(&(struct servers_options){.nodes = 2});
    ck_assert_ptr_nonnull(cluster);
    ck_assert(folder_make(&folder, "natsight-clock"));
    snprintf(state, sizeof state, "XDG_STATE_HOME=%s", folder.path);
    snprintf(clock_file, sizeof clock_file, "%s/moved", folder.path);
    snprintf(library, sizeof library, "LD_PRELOAD=%.*s/moved_clock.so", (int)(strrchr(life, '/') - life),
             life);
    move_clock(0);
}

static void end(void) {
    folder_remove(&folder);
    servers_end(cluster);
}

static void plain_start(struct command *c) {
    char moved[700];
    const char *argv[] = {command_natsight(),    "--plain", "--label", "mine", cluster->node[0].http,
                          cluster->node[1].http, NULL};
    snprintf(moved, sizeof moved, "MOVED_CLOCK=%s", clock_file);
    ck_assert(command_start(c, argv, (const char *[]){state, library, moved, NULL}));
}

static void await_output(struct command *c, const char *text) {
    ck_assert_msg(command_wait_output(c, text, KEPT_MS), "not said: %s\n%s%s", text, c->output, c->errors);
}

static double instant_of(const json_t *alert, const char *name) {
    int64_t ns = 0;
    const char *text = json_string_value(json_object_get(alert, name));
    ck_assert_ptr_nonnull(text);
    ck_assert(time_parse(text, strlen(text), &ns));
    return (double)ns / 1e9;
}

struct kept { /* of the alert that n2 is down, as it stands in the file */
    char state[20];
    double opened, ended; /* 0 */
    int times;
};

static struct kept kept(void) {
    char path[700];
    size_t i;
    json_t *alert;
    struct kept out = {0};
    snprintf(path, sizeof path, "%s/natsight/alerts-mine.json", folder.path);
    json_t *document = json_load_file(path, 0, NULL);
    json_array_foreach(json_object_get(document, "alerts"), i, alert) {
        if (strcmp(json_string_value(json_object_get(alert, "rule")), "server_down") != 0)
            continue;
        snprintf(out.state, sizeof out.state, "%s", json_string_value(json_object_get(alert, "state")));
        out.opened = instant_of(alert, "opened");
        out.ended = json_object_get(alert, "ended") ? instant_of(alert, "ended") : 0;
        out.times = (int)json_integer_value(json_object_get(alert, "times"));
    }
    json_decref(document);
    return out;
}

/* In that state, and opened then, 0: whenever. */
static struct kept await_kept(struct command *c, const char *in_state, double opened) {
    for (int64_t until = servers_now_ms() + KEPT_MS;;) {
        struct kept now = kept();
        double off = now.opened - opened;
        if (strcmp(now.state, in_state) == 0 && (opened == 0 || (off > -0.002 && off < 0.002)))
            return now;
        ck_assert_msg(servers_now_ms() < until, "%s, opened %.3f, and not %s, %.3f\n%s", now.state,
                      now.opened, in_state, opened, c->output);
        command_pump(c, 50);
    }
}

static void kill_hard(struct command *c) {
    ck_assert_int_eq(kill(c->pid, SIGKILL), 0);
    ck_assert_int_eq(command_finish(c, SHOWN_MS), 128 + SIGKILL);
    ck_assert_str_eq(c->errors, "");
}

/* The line with this text begins with the time that the moved clock has. */
static void check_line(const struct command *c, const char *text, int ahead_s) {
    int h, m, s, day = 86400;
    const char *line = strstr(c->output, text);
    ck_assert_ptr_nonnull(line);
    while (line > c->output && line[-1] != '\n')
        line--;
    ck_assert_msg(sscanf(line, "%d:%d:%d", &h, &m, &s) == 3, "%s", line);
    int late = (int)((time(NULL) + ahead_s - (h * HOUR + m * 60 + s)) % day);
    ck_assert_msg(late < 10 || late > day - 2, "%d s: %s", late, line);
}

#define FOLLOWS ": times of day follow it, spans stay as they were\n"

START_TEST(moved_while_it_watches) {
    struct command c;
    plain_start(&c);
    await_output(&c, " ok servers mine 2/2\n");
    servers_kill(cluster, 1);
    await_output(&c, " crit server_down n2 down\n");
    int64_t began_ms = servers_now_ms();
    double opened = await_kept(&c, "open", 0).opened;
    move_clock(HOUR);
    await_output(&c, " info clock - the system's clock was put on by 1h00m" FOLLOWS);
    await_kept(&c, "open", opened + HOUR);
    move_clock(-HOUR);
    await_output(&c, " info clock - the system's clock was put back by 2h00m" FOLLOWS);
    check_line(&c, "put back by 2h00m", -HOUR);
    await_kept(&c, "open", opened - HOUR);
    move_clock(0);
    await_kept(&c, "open", opened);
    move_clock(HOUR);
    ck_assert_int_eq(await_kept(&c, "open", opened + HOUR).times, 1);
    ck_assert_ptr_null(strstr(c.output, " ok server_down"));
    kill_hard(&c);
    command_free(&c);
    plain_start(&c); /* it has the clock as it is */
    await_output(&c, " warn servers mine 1/2\n");
    ck_assert(servers_restart(cluster, 1, false));
    await_output(&c, " ok server_down n2 up\n");
    check_line(&c, " ok server_down n2 up\n", HOUR);
    struct kept last = await_kept(&c, "cleared", opened + HOUR);
    double passed = (double)(servers_now_ms() - began_ms) / 1e3;
    ck_assert_double_le(last.ended - last.opened, passed + 2);
    ck_assert_double_ge(last.ended - last.opened, passed - 60); /* it ended a while ago */
    ck_assert_int_eq(last.times, 1);
    ck_assert_ptr_null(strstr(c.output, " clock "));
    kill_hard(&c);
    command_free(&c);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("clock");
    TCase *tc = tcase_create("clock");
#ifdef __SANITIZE_ADDRESS__
    puts("skipped: a moved clock: a sanitizer bears no library before it");
    (void)moved_while_it_watches, (void)start, (void)end;
#else
    tcase_set_timeout(tc, 200);
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, moved_while_it_watches);
#endif
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
