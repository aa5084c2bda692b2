#include "entry/config_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/near.h"
#include "base/text.h"

char *config_own(struct config *c, char *text) {
    c->owned = memory_grow(c->owned, (size_t)c->owned_count + 1, sizeof *c->owned);
    return c->owned[c->owned_count++] = text;
}

/* libconfig gives an included file as it was written, and the first one not at all. */
struct config_place config_place_of(struct config *c, const config_setting_t *s) {
    const char *file = config_setting_source_file(s);
    return (struct config_place){file != NULL ? config_own(c, config_file_beside(c->reading, file))
                                              : c->reading,
                                 (int)config_setting_source_line(s)};
}

void config_fault_of(struct config_reading *r, const config_setting_t *s, const char *key, const char *what) {
    struct config_place place = config_place_of(r->config, s);
    config_fault(r->faults, place.file, place.line, key, "%s", what);
}

static void fault_of(struct config_reading *r, const config_setting_t *s, const struct setting *row,
                     const char *what) {
    char key[100];
    snprintf(key, sizeof key, "%s%s", r->group, row->path);
    config_fault_of(r, s, key, what);
}

void config_unknown(struct config_reading *r, const config_setting_t *s, const char *key,
                    const struct near *near, const char *where) {
    char what[200];
    if (near->name != NULL)
        snprintf(what, sizeof what, "there is no such setting; did you mean %s?", near->name);
    else
        snprintf(what, sizeof what, "there is no such setting; %s", where);
    config_fault_of(r, s, key, what);
}

/* A scalar as it would be typed; NULL: it is none. */
static const char *scalar(struct config *c, const config_setting_t *s) {
    switch (config_setting_type(s)) {
    case CONFIG_TYPE_STRING:
        return config_setting_get_string(s);
    case CONFIG_TYPE_BOOL:
        return config_setting_get_bool(s) ? "true" : "false";
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64:
        return config_own(c, memory_format("%lld", config_setting_get_int64(s)));
    case CONFIG_TYPE_FLOAT:
        return config_own(c, memory_format("%g", config_setting_get_float(s)));
    default:
        return NULL;
    }
}

static bool can_be_shown(const char *text, size_t most) {
    size_t len = strlen(text), used;
    for (const char *at = text; len <= most && *at != '\0'; at += used) {
        uint32_t c;
        used = utf8_decode(at, len - (size_t)(at - text), &c);
        enum char_kind kind = char_kind(c);
        if (kind == CHAR_CONTROL || kind == CHAR_COMBINING || c == 0xfffd)
            return false;
    }
    return len <= most;
}

/* false: was told. */
static bool take_text(struct config_reading *r, const struct setting *row, void *field,
                      const config_setting_t *s) {
    char what[SETTING_TEXT];
    const char *text = scalar(r->config, s), *example = row->initial[0] == '"' ? row->initial : "";
    bool string = config_setting_type(s) == CONFIG_TYPE_STRING;
    if (text == NULL || (string != row->type->quoted && !row->type->loose)) {
        snprintf(what, sizeof what, "%s%s%.100s",
                 text == NULL        ? "takes one value"
                 : row->type->quoted ? "takes text in quotes"
                                     : "stands without quotes",
                 row->type->quoted && *example ? ", such as " : "", row->type->quoted ? example : "");
        fault_of(r, s, row, what);
        return false;
    }
    const char *wrong = can_be_shown(text, r->text_most)
                            ? row->type->take(row->words, field, text)
                            : "is too long, or holds characters that can't be shown";
    if (wrong != NULL) {
        snprintf(what, sizeof what, "%s: %s", options_typed(text), wrong);
        fault_of(r, s, row, what);
        return false;
    }
    wrong = row->check != NULL ? row->check(row, text) : NULL;
    if (wrong != NULL)
        fault_of(r, s, row, wrong); /* which names the text */
    return wrong == NULL;
}

