#include "collectors/lane.h"

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
#include "collectors/tls_files.h"

#define CONNECT_MS     2000L
#define CONNECT_MAX_MS 10000L
#define TEXT_BODY_MAX  (64u << 10) /* of an answer that is read for its first line only */
#define FRAMES_KEEP    (256u << 10)
#define RENEW_NS       (60 * NS_PER_S) /* the kernel remembers the best round trip for five minutes */

struct worker {
    struct worker *next;
    struct decoder *decoder;
    struct sample_writer *writer;
};

static struct worker *worker_take(struct client *c) {
    struct worker *w = c->idle;
    if (w != NULL) {
        c->idle = w->next;
        return w;
    }
    w = memory_new(sizeof *w);
    w->decoder = decoder_create();
    w->writer = sample_writer_create(c->source);
    return w;
}

static void worker_give(struct lane *lane) {
    if (lane->worker == NULL)
        return;
    lane->worker->next = lane->client->idle;
    lane->client->idle = lane->worker;
    lane->worker = NULL;
}

static void on_transfer_done(void *data, CURL *easy, CURLcode rc);

void client_open(struct client *c, struct loop *loop, const struct collect_options *options,
                 const struct auth *auth) {
    c->options = options;
    for (int i = 0; i < LANE_COUNT; i++)
        c->multi[i] = multi_create(loop, on_transfer_done, c);
    c->texts = text_pool_create();
    if (auth->header != NULL)
        c->headers = curl_slist_append(c->headers, auth->header);
    c->logged_in = auth->header != NULL;
}

void client_close(struct client *c) {
    for (int i = 0; i < LANE_COUNT; i++)
        multi_destroy(c->multi[i]);
    while (c->idle != NULL) {
        struct worker *w = c->idle;
        c->idle = w->next;
        decoder_destroy(w->decoder);
        sample_writer_destroy(w->writer);
        free(w);
    }
    for (struct curl_slist *h = c->headers; h != NULL; h = h->next)
        explicit_bzero(h->data, strlen(h->data));
    curl_slist_free_all(c->headers);
    text_pool_destroy(c->texts);
}

void lane_open(struct lane *lane, struct client *client, enum lane_kind kind,
               const struct lane_handler *handler, void *data) {
    *lane = (struct lane){.client = client, .kind = kind, .handler = handler, .data = data};
}

void lane_close(struct lane *lane) {
    if (lane->busy && lane->easy != NULL)
        multi_remove(lane->client->multi[lane->kind], lane->easy);
    worker_give(lane);
    if (lane->easy != NULL)
        curl_easy_cleanup(lane->easy);
    buffer_finish(&lane->frames);
    lane->easy = NULL;
    lane->busy = false;
}

/* ---- while the body arrives ---- */

static void on_row(void *data, const struct row *row) {
    struct lane *lane = data;
    struct row_any health;
    if (row->entity == ENTITY_HEALTH) {
        row_init(&health.row, ENTITY_HEALTH);
        row_copy(&health.row, row);
        row_put(&health.row, F_HEALTH_code)->u = (uint64_t)lane->head.http_status;
        row = &health.row;
    }
    lane->handler->row(lane->data, lane, row);
    sample_writer_row(lane->worker->writer, row);
}

/* What the rows behind it answer: without any that is an answer, too. */
static void write_question(struct lane *lane) {
    struct row_any any;
    struct row *row = &any.row;
    if (lane->cid == 0 && lane->subject[0] == '\0')
        return;
    row_init(row, ENTITY_QUESTION);
    if (lane->cid > 0)
        row_put(row, F_QUESTION_cid)->u = lane->cid;
    if (lane->subject[0] != '\0') {
        char clean[TEXT_MAX_BYTES + 1];
        size_t len = text_clean(clean, lane->subject, strlen(lane->subject));
        row_put(row, F_QUESTION_subject)->s = text_intern(lane->client->texts, clean, len);
    }
    sample_writer_row(lane->worker->writer, row);
}

static void begin_body(struct lane *lane) {
    long status = 0;
    curl_easy_getinfo(lane->easy, CURLINFO_RESPONSE_CODE, &status);
    lane->head.http_status = (int)status;
    lane->greeting = status == 0;
    lane->decoding = status == 200 || (lane->endpoint->shape == SHAPE_HEALTHZ && status >= 400);
    if (!lane->decoding)
        return;
    lane->worker = worker_take(lane->client);
    sample_writer_begin(lane->worker->writer, &lane->frames, &lane->head);
    write_question(lane);
    decoder_start(lane->worker->decoder, lane->endpoint->shape, lane->server_name, on_row, lane);
}

