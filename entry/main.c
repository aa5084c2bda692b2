/* Where natsight begins: the command line, and the command that it names. */
#include "entry/command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/version.h"

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

/* A full disk is told; a reader that goes is its own affair. */
static int flushed(int code) {
    if (fflush(stdout) == 0 || errno == EPIPE)
        return code;
    fprintf(stderr, "natsight: standard output can't be written: %s\n", strerror(errno));
    return 1;
}

int main(int argc, char **argv) {
    struct options options;
    take_descriptors();
    int code = options_parse(&options, argc, argv);
    if (code == 0)
        code = options_run(&options);
    options_finish(&options);
    return flushed(code);
}
