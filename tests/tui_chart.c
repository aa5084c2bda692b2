#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/suite.h"
#include "tui/chart.h"
#include "tui/chart_level.h"

static struct surface *surface;

static void draw_on(int cols, int rows, bool ascii) {
    surface = surface_create(cols, rows);
    surface->ascii = ascii;
}

static void expect(const char *screen) {
    char *text = surface_plain(surface);
    ck_assert_str_eq(text, screen);
    free(text);
    surface_destroy(surface);
}

/* Spaces between values; "-" is unknown. */
static int buckets_of(struct chart_bucket *out, const char *values) {
    int count = 0;
    while (*values) {
        float v = *values == '-' ? NAN : strtof(values, NULL);
        out[count++] = (struct chart_bucket){v, v, v};
        values += strcspn(values, " ");
        values += strspn(values, " ");
    }
    return count;
}

static const char ramp[] = "0 0 30 60 90 150 300 - - 200 100 1 400";

static struct chart ramp_chart(struct chart_bucket *buckets, const uint8_t *marks) {
    int count = buckets_of(buckets, ramp);
    return (struct chart){"IN", "182k msg/s", buckets, count, 300, UNIT_MSGS, ROLE_CHART_IN, marks, "-10m",
                          0,    false,        NULL,    NULL,  0,   NULL};
}

START_TEST(ascii_chart) {
    struct chart_bucket buckets[64];
    uint8_t marks[64] = {0};
    marks[5] = 1;
    struct chart chart = ramp_chart(buckets, marks);
    draw_on(32, 9, true);
    chart_draw(&chart, surface, surface_rect(surface));
    ck_assert_int_eq(surface->cells[3 * 32 + 25].role, ROLE_CHART_IN);
    ck_assert_int_eq(surface->cells[8 * 32 + 24].role, ROLE_CHART_MARK);
    expect("-IN --------------- 182k msg/s -\n"
           "  300|                   #     #\n"
           "     |                   #     #\n"
           "     |                   #  :  #\n"
           "  150|                  :#  #  #\n"
           "     |                 .##  #. #\n"
           "     |                :###  ## #\n"
           "    0|             ..#####  ##.#\n"
           "      -10m              !    now\n");
}
END_TEST

/* The span stands where it ends, marks below a word beside it. */
START_TEST(words_on_the_axis) {
    struct chart_bucket buckets[64];
    uint8_t marks[64] = {0};
    marks[12] = marks[3] = marks[7] = 1;
    struct chart chart = ramp_chart(buckets, marks);
    chart.span = "-9s";
    chart.span_buckets = 10;
    draw_on(32, 4, true);
    chart_draw(&chart, surface, surface_rect(surface));
    expect("-IN --------------- 182k msg/s -\n"
           "  300|                   #  .  #\n"
           "    0|             ...::##  #:.#\n"
           "                      -9s !! now\n");
}
END_TEST

START_TEST(braille_chart) {
    struct chart_bucket buckets[64];
    struct chart chart = ramp_chart(buckets, NULL);
    draw_on(32, 9, false);
    chart_draw(&chart, surface, surface_rect(surface));
    expect("-IN --------------- 182k msg/s -\n"
           "  300|                      ⢸  ⢸\n"
           "     |                      ⢸  ⢸\n"
           "     |                      ⢸ ⡆⢸\n"
           "  150|                      ⣼ ⡇⢸\n"
           "     |                     ⢀⣿ ⣧⢸\n"
           "     |                     ⣼⣿ ⣿⢸\n"
           "    0|                   ⢀⣰⣿⣿ ⣿⣸\n"
           "      -10m                   now\n");
}
END_TEST

/* Through the bars, with the value where no bar stands; of one beyond the scale is said where it is. */
START_TEST(levels_are_dotted_lines) {
    static const struct chart_level levels[] = {
        {120, ROLE_WARN, "!"}, {290, ROLE_CRIT, "!!"}, {400, ROLE_CRIT, "!!"}};
    struct chart_bucket buckets[64];
    struct chart chart = ramp_chart(buckets, NULL);
    chart.levels = levels;
    chart.level_count = 3;
    draw_on(32, 9, true);
    chart_draw(&chart, surface, surface_rect(surface));
    ck_assert_int_eq(surface->cells[1 * 32 + 7].role, ROLE_CRIT);
    ck_assert_int_eq(surface->cells[1 * 32 + 25].role, ROLE_CHART_IN);
    expect("-IN --------------- 182k msg/s -\n"
           "  300|!!290 !!400^  - - -#- - -#\n"
           "     |                   #     #\n"
           "     |                   #  :  #\n"
           "  150|                  :#  #  #\n"
           "     |!120  - - - - - -.-#- -.-#\n"
           "     |                :###  ## #\n"
           "    0|             ..#####  ##.#\n"
           "      -10m                   now\n");
}
END_TEST

