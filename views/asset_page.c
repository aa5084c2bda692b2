#include "views/asset_page.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "views/asset_name.h"
#include "views/jetstream_heard.h"
#include "views/place.h"

enum { FEW_ROWS = 12, BESIDE = 16, LINES_MOST = 3, LAG_COLUMN = 1 };

/* ---- the list ---- */

void asset_page_init(struct asset_page *page, enum object_kind kind, const struct quantity_column *columns,
                     int count, const struct page_part *parts) {
    page->base.kind = kind;
    page->base.parts = parts;
    quantity_list_init(&page->consumers, OBJECT_CONSUMER, columns, count, -1, LAG_COLUMN);
    page->base.list.first = page->base.list.focus = &page->consumers;
}

void asset_page_finish(void *state) {
    struct asset_page *page = state;
    quantity_list_finish(&page->consumers);
}

unsigned asset_page_server(void *call) {
    struct view_call *c = call;
    const struct object *shown = page_shown(c);
    const struct object *server = shown ? place_server(c->context->model, shown) : NULL;
    if (server)
        return place_go(c, server);
    c->request->say = "its leader is not known";
    return REACT_DRAW;
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

static void draw_title(const struct asset_page *page, const struct view_context *context,
                       const struct object *object, struct surface *s, struct rect area) {
    char name[600], title[800], keys[200];
    page_keys(&page->base, area.w, keys, sizeof(keys));
    asset_name(name, sizeof(name), context->model, object, page_name(object->kind), false,
               *keys ? area.w - text_width(keys) - BESIDE : area.w - 12);
    const char *shown =
        object->kind == OBJECT_STREAM ? quantity_name_text(context->model, object, Q_STREAM_shown) : "";
    const char *account = model_shared_account(context->model, object);
    bool known_as =
        *shown && strcmp(shown, quantity_name_text(context->model, object, page_name(object->kind))) != 0;
    snprintf(title, sizeof(title), "%s %s%s%.60s", page_title(&page->base), name, known_as ? ": " : "",
             known_as ? shown : "");
    if (account)
        append(title, sizeof(title), " in account ", account);
    surface_rule(s, area, title, keys);
}

void asset_page_nothing(const struct asset_page *page, const struct view_context *context, struct surface *s,
                        struct rect area) {
    char absence[100];
    jetstream_absence(context->model, absence, sizeof(absence));
    const char *text = context->object                         ? "deleted: no server lists it any more"
                       : !model_has(context->model, SHAPE_JSZ) ? "not collected here"
                       : *absence                              ? absence
                                                               : page_none(&page->base);
    surface_rule(s, area, page_title(&page->base), "");
    surface_text(s, area, area.x + 1, area.y + 1, ROLE_MUTED, 0, text);
}

/* It says all that a line of its own would. */
static bool is_about_loss(const char *state) {
    return strstr(state, "_data") || strstr(state, "data_");
}

static void stream_state(const struct model *model, const struct object *stream, struct page_line *out) {
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

static void consumer_state(const struct model *model, const struct object *consumer, struct page_line *out) {
    words_of(quantity_name_text(model, consumer, Q_CONSUMER_state), out->head, sizeof(out->head));
    asset_page_reason(model, consumer, out->text, sizeof(out->text));
    out->severity = (int)model_severity(model, consumer);
}

static bool is_well(const char *state) {
    static const char *const well[] = {"ok", "idle", "keeping up"};
    for (size_t i = 0; i < sizeof(well) / sizeof(well[0]); i++)
        if (strcmp(well[i], state) == 0)
            return true;
    return false;
}

/* The worst that a rule finds of it, where that is no state: a level that can't be read, a rule of one's own.
 */
static void say_finding(const struct model *model, const struct object *object, struct page_line *out) {
    size_t count;
    const struct finding *findings = model_findings(model, &count);
    for (size_t i = 0; i < count; i++)
        if (findings[i].object == object->id && !findings[i].alert) {
            finding_text_of(model, &findings[i], 1, out->text, sizeof(out->text));
            return;
        }
}

static struct page_line state_of(const struct model *model, const struct object *object) {
    struct page_line line = {0};
    (object->kind == OBJECT_STREAM ? stream_state : consumer_state)(model, object, &line);
    if (line.severity >= SEVERITY_WARN && is_well(line.head))
        say_finding(model, object, &line);
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

static struct page_line loss_line(const struct model *model, const struct object *object) {
    struct page_line line = {0};
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
    struct page_line how = state_of(context->model, object), loss = loss_line(context->model, object);
    page->state_at = page_take(&left, page_line_put(&how, NULL, most));
    page->loss_at = page_take(&left, page_line_put(&loss, NULL, both ? most : none));
    page->base.parts[page->base.part].lay_out(state, context, object, left);
}

void asset_page_head(const struct asset_page *page, const struct view_context *context,
                     const struct object *object, struct surface *s, struct rect area) {
    struct page_line how = state_of(context->model, object), loss = loss_line(context->model, object);
    draw_title(page, context, object, s, area);
    page_line_put(&how, s, page->state_at);
    page_line_put(&loss, s, page->loss_at);
}

void asset_page_status(const void *state, const struct view_context *context, char *out, size_t size) {
    const struct object *object = page_object(state, context);
    if (object)
        asset_name(out, size, context->model, object, page_name(object->kind), false, 24);
}
