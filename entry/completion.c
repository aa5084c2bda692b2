#include "entry/completion.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "entry/command_line.h"

struct search {
    struct completion *c;
    const char *text;
};

static const char *typed_of(const struct search *s) {
    return s->text + s->c->from;
}

static void add(void *data, const char *name) {
    struct search *s = data;
    struct completion *c = s->c;
    if (c->count == COMPLETION_MOST || strlen(name) >= COMPLETION_SIZE ||
        strncasecmp(name, typed_of(s), strlen(typed_of(s))) != 0)
        return;
    for (int i = 0; i < c->count; i++)
        if (strcmp(c->names[i], name) == 0)
            return;
    snprintf(c->names[c->count++], COMPLETION_SIZE, "%s", name);
}

static void ignore(void *data, const char *name) {
    (void)data, (void)name;
}

void completion_update(struct completion *c, struct app *app) {
    const char *text = app->stage.prompt.text;
    struct search search = {c, text};
    c->count = 0;
    c->chosen = -1;
    c->from = command_line_names(app, text, ignore, NULL);
    command_line_names(app, text, add, &search);
}

static void put(struct completion *c, struct app *app, const char *name, const char *behind) {
    struct prompt *prompt = &app->stage.prompt;
    char line[sizeof prompt->text];
    int len = snprintf(line, sizeof line, "%.*s%s%s", (int)c->from, prompt->text, name, behind);
    if (len > 0 && (size_t)len < sizeof line)
        prompt_set(prompt, line);
}

/* Bytes in which all names agree, whole characters. */
static size_t common(const struct completion *c) {
    size_t len = strlen(c->names[0]);
    for (int i = 1; i < c->count; i++) {
        size_t same = 0;
        while (same < len && c->names[0][same] == c->names[i][same])
            same++;
        len = same;
    }
    while (len > 0 && ((unsigned char)c->names[0][len] & 0xc0) == 0x80)
        len--;
    return len;
}

void completion_step(struct completion *c, struct app *app, int by) {
    char agreed[COMPLETION_SIZE];
    if (c->count == 0)
        return;
    if (c->count == 1) {
        put(c, app, c->names[0], c->from == 0 && command_line_takes_more(c->names[0]) ? " " : "");
        completion_update(c, app);
        return;
    }
    snprintf(agreed, sizeof agreed, "%.*s", (int)common(c), c->names[0]);
    if (c->chosen < 0 && strlen(agreed) > strlen(app->stage.prompt.text + c->from)) {
        put(c, app, agreed, "");
        completion_update(c, app);
        return;
    }
    c->chosen = c->chosen < 0 && by < 0 ? c->count - 1 : (c->chosen + by + c->count) % c->count;
    put(c, app, c->names[c->chosen], "");
}

/* The first name shown: as many before the chosen one as fit. */
static int first_shown(const struct completion *c, int width) {
    int first = c->chosen < 0 ? 0 : c->chosen, used = text_width(c->names[first]) + 2;
    while (first > 0 && used + text_width(c->names[first - 1]) + 2 <= width)
        used += text_width(c->names[--first]) + 2;
    return first;
}

void completion_draw(const struct completion *c, struct surface *s, struct rect row) {
    row = rect_cut(row, (struct rect){row.x, row.y, row.w, 1});
    if (c->count == 0 || row.w < 10)
        return;
    surface_fill(s, row, ROLE_PROMPT, 0, ' ');
    int x = row.x + 1;
    for (int i = first_shown(c, row.w - 2); i < c->count && x < row.x + row.w; i++) {
        bool chosen = i == c->chosen;
        x += surface_text(s, row, x, row.y, chosen ? ROLE_SELECT : ROLE_PROMPT, chosen ? ATTR_REVERSE : 0,
                          c->names[i]) +
             2;
    }
}
