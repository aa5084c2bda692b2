/* What servers publish, beside what they answer: told once, at its time, and never in the way of the rest. */
#include "model/finding_text.h"
#include "tests/model_closed.h"
#include "tests/model_three.h"

/* A row of EVENT that was heard, of target `node` + 1. */
struct publication {
    const char *kind, *how, *text;
    int node; /* -1: not told */
    const char *client, *stream, *consumer;
    uint64_t cid, count;
};

static void publish(struct night *n, struct publication p) {
    struct sample *s = sample_create();
    struct row *row = sample_add(s, ENTITY_EVENT);
    put_i(row, F_EVENT_utc, NIGHT_UTC + n->at);
    put_text(s, row, F_EVENT_kind, p.kind);
    put_text(s, row, F_EVENT_heard, p.how);
    put_text(s, row, F_EVENT_text, p.text);
    put_text(s, row, F_EVENT_client, p.client);
    put_text(s, row, F_EVENT_stream, p.stream);
    put_text(s, row, F_EVENT_consumer, p.consumer);
    if (p.stream)
        put_text(s, row, F_EVENT_account, "A");
    if (p.node >= 0)
        put_u(row, F_EVENT_target, (uint64_t)p.node + 1);
    if (p.cid)
        put_u(row, F_EVENT_cid, p.cid);
    if (p.count)
        put_u(row, F_EVENT_count, p.count);
    model_row(n->model, 1, FRAME_EVENT, row);
    sample_destroy(s);
}

static const struct event *last(const struct night *n) {
    return model_event(n->model, model_event_count(n->model) - 1);
}

static void publish_cut(struct night *n, uint64_t cid) {
    publish(n, (struct publication){.kind = "cut",
                                    .how = "polled",
                                    .text = "cut as slow consumer: Slow Consumer (Pending Bytes)",
                                    .client = "billing",
                                    .cid = cid});
}

/* Its counter is in /varz, its record in the list: that is one event, which polls tell. */
START_TEST(a_cut_with_its_record_is_one) {
    struct night n;
    begin_three(&n);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 0, NULL, 0);
    varz_until(&n, 2, 7);
    publish_cut(&n, 21);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 1, (struct life[]){{21, "billing", 0, 2, CUT_BYTES, 9}}, 1);
    varz_until(&n, 40, 7);
    ck_assert_int_eq(count_events(&n, "cut"), 0); /* the counter did not move in this story */
    ck_assert_uint_eq(count_in_state(&n, "closed"), 1);
    night_end(&n);
}
END_TEST

START_TEST(a_cut_without_a_record_is_told_all_the_same) {
    struct night n;
    begin_three(&n);
    varz_until(&n, 2, 7);
    publish_cut(&n, 21);
    varz_until(&n, 16, 7);
    ck_assert_int_eq(count_events(&n, "cut"), 0);
    varz_until(&n, 18, 7);
    ck_assert_int_eq(count_events(&n, "cut"), 1);
    ck_assert_str_eq(last(&n)->subject, "billing");
    ck_assert_int_eq(last(&n)->utc_ns, NIGHT_UTC + ns(2)); /* when it was */
    ck_assert(last(&n)->heard);
    night_end(&n);
}
END_TEST

static void tell_leader(struct night *n, int node, int leader) {
    struct sample *s = jsz(n, node);
    add_stream(s, node, leader, 100);
    add_consumer(s, "b", node, leader, 0, 9);
    send(n, s);
}

static void publish_leader(struct night *n, const char *consumer) {
    publish(n, (struct publication){.kind = "leader",
                                    .how = "polled",
                                    .text = "elected n2 its leader",
                                    .node = -1,
                                    .stream = "ORDERS",
                                    .consumer = consumer});
}

