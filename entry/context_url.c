#include "entry/context_url.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"

struct found {
    char *user, *password; /* as they stand, still with their escapes; password NULL: it is a token */
    bool any, differ;
};

static bool same_text(const char *a, const char *b) {
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* One login for all: which server we come to is not ours to choose. */
static void note(struct found *found, const char *begin, size_t len) {
    const char *colon = memchr(begin, ':', len);
    size_t user_len = colon != NULL ? (size_t)(colon - begin) : len;
    char *user = memory_text_cut(begin, user_len);
    char *password = colon != NULL ? memory_text_cut(colon + 1, len - user_len - 1) : NULL;
    found->differ |= found->any && !(same_text(user, found->user) && same_text(password, found->password));
    login_wipe(&found->user);
    login_wipe(&found->password);
    *found = (struct found){user, password, true, found->differ};
}

/* Copies one URL without what is in front of its @. */
static void strip(struct found *found, const char *url, size_t len, struct buffer *out) {
    const char *slashes = memmem(url, len, "://", 3);
    size_t scheme = slashes != NULL ? (size_t)(slashes - url) + 3 : 0;
    size_t host = scheme;
    for (size_t i = scheme; i < len && url[i] != '/'; i++)
        if (url[i] == '@')
            host = i + 1;
    if (host > scheme)
        note(found, url + scheme, host - scheme - 1);
    buffer_append(out, url, scheme);
    buffer_append(out, url + host, len - host);
}

static int hex(char c) {
    return isdigit((unsigned char)c) ? c - '0' : isxdigit((unsigned char)c) ? tolower(c) - 'a' + 10 : -1;
}

/* In place; "%2F" is a slash. */
static void unescape(char *text) {
    char *out = text;
    for (const char *p = text; p != NULL && *p != '\0'; out++) {
        bool escape = *p == '%' && hex(p[1]) >= 0 && hex(p[2]) >= 0;
        *out = (char)(escape ? hex(p[1]) * 16 + hex(p[2]) : *p);
        p += escape ? 3 : 1;
    }
    if (text != NULL)
        *out = '\0';
}

static void put(struct login *login, struct found *found) {
    unescape(found->user);
    unescape(found->password);
    char **place = found->password != NULL ? &login->user : &login->token;
    login_wipe(place);
    *place = found->user;
    found->user = NULL;
    if (found->password == NULL)
        return;
    login_wipe(&login->password);
    login->password = found->password;
    found->password = NULL;
}

bool context_take_from_url(struct login *login, char *message, size_t size) {
    struct found found = {0};
    struct buffer urls = {0};
    if (login->url == NULL || strchr(login->url, '@') == NULL)
        return true;
    for (const char *p = login->url; *p != '\0'; p += *p == ',') {
        size_t len = strcspn(p, ",");
        strip(&found, p, len, &urls);
        p += len;
        if (*p == ',')
            buffer_append(&urls, ",", 1);
    }
    if (!found.any) {
        buffer_finish(&urls);
        return true;
    }
    if (found.differ) {
        snprintf(message, size, "its servers are given with different logins; one has to do for all of them");
    } else {
        login_wipe(&login->url);
        login->url = memory_text(buffer_text(&urls));
        put(login, &found);
    }
    login_wipe(&found.user);
    login_wipe(&found.password);
    buffer_finish(&urls);
    return !found.differ;
}
