/* A configuration that is read again while the program runs. */
#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/e2e/configured.h"
#include "tests/harness/hostile.h"
#include "tests/harness/servers.h"
#include "tests/harness/shown.h"
#include "tests/harness/suite.h"

static struct servers *others;

static void setup(void) {
    configured_setup();
    others = servers_start(&(struct servers_options){.nodes = 1, .prefix = "other"});
    ck_assert_ptr_nonnull(others);
}

static void teardown(void) {
    servers_end(others);
    configured_teardown();
}

START_TEST(a_good_file_holds_at_once) {
    configured_write("FIRST", "");
    struct terminal *t = configured_open(NULL);
    configured_write("SECOND", "time = \"local\"; units = \"bits\"; ascii = true;\n"
                               "columns = { overview = { nodes = [\"rtt\", \"cpu\"]; }; };\n"
                               "keys = { help = \"x\"; local = \"F9\"; filter = \"F8\"; };\n");
    ck_assert(terminal_signal(t, SIGUSR1));
    ck_assert(terminal_wait_text(t, "configuration reloaded", WAIT));
    ck_assert(terminal_wait_text(t, " SECOND ", WAIT));
    ck_assert(terminal_wait_gone(t, "FIRST", WAIT));
    shown_wait(t, "S NODE +RTT +CPU%");
    terminal_key(t, VTERM_KEY_FUNCTION(2), VTERM_MOD_NONE);
    shown_wait(t, "time +\"local\" .*conf:3");
    ck_assert(terminal_type(t, "j"));
    ck_assert(terminal_wait_text(t, "Time zone of what is shown; F9 changes it.", WAIT));
    shown_type(t, "\004\004\004",
               "columns.overview.nodes +\\[\"rtt\", \"cpu\"\\] +.*conf:4"); /* further down */
    ck_assert(terminal_type(t, "q"));
    ck_assert(terminal_wait_gone(t, "SETTINGS", WAIT));
    ck_assert(terminal_type(t, "x"));
    ck_assert(terminal_wait_text(t, "KEYS in Overview", WAIT));
    terminal_key(t, VTERM_KEY_FUNCTION(8), VTERM_MOD_NONE);
    ck_assert(terminal_type(t, "searches in\r"));
    ck_assert(terminal_wait_text(t, "valid here; F8 searches in them", WAIT));
    ck_assert(terminal_type(t, "x"));
    ck_assert(terminal_wait_gone(t, "KEYS in Overview", WAIT));
    configured_end(t);
}
END_TEST

static bool is_colored(struct terminal *t) {
    int rows, cols;
    terminal_size(t, &rows, &cols);
    for (int y = 0; y < rows; y++)
        for (int x = 0; x < cols; x++)
            if (terminal_cell(t, y, x).fg != TERMINAL_DEFAULT)
                return true;
    return false;
}

static bool lost_color(struct terminal *t, void *context) {
    (void)context;
    return !is_colored(t);
}

static bool got_color(struct terminal *t, void *context) {
    (void)context;
    return is_colored(t);
}

START_TEST(view_and_color_hold_at_once_the_rest_is_said) {
    configured_write("FIRST", "color = \"always\";\n");
    struct terminal *t = configured_open(&(struct terminal_options){.rows = 24, .cols = 120});
    ck_assert(is_colored(t));
    configured_write("FIRST", "color = \"never\"; view = \"connections\";\n");
    ck_assert(terminal_signal(t, SIGUSR1));
    ck_assert(terminal_wait_text(t, "> Connections", WAIT));
    ck_assert(terminal_wait(t, lost_color, NULL, "no colour", WAIT));
    configured_write(
        "FIRST", "color = \"always\"; view = \"connections\"; plain = true; limits = { max_rate = 900; };\n");
    ck_assert(terminal_signal(t, SIGUSR1));
    ck_assert(
        terminal_wait_text(t, "configuration reloaded; plain, limits.max_rate: at the next start", WAIT));
    ck_assert(terminal_wait(t, got_color, NULL, "colour", WAIT));
    configured_end(t);
}
END_TEST

