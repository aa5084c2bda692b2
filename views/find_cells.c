#include "views/find_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "views/asset_name.h"
#include "views/clusters.h"

enum { NUMBER_WIDTH = 7 };

struct said {
    const struct view_context *context;
    const struct find_kind *kind;
    const struct find_hit *hit;
    int width; /* 0: as much as it needs */
    char *out;
    size_t size;
};

static void put(const struct said *c, const char *text) {
    if (c->width > 0)
        text_cut(c->out, c->size, text, c->width);
    else
        snprintf(c->out, c->size, "%s", text);
}

static void kind_text(const struct said *c) {
    put(c, c->width == 0 || text_width(c->kind->word) <= c->width ? c->kind->word : c->kind->brief);
}

/* "billing-7 cid 4711", "cid 4711", "ORDERS / billing" */
static void name_text(const struct said *c) {
    char name[600], number[40] = "";
    const struct object *object = c->hit->object;
    if (!object) {
        put(c, c->hit->name);
        return;
    }
    if (c->kind->number != FIND_END) {
        struct value v = quantity_get(c->context->model, object, c->kind->number);
        if (v.type == VALUE_UINT)
            snprintf(number, sizeof(number), "%s %llu", quantities[c->kind->number].name,
                     (unsigned long long)v.u);
    }
    int room = c->width - (*number ? (int)strlen(number) + 1 : 0);
    if (asset_name(name, sizeof(name), c->context->model, object, c->kind->shown, false, c->width)) {
        put(c, name);
        return;
    }
    const char *text = quantity_name_text(c->context->model, object, c->kind->shown);
    if (c->width > 0 && room > 0 && quantities[c->kind->shown].flags & QUANTITY_SUBJECT)
        text_cut_parts(name, sizeof(name), text, '.', room);
    else if (c->width > 0 && room > 0)
        text_cut_middle(name, sizeof(name), text, room);
    else
        snprintf(name, sizeof(name), "%s", c->width > 0 ? "" : text);
    snprintf(c->out, c->size, "%s%s%s", name, *name && *number ? " " : "", number);
}

/* "n2-lon/PAY", of several clusters "east/n2-lon/PAY". */
static void where_text(const struct said *c) {
    char all[600] = "";
    size_t len = 0;
    const enum quantity *where = c->kind->where;
    bool several = clusters_count(c->context->model).clusters > 1 || (c->hit->object && where[1] == FIND_END);
    const struct object *cluster =
        c->hit->account && several ? model_object(c->context->model, c->hit->account->cluster) : NULL;
    if (cluster)
        snprintf(all, sizeof(all), "%s", quantity_name_text(c->context->model, cluster, Q_CLUSTER_name));
    for (int i = 0; i < 3 && c->hit->object && where[i] != FIND_END && len < sizeof(all); i++) {
        const char *text = quantity_name_text(c->context->model, c->hit->object, where[i]);
        if (!(quantities[where[i]].flags & QUANTITY_WHERE) || several)
            len += (size_t)snprintf(all + len, sizeof(all) - len, "%s%s", len ? "/" : "", *text ? text : "-");
    }
    if (c->width > 0)
        text_cut_middle(c->out, c->size, all, c->width);
    else
        put(c, all);
}

/* "open~": as last seen. */
static void state_text(const struct said *c) {
    char text[200] = "";
    if (c->hit->object && c->kind->state != FIND_END)
        quantity_text(text, sizeof(text), c->context, c->hit->object, c->kind->state,
                      c->width > 0 ? c->width : (int)sizeof(text));
    put(c, text);
}

static bool figure_at(const struct said *c, int i, char *out, size_t size) {
    char number[80];
    const struct find_figure *figure = &c->kind->figures[i];
    if (figure->quantity == FIND_END)
        return false;
    out[0] = '\0';
    if (quantity_get(c->context->model, c->hit->object, figure->quantity).type == VALUE_UNKNOWN)
        return true;
    quantity_text_unit(number, sizeof(number), c->context, c->hit->object, figure->quantity, NUMBER_WIDTH,
                       figure->unit);
    snprintf(out, size, "%s%s", figure->before, number);
    return true;
}

/* What an account has. */
static bool possession_at(const struct said *c, int i, char *out, size_t size) {
    if (i >= find_source_count)
        return false;
    size_t has = c->hit->account->has[i];
    snprintf(out, size, "%zu %s", has, has == 1 ? find_sources[i].singular : find_sources[i].plural);
    if (has == 0)
        out[0] = '\0';
    return true;
}

/* What is known, as much as fits. */
static void figure_text(const struct said *c) {
    char all[300] = "", one[120];
    size_t len = 0;
    for (int i = 0;
         c->hit->object ? figure_at(c, i, one, sizeof(one)) : possession_at(c, i, one, sizeof(one)); i++) {
        int needed = text_width(all) + (len ? 2 : 0) + text_width(one);
        if (*one && (len == 0 || c->width == 0 || needed <= c->width) && len < sizeof(all))
            len += (size_t)snprintf(all + len, sizeof(all) - len, "%s%s", len ? "  " : "", one);
    }
    put(c, *all || !c->hit->object ? all : "-");
}

/* "account PAY": what else than its name has the word. */
static void by_text(const struct said *c) {
    char text[400] = "";
    if (!find_is_name(c->kind, c->hit->by)) {
        enum quantity q = c->kind->searched[c->hit->by];
        snprintf(text, sizeof(text), "%s %s", quantities[q].name,
                 quantity_name_text(c->context->model, c->hit->object, q));
        for (char *at = text; *at && *at != ' '; at++)
            *at = *at == '_' ? ' ' : *at;
    }
    put(c, text);
}

static void (*const texts[FIND_COLUMNS])(const struct said *c) = {
    [FIND_KIND] = kind_text,   [FIND_NAME] = name_text,     [FIND_WHERE] = where_text,
    [FIND_STATE] = state_text, [FIND_FIGURE] = figure_text, [FIND_BY] = by_text,
};

void find_text(const struct view_context *context, const struct find_kind *kind, const struct find_hit *hit,
               enum find_column column, int width, char *out, size_t size) {
    struct said cell = {context, kind, hit, width, out, size};
    out[0] = '\0';
    texts[column](&cell);
}
