/* What is shown of consumers is their leaders' word, whatever happens: a cluster under load goes through
 * faults, each row that the program shows meanwhile is held against CONSUMER.INFO asked just before and just
 * after it.
 *
 * The fixture lives through it once: after a calm NATSIGHT_SOAK_S seconds of faults, 20 unless given (120
 * with NATSIGHT_SOAK), in the order of the table, as often as there is time. Lines that begin with "figure: "
 * say how it went. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/jetstream.h"
#include "tests/harness/suite.h"
#include "tests/harness/witness.h"

#define NS INT64_C(1000000000)

enum { MS = 40000, NODES = 3, CROWD_SIZE = 1000, CROWD_MESSAGES = 10, STEP_DOWNS = 10 };
/* From the server's making of a row to its last byte at the collector. */
#define MADE_AND_SENT_NS (NS / 2)
/* From going on to the last of what was held back. */
#define CAUGHT_UP_IN_NS (3 * NS)
#define BEHIND_BY_NS    (5 * NS) /* a follower on a busy machine may be when its leader dies */

static struct witness w;
static struct assets *const life = &w.assets;
static int64_t calm_from, calm_to;
static int soak_s, rounds;

static int seconds(const char *name, int otherwise) {
    const char *text = getenv(name);
    return text && atoi(text) > 0 ? atoi(text) : otherwise;
}

static bool is_soak(void) {
    return soak_s > 60;
}

static int consumer(const char *name) {
    int i = 0;
    while (strcmp(asset_consumers[i].name, name) != 0)
        i++;
    return i;
}

static int node(const char *name) {
    for (int i = 0; i < NODES; i++)
        if (strcmp(w.servers->node[i].name, name) == 0)
            return i;
    ck_abort_msg("no node %s", name);
    return -1;
}

static bool is_time(struct witness *unused, void *instant) {
    (void)unused;
    return doc_utc_ns() >= *(int64_t *)instant;
}

static void live_for(double s) {
    int64_t until = doc_utc_ns() + (int64_t)(s * 1e9);
    witness_until(&w, is_time, &until, "time", (int)(s * 1000) + MS);
}

static void ask(const char *call, const char *body) {
    json_decref(witness_ask(&w, call, body));
}

/* ---- faults ---- */

struct led {
    int consumer;
    char by[16];
    int64_t from_ns;  /* asked after that */
    int64_t until_ns; /* for the wait that may end so */
};

static bool is_led_by_another(struct witness *unused, void *context) {
    const struct led *led = context;
    const struct truth_point *last = truth_last(&w.truth, led->consumer);
    (void)unused;
    return last && last->asked_ns >= led->from_ns && strcmp(last->leader, led->by) != 0;
}

/* How it is led now. */
static struct led led_now(const char *name) {
    struct led led = {.consumer = consumer(name)};
    snprintf(led.by, sizeof led.by, "%s", truth_last(&w.truth, led.consumer)->leader);
    led.from_ns = doc_utc_ns();
    return led;
}

static bool is_led_by_another_or_late(struct witness *unused, void *context) {
    const struct led *led = context;
    return doc_utc_ns() > led->until_ns || is_led_by_another(unused, context);
}

/* On a busy machine the same one may be elected again. */
static void consumers_leader_stepped_down(void) {
    for (int i = 0, moved = 0; moved < STEP_DOWNS; i++) {
        struct led led = led_now("half");
        ck_assert_int_lt(i, 2 * STEP_DOWNS);
        led.until_ns = doc_utc_ns() + 5 * NS;
        ask("CONSUMER.LEADER.STEPDOWN.ORD.half", "");
        witness_until(&w, is_led_by_another_or_late, &led, "another leader of the consumer", MS);
        moved += is_led_by_another(&w, &led);
    }
}

static void stream_purged(void) {
    ask("STREAM.PURGE.ORD", "");
}

static void make_consumer(int row) {
    struct asset_call call = asset_consumer_call(row);
    ask(call.call, call.body);
}

