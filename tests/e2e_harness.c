/* The harness itself: real servers come up, die and come back. */
#include "tests/harness/http_get.h"
#include "tests/harness/servers.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

START_TEST(cluster_loses_and_regains_a_node) {
    struct servers_options options = {.nodes = 3, .jetstream = true, .config = "max_pending: 16MB"};
    struct servers *s = servers_start(&options);
    ck_assert_ptr_nonnull(s);
    ck_assert_int_ge(servers_meta_leader(s), 0);
    ck_assert_double_eq(number_at(s, 0, "/varz", "max_pending"), 16777216);
    ck_assert_double_eq(number_at(s, 2, "/jsz", "meta_cluster.cluster_size"), 3);
    int dead = servers_meta_leader(s);
    servers_kill(s, dead);
    ck_assert_int_eq(http_get_json(s->node[dead].http, 500) == NULL, 1);
    ck_assert(servers_wait_ready(s, DEADLINE_MS));
    ck_assert_int_ne(servers_meta_leader(s), dead);
    ck_assert(servers_restart(s, dead, true));
    ck_assert(servers_wait_ready(s, DEADLINE_MS));
    ck_assert_double_eq(number_at(s, dead, "/varz", "remotes"), 2);
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

static Suite *suite(void) {
    Suite *s = suite_create("harness");
    TCase *servers = tcase_create("servers");
    tcase_set_timeout(servers, 60);
    tcase_add_test(servers, cluster_loses_and_regains_a_node);
    tcase_add_test(servers, nodes_share_a_port_on_addresses_of_their_own);
    suite_add_tcase(s, servers);
    return s;
}

int main(void) {
    SRunner *runner = srunner_create(suite());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
