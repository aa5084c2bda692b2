#include "entry/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/near.h"
#include "base/text.h"
#include "entry/config_layer.h"

#define SYSTEM_FILE "/etc/natsight/natsight.conf"

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

/* ---- reading ---- */

struct reading {
    struct config *config;
    struct config_faults *faults;
    const char *group; /* what stands before the name of a row: "clusters.", "" */
};

static char *own(struct config *c, char *text) {
    c->owned = memory_grow(c->owned, (size_t)c->owned_count + 1, sizeof *c->owned);
    return c->owned[c->owned_count++] = text;
}

/* libconfig gives an included file as it was written, and the first one not at all. */
static struct config_place place_of(struct config *c, const config_setting_t *s) {
    const char *file = config_setting_source_file(s);
    return (struct config_place){file != NULL ? own(c, config_file_beside(c->path, file)) : c->path,
                                 (int)config_setting_source_line(s)};
}

static void fault(struct reading *r, const config_setting_t *s, const char *key, const char *what) {
    struct config_place place = place_of(r->config, s);
    config_fault(r->faults, place.file, place.line, key, "%s", what);
}

static void fault_of(struct reading *r, const config_setting_t *s, const struct setting *row,
                     const char *what) {
    char key[100];
    snprintf(key, sizeof key, "%s%s", r->group, row->path);
    fault(r, s, key, what);
}

/* A scalar as it would be typed; NULL: it is none. */
static const char *scalar(struct config *c, const config_setting_t *s) {
    switch (config_setting_type(s)) {
    case CONFIG_TYPE_STRING:
        return config_setting_get_string(s);
    case CONFIG_TYPE_BOOL:
        return config_setting_get_bool(s) ? "true" : "false";
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64:
        return own(c, memory_format("%lld", config_setting_get_int64(s)));
    case CONFIG_TYPE_FLOAT:
        return own(c, memory_format("%g", config_setting_get_float(s)));
    default:
        return NULL;
    }
}

static bool can_be_shown(const char *text) {
    char clean[TEXT_MAX_BYTES + 1];
    size_t len = strlen(text);
    return len <= TEXT_MAX_BYTES && text_clean(clean, text, len) == len && memcmp(clean, text, len) == 0;
}

/* false: was told. */
static bool take_text(struct reading *r, const struct setting *row, void *field, const config_setting_t *s) {
    char what[SETTING_TEXT];
    const char *text = scalar(r->config, s), *example = row->initial[0] == '"' ? row->initial : "";
    bool string = config_setting_type(s) == CONFIG_TYPE_STRING;
    if (text == NULL || string != row->type->quoted) {
        snprintf(what, sizeof what, "%s%s%.100s",
                 text == NULL        ? "takes one value"
                 : row->type->quoted ? "takes text in quotes"
                                     : "stands without quotes",
                 row->type->quoted && *example ? ", such as " : "", row->type->quoted ? example : "");
        fault_of(r, s, row, what);
        return false;
    }
    const char *wrong = can_be_shown(text) ? row->type->take(row->words, field, text)
                                           : "is too long, or holds characters that can't be shown";
    if (wrong != NULL) {
        snprintf(what, sizeof what, "%s: %s", options_typed(text), wrong);
        fault_of(r, s, row, what);
        return false;
    }
    wrong = row->check != NULL ? row->check(row, text) : NULL;
    if (wrong != NULL)
        fault_of(r, s, row, wrong); /* which names the text */
    return wrong == NULL;
}

