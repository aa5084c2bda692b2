#include "entry/command_line.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/text.h"
#include "entry/alert_wish.h"
#include "entry/command_word.h"
#include "entry/layers.h"
#include "entry/settings_live.h"
#include "views/quantity_table.h"

#define BETWEEN ", " /* names, where there may be several */

void command_fault(struct app *app, const char *text) {
    struct prompt *prompt = &app->stage.prompt;
    prompt->open = true;
    text_cut(prompt->error, sizeof prompt->error, text, sizeof prompt->error - 1);
}

/* ---- words ---- */

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
    names_columns(app, list_name, &l);
    command_fault(app, l.text);
}

static unsigned sort_by(struct app *app, const struct command_word *word, const char *argument) {
    struct quantity_list *list = command_list(app);
    (void)word;
    if (list == NULL)
        command_fault(app, "there is no list to sort here");
    else if (argument[0] == '\0')
        say_columns(app);
    else if (!list_sort_by(list, argument))
        command_unknown(app, "column", argument, names_columns);
    return REACT_DRAW | REACT_WANTS;
}

static unsigned set_columns(struct app *app, const char *argument) {
    char names[SETTING_TEXT] = "";
    size_t used = 0;
    struct quantity_list *list = command_list(app);
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
        command_fault(app, wrong);
    else
        stage_say(&app->stage, clock_mono_ns(), false, quantity_list_chosen(list));
    return REACT_DRAW | REACT_WANTS;
}

static unsigned choose_columns(struct app *app, const struct command_word *word, const char *argument) {
    (void)word;
    if (argument[0] != '\0')
        return set_columns(app, argument);
    if (!app_act(app, ACTION_COLUMNS))
        command_fault(app, "there are no columns to choose here");
    return REACT_DRAW;
}

static unsigned set_theme(struct app *app, const struct command_word *word, const char *argument) {
    const char *wrong = app_theme(app, argument);
    (void)word;
    if (wrong != NULL)
        command_fault(app, wrong);
    return REACT_DRAW;
}

static unsigned forget(struct app *app, const struct command_word *word, const char *argument) {
    char text[STAGE_MESSAGE_SIZE];
    (void)word;
    if (argument[0] == '\0' || !model_forget(app->model, argument)) {
        command_unknown(app, "server", argument, names_servers);
        return REACT_DRAW;
    }
    snprintf(text, sizeof text, "%.100s is no longer expected", argument);
    stage_say(&app->stage, clock_mono_ns(), false, text);
    return REACT_DRAW;
}

static unsigned acknowledge(struct app *app, const struct command_word *word, const char *argument) {
    const char *wrong = alert_ack_here(app, argument);
    (void)word;
    if (wrong != NULL)
        command_fault(app, wrong);
    return REACT_DRAW;
}

static unsigned silence(struct app *app, const struct command_word *word, const char *argument) {
    const char *wrong = alert_silence_here(app, argument);
    (void)word;
    if (wrong != NULL)
        command_fault(app, wrong);
    return REACT_DRAW;
}

static unsigned show_help(struct app *app, const struct command_word *word, const char *argument) {
    (void)word, (void)argument;
    layer_open_help(app);
    return REACT_DRAW;
}

static unsigned quit(struct app *app, const struct command_word *word, const char *argument) {
    (void)app, (void)word, (void)argument;
    return REACT_QUIT;
}

/* Beside the views. One that is called like a view says what that view takes. */
static const struct command_word own_words[] = {
    {"node", "NAME", NULL, names_servers, false, command_go_view},
    {"connection", "NAME|CID", NULL, names_connections, false, command_go_connection},
    {"stream", "NAME", NULL, names_streams, false, command_go_asset},
    {"consumer", "NAME", NULL, names_consumers, false, command_go_asset},
    {"find", "WORD", NULL, names_findable, false, command_tell_view},
    {"interest", "SUBJECT", NULL, names_subjects, false, command_watch_interest},
    {"sample", "SUBJECT [for 10m]|off",
     "Looks at the traffic of that subject, wildcards included, and shows whose it is.", NULL, false,
     command_sample},
    {"sort", "COLUMN", "Sorts the list by this column; again: reversed.", names_columns, false, sort_by},
    {"columns", "NAME,...", "The list has these columns, in this order; alone: choose them.", names_shown,
     true, choose_columns},
    {"theme", "NAME", "Shows this theme, at once while it is typed, or one from a file; alone lists them.",
     names_themes, false, set_theme},
    {"forget", "NAME", "This server is out of service, expect it no longer.", names_servers, false, forget},
    {"ack", "NOTE", "Somebody is on the selected alert, or on what the open page is about.", NULL, false,
     acknowledge},
    {"silence", "30m NOTE|off", "Silences what the selected alert, or the open page, is about, for so long.",
     NULL, false, silence},
    {"help", NULL, "The keys that are valid here.", NULL, false, show_help},
    {"quit", NULL, "Quits.", NULL, false, quit},
};
enum { OWN_WORDS = sizeof own_words / sizeof *own_words, MOST_WORDS = STAGE_MAX_VIEWS + OWN_WORDS };

static const struct command_word *own_word(const char *name) {
    for (int i = 0; i < OWN_WORDS; i++)
        if (strcasecmp(own_words[i].name, name) == 0)
            return &own_words[i];
    return NULL;
}

/* The words in order, views first; false: there are not so many. */
static bool word_at(int index, struct command_word *out) {
    for (int i = 0; i < view_count; i++) {
        if (index-- != 0)
            continue;
        const struct command_word *own = own_word(views[i]->name);
        *out = own != NULL ? *own
                           : (struct command_word){views[i]->name, NULL, NULL, NULL, false, command_go_view};
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
static bool find_word(const char *typed, struct command_word *out, int *fits) {
    struct command_word word;
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
    struct command_word word;
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
    struct command_word word;
    if (fits == 0) {
        command_unknown(app, "command", typed, all_words);
        return;
    }
    size_t len = (size_t)snprintf(text, sizeof text, "\"%.60s\" is the beginning of", typed);
    for (int i = 0; word_at(i, &word) && len < sizeof text; i++)
        if (strncasecmp(word.name, typed, strlen(typed)) == 0)
            len += (size_t)snprintf(text + len, sizeof text - len, " %s", word.name);
    command_fault(app, text);
}

void command_line_run(struct app *app, const char *text) {
    char typed[64];
    struct command_word word;
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
        command_fault(app, said);
        app_react(app, REACT_DRAW);
    } else {
        app_react(app, word.run(app, &word, argument));
    }
}

const char *command_line_theme(const char *text) {
    char typed[64];
    struct command_word word;
    int fits;
    size_t at = split(text, typed, sizeof typed);
    return typed[0] != '\0' && find_word(typed, &word, &fits) && word.run == set_theme ? text + at : "";
}

size_t command_line_names(struct app *app, const char *text, name_fn *each, void *data) {
    char typed[64];
    struct command_word word;
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
    struct command_word word;
    int fits;
    return find_word(name, &word, &fits) && word.argument != NULL;
}

const struct help_line *command_line_help(void) {
    static struct help_line rows[MOST_WORDS + 2] = {{NULL, "Typed after :"}};
    static char keys[MOST_WORDS][40];
    struct command_word word;
    for (int i = 0; i < MOST_WORDS && word_at(i, &word); i++) {
        snprintf(keys[i], sizeof keys[i], ":%s%s%s", word.name, word.argument != NULL ? " " : "",
                 word.argument != NULL ? word.argument : "");
        rows[1 + i] = (struct help_line){keys[i], word.help};
    }
    return rows;
}
