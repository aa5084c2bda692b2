/* What servers publish of their own accord, beside what answers show. */
#include "tests/views/world_parts.h"

struct publication {
    int second, node; /* node -1: it does not say */
    const char *kind, *how, *client, *stream, *consumer, *text;
    uint64_t cid;
};

static const struct publication all[] = {
    {-590, 0, "come/go", "often", "checkout-7", NULL, NULL,
     "came to n1-lon from 10.0.7.3, user shop, account SHOP", 501},
    {-481, 2, "auth", "told", "cron\033[31m", NULL, NULL,
     "not let in by n3-ams: Authentication Failure, from 10.0.9.9, user batch", 260},
    {-480, -1, "auth", "told", NULL, NULL, NULL, "4 more were not let in", 0},
    {-300, -1, "given up", "told", NULL, "ORDERS", "billing", "message 19410233 is given up at delivery 5",
     0},
    {-299, -1, "term", "told", NULL, "ORDERS", "audit",
     "message 19410500 was rejected for good at delivery 1: not an order", 0},
    {-140, -1, "quorum", "told", NULL, "NOBODYS", NULL, "lost its quorum: it has no leader and takes nothing",
     0},
    {-60, 0, "come/go", "often", "checkout-7", NULL, NULL,
     "left n1-lon: Client Closed, user shop, account SHOP", 501},
    {-59, -1, "come/go", "often", NULL, NULL, NULL, "312 more clients left", 0},
    {-20, 2, "leaving", "polled", NULL, NULL, NULL, "takes no new clients: it is about to end", 0},
    {-2, 0, "api", "told", NULL, NULL, NULL, "n1-lon is overloaded, and dropped 73 requests to JetStream", 0},
};

static void publish(struct world *w, const struct publication *p) {
    struct sample *s = world_sample(w, 0, SHAPE_HEARD);
    struct row *row = sample_add(s, ENTITY_EVENT);
    world_i(row, F_EVENT_utc, world_utc(w) + p->second * NS_PER_S);
    world_text(s, row, F_EVENT_kind, p->kind);
    world_text(s, row, F_EVENT_heard, p->how);
    world_text(s, row, F_EVENT_text, p->text);
    if (p->client)
        world_text(s, row, F_EVENT_client, p->client);
    if (p->stream)
        world_text(s, row, F_EVENT_stream, p->stream);
    if (p->consumer)
        world_text(s, row, F_EVENT_consumer, p->consumer);
    if (p->cid)
        world_u(row, F_EVENT_cid, p->cid);
    if (p->node >= 0)
        world_u(row, F_EVENT_target, (uint64_t)p->node + 1);
    model_row(w->model, 1, FRAME_EVENT, row);
    sample_destroy(s);
}

void world_published(struct world *w) {
    world_busy(w);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        publish(w, &all[i]);
    world_run(w, 1);
}
