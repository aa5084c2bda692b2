/* The view of connections over a world of services: what is typed in it, and what its list then has.
 *
 * Header only: each test of views is one program. */
#ifndef TESTS_VIEWS_LISTED_H
#define TESTS_VIEWS_LISTED_H

#include <check.h>

#include "tests/harness/suite.h"
#include "tests/views_frame.h"
#include "views/connections.h"

static struct world w;
static struct frame f;

static inline void begin(void) {
    world_services(&w);
    frame_open(&f, &w, "connections");
}

/* These alone, and n2 does not answer any more; n1 has one, or none. */
static inline void begin_with_n2_silent(const struct world_client *clients, int count) {
    world_init(&w);
    w.clients = clients;
    w.client_count = count;
    for (int i = 0; i < w.node_count; i++)
        w.nodes[i].connections = i == 0 && clients[0].node == 0;
    world_run(&w, 30);
    w.nodes[1].answers = false;
    world_run(&w, 20);
    frame_open(&f, &w, "connections");
}

static inline void end(void) {
    frame_close(&f);
    world_finish(&w);
}

static inline const struct connections *shown(void) {
    static char *text;
    free(text);
    text = frame_text(&f, 200, 60, false);
    return f.state;
}

static inline void press(const char *keys) {
    struct view_request request;
    char key[32];
    for (size_t len; *keys; keys += len + (keys[len] == ' ')) {
        len = strcspn(keys, " ");
        snprintf(key, sizeof(key), "%.*s", (int)len, keys);
        shown();
        ck_assert_msg(frame_key(&f, key, &request) != 0, "%s does nothing", key);
    }
}

static inline void look_for(const char *what) {
    char *text = frame_text(&f, 200, 60, false);
    ck_assert_msg(strstr(text, what) != NULL, "no \"%s\" in\n%.2000s", what, text);
    free(text);
}

static inline const struct object *row(const struct quantity_list *list, size_t i) {
    return list->rows[list->table.order[i]].object;
}

static inline struct value cell(const struct quantity_list *list, size_t i, enum quantity q) {
    return quantity_get(w.model, row(list, i), q);
}

#endif
