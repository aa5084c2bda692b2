/* What is said with colour taken away: each run of cells whose role is a state has that state in plain text,
 * too. */
#ifndef TESTS_VIEWS_COLORLESS_H
#define TESTS_VIEWS_COLORLESS_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tui/surface.h"

#define COLORLESS_BEHIND " >0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
enum { COLORLESS_COLS = 600, COLORLESS_WORDS = 16 };

/* "2/3": fewer than there should be. */
static inline bool colorless_fewer(const char *text) {
    unsigned have, of;
    return sscanf(text, " %u/%u", &have, &of) == 2 && have < of;
}

/* An old value has its ~ at its end. */
static inline bool colorless_old(const char *text) {
    return strchr(text, '~') != NULL;
}

/* Events side by side in a chart. */
static inline bool colorless_marks(const char *text) {
    return text[strspn(text, "!")] == '\0';
}

/* What tells a state: the last mark in front of it or its own, one of its words as the whole text or before
 * its first comma, or what the text is like. */
static const struct colorless_rule {
    enum role role;
    const char *marks[4], *words[COLORLESS_WORDS];
    bool (*like)(const char *text);
} colorless_rules[] = {
    {ROLE_OK, {"."}, {"up", "back"}, NULL},
    {ROLE_UNKNOWN, {"?"}, {NULL}, NULL},
    {ROLE_PENDING, {"*"}, {NULL}, NULL},
    {ROLE_WARN,
     {"!", "!!"},
     {"leader", "restarted", "collector", "behind", "contested", "cut", "stale", "stalled", "leaving",
      "shutdown", "auth", "given up", "term", "api"},
     NULL},
    {ROLE_CRIT, {"!!"}, {"down", "lost", "store", "offline", "slow", "quorum"}, NULL},
    {ROLE_DIM, {"?", "!", "!!"}, {"down", "offline", "lost"}, colorless_old},
    {ROLE_CHART_MARK, {"!", "!!"}, {NULL}, colorless_marks},
    {ROLE_ROW1_WARN, {NULL}, {"LINK 1.9s", "JS WARN"}, colorless_fewer},
    {ROLE_ROW1_CRIT,
     {"!!"},
     {"NO DATA", "JS no quorum", "JS CRIT", "collector restarts: killed by signal 9",
      "collector restarts: kil>"},
     colorless_fewer},
};
enum { COLORLESS_RULES = sizeof colorless_rules / sizeof *colorless_rules };

static inline bool colorless_listed(const char *const *list, int most, const char *text) {
    for (int i = 0; i < most && list[i] != NULL; i++)
        if (strcmp(list[i], text) == 0 ||
            (strlen(list[i]) == strcspn(text, ",") && strncmp(list[i], text, strlen(list[i])) == 0))
            return true;
    return false;
}

/* Marks stand alone, or in front of the selection's > or a number. The last one that begins in text[0..end);
 * of counts side by side ("!!3 !2 DOWN n2": the worst is shown) the first. */
static inline void colorless_mark(const char *text, int end, char mark[3]) {
    bool counts = false;
    mark[0] = '\0';
    for (int x = 0; x < end; x++) {
        size_t len = strspn(text + x, "!") ? strspn(text + x, "!") : strchr(".?*", text[x]) != NULL;
        bool begins = x == 0 || strchr(" |[", text[x - 1]) != NULL;
        if (len == 0 || len > 2 || !begins || strchr(COLORLESS_BEHIND, text[x + (int)len]) == NULL)
            continue;
        bool count = strchr("0123456789", text[x + (int)len]) != NULL && text[x + (int)len] != '\0';
        if (!(counts && count))
            snprintf(mark, 3, "%.*s", (int)len, text + x);
        counts = count;
    }
}

static inline bool colorless_told(const struct colorless_rule *rule, const char *row, int x, int end) {
    char group[COLORLESS_COLS], mark[3];
    int from = x + (int)strspn(row + x, " "), to = end;
    while (to > from && row[to - 1] == ' ')
        to--;
    snprintf(group, sizeof group, "%.*s", to - from, row + from);
    if (colorless_listed(rule->words, COLORLESS_WORDS, group) || (rule->like != NULL && rule->like(group)))
        return true;
    for (int i = 0; i < COLORLESS_RULES; i++)
        if (colorless_listed(colorless_rules[i].words, COLORLESS_WORDS, group))
            return false;                            /* another state's word */
    colorless_mark(group, (int)strlen(group), mark); /* its own */
    if (mark[0] == '\0' || !colorless_listed(rule->marks, 4, mark))
        colorless_mark(row, end, mark);
    return mark[0] != '\0' && colorless_listed(rule->marks, 4, mark);
}

static inline const struct colorless_rule *colorless_rule_of(int role) {
    for (int i = 0; i < COLORLESS_RULES; i++)
        if ((int)colorless_rules[i].role == role)
            return &colorless_rules[i];
    return NULL;
}

/* How many runs tell their state by colour alone; they are printed. */
static inline int colorless_untold(const struct surface *s, const char *name) {
    int untold = 0;
    for (int y = 0; y < s->rows; y++) {
        const struct surface_cell *cells = &s->cells[(size_t)y * (size_t)s->cols];
        char row[COLORLESS_COLS + 1] = "";
        for (int x = 0; x < s->cols && x < COLORLESS_COLS; x++)
            row[x] = cells[x].c < 0x7f || cells[x].c == 0x2026 ? surface_ascii(cells[x].c) : '#',
            row[x + 1] = '\0';
        for (int x = 0, end; x < s->cols; x = end) {
            const struct colorless_rule *rule = colorless_rule_of(cells[x].role);
            for (end = x + 1; end < s->cols && cells[end].role == cells[x].role;)
                end++;
            if (rule == NULL || (int)strspn(row + x, " ") >= end - x || colorless_told(rule, row, x, end))
                continue;
            printf("%s %dx%d: colour alone tells the state of \"%.*s\" in \"%s\"\n", name, s->cols, s->rows,
                   end - x, row + x, row);
            fflush(stdout);
            untold++;
        }
    }
    return untold;
}

#endif
