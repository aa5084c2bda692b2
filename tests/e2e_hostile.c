/* Answers that are wrong, broken, endless or meant to do harm: each costs its own row and is said there in
 * plain words; a real server beside it stays live, the screen answers keys, and nothing grows without bound.
 */
#include <check.h>
#include <math.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/document.h"
#include "tests/harness/hostile.h"
#include "tests/harness/natsc.h"
#include "tests/harness/ports.h"
#include "tests/harness/servers.h"
#include "tests/harness/shown.h"
#include "tests/harness/suite.h"

enum { MS = 30000, MEMORY_MAX_KB = 200 << 10 };

static struct servers *good; /* one real server for all tests */

static void start(void) {
    good = servers_start(&(struct servers_options){.nodes = 1, .prefix = "good", .jetstream = true});
    ck_assert_ptr_nonnull(good);
}

static void end(void) {
    servers_end(good);
}

/* ---- documents of the real server and a bad URL ---- */

static void watch(struct documents *d, const char *names, const char *url) {
    const char *arguments[] = {"--for", "500ms", "--", good->node[0].http, url, NULL};
    ck_assert(documents_open(d, names, arguments));
}

static json_t *row_at(json_t *document, const char *url) {
    return doc_find(document, "servers", "url", url);
}

struct said {
    const char *url, *state, *words; /* words: a regular expression */
};

static bool matches(const char *text, const char *expression) {
    regex_t regex;
    ck_assert_int_eq(regcomp(&regex, expression, REG_EXTENDED | REG_NOSUB | REG_ICASE), 0);
    bool found = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    return found;
}

static bool is_said(json_t *document, void *context) {
    const struct said *s = context;
    json_t *row = row_at(document, s->url);
    return row && strcmp(doc_text(row, "state"), s->state) == 0 && matches(doc_text(row, "reason"), s->words);
}

/* Beside it the good server goes on being asked. */
static bool good_is_live(json_t *document, void *unused) {
    json_t *row = row_at(document, good->node[0].http);
    (void)unused;
    return strcmp(doc_text(row, "state"), "up") == 0 && doc_number(row, "age_ms") < 4000;
}

/* Largest resident set of the process and its children so far. */
static long memory_of(pid_t pid) {
    char path[64], line[256];
    long most = 0, kb;
    int child;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *in = fopen(path, "re");
    while (in && fgets(line, sizeof line, in))
        if (sscanf(line, "VmHWM: %ld", &kb) == 1)
            most = kb;
    if (in)
        fclose(in);
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)pid);
    in = fopen(path, "re");
    while (in && fscanf(in, "%d", &child) == 1) {
        kb = memory_of(child);
        most = kb > most ? kb : most;
    }
    if (in)
        fclose(in);
    return most;
}

static void assert_memory(pid_t pid) {
    if (!strstr(command_natsight(), "asan")) /* a build with sanitizers needs more */
        ck_assert_int_lt(memory_of(pid), MEMORY_MAX_KB);
}

/* ---- no server, or no monitoring ---- */

struct stranger {
    const char *url; /* NULL: what comes from the rule */
    struct hostile_rule rule;
    const char *words;
};

static const struct stranger strangers[] = {
    {"http://name.does.not.resolve.invalid:8222", {NULL, 0, 0, NULL, 0, 0}, "name.*does not resolve"},
    {NULL,
     {"*", HOSTILE_GREET, 0, "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n", 0, 0},
     "SSH|does not speak HTTP"},
    {NULL, {"*", HOSTILE_GREET, 0, "INFO {\"server_id\":\"X\"}\r\n", 0, 0}, "NATS.*HTTP|does not speak HTTP"},
    {NULL, {"*", HOSTILE_ANSWER, 404, "404 page not found\n", 0, 0}, "404.*prefix"},
    {NULL, {"*", HOSTILE_ANSWER, 401, "<html>login</html>", 0, 0}, "401.*auth-file"},
    {NULL, {"*", HOSTILE_ANSWER, 502, "<html>bad gateway</html>", 0, 0}, "502"},
    {NULL, {"*", HOSTILE_ANSWER, 200, "<html>hello</html>", 0, 0}, "NATS monitoring"},
    {NULL, {"*", HOSTILE_SILENT, 0, NULL, 0, 0}, "no answer|silent"},
    {NULL, {"*", HOSTILE_RESET, 0, NULL, 0, 0}, "reset|closed|refused"},
    {NULL, {"/varz", HOSTILE_CUT, 0, NULL, 0, 0}, "middle"},
    {NULL, {"/varz", HOSTILE_TRICKLE, 0, NULL, 0, 0}, "not complete|silent|answer"},
    {NULL, {"/varz", HOSTILE_ENDLESS, 0, NULL, 0, 0}, "larger than|not complete|too large|NATS monitoring"},
    {NULL, {"/varz", HOSTILE_DEEP, 0, NULL, 0, 100000}, "nested|deep"},
    {NULL, {"/varz", HOSTILE_ANSWER, 0, "{\"server_id\":\"$ID\",\"mem\":}", 0, 0}, "JSON"},
    {NULL, {"/varz", HOSTILE_ANSWER, 0, "[1,2,3]", 0, 0}, "NATS monitoring|JSON"},
    {NULL, {"/varz", HOSTILE_ANSWER, 0, "", 0, 0}, "empty|middle|NATS monitoring|JSON|ended"},
};

