/* What the files of the command line share: a word, what its argument may be, and how a wrong one is told.
 * Main process. */
#ifndef ENTRY_COMMAND_WORD_H
#define ENTRY_COMMAND_WORD_H

#include "entry/command_line.h"

/* The names live on until the next call. */
typedef void command_names_fn(struct app *app, name_fn *each, void *data);

struct command_word;
typedef unsigned command_run_fn(struct app *app, const struct command_word *word, const char *argument);

struct command_word {
    const char *name, *argument, *help; /* argument NULL: takes none */
    command_names_fn *names;            /* that the argument may be */
    bool several;                       /* of them, with commas */
    command_run_fn *run;
};

/* ---- command_line.c ---- */
/* The prompt stays open with what was typed. */
void command_fault(struct app *app, const char *text);

/* ---- command_names.c ---- */
command_names_fn names_servers, names_streams, names_consumers, names_connections, names_findable,
    names_subjects, names_columns, names_shown, names_themes;
/* "no server is called "n9"; did you mean n1?" */
void command_unknown(struct app *app, const char *what, const char *name, command_names_fn *names);
/* The one that has the keys; NULL: none. */
struct quantity_list *command_list(struct app *app);

/* ---- command_go.c ---- */
command_run_fn command_go_view, command_tell_view, command_go_asset, command_go_connection,
    command_watch_interest, command_sample;

#endif
