#include "entry/layers.h"

#include <limits.h>

#include "entry/settings_dialog.h"
#include "views/chrome.h"

static unsigned move(struct app *app, long by) {
    struct stage *st = &app->stage;
    long most = st->help_open       ? stage_help_most(st, surface_rect(app->surface))
                : st->settings_open ? settings_dialog_lines() - 1
                                    : view_count - 1;
    int *at = st->help_open ? &st->help_top : st->settings_open ? &st->settings_choice : &st->menu_choice;
    long to = by == LONG_MIN ? 0 : by == LONG_MAX ? most : *at + by;
    *at = (int)(to < 0 ? 0 : to > most ? most : to);
    return REACT_DRAW;
}

static long page_of(const struct app *app) {
    int rows = chrome_layout(surface_rect(app->surface)).h - 1;
    return rows > 1 ? rows : 1;
}

static unsigned down(void *app) {
    return move(app, 1);
}
static unsigned up(void *app) {
    return move(app, -1);
}
static unsigned page_down(void *app) {
    return move(app, page_of(app));
}
static unsigned page_up(void *app) {
    return move(app, -page_of(app));
}
static unsigned half_down(void *app) {
    return move(app, (page_of(app) + 1) / 2);
}
static unsigned half_up(void *app) {
    return move(app, -(page_of(app) + 1) / 2);
}
static unsigned home(void *app) {
    return move(app, LONG_MIN);
}
static unsigned end(void *app) {
    return move(app, LONG_MAX);
}

static unsigned search(void *data) {
    struct app *app = data;
    app_open_prompt(app, "/", app->stage.help_filter);
    return REACT_DRAW;
}

static unsigned put_away(void *app) {
    layer_close(app);
    return REACT_DRAW;
}

/* The search is a layer of its own. */
static unsigned leave_help(void *data) {
    struct stage *st = &((struct app *)data)->stage;
    if (st->help_filter[0] == '\0')
        return put_away(data);
    st->help_filter[0] = '\0';
    st->help_top = 0;
    return REACT_DRAW;
}

static unsigned take(void *data) {
    struct app *app = data;
    int choice = app->stage.menu_choice;
    layer_close(app);
    stage_go(&app->stage, views[choice], 0);
    return REACT_DRAW | REACT_WANTS;
}

const struct action layer_actions[] = {
    {ACTION_SEARCH, search},
    {ACTION_HELP_BACK, leave_help},
    {ACTION_HELP_CLOSE, put_away},
    {ACTION_HELP_QUIT, put_away},
    {ACTION_OPEN_VIEW, take},
    {ACTION_MENU_BACK, put_away},
    {ACTION_MENU_CLOSE, put_away},
    {ACTION_MENU_QUIT, put_away},
    {ACTION_CHANGE, settings_dialog_change},
    {ACTION_WRITE, settings_dialog_write},
    {ACTION_SETTINGS_BACK, put_away},
    {ACTION_SETTINGS_CLOSE, put_away},
    {ACTION_SETTINGS_QUIT, put_away},
    {ACTION_LINE_DOWN, down},
    {ACTION_LINE_UP, up},
    {ACTION_LINE_PAGE_DOWN, page_down},
    {ACTION_LINE_PAGE_UP, page_up},
    {ACTION_LINE_HALF_DOWN, half_down},
    {ACTION_LINE_HALF_UP, half_up},
    {ACTION_LINE_HOME, home},
    {ACTION_LINE_END, end},
    {ACTION_NONE, NULL},
};

void layer_open_help(struct app *app) {
    layer_close(app);
    app->stage.help_open = true;
}

void layer_open_menu(struct app *app) {
    layer_close(app);
    app->stage.menu_open = true;
    app->stage.menu_choice = app->stage.here.view;
}

void layer_open_settings(struct app *app) {
    layer_close(app);
    app->stage.settings_open = true;
    app->stage.draw_settings = settings_dialog_draw;
}

void layer_close(struct app *app) {
    struct stage *st = &app->stage;
    st->help_open = st->menu_open = st->settings_open = false;
    st->help_filter[0] = '\0';
    st->help_top = 0;
}

bool layer_is_open(const struct app *app) {
    return app->stage.help_open || app->stage.menu_open || app->stage.settings_open;
}