static bool decode(struct lane *lane, const char *bytes, size_t len) {
    page_doing(lane->client->page, lane->base, (uint32_t)lane->endpoint->shape);
    int64_t began = clock_mono_ns();
    bool good = decoder_feed(lane->worker->decoder, bytes, len);
    lane->decoding_ns += clock_mono_ns() - began;
    page_idle(lane->client->page);
    lane->refused = !good;
    return good;
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
static int64_t round_trip_ns(const struct lane *lane) {
    struct tcp_info tcp = {.tcpi_min_rtt = UINT32_MAX};
    socklen_t size = sizeof tcp;
    long port = 0;
    curl_easy_getinfo(lane->easy, CURLINFO_LOCAL_PORT, &port);
    if (lane->fd < 0 || !has_port(lane->fd, port) ||
        getsockopt(lane->fd, IPPROTO_TCP, TCP_INFO, &tcp, &size) != 0)
        return 0;
    return tcp.tcpi_min_rtt < UINT32_MAX ? tcp.tcpi_min_rtt * NS_PER_US : 0;
}

static int on_socket(void *data, curl_socket_t fd, curlsocktype purpose) {
    (void)purpose;
    ((struct lane *)data)->fd = fd;
    return CURL_SOCKOPT_OK;
}

static size_t on_body(char *bytes, size_t one, size_t len, void *data) {
    (void)one;
    struct lane *lane = data;
    if (lane->head.bytes == 0) {
        lane->head.round_trip_ns = round_trip_ns(lane);
        begin_body(lane);
    }
    lane->head.bytes += len;
    size_t room = sizeof lane->text - lane->text_len, keep = len < room ? len : room;
    memcpy(lane->text + lane->text_len, bytes, keep);
    lane->text_len += keep;
    lane->too_large = lane->head.bytes > DECODE_MAX_BODY;
    if (lane->too_large || lane->greeting)
        return CURL_WRITEFUNC_ERROR;
    if (lane->decoding)
        return decode(lane, bytes, len) ? len : CURL_WRITEFUNC_ERROR;
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

static void create_easy(struct lane *lane) {
    char agent[64];
    snprintf(agent, sizeof agent, "natsight/%s", version_text());
    CURL *easy = lane->easy = curl_easy_init();
    lane->fd = -1;
    set_limits(easy, lane->kind);
    set_tls(easy, lane->client->options);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, agent);
    if (lane->login)
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, lane->client->headers);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, lane->curl_error);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, lane);
    curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, on_socket);
    curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, lane);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, lane);
}

/* A name that resolves slowly, a far TLS server: who failed to connect gets more time for it. */
static long connect_ms(const struct lane *lane) {
    long ms = CONNECT_MS << (lane->connect_failures < 3 ? lane->connect_failures : 3);
    return ms < CONNECT_MAX_MS ? ms : CONNECT_MAX_MS;
}

static void take_over(struct lane *lane, const struct lane_request *r) {
    lane->endpoint = r->endpoint;
    lane->server_name = r->server_name;
    lane->base = r->base;
    lane->host = r->host;
    lane->port = r->port;
    lane->https = r->https;
    lane->literal = r->literal;
    snprintf(lane->path, sizeof lane->path, "%s", r->path);
    lane->cid = r->cid;
    snprintf(lane->subject, sizeof lane->subject, "%s", r->subject != NULL ? r->subject : "");
    lane->head = (struct sample){.target = r->target,
                                 .serial = ++lane->client->serial,
                                 .shape = r->endpoint->shape,
                                 .asked_utc_ns = clock_utc_ns(),
                                 .asked_mono_ns = clock_mono_ns(),
                                 .error = text_empty};
    lane->frames.len = 0;
    lane->text_len = 0;
    lane->decoding_ns = 0;
    lane->decoding = lane->refused = lane->too_large = lane->greeting = false;
    lane->curl_error[0] = lane->error[0] = '\0';
}

