/* Settings while the program runs: read again, changed in the dialog, written when told to. */
#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/harness/command.h"
#include "tests/harness/folder.h"
#include "tests/harness/hostile.h"
#include "tests/harness/servers.h"
#include "tests/harness/suite.h"
#include "tests/harness/terminal.h"
#include "tests/harness/text_file.h"

enum { WAIT = 15000 };

static struct servers *servers, *others;
static struct folder folder;
static char path[600];

static void setup(void) {
    servers = servers_start(&(struct servers_options){.nodes = 1, .cluster = "first"});
    others = servers_start(&(struct servers_options){.nodes = 1, .prefix = "other"});
    ck_assert(servers != NULL && others != NULL);
}

static void teardown(void) {
    servers_end(servers);
    servers_end(others);
}

static void make_folder(void) {
    ck_assert(folder_make(&folder, "reload"));
    snprintf(path, sizeof path, "%s/natsight.conf", folder.path);
}

static void remove_folder(void) {
    folder_remove(&folder);
}

/* A cluster of this label on these servers, and further text. */
static void write_config(const char *label, const struct servers *s, const char *more) {
    text_file_write(path, "# ours\nclusters = ( { name = \"mine\"; label = \"%s\"; urls = [\"%s\"]; } );\n%s",
                    label, s->node[0].http, more);
}

static char *read_file(const char *file) {
    static char text[8192];
    FILE *in = fopen(file, "r");
    size_t n = in != NULL ? fread(text, 1, sizeof text - 1, in) : 0;
    text[n] = '\0';
    if (in != NULL)
        fclose(in);
    return text;
}

static struct terminal *begin(const struct terminal_options *options) {
    const char *const argv[] = {command_natsight(), "--config", path, NULL};
    struct terminal *t = terminal_open(argv, options);
    ck_assert_ptr_nonnull(t);
    ck_assert(terminal_wait_text(t, "FIRST", WAIT));
    ck_assert(terminal_wait_regex(t, "\\. n1 ", WAIT));
    return t;
}

static void end(struct terminal *t) {
    int status;
    ck_assert(terminal_signal(t, SIGTERM));
    ck_assert(terminal_wait_exit(t, &status, WAIT));
    ck_assert_int_eq(status, 0);
    ck_assert(terminal_restored(t));
    terminal_close(t);
}

START_TEST(a_good_file_holds_at_once) {
    make_folder();
    write_config("FIRST", servers, "");
    struct terminal *t = begin(NULL);
    write_config("SECOND", servers,
                 "time = \"local\"; units = \"bits\"; ascii = true;\n"
                 "columns = { overview = { nodes = [\"rtt\", \"cpu\"]; }; };\n"
                 "keys = { help = \"x\"; local = \"F9\"; filter = \"F8\"; };\n");
    ck_assert(terminal_signal(t, SIGUSR1));
    ck_assert(terminal_wait_text(t, "configuration reloaded", WAIT));
    ck_assert(terminal_wait_text(t, " SECOND ", WAIT));
    ck_assert(terminal_wait_gone(t, "FIRST", WAIT));
    ck_assert(terminal_wait_regex(t, "S NODE +RTT +CPU%", WAIT));
    terminal_key(t, VTERM_KEY_FUNCTION(2), VTERM_MOD_NONE);
    ck_assert(terminal_wait_regex(t, "time +\"local\" .*conf:3", WAIT));
    ck_assert(terminal_type(t, "j"));
    ck_assert(terminal_wait_text(t, "Time zone of what is shown; F9 changes it.", WAIT));
    ck_assert(terminal_type(t, "\004\004")); /* further down */
    ck_assert(terminal_wait_regex(t, "columns.overview.nodes +\\[\"rtt\", \"cpu\"\\] +.*conf:4", WAIT));
    ck_assert(terminal_type(t, "q"));
    ck_assert(terminal_wait_gone(t, "SETTINGS", WAIT));
    ck_assert(terminal_type(t, "x"));
    ck_assert(terminal_wait_text(t, "KEYS in Overview", WAIT));
    terminal_key(t, VTERM_KEY_FUNCTION(8), VTERM_MOD_NONE);
    ck_assert(terminal_type(t, "searches in\r"));
    ck_assert(terminal_wait_text(t, "valid here; F8 searches in them", WAIT));
    ck_assert(terminal_type(t, "x"));
    ck_assert(terminal_wait_gone(t, "KEYS in Overview", WAIT));
    end(t);
    remove_folder();
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
    make_folder();
    write_config("FIRST", servers, "color = \"always\";\n");
    struct terminal *t = begin(&(struct terminal_options){.rows = 24, .cols = 120});
    ck_assert(is_colored(t));
    write_config("FIRST", servers, "color = \"never\"; view = \"connections\";\n");
    ck_assert(terminal_signal(t, SIGUSR1));
    ck_assert(terminal_wait_text(t, "> Connections", WAIT));
    ck_assert(terminal_wait(t, lost_color, NULL, "no colour", WAIT));
    write_config("FIRST", servers,
                 "color = \"always\"; view = \"connections\"; plain = true; limits = { max_rate = 900; };\n");
    ck_assert(terminal_signal(t, SIGUSR1));
    ck_assert(
        terminal_wait_text(t, "configuration reloaded; plain, limits.max_rate: at the next start", WAIT));
    ck_assert(terminal_wait(t, got_color, NULL, "colour", WAIT));
    end(t);
    remove_folder();
}
END_TEST

