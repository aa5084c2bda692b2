/* A configuration inside: for those that read it, and config_apply.c, which makes options of it. Main
 * process. */
#ifndef ENTRY_CONFIG_LAYER_H
#define ENTRY_CONFIG_LAYER_H

#include "entry/config.h"

struct config_layer {
    struct options values;
    struct config_place places[SETTINGS_MAX]; /* as the rows of its settings are numbered */
};

struct config_items {
    struct config_item *items;
    int count;
};

struct config {
    char *path;
    const char *reading; /* the file that is being read: libconfig does not name it */
    config_t **trees;    /* own most texts */
    int tree_count;
    struct ruleset *rules;
    struct config_layer top;
    struct config_items lists[SETTING_LISTS];
    struct keymap keymap;
    char **owned;
    int owned_count;
};

#endif
