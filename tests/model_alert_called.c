/* A server that is down is called by its address until somebody knows its name: it is one alert, over
 * restarts too. */
#include "model/alerts.h"
#include "tests/model_build.h"

#define AT "127.0.0.1:8222"

struct down {
    struct night n;
    uint64_t read;   /* changes */
    char told[2000]; /* "opened 1 n2" */
};

static struct alert down(uint64_t number, const char *name, const char *address) {
    return (struct alert){.number = number,
                          .state = ALERT_OPEN,
                          .severity = SEVERITY_CRIT,
                          .worst = SEVERITY_CRIT,
                          .rule = "server_down",
                          .tag = "DOWN",
                          .entity = "server",
                          .cluster = "C",
                          .name = name,
                          .address = address,
                          .text = "down",
                          .worst_text = "down for a day",
                          .figure = "1d",
                          .peak = "1d",
                          .peak_size = 86400e9,
                          .worst_rule = "server_down",
                          .first_sign_utc_ns = NIGHT_UTC - 90 * NS_PER_S,
                          .opened_utc_ns = NIGHT_UTC - 80 * NS_PER_S,
                          .worst_utc_ns = NIGHT_UTC - 10 * NS_PER_S,
                          .times = 1,
                          .came_utc_ns = {NIGHT_UTC - 80 * NS_PER_S},
                          .came_count = 1};
}

static struct alert acked(struct alert alert) {
    alert.acked_utc_ns = NIGHT_UTC - 60 * NS_PER_S;
    alert.acked_severity = SEVERITY_CRIT;
    alert.acked_by = "ann";
    return alert;
}

static void hear(struct down *d) {
    while (d->read < model_alert_change_last(d->n.model)) {
        const struct alert_change *c = model_alert_change(d->n.model, ++d->read);
        size_t len = strlen(d->told);
        snprintf(d->told + len, sizeof d->told - len, "%s %d %s\n", alert_change_word(c->kind), (int)c->alert,
                 c->name);
    }
}

/* n1 answers, and 8222 does not; by its routes n1 may tell who that is. */
static void down_until(struct down *d, int second, bool named) {
    while (d->n.at < ns(second)) {
        send_varz(&d->n, 1, "IDA", "n1");
        send_failure(&d->n, 2, SHAPE_VARZ, FAILURE_TIMEOUT, "silent");
        struct sample *s = build(&d->n, 1, SHAPE_ROUTEZ, "IDA");
        struct row *row = named ? sample_add(s, ENTITY_ROUTE) : NULL;
        if (row) {
            put_u(row, F_ROUTE_rid, 1);
            put_text(s, row, F_ROUTE_remote_id, "IDB");
            put_text(s, row, F_ROUTE_remote_name, "n2");
            put_text(s, row, F_ROUTE_ip, "127.0.0.1");
        }
        send(&d->n, s);
        night_until(&d->n, (double)d->n.at / 1e9 + 1);
        hear(d);
    }
}

static void down_begin(struct down *d, const struct alert *items, size_t count, bool remembered) {
    memset(d, 0, sizeof *d);
    struct model_options options = {"C", 0, 1};
    d->n.model = model_create(&options);
    if (remembered)
        model_remember_server(d->n.model, &(struct remembered_server){"n2", AT, 0});
    model_alerts_restore(d->n.model, items, count);
    model_tick(d->n.model, NIGHT_UTC, NIGHT_MONO);
    send_target(&d->n, 1, "http://127.0.0.1:8221", "named", "polled", NULL, NULL);
    send_target(&d->n, 2, "http://" AT, "named", "probing", NULL, NULL);
}

static const struct alert *only(const struct down *d) {
    ck_assert_uint_eq(model_alert_count(d->n.model), 1);
    return model_alert(d->n.model, 0);
}

START_TEST(its_name_changes_and_it_is_the_same) {
    struct down d;
    down_begin(&d, NULL, 0, false);
    down_until(&d, 30, false);
    ck_assert_str_eq(only(&d)->name, AT);
    ck_assert(model_alert_ack(d.n.model, 1, "ann", ""));
    down_until(&d, 60, true);
    const struct alert *a = only(&d);
    ck_assert_str_eq(a->name, "n2");
    ck_assert_str_eq(a->address, AT);
    ck_assert_uint_eq(a->number, 1);
    ck_assert_str_eq(a->acked_by, "ann");
    ck_assert_msg(!strstr(d.told, "opened 2") && !strstr(d.told, "cleared"), "%s", d.told);
    night_end(&d.n);
}
END_TEST

