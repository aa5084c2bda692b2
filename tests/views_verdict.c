/* Row 2 in words: what it says when nothing is found. */
#include "tests/harness/suite.h"
#include "base/text.h"
#include "model/alerts.h"
#include "model/sentence.h"
#include "tests/views/world_parts.h"
#include "tests/views_frame.h"

#include <check.h>
#include <stdio.h>

/* The row under the first one of the overview. */
static const char *row2(const struct world *w, int cols, char out[400]) {
    struct frame f;
    frame_open(&f, w, "overview");
    char *text = frame_text(&f, cols, 24, false), *line = strchr(text, '\n') + 1;
    int len = (int)strcspn(line, "\n");
    while (len > 0 && line[len - 1] == ' ')
        len--;
    snprintf(out, 400, "%.*s", len, line);
    free(text);
    frame_close(&f);
    return out;
}

/* What the overview of 100x40 says; until the next call. */
static const char *said(const struct world *w) {
    static char kept[40000];
    struct frame f;
    frame_open(&f, w, "overview");
    char *text = frame_text(&f, 100, 40, false);
    snprintf(kept, sizeof kept, "%s", text);
    free(text);
    frame_close(&f);
    return kept;
}

static void target(struct world *w, uint64_t id, const char *url, const char *state) {
    struct sample *s = sample_create();
    struct row *row = sample_add(s, ENTITY_TARGET);
    world_u(row, F_TARGET_id, id);
    world_text(s, row, F_TARGET_url, url);
    world_text(s, row, F_TARGET_origin, "named");
    world_text(s, row, F_TARGET_state, state);
    world_i(row, F_TARGET_utc, world_utc(w));
    model_row(w->model, 1, FRAME_TARGET, row);
    sample_destroy(s);
}

START_TEST(a_balancer_is_what_there_is_to_say) {
    struct world w;
    char line[400];
    world_init(&w);
    target(&w, 1, "http://10.0.0.1:8222", "probing");
    ck_assert_str_eq(row2(&w, 80, line), " ? waiting for the first answer from http://10.0.0.1:8222");
    target(&w, 1, "http://10.0.0.1:8222", "balancer");
    ck_assert_str_eq(row2(&w, 80, line), " ? http://10.0.0.1:8222 is a balancer: name each server's own URL");
    ck_assert_str_eq(row2(&w, 40, line), " ? a balancer: name each server");
    world_finish(&w);
}
END_TEST

/* n1 has a consumer whose lag is large and grows. */
static void world_lags(struct world *w) {
    static const struct world_consumer consumers[] = {
        {"ORDERS", "audit", 0, 200000, 200, 2500, 64, 1000, 0, 12}};
    world_init(w);
    w->consumers = consumers;
    w->consumer_count = 1;
}

START_TEST(what_may_become_an_alert_is_not_ok) {
    struct world w;
    char line[400];
    world_lags(&w);
    world_run(&w, 20);
    ck_assert_str_eq(row2(&w, 80, line), " * 1 alert pending: LAG ORDERS/audit 58.0k, +200/s; in 52s");
    ck_assert_str_eq(row2(&w, 40, line), " * 1 pending: LAG ORDER…audit 58.0k, +2…");
    struct frame f;
    frame_open(&f, &w, "overview");
    char *text = frame_text(&f, 19, 3, false);
    ck_assert_msg(strncmp(text, "*1 02", 5) == 0, "%s", text);
    free(text);
    frame_close(&f);
    world_run(&w, 60);
    row2(&w, 80, line);
    ck_assert_msg(strstr(line, " ! 1 WARN") == line, "%s", line);
    world_finish(&w);
    world_lags(&w);
    w.asked = 1; /* who is not monitored is said all the same */
    world_run(&w, 20);
    ck_assert_str_eq(row2(&w, 100, line),
                     " * 1 alert pending: LAG ORDERS/audit 58.0k, +200/s; in 52s; 2 not monitored");
    world_finish(&w);
}
END_TEST

