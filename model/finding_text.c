#include "model/finding_text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/alerts.h"
#include "model/asking.h"
#include "model/calc.h"
#include "model/sentence.h"

#define NAME_SIZE (TEXT_MAX_BYTES + 32)

/* ---- of one cause ---- */

static const struct many { /* how findings of one cause are said together */
    const char *rule;
    enum quantity cause;
    const char *text;
} many[] = {
#define RULE(...)
#define MANY(RULE, KIND, CAUSE, TEXT) {#RULE, Q_##KIND##_##CAUSE, TEXT},
#include "model/rules.def"
#undef MANY
#undef RULE
};

static const struct many *many_of(const struct rule *rule) {
    for (size_t i = 0; i < sizeof many / sizeof *many; i++)
        if (quantities[many[i].cause].kind == rule->kind && strcmp(many[i].rule, rule->name) == 0)
            return &many[i];
    return NULL;
}

static const struct object *home_of(const struct object *object) {
    while (object && object->kind != OBJECT_CLUSTER)
        object = object->parent;
    return object;
}

/* Of one cluster and one text, as a number. */
uint64_t finding_cause(const struct model *model, const struct object *object, const struct rule *rule) {
    const struct many *together = many_of(rule);
    struct value v = together ? quantity_get(model, object, together->cause) : value_unknown(0);
    if (v.type != VALUE_TEXT || !*v.text)
        return 0;
    const struct object *home = home_of(object);
    return (uint64_t)hash_bytes(v.text, strlen(v.text)) << 32 | (home ? (uint32_t)home->id : 1);
}

/* ---- figures ---- */

bool finding_value(const struct model *model, const struct object *object, const struct rule *rule,
                   double *out) {
    struct asking asking = {.model = model, .object = object};
    if (!rule->value_expr)
        return false;
    struct expr_value v = expr_eval(rule->value_expr, asking_get, &asking);
    *out = v.number;
    return v.type == EXPR_NUMBER;
}

/* Its value is one quantity, as a table shows it. */
static bool is_quantity(const struct rule *rule) {
    return rule->value_quantity >= 0;
}

/* As its levels say, else as its quantity does. */
static enum quantity_worse worse_of(const struct rule *rule, enum quantity_worse of_quantity) {
    enum rule_sign sign = rule->crit.is ? rule->crit.sign : rule->warn.sign;
    if (*rule->value)
        return sign == SIGN_LESS || sign == SIGN_AT_MOST ? WORSE_LESS : WORSE_MORE;
    return of_quantity;
}

/* The number that it is about, and when its quantity is worse; false: it is not known. */
static bool number_of(const struct model *model, const struct finding *finding, double *out,
                      enum quantity_worse *worse) {
    const struct object *object = model_object(model, finding->object);
    const struct rule *rule = finding->rule;
    *worse = WORSE_MORE;
    if (object && *rule->value && !is_quantity(rule))
        return finding_value(model, object, rule, out);
    int q = object ? rule->figure_quantity : -1;
    if (q < 0)
        return false;
    *worse = quantities[q].worse;
    return value_number(quantity_get(model, object, (enum quantity)q), out);
}

enum quantity_worse finding_number(const struct model *model, const struct finding *finding, double *out) {
    enum quantity_worse worse;
    return number_of(model, finding, out, &worse) ? worse_of(finding->rule, worse) : WORSE_NEITHER;
}

void finding_figure_of(const struct rule *rule, char out[static FIGURE_OF_SIZE]) {
    if (*rule->value && !is_quantity(rule))
        snprintf(out, FIGURE_OF_SIZE, "%s", rule->value);
    else
        snprintf(out, FIGURE_OF_SIZE, "%s",
                 rule->figure_quantity >= 0 ? quantities[rule->figure_quantity].name : "");
}

bool finding_figures_compare(const struct rule *a, const struct rule *b) {
    char of_a[FIGURE_OF_SIZE], of_b[FIGURE_OF_SIZE];
    finding_figure_of(a, of_a);
    finding_figure_of(b, of_b);
    return strcmp(of_a, of_b) == 0 && worse_of(a, WORSE_MORE) == worse_of(b, WORSE_MORE);
}

double finding_size(const struct model *model, const struct finding *finding) {
    enum quantity_worse worse;
    double size;
    return number_of(model, finding, &size, &worse) && worse == WORSE_MORE ? size : 0;
}

void finding_figure(const struct model *model, const struct finding *finding, char *out, size_t size) {
    const struct object *object = model_object(model, finding->object);
    char number[NUMBER_TEXT_SIZE];
    double value;
    int q = finding->rule->figure_quantity;
    if (*finding->rule->value && !is_quantity(finding->rule)) {
        bool known = object && finding_value(model, object, finding->rule, &value);
        number_format(number, known ? value : NAN, rule_unit(finding->rule));
        snprintf(out, size, "%s", number);
        return;
    }
    if (q < 0 || !sentence_quantity(model, object, quantities[q].name, out, size))
        snprintf(out, size, "-");
}

