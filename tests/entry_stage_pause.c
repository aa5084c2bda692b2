/* The stage while it is paused: which model is shown, and when the live one has to stand still. */
#include "tests/model_build.h"

#include "entry/stage.h"

enum { CROWD = 20000 };

static void begin(struct night *n, struct stage *stage) {
    night_begin(n, 0, 1);
    send_target(n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    send_varz(n, 1, "IDA", "n1");
    night_until(n, 1);
    *stage = (struct stage){.live = n->model};
}

static void end(struct night *n, struct stage *stage) {
    stage_pause_finish(stage);
    night_end(n);
}

static void work(struct stage *stage) {
    while (stage_work(stage))
        continue;
}

START_TEST(what_is_shown_stands_still_at_once) {
    struct night n;
    struct stage stage;
    begin(&n, &stage);
    ck_assert(!stage_work(&stage));
    stage_pause(&stage, true);
    ck_assert_ptr_eq(stage_model(&stage), n.model);
    ck_assert(stage_stands_still(&stage));
    work(&stage);
    ck_assert(!stage_stands_still(&stage));
    ck_assert_ptr_ne(stage_model(&stage), n.model);
    int64_t then = model_utc_ns(n.model);
    night_until(&n, 5);
    ck_assert_int_eq(model_utc_ns(stage_model(&stage)), then);
    stage_pause(&stage, false);
    ck_assert_ptr_eq(stage_model(&stage), n.model);
    ck_assert(!stage_stands_still(&stage));
    work(&stage);
    end(&n, &stage);
}
END_TEST

/* Whoever leans on the key: each press counts, and one copy at most is there beside the one that goes. */
START_TEST(pressed_again_and_again) {
    struct night n;
    struct stage stage;
    begin(&n, &stage);
    for (int i = 0; i < 7; i++) {
        stage_pause(&stage, i % 2 == 0);
        ck_assert_int_eq(stage_stands_still(&stage), i % 2 == 0);
    }
    work(&stage);
    ck_assert_ptr_ne(stage_model(&stage), n.model);
    stage_pause(&stage, false);
    stage_pause(&stage, true);
    ck_assert_ptr_eq(stage_model(&stage), n.model);
    work(&stage);
    ck_assert_ptr_nonnull(server_named(&(struct night){.model = stage.frozen}, "n1"));
    stage_pause(&stage, false);
    stage_pause(&stage, true);
    stage_pause(&stage, false);
    end(&n, &stage);
}
END_TEST

/* Somebody changes the model all the time: the copy is made all the same. */
START_TEST(it_never_begins_anew_for_ever) {
    struct night n;
    struct stage stage;
    begin(&n, &stage);
    struct sample *s = build(&n, 1, SHAPE_CONNZ_FULL, "IDA");
    put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, CROWD);
    for (uint64_t i = 1; i <= CROWD; i++)
        put_u(sample_add(s, ENTITY_CONNECTION), F_CONNECTION_cid, i);
    send(&n, s);
    stage_pause(&stage, true);
    ck_assert(stage_work(&stage));
    ck_assert(stage_stands_still(&stage)); /* it takes more than one turn */
    for (int i = 0; stage_work(&stage); i++) {
        ck_assert_int_lt(i, 1000);
        model_own_event(n.model, NIGHT_UTC, "log", "", "again");
    }
    ck_assert(!stage_stands_still(&stage));
    end(&n, &stage);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("pause");
    tcase_add_test(t, what_is_shown_stands_still_at_once);
    tcase_add_test(t, pressed_again_and_again);
    tcase_add_test(t, it_never_begins_anew_for_ever);
    return t;
}

int main(void) {
    return run_case("entry: pause", cases);
}
