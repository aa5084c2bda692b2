#include "tests/model_build.h"

#include "model/alerts.h"

/* A bit of everything that views can read. */
static void begin_all(struct night *n) {
    night_begin(n, 0, 0.01);
    send_target(n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    for (int i = 0; i < 3; i++) {
        night_until(n, i);
        struct sample *s = build_varz(n, 1, "IDA", "n1");
        put_i(row_of(s, ENTITY_SERVER), F_SERVER_in_msgs, 500 * i);
        put_text(s, sample_add(s, ENTITY_ROUTE_URL), F_ROUTE_URL_url, "nats://h:6222");
        send(n, s);
        s = build(n, 1, SHAPE_CONNZ_HOT, "IDA");
        put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, 1);
        struct row *row = sample_add(s, ENTITY_CONNECTION);
        put_u(row, F_CONNECTION_cid, 4);
        put_text(s, row, F_CONNECTION_name, "billing");
        put_text(s, row, F_CONNECTION_ip, "::1");
        put_i(row, F_CONNECTION_pending_bytes, 40 << 20);
        send(n, s);
        s = build(n, 1, SHAPE_JSZ, "IDA");
        put_text(s, sample_add(s, ENTITY_JETSTREAM), F_JETSTREAM_meta_leader, "n1");
        row = sample_add(s, ENTITY_CONSUMER);
        put_text(s, row, F_CONSUMER_account, "A");
        put_text(s, row, F_CONSUMER_stream, "S");
        put_text(s, row, F_CONSUMER_name, "C");
        put_text(s, row, F_CONSUMER_leader, "n1");
        put_u(row, F_CONSUMER_pending, 10);
        put_u(row, F_CONSUMER_ack_pending, 1);
        row = sample_add(s, ENTITY_STREAM);
        put_text(s, row, F_STREAM_account, "A");
        put_text(s, row, F_STREAM_name, "S");
        put_text(s, row, F_STREAM_leader, "n1");
        put_u(row, F_STREAM_last_seq, 10);
        send(n, s);
        send_failure(n, 1, SHAPE_ROUTEZ, FAILURE_HTTP, "404 there");
    }
    model_source_event(n->model, 1, NIGHT_UTC, "collector was killed");
    night_until(n, 2.5);
}

static void compare(const struct night *a, const struct night *b) {
    for (int q = 0; q < QUANTITY_COUNT; q++) {
        size_t count, other;
        const struct object *const *x = model_objects(a->model, quantities[q].kind, &count);
        const struct object *const *y = model_objects(b->model, quantities[q].kind, &other);
        ck_assert_uint_eq(count, other);
        for (size_t i = 0; i < count; i++) {
            struct value v = quantity_get(a->model, x[i], (enum quantity)q);
            struct value w = quantity_get(b->model, y[i], (enum quantity)q);
            ck_assert_uint_eq(x[i]->id, y[i]->id);
            ck_assert_ptr_ne(x[i], y[i]);
            ck_assert_msg(value_compare(v, w) == 0 && v.flags == w.flags, "%s", quantities[q].name);
        }
    }
}

START_TEST(a_clone_reads_the_same) {
    struct night n, frozen;
    begin_all(&n);
    frozen = n;
    frozen.model = model_clone(n.model);
    compare(&n, &frozen);
    size_t count, other;
    const struct finding *f = model_findings(n.model, &count), *g = model_findings(frozen.model, &other);
    ck_assert_uint_eq(count, other);
    ck_assert_uint_gt(count, 0);
    char text[200], same[200];
    finding_text_of(n.model, &f[0], 1, text, sizeof text);
    finding_text_of(frozen.model, &g[0], 1, same, sizeof same);
    ck_assert_str_eq(text, same);
    ck_assert_uint_eq(model_event_count(frozen.model), 1);
    model_destroy(frozen.model);
    night_end(&n);
}
END_TEST

