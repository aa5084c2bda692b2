#include "collectors/http.h"

#include <stdio.h>

#include "collectors/collector.h"
#include "collectors/http_way.h"
#include "collectors/target.h"
#include "sample/stream.h"
#include "collectors/tls_files.h"

#define DEFAULT_URL "http://127.0.0.1:8222"

static bool add_named(struct collector *c, const char *text) {
    struct url url;
    char message[300];
    if (!url_parse(&url, text, message, sizeof message))
        return collector_refuse(message);
    for (int i = 0; i < c->target_count; i++)
        if (url_same(&c->targets[i]->url, &url))
            return true;
    struct target *t = target_create(c, &url, "named", c->options->tls_name);
    if (t == NULL) {
        snprintf(message, sizeof message, "more than %d URLs", TARGETS_MAX);
        return collector_refuse(message);
    }
    target_tell(t, true);
    return true;
}

static bool add_all_named(struct collector *c) {
    if (c->options->url_count == 0)
        return add_named(c, DEFAULT_URL);
    for (int i = 0; i < c->options->url_count; i++)
        if (!add_named(c, c->options->urls[i]))
            return false;
    return true;
}

int collect_http(const struct collect_options *options) {
    struct auth auth = {0};
    char message[1200];
    if (!collector_may_begin(options))
        return COLLECT_USAGE;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    if (!tls_files_check(options, message, sizeof message) ||
        !auth_read(&auth, options->auth_file, message, sizeof message)) {
        curl_global_cleanup();
        collector_refuse(message);
        return COLLECT_USAGE;
    }
    struct collector *c = collector_create(options, "http", SOURCE_HTTP);
    c->searches = true;
    http_way_open(&c->client, c->loop, options, &auth);
    auth_forget(&auth);
    int code = add_all_named(c) ? collector_run(c) : COLLECT_USAGE;
    collector_drop_targets(c);
    http_way_close(&c->client);
    collector_destroy(c);
    curl_global_cleanup();
    return code;
}
