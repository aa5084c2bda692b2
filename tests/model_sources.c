#include "model/alerts.h"
#include "tests/model_ruled.h"
#include "tests/model_three.h"

/* lag and active as its leader sees them; who does not lead knows the names alone. */
static void add_source(struct sample *s, bool leads, const char *kind, const char *name, uint64_t lag,
                       int64_t active_ns, const char *error) {
    struct row *row = sample_add(s, ENTITY_SOURCE);
    put_text(s, row, F_SOURCE_account, "A");
    put_text(s, row, F_SOURCE_stream, "ORDERS");
    put_text(s, row, F_SOURCE_kind, kind);
    put_text(s, row, F_SOURCE_name, name);
    if (!leads)
        return;
    put_u(row, F_SOURCE_lag, lag);
    put_i(row, F_SOURCE_active, active_ns);
    put_text(s, row, F_SOURCE_error, error);
}

static const struct object *source(const struct night *n, const char *name) {
    return find_by(n, Q_SOURCE_name, name);
}

static void send_two(struct night *n, int node, int leader, bool both) {
    struct sample *s = jsz(n, node);
    add_stream(s, node, leader, 1000);
    add_source(s, node == leader, "source", "EAST", 12, ns(0.4), NULL);
    if (both)
        add_source(s, node == leader, "source", "WEST", 4000, -1, "no responders");
    send(n, s);
}

START_TEST(sources_are_what_the_leader_says) {
    struct night n;
    begin_three(&n);
    send_two(&n, 1, 0, true);
    ck_assert_uint_eq(count_of(&n, OBJECT_SOURCE), 0); /* a follower's word */
    ck_assert(isnan(number_value(&n, stream(&n), Q_STREAM_source_lag)));
    send_two(&n, 0, 0, true);
    send_two(&n, 1, 0, true);
    ck_assert_uint_eq(count_of(&n, OBJECT_SOURCE), 2);
    const struct object *east = source(&n, "EAST"), *west = source(&n, "WEST");
    ck_assert_ptr_eq(east->parent, stream(&n));
    ck_assert_str_eq(text_value(&n, east, Q_SOURCE_stream), "ORDERS");
    ck_assert_str_eq(text_value(&n, east, Q_SOURCE_cluster), "C");
    ck_assert_double_eq(number_value(&n, east, Q_SOURCE_lag), 12);
    ck_assert_double_eq(number_value(&n, east, Q_SOURCE_active), 0.4e9);
    ck_assert_str_eq(text_value(&n, east, Q_SOURCE_state), "ok");
    ck_assert_str_eq(text_value(&n, east, Q_SOURCE_error), "");
    ck_assert(quantity_get(n.model, west, Q_SOURCE_active).flags & VALUE_NEVER);
    ck_assert_str_eq(text_value(&n, west, Q_SOURCE_state), "never");
    ck_assert_str_eq(text_value(&n, west, Q_SOURCE_error), "no responders");
    ck_assert(isnan(number_value(&n, west, Q_SOURCE_lag))); /* nobody can know */
    ck_assert(isnan(number_value(&n, stream(&n), Q_STREAM_source_lag)));
    ck_assert(quantity_get(n.model, stream(&n), Q_STREAM_source_active).flags & VALUE_NEVER);
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_copies), "from 2 sources");
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_why),
                     "from WEST, one of 2 sources: no contact yet, no responders");
    night_end(&n);
}
END_TEST

START_TEST(a_source_no_longer_listed_is_gone) {
    struct night n;
    begin_three(&n);
    send_two(&n, 0, 0, true);
    varz_until(&n, 5, 7);
    send_two(&n, 0, 0, false);
    ck_assert_uint_eq(count_of(&n, OBJECT_SOURCE), 1);
    ck_assert_ptr_nonnull(source(&n, "EAST"));
    ck_assert_double_eq(number_value(&n, stream(&n), Q_STREAM_source_lag), 12);
    ck_assert_double_eq(number_value(&n, stream(&n), Q_STREAM_source_active), 0.4e9);
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_copies), "from EAST");
    varz_until(&n, 10, 7);
    struct sample *s = jsz(&n, 0);
    add_stream(s, 0, 0, 1000);
    send(&n, s);
    ck_assert_uint_eq(count_of(&n, OBJECT_SOURCE), 0);
    ck_assert(isnan(number_value(&n, stream(&n), Q_STREAM_source_lag)));
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_copies), "");
    night_end(&n);
}
END_TEST

