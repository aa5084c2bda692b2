/* Who listens to a subject over several servers: groups, shares, and what is asked of whom. */
#include "tests/model_listening.h"

START_TEST(groups_and_shares) {
    struct night n;
    begin_watching(&n);
    answers(&n, 7, three, 3);
    const struct object *billing = group(&n, "billing");
    ck_assert_str_eq(text_value(&n, billing, Q_AUDIENCE_subject), "orders.>");
    ck_assert_str_eq(text_value(&n, billing, Q_AUDIENCE_account), "$G");
    ck_assert_str_eq(text_value(&n, billing, Q_AUDIENCE_state), "here");
    ck_assert_double_eq(number_value(&n, billing, Q_AUDIENCE_members), 2);
    ck_assert_double_eq(number_value(&n, billing, Q_AUDIENCE_deliveries), 400);
    ck_assert_uint_eq(count_of(&n, OBJECT_AUDIENCE), 2);
    size_t count;
    const struct object *const *subs = model_objects(n.model, OBJECT_SUBSCRIPTION, &count);
    ck_assert_uint_eq(count, 3);
    ck_assert_ptr_eq(model_audience_of(n.model, subs[0]), billing);
    ck_assert_double_eq(number_value(&n, subs[0], Q_SUBSCRIPTION_share), 0.25);
    ck_assert(quantity_get(n.model, subs[0], Q_SUBSCRIPTION_share).flags & VALUE_ESTIMATED);
    up_until(&n, 10, 7);
    answers(&n, 7,
            (struct member[]){{0, 5, {"1", "orders.>", "billing", 190}},
                              {1, 7, {"1", "orders.>", "billing", 310}},
                              three[2]},
            3);
    ck_assert_double_eq(number_value(&n, subs[0], Q_SUBSCRIPTION_share), 0.9);
    ck_assert(!(quantity_get(n.model, subs[0], Q_SUBSCRIPTION_share).flags & VALUE_ESTIMATED));
    ck_assert_double_eq(number_value(&n, billing, Q_AUDIENCE_msgs_per_s), 10);
    ck_assert_double_eq(number_value(&n, billing, Q_AUDIENCE_deliveries_per_s), 10);
    struct interest_seen seen = model_interest(n.model);
    ck_assert_int_eq(seen.answered, 3);
    ck_assert_int_eq(seen.servers, 3);
    ck_assert_int_eq(count_events(&n, "interest"), 0);
    night_end(&n);
}
END_TEST

/* A message goes to one of a queue, and to each of the others. */
START_TEST(messages_and_deliveries) {
    struct night n;
    struct member all[8];
    begin(&n);
    for (uint64_t i = 0; i < 8; i++)
        all[i] = (struct member){
            i % 2, i + 1, {"1", i < 4 ? "orders.*" : "orders.created", i < 4 ? "workers" : NULL, 0}};
    model_interest_watch(n.model, "orders.created");
    answers(&n, 7, all, 8);
    up_until(&n, 2, 7);
    for (int i = 0; i < 8; i++)
        all[i].sub.msgs += 400;
    answers(&n, 7, all, 8);
    const struct object *workers = group(&n, "workers"),
                        *plain = find_by(&n, Q_AUDIENCE_subject, "orders.created");
    ck_assert_double_eq(number_value(&n, workers, Q_AUDIENCE_msgs_per_s), 800);
    ck_assert_double_eq(number_value(&n, workers, Q_AUDIENCE_deliveries_per_s), 800);
    ck_assert_double_eq(number_value(&n, plain, Q_AUDIENCE_msgs_per_s), 200);
    ck_assert_double_eq(number_value(&n, plain, Q_AUDIENCE_deliveries_per_s), 800);
    size_t count;
    const struct object *const *subs = model_objects(n.model, OBJECT_SUBSCRIPTION, &count);
    for (size_t i = 0; i < count; i++) {
        struct value share = quantity_get(n.model, subs[i], Q_SUBSCRIPTION_share);
        if (model_audience_of(n.model, subs[i]) == plain)
            ck_assert_int_eq(share.type, VALUE_UNKNOWN);
        else
            ck_assert_double_eq(share.f, 0.25);
    }
    night_end(&n);
}
END_TEST

