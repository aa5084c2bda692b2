#include "tests/model_build.h"
#include "tests/model_ruled.h"

#include "model/ruleset.h"

/* ---- rules of one's own ---- */

static struct rule_said lag_rule(const char *warn, const char *critical) {
    return (struct rule_said){.name = "my_lag",
                              .entity = "consumer",
                              .condition = "lag",
                              .warn = warn,
                              .critical = critical,
                              .origin = "natsight.conf:12"};
}

START_TEST(the_defaults_are_understood) {
    struct ruleset *set = ruleset_create();
    size_t count = ruleset_count(set);
    ck_assert_uint_gt(count, 60);
    for (size_t i = 0; i < count; i++) {
        const struct rule *rule = ruleset_at(set, i);
        ck_assert_ptr_eq(ruleset_find(set, rule->name), rule); /* no name twice */
        ck_assert_uint_le(strlen(rule->tag), 6);               /* its column in the verdict */
        ck_assert(rule->warn.is || rule->crit.is);
        ck_assert(rule->value_expr || rule->where_expr);
        bool carried = strncmp(rule->name, "told_", 5) == 0;
        ck_assert_str_eq(rule->origin, carried ? "metadata" : "default");
    }
    ruleset_release(set);
}
END_TEST

static const struct wrong {
    struct rule_said said;
    const char *key, *part;
} wrongs[] = {
    {{.entity = "consumer", .condition = "lag"}, "name", "wants a name"},
    {{.name = "a b", .entity = "consumer", .condition = "lag", .warn = "1"}, "name", "letters, digits"},
    {{.name = "a", .condition = "lag", .warn = "1"}, "entity", "what is it about?"},
    {{.name = "a", .entity = "consumr", .condition = "lag", .warn = "1"}, "entity", "did you mean consumer?"},
    {{.name = "a", .entity = "consumer"}, "condition", "what is looked at?"},
    {{.name = "a", .entity = "consumer", .condition = "lagg", .warn = "1"}, "condition", "did you mean lag?"},
    {{.name = "a", .entity = "consumer", .condition = "lag"}, "condition", "from which one on"},
    {{.name = "a", .entity = "consumer", .condition = "lag", .warn = "10 s"}, "warn", "time span"},
    {{.name = "a", .entity = "consumer", .condition = "lag", .warn = "> many"},
     "warn",
     "`many` is no quantity"},
    {{.name = "a", .entity = "consumer", .condition = "time_behind", .warn = "1 MiB"}, "warn", "bytes"},
    {{.name = "a", .entity = "server", .condition = "rtt", .warn = "> 5 min"},
     "warn",
     "`min` is no unit: write 5m"},
    {{.name = "a", .entity = "server", .condition = "mem", .warn = "8 Mbit"}, "warn", "`Mbit` is no unit; "},
    {{.name = "a", .entity = "consumer", .condition = "lag", .warn = "1e400"}, "warn", "too large a number"},
    {{.name = "a", .entity = "server", .condition = "js_storage_share", .warn = "80"},
     "warn",
     "write 80 % or 0.8"},
    {{.name = "a", .entity = "consumer", .condition = "time_behind", .warn = "> 5"},
     "warn",
     "5 has no unit (time span): write \"> 5 s\""},
    {{.name = "a", .entity = "consumer", .condition = "time_behind", .warn = "5k"}, "warn", "\"> 5 s\""},
    {{.name = "a", .entity = "consumer", .condition = "time_behind", .warn = "5 s", .critical = "10"},
     "critical",
     "\"> 10 s\""},
    {{.name = "a", .entity = "consumer", .condition = "time_behind", .warn = "5 s", .clear = "1"},
     "clear",
     "\"< 1 s\""},
    {{.name = "a", .entity = "server", .condition = "mem", .warn = ">= 1000"}, "warn", "\">= 1000 B\""},
    {{.name = "a", .entity = "server", .condition = "mem", .warn = "10k"}, "warn", "\"> 10kB\""},
    {{.name = "a", .entity = "server", .condition = "in_bytes_per_s", .warn = "10M"}, "warn", "\"> 10MB/s\""},
    {{.name = "a", .entity = "server", .condition = "cpu", .warn = "80"}, "warn", "\"> 80 %\""},
    {{.name = "a", .entity = "consumer", .condition = "time_behind > 5"}, "condition", "\"> 5 s\""},
    {{.name = "a", .entity = "consumer", .condition = "lag > 5 and 5 < time_behind"}, "condition", "\"5 s\""},
    {{.name = "a", .entity = "stream", .condition = "bytes - 100", .warn = "1 MiB"},
     "condition",
     "\"100 B\""},
    {{.name = "a", .entity = "consumer", .condition = "lag", .warn = "1", .match = "time_behind > 5"},
     "match",
     "\"> 5 s\""},
    {{.name = "a", .entity = "consumer", .condition = "name", .warn = "> 5"},
     "condition",
     "name is no number; compare it here: condition = \"name = ...\" or \"name ~ ...\""},
    {{.name = "a", .entity = "consumer", .condition = "state", .warn = "> 5"},
     "condition",
     "condition = \"state = leaderless\""},
    {{.name = "a", .entity = "server", .condition = "js_enabled"}, "condition", "js_enabled is no number"},
    {{.name = "a", .entity = "consumer", .condition = "lag + name", .warn = "5"},
     "condition",
     "name is no number"},
    {{.name = "a", .entity = "consumer", .condition = "name > lag"}, "condition", "name is no number"},
    {{.name = "a", .entity = "consumer", .condition = "lag", .warn = "> name"}, "warn", "name is no number"},
    {{.name = "a", .entity = "stream", .condition = "bytes / 0", .warn = "> 5 B"},
     "condition",
     "divided by 0"},
    {{.name = "a", .entity = "stream", .condition = "bytes > 1 KiB / (2 - 2)"}, "condition", "divided by 0"},
    {{.name = "a", .entity = "stream", .condition = "bytes", .warn = "5 B / -0"}, "warn", "divided by 0"},
    {{.name = "a", .entity = "server", .condition = "rate(in_bytes)", .warn = "> 5 B/s"},
     "condition",
     "did you mean in_bytes_per_s?"},
    {{.name = "a", .entity = "server", .condition = "in_msgs", .warn = "> 5"},
     "condition",
     "did you mean in_msgs_per_s?"},
    {{.name = "a", .entity = "consumer", .condition = "lag", .warn = "1", .match = "strem = ORDERS"},
     "match",
     "did you mean stream?"},
    {{.name = "a", .entity = "consumer", .condition = "lag", .warn = "10k", .critical = "1k"},
     "warn",
     "is beyond critical"},
    {{.name = "a", .entity = "consumer", .condition = "lag", .warn = "> 10", .critical = "< 5"},
     "critical",
     "looks the other way"},
    {{.name = "a", .entity = "consumer", .condition = "lag", .warn = "10", .clear = "20"},
     "clear",
     "on the bad side"},
    {{.name = "a", .entity = "consumer", .condition = "lag", .warn = "10", .clear = "> 5"},
     "clear",
     "has to look the other way"},
    {{.name = "a", .entity = "consumer", .condition = "lag", .warn = "10", .hold = "10"},
     "hold",
     "is no time span"},
    {{.name = "a", .entity = "consumer", .condition = "lag", .warn = "10", .hold = "2d"},
     "hold",
     "not between"},
    {{.name = "a", .entity = "consumer", .condition = "lag", .warn = "10", .match = "stream ="},
     "match",
     "expected"},
    {{.name = "a", .entity = "consumer", .condition = "lag", .warn = "10", .text = "{nam}"},
     "text",
     "did you mean name?"},
    {{.name = "a", .entity = "consumer", .condition = "lag > 10", .warn = "10"}, "warn", "true or false"},
    {{.name = "a", .entity = "consumer", .condition = "lag > 10", .severity = "bad"}, "severity", "neither"},
    {{.name = "a", .entity = "consumer", .condition = "10", .warn = "10"}, "condition", "neither a quantity"},
    {{.name = "a", .enabled = "false"}, "name", "no rule a to silence"},
    {{.name = "a", .entity = "consumer", .condition = "state = stalled_deliver"},
     "condition",
     "did you mean stalled_delivery?"},
    {{.name = "a", .entity = "server", .condition = "state != dead"}, "condition", "there is no state"},
    {{.name = "a", .entity = "server", .condition = "lame_duck = maybe"},
     "condition",
     "lame_duck is yes or no, not maybe"},
    {{.name = "a", .entity = "server", .condition = "health != okay"},
     "condition",
     "there are ok, unavailable"},
    {{.name = "a", .entity = "stream", .condition = "discard = News"}, "condition", "did you mean new?"},
    {{.name = "a", .entity = "stream", .condition = "storage = disk"}, "condition", "there are file, memory"},
    {{.name = "a",
      .entity = "connection",
      .condition = "in_msgs_per_s",
      .warn = "1",
      .match = "kind = Clint"},
     "match",
     "there are nats, websocket, mqtt, leaf"},
    {{.name = "a", .entity = "replica", .condition = "state = ofline"}, "condition", "did you mean offline?"},
    {{.name = "a", .entity = "stream", .condition = "state = 5"}, "condition", "there is no state 5"},
    {{.name = "a", .entity = "connection", .condition = "rtt", .warn = "1ms"},
     "condition",
     "evidence of nothing"},
    {{.name = "a", .entity = "connection", .condition = "in_msgs_per_s", .warn = "1", .match = "rtt > 1ms"},
     "match",
     "evidence of nothing"},
    {{.name = "a", .entity = "consumer", .condition = "lag", .warn = "1", .match = "lag"},
     "match",
     "is no comparison"},
    {{.name = "a", .entity = "consumer", .condition = "lag", .warn = "1", .text = ""},
     "text",
     "says nothing"},
    {{.name = "server_down", .enabled = "no"}, "enabled", "neither true nor false"},
    {{.name = "server_down", .warn = "> 3"}, "warn", "has no level"},
    {{.name = "consumer_growing", .entity = "stream", .warn = "> 3"}, "entity", "is about a consumer"},
    {{.name = "consumer_growing", .warn = "> 1M"}, "warn", "is beyond critical"},
    {{.name = "a", .entity = "consumer", .condition = "lag", .warn = "10", .tag = "MUCHTOOLONG"},
     "tag",
     "characters long"},
};

