/* What the last run knew and nobody finds: is it over, or could nobody say yet? */
#include <float.h>
#include <math.h>
#include <string.h>

#include "model/alert_book.h"
#include "model/alert_watch.h"
#include "model/calc.h"
#include "model/filling.h"
#include "model/rule_cover.h"
#include "model/rule_judge.h"
#include "model/ruleset.h"
#include "model/server.h"

#define NAMES_A_TICK   512 /* objects that are compared with what was restored */
#define ASKED_A_TICK   256
#define NEVER          1e100 /* nanoseconds; what is not finite is unknown in an expression */
#define LOST_NS        (3600 * NS_PER_S)
#define KIND_BIT(kind) (1u << (unsigned)(kind))

_Static_assert(OBJECT_KIND_COUNT < 32, "kinds are bits");

/* ---- which object it is ---- */

static unsigned kinds_wanted(const struct alert_book *book) {
    unsigned kinds = 0;
    for (size_t i = 0; i < book->live_count; i++)
        if (book->live[i]->restored && !book->live[i]->candidate)
            kinds |= KIND_BIT(book->live[i]->kind);
    return kinds;
}

static bool is_repeated(const struct rule *const *rules, size_t i) {
    for (size_t before = 0; before < i; before++)
        if (strcmp(rules[before]->tag, rules[i]->tag) == 0)
            return true;
    return false;
}

/* Not taken on: of two that have one name the other may be meant. */
static void compare(struct model *model, const struct object *object) {
    char cluster[OBJECT_NAME_SIZE], name[OBJECT_NAME_SIZE];
    size_t count;
    const struct rule *const *rules = ruleset_of(model->rules, object->kind, &count);
    model_object_name(model, object, name, sizeof name);
    watch_cluster_name(model, object, cluster);
    for (size_t i = 0; i < count; i++) {
        struct finding finding = {.rule = rules[i]};
        struct alert called = {.entity = object_kind_name(object->kind),
                               .cluster = cluster,
                               .name = name,
                               .address = server_place(object),
                               .tag = watch_tag(&finding)};
        if (is_repeated(rules, i))
            continue;
        struct slot *slot = alert_book_find_named(model->alerts, &called, false);
        if (slot && slot->restored)
            slot->candidate = object->id;
    }
}

void alert_absent_tick(struct model *model) {
    struct alert_book *book = model->alerts;
    unsigned kinds = book->restored_any ? kinds_wanted(book) : 0;
    int left = NAMES_A_TICK;
    for (int steps = 0; kinds && steps <= OBJECT_KIND_COUNT; steps++) {
        enum object_kind kind = (enum object_kind)book->seek_kind;
        while (kinds & KIND_BIT(kind) && book->seek < kind_count(model, kind)) {
            const struct entry *entry = kind_at(model, kind, book->seek++);
            if (!entry->dead)
                compare(model, &entry->object);
            if (--left == 0)
                return;
        }
        book->seek = 0;
        book->seek_kind = (book->seek_kind + 1) % OBJECT_KIND_COUNT;
    }
}

/* ---- what its rules say ---- */

/* Those that it had before our start are not known; one that came since may be the one that was lost. */
static bool is_lost_unseen(const struct object *object, enum quantity q) {
    return q == Q_SERVER_gateways_lost && object->kind == OBJECT_SERVER &&
           !server_const(object)->gateways.came;
}

/* Of a count; of a span, as how late one is, no more than what is proven is judged anyway. */
static bool is_least(const struct asking *asking, enum quantity q) {
    struct value v = quantity_get(asking->model, asking->object, q);
    /* from our start on, and nothing says of what came before: of these closed connections do */
    bool told = quantities[q].kind == OBJECT_CLIENT || quantities[q].kind == OBJECT_VISITOR;
    if (quantities[q].within_ns && !told)
        v = watched_for(asking->model, quantities[q].within_ns, v);
    else if (is_lost_unseen(asking->object, q))
        v = watched_for(asking->model, LOST_NS, v);
    return v.type == VALUE_UINT && v.flags & VALUE_LEAST;
}

