/* Healthy, breathing load raises nothing: a recorded stream of real servers goes through the model by its own
 * clocks, by the default rules and by those of docs/rules.d. tests/streams/README.md says what is in it. */
#include <check.h>
#include <libconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/alerts.h"
#include "model/ruleset.h"
#include "sample/stream.h"
#include "tests/harness/suite.h"

enum { TICK_MS = 500, TOLD = 4000, MINUTES_LEAST = 59, FAULT_MINUTE = 5 };

static const char recorded[] = "tests/streams/healthy.ns.gz";

struct hour {
    struct model *model;
    struct stream_reader *reader;
    uint64_t silent; /* this target is refused from the fault on; 0: none */
    int64_t began, utc, mono;
    uint64_t read;
    size_t damage;
    char told[TOLD];
};

static void look(struct hour *h) {
    while (h->read < model_alert_change_last(h->model)) {
        const struct alert_change *c = model_alert_change(h->model, ++h->read);
        ck_assert_ptr_nonnull(c);
        const struct alert *a = model_alert_by_number(h->model, c->alert);
        size_t len = strlen(h->told);
        snprintf(h->told + len, sizeof h->told - len, "minute %lld: %s %s: %s\n",
                 (long long)((h->mono - h->began) / (60 * NS_PER_S)), alert_change_word(c->kind),
                 a ? a->rule : "-", a ? a->text : "-");
    }
}

/* As often as the program does it, up to that moment of the stream. */
static void tick_until(struct hour *h, int64_t utc, int64_t mono) {
    while (h->mono + TICK_MS * NS_PER_MS <= mono) {
        h->mono += TICK_MS * NS_PER_MS;
        h->utc = utc - (mono - h->mono);
        model_tick(h->model, h->utc, h->mono);
        look(h);
    }
}

static void on_row(void *data, uint16_t source, enum frame_kind kind, const struct row *row) {
    struct hour *h = data;
    if (kind == FRAME_HELLO) {
        h->began = h->mono = row_cell(row, F_HELLO_mono)->i;
        h->utc = row_cell(row, F_HELLO_utc)->i;
        model_tick(h->model, h->utc, h->mono);
    }
    if (kind != FRAME_TICK)
        model_row(h->model, source, kind, row);
}

/* In place of what it answered. */
static void refuse(struct hour *h, const struct sample *sample) {
    static const char error[] = "connection refused";
    struct sample *s = sample_create();
    s->source = sample->source;
    s->target = sample->target;
    s->serial = sample->serial;
    s->shape = sample->shape;
    s->asked_utc_ns = sample->asked_utc_ns;
    s->asked_mono_ns = sample->asked_mono_ns;
    s->answered_utc_ns = sample->answered_utc_ns;
    s->answered_mono_ns = sample->answered_mono_ns;
    s->failure = FAILURE_REFUSED;
    s->error = sample_text(s, error, sizeof error - 1);
    model_sample(h->model, s);
    sample_destroy(s);
}

static void on_sample(void *data, const struct sample *sample) {
    struct hour *h = data;
    tick_until(h, sample->answered_utc_ns, sample->answered_mono_ns);
    if (h->silent == sample->target && h->mono - h->began > FAULT_MINUTE * 60 * NS_PER_S)
        refuse(h, sample);
    else
        model_sample(h->model, sample);
}

static void on_damage(void *data, size_t skipped) {
    ((struct hour *)data)->damage += skipped;
}

static void replay(struct hour *h, struct ruleset *rules, uint64_t silent) {
    static const struct stream_handler handler = {on_row, on_sample, on_damage};
    char bytes[1 << 15];
    int n;
    *h = (struct hour){.model = model_create(&(struct model_options){NULL, 0, 1}), .silent = silent};
    if (rules)
        model_use_rules(h->model, rules);
    h->reader = stream_reader_create(&handler, h);
    gzFile file = gzopen(recorded, "rb");
    ck_assert_ptr_nonnull(file);
    while ((n = gzread(file, bytes, sizeof bytes)) > 0)
        stream_reader_feed(h->reader, bytes, (size_t)n);
    ck_assert_int_eq(n, 0);
    gzclose(file);
    stream_reader_destroy(h->reader);
    ck_assert_uint_eq(h->damage, 0);
}