START_TEST(a_faulty_file_changes_nothing) {
    make_folder();
    write_config("FIRST", servers, "keys = { help = \"x\"; };\n");
    struct terminal *t = begin(NULL);
    write_config("SECOND", servers, "unit = \"bits\";\n");
    ck_assert(terminal_type(t, "\022")); /* Ctrl-R */
    ck_assert(
        terminal_wait_text(t, "natsight.conf:3: unit: there is no such setting; did you mean units?", WAIT));
    ck_assert(terminal_wait_text(t, " FIRST ", WAIT));
    ck_assert(terminal_type(t, "x")); /* the binding, too */
    ck_assert(terminal_wait_text(t, "KEYS in Overview", WAIT));
    ck_assert(terminal_type(t, "x"));
    write_config("THIRD", servers, "");
    ck_assert(terminal_type(t, "\022"));
    ck_assert(terminal_wait_text(t, " THIRD ", WAIT));
    end(t);
    remove_folder();
}
END_TEST

START_TEST(the_fault_is_told_with_its_line) {
    make_folder();
    write_config("FIRST", servers, "");
    struct terminal *t = begin(&(struct terminal_options){.rows = 24, .cols = 160});
    write_config("SECOND", servers, "unit = \"bits\";\n");
    ck_assert(terminal_type(t, "\022"));
    ck_assert(
        terminal_wait_text(t, "natsight.conf:3: unit: there is no such setting; did you mean units?", WAIT));
    end(t);
    remove_folder();
}
END_TEST

START_TEST(a_fault_is_told_on_a_small_screen) {
    make_folder();
    write_config("FIRST", servers, "");
    struct terminal *t = begin(&(struct terminal_options){.rows = 24, .cols = 80});
    write_config("SECOND", servers, "cadences = { jzs = \"1s\"; };\n");
    ck_assert(terminal_type(t, "\022"));
    ck_assert(terminal_wait_regex(
        t, "^ natsight.conf:3: cadences.jzs: there is no such setting; did you mean jsz\\? *$", WAIT));
    write_config("SECOND", servers, "cadences = { jzs = \"1s\"; };\nunit = 1;\nasci = true;\n");
    ck_assert(terminal_type(t, "\022"));
    ck_assert(terminal_wait_regex(
        t, "^ cadences.jzs: there is no such setting; did you mean jsz\\?; and 2 more", WAIT));
    ck_assert(terminal_type(t, ":events\r"));
    ck_assert(terminal_wait_regex(t, " config +natsight.conf~ +cadences.jzs: there", WAIT));
    terminal_resize(t, 24, 160);
    ck_assert(terminal_wait_regex(
        t, " config +natsight.conf:3 +cadences.jzs: there is no such setting; did you mean jsz\\?", WAIT));
    ck_assert(terminal_wait_regex(
        t, " config +natsight.conf:4 +unit: there is no such setting; did you mean units\\?", WAIT));
    ck_assert(terminal_wait_regex(t, " config +natsight.conf:5 +asci: there is no", WAIT));
    end(t);
    remove_folder();
}
END_TEST

