/* Finding the cluster: one seed is enough where peers can be found; otherwise what is missing is said with
 * the reason. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/harness/certificates.h"
#include "tests/harness/command.h"
#include "tests/harness/document.h"
#include "tests/harness/hostile.h"
#include "tests/harness/http_get.h"
#include "tests/harness/servers.h"
#include "tests/harness/suite.h"

enum { MS = 15000 };

static struct servers *start(const struct servers_options *options) {
    struct servers *s = servers_start(options);
    ck_assert_ptr_nonnull(s);
    return s;
}

/* `print servers clusters events` on these URLs, twice a second. */
static void watch(struct documents *d, const char *const more[], const char *const urls[]) {
    const char *arguments[32] = {"--for", "500ms", "--interval", "500ms"};
    int n = 4;
    for (int i = 0; more && more[i]; i++)
        arguments[n++] = more[i];
    arguments[n++] = "--";
    for (int i = 0; urls[i]; i++)
        arguments[n++] = urls[i];
    ck_assert(documents_open(d, "servers clusters events", arguments));
}

struct wanted { /* rows and how many of them are in a state */
    int servers, of_state;
    const char *state;
};

static int in_state(json_t *document, const char *state) {
    int n = 0;
    size_t i;
    json_t *server;
    json_array_foreach(json_object_get(document, "servers"), i, server) n +=
        strcmp(doc_text(server, "state"), state) == 0;
    return n;
}

static bool as_wanted(json_t *document, void *context) {
    const struct wanted *w = context;
    return doc_count(document, "servers") == w->servers && in_state(document, w->state) == w->of_state;
}

static json_t *wait_states(struct documents *d, int servers, int of_state, const char *state) {
    struct wanted w = {servers, of_state, state};
    char what[100];
    snprintf(what, sizeof what, "%d rows, %d of them %s", servers, of_state, state);
    json_t *document = documents_wait(d, as_wanted, &w, what, MS);
    ck_assert_msg(document != NULL, "%s", what);
    return document;
}

/* The next documents say the same: nothing doubles or vanishes a moment later. */
static void stays(struct documents *d, int servers, int of_state, const char *state) {
    for (int i = 0; i < 2; i++) {
        json_t *document = documents_next(d, MS);
        ck_assert_int_eq(doc_count(document, "servers"), servers);
        ck_assert_int_eq(in_state(document, state), of_state);
    }
}

static json_t *cluster_in(json_t *document) {
    return json_array_get(json_object_get(document, "clusters"), 0);
}

START_TEST(one_seed_finds_all_on_one_port) {
    struct servers *s = start(&(struct servers_options){.nodes = 3, .addresses = true});
    struct documents d;
    watch(&d, NULL, (const char *[]){s->node[_i].http, NULL});
    json_t *document = wait_states(&d, 3, 3, "up");
    for (int i = 0; i < 3; i++) {
        json_t *server = doc_find(document, "servers", "name", s->node[i].name);
        ck_assert_msg(server != NULL, "%s is missing", s->node[i].name);
        ck_assert_str_eq(doc_text(server, "url"), s->node[i].http);
    }
    ck_assert_double_eq(doc_number(cluster_in(document), "expected"), 3);
    ck_assert_double_eq(doc_number(cluster_in(document), "servers"), 3);
    stays(&d, 3, 3, "up");
    documents_close(&d);
    servers_end(s);
}
END_TEST

/* The name of the row, and in words that we know of it and why we do not ask it. */
static void assert_said(struct command *screen) {
    ck_assert_int_eq(command_finish(screen, 2 * MS), 0);
    ck_assert_msg(strstr(screen->output, "1/3 up") != NULL, "%s", screen->output);
    ck_assert_msg(strstr(screen->output, "not monitored") != NULL, "%s", screen->output);
    command_free(screen);
}

