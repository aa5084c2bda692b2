/* What the rules cost: ten servers, 10,000 connections and 10,000 consumers of which everything moves, by
 * answers built by hand, so that nothing but the model is measured. The same night without any rule is the
 * peer. And what 10,000 alerts at once cost. */
#include "tests/bench/bench.h"
#include "tests/model_build.h"

#include <malloc.h>
#include <math.h>
#include <time.h>

#include "entry/stage.h"
#include "model/alerts.h"
#include "model/ruleset.h"
#include "model/state.h"
#include "tui/surface.h"
#include "views/chrome.h"
#include "views/quantity_table.h"
#include "views/view.h"

enum { NODES = 10, EACH = 1000, STREAMS = 10, ROUND_S = 5, ROUNDS = 24, OWN = 10, STEPS_MOST = 32 };

static bool all_fall; /* each consumer behind, not one of a hundred */

static double cpu_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* ---- a screen ---- */

enum { SCREEN_COLS = 120, SCREEN_ROWS = 40 };

struct screen {
    const struct view_ops *view;
    void *state;
    struct view_context context;
};

static void screen_open(struct screen *screen, const struct night *n, const char *view) {
    screen->view = view_by_name(view);
    screen->state = calloc(1, screen->view->state_size + 1);
    screen->context = (struct view_context){
        .model = n->model, .utc_ns = NIGHT_UTC + n->at, .mono_ns = NIGHT_MONO + n->at, .filter = ""};
    if (screen->view->init)
        screen->view->init(screen->state);
}

static void screen_close(struct screen *screen) {
    if (screen->view->finish)
        screen->view->finish(screen->state);
    free(screen->state);
}

/* CPU of one frame. */
static double draw_ms(struct screen *screen) {
    struct chrome_context chrome = {.view_context = &screen->context,
                                    .view = screen->view,
                                    .view_state = screen->state,
                                    .label_role = ROLE_LABEL,
                                    .waiting_for = "",
                                    .interval_ns = NS_PER_S};
    double before = cpu_ms();
    struct surface *s = surface_create(SCREEN_COLS, SCREEN_ROWS);
    struct rect body = chrome_layout(surface_rect(s));
    screen->view->arrange(screen->state, &screen->context, body);
    screen->view->draw(screen->state, &screen->context, s, body);
    chrome_draw(&chrome, s, surface_rect(s));
    surface_destroy(s);
    return cpu_ms() - before;
}

/* ---- nights ---- */

struct cost {
    double round_ms;                       /* CPU of all answers and ticks of a round: of the cheapest */
    double ticks[ROUND_S * 2][STEPS_MOST]; /* CPU of each step of each tick of a round: of the cheapest */
    double longest_ms;                     /* of all ticks */
    double asking_ms; /* CPU of asking all connections and consumers once, as each of their rows does */
    double heap_mb;
    size_t open;
    struct screen *screen;                       /* in alerts: what is drawn after each step of a tick */
    double wait_ms, wait_step_ms, wait_frame_ms; /* the longest of both together, and what it is made of */
};

static void name_node(int node, char id[static 16], char name[static 16]) {
    snprintf(id, 16, "ID%d", node);
    snprintf(name, 16, "n%d", node);
}

static void tell_server(struct night *n, int node, uint64_t round) {
    char id[16], name[16];
    name_node(node, id, name);
    struct sample *s = build_counted(n, (uint64_t)node + 1, id, name, (int64_t)(round * 100000));
    struct row *row = row_of(s, ENTITY_SERVER);
    put_u(row, F_SERVER_connections, EACH);
    put_i(row, F_SERVER_mem, (int64_t)(100 + round % 7) << 20);
    send(n, s);
}

static void tell_connections(struct night *n, int node, uint64_t round) {
    char id[16], name[16], client[32];
    name_node(node, id, name);
    struct sample *s = build(n, (uint64_t)node + 1, SHAPE_CONNZ_FULL, id);
    put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, EACH);
    for (uint64_t c = 0; c < EACH; c++) {
        struct row *row = sample_add(s, ENTITY_CONNECTION);
        snprintf(client, sizeof client, "worker-%d", (int)(c % 50));
        put_u(row, F_CONNECTION_cid, c + 1);
        put_text(s, row, F_CONNECTION_name, client);
        put_text(s, row, F_CONNECTION_account, "A");
        put_i(row, F_CONNECTION_pending_bytes, c % 20 ? 0 : (int64_t)(round % 3) * 1000);
        put_i(row, F_CONNECTION_in_msgs, (int64_t)(round * (c + 1)));
        put_i(row, F_CONNECTION_out_msgs, (int64_t)(round * (c + 7)));
        put_i(row, F_CONNECTION_in_bytes, (int64_t)(round * (c + 1) * 100));
        put_i(row, F_CONNECTION_out_bytes, (int64_t)(round * (c + 7) * 100));
    }
    send(n, s);
}

