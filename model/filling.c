#include "model/filling.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"

#define HIGH_SHARE     0.01    /* of max_pending */
#define GROWS_FROM     65536.0 /* bytes, at two polls running: that much waits nowhere by chance */
#define QUIET_NS       (30 * NS_PER_S)
#define NOTHING        1024.0 /* bytes: as good as none wait */
#define LEFT_SHARE     0.01 /* of what came meanwhile; less is what the header may make while it is not known */
#define HEADER_SHARE   0.2    /* of the headers meanwhile; less is the guess of the header being off */
#define LEFT_PART      0.1    /* of what is worth looking at */
#define LEFT_MSGS      2      /* a held message is counted as sent before it waits */
#define HEADER_MOST    8192.0 /* a subject can be long, but not that long */
#define SURE           0.03   /* of the time between two marks: the drain between them is known as well */
#define BASE_S         1.5    /* between two marks at least */
#define INSTANTS       16     /* between two polls that are looked at */
#define SLOWER         0.5 /* how far the logarithm of a drain is off from what it was: slower, and faster */
#define FASTER         0.15
#define FEED_POLLS     3 /* intervals that the feed is made of, unless the last is off by */
#define FEED_OFF       0.3
#define OVERDUE        2 /* so many times what a write should take */
#define STUCK_POLLS    2 /* intervals without a byte leaving, so three polls, and for at least */
#define STUCK_NS       (3 * NS_PER_S)
#define WAITS_SHARE    0.2   /* of a write's deadline; to have waited for so long is much, too */
#define FLAT_SHARE     0.005 /* of max_pending in a second */
#define FLAT_FROM      0.1   /* of max_pending */
#define TOO_SOON       (200 * NS_PER_MS)
#define JUMP           4     /* times what was usual, and at least */
#define JUMP_FROM      100e3 /* bytes a second more */
#define CUT_FROM       0.5   /* of max_pending */
#define STEADY_POLLS   2     /* intervals that agree */
#define SOON_S         1.0   /* so long before the first poll is as good as at it */
#define GOES_ON        0.9   /* of what came before producers would be held */
#define HELD_PER_S     12.0 /* one that is held for each message sends fewer, by servers that hold for long */
#define FED_ELSE_POLLS 2    /* what its server counts is of another moment */
#define SOON_CUT_S     30.0 /* a cut that is as near threatens */
#define BETTER         0.5  /* of what waited then */
#define GUESS_LATE     1.1  /* of a write's deadline: after that it was a wrong guess */

/* The end of a write: what had left by then in all. */
struct mark {
    double t, off; /* seconds since the first poll, and by how much that may be wrong */
    double bytes;
    bool rough; /* producers were held then: they come all at once as soon as a write has ended */
};
struct marks {
    struct mark at[FILL_POLLS];
    int count;
};

static double seconds(int64_t ns) {
    return (double)ns / (double)NS_PER_S;
}

static const struct fill_poll *last_of(const struct filling *f, unsigned back) {
    return &f->polls[f->count - 1 - back];
}

static double time_of(const struct filling *f, unsigned i) {
    return seconds(f->polls[i].now_ns - f->polls[0].now_ns);
}

static double queued(const struct filling *f, const struct fill_poll *poll) {
    return poll->out_bytes + f->header * poll->out_msgs;
}

static double written(const struct filling *f, const struct fill_poll *poll) {
    return queued(f, poll) - poll->pending;
}

/* A whole write ended between this poll and the one before. */
static bool something_left(const struct filling *f, unsigned i) {
    const struct fill_poll *from = &f->polls[i - 1], *to = &f->polls[i];
    double came = queued(f, to) - queued(f, from), left = written(f, to) - written(f, from);
    double msgs = to->out_msgs - from->out_msgs;
    double doubt = LEFT_SHARE * came;
    if (f->header > 0)
        doubt = fmin(doubt, HEADER_SHARE * f->header * msgs);
    return left > doubt && left > LEFT_PART * fmin(f->high, to->pending) &&
           left > LEFT_MSGS * (msgs > 0 ? came / msgs : came);
}

/* While nothing leaves, pending grows by more than out_bytes does: by the protocol around each message. */
static void learn_header(struct filling *f) {
    if (f->count < 2 || last_of(f, 0)->pending > f->rules.held_above) /* there each is counted at two times */
        return;
    const struct fill_poll *from = last_of(f, 1), *to = last_of(f, 0);
    double msgs = to->out_msgs - from->out_msgs;
    double more = (to->pending - from->pending) - (to->out_bytes - from->out_bytes);
    double header = msgs > 0 ? more / msgs : 0;
    if (header > f->header && header < HEADER_MOST)
        f->header = header;
}