START_TEST(three_ports_and_three_urls) {
    struct servers *s = start(&(struct servers_options){.nodes = 3});
    struct documents d;
    struct command screen;
    const char *argv[] = {command_natsight(), "snapshot", "-o", "-", "--for", "9s", s->node[1].http, NULL};
    ck_assert(command_start(&screen, argv, NULL));
    watch(&d, NULL, (const char *[]){s->node[0].http, s->node[1].http, s->node[2].http, NULL});
    json_t *document = wait_states(&d, 3, 3, "up");
    for (int i = 0; i < 3; i++)
        ck_assert_ptr_nonnull(doc_find(document, "servers", "url", s->node[i].http));
    stays(&d, 3, 3, "up");
    documents_close(&d);

    /* one URL: the ports of the others are nobody's to know */
    watch(&d, NULL, (const char *[]){s->node[1].http, NULL});
    document = wait_states(&d, 3, 2, "known");
    size_t i;
    json_t *server;
    json_array_foreach(json_object_get(document, "servers"), i, server) {
        bool ours = strcmp(doc_text(server, "name"), s->node[1].name) == 0;
        ck_assert_str_eq(doc_text(server, "state"), ours ? "up" : "known");
        if (!ours)
            ck_assert_msg(*doc_text(server, "reason"), "no reason for %s", doc_text(server, "name"));
    }
    ck_assert_double_eq(doc_number(cluster_in(document), "expected"), 3);
    stays(&d, 3, 2, "known");
    documents_close(&d);
    assert_said(&screen);
    servers_end(s);
}
END_TEST

START_TEST(two_urls_of_one_server_are_one_row) {
    struct servers *s = start(&(struct servers_options){.nodes = 2, .addresses = true});
    struct documents d;
    char again[200]; /* and found by the peer besides */
    snprintf(again, sizeof again, "HTTP://%s:%d/", s->node[0].address, s->node[0].monitor_port);
    watch(&d, NULL, (const char *[]){s->node[0].http, again, s->node[1].http, NULL});
    wait_states(&d, 2, 2, "up");
    stays(&d, 2, 2, "up");
    documents_close(&d);
    servers_end(s);
}
END_TEST

/* A server that listens everywhere, asked under two addresses. */
START_TEST(two_addresses_of_one_server_are_one_row) {
    struct servers *s = start(&(struct servers_options){.nodes = 1, .everywhere = true});
    char second[64];
    snprintf(second, sizeof second, "http://127.0.0.2:%d", s->node[0].monitor_port);
    struct documents d;
    watch(&d, NULL, (const char *[]){s->node[0].http, second, NULL});
    wait_states(&d, 1, 1, "up");
    stays(&d, 1, 1, "up");
    documents_close(&d);
    servers_end(s);
}
END_TEST

static bool restarted_in(json_t *document, void *context) {
    json_t *server = doc_find(document, "servers", "name", context);
    return doc_number(server, "restarts") >= 1 && strcmp(doc_text(server, "state"), "up") == 0 &&
           doc_find(document, "events", "kind", "restarted") != NULL;
}

START_TEST(a_restarted_server_is_the_same_row) {
    struct servers *s = start(&(struct servers_options){.nodes = 2, .addresses = true});
    struct documents d;
    watch(&d, NULL, (const char *[]){s->node[0].http, NULL});
    json_t *document = wait_states(&d, 2, 2, "up");
    char before[100];
    snprintf(before, sizeof before, "%s", doc_text(doc_find(document, "servers", "name", "n2"), "id"));
    ck_assert_int_gt(strlen(before), 10);
    ck_assert(servers_restart(s, 1, true));
    document = documents_wait(&d, restarted_in, (void *)(uintptr_t) "n2", "n2 restarted", MS);
    ck_assert_ptr_nonnull(document);
    json_t *server = doc_find(document, "servers", "name", "n2");
    ck_assert_str_ne(doc_text(server, "id"), before);
    ck_assert_double_eq(doc_number(server, "restarts"), 1);
    ck_assert_int_eq(doc_count(document, "servers"), 2);
    stays(&d, 2, 2, "up");
    documents_close(&d);
    servers_end(s);
}
END_TEST

START_TEST(a_node_that_joins_later_is_found) {
    struct servers *s = start(&(struct servers_options){.nodes = 3, .addresses = true, .absent = 1u << 2});
    struct documents d;
    watch(&d, NULL, (const char *[]){s->node[0].http, NULL});
    json_t *document = wait_states(&d, 3, 1, "down"); /* its route address is known to the others */
    json_t *row = doc_find(document, "servers", "state", "down");
    ck_assert_msg(strstr(doc_text(row, "name"), s->node[2].address) != NULL, "%s", doc_text(row, "name"));
    ck_assert_msg(*doc_text(row, "reason"), "no reason");
    ck_assert_double_eq(doc_number(cluster_in(document), "servers"), 2);
    ck_assert_double_eq(doc_number(cluster_in(document), "expected"), 3);
    ck_assert(servers_restart(s, 2, true));
    document = wait_states(&d, 3, 3, "up");
    ck_assert_ptr_nonnull(doc_find(document, "servers", "name", "n3"));
    stays(&d, 3, 3, "up");
    documents_close(&d);
    servers_end(s);
}
END_TEST

