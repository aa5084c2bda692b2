/* A server that is silent is one alert: nothing of what it leads is another one, and nothing ends because
 * nobody can say that it goes on. */
#include "model/alerts.h"
#include "tests/model_ruled.h"
#include "tests/model_three.h"

struct heard {
    uint64_t last;  /* change that was read */
    char all[2000]; /* a line for each of those that were read together */
};

static void hear(struct heard *heard, const struct night *n) {
    heard->all[0] = '\0';
    while (heard->last < model_alert_change_last(n->model)) {
        const struct alert_change *c = model_alert_change(n->model, ++heard->last);
        const struct alert *a = model_alert_by_number(n->model, c->alert);
        size_t len = strlen(heard->all);
        ck_assert_ptr_nonnull(a);
        snprintf(heard->all + len, sizeof heard->all - len, "%s %s %s\n", alert_change_word(c->kind), a->rule,
                 a->name);
    }
}

static void hears(struct heard *heard, const struct night *n, const char *all) {
    hear(heard, n);
    ck_assert_str_eq(heard->all, all);
}

static void say_all(struct night *n, int node, bool n3) {
    struct sample *s = jsz(n, node);
    add_stream(s, node, 0, 1000);
    if (node == 0) {
        add_replica(s, "n2", true, false, 0.1);
        add_replica(s, "n3", n3, !n3, n3 ? 0.1 : 60);
    }
    for (int i = 0; i < 20; i++) {
        char name[20];
        snprintf(name, sizeof name, "c%d", i);
        add_consumer(s, name, node, 0, 500, 0);
    }
    send(n, s);
}

/* n1 leads a stream and twenty consumers that are behind. */
static void lives(struct night *n, double second, unsigned nodes) {
    while (n->at < ns(second)) {
        varz_until(n, (double)n->at / 1e9 + 1, nodes);
        for (int node = 0; node < 3 && n->at % ns(5) == 0; node++)
            if (nodes & 1u << node)
                say_all(n, node, nodes & 4);
    }
}

static int count_in(const char *all, const char *word) {
    int count = 0;
    for (const char *at = all; (at = strstr(at, word)); at++)
        count++;
    return count;
}

/* After a minute twenty consumers are an alert each, and nothing else is. */
static void begin(struct night *n, struct heard *heard) {
    const struct rule_said much = {
        .name = "much", .entity = "consumer", .condition = "pending", .critical = "> 100"};
    heard->last = 0;
    begin_three(n);
    use_rules(n->model, &much, 1);
    lives(n, 61, 7);
    hear(heard, n);
    ck_assert_int_eq(count_in(heard->all, "\n"), 20);
    ck_assert_int_eq(count_in(heard->all, "opened much A/ORDERS/c"), 20);
}

START_TEST(one_of_three_is_silent) {
    struct night n;
    struct heard heard;
    begin(&n, &heard);
    lives(&n, 180, 6); /* without who leads all of it */
    ck_assert_ptr_nonnull(finding_of(&n, "stream_leader_gone"));
    ck_assert_ptr_nonnull(finding_of(&n, "consumer_leader_gone"));
    hears(&heard, &n, "opened server_down n1\nworse server_down n1\n");
    ck_assert_uint_eq(model_alert_counts(n.model).crit, 21);
    ck_assert_str_eq(model_alert(n.model, 0)->rule, "server_down"); /* what is found comes first */
    for (size_t i = 0; i < 21; i++) {
        const struct alert *a = model_alert(n.model, i);
        ck_assert_int_eq(a->unheard, strcmp(a->rule, "much") == 0);
    }
    lives(&n, 300, 7);
    hears(&heard, &n, "cleared server_down n1\n");
    ck_assert_uint_eq(model_alert_counts(n.model).crit, 20);
    ck_assert(!model_alert(n.model, 0)->unheard);
    night_end(&n);
}
END_TEST

