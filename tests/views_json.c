/* The document that scripts lean on: names, types, exactness, absence. */
#include <check.h>

#include "tests/harness/suite.h"
#include "tests/views/world_parts.h"
#include "tests/views_frame.h"
#include "views/alert_members.h"
#include "views/json.h"
#include "views/print.h"

static struct world world;

static json_t *find(json_t *document, const char *kind, const char *key, const char *name) {
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(document, kind), i, one) {
        const char *text = json_string_value(json_object_get(one, key));
        if (text && strcmp(text, name) == 0)
            return one;
    }
    ck_abort_msg("no %s with %s %s", kind, key, name);
    return NULL;
}

static void has_all(json_t *object, const char *names) {
    char copy[600], *rest = copy;
    snprintf(copy, sizeof(copy), "%s", names);
    for (char *name; (name = strsep(&rest, " ")) != NULL;)
        ck_assert_msg(json_object_get(object, name) != NULL, "%s is missing", name);
}

START_TEST(names_of_scripts) {
    json_t *d = document_json(world.model, NULL);
    ck_assert_int_eq(json_integer_value(json_object_get(d, "schema")), 1);
    ck_assert_str_eq(json_string_value(json_object_get(d, "taken")), "2026-11-21T02:41:07.000Z");
    has_all(d, "clusters servers connections streams consumers alerts events");
    ck_assert_ptr_null(json_object_get(d, "routes"));
    static const char always[] = "sampled_at age_ms freshness estimated";
    json_t *server = find(d, "servers", "name", "n1-lon");
    has_all(server,
            "name id url version state connections cpu mem in_msgs_per_s out_msgs_per_s in_bytes_per_s "
            "out_bytes_per_s in_client_msgs_per_s out_client_msgs_per_s slow_consumers");
    has_all(server, always);
    ck_assert_str_eq(json_string_value(json_object_get(server, "state")), "up");
    ck_assert_str_eq(json_string_value(json_object_get(server, "freshness")), "live");
    ck_assert_str_eq(json_string_value(json_object_get(server, "sampled_at")), "2026-11-21T02:41:07.000Z");
    ck_assert_int_eq(json_integer_value(json_object_get(server, "connections")), 334);
    ck_assert(json_is_real(json_object_get(server, "in_msgs_per_s")));
    json_t *connection = find(d, "connections", "name", "billing-7");
    has_all(connection, "server cid name account pending_bytes in_msgs_per_s out_msgs_per_s");
    has_all(connection, always);
    ck_assert_int_eq(json_integer_value(json_object_get(connection, "cid")), 4711);
    ck_assert_double_eq_tol(json_real_value(json_object_get(connection, "out_msgs_per_s")), 4100, 1);
    ck_assert_double_eq_tol(json_real_value(json_object_get(connection, "idle")), 0.04, 0.001); /* seconds */
    json_t *stream = find(d, "streams", "name", "ORDERS");
    has_all(stream, "account name leader messages bytes last_seq in_msgs_per_s");
    has_all(stream, always);
    ck_assert_str_eq(json_string_value(json_object_get(stream, "leader")), "n2-lon");
    json_t *consumer = find(d, "consumers", "name", "billing");
    has_all(consumer,
            "account stream name leader lag pending ack_pending redelivered delivered_per_s acked_per_s");
    has_all(consumer, always);
    ck_assert_ptr_null(json_object_get(consumer, "path")); /* for the screen alone */
    json_t *unlimited = find(d, "consumers", "name", "watch");
    ck_assert_ptr_null(json_object_get(unlimited, "max_ack_pending")); /* absent, not -1 */
    json_decref(d);
}
END_TEST

START_TEST(unknown_is_absent) {
    struct world w;
    world_init(&w);
    w.jetstream = false;
    world_run(&w, 1);
    json_t *d = document_json(w.model, NULL);
    json_t *server = find(d, "servers", "name", "n2-lon");
    ck_assert_ptr_null(json_object_get(server, "in_msgs_per_s")); /* one sample makes no rate */
    ck_assert_ptr_null(json_object_get(server, "js_storage"));
    ck_assert_uint_eq(json_array_size(json_object_get(d, "streams")), 0);
    json_decref(d);
    world_finish(&w);
}
END_TEST

START_TEST(stale_says_so) {
    struct world w;
    world_stale(&w);
    json_t *d = document_json(w.model, NULL);
    json_t *down = find(d, "servers", "name", "n2-lon");
    ck_assert_str_eq(json_string_value(json_object_get(down, "state")), "down");
    ck_assert_str_eq(json_string_value(json_object_get(down, "freshness")), "gone");
    ck_assert_int_eq(json_integer_value(json_object_get(down, "age_ms")), 44000);
    json_decref(d);
    world_finish(&w);
}
END_TEST

