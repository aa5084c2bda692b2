#include "base/near.h"

#include <string.h>

#define MOST 64 /* letters that count */

static int least(int a, int b) {
    return a < b ? a : b;
}

/* Letters to change, add, leave out or swap with their neighbour. */
static int distance(const char *a, const char *b) {
    int rows[3][MOST + 1]; /* this one and the two before */
    int la = (int)strnlen(a, MOST), lb = (int)strnlen(b, MOST);
    for (int i = 0; i <= la; i++) {
        int *row = rows[i % 3];
        const int *before = rows[(i + 2) % 3], *earlier = rows[(i + 1) % 3];
        row[0] = i;
        for (int j = 1; j <= lb; j++) {
            if (i == 0) {
                row[j] = j;
                continue;
            }
            row[j] = least(before[j - 1] + (a[i - 1] != b[j - 1]), least(row[j - 1], before[j]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], earlier[j - 2] + 1);
        }
    }
    return rows[la % 3][lb];
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
