#include "model/interest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/subscription.h"

#define SUBJECT_MOST  255
#define GROUPS_MOST   500
#define MATCHED_MOST  10000
#define DEAR          10000 /* of one server: to walk so many each 2 s, 1 % of its time, is announced */
#define WALK_NS       (NS_PER_S / 400000) /* one of them, with its share of the answer; measured */
#define UNTOLD_NS     (60 * NS_PER_S)     /* of a list that was cut: how long one that it leaves out stays */
#define EMPTY_KEPT_NS (600 * NS_PER_S)

static struct audience *group_of(const struct entry *entry) {
    return entry->object.extra;
}

static struct subscription *subscription_of(const struct entry *entry) {
    return entry->object.extra;
}

static bool is_match(const struct entry *entry) {
    return !entry->dead && subscription_of(entry)->matched_mono_ns;
}

/* ---- which subject ---- */

const char *model_subject_fault(const char *subject) {
    char clean[TEXT_MAX_BYTES + 1];
    size_t len = strlen(subject);
    if (len == 0)
        return "a subject is missing";
    if (len > SUBJECT_MOST)
        return "a subject has 255 bytes at most";
    if (strpbrk(subject, " \t") != NULL)
        return "a subject has no blanks";
    if (text_clean(clean, subject, len) != len || strcmp(clean, subject) != 0)
        return "a subject has no control characters";
    if (strpbrk(subject, "*>") != NULL)
        return "a subject that is published to has no wildcards";
    if (subject[0] == '.' || subject[len - 1] == '.' || strstr(subject, "..") != NULL)
        return "a word between dots is missing";
    return NULL;
}

static void forget_answers(struct model *model) {
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++)
        server_of(kind_at(model, OBJECT_SERVER, i))->interest = (struct interest_answer){0};
    for (size_t i = 0; i < kind_count(model, OBJECT_SUBSCRIPTION); i++) {
        struct entry *entry = kind_at(model, OBJECT_SUBSCRIPTION, i);
        if (is_match(entry))
            subscription_unmatch(model, entry);
    }
    for (size_t i = 0; i < kind_count(model, OBJECT_AUDIENCE); i++)
        entry_remove(model, kind_at(model, OBJECT_AUDIENCE, i));
}

struct walk {
    uint64_t all, most; /* subscriptions of the servers that are asked, of the one that has most */
    int servers;
};

static struct walk to_walk(const struct model *model) {
    struct walk walk = {0};
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        if (entry->dead || !server_is_up(server_of(entry)) || !entry->object.now)
            continue;
        uint64_t own = row_u64(entry->object.now, F_SERVER_subscriptions, 0);
        walk.all += own;
        walk.most = own > walk.most ? own : walk.most;
        walk.servers++;
    }
    return walk;
}

void model_interest_watch(struct model *model, const char *subject) {
    struct interest *interest = &model->interest;
    bool same = subject && interest->subject && strcmp(interest->subject->bytes, subject) == 0;
    if (same || (subject && model_subject_fault(subject)))
        return;
    model_tick_finish(model);
    forget_answers(model);
    *interest = (struct interest){.subject = subject ? model_text_of(model, subject) : NULL};
    interest->asked = subject && to_walk(model).most < DEAR;
    interest->since_utc_ns = model->utc_ns;
    model_sweep(model);
    model_changed(model);
}

void model_interest_go_on(struct model *model) {
    model->interest.asked = model->interest.subject != NULL;
    model->interest.since_utc_ns = model->utc_ns;
    model_changed(model);
}

/* ---- groups ---- */

static const struct text *text_of(const struct row *row, enum field f) {
    return row_has(row, f) && row_cell(row, f)->s->len ? row_cell(row, f)->s : NULL;
}

/* A message goes to one member of a queue, whatever patterns its members subscribed to. */
static struct entry *find_group(const struct model *model, const struct row *row) {
    const struct text *queue = text_of(row, F_SUBSCRIPTION_queue);
    for (size_t i = 0; i < kind_count(model, OBJECT_AUDIENCE); i++) {
        struct entry *entry = kind_at(model, OBJECT_AUDIENCE, i);
        const struct audience *group = group_of(entry);
        if (!entry->dead && text_same(group->queue, queue) &&
            text_same(group->account, text_of(row, F_SUBSCRIPTION_account)) &&
            (queue || text_same(group->subject, text_of(row, F_SUBSCRIPTION_subject))))
            return entry;
    }
    return NULL;
}

