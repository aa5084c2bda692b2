/* Contexts of the `nats` command: what is said there, what the environment says instead, and what is refused.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "entry/context.h"
#include "tests/harness/folder.h"
#include "tests/harness/suite.h"

static struct folder folder;
static struct login login;
static char message[600];

static void put(const char *name, const char *text) {
    char path[700];
    snprintf(path, sizeof path, "%s/%s", folder.path, name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

static void put_context(const char *name, const char *text) {
    char file[100];
    snprintf(file, sizeof file, "nats/context/%s.json", name);
    put(file, text);
}

static void setup(void) {
    static const char *const folders[] = {"nats", "nats/context"};
    ck_assert(folder_make(&folder, "natsight-context"));
    for (int i = 0; i < 2; i++) {
        char path[700];
        snprintf(path, sizeof path, "%s/%s", folder.path, folders[i]);
        ck_assert_int_eq(mkdir(path, 0700), 0);
    }
    clearenv();
    setenv("HOME", folder.path, 1);
    setenv("XDG_CONFIG_HOME", folder.path, 1);
    put_context("east",
                "{\"description\": \"east\", \"url\": \"nats://a:4222,nats://b:4222\", \"user\": \"ops\",\n"
                " \"password\": \"pa ss\", \"token\": \"\", \"creds\": \"\", \"ca\": \"~/ca.pem\","
                " \"inbox_prefix\": \"_INBOX_ops\", \"jetstream_domain\": \"hub\", \"color_scheme\": \"\","
                " \"nsc\": \"\", \"tls_first\": false, \"windows_ca_certs_match\": null}");
    put_context("creds", "{\"url\": \"tls://c:4222\", \"creds\": \"$KEYS/x.creds\"}");
}

static void teardown(void) {
    login_finish(&login);
    folder_remove(&folder);
}

static void loads(const char *name) {
    login_finish(&login);
    ck_assert_msg(context_login(name, &login, message, sizeof message), "%s", message);
}

static void refuses(const char *name, const char *says) {
    login_finish(&login);
    ck_assert_msg(!context_login(name, &login, message, sizeof message), "%s", name);
    ck_assert_msg(strstr(message, says) != NULL, "%s", message);
    for (int i = 0; i < login_row_count; i++)
        ck_assert_ptr_null(login_value(&login_rows[i], &login));
}

static const char *in_folder(const char *name) {
    static char path[700];
    snprintf(path, sizeof path, "%s/%s", folder.path, name);
    return path;
}

START_TEST(what_natscli_writes) {
    loads("east");
    ck_assert_str_eq(login.name, "east");
    ck_assert_str_eq(login.url, "nats://a:4222,nats://b:4222");
    ck_assert_str_eq(login.user, "ops");
    ck_assert_str_eq(login.password, "pa ss");
    ck_assert_str_eq(login.ca, in_folder("ca.pem"));
    ck_assert_str_eq(login.inbox_prefix, "_INBOX_ops");
    ck_assert_str_eq(login.js_domain, "hub");
    ck_assert_ptr_null(login.js_prefix);
    ck_assert_ptr_null(login.token);
    ck_assert_ptr_null(login.creds);
    setenv("KEYS", "/keys", 1);
    loads("creds");
    ck_assert_str_eq(login.creds, "/keys/x.creds");
    loads(NULL);
    ck_assert_ptr_null(login.url);
    loads(in_folder("nats/context/creds.json")); /* a path is one, too */
    ck_assert_str_eq(login.url, "tls://c:4222");
}
END_TEST

/* One field instead of the context's, or one way to log in instead of its. */
START_TEST(the_environment_overrides) {
    setenv("NATS_URL", "nats://other:4222", 1);
    loads("east");
    ck_assert_str_eq(login.url, "nats://other:4222");
    ck_assert_str_eq(login.user, "ops");
    setenv("NATS_PASSWORD", "new", 1);
    loads("east");
    ck_assert_str_eq(login.user, "ops");
    ck_assert_str_eq(login.password, "new");
    setenv("NATS_USER", "me", 1);
    loads("east");
    ck_assert_str_eq(login.user, "me");
    ck_assert_str_eq(login.password, "new");
    loads("creds"); /* not both */
    ck_assert_str_eq(login.user, "me");
    ck_assert_ptr_null(login.creds);
    unsetenv("NATS_PASSWORD");
    loads("east"); /* a user without a password is a token */
    ck_assert_str_eq(login.token, "me");
    ck_assert_str_eq(login.user, "ops");
    unsetenv("NATS_USER");
    setenv("NATS_CREDS", "~/y.creds", 1);
    loads("east");
    ck_assert_str_eq(login.creds, in_folder("y.creds"));
    ck_assert_ptr_null(login.user);
    ck_assert_ptr_null(login.password);
    loads(NULL);
    ck_assert_str_eq(login.creds, in_folder("y.creds"));
}
END_TEST

