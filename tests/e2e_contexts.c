/* Who is asked where nothing is named: the selected context of the nats command, else the servers of the
 * environment, else this machine's. One real server with a system account. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/harness/command.h"
#include "tests/harness/folder.h"
#include "tests/harness/servers.h"
#include "tests/harness/suite.h"

enum { MS = 40000 };

static struct servers *server;
static struct folder home;

static const char *in_home(const char *name) {
    static char path[700];
    snprintf(path, sizeof path, "%s/%s", home.path, name);
    return path;
}

static void put(const char *name, const char *text) {
    FILE *file = fopen(in_home(name), "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

static void begin(void) {
    char text[300];
    server = servers_start(&(struct servers_options){
        .nodes = 1,
        .config =
            "accounts { SYS { users: [{user: sys, password: \"sys/secret\"}] } }\nsystem_account: SYS\n"});
    ck_assert_ptr_nonnull(server);
    ck_assert(folder_make(&home, "natsight-home"));
    ck_assert_int_eq(mkdir(in_home("nats"), 0700), 0);
    ck_assert_int_eq(mkdir(in_home("nats/context"), 0700), 0);
    snprintf(text, sizeof text, "{\"url\": \"nats://sys:sys%%2Fsecret@%s\"}",
             strstr(server->node[0].url, "://") + 3);
    put("nats/context/east.json", text);
    setenv("XDG_CONFIG_HOME", home.path, 1);
}

static void end(void) {
    unsetenv("XDG_CONFIG_HOME");
    unsetenv("NATS_CONTEXT");
    unsetenv("NATS_URL");
    folder_remove(&home);
    servers_end(server);
}

/* What `natsight WORDS` says, and nothing is named. */
static void says(const char *const words[], int code, const char *text) {
    struct command natsight;
    const char *arguments[8] = {command_natsight()};
    for (int i = 0; words[i]; i++)
        arguments[i + 1] = words[i];
    ck_assert_int_eq(command_run(&natsight, arguments, NULL, MS), code);
    ck_assert_msg(strstr(code ? natsight.errors : natsight.output, text) != NULL, "%s%s", natsight.output,
                  natsight.errors);
    ck_assert_ptr_null(strstr(natsight.output, "secret"));
    ck_assert_ptr_null(strstr(natsight.errors, "secret"));
    command_free(&natsight);
}

static const char *const config[] = {"config", NULL}, *const servers[] = {"print", "--json", "servers", NULL},
                         *const http[] = {"collect", "http", "--want", "nonsense", NULL};

static void reaches_it(void) {
    char up[100];
    snprintf(up, sizeof up, "\"name\":\"%s\"", server->node[0].name);
    says(servers, 0, up);
}

START_TEST(the_selected_context) {
    put("nats/context.txt", "east\n");
    says(config, 0, "context = \"east\"");
    says(config, 0, "nats/context.txt");
    reaches_it();
    put("nats/context.txt", "esat\n");
    says(servers, 64,
         "context.txt: there is no context esat; did you mean east?; natsight URL goes without it");
    setenv("NATS_CONTEXT", "east", 1);
    says(config, 0, "# selected: NATS_CONTEXT");
    reaches_it();
    setenv("NATS_CONTEXT", "west", 1);
    says(servers, 64, "NATS_CONTEXT: there is no context west");
    says(http, 64, "nonsense"); /* it has nothing to do with that */
}
END_TEST

START_TEST(the_environment_alone) {
    char url[200];
    says(config, 0, "urls = [\"http://127.0.0.1:8222\"]");
    snprintf(url, sizeof url, "sys:sys%%2Fsecret@%s", strstr(server->node[0].url, "://") + 3);
    setenv("NATS_URL", url, 1);
    reaches_it();
    setenv("NATS_URL", "nats://a:secret1@x,nats://b:secret2@y", 1);
    says(servers, 64, "environment: url: its servers are given with different logins");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("contexts");
    TCase *tc = tcase_create("contexts");
    tcase_set_timeout(tc, 200);
    tcase_add_checked_fixture(tc, begin, end);
    tcase_add_test(tc, the_selected_context);
    tcase_add_test(tc, the_environment_alone);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
