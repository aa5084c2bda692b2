#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "entry/app.h"
#include "entry/cluster_called.h"

#define SHAPES   (1u << SHAPE_JSZ)  /* what rules are about, beyond what is always asked */
#define FIRST_NS (3 * NS_PER_S / 2) /* what little is known at first would be said as changes */

static void lost(void *data, int error) {
    struct app *app = data;
    if (error != 0)
        snprintf(app->refusal, sizeof app->refusal, "natsight: standard output can't be written: %s\n",
                 strerror(error));
    app->code = 1;
    loop_stop(app->loop, 1);
}

static struct plain_options options_of(struct app *app) {
    static const char *const piped[] = {"standard input"};
    static const char *named[1]; /* what is no URL */
    bool asks = app->supervisors != NULL, urls = app->options->url_count > 0;
    if (named[0] == NULL)
        named[0] = cluster_called(app->options);
    return (struct plain_options){.out_fd = app->out_fd,
                                  .ascii = app->only_ascii || app->options->ascii,
                                  .local_time = app->options->local_time,
                                  .watching = !asks  ? piped
                                              : urls ? app->options->urls
                                                     : named,
                                  .watching_count = asks && urls ? app->options->url_count : 1,
                                  .lost = lost,
                                  .data = app};
}

void app_open_lines(struct app *app) {
    struct plain_options options = options_of(app);
    if (!app->options->plain)
        options.remark = "can't place the cursor (TERM): lines instead of the screen";
    app->plain = plain_create(app->loop, app->model, &options);
    if (app->supervisors != NULL)
        supervisors_want(app->supervisors, SHAPES, NULL);
}

void app_configure_lines(struct app *app) {
    struct plain_options options = options_of(app);
    plain_configure(app->plain, &options);
}

void app_lines(struct app *app) {
    bool settled = feed_settled(app->feed, SHAPES, 0);
    plain_tick(app->plain, settled || clock_mono_ns() - app->started_ns >= FIRST_NS);
}

void app_end_lines(struct app *app) {
    feed_drain(app->feed);
    feed_tick(app->feed);
    plain_tick(app->plain, true);
    loop_stop(app->loop, 0);
}
