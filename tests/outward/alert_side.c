#include "tests/outward/alert_side.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "model/model.h"
#include "tests/outward/alert_folder.h"

#define FAR 4070908800000000000 /* 2099 */

static void say(void *data, bool warning, const char *text) {
    struct alert_side *side = data;
    side->times++;
    side->warning = warning;
    snprintf(side->said, sizeof side->said, "%s", text);
}

void alert_side_come(struct alert_side *side, bool screen) {
    *side = (struct alert_side){.loop = loop_create(), .model = model_create(&(struct model_options){0})};
    side->file = alert_file_open(side->loop, side->model, ALERT_FOLDER_CLUSTER, screen, say, side);
}

void alert_side_tick(struct alert_side *side) {
    model_tick(side->model, clock_utc_ns(), clock_mono_ns());
    alert_file_tick(side->file);
    loop_turn(side->loop, 20);
}

void alert_side_leave(struct alert_side *side) {
    alert_file_close(side->file);
    model_destroy(side->model);
    if (side->loop != NULL)
        loop_destroy(side->loop);
    side->file = NULL;
    side->model = NULL;
    side->loop = NULL;
}

bool alert_side_hush(struct alert_side *side, const char *server) {
    return model_silence(side->model, "server", "", server, FAR, "");
}

const struct alert *alert_side_billing(const struct alert_side *side) {
    for (size_t i = 0; i < model_alert_count(side->model); i++)
        if (strcmp(model_alert(side->model, i)->name, "ORDERS/billing") == 0)
            return model_alert(side->model, i);
    return NULL;
}

bool alert_side_in_file(const char *text) {
    return access(alert_folder_place()->file, F_OK) == 0 &&
           strstr(alert_folder_text("alerts-prod.json"), text) != NULL;
}

void alert_side_await_in_file(struct alert_side *side, const char *text) {
    for (int64_t until = clock_mono_ns() + ALERT_SIDE_NS; !alert_side_in_file(text); alert_side_tick(side))
        ck_assert_msg(clock_mono_ns() < until, "%s is not in the file; said: %s", text, side->said);
}

void alert_side_await_said(struct alert_side *side, const char *text) {
    for (int64_t until = clock_mono_ns() + ALERT_SIDE_NS; strstr(side->said, text) == NULL;
         alert_side_tick(side))
        ck_assert_msg(clock_mono_ns() < until, "not said: %s, but: %s", text, side->said);
}
