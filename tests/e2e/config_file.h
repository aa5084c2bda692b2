/* A configuration file in a folder of its own, and what `natsight config` says of it.
 *
 * config_begin and config_end are a checked fixture. What the last run said stays until the next one. */
#ifndef TESTS_E2E_CONFIG_FILE_H
#define TESTS_E2E_CONFIG_FILE_H

#include "tests/harness/command.h"

void config_begin(void);
void config_end(void);

const char *config_folder(void);
const char *config_path(void); /* natsight.conf in it, or in `folder` below it */
void config_path_in(const char *folder);
/* A file in the folder, or below it. */
void config_write(const char *name, const char *text);
/* What a file has; until the next call. "": it can't be read. */
const char *config_text(const char *file);
/* Makes a folder below it. */
void config_make_folder(const char *name);
/* "XDG_CONFIG_HOME=FOLDER" and nothing else, for an environment. */
const char *const *config_as_home(void);

/* natsight config with further arguments, the last one is NULL: the exit code. */
int config_run(const char *const *env, ...) __attribute__((sentinel));
/* The same with natsight.conf as it is, or of this text. */
int config_read(void);
int config_load(const char *text);

const char *config_output(void);
const char *config_errors(void);
/* Asserts: it has this text among its output, among its errors. */
void config_says(const char *text);
void config_blames(const char *text);
/* "units = "bits"  # natsight.conf:3": the value, then the end of its origin. */
void config_has(const char *value, const char *origin);

#endif
