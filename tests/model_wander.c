/* Nights that nobody has thought of: whatever is asked of the model at any moment has an answer that can be
 * true.
 *
 * NATSIGHT_WANDER=SEED: that night alone. NATSIGHT_WANDER_NIGHTS=N: so many, from that one on; with
 * NATSIGHT_SOAK=1 a hundred times the usual. */
#include "tests/wander.h"

#include <stdarg.h>

#include "model/alert_lines.h"
#include "model/alert_object.h"
#include "model/asset.h"

enum { NIGHTS = 12, STEPS = 120, TOLD_MOST = 4096 };

static struct wander w;

/* What is known to be so of an alert by what was told of it. */
static struct {
    uint64_t read;
    bool open[TOLD_MOST], over[TOLD_MOST];
} told;

static void fails(const char *is, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void fails(const char *is, const char *format, ...) {
    char why[2000];
    va_list args;
    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    ck_abort_msg("seed %llu, second %g: %s (%s)", (unsigned long long)w.seed, now_s(&w), why, is);
}
#define must(is, ...) ((is) ? (void)0 : fails(#is, __VA_ARGS__))

/* ---- texts and values ---- */

static const char *name_of(const struct model *model, const struct object *object) {
    static char name[700];
    model_object_name(model, object, name, sizeof name);
    return name;
}

static bool is_word(const char *text, const char *word) {
    for (const char *at = text; (at = strstr(at, word)); at++) {
        size_t len = strlen(word);
        bool begins = at == text || !((at[-1] | 32) >= 'a' && (at[-1] | 32) <= 'z');
        if (begins && !((at[len] | 32) >= 'a' && (at[len] | 32) <= 'z'))
            return true;
    }
    return false;
}

static void is_said(const char *text, const char *what) {
    must(text != NULL, "%s", what);
    for (const char *c = text; *c; c++)
        must((unsigned char)*c >= ' ' && *c != 127, "%s: control character in \"%s\"", what, text);
    must(!is_word(text, "nan") && !is_word(text, "inf") && !strstr(text, "(null)"), "%s: \"%s\"", what, text);
}

static bool is_count(enum quantity q) {
    enum unit unit = quantities[q].unit;
    bool counts = unit == UNIT_COUNT || unit == UNIT_MSGS || unit == UNIT_BYTES ||
                  (unit == UNIT_PER_S && q != Q_CONSUMER_trend) || unit == UNIT_BYTES_PER_S ||
                  unit == UNIT_RATIO || unit == UNIT_PERCENT;
    bool unlimited = quantities[q].how == HOW_FIELD && fields[quantities[q].field].kind == KIND_INFO; /* -1 */
    return counts && !unlimited && !(quantities[q].flags & QUANTITY_SIGNED);
}

static uint64_t folded(uint64_t sum, const void *bytes, size_t len) {
    for (size_t i = 0; i < len; i++)
        sum = (sum ^ ((const unsigned char *)bytes)[i]) * 0x100000001b3ULL;
    return sum;
}

static uint64_t ask_value(const struct model *model, const struct object *object, enum quantity q,
                          uint64_t sum) {
    struct value v = quantity_get(model, object, q);
    char what[100], text[200];
    double number;
    snprintf(what, sizeof what, "%s.%s", object_kind_name(object->kind), quantities[q].name);
    must(v.type <= VALUE_SPAN, "%s of %s has type %d", what, name_of(model, object), (int)v.type);
    must(v.type == VALUE_UNKNOWN || !(v.flags & VALUE_NEW), "%s of %s is new and known", what,
         name_of(model, object));
    must(!(v.flags & VALUE_BOUND && v.flags & VALUE_LEAST), "%s of %s is bound twice", what,
         name_of(model, object));
    if (v.type == VALUE_TEXT)
        is_said(v.text, what);
    if (v.type == VALUE_REAL)
        must(isfinite(v.f), "%s of %s is %g", what, name_of(model, object), v.f);
    if (is_count(q) && value_number(v, &number))
        must(number >= 0, "%s of %s is %g", what, name_of(model, object), number);
    value_format(text, sizeof text, v, quantities[q].unit);
    is_said(text, what);
    sum = folded(sum, &v.type, sizeof v.type);
    sum = folded(sum, &v.flags, sizeof v.flags);
    if (v.type == VALUE_TEXT)
        return folded(sum, v.text, strlen(v.text));
    return v.type == VALUE_UNKNOWN ? sum
           : v.type == VALUE_BOOL  ? folded(sum, &v.b, 1)
                                   : folded(sum, &v.u, sizeof v.u);
}

/* What was answered, so that it can be said which answer is another one. */
struct answers {
    struct answer {
        uint64_t id, sum;
        int quantity;
    } * items;
    size_t count, cap;
};

/* What goes on with the time alone, in figures or in words, changes no version. */
static bool grows_old(enum quantity q) {
    const char *name = quantities[q].name;
    size_t len = strlen(name);
    return quantities[q].unit == UNIT_NS || quantities[q].unit == UNIT_TIME || q == Q_STREAM_age_share ||
           q == Q_CONSUMER_cause || (len >= 3 && strcmp(name + len - 3, "why") == 0);
}

static void note(struct answers *a, uint64_t id, int quantity, uint64_t sum) {
    if (a->count == a->cap) {
        a->cap = a->cap ? 2 * a->cap : 256;
        a->items = realloc(a->items, a->cap * sizeof *a->items);
    }
    a->items[a->count++] = (struct answer){id, sum, quantity};
}

static void are_the_same(const struct model *model, const struct answers *now, const struct answers *before,
                         bool later, const char *what) {
    for (size_t i = 0; i < now->count && i < before->count; i++) {
        const struct answer *a = &now->items[i], *b = &before->items[i];
        const struct object *object = model_object(model, a->id);
        must(a->id == b->id && (a->sum == b->sum || (later && grows_old((enum quantity)a->quantity))),
             "%s: %s of %s", what, a->id == b->id ? quantities[a->quantity].name : "another one",
             object ? name_of(model, object) : "?");
    }
    must(now->count == before->count, "%s: %zu answers, and %zu", what, now->count, before->count);
}

static void ask_object(const struct model *model, const struct object *object, struct answers *answers) {
    char text[400];
    for (int q = 0; q < QUANTITY_COUNT; q++)
        if (quantities[q].kind == object->kind)
            note(answers, object->id, q, ask_value(model, object, (enum quantity)q, object->freshness));
    model_object_name(model, object, text, sizeof text);
    is_said(text, "its name");
    must(model_object(model, object->id) == object, "%s is not what its id says", text);
    enum severity severity = model_severity(model, object);
    must(severity <= SEVERITY_CRIT, "%s", text);
    if ((object->kind == OBJECT_STREAM || object->kind == OBJECT_CONSUMER) &&
        asset_why(model, object, text, sizeof text)) {
        is_said(text, "why");
        must(*text, "why %s is without a word", name_of(model, object));
    }
}

static void ask_kind(const struct model *model, enum object_kind kind, struct answers *answers) {
    size_t count;
    const struct object *const *all = model_objects(model, kind, &count);
    answers->count = 0;
    for (size_t i = 0; i < count; i++) {
        must(all[i]->kind == kind, "a %s among %s", object_kind_name(all[i]->kind), object_kind_plural(kind));
        ask_object(model, all[i], answers);
    }
}

/* ---- findings ---- */

static void ask_findings(const struct model *model, const char *list, const struct finding *findings,
                         size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct finding *f = &findings[i];
        char text[600], limit[200];
        const struct object *object = model_object(model, f->object);
        must(*finding_rule(f) && *finding_tag(f), "a finding of no rule");
        must(object || f->alert, "%s: %s of what is not there", list, finding_rule(f));
        finding_text_of(model, f, 1, text, sizeof text);
        is_said(text, finding_rule(f));
        must(*text, "%s has no words", finding_rule(f));
        finding_limit_unsaid(model, f, text, limit, sizeof limit);
        is_said(limit, finding_rule(f));
        finding_text_short(model, f, 1 + i % 3, 10, text, sizeof text);
        is_said(text, finding_rule(f));
        finding_figure(model, f, text, sizeof text);
        is_said(text, finding_rule(f));
        finding_limit(model, f, text, sizeof text);
        is_said(text, finding_rule(f));
        must(isfinite(finding_size(model, f)), "size of %s", finding_rule(f));
        double number;
        if (finding_number(model, f, &number) != WORSE_NEITHER)
            must(!isnan(number), "number of %s", finding_rule(f));
        must(i == 0 || strcmp(list, "pending") == 0 || findings[i - 1].severity >= f->severity,
             "%s: %s is behind %s", list, finding_rule(f), finding_rule(f - 1));
    }
}