START_TEST(what_is_wrong_is_said_with_its_key) {
    struct ruleset *set = ruleset_create();
    size_t count = ruleset_count(set);
    struct rule_fault fault = {0};
    ck_assert(!ruleset_add(set, &wrongs[_i].said, &fault));
    ck_assert_str_eq(fault.key, wrongs[_i].key);
    ck_assert_msg(strstr(fault.message, wrongs[_i].part) != NULL, "%s", fault.message);
    ck_assert_uint_eq(ruleset_count(set), count);
    ruleset_release(set);
}
END_TEST

static const struct right {
    const char *entity, *condition, *limit;
    double threshold;
    enum rule_sign sign;
} rights[] = {
    {"consumer", "lag", "10k", 10000, SIGN_MORE},
    {"consumer", "lag", ">= 10", 10, SIGN_AT_LEAST},
    {"consumer", "time_behind", "> 10 s", 10e9, SIGN_MORE},
    {"server", "rtt", "> 250 us", 250e3, SIGN_MORE},
    {"server", "mem", "> 1 MiB", 1048576, SIGN_MORE},
    {"server", "js_storage_share", "> 80 %", 0.8, SIGN_MORE},
    {"server", "js_storage_share", "0.8", 0.8, SIGN_MORE},
    {"server", "cpu", "< 80 %", 80, SIGN_LESS},
    {"consumer", "ack_pending / max_ack_pending", "> 80 %", 0.8, SIGN_MORE},
    {"server", "in_msgs_per_s", "> 10k", 10000, SIGN_MORE},
    {"server", "in_msgs_per_s", "<= 10k/s", 10000, SIGN_AT_MOST},
    {"server", "mem", "> 0", 0, SIGN_MORE},
    {"consumer", "time_behind", "> 2 * 5 s", 10e9, SIGN_MORE},
    {"consumer", "time_behind / 2", "> 5 s", 5e9, SIGN_MORE},
    {"consumer", "lag", "> 2 * max_ack_pending + 5", NAN, SIGN_MORE},
    {"consumer", "delivered_seq - ack_floor_seq", "> 5", 5, SIGN_MORE}, /* without a unit, and numbers */
    {"stream", "bytes + messages * 100 B", "> 1 GiB", 1073741824, SIGN_MORE},
};

