/* Stories of a consumer as its leader tells them: each begins at second 0 and is told each 5 s. What comes of
 * one is a state, and a finding where that lasts.
 *
 * Header only, as tests/model_build.h is. */
#ifndef TESTS_MODEL_STORY_H
#define TESTS_MODEL_STORY_H

#include "tests/model_lagging.h"

typedef void story_fn(double at, struct told_stream *stream, struct told_consumer *consumer);

static const struct told_consumer story_usual = {.pending = 500,
                                                 .deliveries = 99500,
                                                 .delivered = 99500,
                                                 .floor = 99500,
                                                 .last_delivered = NEVER,
                                                 .last_ack = NEVER};

/* Its part between these seconds. */
static inline void story_tell(struct night *n, story_fn *story, double from, double until) {
    for (double at = from; at <= until; at += 5) {
        varz_until(n, at, 7);
        struct told_stream stream = told(1, 100000, -5000, 0);
        struct told_consumer c = story_usual;
        story(at, &stream, &c);
        tell(n, &stream, &c);
    }
}

static inline void story_run(struct night *n, story_fn *story, double until) {
    begin_three(n);
    story_tell(n, story, 0, until);
}

static inline const char *story_word(const struct night *n, enum quantity q) {
    return text_value(n, consumer(n, "C"), q);
}

struct told_story {
    const char *name;
    story_fn *story;
    double until;
    const char *state, *why; /* why NULL: any */
};

static inline void story_check(const struct told_story *s) {
    struct night n;
    story_run(&n, s->story, s->until);
    ck_assert_msg(strcmp(story_word(&n, Q_CONSUMER_state), s->state) == 0, "%s: %s (%s)", s->name,
                  story_word(&n, Q_CONSUMER_state), story_word(&n, Q_CONSUMER_why));
    if (s->why)
        ck_assert_str_eq(story_word(&n, Q_CONSUMER_why), s->why);
    night_end(&n);
}

struct story_ruling {
    const char *rule;
    story_fn *story;
    double from, until;     /* it speaks from there on, and did not before */
    const char *text;       /* NULL: any */
    enum severity severity; /* OK: whichever */
};

static inline const struct finding *story_finding(const struct night *n, const struct story_ruling *r) {
    return r->severity == SEVERITY_OK ? finding_of(n, r->rule) : finding_at(n, r->rule, r->severity);
}

static inline void story_check_ruling(const struct story_ruling *r) {
    struct night n;
    char text[200];
    story_run(&n, r->story, r->from - 5);
    ck_assert_msg(!story_finding(&n, r), "%s speaks too early", r->rule);
    night_end(&n);
    story_run(&n, r->story, r->until);
    night_until(&n, r->until + 1);
    const struct finding *f = story_finding(&n, r);
    ck_assert_msg(f != NULL, "%s is silent: %s", r->rule, story_word(&n, Q_CONSUMER_state));
    finding_text_of(n.model, f, 1, text, sizeof text);
    if (r->text)
        ck_assert_str_eq(text, r->text);
    night_end(&n);
}

#endif
