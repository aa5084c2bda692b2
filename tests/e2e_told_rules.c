/* Levels that streams and consumers carry, on a real cluster: what natsight says of each asset, what it keeps
 * silent about, and how a level that is changed or removed ends. Where NATS_CLI names the nats command, each
 * is held against `nats server check`. Servers before 2.10 have no metadata. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/command.h"
#include "tests/harness/document.h"
#include "tests/harness/jetstream.h"
#include "tests/harness/servers.h"
#include "tests/harness/suite.h"

enum { NODES = 3, STORED = 5, MS = 60000 };

static struct servers *cluster;
static struct natsc *line;
static struct command shown;

#define META(K, V) "\"io.nats.monitor." K "\":\"" V "\""
#define ONE        "\"sources\":[{\"name\":\"FEED\"}]"
#define TWO        "\"sources\":[{\"name\":\"FEED\"},{\"name\":\"OTHER\"}]"
#define GROUP(S)   "\"priority_groups\":[\"g\"],\"priority_policy\":\"pinned_client\",\"priority_timeout\":" S
#define LONG       "300000000000"

/* FEED has five messages of three subjects, and so has each stream that copies from it. */
struct asset {
    const char *name, *config, *metadata;
    const char *says; /* "crit told_msgs"; NULL: nothing about a level */
    const char *what; /* of which part of it: "/source/FEED" */
    int code;         /* of nats server check */
    int take, ack;    /* of a consumer: so many are pulled and acknowledged */
};

static const struct asset streams[] = {
    {"msgs5", ONE, META("msgs-critical", "5"), "crit told_msgs", "", 2, 0, 0},
    {"msgs4", ONE, META("msgs-critical", "4"), NULL, "", 0, 0, 0},
    {"msgsw", ONE, META("msgs-warn", "5"), "warn told_msgs", "", 1, 0, 0},
    {"subj3", ONE, META("subjects-warn", "2") "," META("subjects-critical", "3"), "crit told_subjects_many",
     "", 2, 0, 0},
    {"subj9", ONE, META("subjects-warn", "3") "," META("subjects-critical", "9"), "warn told_subjects_many",
     "", 1, 0, 0},
    {"subj4", ONE, META("subjects-warn", "4") "," META("subjects-critical", "9"), NULL, "", 0, 0, 0},
    {"few3", ONE, META("subjects-warn", "3") "," META("subjects-critical", "2"), "warn told_subjects_few", "",
     1, 0, 0},
    {"few2", ONE, META("subjects-warn", "2") "," META("subjects-critical", "1"), NULL, "", 0, 0, 0},
    {"min2", ONE, META("min-sources", "2"), "crit told_min_sources", "", 2, 0, 0},
    {"min1", ONE, META("min-sources", "1"), NULL, "", 0, 0, 0},
    {"max1", TWO, META("max-sources", "1"), "crit told_max_sources", "", 2, 0, 0},
    {"max2", TWO, META("max-sources", "2"), NULL, "", 0, 0, 0},
    {"seen", ONE, META("seen-critical", "1ns"), "crit told_seen", "/source/FEED", 2, 0, 0},
    {"seenh", ONE, META("seen-critical", "1h"), NULL, "", 0, 0, 0},
    {"lag", ONE, META("lag-critical", "1000"), NULL, "", 0, 0, 0},
    {"alone", "\"subjects\":[\"alone\"]", META("lag-critical", "1000"), "crit told_copies_nothing", "", 2, 0,
     0},
    {"zero", ONE, META("msgs-critical", "0") "," META("max-sources", "0") "," META("lag-critical", "0"), NULL,
     "", 0, 0, 0},
    {"peers2", "\"num_replicas\":3," ONE, META("peer-expect", "2"), "crit told_peer_expect", "", 2, 0, 0},
    {"peers3", "\"num_replicas\":3," ONE,
     META("peer-expect", "3") "," META("peer-lag-critical", "1000") "," META("peer-seen-critical", "1h"),
     NULL, "", 0, 0, 0},
    {"silent", "\"num_replicas\":3," ONE, META("peer-expect", "3") "," META("peer-seen-critical", "1ns"),
     "crit told_peer_seen", "/", 2, 0, 0},
    /* Here the nats command says something else: it warns whenever there is no level to warn from, wants a
     * number of replicas of each stream that has some, and none of one that has none, and takes an asset that
     * is named to it however it is switched. */
    {"most9", ONE, META("subjects-critical", "9"), NULL, "", 1, 0, 0},
    {"three", "\"num_replicas\":3," ONE, META("msgs-warn", "1"), NULL, "", 2, 0, 0},
    {"one", ONE, META("peer-expect", "1"), NULL, "", 2, 0, 0},
    {"off", ONE, META("enabled", "false") "," META("msgs-critical", "5"), NULL, "", 2, 0, 0},
    {"wrong", ONE, META("msgs-critical", "few"), "warn told_stream_unreadable", "", 2, 0, 0},
};