static void tell_stream(struct sample *s, const char *leader, const char *name, uint64_t round) {
    struct row *row = sample_add(s, ENTITY_STREAM);
    put_text(s, row, F_STREAM_account, "A");
    put_text(s, row, F_STREAM_name, name);
    put_u(row, F_STREAM_clustered, 1);
    put_text(s, row, F_STREAM_leader, leader);
    put_u(row, F_STREAM_first_seq, 1);
    put_u(row, F_STREAM_last_seq, 1000000 + round * 1000);
    put_u(row, F_STREAM_messages, 1000000 + round * 1000);
    put_u(row, F_STREAM_bytes, (1000000 + round * 1000) * 100);
    put_i(row, F_STREAM_max_bytes, INT64_C(1) << 40);
    put_i(row, F_STREAM_last_ts, s->answered_utc_ns);
}

/* Most keep up; one of a hundred grows by more than it takes. */
static void tell_consumer(struct sample *s, const char *leader, const char *stream, uint64_t number,
                          uint64_t round) {
    char name[32];
    uint64_t last = 1000000 + round * 1000,
             lag = number % 100 && !all_fall ? 5 + (round + number) % 40 : 20000 + round * 500;
    struct row *row = sample_add(s, ENTITY_CONSUMER);
    snprintf(name, sizeof name, "consumer-%d", (int)number);
    put_text(s, row, F_CONSUMER_account, "A");
    put_text(s, row, F_CONSUMER_stream, stream);
    put_text(s, row, F_CONSUMER_name, name);
    put_text(s, row, F_CONSUMER_durable, name);
    put_u(row, F_CONSUMER_clustered, 1);
    put_text(s, row, F_CONSUMER_leader, leader);
    put_u(row, F_CONSUMER_pending, lag - 5);
    put_u(row, F_CONSUMER_ack_pending, 5);
    put_u(row, F_CONSUMER_waiting, 3);
    put_u(row, F_CONSUMER_redelivered, 0);
    put_u(row, F_CONSUMER_delivered_consumer_seq, last - lag + 5);
    put_u(row, F_CONSUMER_delivered_stream_seq, last - lag + 5);
    put_u(row, F_CONSUMER_ack_floor_consumer_seq, last - lag);
    put_u(row, F_CONSUMER_ack_floor_stream_seq, last - lag);
    put_i(row, F_CONSUMER_last_delivered, s->answered_utc_ns);
    put_i(row, F_CONSUMER_last_ack, s->answered_utc_ns);
    put_u(row, F_CONSUMER_config, 1);
    put_i(row, F_CONSUMER_ack_wait, 30 * NS_PER_S);
    put_i(row, F_CONSUMER_max_ack_pending, 1000);
}

static void tell_assets(struct night *n, int node, uint64_t round) {
    char id[16], name[16], stream[32];
    name_node(node, id, name);
    struct sample *s = build(n, (uint64_t)node + 1, SHAPE_JSZ, id);
    for (int k = 0; k < STREAMS; k++) {
        snprintf(stream, sizeof stream, "stream-%d-%d", node, k);
        tell_stream(s, name, stream, round);
        for (uint64_t c = 0; c < EACH / STREAMS; c++)
            tell_consumer(s, name, stream, (uint64_t)k * 1000 + c, round);
    }
    send(n, s);
}

static double draw_now_ms(const struct night *n, struct screen *screen) {
    screen->context.utc_ns = NIGHT_UTC + n->at;
    screen->context.mono_ns = NIGHT_MONO + n->at;
    return draw_ms(screen);
}

/* A key that comes as a step begins is read after it, and answered by a frame in which all is made anew.
 * Returns the CPU of all steps. */
static double tick_in_steps(struct night *n, struct cost *cost) {
    double sum = 0;
    n->at += NS_PER_S / 2;
    model_tick_begin(n->model, NIGHT_UTC + n->at, NIGHT_MONO + n->at);
    for (bool more = true; more;) {
        double before = cpu_ms();
        more = model_tick_step(n->model);
        double step = cpu_ms() - before, frame = draw_now_ms(n, cost->screen);
        sum += step;
        if (step + frame <= cost->wait_ms)
            continue;
        cost->wait_ms = step + frame;
        cost->wait_step_ms = step;
        cost->wait_frame_ms = frame;
    }
    return sum;
}

