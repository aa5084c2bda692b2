/* Rules of a configuration: from its file and from those of its folder rules.d into one set. */
#include "entry/config_read.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/near.h"
#include "model/ruleset.h"
#include "outward/hook.h"
#include "outward/hook_match.h"

enum { FILES_MOST = 200 };

/* ---- the folder ---- */

static void read_lists(struct config_reading *r, const config_setting_t *root) {
    for (int i = 0; i < config_setting_length(root); i++) {
        const config_setting_t *s = config_setting_get_elem(root, (unsigned)i);
        int list = setting_list_named(config_setting_name(s));
        if (list >= 0 && setting_lists[list].in_folder)
            config_take_list(r, (enum setting_list)list, s);
        else
            config_fault_of(
                r, s, config_setting_name(s),
                "does not stand here: files of rules.d hold rules = ( ... ); and expect = ( ... );");
    }
}

static int is_read(const struct dirent *entry) {
    size_t len = strlen(entry->d_name);
    return entry->d_name[0] != '.' && len > 5 && strcmp(entry->d_name + len - 5, ".conf") == 0;
}

static void read_one(struct config_reading *r, const char *path) {
    char *text = config_file_text(path, r->faults, NULL, 0);
    const config_setting_t *root = config_parse(r, path, text);
    if (root != NULL)
        read_lists(r, root);
    free(text);
}

void config_read_folder(struct config_reading *r, const char *folder) {
    struct dirent **entries;
    int count = scandir(folder, &entries, is_read, alphasort);
    if (count < 0 && errno != ENOENT && errno != ENOTDIR)
        config_fault(r->faults, folder, 0, NULL, "can't be read: %s", strerror(errno));
    if (count > FILES_MOST)
        config_fault(r->faults, folder, 0, NULL, "there are %d files; %d is the most", count, FILES_MOST);
    for (int i = 0; i < count; i++) {
        char *path = memory_format("%s/%s", folder, entries[i]->d_name);
        if (i < FILES_MOST)
            read_one(r, path);
        free(path);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

/* ---- the set ---- */

static const char *file_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* Where the key stands, else the group. */
static struct config_place place_of(const struct setting_list_info *list, const struct config_item *item,
                                    const char *key) {
    for (int i = 0; i < list->row_count; i++)
        if (strcmp(list->rows[i].path, key) == 0 && item->places[i].line > 0)
            return item->places[i];
    return item->place;
}

void config_make_rules(struct config_reading *r) {
    int count;
    const struct config_item *items = config_items(r->config, LIST_RULES, &count);
    r->config->rules = ruleset_create();
    for (int i = 0; i < count; i++) {
        struct rule_said said = *(const struct rule_said *)items[i].values;
        struct rule_fault fault;
        said.origin = config_own(r->config,
                                 memory_format("%s:%d", file_name(items[i].place.file), items[i].place.line));
        if (ruleset_add(r->config->rules, &said, &fault))
            continue;
        struct config_place place = place_of(&setting_lists[LIST_RULES], &items[i], fault.key);
        char *key = memory_format("rules.%s", fault.key);
        config_fault(r->faults, place.file, place.line, key, "%s", fault.message);
        free(key);
    }
}

/* A name that is none would never be told. */
static void check_rule(struct config_reading *r, const char *name, struct config_place place) {
    struct near near = near_begin(name);
    const struct ruleset *set = r->config->rules;
    if (ruleset_find(set, name) != NULL)
        return;
    for (size_t i = 0; i < ruleset_count(set); i++)
        near_try(&near, ruleset_at(set, i)->name);
    config_fault(r->faults, place.file, place.line, "hooks.rules", "there is no rule %s; %s%s%s",
                 options_typed(name), near.name != NULL ? "did you mean " : "natsight rules lists all",
                 near.name != NULL ? near.name : "", near.name != NULL ? "?" : "");
}

static void check_match(struct config_reading *r, const char *match, struct config_place place) {
    struct expr_error error;
    if (!hook_match_check(match, r->config->rules, &error))
        config_fault(r->faults, place.file, place.line, "hooks.match", "%s: %s", options_typed(match),
                     error.message);
}

void config_check_hooks(struct config_reading *r) {
    int count;
    const struct config_item *items = config_items(r->config, LIST_HOOKS, &count);
    for (int i = 0; i < count; i++) {
        const struct hook_said *said = items[i].values;
        for (int k = 0; k < said->rule_count; k++)
            check_rule(r, said->rules[k], place_of(&setting_lists[LIST_HOOKS], &items[i], "rules"));
        if (said->match != NULL && said->match[0] != '\0')
            check_match(r, said->match, place_of(&setting_lists[LIST_HOOKS], &items[i], "match"));
    }
}