/* When so many bytes had been queued; NAN: before all polls. */
static double queued_at(const struct filling *f, double bytes) {
    for (unsigned i = f->count - 1; i; i--) {
        double from = queued(f, &f->polls[i - 1]), to = queued(f, &f->polls[i]);
        double t = time_of(f, i - 1), took = time_of(f, i) - t;
        if (bytes >= from)
            return bytes < to ? t + took * (bytes - from) / (to - from) : t + took;
    }
    return NAN;
}

static double clamp(double x, double least, double most) {
    return x < least ? least : x > most ? most : x;
}

static bool is_held_at(const struct filling *f, double t) {
    unsigned i = f->count - 1;
    while (i > 1 && t < time_of(f, i - 1))
        i--;
    return f->rules.held_stop && fmax(f->polls[i - 1].pending, f->polls[i].pending) > f->rules.held_above;
}

/* A write that ended since the last poll began when what it had was what was queued; then the one before it
 * had ended, which was seen no better than from one poll to the next. */
static void mark_end(const struct filling *f, struct marks *marks, unsigned i) {
    double from = time_of(f, i - 1), to = time_of(f, i), bytes = written(f, &f->polls[i]);
    double began = queued_at(f, bytes);
    if (marks->count && began <= from) {
        struct mark *before = &marks->at[marks->count - 1];
        before->t = clamp(began, before->t - before->off, before->t + before->off);
        before->off = 0;
        before->rough = is_held_at(f, before->t);
    }
    from = began > from ? began : from;
    marks->at[marks->count++] = (struct mark){(from + to) / 2, (to - from) / 2, bytes, false};
}

/* What left while nothing waited says what came, and not what the client could take. */
static struct marks marks_of(const struct filling *f) {
    struct marks marks = {.count = 0};
    for (unsigned i = 1; i < f->count; i++) {
        if (f->polls[i].pending < NOTHING)
            marks.count = 0;
        else if (something_left(f, i))
            mark_end(f, &marks, i);
    }
    return marks;
}

/* Of the newest two marks that are far enough apart for how well their times are known. */
static double drain_of(const struct marks *marks) {
    double best = 1, drain = NAN;
    for (int to = marks->count - 1; to > 0; to--) {
        for (int from = to - 1; from >= 0; from--) {
            const struct mark *a = &marks->at[from], *b = &marks->at[to];
            double span = b->t - a->t, doubt = (a->off + b->off) / span;
            if (span < BASE_S || !(doubt < best))
                continue;
            drain = (b->bytes - a->bytes) / span;
            if (doubt <= SURE)
                return drain;
            best = doubt;
        }
    }
    return drain;
}

/* By the drain it ended then. */
static void place_last(struct marks *marks, double drain) {
    if (marks->count < 2 || !(drain > 0))
        return;
    struct mark *last = &marks->at[marks->count - 1];
    const struct mark *before = last - 1;
    last->t =
        clamp(before->t + (last->bytes - before->bytes) / drain, last->t - last->off, last->t + last->off);
}

/* Of all that there are, where these are fewer; there are two polls at least. */
static unsigned intervals_of(const struct filling *f, unsigned wanted) {
    return wanted < f->count ? wanted : f->count - 1;
}

static double feed_over(const struct filling *f, unsigned intervals) {
    intervals = intervals_of(f, intervals);
    const struct fill_poll *to = last_of(f, 0), *from = last_of(f, intervals);
    double took = seconds(to->now_ns - from->now_ns);
    return took > 0 ? (queued(f, to) - queued(f, from)) / took : 0;
}

static double growth_over(const struct filling *f, unsigned intervals) {
    intervals = intervals_of(f, intervals);
    const struct fill_poll *to = last_of(f, 0), *from = last_of(f, intervals);
    double took = seconds(to->now_ns - from->now_ns);
    return took > 0 ? (to->pending - from->pending) / took : 0;
}

static double feed_of(const struct filling *f) {
    double last = feed_over(f, 1), mean = feed_over(f, FEED_POLLS);
    return fabs(last - mean) > FEED_OFF * mean ? last : mean;
}

