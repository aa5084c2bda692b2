#include "collectors/share.h"

#include <math.h>

#define Z 1.67 /* 90.5 %, both sides: what is estimated here and there takes one of them */

#define SURELY 2.0 /* standard errors: more than that chance makes once in twenty times */

/* Student's t of the same probability: of so many degrees of freedom from 1. */
static double student(int degrees) {
    static const double t[] = {6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833, 1.812,
                               1.796, 1.782, 1.771, 1.761, 1.753, 1.746, 1.740, 1.734, 1.729, 1.725};
    int rows = (int)(sizeof t / sizeof *t);
    return degrees <= rows ? t[degrees - 1] : 1.645 + 1.55 / degrees;
}

void looks_sum(struct looks *s, const struct look *look, size_t count) {
    *s = (struct looks){.look = look, .count = count};
    for (size_t i = 0; i < count; i++) {
        double weighted = look[i].weight * look[i].messages;
        s->weighted += weighted;
        s->squares += weighted * look[i].weight;
        s->messages += look[i].messages;
        s->some += look[i].messages > 0;
    }
}

/* Wilson's interval with correction for continuity (Newcombe 1998, method 4). */
static struct share wilson(double p, double n) {
    double q = 1 - p, z2 = Z * Z, below = z2 - 2 - 1 / n + 4 * p * (n * q + 1),
           above = z2 + 2 - 1 / n + 4 * p * (n * q - 1), whole = 2 * (n + z2);
    double low = (2 * n * p + z2 - 1 - Z * sqrt(fmax(below, 0))) / whole,
           high = (2 * n * p + z2 + 1 + Z * sqrt(fmax(above, 0))) / whole;
    return (struct share){p, p > 0 ? fmin(fmax(low, 0), p) : 0, p < 1 ? fmax(fmin(high, 1), p) : 1};
}

/* From how looks differ. */
static double variance_between(const struct looks *s, const uint32_t *seen, double p) {
    double sum = 0;
    for (size_t i = 0; i < s->count; i++) {
        double off = s->look[i].weight * (seen[i] - p * s->look[i].messages);
        sum += off * off;
    }
    return sum * s->some / (s->some - 1) / (s->weighted * s->weighted);
}

static double share_alone(const struct looks *s, const uint32_t *seen) {
    double of = 0;
    for (size_t i = 0; i < s->count; i++)
        of += s->look[i].weight * seen[i];
    return s->weighted > 0 ? fmin(of / s->weighted, 1) : 0;
}

/* By times as they were measured; *off: how far from the truth that may be, were messages independent. */
static double share_measured(const struct looks *s, const uint32_t *seen, double *off) {
    double of = 0, all = 0, squares = 0;
    for (size_t i = 0; i < s->count; i++) {
        double weighted = s->look[i].measured * s->look[i].messages;
        of += s->look[i].measured * seen[i];
        all += weighted;
        squares += weighted * s->look[i].measured;
    }
    double p = all > 0 ? fmin(of / all, 1) : 0;
    *off = all > 0 ? Z * sqrt(p * (1 - p) * squares) / all : 0;
    return p;
}

static double weight_of_quick(const struct look *look, size_t count) {
    double weighted = 0, messages = 0;
    for (size_t i = 0; i < count; i++) {
        weighted += look[i].quick ? look[i].measured * look[i].messages : 0;
        messages += look[i].quick ? look[i].messages : 0;
    }
    return messages > 0 ? weighted / messages : 0;
}

void looks_settle(struct look *look, size_t count, const uint32_t *const seen[], size_t subjects) {
    struct looks looks;
    double same = weight_of_quick(look, count);
    looks_sum(&looks, look, count);
    double surely[SHARE_SUBJECTS] = {0};
    subjects = subjects < SHARE_SUBJECTS ? subjects : SHARE_SUBJECTS;
    for (size_t j = 0; j < subjects && looks.some > 1; j++)
        surely[j] = SURELY * sqrt(variance_between(&looks, seen[j], share_alone(&looks, seen[j])));
    for (size_t i = 0; i < count; i++)
        look[i].weight = look[i].quick ? same : look[i].measured;
    looks_sum(&looks, look, count);
    bool differ = false;
    for (size_t j = 0; j < subjects && looks.some > 1; j++) {
        double off, measured = share_measured(&looks, seen[j], &off);
        differ |= fabs(share_alone(&looks, seen[j]) - measured) > surely[j];
    }
    for (size_t i = 0; i < count && differ; i++)
        look[i].weight = look[i].measured;
}

struct share share_of(const struct looks *s, const uint32_t *seen) {
    double p = share_alone(s, seen),
           independent = s->squares > 0 ? s->weighted * s->weighted / s->squares : 0;
    if (s->some < 2)
        return (struct share){p, 0, 1};
    double t = 1.645 / student(s->some - 1), effective = s->some;
    if (p > 0 && p < 1) { /* where all or none is, looks can't be told from each other: each counts once */
        double least = p * (1 - p) / independent, rest = fmax(1 - (double)s->messages / s->weighted, 0.01);
        effective = p * (1 - p) / (fmax(variance_between(s, seen, p), least) * rest);
    }
    struct share share = wilson(p, fmax(effective * t * t, 1));
    double off, other = share_measured(s, seen, &off);
    share.low = fmin(share.low, fmax(other - off, 0));
    share.high = fmax(share.high, fmin(other + off, 1));
    return share;
}