START_TEST(a_clone_outlives_its_original) {
    struct night n, frozen;
    begin_all(&n);
    frozen = n;
    frozen.model = model_clone(n.model);
    uint64_t id = server_named(&n, "n1")->id;
    night_until(&n, 30);
    ck_assert_str_eq(text_value(&n, server_named(&n, "n1"), Q_SERVER_state), "down");
    night_end(&n);
    const struct object *server = model_object(frozen.model, id);
    ck_assert_ptr_nonnull(server);
    ck_assert_str_eq(text_value(&frozen, server, Q_SERVER_state), "up");
    ck_assert_double_eq_tol(number_value(&frozen, server, Q_SERVER_in_msgs_per_s), 500, 1e-6);
    ck_assert_str_eq(model_answer(frozen.model, server, SHAPE_ROUTEZ)->error, "404 there");
    ck_assert_int_eq(model_utc_ns(frozen.model), NIGHT_UTC + ns(2.5));
    ck_assert_str_eq(model_event(frozen.model, 0)->text, "collector was killed");
    const struct object *connection = find_by(&frozen, Q_CONNECTION_name, "billing");
    ck_assert_str_eq(text_value(&frozen, connection, Q_CONNECTION_server), "n1");
    ck_assert_str_eq(text_value(&frozen, connection, Q_CONNECTION_address), "[::1]:0");
    ck_assert_int_eq(model_severity(frozen.model, connection), SEVERITY_CRIT);
    ck_assert_ptr_eq(connection->parent, server);
    struct bucket b;
    series_read(model_series(frozen.model, server, Q_SERVER_connections), NIGHT_UTC / NS_PER_S + 1, 1, 1, &b);
    ck_assert_double_eq(b.last, 5);
    ck_assert_str_eq(text_value(&frozen, find_by(&frozen, Q_CONSUMER_name, "C"), Q_CONSUMER_leader), "n1");
    ck_assert_double_eq(number_value(&frozen, find_by(&frozen, Q_CONSUMER_name, "C"), Q_CONSUMER_lag), 11);
    ck_assert_str_eq(text_value(&frozen, model_cluster(frozen.model), Q_CLUSTER_name), "C");
    model_destroy(frozen.model);
}
END_TEST

static size_t entries(const struct night *n) {
    size_t sum = 0, count;
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++) {
        model_objects(n->model, (enum object_kind)kind, &count);
        sum += count;
    }
    return sum;
}

/* One object a slice: as many slices as there are, and the last. */
START_TEST(a_clone_is_made_and_freed_in_slices) {
    struct night n, frozen;
    struct model_copying copying = {0};
    size_t slices = 0;
    begin_all(&n);
    frozen = n;
    do {
        frozen.model = model_clone_slice(n.model, &copying, 1);
        slices++;
        ck_assert_uint_lt(slices, 10000);
    } while (!frozen.model);
    ck_assert_uint_ge(slices, entries(&n) + 1);
    compare(&n, &frozen);
    size_t count, other;
    model_findings(n.model, &count);
    model_findings(frozen.model, &other);
    ck_assert_uint_eq(count, other);
    ck_assert_uint_eq(model_alert_counts(frozen.model).crit, model_alert_counts(n.model).crit);
    ck_assert_uint_gt(model_alert_counts(frozen.model).crit, 0);
    for (slices = 1; !model_destroy_slice(frozen.model, 1); slices++)
        ck_assert_uint_lt(slices, 10000);
    ck_assert_uint_gt(slices, entries(&n));
    night_end(&n);
}
END_TEST

/* What changes while it is made is in it, or in none of it: the picture is of one moment. */
START_TEST(a_clone_in_slices_is_of_one_moment) {
    struct night n, frozen;
    struct model_copying copying = {0};
    begin_all(&n);
    for (int i = 0; i < 3; i++)
        ck_assert_ptr_null(model_clone_slice(n.model, &copying, 1));
    night_until(&n, 30);
    frozen = n;
    while (!(frozen.model = model_clone_slice(n.model, &copying, 1)))
        ck_assert_int_le(copying.anew, 1);
    compare(&n, &frozen);
    ck_assert_str_eq(text_value(&frozen, server_named(&frozen, "n1"), Q_SERVER_state), "down");
    model_destroy(frozen.model);
    night_end(&n);
}
END_TEST

/* Who said something of an alert meanwhile sees it. */
START_TEST(a_clone_in_slices_has_what_people_said) {
    struct night n;
    struct model *frozen;
    struct model_copying copying = {0};
    begin_all(&n);
    uint64_t number = model_alert(n.model, 0)->number;
    while (!copying.copy || !model_alert_by_number(copying.copy, number))
        ck_assert_ptr_null(model_clone_slice(n.model, &copying, 1));
    ck_assert(model_alert_ack(n.model, number, "ann", ""));
    while (!(frozen = model_clone_slice(n.model, &copying, 1)))
        ck_assert_int_le(copying.anew, 1);
    ck_assert_str_eq(model_alert_by_number(frozen, number)->acked_by, "ann");
    model_destroy(frozen);
    night_end(&n);
}
END_TEST

/* Pause and on again, at once. */
START_TEST(half_a_clone_is_freed) {
    for (int slices = 1; slices <= 5; slices++) {
        struct night n;
        struct model_copying copying = {0};
        begin_all(&n);
        for (int i = 0; i < slices; i++)
            ck_assert_ptr_null(model_clone_slice(n.model, &copying, 1));
        while (!model_destroy_slice(copying.copy, 1))
            continue;
        ck_assert_str_eq(text_value(&n, server_named(&n, "n1"), Q_SERVER_state), "up");
        night_end(&n);
    }
}
END_TEST

