/* Who listens to a subject where not all is told: nobody is missed who is only unknown. */
#include "tests/model_listening.h"

START_TEST(who_moves_is_not_missed) {
    struct night n;
    begin_watching(&n);
    answers(&n, 7, three, 1);
    up_until(&n, 9, 7);
    answer_of(&n, 1, "orders.created", NULL, 0);
    answer_of(&n, 2, "orders.created", NULL, 0);
    up_until(&n, 10, 7);
    answer_of(&n, 0, "orders.created", NULL, 0);
    up_until(&n, 19, 7);
    answer_of(&n, 1, "orders.created", (struct member[]){{1, 44, {"1", "orders.>", "billing", 0}}}, 1);
    answer_of(&n, 2, "orders.created", NULL, 0);
    up_until(&n, 30, 7);
    answers(&n, 7, (struct member[]){{1, 44, {"1", "orders.>", "billing", 0}}}, 1);
    ck_assert_int_eq(count_events(&n, "interest"), 0);
    night_end(&n);
}
END_TEST

START_TEST(who_does_not_answer_is_unknown) {
    struct night n;
    begin_watching(&n);
    answers(&n, 7, three, 3);
    up_until(&n, 20, 3); /* n3 had the only plain one */
    answers(&n, 3, three, 3);
    up_until(&n, 40, 3);
    answers(&n, 3, NULL, 0);
    answers(&n, 3, NULL, 0);
    up_until(&n, 60, 3);
    answers(&n, 3, NULL, 0);
    ck_assert_int_eq(count_events(&n, "interest"), 0);
    ck_assert_str_eq(text_value(&n, group(&n, "billing"), Q_AUDIENCE_state), "unknown");
    struct value members = quantity_get(n.model, group(&n, "billing"), Q_AUDIENCE_members);
    ck_assert(members.flags & VALUE_LEAST);
    ck_assert_int_eq(model_interest(n.model).answered, 2);
    up_until(&n, 70, 7);
    answers(&n, 7, three + 2, 1);
    ck_assert_int_eq(count_events(&n, "interest"), 1);
    ck_assert_str_eq(last_event(&n)->text, "nobody left in queue group billing on orders.> (within 50s)");
    night_end(&n);
}
END_TEST

static void check_known(const struct night *n, const char *queue, bool known) {
    const struct object *o = group(n, queue);
    ck_assert_str_eq(text_value(n, o, Q_AUDIENCE_state), known ? "here" : "unknown");
    ck_assert_int_eq(o->freshness, known ? FRESH_LIVE : FRESH_STALE);
    ck_assert_int_eq(!(quantity_get(n->model, o, Q_AUDIENCE_members).flags & VALUE_OLD), known);
}

START_TEST(members_of_silent_servers_make_no_group) {
    static const struct member both[] = {{0, 5, {"1", "orders.>", "billing", 100}},
                                         {1, 7, {"1", "orders.>", "billing", 300}},
                                         {1, 9, {"3", "orders.created", "audit", 50}}};
    struct night n;
    begin_watching(&n);
    answers(&n, 7, both, 3);
    check_known(&n, "audit", true);
    up_until(&n, 20, 5);
    answers(&n, 5, both, 3);
    up_until(&n, 21, 5);
    check_known(&n, "billing", true);
    check_known(&n, "audit", false);
    ck_assert_double_eq(number_value(&n, group(&n, "audit"), Q_AUDIENCE_members), 1); /* the last we know */
    up_until(&n, 30, 0);
    ck_assert_int_eq(model_interest(n.model).answered, 0);
    check_known(&n, "billing", false);
    up_until(&n, 40, 7);
    answers(&n, 7, both, 3);
    up_until(&n, 41, 7);
    check_known(&n, "billing", true);
    check_known(&n, "audit", true);
    answers(&n, 7, NULL, 0);
    up_until(&n, 50, 7);
    answers(&n, 7, NULL, 0);
    ck_assert_str_eq(text_value(&n, group(&n, "billing"), Q_AUDIENCE_state), "nobody");
    up_until(&n, 60, 5);
    ck_assert_str_eq(text_value(&n, group(&n, "billing"), Q_AUDIENCE_state), "unknown");
    night_end(&n);
}
END_TEST

