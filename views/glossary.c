#include "views/glossary.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "views/quantity_table.h"

enum { LINES_MOST = 400, STATES_MOST = 60, MEANING_SIZE = 400, TITLES_MOST = 8 };

static const struct sign signs[] = {
#define SIGN(SIGN, MEANING) {SIGN, MEANING},
#include "views/signs.def"
#undef SIGN
};

bool sign_at(int n, struct sign *out) {
    if (n < 0 || n >= (int)(sizeof(signs) / sizeof(signs[0])))
        return false;
    *out = signs[n];
    return true;
}

void state_meaning(const struct state_rule *rule, char *out, size_t size) {
    size_t len = 0;
    bool words = false;
    for (const char *c = rule->why; *c && len + 1 < size; c++) {
        const char *end = *c == '{' ? strchr(c, '}') : NULL;
        words |= !end && isalpha((unsigned char)*c);
        if (*c != '[' && *c != ']')
            out[len++] = end ? 'N' : *c;
        c = end ? end : c;
    }
    out[len] = '\0';
    if (!words)
        snprintf(out, size, "%s", rule->condition);
}

/* What is being put together; never more than there is room for. */
struct glossary {
    struct help_line lines[LINES_MOST + 1];
    char meanings[STATES_MOST][MEANING_SIZE], titles[TITLES_MOST][80];
    int line_count, meaning_count, title_count;
};

static void add(struct glossary *g, const char *keys, const char *text) {
    if (g->line_count < LINES_MOST)
        g->lines[g->line_count++] = (struct help_line){keys, text};
}

static void add_title(struct glossary *g, const char *what, const char *of, const char *rest) {
    if (g->title_count == TITLES_MOST)
        return;
    char *title = g->titles[g->title_count++];
    snprintf(title, sizeof(g->titles[0]), "%s of %s%s", what, of, rest);
    add(g, NULL, title);
}

static bool shows(const struct view_list_row *list, enum quantity q) {
    for (int i = 0; i < list->column_count; i++)
        if (list->columns[i].quantity == q)
            return true;
    return false;
}

static bool any_shows(const struct view_ops *view, enum quantity q) {
    for (const struct view_list_row *list = view->lists; list && list->name; list++)
        if (shows(list, q))
            return true;
    return false;
}

static void add_states(struct glossary *g, enum object_kind kind) {
    struct state_rule rule;
    add_title(g, "States", object_kind_plural(kind), ": the first that holds, and what it says");
    for (int n = 0; state_rule_at(kind, n, &rule) && g->meaning_count < STATES_MOST; n++) {
        char *meaning = g->meanings[g->meaning_count++];
        state_meaning(&rule, meaning, sizeof(g->meanings[0]));
        add(g, rule.name, meaning);
    }
}

static void add_columns(struct glossary *g, const struct view_list_row *list) {
    add_title(g, "Columns", list->name, "");
    for (int i = 0; i < list->column_count; i++) {
        const struct quantity_column *column = &list->columns[i];
        const struct quantity_info *q = &quantities[column->quantity];
        if (column->form == COLUMN_VALUE)
            add(g, column->title ? column->title : q->title, q->help);
    }
}

const struct help_line *glossary_of(const struct view_ops *view) {
    static const struct {
        enum quantity state;
        enum object_kind kind;
    } stated[] = {{Q_CONSUMER_state, OBJECT_CONSUMER}, {Q_STREAM_state, OBJECT_STREAM}};
    static struct glossary glossary;
    struct glossary *g = &glossary;
    g->line_count = g->meaning_count = g->title_count = 0;
    add(g, NULL, "Signs");
    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
        add(g, signs[i].sign, signs[i].meaning);
    for (size_t i = 0; i < sizeof(stated) / sizeof(stated[0]); i++)
        if (any_shows(view, stated[i].state))
            add_states(g, stated[i].kind);
    for (const struct view_list_row *list = view->lists; list && list->name; list++)
        add_columns(g, list);
    g->lines[g->line_count] = (struct help_line){NULL, NULL};
    return g->lines;
}
