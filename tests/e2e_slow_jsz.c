/* A /jsz that takes 4 s, of one node of a real cluster under load. No real server can be told to take that
 * long, so a stand-in (harness/late.h) keeps its real answers back.
 *
 * The node stays up and current, its consumers have their own leader's figures, no follower's word stands in
 * for them meanwhile, and the node is asked less often, which is said. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/e2e/held.h"
#include "tests/harness/document.h"
#include "tests/harness/jetstream.h"
#include "tests/harness/kept.h"
#include "tests/harness/late.h"
#include "tests/harness/suite.h"
#include "tests/harness/tally.h"

#define NS INT64_C(1000000000)

enum { NODES = 3, CONSUMERS = 3, RATE = 200, LATE_MS = 4000, MS = 20000 };

static struct held held;
static struct late *late;
static struct natsc *publisher;
static struct kept kept;
static struct tally stored;
static int64_t begun;
static int slow, its, others; /* a node; a consumer that it leads, one that it does not lead */
static bool is_seldom_asked;

static int consumer_led(bool by_slow) {
    for (int i = 0; i < CONSUMERS; i++)
        if ((held_leader(&held, "HELD", held_name(&held, i)) == slow) == by_slow)
            return i;
    return -1;
}

/* The slow one leads the stream and one consumer at least, and not all of them. */
static void choose(void) {
    int64_t deadline = servers_now_ms() + MS;
    slow = held_leader(&held, "HELD", NULL);
    while ((its = consumer_led(true)) < 0 || (others = consumer_led(false)) < 0) {
        ck_assert_int_le(servers_now_ms(), deadline);
        jetstream_step_down(held.line, "HELD", held_name(&held, 0));
    }
}

/* ---- while it goes on ---- */

static void meanwhile(int turn) {
    tally_publish(&stored, begun, publisher, "held.load", 64, RATE);
    if (turn % 50 == 0)
        held_ask(&held, turn / 50 % CONSUMERS);
}

static json_t *node_in(json_t *document) {
    return doc_find(document, "servers", "name", held.cluster->node[slow].name);
}

static json_t *cost_in(json_t *document) {
    size_t i;
    json_t *cost, *found = NULL;
    json_array_foreach(json_object_get(document, "costs"), i, cost) {
        if (strcmp(doc_text(cost, "server"), held.cluster->node[slow].name) == 0 &&
            strcmp(doc_text(cost, "endpoint"), "jsz") == 0)
            found = cost;
    }
    return found;
}

/* What the slow one leads is there, and it was asked again where that is not seldom. */
static bool has_come(json_t *document, void *unused) {
    (void)unused;
    return strcmp(doc_text(held_consumer(&held, document, its), "freshness"), "live") == 0 &&
           strcmp(doc_text(held_stream(document, "HELD"), "freshness"), "live") == 0 &&
           doc_number(cost_in(document), "requests") >= (is_seldom_asked ? 1 : 2) &&
           doc_number(cost_in(document), "last") > 0;
}

static void live_through(void) {
    held_begin(&held, &(struct servers_options){.nodes = NODES, .jetstream = true});
    publisher = natsc_connect(held.cluster->node[0].url, NULL, MS);
    ck_assert_ptr_nonnull(publisher);
    const char *seldom = held_seldom_asked(&held);
    if ((is_seldom_asked = seldom != NULL))
        printf("skipped: %s is asked every 10 s anyway, its second slow answer is not waited for\n", seldom);
    held_make(&held, CONSUMERS, false);
    choose();
    ck_assert_ptr_nonnull(late = late_start(held.cluster->node[slow].monitor_port, "/jsz", LATE_MS));
    begun = doc_utc_ns();
    tally_add(&stored, begun, 0);
    const char *arguments[] = {"--every",
                               "jsz=1s",
                               "--for",
                               "500ms",
                               "--",
                               late_url(late),
                               held.cluster->node[(slow + 1) % NODES].http,
                               held.cluster->node[(slow + 2) % NODES].http,
                               NULL};
    ck_assert(documents_open(&kept.documents, "clusters servers streams consumers costs", arguments));
    kept_until(&kept, has_come, NULL, meanwhile, "with what the slow one leads");
    for (int i = 0; i < CONSUMERS; i++)
        held_ask(&held, i);
    ck_assert_int_ge(late_answers(late), 1);
    for (int k = 0; k < kept.n; k++)
        held_look(&held, kept.list[k].document);
}