/* Each server has its own moment: one was asked later, and has counted more since. */
START_TEST(shares_are_of_rates) {
    struct member two[] = {{0, 5, {"1", "orders.>", "workers", 1000}},
                           {1, 7, {"1", "orders.>", "workers", 1000}}};
    struct night n;
    begin_watching(&n);
    answers(&n, 7, two, 2);
    up_until(&n, 10, 7);
    two[0].sub.msgs = 3000;
    answer_of(&n, 0, "orders.created", two, 2);
    up_until(&n, 15, 7);
    two[1].sub.msgs = 4000;
    answer_of(&n, 1, "orders.created", two, 2);
    up_until(&n, 16, 7);
    size_t count;
    const struct object *const *subs = model_objects(n.model, OBJECT_SUBSCRIPTION, &count);
    ck_assert_uint_eq(count, 2);
    for (size_t i = 0; i < count; i++) {
        ck_assert_double_eq(number_value(&n, subs[i], Q_SUBSCRIPTION_msgs_per_s), 200);
        ck_assert_double_eq(number_value(&n, subs[i], Q_SUBSCRIPTION_share), 0.5);
    }
    night_end(&n);
}
END_TEST

START_TEST(falls_to_nobody_and_comes_back) {
    struct night n;
    begin_watching(&n);
    answers(&n, 7, three, 3);
    up_until(&n, 10, 7);
    answer_of(&n, 0, "orders.created", three + 2, 1);
    up_until(&n, 12, 7);
    answer_of(&n, 1, "orders.created", three + 2, 1);
    ck_assert_str_eq(text_value(&n, group(&n, "billing"), Q_AUDIENCE_state), "leaving");
    ck_assert_int_eq(group(&n, "billing")->freshness, FRESH_LIVE); /* no server is silent */
    ck_assert_int_eq(count_events(&n, "interest"), 0);             /* the others have not said so since */
    up_until(&n, 13, 7);
    answer_of(&n, 2, "orders.created", three + 2, 1);
    ck_assert_int_eq(count_events(&n, "interest"), 0); /* n1 was asked before n2 lost its member */
    up_until(&n, 20, 7);
    answer_of(&n, 0, "orders.created", three + 2, 1);
    ck_assert_int_eq(count_events(&n, "interest"), 1);
    ck_assert_str_eq(last_event(&n)->subject, "orders.created");
    ck_assert_str_eq(last_event(&n)->text, "nobody left in queue group billing on orders.> (within 20s)");
    ck_assert_str_eq(text_value(&n, group(&n, "billing"), Q_AUDIENCE_state), "nobody");
    up_until(&n, 40, 7);
    answers(&n, 7, three + 2, 1);
    ck_assert_int_eq(count_events(&n, "interest"), 1);
    answers(&n, 7, three + 1, 2);
    ck_assert_int_eq(count_events(&n, "interest"), 2);
    ck_assert_str_eq(last_event(&n)->text, "1 again in queue group billing on orders.>");
    ck_assert_double_eq(number_value(&n, group(&n, "billing"), Q_AUDIENCE_members), 1);
    night_end(&n);
}
END_TEST

START_TEST(one_queue_is_one_group) {
    static const struct member workers[] = {{0, 5, {"1", "orders.created", "workers", 100}},
                                            {1, 7, {"1", "orders.*", "workers", 300}},
                                            {2, 8, {"1", "orders.*", NULL, 10}},
                                            {2, 9, {"1", "orders.created", NULL, 10}}};
    struct night n;
    begin_watching(&n);
    answers(&n, 7, workers, 4);
    ck_assert_uint_eq(count_of(&n, OBJECT_AUDIENCE), 3); /* plain ones by subject */
    const struct object *both = group(&n, "workers");
    ck_assert_str_eq(text_value(&n, both, Q_AUDIENCE_subject), "orders.*, orders.created");
    ck_assert_double_eq(number_value(&n, both, Q_AUDIENCE_members), 2);
    size_t count;
    const struct object *const *subs = model_objects(n.model, OBJECT_SUBSCRIPTION, &count);
    ck_assert_double_eq(number_value(&n, subs[0], Q_SUBSCRIPTION_share), 0.25);
    up_until(&n, 10, 7);
    answers(&n, 7, workers + 1, 3); /* one pattern less: somebody goes on */
    up_until(&n, 20, 7);
    answers(&n, 7, workers + 1, 3);
    ck_assert_uint_eq(count_of(&n, OBJECT_AUDIENCE), 3);
    ck_assert_str_eq(text_value(&n, both, Q_AUDIENCE_subject), "orders.*");
    ck_assert_int_eq(count_events(&n, "interest"), 0);
    answers(&n, 7, workers + 2, 2);
    up_until(&n, 30, 7);
    answers(&n, 7, workers + 2, 2);
    ck_assert_int_eq(count_events(&n, "interest"), 1);
    ck_assert_str_eq(last_event(&n)->text, "nobody left in queue group workers on orders.* (within 10s)");
    night_end(&n);
}
END_TEST

