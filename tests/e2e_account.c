/* Through NATS as an application's user: no server answers, and streams and consumers of the account are
 * shown by the API of JetStream, held against what that API says to the test. Who may not ask, or has none,
 * is told so in words; what is not known is no zero, and what is not down is not said to be. Real servers: a
 * cluster, and a leaf node with a domain of its own. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/harness/document.h"
#include "tests/harness/jetstream.h"
#include "tests/harness/ports.h"
#include "tests/harness/servers.h"
#include "tests/harness/suite.h"

enum { NODES = 3, MS = 40000, STORED = 300, ACKED = 60, TAKEN = 100, MANY = 300 };

#define NO_SYSTEM "not the system account: JetStream of A only; servers, connections by HTTP"

static struct servers *cluster, *leaf;
static struct natsc *line;
static struct documents documents;
static struct folder store, home;

static void be(const char *user) {
    user ? setenv("NATS_USER", user, 1) : unsetenv("NATS_USER");
    user ? setenv("NATS_PASSWORD", "pw", 1) : unsetenv("NATS_PASSWORD");
}

static void begin(void) {
    static char leafs[100], far_config[700];
    const char *address = "127.0.0.1", *node_config[NODES] = {leafs};
    int port;
    ck_assert(ports_free(&address, 1, &port, 1));
    snprintf(leafs, sizeof leafs, "leafnodes { listen: \"127.0.0.1:%d\" }", port);
    cluster = servers_start(&(struct servers_options){
        .nodes = NODES,
        .jetstream = true,
        .node_config = node_config,
        .config =
            "accounts {\n"
            "  SYS { users: [{user: sys, password: pw}] }\n"
            "  A { jetstream: enabled, users: [\n"
            "    {user: a, password: pw}\n"
            "    {user: deaf, password: pw, permissions: {subscribe: {deny: \"_INBOX.>\"}}}\n"
            "    {user: mute, password: pw, permissions: {publish: {deny: [\"$JS.API.>\", \"$SYS.>\"]}}}\n"
            "    {user: half, password: pw, permissions: {publish: {deny: "
            "\"$JS.API.CONSUMER.LIST.ORDERS\"}}}\n"
            "  ]}\n"
            "  PLAIN { users: [{user: plain, password: pw}] }\n"
            "}\nsystem_account: SYS\nno_auth_user: a\n"});
    ck_assert_ptr_nonnull(cluster);
    ck_assert(folder_make(&store, "natsight-far"));
    ck_assert(folder_make(&home, "natsight-home"));
    snprintf(far_config, sizeof far_config,
             "jetstream { store_dir: \"%s\", domain: far, max_mem: 64MB, max_file: 256MB }\n"
             "leafnodes { remotes: [{ url: \"nats-leaf://a:pw@127.0.0.1:%d\" }] }\n",
             store.path, port);
    leaf = servers_start(&(struct servers_options){.prefix = "far", .config = far_config});
    ck_assert_ptr_nonnull(leaf);
    line = natsc_connect(cluster->node[1].url, NULL, MS);
    ck_assert_ptr_nonnull(line);
    ck_assert(jetstream_add_stream(line, "ORDERS", "orders", 3));
    ck_assert(jetstream_add_stream(line, "ALONE", "alone", 1));
    ck_assert(jetstream_add_consumer(line, "ORDERS", "billing", "orders"));
    for (int i = 0; i < STORED; i++)
        ck_assert(jetstream_store(line, "orders", MS));
    ck_assert_int_eq(jetstream_pull(line, "ORDERS", "billing", TAKEN, ACKED), TAKEN);
    setenv("XDG_CONFIG_HOME", home.path, 1);
}

static void end(void) {
    natsc_close(line);
    servers_end(leaf);
    servers_end(cluster);
    folder_remove(&store);
    folder_remove(&home);
}

static void after(void) {
    documents_close(&documents);
    be(NULL);
}

static void open_as(const char *user) {
    const char *const arguments[] = {"--interval",         "500ms", "--every", "jsz=1s", "--for", "1s", "--",
                                     cluster->node[0].url, NULL};
    be(user);
    ck_assert(documents_open(&documents, "", arguments));
}

static json_t *row(json_t *document, const char *list, const char *name) {
    return doc_find(document, list, "name", name);
}

static json_t *wait_for(bool (*met)(json_t *document, void *context), void *context, const char *what) {
    json_t *document = documents_wait(&documents, met, context, what, MS);
    ck_assert_msg(document != NULL, "not: %s", what);
    return document;
}

static json_t *first(json_t *document, const char *list) {
    return json_array_get(json_object_get(document, list), 0);
}

/* ---- what is seen ---- */