START_TEST(lines_tell_all_faults) {
    make_folder();
    write_config("FIRST", servers, "");
    struct command c;
    const char *const argv[] = {command_natsight(), "--plain", "--config", path, NULL};
    ck_assert(command_start(&c, argv, NULL));
    ck_assert(command_wait_output(&c, " ok servers FIRST 1/1\n", WAIT));
    write_config("SECOND", servers, "unit = 1;\nasci = true;\n");
    ck_assert_int_eq(kill(c.pid, SIGUSR1), 0);
    ck_assert(command_wait_output(
        &c, "natsight.conf:4: asci: there is no such setting; did you mean ascii?\n", WAIT));
    ck_assert_ptr_nonnull(strstr(c.output, "not reloaded: "));
    ck_assert_ptr_nonnull(
        strstr(c.output, "natsight.conf:3: unit: there is no such setting; did you mean units?\n"));
    ck_assert_ptr_null(strstr(c.output, "config natsight.conf"));
    command_free(&c);
    remove_folder();
}
END_TEST

START_TEST(other_servers_are_asked_at_once) {
    make_folder();
    write_config("FIRST", servers, "");
    struct terminal *t = begin(NULL);
    write_config("SECOND", others, "cadences = { varz = \"500ms\"; };\n");
    ck_assert(terminal_signal(t, SIGUSR1));
    ck_assert(terminal_wait_text(t, "the servers are asked anew", WAIT));
    ck_assert(terminal_wait_regex(t, "\\. other1 ", WAIT));
    ck_assert(terminal_wait_gone(t, " n1 ", WAIT)); /* who is watched no longer is no row */
    ck_assert(terminal_wait_regex(t, " 1/1 ", WAIT));
    end(t);
    remove_folder();
}
END_TEST

static bool is_asked_often(struct terminal *t, void *context) {
    struct hostile *server = context;
    return terminal_alternate(t) && hostile_requests(server, "/healthz") >= 20;
}

/* By default all of the wait would bring two. */
START_TEST(cadences_reach_the_collector) {
    struct hostile *server = hostile_start("127.0.0.1", 0, "n1", NULL, 0);
    struct servers at = {.n = 1};
    ck_assert_ptr_nonnull(server);
    snprintf(at.node[0].http, sizeof at.node[0].http, "%s", hostile_url(server));
    make_folder();
    write_config("FIRST", &at, "");
    struct terminal *t = begin(NULL);
    ck_assert_int_lt(hostile_requests(server, "/healthz"), 5);
    write_config("FIRST", &at, "cadences = { healthz = \"100ms\"; };\n");
    ck_assert(terminal_signal(t, SIGUSR1));
    ck_assert(terminal_wait(t, is_asked_often, server, "20 requests of /healthz", WAIT));
    end(t);
    hostile_end(server);
    remove_folder();
}
END_TEST

START_TEST(what_was_changed_here_stays_unless_the_file_says_something_new) {
    make_folder();
    write_config("FIRST", servers, "units = \"bytes\";\n");
    struct terminal *t = begin(NULL);
    ck_assert(terminal_type(t, "u"));
    ck_assert(terminal_wait_text(t, "bits per second", WAIT));
    ck_assert(terminal_type(t, "\022"));
    ck_assert(terminal_wait_text(t, "configuration reloaded", WAIT));
    terminal_key(t, VTERM_KEY_FUNCTION(2), VTERM_MOD_NONE);
    ck_assert(terminal_wait_regex(t, "units +\"bits\" +changed here", WAIT));
    end(t);
    remove_folder();
}
END_TEST

/* ---- the dialog ---- */

