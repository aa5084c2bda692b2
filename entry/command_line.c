#include "entry/command_line.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/near.h"
#include "base/text.h"
#include "entry/alert_wish.h"
#include "entry/layers.h"
#include "entry/settings_live.h"
#include "themes/theme.h"
#include "views/connection_meant.h"
#include "views/find.h"
#include "views/quantity_table.h"

#define BETWEEN ", " /* names, where there may be several */

/* The prompt stays open with what was typed. */
static void fault(struct app *app, const char *text) {
    struct prompt *prompt = &app->stage.prompt;
    prompt->open = true;
    text_cut(prompt->error, sizeof prompt->error, text, sizeof prompt->error - 1);
}

/* ---- arguments ---- */

/* The names live on until the next call. */
typedef void names_of(struct app *app, name_fn *each, void *data);

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

static void server_names(struct app *app, name_fn *each, void *data) {
    names_of_kind(app, OBJECT_SERVER, Q_SERVER_name, each, data);
}

static void stream_names(struct app *app, name_fn *each, void *data) {
    names_of_kind(app, OBJECT_STREAM, Q_STREAM_name, each, data);
}

static void consumer_names(struct app *app, name_fn *each, void *data) {
    names_of_kind(app, OBJECT_CONSUMER, Q_CONSUMER_name, each, data);
}

static void findable_names(struct app *app, name_fn *each, void *data) {
    find_names(stage_model(&app->stage), each, data);
}

