#include "entry/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "views/glossary.h"
#include "views/menu.h"
#include "views/quantity_table.h"

#define MESSAGE_NS (2 * NS_PER_S)

static int view_index(const struct view_ops *view) {
    for (int i = 0; i < view_count; i++)
        if (views[i] == view)
            return i;
    return 0;
}

/* The option has checked the word already. */
static enum role label_role(const char *color) {
    static const struct {
        const char *name;
        enum role role;
    } colors[] = {{"red", ROLE_LABEL_RED},   {"green", ROLE_LABEL_GREEN},     {"yellow", ROLE_LABEL_YELLOW},
                  {"blue", ROLE_LABEL_BLUE}, {"magenta", ROLE_LABEL_MAGENTA}, {"cyan", ROLE_LABEL_CYAN}};
    for (size_t i = 0; color != NULL && i < sizeof colors / sizeof *colors; i++)
        if (strcmp(colors[i].name, color) == 0)
            return colors[i].role;
    return ROLE_LABEL;
}

static void view_names(char *out, size_t size) {
    size_t len = 0;
    for (int i = 0; i < view_count && len < size; i++)
        len += (size_t)snprintf(out + len, size - len, "%s%s", i > 0 ? ", " : "", views[i]->name);
}

void stage_filter(struct stage *st, const char *filter) {
    snprintf(st->filters[st->here.view], STAGE_FILTER_SIZE, "%s", filter);
}

static bool take_filter(struct stage *st, const char *filter, char *message, size_t size) {
    const struct view_ops *view = stage_view(st);
    const char *fault = "this view has no filter";
    if (view->check_filter != NULL)
        fault = view->check_filter(st->states[st->here.view], filter);
    if (fault != NULL)
        snprintf(message, size, "--filter %s: %s", options_typed(filter), fault);
    stage_filter(st, filter);
    return fault == NULL;
}

void stage_configure(struct stage *st, const struct options *o) {
    struct view_list list;
    st->options = o;
    st->label = o->label;
    st->local_time = o->local_time;
    st->bits = o->units != NULL && strcmp(o->units, "bits") == 0;
    st->waiting_for = o->url_count > 0 ? o->urls[0] : "";
    st->interval_ns = o->interval != 0 ? o->interval * NS_PER_MS : NS_PER_S;
    st->label_role = label_role(o->label_color);
    for (int i = 0; i < COLUMN_LISTS_MAX && view_list_at(i, &list); i++)
        quantity_list_set_columns((void *)((char *)st->states[list.view_index] + list.row.offset),
                                  o->columns[i]);
}

bool stage_init(struct stage *st, struct model *model, const struct options *o, enum chrome_mode mode,
                char *message, size_t size) {
    *st = (struct stage){.live = model, .mode = mode, .select = o->select};
    for (int i = 0; i < view_count; i++) {
        st->states[i] = memory_new(views[i]->state_size);
        if (views[i]->init != NULL)
            views[i]->init(st->states[i]);
    }
    stage_configure(st, o);
    const struct view_ops *view = o->view != NULL ? view_by_name(o->view) : views[0];
    if (o->view != NULL && view == NULL) {
        char names[200];
        view_names(names, sizeof names);
        snprintf(message, size, "--view %s: there is no such view; there are %s", options_typed(o->view),
                 names);
        return false;
    }
    st->here.view = st->previous.view = view_index(view);
    if (o->filter != NULL && !take_filter(st, o->filter, message, size))
        return false;
    return true;
}

void stage_finish(struct stage *st) {
    for (int i = 0; i < view_count; i++) {
        if (st->states[i] != NULL && views[i]->finish != NULL)
            views[i]->finish(st->states[i]);
        free(st->states[i]);
    }
    free(st->trail);
    stage_pause_finish(st);
}

const struct view_ops *stage_view(const struct stage *st) {
    return views[st->here.view];
}

