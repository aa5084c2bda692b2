#include "tui/chart.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tui/chart_level.h"

enum {
    LABEL_WIDTH = 5,
    SCALE_WIDTH = LABEL_WIDTH + 1,
    LEAST_ROWS = 4,
    LEAST_COLS = 16,
    LEVEL_SIZE = NUMBER_TEXT_SIZE + 16
};
#define BRAILLE_FULL 0x28ff

int chart_buckets(const struct surface *s, int width) {
    int cells = width - SCALE_WIDTH;
    return cells < 0 ? 0 : s->ascii ? cells : 2 * cells;
}

/* "1.50M" as "1.5M", "2.00G" as "2G". */
static void format_label(char out[NUMBER_TEXT_SIZE], double value, enum unit unit) {
    number_format(out, value, unit);
    char *second = unit == UNIT_NS ? out + strspn(out, "0123456789") : NULL;
    if (second && strlen(out) > LABEL_WIDTH && second[0] != '\0') /* "16m40s" as "16m" */
        second[1] = '\0';
    char *point = strchr(out, '.');
    if (!point)
        return;
    char *end = point + 1;
    while (*end >= '0' && *end <= '9')
        end++;
    char *last = end;
    while (last[-1] == '0')
        last--;
    if (last - 1 == point)
        last--;
    memmove(last, end, strlen(end) + 1);
}

/* Without anything to measure there is no scale. */
static bool is_empty(const struct chart *chart) {
    for (int i = 0; i < chart->count; i++)
        if (chart_known(chart->buckets[i]))
            return false;
    return true;
}

static void draw_scale(const struct chart *chart, struct surface *s, struct rect body) {
    char text[NUMBER_TEXT_SIZE];
    bool empty = is_empty(chart);
    for (int row = 0; row < body.h; row++) {
        bool middle = row == body.h / 2 && body.h >= 5;
        text[0] = '\0';
        if (row == 0)
            format_label(text, chart->top, chart->unit);
        else if (row == body.h - 1)
            strcpy(text, "0");
        else if (middle)
            format_label(text, chart->top / 2, chart->unit);
        surface_field(s, body, body.x, body.y + row, LABEL_WIDTH, 1, ROLE_MUTED, 0, empty ? "" : text);
        surface_put(s, body, body.x + LABEL_WIDTH, body.y + row, ROLE_MUTED, 0, '|');
    }
}

/* Buckets of one column of cells, the last column being `cells` - 1; outside of them all is unknown. */
static struct chart_bucket bucket_at(const struct chart *chart, int index) {
    static const struct chart_bucket unknown = {-1, -1, -1};
    return index >= 0 && index < chart->count ? chart->buckets[index] : unknown;
}

static int level_in_row(int level, int row_from_below, int per_row) {
    int rest = level - row_from_below * per_row;
    return rest < 0 ? 0 : rest > per_row ? per_row : rest;
}

static void draw_column_ascii(const struct chart *chart, struct surface *s, struct rect body, int cell) {
    static const char shapes[] = " .:#";
    int per_row = 3,
        level = chart_dots(bucket_at(chart, chart->count - body.w + cell), chart->top, body.h * per_row);
    for (int row = 0; row < body.h; row++) {
        char c = shapes[level_in_row(level, body.h - 1 - row, per_row)];
        surface_put(s, body, body.x + cell, body.y + row, chart->role, 0, (uint32_t)c);
    }
}

static void draw_column_braille(const struct chart *chart, struct surface *s, struct rect body, int cell) {
    int per_row = 4, first = chart->count - 2 * body.w + 2 * cell;
    int left = chart_dots(bucket_at(chart, first), chart->top, body.h * per_row);
    int right = chart_dots(bucket_at(chart, first + 1), chart->top, body.h * per_row);
    for (int row = 0; row < body.h; row++) {
        int below = body.h - 1 - row;
        surface_put(s, body, body.x + cell, body.y + row, chart->role, 0,
                    chart_braille(level_in_row(left, below, per_row), level_in_row(right, below, per_row)));
    }
}

/* ---- levels ---- */

static bool is_free(const struct surface *s, int x, int y) {
    return x < s->cols && y < s->rows && s->cells[y * s->cols + x].c == ' ';
}

/* So many columns that no bar stands in; -1: nowhere. */
static int free_place(const struct surface *s, struct rect row, int width) {
    for (int x = row.x, run = 0; x < row.x + row.w; x++) {
        run = is_free(s, x, row.y) ? run + 1 : 0;
        if (run == width + 1)
            return x - width;
    }
    return -1;
}

static bool is_above(const struct chart *chart, const struct chart_level *level) {
    return level->value > chart->top;
}

/* One above the scale is told of in the first row; -1: there is no line at the ground. */
static int level_row(const struct chart *chart, struct rect body, const struct chart_level *level) {
    if (!(level->value > 0) || !(chart->top > 0))
        return -1;
    int below = is_above(chart, level) ? body.h - 1 : (int)(level->value / chart->top * body.h);
    return body.y + body.h - 1 - (below < body.h ? below : body.h - 1);
}

/* "!!5m ", "!!5m↑ ". */
static int level_text(const struct chart *chart, const struct surface *s, const struct chart_level *level,
                      char out[static LEVEL_SIZE]) {
    char value[NUMBER_TEXT_SIZE];
    format_label(value, level->value, chart->unit);
    snprintf(out, LEVEL_SIZE, "%s%s%s ", level->mark, value,
             !is_above(chart, level) ? ""
             : s->ascii              ? "^"
                                     : "↑");
    return text_width(out);
}

/* Through bars, too; fewer dots where these end, so that their ends are seen, and none of them at the ground.
 */