/* steps: of each the least so far, 0 none; NULL: nobody asks. */
static double whole_tick(struct night *n, double *steps) {
    double sum = 0;
    n->at += NS_PER_S / 2;
    model_tick_begin(n->model, NIGHT_UTC + n->at, NIGHT_MONO + n->at);
    bool more = true;
    for (int i = 0; more; i++) {
        double before = cpu_ms();
        more = model_tick_step(n->model);
        double step = cpu_ms() - before;
        sum += step;
        if (steps && i < STEPS_MOST)
            steps[i] = steps[i] > 0 ? fmin(steps[i], step) : step;
    }
    return sum;
}

/* A tick at each half second, as the program makes them. */
static void tick(struct night *n, double second, struct cost *cost, double (*steps)[STEPS_MOST]) {
    for (; n->at < ns(second); steps++) {
        double spent = cost->screen ? tick_in_steps(n, cost) : whole_tick(n, *steps);
        cost->longest_ms = fmax(cost->longest_ms, spent);
    }
}

static void look(struct night *n, uint64_t round, struct cost *cost) {
    for (int node = 0; node < NODES; node++) {
        tell_connections(n, node, round);
        tell_assets(n, node, round);
    }
    for (int second = 0; second < ROUND_S; second++) {
        for (int node = 0; node < NODES; node++)
            tell_server(n, node, round * ROUND_S + (uint64_t)second);
        tick(n, (double)round * ROUND_S + second + 1, cost, &cost->ticks[2 * second]);
    }
}

/* Rows are asked when they were just taken, so what is asked lies at hand: of two times the second counts. */
static double asking_ms(struct model *model, enum object_kind kind) {
    enum { AT_HAND = 64 };
    double sum = 0;
    for (size_t from = 0; from < kind_count(model, kind); from += AT_HAND) {
        double before = 0;
        for (int time = 0; time < 2; time++) {
            before = cpu_ms();
            for (size_t i = from; i < from + AT_HAND && i < kind_count(model, kind); i++)
                rules_touch(model, kind_at(model, kind, i));
        }
        sum += cpu_ms() - before;
    }
    return sum;
}

static double least_asking_ms(struct model *model) {
    double least = INFINITY;
    for (int i = 0; i < ROUNDS / 2; i++)
        least = fmin(least, asking_ms(model, OBJECT_CONSUMER) + asking_ms(model, OBJECT_CONNECTION));
    return least;
}

struct watch { /* one night by one set of rules */
    struct night n;
    struct cost cost;
};

/* Until everything is known, and its holds are over. */
static void watch_begin(struct watch *w, struct ruleset *set) {
    night_begin(&w->n, 0, 1);
    model_use_rules(w->n.model, set);
    ruleset_release(set);
    for (int node = 0; node < NODES; node++) {
        char url[40];
        snprintf(url, sizeof url, "http://h%d:8222", node);
        send_target(&w->n, (uint64_t)node + 1, url, "named", "polled", NULL, NULL);
        tell_server(&w->n, node, 0);
    }
    for (uint64_t round = 0; round < ROUNDS / 2; round++)
        look(&w->n, round, &w->cost);
    w->cost = (struct cost){.round_ms = INFINITY};
}

/* What else the machine does can only add to it: the cheapest counts. */
static void watch_round(struct watch *w, uint64_t round) {
    double before = cpu_ms();
    look(&w->n, round, &w->cost);
    w->cost.round_ms = fmin(w->cost.round_ms, cpu_ms() - before);
}

static size_t heap(void) {
    struct mallinfo2 m = mallinfo2();
    return m.uordblks + m.hblkhd;
}

static struct cost watch_end(struct watch *w) {
    struct alert_counts counts = model_alert_counts(w->n.model);
    size_t before = heap();
    w->cost.open = counts.crit + counts.warn;
    w->cost.asking_ms = least_asking_ms(w->n.model);
    night_end(&w->n);
    w->cost.heap_mb = (double)(before - heap()) / 1e6;
    return w->cost;
}

static struct ruleset *silent(void) {
    struct ruleset *set = ruleset_create();
    struct rule_fault fault;
    for (size_t i = 0; i < ruleset_count(set); i++)
        ruleset_add(set, &(struct rule_said){.name = ruleset_at(set, i)->name, .enabled = "false"}, &fault);
    return set;
}

