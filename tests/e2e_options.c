/* The command line: wrong usage ends at once with one line that says what to write instead, and exit code 64.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/certificates.h"
#include "tests/harness/command.h"
#include "tests/harness/suite.h"

static const struct wrong {
    const char *arguments[8];
    const char *what, *hint; /* "natsight: WHAT: ..HINT.." */
} wrongs[] = {
    {{"--lable", "x"}, "--lable", "did you mean --label?"},
    {{"-Z"}, "-Z", "natsight help"},
    {{"-\377"}, "-\357\277\275", "natsight help"},
    {{"--\377\033[31m"}, "--\357\277\275\357\277\275[31m", "natsight help"},
    {{"--expect"}, "--expect", "write --expect N"},
    {{"--expect", "three"}, "--expect three", "whole number"},
    {{"--expect", ""}, "--expect \"\"", "whole number"},
    {{"--interval", "5"}, "--interval 5", "500ms"},
    {{"--interval", "10ms"}, "--interval 10ms", "100ms is the least"},
    {{"--label-color", "pink"}, "--label-color pink", "red|"},
    {{"--insecure=yes"}, "--insecure", "takes no value"},
    {{"--no-insecure=yes"}, "--no-insecure", "takes no value"},
    {{"--no-view"}, "--no-view", "no such option"},
    {{"print", "servers", "--no-json"}, "--no-json", "no such option"},
    {{"--ca", "/nonexistent/ca.pem"}, "--ca /nonexistent/ca.pem", "no such file"},
    {{"--auth-file", "/nonexistent/secret"}, "--auth-file /nonexistent/secret", "no such file"},
    {{"--cert", "/dev/null"}, "--cert", "--key"},
    {{"--key", "/dev/null"}, "--key", "--cert"},
    {{"nats://u:p@127.0.0.1:4222"}, "`nats://...@127.0.0.1:4222`", "a context, or into NATS_USER"},
    {{"collect", "nats://127.0.0.1:4222", "127.0.0.1:8222"}, "collect", "asks in one way"},
    {{"--context", "none-such"}, "--context", "there is no context none-such"},
    {{"ftp://127.0.0.1"}, "`ftp://127.0.0.1`", "write http://"},
    {{"http://u:p@127.0.0.1:8222"}, "`http://...@127.0.0.1:8222`", "--auth-file"},
    {{"http://127.0.0.1:8222?x=1"}, "`http://127.0.0.1:8222?...`", "query"},
    {{"127.0.0.1:99999"}, "`127.0.0.1:99999`", "port from 1 to 65535"},
    {{"127.0.0.1:abc"}, "`127.0.0.1:abc`", "port from 1 to 65535"},
    {{""}, "``", "write http://host:8222"},
    {{"snapshit", "-o", "x.txt"}, "snapshit", "did you mean snapshot?"},
    {{"-o", "x.txt", "127.0.0.1:1"}, "--output", "snapshot"},
    {{"--view", "nothing", "127.0.0.1:1"}, "--view nothing", "overview"},
    {{"--theme", "drak", "127.0.0.1:1"}, "--theme drak", "did you mean dark?"},
    {{"config", "--theme", "/nonexistent/x.theme"}, "--theme /nonexistent/x.theme", ""},
    {{"--filter", "cpu>", "127.0.0.1:1"}, "--filter cpu>", ""},
    {{"--filter", "~[", "127.0.0.1:1"}, "--filter ~[", ""},
    {{"--want", "overview"}, "--want", "to collect"},
    {{"snapshot"}, "snapshot", "-o FILE"},
    {{"snapshot", "-o", "x.gif"}, "-o x.gif", ".txt"},
    {{"snapshot", "-o", ""}, "-o \"\"", ".txt"},
    {{"snapshot", "-o", "-", "--size", "big"}, "--size big", "120x40"},
    {{"snapshot", "-o", "-", "--size", "9999x9999"}, "--size 9999x9999", "500x200"},
    {{"snapshot", "-o", "-", "--for", "0"}, "--for 0", "1ms"},
    {{"--for", "1s", "-o", "-", "snapshot", "u@h"}, "`...@h`", "--auth-file"},
    {{"print", "-n", "0"}, "--count 0", "from 1 to 1000000"},
    {{"print", "--count", "x"}, "--count x", "from 1 to 1000000"},
    {{"print", "nosuch"}, "print nosuch", "there are clusters, servers"},
    {{"print", "conections"}, "print conections", "did you mean connections?"},
    {{"print", "conection.cid"}, "print conection.cid", "did you mean connections.cid?"},
    {{"print", "server.memm"}, "print server.memm", "did you mean server.mem?"},
    {{"print", ""}, "print \"\"", "there are clusters"},
    {{"print", "servers", "http://127.0.0.1:1"}, "print http://127.0.0.1:1", "behind --"},
    {{"print", "u:secret@127.0.0.1"}, "`...@127.0.0.1`", "--auth-file"},
    {{"127.0.0.1:1", "snapshot", "-o", "-"}, "snapshot", "in front of the URLs"},
    {{"snapshot", "-o", "x.txt", "-o", "x.txt"}, "-o x.txt", "twice"},
    {{"replay"}, "replay", "natsight replay -"},
    {{"collect", "--want", "everything", "127.0.0.1:1"}, "--want everything", "overview"},
};

