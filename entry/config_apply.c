/* What is in force: typed, else environment, else file, else default. */
#include "entry/config_layer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/near.h"
#include "base/url.h"
#include "entry/way_in.h"

static void copy(const struct setting *row, struct options *out, const struct options *from) {
    memcpy(setting_field(row, out), (const char *)from + row->offset, row->type->size);
}

/* NULL: it says nothing of this setting. */
static const char *from_environment(const struct setting *row, const char **value) {
    const char *no_color = getenv("NO_COLOR");
    if (strcmp(row->path, "color") != 0 || no_color == NULL || no_color[0] == '\0')
        return NULL;
    *value = "never";
    return "NO_COLOR";
}

/* ---- the cluster ---- */

static const struct options *says(const struct config_item *cluster) {
    return cluster->values;
}

static const struct config_item *named(const struct config *c, const char *name) {
    int count;
    const struct config_item *clusters = config_items(c, LIST_CLUSTERS, &count);
    for (int i = 0; i < count; i++)
        if (strcmp(says(&clusters[i])->cluster, name) == 0)
            return &clusters[i];
    return NULL;
}

bool config_has_cluster(const struct config *c, const char *name) {
    return named(c, name) != NULL;
}

bool config_cluster_slip(const struct config *c, const struct options *typed, char *out, size_t size) {
    int count;
    const struct config_item *clusters = config_items(c, LIST_CLUSTERS, &count);
    const char *word = typed->url_count == 1 ? typed->urls[0] : "";
    if (count == 0 || word[0] == '\0' || strpbrk(word, ".:/[") != NULL || strcmp(word, "localhost") == 0 ||
        strcmp(word, "-") == 0 || config_has_cluster(c, word))
        return false;
    struct near near = near_begin(word);
    for (int i = 0; i < count; i++)
        near_try(&near, says(&clusters[i])->cluster);
    snprintf(out, size, "no cluster of the configuration is called %s, so it is taken for a host%s%.100s%s",
             options_typed(word), near.name != NULL ? "; did you mean " : "",
             near.name != NULL ? near.name : "", near.name != NULL ? "?" : "");
    return true;
}

static const struct config_item *by_default(const struct config *c) {
    int count;
    const struct config_item *clusters = config_items(c, LIST_CLUSTERS, &count);
    for (int i = 0; i < count; i++)
        if (says(&clusters[i])->cluster_default)
            return &clusters[i];
    return count == 1 ? &clusters[0] : NULL;
}

/* A URL that is written out is still the cluster's that names it: its label and colour hold. */
static const struct config_item *by_url(const struct config *c, const char *text) {
    struct url typed, url;
    char why[200];
    int count;
    const struct config_item *clusters = config_items(c, LIST_CLUSTERS, &count);
    if (!url_parse(&typed, text, why, sizeof why))
        return NULL;
    for (int i = 0; i < count; i++)
        for (int k = 0; k < says(&clusters[i])->url_count; k++)
            if (url_parse(&url, says(&clusters[i])->urls[k], why, sizeof why) && url_same(&url, &typed))
                return &clusters[i];
    return NULL;
}

static const struct config_item *taken(const struct config *c, const struct options *typed, bool *whole) {
    *whole = typed->url_count == 0;
    if (*whole)
        return by_default(c);
    const struct config_item *item = typed->url_count == 1 ? named(c, typed->urls[0]) : NULL;
    *whole = item != NULL;
    return item != NULL ? item : by_url(c, typed->urls[0]);
}

static void check_file(const struct setting *row, const struct config_item *item, int at,
                       const struct options *out, struct config_faults *faults) {
    if (row->check != setting_check_FILE)
        return; /* only then is the field a text */
    const char *path = *(const char *const *)((const char *)out + row->offset);
    if (path == NULL || access(path, R_OK) == 0)
        return;
    config_fault(faults, item->places[at].file, item->places[at].line, row->path, "%s: %s",
                 options_typed(path), errno == ENOENT ? "there is no such file" : "this file can't be read");
}

static void check_way_in(const struct config_item *item, const struct options *out,
                         struct config_faults *faults) {
    const struct setting_list_info *list = &setting_lists[LIST_CLUSTERS];
    char why[500];
    const char *wrong = way_in_fault(out, why, sizeof why);
    for (int i = 0; i < list->row_count && wrong != NULL; i++)
        if (strcmp(list->rows[i].path, wrong) == 0 && item->places[i].line > 0)
            config_fault(faults, item->places[i].file, item->places[i].line, NULL, "clusters.%s: %s", wrong,
                         why);
}