static bool is_high(const struct filling *f) {
    return last_of(f, 0)->pending >= f->high || f->stuck >= STUCK_POLLS;
}

/* ---- what is so since when ---- */

static void keep_since(int64_t *since, bool so, int64_t when) {
    if (!so)
        *since = TIME_UNSET;
    else if (*since == TIME_UNSET)
        *since = when;
}

static void note_stuck(struct filling *f) {
    bool stuck = last_of(f, 0)->pending >= NOTHING && !something_left(f, f->count - 1);
    f->stuck = stuck ? f->stuck + 1 : 0;
    f->leaving = stuck ? 0 : f->leaving + 1;
    keep_since(&f->nothing_leaves_ns, stuck, last_of(f, 1)->now_ns);
}

static void note_flat(struct filling *f) {
    double most = f->rules.max_pending;
    bool high = isfinite(most) && last_of(f, 0)->pending > FLAT_FROM * most;
    keep_since(&f->flat_ns, high && fabs(growth_over(f, 1)) < FLAT_SHARE * most, last_of(f, 1)->now_ns);
}

/* All the time since the poll before, whenever what left meanwhile did so. */
static bool was_above(const struct filling *f, double mark) {
    const struct fill_poll *now = last_of(f, 0), *before = last_of(f, 1);
    double left = fmax(written(f, now) - written(f, before), 0);
    return fmin(now->pending, before->pending - left) > mark;
}

/* As much comes as before, and more since they would be held than one that is held can send. */
static bool goes_on(const struct filling *f, double mark) {
    const struct fill_poll *now = last_of(f, 0), *before = last_of(f, 1);
    double held = HELD_PER_S * seconds(now->now_ns - before->now_ns), came = now->out_msgs - before->out_msgs;
    if (!f->rules.held_stop || feed_over(f, 1) < GOES_ON * f->feed)
        return false;
    bool beyond = f->stuck && now->pending - mark > held * f->message;
    return came > held && (was_above(f, mark) || beyond);
}

static enum fill_unheld is_unheld(const struct filling *f) {
    const struct fill_poll *now = last_of(f, 0), *before = last_of(f, 1);
    double mark = f->rules.max_pending * f->rules.held_share;
    if (now->stalls > before->stalls)
        return FILL_HELD;
    if (f->fed_else >= FED_ELSE_POLLS)
        return FILL_FED_ELSE;
    if (now->stalls <= before->stalls)
        return was_above(f, mark) ? FILL_UNCOUNTED : FILL_HELD;
    return goes_on(f, mark) ? FILL_GOES_ON : FILL_HELD;
}

/* Where nobody is held its server's rule for that does not matter. */
static void note_unheld(struct filling *f, bool fed_else) {
    f->fed_else = fed_else ? f->fed_else + 1 : 0;
    f->unheld = is_unheld(f);
    if (f->unheld == FILL_HELD)
        return;
    f->rules.held_above = INFINITY;
    f->rules.held_stop = false;
}

/* Pauses are counted, or follow from how much waits. */
static bool is_held(const struct filling *f) {
    const struct fill_poll *now = last_of(f, 0), *before = last_of(f, 1);
    return now->pending > f->rules.held_above && !(now->stalls <= before->stalls);
}

/* What a held producer would send is what it sent before. */
static void note_held(struct filling *f) {
    bool above = last_of(f, 0)->pending > f->rules.held_above;
    bool was = last_of(f, 1)->pending > f->rules.held_above;
    keep_since(&f->held_ns, is_held(f), last_of(f, 0)->now_ns);
    if (!(above || was) || isnan(f->feed) || !f->rules.held_stop)
        f->feed = feed_of(f);
}

/* What it is sent while it holds little is usual. */
static void note_jump(struct filling *f, bool begins) {
    double feed = feed_over(f, 1);
    if (begins && is_high(f))
        f->jumped = feed > JUMP * f->usual && feed > f->usual + JUMP_FROM;
    else if (!is_high(f))
        f->usual = feed;
}

/* So near to its limit that the next message is too much: seen by chance only where messages are large. */
static bool is_at_limit(const struct filling *f) {
    return f->message > 0 && f->message < f->high &&
           last_of(f, 0)->pending > f->rules.max_pending - f->message;
}

