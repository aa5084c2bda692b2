/* All clusters together: what row 1, the verdict and sums over everything on the screen count. Pure, main
 * process. */
#ifndef VIEWS_CLUSTERS_H
#define VIEWS_CLUSTERS_H

#include "model/model.h"

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
/* A number over all of them, VALUE_REAL; unknown while one does not know its part; marked as any part is. */
struct value clusters_sum(const struct model *model, enum quantity q);

#endif
