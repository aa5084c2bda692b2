#include "entry/settings_dialog.h"

#include <stdio.h>
#include <string.h>

#include "base/choice.h"
#include "base/clock.h"
#include "base/text.h"
#include "entry/layers.h"
#include "entry/settings_live.h"
#include "entry/settings_write.h"
#include "tui/zone.h"

enum { PATH_COLUMN = 3, PHONE = 60, NARROW = 100 };

int settings_dialog_lines(void) {
    int count;
    settings_all(&count);
    return count;
}

/* ---- drawing ---- */

/* Of a place the end says most: its line. The first column that is left says that something is gone. */
static void cut_front(char *text, int columns) {
    size_t at = 0, len = strlen(text);
    uint32_t c;
    if (columns < 1 || text_width(text) <= columns)
        return;
    while (at < len && text_width(text + at) > columns - 1)
        at += utf8_decode(text + at, len - at, &c);
    memmove(text + 1, text + at, len - at + 1); /* at least one character went */
    text[0] = '~';
}

static void draw_row(const struct setting *row, const struct options *o, int number, bool chosen,
                     struct surface *s, struct rect at) {
    char value[SETTING_TEXT], origin[600];
    int path = at.w < PHONE    ? at.w / 2
               : at.w < NARROW ? 27
                               : 32,
        from = at.w < PHONE    ? 0
               : at.w < NARROW ? 18
                               : 34;
    int room = at.w - PATH_COLUMN - path - from - 2;
    config_show(row, o, value, sizeof value);
    config_origin(row, o, origin, sizeof origin);
    bool is_default = strcmp(origin, "default") == 0;
    surface_field(s, at, at.x + PATH_COLUMN, at.y, path, -1, ROLE_TEXT, 0, row->path);
    surface_field(s, at, at.x + PATH_COLUMN + path + 1, at.y, room > 0 ? room : 0, -1,
                  is_default ? ROLE_MUTED : ROLE_TEXT, 0, value);
    cut_front(origin, from);
    surface_field(s, at, at.x + at.w - from, at.y, from, -1, is_default ? ROLE_MUTED : ROLE_HEAD, 0, origin);
    surface_zone(s, at, ZONE_LINE, row, number);
    if (!chosen)
        return;
    surface_put(s, at, at.x + 1, at.y, ROLE_TEXT, 0, '>');
    surface_tint(s, at, ROLE_SELECT, 0);
}

static void draw_help(const struct setting *row, struct surface *s, struct rect at) {
    static const char *const when[] = {[SETTING_LIVE] = "At once.",
                                       [SETTING_START] = "At the next start.",
                                       [SETTING_ASKING] = "At once; the servers are asked anew."};
    char help[600], text[700], cut[1000];
    keymap_fill(row->help, help, sizeof help);
    snprintf(text, sizeof text, "%s%s%s%s %s", help, row->words ? " One of " : "",
             row->words ? row->words : "", row->words ? "." : "", when[row->effect]);
    text_cut(cut, sizeof cut, text, at.w - 2);
    surface_text(s, at, at.x + 1, at.y, ROLE_TEXT, 0, cut);
}

void settings_dialog_draw(const struct stage *st, struct surface *s, struct rect area) {
    int count, page = area.h - 3, choice = st->settings_choice;
    const struct setting *all = settings_all(&count);
    const char *path = config_path(st->options->config);
    char right[400];
    surface_fill(s, area, ROLE_TEXT, 0, ' ');
    snprintf(right, sizeof right, "%d of %d   %.300s", choice + 1, count,
             *path ? path : "no configuration file");
    bool bare = page < 1; /* too small for a frame: rows alone */
    if (bare)
        page = area.h;
    else
        surface_rule(s, area, "SETTINGS", right);
    int top = choice >= page ? choice - page + 1 : 0;
    for (int i = top; i < count && i - top < page; i++)
        draw_row(&all[i], st->options, i, i == choice, s,
                 (struct rect){area.x, area.y + !bare + i - top, area.w, 1});
    if (bare)
        return;
    surface_rule(s, (struct rect){area.x, area.y + area.h - 2, area.w, 1}, "", "");
    draw_help(&all[choice], s, (struct rect){area.x, area.y + area.h - 1, area.w, 1});
}

/* ---- keys ---- */

unsigned settings_dialog_open(void *data) {
    struct app *app = data;
    settings_pull(app);
    layer_open_settings(app);
    return REACT_DRAW;
}

static bool unquote(const char *value, char *out, size_t size) {
    size_t len = strlen(value);
    bool quoted = len >= 2 && value[0] == '"';
    snprintf(out, size, "%.*s", (int)(quoted ? len - 2 : len), quoted ? value + 1 : value);
    return quoted;
}

/* The value after the present one; false: there are not a few to choose from. */
static bool next_value(const struct setting *row, const struct options *o, char *out, size_t size) {
    char shown[SETTING_TEXT], now[SETTING_TEXT];
    setting_show(row, o, shown, sizeof shown);
    unquote(shown, now, sizeof now);
    const char *words = row->type == &type_FLAG ? "false|true" : setting_words(row);
    if (words == NULL)
        return false;
    if (!choice_word(words, choice_index(words, now) + 1, out, size))
        choice_word(words, 0, out, size);
    return true;
}

unsigned settings_dialog_change(void *data) {
    struct app *app = data;
    int count;
    const struct setting *row = &settings_all(&count)[app->stage.settings_choice];
    char next[100], filled[200];
    const char *fault = NULL;
    if (next_value(row, &app->in_force, next, sizeof next))
        fault = settings_change(app, row, next);
    else if (strncmp(row->path, "columns.", 8) == 0)
        fault = keymap_fill("columns are chosen and moved in the list itself, by {columns}", filled,
                            sizeof filled);
    else
        fault =
            keymap_fill("this one is written in the file, which {reload} reads again", filled, sizeof filled);
    if (fault != NULL)
        stage_say(&app->stage, clock_mono_ns(), true, fault);
    return REACT_DRAW | REACT_WANTS;
}

unsigned settings_dialog_write(void *data) {
    struct app *app = data;
    char message[STAGE_MESSAGE_SIZE];
    bool good = settings_write(&app->in_force, message, sizeof message);
    if (good)
        settings_reload(app); /* what was written comes from the file from now on */
    stage_say(&app->stage, clock_mono_ns() + 4 * NS_PER_S, !good, message);
    return REACT_DRAW;
}
