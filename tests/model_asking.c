/* rate(): how fast a counter grows, in filters and rules. */
#include "tests/model_build.h"
#include "tests/model_ruled.h"

#include "model/asking.h"

static double asked(struct night *n, const char *text) {
    struct asking_names names = {.kind = OBJECT_SERVER};
    struct expr_error error;
    struct expr *expr = expr_parse(text, asking_resolve, &names, &error);
    ck_assert_msg(expr != NULL, "%s: %s %s", text, error.message, names.refused);
    struct asking asking = {.model = n->model, .object = server_named(n, "n1")};
    struct expr_value v = expr_eval(expr, asking_get, &asking);
    expr_destroy(expr);
    return v.type == EXPR_UNKNOWN ? NAN : v.number;
}

static void count(struct night *n, double second, int64_t slow, int64_t bytes) {
    night_until(n, second);
    struct sample *s = build_varz(n, 1, "IDA", "n1");
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_slow_consumers, slow);
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_stale_connections, 5);
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_in_bytes, bytes);
    send(n, s);
}

static void begin(struct night *n) {
    night_begin(n, 0, 1);
    send_target(n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    count(n, 0, 7, 1000);
}

START_TEST(a_counter_has_a_rate) {
    struct night n;
    begin(&n);
    ck_assert(isnan(asked(&n, "rate(slow_consumers)"))); /* one row is no rate */
    count(&n, 2, 11, 5000);
    ck_assert_double_eq(asked(&n, "rate(slow_consumers)"), 2);
    ck_assert_double_eq(asked(&n, "rate(slow_consumers) > 1/s"), 1);
    ck_assert_double_eq(asked(&n, "rate(stale_connections) = 0"), 1);
    count(&n, 4, 3, 5000);
    ck_assert(isnan(asked(&n, "rate(slow_consumers)"))); /* it fell */
    night_end(&n);
}
END_TEST

START_TEST(where_there_is_a_row_for_it_that_is_the_rate) {
    struct asking_names names = {.kind = OBJECT_CONSUMER};
    enum unit unit = UNIT_NONE;
    ck_assert_int_eq(asking_resolve(&names, "rate", "deliveries", &unit), Q_CONSUMER_delivered_per_s);
    ck_assert_int_eq(unit, UNIT_PER_S);
    names.kind = OBJECT_CONNECTION;
    ck_assert_int_eq(asking_resolve(&names, "rate", "in_bytes", &unit), Q_CONNECTION_in_bytes_per_s);
    ck_assert_int_eq(unit, UNIT_BYTES_PER_S);
    names.kind = OBJECT_CONSUMER;
    ck_assert_int_ge(asking_resolve(&names, "rate", "ack_floor_seq", &unit), QUANTITY_COUNT);
    ck_assert_int_eq(unit, UNIT_PER_S);
}
END_TEST

START_TEST(what_has_no_rate_says_why) {
    static const struct {
        enum object_kind kind;
        const char *condition, *message;
    } wrong[] = {
        {OBJECT_CONSUMER, "rate(lag)", "lag is no counter; lag_slope says how fast it grows"},
        {OBJECT_CONNECTION, "rate(pending_bytes)",
         "pending_bytes is no counter that a server tells, so it has no rate()"},
        {OBJECT_SERVER, "rate(in_msgs_per_s)", "in_msgs_per_s is a rate already"},
        {OBJECT_SERVER, "rate(mem)", "mem is no counter that a server tells, so it has no rate()"},
        {OBJECT_SERVER, "rate(restarts)", "restarts is no counter that a server tells, so it has no rate()"},
        {OBJECT_SERVER, "rate(sublist_cache_hits)",
         "sublist_cache_hits is no counter that a server tells, so it has no rate()"},
        {OBJECT_SERVER, "delta(mem)", "there is no delta(); rate() is one"},
        {OBJECT_SERVER, "rate(slow_consumer)",
         "`rate(slow_consumer)` is no quantity of a server; did you mean slow_consumers?"},
        {OBJECT_SERVER, "rate(5)", "`rate(` wants one quantity and `)`"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct ruleset *set = ruleset_create();
        struct rule_said said = {.name = "mine",
                                 .entity = object_kind_name(wrong[i].kind),
                                 .condition = wrong[i].condition,
                                 .warn = "> 1",
                                 .origin = "test"};
        struct rule_fault fault;
        ck_assert(!ruleset_add(set, &said, &fault));
        ck_assert_str_eq(fault.key, "condition");
        ck_assert_str_eq(fault.message, wrong[i].message);
        ruleset_release(set);
    }
}
END_TEST

START_TEST(a_rule_may_be_about_a_rate) {
    const struct rule_said said = {.name = "mine",
                                   .entity = "server",
                                   .condition = "rate(slow_consumers)",
                                   .warn = "> 0.5/s",
                                   .origin = "test"};
    struct night n;
    begin(&n);
    use_rules(n.model, &said, 1);
    count(&n, 1, 7, 1000);
    night_until(&n, 1.5);
    ck_assert_ptr_null(finding_of(&n, "mine"));
    count(&n, 2, 8, 1000);
    night_until(&n, 2.5);
    const struct finding *f = finding_of(&n, "mine");
    ck_assert_ptr_nonnull(f);
    char figure[60];
    finding_figure(n.model, f, figure, sizeof figure);
    ck_assert_str_eq(figure, "1");
    count(&n, 3, 8, 1000);
    night_until(&n, 3.5);
    ck_assert_ptr_null(finding_of(&n, "mine"));
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("asking");
    tcase_add_test(t, a_counter_has_a_rate);
    tcase_add_test(t, where_there_is_a_row_for_it_that_is_the_rate);
    tcase_add_test(t, what_has_no_rate_says_why);
    tcase_add_test(t, a_rule_may_be_about_a_rate);
    return t;
}

int main(void) {
    return run_case("asking", cases);
}
