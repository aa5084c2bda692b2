/* The demo ends on every way out, and nothing of it stays; the generator holds the load it was asked for. */
#include "tests/harness/command.h"
#include "tests/harness/folder.h"
#include "tests/harness/http_get.h"
#include "tests/harness/servers.h"
#include "tests/harness/suite.h"
#include "tests/harness/terminal.h"

#include <check.h>
#include <dirent.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DEADLINE_MS = 30000 };

static const struct {
    const char *name, *typed; /* typed into the terminal, or */
    int signal;               /* sent to the demo */
    int code;                 /* the demo's exit code, -1: ended by a signal or whatever */
} ways[] = {
    {"the program ends", "q\r", 0, 5}, {"Ctrl-C", "\x03", 0, 130},     {"SIGTERM", NULL, SIGTERM, 143},
    {"SIGHUP", NULL, SIGHUP, 129},     {"SIGKILL", NULL, SIGKILL, -1},
};

static const char *demo_path(void) {
    const char *path = getenv("DEMO");
    return path && *path ? path : "build/tests/demo";
}

static int entries(const char *path) {
    int n = 0;
    DIR *dir = opendir(path);
    for (struct dirent *e; dir && (e = readdir(dir));)
        n += e->d_name[0] != '.';
    if (dir)
        closedir(dir);
    return n;
}

static bool nothing_left(struct terminal *t, void *folder) {
    return terminal_processes(t) == 0 && entries(folder) == 0;
}

START_TEST(demo_leaves_nothing) {
    struct folder folder;
    char tmp[600];
    int status = 0;
    ck_assert(folder_make(&folder, "natsight-demo-test"));
    snprintf(tmp, sizeof tmp, "TMPDIR=%s", folder.path);
    const char *env[] = {tmp, NULL};
    const char *argv[] = {demo_path(), "sh", "-c", "echo \"shown $1 $2 $# $3\"; read x; exit 5", "sh", NULL};
    struct terminal *t = terminal_open(argv, &(struct terminal_options){.env = env});
    ck_assert_ptr_nonnull(t);
    ck_assert(terminal_wait_regex(t, "^shown --label demo 5 http://127.0.0.1:[0-9]+$", DEADLINE_MS));
    ck_assert_int_ge(terminal_processes(t),
                     7); /* itself, the program, three servers, life, the folder's guard */
    ck_assert_int_eq(entries(folder.path), 1);
    if (ways[_i].typed)
        terminal_type(t, ways[_i].typed);
    else
        terminal_signal(t, ways[_i].signal);
    ck_assert(terminal_wait_exit(t, &status, DEADLINE_MS));
    if (ways[_i].code >= 0)
        ck_assert_int_eq(WEXITSTATUS(status), ways[_i].code);
    ck_assert(terminal_wait(t, nothing_left, folder.path, "nothing left", DEADLINE_MS));
    terminal_close(t);
    folder_remove(&folder);
}
END_TEST

/* As a shell sees it: the whole job stops with the program, and goes on with it. */
START_TEST(demo_stops_with_its_program) {
    int status = 0;
    const char *argv[] = {demo_path(), "sh", "-c", "echo up; kill -STOP $$; echo back; read x; exit 5",
                          "sh",        NULL};
    struct terminal *t = terminal_open(argv, NULL);
    ck_assert_ptr_nonnull(t);
    ck_assert(terminal_wait_text(t, "up", DEADLINE_MS));
    ck_assert(terminal_wait_stopped(t, DEADLINE_MS));
    ck_assert_int_lt(terminal_find(t, "back", NULL), 0);
    ck_assert(terminal_continue(t));
    ck_assert(terminal_wait_text(t, "back", DEADLINE_MS));
    terminal_type(t, "q\r");
    ck_assert(terminal_wait_exit(t, &status, DEADLINE_MS));
    ck_assert_int_eq(WEXITSTATUS(status), 5);
    terminal_close(t);
}
END_TEST