static char *at_least_of(const json_t *cluster) {
    return json_dumps(json_object_get(cluster, "at_least"), JSON_COMPACT);
}

/* One of three servers was never heard: what it has is in no sum. Nobody has watched for an hour. */
START_TEST(partial_sums_say_so) {
    struct world partial;
    world_partial(&partial);
    json_t *d = document_json(partial.model, NULL),
           *cluster = json_array_get(json_object_get(d, "clusters"), 0);
    ck_assert_int_eq(json_integer_value(json_object_get(cluster, "js_heard")), 2);
    ck_assert_int_eq(json_integer_value(json_object_get(cluster, "consumers")), 4);
    char *text = at_least_of(cluster);
    ck_assert_str_eq(text, "[\"lag\",\"cut_10m\",\"meta_leader_changes\",\"streams\",\"consumers\"]");
    free(text);
    json_decref(d);
    world_finish(&partial);
    d = document_json(world.model, NULL);
    cluster = json_array_get(json_object_get(d, "clusters"), 0);
    ck_assert_int_eq(json_integer_value(json_object_get(cluster, "js_heard")), 3);
    text = at_least_of(cluster);
    ck_assert_str_eq(text, "[\"meta_leader_changes\"]");
    free(text);
    json_decref(d);
}
END_TEST

START_TEST(exact_integers) {
    struct world w;
    world_hostile(&w);
    char *text = document_write(w.model, NULL, false);
    ck_assert_ptr_nonnull(strstr(text, "\"cid\":18446744073709551615"));
    ck_assert_ptr_null(strstr(text, "\\u0001"));
    ck_assert_ptr_null(strchr(text, '\n'));
    for (const char *p = text; *p; p++)
        ck_assert_uint_ge((unsigned char)*p, 0x20);
    free(text);
    world_finish(&w);
}
END_TEST

static bool cut_of(struct cut *cut, char *message, size_t size, const char *a, const char *b) {
    const char *names[] = {a, b};
    return cut_parse(cut, names, b ? 2 : 1, message, size);
}

START_TEST(cuts) {
    struct cut cut;
    char message[300];
    ck_assert(cut_of(&cut, message, sizeof(message), "consumer.lag", "servers.cpu"));
    json_t *d = document_json(world.model, &(struct document_options){&cut});
    ck_assert_ptr_null(json_object_get(d, "connections"));
    ck_assert_ptr_null(json_object_get(d, "events"));
    json_t *one = json_array_get(json_object_get(d, "consumers"), 0);
    ck_assert_ptr_nonnull(json_object_get(one, "lag"));
    ck_assert_ptr_nonnull(json_object_get(one, "freshness"));
    has_all(one, "account stream name"); /* which one it is, asked for or not */
    ck_assert_ptr_null(json_object_get(one, "leader"));
    ck_assert_str_eq(json_string_value(json_object_get(find(d, "servers", "name", "n2-lon"), "name")),
                     "n2-lon");
    json_decref(d);
    ck_assert_uint_eq(cut_shapes(&cut) & (1u << SHAPE_JSZ), 1u << SHAPE_JSZ);
    ck_assert(cut_of(&cut, message, sizeof(message), "connections", NULL));
    ck_assert_uint_eq(cut_shapes(&cut), 1u << SHAPE_CONNZ_FULL);
    ck_assert(cut_of(&cut, message, sizeof(message), "event", "route"));
    ck_assert(cut_of(&cut, message, sizeof(message), "closed.reason", NULL));
    ck_assert_uint_eq(cut_shapes(&cut), 1u << SHAPE_CONNZ_CLOSED);
    d = document_json(world.model, &(struct document_options){&cut});
    ck_assert(json_is_array(json_object_get(d, "closed")));
    ck_assert_ptr_null(json_object_get(d, "connections"));
    json_decref(d);
}
END_TEST

START_TEST(wrong_names) {
    struct cut cut;
    char message[300];
    ck_assert(!cut_of(&cut, message, sizeof(message), "servrs", NULL));
    ck_assert_ptr_nonnull(strstr(message, "did you mean servers?"));
    ck_assert(!cut_of(&cut, message, sizeof(message), "consumer.lagg", NULL));
    ck_assert_ptr_nonnull(strstr(message, "did you mean consumer.lag?"));
    ck_assert(!cut_of(&cut, message, sizeof(message), "consumer.path", NULL));
    ck_assert(!cut_of(&cut, message, sizeof(message), "consumer.foo", NULL));
    ck_assert_str_eq(
        message,
        "consumer.foo: there is no such quantity; natsight print --json consumers shows their names");
    ck_assert(!cut_of(&cut, message, sizeof(message), "foo", NULL));
    ck_assert_str_eq(message, "foo: there is no such entity; there are clusters, servers, connections, "
                              "clients, visitors, streams, consumers, "
                              "replicas, sources, meta_peers, routes, gateways, leafs, costs, audiences, "
                              "subscriptions, apis, samplings, subjects, expectations, "
                              "closed, alerts, events");
    ck_assert(!cut_of(&cut, message, sizeof(message), "alert.figure", NULL));
    ck_assert_str_eq(message, "alert.figure: of alerts there are no single quantities; natsight print alerts "
                              "prints them whole");
    ck_assert(!cut_of(&cut, message, sizeof(message), "", NULL));
    ck_assert_ptr_null(strchr(message, '\n'));
}
END_TEST

