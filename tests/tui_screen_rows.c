#include "tests/harness/suite.h"
#include "tui/screen_rows.h"

#include <check.h>
#include <stdint.h>

enum { COLS = 80, HEIGHT = 24, TOP = 3, FOOT = 1 };

static struct screen_rows rows;
static struct surface *next;

static void setup(void) {
    next = surface_create(COLS, HEIGHT);
    next->patient = (struct rect){0, TOP, COLS, HEIGHT - TOP - FOOT};
    rows = (struct screen_rows){0};
    rows_blank(&rows, COLS, HEIGHT);
}

static void teardown(void) {
    rows_finish(&rows);
    surface_destroy(next);
}

/* Every row says the number. */
static void draw(int number, int selected) {
    surface_clear(next);
    for (int y = 0; y < HEIGHT; y++)
        surface_printf(next, surface_rect(next), 0, y, ROLE_TEXT, 0, "%040d", number);
    if (selected >= 0)
        surface_tint(next, (struct rect){0, selected, COLS, 1}, -1, ATTR_REVERSE);
}

static int count_sent(int from, int to) {
    int count = 0;
    for (int y = from; y < to; y++)
        count += rows.from[y] != NULL;
    return count;
}

static uint32_t shown(int y) {
    return rows.shown->cells[y * COLS + 39].c;
}

START_TEST(without_a_limit_all_goes) {
    draw(1, -1);
    ck_assert(rows_plan(&rows, next, SIZE_MAX, false));
    ck_assert_int_eq(count_sent(0, HEIGHT), HEIGHT);
    ck_assert_ptr_eq(rows.from[5], next);
}
END_TEST

START_TEST(urgent_rows_go_each_time_and_the_body_in_parts) {
    draw(1, -1);
    ck_assert(!rows_plan(&rows, next, 500, false));
    ck_assert_int_eq(count_sent(0, TOP), TOP);
    ck_assert_int_eq(count_sent(HEIGHT - FOOT, HEIGHT), FOOT);
    int body = count_sent(TOP, HEIGHT - FOOT);
    ck_assert_int_ge(body, 4);
    ck_assert_int_le(body, 8);
    ck_assert_int_eq(count_sent(TOP, TOP + body), body);
    int frames = 1;
    bool whole;
    do {
        draw(1 + frames, -1);
        whole = rows_plan(&rows, next, 500, false);
        ck_assert_uint_eq(shown(0), (uint32_t)('1' + frames));
        ck_assert_int_lt(++frames, 9);
    } while (!whole);
    for (int y = TOP; y < HEIGHT - FOOT; y++)
        ck_assert_uint_eq(shown(y), '1'); /* one moment, not a mixture */
    draw(9, -1);
    rows_plan(&rows, next, 500, false);
    ck_assert_uint_eq(shown(TOP), '9');
}
END_TEST

START_TEST(rows_that_stay_cost_nothing) {
    draw(1, -1);
    rows_plan(&rows, next, SIZE_MAX, false);
    surface_text(next, surface_rect(next), 0, HEIGHT - 3, ROLE_OK, 0, "last");
    ck_assert(rows_plan(&rows, next, 300, false));
    ck_assert_int_eq(count_sent(TOP, HEIGHT - FOOT), 1);
    ck_assert_ptr_nonnull(rows.from[HEIGHT - 3]);
}
END_TEST

START_TEST(a_row_goes_even_if_it_is_dear) {
    draw(1, -1);
    ck_assert(!rows_plan(&rows, next, 1, false));
    ck_assert_int_eq(count_sent(TOP, HEIGHT - FOOT), 1);
}
END_TEST

START_TEST(a_key_takes_up_what_is_new_and_the_cursor_goes_first) {
    draw(1, 5);
    rows_plan(&rows, next, SIZE_MAX, false);
    draw(2, 5);
    ck_assert(!rows_plan(&rows, next, 300, false));
    draw(3, 20);
    ck_assert(!rows_plan(&rows, next, 300, true));
    ck_assert_uint_eq(shown(20), '3');
    ck_assert_uint_eq(shown(5), '3');
    ck_assert(rows.shown->cells[20 * COLS].attrs & ATTR_REVERSE);
    ck_assert(!(rows.shown->cells[5 * COLS].attrs & ATTR_REVERSE));
    ck_assert_uint_eq(shown(19), '1');
}
END_TEST

START_TEST(other_looks_are_sent_again) {
    draw(1, -1);
    rows_plan(&rows, next, SIZE_MAX, false);
    rows_forget(&rows);
    ck_assert(!rows_plan(&rows, next, 1000, false));
    ck_assert_int_ge(count_sent(TOP, HEIGHT - FOOT), 3);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("tui_screen_rows");
    TCase *test = tcase_create("rows");
    suite_add_tcase(suite, test);
    tcase_add_checked_fixture(test, setup, teardown);
    tcase_add_test(test, without_a_limit_all_goes);
    tcase_add_test(test, urgent_rows_go_each_time_and_the_body_in_parts);
    tcase_add_test(test, rows_that_stay_cost_nothing);
    tcase_add_test(test, a_row_goes_even_if_it_is_dear);
    tcase_add_test(test, a_key_takes_up_what_is_new_and_the_cursor_goes_first);
    tcase_add_test(test, other_looks_are_sent_again);
    return suite_run(suite);
}
