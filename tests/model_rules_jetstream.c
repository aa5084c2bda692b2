/* The rules about JetStream, one by one: when they speak, how loud, in which words. */
#include "model/finding_text.h"
#include "tests/model_ruled.h"
#include "tests/model_three.h"

/* What is wrong, in the samples of one poll. */
typedef void put_fn(struct night *n, struct sample *s, double level);

static struct row *add_leading(struct sample *s) {
    add_stream(s, 0, 0, 1000);
    struct row *row = row_of(s, ENTITY_STREAM);
    put_u(row, F_STREAM_first_seq, 1);
    return row;
}

static void lost(struct night *n, struct sample *s, double level) {
    (void)n;
    struct row *row = add_leading(s);
    if (level > 0)
        put_u(row, F_STREAM_lost, 1);
}

static void bytes_of_new(struct night *n, struct sample *s, double level) {
    (void)n;
    struct row *row = add_leading(s);
    put_text(s, row, F_STREAM_discard, "new");
    put_i(row, F_STREAM_max_bytes, 1000);
    put_u(row, F_STREAM_bytes, (uint64_t)(level * 10));
}

static void bytes_of_old(struct night *n, struct sample *s, double level) {
    bytes_of_new(n, s, level);
    put_text(s, row_of(s, ENTITY_STREAM), F_STREAM_discard, "old");
}

static void add_reader(struct sample *s, uint64_t floor) {
    add_consumer(s, "billing", 0, 0, 95, floor);
    struct row *row = row_of(s, ENTITY_CONSUMER);
    put_u(row, F_CONSUMER_ack_floor_stream_seq, floor);
    put_u(row, F_CONSUMER_config, 1);
    put_text(s, row, F_CONSUMER_durable, "billing");
}

/* level: how old the first message may be, in hours; below its 18 the first half was evicted */
static void aged(struct night *n, struct sample *s, double level) {
    struct row *row = add_leading(s);
    put_text(s, row, F_STREAM_retention, "limits");
    put_i(row, F_STREAM_max_age, ns(level * 3600));
    put_i(row, F_STREAM_first_ts, NIGHT_UTC - ns(level < 18 ? 9 * 3600 : 18 * 3600));
    put_i(row, F_STREAM_last_ts, NIGHT_UTC);
    put_u(row, F_STREAM_first_seq, level < 18 ? 501 : 1);
    (void)n;
    add_reader(s, 0);
}

static void consumers(struct night *n, struct sample *s, double level) {
    (void)n;
    put_i(add_leading(s), F_STREAM_max_consumers, 20);
    for (int i = 0; i < (int)level; i++) {
        char name[16];
        snprintf(name, sizeof name, "c%d", i);
        add_consumer(s, name, 0, 0, 0, 1000);
    }
}

static void add_source(struct sample *s, double lag, int64_t active_ns, const char *error) {
    add_leading(s);
    struct row *row = sample_add(s, ENTITY_SOURCE);
    put_text(s, row, F_SOURCE_account, "A");
    put_text(s, row, F_SOURCE_stream, "ORDERS");
    put_text(s, row, F_SOURCE_kind, "mirror");
    put_text(s, row, F_SOURCE_name, "ORIGIN");
    put_u(row, F_SOURCE_lag, (uint64_t)lag);
    put_i(row, F_SOURCE_active, active_ns);
    put_text(s, row, F_SOURCE_error, error);
}

static void source_fails(struct night *n, struct sample *s, double level) {
    (void)n;
    add_source(s, 0, ns(1), level > 0 ? "no responders" : NULL);
}

static void source_lag(struct night *n, struct sample *s, double level) {
    (void)n;
    add_source(s, level, ns(1), NULL);
}

/* level: seconds without contact, below 0: there never was one */
static void source_silent(struct night *n, struct sample *s, double level) {
    (void)n;
    add_source(s, 0, level < 0 ? -1 : ns(level), level < 0 ? "no responders" : NULL);
}

static void replica_of(struct sample *s, double lag, double active) {
    add_leading(s);
    add_replica(s, "n2", true, false, 0.2);
    add_replica(s, "n3", true, false, active);
    put_u((struct row *)(uintptr_t)s->rows[s->count - 1], F_REPLICA_lag, (uint64_t)lag);
}

static void replica_lag(struct night *n, struct sample *s, double level) {
    (void)n;
    replica_of(s, level, 0.2);
}

static void replica_silent(struct night *n, struct sample *s, double level) {
    (void)n;
    replica_of(s, 0, level);
}