/* All at once: each has a row and a reason of its own, and none is in another's way. */
START_TEST(strangers_are_told_apart) {
    enum { N = sizeof strangers / sizeof *strangers };
    struct hostile *h[N] = {NULL};
    const char *address = "127.0.0.1", *arguments[N + 12] = {"--for", "500ms", "--", good->node[0].http};
    char nobody[64], client_port[64];
    int n = 4, port;
    ck_assert(ports_free(&address, 1, &port, 1));
    snprintf(nobody, sizeof nobody, "http://127.0.0.1:%d", port);
    snprintf(client_port, sizeof client_port, "http://127.0.0.1:%d", good->node[0].client_port);
    for (int i = 0; i < N; i++) {
        if (!strangers[i].url)
            ck_assert_ptr_nonnull(h[i] = hostile_start("127.0.0.1", 0, "odd", &strangers[i].rule, 1));
        arguments[n++] = h[i] ? hostile_url(h[i]) : strangers[i].url;
    }
    arguments[n++] = nobody;
    arguments[n++] = client_port;
    struct documents d;
    ck_assert(documents_open(&d, "servers", arguments));
    json_t *document = documents_next(&d, MS);
    for (int i = 0; i < N; i++) {
        struct said said = {h[i] ? hostile_url(h[i]) : strangers[i].url, "down", strangers[i].words};
        if (!is_said(document, &said))
            document = documents_wait(&d, is_said, &said, strangers[i].words, MS);
        ck_assert_msg(document != NULL, "%d: never said: %s", i, strangers[i].words);
    }
    struct said refused = {nobody, "down", "refused"},
                nats = {client_port, "down", "NATS.*8222|NATS, not HTTP"};
    ck_assert_ptr_nonnull(documents_wait(&d, is_said, &refused, refused.words, MS));
    ck_assert_ptr_nonnull(document = documents_wait(&d, is_said, &nats, nats.words, MS));
    for (int i = 0; i < N; i++) { /* what was said once is said still */
        struct said said = {h[i] ? hostile_url(h[i]) : strangers[i].url, "down", strangers[i].words};
        ck_assert_msg(is_said(document, &said), "%d: %s, now %s %s", i, strangers[i].words,
                      doc_text(row_at(document, said.url), "state"),
                      doc_text(row_at(document, said.url), "reason"));
    }
    ck_assert_int_eq(doc_count(document, "servers"), N + 3);
    ck_assert_ptr_nonnull(documents_wait(&d, good_is_live, NULL, "the good one live", MS));
    assert_memory(d.command.pid);
    documents_close(&d);
    for (int i = 0; i < N; i++)
        hostile_end(h[i]);
}
END_TEST

START_TEST(nothing_reached_is_code_3) {
    const struct hostile_rule rule = {"*", HOSTILE_GREET, 0, "SSH-2.0-OpenSSH_9.2p1\r\n", 0, 0};
    struct hostile *h = hostile_start("127.0.0.1", 0, "odd", &rule, 1);
    struct command c;
    const char *snapshot[] = {command_natsight(), "snapshot",     "-o", "-", "--for",
                              "1500ms",           hostile_url(h), NULL};
    const char *print[] = {command_natsight(), "print", "--json",       "--for",
                           "1500ms",           "--",    hostile_url(h), NULL};
    ck_assert_int_eq(command_run(&c, snapshot, NULL, MS), 3);
    ck_assert_msg(strstr(c.output, "SSH") != NULL, "%s", c.output);
    command_free(&c);
    ck_assert_int_eq(command_run(&c, print, NULL, MS), 3);
    ck_assert_msg(strstr(c.output, "SSH") != NULL, "%s", c.output);
    command_free(&c);
    hostile_end(h);
}
END_TEST

