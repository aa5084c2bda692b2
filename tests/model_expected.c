#include "model/alerts.h"
#include "tests/model_build.h"

static void send_clustered(struct night *n, uint64_t target, const char *id, const char *name, int remotes,
                           int port) {
    static const char *const urls[] = {"nats-route://u:p@127.0.0.1:6221/", "nats-route://127.0.0.1:6222",
                                       "nats-route://127.0.0.1:6223"};
    struct sample *s = build_varz(n, target, id, name);
    put_u(row_of(s, ENTITY_SERVER), F_SERVER_remotes, (uint64_t)remotes);
    put_u(row_of(s, ENTITY_SERVER), F_SERVER_routes, (uint64_t)remotes);
    put_u(row_of(s, ENTITY_SERVER), F_SERVER_cluster_port, (uint64_t)port);
    for (size_t i = 0; i < 3; i++)
        put_text(s, sample_add(s, ENTITY_ROUTE_URL), F_ROUTE_URL_url, urls[i]);
    send(n, s);
}

START_TEST(one_dead_before_we_came_is_down_under_its_route_address) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://127.0.0.1:8221", "named", "polled", NULL, NULL);
    send_clustered(&n, 1, "IDA", "n1", 1, 6221);
    ck_assert_int_eq((int)number_value(&n, model_cluster(n.model), Q_CLUSTER_expected), 3);
    send_target(&n, 2, "http://127.0.0.1:8222", "route", "polled", "IDB", "n2");
    send_clustered(&n, 2, "IDB", "n2", 1, 6222);
    night_until(&n, 1);
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 3);
    const struct object *dead = server_named(&n, "127.0.0.1:6223");
    ck_assert_ptr_nonnull(dead);
    ck_assert_str_eq(text_value(&n, dead, Q_SERVER_state), "down");
    ck_assert_ptr_nonnull(finding_of(&n, "server_down"));
    uint64_t id = dead->id;
    /* it comes to life */
    send_target(&n, 3, "http://127.0.0.1:8223", "route", "polled", "IDC", "n3");
    send_clustered(&n, 3, "IDC", "n3", 2, 6223);
    send_clustered(&n, 1, "IDA", "n1", 2, 6221);
    night_until(&n, 2);
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 3);
    ck_assert_uint_eq(server_named(&n, "n3")->id, id);
    ck_assert_str_eq(text_value(&n, server_named(&n, "n3"), Q_SERVER_state), "up");
    ck_assert_ptr_null(finding_of(&n, "server_down"));
    ck_assert_str_eq(text_value(&n, server_named(&n, "n1"), Q_SERVER_routes), "2/2");
    night_end(&n);
}
END_TEST

static void send_peers(struct night *n, const char *const *names, const char *ip) {
    static const char *const ids[] = {"IDB", "IDC"};
    struct sample *s = build(n, 1, SHAPE_ROUTEZ, "IDA");
    for (int i = 0; i < 2 && names[i]; i++) {
        struct row *row = sample_add(s, ENTITY_ROUTE);
        put_u(row, F_ROUTE_rid, (uint64_t)i + 1);
        put_text(s, row, F_ROUTE_remote_id, ids[i]);
        put_text(s, row, F_ROUTE_remote_name, names[i]);
        put_text(s, row, F_ROUTE_ip, ip);
    }
    send(n, s);
}

