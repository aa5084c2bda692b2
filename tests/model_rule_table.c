/* The life of each rule, a row each (model_rule_table.def): what it is about is made to be just not so, and
 * nothing is said; to be so, and it forms at once and is found after its hold; and to be well, and it is
 * over. Nothing else rises meanwhile. A rule without a row fails.
 *
 * The engine is the true one, and so is a small healthy cluster around it. Only quantities that a row names
 * are what it says, of one object: this program is linked with `--wrap=quantity_get` (tests.mk). */
#include "tests/model_meta.h"

#include <ctype.h>

#include "model/alerts.h"
#include "model/expectation.h"
#include "model/ruleset.h"
#include "tests/model_closed.h"

enum { MOST_SAID = 12, POLLS = 2, OVER_S = 10, SETTLED = 45, CUT_IS_OLD = 400 };

/* ---- rows ---- */

struct level {
    bool is;
    double hold;
    const char *not_yet, *by_now; /* NULL: what the scene says is all */
};
static const struct rule_life {
    const char *rule, *scene, *value;
    struct level warn, crit, clear;
    const char *well, *also, *program;
} lives[] = {
#define NO                                                                                                   \
    { false, 0, NULL, NULL }
#define SAME                                                                                                 \
    { false, 0, NULL, NULL }
#define SO(HOLD)                                                                                             \
    { true, HOLD, NULL, NULL }
#define AT(NOT_YET, BY_NOW, HOLD)                                                                            \
    { true, HOLD, NOT_YET, BY_NOW }
#define PAST(NOT_YET, BY_NOW)                                                                                \
    { true, 0, NOT_YET, BY_NOW }
#define LIFE(RULE, SCENE, VALUE, WARN, CRIT, CLEAR, WELL, ALSO, PROGRAM)                                     \
    {#RULE, SCENE, VALUE, WARN, CRIT, CLEAR, WELL, ALSO, PROGRAM},
#include "tests/model_rule_table.def"
#undef LIFE
};
#define LIVES (sizeof lives / sizeof *lives)

static const struct level *level_of(const struct rule_life *life, enum severity severity) {
    return severity == SEVERITY_CRIT ? &life->crit : &life->warn;
}

static enum severity lesser(const struct rule_life *life) {
    return life->warn.is ? SEVERITY_WARN : SEVERITY_CRIT;
}

static enum severity worst(const struct rule_life *life) {
    return life->crit.is ? SEVERITY_CRIT : SEVERITY_WARN;
}

/* ---- what is so, whatever servers say ---- */

static struct said {
    enum quantity quantity;
    struct value value;
    char text[80];
} said[MOST_SAID];
static int said_count;
static uint64_t said_of; /* this object; 0 none */

struct value __real_quantity_get(const struct model *model, const struct object *object, enum quantity q);
struct value __wrap_quantity_get(const struct model *model, const struct object *object, enum quantity q);

struct value __wrap_quantity_get(const struct model *model, const struct object *object, enum quantity q) {
    for (int i = 0; object && object->id == said_of && i < said_count; i++)
        if (said[i].quantity == q)
            return said[i].value;
    return __real_quantity_get(model, object, q);
}

static struct value read_number(const char *text, enum unit unit) {
    double number;
    enum unit stands;
    ck_assert_msg(number_parse(text, &number, &stands) == strlen(text), "%s is no value", text);
    if (unit == UNIT_NS)
        return (struct value){.type = VALUE_SPAN, .i = (int64_t)number};
    if (unit == UNIT_RATIO && stands == UNIT_PERCENT)
        number /= 100;
    if (unit != UNIT_RATIO && number >= 0 && floor(number) == number)
        return (struct value){.type = VALUE_UINT, .u = (uint64_t)number};
    return (struct value){.type = VALUE_REAL, .f = number};
}

static void read_value(struct said *s, const char *text) {
    size_t len = strlen(text);
    s->value = (struct value){.type = VALUE_UNKNOWN};
    if (strcmp(text, "?") == 0)
        return;
    if (strcmp(text, "yes") == 0 || strcmp(text, "no") == 0)
        s->value = (struct value){.type = VALUE_BOOL, .b = *text == 'y'};
    else if (strcmp(text, "never") == 0 && quantities[s->quantity].unit == UNIT_NS)
        s->value = (struct value){.type = VALUE_SPAN, .flags = VALUE_NEVER, .i = INT64_MAX};
    else if (isdigit((unsigned char)*text))
        s->value = read_number(text, quantities[s->quantity].unit);
    else {
        bool quoted = *text == '\'' && len >= 2;
        snprintf(s->text, sizeof s->text, "%.*s", (int)(quoted ? len - 2 : len), text + quoted);
        s->value = (struct value){.type = VALUE_TEXT, .text = s->text};
    }
}

static void say(enum object_kind kind, const char *name, const char *text) {
    int q = quantity_by_name(kind, name), i = 0;
    ck_assert_msg(q >= 0, "a %s has no %s", object_kind_name(kind), name);
    while (i < said_count && said[i].quantity != (enum quantity)q)
        i++;
    ck_assert_int_lt(i, MOST_SAID);
    said_count += i == said_count;
    said[i].quantity = (enum quantity)q;
    read_value(&said[i], text);
}

/* "quantity=value, quantity=value" up to `end`. */
static void say_all(enum object_kind kind, const char *text, const char *end) {
    char name[64], value[80];
    while (text < end) {
        const char *next = strstr(text, ", "), *is = strchr(text, '=');
        if (!next || next > end)
            next = end;
        ck_assert_msg(is && is < next, "%s says nothing", text);
        snprintf(name, sizeof name, "%.*s", (int)(is - text), text);
        snprintf(value, sizeof value, "%.*s", (int)(next - is - 1), is + 1);
        say(kind, name, value);
        text = next + (next < end ? strlen(", ") : 0);
    }
}

/* ---- a small healthy cluster, of each kind one ---- */

static const struct expectation listener = {.entity = "connection", .match = "name ~ .", .instances = 1};

static void answer_jsz(struct night *n) {
    struct sample *s = jsz(n, 0);
    add_stream(s, 0, 0, 5000);
    struct row *row = row_of(s, ENTITY_STREAM);
    put_u(row, F_STREAM_config, 1);
    put_text(s, row, F_STREAM_told_msgs_critical, "1"); /* and is far from it */
    add_replica(s, "n2", true, false, 0.2);
    add_replica(s, "n3", true, false, 0.2);
    row = add_consumer(s, "C", 0, 0, 0, 5000);
    put_u(row, F_CONSUMER_config, 1);
    put_u(row, F_CONSUMER_ack_pending, 0);
    put_u(row, F_CONSUMER_delivered_consumer_seq, 5000);
    put_u(row, F_CONSUMER_delivered_stream_seq, 5000);
    put_u(row, F_CONSUMER_ack_floor_stream_seq, 5000);
    put_u(row, F_CONSUMER_waiting, 1);
    put_text(s, row, F_CONSUMER_durable, "C");
    put_text(s, row, F_CONSUMER_told_waiting, "1000");
    row = sample_add(s, ENTITY_SOURCE);
    put_text(s, row, F_SOURCE_account, "A");
    put_text(s, row, F_SOURCE_stream, "ORDERS");
    put_text(s, row, F_SOURCE_kind, "source");
    put_text(s, row, F_SOURCE_name, "S");
    put_u(row, F_SOURCE_lag, 0);
    put_i(row, F_SOURCE_active, ns(0.1));
    add_meta(s, "n1");
    add_peer(s, "n2", true, 0.1);
    add_peer(s, "n3", true, 0.1);
    send(n, s);
}

static void answer_links(struct night *n) {
    struct sample *s = build(n, 1, SHAPE_ROUTEZ, ids[0]);
    for (int node = 1; node < 3; node++) {
        struct row *row = sample_add(s, ENTITY_ROUTE);
        put_u(row, F_ROUTE_rid, (uint64_t)node);
        put_text(s, row, F_ROUTE_remote_id, ids[node]);
        put_text(s, row, F_ROUTE_remote_name, names[node]);
    }
    send(n, s);
    s = build(n, 1, SHAPE_GATEWAYZ, ids[0]);
    struct row *row = sample_add(s, ENTITY_GATEWAY);
    put_u(row, F_GATEWAY_cid, 20);
    put_text(s, row, F_GATEWAY_direction, "outbound");
    put_text(s, row, F_GATEWAY_cluster, "east");
    put_text(s, row, F_GATEWAY_remote_id, "IDE");
    send(n, s);
    s = build(n, 1, SHAPE_LEAFZ, ids[0]);
    row = sample_add(s, ENTITY_LEAF);
    put_text(s, row, F_LEAF_name, "edge");
    put_text(s, row, F_LEAF_ip, "10.0.0.9");
    put_u(row, F_LEAF_port, 7422);
    send(n, s);
}

static bool cuts; /* one connection is cut at the beginning */

static void answer_connz(struct night *n) {
    static const struct life open[] = {{8, "listener", -60, 0, NULL, 0}, {9, "cut", -60, 0, NULL, 0}};
    static const struct life cut = {9, "cut", -60, 2.5, CUT_BYTES, 0};
    bool is_cut = cuts && n->at > ns(3);
    send_lives(n, ids[0], SHAPE_CONNZ_HOT, is_cut ? 1 : 2, open, is_cut ? 1 : 2);
    send_lives(n, ids[0], SHAPE_CONNZ_FULL, is_cut ? 1 : 2, open, is_cut ? 1 : 2);
    if (is_cut)
        send_lives(n, ids[0], SHAPE_CONNZ_CLOSED, 1, &cut, 1);
    for (int node = 1; node < 3; node++)
        send(n, build(n, (uint64_t)node + 1, SHAPE_CONNZ_FULL, ids[node]));
}

static void answer(struct night *n) {
    for (int node = 0; node < 3; node++)
        varz(n, node);
    answer_jsz(n);
    answer_links(n);
    answer_connz(n);
}

/* Polls are a second apart, ticks half of that. */
static void step(struct night *n) {
    if (n->at % NS_PER_S == 0)
        answer(n);
    night_until(n, (double)n->at / 1e9 + 0.5);
}

/* ---- one rule in it ---- */

struct trial {
    struct night n;
    const struct rule_life *life;
    enum object_kind kind;
    int64_t from; /* what is so changed then */
    bool alone;   /* nobody else may speak */
    double rises[SEVERITY_CRIT + 1], clears, over;
};

static double passed(const struct trial *t) {
    return (double)(t->n.at - t->from) / 1e9;
}

static bool is_part(char c) {
    return isalnum((unsigned char)c) || c == '_';
}

static bool is_word_of(const char *words, const char *word) {
    size_t len = strlen(word);
    for (const char *at = strstr(words, word); at; at = strstr(at + 1, word))
        if ((at == words || !is_part(at[-1])) && !is_part(at[len]))
            return true;
    return false;
}

static bool is_its(const struct trial *t, const struct finding *f) {
    return f->object == said_of && strcmp(finding_rule(f), t->life->rule) == 0;
}

static void only_its(const struct trial *t, const struct finding *f, size_t count) {
    for (size_t i = 0; i < count && t->alone; i++)
        ck_assert_msg(is_its(t, &f[i]) ||
                          (f[i].object == said_of && is_word_of(t->life->also, finding_rule(&f[i]))),
                      "%s: %s rises, too, %g s after", t->life->rule, finding_rule(&f[i]), passed(t));
}

static bool is_listed(const struct trial *t, const struct finding *f, size_t count, enum severity severity) {
    for (size_t i = 0; i < count; i++)
        if (is_its(t, &f[i]) && f[i].level == severity)
            return true;
    return false;
}

static bool finds(const struct trial *t, enum severity severity) {
    size_t count;
    const struct finding *f = model_findings(t->n.model, &count);
    only_its(t, f, count);
    return is_listed(t, f, count, severity);
}

static bool forms(const struct trial *t, enum severity severity) {
    size_t count;
    const struct finding *f = model_forming(t->n.model, &count);
    only_its(t, f, count);
    return is_listed(t, f, count, severity);
}

static bool speaks(const struct trial *t) {
    return finds(t, SEVERITY_WARN) || finds(t, SEVERITY_CRIT);
}

static bool is_forming(const struct trial *t) {
    return forms(t, SEVERITY_WARN) || forms(t, SEVERITY_CRIT);
}

static size_t open_alerts(const struct trial *t) {
    struct alert_counts counts = model_alert_counts(t->n.model);
    return (size_t)counts.warn + (size_t)counts.crit;
}

/* Seen with the next poll, which is now. */
static void begin_now(struct trial *t) {
    while (t->n.at % NS_PER_S != 0)
        step(&t->n);
    t->from = t->n.at;
}

/* The scene, and its number at a side of a level. */
static void set(struct trial *t, const char *number) {
    const struct rule_life *life = t->life;
    begin_now(t);
    said_count = 0;
    say_all(t->kind, life->scene, life->scene + strlen(life->scene));
    if (number)
        say(t->kind, life->value, number);
}

static void is_not_yet(struct trial *t, enum severity severity) {
    const char *number = level_of(t->life, severity)->not_yet;
    if (!number)
        return;
    set(t, number);
    while (passed(t) < 2 * POLLS) {
        step(&t->n);
        if (passed(t) <= POLLS) /* a level beyond that may take so long to be over */
            continue;
        ck_assert_msg(!finds(t, severity) && !forms(t, severity), "%s: speaks at %s %s", t->life->rule,
                      t->life->value, number);
    }
}

/* It forms at once, and is found when its hold is over. */
static void rise(struct trial *t, enum severity severity) {
    const struct level *level = level_of(t->life, severity);
    set(t, level->by_now);
    while (passed(t) < level->hold + POLLS && !finds(t, severity)) {
        step(&t->n);
        bool found = finds(t, severity), comes = speaks(t) || is_forming(t);
        ck_assert_msg(!found || passed(t) >= level->hold, "%s: found after %g s, before its hold",
                      t->life->rule, passed(t));
        ck_assert_msg(comes || passed(t) < POLLS, "%s: does not form, %g s after", t->life->rule, passed(t));
    }
    ck_assert_msg(finds(t, severity), "%s: not found %g s after", t->life->rule, passed(t));
    t->rises[severity] = passed(t);
    while (passed(t) < t->rises[severity] + POLLS) {
        step(&t->n);
        ck_assert_msg(finds(t, severity), "%s: goes though it is so", t->life->rule);
    }
}

/* With the next poll at the latest. */
static void end_at(struct trial *t, const char *why) {
    while (passed(t) < 1 && (speaks(t) || t->n.at == t->from))
        step(&t->n);
    ck_assert_msg(!speaks(t), "%s: goes on, though %s", t->life->rule, why);
    ck_assert_msg(!forms(t, SEVERITY_WARN) && !forms(t, SEVERITY_CRIT), "%s: forms, though %s", t->life->rule,
                  why);
    t->clears = passed(t);
}

static void end_level(struct trial *t, enum severity severity, const char *why) {
    while (passed(t) < 1 && (finds(t, severity) || t->n.at == t->from))
        step(&t->n);
    ck_assert_msg(!finds(t, severity), "%s: goes on, though %s", t->life->rule, why);
}

/* The first of what ends it. */
static void say_well(const struct trial *t) {
    const char *end = strstr(t->life->well, " | ");
    say_all(t->kind, t->life->well, end ? end : strchr(t->life->well, '\0'));
}

static void be_well(struct trial *t) {
    const struct level *level = level_of(t->life, lesser(t->life));
    set(t, t->life->clear.is ? t->life->clear.by_now : level->not_yet);
    if (!level->not_yet)
        say_well(t);
    end_at(t, "it is well");
    if (*t->life->also) /* who speak of the same go on else */
        say_well(t);
}

static void rise_at_worst(struct trial *t) {
    if (!finds(t, worst(t->life)))
        rise(t, worst(t->life));
    begin_now(t);
}

/* ---- its life ---- */

static void stay_between(struct trial *t) {
    if (!t->life->clear.is)
        return;
    set(t, t->life->clear.not_yet);
    while (passed(t) < 2 * POLLS) {
        step(&t->n);
        ck_assert_msg(finds(t, lesser(t->life)), "%s: over before it is clear, at %s", t->life->rule,
                      t->life->clear.not_yet);
    }
}

static void come_and_go(struct trial *t) {
    is_not_yet(t, lesser(t->life));
    ck_assert_uint_eq(open_alerts(t), 0);
    rise(t, lesser(t->life));
    ck_assert_msg(open_alerts(t) == 1, "%s: %zu alerts are open", t->life->rule, open_alerts(t));
    stay_between(t);
    be_well(t);
    while (open_alerts(t) && passed(t) < t->clears + OVER_S + 1)
        step(&t->n);
    ck_assert_msg(!open_alerts(t), "%s: its alert stays open", t->life->rule);
    t->over = passed(t);
}

/* From one level to the next, and back. */
static void get_worse(struct trial *t) {
    if (!t->life->crit.is || !t->life->warn.is)
        return;
    is_not_yet(t, SEVERITY_CRIT);
    rise(t, SEVERITY_CRIT);
    is_not_yet(t, SEVERITY_CRIT);
    be_well(t);
}

/* Each of these is enough, whatever its number is. */
static void end_by_each(struct trial *t) {
    t->alone = false;
    for (const char *at = t->life->well; *at;) {
        const char *end = strstr(at, " | ");
        size_t len = end ? (size_t)(end - at) : strlen(at);
        char why[120];
        snprintf(why, sizeof why, "%.*s", (int)len, at);
        rise_at_worst(t);
        say_all(t->kind, at, at + len);
        end_at(t, why);
        at += len + (end ? strlen(" | ") : 0);
    }
}

/* Unknown is never true. A level that goes by what is unknown is none, the other one may be. */
static void end_by_unknown(struct trial *t) {
    const struct rule *rule = ruleset_find(model_rules(t->n.model), t->life->rule);
    rise_at_worst(t);
    for (int count = said_count, i = 0; i < count; i++) {
        const char *name = quantities[said[i].quantity].name;
        char why[120];
        rise_at_worst(t);
        snprintf(why, sizeof why, "%s is unknown", name);
        said[i].value = (struct value){.type = VALUE_UNKNOWN};
        if (is_word_of(rule->where, name) || is_word_of(rule->value, name))
            end_at(t, why);
        else if (is_word_of(rule_level(rule, worst(t->life))->limit, name))
            end_level(t, worst(t->life), why);
    }
}

static void begin(struct trial *t, const struct rule_life *life) {
    size_t count;
    *t = (struct trial){.life = life, .alone = true};
    begin_three(&t->n);
    model_expect(t->n.model, &listener, 1);
    const struct rule *rule = ruleset_find(model_rules(t->n.model), life->rule);
    ck_assert_msg(rule != NULL, "there is no rule %s", life->rule);
    ck_assert_msg(rule->warn.is == life->warn.is && rule->crit.is == life->crit.is &&
                      rule->clear.is == life->clear.is,
                  "%s: other levels than its row has", life->rule);
    t->kind = rule->kind;
    cuts = t->kind == OBJECT_CLIENT;
    while (t->n.at < ns(cuts ? CUT_IS_OLD : SETTLED))
        step(&t->n);
    const struct object *const *objects = model_objects(t->n.model, t->kind, &count);
    ck_assert_msg(count > 0, "there is no %s", object_kind_name(t->kind));
    said_of = objects[0]->id;
    speaks(t);
    begin_now(t);
}

/* "91.0 s", and where there are two levels, "31.0 s, 61.0 s". */
static void put_rises(const struct trial *t, char *out, size_t size) {
    size_t len = 0;
    for (int severity = SEVERITY_WARN; severity <= SEVERITY_CRIT; severity++)
        if (level_of(t->life, (enum severity)severity)->is)
            len += (size_t)snprintf(out + len, size - len, "%s%s %.1f s", len ? ", " : "",
                                    severity == SEVERITY_WARN ? "warn" : "crit", t->rises[severity]);
}

static void put_provocation(const struct rule_life *life, char *out, size_t size) {
    const char *warn = life->warn.by_now, *crit = life->crit.by_now;
    snprintf(out, size, "%s%s%s%s%s%s%s", life->scene, *life->scene && *life->value ? ", " : "", life->value,
             *life->value ? "=" : "", warn ? warn : "", warn && crit ? ", " : "", crit ? crit : "");
}

START_TEST(a_rule_lives) {
    struct trial t;
    char rises[80], what[300];
    begin(&t, &lives[_i]);
    come_and_go(&t);
    get_worse(&t);
    double clears = t.clears;
    end_by_each(&t);
    end_by_unknown(&t);
    put_rises(&t, rises, sizeof rises);
    put_provocation(t.life, what, sizeof what);
    printf("figure: %s | %s | rises after %s | found no more after %.1f s%s%s, closed after %.1f s | good\n",
           t.life->rule, what, rises, clears, t.life->clear.is ? " at " : "",
           t.life->clear.is ? t.life->clear.by_now : "", t.over);
    fflush(stdout);
    said_count = 0;
    night_end(&t.n);
}
END_TEST

/* ---- each has one ---- */

/* tests/PROGRAM.c has it. */
static bool is_tried_in(const char *program, const char *rule) {
    char path[100], line[4096];
    bool found = false;
    snprintf(path, sizeof path, "tests/%s.c", program);
    FILE *in = fopen(path, "r");
    ck_assert_msg(in != NULL, "no %s", path);
    while (!found && fgets(line, sizeof line, in) != NULL)
        found = is_word_of(line, rule);
    fclose(in);
    return found;
}

static const struct rule_life *life_of(const char *rule) {
    for (size_t i = 0; i < LIVES; i++)
        if (strcmp(lives[i].rule, rule) == 0)
            return &lives[i];
    return NULL;
}

START_TEST(each_rule_has_a_row) {
    struct ruleset *all = ruleset_create();
    for (size_t i = 0; i < ruleset_count(all); i++) {
        const char *rule = ruleset_at(all, i)->name;
        const struct rule_life *life = life_of(rule);
        ck_assert_msg(life != NULL, "%s: has no row", rule);
        ck_assert_msg(life && is_tried_in(life->program, rule), "%s: its program has it not", rule);
    }
    ruleset_release(all);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("table of rules");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, each_rule_has_a_row);
    tcase_add_loop_test(t, a_rule_lives, 0, LIVES);
    return t;
}

int main(void) {
    return run_case("table of rules", cases);
}
