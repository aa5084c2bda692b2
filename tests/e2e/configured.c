#include "tests/e2e/configured.h"

#include <check.h>
#include <signal.h>

#include "tests/harness/servers.h"
#include "tests/harness/shown.h"
#include "tests/harness/text_file.h"

static struct servers *servers;

void configured_setup(void) {
    servers = servers_start(&(struct servers_options){.nodes = 1, .cluster = "first"});
    ck_assert_ptr_nonnull(servers);
}

void configured_teardown(void) {
    servers_end(servers);
}

const char *configured_url(void) {
    return servers->node[0].http;
}

void configured_write_for(const char *label, const char *url, const char *more) {
    text_file_write(config_path(),
                    "# ours\nclusters = ( { name = \"mine\"; label = \"%s\"; urls = [\"%s\"]; } );\n%s",
                    label, url, more);
}

void configured_write(const char *label, const char *more) {
    configured_write_for(label, configured_url(), more);
}

struct terminal *configured_open(const struct terminal_options *options) {
    const char *const argv[] = {command_natsight(), "--config", config_path(), NULL};
    struct terminal *t = terminal_open(argv, options);
    ck_assert_ptr_nonnull(t);
    ck_assert(terminal_wait_text(t, "FIRST", WAIT));
    shown_wait(t, "\\. n1 ");
    return t;
}

void configured_end(struct terminal *t) {
    int status;
    ck_assert(terminal_signal(t, SIGTERM));
    ck_assert(terminal_wait_exit(t, &status, WAIT));
    ck_assert_int_eq(status, 0);
    ck_assert(terminal_restored(t));
    terminal_close(t);
}

void configured_dialog(struct terminal *t) {
    terminal_key(t, VTERM_KEY_FUNCTION(2), VTERM_MOD_NONE);
    ck_assert(terminal_wait_text(t, "SETTINGS", WAIT));
}
