/* What servers publish of their own accord: what becomes of it, how much of it, and what is asked at once.
 * The bodies are those of real servers, 2.9.10 and 2.15.2. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "collectors/heard.h"
#include "collectors/heard_text.h"
#include "collectors/slot.h"
#include "sample/stream.h"
#include "tests/harness/suite.h"

#define ID "NA5HL7F4SCKKWTVUQRTSMSOOSIA35FOZP6FHL24L33PITF5WXRBGKGUB"

static struct collector collector;
static struct target target, other;
static struct heard *heard;
static struct stream_reader *reader;
static int out;
static struct told {
    int count;
    char kind[20], text[300], client[100], stream[40], consumer[40], reason[60], how[10], server_id[80];
    uint64_t target, cid, more;
    char gap[100];
    int gaps;
} told;

static void keep(char *to, size_t size, const struct row *row, enum field field) {
    snprintf(to, size, "%s", row_text(row, field));
}

static void on_row(void *data, uint16_t source, enum frame_kind kind, const struct row *row) {
    (void)data, (void)source;
    if (kind != FRAME_EVENT)
        return;
    told.count++;
    if (strcmp(row_text(row, F_EVENT_kind), "gap") == 0) {
        told.gaps++;
        keep(told.gap, sizeof told.gap, row, F_EVENT_text);
    }
    keep(told.kind, sizeof told.kind, row, F_EVENT_kind);
    keep(told.text, sizeof told.text, row, F_EVENT_text);
    keep(told.client, sizeof told.client, row, F_EVENT_client);
    keep(told.stream, sizeof told.stream, row, F_EVENT_stream);
    keep(told.consumer, sizeof told.consumer, row, F_EVENT_consumer);
    keep(told.reason, sizeof told.reason, row, F_EVENT_reason);
    keep(told.how, sizeof told.how, row, F_EVENT_heard);
    keep(told.server_id, sizeof told.server_id, row, F_EVENT_server_id);
    told.target = row_u64(row, F_EVENT_target, 0);
    told.cid = row_u64(row, F_EVENT_cid, 0);
    told.more += row_u64(row, F_EVENT_count, 0);
}

static void ignore(void *data) {
    (void)data;
}
static void ignore_error(void *data, int error) {
    (void)data, (void)error;
}
static void ignore_sample(void *data, const struct sample *s) {
    (void)data, (void)s;
}
static void no_damage(void *data, size_t skipped) {
    (void)data, (void)skipped;
    ck_abort_msg("the stream is damaged");
}

static void read_all(void) {
    char bytes[65536];
    ssize_t n;
    outbox_flush(collector.outbox);
    while ((n = read(out, bytes, sizeof bytes)) > 0)
        stream_reader_feed(reader, bytes, (size_t)n);
}

static void hear(const char *subject, const char *body) {
    heard_take(heard, subject, body, strlen(body));
    read_all();
}

static void begin(void) {
    static const struct outbox_handler handler = {ignore, ignore_error};
    static const struct stream_handler events = {on_row, ignore_sample, no_damage};
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    out = ends[0];
    collector = (struct collector){.loop = loop_create(), .texts = text_pool_create()};
    collector.outbox = outbox_create(collector.loop, ends[1], 2, &handler, NULL);
    close(ends[1]);
    target = (struct target){.collector = &collector, .id = 7, .asked_id = ID, .name = "n3"};
    other = (struct target){.collector = &collector, .id = 8, .asked_id = "NOTHER", .name = "n1"};
    collector.targets[0] = &other;
    collector.targets[1] = &target;
    collector.target_count = 2;
    for (int e = 0; e < EP_COUNT; e++) {
        other.plan[e] = (struct plan){.active = true, .due = INT64_MAX};
        target.plan[e] = other.plan[e];
    }
    reader = stream_reader_create(&events, NULL);
    outbox_schema(collector.outbox);
    heard = heard_create(&collector);
    told = (struct told){0};
}

static void end(void) {
    heard_destroy(heard);
    stream_reader_destroy(reader);
    outbox_destroy(collector.outbox);
    text_pool_destroy(collector.texts);
    loop_destroy(collector.loop);
    close(out);
}

/* ---- bodies ---- */

#define SERVER                                                                                               \
    "\"server\":{\"name\":\"n3\",\"host\":\"127.0.0.1\",\"id\":\"" ID "\",\"cluster\":\"C\",\"ver\":"        \
    "\"2.9.10\",\"seq\":49,\"jetstream\":true,\"time\":\"2026-11-23T03:37:19.274964655Z\"}"