static struct ruleset *with_own(void) {
    static const struct rule_said own[OWN] = {
        {.entity = "consumer", .condition = "lag", .warn = "> 1M"},
        {.entity = "consumer",
         .condition = "ack_pending / max_ack_pending",
         .warn = "80 %",
         .match = "name ~ consumer-1"},
        {.entity = "consumer", .condition = "redelivered", .warn = "> 100"},
        {.entity = "consumer", .condition = "time_behind", .warn = "10m", .match = "stream ~ stream-1"},
        {.entity = "consumer", .condition = "waiting = 0 and pending > 1M"},
        {.entity = "connection", .condition = "pending_bytes", .warn = "> 1 MiB"},
        {.entity = "connection", .condition = "in_msgs_per_s", .warn = "> 1M", .match = "name ~ worker"},
        {.entity = "connection", .condition = "out_bytes_per_s", .warn = "> 1 GiB/s"},
        {.entity = "server", .condition = "in_msgs_per_s", .warn = "> 10M"},
        {.entity = "stream", .condition = "bytes", .warn = "> 1 TiB"},
    };
    struct ruleset *set = ruleset_create();
    for (int i = 0; i < OWN; i++) {
        struct rule_said said = own[i];
        struct rule_fault fault;
        char name[16];
        snprintf(name, sizeof name, "own_%d", i);
        said.name = name;
        if (!ruleset_add(set, &said, &fault))
            fprintf(stderr, "bench: %s: %s: %s\n", name, fault.key, fault.message);
    }
    return set;
}

static double ticks_ms(const struct cost *cost) {
    double sum = 0;
    for (int i = 0; i < ROUND_S * 2; i++)
        for (int step = 0; step < STEPS_MOST; step++)
            sum += cost->ticks[i][step];
    return sum;
}

/* Round by round side by side, so that all have their share of what else the machine does. */
void bench_rules(void) {
    static struct watch nights[3];
    struct ruleset *const sets[] = {silent(), ruleset_create(), with_own()};
    char peer[120];
    for (int i = 0; i < 3; i++)
        watch_begin(&nights[i], sets[i]);
    for (uint64_t round = ROUNDS / 2; round < ROUNDS; round++)
        for (int i = 0; i < 3; i++)
            watch_round(&nights[i], round);
    struct cost none = watch_end(&nights[0]), ours = watch_end(&nights[1]), own = watch_end(&nights[2]);
    double asking = ours.asking_ms - none.asking_ms, ticks = ticks_ms(&ours) - ticks_ms(&none);
    snprintf(peer, sizeof peer, "of %.0f ms without any rule; %zu alerts open", none.round_ms, ours.open);
    bench_line("rules, 10,000 connections and consumers: CPU a round", "5 ms", peer, "%.1f ms",
               asking + ticks);
    bench_line("  while their rows are taken", "", "each row asked once", "%.1f ms", asking);
    snprintf(peer, sizeof peer, "ten ticks; the longest %.1f ms, without any rule %.1f ms", ours.longest_ms,
             none.longest_ms);
    bench_line("  in ticks", "", peer, "%.1f ms", ticks);
    bench_line("  memory", "", "", "%.2f MB", ours.heap_mb - none.heap_mb);
    bench_line("ten rules of a user on top: CPU a round", "", "", "%.1f ms",
               own.asking_ms - ours.asking_ms + ticks_ms(&own) - ticks_ms(&ours));
}

/* ---- ten thousand at once ---- */

enum { CALM_ROUNDS = 6, FALLING_ROUNDS = 40, SILENT_S = 40, FRAMES = 5 };

/* The worst of a few frames, a tick between each two: what is kept from one to the next is made anew. */
static double frames_ms(struct night *n, struct screen *screen) {
    double worst = 0;
    for (int i = 0; i < FRAMES; i++) {
        whole_tick(n, NULL);
        worst = fmax(worst, draw_now_ms(n, screen));
    }
    return worst;
}

static double overview_ms(struct night *n) {
    struct screen overview;
    screen_open(&overview, n, "overview");
    double worst = frames_ms(n, &overview);
    screen_close(&overview);
    return worst;
}

