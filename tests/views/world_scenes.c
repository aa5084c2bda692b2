#include "tests/views/world_parts.h"

enum { CLIENTS = 7, CONSUMERS = 8 };

static const struct world_client all_clients[CLIENTS] = {
    {1, 4711, "billing-7", "PAY", "go", 33.5 * 1048576, 12, 4100},
    {1, 4702, "billing-3", "PAY", "go", 21 * 1048576, 10, 4000},
    {0, 101, "orders-api-1", "SHOP", "go", 0, 3200, 210},
    {2, 233, "edge-ams-04", "EDGE", "c", 0, 1, 1},
    {0, 102, NULL, NULL, "python3", 0, 20, 0},
    {2, 240, "geo-tiles", "GEO", "rust", 60000, 0, 900},
    {1, 250, "audit", "$G", "java", 0, 0, 30},
};
static const struct world_consumer all_consumers[CONSUMERS] = {
    {"ORDERS", "billing", 1, 1240000, 2100, 0, 1000, 1000, 412, 0},
    {"ORDERS", "audit", 0, 88100, 200, 2500, 64, 1000, 0, 12},
    {"GEO", "tiles", 2, 4200, -1100, 1220, 12, 200, 0, 4},
    {"EDGE", "ingest", 0, 611, -0.3, 40, 8, 1000, 3, 8},
    {"ORDERS", "email", 2, 0, 0, 2700, 0, 500, 0, 2},
    {"KV_cfg", "watch", 2, 0, 0, 0, 0, 0, 0, 0},
    {"GEO", "cache", 0, 0, 0, 120, 1, 200, 0, 4},
    {"EDGE", "metrics", 2, 0, 0, 0, 0, 1000, 0, 8},
};

static void with_clients(struct world *w, int first, int count) {
    w->clients = all_clients + first;
    w->client_count = count;
}

static void with_consumers(struct world *w, int first, int count) {
    w->consumers = all_consumers + first;
    w->consumer_count = count;
}

void world_empty(struct world *w) {
    world_init(w);
}

void world_failing(struct world *w) {
    world_init(w);
    with_clients(w, 2, 5);
    with_consumers(w, 2, 3);
    w->nodes[2].jsz_error = "no answer within 10s";
    world_run(w, WORLD_SECONDS - 14);
    w->nodes[1].connz_error = "not JSON: nested too deep at byte 2049";
    w->nodes[2].connz_error = "not JSON: nested too deep at byte 2049";
    world_run(w, 14);
}

void world_failover(struct world *w) {
    static struct world_consumer moved[5];
    memcpy(moved, all_consumers, sizeof(moved));
    world_init(w);
    for (int i = 0; i < 5; i++)
        moved[i].leader = i < 4 ? 1 : 2;
    w->consumers = moved;
    w->consumer_count = 5;
    world_run(w, WORLD_SECONDS - 20);
    w->nodes[1].answers = false;
    world_run(w, 4);
    w->leads[0] = 2;
    for (int i = 0; i < 4; i++)
        moved[i].leader = i ? 2 : 0;
    world_run(w, 16);
}

void world_stretched(struct world *w) {
    world_init(w);
    with_clients(w, 2, 5);
    world_run(w, 20);
    world_cost(w, 0, SHAPE_CONNZ_FULL, 2, "default");
    world_cost(w, 1, SHAPE_CONNZ_FULL, 8, "stretched: 5 % bound");
    world_cost(w, 2, SHAPE_CONNZ_FULL, 2, "default");
}

void world_dear(struct world *w) {
    world_init(w);
    w->cost_ns = 60 * NS_PER_MS;
    world_run(w, 20);
}

void world_fails_now(struct world *w) {
    world_init(w);
    with_clients(w, 2, 5);
    world_run(w, 30);
    w->nodes[1].connz_error = "not JSON: nested too deep at byte 2049";
    world_run(w, 6);
}

void world_silent(struct world *w) {
    world_init(w);
    w->nodes[0].answers = false;
    world_run(w, 30);
}

