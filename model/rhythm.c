#include "model/rhythm.h"

#include <string.h>

#include "base/clock.h"

#define PAUSE_LEAST  (10 * NS_PER_S)  /* what is shorter is no pause */
#define PAUSE_MOST   (300 * NS_PER_S) /* who stays away for longer is missed each time */
#define FLOWING_MOST 3                /* rows of deliveries, after which it is no pause that it made */
#define LONGER       (60 * NS_PER_S)  /* than usual: too long, or twice as long */

/* What is left came after all was taken, if it came as evenly as that. */
static bool took_all(const struct object *consumer, int64_t delivered, int64_t before, int64_t moment) {
    double is = (double)row_u64(consumer->now, F_CONSUMER_pending, 0);
    double was = (double)row_u64(consumer->before, F_CONSUMER_pending, 0);
    double taken = (double)row_u64(consumer->now, F_CONSUMER_delivered_consumer_seq, 0) -
                   (double)row_u64(consumer->before, F_CONSUMER_delivered_consumer_seq, 0);
    double came = taken + is - was, since = delivered > before ? (double)(moment - delivered) : 0;
    double expected = moment > before && came > 0 ? came * since / (double)(moment - before) : 0;
    return is <= 1.5 * expected + was / 10 + 2;
}

static void remember(struct rhythm *r, int64_t pause) {
    memmove(r->pauses + 1, r->pauses, (RHYTHM_PAUSES - 1) * sizeof *r->pauses);
    r->pauses[0] = pause;
    r->count += r->count < RHYTHM_PAUSES;
}

void rhythm_put(struct rhythm *r, const struct object *consumer, int64_t since, int64_t delivered,
                int64_t before, int64_t moment) {
    r->seen |= row_u64(consumer->now, F_CONSUMER_waiting, 0) > 0;
    if (!consumer->before)
        return;
    if (row_u64(consumer->now, F_CONSUMER_delivered_consumer_seq, 0) ==
        row_u64(consumer->before, F_CONSUMER_delivered_consumer_seq, 0)) {
        r->flowing = 0;
        return;
    }
    r->seen = true;
    int64_t pause = delivered != TIME_UNSET ? delivered - since : 0, step = moment - before;
    if (pause < PAUSE_LEAST || pause < step + step / 5 + NS_PER_S) {
        r->flowing++;
        r->count = r->flowing >= FLOWING_MOST ? 0 : r->count;
        r->all =
            took_all(consumer, delivered, before, moment); /* a row may come in the middle of one visit */
        return;
    }
    r->flowing = 0;
    r->all = took_all(consumer, delivered, before, moment);
    if (pause > PAUSE_MOST)
        r->count = 0;
    else
        remember(r, pause);
}

static int64_t less(int64_t a, int64_t b) {
    return a < b ? a : b;
}

int64_t rhythm_usual(const struct rhythm *r) {
    if (r->count < RHYTHM_PAUSES)
        return r->count ? less(r->pauses[0], r->pauses[r->count - 1]) : 0;
    int64_t a = r->pauses[0], b = r->pauses[1], c = r->pauses[2];
    return a > b ? (b > c ? b : less(a, c)) : (a > c ? a : less(b, c));
}

int64_t rhythm_unseen(const struct rhythm *r) {
    return r->seen ? 0 : PAUSE_MOST;
}

int64_t rhythm_patience(int64_t usual) {
    return usual + less(usual, LONGER);
}
