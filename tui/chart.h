/* Charts, sparklines and gauges: braille where the terminal has it, " .:-=+*#%@" where it has not.
 *
 * They read buckets of a series (minimum, maximum, last; NAN unknown) and draw gaps as gaps. The scale grows
 * in steps of 1, 2, 5 with hysteresis kept by the caller, so that a chart does not breathe. Pure drawing,
 * main process. */
#ifndef TUI_CHART_H
#define TUI_CHART_H

#include "base/number.h"
#include "tui/surface.h"

struct chart_bucket {
    float min, max, last;
};

struct chart_scale {
    double top; /* 0: not yet set */
};
/* The next of 1, 2, 5 times a power of ten (for bytes 1 to 500 times a power of 1024) that holds `max`;
 * shrinks only when a third of it would do. At least 1, for ratios 0.01; of times that are all 0 a
 * second. */
void chart_scale_fit(struct chart_scale *scale, double max, enum unit unit);

struct chart_level { /* a dotted line with its value; above the scale the value alone, with an arrow */
    double value;
    enum role role;
    const char *mark; /* in front of the value: tells levels apart without colour */
};

struct chart {
    const char *title;                  /* "IN" */
    const char *right;                  /* "182k msg/s  94M/s  peak 240k" */
    const struct chart_bucket *buckets; /* oldest first; braille shows two to a cell */
    int count;
    double top; /* of the scale */
    enum unit unit;
    enum role role;
    const uint8_t *marks; /* count entries, nonzero: an event there; may be NULL */
    const char *span;     /* "-10m" */
    int span_buckets;     /* back from the newest, where `span` stands on the axis; 0: at the left end */
    bool no_axis;         /* a chart below it has the axis for both: one row less */
    const char *end;      /* three letters below the newest: NULL "now" */
    const struct chart_level *levels; /* through the bars; the lesser first */
    int level_count;
    const char *none; /* said while there is nothing to draw; NULL: "no data yet" */
};
/* Buckets that a chart of this width shows: cells after the scale, times two in braille. */
int chart_buckets(const struct surface *s, int width);
/* Rule with title, then scale, body and time axis. Needs at least 4 rows (3 without axis), 16 columns; draws
 * nothing below that. Bars show the maximum of a bucket; zero is the lowest dot, unknown is blank. The newest
 * bucket is at the right edge. */
void chart_draw(const struct chart *chart, struct surface *s, struct rect area);

/* One row: `width` cells of the last buckets against top (0: their own maximum), the newest on the right;
 * braille shows two to a cell. */
void spark_draw(struct surface *s, struct rect clip, int x, int y, int width,
                const struct chart_bucket *buckets, int count, double top, enum role role);
/* "[####|    ]" with a mark at `mark` (0..1, negative: none), "[   -    ]" when share is NAN. `width` counts
 * the brackets. */
void gauge_draw(struct surface *s, struct rect clip, int x, int y, int width, double share, double mark,
                enum role role);

#endif