static bool all_is_known(json_t *document, void *unused) {
    (void)unused;
    return doc_number(row(document, "streams", "ORDERS"), "messages") == STORED &&
           doc_number(row(document, "consumers", "billing"), "lag") == STORED - ACKED &&
           doc_count(document, "streams") >= 2;
}

static void nothing_of_servers(json_t *document) {
    static const char *const unknown[] = {"servers", "expected", "missing", "js_heard", "connections"};
    ck_assert_int_eq(doc_count(document, "servers"), 0);
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        ck_assert_msg(json_object_get(first(document, "clusters"), unknown[i]) == NULL, "%s is told",
                      unknown[i]);
    for (size_t i = 0; i < json_array_size(json_object_get(document, "alerts")); i++) {
        json_t *alert = json_array_get(json_object_get(document, "alerts"), i);
        ck_assert_msg(strcmp(doc_text(alert, "entity"), "consumer") == 0, "alert: %s",
                      doc_text(alert, "text"));
    }
}

START_TEST(streams_and_consumers) {
    open_as("a");
    json_t *document = wait_for(all_is_known, NULL, "all of the account");
    json_t *consumer = row(document, "consumers", "billing");
    json_t *info = jetstream_consumer_info(line, "ORDERS", "billing");
    ck_assert_str_eq(doc_text(first(document, "apis"), "name"), "A");
    ck_assert_str_eq(doc_text(first(document, "apis"), "note"), NO_SYSTEM);
    ck_assert_str_eq(doc_text(consumer, "account"), "A");
    ck_assert_str_eq(doc_text(consumer, "leader"), jetstream_leader(info));
    ck_assert_str_eq(doc_text(consumer, "leadership"), "ok");
    ck_assert_str_eq(doc_text(consumer, "replicas"), "3/3");
    ck_assert(doc_number(consumer, "ack_pending") == TAKEN - ACKED);
    ck_assert(doc_number(consumer, "pending") == STORED - TAKEN);
    ck_assert_str_eq(doc_text(row(document, "streams", "ALONE"), "replicas"), "1/1");
    ck_assert_str_eq(doc_text(row(document, "streams", "ORDERS"), "replicas"), "3/3");
    nothing_of_servers(document);
    json_decref(info);
}
END_TEST

/* Lists come each 5 s or 10 s: what is as old as that is not old. */
START_TEST(how_old_it_is) {
    struct command picture;
    be("a");
    const char *const arguments[] = {command_natsight(),   "snapshot", "-o", "-", "--for", "8s", "--",
                                     cluster->node[0].url, NULL};
    ck_assert_int_eq(command_run(&picture, arguments, NULL, MS), 0);
    ck_assert_msg(strstr(picture.output, "JS ok   data ") != NULL, "%s", picture.output);
    command_free(&picture);
}
END_TEST

/* ---- what changes ---- */

static bool is_led_by_another(json_t *document, void *leader) {
    json_t *consumer = row(document, "consumers", "billing");
    return *doc_text(consumer, "leader") && strcmp(doc_text(consumer, "leader"), leader) != 0 &&
           strcmp(doc_text(consumer, "leadership"), "ok") == 0 &&
           doc_number(consumer, "lag") == STORED - ACKED;
}

static bool is_deleted(json_t *document, void *name) {
    return strcmp(doc_text(row(document, "consumers", name), "state"), "deleted") == 0;
}

static bool is_empty_again(json_t *document, void *unused) {
    (void)unused;
    return doc_number(row(document, "streams", "ALONE"), "messages") == 0;
}

static bool has_one(json_t *document, void *unused) {
    (void)unused;
    return doc_number(row(document, "streams", "ALONE"), "messages") == 1;
}

