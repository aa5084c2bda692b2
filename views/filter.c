#include "views/filter.h"
#include "views/asset_name.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/expr.h"
#include "base/memory.h"
#include "base/near.h"
#include "base/text.h"
#include "model/asking.h"

#define TERMS_MAX 32
#define RELATION  "=<>~"

enum term_form { TERM_TEXT, TERM_REGEX, TERM_EXPR };

struct term {
    enum term_form form;
    bool inverse;
    char *needle;
    regex_t regex;
    struct expr *expr;
};

struct filter {
    char *text;       /* as typed */
    char *named_text; /* with names for titles that are no words ("OUT/s") */
    struct term terms[TERMS_MAX];
    int count;
    enum object_kind kind;
    struct filter_column *shown;
    int shown_count;
    int named;          /* quantities that the expression being parsed named */
    const char *behind; /* that expression */
    char refused[200];  /* why a function that it calls makes no sense, "" */
    char error[300];
};

struct filter_row {
    const struct model *model;
    const struct object *object; /* NULL: texts alone */
    const char *const *texts;    /* beside what is shown of it */
};

static const char *title_of(const struct filter_column *column) {
    return column->title ? column->title : quantities[column->quantity].title;
}

static int quantity_called(const struct filter *f, const char *name) {
    int q = quantity_by_name(f->kind, name);
    for (int i = 0; q < 0 && i < f->shown_count; i++)
        if (strcasecmp(title_of(&f->shown[i]), name) == 0)
            q = (int)f->shown[i].quantity;
    return q;
}

static int resolve(void *data, const char *function, const char *name, enum unit *unit) {
    struct filter *f = data;
    int q = quantity_called(f, name);
    if (q < 0)
        return -1;
    f->named++;
    *unit = quantities[q].unit;
    return function ? asking_call(function, (enum quantity)q, unit, f->refused, sizeof(f->refused)) : q;
}

/* ---- titles that are no words ---- */

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
        if (!*behind || !strchr("!" RELATION, *behind))
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
        begins = *text && strchr(" (!", *text);
        out[at++] = *text++;
    }
    return out;
}

/* ---- comparisons ---- */

/* What stands before a relation sign, or is to. */
static size_t left_len(const char *at) {
    return strcspn(at, " !()\"'" RELATION);
}

static bool is_quantity(const struct filter *f, const char *at, size_t len) {
    char name[64];
    if (len == 0 || len >= sizeof(name))
        return false;
    snprintf(name, sizeof(name), "%.*s", (int)len, at);
    return quantity_called(f, name) >= 0;
}

static bool begins_with(const char *at, const char *word) {
    size_t len = strlen(word);
    return strncasecmp(at, word, len) == 0 && (at[len] == ' ' || at[len] == 0);
}

/* Whoever writes this means a comparison. `name ~x` is one, `word ~x` two words. */
static bool is_comparison(const struct filter *f, const char *at) {
    size_t len = left_len(at);
    const char *sign = at + len + strspn(at + len, " ");
    bool apart = sign > at + len;
    if (*at == '(' || begins_with(at, "not"))
        return strpbrk(at, RELATION) != NULL;
    if (*sign == '!' && sign[1] == '=')
        return true;
    if (*sign == '!' && sign[1] != '~')
        return false;
    const char *behind = sign + (*sign == '!') + 1;
    if (*sign == '~' || *sign == '!')
        return !apart || *behind == ' ' || is_quantity(f, at, len);
    return *sign && strchr(RELATION, *sign);
}

static void no_column(struct filter *f, const char *at, size_t len) {
    char typed[TEXT_MAX_BYTES + 1], name[64];
    text_clean(typed, at, len);
    text_cut(name, sizeof(name), typed, 40);
    struct near near = near_begin(name);
    for (int q = 0; q < QUANTITY_COUNT; q++)
        if (quantities[q].kind == f->kind)
            near_try(&near, quantities[q].name);
    for (int i = 0; i < f->shown_count; i++)
        if (is_word(title_of(&f->shown[i])))
            near_try(&near, title_of(&f->shown[i]));
    if (near.name)
        snprintf(f->error, sizeof(f->error), "there is no column %s; did you mean %s?", name, near.name);
    else
        snprintf(f->error, sizeof(f->error), "there is no column %s; a text with signs stands in quotes",
                 name);
}

