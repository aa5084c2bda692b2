/* What was said of a consumer that stands still, each set of its figures once: was what is shown ever its
 * leader's word? */
#ifndef HARNESS_WORDS_H
#define HARNESS_WORDS_H

#include <jansson.h>
#include <stdbool.h>

enum { WORDS_FIGURES = 4, WORDS_MAX = 64 };

struct words { /* pending, ack pending, delivered and ack floor of the stream */
    double of[WORDS_MAX][WORDS_FIGURES];
    int n;
};

/* Its leader's answer to CONSUMER.INFO; false: nobody's, not noted. */
bool words_told(struct words *words, json_t *info);
/* Its row in a document; NULL, or one without figures, is not noted. */
void words_shown(struct words *words, json_t *row);
/* Fails the Check test unless something was shown, and each of it was told. */
void words_are_told(const struct words *shown, const struct words *told, const char *name);

#endif