START_TEST(units_are_those_of_the_value) {
    struct ruleset *set = ruleset_create();
    struct rule_fault fault = {0};
    struct rule_said said = {.name = "a",
                             .entity = rights[_i].entity,
                             .condition = rights[_i].condition,
                             .warn = rights[_i].limit};
    ck_assert_msg(ruleset_add(set, &said, &fault), "%s: %s", fault.key, fault.message);
    const struct rule_level *warn = &ruleset_find(set, "a")->warn;
    if (isnan(rights[_i].threshold)) /* asked of each */
        ck_assert_ptr_nonnull(warn->asked);
    else
        ck_assert_double_le(fabs(warn->threshold - rights[_i].threshold), rights[_i].threshold * 1e-9);
    ck_assert_int_eq(warn->sign, rights[_i].sign);
    ruleset_release(set);
}
END_TEST

static const struct asked {
    const char *entity, *condition;
    struct expr_value value; /* what is told */
    bool is;
} asked[] = {
    {"stream", "storage = Memory", {EXPR_TEXT, 0, "memory"}, true},
    {"server", "health != OK", {EXPR_TEXT, 0, "ok"}, false},
    {"server", "health = \"no quorum\"", {EXPR_TEXT, 0, "no quorum"}, true},
    {"consumer", "state = \"Nobody pulling\"", {EXPR_TEXT, 0, "nobody_pulling"}, true},
    {"server", "lame_duck = true", {EXPR_BOOL, 1, NULL}, true},
    {"server", "lame_duck = no", {EXPR_BOOL, 1, NULL}, false},
    {"consumer", "ephemeral != True", {EXPR_BOOL, 0, NULL}, true},
    {"consumer", "ephemeral = 1", {EXPR_BOOL, 1, NULL}, true},
};

