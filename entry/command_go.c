/* The words that go somewhere: to a view, to what is called so. */
#include "entry/command_word.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "views/connection_meant.h"

unsigned command_go_view(struct app *app, const struct command_word *word, const char *argument) {
    uint64_t object = 0;
    if (argument[0] != '\0' && (object = stage_server_named(stage_model(&app->stage), argument)) == 0) {
        command_unknown(app, "server", argument, names_servers);
        return REACT_DRAW;
    }
    stage_go(&app->stage, view_by_name(word->name), object);
    return REACT_DRAW | REACT_WANTS;
}

/* The view makes of the text what it likes. */
unsigned command_tell_view(struct app *app, const struct command_word *word, const char *argument) {
    const struct view_ops *view = view_by_name(word->name);
    for (int i = 0; i < view_count; i++) {
        const char *wrong = views[i] == view ? view->take(app->stage.states[i], argument) : NULL;
        if (wrong != NULL) {
            command_fault(app, wrong);
            return REACT_DRAW;
        }
    }
    stage_go(&app->stage, view, 0);
    return REACT_DRAW | REACT_WANTS;
}

/* The quantities that make up its whole name, outermost first. */
static const enum quantity stream_words[] = {Q_STREAM_account, Q_STREAM_name},
                           consumer_words[] = {Q_CONSUMER_account, Q_CONSUMER_stream, Q_CONSUMER_name};

/* "billing", "ORDERS/billing" and "SHOP/ORDERS/billing" are one: what comes before the name may be left out.
 */
static bool is_called(const struct model *model, const struct object *object, const enum quantity *words,
                      int count, const char *typed) {
    struct value v = quantity_get(model, object, words[0]);
    size_t len = v.type == VALUE_TEXT ? strlen(v.text) : 0;
    bool here = len > 0 && strncmp(typed, v.text, len) == 0;
    if (count == 1)
        return here && typed[len] == '\0';
    return is_called(model, object, words + 1, count - 1, typed) ||
           (here && typed[len] == '/' && is_called(model, object, words + 1, count - 1, typed + len + 1));
}

/* Of several that are called so: which one it is, and that there are others. */
static void say_which(struct app *app, const struct model *model, uint64_t id, enum quantity account,
                      const char *typed, int found) {
    char text[STAGE_MESSAGE_SIZE];
    struct value v = quantity_get(model, model_object(model, id), account);
    if (found < 2 || v.type != VALUE_TEXT)
        return;
    snprintf(text, sizeof text, "%d are called %.60s: this one is %.60s/%.60s", found, typed, v.text, typed);
    stage_say(&app->stage, clock_mono_ns(), false, text);
}

/* Of the kind that the view is called after; without a name the worst. */
unsigned command_go_asset(struct app *app, const struct command_word *word, const char *argument) {
    size_t count;
    bool stream = strcmp(word->name, object_kind_name(OBJECT_STREAM)) == 0;
    const enum quantity *words = stream ? stream_words : consumer_words;
    int depth = stream ? 2 : 3;
    const struct model *model = stage_model(&app->stage);
    const struct object *const *all = model_objects(model, quantities[words[0]].kind, &count);
    uint64_t object = 0;
    int found = 0;
    for (size_t i = 0; argument[0] != '\0' && i < count; i++)
        if (all[i]->freshness != FRESH_GONE && is_called(model, all[i], words, depth, argument) &&
            found++ == 0)
            object = all[i]->id;
    if (argument[0] != '\0' && object == 0) {
        command_unknown(app, word->name, argument, word->names);
        return REACT_DRAW;
    }
    say_which(app, model, object, words[0], argument, found);
    stage_go(&app->stage, view_by_name(word->name), object);
    return REACT_DRAW | REACT_WANTS;
}

static void say_which_connection(struct app *app, const struct model *model, const struct object *connection,
                                 const char *typed, size_t alike) {
    char text[STAGE_MESSAGE_SIZE], apart[200];
    if (alike < 2)
        return;
    connection_apart(model, connection, apart, sizeof apart);
    snprintf(text, sizeof text, "%zu are called %.60s: this one is %.150s", alike, typed, apart);
    stage_say(&app->stage, clock_mono_ns(), false, text);
}

unsigned command_go_connection(struct app *app, const struct command_word *word, const char *argument) {
    size_t alike = 0;
    const struct model *model = stage_model(&app->stage);
    const struct object *meant = argument[0] != '\0' ? connection_meant(model, argument, &alike) : NULL;
    if (argument[0] != '\0' && meant == NULL) {
        command_unknown(app, word->name, argument, word->names);
        return REACT_DRAW;
    }
    if (meant != NULL)
        say_which_connection(app, model, meant, argument, alike);
    stage_go(&app->stage, view_by_name(word->name), meant != NULL ? meant->id : 0);
    return REACT_DRAW | REACT_WANTS;
}

/* Without a subject it ends the watch. */
unsigned command_watch_interest(struct app *app, const struct command_word *word, const char *argument) {
    const char *wrong = argument[0] != '\0' ? model_subject_fault(argument) : NULL;
    if (wrong != NULL) {
        command_fault(app, wrong);
        return REACT_DRAW;
    }
    if (argument[0] == '\0' && model_interest(app->model).subject != NULL)
        stage_say(&app->stage, clock_mono_ns(), false, "no subject is watched any more");
    model_interest_watch(app->model, argument[0] != '\0' ? argument : NULL);
    stage_go(&app->stage, view_by_name(word->name), 0);
    return REACT_DRAW | REACT_WANTS;
}