#define CLIENT(NAME)                                                                                         \
    "\"client\":{\"start\":\"2026-11-23T03:37:18.97Z\",\"host\":\"127.0.0.1\",\"id\":21,\"acc\":\"A\","      \
    "\"user\":\"a\",\"name\":\"" NAME "\",\"rtt\":461000,\"kind\":\"Client\",\"client_type\":\"nats\"}"
#define GONE(NAME, REASON)                                                                                   \
    "{\"type\":\"io.nats.server.advisory.v1.client_disconnect\",\"id\":\"2PX6QAC0nq8ot079AcOgOg\","          \
    "\"timestamp\":\"2026-11-23T03:37:19.274925667Z\"," SERVER                                               \
    "," CLIENT(NAME) ",\"sent\":{\"msgs\":0,\"bytes\":0},\"received\":{\"msgs\":0,\"bytes\":0},\"reason\":"  \
                     "\"" REASON "\"}"
#define ASSET(MORE)                                                                                          \
    "{\"type\":\"io.nats.jetstream.advisory.v1.x\",\"id\":\"mPUbmbkI6GAGsZWDvrOT3E\",\"timestamp\":"         \
    "\"2026-11-23T03:37:07.29Z\",\"stream\":\"ORDERS\",\"consumer\":\"b\"," MORE "}"

static const struct {
    const char *subject, *body, *kind, *how, *text;
    bool clients, life, assets; /* asked at once */
} cases[] = {
    {"$SYS.ACCOUNT.A.CONNECT", "{" SERVER "," CLIENT("come") "}", "come/go", "often",
     "came to n3 from 127.0.0.1, user a, account A", false, false, false},
    {"$SYS.ACCOUNT.A.DISCONNECT", GONE("come", "Client Closed"), "come/go", "often",
     "left n3: Client Closed, user a, account A", false, false, false},
    {"$SYS.ACCOUNT.A.DISCONNECT", GONE("slow", "Slow Consumer (Pending Bytes)"), "cut", "polled",
     "cut as slow consumer: Slow Consumer (Pending Bytes), account A", true, false, false},
    {"$SYS.ACCOUNT.A.DISCONNECT", GONE("x", "Authentication Expired"), "auth", "told",
     "Authentication Expired on n3, user a, account A", true, false, false},
    {"$SYS.ACCOUNT.$G.DISCONNECT", GONE("x", "Authentication Failure"), "", "", "", false, false, false},
    {"$SYS.SERVER." ID ".CLIENT.AUTH.ERR", GONE("intruder", "Authentication Failure"), "auth", "told",
     "not let in by n3: Authentication Failure, from 127.0.0.1, user a", true, false, false},
    {"$SYS.SERVER." ID ".LAMEDUCK", "{\"name\":\"n3\",\"host\":\"127.0.0.1\",\"id\":\"" ID "\",\"seq\":1}",
     "leaving", "polled", "takes no new clients: it is about to end", false, true, false},
    {"$SYS.SERVER." ID ".SHUTDOWN", "{\"name\":\"n3\",\"id\":\"" ID "\"}", "shutdown", "told",
     "says that it ends", false, true, false},
    {"$JS.EVENT.ADVISORY.STREAM.LEADER_ELECTED.ORDERS",
     "{\"account\":\"A\",\"stream\":\"ORDERS\",\"leader\":\"n3\",\"replicas\":[{\"name\":\"n2\"}]}", "leader",
     "polled", "elected n3 its leader", false, false, true},
    {"$JS.EVENT.ADVISORY.STREAM.QUORUM_LOST.ORDERS", "{\"account\":\"A\",\"stream\":\"ORDERS\"}", "quorum",
     "told", "lost its quorum: it has no leader and takes nothing", false, false, true},
    {"$JS.EVENT.ADVISORY.DOMAIN.LEADER_ELECTED", "{\"leader\":\"fjFyEjc1\",\"cluster\":\"C\"}", "", "", "",
     false, false, true},
    {"$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.ORDERS.b", ASSET("\"stream_seq\":1,\"deliveries\":2"),
     "given up", "told", "message 1 is given up at delivery 2", false, false, true},
    {"$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.ORDERS.b",
     ASSET("\"consumer_seq\":4,\"stream_seq\":2,\"deliveries\":2,\"reason\":\"because\\u001b[31m bad\""),
     "term", "told", "message 2 was rejected for good at delivery 2: because\xef\xbf\xbd[31m bad", false,
     false, false},
    {"$JS.EVENT.ADVISORY.CONSUMER.MSG_NAKED.ORDERS.b", ASSET("\"stream_seq\":2,\"deliveries\":1"), "nak",
     "often", "message 2 was handed back at delivery 1", false, false, false},
    {"$JS.EVENT.ADVISORY.API.LIMIT_REACHED", "{\"server\":\"n3\",\"dropped\":9}", "api", "told",
     "n3 is overloaded, and dropped 9 requests to JetStream", false, false, false},
    {"$JS.EVENT.ADVISORY.NOBODY.KNOWS", "{\"server\":\"n3\"}", "", "", "", false, false, false},
    {"$SYS.ACCOUNT.A.CONNECT", "{\"server\":", "", "", "", false, false, false},
    {"$SYS.ACCOUNT.A.CONNECT", "[1]", "", "", "", false, false, false},
};

