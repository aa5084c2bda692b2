/* Where Enter leads from what was found, and what a list of lines or a click chooses. */
#include "tests/views/world_parts.h"
#include "tests/views_found.h"
#include "tui/zone.h"
#include "views/connection_meant.h"
#include "views/place.h"

/* Enter on the first row. */
static const struct {
    const char *word, *view;
    enum object_kind kind; /* of the object there; OBJECT_KIND_COUNT: none */
    enum quantity name;
    const char *object, *filter;
} ways[] = {
    {"n2-lon", "node", OBJECT_SERVER, Q_SERVER_name, "n2-lon", NULL},
    {"ORDERS", "stream", OBJECT_STREAM, Q_STREAM_name, "ORDERS", NULL},
    {"tiles", "consumer", OBJECT_CONSUMER, Q_CONSUMER_name, "tiles", NULL},
    {"billing-3", NULL, OBJECT_CONNECTION, Q_CONNECTION_name, "billing-3", NULL}, /* where connections are */
    {"PAY", "connections", OBJECT_KIND_COUNT, Q_CLUSTER_name, "", "account=\"PAY\""},
};

START_TEST(enter_goes_there) {
    struct world w;
    struct frame f;
    struct view_request request, place = {0};
    world_busy(&w);
    find(&f, &w, ways[_i].word);
    free(frame_text(&f, 80, 24, false));
    ck_assert_uint_ne(frame_key(&f, "Enter", &request), 0);
    uint64_t object = ways[_i].filter ? 0 : world_object(&w, ways[_i].kind, ways[_i].name, ways[_i].object);
    struct view_call call = {f.state, &f.context, &place};
    if (object)
        place_go(&call, model_object(w.model, object));
    ck_assert_str_eq(request.view, ways[_i].view ? ways[_i].view : place.view);
    ck_assert_uint_eq(request.object, object);
    ck_assert(ways[_i].filter || request.from == f.view->table(f.state)); /* for the next of its kind */
    if (ways[_i].filter)
        ck_assert_str_eq(request.filter, ways[_i].filter);
    else
        ck_assert_ptr_null(request.filter);
    frame_close(&f);
    world_finish(&w);
}
END_TEST

START_TEST(the_second_row_and_its_server) {
    struct world w;
    struct frame f;
    struct view_request request;
    world_busy(&w);
    find(&f, &w, "billing");
    free(frame_text(&f, 80, 24, false));
    frame_key(&f, "Down", &request);
    ck_assert(says(&f, 80, 24, "\n!!>conn      billing-7"));
    frame_key(&f, "s", &request);
    ck_assert_str_eq(request.view, "node");
    ck_assert_uint_eq(request.object, world_object(&w, OBJECT_SERVER, Q_SERVER_name, "n2-lon"));
    frame_key(&f, "Up", &request);
    frame_key(&f, "y", &request);
    ck_assert_str_eq(request.copy, "nats consumer info ORDERS billing");
    world_run(&w, 20); /* rows move, what is selected stays selected */
    f.context.utc_ns = world_utc(&w);
    f.context.mono_ns = world_mono(&w);
    ck_assert(says(&f, 80, 24, ">consumer  ORDERS / billing"));
    frame_close(&f);
    world_finish(&w);
}
END_TEST

static void shows_after(struct frame *f, const char *keys, const char *row) {
    struct view_request request;
    char key[20];
    for (int used; sscanf(keys, "%19s%n", key, &used) == 1; keys += used)
        ck_assert_uint_eq(frame_key(f, key, &request), REACT_DRAW);
    char *text = frame_text(f, 120, 10, false);
    ck_assert_msg(strstr(text, row) != NULL, "no \"%s\" in\n%s", row, text);
    free(text);
}