/* NULL: there are too many. */
static struct entry *take_group(struct model *model, const struct row *row, int64_t utc_ns) {
    struct entry *entry = find_group(model, row);
    if (entry || kind_count(model, OBJECT_AUDIENCE) >= GROUPS_MOST)
        return entry;
    struct audience *group = memory_new(sizeof *group);
    group->account = model_text(model, text_of(row, F_SUBSCRIPTION_account));
    group->subject = model_text(model, text_of(row, F_SUBSCRIPTION_subject));
    group->queue = model_text(model, text_of(row, F_SUBSCRIPTION_queue));
    group->since_utc_ns = utc_ns;
    entry = entry_create(model, OBJECT_AUDIENCE, NULL, utc_ns);
    entry->object.extra = group;
    return entry;
}

static void add_pattern(struct audience *group, const struct text *pattern) {
    if (!pattern || group->pattern_count > PATTERNS_MOST)
        return;
    for (size_t i = 0; i < group->pattern_count; i++)
        if (text_same(group->patterns[i], pattern))
            return;
    if (group->pattern_count < PATTERNS_MOST)
        group->patterns[group->pattern_count] = pattern;
    group->pattern_count++;
}

static int compare_patterns(const void *a, const void *b) {
    const struct text *const *left = a, *const *right = b;
    return strcmp((*left)->bytes, (*right)->bytes);
}

/* "orders.*, orders.created"; a group that lost all its members keeps the last ones. */
static void join_patterns(struct model *model, struct audience *group) {
    static const char more[] = ", ...";
    char all[TEXT_MAX_BYTES + 1];
    size_t len = 0, told = 0;
    size_t count = group->pattern_count < PATTERNS_MOST ? group->pattern_count : PATTERNS_MOST;
    if (!count)
        return;
    qsort(group->patterns, count, sizeof(*group->patterns), compare_patterns);
    for (; told < count && (!told || len + 2 + group->patterns[told]->len + sizeof more <= sizeof all);
         told++)
        len += (size_t)snprintf(all + len, sizeof all - len, "%s%s", told ? ", " : "",
                                group->patterns[told]->bytes);
    if (told < group->pattern_count && len + sizeof more <= sizeof all)
        snprintf(all + len, sizeof all - len, "%s", more);
    if (!group->subject || strcmp(group->subject->bytes, all) != 0)
        group->subject = model_text_of(model, all);
}

/* Whose server does not answer: as it was, beside those of whom it is known. */
static bool counts(const struct audience *group, const struct object *member) {
    return !group->live || member->freshness == FRESH_LIVE;
}

size_t audience_counted(const struct audience *group) {
    return group->live ? group->live : group->members;
}

static void add_member(struct audience *group, const struct object *object) {
    group->members++;
    group->live += object->freshness == FRESH_LIVE;
    add_pattern(group, text_of(object->now, F_SUBSCRIPTION_subject));
}

static void add_messages(const struct model *model, struct audience *group, const struct object *object) {
    double rate;
    if (!counts(group, object))
        return;
    if (value_number(quantity_get(model, object, Q_SUBSCRIPTION_msgs_per_s), &rate)) {
        group->per_s += rate;
        group->most_per_s = rate > group->most_per_s ? rate : group->most_per_s;
        group->rated++;
    }
    group->ever += (uint64_t)row_i64(object->now, F_SUBSCRIPTION_msgs, 0);
}

static struct audience *audience_at(const struct model *model, size_t subscription,
                                    const struct object **member) {
    struct entry *entry = kind_at(model, OBJECT_SUBSCRIPTION, subscription);
    struct entry *group = is_match(entry) ? entry_by_id(model, subscription_of(entry)->group) : NULL;
    *member = &entry->object;
    return group ? group_of(group) : NULL;
}

static void count_members(struct model *model) {
    const struct object *member;
    struct audience *group;
    for (size_t i = 0; i < kind_count(model, OBJECT_AUDIENCE); i++) {
        group = group_of(kind_at(model, OBJECT_AUDIENCE, i));
        group->members = group->live = group->rated = 0;
        group->per_s = group->most_per_s = 0;
        group->ever = 0;
        memset(group->patterns, 0, sizeof group->patterns);
        group->pattern_count = 0;
    }
    for (size_t i = 0; i < kind_count(model, OBJECT_SUBSCRIPTION); i++)
        if ((group = audience_at(model, i, &member)) != NULL)
            add_member(group, member);
    for (size_t i = 0; i < kind_count(model, OBJECT_SUBSCRIPTION); i++)
        if ((group = audience_at(model, i, &member)) != NULL)
            add_messages(model, group, member);
    for (size_t i = 0; i < kind_count(model, OBJECT_AUDIENCE); i++)
        join_patterns(model, group_of(kind_at(model, OBJECT_AUDIENCE, i)));
}

