/* Find: what is searched, which answer comes first, where Enter leads, what is said of what can't be found.
 */
#include <check.h>
#include <stdio.h>

#include "tests/harness/suite.h"
#include "tests/views/world_parts.h"
#include "tests/views_frame.h"
#include "tui/zone.h"
#include "views/connection_meant.h"
#include "views/find.h"
#include "views/place.h"

static void find(struct frame *f, const struct world *w, const char *word) {
    frame_open(f, w, "find");
    const char *fault = f->view->take(f->state, word);
    ck_assert_msg(fault == NULL, "%s", fault);
}

/* The first words of the rows, from above, as far as they fit. */
static void rows_are(struct frame *f, const char *const *expected, int count) {
    char *text = frame_text(f, 200, 60, false);
    const char *line = strstr(text, "\n S KIND");
    ck_assert_msg(line != NULL || count == 0, "%s", text);
    for (int i = 0; i < count; i++) {
        char row[60];
        line = strchr(line + 1, '\n');
        ck_assert_ptr_nonnull(line);
        snprintf(row, sizeof(row), "%.50s", line + 4); /* behind mark and selection */
        ck_assert_msg(strncmp(row, expected[i], strlen(expected[i])) == 0, "row %d is %s, not %s\n%s", i, row,
                      expected[i], text);
    }
    line = line ? strchr(line + 1, '\n') : NULL;
    ck_assert_msg(line == NULL || line[1] == '\n', "there are more:\n%s", text);
    free(text);
}
#define ROWS(f, ...)                                                                                         \
    do {                                                                                                     \
        const char *const expected[] = {__VA_ARGS__};                                                        \
        rows_are(f, expected, (int)(sizeof(expected) / sizeof(expected[0])));                                \
    } while (0)

static bool says(struct frame *f, int cols, int rows, const char *what) {
    char *text = frame_text(f, cols, rows, false);
    bool found = strstr(text, what) != NULL;
    if (!found)
        printf("%s is nowhere in\n%s", what, text);
    free(text);
    return found;
}

/* Each word, and the rows that it gives, all of them in order. */
static const struct {
    const char *word, *rows[8];
} answers[] = {
    /* the name is it, begins with it, has it inside; then what else says whose it is */
    {"ORDERS",
     {"stream     ORDERS ", "connection orders-api-1 cid 101", "consumer   ORDERS / billing",
      "consumer   ORDERS / audit", "consumer   ORDERS / email"}},
    {"audit", {"consumer   ORDERS / audit", "connection audit cid 250"}},
    /* of one kind the worst first */
    {"billing", {"consumer   ORDERS / billing", "connection billing-7 ", "connection billing-3 "}},
    {"bIlLiNg-", {"connection billing-7 cid 4711", "connection billing-3 cid 4702"}},
    {"pay", {"account    PAY", "connection billing-7 cid 4711", "connection billing-3 cid 4702"}},
    {"4711", {"connection billing-7 cid 4711"}},
    {"471", {NULL}},
    {"10.4.2.17:53102", {"connection cid 102"}},
    {"n3-ams",
     {"server     n3-ams", "stream     GEO ", "consumer   GEO / tiles", "consumer   ORDERS / email",
      "consumer   EDGE / metrics", "consumer   KV_cfg / watch"}},
    {"kv_", {"consumer   KV_cfg / watch"}},
};

START_TEST(the_best_answer_comes_first) {
    struct world w;
    struct frame f;
    world_busy(&w);
    f = (struct frame){0};
    int count = 0;
    while (count < 8 && answers[_i].rows[count])
        count++;
    find(&f, &w, answers[_i].word);
    rows_are(&f, answers[_i].rows, count);
    if (count == 0)
        ck_assert(says(&f, 80, 24, "nothing called "));
    frame_close(&f);
    world_finish(&w);
}
END_TEST

START_TEST(what_else_has_it_is_said) {
    struct world w;
    struct frame f;
    world_busy(&w);
    find(&f, &w, "PAY");
    ck_assert(says(&f, 140, 40, " account PAY\n"));
    frame_close(&f);
    find(&f, &w, "n1-lon");
    ck_assert(says(&f, 140, 40, " leader n1-lon\n"));
    frame_close(&f);
    world_finish(&w);
    world_kinds(&w);
    find(&f, &w, "bucket");
    ck_assert(says(&f, 140, 40, ">stream bucket cfg ")); /* that is its name, too */
    ck_assert(says(&f, 140, 40, " in 0.2/s\n"));
    frame_close(&f);
    world_finish(&w);
}
END_TEST

