/* The page of a connection: what it asks for, where its keys lead, what it says of one that ended. */
#include <check.h>

#include "tests/harness/suite.h"
#include "tests/views_frame.h"

static uint64_t connection_of(const struct world *w, uint64_t cid) {
    size_t count;
    const struct object *const *all = model_objects(w->model, OBJECT_CONNECTION, &count);
    for (size_t i = 0; i < count; i++)
        if (row_u64(all[i]->now, F_CONNECTION_cid, 0) == cid)
            return all[i]->id;
    ck_abort_msg("no cid %llu", (unsigned long long)cid);
}

static void open_page(struct frame *f, const struct world *w, uint64_t object) {
    frame_open(f, w, "connection");
    f->context.object = object;
    free(frame_text(f, 120, 40, false));
}

static uint64_t leads_to(struct frame *f, const char *key, const char *view) {
    struct view_request request;
    ck_assert(frame_key(f, key, &request) & REACT_DRAW);
    ck_assert_str_eq(request.view, view);
    return request.object;
}

/* Around in the order of the list, past those that are forgotten by now. */
START_TEST(steps_follow_the_list_it_came_from) {
    struct world w;
    struct frame f;
    world_filling(&w);
    uint64_t a = connection_of(&w, 4711), b = connection_of(&w, 101), c = connection_of(&w, 4702);
    const uint64_t trail[] = {b, a, a + 4096, c};
    open_page(&f, &w, a);
    f.context.trail = trail;
    f.context.trail_count = 4;
    ck_assert_uint_eq(leads_to(&f, ")", "connection"), c);
    ck_assert_uint_eq(leads_to(&f, "(", "connection"), b);
    f.context.object = c;
    free(frame_text(&f, 120, 40, false));
    ck_assert_uint_eq(leads_to(&f, ")", "connection"), b);
    f.context.trail_count = 0; /* it came from none: all there are, by account and name */
    ck_assert_uint_eq(leads_to(&f, ")", "connection"), a);
    frame_close(&f);
    world_finish(&w);
}
END_TEST

START_TEST(it_asks_for_what_it_shows) {
    struct world w;
    struct frame f;
    struct view_question asked = {0};
    world_filling(&w);
    uint64_t id = connection_of(&w, 102);
    open_page(&f, &w, id);
    f.view->question(f.state, &f.context, &asked);
    ck_assert_uint_eq(asked.connection, id);
    f.context.object = id + 4096;
    asked = (struct view_question){0};
    f.view->question(f.state, &f.context, &asked);
    ck_assert_uint_eq(asked.connection, 0);
    frame_close(&f);
    world_finish(&w);
}
END_TEST

START_TEST(keys_lead_to_other_lives_and_to_the_server) {
    struct world w;
    struct frame f;
    struct view_request request;
    world_cut_again(&w);
    open_page(&f, &w, connection_of(&w, 4661));
    ck_assert_uint_eq(leads_to(&f, "Enter", "connection"), connection_of(&w, 4681)); /* the last life first */
    frame_key(&f, "Down", &request);
    ck_assert_uint_eq(leads_to(&f, "Enter", "connection"), connection_of(&w, 4671));
    ck_assert_uint_eq(leads_to(&f, "s", "node"), world_object(&w, OBJECT_SERVER, Q_SERVER_name, "n2-lon"));
    frame_key(&f, "y", &request);
    ck_assert_str_eq(request.copy, "nats server report connections --sort cid --account PAY");
    for (int i = 0; i < 3; i++)
        frame_key(&f, "Tab", &request);
    free(frame_text(&f, 120, 40, false));
    ck_assert_uint_eq(frame_key(&f, "Enter", &request), REACT_PASS); /* a subscription has no page */
    frame_close(&f);
    world_finish(&w);
}
END_TEST

/* Its charts end where it did, and stay. */
START_TEST(a_closed_one_stays_as_it_was) {
    struct world w;
    struct frame f;
    world_cut_again(&w);
    uint64_t id = connection_of(&w, 4661);
    open_page(&f, &w, id);
    f.view->arrange(f.state, &f.context, (struct rect){0, 0, 120, 40});
    frame_close(&f);
    char *text[2];
    for (int i = 0; i < 2; i++) {
        open_page(&f, &w, id);
        text[i] = frame_text(&f, 120, 40, false);
        ck_assert_msg(strstr(text[i], i ? " closed 1m06s ago: Slow Consumer (Write Deadline), lived 38s"
                                        : " closed 56s ago: Slow Consumer (Write Deadline), lived 38s"),
                      "%s", text[i]);
        frame_close(&f);
        world_run(&w, 10);
    }
    char *charts[2];
    for (int i = 0; i < 2; i++) {
        charts[i] = strstr(text[i], "-PENDING, kept since");
        ck_assert_ptr_nonnull(charts[i]);
        char *end = strstr(charts[i], "  end\n");
        ck_assert_ptr_nonnull(end);
        *end = 0;
    }
    ck_assert_str_eq(charts[0], charts[1]);
    free(text[0]);
    free(text[1]);
    world_finish(&w);
}
END_TEST

