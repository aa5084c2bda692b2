#include "entry/app.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"

/* Nobody types ahead but behind a key that opens a prompt. */
static bool typed_ahead(const struct paste *paste) {
    if (paste->key_count == 0)
        return false;
    enum action_id id = keymap_find(CONTEXT_EVERYWHERE | CONTEXT_ALWAYS, paste->keys[0]);
    return id == ACTION_FILTER || id == ACTION_COMMAND || id == ACTION_FIND;
}

/* As they came, Tab and all, until one of them closes the prompt. Ctrl-C is meant, whatever comes with it. */
static void type_keys(struct app *app, const struct paste *paste, bool text) {
    for (int i = 0; i < paste->key_count; i++) {
        bool typed = text && (i == 0 || app->stage.prompt.open);
        if (typed || paste->keys[i] == K_CTRL('c'))
            app_key(app, paste->keys[i]);
    }
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
    if (!app->stage.prompt.open && !typed_ahead(paste)) {
        stage_say(&app->stage, clock_mono_ns(), false, "pasted text ignored");
        app->paint_now = true;
        type_keys(app, paste, false);
    } else if (paste->key_count > 0) {
        type_keys(app, paste, true);
    } else {
        type_text(app, paste->text);
        if (paste->entered && !paste->marked)
            app_key(app, K_ENTER);
    }
}
