/* Heights of a bucket in a chart: shared by chart and sparkline, in both alphabets.
 *
 * What is known is never as low as what is not: zero has one dot, unknown none. Pure, main process. */
#ifndef TUI_CHART_LEVEL_H
#define TUI_CHART_LEVEL_H

#include <stdbool.h>
#include <stdint.h>

#include "tui/chart.h"

/* Negative is as little a value of these quantities as NAN is. */
bool chart_known(struct chart_bucket bucket);
/* 0 for zero, else 1..steps, steps from `top` on. */
int chart_level(double value, double top, int steps);
/* Dots of `total` that the bucket's maximum fills: 0 unknown, else at least 1. */
int chart_dots(struct chart_bucket bucket, double top, int total);
/* A cell whose two columns are filled from below, 0..4 dots each; a space for none. */
uint32_t chart_braille(int left, int right);

#endif
