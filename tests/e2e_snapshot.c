/* Snapshots: what they wait for, where they are written, and how it is told that they can't be. */
#include "tests/harness/command.h"
#include "tests/harness/folder.h"
#include "tests/harness/hostile.h"
#include "tests/harness/suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEADLINE_MS = 40000 };

/* A consumer whose lag grows by a thousand with each request. */
#define JSZ                                                                                                  \
    "{\"server_id\":\"$ID\",\"now\":\"$NOW\",\"streams\":1,\"consumers\":1,\"messages\":9,\"bytes\":9,"      \
    "\"account_details\":[{\"name\":\"APP\",\"id\":\"APP\",\"stream_detail\":[{\"name\":\"ORDERS\","         \
    "\"state\":{"                                                                                            \
    "\"messages\":9,"                                                                                        \
    "\"bytes\":9,\"first_seq\":1,\"last_seq\":9,\"consumer_count\":1},\"consumer_detail\":[{\"stream_"       \
    "name\":"                                                                                                \
    "\"ORDERS\",\"name\":\"audit\",\"delivered\":{\"consumer_seq\":1,\"stream_seq\":1},\"ack_floor\":{"      \
    "\"consumer_seq\":1,\"stream_seq\":1},\"num_ack_pending\":0,\"num_redelivered\":0,\"num_waiting\":0,"    \
    "\"num_pending\":$N000}]}]}]}"

#define VARZ                                                                                                 \
    "{\"server_id\":\"$ID\",\"server_name\":\"one\",\"version\":\"2.15.2\",\"start\":\"2026-01-01T00:00:"    \
    "00Z\","                                                                                                 \
    "\"now\":\"$NOW\",\"mem\":1,\"cores\":2,\"cpu\":0.5,\"connections\":1,\"in_msgs\":$N,\"out_msgs\":$N,"   \
    "\"in_bytes\":$N,\"out_bytes\":$N,\"in_client_msgs\":$N,\"out_client_msgs\":$N,\"in_client_bytes\":$N,"  \
    "\"out_client_bytes\":$N,\"cluster\":{},\"gateway\":{},\"leaf\":{},\"jetstream\":{\"config\":{"          \
    "\"max_memory\":1000,\"max_storage\":1000,\"store_dir\":\"/"                                             \
    "d\"},\"stats\":{\"memory\":0,\"storage\":9}}}"

static struct hostile *server;

static void start(void) {
    const struct hostile_rule rules[] = {{"/jsz", HOSTILE_ANSWER, 0, JSZ, 0, 0},
                                         {"/varz", HOSTILE_ANSWER, 0, VARZ, 0, 0}};
    server = hostile_start("127.0.0.1", 0, "one", rules, 2);
    ck_assert_ptr_nonnull(server);
}

static void end(void) {
    hostile_end(server);
}

/* Two answers make a rate, three a slope: what a view shows is there when the picture is taken. */
START_TEST(a_slope_is_awaited) {
    const char *argv[] = {command_natsight(), "snapshot",          "-o", "-", "--view", "jetstream", "--size",
                          "120x24",           hostile_url(server), NULL};
    struct command c;
    ck_assert_int_eq(command_run(&c, argv, NULL, DEADLINE_MS), 0);
    const char *row = strstr(c.output, "ORDERS / audit");
    ck_assert_msg(row != NULL, "%s", c.output);
    ck_assert_msg(memmem(row, strcspn(row, "\n"), "new", 3) == NULL, "%s", c.output);
    ck_assert_msg(memmem(row, strcspn(row, "\n"), " +", 2) != NULL, "%s", c.output);
    ck_assert_int_ge(hostile_requests(server, "/jsz"), 3);
    command_free(&c);
}
END_TEST

/* A server without routes is not asked for them: nobody waits for an answer. Who would, gave up after 25 s.
 */
