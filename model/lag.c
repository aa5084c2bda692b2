#include "model/lag.h"

#include "base/clock.h"

#define SLOPE_WINDOW (30 * NS_PER_S)
#define SLOPE_POINTS 3

bool lag_of(const struct object *consumer, double *lag) {
    double pending, ack_pending;
    if (!consumer->now || !row_number(consumer->now, F_CONSUMER_pending, &pending) ||
        !row_number(consumer->now, F_CONSUMER_ack_pending, &ack_pending))
        return false;
    *lag = pending + ack_pending;
    return true;
}

void lag_put(struct lag_history *history, const struct object *consumer) {
    double lag;
    if (!lag_of(consumer, &lag))
        return;
    unsigned last = (history->next + LAG_POINTS - 1) % LAG_POINTS;
    if (history->count && history->points[last].now_ns >= consumer->now_at.now_ns)
        history->count = 0;
    history->points[history->next] = (struct lag_point){consumer->now_at.now_ns, lag};
    history->next = (history->next + 1) % LAG_POINTS;
    if (history->count < LAG_POINTS)
        history->count++;
}

void lag_forget(struct lag_history *history) {
    history->count = 0;
}

bool lag_slope(const struct lag_history *history, double *per_s) {
    double n = 0, sum_t = 0, sum_l = 0, sum_tt = 0, sum_tl = 0;
    unsigned newest = (history->next + LAG_POINTS - 1) % LAG_POINTS;
    for (unsigned i = 0; i < history->count; i++) {
        const struct lag_point *p = &history->points[(newest + LAG_POINTS - i) % LAG_POINTS];
        int64_t age = history->points[newest].now_ns - p->now_ns;
        if (age > SLOPE_WINDOW && n >= SLOPE_POINTS)
            break;
        double t = -(double)age / (double)NS_PER_S;
        n++, sum_t += t, sum_l += p->lag, sum_tt += t * t, sum_tl += t * p->lag;
    }
    double spread = n * sum_tt - sum_t * sum_t;
    if (n < SLOPE_POINTS || spread <= 0)
        return false;
    *per_s = (n * sum_tl - sum_t * sum_l) / spread;
    return true;
}