/* ---- the book of alerts ---- */

static int place_of(const struct alert *a) {
    if (a->state != ALERT_OPEN)
        return a->state == ALERT_PENDING ? 3 : 4;
    return a->silenced_until_utc_ns ? 2 : a->acked_utc_ns ? 1 : 0;
}

static void ask_alert(const struct model *model, const struct alert *a) {
    char text[600];
    const char *texts[] = {a->rule,    a->tag,    a->entity,     a->cluster,  a->name, a->client,
                           a->address, a->text,   a->worst_text, a->figure,   a->peak, a->worst_rule,
                           a->limit,   a->origin, a->ending,     a->acked_by, a->note, a->silence_note};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        is_said(texts[i], "a text of an alert");
    must(*a->name && *a->entity && *a->text, "%s of %s has no words", a->rule, a->name);
    must(a->severity == SEVERITY_WARN || a->severity == SEVERITY_CRIT, "%s is neither", a->rule);
    must(a->state == ALERT_PENDING || a->worst >= a->severity, "%s of %s is worse than at worst", a->rule,
         a->name);
    must(a->state != ALERT_OPEN || (a->opened_utc_ns && !a->ended_utc_ns && a->times > 0),
         "%s of %s is half open", a->rule, a->name);
    must(a->state != ALERT_CLEARED || a->ended_utc_ns, "%s of %s did not end", a->rule, a->name);
    must(a->came_count >= 0 && a->came_count <= ALERT_COMINGS, "%s came %d times", a->rule, a->came_count);
    must(isfinite(a->peak_size), "peak of %s", a->rule);
    must(!a->object || a->state != ALERT_OPEN || model_object(model, a->object) || a->old || a->unheard,
         "%s of %s is of now, and of what is not there", a->rule, a->name);
    must(model_alert_by_number(model, a->number) == a, "%s has another number", a->rule);
    model_alert_peak(model, a, text, sizeof text);
    is_said(text, "a peak");
    alert_end_text(a, text, sizeof text);
    is_said(text, "an end");
    struct finding less;
    if (a->state == ALERT_OPEN && model_alert_less(model, a, &less))
        ask_findings(model, "less", &less, 1);
}

