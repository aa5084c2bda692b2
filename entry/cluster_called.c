#include "entry/cluster_called.h"

#include <string.h>

#include "base/memory.h"
#include "base/url.h"

/* The least of them: in whichever order they are given, and whoever leaves some out. NULL: none is one. */
static char *least_url(const struct options *o) {
    char least[600] = "", text[600], why[300];
    for (int i = 0; i < o->url_count; i++) {
        struct url url;
        if (!url_parse(&url, o->urls[i], why, sizeof why))
            continue;
        url_format(&url, text, sizeof text);
        if (least[0] == '\0' || strcmp(text, least) < 0)
            memcpy(least, text, sizeof least);
    }
    return least[0] == '\0' ? NULL : memory_text(least);
}

char *cluster_called(const struct options *o) {
    if (o->cluster != NULL && o->cluster[0] != '\0')
        return memory_text(o->cluster);
    if (o->label != NULL && o->label[0] != '\0')
        return memory_text(o->label);
    char *url = least_url(o);
    return url != NULL ? url : memory_text("cluster");
}
