#include "views/jetstream_heard.h"

#include <stdio.h>

#include "views/account.h"
#include "views/clusters.h"
#include "views/quantity_text.h"

bool jetstream_is_there(const struct model *model) {
    size_t count;
    const struct object *const *servers = model_objects(model, OBJECT_SERVER, &count);
    double bytes;
    for (size_t i = 0; i < count; i++)
        if (quantity_value(model, servers[i], Q_SERVER_js_storage, &bytes))
            return true;
    model_objects(model, OBJECT_STREAM, &count);
    return count > 0;
}

static unsigned count_of(const struct model *model, enum quantity q) {
    struct value v = clusters_sum(model, q);
    return v.type == VALUE_REAL && v.f > 0 ? (unsigned)v.f : 0;
}

bool jetstream_is_partial(const struct model *model, unsigned *heard, unsigned *all) {
    *heard = count_of(model, Q_CLUSTER_js_heard);
    *all = *heard + count_of(model, Q_CLUSTER_js_unheard);
    return *heard && *heard < *all;
}

void jetstream_heard(const struct model *model, char *out, size_t size) {
    unsigned heard, all;
    out[0] = 0;
    if (jetstream_is_partial(model, &heard, &all))
        snprintf(out, size, "%u of %u servers", heard, all);
}

void jetstream_absence(const struct model *model, char *out, size_t size) {
    unsigned heard = count_of(model, Q_CLUSTER_js_heard), unheard = count_of(model, Q_CLUSTER_js_unheard);
    struct cluster_count n = clusters_count(model);
    out[0] = 0;
    if (jetstream_is_there(model))
        return;
    if (*account_note(model)) {
        snprintf(out, size, "%s", *account_fault(model) ? account_fault(model) : "no stream in this account");
        return;
    }
    if (!unheard)
        snprintf(out, size, "no JetStream on this cluster");
    else if (n.known == unheard)
        snprintf(out, size, "not known: %u of %u servers %s not monitored", unheard, heard + unheard,
                 unheard == 1 ? "is" : "are");
    else
        snprintf(out, size, "not known: %u of %u servers %s not told", unheard, heard + unheard,
                 unheard == 1 ? "has" : "have");
}