static void ask_book(const struct model *model) {
    struct alert_counts are = {0}, said = model_alert_counts(model);
    size_t count = model_alert_count(model);
    int place = 0;
    for (size_t i = 0; i < count; i++) {
        const struct alert *a = model_alert(model, i);
        size_t *const in[] = {a->severity == SEVERITY_CRIT ? &are.crit : &are.warn, &are.acked, &are.silenced,
                              &are.pending, &are.ended};
        ask_alert(model, a);
        must(place_of(a) >= place, "%s of %s is out of order", a->rule, a->name);
        place = place_of(a);
        ++*in[place];
        for (size_t k = 0; k < i; k++)
            must(model_alert(model, k)->number != a->number, "two of number %d", (int)a->number);
    }
    must(are.crit == said.crit && are.warn == said.warn && are.acked == said.acked &&
             are.silenced == said.silenced && are.pending == said.pending && are.ended == said.ended,
         "%zu %zu %zu %zu %zu %zu and %zu %zu %zu %zu %zu %zu", are.crit, are.warn, are.acked, are.silenced,
         are.pending, are.ended, said.crit, said.warn, said.acked, said.silenced, said.pending, said.ended);
    struct alert_objects objects = {0};
    alert_objects_make(&objects, model);
    must(objects.count == count, "%zu objects of %zu alerts", objects.count, count);
    for (size_t i = 0; i < objects.count; i++)
        for (int q = 0; q < QUANTITY_COUNT; q++)
            if (quantities[q].kind == OBJECT_ALERT)
                ask_value(model, objects.all[i], (enum quantity)q, 0);
    alert_objects_free(&objects);
}