START_TEST(a_faulty_file_changes_nothing) {
    configured_write("FIRST", "keys = { help = \"x\"; };\n");
    struct terminal *t = configured_open(NULL);
    configured_write("SECOND", "unit = \"bits\";\n");
    ck_assert(terminal_type(t, "\022")); /* Ctrl-R */
    ck_assert(
        terminal_wait_text(t, "not reloaded: unit: there is no such setting; did you mean units?", WAIT));
    ck_assert(terminal_wait_text(t, " FIRST ", WAIT));
    ck_assert(terminal_type(t, "x")); /* the binding, too */
    ck_assert(terminal_wait_text(t, "KEYS in Overview", WAIT));
    ck_assert(terminal_type(t, "x"));
    configured_write("THIRD", "");
    ck_assert(terminal_type(t, "\022"));
    ck_assert(terminal_wait_text(t, " THIRD ", WAIT));
    configured_end(t);
}
END_TEST

START_TEST(the_fault_is_told_with_its_line) {
    configured_write("FIRST", "");
    struct terminal *t = configured_open(&(struct terminal_options){.rows = 24, .cols = 160});
    configured_write("SECOND", "unit = \"bits\";\n");
    ck_assert(terminal_type(t, "\022"));
    ck_assert(
        terminal_wait_text(t, "natsight.conf:3: unit: there is no such setting; did you mean units?", WAIT));
    configured_end(t);
}
END_TEST

START_TEST(a_fault_is_told_on_a_small_screen) {
    configured_write("FIRST", "");
    struct terminal *t = configured_open(&(struct terminal_options){.rows = 24, .cols = 80});
    configured_write("SECOND", "cadences = { jzs = \"1s\"; };\n");
    shown_type(t, "\022", "^ not reloaded: cadences.jzs: there is no such setting; did you mean jsz\\? *$");
    configured_write("SECOND", "cadences = { jzs = \"1s\"; };\nunit = 1;\nasci = true;\n");
    shown_type(t, "\022", "^ not reloaded: natsight.conf:3: cadences.jzs: there .*; and 2 more *$");
    shown_type(t, ":events\r", " config +natsight.conf.+ +cadences.jzs: there");
    terminal_resize(t, 24, 160);
    shown_wait(t, " config +natsight.conf:3 +cadences.jzs: there is no such setting; did you mean jsz\\?");
    shown_wait(t, " config +natsight.conf:4 +unit: there is no such setting; did you mean units\\?");
    shown_wait(t, " config +natsight.conf:5 +asci: there is no");
    configured_end(t);
}
END_TEST

START_TEST(lines_tell_all_faults) {
    configured_write("FIRST", "");
    struct command c;
    const char *const argv[] = {command_natsight(), "--plain", "--config", config_path(), NULL};
    ck_assert(command_start(&c, argv, NULL));
    ck_assert(command_wait_output(&c, " ok servers FIRST 1/1\n", WAIT));
    configured_write("SECOND", "unit = 1;\nasci = true;\n");
    ck_assert_int_eq(kill(c.pid, SIGUSR1), 0);
    ck_assert(command_wait_output(
        &c, "natsight.conf:4: asci: there is no such setting; did you mean ascii?\n", WAIT));
    ck_assert_ptr_nonnull(strstr(c.output, "not reloaded: "));
    ck_assert_ptr_nonnull(
        strstr(c.output, "natsight.conf:3: unit: there is no such setting; did you mean units?\n"));
    ck_assert_ptr_null(strstr(c.output, "config natsight.conf"));
    command_free(&c);
}
END_TEST

static void reload_says(struct command *c, const char *text) {
    ck_assert_int_eq(kill(c->pid, SIGUSR1), 0);
    ck_assert_msg(command_wait_output(c, text, WAIT), "not said: %s\n%s%s", text, c->output, c->errors);
}

