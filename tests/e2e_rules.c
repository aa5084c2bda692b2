/* Rules of a user: what of a configuration and its folder rules.d is in force, and what is said of faults. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/e2e/config_file.h"
#include "tests/harness/suite.h"

#define LAG "name = \"lag\"; entity = \"consumer\"; condition = \"lag\"; "

static const struct wrong {
    const char *text, *says; /* behind the path */
} wrongs[] = {
    {"rules = { };", ":1: rules: takes groups in parentheses"},
    {"rules = (\n{ entity = \"consumer\"; } );", ":2: rules.name: a rule wants a name"},
    {"rules = ( { " LAG "\n warn = \"10 s\"; } );", ":2: rules.warn: `(lag)` (messages) does not go with"},
    {"rules = ( { name = \"a\"; entity = \"consumer\"; condition = \"late\";\n warn = \"> 5\"; } );",
     ":2: rules.warn: 5 has no unit (time span): write \"> 5 s\""},
    {"rules = ( { " LAG "\n warn = 10; hold = 5;\n } );",
     ":2: rules.hold: \"5\" is no time span: write \"30 s\""},
    {"rules = ( { " LAG "\n warn = 100;\n critical = 10; } );",
     ":2: rules.warn: \"> 100\" is beyond critical"},
    {"rules = ( { " LAG " warn = 1; },\n{ " LAG " warn = 2; } );",
     ":2: rules.name: lag is the name of two rules; the other one is at line 1"},
    {"rules = ( { " LAG " warn = 1;\n wran = 1; } );",
     ":2: rules.wran: there is no such setting; did you mean warn?"},
    {"rules = ( { name = \"x\"; entity = \"consumer\";\n condition = \"lagg > 1\"; } );",
     ":2: rules.condition: `lagg` is no quantity of a consumer; did you mean lag?"},
    {"rules = ( { name = \"buffer_fillling\";\n enabled = false; } );", ":1: rules.name: there is no rule"},
    {"rules = ( { name = \"buffer_filling\";\n enabled = 5; } );", ":2: rules.enabled: \"5\" is neither"},
};

START_TEST(a_fault_is_told_with_its_line_and_key) {
    ck_assert_int_eq(config_load(wrongs[_i].text), 64);
    config_blames(wrongs[_i].says);
    ck_assert_ptr_eq(strchr(config_errors(), '\n'), config_errors() + strlen(config_errors()) - 1);
}
END_TEST

static void expect_rules(const char *name, const char *says) {
    const char *const argv[] = {command_natsight(), "rules", "--config", config_path(), name, NULL};
    struct command c;
    int code = command_run(&c, argv, NULL, 10000);
    ck_assert_msg(code == 0 && strstr(c.output, says) != NULL, "no \"%s\" in: %s%s", says, c.output,
                  c.errors);
    command_free(&c);
}

START_TEST(what_is_in_force_is_listed_with_where_it_comes_from) {
    config_make_folder("rules.d");
    config_write("natsight.conf", "rules = (\n"
                                  " { name = \"ha_assets\"; enabled = false; },\n"
                                  " { name = \"consumer_growing\"; critical = \"> 1M\"; } );\n");
    config_write("rules.d/b.conf", "rules = ( { " LAG "warn = \"10k\"; clear = \"5k\"; hold = \"1m\";\n"
                                   " match = \"stream = ORDERS\"; reason = \"the shop waits\"; } );\n");
    config_write("rules.d/.hidden.conf", "nothing that could be read");
    config_write("rules.d/README", "nor this");
    expect_rules(NULL,
                 "\nbuffer_filling           connection: pending_share  warn > 10 % for 4s  critical > 50 % "
                 "for 4s  while pending_bytes > 0  # default\n");
    expect_rules(NULL, "  (silenced)  # natsight.conf:2\n");
    expect_rules("consumer_growing",
                 "consumer: lag  warn > 10k for 1m  critical > 1M for 1m  while lag_slope > 0  "
                 "# natsight.conf:3\n");
    expect_rules("lag", "consumer: lag  warn > 10k for 1m  clear < 5k  match stream = ORDERS  # b.conf:1\n");
    expect_rules("lag", "    why: the shop waits\n");
}
END_TEST

