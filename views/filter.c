#include "views/filter.h"

#include <ctype.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/expr.h"
#include "base/memory.h"
#include "base/text.h"

enum filter_form { FILTER_ALL, FILTER_TEXT, FILTER_REGEX, FILTER_EXPR };

struct filter {
    enum filter_form form;
    bool inverse;
    char *text;         /* as typed */
    char *named_text;   /* with names for titles that are no words ("OUT/s") */
    const char *needle; /* within text */
    regex_t regex;
    struct expr *expr;
    enum object_kind kind;
    struct filter_column *shown;
    int shown_count;
    int named; /* quantities that the expression named */
    char error[200];
};

struct filter_row {
    const struct model *model;
    const struct object *object;
};

static const char *title_of(const struct filter_column *column) {
    return column->title ? column->title : quantities[column->quantity].title;
}

static int by_title(const struct filter *f, const char *name) {
    for (int i = 0; i < f->shown_count; i++)
        if (strcasecmp(title_of(&f->shown[i]), name) == 0)
            return (int)f->shown[i].quantity;
    return -1;
}

static int resolve(void *data, const char *function, const char *name, enum unit *unit) {
    struct filter *f = data;
    if (function)
        return -1;
    int q = quantity_by_name(f->kind, name);
    if (q < 0)
        q = by_title(f, name);
    if (q < 0)
        return -1;
    f->named++;
    *unit = quantities[q].unit;
    return q;
}

static struct expr_value get(void *data, int id) {
    const struct filter_row *row = data;
    struct value v = quantity_get(row->model, row->object, (enum quantity)id);
    double number;
    if (v.type == VALUE_TEXT)
        return (struct expr_value){.type = EXPR_TEXT, .text = v.text};
    if (v.type == VALUE_BOOL)
        return (struct expr_value){.type = EXPR_BOOL, .number = v.b};
    if (value_number(v, &number))
        return (struct expr_value){.type = EXPR_NUMBER, .number = number};
    return (struct expr_value){.type = EXPR_UNKNOWN};
}

/* A relation sign behind something: only then a text is read as an expression. */
static bool looks_like_relation(const char *text) {
    return text[0] && strpbrk(text + 1, "=<>~") != NULL;
}

static bool is_word(const char *title) {
    return strspn(title, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == strlen(title);
}

/* The quantity whose title, no word, stands here before a relation sign; -1: none. */
static int title_at(const struct filter *f, const char *text, size_t *len) {
    int found = -1;
    *len = 0;
    for (int i = 0; i < f->shown_count; i++) {
        const char *title = title_of(&f->shown[i]);
        size_t n = strlen(title);
        if (n <= *len || is_word(title) || strncasecmp(text, title, n) != 0)
            continue;
        const char *behind = text + n + strspn(text + n, " ");
        if (!*behind || !strchr("=!<>~", *behind))
            continue;
        found = (int)f->shown[i].quantity;
        *len = n;
    }
    return found;
}

static char *name_titles(const struct filter *f) {
    enum { NAME_MOST = 64 };
    size_t size = strlen(f->text) * NAME_MOST + 1, at = 0;
    char *out = memory_new(size);
    bool begins = true; /* of a word */
    for (const char *text = f->text; *text;) {
        size_t len = 0;
        int q = begins ? title_at(f, text, &len) : -1;
        if (q >= 0) {
            at += (size_t)snprintf(out + at, size - at, "%.*s", NAME_MOST, quantities[q].name);
            text += len;
            begins = false;
            continue;
        }
        begins = *text == ' ' || *text == '(';
        out[at++] = *text++;
    }
    return out;
}

/* The first word, when it names a quantity: then a broken expression was meant as one. */
static bool begins_with_quantity(struct filter *f, const char *text) {
    char word[64];
    size_t len = 0;
    while (len + 1 < sizeof(word) && (isalnum((unsigned char)text[len]) || text[len] == '_')) {
        word[len] = text[len];
        len++;
    }
    word[len] = 0;
    return len > 0 && (quantity_by_name(f->kind, word) >= 0 || by_title(f, word) >= 0);
}

static bool try_expression(struct filter *f) {
    struct expr_error error = {0};
    if (!looks_like_relation(f->text))
        return false;
    f->expr = expr_parse(f->named_text, resolve, f, &error);
    if (f->expr && f->named > 0) {
        f->form = FILTER_EXPR;
        return true;
    }
    expr_destroy(f->expr);
    f->expr = NULL;
    if (!begins_with_quantity(f, f->named_text))
        return false;
    snprintf(f->error, sizeof(f->error), "%s", error.message[0] ? error.message : "no such condition");
    return true;
}

static void take_regex(struct filter *f, const char *pattern) {
    if (!*pattern)
        return;
    int code = regcomp(&f->regex, pattern, REG_EXTENDED | REG_ICASE | REG_NOSUB);
    if (code == 0) {
        f->form = FILTER_REGEX;
        return;
    }
    regerror(code, &f->regex, f->error, sizeof(f->error));
}

struct filter *filter_create(const char *text, enum object_kind kind, const struct filter_column *shown,
                             int count) {
    struct filter *f = memory_new(sizeof(*f));
    f->text = memory_text(text ? text : "");
    f->kind = kind;
    f->shown = memory_array((size_t)count + 1, sizeof(*f->shown));
    f->shown_count = count;
    if (count > 0)
        memcpy(f->shown, shown, (size_t)count * sizeof(*shown));
    f->named_text = name_titles(f);
    const char *at = f->text;
    while (*at == ' ')
        at++;
    if (*at == '~') {
        take_regex(f, at + 1);
        return f;
    }
    if (*at == '!') {
        f->inverse = true;
        at++;
    } else if (try_expression(f)) {
        return f;
    }
    if (*at == '~') {
        take_regex(f, at + 1);
    } else if (*at) {
        f->form = FILTER_TEXT;
        f->needle = at;
    }
    return f;
}

void filter_destroy(struct filter *f) {
    if (!f)
        return;
    if (f->form == FILTER_REGEX)
        regfree(&f->regex);
    expr_destroy(f->expr);
    free(f->text);
    free(f->named_text);
    free(f->shown);
    free(f);
}

const char *filter_error(const struct filter *f) {
    return f->error[0] ? f->error : NULL;
}

const char *filter_text(const struct filter *f) {
    return f->text;
}

static bool hit(const struct filter *f, const char *text) {
    if (f->form == FILTER_REGEX)
        return regexec(&f->regex, text, 0, NULL, 0) == 0;
    return text_contains(text, f->needle);
}

static bool any_text_hits(const struct filter *f, const struct model *model, const struct object *object) {
    for (int i = 0; i < f->shown_count; i++) {
        enum quantity q = f->shown[i].quantity;
        struct value v = quantity_get(model, object, q);
        if (v.type == VALUE_TEXT) {
            if (hit(f, v.text))
                return true;
        } else if (v.type == VALUE_UINT && quantities[q].unit == UNIT_NONE) {
            char number[NUMBER_TEXT_SIZE];
            snprintf(number, sizeof(number), "%llu", (unsigned long long)v.u);
            if (hit(f, number))
                return true;
        }
    }
    return false;
}

bool filter_pass(const struct filter *f, const struct model *model, const struct object *object) {
    if (f->form == FILTER_ALL)
        return true;
    if (f->form == FILTER_EXPR) {
        struct filter_row row = {model, object};
        return expr_true(f->expr, get, &row);
    }
    return any_text_hits(f, model, object) != f->inverse;
}