static void end(void) {
    documents_close(&kept.documents);
    natsc_close(publisher);
    late_end(late);
    held_end(&held);
}

/* ---- what is true of it ---- */

START_TEST(no_figure_is_a_followers) {
    held_shown_as_told(&held, _i);
}
END_TEST

/* Until its answer has come nothing is known of what it leads; what others lead is there all the time. */
START_TEST(what_is_not_told_yet_is_unknown) {
    int unknown = 0, others_live = 0;
    for (int k = 0; k < kept.n; k++) {
        json_t *document = kept.list[k].document, *row = held_consumer(&held, document, its);
        json_t *one = json_array_get(json_object_get(document, "clusters"), 0);
        if (!row || !isnan(doc_number(row, "pending")))
            continue;
        unknown++;
        ck_assert_str_ne(doc_text(row, "freshness"), "live");
        ck_assert(isnan(doc_number(row, "lag")) && isnan(doc_number(row, "ack_pending")));
        ck_assert_str_ne(doc_text(row, "state"), "idle");
        ck_assert_str_ne(doc_text(row, "state"), "keeping_up");
        ck_assert(isnan(doc_number(one, "lag"))); /* not the sum of some */
        others_live += strcmp(doc_text(held_consumer(&held, document, others), "freshness"), "live") == 0;
    }
    ck_assert_int_ge(unknown, 2);
    ck_assert_int_ge(2 * others_live, unknown);
}
END_TEST

/* The light requests go on beside it. */
START_TEST(the_server_is_up_all_the_time) {
    int64_t last = 0;
    int newer = 0;
    for (int k = 1; k < kept.n; k++) {
        json_t *node = node_in(kept.list[k].document);
        int64_t sampled = doc_instant(node, "sampled_at");
        ck_assert_str_eq(doc_text(node, "state"), "up");
        newer += sampled > last;
        last = sampled;
    }
    ck_assert_int_ge(newer, LATE_MS / 1000);
}
END_TEST

/* They are from between the question and the answer. */
START_TEST(figures_are_not_newer_than_said) {
    int looked = 0;
    int64_t took = late_longest_ms(late) * (NS / 1000) + NS / 2;
    for (int k = 0; k < kept.n; k++) {
        json_t *stream = held_stream(kept.list[k].document, "HELD");
        double least, most, seq = doc_number(stream, "last_seq") - held.made_seq;
        int64_t at = doc_instant(stream, "sampled_at");
        if (!(seq >= 0) || at < begun)
            continue;
        tally_range(&stored, at - took, at, &least, &most);
        ck_assert_msg(seq >= least && seq <= most, "shown %g as of %s, stored %g to %g", seq,
                      doc_text(stream, "sampled_at"), least, most);
        looked++;
    }
    ck_assert_int_ge(looked, 1);
}
END_TEST

/* Once is none: the second answer decides. */
START_TEST(it_is_asked_less_often_and_that_is_said) {
    json_t *cost = cost_in(kept_last(&kept));
    ck_assert_double_ge(doc_number(cost, "last"), 0.99 * LATE_MS / 1000);
    ck_assert_double_le(doc_number(cost, "last"), late_longest_ms(late) / 1000.0 + 2);
    if (is_seldom_asked)
        return;
    ck_assert_str_eq(doc_text(cost, "why"), "stretched: 5 % bound");
    ck_assert_double_ge(doc_number(cost, "interval"), 0.9 * 20 * LATE_MS / 1000);
    ck_assert_double_eq(doc_number(cost, "requests"), 2);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("slow jsz");
    TCase *tc = tcase_create("one cluster");
    tcase_set_timeout(tc, 90);
    tcase_add_unchecked_fixture(tc, live_through, end);
    tcase_add_loop_test(tc, no_figure_is_a_followers, 0, CONSUMERS);
    tcase_add_test(tc, what_is_not_told_yet_is_unknown);
    tcase_add_test(tc, the_server_is_up_all_the_time);
    tcase_add_test(tc, figures_are_not_newer_than_said);
    tcase_add_test(tc, it_is_asked_less_often_and_that_is_said);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
