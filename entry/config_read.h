/* Reading a configuration's tree: one value into its field, what is wrong with it with its place. For
 * config.c and config_lists.c. Main process. */
#ifndef ENTRY_CONFIG_READ_H
#define ENTRY_CONFIG_READ_H

#include "entry/config_layer.h"

struct config_reading {
    struct config *config;
    struct config_faults *faults;
    const char *group; /* what stands before the name of a row: "clusters.", "" */
    size_t text_most;  /* bytes of one text */
};

/* The configuration frees it. */
char *config_own(struct config *config, char *text);
struct config_place config_place_of(struct config *config, const config_setting_t *s);
/* What is wrong with `key`, which stands at s. */
void config_fault_of(struct config_reading *reading, const config_setting_t *s, const char *key,
                     const char *what);
/* "there is no such setting; did you mean NAME?", else `where` they are listed. */
struct near;
void config_unknown(struct config_reading *reading, const config_setting_t *s, const char *key,
                    const struct near *near, const char *where);
/* Takes the value at s for a row of this struct, or tells why not; *place is where it stands. */
void config_take(struct config_reading *reading, const struct setting *row, void *values,
                 struct config_place *place, const config_setting_t *s);

/* Parses the text of a file and keeps the tree; NULL: there is none, or its faults were told. */
const config_setting_t *config_parse(struct config_reading *reading, const char *path, const char *text);

/* ---- config_rules.c ---- */
/* Files NAME.conf of a folder, by name, with lists alone that may stand there. No such folder is fine. */
void config_read_folder(struct config_reading *reading, const char *folder);
/* The rules in force, of what was read. */
void config_make_rules(struct config_reading *reading);
/* Then: hooks name rules that there are. */
void config_check_hooks(struct config_reading *reading);

/* ---- config_expect.c ---- */
/* Tells what is wrong with what is expected. */
void config_check_expected(struct config_reading *reading);

/* ---- config_lists.c ---- */
/* Takes a list of groups, such as "clusters". */
void config_take_list(struct config_reading *reading, enum setting_list list, const config_setting_t *s);
void config_free_lists(struct config *config);

#endif