/* Among words with a blank between. */
static bool holds_word(const char *words, const char *word) {
    size_t len = strlen(word);
    for (const char *at = words; (at = strstr(at, word)) != NULL; at++)
        if ((at == words || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
            return true;
    return false;
}

static bool is_list(const config_setting_t *s) {
    return config_setting_is_array(s) || config_setting_is_list(s);
}

/* Where `before`, the first of the two, stands. */
static const char *other_place(struct config_reading *r, const config_setting_t *s,
                               struct config_place before) {
    static char text[600];
    config_other_place(config_place_of(r->config, s).file, before.file, before.line, text, sizeof text);
    return text;
}

/* The one in front that says the same. */
static const config_setting_t *first_of(const config_setting_t *list, const char *word) {
    unsigned i = 0;
    while (strcmp(config_setting_get_string(config_setting_get_elem(list, i)), word) != 0)
        i++;
    return config_setting_get_elem(list, i);
}

static bool told_twice(struct config_reading *r, const struct setting *row, const config_setting_t *s,
                       const char *word) {
    char what[900];
    struct config_place first = config_place_of(r->config, first_of(config_setting_parent(s), word));
    snprintf(what, sizeof what, "%s: is named twice; the other one is at %s", options_typed(word),
             other_place(r, s, first));
    fault_of(r, s, row, what);
    return false;
}

/* Column names: each is checked on its own line, then they are one text. */
static bool take_words(struct config_reading *r, const struct setting *row, void *field,
                       const config_setting_t *s) {
    struct buffer words = {0};
    bool good = is_list(s);
    if (!good)
        fault_of(r, s, row, "takes names in brackets: [\"NAME\", \"NAME\"]");
    for (int i = 0; is_list(s) && i < config_setting_length(s); i++) {
        const char *word;
        const config_setting_t *item = config_setting_get_elem(s, (unsigned)i);
        if (!take_text(r, row, &word, item))
            good = false;
        else if (holds_word(buffer_text(&words), word))
            good = told_twice(r, row, item, word);
        else
            buffer_printf(&words, "%s%s", words.len > 0 ? " " : "", word);
    }
    if (good && words.len == 0) {
        good = false;
        fault_of(r, s, row, "names no column; leave it out to have the usual ones");
    }
    if (good)
        *(const char **)field = config_own(r->config, memory_text(buffer_text(&words)));
    buffer_finish(&words);
    return good;
}

static bool take_list(struct config_reading *r, const struct setting *row, void *field,
                      const config_setting_t *s) {
    bool good = true;
    if (!is_list(s))
        return take_text(r, row, field, s);
    for (int i = 0; i < config_setting_length(s); i++)
        good &= take_text(r, row, field, config_setting_get_elem(s, (unsigned)i));
    return good;
}

void config_take(struct config_reading *r, const struct setting *row, void *values,
                 struct config_place *place, const config_setting_t *s) {
    void *field = (char *)values + row->offset;
    bool good = row->type == &type_WORDS  ? take_words(r, row, field, s)
                : row->type == &type_LIST ? take_list(r, row, field, s)
                                          : take_text(r, row, field, s);
    bool is_file = row->check == setting_check_FILE || row->check == setting_check_LOG;
    if (good && is_file && **(const char **)field != '\0')
        *(const char **)field = config_own(
            r->config, config_file_beside(config_place_of(r->config, s).file, *(const char **)field));
    *place = config_place_of(r->config, s);
}

const config_setting_t *config_parse(struct config_reading *r, const char *path, const char *text) {
    struct config *c = r->config;
    config_t *tree = memory_new(sizeof *tree);
    if (text == NULL || !config_file_parse(tree, path, text, r->faults)) {
        free(tree);
        return NULL;
    }
    c->trees = memory_grow(c->trees, (size_t)c->tree_count + 1, sizeof *c->trees);
    c->trees[c->tree_count++] = tree;
    c->reading = config_own(c, memory_text(path));
    return config_root_setting(tree);
}
