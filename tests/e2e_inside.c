/* Inside tmux, and through a real sshd on loopback: it shows, keys work, and the line is found as it was
 * left. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/command.h"
#include "tests/harness/ports.h"
#include "tests/harness/servers.h"
#include "tests/harness/shown.h"
#include "tests/harness/suite.h"
#include "tests/harness/text_file.h"

static struct servers *server;
static struct folder folder;

static void start(void) {
    server = servers_start(&(struct servers_options){.nodes = 1});
    ck_assert_ptr_nonnull(server);
    ck_assert(folder_make(&folder, "natsight-inside"));
}

static void end(void) {
    folder_remove(&folder);
    servers_end(server);
}

static bool have(const char *program) {
    char found[600];
    snprintf(found, sizeof found, "command -v %s >/dev/null", program);
    return system(found) == 0;
}

/* Text into a file of the folder, 0600; its path. */
static const char *put(const char *name, const char *text) {
    static char path[800];
    snprintf(path, sizeof path, "%s/%s", folder.path, name);
    text_file_write(path, "%s", text);
    return path;
}

static const char *natsight(void) {
    static char path[4096];
    ck_assert_ptr_nonnull(realpath(command_natsight(), path));
    return path;
}

/* What a shell there does: the program, and its line before and after. */
static const char *script(void) {
    static char text[8192];
    snprintf(text, sizeof text,
             "before=$(stty -g)\n"
             "LC_ALL=C.UTF-8 sh -c 'echo $$ > %s/pid; exec %s %s'; code=$?\n"
             "[ \"$before\" = \"$(stty -g)\" ] && line=same || line=other\n"
             "echo \"ended $code, line $line\"; read wait\n",
             folder.path, natsight(), server->node[0].http);
    return put("script", text);
}

/* From the first picture to the shell's word after the end. */
static void use(struct terminal *t) {
    shown_wait(t, " n1 ");
    shown_type(t, "2", "> Connections");
    shown_type(t, "\033OA\033[B1", "> Overview|^.NODES 1");
    shown_type(t, "?", "Everywhere");
    shown_type(t, "\033", "^.NODES 1");
    shown_type(t, "q", "^ended 0, line same");
    ck_assert(terminal_find(t, "NODES 1", NULL) >= 0); /* the last picture stays */
}

static void expect_end(struct terminal *t) {
    int status;
    ck_assert(terminal_type(t, "\r"));
    ck_assert(terminal_wait_exit(t, &status, SHOWN_MS));
    ck_assert(terminal_restored(t));
    terminal_close(t);
}

static const struct terminal_options size = {.rows = 40, .cols = 120};

START_TEST(inside_tmux) {
    char socket[800], config[800], run[900];
    if (!have("tmux")) {
        printf("skipped: tmux is not installed\n");
        return;
    }
    snprintf(config, sizeof config, "%s",
             put("tmux.conf", "set -g default-terminal tmux-256color\nset -g status off\n"));
    snprintf(socket, sizeof socket, "%s/tmux", folder.path);
    snprintf(run, sizeof run, "exec sh %s", script());
    const char *argv[] = {"tmux", "-u", "-S", socket, "-f", config, "new-session", run, NULL};
    struct terminal *t = terminal_open(argv, &size);
    ck_assert_ptr_nonnull(t);
    use(t);
    expect_end(t);
}
END_TEST

/* ---- ssh ---- */

static char host_key[800], key[800], port_text[16];

