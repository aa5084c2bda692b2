/* A server that is silent is one alert: nothing of what it leads is another one, and nothing ends because
 * nobody can say that it goes on. */
#include "model/alerts.h"
#include "tests/model_ruled.h"
#include "tests/model_meta.h"

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
    ck_assert_str_eq(model_alert(n.model, 0)->figure, "down");
    ck_assert_str_eq(model_alert(n.model, 0)->peak, "down"); /* though it was stale first */
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

/* Another one was chosen, and is silent before it said so itself: the others name it for as long as there is
 * nobody else. */
START_TEST(the_next_leader_is_silent) {
    struct night n;
    struct heard heard;
    begin(&n, &heard);
    while (n.at < ns(180)) {
        varz_until(&n, (double)n.at / 1e9 + 1, n.at < ns(65) ? 7 : 5);
        for (int node = 0; node < 3 && n.at % ns(5) == 0; node += 2) {
            struct sample *s = jsz(&n, node);
            add_stream(s, node, 1, 0);
            for (int i = 0; i < 20; i++) {
                char name[20];
                snprintf(name, sizeof name, "c%d", i);
                add_consumer(s, name, node, 1, 0, 0);
            }
            send(&n, s);
        }
    }
    ck_assert_ptr_nonnull(finding_of(&n, "stream_leader_gone"));
    ck_assert_ptr_nonnull(finding_of(&n, "consumer_leader_gone"));
    hears(&heard, &n, "opened server_down n2\nworse server_down n2\n");
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

/* A stream and a consumer of it, each with a part on all three. leader -1: this one says that there is none,
 * and who else has it as members do. */
static void say_three(struct night *n, int node, int leader, bool listed) {
    struct sample *s = jsz(n, node);
    add_stream(s, node, leader, 1000);
    add_consumer(s, "c", node, leader, 0, 0);
    for (int i = 0; i < 6 && listed && (leader == node || leader < 0); i++) {
        if (i % 3 == leader)
            continue;
        add_replica(s, names[i % 3], true, false, 0.1);
        struct row *row = (struct row *)(uintptr_t)s->rows[s->count - 1];
        if (i >= 3)
            put_text(s, row, F_REPLICA_consumer, "c");
        for (int f = F_REPLICA_current; leader < 0 && f <= F_REPLICA_lag; f++)
            row_drop(row, (enum field)f);
    }
    send(n, s);
}

/* leader: of both, as those of `nodes` say, once they have answered. */
static void live_three(struct night *n, double second, unsigned nodes, int leader, bool listed) {
    while (n->at < ns(second)) {
        varz_until(n, (double)n->at / 1e9 + 1, nodes);
        for (int node = 0; node < 3 && n->at % ns(5) == 0; node++)
            if (nodes & 1u << node)
                say_three(n, node, leader, listed);
    }
}

static const char *orphans_of(const struct night *n, const char *server) {
    return text_value(n, find_by(n, Q_SERVER_name, server), Q_SERVER_orphans);
}

/* That the one that is left can choose no leader is for want of the others, whoever of them it was before. */
static void lose_two(struct night *n, struct heard *heard, int leader) {
    heard->last = 0;
    begin_three(n);
    live_three(n, 60, 7, leader, true);
    live_three(n, 180, 1, -1, false);
    ck_assert_ptr_nonnull(finding_of(n, "stream_no_quorum"));
    ck_assert_ptr_nonnull(finding_of(n, "consumer_no_leader"));
    hears(heard, n,
          "opened server_down n2\nopened server_down n3\nworse server_down n2\nworse server_down n3\n");
    ck_assert_str_eq(orphans_of(n, "n1"), "");
    ck_assert_str_eq(orphans_of(n, "n2"), "1 stream and 1 consumer");
    ck_assert_str_eq(orphans_of(n, "n3"), "1 stream and 1 consumer");
}

START_TEST(two_of_three_are_silent) {
    struct night n;
    struct heard heard;
    lose_two(&n, &heard, _i);
    live_three(&n, 189, 7, -1, false);
    live_three(&n, 240, 7, 2, true);
    hears(&heard, &n, "cleared server_down n2\ncleared server_down n3\n");
    night_end(&n);
}
END_TEST

/* Asked at each moment, and what it was a moment ago is not said again. */
START_TEST(orphans_are_those_of_now) {
    struct night n;
    begin_three(&n);
    live_three(&n, 60, 7, 2, true);
    for (double second = 61; second <= 180; second++) {
        live_three(&n, second, 1, -1, false);
        bool down = strcmp(text_value(&n, find_by(&n, Q_SERVER_name, "n3"), Q_SERVER_state), "down") == 0;
        bool are = strcmp(orphans_of(&n, "n3"), "1 stream and 1 consumer") == 0;
        ck_assert_msg(are || strcmp(orphans_of(&n, "n3"), "") == 0, "%s", orphans_of(&n, "n3"));
        ck_assert_msg(second < 100 || (down && are), "at %.0f s", second);
        ck_assert_msg(!are || (down && second >= 70), "at %.0f s", second);
    }
    for (double second = 181; second <= 240; second++) {
        live_three(&n, second, 7, 2, true);
        ck_assert_str_eq(orphans_of(&n, "n3"), "");
        ck_assert_msg(second < 195 || strcmp(orphans_of(&n, "n2"), "") == 0, "at %.0f s", second);
    }
    night_end(&n);
}
END_TEST

/* With both back somebody should be chosen: that is given as long as ever. */
START_TEST(without_a_leader_when_they_are_back) {
    struct night n;
    struct heard heard;
    lose_two(&n, &heard, _i);
    live_three(&n, 190, 7, -1, false);
    hear(&heard, &n);
    ck_assert_msg(count_in(heard.all, "opened") == 0, "%s", heard.all);
    live_three(&n, 200, 7, -1, false);
    hear(&heard, &n);
    ck_assert_msg(count_in(heard.all, "opened stream_no_quorum A/ORDERS\n") == 1, "%s", heard.all);
    ck_assert_msg(count_in(heard.all, "opened consumer_no_leader A/ORDERS/c\n") == 1, "%s", heard.all);
    night_end(&n);
}
END_TEST

/* One of them is: two of three could choose one. */
START_TEST(without_a_leader_when_one_is_back) {
    struct night n;
    struct heard heard;
    lose_two(&n, &heard, _i);
    live_three(&n, 200, 3, -1, false);
    hear(&heard, &n);
    ck_assert_msg(count_in(heard.all, "opened stream_no_quorum A/ORDERS\n") == 1, "%s", heard.all);
    night_end(&n);
}
END_TEST

static void others_refuse(struct night *n, int others, bool listed) {
    night_begin(n, 0, 1);
    for (int i = 0; i <= others; i++) {
        char url[40];
        snprintf(url, sizeof url, "http://h%d:8222", i);
        send_target(n, (uint64_t)i + 1, url, "named", "polled", NULL, NULL);
    }
    while (n->at < ns(60)) {
        for (int i = 1; i <= others; i++)
            send_failure(n, (uint64_t)i + 1, SHAPE_VARZ, FAILURE_REFUSED, "refused");
        live_three(n, (double)n->at / 1e9 + 1, 1, -1, listed);
    }
    ck_assert_ptr_nonnull(finding_of(n, "stream_no_quorum"));
}

/* Who is left says who else has it. */
START_TEST(two_were_silent_when_we_came) {
    struct night n;
    struct heard heard = {.last = 0};
    others_refuse(&n, 2, true);
    hear(&heard, &n);
    ck_assert_msg(count_in(heard.all, "\n") == 2, "%s", heard.all);
    ck_assert_int_eq(count_in(heard.all, "opened server_down "), 2);
    size_t count;
    const struct object *const *servers = model_objects(n.model, OBJECT_SERVER, &count);
    for (size_t i = 0; i < count; i++) { /* the two that it has besides n1 are these */
        bool up = strcmp(text_value(&n, servers[i], Q_SERVER_state), "up") == 0;
        ck_assert_str_eq(text_value(&n, servers[i], Q_SERVER_orphans), up ? "" : "1 stream and 1 consumer");
    }
    ck_assert_uint_eq(count, 3);
    night_end(&n);
}
END_TEST

/* That can be one of the two that it has besides, not both: the other one nobody watches. */
START_TEST(one_was_silent_when_we_came) {
    struct night n;
    struct heard heard = {.last = 0};
    others_refuse(&n, 1, true);
    hear(&heard, &n);
    ck_assert_msg(count_in(heard.all, "opened stream_no_quorum A/ORDERS\n") == 1, "%s", heard.all);
    night_end(&n);
}
END_TEST

/* Nobody said who has it, so nobody knows that it is for want of these. */
START_TEST(without_a_leader_and_its_members_unknown) {
    struct night n;
    struct heard heard = {.last = 0};
    others_refuse(&n, 2, false);
    hear(&heard, &n);
    ck_assert_msg(count_in(heard.all, "opened stream_no_quorum A/ORDERS\n") == 1, "%s", heard.all);
    ck_assert_msg(count_in(heard.all, "opened consumer_no_leader A/ORDERS/c\n") == 1, "%s", heard.all);
    night_end(&n);
}
END_TEST

/* Then somebody else has to. */
START_TEST(silent_servers_that_nobody_speaks_of) {
    struct night n;
    struct heard heard = {.last = 0};
    const struct rule_said off[] = {{.name = "server_down", .enabled = "false"},
                                    {.name = "server_stale", .enabled = "false"}};
    begin_three(&n);
    use_rules(n.model, off, 2);
    live_three(&n, 60, 7, 1, true);
    live_three(&n, 120, 1, -1, false);
    hears(&heard, &n,
          "opened stream_no_quorum A/ORDERS\nopened consumer_no_leader A/ORDERS/c\n"
          "worse stream_no_quorum A/ORDERS\nworse consumer_no_leader A/ORDERS/c\n");
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

static void say_health(struct night *n, const char *error) {
    struct sample *s = build(n, 2, SHAPE_HEALTHZ, NULL);
    s->http_status = 503;
    struct row *row = sample_add(s, ENTITY_HEALTH);
    put_text(s, row, F_HEALTH_status, "unavailable");
    put_text(s, row, F_HEALTH_error, error);
    send(n, s);
}

static void unwell(struct night *n, double second, unsigned nodes, const char *error) {
    while (n->at < ns(second)) {
        varz_until(n, (double)n->at / 1e9 + 1, nodes);
        say_health(n, error);
    }
}

/* Elections that came of it are its trouble; what is so for a minute is not. */
START_TEST(who_lives_is_not_well_for_want_of_a_dead_one) {
    static const char no_leader[] = "JetStream has not established contact with a meta leader";
    static const struct {
        unsigned nodes;
        const char *error, *soon, *late;
    } cases[] = {
        {6, no_leader, "opened server_down n1\nworse server_down n1\n", "opened health n2\n"},
        {6, "no disk", "opened server_down n1\nopened health n2\nworse server_down n1\n",
         "worse health n2\n"},
        {7, no_leader, "opened health n2\n", "worse health n2\n"},
    };
    struct night n;
    struct heard heard = {.last = 0};
    begin_three(&n);
    varz_until(&n, 10, 7);
    varz_until(&n, 15, cases[_i].nodes);
    unwell(&n, 40, cases[_i].nodes, cases[_i].error);
    hear(&heard, &n);
    ck_assert_int_eq(count_in(heard.all, "health"), count_in(cases[_i].soon, "health"));
    ck_assert_int_eq(count_in(heard.all, "server_down"), count_in(cases[_i].soon, "server_down"));
    unwell(&n, 80, cases[_i].nodes, cases[_i].error);
    hears(&heard, &n, cases[_i].late);
    night_end(&n);
}
END_TEST

static void elect(struct night *n, double second, unsigned nodes, const char *leader) {
    while (n->at < ns(second)) {
        varz_until(n, (double)n->at / 1e9 + 1, nodes);
        for (int node = 0; node < 3; node++) {
            if (!(nodes & 1u << node))
                continue;
            struct sample *s = jsz(n, node);
            add_meta(s, leader);
            for (int peer = 0; peer < 3 && strcmp(leader, names[node]) == 0; peer++)
                if (peer != node)
                    add_peer(s, names[peer], nodes & 1u << peer, nodes & 1u << peer ? 0.1 : 60);
            send(n, s);
        }
    }
}

/* Its meta group has no leader for as long as an election takes: beyond that it is a trouble of its own, and
 * at once where everybody answers. */
START_TEST(who_led_the_meta_group_is_silent) {
    static const struct {
        unsigned nodes;
        double elected;
        const char *all;
    } cases[] = {
        {6, 32, "opened server_down n1\nworse server_down n1\n"},
        {6, 60, "opened server_down n1\nworse server_down n1\nopened meta_leaderless C\n"},
        {7, 32, "opened meta_leaderless C\ncleared meta_leaderless C\n"},
    };
    struct night n;
    struct heard heard = {.last = 0};
    begin_three(&n);
    elect(&n, 20, 7, "n1");
    elect(&n, 23, cases[_i].nodes, "n1");
    elect(&n, cases[_i].elected, cases[_i].nodes, "");
    elect(&n, 60, cases[_i].nodes, _i == 1 ? "" : "n2");
    hear(&heard, &n);
    for (const char *word = cases[_i].all; *word; word = strchr(word, '\n') + 1) {
        char line[80];
        snprintf(line, sizeof line, "%.*s", (int)(strchr(word, '\n') + 1 - word), word);
        ck_assert_msg(strstr(heard.all, line) != NULL, "%s", heard.all);
    }
    ck_assert_msg(count_in(heard.all, "meta_leaderless") == count_in(cases[_i].all, "meta_leaderless"), "%s",
                  heard.all);
    night_end(&n);
}
END_TEST

/* The same of a stream and its consumer. */
START_TEST(who_led_a_stream_is_silent) {
    struct night n;
    struct heard heard = {.last = 0};
    bool elected = !_i;
    begin_three(&n);
    live_three(&n, 60, 7, 0, true);
    live_three(&n, 63, 6, 0, true);
    live_three(&n, 78, 6, -1, true);
    ck_assert_ptr_nonnull(finding_at(&n, "stream_no_quorum", SEVERITY_WARN));
    ck_assert_ptr_nonnull(finding_at(&n, "consumer_no_leader", SEVERITY_WARN));
    live_three(&n, 100, 6, elected ? 1 : -1, true);
    hear(&heard, &n);
    ck_assert_msg(count_in(heard.all, "opened ") == (elected ? 1 : 3), "%s", heard.all);
    ck_assert_msg(count_in(heard.all, "opened server_down n1") == 1, "%s", heard.all);
    night_end(&n);
}
END_TEST

/* It is back, and the next look at the other one is still to come. */
START_TEST(who_lives_gets_well_after_a_dead_one_is_back) {
    static const char *const said[] = {"", "opened health n2\n"};
    struct night n;
    struct heard heard = {.last = 0};
    begin_three(&n);
    varz_until(&n, 10, 7);
    varz_until(&n, 15, 6);
    unwell(&n, 25, 6, "JetStream is not current with the meta leader");
    unwell(&n, 35, 7, "JetStream is not current with the meta leader");
    hear(&heard, &n);
    ck_assert_msg(count_in(heard.all, "health") == 0, "%s", heard.all);
    unwell(&n, _i ? 60 : 36, 7, "JetStream is not current with the meta leader");
    hear(&heard, &n);
    ck_assert_int_eq(count_in(heard.all, "opened health"), count_in(said[_i], "opened health"));
    night_end(&n);
}
END_TEST

static TCase *servers(void) {
    TCase *tc = tcase_create("servers");
    tcase_add_test(tc, orphans_are_those_of_now);
    tcase_add_test(tc, one_of_three_is_silent);
    tcase_add_test(tc, the_next_leader_is_silent);
    tcase_add_test(tc, without_a_leader_is_another_trouble);
    tcase_add_loop_test(tc, two_of_three_are_silent, 0, 3);
    tcase_add_loop_test(tc, without_a_leader_when_they_are_back, 0, 3);
    tcase_add_loop_test(tc, without_a_leader_when_one_is_back, 0, 3);
    tcase_add_test(tc, two_were_silent_when_we_came);
    tcase_add_test(tc, one_was_silent_when_we_came);
    tcase_add_test(tc, without_a_leader_and_its_members_unknown);
    tcase_add_test(tc, silent_servers_that_nobody_speaks_of);
    tcase_add_test(tc, a_replica_on_a_silent_server);
    tcase_add_test(tc, it_was_silent_when_we_came);
    tcase_add_test(tc, a_replica_where_jetstream_is_off);
    tcase_add_loop_test(tc, who_lives_is_not_well_for_want_of_a_dead_one, 0, 3);
    tcase_add_loop_test(tc, who_lives_gets_well_after_a_dead_one_is_back, 0, 2);
    tcase_add_loop_test(tc, who_led_a_stream_is_silent, 0, 2);
    tcase_add_loop_test(tc, who_led_the_meta_group_is_silent, 0, 3);
    return tc;
}

int main(void) {
    return run_case("model/alert_servers", servers);
}