/* An alert of the last run about a consumer that nobody has found again. */
static struct alert open_before(const char *name) {
    int64_t since = WORLD_START * NS_PER_S - 3600 * NS_PER_S;
    return (struct alert){.state = ALERT_OPEN,
                          .severity = SEVERITY_CRIT,
                          .worst = SEVERITY_CRIT,
                          .rule = "consumer_growing",
                          .tag = "LAG",
                          .entity = "consumer",
                          .cluster = "nats-prod",
                          .name = name,
                          .text = "as it was",
                          .worst_text = "as it was",
                          .worst_rule = "consumer_growing",
                          .figure = "200k",
                          .peak = "200k",
                          .limit = "> 100k",
                          .origin = "default",
                          .ending = "",
                          .acked_by = "",
                          .note = "",
                          .silence_note = "",
                          .first_sign_utc_ns = since,
                          .opened_utc_ns = since,
                          .times = 1};
}

static bool ends_with(const char *line, const char *end) {
    size_t len = strlen(line), of = strlen(end);
    return len >= of && strcmp(line + len - of, end) == 0;
}

/* Whatever else the row says, and however wide it is. */
START_TEST(what_is_open_and_not_said_is_counted) {
    static const int widths[] = {80, 120, 200};
    static const char counts[] = "1 acked, 1 silenced, 1 unheard";
    struct alert before[] = {open_before("JOBS/acked"), open_before("JOBS/silenced"),
                             open_before("JOBS/unheard")};
    char line[400], silent[500];
    struct world w;
    world_lags(&w);
    before[0].acked_utc_ns = before[0].opened_utc_ns, before[0].acked_severity = SEVERITY_CRIT;
    model_alerts_restore(w.model, before, 3);
    ck_assert(model_silence(w.model, "consumer", "", "JOBS/silenced", world_utc(&w) + 3600 * NS_PER_S, ""));
    target(&w, 1, "http://10.0.0.1:8222", "probing");
    row2(&w, widths[_i], line);
    ck_assert_msg(strstr(line, " ? waiting for the first answer") == line && strstr(line, counts), "%s",
                  line);
    world_run(&w, 5); /* before anything is pending */
    row2(&w, widths[_i], line);
    ck_assert_msg(strstr(line, " . all else ok") == line && strstr(line, counts), "%s", line);
    world_run(&w, 20);
    row2(&w, widths[_i], line);
    ck_assert_msg(strstr(line, " * 1 ") == line && strstr(line, "pending: LAG ORDER") &&
                      strstr(line, "; in 47s; ") && ends_with(line, counts),
                  "%s", line);
    w.nodes[0].connz_error = "nested too deep at byte 2049";
    world_run(&w, 5);
    row2(&w, widths[_i], line);
    snprintf(silent, sizeof silent, ", rest ok; %s", counts);
    ck_assert_msg(strstr(line, " ? ") == line && strstr(line, "/connz fails: ") && strstr(line, silent), "%s",
                  line);
    world_finish(&w);
}
END_TEST

/* What is said of it has room, whatever it is called. */
START_TEST(what_is_pending_is_said_of_long_names) {
    static const struct world_consumer consumers[] = {
        {"ORDERS", "audit-of-all-that-was-ordered-in-europe", 0, 200000, 200, 2500, 64, 1000, 0, 12}};
    struct world w;
    char line[400];
    world_init(&w);
    w.consumers = consumers;
    w.consumer_count = 1;
    world_run(&w, 20);
    ck_assert_str_eq(row2(&w, 80, line),
                     " * 1 alert pending: LAG ORDERS/audit-of-a…rdered-in-europe 58.0k, +200/s; in 52s");
    world_finish(&w);
}
END_TEST

/* The line of the overview that begins so; until the next call. */
static const char *line_said(const struct world *w, const char *begin, int cols) {
    static char kept[1000];
    struct frame f;
    frame_open(&f, w, "overview");
    char *text = frame_text(&f, cols, 24, false), *line = strstr(text, begin);
    ck_assert_msg(line != NULL, "%s", text);
    snprintf(kept, sizeof kept, "%.*s", (int)strcspn(line, "\n"), line);
    free(text);
    frame_close(&f);
    for (size_t len = strlen(kept); len > 0 && kept[len - 1] == ' '; len--)
        kept[len - 1] = '\0';
    return kept;
}

/* Of a rule with a number the limit is said, as far as there is room; that of another figure than the one
 * that is shown with its name. */
