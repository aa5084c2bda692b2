/* Alerts going out: what changes in the model's book goes to hooks and log. */
#include "entry/app.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "entry/config.h"
#include "outward/alert_log.h"
#include "outward/hooks.h"
#include "views/alert_json.h"

#define SELF    "/proc/self/exe"
#define WORK_NS (2 * NS_PER_MS)

/* Something is wrong with what they go out by, or right again. */
static void say(struct app *app, bool wrong, const char *what, const char *name, const char *text) {
    char line[STAGE_MESSAGE_SIZE];
    if (app->closing)
        return;
    snprintf(line, sizeof line, "%s %s: %s", what, name, text);
    if (app->plain != NULL) {
        plain_say(app->plain, wrong, what, line + strlen(what) + 1);
        return;
    }
    feed_own_event(app->feed, what, name, text);
    app_note(app, line);
}

static void say_hook(void *data, bool wrong, const char *name, const char *text) {
    struct app *app = data;
    char line[STAGE_MESSAGE_SIZE + HOOK_NAME_SIZE];
    snprintf(line, sizeof line, "%s: %s", name, text);
    alert_log_add(app->log, alert_note_json(wrong ? "hook_failed" : "hook_works", clock_utc_ns(), line));
    say(app, wrong, "hook", name, text);
}

static void say_log(void *data, bool wrong, const char *file, const char *text) {
    const char *slash = strrchr(file, '/');
    say(data, wrong, "log", slash != NULL ? slash + 1 : file, text);
}

void app_open_outward(struct app *app) {
    app->hooks = hooks_create(app->loop, say_hook, app);
    app->log = alert_log_create(app->loop, SELF, say_log, app);
    app->outward_read = model_alert_change_last(app->model);
    app_configure_outward(app);
}

/* Whoever does not tell has none of them, so that one who begins to later knows since when. */
void app_configure_outward(struct app *app) {
    const struct hook_said *said[HOOKS_MOST] = {NULL};
    int count = 0;
    if (app->hooks == NULL)
        return;
    if (app->teller == TELLER_OTHER) {
        hooks_configure(app->hooks, said, 0);
        alert_log_use(app->log, NULL);
        return;
    }
    const struct config_item *items =
        app->options->config != NULL ? config_items(app->options->config, LIST_HOOKS, &count) : NULL;
    for (int i = 0; i < count; i++)
        said[i] = items[i].values;
    hooks_configure(app->hooks, said, count);
    alert_log_use(app->log, app->options->log);
}

static void take(struct app *app, const struct alert_change *change) {
    const struct alert *alert = change->alert ? model_alert_by_number(app->model, change->alert) : NULL;
    if (alert_log_is_used(app->log))
        alert_log_add(app->log, alert_change_json(change, alert));
    if (alert != NULL)
        hooks_change(app->hooks, change, alert);
}

static void take_untold(struct app *app, const struct alert_untold *untold) {
    for (size_t i = 0; i < untold->count; i++) {
        const struct untold_one *one = &untold->items[i];
        const struct alert *alert = model_alert_by_number(app->model, one->alert);
        if (alert == NULL)
            continue;
        take(app,
             &(struct alert_change){.kind = one->kind,
                                    .alert = one->alert,
                                    .utc_ns = model_utc_ns(app->model),
                                    .severity = one->kind == CHANGE_CLEARED ? SEVERITY_OK : alert->severity,
                                    .before = one->kind == CHANGE_OPENED ? SEVERITY_OK : alert->worst,
                                    .silenced = alert_is_muted(alert, one->kind),
                                    .name = alert->name,
                                    .text = alert->text});
    }
}

/* Of several natsights on a cluster the one that keeps its alerts tells. */
static void ask_who_tells(struct app *app) {
    enum alert_teller before = app->teller;
    if (app->alerts == NULL)
        return;
    app->teller = alert_file_teller(app->alerts);
    if (app->teller == before)
        return;
    if (app->teller == TELLER_OTHER || before == TELLER_OTHER)
        app_configure_outward(app);
    if (before != TELLER_OTHER)
        return;
    app->outward_read = model_alert_change_last(app->model);
    take_untold(app, alert_file_untold(app->alerts));
}

void app_outward_tick(struct app *app) {
    if (app->hooks != NULL)
        hooks_tick(app->hooks, model_utc_ns(app->model));
}

/* More than are kept: nobody had the time. */
static void skip_missed(struct app *app, uint64_t last) {
    char line[80];
    uint64_t missed = last - app->outward_read - ALERT_CHANGES;
    if (last - app->outward_read <= ALERT_CHANGES)
        return;
    snprintf(line, sizeof line, "%llu changes are missing here", (unsigned long long)missed);
    json_t *note = alert_note_json("lost", clock_utc_ns(), line);
    json_object_set_new(note, "lost", json_integer((json_int_t)missed));
    alert_log_add(app->log, note);
    app->outward_read += missed;
}

bool app_outward_work(struct app *app) {
    if (app->hooks == NULL)
        return false;
    ask_who_tells(app);
    if (app->teller == TELLER_UNKNOWN)
        return false;
    uint64_t last = model_alert_change_last(app->model);
    if (app->teller == TELLER_OTHER)
        app->outward_read = last;
    int64_t until = app->outward_read < last ? clock_mono_ns() + WORK_NS : 0;
    skip_missed(app, last);
    while (app->outward_read < last && clock_mono_ns() < until)
        take(app, model_alert_change(app->model, ++app->outward_read));
    return app->outward_read < last;
}

void app_close_outward(struct app *app) {
    if (app->hooks == NULL)
        return;
    while (app_outward_work(app))
        continue;
    hooks_destroy(app->hooks);
    alert_log_destroy(app->log);
}