static bool event_of(json_t *document, const char *kind, const char *text) {
    json_t *events = json_object_get(document, "events");
    for (size_t i = 0; i < json_array_size(events); i++)
        if (strcmp(doc_text(json_array_get(events, i), "kind"), kind) == 0 &&
            strstr(doc_text(json_array_get(events, i), "text"), text) != NULL)
            return true;
    return false;
}

static bool is_told_made_again(json_t *document, void *unused) {
    return is_empty_again(document, unused) && event_of(document, "recreated", "stream was deleted");
}

static void ask(const char *what, const char *body) {
    json_t *answer = jetstream_ask(line, what, body);
    ck_assert_ptr_nonnull(answer);
    json_decref(answer);
}

START_TEST(what_changes_is_shown) {
    char leader[64];
    open_as("a");
    json_t *document = wait_for(all_is_known, NULL, "all of the account");
    snprintf(leader, sizeof leader, "%s", doc_text(row(document, "consumers", "billing"), "leader"));
    ck_assert(jetstream_step_down(line, "ORDERS", "billing"));
    document = wait_for(is_led_by_another, leader, "led by another one");
    ck_assert(event_of(document, "leader", "leader of consumer moved"));

    ck_assert(jetstream_add_consumer(line, "ORDERS", "short", NULL));
    ck_assert(jetstream_store(line, "alone", MS));
    wait_for(has_one, NULL, "a message more");
    ask("STREAM.DELETE.ALONE", "");
    ck_assert(jetstream_add_stream(line, "ALONE", "alone", 1));
    wait_for(is_told_made_again, NULL, "made again");
    ask("CONSUMER.DELETE.ORDERS.short", "");
    wait_for(is_deleted, (void *)(uintptr_t) "short", "a consumer less");
}
END_TEST

/* A node that has replicas is killed: its copies are missing, nothing is said of a server. */
static bool lacks_a_replica(json_t *document, void *unused) {
    (void)unused;
    return strcmp(doc_text(row(document, "consumers", "billing"), "replicas"), "2/3") == 0 &&
           doc_number(row(document, "consumers", "billing"), "lag") == STORED - ACKED;
}

START_TEST(a_replica_is_missing) {
    open_as("a");
    wait_for(all_is_known, NULL, "all of the account");
    servers_kill(cluster, 2);
    json_t *document = wait_for(lacks_a_replica, NULL, "2 of 3 replicas");
    ck_assert_int_eq(doc_count(document, "servers"), 0);
    ck_assert(servers_restart(cluster, 2, false));
    wait_for(all_is_known, NULL, "all of the account again");
    ck_assert(servers_wait_ready(cluster, MS));
}
END_TEST

/* Who could not connect at first has a row for whom it tried; with the account that is over. */
static bool is_down(json_t *document, void *unused) {
    (void)unused;
    return strcmp(doc_text(first(document, "servers"), "state"), "down") == 0;
}

static bool is_account_alone(json_t *document, void *unused) {
    (void)unused;
    json_t *alerts = json_object_get(document, "alerts");
    for (size_t i = 0; i < json_array_size(alerts); i++)
        if (strcmp(doc_text(json_array_get(alerts, i), "entity"), "server") == 0 &&
            strcmp(doc_text(json_array_get(alerts, i), "state"), "cleared") != 0)
            return false;
    return doc_count(document, "servers") == 0 &&
           doc_number(row(document, "streams", "ORDERS"), "messages") == STORED;
}

START_TEST(nobody_is_there_at_first) {
    for (int i = 0; i < NODES; i++)
        servers_kill(cluster, i);
    open_as("a");
    wait_for(is_down, NULL, "a row of whom it tried");
    for (int i = 0; i < NODES; i++)
        ck_assert(servers_restart(cluster, i, false));
    wait_for(is_account_alone, NULL, "the account and no server");
}
END_TEST

/* Monitoring ports beside it: nothing is there twice, servers are known, and the leaders' own word counts. */
static bool is_both(json_t *document, void *unused) {
    json_t *server = row(document, "servers", cluster->node[0].name);
    return strcmp(doc_text(server, "state"), "up") == 0 && doc_count(document, "apis") == 1 &&
           all_is_known(document, unused);
}

