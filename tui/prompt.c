#include "tui/prompt.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

void prompt_open(struct prompt *p, const char *label, const char *text) {
    *p = (struct prompt){.open = true};
    snprintf(p->label, sizeof p->label, "%s", label);
    prompt_set(p, text);
}

void prompt_refuse(struct prompt *p, const char *label, const char *why) {
    prompt_open(p, label, "");
    snprintf(p->error, sizeof p->error, "%s", why);
    p->refuses = true;
}

void prompt_set(struct prompt *p, const char *text) {
    if (p->refuses)
        return;
    text_cut(p->text, sizeof p->text, text, sizeof p->text - 1);
    p->len = p->at = strlen(p->text);
    p->error[0] = '\0';
}

static bool continues(const struct prompt *p, size_t at) {
    return at < p->len && ((unsigned char)p->text[at] & 0xc0) == 0x80;
}

static size_t left_of(const struct prompt *p, size_t at) {
    while (at > 0 && continues(p, --at))
        ;
    return at;
}

static size_t right_of(const struct prompt *p, size_t at) {
    if (at < p->len)
        at++;
    while (continues(p, at))
        at++;
    return at;
}

static size_t word_left(const struct prompt *p) {
    size_t at = p->at;
    while (at > 0 && p->text[at - 1] == ' ')
        at--;
    while (at > 0 && p->text[at - 1] != ' ')
        at--;
    return at;
}

static void erase(struct prompt *p, size_t from, size_t to) {
    memmove(p->text + from, p->text + to, p->len - to + 1);
    p->len -= to - from;
    p->at = from;
}

bool prompt_insert(struct prompt *p, uint32_t c) {
    char bytes[4];
    if (p->refuses || c < ' ' || c > 0x10ffff || char_width(c) < 1)
        return false;
    size_t used = utf8_encode(bytes, c);
    if (p->len + used >= sizeof p->text)
        return false;
    memmove(p->text + p->at + used, p->text + p->at, p->len - p->at + 1);
    memcpy(p->text + p->at, bytes, used);
    p->at += used;
    p->len += used;
    p->error[0] = '\0';
    return true;
}

void prompt_edit(struct prompt *p, enum prompt_edit edit) {
    if (p->refuses)
        return;
    p->error[0] = '\0';
    switch (edit) {
    case PROMPT_LEFT:
        p->at = left_of(p, p->at);
        break;
    case PROMPT_RIGHT:
        p->at = right_of(p, p->at);
        break;
    case PROMPT_HOME:
        p->at = 0;
        break;
    case PROMPT_END:
        p->at = p->len;
        break;
    case PROMPT_ERASE:
        erase(p, left_of(p, p->at), p->at);
        break;
    case PROMPT_DELETE:
        erase(p, p->at, right_of(p, p->at));
        break;
    case PROMPT_ERASE_WORD:
        erase(p, word_left(p), p->at);
        break;
    case PROMPT_ERASE_LINE:
        erase(p, 0, p->at);
        break;
    }
}

static int width_of(const struct prompt *p, size_t from, size_t to) {
    char part[sizeof p->text];
    memcpy(part, p->text + from, to - from);
    part[to - from] = '\0';
    return text_width(part);
}

static void draw_error(const struct prompt *p, struct surface *s, struct rect row, int x) {
    struct rect above = {row.x, row.y - 1, row.w, 1};
    if (!p->error[0])
        return;
    if (x + text_width(p->error) <= row.x + row.w || row.y == 0) {
        surface_text(s, row, x, row.y, ROLE_ERROR, 0, p->error);
        return;
    }
    surface_fill(s, above, ROLE_PROMPT, 0, ' ');
    surface_text(s, above, above.x + 1, above.y, ROLE_ERROR, 0, p->error);
}

void prompt_draw(const struct prompt *p, struct surface *s, struct rect row) {
    row = rect_cut(row, (struct rect){row.x, row.y, row.w, 1});
    surface_fill(s, row, ROLE_PROMPT, 0, ' ');
    if (row.w < 2)
        return;
    int label = surface_text(s, row, row.x, row.y, ROLE_KEY, 0, p->label);
    struct rect field = rect_cut(row, (struct rect){row.x + label, row.y, row.w, 1});
    size_t first = 0; /* a long text scrolls so that the cursor stays in sight */
    while (first < p->at && width_of(p, first, p->at) >= field.w)
        first = right_of(p, first);
    int used = surface_text(s, field, field.x, row.y, ROLE_PROMPT, 0, p->text + first);
    draw_error(p, s, row, field.x + used + 2);
    s->cursor_x = field.x + width_of(p, first, p->at);
    s->cursor_y = row.y;
    if (s->cursor_x >= row.x + row.w)
        s->cursor_x = row.x + row.w - 1;
}
