#include "tui/fence.h"

#include <string.h>

#include "base/clock.h"

#define FIRST_ANSWER_NS (2 * NS_PER_S)
#define SILENT_NS       (10 * NS_PER_S)
#define RETRY_NS        (5 * NS_PER_S)
#define RETRY_MOST_NS   (60 * NS_PER_S)
#define KEY_RETRY_NS    NS_PER_S
#define WITNESS_NS      (5 * NS_PER_S) /* so long somebody types and no answer comes: it has no answers now */
#define DATA_AHEAD_S    0.5            /* no further frame but a key's while so much is on its way */
#define MEASURED_BYTES  100            /* less says more about the way than about its width */
#define FORGET          0.8
#define SLOW_RATE       32768.0
#define LEAST_BUDGET    300.0
#define MOMENT_NS       (200 * NS_PER_MS)
#define PATIENCE_NS     (10 * NS_PER_S)
#define LATE_NS         (500 * NS_PER_MS) /* a link that was not measured yet is narrow then */

enum { LOST_MOST = 2 * FENCE_QUERIES };

void fence_init(struct fence *f, int64_t max_rate, int64_t mono_ns) {
    *f = (struct fence){.max_rate = max_rate > 0 ? max_rate : FENCE_DEFAULT_RATE,
                        .forced = max_rate > 0,
                        .capped = max_rate > 0,
                        .trip_ns = -1,
                        .least_trip_ns = -1};
    fence_restart(f, mono_ns);
}

void fence_restart(struct fence *f, int64_t mono_ns) {
    f->asked_count = f->lost = 0;
    f->capped = f->forced;
    f->answers = false;
    f->waiting_ns = f->witness_ns = INT64_MAX;
    f->retry_ns = 0;
    f->retry_gap_ns = RETRY_NS;
    f->heard_ns = f->sent_ns = f->tokens_ns = mono_ns;
    f->tokens = (double)f->max_rate;
}

bool fence_asks(const struct fence *f) {
    return !f->capped;
}

/* Bytes a second, 0 not known. */
static double rate(const struct fence *f) {
    if (f->capped)
        return (double)f->max_rate;
    return f->seconds > 0 ? f->bytes / f->seconds : 0;
}

/* ---- may a frame go ---- */

static int64_t later(int64_t ns, int64_t by) {
    return ns == INT64_MAX ? ns : ns + by;
}

static bool is_silent(const struct fence *f, int64_t mono_ns) {
    return f->answers && mono_ns >= later(f->waiting_ns, SILENT_NS);
}

static void lose_asked(struct fence *f, int64_t mono_ns) {
    f->lost = f->lost + f->asked_count < LOST_MOST ? f->lost + f->asked_count : LOST_MOST;
    f->lost_ns = mono_ns;
    f->asked_count = 0;
}

static void cap(struct fence *f, int64_t mono_ns) {
    f->capped = true;
    lose_asked(f, mono_ns);
    f->waiting_ns = f->witness_ns = INT64_MAX;
    f->tokens_ns = mono_ns;
    f->tokens = (double)f->max_rate;
}

static void refill(struct fence *f, int64_t mono_ns) {
    f->tokens += (double)(mono_ns - f->tokens_ns) / (double)NS_PER_S * (double)f->max_rate;
    f->tokens_ns = mono_ns;
    if (f->tokens > (double)f->max_rate)
        f->tokens = (double)f->max_rate;
}

/* What time alone changes. */
static void look(struct fence *f, int64_t mono_ns) {
    if (f->capped)
        refill(f, mono_ns);
    else if ((!f->answers && mono_ns >= later(f->waiting_ns, FIRST_ANSWER_NS)) ||
             mono_ns >= later(f->witness_ns, WITNESS_NS))
        cap(f, mono_ns);
}

static double on_its_way(const struct fence *f) {
    double bytes = 0;
    for (int i = 0; i < f->asked_count; i++)
        bytes += (double)f->asked[i].bytes;
    return bytes;
}

static bool much_on_its_way(const struct fence *f) {
    return rate(f) > 0 && on_its_way(f) > rate(f) * DATA_AHEAD_S;
}

bool fence_open(struct fence *f, bool key, int64_t mono_ns) {
    look(f, mono_ns);
    if (f->capped)
        return f->tokens > 0;
    if (is_silent(f, mono_ns)) {
        if (key && f->witness_ns == INT64_MAX)
            f->witness_ns = mono_ns;
        return mono_ns >= f->retry_ns || (key && mono_ns >= f->sent_ns + KEY_RETRY_NS);
    }
    int most = f->answers ? FENCE_FRAMES : FENCE_QUERIES; /* the first query stands alone */
    return f->asked_count < most && (key || !much_on_its_way(f));
}

