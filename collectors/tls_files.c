#include "collectors/tls_files.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

#define TRY_NS  (2 * NS_PER_S)
#define LOOK_MS 20
#define NO_CERTIFICATE                                                                                       \
    "this file holds no certificate; write a PEM file, with a line -----BEGIN CERTIFICATE-----"
#define MARKER_BYTES 65536 /* of a key file: none is longer */

void tls_files_set(CURL *easy, const struct collect_options *o) {
    if (o->ca != NULL)
        curl_easy_setopt(easy, CURLOPT_CAINFO, o->ca);
    if (o->cert != NULL)
        curl_easy_setopt(easy, CURLOPT_SSLCERT, o->cert);
    if (o->key != NULL)
        curl_easy_setopt(easy, CURLOPT_SSLKEY, o->key);
    curl_easy_setopt(easy, CURLOPT_KEYPASSWD, ""); /* OpenSSL would ask on the terminal that is ours */
}

/* ---- a handshake with nobody ---- */

static int listen_somewhere(int *port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&address, len) == 0 && listen(fd, 1) == 0 &&
        getsockname(fd, (struct sockaddr *)&address, &len) == 0) {
        *port = ntohs(address.sin_port);
        return fd;
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

/* Until curl gives up: over a file, or because nobody answers what it said first. curl reads the authorities
 * only then. */
static CURLcode shake(CURLM *multi, int listener) {
    int64_t until = clock_mono_ns() + TRY_NS;
    int peer = -1, running = 1;
    char bytes[4096];
    while (curl_multi_perform(multi, &running) == CURLM_OK && running > 0 && clock_mono_ns() < until) {
        if (peer < 0)
            /* cppcheck-suppress nullPointer */
            peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (peer >= 0 && read(peer, bytes, sizeof bytes) > 0)
            shutdown(peer, SHUT_WR);
        struct curl_waitfd waits = {.fd = peer < 0 ? listener : peer, .events = CURL_WAIT_POLLIN};
        curl_multi_poll(multi, &waits, 1, LOOK_MS, NULL);
    }
    if (peer >= 0)
        close(peer);
    int left;
    const CURLMsg *message = curl_multi_info_read(multi, &left);
    return message != NULL ? message->data.result : CURLE_OK;
}

static CURLcode try_files(const struct collect_options *o, char error[CURL_ERROR_SIZE]) {
    char url[64];
    int port, listener = listen_somewhere(&port);
    CURLM *multi = curl_multi_init();
    CURL *easy = curl_easy_init();
    CURLcode rc = CURLE_OK;
    error[0] = '\0';
    if (listener >= 0 && multi != NULL && easy != NULL) {
        snprintf(url, sizeof url, "https://127.0.0.1:%d/", port);
        curl_easy_setopt(easy, CURLOPT_URL, url);
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
        curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error);
        tls_files_set(easy, o);
        curl_multi_add_handle(multi, easy);
        rc = shake(multi, listener);
        curl_multi_remove_handle(multi, easy);
    }
    curl_easy_cleanup(easy);
    curl_multi_cleanup(multi);
    if (listener >= 0)
        close(listener);
    return rc;
}

/* ---- what is wrong ---- */

static bool is_file(const char *option, const char *path, char *message, size_t size) {
    struct stat status;
    if (path == NULL || (stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, R_OK) == 0))
        return true;
    snprintf(message, size, "%s %s: %s", option, path,
             stat(path, &status) == 0 && !S_ISREG(status.st_mode)
                 ? "this is no file; write the name of a PEM file"
                 : strerror(errno));
    return false;
}

static bool file_has(const char *path, const char *text) {
    static char bytes[MARKER_BYTES];
    FILE *file = fopen(path, "re");
    size_t n = file != NULL ? fread(bytes, 1, sizeof bytes, file) : 0;
    if (file != NULL)
        fclose(file);
    return memmem(bytes, n, text, strlen(text)) != NULL;
}

static void tell_key(const struct collect_options *o, char *message, size_t size) {
    if (file_has(o->key, "ENCRYPTED"))
        snprintf(message, size,
                 "--key %s: this key has a passphrase, and nobody is asked for one; write one without "
                 "(openssl pkey makes it)",
                 o->key);
    else if (!file_has(o->key, "PRIVATE KEY-----"))
        snprintf(message, size,
                 "--key %s: this file holds no private key; write a PEM file, with a line such as -----BEGIN "
                 "PRIVATE KEY-----",
                 o->key);
    else
        snprintf(
            message, size,
            "--key %s: this is not the key of --cert %s, or it is broken; write the one that belongs to it",
            o->key, o->cert);
}

static void tell_pair(const struct collect_options *o, const char *error, char *message, size_t size) {
    if (strstr(error, "private key") != NULL || strstr(error, "Private key") != NULL)
        tell_key(o, message, size);
    else
        snprintf(message, size, "--cert %s: " NO_CERTIFICATE, o->cert);
}

bool tls_files_check(const struct collect_options *o, char *message, size_t size) {
    char error[CURL_ERROR_SIZE];
    if (o->ca == NULL && o->cert == NULL && o->key == NULL)
        return true;
    if (!is_file("--ca", o->ca, message, size) || !is_file("--cert", o->cert, message, size) ||
        !is_file("--key", o->key, message, size))
        return false;
    CURLcode rc = try_files(o, error);
    if (rc == CURLE_SSL_CACERT_BADFILE)
        snprintf(message, size, "--ca %s: " NO_CERTIFICATE, o->ca);
    else if (rc == CURLE_SSL_CERTPROBLEM)
        tell_pair(o, error, message, size);
    return rc != CURLE_SSL_CACERT_BADFILE && rc != CURLE_SSL_CERTPROBLEM;
}
