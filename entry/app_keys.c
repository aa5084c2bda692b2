#include "entry/app.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "entry/layers.h"

/* ---- what keys do everywhere ---- */

static unsigned quit(void *data) {
    (void)data;
    return REACT_QUIT;
}

static unsigned open_help(void *data) {
    layer_open_help(data);
    return REACT_DRAW;
}

static unsigned open_menu(void *data) {
    layer_open_menu(data);
    return REACT_DRAW;
}

static unsigned open_command(void *data) {
    struct app *app = data;
    prompt_open(&app->stage.prompt, ":", "");
    return REACT_DRAW;
}

static unsigned open_filter(void *data) {
    struct app *app = data;
    if (stage_view(&app->stage)->check_filter == NULL) {
        stage_say(&app->stage, clock_mono_ns(), true, "nothing to filter here");
        return REACT_DRAW;
    }
    prompt_open(&app->stage.prompt, "/", app->stage.filters[app->stage.here.view]);
    return REACT_DRAW;
}

/* The last layer goes first: filter, then place. */
static unsigned go_back(void *data) {
    struct app *app = data;
    char *filter = app->stage.filters[app->stage.here.view];
    if (filter[0] != '\0')
        filter[0] = '\0';
    else if (!stage_go_back(&app->stage))
        stage_say(&app->stage, clock_mono_ns(), false, "this is the first place; q quits");
    return REACT_DRAW | REACT_WANTS;
}

static unsigned go_previous(void *data) {
    stage_go_previous(&((struct app *)data)->stage);
    return REACT_DRAW | REACT_WANTS;
}

static unsigned go_digit(void *data) {
    struct app *app = data;
    layer_close(app);
    for (int i = 0; i < view_count; i++)
        if (views[i]->digit != 0 && app->key == (uint32_t)('0' + views[i]->digit))
            stage_go(&app->stage, views[i], 0);
    return REACT_DRAW | REACT_WANTS;
}

static unsigned open_cost(void *data) {
    struct app *app = data;
    stage_go(&app->stage, view_by_name("cost"), 0);
    return REACT_DRAW | REACT_WANTS;
}

static unsigned toggle_pause(void *data) {
    struct app *app = data;
    stage_pause(&app->stage, app->stage.frozen == NULL);
    return REACT_DRAW;
}

static unsigned toggle(struct app *app, bool *flag, const char *on, const char *off) {
    *flag = !*flag;
    stage_say(&app->stage, clock_mono_ns(), false, *flag ? on : off);
    return REACT_DRAW;
}

static unsigned toggle_faults(void *data) {
    struct app *app = data;
    return toggle(app, &app->stage.faults_only, "faults only: what is ok is hidden", "everything is shown");
}

static unsigned toggle_hidden(void *data) {
    struct app *app = data;
    return toggle(app, &app->stage.show_hidden, "idle and internal ones are shown",
                  "idle and internal ones are hidden");
}

static unsigned toggle_units(void *data) {
    struct app *app = data;
    return toggle(app, &app->stage.bits, "bits per second", "bytes per second");
}

static unsigned toggle_local(void *data) {
    struct app *app = data;
    return toggle(app, &app->stage.local_time, "local time", "UTC");
}

static unsigned repaint(void *data) {
    (void)data;
    return REACT_REPAINT | REACT_DRAW;
}

static unsigned suspend(void *data) {
    (void)data;
    raise(SIGTSTP); /* comes back through the loop */
    return REACT_NONE;
}

