/* What stands in a file of alerts: the same that the model had. */
#include <check.h>
#include <string.h>

#include "base/clock.h"
#include "outward/alert_document.h"
#include "outward/alert_join.h"
#include "tests/harness/suite.h"
#include "tests/outward/alert_folder.h"
#include "views/alert_members.h"

static struct alert_document document;
static struct model *model;
static char why[200];

static void begin(void) {
    model = model_create(&(struct model_options){0});
    document = (struct alert_document){0};
}

static void end(void) {
    alert_document_finish(&document);
    model_destroy(model);
}

static enum alert_document_state read_text(const char *text, size_t len) {
    alert_document_finish(&document);
    return alert_document_read(&document, text, len, why, sizeof why);
}

static int64_t time_of(const char *text) {
    int64_t utc_ns = 0;
    ck_assert(time_parse(text, strlen(text), &utc_ns));
    return utc_ns;
}

static void expect_open(const struct alert *a) {
    ck_assert_uint_eq(a->number, 12);
    ck_assert_int_eq(a->state, ALERT_OPEN);
    ck_assert_int_eq(a->severity, SEVERITY_CRIT);
    ck_assert_int_eq(a->worst, SEVERITY_CRIT);
    ck_assert_str_eq(a->rule, "consumer_growing");
    ck_assert_str_eq(a->tag, "LAG");
    ck_assert_str_eq(a->entity, "consumer");
    ck_assert_str_eq(a->cluster, "eu");
    ck_assert_str_eq(a->name, "ORDERS/billing");
    ck_assert_str_eq(a->text, "is behind");
    ck_assert_str_eq(a->figure, "61.2k");
    ck_assert_str_eq(a->peak, "91k");
    ck_assert_double_eq(a->peak_size, 91000.5);
    ck_assert_str_eq(a->worst_rule, "consumer_behind");
    ck_assert_str_eq(a->limit, "");
    ck_assert_int_eq(a->first_sign_utc_ns, time_of("2026-11-21T02:41:07.123Z"));
    ck_assert_int_eq(a->opened_utc_ns, time_of("2026-11-21T02:41:37Z"));
    ck_assert_int_eq(a->ended_utc_ns, 0);
    ck_assert_int_eq(a->times, 2);
    ck_assert_int_eq(a->came_count, 2);
    ck_assert_int_eq(a->came_utc_ns[0], time_of("2026-11-21T02:35:00Z"));
    ck_assert_int_eq(a->acked_utc_ns, time_of("2026-11-21T02:45:00Z"));
    ck_assert_int_eq(a->acked_severity, SEVERITY_CRIT);
    ck_assert_str_eq(a->acked_by, "ann");
    ck_assert_str_eq(a->note, "on it");
}

static void expect_ended(const struct alert *a) {
    ck_assert_uint_eq(a->number, 11);
    ck_assert_int_eq(a->state, ALERT_CLEARED);
    ck_assert_int_eq(a->severity, SEVERITY_WARN);
    ck_assert_str_eq(a->name, "n1");
    ck_assert_str_eq(a->figure, "-");
    ck_assert_int_eq(a->ended_utc_ns, time_of("2026-11-21T01:10:00Z"));
    ck_assert_int_eq(a->acked_utc_ns, 0);
}

static void expect_all(void) {
    ck_assert_uint_eq(document.alert_count, 2);
    expect_open(&document.alerts[0]);
    expect_ended(&document.alerts[1]);
    ck_assert_uint_eq(document.silence_count, 1);
    ck_assert_str_eq(document.silences[0].entity, "server");
    ck_assert_str_eq(document.silences[0].cluster, "");
    ck_assert_str_eq(document.silences[0].name, "n2");
    ck_assert_str_eq(document.silences[0].note, "moves house");
    ck_assert_int_eq(document.silences[0].until_utc_ns, time_of("2099-01-01T00:00:00Z"));
    ck_assert_uint_eq(document.stream_count, 1);
    ck_assert_str_eq(document.streams[0].name, "EVENTS");
    ck_assert_str_eq(document.streams[0].server, "n9");
    ck_assert_str_eq(document.streams[0].account, "A");
    ck_assert_str_eq(document.streams[0].cluster, "");
    ck_assert_str_eq(document.streams[0].domain, "hub");
}

