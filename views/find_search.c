#include "views/find_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/text.h"
#include "views/quantity_text.h"

/* How well a text answers: it is the word, begins with it, has it inside; and then the same of what is not
 * its name. */
enum { RANK_IS, RANK_BEGINS, RANK_HAS, RANK_OTHER, RANK_NONE = 255 };

/* ---- what is looked for ---- */

static struct filter *make_filter(const struct find_kind *kind, const char *text) {
    struct filter_column shown[FIND_SEARCHED + 1];
    int count = 0;
    for (int i = 0; kind->searched[i] != FIND_END; i++)
        shown[count++] = (struct filter_column){kind->searched[i], NULL};
    if (kind->state != FIND_END)
        shown[count++] = (struct filter_column){kind->state, NULL};
    return filter_create(text, kind->kind, shown, count);
}

const char *find_search_check(const char *text) {
    static char fault[300];
    for (int k = 0; k < find_kind_count; k++) {
        struct filter *filter = make_filter(&find_kinds[k], text);
        const char *error = filter_error(filter);
        if (error)
            snprintf(fault, sizeof(fault), "%s", error);
        filter_destroy(filter);
        if (!error)
            return NULL;
    }
    return fault;
}

static void search_again(struct find_search *s) {
    for (int k = 0; k < find_kind_count; k++) {
        s->parts[k].done = false;
        filter_destroy(s->parts[k].filter);
        s->parts[k].filter = NULL;
    }
}

const char *find_search_word(struct find_search *s, const char *word) {
    char clean[TEXT_MAX_BYTES + 1];
    text_clean(clean, word, strlen(word));
    const char *fault = *clean == '~' ? find_search_check(clean) : NULL;
    if (fault)
        return fault;
    if (strlen(clean) >= FIND_WORD_SIZE)
        return "this is too long to be a name";
    snprintf(s->word, sizeof(s->word), "%s", *clean == '~' ? "" : clean);
    snprintf(s->pattern, sizeof(s->pattern), "%s", *clean == '~' ? clean : "");
    search_again(s);
    return NULL;
}

bool find_search_asked(const struct find_search *s, const struct view_context *context) {
    return *s->word || *s->pattern || *context->filter;
}

static void take_filter(struct find_search *s, const struct view_context *context) {
    bool same = s->filter && strcmp(s->filter, context->filter) == 0;
    if (!same || s->faults_only != context->faults_only || s->show_hidden != context->show_hidden)
        search_again(s);
    s->faults_only = context->faults_only;
    s->show_hidden = context->show_hidden;
    if (same)
        return;
    free(s->filter);
    s->filter = memory_text(context->filter);
    s->faulty = find_search_check(s->filter) != NULL;
}

/* ---- how well something answers ---- */

static unsigned rank_text(const char *text, const char *word, size_t len) {
    if (strncasecmp(text, word, len) == 0)
        return text[len] ? RANK_BEGINS : RANK_IS;
    return text_contains(text, word) ? RANK_HAS : RANK_NONE;
}

static unsigned rank_value(struct value v, const char *word, size_t len) {
    char number[32];
    if (v.type == VALUE_TEXT)
        return rank_text(v.text, word, len);
    if (v.type != VALUE_UINT || *word < '0' || *word > '9')
        return RANK_NONE;
    snprintf(number, sizeof(number), "%llu", (unsigned long long)v.u);
    return strcmp(number, word) == 0 ? RANK_IS : RANK_NONE; /* a part of a number is chance */
}

static bool rank_object(const struct model *model, const struct find_kind *kind, const char *word, size_t len,
                        struct find_hit *hit) {
    unsigned best = RANK_NONE;
    for (int i = 0; kind->searched[i] != FIND_END && best > (i ? RANK_OTHER : RANK_IS); i++) {
        unsigned rank = rank_value(quantity_get(model, hit->object, kind->searched[i]), word, len);
        rank += rank == RANK_NONE || find_is_name(kind, i) ? 0 : RANK_OTHER;
        if (rank >= best)
            continue;
        best = rank;
        hit->by = (uint8_t)i;
    }
    hit->rank = (uint8_t)best;
    return best != RANK_NONE;
}

/* Of what is over the last one first. */
static int by_rank(const void *left, const void *right) {
    const struct find_hit *a = left, *b = right;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    if (a->over != b->over)
        return a->over ? 1 : -1;
    if (a->old != b->old)
        return a->old ? 1 : -1;
    if (a->severity != b->severity)
        return a->severity > b->severity ? -1 : 1;
    for (int i = 0; i < FIND_ORDERS; i++)
        if (a->order[i] != b->order[i])
            return a->order[i] > b->order[i] ? -1 : 1;
    if (a->number != b->number)
        return a->number < b->number ? -1 : 1;
    int order = a->name == b->name ? 0 : strcmp(a->name, b->name);
    int age = (a->id > b->id) - (a->id < b->id);
    return order ? order : a->over ? -age : age;
}

static void add(struct find_part *part, const struct find_hit *hit) {
    if (part->count == part->cap) {
        part->cap = part->cap ? part->cap * 2 : 64;
        part->hits = memory_grow(part->hits, part->cap, sizeof(*part->hits));
    }
    part->hits[part->count++] = *hit;
}

