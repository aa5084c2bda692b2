/* The rules about levels that streams and consumers carry: when each speaks, in which words, when it ends,
 * and that ours of the same matter keeps silent meanwhile. */
#include <stddef.h>

#include "tests/model_carried.h"

#define IS(F) offsetof(struct scene, F)
static const struct told_case cases_of[] = {
    {"told_lag",
     NULL,
     SEVERITY_CRIT,
     10,
     {F_STREAM_told_lag, "200"},
     {0},
     IS(source_lag),
     199,
     200,
     "ORDERS: source S1 200 behind, io.nats.monitor.lag-critical = 200"},
    {"told_lag",
     "source_behind",
     SEVERITY_CRIT,
     10,
     {F_STREAM_told_lag, "2000"},
     {0},
     IS(source_lag),
     1999,
     2000,
     "ORDERS: source S1 2000 behind, io.nats.monitor.lag-critical = 2000"},
    {"told_seen",
     NULL,
     SEVERITY_CRIT,
     0,
     {F_STREAM_told_seen, "5s"},
     {0},
     IS(source_active),
     4.9,
     5,
     "ORDERS: source S1 silent for 5.0s, io.nats.monitor.seen-critical = 5.0s"},
    {"told_seen",
     "source_silent",
     SEVERITY_CRIT,
     0,
     {F_STREAM_told_seen, "1m"},
     {0},
     IS(source_active),
     59,
     60,
     "ORDERS: source S1 silent for 1m00s, io.nats.monitor.seen-critical = 1m00s"},
    {"told_copies_nothing",
     NULL,
     SEVERITY_CRIT,
     10,
     {F_STREAM_told_seen, "1m"},
     {0},
     IS(sources),
     1,
     0,
     "stream ORDERS (A) copies from nowhere, and has a level for that, io.nats.monitor.seen-critical = "
     "1m00s"},
    {"told_min_sources",
     NULL,
     SEVERITY_CRIT,
     10,
     {F_STREAM_told_min_sources, "2"},
     {0},
     IS(sources),
     2,
     1,
     "stream ORDERS (A) has 1 sources, io.nats.monitor.min-sources = 2"},
    {"told_max_sources",
     NULL,
     SEVERITY_CRIT,
     10,
     {F_STREAM_told_max_sources, "2"},
     {0},
     IS(sources),
     2,
     3,
     "stream ORDERS (A) has 3 sources, io.nats.monitor.max-sources = 2"},
    {"told_peer_expect",
     NULL,
     SEVERITY_CRIT,
     10,
     {F_STREAM_told_peer_expect, "3"},
     {0},
     IS(replicas),
     3,
     2,
     "stream ORDERS (A) has 2 replicas, io.nats.monitor.peer-expect = 3"},
    {"told_peer_lag",
     NULL,
     SEVERITY_CRIT,
     10,
     {F_STREAM_told_peer_lag, "100"},
     {0},
     IS(replica_lag),
     100,
     101,
     "ORDERS: replica on n3 101 operations behind, io.nats.monitor.peer-lag-critical = 100"},
    {"told_peer_lag",
     "replica_behind",
     SEVERITY_CRIT,
     10,
     {F_STREAM_told_peer_lag, "500"},
     {0},
     IS(replica_lag),
     500,
     501,
     "ORDERS: replica on n3 501 operations behind, io.nats.monitor.peer-lag-critical = 500"},
    {"told_peer_seen",
     NULL,
     SEVERITY_CRIT,
     0,
     {F_STREAM_told_peer_seen, "1s"},
     {0},
     IS(replica_seen),
     1,
     1.1,
     "ORDERS: replica on n3 not heard for 1.1s, io.nats.monitor.peer-seen-critical = 1.0s"},
    {"told_peer_seen",
     "replica_unheard",
     SEVERITY_CRIT,
     0,
     {F_STREAM_told_peer_seen, "5s"},
     {0},
     IS(replica_seen),
     5,
     6,
     "ORDERS: replica on n3 not heard for 6.0s, io.nats.monitor.peer-seen-critical = 5.0s"},
    {"told_msgs",
     NULL,
     SEVERITY_WARN,
     10,
     {F_STREAM_told_msgs_warn, "100"},
     {F_STREAM_told_msgs_critical, "50"},
     IS(messages),
     101,
     100,
     "stream ORDERS (A) has 100 messages, io.nats.monitor.msgs-warn = 100, io.nats.monitor.msgs-critical = "
     "50"},
    {"told_msgs",
     NULL,
     SEVERITY_CRIT,
     10,
     {F_STREAM_told_msgs_critical, "50"},
     {0},
     IS(messages),
     51,
     50,
     "stream ORDERS (A) has 50 messages, io.nats.monitor.msgs-critical = 50"},
    {"told_subjects_many",
     NULL,
     SEVERITY_WARN,
     10,
     {F_STREAM_told_subjects_warn, "100"},
     {F_STREAM_told_subjects_critical, "200"},
     IS(subjects),
     99,
     100,
     "stream ORDERS (A) has 100 subjects, io.nats.monitor.subjects-warn = 100, "
     "io.nats.monitor.subjects-critical = 200"},
    {"told_subjects_many",
     NULL,
     SEVERITY_CRIT,
     10,
     {F_STREAM_told_subjects_critical, "200"},
     {0},
     IS(subjects),
     199,
     200,
     "stream ORDERS (A) has 200 subjects, io.nats.monitor.subjects-critical = 200"},
    {"told_subjects_few",
     NULL,
     SEVERITY_WARN,
     10,
     {F_STREAM_told_subjects_warn, "20"},
     {0},
     IS(subjects),
     21,
     20,
     "stream ORDERS (A) has 20 subjects, io.nats.monitor.subjects-warn = 20"},
    {"told_subjects_few",
     NULL,
     SEVERITY_CRIT,
     10,
     {F_STREAM_told_subjects_critical, "20"},
     {F_STREAM_told_subjects_warn, "20"},
     IS(subjects),
     21,
     20,
     "stream ORDERS (A) has 20 subjects, io.nats.monitor.subjects-warn = 20, "
     "io.nats.monitor.subjects-critical = 20"},
    {"told_unprocessed",
     NULL,
     SEVERITY_CRIT,
     10,
     {F_CONSUMER_told_unprocessed, "500"},
     {0},
     IS(pending),
     499,
     500,
     "ORDERS/C 500 not delivered, io.nats.monitor.unprocessed-critical = 500"},
    {"told_outstanding_ack",
     NULL,
     SEVERITY_CRIT,
     10,
     {F_CONSUMER_told_outstanding_ack, "50"},
     {0},
     IS(ack_pending),
     49,
     50,
     "ORDERS/C 50 not acknowledged, io.nats.monitor.outstanding-ack-critical = 50"},
    {"told_waiting",
     NULL,
     SEVERITY_CRIT,
     10,
     {F_CONSUMER_told_waiting, "20"},
     {0},
     IS(waiting),
     19,
     20,
     "ORDERS/C 20 pull requests wait, io.nats.monitor.waiting-critical = 20"},
    {"told_redelivery",
     NULL,
     SEVERITY_CRIT,
     10,
     {F_CONSUMER_told_redelivery, "7"},
     {0},
     IS(redelivered),
     6,
     7,
     "ORDERS/C 7 being redelivered, io.nats.monitor.redelivery-critical = 7"},
    {"told_last_delivery",
     NULL,
     SEVERITY_CRIT,
     0,
     {F_CONSUMER_told_last_delivery, "1m"},
     {0},
     IS(since_delivery),
     59,
     60,
     "ORDERS/C time since the last delivery: 1m00s, io.nats.monitor.last-delivery-critical = 1m00s"},
    {"told_last_ack",
     NULL,
     SEVERITY_CRIT,
     0,
     {F_CONSUMER_told_last_ack, "2m"},
     {0},
     IS(since_ack),
     119,
     120,
     "ORDERS/C time since the last acknowledgement: 2m00s, io.nats.monitor.last-ack-critical = 2m00s"},
    {"told_unpinned",
     NULL,
     SEVERITY_CRIT,
     10,
     {F_CONSUMER_told_pinned, "true"},
     {0},
     IS(pinned),
     1,
     0,
     "ORDERS/C is pinned to no client, io.nats.monitor.pinned = yes, its policy is pinned_client"},
    {"told_unpinned",
     NULL,
     SEVERITY_CRIT,
     10,
     {F_CONSUMER_told_pinned, "true"},
     {0},
     IS(policy),
     1,
     0,
     "ORDERS/C is pinned to no client, io.nats.monitor.pinned = yes"},
};
enum { CASES = sizeof cases_of / sizeof *cases_of };