void lane_ask(struct lane *lane, const struct lane_request *r) {
    if (lane->easy == NULL)
        create_easy(lane);
    take_over(lane, r);
    long connect = connect_ms(lane);
    char *url = memory_format("%s%s", r->root, r->path);
    curl_easy_setopt(lane->easy, CURLOPT_URL, url);
    free(url);
    curl_easy_setopt(lane->easy, CURLOPT_CONNECT_TO, r->connect_to);
    curl_easy_setopt(lane->easy, CURLOPT_CONNECTTIMEOUT_MS, connect);
    curl_easy_setopt(lane->easy, CURLOPT_TIMEOUT_MS, r->timeout_ms + (lane->warm ? 0L : connect));
    curl_easy_setopt(lane->easy, CURLOPT_FRESH_CONNECT, lane->fresh_next ? 1L : 0L);
    lane->fresh_next = false;
    lane->busy = true;
    multi_add(lane->client->multi[lane->kind], lane->easy);
}

/* ---- the end ---- */

static int64_t info_ns(const struct lane *lane, CURLINFO what) {
    curl_off_t us = 0;
    curl_easy_getinfo(lane->easy, what, &us);
    return us * NS_PER_US;
}

static void measure(struct lane *lane) {
    long connects = 0;
    curl_easy_getinfo(lane->easy, CURLINFO_NUM_CONNECTS, &connects);
    int64_t rtt = info_ns(lane, CURLINFO_CONNECT_TIME_T) - info_ns(lane, CURLINFO_NAMELOOKUP_TIME_T);
    if (connects > 0 && rtt > 0)
        lane->rtt_ns = rtt;
    lane->head.answered_utc_ns = clock_utc_ns();
    lane->head.answered_mono_ns = clock_mono_ns();
    if (connects > 0)
        lane->made_mono_ns = lane->head.asked_mono_ns;
    if (lane->kind == LANE_LIGHT && lane->head.answered_mono_ns - lane->made_mono_ns > RENEW_NS)
        lane->fresh_next = true;
    lane->head.took_ns = lane->head.answered_mono_ns - lane->head.asked_mono_ns;
    int64_t sent = info_ns(lane, CURLINFO_PRETRANSFER_TIME_T),
            first = info_ns(lane, CURLINFO_STARTTRANSFER_TIME_T);
    if (first == 0 && sent > 0)
        first = lane->head.took_ns; /* it was at work for us all that time, for all we know */
    int64_t waited = sent > 0 && first > sent ? first - sent : 0;
    if (waited > 0 && waited < lane->rtt_ns) /* connecting took longer than a round trip does */
        lane->rtt_ns = waited;
    lane->head.cost_ns = waited > 0 ? waited - lane->rtt_ns : 0;
}

static enum failure tell_fault(struct lane *lane, CURLcode rc) {
    struct fault fault = {.rc = rc,
                          .curl_text = lane->curl_error,
                          .host = lane->host,
                          .port = lane->port,
                          .https = lane->https,
                          .literal = lane->literal,
                          .resolved = info_ns(lane, CURLINFO_NAMELOOKUP_TIME_T) > 0,
                          .connected = info_ns(lane, CURLINFO_CONNECT_TIME_T) > 0,
                          .secured = info_ns(lane, CURLINFO_APPCONNECT_TIME_T) > 0,
                          .bytes = lane->head.bytes,
                          .took_ns = lane->head.took_ns};
    curl_easy_getinfo(lane->easy, CURLINFO_OS_ERRNO, &fault.os_errno);
    long connects = 0;
    curl_easy_getinfo(lane->easy, CURLINFO_NUM_CONNECTS, &connects);
    long local_port = 0; /* the time of the connect is set after the TLS handshake only */
    curl_easy_getinfo(lane->easy, CURLINFO_LOCAL_PORT, &local_port);
    fault.connected |= local_port > 0;
    if (connects == 0 && lane->warm)
        fault.resolved = fault.connected = fault.secured = true;
    return fault_tell(&fault, lane->error, sizeof lane->error);
}

static enum failure tell_status(struct lane *lane) {
    char *redirect = NULL;
    curl_easy_getinfo(lane->easy, CURLINFO_REDIRECT_URL, &redirect);
    const struct fault_answer answer = {
        lane->head.http_status, lane->path, lane->text,
        lane->text_len,         redirect,   lane->login && lane->client->logged_in};
    return fault_tell_status(&answer, lane->error, sizeof lane->error);
}

static bool begins_like_json(const struct lane *lane) {
    size_t i = 0;
    while (i < lane->text_len && lane->text[i] != '\0' && strchr(" \t\r\n", lane->text[i]) != NULL)
        i++;
    return i < lane->text_len && lane->text[i] == '{';
}

