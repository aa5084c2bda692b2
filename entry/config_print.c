/* The settings in words: what is in force, the defaults as a file, the manual's section. */
#include "entry/config_print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "entry/command.h"
#include "themes/theme.h"
#include "views/keymap.h"

/* ---- in force ---- */

static void print_setting(const struct setting *row, const char *prefix, const struct options *in_force) {
    char value[SETTING_TEXT], origin[600], head[SETTING_TEXT + 200];
    config_show(row, in_force, value, sizeof value);
    config_origin(row, in_force, origin, sizeof origin);
    snprintf(head, sizeof head, "%s%s = %s", prefix, row->path, value);
    printf("%-58s # %s\n", head, origin);
}

/* "hooks[0].command = ["logger"]": what is said of each. */
static void print_items(const struct config *c, enum setting_list which) {
    int count;
    const struct setting_list_info *list = &setting_lists[which];
    const struct config_item *items = config_items(c, which, &count);
    for (int i = 0; i < count * list->row_count; i++) {
        const struct config_item *item = &items[i / list->row_count];
        const struct setting *row = &list->rows[i % list->row_count];
        const struct config_place *place = &item->places[i % list->row_count];
        char value[SETTING_TEXT], head[SETTING_TEXT + 200];
        if (place->line == 0)
            continue;
        row->type->show(row->words, (const char *)item->values + row->offset, value, sizeof value);
        snprintf(head, sizeof head, "%s[%d].%s = %s", list->name, i / list->row_count, row->path, value);
        printf("%-58s # %s:%d\n", head, place->file, place->line);
    }
}

static void print_in_force(const struct options *o) {
    int count;
    const struct setting_list_info *clusters = &setting_lists[LIST_CLUSTERS];
    const struct setting *rows = clusters->rows;
    char *user = config_user_path(o->typed);
    const char *path = config_path(o->config);
    if (path[0] != '\0')
        printf("# configuration: %s\n", path);
    else
        printf("# configuration: none; looked for %s%s/etc/natsight/natsight.conf\n",
               user != NULL ? user : "", user != NULL ? " and " : "");
    free(user);
    printf("# cluster: %s\n", o->cluster != NULL ? o->cluster : "none of the configuration");
    for (int i = 0; i < clusters->row_count; i++)
        if (setting_given(&rows[i], o) && strcmp(rows[i].path, "name") != 0 &&
            strcmp(rows[i].path, "default") != 0)
            print_setting(&rows[i], "cluster.", o);
    rows = settings_all(&count);
    for (int i = 0; i < count; i++)
        print_setting(&rows[i], "", o);
    print_items(o->config, LIST_HOOKS);
}

/* ---- the defaults as a file ---- */

enum { LEVELS = 4, WIDTH = 100 };

struct group { /* where the last row stood: "columns", "overview" */
    char names[LEVELS][64];
    int depth;
};

static void indent(FILE *out, int depth) {
    fprintf(out, "%*s", depth * 4, "");
}

static int split(const char *path, char names[LEVELS][64]) {
    int count = 0;
    while (count < LEVELS && *path != '\0') {
        size_t len = strcspn(path, ".");
        snprintf(names[count++], 64, "%.*s", (int)len, path);
        path += len + (path[len] == '.');
    }
    return count;
}

/* Leaves and enters groups until the row's own is open; returns its depth. */
static int move_to(FILE *out, struct group *at, const char *path, const char **name) {
    static char names[LEVELS][64];
    int count = split(path, names), same = 0;
    while (same < at->depth && same < count - 1 && strcmp(at->names[same], names[same]) == 0)
        same++;
    for (; at->depth > same; at->depth--) {
        indent(out, at->depth - 1);
        fputs("};\n", out);
    }
    for (; at->depth < count - 1; at->depth++) {
        snprintf(at->names[at->depth], 64, "%s", names[at->depth]);
        fputs(at->depth == 0 ? "\n" : "", out);
        indent(out, at->depth);
        fprintf(out, "%s = {\n", names[at->depth]);
    }
    *name = count > 0 ? names[count - 1] : "";
    return count - 1;
}

/* Lists are broken between names. */
static void print_value(FILE *out, const char *value, int column, int depth) {
    for (size_t len; *value != '\0'; value += len) {
        const char *comma = strstr(value, ", ");
        len = comma != NULL ? (size_t)(comma - value) + 2 : strlen(value);
        if (column + (int)len > WIDTH && column > depth * 4 + 4) {
            fputc('\n', out);
            indent(out, depth + 1);
            column = depth * 4 + 4;
        }
        fprintf(out, "%.*s", (int)len, value);
        column += (int)len;
    }
}

static void print_row(FILE *out, struct group *at, const struct setting *row) {
    const char *name;
    int depth = move_to(out, at, row->path, &name);
    if (depth == 0)
        fputc('\n', out);
    indent(out, depth);
    char filled[600];
    fprintf(out, "# %s", keymap_fill(row->help, filled, sizeof filled));
    if (row->words != NULL)
        fprintf(out, " One of %s.", row->words);
    fputc('\n', out);
    indent(out, depth);
    int column = fprintf(out, "%s = ", name) + depth * 4;
    print_value(out, row->initial, column, depth);
    fputs(";\n", out);
}

