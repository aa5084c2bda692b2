/* Alerts with keys and commands, on a real server beside one that is not there. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness/servers.h"
#include "tests/harness/shown.h"
#include "tests/harness/suite.h"
#include "tests/harness/text_file.h"

static struct servers *servers;

static void setup(void) {
    servers = servers_start(&(struct servers_options){.nodes = 2, .absent = 2});
    ck_assert_ptr_nonnull(servers);
    setenv("USER", "alice", 1);
}

static void teardown(void) {
    servers_end(servers);
}

static struct terminal *open_configured(int rows, int cols, const char *text) {
    char state[700], path[700];
    snprintf(path, sizeof path, "%s/%d.conf", servers->folder.path, (int)getpid());
    text_file_write(path, "%s", text);
    const char *arguments[] = {
        "--config", path, "--view", "alerts", servers->node[0].http, servers->node[1].http, NULL};
    snprintf(state, sizeof state, "XDG_STATE_HOME=%s/%d", servers->folder.path, (int)getpid());
    const char *env[] = {state, NULL}; /* the same for two of one test */
    struct terminal *t =
        shown_open(arguments, &(struct terminal_options){.rows = rows, .cols = cols, .env = env});
    shown_wait(t, "^!!>.*server_down .* open");
    return t;
}

static struct terminal *open_alerts(int rows, int cols) {
    return open_configured(rows, cols, "");
}

static bool wrote(struct terminal *t, const char *bytes) {
    size_t size, len = strlen(bytes);
    const char *output = terminal_output(t, &size);
    return memmem(output, size, bytes, len) != NULL;
}

static bool has_written(struct terminal *t, void *bytes) {
    return wrote(t, bytes);
}

static void wait_output(struct terminal *t, char *bytes) {
    ck_assert(terminal_wait(t, has_written, bytes, bytes + 1, SHOWN_MS));
}

/* Where words can't be said what is typed is a note all the same, and no keys: Enter ends it. */
static void type_on(struct terminal *t, const char *refusal) {
    ck_assert(terminal_type(t, "q1\r"));
    shown_wait_gone(t, refusal);
}

START_TEST(bell_and_title_are_asked_for) {
    struct terminal *t = open_configured(24, 80, "alerts = { bell = true; title = true; };\n");
    int status;
    wait_output(t, "\033[22;2t\033]2;natsight: ");
    wait_output(t, "\033]2;natsight: 1 CRIT test\a");
    wait_output(t, "\033[?2026l\a");
    shown_type(t, "a", "note:");
    shown_type(t, "\r", "acked");
    wait_output(t, "\033]2;natsight: ok test\a");
    ck_assert(!wrote(t, "\033[23;2t"));
    ck_assert(terminal_type(t, "q"));
    ck_assert(terminal_wait_exit(t, &status, SHOWN_MS));
    ck_assert(wrote(t, "\033[23;2t") && terminal_restored(t));
    terminal_close(t);
}
END_TEST

START_TEST(nobody_asked_for_bell_and_title) {
    struct terminal *t = open_alerts(24, 80);
    shown_peek(t, "a", "note:", "ALERTS 1 open");
    ck_assert(!wrote(t, "\033[22;2t") && !wrote(t, "\033]2;") && !wrote(t, "\a"));
    shown_quit(t);
}
END_TEST

START_TEST(somebody_is_on_it) {
    struct terminal *t = open_alerts(40, 120);
    shown_wait(t, "^!! 1 CRIT ");
    shown_type(t, "a", "^ack DOWN 127.0.0.1:[0-9]+, note:");
    shown_type(t, "a new disk\r", "acknowledged: DOWN 127.0.0.1");
    shown_wait(t, "server_down .* acked +alice, a");
    shown_wait(t, "acknowledged: by alice, ");
    shown_wait(t, "nothing else wrong on 1 of 2 servers, 1 does not answer; 1 acked");
    shown_type(t, "a", "taken back: DOWN 127.0.0.1");
    shown_wait(t, "^!! 1 CRIT ");
    shown_type(t, "A", "nobody has acknowledged it");
    shown_type(t, ":ack\r", "server_down .* acked +alice");
    shown_type(t, "A", "server_down .* open ");
    shown_type(t, "a\033", "ALERTS 1 open");
    shown_quit(t);
}
END_TEST

