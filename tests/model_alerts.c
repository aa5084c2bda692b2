/* What is found, as lines for whoever does not look: few, and each with its end. */
#include "model/alerts.h"
#include "tests/model_build.h"

struct story {
    struct night n;
    struct alerts *alerts;
    char lines[4000];
};

static void name_it(const struct model *model, const struct object *object, char *out, size_t size) {
    bool server = object && object->kind == OBJECT_SERVER;
    snprintf(out, size, "%s", server ? quantity_get(model, object, Q_SERVER_name).text : "it");
}

static void say_it(void *data, enum severity severity, const struct finding *finding, const char *name) {
    static const char *const words[] = {"ok", "unknown", "pending", "warn", "crit"};
    struct story *s = data;
    size_t len = strlen(s->lines);
    char figure[100];
    finding_figure(s->n.model, finding, figure, sizeof figure);
    snprintf(s->lines + len, sizeof s->lines - len, "%g %s %s %s %s\n", (double)s->n.at / 1e9,
             words[severity], finding_rule(finding), name, figure);
}

static void until(struct story *s, double second) {
    while (s->n.at < ns(second)) {
        night_until(&s->n, (double)s->n.at / 1e9 + 0.5);
        alerts_tick(s->alerts, s->n.model);
    }
}

/* It goes on holding so much, told each second. */
static void holds(struct story *s, double second, double mib) {
    while (s->n.at < ns(second)) {
        send_varz(&s->n, 1, "IDA", "n1");
        struct sample *sample = build(&s->n, 1, SHAPE_CONNZ_HOT, "IDA");
        struct row *row = sample_add(sample, ENTITY_CONNECTION);
        put_u(row_of(sample, ENTITY_ANSWER), F_ANSWER_total, 1);
        put_u(row, F_CONNECTION_cid, 9);
        put_i(row, F_CONNECTION_pending_bytes, (int64_t)(mib * 1024 * 1024));
        send(&s->n, sample);
        until(s, (double)s->n.at / 1e9 + 1);
    }
}

static void begin(struct story *s) {
    *s = (struct story){.alerts = alerts_create(name_it, say_it, s)};
    night_begin(&s->n, 0, 1);
    send_target(&s->n, 1, "http://h:8222", "named", "polled", NULL, NULL);
}

static void end(struct story *s) {
    alerts_destroy(s->alerts);
    night_end(&s->n);
}

START_TEST(it_begins_gets_worse_and_ends) {
    struct story s;
    begin(&s);
    holds(&s, 10, 7);
    holds(&s, 20, 10); /* not twice as much */
    holds(&s, 30, 15);
    holds(&s, 40, 40);
    holds(&s, 50, 50);
    holds(&s, 65, 0);
    ck_assert_str_eq(s.lines, "4.5 warn buffer_filling it 7.00M\n"
                              "20.5 warn buffer_filling it 15.0M\n"
                              "30.5 warn buffer_filling it 40.0M\n"
                              "34.5 crit buffer_half_full it 40.0M\n"
                              "60.5 ok buffer_half_full it 0\n");
    end(&s);
}
END_TEST

static void all_hold(struct story *s, double second, int count, double mib) {
    while (s->n.at < ns(second)) {
        send_varz(&s->n, 1, "IDA", "n1");
        struct sample *sample = build(&s->n, 1, SHAPE_CONNZ_HOT, "IDA");
        put_u(row_of(sample, ENTITY_ANSWER), F_ANSWER_total, (uint64_t)count);
        for (int i = 0; i < count; i++) {
            struct row *row = sample_add(sample, ENTITY_CONNECTION);
            put_u(row, F_CONNECTION_cid, 9 + (uint64_t)i);
            put_i(row, F_CONNECTION_pending_bytes, (int64_t)(mib * 1024 * 1024));
        }
        send(&s->n, sample);
        until(s, (double)s->n.at / 1e9 + 1);
    }
}

START_TEST(many_at_once_are_a_few_and_a_number) {
    struct story s;
    begin(&s);
    all_hold(&s, 8, 66, 7);
    ck_assert_str_eq(s.lines, "4.5 warn buffer_filling it 7.00M\n"
                              "4.5 warn buffer_filling it 7.00M\n"
                              "4.5 warn buffer_filling it 7.00M\n"
                              "4.5 warn buffer_filling it 7.00M\n"
                              "4.5 warn buffer_filling it 7.00M\n"
                              "4.5 warn buffer_filling 61 more -\n");
    s.lines[0] = '\0';
    all_hold(&s, 30, 66, 0);
    ck_assert_str_eq(s.lines, "18.5 ok buffer_filling it 0\n"
                              "18.5 ok buffer_filling it 0\n"
                              "18.5 ok buffer_filling it 0\n"
                              "18.5 ok buffer_filling it 0\n"
                              "18.5 ok buffer_filling it 0\n");
    end(&s);
}
END_TEST

START_TEST(up_and_down_within_moments_is_one) {
    struct story s;
    begin(&s);
    for (int i = 0; i < 6; i++) {
        holds(&s, 16 * i + 6, 40);
        holds(&s, 16 * i + 9, 7); /* only a lesser rule */
        holds(&s, 16 * i + 14, 40);
        holds(&s, 16 * i + 16, 0); /* none at all, until it has held again */
    }
    ck_assert_str_eq(s.lines, "4.5 crit buffer_half_full it 40.0M\n");
    holds(&s, 110, 7);
    holds(&s, 125, 0);
    ck_assert_str_eq(s.lines, "4.5 crit buffer_half_full it 40.0M\n"
                              "104.5 warn buffer_filling it 7.00M\n"
                              "120.5 ok buffer_half_full it 0\n");
    end(&s);
}
END_TEST

START_TEST(an_end_outlives_its_object) {
    struct story s;
    begin(&s);
    holds(&s, 10, 40);
    struct sample *sample = build_varz(&s.n, 1, "IDB", "n1"); /* another run: its connections are gone */
    put_i(row_of(sample, ENTITY_SERVER), F_SERVER_start, NIGHT_UTC + s.n.at);
    send(&s.n, sample);
    for (int i = 11; i < 700; i++) {
        send_varz(&s.n, 1, "IDB", "n1");
        until(&s, i);
    }
    ck_assert_ptr_nonnull(strstr(s.lines, " ok buffer_half_full it "));
    end(&s);
}
END_TEST

static TCase *alerts(void) {
    TCase *tc = tcase_create("alerts");
    tcase_add_test(tc, it_begins_gets_worse_and_ends);
    tcase_add_test(tc, many_at_once_are_a_few_and_a_number);
    tcase_add_test(tc, up_and_down_within_moments_is_one);
    tcase_add_test(tc, an_end_outlives_its_object);
    return tc;
}

int main(void) {
    return run_case("model/alerts", alerts);
}
