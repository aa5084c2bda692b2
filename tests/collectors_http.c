/* collect_http() against real and hostile servers: lanes, failures in words, commands, cost, a reader that is
 * slow. */

#include "tests/harness/watch.h"

#include <fcntl.h>

#include "base/page.h"
#include "tests/harness/hostile.h"
#include "tests/harness/http_get.h"
#include "tests/harness/ports.h"
#include "tests/harness/servers.h"
#include "tests/harness/silent_dns.h"

static struct hostile *hostile_with(const struct hostile_rule *rules, int n) {
    struct hostile *h = hostile_start("127.0.0.1", 0, "odd", rules, n);
    ck_assert_ptr_nonnull(h);
    return h;
}

/* ---- a real server ---- */

START_TEST(one_server) {
    struct servers *s = servers_start(&(struct servers_options){.jetstream = true});
    ck_assert_ptr_nonnull(s);
    struct watch *w = watch_url(s->node[0].http);
    WATCH_UNTIL(
        w, watch_count(w, 1, SHAPE_VARZ, false) >= 2 && watch_count(w, 1, SHAPE_HEALTHZ, false) >= 1 &&
               watch_count(w, 1, SHAPE_CONNZ_HOT, false) >= 1 && watch_count(w, 1, SHAPE_JSZ, false) >= 1);
    ck_assert_int_eq(w->first, FRAME_HELLO);
    ck_assert_int_eq(w->hellos, 1);
    ck_assert_int_eq(watch_count(w, 0, 0, true), 0);
    ck_assert_int_eq(w->notes[0].shape, SHAPE_VARZ);
    ck_assert_str_eq(w->notes[0].name, "n1");
    ck_assert_uint_eq(w->notes[0].entities[ENTITY_SERVER], 1);
    ck_assert_uint_eq(watch_last(w, 1, SHAPE_HEALTHZ)->health_code, 200);
    ck_assert_uint_eq(watch_last(w, 1, SHAPE_JSZ)->entities[ENTITY_JETSTREAM], 1);
    ck_assert_int_eq(watch_in_state(w, "polled"), 1);
    ck_assert_int_eq(watch_end(w, SIGTERM), 0);
    servers_end(s);
}
END_TEST

START_TEST(cadence_of_the_table) {
    struct servers *s = servers_start(&(struct servers_options){.jetstream = true});
    ck_assert_ptr_nonnull(s);
    char url[160];
    snprintf(url, sizeof url, "%s/varz", s->node[0].http);
    json_t *varz = http_get_json(url, 5000);
    int a = 0, b = 0, c = 0;
    ck_assert_int_eq(sscanf(json_string_value(json_path(varz, "version")), "%d.%d.%d", &a, &b, &c), 3);
    bool old = a < 2 || (a == 2 && (b < 9 || (b == 9 && c <= 14)));
    json_decref(varz);
    struct watch *w = watch_url(s->node[0].http);
    const char *why;
    WATCH_UNTIL(w, watch_interval_ms(w, SHAPE_JSZ, &why) > 0);
    ck_assert_int_eq(watch_interval_ms(w, SHAPE_JSZ, &why), old ? 10000 : 5000);
    ck_assert_ptr_nonnull(strstr(why, old ? "rescans stores" : "default"));
    ck_assert_int_eq(watch_interval_ms(w, SHAPE_VARZ, &why), 1000);
    ck_assert_int_eq(watch_interval_ms(w, SHAPE_CONNZ_HOT, &why), 2000);
    ck_assert_int_eq(watch_interval_ms(w, SHAPE_ROUTEZ, &why), -1); /* it is alone */
    ck_assert_int_eq(watch_end(w, SIGTERM), 0);
    servers_end(s);
}
END_TEST

/* ---- failures in words ---- */