START_TEST(patterns_without_end) {
    struct night n;
    struct member many[6];
    static const char *const patterns[] = {"*.created", "*.*", "orders.>", ">", "orders.*", "orders.created"};
    begin(&n);
    for (uint64_t i = 0; i < 6; i++)
        many[i] = (struct member){0, i + 1, {"1", patterns[i], "workers", 1}};
    model_interest_watch(n.model, "orders.created");
    answers(&n, 7, many, 6);
    ck_assert_uint_eq(count_of(&n, OBJECT_AUDIENCE), 1);
    ck_assert_str_eq(text_value(&n, group(&n, "workers"), Q_AUDIENCE_subject),
                     "*.*, *.created, >, orders.>, ...");
    char wide[2][256];
    for (uint64_t i = 0; i < 2; i++) {
        memset(wide[i], 'a' + (int)i, 255);
        memcpy(wide[i], "\xc3\xa9", 2);
        wide[i][255] = 0;
        many[i].sub.subject = wide[i];
    }
    up_until(&n, 10, 7);
    answers(&n, 7, many, 2);
    ck_assert_str_eq(text_value(&n, group(&n, "workers"), Q_AUDIENCE_subject), wide[0]); /* no half of one */
    night_end(&n);
}
END_TEST

START_TEST(one_subject_at_a_time) {
    struct night n;
    begin_watching(&n);
    answers(&n, 7, three, 3);
    model_interest_watch(n.model, "audit");
    ck_assert_uint_eq(count_of(&n, OBJECT_AUDIENCE), 0);
    ck_assert_uint_eq(count_of(&n, OBJECT_SUBSCRIPTION), 0);
    answers(&n, 7, three, 3); /* late ones, of the question before */
    ck_assert_uint_eq(count_of(&n, OBJECT_AUDIENCE), 0);
    ck_assert_str_eq(model_interest(n.model).subject, "audit");
    model_interest_watch(n.model, "a.*");
    ck_assert_str_eq(model_interest(n.model).subject, "audit");
    model_interest_watch(n.model, NULL);
    ck_assert_ptr_null(model_interest(n.model).subject);
    night_end(&n);
}
END_TEST

START_TEST(dear_ones_wait) {
    struct night n;
    begin(&n);
    struct sample *s = build_varz(&n, 1, "IDA", "n1");
    put_u(row_of(s, ENTITY_SERVER), F_SERVER_subscriptions, 396000);
    send(&n, s);
    model_interest_watch(n.model, "orders.created");
    struct interest_seen seen = model_interest(n.model);
    ck_assert(!seen.asked);
    ck_assert_uint_eq(seen.walked, 400000);
    ck_assert_int_eq(seen.walk_ns, NS_PER_S);
    answers(&n, 7, three, 3);
    ck_assert_uint_eq(count_of(&n, OBJECT_AUDIENCE), 0);
    model_interest_go_on(n.model);
    answers(&n, 7, three, 3);
    ck_assert_uint_eq(count_of(&n, OBJECT_AUDIENCE), 2);
    night_end(&n);
}
END_TEST

/* A single server that has many is enough, and not all of them together. */
START_TEST(what_is_dear) {
    static const struct {
        uint64_t subscriptions;
        bool asked;
    } ones[] = {{9999, true}, {10000, false}};
    for (size_t i = 0; i < 2; i++) {
        struct night n;
        begin(&n);
        for (int node = 0; node < (ones[i].asked ? NODES : 1); node++) {
            struct sample *s = build_varz(&n, (uint64_t)node + 1, ids[node], names[node]);
            put_u(row_of(s, ENTITY_SERVER), F_SERVER_subscriptions, ones[i].subscriptions);
            send(&n, s);
        }
        model_interest_watch(n.model, "orders.created");
        ck_assert_int_eq(model_interest(n.model).asked, ones[i].asked);
        night_end(&n);
    }
}
END_TEST

START_TEST(words_that_are_no_subject) {
    static const char *const bad[] = {"", "a b", "a.*", ">", ".a", "a.", "a..b", "a\x1b[2J", "a\tb"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_ptr_nonnull(model_subject_fault(bad[i]));
    char long_one[300];
    memset(long_one, 'x', sizeof long_one);
    long_one[299] = '\0';
    ck_assert_ptr_nonnull(model_subject_fault(long_one));
    ck_assert_ptr_null(model_subject_fault("orders.created"));
    ck_assert_ptr_null(model_subject_fault("$JS.API.INFO"));
}
END_TEST

/* All connections there are. */
static void list_all(struct night *n, const uint64_t *cids, uint64_t count, uint64_t total) {
    struct sample *s = build(n, 1, SHAPE_CONNZ_FULL, "IDA");
    put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, total);
    for (uint64_t i = 0; i < count; i++) {
        struct row *row = sample_add(s, ENTITY_CONNECTION);
        put_u(row, F_CONNECTION_cid, cids[i]);
        put_text(s, row, F_CONNECTION_name, "billing-1");
    }
    send(n, s);
}

