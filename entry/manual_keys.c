#include "entry/manual_keys.h"

#include <stdio.h>
#include <string.h>

#include "entry/command_line.h"
#include "tui/table.h"
#include "views/keymap.h"

static void print_row(const char *keys, const char *name, const char *help, void (*troff)(const char *text)) {
    fputs(".TP\n\\fB", stdout);
    troff(keys);
    fputs("\\fR", stdout);
    if (name != NULL) {
        fputs(" \\fI", stdout);
        troff(name);
        fputs("\\fR", stdout);
    }
    putchar('\n');
    char filled[600];
    troff(keymap_fill(help, filled, sizeof filled));
    putchar('\n');
}

/* A row that is valid in several contexts stands in each: there somebody looks for it. */
void manual_print_keys(void (*troff)(const char *text)) {
    puts(".SH KEYS\nWith the name by which the configuration binds other keys to it.");
    for (int context = 0; context < CONTEXT_COUNT; context++) {
        fputs(".SS ", stdout);
        troff(context_titles[context]);
        putchar('\n');
        for (int id = ACTION_NONE + 1; id < ACTION_COUNT; id++)
            if (key_infos[id].contexts & 1u << context)
                print_row(*key_infos[id].keys ? key_infos[id].keys : "(no key)", key_infos[id].name,
                          key_infos[id].help, troff);
    }
    puts(".SH MARKS\nIn front of rows and counts.");
    for (int severity = 0; table_mark_meaning(severity) != NULL; severity++)
        print_row(table_mark(severity) + strspn(table_mark(severity), " "), NULL,
                  table_mark_meaning(severity), troff);
    puts(".SH COMMAND LINE");
    for (const struct help_line *line = command_line_help(); line->text != NULL; line++)
        if (line->keys != NULL)
            print_row(line->keys, NULL, line->text, troff);
}
