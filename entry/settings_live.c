#include "entry/settings_live.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "entry/config.h"
#include "views/quantity_table.h"

#define TOLD_NS (8 * NS_PER_S)

/* ---- one value ---- */

/* Kept until the next change of this setting: options borrow their texts. */
static const char *take(struct app *app, const struct setting *row, const char *text) {
    int count, at = (int)(row - settings_all(&count));
    struct options trial = app->in_force;
    char *own = memory_text(text);
    const char *fault = row->type->take(row->words, setting_field(row, &trial), own);
    if (fault == NULL && row->check != NULL)
        fault = row->check(row, own);
    if (fault != NULL) {
        free(own);
        return fault;
    }
    app->in_force = trial;
    free(app->changed[at]);
    app->changed[at] = own;
    return NULL;
}

static void pull(struct app *app, const struct setting *row, const char *now) {
    char before[SETTING_TEXT], after[SETTING_TEXT];
    struct options trial = app->in_force;
    row->type->take(row->words, setting_field(row, &trial), now);
    setting_show(row, &app->in_force, before, sizeof before);
    setting_show(row, &trial, after, sizeof after);
    if (strcmp(before, after) != 0)
        take(app, row, now);
}

static struct quantity_list *shown_list(const struct app *app, const struct view_list *list) {
    return (struct quantity_list *)(void *)((char *)app->stage.states[list->view_index] + list->row.offset);
}

/* What says which row it is, is shown whether it was named or not: no change. */
static bool shows_as_told(const struct quantity_list *list, const char *names, const char *shown) {
    struct quantity_list told = *list;
    char text[SETTING_TEXT];
    quantity_list_set_columns(&told, names);
    quantity_list_columns(&told, text, sizeof text);
    return strcmp(text, shown) == 0;
}

static const struct setting *setting_of_list(const struct view_list *list) {
    char path[100];
    snprintf(path, sizeof path, "columns.%s.%s", list->view->name, list->row.name);
    return setting_by_path(path);
}

const struct setting *settings_of_columns(const struct app *app, const struct quantity_list *shown) {
    struct view_list list;
    for (int i = 0; i < COLUMN_LISTS_MAX && view_list_at(i, &list); i++)
        if (shown_list(app, &list) == shown)
            return setting_of_list(&list);
    return NULL;
}

void settings_pull(struct app *app) {
    struct view_list list;
    char text[SETTING_TEXT];
    pull(app, setting_by_path("time"), app->stage.local_time ? "local" : "utc");
    pull(app, setting_by_path("units"), app->stage.bits ? "bits" : "bytes");
    for (int i = 0; i < COLUMN_LISTS_MAX && view_list_at(i, &list); i++) {
        quantity_list_columns(shown_list(app, &list), text, sizeof text);
        if (!shows_as_told(shown_list(app, &list), app->in_force.columns[i], text))
            pull(app, setting_of_list(&list), text);
    }
}

static void push_theme(struct app *app) {
    char message[THEME_MESSAGE_SIZE];
    const char *name = app->in_force.theme != NULL ? app->in_force.theme : theme_builtin()->name;
    if (theme_find(name, &app->theme, message, sizeof message))
        screen_set_theme(app->screen, &app->theme);
    else
        stage_say(&app->stage, clock_mono_ns(), true, message);
}

/* The options in force are put on the screen. */
static void settings_push(struct app *app) {
    const struct options *o = &app->in_force;
    stage_configure(&app->stage, o);
    time_zone_use(o->zone != NULL && o->zone[0] != '\0' ? o->zone : NULL);
    model_told(app->model, o->label, (int)o->expect);
    if (o->config != NULL)
        keymap_use(config_keymap(o->config));
    config_watch(o->config, app->model);
    app_configure_outward(app);
    if (app->plain != NULL) {
        app_configure_lines(app);
        return;
    }
    screen_set_color(app->screen, app_color(app));
    push_theme(app);
    app->surface->ascii = app->only_ascii || o->ascii;
    screen_repaint(app->screen);
    app->paint_now = true;
}

static void say(struct app *app, bool error, const char *text) {
    if (app->plain != NULL) {
        plain_say(app->plain, error, "reload", text);
        return;
    }
    stage_say(&app->stage, clock_mono_ns() + (error ? TOLD_NS : 0), error, text);
    app->paint_now = true;
}