static void consumer_made_anew(void) {
    int row = consumer("filtered");
    truth_anew(&w.truth, row);
    ask("CONSUMER.DELETE.ORD.filtered", "");
    make_consumer(row);
}

static void stream_made_anew(void) {
    int stream = 0;
    while (strcmp(asset_streams[stream].name, "AGAIN") != 0)
        stream++;
    struct asset_call call = asset_stream_call(stream);
    int rows[] = {consumer("again"), consumer("untouched")};
    for (int i = 0; i < 2; i++)
        truth_anew(&w.truth, rows[i]);
    ask("STREAM.DELETE.AGAIN", "");
    ask(call.call, call.body);
    for (int i = 0; i < 2; i++)
        make_consumer(rows[i]);
}

static bool crowd_is_made(struct witness *unused, void *context) {
    (void)unused, (void)context;
    return w.crowd.made >= CROWD_SIZE;
}

static bool crowd_is_shown(struct witness *unused, void *context) {
    (void)unused, (void)context;
    return w.crowd.right == CROWD_SIZE && w.crowd.listed == CROWD_SIZE;
}

static bool crowd_is_gone(struct witness *unused, void *context) {
    (void)unused, (void)context;
    return w.crowd.listed == 0;
}

static void crowd_created(void) {
    char subject[200], inbox[32], body[300];
    w.crowd.pending = CROWD_MESSAGES;
    w.crowd.made = 0;
    ask("STREAM.CREATE." CROWD, "{\"name\":\"" CROWD "\",\"subjects\":[\"crowd.>\"],\"storage\":\"memory\"}");
    for (int i = 0; i < CROWD_MESSAGES; i++)
        natsc_publish(life->line, "crowd.all", NULL, "x", 1);
    ck_assert(natsc_flush(life->line, MS));
    for (int i = 0; i < CROWD_SIZE; i++) {
        snprintf(subject, sizeof subject, "$JS.API.CONSUMER.DURABLE.CREATE." CROWD ".c%d", i);
        snprintf(inbox, sizeof inbox, "made.%d", i);
        snprintf(body, sizeof body,
                 "{\"stream_name\":\"" CROWD "\",\"config\":{\"durable_name\":\"c%d\","
                 "\"ack_policy\":\"explicit\",\"mem_storage\":true}}",
                 i);
        natsc_publish(life->line, subject, inbox, body, strlen(body));
    }
    witness_until(&w, crowd_is_made, NULL, "the crowd is made", MS);
    witness_until(&w, crowd_is_shown, NULL, "the crowd is shown", MS);
    ask("STREAM.DELETE." CROWD, "");
    witness_until(&w, crowd_is_gone, NULL, "the crowd is gone", 3 * MS);
}

enum { NAME_SIZE = 16 };

static bool stream_is_led(struct witness *witness, void *leader) {
    json_t *info = witness_ask(witness, "STREAM.INFO.ORD", "");
    snprintf(leader, NAME_SIZE, "%s", jetstream_leader(info));
    json_decref(info);
    return *(char *)leader != '\0';
}

/* While there is an election it has none. */
static int streams_leader(void) {
    char leader[NAME_SIZE];
    witness_until(&w, stream_is_led, leader, "a leader of the stream", MS);
    return node(leader);
}

static void streams_leader_killed(void) {
    struct led led = led_now("pull");
    int victim = streams_leader();
    witness_move(&w, (victim + 1) % NODES);
    servers_kill(w.servers, victim);
    if (node(led.by) == victim)
        witness_until(&w, is_led_by_another, &led, "another leader after a kill", MS);
    while (streams_leader() == victim)
        witness_turn(&w);
    live_for(1);
    ck_assert(servers_restart(w.servers, victim, false));
}

