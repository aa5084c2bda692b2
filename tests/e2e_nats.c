/* Through NATS alone: the servers, streams, consumers and connections of a cluster by one connection of its
 * system account, held against what the monitoring ports say; nodes that go and come back; who is let in and
 * who is not, in the words that a person reads. Real servers; the one that is silent after its INFO is a
 * fake, since a real one can't be made to be. */
#include <check.h>
#include <math.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "tests/harness/certificates.h"
#include "tests/harness/document.h"
#include "tests/harness/jetstream.h"
#include "tests/harness/ports.h"
#include "tests/harness/servers.h"
#include "tests/harness/suite.h"

enum { NODES = 3, MS = 40000, STORED = 300 };

/* The pair of the NATS documentation. */
#define NKEY_SEED "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY"
#define NKEY      "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4"

#define ACCOUNTS                                                                                             \
    "accounts {\n"                                                                                           \
    "  SYS { users: [{user: sys, password: \"sys-secret\"}, {nkey: " NKEY "}] }\n"                           \
    "  A { jetstream: enabled, users: [{user: a, password: a}] }\n"                                          \
    "}\nsystem_account: SYS\nno_auth_user: a\n"

static struct servers *cluster;
static struct natsc *line;
static struct documents documents;

static void be(const char *user, const char *password) {
    user ? setenv("NATS_USER", user, 1) : unsetenv("NATS_USER");
    password ? setenv("NATS_PASSWORD", password, 1) : unsetenv("NATS_PASSWORD");
}

static void open_over(const char *names, const char *const urls[]) {
    const char *arguments[NODES + 8] = {"--interval", "500ms", "--every", "jsz=1s", "--for", "1s", "--"};
    for (int i = 0; urls[i]; i++)
        arguments[7 + i] = urls[i];
    ck_assert(documents_open(&documents, names, arguments));
}

static void begin(void) {
    cluster = servers_start(&(struct servers_options){.nodes = NODES, .jetstream = true, .config = ACCOUNTS});
    ck_assert_ptr_nonnull(cluster);
    line = natsc_connect(cluster->node[2].url, NULL, MS);
    ck_assert_ptr_nonnull(line);
    be("sys", "sys-secret");
}

static void end(void) {
    documents_close(&documents);
    natsc_close(line);
    servers_end(cluster);
    be(NULL, NULL);
}

static void fill(void) {
    ck_assert(jetstream_add_stream(line, "ORDERS", "orders", 3));
    ck_assert(jetstream_add_consumer(line, "ORDERS", "billing", "orders"));
    for (int i = 0; i < STORED; i++)
        ck_assert(jetstream_store(line, "orders", MS));
    ck_assert_int_eq(jetstream_pull(line, "ORDERS", "billing", 100, 60), 100);
}

/* ---- the same as by the monitoring ports ---- */

static json_t *by_name(json_t *document, const char *list, const char *name) {
    return doc_find(document, list, "name", name);
}

static bool all_are_known(json_t *document, void *unused) {
    (void)unused;
    bool known = doc_count(document, "servers") == NODES;
    for (int i = 0; i < NODES && known; i++)
        known = strcmp(doc_text(by_name(document, "servers", cluster->node[i].name), "state"), "up") == 0;
    json_t *consumer = by_name(document, "consumers", "billing");
    return known && doc_number(by_name(document, "streams", "ORDERS"), "messages") == STORED &&
           doc_number(consumer, "lag") == STORED - 60 && doc_count(document, "connections") >= 1;
}

/* Each text and number of these, of every row. */
static const struct {
    const char *list, *keys;
} same[] = {
    {"servers", "name cluster id version state health max_connections max_payload max_pending js_enabled "
                "js_max_memory js_max_storage restarts meta_role routes start"},
    {"streams", "name account messages bytes first_seq last_seq consumers replicas leader leadership state "
                "storage discard"},
    {"consumers", "name stream account lag ack_pending pending delivered_seq redelivered waiting "
                  "leader leadership replicas ack_policy max_ack_pending"},
};

static void same_row(json_t *a, json_t *b, const char *keys) {
    char all[400], *rest = NULL;
    snprintf(all, sizeof all, "%s", keys);
    for (char *key = strtok_r(all, " ", &rest); key; key = strtok_r(NULL, " ", &rest)) {
        ck_assert_msg(json_object_get(a, key) || json_object_get(b, key), "neither has %s", key);
        ck_assert_msg(json_equal(json_object_get(a, key), json_object_get(b, key)), "%s differs", key);
    }
}