START_TEST(the_dialog_changes_at_once_and_writes_when_told) {
    static const char more[] = "units = \"bytes\"; # as the disks people count\n";
    char before[8192], kept[700];
    make_folder();
    write_config("FIRST", servers, more);
    snprintf(before, sizeof before, "%s", read_file(path));
    struct terminal *t = begin(NULL);
    terminal_key(t, VTERM_KEY_FUNCTION(2), VTERM_MOD_NONE);
    ck_assert(terminal_wait_regex(t, "units +\"bytes\" +.*conf:3", WAIT));
    ck_assert(terminal_type(t, "j "));
    ck_assert(terminal_wait_regex(t, "> time +\"local\" +changed here", WAIT));
    ck_assert(terminal_type(t, "j "));
    ck_assert(terminal_wait_regex(t, "> units +\"bits\" +changed here", WAIT));
    ck_assert_str_eq(read_file(path), before);
    ck_assert(terminal_type(t, "w"));
    ck_assert(terminal_wait_regex(t, "> units +\"bits\" +.*conf:3", WAIT));
    ck_assert_ptr_nonnull(strstr(read_file(path), "# ours\n"));
    ck_assert_ptr_nonnull(strstr(read_file(path), "units = \"bits\"; # as the disks people count\n"));
    ck_assert_ptr_nonnull(strstr(read_file(path), "\ntime = \"local\";\n"));
    snprintf(kept, sizeof kept, "%s~", path);
    ck_assert_str_eq(read_file(kept), before);
    end(t);
    remove_folder();
}
END_TEST

/* In the dialog: the time zone to local. */
static void change_time(struct terminal *t) {
    terminal_key(t, VTERM_KEY_FUNCTION(2), VTERM_MOD_NONE);
    ck_assert(terminal_wait_text(t, "SETTINGS", WAIT));
    ck_assert(terminal_type(t, "j "));
    ck_assert(terminal_wait_regex(t, "> time +\"local\" +changed here", WAIT));
}

/* As root another's; else of another group, where there is one. */
static bool give_away(void) {
    gid_t groups[64];
    int count = getgroups(64, groups);
    if (geteuid() == 0)
        return chown(path, 65534, 65533) == 0;
    for (int i = 0; i < count; i++)
        if (groups[i] != getegid())
            return chown(path, (uid_t)-1, groups[i]) == 0;
    return true;
}

START_TEST(a_written_file_belongs_to_whom_it_did) {
    struct stat before, after;
    make_folder();
    write_config("FIRST", servers, "");
    ck_assert(give_away());
    ck_assert_int_eq(chmod(path, 0640), 0);
    ck_assert_int_eq(stat(path, &before), 0);
    struct terminal *t = begin(NULL);
    terminal_key(t, VTERM_KEY_FUNCTION(2), VTERM_MOD_NONE);
    ck_assert(terminal_wait_text(t, "SETTINGS", WAIT));
    ck_assert(terminal_type(t, "j "));
    ck_assert(terminal_wait_regex(t, "> time +\"local\" +changed here", WAIT));
    ck_assert(terminal_type(t, "w"));
    ck_assert(terminal_wait_regex(t, "> time +\"local\" +.*conf:3", WAIT));
    ck_assert_int_eq(stat(path, &after), 0);
    ck_assert_uint_eq(after.st_uid, before.st_uid);
    ck_assert_uint_eq(after.st_gid, before.st_gid);
    ck_assert_uint_eq(after.st_mode, before.st_mode);
    end(t);
    remove_folder();
}
END_TEST

START_TEST(the_dialog_has_rows_on_the_smallest_screen) {
    make_folder();
    write_config("FIRST", servers, "");
    const char *const argv[] = {command_natsight(), "--config", path, NULL};
    struct terminal *t = terminal_open(argv, &(struct terminal_options){.rows = 8, .cols = 28});
    ck_assert(terminal_wait_text(t, "n1", WAIT));
    terminal_key(t, VTERM_KEY_FUNCTION(2), VTERM_MOD_NONE);
    ck_assert(terminal_wait_regex(t, "> view ", WAIT));
    ck_assert(terminal_type(t, "j"));
    ck_assert(terminal_wait_regex(t, "> time ", WAIT));
    end(t);
    remove_folder();
}
END_TEST