START_TEST(a_mirror_stays_the_same_row_under_another_leader) {
    struct night n;
    begin_three(&n);
    struct sample *s = jsz(&n, 0);
    add_stream(s, 0, 0, 1000);
    add_source(s, true, "mirror", "ORIGIN", 3, ns(1), NULL);
    send(&n, s);
    uint64_t id = source(&n, "ORIGIN")->id;
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_copies), "mirror of ORIGIN");
    varz_until(&n, 5, 7);
    s = jsz(&n, 0); /* leads no more, and its words are not taken */
    add_stream(s, 0, 1, 0);
    add_source(s, false, "mirror", "ORIGIN", 0, 0, NULL);
    send(&n, s);
    s = jsz(&n, 1);
    add_stream(s, 1, 1, 1100);
    add_source(s, true, "mirror", "ORIGIN", 70, ns(31), NULL);
    send(&n, s);
    ck_assert_uint_eq(source(&n, "ORIGIN")->id, id);
    ck_assert_double_eq(number_value(&n, source(&n, "ORIGIN"), Q_SOURCE_lag), 70);
    ck_assert_str_eq(text_value(&n, source(&n, "ORIGIN"), Q_SOURCE_state), "silent");
    varz_until(&n, 10, 7);
    s = jsz(&n, 1);
    add_stream(s, 1, 1, 1100);
    add_source(s, true, "mirror", "ORIGIN", 0, ns(36), NULL); /* there was nothing to copy then */
    send(&n, s);
    ck_assert(isnan(number_value(&n, source(&n, "ORIGIN"), Q_SOURCE_lag)));
    ck_assert(isnan(number_value(&n, stream(&n), Q_STREAM_source_lag)));
    ck_assert_double_eq(number_value(&n, stream(&n), Q_STREAM_source_active), 36e9);
    night_end(&n);
}
END_TEST

START_TEST(sources_are_as_fresh_as_their_stream) {
    struct night n;
    begin_three(&n);
    send_two(&n, 0, 0, true);
    send_two(&n, 1, 0, true);
    ck_assert_int_eq(source(&n, "EAST")->freshness, FRESH_LIVE);
    for (int i = 0; i < 2; i++)
        send_failure(&n, 1, SHAPE_VARZ, FAILURE_REFUSED, "");
    varz_until(&n, 2, 6);
    ck_assert_int_eq(source(&n, "EAST")->freshness, FRESH_STALE);
    ck_assert(quantity_get(n.model, source(&n, "EAST"), Q_SOURCE_lag).flags & VALUE_OLD);
    ck_assert(quantity_get(n.model, stream(&n), Q_STREAM_source_active).flags & VALUE_OLD);
    night_end(&n);
}
END_TEST

START_TEST(a_stream_that_is_buried_takes_its_sources_along) {
    struct night n;
    begin_three(&n);
    send_two(&n, 0, 0, true);
    for (int i = 1; i < 30; i++) {
        varz_until(&n, 5 * i, 7);
        for (int node = 0; node < 3; node++)
            send(&n, jsz(&n, node));
    }
    ck_assert_uint_eq(count_of(&n, OBJECT_STREAM), 0);
    ck_assert_uint_eq(count_of(&n, OBJECT_SOURCE), 0);
    night_end(&n);
}
END_TEST

static size_t warnings(const struct night *n) {
    return model_alert_things(n->model).warn;
}

/* What fails to copy speaks for its stream, also when somebody is on another thing about that. */
START_TEST(what_fails_to_copy_is_the_worst_of_its_stream) {
    static const struct rule_said rules[] = {
        {.name = "lags", .entity = "source", .condition = "lag", .critical = "> 10", .tag = "LAGS"},
        {.name = "one", .entity = "stream", .condition = "messages", .warn = "> 1", .tag = "ONE"},
        {.name = "two", .entity = "stream", .condition = "messages", .warn = "> 1", .tag = "TWO"}};
    struct night n;
    begin_three(&n);
    use_rules(n.model, rules, 3);
    for (int i = 1; i <= 4; i++) {
        send_two(&n, 0, 0, false);
        varz_until(&n, 5 * i, 7);
    }
    ck_assert_ptr_nonnull(finding_at(&n, "lags", SEVERITY_CRIT));
    ck_assert_ptr_nonnull(finding_of(&n, "one"));
    ck_assert_uint_eq(warnings(&n), 0);
    for (size_t i = 0; i < model_alert_count(n.model); i++)
        if (strcmp(model_alert(n.model, i)->rule, "two") == 0) {
            ck_assert(model_alert_ack(n.model, model_alert(n.model, i)->number, "anna", ""));
            break;
        }
    ck_assert_uint_eq(model_alert_counts(n.model).acked, 1);
    ck_assert_uint_eq(warnings(&n), 0);
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("sources");
    tcase_add_test(t, sources_are_what_the_leader_says);
    tcase_add_test(t, a_source_no_longer_listed_is_gone);
    tcase_add_test(t, a_mirror_stays_the_same_row_under_another_leader);
    tcase_add_test(t, sources_are_as_fresh_as_their_stream);
    tcase_add_test(t, a_stream_that_is_buried_takes_its_sources_along);
    tcase_add_test(t, what_fails_to_copy_is_the_worst_of_its_stream);
    return t;
}

int main(void) {
    return run_case("model: mirrors and sources", cases);
}
