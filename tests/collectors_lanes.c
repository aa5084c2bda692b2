/* collect_http(): what is slow delays nobody else; whose answer it is; logins. */

#include "tests/harness/watch.h"

#include "tests/harness/hostile.h"
#include "tests/harness/silent_dns.h"
#include "tests/harness/suite.h"

START_TEST(slow_jsz_delays_nobody) {
    struct hostile_rule rule = {"/jsz", HOSTILE_ANSWER, 0, NULL, 1500, 0};
    struct hostile *h = hostile_with(&rule, 1);
    struct watch *w = watch_url(hostile_url(h));
    WATCH_UNTIL(w, watch_last(w, 1, SHAPE_JSZ) != NULL);
    const struct note *slow = watch_last(w, 1, SHAPE_JSZ);
    ck_assert_int_eq(slow->failure, FAILURE_NONE);
    ck_assert_int_ge(slow->answered - slow->asked, 1490000000);
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

/* One answer may be of a run that /varz will tell of: it fails when /varz goes on as before, and it comes
 * again. */
START_TEST(document_of_another_server) {
    struct hostile_rule rule = {
        "/jsz", HOSTILE_ANSWER, 0, "{\"server_id\":\"NOTHER\",\"now\":\"$NOW\",\"streams\":5}", 0, 0};
    struct hostile *h = hostile_with(&rule, 1);
    struct watch *w = watch_supervised(hostile_url(h), NULL, -1);
    watch_say(w, "want jsz every=1000\n");
    WATCH_UNTIL(w, watch_last(w, 1, SHAPE_JSZ) != NULL);
    ck_assert_int_eq(watch_last(w, 1, SHAPE_JSZ)->failure, FAILURE_OTHER_SERVER);
    ck_assert_int_eq(watch_count(w, 1, SHAPE_JSZ, true), 1);
    ck_assert_int_ge(hostile_asked(h, "/jsz"), 2);
    ck_assert_int_eq(w->events, 1);
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

#define JSZ_OF(CREATED)                                                                                      \
    "{\"server_id\":\"$ID\",\"now\":\"$NOW\",\"streams\":1,\"consumers\":1,\"account_details\":[{\"id\":"    \
    "\"A\","                                                                                                 \
    "\"stream_detail\":[{\"name\":\"S\",\"consumer_detail\":[{\"stream_name\":\"S\",\"name\":\"C\","         \
    "\"created\":\"" CREATED "\",\"num_pending\":1}]}]}]}"

/* Their number is the same, and one of them is another one: what it is made to do is asked for with the next
 * request, not once a minute. */
START_TEST(configuration_of_one_made_again_is_asked_for) {
    struct hostile_rule before = {"/jsz", HOSTILE_ANSWER, 0, JSZ_OF("2026-01-01T00:00:00Z"), 0, 0};
    struct hostile_rule after = {"/jsz", HOSTILE_ANSWER, 0, JSZ_OF("2026-01-02T00:00:00Z"), 0, 0};
    struct hostile *h = hostile_with(&before, 1);
    struct watch *w = watch_supervised(hostile_url(h), NULL, -1);
    watch_say(w, "want jsz every=1000\n");
    WATCH_UNTIL(w, watch_count(w, 1, SHAPE_JSZ, false) >= 8); /* of a time in which it might be asked again */
    ck_assert_int_eq(watch_last(w, 1, SHAPE_JSZ)->failure, FAILURE_NONE);
    ck_assert_int_eq(hostile_asked(h, "config=1"), 1);
    hostile_rules(h, &after, 1);
    WATCH_UNTIL(w, hostile_asked(h, "config=1") == 2);
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
    const struct note *last = NULL;
    WATCH_UNTIL(w, (last = watch_last(w, 1, SHAPE_VARZ)) != NULL && strcmp(last->id, "NTWO") == 0);
    ck_assert_int_eq(w->events, 0);
    ck_assert_int_eq(watch_end(w, SIGTERM), 0);
    hostile_end(h);
}
END_TEST

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

int main(void) {
    Suite *suite = suite_create("collectors: lanes");
    TCase *c = tcase_create("lanes");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, slow_jsz_delays_nobody);
    tcase_add_test(c, slow_name_delays_nobody);
    tcase_add_test(c, document_of_another_server);
    tcase_add_test(c, configuration_of_one_made_again_is_asked_for);
    tcase_add_test(c, changing_ids_are_a_balancer);
    tcase_add_test(c, later_start_is_a_restart);
    tcase_add_test(c, login_from_a_file);
    tcase_add_test(c, unreadable_files_end_it);
    suite_add_tcase(suite, c);
    return suite_run(suite);
}