static const struct {
    struct hostile_rule rule;
    enum failure failure;
    const char *words;
} bad_varz[] = {
    {{"*", HOSTILE_ANSWER, 404, "404 page not found\n", 0, 0},
     FAILURE_HTTP,
     "404: nothing at this path; is there a prefix?"},
    {{"*", HOSTILE_ANSWER, 401, "<html>", 0, 0},
     FAILURE_HTTP,
     "401: a proxy wants a login: --auth-file, for URLs that are named"},
    {{"*", HOSTILE_ANSWER, 400, "bad thing\nmore", 0, 0}, FAILURE_HTTP, "400: bad thing"},
    {{"*", HOSTILE_ANSWER, 400, "Client sent an HTTP request to an HTTPS server.\n", 0, 0},
     FAILURE_HTTP,
     "https://"},
    {{"*", HOSTILE_ANSWER, 502, "<html>", 0, 0}, FAILURE_HTTP, "502:"},
    {{"*", HOSTILE_ANSWER, 200, "<html>hello</html>", 0, 0}, FAILURE_NOT_NATS, "not as NATS monitoring"},
    {{"*", HOSTILE_ANSWER, 200, "{\"hello\":1}", 0, 0}, FAILURE_NOT_NATS, "not as NATS monitoring"},
    {{"*", HOSTILE_ANSWER, 200, "{\"server_id\":\"X\",", 0, 0}, FAILURE_CUT, ""},
    {{"*", HOSTILE_ANSWER, 200, "{\"server_id\": nonsense}", 0, 0}, FAILURE_BODY, ""},
    {{"*", HOSTILE_DEEP, 0, NULL, 0, 100000}, FAILURE_BODY, ""},
    {{"*", HOSTILE_CUT, 0, NULL, 0, 0}, FAILURE_CUT, "ended in the middle"},
    {{"*", HOSTILE_SILENT, 0, NULL, 0, 0}, FAILURE_TIMEOUT, "connected, but no answer"},
    {{"*", HOSTILE_TRICKLE, 0, NULL, 0, 0}, FAILURE_TIMEOUT, ""},
    {{"*", HOSTILE_RESET, 0, NULL, 0, 0}, FAILURE_REFUSED, "reset"},
    {{"*", HOSTILE_ENDLESS, 0, NULL, 0, 0}, FAILURE_COUNT, ""}, /* too large, or too slow for this machine */
    {{"*", HOSTILE_GREET, 0, "INFO {\"server_id\":\"X\"} \r\n", 0, 0},
     FAILURE_NOT_NATS,
     "speaks NATS, not HTTP: monitoring is usually 8222"},
    {{"*", HOSTILE_GREET, 0, "SSH-2.0-OpenSSH_9.2\r\n", 0, 0}, FAILURE_NOT_NATS, "speaks SSH, not HTTP"},
    {{"*", HOSTILE_GREET, 0, "220 mail ready\r\n", 0, 0}, FAILURE_NOT_NATS, "does not speak HTTP"},
};

START_TEST(failure_in_words) {
    struct hostile *h = hostile_with(&bad_varz[_i].rule, 1);
    struct watch *w = watch_url(hostile_url(h));
    WATCH_UNTIL(w, watch_count(w, 1, SHAPE_VARZ, true) >= 1);
    const struct note *n = &w->notes[0];
    if (bad_varz[_i].failure == FAILURE_COUNT)
        ck_assert(n->failure == FAILURE_TOO_LARGE || n->failure == FAILURE_TIMEOUT);
    else
        ck_assert_msg(n->failure == bad_varz[_i].failure, "%s: %s", failure_name(n->failure), n->error);
    ck_assert_msg(strstr(n->error, bad_varz[_i].words) != NULL, "%s", n->error);
    ck_assert_uint_gt(strlen(n->error), 0);
    ck_assert_uint_eq(n->rows, 0);
    WATCH_UNTIL(w, strcmp(w->targets[0].reason, "") != 0); /* the target says it, too */
    ck_assert_str_eq(w->targets[0].state, "probing");
    ck_assert_int_eq(watch_count(w, 0, SHAPE_CONNZ_HOT, false) + watch_count(w, 0, SHAPE_CONNZ_HOT, true), 0);
    ck_assert_int_eq(watch_end(w, SIGTERM), 0);
    hostile_end(h);
}
END_TEST

static void assert_first_failure(const char *url, enum failure failure, const char *words) {
    struct watch *w = watch_url(url);
    WATCH_UNTIL(w, watch_count(w, 1, SHAPE_VARZ, true) >= 1);
    ck_assert_msg(w->notes[0].failure == failure, "%s: %s", failure_name(w->notes[0].failure),
                  w->notes[0].error);
    ck_assert_msg(strstr(w->notes[0].error, words) != NULL, "%s", w->notes[0].error);
    ck_assert_int_eq(watch_end(w, SIGTERM), 0);
}

START_TEST(nobody_there) {
    const char *address = "127.0.0.1";
    int port;
    char url[60];
    ck_assert(ports_free(&address, 1, &port, 1));
    snprintf(url, sizeof url, "http://127.0.0.1:%d", port);
    assert_first_failure(url, FAILURE_REFUSED, "refused: nothing listens on port");
    assert_first_failure("http://no-such-name.invalid:8222", FAILURE_NAME, "no-such-name.invalid");
}
END_TEST

