#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
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

static uint64_t fruit_id(void *data, size_t row) {
    return ((struct fruit *)data)[row].id;
}

enum { NAME, LAG, NODE, WHY };

static void fruit_cell(void *data, size_t row, int column, int width, struct table_cell *out) {
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

static int fruit_compare(void *data, size_t a, size_t b, int column) {
    const struct fruit *all = data;
    compared++;
    if (column == NAME)
        return strcmp(all[a].name, all[b].name);
    if (column == LAG)
        return (all[a].lag > all[b].lag) - (all[a].lag < all[b].lag);
    return 0;
}

static int fruit_tie(void *data, size_t a, size_t b) {
    return strcmp(((struct fruit *)data)[a].name, ((struct fruit *)data)[b].name);
}

static int fruit_severity(void *data, size_t row) {
    return ((struct fruit *)data)[row].severity;
}

static const struct table_column columns[] = {
    {"NAME", 6, -1, 0, 10, NAME},
    {"LAG", 5, 1, 1, 0, LAG},
    {"NODE", 4, -1, 3, 0, NODE},
    {"WHY", 5, -1, 2, 0, WHY},
};

static struct table table;

static struct table_source source(void) {
    return (struct table_source){.data = basket,
                                 .rows = basket_size,
                                 .id = fruit_id,
                                 .cell = fruit_cell,
                                 .compare = fruit_compare,
                                 .severity = fruit_severity};
}

static void put(uint64_t id, const char *name, int lag, int severity) {
    basket[basket_size++] = (struct fruit){id, name, lag, severity};
}

static void take_out(uint64_t id) {
    for (size_t i = 0; i < basket_size; i++)
        if (basket[i].id == id) {
            memmove(&basket[i], &basket[i + 1], (--basket_size - i) * sizeof *basket);
            return;
        }
}

static struct fruit *get(uint64_t id) {
    for (size_t i = 0; i < basket_size; i++)
        if (basket[i].id == id)
            return &basket[i];
    return NULL;
}

static void setup(void) {
    basket_size = 0;
    put(1, "apple", 7, 0);
    put(2, "banana", 900, 3);
    put(3, "cherry", -1, 1);
    put(4, "date", 30, 2);
    put(5, "elder", 30, 0);
    table_init(&table, columns, 4, -1, LAG);
}

static void teardown(void) {
    table_finish(&table);
}

static void expect_at(int cols, int rows, int64_t now, const char *screen) {
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
static void expect_order(int64_t now, const char *names) {
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

START_TEST(worst_first) {
    expect_at(40, 7, 0,
              " S NAME               LAG NODE WHY\n"
              "!!>banana             900 n2   w5\n"
              " ! date                30 n1   w5\n"
              " ? cherry               - n0   w5\n"
              " . elder               30 n2   w5\n"
              " . apple                7 n1   w5\n"
              "\n");
    ck_assert_str_eq(table_sort_title(&table), "severity");
}
END_TEST

START_TEST(columns_are_dropped_whole) {
    expect_at(26, 3, 0,
              " S NAME     LAG NODE WHY\n"
              "!!>banana   900 n2   w5\n"
              " ! date      30 n1   w5\n");
    expect_at(25, 2, 0,
              " S NAME         LAG WHY\n"
              "!!>banana       900 w5\n");
    expect_at(20, 2, 0,
              " S NAME          LAG\n"
              "!!>banana        900\n");
    expect_at(15, 2, 0,
              " S NAME     LAG\n"
              "!!>banana   900\n");
    expect_at(14, 2, 0,
              " S NAME\n"
              "!!>banana\n");
    expect_at(7, 2, 0,
              " S NAME\n"
              "!!>ban~\n");
    expect_at(2, 2, 0,
              " S\n"
              "!!\n");
}
END_TEST

START_TEST(what_is_left_over_grows_a_column) {
    expect_at(30, 2, 0,
              " S NAME         LAG NODE WHY\n"
              "!!>banana       900 n2   w5\n");
    expect_at(200, 2, 0,
              " S NAME               LAG NODE WHY\n"
              "!!>banana             900 n2   w5\n");
}
END_TEST

START_TEST(hidden_columns_make_room) {
    table.hidden[NODE] = true;
    expect_at(25, 2, 0,
              " S NAME         LAG WHY\n"
              "!!>banana       900 w5\n");
}
END_TEST

START_TEST(scrolling_brings_dropped_columns) {
    table.scroll = 1;
    expect_at(20, 2, 0,
              " S NAME   NODE WHY\n"
              "!!>banana n2   w5\n");
    table.scroll = 3; /* further than there is something to see */
    table.width = 20;
    expect_at(20, 2, 0,
              " S NAME   NODE WHY\n"
              "!!>banana n2   w5\n");
    ck_assert_int_eq(table.scroll, 1);
    table.width = 60;
    expect_at(60, 2, 0,
              " S NAME               LAG NODE WHY\n"
              "!!>banana             900 n2   w5\n");
    ck_assert_int_eq(table.scroll, 0);
}
END_TEST

START_TEST(without_mark_or_focus) {
    table.mark = false;
    expect_at(24, 3, 0,
              " NAME     LAG NODE WHY\n"
              ">banana   900 n2   w5\n"
              " date      30 n1   w5\n");
    table.focused = false;
    expect_at(24, 2, 0,
              " NAME     LAG NODE WHY\n"
              " banana   900 n2   w5\n");
}
END_TEST

START_TEST(nothing_to_show) {
    basket_size = 0;
    expect_at(20, 3, 0,
              " S NAME          LAG\n"
              "   no fruit\n"
              "\n");
    ck_assert_uint_eq(table_selected(&table), 0);
    table_move(&table, 1, 0);
    table_move(&table, LONG_MAX, 0);
    expect_at(20, 1, 0, " S NAME          LAG\n");
    expect_at(0, 0, 0, "");
}
END_TEST

START_TEST(sorts_both_ways) {
    table.sort = NAME;
    expect_order(0, "apple* banana cherry date elder");
    table.reverse = true;
    expect_order(0, "elder* date cherry banana apple");
    table.sort = LAG; /* numbers: the largest first, the unknown last */
    table.reverse = false;
    expect_order(0, "banana* date elder apple cherry");
    table.reverse = true;
    expect_order(0, "cherry* apple date elder banana");
    table.sort = -1;
    expect_order(0, "elder* apple cherry date banana");
}
END_TEST

START_TEST(equal_rows_go_by_the_second_column) {
    table_init(&table, columns, 4, LAG, NAME);
    get(1)->lag = 30;
    expect_order(0, "banana* apple date elder cherry");
    table.reverse = true;
    expect_order(0, "cherry* apple date elder banana");
}
END_TEST

/* Whoever came first: what is equal stands by name, also when all is reversed. */
START_TEST(ties_go_by_name) {
    basket_size = 0;
    put(1, "melon", 5, 0);
    put(2, "lime", 5, 0);
    put(3, "kiwi", 9, 0);
    put(4, "fig", 5, 0);
    struct table_source from = source();
    from.tie = fruit_tie;
    for (int reverse = 0; reverse < 2; reverse++) {
        static const char *const expected[][4] = {{"kiwi", "fig", "lime", "melon"},
                                                  {"fig", "lime", "melon", "kiwi"}};
        table_init(&table, columns, 4, LAG, LAG);
        table.reverse = reverse;
        table_arrange(&table, &from, 20, 0);
        for (size_t i = 0; i < 4; i++)
            ck_assert_str_eq(basket[table.order[i]].name, expected[reverse][i]);
        if (!reverse)
            table_finish(&table);
    }
}
END_TEST

START_TEST(sort_walks_over_the_columns) {
    table.hidden[NODE] = true;
    static const char *const right[] = {"NAME", "LAG", "WHY", "severity", "NAME"};
    for (int i = 0; i < 5; i++) {
        table_sort_next(&table, 1);
        ck_assert_str_eq(table_sort_title(&table), right[i]);
    }
    table_sort_next(&table, -1);
    ck_assert_str_eq(table_sort_title(&table), "severity");
    table.reverse = true;
    table_sort_next(&table, -1);
    ck_assert_str_eq(table_sort_title(&table), "WHY");
    ck_assert(!table.reverse);
    ck_assert(table_sort_by(&table, "lag"));
    ck_assert_int_eq(table.sort, LAG);
    ck_assert(table_sort_by(&table, "Severity"));
    ck_assert_int_eq(table.sort, -1);
    ck_assert(!table_sort_by(&table, "size"));
    ck_assert_int_eq(table.sort, -1);
}
END_TEST

START_TEST(the_sorted_column_is_marked) {
    struct table_source from = source();
    struct surface *s = surface_create(40, 3);
    table.sort = LAG;
    table_arrange(&table, &from, 3, 0);
    table_draw(&table, &from, s, surface_rect(s), NULL);
    for (int x = 0; x < 40; x++)
        ck_assert_int_eq((s->cells[x].attrs & ATTR_UNDERLINE) != 0, x >= 22 && x < 25);
    ck_assert_int_eq(s->cells[22].c, 'L');
    for (int x = 0; x < 40; x++) {
        ck_assert_int_eq(s->cells[40 + x].role, ROLE_SELECT);
        ck_assert_int_eq(s->cells[40 + x].attrs, ATTR_REVERSE);
    }
    ck_assert_int_eq(s->cells[80 + 1].role, ROLE_WARN);
    ck_assert_int_eq(s->cells[80 + 4].role, ROLE_TEXT);
    surface_destroy(s);
}
END_TEST

START_TEST(stale_rows_are_dim_when_asked) {
    struct table_source from = source();
    struct surface *s = surface_create(40, 6);
    for (int dim = 0; dim < 2; dim++) {
        from.dim_stale = dim;
        table_arrange(&table, &from, 6, 0);
        table_draw(&table, &from, s, surface_rect(s), NULL);
        ck_assert_int_eq(s->cells[3 * 40 + 3].c, 'c');
        ck_assert_int_eq(s->cells[3 * 40 + 3].role, dim ? ROLE_DIM : ROLE_TEXT);
        ck_assert_int_eq(s->cells[4 * 40 + 3].role, ROLE_TEXT);
    }
    surface_destroy(s);
}
END_TEST

START_TEST(the_first_row_is_selected_until_somebody_moves) {
    expect_order(0, "banana* date cherry elder apple");
    ck_assert_uint_eq(table_selected(&table), 2);
    get(1)->severity = 3;
    get(1)->lag = 1000;
    expect_order(1, "apple* banana date cherry elder");
    ck_assert_uint_eq(table_selected(&table), 1);
}
END_TEST

START_TEST(the_selection_sticks_to_the_object) {
    expect_order(0, "banana* date cherry elder apple");
    table_move(&table, 1, 0);
    ck_assert_uint_eq(table_selected(&table), 4);
    expect_order(6 * NS_PER_S, "banana date* cherry elder apple");
    get(4)->severity = 0;
    expect_order(7 * NS_PER_S, "banana cherry date* elder apple");
    get(4)->severity = 3;
    get(4)->lag = 1000;
    expect_order(8 * NS_PER_S, "date* banana cherry elder apple");
}
END_TEST

START_TEST(a_gone_selection_leaves_its_place) {
    expect_order(0, "banana* date cherry elder apple");
    table_move(&table, 2, 0);
    expect_order(6 * NS_PER_S, "banana date cherry* elder apple");
    take_out(3);
    expect_order(7 * NS_PER_S, "banana date elder* apple");
    ck_assert_uint_eq(table_selected(&table), 5);
    take_out(1);
    take_out(5);
    expect_order(8 * NS_PER_S, "banana date*");
    basket_size = 0;
    expect_order(9 * NS_PER_S, "");
    ck_assert_uint_eq(table_selected(&table), 0);
}
END_TEST

START_TEST(moves_end_at_the_ends) {
    expect_order(0, "banana* date cherry elder apple");
    table_move(&table, -1, 0);
    expect_order(0, "banana* date cherry elder apple");
    table_move(&table, LONG_MAX, 0);
    expect_order(0, "banana date cherry elder apple*");
    table_move(&table, 3, 0);
    expect_order(0, "banana date cherry elder apple*");
    table_move(&table, -2, 0);
    expect_order(0, "banana date cherry* elder apple");
    table_move(&table, LONG_MIN, 0);
    expect_order(0, "banana* date cherry elder apple");
}
END_TEST

START_TEST(the_order_freezes_after_a_cursor_key) {
    expect_order(0, "banana* date cherry elder apple");
    table_move(&table, 1, 0);
    get(1)->severity = 3;
    get(1)->lag = 5000;
    expect_order(NS_PER_S, "banana date* cherry elder apple");
    put(6, "fig", 9999, 3); /* a new one comes last */
    take_out(3);            /* a gone one leaves */
    expect_order(4 * NS_PER_S, "banana date* elder apple fig");
    table_move(&table, 1, 4 * NS_PER_S); /* and five seconds more */
    expect_order(9 * NS_PER_S - 1, "banana date elder* apple fig");
    expect_order(9 * NS_PER_S, "fig apple banana date elder*");
}
END_TEST

START_TEST(a_frozen_order_survives_rows_that_change_places) {
    expect_order(0, "banana* date cherry elder apple");
    table_move(&table, 1, 0);
    struct fruit first = basket[0];
    basket[0] = basket[4];
    basket[4] = first;
    expect_order(1, "banana date* cherry elder apple");
}
END_TEST

START_TEST(a_new_order_ends_the_freeze) {
    expect_order(0, "banana* date cherry elder apple");
    table_move(&table, 1, 0);
    table_sort_by(&table, "NAME");
    expect_order(1, "apple banana cherry date* elder");
    table_move(&table, 1, 1);
    table.reverse = true;
    expect_order(2, "elder* date cherry banana apple");
}
END_TEST

START_TEST(rows_scroll_with_the_selection) {
    table_init(&table, columns, 2, NAME, NAME);
    expect_at(18, 4, 0,
              " S NAME        LAG\n"
              " .>apple         7\n"
              "!! banana      900\n"
              " ? cherry        -\n");
    ck_assert_int_eq(table.page, 3);
    table_move(&table, table.page, 0);
    expect_at(18, 4, 0,
              " S NAME        LAG\n"
              "!! banana      900\n"
              " ? cherry        -\n"
              " !>date         30\n");
    table_move(&table, -1, 0);
    expect_at(18, 4, 0,
              " S NAME        LAG\n"
              "!! banana      900\n"
              " ?>cherry        -\n"
              " ! date         30\n");
    table_move(&table, LONG_MAX, 0);
    expect_at(18, 3, 0,
              " S NAME        LAG\n"
              " ! date         30\n"
              " .>elder        30\n");
    expect_at(18, 10, 0, /* more room: no row is kept from sight */
              " S NAME        LAG\n"
              " . apple         7\n"
              "!! banana      900\n"
              " ? cherry        -\n"
              " ! date         30\n"
              " .>elder        30\n"
              "\n\n\n\n");
}
END_TEST

START_TEST(many_rows_in_order_are_not_sorted_again) {
    static struct fruit many[10000];
    for (size_t i = 0; i < 10000; i++)
        many[i] = (struct fruit){i + 1, "x", (int)((i * 7919) % 10007), 0};
    struct table_source from = source();
    from.data = many;
    from.rows = 10000;
    table.sort = LAG;
    table_arrange(&table, &from, 40, 0);
    for (size_t i = 1; i < 10000; i++)
        ck_assert_int_ge(many[table.order[i - 1]].lag, many[table.order[i]].lag);
    compared = 0;
    table_arrange(&table, &from, 40, 0);
    ck_assert_uint_eq(compared, 9999);
    table_move(&table, 5000, 0);
    from.rows = 9000; /* while frozen */
    table_arrange(&table, &from, 40, 1);
    bool *seen = memory_array(9000, sizeof *seen);
    for (size_t i = 0; i < 9000; i++) {
        ck_assert_uint_lt(table.order[i], 9000);
        ck_assert(!seen[table.order[i]]);
        seen[table.order[i]] = true;
        if (i)
            ck_assert_int_ge(many[table.order[i - 1]].lag, many[table.order[i]].lag);
    }
    free(seen);
}
END_TEST

START_TEST(marks) {
    ck_assert_str_eq(table_mark(0), " .");
    ck_assert_str_eq(table_mark(1), " ?");
    ck_assert_str_eq(table_mark(2), " !");
    ck_assert_str_eq(table_mark(3), "!!");
    ck_assert_str_eq(table_mark(99), " ?");
    ck_assert_int_eq(table_mark_role(3), ROLE_CRIT);
    ck_assert_int_eq(table_mark_role(0), ROLE_OK);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("tui_table");
    TCase *test = tcase_create("table");
    suite_add_tcase(suite, test);
    tcase_add_checked_fixture(test, setup, teardown);
    tcase_add_test(test, worst_first);
    tcase_add_test(test, columns_are_dropped_whole);
    tcase_add_test(test, what_is_left_over_grows_a_column);
    tcase_add_test(test, hidden_columns_make_room);
    tcase_add_test(test, scrolling_brings_dropped_columns);
    tcase_add_test(test, without_mark_or_focus);
    tcase_add_test(test, nothing_to_show);
    tcase_add_test(test, sorts_both_ways);
    tcase_add_test(test, equal_rows_go_by_the_second_column);
    tcase_add_test(test, ties_go_by_name);
    tcase_add_test(test, sort_walks_over_the_columns);
    tcase_add_test(test, the_sorted_column_is_marked);
    tcase_add_test(test, stale_rows_are_dim_when_asked);
    tcase_add_test(test, the_first_row_is_selected_until_somebody_moves);
    tcase_add_test(test, the_selection_sticks_to_the_object);
    tcase_add_test(test, a_gone_selection_leaves_its_place);
    tcase_add_test(test, moves_end_at_the_ends);
    tcase_add_test(test, the_order_freezes_after_a_cursor_key);
    tcase_add_test(test, a_frozen_order_survives_rows_that_change_places);
    tcase_add_test(test, a_new_order_ends_the_freeze);
    tcase_add_test(test, rows_scroll_with_the_selection);
    tcase_add_test(test, many_rows_in_order_are_not_sorted_again);
    tcase_add_test(test, marks);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