int64_t fence_next_ns(const struct fence *f, bool key) {
    if (f->capped)
        return f->tokens_ns +
               (f->tokens > 0 ? 0 : (int64_t)((1 - f->tokens) / (double)f->max_rate * (double)NS_PER_S));
    if (!f->answers)
        return later(f->waiting_ns, FIRST_ANSWER_NS);
    int64_t silence = later(f->waiting_ns, SILENT_NS), again = f->retry_ns;
    if (key && f->sent_ns + KEY_RETRY_NS < again)
        again = f->sent_ns + KEY_RETRY_NS;
    return silence > again ? silence : again;
}

/* ---- what went and came ---- */

static void forget_asked(struct fence *f, int64_t mono_ns) {
    lose_asked(f, mono_ns);
    f->retry_ns = mono_ns + f->retry_gap_ns;
    f->retry_gap_ns = 2 * f->retry_gap_ns < RETRY_MOST_NS ? 2 * f->retry_gap_ns : RETRY_MOST_NS;
}

void fence_sent(struct fence *f, size_t bytes, int64_t mono_ns) {
    if (f->capped) {
        f->tokens -= (double)bytes;
        return;
    }
    if (is_silent(f, mono_ns) || f->asked_count == FENCE_QUERIES)
        forget_asked(f, mono_ns);
    f->asked[f->asked_count].ns = mono_ns;
    f->asked[f->asked_count++].bytes = bytes;
    f->sent_ns = mono_ns;
    if (f->waiting_ns == INT64_MAX)
        f->waiting_ns = mono_ns;
}

/* The link was busy with this frame alone since it went, or since the answer to the one before it. */
static void measure(struct fence *f, int64_t mono_ns) {
    int64_t began = f->asked[0].ns, way = f->least_trip_ns;
    if (f->heard_ns > began) {
        began = f->heard_ns;
        way = 0;
    }
    int64_t took = mono_ns - began - (way > 0 ? way : 0);
    if (f->asked[0].bytes < MEASURED_BYTES || took >= SILENT_NS)
        return;
    f->bytes = f->bytes * FORGET + (double)f->asked[0].bytes;
    f->seconds = f->seconds * FORGET + (double)(took > NS_PER_MS ? took : NS_PER_MS) / (double)NS_PER_S;
}

/* The shortest way of late. */
static void note_trip(struct fence *f, int64_t trip_ns) {
    int64_t drifted = f->least_trip_ns + f->least_trip_ns / 64;
    f->trip_ns = trip_ns;
    f->least_trip_ns = f->least_trip_ns < 0 || trip_ns < drifted ? trip_ns : drifted;
}

void fence_answer(struct fence *f, int64_t mono_ns) {
    if (f->forced)
        return;
    f->answers = true;
    f->capped = false;
    f->witness_ns = INT64_MAX;
    f->retry_ns = 0;
    f->retry_gap_ns = RETRY_NS;
    if (f->asked_count > 0) {
        measure(f, mono_ns);
        note_trip(f, mono_ns - f->waiting_ns);
        memmove(f->asked, f->asked + 1, (size_t)--f->asked_count * sizeof *f->asked);
    } else if (f->lost > 0) {
        f->lost--;
    }
    f->waiting_ns = f->asked_count > 0 ? f->asked[0].ns : INT64_MAX;
    f->heard_ns = mono_ns;
}

int64_t fence_lag_ns(const struct fence *f, int64_t mono_ns) {
    int64_t age = f->waiting_ns == INT64_MAX ? 0 : mono_ns - f->waiting_ns;
    return age > f->trip_ns ? age : f->trip_ns > 0 ? f->trip_ns : 0;
}

int fence_unanswered(const struct fence *f, int64_t mono_ns) {
    return f->asked_count + (f->lost > 0 && mono_ns - f->lost_ns < SILENT_NS ? f->lost : 0);
}

int64_t fence_patience_ns(const struct fence *f, int64_t mono_ns) {
    int64_t lag = fence_lag_ns(f, mono_ns);
    int64_t since = f->capped ? mono_ns - f->lost_ns + FIRST_ANSWER_NS : lag;
    int64_t unsure = FIRST_ANSWER_NS + NS_PER_S - since; /* it may be a far one that just began */
    if (!f->answers)
        return unsure > MOMENT_NS ? unsure : MOMENT_NS;
    if (lag >= SILENT_NS)
        return MOMENT_NS;
    if (rate(f) <= 0)
        return lag >= LATE_NS ? PATIENCE_NS : MOMENT_NS + 2 * lag;
    double seconds = on_its_way(f) / rate(f);
    int64_t patience = MOMENT_NS + 2 * lag;
    if (seconds < (double)PATIENCE_NS / NS_PER_S)
        patience += (int64_t)(seconds * (double)NS_PER_S);
    else
        patience = PATIENCE_NS;
    return patience < PATIENCE_NS ? patience : PATIENCE_NS;
}

size_t fence_budget(const struct fence *f, bool key) {
    double bytes = rate(f) * (key ? 2 : 1) * DATA_AHEAD_S;
    if (rate(f) <= 0)
        return FENCE_FIRST_BYTES;
    if (rate(f) > SLOW_RATE)
        return SIZE_MAX;
    return (size_t)(bytes > LEAST_BUDGET ? bytes : LEAST_BUDGET);
}