static const struct action everywhere[] = {
    {"? F1", "help", "help", "Lists the keys that are valid here; / searches in them.", open_help},
    {"/", "filter", "filter", "Narrows the list: text, !text, ~regex, column>number.", open_filter},
    {":", "command", "command", "Opens a view by name, forgets a server: see the commands below.",
     open_command},
    {"Space", "pause", "pause", "Freezes the picture; collection goes on. Again: back to now.", toggle_pause},
    {"Esc Backspace", "back", "back", "Undoes the last layer: prompt, filter, place. Never quits.", go_back},
    {"-", "previous", NULL, "The place before this one, and back.", go_previous},
    {"f", "faults", NULL, "Faults only: hides what is ok.", toggle_faults},
    {"i", "hidden", NULL, "Shows what is hidden as idle or internal.", toggle_hidden},
    {"u", "units", NULL, "Bytes or bits per second.", toggle_units},
    {"I", "cost", NULL, "What watching costs the servers, endpoint by endpoint.", open_cost},
    {"L", "local", NULL, "Local time or UTC.", toggle_local},
    {"1 2 3", "view", NULL, "The views that have a digit.", go_digit},
    {"m", "menu", NULL, "The menu of all views, with what each one shows.", open_menu},
    {"Ctrl-L", "repaint", NULL, "Paints the screen from scratch.", repaint},
    {"Ctrl-Z", "suspend", NULL, "Suspends the program; fg brings it back.", suspend},
    {"q F10 Ctrl-C", "quit", "quit", "Quits; the last picture stays in the scrollback.", quit},
};

static const struct action_table everywhere_table = {"Everywhere", everywhere,
                                                     sizeof everywhere / sizeof *everywhere};

/* ---- commands behind : ---- */

static unsigned command_quit(struct app *app, const char *argument) {
    (void)app, (void)argument;
    return REACT_QUIT;
}

static unsigned command_forget(struct app *app, const char *argument) {
    char text[STAGE_MESSAGE_SIZE];
    bool known = argument[0] != '\0' && model_forget(app->model, argument);
    snprintf(text, sizeof text,
             known ? "%.100s is no longer expected" : "no server is called \"%.100s\": :forget NAME",
             argument);
    stage_say(&app->stage, clock_mono_ns(), !known, text);
    return REACT_DRAW;
}

static const struct command_word {
    const char *word, *help;
    unsigned (*run)(struct app *app, const char *argument);
} command_words[] = {
    {"forget", "NAME: this server is out of service, expect it no longer.", command_forget},
    {"quit", "Quits.", command_quit},
    {"theme", "NAME or FILE: shows this theme; alone it lists them.", app_theme},
};
enum {
    COMMAND_WORDS = sizeof command_words / sizeof *command_words,
    COMMAND_ROWS = COMMAND_WORDS + STAGE_MAX_VIEWS
};

static void go_named(struct app *app, const char *word, const char *argument) {
    char text[STAGE_MESSAGE_SIZE];
    const struct view_ops *view = view_by_name(word);
    if (view == NULL) {
        snprintf(text, sizeof text, "\"%.60s\" is no command; ? lists them", word);
        stage_say(&app->stage, clock_mono_ns(), true, text);
        return;
    }
    uint64_t object = 0;
    if (argument[0] != '\0' && (object = stage_server_named(stage_model(&app->stage), argument)) == 0) {
        snprintf(text, sizeof text, "no server is called \"%.100s\"", argument);
        stage_say(&app->stage, clock_mono_ns(), true, text);
        return;
    }
    stage_go(&app->stage, view, object);
}

void app_command(struct app *app, const char *text) {
    char word[64];
    size_t len = strcspn(text, " ");
    const char *argument = text + len + strspn(text + len, " ");
    snprintf(word, sizeof word, "%.*s", (int)(len < sizeof word ? len : sizeof word - 1), text);
    if (word[0] == '\0')
        return;
    for (int i = 0; i < COMMAND_WORDS; i++)
        if (strcmp(command_words[i].word, word) == 0 || (len == 1 && word[0] == command_words[i].word[0])) {
            app_react(app, command_words[i].run(app, argument));
            return;
        }
    go_named(app, word, argument);
    app_react(app, REACT_DRAW | REACT_WANTS);
}

/* For help alone: what may be typed behind the colon, made of the commands and the views. */
static const struct action_table *commands_table(void) {
    static struct action rows[COMMAND_ROWS];
    static char keys[COMMAND_ROWS][40];
    static struct action_table table = {"Typed after :", rows, 0};
    if (table.count == 0) {
        for (int i = 0; i < view_count; i++) {
            snprintf(keys[i], sizeof keys[i], ":%s", views[i]->name);
            rows[i] = (struct action){.keys = keys[i], .name = views[i]->name, .help = views[i]->help};
        }
        for (int i = 0; i < COMMAND_WORDS; i++) {
            int at = view_count + i;
            snprintf(keys[at], sizeof keys[at], ":%s", command_words[i].word);
            rows[at] = (struct action){
                .keys = keys[at], .name = command_words[i].word, .help = command_words[i].help};
        }
        table.count = view_count + COMMAND_WORDS;
    }
    return &table;
}

