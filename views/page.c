#include "views/page.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "views/place.h"

enum { ROOMY = 100, NARROW = 70, TITLED = 50 };

static const struct page_kind {
    const char *title, *none;
    int name, account, worse; /* quantities */
} page_kinds[OBJECT_KIND_COUNT] = {
    [OBJECT_CONNECTION] = {"CONNECTION", "no connections", Q_CONNECTION_name, Q_CONNECTION_account,
                           Q_CONNECTION_pending_bytes},
    [OBJECT_STREAM] = {"STREAM", "no streams", Q_STREAM_name, Q_STREAM_account, Q_STREAM_in_msgs_per_s},
    [OBJECT_CONSUMER] = {"CONSUMER", "no consumers", Q_CONSUMER_path, Q_CONSUMER_account, Q_CONSUMER_lag},
};

const char *page_title(const struct page *page) {
    return page_kinds[page->kind].title;
}

const char *page_none(const struct page *page) {
    return page_kinds[page->kind].none;
}

enum quantity page_name(enum object_kind kind) {
    return (enum quantity)page_kinds[kind].name;
}

static const char *name_of(const struct model *model, const struct object *object) {
    return quantity_name_text(model, object, (enum quantity)page_kinds[object->kind].name);
}

/* ---- which ---- */

static bool is_worse(const struct model *model, const struct object *a, const struct object *b) {
    enum quantity q = (enum quantity)page_kinds[a->kind].worse;
    enum severity left = model_severity(model, a), right = model_severity(model, b);
    return left != right ? left > right
                         : value_compare(quantity_get(model, a, q), quantity_get(model, b, q)) > 0;
}

const struct object *page_object(const struct page *page, const struct view_context *context) {
    size_t count;
    const struct model *model = context->model;
    const struct object *object = context->object ? model_object(model, context->object) : NULL;
    const struct object *const *all = model_objects(model, page->kind, &count);
    if (context->object)
        return object && object->kind == page->kind ? object : NULL;
    for (size_t i = 0; i < count; i++)
        if (all[i]->freshness != FRESH_GONE && (!object || is_worse(model, all[i], object)))
            object = all[i];
    return object;
}

/* By account and name; what is called alike in another cluster by what came first. */
static int order(const struct model *model, const struct object *a, const struct object *b) {
    const struct page_kind *kind = &page_kinds[a->kind];
    int by = value_compare(quantity_get(model, a, (enum quantity)kind->account),
                           quantity_get(model, b, (enum quantity)kind->account));
    if (!by)
        by = strcmp(name_of(model, a), name_of(model, b));
    return by ? by : (a->id > b->id) - (a->id < b->id);
}

/* The nearest one on that side; behind the last one comes the first. */
static const struct object *neighbour(const struct model *model, const struct object *of, int side) {
    size_t count;
    const struct object *near = NULL, *far = NULL;
    const struct object *const *all = model_objects(model, of->kind, &count);
    for (size_t i = 0; i < count; i++) {
        if (all[i]->freshness == FRESH_GONE || all[i] == of)
            continue;
        if (order(model, all[i], of) * side > 0) {
            if (!near || order(model, all[i], near) * side < 0)
                near = all[i];
        } else if (!far || order(model, all[i], far) * side < 0) {
            far = all[i];
        }
    }
    return near ? near : far;
}

const struct object *page_shown(const struct view_call *c) {
    const struct page *page = c->state;
    return page->shown ? model_object(c->context->model, page->shown) : NULL;
}

const struct object *page_on_trail(const struct view_context *context, const struct object *of, int side) {
    size_t count = context->trail_count, at = 0;
    while (at < count && context->trail[at] != of->id)
        at++;
    for (size_t n = 1; at < count && n < count; n++) {
        const struct object *object =
            model_object(context->model, context->trail[(at + (side > 0 ? n : count - n)) % count]);
        if (object && object->kind == of->kind)
            return object;
    }
    return NULL;
}

static unsigned step(struct view_call *c, int side) {
    const struct object *shown = page_shown(c);
    const struct object *next = shown ? page_on_trail(c->context, shown, side) : NULL;
    if (shown && !next)
        next = neighbour(c->context->model, shown, side);
    return place_go(c, next);
}

unsigned page_next(void *call) {
    return step(call, 1);
}

unsigned page_previous(void *call) {
    return step(call, -1);
}

unsigned page_copy(void *call) {
    return place_copy(call, page_shown(call));
}

/* ---- its parts ---- */

static int next_part(const struct page *page) {
    return page->parts[page->part + 1].name ? page->part + 1 : 0;
}

unsigned page_next_part(void *call) {
    struct page *page = ((struct view_call *)call)->state;
    page->part = next_part(page);
    return REACT_DRAW;
}

unsigned page_previous_part(void *call) {
    struct page *page = ((struct view_call *)call)->state;
    int part = page->part;
    do
        page->part = next_part(page);
    while (next_part(page) != part);
    return REACT_DRAW;
}

unsigned page_back(void *call) {
    struct page *page = ((struct view_call *)call)->state;
    if (page->part == 0)
        return REACT_PASS;
    page->part = 0;
    return REACT_DRAW;
}

/* ---- lines ---- */

struct rect page_take(struct rect *left, int rows) {
    struct rect taken = rect_cut(*left, (struct rect){left->x, left->y, left->w, rows});
    *left = rect_below(*left, rows);
    return taken;
}

void page_keys(const struct page *page, int width, char *out, size_t size) {
    char part[32], previous[32], next[32], back[32], others[100];
    out[0] = 0;
    if (width <= TITLED)
        return;
    keymap_first(ACTION_NEXT_PART, part, sizeof(part));
    keymap_first(ACTION_PREVIOUS_OBJECT, previous, sizeof(previous));
    keymap_first(ACTION_NEXT_OBJECT, next, sizeof(next));
    keymap_first(ACTION_BACK, back, sizeof(back));
    snprintf(others, sizeof(others), "%s %s %snext   ", previous, next, width >= ROOMY ? "previous, " : "");
    snprintf(out, size, "%s%s%s%s%s%s back", part, *part ? " " : "",
             *part ? page->parts[next_part(page)].name : "", *part ? "   " : "", width < NARROW ? "" : others,
             back);
}

/* With its mark, in as many rows as it needs of those there are: "!! stalled acks: ack window 1000/1000".
 * Returns how many. */
int page_line_put(const struct page_line *line, struct surface *s, struct rect area) {
    char all[1400], cut[1400];
    struct rect rest = {area.x + 3, area.y, area.w - 3, area.h};
    snprintf(all, sizeof(all), "%s%s%s", line->head, *line->head && *line->text ? ": " : "", line->text);
    const char *left = all;
    int rows = 0;
    for (; *left && rows < area.h && rest.w > 0; rows++) {
        size_t len = text_line(left, rest.w);
        snprintf(cut, sizeof(cut), "%.*s", (int)len, left);
        if (rows == area.h - 1)
            text_cut(cut, sizeof(cut), left, rest.w);
        if (s)
            surface_text(s, rest, rest.x, rest.y + rows, ROLE_TEXT, 0, cut);
        left += len;
        left += strspn(left, " ");
    }
    if (s && rows) {
        text_cut(cut, sizeof(cut), line->head, rest.w);
        surface_text(s, rest, rest.x, rest.y, ROLE_TEXT, ATTR_BOLD, cut);
        if (line->severity >= 0)
            surface_text(s, area, area.x, area.y, table_mark_role(line->severity), ATTR_BOLD,
                         table_mark(line->severity));
    }
    return rows;
}
