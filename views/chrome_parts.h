/* The pieces of the chrome, one file each. For chrome.c and its tests. */
#ifndef VIEWS_CHROME_PARTS_H
#define VIEWS_CHROME_PARTS_H

#include "views/chrome.h"

struct tally;

void chrome_row1(const struct chrome_context *c, struct surface *s, struct rect row);
/* Counts by severity, and below them as many sentences as there are rows; the worst one beside them when
 * there is one row only. */
void chrome_verdict(const struct chrome_context *c, struct surface *s, struct rect rows);
/* The same while nothing burns. */
void chrome_quiet(const struct chrome_context *c, struct surface *s, struct rect rows, const struct tally *t);
/* Findings in words, a row each, more where one needs it and there is room; the worst one alone, without its
 * mark. */
void chrome_sentences(const struct view_context *context, struct surface *s, struct rect rows);
void chrome_worst(const struct model *model, struct surface *s, struct rect row);
/* In the last row; a long message has those above it, too, that `area` has. */
void chrome_footer(const struct chrome_context *c, struct surface *s, struct rect area);
/* All in one line: "!!2 !3 02:41:07"; sentences on further rows. */
void chrome_line(const struct chrome_context *c, struct surface *s, struct rect rows);

#endif
