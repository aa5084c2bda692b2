/* What went wrong with a request, as a failure and one plain sentence.
 *
 * curl's own texts are not shown: a queued or slow request says "Failed to resolve host" where nothing of the
 * sort happened. So the sentence is made from the return code, errno, and the phases that were reached. Pure;
 * used by the lanes. */
#ifndef COLLECTORS_FAILURE_H
#define COLLECTORS_FAILURE_H

#include <curl/curl.h>

#include "sample/sample.h"

struct fault {
    CURLcode rc;
    long os_errno;
    const char *curl_text; /* only TLS errors quote it */
    const char *host;
    int port;
    bool https;
    bool literal; /* host is an address: there was nothing to resolve */
    bool resolved, connected, secured;
    size_t bytes; /* of the body */
    int64_t took_ns;
};

/* A request that curl gave up. */
enum failure fault_tell(const struct fault *fault, char *out, size_t size);

struct fault_answer {
    int status;
    const char *path; /* of the endpoint, query included */
    const char *text; /* the first bytes of the body, raw */
    size_t len;
    const char *redirect; /* where it points to, or NULL */
    bool logged_in;       /* we sent a login */
};
/* An answer whose status is none that the endpoint gives. */
enum failure fault_tell_status(const struct fault_answer *answer, char *out, size_t size);

/* The port spoke first, and not HTTP: what it said. */
enum failure fault_tell_greeting(const char *bytes, size_t len, int port, char *out, size_t size);

#endif
