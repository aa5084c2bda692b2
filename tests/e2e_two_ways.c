/* Monitoring ports and NATS at once: one cluster, each server asked by its port while that answers, else
 * through the system account. Three real nodes under load; a relay stands before the port of the first, so
 * that it can be cut, and nobody names the ports of the others. */
#include <check.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/document.h"
#include "tests/harness/natsc.h"
#include "tests/harness/relay.h"
#include "tests/harness/servers.h"
#include "tests/harness/suite.h"

enum { NODES = 3, MS = 40000, DOCUMENTS_CUT = 15 };

#define ACCOUNTS                                                                                             \
    "accounts { SYS { users: [{user: sys, password: \"sys-secret\"}] }\n"                                    \
    "  A { jetstream: enabled, users: [{user: a, password: a}] } }\n"                                        \
    "system_account: SYS\nno_auth_user: a\n"

static struct servers *cluster;
static struct relay *relay;
static struct documents documents;
static struct natsc *line;

static void begin(void) {
    cluster = servers_start(&(struct servers_options){.nodes = NODES, .jetstream = true, .config = ACCOUNTS});
    ck_assert_ptr_nonnull(cluster);
    relay = relay_start(&cluster->node[0].monitor_port, 1);
    ck_assert_ptr_nonnull(relay);
    line = natsc_connect(cluster->node[0].url, NULL, MS);
    ck_assert_ptr_nonnull(line);
    setenv("NATS_USER", "sys", 1);
    setenv("NATS_PASSWORD", "sys-secret", 1);
}

static void end(void) {
    documents_close(&documents);
    natsc_close(line);
    relay_end(relay);
    servers_end(cluster);
    unsetenv("NATS_USER");
    unsetenv("NATS_PASSWORD");
}

static void open_both(const char *nats) {
    char http[60];
    snprintf(http, sizeof http, "http://127.0.0.1:%d", relay_port(relay, 0));
    const char *const arguments[] = {"--for", "1s", "--", http, nats, NULL};
    ck_assert(documents_open(&documents, "", arguments));
}

static json_t *node(json_t *document, int i) {
    return doc_find(document, "servers", "name", cluster->node[i].name);
}

static bool all_up(json_t *document) {
    bool up = doc_count(document, "servers") == NODES;
    for (int i = 0; i < NODES && up; i++)
        up = strcmp(doc_text(node(document, i), "state"), "up") == 0;
    return up;
}

static bool first_by(json_t *document, void *way) {
    return all_up(document) && strcmp(doc_text(node(document, 0), "asked_by"), way) == 0 &&
           strcmp(doc_text(node(document, 1), "asked_by"), "nats") == 0;
}

/* A hundred messages a second go to the first node, from a process of its own, until it is killed. */
static pid_t publish(void) {
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid > 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
        if (!natsc_publish_many(line, "load", 16, 10))
            _exit(1);
        usleep(100000);
    }
}

/* Known or not, a rate is that of the load; and the node was never away. */
static void as_it_is(json_t *document) {
    double rate = doc_number(node(document, 0), "in_msgs_per_s");
    ck_assert_msg(all_up(document), "n1 %s", doc_text(node(document, 0), "state"));
    ck_assert_msg(isnan(rate) || (rate > 80 && rate < 200), "%g a second", rate);
}

START_TEST(the_port_goes_and_comes_back) {
    int known = 0;
    open_both(cluster->node[1].url);
    ck_assert_ptr_nonnull(documents_wait(&documents, first_by, "http", "n1 by its port", MS));
    pid_t load = publish();
    for (int i = 0; i < 4; i++)
        ck_assert_ptr_nonnull(documents_next(&documents, MS));
    ck_assert(relay_cut(relay, 0, true));
    for (int i = 0; i < DOCUMENTS_CUT; i++) {
        json_t *document = documents_next(&documents, MS);
        ck_assert_ptr_nonnull(document);
        as_it_is(document);
        ck_assert_double_lt(doc_number(node(document, 0), "age_ms"), 4500);
        known += !isnan(doc_number(node(document, 0), "in_msgs_per_s"));
    }
    ck_assert_int_ge(known, DOCUMENTS_CUT / 2);
    ck_assert(first_by(documents.last, "nats"));
    ck_assert(relay_cut(relay, 0, false));
    ck_assert_ptr_nonnull(documents_wait(&documents, first_by, "http", "n1 by its port again", MS));
    for (int i = 0; i < 3; i++)
        as_it_is(documents_next(&documents, MS));
    json_t *event;
    size_t i;
    json_array_foreach(json_object_get(documents.last, "events"), i, event) {
        ck_assert_str_ne(doc_text(event, "kind"), "down");
        ck_assert_str_ne(doc_text(event, "kind"), "stale");
    }
    kill(load, SIGKILL);
    waitpid(load, NULL, 0);
}
END_TEST

static bool first_is_down(json_t *document, void *unused) {
    (void)unused;
    return strcmp(doc_text(node(document, 0), "state"), "down") == 0 &&
           strcmp(doc_text(node(document, 1), "state"), "up") == 0;
}

static bool first_is_back(json_t *document, void *way) {
    return first_by(document, way) && doc_number(node(document, 0), "restarts") == 1;
}

/* Gone both ways is gone, and back is the same row. */
START_TEST(a_node_goes_and_comes_back) {
    open_both(cluster->node[1].url);
    ck_assert_ptr_nonnull(documents_wait(&documents, first_by, "http", "n1 by its port", MS));
    servers_kill(cluster, 0);
    int64_t from = servers_now_ms();
    ck_assert_ptr_nonnull(documents_wait(&documents, first_is_down, NULL, "n1 down", MS));
    printf("figure: down both ways: %.1f s\n", (double)(servers_now_ms() - from) / 1000);
    ck_assert(servers_restart(cluster, 0, false));
    ck_assert_ptr_nonnull(documents_wait(&documents, first_is_back, "http", "n1 back", MS));
    ck_assert_int_eq(doc_count(documents.last, "servers"), NODES);
}
END_TEST

/* Who may not ask through NATS has the ports all the same. */
START_TEST(the_way_through_nats_is_closed) {
    setenv("NATS_PASSWORD", "wrong", 1);
    open_both(cluster->node[0].url);
    for (int i = 0; i < 6; i++)
        ck_assert_ptr_nonnull(documents_next(&documents, MS));
    ck_assert_str_eq(doc_text(node(documents.last, 0), "state"), "up");
    ck_assert_str_eq(doc_text(node(documents.last, 0), "asked_by"), "http");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("two ways");
    TCase *tc = tcase_create("two ways");
    tcase_set_timeout(tc, 200);
    tcase_add_checked_fixture(tc, begin, end);
    tcase_add_test(tc, the_port_goes_and_comes_back);
    tcase_add_test(tc, a_node_goes_and_comes_back);
    tcase_add_test(tc, the_way_through_nats_is_closed);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
