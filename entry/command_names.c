/* The names that an argument may be: for completion, and for who is meant by one that there is not. */
#include "entry/command_word.h"

#include <stdio.h>

#include "base/near.h"
#include "themes/theme.h"
#include "views/find.h"
#include "views/quantity_table.h"

static void names_of_kind(struct app *app, enum object_kind kind, enum quantity name, name_fn *each,
                          void *data) {
    size_t count;
    const struct model *model = stage_model(&app->stage);
    const struct object *const *all = model_objects(model, kind, &count);
    for (size_t i = 0; i < count; i++) {
        struct value v = quantity_get(model, all[i], name);
        if (v.type == VALUE_TEXT && v.text[0] != '\0')
            each(data, v.text);
    }
}

void names_servers(struct app *app, name_fn *each, void *data) {
    names_of_kind(app, OBJECT_SERVER, Q_SERVER_name, each, data);
}

void names_streams(struct app *app, name_fn *each, void *data) {
    names_of_kind(app, OBJECT_STREAM, Q_STREAM_name, each, data);
}

void names_consumers(struct app *app, name_fn *each, void *data) {
    names_of_kind(app, OBJECT_CONSUMER, Q_CONSUMER_name, each, data);
}

void names_findable(struct app *app, name_fn *each, void *data) {
    find_names(stage_model(&app->stage), each, data);
}

void names_connections(struct app *app, name_fn *each, void *data) {
    names_of_kind(app, OBJECT_CONNECTION, Q_CONNECTION_name, each, data);
}

struct plain_subjects {
    name_fn *each;
    void *data;
};

/* Of those that are known, the ones that something can be published to. */
static void plain_subject(void *data, const char *name) {
    struct plain_subjects *out = data;
    if (model_subject_fault(name) == NULL)
        out->each(out->data, name);
}

void names_subjects(struct app *app, name_fn *each, void *data) {
    struct plain_subjects plain = {each, data};
    const char *watched = model_interest(app->model).subject;
    if (watched != NULL)
        each(data, watched);
    names_of_kind(app, OBJECT_SUBSCRIPTION, Q_SUBSCRIPTION_subject, plain_subject, &plain);
    names_of_kind(app, OBJECT_CONSUMER, Q_CONSUMER_filter, plain_subject, &plain);
}

struct quantity_list *command_list(struct app *app) {
    return list_of_view(stage_view(&app->stage), app->stage.states[app->stage.here.view]);
}

void names_columns(struct app *app, name_fn *each, void *data) {
    const struct quantity_list *list = command_list(app);
    for (int i = -1; list != NULL && i < list->column_count; i++)
        if (list_sort_name(list, i) != NULL)
            each(data, list_sort_name(list, i));
}

void names_shown(struct app *app, name_fn *each, void *data) {
    static char names[TABLE_MAX_COLUMNS][48];
    const struct quantity_list *list = command_list(app);
    for (int i = 0; list != NULL && i < list->column_count; i++) {
        quantity_column_name(&list->columns[i], names[i], sizeof names[i]);
        each(data, names[i]);
    }
}

void names_themes(struct app *app, name_fn *each, void *data) {
    static char names[THEME_MOST_NAMES][THEME_NAME_SIZE];
    int count = theme_names(names);
    (void)app;
    for (int i = 0; i < count; i++)
        each(data, names[i]);
}

static void try_name(void *near, const char *name) {
    near_try(near, name);
}

/* "no server is called "n9"; did you mean n1?" */
void command_unknown(struct app *app, const char *what, const char *name, command_names_fn *names) {
    char text[STAGE_MESSAGE_SIZE];
    struct near near = near_begin(name);
    if (names != NULL)
        names(app, try_name, &near);
    snprintf(text, sizeof text, "no %s is called \"%.80s\"%s%.80s%s", what, name,
             near.name ? "; did you mean " : "", near.name ? near.name : "", near.name ? "?" : "");
    command_fault(app, text);
}