START_TEST(a_long_place_is_cut_in_front_with_a_mark) {
    make_folder();
    char deep[700];
    snprintf(deep, sizeof deep, "%s/a-folder-with-a-long-name", folder.path);
    ck_assert_int_eq(mkdir(deep, 0700), 0);
    snprintf(path, sizeof path, "%.500s/a-folder-with-a-long-name/natsight.conf", folder.path);
    write_config("FIRST", servers, "units = \"bits\";\n");
    struct terminal *t = begin(&(struct terminal_options){.rows = 24, .cols = 110});
    terminal_key(t, VTERM_KEY_FUNCTION(2), VTERM_MOD_NONE);
    ck_assert(terminal_wait_regex(t, " units +\"bits\" +~-with-a-long-name/natsight.conf:3 *$", WAIT));
    end(t);
    remove_folder();
}
END_TEST

START_TEST(columns_are_moved_and_written) {
    make_folder();
    write_config("FIRST", servers, "columns = {\n    node = { routes = [\"peer\"]; };\n};\n");
    struct terminal *t = begin(NULL);
    ck_assert(terminal_type(t, "2c"));
    ck_assert(terminal_wait_regex(t, "\\[x\\] NODE ", WAIT));
    for (int i = 0; i < 10 && terminal_match(t, ">\\[x\\] NAME ", NULL, 0) < 0; i++) {
        ck_assert(terminal_type(t, "j"));
        terminal_settle(t, 100, 2000);
    }
    ck_assert(terminal_type(t, "J ")); /* NAME below ACCT, and hidden */
    ck_assert(terminal_wait_regex(t, ">\\[ \\] NAME ", WAIT));
    ck_assert(terminal_type(t, "\033"));
    ck_assert(terminal_wait_gone(t, "[x] NODE", WAIT));
    terminal_key(t, VTERM_KEY_FUNCTION(2), VTERM_MOD_NONE);
    ck_assert(terminal_wait_text(t, "SETTINGS", WAIT));
    ck_assert(terminal_type(t, "w"));
    ck_assert(terminal_wait_text(t, "written", WAIT));
    const char *text = read_file(path);
    ck_assert_msg(
        strstr(text, "connections = { connections = [\"cid\", \"server\", \"account\", \"user\",") != NULL,
        "%s", text);
    ck_assert_ptr_nonnull(strstr(text, "    node = { routes = [\"peer\"]; };\n"));
    end(t);
    remove_folder();
}
END_TEST

START_TEST(nothing_is_written_that_would_not_be_read_back) {
    char more[700];
    make_folder();
    snprintf(more, sizeof more, "%s/more.conf", folder.path);
    write_config("FIRST", servers, "@include \"more.conf\"\n");
    text_file_write(more, "time = \"utc\";\n");
    char before[8192];
    snprintf(before, sizeof before, "%s", read_file(path));
    struct terminal *t = begin(NULL);
    ck_assert(terminal_type(t, "L"));
    ck_assert(terminal_wait_text(t, "local time", WAIT));
    terminal_key(t, VTERM_KEY_FUNCTION(2), VTERM_MOD_NONE);
    ck_assert(terminal_wait_regex(t, "time +\"local\" +changed here", WAIT));
    ck_assert(terminal_type(t, "w"));
    ck_assert(terminal_wait_text(t, "nothing written: ", WAIT));
    ck_assert_str_eq(read_file(path), before);
    ck_assert_str_eq(read_file(more), "time = \"utc\";\n");
    end(t);
    remove_folder();
}
END_TEST

