/* collect_http(): commands, sets, the ends of it. */

#include "tests/harness/watch.h"

#include <fcntl.h>

#include "base/page.h"
#include "tests/harness/hostile.h"
#include "tests/harness/suite.h"

START_TEST(commands) {
    struct hostile *h = hostile_with(NULL, 0);
    struct page *page;
    int fd = page_create(&page);
    struct watch *w = watch_supervised(hostile_url(h), NULL, fd);
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

/* What --want and the table say goes on when a view that wanted it, too, is left. */
START_TEST(unwant_returns_to_the_sets) {
    struct hostile *h = hostile_with(NULL, 0);
    struct watch *w = watch_supervised(hostile_url(h), NULL, -1);
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
    struct watch *w = watch_supervised(hostile_url(h), "connections", -1);
    WATCH_UNTIL(w, hostile_asked(h, "sort=cid&limit=1024") >= 1);
    watch_say(w, "want connz_full sort=bytes_to limit=5\n");
    WATCH_UNTIL(w, hostile_asked(h, "sort=bytes_to&limit=5") >= 1);
    watch_say(w, "unwant connz_full\n");
    int before = hostile_asked(h, "sort=cid&limit=1024");
    WATCH_UNTIL(w, hostile_asked(h, "sort=cid&limit=1024") > before);
    char line[200];
    snprintf(line, sizeof line, "want connz_full sort=idle limit=7 server=%s\n", hostile_url(h));
    watch_say(w, line);
    WATCH_UNTIL(w, hostile_asked(h, "sort=idle&limit=7") >= 1);
    snprintf(line, sizeof line, "unwant connz_full server=%s\n", hostile_url(h));
    watch_say(w, line);
    before = hostile_asked(h, "sort=cid&limit=1024");
    WATCH_UNTIL(w, hostile_asked(h, "sort=cid&limit=1024") > before);
    watch_say(w, "stop\n");
    ck_assert_int_eq(watch_end(w, 0), 0);
    hostile_end(h);
}
END_TEST

/* A list that is cut may lack whole queue groups. */
START_TEST(who_listens_is_asked_for_many) {
    struct hostile *h = hostile_with(NULL, 0);
    struct watch *w = watch_supervised(hostile_url(h), NULL, -1);
    watch_say(w, "want interest subject=orders.created\n");
    WATCH_UNTIL(w, hostile_asked(h, "subs=1&limit=10000&test=orders.created") >= 1);
    watch_say(w, "want interest subject=orders.created limit=5\n");
    WATCH_UNTIL(w, hostile_asked(h, "subs=1&limit=5&test=orders.created") >= 1);
    watch_say(w, "stop\n");
    ck_assert_int_eq(watch_end(w, 0), 0);
    hostile_end(h);
}
END_TEST

START_TEST(stop_and_broken_pipe) {
    struct hostile *h = hostile_with(NULL, 0);
    struct watch *w = watch_supervised(hostile_url(h), NULL, -1);
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
    struct watch *w = watch_supervised(hostile_url(h), "connections", -1);
    WATCH_UNTIL(w,
                watch_count(w, 1, SHAPE_CONNZ_FULL, false) >= 1 && watch_count(w, 1, SHAPE_VARZ, false) >= 3);
    ck_assert_int_eq(hostile_requests(h, "/jsz"), 0);
    ck_assert_int_eq(hostile_requests(h, "/subsz"), 0);
    ck_assert_int_eq(watch_end(w, SIGTERM), 0);
    hostile_end(h);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("collectors: commands");
    TCase *c = tcase_create("commands");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, commands);
    tcase_add_test(c, unwant_returns_to_the_sets);
    tcase_add_test(c, unwant_returns_to_sort_and_limit);
    tcase_add_test(c, who_listens_is_asked_for_many);
    tcase_add_test(c, stop_and_broken_pipe);
    tcase_add_test(c, sets);
    suite_add_tcase(suite, c);
    return suite_run(suite);
}
