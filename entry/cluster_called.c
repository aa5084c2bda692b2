#include "entry/cluster_called.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/url.h"
#include "entry/context.h"

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

/* The environment's, as it says them: who logs in there is nobody's name. */
static char *least_in_environment(const struct options *o) {
    struct login login;
    char why[600], *least = NULL;
    if (!o->environment_alone || !context_login(NULL, &login, why, sizeof why))
        return NULL;
    for (char *rest = login.url, *one; rest != NULL && (one = strsep(&rest, ",")) != NULL;) {
        const char *host = strrchr(one, '@');
        host = host != NULL ? host + 1 : strstr(one, "://") != NULL ? strstr(one, "://") + 3 : one;
        if (host[0] == '\0' || (least != NULL && strcmp(least, host) < 0))
            continue;
        free(least);
        least = memory_text(host);
    }
    login_finish(&login);
    return least;
}

char *cluster_called(const struct options *o) {
    if (o->cluster != NULL && o->cluster[0] != '\0')
        return memory_text(o->cluster);
    if (o->label != NULL && o->label[0] != '\0')
        return memory_text(o->label);
    if (o->context != NULL)
        return memory_text(o->context);
    char *url = o->environment_alone ? least_in_environment(o) : least_url(o);
    return url != NULL ? url : memory_text("cluster");
}
