/* So many of these should be there: who is counted, when fewer is an alert, and that unknown is not fewer. */
#include "tests/model_expected_clients.h"
#include "tests/model_ruled.h"

#include "model/alerts.h"
#include "model/needs.h"

static const struct expectation two_workers = {
    .entity = "connection", .match = "name ~ ai-integration", .instances = 2};

static const struct client_seen clients[] = {{0, 5, "ai-integration-a", "10.0.0.1"},
                                             {0, 6, "billing", "10.0.0.2"},
                                             {1, 5, "ai-integration-b", "10.0.0.3"}};

START_TEST(before_anybody_answers_nothing_is_known) {
    struct night n;
    night_begin(&n, 0, 1);
    model_expect(n.model, &two_workers, 1);
    night_until(&n, 60);
    ck_assert_str_eq(state(&n), "unknown");
    ck_assert_str_eq(text_value(&n, expected(&n), Q_EXPECTATION_why), "no server was seen yet");
    night_end(&n);
}
END_TEST

static void begin(struct night *n, const struct expectation *said) {
    begin_three(n);
    model_expect(n->model, said, 1);
}

START_TEST(enough_are_quiet_and_fewer_an_alert) {
    struct night n;
    struct crowd all = {clients, 3, ALL, {0}}, fewer = {clients, 2, ALL, {0}},
                 none = {clients + 1, 1, ALL, {0}};
    begin(&n, &two_workers);
    ck_assert_str_eq(state(&n), "unknown");
    ck_assert(is_new(&n, expected(&n), Q_EXPECTATION_missing));
    crowd_until(&n, 60, &all);
    ck_assert_str_eq(state(&n), "met");
    ck_assert(finds(&n, 2));
    ck_assert_double_eq(number_value(&n, expected(&n), Q_EXPECTATION_missing), 0);
    ck_assert_ptr_null(finding_of(&n, "expected_missing"));
    crowd_until(&n, 88, &fewer);
    ck_assert_str_eq(state(&n), "fewer");
    ck_assert(finds(&n, 1));
    ck_assert_double_eq(number_value(&n, expected(&n), Q_EXPECTATION_missing), 1);
    ck_assert_ptr_null(finding_of(&n, "expected_missing")); /* a restart takes so long */
    crowd_until(&n, 100, &fewer);
    const struct finding *finding = finding_at(&n, "expected_missing", SEVERITY_WARN);
    ck_assert_ptr_nonnull(finding);
    char text[300];
    finding_text_of(n.model, finding, 1, text, sizeof text);
    ck_assert_ptr_nonnull(strstr(text, "connection name ~ ai-integration: 1 of 2 there, for 3"));
    ck_assert_uint_eq(model_alert_counts(n.model).warn, 1); /* in the book of alerts, too */
    crowd_until(&n, 125, &none);
    ck_assert_str_eq(state(&n), "none");
    ck_assert_ptr_nonnull(finding_at(&n, "expected_missing", SEVERITY_CRIT));
    crowd_until(&n, 140, &all);
    ck_assert_str_eq(state(&n), "met");
    ck_assert_ptr_null(finding_of(&n, "expected_missing"));
    night_end(&n);
}
END_TEST

START_TEST(a_page_that_has_not_all_proves_nobody_missing) {
    struct night n;
    struct crowd part = {clients + 1, 1, ALL, {900, 0, 0}}, two = {clients, 3, ALL, {900, 0, 0}};
    begin(&n, &two_workers);
    crowd_until(&n, 200, &part);
    ck_assert_str_eq(state(&n), "unknown");
    ck_assert(finds_at_least(&n, 0));
    ck_assert(isnan(number_value(&n, expected(&n), Q_EXPECTATION_missing)));
    ck_assert_str_eq(text_value(&n, expected(&n), Q_EXPECTATION_why), "n1 does not list all of them");
    ck_assert_ptr_null(finding_of(&n, "expected_missing"));
    crowd_until(&n, 210, &two); /* found are found */
    ck_assert_str_eq(state(&n), "met");
    ck_assert(finds_at_least(&n, 2));
    night_end(&n);
}
END_TEST