/* It is closed for the one who queues, and still listed until its last write is done. */
static void note_cut(struct filling *f) {
    const struct fill_poll *now = last_of(f, 0), *before = last_of(f, 1);
    if (f->rules.kept)
        return;
    if (now->pending != before->pending)
        f->was_cut = is_at_limit(f);
    else if (now->out_bytes > before->out_bytes && now->pending > CUT_FROM * f->rules.max_pending)
        f->was_cut = true;
}

/* So much came in each interval, give or take. */
static bool is_steady(const struct filling *f, double feed) {
    for (unsigned i = 1; i < f->count; i++) {
        double came = queued(f, &f->polls[i]) - queued(f, &f->polls[i - 1]);
        if (fabs(came / (time_of(f, i) - time_of(f, i - 1)) - feed) > FEED_OFF * feed)
            return false;
    }
    return f->count > STEADY_POLLS;
}

/* Who is held by now sends less than before: what was found then stands. */
static void note_waited(struct filling *f) {
    double feed = feed_over(f, f->count), waited = f->polls[0].pending / feed;
    if (f->held_ns != TIME_UNSET && f->rules.held_stop)
        return;
    bool right = feed > 0 && waited <= f->lived && (waited < SOON_S || is_steady(f, feed));
    f->waited = right ? waited : NAN;
}

/* ---- what follows ---- */

/* What had been queued at that second. */
static double queued_by(const struct filling *f, double t) {
    unsigned i = f->count - 1;
    while (i > 1 && t < time_of(f, i - 1))
        i--;
    double from = time_of(f, i - 1), took = time_of(f, i) - from, bytes = queued(f, &f->polls[i - 1]);
    return bytes + clamp((t - from) / took, 0, 1) * (queued(f, &f->polls[i]) - bytes);
}

/* Of a write that has not ended since the first poll. */
static enum fill_began how_began(const struct filling *f, double began) {
    double lasts = time_of(f, f->count - 1) + f->waited;
    if (!isnan(began) || f->waited < SOON_S)
        return FILL_BEGAN_SEEN;
    return lasts < GUESS_LATE * f->rules.deadline_s ? FILL_BEGAN_ABOUT : FILL_BEGAN_BEFORE;
}

static struct writing in_flight(struct filling *f, const struct marks *marks) {
    const struct fill_poll *now = last_of(f, 0);
    double began = queued_at(f, written(f, now)), bytes = now->pending;
    f->began = marks->count ? FILL_BEGAN_SEEN : how_began(f, began);
    if (marks->count) {
        const struct mark *last = &marks->at[marks->count - 1];
        began = last->t;
        bytes = queued_by(f, began) - last->bytes;
    }
    if (isnan(began))
        began = f->began == FILL_BEGAN_BEFORE ? 0 : -f->waited;
    return (struct writing){.pending = now->pending,
                            .began_s = began - time_of(f, f->count - 1),
                            .bytes = clamp(bytes, NOTHING, now->pending),
                            .feed = f->feed};
}

/* All that is not known of the last write is when it ended. */
static bool is_between(const struct marks *marks) {
    const struct mark *last = &marks->at[marks->count - 1], *before = last - 1;
    return before->off <= 0 && !before->rough && last->off > 0 && last->t - last->off > before->t;
}

/* How likely that drain is by what is known of it from before. The first writes look faster than those to
 * come, as what they fill in the kernel is not read. */
static double likelihood(double drain, double known) {
    double off = isnan(known) || !(known > 0) ? 0 : log(drain / known);
    return exp(-off * off / 2 / (off < 0 ? SLOWER * SLOWER : FASTER * FASTER));
}

/* The last mark is known to lie between two polls. Each instant between makes the write before it slower or
 * faster, and the one that goes on since larger or smaller: of those by which that one can still go on it
 * takes the middle one, and returns the drain by it. */
static double settle(const struct filling *f, struct marks *marks, double known) {
    struct mark *last = &marks->at[marks->count - 1], from = *last;
    const struct mark *before = last - 1;
    double now = time_of(f, f->count - 1), likely[INSTANTS], all = 0, sum = 0;
    for (int i = 0; i < INSTANTS; i++) {
        double at = from.t + from.off * ((2 * i + 1.0) / INSTANTS - 1);
        double drain = (from.bytes - before->bytes) / (at - before->t);
        bool goes_on = drain > 0 && at + (queued_by(f, at) - from.bytes) / drain >= now;
        all += likely[i] = goes_on ? likelihood(drain, known) : 0;
    }
    last->off = 0;
    last->t = from.t + from.off; /* none: it is overdue in any case */
    for (int i = 0; i < INSTANTS && all > 0; i++)
        if ((sum += likely[i]) >= all / 2) {
            last->t = from.t + from.off * ((2 * i + 1.0) / INSTANTS - 1);
            break;
        }
    return fmax(last->bytes - before->bytes, 0) / (last->t - before->t);
}