static enum failure tell_not_nats(struct lane *lane) {
    snprintf(lane->error, sizeof lane->error, "port %d answers, but not as NATS monitoring does", lane->port);
    return FAILURE_NOT_NATS;
}

static enum failure finish_decoding(struct lane *lane) {
    page_doing(lane->client->page, lane->base, (uint32_t)lane->endpoint->shape);
    struct decoder *d = lane->worker->decoder;
    enum failure failure = decoder_finish(d, lane->error, sizeof lane->error);
    lane->head.dropped = decoder_dropped(d);
    page_idle(lane->client->page);
    bool odd =
        failure == FAILURE_NONE ? !decoder_is_nats(d) : failure == FAILURE_BODY && !begins_like_json(lane);
    if (!odd)
        return failure == FAILURE_NONE || lane->head.http_status == 200 ? failure : tell_status(lane);
    return lane->head.http_status == 200 ? tell_not_nats(lane) : tell_status(lane);
}

static enum failure verdict(struct lane *lane, CURLcode rc) {
    if (lane->greeting)
        return fault_tell_greeting(lane->text, lane->text_len, lane->port, lane->error, sizeof lane->error);
    if (lane->too_large)
        return fault_tell(&(struct fault){.rc = CURLE_FILESIZE_EXCEEDED}, lane->error, sizeof lane->error);
    if (lane->refused)
        return finish_decoding(lane);
    bool text_only = lane->head.bytes > 0 && !lane->decoding;
    if (rc != CURLE_OK && !text_only)
        return tell_fault(lane, rc);
    if (lane->decoding)
        return finish_decoding(lane);
    long status = 0;
    curl_easy_getinfo(lane->easy, CURLINFO_RESPONSE_CODE, &status);
    lane->head.http_status = (int)status;
    return status == 200 ? tell_not_nats(lane) : tell_status(lane);
}

static bool is_connect_failure(enum failure failure) {
    return failure == FAILURE_NAME || failure == FAILURE_CONNECT || failure == FAILURE_TLS;
}

static void on_transfer_done(void *data, CURL *easy, CURLcode rc) {
    (void)data;
    struct lane *lane = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&lane);
    measure(lane);
    lane->head.failure = verdict(lane, rc);
    lane->warm = rc == CURLE_OK;
    lane->connect_failures = is_connect_failure(lane->head.failure) ? lane->connect_failures + 1 : 0;
    lane->handler->done(lane->data, lane);
}

void lane_fail(struct lane *lane, enum failure failure, const char *error) {
    lane->head.failure = failure;
    snprintf(lane->error, sizeof lane->error, "%s", error);
}

static const struct text *error_text(struct client *c, const char *error) {
    char clean[TEXT_MAX_BYTES + 1];
    text_pool_clear(c->texts);
    return text_intern(c->texts, clean, text_clean(clean, error, strlen(error)));
}

void lane_commit(struct lane *lane) {
    lane->head.error = error_text(lane->client, lane->head.failure != FAILURE_NONE ? lane->error : "");
    if (lane->worker == NULL)
        lane->worker = worker_take(lane->client);
    if (lane->head.failure != FAILURE_NONE) { /* no rows of half an answer */
        lane->frames.len = 0;
        sample_writer_begin(lane->worker->writer, &lane->frames, &lane->head);
    }
    sample_writer_end(lane->worker->writer, &lane->head);
    outbox_sample(lane->client->outbox, lane->head.target, lane->head.shape, &lane->frames);
    lane_drop(lane);
}

void lane_drop(struct lane *lane) {
    worker_give(lane);
    if (lane->frames.cap > FRAMES_KEEP)
        buffer_finish(&lane->frames);
    lane->frames.len = 0;
    lane->busy = false;
}

void lane_say(struct client *c, uint64_t target, enum shape shape, enum failure failure, const char *error) {
    struct lane lane = {.client = c};
    lane.head = (struct sample){.target = target,
                                .serial = ++c->serial,
                                .shape = shape,
                                .asked_utc_ns = clock_utc_ns(),
                                .asked_mono_ns = clock_mono_ns(),
                                .failure = failure};
    lane.head.answered_utc_ns = lane.head.asked_utc_ns;
    lane.head.answered_mono_ns = lane.head.asked_mono_ns;
    snprintf(lane.error, sizeof lane.error, "%s", error);
    lane_commit(&lane);
    buffer_finish(&lane.frames);
}