/* A URL of ours never answered, and its peers have a route to one that nobody asks: one server, one name. */
START_TEST(a_silent_url_is_the_peer_that_is_not_known) {
    static const struct {
        const char *peers[2], *ip, *name;
        bool refuses; /* then nothing runs there, and to n2 there is a route */
    } cases[] = {{{"n2", NULL}, "127.0.0.1", "n2", false},
                 {{"n2", NULL}, "127.0.0.1", NULL, true},
                 {{"n2", NULL}, "10.0.0.9", NULL, false},
                 {{"n2", "n3"}, "127.0.0.1", NULL, false}};
    for (int i = 0; i < 4; i++) {
        struct night n;
        night_begin(&n, 0, 1);
        send_target(&n, 1, "http://127.0.0.1:8221", "named", "polled", NULL, NULL);
        send_target(&n, 2, "http://127.0.0.1:8222", "named", "probing", NULL, NULL);
        for (int k = 0; k < 12; k++) {
            send_clustered(&n, 1, "IDA", "n1", 1, 6221);
            send_failure(&n, 2, SHAPE_VARZ, cases[i].refuses ? FAILURE_REFUSED : FAILURE_TIMEOUT, "silent");
            night_until(&n, k + 1);
        }
        send_peers(&n, cases[i].peers, cases[i].ip);
        night_until(&n, 13);
        ck_assert_int_eq(server_named(&n, "n2") != NULL, cases[i].name != NULL);
        if (cases[i].name) {
            ck_assert_str_eq(text_value(&n, server_named(&n, "n2"), Q_SERVER_state), "down");
            ck_assert_ptr_null(server_named(&n, "127.0.0.1:8222"));
            send_target(&n, 2, "http://127.0.0.1:8222", "named", "polled", NULL, NULL);
            send_clustered(&n, 2, "IDX", "other", 1, 6222); /* it was another one after all */
            night_until(&n, 14);
            ck_assert_ptr_null(server_named(&n, "n2"));
            ck_assert_ptr_nonnull(server_named(&n, "other"));
        }
        night_end(&n);
    }
}
END_TEST

static bool is_alerted(const struct night *n, const char *name) {
    for (size_t i = 0; i < model_alert_count(n->model); i++)
        if (strcmp(model_alert(n->model, i)->name, name) == 0 &&
            strcmp(model_alert(n->model, i)->rule, "server_down") == 0 &&
            model_alert(n->model, i)->state == ALERT_OPEN)
            return true;
    return false;
}

/* Who has not been heard yet may be the one that the route leads to. */
START_TEST(no_name_is_supposed_before_all_others_have_answered) {
    enum failure failure = _i ? FAILURE_CONNECT : FAILURE_REFUSED;
    struct night n;
    const char *peers[2] = {"n1", NULL};
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://127.0.0.1:8223", "named", "polled", NULL, NULL);
    send_target(&n, 2, "http://127.0.0.1:8222", "named", "probing", NULL, NULL);
    send_target(&n, 3, "http://127.0.0.1:8221", "named", "probing", NULL, NULL);
    for (int k = 0; k < 4; k++) {
        send_clustered(&n, 1, "IDA", "n3", 1, 6223);
        send_failure(&n, 2, SHAPE_VARZ, failure, "does not answer");
        send_peers(&n, peers, "127.0.0.1");
        night_until(&n, k + 1);
        ck_assert_ptr_null(server_named(&n, "n1"));
        ck_assert_str_eq(text_value(&n, server_named(&n, "127.0.0.1:8222"), Q_SERVER_state), "down");
    }
    for (int k = 4; k < 20; k++) {
        send_clustered(&n, 1, "IDA", "n3", 1, 6223);
        send_target(&n, 3, "http://127.0.0.1:8221", "named", "polled", NULL, NULL);
        send_clustered(&n, 3, "IDB", "n1", 1, 6221);
        send_failure(&n, 2, SHAPE_VARZ, failure, "does not answer");
        night_until(&n, k + 1);
        ck_assert_str_eq(text_value(&n, server_named(&n, "n1"), Q_SERVER_state), "up");
        ck_assert(!is_alerted(&n, "n1"));
    }
    ck_assert(is_alerted(&n, "127.0.0.1:8222"));
    night_end(&n);
}
END_TEST

/* The one that the route leads to is found later, where nobody had named it. */
START_TEST(a_supposed_name_is_taken_back_and_its_alert_renamed) {
    struct night n;
    const char *peers[2] = {"n2", NULL};
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://127.0.0.1:8221", "named", "polled", NULL, NULL);
    send_target(&n, 2, "http://127.0.0.1:8222", "named", "probing", NULL, NULL);
    for (int k = 0; k < 20; k++) {
        send_clustered(&n, 1, "IDA", "n1", 1, 6221);
        send_failure(&n, 2, SHAPE_VARZ, FAILURE_TIMEOUT, "silent");
        send_peers(&n, peers, "127.0.0.1");
        night_until(&n, k + 1);
    }
    ck_assert(is_alerted(&n, "n2"));
    send_target(&n, 3, "http://127.0.0.1:8229", "route", "polled", "IDB", "n2");
    send_clustered(&n, 3, "IDB", "n2", 1, 6222);
    night_until(&n, 21);
    ck_assert_str_eq(text_value(&n, server_named(&n, "n2"), Q_SERVER_state), "up");
    ck_assert_str_eq(text_value(&n, server_named(&n, "127.0.0.1:8222"), Q_SERVER_state), "down");
    night_until(&n, 22);
    ck_assert(!is_alerted(&n, "n2"));
    ck_assert(is_alerted(&n, "127.0.0.1:8222"));
    night_end(&n);
}
END_TEST