static const struct asset consumers[] = {
    {"plain", "", "", NULL, "", 0, 0, 0},
    {"unp5", "", META("unprocessed-critical", "5"), "crit told_unprocessed", "", 2, 0, 0},
    {"unp6", "", META("unprocessed-critical", "6"), NULL, "", 0, 0, 0},
    {"ack2", "", META("outstanding-ack-critical", "2"), "crit told_outstanding_ack", "", 2, 2, 0},
    {"ack3", "", META("outstanding-ack-critical", "3"), NULL, "", 0, 2, 0},
    {"wait1", ",\"filter_subject\":\"feed.none\"", META("waiting-critical", "1"), "crit told_waiting", "", 2,
     -1, 0},
    {"wait2", ",\"filter_subject\":\"feed.none\"", META("waiting-critical", "2"), NULL, "", 0, -1, 0},
    {"dlv", "", META("last-delivery-critical", "1ms"), "crit told_last_delivery", "", 2, 1, 1},
    {"dlvh", "", META("last-delivery-critical", "1h"), NULL, "", 0, 1, 1},
    {"never", "", META("last-delivery-critical", "1d"), "crit told_last_delivery", "", 2, 0, 0},
    {"late", "", META("last-ack-critical", "1ms"), "crit told_last_ack", "", 2, 1, 1},
    {"lateh", "", META("last-ack-critical", "1h"), NULL, "", 0, 1, 1},
    {"noack", "", META("last-ack-critical", "1d"), "crit told_last_ack", "", 2, 1, 0},
    {"again5", ",\"ack_wait\":1000000000", META("redelivery-critical", "5"), "crit told_redelivery", "", 2,
     -1, 0},
    {"again6", ",\"ack_wait\":1000000000", META("redelivery-critical", "6"), NULL, "", 0, -1, 0},
    {"pin", "", META("pinned", "true"), "crit told_unpinned", "", 2, 0, 0},
    {"unpin", "," GROUP(LONG), META("pinned", "true"), "crit told_unpinned", "", 2, 0, 0},
    {"pinned", "," GROUP(LONG), META("pinned", "true"), NULL, "", 0, -1, 0},
    {"nopin", "," GROUP(LONG), META("pinned", "false"), NULL, "", 0, 0, 0},
    {"cwrong", "", META("unprocessed-critical", "many"), "warn told_consumer_unreadable", "", -1, 0, 0},
};
enum { STREAMS = sizeof streams / sizeof *streams, CONSUMERS = sizeof consumers / sizeof *consumers };

/* ---- the scenario ---- */

static void call(const char *what, const char *body) {
    json_t *answer = jetstream_ask(line, what, body);
    ck_assert_msg(answer != NULL, "%s %s", what, body);
    json_decref(answer);
}

static void put_stream(const char *verb, const char *name, const char *config, const char *metadata) {
    char what[100], body[900];
    snprintf(what, sizeof what, "STREAM.%s.%s", verb, name);
    snprintf(body, sizeof body, "{\"name\":\"%s\",%s,\"metadata\":{%s}}", name, config, metadata);
    call(what, body);
}

