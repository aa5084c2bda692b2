/* `natsight collect http` and `collect nats`: the options, as the collector wants them. */
#include "entry/command.h"

#include <stdio.h>
#include <unistd.h>

#include "collectors/http.h"
#include "collectors/login.h"
#include "collectors/nats.h"
#include "entry/way_in.h"

/* Supervised, it is told who it is. */
static int over_nats(const struct options *o, const struct collect_options *options) {
    struct login login;
    char why[600];
    if (o->supervised)
        return collect_nats(options);
    if (!way_in_login(o, &login, why, sizeof why))
        return options_refuse("%s", why);
    struct collect_options known = *options;
    known.login = &login;
    return collect_nats(&known);
}

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
    bool nats = o->over_nats || (!o->over_http && way_in_is(o, WAY_NATS));
    if (!o->supervised && way_in_is(o, nats ? WAY_HTTP : WAY_NATS))
        return options_refuse("collect: asks in one way; write natsight collect http URL or natsight collect "
                              "nats URL");
    return nats ? over_nats(o, &options) : collect_http(&options);
}