static bool same(const struct setting *row, const struct options *a, const struct options *b) {
    char left[SETTING_TEXT], right[SETTING_TEXT];
    setting_show(row, a, left, sizeof left);
    setting_show(row, b, right, sizeof right);
    return strcmp(left, right) == 0;
}

/* Another view than before is to be open. */
static void push_view(struct app *app, const struct options *before) {
    const struct options *o = &app->in_force;
    if (!same(setting_by_path("view"), before, o))
        stage_go(&app->stage, o->view != NULL ? view_by_name(o->view) : views[0], 0);
}

const char *settings_change(struct app *app, const struct setting *row, const char *text) {
    settings_pull(app);
    struct options before = app->in_force;
    char *kept = before.view != NULL ? memory_text(before.view) : NULL; /* its text may be replaced */
    before.view = kept;
    const char *fault = take(app, row, text);
    if (fault == NULL) {
        settings_push(app);
        push_view(app, &before);
    }
    free(kept);
    if (fault != NULL)
        return fault;
    if (row->effect == SETTING_ASKING && app->supervisors != NULL)
        supervisors_restart(app->supervisors);
    return NULL;
}

/* ---- reading again ---- */

/* What was changed here, and of which the file says nothing new, stays. */
static void keep_changed(const struct app *app, struct options *fresh) {
    int count;
    struct options before;
    struct config_faults faults = {0};
    const struct setting *all = settings_all(&count);
    config_apply(app->in_force.config, app->in_force.typed, &before, &faults);
    config_faults_finish(&faults);
    for (int i = 0; i < count; i++)
        if (!same(&all[i], &before, &app->in_force) && same(&all[i], &before, fresh))
            memcpy(setting_field(&all[i], fresh), (const char *)&app->in_force + all[i].offset,
                   all[i].type->size);
}

static bool any_asks(const struct setting *rows, int count, const struct options *a,
                     const struct options *b) {
    for (int i = 0; i < count; i++)
        if (rows[i].effect == SETTING_ASKING && !same(&rows[i], a, b))
            return true;
    return false;
}

static bool asks_otherwise(const struct options *a, const struct options *b) {
    int count;
    const struct setting *all = settings_all(&count);
    const struct setting_list_info *clusters = &setting_lists[LIST_CLUSTERS];
    return any_asks(all, count, a, b) || any_asks(clusters->rows, clusters->row_count, a, b);
}

static bool names_others(const struct options *a, const struct options *b) {
    bool others = a->url_count != b->url_count;
    for (int i = 0; i < a->url_count && !others; i++)
        others = strcmp(a->urls[i], b->urls[i]) != 0;
    return others;
}

/* A name that was typed has to go on being a cluster's. */
static bool is_still_there(const struct app *app, const struct config *next, struct config_faults *faults) {
    const struct options *typed = app->in_force.typed;
    if (typed->url_count != 1 || !config_has_cluster(app->in_force.config, typed->urls[0]) ||
        config_has_cluster(next, typed->urls[0]))
        return true;
    config_fault(faults, config_path(next), 0, "clusters", "there is no cluster %s any more", typed->urls[0]);
    return false;
}

/* The file that was in force is not there any more: somebody is about to write it anew. The user's own goes
 * before the system's, also when it comes later. */
static bool is_file_there(const struct app *app, const struct config *next, struct config_faults *faults) {
    const char *before = config_path(app->in_force.config), *now = config_path(next);
    char *own = config_user_path(app->in_force.typed);
    bool there = before[0] == '\0' || strcmp(now, before) == 0 || (own != NULL && strcmp(now, own) == 0);
    free(own);
    if (!there)
        config_fault(faults, before, 0, NULL, "there is no such file; an empty one stands for the defaults");
    return there;
}

static bool says_any(const struct config *c, enum setting_list list, const char *file) {
    int count;
    const struct config_item *items = config_items(c, list, &count);
    for (int i = 0; i < count; i++)
        if (strcmp(items[i].place.file, file) == 0)
            return true;
    return false;
}