void world_partial(struct world *w) {
    world_init(w);
    with_consumers(w, 0, CONSUMERS);
    w->nodes[2].answers = false;
    world_run(w, 60);
}

void world_headless(struct world *w) {
    static struct world_consumer consumers[CONSUMERS];
    memcpy(consumers, all_consumers, sizeof(consumers));
    consumers[2].leader = -1;
    world_init(w);
    w->leads[1] = -1;
    w->consumers = consumers;
    w->consumer_count = CONSUMERS;
    world_run(w, 60);
}

void world_minority(struct world *w) {
    world_init(w);
    with_consumers(w, 0, CONSUMERS);
    world_run(w, WORLD_SECONDS - 60);
    w->nodes[1].answers = w->nodes[2].answers = false;
    world_run(w, 60);
}

void world_moving(struct world *w) {
    world_init(w);
    with_consumers(w, 0, CONSUMERS);
    for (w->meta = 0; w->meta < 2; w->meta++)
        world_run(w, 300);
    w->meta_pending = 140;
    world_run(w, WORLD_SECONDS - 600);
}

void world_known(struct world *w) {
    world_init(w);
    w->jetstream = false;
    w->asked = 1;
    with_clients(w, 2, 3);
    world_run(w, 60);
}

void world_apart(struct world *w) {
    world_init(w);
    w->jetstream = false;
    w->nodes[0].cluster = "alpha";
    w->nodes[1].cluster = "beta";
    w->nodes[2].cluster = "gamma";
    with_clients(w, 2, 3);
    world_run(w, 60);
}

void world_twins(struct world *w) {
    static const struct world_consumer consumers[] = {
        {"ORDERS", "billing", 1, 4000, 10, 5, 100, 1000, 0, 0},
        {"EDGE", "billing", 0, 60, 0, 5, 0, 1000, 0, 0},
        {"ORDERS", "billing", 0, 7, 0, 5, 0, 1000, 0, 0},
    };
    world_init(w);
    w->nodes[0].cluster = "east";
    w->nodes[1].cluster = w->nodes[2].cluster = "west";
    w->nodes[0].name = w->nodes[1].name = "n1";
    w->nodes[2].name = "n2";
    w->consumers = consumers;
    w->consumer_count = 3;
    with_clients(w, 2, 5);
    world_run(w, 60);
}

void world_accounts(struct world *w) {
    static const struct world_stream streams[] = {
        {.name = "ORDERS", .replicas = 1, .rate = 20, .account = "SHOP"},
        {.name = "ORDERS", .replicas = 1, .rate = 90, .account = "TEST"},
    };
    static const struct world_consumer consumers[] = {
        {"ORDERS", "billing", 0, 400000, 100, 5, 0, 1000, 0, 0},
        {"ORDERS", "billing", 1, 20, 0, 5, 0, 1000, 0, 0},
    };
    static const char *const accounts[] = {"SHOP", "TEST"};
    static const int leads[] = {0, 1};
    world_init(w);
    w->streams = streams;
    w->stream_count = 2;
    memcpy(w->leads, leads, sizeof(leads));
    w->consumers = consumers;
    w->consumer_count = 2;
    w->accounts = accounts;
    world_run(w, WORLD_SECONDS);
}

void world_long(struct world *w) {
    static char stream_name[101];
    static struct world_stream streams[1];
    static struct world_consumer consumers[] = {
        {stream_name, "billing", 0, 400000, 100, 5, 0, 1000, 0, 0},
        {stream_name, "invoices-of-the-warehouse-in-rotterdam-for-the-second-half-of-the-year-1", 1, 20, 0, 5,
         0, 1000, 0, 0},
        {stream_name, "invoices-of-the-warehouse-in-rotterdam-for-the-second-half-of-the-year-2", 1, 21, 0, 5,
         0, 1000, 0, 0},
    };
    memset(stream_name, 'S', sizeof(stream_name) - 1);
    streams[0] = (struct world_stream){.name = stream_name, .replicas = 1, .rate = 20};
    world_init(w);
    w->streams = streams;
    w->stream_count = 1;
    w->leads[0] = 0;
    w->consumers = consumers;
    w->consumer_count = sizeof(consumers) / sizeof(consumers[0]);
    world_run(w, WORLD_SECONDS);
}

