/* Where natsight begins: the command line, and the command that it names. */

#include "entry/command.h"

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

int main(int argc, char **argv) {
    struct options options;
    int code = options_parse(&options, argc, argv);
    if (code == 0)
        code = options_run(&options);
    options_finish(&options);
    return code;
}
