/* The configuration: what a file may say, and where values come from. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/e2e/config_file.h"
#include "tests/harness/hostile.h"
#include "tests/harness/suite.h"

/* quit does something in menus too, but what a file of defaults says of it is not that. */
START_TEST(a_binding_is_told_by_where_it_counts_most) {
    static const char *const pairs[] = {
        "# Quits; the last picture of the view stays in the scrollback.\n    quit =",
        "# The menu of all views, with what each one shows.\n    menu =", "# Next row.\n    down =",
        "# Choose the column to sort by.\n    sort =",
        "# Open the selected row; with none selected, the worst finding.\n    open ="};
    ck_assert_int_eq(config_run(NULL, "--default", NULL), 0);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        config_says(pairs[i]);
}
END_TEST

START_TEST(a_pipe_is_read_whole) {
    static const char *const names[] = {"-", "/dev/stdin"};
    for (int i = 0; i < 2; i++) {
        struct command c;
        const char *const argv[] = {command_natsight(), "--config", names[i], "config", NULL};
        ck_assert(command_start(&c, argv, NULL));
        ck_assert(command_write(&c, "units = \"bits\";\n# no end", 24));
        command_close_input(&c);
        ck_assert_int_eq(command_finish(&c, 10000), 0);
        ck_assert_ptr_nonnull(strstr(c.output, "units = \"bits\""));
        ck_assert_ptr_nonnull(strstr(c.output, i == 0 ? "standard input:1" : "/dev/stdin:1"));
        command_free(&c);
    }
}
END_TEST

START_TEST(an_included_file_is_named) {
    config_write("natsight.conf", "# the main one\n@include \"more.conf\"\nascii = true;\n");
    config_write("more.conf", "\nunits = \"bits\"; # no newline");
    ck_assert_int_eq(config_read(), 64); /* libconfig wants one there */
    config_write("more.conf", "\nunits = \"bits\"; # newline\n");
    ck_assert_int_eq(config_read(), 0);
    config_has("units = \"bits\"", "more.conf:2");
    config_has("ascii = true", "natsight.conf:3");
    config_write("more.conf", "\nunits = \"bats\";\n");
    ck_assert_int_eq(config_read(), 64);
    char place[700];
    snprintf(place, sizeof place, "natsight: %s/more.conf:2: units: bats", config_folder());
    ck_assert_msg(strstr(config_errors(), place) == config_errors(), "%s", config_errors());
}
END_TEST

START_TEST(a_byte_order_mark_is_no_fault) {
    ck_assert_int_eq(config_load("\xef\xbb\xbf# marked\nunits = \"bits\";\n"), 0);
    config_has("units = \"bits\"", "natsight.conf:2");
    config_write("natsight.conf", "@include \"more.conf\"\n");
    config_write("more.conf", "\xef\xbb\xbfunits = \"bits\";\n");
    ck_assert_int_eq(config_read(), 64);
    config_blames("more.conf: this file begins with a byte order mark");
}
END_TEST

START_TEST(a_key_goes_from_a_default_to_what_it_is_given_to) {
    ck_assert_int_eq(config_load("keys = { pause = \"p\"; faults = \"o\"; };"), 0);
    config_has("keys.pause = \"p\"", "natsight.conf:1");
    config_has("keys.stream_of = \"\"", "# default; p went to pause");
    config_has("keys.sort = \"F6\"", "# default; o went to faults");
    ck_assert_int_eq(config_load("keys = { pause = \"p\";\n stream_of = \"p\"; };"), 64);
    config_blames("natsight.conf:1: pause is p, but stream_of has that key (");
    config_blames("natsight.conf:2)\n");
}
END_TEST

START_TEST(no_key_is_a_choice) {
    ck_assert_int_eq(config_load("keys = { quit = \"\"; };"), 0);
    config_has("keys.quit = \"\"", "natsight.conf:1");
    ck_assert_int_eq(config_run(NULL, "--default", NULL), 0);
    config_says("NAME = \"\"; takes all keys away");
}
END_TEST

/* ---- what is in force ---- */