/* ---- words ---- */

struct telling {
    const struct model *model;
    const struct finding *finding;
    const struct object *object; /* NULL: it is no more */
    size_t count;
};

/* Unless a server's reason says so itself. */
static bool is_said(const struct telling *t) {
    return t->object && t->object->kind == OBJECT_SERVER && server_const(t->object)->silent;
}

/* false: not for a second yet, which says nothing. */
static bool tell_span(const struct telling *t, const char *before, char *out, size_t size) {
    char span[TIME_TEXT_SIZE];
    int64_t ns = t->model->utc_ns - t->finding->since_utc_ns;
    lasted_format(span, ns);
    snprintf(out, size, "%s%s%s", before, t->finding->least ? "≥" : "", span);
    return ns >= NS_PER_S;
}

static bool tell_since(const struct telling *t, char *out, size_t size) {
    return tell_span(t, "", out, size);
}

static bool tell_for(const struct telling *t, char *out, size_t size) {
    if (is_said(t) || !tell_span(t, ", for ", out, size))
        *out = '\0';
    return true;
}

static bool tell_count(const struct telling *t, char *out, size_t size) {
    snprintf(out, size, "%zu", t->count);
    return true;
}

/* Of several clusters it is said which one is meant. */
static bool tell_which(const struct telling *t, char *out, size_t size) {
    const struct object *home = home_of(t->object);
    struct value name = home ? calc_cluster_name(t->model, home) : (struct value){0};
    *out = '\0';
    if (kind_count(t->model, OBJECT_CLUSTER) > 1 && name.type == VALUE_TEXT)
        snprintf(out, size, "%s: ", name.text);
    return true;
}

static bool tell_called(const struct telling *t, char *out, size_t size) {
    struct value shown = t->object ? calc_stream_shown(t->model, t->object) : value_unknown(0);
    bool plain = t->object && strcmp(calc_stream_kind(t->model, t->object).text, "stream") == 0;
    snprintf(out, size, "%s%s", plain ? "stream " : "", shown.type == VALUE_TEXT ? shown.text : "-");
    return true;
}

static bool tell_stream(const struct telling *t, char *out, size_t size) {
    char real[NAME_SIZE];
    if (!t->object || !sentence_quantity(t->model, t->object, "stream", real, sizeof real))
        return false;
    snprintf(out, size, "%s", asset_stream_called(t->model, t->object, real));
    return true;
}

static bool tell_account(const struct telling *t, char *out, size_t size) {
    const char *account = t->object ? model_shared_account(t->model, t->object) : NULL;
    snprintf(out, size, account ? " (%s)" : "", account);
    return true;
}

static bool tell_object(const struct telling *t, char *out, size_t size) {
    model_object_name(t->model, t->object, out, size);
    return *out;
}

static bool tell_value(const struct telling *t, char *out, size_t size) {
    finding_figure(t->model, t->finding, out, size);
    return strcmp(out, "-") != 0;
}

static bool tell_limit(const struct telling *t, char *out, size_t size) {
    return finding_limit(t->model, t->finding, out, size);
}

static bool tell_condition(const struct telling *t, char *out, size_t size) {
    const struct rule *rule = t->finding->rule;
    snprintf(out, size, "%s", *rule->value ? rule->value : rule->where);
    return true;
}

static const struct teller { /* what only a finding knows */
    const char *name;
    bool (*tell)(const struct telling *t, char *out, size_t size);
} tellers[] = {
    {"since", tell_since},         {"for", tell_for},       {"count", tell_count},
    {"which", tell_which},         {"called", tell_called}, {"stream", tell_stream},
    {"acct", tell_account},        {"object", tell_object}, {"value", tell_value},
    {"condition", tell_condition}, {"limit", tell_limit},
};

static const struct teller *teller_of(const char *name) {
    for (size_t i = 0; i < sizeof tellers / sizeof *tellers; i++)
        if (strcmp(tellers[i].name, name) == 0)
            return &tellers[i];
    return NULL;
}

bool finding_word_is(const char *name) {
    return teller_of(name) != NULL;
}

static int tell(void *data, const char *name, char *out, size_t size) {
    const struct teller *teller = teller_of(name);
    return !teller ? -1 : teller->tell(data, out, size);
}

/* ---- out ---- */

const char *finding_tag(const struct finding *finding) {
    return finding->rule->tag;
}

