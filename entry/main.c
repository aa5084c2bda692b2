/* Where natsight begins: the command line, and the command that it names. */
#include "entry/command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/version.h"
#include "entry/config.h"

int command_help(const struct options *options) {
    (void)options;
    options_print_help();
    return 0;
}

int command_manual(const struct options *options) {
    (void)options;
    options_print_manual();
    return 0;
}

int command_version(const struct options *options) {
    (void)options;
    printf("natsight %s (%s)\n", version_text(), version_commit());
    return 0;
}

/* A descriptor that is closed would be the next one that we open. Here nothing comes from it, and what is
 * written to it fails, as before. */
static void take_descriptors(void) {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd)
            _exit(1);
}

/* "Reload" never kills, whatever runs here; one that comes early waits for who does it. */
static void hold_reload(void) {
    sigset_t reload;
    sigemptyset(&reload);
    sigaddset(&reload, SIGUSR1);
    sigprocmask(SIG_BLOCK, &reload, NULL);
    signal(SIGUSR1, SIG_IGN);
}

/* A full disk is told; a reader that goes is its own affair. */
static int flushed(int code) {
    int error = ferror(stdout) ? errno : 0; /* what failed before is not tried again */
    if (fflush(stdout) != 0)
        error = errno;
    if (error == EPIPE || (error == 0 && !ferror(stdout)))
        return code;
    fprintf(stderr, "natsight: standard output can't be written: %s\n",
            error != 0 ? strerror(error) : "some of it is lost");
    return 1;
}

static int told(struct config_faults *faults) {
    for (int i = 0; i < faults->kept && i < CONFIG_FAULTS_MAX; i++)
        options_refuse("%s", faults->told[i].text);
    if (faults->count > CONFIG_FAULTS_MAX)
        options_refuse("and %d more", faults->count - CONFIG_FAULTS_MAX);
    return EXIT_USAGE;
}

/* What is in force, where the command has to do with the configuration. */
static int configure(const struct options *typed, struct options *in_force, struct config **config) {
    struct config_faults faults = {0};
    int code = 0;
    *in_force = *typed;
    if (options_configured(typed)) {
        *config = config_load(typed->config_path, &faults);
        bool good = *config != NULL && config_apply(*config, typed, in_force, &faults);
        if (good)
            keymap_use(config_keymap(*config));
        if (good)
            time_zone_use(in_force->zone != NULL && in_force->zone[0] != '\0' ? in_force->zone : NULL);
        code = good ? options_check(in_force) : told(&faults);
    }
    config_faults_finish(&faults);
    return code;
}

int main(int argc, char **argv) {
    struct options typed, in_force;
    struct config *config = NULL;
    hold_reload();
    take_descriptors();
    int code = options_parse(&typed, argc, argv);
    if (code == 0)
        code = configure(&typed, &in_force, &config);
    if (code == 0)
        code = options_run(&in_force);
    if (code == EXIT_USAGE)
        code = options_refused(&typed, argc, argv);
    config_free(config);
    options_finish(&typed);
    return flushed(code);
}
