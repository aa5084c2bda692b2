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
    night_until(&n, 16);
    ck_assert_double_eq(unheard(&n), 0);
    ck_assert_str_eq(down(&n), "n3 nothing listens there");
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("unheard");
    tcase_add_test(t, what_only_it_has_is_not_known);
    tcase_add_test(t, who_is_no_member_has_none);
    tcase_add_test(t, who_was_heard_is_known);
    return t;
}

int main(void) {
    return run_case("model: unheard", cases);
}