static void node_stopped(void) {
    struct led led = led_now("pull");
    int victim = node(led.by);
    struct outage *o = &w.outages[w.n_outages++ % OUTAGES_MAX];
    snprintf(o->server, sizeof o->server, "%s", led.by);
    witness_move(&w, (victim + 1) % NODES);
    o->from_ns = doc_utc_ns();
    servers_pause(w.servers, victim);
    witness_until(&w, is_led_by_another, &led, "another leader while one is stopped", MS);
    live_for(1);
    o->to_ns = doc_utc_ns();
    servers_resume(w.servers, victim);
}

static bool is_alone(struct witness *unused, void *context) {
    (void)unused, (void)context;
    return w.up == 1;
}

static void two_killed(void) {
    struct outage *o = &w.outages[w.n_outages++ % OUTAGES_MAX]; /* nobody stores what comes meanwhile */
    o->server[0] = '\0';
    o->from_ns = doc_utc_ns();
    o->to_ns = INT64_MAX;
    int survivor = (streams_leader() + rounds) % NODES;
    witness_move(&w, survivor);
    for (int i = 0; i < NODES; i++)
        if (i != survivor)
            servers_kill(w.servers, i);
    witness_until(&w, is_alone, NULL, "one is left", MS);
    live_for(is_soak() ? 12 : 2); /* in the long run until the survivor gives up its leaderships, too */
    for (int i = 0; i < NODES; i++)
        if (i != survivor)
            ck_assert(servers_restart(w.servers, i, false));
    o->to_ns = doc_utc_ns();
}

static const struct fault {
    const char *name;
    void (*happen)(void);
    bool after_all; /* begins when all is well; in a short run the others follow at once */
} faults[] = {
    {"consumer's leader stepped down", consumers_leader_stepped_down, false},
    {"stream purged", stream_purged, false},
    {"consumer deleted and made again", consumer_made_anew, false},
    {"stream deleted and made again", stream_made_anew, false},
    {"stream's leader killed", streams_leader_killed, true},
    {"node stopped and continued", node_stopped, true},
    {"1,000 consumers created", crowd_created, true},
    {"two of three killed and back", two_killed, true},
};
enum { FAULTS = sizeof faults / sizeof *faults };

static void fault(int i) {
    int64_t from = servers_now_ms();
    faults[i].happen();
    printf("figure: %-34s %5.1f s\n", faults[i].name, (double)(servers_now_ms() - from) / 1e3);
    fflush(stdout);
    if (!is_soak() && !faults[(i + 1) % FAULTS].after_all)
        return;
    from = servers_now_ms();
    witness_until_whole(&w, faults[i].name);
    printf("figure: %-34s %5.1f s\n", "  all is well again", (double)(servers_now_ms() - from) / 1e3);
    fflush(stdout);
    witness_hear_followers(&w);
}

/* ---- the calm before: rates ---- */

struct mean {
    double sum;
    int64_t from, to;
};

/* One more window of a rate, if it lies in the calm. */
static void add(struct mean *m, double rate, int64_t from, int64_t to) {
    if (from <= calm_from || to > calm_to || isnan(rate))
        return;
    m->from = m->from ? m->from : from;
    m->sum += rate * (double)(to - from);
    m->to = to;
}

static struct mean stream_rate(int stream) {
    struct mean in = {0};
    for (size_t i = 0; i < w.n_streams; i++)
        if (w.streams[i].stream == stream && w.streams[i].before_ns)
            add(&in, w.streams[i].in_msgs_per_s, w.streams[i].before_ns, w.streams[i].sampled_ns);
    return in;
}

static struct mean consumer_rate(int row, bool acked, bool *estimated) {
    struct mean m = {0};
    for (size_t i = 0; i < w.n_consumers; i++) {
        const struct shown_consumer *s = &w.consumers[i];
        if (s->consumer != row || !s->before_ns)
            continue;
        add(&m, acked ? s->acked_per_s : s->delivered_per_s, s->before_ns, s->sampled_ns);
        *estimated |= s->estimated;
    }
    return m;
}