static bool asked(const struct target *t, int e) {
    return t->plan[e].due < INT64_MAX;
}

START_TEST(each_kind) {
    hear(cases[_i].subject, cases[_i].body);
    ck_assert_int_eq(told.count, cases[_i].kind[0] != '\0');
    ck_assert_str_eq(told.kind, cases[_i].kind);
    ck_assert_str_eq(told.how, cases[_i].how);
    ck_assert_str_eq(told.text, cases[_i].text);
    ck_assert_int_eq(asked(&target, EP_CONNZ_CLOSED), cases[_i].clients);
    ck_assert_int_eq(asked(&target, EP_VARZ), cases[_i].clients || cases[_i].life);
    ck_assert_int_eq(asked(&target, EP_HEALTHZ), cases[_i].life);
    ck_assert_int_eq(asked(&target, EP_JSZ), cases[_i].assets);
}
END_TEST

START_TEST(whose_it_is) {
    hear("$SYS.ACCOUNT.A.DISCONNECT", GONE("slow", "Slow Consumer (Write Deadline)"));
    ck_assert_str_eq(told.client, "slow");
    ck_assert_str_eq(told.server_id, ID);
    ck_assert_uint_eq(told.target, 7);
    ck_assert_uint_eq(told.cid, 21);
    ck_assert(!asked(&other, EP_VARZ)); /* of that server alone */
    hear("$SYS.SERVER." ID ".LAMEDUCK", "{\"name\":\"n3\"}");
    ck_assert_uint_eq(told.target, 7);
    hear("$JS.EVENT.ADVISORY.DOMAIN.LEADER_ELECTED", "{\"leader\":\"fjFyEjc1\"}");
    ck_assert(asked(&other, EP_JSZ)); /* who leads is not known: all */
    hear("$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.ORDERS.b", ASSET("\"stream_seq\":1"));
    ck_assert_str_eq(told.stream, "ORDERS");
    ck_assert_str_eq(told.consumer, "b");
    ck_assert_str_eq(told.text, "message 1 is given up");
}
END_TEST

/* Not oftener than that server can bear. */
START_TEST(a_dear_question_waits) {
    int64_t now = clock_mono_ns();
    target.plan[EP_JSZ] = (struct plan){
        .active = true, .last_asked = now, .interval = 60 * NS_PER_S, .due = now + 60 * NS_PER_S};
    target.plan[EP_VARZ].active = false;
    hear(cases[8].subject, cases[8].body);
    ck_assert_int_eq(target.plan[EP_JSZ].due, now + 12 * NS_PER_S);
    hear(cases[6].subject, cases[6].body);
    ck_assert(!asked(&target, EP_VARZ)); /* what nobody wants is not asked */
}
END_TEST

START_TEST(a_flood_is_a_number) {
    for (int i = 0; i < 1000; i++)
        hear("$SYS.ACCOUNT.A.CONNECT", cases[0].body);
    hear("$SYS.ACCOUNT.A.DISCONNECT", cases[1].body); /* another row of the table */
    ck_assert_int_eq(told.count, HEARD_AT_ONCE + 1);
    int64_t until = clock_mono_ns() + 3 * NS_PER_S;
    while (told.more == 0 && clock_mono_ns() < until) {
        usleep(100000);
        hear("$JS.EVENT.ADVISORY.NOBODY.KNOWS", "{}");
        hear("$SYS.ACCOUNT.A.CONNECT", cases[0].body);
    }
    ck_assert_uint_ge(told.more, 995);
    ck_assert_uint_le(told.more, 1025);
}
END_TEST