/* n1 leads the meta group and has not heard these for long. */
static void send_lost(struct night *n, const char *const *lost) {
    struct sample *s = build(n, 1, SHAPE_JSZ, "IDA");
    struct row *row = sample_add(s, ENTITY_JETSTREAM);
    put_u(row, F_JETSTREAM_meta, 1);
    put_u(row, F_JETSTREAM_meta_size, 5);
    put_text(s, row, F_JETSTREAM_meta_leader, "n1");
    for (int i = 0; i < 3 && (!i || lost[i - 1]); i++) {
        row = sample_add(s, ENTITY_META_PEER);
        put_text(s, row, F_META_PEER_name, i ? lost[i - 1] : "n7"); /* which lives, and nobody asks it */
        put_text(s, row, F_META_PEER_peer, i ? lost[i - 1] : "n7");
        put_u(row, F_META_PEER_current, !i);
        put_i(row, F_META_PEER_active, ns(i ? 60 : 0.1));
    }
    send(n, s);
}

/* Its routes say where it was, and JetStream what it is called. */
START_TEST(the_one_that_is_missing_is_the_one_that_is_lost) {
    static const struct {
        const char *lost[2], *name;
        bool urls; /* of two that are silent nobody knows the name */
    } cases[] = {
        {{"n3", NULL}, "n3", false},
        {{"n3", "n2"}, "n3", false}, /* of n2 it has not noticed yet that it is back */
        {{"n3", "n4"}, NULL, false},
        {{"n3", NULL}, NULL, true},
        {{NULL, NULL}, NULL, false},
        {{"Server name unknown at this time (peerID: yrzKKRBu)", NULL}, NULL, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct night n;
        night_begin(&n, 0, 1);
        send_target(&n, 1, "http://127.0.0.1:8221", "named", "polled", NULL, NULL);
        send_target(&n, 2, "http://127.0.0.1:8222", "named", "polled", NULL, NULL);
        if (cases[i].urls) {
            send_target(&n, 3, "http://10.0.0.9:8229", "named", "probing", NULL, NULL);
            send_target(&n, 4, "http://10.0.0.10:8229", "named", "probing", NULL, NULL);
        }
        for (int k = 0; k < 20; k++) {
            send_clustered(&n, 1, "IDA", "n1", 1, 6221);
            send_clustered(&n, 2, "IDB", "n2", 1, 6222);
            send_lost(&n, cases[i].lost);
            night_until(&n, k + 1);
        }
        const struct object *dead = server_named(&n, cases[i].name ? cases[i].name : "127.0.0.1:6223");
        if (!cases[i].urls) {
            ck_assert_msg(dead != NULL, "case %zu", i);
            ck_assert_str_eq(text_value(&n, dead, Q_SERVER_state), "down");
            ck_assert(is_alerted(&n, cases[i].name ? cases[i].name : "127.0.0.1:6223"));
        } else {
            ck_assert_ptr_null(server_named(&n, "n3"));
        }
        if (cases[i].name) { /* that name answers from elsewhere */
            send_target(&n, 4, "http://10.0.0.8:8224", "named", "polled", NULL, NULL);
            for (int k = 20; k < 40; k++) {
                send_clustered(&n, 1, "IDA", "n1", 1, 6221);
                send_clustered(&n, 2, "IDB", "n2", 1, 6222);
                send_clustered(&n, 4, "IDD", "n3", 1, 6299);
                night_until(&n, k + 1);
            }
            ck_assert_str_eq(text_value(&n, server_named(&n, "n3"), Q_SERVER_state), "up");
            ck_assert(!is_alerted(&n, "n3"));
        }
        night_end(&n);
    }
}
END_TEST

/* n2 hangs, and has its routes still; n3 is killed, and for some seconds its group has not noticed. */
START_TEST(who_was_lost_before_is_another_one) {
    static const char *const hangs[] = {"n2", NULL}, *const both[] = {"n2", "n3"},
                             *const gone[] = {"n3", NULL}, *const none[] = {NULL, NULL};
    bool one = _i; /* alone, and lost at the moment that its route ends */
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://127.0.0.1:8221", "named", "polled", NULL, NULL);
    send_target(&n, 2, "127.0.0.1:40001", "route", "known", "IDB", NULL);
    send_target(&n, 3, "127.0.0.1:40002", "route", "known", "IDC", NULL);
    for (int second = 0; second < 90; second++) {
        send_clustered(&n, 1, "IDA", "n1", second < 40 ? 2 : 1, 6221);
        send_lost(&n, second < 20 ? none : one ? second < 30 ? none : gone : second < 47 ? hangs : both);
        if (second == 40)
            send_target(&n, 3, "127.0.0.1:40002", "route", "gone", "IDC", NULL);
        night_until(&n, second + 1);
        ck_assert_ptr_null(server_named(&n, "n2"));
    }
    ck_assert_int_eq(server_named(&n, "n3") != NULL, one);
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 3);
    night_end(&n);
}
END_TEST

