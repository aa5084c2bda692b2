/* Who listens to a subject on three real servers: members on all of them, a server that dies meanwhile, a
 * group that falls to nobody and comes back, watched from another view. */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tests/harness/command.h"
#include "tests/harness/natsc.h"
#include "tests/harness/servers.h"
#include "tests/harness/suite.h"
#include "tests/harness/terminal.h"

enum { LONG = 60000 }; /* several looks at ten seconds each, and a restart */

static struct servers *cluster;

static struct natsc *member(int node, const char *name, const char *subject, const char *queue) {
    struct natsc_options options = {.name = name};
    struct natsc *c = natsc_connect(cluster->node[node].url, &options, LONG);
    ck_assert_ptr_nonnull(c);
    ck_assert_int_gt(natsc_subscribe(c, subject, queue), 0);
    ck_assert(natsc_flush(c, LONG));
    return c;
}

static struct terminal *watch(void) {
    const char *argv[] = {command_natsight(), cluster->node[0].http, cluster->node[1].http,
                          cluster->node[2].http, NULL};
    struct terminal *t = terminal_open(argv, &(struct terminal_options){.rows = 40, .cols = 120});
    ck_assert_ptr_nonnull(t);
    ck_assert(terminal_wait_text(t, "3/3 up", LONG));
    ck_assert(terminal_type(t, ":interest orders.created\r"));
    ck_assert(terminal_wait_text(t, "3 of 3 servers answered", LONG));
    return t;
}

START_TEST(members_a_dead_server_and_nobody) {
    cluster = servers_start(&(struct servers_options){.nodes = 3});
    ck_assert_ptr_nonnull(cluster);
    struct natsc *one = member(0, "billing-1", "orders.>", "billing"),
                 *two = member(1, "billing-2", "orders.>", "billing"),
                 *plain = member(1, "audit-1", "orders.created", NULL),
                 *away = member(2, "shipping-1", "orders.*", "shipping");
    struct terminal *t = watch();
    ck_assert(terminal_wait_regex(t, "orders\\.> +billing +\\$G +here +2 ", LONG));
    ck_assert(terminal_wait_regex(t, "orders\\.\\* +shipping +\\$G +here +1 ", LONG));
    ck_assert(terminal_wait_regex(t, "orders\\.created +- +\\$G +here +1 ", LONG));

    servers_kill(cluster, 2);
    ck_assert(terminal_wait_text(t, "2 of 3 servers answered", LONG));
    natsc_close(one);
    natsc_close(two);
    ck_assert(terminal_wait_text(t, "2 of 3 servers answered, not n3", LONG));
    ck_assert(terminal_wait_regex(t, "orders\\.created +- +\\$G +here +≥1 ", LONG));
    ck_assert(terminal_wait_regex(t, "orders\\.> +billing +\\$G +unknown", LONG));
    ck_assert(terminal_wait_regex(t, "orders\\.\\* +shipping +\\$G +unknown", LONG));
    ck_assert(terminal_type(t, ":events\r"));
    ck_assert(terminal_wait_text(t, "> Events", LONG));
    ck_assert_int_lt(terminal_find(t, "nobody left", NULL), 0);

    ck_assert(servers_restart(cluster, 2, false));
    ck_assert(terminal_wait_text(t, "nobody left in queue group billing on orders.>", LONG));
    ck_assert(terminal_wait_text(t, "nobody left in queue group shipping on orders.*", LONG));
    ck_assert(terminal_wait_regex(t, "billing on orders\\.> \\(within [0-9ms]+\\)", LONG));
    one = member(2, "billing-3", "orders.>", "billing");
    ck_assert(terminal_wait_text(t, "1 again in queue group billing on orders.>", LONG));
    ck_assert_int_lt(terminal_find(t, "without a queue", NULL), 0);
    natsc_close(one);
    natsc_close(plain);
    natsc_close(away);
    terminal_close(t);
    servers_end(cluster);
}
END_TEST

static int seconds_of(const char *clock) {
    int h, m, s;
    ck_assert_int_eq(sscanf(clock, "%d:%d:%d", &h, &m, &s), 3);
    return h * 3600 + m * 60 + s;
}

