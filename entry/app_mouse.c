/* The mouse, where it was asked for: it presses what stands under it. */
#include "entry/app.h"

#include <string.h>

#include "base/clock.h"
#include "entry/layers.h"
#include "tui/zone.h"
#include "views/quantity_table.h"

enum { WHEEL_ROWS = 3 };
#define DOUBLE_NS (400 * NS_PER_MS)

/* The row of this name that is valid now. */
static bool act_named(struct app *app, const char *name) {
    unsigned contexts = stage_contexts(&app->stage);
    for (int id = ACTION_NONE + 1; id < ACTION_COUNT; id++)
        if (key_infos[id].contexts & contexts && strcmp(key_infos[id].name, name) == 0)
            return app_act(app, (enum action_id)id);
    return false;
}

static void *view_state(struct app *app) {
    return app->stage.states[app->stage.here.view];
}

static bool is_twice(struct app *app, const struct zone *zone) {
    int64_t now = clock_mono_ns();
    bool twice = now < app->clicked_until_ns && app->clicked.what == zone->what &&
                 app->clicked.of == zone->of && app->clicked.value == zone->value;
    app->clicked = *zone;
    app->clicked_until_ns = twice ? 0 : now + DOUBLE_NS;
    return twice;
}

static void choose_line(struct app *app, const struct zone *zone, bool twice) {
    if (app->stage.settings_open) {
        app->stage.settings_choice = (int)zone->value;
        if (twice)
            act_named(app, "change");
        return;
    }
    if (app->stage.menu_open)
        app->stage.menu_choice = (int)zone->value;
    else if (!list_choose(stage_view(&app->stage), view_state(app), zone->of, (int)zone->value))
        return;
    act_named(app, "open");
}

static void press(struct app *app, const struct zone *zone) {
    const struct view_ops *view = stage_view(&app->stage);
    bool twice = is_twice(app, zone), covered = !(stage_contexts(&app->stage) & CONTEXT_EVERYWHERE);
    if (covered && (zone->what == ZONE_ROW || zone->what == ZONE_HEAD))
        return;
    if (zone->what == ZONE_ACTION)
        app_act(app, (enum action_id)zone->value);
    else if (zone->what == ZONE_LINE)
        choose_line(app, zone, twice);
    else if (zone->what == ZONE_HEAD && list_sort_column(view, view_state(app), zone->of, (int)zone->value))
        app_react(app, REACT_DRAW | REACT_WANTS);
    else if (zone->what == ZONE_ROW &&
             list_select(view, view_state(app), zone->of, (uint64_t)zone->value, clock_mono_ns()) && twice)
        act_named(app, "open");
}

void app_mouse(struct app *app, const struct mouse *mouse) {
    struct zone zone = surface_zone_at(app->surface, mouse->x, mouse->y);
    if (!app->options->mouse || app->stage.prompt.open)
        return;
    for (int i = 0; i < WHEEL_ROWS && mouse->what == MOUSE_WHEEL_UP; i++)
        act_named(app, "up");
    for (int i = 0; i < WHEEL_ROWS && mouse->what == MOUSE_WHEEL_DOWN; i++)
        act_named(app, "down");
    if (mouse->what == MOUSE_PRESS && mouse->button == 1)
        press(app, &zone);
    app->paint_now = true;
}
