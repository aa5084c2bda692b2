#include "model/merge.h"

#include <stdlib.h>

#include "base/memory.h"
#include "model/source.h"
#include "model/reported.h"
#include "model/returned.h"

struct merging { /* from one slice to the next */
    struct groups groups, leaderless;
    bool fewer_replicas;
    unsigned moves; /* of leaders, so far */
    int step;
    size_t next; /* row of the sample, within the step */
};

/* ---- steps: each takes at most about *rows and counts them off, and is over when it says so ---- */

static bool put_rows(struct answer *answer, struct merging *m, size_t *rows, enum entity entity) {
    const struct sample *sample = answer->sample;
    for (; *rows && m->next < sample->count; m->next++) {
        if (sample->rows[m->next]->entity != entity)
            continue;
        jetstream_row(answer, sample->rows[m->next]);
        --*rows;
    }
    return m->next == sample->count;
}

/* The streams come first, and what they copy: consumers look for theirs. */
static bool put_streams(struct answer *answer, struct merging *m, size_t *rows) {
    return put_rows(answer, m, rows, ENTITY_STREAM);
}

static bool put_sources(struct answer *answer, struct merging *m, size_t *rows) {
    (void)m, (void)rows;
    sources_put(answer->model, answer->server, answer->sample, answer->domain, &answer->at);
    return true;
}

static bool put_consumers(struct answer *answer, struct merging *m, size_t *rows) {
    return put_rows(answer, m, rows, ENTITY_CONSUMER);
}

static bool put_parts(struct answer *answer, struct merging *m, size_t *rows) {
    struct model *model = answer->model;
    (void)rows;
    if (model->moves > MOVES_TOLD)
        model_add_event(model, answer->at.utc_ns, "leader", NULL, "JetStream",
                        "%u more leaders moved, or things made again", model->moves - MOVES_TOLD);
    if (m->fewer_replicas || answer->fewer_replicas)
        replicas_sweep(model, &answer->at);
    server_of(answer->server)->merging = false;
    return true;
}

/* Looks at all consumers of the cluster: that is a slice. */
static bool weigh(struct answer *answer, struct merging *m, size_t *rows) {
    (void)m;
    losses_weigh(answer->model, answer->server->object.parent);
    *rows = 0;
    return true;
}

static bool judge(struct answer *answer, struct merging *m, size_t *rows) {
    (void)m, (void)rows;
    if (answer->api)
        return true;
    store_judge(answer->model, answer->server, answer->at.utc_ns);
    meta_put(answer->model, answer->server, answer->sample, &answer->at);
    return true;
}

typedef bool step_fn(struct answer *answer, struct merging *m, size_t *rows);
static step_fn *const steps[] = {put_streams, put_sources, put_consumers, put_parts, weigh, judge};
#define STEP_COUNT ((int)(sizeof steps / sizeof *steps))

/* ---- slices ---- */

static bool at_one_instant(const struct entry *server) {
    return server_is_since(server->object.now, 14, 0, false);
}

/* An account's API names no domain: it is the one of the servers, as far as any is known. */
static const struct text *domain_of_servers(const struct model *model, const struct object *cluster) {
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct object *object = &kind_at(model, OBJECT_SERVER, i)->object;
        if (object->parent == cluster && object->now && row_has(object->now, F_SERVER_js_domain))
            return row_cell(object->now, F_SERVER_js_domain)->s;
    }
    return NULL;
}

static const struct text *domain_of(const struct entry *server, const struct row *js) {
    if (js && row_has(js, F_JETSTREAM_domain))
        return row_cell(js, F_JETSTREAM_domain)->s;
    const struct row *row = server->object.now;
    return row && row_has(row, F_SERVER_js_domain) ? row_cell(row, F_SERVER_js_domain)->s : NULL;
}

static struct merging *begin(struct model *model, struct entry *entry, const struct sample *sample,
                             const struct row *js, const struct stamp *at) {
    struct merging *m = memory_new(sizeof *m);
    if (js) {
        side_put(model, server_of(entry), SIDE_JETSTREAM, js, at);
        power_judge(model, entry, at);
    }
    groups_count(&m->groups, model, entry->object.parent, sample);
    groups_count_leaderless(&m->leaderless, model, entry->object.parent, sample);
    server_of(entry)->merging = true;
    return m;
}

void merging_destroy(struct merging *m) {
    if (!m)
        return;
    groups_finish(&m->groups);
    groups_finish(&m->leaderless);
    free(m);
}

bool jetstream_put(struct model *model, struct entry *entry, const struct sample *sample,
                   struct model_intake *intake, size_t rows) {
    const struct row *js = sample_first(sample, ENTITY_JETSTREAM);
    struct answer answer = {.model = model,
                            .server = entry,
                            .sample = sample,
                            .at = stamp_of(sample, server_of(entry)->server_id),
                            .api = entry->object.kind == OBJECT_API,
                            .one_instant = at_one_instant(entry)};
    answer.returned = has_returned(entry, answer.at.mono_ns);
    if (!intake->merging)
        intake->merging = begin(model, entry, sample, js, &answer.at);
    struct merging *m = intake->merging;
    answer.domain = answer.api ? domain_of_servers(model, entry->object.parent) : domain_of(entry, js);
    answer.groups = &m->groups;
    answer.leaderless = &m->leaderless;
    model->moves = m->moves;
    while (rows && m->step < STEP_COUNT) {
        if (steps[m->step](&answer, m, &rows))
            m->step++, m->next = 0;
    }
    m->moves = model->moves;
    m->fewer_replicas |= answer.fewer_replicas;
    return m->step == STEP_COUNT;
}
