/* What a table shows: which columns, where, and how they look. */
#include "tests/tui_fruit.h"

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

/* Without colour, too: no mark stands for two, and each has its meaning. */
START_TEST(every_severity_has_a_mark_of_its_own) {
    int count = 0;
    while (table_mark_meaning(count))
        count++;
    ck_assert_int_eq(count, 5);
    for (int a = 0; a < count; a++)
        for (int b = 0; b < a; b++) {
            ck_assert_str_ne(table_mark(a), table_mark(b));
            ck_assert_int_ne(table_mark_role(a), table_mark_role(b));
        }
    ck_assert_ptr_null(table_mark_meaning(-1));
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
              "!!>ban…\n");
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

/* What says which row it is stays, whatever is scrolled to; what was scrolled to is not dropped for it. */
START_TEST(pinned_columns_stay) {
    static const struct table_column pinned[] = {
        {"NAME", 6, -1, 0, 0, NAME, true, 0},
        {"NODE", 4, -1, 1, 0, NODE, true, 0},
        {"LAG", 5, 1, 1, 0, LAG, false, 0},
        {"WHY", 5, -1, 2, 0, WHY, false, 0},
    };
    table.columns = pinned;
    table.then = 2;
    expect_at(21, 2, 0,
              " S NAME   NODE   LAG\n"
              "!!>banana n2     900\n");
    table.scroll = 1;
    expect_at(21, 2, 0,
              " S NAME   NODE WHY\n"
              "!!>banana n2   w5\n");
    table.scroll = 1;
    expect_at(15, 2, 0,
              " S NAME   WHY\n"
              "!!>banana w5\n");
    table.scroll = 9; /* of nothing but these there is no more */
    table.width = 21;
    expect_at(21, 2, 0,
              " S NAME   NODE WHY\n"
              "!!>banana n2   w5\n");
    ck_assert_int_eq(table.scroll, 1);
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

START_TEST(one_line_is_a_row) {
    expect_at(24, 1, 0, "!!>banana      900 w5\n");
    table_move(&table, 1, 0);
    expect_at(24, 1, 0, " !>date         30 w5\n");
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
    expect_at(20, 1, 0, "   no fruit\n");
    expect_at(0, 0, 0, "");
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
        ck_assert_int_eq(s->cells[40 + x].attrs, 0); /* the theme says how */
    }
    ck_assert_int_eq(s->cells[80 + 1].role, ROLE_WARN);
    ck_assert_int_eq(s->cells[80 + 4].role, ROLE_TEXT);
    surface_destroy(s);
}
END_TEST

static bool fruit_is_old(void *data, size_t row) {
    const struct fruit *f = &((struct fruit *)data)[row];
    return f->name[0] == 'c' || f->severity >= 3;
}

START_TEST(stale_rows_are_dim_when_asked) {
    struct table_source from = source();
    struct surface *s = surface_create(40, 6);
    for (int dim = 0; dim < 2; dim++) {
        from.stale = dim ? fruit_is_old : NULL;
        table_arrange(&table, &from, 6, 0);
        table_draw(&table, &from, s, surface_rect(s), NULL);
        ck_assert_int_eq(s->cells[3 * 40 + 3].c, 'c');
        ck_assert_int_eq(s->cells[3 * 40 + 3].role, dim ? ROLE_DIM : ROLE_TEXT);
        ck_assert_int_eq(s->cells[4 * 40 + 3].role, ROLE_TEXT);
        ck_assert_int_eq(s->cells[2 * 40 + 3].role, ROLE_TEXT); /* old as well, and a warning */
    }
    surface_destroy(s);
}
END_TEST

START_TEST(marks) {
    ck_assert_str_eq(table_mark(0), " .");
    ck_assert_str_eq(table_mark(1), " ?");
    ck_assert_str_eq(table_mark(2), " *");
    ck_assert_str_eq(table_mark(3), " !");
    ck_assert_str_eq(table_mark(4), "!!");
    ck_assert_str_eq(table_mark(99), " ?");
    ck_assert_int_eq(table_mark_role(4), ROLE_CRIT);
    ck_assert_int_eq(table_mark_role(0), ROLE_OK);
}
END_TEST

int main(void) {
    TCase *test = tcase_create("table");
    tcase_add_test(test, worst_first);
    tcase_add_test(test, every_severity_has_a_mark_of_its_own);
    tcase_add_test(test, columns_are_dropped_whole);
    tcase_add_test(test, what_is_left_over_grows_a_column);
    tcase_add_test(test, hidden_columns_make_room);
    tcase_add_test(test, scrolling_brings_dropped_columns);
    tcase_add_test(test, pinned_columns_stay);
    tcase_add_test(test, without_mark_or_focus);
    tcase_add_test(test, one_line_is_a_row);
    tcase_add_test(test, nothing_to_show);
    tcase_add_test(test, the_sorted_column_is_marked);
    tcase_add_test(test, stale_rows_are_dim_when_asked);
    tcase_add_test(test, marks);
    return run_fruit_tests(test, "tui_table");
}