START_TEST(it_is_silenced_for_a_time) {
    struct terminal *t = open_alerts(40, 120);
    shown_type(t, "M", "^mute server 127.0.0.1:[0-9]+, for .30m, 2h, note.:");
    shown_type(t, "soon\r", "soon +for how long. 30m, 2h, 1d");
    shown_type(t,
               "\025"
               "30m, a new disk\r",
               "is silenced until ");
    shown_wait(t, "server_down .* silenced ");
    shown_wait(t, "silenced: server 127.0.0.1:[0-9]+ until [0-9:]+, a new disk");
    shown_wait(t, "nothing else wrong on 1 of 2 servers, 1 does not answer; 1 silenced");
    shown_type(t, "M", "is not silenced any more");
    shown_wait(t, "^!! 1 CRIT ");
    shown_type(t, "\r", "> Node ");
    shown_type(t, ":silence 2h\r", "is silenced until ");
    shown_type(t, ":silence off\r", "is not silenced any more");
    shown_type(t, ":ack\r", "acknowledged: DOWN");
    shown_type(t, "2", "> Connections");
    shown_peek(t, ":ack\r", "which one. select it in the view Alerts", "1 Overview");
    shown_peek(t, ":silence 1h\r", "what. select an alert", "1 Overview");
    shown_type(t, ":alerts\r", "server_down .* acked ");
    shown_quit(t);
}
END_TEST

/* On a picture that stands still it is seen at once, and is true of what goes on. */
START_TEST(it_is_done_while_the_screen_is_paused) {
    struct terminal *t = open_alerts(24, 80);
    shown_type(t, " ", "PAUSED");
    shown_type(t, "a", "note:");
    shown_type(t, "\r", "server_down .* acked");
    shown_type(t, " ", "\\[LIVE\\]");
    shown_wait(t, "server_down .* acked");
    shown_quit(t);
}
END_TEST

/* Of two on one cluster one keeps the alerts, and people speak there. */
START_TEST(who_reads_only_refuses) {
    struct terminal *keeps = open_alerts(24, 80), *reads = open_alerts(24, 80);
    shown_type(reads, "a", "natsight [0-9]+ keeps the alerts");
    type_on(reads, "keeps the alerts");
    shown_type(reads, "M", "natsight [0-9]+ keeps the alerts");
    ck_assert(terminal_type(reads, "\033"));
    shown_wait_gone(reads, "keeps the alerts");
    shown_type(keeps, "a", "note:");
    shown_type(keeps, "\r", "server_down .* acked");
    shown_wait(reads, "server_down .* acked");
    shown_quit(reads);
    shown_quit(keeps);
}
END_TEST

START_TEST(what_is_over_is_history) {
    struct terminal *t = open_alerts(40, 120);
    ck_assert(servers_restart(servers, 1, false));
    shown_wait(t, "^ .>.*server_down .* cleared");
    shown_wait(t, "ALERTS 0 open +1 cleared");
    shown_type(t, "a",
               "^no ack .* it is over since [0-2][0-9]:[0-5][0-9]:[0-5][0-9]; nothing to acknowledge");
    type_on(t, "nothing to acknowledge");
    shown_wait(t, "ALERTS 0 open +1 cleared");
    shown_peek(t, ":ack\r", "it is over since [0-9:]+; nothing to acknowledge", "ALERTS 0 open +1 cleared");
    shown_type(t, "E", "none opened before");
    shown_peek(t, "/state=open\r", "nothing passes the filter", "cleared ");
    servers_kill(servers, 1);
    shown_type(t, ":events\r", "^[ >][0-9:]+ .* alert !! .* back crit: ");
    shown_type(t, "1", "^.NODES");
    shown_type(t, "E", "^>[0-9:]+ .* alert !! .* back crit: ");
    shown_type(t, "e", "this is the newest event");
    shown_type(t, "E", "^>[0-9:]+ .* lost ");
    shown_type(t, "\r", "> Node ");
    shown_quit(t);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("e2e alerts");
    TCase *tc = tcase_create("alerts");
    tcase_add_unchecked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, bell_and_title_are_asked_for);
    tcase_add_test(tc, nobody_asked_for_bell_and_title);
    tcase_add_test(tc, somebody_is_on_it);
    tcase_add_test(tc, it_is_silenced_for_a_time);
    tcase_add_test(tc, it_is_done_while_the_screen_is_paused);
    tcase_add_test(tc, who_reads_only_refuses);
    suite_add_tcase(suite, tc);
    TCase *ends = tcase_create("ends");
    tcase_add_checked_fixture(ends, setup, teardown);
    tcase_set_timeout(ends, 120);
    tcase_add_test(ends, what_is_over_is_history);
    suite_add_tcase(suite, ends);
    return suite_run(suite);
}
