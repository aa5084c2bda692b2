#include "collectors/http_way.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/version.h"
#include "collectors/decode.h"
#include "collectors/failure.h"
#include "collectors/multi.h"
#include "collectors/tls_files.h"

#define CONNECT_MS     2000L
#define CONNECT_MAX_MS 10000L
#define TEXT_BODY_MAX  (64u << 10)     /* of an answer that is read for its first line only */
#define RENEW_NS       (60 * NS_PER_S) /* the kernel remembers the best round trip for five minutes */

/* Of all lanes. */
struct http_way {
    const struct collect_options *options;
    struct multi *multi[LANE_COUNT];
    struct curl_slist *headers;
    bool logged_in;
};

/* Of one. */
struct http_lane {
    struct lane *lane;
    const struct http_address *address; /* of the request in flight */
    CURL *easy;
    int fd;               /* the socket that was made last for it */
    bool warm;            /* the connection served a request */
    int connect_failures; /* in a row: the time to connect grows with them */
    int64_t rtt_ns;       /* of the connection, 0 unknown */
    int64_t made_mono_ns; /* the connection was; of the light lane a new one is made now and then */
    char path[ENDPOINT_PATH_SIZE];
    char curl_error[CURL_ERROR_SIZE];
    char text[256]; /* the first bytes of the body, raw */
    size_t text_len;
    bool decoding, too_large, greeting;
};

/* ---- addresses ---- */

static bool is_literal(const char *host) {
    unsigned char room[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, host, room) == 1 || inet_pton(AF_INET6, host, room) == 1;
}

/* The connection goes to the address, URL and certificate carry the name. */
static void go_by_name(struct http_address *a, const char *name) {
    struct url named = *a->url;
    snprintf(a->check_name, sizeof a->check_name, "%s", name);
    snprintf(named.host, sizeof named.host, "%s", name);
    named.v6 = strchr(name, ':') != NULL;
    url_format(&named, a->root, sizeof a->root);
    char *rule = memory_format(a->url->v6 ? "::[%s]:%d" : "::%s:%d", a->url->host, a->url->port);
    a->connect_to = curl_slist_append(NULL, rule);
    free(rule);
}

void http_address_open(struct http_address *a, const struct url *url, const char *check_name, bool login) {
    *a = (struct http_address){.url = url, .literal = is_literal(url->host), .login = login};
    url_format(url, a->root, sizeof a->root);
    if (check_name != NULL && url->https && strcmp(check_name, url->host) != 0)
        go_by_name(a, check_name);
}

void http_address_close(struct http_address *a) {
    curl_slist_free_all(a->connect_to);
}

static struct http_way *way_of(const struct lane *lane) {
    return lane->client->way_data;
}

/* ---- while the body arrives ---- */

static void begin_body(struct http_lane *h) {
    struct lane *lane = h->lane;
    long status = 0;
    curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &status);
    lane->head.http_status = (int)status;
    h->greeting = status == 0;
    h->decoding = status == 200 || (lane->endpoint->shape == SHAPE_HEALTHZ && status >= 400);
    if (h->decoding)
        lane_begin(lane, false);
}

/* Whose connection a socket is; another one may have its number by now. */
static bool has_port(int fd, long port) {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } at = {.v6 = {0}};
    socklen_t size = sizeof at;
    if (getsockname(fd, &at.any, &size) != 0)
        return false;
    return ntohs(at.any.sa_family == AF_INET6 ? at.v6.sin6_port : at.v4.sin_port) == port;
}

/* The shortest of this connection. Kernels answer the first packet of one, so that is no server's time; of
 * later ones a server's kernel waits for what its server says, and they would tell what the answer costs. */
static int64_t round_trip_ns(const struct http_lane *h) {
    struct tcp_info tcp = {.tcpi_min_rtt = UINT32_MAX};
    socklen_t size = sizeof tcp;
    long port = 0;
    curl_easy_getinfo(h->easy, CURLINFO_LOCAL_PORT, &port);
    if (h->fd < 0 || !has_port(h->fd, port) || getsockopt(h->fd, IPPROTO_TCP, TCP_INFO, &tcp, &size) != 0)
        return 0;
    return tcp.tcpi_min_rtt < UINT32_MAX ? tcp.tcpi_min_rtt * NS_PER_US : 0;
}

static int on_socket(void *data, curl_socket_t fd, curlsocktype purpose) {
    (void)purpose;
    ((struct http_lane *)data)->fd = fd;
    return CURL_SOCKOPT_OK;
}

static size_t on_body(char *bytes, size_t one, size_t len, void *data) {
    (void)one;
    struct http_lane *h = data;
    struct lane *lane = h->lane;
    if (lane->head.bytes == 0) {
        lane->head.round_trip_ns = round_trip_ns(h);
        begin_body(h);
    }
    lane->head.bytes += len;
    size_t room = sizeof h->text - h->text_len, keep = len < room ? len : room;
    memcpy(h->text + h->text_len, bytes, keep);
    h->text_len += keep;
    h->too_large = lane->head.bytes > DECODE_MAX_BODY;
    if (h->too_large || h->greeting)
        return CURL_WRITEFUNC_ERROR;
    if (h->decoding)
        return lane_decode(lane, bytes, len) ? len : CURL_WRITEFUNC_ERROR;
    return lane->head.bytes > TEXT_BODY_MAX ? CURL_WRITEFUNC_ERROR : len;
}