/* Wrong kinds of values, what never ends, names of a megabyte's beginning: told cleanly, or not at all. */
START_TEST(lies_do_no_harm) {
    static const char *const bodies[] = {
        "{\"client\":5,\"server\":[{\"id\":{}}],\"reason\":true}",
        "{\"client\":{\"id\":-1,\"name\":[1],\"user\":{\"a\":1},\"acc\":null},\"server\":{\"name\":7}}",
        "{\"client\":{\"name\":\"a\\u0000b\\u202e\\u001b]0;x\\u0007{user}[{host}]\"}}",
        "{\"client\":{\"id\":18446744073709551615,\"id\":1e300,\"name\":\"x\",\"name\":9}}",
        "{\"stream\":\"\",\"consumer\":\"\",\"stream_seq\":-5,\"deliveries\":1.5}",
        "{}",
        "\"text\"",
        "{\"reason\":\"%n%s%s%s\"}",
    };
    static const char *const subjects[] = {"$SYS.ACCOUNT.A.CONNECT", "$SYS.ACCOUNT.A.DISCONNECT",
                                           "$SYS.SERVER.X.LAMEDUCK", "$SYS.SERVER..SHUTDOWN",
                                           "$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.S.C"};
    char *deep = malloc(40000), *name = malloc(40000);
    memset(deep, '[', 39999);
    deep[39999] = '\0';
    int len = snprintf(name, 40000, "{\"client\":{\"name\":\"");
    memset(name + len, 'x', 30000);
    snprintf(name + len + 30000, 100, "\"},\"reason\":\"y\"}");
    for (size_t s = 0; s < sizeof subjects / sizeof *subjects; s++) {
        for (size_t b = 0; b < sizeof bodies / sizeof *bodies; b++)
            hear(subjects[s], bodies[b]);
        hear(subjects[s], deep);
        hear(subjects[s], name);
    }
    free(deep);
    free(name);
    ck_assert_int_gt(told.count, 0);
    for (const char *p = told.text; *p != '\0'; p++)
        ck_assert_int_ge((unsigned char)*p, ' ');
}
END_TEST

START_TEST(a_name_says_nothing_but_itself) {
    hear("$SYS.SERVER." ID ".CLIENT.AUTH.ERR", GONE("[{user}] %s\\u001b[2J", "x{cid}"));
    ck_assert_str_eq(told.text, "not let in by n3: x{cid}, from 127.0.0.1, user a");
    ck_assert_str_eq(told.client, "[{user}] %s\xef\xbf\xbd[2J");
}
END_TEST

/* Missed here and there within a second: one number at its end. */
START_TEST(what_was_missed_is_one_number) {
    for (int i = 0; i < 50; i++)
        heard_missed(heard, 3);
    read_all();
    ck_assert_int_eq(told.count, 0);
    for (int64_t until = clock_mono_ns() + 4 * NS_PER_S; told.gaps == 0 && clock_mono_ns() < until;) {
        usleep(100000);
        hear("$SYS.ACCOUNT.A.CONNECT", cases[0].body); /* its own window is looked at with the others */
    }
    ck_assert_str_eq(told.gap, "150 events came faster than they are read, and are not told");
}
END_TEST

START_TEST(patterns) {
    ck_assert(subject_fits("a.b.c", "a.*.c"));
    ck_assert(subject_fits("a.b.c", "a.>"));
    ck_assert(subject_fits("a.b.c", "a.b.c"));
    ck_assert(!subject_fits("a.b.c", "a.b"));
    ck_assert(!subject_fits("a.b", "a.b.c"));
    ck_assert(!subject_fits("a.b", "a.b.>"));
    ck_assert(!subject_fits("a.bc", "a.b"));
    ck_assert(!subject_fits("a..c", "a.*.c"));
    ck_assert(!subject_fits("", "*"));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("heard");
    TCase *tc = tcase_create("heard");
    tcase_add_checked_fixture(tc, begin, end);
    tcase_add_loop_test(tc, each_kind, 0, sizeof cases / sizeof *cases);
    tcase_add_test(tc, whose_it_is);
    tcase_add_test(tc, a_dear_question_waits);
    tcase_add_test(tc, a_flood_is_a_number);
    tcase_add_test(tc, lies_do_no_harm);
    tcase_add_test(tc, a_name_says_nothing_but_itself);
    tcase_add_test(tc, what_was_missed_is_one_number);
    tcase_add_test(tc, patterns);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
