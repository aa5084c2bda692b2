#include "entry/config_text.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"

enum { DEPTH_MAX = 64, LONG_VALUE = 60 };

struct config_lexer config_lexer(const char *text, size_t len) {
    return (struct config_lexer){text, len, 0, 1};
}

/* ---- tokens ---- */

static int peek(const struct config_lexer *l, size_t ahead) {
    return l->at + ahead < l->len ? (unsigned char)l->text[l->at + ahead] : 0;
}

static void step(struct config_lexer *l) {
    l->line += l->text[l->at] == '\n';
    l->at++;
}

static void skip_line(struct config_lexer *l) {
    while (l->at < l->len && l->text[l->at] != '\n')
        l->at++;
}

/* false: a comment has no end. */
static bool skip_blank(struct config_lexer *l) {
    for (;;) {
        while (l->at < l->len && isspace((unsigned char)l->text[l->at]))
            step(l);
        if (peek(l, 0) == '#' || (peek(l, 0) == '/' && peek(l, 1) == '/')) {
            skip_line(l);
        } else if (peek(l, 0) == '/' && peek(l, 1) == '*') {
            l->at += 2;
            while (l->at < l->len && !(peek(l, 0) == '*' && peek(l, 1) == '/'))
                step(l);
            if (l->at >= l->len)
                return false;
            l->at += 2;
        } else {
            return true;
        }
    }
}

/* Stands behind the opening quote; false: there is no other. */
static bool skip_string(struct config_lexer *l) {
    for (; l->at < l->len; step(l)) {
        if (l->text[l->at] == '\\' && l->at + 1 < l->len) {
            step(l);
        } else if (l->text[l->at] == '"') {
            l->at++;
            return true;
        }
    }
    return false;
}

static bool at_line_begin(const struct config_lexer *l) {
    for (size_t i = l->at; i > 0; i--) {
        if (l->text[i - 1] == '\n')
            return true;
        if (l->text[i - 1] != ' ' && l->text[i - 1] != '\t')
            return false;
    }
    return true;
}

static bool begins_include(const struct config_lexer *l) {
    static const char word[] = "@include";
    size_t n = sizeof word - 1;
    if (l->at + n >= l->len || memcmp(l->text + l->at, word, n) != 0 || !at_line_begin(l))
        return false;
    size_t blanks = strspn(l->text + l->at + n, " \t");
    return blanks > 0 && peek(l, n + blanks) == '"';
}

static bool in_name(int c) {
    return isalnum(c) || c == '_' || c == '-' || c == '*';
}

static bool in_number(int c) {
    return isalnum(c) || c == '.' || c == '+' || c == '-';
}

/* The parser takes what does not fit 32 bits for another number. */
static const char *number_fault(const char *text, size_t len) {
    char copy[64], *end;
    bool hex = len > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    if (!hex && (memchr(text, '.', len) || memchr(text, 'e', len) || memchr(text, 'E', len)))
        return NULL;
    snprintf(copy, sizeof copy, "%.*s", (int)(len < sizeof copy ? len : sizeof copy - 1), text);
    errno = 0;
    long long n = strtoll(copy, &end, hex ? 16 : 10);
    return errno != 0 || n > INT32_MAX || n < INT32_MIN ? "this number is too large" : NULL;
}

static struct config_token broken(struct config_token t, const char *fault) {
    t.kind = CONFIG_BROKEN;
    t.fault = fault;
    return t;
}

struct config_token config_next(struct config_lexer *l) {
    struct config_token t = {.kind = CONFIG_MARK, .start = l->at, .line = l->line};
    if (!skip_blank(l))
        return broken(t, "a comment begins behind this line and has no end: */ is missing");
    t.start = t.end = l->at;
    t.line = l->line;
    int c = peek(l, 0);
    if (l->at >= l->len) {
        t.kind = CONFIG_END;
    } else if (begins_include(l)) {
        t.kind = CONFIG_INCLUDE;
        l->at = (size_t)(strchr(l->text + l->at, '"') - l->text) + 1;
        if (!skip_string(l))
            return broken(t, "the name of the included file has no end: a quote is missing");
    } else if (c == '"') {
        t.kind = CONFIG_STRING;
        l->at++;
        if (!skip_string(l))
            return broken(t, "a text begins here and has no end: a quote is missing");
    } else if (isalpha(c) || c == '*') {
        t.kind = CONFIG_NAME;
        while (in_name(peek(l, 0)))
            l->at++;
    } else if (isdigit(c) || c == '+' || c == '-' || c == '.') {
        t.kind = CONFIG_NUMBER;
        while (in_number(peek(l, 0)))
            l->at++;
        t.fault = number_fault(l->text + t.start, l->at - t.start);
    } else {
        step(l);
    }
    t.end = l->at;
    return t;
}

/* ---- changing ---- */

struct spot {
    bool found;
    size_t start, end; /* of the value; of the place for what is not there */
    const char *rest;  /* of the path: what has to be made there */
    bool in_group;
};

static bool is_mark(const struct config_lexer *l, const struct config_token *t, char mark) {
    return t->kind == CONFIG_MARK && l->text[t->start] == mark;
}

static bool opens(const struct config_lexer *l, const struct config_token *t) {
    return t->kind == CONFIG_MARK && strchr("{[(", l->text[t->start]) != NULL;
}

