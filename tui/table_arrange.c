#include "tui/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "tui/table_layout.h"

static void reserve(struct table *t, size_t rows) {
    if (rows <= t->order_cap)
        return;
    t->order_cap = rows + rows / 2;
    t->order = memory_grow(t->order, t->order_cap, sizeof *t->order);
    t->frozen_ids = memory_grow(t->frozen_ids, t->order_cap, sizeof *t->frozen_ids);
}

struct comparison {
    const struct table *t;
    const struct table_source *source;
    const int *severity; /* by row; NULL when it does not decide */
};

/* In the column's default direction: numbers, which stand on the right, begin with the largest. */
static int compare_column(const struct comparison *c, size_t a, size_t b, int column) {
    if (column < 0 || column >= c->t->column_count)
        return 0;
    int order = c->source->compare(c->source->data, a, b, c->t->columns[column].id);
    return c->t->columns[column].align > 0 ? -order : order;
}

static int compare_rows(const void *left, const void *right, void *data) {
    const struct comparison *c = data;
    size_t a = *(const size_t *)left, b = *(const size_t *)right;
    int order = c->severity ? c->severity[b] - c->severity[a] : compare_column(c, a, b, c->t->sort);
    if (c->t->reverse)
        order = -order;
    if (!order && c->t->then != c->t->sort)
        order = compare_column(c, a, b, c->t->then);
    if (!order && c->source->tie)
        order = c->source->tie(c->source->data, a, b);
    return order ? order : (a > b) - (a < b);
}

static int *read_severities(const struct table_source *source) {
    int *severity = memory_array(source->rows, sizeof *severity);
    for (size_t row = 0; row < source->rows && source->severity; row++)
        severity[row] = source->severity(source->data, row);
    return severity;
}

struct id_map { /* open addressing; row + 1, 0 empty */
    size_t mask;
    size_t *slots;
};

static size_t id_slot(const struct id_map *map, uint64_t id) {
    return (size_t)((id ^ (id >> 32)) * 0x9e3779b97f4a7c15u >> 20) & map->mask;
}

static struct id_map map_rows(const struct table_source *source, const uint64_t *ids) {
    struct id_map map = {.mask = 15};
    while (map.mask + 1 < 2 * source->rows)
        map.mask = 2 * map.mask + 1;
    map.slots = memory_array(map.mask + 1, sizeof *map.slots);
    for (size_t row = 0; row < source->rows; row++) {
        size_t at = id_slot(&map, ids[row]);
        while (map.slots[at] && ids[map.slots[at] - 1] != ids[row])
            at = (at + 1) & map.mask;
        if (!map.slots[at])
            map.slots[at] = row + 1;
    }
    return map;
}

/* The row of this id + 1, 0 when there is none. */
static size_t find_row(const struct id_map *map, const uint64_t *ids, uint64_t id) {
    size_t at = id_slot(map, id);
    while (map->slots[at] && ids[map->slots[at] - 1] != id)
        at = (at + 1) & map->mask;
    return map->slots[at];
}

static bool order_holds(const struct table *t, const struct table_source *source) {
    if (source->rows != t->frozen_count)
        return false;
    for (size_t i = 0; i < source->rows; i++)
        if (source->id(source->data, t->order[i]) != t->frozen_ids[i])
            return false;
    return true;
}

/* The objects stay where they were, the gone ones leave, the new ones come last. */
static void order_frozen(struct table *t, const struct table_source *source) {
    if (order_holds(t, source))
        return;
    uint64_t *ids = memory_array(source->rows, sizeof *ids);
    bool *placed = memory_array(source->rows, sizeof *placed);
    for (size_t row = 0; row < source->rows; row++)
        ids[row] = source->id(source->data, row);
    struct id_map map = map_rows(source, ids);
    size_t count = 0;
    for (size_t i = 0; i < t->frozen_count; i++) {
        size_t row = find_row(&map, ids, t->frozen_ids[i]);
        if (!row || placed[row - 1])
            continue;
        placed[row - 1] = true;
        t->order[count++] = row - 1;
    }
    for (size_t row = 0; row < source->rows; row++)
        if (!placed[row])
            t->order[count++] = row;
    free(map.slots);
    free(placed);
    free(ids);
}

/* ---- by what rows are sorted, but for what is as good as equal ---- */

static bool is_near(const struct comparison *c, size_t a, size_t b) {
    int column = c->severity ? c->t->then : c->t->sort;
    if ((c->severity && c->severity[a] != c->severity[b]) || column < 0 || column >= c->t->column_count)
        return false;
    return c->source->near(c->source->data, a, b, c->t->columns[column].id);
}