/* Of another setting than the one that is written. */
START_TEST(what_was_changed_in_the_file_meanwhile_is_not_undone) {
    char before[8192];
    make_folder();
    write_config("FIRST", servers, "units = \"bytes\";\n");
    struct terminal *t = begin(NULL);
    change_time(t);
    write_config("FIRST", servers, "units = \"bits\";\n");
    snprintf(before, sizeof before, "%s", read_file(path));
    ck_assert(terminal_type(t, "w"));
    ck_assert(terminal_wait_text(
        t, "nothing written: units was changed in the file meanwhile; read it again first", WAIT));
    ck_assert_str_eq(read_file(path), before);
    ck_assert(terminal_type(t, "q\022")); /* Ctrl-R, as it says */
    ck_assert(terminal_wait_text(t, "configuration reloaded", WAIT));
    terminal_key(t, VTERM_KEY_FUNCTION(2), VTERM_MOD_NONE);
    ck_assert(terminal_wait_regex(t, "time +\"local\" +changed here", WAIT));
    ck_assert(terminal_type(t, "w"));
    ck_assert(terminal_wait_regex(t, "time +\"local\" +.*conf:4", WAIT));
    ck_assert_ptr_nonnull(strstr(read_file(path), "units = \"bits\";\n"));
    end(t);
    remove_folder();
}
END_TEST

START_TEST(a_link_is_read_and_written_beside_itself) {
    char real[700], more[700];
    struct stat info;
    make_folder();
    snprintf(real, sizeof real, "%s/elsewhere", folder.path);
    ck_assert_int_eq(mkdir(real, 0700), 0);
    snprintf(real, sizeof real, "%s/elsewhere/real.conf", folder.path);
    snprintf(more, sizeof more, "%s/more.conf", folder.path);
    text_file_write(more, "units = \"bits\";\n");
    write_config("FIRST", servers, "@include \"more.conf\"\n");
    ck_assert_int_eq(rename(path, real), 0);
    ck_assert_int_eq(symlink("elsewhere/real.conf", path), 0);
    struct terminal *t = begin(NULL);
    change_time(t);
    ck_assert(terminal_type(t, "w"));
    ck_assert(terminal_wait_regex(t, "> time +\"local\" +.*conf:4", WAIT));
    ck_assert_ptr_nonnull(strstr(read_file(real), "\ntime = \"local\";\n"));
    ck_assert_int_eq(lstat(path, &info), 0);
    ck_assert(S_ISLNK(info.st_mode));
    end(t);
    remove_folder();
}
END_TEST

START_TEST(a_read_only_file_is_not_replaced) {
    char before[8192];
    struct stat info;
    make_folder();
    write_config("FIRST", servers, "");
    snprintf(before, sizeof before, "%s", read_file(path));
    ck_assert_int_eq(chmod(path, 0444), 0);
    struct terminal *t = begin(&(struct terminal_options){.rows = 24, .cols = 120});
    change_time(t);
    ck_assert(terminal_type(t, "w"));
    ck_assert(terminal_wait_text(t, "natsight.conf is read-only", WAIT));
    ck_assert_str_eq(read_file(path), before);
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_uint_eq(info.st_mode & 0777, 0444);
    end(t);
    remove_folder();
}
END_TEST

START_TEST(a_first_file_is_made_where_it_will_be_found) {
    char xdg[700], file[800];
    make_folder();
    snprintf(xdg, sizeof xdg, "XDG_CONFIG_HOME=%s/deep/er", folder.path);
    snprintf(file, sizeof file, "%s/deep/er/natsight/natsight.conf", folder.path);
    const char *env[] = {xdg, NULL};
    const char *const argv[] = {command_natsight(), servers->node[0].http, NULL};
    struct terminal *t = terminal_open(argv, &(struct terminal_options){.env = env});
    ck_assert(terminal_wait_regex(t, "\\. n1 ", WAIT));
    terminal_key(t, VTERM_KEY_FUNCTION(2), VTERM_MOD_NONE);
    ck_assert(terminal_wait_text(t, "no configuration file", WAIT));
    ck_assert(terminal_type(t, "j "));
    ck_assert(terminal_wait_regex(t, "> time +\"local\" +changed here", WAIT));
    ck_assert_int_ne(access(file, F_OK), 0);
    ck_assert(terminal_type(t, "w"));
    ck_assert(terminal_wait_regex(t, "> time +\"local\" +.*conf:1", WAIT));
    ck_assert_str_eq(read_file(file), "time = \"local\";\n");
    end(t);
    remove_folder();
}
END_TEST