START_TEST(the_limit_stands_behind_the_figure) {
    static const struct world_doing stands[] = {{.since = 10, .stands = true}};
    struct world w;
    world_lags(&w);
    world_run(&w, 80);
    ck_assert_str_eq(line_said(&w, " ! LAG", 80), " ! LAG    ORDERS/audit 70.0k, +200/s  limit > 10k");
    ck_assert_str_eq(line_said(&w, " ! LAG", 46), " ! LAG ORDERS/audit 70.0k, +200/s  limit > 10k");
    ck_assert_ptr_null(strstr(line_said(&w, " ! LAG", 45), "limit"));
    world_finish(&w);
    world_lags(&w);
    w.doing = stands;
    world_run(&w, 500);
    ck_assert_ptr_nonnull(strstr(line_said(&w, "!! LAG", 200), "  limit undelivered_for > 5m"));
    world_finish(&w);
}
END_TEST

/* Whatever a client is called, and however long: what is said of it can be read. */
START_TEST(a_long_name_leaves_room_for_figures) {
    static const char *const parts[] = {"lang", "z\u00e4hler-\u6f22\u5b57-", "a, b: c  d "};
    char name[260] = "";
    struct world w;
    while (strlen(name) + strlen(parts[_i]) <= 250)
        strcat(name, parts[_i]);
    struct world_client client = {1, 38, name, "$G", "go", 20 * 1048576, 10, 10};
    world_init(&w);
    w.clients = &client;
    w.client_count = 1;
    world_run(&w, WORLD_SECONDS);
    const char *line = line_said(&w, " ! SLOW", 200);
    ck_assert_msg(strstr(line, "cid 38 ") && strstr(line, "\u2026") &&
                      strstr(line, "  pending 20.0M, 31% of max"),
                  "%s", line);
    line = line_said(&w, " ! SLOW", 80);
    ck_assert_msg(strstr(line, "cid 38 ") && strstr(line, ": producers held"), "%s", line);
    size_t count;
    const struct finding *f = model_findings(w.model, &count);
    char text[512], fitted[512];
    ck_assert_uint_gt(count, 0);
    finding_text_of(w.model, f, 1, text, sizeof text);
    sentence_fit(text, 100, 1, fitted, sizeof fitted); /* as check's first line */
    ck_assert_msg(strstr(fitted, ": producers held") && text_width(text) < 200, "%s", text);
    world_finish(&w);
}
END_TEST

static enum severity mark_of_audit(const struct world *w) {
    uint64_t audit = world_object(w, OBJECT_CONSUMER, Q_CONSUMER_name, "audit");
    return model_severity(w->model, model_object(w->model, audit));
}

/* Another leader is given half a minute; what is open stays so meanwhile, and has its mark. */
START_TEST(what_waits_for_a_leader_says_so) {
    struct world_consumer consumers[] = {{"ORDERS", "audit", 0, 200000, 200, 2500, 64, 1000, 0, 12}};
    struct world w;
    char line[400];
    world_lags(&w);
    w.consumers = consumers;
    world_run(&w, 62);
    ck_assert_str_eq(row2(&w, 80, line), " * 1 alert pending: LAG ORDERS/audit 67.0k, +200/s; in 10s");
    consumers[0].leader = 1;
    world_run(&w, 5);
    row2(&w, 100, line);
    ck_assert_msg(strstr(line, "; in 30s, as its leader changed"), "%s", line);
    world_run(&w, 12); /* its hold would be over */
    row2(&w, 100, line);
    ck_assert_msg(strstr(line, " * 1 alert pending: ") && strstr(line, "; in 18s, as its leader changed"),
                  "%s", line);
    ck_assert_int_eq(mark_of_audit(&w), SEVERITY_PENDING);
    world_run(&w, 20);
    row2(&w, 80, line);
    ck_assert_msg(strstr(line, " ! 1 WARN") == line, "%s", line);
    consumers[0].leader = 2;
    world_run(&w, 5);
    row2(&w, 100, line);
    ck_assert_msg(strstr(line, " ! 1 WARN") == line && !strstr(line, "pending"), "%s", line);
    ck_assert_int_eq(mark_of_audit(&w), SEVERITY_WARN);
    world_finish(&w);
}
END_TEST