START_TEST(a_missing_one_among_several_addresses_is_not_guessed) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://127.0.0.1:8221", "named", "polled", NULL, NULL);
    send_clustered(&n, 1, "IDA", "n1", 1, 6221);
    night_until(&n, 1);
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 2);
    ck_assert_ptr_nonnull(server_named(&n, "127.0.0.1:6222 or 127.0.0.1:6223"));
    night_end(&n);
}
END_TEST

static void changes_of_servers(const struct night *n, char *out, size_t size) {
    size_t len = 0;
    out[0] = '\0';
    for (uint64_t i = 1; i <= model_alert_change_last(n->model) && len < size; i++) {
        const struct alert_change *c = model_alert_change(n->model, i);
        if (strcmp(model_alert_by_number(n->model, c->alert)->entity, "server") == 0)
            len += (size_t)snprintf(out + len, size - len, "%s %s\n", alert_change_word(c->kind), c->name);
    }
}

/* n3 is missed, then n2, whose address stands before that of n3. */
START_TEST(who_is_missed_later_is_another_one) {
    struct night n;
    char told[500];
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://127.0.0.1:8221", "named", "polled", NULL, NULL);
    send_target(&n, 2, "127.0.0.1:6222", "route", "known", "IDB", NULL);
    for (int second = 0; second < 60; second++) {
        if (second == 30)
            send_target(&n, 2, "127.0.0.1:6222", "route", "gone", "IDB", NULL);
        send_clustered(&n, 1, "IDA", "n1", second < 30 ? 1 : 0, 6221);
        night_until(&n, second + 1);
    }
    changes_of_servers(&n, told, sizeof told);
    ck_assert_str_eq(told, "opened 127.0.0.1:6223\nopened 127.0.0.1:6222\n");
    for (size_t i = 0; i < model_alert_count(n.model); i++) {
        const struct alert *a = model_alert(n.model, i);
        if (strcmp(a->entity, "server") != 0)
            continue;
        bool first = strcmp(a->name, "127.0.0.1:6223") == 0;
        ck_assert_int_eq(a->first_sign_utc_ns < NIGHT_UTC + ns(29), first);
    }
    night_end(&n);
}
END_TEST

