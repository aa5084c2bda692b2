/* From what is expected, or comes and goes, to those who are there. */
#include <check.h>

#include "model/expectation.h"
#include "tests/harness/suite.h"
#include "tests/views_frame.h"
#include "views/place.h"
#include "views/quantity_text.h"

static const struct way {
    struct expectation said;
    const char *view, *filter; /* NULL: as it is */
} ways[] = {
    {{.entity = "connection", .match = "name ~ ^billing", .instances = 9}, "connections", "name ~ ^billing"},
    {{.entity = "puller", .match = "stream = ORDERS"}, "jetstream", NULL},
    {{.entity = "server"}, "overview", NULL},
    {{.entity = "queue", .subject = "orders.new"}, "interest", NULL},
};

START_TEST(one_leads_to_those_who_are_there) {
    struct world w;
    struct frame f;
    struct view_request request = {0};
    size_t count;
    world_busy(&w);
    model_expect(w.model, &ways[_i].said, 1);
    const struct object *const *all = model_objects(w.model, OBJECT_EXPECTATION, &count);
    ck_assert_uint_eq(count, 1);
    frame_open(&f, &w, "overview");
    struct view_call call = {f.state, &f.context, &request};
    ck_assert_uint_ne(place_go_trouble(&call, all[0]), 0);
    ck_assert_str_eq(request.view, ways[_i].view);
    ck_assert_uint_eq(request.object, 0);
    if (ways[_i].filter == NULL)
        ck_assert_ptr_null(request.filter);
    else
        ck_assert_str_eq(request.filter, ways[_i].filter);
    frame_close(&f);
    frame_open(&f, &w, ways[_i].view);
    if (ways[_i].filter != NULL) { /* which that list understands */
        ck_assert_ptr_null(f.view->check_filter(f.state, request.filter));
        f.context.filter = request.filter;
        char *text = frame_text(&f, 120, 40, false);
        ck_assert_ptr_nonnull(strstr(text, "billing-7"));
        ck_assert_ptr_null(strstr(text, "audit"));
        free(text);
    }
    frame_close(&f);
    world_finish(&w);
}
END_TEST

START_TEST(who_comes_and_goes_leads_to_its_connections) {
    struct world w;
    struct frame f;
    struct view_request request = {0};
    size_t count;
    world_cut_again(&w);
    const struct object *const *all = model_objects(w.model, OBJECT_VISITOR, &count);
    ck_assert_uint_ge(count, 1);
    for (size_t i = 0; i < count; i++) {
        frame_open(&f, &w, "alerts");
        struct view_call call = {f.state, &f.context, &request};
        ck_assert_uint_ne(place_go_trouble(&call, all[i]), 0);
        frame_close(&f);
        ck_assert_str_eq(request.view, "connections");
        ck_assert_ptr_nonnull(request.filter);
        frame_open(&f, &w, "connections");
        ck_assert_ptr_null(f.view->check_filter(f.state, request.filter));
        f.context.filter = request.filter;
        char *text = frame_text(&f, 120, 40, false);
        const char *name = quantity_name_text(w.model, all[i], Q_VISITOR_name);
        ck_assert_msg(strstr(text, name) != NULL, "%s\n%s", name, text);
        ck_assert_msg(strstr(text, request.filter) != NULL, "%s\n%s", request.filter, text);
        free(text);
        frame_close(&f);
    }
    world_finish(&w);
}
END_TEST

int main(void) {
    Suite *s = suite_create("expected");
    TCase *t = tcase_create("places");
    tcase_add_loop_test(t, one_leads_to_those_who_are_there, 0, sizeof ways / sizeof *ways);
    tcase_add_test(t, who_comes_and_goes_leads_to_its_connections);
    suite_add_tcase(s, t);
    return suite_run(s);
}