START_TEST(what_a_silent_server_has_is_unknown_until_it_is_down_for_long) {
    struct night n;
    struct crowd all = {clients, 3, ALL, {0}}, down = {clients, 3, 5, {0}};
    begin(&n, &two_workers);
    crowd_until(&n, 20, &all);
    crowd_until(&n, 130, &down);
    ck_assert_ptr_nonnull(finding_of(&n, "server_down"));
    ck_assert_str_eq(state(&n), "unknown");
    ck_assert(finds_at_least(&n, 1));
    ck_assert_str_eq(text_value(&n, expected(&n), Q_EXPECTATION_why), "n2 does not answer");
    ck_assert_ptr_null(finding_of(&n, "expected_missing"));
    crowd_until(&n, 185, &down);
    ck_assert_str_eq(state(&n), "fewer");
    ck_assert_ptr_nonnull(finding_of(&n, "expected_missing"));
    crowd_until(&n, 200, &all);
    ck_assert_str_eq(state(&n), "met");
    night_end(&n);
}
END_TEST

static const struct alert *alert_of(const struct night *n, const char *rule) {
    for (size_t i = 0; i < model_alert_count(n->model); i++)
        if (strcmp(model_alert(n->model, i)->rule, rule) == 0)
            return model_alert(n->model, i);
    return NULL;
}

/* Nobody came while it was silent, so there is no all-clear; `_i`: whether they are there once it is back. */
START_TEST(a_node_outage_ends_no_alert_about_what_is_expected) {
    struct night n;
    struct crowd none = {clients + 2, 1, ALL, {0}}, down = {clients + 2, 1, 5, {0}},
                 all = {clients, 3, ALL, {0}};
    begin(&n, &two_workers);
    crowd_until(&n, 60, &none);
    ck_assert_int_eq(alert_of(&n, "expected_missing")->state, ALERT_OPEN);
    uint64_t number = alert_of(&n, "expected_missing")->number;
    crowd_until(&n, 120, &down);
    ck_assert_str_eq(state(&n), "unknown");
    const struct alert *a = alert_of(&n, "expected_missing");
    ck_assert_int_eq(a->state, ALERT_OPEN);
    ck_assert(a->unheard && !a->quiet);
    crowd_until(&n, 160, _i ? &all : &none);
    a = model_alert_by_number(n.model, number);
    ck_assert_int_eq(a->state, _i ? ALERT_CLEARED : ALERT_OPEN);
    ck_assert(!a->unheard);
    ck_assert_int_eq(a->times, 1);
    night_end(&n);
}
END_TEST

START_TEST(who_moves_to_another_server_is_not_missed) {
    struct night n;
    const struct client_seen moved[] = {clients[0], {2, 9, "ai-integration-b", "10.0.0.3"}};
    struct crowd all = {clients, 3, ALL, {0}}, after = {moved, 2, 5, {0}};
    begin(&n, &two_workers);
    crowd_until(&n, 20, &all);
    crowd_until(&n, 60, &after);
    ck_assert_str_eq(state(&n), "met");
    ck_assert(finds_at_least(&n, 2));
    night_end(&n);
}
END_TEST

/* ---- who is new ---- */

START_TEST(a_newcomer_is_told_once_and_who_comes_back_is_none) {
    struct night n;
    struct expectation said = two_workers;
    const struct client_seen again[] = {clients[0], {2, 77, "ai-integration-b", "10.0.0.3"}},
                             third[] = {clients[0], again[1], {2, 78, "ai-integration-c", "10.0.0.9"}};
    struct crowd all = {clients, 3, ALL, {0}}, back = {again, 2, ALL, {0}}, more = {third, 3, ALL, {0}};
    said.newcomer = true;
    begin(&n, &said);
    ck_assert(is_new(&n, expected(&n), Q_EXPECTATION_newcomers));
    crowd_until(&n, 20, &all);
    ck_assert_double_eq(number_value(&n, expected(&n), Q_EXPECTATION_newcomers), 0);
    crowd_until(&n, 40, &back); /* another connection of the same client */
    ck_assert_double_eq(number_value(&n, expected(&n), Q_EXPECTATION_newcomers), 0);
    crowd_until(&n, 50, &more);
    ck_assert_double_eq(number_value(&n, expected(&n), Q_EXPECTATION_newcomers), 1);
    ck_assert_str_eq(text_value(&n, expected(&n), Q_EXPECTATION_newest),
                     "ai-integration-c from 10.0.0.9 on n3");
    ck_assert_ptr_nonnull(finding_at(&n, "newcomer", SEVERITY_WARN));
    crowd_until(&n, 680, &more); /* ten minutes on */
    ck_assert_double_eq(number_value(&n, expected(&n), Q_EXPECTATION_newcomers), 0);
    ck_assert_ptr_null(finding_of(&n, "newcomer"));
    night_end(&n);
}
END_TEST

