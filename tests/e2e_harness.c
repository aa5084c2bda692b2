/* The harness itself: real servers come up, die and come back. */
#include "tests/harness/command.h"
#include "tests/harness/http_get.h"
#include "tests/harness/natsc.h"
#include "tests/harness/servers.h"
#include "tests/harness/suite.h"
#include "tests/harness/terminal.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DEADLINE_MS = 15000 };

static double number_at(const struct servers *s, int node, const char *endpoint, const char *path) {
    char url[128];
    snprintf(url, sizeof url, "%s%s", s->node[node].http, endpoint);
    json_t *root = http_get_json(url, 2000);
    double value = json_path_number(root, path);
    json_decref(root);
    return value;
}

/* The leader's word of its peers comes when it comes. */
static bool comes_to(const struct servers *s, int node, const char *endpoint, const char *path,
                     double value) {
    int64_t deadline = servers_now_ms() + DEADLINE_MS;
    while (number_at(s, node, endpoint, path) != value)
        if (servers_now_ms() > deadline)
            return false;
    return true;
}

START_TEST(cluster_loses_and_regains_a_node) {
    struct servers_options options = {.nodes = 3, .jetstream = true, .config = "max_pending: 16MB"};
    struct servers *s = servers_start(&options);
    ck_assert_ptr_nonnull(s);
    ck_assert_int_ge(servers_meta_leader(s), 0);
    ck_assert_double_eq(number_at(s, 0, "/varz", "max_pending"), 16777216);
    ck_assert(comes_to(s, 2, "/jsz", "meta_cluster.cluster_size", 3));
    int dead = servers_meta_leader(s);
    servers_kill(s, dead);
    ck_assert_int_eq(http_get_json(s->node[dead].http, 500) == NULL, 1);
    ck_assert(servers_wait_ready(s, DEADLINE_MS));
    ck_assert_int_ne(servers_meta_leader(s), dead);
    ck_assert(servers_restart(s, dead, true));
    ck_assert(servers_wait_ready(s, DEADLINE_MS));
    ck_assert(comes_to(s, dead, "/varz", "remotes", 2));
    servers_end(s);
}
END_TEST

START_TEST(nodes_share_a_port_on_addresses_of_their_own) {
    struct servers_options options = {.nodes = 2, .addresses = true, .absent = 2};
    struct servers *s = servers_start(&options);
    ck_assert_ptr_nonnull(s);
    ck_assert_str_eq(s->node[1].address, "127.0.0.12");
    ck_assert_int_eq(s->node[0].monitor_port, s->node[1].monitor_port);
    ck_assert_double_eq(number_at(s, 0, "/varz", "remotes"), 0);
    ck_assert(servers_restart(s, 1, false));
    ck_assert(servers_wait_ready(s, DEADLINE_MS));
    servers_pause(s, 1);
    ck_assert_ptr_null(http_get("http://127.0.0.12:1/", NULL, 200));
    servers_resume(s, 1);
    ck_assert(servers_wait_ready(s, DEADLINE_MS));
    servers_end(s);
}
END_TEST

/* The cluster belongs to a process that dies in the middle: nothing of it may stay. */
START_TEST(nothing_stays_after_a_crash) {
    int ends[2];
    struct {
        pid_t server, guard;
        char folder[512];
    } told = {0};
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        struct servers_options options = {.nodes = 1};
        struct servers *s = servers_start(&options);
        if (s) {
            told.server = s->node[0].pid;
            told.guard = s->folder.guard;
            snprintf(told.folder, sizeof told.folder, "%s", s->folder.path);
        }
        if (write(ends[1], &told, sizeof told) < 0)
            perror("pipe");
        abort();
    }
    ck_assert_int_eq(read(ends[0], &told, sizeof told), sizeof told);
    waitpid(child, NULL, 0);
    ck_assert_int_gt(told.server, 0);
    int64_t deadline = servers_now_ms() + DEADLINE_MS;
    while ((kill(told.server, 0) == 0 || kill(told.guard, 0) == 0 || access(told.folder, F_OK) == 0) &&
           servers_now_ms() < deadline)
        usleep(10000);
    ck_assert_int_ne(kill(told.server, 0), 0);
    ck_assert_int_ne(access(told.folder, F_OK), 0);
}
END_TEST

START_TEST(raw_client_publishes_subscribes_and_asks) {
    struct servers_options options = {.nodes = 1, .jetstream = true};
    struct servers *s = servers_start(&options);
    ck_assert_ptr_nonnull(s);
    struct natsc *c = natsc_connect(s->node[0].url, &(struct natsc_options){.name = "raw"}, DEADLINE_MS);
    ck_assert_ptr_nonnull(c);
    ck_assert_ptr_nonnull(strstr(natsc_info(c), "\"server_id\""));
    struct natsc_message m;
    int sid = natsc_subscribe(c, "a.*", NULL);
    ck_assert(natsc_publish(c, "a.b", "back", "one", 3));
    ck_assert(natsc_publish_many(c, "a.many", 100, 3000));
    ck_assert(natsc_flush(c, DEADLINE_MS));
    ck_assert(natsc_next(c, &m, DEADLINE_MS));
    ck_assert_int_eq(m.sid, sid);
    ck_assert_str_eq(m.subject, "a.b");
    ck_assert_str_eq(m.reply, "back");
    ck_assert_str_eq(m.data, "one");
    for (int i = 0; i < 3000; i++)
        ck_assert(natsc_next(c, &m, DEADLINE_MS) && m.size == 100);
    ck_assert(!natsc_next(c, &m, 0));
    ck_assert_double_eq(number_at(s, 0, "/varz", "in_msgs"), 3001);
    ck_assert_ptr_null(natsc_request(c, "nobody.there", "", DEADLINE_MS));
    char *info = natsc_request(c, "$JS.API.INFO", "", DEADLINE_MS);
    ck_assert_ptr_nonnull(info);
    ck_assert_ptr_nonnull(strstr(info, "account_info_response"));
    free(info);
    natsc_close(c);
    servers_end(s);
}
END_TEST

