/* Each rule and where it is shown on constructed samples that it rises and clears: a rule that nobody tries
 * has no row, and fails. Those that no other program has are tried here; so is a value that swings around its
 * level. */
#include "tests/model_meta.h"
#include "tests/model_says.h"

#include "model/alerts.h"
#include "model/ruleset.h"

/* ---- where each one is tried ---- */

#define HERE "model_rule_table"

static const struct tried {
    const char *rule, *program;
} tried[] = {
    {"stream_lost", "model_rules_jetstream"},
    {"stream_losing", "model_rules_jetstream"},
    {"stream_vanished", "model_rules_condition"},
    {"server_down", "model_rules"},
    {"server_left", "model_rules_condition"},
    {"server_leaving", "model_rules_condition"},
    {"js_off", "model_rules_jetstream"},
    {"meta_no_quorum", "model_meta"},
    {"meta_leaderless", HERE},
    {"stream_no_quorum", "model_clusters"},
    {"stream_leader_gone", "model_assets"},
    {"consumer_no_leader", "model_rules"},
    {"consumer_leader_gone", "model_rules"},
    {"stream_full", "model_rules_jetstream"},
    {"stream_filling", "model_rules_jetstream"},
    {"storage_filling", "model_rules_jetstream"},
    {"memory_filling", "model_rules_jetstream"},
    {"api_errors", "model_rules_jetstream"},
    {"meta_pending", "model_rules_jetstream"},
    {"meta_flapping", "model_rules_jetstream"},
    {"replica_behind", "model_rules_jetstream"},
    {"replica_unheard", "model_told_special"},
    {"consumers_many", "model_rules_jetstream"},
    {"ha_assets", "model_rules_jetstream"},
    {"cpu_busy", "model_rules_condition"},
    {"memory_limit_near", "model_rules_condition"},
    {"connections_near_limit", "model_rules_condition"},
    {"connections_churn", "model_rules_condition"},
    {"server_restarts", "model_rules_condition"},
    {"stream_contested", "model_claims"},
    {"consumer_contested", HERE},
    {"server_missing", "model_rules"},
    {"routes_missing", "model_rules_condition"},
    {"gateway_lost", "model_rules_condition"},
    {"certificate_ends", "model_rules_condition"},
    {"routes_slow", "model_cut_counters"},
    {"gateways_slow", "model_links"},
    {"leafs_slow", "model_links"},
    {"route_backlog", "model_rules"},
    {"gateway_backlog", "model_links"},
    {"route_far", "model_rules_condition"},
    {"leaf_far", "model_rules_condition"},
    {"gateway_far", "model_rules_condition"},
    {"cut_foreseen", "model_filling"},
    {"producers_held", "model_filling"},
    {"cut_threatens", "model_filling"},
    {"buffer_filling", "model_rules"},
    {"clients_cut_at_once", "model_cut_counters"},
    {"client_cut_often", "model_cut_counters"},
    {"clients_cut_many", "model_cut_counters"},
    {"producers_stalled_much", "model_cut_counters"},
    {"client_cut", "model_cut_counters"},
    {"slow_untold", "model_cut_counters"},
    {"slow_awaited", "model_cut_counters"},
    {"producers_stalled", "model_cut_counters"},
    {"connections_stale", "model_cut_counters"},
    {"auth_failures", "model_cut_counters"},
    {"health", "model_rules_condition"},
    {"endpoint_failing", "model_rules"},
    {"server_twin", "model_identity"},
    {"replica_lost", "model_rules_jetstream"},
    {"meta_peer_lost", "model_rules_jetstream"},
    {"told_lag", "model_told_rules"},
    {"told_seen", "model_told_rules"},
    {"told_copies_nothing", "model_told_rules"},
    {"told_min_sources", "model_told_rules"},
    {"told_max_sources", "model_told_rules"},
    {"told_peer_expect", "model_told_rules"},
    {"told_peer_lag", "model_told_rules"},
    {"told_peer_seen", "model_told_rules"},
    {"told_msgs", "model_told_rules"},
    {"told_subjects_many", "model_told_rules"},
    {"told_subjects_few", "model_told_rules"},
    {"told_stream_unreadable", "model_told_special"},
    {"source_broken", "model_rules_jetstream"},
    {"source_silent", "model_rules_jetstream"},
    {"source_behind", "model_rules_jetstream"},
    {"stream_at_risk", "model_rules_jetstream"},
    {"stream_missed", "model_lost"},
    {"server_stale", "model_rules"},
    {"versions_mixed", "model_rules_condition"},
    {"configuration_drifted", "model_rules_condition"},
    {"consumer_evicted", "model_evicted"},
    {"told_unprocessed", "model_told_rules"},
    {"told_outstanding_ack", "model_told_rules"},
    {"told_last_delivery", "model_told_rules"},
    {"told_last_ack", "model_told_rules"},
    {"told_redelivery", "model_told_rules"},
    {"told_waiting", "model_told_rules"},
    {"told_unpinned", "model_told_rules"},
    {"told_consumer_unreadable", "model_told_special"},
    {"consumer_lost", "model_evicted"},
    {"consumer_poison", "model_states"},
    {"consumer_window_full", "model_states"},
    {"consumer_unbound", "model_states"},
    {"consumer_unpulled", "model_states"},
    {"consumer_stalled", "model_states"},
    {"consumer_undelivered", "model_told_special"},
    {"consumer_unacked", "model_states"},
    {"consumer_redelivering", "model_rules_condition"},
    {"consumer_window_filling", "model_rules_condition"},
    {"consumer_unpinned", "model_rules_condition"},
    {"consumer_growing", "model_rules"},
    {"consumer_behind", "model_states"},
    {"consumer_not_draining", "model_told_special"},
    {"expected_missing", "model_expectations"},
    {"pullers_missing", "model_expectations"},
    {"newcomer", "model_expectations"},
};

