/* Lists of groups: clusters, hooks. What one of them may say is a row of settings.def; what has to hold of
 * the whole of one is checked here. */
#include "entry/config_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/near.h"
#include "base/text.h"
#include "outward/hook.h"

enum { KEY_SIZE = 120 };

struct reading_list {
    struct config_reading *reading;
    enum setting_list list;
    const struct setting_list_info *info;
};

/* ---- what has to hold of one of them ---- */

static void check_cluster(struct reading_list *l, struct config_item *item, const config_setting_t *s) {
    const struct options *v = item->values;
    if (v->cluster == NULL)
        config_fault_of(l->reading, s, "clusters", "a cluster wants a name to take it by: name = \"NAME\";");
    if (v->url_count == 0 && v->context == NULL)
        config_fault_of(l->reading, s, "clusters",
                        "a cluster wants a server to ask: urls = [\"http://HOST:8222\"]; or a context");
    if ((v->cert == NULL) != (v->key == NULL))
        config_fault_of(l->reading, s, "clusters", "cert and key go together; write both");
}

static const struct config_place *place_named(const struct reading_list *l, const struct config_item *item,
                                              const char *row) {
    int at = 0;
    while (strcmp(l->info->rows[at].path, row) != 0)
        at++;
    return &item->places[at];
}

/* A program of a folder is beside the file. Several words in one text are most likely meant for a shell. */
static void check_hook(struct reading_list *l, struct config_item *item, const config_setting_t *s) {
    struct hook_said *v = item->values;
    const struct config_place *place = place_named(l, item, "command");
    if (v->command_count == 0 || v->command[0][0] == '\0') {
        config_fault_of(l->reading, s, "hooks", "a hook wants a program: command = [\"PROGRAM\", \"WORD\"];");
        return;
    }
    if (strchr(v->command[0], '/') != NULL)
        v->command[0] = config_own(l->reading->config, config_file_beside(place->file, v->command[0]));
    else if (strchr(v->command[0], ' ') != NULL)
        config_fault(l->reading->faults, place->file, place->line, "hooks.command",
                     "%s: no shell takes this apart; write each word: [\"PROGRAM\", \"WORD\"]",
                     options_typed(v->command[0]));
}

static void (*const checks[SETTING_LISTS])(struct reading_list *l, struct config_item *item,
                                           const config_setting_t *s) = {
    [LIST_CLUSTERS] = check_cluster,
    [LIST_HOOKS] = check_hook,
};

/* ---- what only one of them may say ---- */

/* The line of the second is where it says so. */
static void clash(struct reading_list *l, const struct config_item *item, const struct config_item *other,
                  int row, const char *what) {
    char key[KEY_SIZE], place[600];
    const struct config_place *at = &item->places[row], *before = &other->places[row];
    snprintf(key, sizeof key, "%s.%s", l->info->name, l->info->rows[row].path);
    config_other_place(at->file, before->file, before->line, place, sizeof place);
    config_fault(l->reading->faults, at->file, at->line, key, "%s; the other one is at %s", what, place);
}

static const void *field_of(const struct config_item *item, const struct setting *row) {
    return (const char *)item->values + row->offset;
}

static void check_single(struct reading_list *l, const struct config_item *item,
                         const struct config_item *other, int row) {
    char what[400];
    const struct setting *s = &l->info->rows[row];
    if (item->places[row].line == 0 || other->places[row].line == 0)
        return;
    if (s->type == &type_FLAG) {
        snprintf(what, sizeof what, "only one %s can be the %s", l->info->one, s->path);
        if (*(const bool *)field_of(item, s) && *(const bool *)field_of(other, s))
            clash(l, item, other, row, what);
        return;
    }
    const char *text = *(const char *const *)field_of(item, s),
               *before = *(const char *const *)field_of(other, s);
    if (text == NULL || before == NULL || strcmp(text, before) != 0)
        return;
    snprintf(what, sizeof what, "%s is the %s of two %s", options_typed(text), s->path, l->info->name);
    clash(l, item, other, row, what);
}