/* While all servers answer: when the last one went lies in the seconds that the event names. */
START_TEST(when_the_last_one_went) {
    cluster = servers_start(&(struct servers_options){.nodes = 3});
    ck_assert_ptr_nonnull(cluster);
    struct natsc *one = member(0, "billing-1", "orders.>", "billing"),
                 *two = member(1, "billing-2", "orders.>", "billing");
    struct terminal *t = watch();
    char gone[16];
    int seconds;
    time_t now;
    ck_assert(terminal_wait_regex(t, "orders\\.> +billing +\\$G +here +2 ", LONG));
    ck_assert(terminal_type(t, ":events\r"));
    ck_assert(terminal_wait_text(t, "> Events", LONG));
    natsc_close(one);
    natsc_close(two);
    time(&now);
    struct tm utc;
    strftime(gone, sizeof gone, "%H:%M:%S", gmtime_r(&now, &utc));
    ck_assert(terminal_wait_regex(
        t, "interest +orders.created +poll +nobody left .* billing on orders.> .within ", LONG));
    int at = terminal_find(t, "interest   orders.created", NULL);
    ck_assert_int_ge(at, 0);
    const char *row = terminal_row(t, at);
    ck_assert_int_eq(sscanf(strstr(row, "(within "), "(within %ds)", &seconds), 1);
    int passed = (seconds_of(row + strspn(row, " ")) - seconds_of(gone) + 86400) % 86400;
    ck_assert_msg(passed <= seconds, "gone at %s: %s", gone, row);
    terminal_close(t);
    servers_end(cluster);
}
END_TEST

START_TEST(what_can_not_be_asked_and_the_end) {
    cluster = servers_start(&(struct servers_options){.nodes = 3});
    ck_assert_ptr_nonnull(cluster);
    struct terminal *t = watch();
    ck_assert(terminal_wait_text(t, "nobody listens to orders.created", LONG));
    ck_assert(terminal_type(t, ":interest orders.*\r"));
    ck_assert(terminal_wait_text(t, "a subject that is published to has no wildcards", LONG));
    ck_assert(terminal_wait_text(t, "nobody listens to orders.created", LONG));
    ck_assert(terminal_type(t, "\003x")); /* the prompt is still there */
    ck_assert(terminal_wait_text(t, "no subject is watched", LONG));
    terminal_close(t);
    servers_end(cluster);
}
END_TEST

/* Whoever has ten thousand is told what a look costs before there is one. */
START_TEST(a_dear_one_is_announced) {
    enum { MANY = 10000 };
    cluster = servers_start(&(struct servers_options){.nodes = 1});
    ck_assert_ptr_nonnull(cluster);
    struct natsc *many = member(0, "many", "orders.created", NULL);
    char subject[40];
    for (int i = 1; i < MANY; i++) {
        snprintf(subject, sizeof subject, "many.%d.%d", i % 100, i);
        ck_assert_int_gt(natsc_subscribe(many, subject, NULL), 0);
    }
    ck_assert(natsc_flush(many, LONG));
    const char *argv[] = {command_natsight(), cluster->node[0].http, NULL};
    struct terminal *t = terminal_open(argv, &(struct terminal_options){.rows = 24, .cols = 80});
    ck_assert_ptr_nonnull(t);
    ck_assert(terminal_wait_text(t, "1/1 up", LONG));
    ck_assert(terminal_type(t, ":interest orders.created\r"));
    ck_assert(terminal_wait_regex(t, "To answer, 1 server walks? 10,[0-9]{3} subscriptions:", LONG));
    ck_assert(terminal_type(t, "\r"));
    ck_assert(terminal_wait_regex(t, "orders\\.created +- +\\$G +here +1 ", LONG));
    terminal_close(t);
    natsc_close(many);
    servers_end(cluster);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("e2e interest");
    TCase *c = tcase_create("interest");
    tcase_set_timeout(c, 300);
    tcase_add_test(c, members_a_dead_server_and_nobody);
    tcase_add_test(c, when_the_last_one_went);
    tcase_add_test(c, what_can_not_be_asked_and_the_end);
    tcase_add_test(c, a_dear_one_is_announced);
    suite_add_tcase(suite, c);
    return suite_run(suite);
}
