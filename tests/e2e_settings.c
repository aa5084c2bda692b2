/* Settings changed in the dialog: they hold at once, and are written when told to. */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/e2e/configured.h"
#include "tests/harness/shown.h"
#include "tests/harness/suite.h"

START_TEST(the_dialog_changes_at_once_and_writes_when_told) {
    static const char more[] = "units = \"bytes\"; # as the disks people count\n";
    char before[8192], kept[700];
    configured_write("FIRST", more);
    snprintf(before, sizeof before, "%s", config_text(config_path()));
    struct terminal *t = configured_open(NULL);
    terminal_key(t, VTERM_KEY_FUNCTION(2), VTERM_MOD_NONE);
    shown_wait(t, "units +\"bytes\" +.*conf:3");
    shown_type(t, "j ", "> time +\"local\" +changed here");
    shown_type(t, "j ", "> units +\"bits\" +changed here");
    ck_assert_str_eq(config_text(config_path()), before);
    shown_type(t, "w", "> units +\"bits\" +.*conf:3");
    ck_assert_ptr_nonnull(strstr(config_text(config_path()), "# ours\n"));
    ck_assert_ptr_nonnull(
        strstr(config_text(config_path()), "units = \"bits\"; # as the disks people count\n"));
    ck_assert_ptr_nonnull(strstr(config_text(config_path()), "\ntime = \"local\";\n"));
    snprintf(kept, sizeof kept, "%s~", config_path());
    ck_assert_str_eq(config_text(kept), before);
    configured_end(t);
}
END_TEST

/* In the dialog: the time zone to local. */
static void change_time(struct terminal *t) {
    configured_dialog(t);
    shown_type(t, "j ", "> time +\"local\" +changed here");
}

/* As root another's; else of another group, where there is one. */
static bool give_away(void) {
    gid_t groups[64];
    int count = getgroups(64, groups);
    if (geteuid() == 0)
        return chown(config_path(), 65534, 65533) == 0;
    for (int i = 0; i < count; i++)
        if (groups[i] != getegid())
            return chown(config_path(), (uid_t)-1, groups[i]) == 0;
    return true;
}

START_TEST(a_written_file_belongs_to_whom_it_did) {
    struct stat before, after;
    configured_write("FIRST", "");
    ck_assert(give_away());
    ck_assert_int_eq(chmod(config_path(), 0640), 0);
    ck_assert_int_eq(stat(config_path(), &before), 0);
    struct terminal *t = configured_open(NULL);
    change_time(t);
    shown_type(t, "w", "> time +\"local\" +.*conf:3");
    ck_assert_int_eq(stat(config_path(), &after), 0);
    ck_assert_uint_eq(after.st_uid, before.st_uid);
    ck_assert_uint_eq(after.st_gid, before.st_gid);
    ck_assert_uint_eq(after.st_mode, before.st_mode);
    configured_end(t);
}
END_TEST

START_TEST(the_dialog_has_rows_on_the_smallest_screen) {
    configured_write("FIRST", "");
    const char *const argv[] = {command_natsight(), "--config", config_path(), NULL};
    struct terminal *t = terminal_open(argv, &(struct terminal_options){.rows = 8, .cols = 28});
    ck_assert(terminal_wait_text(t, "n1", WAIT));
    terminal_key(t, VTERM_KEY_FUNCTION(2), VTERM_MOD_NONE);
    shown_wait(t, "> view ");
    shown_type(t, "j", "> time ");
    configured_end(t);
}
END_TEST

START_TEST(a_long_place_is_cut_in_front_with_a_mark) {
    config_path_in("a-folder-with-a-long-name");
    configured_write("FIRST", "units = \"bits\";\n");
    struct terminal *t = configured_open(&(struct terminal_options){.rows = 24, .cols = 110});
    terminal_key(t, VTERM_KEY_FUNCTION(2), VTERM_MOD_NONE);
    shown_wait(t, " units +\"bits\" +~-with-a-long-name/natsight.conf:3 *$");
    configured_end(t);
}
END_TEST

START_TEST(columns_are_moved_and_written) {
    configured_write("FIRST", "columns = {\n    node = { routes = [\"peer\"]; };\n};\n");
    struct terminal *t = configured_open(NULL);
    shown_type(t, "2c", "\\[x\\] NODE ");
    for (int i = 0; i < 10 && terminal_match(t, ">\\[x\\] NAME ", NULL, 0) < 0; i++) {
        ck_assert(terminal_type(t, "j"));
        terminal_settle(t, 100, 2000);
    }
    shown_type(t, "J ", ">\\[ \\] NAME "); /* NAME below ACCT, and hidden */
    ck_assert(terminal_type(t, "\033"));
    ck_assert(terminal_wait_gone(t, "[x] NODE", WAIT));
    configured_dialog(t);
    ck_assert(terminal_type(t, "w"));
    ck_assert(terminal_wait_text(t, "written", WAIT));
    const char *text = config_text(config_path());
    ck_assert_msg(
        strstr(text, "connections = { connections = [\"cid\", \"server\", \"account\", \"user\",") != NULL,
        "%s", text);
    ck_assert_ptr_nonnull(strstr(text, "    node = { routes = [\"peer\"]; };\n"));
    configured_end(t);
}
END_TEST