static void say_when(char *out, size_t size, int64_t ns) {
    char span[TIME_TEXT_SIZE];
    lasted_format(span, ns + NS_PER_S - 1);
    snprintf(out, size, " (within %s)", span);
}

/* "nobody left in queue group billing on orders.> (within 4s)": what counts comes first, lines are
 * short. When the last one went is known as far as the looks before and after say so. */
static void say(struct model *model, struct entry *entry, int64_t utc_ns) {
    const struct audience *group = group_of(entry);
    const char *subject = group->subject ? group->subject->bytes : "?";
    char who[TEXT_MAX_BYTES + 60], whose[80] = "", now[40] = "nobody left", when[TIME_TEXT_SIZE + 40] = "";
    if (group->account && strcmp(group->account->bytes, "$G") != 0)
        snprintf(whose, sizeof whose, ", account %.60s", group->account->bytes);
    if (group->queue)
        snprintf(who, sizeof who, "in queue group %.200s on", group->queue->bytes);
    else
        snprintf(who, sizeof who, "without a queue on");
    if (group->members)
        snprintf(now, sizeof now, "%zu again", group->members);
    else
        say_when(when, sizeof when, utc_ns - group->here_utc_ns);
    model_add_event(model, utc_ns, "interest", &entry->object, model->interest.subject->bytes,
                    "%s %s %.300s%s%s", now, who, subject, whose, when);
}

/* Every server that is asked has said since then who is there, all of them. */
static bool all_said(const struct model *model, int64_t asked_mono_ns) {
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        const struct server *server = server_of(entry);
        if (entry->dead || server->state == SERVER_KNOWN)
            continue;
        if (!server_is_up(server) || server->interest.cut || !server->interest.utc_ns ||
            server->interest.asked_mono_ns < asked_mono_ns)
            return false;
    }
    return true;
}

static void judge_group(struct model *model, struct entry *entry, int64_t utc_ns, int64_t asked_mono_ns) {
    struct audience *group = group_of(entry);
    if (group->members) {
        if (group->empty_mono_ns)
            group->since_utc_ns = group->told ? utc_ns : group->since_utc_ns;
        if (group->told)
            say(model, entry, utc_ns);
        group->empty_mono_ns = 0;
        group->told = false;
        return;
    }
    if (!group->empty_mono_ns)
        group->empty_mono_ns = asked_mono_ns;
    if (!group->told && all_said(model, group->empty_mono_ns)) {
        group->told = true;
        group->since_utc_ns = utc_ns;
        say(model, entry, utc_ns);
    }
    if (group->told && utc_ns - group->since_utc_ns > EMPTY_KEPT_NS)
        entry_remove(model, entry);
}

/* A server that does not answer any more takes with it what is known of its members, and that there is
 * nobody. */
static void mark_known(struct model *model, struct entry *entry) {
    struct audience *group = group_of(entry);
    group->known = group->members ? group->live > 0 : all_said(model, 0);
    entry_set_freshness(model, entry, group->known ? FRESH_LIVE : FRESH_STALE);
}

static void judge(struct model *model, int64_t utc_ns, int64_t asked_mono_ns) {
    count_members(model);
    for (size_t i = 0; i < kind_count(model, OBJECT_AUDIENCE); i++) {
        struct entry *entry = kind_at(model, OBJECT_AUDIENCE, i);
        if (entry->dead)
            continue;
        judge_group(model, entry, utc_ns, asked_mono_ns);
        mark_known(model, entry);
    }
}

/* ---- an answer ---- */

static bool is_asked(const struct model *model, const struct sample *sample) {
    const struct row *question = sample_first(sample, ENTITY_QUESTION);
    return model->interest.subject && model->interest.asked && question &&
           row_has(question, F_QUESTION_subject) &&
           text_same(row_cell(question, F_QUESTION_subject)->s, model->interest.subject);
}