static void make_key(const char *path) {
    const char *argv[] = {"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path, NULL};
    struct command c;
    ck_assert_int_eq(command_run(&c, argv, NULL, SHOWN_MS), 0);
    command_free(&c);
}

static bool listens(struct command *sshd) {
    return command_wait_output(sshd, "listening", SHOWN_MS);
}

/* Its words go to standard output, so that they can be waited for. */
static bool start_sshd(struct command *sshd) {
    char config[4000], authorized[810], run[1800];
    int port = 0;
    if (!ports_free((const char *const[]){"127.0.0.1"}, 1, &port, 1))
        return false;
    snprintf(host_key, sizeof host_key, "%s/host", folder.path);
    snprintf(key, sizeof key, "%s/key", folder.path);
    snprintf(port_text, sizeof port_text, "%d", port);
    make_key(host_key);
    make_key(key);
    snprintf(authorized, sizeof authorized, "%s.pub", key);
    snprintf(
        config, sizeof config,
        "Port %d\nListenAddress 127.0.0.1\nHostKey %s\nAuthorizedKeysFile %s\nStrictModes no\nUsePAM no\n"
        "PasswordAuthentication no\nPermitRootLogin prohibit-password\nPidFile none\n",
        port, host_key, authorized);
    snprintf(run, sizeof run, "exec \"$(command -v sshd || echo /usr/sbin/sshd)\" -D -e -f %s 2>&1",
             put("sshd.conf", config));
    return command_start(sshd, (const char *const[]){"sh", "-c", run, NULL}, NULL) && listens(sshd);
}

static struct terminal *log_in(void) {
    char run[900];
    snprintf(run, sizeof run, "exec sh %s", script());
    const char *argv[] = {"ssh",       "-tt",
                          "-F",        "/dev/null",
                          "-i",        key,
                          "-p",        port_text,
                          "-o",        "StrictHostKeyChecking=no",
                          "-o",        "UserKnownHostsFile=/dev/null",
                          "-o",        "LogLevel=ERROR",
                          "-o",        "IdentitiesOnly=yes",
                          "127.0.0.1", run,
                          NULL};
    struct terminal *t = terminal_open(argv, &size);
    ck_assert_ptr_nonnull(t);
    return t;
}

/* Of the program on the other side. */
static pid_t far_pid(void) {
    char path[800];
    int pid = 0;
    snprintf(path, sizeof path, "%s/pid", folder.path);
    FILE *in = fopen(path, "re");
    if (in && fscanf(in, "%d", &pid) != 1)
        pid = 0;
    if (in)
        fclose(in);
    return pid;
}

/* Nobody may have waited for it yet: then it has no command line any more. */
static bool is_gone(pid_t pid) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/cmdline", (int)pid);
    FILE *in = fopen(path, "re");
    bool gone = !in || fgetc(in) == EOF;
    if (in)
        fclose(in);
    return gone;
}

START_TEST(through_ssh) {
    struct command sshd = {.in = -1, .out = -1, .err = -1};
    if (!have("ssh") || !have("ssh-keygen") || (!have("sshd") && access("/usr/sbin/sshd", X_OK) != 0)) {
        printf("skipped: openssh-server and openssh-client are not installed\n");
        return;
    }
    if (!start_sshd(&sshd)) {
        printf("skipped: sshd does not start here: %.200s\n", sshd.output ? sshd.output : "");
        command_free(&sshd);
        return;
    }
    struct terminal *t = log_in();
    use(t);
    expect_end(t);
    t = log_in(); /* and when the connection is lost, nothing goes on over there */
    shown_wait(t, " n1 ");
    pid_t far = far_pid();
    ck_assert_int_gt(far, 0);
    ck_assert(terminal_signal(t, SIGKILL));
    ck_assert(terminal_wait_exit(t, NULL, SHOWN_MS));
    bool gone = false;
    for (int64_t deadline = servers_now_ms() + SHOWN_MS; !gone && servers_now_ms() < deadline;)
        gone = is_gone(far);
    ck_assert(gone);
    terminal_close(t);
    command_free(&sshd);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("inside");
    TCase *tc = tcase_create("inside");
    tcase_set_timeout(tc, 90);
    tcase_add_unchecked_fixture(tc, start, end);
    tcase_add_test(tc, inside_tmux);
    tcase_add_test(tc, through_ssh);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