/* Somebody writes it anew, and not at one stroke: what it said goes on. */
START_TEST(a_file_that_is_not_there_changes_nothing) {
    char xdg[700], away[700], text[300];
    struct command c;
    const char *const argv[] = {command_natsight(), "--plain", NULL};
    config_path_in("natsight");
    snprintf(xdg, sizeof xdg, "XDG_CONFIG_HOME=%s", config_folder());
    snprintf(away, sizeof away, "%s~", config_path());
    config_make_folder("natsight/rules.d");
    config_write("natsight/rules.d/own.conf", "rules = ( { name = \"own\"; entity = \"server\"; condition = "
                                              "\"connections\"; warn = \"> 1M\"; } );\n");
    snprintf(text, sizeof text, "clusters = ( { name = \"FIRST\"; urls = [\"%s\"]; default = true; } );\n",
             configured_url());
    config_write("natsight/natsight.conf", text);
    ck_assert(command_start(&c, argv, (const char *[]){xdg, NULL}));
    ck_assert(command_wait_output(&c, " ok servers FIRST 1/1\n", WAIT));
    ck_assert_int_eq(rename(config_path(), away), 0);
    reload_says(&c, "natsight.conf: there is no such file; an empty one stands for the defaults\n");
    ck_assert_ptr_null(strstr(c.output, "reloaded; "));
    ck_assert_int_eq(rename(away, config_path()), 0);
    reload_says(&c, " info reload - configuration reloaded\n");
    snprintf(away, sizeof away, "%s/natsight/rules.d/own.conf", config_folder());
    ck_assert_int_eq(unlink(away), 0);
    reload_says(&c, " info reload - configuration reloaded; nothing of own.conf any more\n");
    ck_assert_ptr_null(strstr(c.output, "defaults are in force"));
    ck_assert_ptr_null(strstr(c.output, "asked anew"));
    command_free(&c);
}
END_TEST

START_TEST(other_servers_are_asked_at_once) {
    configured_write("FIRST", "");
    struct terminal *t = configured_open(NULL);
    configured_write_for("SECOND", others->node[0].http, "cadences = { varz = \"500ms\"; };\n");
    ck_assert(terminal_signal(t, SIGUSR1));
    ck_assert(terminal_wait_text(t, "the servers are asked anew", WAIT));
    shown_wait(t, "\\. other1 ");
    ck_assert(terminal_wait_gone(t, " n1 ", WAIT)); /* who is watched no longer is no row */
    shown_wait(t, " 1/1 ");
    configured_end(t);
}
END_TEST

static bool is_asked_often(struct terminal *t, void *context) {
    struct hostile *server = context;
    return terminal_alternate(t) && hostile_requests(server, "/healthz") >= 20;
}

/* By default all of the wait would bring two. */
START_TEST(cadences_reach_the_collector) {
    struct hostile *server = hostile_start("127.0.0.1", 0, "n1", NULL, 0);
    ck_assert_ptr_nonnull(server);
    configured_write_for("FIRST", hostile_url(server), "");
    struct terminal *t = configured_open(NULL);
    ck_assert_int_lt(hostile_requests(server, "/healthz"), 5);
    configured_write_for("FIRST", hostile_url(server), "cadences = { healthz = \"100ms\"; };\n");
    ck_assert(terminal_signal(t, SIGUSR1));
    ck_assert(terminal_wait(t, is_asked_often, server, "20 requests of /healthz", WAIT));
    configured_end(t);
    hostile_end(server);
}
END_TEST

START_TEST(what_was_changed_here_stays_unless_the_file_says_something_new) {
    configured_write("FIRST", "units = \"bytes\";\n");
    struct terminal *t = configured_open(NULL);
    ck_assert(terminal_type(t, "u"));
    ck_assert(terminal_wait_text(t, "bits per second", WAIT));
    ck_assert(terminal_type(t, "\022"));
    ck_assert(terminal_wait_text(t, "configuration reloaded", WAIT));
    terminal_key(t, VTERM_KEY_FUNCTION(2), VTERM_MOD_NONE);
    shown_wait(t, "units +\"bits\" +changed here");
    configured_end(t);
}
END_TEST

/* Is the signal ignored or held by this process? */
static bool bears(pid_t pid, int number) {
    char name[64], line[200];
    unsigned long long held = 0, ignored = 0, caught = 0;
    snprintf(name, sizeof name, "/proc/%d/status", (int)pid);
    FILE *in = fopen(name, "r");
    while (in != NULL && fgets(line, sizeof line, in) != NULL)
        (void)(sscanf(line, "SigBlk: %llx", &held) == 1 || sscanf(line, "SigIgn: %llx", &ignored) == 1 ||
               sscanf(line, "SigCgt: %llx", &caught) == 1);
    if (in != NULL)
        fclose(in);
    return ((held | ignored | caught) >> (number - 1)) & 1;
}

