#include "tests/views/world.h"

#include "tests/views/world_parts.h"

static int asked(const struct world *w) {
    return w->asked ? w->asked : w->node_count;
}

static void tell_targets(struct world *w) {
    struct text_pool *pool = text_pool_create();
    struct row_any any;
    row_init(&any.row, ENTITY_HELLO);
    row_put(&any.row, F_HELLO_program)->s = text_intern(pool, "natsight", 8);
    row_put(&any.row, F_HELLO_transport)->s = text_intern(pool, "http", 4);
    world_i(&any.row, F_HELLO_utc, world_utc(w));
    world_i(&any.row, F_HELLO_mono, world_mono(w));
    world_i(&any.row, F_HELLO_interval, NS_PER_S);
    model_row(w->model, 1, FRAME_HELLO, &any.row);
    for (int i = 0; i < w->node_count; i++) {
        bool polled = i < asked(w);
        row_init(&any.row, ENTITY_TARGET);
        world_u(&any.row, F_TARGET_id, (uint64_t)i + 1);
        row_put(&any.row, F_TARGET_url)->s = text_intern(pool, w->nodes[i].url, strlen(w->nodes[i].url));
        row_put(&any.row, F_TARGET_origin)->s = text_intern(pool, polled ? "named" : "route", 5);
        row_put(&any.row, F_TARGET_state)->s =
            polled ? text_intern(pool, "polled", 6) : text_intern(pool, "known", 5);
        if (!polled)
            row_put(&any.row, F_TARGET_server_id)->s =
                text_intern(pool, w->nodes[i].id, strlen(w->nodes[i].id));
        world_i(&any.row, F_TARGET_utc, world_utc(w));
        model_row(w->model, 1, FRAME_TARGET, &any.row);
    }
    text_pool_destroy(pool);
}

/* One second of the cluster's life, and what the collector saw of it. */
static void live_second(struct world *w) {
    w->second++;
    for (int i = 0; i < asked(w); i++) {
        struct world_node *n = &w->nodes[i];
        double msgs = world_wave(w, 60000 + i * 700, 9000, 240);
        n->in_msgs += msgs;
        n->out_msgs += msgs * 6.1;
        n->in_bytes += msgs * 520;
        n->out_bytes += msgs * 6.1 * 365;
        if (!n->answers) {
            world_refused(w, i, SHAPE_VARZ);
            continue;
        }
        world_varz(w, i);
        if (w->second % 10 == 1)
            world_health(w, i);
        bool often = w->holds_since && w->second > w->holds_since && w->second % 2 == 1;
        if ((w->second % 10 == 1 || often) && !n->cluster)
            world_routes(w, i);
        if (w->by_gateway && (w->second % 10 == 1 || often))
            world_gateways(w, i);
        if (w->second % 2 == 1)
            world_connz(w, i);
        if (w->closes && w->second % 2 == 0)
            world_closed(w, i), world_subscribed(w, i);
        if (w->second % 5 == 2)
            world_jsz(w, i);
        if (w->second % 5 == 0)
            world_cost(w, i, SHAPE_VARZ, 1, "default"), world_cost(w, i, SHAPE_CONNZ_HOT, 2, "default"),
                world_cost(w, i, SHAPE_JSZ, 5, "default");
    }
    model_tick(w->model, world_utc(w), world_mono(w));
}

void world_init(struct world *w) {
    static const struct world_node nodes[WORLD_NODES] = {
        {.name = "n1-lon",
         .id = "NAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1",
         .url = "http://10.0.0.1:8222",
         .version = "2.10.22",
         .cpu = 34,
         .mem = 1228,
         .connections = 334,
         .answers = true},
        {.name = "n2-lon",
         .id = "NAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA2",
         .url = "http://10.0.0.2:8222",
         .version = "2.10.22",
         .cpu = 33,
         .mem = 3990,
         .connections = 341,
         .answers = true},
        {.name = "n3-ams",
         .id = "NAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA3",
         .url = "http://10.0.0.3:8222",
         .version = "2.10.22",
         .cpu = 31,
         .mem = 1126,
         .connections = 325,
         .answers = true},
        {.name = "n4-ams",
         .id = "NAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA4",
         .url = "http://10.0.0.4:8222",
         .version = "2.10.22",
         .cpu = 30,
         .mem = 1100,
         .connections = 320,
         .answers = true},
        {.name = "n5-par",
         .id = "NAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA5",
         .url = "http://10.0.0.5:8222",
         .version = "2.10.22",
         .cpu = 29,
         .mem = 1090,
         .connections = 318,
         .answers = true},
        {.name = "n6-par",
         .id = "NAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA6",
         .url = "http://10.0.0.6:8222",
         .version = "2.10.22",
         .cpu = 28,
         .mem = 1080,
         .connections = 317,
         .answers = true},
    };
    static const struct world_stream streams[] = {
        {.name = "ORDERS", .replicas = 3, .rate = 2700, .max_bytes = 40LL << 30},
        {.name = "GEO", .replicas = 3, .rate = 120, .max_bytes = 40LL << 30},
        {.name = "EDGE", .replicas = 1, .rate = 40, .max_bytes = 40LL << 30},
    };
    struct model_options options = {.label = NULL};
    memset(w, 0, sizeof(*w));
    w->model = model_create(&options);
    memcpy(w->nodes, nodes, sizeof(nodes));
    w->node_count = 3;
    w->streams = streams;
    w->stream_count = sizeof(streams) / sizeof(streams[0]);
    w->leads[0] = 1;
    w->leads[1] = 2;
    w->jetstream = true;
}

void world_run(struct world *w, int seconds) {
    if (w->second == 0)
        tell_targets(w);
    for (int i = 0; i < seconds; i++)
        live_second(w);
}

void world_finish(struct world *w) {
    model_destroy(w->model);
}
