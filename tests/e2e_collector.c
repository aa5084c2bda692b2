/* The collector dies, hangs, or crashes on one answer for ever: it is replaced, what it was doing is
 * quarantined, the screen answers keys all the time, and all of it is said. */
#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/page.h"
#include "sample/field.h"
#include "tests/harness/document.h"
#include "tests/harness/folder.h"
#include "tests/harness/hostile.h"
#include "tests/harness/job.h"
#include "tests/harness/servers.h"
#include "tests/harness/shown.h"
#include "tests/harness/suite.h"
#include "tests/harness/text_file.h"

enum { MS = 20000 };

static struct servers *good;

static void start(void) {
    good = servers_start(&(struct servers_options){.nodes = 1, .prefix = "good"});
    ck_assert_ptr_nonnull(good);
}

static void end(void) {
    servers_end(good);
}

/* ---- finding it ---- */

/* It was started as "natsight collect ..."; what writes a file for a moment is no collector. */
static bool collects(pid_t pid) {
    char path[64], words[300];
    snprintf(path, sizeof path, "/proc/%d/cmdline", (int)pid);
    FILE *in = fopen(path, "re");
    size_t len = in ? fread(words, 1, sizeof words - 1, in) : 0;
    words[len] = '\0';
    if (in)
        fclose(in);
    size_t first = strlen(words);
    return first + 1 < len && strcmp(words + first + 1, "collect") == 0;
}

/* 0 when there is none now. */
static pid_t collector_of(pid_t program) {
    char path[64];
    int child, found = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)program, (int)program);
    FILE *in = fopen(path, "re");
    while (in && !found && fscanf(in, "%d", &child) == 1)
        found = collects(child) ? child : 0;
    if (in)
        fclose(in);
    return found;
}

static bool is_other(struct terminal *t, void *context) {
    pid_t now = collector_of(terminal_pid(t)), before = *(pid_t *)context;
    return now > 0 && now != before;
}

static pid_t another_collector(struct terminal *t, pid_t before) {
    ck_assert_msg(terminal_wait(t, is_other, &before, "another collector", MS), "no other collector than %d",
                  (int)before);
    return collector_of(terminal_pid(t));
}

static struct terminal *open_on(const char *url) {
    const char *arguments[] = {good->node[0].http, url, NULL};
    struct terminal *t = shown_open(arguments, &(struct terminal_options){.rows = 30, .cols = 120});
    shown_wait(t, "\\. good1 ");
    return t;
}

/* Row 1 counts seconds, so the picture is alive; and the data is not old. */
static void is_live(struct terminal *t) {
    shown_wait(t, "data ([0-9]+ms|[0-3]\\.[0-9]s|[0-9.]+us) old|data 0s old");
    ck_assert_int_lt(terminal_find(t, "NO DATA", NULL), 0);
}

/* ---- death ---- */

START_TEST(killed_it_is_back_at_once) {
    struct terminal *t = open_on(NULL);
    pid_t first = collector_of(terminal_pid(t));
    ck_assert_int_gt(first, 0);
    ck_assert_int_eq(kill(first, SIGKILL), 0);
    shown_wait(t, "collector died of signal 9"); /* for a while in row 1 */
    pid_t second = another_collector(t, first);
    shown_type(t, "2", "> Connections");
    ck_assert_int_eq(kill(second, SIGSEGV), 0);
    another_collector(t, second);
    shown_type(t, "1", "^.NODES 1");
    is_live(t);
    shown_type(t, ":events\r", "> Events");
    shown_wait(t, "collector.*died of signal 9");
    shown_wait(t, "collector.*died of signal 11");
    ck_assert_int_lt(terminal_find(t, "restarted", NULL), 0); /* the server did nothing */
    ck_assert_int_eq(terminal_processes(t), 2);
    shown_quit(t);
}
END_TEST

static void write_login(const char *path) {
    text_file_write(path, "somebody:secret\n");
}

