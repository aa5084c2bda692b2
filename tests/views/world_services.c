/* Connections of a few services on three nodes, of which two end. */
#include "tests/views/world_parts.h"

enum { CLIENTS = 13, ENDING = 2 };

/* The last ones end. */
static const struct world_client clients[CLIENTS] = {
    {0, 11, "billing", "PAY", "go", 0, 1200, 40},
    {1, 12, "billing", "PAY", "go", 34 * 1048576, 10, 900},
    {2, 13, "billing", "PAY", "go", 0, 1100, 35},
    {0, 21, "orders-api", "SHOP", "go", 0, 3200, 210},
    {1, 22, "orders-api", "SHOP", "go", 0, 3100, 205},
    {0, 31, "tiles", "GEO", "rust", 60000, 0, 900},
    {2, 32, "tiles", "GEO", "rust", 0, 0, 850},
    {2, 33, "tiles", "GEO", "rust", 0, 0, 860},
    {1, 41, "audit", NULL, "java", 0, 0, 30},
    {0, 51, NULL, NULL, "python3", 0, 20, 0},
    {2, 52, NULL, NULL, NULL, 0, 1, 1},
    {1, 14, "billing", "PAY", "go", 0, 10, 4100},
    {0, 23, "orders-api", "SHOP", "go", 0, 300, 20},
};

static const struct world_peer peers[CLIENTS] = {
    {"10.4.1.1", "pay"},  {"10.4.1.2", "pay"}, {"10.4.1.3", "pay"}, {"10.4.1.1", "shop"},
    {"10.4.1.2", "shop"}, {"10.4.2.7", "geo"}, {"10.4.2.8", "geo"}, {"10.4.2.8", "geo"},
    {"10.4.3.1", NULL},   {"10.4.3.1", NULL},  {"10.4.3.2", NULL},  {"10.4.1.2", "pay"},
    {"10.4.1.1", "shop"},
};

static void with_clients(struct world *w, int count) {
    w->clients = clients;
    w->peers = peers;
    w->client_count = count;
    for (int i = 0; i < w->node_count; i++)
        w->nodes[i].connections = 0;
    for (int i = 0; i < count; i++)
        w->nodes[clients[i].node].connections++;
}

void world_services(struct world *w) {
    world_init(w);
    w->jetstream = false;
    with_clients(w, CLIENTS);
    world_run(w, 300);
    with_clients(w, CLIENTS - ENDING);
    world_run(w, 1);
    world_ended(w, CLIENTS - 2, 300, "Slow Consumer (Pending Bytes)");
    world_ended(w, CLIENTS - 1, 296, "Client Closed");
    world_run(w, 3);
}
