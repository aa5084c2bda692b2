/* The programs of docs/hooks: what they do with an alert. */
#include <arpa/inet.h>
#include <check.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "outward/program.h"
#include "tests/harness/suite.h"
#include "tests/harness/text_file.h"
#include "tests/outward/scripts.h"

static bool ended;
static char fault[PROGRAM_FAULT_SIZE];

static void on_end(void *data, const char *text) {
    (void)data;
    ended = true;
    snprintf(fault, sizeof fault, "%s", text != NULL ? text : "");
}

static bool has_ended(const void *nothing) {
    (void)nothing;
    return ended;
}

/* With the scripts of the folder in front of what the system has. */
static void start(const char *program, const char *argument, const char *const *facts, const char *input) {
    char words[2][500], path[900];
    const char *environment[12] = {path};
    snprintf(words[0], sizeof words[0], "docs/hooks/%s", program);
    snprintf(path, sizeof path, "PATH=%s:/usr/bin:/bin", scripts_path(""));
    for (int i = 0; facts[i] != NULL; i++)
        environment[i + 1] = facts[i];
    const char *all[] = {words[0], argument, NULL};
    struct program_start how = {all, environment, input, 60 * NS_PER_S};
    ended = false;
    ck_assert_ptr_nonnull(program_start(scripts_loop(), &how, on_end, NULL));
}

static void run(const char *program, const char *const *facts) {
    start(program, NULL, facts, "{}\n");
    scripts_turn_until(has_ended, NULL);
    ck_assert_str_eq(fault, "");
}

START_TEST(syslog_takes_the_line_by_severity) {
    script("logger", "for word in \"$@\"; do echo \"[$word]\"; done >%s/words");
    run("syslog", (const char *[]){"NATSIGHT_EVENT=opened", "NATSIGHT_SEVERITY=critical",
                                   "NATSIGHT_LINE=--x $(date) 'a'", NULL});
    ck_assert_str_eq(scripts_text("words"),
                     "[-t]\n[natsight]\n[-p]\n[daemon.crit]\n[--]\n[--x $(date) 'a']\n");
    run("syslog", (const char *[]){"NATSIGHT_EVENT=cleared", "NATSIGHT_SEVERITY=critical", NULL});
    ck_assert_ptr_nonnull(strstr(scripts_text("words"), "[daemon.notice]"));
    run("syslog", (const char *[]){"NATSIGHT_EVENT=worse", "NATSIGHT_SEVERITY=warn", NULL});
    ck_assert_ptr_nonnull(strstr(scripts_text("words"), "[daemon.warning]"));
}
END_TEST

/* util-linux's says nothing of it by itself. */
START_TEST(syslog_says_when_there_is_no_log) {
    script("logger", "[ \"$1\" = --help ] && echo ' --socket-errors[=<on|off|auto>]' && exit\n"
                     "[ \"$1\" != --socket-errors=on ] || { echo 'no /dev/log' >&2; exit 1; }");
    start("syslog", NULL, (const char *[]){"NATSIGHT_EVENT=opened", "NATSIGHT_SEVERITY=warn", NULL}, "{}\n");
    scripts_turn_until(has_ended, NULL);
    ck_assert_str_eq(fault, "ended with code 1: no /dev/log");
}
END_TEST

START_TEST(desktop_shows_names_and_no_markup) {
    script("notify-send", "for word in \"$@\"; do echo \"[$word]\"; done >%s/words");
    run("desktop", (const char *[]){"NATSIGHT_EVENT=opened", "NATSIGHT_SEVERITY=critical", "NATSIGHT_NAME=-n",
                                    "NATSIGHT_TEXT=<b>a & b</b>", NULL});
    ck_assert_str_eq(scripts_text("words"), "[--app-name=natsight]\n[--urgency=critical]\n[--]\n"
                                            "[natsight: opened -n]\n[&lt;b>a &amp; b&lt;/b>]\n");
}
END_TEST

/* ---- a web service of one request ---- */

static int listening = -1, client = -1;
static char request[8000];
static size_t request_len;

static int listen_somewhere(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    listening = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(listening, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(listening, 4), 0);
    ck_assert_int_eq(getsockname(listening, (struct sockaddr *)&address, &size), 0);
    client = -1;
    request_len = 0;
    return ntohs(address.sin_port);
}

/* The whole request, when its body ends as it has to. */
static bool has_request(const void *end) {
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    if (client < 0)
        client = accept4(listening, (struct sockaddr *)&from, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    ssize_t n = client >= 0 ? read(client, request + request_len, sizeof request - 1 - request_len) : 0;
    if (n > 0)
        request_len += (size_t)n;
    request[request_len] = '\0';
    size_t len = strlen(end);
    return request_len > len && strcmp(request + request_len - len, end) == 0;
}

static void answer(const char *text) {
    ck_assert_int_eq(write(client, text, strlen(text)), (ssize_t)strlen(text));
    close(client);
    close(listening);
    scripts_turn_until(has_ended, NULL);
}

static void post(const char *program, const char *input, const char *body) {
    static const char *const none[] = {NULL};
    int port = listen_somewhere();
    text_file_write(scripts_path("pager.curl"),
                    "url = \"http://127.0.0.1:%d/hook\"\nheader = \"X-Key: sesame\"\n", port);
    start(program, scripts_path("pager.curl"), none, input);
    scripts_turn_until(has_request, body);
    ck_assert_int_eq(strncmp(request, "POST /hook HTTP/1.1\r\n", 21), 0);
    ck_assert_ptr_nonnull(strstr(request, "\r\nX-Key: sesame\r\n"));
    ck_assert_ptr_nonnull(strstr(request, "\r\nContent-Type: application/json\r\n"));
}

START_TEST(webhook_posts_the_document) {
    post("webhook", "{\"schema\":1,\"text\":\"a & b\"}\n", "\r\n\r\n{\"schema\":1,\"text\":\"a & b\"}\n");
    answer("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n");
    ck_assert_str_eq(fault, "");
    post("webhook", "{}\n", "\r\n\r\n{}\n");
    answer("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
    ck_assert_str_eq(fault, "ended with code 22: curl: (22) The requested URL returned error: 503");
}
END_TEST

START_TEST(chat_posts_the_sentence) {
    if (access("/usr/bin/jq", X_OK) != 0) {
        printf("skipped: there is no jq\n");
        return;
    }
    post("chat", "{\"event\":\"opened\",\"line\":\"a \\\"b\\\"\"}\n", "\r\n\r\n{\"text\":\"a \\\"b\\\"\"}\n");
    answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    ck_assert_str_eq(fault, "");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("hook examples");
    TCase *tc = tcase_create("examples");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, scripts_begin, scripts_end);
    tcase_add_test(tc, syslog_takes_the_line_by_severity);
    tcase_add_test(tc, syslog_says_when_there_is_no_log);
    tcase_add_test(tc, desktop_shows_names_and_no_markup);
    tcase_add_test(tc, webhook_posts_the_document);
    tcase_add_test(tc, chat_posts_the_sentence);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