/* Each line behind a sign of comments. */
static void print_comment(FILE *out, const char *in_front, const char *text, const char *behind) {
    for (size_t len; *text != '\0'; text += len + (text[len] == '\n')) {
        len = strcspn(text, "\n");
        fprintf(out, "#%s%.*s%s\n", in_front, (int)len, text, text[len] == '\0' ? behind : "");
    }
}

static void print_list(FILE *out, const struct setting_list_info *list) {
    fputc('\n', out);
    print_comment(out, " ", list->help, "");
    for (int i = 0; i < list->row_count; i++) {
        const struct setting *row = &list->rows[i];
        fprintf(out, "#   %-10s %s%s%s%s", row->path, row->help, row->words ? " One of " : "",
                row->words ? row->words : "", row->words ? "." : "");
        fprintf(out, "%s%s%s\n", *row->initial ? " Unless said: " : "", row->initial,
                *row->initial ? "." : "");
    }
    fprintf(out, "#\n# %s = (\n", list->name);
    for (int i = 0; list->examples[i] != NULL; i++)
        print_comment(out, "     ", list->examples[i], list->examples[i + 1] != NULL ? "," : "");
    fputs("# );\n", out);
}

/* The defaults as a commented file, which loads. */
static void config_print_default(FILE *out) {
    int count;
    const char *name;
    struct group at = {.depth = 0};
    const struct setting *all = settings_all(&count);
    fputs("# natsight.conf: what natsight does when nothing else is said. Everything here may be left out.\n"
          "# It is looked for in $XDG_CONFIG_HOME/natsight (~/.config/natsight), then in /etc/natsight;\n"
          "# --config FILE names another. Options beat it. Ctrl-R reads it again.\n"
          "# Other files come in by a line of their own: @include \"FILE\"\n"
          "# In the group keys, NAME = \"\"; takes all keys away from what NAME does; one that is named "
          "twice counts\n# once. A key that is given to NAME is taken from what has it by default.\n",
          out);
    for (int list = 0; list < SETTING_LISTS; list++)
        print_list(out, &setting_lists[list]);
    for (int i = 0; i < count; i++)
        print_row(out, &at, &all[i]);
    move_to(out, &at, "", &name);
}

static void print_item(const char *path, const char *initial, const char *help, const char *words,
                       void (*troff)(const char *text)) {
    fputs(".TP\n\\fB", stdout);
    troff(path);
    fputs("\\fR", stdout);
    if (initial[0] != '\0' && strlen(initial) < 40) {
        fputs(" = ", stdout);
        troff(initial);
    }
    putchar('\n');
    char filled[600];
    troff(keymap_fill(help, filled, sizeof filled));
    if (words != NULL) {
        fputs(" One of ", stdout);
        troff(words);
        putchar('.');
    }
    putchar('\n');
}

void config_print_manual(void (*troff)(const char *text)) {
    int count;
    const struct setting *rows = settings_all(&count);
    puts(
        ".SH CONFIGURATION\nThe file natsight/natsight.conf in $XDG_CONFIG_HOME (~/.config), else in /etc, "
        "else the "
        "one of \\-\\-config,\nin the syntax of libconfig: NAME = VALUE; with text in quotes, groups in "
        "braces, "
        "lists in brackets, comments behind #, and\n@include \"FILE\" on a line of its own. Options beat the "
        "environment, which beats the file. Ctrl-R and SIGUSR1 read it again;\na faulty file changes "
        "nothing. "
        "\\fBnatsight config\\fR prints what is in force and where it comes from,\n"
        "\\fBnatsight config \\-\\-default\\fR a file of the defaults. Nothing is written but by the key w "
        "of "
        "the dialog F2.");
    for (int list = 0; list < SETTING_LISTS; list++) {
        const struct setting_list_info *l = &setting_lists[list];
        printf(".SS %s = ( { ... }, ... );\n", l->name);
        troff(l->help);
        putchar('\n');
        for (int i = 0; i < l->row_count; i++)
            print_item(l->rows[i].path, l->rows[i].initial, l->rows[i].help, l->rows[i].words, troff);
    }
    puts(
        ".SS settings; NAME.NAME is a setting in a group\nOf keys, NAME = \"\" takes all keys away from what "
        "NAME does; a key named twice counts once.\n"
        "A key given to NAME is taken from what has it by default; two of your own that clash are a fault.");
    for (int i = 0; i < count; i++)
        print_item(rows[i].path, rows[i].initial, rows[i].help, rows[i].words, troff);
}

/* Nobody named it, but the user's own of that name may be faulty. */
static bool default_theme_is_fine(void) {
    struct theme theme;
    char message[THEME_MESSAGE_SIZE];
    if (theme_find(theme_builtin()->name, &theme, message, sizeof message))
        return true;
    fprintf(stderr, "natsight: %s\n", message);
    return false;
}

int command_config(const struct options *options) {
    if (options->print_default)
        config_print_default(stdout);
    else if (options->theme == NULL && !default_theme_is_fine())
        return EXIT_USAGE;
    else
        print_in_force(options);
    return 0;
}
