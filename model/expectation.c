#include "model/expectation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/near.h"
#include "base/text.h"
#include "model/asking.h"
#include "model/expecting.h"
#include "model/needs.h"
#include "model/rule_compile.h"

enum { INSTANCES_MOST = 1000000 };

/* ---- what can be said ---- */

/* "connection|queue|puller|server" */
static const char *entity_words(void) {
    static char words[100];
    size_t len = 0;
    for (size_t i = 0; i < countable_count && len < sizeof words; i++)
        len += (size_t)snprintf(words + len, sizeof words - len, "%s%s", i ? "|" : "", countables[i].word);
    return words;
}

static const struct countable *counted_named(const char *word) {
    for (size_t i = 0; word && i < countable_count; i++)
        if (strcmp(countables[i].word, word) == 0)
            return &countables[i];
    return NULL;
}

const char *expectation_name(const struct expectation *said) {
    static char name[TEXT_MAX_BYTES + 1];
    char whole[2 * TEXT_MAX_BYTES + 40];
    if (said->name && *said->name)
        return said->name;
    snprintf(whole, sizeof whole, "%s%s%.250s%s%.250s", said->entity ? said->entity : "",
             said->subject ? " " : "", said->subject ? said->subject : "", said->match ? " " : "",
             said->match ? said->match : "");
    text_clean(name, whole, strlen(whole));
    return name;
}

/* NULL: there is none, or *fault. */
static struct expr *match_of(const struct countable *what, const char *match, unsigned *shapes,
                             struct rule_fault *fault) {
    struct asking_names names = {.kind = what->kind};
    if (!match || !*match)
        return NULL;
    struct expr *expr = rule_parse(&names, "match", match, fault);
    *shapes |= names.shapes;
    if (!expr || expr_is_truth(expr))
        return expr;
    expr_destroy(expr);
    rule_refuse(fault, "match", "\"%.80s\" is neither true nor false: write name ~ billing", match);
    return NULL;
}

static bool entity_fault(const char *entity, struct rule_fault *fault) {
    struct near near = near_begin(entity ? entity : "");
    for (size_t i = 0; i < countable_count; i++)
        near_try(&near, countables[i].word);
    if (!entity)
        return rule_refuse(fault, "entity", "what is expected? entity = \"connection\"; there are %s",
                           entity_words());
    if (near.name)
        return rule_refuse(fault, "entity", "\"%.60s\" can't be expected; did you mean %s?", entity,
                           near.name);
    return rule_refuse(fault, "entity", "\"%.60s\" can't be expected; there are %s", entity, entity_words());
}

static bool subject_fault(const struct countable *what, const char *subject, struct rule_fault *fault) {
    bool asks = what->shapes & 1u << SHAPE_INTEREST;
    if (asks && !subject)
        return rule_refuse(fault, "subject",
                           "a queue group is looked for by a subject that it listens to: "
                           "subject = \"orders.new\"");
    if (!asks && subject)
        return rule_refuse(fault, "subject", "goes with entity = \"queue\" alone");
    const char *wrong = asks ? model_subject_fault(subject) : NULL;
    return wrong ? rule_refuse(fault, "subject", "%s", wrong) : true;
}

static bool is_good(const struct expectation *said, struct rule_fault *fault) {
    const struct countable *what = counted_named(said->entity);
    unsigned shapes = 0;
    if (!what)
        return entity_fault(said->entity, fault);
    if (!subject_fault(what, said->subject, fault))
        return false;
    struct expr *expr = match_of(what, said->match, &shapes, fault);
    expr_destroy(expr);
    if (!expr && said->match && *said->match)
        return false;
    if (said->instances < 0 || said->instances > INSTANCES_MOST)
        return rule_refuse(fault, "instances", "is not between 1 and %d", INSTANCES_MOST);
    if (said->newcomer && !what->identity)
        return rule_refuse(fault, "newcomer", "one %s can't be told from another", what->word);
    return true;
}