static void meta_pending(struct night *n, struct sample *s, double level) {
    (void)n;
    struct row *row = sample_add(s, ENTITY_JETSTREAM);
    put_u(row, F_JETSTREAM_meta, 1);
    put_u(row, F_JETSTREAM_meta_size, 3);
    put_text(s, row, F_JETSTREAM_meta_leader, "n1");
    put_u(row, F_JETSTREAM_meta_pending, (uint64_t)level);
}

static void peer_silent(struct night *n, struct sample *s, double level) {
    meta_pending(n, s, 0);
    for (int i = 1; i < 3; i++) {
        struct row *row = sample_add(s, ENTITY_META_PEER);
        put_text(s, row, F_META_PEER_name, names[i]);
        put_text(s, row, F_META_PEER_peer, names[i]);
        put_u(row, F_META_PEER_current, 1);
        put_i(row, F_META_PEER_active, ns(i == 1 ? 0.2 : level));
    }
}

/* quiet: a level of which nothing is said; loud: of which the rule speaks after its hold */
static const struct rule_case {
    const char *rule;
    enum severity severity;
    double hold;
    put_fn *put;
    double quiet, loud;
    const char *text;
} cases_of[] = {
    {"stream_lost", SEVERITY_CRIT, 0, lost, 0, 1,
     "stream ORDERS (A): its store has messages that can't be read any more"},
    {"stream_filling", SEVERITY_WARN, 30, bytes_of_new, 80, 81,
     "stream ORDERS (A) will refuse what is new, bytes 81%"},
    {"stream_filling", SEVERITY_CRIT, 30, bytes_of_new, 95, 96,
     "stream ORDERS (A) will refuse what is new, bytes 96%"},
    {"stream_full", SEVERITY_CRIT, 30, bytes_of_new, 99, 100,
     "stream ORDERS (A) refuses what is new at its limit, bytes 100%"},
    {"stream_full", SEVERITY_OK, 30, bytes_of_old, 50, 99, NULL},
    {"stream_at_risk", SEVERITY_WARN, 30, aged, 48, 24,
     "stream ORDERS (A): billing 100 behind: oldest unprocessed 18h01m old, max_age 1d00h: lost in 5h58m"},
    {"stream_losing", SEVERITY_CRIT, 10, aged, 48, 10,
     "stream ORDERS (A): billing 100 behind: 505 messages were never processed, the last 10s ago"},
    {"consumers_many", SEVERITY_WARN, 30, consumers, 16, 17, "stream ORDERS (A): 17 of at most 20 consumers"},
    {"consumers_many", SEVERITY_CRIT, 30, consumers, 19, 20, "stream ORDERS (A): 20 of at most 20 consumers"},
    {"source_behind", SEVERITY_WARN, 60, source_lag, 1000, 1001,
     "ORDERS: mirror ORIGIN 1001 behind, for 1m00s"},
    {"source_behind", SEVERITY_CRIT, 60, source_lag, 10000, 10001,
     "ORDERS: mirror ORIGIN 10.0k behind, for 1m00s"},
    {"source_silent", SEVERITY_WARN, 30, source_silent, 29, 31, "ORDERS: mirror ORIGIN is silent, for 30s"},
    {"source_broken", SEVERITY_WARN, 30, source_silent, 29, -1,
     "ORDERS: mirror ORIGIN had no contact yet: no responders, for 30s"},
    {"source_broken", SEVERITY_WARN, 30, source_fails, 0, 1,
     "ORDERS: mirror ORIGIN fails: no responders, for 30s"},
    {"replica_behind", SEVERITY_WARN, 30, replica_lag, 200, 201,
     "ORDERS: replica on n3 201 operations behind, for 30s"},
    {"replica_behind", SEVERITY_CRIT, 30, replica_lag, 1000, 1001,
     "ORDERS: replica on n3 1001 operations behind, for 30s"},
    {"replica_lost", SEVERITY_WARN, 5, replica_silent, 9, 11,
     "ORDERS: replica on n3 lost, seen 11s ago, for 5s"},
    {"meta_peer_lost", SEVERITY_WARN, 10, peer_silent, 9, 11,
     "JetStream meta group: n3 lost, seen 11s ago, for 10s"},
    {"meta_pending", SEVERITY_WARN, 30, meta_pending, 100, 101,
     "JetStream meta group: 101 changes pending, for 30s"},
    {"meta_pending", SEVERITY_CRIT, 30, meta_pending, 500, 501,
     "JetStream meta group: 501 changes pending, for 30s"},
};