const struct action_table *const *app_tables(int *count) {
    static const struct action_table *tables[2];
    tables[0] = &everywhere_table;
    tables[1] = commands_table();
    *count = 2;
    return tables;
}

/* ---- a key ---- */

/* What is being narrowed: the list, or help over it. */
static char *edited(struct stage *st, size_t *size) {
    *size = st->help_open ? sizeof st->help_filter : STAGE_FILTER_SIZE;
    return st->help_open ? st->help_filter : st->filters[st->here.view];
}

static void filter_edited(struct app *app) {
    struct stage *st = &app->stage;
    size_t size;
    char *filter = edited(st, &size);
    text_cut(filter, size, st->prompt.text, (int)size - 1);
    st->help_top = 0;
    if (st->help_open)
        return;
    const char *fault = stage_view(st)->check_filter(st->states[st->here.view], filter);
    snprintf(st->prompt.error, sizeof st->prompt.error, "%s", fault != NULL ? fault : "");
}

static void prompt_key_typed(struct app *app, uint32_t key) {
    struct stage *st = &app->stage;
    bool filter = st->prompt.label[0] == '/';
    enum prompt_result result = prompt_key(&st->prompt, key);
    if (result == PROMPT_CANCEL) {
        size_t size;
        st->prompt.open = false;
        if (filter)
            edited(st, &size)[0] = '\0';
    } else if (result == PROMPT_ENTER) {
        st->prompt.open =
            filter && st->prompt.error[0] != '\0'; /* a fault stays in sight until it is mended */
        if (!filter)
            app_command(app, st->prompt.text);
    } else if (filter) {
        filter_edited(app);
    }
    app->paint_now = true;
}

static void obey(struct app *app, const struct view_request *request) {
    if (request->view != NULL && view_by_name(request->view) != NULL)
        stage_go(&app->stage, view_by_name(request->view), request->object);
    if (request->copy != NULL) {
        screen_copy(app->screen, request->copy);
        stage_say(&app->stage, clock_mono_ns() + 4 * NS_PER_S, false, request->copy);
    }
}

void app_react(struct app *app, unsigned reaction) {
    if (reaction & REACT_BACK)
        reaction |= go_back(app);
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
    char name[32], text[80];
    key_name(key, name, sizeof name);
    snprintf(text, sizeof text, "%s does nothing here, ? for keys", name);
    stage_say(&app->stage, clock_mono_ns(), false, text);
    app->paint_now = true;
}

/* What reaches the program through what lies over the view. */
static bool goes_through(const struct action *action, uint32_t key) {
    static const char *const names[] = {"view", "repaint", "suspend"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(action->name, names[i]) == 0)
            return true;
    return key == K_CTRL('c');
}

static void layer_key(struct app *app, uint32_t key) {
    const struct action *action = action_find(app->stage.over, key);
    if (action == NULL) {
        action = action_find(&everywhere_table, key);
        if (action != NULL && !goes_through(action, key))
            action = NULL;
    }
    if (action == NULL)
        unknown_key(app, key);
    else
        app_react(app, action->run(app));
}

void app_key(struct app *app, uint32_t key) {
    app->key = key;
    if (app->stage.prompt.open) {
        prompt_key_typed(app, key);
        return;
    }
    if (app->stage.over != NULL) {
        layer_key(app, key);
        return;
    }
    struct view_request request = {0};
    unsigned reaction = stage_key(&app->stage, key, clock_mono_ns(), &request);
    if (reaction & REACT_PASS) {
        const struct action *action = action_find(&everywhere_table, key);
        if (action == NULL) {
            unknown_key(app, key);
            return;
        }
        reaction = action->run(app);
    }
    obey(app, &request);
    app_react(app, reaction | (request.view != NULL || request.copy != NULL ? REACT_DRAW | REACT_WANTS : 0));
}

void app_wants(struct app *app) {
    const char *sort;
    unsigned shapes = stage_wants(&app->stage, &sort);
    if (app->supervisor != NULL)
        supervisor_want(app->supervisor, shapes, sort);
}