static void put_consumer(const struct asset *c, const char *metadata) {
    char what[100], body[900];
    snprintf(what, sizeof what, "CONSUMER.DURABLE.CREATE.FEED.%s", c->name);
    snprintf(body, sizeof body,
             "{\"stream_name\":\"FEED\",\"config\":{\"durable_name\":\"%s\",\"ack_policy\":\"explicit\","
             "\"metadata\":{%s}%s}}",
             c->name, metadata, c->config);
    call(what, body);
}

/* One that stays open; with a group the client is pinned by what it gets. */
static void pull_on(const struct asset *c) {
    char subject[100], inbox[100];
    const char *group = strstr(c->config, "\"g\"") ? ",\"group\":\"g\"" : "",
               *const format = "{\"batch\":1000,\"expires\":" LONG "%s}";
    char body[100];
    snprintf(subject, sizeof subject, "$JS.API.CONSUMER.MSG.NEXT.FEED.%s", c->name);
    snprintf(inbox, sizeof inbox, "open.%s", c->name);
    int len = snprintf(body, sizeof body, format, group);
    ck_assert_int_gt(natsc_subscribe(line, inbox, NULL), 0);
    ck_assert(natsc_publish(line, subject, inbox, body, (size_t)len));
    ck_assert(natsc_flush(line, MS));
}

/* Its leader may just have been chosen. */
static void pull(const struct asset *c) {
    int came = 0;
    for (int tries = 0; tries < 5 && !came; tries++)
        came = jetstream_pull(line, "FEED", c->name, c->take, c->ack);
    ck_assert_int_eq(came, c->take);
}

static void make_assets(void) {
    static const char *const stored[STORED] = {"feed.a", "feed.b", "feed.c", "feed.a", "feed.b"};
    put_stream("CREATE", "FEED", "\"subjects\":[\"feed.*\"]", "");
    put_stream("CREATE", "OTHER", "\"subjects\":[\"other\"]", "");
    for (int i = 0; i < STORED; i++)
        ck_assert(jetstream_store(line, stored[i], MS));
    for (int i = 0; i < STREAMS; i++)
        put_stream("CREATE", streams[i].name, streams[i].config, streams[i].metadata);
    for (int i = 0; i < CONSUMERS; i++)
        put_consumer(&consumers[i], consumers[i].metadata);
    for (int i = 0; i < CONSUMERS; i++) {
        if (consumers[i].take < 0)
            pull_on(&consumers[i]);
        else if (consumers[i].take)
            pull(&consumers[i]);
    }
}

static bool has_metadata(void) {
    int minor = 0;
    json_t *info = json_loads(natsc_info(line), 0, NULL);
    sscanf(doc_text(info, "version"), "2.%d.", &minor);
    json_decref(info);
    if (minor < 11)
        printf("skipped: a 2.%d server has no metadata, or no groups that are pinned\n", minor);
    return minor >= 11;
}

static void begin(void) {
    cluster = servers_start(&(struct servers_options){.nodes = NODES, .jetstream = true});
    ck_assert_ptr_nonnull(cluster);
    line = natsc_connect(cluster->node[0].url, NULL, MS);
    ck_assert_ptr_nonnull(line);
}

static void end(void) {
    natsc_close(line);
    servers_end(cluster);
}

/* ---- what is said ---- */

static void line_of(const struct asset *a, const char *stream, char out[200]) {
    snprintf(out, 200, " %s %s%s%s", a->says, stream, a->name, a->what);
}

static void expect_said(const struct asset *a, const char *stream) {
    char wanted[200];
    if (!a->says)
        return;
    line_of(a, stream, wanted);
    ck_assert_msg(command_wait_output(&shown, wanted, MS), "no \"%s\" in:\n%s", wanted, shown.output);
}

static void expect_silent(const struct asset *a, const char *stream) {
    char name[100];
    snprintf(name, sizeof name, " %s%s ", stream, a->name);
    for (const char *at = shown.output; !a->says && (at = strstr(at, " told_")) != NULL; at++) {
        const char *last = at + strcspn(at, "\n"), *hit = strstr(at, name);
        ck_assert_msg(!hit || hit > last, "said of %s: %.*s", a->name, (int)(last - at), at);
    }
}

/* ---- beside the nats command ---- */

