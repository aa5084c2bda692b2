/* What alerts do to the terminal beside its screen, where that was asked for: its bell, its title. */
#include "entry/app.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/alerts.h"
#include "views/quantity_text.h"

#define QUIET_NS (10 * NS_PER_S) /* after it rang */

static bool is_urgent(const struct alert_change *change) {
    static const enum alert_change_kind kinds[] = {CHANGE_OPENED, CHANGE_WORSE, CHANGE_CAME_BACK,
                                                   CHANGE_UNSILENCED};
    bool urgent = false;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        urgent |= change->kind == kinds[i];
    return urgent && change->alert && change->severity == SEVERITY_CRIT && !change->silenced;
}

/* Of what somebody is on nobody has to be told. */
static bool is_news(const struct app *app, const struct alert_change *change) {
    const struct alert *alert =
        change != NULL && is_urgent(change) ? model_alert_by_number(app->model, change->alert) : NULL;
    return alert != NULL && !alert->acked_utc_ns;
}

static void ring(struct app *app) {
    uint64_t last = model_alert_change_last(app->model);
    int64_t now = clock_mono_ns();
    bool news = false;
    if (last - app->bell_read > ALERT_CHANGES)
        app->bell_read = last - ALERT_CHANGES;
    while (app->bell_read < last)
        news |= is_news(app, model_alert_change(app->model, ++app->bell_read));
    if (!news || !app->options->bell || now < app->bell_until_ns)
        return;
    screen_ring(app->screen);
    app->bell_until_ns = now + QUIET_NS;
    app->paint_now = true;
}

/* "natsight: 2 CRIT 1 WARN eu", "natsight: ok eu" */
static void title(struct app *app) {
    struct alert_things n = model_alert_things(app->model);
    char text[400], cut[120], crit[32] = "", warn[32] = "";
    const char *label = app->options->label;
    const char *name =
        label != NULL ? label : quantity_name_text(app->model, model_cluster(app->model), Q_CLUSTER_name);
    if (n.crit)
        snprintf(crit, sizeof crit, " %zu CRIT", n.crit);
    if (n.warn)
        snprintf(warn, sizeof warn, " %zu WARN", n.warn);
    snprintf(text, sizeof text, "natsight:%s%s%s %.200s", crit, warn, n.crit || n.warn ? "" : " ok", name);
    if (model_data_age_ns(app->model) < 0)
        snprintf(text, sizeof text, "natsight: no data %.200s", name);
    text_cut(cut, sizeof cut, text, 60);
    screen_set_title(app->screen, app->options->title ? cut : "");
}

void app_bell(struct app *app) {
    ring(app);
    title(app);
}