void world_contested(struct world *w) {
    world_init(w);
    with_consumers(w, 0, CONSUMERS);
    world_run(w, WORLD_SECONDS - 30);
    w->rival = 3;
    world_run(w, 30);
}

void world_untold(struct world *w) {
    static const struct world_consumer consumers[] = {
        {"ORDERS", "audit", 0, 700, 5, 2500, 64, 1000, 0, 12},
        {"GEO", "lost", 1, 0, 0, 0, 0, 0, 0, 0},
        {"EDGE", "gone", 1, 0, 0, 0, 0, 0, 0, 0},
        {"GEO", "tiles", 2, 4200, 7, 1220, 12, 200, 0, 4},
        {"GEO", "cache", 0, 0, 0, 120, 0, 200, 0, 4},
    };
    world_init(w);
    with_clients(w, 2, 3);
    w->consumers = consumers;
    w->consumer_count = 5;
    w->followers = true;
    w->nodes[1].jsz_error = "no answer within 10s";
    world_run(w, WORLD_SECONDS);
}

void world_crowded(struct world *w) {
    world_init(w);
    w->node_count = WORLD_NODES;
    with_clients(w, 0, 6);
    with_consumers(w, 0, CONSUMERS);
    world_run(w, 60);
}

void world_pooled(struct world *w) {
    world_init(w);
    w->pool = 4;
    world_run(w, 60);
}

void world_first(struct world *w) {
    world_init(w);
    with_clients(w, 2, 3);
    world_run(w, 1);
}

void world_busy(struct world *w) {
    world_init(w);
    w->busy = true;
    with_clients(w, 0, CLIENTS);
    with_consumers(w, 0, CONSUMERS);
    world_run(w, WORLD_SECONDS);
}

void world_alerted(struct world *w) {
    static struct world_client clients[CLIENTS];
    memcpy(clients, all_clients, sizeof(clients));
    clients[0].pending = clients[1].pending = 0;
    world_init(w);
    w->clients = clients;
    w->client_count = CLIENTS;
    with_consumers(w, 0, CONSUMERS);
    world_run(w, 120);
    for (int i = 0; i < 3; i++) {
        w->nodes[2].answers = false;
        world_run(w, 20);
        w->nodes[2].answers = true;
        world_run(w, 40 + 20 * i);
    }
    w->nodes[2].cpu = 99;
    clients[0].pending = all_clients[0].pending;
    world_run(w, WORLD_SECONDS - w->second);
}

void world_kinds(struct world *w) {
    static const struct world_stream streams[] = {
        {.name = "ORDERS",
         .replicas = 3,
         .rate = 2700,
         .max_bytes = 12LL << 30,
         .max_msgs = 100000000,
         .max_age_s = 86400,
         .retention = "limits",
         .discard = "old"},
        {.name = "ARCHIVE", .replicas = 1, .rate = 2600, .mirror = "ORDERS", .source_lag = 71000},
        {.name = "ALL",
         .replicas = 3,
         .rate = 160,
         .source = {"GEO", "EDGE"},
         .source_lag = 12,
         .source_error = "stream not found",
         .retention = "interest",
         .discard = "new"},
        {.name = "KV_cfg", .replicas = 3, .rate = 0.2, .max_bytes = 1LL << 30, .discard = "new"},
        {.name = "OBJ_maps", .replicas = 1, .rate = 3},
        {.name = "JOBS", .replicas = 1, .rate = 40, .max_bytes = 40LL << 30, .retention = "workqueue"},
        {.name = "$MQTT_sess", .replicas = 3, .rate = 1},
    };
    static const int leads[] = {1, 0, 2, 2, 0, 0, 1};
    world_init(w);
    with_consumers(w, 0, CONSUMERS);
    w->streams = streams;
    w->stream_count = sizeof(streams) / sizeof(streams[0]);
    memcpy(w->leads, leads, sizeof(leads));
    world_run(w, WORLD_SECONDS);
}

