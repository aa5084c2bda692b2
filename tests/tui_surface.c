#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/suite.h"
#include "tui/surface.h"

static struct surface *surface;

static void expect(const char *screen) {
    char *text = surface_plain(surface);
    ck_assert_str_eq(text, screen);
    free(text);
}

static struct surface_cell cell(int x, int y) {
    return surface->cells[y * surface->cols + x];
}

static void setup(void) {
    surface = surface_create(10, 3);
}

static void teardown(void) {
    surface_destroy(surface);
}

START_TEST(starts_empty) {
    expect("\n\n\n");
    ck_assert_int_eq(surface->cursor_x, -1);
    ck_assert_int_eq(cell(9, 2).c, ' ');
    ck_assert_int_eq(cell(9, 2).width, 1);
}
END_TEST

START_TEST(text_is_clipped_on_all_sides) {
    struct rect clip = {2, 1, 4, 1};
    int used = surface_text(surface, clip, 0, 1, ROLE_WARN, ATTR_BOLD, "abcdefghij");
    ck_assert_int_eq(used, 10);
    surface_text(surface, clip, 2, 0, ROLE_TEXT, 0, "above");
    surface_text(surface, clip, 2, 2, ROLE_TEXT, 0, "below");
    expect("\n"
           "  cdef\n"
           "\n");
    ck_assert_int_eq(cell(2, 1).role, ROLE_WARN);
    ck_assert_int_eq(cell(2, 1).attrs, ATTR_BOLD);
    ck_assert_int_eq(cell(6, 1).role, ROLE_TEXT);
}
END_TEST

START_TEST(nothing_is_drawn_outside) {
    struct rect wild = {-100, -100, 1000, 1000};
    surface_text(surface, wild, -3, 0, ROLE_TEXT, 0, "abcdef");
    surface_text(surface, wild, 8, 2, ROLE_TEXT, 0, "xyz");
    surface_put(surface, wild, 10, 0, ROLE_TEXT, 0, '!');
    surface_put(surface, wild, 0, -1, ROLE_TEXT, 0, '!');
    surface_put(surface, wild, 0, 3, ROLE_TEXT, 0, '!');
    surface_fill(surface, (struct rect){5, 1, 100, 100}, ROLE_TEXT, 0, '.');
    surface_tint(surface, (struct rect){-5, -5, 100, 100}, ROLE_OK, 0);
    expect("def\n"
           "     .....\n"
           "     .....\n");
}
END_TEST

START_TEST(wide_characters_take_two_cells) {
    int used = surface_text(surface, surface_rect(surface), 0, 0, ROLE_TEXT, 0, "a中b");
    ck_assert_int_eq(used, 4);
    expect("a中b\n\n\n");
    ck_assert_int_eq(cell(1, 0).width, 2);
    ck_assert_int_eq(cell(2, 0).width, 0);
    ck_assert_int_eq(cell(3, 0).c, 'b');
}
END_TEST

START_TEST(half_a_wide_character_is_a_space) {
    struct rect clip = {1, 0, 4, 3};
    surface_text(surface, clip, 0, 0, ROLE_TEXT, 0, "中ab"); /* its left half is outside */
    surface_text(surface, clip, 3, 1, ROLE_TEXT, 0, "a中b"); /* its right half is */
    surface_put(surface, surface_rect(surface), 9, 2, ROLE_TEXT, 0, 0x4e2d);
    expect("  ab\n"
           "   a\n"
           "\n");
    ck_assert_int_eq(cell(1, 0).width, 1);
    ck_assert_int_eq(cell(4, 1).width, 1);
    ck_assert_int_eq(cell(9, 2).width, 1);
}
END_TEST