START_TEST(nobody_is_new_on_a_peer_that_is_found_later) {
    struct night n;
    struct expectation said = two_workers;
    struct crowd all = {clients, 3, ALL, {0}};
    said.newcomer = true;
    night_begin(&n, 0, 1);
    model_expect(n.model, &said, 1);
    night_until(&n, 1);
    send_target(&n, 1, "http://h0:8222", "named", "polled", NULL, NULL);
    varz(&n, 0);
    send_clients(&n, 0, &all);
    night_until(&n, 5); /* it listed all that are known */
    ck_assert(is_new(&n, expected(&n), Q_EXPECTATION_newcomers));
    send_target(&n, 2, "http://h1:8222", "found", "polled", NULL, NULL);
    send_target(&n, 3, "http://h2:8222", "found", "polled", NULL, NULL);
    crowd_until(&n, 30, &all);
    ck_assert(finds(&n, 2));
    ck_assert_double_eq(number_value(&n, expected(&n), Q_EXPECTATION_newcomers), 0);
    night_end(&n);
}
END_TEST

START_TEST(nobody_is_new_before_all_were_listed) {
    struct night n;
    struct expectation said = two_workers;
    struct crowd without = {clients, 2, 5, {0}}, all = {clients, 3, ALL, {0}};
    said.newcomer = true;
    begin(&n, &said);
    crowd_until(&n, 30, &without); /* n2 does not answer yet */
    ck_assert(is_new(&n, expected(&n), Q_EXPECTATION_newcomers));
    crowd_until(&n, 60, &all);
    ck_assert_double_eq(number_value(&n, expected(&n), Q_EXPECTATION_newcomers), 0);
    night_end(&n);
}
END_TEST

/* ---- reload, copies ---- */

START_TEST(one_that_is_said_again_goes_on) {
    struct night n;
    struct expectation said[] = {two_workers, {.entity = "server", .instances = 3, .name = "nodes"}};
    struct crowd fewer = {clients, 2, ALL, {0}};
    begin(&n, &two_workers);
    crowd_until(&n, 60, &fewer);
    uint64_t id = expected(&n)->id;
    double since = number_value(&n, expected(&n), Q_EXPECTATION_since);
    ck_assert_ptr_nonnull(finding_of(&n, "expected_missing"));
    model_expect(n.model, said, 2);
    ck_assert_uint_eq(count_of(&n, OBJECT_EXPECTATION), 2);
    crowd_until(&n, 61, &fewer);
    ck_assert_ptr_nonnull(finding_of(&n, "expected_missing")); /* its hold does not begin anew */
    said[0].instances = 1;
    model_expect(n.model, said, 1);
    crowd_until(&n, 62, &fewer);
    ck_assert_uint_eq(expected(&n)->id, id);
    ck_assert_str_eq(state(&n), "met");
    ck_assert_double_gt(number_value(&n, expected(&n), Q_EXPECTATION_since), since);
    said[0].match = "name ~ billing";
    model_expect(n.model, said, 1);
    ck_assert_uint_ne(expected(&n)->id, id); /* another one */
    model_expect(n.model, NULL, 0);
    ck_assert_uint_eq(count_of(&n, OBJECT_EXPECTATION), 0);
    night_end(&n);
}
END_TEST

START_TEST(a_frozen_copy_keeps_its_numbers) {
    struct night n, frozen = {0};
    struct crowd all = {clients, 3, ALL, {0}}, none = {clients + 1, 1, ALL, {0}};
    begin(&n, &two_workers);
    crowd_until(&n, 20, &all);
    frozen.model = model_clone(n.model);
    crowd_until(&n, 40, &none);
    model_expect(n.model, NULL, 0);
    ck_assert_str_eq(state(&frozen), "met");
    ck_assert(finds(&frozen, 2));
    ck_assert_str_eq(text_value(&frozen, expected(&frozen), Q_EXPECTATION_match), "name ~ ai-integration");
    model_destroy(frozen.model);
    night_end(&n);
}
END_TEST

