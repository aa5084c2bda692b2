/* Clients that were cut again and again: what their cuts have in common, a line each. */
#include "views/slow_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { INDENT = 3 };

struct worst {
    const struct object *client;
    double cuts;
    int64_t last_ns;
};

static struct worst worst_of(const struct model *model, const struct object *client) {
    struct worst w = {client, 0, quantity_get(model, client, Q_CLIENT_last_cut).i};
    quantity_value(model, client, Q_CLIENT_cuts_10m, &w.cuts);
    return w;
}

static bool is_worse(const struct worst *a, const struct worst *b) {
    return !b->client || a->cuts > b->cuts || (a->cuts == b->cuts && a->last_ns > b->last_ns);
}

/* Those that were cut more than once in ten minutes, the worst first. */
static int find_worst(const struct model *model, struct worst *out, int most) {
    size_t count;
    const struct object *const *all = model_objects(model, OBJECT_CLIENT, &count);
    int found = 0;
    for (size_t i = 0; i < count; i++) {
        struct worst w = worst_of(model, all[i]);
        if (w.cuts < 2)
            continue;
        int at = found < most ? found++ : most;
        for (; at > 0 && is_worse(&w, &out[at - 1]); at--)
            if (at < most)
                out[at] = out[at - 1];
        if (at < most)
            out[at] = w;
    }
    return found;
}

int slow_patterns(const struct view_context *context) {
    struct worst worst[SLOW_PATTERNS];
    return find_worst(context->model, worst, SLOW_PATTERNS);
}

void slow_patterns_draw(const struct view_context *context, struct surface *s, struct rect area) {
    struct worst worst[SLOW_PATTERNS];
    int count = find_worst(context->model, worst, SLOW_PATTERNS);
    for (int i = 0; i < count && i < area.h; i++) {
        char cut[1100];
        int x = area.x + INDENT, y = area.y + i;
        if (area.w >= 60)
            x += surface_text(s, area, x, y, ROLE_HEAD, ATTR_BOLD, i ? "" : "PATTERN") + (i ? 7 : 0) + 1;
        /* What follows from it stands at the end. */
        text_cut_parts(cut, sizeof(cut),
                       quantity_name_text(context->model, worst[i].client, Q_CLIENT_pattern), ' ',
                       area.x + area.w - x);
        surface_text(s, area, x, y, ROLE_TEXT, 0, cut);
    }
}

/* ---- whose connections ---- */

static bool same(const struct model *model, const struct object *client, enum quantity of_client,
                 const struct object *connection, enum quantity of_connection) {
    return strcmp(quantity_name_text(model, client, of_client),
                  quantity_name_text(model, connection, of_connection)) == 0;
}

static bool is_of(const struct model *model, const struct object *client, const struct object *connection) {
    static const struct {
        const char *by;
        enum quantity quantity;
    } keys[] = {{"name", Q_CONNECTION_name}, {"user", Q_CONNECTION_user}, {"address", Q_CONNECTION_address}};
    const char *by = quantity_name_text(model, client, Q_CLIENT_by);
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (strcmp(by, keys[i].by) == 0)
            return same(model, client, Q_CLIENT_account, connection, Q_CONNECTION_account) &&
                   same(model, client, Q_CLIENT_name, connection, keys[i].quantity);
    return false;
}

const struct object *slow_client_of(const struct model *model, const struct object *connection) {
    size_t count;
    const struct object *const *all = model_objects(model, OBJECT_CLIENT, &count);
    for (size_t i = 0; i < count; i++)
        if (is_of(model, all[i], connection))
            return all[i];
    return NULL;
}

const struct object *slow_last_of(const struct view_context *context, const struct object *client) {
    size_t count;
    const struct object *const *all = model_objects(context->model, OBJECT_CONNECTION, &count), *last = NULL;
    int64_t least = INT64_MAX;
    for (size_t i = 0; i < count; i++) {
        int64_t ago = model_is_closed(all[i]) ? slow_closed_ago(context, all[i]) : TIME_UNSET;
        if (ago == TIME_UNSET || ago >= least || !is_of(context->model, client, all[i]))
            continue;
        least = ago;
        last = all[i];
    }
    return last;
}