START_TEST(wrong_usage_says_what_to_write_instead) {
    const struct wrong *wrong = &wrongs[_i];
    const char *argv[10] = {command_natsight()};
    for (int i = 0; i < 8 && wrong->arguments[i] != NULL; i++)
        argv[i + 1] = wrong->arguments[i];
    struct command c;
    int code = command_run(&c, argv, NULL, 5000);
    ck_assert_msg(code == 64, "exit code %d, stderr: %s", code, c.errors);
    char start[200];
    snprintf(start, sizeof start, "natsight: %s: ", wrong->what);
    ck_assert_msg(strncmp(c.errors, start, strlen(start)) == 0, "no \"%s\" in front of: %s", start, c.errors);
    ck_assert_msg(strstr(c.errors + strlen(start), wrong->hint) != NULL, "no \"%s\" in: %s", wrong->hint,
                  c.errors);
    const char *end = strchr(c.errors, '\n');
    ck_assert_msg(end != NULL && end[1] == '\0', "more than one line: %s", c.errors);
    ck_assert_uint_eq(c.output_size, 0);
    command_free(&c);
}
END_TEST

/* Also live, where nobody has a terminal to fall back to: before anything is asked. */
static void refused(const char *const options[4], const char *about, const char *says) {
    const char *argv[] = {command_natsight(), "snapshot", "-o",       "-", options[0],
                          options[1],         options[2], options[3], NULL};
    struct command c;
    int code = command_run(&c, argv, NULL, 5000);
    ck_assert_msg(code == 64, "%s: exit code %d, stderr: %s", about, code, c.errors);
    ck_assert_msg(strstr(c.errors, "natsight: ") == c.errors && strstr(c.errors, about) &&
                      strstr(c.errors, says),
                  "no \"%s\", \"%s\" in: %s", about, says, c.errors);
    ck_assert_ptr_eq(strchr(c.errors, '\n'), c.errors + strlen(c.errors) - 1);
    ck_assert_uint_eq(c.output_size, 0);
    command_free(&c);
}

START_TEST(files_that_hold_no_certificate_or_key_are_refused) {
    struct certificates c;
    if (!certificates_make(&c)) {
        fprintf(stderr, "skipped: certificate files, for want of an openssl command\n");
        return;
    }
    char ca[600], cert[600], key[600], other[600], locked[600], argument[1300];
    snprintf(ca, sizeof ca, "%s/ca.pem", c.folder.path);
    snprintf(cert, sizeof cert, "%s/client.pem", c.folder.path);
    snprintf(key, sizeof key, "%s/client.key", c.folder.path);
    snprintf(other, sizeof other, "%s/server.key", c.folder.path);
    snprintf(locked, sizeof locked, "%s/locked.key", c.folder.path);
    refused((const char *[4]){"--ca", "README.md"}, "--ca", "no certificate");
    refused((const char *[4]){"--ca", key}, "--ca", "no certificate");
    refused((const char *[4]){"--ca", c.folder.path}, "--ca", "no file");
    refused((const char *[4]){"--cert", "README.md", "--key", key}, "--cert", "no certificate");
    refused((const char *[4]){"--cert", cert, "--key", cert}, "--key", "no private key");
    refused((const char *[4]){"--cert", cert, "--key", other}, "--key", "not the key of --cert");
    snprintf(argument, sizeof argument, "openssl pkey -in %s -aes256 -passout pass:x -out %s", key, locked);
    struct command good, made;
    ck_assert_int_eq(command_run(&made, (const char *[]){"sh", "-c", argument, NULL}, NULL, 5000), 0);
    command_free(&made);
    refused((const char *[4]){"--cert", cert, "--key", locked}, "--key", "passphrase");
    const char *argv[] = {command_natsight(),
                          "snapshot",
                          "-o",
                          "-",
                          "--for",
                          "100ms",
                          "--ca",
                          ca,
                          "--cert",
                          cert,
                          "--key",
                          key,
                          "https://127.0.0.1:1",
                          NULL};
    ck_assert_int_eq(command_run(&good, argv, NULL, 5000), 3); /* nobody there, but they are fine */
    command_free(&good);
    certificates_remove(&c);
}
END_TEST