static void take_cluster(const struct config_item *item, bool whole, struct options *out,
                         struct config_faults *faults) {
    const struct setting_list_info *list = &setting_lists[LIST_CLUSTERS];
    const struct setting *rows = list->rows;
    if (whole)
        out->urls = NULL, out->url_count = 0;
    for (int i = 0; i < list->row_count; i++) {
        if (item->places[i].line == 0 || setting_given(&rows[i], out))
            continue;
        copy(&rows[i], out, says(item));
        check_file(&rows[i], item, i, out, faults);
    }
    check_way_in(item, out, faults);
    out->cluster = says(item)->cluster;
    if (out->label == NULL)
        out->label = out->cluster;
}

static void check_words(const struct config *c, const struct options *typed, struct config_faults *faults) {
    for (int i = 0; i < typed->url_count && typed->url_count > 1; i++) {
        const struct config_item *item = named(c, typed->urls[i]);
        if (item != NULL)
            config_fault(faults, item->places[0].file, item->places[0].line, NULL,
                         "%s is a cluster; write it alone", typed->urls[i]);
    }
}

/* ---- all ---- */

bool config_apply(const struct config *c, const struct options *typed, struct options *out,
                  struct config_faults *faults) {
    int count, before = faults->count;
    bool whole;
    const struct setting *all = settings_all(&count);
    *out = *typed;
    out->typed = typed;
    out->config = c;
    for (int i = 0; i < count; i++) {
        const char *value;
        if (setting_given(&all[i], out))
            continue;
        if (from_environment(&all[i], &value) != NULL)
            all[i].type->take(all[i].words, setting_field(&all[i], out), value);
        else if (c->top.places[i].line > 0)
            copy(&all[i], out, &c->top.values);
    }
    if (typed->url_count == 1 && strcmp(typed->urls[0], "-") == 0)
        return faults->count == before;
    check_words(c, typed, faults);
    const struct config_item *item = taken(c, typed, &whole);
    if (item != NULL)
        take_cluster(item, whole, out, faults);
    way_in_by_default(out);
    return faults->count == before;
}

/* ---- where from ---- */

bool config_changed(const struct setting *row, const struct options *in_force) {
    struct options loaded;
    struct config_faults faults = {0};
    char now[SETTING_TEXT], then[SETTING_TEXT];
    config_apply(in_force->config, in_force->typed, &loaded, &faults);
    config_faults_finish(&faults);
    setting_show(row, in_force, now, sizeof now);
    setting_show(row, &loaded, then, sizeof then);
    return strcmp(now, then) != 0;
}

/* NULL: it is no binding, or still has all of its keys. */
static const struct keymap_row *robbed(const struct setting *row, const struct options *in_force) {
    static const char group[] = "keys.";
    size_t len = sizeof group - 1;
    const struct keymap_row *keys = strncmp(row->path, group, len) == 0
                                        ? keymap_row_named(&in_force->config->keymap, row->path + len)
                                        : NULL;
    return keys != NULL && keys->lost[0] != '\0' ? keys : NULL;
}

void config_show(const struct setting *row, const struct options *in_force, char *out, size_t size) {
    const struct keymap_row *keys = robbed(row, in_force);
    if (keys != NULL)
        snprintf(out, size, "\"%s\"", keys->text);
    else
        setting_show(row, in_force, out, size);
}

/* Of what the file says of it; line 0: nothing. */
static struct config_place place_of(const struct setting *row, const struct options *in_force) {
    int count;
    const struct setting_list_info *list = &setting_lists[LIST_CLUSTERS];
    const struct config *c = in_force->config;
    if (row < list->rows || row >= list->rows + list->row_count)
        return c->top.places[row - settings_all(&count)];
    const struct config_item *cluster = in_force->cluster != NULL ? named(c, in_force->cluster) : NULL;
    return cluster != NULL ? cluster->places[row - list->rows] : (struct config_place){0};
}

void config_origin(const struct setting *row, const struct options *in_force, char *out, size_t size) {
    const char *value, *variable = from_environment(row, &value);
    const struct config *c = in_force->config;
    struct config_place place = place_of(row, in_force);
    bool typed = setting_given(row, in_force->typed) &&
                 !(strcmp(row->path, "urls") == 0 && named(c, in_force->typed->urls[0]) != NULL);
    bool selected = in_force->context_by != NULL && strcmp(row->path, "context") == 0;
    if (config_changed(row, in_force))
        snprintf(out, size, "changed here");
    else if (selected)
        snprintf(out, size, "selected: %s", in_force->context_by);
    else if (typed)
        snprintf(out, size, "option");
    else if (variable != NULL)
        snprintf(out, size, "environment: %s", variable);
    else if (place.line > 0)
        snprintf(out, size, "%s:%d", place.file, place.line);
    else if (robbed(row, in_force) != NULL)
        snprintf(out, size, "default; %s", robbed(row, in_force)->lost);
    else
        snprintf(out, size, "default");
}
