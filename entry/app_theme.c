#include "entry/app.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "entry/settings_live.h"
#include "themes/theme.h"

enum { READ_NS = 5 }; /* seconds that a list or a fault stays */

enum screen_color app_color(const struct app *app) {
    const char *color = app->options->color;
    return color == NULL || strcmp(color, "auto") == 0 ? SCREEN_COLOR_AUTO
           : strcmp(color, "never") == 0               ? SCREEN_COLOR_NEVER
                                                       : SCREEN_COLOR_ALWAYS;
}

static void say(struct app *app, bool error, const char *text) {
    stage_say(&app->stage, clock_mono_ns() + READ_NS * NS_PER_S, error, text);
}

static void list(struct app *app) {
    char names[THEME_MOST_NAMES][THEME_NAME_SIZE], text[STAGE_MESSAGE_SIZE];
    int count = theme_names(names);
    size_t len = (size_t)snprintf(text, sizeof text, "%s is shown; there are", app->theme.name);
    for (int i = 0; i < count && len < sizeof text; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, " %s", names[i]);
    say(app, false, text);
}

/* The footer has one line. */
static const char *first_fault(const char *message) {
    static char text[STAGE_MESSAGE_SIZE];
    size_t first = strcspn(message, "\n");
    const char *more = message[first] != '\0' ? "; more is wrong" : "";
    snprintf(text, sizeof text, "%.*s%s", (int)(first < 200 ? first : 200), message, more);
    return text;
}

void app_find_theme(struct app *app) {
    char message[THEME_MESSAGE_SIZE];
    const char *name = app->options->theme != NULL ? app->options->theme : theme_builtin()->name;
    if (theme_find(name, &app->theme, message, sizeof message))
        return;
    app->theme =
        *theme_builtin(); /* a file that went since it was checked, or a faulty one of the default's name */
    say(app, true, first_fault(message));
}

const char *app_theme(struct app *app, const char *argument) {
    char message[THEME_MESSAGE_SIZE];
    if (argument[0] == '\0') {
        list(app);
    } else if (theme_find(argument, &app->theme, message, sizeof message)) {
        settings_change(app, setting_by_path("theme"), argument);
        stage_say(&app->stage, clock_mono_ns(), false, app->theme.name);
    } else {
        return first_fault(message);
    }
    return NULL;
}

static bool is_theme(const char *name) {
    char names[THEME_MOST_NAMES][THEME_NAME_SIZE];
    for (int i = theme_names(names); i-- > 0;)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

void app_preview_theme(struct app *app, const char *name) {
    static struct theme preview; /* the screen borrows it */
    char message[THEME_MESSAGE_SIZE];
    if (name[0] == '\0' || strcmp(name, app->theme.name) == 0 || !is_theme(name) ||
        (strcmp(name, app->previewed) != 0 && !theme_find(name, &preview, message, sizeof message)))
        name = "";
    if (strcmp(name, app->previewed) == 0)
        return;
    snprintf(app->previewed, sizeof app->previewed, "%s", name);
    screen_set_theme(app->screen, name[0] != '\0' ? &preview : &app->theme);
}
