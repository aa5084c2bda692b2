/* What every view owes: it stays in its rectangle, drawing changes nothing, no size and no state of the model
 * breaks it. */
#include <check.h>

#include "tests/harness/suite.h"
#include "tests/views_frame.h"

typedef void world_fn(struct world *w);
static world_fn *const worlds[] = {world_empty,   world_busy,    world_quiet,  world_stale,
                                   world_hostile, world_failing, world_silent, world_services};
#define OUTSIDE 0x2588

/* NATSIGHT_SOAK=1: all rectangles and more keys, a minute of them. */
static int soak(int full, int usual) {
    return getenv("NATSIGHT_SOAK") ? full : usual;
}

static void check_outside(const struct surface *s, struct rect area, const char *view) {
    for (int y = 0; y < s->rows; y++)
        for (int x = 0; x < s->cols; x++) {
            bool inside = x >= area.x && x < area.x + area.w && y >= area.y && y < area.y + area.h;
            if (!inside)
                ck_assert_msg(s->cells[y * s->cols + x].c == OUTSIDE, "%s writes at %d,%d outside of %dx%d",
                              view, x, y, area.w, area.h);
        }
}

static void draw_in(struct frame *f, int w, int h, bool ascii) {
    struct surface *s = surface_create(w + 4, h + 4);
    struct rect area = {2, 2, w, h};
    void *before = malloc(f->view->state_size + 1);
    s->ascii = ascii;
    surface_fill(s, surface_rect(s), ROLE_TEXT, 0, OUTSIDE);
    f->view->arrange(f->state, &f->context, area);
    memcpy(before, f->state, f->view->state_size);
    f->view->draw(f->state, &f->context, s, area);
    ck_assert_msg(memcmp(before, f->state, f->view->state_size) == 0, "%s: drawing changed its state",
                  f->view->name);
    check_outside(s, area, f->view->name);
    free(before);
    surface_destroy(s);
}

/* One that is asked for something has an answer. */
static void open_asked(struct frame *f, const struct world *w, const char *view) {
    frame_open(f, w, view);
    if (f->view->take)
        ck_assert_ptr_null(f->view->take(f->state, "n"));
}

START_TEST(any_rectangle) {
    struct world w;
    worlds[_i](&w);
    for (int v = 0; v < view_count; v++) {
        struct frame f;
        open_asked(&f, &w, views[v]->name);
        for (int h = 1; h <= 4; h++)
            for (int width = 1; width <= 20; width += soak(1, 1 + width / 4))
                draw_in(&f, width, h, width % 2);
        for (int h = 5; h < 70; h += soak(7, 16))
            for (int width = 21; width < 240; width += soak(31, 53))
                draw_in(&f, width, h, h % 2);
        draw_in(&f, 400, 150, false);
        frame_close(&f);
    }
    world_finish(&w);
}
END_TEST

START_TEST(any_screen) {
    struct world w;
    worlds[_i](&w);
    for (int rows = 1; rows < 30; rows += soak(1, 1 + rows / 4))
        for (int cols = 1; cols < 130; cols += soak(7, 19)) {
            struct frame f;
            frame_open(&f, &w, "overview");
            surface_destroy(frame_draw(&f, cols, rows, false));
            frame_close(&f);
        }
    world_finish(&w);
}
END_TEST

/* Every key of every view, in turn, on every model: nothing breaks, whatever was pressed before. */
START_TEST(any_key) {
    struct world w;
    worlds[_i](&w);
    for (int v = 0; v < view_count; v++) {
        struct frame f;
        open_asked(&f, &w, views[v]->name);
        unsigned random = 12345;
        for (int i = 0; i < soak(400, 90); i++) {
            struct view_request request = {0};
            struct view_call call = {f.state, &f.context, &request};
            random = random * 1103515245u + 12345u;
            unsigned count = 0;
            while (f.view->actions[count].id != ACTION_NONE)
                count++;
            ck_assert_uint_gt(count, 0);
            f.view->actions[(random >> 16) % count].run(&call);
            if (request.view)
                ck_assert_msg(view_by_name(request.view) != NULL, "%s leads to %s", f.view->name,
                              request.view);
            if (i % 16 == 0)
                f.context.show_hidden = !f.context.show_hidden;
            draw_in(&f, 80, 19, false);
        }
        frame_close(&f);
    }
    world_finish(&w);
}
END_TEST