/* What the file calls it, and what it is called by now: at first, and then. */
START_TEST(it_goes_on_by_whatever_name) {
    static const struct {
        const char *name, *address;
        bool remembered;
        const char *told; /* before it has its name */
    } cases[] = {
        {AT, AT, true, ""},  {AT, AT, false, ""},  {"n2", AT, false, ""},
        {AT, "", true, ""}, /* of a file that does not tell where it is */
        {AT, "", false, ""}, {"n2", "", true, ""}, {"n2", "", false, NULL}, /* nobody can know yet */
    };
    struct down d;
    struct alert was = acked(down(41, cases[_i].name, cases[_i].address));
    down_begin(&d, &was, 1, cases[_i].remembered);
    down_until(&d, 30, false);
    if (cases[_i].told)
        ck_assert_str_eq(d.told, cases[_i].told);
    d.told[0] = '\0';
    down_until(&d, 300, true);
    const struct alert *a = only(&d);
    ck_assert_uint_eq(a->number, 41);
    ck_assert_int_eq(a->state, ALERT_OPEN);
    ck_assert(!a->unheard);
    ck_assert_str_eq(a->name, "n2");
    ck_assert_str_eq(a->address, AT);
    ck_assert_str_eq(a->acked_by, "ann");
    ck_assert_int_ne(a->acked_utc_ns, 0);
    ck_assert_str_eq(a->peak, "1d");
    ck_assert_int_eq(a->opened_utc_ns, NIGHT_UTC - 80 * NS_PER_S);
    ck_assert_int_eq(a->times, 1);
    ck_assert_str_eq(d.told, "");
    night_end(&d.n);
}
END_TEST

/* As an older natsight left them. */
START_TEST(several_of_one_server_are_one) {
    struct down d;
    struct alert was[4] = {down(12, "n2", ""), down(11, AT, ""), acked(down(8, "n2", "")), down(9, "n2", AT)};
    down_begin(&d, was, 4, _i == 1);
    down_until(&d, 30, false);
    ck_assert_str_eq(d.told, "");
    down_until(&d, 300, true);
    ck_assert_str_eq(d.told, "");
    ck_assert_uint_eq(only(&d)->number, 8);
    ck_assert_str_eq(only(&d)->acked_by, "ann");
    night_end(&d.n);
}
END_TEST

/* Another name at the same place is another server, and so is the same name in another cluster. */
START_TEST(another_server_is_another_alert) {
    struct down d;
    struct alert was = down(41, _i ? "n2" : "n3", AT);
    was.cluster = _i ? "D" : "C";
    down_begin(&d, &was, 1, true);
    down_until(&d, 60, true);
    ck_assert_msg(strstr(d.told, "opened 42 n2") != NULL, "%s", d.told);
    ck_assert_uint_eq(model_alert_count(d.n.model), 2);
    ck_assert(model_alert_by_number(d.n.model, 41)->unheard);
    night_end(&d.n);
}
END_TEST

/* ---- back while nobody looked, and not asked ---- */

/* n1 answers, and tells where routes lead and how many it has. */
static void routed_until(struct down *d, int second, int remotes) {
    while (d->n.at < ns(second)) {
        struct sample *s = build_varz(&d->n, 1, "IDA", "n1");
        put_u(row_of(s, ENTITY_SERVER), F_SERVER_remotes, (uint64_t)remotes);
        put_i(row_of(s, ENTITY_SERVER), F_SERVER_cluster_port, 6221);
        for (int port = 6221; port <= 6223; port++) {
            char url[60];
            snprintf(url, sizeof url, "nats-route://127.0.0.1:%d", port);
            put_text(s, sample_add(s, ENTITY_ROUTE_URL), F_ROUTE_URL_url, url);
        }
        send(&d->n, s);
        night_until(&d->n, (double)d->n.at / 1e9 + 1);
        hear(d);
    }
}

static void peer(struct down *d, uint64_t id, const char *url, const char *state, const char *name) {
    send_target(&d->n, id, url, "route", state, id == 2 ? "IDB" : "IDC", name);
}

