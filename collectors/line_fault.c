/* Why there is no connection to NATS, as a failure and one plain sentence: cnats says little of where it
 * stopped. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "collectors/line_parts.h"

/* ---- nobody is there ---- */

struct place {
    char host[256], port[16];
};

static struct place place_of(const char *url) {
    struct place p = {.port = "4222"};
    const char *at = strstr(url, "://");
    at = at != NULL ? at + 3 : url;
    bool v6 = *at == '[';
    size_t len = v6 ? strcspn(++at, "]") : strcspn(at, ":/");
    snprintf(p.host, sizeof p.host, "%.*s", (int)len, at);
    at += len + v6;
    if (*at == ':')
        snprintf(p.port, sizeof p.port, "%.*s", (int)strspn(at + 1, "0123456789"), at + 1);
    return p;
}

/* 0: somebody listens. */
static int connect_error(const struct addrinfo *to) {
    int fd = socket(to->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), error = 0;
    socklen_t size = sizeof error;
    if (fd < 0)
        return errno;
    if (connect(fd, to->ai_addr, to->ai_addrlen) != 0)
        error = errno;
    if (error == EINPROGRESS) {
        struct pollfd p = {.fd = fd, .events = POLLOUT};
        error = poll(&p, 1, LINE_CONNECT_MS) == 1 ? 0 : ETIMEDOUT;
        if (error == 0)
            getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    }
    close(fd);
    return error;
}

/* cnats says "no server available" of all: a look at who is not there. */
static enum failure tell_unreached(const struct place *p, char *out, size_t size) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    if (getaddrinfo(p->host, p->port, &hints, &found) != 0) {
        snprintf(out, size, "the name %.200s does not resolve", p->host);
        return FAILURE_NAME;
    }
    int error = 0;
    for (const struct addrinfo *a = found; a != NULL; a = a->ai_next)
        if ((error = connect_error(a)) == 0)
            break;
    freeaddrinfo(found);
    if (error == ECONNREFUSED) {
        snprintf(out, size, "refused: nothing listens on port %s", p->port);
        return FAILURE_REFUSED;
    }
    if (error != 0) {
        snprintf(out, size, "no connection to port %s: %s", p->port,
                 error == ETIMEDOUT ? "no answer" : strerror(error));
        return FAILURE_CONNECT;
    }
    snprintf(out, size, "port %s takes the connection, but not as NATS does", p->port);
    return FAILURE_NOT_NATS;
}

/* ---- what cnats says ---- */

/* {login}: who we were. The first row whose words are in the text counts; without words all do. */
static const struct {
    natsStatus status;
    const char *words;
    enum failure failure;
    const char *says;
} known[] = {
    {NATS_SSL_ERROR, "hostname mismatch", FAILURE_TLS,
     "TLS: --tls-name? its certificate is not for this host"},
    {NATS_SSL_ERROR, "local issuer certificate", FAILURE_TLS,
     "TLS: --ca? its certificate is signed by nobody we trust"},
    {NATS_SSL_ERROR, "self-signed", FAILURE_TLS, "TLS: --ca? its certificate is self-signed"},
    {NATS_SSL_ERROR, "self signed", FAILURE_TLS, "TLS: --ca? its certificate is self-signed"},
    {NATS_SSL_ERROR, "expired", FAILURE_TLS, "TLS: its certificate has expired"},
    {NATS_SSL_ERROR, "not yet valid", FAILURE_TLS,
     "TLS: its certificate is not valid yet, or a clock is wrong"},
    {NATS_SECURE_CONNECTION_WANTED, "", FAILURE_TLS, "TLS: it does not speak it; is it nats://?"},
    {NATS_SECURE_CONNECTION_REQUIRED, "", FAILURE_TLS, "TLS: it wants it; is it tls://?"},
    {NATS_PROTOCOL_ERROR, "Expected 'PONG'", FAILURE_TLS,
     "TLS: --cert, --key? it closed after the handshake: it wants a client's certificate"},
    {NATS_CONNECTION_AUTH_FAILED, "Expired", FAILURE_LOGIN, "it refuses {login}: that has expired"},
    {NATS_CONNECTION_AUTH_FAILED, "Revoked", FAILURE_LOGIN, "it refuses {login}: that was revoked"},
    {NATS_CONNECTION_AUTH_FAILED, "", FAILURE_LOGIN, "it refuses {login}"},
    {NATS_ERR, "maximum connections exceeded", FAILURE_LOGIN,
     "it has as many connections as it may (max_connections)"},
    {NATS_ERR, "maximum account active connections exceeded", FAILURE_LOGIN,
     "the account of {login} has as many connections as it may"},
    {NATS_TIMEOUT, "", FAILURE_TIMEOUT, "connected, but it does not speak as NATS does"},
    {NATS_CONNECTION_CLOSED, "", FAILURE_CONNECT, "the connection is gone"},
    {NATS_STALE_CONNECTION, "left", FAILURE_TIMEOUT, "it says nothing any more: another server is asked"},
    {NATS_STALE_CONNECTION, "", FAILURE_TIMEOUT, "it answers our pings no more"},
};

static void fill(const char *says, const struct login *login, char *out, size_t size) {
    char who[260];
    static const char place[] = "{login}";
    const char *at = strstr(says, place);
    login_says(login, who, sizeof who);
    if (at == NULL)
        snprintf(out, size, "%s", says);
    else
        snprintf(out, size, "%.*s%s%s", (int)(at - says), says, who, at + sizeof place - 1);
}

enum failure line_fault(natsStatus status, const char *text, const struct login *login, const char *url,
                        char *out, size_t size) {
    const struct place place = place_of(url);
    if (status == NATS_NO_SERVER)
        return tell_unreached(&place, out, size);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].status == status && strcasestr(text, known[i].words) != NULL) {
            fill(known[i].says, login, out, size);
            return known[i].failure;
        }
    if (status == NATS_INVALID_ARG) { /* a file of the login: said already */
        snprintf(out, size, "%s", text);
        return FAILURE_LOGIN;
    }
    char clean[TEXT_MAX_BYTES + 1];
    text_clean(clean, text, strlen(text));
    snprintf(out, size, "%s%.250s", clean[0] != '\0' ? "" : "it closed the connection", clean);
    return FAILURE_CONNECT;
}
