/* One server with connections that hold back, and what the book of alerts tells of them, for its tests.
 *
 * Header only, as tests/model_build.h is. A connection of which more than 10 % of 64 MiB wait is a warning
 * after four seconds, more than half is critical. The clock of the day can be put on and back: `step`. */
#ifndef TESTS_MODEL_ALERTED_H
#define TESTS_MODEL_ALERTED_H

#include "model/alerts.h"
#include "tests/model_build.h"
#include "tests/model_ruled.h"

#define HELD_MOST 4000

struct watch {
    struct night n;
    int64_t step;          /* of UTC, ns */
    uint64_t read;         /* changes */
    char told[16000];      /* "4.5 opened warn n1/9" */
    double mib[HELD_MOST]; /* of cid 9 and on */
    int count;
    uint64_t later;          /* cids: it came back so often */
    const char *name, *user; /* of its clients; NULL: none */
};

/* Of what waits: a warning from 5 MiB on, critical from 20, each by a rule with a hold of its own. */
static inline void use_two_levels(struct model *model, const char *critical_hold, const char *warn_hold) {
    const struct rule_said rules[] = {{.name = "later",
                                       .entity = "connection",
                                       .condition = "pending_bytes",
                                       .critical = "> 20 MiB",
                                       .hold = critical_hold,
                                       .tag = "SAME",
                                       .text = "{value}"},
                                      {.name = "sooner",
                                       .entity = "connection",
                                       .condition = "pending_bytes",
                                       .warn = "> 5 MiB",
                                       .hold = warn_hold,
                                       .tag = "SAME",
                                       .text = "{value}"},
                                      {.name = "buffer_filling", .enabled = "false"}};
    use_rules(model, rules, 3);
}

static inline void watch_changes(struct watch *w) {
    static const char *const words[] = {"ok", "unknown", "pending", "warn", "crit"};
    while (w->read < model_alert_change_last(w->n.model)) {
        const struct alert_change *c = model_alert_change(w->n.model, ++w->read);
        const struct alert *a = model_alert_by_number(w->n.model, c->alert);
        size_t len = strlen(w->told);
        ck_assert_ptr_nonnull(c);
        snprintf(w->told + len, sizeof w->told - len, "%g %s%s %s %s\n", (double)w->n.at / 1e9,
                 c->silenced ? "silent " : "", alert_change_word(c->kind), words[c->severity],
                 a ? a->name : "-");
    }
}

static inline void watch_tick(struct watch *w) {
    model_tick(w->n.model, NIGHT_UTC + w->n.at + w->step, NIGHT_MONO + w->n.at);
    watch_changes(w);
}

/* What has been told since the last time. */
static inline const char *told_by(struct watch *w, char out[16000]) {
    snprintf(out, 16000, "%s", w->told);
    w->told[0] = '\0';
    return out;
}
#define assert_told(w, expect)                                                                               \
    do {                                                                                                     \
        char is_told[16000];                                                                                 \
        ck_assert_str_eq(told_by(w, is_told), expect);                                                       \
    } while (0)

static inline struct sample *stepped(struct watch *w, struct sample *s) {
    s->asked_utc_ns += w->step;
    s->answered_utc_ns += w->step;
    return s;
}

static inline void watch_answer(struct watch *w) {
    send(&w->n, stepped(w, build_varz(&w->n, 1, "IDA", "n1")));
    struct sample *s = stepped(w, build(&w->n, 1, SHAPE_CONNZ_HOT, "IDA"));
    put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, (uint64_t)w->count);
    for (int i = 0; i < w->count; i++) {
        struct row *row = sample_add(s, ENTITY_CONNECTION);
        put_u(row, F_CONNECTION_cid, 9 + w->later + (uint64_t)i);
        put_text(s, row, F_CONNECTION_name, w->name);
        put_text(s, row, F_CONNECTION_user, w->user);
        put_i(row, F_CONNECTION_pending_bytes, (int64_t)(w->mib[i] * 1024 * 1024));
    }
    send(&w->n, s);
}

/* It answers each second up to that one. */
static inline void watch_until(struct watch *w, double second) {
    while (w->n.at < ns(second)) {
        if (w->n.at % NS_PER_S == 0)
            watch_answer(w);
        w->n.at += NS_PER_S / 2;
        watch_tick(w);
    }
}

/* Nobody answers. */
static inline void watch_silence(struct watch *w, double second) {
    while (w->n.at < ns(second)) {
        w->n.at += NS_PER_S / 2;
        watch_tick(w);
    }
}

/* The first connection holds so much. */
static inline void watch_holds(struct watch *w, double second, double mib) {
    w->mib[0] = mib;
    watch_until(w, second);
}

static inline void watch_begin_with(struct watch *w, const struct alert *items, size_t count) {
    memset(w, 0, sizeof *w);
    w->count = 1;
    struct model_options options = {NULL, 0, 1};
    w->n.model = model_create(&options);
    model_alerts_restore(w->n.model, items, count);
    watch_tick(w);
    send_target(&w->n, 1, "http://h:8222", "named", "polled", NULL, NULL);
}

static inline void watch_begin(struct watch *w) {
    watch_begin_with(w, NULL, 0);
}

static inline void watch_end(struct watch *w) {
    night_end(&w->n);
}

static inline const struct alert *alert_at(const struct watch *w, size_t index) {
    const struct alert *a = model_alert(w->n.model, index);
    ck_assert_ptr_nonnull(a);
    return a;
}

static inline int64_t utc(double second) {
    return NIGHT_UTC + ns(second);
}

#endif