START_TEST(overwriting_one_half_frees_the_other) {
    struct rect all = surface_rect(surface);
    surface_text(surface, all, 0, 0, ROLE_TEXT, 0, "中中中");
    surface_put(surface, all, 1, 0, ROLE_TEXT, 0, 'x');
    surface_put(surface, all, 4, 0, ROLE_TEXT, 0, 'y');
    surface_text(surface, all, 0, 1, ROLE_TEXT, 0, "中中");
    surface_put(surface, all, 1, 1, ROLE_TEXT, 0, 0x56fd);
    expect(" x中y\n"
           " 国\n"
           "\n");
    for (int x = 0; x < 10; x++)
        for (int y = 0; y < 2; y++)
            if (cell(x, y).width == 2)
                ck_assert_int_eq(cell(x + 1, y).width, 0);
            else if (cell(x, y).width == 0)
                ck_assert_int_eq(cell(x - 1, y).width, 2);
}
END_TEST

START_TEST(fields_are_cut_and_aligned) {
    struct rect all = surface_rect(surface);
    surface_fill(surface, all, ROLE_TEXT, 0, '#');
    surface_field(surface, all, 1, 0, 5, -1, ROLE_TEXT, 0, "abcdefg");
    surface_field(surface, all, 1, 1, 5, -1, ROLE_TEXT, 0, "abc");
    surface_field(surface, all, 1, 2, 5, 1, ROLE_TEXT, 0, "abc");
    expect("#abcd…####\n"
           "#abc  ####\n"
           "#  abc####\n");
}
END_TEST

START_TEST(fields_cut_wide_characters_whole) {
    struct rect all = surface_rect(surface);
    surface_fill(surface, all, ROLE_TEXT, 0, '#');
    surface_field(surface, all, 0, 0, 4, -1, ROLE_TEXT, 0, "中国x");
    surface_field(surface, all, 0, 1, 4, 1, ROLE_TEXT, 0, "中国");
    surface_field(surface, (struct rect){0, 2, 3, 1}, 0, 2, 6, 1, ROLE_TEXT, 0, "ab");
    expect("中… ######\n"
           "中国######\n"
           "   #######\n");
    ck_assert_int_eq(cell(0, 1).c, 0x4e2d);
    ck_assert_int_eq(cell(2, 1).c, 0x56fd);
    ck_assert_int_eq(cell(4, 1).c, '#');
    ck_assert_int_eq(cell(2, 2).c, ' ');
    ck_assert_int_eq(cell(3, 2).c, '#');
}
END_TEST

START_TEST(fills_part_wide_characters) {
    struct rect all = surface_rect(surface);
    surface_text(surface, all, 0, 0, ROLE_TEXT, 0, "中中中中中");
    surface_fill(surface, (struct rect){3, 0, 4, 1}, ROLE_TEXT, 0, '.');
    surface_fill(surface, (struct rect){1, 1, 5, 1}, ROLE_TEXT, 0, 0x4e2d);
    expect("中 .... 中\n"
           " 中中\n"
           "\n");
    ck_assert_int_eq(cell(2, 0).width, 1);
    ck_assert_int_eq(cell(7, 0).width, 1);
    ck_assert_int_eq(cell(5, 1).width, 1);
}
END_TEST

START_TEST(formats) {
    int used = surface_printf(surface, surface_rect(surface), 1, 0, ROLE_OK, 0, "%d of %s", 3, "5");
    ck_assert_int_eq(used, 6);
    expect(" 3 of 5\n\n\n");
}
END_TEST

START_TEST(tint_keeps_what_is_there) {
    struct rect all = surface_rect(surface);
    surface_text(surface, all, 0, 0, ROLE_CRIT, ATTR_BOLD, "ab");
    surface_tint(surface, (struct rect){0, 0, 1, 1}, ROLE_SELECT, ATTR_REVERSE);
    surface_tint(surface, (struct rect){1, 0, 1, 1}, -1, ATTR_REVERSE);
    ck_assert_int_eq(cell(0, 0).c, 'a');
    ck_assert_int_eq(cell(0, 0).role, ROLE_SELECT);
    ck_assert_int_eq(cell(0, 0).attrs, ATTR_BOLD | ATTR_REVERSE);
    ck_assert_int_eq(cell(1, 0).role, ROLE_CRIT);
}
END_TEST

