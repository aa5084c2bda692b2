#include "base/url.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

#define PORT_DEFAULT  8222
#define PORT_NATS     4222
#define SHOWN_COLUMNS 60

struct report {
    char shown[TEXT_MAX_BYTES + 1]; /* what was typed, fit to be printed, without a secret */
    char *message;
    size_t size;
};

#define FAIL(report, format, ...)                                                                            \
    (snprintf((report)->message, (report)->size, "`%s`: " format, (report)->shown, ##__VA_ARGS__), false)

/* What stands before the last "@" may be a secret wherever it stands, and so may a query. */
static void show(struct report *report, const char *text) {
    char bytes[512], clean[TEXT_MAX_BYTES + 1];
    const char *at = strrchr(text, '@'), *scheme = strstr(text, "://");
    size_t start = scheme && at && scheme < at ? (size_t)(scheme + 3 - text) : 0;
    const char *from = at ? at : text;
    size_t len = strcspn(from, "?");
    snprintf(bytes, sizeof bytes, "%.*s%s%.*s%s", start < 20 ? (int)start : 0, text, at ? "..." : "",
             len < 400 ? (int)len : 400, from, from[len] ? "?..." : "");
    text_clean(clean, bytes, strlen(bytes));
    text_cut(report->shown, sizeof report->shown, clean, SHOWN_COLUMNS);
}

static bool is_plain(const char *text) {
    for (; *text; text++)
        if (*text <= ' ' || *text > '~')
            return false;
    return true;
}

static const struct scheme {
    const char *name;
    bool https, nats;
} schemes[] = {{"http", false, false}, {"https", true, false}, {"nats", false, true}, {"tls", true, true}};

static bool take_scheme(struct url *url, const char **text, struct report *report) {
    const char *end = strstr(*text, "://");
    size_t path = strcspn(*text, "/");
    if (!end || (size_t)(end - *text) > path)
        return true;
    size_t len = (size_t)(end - *text);
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        if (strlen(schemes[i].name) != len || strncasecmp(*text, schemes[i].name, len) != 0)
            continue;
        url->https = schemes[i].https;
        url->nats = schemes[i].nats;
        *text = end + 3;
        return true;
    }
    return FAIL(report, "is no URL of NATS; write http://host:8222 or nats://host:4222");
}

static bool take_v6(struct url *url, const char **text, struct report *report) {
    unsigned char address[16];
    char typed[64];
    const char *end = strchr(*text, ']');
    if (!end)
        return FAIL(report, "lacks the `]` behind its address; write http://[::1]:8222");
    size_t len = (size_t)(end - *text - 1);
    snprintf(typed, sizeof typed, "%.*s", (int)(len < 63 ? len : 63), *text + 1);
    if (len > 63 || inet_pton(AF_INET6, typed, address) != 1)
        return FAIL(report, "holds no IPv6 address in its brackets; write http://[::1]:8222");
    inet_ntop(AF_INET6, address, url->host, sizeof url->host);
    url->v6 = true;
    *text = end + 1;
    return true;
}

static bool is_host_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

static bool take_name(struct url *url, const char **text, struct report *report) {
    size_t len = strcspn(*text, ":/"), authority = strcspn(*text, "/");
    if (len < authority && memchr(*text + len + 1, ':', authority - len - 1))
        return FAIL(report, "has too many colons; write an IPv6 address in brackets, http://[::1]:8222");
    if (!len || **text == '-' || **text == '.')
        return FAIL(report, "names no host; write http://host:8222");
    if (len >= sizeof url->host)
        return FAIL(report, "has a host name that is longer than 255 characters");
    for (size_t i = 0; i < len; i++) {
        char c = (*text)[i];
        url->host[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
        if (!is_host_char(url->host[i]))
            return FAIL(report, "has a `%c` in its host name; write http://host:8222", c);
    }
    url->host[len] = '\0';
    *text += len;
    return true;
}

static bool take_port(struct url *url, const char **text, struct report *report) {
    url->port = url->nats ? PORT_NATS : PORT_DEFAULT;
    if (**text != ':')
        return true;
    size_t len = strcspn(++*text, "/"), digits = strspn(*text, "0123456789");
    int port = 0;
    for (size_t i = 0; i < digits && port <= 65535; i++)
        port = port * 10 + ((*text)[i] - '0');
    if (!len || digits != len || port < 1 || port > 65535)
        return FAIL(report, "has no port from 1 to 65535 behind its colon; write http://host:8222");
    url->port = port;
    *text += len;
    return true;
}

static bool take_prefix(struct url *url, const char *text, struct report *report) {
    size_t len = strlen(text);
    if (len > strspn(text, "/") && url->nats)
        return FAIL(report, "goes on behind its port; write nats://host:4222");
    if (len && *text != '/')
        return FAIL(report, "goes on behind its address; write http://host:8222/path");
    while (len && text[len - 1] == '/')
        len--;
    if (len >= sizeof url->prefix)
        return FAIL(report, "has a path that is longer than 255 characters");
    memcpy(url->prefix, text, len);
    url->prefix[len] = '\0';
    return true;
}

static const char *place_of_login(const char *text) {
    bool nats = !strncasecmp(text, "nats://", 7) || !strncasecmp(text, "tls://", 6);
    return nats ? "a context, or into NATS_USER and NATS_PASSWORD" : "a file and use --auth-file";
}

bool url_parse(struct url *url, const char *text, char *message, size_t size) {
    struct report report = {.message = message, .size = size};
    *url = (struct url){0};
    show(&report, text);
    if (!*text)
        return FAIL(&report, "names no host; write http://host:8222");
    if (strchr(text, '@'))
        return FAIL(&report, "holds a user name; put it into %s", place_of_login(text));
    if (!take_scheme(url, &text, &report))
        return false;
    if (!is_plain(text))
        return FAIL(&report, "has blanks or other characters that no URL has; write http://host:8222");
    if (strpbrk(text, "?#"))
        return FAIL(&report, "has a query; write http://host:8222 alone");
    if (!(*text == '[' ? take_v6(url, &text, &report) : take_name(url, &text, &report)))
        return false;
    return take_port(url, &text, &report) && take_prefix(url, text, &report);
}

void url_format(const struct url *url, char *out, size_t size) {
    size_t i = 0;
    while (schemes[i].https != url->https || schemes[i].nats != url->nats)
        i++;
    snprintf(out, size, "%s://%s%s%s:%d%s", schemes[i].name, url->v6 ? "[" : "", url->host,
             url->v6 ? "]" : "", url->port, url->prefix);
}

bool url_same(const struct url *a, const struct url *b) {
    return a->https == b->https && a->nats == b->nats && a->port == b->port &&
           !strcasecmp(a->host, b->host) && !strcmp(a->prefix, b->prefix);
}
