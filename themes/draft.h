/* A theme while it is put together: what its files say, and nothing else. Of this folder alone. */
#ifndef THEMES_DRAFT_H
#define THEMES_DRAFT_H

#include "themes/theme.h"

struct draft_look {
    struct look look;
    bool set, ground; /* ground: a second colour was given */
    int line;         /* where, in the file at hand */
};

struct draft {
    char inherits[THEME_NAME_SIZE]; /* "" nothing */
    int inherits_line;
    struct draft_look looks[ROLE_COUNT][THEME_DEPTHS];
};

/* Where faults are collected; the first few in full, of the others the number. */
struct theme_faults {
    char *message;
    size_t size;
    int count;
};
void theme_fault(struct theme_faults *faults, const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

extern const char *const theme_role_names[ROLE_COUNT];

/* Reads a file's text into an empty draft. */
void draft_parse(struct draft *draft, const char *file, const char *text, size_t len,
                 struct theme_faults *faults);
/* What roles.def says. */
void draft_builtin(struct draft *draft);
/* Puts what `over` says over what is there. */
void draft_overlay(struct draft *draft, const struct draft *over);
/* Fills in the rest. */
void draft_resolve(const struct draft *draft, struct theme *theme);

#endif