START_TEST(demo_kills_a_node_and_starts_it_again) {
    struct command c;
    const char *argv[] = {demo_path(), "--fault-every", "4", NULL};
    char killed[32] = "", url[64] = "", varz_url[80], *at;
    int status;
    ck_assert(command_start(&c, argv, NULL));
    ck_assert(command_wait_output(&c, "Ctrl-C ends it", DEADLINE_MS));
    ck_assert_int_eq(sscanf(c.output, "%50s", url), 1);
    snprintf(varz_url, sizeof varz_url, "%s/varz", url);
    ck_assert(command_wait_output(&c, "killed n1", DEADLINE_MS));
    ck_assert(command_wait_output(&c, "started n1 again", DEADLINE_MS));
    int64_t deadline = servers_now_ms() + DEADLINE_MS;
    json_t *varz = NULL;
    while (!(varz = http_get_json(varz_url, 500)) && servers_now_ms() < deadline)
        usleep(20000);
    ck_assert_str_eq(json_string_value(json_path(varz, "server_name")), "n1");
    ck_assert_double_eq(json_path_number(varz, "max_pending"), 16777216);
    json_decref(varz);
    at = strstr(c.output, "Z killed n1");
    ck_assert_ptr_nonnull(at);
    snprintf(killed, sizeof killed, "%.20s", at - 19);
    ck_assert_int_eq(killed[10], 'T');
    kill(c.pid, SIGTERM);
    status = command_finish(&c, DEADLINE_MS);
    ck_assert_int_eq(status, 143);
    command_free(&c);
}
END_TEST

/* One line says what is missing, and nothing was started. */
static const struct {
    const char *env, *words;
} missing[] = {
    {"NATS_SERVER=/no/such/server", "the server is missing: /no/such/server"},
    {"NATS_SERVER=no-such-server", "the server is missing: no-such-server"},
    {"LIFE=/no/such/life", "the generator of its life is missing: /no/such/life"},
};

START_TEST(demo_says_what_is_missing) {
    const char *env[] = {missing[_i].env, NULL}, *argv[] = {demo_path(), NULL};
    struct command c;
    ck_assert_int_eq(command_run(&c, argv, env, DEADLINE_MS), 1);
    ck_assert_str_eq(c.output, "");
    ck_assert_msg(strstr(c.errors, missing[_i].words) != NULL, "%s", c.errors);
    ck_assert_ptr_eq(strchr(c.errors, '\n'), c.errors + c.errors_size - 1);
    command_free(&c);
}
END_TEST

/* A server that starts and dies of it: its own words. */
START_TEST(demo_says_why_a_server_ended) {
    const char *env[] = {"NATS_SERVER=/bin/false", NULL}, *argv[] = {demo_path(), NULL};
    struct command c;
    ck_assert_int_eq(command_run(&c, argv, env, DEADLINE_MS), 1);
    ck_assert_ptr_nonnull(strstr(c.errors, "not ready in time"));
    command_free(&c);
}
END_TEST