/* Are there windows of all rates over that time? */
static bool are_known_for(int64_t span_ns) {
    for (int i = 0; i < assets_streams() + assets_consumers(); i++) {
        bool estimated = false;
        int row = i - assets_streams();
        struct mean m = row < 0 ? stream_rate(i) : consumer_rate(row, false, &estimated);
        if ((row < 0 || life->life[row].here) && m.to - m.from < span_ns)
            return false;
    }
    return true;
}

static int off_by_more(const char *what, const char *name, const struct mean *m, const struct tally *own,
                       double percent, bool tell) {
    double shown = m->sum / (double)(m->to - m->from), truth = tally_rate(own, m->from, m->to);
    double off = (shown / truth - 1) * 100;
    if (tell)
        printf("figure: %-16s %-9s %8.2f, own count %8.2f, off by %5.2f %%\n", what, name, shown, truth, off);
    return !(fabs(off) <= percent);
}

/* How many rates are off our own count. */
static int rates_off(double percent, bool tell) {
    int off = 0;
    for (int c = 0; c < assets_consumers(); c++) {
        const struct asset_consumer *row = &asset_consumers[c];
        bool estimated = false, each = strstr(row->config, "explicit") != NULL;
        struct mean delivered = consumer_rate(c, false, &estimated),
                    acked = consumer_rate(c, true, &estimated);
        const struct asset_life *own = &life->life[c];
        if (own->received.n)
            off += off_by_more("delivered_per_s", row->name, &delivered, &own->received, percent, tell);
        if (own->acked.n && each && !estimated)
            off += off_by_more("acked_per_s", row->name, &acked, &own->acked, percent, tell);
    }
    for (int c = 0; c < assets_streams(); c++) {
        struct mean in = stream_rate(c);
        if (asset_streams[c].subject)
            off += off_by_more("in_msgs_per_s", asset_streams[c].name, &in, &life->sent[c], percent, tell);
    }
    return off;
}

/* At the ends of the time a batch, and an answer's way to us, are on one side or the other: of 30 s that is
 * below 1 %, on a busy machine 3 %; where 10 s are as good they are enough in a short run. */
static double rates_allowed(void) {
    return is_soak() ? 1 : 3;
}

static bool is_calm_enough(struct witness *unused, void *context) {
    int *seen = context;
    (void)unused;
    if (*seen == w.documents_seen)
        return false;
    *seen = w.documents_seen;
    return are_known_for(30 * NS) ||
           (!is_soak() && are_known_for(10 * NS) && !rates_off(rates_allowed() / 2, false));
}

/* In the long run again and again; a short one says which of them there was no time for. */
static void all_faults(void) {
    int64_t until = servers_now_ms() + 1000 * soak_s;
    int lived = 0;
    for (; servers_now_ms() < until; rounds++)
        for (int i = 0; i < FAULTS && servers_now_ms() < until; i++, lived += !rounds)
            fault(i);
    for (int i = lived; i < FAULTS; i++)
        printf("skipped: %s: the %d s for faults are over, make soak lives through all\n", faults[i].name,
               soak_s);
}

static void live_through(void) {
    soak_s = seconds("NATSIGHT_SOAK_S", getenv("NATSIGHT_SOAK") ? 120 : 20);
    witness_open(&w, &(struct servers_options){.nodes = NODES, .jetstream = true}, "1s");
    printf("figure: nats-server %s\n", life->version);
    witness_hear_followers(&w);
    int seen = 0;
    calm_from = doc_utc_ns();
    calm_to = INT64_MAX;
    witness_until(&w, is_calm_enough, &seen, "rates over a while", 3 * MS);
    calm_to = doc_utc_ns();
    witness_hear_followers(&w);
    all_faults();
    witness_until_whole(&w, "the end");
    live_for(1);
}

static void end(void) {
    witness_close(&w);
}

/* ---- rows ---- */

