/* Closed connections: one object from its start to its record, each once, what is missed said. */
#include "tests/model_closed.h"

#include "model/closing.h"
#include "model/reason.h"

static void begin(struct night *n) {
    night_begin(n, 0, 1);
    send_target(n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    send_crowd(n, "IDA", 100, 10);
}

START_TEST(it_stays_the_object_that_it_was) {
    struct night n;
    begin(&n);
    send_lives(&n, "IDA", SHAPE_CONNZ_FULL, 2,
               (struct life[]){{5, "b", -60, 0, NULL, 0}, {6, "c", -60, 0, NULL, 0}}, 2);
    uint64_t id = find_by(&n, Q_CONNECTION_name, "b")->id;
    live_until(&n, "IDA", 8, 100, 9);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 1, (struct life[]){{5, "b", -60, 7, CUT_BYTES, 900}}, 1);
    const struct object *b = model_object(n.model, id);
    ck_assert_ptr_nonnull(b);
    ck_assert_str_eq(text_value(&n, b, Q_CONNECTION_state), "closed");
    ck_assert_str_eq(text_value(&n, b, Q_CONNECTION_reason), CUT_BYTES);
    ck_assert_str_eq(text_value(&n, b, Q_CONNECTION_closed_by), "slow");
    ck_assert_double_eq(number_value(&n, b, Q_CONNECTION_lived), 67e9);
    ck_assert_double_eq(number_value(&n, b, Q_CONNECTION_uptime), 67e9);
    ck_assert_double_eq(number_value(&n, b, Q_CONNECTION_pending_bytes), 900);
    ck_assert_double_eq(number_value(&n, b, Q_CONNECTION_closed_at), (double)(NIGHT_UTC + ns(7)));
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_cut), 1);
    /* the server goes on listing it as open for a while: one client, not two */
    send_lives(&n, "IDA", SHAPE_CONNZ_FULL, 2,
               (struct life[]){{5, "b", -60, 0, NULL, 900}, {6, "c", -60, 0, NULL, 0}}, 2);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 1, (struct life[]){{5, "b", -60, 7, CUT_BYTES, 900}}, 1);
    ck_assert_uint_eq(count_of(&n, OBJECT_CONNECTION), 2);
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_cut), 1);
    ck_assert_ptr_eq(find_by(&n, Q_CONNECTION_name, "b"), b);
    night_end(&n);
}
END_TEST

/* Until its last write returns; nobody's buffer is that large any more. */
START_TEST(what_waits_for_one_that_was_cut_is_no_buffer_of_the_server) {
    struct night n;
    begin(&n);
    struct life open[2] = {{5, "b", -60, 0, NULL, 16000000}, {6, "c", -60, 0, NULL, 300}};
    send_lives(&n, "IDA", SHAPE_CONNZ_HOT, 2, open, 2);
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_max_pending_bytes), 16000000);
    live_until(&n, "IDA", 8, 100, 9);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 1, (struct life[]){{5, "b", -60, 7, CUT_BYTES, 16000000}}, 1);
    send_lives(&n, "IDA", SHAPE_CONNZ_HOT, 2, open, 2);
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_max_pending_bytes), 300);
    send_lives(&n, "IDA", SHAPE_CONNZ_HOT, 1, open, 1);
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_max_pending_bytes), 0);
    night_end(&n);
}
END_TEST

/* One that was cut is listed on, and producers are paused for its sake: `stalls` so far. */
static void send_listed(struct night *n, int64_t stalls, int64_t pending) {
    struct sample *s = build_varz(n, 1, "IDA", "n1");
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_stalled_clients, stalls);
    send(n, s);
    s = build(n, 1, SHAPE_CONNZ_HOT, "IDA");
    put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, pending ? 2 : 1);
    put_life(s, &(struct life){6, "c", -60, 0, NULL, 300});
    if (pending) {
        put_life(s, &(struct life){5, "b", -60, 0, NULL, pending});
        put_i((struct row *)s->rows[s->count - 1], F_CONNECTION_stalls, stalls);
    }
    send(n, s);
}