START_TEST(as_tables) {
    struct cut cut;
    char message[300];
    struct buffer out = {0};
    const char *names[] = {"consumer.lag", "events"};
    ck_assert(cut_parse(&cut, names, 2, message, sizeof(message)));
    print_tables(world.model, &cut, &out);
    const char *text = buffer_text(&out);
    ck_assert_int_eq(strncmp(text, "consumers\ncluster    account  stream  name     ", 47), 0);
    ck_assert_ptr_nonnull(strstr(text, "\nnats-prod  $G       ORDERS  billing  "));
    ck_assert_ptr_nonnull(strstr(text, "\n\nevents\n"));
    buffer_finish(&out);
    print_tables(world.model, NULL, &out);
    ck_assert_ptr_nonnull(strstr(buffer_text(&out), "\nservers\n"));
    buffer_finish(&out);
}
END_TEST

/* What is open, what somebody is on, what forms and what ended: as check and hooks say it. */
START_TEST(alerts_are_in_the_words_of_hooks) {
    struct world w;
    world_alerted(&w);
    uint64_t number = 0;
    for (size_t i = 0; i < model_alert_count(w.model); i++)
        if (strcmp(model_alert(w.model, i)->name, "ORDERS/audit") == 0)
            number = model_alert(w.model, i)->number;
    ck_assert(model_alert_ack(w.model, number, "alice", "on it"));
    json_t *d = document_json(w.model, NULL), *all = json_object_get(d, "alerts");
    ck_assert_uint_eq(json_array_size(all), model_alert_count(w.model));
    json_t *open = find(d, "alerts", "name", "ORDERS/billing");
    has_all(open, "alert rule tag entity text figure limit first_sign opened times");
    ck_assert_str_eq(json_string_value(json_object_get(open, "state")), "open");
    ck_assert_str_eq(json_string_value(json_object_get(open, "severity")), "critical");
    ck_assert_ptr_null(json_object_get(open, "due"));
    json_t *acked = find(d, "alerts", "name", "ORDERS/audit");
    ck_assert_str_eq(json_string_value(json_object_get(acked, "acked_by")), "alice");
    ck_assert_str_eq(json_string_value(json_object_get(acked, "note")), "on it");
    json_t *ended = find(d, "alerts", "state", "cleared");
    ck_assert_str_eq(json_string_value(json_object_get(ended, "name")), "n3-ams");
    has_all(ended, "ended came");
    json_decref(d);
    world_finish(&w);
}
END_TEST

START_TEST(what_forms_says_when_it_opens) {
    struct world w;
    world_stale(&w);
    const struct alert *alert = model_alert(w.model, 0);
    ck_assert_int_gt((int)model_alert_count(w.model), 0);
    struct alert forming = *alert;
    forming.state = ALERT_PENDING;
    forming.due_utc_ns = world_utc(&w) + 5 * NS_PER_S;
    json_t *json = alert_members_json(&forming);
    has_all(json, "due");
    json_decref(json);
    forming.state = ALERT_OPEN;
    json = alert_members_json(&forming);
    ck_assert_ptr_null(json_object_get(json, "due"));
    json_decref(json);
    world_finish(&w);
}
END_TEST

START_TEST(alerts_as_a_table) {
    struct world w;
    struct cut cut;
    char message[300];
    struct buffer out = {0};
    world_alerted(&w);
    ck_assert(cut_of(&cut, message, sizeof(message), "alerts", NULL));
    print_tables(w.model, &cut, &out);
    const char *text = buffer_text(&out), *late = strstr(text, "ORDERS/billing "),
               *over = strstr(text, "  cleared ");
    ck_assert_int_eq(strncmp(text, "alerts\n  opened  state ", 23), 0);
    ck_assert(late && over && late < over);
    const struct alert *worst = model_alert(w.model, 0);
    ck_assert_uint_gt(strlen(worst->text), 60); /* a sentence is printed whole */
    ck_assert_ptr_nonnull(strstr(text, worst->text));
    buffer_finish(&out);
    print_tables(world.model, &cut, &out);
    ck_assert_uint_eq(strncmp(buffer_text(&out), "alerts\n", 7), 0);
    buffer_finish(&out);
    world_finish(&w);
}
END_TEST

