#include "themes/draft.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/near.h"
#include "base/text.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

enum { MOST_WORDS = 8, MOST_TOLD = 8 };

static const char *const depth_suffixes[THEME_DEPTHS] = {"", ".8", ".mono"};

static const struct {
    const char *word;
    unsigned attr;
} attr_words[] = {
    {"bold", ATTR_BOLD}, {"underline", ATTR_UNDERLINE}, {"reverse", ATTR_REVERSE}, {"dim", ATTR_DIM}};
enum { ATTR_WORDS = sizeof attr_words / sizeof *attr_words };

/* ---- faults ---- */

void theme_fault(struct theme_faults *faults, const char *file, int line, const char *format, ...) {
    size_t len = strlen(faults->message);
    if (faults->count++ >= MOST_TOLD || len + 1 >= faults->size)
        return;
    char text[1400];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    const char *gap = len > 0 ? "\n" : "";
    if (line > 0)
        snprintf(faults->message + len, faults->size - len, "%s%s:%d: %s", gap, file, line, text);
    else
        snprintf(faults->message + len, faults->size - len, "%s%s: %s", gap, file, text);
}

/* ---- a line ---- */

struct parse {
    struct draft *draft;
    const char *file;
    int line;
    struct theme_faults *faults;
    const char *key; /* of this line */
};

static void clean_word(char out[80], const char *word) {
    char clean[TEXT_MAX_BYTES + 1];
    text_clean(clean, word, strnlen(word, 200));
    text_cut(out, 80, clean, 40);
}

static bool hex(const char *digits, int *out) {
    if (strlen(digits) != 6 || strspn(digits, "0123456789abcdefABCDEF") != 6)
        return false;
    *out = COLOR_EXACT | (int)strtol(digits, NULL, 16);
    return true;
}

static bool is_color(const char *word, int *out) {
    if (strcmp(word, "default") == 0) {
        *out = COLOR_OWN;
        return true;
    }
    if (word[0] == '#')
        return hex(word + 1, out);
    size_t len = strlen(word);
    if (len == 0 || len > 3 || strspn(word, "0123456789") != len)
        return false;
    *out = atoi(word);
    return *out < 256;
}

static bool fits(struct parse *p, enum theme_depth depth, int c, const char *word) {
    if (depth == THEME_8 && c > 7)
        theme_fault(p->faults, p->file, p->line, "%s: \"%s\" is none of eight colours: 0 to 7, or default",
                    p->key, word);
    else if (depth == THEME_MONO && c >= 0)
        theme_fault(p->faults, p->file, p->line,
                    "%s: \"%s\" is a colour: without colour there is only default", p->key, word);
    else
        return true;
    return false;
}

static void unknown_word(struct parse *p, const char *word, int at) {
    char shown[80];
    clean_word(shown, word);
    struct near near = near_begin(word);
    near_try(&near, "default");
    for (int i = 0; i < ATTR_WORDS; i++)
        near_try(&near, attr_words[i].word);
    int c;
    if (is_color(word, &c)) {
        theme_fault(p->faults, p->file, p->line,
                    "%s: \"%s\" stands behind what may be a colour: COLOUR [GROUND] [ATTRIBUTE ...]", p->key,
                    shown);
        return;
    }
    bool number = word[0] == '#' || (word[0] >= '0' && word[0] <= '9') || word[0] == '-';
    if (near.name != NULL && !number)
        theme_fault(p->faults, p->file, p->line, "%s: \"%s\": did you mean %s?", p->key, shown, near.name);
    else if (at == 0 || number)
        theme_fault(p->faults, p->file, p->line, "%s: \"%s\" is no colour: 0 to 255, #rrggbb or default",
                    p->key, shown);
    else
        theme_fault(p->faults, p->file, p->line,
                    "%s: \"%s\" is no attribute: bold, underline, reverse or dim", p->key, shown);
}

static unsigned attr_of(const char *word) {
    for (int i = 0; i < ATTR_WORDS; i++)
        if (strcmp(attr_words[i].word, word) == 0)
            return attr_words[i].attr;
    return 0;
}

static bool parse_look(struct parse *p, enum theme_depth depth, char **words, int count,
                       struct draft_look *out) {
    int c;
    *out = (struct draft_look){.look = {COLOR_OWN, COLOR_OWN, 0}, .set = true, .line = p->line};
    for (int i = 0; i < count; i++) {
        unsigned attr = attr_of(words[i]);
        if (i > 0 && attr != 0) {
            out->look.attrs |= attr;
        } else if (i < 2 && is_color(words[i], &c)) {
            if (!fits(p, depth, c, words[i]))
                return false;
            *(i == 0 ? &out->look.fg : &out->look.bg) = c;
            out->ground |= i == 1;
        } else if (i == 0 && attr != 0) {
            theme_fault(p->faults, p->file, p->line, "%s: \"%s\": the colour comes first: default %s", p->key,
                        words[i], words[i]);
            return false;
        } else {
            unknown_word(p, words[i], i);
            return false;
        }
    }
    return true;
}