/* Where lines are no list of objects they move by the same keys. */
START_TEST(lines_move) {
    struct world w;
    struct frame f;
    world_cut_again(&w);
    frame_open(&f, &w, "events");
    char *text = frame_text(&f, 120, 60, false), rows[20][40];
    char *line = strstr(text, "\n TIME");
    for (int i = 0; i < 20; i++) {
        line = strchr(line + 1, '\n');
        snprintf(rows[i], sizeof(rows[i]), "HOW\n%.30s", line + 1);
    }
    free(text);
    free(frame_text(&f, 120, 10, false)); /* 5 lines */
    shows_after(&f, "Down", rows[1]);
    shows_after(&f, "PgDn", rows[6]);
    shows_after(&f, "Ctrl-D", rows[9]);
    shows_after(&f, "Up Ctrl-U", rows[5]);
    shows_after(&f, "End Home Up", rows[0]);
    shows_after(&f, "End Up Down Down PgUp Home", rows[0]);
    frame_close(&f);
    world_finish(&w);
}
END_TEST

/* Accounts of two clusters have a name in common and nothing else. */
START_TEST(an_account_of_each_cluster) {
    struct world w;
    struct frame f;
    struct view_request request;
    world_twins(&w);
    find(&f, &w, "$G");
    char *text = frame_text(&f, 120, 24, false);
    ck_assert_msg(strstr(text, " 2 accounts ") != NULL, "%s", text);
    ck_assert_msg(strstr(text, ">account    $G                   west           ") != NULL, "%s", text);
    ck_assert_ptr_nonnull(strstr(text, " account    $G                   east           "));
    free(text);
    frame_key(&f, "Down", &request);
    frame_key(&f, "Enter", &request);
    ck_assert_str_eq(request.view, "connections");
    ck_assert_str_eq(request.filter, "account=\"$G\" cluster=\"east\"");
    frame_close(&f);
    frame_open(&f, &w, "connections");
    f.context.filter = request.filter;
    text = frame_text(&f, 120, 24, false);
    ck_assert(strstr(text, " 102 ") && !strstr(text, " 250 ")); /* this one is in the west */
    free(text);
    frame_close(&f);
    world_finish(&w);
}
END_TEST

/* Who is cut and comes back after a while is found at any time, once. */
START_TEST(a_client_that_is_away) {
    static const struct world_life lives[] = {{.node = 1,
                                               .name = "indexer",
                                               .cid = 11,
                                               .first = 5,
                                               .every = 40,
                                               .lives = 2,
                                               .lived = 20,
                                               .most = 33e6,
                                               .fills_per_s = 3e6,
                                               .reason = "Slow Consumer (Write Deadline)"}};
    struct world w;
    struct frame f;
    struct view_request request;
    world_init(&w);
    w.jetstream = false;
    w.closes = true;
    w.lives = lives;
    w.life_count = 1;
    world_run(&w, 35);
    find(&f, &w, "indexer");
    ck_assert(says(&f, 120, 24, " client       indexer "));
    ck_assert(says(&f, 120, 24, "n2-lon/PAY                    cuts 1  lived 20s"));
    frame_key(&f, "Home", &request);
    frame_key(&f, "Down", &request);
    frame_key(&f, "Enter", &request);
    ck_assert_str_eq(request.view, "connection");
    const struct object *closed = model_object(w.model, request.object);
    ck_assert(closed && model_is_closed(closed));
    world_run(&w, 20); /* it is back */
    f.context.utc_ns = world_utc(&w);
    f.context.mono_ns = world_mono(&w);
    ck_assert(!says(&f, 120, 24, " client       indexer "));
    ck_assert(says(&f, 120, 24, "indexer cid 21"));
    frame_close(&f);
    world_finish(&w);
}
END_TEST

