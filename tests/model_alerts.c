/* What is found, as lines for whoever does not look: few, and each with its end. */
#include "model/alert_lines.h"
#include "tests/model_build.h"

struct story {
    struct night n;
    struct alert_lines *said;
    char lines[4000];
};

static void say_it(void *data, const struct alert_change *change, const struct alert *alert, size_t more) {
    static const char *const words[] = {"ok", "unknown", "pending", "warn", "crit"};
    struct story *s = data;
    size_t len = strlen(s->lines);
    char name[40];
    snprintf(name, sizeof name, "%zu more", more);
    snprintf(s->lines + len, sizeof s->lines - len, "%g %s %s %s %s\n", (double)s->n.at / 1e9,
             words[change->severity], alert->rule, more ? name : alert->name, more ? "-" : alert->figure);
}

static void until(struct story *s, double second) {
    while (s->n.at < ns(second)) {
        night_until(&s->n, (double)s->n.at / 1e9 + 0.5);
        alert_lines_tick(s->said, s->n.model);
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
    *s = (struct story){0};
    night_begin(&s->n, 0, 1);
    s->said = alert_lines_create(s->n.model, say_it, s);
    send_target(&s->n, 1, "http://h:8222", "named", "polled", NULL, NULL);
}

static void end(struct story *s) {
    alert_lines_destroy(s->said);
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
    ck_assert_str_eq(s.lines, "4.5 warn buffer_filling n1/9 11%\n"
                              "20.5 warn buffer_filling n1/9 23%\n"
                              "30.5 warn buffer_filling n1/9 63%\n"
                              "34.5 crit buffer_filling n1/9 63%\n"
                              "60.5 ok buffer_filling n1/9 0%\n");
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
    ck_assert_str_eq(s.lines, "4.5 warn buffer_filling n1/9 11%\n"
                              "4.5 warn buffer_filling n1/10 11%\n"
                              "4.5 warn buffer_filling n1/11 11%\n"
                              "4.5 warn buffer_filling n1/12 11%\n"
                              "4.5 warn buffer_filling n1/13 11%\n"
                              "4.5 warn buffer_filling 61 more -\n");
    s.lines[0] = '\0';
    all_hold(&s, 30, 66, 0);
    ck_assert_str_eq(s.lines, "18.5 ok buffer_filling n1/9 0%\n"
                              "18.5 ok buffer_filling n1/10 0%\n"
                              "18.5 ok buffer_filling n1/11 0%\n"
                              "18.5 ok buffer_filling n1/12 0%\n"
                              "18.5 ok buffer_filling n1/13 0%\n");
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
    ck_assert_str_eq(s.lines, "4.5 crit buffer_filling n1/9 63%\n");
    holds(&s, 110, 7);
    holds(&s, 125, 0);
    ck_assert_str_eq(s.lines, "4.5 crit buffer_filling n1/9 63%\n"
                              "104.5 warn buffer_filling n1/9 11%\n"
                              "120.5 ok buffer_filling n1/9 0%\n");
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
    ck_assert_ptr_nonnull(strstr(s.lines, " ok buffer_filling n1/9 "));
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