/* "crit", "crit.8", "crit.mono" */
static bool find_role(const char *key, enum role *role, enum theme_depth *depth) {
    size_t len = strcspn(key, ".");
    for (int d = 0; d < THEME_DEPTHS; d++)
        for (int r = 0; r < ROLE_COUNT && strcmp(key + len, depth_suffixes[d]) == 0; r++)
            if (strlen(theme_role_names[r]) == len && strncmp(theme_role_names[r], key, len) == 0) {
                *role = (enum role)r;
                *depth = (enum theme_depth)d;
                return true;
            }
    return false;
}

static void unknown_key(struct parse *p, const char *key) {
    char name[THEME_NAME_SIZE], shown[80];
    snprintf(name, sizeof name, "%.*s", (int)(strcspn(key, ".") % sizeof name), key);
    clean_word(shown, key);
    struct near near = near_begin(name);
    near_try(&near, "inherits");
    for (int r = 0; r < ROLE_COUNT; r++)
        near_try(&near, theme_role_names[r]);
    if (near.name != NULL && strcmp(near.name, name) == 0)
        theme_fault(p->faults, p->file, p->line, "\"%s\": behind the name may stand .8 or .mono", shown);
    else if (near.name != NULL)
        theme_fault(p->faults, p->file, p->line, "there is no role \"%s\"; did you mean %s?", shown,
                    near.name);
    else
        theme_fault(p->faults, p->file, p->line, "there is no role \"%s\"; themes/dark.theme has all", shown);
}

static void take_inherits(struct parse *p, char **words, int count) {
    if (p->draft->inherits_line != 0)
        theme_fault(p->faults, p->file, p->line, "inherits stands on line %d already",
                    p->draft->inherits_line);
    else if (count != 1 || strlen(words[0]) >= THEME_NAME_SIZE)
        theme_fault(p->faults, p->file, p->line, "inherits takes the name of one theme");
    else
        strcpy(p->draft->inherits, words[0]);
    p->draft->inherits_line = p->line;
}

static void take_key(struct parse *p, const char *key, char **words, int count) {
    enum role role;
    enum theme_depth depth;
    struct draft_look look;
    p->key = key;
    if (strcmp(key, "inherits") == 0) {
        take_inherits(p, words, count);
        return;
    }
    if (!find_role(key, &role, &depth)) {
        unknown_key(p, key);
        return;
    }
    struct draft_look *at = &p->draft->looks[role][depth];
    if (at->set)
        theme_fault(p->faults, p->file, p->line, "%s stands on line %d already", key, at->line);
    else if (count == 0)
        theme_fault(p->faults, p->file, p->line, "%s has no colour: 0 to 255, #rrggbb or default", key);
    else if (parse_look(p, depth, words, count, &look))
        *at = look;
}

/* A comment is a # in front of a line, or with a blank behind it: #rrggbb is a colour. */
static void cut_comment(char *line) {
    for (char *at = line; (at = strchr(at, '#')) != NULL; at++)
        if (at == line + strspn(line, " \t") || at[1] == ' ' || at[1] == '\t' || at[1] == '\0') {
            *at = '\0';
            return;
        }
}

static void take_line(struct parse *p, char *line) {
    char *words[MOST_WORDS + 1], *rest, *key_rest;
    int count = 0;
    cut_comment(line);
    if (line[strspn(line, " \t\r")] == '\0')
        return;
    char *sign = strchr(line, '=');
    char *key = NULL;
    if (sign != NULL) {
        *sign = '\0';
        key = strtok_r(line, " \t", &key_rest);
    }
    if (key == NULL || strtok_r(NULL, " \t", &key_rest) != NULL) {
        theme_fault(p->faults, p->file, p->line, "a line is ROLE = COLOUR [GROUND] [ATTRIBUTE ...]");
        return;
    }
    for (char *word = strtok_r(sign + 1, " \t\r", &rest); word != NULL; word = strtok_r(NULL, " \t\r", &rest))
        if (count < MOST_WORDS)
            words[count++] = word;
    take_key(p, key, words, count);
}

void draft_parse(struct draft *draft, const char *file, const char *text, size_t len,
                 struct theme_faults *faults) {
    struct parse p = {.draft = draft, .file = file, .faults = faults};
    char line[400];
    *draft = (struct draft){0};
    size_t mark = sizeof BYTE_ORDER_MARK - 1,
           begin = len >= mark && memcmp(text, BYTE_ORDER_MARK, mark) == 0 ? mark : 0;
    for (size_t at = begin; at < len;) {
        const char *end = memchr(text + at, '\n', len - at);
        size_t used = end != NULL ? (size_t)(end - text) - at : len - at;
        p.line++;
        if (used >= sizeof line || memchr(text + at, '\0', used) != NULL) {
            theme_fault(faults, file, p.line, "this is no line of a theme");
        } else {
            memcpy(line, text + at, used);
            line[used] = '\0';
            take_line(&p, line);
        }
        at += used + 1;
    }
}