/* Of consumers the command reads no metadata, though it says so, and wants a flag. */
static bool flag_of(const char *metadata, char out[100]) {
    char key[60], value[20];
    if (sscanf(metadata, "\"io.nats.monitor.%59[^\"]\":\"%19[^\"]", key, value) != 2 ||
        strcmp(value, "false") == 0)
        return false;
    bool is_switch = strcmp(key, "pinned") == 0;
    snprintf(out, 100, is_switch ? "--%s" : "--%s=%s", key, value);
    return true;
}

/* "msgs-warn=5 msgs-critical=4" */
static void short_of(const char *metadata, char out[200]) {
    static const char prefix[] = "io.nats.monitor.";
    size_t n = 0;
    for (; *metadata && n < 199; metadata++) {
        if (strncmp(metadata, prefix, sizeof prefix - 1) == 0)
            metadata += sizeof prefix - 1;
        if (*metadata != '"')
            out[n++] = *metadata == ':' ? '=' : *metadata == ',' ? ' ' : *metadata;
    }
    out[n] = '\0';
}

static void compare(const struct asset *a, const char *kind) {
    const char *argv[12] = {getenv("NATS_CLI"), "--server", cluster->node[0].url, "server", "check", kind,
                            "--stream",         a->name};
    const char *const env[] = {"XDG_CONFIG_HOME=/nonexistent", NULL};
    struct command c;
    char flag[100] = "", carries[200];
    if (a->code < 0)
        return;
    if (strcmp(kind, "consumer") == 0) {
        argv[7] = "FEED", argv[8] = "--consumer", argv[9] = a->name;
        argv[10] = flag_of(a->metadata, flag) ? flag : NULL;
    }
    int code = command_run(&c, argv, env, 20000);
    short_of(a->metadata, carries);
    printf("figure: %-8s %-6s %-62s nats server check %d, natsight %s\n", kind, a->name, carries, code,
           a->says ? a->says : "-");
    ck_assert_msg(code == a->code, "nats server check says %d of %s: %s%s", code, a->name, c.output,
                  c.errors);
    command_free(&c);
}

static void compare_all(void) {
    if (!getenv("NATS_CLI")) {
        printf("skipped: NATS_CLI does not name the nats command\n");
        return;
    }
    for (int i = 0; i < STREAMS; i++)
        compare(&streams[i], "stream");
    for (int i = 0; i < CONSUMERS; i++)
        compare(&consumers[i], "consumer");
}

START_TEST(each_level_speaks_for_its_asset_alone) {
    if (!has_metadata())
        return;
    make_assets();
    const char *argv[] = {command_natsight(),
                          "--plain",
                          "--hold-scale",
                          "0.1",
                          "--every",
                          "jsz=1s",
                          cluster->node[0].http,
                          cluster->node[1].http,
                          cluster->node[2].http,
                          NULL};
    ck_assert(command_start(&shown, argv, NULL));
    for (int i = 0; i < STREAMS; i++)
        expect_said(&streams[i], "");
    for (int i = 0; i < CONSUMERS; i++)
        expect_said(&consumers[i], "FEED/");
    compare_all();
    put_stream("UPDATE", "msgs5", ONE, META("msgs-critical", "4"));
    put_consumer(&consumers[1], "");
    put_stream("CREATE", "NEXT", "\"num_replicas\":3,\"subjects\":[\"next\"]",
               ""); /* the configuration is asked for at once */
    ck_assert_msg(command_wait_output(&shown, " ok told_msgs msgs5 ", MS), "%s", shown.output);
    /* what is left of its lag is less, and of the same tag */
    ck_assert_msg(command_wait_output(&shown, " warn consumer_unpulled FEED/unp5 ", MS), "%s", shown.output);
    for (int i = 0; i < STREAMS; i++)
        expect_silent(&streams[i], "");
    for (int i = 0; i < CONSUMERS; i++)
        expect_silent(&consumers[i], "FEED/");
    command_free(&shown);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("e2e: rules about levels that assets carry");
    TCase *tc = tcase_create("told");
    tcase_set_timeout(tc, 300);
    tcase_add_checked_fixture(tc, begin, end);
    tcase_add_test(tc, each_level_speaks_for_its_asset_alone);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
