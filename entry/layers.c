#include "entry/layers.h"

#include <limits.h>

#include "views/chrome.h"

static unsigned move(struct app *app, long by) {
    struct stage *st = &app->stage;
    long most = st->help_open ? stage_help_most(st, surface_rect(app->surface)) : view_count - 1;
    int *at = st->help_open ? &st->help_top : &st->menu_choice;
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
    prompt_open(&app->stage.prompt, "/", app->stage.help_filter);
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

/* The same as in every list. */
#define MOVES                                                                                                \
    {"Down j", "down", "down", "Next line.", down}, {"Up k", "up", "up", "Previous line.", up},              \
        {"PgDn", "page_down", "page", "A page down.", page_down},                                            \
        {"PgUp", "page_up", NULL, "A page up.", page_up},                                                    \
        {"Ctrl-D", "half_down", NULL, "Half a page down.", half_down},                                       \
        {"Ctrl-U", "half_up", NULL, "Half a page up.", half_up},                                             \
        {"Home g", "home", "first", "First line.", home}, {                                                  \
        "End G", "end", "last", "Last line.", end                                                            \
    }

static const struct action help_actions[] = {
    {"/", "search", "search", "Searches the keys and what they do.", search},
    {"Esc Backspace", "back", "back", "Ends the search, then help.", leave_help},
    {"? F1 q", "close", NULL, "Ends help.", put_away},
    MOVES,
};
static const struct action menu_actions[] = {
    {"Enter d", "open", "open", "Opens the view.", take},
    {"Esc Backspace m q", "back", "back", "Back to the view.", put_away},
    MOVES,
};
#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
static const struct action_table help_table = {"Help", help_actions, COUNT(help_actions)},
                                 menu_table = {"Menu", menu_actions, COUNT(menu_actions)};

void layer_open_help(struct app *app) {
    layer_close(app);
    app->stage.help_open = true;
    app->stage.over = &help_table;
}

void layer_open_menu(struct app *app) {
    layer_close(app);
    app->stage.menu_open = true;
    app->stage.menu_choice = app->stage.here.view;
    app->stage.over = &menu_table;
}

void layer_close(struct app *app) {
    struct stage *st = &app->stage;
    st->help_open = st->menu_open = false;
    st->help_filter[0] = '\0';
    st->help_top = 0;
    st->over = NULL;
}
