/* `natsight collect http`: the options, as the collector wants them. */
#include "entry/command.h"

#include "collectors/http.h"

int command_collect(const struct options *o) {
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
        .want = o->want,
        .supervised = o->supervised,
        .page_fd = (int)o->page_fd,
    };
    return collect_http(&options);
}