static void finish_part(struct find_part *part) {
    part->found = part->count;
    if (part->count)
        qsort(part->hits, part->count, sizeof(*part->hits), by_rank);
    if (part->count > FIND_MOST)
        part->count = FIND_MOST;
}

/* ---- objects ---- */

static void read_order(const struct model *model, const struct find_kind *kind, struct find_hit *hit) {
    for (int i = 0; i < FIND_ORDERS; i++) {
        double number, sum = -1;
        for (int n = 0; n < 2; n++)
            if (kind->order[i][n] != FIND_END &&
                quantity_value(model, hit->object, kind->order[i][n], &number))
                sum = (sum < 0 ? 0 : sum) + number;
        hit->order[i] = sum;
    }
    if (kind->order[0][0] != FIND_END && kind->number != FIND_END)
        hit->number = quantity_get(model, hit->object, kind->number).u;
}

/* A closed connection is evidence, as long as its record is kept. */
static bool is_gone(const struct object *object) {
    bool closed = object->kind == OBJECT_CONNECTION && model_is_closed(object);
    return object->freshness == FRESH_GONE && object->kind != OBJECT_SERVER && !closed;
}

static void search_object(struct find_search *s, const struct view_context *context,
                          const struct find_kind *kind, struct find_part *part, const struct object *object) {
    struct find_hit hit = {.object = object,
                           .id = object->id,
                           .over = object->freshness == FRESH_GONE,
                           .old = kind->moves && object->freshness == FRESH_STALE};
    if (!rank_object(context->model, kind, s->word, strlen(s->word), &hit))
        return;
    hit.severity = model_severity(context->model, object);
    if (context->faults_only && hit.severity == SEVERITY_OK)
        return;
    const char *beside[] = {kind->word, NULL};
    if (!filter_pass_beside(part->filter, context->model, object, beside))
        return;
    if (is_gone(object) && !context->show_hidden) {
        part->gone++;
        return;
    }
    struct value v = quantity_get(context->model, object, kind->searched[0]);
    hit.name = v.type == VALUE_TEXT ? v.text : "";
    if (!hit.over) /* of these the last one comes first */
        read_order(context->model, kind, &hit);
    add(part, &hit);
}

static void search_objects(struct find_search *s, const struct view_context *context,
                           const struct find_kind *kind, struct find_part *part) {
    size_t count;
    const struct object *const *all = model_objects(context->model, kind->kind, &count);
    for (size_t i = 0; i < count; i++) {
        if (kind->skip && kind->skip(context->model, all[i]))
            continue;
        part->searched += !is_gone(all[i]);
        search_object(s, context, kind, part, all[i]);
    }
}

static void search_accounts(struct find_search *s, const struct view_context *context,
                            const struct find_kind *kind, struct find_part *part) {
    for (size_t i = 0; i < s->accounts.count; i++) {
        const struct find_account *account = &s->accounts.all[i];
        const char *beside[] = {kind->word, account->name, NULL};
        unsigned rank = rank_text(account->name, s->word, strlen(s->word));
        struct find_hit hit = {.account = account,
                               .id = account->id,
                               .name = account->name,
                               .rank = (uint8_t)rank,
                               .severity = account->severity};
        part->searched++;
        if (rank != RANK_NONE && !(context->faults_only && hit.severity == SEVERITY_OK) &&
            filter_pass_beside(part->filter, context->model, NULL, beside))
            add(part, &hit);
    }
}

/* ---- all ---- */

static void search_part(struct find_search *s, const struct view_context *context,
                        const struct find_kind *kind, struct find_part *part) {
    char text[FIND_WORD_SIZE + 300];
    part->count = part->found = part->searched = part->gone = 0;
    if (!part->filter) {
        snprintf(text, sizeof(text), "%s %s", s->pattern, s->faulty ? "" : s->filter);
        part->filter = make_filter(kind, text);
    }
    if (filter_error(part->filter) || !find_search_asked(s, context))
        return; /* a comparison is about those alone that have what is compared */
    if (kind->kind == OBJECT_KIND_COUNT)
        search_accounts(s, context, kind, part);
    else
        search_objects(s, context, kind, part);
    finish_part(part);
}

bool find_search_run(struct find_search *s, const struct view_context *context) {
    bool any = false;
    take_filter(s, context);
    bool accounts = find_accounts_look(&s->accounts, context->model);
    for (int k = 0; k < find_kind_count; k++) {
        const struct find_kind *kind = &find_kinds[k];
        struct find_part *part = &s->parts[k];
        bool objects = kind->kind != OBJECT_KIND_COUNT;
        uint64_t version = objects ? model_version(context->model, kind->kind) : 0;
        version += kind->skip ? model_version(context->model, kind->open) : 0;
        if (part->done && version == part->version && (objects || !accounts))
            continue;
        search_part(s, context, kind, part);
        part->done = true;
        part->version = version;
        any = true;
    }
    return any;
}

void find_search_finish(struct find_search *s) {
    search_again(s);
    for (int k = 0; k < find_kind_count; k++)
        free(s->parts[k].hits);
    find_accounts_finish(&s->accounts);
    free(s->filter);
    *s = (struct find_search){0};
}
