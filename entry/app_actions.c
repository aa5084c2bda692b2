/* What keys do everywhere. */
#include "entry/app.h"

#include <signal.h>
#include <stdio.h>

#include "base/clock.h"
#include "entry/layers.h"
#include "entry/settings_dialog.h"
#include "entry/settings_live.h"
#include "views/quantity_table.h"

static unsigned quit(void *data) {
    (void)data;
    return REACT_QUIT;
}

static unsigned open_help(void *data) {
    layer_open_help(data);
    return REACT_DRAW;
}

static unsigned open_menu(void *data) {
    layer_open_menu(data);
    return REACT_DRAW;
}

static unsigned open_command(void *data) {
    struct app *app = data;
    app_open_prompt(app, ":", "");
    return REACT_DRAW;
}

static unsigned open_filter(void *data) {
    struct app *app = data;
    if (stage_view(&app->stage)->check_filter == NULL) {
        stage_say(&app->stage, clock_mono_ns(), true, "nothing to filter here");
        return REACT_DRAW;
    }
    app_open_prompt(app, "/", app->stage.filters[app->stage.here.view]);
    return REACT_DRAW;
}

/* The last layer goes first: filter, then place. */
static unsigned go_back(void *data) {
    struct app *app = data;
    char *filter = app->stage.filters[app->stage.here.view], text[100];
    if (filter[0] != '\0')
        filter[0] = '\0';
    else if (!stage_go_back(&app->stage))
        stage_say(&app->stage, clock_mono_ns(), false,
                  keymap_fill("this is the first place; {quit} quits", text, sizeof text));
    return REACT_DRAW | REACT_WANTS;
}

static unsigned go_previous(void *data) {
    stage_go_previous(&((struct app *)data)->stage);
    return REACT_DRAW | REACT_WANTS;
}

static unsigned go_view(void *data) {
    struct app *app = data;
    layer_close(app);
    for (int i = 0; i < view_count; i++)
        if (view_action(views[i]) == app->action)
            stage_go(&app->stage, views[i], 0);
    return REACT_DRAW | REACT_WANTS;
}

/* The view does it where it has events or alerts; else in the view of events. */
static unsigned walk_events(void *data) {
    struct app *app = data;
    struct view_request request = {0};
    layer_close(app);
    stage_go(&app->stage, view_by_name("events"), 0);
    stage_act(&app->stage, app->action, clock_mono_ns(), &request);
    if (request.say != NULL)
        stage_say(&app->stage, clock_mono_ns(), false, request.say);
    return REACT_DRAW | REACT_WANTS;
}

static unsigned open_find(void *data) {
    struct app *app = data;
    layer_close(app);
    app_open_prompt(app, ":", "find ");
    return REACT_DRAW;
}

static unsigned toggle_pause(void *data) {
    struct app *app = data;
    stage_pause(&app->stage, !app->stage.paused);
    feed_hold(app->feed, stage_stands_still(&app->stage));
    return REACT_DRAW;
}

static unsigned toggle(struct app *app, bool *flag, const char *on, const char *off) {
    *flag = !*flag;
    stage_say(&app->stage, clock_mono_ns(), false, *flag ? on : off);
    return REACT_DRAW;
}

static unsigned toggle_faults(void *data) {
    struct app *app = data;
    return toggle(app, &app->stage.faults_only, "faults only: what is ok is hidden", "everything is shown");
}

static unsigned toggle_hidden(void *data) {
    struct app *app = data;
    const struct view_ops *view = stage_view(&app->stage);
    const char *what = view->hidden ? view->hidden : "idle and internal ones";
    bool any = !view->lists || list_hidden(view->lists, app->stage.states[app->stage.here.view]) > 0;
    char on[120], off[120];
    snprintf(on, sizeof on, any ? "%s are shown" : "%s are shown: there are none here", what);
    snprintf(off, sizeof off, "%s are hidden", what);
    return toggle(app, &app->stage.show_hidden, on, off);
}

static unsigned toggle_units(void *data) {
    struct app *app = data;
    return toggle(app, &app->stage.bits, "bits per second", "bytes per second");
}

static unsigned toggle_local(void *data) {
    struct app *app = data;
    return toggle(app, &app->stage.local_time, "local time", "UTC");
}

static unsigned repaint(void *data) {
    (void)data;
    return REACT_REPAINT | REACT_DRAW;
}

static unsigned reload(void *data) {
    settings_reload(data);
    return REACT_DRAW | REACT_WANTS;
}

static unsigned suspend(void *data) {
    (void)data;
    raise(SIGTSTP); /* comes back through the loop */
    return REACT_NONE;
}

const struct action app_actions[] = {
    {ACTION_HELP, open_help},
    {ACTION_FILTER, open_filter},
    {ACTION_COMMAND, open_command},
    {ACTION_PAUSE, toggle_pause},
    {ACTION_BACK, go_back},
    {ACTION_PREVIOUS, go_previous},
    {ACTION_FAULTS, toggle_faults},
    {ACTION_HIDDEN, toggle_hidden},
    {ACTION_UNITS, toggle_units},
    {ACTION_LOCAL, toggle_local},
    {ACTION_SETTINGS, settings_dialog_open},
    {ACTION_RELOAD, reload},
    {ACTION_MENU, open_menu},
    {ACTION_QUIT, quit},
    {ACTION_OVERVIEW, go_view},
    {ACTION_CONNECTIONS, go_view},
    {ACTION_JETSTREAM, go_view},
    {ACTION_SLOW, go_view},
    {ACTION_SUBJECTS, go_view},
    {ACTION_NODE, go_view},
    {ACTION_ALERTS, go_view},
    {ACTION_EVENTS, go_view},
    {ACTION_NEXT_EVENT, walk_events},
    {ACTION_PREVIOUS_EVENT, walk_events},
    {ACTION_FIND, open_find},
    {ACTION_COST, go_view},
    {ACTION_REPAINT, repaint},
    {ACTION_SUSPEND, suspend},
    {ACTION_INTERRUPT, quit},
    {ACTION_NONE, NULL},
};
