/* A line of so many bytes a second between a program and its terminal.
 *
 * What the program writes is taken at once, as ssh and sockets take it, and shown as slowly as the line is:
 * the program does not see it wait. Answers of the terminal go back when what asked for them has arrived. */
#ifndef BENCH_LINE_H
#define BENCH_LINE_H

#include <stdbool.h>
#include <stddef.h>

struct line;

/* NULL-terminated argv; 0 bytes/s: as fast as it goes. NULL: could not be started. */
struct line *line_open(const char *const argv[], double bytes_per_s);
void line_close(struct line *line);
void line_run(struct line *line, double seconds);
void line_type(struct line *line, const char *bytes);

/* How far the clock that is shown (HH:MM:SS, UTC) is behind the real one, in seconds with what the second
 * hides; false: there is none. */
bool line_clock_behind(struct line *line, double *seconds);
/* Row of the cursor: the first that is reversed below the first three; -1 none. */
int line_cursor_row(struct line *line);

struct line_counts {
    size_t bytes, reads, frames, clears; /* frames: between synchronized-update marks */
};
struct line_counts line_counts(const struct line *line);

#endif
