/* collect_http(): what is dear, large or no use is asked less; a reader that is slow. */

#include "tests/harness/watch.h"

#include "tests/harness/hostile.h"
#include "tests/harness/suite.h"

START_TEST(dear_endpoints_stretch) {
    struct hostile_rule rule = {"/jsz", HOSTILE_ANSWER, 0, NULL, 300, 0}; /* 300 ms each second: 30 % */
    struct hostile *h = hostile_with(&rule, 1);
    struct watch *w = watch_supervised(hostile_url(h), NULL, -1);
    watch_say(w, "want jsz every=1000\n");
    const char *why;
    WATCH_UNTIL(w, watch_interval_ms(w, SHAPE_JSZ, &why) > 1000 && strcmp(why, "wanted") != 0);
    ck_assert_int_ge(watch_interval_ms(w, SHAPE_JSZ, &why), 300 * 20);
    ck_assert_str_eq(why, "stretched: 5 % bound");
    ck_assert_int_eq(watch_interval_ms(w, SHAPE_VARZ, &why), WATCH_PACE);
    ck_assert_str_eq(why, "configured");
    ck_assert_int_eq(watch_end(w, SIGTERM), 0);
    hostile_end(h);
}
END_TEST

/* It stands still while /jsz is on its way: what that took is no word about the next one. */
START_TEST(a_server_that_stood_still_is_asked_as_before) {
    const struct hostile_rule still[] = {{"/jsz", HOSTILE_ANSWER, 0, NULL, 3000, 0},
                                         {"/varz", HOSTILE_SILENT, 0, NULL, 0, 0}};
    struct hostile *h = hostile_with(NULL, 0);
    struct watch *w = watch_supervised(hostile_url(h), NULL, -1);
    watch_say(w, "want jsz every=1000\n");
    const char *why;
    WATCH_UNTIL(w, watch_count(w, 1, SHAPE_JSZ, false) >= 3);
    int asked = hostile_requests(h, "/jsz");
    hostile_rules(h, still, 1);
    WATCH_UNTIL(w, hostile_requests(h, "/jsz") > asked);
    hostile_rules(h, still, 2);
    int answered = watch_count(w, 1, SHAPE_JSZ, false);
    WATCH_UNTIL(w, watch_count(w, 1, SHAPE_JSZ, false) > answered && watch_count(w, 1, SHAPE_VARZ, true) > 0);
    hostile_rules(h, NULL, 0);
    for (int more = 2; more < 5; more++) {
        WATCH_UNTIL(w, watch_count(w, 1, SHAPE_JSZ, false) >= answered + more);
        watch_interval_ms(w, SHAPE_JSZ, &why);
        ck_assert_msg(strncmp(why, "stretched", 9) != 0, "%s", why);
    }
    WATCH_UNTIL(w, watch_interval_ms(w, SHAPE_JSZ, &why) == 1000 && strcmp(why, "wanted") == 0);
    watch_say(w, "stop\n");
    ck_assert_int_eq(watch_end(w, 0), 0);
    hostile_end(h);
}
END_TEST

/* What is begun at once and long: nothing to the server, but to the link and to us. */
START_TEST(large_answers_stretch) {
    struct hostile_rule rule = {"/connz", HOSTILE_LARGE, 0, NULL, 0, 16 << 20};
    struct hostile *h = hostile_with(&rule, 1);
    struct watch *w = watch_supervised(hostile_url(h), NULL, -1);
    watch_say(w, "want connz_hot every=400\n");
    const char *why;
    WATCH_UNTIL(w, watch_interval_ms(w, SHAPE_CONNZ_HOT, &why) >= (16 << 20) * 8 / 1000000 * 20);
    ck_assert_msg(strncmp(why, "stretched: ", 11) == 0, "%s", why);
    ck_assert_int_eq(watch_last(w, 1, SHAPE_CONNZ_HOT)->failure, FAILURE_NONE);
    ck_assert_int_eq(watch_interval_ms(w, SHAPE_VARZ, &why), WATCH_PACE);
    ck_assert_int_eq(watch_end(w, SIGTERM), 0);
    hostile_end(h);
}
END_TEST