START_TEST(the_same_numbers) {
    const char *const by_http[] = {cluster->node[0].http, cluster->node[1].http, cluster->node[2].http, NULL};
    const char *const by_nats[] = {cluster->node[0].url, NULL}; /* the others are met through it */
    fill();
    open_over("", by_http);
    json_t *a = json_incref(documents_wait(&documents, all_are_known, NULL, "all by HTTP", MS));
    documents_close(&documents);
    open_over("", by_nats);
    json_t *b = json_incref(documents_wait(&documents, all_are_known, NULL, "all by NATS", MS));
    ck_assert(a && b);
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        size_t k;
        json_t *row;
        ck_assert_int_eq(doc_count(a, same[i].list), doc_count(b, same[i].list));
        ck_assert_int_ge(doc_count(a, same[i].list), 1);
        json_array_foreach(json_object_get(a, same[i].list), k, row) {
            same_row(row, by_name(b, same[i].list, doc_text(row, "name")), same[i].keys);
        }
    }
    json_decref(a);
    json_decref(b);
}
END_TEST

/* ---- nodes that go ---- */

struct wanted {
    int node;
    const char *state;
    bool restarted;
};

static bool is_so(json_t *document, void *context) {
    const struct wanted *w = context;
    if (doc_count(document, "servers") != NODES)
        return false;
    for (int i = 0; i < NODES; i++) {
        json_t *row = by_name(document, "servers", cluster->node[i].name);
        if (strcmp(doc_text(row, "state"), i == w->node ? w->state : "up") != 0 ||
            (i == w->node && w->restarted && doc_number(row, "restarts") != 1))
            return false;
    }
    return true;
}

static void wait_for(int node, const char *state, bool restarted) {
    struct wanted w = {node, state, restarted};
    int64_t from = servers_now_ms();
    ck_assert_msg(documents_wait(&documents, is_so, &w, state, MS) != NULL, "n%d is not %s", node + 1, state);
    printf("figure: n%d %s%s: %.1f s\n", node + 1, state, restarted ? " again" : "",
           (double)(servers_now_ms() - from) / 1000);
}

/* The one we are connected to is killed: the others are asked through another one. */
START_TEST(a_node_goes_and_comes_back) {
    const char *const urls[] = {cluster->node[_i].url, NULL};
    open_over("servers", urls);
    wait_for(0, "up", false);
    servers_kill(cluster, 0);
    wait_for(0, "down", false);
    ck_assert(servers_restart(cluster, 0, false));
    wait_for(0, "up", true);
    servers_pause(cluster, 1);
    wait_for(1, "down", false);
    servers_resume(cluster, 1);
    wait_for(1, "up", false);
}
END_TEST

/* As its event says. */
static bool is_connected_to(int node) {
    json_t *event;
    size_t i;
    char says[100];
    snprintf(says, sizeof says, "connected to %s", strstr(cluster->node[node].url, "://") + 3);
    json_array_foreach(json_object_get(documents.last, "events"), i,
                       event) if (strcmp(doc_text(event, "text"), says) == 0) return true;
    return false;
}

/* The one we are connected to falls silent, and is the only one that does: the others are asked through
 * another one before anybody takes them for silent. */
START_TEST(the_one_in_between_falls_silent) {
    const char *const urls[] = {cluster->node[0].url, cluster->node[1].url, cluster->node[2].url, NULL};
    struct wanted down = {-1, "down", false};
    open_over("servers clusters events", urls);
    wait_for(0, "up", false);
    for (int i = 0; i < NODES; i++)
        if (is_connected_to(i))
            down.node = i;
    ck_assert_int_ge(down.node, 0);
    servers_pause(cluster, down.node);
    json_t *document = NULL;
    for (int i = 0; i < 20 && (document == NULL || !is_so(document, &down)); i++) {
        document = documents_next(&documents, MS);
        ck_assert_ptr_nonnull(document);
        for (int k = 0; k < NODES; k++)
            if (k != down.node)
                ck_assert_str_eq(doc_text(by_name(document, "servers", cluster->node[k].name), "state"),
                                 "up");
    }
    ck_assert_str_eq(doc_text(by_name(document, "servers", cluster->node[down.node].name), "state"), "down");
    servers_resume(cluster, down.node);
    wait_for(down.node, "up", false);
}
END_TEST