const char *finding_rule(const struct finding *finding) {
    return finding->rule->name;
}

/* Of a level that is the object's own its number. */
bool finding_limit(const struct model *model, const struct finding *finding, char *out, size_t size) {
    const struct rule_level *level = rule_level(finding->rule, finding->level);
    const struct object *object = model_object(model, finding->object);
    struct asking asking = {.model = model, .object = object};
    struct expr_value v = {EXPR_UNKNOWN, 0, NULL};
    char number[NUMBER_TEXT_SIZE];
    if (level->asked && object)
        v = expr_eval(level->asked, asking_get, &asking);
    number_format(number, v.number, rule_unit(finding->rule));
    if (v.type == EXPR_NUMBER)
        snprintf(out, size, "%.*s %s", (int)strspn(level->limit, "<>="), level->limit, number);
    else
        snprintf(out, size, "%s", level->limit);
    return *out;
}

/* The number stands in these words, not as a part of another one. */
static bool has_number(const char *words, const char *number) {
    size_t len = strlen(number);
    for (const char *at = words; (at = strstr(at, number)) != NULL; at++)
        if (!strchr("0123456789.", at > words ? at[-1] : ' ') && !isalnum((unsigned char)at[len]))
            return true;
    return false;
}

/* 0: that there is some at all is what the words say. One digit may stand there for something else, unless it
 * is the object's own level. */
static bool is_said_already(const struct finding *finding, const char *words, const char *number) {
    const struct rule_level *level = rule_level(finding->rule, finding->level);
    bool telling = level->asked || (number[0] && number[1]);
    return strtod(number, NULL) == 0 || strstr(finding->rule->text, "{limit}") ||
           (telling && has_number(words, number));
}

bool finding_limit_unsaid(const struct model *model, const struct finding *finding, const char *words,
                          char *out, size_t size) {
    const struct rule *rule = finding->rule;
    char limit[NAME_SIZE], shown[NAME_SIZE], figure[NAME_SIZE];
    *out = '\0';
    if (!*rule->value || !finding_limit(model, finding, limit, sizeof limit))
        return false;
    const char *number = limit + strspn(limit, "<>= ");
    if (is_said_already(finding, words, number))
        return false;
    snprintf(shown, sizeof shown, "{%s}", rule->value);
    finding_figure(model, finding, figure, sizeof figure);
    bool bare = (strstr(rule->text, shown) || strstr(rule->text, "{value}")) && has_number(words, figure);
    snprintf(out, size, "limit %s%s%s", bare ? "" : rule->value, bare ? "" : " ", limit);
    return true;
}

bool finding_same_cause(const struct finding *a, const struct finding *b) {
    return a->rule == b->rule && (a->object == b->object || (a->cause && a->cause == b->cause));
}

/* What is no more so is not said as if it were. */
static bool tell_alert(const struct model *model, const struct finding *finding, int name_columns, char *out,
                       size_t size) {
    const struct alert *a = finding->alert ? model_alert_by_number(model, finding->alert) : NULL;
    char span[TIME_TEXT_SIZE], name[4 * SENTENCE_NAME_COLUMNS + 8];
    if (!a || !a->came_count)
        return false;
    if (!a->flapping) {
        snprintf(out, size, "%s", a->text);
        return true;
    }
    char peak[ALERT_PEAK_SIZE];
    model_alert_peak(model, a, peak, sizeof peak);
    bool has_peak = *peak && strcmp(peak, "-") != 0;
    int64_t ago = model->utc_ns - a->came_utc_ns[a->came_count - 1];
    lasted_format(span, ago);
    text_cut_middle(name, sizeof name, a->name, name_columns);
    snprintf(out, size, "%s: comes and goes, %d times%s%s%s%s%s", name, a->times,
             ago < 0          ? "" /* by another clock */
             : ago < NS_PER_S ? ", the last just now"
                              : ", the last ",
             ago < NS_PER_S ? "" : span, ago < NS_PER_S ? "" : " ago", has_peak ? ", at its worst " : "",
             has_peak ? peak : "");
    return true;
}

void finding_text_short(const struct model *model, const struct finding *finding, size_t count,
                        int name_columns, char *out, size_t size) {
    struct telling telling = {model, finding, model_object(model, finding->object), count};
    if (tell_alert(model, finding, name_columns, out, size))
        return;
    const struct many *together = count > 1 ? many_of(finding->rule) : NULL;
    sentence_make_short(model, telling.object, together ? together->text : finding->rule->text, tell,
                        &telling, name_columns, out, size);
}

void finding_text_of(const struct model *model, const struct finding *finding, size_t count, char *out,
                     size_t size) {
    finding_text_short(model, finding, count, SENTENCE_NAME_COLUMNS, out, size);
}
