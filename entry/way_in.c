#include "entry/way_in.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/url.h"
#include "collectors/sampler.h"
#include "entry/context.h"

static enum way way_of(const char *text) {
    struct url url;
    char why[400];
    return url_parse(&url, text, why, sizeof why) && url.nats ? WAY_NATS : WAY_HTTP;
}

int way_in_urls(const struct options *o, enum way way, const char *urls[], int most) {
    int count = 0;
    for (int i = 0; i < o->url_count && count < most; i++)
        if (way_of(o->urls[i]) == way)
            urls[count++] = o->urls[i];
    return count;
}

bool way_in_is(const struct options *o, enum way way) {
    const char *one;
    bool named = way == WAY_NATS && (o->context != NULL || o->environment_alone);
    return named || way_in_urls(o, way, &one, 1) > 0;
}

/* Looked up once: who selects another one meanwhile means other programs. */
static void take_selected(struct options *o) {
    static const char *name, *by;
    static bool looked;
    if (!looked)
        name = context_selected(&by);
    looked = true;
    o->context = name;
    o->context_by = name != NULL ? by : NULL;
    o->environment_alone = name == NULL && context_in_environment();
}

void way_in_by_default(struct options *o) {
    static const char *here[] = {"http://127.0.0.1:8222"};
    if (o->url_count > 0 || o->context != NULL || !options_ask(o))
        return;
    if (!o->over_http)
        take_selected(o);
    if (o->context != NULL || o->environment_alone || o->over_nats)
        return;
    o->urls = here;
    o->url_count = 1;
}

/* What can't be looked at; NULL: nothing is wrong with it. */
static const char *sample_fault(const struct options *o) {
    if (o->sample == NULL || o->sample[0] == '\0')
        return NULL;
    if (!sampler_takes(o->sample))
        return "is no subject; write --sample 'orders.>' or orders.*.eu";
    return way_in_is(o, WAY_NATS) ? NULL
                                  : "is looked at through NATS alone: --context NAME, or nats://host:4222";
}

const char *way_in_fault(const struct options *o, char *message, size_t size) {
    struct login login;
    const char *sample = sample_fault(o);
    if (o->context != NULL || o->environment_alone) {
        if (!context_login(o->context, &login, message, size))
            return o->context != NULL ? "context" : "environment";
        login_finish(&login);
    }
    if (sample != NULL)
        snprintf(message, size, "%s: %s", options_typed(o->sample), sample);
    return sample != NULL ? "sample" : NULL;
}

/* ---- as whom ---- */

static void set(struct login *login, const char *key, const char *text) {
    for (int i = 0; i < login_row_count && text != NULL; i++)
        if (strcmp(login_rows[i].key, key) == 0)
            login_set(&login_rows[i], login, text);
}

static void set_urls(struct login *login, const struct options *o) {
    struct buffer all = {0};
    for (int i = 0; i < o->url_count; i++) {
        struct url url;
        char why[400], text[600];
        if (!url_parse(&url, o->urls[i], why, sizeof why) || !url.nats)
            continue;
        url_format(&url, text, sizeof text);
        buffer_printf(&all, "%s%s", all.len > 0 ? "," : "", text);
    }
    if (all.len > 0)
        set(login, "url", buffer_text(&all));
    buffer_finish(&all);
}

bool way_in_login(const struct options *o, struct login *login, char *message, size_t size) {
    if (!context_login(o->context, login, message, size))
        return false;
    set_urls(login, o);
    set(login, "ca", o->ca);
    set(login, "cert", o->cert);
    set(login, "key", o->key);
    set(login, "tls_name", o->tls_name);
    set(login, "insecure", o->insecure ? "yes" : NULL);
    return true;
}
