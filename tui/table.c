#include "tui/table.h"

#include <limits.h>
#include <stdlib.h>

#include "base/clock.h"

#define FREEZE_NS (5 * NS_PER_S)

void table_init(struct table *t, const struct table_column *columns, int count, int sort, int then) {
    *t = (struct table){.columns = columns,
                        .column_count = count < TABLE_MAX_COLUMNS ? count : TABLE_MAX_COLUMNS,
                        .sort = sort,
                        .then = then,
                        .usual_sort = sort,
                        .mark = true,
                        .focused = true};
    for (int i = 0; i < t->column_count; i++)
        t->sequence[i] = i;
}

void table_finish(struct table *t) {
    free(t->order);
    free(t->frozen_ids);
    t->order = NULL;
    t->frozen_ids = NULL;
    t->order_cap = t->rows = t->frozen_count = 0;
}

uint64_t table_selected(const struct table *t) {
    if (!t->rows)
        return 0;
    return t->selected ? t->selected : t->frozen_ids[0];
}

static size_t moved(size_t from, long by, size_t rows) {
    if (by < 0)
        return by == LONG_MIN || (size_t)-by > from ? 0 : from - (size_t)-by;
    return (size_t)by >= rows - from ? rows - 1 : from + (size_t)by;
}

void table_move(struct table *t, long by, int64_t mono_ns) {
    if (!t->rows)
        return;
    t->selected_row = moved(t->selected_row, by, t->rows);
    t->selected = t->frozen_ids[t->selected_row];
    t->frozen_until_ns = mono_ns + FREEZE_NS;
}

bool table_held(const struct table *t) {
    return t->rows > 1 && !t->sorted;
}

/* Where it stands from the left; -1: nowhere, as severity. */
static int place_of(const struct table *t, int column) {
    for (int i = 0; i < t->column_count; i++)
        if (t->sequence[i] == column)
            return i;
    return -1;
}

void table_select(struct table *t, uint64_t id, int64_t mono_ns) {
    t->selected = id; /* its row is found with the next arrangement */
    t->frozen_until_ns = mono_ns + FREEZE_NS;
}

void table_sort_next(struct table *t, int by) {
    uint64_t seen = table_shown(t);
    int places = t->column_count + 1, at = place_of(t, t->sort), column;
    do {
        at = (at + 1 + (by < 0 ? -1 : 1) + places) % places - 1;
        column = at < 0 ? -1 : t->sequence[at];
    } while (column >= 0 && !(seen >> column & 1));
    t->sort = column;
    t->reverse = false;
}

const char *table_sort_title(const struct table *t) {
    return t->sort < 0 ? "severity" : t->columns[t->sort].title;
}

static const struct {
    const char *mark;
    enum role role;
    const char *meaning;
} severities[] = {{" .", ROLE_OK, "Nothing is wrong with it."},
                  {" ?", ROLE_UNKNOWN,
                   "Not known: it does not answer, what it last said is old, or not enough is known yet."},
                  {" *", ROLE_PENDING, "Pending: something is wrong, and becomes an alert if it goes on."},
                  {" !", ROLE_WARN, "Warning."},
                  {"!!", ROLE_CRIT, "Critical."}};
enum { SEVERITIES = sizeof severities / sizeof *severities };

static int known_severity(int severity) {
    return severity >= 0 && severity < SEVERITIES ? severity : 1;
}

const char *table_mark(int severity) {
    return severities[known_severity(severity)].mark;
}

enum role table_mark_role(int severity) {
    return severities[known_severity(severity)].role;
}

const char *table_mark_meaning(int severity) {
    return severity >= 0 && severity < SEVERITIES ? severities[severity].meaning : NULL;
}