/* As they come with it. */
START_TEST(rules_that_are_shipped_are_good) {
    static const struct {
        const char *file, *rule, *says;
    } shipped[] = {
        {"classic", "classic_traffic", "server: in_msgs_per_s  warn > 10000 for 10s  # classic.conf:6\n"},
        {"classic", "classic_pending", "consumer: pending  warn > 1000 for 10s  # classic.conf:"},
        {"classic", "classic_redelivered", "consumer: redelivered  warn > 100 for 10s  # classic.conf:"},
        {"classic", "classic_slow_consumer", "server: rate(slow_consumers)  warn > 0  # classic.conf:"},
        {"classic", "classic_reconnects", "visitor: reconnects_1h  warn > 10  # classic.conf:"},
        {"classic", "classic_stream_bytes", "stream: bytes_share  warn > 80 % for 30s  # classic.conf:"},
        {"latency", "latency_behind", "consumer: late  warn > 2 s for 5s  critical > 10 s for 5s  # latency"},
        {"latency", "latency_round_trip",
         "server: round_trip  warn > 1 ms for 10s  critical > 100 ms for 10s  # latency.conf:"},
    };
    char text[8192];
    config_write("natsight.conf", "");
    config_make_folder("rules.d");
    for (size_t i = 0; i < sizeof shipped / sizeof *shipped; i++) {
        char from[60], to[60];
        snprintf(from, sizeof from, "docs/rules.d/%s.conf", shipped[i].file);
        snprintf(to, sizeof to, "rules.d/%s.conf", shipped[i].file);
        FILE *file = fopen(from, "r");
        ck_assert_ptr_nonnull(file);
        text[fread(text, 1, sizeof text - 1, file)] = '\0';
        fclose(file);
        config_write(to, text);
        expect_rules(shipped[i].rule, shipped[i].says);
    }
}
END_TEST

START_TEST(a_name_that_there_is_none_of_is_told) {
    const char *const argv[] = {command_natsight(), "rules", "--config", "/dev/null", "bufer_filling", NULL};
    struct command c;
    ck_assert_int_eq(command_run(&c, argv, NULL, 10000), 64);
    ck_assert_str_eq(c.errors, "natsight: there is no rule bufer_filling; did you mean buffer_filling?\n");
    command_free(&c);
}
END_TEST

/* What a sentence begins with is what one looks for. */
START_TEST(a_tag_lists_its_rules) {
    const char *const argv[] = {command_natsight(), "rules", "--config", "/dev/null", "DISK", "CHURN", NULL};
    struct command c;
    ck_assert_int_eq(command_run(&c, argv, NULL, 10000), 0);
    ck_assert_ptr_eq(strstr(c.output, "storage_filling "), c.output);
    ck_assert_ptr_nonnull(strstr(c.output, "\nconnections_churn "));
    ck_assert_ptr_null(strstr(c.output, "memory_filling"));
    command_free(&c);
}
END_TEST

START_TEST(files_of_the_folder_are_read_by_name_and_blamed_by_name) {
    char says[1500];
    config_make_folder("rules.d");
    config_write("natsight.conf", "rules = ( { " LAG "warn = 1; } );\n");
    config_write("rules.d/a.conf", "\nunits = \"bits\";\nrules = ( { " LAG "warn = 2; } );\n");
    ck_assert_int_eq(config_read(), 64);
    snprintf(says, sizeof says,
             "natsight: %s/rules.d/a.conf:2: units: does not stand here: files of rules.d hold rules = ( ... "
             "); and expect = ( ... );\n"
             "natsight: %s/rules.d/a.conf:3: rules.name: lag is the name of two rules; the other one is at "
             "%s/natsight.conf:1\n",
             config_folder(), config_folder(), config_folder());
    ck_assert_str_eq(config_errors(), says);
}
END_TEST

/* Rules need no natsight.conf. */
START_TEST(the_folder_alone_is_enough) {
    struct command c;
    config_make_folder("natsight");
    config_make_folder("natsight/rules.d");
    config_write("natsight/rules.d/a.conf", "rules = ( { " LAG "warn = 2; } );\n");
    const char *const argv[] = {command_natsight(), "rules", "lag", NULL};
    ck_assert_int_eq(command_run(&c, argv, config_as_home(), 10000), 0);
    ck_assert_ptr_nonnull(strstr(c.output, "# a.conf:1\n"));
    command_free(&c);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("rules of a configuration");
    TCase *t = tcase_create("rules");
    tcase_add_checked_fixture(t, config_begin, config_end);
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, a_fault_is_told_with_its_line_and_key, 0, sizeof wrongs / sizeof *wrongs);
    tcase_add_test(t, what_is_in_force_is_listed_with_where_it_comes_from);
    tcase_add_test(t, rules_that_are_shipped_are_good);
    tcase_add_test(t, a_name_that_there_is_none_of_is_told);
    tcase_add_test(t, a_tag_lists_its_rules);
    tcase_add_test(t, files_of_the_folder_are_read_by_name_and_blamed_by_name);
    tcase_add_test(t, the_folder_alone_is_enough);
    suite_add_tcase(suite, t);
    return suite_run(suite);
}