/* What a screen shows in a word or a sign stands there in sentences. */
START_TEST(the_manual_explains_what_is_shown) {
    static const char *const told[] = {".SH SIGNS\n",
                                       "\\fB~\\fR\nBehind a number",
                                       "\\fB\u2264\\fR\n",
                                       "\\fB!!\\fR\nCritical.",
                                       ".SH STATES\n",
                                       ".SS consumers\n",
                                       "\\fBnobody_pulling\\fR\nkind = pull and",
                                       ".br\nSays: no pull request open and no delivery for N",
                                       "\\fBcopy_behind\\fR\nsource_lag > 1000",
                                       ".SH QUANTITIES\n",
                                       "\\fBLED\\fR \\fIleadership\\fR\nok; contested: two servers"};
    const char *manual[] = {command_natsight(), "manual", NULL};
    struct command c;
    ck_assert_int_eq(command_run(&c, manual, NULL, 5000), 0);
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        ck_assert_msg(strstr(c.output, told[i]) != NULL, "%s", told[i]);
    command_free(&c);
}
END_TEST

START_TEST(help_and_manual_name_every_option) {
    const char *help[] = {command_natsight(), "help", NULL}, *manual[] = {command_natsight(), "manual", NULL};
    struct command c, m;
    ck_assert_int_eq(command_run(&c, help, NULL, 5000), 0);
    ck_assert_int_eq(command_run(&m, manual, NULL, 5000), 0);
    const char *options[] = {"label-color", "auth-file", "tls-name", "want", "for", "size"};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        char escaped[64];
        size_t len = 0;
        for (const char *o = options[i]; *o != '\0'; o++) {
            if (*o == '-')
                escaped[len++] = '\\';
            escaped[len++] = *o;
        }
        escaped[len] = '\0';
        ck_assert_ptr_nonnull(strstr(c.output, options[i]));
        ck_assert_msg(strstr(m.output, escaped) != NULL, "%s", escaped);
    }
    ck_assert_ptr_nonnull(strstr(c.output, " --[no-]mouse "));
    ck_assert_ptr_nonnull(strstr(m.output, "\\-\\-[no\\-]mouse"));
    ck_assert_ptr_null(strstr(c.output, "[no-]json")); /* which no file switches on */
    ck_assert_ptr_nonnull(strstr(c.output, "64"));
    command_free(&c);
    command_free(&m);
}
END_TEST

START_TEST(a_full_disk_is_told) {
    static const char *const commands[] = {"help", "manual", "version", "config --default"};
    char script[100];
    struct command c;
    snprintf(script, sizeof script, "\"$1\" %s >/dev/full", commands[_i]);
    const char *argv[] = {"sh", "-c", script, "sh", command_natsight(), NULL};
    ck_assert_int_eq(command_run(&c, argv, NULL, 5000), 1);
    ck_assert_str_eq(c.errors, "natsight: standard output can't be written: No space left on device\n");
    command_free(&c);
}
END_TEST

START_TEST(nothing_reached_is_code_3_and_says_why) {
    const char *argv[] = {command_natsight(), "snapshot", "-o", "-", "--for", "1500ms", "127.0.0.1:1", NULL};
    struct command c;
    ck_assert_int_eq(command_run(&c, argv, NULL, 10000), 3);
    ck_assert_ptr_nonnull(strstr(c.output, "127.0.0.1:1"));
    ck_assert_ptr_nonnull(strstr(c.output, "refused"));
    ck_assert_ptr_null(strchr(c.output, '\033'));
    command_free(&c);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("options");
    TCase *tc = tcase_create("command line");
    tcase_set_timeout(tc, 20);
    tcase_add_loop_test(tc, wrong_usage_says_what_to_write_instead, 0, sizeof wrongs / sizeof *wrongs);
    tcase_add_test(tc, files_that_hold_no_certificate_or_key_are_refused);
    tcase_add_test(tc, help_and_manual_name_every_option);
    tcase_add_test(tc, the_manual_explains_what_is_shown);
    tcase_add_loop_test(tc, a_full_disk_is_told, 0, 4);
    tcase_add_test(tc, nothing_reached_is_code_3_and_says_why);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