START_TEST(one_that_was_cut_is_kept_open) {
    static const char *const words[] = {
        "its server still keeps it open: 15.3M wait until its last write returns",
        "its server still keeps it open: 15.3M wait, and producers are paused 40 times per second"};
    struct night n;
    size_t count, holding;
    begin(&n);
    send_listed(&n, 100, 16000000);
    uint64_t id = find_by(&n, Q_CONNECTION_name, "b")->id;
    night_until(&n, 2);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 1, (struct life[]){{5, "b", -60, 1, CUT_BYTES, 16000000}}, 1);
    model_lingering(n.model, &count, &holding);
    ck_assert_uint_eq(count, 0);   /* not seen since */
    for (int i = 0; i < 60; i++) { /* longer than a write deadline */
        night_until(&n, 4 + 2 * i);
        send_listed(&n, 160 + 80 * i, 16000000);
        const struct object *b = model_object(n.model, id);
        ck_assert_str_eq(text_value(&n, b, Q_CONNECTION_state), "closed");
        ck_assert_str_eq(text_value(&n, b, Q_CONNECTION_lingers), words[i > 0]);
        ck_assert_uint_eq(count_of(&n, OBJECT_CONNECTION), 2);
        model_lingering(n.model, &count, &holding);
        ck_assert_uint_eq(count, 1);
        ck_assert_uint_eq(holding, i > 0);
    }
    char text[300];
    finding_text_of(n.model, finding_of(&n, "producers_stalled"), 1, text, sizeof text);
    ck_assert_ptr_nonnull(strstr(text, "40 times per second by b, which was cut, for "));
    night_until(&n, 124);
    send_listed(&n, 5000, 0);
    ck_assert_str_eq(text_value(&n, model_object(n.model, id), Q_CONNECTION_lingers), "");
    model_lingering(n.model, &count, &holding);
    ck_assert_uint_eq(count, 0);
    ck_assert_str_eq(text_value(&n, server_named(&n, "n1"), Q_SERVER_stalled_by),
                     "receivers whose buffers fill");
    night_end(&n);
}
END_TEST

START_TEST(gone_first_and_told_later) {
    struct night n;
    begin(&n);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 0, NULL, 0);
    send_lives(&n, "IDA", SHAPE_CONNZ_FULL, 1, (struct life[]){{5, "b", -60, 0, NULL, 0}}, 1);
    uint64_t id = find_by(&n, Q_CONNECTION_name, "b")->id;
    live_until(&n, "IDA", 2, 100, 9);
    send_lives(&n, "IDA", SHAPE_CONNZ_FULL, 0, NULL, 0);
    ck_assert_str_eq(text_value(&n, model_object(n.model, id), Q_CONNECTION_state), "gone");
    ck_assert(isnan(number_value(&n, model_object(n.model, id), Q_CONNECTION_lived)));
    live_until(&n, "IDA", 14, 100, 9);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 1, (struct life[]){{5, "b", -60, 1, LEFT, 0}}, 1);
    ck_assert_str_eq(text_value(&n, model_object(n.model, id), Q_CONNECTION_state), "closed");
    ck_assert_str_eq(text_value(&n, model_object(n.model, id), Q_CONNECTION_closed_by), "ordinary");
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_cut), 0);
    night_end(&n);
}
END_TEST

START_TEST(never_seen_open) {
    struct night n;
    begin(&n);
    live_until(&n, "IDA", 5, 101, 10);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 1, (struct life[]){{55, "short", 3, 3.5, LEFT, 0}}, 1);
    const struct object *c = find_by(&n, Q_CONNECTION_name, "short");
    ck_assert_double_eq(number_value(&n, c, Q_CONNECTION_lived), 5e8);
    ck_assert_str_eq(text_value(&n, c, Q_CONNECTION_address), "10.1.2.3:4055");
    uint64_t rows, total;
    model_connection_cover(n.model, &rows, &total);
    ck_assert_uint_eq(rows, 0);
    night_end(&n);
}
END_TEST

START_TEST(a_cid_of_the_next_run_is_another_one) {
    struct night n;
    begin(&n);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 1, (struct life[]){{5, "old", -60, -1, CUT_DEADLINE, 7}}, 1);
    live_until(&n, "IDA", 2, 100, 10);
    night_until(&n, 4);
    struct sample *s = build_varz(&n, 1, "IDB", "n1");
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_start, NIGHT_UTC + ns(3));
    send(&n, s);
    send_lives(&n, "IDB", SHAPE_CONNZ_FULL, 1, (struct life[]){{5, "new", 1, 0, NULL, 0}}, 1);
    send_lives(&n, "IDB", SHAPE_CONNZ_CLOSED, 1, (struct life[]){{6, "other", 1, 2, CUT_DEADLINE, 0}}, 1);
    ck_assert_str_eq(text_value(&n, find_by(&n, Q_CONNECTION_name, "old"), Q_CONNECTION_state), "closed");
    ck_assert_str_eq(text_value(&n, find_by(&n, Q_CONNECTION_name, "new"), Q_CONNECTION_state), "open");
    send_lives(&n, "IDB", SHAPE_CONNZ_CLOSED, 2,
               (struct life[]){{5, "new", 1, 2, LEFT, 0}, {6, "other", 1, 2, CUT_DEADLINE, 0}}, 2);
    ck_assert_uint_eq(count_in_state(&n, "closed"), 3);
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_cut), 2);
    ck_assert_int_eq(count_events(&n, "gap"), 0);
    night_end(&n);
}
END_TEST