/* Its leader says what is in it and what limits it. */
static bool tells_limits(const struct object *stream) {
    static const enum field all[] = {F_STREAM_messages, F_STREAM_bytes, F_STREAM_max_msgs,
                                     F_STREAM_max_bytes};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!stream->now || !row_has(stream->now, all[i]))
            return false;
    return true;
}

/* Next to nothing waits, and that leaves. */
static bool is_quiet(const struct object *connection) {
    return connection->before && !filling_of(connection);
}

/* Of these unknown is an answer: what has no limit is not near it, what is not full is full later or never,
 * and of a quiet one nothing is to come. While its course is not known yet (VALUE_NEW), it is from least to
 * most.
 */
static const struct answer {
    enum quantity quantity;
    bool (*is_told)(const struct object *object);
    struct expr_value least, most;
} answers[] = {
    {Q_STREAM_limit_share, tells_limits, {EXPR_NUMBER, 0, NULL}, {EXPR_NUMBER, 0, NULL}},
    {Q_STREAM_full_in, tells_limits, {EXPR_NUMBER, DBL_MIN, NULL}, {EXPR_NUMBER, NEVER, NULL}},
    {Q_CONNECTION_cut_in, is_quiet, {EXPR_NUMBER, NEVER, NULL}, {EXPR_NUMBER, NEVER, NULL}},
    {Q_CONNECTION_held_for, is_quiet, {EXPR_NUMBER, -1, NULL}, {EXPR_NUMBER, -1, NULL}},
    {Q_CONNECTION_threatened, is_quiet, {EXPR_BOOL, 0, NULL}, {EXPR_BOOL, 0, NULL}},
};

struct hearing { /* what is asked, and whether some of it is known to be at least so much and no more */
    const struct asking *asking;
    bool least;
    bool awaited; /* some of it is to come still: that it is compared as "" is no answer */
    bool soonest; /* what unknown answers is taken as the least that it may be */
};

/* Unknown: it is no answer. */
static struct expr_value answered(const struct hearing *h, int id) {
    const struct object *object = h->asking->object;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        if ((int)answers[i].quantity != id || !answers[i].is_told(object))
            continue;
        bool open = rule_awaits(h->asking->model, object, id);
        return open && h->soonest ? answers[i].least : answers[i].most;
    }
    return (struct expr_value){0};
}

static struct expr_value hear(void *data, int id) {
    struct hearing *h = data;
    const struct asking *asking = h->asking;
    h->least |= id < QUANTITY_COUNT && is_least(asking, (enum quantity)id);
    struct expr_value v = asking_get((void *)asking, id);
    if (v.type == EXPR_UNKNOWN)
        v = answered(h, id);
    h->awaited |= v.type == EXPR_UNKNOWN && rule_awaits(asking->model, asking->object, id);
    return v;
}

static bool is_known_false(struct hearing *h, const struct expr *expr) {
    h->least = h->awaited = false;
    struct expr_value v = expr ? expr_eval(expr, hear, h) : (struct expr_value){0};
    return v.type == EXPR_BOOL && v.number == 0 && !h->awaited;
}

static bool is_below(const struct asking *asking, const struct rule_level *level, double value) {
    double limit = level->is ? rule_threshold(asking, level) : 0;
    return !level->is || (!isnan(limit) && !rule_meets(level->sign, value, limit));
}

/* Below where it would stay risen, too. */
static bool is_well_below(struct hearing *h, const struct rule *rule) {
    const struct asking *asking = h->asking;
    h->least = false;
    struct expr_value v = expr_eval(rule->value_expr, hear, h);
    if (v.type != EXPR_NUMBER || !is_below(asking, &rule->warn, v.number) ||
        !is_below(asking, &rule->crit, v.number))
        return false;
    return !rule->clear.is || rule_meets(rule->clear.sign, v.number, rule_threshold(asking, &rule->clear));
}