static bool none_is_up(json_t *document, void *unused) {
    (void)unused;
    for (int i = 0; i < NODES; i++)
        if (strcmp(doc_text(by_name(document, "servers", cluster->node[i].name), "state"), "down") != 0)
            return false;
    return true;
}

START_TEST(all_go_and_come_back) {
    const char *const urls[] = {cluster->node[0].url, NULL};
    open_over("servers", urls);
    wait_for(0, "up", false);
    for (int i = 0; i < NODES; i++)
        servers_kill(cluster, i);
    ck_assert_ptr_nonnull(documents_wait(&documents, none_is_up, NULL, "all are down", MS));
    for (int i = 0; i < NODES; i++)
        ck_assert(servers_restart(cluster, i, false));
    wait_for(0, "up", true);
}
END_TEST

/* ---- who is let in ---- */

static struct certificates certificates;
static char tls_config[3000];

static bool has_reason(json_t *document, void *reason) {
    json_t *row = json_array_get(json_object_get(document, "servers"), 0);
    return strstr(doc_text(row, "reason"), reason) != NULL;
}

static bool is_up(json_t *document, void *unused) {
    (void)unused;
    return strcmp(doc_text(json_array_get(json_object_get(document, "servers"), 0), "state"), "up") == 0;
}

/* reason NULL: it is up. */
static void told(const char *const arguments[], const char *reason) {
    ck_assert(documents_open(&documents, "servers", arguments));
    json_t *document = documents_wait(&documents, reason ? has_reason : is_up, (void *)(uintptr_t)reason,
                                      reason ? reason : "up", MS);
    ck_assert_msg(document != NULL, "not: %s", reason ? reason : "up");
    printf("figure: %s\n",
           reason ? doc_text(json_array_get(json_object_get(document, "servers"), 0), "reason") : "let in");
    documents_close(&documents);
}

static const struct {
    const char *user, *password, *reason;
} logins[] = {
    {"sys", "sys-secret", NULL},
    {"sys", "wrong", "it refuses user sys"},
    {"nobody", "x", "it refuses user nobody"},
    {"some-token", NULL, "it refuses a token"},
};

START_TEST(logins_and_refusals) {
    be(logins[_i].user, logins[_i].password);
    const char *const arguments[] = {"--for", "1s", "--", cluster->node[0].url, NULL};
    told(arguments, logins[_i].reason);
}
END_TEST

/* As the nats command keeps it, and one field of it otherwise by the environment. */
START_TEST(a_context) {
    struct folder home;
    char path[700];
    ck_assert(folder_make(&home, "natsight-home"));
    const char *const folders[] = {"nats", "nats/context"};
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", home.path, folders[i]);
        ck_assert_int_eq(mkdir(path, 0700), 0);
    }
    snprintf(path, sizeof path, "%s/nats/context/east-sys.json", home.path);
    FILE *context = fopen(path, "w");
    ck_assert_ptr_nonnull(context);
    fprintf(context, "{\"url\": \"%s\", \"user\": \"sys\", \"password\": \"sys-secret\", \"creds\": \"\"}",
            cluster->node[0].url);
    fclose(context);
    be(NULL, NULL);
    setenv("XDG_CONFIG_HOME", home.path, 1);
    const char *const arguments[] = {"--for", "1s", "--context", "east-sys", NULL};
    told(arguments, NULL);
    be(NULL, "wrong");
    told(arguments, "it refuses user sys");
    be(NULL, NULL);
    struct command natsight;
    const char *const slip[] = {command_natsight(), "--context", "east-syss", "--plain", NULL};
    ck_assert_int_eq(command_run(&natsight, slip, NULL, MS), 64);
    ck_assert_str_eq(natsight.errors,
                     "natsight: --context: there is no context east-syss; did you mean east-sys?\n");
    command_free(&natsight);
    unsetenv("XDG_CONFIG_HOME");
    folder_remove(&home);
}
END_TEST

