/* Rules that no other program tries on samples; a value that swings around its level; what burns once other
 * rules are in force. */
#include "tests/model_meta.h"
#include "tests/model_ruled.h"
#include "tests/model_says.h"

#include "model/alerts.h"

/* ---- tried nowhere else ---- */

static void only(const struct night *n, const char *rule) {
    size_t count;
    const struct finding *f = model_findings(n->model, &count);
    for (size_t i = 0; i < count; i++)
        ck_assert_str_eq(finding_rule(&f[i]), rule);
    ck_assert_uint_eq(count, rule ? 1 : 0);
}

static void all_name(struct night *n, const char *leader, double second) {
    for (int node = 0; node < 3; node++) {
        struct sample *s = jsz(n, node);
        add_meta(s, leader);
        if (*leader && strcmp(leader, names[node]) == 0) {
            add_peer(s, "n2", true, 0.1);
            add_peer(s, "n3", true, 0.1);
        }
        send(n, s);
    }
    varz_until(n, second, 7);
}

START_TEST(a_meta_group_without_leader) {
    struct night n;
    begin_three(&n);
    for (int second = 0; second < 5; second++)
        all_name(&n, "n1", second + 1);
    only(&n, NULL);
    for (int second = 5; second < 9; second++)
        all_name(&n, "", second + 1);
    only(&n, NULL);
    for (int second = 9; second < 19; second++)
        all_name(&n, "", second + 1);
    only(&n, "meta_leaderless");
    ck_assert_ptr_nonnull(finding_at(&n, "meta_leaderless", SEVERITY_WARN));
    for (int second = 19; second < 23; second++)
        all_name(&n, "", second + 1);
    only(&n, "meta_leaderless");
    ck_assert_ptr_nonnull(finding_at(&n, "meta_leaderless", SEVERITY_CRIT));
    all_name(&n, "n1", 25);
    only(&n, NULL);
    night_end(&n);
}
END_TEST

/* All servers fall silent: nobody says that there is a leader by now. */
START_TEST(what_a_cluster_lacked_goes_on_while_nobody_answers) {
    struct night n;
    begin_three(&n);
    for (int second = 0; second < 25; second++)
        all_name(&n, second < 5 ? "n1" : "", second + 1);
    const struct finding *found = finding_at(&n, "meta_leaderless", SEVERITY_CRIT);
    ck_assert_ptr_nonnull(found);
    uint64_t last = model_alert_change_last(n.model);
    varz_until(&n, 90, 0);
    while (last < model_alert_change_last(n.model))
        ck_assert_int_ne(model_alert_change(n.model, ++last)->kind, CHANGE_CLEARED);
    all_name(&n, "n1", 91);
    all_name(&n, "n1", 92);
    varz_until(&n, 110, 7);
    size_t open = 0;
    for (size_t i = 0; i < model_alert_count(n.model); i++)
        open += model_alert(n.model, i)->state == ALERT_OPEN &&
                strcmp(model_alert(n.model, i)->rule, "meta_leaderless") == 0;
    ck_assert_uint_eq(open, 0);
    night_end(&n);
}
END_TEST

static void both_lead(struct night *n, int rounds, struct says a, struct says b) {
    for (int i = 0; i < rounds; i++) {
        double second = floor((double)n->at / 1e9) + 2;
        varz_until(n, second, 7);
        say_consumer(n, a.leader, a);
        varz_until(n, second + 2, 7);
        say_consumer(n, b.leader, b);
    }
}

START_TEST(a_consumer_that_two_lead) {
    const struct says alone = {0, 1200, .active = 12}, many = {2, 1100, .active = 0.2};
    struct night n;
    begin_three(&n);
    both_lead(&n, 1, (struct says){0, 1000, .active = 0.1}, many);
    ck_assert_ptr_null(finding_of(&n, "consumer_contested"));
    both_lead(&n, 3, alone, many);
    varz_until(&n, 60, 7);
    both_lead(&n, 1, alone, many);
    night_until(&n, (double)n.at / 1e9 + 1);
    ck_assert_ptr_nonnull(finding_of(&n, "consumer_contested"));
    say_consumer(&n, 0, (struct says){2, 0, .active = -1}); /* it yields */
    night_until(&n, (double)n.at / 1e9 + 1);
    ck_assert_ptr_null(finding_of(&n, "consumer_contested"));
    night_end(&n);
}
END_TEST

