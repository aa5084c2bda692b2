/* What is said about a configuration that is wrong. */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/e2e/config_file.h"
#include "tests/harness/suite.h"

static const struct wrong {
    const char *text, *says; /* behind the path */
} wrongs[] = {
    {"\nasci = true;", ":2: asci: there is no such setting; did you mean ascii?"},
    {"xyzzyxyzzy = 1;", ":1: xyzzyxyzzy: there is no such setting; natsight config lists all"},
    {"ascii = \"true\";", ":1: ascii: stands without quotes"},
    {"ascii = 1;", ":1: ascii: 1: takes true or false"},
    {"time = local;", ":1: syntax error"},
    {"time = \"berlin\";", ":1: time: berlin: takes one of utc|local"},
    {"units = 8;", ":1: units: takes text in quotes, such as \"bytes\""},
    {"units = { a = 1; };", ":1: units: takes one value"},
    {"view = \"conections\";", ":1: view: there is no view conections; did you mean connections?"},
    {"theme = \"drak\";", ":1: theme: drak: there is no such theme; did you mean dark?"},
    {"cadences = 5;", ":1: cadences: takes a group: { NAME = VALUE; }"},
    {"cadences = {\n jzs = \"1s\"; };", ":2: cadences.jzs: there is no such setting; did you mean jsz?"},
    {"cadences = { jsz = 5; };", ":1: cadences.jsz: takes text in quotes, such as \"5s\""},
    {"cadences = { jsz = \"5\"; };", ":1: cadences.jsz: 5: takes a time"},
    {"cadences = { varz = \"10ms\"; };", "10ms: is too short; 100ms is the least"},
    {"cadences = { subsz = \"2h\"; };", "2h: is too long; 1h is the most"},
    {"columns = { jetstream = { streems = []; }; };", "did you mean streams?"},
    {"columns = { node = { routes = \"rtt\"; }; };", "takes names in brackets"},
    {"columns = { node = { routes = []; }; };", "names no column"},
    {"columns = { jetstream = { streams = [\n\"name\",\n\"byts\"]; }; };",
     ":3: columns.jetstream.streams: there is no column byts; did you mean bytes?"},
    {"columns = { jetstream = { streams = [\"name\", \"bytes\",\n\"name\"]; }; };",
     ":2: columns.jetstream.streams: name: is named twice; the other one is at line 1"},
    {"keys = { quitt = \"x\"; };", ":1: keys.quitt: there is no such setting; did you mean quit?"},
    {"keys = { quit = \"Hime\"; };", ":1: quit: no key is called \"Hime\"; did you mean Home?"},
    {"keys = { quit = \"x\";\n pause = \"x\"; };", ":2"},
    {"keys = { interrupt = \"x\"; };", ":1: keys.interrupt: there is no such setting"},
    {"units = \"bits\";\nunits = \"bits\";", ":2: units: is said twice; the other one is at line 1"},
    {"cadences = { jsz = \"5s\";\n varz = \"1s\";\n jsz = \"6s\"; };",
     ":3: jsz: is said twice; the other one is at line 1"},
    {"units = \"bits;\n\n\n", ":1: a text begins here and has no end: a quote is missing"},
    {"/* units = \"bits\";\n", ": a comment begins behind this line and has no end"},
    {"keys.next_panel = \"x\";",
     ":1: a setting stands in its group, which is written once: keys = { next_panel = \"x\"; };\n"},
    {"columns.overview.nodes = [\"rtt\",\n\"cpu\"];\nunits = \"bits\";",
     ":1: a setting stands in its group, which is written once: columns = { overview = { nodes = ...; }; "
     "};\n"},
    {"units = \"bits\";\ncluster.label = \"LIVE\";",
     ":2: settings of a cluster stand in its group: clusters = ( { name = \"NAME\"; ... } );\n"},
    {"keys.x", ":1: a setting stands in its group, which is written once: keys = { x = ...; };\n"},
    {"keys.x = \"\033[31m\";", "keys = { x = ...; };\n"},
    {"keys.x = ;", "keys = { x = ...; };\n"},
    {"a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z.a.b.c.d.e.f.g.h.i.j = 1;",
     "which is written once: GROUP = { NAME = 1; };\n"},
    {"units = ;", ":1: syntax error"},
    {"clusters = { name = \"a\"; };", ":1: clusters: takes groups in parentheses"},
    {"clusters = ( 5 );", ":1: clusters: takes groups: {"},
    {"clusters = ( { urls = [\"h\"]; } );", "wants a name"},
    {"clusters = ( { name = \"a\"; } );", "wants a server to ask"},
    {"clusters = ( { name = \"a b\"; urls = [\"h\"]; } );", ":1: clusters.name: a b: takes a word"},
    {"clusters = ( { name = \"a\"; urls = [\"h\",\n\"ftp://h:4222\"]; } );",
     ":2: clusters.urls: `ftp://h:4222`"},
    {"clusters = (\n{ name = \"a\"; context = \"none-such\"; } );",
     ":2: clusters.context: there is no context none-such"},
    {"clusters = ( { name = \"a\"; urls = [\"h\"]; colour = \"red\"; } );",
     ":1: clusters.colour: there is no such setting; did you mean color?"},
    {"clusters = ( { name = \"a\"; urls = [\"h\"]; color = \"pink\"; } );", "takes one of red|green"},
    {"clusters = ( { name = \"a\"; urls = [\"h\"]; expect = -1; } );", "takes a whole number"},
    {"clusters = ( { name = \"a\"; urls = [\"h\"]; expect = 4294967297; } );",
     ":1: this number is too large"},
    {"clusters = ( { name = \"a\"; urls = [\"h\"]; cert = \"c\"; } );", "cert and key go together"},
    {"clusters = ( { name = \"a\"; urls = [\"h\"]; },\n{ name = \"a\"; urls = [\"h\"]; } );",
     ":2: clusters.name: a is the name of two clusters; the other one is at line 1"},
    {"clusters = ( { name = \"a\"; urls = [\"h\"];\n default = true; },\n{ name = \"b\"; urls = [\"h\"];\n"
     "default = true; } );",
     ":4: clusters.default: only one cluster can be the default; the other one is at line 2"},
    {"clusters = ( { name = \"a\"; urls = [\"h\"]; auth_file = \"none\"; } );", ":1: auth_file: "},
    {"clusters = ( { name = \"a\"; urls = [\"h\"]; label = \"\033[31mred\"; } );",
     "characters that can't be shown"},
    {"hooks = { };", ":1: hooks: takes groups in parentheses"},
    {"hooks = ( { on = [\"opened\"]; } );", ":1: hooks: a hook wants a program: command"},
    {"hooks = ( { command = \"logger -t x\"; } );",
     ":1: hooks.command: logger -t x: no shell takes this apart"},
    {"hooks = ( { command = [\"a\"];\n on = [\"opened\",\n\"claered\"]; } );",
     ":3: hooks.on: there is no claered; did you mean cleared?"},
    {"hooks = ( { command = [\"a\"];\n rules = [\"server_don\"]; } );",
     ":2: hooks.rules: there is no rule server_don; did you mean server_down?"},
    {"hooks = ( { command = [\"a\"]; match = \"stream = a\"; } );",
     ":1: hooks.match: stream = a: `stream` is no quantity of an alert: entity, cluster"},
    {"hooks = ( { command = [\"a\"]; match = \"rul = a\"; });",
     ":1: hooks.match: rul = a: `rul` is no quantity; did you mean rule?"},
    {"hooks = ( { command = [\"a\"]; match = \"name\"; });",
     ":1: hooks.match: name: is neither true nor false; write name ~ billing"},
    {"hooks = ( { command = [\"a\"];\n match = \"name ~ ^b and entity = consumr\"; });",
     ":2: hooks.match: name ~ ^b and entity = consumr: there is no entity \"consumr\"; did you mean "
     "consumer?"},
    {"hooks = ( { command = [\"a\"];\n match = \"not rule = server_don\"; });",
     ":2: hooks.match: not rule = server_don: there is no rule \"server_don\"; did you mean server_down?"},
    {"hooks = ( { command = [\"a\"]; match = \"rule = qqq\"; });",
     ":1: hooks.match: rule = qqq: there is no rule \"qqq\"; natsight rules lists them"},
    {"hooks = ( { command = [\"a\"];\n match = \"tag = LAGG\"; });",
     ":2: hooks.match: tag = LAGG: there is no tag \"LAGG\"; did you mean LAG?"},
    {"hooks = ( { command = [\"a\"]; match = \"tag = STALE\"; });", /* that is a server that is DOWN */
     ":1: hooks.match: tag = STALE: there is no tag \"STALE\"; "},
    {"hooks = ( { command = [\"a\"]; timeout = \"2h\"; } );", ":1: hooks.timeout: 2h: is too long"},
    {"hooks = ( { command = [\"a\"]; per_minute = 601; } );", ":1: hooks.per_minute: 601: is too often"},
    {"hooks = ( { command = [\"a\"]; pass = [\"A=b\"]; } );", ":1: hooks.pass: A=b: takes names"},
    {"hooks = ( { command = [\"a\"]; severity = \"crit\"; } );",
     ":1: hooks.severity: crit: takes one of warn|"},
    {"hooks = ( { command = [\"a\"]; comand = [\"a\"]; } );",
     ":1: hooks.comand: there is no such setting; did you mean command?"},
    {"hooks = ( { command = [\"a\"]; name = \"x\"; },\n{ command = [\"b\"]; name = \"x\"; } );",
     ":2: hooks.name: x is the name of two hooks; the other one is at line 1"},
    {"log = \"-\";", ":1: log: takes a file: standard output has the screen, or lines"},
    {"@include \"nowhere.conf\"", "nowhere.conf: there is no such file"},
    {"zone = \"Europe/Berlim\";", ":1: zone: Europe/Berlim: the system knows no such time zone"},
    {"@include \".\"", "this is no file"},
    {"ascii = true;\n@include \"natsight.conf\"", ":2: @include natsight.conf: a file can't include itself"},
};