/* Rows whose value only one of the list may have: true, or this text. */
static void check_singles(struct reading_list *l, const struct config_items *items) {
    const struct config_item *last = &items->items[items->count - 1];
    for (int row = 0; row < l->info->row_count; row++)
        for (int i = 0; l->info->rows[row].single && i + 1 < items->count; i++)
            check_single(l, last, &items->items[i], row);
}

/* ---- reading ---- */

static void unknown(struct reading_list *l, const config_setting_t *s) {
    char key[KEY_SIZE];
    struct near near = near_begin(config_setting_name(s));
    for (int i = 0; i < l->info->row_count; i++)
        near_try(&near, l->info->rows[i].path);
    snprintf(key, sizeof key, "%s.%.100s", l->info->name, config_setting_name(s));
    config_unknown(l->reading, s, key, &near, "natsight config --default lists all");
}

static void take_group(struct reading_list *l, const config_setting_t *group) {
    struct config_items *items = &l->reading->config->lists[l->list];
    char prefix[KEY_SIZE];
    items->items = memory_grow(items->items, (size_t)items->count + 1, sizeof *items->items);
    struct config_item *item = &items->items[items->count++];
    *item = (struct config_item){.values = memory_new(l->info->size),
                                 .places = memory_array((size_t)l->info->row_count, sizeof *item->places),
                                 .place = config_place_of(l->reading->config, group)};
    snprintf(prefix, sizeof prefix, "%s.", l->info->name);
    l->reading->group = prefix;
    l->reading->text_most = l->info->text_most;
    for (int i = 0; i < config_setting_length(group); i++) {
        const config_setting_t *s = config_setting_get_elem(group, (unsigned)i);
        int at = 0;
        while (at < l->info->row_count && strcmp(l->info->rows[at].path, config_setting_name(s)) != 0)
            at++;
        if (at < l->info->row_count)
            config_take(l->reading, &l->info->rows[at], item->values, &item->places[at], s);
        else
            unknown(l, s);
    }
    l->reading->group = "";
    l->reading->text_most = TEXT_MAX_BYTES;
    if (checks[l->list] != NULL)
        checks[l->list](l, item, group);
    check_singles(l, items);
}

void config_take_list(struct config_reading *r, enum setting_list list, const config_setting_t *s) {
    struct reading_list l = {r, list, &setting_lists[list]};
    char what[300];
    if (!config_setting_is_list(s)) {
        snprintf(what, sizeof what, "takes groups in parentheses: ( %s )", l.info->example);
        config_fault_of(r, s, l.info->name, what);
        return;
    }
    for (int i = 0; i < config_setting_length(s); i++) {
        const config_setting_t *group = config_setting_get_elem(s, (unsigned)i);
        snprintf(what, sizeof what, "there are too many; %d is the most", l.info->most);
        if (r->config->lists[list].count == l.info->most) {
            config_fault_of(r, group, l.info->name, what);
            return;
        }
        snprintf(what, sizeof what, "takes groups: %s", l.info->example);
        if (config_setting_is_group(group))
            take_group(&l, group);
        else
            config_fault_of(r, group, l.info->name, what);
    }
}

/* ---- what was read ---- */

const struct config_item *config_items(const struct config *c, enum setting_list list, int *count) {
    *count = c->lists[list].count;
    return c->lists[list].items;
}

static void free_item(const struct setting_list_info *info, struct config_item *item) {
    for (int i = 0; i < info->row_count; i++)
        if (info->rows[i].type == &type_LIST)
            free(*(void *const *)field_of(item, &info->rows[i]));
    free(item->values);
    free(item->places);
}

void config_free_lists(struct config *c) {
    for (int list = 0; list < SETTING_LISTS; list++) {
        for (int i = 0; i < c->lists[list].count; i++)
            free_item(&setting_lists[list], &c->lists[list].items[i]);
        free(c->lists[list].items);
    }
}