/* What nobody set a cadence for keeps a pace by its size; what somebody did comes as wanted. */
START_TEST(large_answers_have_a_pace) {
    static const char filled[] = "{\"server_id\":\"$ID\",\"now\":\"$NOW\",\"streams\":0,\"fill\":\"$FILL\"}";
    struct hostile_rule rule = {"/jsz", HOSTILE_ANSWER, 0, filled, 0, 2 << 20};
    struct hostile *h = hostile_with(&rule, 1);
    const char *why, *urls[] = {hostile_url(h)};
    struct watch *w = watch_start(
        &(struct collect_options){.urls = urls, .url_count = 1, .want = "jetstream", .page_fd = -1});
    WATCH_UNTIL(w, watch_interval_ms(w, SHAPE_JSZ, &why) == 11000 && strcmp(why, "answers of 2.1 MB") == 0);
    ck_assert_int_eq(watch_end(w, SIGTERM), 0);
    w = watch_supervised(hostile_url(h), NULL, -1);
    watch_say(w, "want jsz every=6000\n");
    WATCH_UNTIL(w, watch_count(w, 1, SHAPE_JSZ, false) >= 2);
    WATCH_UNTIL(w, watch_interval_ms(w, SHAPE_JSZ, &why) == 6000 && strcmp(why, "wanted") == 0);
    ck_assert_int_eq(watch_end(w, SIGTERM), 0);
    hostile_end(h);
}
END_TEST

static const struct {
    struct hostile_rule rule;
    enum shape shape;
    enum failure failure;
    const char *want;
} useless_bodies[] = {
    {{"/connz", HOSTILE_ENDLESS, 0, NULL, 0, 0},
     SHAPE_CONNZ_HOT,
     FAILURE_COUNT, /* too large, or too slow here */
     "want connz_hot every=100\n"},
    {{"/jsz", HOSTILE_DEEP, 0, NULL, 0, 100000}, SHAPE_JSZ, FAILURE_BODY, "want jsz every=100\n"},
    {{"/subsz", HOSTILE_CUT, 0, NULL, 0, 0}, SHAPE_SUBSZ, FAILURE_CUT, "want subsz every=100\n"},
};
enum { USELESS = sizeof useless_bodies / sizeof useless_bodies[0] };

static bool says_failing(const struct watch *w, enum shape shape) {
    const char *why;
    watch_interval_ms(w, shape, &why);
    return strncmp(why, "failing: every ", 15) == 0 && strtod(why + 15, NULL) > 0.1;
}

/* Of a body that takes long, here, to be found useless, the bound on cost may keep us away for longer. */
static bool waits_for_it(const struct watch *w, enum shape shape, bool is_long) {
    const char *why;
    return watch_interval_ms(w, shape, &why) >= 400 && (says_failing(w, shape) || is_long);
}

static void assert_useless(const struct watch *w, enum shape shape, enum failure failure) {
    const struct note *n[2] = {0}, *last = watch_last(w, 1, shape);
    ck_assert(failure == FAILURE_COUNT ? last->failure != FAILURE_NONE : last->failure == failure);
    for (int i = 0, k = 0; i < w->note_count && k < 2; i++)
        if (w->notes[i].shape == shape)
            n[k++] = &w->notes[i];
    if (failure == FAILURE_COUNT) /* one that took long is excused once, where /varz was silent, too */
        return;
    ck_assert(n[0] && n[1]);
    ck_assert_int_ge(n[1]->asked - n[0]->answered, 190000000); /* at least: later is no fault */
}

START_TEST(useless_bodies_are_asked_less) {
    enum shape shape = useless_bodies[_i].shape;
    bool is_long = useless_bodies[_i].failure == FAILURE_COUNT;
    struct hostile *h = hostile_with(&useless_bodies[_i].rule, 1);
    const char *urls[] = {hostile_url(h)}, *why;
    struct watch *w = watch_start(&(struct collect_options){
        .urls = urls, .url_count = 1, .page_fd = -1, .interval_ms = 100, .supervised = true});
    watch_say(w, useless_bodies[_i].want);
    WATCH_UNTIL(w, watch_interval_ms(w, shape, &why) >= 200); /* to be found too slow takes seconds, too */
    WATCH_UNTIL(w, waits_for_it(w, shape, is_long));
    assert_useless(w, shape, useless_bodies[_i].failure);
    ck_assert_int_eq(watch_interval_ms(w, SHAPE_VARZ, &why), 100);
    hostile_rules(h, NULL, 0);
    if (!is_long || watch_interval_ms(w, shape, &why) < 2000) /* in step again */
        WATCH_UNTIL(w, watch_count(w, 1, shape, false) >= 3 && !says_failing(w, shape));
    watch_say(w, "stop\n");
    ck_assert_int_eq(watch_end(w, 0), 0);
    hostile_end(h);
}
END_TEST