START_TEST(a_fault_is_told_with_its_line) {
    const struct wrong *wrong = &wrongs[_i];
    int code = config_load(wrong->text);
    ck_assert_msg(code == 64, "exit code %d for %s: %s", code, wrong->text, config_errors());
    char start[700];
    snprintf(start, sizeof start, "natsight: %s", config_path());
    ck_assert_msg(strncmp(config_errors(), start, strlen(start)) == 0, "no \"%s\" in front of: %s", start,
                  config_errors());
    config_blames(wrong->says);
    ck_assert_ptr_eq(strchr(config_errors(), '\n'), config_errors() + strlen(config_errors()) - 1);
    ck_assert_str_eq(config_output(), "");
}
END_TEST

START_TEST(all_faults_are_told_as_far_as_they_can_be_read) {
    char text[4000] = "";
    int lines = 0;
    for (int i = 0; i < 30; i++)
        sprintf(text + strlen(text), "unknown_%d = 1;\n", i);
    ck_assert_int_eq(config_load(text), 64);
    for (const char *at = config_errors(); (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    ck_assert_int_eq(lines, 21);
    config_blames("natsight.conf:1: unknown_0:");
    config_blames("natsight.conf:20: unknown_19:");
    config_blames("natsight: and 10 more\n");
}
END_TEST

/* As natsight config prints them, each is told for itself. */
START_TEST(names_with_dots_are_no_settings_said_twice) {
    ck_assert_int_eq(config_load("keys.next_panel = \"x\";\nkeys.previous_panel = \"y\";\n"), 64);
    config_blames(":1: a setting stands in its group, which is written once: keys = "
                  "{ next_panel = \"x\"; };\n");
    config_blames(":2: a setting stands in its group, which is written once: keys = "
                  "{ previous_panel = \"y\"; };\n");
    ck_assert_ptr_null(strstr(config_errors(), "said twice"));
}
END_TEST

START_TEST(faults_come_in_the_order_of_lines) {
    static const char *const lines[] = {":1: keys.pause", ":2: keys.paus", ":3: help can't be Ctrl-C",
                                        ":5: quit is p, but faults has that key", ":6: unit: there is no"};
    ck_assert_int_eq(config_load("keys = { pause = 1;\n paus = \"x\";\n help = \"Ctrl-C\"; open = \"Enter "
                                 "Enter\";\n faults = \"p\";\n quit = \"p\"; };\nunit = 1;\n"),
                     64);
    const char *at = config_errors();
    for (int i = 0; i < 5; i++, at = strchr(at, '\n') + 1) {
        const char *said = strstr(at, lines[i]);
        ck_assert_msg(said != NULL && said < strchr(at, '\n'), "no \"%s\" in: %s", lines[i], config_errors());
    }
    ck_assert_str_eq(at, "");
}
END_TEST

START_TEST(what_is_no_file_is_refused) {
    ck_assert_int_eq(config_read(), 64);
    config_blames("there is no such file");
    ck_assert_int_eq(config_run(NULL, "--config", config_folder(), NULL), 64);
    config_blames("this is no file");
    ck_assert_int_eq(mkfifo(config_path(), 0600), 0);
    ck_assert_int_eq(config_read(), 64);
    config_blames("nothing comes from this pipe");
    ck_assert_int_eq(config_run(NULL, "--config", "/dev/null", NULL), 0); /* the usual word for none */
    config_has("units = \"bytes\"", "# default");
    ck_assert_int_eq(config_run(NULL, "--config", "/dev/zero", NULL), 64);
    config_blames("too large");
}
END_TEST

START_TEST(a_link_that_leads_nowhere_is_told) {
    char link[700];
    config_make_folder("natsight");
    snprintf(link, sizeof link, "%s/natsight/natsight.conf", config_folder());
    ck_assert_int_eq(symlink("nowhere", link), 0);
    ck_assert_int_eq(config_run(config_as_home(), NULL), 64);
    config_blames("natsight.conf: this link leads to a file that is not there");
}
END_TEST

START_TEST(two_files_are_both_named) {
    char says[1500];
    config_write("natsight.conf", "# the main one\nascii = true;\n@include \"more.conf\"\n");
    config_write("more.conf", "\n\nascii = false;\n");
    ck_assert_int_eq(config_read(), 64);
    snprintf(says, sizeof says,
             "natsight: %s/more.conf:3: ascii: is said twice; the other one is at %s/natsight.conf:2\n",
             config_folder(), config_folder());
    ck_assert_str_eq(config_errors(), says);
    config_write("more.conf", "\n@include \"natsight.conf\"\n");
    ck_assert_int_eq(config_read(), 64);
    snprintf(says, sizeof says,
             "natsight: %s/more.conf:2: @include natsight.conf: a file can't include itself, also not "
             "through another one\n",
             config_folder());
    ck_assert_str_eq(config_errors(), says);
}
END_TEST

/* dark is a name like others, also where nobody typed it. */
START_TEST(a_faulty_theme_is_told_though_it_is_the_default) {
    config_make_folder("natsight");
    config_make_folder("natsight/themes");
    config_write("natsight/themes/dark.theme", "inherits = dark\ncirt = 1\n");
    ck_assert_int_eq(config_run(config_as_home(), NULL), 64);
    config_blames("/natsight/themes/dark.theme:2: there is no role \"cirt\"; did you mean crit?\n");
    ck_assert_str_eq(config_output(), "");
    ck_assert_int_eq(config_run(config_as_home(), "--theme", "light", NULL), 0);
    ck_assert_int_eq(config_run(config_as_home(), "--default", NULL), 0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("faults of the configuration");
    TCase *tc = tcase_create("faults");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, config_begin, config_end);
    tcase_add_loop_test(tc, a_fault_is_told_with_its_line, 0, sizeof wrongs / sizeof *wrongs);
    tcase_add_test(tc, all_faults_are_told_as_far_as_they_can_be_read);
    tcase_add_test(tc, names_with_dots_are_no_settings_said_twice);
    tcase_add_test(tc, faults_come_in_the_order_of_lines);
    tcase_add_test(tc, what_is_no_file_is_refused);
    tcase_add_test(tc, a_link_that_leads_nowhere_is_told);
    tcase_add_test(tc, two_files_are_both_named);
    tcase_add_test(tc, a_faulty_theme_is_told_though_it_is_the_default);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