static void connection_names(struct app *app, name_fn *each, void *data) {
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

static void subject_names(struct app *app, name_fn *each, void *data) {
    struct plain_subjects plain = {each, data};
    const char *watched = model_interest(app->model).subject;
    if (watched != NULL)
        each(data, watched);
    names_of_kind(app, OBJECT_SUBSCRIPTION, Q_SUBSCRIPTION_subject, plain_subject, &plain);
    names_of_kind(app, OBJECT_CONSUMER, Q_CONSUMER_filter, plain_subject, &plain);
}

static struct quantity_list *list_here(struct app *app) {
    return list_of_view(stage_view(&app->stage), app->stage.states[app->stage.here.view]);
}

static void column_names(struct app *app, name_fn *each, void *data) {
    const struct quantity_list *list = list_here(app);
    for (int i = -1; list != NULL && i < list->column_count; i++)
        if (list_sort_name(list, i) != NULL)
            each(data, list_sort_name(list, i));
}

static void shown_names(struct app *app, name_fn *each, void *data) {
    static char names[TABLE_MAX_COLUMNS][48];
    const struct quantity_list *list = list_here(app);
    for (int i = 0; list != NULL && i < list->column_count; i++) {
        quantity_column_name(&list->columns[i], names[i], sizeof names[i]);
        each(data, names[i]);
    }
}

static void all_theme_names(struct app *app, name_fn *each, void *data) {
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
static void say_unknown(struct app *app, const char *what, const char *name, names_of *names) {
    char text[STAGE_MESSAGE_SIZE];
    struct near near = near_begin(name);
    if (names != NULL)
        names(app, try_name, &near);
    snprintf(text, sizeof text, "no %s is called \"%.80s\"%s%.80s%s", what, name,
             near.name ? "; did you mean " : "", near.name ? near.name : "", near.name ? "?" : "");
    fault(app, text);
}

/* ---- words ---- */

struct word {
    const char *name, *argument, *help; /* argument NULL: takes none */
    names_of *names;                    /* that the argument may be */
    bool several;                       /* of them, with commas */
    unsigned (*run)(struct app *app, const struct word *word, const char *argument);
};

static unsigned go_view(struct app *app, const struct word *word, const char *argument) {
    uint64_t object = 0;
    if (argument[0] != '\0' && (object = stage_server_named(stage_model(&app->stage), argument)) == 0) {
        say_unknown(app, "server", argument, server_names);
        return REACT_DRAW;
    }
    stage_go(&app->stage, view_by_name(word->name), object);
    return REACT_DRAW | REACT_WANTS;
}

/* The view makes of the text what it likes. */
static unsigned tell_view(struct app *app, const struct word *word, const char *argument) {
    const struct view_ops *view = view_by_name(word->name);
    for (int i = 0; i < view_count; i++) {
        const char *wrong = views[i] == view ? view->take(app->stage.states[i], argument) : NULL;
        if (wrong != NULL) {
            fault(app, wrong);
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
static unsigned go_asset(struct app *app, const struct word *word, const char *argument) {
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
        say_unknown(app, word->name, argument, word->names);
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

static unsigned go_connection(struct app *app, const struct word *word, const char *argument) {
    size_t alike = 0;
    const struct model *model = stage_model(&app->stage);
    const struct object *meant = argument[0] != '\0' ? connection_meant(model, argument, &alike) : NULL;
    if (argument[0] != '\0' && meant == NULL) {
        say_unknown(app, word->name, argument, word->names);
        return REACT_DRAW;
    }
    if (meant != NULL)
        say_which_connection(app, model, meant, argument, alike);
    stage_go(&app->stage, view_by_name(word->name), meant != NULL ? meant->id : 0);
    return REACT_DRAW | REACT_WANTS;
}

/* Without a subject it ends the watch. */
static unsigned watch_interest(struct app *app, const struct word *word, const char *argument) {
    const char *wrong = argument[0] != '\0' ? model_subject_fault(argument) : NULL;
    if (wrong != NULL) {
        fault(app, wrong);
        return REACT_DRAW;
    }
    if (argument[0] == '\0' && model_interest(app->model).subject != NULL)
        stage_say(&app->stage, clock_mono_ns(), false, "no subject is watched any more");
    model_interest_watch(app->model, argument[0] != '\0' ? argument : NULL);
    stage_go(&app->stage, view_by_name(word->name), 0);
    return REACT_DRAW | REACT_WANTS;
}

struct listed {
    char text[STAGE_MESSAGE_SIZE];
    size_t len;
};

static void list_name(void *data, const char *name) {
    struct listed *l = data;
    if (l->len + strlen(name) + 2 < sizeof l->text)
        l->len += (size_t)snprintf(l->text + l->len, sizeof l->text - l->len, " %s", name);
}

static void say_columns(struct app *app) {
    struct listed l = {.len = 0};
    l.len = (size_t)snprintf(l.text, sizeof l.text, "sort by which column?");
    column_names(app, list_name, &l);
    fault(app, l.text);
}

static unsigned sort_by(struct app *app, const struct word *word, const char *argument) {
    struct quantity_list *list = list_here(app);
    (void)word;
    if (list == NULL)
        fault(app, "there is no list to sort here");
    else if (argument[0] == '\0')
        say_columns(app);
    else if (!list_sort_by(list, argument))
        say_unknown(app, "column", argument, column_names);
    return REACT_DRAW | REACT_WANTS;
}

static unsigned set_columns(struct app *app, const char *argument) {
    char names[SETTING_TEXT] = "";
    size_t used = 0;
    struct quantity_list *list = list_here(app);
    const struct setting *row = list != NULL ? settings_of_columns(app, list) : NULL;
    for (size_t len; *argument != '\0'; argument += len) {
        argument += strspn(argument, BETWEEN);
        len = strcspn(argument, BETWEEN);
        if (len > 0 && used < sizeof names)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%.*s", used > 0 ? " " : "",
                                     (int)len, argument);
    }
    const char *wrong = row == NULL ? "there are no columns to choose here"
                        : used == 0 ? "this names no column"
                                    : settings_change(app, row, names);
    if (wrong != NULL)
        fault(app, wrong);
    else
        stage_say(&app->stage, clock_mono_ns(), false, quantity_list_chosen(list));
    return REACT_DRAW | REACT_WANTS;
}

static unsigned choose_columns(struct app *app, const struct word *word, const char *argument) {
    (void)word;
    if (argument[0] != '\0')
        return set_columns(app, argument);
    if (!app_act(app, ACTION_COLUMNS))
        fault(app, "there are no columns to choose here");
    return REACT_DRAW;
}

static unsigned set_theme(struct app *app, const struct word *word, const char *argument) {
    const char *wrong = app_theme(app, argument);
    (void)word;
    if (wrong != NULL)
        fault(app, wrong);
    return REACT_DRAW;
}

static unsigned forget(struct app *app, const struct word *word, const char *argument) {
    char text[STAGE_MESSAGE_SIZE];
    (void)word;
    if (argument[0] == '\0' || !model_forget(app->model, argument)) {
        say_unknown(app, "server", argument, server_names);
        return REACT_DRAW;
    }
    snprintf(text, sizeof text, "%.100s is no longer expected", argument);
    stage_say(&app->stage, clock_mono_ns(), false, text);
    return REACT_DRAW;
}

static unsigned acknowledge(struct app *app, const struct word *word, const char *argument) {
    const char *wrong = alert_ack_here(app, argument);
    (void)word;
    if (wrong != NULL)
        fault(app, wrong);
    return REACT_DRAW;
}

static unsigned silence(struct app *app, const struct word *word, const char *argument) {
    const char *wrong = alert_silence_here(app, argument);
    (void)word;
    if (wrong != NULL)
        fault(app, wrong);
    return REACT_DRAW;
}

static unsigned show_help(struct app *app, const struct word *word, const char *argument) {
    (void)word, (void)argument;
    layer_open_help(app);
    return REACT_DRAW;
}

static unsigned quit(struct app *app, const struct word *word, const char *argument) {
    (void)app, (void)word, (void)argument;
    return REACT_QUIT;
}

/* Beside the views. One that is called like a view says what that view takes. */
static const struct word own_words[] = {
    {"node", "NAME", NULL, server_names, false, go_view},
    {"connection", "NAME|CID", NULL, connection_names, false, go_connection},
    {"stream", "NAME", NULL, stream_names, false, go_asset},
    {"consumer", "NAME", NULL, consumer_names, false, go_asset},
    {"find", "WORD", NULL, findable_names, false, tell_view},
    {"interest", "SUBJECT", NULL, subject_names, false, watch_interest},
    {"sort", "COLUMN", "Sorts the list by this column; again: reversed.", column_names, false, sort_by},
    {"columns", "NAME,...", "The list has these columns, in this order; alone: choose them.", shown_names,
     true, choose_columns},
    {"theme", "NAME", "Shows this theme, at once while it is typed, or one from a file; alone lists them.",
     all_theme_names, false, set_theme},
    {"forget", "NAME", "This server is out of service, expect it no longer.", server_names, false, forget},
    {"ack", "NOTE", "Somebody is on the selected alert, or on what the open page is about.", NULL, false,
     acknowledge},
    {"silence", "30m NOTE|off", "Silences what the selected alert, or the open page, is about, for so long.",
     NULL, false, silence},
    {"help", NULL, "The keys that are valid here.", NULL, false, show_help},
    {"quit", NULL, "Quits.", NULL, false, quit},
};
enum { OWN_WORDS = sizeof own_words / sizeof *own_words, MOST_WORDS = STAGE_MAX_VIEWS + OWN_WORDS };

static const struct word *own_word(const char *name) {
    for (int i = 0; i < OWN_WORDS; i++)
        if (strcasecmp(own_words[i].name, name) == 0)
            return &own_words[i];
    return NULL;
}

/* The words in order, views first; false: there are not so many. */
static bool word_at(int index, struct word *out) {
    for (int i = 0; i < view_count; i++) {
        if (index-- != 0)
            continue;
        const struct word *own = own_word(views[i]->name);
        *out = own != NULL ? *own : (struct word){views[i]->name, NULL, NULL, NULL, false, go_view};
        out->help = views[i]->help;
        return true;
    }
    for (int i = 0; i < OWN_WORDS; i++) {
        if (view_by_name(own_words[i].name) != NULL &&
            strcmp(view_by_name(own_words[i].name)->name, own_words[i].name) == 0)
            continue;
        if (index-- != 0)
            continue;
        *out = own_words[i];
        return true;
    }
    return false;
}

/* By its name, or by a beginning that fits one only; *fits: how many it fits. */
static bool find_word(const char *typed, struct word *out, int *fits) {
    struct word word;
    *fits = 0;
    for (int i = 0; word_at(i, &word); i++) {
        if (strncasecmp(word.name, typed, strlen(typed)) != 0)
            continue;
        (*fits)++;
        *out = word;
        if (strlen(word.name) != strlen(typed))
            continue;
        *fits = 1;
        break;
    }
    return *fits == 1;
}

static void all_words(struct app *app, name_fn *each, void *data) {
    struct word word;
    (void)app;
    for (int i = 0; word_at(i, &word); i++)
        each(data, word.name);
}

/* ---- what is typed ---- */

/* The first word of the text; returns where the argument begins. */
static size_t split(const char *text, char *word, size_t size) {
    size_t begin = strspn(text, " "), len = strcspn(text + begin, " ");
    snprintf(word, size, "%.*s", (int)len, text + begin);
    return begin + len + strspn(text + begin + len, " ");
}

static void say_no_command(struct app *app, const char *typed, int fits) {
    char text[STAGE_MESSAGE_SIZE];
    struct word word;
    if (fits == 0) {
        say_unknown(app, "command", typed, all_words);
        return;
    }
    size_t len = (size_t)snprintf(text, sizeof text, "\"%.60s\" is the beginning of", typed);
    for (int i = 0; word_at(i, &word) && len < sizeof text; i++)
        if (strncasecmp(word.name, typed, strlen(typed)) == 0)
            len += (size_t)snprintf(text + len, sizeof text - len, " %s", word.name);
    fault(app, text);
}

void command_line_run(struct app *app, const char *text) {
    char typed[64];
    struct word word;
    int fits;
    size_t at = split(text, typed, sizeof typed);
    char argument[sizeof app->stage.prompt.text];
    snprintf(argument, sizeof argument, "%s", text + at);
    for (size_t len = strlen(argument); len > 0 && argument[len - 1] == ' ';)
        argument[--len] = '\0'; /* a completion leaves one */
    if (typed[0] == '\0')
        return;
    if (!find_word(typed, &word, &fits)) {
        say_no_command(app, typed, fits);
        app_react(app, REACT_DRAW);
    } else if (word.argument == NULL && argument[0] != '\0') {
        char said[STAGE_MESSAGE_SIZE];
        snprintf(said, sizeof said, "%s takes no argument", word.name);
        fault(app, said);
        app_react(app, REACT_DRAW);
    } else {
        app_react(app, word.run(app, &word, argument));
    }
}

const char *command_line_theme(const char *text) {
    char typed[64];
    struct word word;
    int fits;
    size_t at = split(text, typed, sizeof typed);
    return typed[0] != '\0' && find_word(typed, &word, &fits) && word.run == set_theme ? text + at : "";
}

size_t command_line_names(struct app *app, const char *text, name_fn *each, void *data) {
    char typed[64];
    struct word word;
    int fits;
    size_t at = split(text, typed, sizeof typed);
    size_t begin = strspn(text, " ");
    if (text[begin] == '\0' || at == begin + strlen(typed)) {
        all_words(app, each, data);
        return begin;
    }
    if (!find_word(typed, &word, &fits) || word.names == NULL)
        return at;
    for (size_t i = at; word.several && text[i] != '\0'; i++)
        at = strchr(BETWEEN, text[i]) != NULL ? i + 1 : at;
    word.names(app, each, data);
    return at;
}

bool command_line_takes_more(const char *name) {
    struct word word;
    int fits;
    return find_word(name, &word, &fits) && word.argument != NULL;
}

const struct help_line *command_line_help(void) {
    static struct help_line rows[MOST_WORDS + 2] = {{NULL, "Typed after :"}};
    static char keys[MOST_WORDS][40];
    struct word word;
    for (int i = 0; i < MOST_WORDS && word_at(i, &word); i++) {
        snprintf(keys[i], sizeof keys[i], ":%s%s%s", word.name, word.argument != NULL ? " " : "",
                 word.argument != NULL ? word.argument : "");
        rows[1 + i] = (struct help_line){keys[i], word.help};
    }
    return rows;
}
