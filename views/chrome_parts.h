/* The pieces of the chrome, one file each. For chrome.c and its tests. */
#ifndef VIEWS_CHROME_PARTS_H
#define VIEWS_CHROME_PARTS_H

#include "views/chrome.h"

void chrome_row1(const struct chrome_context *c, struct surface *s, struct rect row);
/* Counts by severity, and below them as many sentences as there are rows; the worst one beside them when
 * there is one row only. */
void chrome_verdict(const struct chrome_context *c, struct surface *s, struct rect rows);
void chrome_footer(const struct chrome_context *c, struct surface *s, struct rect row);
/* All in one line: "!!2 !3 02:41:07"; sentences on further rows. */
void chrome_line(const struct chrome_context *c, struct surface *s, struct rect rows);
/* Whether any server says that it has JetStream. */
bool chrome_has_jetstream(const struct model *model);

#endif