/* Among words with a blank between. */
static bool holds_word(const char *words, const char *word) {
    size_t len = strlen(word);
    for (const char *at = words; (at = strstr(at, word)) != NULL; at++)
        if ((at == words || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
            return true;
    return false;
}

static bool is_list(const config_setting_t *s) {
    return config_setting_is_array(s) || config_setting_is_list(s);
}

/* Where `before`, the first of the two, stands. */
static const char *other_place(struct reading *r, const config_setting_t *s, struct config_place before) {
    static char text[600];
    config_other_place(place_of(r->config, s).file, before.file, before.line, text, sizeof text);
    return text;
}

/* The one in front that says the same. */
static const config_setting_t *first_of(const config_setting_t *list, const char *word) {
    unsigned i = 0;
    while (strcmp(config_setting_get_string(config_setting_get_elem(list, i)), word) != 0)
        i++;
    return config_setting_get_elem(list, i);
}

static bool told_twice(struct reading *r, const struct setting *row, const config_setting_t *s,
                       const char *word) {
    char what[900];
    struct config_place first = place_of(r->config, first_of(config_setting_parent(s), word));
    snprintf(what, sizeof what, "%s: is named twice; the other one is at %s", options_typed(word),
             other_place(r, s, first));
    fault_of(r, s, row, what);
    return false;
}

/* Column names: each is checked on its own line, then they are one text. */
static bool take_words(struct reading *r, const struct setting *row, void *field, const config_setting_t *s) {
    struct buffer words = {0};
    bool good = is_list(s);
    if (!good)
        fault_of(r, s, row, "takes names in brackets: [\"NAME\", \"NAME\"]");
    for (int i = 0; is_list(s) && i < config_setting_length(s); i++) {
        const char *word;
        const config_setting_t *item = config_setting_get_elem(s, (unsigned)i);
        if (!take_text(r, row, &word, item))
            good = false;
        else if (holds_word(buffer_text(&words), word))
            good = told_twice(r, row, item, word);
        else
            buffer_printf(&words, "%s%s", words.len > 0 ? " " : "", word);
    }
    if (good && words.len == 0) {
        good = false;
        fault_of(r, s, row, "names no column; leave it out to have the usual ones");
    }
    if (good)
        *(const char **)field = own(r->config, memory_text(buffer_text(&words)));
    buffer_finish(&words);
    return good;
}

static bool take_list(struct reading *r, const struct setting *row, void *field, const config_setting_t *s) {
    bool good = true;
    if (!is_list(s))
        return take_text(r, row, field, s);
    for (int i = 0; i < config_setting_length(s); i++)
        good &= take_text(r, row, field, config_setting_get_elem(s, (unsigned)i));
    return good;
}

static void take(struct reading *r, struct config_layer *layer, int at, const struct setting *row,
                 const config_setting_t *s) {
    void *field = setting_field(row, &layer->values);
    bool good = row->type == &type_WORDS  ? take_words(r, row, field, s)
                : row->type == &type_LIST ? take_list(r, row, field, s)
                                          : take_text(r, row, field, s);
    if (good && row->check == setting_check_FILE)
        *(const char **)field =
            own(r->config, config_file_beside(place_of(r->config, s).file, *(const char **)field));
    layer->places[at] = place_of(r->config, s);
}

/* ---- groups ---- */

/* Is `path` a part of a setting's path: of the next levels the first `len` characters are it. */
static bool begins(const char *whole, const char *path, size_t len) {
    return strncmp(whole, path, len) == 0 && whole[len] == '.';
}

static void unknown(struct reading *r, const config_setting_t *s, const char *path, const char *prefix) {
    int count;
    char what[300], names[SETTINGS_MAX][64];
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
    if (skip == 0)
        near_try(&near, "clusters");
    snprintf(what, sizeof what, near.name ? "there is no such setting; did you mean %s?" : "%s",
             near.name ? near.name : "there is no such setting; natsight config lists all");
    fault(r, s, path, what);
}

static void read_cluster(struct reading *r, const config_setting_t *group);

static void read_clusters(struct reading *r, const config_setting_t *list) {
    if (!config_setting_is_list(list)) {
        fault(r, list, "clusters", "takes groups in parentheses: ( { name = \"NAME\"; urls = [\"URL\"]; } )");
        return;
    }
    for (int i = 0; i < config_setting_length(list); i++) {
        const config_setting_t *group = config_setting_get_elem(list, (unsigned)i);
        if (r->config->cluster_count == CONFIG_CLUSTERS_MAX) {
            fault(r, group, "clusters", "there are too many; 64 is the most");
            return;
        }
        if (config_setting_is_group(group))
            read_cluster(r, group);
        else
            fault(r, group, "clusters", "takes groups: { name = \"NAME\"; urls = [\"URL\"]; }");
    }
}

static void read_group(struct reading *r, const config_setting_t *group, const char *prefix) {
    int count;
    const struct setting *all = settings_all(&count);
    for (int i = 0; i < config_setting_length(group); i++) {
        const config_setting_t *s = config_setting_get_elem(group, (unsigned)i);
        char path[200], deeper[210];
        bool known = false;
        size_t len = (size_t)snprintf(path, sizeof path, "%s%.100s", prefix, config_setting_name(s));
        snprintf(deeper, sizeof deeper, "%s.", path);
        if (strcmp(path, "clusters") == 0) {
            read_clusters(r, s);
            continue;
        }
        for (int k = 0; k < count && !known; k++) {
            known = strcmp(all[k].path, path) == 0 || begins(all[k].path, path, len);
            if (known && all[k].path[len] == '\0')
                take(r, &r->config->top, k, &all[k], s);
            else if (known && config_setting_is_group(s))
                read_group(r, s, deeper);
            else if (known)
                fault(r, s, path, "takes a group: { NAME = VALUE; }");
        }
        if (!known)
            unknown(r, s, path, prefix);
    }
}

/* ---- clusters ---- */

static void unknown_of_cluster(struct reading *r, const config_setting_t *s) {
    int count;
    char what[200], key[200];
    const struct setting *rows = settings_of_clusters(&count);
    struct near near = near_begin(config_setting_name(s));
    for (int i = 0; i < count; i++)
        near_try(&near, rows[i].path);
    snprintf(key, sizeof key, "clusters.%.100s", config_setting_name(s));
    snprintf(what, sizeof what, near.name ? "there is no such setting; did you mean %s?" : "%s",
             near.name ? near.name : "there is no such setting; natsight config --default lists all");
    fault(r, s, key, what);
}

/* Two clusters have this row, which only one may; the line of the second is where it says so. */
static void clash(struct reading *r, const struct config_layer *layer, const struct config_layer *other,
                  int row, const char *what) {
    char key[100], place[600];
    int count;
    const struct config_place *at = &layer->places[row], *before = &other->places[row];
    snprintf(key, sizeof key, "clusters.%s", settings_of_clusters(&count)[row].path);
    config_other_place(at->file, before->file, before->line, place, sizeof place);
    config_fault(r->faults, at->file, at->line, key, "%s; the other one is at %s", what, place);
}

static int row_of_cluster(const char *path) {
    int count, at = 0;
    const struct setting *rows = settings_of_clusters(&count);
    while (strcmp(rows[at].path, path) != 0)
        at++;
    return at;
}

static void check_cluster(struct reading *r, const struct config_layer *layer, const config_setting_t *s) {
    const struct options *v = &layer->values;
    char what[300];
    if (v->cluster == NULL)
        fault(r, s, "clusters", "a cluster wants a name to take it by: name = \"NAME\";");
    if (v->url_count == 0)
        fault(r, s, "clusters", "a cluster wants a server to ask: urls = [\"http://HOST:8222\"];");
    if ((v->cert == NULL) != (v->key == NULL))
        fault(r, s, "clusters", "cert and key go together; write both");
    for (int i = 0; i + 1 < r->config->cluster_count; i++) {
        const struct config_layer *other = &r->config->clusters[i];
        if (v->cluster != NULL && other->values.cluster != NULL &&
            strcmp(v->cluster, other->values.cluster) == 0) {
            snprintf(what, sizeof what, "%s is the name of two clusters", options_typed(v->cluster));
            clash(r, layer, other, row_of_cluster("name"), what);
        }
        if (v->cluster_default && other->values.cluster_default)
            clash(r, layer, other, row_of_cluster("default"), "only one cluster can be the default");
    }
}

static void read_cluster(struct reading *r, const config_setting_t *group) {
    int count;
    const struct setting *rows = settings_of_clusters(&count);
    struct config_layer *layer = &r->config->clusters[r->config->cluster_count++];
    r->group = "clusters.";
    for (int i = 0; i < config_setting_length(group); i++) {
        const config_setting_t *s = config_setting_get_elem(group, (unsigned)i);
        int at = 0;
        while (at < count && strcmp(rows[at].path, config_setting_name(s)) != 0)
            at++;
        if (at < count)
            take(r, layer, at, &rows[at], s);
        else
            unknown_of_cluster(r, s);
    }
    r->group = "";
    check_cluster(r, layer, group);
}

/* ---- keys ---- */

static void told_clash(void *faults, const char *where, const char *message) {
    config_fault_at(faults, where, message);
}

/* Which keys are meant, and whether two of them clash, is the map's to say; it names the places. What is
 * wrong by itself clashes with nothing. */
static void bind_keys(struct reading *r) {
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

struct config *config_load_text(const char *path, const char *text, struct config_faults *faults) {
    struct config *c = memory_new(sizeof *c);
    struct reading r = {c, faults, ""};
    c->path = memory_text(path);
    c->parsed = text != NULL && config_file_parse(&c->tree, path, text, faults);
    if (c->parsed)
        read_group(&r, config_root_setting(&c->tree), "");
    if (c->parsed || faults->count == 0)
        bind_keys(&r);
    if (faults->count == 0)
        return c;
    config_free(c);
    return NULL;
}

struct config *config_load(const char *path, struct config_faults *faults) {
    bool pipe = path != NULL && config_file_is_pipe(path);
    char *file = pipe && strcmp(path, "-") == 0 ? memory_text("standard input") : find_file(path);
    char *text = pipe           ? config_pipe_text(path, faults)
                 : file != NULL ? config_file_text(file, faults, NULL, 0)
                                : NULL;
    struct config *c = config_load_text(file != NULL ? file : "", text, faults);
    free(text);
    free(file);
    return c;
}

void config_free(struct config *c) {
    if (c == NULL)
        return;
    for (int i = 0; i < c->cluster_count; i++)
        free((void *)c->clusters[i].values.urls);
    for (int i = 0; i < c->owned_count; i++)
        free(c->owned[i]);
    free(c->owned);
    free(c->path);
    if (c->parsed)
        config_destroy(&c->tree);
    free(c);
}

const char *config_path(const struct config *c) {
    return c->path;
}

const struct keymap *config_keymap(const struct config *c) {
    return &c->keymap;
}