START_TEST(what_is_not_asked_is_not_awaited) {
    const char *argv[] = {command_natsight(),  "print", "--json", "server.routes", "closed", "--",
                          hostile_url(server), NULL};
    struct command c;
    int varz = hostile_requests(server, "/varz");
    ck_assert_int_eq(command_run(&c, argv, NULL, DEADLINE_MS), 0);
    ck_assert_msg(strstr(c.output, "\"closed\":[]") != NULL, "%s", c.output);
    ck_assert_int_lt(hostile_requests(server, "/varz") - varz, 20); /* one a second */
    command_free(&c);
}
END_TEST

/* The shell's words: $1 is the program, $2 the URL, $3 a folder. */
static const struct scene {
    const char *script;
    int code;
    const char *errors; /* their end */
} scenes[] = {
    {"\"$1\" snapshot -o - --for 1s \"$2\" <&- | grep -q '1/1 up'", 0, ""},
    {"\"$1\" snapshot -o - --for 1s \"$2\" 2>&- | grep -q '1/1 up'", 0, ""},
    {"\"$1\" snapshot -o - --for 200ms \"$2\" | head -c 1 >/dev/null", 0, ""},
    {"exec \"$1\" snapshot -o - --for 200ms \"$2\" >&-", 1,
     "natsight: standard output can't be written: Bad file descriptor\n"},
    {"exec \"$1\" snapshot -o - --for 200ms \"$2\" >/dev/full", 1,
     "natsight: standard output can't be written: No space left on device\n"},
    {"exec \"$1\" print --for 200ms servers -- \"$2\" >/dev/full", 1,
     "natsight: standard output can't be written: No space left on device\n"},
    {"exec \"$1\" help >/dev/full", 1,
     "natsight: standard output can't be written: No space left on device\n"},
    {"exec \"$1\" snapshot -o \"$3/no/x.txt\" --for 200ms \"$2\"", 1,
     "/no/x.txt can't be written: No such file or directory\n"},
    {"mkdir \"$3/d.txt\"; exec \"$1\" snapshot -o \"$3/d.txt\" --for 200ms \"$2\"", 1,
     "/d.txt can't be written: Is a directory\n"},
    {"umask 027; \"$1\" snapshot -o \"$3/x.txt\" -o \"$3/x.json\" --for 1s \"$2\"; "
     "cd \"$3\"; test \"$(stat -c '%n %a' x.* | xargs)\" = 'x.json 640 x.txt 640'",
     0, ""},
    {"exec \"$1\" snapshot -o - --view node --select nosuch --for 1s \"$2\"", 1,
     "natsight: --select nosuch: no server of this name was found; natsight print server.name lists them\n"},
};

START_TEST(what_can_not_be_is_said) {
    const struct scene *scene = &scenes[_i];
    struct folder folder;
    struct command c;
    ck_assert(folder_make(&folder, "natsight-out"));
    const char *argv[] = {"sh",        "-c", scene->script, "sh", command_natsight(), hostile_url(server),
                          folder.path, NULL};
    int code = command_run(&c, argv, NULL, DEADLINE_MS);
    ck_assert_msg(code == scene->code, "%s: %d, %s%s", scene->script, code, c.errors, c.output);
    size_t all = strlen(c.errors), end = strlen(scene->errors);
    ck_assert_msg(all >= end && strcmp(c.errors + all - end, scene->errors) == 0 && (end > 0 || all == 0),
                  "%s: %s", scene->script, c.errors);
    ck_assert_str_eq(c.output, "");
    command_free(&c);
    folder_remove(&folder);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("snapshot");
    TCase *tc = tcase_create("snapshot");
    tcase_set_timeout(tc, 60);
    tcase_add_unchecked_fixture(tc, start, end);
    tcase_add_test(tc, a_slope_is_awaited);
    tcase_add_test(tc, what_is_not_asked_is_not_awaited);
    tcase_add_loop_test(tc, what_can_not_be_is_said, 0, sizeof scenes / sizeof *scenes);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