/* The live model goes away under a view, as when a pause ends. */
START_TEST(another_model) {
    struct world busy, empty;
    world_busy(&busy);
    world_empty(&empty);
    for (int v = 0; v < view_count; v++) {
        struct frame f;
        struct view_request request;
        open_asked(&f, &busy, views[v]->name);
        draw_in(&f, 120, 35, false);
        frame_key(&f, "Down", &request);
        f.context.model = empty.model;
        frame_key(&f, "Enter", &request);
        frame_key(&f, "y", &request);
        draw_in(&f, 120, 35, false);
        frame_close(&f);
    }
    world_finish(&busy);
    world_finish(&empty);
}
END_TEST

/* One heading is one number: the same on every view, another for every other quantity of the kind. */
START_TEST(headings) {
    for (int a = 0; a < QUANTITY_COUNT; a++) {
        ck_assert_msg(text_width(quantities[a].title) <= quantities[a].width, "%s is cut",
                      quantities[a].title);
        for (int b = 0; b < a; b++)
            ck_assert_msg(quantities[a].kind != quantities[b].kind ||
                              strcmp(quantities[a].title, quantities[b].title) != 0,
                          "%s and %s are both \"%s\"", quantities[a].name, quantities[b].name,
                          quantities[a].title);
    }
    ck_assert_str_eq(quantities[Q_SERVER_in_client_msgs_per_s].title,
                     quantities[Q_CLUSTER_in_client_msgs_per_s].title);
    ck_assert_str_eq(quantities[Q_SERVER_out_client_bytes_per_s].title,
                     quantities[Q_CLUSTER_out_client_bytes_per_s].title);
}
END_TEST

/* Between two pages the counts of /connz and of its rows differ by what came and went: the title stands
 * still. */
START_TEST(cover_stands_still) {
    static const double counts[] = {7, 8, 7, 6, 7, 8};
    static struct world_client clients[18];
    struct world w;
    struct frame f;
    world_init(&w);
    w.jetstream = false;
    for (int i = 0; i < 18; i++)
        clients[i] = (struct world_client){i % 3, (uint64_t)i + 1, "c", "A", "go", 0, 1, 1};
    for (int i = 0; i < WORLD_NODES; i++)
        w.nodes[i].connections = 6;
    w.clients = clients;
    w.client_count = 18;
    world_run(&w, 2);
    frame_open(&f, &w, "connections");
    for (int i = 0; i < 6; i++) {
        char *text = frame_text(&f, 80, 24, false);
        ck_assert_msg(strstr(text, "\n-18 open") || strstr(text, "\n-19 open") || strstr(text, "\n-20 open"),
                      "%s", text);
        ck_assert_ptr_null(strstr(text, " of "));
        free(text);
        w.nodes[1].connections = counts[i]; /* one comes, its row with the next page */
        world_run(&w, 1);
        f.context.utc_ns = world_utc(&w);
        f.context.mono_ns = world_mono(&w);
    }
    for (int i = 0; i < WORLD_NODES; i++)
        w.nodes[i].connections = 500; /* more than a page holds */
    world_run(&w, 3);
    char *text = frame_text(&f, 80, 24, false);
    ck_assert_ptr_nonnull(strstr(text, "\n-18 of 1,500 open, chosen by pending "));
    free(text);
    frame_close(&f);
    world_finish(&w);
}
END_TEST

START_TEST(names) {
    ck_assert_str_eq(view_by_name("overview")->name, "overview");
    ck_assert_str_eq(view_by_name("JetStream")->name, "jetstream");
    ck_assert_str_eq(view_by_name("over")->name, "overview");
    ck_assert_ptr_null(view_by_name("co")); /* connections and cost */
    ck_assert_ptr_null(view_by_name(""));
    ck_assert_ptr_null(view_by_name("nothing"));
    for (int i = 0; i < view_count; i++) {
        ck_assert(views[i]->arrange && views[i]->draw && views[i]->actions && views[i]->help);
        ck_assert_msg(view_action(views[i]) != ACTION_NONE, "%s has no row in keys.def", views[i]->name);
    }
}
END_TEST