static bool closes(const struct config_lexer *l, const struct config_token *t) {
    return t->kind == CONFIG_MARK && strchr("}])", l->text[t->start]) != NULL;
}

/* `t` is the value's first token; its end, 0 when it has none. */
static size_t value_end(struct config_lexer *l, struct config_token t) {
    int depth = 0;
    size_t end;
    do {
        if (t.kind == CONFIG_END || t.kind == CONFIG_BROKEN)
            return 0;
        depth += opens(l, &t) - closes(l, &t);
        end = t.end;
        if (depth > 0)
            t = config_next(l);
    } while (depth > 0);
    for (;;) { /* texts side by side are one */
        struct config_lexer ahead = *l;
        if (t.kind != CONFIG_STRING || (t = config_next(&ahead)).kind != CONFIG_STRING)
            return end;
        end = t.end;
        *l = ahead;
    }
}

/* false: broken, or no group where the path says one. */
static bool find(struct config_lexer *l, const char *path, int depth, struct spot *spot) {
    size_t len = strcspn(path, ".");
    for (;;) {
        struct config_token name = config_next(l);
        if (name.kind == CONFIG_BROKEN)
            return false;
        if (name.kind == CONFIG_END || is_mark(l, &name, '}')) {
            *spot = (struct spot){false, name.start, name.start, path, depth > 0};
            return (name.kind == CONFIG_END) == (depth == 0);
        }
        if (name.kind != CONFIG_NAME)
            continue; /* ; , @include */
        bool hit = name.end - name.start == len && memcmp(l->text + name.start, path, len) == 0;
        config_next(l); /* = or : */
        struct config_token value = config_next(l);
        if (hit && path[len] == '.')
            return is_mark(l, &value, '{') && depth < DEPTH_MAX && find(l, path + len + 1, depth + 1, spot);
        size_t end = value_end(l, value);
        if (end == 0)
            return false;
        if (hit) {
            *spot = (struct spot){true, value.start, end, "", depth > 0};
            return true;
        }
    }
}

/* "cadences.jsz": `cadences = { jsz = "5s"; };` */
static void write_new(struct buffer *b, const char *path, const char *value) {
    size_t len = strcspn(path, ".");
    if (path[len] == '\0') {
        buffer_printf(b, "%s = %s;", path, value);
        return;
    }
    buffer_printf(b, "%.*s = { ", (int)len, path);
    write_new(b, path + len + 1, value);
    buffer_append_text(b, " };");
}

static size_t dotted_end(const char *text, size_t at) {
    while (in_name((unsigned char)text[at]) || (text[at] == '.' && in_name((unsigned char)text[at + 1])))
        at++;
    return at;
}

/* And can be shown. */
static bool is_short(const char *value, size_t len) {
    char clean[TEXT_MAX_BYTES + 1];
    return len < LONG_VALUE && text_clean(clean, value, len) == len && memcmp(clean, value, len) == 0;
}

char *config_text_dotted(const char *text, const struct config_token *name, size_t *end) {
    *end = dotted_end(text, name->start);
    if (*end == name->end)
        return NULL;
    struct config_lexer l = config_lexer(text, strlen(text));
    struct buffer b = {0};
    l.at = *end;
    char *path = memory_text_cut(text + name->start, l.at - name->start), *value = NULL;
    struct config_token sign = config_next(&l), first;
    if (is_mark(&l, &sign, '=') || is_mark(&l, &sign, ':')) {
        first = config_next(&l);
        size_t behind = is_mark(&l, &first, ';') ? 0 : value_end(&l, first);
        if (behind > 0)
            *end = behind;
        if (behind > 0 && is_short(text + first.start, behind - first.start))
            value = memory_text_cut(text + first.start, behind - first.start);
    }
    bool long_path = strlen(path) > LONG_VALUE; /* nobody's, and deep */
    write_new(&b, long_path ? "GROUP.NAME" : path, value != NULL ? value : "...");
    char *result = memory_text(buffer_text(&b));
    buffer_finish(&b);
    free(path);
    free(value);
    return result;
}

/* On a line of its own where the group's end has one. */
static void insert(struct buffer *b, const char *text, const struct spot *spot, const char *value) {
    size_t at = spot->start, line = at;
    while (line > 0 && (text[line - 1] == ' ' || text[line - 1] == '\t'))
        line--;
    bool own_line = line == 0 || text[line - 1] == '\n';
    if (own_line) {
        buffer_append(b, text, line);
        if (spot->in_group)
            buffer_printf(b, "%.*s    ", (int)(at - line), text + line);
    } else {
        buffer_append(b, text, at);
        buffer_append_text(b, spot->in_group ? "" : "\n");
    }
    write_new(b, spot->rest, value);
    buffer_append_text(b, own_line || !spot->in_group ? "\n" : " ");
    buffer_append_text(b, text + (own_line ? line : at));
}

char *config_text_set(const char *text, const char *path, const char *value) {
    struct config_lexer l = config_lexer(text, strlen(text));
    struct spot spot;
    struct buffer b = {0};
    if (!find(&l, path, 0, &spot))
        return NULL;
    if (spot.found) {
        buffer_append(&b, text, spot.start);
        buffer_append_text(&b, value);
        buffer_append_text(&b, text + spot.end);
    } else {
        insert(&b, text, &spot, value);
    }
    char *result = memory_text(buffer_text(&b));
    buffer_finish(&b);
    return result;
}
