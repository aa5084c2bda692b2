/* collect_http(): answers of a real server, and failures in words. */

#include "tests/harness/watch.h"

#include "tests/harness/hostile.h"
#include "tests/harness/http_get.h"
#include "tests/harness/ports.h"
#include "tests/harness/servers.h"
#include "tests/harness/suite.h"

/* At the cadence of the table. */
static struct watch *watch_as_usual(const char *url) {
    return watch_start(&(struct collect_options){.urls = &url, .url_count = 1, .page_fd = -1});
}

START_TEST(one_server) {
    struct servers *s = servers_start(&(struct servers_options){.jetstream = true});
    ck_assert_ptr_nonnull(s);
    struct watch *w = watch_as_usual(s->node[0].http);
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
    struct watch *w = watch_as_usual(s->node[0].http);
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

int main(void) {
    Suite *suite = suite_create("collectors: answers");
    TCase *c = tcase_create("answers");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, one_server);
    tcase_add_test(c, cadence_of_the_table);
    tcase_add_loop_test(c, failure_in_words, 0, sizeof bad_varz / sizeof bad_varz[0]);
    tcase_add_test(c, nobody_there);
    tcase_add_test(c, tls_to_a_plain_port);
    tcase_add_test(c, failing_health_is_an_answer);
    tcase_add_test(c, sixty_megabytes);
    suite_add_tcase(suite, c);
    return suite_run(suite);
}