uint64_t stage_server_named(const struct model *model, const char *name) {
    size_t count;
    const struct object *const *servers = model_objects(model, OBJECT_SERVER, &count);
    for (size_t i = 0; i < count; i++) {
        struct value v = quantity_get(model, servers[i], Q_SERVER_name);
        if (v.type == VALUE_TEXT && strcmp(v.text, name) == 0)
            return servers[i]->id;
    }
    return 0;
}

/* A view of one object, opened before there was any. */
static void select_object(struct stage *st) {
    if (st->select == NULL || st->here.object != 0)
        return;
    st->here.object = stage_server_named(stage_model(st), st->select);
    if (st->here.object != 0)
        st->select = NULL;
}

static struct view_context context_of(const struct stage *st, int64_t mono_ns) {
    return (struct view_context){
        .model = stage_model(st),
        .utc_ns = model_utc_ns(stage_model(st)),
        .mono_ns = mono_ns,
        .local_time = st->local_time,
        .bits = st->bits,
        .faults_only = st->faults_only,
        .alerts_kept = st->alerts_kept,
        .show_hidden = st->show_hidden,
        .object = st->here.object,
        .filter = st->filters[st->here.view],
        .trail = st->trail,
        .trail_count = st->trail_count,
    };
}

static unsigned contexts_of_view(const struct stage *st) {
    unsigned chosen = list_contexts(stage_view(st), st->states[st->here.view]);
    return chosen ? chosen : stage_view(st)->contexts | CONTEXT_EVERYWHERE;
}

unsigned stage_contexts(const struct stage *st) {
    return CONTEXT_ALWAYS | (st->help_open       ? CONTEXT_HELP
                             : st->menu_open     ? CONTEXT_MENU
                             : st->settings_open ? CONTEXT_SETTINGS
                                                 : contexts_of_view(st));
}

/* The keys of what lies below it. */
static struct help help_of(const struct stage *st, int width) {
    return (struct help){.contexts = contexts_of_view(st) | CONTEXT_ALWAYS,
                         .filter = st->help_filter,
                         .extra = st->commands,
                         .words = st->help_open ? glossary_of(stage_view(st)) : NULL,
                         .width = width};
}

int stage_help_most(const struct stage *st, struct rect screen) {
    struct help help = help_of(st, screen.w);
    int lines = help_lines(&help);
    int page = chrome_layout(screen).h - 1;
    return lines > page && page > 0 ? lines - page : 0;
}

/* What is open and what is selected: of these more is kept. */
static void look(struct stage *st) {
    const struct view_ops *view = stage_view(st);
    void *state = st->states[st->here.view];
    const struct quantity_list *list = list_of_view(view, state);
    const struct table *table = list != NULL ? &list->table : view->table != NULL ? view->table(state) : NULL;
    if (stage_stands_still(st))
        return;
    model_look_at(st->live, st->here.object);
    if (table != NULL)
        model_look_at(st->live, table_selected(table));
}

void stage_frame(struct stage *st, struct surface *s, int64_t mono_ns) {
    select_object(st);
    struct view_context context = context_of(st, mono_ns);
    const struct view_ops *view = stage_view(st);
    struct help help = help_of(st, s->cols);
    struct rect body = chrome_layout(surface_rect(s));
    surface_clear(s);
    s->cursor_x = s->cursor_y = -1;
    s->patient = body;
    if (body.h > 0 && view->arrange != NULL)
        view->arrange(st->states[st->here.view], &context, body);
    if (body.h > 0)
        view->draw(st->states[st->here.view], &context, s, body);
    look(st);
    if (st->menu_open)
        menu_draw(view, st->menu_choice, s, body);
    if (st->settings_open)
        st->draw_settings(st, s, body);
    if (st->help_open)
        help_draw(&help, view->title, st->help_top, s, body);
    bool message = st->message[0] != '\0' && mono_ns < st->message_until_ns;
    bool note = st->note[0] != '\0' && mono_ns < st->note_until_ns;
    struct chrome_context chrome = {
        .view_context = &context,
        .view = view,
        .view_state = st->states[st->here.view],
        .mode = st->paused ? CHROME_PAUSED : st->mode,
        .label = st->label,
        .label_role = st->label_role,
        .waiting_for = st->waiting_for,
        .note = note ? st->note : NULL,
        .message = message ? st->message : NULL,
        .message_is_error = st->message_is_error,
        .prompt = st->prompt.open ? &st->prompt : NULL,
        .interval_ns = st->interval_ns,
        .link_lag_ns = st->link_lag_ns,
        .behind_ns = st->frozen != NULL ? model_utc_ns(st->live) - model_utc_ns(st->frozen) : 0,
        .contexts = stage_contexts(st),
        .covered = !(stage_contexts(st) & CONTEXT_EVERYWHERE),
        .last = st->last,
    };
    chrome_draw(&chrome, s, surface_rect(s));
    if (st->prompt.open && st->prompt.error[0] == '\0' && body.h > 1)
        completion_draw(&st->completion, s, (struct rect){body.x, body.y + body.h - 1, body.w, 1});
}