/* Its last write should have ended long ago, and nothing was seen to leave at three polls. */
static bool is_stopped(const struct filling *f, const struct writing *w, double drain) {
    if (f->stuck < STUCK_POLLS || last_of(f, 0)->now_ns - f->nothing_leaves_ns < STUCK_NS)
        return false;
    return isnan(drain) || -w->began_s * drain > OVERDUE * w->bytes;
}

/* Bytes wait for a while and more come, and the drain is not known yet: as if nothing left. Of a burst only
 * when it goes on and nothing leaves. */
static bool looks_stopped(const struct filling *f) {
    int64_t unseen = last_of(f, 0)->now_ns - last_of(f, 1)->now_ns;
    double oldest = queued_at(f, written(f, last_of(f, 0))), now = time_of(f, f->count - 1);
    double long_s = fmin(seconds(STUCK_NS), WAITS_SHARE * f->rules.deadline_s);
    if (isnan(oldest))
        oldest = -fmin(f->polls[0].pending / feed_over(f, f->count), f->lived);
    bool waits = now - oldest >= long_s && (f->stuck || unseen >= STUCK_NS);
    bool grows = growth_over(f, 1) > 0, held = f->held_ns != TIME_UNSET;
    if (held && f->stuck && f->rules.held_stop)
        return waits; /* how little more comes then says nothing */
    return grows && (f->jumped ? f->stuck && growth_over(f, 1) > growth_over(f, 2) / 2 : waits);
}

/* What is still being written can't have left faster. Of a message or two it is not known when that write
 * began: maybe nothing waited when the last one had ended. */
static double drain_now(const struct filling *f, const struct writing *w, double drain) {
    double most = w->bytes / -w->began_s;
    return w->began_s < 0 && w->bytes > LEFT_MSGS * f->message && drain > most ? most : drain;
}

/* A write that has not ended since a poll has no more than waited then. */
static double reads_at_most(const struct filling *f) {
    const struct fill_poll *now = last_of(f, 0);
    for (unsigned i = 0; i + 1 < f->count; i++) {
        const struct fill_poll *poll = &f->polls[i];
        if (poll->now_ns >= f->nothing_leaves_ns && poll->pending >= NOTHING)
            return poll->pending / seconds(now->now_ns - poll->now_ns);
    }
    return NAN;
}

static void foresee_high(struct filling *f) {
    struct marks marks = marks_of(f);
    double drain = drain_of(&marks);
    if (marks.count > 1 && is_between(&marks))
        drain = settle(f, &marks, drain);
    else
        place_last(&marks, drain);
    struct writing w = in_flight(f, &marks);
    f->stopped = f->stood =
        is_stopped(f, &w, drain) || (f->stood && f->rules.kept && f->leaving < FILL_READS);
    f->reads_most = f->stopped && f->stuck ? reads_at_most(f) : NAN;
    f->drain = f->stopped ? 0 : drain_now(f, &w, drain);
    w.drain = isnan(drain) ? 0 : f->drain;
    if (isnan(f->drain) ? looks_stopped(f) : f->piles || f->stuck)
        f->cut = cut_foresee(&f->rules, &w);
    if (!isnan(f->drain) && !f->stopped && f->held_ns == TIME_UNSET && f->leaving < FEED_POLLS)
        f->slope = f->feed - f->drain; /* pending itself goes up and down with each write */
}

/* Of one that holds little what leaves is what left since the last poll. */
static void foresee(struct filling *f) {
    const struct fill_poll *to = last_of(f, 0), *from = last_of(f, 1);
    f->cut = (struct cut){CUT_NOT, INFINITY, INFINITY};
    f->slope =
        growth_over(f, is_high(f) && f->leaving >= FEED_POLLS && f->count > FEED_POLLS ? FEED_POLLS : 1);
    f->drain = (written(f, to) - written(f, from)) / seconds(to->now_ns - from->now_ns);
    f->stopped = false;
    f->reads_most = NAN;
    f->began = FILL_BEGAN_SEEN;
    if (is_high(f))
        foresee_high(f);
}

