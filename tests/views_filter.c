/* What `/` narrows a list to. */
#include <check.h>
#include <stdio.h>

#include "tests/harness/suite.h"
#include "tests/views_frame.h"
#include "views/filter.h"

static struct world world;

static const struct filter_column shown[] = {
    {Q_CONSUMER_path, NULL},        {Q_CONSUMER_lag, NULL},         {Q_CONSUMER_leader, NULL},
    {Q_CONSUMER_ack_pending, NULL}, {Q_CONSUMER_acked_per_s, NULL}, {Q_CONSUMER_redelivered, "RE DEL/10"}};

/* Names of the consumers that pass, in the model's order, joined by commas. */
static const char *passing(const char *text) {
    static char out[2000];
    size_t count;
    const struct object *const *all = model_objects(world.model, OBJECT_CONSUMER, &count);
    struct filter *f = filter_create(text, OBJECT_CONSUMER, shown, 6);
    out[0] = 0;
    static const char *const order[] = {"billing", "audit", "tiles", "ingest",
                                        "email",   "watch", "cache", "metrics"};
    for (size_t n = 0; n < sizeof(order) / sizeof(order[0]); n++)
        for (size_t i = 0; i < count; i++) {
            struct value name = quantity_get(world.model, all[i], Q_CONSUMER_name);
            if (strcmp(name.text, order[n]) == 0 && filter_pass(f, world.model, all[i]))
                snprintf(out + strlen(out), sizeof(out) - strlen(out), "%s%s", *out ? "," : "", name.text);
        }
    filter_destroy(f);
    return out;
}

static const char *fault(const char *text) {
    static char out[300];
    struct filter *f = filter_create(text, OBJECT_CONSUMER, shown, 6);
    snprintf(out, sizeof(out), "%s", filter_error(f) ? filter_error(f) : "");
    filter_destroy(f);
    return out;
}

START_TEST(plain) {
    ck_assert_str_eq(passing(""), "billing,audit,tiles,ingest,email,watch,cache,metrics");
    ck_assert_str_eq(passing("geo"), "tiles,cache");
    ck_assert_str_eq(passing("KV_"), "watch");
    ck_assert_str_eq(passing("n1-lon"), "audit,ingest,cache");
    ck_assert_str_eq(passing("nothing like that"), "");
    ck_assert_str_eq(passing("lag"), "");
}
END_TEST

START_TEST(how_fast_a_counter_grows) {
    char by_row[2000];
    snprintf(by_row, sizeof(by_row), "%s", passing("delivered_per_s > 50"));
    ck_assert_str_ne(by_row, "");
    ck_assert_str_eq(passing("rate(deliveries) > 50"), by_row);
    ck_assert_str_eq(passing("rate(deliveries) > 50/s and lag >= 0"), by_row);
    ck_assert_str_eq(fault("rate(lag) > 5"), "lag is no counter; lag_slope says how fast it grows");
    ck_assert_str_eq(fault("speed(lag) > 5"), "there is no speed(); rate() is one");
}
END_TEST

/* By its own name, and by what it is called on the screen. */
START_TEST(what_is_called_by_what_it_is) {
    static const char *const texts[] = {"bucket cfg", "KV_cfg", "~^bucket cfg / w"};
    struct world called;
    world_called(&called);
    const struct object *watch =
        model_object(called.model, world_object(&called, OBJECT_CONSUMER, Q_CONSUMER_name, "watch"));
    const struct object *audit =
        model_object(called.model, world_object(&called, OBJECT_CONSUMER, Q_CONSUMER_name, "audit"));
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct filter *f = filter_create(texts[i], OBJECT_CONSUMER, shown, 6);
        ck_assert_msg(filter_pass(f, called.model, watch), "%s", texts[i]);
        ck_assert_msg(!filter_pass(f, called.model, audit), "%s", texts[i]);
        filter_destroy(f);
    }
    world_finish(&called);
}
END_TEST

