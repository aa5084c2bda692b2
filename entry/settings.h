/* The settings as one list: rows of settings.def, and those that follow from the tables of endpoints, columns
 * and keys.
 *
 * Each is a field of struct options, so that options and settings of one meaning have one place; a field is
 * all zero as long as nothing was said. Main process. */
#ifndef ENTRY_SETTINGS_H
#define ENTRY_SETTINGS_H

#include "entry/option_types.h"
#include "entry/options.h"

enum { SETTINGS_MAX = 256, SETTING_TEXT = 1200 };

enum setting_effect {
    SETTING_LIVE,   /* at once */
    SETTING_START,  /* at the next start */
    SETTING_ASKING, /* the collector is started anew */
};

struct setting {
    const char *path; /* "cadences.jsz"; of a list's the name in its group */
    const struct option_type *type;
    const char *words;
    size_t offset;       /* in struct options, of a list's in that of its items */
    const char *initial; /* the default as a file has it; "" none */
    /* What else has to hold of a text that was taken: NULL, or what was meant, with the text
     * where that helps; may be NULL. */
    const char *(*check)(const struct setting *setting, const char *text);
    enum setting_effect effect;
    const char *help;
    int index;   /* in the table that it comes from */
    bool single; /* only one of a list may say it: true, or this text */
};

/* Lists of groups: ( { name = "a"; ... }, { name = "b"; ... } ). */
enum setting_list { LIST_CLUSTERS, LIST_RULES, LIST_HOOKS, LIST_EXPECT, SETTING_LISTS };
struct setting_list_info {
    const char *name, *one; /* "clusters", "cluster" */
    const char *example;    /* the least that a group says */
    const struct setting *rows;
    int row_count, most; /* most: groups */
    size_t text_most;    /* bytes of one text */
    size_t size;         /* of the struct that holds what one says */
    bool in_folder;      /* may stand in files of rules.d */
    const char *help;    /* for the default file: what it is, with line breaks; then examples */
    const char *const *examples;
};
extern const struct setting_list_info setting_lists[SETTING_LISTS];
/* -1: there is none. */
int setting_list_named(const char *name);

/* All but those of lists; made at the first call, in the order of a file. */
const struct setting *settings_all(int *count);
/* NULL: there is none. */
const struct setting *setting_by_path(const char *path);

/* The one with this field of struct options, of those that settings.def names; NULL: there is none. */
const struct setting *setting_by_field(size_t offset);

/* What its value can be, a|b|c; NULL: too much to choose from. */
const char *setting_words(const struct setting *setting);
void *setting_field(const struct setting *setting, struct options *options);
/* Something was said of it: by its option, or the field holds more than nothing. */
bool setting_given(const struct setting *setting, const struct options *options);
/* The value as a file has it: the default where nothing was said. */
void setting_show(const struct setting *setting, const struct options *options, char *out, size_t size);

/* Checks that config_read.c knows: the text is the name of a file beside the configuration; or is empty. */
const char *setting_check_FILE(const struct setting *setting, const char *text);
const char *setting_check_LOG(const struct setting *setting, const char *text);

#endif