START_TEST(a_move_that_polls_see_is_told_once) {
    struct night n;
    begin_three(&n);
    tell_leader(&n, 0, 0);
    varz_until(&n, 30, 7);
    publish_leader(&n, NULL);
    publish_leader(&n, "b");
    varz_until(&n, 31, 7);
    tell_leader(&n, 0, 1);
    tell_leader(&n, 1, 1);
    ck_assert_int_eq(count_events(&n, "leader"), 2);
    varz_until(&n, 60, 7);
    ck_assert_int_eq(count_events(&n, "leader"), 2);
    night_end(&n);
}
END_TEST

/* There and back between two polls. */
START_TEST(a_move_that_polls_miss_is_told) {
    struct night n;
    begin_three(&n);
    tell_leader(&n, 0, 0);
    varz_until(&n, 30, 7);
    publish_leader(&n, "b");
    varz_until(&n, 60, 7);
    ck_assert_int_eq(count_events(&n, "leader"), 1);
    ck_assert_str_eq(last(&n)->subject, "ORDERS / b");
    ck_assert_str_eq(last(&n)->text, "elected n2 its leader");
    ck_assert_uint_eq(last(&n)->object, consumer(&n, "b")->id);
    ck_assert_int_eq(last(&n)->utc_ns, NIGHT_UTC + ns(30));
    night_end(&n);
}
END_TEST

START_TEST(who_is_new_has_not_moved) {
    struct night n;
    begin_three(&n);
    varz_until(&n, 30, 7);
    publish_leader(&n, NULL);
    tell_leader(&n, 0, 0);
    varz_until(&n, 60, 7);
    ck_assert_int_eq(count_events(&n, "leader"), 0);
    night_end(&n);
}
END_TEST

static void send_health(struct night *n, bool good) {
    struct sample *s = build(n, 1, SHAPE_HEALTHZ, NULL);
    struct row *row = sample_add(s, ENTITY_HEALTH);
    put_u(row, F_HEALTH_code, good ? 200 : 503);
    put_text(s, row, F_HEALTH_status, good ? "ok" : "error");
    if (!good)
        put_text(s, row, F_HEALTH_error, "failed to be ready for connections after 1ms");
    send(n, s);
}

static bool leaves(const struct night *n) {
    return number_value(n, server_named(n, "n1"), Q_SERVER_lame_duck) == 1;
}

START_TEST(a_lame_duck_is_told_once) {
    struct night n;
    begin_three(&n);
    send_health(&n, true);
    varz_until(&n, 60, 7);
    publish(&n, (struct publication){.kind = "leaving", .how = "polled"});
    ck_assert(leaves(&n));
    send_health(&n, true); /* was asked just before */
    ck_assert(leaves(&n));
    send_health(&n, false);
    publish(&n, (struct publication){.kind = "leaving", .how = "polled"});
    ck_assert(leaves(&n));
    ck_assert_int_eq(count_events(&n, "leaving"), 1);
    night_until(&n, 61);
    send_restarted(&n, 0, "IDX");
    ck_assert(!leaves(&n));
    night_end(&n);
}
END_TEST

START_TEST(chatter_leaves_room) {
    struct night n;
    begin_three(&n);
    for (int i = 0; i < 200; i++)
        model_source_event(n.model, 1, NIGHT_UTC + i, "what matters");
    for (int i = 0; i < 2000; i++) {
        n.at += 1000;
        publish(&n, (struct publication){
                        .kind = "come/go", .how = "often", .text = "came", .client = "c", .cid = 7});
    }
    publish(&n, (struct publication){.kind = "come/go", .how = "often", .text = "9 more", .count = 9});
    ck_assert_int_eq(count_events(&n, "collector"), 200);
    ck_assert_int_eq(count_events(&n, "come/go"), 300);
    ck_assert_str_eq(last(&n)->text, "9 more");
    ck_assert(last(&n)->chatter);
    for (int i = 0; i < 1000; i++) /* these push out whatever is oldest, and the count of the others holds */
        model_source_event(n.model, 1, NIGHT_UTC + ns(1), "later");
    ck_assert_int_eq(count_events(&n, "come/go"), 0);
    publish(&n, (struct publication){.kind = "come/go", .how = "often", .text = "came", .cid = 7});
    struct model *copy = model_clone(n.model);
    ck_assert_uint_eq(model_event_count(copy), 1000);
    model_destroy(copy);
    night_end(&n);
}
END_TEST