/* tests/PROGRAM.c names it. */
static bool is_tried_in(const char *program, const char *rule) {
    char path[100], quoted[64], line[4096];
    bool found = false;
    snprintf(path, sizeof path, "tests/%s.c", program);
    snprintf(quoted, sizeof quoted, "\"%s\"", rule);
    FILE *in = fopen(path, "r");
    ck_assert_msg(in != NULL, "no %s", path);
    while (!found && fgets(line, sizeof line, in) != NULL)
        found = strstr(line, quoted) != NULL;
    fclose(in);
    return found;
}

START_TEST(each_rule_has_a_row) {
    struct ruleset *set = ruleset_create();
    size_t rows = sizeof tried / sizeof *tried;
    for (size_t i = 0; i < ruleset_count(set); i++) {
        const char *rule = ruleset_at(set, i)->name;
        size_t row = 0;
        while (row < rows && strcmp(tried[row].rule, rule) != 0)
            row++;
        ck_assert_msg(row < rows, "%s: no row says where it is tried", rule);
        ck_assert_msg(is_tried_in(tried[row].program, rule), "%s: not in %s", rule, tried[row].program);
        printf("%-26s %s\n", rule, tried[row].program);
    }
    printf("figure: %zu rules, each rises and clears on constructed samples\n", ruleset_count(set));
    for (size_t row = 0; row < rows; row++)
        ck_assert_msg(ruleset_find(set, tried[row].rule) != NULL, "there is no rule %s", tried[row].rule);
    ruleset_release(set);
}
END_TEST

/* ---- those that are tried nowhere else ---- */

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
    for (int second = 5; second < 14; second++)
        all_name(&n, "", second + 1);
    only(&n, NULL);
    for (int second = 14; second < 18; second++)
        all_name(&n, "", second + 1);
    only(&n, "meta_leaderless");
    all_name(&n, "n1", 20);
    only(&n, NULL);
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

static void use(struct night *n, const struct rule_said *said, int count) {
    struct rule_fault fault = {0};
    struct ruleset *set = ruleset_create();
    for (int i = 0; i < count; i++)
        ck_assert_msg(ruleset_add(set, &said[i], &fault), "%s: %s", fault.key, fault.message);
    model_use_rules(n->model, set);
    ruleset_release(set);
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
    use(&n, &said, 1);
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
    use(&n, said, 2);
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
    use(&n, said, 1);
    model_burning(n.model, &count);
    ck_assert_uint_eq(count, 0);
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("table of rules");
    tcase_add_test(t, each_rule_has_a_row);
    tcase_add_test(t, a_meta_group_without_leader);
    tcase_add_test(t, a_consumer_that_two_lead);
    tcase_add_loop_test(t, what_swings_raises_one, 0, sizeof swings / sizeof *swings);
    tcase_add_test(t, what_burns_is_of_the_rules_in_force);
    return t;
}

int main(void) {
    return run_case("table of rules", cases);
}
