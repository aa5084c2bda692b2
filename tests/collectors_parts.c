/* The parts of the poller that need no server: paths, cost bound, sentences, the way out. */

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "collectors/cost.h"
#include "collectors/cadence.h"
#include "collectors/discover.h"
#include "collectors/endpoint.h"
#include "collectors/event.h"
#include "collectors/failure.h"
#include "collectors/slot.h"
#include "tests/harness/suite.h"
#include "tests/sample_write.h"

START_TEST(paths) {
    char path[ENDPOINT_PATH_SIZE];
    endpoint_path(&endpoints[EP_CONNZ_FULL], &(struct endpoint_words){.sort = "bytes_to", .limit = 2048},
                  path, sizeof path);
    ck_assert_str_eq(path, "/connz?auth=1&sort=bytes_to&limit=2048");
    endpoint_path(&endpoints[EP_CONNZ_FULL], &(struct endpoint_words){.sort = "", .limit = 7}, path,
                  sizeof path);
    ck_assert_str_eq(path, "/connz?auth=1&sort=cid&limit=7");
    endpoint_path(&endpoints[EP_JSZ], &(struct endpoint_words){.config = true}, path, sizeof path);
    ck_assert_str_eq(path, "/jsz?accounts=1&streams=1&consumers=1&config=1");
    endpoint_path(&endpoints[EP_JSZ], &(struct endpoint_words){0}, path, sizeof path);
    ck_assert_str_eq(path, "/jsz?accounts=1&streams=1&consumers=1");
    endpoint_path(&endpoints[EP_CONNZ_SUBS], &(struct endpoint_words){.cid = 18446744073709551615u}, path,
                  sizeof path);
    ck_assert_str_eq(path, "/connz?cid=18446744073709551615&state=open&subs=detail&auth=1");
    endpoint_path(&endpoints[EP_INTEREST],
                  &(struct endpoint_words){.subject = "a.\xc3\xa9&limit=1#", .limit = 9}, path, sizeof path);
    ck_assert_str_eq(path, "/subsz?subs=1&limit=9&test=a.%C3%A9%26limit%3D1%23");
    char small[8];
    endpoint_path(&endpoints[EP_JSZ], &(struct endpoint_words){0}, small, sizeof small);
    ck_assert_str_eq(small, "/jsz?ac");
}
END_TEST

START_TEST(sets_of_endpoints) {
    char bad[40];
    ck_assert(endpoint_in_sets(&endpoints[EP_JSZ], "connections,jetstream"));
    ck_assert(!endpoint_in_sets(&endpoints[EP_JSZ], "connections"));
    ck_assert(!endpoint_in_sets(&endpoints[EP_SUBSZ], "overview"));
    ck_assert(endpoint_in_sets(&endpoints[EP_SUBSZ], "all"));
    ck_assert(endpoint_in_sets(&endpoints[EP_VARZ], "jetstream"));
    ck_assert(endpoint_check_sets("overview,all", bad, sizeof bad));
    ck_assert(!endpoint_check_sets("overview,over", bad, sizeof bad));
    ck_assert_str_eq(bad, "over");
    ck_assert(!endpoint_check_sets("overview,", bad, sizeof bad));
    for (int e = 0; e < EP_COUNT; e++)
        ck_assert_int_eq(endpoint_by_shape(endpoints[e].shape), e);
    ck_assert_int_eq(endpoint_by_shape(SHAPE_NONE), -1);
}
END_TEST

#define MS(n) ((int64_t)(n)*NS_PER_MS)

START_TEST(dear_ones_share_the_bound) {
    const bool fixed[4] = {true, false, false, false};
    int64_t interval[4] = {MS(1000), MS(5000), MS(2000), MS(2000)};
    int64_t cheap[4] = {MS(10), MS(100), MS(10), -1}; /* 1 % + 2 % + 0.5 % */
    ck_assert(!cost_stretch(cheap, fixed, interval, 4));
    ck_assert_int_eq(interval[1], MS(5000));
    int64_t one[4] = {MS(10), MS(500), MS(10), -1}; /* 3.5 % are left for the second */
    ck_assert(cost_stretch(one, fixed, interval, 4));
    ck_assert_int_eq(interval[1] / NS_PER_MS, 14285);
    ck_assert_int_eq(interval[0], MS(1000));
    ck_assert_int_eq(interval[2], MS(2000));
    int64_t again[4] = {MS(1000), MS(5000), MS(2000), MS(2000)};
    int64_t two[4] = {MS(10), MS(500), MS(10), MS(200)}; /* 1.75 % for each of the two dear ones */
    ck_assert(cost_stretch(two, fixed, again, 4));
    ck_assert_int_eq(again[1] / NS_PER_MS, 28571);
    ck_assert_int_eq(again[3] / NS_PER_MS, 11428);
    ck_assert_int_eq(again[2], MS(2000));
    int64_t light[4] = {MS(1000), MS(5000), MS(2000), MS(2000)};
    int64_t used_up[4] = {MS(100), MS(500), -1, -1}; /* the light one alone is over: 1 % remains */
    ck_assert(cost_stretch(used_up, fixed, light, 4));
    ck_assert_int_eq(light[1] / NS_PER_MS, 50000);
    ck_assert_int_eq(light[0], MS(1000));
}
END_TEST