/* What fails to copy is not well itself. */
static bool speaks_for(const struct model *model, uint64_t one, uint64_t other) {
    const struct object *source = model_object(model, one);
    return one == other || (source && source->kind == OBJECT_SOURCE && source->parent->id == other);
}

/* What the verdict counts is what burns, and of each object only the worst. */
static void ask_verdict(const struct model *model) {
    size_t count, said[SEVERITY_CRIT + 1] = {0};
    const struct finding *burning = model_burning(model, &count);
    ask_findings(model, "burning", burning, count);
    for (size_t i = 0; i < count; i++) {
        const struct finding *f = &burning[i];
        bool worse = false;
        for (size_t k = 0; k < count && !worse; k++)
            worse = burning[k].severity > f->severity && speaks_for(model, burning[k].object, f->object);
        must(f->lesser == worse, "%s is %sthe lesser", finding_rule(f), worse ? "not " : "");
        said[f->severity] += !worse;
    }
    struct alert_things things = model_alert_things(model);
    must(things.crit == said[SEVERITY_CRIT] && things.warn == said[SEVERITY_WARN],
         "%zu and %zu are said, %zu and %zu burn", things.crit, things.warn, said[SEVERITY_CRIT],
         said[SEVERITY_WARN]);
}

/* Opened, told, ended, in that order. */
static void hear_changes(const struct model *model) {
    static const bool wants_open[] = {
        [CHANGE_WORSE] = true,   [CHANGE_GREW] = true,  [CHANGE_LESS] = true,    [CHANGE_FLAPPING] = true,
        [CHANGE_CLEARED] = true, [CHANGE_ACKED] = true, [CHANGE_UNACKED] = true, [CHANGE_UNSILENCED] = true};
    while (told.read < model_alert_change_last(model)) {
        const struct alert_change *c = model_alert_change(model, ++told.read);
        if (!c || !c->alert || c->alert >= TOLD_MOST)
            continue;
        const char *word = alert_change_word(c->kind);
        bool *open = &told.open[c->alert], *over = &told.over[c->alert];
        is_said(c->text, "a change");
        must(!wants_open[c->kind] || *open, "%s %s, and is not open: %s", c->name, word, c->text);
        must(c->kind != CHANGE_OPENED || (!*open && !*over), "%s opened again: %s", c->name, c->text);
        must(c->kind != CHANGE_CAME_BACK || *over, "%s came back, and was not over: %s", c->name, c->text);
        must(c->kind != CHANGE_WORSE || c->severity > c->before, "%s is not worse: %s", c->name, c->text);
        if (c->kind == CHANGE_OPENED || c->kind == CHANGE_CAME_BACK)
            *open = true, *over = false;
        if (c->kind == CHANGE_CLEARED)
            *open = false, *over = true;
    }
}

static void agree_with_the_told(const struct model *model) {
    for (size_t i = 0; i < model_alert_count(model); i++) {
        const struct alert *a = model_alert(model, i);
        if (a->number >= TOLD_MOST)
            continue;
        must((a->state == ALERT_OPEN) == told.open[a->number], "%s of %s is %s, and was told otherwise",
             a->rule, a->name, a->state == ALERT_OPEN ? "open" : "not open");
    }
}

/* Another run of ours knows what the last one has left, and nothing of it is told again. */
static void begin_to_hear(const struct model *model) {
    memset(&told, 0, sizeof told);
    told.read = model_alert_change_last(model);
    for (size_t i = 0; i < model_alert_count(model); i++) {
        const struct alert *a = model_alert(model, i);
        if (a->number < TOLD_MOST) {
            told.open[a->number] = a->state == ALERT_OPEN;
            told.over[a->number] = a->state == ALERT_CLEARED;
        }
    }
}

/* ---- all of it ---- */

struct seen { /* at the last look */
    uint64_t version[OBJECT_KIND_COUNT];
    struct answers answers[OBJECT_KIND_COUNT];
};

