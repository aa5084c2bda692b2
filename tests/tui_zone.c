/* What stands where: marks on a surface, and those of a table. */
#include <check.h>

#include "tests/tui_fruit.h"
#include "tui/zone.h"

START_TEST(the_last_mark_counts) {
    struct surface *s = surface_create(10, 4);
    int thing;
    surface_zone(s, (struct rect){0, 0, 10, 4}, ZONE_ROW, &thing, 7);
    surface_zone(s, (struct rect){8, 3, 10, 10}, ZONE_ACTION, NULL, 3);
    ck_assert_int_eq(surface_zone_at(s, 7, 3).what, ZONE_ROW);
    ck_assert_ptr_eq(surface_zone_at(s, 7, 3).of, &thing);
    ck_assert_int_eq(surface_zone_at(s, 8, 3).what, ZONE_ACTION);
    ck_assert_int_eq(surface_zone_at(s, 9, 3).value, 3);
    ck_assert_int_eq(surface_zone_at(s, 10, 3).what, ZONE_NOTHING); /* outside */
    ck_assert_int_eq(surface_zone_at(s, -1, 0).what, ZONE_NOTHING);
    surface_clear(s);
    ck_assert_int_eq(surface_zone_at(s, 7, 3).what, ZONE_NOTHING);
    for (int i = 0; i < 2 * ZONE_MOST; i++)
        surface_zone(s, (struct rect){0, 0, 1, 1}, ZONE_LINE, NULL, i);
    ck_assert_int_eq(surface_zone_at(s, 0, 0).value, ZONE_MOST - 1);
    surface_destroy(s);
}
END_TEST

static void expect(const struct surface *s, int x, int y, enum zone_what what, int64_t value) {
    struct zone zone = surface_zone_at(s, x, y);
    ck_assert_int_eq(zone.what, what);
    ck_assert_int_eq(zone.value, value);
    ck_assert_ptr_eq(zone.of, &table);
}

START_TEST(a_table_marks_heads_and_rows) {
    struct table_source from = source();
    struct surface *s = surface_create(26, 5);
    table_arrange(&table, &from, 3, 0);
    table_draw(&table, &from, s, (struct rect){0, 1, 26, 3}, NULL);
    expect(s, 0, 1, ZONE_HEAD, -1);
    expect(s, 3, 1, ZONE_HEAD, 0);
    expect(s, 14, 1, ZONE_HEAD, 1); /* right-aligned: the whole field */
    expect(s, 0, 2, ZONE_ROW, 2);
    expect(s, 25, 3, ZONE_ROW, 4);
    ck_assert_int_eq(surface_zone_at(s, 3, 4).what, ZONE_NOTHING);
    table_select(&table, 4, 0);
    table_arrange(&table, &from, 3, 0);
    ck_assert_uint_eq(table_selected(&table), 4);
    ck_assert_uint_eq(table.selected_row, 1);
    surface_destroy(s);
}
END_TEST

int main(void) {
    TCase *test = tcase_create("zones");
    tcase_add_test(test, the_last_mark_counts);
    tcase_add_test(test, a_table_marks_heads_and_rows);
    return run_fruit_tests(test, "tui_zone");
}