START_TEST(tls_to_a_plain_port) {
    struct hostile *h = hostile_with(NULL, 0);
    char url[60];
    snprintf(url, sizeof url, "https://127.0.0.1:%d", hostile_port(h));
    struct watch *w = watch_url(url);
    WATCH_UNTIL(w, watch_count(w, 1, SHAPE_VARZ, true) >= 1);
    ck_assert_int_eq(w->notes[0].failure, FAILURE_TLS);
    ck_assert_int_eq(strncmp(w->notes[0].error, "TLS: ", 5), 0);
    ck_assert_int_eq(watch_end(w, SIGTERM), 0);
    hostile_end(h);
}
END_TEST

START_TEST(failing_health_is_an_answer) {
    struct hostile_rule rule = {
        "/healthz", HOSTILE_ANSWER, 503, "{\"status\":\"unavailable\",\"error\":\"no meta leader\"}", 0, 0};
    struct hostile *h = hostile_with(&rule, 1);
    struct watch *w = watch_url(hostile_url(h));
    WATCH_UNTIL(w, watch_last(w, 1, SHAPE_HEALTHZ) != NULL);
    const struct note *n = watch_last(w, 1, SHAPE_HEALTHZ);
    ck_assert_int_eq(n->failure, FAILURE_NONE);
    ck_assert_int_eq(n->http_status, 503);
    ck_assert_uint_eq(n->health_code, 503);
    ck_assert_int_eq(watch_end(w, SIGTERM), 0);
    hostile_end(h);
}
END_TEST

START_TEST(sixty_megabytes) {
    struct hostile_rule rule = {"/connz", HOSTILE_LARGE, 0, NULL, 0, 60 << 20};
    struct hostile *h = hostile_with(&rule, 1);
    struct watch *w = watch_url(hostile_url(h));
    WATCH_UNTIL(w, watch_last(w, 1, SHAPE_CONNZ_HOT) != NULL);
    const struct note *n = watch_last(w, 1, SHAPE_CONNZ_HOT);
    if (n->failure == FAILURE_NONE) {
        ck_assert_uint_gt(n->bytes, 59u << 20);
        ck_assert_uint_gt(n->entities[ENTITY_CONNECTION], 100000);
    } else { /* a machine that is too slow for it says so */
        ck_assert_int_eq(n->failure, FAILURE_TIMEOUT);
    }
    ck_assert_int_ge(watch_count(w, 1, SHAPE_VARZ, false), 1);
    ck_assert_int_eq(watch_end(w, SIGTERM), 0);
    hostile_end(h);
}
END_TEST

/* ---- lanes and identity ---- */

START_TEST(slow_jsz_delays_nobody) {
    struct hostile_rule rule = {"/jsz", HOSTILE_ANSWER, 0, NULL, 4000, 0};
    struct hostile *h = hostile_with(&rule, 1);
    struct watch *w = watch_url(hostile_url(h));
    WATCH_UNTIL(w, watch_last(w, 1, SHAPE_JSZ) != NULL);
    const struct note *slow = watch_last(w, 1, SHAPE_JSZ);
    ck_assert_int_eq(slow->failure, FAILURE_NONE);
    ck_assert_int_ge(slow->answered - slow->asked, 3990000000);
    int meanwhile = 0;
    for (int i = 0; i < w->note_count; i++)
        meanwhile += w->notes[i].shape == SHAPE_VARZ && w->notes[i].failure == FAILURE_NONE &&
                     w->notes[i].asked > slow->asked && w->notes[i].answered < slow->answered;
    ck_assert_int_ge(meanwhile, 3);
    ck_assert_int_eq(watch_end(w, SIGTERM), 0);
    hostile_end(h);
}
END_TEST

