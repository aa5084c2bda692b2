/* `natsight collect http`: the options, as the collector wants them. */
#include "entry/command.h"

#include <stdio.h>
#include <unistd.h>

#include "collectors/http.h"

int command_collect(const struct options *o) {
    if (!o->supervised && isatty(1)) {
        fputs("natsight: collect: writes a binary stream, not for a terminal; write natsight collect URL | "
              "natsight "
              "replay -\n",
              stderr);
        return EXIT_USAGE;
    }
    struct collect_options options = {
        .urls = o->urls,
        .url_count = o->url_count,
        .label = o->label,
        .ca = o->ca,
        .cert = o->cert,
        .key = o->key,
        .tls_name = o->tls_name,
        .insecure = o->insecure,
        .auth_file = o->auth_file,
        .interval_ms = o->interval,
        .every_ms = o->every,
        .want = o->want,
        .supervised = o->supervised,
        .page_fd = (int)o->page_fd,
    };
    return collect_http(&options);
}
