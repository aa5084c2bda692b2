#include <stdio.h>
#include <stdlib.h>

#include "entry/app.h"
#include "entry/cluster_called.h"

/* Among the events it can be read when it has left the screen. */
static void say(void *data, bool warning, const char *text) {
    struct app *app = data;
    if (app->closing) {
        if (warning)
            fprintf(stderr, "natsight: %s\n", text);
        return;
    }
    feed_own_event(app->feed, "alerts", "", text);
    app_note(app, text);
}

void app_open_alerts(struct app *app, bool screen) {
    char *called = cluster_called(app->options);
    app->alerts = alert_file_open(app->loop, app->model, called, screen, say, app);
    free(called);
}

void app_yield_alerts(struct app *app) {
    if (app->alerts == NULL)
        return;
    while (app_outward_work(app))
        continue;
    alert_file_yield(app->alerts);
}

void app_tick_alerts(struct app *app) {
    if (app->alerts == NULL)
        return;
    alert_file_tick(app->alerts);
    app->stage.alerts_kept = alert_file_status(app->alerts);
}