/* A write that is foreseen to miss its deadline may end in time, and the next one miss its own. */
static void note_threat(struct filling *f) {
    double pending = last_of(f, 0)->pending;
    if (f->cut.in_s < SOON_CUT_S)
        f->threat = pending;
    else if (pending < BETTER * f->threat || !is_high(f) || f->drain > f->feed)
        f->threat = 0;
}

/* ---- its life ---- */

static void note_message(struct filling *f) {
    const struct fill_poll *to = last_of(f, 0), *from = last_of(f, 1);
    double msgs = to->out_msgs - from->out_msgs, bytes = queued(f, to) - queued(f, from);
    f->message = msgs > 0 && bytes > 0 ? bytes / msgs : 0;
    f->piles = to->pending > LEFT_MSGS * f->message;
}

/* All of it, but for what may be the protocol around what came. */
static bool is_kept(const struct fill_poll *before, const struct fill_poll *poll) {
    double came = poll->out_bytes - before->out_bytes;
    return before->pending >= NOTHING && came >= 0 &&
           came - (poll->pending - before->pending) <= LEFT_SHARE * came;
}

bool filling_is_due(const struct fill_poll *before, const struct fill_poll *poll, double max_pending) {
    bool more = before && poll->pending >= before->pending;
    bool grows = more && before->pending >= GROWS_FROM && poll->pending > before->pending;
    return grows || (more && is_kept(before, poll)) ||
           poll->pending >= (max_pending > 0 ? HIGH_SHARE * max_pending : GROWS_FROM);
}

struct filling *filling_create(const struct fill_poll *before, double usual) {
    struct filling *f = memory_new(sizeof *f);
    f->usual = usual;
    f->drain = f->feed = f->slope = f->waited = f->reads_most = NAN;
    f->lived = INFINITY;
    f->quiet_ns = f->nothing_leaves_ns = f->flat_ns = f->held_ns = TIME_UNSET;
    f->cut = (struct cut){CUT_NOT, INFINITY, INFINITY};
    f->rules.held_above = INFINITY;
    if (before)
        f->polls[f->count++] = *before;
    return f;
}

/* Of the older half each second one goes. */
static void make_room(struct filling *f) {
    if (f->count < FILL_POLLS)
        return;
    unsigned kept = 0;
    for (unsigned i = 0; i < FILL_POLLS; i++)
        if (i >= FILL_POLLS / 2 || i % 2 == 0)
            f->polls[kept++] = f->polls[i];
    f->count = kept;
}

static void set_rules(struct filling *f, const struct row *server, const struct row *connection) {
    const struct fill_poll *to = last_of(f, 0), *from = &f->polls[0];
    double msgs = to->out_msgs - from->out_msgs;
    double body = msgs > 0 ? (to->out_bytes - from->out_bytes) / msgs : 0;
    f->rules = cut_rules_of(server, connection, f->header, body);
    f->high = isfinite(f->rules.max_pending) ? HIGH_SHARE * f->rules.max_pending : GROWS_FROM;
}

void filling_put(struct filling *f, const struct fill_poll *poll, const struct row *server,
                 const struct row *connection, bool fed_else) {
    if (f->count && poll->now_ns - last_of(f, 0)->now_ns < TOO_SOON)
        return;
    make_room(f);
    f->polls[f->count++] = *poll;
    int64_t start = row_i64(connection, F_CONNECTION_start, TIME_UNSET);
    if (start != TIME_UNSET)
        f->lived = fmax(seconds(f->polls[0].now_ns - start), 0);
    learn_header(f);
    set_rules(f, server, connection);
    bool begins = f->quiet_ns != TIME_UNSET || f->count < 3;
    if (f->count > 1)
        note_stuck(f);
    keep_since(&f->quiet_ns, !is_high(f), poll->now_ns);
    if (f->count < 2)
        return;
    note_message(f);
    note_cut(f);
    if (f->was_cut) {
        f->drain = f->slope = NAN;
        f->cut = (struct cut){CUT_NOT, INFINITY, INFINITY};
        return;
    }
    note_flat(f);
    note_unheld(f, fed_else);
    note_held(f);
    note_waited(f);
    note_jump(f, begins);
    foresee(f);
    note_threat(f);
}

bool filling_is_over(const struct filling *f) {
    return f->quiet_ns != TIME_UNSET && last_of(f, 0)->now_ns - f->quiet_ns >= QUIET_NS;
}
