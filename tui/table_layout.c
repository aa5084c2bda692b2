#include "tui/table_layout.h"

#include <string.h>

/* Somebody sorted by it. */
static bool is_sorted_by(const struct table *t, int column) {
    return column == t->sort && column != t->usual_sort;
}

static int total_width(const struct table *t, const struct table_layout *l) {
    int width = l->prefix;
    for (int i = 0; i < l->count; i++)
        width += t->columns[l->column[i]].width + (i > 0);
    return width;
}

static void drop(struct table_layout *l, int at) {
    l->count--;
    memmove(&l->column[at], &l->column[at + 1], (size_t)(l->count - at) * sizeof l->column[0]);
    l->dropped = true;
}

/* The column of the largest priority, of equals the one on the right; the first one stays, and what was
 * scrolled to or is sorted by as long as there is another. */
static int next_to_drop(const struct table *t, const struct table_layout *l) {
    int found = -1;
    for (int i = l->count - 1; i > 0; i--) {
        bool needed = (l->column[i] == l->lead || is_sorted_by(t, l->column[i])) && l->count > 2;
        if (!needed &&
            (found < 0 || t->columns[l->column[i]].priority > t->columns[l->column[found]].priority))
            found = i;
    }
    return found < 0 ? l->count - 1 : found; /* of three all may be needed */
}

static void collect(struct table_layout *l, const struct table *t, int scroll) {
    int skipped = 0;
    l->lead = -1;
    for (int at = 0; at < t->column_count; at++) {
        int i = t->sequence[at];
        if (t->hidden[i] && !is_sorted_by(t, i))
            continue;
        bool pinned = t->columns[i].pinned;
        if (!pinned && skipped < scroll) {
            skipped++;
            continue;
        }
        if (!pinned && l->lead < 0 && scroll > 0)
            l->lead = i;
        l->column[l->count++] = i;
    }
}

static int taken(int wanted, int *spare) {
    int more = wanted < *spare ? wanted : *spare > 0 ? *spare : 0;
    *spare -= more;
    return more;
}

static void place(struct table_layout *l, const struct table *t, int width) {
    int spare = width - total_width(t, l), x = l->prefix;
    int narrower = l->count == 1 && spare < 0 ? spare : 0;
    for (int i = 0; i < l->count; i++)
        l->width[i] =
            t->columns[l->column[i]].width + narrower + taken(t->columns[l->column[i]].grow, &spare);
    for (int i = 0; i < l->count; i++) {
        l->width[i] += taken(t->columns[l->column[i]].rest, &spare);
        l->x[i] = x;
        x += l->width[i] + 1;
    }
}

void table_layout_make(struct table_layout *l, const struct table *t, int width, int scroll) {
    *l = (struct table_layout){.prefix = t->mark ? 3 : 1};
    collect(l, t, scroll);
    while (l->count > 1 && total_width(t, l) > width)
        drop(l, next_to_drop(t, l));
    place(l, t, width);
}

int table_layout_scroll(const struct table *t, int width, int scroll) {
    struct table_layout l;
    int least = 0;
    for (; least < scroll; least++) {
        table_layout_make(&l, t, width, least);
        if (!l.dropped)
            break;
    }
    return least;
}

int table_column_width(const struct table *t, int column) {
    struct table_layout l;
    table_layout_make(&l, t, t->width, table_layout_scroll(t, t->width, t->scroll));
    for (int i = 0; i < l.count; i++)
        if (l.column[i] == column)
            return l.width[i];
    return 0;
}

uint64_t table_shown(const struct table *t) {
    struct table_layout l;
    uint64_t shown = 0;
    table_layout_make(&l, t, t->width, table_layout_scroll(t, t->width, t->scroll));
    for (int i = 0; i < l.count; i++)
        shown |= (uint64_t)1 << l.column[i];
    return shown;
}
