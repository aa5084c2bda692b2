#include "tests/views/world_parts.h"

#include "base/text.h"

int64_t world_utc(const struct world *w) {
    return (WORLD_START + w->second) * NS_PER_S;
}
int64_t world_mono(const struct world *w) {
    return (1000 + w->second) * NS_PER_S;
}

void world_text(struct sample *sample, struct row *row, enum field f, const char *text) {
    char clean[TEXT_MAX_BYTES + 1];
    size_t len = text_clean(clean, text, strlen(text));
    row_put(row, f)->s = sample_text(sample, clean, len);
}
void world_u(struct row *row, enum field f, uint64_t u) {
    row_put(row, f)->u = u;
}
void world_i(struct row *row, enum field f, int64_t i) {
    row_put(row, f)->i = i;
}

struct sample *world_sample(struct world *w, int node, enum shape shape) {
    struct sample *s = sample_create();
    s->target = (uint64_t)node + 1;
    s->serial = ++w->serial;
    s->shape = shape;
    s->asked_utc_ns = world_utc(w) - 2 * NS_PER_MS;
    s->asked_mono_ns = world_mono(w) - 2 * NS_PER_MS;
    s->answered_utc_ns = world_utc(w);
    s->answered_mono_ns = world_mono(w);
    s->cost_ns = 900 * NS_PER_US;
    s->took_ns = 2 * NS_PER_MS;
    s->bytes = 4000;
    s->http_status = 200;
    s->source = 1;
    s->error = text_empty;
    return s;
}

struct row *world_answer(struct world *w, struct sample *s, int node) {
    struct row *row = sample_add(s, ENTITY_ANSWER);
    world_text(s, row, F_ANSWER_server_id, w->nodes[node].id);
    world_i(row, F_ANSWER_now, world_utc(w));
    return row;
}

void world_send(struct world *w, struct sample *s) {
    model_sample(w->model, s);
    sample_destroy(s);
}

void world_failed(struct world *w, int node, enum shape shape, enum failure failure, const char *error) {
    struct sample *s = world_sample(w, node, shape);
    s->http_status = 0;
    s->bytes = 0;
    s->failure = failure;
    s->error = sample_text(s, error, strlen(error));
    world_send(w, s);
}

void world_refused(struct world *w, int node, enum shape shape) {
    world_failed(w, node, shape, FAILURE_REFUSED, "connection refused");
}

void world_cost(struct world *w, int node, enum shape shape, int every_s, const char *why) {
    struct row_any any;
    struct text_pool *pool = text_pool_create();
    row_init(&any.row, ENTITY_COST);
    uint64_t requests = (uint64_t)(w->second / every_s) + 1;
    int64_t cost_ns = w->cost_ns ? w->cost_ns : 900 * NS_PER_US;
    world_u(&any.row, F_COST_target, (uint64_t)node + 1);
    world_u(&any.row, F_COST_shape, shape);
    world_u(&any.row, F_COST_requests, requests);
    world_u(&any.row, F_COST_failures, 0);
    world_u(&any.row, F_COST_bytes, requests * 4000);
    world_i(&any.row, F_COST_spent, (int64_t)requests * cost_ns);
    world_i(&any.row, F_COST_last, cost_ns);
    world_i(&any.row, F_COST_interval, every_s * NS_PER_S);
    row_put(&any.row, F_COST_why)->s = text_intern(pool, why, strlen(why));
    world_i(&any.row, F_COST_utc, world_utc(w));
    model_row(w->model, 1, FRAME_COST, &any.row);
    text_pool_destroy(pool);
}