static void forget(struct seen *seen) {
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++)
        free(seen->answers[kind].items);
    *seen = (struct seen){0};
}

/* What was read at a version stands while it is the version. */
static void ask_kinds(const struct model *model, struct seen *seen) {
    static struct answers now;
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++) {
        uint64_t version = model_version(model, (enum object_kind)kind);
        ask_kind(model, (enum object_kind)kind, &now);
        if (seen->version[kind] == version)
            are_the_same(model, &now, &seen->answers[kind], true, object_kind_plural((enum object_kind)kind));
        struct answers before = seen->answers[kind];
        seen->version[kind] = version;
        seen->answers[kind] = now;
        now = before;
    }
}

static void ask_model(const struct model *model, struct seen *seen) {
    size_t count;
    ask_kinds(model, seen);
    const struct finding *list = model_findings(model, &count);
    ask_findings(model, "found", list, count);
    list = model_forming(model, &count);
    ask_findings(model, "forming", list, count);
    list = model_pending(model, &count);
    ask_findings(model, "pending", list, count);
    ask_verdict(model);
    ask_book(model);
    for (size_t i = 0; i < model_event_count(model); i++) {
        is_said(model_event(model, i)->text, "an event");
        is_said(model_event(model, i)->subject, "an event");
    }
}

/* A copy is what it was made of, and stays so. */
struct frozen {
    struct model_copying copying;
    struct model *whole;
    struct seen seen;
};

static void same_as(const struct model *model, const struct seen *seen, const char *what) {
    static struct answers now;
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++) {
        ask_kind(model, (enum object_kind)kind, &now);
        are_the_same(model, &now, &seen->answers[kind], false, what);
    }
}

static void copy_goes_on(struct frozen *c) {
    if (c->whole) {
        same_as(c->whole, &c->seen, "a copy went on");
        ask_book(c->whole);
        if (roll(&w.dice, 4))
            return;
        while (!model_destroy_slice(c->whole, 7))
            ;
        forget(&c->seen);
        *c = (struct frozen){0};
        return;
    }
    c->whole = model_clone_slice(w.n.model, &c->copying, roll(&w.dice, 3) ? 10000 : 5);
    if (!c->whole)
        return;
    ask_kinds(w.n.model, &c->seen);
    same_as(c->whole, &c->seen, "a copy is another one");
}

static void copy_ends(struct frozen *c) {
    if (c->whole || c->copying.copy)
        model_destroy(c->whole ? c->whole : c->copying.copy);
    forget(&c->seen);
    *c = (struct frozen){0};
}

static void night_of(uint64_t seed, int steps) {
    struct seen seen = {0};
    struct frozen copy = {0};
    int run = 0;
    wander_begin(&w, seed);
    begin_to_hear(w.n.model);
    for (int i = 0; i < steps; i++) {
        wander_step(&w);
        if (w.runs != run) {
            run = w.runs;
            copy_ends(&copy);
            forget(&seen);
            begin_to_hear(w.n.model);
        }
        hear_changes(w.n.model);
        agree_with_the_told(w.n.model);
        if (roll(&w.dice, 3) == 0)
            ask_model(w.n.model, &seen);
        if (roll(&w.dice, 8) == 0 || copy.copying.copy)
            copy_goes_on(&copy);
    }
    copy_ends(&copy);
    forget(&seen);
    wander_end(&w);
}

/* The night's seed is the number that a failure, or a crash, is told with. */
START_TEST(nothing_breaks_and_nothing_is_said_that_cant_be) {
    night_of((uint64_t)_i, STEPS);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("wander");
    const char *seed = getenv("NATSIGHT_WANDER"), *nights = getenv("NATSIGHT_WANDER_NIGHTS");
    int from = seed ? atoi(seed) : 1;
    int count = nights ? atoi(nights) : seed ? 1 : getenv("NATSIGHT_SOAK") ? 100 * NIGHTS : NIGHTS;
    tcase_set_timeout(t, 600);
    tcase_add_loop_test(t, nothing_breaks_and_nothing_is_said_that_cant_be, from, from + count);
    return t;
}

int main(void) {
    return run_case("model: nights that nobody has thought of", cases);
}
