/* The configuration: which file it is, what it says, and what follows for the options in force.
 *
 * Loading has no effect on anything: a configuration is a value, with all its faults said. In force is what
 * was typed, then the environment, then the file, then the defaults, setting by setting. Main process. */
#ifndef ENTRY_CONFIG_H
#define ENTRY_CONFIG_H

#include "entry/config_file.h"
#include "entry/settings.h"
#include "views/keymap.h"

struct config;
struct ruleset;

/* The file of --config (`path`; it may be a pipe, "-" standard input), else the user's, else the system's;
 * none is fine. NULL: the faults were told. */
struct config *config_load(const char *path, struct config_faults *faults);
/* The same as if this text stood in the file. */
struct config *config_load_text(const char *path, const char *text, struct config_faults *faults);
void config_free(struct config *config); /* NULL is fine; what was made of it borrows its texts */

const char *config_path(const struct config *config); /* "" when there is none */
/* The file that is the user's to write; NULL: there is no home. To be freed. */
char *config_user_path(const struct options *typed);
/* Ours and those of the file and its folder rules.d; hold them to have them longer. */
struct ruleset *config_rules(const struct config *config);
/* The model goes by its rules and its expectations from now on; NULL: by ours. */
struct model;
void config_watch(const struct config *config, struct model *model);
const struct keymap *config_keymap(const struct config *config);

struct config_place {
    const char *file;
    int line; /* 0: not said */
};
/* One of a list. */
struct config_item {
    void *values;                /* the struct that setting_lists[] names; what is not said is all zero */
    struct config_place *places; /* as its rows are numbered */
    struct config_place place;   /* of the whole */
};
/* In the order of the file; lives as long as the configuration. */
const struct config_item *config_items(const struct config *config, enum setting_list list, int *count);
bool config_has_cluster(const struct config *config, const char *name);
/* The one URL that was typed may be a slip for a cluster's name: what to say of that. false: it is none. */
bool config_cluster_slip(const struct config *config, const struct options *typed, char *out, size_t size);

/* The options in force, which borrow from both. false: the faults of the taken cluster were told. */
bool config_apply(const struct config *config, const struct options *typed, struct options *out,
                  struct config_faults *faults);

/* The value in force as a file would have it: of keys what other bindings have left of them. */
void config_show(const struct setting *setting, const struct options *in_force, char *out, size_t size);
/* Where it comes from: "default", "natsight.conf:12", "environment: NO_COLOR", "option", "changed here",
 * "default; p went to pause". */
void config_origin(const struct setting *setting, const struct options *in_force, char *out, size_t size);
/* Differs from what options, environment and file say: changed since, by a key or in the dialog. */
bool config_changed(const struct setting *setting, const struct options *in_force);

#endif