#define ROUTED_VARZ                                                                                          \
    "{\"server_id\":\"$ID\",\"server_name\":\"$NAME\",\"version\":\"2.15.2\",\"now\":\"$NOW\","              \
    "\"start\":\"2026-01-01T00:00:00Z\",\"in_client_msgs\":1,\"cluster\":{\"name\":\"c\"}}"
#define ROUTE_OF(PENDING)                                                                                    \
    "{\"server_id\":\"$ID\",\"now\":\"$NOW\",\"num_routes\":1,\"routes\":[{\"rid\":5,\"pending_"             \
    "size\":" PENDING "}]}"

START_TEST(routes_are_asked_more_while_bytes_wait_on_them) {
    struct hostile_rule rules[] = {{"/varz", HOSTILE_ANSWER, 0, ROUTED_VARZ, 0, 0},
                                   {"/routez", HOSTILE_ANSWER, 0, ROUTE_OF("14500000"), 0, 0}};
    struct hostile *h = hostile_with(rules, 2);
    struct watch *w = watch_supervised(hostile_url(h), NULL, -1);
    const char *why;
    WATCH_UNTIL(w, watch_interval_ms(w, SHAPE_ROUTEZ, &why) == 2 * WATCH_PACE);
    ck_assert_str_eq(why, "bytes wait on a route");
    int routes = hostile_requests(h, "/routez"), varz = hostile_requests(h, "/varz");
    WATCH_UNTIL(w, hostile_requests(h, "/routez") >= routes + 3);
    ck_assert_int_lt(hostile_requests(h, "/varz"), varz + 9000 / WATCH_PACE);
    rules[1].body = ROUTE_OF("1000000");
    hostile_rules(h, rules, 2);
    WATCH_UNTIL(w, watch_interval_ms(w, SHAPE_ROUTEZ, &why) == 10000);
    ck_assert_str_eq(why, "default");
    watch_say(w, "stop\n");
    ck_assert_int_eq(watch_end(w, 0), 0);
    hostile_end(h);
}
END_TEST

#define GATED_VARZ                                                                                           \
    "{\"server_id\":\"$ID\",\"server_name\":\"$NAME\",\"version\":\"2.15.2\",\"now\":\"$NOW\","              \
    "\"start\":\"2026-01-01T00:00:00Z\",\"in_client_msgs\":1,\"gateway\":{\"name\":\"west\"}}"
#define GATEWAY_OF(PENDING)                                                                                  \
    "{\"server_id\":\"$ID\",\"now\":\"$NOW\",\"name\":\"west\",\"outbound_gateways\":{\"east\":{"            \
    "\"connection\":{\"cid\":20,\"pending_bytes\":" PENDING "}}}}"

START_TEST(gateways_are_asked_more_while_bytes_wait_on_them) {
    struct hostile_rule rules[] = {{"/varz", HOSTILE_ANSWER, 0, GATED_VARZ, 0, 0},
                                   {"/gatewayz", HOSTILE_ANSWER, 0, GATEWAY_OF("12000000"), 0, 0}};
    struct hostile *h = hostile_with(rules, 2);
    struct watch *w = watch_supervised(hostile_url(h), NULL, -1);
    const char *why;
    WATCH_UNTIL(w, watch_interval_ms(w, SHAPE_GATEWAYZ, &why) == 2 * WATCH_PACE);
    ck_assert_str_eq(why, "bytes wait on a gateway");
    rules[1].body = GATEWAY_OF("1000000");
    hostile_rules(h, rules, 2);
    WATCH_UNTIL(w, watch_interval_ms(w, SHAPE_GATEWAYZ, &why) == 10000);
    ck_assert_str_eq(why, "default");
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
    struct watch *w = watch_supervised(hostile_url(h), "connections", -1);
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
    Suite *suite = suite_create("collectors: kindness");
    TCase *c = tcase_create("kindness");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, dear_endpoints_stretch);
    tcase_add_test(c, a_server_that_stood_still_is_asked_as_before);
    tcase_add_test(c, large_answers_stretch);
    tcase_add_test(c, large_answers_have_a_pace);
    tcase_add_loop_test(c, useless_bodies_are_asked_less, 0, USELESS);
    tcase_add_test(c, routes_are_asked_more_while_bytes_wait_on_them);
    tcase_add_test(c, gateways_are_asked_more_while_bytes_wait_on_them);
    tcase_add_test(c, liars_about_connections_are_asked_no_more);
    tcase_add_test(c, slow_reader);
    suite_add_tcase(suite, c);
    return suite_run(suite);
}
