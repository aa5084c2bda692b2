/* A cluster in the middle of an upgrade: servers of two versions, of which one may count its clients apart
 * and the other may not. Needs a second binary in $NATS_SERVER_OTHER. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/kept.h"
#include "tests/harness/natsc.h"
#include "tests/harness/servers.h"
#include "tests/harness/shown.h"
#include "tests/harness/suite.h"
#include "tests/harness/tally.h"

#define NS INT64_C(1000000000)

enum { NODES = 3, OTHER = 1, RATE = 1000, SIZE = 128, MS = 10000 };

static struct servers *cluster;
static struct natsc *publisher, *subscribers[NODES];
static struct kept kept;
static struct tally generated;
static int64_t load_from, load_to;
static char versions[NODES][32];
static bool client_only[NODES]; /* this one counts clients apart */

static void look_at(int node) {
    json_t *answer = kept_truth(cluster->node[node].http, "/varz");
    snprintf(versions[node], sizeof versions[node], "%s", doc_text(answer, "version"));
    client_only[node] = json_object_get(answer, "in_client_msgs") != NULL;
    json_decref(answer);
}

static void connect_all(void) {
    publisher = natsc_connect(cluster->node[0].url,
                              &(struct natsc_options){.name = "the publisher", .no_echo = true}, MS);
    ck_assert_ptr_nonnull(publisher);
    for (int i = 0; i < NODES; i++) {
        subscribers[i] = natsc_connect(cluster->node[i].url, &(struct natsc_options){.name = "reader"}, MS);
        ck_assert(subscribers[i] && natsc_subscribe(subscribers[i], "load", NULL) &&
                  natsc_flush(subscribers[i], MS));
    }
}

static void load(double seconds) {
    struct natsc_message message;
    load_from = doc_utc_ns();
    tally_add(&generated, load_from, 0);
    while (doc_utc_ns() < load_from + (int64_t)(seconds * 1e9)) {
        tally_publish(&generated, load_from, publisher, "load", SIZE, RATE);
        for (int i = 0; i < NODES; i++)
            while (natsc_next(subscribers[i], &message, 0))
                ;
        kept_more(&kept, 2);
    }
    load_to = generated.points[generated.n - 1].at_ns;
    ck_assert(natsc_flush(publisher, MS));
}

static void live_through(void) {
    cluster = servers_start(&(struct servers_options){.nodes = NODES, .other = 1u << OTHER});
    ck_assert_ptr_nonnull(cluster);
    for (int i = 0; i < NODES; i++)
        look_at(i);
    connect_all();
    const char *arguments[] = {
        "--for", "1s", "--", cluster->node[0].http, cluster->node[1].http, cluster->node[2].http, NULL};
    ck_assert(documents_open(&kept.documents, "", arguments));
    load(10);
}

static void end(void) {
    documents_close(&kept.documents);
    servers_end(cluster);
}

START_TEST(each_has_its_version) {
    ck_assert_str_ne(versions[0], versions[OTHER]);
    for (int i = 0; i < NODES; i++)
        ck_assert_str_eq(
            doc_text(doc_find(kept_last(&kept), "servers", "name", cluster->node[i].name), "version"),
            versions[i]);
}
END_TEST

static void assert_rate(const char *list, const char *name, const char *rate, double fan) {
    int64_t from, to;
    double value = kept_rate(&kept, list, name, rate, load_from, load_to, &from, &to);
    double truth = tally_rate(&generated, from, to) * fan;
    ck_assert_msg(fabs(value - truth) <= RATE * tally_off(&generated, from, to),
                  "%s of %s: shown %.2f, true %.2f", rate, name, value, truth);
}

/* Each by what it can tell: its own counters, or all traffic less that of its routes. */
START_TEST(client_rates_are_those_of_the_clients) {
    for (int i = 0; i < NODES; i++) {
        const char *name = cluster->node[i].name;
        assert_rate("servers", name, "in_client_msgs_per_s", i == 0 ? 1 : 0);
        assert_rate("servers", name, "out_client_msgs_per_s", 1);
        for (int k = 0; k < kept.n; k++) {
            json_t *one = doc_find(kept.list[k].document, "servers", "name", name);
            if (!isnan(doc_number(one, "out_client_msgs_per_s")))
                ck_assert_int_eq(doc_is_estimated(one, "out_client_msgs_per_s"), !client_only[i]);
        }
    }
}
END_TEST

static void assert_total(const char *rate, double fan) {
    int64_t from, to;
    double value = kept_cluster_rate(&kept, cluster->node[0].name, rate, load_from, load_to, &from, &to);
    double truth = tally_rate(&generated, from, to) * fan;
    ck_assert_msg(fabs(value - truth) <= truth * tally_off(&generated, from, to), "%s: shown %.2f, true %.2f",
                  rate, value, truth);
}

/* A sum of which a part is estimated is an estimate. */
START_TEST(the_total_is_right_and_marked) {
    bool estimated = false;
    for (int i = 0; i < NODES; i++)
        estimated |= !client_only[i];
    for (int k = 0; k < kept.n; k++) {
        int64_t at = doc_instant(kept.list[k].document, "taken");
        json_t *one = json_array_get(json_object_get(kept.list[k].document, "clusters"), 0);
        if (at < load_from + 5 * NS || at > load_to)
            continue;
        ck_assert_msg(!isnan(doc_number(one, "in_client_msgs_per_s")), "no total in %s",
                      doc_text(kept.list[k].document, "taken"));
        ck_assert_int_eq(doc_is_estimated(one, "in_client_msgs_per_s"), estimated);
    }
    assert_total("in_client_msgs_per_s", 1);
    assert_total("out_client_msgs_per_s", NODES);
}
END_TEST

/* On the screen: every version in its row, the head says that they differ. */
START_TEST(the_screen_names_both) {
    const char *arguments[] = {cluster->node[0].http, cluster->node[1].http, cluster->node[2].http, NULL};
    struct terminal *t = shown_open(arguments, &(struct terminal_options){.rows = 40, .cols = 120});
    for (int i = 0; i < NODES; i++) {
        char row[120];
        snprintf(row, sizeof row, "\\. %s +%s ", cluster->node[i].name, versions[i]);
        shown_wait(t, row);
    }
    shown_wait(t, "3/3 up");
    ck_assert_int_lt(terminal_find(t, "all 2.", NULL), 0);
    shown_quit(t);
}
END_TEST

int main(void) {
    const char *other = getenv("NATS_SERVER_OTHER");
    Suite *suite = suite_create("mixed");
    TCase *tc = tcase_create("two versions");
    tcase_set_timeout(tc, 60);
    if (other && *other) {
        tcase_add_unchecked_fixture(tc, live_through, end);
        tcase_add_test(tc, each_has_its_version);
        tcase_add_test(tc, client_rates_are_those_of_the_clients);
        tcase_add_test(tc, the_total_is_right_and_marked);
        tcase_add_test(tc, the_screen_names_both);
    } else {
        puts(
            "skipped: no NATS_SERVER_OTHER names a server of another version: mixed clusters are not tested");
    }
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
