/* All clusters together: what row 1, the verdict and sums over everything on the screen count. Pure, main
 * process. */
#ifndef VIEWS_CLUSTERS_H
#define VIEWS_CLUSTERS_H

#include "views/view.h"

struct cluster_count {
    size_t clusters;  /* with servers */
    unsigned up;      /* servers that answer */
    unsigned known;   /* that others have routes to and that nobody asks here */
    unsigned missing; /* expected, and neither of the two */
};

struct cluster_count clusters_count(const struct model *model);
/* Every server that should be there answers. */
bool clusters_whole(const struct cluster_count *count);
/* "5 of 6": servers that answer of all there should be. */
unsigned clusters_expected(const struct cluster_count *count);
/* A number over all of them that live, VALUE_REAL; unknown while one does not know its part; marked as any
 * part is, and as old while one is left out. */
struct value clusters_sum(const struct model *model, enum quantity q);
/* What stands before a sum that not all have a part in. */
const char *clusters_bound(struct value sum);
/* Whether it has a part in sums: it lives, or none does. */
bool clusters_counts(const struct model *model, const struct object *cluster);
/* A sum and one part more: of what is a largest one, the larger. */
double clusters_add(enum quantity q, double sum, double part);
/* The sum as text with its unit and mark, "-" when unknown; of one cluster its own. */
void clusters_text(char *out, size_t size, const struct view_context *context, enum quantity q, int width,
                   const char *unit);

#endif
