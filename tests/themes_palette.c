/* The shipped themes to eyes of four kinds: what ok, warn, crit and muted are apart, what the series of a
 * chart and keys are, and what can be read on the grounds they are for.
 *
 * Colour blindness as in Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of
 * Color Vision Deficiency", IEEE TVCG 15(6), 2009, doi:10.1109/TVCG.2009.113: the matrices published with it
 * for severity 1.0, on linear RGB. Distance is that of CIE L*a*b* 1976 for D65, contrast that of WCAG 2. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "tests/harness/suite.h"
#include "themes/theme.h"

enum eyes { NORMAL, PROTAN, DEUTAN, TRITAN, EYES };

static const double machado[EYES][3][3] = {
    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
    {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
    {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
    {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
};

struct triple {
    double v[3];
};

static struct triple linear(int color) {
    struct triple out;
    for (int i = 0; i < 3; i++) {
        double c = (color_rgb(color) >> (16 - 8 * i) & 255) / 255.0;
        out.v[i] = c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
    }
    return out;
}

static struct triple times(const double m[3][3], struct triple in) {
    struct triple out;
    for (int i = 0; i < 3; i++)
        out.v[i] = m[i][0] * in.v[0] + m[i][1] * in.v[1] + m[i][2] * in.v[2];
    return out;
}

static struct triple seen(int color, enum eyes eyes) {
    struct triple rgb = times(machado[eyes], linear(color));
    for (int i = 0; i < 3; i++)
        rgb.v[i] = fmin(1, fmax(0, rgb.v[i]));
    return rgb;
}

static struct triple lab(struct triple rgb) {
    static const double to_xyz[3][3] = {{0.4124564, 0.3575761, 0.1804375},
                                        {0.2126729, 0.7151522, 0.0721750},
                                        {0.0193339, 0.1191920, 0.9503041}};
    static const double white[3] = {0.95047, 1, 1.08883};
    struct triple f = times(to_xyz, rgb);
    for (int i = 0; i < 3; i++) {
        double t = f.v[i] / white[i];
        f.v[i] = t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116;
    }
    return (struct triple){{116 * f.v[1] - 16, 500 * (f.v[0] - f.v[1]), 200 * (f.v[1] - f.v[2])}};
}

static double apart(int a, int b, enum eyes eyes) {
    struct triple one = lab(seen(a, eyes)), other = lab(seen(b, eyes));
    double sum = 0;
    for (int i = 0; i < 3; i++)
        sum += (one.v[i] - other.v[i]) * (one.v[i] - other.v[i]);
    return sqrt(sum);
}

static double luminance(int color) {
    struct triple rgb = linear(color);
    return 0.2126 * rgb.v[0] + 0.7152 * rgb.v[1] + 0.0722 * rgb.v[2];
}

static double contrast(int a, int b) {
    double one = luminance(a) + 0.05, other = luminance(b) + 0.05;
    return one > other ? one / other : other / one;
}

/* ---- the shipped ones ---- */

#define GREY  (COLOR_EXACT | 0x1e1e1e)
#define CREAM (COLOR_EXACT | 0xfdf6e3)

static const struct shipped {
    const char *file;
    int ground, text;     /* the terminal's own, that it is made for */
    int other_ground;     /* which terminals have as well */
    double apart[EYES];   /* at least */
    double text_contrast; /* of whatever is text, at least */
} shipped[] = {
    {"themes/dark.theme", 16, 231, GREY, {50, 30, 40, 40}, 4.5},
    {"themes/light.theme", 231, 16, CREAM, {56, 17.5, 31.5, 37.5}, 4.5},
    {"themes/high-contrast.theme", 16, 231, 16, {40, 40, 40, 40}, 7},
    {"themes/okabe.theme", 16, 231, GREY, {29, 29, 29, 29}, 4.5},
};

static struct theme load(const char *file) {
    struct theme theme;
    char message[THEME_MESSAGE_SIZE];
    ck_assert_msg(theme_find(file, &theme, message, sizeof message), "%s", message);
    return theme;
}

/* Both as the file has it and as 256 colours show it. */
START_TEST(states_are_apart_to_all_eyes) {
    static const enum role states[] = {ROLE_OK, ROLE_WARN, ROLE_CRIT, ROLE_MUTED};
    const struct shipped *s = &shipped[_i];
    struct theme theme = load(s->file);
    for (int eyes = 0; eyes < EYES; eyes++)
        for (int a = 0; a < 4; a++)
            for (int b = 0; b < a; b++) {
                int one = theme.looks[states[a]][THEME_256].fg, other = theme.looks[states[b]][THEME_256].fg;
                double exact = apart(one, other, (enum eyes)eyes);
                double shown = apart(color_of_256(one), color_of_256(other), (enum eyes)eyes);
                ck_assert_msg(exact >= s->apart[eyes] && shown >= s->apart[eyes],
                              "%s: states %d and %d, eyes %d: %.1f, %.1f", s->file, a, b, eyes, exact, shown);
            }
}
END_TEST

static void expect_apart(const struct theme *theme, enum role a, enum role b, double least) {
    int one = theme->looks[a][THEME_256].fg, other = theme->looks[b][THEME_256].fg;
    for (int eyes = 0; eyes < EYES; eyes++) {
        double exact = apart(one, other, (enum eyes)eyes);
        double shown = apart(color_of_256(one), color_of_256(other), (enum eyes)eyes);
        ck_assert_msg(exact >= least && shown >= least, "%s: roles %d and %d, eyes %d: %.1f, %.1f",
                      theme->name, (int)a, (int)b, eyes, exact, shown);
    }
}

