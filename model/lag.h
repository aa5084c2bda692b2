/* The lag of one consumer over its last answers, and how fast it changes.
 *
 * A slope is made of a window of points, not of two: a load that breathes has one slope, that of a line
 * through the last minute. When two lines, one of before and one of now, say much better how it went, it has
 * turned, and the slope is that of the second; where the first one was good, two points that leave it farther
 * and farther are enough. Where both go one way and what is between them is a leap the other way, these are
 * the teeth of who works in batches, and no turn. What grows while nobody works may be such a tooth until the
 * window is full. What has turned and turned back while there was lag all the time swings: it moves again
 * once it leaves what it swung between. What comes at once where nothing was has the slope of what
 * follows, whatever came before; of two points that fall it is an estimate. Points are the word of one
 * leader; what another one says first may still be catching up, so a change of leader begins anew; until that
 * one has told enough, for two minutes at most, the slope of before stands as an estimate, unless two of its
 * rows say otherwise, or one that nothing is left. Owned by its consumer, used by the model alone.
 */
#ifndef MODEL_LAG_H
#define MODEL_LAG_H

#include "model/object.h"

#define LAG_POINTS 16
struct lag_point {
    int64_t now_ns; /* the server's clock */
    double lag;
    bool worked; /* it grew since the point before, though something was delivered or acknowledged */
};
/* Where a lag that comes and goes has turned. */
struct lag_swing {
    int direction; /* it goes by now: -1, 1; 0 not seen yet */
    unsigned turns;
    double low, high; /* it has been between them since it had turned first */
    int64_t turned_ns;
};
struct lag_history {
    struct lag_point points[LAG_POINTS];
    unsigned count, next;
    bool known;
    bool held;  /* not known, and of the leader before, or of too few points of this one */
    bool guess; /* known, and of two points */
    bool first_known;
    struct lag_point first; /* what this leader said first, while there are too few points of it */
    double per_s;           /* while known or held */
    bool moves;             /* it does more than scatter about a level, or swing */
    double bent; /* per second, from the point before to the last one, which alone has left a growing line */
    struct lag_swing swing;
    int64_t known_mono_ns;
};

/* Messages not yet acknowledged, by the consumer's present row; false: not told. */
bool lag_of(const struct object *consumer, double *lag);
void lag_put(struct lag_history *history, const struct object *consumer);
/* The next points are another leader's, whose first row that is. */
void lag_hold(struct lag_history *history, const struct object *consumer);
void lag_forget(struct lag_history *history);
/* Messages per second; false: not enough points. */
bool lag_slope(const struct lag_history *history, double *per_s);
/* The same, and 0 where it only scatters about a level. */
bool lag_trend(const struct lag_history *history, double *per_s);
/* They are an estimate. */
bool lag_is_guess(const struct lag_history *history);
/* It grew up to the last point, and falls so fast since, as far as one point tells. */
bool lag_begins_to_fall(const struct lag_history *history, double *per_s);

#endif