/* A silent server is one trouble, and its sentence says what hangs on it. */
START_TEST(what_a_silent_server_led_is_said_with_it) {
    static const struct world_consumer consumers[] = {{"ORDERS", "audit", 1, 3, 0, 100, 3, 1000, 0, 4},
                                                      {"ORDERS", "billing", 1, 3, 0, 100, 3, 1000, 0, 4},
                                                      {"ORDERS", "email", 1, 3, 0, 100, 3, 1000, 0, 4},
                                                      {"ORDERS", "refunds", 0, 3, 0, 100, 3, 1000, 0, 4}};
    struct world w;
    char line[400];
    world_init(&w);
    w.consumers = consumers;
    w.consumer_count = 4;
    w.leads[0] = 0;
    world_run(&w, 20);
    w.nodes[1].answers = false;
    world_run(&w, 5);
    row2(&w, 100, line);
    ck_assert_msg(strncmp(line, "!! 1 CRIT", 9) == 0 && !strstr(line, "pending"), "%s", line);
    ck_assert_ptr_null(strstr(said(&w), "without a leader"));
    world_run(&w, 12);
    row2(&w, 100, line);
    ck_assert_msg(strncmp(line, "!! 1 CRIT", 9) == 0, "%s", line);
    ck_assert_msg(strstr(said(&w), "; 3 consumers without a leader"), "%s", said(&w));
    ck_assert_ptr_null(strstr(said(&w), "!! JS "));
    world_finish(&w);
}
END_TEST

static struct sample *answer_of_solo(struct world *w, enum shape shape) {
    struct sample *s = world_sample(w, 0, shape);
    struct row *row = sample_add(s, ENTITY_ANSWER);
    world_text(s, row, F_ANSWER_server_id, "NSOLO");
    world_i(row, F_ANSWER_now, world_utc(w));
    return s;
}

/* One server without a cluster, with JetStream or not. */
static void answer_solo(struct world *w, bool off) {
    struct sample *s = answer_of_solo(w, SHAPE_VARZ);
    struct row *row = sample_add(s, ENTITY_SERVER);
    world_text(s, row, F_SERVER_server_id, "NSOLO");
    world_text(s, row, F_SERVER_name, "solo");
    world_send(w, s);
    s = answer_of_solo(w, SHAPE_JSZ);
    row = sample_add(s, ENTITY_JETSTREAM);
    if (off)
        world_u(row, F_JETSTREAM_disabled, 1);
    world_send(w, s);
    model_tick(w->model, world_utc(w), world_mono(w));
}

/* There is no group that could be without a leader. */
START_TEST(a_server_without_a_cluster_needs_no_quorum) {
    struct world w;
    world_init(&w);
    target(&w, 1, "http://10.0.0.1:8222", "polled");
    for (w.second = 1; w.second < 8; w.second++)
        answer_solo(&w, w.second > 4);
    ck_assert_ptr_null(strstr(said(&w), "JS ok"));
    for (; w.second < 12; w.second++)
        answer_solo(&w, false);
    ck_assert_ptr_nonnull(strstr(said(&w), "1/1 up   JS ok"));
    world_finish(&w);
}
END_TEST

START_TEST(the_last_event_is_said_in_words) {
    struct world w;
    char line[400];
    world_init(&w);
    world_run(&w, 20);
    ck_assert_str_eq(row2(&w, 120, line), " . all ok for 20s   3/3 servers");
    model_source_event(w.model, 1, world_utc(&w), "collector died of signal 9");
    ck_assert_str_eq(row2(&w, 120, line),
                     " . all ok for 20s   3/3 servers   last: 02:29:20 collector died of signal 9");
    ck_assert_str_eq(row2(&w, 80, line),
                     " . all ok for 20s   3/3 servers   last: 02:29:20 collector died of signal 9");
    ck_assert_str_eq(row2(&w, 74, line),
                     " . all ok for 20s   3/3 servers   last: 02:29:20 collector died of signa…");
    target(&w, 9, "http://127.0.0.1:23001", "duplicate");
    row2(&w, 200, line);
    ck_assert_msg(strstr(line, "   last: 02:29:20 http://127.0.0.1:23001 no row of its own"), "%s", line);
    w.nodes[1].answers = false;
    world_run(&w, 3);
    w.nodes[1].answers = true;
    world_run(&w, 2);
    row2(&w, 120, line);
    ck_assert_msg(strstr(line, " n2-lon back") && !strstr(line, "again"), "%s", line);
    world_finish(&w);
}
END_TEST

