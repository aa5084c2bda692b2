/* Documents of a program that runs beside a scenario, each kept with the time it came: what was said, to be
 * held against the truth afterwards. */
#ifndef HARNESS_KEPT_H
#define HARNESS_KEPT_H

#include "tests/harness/document.h"

enum { KEPT_MAX = 200 };

struct kept {
    struct documents documents;
    struct kept_document {
        json_t *document;
        int64_t at_ns; /* since 1970 */
    } list[KEPT_MAX];
    int n;
};

/* Takes what came, waiting at most ms for the first one. */
void kept_more(struct kept *kept, int ms);
/* Until the last one is as wanted; meanwhile() may be NULL. Fails the Check test after 30 s. */
void kept_until(struct kept *kept, bool (*met)(json_t *document, void *context), void *context,
                void (*meanwhile)(int turn), const char *what);
json_t *kept_last(const struct kept *kept); /* NULL before the first */

/* A rate as the program showed it while its windows lay from `from` to `to`, averaged over its answers;
 * *first and *last: the time that those windows cover. NAN: fewer than three. */
double kept_rate(const struct kept *kept, const char *list, const char *name, const char *rate, int64_t from,
                 int64_t to, int64_t *first, int64_t *last);
/* One of the cluster; its windows are those of the server that it comes from. */
double kept_cluster_rate(const struct kept *kept, const char *server, const char *rate, int64_t from,
                         int64_t to, int64_t *first, int64_t *last);

/* What a server says itself, asked by this program: `http` its address, path "/varz". To be freed. Fails the
 * Check test when it says nothing. */
json_t *kept_truth(const char *http, const char *path);
/* No number of any object of these lists was ever below zero, but for slopes. Fails the Check test otherwise.
 */
void kept_never_negative(const struct kept *kept, const char *const lists[], size_t count);

#endif
