#include "views/asset_page.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "views/asset_name.h"
#include "views/jetstream_heard.h"
#include "views/place.h"

enum { FEW_ROWS = 12, BESIDE = 16, LINES_MOST = 3, LAG_COLUMN = 1, ROOMY = 100, NARROW = 70 };

static const struct page_kind {
    const char *title, *none;
    int name, account, worse; /* quantities */
} page_kinds[OBJECT_KIND_COUNT] = {
    [OBJECT_STREAM] = {"STREAM", "no streams", Q_STREAM_name, Q_STREAM_account, Q_STREAM_in_msgs_per_s},
    [OBJECT_CONSUMER] = {"CONSUMER", "no consumers", Q_CONSUMER_path, Q_CONSUMER_account, Q_CONSUMER_lag},
};

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

const struct object *asset_page_object(const struct asset_page *page, const struct view_context *context) {
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

static const struct object *shown_of(const struct view_call *c) {
    const struct asset_page *page = c->state;
    return page->shown ? model_object(c->context->model, page->shown) : NULL;
}

static unsigned step(struct view_call *c, int side) {
    const struct object *shown = shown_of(c);
    const struct object *next = shown ? neighbour(c->context->model, shown, side) : NULL;
    return place_go(c, next);
}

unsigned asset_page_next(void *call) {
    return step(call, 1);
}

unsigned asset_page_previous(void *call) {
    return step(call, -1);
}

unsigned asset_page_copy(void *call) {
    return place_copy(call, shown_of(call));
}

unsigned asset_page_server(void *call) {
    struct view_call *c = call;
    const struct object *shown = shown_of(c);
    const struct object *server = shown ? place_server(c->context->model, shown) : NULL;
    if (server)
        return place_go(c, server);
    c->request->say = "its leader is not known";
    return REACT_DRAW;
}

/* ---- its parts ---- */

static int next_part(const struct asset_page *page) {
    return page->parts[page->part + 1].name ? page->part + 1 : 0;
}

unsigned asset_page_next_part(void *call) {
    struct asset_page *page = ((struct view_call *)call)->state;
    page->part = next_part(page);
    return REACT_DRAW;
}

unsigned asset_page_previous_part(void *call) {
    struct asset_page *page = ((struct view_call *)call)->state;
    int part = page->part;
    do
        page->part = next_part(page);
    while (next_part(page) != part);
    return REACT_DRAW;
}

unsigned asset_page_back(void *call) {
    struct asset_page *page = ((struct view_call *)call)->state;
    if (page->part == 0)
        return REACT_PASS;
    page->part = 0;
    return REACT_DRAW;
}

/* ---- the list ---- */

void asset_page_init(struct asset_page *page, enum object_kind kind, const struct quantity_column *columns,
                     int count, const struct asset_part *parts) {
    page->kind = kind;
    page->parts = parts;
    quantity_list_init(&page->consumers, OBJECT_CONSUMER, columns, count, -1, LAG_COLUMN);
    page->list.first = page->list.focus = &page->consumers;
}

void asset_page_finish(void *state) {
    struct asset_page *page = state;
    quantity_list_finish(&page->consumers);
}

/* ---- lines ---- */

/* "leader_gone" as people write it. */
static void words_of(const char *name, char *out, size_t size) {
    snprintf(out, size, "%s", name);
    for (char *c = out; *c; c++)
        *c = *c == '_' ? ' ' : *c;
}

static void append(char *out, size_t size, const char *between, const char *text) {
    size_t len = strlen(out);
    if (*text && len < size)
        snprintf(out + len, size - len, "%s%s", len ? between : "", text);
}

struct rect asset_page_take(struct rect *left, int rows) {
    struct rect taken = rect_cut(*left, (struct rect){left->x, left->y, left->w, rows});
    *left = rect_below(*left, rows);
    return taken;
}

/* "Tab charts   ( ) next   Esc back" */
static void title_keys(const struct asset_page *page, int width, char *out, size_t size) {
    char part[32], previous[32], next[32], back[32], others[100];
    keymap_first(ACTION_NEXT_PART, part, sizeof(part));
    keymap_first(ACTION_PREVIOUS_OBJECT, previous, sizeof(previous));
    keymap_first(ACTION_NEXT_OBJECT, next, sizeof(next));
    keymap_first(ACTION_BACK, back, sizeof(back));
    snprintf(others, sizeof(others), "%s %s %snext   ", previous, next, width >= ROOMY ? "previous, " : "");
    snprintf(out, size, "%s%s%s%s%s%s back", part, *part ? " " : "",
             *part ? page->parts[next_part(page)].name : "", *part ? "   " : "", width < NARROW ? "" : others,
             back);
}

static void draw_title(const struct asset_page *page, const struct view_context *context,
                       const struct object *object, struct surface *s, struct rect area) {
    char name[600], title[800], keys[200];
    title_keys(page, area.w, keys, sizeof(keys));
    asset_name(name, sizeof(name), context->model, object, (enum quantity)page_kinds[object->kind].name,
               false, area.w > 50 ? area.w - text_width(keys) - BESIDE : area.w - 12);
    const char *shown =
        object->kind == OBJECT_STREAM ? quantity_name_text(context->model, object, Q_STREAM_shown) : "";
    const char *account = model_shared_account(context->model, object);
    bool known_as = *shown && strcmp(shown, name_of(context->model, object)) != 0;
    snprintf(title, sizeof(title), "%s %s%s%.60s", page_kinds[object->kind].title, name, known_as ? ": " : "",
             known_as ? shown : "");
    if (account)
        append(title, sizeof(title), " in account ", account);
    surface_rule(s, area, title, area.w > 50 ? keys : "");
}

void asset_page_nothing(const struct asset_page *page, const struct view_context *context, struct surface *s,
                        struct rect area) {
    const struct page_kind *kind = &page_kinds[page->kind];
    char absence[100];
    jetstream_absence(context->model, absence, sizeof(absence));
    const char *text = context->object                         ? "deleted: no server lists it any more"
                       : !model_has(context->model, SHAPE_JSZ) ? "not collected here"
                       : *absence                              ? absence
                                                               : kind->none;
    surface_rule(s, area, kind->title, "");
    surface_text(s, area, area.x + 1, area.y + 1, ROLE_MUTED, 0, text);
}

struct line {
    int severity;
    char head[200], text[1100];
};

/* With its mark, in as many rows as it needs of those there are: "!! stalled acks: ack window 1000/1000".
 * Returns how many. */
static int put_line(const struct line *line, struct surface *s, struct rect area) {
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
        surface_text(s, area, area.x, area.y, table_mark_role(line->severity), ATTR_BOLD,
                     table_mark(line->severity));
    }
    return rows;
}

