/* A key, and what it leads to. */
#include "entry/app.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "entry/alert_wish.h"
#include "entry/layers.h"
#include "model/expectation.h"
#include "model/needs.h"

static void obey(struct app *app, const struct view_request *request) {
    if (request->view != NULL && view_by_name(request->view) != NULL) {
        stage_go(&app->stage, view_by_name(request->view), request->object);
        stage_trail(&app->stage, request->from);
    }
    if (request->filter != NULL)
        stage_filter(&app->stage, request->filter);
    if (request->interest == INTEREST_GO_ON)
        model_interest_go_on(app->model);
    if (request->interest == INTEREST_END)
        model_interest_watch(app->model, NULL);
    if (request->sample_end && app->supervisors != NULL)
        supervisors_sample(app->supervisors, "", 0);
    if (request->alert_wish != ALERT_STAYS)
        alert_wish(app, request->alert_wish, request->alert);
    if (request->say != NULL)
        stage_say(&app->stage, clock_mono_ns(), false, request->say);
    if (request->copy != NULL) {
        screen_copy(app->screen, request->copy);
        stage_say(&app->stage, clock_mono_ns() + 4 * NS_PER_S, false, request->copy);
    }
}

void app_react(struct app *app, unsigned reaction) {
    if (reaction & REACT_REPAINT)
        screen_repaint(app->screen);
    if (reaction & (REACT_DRAW | REACT_REPAINT | REACT_WANTS))
        app->paint_now = true;
    if (reaction & REACT_WANTS)
        app_wants(app);
    if (reaction & REACT_QUIT)
        loop_stop(app->loop, 0);
}

static void unknown_key(struct app *app, uint32_t key) {
    char name[32], help[32] = "", text[120];
    key_name(key, name, sizeof name);
    if (key_infos[ACTION_HELP].contexts & stage_contexts(&app->stage))
        keymap_first(ACTION_HELP, help, sizeof help);
    snprintf(text, sizeof text, "%s does nothing here%s%s%s", name, help[0] != '\0' ? ", " : "", help,
             help[0] != '\0' ? " for keys" : "");
    stage_say(&app->stage, clock_mono_ns(), false, text);
    app->paint_now = true;
}

/* The view comes first where it is in sight, then the program. */
static unsigned run(struct app *app, enum action_id id, struct view_request *request) {
    unsigned reaction = REACT_PASS;
    if (!layer_is_open(app))
        reaction = stage_act(&app->stage, id, clock_mono_ns(), request);
    const struct action *action = action_of(layer_actions, id);
    if (action == NULL)
        action = action_of(app_actions, id);
    return reaction & REACT_PASS && action != NULL ? action->run(app) : reaction;
}

bool app_act(struct app *app, enum action_id id) {
    struct view_request request = {0};
    struct stage *st = &app->stage;
    char said[STAGE_MESSAGE_SIZE];
    unsigned before = stage_contexts(st) & CONTEXT_EVERYWHERE;
    app->action = id;
    snprintf(said, sizeof said, "%s", st->message);
    unsigned reaction = run(app, id, &request);
    if (reaction & REACT_PASS)
        return false;
    /* What was said before is not about what lies over the view now: its keys are of interest. */
    if (before != (stage_contexts(st) & CONTEXT_EVERYWHERE) && strcmp(said, st->message) == 0)
        st->message[0] = '\0';
    obey(app, &request);
    app_react(app, reaction | (request.view != NULL || request.copy != NULL ? REACT_DRAW | REACT_WANTS : 0));
    return true;
}

/* On a late line Esc and what is typed behind it look like Alt: the Esc counts. */
static void alt_key(struct app *app, uint32_t key) {
    app_key(app, K_ESC);
    unknown_key(app, key);
}

void app_key(struct app *app, uint32_t key) {
    if (key_is_alt(key))
        alt_key(app, key);
    else if (app->stage.prompt.open)
        app_prompt_key(app, key);
    else if (!app_act(app, keymap_find(stage_contexts(&app->stage), key)))
        unknown_key(app, key);
}

/* Of what somebody watches first; what is expected of queue groups is asked when nobody does. */
static const char *subject_wanted(const struct model *model) {
    struct interest_seen seen = model_interest(model);
    const char *expected = model_expect_subject(model);
    if (seen.subject != NULL && seen.asked)
        return seen.subject;
    return expected != NULL ? expected : "";
}

void app_wants(struct app *app) {
    const char *sort = NULL;
    struct question question;
    if (app->supervisors == NULL)
        return;
    unsigned shapes = app->plain == NULL ? stage_wants(&app->stage, &sort) : 0;
    supervisors_want(app->supervisors, shapes | model_shapes(app->model), sort);
    supervisors_want_interest(app->supervisors, subject_wanted(app->model));
    if (app->plain != NULL)
        return;
    bool asks = stage_question(&app->stage, &question);
    supervisors_want_subscriptions(app->supervisors, asks ? &question : NULL);
}
