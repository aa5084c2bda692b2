/* Sampling of subjects: what a command asks for is looked at (line_tap.h), and told as a sample each second.
 *
 * `sample SUBJECT [for=SECONDS] [most=MESSAGES] [ms=MILLISECONDS]` begins, the last two a second; another one
 * takes its place; `unsample` ends it. A subject that the server refuses is looked at no more, and that stays
 * said. Part of `collect nats`. */
#ifndef COLLECTORS_SAMPLER_H
#define COLLECTORS_SAMPLER_H

#include "collectors/collector.h"

struct login;
struct sampler;
/* It is a subject, wildcards included, that can be looked at. */
bool sampler_takes(const char *subject);
/* login is copied. */
struct sampler *sampler_create(struct collector *c, const struct login *login);
/* What follows the word of the command; changed. NULL: done, else what is wrong with it. */
const char *sampler_begin(struct sampler *sampler, char *words);
const char *sampler_end(struct sampler *sampler);
/* The process is about to end: what is subscribed is not any more. */
void sampler_stop(struct sampler *sampler);
/* As line_stuck_ns(). */
int64_t sampler_stuck_ns(const struct sampler *sampler, char *what, size_t size);

#endif