START_TEST(slow_name_delays_nobody) {
    char why[200];
    int dns = silent_dns_open(why, sizeof why);
    if (dns < 0) {
        printf("slow_name_delays_nobody: skipped, it needs root: %s\n", why);
        return;
    }
    struct hostile *h = hostile_with(NULL, 0);
    const char *urls[] = {"http://slow.natsight.test:8222", hostile_url(h)};
    struct watch *w = watch_start(
        &(struct collect_options){.urls = urls, .url_count = 2, .page_fd = -1, .interval_ms = 200});
    WATCH_UNTIL(w, watch_count(w, 1, SHAPE_VARZ, true) >= 1);
    ck_assert(silent_dns_asked(dns));
    const struct note *slow = watch_last(w, 1, SHAPE_VARZ);
    ck_assert_int_eq(slow->failure, FAILURE_NAME);
    ck_assert_ptr_nonnull(strstr(slow->error, "the name slow.natsight.test did not resolve within"));
    ck_assert_int_ge(slow->answered - slow->asked, 1900000000);
    int meanwhile = 0;
    for (int i = 0; i < w->note_count; i++)
        meanwhile += w->notes[i].target == 2 && w->notes[i].shape == SHAPE_VARZ &&
                     w->notes[i].failure == FAILURE_NONE && w->notes[i].asked > slow->asked &&
                     w->notes[i].answered < slow->answered;
    ck_assert_int_ge(meanwhile, 5); /* of ten and more */
    ck_assert_int_eq(watch_count(w, 2, 0, true), 0);
    ck_assert_int_eq(watch_end(w, SIGTERM), 0); /* and the name that is still looked up holds up no end */
    hostile_end(h);
    close(dns);
}
END_TEST

START_TEST(document_of_another_server) {
    struct hostile_rule rule = {
        "/jsz", HOSTILE_ANSWER, 0, "{\"server_id\":\"NOTHER\",\"now\":\"$NOW\",\"streams\":5}", 0, 0};
    struct hostile *h = hostile_with(&rule, 1);
    struct watch *w = watch_url(hostile_url(h));
    WATCH_UNTIL(w, watch_last(w, 1, SHAPE_JSZ) != NULL);
    ck_assert_int_eq(watch_last(w, 1, SHAPE_JSZ)->failure, FAILURE_OTHER_SERVER);
    ck_assert_uint_eq(watch_last(w, 1, SHAPE_JSZ)->rows, 0);
    ck_assert_ptr_nonnull(strstr(watch_last(w, 1, SHAPE_JSZ)->error, "NOTHER"));
    ck_assert_int_eq(watch_count(w, 1, SHAPE_CONNZ_HOT, true), 0);
    WATCH_UNTIL(w, w->events > 0); /* once /varz is the old one again */
    ck_assert_str_eq(w->event[0].kind, "identity");
    ck_assert_uint_eq(w->event[0].target, 1);
    ck_assert_ptr_nonnull(strstr(w->event[0].text, "answered as NOTHER once, /varz goes on as NIDodd"));
    int varz = watch_count(w, 1, SHAPE_VARZ, false), jsz = watch_count(w, 1, SHAPE_JSZ, true);
    WATCH_UNTIL(w,
                watch_count(w, 1, SHAPE_JSZ, true) > jsz && watch_count(w, 1, SHAPE_VARZ, false) > varz + 6);
    ck_assert_int_eq(w->events, 1); /* of one stranger once */
    ck_assert_int_eq(watch_end(w, SIGTERM), 0);
    hostile_end(h);
}
END_TEST

#define VARZ(ID, START)                                                                                      \
    "{\"server_id\":\"" ID                                                                                   \
    "\",\"server_name\":\"odd\",\"version\":\"2.15.2\",\"now\":\"$NOW\",\"start\":\"" START                  \
    "\",\"in_client_msgs\":1,\"cluster\":{}}"

START_TEST(changing_ids_are_a_balancer) {
    struct hostile_rule rule = {"/varz", HOSTILE_ANSWER, 0, VARZ("$NEWID", "2026-01-01T00:00:00Z"), 0, 0};
    struct hostile *h = hostile_with(&rule, 1);
    struct watch *w = watch_url(hostile_url(h));
    WATCH_UNTIL(w, watch_in_state(w, "balancer") == 1);
    int before = watch_count(w, 1, SHAPE_VARZ, false), asked = hostile_requests(h, "/varz");
    ck_assert_int_eq(before, 1);
    ck_assert_ptr_nonnull(strstr(w->targets[0].reason, "balancer"));
    ck_assert_ptr_nonnull(strstr(w->targets[0].reason, "(NEW0000001, NEW0000002)")); /* both are "odd" */
    ck_assert_int_eq(w->events, 0);                                                  /* the state says it */
    WATCH_UNTIL(w, hostile_requests(h, "/varz") >= asked + 2);
    ck_assert_int_eq(watch_count(w, 1, SHAPE_VARZ, false), before); /* no row of it any more */
    ck_assert_str_eq(w->targets[0].state, "balancer");
    ck_assert_int_eq(watch_end(w, SIGTERM), 0);
    hostile_end(h);
}
END_TEST