/* A second at a time, with an answer in each. */
static void go_on(struct night *n, const struct rule_case *c, double seconds, double level) {
    double end = (double)n->at / 1e9 + seconds;
    while ((double)n->at / 1e9 < end) {
        struct sample *s = jsz(n, 0);
        c->put(n, s, level);
        send(n, s);
        varz_until(n, (double)n->at / 1e9 + 1 < end ? (double)n->at / 1e9 + 1 : end, 7);
    }
}

static const char *figure_of(const struct night *n, const char *rule) {
    static char figure[64];
    const struct finding *f = finding_of(n, rule);
    ck_assert_ptr_nonnull(f);
    finding_figure(n->model, f, figure, sizeof figure);
    return figure;
}

/* Where the condition has one, and the one that the rule names before it. */
START_TEST(a_figure_is_a_number) {
    static const struct rule_case full = {"stream_full", SEVERITY_CRIT, 30, bytes_of_new, 99, 100, NULL};
    static const struct rule_said said[] = {
        {.name = "mine", .entity = "stream", .condition = "discard = new and bytes > 500B", .tag = "MINE"},
        {.name = "word", .entity = "stream", .condition = "discard = new", .tag = "WORD"}};
    struct night n;
    begin_three(&n);
    use_rules(n.model, said, 2);
    go_on(&n, &full, 40, full.loud);
    ck_assert_str_eq(figure_of(&n, "stream_full"), "100%");
    ck_assert_str_eq(figure_of(&n, "mine"), "1000");
    ck_assert_str_eq(figure_of(&n, "word"), "new");
    night_end(&n);
}
END_TEST

/* What is marked for it: the object, of what a stream copies from the stream as well. What was a warning
 * before stays one until it is critical. */
static void expect_marked(const struct night *n, const char *rule, enum severity severity) {
    const struct finding *forming = forming_of(n, rule);
    ck_assert_msg(forming || severity == SEVERITY_CRIT, "%s is not pending", rule);
    if (!forming)
        return;
    const struct object *object = model_object(n->model, forming->object);
    ck_assert_int_ge(model_severity(n->model, object), SEVERITY_PENDING);
    if (object->kind == OBJECT_SOURCE)
        ck_assert_int_eq(model_severity(n->model, object->parent), SEVERITY_PENDING);
}

START_TEST(a_rule_speaks_when_its_time_has_come) {
    const struct rule_case *c = &cases_of[_i];
    struct night n;
    begin_three(&n);
    go_on(&n, c, c->hold + 1, c->quiet);
    ck_assert_ptr_null(finding_at(&n, c->rule, c->severity));
    if (c->hold > 0) {
        go_on(&n, c, c->hold, c->loud);
        ck_assert_ptr_null(finding_at(&n, c->rule, c->severity));
        if (c->severity != SEVERITY_OK)
            expect_marked(&n, c->rule, c->severity);
    }
    go_on(&n, c, 0.5, c->loud);
    const struct finding *f = finding_at(&n, c->rule, c->severity);
    if (c->severity == SEVERITY_OK) {
        ck_assert_ptr_null(f);
    } else {
        char text[300];
        ck_assert_ptr_nonnull(f);
        ck_assert_int_eq(f->severity, c->severity);
        finding_text_of(n.model, f, 1, text, sizeof text);
        ck_assert_str_eq(text, c->text);
        go_on(&n, c, 1, c->quiet);
        bool lasts = strcmp(c->rule, "stream_losing") == 0; /* what is lost stays news for a while */
        if (c->put != consumers && !lasts)                  /* these are not known to be deleted yet */
            ck_assert_ptr_null(finding_at(&n, c->rule, c->severity));
    }
    night_end(&n);
}
END_TEST

/* ---- servers ---- */

struct load {
    double storage, memory;     /* of 1,000 bytes */
    uint64_t ha_assets, errors; /* a second, of 10 calls */
};

static void load_until(struct night *n, double second, const struct load *l) {
    static uint64_t calls, errors;
    while ((double)n->at / 1e9 < second) {
        struct sample *s = build_varz(n, 1, "IDA", "n1");
        struct row *row = row_of(s, ENTITY_SERVER);
        put_i(row, F_SERVER_js_max_storage, 1000);
        put_i(row, F_SERVER_js_max_memory, 1000);
        put_u(row, F_SERVER_js_storage, (uint64_t)l->storage);
        put_u(row, F_SERVER_js_memory, (uint64_t)l->memory);
        put_u(row, F_SERVER_js_ha_assets, l->ha_assets);
        put_u(row, F_SERVER_js_api_total, calls += 10);
        put_u(row, F_SERVER_js_api_errors, errors += l->errors);
        send(n, s);
        night_until(n, (double)n->at / 1e9 + 1);
        send_varz(n, 2, "IDB", "n2");
        send_varz(n, 3, "IDC", "n3");
    }
}