static void bench_frames(struct night *n, double calm_ms) {
    struct screen alerts;
    char peer[80];
    snprintf(peer, sizeof peer, "the worst of 5, each after a tick; %.1f ms while all keep up", calm_ms);
    bench_line("  a frame of Overview", "16 ms", peer, "%.1f ms", overview_ms(n));
    screen_open(&alerts, n, "alerts");
    double opened = draw_ms(&alerts);
    bench_line("  Alerts: the first frame", "16 ms", "", "%.1f ms", opened);
    bench_line("  Alerts: a frame after a tick", "16 ms", "the worst of 5", "%.1f ms", frames_ms(n, &alerts));
    alerts.context.filter = "object ~ consumer-7";
    bench_line("  Alerts: filtered", "16 ms", "the first frame", "%.1f ms", draw_ms(&alerts));
    alerts.context.filter = "";
    struct quantity_list *list =
        (struct quantity_list *)(void *)((char *)alerts.state + alerts.view->lists[0].offset);
    list_sort_by(list, "object");
    bench_line("  Alerts: sorted by object", "16 ms", "the first frame", "%.1f ms", draw_ms(&alerts));
    screen_close(&alerts);
}

/* A key waits for one turn's share at most. */
static void bench_pause_work(const char *figure, struct stage *stage) {
    double sum = 0, longest = 0;
    char peer[80];
    for (bool any = true; any;) {
        double before = cpu_ms();
        any = stage_work(stage);
        sum += cpu_ms() - before;
        longest = fmax(longest, cpu_ms() - before);
    }
    snprintf(peer, sizeof peer, "the longest turn; %.0f ms in all", sum);
    bench_line(figure, "16 ms", peer, "%.1f ms", longest);
}

static void bench_pause(const struct night *n) {
    struct stage stage = {.live = n->model};
    stage_pause(&stage, true);
    bench_pause_work("  pause: the model is copied", &stage);
    stage_pause(&stage, false);
    bench_pause_work("  pause over: the copy is freed", &stage);
    stage_pause_finish(&stage);
}

/* What was said is left behind until it is more than what is in use. */
static void bench_texts(const struct night *n) {
    double took = 0;
    char sentence[120];
    for (int i = 0; i < 1000000 && took < 0.5; i++) {
        snprintf(sentence, sizeof sentence, "a sentence that was true for a moment: %060d", i);
        model_say(n->model, sentence);
        if (i % 1000)
            continue;
        double before = cpu_ms();
        model_compact_texts(n->model);
        took = cpu_ms() - before;
    }
    bench_line("  texts are compacted", "16 ms", "one step", "%.1f ms", took);
}

void bench_alerts(void) {
    struct night n;
    struct cost calm = {0}, falling = {0};
    struct screen overview;
    char peer[120];
    size_t before, open = 0;
    night_begin(&n, 0, 1);
    for (int node = 0; node < NODES; node++) {
        char url[40];
        snprintf(url, sizeof url, "http://h%d:8222", node);
        send_target(&n, (uint64_t)node + 1, url, "named", "polled", NULL, NULL);
        tell_server(&n, node, 0);
    }
    uint64_t round = 0;
    for (; round < CALM_ROUNDS; round++)
        look(&n, round, &calm);
    before = heap();
    calm.longest_ms = 0;
    for (; round < CALM_ROUNDS * 2; round++)
        look(&n, round, &calm);
    double calm_ms = overview_ms(&n);
    screen_open(&overview, &n, "overview");
    draw_now_ms(&n, &overview);
    falling.screen = &overview;
    all_fall = true;
    for (; round < FALLING_ROUNDS && open < NODES * EACH; round++) {
        look(&n, round, &falling);
        struct alert_counts counts = model_alert_counts(n.model);
        open = counts.crit + counts.warn;
    }
    all_fall = false;
    struct cost silent = {.screen = &overview};
    for (int i = 0; i < SILENT_S * 2; i++)
        silent.longest_ms = fmax(silent.longest_ms, tick_in_steps(&n, &silent));
    screen_close(&overview);
    snprintf(peer, sizeof peer, "a step of a tick %.1f ms, then a frame of Overview %.1f ms; %zu open",
             falling.wait_step_ms, falling.wait_frame_ms, open);
    bench_line("10,000 consumers fall behind together: a key waits", "16 ms", peer, "%.1f ms",
               falling.wait_ms);
    snprintf(peer, sizeof peer, "in steps; %.1f ms while all keep up", calm.longest_ms);
    bench_line("  the longest tick", "", peer, "%.1f ms", falling.longest_ms);
    bench_line("  memory", "", "", "%.1f MB", (double)(heap() - before) / 1e6);
    snprintf(peer, sizeof peer,
             "a step of a tick %.1f ms, then a frame of Overview %.1f ms; the longest tick %.1f ms",
             silent.wait_step_ms, silent.wait_frame_ms, silent.longest_ms);
    bench_line("  all servers fall silent: a key waits", "16 ms", peer, "%.1f ms", silent.wait_ms);
    bench_frames(&n, calm_ms);
    bench_texts(&n);
    bench_pause(&n);
    night_end(&n);
}