/* "; nothing of own.conf any more": whoever took it away meant that, or is about to write it. */
static void add_gone(const struct config *before, const struct config *next, char *text, size_t size) {
    static const enum setting_list in_folder[] = {LIST_RULES, LIST_EXPECT};
    for (size_t i = 0; i < sizeof in_folder / sizeof *in_folder; i++) {
        int count;
        const struct config_item *items = config_items(before, in_folder[i], &count);
        for (int k = 0; k < count; k++) {
            const char *file = items[k].place.file, *slash = strrchr(file, '/');
            size_t len = strlen(text);
            if (strcmp(file, config_path(before)) == 0 || says_any(next, LIST_RULES, file) ||
                says_any(next, LIST_EXPECT, file))
                continue;
            snprintf(text + len, size - len, "; nothing of %.100s any more",
                     slash != NULL ? slash + 1 : file);
            return;
        }
    }
}

/* "; plain, limits.max_rate: at the next start": what has changed and can't be shown. */
static void add_later(const struct options *a, const struct options *b, char *text, size_t size) {
    int count, found = 0;
    const struct setting *all = settings_all(&count);
    size_t len = strlen(text);
    for (int i = 0; i < count; i++)
        if (all[i].effect == SETTING_START && !same(&all[i], a, b) && len < size)
            len += (size_t)snprintf(text + len, size - len, "%s%s", found++ ? ", " : "; ", all[i].path);
    if (found > 0 && len < size)
        snprintf(text + len, size - len, ": at the next start");
}

static void take_over(struct app *app, struct config *next, struct options *fresh) {
    bool anew = asks_otherwise(&app->in_force, fresh) && app->supervisors != NULL;
    char text[STAGE_MESSAGE_SIZE];
    snprintf(text, sizeof text, "%s%s",
             config_path(next)[0] == '\0' ? "there is no configuration file: the defaults are in force"
                                          : "configuration reloaded",
             anew ? "; the servers are asked anew" : "");
    add_gone(app->in_force.config, next, text, sizeof text);
    add_later(&app->in_force, fresh, text, sizeof text);
    struct options before = app->in_force;
    if (names_others(&before, fresh))
        model_watches_others(app->model);
    app->in_force = *fresh;
    settings_push(app);
    push_view(app, &before);
    config_free(app->config);
    app->config = next;
    if (anew)
        supervisors_restart(app->supervisors);
    say(app, false, text);
}

static bool came_from_pipe(struct app *app) {
    char text[STAGE_MESSAGE_SIZE];
    const char *path = app->in_force.typed->config_path;
    if (path == NULL || !config_file_is_pipe(path))
        return false;
    snprintf(text, sizeof text, "not reloaded: %s is no file, what came from it can't be read again",
             config_path(app->in_force.config));
    say(app, true, text);
    return true;
}

/* Lines take all of them; the footer takes one, and the view Events the rest. */
static void tell_faults(struct app *app, const struct config_faults *faults) {
    char text[STAGE_MESSAGE_SIZE];
    int kept = faults->kept < CONFIG_FAULTS_MAX ? faults->kept : CONFIG_FAULTS_MAX;
    if (app->plain != NULL) {
        for (int i = 0; i < kept; i++) {
            char line[1200];
            snprintf(line, sizeof line, "not reloaded: %s", faults->told[i].text);
            say(app, true, line);
        }
        if (faults->count > kept) {
            snprintf(text, sizeof text, "not reloaded: and %d more", faults->count - kept);
            say(app, true, text);
        }
        return;
    }
    for (int i = kept - 1; i >= 0; i--) { /* the newest stands first there */
        config_fault_place(&faults->told[i], text, sizeof text);
        feed_own_event(app->feed, "config", text, config_fault_sentence(&faults->told[i]));
    }
    config_faults_line(faults, "not reloaded", app->surface->cols - 2, text, sizeof text);
    say(app, true, text);
}

void settings_reload(struct app *app) {
    struct config_faults faults = {0};
    struct options fresh;
    if (app->in_force.config == NULL || came_from_pipe(app))
        return;
    settings_pull(app);
    struct config *next = config_load(app->in_force.typed->config_path, &faults);
    bool good = next != NULL && is_file_there(app, next, &faults) && is_still_there(app, next, &faults) &&
                config_apply(next, app->in_force.typed, &fresh, &faults);
    if (good) {
        keep_changed(app, &fresh);
        take_over(app, next, &fresh);
    } else {
        tell_faults(app, &faults);
        config_free(next);
    }
    config_faults_finish(&faults);
}

void settings_finish(struct app *app) {
    config_free(app->config);
    for (int i = 0; i < SETTINGS_MAX; i++)
        free(app->changed[i]);
}
