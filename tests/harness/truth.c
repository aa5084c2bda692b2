#include "tests/harness/truth.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/document.h"
#include "tests/harness/http_get.h"
#include "tests/harness/jetstream.h"

#define NS INT64_C(1000000000)

enum { ASK_MS = 100, RING = 8192 };
/* Asked every 100 ms: longer without an answer it was not there. */
#define SILENT_NS    (2 * NS)
#define UNWRITTEN_NS (2 * NS)

const struct truth_name truth_names[TRUTH_QUANTITIES] = {
    [TRUTH_PENDING] = {"pending", "num_pending"},
    [TRUTH_ACK_PENDING] = {"ack_pending", "num_ack_pending"},
    [TRUTH_DELIVERED] = {"delivered_seq", "delivered.stream_seq"},
    [TRUTH_ACK_FLOOR] = {"ack_floor_seq", "ack_floor.stream_seq"},
};

void truth_listen(struct truth *t, struct natsc *line) {
    t->sid = natsc_subscribe(line, "told.*", NULL);
    if (!t->asked)
        t->asked = calloc(RING, sizeof *t->asked);
}

static void ask(struct truth *t, struct natsc *line, int i, int64_t now) {
    char subject[200], inbox[64];
    unsigned serial = t->serial++ % RING;
    t->asked[serial] = (struct truth_asked){now, i, t->consumer[i].life};
    snprintf(subject, sizeof subject, "$JS.API.CONSUMER.INFO.%s.%s", asset_consumers[i].stream,
             asset_consumers[i].name);
    snprintf(inbox, sizeof inbox, "told.%u", serial);
    natsc_publish(line, subject, inbox, "", 0);
}

void truth_ask(struct truth *t, const struct assets *a) {
    int64_t now = doc_utc_ns();
    if (now - t->asked_ns < ASK_MS * NS / 1000)
        return;
    t->asked_ns = now;
    for (int i = 0; i < assets_consumers(); i++)
        if (a->life[i].here)
            ask(t, a->line, i, now);
}

static void keep(struct truth_points *p, const struct truth_point *point) {
    if (p->n == p->room) {
        p->room = p->room ? p->room * 2 : 512;
        p->list = realloc(p->list, p->room * sizeof *p->list);
        if (!p->list)
            abort();
    }
    p->list[p->n++] = *point;
}

bool truth_take(struct truth *t, const struct natsc_message *m) {
    unsigned serial;
    if (m->sid != t->sid)
        return false;
    json_t *info = json_loadb(m->data, m->size, JSON_ALLOW_NUL, NULL);
    if (sscanf(m->subject, "told.%u", &serial) == 1 && serial < RING) {
        const struct truth_asked *asked = &t->asked[serial];
        struct truth_points *p = &t->consumer[asked->consumer];
        struct truth_point point = {asked->at_ns, doc_utc_ns(), asked->life, "", {.deliveries = 0}};
        snprintf(point.leader, sizeof point.leader, "%s", jetstream_leader(info));
        for (int q = 0; q < TRUTH_QUANTITIES; q++)
            point.is.of[q] = json_path_number(info, truth_names[q].told);
        point.is.deliveries = json_path_number(info, "delivered.consumer_seq");
        if (*point.leader && !isnan(point.is.deliveries))
            keep(p, &point), p->missing_ns = 0;
        else if (json_path_number(info, "error.code") == 404)
            p->missing_ns = point.answered_ns;
    }
    json_decref(info);
    return true;
}

void truth_anew(struct truth *t, int consumer) {
    t->consumer[consumer].life++;
}

const struct truth_point *truth_last(const struct truth *t, int consumer) {
    const struct truth_points *p = &t->consumer[consumer];
    return p->n ? &p->list[p->n - 1] : NULL;
}

bool truth_since(const struct truth *t, int consumer, int64_t at_ns) {
    const struct truth_point *last = truth_last(t, consumer);
    return last && last->asked_ns >= at_ns && last->life == t->consumer[consumer].life;
}

/* ---- the window ---- */

static double moved(const struct tally *t, int64_t from_ns, int64_t to_ns) {
    double least, most;
    if (!t->n)
        return 0;
    tally_range(t, from_ns, to_ns, &least, &most);
    return most > least ? most - least : 0;
}

static unsigned fed_by(int consumer) {
    for (int i = 0; i < assets_streams(); i++)
        if (strcmp(asset_streams[i].name, asset_consumers[consumer].stream) == 0)
            return asset_streams[i].fed_by;
    return 0;
}

/* What moved between two answers, by their word and by our log. */
struct traffic {
    double sent, received, acked;
};

static struct traffic traffic(const struct assets *a, int consumer, const struct truth_point *x,
                              const struct truth_point *y) {
    struct traffic m = {0, moved(&a->life[consumer].received, x->asked_ns, y->answered_ns),
                        moved(&a->life[consumer].acked, x->asked_ns, y->answered_ns)};
    unsigned feeds = fed_by(consumer);
    for (int i = 0; i < assets_streams(); i++)
        if (feeds >> i & 1)
            m.sent += moved(&a->sent[i], x->asked_ns, y->answered_ns);
    if (x->life == y->life && y->is.deliveries - x->is.deliveries > m.received)
        m.received = y->is.deliveries - x->is.deliveries;
    return m;
}