/* ---- answers to the dear endpoints ---- */

static const struct hostile_rule dears[] = {
    {"/jsz", HOSTILE_ANSWER, 0, NULL, 4000, 0}, /* 4 s */
    {"/jsz", HOSTILE_ENDLESS, 0, NULL, 0, 0},
    {"/jsz", HOSTILE_DEEP, 0, NULL, 0, 100000},
    {"/jsz", HOSTILE_TRICKLE, 0, NULL, 0, 0},
    {"/jsz", HOSTILE_ANSWER, 0, "{\"server_id\":\"$ID\",\"account_details\":[{\"name\":nothing", 0, 0},
    {"/connz", HOSTILE_LARGE, 0, NULL, 0, 60 << 20},
    {"/connz", HOSTILE_ENDLESS, 0, NULL, 0, 0},
    {"/connz", HOSTILE_CUT, 0, NULL, 0, 0},
    {"/healthz", HOSTILE_SILENT, 0, NULL, 0, 0},
};

struct stays {
    const char *url;
    int documents;
};

static bool is_up(json_t *document, const char *url) {
    return strcmp(doc_text(row_at(document, url), "state"), "up") == 0;
}

/* Six documents running, so that an answer that takes 4 s each 5 s can't hide between them. */
static bool was_up_for_long(json_t *document, void *context) {
    struct stays *s = context;
    s->documents = is_up(document, s->url) && is_up(document, good->node[0].http) ? s->documents + 1 : 0;
    return s->documents >= 6;
}

/* The server stays up: /varz has a lane of its own. Some at a time, so that it takes less. */
START_TEST(dear_answers_never_make_a_server_look_dead) {
    enum { N = sizeof dears / sizeof *dears };
    struct hostile *h[N];
    struct documents d[N];
    for (int i = _i; i < N; i += 2) {
        ck_assert_ptr_nonnull(h[i] = hostile_start("127.0.0.1", 0, "odd", &dears[i], 1));
        watch(&d[i], "servers", hostile_url(h[i]));
    }
    for (int i = _i; i < N; i += 2) {
        struct stays stays = {hostile_url(h[i]), 0};
        ck_assert_msg(documents_wait(&d[i], was_up_for_long, &stays, "six documents with it up", MS) != NULL,
                      "%s", dears[i].path);
        ck_assert_int_gt(hostile_requests(h[i], dears[i].path), 0);
        assert_memory(d[i].command.pid);
        documents_close(&d[i]);
        hostile_end(h[i]);
    }
}
END_TEST

/* ---- names ---- */

static bool has_no_control(json_t *value) {
    if (json_is_string(value)) {
        const unsigned char *s = (const unsigned char *)json_string_value(value);
        size_t n = json_string_length(value);
        for (size_t i = 0; i < n; i++) {
            if (s[i] < ' ' || s[i] == 127 || (s[i] == 0xc2 && s[i + 1] >= 0x80 && s[i + 1] < 0xa0))
                return false;
            if (s[i] == 0xe2 && ((s[i + 1] == 0x80 && s[i + 2] >= 0x8e && s[i + 2] <= 0xae &&
                                  s[i + 2] != 0x90 && !(s[i + 2] > 0x8f && s[i + 2] < 0xa8)) ||
                                 (s[i + 1] == 0x81 && s[i + 2] >= 0xa6 && s[i + 2] <= 0xa9)))
                return false; /* marks that turn the direction of the text */
        }
        return n <= 300;
    }
    const char *key;
    size_t i;
    json_t *inner;
    if (json_is_object(value))
        json_object_foreach(value, key, inner) if (!has_no_control(inner)) return false;
    if (json_is_array(value))
        json_array_foreach(value, i, inner) if (!has_no_control(inner)) return false;
    return true;
}

#define VARZ_OF(NAME)                                                                                        \
    "{\"server_id\":\"$ID\",\"server_name\":\"" NAME                                                         \
    "\",\"version\":\"2.9.10\",\"start\":\"2026-01-01T00:00:00Z\",\"now\":\"$NOW\","                         \
    "\"mem\":18446744073709551615,\"cores\":2,\"cpu\":0.5,\"connections\":1,\"total_connections\":"          \
    "18446744073709551615,"                                                                                  \
    "\"in_msgs\":9223372036854775807,\"out_msgs\":1,\"in_bytes\":1,\"out_bytes\":1,\"slow_consumers\":0}"