static void put(const char *path, const char *text) {
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

START_TEST(an_nkey) {
    struct folder folder;
    char path[700], says[800];
    ck_assert(folder_make(&folder, "natsight-nkey"));
    snprintf(path, sizeof path, "%s/x.nk", folder.path);
    put(path, NKEY_SEED "\n");
    be(NULL, NULL);
    setenv("NATS_NKEY", path, 1);
    const char *const arguments[] = {"--for", "1s", "--", cluster->node[0].url, NULL};
    told(arguments, NULL);
    put(path, NKEY "\n"); /* that is the other half */
    snprintf(says, sizeof says, "nkey %s: there is no seed of a user in it (SU...)", path);
    told(arguments, says);
    folder_remove(&folder);
    snprintf(says, sizeof says, "nkey %s: No such file or directory", path);
    told(arguments, says);
    unsetenv("NATS_NKEY");
    setenv("NATS_CREDS", path, 1);
    snprintf(says, sizeof says, "credentials %s: No such file or directory", path);
    told(arguments, says);
    unsetenv("NATS_CREDS");
}
END_TEST

START_TEST(nobody_is_there) {
    const char *address = "127.0.0.1";
    int port;
    char url[60], says[80];
    ck_assert(ports_free(&address, 1, &port, 1));
    snprintf(url, sizeof url, "nats://127.0.0.1:%d", port);
    snprintf(says, sizeof says, "refused: nothing listens on port %d", port);
    told((const char *const[]){"--for", "1s", "--", url, NULL}, says);
    told((const char *const[]){"--for", "1s", "--", "nats://no.such.host.invalid", NULL},
         "the name no.such.host.invalid does not resolve");
    char *http = memory_format("nats://%s", cluster->node[0].http + strlen("http://"));
    told((const char *const[]){"--for", "1s", "--", http, NULL}, "but it does not speak as NATS does");
    free(http);
}
END_TEST

/* Its own end is 127.0.0.11 alone. */
static struct servers *start_tls(bool verify) {
    const char *folder = certificates.folder.path;
    snprintf(tls_config, sizeof tls_config,
             ACCOUNTS
             "tls { cert_file: \"%s/server.pem\", key_file: \"%s/server.key\", ca_file: \"%s/ca.pem\", "
             "verify: %s }\n",
             folder, folder, folder, verify ? "true" : "false");
    return servers_start(&(struct servers_options){.addresses = true, .config = tls_config});
}

static char *file(const char *name) {
    return memory_format("%s/%s", certificates.folder.path, name);
}

START_TEST(tls) {
    if (!certificates_make(&certificates)) {
        fprintf(stderr, "skipped: TLS, for want of an openssl command\n");
        return;
    }
    be("sys", "sys-secret");
    char *ca = file("ca.pem"), *other = file("other-ca.pem"), *cert = file("client.pem"),
         *key = file("client.key");
    struct servers *s = start_tls(false);
    ck_assert_ptr_nonnull(s);
    char *url = memory_format("tls://127.0.0.11:%d", s->node[0].client_port);
    told((const char *const[]){"--for", "1s", "--ca", ca, "--", url, NULL}, NULL);
    told((const char *const[]){"--for", "1s", "--", url, NULL},
         "TLS: --ca? its certificate is signed by nobody");
    told((const char *const[]){"--for", "1s", "--ca", other, "--", url, NULL},
         "TLS: --ca? its certificate is");
    told((const char *const[]){"--for", "1s", "--insecure", "--", url, NULL}, NULL);
    told((const char *const[]){"--for", "1s", "--ca", ca, "--tls-name", "else.example", "--", url, NULL},
         "TLS: --tls-name? its certificate is not for this host");
    servers_end(s);
    s = start_tls(true);
    ck_assert_ptr_nonnull(s);
    free(url);
    url = memory_format("nats://127.0.0.11:%d", s->node[0].client_port);
    told((const char *const[]){"--for", "1s", "--ca", ca, "--cert", cert, "--key", key, "--", url, NULL},
         NULL);
    told((const char *const[]){"--for", "1s", "--ca", ca, "--", url, NULL},
         "TLS: --cert, --key? it closed after the handshake: it wants a client's certificate");
    servers_end(s);
    free(url);
    free(ca), free(other), free(cert), free(key);
    certificates_remove(&certificates);
}
END_TEST

/* ---- what is not to be seen ---- */

/* In no argument and no environment of what was started. */
START_TEST(no_secret_is_in_proc) {
    const char *const urls[] = {cluster->node[0].url, NULL};
    open_over("servers", urls);
    wait_for(0, "up", false);
    char command[200];
    snprintf(command, sizeof command,
             "for p in $(pgrep -P %d); do cat /proc/$p/cmdline /proc/$p/environ; done | tr '\\0' '\\n'",
             (int)documents.command.pid);
    FILE *pipe = popen(command, "r");
    char text[20000] = "";
    ck_assert_ptr_nonnull(pipe);
    size_t len = fread(text, 1, sizeof text - 1, pipe);
    text[len] = '\0';
    pclose(pipe);
    ck_assert_ptr_nonnull(strstr(text, "collect\nnats\n"));
    ck_assert_ptr_null(strstr(text, "sys-secret"));
    ck_assert_ptr_null(strstr(text, "NATS_"));
}
END_TEST

/* ---- cnats hangs ---- */

static int silent_after_info(int *port) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert(fd >= 0 && bind(fd, (struct sockaddr *)&at, size) == 0 && listen(fd, 9) == 0);
    ck_assert(getsockname(fd, (struct sockaddr *)&at, &size) == 0);
    *port = ntohs(at.sin_port);
    return fd;
}