static const struct chart_level three_levels[] = {
    {1, ROLE_WARN, "!"}, {5, ROLE_CRIT, "!!"}, {40, ROLE_CRIT, "!!"}};

/* So many bars, all of them as high as 9 of 10; no level is at the ground itself. */
static struct chart filled(struct chart_bucket *buckets, int count) {
    static const struct chart_level ground = {0, ROLE_WARN, "!"};
    for (int i = 0; i < count; i++)
        buckets[i] = (struct chart_bucket){9, 9, 9};
    return (struct chart){"LAG", NULL,  buckets, count,   10, UNIT_COUNT, ROLE_CHART_LOAD, NULL, NULL,
                          0,     false, NULL,    &ground, 1,  NULL};
}

/* No bar leaves room for the value: it stands on the oldest ones, and what is above has no room. */
START_TEST(a_level_goes_through_bars) {
    struct chart_bucket buckets[28];
    struct chart chart = filled(buckets, 14);
    chart.levels = three_levels;
    chart.level_count = 3;
    draw_on(20, 6, true);
    chart_draw(&chart, surface, surface_rect(surface));
    ck_assert_int_eq(surface->cells[2 * 20 + 6].role, ROLE_CRIT);
    ck_assert_int_eq(surface->cells[2 * 20 + 11].role, ROLE_CHART_LOAD);
    ck_assert_int_eq(surface->cells[2 * 20 + 12].role, ROLE_CRIT);
    ck_assert_int_eq(surface->cells[4 * 20 + 14].role, ROLE_WARN);
    expect("-LAG ---------------\n"
           "   10|::::::::::::::\n"
           "     |!!5 -#-#-#-#-#\n"
           "     |##############\n"
           "    0|!1 #-#-#-#-#-#\n"
           "                 now\n");
    chart = filled(buckets, 28);
    chart.levels = three_levels;
    chart.level_count = 3;
    draw_on(20, 6, false);
    chart_draw(&chart, surface, surface_rect(surface));
    expect("-LAG ---------------\n"
           "   10|⣶⣶⣶⣶⣶⣶⣶⣶⣶⣶⣶⣶⣶⣶\n"
           "     |!!5 ·⣿·⣿·⣿·⣿·⣿\n"
           "     |⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿\n"
           "    0|!1 ⣿·⣿·⣿·⣿·⣿·⣿\n"
           "                 now\n");
}
END_TEST

/* In the lowest row ends of bars are all that there is to see of small values: no dots there. */
START_TEST(a_level_in_the_lowest_row) {
    static const struct chart_level level = {1.5, ROLE_WARN, "!"};
    struct chart_bucket buckets[14];
    struct chart chart = filled(buckets, 14);
    for (int i = 3; i < 10; i++)
        buckets[i] = (struct chart_bucket){1, 1, 1};
    chart.levels = &level;
    draw_on(20, 6, true);
    chart_draw(&chart, surface, surface_rect(surface));
    expect("-LAG ---------------\n"
           "   10|:::       ::::\n"
           "     |###       ####\n"
           "     |###       ####\n"
           "    0|!1.5 :::::-#-#\n"
           "                 now\n");
}
END_TEST

/* Of a row there is one line, of the lesser one. Where bars end in it every other dot is theirs. */
START_TEST(levels_in_one_row) {
    static const struct chart_level levels[] = {{8, ROLE_WARN, "!"}, {9, ROLE_CRIT, "!!"}};
    struct chart_bucket buckets[14];
    struct chart chart = filled(buckets, 14);
    draw_on(20, 6, true);
    chart_draw(&chart, surface, surface_rect(surface));
    expect("-LAG ---------------\n"
           "   10|::::::::::::::\n"
           "     |##############\n"
           "     |##############\n"
           "    0|##############\n"
           "                 now\n");
    chart.levels = levels;
    chart.level_count = 2;
    draw_on(20, 6, true);
    chart_draw(&chart, surface, surface_rect(surface));
    ck_assert_int_eq(surface->cells[1 * 20 + 6].role, ROLE_WARN);
    ck_assert_int_eq(surface->cells[1 * 20 + 9].role, ROLE_CRIT);
    ck_assert_int_eq(surface->cells[1 * 20 + 14].role, ROLE_WARN);
    expect("-LAG ---------------\n"
           "   10|!8 !!9 :-:::-:\n"
           "     |##############\n"
           "     |##############\n"
           "    0|##############\n"
           "                 now\n");
}
END_TEST

