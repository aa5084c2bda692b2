/* The configuration: what a file may say, what is said about one that is wrong, and where values come from.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/harness/command.h"
#include "tests/harness/folder.h"
#include "tests/harness/hostile.h"
#include "tests/harness/suite.h"
#include "tests/harness/text_file.h"

static struct folder folder;
static char path[600];

static void make_folder(void) {
    ck_assert(folder_make(&folder, "config"));
    snprintf(path, sizeof path, "%s/natsight.conf", folder.path);
}

static void remove_folder(void) {
    folder_remove(&folder);
}

static void write_file(const char *name, const char *text) {
    char file[700];
    snprintf(file, sizeof file, "%s/%s", folder.path, name);
    text_file_write(file, "%s", text);
}

/* natsight config with further arguments; the last one is NULL. */
#define config(c, env, ...) run_config(c, env, (const char *const[]){__VA_ARGS__})
static int run_config(struct command *c, const char *const *env, const char *const *arguments) {
    const char *argv[14] = {command_natsight(), "config"};
    for (int i = 0; i < 11 && arguments[i] != NULL; i++)
        argv[i + 2] = arguments[i];
    return command_run(c, argv, env, 10000);
}

static void says(const struct command *c, const char *line) {
    ck_assert_msg(strstr(c->output, line) != NULL, "no \"%s\" in:\n%s%s", line, c->output, c->errors);
}

/* "units = "bits"  # natsight.conf:3": the value, then the end of its origin. */
static void has(const struct command *c, const char *value, const char *origin) {
    char start[200];
    snprintf(start, sizeof start, "\n%s ", value);
    const char *line = strstr(c->output, start);
    ck_assert_msg(line != NULL, "no \"%s\" in:\n%s%s", value, c->output, c->errors);
    const char *end = strchr(line + 1, '\n');
    size_t len = strlen(origin);
    ck_assert_msg((size_t)(end - line) > len && strncmp(end - len, origin, len) == 0, "not from \"%s\": %.*s",
                  origin, (int)(end - line), line);
}

/* ---- what is wrong ---- */

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
    {"clusters = ( { name = \"a\"; urls = [\"h\",\n\"nats://h:4222\"]; } );",
     ":2: clusters.urls: `nats://h:4222`"},
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
    {"@include \"nowhere.conf\"", "nowhere.conf: there is no such file"},
    {"zone = \"Europe/Berlim\";", ":1: zone: Europe/Berlim: the system knows no such time zone"},
    {"@include \".\"", "this is no file"},
    {"ascii = true;\n@include \"natsight.conf\"", ":2: @include natsight.conf: a file can't include itself"},
};

START_TEST(a_fault_is_told_with_its_line) {
    const struct wrong *wrong = &wrongs[_i];
    struct command c;
    make_folder();
    write_file("natsight.conf", wrong->text);
    int code = config(&c, NULL, "--config", path, NULL);
    ck_assert_msg(code == 64, "exit code %d for %s: %s", code, wrong->text, c.errors);
    char start[700];
    snprintf(start, sizeof start, "natsight: %s", path);
    ck_assert_msg(strncmp(c.errors, start, strlen(start)) == 0, "no \"%s\" in front of: %s", start, c.errors);
    ck_assert_msg(strstr(c.errors, wrong->says) != NULL, "no \"%s\" in: %s", wrong->says, c.errors);
    ck_assert_ptr_eq(strchr(c.errors, '\n'), c.errors + strlen(c.errors) - 1);
    ck_assert_uint_eq(c.output_size, 0);
    command_free(&c);
    remove_folder();
}
END_TEST

