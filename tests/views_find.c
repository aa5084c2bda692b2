/* Find: what is searched, which answer comes first, what is said of what can't be found. */
#include "tests/views/world_parts.h"
#include "tests/views_found.h"
#include "views/connection_meant.h"
#include "views/find.h"

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
    tcase_add_test(tc, closed_connections_say_why);
    tcase_add_test(tc, who_lives_comes_before_who_was_seen_last);
    tcase_add_test(tc, the_best_of_many_are_shown);
    tcase_add_test(tc, what_is_gone_is_hidden_until_asked_for);
    tcase_add_test(tc, what_was_not_searched_is_said);
    tcase_add_test(tc, a_few_that_just_came_are_not_missed);
    tcase_add_test(tc, all_names_are_offered);
    tcase_add_test(tc, a_word_of_any_kind_is_taken);
    tcase_add_test(tc, equal_answers_are_in_order);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