/* Names that are never seen again leave the model's memory; those that are still shown stay readable. */
START_TEST(texts_are_compacted) {
    struct night n;
    begin_all(&n);
    for (int i = 0; i < 60; i++) {
        night_until(&n, 3 + i);
        send_varz(&n, 1, "IDA", "n1");
        struct sample *s = build(&n, 1, SHAPE_CONNZ_FULL, "IDA");
        put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, 500);
        for (int c = 0; c < 500; c++) {
            char name[257];
            snprintf(name, sizeof name, "%0250d", i * 1000 + c);
            struct row *row = sample_add(s, ENTITY_CONNECTION);
            put_u(row, F_CONNECTION_cid, (uint64_t)c);
            put_text(s, row, F_CONNECTION_name, name);
        }
        send(&n, s);
    }
    char last[257];
    snprintf(last, sizeof last, "%0250d", 59 * 1000 + 499);
    ck_assert_ptr_nonnull(find_by(&n, Q_CONNECTION_name, last));
    ck_assert_str_eq(text_value(&n, server_named(&n, "n1"), Q_SERVER_url), "http://h:8222");
    ck_assert_str_eq(model_answer(n.model, server_named(&n, "n1"), SHAPE_ROUTEZ)->error, "404 there");
    ck_assert_str_eq(text_value(&n, find_by(&n, Q_CONSUMER_name, "C"), Q_CONSUMER_path), "S / C");
    night_end(&n);
}
END_TEST

static void send_cost(struct night *n, uint64_t bytes, double spent) {
    struct sample *s = sample_create();
    struct row *row = sample_add(s, ENTITY_COST);
    put_u(row, F_COST_target, 1);
    put_u(row, F_COST_shape, SHAPE_JSZ);
    put_u(row, F_COST_requests, 1);
    put_u(row, F_COST_bytes, bytes);
    put_i(row, F_COST_spent, ns(spent));
    put_i(row, F_COST_utc, NIGHT_UTC + n->at);
    model_row(n->model, 1, FRAME_COST, row);
    sample_destroy(s);
}

START_TEST(the_cost_of_watching_has_rows) {
    struct night n;
    begin_all(&n);
    send_cost(&n, 1000, 0.1);
    night_until(&n, 12.5);
    send_cost(&n, 6000, 0.3);
    size_t count;
    const struct object *const *costs = model_objects(n.model, OBJECT_COST, &count);
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(text_value(&n, costs[0], Q_COST_server), "n1");
    ck_assert_str_eq(text_value(&n, costs[0], Q_COST_endpoint), "jsz");
    ck_assert_double_eq_tol(number_value(&n, costs[0], Q_COST_bytes_per_s), 500, 1e-6);
    ck_assert_double_eq_tol(number_value(&n, costs[0], Q_COST_share), 2, 1e-6);
    night_end(&n);
}
END_TEST

/* A tick in steps says what a whole one says, and so does one that somebody cuts into. */
START_TEST(a_tick_in_steps_is_a_tick) {
    struct night whole, steps, cut;
    struct night *const all[] = {&whole, &steps, &cut};
    for (int i = 0; i < 3; i++)
        begin_all(all[i]);
    for (int i = 0; i < 40; i++) {
        night_until(&whole, 3 + i / 2.0);
        for (int k = 1; k < 3; k++) {
            all[k]->at = whole.at;
            model_tick_begin(all[k]->model, NIGHT_UTC + whole.at, NIGHT_MONO + whole.at);
            ck_assert(model_tick_step(all[k]->model));
        }
        while (model_tick_step(steps.model))
            continue;
        for (int k = 0; k < 3; k++)
            send_varz(all[k], 1, "IDA", "n1");
        ck_assert(!model_tick_step(cut.model));
        for (int k = 1; k < 3; k++) {
            compare(&whole, all[k]);
            struct alert_counts a = model_alert_counts(whole.model), b = model_alert_counts(all[k]->model);
            ck_assert_uint_eq(a.crit, b.crit);
            ck_assert_uint_eq(a.warn, b.warn);
            ck_assert_uint_eq(model_alert_change_last(whole.model), model_alert_change_last(all[k]->model));
        }
    }
    ck_assert_uint_gt(model_alert_change_last(whole.model), 0);
    for (int i = 0; i < 3; i++)
        night_end(all[i]);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("clone");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, a_clone_reads_the_same);
    tcase_add_test(t, a_clone_outlives_its_original);
    tcase_add_test(t, a_clone_is_made_and_freed_in_slices);
    tcase_add_test(t, a_clone_in_slices_is_of_one_moment);
    tcase_add_test(t, a_clone_in_slices_has_what_people_said);
    tcase_add_test(t, half_a_clone_is_freed);
    tcase_add_test(t, texts_are_compacted);
    tcase_add_test(t, a_tick_in_steps_is_a_tick);
    tcase_add_test(t, the_cost_of_watching_has_rows);
    return t;
}

int main(void) {
    return run_case("model: clone", cases);
}
