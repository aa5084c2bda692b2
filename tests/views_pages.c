/* Streams and consumers on a small screen: nothing is out of reach, no sentence is cut, no row hops about. */
#include <check.h>

#include "tests/harness/suite.h"
#include "tests/views_frame.h"

static void press(struct frame *f, const char *key, int times) {
    struct view_request request;
    for (int i = 0; i < times; i++)
        frame_key(f, key, &request);
}

/* However few rows a page has, Tab leads to all that it is about, and once round it is as it was. */
START_TEST(every_part_is_in_reach) {
    static const struct {
        void (*world)(struct world *w);
        const char *view;
        enum object_kind kind;
        enum quantity name;
        const char *object;
        int parts;
        const char *told[10];
    } pages[] = {
        {world_states,
         "consumer",
         OBJECT_CONSUMER,
         Q_CONSUMER_name,
         "falling_behind",
         4,
         {"-LAG ", "-TIME BEHIND", "-DELIVERED", "-ACKED", "-CONFIGURATION", "ack pending at most",
          "n2-lon leader", "-CONSUMERS OF ORDERS", "stalled_acks", "waiting pulls"}},
        {world_states,
         "stream",
         OBJECT_STREAM,
         Q_STREAM_name,
         "ORDERS",
         4,
         {"-LIMITS", "age ", "-REPLICAS", "n2-lon leader", "-CONFIGURATION", "account", "-CONSUMERS",
          "stalled_acks", "keeping_up", "messages"}},
        {world_filling,
         "connection",
         OBJECT_CONNECTION,
         Q_CONNECTION_name,
         "billing-7",
         5,
         {"-PENDING", "-OUT ", "-IN BYTES", "held from 75% full", "cipher TLS_AES_128_GCM_SHA256", "tag pay",
          "producers paused", "-SUBSCRIPTIONS 3", "_INBOX.x4.*", "-SAME name billing-7"}},
    };
    struct world w;
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        unsigned seen = 0;
        struct frame f;
        pages[i].world(&w);
        frame_open(&f, &w, pages[i].view);
        f.context.object = world_object(&w, pages[i].kind, pages[i].name, pages[i].object);
        char *first = frame_text(&f, 80, 24, false);
        for (int part = 0; part < pages[i].parts; part++) {
            char *text = frame_text(&f, 80, 24, false);
            ck_assert_int_eq(part > 0, strcmp(text, first) != 0);
            for (int k = 0; k < 10; k++)
                seen |= (unsigned)(strstr(text, pages[i].told[k]) != NULL) << k;
            free(text);
            press(&f, "Tab", 1);
        }
        for (int k = 0; k < 10; k++)
            ck_assert_msg(seen >> k & 1, "%s: nowhere %s", pages[i].view, pages[i].told[k]);
        char *round = frame_text(&f, 80, 24, false);
        ck_assert_str_eq(round, first);
        press(&f, "Tab", 2);
        press(&f, "Esc", 1);
        char *back = frame_text(&f, 80, 24, false);
        ck_assert_str_eq(back, first);
        free(back);
        free(round);
        free(first);
        frame_close(&f);
        world_finish(&w);
    }
}
END_TEST

/* Sentences that are too long for a line of the page go on in the next one. */
START_TEST(reasons_are_whole) {
    static const struct {
        const char *view, *object, *end;
    } told[] = {{"consumer", "nobody_bound", "\n   delivery 5m00s ago\n"},
                {"consumer", "poison", "\n   window 3/1000\n"},
                {"stream", "ORDERS", "\n   processed, gone before we watched\n"}};
    struct world w;
    world_states(&w);
    for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
        bool stream = strcmp(told[i].view, "stream") == 0;
        struct frame f;
        frame_open(&f, &w, told[i].view);
        f.context.object = world_object(&w, stream ? OBJECT_STREAM : OBJECT_CONSUMER,
                                        stream ? Q_STREAM_name : Q_CONSUMER_name, told[i].object);
        char *text = frame_text(&f, 80, 24, false);
        ck_assert_msg(strstr(text, told[i].end) != NULL, "%s", text);
        free(text);
        frame_close(&f);
    }
    world_finish(&w);
}
END_TEST

/* The lag of one grows past that of the other: it stands before it when that can be told. */
START_TEST(rows_that_are_about_equal_keep_their_places) {
    static const struct world_consumer consumers[] = {{"ORDERS", "stays", 0, 1000, 0, 1, 1, 100, 0, 1},
                                                      {"ORDERS", "grows", 0, 1200, 1, 1, 1, 100, 0, 1}};
    struct world w;
    struct frame f;
    world_init(&w);
    w.consumers = consumers;
    w.consumer_count = 2;
    frame_open(&f, &w, "jetstream");
    ck_assert(list_sort_by(list_of_view(f.view, f.state), "lag"));
    world_run(&w, WORLD_SECONDS - 250);
    for (int i = 0; i < 3; i++) { /* 950, 1050, 1150 */
        f.context.utc_ns = world_utc(&w);
        f.context.mono_ns = world_mono(&w);
        char *text = frame_text(&f, 80, 24, false);
        bool before = strstr(text, " / stays") < strstr(text, " / grows");
        ck_assert_msg(before == (i < 2), "%s", text);
        free(text);
        world_run(&w, 100);
    }
    frame_close(&f);
    world_finish(&w);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("views: pages");
    TCase *tc = tcase_create("pages");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, every_part_is_in_reach);
    tcase_add_test(tc, reasons_are_whole);
    tcase_add_test(tc, rows_that_are_about_equal_keep_their_places);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