START_TEST(expect_counts_what_nobody_else_knows_of) {
    struct servers *s = start(&(struct servers_options){.nodes = 1});
    struct documents d;
    watch(&d, (const char *[]){"--expect", "3", NULL}, (const char *[]){s->node[0].http, NULL});
    json_t *document = documents_next(&d, MS);
    ck_assert_double_eq(doc_number(cluster_in(document), "expected"), 3);
    documents_close(&d);
    servers_end(s);
}
END_TEST

START_TEST(a_path_prefix_is_asked_below) {
    struct servers *s = start(&(struct servers_options){.nodes = 2, .addresses = true, .base_path = "/nats"});
    struct documents d;
    char slash[128], bare[128];
    snprintf(slash, sizeof slash, "%s/", s->node[0].http);
    watch(&d, NULL, (const char *[]){slash, NULL}); /* the peer is found below the same prefix */
    wait_states(&d, 2, 2, "up");
    documents_close(&d);
    snprintf(bare, sizeof bare, "%s:%d", s->node[0].address, s->node[0].monitor_port);
    watch(&d, NULL, (const char *[]){bare, NULL});
    json_t *document = wait_states(&d, 1, 1, "down");
    json_t *row = doc_find(document, "servers", "state", "down");
    ck_assert_msg(strstr(doc_text(row, "reason"), "404") && strstr(doc_text(row, "reason"), "prefix"), "%s",
                  doc_text(row, "reason"));
    documents_close(&d);
    servers_end(s);
}
END_TEST

static bool says_balancer(json_t *document, void *context) {
    size_t i;
    json_t *event;
    (void)context;
    json_array_foreach(json_object_get(document, "events"), i,
                       event) if (strstr(doc_text(event, "text"), "balancer")) return true;
    return false;
}

/* Another id each time, and none of them started just now. */
START_TEST(a_balancer_is_no_row) {
    const struct hostile_rule rules[] = {
        {.path = "/varz",
         .body = "{\"server_id\":\"$NEWID\",\"server_name\":\"b$N\",\"version\":\"2.9.10\",\"start\":"
                 "\"2020-01-01T00:00:00Z\",\"now\":\"$NOW\",\"uptime\":\"1s\",\"mem\":1,\"cores\":1,\"cpu\":"
                 "0,\"connections\":0,"
                 "\"in_msgs\":0,\"out_msgs\":0,\"in_bytes\":0,\"out_bytes\":0,\"slow_consumers\":0}"}};
    struct servers *s = start(&(struct servers_options){.nodes = 1});
    struct hostile *h = hostile_start("127.0.0.1", 0, "b", rules, 1);
    ck_assert_ptr_nonnull(h);
    struct documents d;
    watch(&d, NULL, (const char *[]){s->node[0].http, hostile_url(h), NULL});
    ck_assert_ptr_nonnull(documents_wait(&d, says_balancer, NULL, "an event about a balancer", MS));
    json_t *document = documents_next(&d, MS), *event;
    ck_assert_int_eq(in_state(document, "up"), 1);
    ck_assert_ptr_nonnull(doc_find(document, "servers", "name", "n1"));
    size_t i;
    int told = 0;
    json_array_foreach(json_object_get(document, "events"), i, event) {
        told += strstr(doc_text(event, "text"), "balancer") || strstr(doc_text(event, "kind"), "identity");
    }
    ck_assert_int_eq(told, 1);
    documents_close(&d);
    hostile_end(h);
    servers_end(s);
}
END_TEST

/* ---- TLS ---- */

static bool says_tls(json_t *document, void *context) {
    json_t *row = doc_find(document, "servers", "state", "down");
    return row && strstr(doc_text(row, "reason"), context) != NULL;
}