static void include(struct truth_window *w, enum truth_quantity q, double low, double high) {
    w->low[q] = fmin(w->low[q], low < 0 ? 0 : low);
    w->high[q] = fmax(w->high[q], high);
}

/* About one told set of figures, what became of it by as much traffic in either direction. */
static void include_point(struct truth_window *w, const struct truth_figures *f, const struct traffic *m) {
    double most = fmax(m->sent, m->received);
    include(w, TRUTH_PENDING, f->of[TRUTH_PENDING] - m->received, f->of[TRUTH_PENDING] + most);
    include(w, TRUTH_ACK_PENDING, f->of[TRUTH_ACK_PENDING] - m->acked,
            f->of[TRUTH_ACK_PENDING] + m->received);
    /* taken from the stream for a request that had ended, a message is put back */
    include(w, TRUTH_DELIVERED, f->of[TRUTH_DELIVERED], f->of[TRUTH_DELIVERED] + (m->received > 0));
    include(w, TRUTH_ACK_FLOOR, f->of[TRUTH_ACK_FLOOR], f->of[TRUTH_ACK_FLOOR]);
}

/* Who was killed has lost what it had not written down yet, and goes on from there. */
static void include_older(struct truth_window *w, const struct asset_life *life,
                          const struct truth_point *last) {
    double unwritten = moved(&life->received, last->asked_ns - UNWRITTEN_NS, last->answered_ns);
    for (int q = TRUTH_DELIVERED; q <= TRUTH_ACK_FLOOR; q++)
        include(w, q, last->is.of[q] - unwritten, -INFINITY);
}

static bool find(const struct truth_points *p, int64_t from_ns, int64_t to_ns, struct truth_window *w) {
    w->before = w->after = NULL;
    for (size_t i = 0; i < p->n && !w->after; i++) {
        if (p->list[i].answered_ns <= from_ns)
            w->before = &p->list[i];
        if (p->list[i].asked_ns >= to_ns)
            w->after = &p->list[i];
    }
    return w->before && w->after;
}

bool truth_window(const struct truth *t, const struct assets *a, int consumer, int64_t from_ns, int64_t to_ns,
                  struct truth_window *w) {
    const struct truth_points *p = &t->consumer[consumer];
    if (!find(p, from_ns, to_ns, w))
        return false;
    struct traffic m = traffic(a, consumer, w->before, w->after);
    for (int q = 0; q < TRUTH_QUANTITIES; q++)
        w->low[q] = INFINITY, w->high[q] = -INFINITY;
    for (const struct truth_point *at = w->before; at <= w->after; at++) {
        include_point(w, &at->is, &m);
        if (at == w->before)
            continue;
        if (at->is.of[TRUTH_PENDING] < at[-1].is.of[TRUTH_PENDING] - m.received) /* purged, and grew again */
            include(w, TRUTH_PENDING, at->is.of[TRUTH_PENDING] - m.sent, 0);
        if (at->asked_ns - at[-1].answered_ns > SILENT_NS)
            include_older(w, &a->life[consumer], &at[-1]);
        bool forgot = asset_consumers[consumer].forgets && at->is.deliveries < at[-1].is.deliveries;
        bool anew = at->life != at[-1].life || forgot;
        if (strcmp(at->leader, at[-1].leader) != 0) { /* the old one went on, and not all of that is known to
                                                         the new one */
            include(w, TRUTH_DELIVERED, INFINITY, at[-1].is.of[TRUTH_DELIVERED] + m.received + 1);
            include(w, TRUTH_ACK_FLOOR, INFINITY, at[-1].is.of[TRUTH_ACK_FLOOR] + m.received);
        }
        if (anew) { /* the old one went on for a while */
            include(w, TRUTH_DELIVERED, INFINITY, at[-1].is.of[TRUTH_DELIVERED] + m.sent + m.received);
            include(w, TRUTH_ACK_FLOOR, INFINITY, at[-1].is.of[TRUTH_ACK_FLOOR] + m.sent + m.received);
        }
        if (anew)
            include_point(w, &(struct truth_figures){{0}, 0}, &m);
    }
    return true;
}

double truth_outside(const struct truth_window *w, const struct truth_figures *shown) {
    double most = 0;
    for (int q = 0; q < TRUTH_QUANTITIES; q++) {
        most = fmax(most, w->low[q] - shown->of[q]);
        most = fmax(most, shown->of[q] - w->high[q]);
    }
    return most;
}

double truth_difference(const struct truth_window *w, const struct truth_figures *shown) {
    const double *told = w->before->is.of;
    return shown->of[TRUTH_PENDING] + shown->of[TRUTH_ACK_PENDING] - told[TRUTH_PENDING] -
           told[TRUTH_ACK_PENDING];
}

void truth_end(struct truth *t) {
    for (int i = 0; i < ASSETS_MAX; i++)
        free(t->consumer[i].list);
    free(t->asked);
    memset(t, 0, sizeof *t);
}
