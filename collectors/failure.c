#include "collectors/failure.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"

static const char *seconds(const struct fault *f, char out[TIME_TEXT_SIZE]) {
    span_format(out, f->took_ns);
    return out;
}

static enum failure tell_timeout(const struct fault *f, char *out, size_t size) {
    char t[TIME_TEXT_SIZE];
    seconds(f, t);
    if (!f->literal && !f->resolved) {
        snprintf(out, size, "the name %.200s did not resolve within %s", f->host, t);
        return FAILURE_NAME;
    }
    if (!f->connected) {
        snprintf(out, size, "no connection to port %d within %s", f->port, t);
        return FAILURE_CONNECT;
    }
    if (f->https && !f->secured) {
        snprintf(out, size, "TLS: connected, but no handshake within %s", t);
        return FAILURE_TLS;
    }
    if (f->bytes == 0)
        snprintf(out, size, "connected, but no answer within %s", t);
    else
        snprintf(out, size, "the answer was not complete after %s (%zu bytes)", t, f->bytes);
    return FAILURE_TIMEOUT;
}

static enum failure tell_connect(const struct fault *f, char *out, size_t size) {
    if (f->os_errno == ECONNREFUSED) {
        snprintf(out, size, "refused: nothing listens on port %d", f->port);
        return FAILURE_REFUSED;
    }
    if (f->os_errno == ECONNRESET) {
        snprintf(out, size, "port %d resets the connection", f->port);
        return FAILURE_REFUSED;
    }
    snprintf(out, size, "no connection to port %d: %s", f->port,
             f->os_errno != 0 ? strerror((int)f->os_errno) : "no answer");
    return FAILURE_CONNECT;
}

static enum failure tell_tls(const struct fault *f, char *out, size_t size);

/* With TLS 1.3 our handshake is over before the server has judged our certificate. */
static bool is_tls_alert(const struct fault *f) {
    return f->https && f->bytes == 0 && f->curl_text != NULL && strstr(f->curl_text, " alert ") != NULL;
}

static enum failure tell_closed(const struct fault *f, char *out, size_t size) {
    if (is_tls_alert(f))
        return tell_tls(f, out, size);
    if (f->bytes > 0) {
        snprintf(out, size, "the answer ended in the middle, after %zu bytes", f->bytes);
        return FAILURE_CUT;
    }
    snprintf(out, size, "%s before an answer", f->os_errno == ECONNRESET ? "reset" : "closed");
    return FAILURE_REFUSED;
}

static enum failure tell_name(const struct fault *f, char *out, size_t size) {
    snprintf(out, size, "the name %.200s does not resolve", f->host);
    return FAILURE_NAME;
}

/* OpenSSL's words are the best there are, without its error numbers and function names. */
static const char *tls_reason(const char *text) {
    const char *last = strrchr(text, ':');
    bool numbers = strstr(text, "error:") != NULL;
    if (numbers && last != NULL)
        return last + 1;
    static const char boring[] = "SSL certificate problem: ";
    const char *found = strstr(text, boring);
    return found != NULL ? found + sizeof boring - 1 : text;
}

/* What to do about it comes first: a row shows the beginning of a sentence, and not always more. */
static const struct {
    const char *found; /* in OpenSSL's words */
    const char *text;
} tls_hints[] = {
    {"does not match target host name", "--tls-name? its certificate is not for this host"},
    {"matches target host name", "--tls-name? its certificate is not for this host"},
    {"self-signed certificate in certificate chain", "--ca? its certificate is signed by nobody we trust"},
    {"local issuer certificate", "--ca? its certificate is signed by nobody we trust"},
    {"verify the first certificate", "--ca? its certificate is signed by nobody we trust"},
    {"self-signed", "--ca? its certificate is self-signed"},
    {"self signed", "--ca? its certificate is self-signed"},
    {"has expired", "its certificate has expired"},
    {"not yet valid", "its certificate is not valid yet, or a clock is wrong"},
    {"certificate required", "--cert, --key? it wants a client's certificate"},
    {"alert handshake failure", "--cert, --key? it refuses the handshake"},
    {"alert bad certificate", "--cert, --key? it refuses our certificate"},
    {"alert unknown ca", "--cert? it does not know who signed ours"},
};

static const char *tls_hint(const char *reason) {
    for (size_t i = 0; i < sizeof tls_hints / sizeof tls_hints[0]; i++)
        if (strstr(reason, tls_hints[i].found) != NULL)
            return tls_hints[i].text;
    return NULL;
}

static enum failure tell_tls(const struct fault *f, char *out, size_t size) {
    char clean[TEXT_MAX_BYTES + 1];
    const char *reason = tls_reason(f->curl_text != NULL ? f->curl_text : "");
    const char *number = strstr(reason, ", errno ");
    text_clean(clean, reason, number != NULL ? (size_t)(number - reason) : strlen(reason));
    const char *hint = tls_hint(clean);
    if (hint == NULL && f->rc == CURLE_PEER_FAILED_VERIFICATION)
        hint = "--ca, --tls-name? its certificate is not trusted";
    if (strstr(clean, "wrong version number") != NULL || strstr(clean, "packet length too long") != NULL)
        snprintf(out, size, "TLS: port %d does not speak it; is it http://?", f->port);
    else if (hint != NULL)
        snprintf(out, size, "TLS: %s (%.200s)", hint, clean);
    else
        snprintf(out, size, "TLS: %.200s", clean[0] != '\0' ? clean : curl_easy_strerror(f->rc));
    return FAILURE_TLS;
}