START_TEST(whose_it_is) {
    struct night n;
    begin_three(&n);
    tell_leader(&n, 0, 0);
    publish(&n, (struct publication){.kind = "given up",
                                     .how = "told",
                                     .text = "message 1 is given up",
                                     .node = -1,
                                     .stream = "ORDERS",
                                     .consumer = "b"});
    ck_assert_str_eq(last(&n)->subject, "ORDERS / b");
    ck_assert_uint_eq(last(&n)->object, consumer(&n, "b")->id);
    publish(&n,
            (struct publication){.kind = "auth", .how = "told", .text = "not let in", .node = 1, .cid = 33});
    ck_assert_str_eq(last(&n)->subject, "cid 33");
    ck_assert_uint_eq(last(&n)->object, server_named(&n, "n2")->id);
    publish(&n, (struct publication){.kind = "shutdown", .how = "told", .text = "ends", .node = 2});
    ck_assert_str_eq(last(&n)->subject, "n3");
    publish(&n, (struct publication){
                    .kind = "quorum", .how = "told", .text = "lost", .node = -1, .stream = "NOBODYS"});
    ck_assert_str_eq(last(&n)->subject, "NOBODYS");
    ck_assert_uint_eq(last(&n)->object, 0);
    night_end(&n);
}
END_TEST

static void give_up(struct night *n, const char *stream, uint64_t count) {
    publish(n, (struct publication){.kind = "given up",
                                    .how = "told",
                                    .text = "message 1 is given up",
                                    .node = -1,
                                    .stream = stream,
                                    .consumer = stream ? "b" : NULL,
                                    .count = count});
}

/* Nothing heard is not none: it may be another account's. */
START_TEST(messages_that_are_given_up_are_counted) {
    struct night n;
    begin_three(&n);
    tell_leader(&n, 0, 0);
    varz_until(&n, 5, 7);
    struct value v = quantity_get(n.model, consumer(&n, "b"), Q_CONSUMER_given_up_10m);
    ck_assert_int_eq(v.type, VALUE_UNKNOWN);
    ck_assert_ptr_null(finding_of(&n, "consumer_gave_up"));
    for (int i = 0; i < 3; i++)
        give_up(&n, "ORDERS", 0);
    tell_leader(&n, 0, 0);
    varz_until(&n, 7, 7);
    ck_assert_double_eq(number_value(&n, consumer(&n, "b"), Q_CONSUMER_given_up_10m), 3);
    const struct finding *f = finding_of(&n, "consumer_gave_up");
    char text[200];
    ck_assert_ptr_nonnull(f);
    finding_text_of(n.model, f, 1, text, sizeof text);
    ck_assert_str_eq(text, "ORDERS/b 3 given up in ten minutes, delivered as often as max_deliver allows");
    give_up(&n, NULL, 70); /* these may be anybody's */
    v = quantity_get(n.model, consumer(&n, "b"), Q_CONSUMER_given_up_10m);
    ck_assert(v.flags & VALUE_LEAST);
    ck_assert_uint_eq(v.u, 3);
    night_end(&n);
}
END_TEST

static TCase *make(void) {
    TCase *t = tcase_create("heard");
    tcase_add_test(t, a_cut_with_its_record_is_one);
    tcase_add_test(t, a_cut_without_a_record_is_told_all_the_same);
    tcase_add_test(t, a_move_that_polls_see_is_told_once);
    tcase_add_test(t, a_move_that_polls_miss_is_told);
    tcase_add_test(t, who_is_new_has_not_moved);
    tcase_add_test(t, a_lame_duck_is_told_once);
    tcase_add_test(t, chatter_leaves_room);
    tcase_add_test(t, whose_it_is);
    tcase_add_test(t, messages_that_are_given_up_are_counted);
    return t;
}

int main(void) {
    return run_case("model: heard", make);
}
