#include "entry/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/near.h"
#include "base/text.h"
#include "entry/config_read.h"
#include "model/ruleset.h"

#define SYSTEM_FILE  "/etc/natsight/natsight.conf"
#define RULES_FOLDER "rules.d"

/* ---- which file ---- */

static char *user_file(void) {
    const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    if (xdg != NULL && xdg[0] == '/')
        return memory_format("%s/natsight/natsight.conf", xdg);
    if (home != NULL && home[0] == '/')
        return memory_format("%s/.config/natsight/natsight.conf", home);
    return NULL;
}

char *config_user_path(const struct options *typed) {
    return typed->config_path != NULL ? memory_text(typed->config_path) : user_file();
}

static char *find_file(const char *path) {
    if (path != NULL)
        return memory_text(path);
    char *own = user_file();
    struct stat link; /* one that leads nowhere is somebody's mistake */
    if (own != NULL && lstat(own, &link) == 0)
        return own;
    free(own);
    return access(SYSTEM_FILE, F_OK) == 0 ? memory_text(SYSTEM_FILE) : NULL;
}

/* ---- groups ---- */

/* Is `path` a part of a setting's path: of the next levels the first `len` characters are it. */
static bool begins(const char *whole, const char *path, size_t len) {
    return strncmp(whole, path, len) == 0 && whole[len] == '.';
}

static void unknown(struct config_reading *r, const config_setting_t *s, const char *path,
                    const char *prefix) {
    int count;
    char names[SETTINGS_MAX][64];
    const struct setting *all = settings_all(&count);
    size_t skip = strlen(prefix);
    struct near near = near_begin(path + skip);
    for (int i = 0; i < count; i++) {
        if (strncmp(all[i].path, prefix, skip) != 0)
            continue;
        snprintf(names[i], sizeof names[i], "%.*s", (int)strcspn(all[i].path + skip, "."),
                 all[i].path + skip);
        near_try(&near, names[i]);
    }
    for (int list = 0; skip == 0 && list < SETTING_LISTS; list++)
        near_try(&near, setting_lists[list].name);
    config_unknown(r, s, path, &near, "natsight config lists all");
}

static void read_group(struct config_reading *r, const config_setting_t *group, const char *prefix) {
    int count;
    const struct setting *all = settings_all(&count);
    for (int i = 0; i < config_setting_length(group); i++) {
        const config_setting_t *s = config_setting_get_elem(group, (unsigned)i);
        char path[200], deeper[210];
        bool known = false;
        size_t len = (size_t)snprintf(path, sizeof path, "%s%.100s", prefix, config_setting_name(s));
        snprintf(deeper, sizeof deeper, "%s.", path);
        int list = setting_list_named(path);
        if (list >= 0) {
            config_take_list(r, (enum setting_list)list, s);
            continue;
        }
        for (int k = 0; k < count && !known; k++) {
            known = strcmp(all[k].path, path) == 0 || begins(all[k].path, path, len);
            if (known && all[k].path[len] == '\0')
                config_take(r, &all[k], &r->config->top.values, &r->config->top.places[k], s);
            else if (known && config_setting_is_group(s))
                read_group(r, s, deeper);
            else if (known)
                config_fault_of(r, s, path, "takes a group: { NAME = VALUE; }");
        }
        if (!known)
            unknown(r, s, path, prefix);
    }
}

/* ---- keys ---- */

static void told_clash(void *faults, const char *where, const char *message) {
    config_fault_at(faults, where, message);
}

/* Which keys are meant, and whether two of them clash, is the map's to say; it names the places. What is
 * wrong by itself clashes with nothing. */
static void bind_keys(struct config_reading *r) {
    int count;
    char message[600], where[KEYMAP_WHERE];
    const struct setting *all = settings_all(&count);
    struct config *c = r->config;
    keymap_defaults(&c->keymap);
    for (int i = 0; i < count; i++) {
        if (strncmp(all[i].path, "keys.", 5) != 0 || c->top.places[i].line == 0)
            continue;
        const char *keys = *(const char **)setting_field(&all[i], &c->top.values), *name = all[i].path + 5;
        snprintf(where, sizeof where, "%s:%d", c->top.places[i].file, c->top.places[i].line);
        bool good = keys != NULL && keymap_change(&c->keymap, name, keys, where, message, sizeof message);
        if (!good && keys != NULL)
            config_fault_at(r->faults, where, message);
        if (!good)
            keymap_change(&c->keymap, name, "", where, message, sizeof message);
    }
    keymap_give_way(&c->keymap);
    keymap_clashes(&c->keymap, told_clash, r->faults);
}

/* ---- the whole ---- */

static void read_file(struct config_reading *r, const char *path, const char *text) {
    const config_setting_t *root = config_parse(r, path, text);
    if (root != NULL)
        read_group(r, root, "");
    if (root != NULL || r->faults->count == 0)
        bind_keys(r);
}

static struct config *load(const char *path, const char *text, const char *folder,
                           struct config_faults *faults) {
    struct config *c = memory_new(sizeof *c);
    struct config_reading r = {c, faults, "", TEXT_MAX_BYTES};
    c->path = memory_text(path);
    read_file(&r, path, text);
    if (folder != NULL)
        config_read_folder(&r, folder);
    config_make_rules(&r);
    config_check_hooks(&r);
    config_check_expected(&r);
    if (faults->count == 0)
        return c;
    config_free(c);
    return NULL;
}

/* Rules that stand in files of their own are those beside it; where there is none, the user's, else the
 * system's. To be freed. */
static char *folder_of(const char *path) {
    if (path[0] != '\0')
        return config_file_beside(path, RULES_FOLDER);
    char *own = user_file();
    char *folder = own != NULL ? config_file_beside(own, RULES_FOLDER) : NULL;
    free(own);
    if (folder != NULL && access(folder, F_OK) == 0)
        return folder;
    free(folder);
    return config_file_beside(SYSTEM_FILE, RULES_FOLDER);
}

struct config *config_load_text(const char *path, const char *text, struct config_faults *faults) {
    char *folder = folder_of(path);
    struct config *c = load(path, text, folder, faults);
    free(folder);
    return c;
}

struct config *config_load(const char *path, struct config_faults *faults) {
    bool pipe = path != NULL && config_file_is_pipe(path);
    char *file = pipe && strcmp(path, "-") == 0 ? memory_text("standard input") : find_file(path);
    char *text = pipe           ? config_pipe_text(path, faults)
                 : file != NULL ? config_file_text(file, faults, NULL, 0)
                                : NULL;
    struct config *c =
        pipe ? load(file, text, NULL, faults) : config_load_text(file != NULL ? file : "", text, faults);
    free(text);
    free(file);
    return c;
}

void config_free(struct config *c) {
    if (c == NULL)
        return;
    config_free_lists(c);
    for (int i = 0; i < c->owned_count; i++)
        free(c->owned[i]);
    free(c->owned);
    free(c->path);
    for (int i = 0; i < c->tree_count; i++) {
        config_destroy(c->trees[i]);
        free(c->trees[i]);
    }
    free(c->trees);
    ruleset_release(c->rules);
    free(c);
}

const char *config_path(const struct config *c) {
    return c->path;
}

struct ruleset *config_rules(const struct config *c) {
    return c->rules;
}

const struct keymap *config_keymap(const struct config *c) {
    return &c->keymap;
}