/* What n2 says of a connection that was asked for. */
static void ask_for_subscriptions(struct world *w, uint64_t cid) {
    static const char *const subjects[] = {"orders.created", "stock.>"};
    struct sample *s = world_sample(w, 1, SHAPE_CONNZ_SUBS);
    world_answer(w, s, 1);
    world_u(sample_add(s, ENTITY_QUESTION), F_QUESTION_cid, cid);
    struct row *connection = sample_add(s, ENTITY_CONNECTION);
    world_u(connection, F_CONNECTION_cid, cid);
    world_text(s, connection, F_CONNECTION_name, "billing-7");
    world_text(s, connection, F_CONNECTION_account, "PAY");
    world_i(connection, F_CONNECTION_start, (WORLD_START - 3600) * NS_PER_S);
    for (int i = 0; i < 2; i++) {
        struct row *sub = sample_add(s, ENTITY_SUBSCRIPTION);
        world_u(sub, F_SUBSCRIPTION_cid, cid);
        world_text(s, sub, F_SUBSCRIPTION_sid, i ? "2" : "1");
        world_text(s, sub, F_SUBSCRIPTION_subject, subjects[i]);
        world_text(s, sub, F_SUBSCRIPTION_queue, "workers");
        world_i(sub, F_SUBSCRIPTION_msgs, 1200);
    }
    world_send(w, s);
}

/* Of subscriptions never all are known, found or not; who listens to a subject can be asked. */
START_TEST(who_listens_is_asked_elsewhere) {
    struct world w;
    struct frame f;
    world_busy(&w);
    ask_for_subscriptions(&w, 4711);
    find(&f, &w, "orders.created");
    ROWS(&f, "subscription orders.created cid 4711");
    static const char way_on[] =
        " ? subscriptions: not all known; :interest orders.created lists all that match\n";
    ck_assert(says(&f, 80, 24, way_on));
    ck_assert_ptr_null(f.view->take(f.state, "orders.creat"));
    ck_assert(says(&f, 120, 24, ":interest orders.creat lists"));
    static const char *const others[] = {"workers",  "10.4.2.17", "10.4.2.17:53102",
                                         "orders.*", "a..b",      "~s.c"};
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
        ck_assert_ptr_null(f.view->take(f.state, others[i]));
        ck_assert(says(&f, 80, 24, " ? subscriptions: known are those of what was asked for\n"));
    }
    frame_close(&f);
    world_finish(&w);
}
END_TEST

START_TEST(subscriptions_lead_to_their_connection) {
    struct world w;
    struct frame f;
    struct view_request request, place = {0};
    world_busy(&w);
    ask_for_subscriptions(&w, 4711);
    find(&f, &w, "workers");
    ROWS(&f, "subscription orders.created cid 4711", "subscription stock.> cid 4711");
    ck_assert(says(&f, 160, 40, " n2-lon/PAY "));
    ck_assert(says(&f, 160, 40, " queue workers  1.20k msgs "));
    ck_assert(says(&f, 80, 24, "2 subscriptions -\n"));
    frame_key(&f, "Enter", &request);
    struct view_call call = {f.state, &f.context, &place};
    uint64_t billing = world_object(&w, OBJECT_CONNECTION, Q_CONNECTION_name, "billing-7");
    place_go(&call, model_object(w.model, billing));
    ck_assert_str_eq(request.view, place.view);
    ck_assert_uint_eq(request.object, billing);
    ck_assert_ptr_null(f.view->take(f.state, "ORDERS.C"));
    ROWS(&f, "subscription orders.created cid 4711");
    frame_close(&f);
    world_finish(&w);
}
END_TEST

