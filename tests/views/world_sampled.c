/* The traffic of orders.> as the collector tells of it. */
#include "tests/views/world_parts.h"

struct sampled {
    const char *subject;
    bool over;
    uint64_t alike, messages;
    double share, low, high, bytes, size;
    uint64_t largest, replies;
    const char *headers;
};

static const struct sampled all[] = {
    {"orders.>", true, 913, 7380, 0.75, 0.738, 0.762, 0.61, 410, 8200, 12, "Nats-Msg-Id, traceparent"},
    {"orders.created", false, 1, 4820, 0.49, 0.476, 0.504, 0.44, 455, 8200, 0, "Nats-Msg-Id, traceparent"},
    {"orders.eu.*.paid", false, 911, 1690, 0.172, 0.161, 0.183, 0.07, 210, 230, 0, "Nats-Msg-Id"},
    {"orders.eu.17.paid", false, 1, 870, 0.088, 0.08, 0.097, 0.1, 580, 580, 12, NULL},
    {"geo.tile.*.raw", false, 1480, 1480, 0.15, 0.139, 0.161, 0.38, 1290, 60000, 0, NULL},
    {"rpc.prices.quote", false, 1, 980, 0.1, 0.091, 0.109, 0.01, 48, 64, 980, NULL},
};
enum { SAMPLED = sizeof all / sizeof *all };

static void put_real(struct row *row, enum field f, double v) {
    row_put(row, f)->f = v;
}

static void put_subject(struct sample *s, const struct sampled *r, int64_t end) {
    struct row *row = sample_add(s, ENTITY_SUBJECT);
    world_text(s, row, F_SUBJECT_subject, r->subject);
    world_u(row, F_SUBJECT_over, r->over);
    world_u(row, F_SUBJECT_alike, r->alike);
    world_u(row, F_SUBJECT_messages, r->messages);
    put_real(row, F_SUBJECT_share, r->share);
    put_real(row, F_SUBJECT_share_low, r->low);
    put_real(row, F_SUBJECT_share_high, r->high);
    put_real(row, F_SUBJECT_bytes_share, r->bytes);
    put_real(row, F_SUBJECT_size, r->size);
    world_u(row, F_SUBJECT_largest, r->largest);
    world_u(row, F_SUBJECT_replies, r->replies);
    if (r->headers)
        world_text(s, row, F_SUBJECT_headers, r->headers);
    world_i(row, F_SUBJECT_last, end - NS_PER_S);
}

static void told(struct world *w, const char *state, const char *problem, uint64_t full,
                 const struct sampled *rows, int count) {
    struct sample *s = world_sample(w, -1, SHAPE_SUBJECTS);
    struct row *row = sample_add(s, ENTITY_SAMPLING);
    world_text(s, row, F_SAMPLING_subject, ">");
    world_text(s, row, F_SAMPLING_state, state);
    if (problem)
        world_text(s, row, F_SAMPLING_problem, problem);
    world_text(s, row, F_SAMPLING_server, "10.4.1.3:4222");
    world_i(row, F_SAMPLING_since, (WORLD_START + 600) * NS_PER_S);
    world_i(row, F_SAMPLING_until, (WORLD_START + 1200) * NS_PER_S);
    world_i(row, F_SAMPLING_begin, world_utc(w) - (count || !problem ? 10 : 0) * NS_PER_S);
    world_i(row, F_SAMPLING_end, world_utc(w));
    world_u(row, F_SAMPLING_looks, 40);
    world_u(row, F_SAMPLING_full, full);
    world_u(row, F_SAMPLING_messages, count ? 9840 : 0);
    world_u(row, F_SAMPLING_distinct, count ? 2394 : 0);
    world_u(row, F_SAMPLING_left_out, 0);
    world_u(row, F_SAMPLING_dropped, full ? 2 : 0);
    world_u(row, F_SAMPLING_most, 1000);
    world_i(row, F_SAMPLING_span, 100 * NS_PER_MS);
    world_u(row, F_SAMPLING_ever, 124000);
    for (int i = 0; i < count; i++)
        put_subject(s, &rows[i], world_utc(w));
    world_send(w, s);
}

void world_sampled(struct world *w) {
    world_busy(w);
    told(w, "on", NULL, 0, all, SAMPLED);
}

/* Without JetStream: whose messages there are is known. */
void world_sampled_rate(struct world *w) {
    world_quiet(w);
    told(w, "on", NULL, 0, all, SAMPLED);
}

void world_sampled_full(struct world *w) {
    world_busy(w);
    told(w, "on", NULL, 38, all, SAMPLED);
}

void world_sampled_over(struct world *w) {
    world_sampled(w);
    told(w, "over", NULL, 0, all, SAMPLED);
    world_run(w, 30);
}

void world_sampled_late(struct world *w) {
    world_sampled(w);
    world_run(w, 12);
}

void world_sampled_nothing(struct world *w) {
    world_busy(w);
    told(w, "on", NULL, 0, NULL, 0);
}

void world_sampled_refused(struct world *w) {
    world_busy(w);
    told(w, "refused", "who connects so may not subscribe to >", 0, NULL, 0);
}

void world_sampled_hostile(struct world *w) {
    static const struct sampled bad[] = {
        {"orders.\033[31m\007.\u202ex", false, 1, 9000, 0.9, 0.8, 1, 0.9, 1e15, UINT64_MAX, 9000,
         "X\033]0;x\007, a header with a name that is far too long for any column that there is"},
        {"\xf0\x9f\x98\x80.\xff.a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z.aa.bb.cc.dd.ee.ff.gg.hh."
         "ii.jj",
         false, 1, 840, 0.1, 0, 1, 0.1, 0, 0, 0, NULL},
    };
    world_hostile(w);
    told(w, "not connected", "h\033[2Jost:4222: refused: nothing listens on port 4222", 0, bad, 2);
}