static const struct {
    const char *body, *shown; /* shown: part of the cleaned name */
} hostile_names[] = {
    {VARZ_OF("nul\\u0000inside"), "nul"},   {VARZ_OF("esc\\u001b[31;1mred\\u001b]0;title\\u0007"), "esc"},
    {VARZ_OF("raw\x1b[2J\x1b[H"), "raw"},   {VARZ_OF("bidi\\u202eevil\\u2066x"), "bidi"},
    {VARZ_OF("bad\xff\xfe\xc3("), "bad"},   {VARZ_OF("lone\\ud800surrogate"), "lone"},
    {VARZ_OF("c1\xc2\x9b\x33\x31m"), "c1"}, {VARZ_OF("mega$FILL"), "mega"},
};

static bool has_both(json_t *document, void *context) {
    return row_at(document, context) && *doc_text(row_at(document, context), "state") &&
           good_is_live(document, NULL);
}

START_TEST(names_are_cleaned) {
    struct hostile_rule rule = {"/varz", HOSTILE_ANSWER, 0, hostile_names[_i].body, 0, 1 << 20};
    struct hostile *h = hostile_start("127.0.0.1", 0, "odd", &rule, 1);
    ck_assert_ptr_nonnull(h);
    struct terminal *t = shown_open((const char *[]){good->node[0].http, hostile_url(h), NULL},
                                    &(struct terminal_options){.rows = 24, .cols = 100});
    struct documents d;
    watch(&d, "servers", hostile_url(h));
    json_t *document =
        documents_wait(&d, has_both, (void *)(uintptr_t)hostile_url(h), "a row beside the good one's", MS);
    ck_assert_ptr_nonnull(document);
    json_t *row = row_at(document, hostile_url(h));
    ck_assert_msg(has_no_control(document), "a control character is in the document of %s",
                  hostile_names[_i].shown);
    if (strcmp(doc_text(row, "state"), "up") == 0) { /* else the body was refused, which is said */
        ck_assert_msg(
            strncmp(doc_text(row, "name"), hostile_names[_i].shown, strlen(hostile_names[_i].shown)) == 0,
            "%s", doc_text(row, "name"));
        shown_wait(t, hostile_names[_i].shown);
    } else {
        ck_assert(*doc_text(row, "reason"));
    }
    shown_wait(t, "good1");
    shown_type(t, "2", "> Connections");
    documents_close(&d);
    shown_quit(t);
    hostile_end(h);
}
END_TEST

/* 2^64-1 is a number, and not -1, and not 1.8446744073709552e19. */
START_TEST(the_largest_number_is_exact) {
    struct hostile_rule rule = {
        "/jsz",
        HOSTILE_ANSWER,
        0,
        "{\"server_id\":\"$ID\",\"now\":\"$NOW\",\"streams\":1,\"consumers\":0,\"messages\":1,\"bytes\":1,"
        "\"account_details\":[{\"name\":\"$G\",\"id\":\"$G\",\"memory\":18446744073709551615,"
        "\"reserved_memory\":18446744073709551615,\"stream_detail\":[{\"name\":\"BIG\",\"created\":"
        "\"2026-01-01T00:00:00Z\",\"state\":{\"messages\":18446744073709551615,\"bytes\":"
        "18446744073709551615,\"first_seq\":1,\"last_seq\":18446744073709551615,\"consumer_count\":0}}]}]}",
        0,
        0};
    struct hostile *h = hostile_start("127.0.0.1", 0, "odd", &rule, 1);
    const char *argv[] = {command_natsight(), "print", "--json",       "--for", "3s",
                          "streams",          "--",    hostile_url(h), NULL};
    struct command c;
    ck_assert_int_eq(command_run(&c, argv, NULL, MS), 0);
    ck_assert_msg(strstr(c.output, "\"messages\":18446744073709551615") != NULL, "%s", c.output);
    ck_assert_msg(strstr(c.output, "\"last_seq\":18446744073709551615") != NULL, "%s", c.output);
    command_free(&c);
    hostile_end(h);
}
END_TEST

