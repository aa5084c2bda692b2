/* A table of fruit, for the tests of the table widget. */
#ifndef TESTS_TUI_FRUIT_H
#define TESTS_TUI_FRUIT_H

#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "tests/harness/suite.h"
#include "tui/table.h"

struct fruit {
    uint64_t id;
    const char *name;
    int lag; /* -1 unknown */
    int severity;
};

static struct fruit basket[64];
static size_t basket_size;
static unsigned long compared;

static inline uint64_t fruit_id(void *data, size_t row) {
    return ((struct fruit *)data)[row].id;
}

enum { NAME, LAG, NODE, WHY };

static inline void fruit_cell(void *data, size_t row, int column, int width, struct table_cell *out) {
    const struct fruit *f = &((struct fruit *)data)[row];
    if (column == NAME)
        snprintf(out->text, sizeof out->text, "%s", f->name);
    else if (column == LAG && f->lag >= 0)
        snprintf(out->text, sizeof out->text, "%d", f->lag);
    else if (column == LAG)
        snprintf(out->text, sizeof out->text, "-");
    else if (column == NODE)
        snprintf(out->text, sizeof out->text, "n%d", (int)(f->id % 3));
    else
        snprintf(out->text, sizeof out->text, "w%d", width);
}

static inline int fruit_compare(void *data, size_t a, size_t b, int column) {
    const struct fruit *all = data;
    compared++;
    if (column == NAME)
        return strcmp(all[a].name, all[b].name);
    if (column == LAG)
        return (all[a].lag > all[b].lag) - (all[a].lag < all[b].lag);
    return 0;
}

static inline int fruit_tie(void *data, size_t a, size_t b) {
    return strcmp(((struct fruit *)data)[a].name, ((struct fruit *)data)[b].name);
}

static inline int fruit_severity(void *data, size_t row) {
    return ((struct fruit *)data)[row].severity;
}

static const struct table_column columns[] = {
    {"NAME", 6, -1, 0, 10, NAME, true, 0},
    {"LAG", 5, 1, 1, 0, LAG, false, 0},
    {"NODE", 4, -1, 3, 0, NODE, false, 0},
    {"WHY", 5, -1, 2, 0, WHY, false, 0},
};

static struct table table;

static inline struct table_source source(void) {
    return (struct table_source){.data = basket,
                                 .rows = basket_size,
                                 .id = fruit_id,
                                 .cell = fruit_cell,
                                 .compare = fruit_compare,
                                 .severity = fruit_severity};
}

static inline void put(uint64_t id, const char *name, int lag, int severity) {
    basket[basket_size++] = (struct fruit){id, name, lag, severity};
}

static inline void take_out(uint64_t id) {
    for (size_t i = 0; i < basket_size; i++)
        if (basket[i].id == id) {
            memmove(&basket[i], &basket[i + 1], (--basket_size - i) * sizeof *basket);
            return;
        }
}

static inline struct fruit *get(uint64_t id) {
    for (size_t i = 0; i < basket_size; i++)
        if (basket[i].id == id)
            return &basket[i];
    return NULL;
}

static inline void setup(void) {
    basket_size = 0;
    put(1, "apple", 7, 0);
    put(2, "banana", 900, 4);
    put(3, "cherry", -1, 1);
    put(4, "date", 30, 3);
    put(5, "elder", 30, 0);
    table_init(&table, columns, 4, -1, LAG);
}

static inline void teardown(void) {
    table_finish(&table);
}

static inline void expect_at(int cols, int rows, int64_t now, const char *screen) {
    struct table_source from = source();
    struct surface *s = surface_create(cols, rows);
    surface_fill(s, surface_rect(s), ROLE_TEXT, 0, '#');
    table_arrange(&table, &from, rows, now);
    table_draw(&table, &from, s, surface_rect(s), "no fruit");
    char *text = surface_plain(s);
    ck_assert_str_eq(text, screen);
    free(text);
    surface_destroy(s);
}

/* The names from the first shown row on, "*" after the selected one. */
static inline void expect_order(int64_t now, const char *names) {
    struct table_source from = source();
    char text[512] = "";
    table_arrange(&table, &from, 20, now);
    for (size_t i = 0; i < table.rows; i++) {
        size_t len = strlen(text);
        snprintf(text + len, sizeof text - len, "%s%s%s", len ? " " : "", basket[table.order[i]].name,
                 i == table.selected_row ? "*" : "");
    }
    ck_assert_str_eq(text, names);
}

static inline int run_fruit_tests(TCase *test, const char *name) {
    Suite *suite = suite_create(name);
    suite_add_tcase(suite, test);
    tcase_add_checked_fixture(test, setup, teardown);
    return suite_run(suite);
}

#endif