START_TEST(life_holds_its_rate) {
    struct servers_options options = {.nodes = 1};
    struct servers *s = servers_start(&options);
    struct command c;
    double seconds = 0;
    unsigned long long published = 0, bytes = 0, received = 0;
    ck_assert_ptr_nonnull(s);
    const char *argv[] = {
        command_life(), "--only",       "steady", "--rate",   "3000", "--seconds",    "3", "--size",
        "100",          "--publishers", "2",      "--fanout", "2",    s->node[0].url, NULL};
    ck_assert_int_eq(command_run(&c, argv, NULL, DEADLINE_MS), 0);
    const char *last = strstr(c.output, "{\"life\":1");
    ck_assert_ptr_nonnull(last);
    json_t *summary = json_loads(last, 0, NULL), *row;
    size_t i;
    json_array_foreach(json_path(summary, "subjects"), i, row) {
        published += (unsigned long long)json_path_number(row, "published");
        bytes += (unsigned long long)json_path_number(row, "bytes");
        received += (unsigned long long)json_path_number(row, "received");
        ck_assert_double_eq(json_path_number(row, "failed"), 0);
    }
    ck_assert_uint_eq(published, 9000);
    ck_assert_uint_eq(bytes, 900000);
    ck_assert_uint_eq(received, 18000);
    const char *took = strstr(c.output, "published for ");
    ck_assert_ptr_nonnull(took);
    ck_assert_int_eq(sscanf(took, "published for %lf s", &seconds), 1);
    ck_assert_double_ge(seconds, 2.99);
    char url[128];
    snprintf(url, sizeof url, "%s/varz", s->node[0].http);
    json_t *varz = http_get_json(url, 2000);
    ck_assert_double_eq(json_path_number(varz, "in_msgs"), 9000);
    ck_assert_double_eq(json_path_number(varz, "out_msgs"), 18000);
    json_decref(varz);
    json_decref(summary);
    command_free(&c);
    servers_end(s);
}
END_TEST

START_TEST(life_makes_streams_and_a_backlog) {
    struct servers_options options = {.nodes = 1, .jetstream = true};
    struct servers *s = servers_start(&options);
    struct command c;
    ck_assert_ptr_nonnull(s);
    const char *argv[] = {command_life(), "--only", "backlog",      "--messages", "250",
                          "--size",       "64",     s->node[0].url, NULL};
    ck_assert_int_eq(command_run(&c, argv, NULL, DEADLINE_MS), 0);
    ck_assert_ptr_nonnull(strstr(c.output, "life ready"));
    char url[160];
    snprintf(url, sizeof url, "%s/jsz?consumers=1", s->node[0].http);
    json_t *jsz = http_get_json(url, 2000), *stream = json_path(jsz, "account_details.0.stream_detail.0");
    ck_assert_str_eq(json_string_value(json_path(stream, "name")), "BACKLOG");
    ck_assert_double_eq(json_path_number(stream, "state.messages"), 250);
    ck_assert_double_eq(json_path_number(stream, "consumer_detail.0.num_pending"), 250);
    json_decref(jsz);
    command_free(&c);
    servers_end(s);
}
END_TEST

START_TEST(life_refuses_nonsense) {
    static const char *const lines[][4] = {{"--only", "nothing", "nats://127.0.0.1:1", NULL},
                                           {"--rate", "x", "nats://127.0.0.1:1", NULL},
                                           {"--only", "steady", NULL, NULL}};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const char *argv[] = {command_life(), lines[i][0], lines[i][1], lines[i][2], NULL};
        struct command c;
        ck_assert_int_eq(command_run(&c, argv, NULL, DEADLINE_MS), 64);
        command_free(&c);
    }
}
END_TEST

static Suite *suite(void) {
    Suite *s = suite_create("demo");
    TCase *demo = tcase_create("demo");
    tcase_set_timeout(demo, 120);
    tcase_add_loop_test(demo, demo_leaves_nothing, 0, (int)(sizeof ways / sizeof *ways));
    tcase_add_loop_test(demo, demo_says_what_is_missing, 0, (int)(sizeof missing / sizeof *missing));
    tcase_add_test(demo, demo_says_why_a_server_ended);
    tcase_add_test(demo, demo_stops_with_its_program);
    tcase_add_test(demo, demo_kills_a_node_and_starts_it_again);
    suite_add_tcase(s, demo);
    TCase *life = tcase_create("life");
    tcase_set_timeout(life, 120);
    tcase_add_test(life, life_holds_its_rate);
    tcase_add_test(life, life_makes_streams_and_a_backlog);
    tcase_add_test(life, life_refuses_nonsense);
    suite_add_tcase(s, life);
    return s;
}

int main(void) {
    return suite_run(suite());
}