/* What a quantity can't be is a mistake of who typed it, not an empty list. */
static const char *check_word(void *data, int id, const char *text, bool named) {
    struct filter *f = data;
    bool wrong;
    if (f->error[0])
        return NULL;
    const char *word = asking_meant(id, text, &wrong);
    if (wrong && !named)
        asking_no_word(id, text, f->behind, f->error, sizeof(f->error));
    return word;
}

static void refuse_comparison(struct filter *f, const char *at, const struct expr_error *error) {
    size_t len = left_len(at);
    char name[64];
    snprintf(name, sizeof(name), "%.*s", (int)(len < sizeof(name) ? len : 0), at);
    if (len > 0 && !begins_with(at, "not") && !(*at >= '0' && *at <= '9') && is_word(name) &&
        !is_quantity(f, at, len))
        no_column(f, at, len);
    else
        snprintf(f->error, sizeof(f->error), "%s",
                 error->message[0] ? error->message : "this comparison names no column");
}

/* Behind it when there is a comparison, NULL: there is none, or it is wrong, which then is said. */
static const char *take_comparison(struct filter *f, struct term *t, const char *at) {
    struct expr_error error = {0};
    const char *rest;
    if (!strpbrk(at, RELATION))
        return NULL;
    f->named = 0;
    f->refused[0] = 0;
    t->expr = expr_parse_first(at, resolve, f, &error, &rest);
    if (t->expr && f->named > 0 && strcspn(at, RELATION) < (size_t)(rest - at)) {
        t->form = TERM_EXPR;
        f->behind = rest;
        expr_words(t->expr, check_word, f);
        return rest;
    }
    expr_destroy(t->expr);
    t->expr = NULL;
    if (f->refused[0])
        snprintf(f->error, sizeof(f->error), "%s", f->refused);
    else if (is_comparison(f, at))
        refuse_comparison(f, at, &error);
    return NULL;
}

/* ---- words ---- */

/* Up to the closing quote, or the next blank; blanks inside parentheses belong to a pattern. */
static const char *take_word(struct term *t, const char *at) {
    const char *end = at;
    int open = 0;
    if (*at == '"' || *at == '\'') {
        end = strchr(at + 1, *at);
        end = end ? end : at + strlen(at);
        t->needle = memory_text_cut(at + 1, (size_t)(end - at - 1));
        return end + (*end != 0);
    }
    for (; *end && (*end != ' ' || open > 0); end++) {
        if (*end == '\\' && end[1])
            end++;
        else if (t->form == TERM_REGEX)
            open += (*end == '(') - (*end == ')');
    }
    t->needle = memory_text_cut(at, (size_t)(end - at));
    return end;
}

static void compile(struct filter *f, struct term *t) {
    const char *refused = expr_pattern_refused(t->needle);
    int code = refused ? 0 : regcomp(&t->regex, t->needle, REG_EXTENDED | REG_ICASE | REG_NOSUB);
    if (refused)
        snprintf(f->error, sizeof(f->error), "%s", refused);
    else if (code)
        regerror(code, &t->regex, f->error, sizeof(f->error));
    if (refused || code)
        t->form = TERM_TEXT; /* nothing to free */
}

/* Between words they are not what they seem; alone they may be searched for. */
static const struct joint {
    const char *word, *error;
} joints[] = {
    {"and", NULL},
    {"or", "`or` stands between comparisons: name~this or name~that"},
    {"not", "`not` stands before a comparison; a word is left out by !word"},
};

static bool is_joint(struct filter *f, const char *at, const char **rest) {
    for (size_t i = 0; i < sizeof(joints) / sizeof(joints[0]); i++) {
        size_t len = strlen(joints[i].word);
        if (!begins_with(at, joints[i].word) || (f->count == 0 && !at[len + strspn(at + len, " ")]))
            continue;
        if (joints[i].error)
            snprintf(f->error, sizeof(f->error), "%s", joints[i].error);
        *rest = at + len;
        return true;
    }
    return false;
}