/* Of those that are closed the last one, though more waited for another. */
START_TEST(the_last_one_closed_is_meant) {
    static const struct world_life lives[] = {{.node = 0,
                                               .name = "cut-0",
                                               .cid = 20,
                                               .first = 5,
                                               .every = 10,
                                               .lives = 3,
                                               .lived = 4,
                                               .fills_per_s = 100,
                                               .most = 1000,
                                               .reason = "Client Closed"},
                                              {.node = 1,
                                               .name = "cut-0",
                                               .cid = 90,
                                               .first = 4,
                                               .every = 60,
                                               .lives = 1,
                                               .lived = 6,
                                               .fills_per_s = 9000,
                                               .most = 90000,
                                               .reason = "Client Closed"}};
    struct world w;
    size_t alike;
    char apart[200];
    world_init(&w);
    w.closes = true;
    w.lives = lives;
    w.life_count = 2;
    world_run(&w, 45);
    const struct object *meant = connection_meant(w.model, "cut-0", &alike);
    ck_assert_uint_eq(alike, 4);
    connection_apart(w.model, meant, apart, sizeof(apart));
    ck_assert_msg(strncmp(apart, "cid 40 on n1-lon, closed ", 25) == 0 && strstr(apart, "s ago"), "%s",
                  apart);
    world_finish(&w);
}
END_TEST

/* Quotes in its name are no end of the filter. */
START_TEST(an_account_of_any_name_is_a_filter) {
    static const struct world_client clients[] = {{0, 1, "a", "A\"or\\B", "go", 0, 0, 0},
                                                  {1, 2, "b", "A", "go", 0, 0, 0}};
    struct world w;
    struct frame f, there;
    struct view_request request;
    world_init(&w);
    w.jetstream = false;
    w.clients = clients;
    w.client_count = 2;
    world_run(&w, 3);
    find(&f, &w, "or\\B");
    free(frame_text(&f, 80, 24, false));
    frame_key(&f, "Enter", &request);
    ck_assert_str_eq(request.view, "connections");
    frame_open(&there, &w, "connections");
    ck_assert_ptr_null(there.view->check_filter(there.state, request.filter));
    there.context.filter = request.filter;
    char *text = frame_text(&there, 80, 24, false);
    ck_assert_msg(strstr(text, "1 n1-lon   a ") && !strstr(text, "2 n2-lon   b "), "%s", text);
    free(text);
    frame_close(&there);
    frame_close(&f);
    world_finish(&w);
}
END_TEST

/* Accounts are no objects: a click on one finds its row all the same. */
START_TEST(a_click_selects) {
    struct world w;
    struct frame f;
    struct view_request request;
    world_busy(&w);
    find(&f, &w, "e");
    struct surface *s = frame_draw(&f, 120, 40, false);
    int y = 0;
    struct zone zone = {0};
    for (char *text = surface_plain(s), *line = text; line; line = strchr(line, '\n'), y++) {
        line += line > text;
        if (strncmp(line, " . account    GEO", 17) == 0) {
            zone = surface_zone_at(s, 20, y);
            free(text);
            break;
        }
    }
    ck_assert_int_eq(zone.what, ZONE_ROW);
    ck_assert(list_select(f.view, f.state, zone.of, (uint64_t)zone.value, f.context.mono_ns));
    ck_assert(!list_select(f.view, f.state, &w, (uint64_t)zone.value, f.context.mono_ns));
    surface_destroy(s);
    ck_assert(says(&f, 120, 40, "\n .>account    GEO"));
    frame_key(&f, "Enter", &request);
    ck_assert_str_eq(request.filter, "account=\"GEO\"");
    frame_close(&f);
    world_finish(&w);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("views find, leads");
    TCase *tc = tcase_create("leads");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, enter_goes_there, 0, sizeof(ways) / sizeof(ways[0]));
    tcase_add_test(tc, the_second_row_and_its_server);
    tcase_add_test(tc, subscriptions_lead_to_their_connection);
    tcase_add_test(tc, who_listens_is_asked_elsewhere);
    tcase_add_test(tc, the_last_one_closed_is_meant);
    tcase_add_test(tc, an_account_of_any_name_is_a_filter);
    tcase_add_test(tc, a_click_selects);
    tcase_add_test(tc, lines_move);
    tcase_add_test(tc, an_account_of_each_cluster);
    tcase_add_test(tc, a_client_that_is_away);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
