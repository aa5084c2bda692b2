/* Subjects through the collector, on a real server: shares against a mix that is known, what the server
 * notices of it, and what happens when it refuses, is ended, or its connection is lost. */
#include <check.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sample/stream.h"
#include "tests/harness/command.h"
#include "tests/harness/http_get.h"
#include "tests/harness/natsc.h"
#include "tests/harness/servers.h"
#include "tests/harness/shown.h"
#include "tests/harness/suite.h"

enum { MS = 20000, SUBJECTS = 40 };

#define USERS                                                                                                \
    "accounts { A { users: [ { user: all, password: a },\n"                                                  \
    "  { user: some, password: s, permissions: { subscribe: \"orders.>\" } } ] } }\nno_auth_user: all\n"

static struct servers *servers;

/* ---- the collector, and what it says ---- */

struct seen {
    char name[300], headers[300];
    bool over;
    uint64_t messages, alike, replies;
    double share, low, high, bytes_share, size;
};

static struct {
    pid_t pid;
    int in, out;
    struct stream_reader *reader;
    int samples, rows;
    struct seen seen[SUBJECTS];
    char state[40], problem[400];
    uint64_t messages, looks, full, ever;
    double seconds;
} at;

static double real(const struct row *row, enum field f) {
    double v = NAN;
    return row_number(row, f, &v) ? v : NAN;
}

static void take_subject(const struct row *row) {
    if (at.rows == SUBJECTS)
        return;
    struct seen *s = &at.seen[at.rows++];
    snprintf(s->name, sizeof s->name, "%s", row_text(row, F_SUBJECT_subject));
    snprintf(s->headers, sizeof s->headers, "%s", row_text(row, F_SUBJECT_headers));
    s->over = row_u64(row, F_SUBJECT_over, 0);
    s->messages = row_u64(row, F_SUBJECT_messages, 0);
    s->alike = row_u64(row, F_SUBJECT_alike, 0);
    s->replies = row_u64(row, F_SUBJECT_replies, 0);
    s->share = real(row, F_SUBJECT_share);
    s->low = real(row, F_SUBJECT_share_low);
    s->high = real(row, F_SUBJECT_share_high);
    s->bytes_share = real(row, F_SUBJECT_bytes_share);
    s->size = real(row, F_SUBJECT_size);
}

static void on_sample(void *data, const struct sample *sample) {
    (void)data;
    const struct row *row = sample_first(sample, ENTITY_SAMPLING);
    if (row == NULL)
        return;
    at.samples++;
    at.rows = 0;
    snprintf(at.state, sizeof at.state, "%s", row_text(row, F_SAMPLING_state));
    snprintf(at.problem, sizeof at.problem, "%s", row_text(row, F_SAMPLING_problem));
    at.messages = row_u64(row, F_SAMPLING_messages, 0);
    at.looks = row_u64(row, F_SAMPLING_looks, 0);
    at.full = row_u64(row, F_SAMPLING_full, 0);
    at.ever = row_u64(row, F_SAMPLING_ever, 0);
    at.seconds = (double)(row_i64(row, F_SAMPLING_end, 0) - row_i64(row, F_SAMPLING_begin, 0)) / 1e9;
    for (size_t i = 0; i < sample->count; i++)
        if (sample->rows[i]->entity == ENTITY_SUBJECT)
            take_subject(sample->rows[i]);
}

static void on_row(void *data, uint16_t source, enum frame_kind kind, const struct row *row) {
    (void)data, (void)source, (void)kind, (void)row;
}

static void on_damage(void *data, size_t skipped) {
    (void)data, (void)skipped;
    ck_abort_msg("damage");
}

static const struct stream_handler handler = {on_row, on_sample, on_damage};

static void say(const char *line) {
    ck_assert_int_eq(write(at.in, line, strlen(line)), (ssize_t)strlen(line));
}

static void collector_start(const char *user, const char *password) {
    int in[2], out[2];
    ck_assert(pipe(in) == 0 && pipe(out) == 0);
    memset(&at, 0, sizeof at);
    at.pid = fork();
    if (at.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(in[0], 0);
        dup2(out[1], 1);
        close(in[1]), close(out[0]);
        execl(command_natsight(), "natsight", "collect", "nats", "--supervised", (char *)NULL);
        _exit(9);
    }
    close(in[0]), close(out[1]);
    at.in = in[1];
    at.out = out[0];
    at.reader = stream_reader_create(&handler, NULL);
    char line[400];
    snprintf(line, sizeof line, "login {\"url\":\"%s\",\"user\":\"%s\",\"password\":\"%s\"}\n",
             servers->node[0].url, user, password);
    say(line);
}