/* n2 runs without a monitoring port, and its URL is given: that refuses, and n2 is known by its routes. */
START_TEST(a_url_that_refuses_and_a_peer_at_its_host_are_one) {
    static const struct {
        const char *at; /* where the peer is; NULL: there is none */
        int urls;       /* that refuse */
        int expected;
    } cases[] = {
        {"127.0.0.1:40001", 1, 3}, {"127.0.0.1:40001", 2, 4}, {"10.0.0.9:40001", 1, 4}, {NULL, 1, 3}};
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://127.0.0.1:8221", "named", "polled", NULL, NULL);
    send_target(&n, 2, "http://127.0.0.1:8223", "named", "polled", NULL, NULL);
    for (int i = 0; i < cases[_i].urls; i++)
        send_target(&n, (uint64_t)i + 4, i ? "http://127.0.0.1:8229" : "http://127.0.0.1:8222", "named",
                    "probing", NULL, NULL);
    if (cases[_i].at)
        send_target(&n, 3, cases[_i].at, "route", "known", "IDB", "n2");
    for (int second = 0; second < 15; second++) {
        send_clustered(&n, 1, "IDA", "n1", cases[_i].at ? 2 : 1, 6221);
        send_clustered(&n, 2, "IDC", "n3", cases[_i].at ? 2 : 1, 6223);
        for (int i = 0; i < cases[_i].urls; i++)
            send_failure(&n, (uint64_t)i + 4, SHAPE_VARZ, FAILURE_REFUSED, "refused");
        night_until(&n, second + 1);
    }
    ck_assert_int_eq((int)number_value(&n, model_cluster(n.model), Q_CLUSTER_expected), cases[_i].expected);
    ck_assert(is_alerted(&n, "127.0.0.1:8222")); /* nobody listens where it should be asked */
    night_end(&n);
}
END_TEST

/* Two that are not asked go, and one is back: how many routes there are is told first, then to whom. */
START_TEST(two_are_missed_and_one_is_back) {
    static const char *const urls[][3] = {
        {"nats-route://127.0.0.1:6221", "nats-route://127.0.0.1:6222", "nats-route://127.0.0.1:6223"},
        {"nats-route://127.0.0.1:6221", "nats-route://h2:6222", "nats-route://h3:6222"},
    };
    const char *const *at = urls[_i & 1], *back = _i & 1 ? "h3:40001" : "127.0.0.1:40001";
    static const char *const opened[] = {"opened 127.0.0.1:6222\nopened 127.0.0.1:6223\n",
                                         "opened h2:6222\nopened h3:6222\n"};
    static const char *const cleared[] = {"cleared 127.0.0.1:6222\n", "cleared h3:6222\n",
                                          "cleared 127.0.0.1:6223\n", "cleared h3:6222\n"};
    bool named = !(_i & 2); /* by its route: who is back */
    char told[500];
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://127.0.0.1:8221", "named", "polled", NULL, NULL);
    for (int second = 0; second < 70; second++) {
        struct sample *s = build_varz(&n, 1, "IDA", "n1");
        put_u(row_of(s, ENTITY_SERVER), F_SERVER_remotes, second < 30 ? 0 : 1);
        put_u(row_of(s, ENTITY_SERVER), F_SERVER_cluster_port, 6221);
        for (size_t i = 0; i < 3; i++)
            put_text(s, sample_add(s, ENTITY_ROUTE_URL), F_ROUTE_URL_url, at[i]);
        send(&n, s);
        if (second == 32 && named)
            send_target(&n, 2, back, "route", "known", "IDB", NULL);
        night_until(&n, second + 1);
        changes_of_servers(&n, told, sizeof told);
        if (second == 20)
            ck_assert_str_eq(told, opened[_i & 1]);
    }
    ck_assert_int_eq(strncmp(told, opened[_i & 1], strlen(opened[_i & 1])), 0);
    ck_assert_str_eq(told + strlen(opened[_i & 1]), cleared[_i]); /* and none opens */
    night_end(&n);
}
END_TEST

static void send_with_urls(struct night *n, uint64_t target, const char *id, const char *name,
                           const char *const *urls, size_t count) {
    struct sample *s = build_varz(n, target, id, name);
    put_u(row_of(s, ENTITY_SERVER), F_SERVER_remotes, 1);
    put_u(row_of(s, ENTITY_SERVER), F_SERVER_cluster_port, 6222);
    for (size_t i = 0; i < count; i++)
        put_text(s, sample_add(s, ENTITY_ROUTE_URL), F_ROUTE_URL_url, urls[i]);
    send(n, s);
}

static void send_route(struct night *n, uint64_t target, const char *id, const char *remote_id,
                       const char *ip) {
    struct sample *s = build(n, target, SHAPE_ROUTEZ, id);
    struct row *row = sample_add(s, ENTITY_ROUTE);
    put_u(row, F_ROUTE_rid, 1);
    put_text(s, row, F_ROUTE_remote_id, remote_id);
    put_text(s, row, F_ROUTE_ip, ip);
    put_u(row, F_ROUTE_port, 6222);
    send(n, s);
}