static const char *take_term(struct filter *f, const char *at) {
    struct term *t = &f->terms[f->count];
    const char *rest;
    if (f->count == TERMS_MAX) {
        snprintf(f->error, sizeof(f->error), "more than %d words", TERMS_MAX);
        return at;
    }
    *t = (struct term){.form = TERM_TEXT};
    if (*at == '!') {
        t->inverse = true;
        at += 1 + strspn(at + 1, " ");
    }
    if (t->inverse && *at == '!') {
        snprintf(f->error, sizeof(f->error), "`!` stands once before a word; a text with signs in quotes");
        return at;
    }
    if (*at != '~' && (rest = take_comparison(f, t, at))) {
        f->count++;
        return rest;
    }
    if (f->error[0])
        return at;
    if (is_joint(f, at, &rest))
        return rest;
    if (*at == '~') {
        t->form = TERM_REGEX;
        at++;
    }
    rest = take_word(t, at);
    f->count++;
    if (!*t->needle && (t->inverse || t->form == TERM_REGEX))
        snprintf(f->error, sizeof(f->error), "a text is expected behind `%s`",
                 t->form == TERM_REGEX ? "~" : "!");
    if (t->form == TERM_REGEX)
        compile(f, t);
    return rest;
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
    for (const char *at = f->named_text + strspn(f->named_text, " "); *at && !f->error[0];
         at += strspn(at, " "))
        at = take_term(f, at);
    return f;
}

void filter_destroy(struct filter *f) {
    if (!f)
        return;
    for (int i = 0; i < f->count; i++) {
        if (f->terms[i].form == TERM_REGEX)
            regfree(&f->terms[i].regex);
        expr_destroy(f->terms[i].expr);
        free(f->terms[i].needle);
    }
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

/* ---- rows ---- */

static bool hit(const struct term *t, const char *text) {
    if (t->form == TERM_REGEX)
        return regexec(&t->regex, text, 0, NULL, 0) == 0;
    return text_contains(text, t->needle);
}

static bool any_text_hits(const struct filter *f, const struct term *t, const struct filter_row *row) {
    for (int i = 0; row->texts[i]; i++)
        if (hit(t, row->texts[i]))
            return true;
    for (int i = 0; row->object && i < f->shown_count; i++) {
        enum quantity q = f->shown[i].quantity;
        struct value v = quantity_get(row->model, row->object, q);
        if (v.type == VALUE_TEXT) {
            char shown[600];
            if (hit(t, v.text) ||
                (asset_name(shown, sizeof(shown), row->model, row->object, q, false, 0) && hit(t, shown)))
                return true;
        } else if (v.type == VALUE_UINT && quantities[q].unit == UNIT_NONE) {
            char number[NUMBER_TEXT_SIZE];
            snprintf(number, sizeof(number), "%llu", (unsigned long long)v.u);
            if (hit(t, number))
                return true;
        }
    }
    return false;
}

/* What is not known is neither: it passes no comparison and no inverse of one. */
static bool compares(const struct term *t, const struct filter_row *row) {
    if (!row->object)
        return false;
    struct asking asking = {.model = row->model, .object = row->object};
    struct expr_value v = expr_eval(t->expr, asking_get, &asking);
    bool known = v.type == EXPR_BOOL || v.type == EXPR_NUMBER;
    return known && (v.number != 0) != t->inverse;
}

bool filter_pass(const struct filter *f, const struct model *model, const struct object *object) {
    static const char *const none[] = {NULL};
    return filter_pass_beside(f, model, object, none);
}

bool filter_pass_beside(const struct filter *f, const struct model *model, const struct object *object,
                        const char *const *texts) {
    struct filter_row row = {model, object, texts};
    for (int i = 0; i < f->count && !f->error[0]; i++) {
        const struct term *t = &f->terms[i];
        if (t->form == TERM_EXPR ? !compares(t, &row)
            : !*t->needle        ? false
                                 : any_text_hits(f, t, &row) == t->inverse)
            return false;
    }
    return true;
}