/* It is not listed any more, and then its record comes: it stays the page that it was. */
START_TEST(it_is_gone_first_and_told_later) {
    struct world w;
    struct frame f;
    world_cut_again(&w);
    uint64_t id = connection_of(&w, 4681);
    for (int i = 0; i < w.node_count; i++)
        w.nodes[i].connections = 0; /* no more than the page has */
    bool gone = false, told = false;
    for (int i = 0; i < 60 && !told; i++) {
        world_run(&w, 1);
        open_page(&f, &w, id);
        char *text = frame_text(&f, 120, 40, false);
        gone |= strstr(text, " ? closed: not listed any more: last seen ") != NULL;
        told = strstr(text, " ! closed ") != NULL;
        ck_assert_msg(strstr(text, "-CONNECTION billing-7   cid 4681 on n2-lon -") != NULL, "%s", text);
        free(text);
        frame_close(&f);
    }
    ck_assert(gone);
    ck_assert(told);
    world_finish(&w);
}
END_TEST

static void ck_says(const struct world *w, uint64_t cid, const char *what, bool says) {
    struct frame f;
    open_page(&f, w, connection_of(w, cid));
    char *text = frame_text(&f, 120, 40, false);
    ck_assert_msg((strstr(text, what) != NULL) == says, "\"%s\" is%s in\n%.1500s", what, says ? " not" : "",
                  text);
    free(text);
    frame_close(&f);
}

/* What is told of a name belongs to one cluster. */
START_TEST(a_client_of_another_cluster_is_another_one) {
    static const struct world_life lives[] = {{0, "billing-7", 1000, 300, 40, 9, 38, 1e6, 33e6, 0,
                                               "Slow Consumer (Pending Bytes)", NULL, NULL, NULL, false, 0},
                                              {1, "billing-7", 2000, 500, 100, 3, 60, 1e6, 33e6, 0,
                                               "Slow Consumer (Pending Bytes)", NULL, NULL, NULL, false, 0}};
    struct world w;
    world_init(&w);
    w.closes = true;
    w.nodes[0].cluster = "east";
    w.nodes[1].cluster = "west";
    w.lives = lives;
    w.life_count = 2;
    world_run(&w, WORLD_SECONDS);
    ck_says(&w, 1010, " ! billing-7 cut 9 times in 10 min, ", true);
    ck_says(&w, 2010, " ! billing-7 cut 9 times in 10 min, ", false);
    ck_says(&w, 2010, " ! billing-7 cut 2 times in ", true);
    world_finish(&w);
}
END_TEST

/* n2 is away for a while, and comes back with nobody that was there. */
static void restart(struct world *w) {
    w->nodes[1].answers = false;
    w->life_count = w->client_count = 0;
    world_run(w, 6);
    w->nodes[1].answers = true;
    w->nodes[1].id = "ANOTHER";
    w->up_s = -WORLD_SECONDS - 3;
    world_run(w, 3);
}

/* Its record never comes, and who it was stays known. */
START_TEST(its_server_began_again) {
    struct world w;
    world_cut_again(&w);
    uint64_t id = connection_of(&w, 4681);
    restart(&w);
    struct frame f;
    open_page(&f, &w, id);
    char *text = frame_text(&f, 120, 40, false);
    static const char *const says[] = {"-CONNECTION billing-7   cid 4681 on n2-lon -",
                                       " closed, last seen ",
                                       "s ago: server restarted (inferred), lived ≤",
                                       "   lived ≤",
                                       "-PENDING, kept since ",
                                       "  end\n",
                                       "orders.>",
                                       "-SAME name billing-7   0 open, "};
    for (size_t i = 0; i < sizeof(says) / sizeof(says[0]); i++)
        ck_assert_msg(strstr(text, says[i]) != NULL, "no \"%s\" in\n%.1500s", says[i], text);
    free(text);
    frame_close(&f);
    world_finish(&w);
    world_services(&w);
    restart(&w);
    ck_says(&w, 22, "server restarted (inferred)", true);
    ck_says(&w, 22, "nobody asked while that run of its server lasted", true);
    ck_says(&w, 22, "nobody looked while it was open", false); /* no frames of empty charts */
    world_finish(&w);
}
END_TEST

/* Its end is what tells it from others. */
START_TEST(a_long_name_is_there_to_its_end) {
    static char name[TEXT_MAX_BYTES + 1];
    memset(name, 'L', TEXT_MAX_BYTES);
    memcpy(name + TEXT_MAX_BYTES - 4, "-END", 4);
    const struct world_life lives[] = {
        {1, name, 2000, 500, 100, 1, 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, 0}};
    struct world w;
    world_init(&w);
    w.lives = lives;
    w.life_count = 1;
    world_run(&w, WORLD_SECONDS);
    struct frame f;
    open_page(&f, &w, connection_of(&w, 2000));
    int lines[2] = {0};
    for (int i = 0; i < 2; i++) {
        char *text = frame_text(&f, i ? 200 : 100, i ? 60 : 40, false), *at = strstr(text, "  name     LLL");
        ck_assert_msg(at && strstr(at, "LL-END\n"), "%s", text);
        for (; strncmp(at, "-END", 4) != 0; at++)
            lines[i] += *at == '\n';
        free(text);
    }
    ck_assert_int_eq(lines[0], 2); /* of 87 columns, all of it */
    ck_assert_int_eq(lines[1], 1);
    frame_close(&f);
    world_finish(&w);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("views: page of a connection");
    TCase *tc = tcase_create("page");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, steps_follow_the_list_it_came_from);
    tcase_add_test(tc, it_asks_for_what_it_shows);
    tcase_add_test(tc, keys_lead_to_other_lives_and_to_the_server);
    tcase_add_test(tc, a_closed_one_stays_as_it_was);
    tcase_add_test(tc, it_is_gone_first_and_told_later);
    tcase_add_test(tc, a_client_of_another_cluster_is_another_one);
    tcase_add_test(tc, its_server_began_again);
    tcase_add_test(tc, a_long_name_is_there_to_its_end);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