START_TEST(one_slow_answer_is_no_rule) {
    struct cost_memory m = {0};
    ck_assert_int_eq(cost_usual(&m, MS(900)), -1);
    ck_assert_int_le(cost_usual(&m, MS(2)), MS(30)); /* the lesser, or the mean */
    for (int i = 0; i < 60; i++)
        cost_usual(&m, MS(2));
    int64_t after = cost_usual(&m, MS(600)); /* 5 % of 2 s are 100 ms */
    ck_assert_int_gt(after, MS(2));
    ck_assert_int_lt(after, MS(30));
    ck_assert_int_lt(cost_usual(&m, MS(600)), MS(60));
    ck_assert_int_eq(cost_usual(&m, MS(600)), MS(600)); /* three of five */
    struct cost_memory now_and_then = {0};
    int64_t cost = 0;
    for (int i = 0; i < 200; i++) /* the middle one never sees it */
        cost = cost_usual(&now_and_then, i % 5 ? MS(2) : MS(1000));
    ck_assert_int_gt(cost, MS(150));
    struct cost_memory dear = {0};
    cost_usual(&dear, MS(900));
    ck_assert_int_eq(cost_usual(&dear, MS(800)), MS(800)); /* twice is enough in the beginning */
}
END_TEST

START_TEST(useless_bodies_wait_longer) {
    ck_assert_int_eq(cadence_failing(MS(2000), 0), MS(2000));
    ck_assert_int_eq(cadence_failing(MS(2000), 1), MS(4000));
    ck_assert_int_eq(cadence_failing(MS(2000), 3), MS(16000));
    ck_assert_int_eq(cadence_failing(MS(2000), 5), MS(60000));
    ck_assert_int_eq(cadence_failing(MS(2000), 1000000), MS(60000));
    ck_assert_int_eq(cadence_failing(MS(300000), 4), MS(300000));
}
END_TEST

START_TEST(events_are_bounded) {
    struct event_bound bound = {0};
    bool last = false;
    for (int i = 1; i <= EVENTS_A_MINUTE; i++) {
        ck_assert(event_room(&bound, MS(1000) + i, &last));
        ck_assert_int_eq(last, i == EVENTS_A_MINUTE);
    }
    ck_assert(!event_room(&bound, MS(60000), &last));
    ck_assert(event_room(&bound, MS(61001), &last));
    ck_assert(!last);
}
END_TEST

START_TEST(versions) {
    ck_assert(version_at_most("2.9.10", 2, 9, 14));
    ck_assert(version_at_most("2.9.14", 2, 9, 14));
    ck_assert(!version_at_most("2.9.15", 2, 9, 14));
    ck_assert(!version_at_most("2.10.0-beta.1", 2, 9, 14));
    ck_assert(version_at_most("1.4.1", 2, 9, 14));
    ck_assert(!version_at_most("nonsense", 2, 9, 14));
    ck_assert(!version_at_most("", 2, 9, 14));
}
END_TEST

START_TEST(hosts) {
    char host[64];
    ck_assert(discover_host_of("10.0.0.3:4222", host, sizeof host));
    ck_assert_str_eq(host, "10.0.0.3");
    ck_assert(discover_host_of("[fd00::1]:4222", host, sizeof host));
    ck_assert_str_eq(host, "fd00::1");
    ck_assert(discover_host_of("tls://n1.example:6222", host, sizeof host));
    ck_assert_str_eq(host, "n1.example");
    ck_assert(!discover_host_of("0.0.0.0:4222", host, sizeof host));
    ck_assert(!discover_host_of("[::]:4222", host, sizeof host));
    ck_assert(!discover_host_of("", host, sizeof host));
    ck_assert(!discover_host_of(":4222", host, sizeof host));
}
END_TEST