static void restart(struct night *n, double at, double start) {
    night_until(n, at);
    struct sample *s = build_varz(n, 1, "IDB", "n1");
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_start, NIGHT_UTC + ns(start));
    send(n, s);
}

/* No list has them, and they were there. */
START_TEST(who_was_open_when_its_server_began_again_is_closed) {
    struct night n;
    begin(&n);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 0, NULL, 0);
    send_lives(&n, "IDA", SHAPE_CONNZ_FULL, 2,
               (struct life[]){{5, "b", -60, 0, NULL, 700}, {6, "gone", -60, 0, NULL, 0}}, 2);
    uint64_t id = find_by(&n, Q_CONNECTION_name, "b")->id;
    live_until(&n, "IDA", 2, 100, 10);
    send_lives(&n, "IDA", SHAPE_CONNZ_FULL, 1, (struct life[]){{5, "b", -60, 0, NULL, 800}}, 1);
    restart(&n, 8, 7);
    send_lives(&n, "IDB", SHAPE_CONNZ_FULL, 2,
               (struct life[]){{5, "new", 7.5, 0, NULL, 0}, {6, "b", 7.5, 0, NULL, 0}}, 2);
    const struct object *b = model_object(n.model, id);
    ck_assert_ptr_nonnull(b);
    ck_assert_str_eq(text_value(&n, b, Q_CONNECTION_state), "closed");
    ck_assert_str_eq(text_value(&n, b, Q_CONNECTION_name), "b");
    ck_assert_str_eq(text_value(&n, b, Q_CONNECTION_reason), "server restarted (inferred)");
    ck_assert_str_eq(text_value(&n, b, Q_CONNECTION_closed_by), "ordinary");
    ck_assert_double_eq(number_value(&n, b, Q_CONNECTION_closed_at), (double)(NIGHT_UTC + ns(7)));
    ck_assert_double_eq(number_value(&n, b, Q_CONNECTION_lived), 67e9);
    ck_assert_double_eq(number_value(&n, b, Q_CONNECTION_pending_bytes), 800);
    ck_assert(quantity_get(n.model, b, Q_CONNECTION_closed_at).flags & VALUE_BOUND);
    ck_assert(quantity_get(n.model, b, Q_CONNECTION_lived).flags & VALUE_BOUND);
    const struct object *gone = find_by(&n, Q_CONNECTION_name, "gone"); /* before its server ended */
    ck_assert_str_eq(text_value(&n, gone, Q_CONNECTION_reason), REASON_UNTOLD);
    ck_assert_double_eq(number_value(&n, gone, Q_CONNECTION_closed_at), (double)(NIGHT_UTC + ns(2)));
    ck_assert_str_eq(text_value(&n, find_by(&n, Q_CONNECTION_name, "new"), Q_CONNECTION_state), "open");
    ck_assert_uint_eq(count_of(&n, OBJECT_CONNECTION), 4);
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_cut), 0);
    uint64_t cid;
    ck_assert_ptr_null(model_ask_url(b, &cid));
    live_until(&n, "IDB", 600, 100, 2);
    ck_assert_ptr_nonnull(model_object(n.model, id));
    live_until(&n, "IDB", 609, 100, 2);
    ck_assert_ptr_null(model_object(n.model, id));
    night_end(&n);
}
END_TEST

/* It was down for longer than one that is listed no more is kept. */
START_TEST(who_was_open_before_a_long_way_down_is_closed) {
    struct night n;
    begin(&n);
    send_lives(&n, "IDA", SHAPE_CONNZ_FULL, 1, (struct life[]){{5, "b", -60, 0, NULL, 700}}, 1);
    uint64_t id = find_by(&n, Q_CONNECTION_name, "b")->id;
    night_until(&n, 300);
    ck_assert_str_eq(text_value(&n, model_object(n.model, id), Q_CONNECTION_state), "open");
    restart(&n, 301, 290);
    ck_assert_str_eq(text_value(&n, model_object(n.model, id), Q_CONNECTION_state), "closed");
    ck_assert_double_eq(number_value(&n, model_object(n.model, id), Q_CONNECTION_closed_at),
                        (double)(NIGHT_UTC + ns(290)));
    night_end(&n);
}
END_TEST