START_TEST(beside_monitoring_ports) {
    const char *const arguments[] = {"--interval",
                                     "500ms",
                                     "--every",
                                     "jsz=1s",
                                     "--for",
                                     "6s",
                                     "--",
                                     cluster->node[0].http,
                                     cluster->node[1].http,
                                     cluster->node[2].http,
                                     cluster->node[0].url,
                                     NULL};
    be("a");
    ck_assert(documents_open(&documents, "", arguments));
    json_t *document = wait_for(is_both, NULL, "both ways");
    ck_assert_int_eq(doc_count(document, "servers"), NODES);
    ck_assert_int_eq(doc_count(document, "consumers"), 1);
    ck_assert_int_eq(doc_count(document, "streams"), 2);
    ck_assert_str_eq(doc_text(row(document, "consumers", "billing"), "leadership"), "ok");
    for (size_t i = 0; i < json_array_size(json_object_get(document, "events")); i++)
        ck_assert_str_ne(doc_text(json_array_get(json_object_get(document, "events"), i), "kind"),
                         "contested");
}
END_TEST

/* More than a page of each. */
static bool are_many(json_t *document, void *unused) {
    (void)unused;
    return doc_count(document, "consumers") >= MANY + 1 && doc_count(document, "streams") == MANY + 2;
}

START_TEST(lists_of_several_pages) {
    char name[40], what[100];
    for (int i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "C%03d", i);
        ck_assert(jetstream_add_consumer(line, "ALONE", name, NULL));
        ck_assert(jetstream_add_stream(line, name, name, 1));
    }
    open_as("a");
    wait_for(are_many, NULL, "all pages");
    documents_close(&documents);
    for (int i = 0; i < MANY; i++) {
        snprintf(what, sizeof what, "STREAM.DELETE.C%03d", i);
        ask(what, "");
        snprintf(what, sizeof what, "CONSUMER.DELETE.ALONE.C%03d", i);
        ask(what, "");
    }
}
END_TEST

/* ---- who may not ---- */

static const struct {
    const char *user, *failing, *note;
} refused[] = {
    {"plain", "JetStream refused: JetStream not enabled for account (503)",
     "not the system account: JetStream of PLAIN only; servers, connections by HTTP"},
    {"deaf",
     "the user may not subscribe to _INBOX.>, where replies come: allow that, or name an inbox_prefix "
     "that it may",
     "no reply gets through: which account it is can't be asked"},
    {"mute", "the user may not publish to $JS.API.STREAM.LIST",
     "not the system account: JetStream of own account only; servers, connections by HTTP"},
};

static bool says_why(json_t *document, void *failing) {
    return strcmp(doc_text(first(document, "apis"), "failing"), failing) == 0;
}

START_TEST(told_in_words) {
    char said[400];
    open_as(refused[_i].user);
    json_t *document = wait_for(says_why, (void *)(uintptr_t)refused[_i].failing, refused[_i].failing);
    ck_assert_str_eq(doc_text(first(document, "apis"), "note"), refused[_i].note);
    nothing_of_servers(document);
    ck_assert_int_eq(doc_count(document, "alerts"), 0);
    struct command check;
    const char *const arguments[] = {command_natsight(), "check", cluster->node[0].url, NULL};
    ck_assert_int_eq(command_run(&check, arguments, NULL, MS), 3);
    snprintf(said, sizeof said, "UNKNOWN: %s; servers are not seen", refused[_i].failing);
    ck_assert_msg(strncmp(check.output, said, strlen(said)) == 0, "%s", check.output);
    snprintf(said, sizeof said, "\nnote: %s\n", refused[_i].note);
    ck_assert_msg(strstr(check.output, said) != NULL, "%s", check.output);
    command_free(&check);
}
END_TEST

/* Of one stream the consumers may not be listed: the rest is shown, and these are not said to be gone. */
static bool only_streams(json_t *document, void *unused) {
    (void)unused;
    return doc_number(row(document, "streams", "ORDERS"), "messages") == STORED &&
           doc_count(document, "consumers") == 0;
}