START_TEST(rules_have_title_and_right_text) {
    surface_resize(surface, 24, 5);
    surface_rule(surface, (struct rect){0, 0, 24, 5}, "NODES 3", "sort: lag");
    surface_rule(surface, (struct rect){0, 1, 24, 1}, "NODES", "");
    surface_rule(surface, (struct rect){0, 2, 24, 1}, "A LONG TITLE HERE", "no room");
    surface_rule(surface, (struct rect){2, 3, 12, 1}, "TITLE THAT IS CUT", NULL);
    surface_rule(surface, (struct rect){0, 4, 24, 1}, NULL, "x");
    expect("-NODES 3 --- sort: lag -\n"
           "-NODES -----------------\n"
           "-A LONG TITLE HERE -----\n"
           "  -TITLE THA…\n"
           "-------------------- x -\n");
}
END_TEST

START_TEST(ascii_has_a_stand_in) {
    surface->ascii = true;
    surface_text(surface, surface_rect(surface), 0, 0, ROLE_TEXT, 0, "a中µ⣿⡀é");
    expect("a? u#.?\n\n\n");
}
END_TEST

START_TEST(rects) {
    struct rect r = rect_cut((struct rect){0, 0, 10, 10}, (struct rect){5, 8, 10, 10});
    ck_assert_int_eq(r.x, 5);
    ck_assert_int_eq(r.y, 8);
    ck_assert_int_eq(r.w, 5);
    ck_assert_int_eq(r.h, 2);
    r = rect_cut((struct rect){0, 0, 2, 2}, (struct rect){5, 5, 2, 2});
    ck_assert_int_eq(r.w, 0);
    ck_assert_int_eq(r.h, 0);
    r = rect_below((struct rect){1, 2, 3, 4}, 1);
    ck_assert_int_eq(r.y, 3);
    ck_assert_int_eq(r.h, 3);
    r = rect_below((struct rect){1, 2, 3, 4}, 9);
    ck_assert_int_eq(r.h, 0);
}
END_TEST

START_TEST(no_size_is_a_size) {
    surface_resize(surface, 0, 0);
    surface_text(surface, surface_rect(surface), 0, 0, ROLE_TEXT, 0, "x");
    surface_rule(surface, surface_rect(surface), "x", "y");
    expect("");
    surface_resize(surface, -3, 2);
    ck_assert_int_eq(surface->cols, 0);
    surface_resize(surface, 1, 1);
    surface_text(surface, surface_rect(surface), 0, 0, ROLE_TEXT, 0, "中");
    expect("\n");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("tui_surface");
    TCase *test = tcase_create("surface");
    suite_add_tcase(suite, test);
    tcase_add_checked_fixture(test, setup, teardown);
    tcase_add_test(test, starts_empty);
    tcase_add_test(test, text_is_clipped_on_all_sides);
    tcase_add_test(test, nothing_is_drawn_outside);
    tcase_add_test(test, wide_characters_take_two_cells);
    tcase_add_test(test, half_a_wide_character_is_a_space);
    tcase_add_test(test, overwriting_one_half_frees_the_other);
    tcase_add_test(test, fields_are_cut_and_aligned);
    tcase_add_test(test, fields_cut_wide_characters_whole);
    tcase_add_test(test, fills_part_wide_characters);
    tcase_add_test(test, formats);
    tcase_add_test(test, tint_keeps_what_is_there);
    tcase_add_test(test, rules_have_title_and_right_text);
    tcase_add_test(test, ascii_has_a_stand_in);
    tcase_add_test(test, rects);
    tcase_add_test(test, no_size_is_a_size);
    return suite_run(suite);
}