/* What the server said that answers counts; of the other one nothing but that there may be more. */
START_TEST(half_of_a_group_does_not_answer) {
    struct member four[] = {{0, 1, {"1", "orders.*", "workers", 0}},
                            {0, 2, {"1", "orders.*", "workers", 0}},
                            {1, 1, {"1", "orders.*", "workers", 0}},
                            {1, 2, {"1", "orders.*", "workers", 0}}};
    struct night n;
    begin_watching(&n);
    for (int second = 2; second <= 4; second += 2) {
        for (int i = 0; i < 4; i++)
            four[i].sub.msgs += 200;
        answers(&n, 7, four, 4);
        up_until(&n, second, 7);
    }
    const struct object *workers = group(&n, "workers");
    ck_assert_double_eq(number_value(&n, workers, Q_AUDIENCE_msgs_per_s), 400);
    for (int second = 6; second <= 30; second += 2) {
        for (int i = 0; i < 4; i++)
            four[i].sub.msgs += 200;
        answers(&n, 5, four, 4);
        up_until(&n, second, 5);
    }
    check_known(&n, "workers", true);
    struct value members = quantity_get(n.model, workers, Q_AUDIENCE_members),
                 per_s = quantity_get(n.model, workers, Q_AUDIENCE_msgs_per_s);
    ck_assert_uint_eq(members.u, 2);
    ck_assert_int_eq(members.flags, VALUE_LEAST);
    ck_assert_double_eq(per_s.f, 200);
    ck_assert_int_eq(per_s.flags, VALUE_LEAST);
    size_t count;
    const struct object *const *subs = model_objects(n.model, OBJECT_SUBSCRIPTION, &count);
    for (size_t i = 0; i < count; i++) {
        struct value share = quantity_get(n.model, subs[i], Q_SUBSCRIPTION_share);
        ck_assert_int_eq(share.type, subs[i]->freshness == FRESH_LIVE ? VALUE_REAL : VALUE_UNKNOWN);
        if (share.type == VALUE_REAL)
            ck_assert(share.f == 0.5 && share.flags == VALUE_BOUND);
    }
    night_end(&n);
}
END_TEST

/* Connections that are not on the page of the fullest are not heard of for long: they listen still. */
START_TEST(a_connection_that_is_not_listed_listens) {
    struct night n;
    begin(&n);
    struct sample *s = build(&n, 1, SHAPE_CONNZ_HOT, "IDA");
    put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, 500);
    put_u(sample_add(s, ENTITY_CONNECTION), F_CONNECTION_cid, 5);
    send(&n, s);
    model_interest_watch(n.model, "orders.created");
    for (int second = 2; second <= 60; second += 2) {
        answers(&n, 7, three, 3);
        up_until(&n, second, 7);
    }
    size_t count;
    const struct object *const *connections = model_objects(n.model, OBJECT_CONNECTION, &count);
    ck_assert_uint_eq(count, 1);
    ck_assert_int_eq(connections[0]->freshness, FRESH_STALE);
    check_known(&n, "billing", true);
    ck_assert_double_eq(number_value(&n, group(&n, "billing"), Q_AUDIENCE_members), 2);
    night_end(&n);
}
END_TEST

START_TEST(a_cut_list_proves_no_absence) {
    struct night n;
    begin_watching(&n);
    answers(&n, 7, three, 3);
    up_until(&n, 20, 7);
    answers(&n, 6, three + 1, 2);
    struct sample *s = build(&n, 1, SHAPE_INTEREST, "IDA");
    put_text(s, sample_add(s, ENTITY_QUESTION), F_QUESTION_subject, "orders.created");
    put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, 5000);
    put_sub(s, 80, &(struct sub){"1", "orders.*", NULL, 0});
    send(&n, s);
    up_until(&n, 21, 7);
    ck_assert(model_interest_of(server_named(&n, "n1")).cut);
    ck_assert_uint_eq(model_interest_of(server_named(&n, "n1")).total, 5000);
    ck_assert_uint_eq(model_interest_of(server_named(&n, "n1")).told, 1);
    ck_assert_double_eq(number_value(&n, group(&n, "billing"), Q_AUDIENCE_members),
                        2); /* not told, not gone */
    ck_assert(quantity_get(n.model, group(&n, "billing"), Q_AUDIENCE_members).flags & VALUE_LEAST);
    ck_assert_int_eq(model_interest(n.model).cut, 1);
    up_until(&n, 40, 7);
    answers(&n, 7, three, 3);
    ck_assert(!(quantity_get(n.model, group(&n, "billing"), Q_AUDIENCE_members).flags & VALUE_LEAST));
    ck_assert_int_eq(model_interest(n.model).cut, 0);
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *c = tcase_create("unknown");
    tcase_add_test(c, half_of_a_group_does_not_answer);
    tcase_add_test(c, a_connection_that_is_not_listed_listens);
    tcase_add_test(c, who_moves_is_not_missed);
    tcase_add_test(c, who_does_not_answer_is_unknown);
    tcase_add_test(c, members_of_silent_servers_make_no_group);
    tcase_add_test(c, a_cut_list_proves_no_absence);
    return c;
}

int main(void) {
    return run_case("model/interest, unknown", cases);
}