static enum failure tell_weird(const struct fault *f, char *out, size_t size) {
    snprintf(out, size, "port %d does not speak HTTP", f->port);
    return FAILURE_NOT_NATS;
}

static enum failure tell_large(const struct fault *f, char *out, size_t size) {
    (void)f;
    snprintf(out, size, "the answer is larger than %u MiB", 64u);
    return FAILURE_TOO_LARGE;
}

static const struct {
    CURLcode rc;
    enum failure (*tell)(const struct fault *, char *, size_t);
} tellers[] = {
    {CURLE_OPERATION_TIMEDOUT, tell_timeout}, {CURLE_COULDNT_RESOLVE_HOST, tell_name},
    {CURLE_COULDNT_RESOLVE_PROXY, tell_name}, {CURLE_URL_MALFORMAT, tell_name},
    {CURLE_COULDNT_CONNECT, tell_connect},    {CURLE_GOT_NOTHING, tell_closed},
    {CURLE_RECV_ERROR, tell_closed},          {CURLE_SEND_ERROR, tell_closed},
    {CURLE_PARTIAL_FILE, tell_closed},        {CURLE_UNSUPPORTED_PROTOCOL, tell_weird},
    {CURLE_WEIRD_SERVER_REPLY, tell_weird},   {CURLE_FILESIZE_EXCEEDED, tell_large},
    {CURLE_SSL_CONNECT_ERROR, tell_tls},      {CURLE_PEER_FAILED_VERIFICATION, tell_tls},
    {CURLE_SSL_CERTPROBLEM, tell_tls},        {CURLE_SSL_CIPHER, tell_tls},
    {CURLE_SSL_CACERT_BADFILE, tell_tls},     {CURLE_SSL_ISSUER_ERROR, tell_tls},
    {CURLE_SSL_CLIENTCERT, tell_tls},         {CURLE_SSL_INVALIDCERTSTATUS, tell_tls},
    {CURLE_SSL_ENGINE_INITFAILED, tell_tls},
};

enum failure fault_tell(const struct fault *fault, char *out, size_t size) {
    for (size_t i = 0; i < sizeof tellers / sizeof tellers[0]; i++)
        if (tellers[i].rc == fault->rc)
            return tellers[i].tell(fault, out, size);
    snprintf(out, size, "no usable answer: %s", curl_easy_strerror(fault->rc));
    return fault->connected ? FAILURE_CUT : FAILURE_CONNECT;
}

static const struct {
    int status;
    bool logged_in;
    const char *text;
} hints[] = {
    {401, false, "401: a proxy wants a login: --auth-file, for URLs that are named"},
    {401, true, "401: the proxy refuses the login in --auth-file"},
    {403, false, "403: a proxy forbids it"},
    {403, true, "403: the proxy forbids it to this login"},
    {407, false, "407: a proxy wants a login of its own"},
    {407, true, "407: a proxy wants a login of its own"},
};

/* The first line of a body that is meant for people; "" for HTML and the like. */
static void first_line(const struct fault_answer *answer, char out[TEXT_MAX_BYTES + 1]) {
    const char *p = answer->text;
    size_t len = answer->len;
    while (len > 0 && strchr(" \t\r\n", *p) != NULL)
        p++, len--;
    const char *end = len > 0 ? memchr(p, '\n', len) : NULL;
    if (end != NULL)
        len = (size_t)(end - p);
    if (len > 0 && p[len - 1] == '\r')
        len--;
    out[0] = '\0';
    if (len > 0 && *p != '<' && *p != '{')
        text_clean(out, p, len);
}

enum failure fault_tell_status(const struct fault_answer *answer, char *out, size_t size) {
    char line[TEXT_MAX_BYTES + 1];
    first_line(answer, line);
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
        if (hints[i].status == answer->status && hints[i].logged_in == answer->logged_in) {
            snprintf(out, size, "%s", hints[i].text);
            return FAILURE_HTTP;
        }
    if (answer->status == 404)
        snprintf(out, size, "404: nothing at this path; is there a prefix?");
    else if (answer->redirect != NULL && answer->status / 100 == 3) {
        char where[TEXT_MAX_BYTES + 1];
        text_clean(where, answer->redirect, strlen(answer->redirect));
        snprintf(out, size, "%d: it points to %.150s; name that URL instead", answer->status, where);
    } else if (answer->status == 400 && strstr(line, "HTTPS server") != NULL)
        snprintf(out, size, "400: this port wants TLS: write https://");
    else if (line[0] != '\0')
        snprintf(out, size, "%d: %.200s", answer->status, line);
    else
        snprintf(out, size, "%d: no answer that NATS monitoring gives", answer->status);
    return FAILURE_HTTP;
}

enum failure fault_tell_greeting(const char *bytes, size_t len, int port, char *out, size_t size) {
    static const struct { const char *start, *name; } known[] = {{"INFO {", "NATS"}, {"SSH-", "SSH"}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        size_t n = strlen(known[i].start);
        if (len >= n && memcmp(bytes, known[i].start, n) == 0) {
            snprintf(out, size, "port %d speaks %s, not HTTP: monitoring is usually 8222", port,
                     known[i].name);
            return FAILURE_NOT_NATS;
        }
    }
    snprintf(out, size, "port %d does not speak HTTP", port);
    return FAILURE_NOT_NATS;
}