START_TEST(https_is_verified) {
    struct certificates c;
    if (!certificates_make(&c)) {
        fprintf(stderr, "skipped: https, for want of an openssl command\n");
        return;
    }
    char config[2000], ca[600], wrong[600];
    snprintf(config, sizeof config, "tls { cert_file: \"%s/server.pem\", key_file: \"%s/server.key\" }",
             c.folder.path, c.folder.path);
    snprintf(ca, sizeof ca, "%s/ca.pem", c.folder.path);
    snprintf(wrong, sizeof wrong, "%s/other-ca.pem", c.folder.path);
    struct servers *s =
        start(&(struct servers_options){.nodes = 2, .addresses = true, .https = true, .config = config});
    const char *seed[] = {s->node[0].http, NULL};
    struct documents d;

    /* the certificate names the seed's address alone: a peer found by address is checked against the seed's
     * name */
    watch(&d, (const char *[]){"--ca", ca, NULL}, seed);
    wait_states(&d, 2, 2, "up");
    documents_close(&d);

    watch(&d, (const char *[]){"--ca", wrong, NULL}, seed);
    ck_assert_ptr_nonnull(
        documents_wait(&d, says_tls, (void *)(uintptr_t) "nobody we trust", "TLS: not trusted", MS));
    documents_close(&d);

    watch(&d, NULL, seed);
    ck_assert_ptr_nonnull(
        documents_wait(&d, says_tls, (void *)(uintptr_t) "--ca", "what to do about it", MS));
    documents_close(&d);

    watch(&d, (const char *[]){"--insecure", NULL}, seed);
    wait_states(&d, 2, 2, "up");
    documents_close(&d);

    watch(&d, (const char *[]){"--ca", ca, "--tls-name", "nats.example", NULL},
          (const char *[]){s->node[1].http, NULL});
    wait_states(&d, 2, 2, "up");
    documents_close(&d);

    watch(&d, (const char *[]){"--ca", ca, "--tls-name", "other.example", NULL}, seed);
    ck_assert_ptr_nonnull(
        documents_wait(&d, says_tls, (void *)(uintptr_t) "--tls-name? its certificate is not for this host",
                       "the name does not match", MS));
    documents_close(&d);

    char name[64]; /* cut on the row, whole on the page of the node */
    snprintf(name, sizeof name, "%s:%d", s->node[0].address, s->node[0].monitor_port);
    const char *argv[] = {command_natsight(),
                          "snapshot",
                          "-o",
                          "-",
                          "--for",
                          "2s",
                          "--size",
                          "80x24",
                          "--view",
                          "node",
                          "--select",
                          name,
                          "--ca",
                          ca,
                          "--tls-name",
                          "other.example",
                          seed[0],
                          NULL};
    struct command page;
    ck_assert_int_eq(command_run(&page, argv, NULL, 10000), 3);
    ck_assert_msg(strstr(page.output, "'other.example')") != NULL, "%s", page.output);
    command_free(&page);

    char plain[64];
    snprintf(plain, sizeof plain, "http://%s:%d", s->node[0].address, s->node[0].monitor_port);
    watch(&d, NULL, (const char *[]){plain, NULL});
    ck_assert_ptr_nonnull(documents_wait(&d, says_tls, (void *)(uintptr_t) "https", "it wants https", MS));
    documents_close(&d);
    servers_end(s);
    certificates_remove(&c);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("discovery");
    TCase *tc = tcase_create("finding the cluster");
    tcase_set_timeout(tc, 90);
    tcase_add_loop_test(tc, one_seed_finds_all_on_one_port, 0, getenv("NATSIGHT_SOAK") ? 3 : 1);
    tcase_add_test(tc, three_ports_and_three_urls);
    tcase_add_test(tc, two_urls_of_one_server_are_one_row);
    tcase_add_test(tc, two_addresses_of_one_server_are_one_row);
    tcase_add_test(tc, a_restarted_server_is_the_same_row);
    tcase_add_test(tc, a_node_that_joins_later_is_found);
    tcase_add_test(tc, expect_counts_what_nobody_else_knows_of);
    tcase_add_test(tc, a_path_prefix_is_asked_below);
    tcase_add_test(tc, a_balancer_is_no_row);
    tcase_add_test(tc, https_is_verified);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