/* A stopped server may have made its row before it was stopped, and have sent it afterwards. */
static int64_t made_from(const char *leader, int64_t sampled_ns) {
    int64_t from = sampled_ns - MADE_AND_SENT_NS;
    for (int i = 0; i < w.n_outages && i < OUTAGES_MAX; i++) {
        const struct outage *o = &w.outages[i];
        bool within = sampled_ns >= o->from_ns && from <= o->to_ns;
        if (within && strcmp(o->server, leader) == 0 && o->from_ns - MADE_AND_SENT_NS < from)
            from = o->from_ns - MADE_AND_SENT_NS;
    }
    return from;
}

static const char *as_followers_say(const struct shown_consumer *s) {
    for (size_t i = 0; i < w.n_followers; i++) {
        const struct follower_word *f = &w.followers[i];
        if (f->consumer == s->consumer && f->is.of[TRUTH_PENDING] == s->is.of[TRUTH_PENDING] &&
            f->is.of[TRUTH_ACK_PENDING] == s->is.of[TRUTH_ACK_PENDING])
            return f->server;
    }
    return "nobody";
}

static void tell_wrong(const struct shown_consumer *s, const struct truth_window *t) {
    fprintf(stderr,
            "%s of %s, %s, sampled %.3f s after the calm, a follower that says so: %s; told %+.3f by %s, "
            "%+.3f by %s\n",
            asset_consumers[s->consumer].name, s->leader, s->freshness,
            (double)(s->sampled_ns - calm_to) / 1e9, as_followers_say(s),
            (double)(t->before->answered_ns - s->sampled_ns) / 1e9, t->before->leader,
            (double)(t->after->asked_ns - s->sampled_ns) / 1e9, t->after->leader);
    for (int q = 0; q < TRUTH_QUANTITIES; q++)
        fprintf(stderr, "    %-14s %8.0f   %8.0f to %8.0f%s\n", truth_names[q].shown, s->is.of[q], t->low[q],
                t->high[q], s->is.of[q] < t->low[q] || s->is.of[q] > t->high[q] ? " !" : "");
}

START_TEST(rows_are_their_leaders_word) {
    static const double steps[] = {0, 10, 100, 1000, INFINITY};
    int by[5] = {0}, compared = 0, unasked = 0, contested = 0, wrong = 0;
    for (size_t i = 0; i < w.n_consumers; i++) {
        const struct shown_consumer *s = &w.consumers[i];
        struct truth_window t;
        if (!truth_window(&w.truth, life, s->consumer, made_from(s->leader, s->sampled_ns), s->sampled_ns,
                          &t)) {
            unasked++;
            continue;
        }
        compared++;
        int step = 0;
        while (fabs(truth_difference(&t, &s->is)) > steps[step])
            step++;
        by[step]++;
        bool outside = truth_outside(&t, &s->is) > 0;
        contested += outside && s->contested;
        if (outside && !s->contested) {
            wrong++;
            tell_wrong(s, &t);
        }
    }
    printf(
        "figure: %d rows compared, %d shown again as old as they were, %d contested, %d without an answer on "
        "both sides, %d outside\n",
        compared, w.old_rows, contested, unasked, wrong);
    printf("figure: lag less the lag told just before: 0: %d, to 10: %d, to 100: %d, to 1000: %d, more: %d\n",
           by[0], by[1], by[2], by[3], by[4]);
    ck_assert_int_eq(wrong, 0);
    ck_assert_int_eq(w.changed_old, 0);
    ck_assert_int_gt(compared, 2 * assets_consumers());
    ck_assert_int_lt(unasked, compared / 3); /* who asks for the truth may wait for its turn, too */
}
END_TEST

/* This test would see a follower's word: what they said all the time lies outside. */
START_TEST(followers_would_be_seen) {
    int heard = 0, outside = 0;
    for (size_t i = 0; i < w.n_followers; i++) {
        const struct follower_word *f = &w.followers[i];
        struct truth_window t;
        if (!truth_window(&w.truth, life, f->consumer, f->asked_ns, f->answered_ns, &t))
            continue;
        heard++;
        outside += truth_outside(&t, &f->is) > 0;
    }
    printf("figure: %d words of followers, %d of them outside of what leaders said\n", heard, outside);
    ck_assert_int_gt(outside, heard / 2);
}
END_TEST

