/* The command line: one table of options and commands, from which parser, help and manual are made.
 *
 * Wrong usage is one line on stderr that says what to write instead, and exit code 64. Main process and
 * collectors. */
#ifndef ENTRY_OPTIONS_H
#define ENTRY_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sample/field.h"
#include "views/keymap.h"

enum { EXIT_NOTHING_REACHED = 3, EXIT_USAGE = 64 };

struct option_size {
    int cols, rows;
};

enum { COLUMN_LISTS_MAX = 32 };

struct options {
    int command;        /* index into the commands */
    uint64_t said_bits; /* the rows of options.def that were typed: also 0 and "not" are a word */
    /* The rows of options.def and settings.def; text is borrowed from argv or the configuration. */
    const char *context, *sample, *label, *label_color, *view, *select, *filter, *color, *theme, *zone,
        *units, *ca, *cert, *key, *tls_name, *auth_file, *want, *hold_scale, *config_path, *log;
    int64_t interval, watch_for, timeout; /* ms, 0 not given */
    int64_t every[SHAPE_LIMIT];           /* ms, of each endpoint but /varz */
    int64_t expect, count, page_fd, max_rate;
    bool bell, title;          /* of alerts */
    bool over_http, over_nats; /* collect http, collect nats */
    const char *context_by;    /* nobody named the context: who selected it; NULL */
    bool environment_alone;    /* nothing was named, and the environment names servers of NATS */
    bool ascii, mouse, local_time, insecure, json, supervised, plain, print_default, cluster_default, once;
    struct option_size size;
    const char **output;
    int output_count;
    const char **rule;
    int rule_count;
    const char **only;
    int only_count;
    const char **words; /* what is no option, before -- */
    int word_count;
    const char **urls; /* for every command but print: the words; for print: what stands behind -- */
    int url_count;
    /* Of the configuration alone. */
    const char *cluster;                   /* the one that was taken, NULL none */
    const char *columns[COLUMN_LISTS_MAX]; /* names with blanks between, of view_list_at() */
    const char *keys[ACTION_COUNT];        /* of the first row of a name */
    /* What the rest was made of; see entry/config.h. */
    const struct options *typed;
    const struct config *config;
};

/* Fills *options; the arrays are freed by options_finish(). Returns 0, or the exit code after having said
 * why. */
int options_parse(struct options *options, int argc, char **argv);
/* An option with the field at this offset was typed, even if it holds nothing else than without. */
bool options_said(const struct options *options, size_t offset);
/* Its command talks to servers. */
bool options_ask(const struct options *options);
/* Its command has to do with the configuration. */
bool options_configured(const struct options *options);
/* What has to hold of the options in force. Returns 0, or the exit code after having said why. */
int options_check(const struct options *in_force);
void options_finish(struct options *options);

/* What was typed, fit to be printed in a message: it may be anything. Good until the next call. */
const char *options_typed(const char *text);

/* The usage text and the manual page, to stdout. */
void options_print_help(void);
void options_print_manual(void);

/* What is wrong with the command line or the configuration: a line on stderr. Returns EXIT_USAGE. */
int options_refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Wrong usage came first: what its command says of that on stdout, the first of all faults. Returns what to
 * end with. */
int options_refused(struct options *options, int argc, char **argv);
/* Runs the command that was given. */
int options_run(const struct options *options);

#endif