START_TEST(a_chart_in_a_corner) {
    struct chart_bucket buckets[] = {{0, 5, 5}, {0, 10, 2}, {0, 2, 2}};
    struct chart chart = {"LAG", NULL,  buckets, 3,    10, UNIT_COUNT, ROLE_CHART_LOAD, NULL, NULL,
                          0,     false, NULL,    NULL, 0,  NULL};
    draw_on(20, 6, true);
    surface_fill(surface, surface_rect(surface), ROLE_TEXT, 0, '~');
    chart_draw(&chart, surface, (struct rect){2, 1, 16, 4});
    expect("~~~~~~~~~~~~~~~~~~~~\n"
           "~~-LAG -----------~~\n"
           "~~   10|        # ~~\n"
           "~~    0|       ##:~~\n"
           "~~             now~~\n"
           "~~~~~~~~~~~~~~~~~~~~\n");
}
END_TEST

START_TEST(too_small_is_not_drawn) {
    struct chart_bucket buckets[] = {{1, 1, 1}};
    struct chart chart = {"LAG", "x",   buckets, 1,    1, UNIT_COUNT, ROLE_CHART_LOAD, NULL, "-1m",
                          0,     false, NULL,    NULL, 0, NULL};
    draw_on(20, 6, true);
    chart_draw(&chart, surface, (struct rect){0, 0, 15, 6});
    chart_draw(&chart, surface, (struct rect){0, 0, 20, 3});
    chart_draw(&chart, surface, (struct rect){0, 0, 0, 0});
    ck_assert_int_eq(chart_buckets(surface, 3), 0);
    expect("\n\n\n\n\n\n");
}
END_TEST

START_TEST(an_empty_chart_has_its_frame) {
    struct chart chart = {"IN",  "-",  NULL, 0, 1500000, UNIT_BYTES_PER_S, ROLE_CHART_IN, NULL, "-1h", 0,
                          false, NULL, NULL, 0, NULL};
    chart.unit = UNIT_MSGS;
    draw_on(24, 5, false);
    chart_draw(&chart, surface, surface_rect(surface));
    expect("-IN ---------------- - -\n"
           "     |\n"
           "     | no data yet\n"
           "     |\n"
           "      -1h            now\n");
}
END_TEST

START_TEST(as_many_buckets_as_cells) {
    draw_on(60, 10, false);
    ck_assert_int_eq(chart_buckets(surface, 60), 108);
    surface->ascii = true;
    ck_assert_int_eq(chart_buckets(surface, 60), 54);
    surface_destroy(surface);
}
END_TEST

START_TEST(zero_is_not_unknown) {
    struct chart_bucket zero = {0, 0, 0}, unknown = {NAN, NAN, NAN}, negative = {-1, -1, -1};
    ck_assert(chart_known(zero));
    ck_assert(!chart_known(unknown));
    ck_assert(!chart_known(negative));
    ck_assert_int_eq(chart_dots(zero, 10, 20), 1);
    ck_assert_int_eq(chart_dots(zero, 0, 20), 1);
    ck_assert_int_eq(chart_dots(unknown, 10, 20), 0);
    ck_assert_int_eq(chart_dots((struct chart_bucket){0, INFINITY, 0}, 10, 20), 20);
    ck_assert_int_eq(chart_dots((struct chart_bucket){0, 5, 0}, 10, 20), 10);
    ck_assert_uint_eq(chart_braille(0, 0), ' ');
    ck_assert_uint_eq(chart_braille(4, 4), 0x28ff);
    ck_assert_uint_eq(chart_braille(1, 0), 0x2840);
    ck_assert_uint_eq(chart_braille(0, 2), 0x28a0);
}
END_TEST

START_TEST(sparks) {
    struct chart_bucket buckets[64];
    int count = buckets_of(buckets, "9 0 0 - 1 2 3 4 5 6 7 8 - 8");
    draw_on(20, 3, true);
    struct rect all = surface_rect(surface);
    spark_draw(surface, all, 0, 0, 13, buckets, count, 0, ROLE_CHART_LOAD);
    spark_draw(surface, all, 0, 1, 20, buckets, count, 16, ROLE_CHART_LOAD);
    spark_draw(surface, all, 0, 2, 4, buckets, 3, 0, ROLE_CHART_LOAD);
    spark_draw(surface, all, 0, 2, 0, buckets, 3, 0, ROLE_CHART_LOAD);
    expect(".. :-=+*#%@ @\n"
           "      *.. ::--==++ +\n"
           " @..\n");
}
END_TEST

