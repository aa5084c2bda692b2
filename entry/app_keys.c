#include "entry/app.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "entry/layers.h"

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

/* The commands and the views. */
const struct help_line *app_commands(void) {
    static struct help_line rows[COMMAND_ROWS + 2] = {{NULL, "Typed after :"}};
    static char keys[COMMAND_ROWS][40];
    int n = 0;
    for (int i = 0; i < view_count && rows[1].text == NULL; i++, n++)
        snprintf(keys[n], sizeof keys[n], ":%s", views[i]->name);
    for (int i = 0; i < view_count; i++)
        rows[1 + i] = (struct help_line){keys[i], views[i]->help};
    for (int i = 0; i < COMMAND_WORDS; i++) {
        n = view_count + i;
        snprintf(keys[n], sizeof keys[n], ":%s", command_words[i].word);
        rows[1 + n] = (struct help_line){keys[n], command_words[i].help};
    }
    return rows;
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

static void end_prompt(struct app *app, bool cancelled) {
    struct stage *st = &app->stage;
    bool filter = st->prompt.label[0] == '/';
    size_t size;
    st->prompt.open = !cancelled && filter && st->prompt.error[0] != '\0'; /* a fault stays in sight */
    if (cancelled && filter)
        edited(st, &size)[0] = '\0';
    if (!cancelled && !filter)
        app_command(app, st->prompt.text);
}

static const struct prompt_row {
    enum action_id id;
    enum prompt_edit edit;
} prompt_rows[] = {
    {ACTION_CURSOR_LEFT, PROMPT_LEFT},      {ACTION_CURSOR_RIGHT, PROMPT_RIGHT},
    {ACTION_LINE_BEGIN, PROMPT_HOME},       {ACTION_LINE_FINISH, PROMPT_END},
    {ACTION_ERASE, PROMPT_ERASE},           {ACTION_DELETE, PROMPT_DELETE},
    {ACTION_ERASE_WORD, PROMPT_ERASE_WORD}, {ACTION_ERASE_LINE, PROMPT_ERASE_LINE},
};

static bool edit_prompt(struct prompt *prompt, enum action_id id) {
    for (size_t i = 0; i < sizeof prompt_rows / sizeof *prompt_rows; i++)
        if (prompt_rows[i].id == id) {
            prompt_edit(prompt, prompt_rows[i].edit);
            return true;
        }
    return false;
}

static void prompt_key(struct app *app, uint32_t key) {
    struct prompt *prompt = &app->stage.prompt;
    enum action_id id = keymap_find(CONTEXT_PROMPT, key);
    bool cancelled = id == ACTION_CANCEL || id == ACTION_INTERRUPT || (id == ACTION_ERASE && !prompt->len);
    if (cancelled || id == ACTION_ACCEPT)
        end_prompt(app, cancelled);
    else if ((edit_prompt(prompt, id) || prompt_insert(prompt, key)) && prompt->label[0] == '/')
        filter_edited(app);
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
    app->action = id;
    unsigned reaction = run(app, id, &request);
    if (reaction & REACT_PASS)
        return false;
    obey(app, &request);
    app_react(app, reaction | (request.view != NULL || request.copy != NULL ? REACT_DRAW | REACT_WANTS : 0));
    return true;
}

void app_key(struct app *app, uint32_t key) {
    if (app->stage.prompt.open)
        prompt_key(app, key);
    else if (!app_act(app, keymap_find(stage_contexts(&app->stage), key)))
        unknown_key(app, key);
}

void app_wants(struct app *app) {
    const char *sort;
    unsigned shapes = stage_wants(&app->stage, &sort);
    if (app->supervisor != NULL)
        supervisor_want(app->supervisor, shapes, sort);
}