static const struct {
    const char *rule;
    enum severity severity;
    struct load quiet, loud;
    const char *text;
} loads[] = {
    {"storage_filling",
     SEVERITY_WARN,
     {750, 0, 0, 0},
     {760, 0, 0, 0},
     "n1: JetStream storage 76%, 760 of 1000"},
    {"storage_filling",
     SEVERITY_CRIT,
     {900, 0, 0, 0},
     {910, 0, 0, 0},
     "n1: JetStream storage 91%, 910 of 1000"},
    {"memory_filling",
     SEVERITY_WARN,
     {0, 750, 0, 0},
     {0, 760, 0, 0},
     "n1: JetStream memory 76%, 760 of 1000"},
    {"memory_filling",
     SEVERITY_CRIT,
     {0, 900, 0, 0},
     {0, 910, 0, 0},
     "n1: JetStream memory 91%, 910 of 1000"},
    {"ha_assets", SEVERITY_WARN, {0, 0, 1000, 0}, {0, 0, 1001, 0}, "n1: a part in 1001 Raft groups"},
    {"ha_assets", SEVERITY_CRIT, {0, 0, 2000, 0}, {0, 0, 2001, 0}, "n1: a part in 2001 Raft groups"},
    {"api_errors",
     SEVERITY_CRIT,
     {0, 0, 0, 0},
     {0, 0, 0, 2},
     "n1: 20% of JetStream API requests fail, 120 in a minute"},
};

START_TEST(a_rule_about_a_server_speaks) {
    struct night n;
    begin_three(&n);
    load_until(&n, 90, &loads[_i].quiet);
    ck_assert_ptr_null(finding_at(&n, loads[_i].rule, loads[_i].severity));
    load_until(&n, 220, &loads[_i].loud);
    const struct finding *f = finding_at(&n, loads[_i].rule, loads[_i].severity);
    char text[300];
    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(f->severity, loads[_i].severity);
    finding_text_of(n.model, f, 1, text, sizeof text);
    ck_assert_str_eq(text, loads[_i].text);
    night_end(&n);
}
END_TEST

START_TEST(few_errors_are_a_warning) {
    struct night n;
    begin_three(&n);
    load_until(&n, 60, &(struct load){0, 0, 0, 0});
    load_until(&n, 61, &(struct load){0, 0, 0, 12}); /* 12 of 600 in this minute */
    load_until(&n, 118, &(struct load){0, 0, 0, 0});
    ck_assert_ptr_null(finding_at(&n, "api_errors", SEVERITY_WARN)); /* a burst */
    for (int i = 0; i < 5; i++) {
        load_until(&n, 118 + 30 * i + 1, &(struct load){0, 0, 0, 6});
        load_until(&n, 118 + 30 * (i + 1), &(struct load){0, 0, 0, 0});
    }
    ck_assert_ptr_nonnull(finding_at(&n, "api_errors", SEVERITY_WARN));
    ck_assert_ptr_null(finding_at(&n, "api_errors", SEVERITY_CRIT));
    night_end(&n);
}
END_TEST

START_TEST(a_server_without_jetstream_that_had_it) {
    struct night n;
    begin_three(&n);
    for (int off = 0; off < 2; off++) {
        struct sample *s = jsz(&n, 0);
        struct row *row = sample_add(s, ENTITY_JETSTREAM);
        if (off)
            put_u(row, F_JETSTREAM_disabled, 1);
        send(&n, s);
        varz_until(&n, 3 + 13 * off, 7);
        ck_assert(off == (finding_of(&n, "js_off") != NULL));
    }
    ck_assert_int_eq(finding_of(&n, "js_off")->severity, SEVERITY_CRIT);
    night_end(&n);
}
END_TEST

static void lead_meta(struct night *n, int leader) {
    for (int i = 0; i < 3; i++) {
        struct sample *s = jsz(n, (leader + i) % 3);
        struct row *row = sample_add(s, ENTITY_JETSTREAM);
        put_u(row, F_JETSTREAM_meta, 1);
        put_text(s, row, F_JETSTREAM_meta_leader, names[leader]);
        send(n, s);
    }
}

START_TEST(a_meta_leader_that_changes_all_the_time) {
    struct night n;
    begin_three(&n);
    for (int i = 0; i < 6; i++) {
        lead_meta(&n, i % 3);
        varz_until(&n, 60 * (i + 1), 7);
        ck_assert((i >= 2 && i < 5) == (finding_at(&n, "meta_flapping", SEVERITY_WARN) != NULL));
        ck_assert((i >= 5) == (finding_at(&n, "meta_flapping", SEVERITY_CRIT) != NULL));
    }
    night_end(&n);
}
END_TEST

