/* Who is expected on real servers: clients that leave and come back, a queue group, one that nobody knows; in
 * lines, as a table, and by natsight check. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "tests/e2e/config_file.h"
#include "tests/harness/natsc.h"
#include "tests/harness/servers.h"
#include "tests/harness/suite.h"

enum { LONG = 60000 };

#define EXPECTED                                                                                             \
    "expect = (\n"                                                                                           \
    "  { name = \"integration\"; entity = \"connection\"; match = \"name ~ ^ai-\"; instances = 2;\n"         \
    "    newcomer = true; },\n"                                                                              \
    "  { name = \"workers\"; entity = \"queue\"; subject = \"orders.new\"; match = \"queue = w\"; },\n"      \
    "  { name = \"nodes\"; entity = \"server\"; instances = 2; } );\n"

static struct servers *cluster;

static void start(void) {
    cluster = servers_start(&(struct servers_options){.nodes = 2});
    ck_assert_ptr_nonnull(cluster);
}

static void end(void) {
    servers_end(cluster);
}

static struct natsc *client(int node, const char *name) {
    struct natsc *c = natsc_connect(cluster->node[node].url, &(struct natsc_options){.name = name}, LONG);
    ck_assert_ptr_nonnull(c);
    return c;
}

static struct natsc *member(int node, const char *name) {
    struct natsc *c = client(node, name);
    ck_assert_int_gt(natsc_subscribe(c, "orders.>", "w"), 0);
    ck_assert(natsc_flush(c, LONG));
    return c;
}

/* natsight WORD ... --config FILE on both servers; of NULL none. */
static void start_natsight(struct command *c, const char *word, const char *more, const char *scale) {
    const char *argv[16] = {command_natsight()};
    int n = 1;
    argv[n++] = word;
    if (more != NULL)
        argv[n++] = more;
    argv[n++] = "--config";
    argv[n++] = config_path();
    if (scale != NULL) {
        argv[n++] = "--hold-scale";
        argv[n++] = scale;
    }
    if (more != NULL)
        argv[n++] = "--";
    argv[n++] = cluster->node[0].http;
    argv[n++] = cluster->node[1].http;
    ck_assert(command_start(c, argv, NULL));
}

static void finish(struct command *c, int code) {
    int is = command_finish(c, LONG);
    ck_assert_msg(is == code, "%d: %s%s", is, c->output, c->errors);
}

static void expect_line(struct command *c, const char *line) {
    ck_assert_msg(command_wait_output(c, line, LONG), "no \"%s\" in: %s%s", line, c->output, c->errors);
}

/* Of several at once: each takes its time, the queue group most. */
START_TEST(who_leaves_is_missed_and_who_is_new_is_told) {
    struct command c;
    config_write("natsight.conf", EXPECTED);
    struct natsc *one = client(0, "ai-1"), *two = client(1, "ai-2"), *worker = member(1, "worker-1");
    start_natsight(&c, "--plain", NULL, "0.1");
    expect_line(&c, " ok servers test 2/2\n");
    natsc_close(two);
    natsc_close(worker);
    expect_line(&c, " warn expected_missing integration 1\n");
    natsc_close(one);
    expect_line(&c, " crit expected_missing integration 2\n");
    expect_line(&c, " crit expected_missing workers 1\n");
    one = client(1, "ai-1"); /* moved */
    two = client(0, "ai-2");
    worker = member(0, "worker-2");
    expect_line(&c, " ok expected_missing integration");
    ck_assert_msg(strstr(c.output, "newcomer") == NULL, "%s", c.output);
    struct natsc *third = client(0, "ai-3");
    expect_line(&c, " warn newcomer integration 1\n");
    expect_line(&c, " ok expected_missing workers");
    ck_assert_msg(strstr(c.output, "missing nodes") == NULL, "%s", c.output);
    ck_assert_int_eq(kill(c.pid, SIGTERM), 0);
    finish(&c, 0);
    natsc_close(one);
    natsc_close(two);
    natsc_close(third);
    natsc_close(worker);
    command_free(&c);
}
END_TEST

/* Both look at the same, and each for some ten seconds: side by side. */
START_TEST(tables_and_check_tell_of_them) {
    struct command c, check;
    config_write("natsight.conf", EXPECTED);
    struct natsc *one = client(0, "ai-1"), *worker = member(1, "worker-1");
    start_natsight(&c, "print", "expectation", NULL);
    start_natsight(&check, "check", NULL, "0.05");
    finish(&c, 0);
    expect_line(&c, "integration  connection");
    ck_assert_ptr_nonnull(strstr(c.output, "fewer"));
    ck_assert_ptr_nonnull(strstr(c.output, "workers      queue"));
    ck_assert_ptr_null(strstr(c.output, "unknown"));
    ck_assert_ptr_null(strstr(c.output, "none"));
    command_free(&c);
    finish(&check, 1);
    ck_assert_msg(strstr(check.output, "integration: 1 of 2 there") != NULL, "%s", check.output);
    command_free(&check);
    struct natsc *two = client(1, "ai-2");
    start_natsight(&c, "check", NULL, "0.05");
    finish(&c, 0);
    natsc_close(one);
    natsc_close(two);
    natsc_close(worker);
    command_free(&c);
}
END_TEST

int main(void) {
    Suite *s = suite_create("expectations");
    TCase *t = tcase_create("real servers");
    tcase_add_unchecked_fixture(t, start, end);
    tcase_add_checked_fixture(t, config_begin, config_end);
    tcase_add_test(t, who_leaves_is_missed_and_who_is_new_is_told);
    tcase_add_test(t, tables_and_check_tell_of_them);
    tcase_set_timeout(t, 300);
    suite_add_tcase(s, t);
    return suite_run(s);
}
