/* What is kept over time of connections: of those that matter, through their end. */
#include "tests/model_closed.h"

static const double out_rate = 500;

static void begin(struct night *n) {
    night_begin(n, 0, 1);
    send_target(n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    struct sample *s = build_varz(n, 1, "IDA", "n1");
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_max_pending, 64 << 20);
    send(n, s);
    send_lives(n, "IDA", SHAPE_CONNZ_CLOSED, 0, NULL, 0);
}

/* A page each two seconds up to then; `pending` of the first one. */
static void live(struct night *n, double until, int count, int64_t pending) {
    while (n->at < ns(until)) {
        night_until(n, (double)n->at / 1e9 + 2);
        struct sample *s = build_varz(n, 1, "IDA", "n1");
        put_i(row_of(s, ENTITY_SERVER), F_SERVER_max_pending, 64 << 20);
        send(n, s);
        s = build(n, 1, SHAPE_CONNZ_HOT, "IDA");
        put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, (uint64_t)count);
        for (int i = 0; i < count; i++) {
            char name[16];
            snprintf(name, sizeof name, "c%d", i);
            put_life(s, &(struct life){(uint64_t)i + 1, name, -60, 0, NULL, i == 0 ? pending : 0});
            put_i(s->rows[s->count - 1], F_CONNECTION_out_msgs, (int64_t)(out_rate * (double)n->at / 1e9));
        }
        send(n, s);
    }
}

static const struct series *kept(const struct night *n, const char *name, enum quantity q) {
    return model_series(n->model, find_by(n, Q_CONNECTION_name, name), q);
}

static struct bucket at(const struct series *series, double second) {
    struct bucket b;
    series_read(series, NIGHT_UTC / NS_PER_S + (int64_t)second, 1, 1, &b);
    return b;
}

START_TEST(a_full_buffer_is_kept_and_a_quiet_one_is_not) {
    struct night n;
    begin(&n);
    live(&n, 10, 2, 1 << 20);
    ck_assert_double_eq(at(kept(&n, "c0", Q_CONNECTION_pending_bytes), 10).last, 1 << 20);
    ck_assert_double_eq(at(kept(&n, "c0", Q_CONNECTION_out_msgs_per_s), 9).last, out_rate);
    ck_assert_ptr_null(kept(&n, "c1", Q_CONNECTION_pending_bytes));
    ck_assert_ptr_null(kept(&n, "c0", Q_CONNECTION_idle)); /* no such series */
    night_end(&n);
}
END_TEST

START_TEST(who_is_looked_at_is_kept_from_then_on) {
    struct night n;
    begin(&n);
    live(&n, 10, 2, 0);
    uint64_t id = find_by(&n, Q_CONNECTION_name, "c1")->id;
    model_look_at(n.model, id);
    model_look_at(n.model, server_named(&n, "n1")->id); /* changes nothing */
    live(&n, 40, 2, 0);
    const struct series *rate = kept(&n, "c1", Q_CONNECTION_out_msgs_per_s);
    ck_assert_int_eq(series_first_s(rate), NIGHT_UTC / NS_PER_S + 12);
    ck_assert(isnan(at(rate, 10).last));
    ck_assert_double_eq(at(rate, 12).last, out_rate);
    ck_assert_double_eq(at(rate, 40).last, out_rate); /* nobody looks, and nobody needs the room */
    ck_assert_ptr_null(kept(&n, "c0", Q_CONNECTION_pending_bytes));
    night_end(&n);
}
END_TEST

START_TEST(it_survives_the_end) {
    struct night n;
    begin(&n);
    live(&n, 10, 2, 1 << 20);
    uint64_t id = find_by(&n, Q_CONNECTION_name, "c0")->id;
    night_until(&n, 14);
    send_lives(&n, "IDA", SHAPE_CONNZ_CLOSED, 1, (struct life[]){{1, "c0", -60, 13, CUT_BYTES, 64 << 20}}, 1);
    night_until(&n, 100);
    const struct object *c0 = model_object(n.model, id);
    ck_assert_str_eq(text_value(&n, c0, Q_CONNECTION_state), "closed");
    const struct series *pending = model_series(n.model, c0, Q_CONNECTION_pending_bytes);
    ck_assert_double_eq(at(pending, 10).last, 1 << 20);
    ck_assert(isnan(at(pending, 12).last)); /* between its last row and its end nothing is known */
    ck_assert_double_eq(at(pending, 13).last, 64 << 20);
    ck_assert(isnan(at(pending, 14).last));
    struct model *frozen = model_clone(n.model);
    pending = model_series(frozen, model_object(frozen, id), Q_CONNECTION_pending_bytes);
    ck_assert_double_eq(at(pending, 13).last, 64 << 20);
    model_destroy(frozen);
    night_end(&n);
}
END_TEST

enum { MANY = 300, MOST = 256 };

static int count_kept(const struct night *n) {
    size_t count;
    int found = 0;
    const struct object *const *all = model_objects(n->model, OBJECT_CONNECTION, &count);
    for (size_t i = 0; i < count; i++)
        found += model_series(n->model, all[i], Q_CONNECTION_pending_bytes) != NULL;
    return found;
}

/* There is room for so many; who is looked at has it before those whom nobody looks at any more. */
START_TEST(room_is_bounded) {
    struct night n;
    size_t count;
    begin(&n);
    live(&n, 2, MANY, 0);
    const struct object *const *all = model_objects(n.model, OBJECT_CONNECTION, &count);
    for (size_t i = 0; i < MANY - 1; i++)
        model_look_at(n.model, all[i]->id);
    live(&n, 6, MANY, 0);
    ck_assert_int_eq(count_kept(&n), MOST);
    char last[16];
    snprintf(last, sizeof last, "c%d", MANY - 1);
    ck_assert_ptr_null(kept(&n, last, Q_CONNECTION_pending_bytes));
    live(&n, 20, MANY, 0);
    model_look_at(n.model, find_by(&n, Q_CONNECTION_name, last)->id);
    live(&n, 24, MANY, 0);
    ck_assert_ptr_nonnull(kept(&n, last, Q_CONNECTION_pending_bytes));
    ck_assert_int_eq(count_kept(&n), MOST);
    night_end(&n);
}
END_TEST

static TCase *make(void) {
    TCase *c = tcase_create("kept");
    tcase_add_test(c, a_full_buffer_is_kept_and_a_quiet_one_is_not);
    tcase_add_test(c, who_is_looked_at_is_kept_from_then_on);
    tcase_add_test(c, it_survives_the_end);
    tcase_add_test(c, room_is_bounded);
    return c;
}

int main(void) {
    return run_case("model/kept", make);
}