/* ---- a value that swings around its level ---- */

static void send_mem(struct night *n, double second, int64_t mem) {
    night_until(n, second);
    struct sample *s = build_varz(n, 1, "IDA", "n1");
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_mem, mem);
    send(n, s);
}

static const struct swing {
    const char *clear;
    int low; /* never beyond the clear level */
} swings[] = {{NULL, 99}, {"< 50 B", 60}};

static int told(const struct night *n, enum alert_change_kind kind) {
    int count = 0;
    for (uint64_t i = 1; i <= model_alert_change_last(n->model); i++)
        count += model_alert_change(n->model, i)->kind == kind;
    return count;
}

/* Above and below each other second, for three minutes: one alert, which is told once, and over once. */
START_TEST(what_swings_raises_one) {
    struct rule_said said = {.name = "mine",
                             .entity = "server",
                             .condition = "mem",
                             .warn = "> 100 B",
                             .clear = swings[_i].clear,
                             .origin = "test"};
    struct night n;
    night_begin(&n, 0, 1);
    use_rules(n.model, &said, 1);
    send_target(&n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    for (int second = 0; second < 5; second++)
        send_mem(&n, second, 90);
    for (int second = 5; second < 185; second++)
        send_mem(&n, second, second % 2 ? 101 : swings[_i].low);
    ck_assert_uint_eq(model_alert_count(n.model), 1);
    ck_assert_int_eq(model_alert(n.model, 0)->state, ALERT_OPEN);
    ck_assert_int_eq(model_alert(n.model, 0)->times, 1);
    ck_assert_int_eq(told(&n, CHANGE_OPENED), 1);
    for (int second = 185; second < 205; second++)
        send_mem(&n, second, 10);
    ck_assert_int_eq(model_alert(n.model, 0)->state, ALERT_CLEARED);
    ck_assert_int_eq(told(&n, CHANGE_CLEARED), 1);
    ck_assert_uint_eq(model_alert_change_last(n.model), 2);
    night_end(&n);
}
END_TEST

/* Other rules are in force between two ticks: what burns is not said by those that are gone. */
START_TEST(what_burns_is_of_the_rules_in_force) {
    static const struct rule_said said[] = {
        {.name = "stays", .entity = "server", .condition = "mem", .critical = "> 100 B", .origin = "test"},
        {.name = "goes", .entity = "server", .condition = "mem", .warn = "> 100 B", .origin = "test"}};
    struct night n;
    size_t count;
    night_begin(&n, 0, 1);
    use_rules(n.model, said, 2);
    send_target(&n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    for (int second = 0; second < 5; second++)
        send_mem(&n, second, 101);
    night_until(&n, 5.5);
    ck_assert_uint_eq(model_alert_count(n.model), 2);
    ck_assert_str_eq(model_alert(n.model, 0)->rule, "stays");
    ck_assert(model_alert_ack(n.model, model_alert(n.model, 0)->number, "ann", ""));
    const struct finding *burning = model_burning(n.model, &count);
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(finding_rule(&burning[0]), "goes");
    use_rules(n.model, said, 1);
    model_burning(n.model, &count);
    ck_assert_uint_eq(count, 0);
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("rest of the rules");
    tcase_add_test(t, a_meta_group_without_leader);
    tcase_add_test(t, what_a_cluster_lacked_goes_on_while_nobody_answers);
    tcase_add_test(t, a_consumer_that_two_lead);
    tcase_add_loop_test(t, what_swings_raises_one, 0, sizeof swings / sizeof *swings);
    tcase_add_test(t, what_burns_is_of_the_rules_in_force);
    return t;
}

int main(void) {
    return run_case("rest of the rules", cases);
}