/* The values alone: from the first setting on, without origins. */
static char *values(const char *output) {
    char *text = strdup(strstr(output, "\nview ")), *to = text;
    bool skip = false;
    for (const char *from = text; *from != '\0'; from++) {
        skip = (skip || strncmp(from, " # ", 3) == 0) && *from != '\n';
        if (!skip && *from != ' ')
            *to++ = *from;
    }
    *to = '\0';
    return text;
}

START_TEST(the_default_file_loads_and_is_the_default) {
    ck_assert_int_eq(config_run(NULL, "--default", NULL), 0);
    config_says("    # How often /jsz is asked");
    config_write("natsight.conf", config_output());
    ck_assert_int_eq(config_run(NULL, NULL), 0);
    config_has("cadences.jsz = \"5s\"", "# default");
    char *bare = values(config_output());
    ck_assert_ptr_nonnull(strstr(bare, "cadences.jsz=\"5s\""));
    ck_assert_msg(config_read() == 0, "%s", config_errors());
    char *loaded = values(config_output());
    ck_assert_str_eq(bare, loaded);
    ck_assert_ptr_null(strstr(strstr(config_output(), "\nview "), "# default"));
    free(bare);
    free(loaded);
}
END_TEST

START_TEST(options_beat_environment_beats_file) {
    const char *no_color[] = {"NO_COLOR=1", NULL}, *colorful[] = {"NO_COLOR", NULL};
    config_write("natsight.conf",
                 "color = \"always\";\nunits = \"bits\";\ncadences = { jsz = \"7s\"; varz = \"3s\"; };");
    ck_assert_int_eq(config_run(no_color, "--config", config_path(), "--every", "jsz=9s", NULL), 0);
    config_has("color = \"never\"", "# environment: NO_COLOR");
    config_has("units = \"bits\"", "natsight.conf:2");
    config_has("cadences.jsz = \"9s\"", "# option");
    config_has("cadences.varz = \"3s\"", "natsight.conf:3");
    config_has("cadences.subsz = \"30s\"", "# default");
    ck_assert_int_eq(config_run(no_color, "--config", config_path(), "--color", "auto", "-i", "2s", NULL), 0);
    config_has("color = \"auto\"", "# option");
    config_has("cadences.varz = \"2s\"", "# option");
    ck_assert_int_eq(config_run(colorful, "--config", config_path(), NULL), 0);
    config_has("color = \"always\"", "natsight.conf:1");
}
END_TEST

START_TEST(the_command_line_switches_off_what_the_file_switches_on) {
    ck_assert_int_eq(
        config_load(
            "ascii = true; mouse = true; plain = true; time = \"local\"; limits = { max_rate = 500; };\n"
            "clusters = ( { name = \"a\"; urls = [\"127.0.0.1:1\"]; expect = 3; insecure = true; } );\n"),
        0);
    config_has("mouse = true", "natsight.conf:1");
    config_has("cluster.expect = 3", "natsight.conf:2");
    ck_assert_int_eq(config_run(NULL, "--config", config_path(), "--no-ascii", "--no-mouse", "--expect", "0",
                                "--no-insecure", "--max-rate=0", "--no-local-time", NULL),
                     0);
    config_has("ascii = false", "# option");
    config_has("mouse = false", "# option");
    config_has("plain = true", "natsight.conf:1");
    config_has("time = \"utc\"", "# option");
    config_has("limits.max_rate = 0", "# option");
    config_has("cluster.expect = 0", "# option");
    config_has("cluster.insecure = false", "# option");
    ck_assert_int_eq(config_run(NULL, "--config", config_path(), "--no-mouse", "--mouse", NULL), 0);
    config_has("mouse = true", "# option"); /* the last word counts */
}
END_TEST

