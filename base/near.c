#include "base/near.h"

#include <string.h>

#define MOST 64 /* letters that count */

/* Letters to change, add or leave out (Levenshtein). */
static int distance(const char *a, const char *b) {
    int row[MOST + 1];
    int la = (int)strnlen(a, MOST), lb = (int)strnlen(b, MOST);
    for (int j = 0; j <= lb; j++)
        row[j] = j;
    for (int i = 1; i <= la; i++) {
        int corner = row[0];
        row[0] = i;
        for (int j = 1; j <= lb; j++) {
            int change = corner + (a[i - 1] != b[j - 1]);
            int least = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
            corner = row[j];
            row[j] = change < least ? change : least;
        }
    }
    return row[lb];
}

struct near near_begin(const char *typed) {
    int len = (int)strnlen(typed, MOST);
    return (struct near){.typed = typed, .distance = 2 + len / 5}; /* of a short word less is a slip */
}

void near_try(struct near *near, const char *name) {
    int d = distance(near->typed, name);
    if (d >= near->distance || d >= (int)strlen(name))
        return;
    near->distance = d;
    near->name = name;
}
