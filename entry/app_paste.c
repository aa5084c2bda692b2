#include "entry/app.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"

static bool opens_prompt(const char *text) {
    uint32_t first;
    if (text[0] == '\0')
        return false;
    utf8_decode(text, strlen(text), &first);
    enum action_id id = keymap_find(CONTEXT_EVERYWHERE, first);
    return id == ACTION_FILTER || id == ACTION_COMMAND;
}

static void type_text(struct app *app, const char *text) {
    size_t len = strlen(text);
    uint32_t c;
    for (size_t at = 0; at < len;) {
        at += utf8_decode(text + at, len - at, &c);
        app_key(app, c);
    }
}

void app_paste(struct app *app, const struct paste *paste) {
    bool typed = paste->one_line && !paste->marked;
    if (!app->stage.prompt.open && !(typed && opens_prompt(paste->text))) {
        stage_say(&app->stage, clock_mono_ns(), false, "pasted text ignored");
        app->paint_now = true;
        return;
    }
    type_text(app, paste->text);
    if (typed && paste->entered)
        app_key(app, K_ENTER);
}