/* Enter on the verdict leads to what is worst; Tab then leads through the panels. */
START_TEST(worst_first) {
    struct world w;
    struct view_request request;
    struct frame f;
    world_stale(&w);
    frame_open(&f, &w, "overview");
    surface_destroy(frame_draw(&f, 120, 40, false));
    frame_key(&f, "Enter", &request);
    ck_assert_str_eq(request.view, "node");
    ck_assert_uint_eq(request.object, world_object(&w, OBJECT_SERVER, Q_SERVER_name, "n2-lon"));
    frame_key(&f, "Tab", &request);
    frame_key(&f, "Tab", &request);
    surface_destroy(frame_draw(&f, 120, 40, false));
    frame_key(&f, "Enter", &request);
    ck_assert_str_eq(request.view, "consumer");
    ck_assert_uint_eq(model_object(w.model, request.object)->kind, OBJECT_CONSUMER);
    frame_key(&f, "y", &request);
    ck_assert_ptr_nonnull(request.copy);
    ck_assert_int_eq(strncmp(request.copy, "nats consumer info ", 19), 0);
    frame_close(&f);
    world_finish(&w);
}
END_TEST

/* No option of the command names the account; who copies it must know. */
START_TEST(a_copied_command_says_in_which_account) {
    struct world w;
    char command[200];
    world_accounts(&w);
    quantity_command(command, sizeof(command), w.model,
                     model_object(w.model, world_object(&w, OBJECT_CONSUMER, Q_CONSUMER_account, "TEST")));
    ck_assert_str_eq(command, "nats consumer info ORDERS billing  # in account TEST");
    quantity_command(command, sizeof(command), w.model,
                     model_object(w.model, world_object(&w, OBJECT_STREAM, Q_STREAM_account, "SHOP")));
    ck_assert_str_eq(command, "nats stream info ORDERS  # in account SHOP");
    world_finish(&w);
    world_busy(&w);
    quantity_command(command, sizeof(command), w.model,
                     model_object(w.model, world_object(&w, OBJECT_STREAM, Q_STREAM_name, "GEO")));
    ck_assert_str_eq(command, "nats stream info GEO");
    world_finish(&w);
}
END_TEST

START_TEST(an_empty_list_says_that_nothing_is_copied) {
    struct world w;
    struct frame f;
    struct view_request request;
    world_empty(&w);
    frame_open(&f, &w, "connections");
    surface_destroy(frame_draw(&f, 80, 24, false));
    ck_assert_uint_eq(frame_key(&f, "y", &request), REACT_DRAW);
    ck_assert_ptr_null(request.copy);
    ck_assert_str_eq(request.say, "nothing to copy: the list is empty");
    frame_close(&f);
    world_finish(&w);
}
END_TEST

/* Names are measured for what is shown: what comes to be shown later has the same width as if it had been
 * there from the first frame. */
static char *with_columns(struct frame *f, const char *columns, int cols) {
    quantity_list_set_columns(list_of_view(f->view, f->state), columns);
    return frame_text(f, cols, 40, false);
}

START_TEST(columns_suit_their_names_whenever_they_are_shown) {
    static const char *const more = "lag leader_why filter state leader";
    struct world w;
    struct frame before, fresh;
    world_busy(&w);
    frame_open(&before, &w, "jetstream");
    frame_open(&fresh, &w, "jetstream");
    free(with_columns(&before, "lag state", 160));
    char *later = with_columns(&before, more, 160), *at_once = with_columns(&fresh, more, 160);
    ck_assert(strcmp(later, at_once) == 0);
    ck_assert_ptr_nonnull(strstr(at_once, "LEADER"));
    free(later);
    free(at_once);
    free(frame_text(&before, 60, 40, false));
    later = frame_text(&before, 160, 40, false), at_once = frame_text(&fresh, 160, 40, false);
    ck_assert(strcmp(later, at_once) == 0);
    free(later);
    free(at_once);
    frame_close(&before);
    frame_close(&fresh);
    world_finish(&w);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("views conform");
    TCase *tc = tcase_create("conform");
    int worlds_count = sizeof(worlds) / sizeof(worlds[0]);
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, a_copied_command_says_in_which_account);
    tcase_add_test(tc, an_empty_list_says_that_nothing_is_copied);
    tcase_add_test(tc, columns_suit_their_names_whenever_they_are_shown);
    tcase_add_loop_test(tc, any_rectangle, 0, worlds_count);
    tcase_add_loop_test(tc, any_screen, 0, worlds_count);
    tcase_add_loop_test(tc, any_key, 0, worlds_count);
    tcase_add_test(tc, another_model);
    tcase_add_test(tc, headings);
    tcase_add_test(tc, cover_stands_still);
    tcase_add_test(tc, names);
    tcase_add_test(tc, worst_first);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