static struct expr_value told(void *data, int id) {
    (void)id;
    return *(const struct expr_value *)data;
}

/* A filter takes them so, and what was tried as one is written into a file. */
START_TEST(a_word_may_be_spelled_as_on_screen) {
    struct ruleset *set = ruleset_create();
    struct rule_fault fault = {0};
    struct rule_said said = {.name = "a", .entity = asked[_i].entity, .condition = asked[_i].condition};
    struct expr_value value = asked[_i].value;
    ck_assert_msg(ruleset_add(set, &said, &fault), "%s: %s", fault.key, fault.message);
    ck_assert(expr_true(ruleset_find(set, "a")->where_expr, told, &value) == asked[_i].is);
    ruleset_release(set);
}
END_TEST

START_TEST(one_of_a_defaults_name_replaces_or_changes_it) {
    struct ruleset *set = ruleset_create();
    struct rule_fault fault = {0};
    size_t count = ruleset_count(set);
    struct rule_said changed = {
        .name = "consumer_growing", .critical = "> 1M", .hold = "5m", .origin = "here:3"};
    ck_assert_msg(ruleset_add(set, &changed, &fault), "%s: %s", fault.key, fault.message);
    const struct rule *rule = ruleset_find(set, "consumer_growing");
    ck_assert_str_eq(rule->crit.limit, "> 1M");
    ck_assert_str_eq(rule->warn.limit, "> 10k");
    ck_assert_double_eq(rule->warn.hold_s, 300);
    ck_assert_str_eq(rule->where, "lag_slope > 0");
    ck_assert_str_eq(rule->origin, "here:3");
    struct rule_said other = {
        .name = "consumer_growing", .entity = "stream", .condition = "messages", .warn = "5"};
    ck_assert_msg(ruleset_add(set, &other, &fault), "%s: %s", fault.key, fault.message);
    rule = ruleset_find(set, "consumer_growing");
    ck_assert_int_eq(rule->kind, OBJECT_STREAM);
    ck_assert_str_eq(rule->where, "");
    ck_assert(!rule->crit.is);
    struct rule_said off = {.name = "consumer_growing", .enabled = "false"};
    ck_assert_msg(ruleset_add(set, &off, &fault), "%s: %s", fault.key, fault.message);
    rule = ruleset_find(set, "consumer_growing");
    ck_assert(!rule->enabled);
    ck_assert_str_eq(rule->warn.limit, "> 5");
    ck_assert_uint_eq(ruleset_count(set), count);
    ruleset_release(set);
}
END_TEST