/* Of one chart; thin lines of dots, which are told by their marks where there is no colour. */
START_TEST(series_are_apart_to_all_eyes) {
    static const enum role series[] = {ROLE_CHART_IN, ROLE_CHART_OUT, ROLE_CHART_LOAD, ROLE_CHART_MARK};
    struct theme theme = load(shipped[_i].file);
    for (int a = 0; a < 4; a++)
        for (int b = 0; b < a; b++)
            expect_apart(&theme, series[a], series[b], 20);
}
END_TEST

/* A footer full of keys is no row of warnings; stale is not just of less interest. */
START_TEST(keys_are_no_states) {
    struct theme theme = load(shipped[_i].file);
    expect_apart(&theme, ROLE_KEY, ROLE_WARN, 20);
    expect_apart(&theme, ROLE_KEY, ROLE_CRIT, 20);
    expect_apart(&theme, ROLE_MUTED, ROLE_DIM, 5);
}
END_TEST

/* What may become an alert is told by its mark as well. */
START_TEST(what_is_pending_is_a_state_of_its_own) {
    static const enum role states[] = {ROLE_OK, ROLE_WARN, ROLE_CRIT, ROLE_UNKNOWN};
    struct theme theme = load(shipped[_i].file);
    for (int i = 0; i < 4; i++)
        expect_apart(&theme, ROLE_PENDING, states[i], 22);
}
END_TEST

/* Charts are graphics, for which 3 is enough. */
static double least_contrast(const struct shipped *s, int role) {
    return role >= ROLE_CHART_IN && role <= ROLE_CHART_MARK ? 3 : s->text_contrast;
}

/* `rounded`: how much less may be left of it by the nearest of 256 colours. */
static void expect_readable(const struct shipped *s, int ground, double rounded) {
    struct theme theme = load(s->file);
    for (int role = 0; role < ROLE_COUNT; role++) {
        struct look look = theme.looks[role][THEME_256];
        int fg = look.fg < 0 ? s->text : look.fg, bg = look.bg < 0 ? ground : look.bg;
        double exact = contrast(fg, bg),
               shown = contrast(color_of_256(fg), bg == ground ? bg : color_of_256(bg));
        ck_assert_msg(exact >= least_contrast(s, role) && shown >= least_contrast(s, role) - rounded,
                      "%s: role %d: %.2f, %.2f", s->file, role, exact, shown);
    }
}

START_TEST(all_roles_can_be_read) {
    expect_readable(&shipped[_i], shipped[_i].ground, 0);
    expect_readable(&shipped[_i], shipped[_i].other_ground, 0.2);
}
END_TEST

/* Of eight colours, on the ground that the theme is for; which grey, red and blue these are is the
 * terminal's. */
START_TEST(eight_colours_can_be_read) {
    const struct shipped *s = &shipped[_i];
    struct theme theme = load(s->file);
    for (int role = 0; role < ROLE_COUNT; role++) {
        struct look look = theme.looks[role][THEME_8];
        int fg = look.fg < 0 ? s->text : look.fg, bg = look.bg < 0 ? s->ground : look.bg;
        ck_assert_int_lt(look.fg, 8);
        ck_assert_int_lt(look.bg, 8);
        ck_assert_msg(contrast(fg, bg) >= 3, "%s: role %d: %.2f", s->file, role, contrast(fg, bg));
    }
}
END_TEST

/* What has a colour alone in 256 colours keeps one or an attribute in eight. */
START_TEST(states_differ_with_eight_colours) {
    static const enum role states[] = {ROLE_OK, ROLE_WARN, ROLE_CRIT, ROLE_TEXT};
    struct theme theme = load(shipped[_i].file);
    for (int a = 0; a < 4; a++)
        for (int b = 0; b < a; b++)
            ck_assert_int_ne(theme.looks[states[a]][THEME_8].fg, theme.looks[states[b]][THEME_8].fg);
}
END_TEST

/* The measure itself: the usual green and red are one colour to deuteranopes; black and white are 21:1. */
START_TEST(the_measure_measures) {
    ck_assert_double_eq_tol(apart(34, 160, DEUTAN), 9.7, 0.3);
    ck_assert_double_eq_tol(apart(34, 184, NORMAL), 54.6, 0.5);
    ck_assert_double_eq_tol(contrast(16, 231), 21, 0.01);
    ck_assert_double_eq_tol(contrast(16, 203), 7.1, 0.05);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("themes_palette");
    TCase *test = tcase_create("palette");
    int count = (int)(sizeof shipped / sizeof *shipped);
    suite_add_tcase(suite, test);
    tcase_add_test(test, the_measure_measures);
    tcase_add_loop_test(test, states_are_apart_to_all_eyes, 0, count);
    tcase_add_loop_test(test, series_are_apart_to_all_eyes, 0, count);
    tcase_add_loop_test(test, keys_are_no_states, 0, count);
    tcase_add_loop_test(test, what_is_pending_is_a_state_of_its_own, 0, count);
    tcase_add_loop_test(test, all_roles_can_be_read, 0, count);
    tcase_add_loop_test(test, eight_colours_can_be_read, 0, count);
    tcase_add_loop_test(test, states_differ_with_eight_colours, 0, count);
    return suite_run(suite);
}