/* For who reads it as a whole list. */
START_TEST(it_is_said_what_tables_lack) {
    struct world w;
    struct cut closed, servers;
    char message[300];
    struct buffer out = {0};
    const char *names[] = {"closed", "servers"};
    ck_assert(cut_parse(&closed, names, 1, message, sizeof(message)));
    ck_assert(cut_parse(&servers, names + 1, 1, message, sizeof(message)));
    world_cut_again(&w);
    print_lacks(w.model, &closed, &out);
    ck_assert_str_eq(buffer_text(&out), "");
    struct sample *s = world_sample(&w, 1, SHAPE_CONNZ_CLOSED);
    world_u(world_answer(&w, s, 1), F_ANSWER_total, 9017);
    world_send(&w, s);
    print_lacks(w.model, &closed, &out);
    ck_assert_str_eq(buffer_text(&out), "closed: n2-lon lists 9,000 more that are not here\n");
    buffer_finish(&out);
    print_lacks(w.model, &servers, &out);
    ck_assert_str_eq(buffer_text(&out), "");
    buffer_finish(&out);
    world_finish(&w);
}
END_TEST

START_TEST(tables_are_in_the_order_asked_for) {
    struct cut cut;
    char message[300];
    struct buffer out = {0};
    const char *names[] = {"consumer.leadership", "server.mem", "consumer.lag", "consumer.leadership",
                           "server.cpu"};
    ck_assert(cut_parse(&cut, names, 5, message, sizeof(message)));
    print_tables(world.model, &cut, &out);
    ck_assert_int_eq(strncmp(buffer_text(&out), "consumers\n", 10), 0);
    const char *heads = buffer_text(&out) + 10, *servers = strstr(heads, "\nservers\n");
    ck_assert_ptr_nonnull(servers);
    const char *state = strstr(heads, " leadership "), *lag = strstr(heads, " lag\n");
    ck_assert(state != NULL && strstr(heads, "name ") < state && state < lag && lag < servers);
    const char *mem = strstr(servers, " mem "), *cpu = strstr(servers, " cpu\n");
    ck_assert(mem != NULL && mem < cpu);
    buffer_finish(&out);
}
END_TEST

static void setup(void) {
    world_busy(&world);
}

static void teardown(void) {
    world_finish(&world);
}

/* Servers, streams and consumers of two clusters may be called alike: rows are told apart, and joined. */
START_TEST(every_row_says_its_cluster) {
    static const char *const kinds[] = {"servers", "connections", "streams", "consumers", "routes"};
    struct world twins;
    struct cut cut;
    char message[200];
    int east = 0, west = 0;
    world_twins(&twins);
    ck_assert(cut_parse(&cut, (const char *[]){"servers", "connections", "streams", "consumer.lag", "routes"},
                        5, message, sizeof(message)));
    json_t *d = document_json(twins.model, &(struct document_options){.cut = &cut});
    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        size_t i;
        json_t *one;
        json_array_foreach(json_object_get(d, kinds[k]), i, one) {
            const char *cluster = json_string_value(json_object_get(one, "cluster"));
            ck_assert_msg(cluster != NULL, "one of %s has no cluster", kinds[k]);
            east += strcmp(cluster, "east") == 0;
            west += strcmp(cluster, "west") == 0;
            if (json_object_get(one, "cid") && json_integer_value(json_object_get(one, "cid")) == 250)
                ck_assert_str_eq(cluster, "west");
        }
    }
    ck_assert_int_eq(east, 1 + 2 + 1 + 2); /* n1, its clients, EDGE, two consumers */
    ck_assert_int_eq(west, 2 + 3 + 2 + 1);
    json_decref(d);
    world_finish(&twins);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("views json");
    TCase *tc = tcase_create("document");
    tcase_set_timeout(tc, 60);
    tcase_add_unchecked_fixture(tc, setup, teardown);
    tcase_add_test(tc, names_of_scripts);
    tcase_add_test(tc, every_row_says_its_cluster);
    tcase_add_test(tc, unknown_is_absent);
    tcase_add_test(tc, stale_says_so);
    tcase_add_test(tc, exact_integers);
    tcase_add_test(tc, partial_sums_say_so);
    tcase_add_test(tc, cuts);
    tcase_add_test(tc, wrong_names);
    tcase_add_test(tc, as_tables);
    tcase_add_test(tc, alerts_are_in_the_words_of_hooks);
    tcase_add_test(tc, what_forms_says_when_it_opens);
    tcase_add_test(tc, alerts_as_a_table);
    tcase_add_test(tc, it_is_said_what_tables_lack);
    tcase_add_test(tc, tables_are_in_the_order_asked_for);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