START_TEST(the_file_is_looked_for_in_the_users_folders) {
    char home[600];
    snprintf(home, sizeof home, "HOME=%s", config_folder());
    const char *by_home[] = {"XDG_CONFIG_HOME", home, NULL}, *homeless[] = {"XDG_CONFIG_HOME", "HOME", NULL};
    ck_assert_int_eq(config_run(config_as_home(), NULL), 0);
    config_says("# configuration: none; looked for ");
    ck_assert_int_eq(config_run(homeless, NULL), 0);
    config_says("looked for /etc/natsight/natsight.conf");
    config_make_folder("natsight");
    config_make_folder(".config");
    config_make_folder(".config/natsight");
    config_write("natsight/natsight.conf", "units = \"bits\";");
    config_write(".config/natsight/natsight.conf", "time = \"local\";");
    ck_assert_int_eq(config_run(config_as_home(), NULL), 0);
    config_has("units = \"bits\"", "/natsight/natsight.conf:1");
    ck_assert_int_eq(config_run(by_home, NULL), 0);
    config_has("time = \"local\"", "/.config/natsight/natsight.conf:1");
    config_has("units = \"bytes\"", "# default");
}
END_TEST

START_TEST(a_copy_of_the_program_alone_has_all_themes) {
    char copy[800];
    struct command c;
    snprintf(copy, sizeof copy, "%s/natsight", config_folder());
    const char *cp[] = {"/bin/cp", command_natsight(), copy, NULL};
    ck_assert_int_eq(command_run(&c, cp, NULL, 10000), 0);
    command_free(&c);
    static const char *const names[] = {"dark", "light", "high-contrast", "mono", "okabe"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *argv[] = {copy, "config", "--theme", names[i], NULL};
        ck_assert_int_eq(command_run(&c, argv, config_as_home(), 10000), 0);
        command_free(&c);
    }
}
END_TEST

/* ---- clusters ---- */

static const char two[] = "clusters = (\n"
                          " { name = \"replica\"; label = \"LIVE\"; color = \"red\"; expect = 3;\n"
                          "   urls = [\"http://127.0.0.1:1\", \"127.0.0.1:2\"]; },\n"
                          " { name = \"staging\"; urls = \"127.0.0.1:3\"; ca = \"ca.pem\"; }\n"
                          ");\n";

START_TEST(a_cluster_is_taken_by_its_name) {
    char ca[700];
    config_write("natsight.conf", two);
    config_write("ca.pem", "");
    ck_assert_int_eq(config_run(NULL, "--config", config_path(), "replica", NULL),
                     0); /* near the command replay */
    config_says("# cluster: replica\n");
    config_has("cluster.label = \"LIVE\"", "natsight.conf:2");
    config_has("cluster.urls = [\"http://127.0.0.1:1\", \"127.0.0.1:2\"]", "natsight.conf:3");
    config_has("cluster.expect = 3", "natsight.conf:2");
    ck_assert_int_eq(config_run(NULL, "--config", config_path(), "-l", "mine", "-e", "5", "replica", NULL),
                     0);
    config_has("cluster.label = \"mine\"", "# option");
    config_has("cluster.expect = 5", "# option");
    ck_assert_int_eq(config_run(NULL, "--config", config_path(), "staging", NULL), 0);
    snprintf(ca, sizeof ca, "cluster.ca = \"%s/ca.pem\"", config_folder()); /* beside the file */
    config_says(ca);
    config_has("cluster.label = \"staging\"", "# default");
    ck_assert_int_eq(config_run(NULL, "--config", config_path(), "replica", "staging", NULL), 64);
    config_blames("replica is a cluster; write it alone");
}
END_TEST

START_TEST(a_url_that_a_cluster_names_is_the_clusters) {
    config_write("natsight.conf", two);
    ck_assert_int_eq(config_run(NULL, "--config", config_path(), "http://127.0.0.1:2", NULL), 0);
    config_says("# cluster: replica\n");
    config_has("cluster.color = \"red\"", "natsight.conf:2");
    config_has("cluster.urls = [\"http://127.0.0.1:2\"]", "# option");
    ck_assert_int_eq(config_run(NULL, "--config", config_path(), "elsewhere", NULL), 0);
    config_says("# cluster: none of the configuration\n");
    config_has("cluster.urls = [\"elsewhere\"]", "# option");
}
END_TEST