START_TEST(very_many_are_counted_in_turns) {
    static struct client_seen many[20000];
    static char labels[20000][24];
    struct night n;
    struct expectation said = {.entity = "connection", .match = "name ~ ^w", .instances = 20000};
    for (int i = 0; i < 20000; i++) {
        snprintf(labels[i], sizeof labels[i], "w%d", i);
        many[i] = (struct client_seen){i % 3, (uint64_t)i + 1, labels[i], "10.0.0.1"};
    }
    struct crowd all = {many, 20000, ALL, {0}};
    begin(&n, &said);
    for (int node = 0; node < 3; node++)
        send_clients(&n, node, &all);
    night_until(&n, 0.5);
    ck_assert(!model_expect_counted(n.model)); /* not all in one tick */
    night_until(&n, 1);
    ck_assert(!model_expect_counted(n.model));
    night_until(&n, 1.5);
    ck_assert(model_expect_counted(n.model));
    ck_assert(finds(&n, 20000));
    night_end(&n);
}
END_TEST

/* ---- other kinds ---- */

START_TEST(servers_that_should_be_there) {
    struct night n;
    struct expectation said = {.entity = "server", .match = "name ~ ^n", .instances = 3, .newcomer = true};
    struct crowd all = {clients, 3, ALL, {0}}, down = {clients, 3, 5, {0}};
    begin(&n, &said);
    crowd_until(&n, 20, &all);
    ck_assert(finds(&n, 3));
    crowd_until(&n, 60, &down);
    ck_assert(finds(&n, 2));
    ck_assert_ptr_nonnull(finding_at(&n, "expected_missing", SEVERITY_WARN));
    ck_assert_double_eq(number_value(&n, expected(&n), Q_EXPECTATION_newcomers), 0);
    send_target(&n, 4, "http://h4:8222", "named", "polled", NULL, NULL);
    send_varz(&n, 4, "IDD", "n4");
    crowd_until(&n, 61, &all);
    send_varz(&n, 4, "IDD", "n4");
    night_until(&n, 61.5);
    ck_assert(finds(&n, 4));
    ck_assert_double_eq(number_value(&n, expected(&n), Q_EXPECTATION_newcomers), 1);
    ck_assert_str_eq(text_value(&n, expected(&n), Q_EXPECTATION_newest), "n4");
    night_end(&n);
}
END_TEST

