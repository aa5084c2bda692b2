/* What the leaders of consumers say to us, asked all the time, and what somebody shows of them held against
 * it.
 *
 * A shown row has to lie between the answer just before it and the one just after it, give or take what moved
 * between these two: what they tell themselves, and what our own log of the load (assets.h) has. */
#ifndef HARNESS_TRUTH_H
#define HARNESS_TRUTH_H

#include <jansson.h>

#include "tests/harness/assets.h"

enum truth_quantity { TRUTH_PENDING, TRUTH_ACK_PENDING, TRUTH_DELIVERED, TRUTH_ACK_FLOOR, TRUTH_QUANTITIES };
extern const struct truth_name {
    const char *shown, *told; /* in documents; in CONSUMER.INFO */
} truth_names[TRUTH_QUANTITIES];

struct truth_figures {
    double of[TRUTH_QUANTITIES];
    double deliveries; /* delivered.consumer_seq; NAN in what is shown */
};

struct truth_point {
    int64_t asked_ns, answered_ns;
    unsigned life; /* the consumer was made anew so often */
    char leader[16];
    struct truth_figures is;
};

struct truth {
    struct truth_points {
        struct truth_point *list;
        size_t n, room;
        unsigned life;
        int64_t missing_ns; /* the API last said that there is no such consumer; 0 since it last answered */
    } consumer[ASSETS_MAX];
    struct truth_asked {
        int64_t at_ns;
        int consumer;
        unsigned life;
    } * asked; /* ring */
    unsigned serial;
    int sid;
    int64_t asked_ns;
};

/* A connection was (re)made: answers come here from now on. */
void truth_listen(struct truth *t, struct natsc *line);
/* Asks for all, when it is time. */
void truth_ask(struct truth *t, const struct assets *a);
/* true: it was an answer. */
bool truth_take(struct truth *t, const struct natsc_message *message);
/* It is, or is about to be, another consumer of the same name. */
void truth_anew(struct truth *t, int consumer);
const struct truth_point *truth_last(const struct truth *t, int consumer); /* NULL none */
/* Something answered that was asked at or after this. */
bool truth_since(const struct truth *t, int consumer, int64_t at_ns);

struct truth_window {
    const struct truth_point *before, *after;
    double low[TRUTH_QUANTITIES], high[TRUTH_QUANTITIES];
};
/* What may have been shown as of some moment from `from_ns` to `to_ns`. false: not asked on both sides. */
bool truth_window(const struct truth *t, const struct assets *a, int consumer, int64_t from_ns, int64_t to_ns,
                  struct truth_window *w);
/* Farthest that one of the figures lies outside; 0 inside. */
double truth_outside(const struct truth_window *w, const struct truth_figures *shown);
/* The shown lag less the one that was told last before. */
double truth_difference(const struct truth_window *w, const struct truth_figures *shown);
void truth_end(struct truth *t);

#endif