/* More of it is no trouble. */
static bool falls(const struct rule *rule) {
    enum rule_sign sign = rule->warn.is ? rule->warn.sign : rule->crit.sign;
    return sign == SIGN_LESS || sign == SIGN_AT_MOST;
}

enum denial { DENIED_NOT, DENIED_AS_FAR, DENIED }; /* as far as it was watched, which is not long enough */

/* At least so much, as of an hour of which we have seen a minute, is not too little. */
static enum denial denies_so(const struct asking *asking, const struct rule *rule, bool soonest) {
    struct hearing h = {.asking = asking, .soonest = soonest};
    if (!rule_can_ask(rule, asking->object))
        return DENIED_NOT;
    bool aside =
        rule->unless_quantity >= 0 && asking_get((void *)asking, rule->unless_quantity).type != EXPR_UNKNOWN;
    if (aside || is_known_false(&h, rule->match_expr))
        return DENIED;
    if (is_known_false(&h, rule->where_expr))
        return h.least ? DENIED_AS_FAR : DENIED;
    if (!rule->value_expr || !is_well_below(&h, rule))
        return DENIED_NOT;
    return h.least && !falls(rule) ? DENIED_AS_FAR : DENIED;
}

static enum denial denies(const struct asking *asking, const struct rule *rule) {
    enum denial soonest = denies_so(asking, rule, true);
    enum denial latest = soonest ? denies_so(asking, rule, false) : DENIED_NOT;
    return soonest < latest ? soonest : latest;
}

/* One that is not asked: the others' routes show that it is there, as they showed that it was not. Whoever
 * hangs has routes, too: of one that was silent they show nothing. */
static bool is_routed_again(const struct slot *slot, const struct object *object) {
    return object->kind == OBJECT_SERVER && server_const(object)->state == SERVER_KNOWN &&
           !strstr(slot->said.text, SILENT_FOR);
}

/* All that could say it say that it is not so; somebody has to. Of what is closed nothing is to come. */
static bool is_denied(const struct model *model, struct slot *slot) {
    const struct object *object = model_object(model, slot->candidate);
    struct asking asking = {.model = model, .object = object, .now = true};
    size_t count, asked = 0, denied = 0;
    slot->unwatched = false;
    if (!object || !(watch_is_heard(model, object) || is_routed_again(slot, object)))
        return false;
    if (object->kind == OBJECT_CONNECTION && model_is_closed(object))
        return true;
    const struct rule *const *rules = ruleset_of(model->rules, object->kind, &count);
    for (size_t i = 0; i < count; i++) {
        struct finding finding = {.rule = rules[i]};
        if (strcmp(watch_tag(&finding), slot->said.tag) != 0)
            continue;
        enum denial denial = denies(&asking, rules[i]);
        slot->unwatched |= denial == DENIED_AS_FAR;
        denied += denial == DENIED;
        asked++;
    }
    return asked > 0 && denied == asked;
}

/* Who was missed was no more than a place, and nobody is missed now. */
static bool is_missed_no_more(const struct model *model, const struct slot *slot) {
    for (size_t i = 0; slot->kind == OBJECT_SERVER && i < kind_count(model, OBJECT_CLUSTER); i++) {
        const struct entry *cluster = kind_at(model, OBJECT_CLUSTER, i);
        char name[OBJECT_NAME_SIZE];
        watch_cluster_name(model, &cluster->object, name);
        if (!cluster->dead && strcmp(name, slot->said.cluster) == 0 &&
            watch_is_heard(model, &cluster->object) && expected_is_there(model, cluster, slot->said.address))
            return true;
    }
    return false;
}

/* Of thousands in turns. */
bool alert_absent_denied(const struct model *model, struct slot *slot) {
    const struct alert_book *book = model->alerts;
    size_t turns = book->live_count / ASKED_A_TICK + 1;
    if ((book->tick + slot->place) % turns == 0) {
        slot->denied = slot->candidate ? is_denied(model, slot) : is_missed_no_more(model, slot);
        slot->open = slot->candidate && !slot->denied && watch_is_open(model, slot);
    }
    return slot->denied;
}