START_TEST(braille_sparks) {
    struct chart_bucket buckets[64];
    int count = buckets_of(buckets, "- - 0 0 - 1 2 3 4 4");
    draw_on(8, 1, false);
    spark_draw(surface, surface_rect(surface), 0, 0, 7, buckets, count, 0, ROLE_CHART_LOAD);
    expect("   ⣀⢀⣴⣿\n");
}
END_TEST

START_TEST(gauges) {
    draw_on(14, 8, true);
    struct rect all = surface_rect(surface);
    static const double shares[] = {0, 0.001, 0.33, 0.52, 1, 7, NAN, 0.5};
    for (int i = 0; i < 8; i++)
        gauge_draw(surface, all, 0, i, i == 7 ? 2 : 12, shares[i], i < 5 ? 0.5 : -1, ROLE_OK);
    expect("[     |    ]\n"
           "[.    |    ]\n"
           "[###. |    ]\n"
           "[#####|    ]\n"
           "[#####|####]\n"
           "[##########]\n"
           "[     -    ]\n"
           "\n");
}
END_TEST

static const struct {
    double max;
    enum unit unit;
    double top;
} fits[] = {
    {0, UNIT_NS, 1000000000},
    {180000, UNIT_NS, 200000},
    {0, UNIT_MSGS, 1},
    {0.3, UNIT_PER_S, 1},
    {1, UNIT_MSGS, 1},
    {1.2, UNIT_MSGS, 2},
    {3, UNIT_MSGS, 5},
    {7, UNIT_MSGS, 10},
    {182000, UNIT_MSGS, 200000},
    {500000, UNIT_MSGS, 500000},
    {500001, UNIT_MSGS, 1000000},
    {600, UNIT_BYTES, 1024},
    {1025, UNIT_BYTES, 2048},
    {300 * 1024, UNIT_BYTES_PER_S, 500 * 1024},
    {600 * 1024, UNIT_BYTES, 1048576},
    {0.004, UNIT_RATIO, 0.01},
    {0.03, UNIT_RATIO, 0.05},
    {0.7, UNIT_RATIO, 1},
    {88, UNIT_PERCENT, 100},
};

START_TEST(scales_have_steps) {
    struct chart_scale scale = {0};
    chart_scale_fit(&scale, fits[_i].max, fits[_i].unit);
    ck_assert_double_eq_tol(scale.top, fits[_i].top, fits[_i].top * 1e-9);
}
END_TEST

START_TEST(scales_do_not_breathe) {
    struct chart_scale scale = {0};
    chart_scale_fit(&scale, 95, UNIT_MSGS);
    ck_assert_double_eq(scale.top, 100);
    static const struct {
        double max, top;
    } steps[] = {{101, 200}, {95, 200}, {70, 200}, {66, 100},    {100, 100},
                 {34, 100},  {33, 50},  {NAN, 1},  {INFINITY, 1}};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        chart_scale_fit(&scale, steps[i].max, UNIT_MSGS);
        ck_assert_double_eq(scale.top, steps[i].top);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("tui_chart");
    TCase *test = tcase_create("chart");
    suite_add_tcase(suite, test);
    tcase_add_test(test, ascii_chart);
    tcase_add_test(test, words_on_the_axis);
    tcase_add_test(test, braille_chart);
    tcase_add_test(test, levels_are_dotted_lines);
    tcase_add_test(test, a_level_goes_through_bars);
    tcase_add_test(test, a_level_in_the_lowest_row);
    tcase_add_test(test, levels_in_one_row);
    tcase_add_test(test, a_chart_in_a_corner);
    tcase_add_test(test, too_small_is_not_drawn);
    tcase_add_test(test, an_empty_chart_has_its_frame);
    tcase_add_test(test, as_many_buckets_as_cells);
    tcase_add_test(test, zero_is_not_unknown);
    tcase_add_test(test, sparks);
    tcase_add_test(test, braille_sparks);
    tcase_add_test(test, gauges);
    tcase_add_loop_test(test, scales_have_steps, 0, sizeof fits / sizeof *fits);
    tcase_add_test(test, scales_do_not_breathe);
    return suite_run(suite);
}