static const struct {
    struct fault fault;
    enum failure failure;
    const char *words;
} faults[] = {
    {{.rc = CURLE_COULDNT_CONNECT, .os_errno = ECONNREFUSED, .port = 8222},
     FAILURE_REFUSED,
     "refused: nothing listens on port 8222"},
    {{.rc = CURLE_COULDNT_CONNECT, .os_errno = EHOSTUNREACH, .port = 8222},
     FAILURE_CONNECT,
     "No route to host"},
    {{.rc = CURLE_COULDNT_RESOLVE_HOST, .host = "n7"}, FAILURE_NAME, "the name n7 does not resolve"},
    {{.rc = CURLE_OPERATION_TIMEDOUT, .host = "n7", .took_ns = 2 * NS_PER_S},
     FAILURE_NAME,
     "n7 did not resolve within"},
    {{.rc = CURLE_OPERATION_TIMEDOUT, .literal = true, .port = 1},
     FAILURE_CONNECT,
     "no connection to port 1"},
    {{.rc = CURLE_OPERATION_TIMEDOUT, .resolved = true, .connected = true, .https = true},
     FAILURE_TLS,
     "no handshake"},
    {{.rc = CURLE_OPERATION_TIMEDOUT, .resolved = true, .connected = true},
     FAILURE_TIMEOUT,
     "connected, but no answer"},
    {{.rc = CURLE_OPERATION_TIMEDOUT, .resolved = true, .connected = true, .bytes = 7},
     FAILURE_TIMEOUT,
     "not complete"},
    {{.rc = CURLE_RECV_ERROR, .os_errno = ECONNRESET}, FAILURE_REFUSED, "reset before an answer"},
    {{.rc = CURLE_RECV_ERROR, .os_errno = ECONNRESET, .bytes = 9},
     FAILURE_CUT,
     "ended in the middle, after 9 bytes"},
    {{.rc = CURLE_GOT_NOTHING}, FAILURE_REFUSED, "closed before an answer"},
    {{.rc = CURLE_PEER_FAILED_VERIFICATION, .curl_text = "SSL certificate problem: self-signed certificate"},
     FAILURE_TLS,
     "TLS: --ca? its certificate is self-signed (self-signed certificate)"},
    {{.rc = CURLE_PEER_FAILED_VERIFICATION,
      .curl_text = "SSL: no alternative certificate subject name matches target host name '127.0.0.11'"},
     FAILURE_TLS,
     "TLS: --tls-name? its certificate is not for this host (SSL: no alternative certificate subject name "
     "matches target host name '127.0.0.11')"},
    {{.rc = CURLE_PEER_FAILED_VERIFICATION,
      .curl_text = "SSL certificate problem: unable to get local issuer certificate"},
     FAILURE_TLS,
     "TLS: --ca? its certificate is signed by nobody we trust (unable to get local issuer certificate)"},
    {{.rc = CURLE_RECV_ERROR,
      .os_errno = 0,
      .https = true,
      .curl_text =
          "OpenSSL SSL_read: error:0A00045C:SSL routines::tlsv13 alert certificate required, errno 0"},
     FAILURE_TLS,
     "TLS: --cert, --key? it wants a client's certificate (tlsv13 alert certificate required)"},
    {{.rc = CURLE_SSL_CONNECT_ERROR,
      .port = 8222,
      .curl_text = "error:0A00010B:SSL routines::wrong version number"},
     FAILURE_TLS,
     "TLS: port 8222 does not speak it; is it http://?"},
};

START_TEST(sentences) {
    char text[320];
    ck_assert_int_eq(fault_tell(&faults[_i].fault, text, sizeof text), faults[_i].failure);
    ck_assert_msg(strstr(text, faults[_i].words) != NULL, "%s", text);
}
END_TEST

/* ---- the way out ---- */

struct out {
    struct loop *loop;
    struct outbox *box;
    int reader, again, broken;
};

static void on_again(void *data) {
    ((struct out *)data)->again++;
}
static void on_broken(void *data, int error) {
    ((struct out *)data)->broken = error;
}
static const struct outbox_handler out_handler = {on_again, on_broken};

static void out_open(struct out *o) {
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    *o = (struct out){.loop = loop_create(), .reader = ends[0]};
    o->box = outbox_create(o->loop, ends[1], 1, &out_handler, o);
    close(ends[1]); /* it has its own description of the pipe */
}

static void out_close(struct out *o) {
    outbox_destroy(o->box);
    loop_destroy(o->loop);
    close(o->reader);
}

static void put_sample(struct out *o, uint64_t target, uint64_t serial, size_t padding) {
    struct buffer frames = {0};
    struct sample *s = sample_create();
    s->target = target;
    s->serial = serial;
    s->shape = SHAPE_CONNZ_HOT;
    for (size_t i = 0; i < padding; i++)
        row_put(sample_add(s, ENTITY_CONNECTION), F_CONNECTION_cid)->u = i + 1;
    write_sample(&frames, 1, s);
    outbox_sample(o->box, target, s->shape, &frames);
    ck_assert_uint_eq(frames.len, 0);
    buffer_finish(&frames);
    sample_destroy(s);
    outbox_flush(o->box);
}

