/* A configuration inside: for config.c, which reads it, and config_apply.c, which makes options of it. Main
 * process. */
#ifndef ENTRY_CONFIG_LAYER_H
#define ENTRY_CONFIG_LAYER_H

#include "entry/config.h"

enum { CONFIG_CLUSTERS_MAX = 64 };

struct config_place {
    const char *file;
    int line; /* 0: not said */
};

struct config_layer {
    struct options values;
    struct config_place places[SETTINGS_MAX]; /* as the rows of its settings are numbered */
};

struct config {
    char *path;
    bool parsed;
    config_t tree; /* owns most texts */
    struct config_layer top, clusters[CONFIG_CLUSTERS_MAX];
    int cluster_count;
    struct keymap keymap;
    char **owned;
    int owned_count;
};

#endif
