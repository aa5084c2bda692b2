#include "themes/theme.h"

#include <string.h>

#include "themes/draft.h"

static const struct {
    enum role fallback;
    int fg, bg, fg8, bg8;
    unsigned attrs;
} roles[ROLE_COUNT] = {
#define ROLE(NAME, FALLBACK, TEXT, FG, BG, FG8, BG8, ATTRS, MEANING)                                         \
    {ROLE_##FALLBACK, FG, BG, FG8, BG8, ATTRS},
#include "themes/roles.def"
#undef ROLE
};

const char *const theme_role_names[ROLE_COUNT] = {
#define ROLE(NAME, FALLBACK, TEXT, ...) TEXT,
#include "themes/roles.def"
#undef ROLE
};

/* Attributes stand for what is not there: with colours there is no need of them, with a ground none of
 * reverse. */
static struct look table_look(enum role role, enum theme_depth depth) {
    struct look look = {COLOR_OWN, COLOR_OWN, roles[role].attrs};
    if (depth == THEME_256) {
        look.fg = roles[role].fg;
        look.bg = roles[role].bg;
        if (look.fg >= 0 || look.bg >= 0)
            look.attrs = 0;
    } else if (depth == THEME_8) {
        look.fg = roles[role].fg8;
        look.bg = roles[role].bg8;
        if (look.bg >= 0)
            look.attrs &= ~(unsigned)ATTR_REVERSE;
    }
    return look;
}

void draft_builtin(struct draft *draft) {
    *draft = (struct draft){0};
    for (int role = 0; role < ROLE_COUNT; role++)
        for (int depth = 0; depth < THEME_DEPTHS; depth++) {
            struct look look = table_look((enum role)role, (enum theme_depth)depth);
            draft->looks[role][depth] =
                (struct draft_look){.look = look, .set = true, .ground = look.bg >= 0};
        }
}

/* A new look for many colours takes those for fewer with it: they belonged to the old one. */
void draft_overlay(struct draft *draft, const struct draft *over) {
    for (int role = 0; role < ROLE_COUNT; role++) {
        if (over->looks[role][THEME_256].set)
            memset(draft->looks[role], 0, sizeof draft->looks[role]);
        for (int depth = 0; depth < THEME_DEPTHS; depth++)
            if (over->looks[role][depth].set)
                draft->looks[role][depth] = over->looks[role][depth];
    }
}

/* ---- what was left open ---- */

static int readable(int fg, int ground) {
    if (ground == 0 && fg > 0)
        return fg == 4 ? 6 : fg;
    return color_readable_on(ground);
}

static struct draft_look fewer(enum role role, enum theme_depth depth, const struct draft_look *many) {
    struct look table = table_look(role, THEME_256), look = many->look;
    struct draft_look out = {.look = table_look(role, depth), .set = true};
    if (look.fg == table.fg && look.bg == table.bg && look.attrs == table.attrs) {
        out.ground = out.look.bg >= 0;
        return out;
    }
    unsigned instead = look.attrs ? look.attrs : roles[role].attrs;
    if (depth == THEME_MONO) {
        out.look = (struct look){COLOR_OWN, COLOR_OWN, instead};
        return out;
    }
    out.ground = many->ground;
    out.look.attrs = look.attrs ? look.attrs : instead & ~(unsigned)ATTR_REVERSE;
    out.look.bg = look.bg < 0 ? COLOR_OWN : color_of_8_ground(look.bg);
    out.look.fg = look.fg < 0 ? COLOR_OWN : color_of_8(look.fg);
    if (out.look.bg >= 0)
        out.look.fg = readable(out.look.fg, out.look.bg);
    return out;
}

/* What has no colours of its own in roles.def is told by its attributes, whatever it falls back to. */
static struct draft_look fallen_back(enum role role, enum theme_depth depth, struct draft_look fallback) {
    struct look table = table_look(role, depth);
    if (table.fg < 0 && table.bg < 0)
        fallback.look.attrs = table.attrs;
    return fallback;
}

static struct draft_look filled(const struct draft *draft, enum role role, enum theme_depth depth) {
    const struct draft_look *own = draft->looks[role];
    if (own[depth].set)
        return own[depth];
    if (depth != THEME_256 && own[THEME_256].set)
        return fewer(role, depth, &own[THEME_256]);
    if (roles[role].fallback == role)
        return (struct draft_look){.look = table_look(role, depth)};
    return fallen_back(role, depth, filled(draft, roles[role].fallback, depth));
}

/* Where the theme has a ground of its own everything stands on it. */
static struct look grounded(const struct draft_look *one, const struct draft_look *text,
                            enum theme_depth depth) {
    struct look look = one->look;
    if (one->ground || text->look.bg < 0)
        return look;
    look.bg = text->look.bg;
    if (look.fg < 0)
        look.fg = text->look.fg;
    if (depth == THEME_8)
        look.fg = readable(look.fg, look.bg);
    return look;
}

void draft_resolve(const struct draft *draft, struct theme *theme) {
    for (int depth = 0; depth < THEME_DEPTHS; depth++) {
        struct draft_look text = filled(draft, ROLE_TEXT, (enum theme_depth)depth);
        for (int role = 0; role < ROLE_COUNT; role++) {
            struct draft_look one = filled(draft, (enum role)role, (enum theme_depth)depth);
            theme->looks[role][depth] = grounded(&one, &text, (enum theme_depth)depth);
        }
    }
}

const struct theme *theme_builtin(void) {
    static struct theme theme;
    if (theme.name[0] == '\0') {
        struct draft draft;
        draft_builtin(&draft);
        draft_resolve(&draft, &theme);
        strcpy(theme.name, "dark");
    }
    return &theme;
}