START_TEST(what_a_dead_server_had_is_said_once) {
    struct night n;
    begin_three(&n);
    for (int i = 0; i < 2; i++)
        send_failure(&n, 3, SHAPE_VARZ, FAILURE_REFUSED, "");
    for (int second = 1; second <= 20; second++) {
        struct sample *s = jsz(&n, 0);
        replica_silent(&n, s, 11);
        send(&n, s);
        s = jsz(&n, 0);
        peer_silent(&n, s, 11);
        send(&n, s);
        varz_until(&n, second, 3);
    }
    ck_assert_str_eq(text_value(&n, find_by(&n, Q_REPLICA_name, "n3"), Q_REPLICA_state), "lost");
    ck_assert_ptr_null(finding_of(&n, "replica_lost"));
    ck_assert_ptr_null(finding_of(&n, "meta_peer_lost"));
    ck_assert_ptr_nonnull(finding_of(&n, "server_down"));
    night_end(&n);
}
END_TEST

/* By that server, as its leader. */
static void lost_by(struct night *n, int node) {
    struct sample *s = jsz(n, node);
    add_stream(s, node, node, 1000);
    put_u(row_of(s, ENTITY_STREAM), F_STREAM_first_seq, 1);
    put_u(row_of(s, ENTITY_STREAM), F_STREAM_lost, 1);
    send(n, s);
}

START_TEST(what_the_next_leader_confirms_goes_on) {
    struct night n;
    begin_three(&n);
    for (int second = 1; second <= 40; second++) {
        lost_by(&n, 0);
        varz_until(&n, second, 7);
    }
    const struct finding *f = finding_of(&n, "stream_lost");
    ck_assert_ptr_nonnull(f);
    int64_t since = f->since_utc_ns;
    for (int i = 0; i < 2; i++)
        send_failure(&n, 1, SHAPE_VARZ, FAILURE_REFUSED, "");
    varz_until(&n, 50, 6);
    ck_assert_ptr_null(finding_of(&n, "stream_lost")); /* nobody says so now */
    for (int second = 51; second <= 56; second++) {
        lost_by(&n, 1);
        varz_until(&n, second, 6);
    }
    f = finding_of(&n, "stream_lost");
    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(f->since_utc_ns, since);
    night_end(&n);
}
END_TEST

enum { THOUSANDS = 3000 };

static void thousands(struct night *n, uint64_t pending) {
    struct sample *s = jsz(n, 0);
    add_leading(s);
    for (int i = 0; i < THOUSANDS; i++) {
        char name[16];
        snprintf(name, sizeof name, "c%d", i);
        add_consumer(s, name, 0, 0, pending, 1000);
    }
    send(n, s);
}

static size_t found(const struct night *n) {
    size_t count;
    return model_findings(n->model, &count) ? count : 0;
}

/* Each is asked with its row, and it counts from the tick behind that. */
START_TEST(thousands_are_found_at_once) {
    static const struct rule_said much = {
        .name = "much", .entity = "consumer", .condition = "pending", .warn = "> 100", .hold = "2 s"};
    struct night n;
    begin_three(&n);
    use_rules(n.model, &much, 1);
    for (int second = 1; second <= 10; second++) {
        thousands(&n, second < 5 ? 7 : 500);
        varz_until(&n, second, 7);
        ck_assert_uint_eq(found(&n), second < 7 ? 0 : THOUSANDS);
    }
    size_t count;
    const struct finding *f = model_findings(n.model, &count);
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(f[i].since_utc_ns, NIGHT_UTC + ns(4.5));
    thousands(&n, 7);
    varz_until(&n, 11, 7);
    ck_assert_uint_eq(found(&n), 0);
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("rules about JetStream");
    tcase_add_test(t, a_figure_is_a_number);
    tcase_add_loop_test(t, a_rule_speaks_when_its_time_has_come, 0, sizeof cases_of / sizeof *cases_of);
    tcase_add_loop_test(t, a_rule_about_a_server_speaks, 0, sizeof loads / sizeof *loads);
    tcase_add_test(t, few_errors_are_a_warning);
    tcase_add_test(t, a_server_without_jetstream_that_had_it);
    tcase_add_test(t, a_meta_leader_that_changes_all_the_time);
    tcase_add_test(t, what_a_dead_server_had_is_said_once);
    tcase_add_test(t, what_the_next_leader_confirms_goes_on);
    tcase_add_test(t, thousands_are_found_at_once);
    return t;
}

int main(void) {
    return run_case("model: rules about JetStream", cases);
}