void world_called(struct world *w) {
    static const struct world_stream streams[] = {
        {.name = "ORDERS", .replicas = 3, .rate = 2700},
        {.name = "KV_cfg", .replicas = 3, .rate = 0.2},
        {.name = "OBJ_maps", .replicas = 1, .rate = 3},
        {.name = "$MQTT_msgs", .replicas = 3, .rate = 1},
    };
    static const struct world_consumer consumers[] = {
        {"ORDERS", "audit", 0, 188100, 200, 2500, 64, 1000, 0, 12},
        {"KV_cfg", "watch", 1, 211000, 210, 0, 0, 1000, 0, 0},
        {"OBJ_maps", "mirror", 2, 12, 0, 3, 0, 1000, 0, 4},
        {"$MQTT_msgs", "lXyw4dTa", 1, 40, 0, 3, 0, 100, 0, 4},
    };
    static const int leads[] = {0, 1, 2, 1};
    world_init(w);
    w->streams = streams;
    w->stream_count = sizeof(streams) / sizeof(streams[0]);
    memcpy(w->leads, leads, sizeof(leads));
    w->consumers = consumers;
    w->consumer_count = sizeof(consumers) / sizeof(consumers[0]);
    world_run(w, WORLD_SECONDS);
}

void world_quiet(struct world *w) {
    world_init(w);
    w->jetstream = false;
    with_clients(w, 2, 3);
    world_run(w, WORLD_SECONDS);
}

void world_stale(struct world *w) {
    world_init(w);
    w->busy = true;
    with_clients(w, 0, CLIENTS);
    with_consumers(w, 0, CONSUMERS);
    world_run(w, WORLD_SECONDS - 44);
    w->nodes[1].answers = false;
    world_run(w, 40);
    for (int i = 0; i < 4; i++) {
        w->second++;
        model_tick(w->model, world_utc(w), world_mono(w));
    }
}

void world_hostile(struct world *w) {
    static char long_name[5000];
    memset(long_name, 'x', sizeof(long_name) - 1);
    static struct world_client clients[4];
    static struct world_consumer consumers[3];
    world_init(w);
    clients[0] =
        (struct world_client){0, 7, "\x1b[31mred\x1b[0m\x07", "A\nB", "\xff\xfe", 20 * 1048576, 10, 10};
    clients[1] = (struct world_client){1, 8, long_name, "\xe2\x80\xaegnp.exe", "go", 5 * 1048576, 1, 1};
    clients[2] = (struct world_client){2,
                                       18446744073709551615ull,
                                       "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe3\x81\xae\xe5\x90\x8d\xe5\x89"
                                       "\x8d\xe3\x81\x8c\xe9\x95\xb7\xe3\x81\x84",
                                       "",
                                       "c",
                                       4 * 1048576,
                                       0,
                                       0};
    clients[3] = (struct world_client){2, 9, "e\xcc\x81\xcc\x81\xcc\x81 %s%n", "$G", "go", 3 * 1048576, 0, 0};
    consumers[0] =
        (struct world_consumer){"a'b; rm -rf /", "\xe2\x80\x8b\xe2\x80\x8b", 1, 50000, 100, 0, 10, 0, 0, 0};
    consumers[1] =
        (struct world_consumer){long_name, long_name, 0, 18446744073709551615.0 / 2, 0, 0, 10, 0, 0, 0};
    consumers[2] = (struct world_consumer){"tab\there",
                                           "\x9b"
                                           "31m",
                                           2,
                                           3,
                                           0,
                                           1,
                                           10,
                                           0,
                                           0,
                                           0};
    w->nodes[0].name = "\x1b]0;title\x07n1";
    w->nodes[1].name = "a-very-long-server-name-that-does-not-fit-anywhere-at-all.example.internal";
    w->nodes[2].name = "\xe6\x9d\xb1\xe4\xba\xac";
    w->clients = clients;
    w->client_count = 4;
    w->consumers = consumers;
    w->consumer_count = 3;
    world_run(w, WORLD_SECONDS);
}