/* A view that needs nothing itself looks at what is going on: what the place before it wanted stays wanted.
 */
unsigned stage_wants(const struct stage *st, const char **sort) {
    int view = st->here.view;
    for (int i = st->back_count; views[view]->shapes == 0 && i > 0; i--)
        view = st->back[i - 1].view;
    *sort = views[view]->page_sort != NULL ? views[view]->page_sort(st->states[view]) : NULL;
    return views[view]->shapes;
}

bool stage_question(const struct stage *st, struct question *out) {
    struct view_context context = context_of(st, clock_mono_ns());
    const struct view_ops *view = stage_view(st);
    struct view_question question = {0};
    *out = (struct question){0};
    if (view->question != NULL)
        view->question(st->states[st->here.view], &context, &question);
    const struct object *connection = model_object(st->live, question.connection);
    if (connection == NULL || connection->kind != OBJECT_CONNECTION)
        return false;
    out->server_url = model_ask_url(connection, &out->cid);
    out->closed = model_is_closed(connection);
    return out->server_url != NULL;
}

void stage_go(struct stage *st, const struct view_ops *view, uint64_t object) {
    struct place there = {view_index(view), object};
    if (there.view == st->here.view && there.object == st->here.object)
        return;
    if (st->back_count == STAGE_MAX_PLACES)
        memmove(st->back, st->back + 1, (size_t)--st->back_count * sizeof *st->back);
    if (there.view != st->here.view) /* from one node to the next is one layer still */
        st->back[st->back_count++] = st->here;
    st->previous = st->here;
    st->here = there;
}

static bool is_on_trail(const struct stage *st) {
    for (size_t i = 0; i < st->trail_count; i++)
        if (st->trail[i] == st->here.object)
            return true;
    return false;
}

void stage_trail(struct stage *st, const struct table *from) {
    size_t count = from != NULL && from->frozen_ids != NULL ? from->frozen_count : 0;
    if (from == NULL && is_on_trail(st))
        return;
    free(st->trail);
    st->trail_count = count < STAGE_MAX_TRAIL ? count : STAGE_MAX_TRAIL;
    st->trail = memory_array(st->trail_count + 1, sizeof *st->trail);
    if (count > 0)
        memcpy(st->trail, from->frozen_ids, st->trail_count * sizeof *st->trail);
}

bool stage_go_back(struct stage *st) {
    if (st->back_count == 0)
        return false;
    st->previous = st->here;
    st->here = st->back[--st->back_count];
    return true;
}

void stage_go_previous(struct stage *st) {
    struct place there = st->previous;
    st->previous = st->here;
    st->here = there;
}

void stage_say(struct stage *st, int64_t mono_ns, bool error, const char *text) {
    snprintf(st->message, sizeof st->message, "%s", text);
    st->message_is_error = error;
    st->message_until_ns = mono_ns + MESSAGE_NS;
}

unsigned stage_act(struct stage *st, enum action_id id, int64_t mono_ns, struct view_request *request) {
    const struct action *action = action_of(stage_view(st)->actions, id);
    if (action == NULL)
        return REACT_PASS;
    struct view_context context = context_of(st, mono_ns);
    struct view_call call = {st->states[st->here.view], &context, request};
    return action->run(&call);
}