/* Versions are texts, and beside a number that is written it is meant as written. */
START_TEST(a_text_may_be_compared) {
    static const char *const conditions[] = {"version < 2.10.22", "version < 2", "name != \"\"",
                                             "state = up"};
    struct ruleset *set = ruleset_create();
    struct rule_fault fault = {0};
    struct rule_said said = {.name = "a", .entity = "server", .condition = conditions[_i]};
    ck_assert_msg(ruleset_add(set, &said, &fault), "%s: %s", fault.key, fault.message);
    ruleset_release(set);
}
END_TEST

/* ---- in force ---- */

static void begin(struct night *n, const struct rule_said *said) {
    night_begin(n, 0, 1);
    use_rules(n->model, said, 1);
    send_target(n, 1, "http://h:8222", "named", "polled", NULL, NULL);
}

static void send_mem(struct night *n, double second, int64_t mem) {
    night_until(n, second);
    struct sample *s = build_varz(n, 1, "IDA", "n1");
    put_i(row_of(s, ENTITY_SERVER), F_SERVER_mem, mem);
    send(n, s);
}

static const struct rule_said mem_rule = {.name = "my_mem",
                                          .entity = "server",
                                          .condition = "mem",
                                          .warn = "> 100 B",
                                          .critical = "> 200 B",
                                          .clear = "< 50 B",
                                          .hold = "2 s",
                                          .origin = "natsight.conf:7"};

/* It needs the level for its hold, and then goes on until the clear level. */
START_TEST(it_speaks_until_the_clear_level) {
    static const struct {
        int mem;
        enum severity severity;
    } seconds[] = {{90, 0},
                   {110, 0},
                   {110, 0},
                   {90, 0},
                   {110, 0},
                   {110, 0},
                   {110, SEVERITY_WARN},
                   {90, SEVERITY_WARN},
                   {60, SEVERITY_WARN},
                   {250, SEVERITY_WARN},
                   {250, SEVERITY_WARN},
                   {250, SEVERITY_CRIT},
                   {150, SEVERITY_WARN},
                   {50, SEVERITY_WARN},
                   {49, 0},
                   {90, 0}};
    struct night n;
    begin(&n, &mem_rule);
    for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++) {
        send_mem(&n, (double)i, seconds[i].mem);
        night_until(&n, (double)i + 0.5);
        const struct finding *f = finding_of(&n, "my_mem");
        ck_assert_msg((f ? f->severity : 0) == seconds[i].severity, "second %zu", i);
    }
    night_end(&n);
}
END_TEST

START_TEST(it_says_what_it_is_about) {
    struct night n;
    char text[200];
    begin(&n, &mem_rule);
    for (int i = 0; i < 5; i++)
        send_mem(&n, i, 110);
    night_until(&n, 4.5);
    finding_text_of(n.model, finding_of(&n, "my_mem"), 1, text, sizeof text);
    ck_assert_str_eq(text, "n1: mem 110, limit > 100 B, for ≥4s");
    ck_assert_str_eq(finding_tag(finding_of(&n, "my_mem")), "my_mem");
    ck_assert(finding_limit(n.model, finding_of(&n, "my_mem"), text, sizeof text));
    ck_assert_str_eq(text, "> 100 B");
    night_end(&n);
}
END_TEST

START_TEST(thresholds_are_those_that_apply) {
    struct rule_said said = mem_rule;
    struct threshold t[4];
    struct night n;
    begin(&n, &said);
    send_mem(&n, 0, 90);
    night_until(&n, 1);
    ck_assert_uint_eq(model_thresholds(n.model, server_named(&n, "n1"), Q_SERVER_mem, t, 4), 2);
    ck_assert_int_eq(t[0].severity, SEVERITY_WARN);
    ck_assert_double_eq(t[0].value, 100);
    ck_assert(t[0].above);
    ck_assert_double_eq(t[1].value, 200);
    night_end(&n);
    said.match = "name = n2";
    begin(&n, &said);
    send_mem(&n, 0, 90);
    ck_assert_uint_eq(model_thresholds(n.model, server_named(&n, "n1"), Q_SERVER_mem, t, 4), 0);
    night_end(&n);
}
END_TEST