static void send_routes(struct night *n, uint64_t target, const char *id, const char *rids) {
    struct sample *s = build(n, target, SHAPE_ROUTEZ, id);
    for (; *rids; rids++)
        put_u(sample_add(s, ENTITY_ROUTE), F_ROUTE_rid, (uint64_t)(*rids - '0'));
    send(n, s);
}

/* Of that server, as digits in order of birth. */
static void check_routes(const struct night *n, const char *server, const char *expect) {
    size_t count, len = 0;
    char rids[32] = "";
    const struct object *const *all = model_objects(n->model, OBJECT_ROUTE, &count);
    for (size_t i = 0; i < count && len + 1 < sizeof rids; i++) {
        if (all[i]->parent == server_named(n, server))
            rids[len++] = (char)('0' + row_u64(all[i]->now, F_ROUTE_rid, 0));
    }
    ck_assert_str_eq(rids, expect);
}

START_TEST(a_route_that_is_not_told_any_more_is_gone) {
    static const char *const told[][2] = {{"123", "123"}, {"13", "13"}, {"113", "13"},  {"34", "34"},
                                          {"", ""},       {"5", "5"},   {"678", "678"}, {"876", "678"}};
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://127.0.0.1:8221", "named", "polled", NULL, NULL);
    send_varz(&n, 1, "IDA", "n1");
    send_target(&n, 2, "http://127.0.0.1:8222", "named", "polled", NULL, NULL);
    send_varz(&n, 2, "IDB", "n2");
    send_routes(&n, 2, "IDB", "12");
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        night_until(&n, (double)i + 1);
        send_routes(&n, 1, "IDA", told[i][0]);
        check_routes(&n, "n1", told[i][1]);
        check_routes(&n, "n2", "12");
    }
    night_end(&n);
}
END_TEST

START_TEST(whom_routes_lead_to_is_not_the_missing_one) {
    static const char *const urls[] = {"nats://10.9.9.1:6222", "nats://10.9.9.2:6222",
                                       "nats://10.9.9.3:6222"};
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://127.0.0.1:8221", "named", "polled", NULL, NULL);
    send_with_urls(&n, 1, "IDA", "n1", urls, 3);
    send_target(&n, 2, "http://127.0.0.1:8222", "route", "polled", "IDB", "n2");
    send_with_urls(&n, 2, "IDB", "n2", urls, 3);
    send_route(&n, 1, "IDA", "IDB", "10.9.9.2");
    send_route(&n, 2, "IDB", "IDA", "10.9.9.1");
    night_until(&n, 1);
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 3);
    ck_assert_str_eq(text_value(&n, server_named(&n, "10.9.9.3:6222"), Q_SERVER_state), "down");
    night_end(&n);
}
END_TEST

START_TEST(expected_follows_what_is_configured_now) {
    static const char *const urls[] = {"nats://127.0.0.1:6222", "nats://10.9.9.2:6222",
                                       "nats://10.9.9.3:6222", "nats://10.9.9.4:6222"};
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://127.0.0.1:8221", "named", "polled", NULL, NULL);
    send_with_urls(&n, 1, "IDA", "n1", urls, 3);
    ck_assert_int_eq((int)number_value(&n, model_cluster(n.model), Q_CLUSTER_expected), 3);
    send_with_urls(&n, 1, "IDA", "n1", urls, 4);
    ck_assert_int_eq((int)number_value(&n, model_cluster(n.model), Q_CLUSTER_expected), 4);
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 3);
    send_with_urls(&n, 1, "IDA", "n1", urls + 2, 2);
    ck_assert_int_eq((int)number_value(&n, model_cluster(n.model), Q_CLUSTER_expected), 2);
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 1);
    night_end(&n);
}
END_TEST

START_TEST(connected_peers_that_are_not_found_yet_are_not_down) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://127.0.0.1:8221", "named", "polled", NULL, NULL);
    send_clustered(&n, 1, "IDA", "n1", 2, 6221);
    night_until(&n, 1);
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 1);
    ck_assert_int_eq((int)number_value(&n, model_cluster(n.model), Q_CLUSTER_expected), 3);
    night_end(&n);
}
END_TEST