static void end(struct hour *h) {
    model_destroy(h->model);
}

static bool begins(const char *text, const char *with) {
    return strncmp(text, with, strlen(with)) == 0;
}

START_TEST(default_rules_are_quiet) {
    struct hour h;
    replay(&h, NULL, 0);
    ck_assert_str_eq(h.told, "");
    ck_assert_int_ge(h.mono - h.began, MINUTES_LEAST * 60 * NS_PER_S);
    end(&h);
}
END_TEST

/* A file of docs/rules.d, as natsight reads one, but for those that are named. */
static void add_shipped(struct ruleset *rules, const char *path, const char *without) {
    config_t file;
    config_init(&file);
    ck_assert_msg(config_read_file(&file, path), "%s: %s", path, config_error_text(&file));
    const config_setting_t *list = config_lookup(&file, "rules");
    for (int i = 0; i < config_setting_length(list); i++) {
        const config_setting_t *group = config_setting_get_elem(list, (unsigned)i);
        struct rule_said said = {.origin = path};
        const struct {
            const char *key, **text;
        } keys[] = {{"name", &said.name},   {"entity", &said.entity}, {"condition", &said.condition},
                    {"match", &said.match}, {"warn", &said.warn},     {"critical", &said.critical},
                    {"clear", &said.clear}, {"hold", &said.hold},     {"severity", &said.severity},
                    {"text", &said.text},   {"tag", &said.tag},       {"reason", &said.reason}};
        for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
            config_setting_lookup_string(group, keys[k].key, keys[k].text);
        struct rule_fault fault;
        if (strcmp(said.name, without) != 0)
            ck_assert_msg(ruleset_add(rules, &said, &fault), "%s: %s: %s", said.name, fault.key,
                          fault.message);
    }
    config_destroy(&file);
}

/* More than 1,000 pending is what a worker finds who comes each two minutes, and no trouble. */
START_TEST(classic_rules_are_quiet) {
    struct hour h;
    struct ruleset *rules = ruleset_create();
    add_shipped(rules, "docs/rules.d/classic.conf", "classic_pending");
    replay(&h, rules, 0);
    ck_assert_str_eq(h.told, "");
    end(&h);
    ruleset_release(rules);
}
END_TEST

START_TEST(a_server_that_falls_silent_is_told) {
    struct hour h;
    replay(&h, NULL, 2);
    ck_assert_msg(begins(h.told, "minute 5: opened server_down: n2 connection refused"), "%s", h.told);
    end(&h);
}
END_TEST

START_TEST(a_low_level_is_told) {
    struct hour h;
    struct rule_fault fault;
    struct ruleset *rules = ruleset_create();
    ck_assert(ruleset_add(rules,
                          &(struct rule_said){.name = "low",
                                              .entity = "consumer",
                                              .condition = "pending",
                                              .match = "name = batch",
                                              .warn = "> 2000"},
                          &fault));
    replay(&h, rules, 0);
    ck_assert_msg(begins(h.told, "minute ") && strstr(h.told, ": opened low: EVENTS/batch: pending 2"), "%s",
                  h.told);
    end(&h);
    ruleset_release(rules);
}
END_TEST

int main(void) {
    TCase *tcase = tcase_create("hour");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, default_rules_are_quiet);
    tcase_add_test(tcase, classic_rules_are_quiet);
    tcase_add_test(tcase, a_server_that_falls_silent_is_told);
    tcase_add_test(tcase, a_low_level_is_told);
    Suite *suite = suite_create("hour");
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