/* It says all that a line of its own would. */
static bool is_about_loss(const char *state) {
    return strstr(state, "_data") || strstr(state, "data_");
}

static void stream_state(const struct model *model, const struct object *stream, struct line *out) {
    const char *state = quantity_name_text(model, stream, Q_STREAM_state);
    const char *why = quantity_name_text(model, stream, Q_STREAM_why);
    const char *also = quantity_name_text(model, stream, Q_STREAM_also);
    out->severity = (int)model_severity(model, stream);
    bool wrong = *state && strcmp(state, "ok") != 0;
    bool all = strcmp(state, "leader_gone") == 0 && *why; /* "leader n2 gone 14s" */
    words_of(all ? why : state, out->head, sizeof(out->head));
    append(out->head, sizeof(out->head), ", ", also);
    if (wrong && out->severity == SEVERITY_OK)
        out->severity = SEVERITY_UNKNOWN; /* about to be deleted, or the rules have not been asked since */
    snprintf(out->text, sizeof(out->text), "%s", all ? "" : why);
}

void asset_page_reason(const struct model *model, const struct object *consumer, char *out, size_t size) {
    const char *why = quantity_name_text(model, consumer, Q_CONSUMER_why);
    const char *led = quantity_name_text(model, consumer, Q_CONSUMER_leader_why);
    bool both = *why && *led && !strstr(why, led);
    snprintf(out, size, "%s%s%s", both || !*why ? led : "", both ? "; before: " : "", why);
}