START_TEST(expected_is_the_largest_of_all_signs) {
    struct night n;
    night_begin(&n, 5, 1);
    send_target(&n, 1, "http://127.0.0.1:8221", "named", "polled", NULL, NULL);
    send_clustered(&n, 1, "IDA", "n1", 2, 6221);
    ck_assert_int_eq((int)number_value(&n, model_cluster(n.model), Q_CLUSTER_expected), 5);
    send_clustered(&n, 1, "IDA", "n1", 6, 6221);
    ck_assert_int_eq((int)number_value(&n, model_cluster(n.model), Q_CLUSTER_expected), 7);
    night_end(&n);
}
END_TEST

START_TEST(forgetting_a_dead_server_is_scale_down) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://127.0.0.1:8221", "named", "polled", NULL, NULL);
    send_clustered(&n, 1, "IDA", "n1", 1, 6221);
    send_target(&n, 2, "http://127.0.0.1:8222", "route", "polled", "IDB", "n2");
    send_clustered(&n, 2, "IDB", "n2", 1, 6222);
    night_until(&n, 1);
    ck_assert_ptr_nonnull(server_named(&n, "127.0.0.1:6223"));
    ck_assert(model_forget(n.model, "127.0.0.1:6223"));
    send_clustered(&n, 1, "IDA", "n1", 1, 6221);
    night_until(&n, 2);
    ck_assert_uint_eq(count_of(&n, OBJECT_SERVER), 2);
    ck_assert_int_eq((int)number_value(&n, model_cluster(n.model), Q_CLUSTER_expected), 2);
    night_end(&n);
}
END_TEST

START_TEST(routes_of_a_dead_server_are_gone) {
    struct night n;
    night_begin(&n, 0, 1);
    send_target(&n, 1, "http://a:8222", "named", "polled", NULL, NULL);
    send_varz(&n, 1, "IDA", "n1");
    struct sample *s = build(&n, 1, SHAPE_ROUTEZ, "IDA");
    struct row *row = sample_add(s, ENTITY_ROUTE);
    put_u(row, F_ROUTE_rid, 7);
    put_text(s, row, F_ROUTE_remote_id, "IDB");
    send(&n, s);
    size_t count;
    const struct object *route = model_objects(n.model, OBJECT_ROUTE, &count)[0];
    night_until(&n, 2);
    ck_assert_int_eq(route->freshness, FRESH_LIVE);
    night_until(&n, 4);
    ck_assert_int_eq(route->freshness, FRESH_STALE);
    night_until(&n, 29);
    ck_assert_int_eq(route->freshness, FRESH_STALE);
    night_until(&n, 31);
    ck_assert_int_eq(route->freshness, FRESH_GONE);
    ck_assert(quantity_get(n.model, route, Q_ROUTE_peer).type == VALUE_TEXT);
    send_varz(&n, 1, "IDA", "n1");
    night_until(&n, 40);
    send_varz(&n, 1, "IDA", "n1");
    night_until(&n, 40.5); /* it is back, and has not told of its routes since */
    ck_assert_int_eq(route->freshness, FRESH_STALE);
    night_end(&n);
}
END_TEST

/* ---- what servers were called in an earlier run ---- */

static void remember(struct night *n, const char *name, const char *address) {
    model_remember_server(n->model, &(struct remembered_server){name, address, 6223});
}

START_TEST(one_that_never_answered_has_its_name_of_before) {
    struct night n;
    struct remembered_server next;
    night_begin(&n, 0, 1);
    remember(&n, "n2", "localhost:8222");
    send_target(&n, 1, "http://127.0.0.1:8221", "named", "polled", NULL, NULL);
    send_target(&n, 2, "http://127.0.0.1:8222", "named", "probing", NULL, NULL);
    send_varz(&n, 1, "IDA", "n1");
    night_until(&n, 1);
    ck_assert_ptr_nonnull(server_named(&n, "n2"));
    ck_assert_ptr_null(server_named(&n, "127.0.0.1:8222"));
    ck_assert(model_remembered(n.model, server_named(&n, "n2"), &next)); /* it goes on */
    ck_assert_str_eq(next.address, "localhost:8222");
    ck_assert_uint_eq(next.cluster_port, 6223);
    uint64_t id = server_named(&n, "n2")->id;
    send_varz(&n, 2, "IDX", "other"); /* there it is somebody else by now */
    night_until(&n, 2);
    ck_assert_ptr_null(server_named(&n, "n2"));
    ck_assert_uint_eq(server_named(&n, "other")->id, id);
    ck_assert(model_remembered(n.model, server_named(&n, "other"), &next));
    ck_assert_str_eq(next.name, "other");
    ck_assert_str_eq(next.address, "127.0.0.1:8222");
    night_end(&n);
}
END_TEST

