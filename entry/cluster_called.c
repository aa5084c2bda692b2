#include "entry/cluster_called.h"

#include "base/memory.h"
#include "base/url.h"

char *cluster_called(const struct options *o) {
    struct url url;
    char text[600], why[300];
    if (o->cluster != NULL && o->cluster[0] != '\0')
        return memory_text(o->cluster);
    if (o->label != NULL && o->label[0] != '\0')
        return memory_text(o->label);
    if (o->url_count == 0 || !url_parse(&url, o->urls[0], why, sizeof why))
        return memory_text("cluster");
    url_format(&url, text, sizeof text);
    return memory_text(text);
}