static const char *client_of(const struct night *n, const char *subject) {
    return text_value(n, find_by(n, Q_SUBSCRIPTION_subject, subject), Q_SUBSCRIPTION_client);
}

static bool is_own(const struct night *n, const char *subject) {
    return model_is_server_own(find_by(n, Q_SUBSCRIPTION_subject, subject));
}

START_TEST(the_server_itself) {
    static const struct member both[] = {{0, 5, {"1", "orders.*", NULL, 100}},
                                         {0, 3, {"2", "orders.>", NULL, 300}},
                                         {0, 9, {"3", "orders.created", NULL, 50}}};
    struct night n;
    begin_watching(&n);
    list_all(&n, (uint64_t[]){5}, 1, 2); /* not all of them: nothing follows */
    up_until(&n, 1, 7);
    answer_of(&n, 0, "orders.created", both, 3);
    ck_assert_str_eq(client_of(&n, "orders.*"), "billing-1");
    ck_assert(!is_own(&n, "orders.>"));
    up_until(&n, 2, 7);
    list_all(&n, (uint64_t[]){5}, 1, 1);
    ck_assert(!is_own(&n, "orders.>")); /* it may have closed meanwhile */
    up_until(&n, 11, 7);
    answer_of(&n, 0, "orders.created", both, 3);
    ck_assert_str_eq(client_of(&n, "orders.>"), "the server itself");
    ck_assert_str_eq(client_of(&n, "orders.created"), "the server itself"); /* there before and after */
    ck_assert_str_eq(client_of(&n, "orders.*"), "billing-1");
    list_all(&n, (uint64_t[]){5, 9}, 2, 2);
    up_until(&n, 12, 7);
    ck_assert(!is_own(&n, "orders.created")); /* whatever the list said before */
    night_end(&n);
}
END_TEST

START_TEST(the_server_itself_at_once) {
    struct night n;
    begin_watching(&n);
    list_all(&n, (uint64_t[]){5}, 1, 1);
    up_until(&n, 1, 7);
    answer_of(&n, 0, "orders.created",
              (struct member[]){{0, 3, {"2", "orders.>", NULL, 300}}, {0, 6, {"2", "orders.*", NULL, 300}}},
              2);
    ck_assert(is_own(&n, "orders.>"));  /* later ones were listed */
    ck_assert(!is_own(&n, "orders.*")); /* came after the list, perhaps */
    up_until(&n, 40, 7);
    answer_of(&n, 0, "orders.created", (struct member[]){{0, 2, {"2", "*.created", NULL, 300}}}, 1);
    ck_assert(!is_own(&n, "*.created")); /* the list is old */
    night_end(&n);
}
END_TEST

START_TEST(frozen) {
    struct night n;
    begin_watching(&n);
    answers(&n, 7, three, 3);
    struct model *live = n.model;
    n.model = model_clone(live);
    model_interest_watch(live, NULL);
    model_tick(live, NIGHT_UTC + n.at, NIGHT_MONO + n.at);
    ck_assert_str_eq(text_value(&n, group(&n, "billing"), Q_AUDIENCE_subject), "orders.>");
    ck_assert_str_eq(model_interest(n.model).subject, "orders.created");
    model_destroy(n.model);
    n.model = live;
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *c = tcase_create("interest");
    tcase_add_test(c, groups_and_shares);
    tcase_add_test(c, messages_and_deliveries);
    tcase_add_test(c, shares_are_of_rates);
    tcase_add_test(c, falls_to_nobody_and_comes_back);
    tcase_add_test(c, one_queue_is_one_group);
    tcase_add_test(c, patterns_without_end);
    tcase_add_test(c, one_subject_at_a_time);
    tcase_add_test(c, dear_ones_wait);
    tcase_add_test(c, what_is_dear);
    tcase_add_test(c, words_that_are_no_subject);
    tcase_add_test(c, the_server_itself);
    tcase_add_test(c, the_server_itself_at_once);
    tcase_add_test(c, frozen);
    return c;
}

int main(void) {
    return run_case("model/interest", cases);
}
