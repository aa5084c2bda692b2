/* `natsight append FILE`, which the log of alerts runs. */
#include "entry/command.h"

#include <stdio.h>

#include "outward/append.h"

int command_append(const struct options *o) {
    if (o->url_count != 1) {
        fputs("natsight: append: takes one file; write natsight append FILE\n", stderr);
        return EXIT_USAGE;
    }
    return append_to(o->urls[0]) ? 0 : 1;
}