START_TEST(so_many_of_a_former_run_at_most) {
    struct night n;
    begin(&n);
    struct life *page = calloc(1500, sizeof *page);
    for (int i = 0; i < 1500; i++)
        page[i] = (struct life){(uint64_t)(i + 5), i ? "x" : "looked at", -5, 0, NULL, 0};
    send_lives(&n, "IDA", SHAPE_CONNZ_FULL, 1500, page, 1500);
    uint64_t id = find_by(&n, Q_CONNECTION_name, "looked at")->id;
    for (int i = 1; i < 4; i++) {
        model_look_at(n.model, id);
        live_until(&n, "IDA", i, 1500, 1500);
        send_lives(&n, "IDA", SHAPE_CONNZ_FULL, 1500, page, 1500);
    }
    ck_assert(!model_closed_at_bound(n.model));
    restart(&n, 6, 5);
    ck_assert_uint_eq(count_in_state(&n, "closed"), 1000);
    ck_assert(model_closed_at_bound(n.model));
    ck_assert_uint_eq(closing_lack_of(server_named(&n, "n1")).most[CLOSED_ORDINARY], 1000);
    ck_assert_ptr_nonnull(model_object(n.model, id));
    ck_assert_ptr_nonnull(model_series(n.model, model_object(n.model, id), Q_CONNECTION_pending_bytes));
    free(page);
    night_end(&n);
}
END_TEST

/* The list is not full: its growth tells how many were closed. */
START_TEST(a_gap_is_said) {
    struct night n;
    begin(&n);
    struct life page[3] = {{7, "c", 0, 3, LEFT, 0}, {6, "b", 0, 2, LEFT, 0}, {5, "a", 0, 1, LEFT, 0}};
    live_until(&n, "IDA", 4, 100, 10);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 90, page, 3);
    ck_assert_int_eq(count_events(&n, "gap"), 0); /* what was before we came is no gap */
    live_until(&n, "IDA", 14, 400, 10);
    struct life next[2] = {{99, "z", 12, 13, LEFT, 0}, {98, "y", 12, 12.5, LEFT, 0}};
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 390, next, 2);
    ck_assert_int_eq(count_events(&n, "gap"), 1);
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_closed_missed), 298);
    ck_assert_ptr_nonnull(
        strstr(model_event(n.model, model_event_count(n.model) - 1)->text, "at least 298 more"));
    live_until(&n, "IDA", 24, 402, 10);
    struct life last[2] = {{100, "zz", 12, 23, LEFT, 0}, {99, "z", 12, 13, LEFT, 0}};
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 391, last, 2);
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_closed_missed), 298);
    night_end(&n);
}
END_TEST

/* The list is full: all that connected, less those that are open, tells. */
START_TEST(a_gap_of_a_full_list) {
    struct night n;
    begin(&n);
    struct life page = {7, "c", 0, 3, LEFT, 0}, next = {9999, "z", 12, 13, LEFT, 0};
    live_until(&n, "IDA", 4, 20000, 10);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 10000, &page, 1);
    live_until(&n, "IDA", 5, 20100, 10); /* of these 100 nobody knows on which side of the answer they were */
    live_until(&n, "IDA", 14, 25100, 10);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 10000, &next, 1);
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_closed_missed), 4999);
    night_end(&n);
}
END_TEST

/* A server writes its records beside all else: one that was closed before others may come after them. */
START_TEST(one_that_comes_late_is_not_missed_for_good) {
    struct night n;
    begin(&n);
    live_until(&n, "IDA", 4, 10, 10);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 0, NULL, 0);
    live_until(&n, "IDA", 14, 14, 10);
    struct life page[4] = {{8, "d", 5, 10, LEFT, 0}, {7, "c", 5, 9, LEFT, 0}};
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 2, page, 2);
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_closed_missed), 0);
    live_until(&n, "IDA", 24, 14, 10);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 4, page, 2); /* two more, but not in this page */
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_closed_missed), 2);
    ck_assert_int_eq(count_events(&n, "gap"), 1);
    page[2] = (struct life){6, "b", 5, 8, LEFT, 0};
    page[3] = (struct life){5, "a", 5, 7, LEFT, 0};
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 4, page, 4);
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_closed_missed), 0);
    ck_assert_uint_eq(count_in_state(&n, "closed"), 4);
    night_end(&n);
}
END_TEST

