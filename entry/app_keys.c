#include "entry/app.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "views/help.h"

/* ---- what keys do everywhere ---- */

static unsigned quit(void *data) {
    (void)data;
    return REACT_QUIT;
}

static unsigned open_help(void *data) {
    struct app *app = data;
    app->stage.help_open = true;
    app->stage.help_filter[0] = '\0';
    app->stage.help_top = 0;
    return REACT_DRAW;
}

static unsigned open_menu(void *data) {
    struct app *app = data;
    app->stage.menu_open = true;
    app->stage.menu_choice = app->stage.here.view;
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
    {"? F1", "help", "help", "Lists the keys that are valid here; / there searches.", open_help},
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
    {"1 2 3 4 5 6 7 8 9", "view", NULL, "The views that have a digit.", go_digit},
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
    {"forget", "NAME: this server was taken out of service, it is no longer expected.", command_forget},
    {"quit", "Quits.", command_quit},
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

static void help_key(struct app *app, uint32_t key) {
    struct stage *st = &app->stage;
    int page = app->surface->rows / 2;
    size_t len = strlen(st->help_filter);
    if (key == 27 || key == '?' || (key == 'q' && len == 0) || key == K_F1) {
        st->help_open = false;
    } else if (key == K_DOWN || key == K_UP) {
        st->help_top += key == K_DOWN ? 1 : -1;
    } else if (key == K_PGDN || key == K_PGUP) {
        st->help_top += key == K_PGDN ? page : -page;
    } else if ((key == 127 || key == 8) && len > 0) {
        st->help_filter[len - 1] = '\0';
    } else if (key > ' ' && key < 127 && !(key == '/' && len == 0) && len + 1 < sizeof st->help_filter) {
        st->help_filter[len] = (char)key;
        st->help_filter[len + 1] = '\0';
        st->help_top = 0;
    }
    if (st->help_top < 0)
        st->help_top = 0;
    app->paint_now = true;
}

static void menu_key(struct app *app, uint32_t key) {
    struct stage *st = &app->stage;
    int choice = st->menu_choice;
    if (key == K_DOWN || key == 'j' || key == K_UP || key == 'k')
        choice += key == K_DOWN || key == 'j' ? 1 : -1;
    else if (key == K_HOME || key == K_END)
        choice = key == K_HOME ? 0 : view_count - 1;
    else
        st->menu_open = false;
    st->menu_choice = choice < 0 ? 0 : choice >= view_count ? view_count - 1 : choice;
    if (key == '\r' || key == '\n')
        stage_go(st, views[st->menu_choice], 0);
    app_react(app, REACT_DRAW | REACT_WANTS);
}

static void filter_edited(struct app *app) {
    struct stage *st = &app->stage;
    char *filter = st->filters[st->here.view];
    snprintf(filter, STAGE_FILTER_SIZE, "%s", st->prompt.text);
    const char *fault = stage_view(st)->check_filter(st->states[st->here.view], filter);
    snprintf(st->prompt.error, sizeof st->prompt.error, "%s", fault != NULL ? fault : "");
}

static void prompt_key_typed(struct app *app, uint32_t key) {
    struct stage *st = &app->stage;
    bool filter = st->prompt.label[0] == '/';
    enum prompt_result result = prompt_key(&st->prompt, key);
    if (result == PROMPT_CANCEL) {
        st->prompt.open = false;
        if (filter)
            st->filters[st->here.view][0] = '\0';
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

void app_key(struct app *app, uint32_t key) {
    app->key = key;
    if (app->stage.prompt.open) {
        prompt_key_typed(app, key);
        return;
    }
    if (app->stage.help_open && key != 3) {
        help_key(app, key);
        return;
    }
    if (app->stage.menu_open && key != 3 && !(key >= '1' && key <= '9')) {
        menu_key(app, key);
        return;
    }
    app->stage.menu_open = false;
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