/* Wrong usage ends the program at its start alone: what is on the screen is worth more than a file. */
START_TEST(a_file_that_vanished_is_said_and_awaited) {
    struct folder folder;
    ck_assert(folder_make(&folder, "natsight-auth"));
    char login[600];
    snprintf(login, sizeof login, "%s/login", folder.path);
    write_login(login);
    const char *arguments[] = {"--auth-file", login, good->node[0].http, NULL};
    struct terminal *t = shown_open(arguments, &(struct terminal_options){.rows = 30, .cols = 120});
    shown_wait(t, "\\. good1 ");
    pid_t first = collector_of(terminal_pid(t));
    ck_assert_int_eq(unlink(login), 0);
    ck_assert_int_eq(kill(first, SIGKILL), 0);
    shown_type(t, ":events\r", "collector +the collector can't go on: --auth-file");
    write_login(login);
    ck_assert_msg(terminal_wait(t, is_other, &first, "another collector", MS), "none");
    shown_type(t, "1", "^.NODES 1");
    is_live(t);
    shown_quit(t);
    folder_remove(&folder);
}
END_TEST

START_TEST(stopped_it_is_replaced) {
    struct terminal *t = open_on(NULL);
    pid_t first = collector_of(terminal_pid(t));
    ck_assert_int_eq(kill(first, SIGSTOP), 0);
    shown_type(t, "2", "> Connections"); /* nobody waits for it */
    shown_type(t, "1", "^.NODES 1");
    another_collector(t, first);
    ck_assert_int_ne(kill(first, 0), 0); /* and it is gone */
    shown_wait(t, "no beat");
    is_live(t);
    shown_type(t, ":events\r", "> Events");
    shown_wait(t, "collector.*killed: no beat for 3 s");
    shown_quit(t);
}
END_TEST

/* The main process was stopped itself: that its collector did not beat meanwhile is no fault of it. */
START_TEST(suspended_together_nobody_is_blamed) {
    struct terminal *t = open_on(NULL);
    pid_t first = collector_of(terminal_pid(t));
    ck_assert(terminal_type(t, "\x1a"));
    ck_assert(terminal_wait_stopped(t, MS));
    ck_assert_int_eq(kill(first, SIGSTOP), 0);
    nanosleep(&(struct timespec){.tv_sec = 4},
              NULL); /* longer than a beat may be late: the thing that is tested */
    ck_assert_int_eq(kill(first, SIGCONT), 0);
    ck_assert(terminal_continue(t));
    shown_wait(t, "^.NODES 1");
    is_live(t);
    ck_assert_int_eq(collector_of(terminal_pid(t)), first);
    shown_quit(t);
}
END_TEST

static bool documents_go_on(json_t *document, void *context) {
    json_t *server = doc_find(document, "servers", "name", "good1");
    (void)context;
    return doc_find(document, "events", "kind", "collector") != NULL && doc_number(server, "age_ms") < 2000 &&
           strcmp(doc_text(server, "state"), "up") == 0;
}

START_TEST(print_goes_on_without_it) {
    struct documents d;
    const char *arguments[] = {"--for", "1s", "--", good->node[0].http, NULL};
    ck_assert(documents_open(&d, "servers events", arguments));
    ck_assert_ptr_nonnull(documents_next(&d, MS));
    ck_assert_int_eq(kill(collector_of(d.command.pid), SIGKILL), 0);
    json_t *document =
        documents_wait(&d, documents_go_on, NULL, "its death is an event, and data goes on", MS);
    ck_assert_ptr_nonnull(document);
    ck_assert_double_eq(doc_number(doc_find(document, "servers", "name", "good1"), "restarts"), 0);
    ck_assert_int_eq(doc_count(document, "servers"), 1);
    ck_assert_ptr_nonnull(strstr(d.command.errors, "collector died of signal 9"));
    documents_close(&d);
}
END_TEST

/* ---- one answer that ends it for ever ---- */

/* The page that the collector and the program share. */
static struct page *page_of(pid_t collector) {
    char folder[64], path[400], target[200];
    struct page *page = NULL;
    snprintf(folder, sizeof folder, "/proc/%d/fd", (int)collector);
    DIR *dir = opendir(folder);
    for (struct dirent *e; dir && !page && (e = readdir(dir));) {
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        ssize_t n = readlink(path, target, sizeof target - 1);
        target[n > 0 ? n : 0] = '\0';
        if (!strstr(target, "memfd:"))
            continue;
        int fd = open(path, O_RDWR | O_CLOEXEC);
        page = fd >= 0 ? page_open(fd) : NULL;
        if (fd >= 0)
            close(fd);
    }
    if (dir)
        closedir(dir);
    return page;
}