START_TEST(a_filter_narrows_what_was_found) {
    struct world w;
    struct frame f;
    world_busy(&w);
    find(&f, &w, "e");
    f.context.filter = "lag>1000"; /* only of what has a lag */
    ROWS(&f, "consumer   GEO / tiles", "consumer   ORDERS / billing", "consumer   ORDERS / audit");
    ck_assert_ptr_null(f.view->check_filter(f.state, "lag>1000"));
    ck_assert_ptr_null(f.view->check_filter(f.state, "pending_bytes>1M !audit"));
    ck_assert_str_eq(f.view->check_filter(f.state, "nonsense>1"),
                     "there is no column nonsense; a text with signs stands in quotes");
    f.context.filter = "account"; /* the kind */
    ROWS(&f, "account    EDGE", "account    GEO");
    f.context.filter = "!consumer !connection !server EDGE";
    ROWS(&f, "account    EDGE", "stream     EDGE");
    f.context.filter = "";
    f.context.faults_only = true;
    ck_assert_ptr_null(f.view->take(f.state, "i"));
    ROWS(&f, "consumer   ORDERS / billing", "consumer   ORDERS / audit", "connection billing-7",
         "connection billing-3");
    f.context.faults_only = false;
    ck_assert_ptr_null(f.view->take(f.state, "~^(tiles|geo.*s)$"));
    ROWS(&f, "consumer   GEO / tiles", "connection geo-tiles cid 240");
    ck_assert_ptr_nonnull(f.view->take(f.state, "~("));
    ck_assert_ptr_null(f.view->take(f.state, "")); /* the last one */
    ROWS(&f, "consumer   GEO / tiles", "connection geo-tiles cid 240");
    frame_close(&f);
    frame_open(&f, &w, "find"); /* without a word the filter decides alone */
    f.context.filter = "pending_bytes>20M";
    ROWS(&f, "connection billing-7", "connection billing-3");
    frame_close(&f);
    world_finish(&w);
}
END_TEST

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

/* Who was cut is found with what is open of it, and behind that. */
START_TEST(closed_connections_say_why) {
    struct world w;
    struct frame f;
    world_cut_again(&w);
    find(&f, &w, "billing-7");
    char *text = frame_text(&f, 120, 40, false);
    const char *open = strstr(text, "/PAY     open "), *closed = strstr(text, "/PAY     closed ");
    ck_assert(open && closed && open < closed);
    ck_assert_ptr_null(strstr(closed, "/PAY     open "));
    ck_assert_ptr_nonnull(strstr(closed, " slow  lived 38s "));
    const char *last = strstr(text, " billing-7 cid 4671 "), *before = strstr(text, " billing-7 cid 4661 ");
    ck_assert(last && before && last < before); /* the last one first */
    free(text);
    frame_close(&f);
    world_finish(&w);
}
END_TEST

/* A client that failed over: who lives comes first, however much waited for the dead one, and that one is not
 * said to be open. Its name and its cid mean the one that lives. */