START_TEST(inverse) {
    ck_assert_str_eq(passing("!orders"), "tiles,ingest,watch,cache,metrics");
    ck_assert_str_eq(passing("!~^(orders|edge)"), "tiles,watch,cache");
    ck_assert_str_eq(passing("!"), "billing,audit,tiles,ingest,email,watch,cache,metrics");
}
END_TEST

START_TEST(regex) {
    ck_assert_str_eq(passing("~ng$"), "billing");
    ck_assert_str_eq(passing("~^geo"), "tiles,cache");
    ck_assert_str_eq(passing("~"), "billing,audit,tiles,ingest,email,watch,cache,metrics");
    ck_assert_str_ne(fault("~["), "");
    ck_assert_str_eq(passing("~["), "billing,audit,tiles,ingest,email,watch,cache,metrics");
}
END_TEST

START_TEST(expression) {
    ck_assert_str_eq(passing("lag>1000"), "billing,audit,tiles");
    ck_assert_str_eq(passing("lag > 100k"), "billing");
    ck_assert_str_eq(passing("drain=never"), "billing,audit");
    ck_assert_str_eq(passing("lag>0 drain<never"), "tiles,ingest,cache");
    ck_assert_str_eq(fault("replicas=3/3"), "");
    ck_assert_str_eq(passing("LAG>1000"), "billing,audit,tiles");
    ck_assert_str_eq(passing("ACKPEND>10"), "billing,audit,tiles");
    ck_assert_str_eq(passing("name~bill"), "billing");
    ck_assert_str_eq(passing("lag > 0 and stream = EDGE"), "ingest");
    ck_assert_str_eq(passing("redelivered>0 or waiting=2"), "billing,ingest,email");
    ck_assert_str_eq(passing("max_ack_pending<300"), "tiles,cache"); /* unlimited is unknown, never true */
    /* titles that are no words */
    ck_assert_str_eq(passing("ACK/s>1000"), "audit,tiles,email");
    ck_assert_str_eq(passing("re del/10 > 0 and (ack/s < 1k)"), "billing,ingest");
    ck_assert_str_eq(passing("ack/s"), "");
    /* as pages write it */
    ck_assert_str_eq(passing("state=\"Falling behind\""), passing("state=falling_behind"));
    ck_assert_str_eq(passing("state=falling_behind"), "billing,audit");
    ck_assert_str_eq(passing("\"falling behind\"=state"), "billing,audit");
    ck_assert_str_eq(fault("lag>1000"), "");
    ck_assert_str_ne(fault("lag>"), "");
}
END_TEST

START_TEST(words_all_have_to_be_found) {
    ck_assert_str_eq(passing("orders n1-lon"), "audit");
    ck_assert_str_eq(passing("  geo   ~S$ "), "tiles");
    ck_assert_str_eq(passing("!orders ~(ing|tch)"), "ingest,watch");
    ck_assert_str_eq(passing("!orders ~(geo|kv_) !cache"), "tiles,watch");
    ck_assert_str_eq(passing("geo lag>1000"), "tiles");
    ck_assert_str_eq(passing("lag > 0 geo"), "tiles,cache");
    ck_assert_str_eq(passing("stream=ORDERS !audit lag>0"), "billing");
    ck_assert_str_eq(passing("!lag>1000 geo"), "cache");
    ck_assert_str_eq(passing("!max_ack_pending<300 geo"), "");
    ck_assert_str_eq(passing("ACK/s>1000 orders"), "audit,email");
    ck_assert_str_eq(passing("\"GEO / tiles\""), "tiles");
    ck_assert_str_eq(passing("\"tiles GEO\""), "");
    ck_assert_str_eq(passing("~(o r|GEO / t)"), "tiles");
}
END_TEST