const struct rule_fault *expectation_fault(const struct expectation *said) {
    static struct rule_fault fault;
    return is_good(said, &fault) ? NULL : &fault;
}

/* ---- which there are ---- */

static bool same_text(const struct text *text, const char *said) {
    return strcmp(text ? text->bytes : "", said ? said : "") == 0;
}

static struct entry *find_same(const struct model *model, const struct expectation *said) {
    const char *name = expectation_name(said);
    for (size_t i = 0; i < kind_count(model, OBJECT_EXPECTATION); i++) {
        struct entry *entry = kind_at(model, OBJECT_EXPECTATION, i);
        const struct expecting *e = expecting_of(&entry->object);
        if (!entry->dead && same_text(e->name, name) && strcmp(e->what->word, said->entity) == 0 &&
            same_text(e->match, said->match) && same_text(e->subject, said->subject))
            return entry;
    }
    return NULL;
}

static struct entry *make(struct model *model, const struct expectation *said) {
    struct rule_fault fault;
    struct expecting *e = memory_new(sizeof *e);
    struct entry *entry = entry_create(model, OBJECT_EXPECTATION, NULL, model->utc_ns);
    entry->object.extra = e;
    e->what = counted_named(said->entity);
    e->name = model_text_of(model, expectation_name(said));
    e->match = said->match && *said->match ? model_text_of(model, said->match) : NULL;
    e->subject = said->subject ? model_text_of(model, said->subject) : NULL;
    e->shapes = e->what->shapes;
    e->expr = match_of(e->what, said->match, &e->shapes, &fault);
    e->since_utc_ns = model->utc_ns;
    return entry;
}

static void take(struct expecting *e, const struct expectation *said) {
    e->wanted = said->instances ? (uint64_t)said->instances : 1;
    if (e->newcomer && !said->newcomer)
        e->looked = false;
    e->newcomer = said->newcomer;
}

void model_expect(struct model *model, const struct expectation *items, size_t count) {
    uint64_t kept[EXPECTATIONS_MOST];
    count = count < EXPECTATIONS_MOST ? count : EXPECTATIONS_MOST;
    for (size_t i = 0; i < count; i++) {
        struct entry *entry = find_same(model, &items[i]);
        entry = entry ? entry : make(model, &items[i]);
        take(expecting_of(&entry->object), &items[i]);
        kept[i] = entry->object.id;
    }
    for (size_t i = 0; i < kind_count(model, OBJECT_EXPECTATION); i++) {
        struct entry *entry = kind_at(model, OBJECT_EXPECTATION, i);
        bool keep = false;
        for (size_t k = 0; k < count; k++)
            keep |= kept[k] == entry->object.id;
        if (!keep)
            entry_remove(model, entry);
    }
    model_sweep(model);
    model_changed(model);
}

bool model_expect_counted(const struct model *model) {
    for (size_t i = 0; i < kind_count(model, OBJECT_EXPECTATION); i++) {
        const struct expecting *e = expecting_of(&kind_at(model, OBJECT_EXPECTATION, i)->object);
        if (e->what->stamp ? !expectation_is_up_to_date(model, e) : e->what->is_there && !e->counted)
            return false;
    }
    return model_expect_subject(model) == NULL;
}

/* ---- what only its kind has ---- */

void expecting_texts(void *extra, text_visit_fn *visit, void *data) {
    struct expecting *e = extra;
    const struct text **own[] = {&e->name, &e->match, &e->subject, &e->newest};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (*own[i])
            visit(data, own[i]);
}

void expecting_destroy(void *extra) {
    struct expecting *e = extra;
    expr_destroy(e->expr);
    free(e->seen);
    free(e->heard);
}

void *expecting_clone(const void *extra) {
    struct expecting *e = memory_new(sizeof *e);
    memcpy(e, extra, sizeof *e);
    e->expr = NULL;
    e->seen = NULL;
    e->heard = NULL;
    e->seen_count = e->seen_cap = e->heard_count = 0;
    return e;
}