START_TEST(a_name_that_answers_elsewhere_is_not_given_twice) {
    struct night n;
    struct remembered_server next;
    night_begin(&n, 0, 1);
    remember(&n, "n1", "127.0.0.1:8222");
    send_target(&n, 1, "http://127.0.0.1:8221", "named", "polled", NULL, NULL);
    send_target(&n, 2, "http://127.0.0.1:8222", "named", "probing", NULL, NULL);
    night_until(&n, 1);
    ck_assert_ptr_nonnull(server_named(&n, "n1"));
    send_varz(&n, 1, "IDA", "n1");
    night_until(&n, 2);
    ck_assert_str_eq(text_value(&n, server_named(&n, "n1"), Q_SERVER_url), "http://127.0.0.1:8221");
    ck_assert_ptr_nonnull(server_named(&n, "127.0.0.1:8222"));
    ck_assert(!model_remembered(n.model, server_named(&n, "127.0.0.1:8222"), &next));
    night_end(&n);
}
END_TEST

START_TEST(one_under_its_route_address_has_its_name_of_before) {
    struct night n;
    night_begin(&n, 0, 1);
    remember(&n, "n3", "127.0.0.1:8223");
    send_target(&n, 1, "http://127.0.0.1:8221", "named", "polled", NULL, NULL);
    send_clustered(&n, 1, "IDA", "n1", 1, 6221);
    send_target(&n, 2, "http://127.0.0.1:8222", "route", "polled", "IDB", "n2");
    send_clustered(&n, 2, "IDB", "n2", 1, 6222);
    night_until(&n, 1);
    ck_assert_ptr_null(server_named(&n, "127.0.0.1:6223"));
    ck_assert_str_eq(text_value(&n, server_named(&n, "n3"), Q_SERVER_state), "down");
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("expected servers");
    tcase_add_test(t, one_dead_before_we_came_is_down_under_its_route_address);
    tcase_add_test(t, a_silent_url_is_the_peer_that_is_not_known);
    tcase_add_loop_test(t, no_name_is_supposed_before_all_others_have_answered, 0, 2);
    tcase_add_test(t, a_supposed_name_is_taken_back_and_its_alert_renamed);
    tcase_add_test(t, the_one_that_is_missing_is_the_one_that_is_lost);
    tcase_add_loop_test(t, who_was_lost_before_is_another_one, 0, 2);
    tcase_add_test(t, a_missing_one_among_several_addresses_is_not_guessed);
    tcase_add_loop_test(t, two_are_missed_and_one_is_back, 0, 4);
    tcase_add_test(t, who_is_missed_later_is_another_one);
    tcase_add_loop_test(t, a_url_that_refuses_and_a_peer_at_its_host_are_one, 0, 4);
    tcase_add_test(t, a_route_that_is_not_told_any_more_is_gone);
    tcase_add_test(t, whom_routes_lead_to_is_not_the_missing_one);
    tcase_add_test(t, expected_follows_what_is_configured_now);
    tcase_add_test(t, connected_peers_that_are_not_found_yet_are_not_down);
    tcase_add_test(t, expected_is_the_largest_of_all_signs);
    tcase_add_test(t, forgetting_a_dead_server_is_scale_down);
    tcase_add_test(t, routes_of_a_dead_server_are_gone);
    tcase_add_test(t, one_that_never_answered_has_its_name_of_before);
    tcase_add_test(t, a_name_that_answers_elsewhere_is_not_given_twice);
    tcase_add_test(t, one_under_its_route_address_has_its_name_of_before);
    return t;
}

int main(void) {
    return run_case("model: expected servers", cases);
}