/* The page has all that is listed, which is not all that were closed. */
START_TEST(a_list_that_ran_over_between_two_polls) {
    struct night n;
    begin(&n);
    struct life *page = calloc(10000, sizeof *page);
    for (int i = 0; i < 10000; i++)
        page[i] = (struct life){(uint64_t)(12010 - i), "x", 6, 13 - i * 0.0001, LEFT, 0};
    live_until(&n, "IDA", 4, 10, 10);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 0, NULL, 0);
    live_until(&n, "IDA", 5, 10, 10);
    live_until(&n, "IDA", 14, 12010, 10);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 10000, page, 10000);
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_closed_missed), 2000);
    ck_assert_int_eq(count_events(&n, "gap"), 1);
    free(page);
    night_end(&n);
}
END_TEST

/* So it does where the server keeps fewer: it had 3, and 4 came, but there are 4. */
START_TEST(a_shorter_list_that_ran_over) {
    struct night n;
    begin(&n);
    struct life page[4] = {{7, "c", 0, 3, LEFT, 0}, {6, "b", 0, 2, LEFT, 0}, {5, "a", 0, 1, LEFT, 0}};
    live_until(&n, "IDA", 4, 13, 10);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 3, page, 3);
    live_until(&n, "IDA", 5, 13, 10);
    live_until(&n, "IDA", 14, 20, 10);
    for (int i = 0; i < 4; i++)
        page[i] = (struct life){(uint64_t)(14 - i), "d", 5, 10 - i, LEFT, 0};
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 4, page, 4);
    ck_assert_int_eq(count_events(&n, "gap"), 1);
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_closed_missed), 3);
    night_end(&n);
}
END_TEST

/* How long it may get is seen first when more were closed than it has. */
START_TEST(a_list_that_is_full_at_first_sight) {
    struct night n;
    begin(&n);
    struct life page[5];
    live_until(&n, "IDA", 4, 20, 10);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 0, NULL, 0);
    live_until(&n, "IDA", 5, 20, 10);
    live_until(&n, "IDA", 14, 30, 10);
    for (int i = 0; i < 5; i++)
        page[i] = (struct life){(uint64_t)(14 - i), "d", 5, 10 - i, LEFT, 0};
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 3, page + 2, 3);
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_closed_missed), 7);
    ck_assert_int_eq(count_events(&n, "gap"), 1);
    /* and that was wrong where it gets longer */
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 5, page, 5);
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_closed_missed), 0);
    ck_assert_int_eq(count_events(&n, "gap"), 1);
    night_end(&n);
}
END_TEST

START_TEST(kept_for_a_while_and_not_taken_again) {
    struct night n;
    begin(&n);
    struct life page[2] = {{7, "cut", 0, 3, CUT_BYTES, 0}, {6, "left", 0, 2, LEFT, 0}};
    live_until(&n, "IDA", 4, 100, 10);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 2, page, 2);
    live_until(&n, "IDA", 600, 100, 10);
    ck_assert_uint_eq(count_in_state(&n, "closed"), 2);
    live_until(&n, "IDA", 604, 100, 10);
    ck_assert_uint_eq(count_in_state(&n, "closed"), 1);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 2, page, 2);
    ck_assert_uint_eq(count_in_state(&n, "closed"), 1);
    ck_assert_double_eq(number_value(&n, server_named(&n, "n1"), Q_SERVER_cut), 1);
    night_end(&n);
}
END_TEST

START_TEST(so_many_at_most) {
    struct night n;
    begin(&n);
    struct life *page = calloc(1500, sizeof *page);
    for (int i = 0; i < 1500; i++)
        page[i] = (struct life){(uint64_t)(2000 - i), "x", 0, 4 - i * 0.001, LEFT, 0};
    live_until(&n, "IDA", 5, 1600, 10);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 1000, page, 999);
    ck_assert_uint_eq(closing_lack_of(server_named(&n, "n1")).untaken, 1);
    ck_assert(!model_closed_at_bound(n.model));
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 1500, page, 1500);
    ck_assert_uint_eq(count_in_state(&n, "closed"), 1000);
    ck_assert(model_closed_at_bound(n.model));
    struct closing_lack lack = closing_lack_of(server_named(&n, "n1"));
    ck_assert_uint_eq(lack.most[CLOSED_ORDINARY], 1000);
    ck_assert_uint_eq(lack.most[CLOSED_CUT], 0);
    ck_assert_uint_eq(lack.untaken, 499);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 1500, page, 1500);
    ck_assert_uint_eq(count_in_state(&n, "closed"), 1000);
    live_until(&n, "IDA", 610, 1600, 10);
    ck_assert(!model_closed_at_bound(n.model)); /* they would have gone by now */
    free(page);
    night_end(&n);
}
END_TEST