static void draw_line(struct surface *s, struct rect row, bool ground, enum role role) {
    for (int x = row.x; x < row.x + row.w && x < s->cols && row.y < s->rows; x += 2) {
        uint32_t c = s->cells[row.y * s->cols + x].c;
        bool end = c != ' ' && c != '#' && c != BRAILLE_FULL;
        if (!end || (!ground && (x - row.x) % 4 == 0))
            surface_put(s, row, x, row.y, role, 0, s->ascii ? '-' : 0xb7);
    }
}

static bool is_said_in(const struct chart *chart, struct rect body, int y, int i, bool above) {
    const struct chart_level *level = &chart->levels[i];
    return level_row(chart, body, level) == y && is_above(chart, level) == above;
}

/* Columns of the words of those in this row, which begin at `x`. */
static int put_words(const struct chart *chart, struct surface *s, struct rect body, int x, int y, bool above,
                     bool draw) {
    char text[LEVEL_SIZE];
    int at = x;
    for (int i = 0; i < chart->level_count; i++) {
        if (!is_said_in(chart, body, y, i, above))
            continue;
        int width = level_text(chart, s, &chart->levels[i], text);
        if (draw)
            surface_text(s, body, at, y, above ? ROLE_MUTED : chart->levels[i].role, 0, text);
        at += width;
    }
    return at - x;
}

/* The words of lines stand between the bars, else on the oldest of them; of what is above only between. */
static void draw_levels_in(const struct chart *chart, struct surface *s, struct rect body, int y) {
    struct rect row = {body.x, y, body.w, 1};
    int within = put_words(chart, s, body, 0, y, false, false);
    int above = put_words(chart, s, body, 0, y, true, false);
    int both = above ? free_place(s, row, within + above) : -1;
    int place = both < 0 && within ? free_place(s, row, within) : both;
    int i = 0;
    while (i < chart->level_count && !is_said_in(chart, body, y, i, false))
        i++;
    if (i < chart->level_count) /* it is met first */
        draw_line(s, row, y == body.y + body.h - 1, chart->levels[i].role);
    if (place < 0)
        place = row.x;
    put_words(chart, s, body, place, y, false, true);
    if (both >= 0)
        put_words(chart, s, body, place + within, y, true, true);
}

struct axis { /* cells from `first` to `last` are free for marks; `span`, `now`: where these words begin */
    struct rect at;
    int span, first, last, now;
};

static struct axis lay_axis(const struct chart *chart, const struct surface *s, struct rect at) {
    int per_cell = s->ascii ? 1 : 2, w = text_width(chart->span ? chart->span : "");
    struct axis a = {at, 0, 0, at.w - 1, at.w};
    if (chart->span_buckets > 0 && chart->span_buckets <= chart->count)
        a.span = at.w - 1 - (chart->span_buckets - 1) / per_cell;
    if (a.span < 0)
        a.span = 0;
    if (a.span + w + 5 <= at.w)
        a.now = at.w - 3, a.last = a.now - 2;
    a.first = a.span + w + (w > 0);
    return a;
}

/* A mark below one of the words stands beside it, a column away. */
static void draw_marks(const struct chart *chart, struct surface *s, const struct axis *a) {
    int per_cell = s->ascii ? 1 : 2;
    for (int i = 0; chart->marks && i < chart->count; i++) {
        int cell = a->at.w - 1 - (chart->count - 1 - i) / per_cell;
        if (!chart->marks[i])
            continue;
        if (cell >= a->span && cell < a->first)
            cell = a->first;
        if (cell > a->last)
            cell = a->last;
        surface_put(s, a->at, a->at.x + cell, a->at.y, ROLE_CHART_MARK, 0, '!');
    }
}

static void draw_axis(const struct chart *chart, struct surface *s, struct rect at) {
    struct axis a = lay_axis(chart, s, at);
    surface_fill(s, at, ROLE_MUTED, 0, ' ');
    draw_marks(chart, s, &a);
    surface_text(s, at, at.x + a.span, at.y, ROLE_MUTED, 0, chart->span ? chart->span : "");
    if (a.now < at.w)
        surface_text(s, at, at.x + a.now, at.y, ROLE_MUTED, 0, chart->end ? chart->end : "now");
}

void chart_draw(const struct chart *chart, struct surface *s, struct rect area) {
    if (area.h < LEAST_ROWS - chart->no_axis || area.w < LEAST_COLS)
        return;
    surface_rule(s, area, chart->title, chart->right);
    int rows = area.h - 1 - !chart->no_axis;
    struct rect scale = {area.x, area.y + 1, SCALE_WIDTH, rows};
    struct rect body = {area.x + SCALE_WIDTH, area.y + 1, area.w - SCALE_WIDTH, rows};
    draw_scale(chart, s, scale);
    for (int cell = 0; cell < body.w; cell++) {
        if (s->ascii)
            draw_column_ascii(chart, s, body, cell);
        else
            draw_column_braille(chart, s, body, cell);
    }
    for (int y = body.y; y < body.y + body.h && chart->level_count > 0 && !is_empty(chart); y++)
        draw_levels_in(chart, s, body, y);
    if (is_empty(chart))
        surface_text(s, body, body.x + 1, body.y + body.h / 2, ROLE_MUTED, 0,
                     chart->none ? chart->none : "no data yet");
    if (chart->no_axis)
        return;
    surface_fill(s, (struct rect){area.x, body.y + body.h, SCALE_WIDTH, 1}, ROLE_MUTED, 0, ' ');
    draw_axis(chart, s, (struct rect){body.x, body.y + body.h, body.w, 1});
}