START_TEST(without_a_url_the_default_or_the_only_cluster_is_taken) {
    config_write("natsight.conf", two);
    config_write("ca.pem", "");
    ck_assert_int_eq(config_read(), 0);
    config_has("cluster.urls = [\"http://127.0.0.1:8222\"]", "# default");
    ck_assert_int_eq(config_load("clusters = ( { name = \"only\"; urls = [\"127.0.0.1:3\"]; } );"), 0);
    config_says("# cluster: only\n");
    ck_assert_int_eq(config_load("clusters = ( { name = \"a\"; urls = [\"127.0.0.1:3\"]; },\n"
                                 "{ name = \"b\"; urls = [\"127.0.0.1:4\"]; default = true; } );"),
                     0);
    config_says("# cluster: b\n");
    config_has("cluster.urls = [\"127.0.0.1:4\"]", "natsight.conf:2");
}
END_TEST

START_TEST(a_picture_has_the_configured_columns_and_label) {
    struct command c;
    char text[700];
    struct hostile *server = hostile_start("127.0.0.1", 0, "n1", NULL, 0);
    ck_assert_ptr_nonnull(server);
    snprintf(text, sizeof text,
             "columns = { overview = { nodes = [\"rtt\", \"cpu\"]; }; };\n"
             "clusters = ( { name = \"only\"; label = \"NEAR\"; urls = [\"%s\"]; } );",
             hostile_url(server));
    config_write("natsight.conf", text);
    const char *argv[] = {command_natsight(), "snapshot", "-o", "-", "--config", config_path(), NULL};
    ck_assert_int_eq(command_run(&c, argv, NULL, 28000), 0);
    ck_assert_ptr_nonnull(strstr(c.output, " NEAR "));
    const char *head = strstr(c.output, " S NODE");
    ck_assert_msg(head != NULL, "%s", c.output);
    const char *rtt = strstr(head, "RTT"), *cpu = strstr(head, "CPU%"), *end = strchr(head, '\n');
    ck_assert_msg(rtt != NULL && cpu != NULL && rtt < cpu && cpu < end, "%.*s", (int)(end - head), head);
    ck_assert_ptr_null(memmem(head, (size_t)(end - head), "MEM", 3));
    command_free(&c);
    hostile_end(server);
}
END_TEST

START_TEST(the_example_loads) {
    ck_assert_int_eq(config_run(NULL, "--config", "docs/natsight.conf", NULL), 0);
    config_says("# cluster: production\n");
}
END_TEST

START_TEST(the_manual_has_every_setting) {
    static const char *const names[] = {"cadences.connz_hot", "auth_file", "keys.quit", "limits.max_rate"};
    const char *argv[] = {command_natsight(), "manual", NULL};
    struct command c;
    ck_assert_int_eq(command_run(&c, argv, NULL, 10000), 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char bold[100];
        snprintf(bold, sizeof bold, "\\fB%s\\fR", names[i]);
        ck_assert_msg(strstr(c.output, bold) != NULL, "no %s", names[i]);
    }
    command_free(&c);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("configuration");
    TCase *tc = tcase_create("file");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, config_begin, config_end);
    tcase_add_test(tc, a_binding_is_told_by_where_it_counts_most);
    tcase_add_test(tc, a_pipe_is_read_whole);
    tcase_add_test(tc, an_included_file_is_named);
    tcase_add_test(tc, a_byte_order_mark_is_no_fault);
    tcase_add_test(tc, a_key_goes_from_a_default_to_what_it_is_given_to);
    tcase_add_test(tc, no_key_is_a_choice);
    tcase_add_test(tc, the_default_file_loads_and_is_the_default);
    tcase_add_test(tc, options_beat_environment_beats_file);
    tcase_add_test(tc, the_command_line_switches_off_what_the_file_switches_on);
    tcase_add_test(tc, the_file_is_looked_for_in_the_users_folders);
    tcase_add_test(tc, a_copy_of_the_program_alone_has_all_themes);
    tcase_add_test(tc, a_cluster_is_taken_by_its_name);
    tcase_add_test(tc, a_url_that_a_cluster_names_is_the_clusters);
    tcase_add_test(tc, without_a_url_the_default_or_the_only_cluster_is_taken);
    tcase_add_test(tc, a_picture_has_the_configured_columns_and_label);
    tcase_add_test(tc, the_example_loads);
    tcase_add_test(tc, the_manual_has_every_setting);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
