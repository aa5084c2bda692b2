/* One frame of a view as the program makes it, for the tests of views. */
#ifndef TESTS_VIEWS_FRAME_H
#define TESTS_VIEWS_FRAME_H

#include <stdio.h>
#include <stdlib.h>

#include "tests/views/world.h"
#include "tui/keys.h"
#include "views/chrome.h"
#include "views/quantity_table.h"

struct frame {
    const struct view_ops *view;
    void *state;
    struct view_context context;
    struct chrome_context chrome;
    char filter[256]; /* that a view asked for */
};

static inline void frame_open(struct frame *f, const struct world *w, const char *view) {
    memset(f, 0, sizeof(*f));
    f->view = view_by_name(view);
    f->state = calloc(1, f->view->state_size + 1);
    if (f->view->init)
        f->view->init(f->state);
    f->context = (struct view_context){
        .model = w->model, .utc_ns = w->second ? world_utc(w) : 0, .mono_ns = world_mono(w), .filter = ""};
    f->chrome = (struct chrome_context){.view_context = &f->context,
                                        .view = f->view,
                                        .view_state = f->state,
                                        .label_role = ROLE_LABEL,
                                        .waiting_for = "http://10.0.0.1:8222",
                                        .interval_ns = NS_PER_S};
}

static inline void frame_close(struct frame *f) {
    if (f->view->finish)
        f->view->finish(f->state);
    free(f->state);
}

static inline unsigned frame_contexts(const struct frame *f) {
    unsigned chosen = list_contexts(f->view, f->state);
    return CONTEXT_ALWAYS | (chosen ? chosen : f->view->contexts | CONTEXT_EVERYWHERE);
}

/* Does what the key does here; 0: nothing. */
static inline unsigned frame_key(struct frame *f, const char *key, struct view_request *request) {
    *request = (struct view_request){0};
    struct view_call call = {f->state, &f->context, request};
    const struct action *action = action_of(f->view->actions, keymap_find(frame_contexts(f), key_parse(key)));
    unsigned reaction = action ? action->run(&call) : 0;
    if (request->filter) {
        snprintf(f->filter, sizeof(f->filter), "%s", request->filter);
        f->context.filter = f->filter;
    }
    return reaction;
}

static inline struct surface *frame_draw(struct frame *f, int cols, int rows, bool ascii) {
    struct surface *s = surface_create(cols, rows);
    struct rect body = chrome_layout(surface_rect(s));
    s->ascii = ascii;
    f->chrome.contexts = frame_contexts(f);
    f->chrome.covered = !(f->chrome.contexts & CONTEXT_EVERYWHERE);
    f->view->arrange(f->state, &f->context, body);
    if (body.w > 0 && body.h > 0)
        f->view->draw(f->state, &f->context, s, body);
    chrome_draw(&f->chrome, s, surface_rect(s));
    return s;
}

static inline char *frame_text(struct frame *f, int cols, int rows, bool ascii) {
    struct surface *s = frame_draw(f, cols, rows, ascii);
    char *text = surface_plain(s);
    surface_destroy(s);
    return text;
}

static inline uint64_t world_object(const struct world *w, enum object_kind kind, enum quantity q,
                                    const char *name) {
    size_t count;
    const struct object *const *all = model_objects(w->model, kind, &count);
    for (size_t i = 0; i < count; i++) {
        struct value v = quantity_get(w->model, all[i], q);
        if (v.type == VALUE_TEXT && strcmp(v.text, name) == 0)
            return all[i]->id;
    }
    return 0;
}

#endif
