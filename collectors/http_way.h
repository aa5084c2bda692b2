/* Lanes over HTTP: one connection each, by libcurl.
 *
 * What went wrong is told by failure.h. Used by `collect http`, whose lanes all go this way. */
#ifndef COLLECTORS_HTTP_WAY_H
#define COLLECTORS_HTTP_WAY_H

#include <curl/curl.h>

#include "base/loop.h"
#include "base/url.h"
#include "collectors/auth.h"
#include "collectors/http.h"
#include "collectors/lane.h"

/* Where a server is asked. Owned by its target. */
struct http_address {
    const struct url *url;
    char root[600];       /* what URLs begin with: under the name that the certificate is checked against */
    char check_name[256]; /* that name, "" when it is the URL's own */
    struct curl_slist *connect_to;
    bool literal; /* the host is an address */
    bool login;   /* it gets the login of --auth-file */
};

/* url is borrowed; check_name may be NULL. */
void http_address_open(struct http_address *address, const struct url *url, const char *check_name,
                       bool login);
void http_address_close(struct http_address *address);

/* Makes a client's lanes go this way. options must outlive it; auth need not. */
void http_way_open(struct client *client, struct loop *loop, const struct collect_options *options,
                   const struct auth *auth);
void http_way_close(struct client *client); /* after the last lane */

#endif