/* Up to 2.11 the total is that of the page. */
static struct interest_answer answer_of(const struct sample *sample, size_t told) {
    const struct row *row = sample_first(sample, ENTITY_ANSWER);
    struct interest_answer answer = {.utc_ns = sample->answered_utc_ns,
                                     .asked_mono_ns = sample->asked_mono_ns,
                                     .told = told,
                                     .total = told};
    if (!row)
        return answer;
    uint64_t total = row_u64(row, F_ANSWER_total, told), limit = row_u64(row, F_ANSWER_limit, 0);
    answer.total = total > told ? total : told;
    answer.cut = total > told || (limit && told >= limit) || sample->dropped;
    return answer;
}

/* Those of this server that the answer has not; of a list that was cut not at once. */
static void unmatch_others(struct model *model, const struct entry *server, const struct stamp *at,
                           bool cut) {
    for (size_t i = 0; i < kind_count(model, OBJECT_SUBSCRIPTION); i++) {
        struct entry *entry = kind_at(model, OBJECT_SUBSCRIPTION, i);
        if (!is_match(entry) || entry->object.parent != &server->object)
            continue;
        int64_t seen = subscription_of(entry)->matched_mono_ns;
        if (seen != at->mono_ns && (!cut || at->mono_ns - seen > UNTOLD_NS))
            subscription_unmatch(model, entry);
    }
}

void interest_put(struct model *model, struct entry *server, const struct sample *sample) {
    struct stamp at = stamp_of(sample, server_of(server)->server_id);
    size_t told = 0, left = 0, room = subscriptions_matched(model);
    if (!is_asked(model, sample))
        return;
    room = room < MATCHED_MOST ? MATCHED_MOST - room : 0;
    for (size_t i = 0; i < sample->count; i++) {
        const struct row *row = sample->rows[i];
        if (row->entity != ENTITY_SUBSCRIPTION || !row_has(row, F_SUBSCRIPTION_cid) ||
            !row_has(row, F_SUBSCRIPTION_sid) || !row_has(row, F_SUBSCRIPTION_subject))
            continue;
        told++;
        struct entry *group = take_group(model, row, at.utc_ns);
        struct entry *entry = group ? subscription_match(model, server, row, &at, &room) : NULL;
        left += !entry;
        if (!entry)
            continue;
        subscription_of(entry)->group = group->object.id;
        group_of(group)->here_utc_ns = at.utc_ns;
    }
    server_of(server)->interest = answer_of(sample, told);
    server_of(server)->interest.told -= left;
    server_of(server)->interest.cut |= left > 0;
    unmatch_others(model, server, &at, server_of(server)->interest.cut);
    judge(model, at.utc_ns, at.asked_mono_ns);
}

void interest_forget_run(struct model *model, struct entry *server) {
    server_of(server)->interest = (struct interest_answer){0};
    for (size_t i = 0; i < kind_count(model, OBJECT_SUBSCRIPTION); i++) {
        struct entry *entry = kind_at(model, OBJECT_SUBSCRIPTION, i);
        if (is_match(entry) && entry->object.parent == &server->object)
            subscription_unmatch(model, entry);
    }
}

void interest_tick(struct model *model) {
    if (kind_count(model, OBJECT_AUDIENCE))
        judge(model, model->utc_ns, model->mono_ns);
}

/* ---- out ---- */

struct interest_seen model_interest(const struct model *model) {
    const struct interest *interest = &model->interest;
    struct interest_seen seen = {.subject = interest->subject ? interest->subject->bytes : NULL,
                                 .asked = interest->asked,
                                 .since_utc_ns = interest->since_utc_ns};
    struct walk walk = to_walk(model);
    seen.up = walk.servers;
    seen.walked = walk.all;
    seen.walk_ns = (int64_t)seen.walked * WALK_NS;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct server *server = server_const(&kind_at(model, OBJECT_SERVER, i)->object);
        seen.servers++;
        seen.answered += server->interest.utc_ns && server_is_up(server);
        seen.cut += server->interest.cut;
    }
    return seen;
}

struct interest_answer model_interest_of(const struct object *server) {
    struct interest_answer answer = server_const(server)->interest;
    answer.now = answer.utc_ns && server_is_up(server_const(server));
    return answer;
}

const struct object *model_audience_of(const struct model *model, const struct object *object) {
    const struct subscription *subscription = object->extra;
    return subscription->matched_mono_ns ? model_object(model, subscription->group) : NULL;
}