static pid_t child_of(pid_t parent) {
    DIR *all = opendir("/proc");
    pid_t found = 0;
    for (struct dirent *entry; found == 0 && (entry = readdir(all)) != NULL;) {
        char name[300];
        int pid = 0, of = 0;
        snprintf(name, sizeof name, "/proc/%s/stat", entry->d_name);
        FILE *in = fopen(name, "r");
        if (in != NULL && fscanf(in, "%d (%*[^)]) %*c %d", &pid, &of) == 2 && of == parent)
            found = pid;
        if (in != NULL)
            fclose(in);
    }
    closedir(all);
    return found;
}

static bool is_taken(struct terminal *t, void *pipe) {
    int left = 0;
    return ioctl(*(int *)pipe, FIONREAD, &left) == 0 && left == 0 && t != NULL;
}

/* While its configuration is still on its way through a pipe, which can be read once only. */
START_TEST(a_reload_that_comes_too_early_kills_nobody) {
    ck_assert_int_eq(mkfifo(config_path(), 0600), 0);
    int pipe = open(config_path(), O_RDWR);
    ck_assert_int_eq(write(pipe, "# ours\n", 7), 7);
    const char *const argv[] = {command_natsight(), "--config", config_path(), NULL};
    struct terminal *t = terminal_open(argv, &(struct terminal_options){.rows = 24, .cols = 160});
    ck_assert_ptr_nonnull(t);
    ck_assert(terminal_wait(t, is_taken, &pipe, "the beginning is read", WAIT));
    ck_assert(bears(terminal_pid(t), SIGUSR1));
    ck_assert(terminal_signal(t, SIGUSR1));
    dprintf(pipe, "clusters = ( { name = \"mine\"; label = \"FIRST\"; urls = [\"%s\"]; } );\n",
            configured_url());
    close(pipe);
    ck_assert(terminal_wait_text(t, "FIRST", WAIT));
    ck_assert(terminal_wait_text(t, "is no file, what came from it can't be read again", WAIT));
    shown_wait(t, "\\. n1 ");
    pid_t collector = child_of(terminal_pid(t));
    ck_assert_int_gt(collector, 0);
    ck_assert(bears(collector, SIGUSR1));
    configured_end(t);
}
END_TEST

START_TEST(a_collector_alone_bears_it) {
    struct command c;
    const char *const argv[] = {command_natsight(), "collect", configured_url(), NULL};
    ck_assert(command_start(&c, argv, NULL));
    while (c.output_size == 0)
        ck_assert(command_pump(&c, WAIT));
    ck_assert(bears(c.pid, SIGUSR1));
    ck_assert_int_eq(kill(c.pid, SIGUSR1), 0);
    size_t before = c.output_size;
    while (c.output_size == before)
        ck_assert(command_pump(&c, WAIT));
    command_free(&c);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("reload");
    TCase *tc = tcase_create("running");
    tcase_set_timeout(tc, 60);
    tcase_add_unchecked_fixture(tc, setup, teardown);
    tcase_add_checked_fixture(tc, config_begin, config_end);
    tcase_add_test(tc, a_good_file_holds_at_once);
    tcase_add_test(tc, view_and_color_hold_at_once_the_rest_is_said);
    tcase_add_test(tc, a_faulty_file_changes_nothing);
    tcase_add_test(tc, the_fault_is_told_with_its_line);
    tcase_add_test(tc, a_fault_is_told_on_a_small_screen);
    tcase_add_test(tc, lines_tell_all_faults);
    tcase_add_test(tc, a_file_that_is_not_there_changes_nothing);
    tcase_add_test(tc, other_servers_are_asked_at_once);
    tcase_add_test(tc, cadences_reach_the_collector);
    tcase_add_test(tc, what_was_changed_here_stays_unless_the_file_says_something_new);
    tcase_add_test(tc, a_reload_that_comes_too_early_kills_nobody);
    tcase_add_test(tc, a_collector_alone_bears_it);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