START_TEST(a_folder_that_can_not_be_written_is_said) {
    char xdg[] = "XDG_CONFIG_HOME=/proc/self";
    const char *env[] = {xdg, NULL};
    const char *const argv[] = {command_natsight(), servers->node[0].http, NULL};
    struct terminal *t = terminal_open(argv, &(struct terminal_options){.env = env});
    ck_assert(terminal_wait_regex(t, "\\. n1 ", WAIT));
    terminal_key(t, VTERM_KEY_FUNCTION(2), VTERM_MOD_NONE);
    ck_assert(terminal_type(t, "j "));
    ck_assert(terminal_wait_regex(t, "> time +\"local\" +changed here", WAIT));
    ck_assert(terminal_type(t, "w"));
    ck_assert(terminal_wait_text(t, "can't be written", WAIT));
    end(t);
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
    make_folder();
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    int pipe = open(path, O_RDWR);
    ck_assert_int_eq(write(pipe, "# ours\n", 7), 7);
    const char *const argv[] = {command_natsight(), "--config", path, NULL};
    struct terminal *t = terminal_open(argv, &(struct terminal_options){.rows = 24, .cols = 160});
    ck_assert_ptr_nonnull(t);
    ck_assert(terminal_wait(t, is_taken, &pipe, "the beginning is read", WAIT));
    ck_assert(bears(terminal_pid(t), SIGUSR1));
    ck_assert(terminal_signal(t, SIGUSR1));
    dprintf(pipe, "clusters = ( { name = \"mine\"; label = \"FIRST\"; urls = [\"%s\"]; } );\n",
            servers->node[0].http);
    close(pipe);
    ck_assert(terminal_wait_text(t, "FIRST", WAIT));
    ck_assert(terminal_wait_text(t, "is no file, what came from it can't be read again", WAIT));
    ck_assert(terminal_wait_regex(t, "\\. n1 ", WAIT));
    pid_t collector = child_of(terminal_pid(t));
    ck_assert_int_gt(collector, 0);
    ck_assert(bears(collector, SIGUSR1));
    end(t);
    remove_folder();
}
END_TEST

START_TEST(a_collector_alone_bears_it) {
    struct command c;
    const char *const argv[] = {command_natsight(), "collect", servers->node[0].http, NULL};
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
    tcase_add_test(tc, a_good_file_holds_at_once);
    tcase_add_test(tc, view_and_color_hold_at_once_the_rest_is_said);
    tcase_add_test(tc, a_faulty_file_changes_nothing);
    tcase_add_test(tc, the_fault_is_told_with_its_line);
    tcase_add_test(tc, a_fault_is_told_on_a_small_screen);
    tcase_add_test(tc, lines_tell_all_faults);
    tcase_add_test(tc, other_servers_are_asked_at_once);
    tcase_add_test(tc, cadences_reach_the_collector);
    tcase_add_test(tc, what_was_changed_here_stays_unless_the_file_says_something_new);
    tcase_add_test(tc, the_dialog_changes_at_once_and_writes_when_told);
    tcase_add_test(tc, a_written_file_belongs_to_whom_it_did);
    tcase_add_test(tc, the_dialog_has_rows_on_the_smallest_screen);
    tcase_add_test(tc, a_long_place_is_cut_in_front_with_a_mark);
    tcase_add_test(tc, columns_are_moved_and_written);
    tcase_add_test(tc, nothing_is_written_that_would_not_be_read_back);
    tcase_add_test(tc, what_was_changed_in_the_file_meanwhile_is_not_undone);
    tcase_add_test(tc, a_link_is_read_and_written_beside_itself);
    tcase_add_test(tc, a_read_only_file_is_not_replaced);
    tcase_add_test(tc, a_first_file_is_made_where_it_will_be_found);
    tcase_add_test(tc, a_reload_that_comes_too_early_kills_nobody);
    tcase_add_test(tc, a_collector_alone_bears_it);
    tcase_add_test(tc, a_folder_that_can_not_be_written_is_said);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
