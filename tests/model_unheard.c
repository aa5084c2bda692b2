/* What lives on a server that has been silent since we came: nobody else lists a stream that has no other
 * replica. */
#include "model/alerts.h"
#include "model/finding_text.h"
#include "tests/model_meta.h"

/* The first `count` of three answer and know each other; the others refuse. */
static void come(struct night *n, int count, int remotes) {
    night_begin(n, 0, 1);
    for (int i = 0; i < 3; i++) {
        char url[40];
        snprintf(url, sizeof url, "http://h%d:8222", i);
        send_target(n, (uint64_t)i + 1, url, "named", "polled", NULL, NULL);
    }
    for (int second = 1; second <= 15; second++) {
        night_until(n, second);
        for (int i = 0; i < 3; i++) {
            struct sample *s = i < count ? build_varz(n, (uint64_t)i + 1, ids[i], names[i]) : NULL;
            if (s)
                put_u(row_of(s, ENTITY_SERVER), F_SERVER_remotes, (uint64_t)remotes);
            if (s)
                send(n, s);
            else
                send_failure(n, (uint64_t)i + 1, SHAPE_VARZ, FAILURE_REFUSED, "nothing listens there");
        }
    }
}

/* Node 0 leads a meta group of so many. */
static void tell_meta(struct night *n, int node, uint64_t size) {
    struct sample *s = jsz(n, node);
    add_meta(s, "n1");
    put_u(row_of(s, ENTITY_JETSTREAM), F_JETSTREAM_meta_size, size);
    send(n, s);
}

static const char *down(const struct night *n) {
    static char text[200];
    const struct finding *f = finding_of(n, "server_down");
    ck_assert_ptr_nonnull(f);
    finding_text_of(n->model, f, 1, text, sizeof text);
    return text;
}

static double unheard(const struct night *n) {
    return number_value(n, model_cluster(n->model), Q_CLUSTER_js_unheard);
}

START_TEST(what_only_it_has_is_not_known) {
    struct night n;
    come(&n, 2, 1);
    ck_assert_str_eq(down(&n), "h2:8222 nothing listens there, for ≥13s"); /* nobody says that there is any */
    for (int i = 0; i < 2; i++)
        tell_meta(&n, i, 3);
    night_until(&n, 16);
    ck_assert_double_eq(unheard(&n), 1);
    ck_assert_str_eq(down(&n), "h2:8222 nothing listens there, for ≥14s; what streams it has is not known");
    night_end(&n);
}
END_TEST

START_TEST(who_is_no_member_has_none) {
    struct night n;
    come(&n, 2, 1);
    for (int i = 0; i < 2; i++)
        tell_meta(&n, i, 2);
    night_until(&n, 16);
    ck_assert_double_eq(unheard(&n), 0);
    ck_assert_str_eq(down(&n), "h2:8222 nothing listens there, for ≥14s");
    night_end(&n);
}
END_TEST

START_TEST(who_was_heard_is_known) {
    struct night n;
    come(&n, 3, 2);
    for (int i = 0; i < 3; i++)
        tell_meta(&n, i, 3);
    for (int i = 0; i < 2; i++)
        send_failure(&n, 3, SHAPE_VARZ, FAILURE_REFUSED, "nothing listens there");
    night_until(&n, 18);
    ck_assert_double_eq(unheard(&n), 0);
    ck_assert_str_eq(down(&n), "n3 nothing listens there, for 2s");
    night_end(&n);
}
END_TEST

/* In an earlier run: where it was asked, and what it alone had. */
static void remember(struct night *n) {
    static const struct remembered_server server = {"n3", "h2:8222", 0};
    static const struct lone_stream streams[] = {{"C", "n3", "A", "EVENTS", ""},
                                                 {"C", "n3", "A", "ORDERS", ""},
                                                 {"C", "n3", "A", "JOBS", ""},
                                                 {"C", "n1", "A", "OTHERS", ""},
                                                 {"D", "n3", "A", "FAR", ""}};
    model_remember_server(n->model, &server);
    for (size_t i = 0; i < sizeof streams / sizeof *streams; i++)
        model_remember_stream(n->model, &streams[i]);
}

static void expect_lone(const struct night *n, const char *expect) {
    static struct lone_stream streams[LONE_STREAMS_MOST];
    size_t count = model_lone_streams(n->model, streams);
    char all[400] = "";
    for (size_t i = 0; i < count; i++)
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s %s, ", streams[i].server, streams[i].name);
    ck_assert_str_eq(all, expect);
}

/* n1 leads this one, which has no other replica. */
static void tell_lone(struct night *n) {
    struct sample *s = jsz(n, 0);
    add_meta(s, "n1");
    add_stream(s, 0, 0, 10);
    send(n, s);
}

START_TEST(what_it_alone_had_is_remembered) {
    struct night n;
    come(&n, 2, 1);
    remember(&n);
    expect_lone(&n, "n3 EVENTS, n3 ORDERS, n3 JOBS, n1 OTHERS, n3 FAR, ");
    for (int i = 0; i < 2; i++)
        tell_meta(&n, i, 3);
    night_until(&n, 16);
    ck_assert_str_eq(down(&n), "n3 nothing listens there, for ≥14s; EVENTS and 2 more streams had no other "
                               "replica; what else it has is not known");
    tell_lone(&n); /* ORDERS is here by now */
    night_until(&n, 17);
    ck_assert_str_eq(down(&n), "n3 nothing listens there, for ≥15s; EVENTS and 1 more stream had no other "
                               "replica; what else it has is not known");
    expect_lone(&n, "n1 ORDERS, n3 EVENTS, n3 ORDERS, n3 JOBS, n3 FAR, "); /* n1 has told of all it has */
    send_varz(&n, 3, "IDC", "n3");
    tell_meta(&n, 2, 3);
    night_until(&n, 18);
    expect_lone(&n, "n1 ORDERS, n3 FAR, ");
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("unheard");
    tcase_add_test(t, what_only_it_has_is_not_known);
    tcase_add_test(t, who_is_no_member_has_none);
    tcase_add_test(t, who_was_heard_is_known);
    tcase_add_test(t, what_it_alone_had_is_remembered);
    return t;
}

int main(void) {
    return run_case("model: unheard", cases);
}