START_TEST(later_start_is_a_restart) {
    struct hostile_rule before = {"*", HOSTILE_ANSWER, 0, VARZ("NONE", "2026-01-01T00:00:00Z"), 0, 0};
    struct hostile_rule after = {"*", HOSTILE_ANSWER, 0, VARZ("NTWO", "2199-01-01T00:00:00Z"), 0, 0};
    struct hostile *h = hostile_with(&before, 1);
    struct watch *w = watch_url(hostile_url(h));
    WATCH_UNTIL(w, watch_count(w, 1, SHAPE_VARZ, false) >= 2);
    hostile_rules(h, &after, 1);
    WATCH_UNTIL(w, strcmp(w->targets[0].server_id, "NTWO") == 0);
    ck_assert_int_eq(w->target_count, 1);
    ck_assert_str_eq(w->targets[0].state, "polled");
    WATCH_UNTIL(w, strcmp(watch_last(w, 1, SHAPE_VARZ)->id, "NTWO") == 0);
    ck_assert_int_eq(w->events, 0);
    ck_assert_int_eq(watch_end(w, SIGTERM), 0);
    hostile_end(h);
}
END_TEST

/* ---- login ---- */

static void assert_login(const char *line, const char *header, bool good) {
    char path[] = "/tmp/natsight-auth-XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_eq(write(fd, line, strlen(line)), (ssize_t)strlen(line));
    close(fd);
    struct hostile_rule rule = {"*", HOSTILE_LOGIN, 0, header, 0, 0};
    struct hostile *h = hostile_with(&rule, 1);
    const char *urls[] = {hostile_url(h)};
    struct watch *w = watch_start(
        &(struct collect_options){.urls = urls, .url_count = 1, .page_fd = -1, .auth_file = path});
    WATCH_UNTIL(w, w->note_count > 0);
    unlink(path);
    ck_assert_int_eq(w->notes[0].failure, good ? FAILURE_NONE : FAILURE_HTTP);
    if (!good)
        ck_assert_str_eq(w->notes[0].error, "401: the proxy refuses the login in --auth-file");
    ck_assert_int_eq(watch_end(w, SIGTERM), 0);
    hostile_end(h);
}

START_TEST(login_from_a_file) {
    assert_login("me:secret\n", "Basic bWU6c2VjcmV0", true);
    assert_login("Bearer abc.def\n", "Bearer abc.def", true);
    assert_login("abc.def", "Bearer abc.def", true);
    assert_login("me:wrong\n", "Basic bWU6c2VjcmV0", false);
}
END_TEST

START_TEST(unreadable_files_end_it) {
    const char *urls[] = {"http://127.0.0.1:8222"};
    struct collect_options o = {.urls = urls, .url_count = 1, .page_fd = -1, .auth_file = "/no/such/file"};
    ck_assert_int_eq(watch_end(watch_start(&o), 0), 64);
    o = (struct collect_options){.urls = urls, .url_count = 1, .page_fd = -1, .ca = "/no/such/file"};
    ck_assert_int_eq(watch_end(watch_start(&o), 0), 64);
    o = (struct collect_options){.urls = urls, .url_count = 1, .page_fd = -1, .want = "overview,nonsense"};
    ck_assert_int_eq(watch_end(watch_start(&o), 0), 64);
}
END_TEST

/* ---- commands, supervision ---- */

static struct watch *watch_supervised(const char *url, int page_fd) {
    const char *urls[] = {url};
    struct collect_options o = {.urls = urls, .url_count = 1, .page_fd = page_fd, .supervised = true};
    return watch_start(&o);
}