/* ---- rates ---- */

START_TEST(rates_are_our_own_counts) {
    ck_assert_int_eq(rates_off(rates_allowed(), true), 0);
}
END_TEST

/* Most that went by in any second from shortly before to shortly after. */
static double peak(const struct tally *t, int64_t from_ns, int64_t to_ns) {
    double most = 0;
    for (int64_t at = from_ns - 2 * NS; at < to_ns + NS; at += NS / 4) {
        double low, high;
        tally_range(t, at, at + NS, &low, &high);
        most = fmax(most, high - low);
    }
    return most;
}

/* What a stopped server could not do it does when it goes on, all at once; who takes over has to catch up. */
static double held_back(const struct tally *t, int64_t from_ns, int64_t to_ns) {
    double most = 0;
    for (int i = 0; i < w.n_outages && i < OUTAGES_MAX; i++) {
        const struct outage *o = &w.outages[i];
        double low, high;
        if (from_ns > o->to_ns + CAUGHT_UP_IN_NS || to_ns < o->from_ns)
            continue;
        tally_range(t, o->from_ns - BEHIND_BY_NS, to_ns + 2 * NS, &low, &high);
        most = fmax(most, (high - low) * 1e9 / (double)(to_ns - from_ns));
    }
    return most;
}

/* A window that began before we looked is nobody's to judge. */
static int spikes(const char *name, const char *what, double rate, double known, const struct tally *own,
                  int64_t from_ns, int64_t to_ns) {
    if (isnan(rate) || !from_ns)
        return 0;
    double most = 3 * fmax(known, own->n ? peak(own, from_ns, to_ns) : 0);
    most = fmax(most, own->n ? held_back(own, from_ns, to_ns) : 0);
    if (rate <= most)
        return 0;
    fprintf(stderr, "%s of %s at %+.3f s: shown %.2f a second over %.3f s, never more than %.2f\n", what,
            name, (double)(to_ns - calm_to) / 1e9, rate, (double)(to_ns - from_ns) / 1e9, most);
    return 1;
}

START_TEST(no_negative_figure_and_no_spike) {
    int n = 0;
    for (size_t i = 0; i < w.n_consumers; i++) {
        const struct shown_consumer *s = &w.consumers[i];
        const char *name = asset_consumers[s->consumer].name;
        double known = asset_consumers[s->consumer].rate;
        const struct tally *own = &life->life[s->consumer].received;
        n += spikes(name, "delivered", s->delivered_per_s, known, own, s->before_ns, s->sampled_ns);
        n += spikes(name, "acked", s->acked_per_s, known, own, s->before_ns, s->sampled_ns);
    }
    for (size_t i = 0; i < w.n_streams; i++) {
        const struct shown_stream *s = &w.streams[i];
        const struct asset_stream *row = &asset_streams[s->stream];
        if (row->subject) /* the others catch up as fast as they can */
            n += spikes(row->name, "in", s->in_msgs_per_s, row->rate, &life->sent[s->stream], s->before_ns,
                        s->sampled_ns);
    }
    ck_assert_int_eq(n, 0);
    ck_assert_int_eq(w.negatives, 0);
}
END_TEST

START_TEST(crowd_was_right_at_once) {
    ck_assert_int_eq(w.crowd.wrong, 0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("truth");
    TCase *tc = tcase_create("one cluster");
    tcase_set_timeout(tc, 60);
    tcase_add_unchecked_fixture(tc, live_through, end);
    tcase_add_test(tc, rows_are_their_leaders_word);
    tcase_add_test(tc, followers_would_be_seen);
    tcase_add_test(tc, rates_are_our_own_counts);
    tcase_add_test(tc, no_negative_figure_and_no_spike);
    tcase_add_test(tc, crowd_was_right_at_once);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