static void consumer_state(const struct model *model, const struct object *consumer, struct line *out) {
    words_of(quantity_name_text(model, consumer, Q_CONSUMER_state), out->head, sizeof(out->head));
    asset_page_reason(model, consumer, out->text, sizeof(out->text));
    out->severity = (int)model_severity(model, consumer);
}

static struct line state_of(const struct model *model, const struct object *object) {
    struct line line = {0};
    (object->kind == OBJECT_STREAM ? stream_state : consumer_state)(model, object, &line);
    return line;
}

void asset_page_dim(const struct asset_page *page, const struct object *object, struct surface *s,
                    struct rect area) {
    if (object->freshness == FRESH_GONE)
        surface_tint(s, rect_below(area, page->loss_at.y - area.y), ROLE_MUTED, 0);
}

static const struct verdict {
    const char *word, *head;
    enum severity severity;
} verdicts[] = {
    {"unknown", "data loss unknown", SEVERITY_UNKNOWN}, {"no", "no data at risk", SEVERITY_OK},
    {"missed", "data was lost", SEVERITY_WARN},         {"at_risk", "data at risk", SEVERITY_WARN},
    {"losing", "losing data", SEVERITY_CRIT},
};

static const struct verdict *verdict_of(const struct model *model, const struct object *object,
                                        enum quantity loss) {
    const char *word = quantity_name_text(model, object, loss);
    for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
        if (strcmp(verdicts[i].word, word) == 0)
            return &verdicts[i];
    return &verdicts[0];
}

static enum quantity loss_of(const struct object *object) {
    return object->kind == OBJECT_CONSUMER ? Q_CONSUMER_loss : Q_STREAM_loss;
}

/* Whether the limits of its stream take what is not processed yet; false where its state says so. */
static bool tells_loss(const struct model *model, const struct object *object) {
    bool gone = object->freshness == FRESH_GONE;
    return !gone && !(object->kind == OBJECT_STREAM &&
                      is_about_loss(quantity_name_text(model, object, Q_STREAM_state)));
}

static struct line loss_line(const struct model *model, const struct object *object) {
    struct line line = {0};
    if (!tells_loss(model, object))
        return line;
    const struct verdict *verdict = verdict_of(model, object, loss_of(object));
    enum quantity why = object->kind == OBJECT_CONSUMER ? Q_CONSUMER_loss_why : Q_STREAM_loss_why;
    line.severity = (int)verdict->severity;
    snprintf(line.text, sizeof(line.text), "%s", quantity_name_text(model, object, why));
    bool later =
        verdict->severity == SEVERITY_OK && strstr(line.text, " at this rate"); /* and no alert yet */
    snprintf(line.head, sizeof(line.head), "%s", later ? "no data at risk yet" : verdict->head);
    return line;
}

/* ---- head and parts ---- */

static int lines_most(int height) {
    int lines = height / 4;
    return lines < 1 ? 1 : lines < LINES_MOST ? lines : LINES_MOST;
}

void asset_page_lay_out(void *state, const struct view_context *context, const struct object *object,
                        struct rect area) {
    struct asset_page *page = state;
    struct rect left = rect_below(area, 1);
    page->few = area.h < FEW_ROWS;
    bool both = !page->few || object->kind == OBJECT_STREAM;
    struct rect most = {0, 0, area.w, lines_most(area.h)}, none = {0};
    struct line how = state_of(context->model, object), loss = loss_line(context->model, object);
    page->state_at = asset_page_take(&left, put_line(&how, NULL, most));
    page->loss_at = asset_page_take(&left, put_line(&loss, NULL, both ? most : none));
    page->parts[page->part].lay_out(state, context, object, left);
}

void asset_page_head(const struct asset_page *page, const struct view_context *context,
                     const struct object *object, struct surface *s, struct rect area) {
    struct line how = state_of(context->model, object), loss = loss_line(context->model, object);
    draw_title(page, context, object, s, area);
    put_line(&how, s, page->state_at);
    put_line(&loss, s, page->loss_at);
}

void asset_page_status(const void *state, const struct view_context *context, char *out, size_t size) {
    const struct object *object = asset_page_object(state, context);
    if (object)
        asset_name(out, size, context->model, object, (enum quantity)page_kinds[object->kind].name, false,
                   24);
}