START_TEST(commands) {
    struct hostile *h = hostile_with(NULL, 0);
    struct page *page;
    int fd = page_create(&page);
    struct watch *w = watch_supervised(hostile_url(h), fd);
    WATCH_UNTIL(w, watch_count(w, 1, SHAPE_CONNZ_HOT, false) >= 1);
    ck_assert_int_eq(watch_count(w, 1, SHAPE_CONNZ_FULL, false), 0);
    watch_say(w, "want connz_full sort=bytes_to every=300\n");
    WATCH_UNTIL(w, watch_count(w, 1, SHAPE_CONNZ_FULL, false) >= 3);
    watch_say(w, "unwant connz_full\nask subsz\nfly to=moon\n");
    WATCH_UNTIL(w, watch_count(w, 1, SHAPE_SUBSZ, false) == 1 && w->logs == 1);
    ck_assert_str_eq(w->log, "unknown command: fly");
    const char *why;
    WATCH_UNTIL(w, watch_interval_ms(w, SHAPE_CONNZ_FULL, &why) <= 0);
    char line[200];
    snprintf(line, sizeof line, "quarantine %s connz_hot\n", hostile_url(h));
    watch_say(w, line);
    watch_say(w, line); /* said twice, told once */
    WATCH_UNTIL(w, watch_last(w, 1, SHAPE_CONNZ_HOT)->failure == FAILURE_QUARANTINED);
    char told[200];
    snprintf(told, sizeof told,
             "connz_hot of %s is quarantined: its answers ended the collector again and again",
             hostile_url(h));
    ck_assert_int_eq(w->events, 1);
    ck_assert_str_eq(w->event[0].kind, "quarantine");
    ck_assert_str_eq(w->event[0].text, told);
    ck_assert_uint_eq(w->event[0].target, 1);
    int hot = hostile_requests(h, "/connz"), varz = watch_count(w, 1, SHAPE_VARZ, false);
    WATCH_UNTIL(w, watch_count(w, 1, SHAPE_VARZ, false) >= varz + 3);
    ck_assert_int_eq(hostile_requests(h, "/connz"), hot);
    uint64_t beat = page->beat;
    ck_assert_uint_gt(beat, 0);
    WATCH_UNTIL(w, page->beat > beat);
    close(w->in); /* end of input is the end */
    w->in = -1;
    ck_assert_int_eq(watch_end(w, 0), 0);
    page_close(page, fd);
    hostile_end(h);
}
END_TEST

static struct watch *watch_wanting(const char *url, const char *sets) {
    const char *urls[] = {url};
    struct collect_options o = {
        .urls = urls, .url_count = 1, .page_fd = -1, .supervised = true, .want = sets};
    return watch_start(&o);
}

/* What --want and the table say goes on when a view that wanted it, too, is left. */
START_TEST(unwant_returns_to_the_sets) {
    struct hostile *h = hostile_with(NULL, 0);
    struct watch *w = watch_wanting(hostile_url(h), NULL);
    const char *why;
    WATCH_UNTIL(w, watch_interval_ms(w, SHAPE_JSZ, &why) == 5000);
    watch_say(w, "want jsz every=300\nwant subsz every=300\n");
    WATCH_UNTIL(w,
                watch_count(w, 1, SHAPE_JSZ, false) >= 3 && watch_interval_ms(w, SHAPE_SUBSZ, &why) == 300);
    watch_say(w, "unwant jsz\nunwant subsz\n");
    WATCH_UNTIL(w, watch_interval_ms(w, SHAPE_SUBSZ, &why) <= 0);
    WATCH_UNTIL(w, watch_interval_ms(w, SHAPE_JSZ, &why) == 5000);
    ck_assert_str_eq(why, "default");
    watch_say(w, "stop\n");
    ck_assert_int_eq(watch_end(w, 0), 0);
    hostile_end(h);
}
END_TEST

START_TEST(unwant_returns_to_sort_and_limit) {
    struct hostile *h = hostile_with(NULL, 0);
    struct watch *w = watch_wanting(hostile_url(h), "connections");
    WATCH_UNTIL(w, hostile_asked(h, "sort=cid&limit=1024") >= 1);
    watch_say(w, "want connz_full sort=bytes_to limit=5\n");
    WATCH_UNTIL(w, hostile_asked(h, "sort=bytes_to&limit=5") >= 1);
    watch_say(w, "unwant connz_full\n");
    int before = hostile_asked(h, "sort=cid&limit=1024");
    WATCH_UNTIL(w, hostile_asked(h, "sort=cid&limit=1024") >= before + 2);
    char line[200];
    snprintf(line, sizeof line, "want connz_full sort=idle limit=7 server=%s\n", hostile_url(h));
    watch_say(w, line);
    WATCH_UNTIL(w, hostile_asked(h, "sort=idle&limit=7") >= 1);
    snprintf(line, sizeof line, "unwant connz_full server=%s\n", hostile_url(h));
    watch_say(w, line);
    before = hostile_asked(h, "sort=cid&limit=1024");
    WATCH_UNTIL(w, hostile_asked(h, "sort=cid&limit=1024") >= before + 2);
    watch_say(w, "stop\n");
    ck_assert_int_eq(watch_end(w, 0), 0);
    hostile_end(h);
}
END_TEST

