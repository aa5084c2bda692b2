/* Members of queue groups that are expected: of each server's answer to what listens to their subject. */
#include "model/expecting.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "model/asking.h"
#include "model/interest.h"
#include "model/subscription.h"

#define LOOK_NS (20 * NS_PER_S) /* from one question to the next: a server walks all of its subscriptions */
#define OLD_NS  (90 * NS_PER_S) /* an answer says nothing of now */

static bool is_queue(const struct expecting *e) {
    return e->what->shapes & 1u << SHAPE_INTEREST;
}

static struct queue_heard *heard_of(const struct expecting *e, uint64_t server) {
    for (size_t i = 0; i < e->heard_count; i++)
        if (e->heard[i].server == server)
            return &e->heard[i];
    return NULL;
}

static struct queue_heard *heard_take(struct expecting *e, uint64_t server) {
    struct queue_heard *heard = heard_of(e, server);
    if (!heard) {
        e->heard = memory_grow(e->heard, e->heard_count + 1, sizeof *e->heard);
        heard = &e->heard[e->heard_count++];
    }
    return heard;
}

static bool is_recent(const struct model *model, const struct queue_heard *heard) {
    return heard && model->mono_ns - heard->mono_ns <= OLD_NS;
}

/* ---- an answer ---- */

/* A row that is not kept, asked as if it were. */
static bool is_member(const struct model *model, const struct expecting *e, struct entry *server,
                      struct row *row) {
    struct subscription extra = {0};
    struct entry entry = {
        .object = {.kind = OBJECT_SUBSCRIPTION, .parent = &server->object, .now = row, .extra = &extra}};
    struct asking asking = {.model = model, .object = &entry.object};
    return row_has(row, F_SUBSCRIPTION_queue) && *row_text(row, F_SUBSCRIPTION_queue) &&
           (!e->expr || expr_true(e->expr, asking_get, &asking));
}

static void put(struct model *model, struct expecting *e, struct entry *server, const struct sample *sample) {
    struct queue_heard heard = {.server = server->object.id, .mono_ns = sample->answered_mono_ns};
    uint64_t told = 0;
    const struct row *answer = sample_first(sample, ENTITY_ANSWER);
    for (size_t i = 0; i < sample->count; i++) {
        if (sample->rows[i]->entity != ENTITY_SUBSCRIPTION)
            continue;
        told++;
        heard.members += is_member(model, e, server, sample->rows[i]);
    }
    uint64_t limit = answer ? row_u64(answer, F_ANSWER_limit, 0) : 0;
    heard.cut = sample->dropped || (answer && row_u64(answer, F_ANSWER_total, told) > told) ||
                (limit && told >= limit);
    *heard_take(e, server->object.id) = heard;
}

void expectations_put(struct model *model, struct entry *server, const struct sample *sample) {
    const struct row *question = sample_first(sample, ENTITY_QUESTION);
    if (!question || !row_has(question, F_QUESTION_subject))
        return;
    for (size_t i = 0; i < kind_count(model, OBJECT_EXPECTATION); i++) {
        struct expecting *e = expecting_of(&kind_at(model, OBJECT_EXPECTATION, i)->object);
        if (is_queue(e) && text_same(e->subject, row_cell(question, F_QUESTION_subject)->s))
            put(model, e, server, sample);
    }
}

/* ---- what is known ---- */

uint64_t queue_members(const struct model *model, const struct expecting *e) {
    uint64_t members = 0;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        const struct queue_heard *heard = heard_of(e, entry->object.id);
        if (!entry->dead && server_is_up(server_of(entry)) && is_recent(model, heard))
            members += heard->members;
    }
    return members;
}

enum told_part queue_told(const struct model *model, const struct expecting *e, char *why, size_t size) {
    enum told_part told = servers_told(model, why, size);
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        const struct server *server = server_of(entry);
        const struct queue_heard *heard = heard_of(e, entry->object.id);
        if (entry->dead || server->forgotten)
            continue;
        if (server_is_given_up(model, entry)) {
            told = TOLD_GIVEN_UP;
        } else if (!server_is_up(server) || !is_recent(model, heard) || heard->cut) {
            const char *what = !server_is_up(server) ? "does not answer"
                               : heard && heard->cut ? "has more subscriptions than it tells"
                                                     : "has not said who listens";
            snprintf(why, size, "%.60s %s", server_label(server), what);
            return TOLD_PART;
        }
    }
    return told;
}

/* ---- what is asked ---- */

/* When the server that was heard longest ago said so; 0: one was never. */
static int64_t heard_last(const struct model *model, const struct expecting *e) {
    int64_t oldest = model->mono_ns;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        const struct queue_heard *heard = heard_of(e, entry->object.id);
        if (entry->dead || !server_is_up(server_of(entry)))
            continue;
        int64_t at = heard ? heard->mono_ns : 0;
        oldest = at < oldest ? at : oldest;
    }
    return oldest;
}

const char *model_expect_subject(const struct model *model) {
    const struct expecting *next = NULL;
    int64_t oldest = model->mono_ns - LOOK_NS;
    for (size_t i = 0; i < kind_count(model, OBJECT_EXPECTATION); i++) {
        const struct expecting *e = expecting_of(&kind_at(model, OBJECT_EXPECTATION, i)->object);
        int64_t at = is_queue(e) ? heard_last(model, e) : model->mono_ns;
        if (at >= oldest)
            continue;
        oldest = at;
        next = e;
    }
    return next ? next->subject->bytes : NULL;
}