/* Who is silent is told of as that; what more is missing is another trouble. */
START_TEST(a_server_that_is_silent_is_not_missing_besides) {
    static const struct {
        int64_t wanted;
        bool missing;
    } cases[] = {{3, false}, {4, true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct night n;
        struct expectation said = {.entity = "server", .match = "name ~ ^n", .instances = cases[i].wanted};
        struct crowd all = {clients, 3, ALL, {0}}, down = {clients, 3, 5, {0}};
        bool silent = false, missing = false;
        begin(&n, &said);
        crowd_until(&n, 20, &all);
        crowd_until(&n, 80, &down);
        ck_assert_ptr_nonnull(finding_of(&n, "expected_missing"));
        for (size_t a = 0; a < model_alert_count(n.model); a++) {
            silent |= strcmp(model_alert(n.model, a)->rule, "server_down") == 0;
            missing |= strcmp(model_alert(n.model, a)->rule, "expected_missing") == 0;
        }
        ck_assert(silent);
        ck_assert(missing == cases[i].missing);
        night_end(&n);
    }
}
END_TEST

static void send_consumer(struct night *n, uint64_t waiting) {
    for (int node = 0; node < 3; node++) {
        struct sample *s = jsz(n, node);
        add_stream(s, node, 0, 100);
        struct row *row = add_consumer(s, "billing", node, 0, 0, 50);
        if (node == 0)
            put_u(row, F_CONSUMER_waiting, waiting);
        send(n, s);
    }
}

START_TEST(pull_requests_that_wait) {
    struct night n;
    struct expectation said = {
        .entity = "puller", .match = "stream = ORDERS and name = billing", .instances = 2};
    begin(&n, &said);
    ck_assert_str_eq(state(&n), "unknown"); /* JetStream was not heard */
    for (int i = 0; i < 20; i++) {
        varz_until(&n, 5.0 * i, ALL);
        send_consumer(&n, i < 4 ? 2 : 1);
        night_until(&n, 5.0 * i + 0.5);
        if (i == 3)
            ck_assert(finds(&n, 2));
        if (i == 10)
            ck_assert_ptr_null(finding_of(&n, "pullers_missing"));
    }
    ck_assert(finds(&n, 1));
    ck_assert_ptr_nonnull(finding_at(&n, "pullers_missing", SEVERITY_WARN));
    ck_assert_ptr_null(finding_of(&n, "expected_missing"));
    night_end(&n);
}
END_TEST

/* ---- queue groups ---- */

static void send_members(struct night *n, int node, int members) {
    struct sample *s = build(n, (uint64_t)node + 1, SHAPE_INTEREST, ids[node]);
    put_text(s, sample_add(s, ENTITY_QUESTION), F_QUESTION_subject, "orders.new");
    for (int i = 0; i <= members + 1; i++) { /* one of another queue, and one of none */
        struct row *row = sample_add(s, ENTITY_SUBSCRIPTION);
        put_u(row, F_SUBSCRIPTION_cid, 10 + (uint64_t)i);
        put_text(s, row, F_SUBSCRIPTION_sid, "1");
        put_text(s, row, F_SUBSCRIPTION_subject, "orders.>");
        if (i <= members)
            put_text(s, row, F_SUBSCRIPTION_queue, i < members ? "workers" : "audit");
    }
    send(n, s);
}

START_TEST(members_of_a_queue_group) {
    struct night n;
    struct expectation said = {
        .entity = "queue", .subject = "orders.new", .match = "queue = workers", .instances = 3};
    begin(&n, &said);
    varz_until(&n, 1, ALL);
    ck_assert_str_eq(model_expect_subject(n.model), "orders.new");
    send_members(&n, 0, 2);
    send_members(&n, 1, 0);
    night_until(&n, 1.5);
    ck_assert_str_eq(state(&n), "unknown");
    ck_assert(finds_at_least(&n, 2));
    ck_assert_str_eq(text_value(&n, expected(&n), Q_EXPECTATION_why), "n3 has not said who listens");
    ck_assert_str_eq(model_expect_subject(n.model), "orders.new");
    send_members(&n, 2, 1);
    night_until(&n, 2);
    ck_assert_str_eq(state(&n), "met");
    ck_assert(finds(&n, 3));
    ck_assert_ptr_null(model_expect_subject(n.model)); /* not again at once */
    varz_until(&n, 30, ALL);
    ck_assert_str_eq(model_expect_subject(n.model), "orders.new");
    send_members(&n, 2, 0);
    varz_until(&n, 62, ALL);
    ck_assert_str_eq(state(&n), "fewer");
    ck_assert_ptr_nonnull(finding_at(&n, "expected_missing", SEVERITY_WARN));
    varz_until(&n, 130, ALL); /* nobody has said anything for long */
    ck_assert_str_eq(state(&n), "unknown");
    ck_assert_uint_eq(count_of(&n, OBJECT_AUDIENCE), 0); /* what somebody watches is another matter */
    night_end(&n);
}
END_TEST

/* ---- what is wrong, what is asked ---- */

static const struct wrong {
    struct expectation said;
    const char *key, *part;
} wrongs[] = {
    {{.entity = NULL}, "entity", "there are connection|queue|puller|server"},
    {{.entity = "connections"}, "entity", "did you mean connection?"},
    {{.entity = "connection", .match = "nam = a"}, "match", "did you mean name?"},
    {{.entity = "connection", .match = "pending_bytes"}, "match", "neither true nor false"},
    {{.entity = "connection", .match = "pending_bytes > 10 s"}, "match", "time span"},
    {{.entity = "queue"}, "subject", "by a subject that it listens to"},
    {{.entity = "queue", .subject = "orders.>"}, "subject", "no wildcards"},
    {{.entity = "server", .subject = "a"}, "subject", "queue"},
    {{.entity = "puller", .newcomer = true}, "newcomer", "can't be told from another"},
    {{.entity = "server", .instances = -1}, "instances", "not between"},
};

START_TEST(faults_say_what_was_meant) {
    const struct wrong *w = &wrongs[_i];
    const struct rule_fault *fault = expectation_fault(&w->said);
    ck_assert_ptr_nonnull(fault);
    ck_assert_str_eq(fault->key, w->key);
    ck_assert_msg(strstr(fault->message, w->part) != NULL, "%s", fault->message);
}
END_TEST

START_TEST(what_they_need_is_asked_and_no_more) {
    struct night n;
    struct expectation said[] = {two_workers, {.entity = "queue", .subject = "a.b"}};
    begin_three(&n);
    const unsigned dear = 1u << SHAPE_CONNZ_FULL | 1u << SHAPE_CONNZ_FEED | 1u << SHAPE_SUBSZ |
                          1u << SHAPE_CONNZ_SUBS | 1u << SHAPE_INTEREST;
    ck_assert_uint_eq(model_shapes(n.model) & dear, 0); /* of our own rules none */
    model_expect(n.model, said, 1);
    ck_assert_uint_eq(model_shapes(n.model) & dear, 1u << SHAPE_CONNZ_FULL);
    model_expect(n.model, said + 1, 1);
    ck_assert_uint_eq(model_shapes(n.model) & 1u << SHAPE_CONNZ_FULL, 0);
    model_expect(n.model, NULL, 0);
    ck_assert_uint_eq(model_shapes(n.model) & dear, 0);
    night_end(&n);
}
END_TEST

static const struct need {
    const char *entity, *condition, *limit;
    enum shape shape; /* that is asked for it, beyond ours; 0 none */
} needs[] = {
    {"connection", "in_msgs_per_s", "> 10k", SHAPE_CONNZ_FULL},
    {"connection", "pending_share", "> 5 %", 0}, /* who holds much is listed always */
    {"server", "sublist_cache_hits", "< 50 %", SHAPE_SUBSZ},
    {"server", "in_msgs_per_s", "> 10k", 0},
    {"consumer", "lag", "> 10k", 0},
};

START_TEST(rules_of_ones_own_are_asked_for) {
    const struct need *need = &needs[_i];
    struct night n;
    const struct rule_said said = {.name = "mine",
                                   .entity = need->entity,
                                   .condition = need->condition,
                                   .warn = need->limit,
                                   .origin = "natsight.conf:1"};
    begin_three(&n);
    unsigned before = model_shapes(n.model);
    use_rules(n.model, &said, 1);
    ck_assert_uint_eq(model_shapes(n.model) & ~before, need->shape ? 1u << need->shape : 0);
    night_end(&n);
}
END_TEST

static TCase *make_case(void) {
    TCase *c = tcase_create("expectations");
    tcase_add_test(c, before_anybody_answers_nothing_is_known);
    tcase_add_test(c, nobody_is_new_on_a_peer_that_is_found_later);
    tcase_add_test(c, enough_are_quiet_and_fewer_an_alert);
    tcase_add_loop_test(c, a_node_outage_ends_no_alert_about_what_is_expected, 0, 2);
    tcase_add_test(c, a_page_that_has_not_all_proves_nobody_missing);
    tcase_add_test(c, what_a_silent_server_has_is_unknown_until_it_is_down_for_long);
    tcase_add_test(c, who_moves_to_another_server_is_not_missed);
    tcase_add_test(c, a_newcomer_is_told_once_and_who_comes_back_is_none);
    tcase_add_test(c, nobody_is_new_before_all_were_listed);
    tcase_add_test(c, one_that_is_said_again_goes_on);
    tcase_add_test(c, a_frozen_copy_keeps_its_numbers);
    tcase_add_test(c, very_many_are_counted_in_turns);
    tcase_add_test(c, servers_that_should_be_there);
    tcase_add_test(c, a_server_that_is_silent_is_not_missing_besides);
    tcase_add_test(c, pull_requests_that_wait);
    tcase_add_test(c, members_of_a_queue_group);
    tcase_add_loop_test(c, faults_say_what_was_meant, 0, sizeof wrongs / sizeof *wrongs);
    tcase_add_test(c, what_they_need_is_asked_and_no_more);
    tcase_add_loop_test(c, rules_of_ones_own_are_asked_for, 0, sizeof needs / sizeof *needs);
    return c;
}

int main(void) {
    return run_case("model_expectations", make_case);
}