/* What a real server lets through from a real client. */
START_TEST(a_clients_name_is_cleaned) {
    static const char *const names[] = {"evil\\u001b[31m\\u0007bell", "evil\\u202egnp.exe", "evil\\u0000nul",
                                        "evil\xff\xfe",
                                        "evil\xe6\x97\xa5\xe6\x9c\xac\xcc\x81\xcc\x81\xcc\x81"};
    enum { N = sizeof names / sizeof *names };
    struct natsc *c[N];
    int connected = 0;
    for (int i = 0; i < N; i++) {
        c[i] = natsc_connect(good->node[0].url, &(struct natsc_options){.name = names[i]}, 5000);
        connected += c[i] != NULL;
    }
    ck_assert_int_gt(connected, 2);
    struct terminal *t = shown_open((const char *[]){"--view", "connections", good->node[0].http, NULL},
                                    &(struct terminal_options){.rows = 24, .cols = 100});
    shown_wait(t, "evil");
    shown_wait(t, "gnp.exe");
    struct documents d;
    const char *arguments[] = {"--for", "1s", "--", good->node[0].http, NULL};
    ck_assert(documents_open(&d, "connections", arguments));
    json_t *document = documents_next(&d, MS);
    for (int i = 0; i < 10 && doc_count(document, "connections") < connected; i++)
        document = documents_next(&d, MS);
    ck_assert_int_ge(doc_count(document, "connections"), connected);
    ck_assert(has_no_control(document));
    size_t size;
    const char *output = terminal_output(t, &size);
    ck_assert_ptr_null(memmem(output, size, "\xe2\x80\xae", 3));
    ck_assert_ptr_null(memmem(output, size, "\x07", 1));
    documents_close(&d);
    shown_quit(t);
    for (int i = 0; i < N; i++)
        natsc_close(c[i]);
}
END_TEST

/* ---- many connections with long names, from a real server ---- */

START_TEST(a_crowd_with_long_names) {
    const char *crowd = getenv("NATSIGHT_SOAK") ? "10000" : "1000";
    struct servers *s =
        servers_start(&(struct servers_options){.nodes = 1, .config = "max_control_line: 8192"});
    ck_assert_ptr_nonnull(s);
    struct command life;
    const char *argv[] = {command_life(), "--only", "crowd",        "--crowd", crowd,
                          "--name-bytes", "4000",   s->node[0].url, NULL};
    ck_assert(command_start(&life, argv, NULL));
    ck_assert(command_wait_output(&life, "ready", 4 * MS));
    struct terminal *t = shown_open((const char *[]){"--view", "connections", s->node[0].http, NULL},
                                    &(struct terminal_options){.rows = 24, .cols = 100});
    char what[64];
    snprintf(what, sizeof what, "%.*s,?000 open", (int)strlen(crowd) - 3, crowd);
    shown_wait(t, what);
    shown_wait(t, "crowd-[0-9]+-?…[0-9a-f]{5}"); /* its beginning, and the mark of the whole */
    shown_type(t, "1", "^.NODES 1");
    shown_type(t, "2", "crowd-");
    assert_memory(terminal_pid(t));
    struct documents d;
    const char *arguments[] = {"--for", "4s", "--", s->node[0].http, NULL};
    ck_assert(documents_open(&d, "servers connections", arguments));
    json_t *document = documents_next(&d, MS);
    ck_assert_double_eq(doc_number(row_at(document, s->node[0].http), "connections"), atoi(crowd));
    ck_assert_int_eq(doc_count(document, "connections"), atoi(crowd));
    ck_assert(has_no_control(document));
    documents_close(&d);
    shown_quit(t);
    kill(life.pid, SIGTERM);
    ck_assert_int_eq(command_finish(&life, MS), 0);
    command_free(&life);
    servers_end(s);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("hostile");
    TCase *tc = tcase_create("answers");
    tcase_set_timeout(tc, 120);
    tcase_add_unchecked_fixture(tc, start, end);
    tcase_add_test(tc, strangers_are_told_apart);
    tcase_add_test(tc, nothing_reached_is_code_3);
    tcase_add_loop_test(tc, dear_answers_never_make_a_server_look_dead, 0, 2);
    tcase_add_loop_test(tc, names_are_cleaned, 0, sizeof hostile_names / sizeof *hostile_names);
    tcase_add_test(tc, the_largest_number_is_exact);
    tcase_add_test(tc, a_clients_name_is_cleaned);
    tcase_add_test(tc, a_crowd_with_long_names);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