static struct terminal *shell(const char *script) {
    const char *argv[] = {"sh", "-c", script, NULL};
    struct terminal *t = terminal_open(argv, &(struct terminal_options){.rows = 10, .cols = 40});
    ck_assert_ptr_nonnull(t);
    return t;
}

START_TEST(terminal_shows_text_and_attributes) {
    int col, status, rows;
    struct terminal *t = shell("printf 'plain \\033[1;38;5;196mred\\033[0m \\033[7mback\\033[0m "
                               "\\344\\270\\255x \\342\\224\\200\\n'; stty size; read line; echo got $line");
    ck_assert(terminal_wait_text(t, "10 40", DEADLINE_MS));
    ck_assert_str_eq(terminal_row(t, 0), "plain red back \xe4\xb8\xadx \xe2\x94\x80");
    ck_assert_int_eq(terminal_find(t, "x \xe2\x94\x80", &col), 0);
    ck_assert_int_eq(col, 17);
    struct terminal_cell plain = terminal_cell(t, 0, 0), red = terminal_cell(t, 0, 6),
                         back = terminal_cell(t, 0, 10);
    ck_assert(!plain.bold && plain.fg == TERMINAL_DEFAULT && plain.bg == TERMINAL_DEFAULT && !plain.reverse);
    ck_assert(red.bold && red.fg == 196 && !strcmp(red.text, "r"));
    ck_assert(back.reverse && !back.bold);
    ck_assert_int_eq(terminal_cell(t, 0, 15).width, 2);
    ck_assert(terminal_type(t, "abc\r"));
    ck_assert(terminal_wait_regex(t, "^got a.c$", DEADLINE_MS));
    ck_assert(terminal_wait_exit(t, &status, DEADLINE_MS));
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    ck_assert(terminal_restored(t));
    terminal_size(t, &rows, &col);
    ck_assert_int_eq(rows, 10);
    terminal_close(t);
}
END_TEST

START_TEST(terminal_resizes_and_says_what_was_not_restored) {
    struct terminal *t =
        shell("trap 'stty size; exit 3' WINCH; printf '\\033[?1049h\\033[?25lready'; stty -echo; "
              "while :; do sleep 0.05; done");
    int status;
    ck_assert(terminal_wait_text(t, "ready", DEADLINE_MS));
    ck_assert(terminal_alternate(t));
    terminal_resize(t, 20, 60);
    ck_assert(terminal_wait_text(t, "20 60", DEADLINE_MS));
    ck_assert(terminal_wait_exit(t, &status, DEADLINE_MS));
    ck_assert_int_eq(WEXITSTATUS(status), 3);
    ck_assert(!terminal_restored(t));
    terminal_close(t);
}
END_TEST

START_TEST(terminal_stops_continues_and_hangs_up) {
    int status;
    struct terminal *t = shell(
        "sleep 1000 & echo ready; exec sleep 1000"); /* one that reads may see the end before the signal */
    ck_assert(terminal_wait_text(t, "ready", DEADLINE_MS));
    ck_assert_int_ge(terminal_processes(t), 2);
    ck_assert(terminal_type(t, "\x1a"));
    ck_assert(terminal_wait_stopped(t, DEADLINE_MS));
    ck_assert(terminal_continue(t));
    ck_assert(terminal_type(t, "again\r"));
    ck_assert(terminal_wait_text(t, "again", DEADLINE_MS));
    terminal_hangup(t);
    ck_assert(terminal_wait_exit(t, &status, DEADLINE_MS));
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP);
    terminal_close(t);
}
END_TEST

START_TEST(command_gives_output_errors_and_code) {
    struct command c;
    const char *argv[] = {"sh", "-c", "echo out $HARNESS_WORD; echo err >&2; exit 7", NULL};
    const char *env[] = {"HARNESS_WORD=word", NULL};
    ck_assert_int_eq(command_run(&c, argv, env, DEADLINE_MS), 7);
    ck_assert_str_eq(c.output, "out word\n");
    ck_assert_str_eq(c.errors, "err\n");
    command_free(&c);
    const char *copy[] = {"cat", NULL};
    ck_assert(command_start(&c, copy, NULL));
    ck_assert(command_write(&c, "hello", 5));
    ck_assert(command_wait_output(&c, "hello", DEADLINE_MS));
    ck_assert_int_eq(command_finish(&c, DEADLINE_MS), 0);
    command_free(&c);
}
END_TEST

static Suite *suite(void) {
    Suite *s = suite_create("harness");
    TCase *servers = tcase_create("servers");
    tcase_set_timeout(servers, 60);
    tcase_add_test(servers, cluster_loses_and_regains_a_node);
    tcase_add_test(servers, nodes_share_a_port_on_addresses_of_their_own);
    tcase_add_test(servers, nothing_stays_after_a_crash);
    tcase_add_test(servers, raw_client_publishes_subscribes_and_asks);
    suite_add_tcase(s, servers);
    TCase *programs = tcase_create("programs");
    tcase_set_timeout(programs, 60);
    tcase_add_test(programs, terminal_shows_text_and_attributes);
    tcase_add_test(programs, terminal_resizes_and_says_what_was_not_restored);
    tcase_add_test(programs, terminal_stops_continues_and_hangs_up);
    tcase_add_test(programs, command_gives_output_errors_and_code);
    suite_add_tcase(s, programs);
    return s;
}

int main(void) {
    return suite_run(suite());
}