static const char info[] = "INFO {\"server_id\":\"X\",\"version\":\"2.9.10\",\"headers\":true,"
                           "\"max_payload\":1048576}\r\n";

/* Meets whoever connects, `count` times, and says no more than INFO. */
static void be_silent(int listener, int count, struct command *natsight) {
    int met = 0;
    for (int64_t until = servers_now_ms() + MS; met < count && servers_now_ms() < until;) {
        struct pollfd wait = {.fd = listener, .events = POLLIN};
        if (poll(&wait, 1, 200) == 1) {
            int fd = accept(listener, NULL, NULL);
            ck_assert_int_eq(write(fd, info, sizeof info - 1), (ssize_t)sizeof info - 1);
            met++;
        }
        command_pump(natsight, 0);
    }
    ck_assert_int_eq(met, count);
}

/* Who does not come back from a call is killed and started again, and it is said; alone it ends. */
START_TEST(a_server_silent_after_its_info) {
    int port, listener = silent_after_info(&port);
    char url[60];
    snprintf(url, sizeof url, "nats://127.0.0.1:%d", port);
    struct command natsight;
    const char *const argv[] = {command_natsight(), "--plain", url, NULL};
    const char *const alone[] = {command_natsight(), "collect", "nats", url, NULL};
    ck_assert(command_start(&natsight, argv, NULL));
    be_silent(listener, 2, &natsight);
    ck_assert_msg(
        command_wait_output(&natsight, "no beat for 3 s while connecting to nats://127.0.0.1", 2000), "%s",
        natsight.output);
    command_free(&natsight);
    ck_assert(command_start(&natsight, alone, NULL));
    be_silent(listener, 1, &natsight);
    ck_assert_int_eq(command_finish(&natsight, MS), 1);
    ck_assert_ptr_nonnull(
        strstr(natsight.errors, "the NATS library hangs while connecting to nats://127.0.0.1"));
    command_free(&natsight);
    close(listener);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("NATS");
    TCase *tc = tcase_create("through NATS");
    tcase_set_timeout(tc, 150);
    tcase_add_checked_fixture(tc, begin, end);
    tcase_add_test(tc, the_same_numbers);
    tcase_add_loop_test(tc, a_node_goes_and_comes_back, 0, 2);
    tcase_add_test(tc, the_one_in_between_falls_silent);
    tcase_add_test(tc, all_go_and_come_back);
    tcase_add_test(tc, no_secret_is_in_proc);
    suite_add_tcase(suite, tc);
    TCase *doors = tcase_create("doors");
    tcase_set_timeout(doors, 120);
    tcase_add_unchecked_fixture(doors, begin, end);
    tcase_add_loop_test(doors, logins_and_refusals, 0, sizeof logins / sizeof *logins);
    tcase_add_test(doors, a_context);
    tcase_add_test(doors, an_nkey);
    tcase_add_test(doors, nobody_is_there);
    suite_add_tcase(suite, doors);
    TCase *alone = tcase_create("alone");
    tcase_set_timeout(alone, 120);
    tcase_add_test(alone, tls);
    tcase_add_test(alone, a_server_silent_after_its_info);
    suite_add_tcase(suite, alone);
    return suite_run(suite);
}