/* Those that are left say that nobody leads it: that is more than that n1 is silent. */
START_TEST(without_a_leader_is_another_trouble) {
    struct night n;
    struct heard heard;
    begin(&n, &heard);
    while (n.at < ns(120)) {
        varz_until(&n, (double)n.at / 1e9 + 1, 6);
        for (int node = 1; node < 3 && n.at % ns(5) == 0; node++) {
            struct sample *s = jsz(&n, node);
            add_stream(s, node, -1, 0);
            send(&n, s);
        }
    }
    hear(&heard, &n);
    ck_assert_msg(count_in(heard.all, "opened stream_no_quorum A/ORDERS\n") == 1, "%s", heard.all);
    night_end(&n);
}
END_TEST

/* Its leader does not hear of it either. */
START_TEST(a_replica_on_a_silent_server) {
    struct night n;
    struct heard heard;
    begin(&n, &heard);
    lives(&n, 120, 3);
    hears(&heard, &n, "opened server_down n3\nworse server_down n3\n");
    lives(&n, 180, 7);
    hears(&heard, &n, "cleared server_down n3\n");
    night_end(&n);
}
END_TEST

/* Nobody told us what it is called: the peers that nobody hears are on it all the same. Nor are they anybody
 * else's trouble when it is back and its leader has not heard of that yet. */
START_TEST(it_was_silent_when_we_came) {
    struct night n;
    struct heard heard = {.last = 0};
    night_begin(&n, 0, 1);
    for (int i = 0; i < 3; i++) {
        char url[40];
        snprintf(url, sizeof url, "http://h%d:8222", i);
        send_target(&n, (uint64_t)i + 1, url, "named", "polled", NULL, NULL);
    }
    while (n.at < ns(180)) {
        send_failure(&n, 3, SHAPE_VARZ, FAILURE_REFUSED, "refused");
        varz_until(&n, (double)n.at / 1e9 + 1, 3);
        for (int node = 0; node < 2 && n.at % ns(5) == 0; node++)
            say_all(&n, node, false);
    }
    ck_assert_ptr_nonnull(finding_of(&n, "replica_lost"));
    hear(&heard, &n);
    ck_assert_msg(count_in(heard.all, "\n") == 1, "%s", heard.all);
    ck_assert_ptr_nonnull(strstr(heard.all, "opened server_down "));
    send_varz(&n, 3, ids[2], names[2]);
    say_all(&n, 0, false);
    varz_until(&n, 184, 7);
    ck_assert_ptr_null(finding_of(&n, "replica_lost"));
    say_all(&n, 0, true);
    varz_until(&n, 200, 7);
    hears(&heard, &n, "cleared server_down n3\n");
    night_end(&n);
}
END_TEST

/* It answers, and has no JetStream any more: so have its replicas nobody. On again, its leader has to be
 * asked once more before what it said counts. */
START_TEST(a_replica_where_jetstream_is_off) {
    struct night n;
    struct heard heard;
    begin(&n, &heard);
    while (n.at < ns(180)) {
        varz_until(&n, (double)n.at / 1e9 + 1, 7);
        if (n.at % ns(5) != 0)
            continue;
        int at_s = (int)(n.at / ns(1));
        bool unheard = at_s > 80 && at_s < 145;
        bool off = unheard && at_s < 140;
        struct sample *s = jsz(&n, 2);
        struct row *row = sample_add(s, ENTITY_JETSTREAM);
        if (off)
            put_u(row, F_JETSTREAM_disabled, 1);
        if (at_s != 140)
            say_all(&n, 0, !unheard);
        send(&n, s);
        say_all(&n, 1, true);
        ck_assert_ptr_null(finding_of(&n, "replica_lost"));
    }
    hears(&heard, &n, "opened js_off n3\ncleared js_off n3\n");
    night_end(&n);
}
END_TEST

static TCase *servers(void) {
    TCase *tc = tcase_create("servers");
    tcase_add_test(tc, one_of_three_is_silent);
    tcase_add_test(tc, without_a_leader_is_another_trouble);
    tcase_add_test(tc, a_replica_on_a_silent_server);
    tcase_add_test(tc, it_was_silent_when_we_came);
    tcase_add_test(tc, a_replica_where_jetstream_is_off);
    return tc;
}

int main(void) {
    return run_case("model/alert_servers", servers);
}