/* What a server that counts pauses leaves out is none; one that does not leaves it unknown. */
START_TEST(no_pause_is_told_from_unknown) {
    static const char *const versions[] = {"2.9.10", "2.11.9", "2.12.0", "2.15.2", "3.0.0"};
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        struct night n;
        night_begin(&n, 0, 1);
        send_target(&n, 1, "http://h:8222", "named", "polled", NULL, NULL);
        struct life life = {5, "b", -60, 0, NULL, 0};
        for (int second = 1; second < 4; second++) {
            night_until(&n, second);
            struct sample *s = build_varz(&n, 1, "IDA", "n1");
            put_text(s, row_of(s, ENTITY_SERVER), F_SERVER_version, versions[i]);
            send(&n, s);
            send_lives(&n, "IDA", SHAPE_CONNZ_FULL, 1, &life, 1);
        }
        const struct object *b = find_by(&n, Q_CONNECTION_name, "b");
        double stalls = number_value(&n, b, Q_CONNECTION_stalls),
               per_s = number_value(&n, b, Q_CONNECTION_stalls_per_s);
        ck_assert_msg(i < 2 ? isnan(stalls) && isnan(per_s) : stalls == 0 && per_s == 0, "%s", versions[i]);
        night_end(&n);
    }
}
END_TEST

START_TEST(words_of_reasons) {
    ck_assert_int_eq(reason_of("Slow Consumer (Write Deadline)").group, REASON_SLOW);
    ck_assert_int_eq(reason_of("Stale Connection").group, REASON_LIVENESS);
    ck_assert_int_eq(reason_of("Unknown State").group, REASON_OTHER);
    ck_assert_str_eq(reason_of("Unknown State").brief, "Unknown State");
    for (int i = 0; i < REASON_GROUP_COUNT; i++)
        ck_assert_str_ne(reason_group_name((enum reason_group)i), "");
}
END_TEST

/* The list of who left comes before its server has said what it is, and has one who was cut. */
START_TEST(who_was_cut_before_its_server_told_of_itself) {
    static const struct life cut = {5, "etl", -60, -5, CUT_BYTES, 0};
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 1, &cut, 1);
    ck_assert_uint_eq(count_of(&n, OBJECT_CONNECTION), 1);
    night_end(&n);
}
END_TEST

static TCase *make(void) {
    TCase *c = tcase_create("closed");
    tcase_add_test(c, who_was_cut_before_its_server_told_of_itself);
    tcase_add_test(c, it_stays_the_object_that_it_was);
    tcase_add_test(c, what_waits_for_one_that_was_cut_is_no_buffer_of_the_server);
    tcase_add_test(c, one_that_was_cut_is_kept_open);
    tcase_add_test(c, gone_first_and_told_later);
    tcase_add_test(c, never_seen_open);
    tcase_add_test(c, a_cid_of_the_next_run_is_another_one);
    tcase_add_test(c, who_was_open_when_its_server_began_again_is_closed);
    tcase_add_test(c, who_was_open_before_a_long_way_down_is_closed);
    tcase_add_test(c, so_many_of_a_former_run_at_most);
    tcase_add_test(c, a_gap_is_said);
    tcase_add_test(c, a_gap_of_a_full_list);
    tcase_add_test(c, one_that_comes_late_is_not_missed_for_good);
    tcase_add_test(c, a_list_that_ran_over_between_two_polls);
    tcase_add_test(c, a_shorter_list_that_ran_over);
    tcase_add_test(c, a_list_that_is_full_at_first_sight);
    tcase_add_test(c, kept_for_a_while_and_not_taken_again);
    tcase_add_test(c, so_many_at_most);
    tcase_add_test(c, no_pause_is_told_from_unknown);
    tcase_add_test(c, words_of_reasons);
    return c;
}

int main(void) {
    return run_case("model/closed", make);
}
