/* What is typed at a prompt: `/` narrows at once, `:` is a command line with completion; both remember. */
#include "entry/app.h"

#include <stdio.h>

#include "base/text.h"
#include "entry/alert_wish.h"
#include "entry/command_line.h"

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

static bool is_filter(const struct app *app) {
    return app->stage.prompt.label[0] == '/';
}

static bool is_command(const struct app *app) {
    return app->stage.prompt.label[0] == ':';
}

static struct line_history *history_of(struct app *app) {
    return &app->history[is_command(app) ? 0 : is_filter(app) ? 1 : 2];
}

/* The text is another one. */
static void edited_now(struct app *app) {
    if (is_filter(app))
        filter_edited(app);
    else if (is_command(app))
        completion_update(&app->stage.completion, app);
}

void app_open_prompt(struct app *app, const char *label, const char *text) {
    prompt_open(&app->stage.prompt, label, text);
    line_history_begin(history_of(app));
    app->stage.completion.count = 0;
    if (is_command(app))
        completion_update(&app->stage.completion, app);
}

/* A fault stays in sight, with what was typed. */
static void answer(struct app *app) {
    struct prompt *prompt = &app->stage.prompt;
    const char *wrong = alert_answer(app, prompt->text);
    prompt->open = wrong != NULL;
    snprintf(prompt->error, sizeof prompt->error, "%s", wrong != NULL ? wrong : "");
}

static void end_prompt(struct app *app, bool cancelled) {
    struct stage *st = &app->stage;
    bool filter = is_filter(app), command = is_command(app);
    size_t size;
    st->prompt.open = !cancelled && filter && st->prompt.error[0] != '\0'; /* a fault stays in sight */
    if (cancelled && filter)
        edited(st, &size)[0] = '\0';
    if (!cancelled)
        line_history_add(history_of(app), st->prompt.text);
    if (!cancelled && command)
        command_line_run(app, st->prompt.text);
    else if (!cancelled && !filter)
        answer(app);
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

static void step_history(struct app *app, int by) {
    struct prompt *prompt = &app->stage.prompt;
    const char *line = line_history_step(history_of(app), by, prompt->text);
    if (line == NULL)
        return;
    prompt_set(prompt, line);
    edited_now(app);
}

static void step_completion(struct app *app, int by) {
    if (is_command(app))
        completion_step(&app->stage.completion, app, by);
}

void app_prompt_key(struct app *app, uint32_t key) {
    struct prompt *prompt = &app->stage.prompt;
    enum action_id id = keymap_find(CONTEXT_PROMPT, key);
    bool erased = id == ACTION_ERASE && !prompt->len && !prompt->refuses;
    bool cancelled =
        id == ACTION_CANCEL || id == ACTION_INTERRUPT || erased || (id == ACTION_ACCEPT && prompt->refuses);
    if (cancelled || id == ACTION_ACCEPT)
        end_prompt(app, cancelled);
    else if (id == ACTION_OLDER || id == ACTION_NEWER)
        step_history(app, id == ACTION_OLDER ? -1 : 1);
    else if (id == ACTION_COMPLETE || id == ACTION_COMPLETE_BACK)
        step_completion(app, id == ACTION_COMPLETE ? 1 : -1);
    else if (edit_prompt(prompt, id) || prompt_insert(prompt, key))
        edited_now(app);
    else
        app_act(app, id); /* what is valid here and no editing */
    app_preview_theme(app, prompt->open && is_command(app) ? command_line_theme(prompt->text) : "");
    app->paint_now = true;
}