/* From frame to frame little moves, so the order of the last one is looked at first. */
static bool is_sorted(const struct comparison *c, size_t rows) {
    size_t sorted = 1;
    while (sorted < rows && compare_rows(&c->t->order[sorted - 1], &c->t->order[sorted], (void *)c) <= 0)
        sorted++;
    return sorted >= rows;
}

/* No row stands behind one that it should stand before, but near ones. */
static bool is_as_good_as_sorted(const struct comparison *c, size_t rows) {
    size_t first = rows ? c->t->order[rows - 1] : 0;
    for (size_t i = rows; i-- > 1;) {
        size_t row = c->t->order[i - 1];
        if (compare_rows(&row, &first, (void *)c) <= 0)
            first = row;
        else if (!is_near(c, row, first))
            return false;
    }
    return true;
}

static int compare_places(const void *left, const void *right, void *data) {
    const size_t *place = data, a = place[*(const size_t *)left], b = place[*(const size_t *)right];
    return (a > b) - (a < b);
}

/* Those near to the first of them stand as they stood. */
static void hold_places(const struct comparison *c, size_t rows, size_t *place) {
    size_t *order = c->t->order;
    for (size_t from = 0, to; from < rows; from = to) {
        for (to = from + 1; to < rows && is_near(c, order[from], order[to]);)
            to++;
        if (to - from > 1)
            qsort_r(&order[from], to - from, sizeof *order, compare_places, place);
    }
}

static void order_anew(struct table *t, const struct table_source *source) {
    size_t rows = source->rows;
    for (size_t i = 0; i < rows && rows != t->rows; i++)
        t->order[i] = i;
    int *severity = t->sort < 0 ? read_severities(source) : NULL;
    struct comparison c = {t, source, severity};
    if (!is_sorted(&c, rows))
        qsort_r(t->order, rows, sizeof *t->order, compare_rows, &c);
    free(severity);
}

static void order_kept(struct table *t, const struct table_source *source) {
    size_t rows = source->rows;
    int *severity = t->sort < 0 ? read_severities(source) : NULL;
    struct comparison c = {t, source, severity};
    order_frozen(t, source);
    if (!is_as_good_as_sorted(&c, rows)) {
        size_t *place = memory_array(rows, sizeof *place);
        for (size_t i = 0; i < rows; i++)
            place[t->order[i]] = i;
        qsort_r(t->order, rows, sizeof *t->order, compare_rows, &c);
        hold_places(&c, rows, place);
        free(place);
    }
    free(severity);
}

static bool order_changed(struct table *t) {
    bool changed =
        t->sort != t->arranged_sort || t->then != t->arranged_then || t->reverse != t->arranged_reverse;
    t->arranged_sort = t->sort;
    t->arranged_then = t->then;
    t->arranged_reverse = t->reverse;
    return changed;
}

static void put_in_order(struct table *t, const struct table_source *source, bool anew, int64_t mono_ns) {
    bool frozen = mono_ns < t->frozen_until_ns;
    reserve(t, source->rows);
    if (frozen)
        order_frozen(t, source);
    else if (anew || !source->near || !t->frozen_count)
        order_anew(t, source);
    else
        order_kept(t, source);
    t->sorted = !frozen;
    t->rows = t->frozen_count = source->rows;
    for (size_t i = 0; i < t->rows; i++)
        t->frozen_ids[i] = source->id(source->data, t->order[i]);
}

static void find_selected(struct table *t) {
    if (!t->selected) {
        t->selected_row = 0;
        return;
    }
    if (!t->rows)
        return;
    if (t->selected_row >= t->rows)
        t->selected_row = t->rows - 1;
    if (t->frozen_ids[t->selected_row] == t->selected)
        return;
    for (size_t i = 0; i < t->rows; i++)
        if (t->frozen_ids[i] == t->selected) {
            t->selected_row = i;
            return;
        }
    t->selected = t->frozen_ids[t->selected_row];
}

static void clamp_top(struct table *t) {
    size_t page = t->page > 0 ? (size_t)t->page : 1;
    size_t most = t->rows > page ? t->rows - page : 0;
    if (t->selected_row < t->top)
        t->top = t->selected_row;
    if (t->selected_row >= t->top + page)
        t->top = t->selected_row - page + 1;
    if (t->top > most)
        t->top = most;
}

void table_arrange(struct table *t, const struct table_source *source, int height, int64_t mono_ns) {
    t->page = height > 1 ? height - 1 : height;
    bool changed = order_changed(t);
    if (changed)
        t->frozen_until_ns = 0;
    if (changed || !source->same || !(t->sorted || mono_ns < t->frozen_until_ns))
        put_in_order(t, source, changed, mono_ns);
    find_selected(t);
    clamp_top(t);
    if (t->width > 0)
        t->scroll = table_layout_scroll(t, t->width, t->scroll);
}