/* ---- each level ---- */

START_TEST(a_level_speaks_and_ends) {
    const struct told_case *c = &cases_of[_i];
    struct night n;
    char text[400];
    begin_three(&n);
    go_on(&n, c, c->hold + 1, c->quiet, set);
    ck_assert_ptr_null(finding_of(&n, c->rule));
    if (c->hold > 0) {
        go_on(&n, c, c->hold, c->loud, set);
        ck_assert_ptr_null(finding_of(&n, c->rule));
    }
    go_on(&n, c, 0.5, c->loud, set);
    const struct finding *f = finding_of(&n, c->rule);
    ck_assert_msg(f != NULL, "%s", c->rule);
    ck_assert_int_eq(f->severity, c->severity);
    ck_assert_str_eq(f->rule->origin, "metadata");
    finding_text_of(n.model, f, 1, text, sizeof text);
    ck_assert_str_eq(text, c->text);
    go_on(&n, c, 1, c->quiet, set);
    ck_assert_ptr_null(finding_of(&n, c->rule));
    night_end(&n);
}
END_TEST

/* Nothing, a switch that is off, or nothing any more: no level, and ours counts. */
START_TEST(what_is_no_level_says_nothing) {
    static const struct carried without[] = {{.zero = true}, {.enabled = "false"}, {.removed = true}};
    const struct told_case *c = &cases_of[_i % CASES];
    struct night n;
    begin_three(&n);
    go_on(&n, c, 121, c->loud, set);
    ck_assert_ptr_nonnull(finding_of(&n, c->rule));
    if (c->ours)
        ck_assert_ptr_null(finding_of(&n, c->ours));
    go_on(&n, c, 121, c->loud, without[_i / CASES]);
    ck_assert_ptr_null(finding_of(&n, c->rule));
    if (c->ours)
        ck_assert_msg(finding_of(&n, c->ours) != NULL, "%s", c->ours);
    go_on(&n, c, c->hold + 0.5, c->loud, (struct carried){.enabled = "true"});
    ck_assert_ptr_nonnull(finding_of(&n, c->rule));
    if (c->ours)
        ck_assert_ptr_null(finding_of(&n, c->ours));
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("told");
    tcase_add_loop_test(t, a_level_speaks_and_ends, 0, CASES);
    tcase_add_loop_test(t, what_is_no_level_says_nothing, 0, 3 * CASES);
    return t;
}

int main(void) {
    return run_case("model: rules about levels that assets carry", cases);
}