/* Kills it in the middle of this server's answer, as if that had crashed it: stopped again and again until it
 * is found there.
 */
static void crash_while_decoding(struct terminal *t, pid_t collector, const struct hostile *h) {
    int64_t deadline = servers_now_ms() + MS;
    struct page *page = NULL;
    while (!page && servers_now_ms() < deadline) {
        page = page_of(collector);
        terminal_pump(t, 1);
    }
    ck_assert_ptr_nonnull(page);
    for (;;) {
        ck_assert_msg(servers_now_ms() < deadline, "never found at work on %s", hostile_url(h));
        kill(collector, SIGSTOP);
        for (int i = 0; i < 1000 && job_state(collector) != 'T'; i++)
            terminal_pump(t, 0);
        if (page->shape == SHAPE_CONNZ_HOT && strstr(page->server, hostile_url(h)))
            break;
        kill(collector, SIGCONT);
        terminal_pump(t, 1);
    }
    kill(collector, SIGSEGV);
    kill(collector, SIGCONT);
    page_close(page, -1);
}

/* Rows of the event log, which begin with the time, with this text. */
static int events_with(struct terminal *t, const char *text) {
    int count = 0, rows, cols;
    terminal_size(t, &rows, &cols);
    for (int y = 0; y < rows; y++) {
        const char *row = terminal_row(t, y);
        count += strlen(row) > 9 && row[3] == ':' && row[6] == ':' && strstr(row, text) != NULL;
    }
    return count;
}

START_TEST(an_answer_that_ends_it_three_times_is_quarantined) {
    const struct hostile_rule rule = {"/connz", HOSTILE_LARGE, 0, NULL, 0, 40 << 20};
    struct hostile *h = hostile_start("127.0.0.1", 0, "odd", &rule, 1);
    ck_assert_ptr_nonnull(h);
    struct terminal *t = open_on(hostile_url(h));
    shown_wait(t, "\\. odd ");
    pid_t collector = collector_of(terminal_pid(t));
    for (int i = 0; i < 3; i++) {
        crash_while_decoding(t, collector, h);
        shown_type(t, i % 2 ? "1" : "3", i % 2 ? "^.NODES 2" : "> JetStream");
        collector = another_collector(t, collector);
    }
    shown_type(t, ":events\r", "> Events");
    shown_wait(t, "^ ..:..:.. .*quaranti.*connz");
    ck_assert_int_eq(events_with(t, "quaranti"), 1); /* kind and text: one event */
    int asked = hostile_asked(h, "sort=pending"), varz = hostile_requests(h, "/varz");
    int64_t deadline = servers_now_ms() + MS;
    while (hostile_requests(h, "/varz") < varz + 4 && servers_now_ms() < deadline)
        terminal_pump(t, 50);
    ck_assert_int_ge(hostile_requests(h, "/varz"), varz + 4);
    ck_assert_int_eq(hostile_asked(h, "sort=pending"), asked); /* never again */
    ck_assert_int_eq(collector_of(terminal_pid(t)), collector);
    kill(collector, SIGKILL);
    another_collector(t, collector);
    shown_wait(t, "died of signal 9");
    is_live(t);
    ck_assert_int_eq(events_with(t, "quaranti"), 1); /* and not again for each collector */
    shown_type(t, "1", "^.NODES 2");
    shown_wait(t, "[!.] odd .*2.15.2"); /* it is up all the same, and what is missing is said */
    shown_wait(t, " ! .*odd /connz: not asked any more");
    is_live(t);
    shown_type(t, "I", "quarantined|not asked any more"); /* said where the requests are listed, too */
    shown_quit(t);
    hostile_end(h);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("collector");
    TCase *tc = tcase_create("its ends");
    tcase_set_timeout(tc, 120);
    tcase_add_unchecked_fixture(tc, start, end);
    tcase_add_test(tc, killed_it_is_back_at_once);
    tcase_add_test(tc, a_file_that_vanished_is_said_and_awaited);
    tcase_add_test(tc, stopped_it_is_replaced);
    tcase_add_test(tc, suspended_together_nobody_is_blamed);
    tcase_add_test(tc, print_goes_on_without_it);
    tcase_add_test(tc, an_answer_that_ends_it_three_times_is_quarantined);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