START_TEST(all_faults_are_told_as_far_as_they_can_be_read) {
    char text[4000] = "";
    struct command c;
    int lines = 0;
    make_folder();
    for (int i = 0; i < 30; i++)
        sprintf(text + strlen(text), "unknown_%d = 1;\n", i);
    write_file("natsight.conf", text);
    ck_assert_int_eq(config(&c, NULL, "--config", path, NULL), 64);
    for (const char *at = c.errors; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    ck_assert_int_eq(lines, 21);
    ck_assert_ptr_nonnull(strstr(c.errors, "natsight.conf:1: unknown_0:"));
    ck_assert_ptr_nonnull(strstr(c.errors, "natsight.conf:20: unknown_19:"));
    ck_assert_ptr_nonnull(strstr(c.errors, "natsight: and 10 more\n"));
    command_free(&c);
    remove_folder();
}
END_TEST

/* As natsight config prints them, each is told for itself. */
START_TEST(names_with_dots_are_no_settings_said_twice) {
    struct command c;
    make_folder();
    write_file("natsight.conf", "keys.next_panel = \"x\";\nkeys.previous_panel = \"y\";\n");
    ck_assert_int_eq(config(&c, NULL, "--config", path, NULL), 64);
    ck_assert_ptr_nonnull(strstr(c.errors, ":1: a setting stands in its group, which is written once: keys = "
                                           "{ next_panel = \"x\"; };\n"));
    ck_assert_ptr_nonnull(strstr(c.errors, ":2: a setting stands in its group, which is written once: keys = "
                                           "{ previous_panel = \"y\"; };\n"));
    ck_assert_ptr_null(strstr(c.errors, "said twice"));
    command_free(&c);
    remove_folder();
}
END_TEST

/* quit does something in menus too, but what a file of defaults says of it is not that. */
START_TEST(a_binding_is_told_by_where_it_counts_most) {
    static const char *const pairs[] = {
        "# Quits; the last picture of the view stays in the scrollback.\n    quit =",
        "# The menu of all views, with what each one shows.\n    menu =", "# Next row.\n    down =",
        "# Choose the column to sort by.\n    sort =",
        "# Open the selected row; with none selected, the worst finding.\n    open ="};
    struct command c;
    ck_assert_int_eq(config(&c, NULL, "--default", NULL), 0);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        ck_assert_msg(strstr(c.output, pairs[i]) != NULL, "no \"%s\" in: %s", pairs[i], c.output);
    command_free(&c);
}
END_TEST

START_TEST(faults_come_in_the_order_of_lines) {
    static const char *const lines[] = {":1: keys.pause", ":2: keys.paus", ":3: help can't be Ctrl-C",
                                        ":5: quit is p, but faults has that key", ":6: unit: there is no"};
    struct command c;
    make_folder();
    write_file("natsight.conf", "keys = { pause = 1;\n paus = \"x\";\n help = \"Ctrl-C\"; open = \"Enter "
                                "Enter\";\n faults = \"p\";\n quit = \"p\"; };\nunit = 1;\n");
    ck_assert_int_eq(config(&c, NULL, "--config", path, NULL), 64);
    const char *at = c.errors;
    for (int i = 0; i < 5; i++, at = strchr(at, '\n') + 1) {
        const char *said = strstr(at, lines[i]);
        ck_assert_msg(said != NULL && said < strchr(at, '\n'), "no \"%s\" in: %s", lines[i], c.errors);
    }
    ck_assert_str_eq(at, "");
    command_free(&c);
    remove_folder();
}
END_TEST

START_TEST(what_is_no_file_is_refused) {
    struct command c;
    make_folder();
    ck_assert_int_eq(config(&c, NULL, "--config", path, NULL), 64);
    ck_assert_ptr_nonnull(strstr(c.errors, "there is no such file"));
    command_free(&c);
    ck_assert_int_eq(config(&c, NULL, "--config", folder.path, NULL), 64);
    ck_assert_ptr_nonnull(strstr(c.errors, "this is no file"));
    command_free(&c);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_int_eq(config(&c, NULL, "--config", path, NULL), 64);
    ck_assert_ptr_nonnull(strstr(c.errors, "nothing comes from this pipe"));
    command_free(&c);
    ck_assert_int_eq(config(&c, NULL, "--config", "/dev/null", NULL), 0); /* the usual word for none */
    has(&c, "units = \"bytes\"", "# default");
    command_free(&c);
    ck_assert_int_eq(config(&c, NULL, "--config", "/dev/zero", NULL), 64);
    ck_assert_ptr_nonnull(strstr(c.errors, "too large"));
    command_free(&c);
    remove_folder();
}
END_TEST

START_TEST(a_link_that_leads_nowhere_is_told) {
    char link[700], xdg[700];
    struct command c;
    make_folder();
    snprintf(link, sizeof link, "%s/natsight", folder.path);
    ck_assert_int_eq(mkdir(link, 0700), 0);
    snprintf(link, sizeof link, "%s/natsight/natsight.conf", folder.path);
    snprintf(xdg, sizeof xdg, "XDG_CONFIG_HOME=%s", folder.path);
    ck_assert_int_eq(symlink("nowhere", link), 0);
    const char *const env[] = {xdg, NULL};
    ck_assert_int_eq(config(&c, env, NULL), 64);
    ck_assert_ptr_nonnull(strstr(c.errors, "natsight.conf: this link leads to a file that is not there"));
    command_free(&c);
    remove_folder();
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
    struct command c;
    make_folder();
    write_file("natsight.conf", "# the main one\n@include \"more.conf\"\nascii = true;\n");
    write_file("more.conf", "\nunits = \"bits\"; # no newline");
    ck_assert_int_eq(config(&c, NULL, "--config", path, NULL), 64); /* libconfig wants one there */
    command_free(&c);
    write_file("more.conf", "\nunits = \"bits\"; # newline\n");
    ck_assert_int_eq(config(&c, NULL, "--config", path, NULL), 0);
    has(&c, "units = \"bits\"", "more.conf:2");
    has(&c, "ascii = true", "natsight.conf:3");
    command_free(&c);
    write_file("more.conf", "\nunits = \"bats\";\n");
    ck_assert_int_eq(config(&c, NULL, "--config", path, NULL), 64);
    char place[700];
    snprintf(place, sizeof place, "natsight: %s/more.conf:2: units: bats", folder.path);
    ck_assert_msg(strstr(c.errors, place) == c.errors, "%s", c.errors);
    command_free(&c);
    remove_folder();
}
END_TEST

START_TEST(two_files_are_both_named) {
    struct command c;
    char says[1500];
    make_folder();
    write_file("natsight.conf", "# the main one\nascii = true;\n@include \"more.conf\"\n");
    write_file("more.conf", "\n\nascii = false;\n");
    ck_assert_int_eq(config(&c, NULL, "--config", path, NULL), 64);
    snprintf(says, sizeof says,
             "natsight: %s/more.conf:3: ascii: is said twice; the other one is at %s/natsight.conf:2\n",
             folder.path, folder.path);
    ck_assert_str_eq(c.errors, says);
    command_free(&c);
    write_file("more.conf", "\n@include \"natsight.conf\"\n");
    ck_assert_int_eq(config(&c, NULL, "--config", path, NULL), 64);
    snprintf(says, sizeof says,
             "natsight: %s/more.conf:2: @include natsight.conf: a file can't include itself, also not "
             "through another one\n",
             folder.path);
    ck_assert_str_eq(c.errors, says);
    command_free(&c);
    remove_folder();
}
END_TEST

START_TEST(a_byte_order_mark_is_no_fault) {
    struct command c;
    make_folder();
    write_file("natsight.conf", "\xef\xbb\xbf# marked\nunits = \"bits\";\n");
    ck_assert_int_eq(config(&c, NULL, "--config", path, NULL), 0);
    has(&c, "units = \"bits\"", "natsight.conf:2");
    command_free(&c);
    write_file("natsight.conf", "@include \"more.conf\"\n");
    write_file("more.conf", "\xef\xbb\xbfunits = \"bits\";\n");
    ck_assert_int_eq(config(&c, NULL, "--config", path, NULL), 64);
    ck_assert_msg(strstr(c.errors, "more.conf: this file begins with a byte order mark") != NULL, "%s",
                  c.errors);
    command_free(&c);
    remove_folder();
}
END_TEST

START_TEST(a_key_goes_from_a_default_to_what_it_is_given_to) {
    struct command c;
    make_folder();
    write_file("natsight.conf", "keys = { pause = \"p\"; faults = \"o\"; };");
    ck_assert_int_eq(config(&c, NULL, "--config", path, NULL), 0);
    has(&c, "keys.pause = \"p\"", "natsight.conf:1");
    has(&c, "keys.stream_of = \"\"", "# default; p went to pause");
    has(&c, "keys.sort = \"F6\"", "# default; o went to faults");
    command_free(&c);
    write_file("natsight.conf", "keys = { pause = \"p\";\n stream_of = \"p\"; };");
    ck_assert_int_eq(config(&c, NULL, "--config", path, NULL), 64);
    ck_assert_ptr_nonnull(strstr(c.errors, "natsight.conf:1: pause is p, but stream_of has that key ("));
    ck_assert_ptr_nonnull(strstr(c.errors, "natsight.conf:2)\n"));
    command_free(&c);
    remove_folder();
}
END_TEST

START_TEST(no_key_is_a_choice) {
    struct command c;
    make_folder();
    write_file("natsight.conf", "keys = { quit = \"\"; };");
    ck_assert_int_eq(config(&c, NULL, "--config", path, NULL), 0);
    has(&c, "keys.quit = \"\"", "natsight.conf:1");
    command_free(&c);
    ck_assert_int_eq(config(&c, NULL, "--default", NULL), 0);
    says(&c, "NAME = \"\"; takes all keys away");
    command_free(&c);
    remove_folder();
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
    struct command printed, bare, loaded;
    make_folder();
    ck_assert_int_eq(config(&printed, NULL, "--default", NULL), 0);
    ck_assert_ptr_nonnull(strstr(printed.output, "    # How often /jsz is asked"));
    write_file("natsight.conf", printed.output);
    ck_assert_int_eq(config(&bare, NULL, NULL), 0);
    int code = config(&loaded, NULL, "--config", path, NULL);
    ck_assert_msg(code == 0, "%s", loaded.errors);
    char *a = values(bare.output), *b = values(loaded.output);
    ck_assert_str_eq(a, b);
    ck_assert_ptr_nonnull(strstr(a, "cadences.jsz=\"5s\""));
    has(&bare, "cadences.jsz = \"5s\"", "# default");
    ck_assert_ptr_null(strstr(strstr(loaded.output, "\nview "), "# default"));
    free(a);
    free(b);
    command_free(&printed);
    command_free(&bare);
    command_free(&loaded);
    remove_folder();
}
END_TEST

START_TEST(options_beat_environment_beats_file) {
    const char *no_color[] = {"NO_COLOR=1", NULL}, *colorful[] = {"NO_COLOR", NULL};
    struct command c;
    make_folder();
    write_file("natsight.conf",
               "color = \"always\";\nunits = \"bits\";\ncadences = { jsz = \"7s\"; varz = \"3s\"; };");
    ck_assert_int_eq(config(&c, no_color, "--config", path, "--every", "jsz=9s", NULL), 0);
    has(&c, "color = \"never\"", "# environment: NO_COLOR");
    has(&c, "units = \"bits\"", "natsight.conf:2");
    has(&c, "cadences.jsz = \"9s\"", "# option");
    has(&c, "cadences.varz = \"3s\"", "natsight.conf:3");
    has(&c, "cadences.subsz = \"30s\"", "# default");
    command_free(&c);
    ck_assert_int_eq(config(&c, no_color, "--config", path, "--color", "auto", "-i", "2s", NULL), 0);
    has(&c, "color = \"auto\"", "# option");
    has(&c, "cadences.varz = \"2s\"", "# option");
    command_free(&c);
    ck_assert_int_eq(config(&c, colorful, "--config", path, NULL), 0);
    has(&c, "color = \"always\"", "natsight.conf:1");
    command_free(&c);
    remove_folder();
}
END_TEST

START_TEST(the_command_line_switches_off_what_the_file_switches_on) {
    struct command c;
    make_folder();
    write_file("natsight.conf",
               "ascii = true; mouse = true; plain = true; time = \"local\"; limits = { max_rate = 500; };\n"
               "clusters = ( { name = \"a\"; urls = [\"127.0.0.1:1\"]; expect = 3; insecure = true; } );\n");
    ck_assert_int_eq(config(&c, NULL, "--config", path, NULL), 0);
    has(&c, "mouse = true", "natsight.conf:1");
    has(&c, "cluster.expect = 3", "natsight.conf:2");
    command_free(&c);
    ck_assert_int_eq(config(&c, NULL, "--config", path, "--no-ascii", "--no-mouse", "--expect", "0",
                            "--no-insecure", "--max-rate=0", "--no-local-time", NULL),
                     0);
    has(&c, "ascii = false", "# option");
    has(&c, "mouse = false", "# option");
    has(&c, "plain = true", "natsight.conf:1");
    has(&c, "time = \"utc\"", "# option");
    has(&c, "limits.max_rate = 0", "# option");
    has(&c, "cluster.expect = 0", "# option");
    has(&c, "cluster.insecure = false", "# option");
    command_free(&c);
    ck_assert_int_eq(config(&c, NULL, "--config", path, "--no-mouse", "--mouse", NULL), 0);
    has(&c, "mouse = true", "# option"); /* the last word counts */
    command_free(&c);
    remove_folder();
}
END_TEST

START_TEST(the_file_is_looked_for_in_the_users_folders) {
    char xdg[600], home[600], no_xdg[] = "XDG_CONFIG_HOME", deeper[700];
    struct command c;
    make_folder();
    snprintf(xdg, sizeof xdg, "XDG_CONFIG_HOME=%s", folder.path);
    snprintf(home, sizeof home, "HOME=%s", folder.path);
    const char *by_xdg[] = {xdg, NULL}, *by_home[] = {no_xdg, home, NULL},
               *homeless[] = {no_xdg, "HOME", NULL};
    ck_assert_int_eq(config(&c, by_xdg, NULL), 0);
    says(&c, "# configuration: none; looked for ");
    command_free(&c);
    ck_assert_int_eq(config(&c, homeless, NULL), 0);
    says(&c, "looked for /etc/natsight/natsight.conf");
    command_free(&c);
    const char *below[] = {"natsight", ".config", ".config/natsight"};
    for (int i = 0; i < 3; i++) {
        snprintf(deeper, sizeof deeper, "%s/%s", folder.path, below[i]);
        ck_assert_int_eq(mkdir(deeper, 0700), 0);
    }
    write_file("natsight/natsight.conf", "units = \"bits\";");
    write_file(".config/natsight/natsight.conf", "time = \"local\";");
    ck_assert_int_eq(config(&c, by_xdg, NULL), 0);
    has(&c, "units = \"bits\"", "/natsight/natsight.conf:1");
    command_free(&c);
    ck_assert_int_eq(config(&c, by_home, NULL), 0);
    has(&c, "time = \"local\"", "/.config/natsight/natsight.conf:1");
    has(&c, "units = \"bytes\"", "# default");
    command_free(&c);
    remove_folder();
}
END_TEST

START_TEST(a_copy_of_the_program_alone_has_all_themes) {
    char copy[800], xdg[700];
    struct command c;
    make_folder();
    snprintf(copy, sizeof copy, "%s/natsight", folder.path);
    snprintf(xdg, sizeof xdg, "XDG_CONFIG_HOME=%s", folder.path);
    const char *cp[] = {"/bin/cp", command_natsight(), copy, NULL}, *env[] = {xdg, NULL};
    ck_assert_int_eq(command_run(&c, cp, NULL, 10000), 0);
    command_free(&c);
    static const char *const names[] = {"dark", "light", "high-contrast", "mono", "okabe"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *argv[] = {copy, "config", "--theme", names[i], NULL};
        ck_assert_int_eq(command_run(&c, argv, env, 10000), 0);
        command_free(&c);
    }
    remove_folder();
}
END_TEST

/* dark is a name like others, also where nobody typed it. */
START_TEST(a_faulty_theme_is_told_though_it_is_the_default) {
    char xdg[700], file[700];
    struct command c;
    make_folder();
    snprintf(xdg, sizeof xdg, "XDG_CONFIG_HOME=%s", folder.path);
    for (int i = 0; i < 2; i++) {
        snprintf(file, sizeof file, "%s/natsight%s", folder.path, i > 0 ? "/themes" : "");
        ck_assert_int_eq(mkdir(file, 0700), 0);
    }
    write_file("natsight/themes/dark.theme", "inherits = dark\ncirt = 1\n");
    const char *env[] = {xdg, NULL};
    ck_assert_int_eq(config(&c, env, NULL), 64);
    ck_assert_ptr_nonnull(
        strstr(c.errors, "/natsight/themes/dark.theme:2: there is no role \"cirt\"; did you mean crit?\n"));
    ck_assert_uint_eq(c.output_size, 0);
    command_free(&c);
    ck_assert_int_eq(config(&c, env, "--theme", "light", NULL), 0);
    command_free(&c);
    ck_assert_int_eq(config(&c, env, "--default", NULL), 0);
    command_free(&c);
    remove_folder();
}
END_TEST

/* ---- clusters ---- */

static const char two[] = "clusters = (\n"
                          " { name = \"replica\"; label = \"LIVE\"; color = \"red\"; expect = 3;\n"
                          "   urls = [\"http://127.0.0.1:1\", \"127.0.0.1:2\"]; },\n"
                          " { name = \"staging\"; urls = \"127.0.0.1:3\"; ca = \"ca.pem\"; }\n"
                          ");\n";

START_TEST(a_cluster_is_taken_by_its_name) {
    struct command c;
    char ca[700];
    make_folder();
    write_file("natsight.conf", two);
    write_file("ca.pem", "");
    ck_assert_int_eq(config(&c, NULL, "--config", path, "replica", NULL), 0); /* near the command replay */
    says(&c, "# cluster: replica\n");
    has(&c, "cluster.label = \"LIVE\"", "natsight.conf:2");
    has(&c, "cluster.urls = [\"http://127.0.0.1:1\", \"127.0.0.1:2\"]", "natsight.conf:3");
    has(&c, "cluster.expect = 3", "natsight.conf:2");
    command_free(&c);
    ck_assert_int_eq(config(&c, NULL, "--config", path, "-l", "mine", "-e", "5", "replica", NULL), 0);
    has(&c, "cluster.label = \"mine\"", "# option");
    has(&c, "cluster.expect = 5", "# option");
    command_free(&c);
    ck_assert_int_eq(config(&c, NULL, "--config", path, "staging", NULL), 0);
    snprintf(ca, sizeof ca, "cluster.ca = \"%s/ca.pem\"", folder.path); /* beside the file */
    says(&c, ca);
    has(&c, "cluster.label = \"staging\"", "# default");
    command_free(&c);
    ck_assert_int_eq(config(&c, NULL, "--config", path, "replica", "staging", NULL), 64);
    ck_assert_ptr_nonnull(strstr(c.errors, "replica is a cluster; write it alone"));
    command_free(&c);
    remove_folder();
}
END_TEST

START_TEST(a_url_that_a_cluster_names_is_the_clusters) {
    struct command c;
    make_folder();
    write_file("natsight.conf", two);
    ck_assert_int_eq(config(&c, NULL, "--config", path, "http://127.0.0.1:2", NULL), 0);
    says(&c, "# cluster: replica\n");
    has(&c, "cluster.color = \"red\"", "natsight.conf:2");
    has(&c, "cluster.urls = [\"http://127.0.0.1:2\"]", "# option");
    command_free(&c);
    ck_assert_int_eq(config(&c, NULL, "--config", path, "elsewhere", NULL), 0);
    says(&c, "# cluster: none of the configuration\n");
    has(&c, "cluster.urls = [\"elsewhere\"]", "# option");
    command_free(&c);
    remove_folder();
}
END_TEST

START_TEST(without_a_url_the_default_or_the_only_cluster_is_taken) {
    struct command c;
    make_folder();
    write_file("natsight.conf", two);
    write_file("ca.pem", "");
    ck_assert_int_eq(config(&c, NULL, "--config", path, NULL), 0);
    has(&c, "cluster.urls = [\"http://127.0.0.1:8222\"]", "# default");
    command_free(&c);
    write_file("natsight.conf", "clusters = ( { name = \"only\"; urls = [\"127.0.0.1:3\"]; } );");
    ck_assert_int_eq(config(&c, NULL, "--config", path, NULL), 0);
    says(&c, "# cluster: only\n");
    command_free(&c);
    write_file("natsight.conf", "clusters = ( { name = \"a\"; urls = [\"127.0.0.1:3\"]; },\n"
                                "{ name = \"b\"; urls = [\"127.0.0.1:4\"]; default = true; } );");
    ck_assert_int_eq(config(&c, NULL, "--config", path, NULL), 0);
    says(&c, "# cluster: b\n");
    has(&c, "cluster.urls = [\"127.0.0.1:4\"]", "natsight.conf:2");
    command_free(&c);
    remove_folder();
}
END_TEST

START_TEST(a_picture_has_the_configured_columns_and_label) {
    struct command c;
    char text[700];
    struct hostile *server = hostile_start("127.0.0.1", 0, "n1", NULL, 0);
    ck_assert_ptr_nonnull(server);
    make_folder();
    snprintf(text, sizeof text,
             "columns = { overview = { nodes = [\"rtt\", \"cpu\"]; }; };\n"
             "clusters = ( { name = \"only\"; label = \"NEAR\"; urls = [\"%s\"]; } );",
             hostile_url(server));
    write_file("natsight.conf", text);
    const char *argv[] = {command_natsight(), "snapshot", "-o", "-", "--config", path, NULL};
    ck_assert_int_eq(command_run(&c, argv, NULL, 28000), 0);
    says(&c, " NEAR ");
    const char *head = strstr(c.output, " S NODE");
    ck_assert_msg(head != NULL, "%s", c.output);
    const char *rtt = strstr(head, "RTT"), *cpu = strstr(head, "CPU%"), *end = strchr(head, '\n');
    ck_assert_msg(rtt != NULL && cpu != NULL && rtt < cpu && cpu < end, "%.*s", (int)(end - head), head);
    ck_assert_ptr_null(memmem(head, (size_t)(end - head), "MEM", 3));
    command_free(&c);
    remove_folder();
    hostile_end(server);
}
END_TEST

START_TEST(the_example_loads) {
    struct command c;
    ck_assert_int_eq(config(&c, NULL, "--config", "docs/natsight.conf", NULL), 0);
    says(&c, "# cluster: production\n");
    command_free(&c);
}
END_TEST

START_TEST(the_manual_has_every_setting) {
    const char *argv[] = {command_natsight(), "manual", NULL};
    struct command c;
    ck_assert_int_eq(command_run(&c, argv, NULL, 10000), 0);
    says(&c, "\\fBcadences.connz_hot\\fR");
    says(&c, "\\fBauth_file\\fR");
    says(&c, "\\fBkeys.quit\\fR");
    says(&c, "\\fBlimits.max_rate\\fR");
    command_free(&c);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("configuration");
    TCase *tc = tcase_create("file");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, a_fault_is_told_with_its_line, 0, sizeof wrongs / sizeof *wrongs);
    tcase_add_test(tc, all_faults_are_told_as_far_as_they_can_be_read);
    tcase_add_test(tc, names_with_dots_are_no_settings_said_twice);
    tcase_add_test(tc, a_binding_is_told_by_where_it_counts_most);
    tcase_add_test(tc, faults_come_in_the_order_of_lines);
    tcase_add_test(tc, what_is_no_file_is_refused);
    tcase_add_test(tc, a_link_that_leads_nowhere_is_told);
    tcase_add_test(tc, a_pipe_is_read_whole);
    tcase_add_test(tc, an_included_file_is_named);
    tcase_add_test(tc, two_files_are_both_named);
    tcase_add_test(tc, a_byte_order_mark_is_no_fault);
    tcase_add_test(tc, a_key_goes_from_a_default_to_what_it_is_given_to);
    tcase_add_test(tc, no_key_is_a_choice);
    tcase_add_test(tc, the_default_file_loads_and_is_the_default);
    tcase_add_test(tc, options_beat_environment_beats_file);
    tcase_add_test(tc, the_command_line_switches_off_what_the_file_switches_on);
    tcase_add_test(tc, the_file_is_looked_for_in_the_users_folders);
    tcase_add_test(tc, a_copy_of_the_program_alone_has_all_themes);
    tcase_add_test(tc, a_faulty_theme_is_told_though_it_is_the_default);
    tcase_add_test(tc, a_cluster_is_taken_by_its_name);
    tcase_add_test(tc, a_url_that_a_cluster_names_is_the_clusters);
    tcase_add_test(tc, without_a_url_the_default_or_the_only_cluster_is_taken);
    tcase_add_test(tc, a_picture_has_the_configured_columns_and_label);
    tcase_add_test(tc, the_example_loads);
    tcase_add_test(tc, the_manual_has_every_setting);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