START_TEST(one_list_is_denied) {
    open_as("half");
    json_t *document = wait_for(only_streams, NULL, "streams without consumers");
    ck_assert_str_eq(doc_text(first(document, "apis"), "failing"), "");
    ck_assert_int_eq(doc_count(document, "alerts"), 0);
}
END_TEST

/* ---- domains and prefixes ---- */

static void write_context(const char *name, const char *more) {
    static const char *const folders[] = {"nats", "nats/context"};
    char path[700];
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", home.path, folders[i]);
        mkdir(path, 0700);
    }
    snprintf(path, sizeof path, "%s/nats/context/%s.json", home.path, name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fprintf(file, "{\"url\": \"%s\", \"user\": \"a\", \"password\": \"pw\"%s}", cluster->node[0].url, more);
    fclose(file);
}

static const struct {
    const char *name, *more, *stream, *note;
} ways[] = {
    {"by-domain", ", \"jetstream_domain\": \"far\"", "FAR",
     "not the system account: JetStream of A (domain far) only; servers, connections by HTTP"},
    {"by-prefix", ", \"jetstream_api_prefix\": \"$JS.far.API\"", "FAR",
     "not the system account: JetStream of A (by $JS.far.API) only; servers, connections by HTTP"},
    {"by-none", "", "ORDERS", NO_SYSTEM},
};

static bool has_stream(json_t *document, void *name) {
    return row(document, "streams", name) != NULL;
}

static bool nobody_there(json_t *document, void *unused) {
    (void)unused;
    return strcmp(
               doc_text(first(document, "apis"), "failing"),
               "nobody answers $JS.nowhere.API.STREAM.LIST: JetStream can't be reached from this account") ==
           0;
}

START_TEST(domains_and_prefixes) {
    struct natsc *far = natsc_connect(leaf->node[0].url, NULL, MS);
    ck_assert_ptr_nonnull(far);
    ck_assert(jetstream_add_stream(far, "FAR", "far", 1));
    natsc_close(far);
    write_context(ways[_i].name, ways[_i].more);
    be(NULL);
    const char *const arguments[] = {"--every", "jsz=1s", "--for", "1s", "--context", ways[_i].name, NULL};
    ck_assert(documents_open(&documents, "", arguments));
    json_t *document = wait_for(has_stream, (void *)(uintptr_t)ways[_i].stream, ways[_i].stream);
    ck_assert_str_eq(doc_text(first(document, "apis"), "note"), ways[_i].note);
    ck_assert_ptr_null(row(document, "streams", strcmp(ways[_i].stream, "FAR") == 0 ? "ORDERS" : "FAR"));
}
END_TEST

START_TEST(a_domain_that_is_none) {
    write_context("nowhere", ", \"jetstream_domain\": \"nowhere\"");
    be(NULL);
    const char *const arguments[] = {"--for", "1s", "--context", "nowhere", NULL};
    ck_assert(documents_open(&documents, "", arguments));
    wait_for(nobody_there, NULL, "nobody answers");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("an account");
    TCase *tc = tcase_create("an account");
    tcase_set_timeout(tc, 200);
    tcase_add_unchecked_fixture(tc, begin, end);
    tcase_add_checked_fixture(tc, NULL, after);
    tcase_add_test(tc, streams_and_consumers);
    tcase_add_test(tc, how_old_it_is);
    tcase_add_test(tc, what_changes_is_shown);
    tcase_add_loop_test(tc, told_in_words, 0, sizeof refused / sizeof *refused);
    tcase_add_test(tc, one_list_is_denied);
    tcase_add_loop_test(tc, domains_and_prefixes, 0, sizeof ways / sizeof *ways);
    tcase_add_test(tc, a_domain_that_is_none);
    tcase_add_test(tc, beside_monitoring_ports);
    tcase_add_test(tc, lists_of_several_pages);
    suite_add_tcase(suite, tc);
    TCase *nodes = tcase_create("nodes");
    tcase_set_timeout(nodes, 200);
    tcase_add_checked_fixture(nodes, begin, end);
    tcase_add_checked_fixture(nodes, NULL, after);
    tcase_add_test(nodes, a_replica_is_missing);
    tcase_add_test(nodes, nobody_is_there_at_first);
    suite_add_tcase(suite, nodes);
    return suite_run(suite);
}