/* ---- asking ---- */

static void set_tls(CURL *easy, const struct collect_options *o) {
    tls_files_set(easy, o);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, o->insecure ? 0L : 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, o->insecure ? 0L : 2L);
}

static void set_limits(CURL *easy, enum lane_kind kind) {
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* else a slow name holds up everything */
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 1L); /* so that we see which other protocol greets us */
    curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)DECODE_MAX_BODY);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, kind == LANE_HEAVY ? 64L << 10 : 16L << 10);
    curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 10L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
}

static struct http_lane *make(struct lane *lane, bool login) {
    struct http_lane *h = memory_new(sizeof *h);
    char agent[64];
    snprintf(agent, sizeof agent, "natsight/%s", version_text());
    CURL *easy = h->easy = curl_easy_init();
    h->lane = lane;
    h->fd = -1;
    set_limits(easy, lane->kind);
    set_tls(easy, way_of(lane)->options);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, agent);
    if (login)
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, way_of(lane)->headers);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, h->curl_error);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, h);
    curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, on_socket);
    curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, h);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, h);
    return h;
}

/* A name that resolves slowly, a far TLS server: who failed to connect gets more time for it. */
static long connect_ms(const struct http_lane *h) {
    long ms = CONNECT_MS << (h->connect_failures < 3 ? h->connect_failures : 3);
    return ms < CONNECT_MAX_MS ? ms : CONNECT_MAX_MS;
}

static void ask(struct lane *lane, const struct lane_request *r) {
    if (lane->way == NULL)
        lane->way = make(lane, r->address->login);
    struct http_lane *h = lane->way;
    h->address = r->address;
    h->text_len = 0;
    h->decoding = h->too_large = h->greeting = false;
    h->curl_error[0] = '\0';
    endpoint_path(r->endpoint, r->words, h->path, sizeof h->path);
    long connect = connect_ms(h);
    char *url = memory_format("%s%s", r->address->root, h->path);
    curl_easy_setopt(h->easy, CURLOPT_URL, url);
    free(url);
    curl_easy_setopt(h->easy, CURLOPT_CONNECT_TO, r->address->connect_to);
    curl_easy_setopt(h->easy, CURLOPT_CONNECTTIMEOUT_MS, connect);
    curl_easy_setopt(h->easy, CURLOPT_TIMEOUT_MS, r->timeout_ms + (h->warm ? 0L : connect));
    curl_easy_setopt(h->easy, CURLOPT_FRESH_CONNECT, lane->fresh_next ? 1L : 0L);
    lane->fresh_next = false;
    multi_add(way_of(lane)->multi[lane->kind], h->easy);
}

static void close_lane(struct lane *lane) {
    struct http_lane *h = lane->way;
    if (h == NULL)
        return;
    if (lane->busy)
        multi_remove(way_of(lane)->multi[lane->kind], h->easy);
    curl_easy_cleanup(h->easy);
    free(h);
}

/* ---- the end ---- */

static int64_t info_ns(const struct http_lane *h, CURLINFO what) {
    curl_off_t us = 0;
    curl_easy_getinfo(h->easy, what, &us);
    return us * NS_PER_US;
}

static void measure(struct http_lane *h) {
    struct lane *lane = h->lane;
    struct sample *head = &lane->head;
    long connects = 0;
    curl_easy_getinfo(h->easy, CURLINFO_NUM_CONNECTS, &connects);
    int64_t rtt = info_ns(h, CURLINFO_CONNECT_TIME_T) - info_ns(h, CURLINFO_NAMELOOKUP_TIME_T);
    if (connects > 0 && rtt > 0)
        h->rtt_ns = rtt;
    head->answered_utc_ns = clock_utc_ns();
    head->answered_mono_ns = clock_mono_ns();
    if (connects > 0)
        h->made_mono_ns = head->asked_mono_ns;
    if (lane->kind == LANE_LIGHT && head->answered_mono_ns - h->made_mono_ns > RENEW_NS)
        lane->fresh_next = true;
    head->took_ns = head->answered_mono_ns - head->asked_mono_ns;
    int64_t sent = info_ns(h, CURLINFO_PRETRANSFER_TIME_T), first = info_ns(h, CURLINFO_STARTTRANSFER_TIME_T);
    if (first == 0 && sent > 0)
        first = head->took_ns; /* it was at work for us all that time, for all we know */
    int64_t waited = sent > 0 && first > sent ? first - sent : 0;
    if (waited > 0 && waited < h->rtt_ns) /* connecting took longer than a round trip does */
        h->rtt_ns = waited;
    head->cost_ns = waited > 0 ? waited - h->rtt_ns : 0;
}