/* Never rows that were not asked for without a word about it. */
START_TEST(what_is_no_filter_is_said) {
    static const struct {
        const char *typed, *fault;
    } cases[] = {
        {"foo>1", "there is no column foo; a text with signs stands in quotes"},
        {"geo foo > 1", "there is no column foo; a text with signs stands in quotes"},
        {"a=b", "there is no column a; a text with signs stands in quotes"},
        {"\"a=b\"", ""},
        {"leadr=n1", "there is no column leadr; did you mean leader?"},
        {"lag>1 or geo", "`geo` is no quantity"},
        {"lag>0 and geo", "`geo` is no quantity"},
        {"lag>1 and foo>2", "`foo` is no quantity"},
        {"geo or orders", "`or` stands between comparisons: name~this or name~that"},
        {"not geo", "`not` stands before a comparison; a word is left out by !word"},
        {"or", ""},
        {"geo and orders", ""},
        {"1<2", "this comparison names no column"},
        {"lag>", "a quantity, a number or \"text\" is expected at the end"},
        {"lag > 10s geo", "`lag` (messages) does not go with `10s` (time span)"},
        {"lag>5,geo", "`,` is not expected here: join comparisons with `and` or `or`"},
        {"= geo", "a quantity, a number or \"text\" is expected before `=`"},
        {"geo ~(a)\\1", "back references are not supported"},
        {"!", "a text is expected behind `!`"},
        {"geo ! ", "a text is expected behind `!`"},
        {"!\"\"", "a text is expected behind `!`"},
        {"~", "a text is expected behind `~`"},
        {"~ geo", "a text is expected behind `~`"},
        {"!~", "a text is expected behind `~`"},
        {"!!geo", "`!` stands once before a word; a text with signs in quotes"},
        {"! !lag>1", "`!` stands once before a word; a text with signs in quotes"},
        {"!\"!geo\"", ""},
        {"state=nobody", "there is no state nobody; did you mean nobody_bound?"},
        {"state=nobody pulling", "there is no state nobody; did you mean nobody_pulling?"},
        {"state=ack window", "there is no state ack; did you mean ack_window_full?"},
        {"geo state!=stalled_ack", "there is no state stalled_ack; did you mean stalled_acks?"},
        {"lag>1 and stalled_ack=state", "`stalled_ack` is no quantity"},
        {"leadership=contestd", "there is no leadership contestd; did you mean contested?"},
        {"kind=pul", "there is no kind pul; did you mean pull?"},
        {"state=\"nobody pulling\"", ""},
        {"ephemeral=maybe", "ephemeral is yes or no, not maybe"},
        {"paused=2", "paused is yes or no, not 2"},
        {"paused=No", ""},
        {"paused=true", ""},
        {"ack_policy=explict", "there is no ack_policy explict; did you mean explicit?"},
        {"ack_policy=Explicit", ""},
        {"kind=5", "there is no kind 5; there are pull, push"},
        {"state~nonsense", ""},
        {"leader=nonsense", ""},
        {"geo !=", "there is no column geo; a text with signs stands in quotes"},
        {"a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f g h", "more than 32 words"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *said = fault(cases[i].typed);
        ck_assert_msg(strcmp(said, cases[i].fault) == 0, "%s: %s", cases[i].typed, said);
        if (*said)
            ck_assert_str_eq(passing(cases[i].typed), passing(""));
    }
}
END_TEST

static bool is_word_of(enum quantity q, const char *text) {
    const char *word;
    for (int n = 0; (word = quantity_word(q, n)); n++)
        if (strcmp(word, text) == 0)
            return true;
    return false;
}

/* Of no scene a word that a filter would refuse. */
START_TEST(what_is_shown_may_be_asked_for) {
    static void (*const scenes[])(struct world *) = {
        world_states,   world_kinds,   world_stale,   world_minority, world_deleted, world_failing,
        world_listened, world_alerted, world_unheard, world_pooled,   world_accounts};
    struct world w;
    int seen = 0;
    scenes[_i](&w);
    for (int q = 0; q < QUANTITY_COUNT; q++) {
        size_t count;
        const struct object *const *all = model_objects(w.model, quantities[q].kind, &count);
        for (size_t i = 0; i < count; i++) {
            struct value v = quantity_get(w.model, all[i], (enum quantity)q);
            bool truth = quantity_is_truth((enum quantity)q), words = quantity_word((enum quantity)q, 0);
            ck_assert_msg(v.type == VALUE_UNKNOWN || (v.type == VALUE_BOOL) == truth, "%s",
                          quantities[q].name);
            if (v.type != VALUE_TEXT || !words || quantity_says_more((enum quantity)q))
                continue;
            ck_assert_msg(is_word_of((enum quantity)q, v.text), "%s: %s", quantities[q].name, v.text);
            seen++;
        }
    }
    ck_assert_int_ge(seen, 3);
    world_finish(&w);
}
END_TEST

START_TEST(where_none_is_near_all_are_named) {
    static const char *const typed[] = {"state=nonsense", "geo state=paused or state=\"no such\""};
    const char *word;
    for (size_t i = 0; i < 2; i++) {
        const char *said = fault(typed[i]);
        ck_assert_msg(strncmp(said, "there is no state no", 20) == 0, "%s", said);
        for (int n = 0; (word = quantity_word(Q_CONSUMER_state, n)); n++)
            ck_assert_msg(strstr(said, word) != NULL, "%s: %s", word, said);
    }
    ck_assert_str_eq(fault("kind=x"), "there is no kind x; there are pull, push");
}
END_TEST

START_TEST(in_a_view) {
    struct frame f;
    frame_open(&f, &world, "jetstream");
    f.context.filter = "lag>1000";
    char *text = frame_text(&f, 120, 40, true);
    ck_assert_ptr_nonnull(strstr(text, "ORDERS / billing"));
    ck_assert_ptr_null(strstr(text, "EDGE / ingest"));
    free(text);
    f.context.filter = "no such thing";
    text = frame_text(&f, 120, 40, true);
    ck_assert_ptr_nonnull(strstr(text, "nothing passes the filter"));
    free(text);
    ck_assert_ptr_nonnull(f.view->check_filter(f.state, "lag>"));
    ck_assert_ptr_null(f.view->check_filter(f.state, "lag>1"));
    frame_close(&f);
}
END_TEST

START_TEST(faults_only) {
    struct frame f;
    frame_open(&f, &world, "jetstream");
    f.context.faults_only = true;
    char *text = frame_text(&f, 120, 40, true);
    ck_assert_ptr_nonnull(strstr(text, "ORDERS / billing"));
    ck_assert_ptr_nonnull(strstr(text, "ORDERS / audit"));
    ck_assert_ptr_null(strstr(text, "GEO / tiles"));
    free(text);
    frame_close(&f);
}
END_TEST

static void setup(void) {
    world_busy(&world);
}

static void teardown(void) {
    world_finish(&world);
}

int main(void) {
    Suite *suite = suite_create("views filter");
    TCase *tc = tcase_create("filter");
    tcase_set_timeout(tc, 60);
    tcase_add_unchecked_fixture(tc, setup, teardown);
    tcase_add_test(tc, plain);
    tcase_add_test(tc, how_fast_a_counter_grows);
    tcase_add_test(tc, inverse);
    tcase_add_test(tc, what_is_called_by_what_it_is);
    tcase_add_test(tc, regex);
    tcase_add_test(tc, expression);
    tcase_add_test(tc, words_all_have_to_be_found);
    tcase_add_test(tc, what_is_no_filter_is_said);
    tcase_add_loop_test(tc, what_is_shown_may_be_asked_for, 0, 11);
    tcase_add_test(tc, where_none_is_near_all_are_named);
    tcase_add_test(tc, in_a_view);
    tcase_add_test(tc, faults_only);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