/* Its figure is of before: whoever reads that has to know. */
START_TEST(what_is_old_is_said) {
    struct alert a = {.number = 1, .state = ALERT_OPEN, .severity = SEVERITY_WARN, .worst = SEVERITY_WARN},
                 read;
    const char **texts[] = {&a.rule,   &a.tag,        &a.entity, &a.cluster,      &a.name,       &a.text,
                            &a.client, &a.worst_text, &a.figure, &a.peak,         &a.limit,      &a.origin,
                            &a.ending, &a.acked_by,   &a.note,   &a.silence_note, &a.worst_rule, &a.address};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = "x";
    for (int old = 0; old < 2; old++) {
        json_t *json = json_object();
        a.old = a.sign_least = old;
        a.sign_utc_ns = old * 86400 * NS_PER_S;
        alert_members_add(json, &a);
        ck_assert_int_eq(json_is_true(json_object_get(json, "old")), old);
        ck_assert_msg(alert_members_read(json, &read, why, sizeof why), "%s", why);
        ck_assert_int_eq(read.old, old);
        ck_assert_str_eq(read.client, "x");
        ck_assert_int_eq(read.sign_utc_ns, a.sign_utc_ns);
        ck_assert_int_eq(read.sign_least, old);
        json_decref(json);
    }
}
END_TEST

START_TEST(what_is_read_is_what_stands_there) {
    ck_assert_int_eq(read_text(alert_folder_good, strlen(alert_folder_good)), ALERT_DOCUMENT_GOOD);
    expect_all();
}
END_TEST

START_TEST(what_a_model_took_is_written_again) {
    struct buffer text = {0};
    ck_assert_int_eq(read_text(alert_folder_good, strlen(alert_folder_good)), ALERT_DOCUMENT_GOOD);
    alert_join_first(model, &document);
    alert_document_write(model, "prod \"\x1b[31m", &text);
    ck_assert_int_eq(read_text(text.data, text.len), ALERT_DOCUMENT_GOOD);
    buffer_finish(&text);
    expect_all();
    ck_assert_str_eq(json_string_value(json_object_get(document.json, "cluster")), "prod \"\x1b[31m");
}
END_TEST

START_TEST(no_beginning_of_it_is_a_whole) {
    size_t len = strlen(alert_folder_good) - 1; /* the newline is for readers */
    ck_assert_int_eq(read_text(alert_folder_good, len), ALERT_DOCUMENT_GOOD);
    for (size_t i = 0; i < len; i++)
        ck_assert_int_eq(read_text(alert_folder_good, i), ALERT_DOCUMENT_BROKEN);
}
END_TEST

/* Somebody wrote it by hand. */
START_TEST(what_can_harm_is_cleaned) {
    static const char text[] =
        "{\"natsight_alerts\":1,\"alerts\":[{\"alert\":9223372036854775807,\"state\":\"open\",\"severity\":"
        "\"ok\","
        "\"worst\":\"unknown\",\"rule\":\"r\\u001b[31m\",\"tag\":\"T\\u202e\",\"entity\":\"server\","
        "\"name\":\"e\\u0301\\n\",\"came\":[\"2026-11-21T02:35:00Z\",\"2026-11-21T02:35:00Z\","
        "\"2026-11-21T02:35:00Z\",\"2026-11-21T02:35:00Z\",\"2026-11-21T02:35:00Z\",\"2026-11-21T02:35:00Z\","
        "\"2026-11-21T02:35:00Z\",\"2026-11-21T02:35:00Z\",\"2026-11-21T02:41:37Z\"]}],\"silences\":[],"
        "\"servers\":[]}";
    ck_assert_int_eq(read_text(text, sizeof text - 1), ALERT_DOCUMENT_GOOD);
    ck_assert_str_eq(document.alerts[0].rule, "r\xef\xbf\xbd[31m");
    ck_assert_str_eq(document.alerts[0].tag, "T\xef\xbf\xbd");
    ck_assert_str_eq(document.alerts[0].name, "e\xef\xbf\xbd");
    ck_assert_int_eq(document.alerts[0].came_count, ALERT_COMINGS);
    ck_assert_int_eq(document.alerts[0].came_utc_ns[ALERT_COMINGS - 1], time_of("2026-11-21T02:41:37Z"));
    alert_join_first(model, &document);
    ck_assert_uint_eq(model_alert_count(model), 1);
    ck_assert_int_eq(model_alert(model, 0)->severity, SEVERITY_WARN);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("alert document");
    TCase *tc = tcase_create("alert document");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, begin, end);
    tcase_add_test(tc, what_is_old_is_said);
    tcase_add_test(tc, what_is_read_is_what_stands_there);
    tcase_add_test(tc, what_a_model_took_is_written_again);
    tcase_add_test(tc, no_beginning_of_it_is_a_whole);
    tcase_add_test(tc, what_can_harm_is_cleaned);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
