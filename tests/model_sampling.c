/* Subjects as objects: of the last window alone, live while windows come, others when others are looked at.
 */
#include "tests/model_three.h"

static struct sample *window(struct night *n, const char *subject, const char *state, double since) {
    struct sample *s = build(n, 0, SHAPE_SUBJECTS, NULL);
    struct row *row = sample_add(s, ENTITY_SAMPLING);
    put_text(s, row, F_SAMPLING_subject, subject);
    put_text(s, row, F_SAMPLING_state, state);
    put_i(row, F_SAMPLING_since, ns(since));
    return s;
}

static void saw(struct sample *s, const char *subject, uint64_t messages, uint64_t replies, double share) {
    struct row *row = sample_add(s, ENTITY_SUBJECT);
    put_text(s, row, F_SUBJECT_subject, subject);
    put_u(row, F_SUBJECT_messages, messages);
    put_u(row, F_SUBJECT_replies, replies);
    row_put(row, F_SUBJECT_share)->f = share;
    row_put(row, F_SUBJECT_share_low)->f = share - 0.02;
    row_put(row, F_SUBJECT_share_high)->f = share + 0.05;
}

static const struct object *subject(const struct night *n, const char *name) {
    return find_by(n, Q_SUBJECT_subject, name);
}

START_TEST(a_window_replaces_the_one_before) {
    struct night n;
    begin_three(&n);
    struct sample *s = window(&n, ">", "on", 1);
    saw(s, "a", 80, 20, 0.8);
    saw(s, "b", 20, 0, 0.2);
    send(&n, s);
    ck_assert_uint_eq(count_of(&n, OBJECT_SUBJECT), 2);
    ck_assert_double_eq(number_value(&n, subject(&n, "a"), Q_SUBJECT_share), 0.8);
    ck_assert_double_eq_tol(number_value(&n, subject(&n, "a"), Q_SUBJECT_margin), 0.05, 1e-9);
    ck_assert_double_eq(number_value(&n, subject(&n, "a"), Q_SUBJECT_requests), 0.25);
    uint64_t id = subject(&n, "a")->id;
    s = window(&n, ">", "on", 1);
    saw(s, "a", 10, 0, 1);
    send(&n, s);
    ck_assert_uint_eq(count_of(&n, OBJECT_SUBJECT), 1);
    ck_assert_uint_eq(subject(&n, "a")->id, id);
    s = window(&n, "a", "on", 2); /* begun anew */
    send(&n, s);
    ck_assert_uint_eq(count_of(&n, OBJECT_SUBJECT), 0);
    ck_assert_uint_eq(count_of(&n, OBJECT_SAMPLING), 1);
    night_end(&n);
}
END_TEST

static enum freshness fresh(const struct night *n) {
    return subject(n, "a")->freshness;
}

START_TEST(old_when_no_window_comes) {
    struct night n;
    begin_three(&n);
    struct sample *s = window(&n, ">", "on", 1);
    saw(s, "a", 80, 20, 0.8);
    send(&n, s);
    ck_assert_int_eq(fresh(&n), FRESH_LIVE);
    night_until(&n, 3);
    ck_assert_int_eq(fresh(&n), FRESH_LIVE);
    night_until(&n, 6);
    ck_assert_int_eq(fresh(&n), FRESH_STALE);
    s = window(&n, ">", "on", 1);
    saw(s, "a", 80, 20, 0.8);
    send(&n, s);
    ck_assert_int_eq(fresh(&n), FRESH_LIVE);
    s = window(&n, ">", "over", 1);
    saw(s, "a", 80, 20, 0.8);
    send(&n, s);
    ck_assert_int_eq(fresh(&n), FRESH_STALE);
    ck_assert_str_eq(text_value(&n, find_by(&n, Q_SAMPLING_subject, ">"), Q_SAMPLING_state), "over");
    night_end(&n);
}
END_TEST

/* A copy that a paused screen shows has them as they were. */
START_TEST(a_copy_keeps_them) {
    struct night n;
    begin_three(&n);
    struct sample *s = window(&n, ">", "on", 1);
    saw(s, "a", 80, 20, 0.8);
    send(&n, s);
    struct model *copy = model_clone(n.model), *live = n.model;
    send(&n, window(&n, "z", "on", 3));
    n.model = copy;
    ck_assert_double_eq(number_value(&n, subject(&n, "a"), Q_SUBJECT_share), 0.8);
    n.model = live;
    ck_assert_uint_eq(count_of(&n, OBJECT_SUBJECT), 0);
    model_destroy(copy);
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *c = tcase_create("sampling");
    tcase_add_test(c, a_window_replaces_the_one_before);
    tcase_add_test(c, old_when_no_window_comes);
    tcase_add_test(c, a_copy_keeps_them);
    return c;
}

int main(void) {
    return run_case("model/sampling", cases);
}