static bool hear(int ms) {
    static char bytes[1 << 16];
    struct pollfd p = {.fd = at.out, .events = POLLIN};
    if (poll(&p, 1, ms) <= 0)
        return true;
    ssize_t n = read(at.out, bytes, sizeof bytes);
    if (n > 0)
        stream_reader_feed(at.reader, bytes, (size_t)n);
    return n > 0;
}

#define UNTIL(condition)                                                                                     \
    do {                                                                                                     \
        int64_t end_ = servers_now_ms() + MS;                                                                \
        while (!(condition) && servers_now_ms() < end_ && hear(50))                                          \
            continue;                                                                                        \
        ck_assert_msg(condition, "in vain: %s; state %s, problem %s", #condition, at.state, at.problem);     \
    } while (0)

static void collector_end(void) {
    int status;
    close(at.in);
    while (hear(MS))
        continue;
    waitpid(at.pid, &status, 0);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    close(at.out);
    stream_reader_destroy(at.reader);
}

static const struct seen *seen(const char *name) {
    for (int i = 0; i < at.rows; i++)
        if (strcmp(at.seen[i].name, name) == 0)
            return &at.seen[i];
    return NULL;
}

/* ---- publishers ---- */

static const struct {
    const char *subject;
    int percent, size;
} mix[] = {{"orders.new", 50, 200}, {"orders.paid", 25, 20}, {"geo.%u.raw", 15, 600}, {"svc.echo", 10, 20}};

static const char *draw(unsigned *seed, char *subject, size_t size, int *bytes) {
    int r = rand_r(seed) % 100, i = 0;
    while (r >= mix[i].percent)
        r -= mix[i++].percent;
    *bytes = mix[i].size;
    if (strchr(mix[i].subject, '%') != NULL)
        snprintf(subject, size, "geo.%u.raw", (unsigned)rand_r(seed));
    else
        snprintf(subject, size, "%s", mix[i].subject);
    return subject;
}

/* So many a second of the mix, from a process of its own; 0: as many as go. */
static pid_t publisher(int per_s) {
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    static char payload[1000];
    if (at.in > 0) /* its end is the collector's */
        close(at.in);
    struct natsc *c = natsc_connect(servers->node[0].url, NULL, MS);
    unsigned seed = 7;
    int64_t began = servers_now_ms();
    for (int64_t sent = 0; c != NULL; sent++) {
        char subject[60];
        int size;
        draw(&seed, subject, sizeof subject, &size);
        if (!natsc_publish(c, subject, strcmp(subject, "svc.echo") == 0 ? "inbox.1" : NULL, payload,
                           (size_t)size))
            break;
        while (per_s > 0 && sent * 1000 / per_s > servers_now_ms() - began)
            usleep(1000);
    }
    _exit(0);
}

static void publisher_end(pid_t pid) {
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static double varz(const char *name) {
    char url[200];
    snprintf(url, sizeof url, "%s/varz", servers->node[0].http);
    json_t *root = http_get_json(url, MS);
    double v = json_path_number(root, name);
    json_decref(root);
    return v;
}

static void setup(void) {
    servers = servers_start(&(struct servers_options){.config = USERS});
    ck_assert_ptr_nonnull(servers);
}

static void teardown(void) {
    servers_end(servers);
}

/* ---- tests ---- */

static void check_share(const char *name, double truth) {
    const struct seen *s = seen(name);
    ck_assert_msg(s != NULL, "%s is not there", name);
    double half = (s->high - s->low) / 2;
    ck_assert_msg(fabs(s->share - truth) <= 2.5 * half, "%s has %g (%g to %g), in truth %g", name, s->share,
                  s->low, s->high, truth);
    /* How narrow it is where traffic is steady, which a busy machine's is not: collectors_share. */
    ck_assert_msg(half <= 0.5 * truth, "%s: %g to %g", name, s->low, s->high);
}

static void shares(int per_s) {
    pid_t pid = publisher(per_s);
    collector_start("all", "a");
    say("sample >\n");
    UNTIL(at.seconds > 9.5 && at.looks >= 36);
    double mean = 0, orders = 0;
    for (size_t i = 0; i < sizeof mix / sizeof *mix; i++)
        mean += mix[i].percent * mix[i].size / 100.0;
    orders = 0.5 * 200 / mean;
    ck_assert_uint_le(at.messages, 10000);
    check_share("orders.new", 0.5);
    check_share("orders.paid", 0.25);
    check_share("orders.>", 0.75);
    check_share("geo.*.raw", 0.15);
    check_share("svc.echo", 0.1);
    ck_assert_double_eq_tol(seen("orders.new")->bytes_share, orders, 0.1);
    ck_assert_double_eq_tol(seen("orders.new")->size, 200, 0.01);
    ck_assert_uint_eq(seen("svc.echo")->replies, seen("svc.echo")->messages);
    ck_assert_uint_eq(seen("orders.new")->replies, 0);
    ck_assert(seen("orders.>")->over && seen("geo.*.raw")->alike > 100);
    ck_assert_msg((at.full * 5 > at.looks) == (per_s == 0), "%d looks of %d were full", (int)at.full,
                  (int)at.looks);
    ck_assert_double_eq(varz("slow_consumers"), 0);
    collector_end();
    publisher_end(pid);
}

START_TEST(shares_of_a_steady_mix) {
    shares(2000);
}
END_TEST

START_TEST(shares_at_full_speed) {
    shares(0);
}
END_TEST

/* The server sends no more than was asked for, and after the end nothing. */
START_TEST(no_more_than_asked_for) {
    pid_t pid = publisher(0);
    collector_start("all", "a");
    UNTIL(varz("connections") == 2);
    usleep(500000); /* its inbox is subscribed to */
    double subscriptions = varz("subscriptions"), before = varz("out_msgs");
    int64_t began = servers_now_ms();
    say("sample orders.> most=400\n");
    UNTIL(at.samples >= 6);
    double after = varz("out_msgs"), s = (double)(servers_now_ms() - began) / 1000;
    ck_assert_msg(after - before <= 400 * (s + 1) && after - before >= 100 * (s - 2), "%g messages in %g s",
                  after - before, s);
    say("unsample\n");
    UNTIL(strcmp(at.state, "off") == 0);
    usleep(200000);
    before = varz("out_msgs");
    ck_assert_double_eq(varz("subscriptions"), subscriptions);
    int samples = at.samples;
    for (int i = 0; i < 20; i++)
        hear(50);
    ck_assert_double_eq(varz("out_msgs"), before);
    ck_assert_int_eq(at.samples, samples);
    collector_end();
    publisher_end(pid);
}
END_TEST

START_TEST(who_may_not) {
    pid_t pid = publisher(500);
    collector_start("some", "s");
    say("sample svc.>\n");
    UNTIL(strcmp(at.state, "refused") == 0);
    ck_assert_str_eq(at.problem, "who connects so may not subscribe to svc.>");
    say("sample orders.*\n");
    UNTIL(strcmp(at.state, "on") == 0 && seen("orders.new") != NULL);
    ck_assert_str_eq(at.problem, "");
    ck_assert_ptr_null(seen("svc.echo"));
    collector_end();
    publisher_end(pid);
}
END_TEST

START_TEST(for_a_while) {
    collector_start("all", "a");
    say("sample orders.new for=2\n");
    UNTIL(strcmp(at.state, "on") == 0);
    UNTIL(strcmp(at.state, "over") == 0);
    ck_assert_uint_eq(at.messages, 0);
    collector_end();
}
END_TEST

START_TEST(the_server_goes_and_comes_back) {
    collector_start("all", "a");
    say("sample >\n");
    UNTIL(strcmp(at.state, "on") == 0 && at.looks > 2);
    servers_kill(servers, 0);
    UNTIL(strcmp(at.state, "not connected") == 0);
    ck_assert_ptr_nonnull(strstr(at.problem, "refused: nothing listens on port"));
    servers_restart(servers, 0, false);
    UNTIL(strcmp(at.state, "on") == 0);
    pid_t pid = publisher(500);
    UNTIL(seen("orders.new") != NULL);
    collector_end();
    publisher_end(pid);
}
END_TEST

/* A megabyte each: fewer are looked at. */
START_TEST(large_messages) {
    static char payload[1000000];
    struct natsc *c = natsc_connect(servers->node[0].url, NULL, MS);
    collector_start("all", "a");
    say("sample > most=2000 ms=400\n");
    UNTIL(strcmp(at.state, "on") == 0);
    int64_t begin = servers_now_ms(), end = begin + 5000;
    double before = varz("out_bytes");
    while (servers_now_ms() < end) {
        ck_assert(natsc_publish(c, "film", NULL, payload, sizeof payload));
        hear(1);
    }
    UNTIL(seen("film") != NULL);
    double seconds = (double)(servers_now_ms() - begin) / 1000;
    ck_assert_double_le(varz("out_bytes") - before, 12e6 * seconds);
    ck_assert_double_eq(varz("slow_consumers"), 0);
    collector_end();
    natsc_close(c);
}
END_TEST

static double of_subject(json_t *document, const char *name, const char *what) {
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(document, "subjects"), i,
                       one) if (strcmp(json_string_value(json_object_get(one, "subject")), name) ==
                                0) return json_number_value(json_object_get(one, what));
    return NAN;
}

/* The program, with the monitoring port as well: shares times what the server counts. */
START_TEST(messages_a_second) {
    char line[600];
    pid_t pid = publisher(2000);
    double counted = varz("in_msgs");
    int64_t began = servers_now_ms();
    snprintf(line, sizeof line, "%s print -j subject sampling --sample '>' --for 14s -- %s %s",
             command_natsight(), servers->node[0].http, servers->node[0].url);
    FILE *out = popen(line, "r");
    ck_assert_ptr_nonnull(out);
    json_t *document = json_loadf(out, 0, NULL);
    pclose(out);
    double truth = (varz("in_msgs") - counted) * 1000 / (double)(servers_now_ms() - began);
    ck_assert_ptr_nonnull(document);
    for (size_t i = 0; i < 2; i++) {
        double low = of_subject(document, mix[i].subject, "msgs_per_s_low"),
               high = of_subject(document, mix[i].subject, "msgs_per_s_high"), half = (high - low) / 2,
               middle = of_subject(document, mix[i].subject, "msgs_per_s"),
               own = truth * mix[i].percent / 100;
        ck_assert_msg(fabs(middle - own) <= 2.5 * half && half < own / 2, "%s: %g (%g to %g), in truth %g",
                      mix[i].subject, middle, low, high, own);
    }
    json_decref(document);
    publisher_end(pid);
}
END_TEST

/* As a person does it; while the program is stopped no message goes to it. */
START_TEST(on_screen) {
    pid_t pid = publisher(3000);
    const char *arguments[] = {servers->node[0].url, NULL};
    struct terminal *t = shown_open(arguments, &(struct terminal_options){.rows = 24, .cols = 120});
    shown_wait(t, "5 Subjects");
    shown_type(t, "5", "nothing is looked at");
    shown_peek(t, ":sample orders..x\r", "that is no subject", "^ 1 Overview");
    shown_peek(t, ":sample orders.> sometimes\r", "behind the subject only its time", "^ 1 Overview");
    shown_type(t, ":sample > for 10m\r", "^ .[ >]orders.new +[45][0-9]%");
    shown_wait(t, "geo\\.\\*\\.raw");
    ck_assert(terminal_type(t, "\032"));
    ck_assert(terminal_wait_stopped(t, MS));
    usleep(500000);
    double before = varz("out_msgs");
    usleep(900000);
    ck_assert_double_le(varz("out_msgs") - before, 20); /* nothing but the other connection's */
    ck_assert(terminal_continue(t));
    shown_wait(t, "^ .[ >]orders.new +[45][0-9]% +[0-9.]+% ");
    shown_type(t, "x", "ended: what was seen last");
    shown_quit(t);
    publisher_end(pid);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("e2e/sampling");
    TCase *c = tcase_create("sampling");
    tcase_set_timeout(c, 90);
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, shares_of_a_steady_mix);
    tcase_add_test(c, shares_at_full_speed);
    tcase_add_test(c, no_more_than_asked_for);
    tcase_add_test(c, who_may_not);
    tcase_add_test(c, for_a_while);
    tcase_add_test(c, the_server_goes_and_comes_back);
    tcase_add_test(c, large_messages);
    tcase_add_test(c, messages_a_second);
    tcase_add_test(c, on_screen);
    suite_add_tcase(suite, c);
    return suite_run(suite);
}