static enum failure tell_fault(struct http_lane *h, CURLcode rc) {
    struct fault fault = {.rc = rc,
                          .curl_text = h->curl_error,
                          .host = h->address->url->host,
                          .port = h->address->url->port,
                          .https = h->address->url->https,
                          .literal = h->address->literal,
                          .resolved = info_ns(h, CURLINFO_NAMELOOKUP_TIME_T) > 0,
                          .connected = info_ns(h, CURLINFO_CONNECT_TIME_T) > 0,
                          .secured = info_ns(h, CURLINFO_APPCONNECT_TIME_T) > 0,
                          .bytes = h->lane->head.bytes,
                          .took_ns = h->lane->head.took_ns};
    curl_easy_getinfo(h->easy, CURLINFO_OS_ERRNO, &fault.os_errno);
    long connects = 0;
    curl_easy_getinfo(h->easy, CURLINFO_NUM_CONNECTS, &connects);
    long local_port = 0; /* the time of the connect is set after the TLS handshake only */
    curl_easy_getinfo(h->easy, CURLINFO_LOCAL_PORT, &local_port);
    fault.connected |= local_port > 0;
    if (connects == 0 && h->warm)
        fault.resolved = fault.connected = fault.secured = true;
    return fault_tell(&fault, h->lane->error, sizeof h->lane->error);
}

static enum failure tell_status(struct http_lane *h) {
    struct lane *lane = h->lane;
    char *redirect = NULL;
    curl_easy_getinfo(h->easy, CURLINFO_REDIRECT_URL, &redirect);
    const struct fault_answer answer = {lane->head.http_status,
                                        h->path,
                                        h->text,
                                        h->text_len,
                                        redirect,
                                        h->address->login && way_of(lane)->logged_in};
    return fault_tell_status(&answer, lane->error, sizeof lane->error);
}

static bool begins_like_json(const struct http_lane *h) {
    size_t i = 0;
    while (i < h->text_len && h->text[i] != '\0' && strchr(" \t\r\n", h->text[i]) != NULL)
        i++;
    return i < h->text_len && h->text[i] == '{';
}

static enum failure tell_not_nats(struct http_lane *h) {
    snprintf(h->lane->error, sizeof h->lane->error, "port %d answers, but not as NATS monitoring does",
             h->address->url->port);
    return FAILURE_NOT_NATS;
}

static enum failure finish_decoding(struct http_lane *h) {
    bool nats, found = h->lane->head.http_status == 200;
    enum failure failure = lane_decoded(h->lane, &nats);
    bool odd = failure == FAILURE_NONE ? !nats : failure == FAILURE_BODY && !begins_like_json(h);
    if (!odd)
        return failure == FAILURE_NONE || found ? failure : tell_status(h);
    return found ? tell_not_nats(h) : tell_status(h);
}

static enum failure verdict(struct http_lane *h, CURLcode rc) {
    struct lane *lane = h->lane;
    if (h->greeting)
        return fault_tell_greeting(h->text, h->text_len, h->address->url->port, lane->error,
                                   sizeof lane->error);
    if (h->too_large)
        return fault_tell(&(struct fault){.rc = CURLE_FILESIZE_EXCEEDED}, lane->error, sizeof lane->error);
    if (lane->refused)
        return finish_decoding(h);
    bool text_only = lane->head.bytes > 0 && !h->decoding;
    if (rc != CURLE_OK && !text_only)
        return tell_fault(h, rc);
    if (h->decoding)
        return finish_decoding(h);
    long status = 0;
    curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &status);
    lane->head.http_status = (int)status;
    return status == 200 ? tell_not_nats(h) : tell_status(h);
}

static bool is_connect_failure(enum failure failure) {
    return failure == FAILURE_NAME || failure == FAILURE_CONNECT || failure == FAILURE_TLS;
}

static void on_transfer_done(void *data, CURL *easy, CURLcode rc) {
    (void)data;
    struct http_lane *h = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&h);
    measure(h);
    enum failure failure = verdict(h, rc);
    h->warm = rc == CURLE_OK;
    h->connect_failures = is_connect_failure(failure) ? h->connect_failures + 1 : 0;
    lane_done(h->lane, failure);
}

/* ---- all lanes ---- */

void http_way_open(struct client *client, struct loop *loop, const struct collect_options *options,
                   const struct auth *auth) {
    static const struct lane_way over_http = {ask, close_lane};
    struct http_way *way = memory_new(sizeof *way);
    way->options = options;
    for (int i = 0; i < LANE_COUNT; i++)
        way->multi[i] = multi_create(loop, on_transfer_done, way);
    if (auth->header != NULL)
        way->headers = curl_slist_append(way->headers, auth->header);
    way->logged_in = auth->header != NULL;
    client->way = &over_http;
    client->way_data = way;
}

void http_way_close(struct client *client) {
    struct http_way *way = client->way_data;
    for (int i = 0; i < LANE_COUNT; i++)
        multi_destroy(way->multi[i]);
    for (struct curl_slist *h = way->headers; h != NULL; h = h->next)
        explicit_bzero(h->data, strlen(h->data));
    curl_slist_free_all(way->headers);
    free(way);
}