START_TEST(nothing_is_written_that_would_not_be_read_back) {
    char more[700];
    snprintf(more, sizeof more, "%s/more.conf", config_folder());
    configured_write("FIRST", "@include \"more.conf\"\n");
    config_write("more.conf", "time = \"utc\";\n");
    char before[8192];
    snprintf(before, sizeof before, "%s", config_text(config_path()));
    struct terminal *t = configured_open(NULL);
    ck_assert(terminal_type(t, "L"));
    ck_assert(terminal_wait_text(t, "local time", WAIT));
    terminal_key(t, VTERM_KEY_FUNCTION(2), VTERM_MOD_NONE);
    shown_wait(t, "time +\"local\" +changed here");
    ck_assert(terminal_type(t, "w"));
    ck_assert(terminal_wait_text(t, "nothing written: ", WAIT));
    ck_assert_str_eq(config_text(config_path()), before);
    ck_assert_str_eq(config_text(more), "time = \"utc\";\n");
    configured_end(t);
}
END_TEST

/* Of another setting than the one that is written. */
START_TEST(what_was_changed_in_the_file_meanwhile_is_not_undone) {
    char before[8192];
    configured_write("FIRST", "units = \"bytes\";\n");
    struct terminal *t = configured_open(NULL);
    change_time(t);
    configured_write("FIRST", "units = \"bits\";\n");
    snprintf(before, sizeof before, "%s", config_text(config_path()));
    ck_assert(terminal_type(t, "w"));
    ck_assert(terminal_wait_text(
        t, "nothing written: units was changed in the file meanwhile; read it again first", WAIT));
    ck_assert_str_eq(config_text(config_path()), before);
    ck_assert(terminal_type(t, "q\022")); /* Ctrl-R, as it says */
    ck_assert(terminal_wait_text(t, "configuration reloaded", WAIT));
    terminal_key(t, VTERM_KEY_FUNCTION(2), VTERM_MOD_NONE);
    shown_wait(t, "time +\"local\" +changed here");
    shown_type(t, "w", "time +\"local\" +.*conf:4");
    ck_assert_ptr_nonnull(strstr(config_text(config_path()), "units = \"bits\";\n"));
    configured_end(t);
}
END_TEST

START_TEST(a_link_is_read_and_written_beside_itself) {
    char real[700];
    struct stat info;
    config_make_folder("elsewhere");
    snprintf(real, sizeof real, "%s/elsewhere/real.conf", config_folder());
    config_write("more.conf", "units = \"bits\";\n");
    configured_write("FIRST", "@include \"more.conf\"\n");
    ck_assert_int_eq(rename(config_path(), real), 0);
    ck_assert_int_eq(symlink("elsewhere/real.conf", config_path()), 0);
    struct terminal *t = configured_open(NULL);
    change_time(t);
    shown_type(t, "w", "> time +\"local\" +.*conf:4");
    ck_assert_ptr_nonnull(strstr(config_text(real), "\ntime = \"local\";\n"));
    ck_assert_int_eq(lstat(config_path(), &info), 0);
    ck_assert(S_ISLNK(info.st_mode));
    configured_end(t);
}
END_TEST

START_TEST(a_read_only_file_is_not_replaced) {
    char before[8192];
    struct stat info;
    configured_write("FIRST", "");
    snprintf(before, sizeof before, "%s", config_text(config_path()));
    ck_assert_int_eq(chmod(config_path(), 0444), 0);
    struct terminal *t = configured_open(&(struct terminal_options){.rows = 24, .cols = 120});
    change_time(t);
    ck_assert(terminal_type(t, "w"));
    ck_assert(terminal_wait_text(t, "natsight.conf is read-only", WAIT));
    ck_assert_str_eq(config_text(config_path()), before);
    ck_assert_int_eq(stat(config_path(), &info), 0);
    ck_assert_uint_eq(info.st_mode & 0777, 0444);
    configured_end(t);
}
END_TEST

START_TEST(a_first_file_is_made_where_it_will_be_found) {
    char xdg[700], file[800];
    snprintf(xdg, sizeof xdg, "XDG_CONFIG_HOME=%s/deep/er", config_folder());
    snprintf(file, sizeof file, "%s/deep/er/natsight/natsight.conf", config_folder());
    const char *env[] = {xdg, NULL};
    const char *const argv[] = {command_natsight(), configured_url(), NULL};
    struct terminal *t = terminal_open(argv, &(struct terminal_options){.env = env});
    shown_wait(t, "\\. n1 ");
    terminal_key(t, VTERM_KEY_FUNCTION(2), VTERM_MOD_NONE);
    ck_assert(terminal_wait_text(t, "no configuration file", WAIT));
    shown_type(t, "j ", "> time +\"local\" +changed here");
    ck_assert_int_ne(access(file, F_OK), 0);
    shown_type(t, "w", "> time +\"local\" +.*conf:1");
    ck_assert_str_eq(config_text(file), "time = \"local\";\n");
    configured_end(t);
}
END_TEST

START_TEST(a_folder_that_can_not_be_written_is_said) {
    char xdg[] = "XDG_CONFIG_HOME=/proc/self";
    const char *env[] = {xdg, NULL};
    const char *const argv[] = {command_natsight(), configured_url(), NULL};
    struct terminal *t = terminal_open(argv, &(struct terminal_options){.env = env});
    shown_wait(t, "\\. n1 ");
    change_time(t);
    ck_assert(terminal_type(t, "w"));
    ck_assert(terminal_wait_text(t, "can't be written", WAIT));
    configured_end(t);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("settings");
    TCase *tc = tcase_create("dialog");
    tcase_set_timeout(tc, 60);
    tcase_add_unchecked_fixture(tc, configured_setup, configured_teardown);
    tcase_add_checked_fixture(tc, config_begin, config_end);
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
    tcase_add_test(tc, a_folder_that_can_not_be_written_is_said);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