START_TEST(stop_and_broken_pipe) {
    struct hostile *h = hostile_with(NULL, 0);
    struct watch *w = watch_supervised(hostile_url(h), -1);
    WATCH_UNTIL(w, w->note_count > 0);
    watch_say(w, "stop\n");
    ck_assert_int_eq(watch_end(w, 0), 0);
    w = watch_url(hostile_url(h));
    WATCH_UNTIL(w, w->note_count > 0);
    close(w->out);
    w->out = open("/dev/null", O_RDONLY); /* the end of what watch_end() reads */
    ck_assert_int_eq(watch_end(w, 0), 0);
    hostile_end(h);
}
END_TEST

START_TEST(sets) {
    struct hostile *h = hostile_with(NULL, 0);
    const char *urls[] = {hostile_url(h)};
    struct watch *w = watch_start(
        &(struct collect_options){.urls = urls, .url_count = 1, .page_fd = -1, .want = "connections"});
    WATCH_UNTIL(w,
                watch_count(w, 1, SHAPE_CONNZ_FULL, false) >= 1 && watch_count(w, 1, SHAPE_VARZ, false) >= 3);
    ck_assert_int_eq(hostile_requests(h, "/jsz"), 0);
    ck_assert_int_eq(hostile_requests(h, "/subsz"), 0);
    ck_assert_int_eq(watch_end(w, SIGTERM), 0);
    hostile_end(h);
}
END_TEST

/* ---- kindness, slow readers ---- */

START_TEST(dear_endpoints_stretch) {
    struct hostile_rule rule = {"/jsz", HOSTILE_ANSWER, 0, NULL, 900, 0}; /* 900 ms each 5 s: 18 % */
    struct hostile *h = hostile_with(&rule, 1);
    struct watch *w = watch_url(hostile_url(h));
    const char *why;
    WATCH_UNTIL(w, watch_interval_ms(w, SHAPE_JSZ, &why) > 5000);
    ck_assert_int_ge(watch_interval_ms(w, SHAPE_JSZ, &why), 900 * 20);
    ck_assert_str_eq(why, "stretched: 5 % bound");
    ck_assert_int_eq(watch_interval_ms(w, SHAPE_VARZ, &why), 1000);
    ck_assert_str_eq(why, "default");
    ck_assert_int_eq(watch_end(w, SIGTERM), 0);
    hostile_end(h);
}
END_TEST

static const struct {
    struct hostile_rule rule;
    enum shape shape;
    enum failure failure;
} useless_bodies[] = {
    {{"/connz", HOSTILE_ENDLESS, 0, NULL, 0, 0},
     SHAPE_CONNZ_HOT,
     FAILURE_COUNT}, /* too large, or too slow here */
    {{"/jsz", HOSTILE_DEEP, 0, NULL, 0, 100000}, SHAPE_JSZ, FAILURE_BODY},
    {{"/subsz", HOSTILE_CUT, 0, NULL, 0, 0}, SHAPE_SUBSZ, FAILURE_CUT},
};
enum { USELESS = sizeof useless_bodies / sizeof useless_bodies[0] };

static bool all_useless_wait(const struct watch *w, int64_t ms) {
    const char *why;
    for (int i = 0; i < USELESS; i++)
        if (watch_interval_ms(w, useless_bodies[i].shape, &why) < ms)
            return false;
    return true;
}

static bool says_failing(const struct watch *w, enum shape shape) {
    const char *why;
    watch_interval_ms(w, shape, &why);
    return strncmp(why, "failing: every ", 15) == 0 && strtod(why + 15, NULL) > 0.1;
}

/* On a machine that is slow the bound on cost may wait longer than failing does, for a while. */
static bool one_says_failing(const struct watch *w) {
    bool says = false;
    for (int i = 0; i < USELESS; i++)
        says |= says_failing(w, useless_bodies[i].shape);
    return says;
}

static void assert_useless(const struct watch *w, enum shape shape, enum failure failure) {
    const struct note *n[2] = {0}, *last = watch_last(w, 1, shape);
    ck_assert(failure == FAILURE_COUNT ? last->failure != FAILURE_NONE : last->failure == failure);
    for (int i = 0, k = 0; i < w->note_count && k < 2; i++)
        if (w->notes[i].shape == shape)
            n[k++] = &w->notes[i];
    ck_assert_int_ge(n[1]->asked - n[0]->answered, 190000000); /* at least: later is no fault */
}

