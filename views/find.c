/* Find: everything of which a name, or what else says whose it is, has a word in it, best answers first. */
#include "views/find.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "views/clusters.h"
#include "views/faults.h"
#include "views/find_parts.h"
#include "views/place.h"
#include "views/quantity_text.h"

static void move(void *state, const struct view_context *context, long by) {
    table_move(&((struct find *)state)->table, by, context->mono_ns);
}

static void init(void *state) {
    ((struct find *)state)->lines.move = move;
    find_rows_init(state);
}

static void finish(void *state) {
    struct find *f = state;
    find_search_finish(&f->search);
    table_finish(&f->table);
    free(f->rows);
}

/* ---- what is not known ---- */

static void say_trouble(struct find *f, const char *text) {
    if (*text && f->trouble_count < FIND_TROUBLES)
        snprintf(f->troubles[f->trouble_count++], FIND_TROUBLE_SIZE, "%s", text);
}

static void find_troubles(struct find *f, const struct view_context *context, int width) {
    struct fault_query query = {0};
    const struct find_asked asked = {f->search.word, f->count == 0};
    char text[FIND_TROUBLE_SIZE];
    f->trouble_count = 0;
    if (!find_search_asked(&f->search, context))
        return;
    for (int k = 0; k < find_kind_count; k++) {
        text[0] = '\0';
        query.shapes |= find_kinds[k].shapes;
        if (find_kinds[k].unknown)
            find_kinds[k].unknown(context, &asked, &f->since[k], text, sizeof(text));
        say_trouble(f, text);
    }
    faults_text(text, sizeof(text), context, &query, width > 8 ? width - 4 : 4);
    say_trouble(f, text);
}

static void arrange(void *state, const struct view_context *context, struct rect area) {
    struct find *f = state;
    find_rows_refresh(f, context);
    find_troubles(f, context, area.w);
    find_rows_fit(f, area.w);
    int height = area.h - find_title_rows(area.h);
    struct find_look look = {f, context};
    struct table_source source = find_rows_source(&look);
    source.same = !f->changed;
    f->changed = false;
    table_arrange(&f->table, &source, height - find_trouble_rows(f, height), context->mono_ns);
    f->lines.page = f->table.page;
}

static void status(const void *state, const struct view_context *context, char *out, size_t size) {
    const struct find *f = state;
    (void)context;
    snprintf(out, size, "%s%s", f->search.word, f->search.pattern);
}

/* ---- what is typed ---- */

/* Without a word it is the last one. */
static const char *take(void *state, const char *text) {
    struct find *f = state;
    if (!*text)
        return NULL;
    const char *fault = find_search_word(&f->search, text);
    if (fault)
        return fault;
    f->table.selected = 0;
    f->table.selected_row = f->table.top = 0;
    f->table.frozen_until_ns = 0;
    return NULL;
}

static const char *check_filter(void *state, const char *filter) {
    (void)state;
    return find_search_check(filter);
}

static struct table *table_of(void *state) {
    return &((struct find *)state)->table;
}

/* ---- keys ---- */

static unsigned scroll(void *call, int by) {
    struct table *t = table_of(((struct view_call *)call)->state);
    int to = t->scroll + by;
    t->scroll = to < 0 ? 0 : to >= FIND_COLUMNS ? FIND_COLUMNS - 1 : to;
    return REACT_DRAW;
}
static unsigned left(void *call) {
    return scroll(call, -1);
}
static unsigned right(void *call) {
    return scroll(call, 1);
}

/* What it was made of may be no more: it is found again. */
static const struct find_account *selected_account(const struct view_call *c) {
    struct find *f = c->state;
    uint64_t id = table_selected(&f->table);
    find_rows_refresh(f, c->context);
    for (size_t i = 0; id && i < f->count; i++)
        if (f->rows[i].hit->id == id)
            return f->rows[i].hit->account;
    return NULL;
}

static const struct object *selected_object(const struct view_call *c) {
    return model_object(c->context->model, table_selected(table_of(c->state)));
}

static size_t add_term(char *out, size_t size, size_t len, const char *what, const char *text) {
    len += (size_t)snprintf(out + len, size - len, "%s%s=\"", len ? " " : "", what);
    for (const char *at = text; *at && len + 4 < size; at++) {
        if (*at == '"' || *at == '\\')
            out[len++] = '\\';
        out[len++] = *at;
    }
    return len + (size_t)snprintf(out + len, size - len, "\"");
}

/* An account is a filter of the list of what it has. */
static unsigned open_account(struct view_call *c, const struct find_account *account) {
    struct view_request *request = c->request;
    const struct model *model = c->context->model;
    const struct object *cluster =
        clusters_count(model).clusters > 1 ? model_object(model, account->cluster) : NULL;
    const char *name = cluster ? quantity_name_text(model, cluster, Q_CLUSTER_name) : "";
    size_t size = sizeof(request->text), second = *name && strlen(name) < size / 3 ? strlen(name) + 16 : 0;
    size_t len = add_term(request->text, size - second, 0, "account", account->name);
    if (second)
        add_term(request->text, size, len, "cluster", name);
    for (int s = find_source_count; s-- > 0;)
        if (account->has[s])
            request->view = find_sources[s].view;
    request->filter = request->text;
    return REACT_DRAW | REACT_WANTS;
}

static const struct object *whole_of(const struct model *model, const struct object *object) {
    for (int k = 0; k < find_kind_count; k++)
        if (find_kinds[k].kind == object->kind && find_kinds[k].of)
            return find_kinds[k].of(model, object);
    return object;
}

static unsigned open_object(struct view_call *c, const struct object *object) {
    const struct object *whole = whole_of(c->context->model, object);
    if (!whole) {
        c->request->say = "its connection is not known here";
        return REACT_DRAW;
    }
    c->request->from = table_of(c->state);
    return place_go(c, whole);
}

static unsigned open_selected(void *call) {
    struct view_call *c = call;
    const struct object *object = selected_object(c);
    const struct find_account *account = object ? NULL : selected_account(c);
    return object ? open_object(c, object) : account ? open_account(c, account) : REACT_PASS;
}

static unsigned open_server(void *call) {
    struct view_call *c = call;
    const struct object *object = selected_object(c);
    const struct object *server = object ? place_server(c->context->model, object) : NULL;
    return server ? place_go(c, server) : REACT_PASS;
}

static unsigned copy(void *call) {
    struct view_call *c = call;
    const struct object *object = selected_object(c);
    if (object)
        return place_copy(c, object);
    c->request->say = "nothing to copy here";
    return REACT_DRAW;
}

static const struct action actions[] = {
    {ACTION_FIND_OPEN, open_selected},
    {ACTION_FIND_SERVER, open_server},
    LINE_ACTIONS,
    {ACTION_LEFT, left},
    {ACTION_RIGHT, right},
    {ACTION_COPY, copy},
    {ACTION_NONE, NULL},
};

const struct view_ops view_find = {
    .name = "find",
    .title = "Find",
    .help = "Servers, accounts, streams, consumers, connections, subscriptions called so.",
    .state_size = sizeof(struct find),
    .init = init,
    .finish = finish,
    .shapes = 1u << SHAPE_CONNZ_FULL | 1u << SHAPE_JSZ,
    .dated_by = SHAPE_CONNZ_FULL,
    .arrange = arrange,
    .draw = find_draw,
    .status = status,
    .take = take,
    .table = table_of,
    .check_filter = check_filter,
    .actions = actions,
    .contexts = CONTEXT_FIND,
};
