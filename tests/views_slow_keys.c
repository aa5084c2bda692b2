/* The view of slow consumers: which of its lists has the keys, and where they lead. */
#include <check.h>

#include "tests/harness/suite.h"
#include "tests/views/world_parts.h"
#include "tests/views_frame.h"
#include "views/slow_parts.h"

static const struct quantity_list *focus_of(const struct frame *f) {
    return ((const struct list_view *)f->state)->focus;
}

static const char *selected_name(const struct frame *f, const struct world *w) {
    const struct object *selected = quantity_list_selected(focus_of(f), w->model);
    return selected ? quantity_name_text(w->model, selected, Q_CONNECTION_name) : "";
}

START_TEST(the_worst_finding_leads_to_its_row) {
    struct world w;
    struct frame overview, slow;
    struct view_request request;
    world_filling(&w);
    frame_open(&overview, &w, "overview");
    surface_destroy(frame_draw(&overview, 120, 40, false));
    frame_key(&overview, "Enter", &request);
    ck_assert_str_eq(request.view, "slow");
    frame_open(&slow, &w, "slow");
    slow.context.object = request.object;
    surface_destroy(frame_draw(&slow, 120, 40, false));
    size_t count;
    ck_assert_uint_eq(table_selected(&focus_of(&slow)->table), model_findings(w.model, &count)[0].object);
    ck_assert_str_eq(selected_name(&slow, &w), "billing-3");
    frame_key(&slow, "Enter", &request);
    ck_assert_str_eq(request.view, "connection");
    ck_assert_uint_eq(request.object, slow.context.object);
    frame_close(&slow);
    frame_close(&overview);
    world_finish(&w);
}
END_TEST

START_TEST(a_client_leads_to_its_last_cut) {
    struct world w;
    struct frame f;
    struct view_question question = {0};
    world_cut_again(&w);
    frame_open(&f, &w, "slow");
    f.context.object = world_object(&w, OBJECT_CLIENT, Q_CLIENT_name, "audit-1");
    surface_destroy(frame_draw(&f, 120, 40, false));
    ck_assert_str_eq(selected_name(&f, &w), "audit-1");
    const struct object *row = quantity_list_selected(focus_of(&f), w.model);
    ck_assert_uint_eq((uint64_t)quantity_get(w.model, row, Q_CONNECTION_cid).u, 111);
    f.view->question(f.state, &f.context, &question);
    ck_assert_uint_eq(question.connection, row->id);
    surface_destroy(frame_draw(&f, 80, 24, false)); /* no room for its subjects: nobody is asked */
    f.view->question(f.state, &f.context, &question);
    ck_assert_uint_eq(question.connection, 0);
    frame_close(&f);
    world_finish(&w);
}
END_TEST

START_TEST(tab_goes_through_the_lists) {
    static const enum object_kind kinds[] = {OBJECT_CONNECTION, OBJECT_CONNECTION, OBJECT_SERVER};
    struct world w;
    struct frame f;
    struct view_request request;
    world_cut_again(&w);
    frame_open(&f, &w, "slow");
    for (int i = 0; i < 6; i++) {
        surface_destroy(frame_draw(&f, 120, 40, false));
        ck_assert_int_eq(focus_of(&f)->kind, kinds[i % 3]);
        ck_assert(focus_of(&f)->count > 0);
        frame_key(&f, "Enter", &request);
        ck_assert_str_eq(request.view, i % 3 == 2 ? "node" : "connection");
        frame_key(&f, "Tab", &request);
    }
    frame_close(&f);
    world_finish(&w);
}
END_TEST

static enum slow_part part_of(const struct frame *f) {
    const struct slow *slow = f->state;
    return (enum slow_part)(slow->list.focus - slow->lists);
}

static void look(struct frame *f, struct world *w, int seconds) {
    world_run(w, seconds);
    f->context.utc_ns = world_utc(w);
    f->context.mono_ns = world_mono(w);
    surface_destroy(frame_draw(f, 120, 40, false));
}

/* One that was cut, one that fills later and for a while. */
static void begin_two(struct world *w) {
    static const struct world_life lives[] = {{.node = 1,
                                               .name = "cut",
                                               .cid = 11,
                                               .first = 5,
                                               .lives = 1,
                                               .lived = 20,
                                               .most = 33e6,
                                               .fills_per_s = 3e6,
                                               .reason = "Slow Consumer (Write Deadline)"},
                                              {.node = 1,
                                               .name = "fills",
                                               .cid = 12,
                                               .first = 60,
                                               .lives = 1,
                                               .lived = 20,
                                               .most = 33e6,
                                               .fills_per_s = 3e6,
                                               .reason = "Client Closed"}};
    world_init(w);
    w->jetstream = false;
    w->closes = true;
    w->lives = lives;
    w->life_count = 2;
}