static void routed_begin(struct down *d, const struct alert *was) {
    memset(d, 0, sizeof *d);
    struct model_options options = {"C", 0, 1};
    d->n.model = model_create(&options);
    model_alerts_restore(d->n.model, was, 1);
    model_tick(d->n.model, NIGHT_UTC, NIGHT_MONO);
    send_target(&d->n, 1, "http://127.0.0.1:8221", "named", "polled", NULL, NULL);
}

/* Whoever has a route to it shows that it is there: what was told is over, and its next end is told. */
START_TEST(a_peer_that_is_not_asked_is_back) {
    struct down d;
    struct alert was = down(41, "n3", "127.0.0.1:6223");
    was.text = _i ? "n3 silent for 12s" : "n3 no server has a route to it";
    routed_begin(&d, &was);
    peer(&d, 2, "127.0.0.1:6222", "known", "n2");
    peer(&d, 3, "127.0.0.1:6223", "known", "n3");
    routed_until(&d, 30, 2);
    ck_assert_str_eq(d.told, _i ? "" : "cleared 41 n3\n"); /* one that hangs has routes */
    d.told[0] = '\0';
    if (!_i) {
        const struct alert *a = model_alert_by_number(d.n.model, 41);
        ck_assert_int_lt(a->ended_utc_ns, NIGHT_UTC + ns(3));
        peer(&d, 3, "127.0.0.1:6223", "gone", "n3");
        routed_until(&d, 40, 1);
        ck_assert_str_eq(d.told, "back 41 n3\n");
    }
    night_end(&d.n);
}
END_TEST

/* No more was known of who was missed than where it could be: as long as somebody is missed it goes on. */
START_TEST(nobody_is_missed_any_more) {
    static const struct {
        const char *name, *address;
        int remotes;
        const char *told;
    } cases[] = {
        {"127.0.0.1:6222 or 127.0.0.1:6223", NULL, 2, "cleared 41 127.0.0.1:6222 or 127.0.0.1:6223\n"},
        {"n3", "127.0.0.1:6223", 2, "cleared 41 n3\n"},
        {"127.0.0.1:6222 or 127.0.0.1:6223", NULL, 1, ""},
        {"127.0.0.1:6229 or 127.0.0.1:6230", NULL, 2, ""}, /* nobody says that there is such a place */
        {"127.0.0.1:622", NULL, 2, ""},
    };
    struct down d;
    struct alert was = down(41, cases[_i].name, cases[_i].address ? cases[_i].address : cases[_i].name);
    routed_begin(&d, &was);
    peer(&d, 2, "127.0.0.1:40001", "known", NULL);
    if (cases[_i].remotes > 1)
        peer(&d, 3, "127.0.0.1:40002", "known", NULL);
    routed_until(&d, 30, cases[_i].remotes);
    ck_assert_str_eq(d.told, cases[_i].told);
    night_end(&d.n);
}
END_TEST

/* At the next start it is called that at once. */
START_TEST(its_supposed_name_is_remembered) {
    struct down d;
    struct remembered_server next;
    down_begin(&d, NULL, 0, false);
    down_until(&d, 30, false);
    ck_assert(!model_remembered(d.n.model, server_named(&d.n, AT), &next));
    down_until(&d, 60, true);
    ck_assert(model_remembered(d.n.model, server_named(&d.n, "n2"), &next));
    ck_assert_str_eq(next.name, "n2");
    ck_assert_str_eq(next.address, AT);
    send_target(&d.n, 3, "http://127.0.0.1:8229", "route", "polled", "IDB", "n2");
    send_varz(&d.n, 3, "IDB", "n2"); /* it is not that one */
    night_until(&d.n, 62);
    ck_assert(!model_remembered(d.n.model, server_named(&d.n, AT), &next));
    night_end(&d.n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("called");
    tcase_add_test(t, its_name_changes_and_it_is_the_same);
    tcase_add_loop_test(t, it_goes_on_by_whatever_name, 0, 7);
    tcase_add_loop_test(t, several_of_one_server_are_one, 0, 2);
    tcase_add_loop_test(t, another_server_is_another_alert, 0, 2);
    tcase_add_loop_test(t, a_peer_that_is_not_asked_is_back, 0, 2);
    tcase_add_loop_test(t, nobody_is_missed_any_more, 0, 5);
    tcase_add_test(t, its_supposed_name_is_remembered);
    return t;
}

int main(void) {
    return run_case("model/alert_called", cases);
}