/* Other rules: what stays the same goes on, what changed begins anew, what is gone says nothing. */
START_TEST(rules_that_stay_the_same_go_on) {
    struct night n;
    begin(&n, &mem_rule);
    for (int i = 0; i < 5; i++)
        send_mem(&n, i, 110);
    night_until(&n, 4.5);
    int64_t since = finding_of(&n, "my_mem")->since_utc_ns;
    const struct rule_said both[] = {mem_rule, lag_rule("1k", NULL)};
    struct rule_said changed = mem_rule;
    use_rules(n.model, both, 2);
    ck_assert_int_eq(finding_of(&n, "my_mem")->since_utc_ns, since);
    night_until(&n, 5);
    ck_assert_int_eq(finding_of(&n, "my_mem")->since_utc_ns, since);
    changed.warn = "> 105 B";
    use_rules(n.model, &changed, 1);
    ck_assert_ptr_null(finding_of(&n, "my_mem"));
    night_until(&n, 6);
    ck_assert_ptr_null(finding_of(&n, "my_mem"));
    send_mem(&n, 6, 110);
    night_until(&n, 8);
    ck_assert_ptr_nonnull(finding_of(&n, "my_mem"));
    night_end(&n);
}
END_TEST

START_TEST(a_silenced_rule_says_nothing) {
    struct night n;
    static const struct rule_said off = {.name = "server_down", .enabled = "false"};
    begin(&n, &off);
    send_mem(&n, 0, 1);
    for (int i = 0; i < 2; i++)
        send_failure(&n, 1, SHAPE_VARZ, FAILURE_REFUSED, "nothing listens there");
    night_until(&n, 2);
    ck_assert_ptr_null(finding_of(&n, "server_down"));
    night_end(&n);
}
END_TEST

/* ---- what they need first ---- */

static const struct rule_question *question_of(const struct ruleset *set, const struct rule *rule,
                                               bool untold, int *times) {
    const struct rule_question *found = NULL;
    size_t count;
    const struct rule_question *questions = ruleset_questions(set, rule->kind, untold, &count);
    *times = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t r = 0; r < questions[i].count; r++) {
            if (questions[i].rules[r] != rule)
                continue;
            ++*times;
            found = &questions[i];
        }
    return found;
}

static void check_answer(const struct rule *rule, const struct rule_question *question,
                         struct expr_value answer) {
    bool met = rule->need_count == 0 || expr_need_met(&rule->needs[0], answer);
    ck_assert_msg(!met || rule->need_count == 0 || rule_question_is_open(question, answer),
                  "%s: by its question it can't hold, by what it needs it can", rule->name);
}

/* Around each number, and each word and some others, of all that they need. */
static void check_answers(const struct rule *rule, const struct rule_question *question,
                          const struct expr_need *need) {
    const double numbers[] = {need->number,
                              nextafter(need->number, INFINITY),
                              nextafter(need->number, -INFINITY),
                              need->number / need->scale,
                              0,
                              1,
                              -1,
                              NAN};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        check_answer(rule, question, (struct expr_value){EXPR_NUMBER, numbers[i], NULL});
    for (int i = 0; i < need->word_count; i++)
        check_answer(rule, question, (struct expr_value){EXPR_TEXT, 0, need->words[i]});
    for (int truth = 0; truth < 2; truth++)
        check_answer(rule, question, (struct expr_value){EXPR_BOOL, truth, NULL});
    check_answer(rule, question, (struct expr_value){EXPR_TEXT, 0, "12"});
    check_answer(rule, question, (struct expr_value){EXPR_TEXT, 0, NULL});
    check_answer(rule, question, (struct expr_value){EXPR_UNKNOWN, 0, NULL});
}

