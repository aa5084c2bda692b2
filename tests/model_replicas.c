/* The replicas of a stream: what each is, and how many are current. */
#include "tests/model_three.h"

static const char *replica_state(const struct night *n, const char *name) {
    return text_value(n, find_by(n, Q_REPLICA_name, name), Q_REPLICA_state);
}

START_TEST(replicas_have_a_state_each) {
    struct night n;
    begin_three(&n);
    struct sample *s = jsz(&n, 0);
    add_stream(s, 0, 0, 100);
    add_replica(s, "n2", false, false, 0.9);
    add_replica(s, "n3", true, true, 0.9);
    send(&n, s);
    ck_assert_str_eq(replica_state(&n, "n2"), "current");
    ck_assert_str_eq(replica_state(&n, "n3"), "offline");
    const struct object *replica = find_by(&n, Q_REPLICA_name, "n2");
    ck_assert_str_eq(text_value(&n, replica, Q_REPLICA_stream), "ORDERS");
    ck_assert_str_eq(text_value(&n, replica, Q_REPLICA_cluster), "C");
    ck_assert_double_eq(number_value(&n, replica, Q_REPLICA_seen), 0.9e9);
    ck_assert(isnan(number_value(&n, replica, Q_REPLICA_lag)));
    night_end(&n);
}
END_TEST

/* What is on its way at the moment of one answer is no lag. */
START_TEST(behind_is_who_is_late_by_two_answers) {
    static const struct {
        bool current;
        double active;
        uint64_t lag;
        const char *state;
    } told[] = {
        {false, 0.01, 1, "current"},  {false, 0.2, 90, "current"},  {false, 0.2, 1, "current"},
        {false, 0.1, 900, "current"}, /* in one answer */
        {true, 0.1, 0, "current"},    {false, 3, 7, "current"},     {false, 8, 7, "behind"},
        {false, 0.1, 7, "current"},   {false, 0.1, 900, "current"}, {true, 0.1, 900, "behind"},
    };
    struct night n;
    begin_three(&n);
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        struct sample *s = jsz(&n, 0);
        add_stream(s, 0, 0, 100);
        add_replica(s, "n2", told[i].current, false, told[i].active);
        put_u((struct row *)(uintptr_t)s->rows[s->count - 1], F_REPLICA_lag, told[i].lag);
        send(&n, s);
        ck_assert_msg(strcmp(replica_state(&n, "n2"), told[i].state) == 0, "%zu: %s", i,
                      replica_state(&n, "n2"));
        ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_replicas),
                         *told[i].state == 'b' ? "1/2" : "2/2");
        varz_until(&n, 5 * (double)(i + 1), 7);
    }
    night_end(&n);
}
END_TEST

static const char *replicas(const struct night *n) {
    return text_value(n, stream(n), Q_STREAM_replicas);
}

/* Its leader has not noticed yet, and then says it in its own word. */
START_TEST(a_replica_whose_server_is_down_is_not_current) {
    struct night n;
    begin_three(&n);
    for (int told = 0; told < 2; told++) {
        struct sample *s = jsz(&n, 0);
        add_stream(s, 0, 0, 100);
        add_replica(s, "n2", true, false, 0.4);
        add_replica(s, "n3", true, false, told ? 3.5 : 0.4);
        send(&n, s);
        ck_assert_str_eq(replicas(&n), told ? "2/3" : "3/3");
        ck_assert_str_eq(replica_state(&n, "n3"), told ? "lost" : "current");
        for (int i = 0; i < 2; i++)
            send_failure(&n, 3, SHAPE_VARZ, FAILURE_REFUSED, "");
        varz_until(&n, 2 + told, 3);
        ck_assert_str_eq(replica_state(&n, "n3"), told ? "lost" : "down");
        ck_assert_str_eq(replicas(&n), "2/3");
        ck_assert_int_eq(quantity_get(n.model, stream(&n), Q_STREAM_replicas).flags, 0);
    }
    for (int i = 0; i < 2; i++)
        send_failure(&n, 1, SHAPE_VARZ, FAILURE_REFUSED, "");
    varz_until(&n, 5, 2);
    ck_assert_str_eq(replicas(&n), "1/3"); /* of the leader nothing says that it has what it had */
    ck_assert_str_eq(replica_state(&n, "n2"), "current");
    const struct object *replica = find_by(&n, Q_REPLICA_name, "n2");
    ck_assert_int_eq(quantity_get(n.model, replica, Q_REPLICA_state).flags, VALUE_OLD);
    ck_assert_double_eq(number_value(&n, replica, Q_REPLICA_seen), 3.4e9);
    varz_until(&n, 7, 7); /* all of them answer again, and nobody has told since */
    ck_assert_str_eq(replicas(&n), "2/3");
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("replicas");
    tcase_add_test(t, replicas_have_a_state_each);
    tcase_add_test(t, behind_is_who_is_late_by_two_answers);
    tcase_add_test(t, a_replica_whose_server_is_down_is_not_current);
    return t;
}

int main(void) {
    return run_case("model: replicas", cases);
}