START_TEST(who_lives_comes_before_who_was_seen_last) {
    static const struct world_client clients[] = {{1, 7, "cli-7", NULL, "go", 1000, 10, 0},
                                                  {0, 9, "cli-7", NULL, "go", 0, 10, 0},
                                                  {2, 7, "other", NULL, "go", 0, 10, 0}};
    struct world w;
    struct frame f;
    size_t alike;
    char apart[200];
    world_init(&w);
    w.clients = clients;
    w.client_count = 3;
    world_run(&w, 30);
    w.nodes[1].answers = false;
    world_run(&w, 20);
    find(&f, &w, "cli-7");
    ROWS(&f, "connection cli-7 cid 9 ", "connection cli-7 cid 7 ");
    char *text = frame_text(&f, 120, 40, false);
    const char *open = strstr(text, "/$G      open "), *old = strstr(text, "/$G      open~ ");
    ck_assert_msg(open && old && open < old, "%s", text);
    free(text);
    frame_close(&f);
    const struct object *meant = connection_meant(w.model, "cli-7", &alike);
    ck_assert(meant && alike == 2 && meant->freshness == FRESH_LIVE);
    connection_apart(w.model, meant, apart, sizeof(apart));
    ck_assert_msg(strncmp(apart, "cid 9 on n1-lon, open for ", 26) == 0, "%s", apart);
    meant = connection_meant(w.model, "7", &alike); /* two servers have that cid */
    ck_assert(meant && alike == 2 && meant->freshness == FRESH_LIVE);
    connection_apart(w.model, meant, apart, sizeof(apart));
    ck_assert_msg(strncmp(apart, "cid 7 on n3-ams, open for ", 26) == 0, "%s", apart);
    ck_assert_ptr_null(connection_meant(w.model, "cli-8", &alike));
    w.nodes[0].answers = w.nodes[2].answers = false;
    world_run(&w, 20);
    meant = connection_meant(w.model, "cli-7", &alike);
    ck_assert(meant && meant->freshness == FRESH_STALE);
    connection_apart(w.model, meant, apart, sizeof(apart));
    ck_assert_msg(strstr(apart, ", last seen ") && !strstr(apart, "closed"), "%s", apart);
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

enum { NODES = 3, EACH = 150, MANY = EACH * NODES };

START_TEST(the_best_of_many_are_shown) {
    static struct world_client clients[MANY];
    struct world w;
    struct frame f;
    world_init(&w);
    w.jetstream = false;
    for (int i = 0; i < MANY; i++)
        clients[i] = (struct world_client){
            i % NODES, (uint64_t)i + 1, i == 440 ? "bill" : "a-bill", "ACME", "go", 0, 0, 0};
    for (int i = 0; i < WORLD_NODES; i++)
        w.nodes[i].connections = EACH;
    w.clients = clients;
    w.client_count = MANY;
    world_run(&w, 3);
    find(&f, &w, "bill");
    ck_assert(says(&f, 100, 24, "1/200   200 of 450 connections -\n"));
    ck_assert(says(&f, 100, 24, ">connection bill cid 441 "));
    ck_assert_ptr_null(f.view->take(f.state, "acme"));
    ck_assert(says(&f, 120, 24, "1/201   1 account  200 of 450 connections -\n"));
    ck_assert(says(&f, 120, 24, ">account    ACME"));
    ck_assert(says(&f, 120, 24, "  450 connections\n"));
    frame_close(&f);
    world_finish(&w);
}
END_TEST

START_TEST(what_is_gone_is_hidden_until_asked_for) {
    struct world w;
    struct frame f;
    world_deleted(&w);
    find(&f, &w, "falling_behind");
    ck_assert(says(&f, 80, 24, "1 gone hidden (i) -\n"));
    ck_assert(says(&f, 80, 24, "nothing called falling_behind"));
    f.context.show_hidden = true;
    ROWS(&f, "consumer   ORDERS / falling_behind");
    frame_close(&f);
    world_finish(&w);
}
END_TEST

START_TEST(what_was_not_searched_is_said) {
    struct world w;
    struct frame f;
    world_busy(&w);
    find(&f, &w, "nobody");
    ck_assert(says(&f, 80, 24, " ? connections: the 7 fullest of 1,000 open ones are known here\n"));
    ck_assert(
        says(&f, 80, 24, "searched: 3 servers, 5 accounts, 3 streams, 8 consumers, 7 connections and 0"));
    frame_close(&f);
    world_finish(&w);
    world_failing(&w);
    find(&f, &w, "nobody");
    ck_assert(says(&f, 100, 40, " ? streams and consumers: JetStream is known of 2 of 3 servers\n"));
    ck_assert(
        says(&f, 100, 40, " ? n3-ams /jsz fails: no answer within 10s, never answered; 1 more server\n"));
    frame_close(&f);
    world_finish(&w);
    world_empty(&w);
    find(&f, &w, "nobody");
    ck_assert(says(&f, 80, 24, "searched: 0 servers, 0 accounts, "));
    frame_close(&f);
    world_finish(&w);
}
END_TEST

/* Counts of different moments differ by what came in between: that is no reason to doubt for ten seconds. */
START_TEST(a_few_that_just_came_are_not_missed) {
    static struct world_client clients[30];
    struct world w;
    struct frame f;
    world_init(&w);
    w.jetstream = false;
    for (int i = 0; i < 30; i++)
        clients[i] = (struct world_client){i % 3, (uint64_t)i + 1, "c", "A", "go", 0, 0, 0};
    for (int i = 0; i < WORLD_NODES; i++)
        w.nodes[i].connections = 10;
    w.nodes[0].connections = 11;
    w.clients = clients;
    w.client_count = 30;
    world_run(&w, 3);
    find(&f, &w, "nobody");
    for (int s = 0; s < 14; s++) {
        f.context.utc_ns = world_utc(&w);
        f.context.mono_ns = world_mono(&w);
        char *text = frame_text(&f, 80, 24, false);
        ck_assert_msg((strstr(text, "the 30 fullest of 31 open ones are known") != NULL) == (s >= 10),
                      "%d\n%s", s, text);
        free(text);
        world_run(&w, 1);
    }
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

static const char *const known[] = {"n2-lon", "ORDERS", "tiles", "billing-7", "PAY", "$G"};
enum { KNOWN = sizeof(known) / sizeof(known[0]) };

static void tick_off(void *data, const char *name) {
    for (int i = 0; i < KNOWN; i++)
        ((bool *)data)[i] |= strcmp(known[i], name) == 0;
}

START_TEST(all_names_are_offered) {
    bool seen[KNOWN] = {false};
    struct world w;
    world_busy(&w);
    find_names(w.model, tick_off, seen);
    for (int i = 0; i < KNOWN; i++)
        ck_assert_msg(seen[i], "%s is not offered", known[i]);
    world_finish(&w);
}
END_TEST

START_TEST(a_word_of_any_kind_is_taken) {
    char long_word[400];
    struct world w;
    struct frame f;
    world_busy(&w);
    memset(long_word, 'x', sizeof(long_word) - 1);
    long_word[sizeof(long_word) - 1] = '\0';
    find(&f, &w, "\x1b[31m\xff billing");
    char *text = frame_text(&f, 80, 24, false);
    ck_assert_ptr_null(strchr(text, '\x1b'));
    free(text);
    ck_assert_str_eq(f.view->take(f.state, long_word), "this is too long to be a name");
    frame_close(&f);
    world_finish(&w);
}
END_TEST

/* What answers equally well: the fullest first, then the busiest, then by cid. */
START_TEST(equal_answers_are_in_order) {
    static const struct world_client clients[] = {{0, 7, "bill-c", NULL, "go", 0, 10, 0},
                                                  {0, 5, "bill-e", NULL, "go", 0, 0, 0},
                                                  {0, 4, "bill-d", NULL, "go", 0, 0, 0},
                                                  {0, 9, "bill-a", NULL, "go", 0, 0, 900},
                                                  {0, 8, "bill-b", NULL, "go", 5e3, 0, 0}};
    struct world w;
    struct frame f;
    world_init(&w);
    w.jetstream = false;
    w.clients = clients;
    w.client_count = 5;
    world_run(&w, 6);
    frame_open(&f, &w, "find");
    ck_assert_ptr_null(f.view->take(f.state, "bill"));
    char *text = frame_text(&f, 120, 40, false);
    static const char *const cids[] = {"cid 8 ", "cid 9 ", "cid 7 ", "cid 4 ", "cid 5 "};
    const char *at = text;
    for (int i = 0; i < 5; i++) {
        at = strstr(at, cids[i]);
        ck_assert_msg(at != NULL, "%s is not there, or before another one\n%.1500s", cids[i], text);
    }
    free(text);
    frame_close(&f);
    world_finish(&w);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("views find");
    TCase *tc = tcase_create("find");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, the_best_answer_comes_first, 0, sizeof(answers) / sizeof(answers[0]));
    tcase_add_test(tc, what_else_has_it_is_said);
    tcase_add_test(tc, a_filter_narrows_what_was_found);
    tcase_add_loop_test(tc, enter_goes_there, 0, sizeof(ways) / sizeof(ways[0]));
    tcase_add_test(tc, the_second_row_and_its_server);
    tcase_add_test(tc, subscriptions_lead_to_their_connection);
    tcase_add_test(tc, who_listens_is_asked_elsewhere);
    tcase_add_test(tc, closed_connections_say_why);
    tcase_add_test(tc, who_lives_comes_before_who_was_seen_last);
    tcase_add_test(tc, the_last_one_closed_is_meant);
    tcase_add_test(tc, an_account_of_any_name_is_a_filter);
    tcase_add_test(tc, the_best_of_many_are_shown);
    tcase_add_test(tc, what_is_gone_is_hidden_until_asked_for);
    tcase_add_test(tc, what_was_not_searched_is_said);
    tcase_add_test(tc, a_few_that_just_came_are_not_missed);
    tcase_add_test(tc, a_click_selects);
    tcase_add_test(tc, all_names_are_offered);
    tcase_add_test(tc, a_word_of_any_kind_is_taken);
    tcase_add_test(tc, lines_move);
    tcase_add_test(tc, an_account_of_each_cluster);
    tcase_add_test(tc, a_client_that_is_away);
    tcase_add_test(tc, equal_answers_are_in_order);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