/* Taken out of them: a URL is shown. */
START_TEST(a_login_in_the_urls) {
    put_context("in", "{\"url\": \"nats://o%40ps:pa%2Fs%3as@a:4222, nats://o%40ps:pa%2Fs%3as@b:4222\"}");
    loads("in");
    ck_assert_str_eq(login.url, "nats://a:4222, nats://b:4222");
    ck_assert_str_eq(login.user, "o@ps");
    ck_assert_str_eq(login.password, "pa/s:s");
    put_context("token", "{\"url\": \"tls://s3cret@a:4222,tls://b:4222/@x\"}");
    loads("token");
    ck_assert_str_eq(login.url, "tls://a:4222,tls://b:4222/@x");
    ck_assert_str_eq(login.token, "s3cret");
    ck_assert_ptr_null(login.user);
    setenv("NATS_URL", "me:p@c", 1); /* stands for the context's */
    loads("creds");
    ck_assert_str_eq(login.url, "c");
    ck_assert_str_eq(login.user, "me");
    ck_assert_str_eq(login.password, "p");
    ck_assert_ptr_null(login.creds);
    setenv("NATS_URL", "c", 1);
    loads("in"); /* the URL alone keeps the login */
    ck_assert_str_eq(login.url, "c");
    ck_assert_str_eq(login.user, "o@ps");
}
END_TEST

#define CREDS                                                                                                \
    "-----BEGIN NATS USER JWT-----\neyJ0.x.y\n------END NATS USER JWT------\n\n"                             \
    "-----BEGIN USER NKEY SEED-----\nSUAB\n------END USER NKEY SEED------\n"

START_TEST(values_that_stand_for_others) {
    put("word", "from a file\n");
    char *by_file = memory_format("{\"user\": \"u\", \"password\": \"file://%s\"}", in_folder("word"));
    put_context("file", by_file);
    free(by_file);
    loads("file");
    ck_assert_str_eq(login.password, "from a file");
    put_context("env", "{\"user\": \"u\", \"password\": \"ENV://SECRET_WORD\"}");
    setenv("SECRET_WORD", "from the environment", 1);
    loads("env");
    ck_assert_str_eq(login.password, "from the environment");
    put_context("data", "{\"token\": \"data:c2VjcmV0IQ==\"}");
    loads("data");
    ck_assert_str_eq(login.token, "secret!");
    put_context("held", "{\"creds\": \"env://CREDS\"}");
    setenv("CREDS", CREDS, 1);
    loads("held");
    ck_assert_ptr_null(login.creds);
    ck_assert_str_eq(login.user_jwt, "eyJ0.x.y");
    ck_assert_str_eq(login.user_seed, "SUAB");
    put_context("seed", "{\"nkey\": \"env://SEED\"}");
    setenv("SEED", "SUAC", 1);
    loads("seed");
    ck_assert_str_eq(login.user_seed, "SUAC");
    put_context("plain", "{\"user\": \"env://X\", \"ca\": \"file:///x/ca.pem\", \"cert\": \"c:x\"}");
    loads("plain"); /* a user stands for itself, a colon is no scheme */
    ck_assert_str_eq(login.user, "env://X");
    ck_assert_str_eq(login.ca, "/x/ca.pem");
    ck_assert_str_eq(login.cert, "c:x");
}
END_TEST