/* What a stream loses and who did not get it are one matter: a second row is for another one. */
START_TEST(another_matter_comes_before_more_of_one) {
    static const struct world_stream streams[] = {{.name = "ORDERS",
                                                   .replicas = 3,
                                                   .rate = 100,
                                                   .max_age_s = 86400,
                                                   .retention = "limits",
                                                   .discard = "old"},
                                                  {.name = "GEO", .replicas = 3, .rate = 100}};
    static const struct world_consumer consumers[] = {{"ORDERS", "late", 1, 0, 0, 0, 0, 1000, 0, 4},
                                                      {"GEO", "slow", 1, 400000, 300, 40, 0, 1000, 0, 4}};
    static const struct world_doing doing[] = {{.since = 60, .evicted = true}, {.since = 0}};
    struct world w;
    struct frame f;
    world_init(&w);
    w.streams = streams;
    w.stream_count = 2;
    w.consumers = consumers;
    w.consumer_count = 2;
    w.doing = doing;
    world_run(&w, 300);
    frame_open(&f, &w, "overview");
    char *text = frame_text(&f, 80, 24, false), *loss = strstr(text, "\n!! LOSS   stream ORDERS");
    ck_assert_msg(loss != NULL, "%s", text);
    ck_assert_msg(strncmp(strchr(loss + 1, '\n'), "\n!! LAG    GEO/slow", 18) == 0, "%s", text);
    free(text);
    frame_close(&f);
    world_finish(&w);
}
END_TEST

/* Which of us keeps the alerts, and what to do: a long message takes rows above the last one, where there are
 * enough of them, and leaves them as they were. */
START_TEST(a_message_is_not_cut_where_there_is_room) {
    static const char message[] =
        "natsight 4711 keeps the alerts of production and is stopped, since 03:48:46 UTC or before: until it "
        "goes on (kill -CONT 4711) or ends no hook runs and no log is written";
    static const struct {
        int cols, rows, lines;
    } cases[] = {{200, 60, 1}, {120, 40, 2}, {80, 24, 3}, {80, 11, 1}};
    struct world w;
    world_init(&w);
    world_run(&w, 5);
    struct frame f;
    frame_open(&f, &w, "overview");
    char *before = frame_text(&f, cases[_i].cols, cases[_i].rows, false);
    f.chrome.message = message;
    char *text = frame_text(&f, cases[_i].cols, cases[_i].rows, false), *at = text, said[1000] = "";
    size_t same = 0;
    while (before[same] && before[same] == text[same])
        same++;
    for (int row = 0; row < cases[_i].rows - cases[_i].lines; row++)
        at = strchr(at, '\n') + 1;
    ck_assert_uint_ge(same, (size_t)(at - text));
    for (char *line, *rest = at; (line = strtok_r(rest, "\n", &rest)) != NULL;)
        snprintf(said + strlen(said), sizeof said - strlen(said), "%s%s", *said ? " " : "",
                 line + strspn(line, " "));
    if (cases[_i].rows == 11)
        ck_assert_msg(strncmp(said, message, 60) == 0 && strstr(said, "written") == NULL, "%s", said);
    else
        ck_assert_str_eq(said, message);
    free(before);
    free(text);
    frame_close(&f);
    world_finish(&w);
}
END_TEST

int main(void) {
    TCase *t = tcase_create("verdict");
    tcase_add_test(t, another_matter_comes_before_more_of_one);
    tcase_add_test(t, a_balancer_is_what_there_is_to_say);
    tcase_add_test(t, what_may_become_an_alert_is_not_ok);
    tcase_add_loop_test(t, what_is_open_and_not_said_is_counted, 0, 3);
    tcase_add_test(t, what_is_pending_is_said_of_long_names);
    tcase_add_test(t, the_limit_stands_behind_the_figure);
    tcase_add_loop_test(t, a_long_name_leaves_room_for_figures, 0, 3);
    tcase_add_test(t, what_waits_for_a_leader_says_so);
    tcase_add_test(t, what_a_silent_server_led_is_said_with_it);
    tcase_add_test(t, a_server_without_a_cluster_needs_no_quorum);
    tcase_add_test(t, the_last_event_is_said_in_words);
    tcase_add_loop_test(t, a_message_is_not_cut_where_there_is_room, 0, 4);
    Suite *suite = suite_create("views: verdict");
    suite_add_tcase(suite, t);
    return suite_run(suite);
}