struct got {
    uint64_t serials[64], lost;
    int samples, gaps, logs, damage;
};
static void got_row(void *data, uint16_t source, enum frame_kind kind, const struct row *row) {
    struct got *g = data;
    (void)source;
    g->logs += kind == FRAME_LOG;
    if (kind != FRAME_GAP)
        return;
    g->gaps++;
    g->lost += row_u64(row, F_GAP_lost, 0);
    ck_assert_uint_eq(row_u64(row, F_GAP_target, 0), 1);
    ck_assert_uint_eq(row_u64(row, F_GAP_shape, 0), SHAPE_CONNZ_HOT);
}
static void got_sample(void *data, const struct sample *s) {
    struct got *g = data;
    g->serials[g->samples++] = s->serial;
}
static void got_damage(void *data, size_t skipped) {
    (void)skipped;
    ((struct got *)data)->damage++;
}

static void drain(struct out *o, struct got *g) {
    static const struct stream_handler handler = {got_row, got_sample, got_damage};
    struct stream_reader *reader = stream_reader_create(&handler, g);
    static char bytes[1 << 16];
    struct pollfd p = {.fd = o->reader, .events = POLLIN};
    do {
        while (poll(&p, 1, 0) > 0) {
            ssize_t n = read(o->reader, bytes, sizeof bytes);
            ck_assert_int_gt(n, 0);
            stream_reader_feed(reader, bytes, (size_t)n);
        }
        outbox_flush(o->box);
    } while (poll(&p, 1, 0) > 0);
    stream_reader_destroy(reader);
}

START_TEST(newest_wins_and_losses_are_told) {
    struct out o;
    struct got g = {0};
    out_open(&o);
    put_sample(&o, 1, 1, 100000); /* more than the pipe takes: begun, so it will be finished */
    for (uint64_t serial = 2; serial <= 6; serial++)
        put_sample(&o, 1, serial, 1);
    put_sample(&o, 2, 7, 1); /* another slot loses nothing */
    drain(&o, &g);
    ck_assert_int_eq(g.damage, 0);
    ck_assert_int_eq(g.samples, 3);
    ck_assert_uint_eq(g.serials[0], 1);
    ck_assert_uint_eq(g.serials[1], 6);
    ck_assert_uint_eq(g.serials[2], 7);
    ck_assert_int_eq(g.gaps, 1);
    ck_assert_uint_eq(g.lost, 4);
    out_close(&o);
}
END_TEST

START_TEST(overflow_is_said_again) {
    struct out o;
    struct got g = {0};
    struct row_any log;
    out_open(&o);
    row_init(&log.row, ENTITY_LOG);
    row_put(&log.row, F_LOG_utc)->i = 1;
    for (int i = 0; i < 100000; i++)
        outbox_row(o.box, FRAME_LOG, &log.row);
    ck_assert(!outbox_quiet(o.box));
    ck_assert_int_eq(o.again, 0);
    drain(&o, &g);
    ck_assert_int_eq(o.again, 1);
    ck_assert_int_eq(g.damage, 0);
    ck_assert(outbox_quiet(o.box));
    int logs = g.logs;
    outbox_row(o.box, FRAME_LOG, &log.row);
    outbox_flush(o.box);
    drain(&o, &g);
    ck_assert_int_eq(g.logs, logs + 1);
    out_close(&o);
}
END_TEST

START_TEST(nobody_reads) {
    struct out o;
    out_open(&o);
    signal(SIGPIPE, SIG_IGN);
    close(o.reader);
    put_sample(&o, 1, 1, 1);
    ck_assert_int_eq(o.broken, EPIPE);
    o.broken = 0;
    put_sample(&o, 1, 2, 1);
    ck_assert_int_eq(o.broken, 0); /* said once */
    o.reader = open("/dev/null", O_RDONLY);
    out_close(&o);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("collectors parts");
    TCase *c = tcase_create("parts");
    tcase_add_test(c, paths);
    tcase_add_test(c, sets_of_endpoints);
    tcase_add_test(c, dear_ones_share_the_bound);
    tcase_add_test(c, one_slow_answer_is_no_rule);
    tcase_add_test(c, useless_bodies_wait_longer);
    tcase_add_test(c, events_are_bounded);
    tcase_add_test(c, versions);
    tcase_add_test(c, hosts);
    tcase_add_loop_test(c, sentences, 0, sizeof faults / sizeof faults[0]);
    tcase_add_test(c, newest_wins_and_losses_are_told);
    tcase_add_test(c, overflow_is_said_again);
    tcase_add_test(c, nobody_reads);
    suite_add_tcase(suite, c);
    return suite_run(suite);
}