static const struct {
    const char *text, *says;
} wrongs[] = {
    {"{\"nsc\": \"nsc://o/a/u\"}", "wrong.json: nsc: this context looks its login up with nsc"},
    {"{\"tls_first\": true}", "wrong.json: tls_first: TLS before"},
    {"{\"socks_proxy\": \"socks5://x\"}", "wrong.json: socks_proxy: "},
    {"{\"creds\": \"nsc://o/a/u\"}", "wrong.json: creds: op:// and nsc://: they ask another program"},
    {"{\"password\": \"op://vault/secret/word\"}", "wrong.json: password: op:// and nsc://: they ask"},
    {"{\"password\": \"env://NONE_SUCH\"}", "wrong.json: password: NONE_SUCH: there is no such variable"},
    {"{\"password\": \"file:///none/such\"}", "wrong.json: password: /none/such: No such file"},
    {"{\"token\": \"data:c2V!\"}", "wrong.json: token: data:...: this is no base64"},
    {"{\"creds\": \"data:c2VjcmV0\"}", "wrong.json: creds: what it stands for is no credentials file"},
    {"{\"url\": 7}", "wrong.json: url: this is no text"},
    {"{\"user\": \"a\", \"nkey\": \"/x\"}", "wrong.json: more than one of user, creds, nkey and user_jwt"},
    {"{\"url\": \"nats://vault:x@a:4222,nats://vault:y@b:4222\"}",
     "wrong.json: url: its servers are given with "},
    {"{\"url\": \"nats://vault:x@a:4222\", \"nkey\": \"/x\"}", "wrong.json: more than one of user, creds"},
    {"[]", "wrong.json: this is no context"},
    {"{\"url\": \"a\",\n\"user\" \"b\"}", "wrong.json:2: "},
    {"", "wrong.json:1: "},
};

/* With its place, and without what it holds. */
START_TEST(faults_have_a_place) {
    put_context("wrong", wrongs[_i].text);
    refuses("wrong", wrongs[_i].says);
    ck_assert_ptr_null(strstr(message, "c2V!"));
    ck_assert_ptr_null(strstr(message, "vault"));
}
END_TEST

START_TEST(there_is_none_of_that_name) {
    refuses("esat", "there is no context esat; did you mean east?");
    refuses("../../etc/passwd", "there is no context ../../etc/passwd");
    refuses("", "there is no context ");
    setenv("XDG_CONFIG_HOME", "/none/such", 1);
    refuses("east", "there is no context east");
}
END_TEST

START_TEST(which_is_selected) {
    const char *by;
    ck_assert_ptr_null(context_selected(&by));
    put("nats/context.txt", " east \n");
    ck_assert_str_eq(context_selected(&by), "east");
    ck_assert_str_eq(by, in_folder("nats/context.txt"));
    put("nats/context.txt", "\n");
    ck_assert_ptr_null(context_selected(&by));
    setenv("NATS_CONTEXT", "west", 1);
    ck_assert_str_eq(context_selected(&by), "west");
    ck_assert_str_eq(by, "NATS_CONTEXT");
    ck_assert(!context_in_environment());
    setenv("NATS_URL", "", 1);
    ck_assert(!context_in_environment());
    setenv("NATS_URL", "a", 1);
    ck_assert(context_in_environment());
}
END_TEST

/* What goes over the pipe is what was said. */
START_TEST(as_a_line) {
    struct buffer line = {0};
    loads("east");
    login_write(&login, &line);
    ck_assert_ptr_null(strchr(buffer_text(&line), '\n'));
    struct login again;
    ck_assert(login_read(&again, buffer_text(&line)));
    for (int i = 0; i < login_row_count; i++) {
        const char *a = login_value(&login_rows[i], &login), *b = login_value(&login_rows[i], &again);
        ck_assert((a == NULL) == (b == NULL));
        ck_assert(a == NULL || strcmp(a, b) == 0);
    }
    login_finish(&again);
    ck_assert(!login_read(&again, "nonsense"));
    char says[300];
    login_says(&login, says, sizeof says);
    ck_assert_str_eq(says, "user ops");
    buffer_finish(&line);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("entry/context");
    TCase *tc = tcase_create("contexts");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, what_natscli_writes);
    tcase_add_test(tc, the_environment_overrides);
    tcase_add_test(tc, a_login_in_the_urls);
    tcase_add_test(tc, which_is_selected);
    tcase_add_test(tc, values_that_stand_for_others);
    tcase_add_loop_test(tc, faults_have_a_place, 0, sizeof wrongs / sizeof *wrongs);
    tcase_add_test(tc, there_is_none_of_that_name);
    tcase_add_test(tc, as_a_line);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