static const struct rule_said own_needs[] = {
    {.name = "a", .entity = "consumer", .condition = "lag", .warn = "< 5"},
    {.name = "b", .entity = "consumer", .condition = "pending", .warn = ">= 7"},
    {.name = "c", .entity = "consumer", .condition = "pending != 7"},
    {.name = "d", .entity = "consumer", .condition = "ack_pending = 3"},
    {.name = "e", .entity = "consumer", .condition = "waiting <= 4 and pending > 2"},
    {.name = "f", .entity = "consumer", .condition = "late > 1m"},
    {.name = "g", .entity = "consumer", .condition = "late", .warn = "> 5m"},
    {.name = "h", .entity = "consumer", .condition = "draining = no or draining = yes"},
    {.name = "i", .entity = "consumer", .condition = "state = keeping_up"},
};

/* Each rule is asked by one question, which is open to all that the rule needs. */
START_TEST(a_question_is_open_to_each_of_its_rules) {
    struct ruleset *set = ruleset_create();
    struct rule_fault fault = {0};
    for (size_t i = 0; i < sizeof own_needs / sizeof *own_needs; i++)
        ck_assert_msg(ruleset_add(set, &own_needs[i], &fault), "%s", fault.message);
    for (size_t i = 0; i < ruleset_count(set); i++) {
        const struct rule *rule = ruleset_at(set, i);
        int times, untold;
        const struct rule_question *question = question_of(set, rule, false, &times);
        question_of(set, rule, true, &untold);
        ck_assert_int_eq(times, 1);
        ck_assert_int_eq(untold, rule->by_told ? 0 : 1);
        for (size_t r = 0; r < question->count; r++)
            if (question->rules[r]->need_count)
                check_answers(rule, question, &question->rules[r]->needs[0]);
    }
    ruleset_release(set);
}
END_TEST

/* What the usual answer is passes over all of them. */
START_TEST(a_question_is_closed_by_what_is_usual) {
    static const struct {
        const char *rule, *other;
        struct expr_value usual, bad;
    } rows[] = {
        {"consumer_poison", "consumer_unacked", {EXPR_TEXT, 0, "keeping_up"}, {EXPR_TEXT, 0, "poison"}},
        {"stream_no_quorum", "stream_contested", {EXPR_TEXT, 0, "ok"}, {EXPR_TEXT, 0, "contested"}},
        {"cut_foreseen", "producers_held", {EXPR_NUMBER, 0, NULL}, {EXPR_NUMBER, 1, NULL}},
        {"consumer_growing", "consumer_not_draining", {EXPR_NUMBER, 1000, NULL}, {EXPR_NUMBER, 1001, NULL}},
        {"consumer_evicted", "consumer_evicted", {EXPR_BOOL, 0, NULL}, {EXPR_BOOL, 1, NULL}},
    };
    struct ruleset *set = ruleset_create();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int times;
        const struct rule_question *question =
            question_of(set, ruleset_find(set, rows[i].rule), false, &times);
        ck_assert_ptr_eq(question_of(set, ruleset_find(set, rows[i].other), false, &times), question);
        ck_assert_msg(!rule_question_is_open(question, rows[i].usual), "%s", rows[i].rule);
        ck_assert_msg(rule_question_is_open(question, rows[i].bad), "%s", rows[i].rule);
    }
    ruleset_release(set);
}
END_TEST

static TCase *make(void) {
    TCase *t = tcase_create("rules as a value");
    tcase_add_test(t, a_question_is_open_to_each_of_its_rules);
    tcase_add_test(t, a_question_is_closed_by_what_is_usual);
    tcase_add_test(t, the_defaults_are_understood);
    tcase_add_loop_test(t, what_is_wrong_is_said_with_its_key, 0, sizeof wrongs / sizeof *wrongs);
    tcase_add_loop_test(t, units_are_those_of_the_value, 0, sizeof rights / sizeof *rights);
    tcase_add_loop_test(t, a_text_may_be_compared, 0, 4);
    tcase_add_loop_test(t, a_word_may_be_spelled_as_on_screen, 0, sizeof asked / sizeof *asked);
    tcase_add_test(t, one_of_a_defaults_name_replaces_or_changes_it);
    tcase_add_test(t, it_speaks_until_the_clear_level);
    tcase_add_test(t, it_says_what_it_is_about);
    tcase_add_test(t, thresholds_are_those_that_apply);
    tcase_add_test(t, rules_that_stay_the_same_go_on);
    tcase_add_test(t, a_silenced_rule_says_nothing);
    return t;
}

int main(void) {
    return run_case("ruleset", make);
}