START_TEST(useless_bodies_are_asked_less) {
    struct hostile_rule rules[USELESS];
    for (int i = 0; i < USELESS; i++)
        rules[i] = useless_bodies[i].rule;
    struct hostile *h = hostile_with(rules, USELESS);
    const char *urls[] = {hostile_url(h)}, *why;
    struct watch *w = watch_start(&(struct collect_options){
        .urls = urls, .url_count = 1, .page_fd = -1, .interval_ms = 100, .supervised = true});
    watch_say(w, "want connz_hot every=100\nwant jsz every=100\nwant subsz every=100\n");
    WATCH_UNTIL(w, all_useless_wait(w, 400) && one_says_failing(w));
    for (int i = 0; i < USELESS; i++)
        assert_useless(w, useless_bodies[i].shape, useless_bodies[i].failure);
    ck_assert_int_eq(watch_interval_ms(w, SHAPE_VARZ, &why), 100);
    hostile_rules(h, NULL, 0);
    for (int i = 0; i < USELESS; i++) /* in step again */
        WATCH_UNTIL(w, watch_count(w, 1, useless_bodies[i].shape, false) >= 3 &&
                           !says_failing(w, useless_bodies[i].shape));
    watch_say(w, "stop\n");
    ck_assert_int_eq(watch_end(w, 0), 0);
    hostile_end(h);
}
END_TEST

/* A page that stays shorter than it says it could be is asked at its pace. */
START_TEST(liars_about_connections_are_asked_no_more) {
    struct hostile_rule rule = {
        "/connz",
        HOSTILE_ANSWER,
        0,
        "{\"server_id\":\"$ID\",\"now\":\"$NOW\",\"num_connections\":1,\"total\":100000,\"connections\":[]}",
        0,
        0};
    struct hostile *h = hostile_with(&rule, 1);
    struct watch *w = watch_wanting(hostile_url(h), "connections");
    WATCH_UNTIL(w, watch_count(w, 1, SHAPE_VARZ, false) >= 4);
    ck_assert_int_le(hostile_asked(h, "/connz?auth=1&sort"), 2 * watch_count(w, 1, SHAPE_VARZ, false));
    watch_say(w, "stop\n");
    ck_assert_int_eq(watch_end(w, 0), 0);
    hostile_end(h);
}
END_TEST

START_TEST(slow_reader) {
    struct hostile_rule rule = {"/connz", HOSTILE_LARGE, 0, NULL, 0, 8 << 20}; /* more than a pipe holds */
    struct hostile *h = hostile_with(&rule, 1);
    const char *urls[] = {hostile_url(h)};
    struct watch *w = watch_start(
        &(struct collect_options){.urls = urls, .url_count = 1, .page_fd = -1, .interval_ms = 100});
    int64_t end = watch_now_ms() + WATCH_MS; /* nobody reads, and it goes on asking */
    struct pollfd nothing = {.fd = -1};
    while (hostile_requests(h, "/varz") < 20 && watch_now_ms() < end)
        poll(&nothing, 1, 20);
    ck_assert_int_ge(hostile_requests(h, "/varz"), 20);
    WATCH_UNTIL(w, w->lost >= 5 && watch_count(w, 1, SHAPE_VARZ, false) >= 3);
    ck_assert_int_gt(w->gaps, 0);
    ck_assert_int_eq(w->damages, 0);
    ck_assert_int_eq(watch_end(w, SIGTERM), 0);
    hostile_end(h);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("collectors http");
    TCase *c = tcase_create("http");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, one_server);
    tcase_add_test(c, cadence_of_the_table);
    tcase_add_loop_test(c, failure_in_words, 0, sizeof bad_varz / sizeof bad_varz[0]);
    tcase_add_test(c, nobody_there);
    tcase_add_test(c, tls_to_a_plain_port);
    tcase_add_test(c, failing_health_is_an_answer);
    tcase_add_test(c, sixty_megabytes);
    tcase_add_test(c, slow_jsz_delays_nobody);
    tcase_add_test(c, slow_name_delays_nobody);
    tcase_add_test(c, document_of_another_server);
    tcase_add_test(c, changing_ids_are_a_balancer);
    tcase_add_test(c, later_start_is_a_restart);
    tcase_add_test(c, login_from_a_file);
    tcase_add_test(c, unreadable_files_end_it);
    tcase_add_test(c, commands);
    tcase_add_test(c, unwant_returns_to_the_sets);
    tcase_add_test(c, unwant_returns_to_sort_and_limit);
    tcase_add_test(c, stop_and_broken_pipe);
    tcase_add_test(c, sets);
    tcase_add_test(c, dear_endpoints_stretch);
    tcase_add_test(c, useless_bodies_are_asked_less);
    tcase_add_test(c, liars_about_connections_are_asked_no_more);
    tcase_add_test(c, slow_reader);
    suite_add_tcase(suite, c);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}