/* Enter opens something wherever there is something to open. */
START_TEST(keys_go_to_a_list_that_has_rows) {
    struct world w;
    struct frame f;
    struct view_request request;
    begin_two(&w);
    frame_open(&f, &w, "slow");
    look(&f, &w, 4);
    ck_assert_int_eq(part_of(&f), SLOW_COUNTERS);
    look(&f, &w, 10);
    ck_assert_int_eq(part_of(&f), SLOW_NOW); /* its first row */
    look(&f, &w, 35);
    ck_assert_int_eq(part_of(&f), SLOW_CUT);
    frame_key(&f, "Enter", &request);
    ck_assert_str_eq(request.view, "connection");
    frame_close(&f);
    world_finish(&w);
}
END_TEST

START_TEST(a_list_that_was_chosen_keeps_the_keys_while_it_has_rows) {
    struct world w;
    struct frame f;
    struct view_request request;
    begin_two(&w);
    frame_open(&f, &w, "slow");
    look(&f, &w, 50);
    ck_assert_int_eq(part_of(&f), SLOW_CUT);
    frame_key(&f, "Tab", &request);
    ck_assert_int_eq(part_of(&f), SLOW_COUNTERS);
    frame_key(&f, "Tab", &request);
    ck_assert_int_eq(part_of(&f), SLOW_CUT); /* the other one has none */
    look(&f, &w, 18);
    ck_assert_int_eq(part_of(&f), SLOW_CUT);
    frame_key(&f, "Shift-Tab", &request);
    look(&f, &w, 1);
    ck_assert_int_eq(part_of(&f), SLOW_NOW);
    look(&f, &w, 25);
    ck_assert_int_eq(part_of(&f), SLOW_CUT); /* it is empty now */
    frame_close(&f);
    world_finish(&w);
}
END_TEST

/* What is typed is for the list that it was typed for. */
START_TEST(a_filter_keeps_the_keys_where_they_are) {
    struct world w;
    struct frame f;
    begin_two(&w);
    frame_open(&f, &w, "slow");
    look(&f, &w, 50);
    f.context.filter = "name=nobody";
    look(&f, &w, 1);
    ck_assert_int_eq(part_of(&f), SLOW_CUT);
    ck_assert_uint_eq(focus_of(&f)->count, 0);
    frame_close(&f);
    world_finish(&w);
}
END_TEST

/* On Overview they stay with the verdict then. */
START_TEST(a_panel_without_rows_takes_no_keys) {
    struct world w;
    struct frame f;
    struct view_request request;
    begin_two(&w);
    frame_open(&f, &w, "overview");
    look(&f, &w, 14);
    frame_key(&f, "Tab", &request);
    ck_assert_int_eq(focus_of(&f)->kind, OBJECT_SERVER);
    frame_key(&f, "Tab", &request); /* there are no consumers */
    ck_assert_int_eq(focus_of(&f)->kind, OBJECT_CONNECTION);
    look(&f, &w, 35);
    ck_assert_ptr_null(focus_of(&f));
    frame_key(&f, "Shift-Tab", &request);
    ck_assert_int_eq(focus_of(&f)->kind, OBJECT_SERVER);
    frame_close(&f);
    world_finish(&w);
}
END_TEST

/* What others ended for is hidden until asked for; who ended by itself is no matter of this view. */
START_TEST(other_reasons_are_behind_a_key) {
    struct world w;
    struct frame f;
    struct view_request request;
    world_cut_again(&w);
    frame_open(&f, &w, "slow");
    surface_destroy(frame_draw(&f, 120, 40, false));
    frame_key(&f, "Tab", &request);
    surface_destroy(frame_draw(&f, 120, 40, false));
    size_t cut = focus_of(&f)->count;
    ck_assert_uint_eq(focus_of(&f)->quiet, 3);
    char *text = frame_text(&f, 120, 40, false);
    ck_assert_ptr_nonnull(strstr(text, "3 closed for other reasons: i shows them"));
    free(text);
    f.context.show_hidden = true;
    surface_destroy(frame_draw(&f, 120, 40, false));
    ck_assert_uint_eq(focus_of(&f)->count, cut + 3);
    frame_close(&f);
    world_finish(&w);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("views slow, keys");
    TCase *tc = tcase_create("keys");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, the_worst_finding_leads_to_its_row);
    tcase_add_test(tc, a_client_leads_to_its_last_cut);
    tcase_add_test(tc, tab_goes_through_the_lists);
    tcase_add_test(tc, keys_go_to_a_list_that_has_rows);
    tcase_add_test(tc, a_list_that_was_chosen_keeps_the_keys_while_it_has_rows);
    tcase_add_test(tc, a_filter_keeps_the_keys_where_they_are);
    tcase_add_test(tc, a_panel_without_rows_takes_no_keys);
    tcase_add_test(tc, other_reasons_are_behind_a_key);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
