/* What is done on a view before it is drawn for tests/golden: a tab, a row, a filter, another place.
 *
 * Header only: each test of views is one program. */
#ifndef TESTS_VIEWS_SCENES_H
#define TESTS_VIEWS_SCENES_H

#include <check.h>

#include "model/alerts.h"
#include "tests/model_ruled.h"
#include "tests/views_frame.h"

static inline void streams_tab(struct frame *f, const struct world *w) {
    struct view_request request;
    (void)w;
    frame_key(f, "Tab", &request);
}

static inline void geo_selected(struct frame *f, const struct world *w) {
    streams_tab(f, w);
    f->context.object = world_object(w, OBJECT_STREAM, Q_STREAM_name, "GEO");
}

static inline void meta_tab(struct frame *f, const struct world *w) {
    streams_tab(f, w);
    streams_tab(f, w);
}

static inline void members_alone(struct frame *f, const struct world *w) {
    struct view_request request;
    (void)w;
    surface_destroy(frame_draw(f, 80, 24, false)); /* keys go to lists that have rows */
    frame_key(f, "Tab", &request);
}

static inline void consumer_billing(struct frame *f, const struct world *w) {
    f->context.object = world_object(w, OBJECT_CONSUMER, Q_CONSUMER_name, "billing");
}

static inline void consumer_late(struct frame *f, const struct world *w) {
    f->context.object = world_object(w, OBJECT_CONSUMER, Q_CONSUMER_name, "falling_behind");
}

static inline void press(struct frame *f, const char *key, int times) {
    struct view_request request;
    for (int i = 0; i < times; i++)
        frame_key(f, key, &request);
}

static inline void consumer_charts(struct frame *f, const struct world *w) {
    consumer_late(f, w);
    press(f, "Tab", 1);
}

static inline void consumer_setup(struct frame *f, const struct world *w) {
    consumer_late(f, w);
    press(f, "Tab", 2);
}

static inline void consumer_siblings(struct frame *f, const struct world *w) {
    consumer_late(f, w);
    press(f, "Shift-Tab", 1);
}

static inline void cut_off(struct frame *f, const struct world *w) {
    (void)w;
    surface_destroy(frame_draw(f, 80, 24, false));
    press(f, "Tab", 1);
}

static inline void counters(struct frame *f, const struct world *w) {
    (void)w;
    surface_destroy(frame_draw(f, 80, 24, false));
    press(f, "Tab", 2);
}

static inline void stream_orders(struct frame *f, const struct world *w) {
    f->context.object = world_object(w, OBJECT_STREAM, Q_STREAM_name, "ORDERS");
}

/* As `i` shows it. */
static inline void idle_too(struct frame *f, const struct world *w) {
    (void)w;
    f->context.show_hidden = true;
}

static inline void stalled_alone(struct frame *f, const struct world *w) {
    (void)w;
    f->context.filter = "state=stalled_delivery";
}

static inline void late_ones(struct frame *f, const struct world *w) {
    (void)w;
    f->context.filter = "stream~ORD time_behind>6m";
}

static inline void stream_of_sources(struct frame *f, const struct world *w) {
    f->context.object = world_object(w, OBJECT_STREAM, Q_STREAM_name, "ALL");
}

static inline void stream_limits_alone(struct frame *f, const struct world *w) {
    stream_of_sources(f, w);
    press(f, "Tab", 1);
}

static inline void stream_setup(struct frame *f, const struct world *w) {
    stream_orders(f, w);
    press(f, "Tab", 2);
}

static inline void stream_readers(struct frame *f, const struct world *w) {
    stream_orders(f, w);
    press(f, "Shift-Tab", 1);
}

static inline void node_n2(struct frame *f, const struct world *w) {
    f->context.object = world_object(w, OBJECT_SERVER, Q_SERVER_name, "n2-lon");
}

static inline void node_dead(struct frame *f, const struct world *w) {
    f->context.object = world_object(w, OBJECT_SERVER, Q_SERVER_state, "down");
}

static inline void hot_node(struct frame *f, const struct world *w) {
    f->context.object = world_object(w, OBJECT_SERVER, Q_SERVER_name, "n2-lon");
    f->chrome.mode = CHROME_PAUSED;
    f->chrome.behind_ns = 12 * NS_PER_S;
}

static inline void late_link(struct frame *f, const struct world *w) {
    (void)w;
    f->chrome.link_lag_ns = 1900 * NS_PER_MS;
}

static inline void no_clients(struct frame *f, const struct world *w) {
    (void)w;
    f->context.filter = "!come/go";
}

static inline void narrowed(struct frame *f, const struct world *w) {
    (void)w;
    f->context.filter = "lag>1000";
    f->chrome.label = "prod-eu";
    f->chrome.label_role = ROLE_LABEL_RED;
    f->chrome.note = "collector restarts: killed by signal 9";
}

/* As the program does in the beginning: the columns of the configuration, here the usual ones. */
static inline uint64_t connection_of(const struct world *w, uint64_t cid) {
    size_t count;
    const struct object *const *all = model_objects(w->model, OBJECT_CONNECTION, &count);
    for (size_t i = 0; i < count; i++)
        if (row_u64(all[i]->now, F_CONNECTION_cid, 0) == cid)
            return all[i]->id;
    return 0;
}

/* One that fills; a cut one, of many lives; one that left. */
static inline void connection_filling(struct frame *f, const struct world *w) {
    f->context.object = connection_of(w, 4711);
}

static inline void connection_cut(struct frame *f, const struct world *w) {
    f->context.object = connection_of(w, 4661);
}

static inline void connection_left(struct frame *f, const struct world *w) {
    f->context.object = connection_of(w, 117);
}

static inline void connection_again(struct frame *f, const struct world *w) {
    f->context.object = connection_of(w, 4681);
}

static inline void connection_quiet(struct frame *f, const struct world *w) {
    f->context.object = connection_of(w, 102);
}

static inline void connection_charts(struct frame *f, const struct world *w) {
    connection_filling(f, w);
    press(f, "Tab", 1);
}

static inline void connection_figures(struct frame *f, const struct world *w) {
    connection_filling(f, w);
    press(f, "Tab", 2);
}

static inline void connection_subscriptions(struct frame *f, const struct world *w) {
    connection_filling(f, w);
    press(f, "Tab", 3);
}

static inline void connection_lives(struct frame *f, const struct world *w) {
    connection_cut(f, w);
    press(f, "Shift-Tab", 1);
}

static inline void connection_forgotten(struct frame *f, const struct world *w) {
    f->context.object = connection_of(w, 4711) + 4096;
}

static inline void configured(struct frame *f, const struct world *w) {
    (void)w;
    for (const struct view_list_row *row = f->view->lists; row && row->name; row++)
        quantity_list_set_columns((void *)((char *)f->state + row->offset), NULL);
}

/* As `:find WORD` does it. */
static inline void find(struct frame *f, const char *word) {
    ck_assert_ptr_null(f->view->take(f->state, word));
}

static inline void find_bil(struct frame *f, const struct world *w) {
    (void)w;
    find(f, "BIL");
}

static inline void find_node(struct frame *f, const struct world *w) {
    (void)w;
    find(f, "n2");
}

static inline void find_pattern(struct frame *f, const struct world *w) {
    (void)w;
    find(f, "~^(geo|edge)");
    f->context.filter = "!stream";
}

static inline void find_nobody(struct frame *f, const struct world *w) {
    (void)w;
    find(f, "nobody");
}

static inline void find_x(struct frame *f, const struct world *w) {
    (void)w;
    find(f, "x");
}

static inline void columns_open(struct frame *f, const struct world *w) {
    struct view_request request;
    (void)w;
    frame_key(f, "c", &request);
}

static inline void connections_totals(struct frame *f, const struct world *w) {
    (void)w;
    press(f, "U", 1);
}

static inline void connections_closed(struct frame *f, const struct world *w) {
    (void)w;
    press(f, "x", 1);
}

static inline void connections_both(struct frame *f, const struct world *w) {
    (void)w;
    press(f, "x", 2);
}

static inline void group_choice(struct frame *f, const struct world *w) {
    (void)w;
    press(f, "B", 1);
}

/* The first line of the choice but "none" groups by name. */
static inline void grouped_by_name(struct frame *f, const struct world *w) {
    group_choice(f, w);
    press(f, "Down", 1);
    press(f, "Enter", 1);
}

static inline void grouped_totals(struct frame *f, const struct world *w) {
    connections_both(f, w);
    grouped_by_name(f, w);
    press(f, "U", 1);
}

static inline void in_a_group(struct frame *f, const struct world *w) {
    grouped_by_name(f, w);
    free(frame_text(f, 80, 24, false));
    press(f, "Enter", 1);
}

/* The third line of the menu, taken, and the menu open once more. */
static inline void sorted(struct frame *f, const struct world *w) {
    struct view_request request;
    surface_destroy(frame_draw(f, 80, 24, false));
    frame_key(f, "o", &request);
    for (int i = 0; i < 3; i++)
        frame_key(f, "Down", &request);
    frame_key(f, "Enter", &request);
    ck_assert_ptr_null(request.view);
    frame_key(f, "o", &request);
    (void)w;
}

/* The last line of the menu, over a list of few rows. */
static inline void last_sort(struct frame *f, const struct world *w) {
    struct view_request request;
    surface_destroy(frame_draw(f, 80, 24, false));
    frame_key(f, "o", &request);
    frame_key(f, "End", &request);
    (void)w;
}

/* By what no column showed. */
static inline void by_window(struct frame *f, const struct world *w) {
    ck_assert(list_sort_by(list_of_view(f->view, f->state), "ack_window"));
    (void)w;
}

static inline void faults_alone(struct frame *f, const struct world *w) {
    (void)w;
    f->context.faults_only = true;
}

static inline void bits_and_local(struct frame *f, const struct world *w) {
    (void)w;
    f->context.bits = true;
    f->context.faults_only = true;
}

static inline const struct alert *alert_about(const struct world *w, const char *name) {
    for (size_t i = 0; i < model_alert_count(w->model); i++)
        if (strcmp(model_alert(w->model, i)->name, name) == 0)
            return model_alert(w->model, i);
    ck_abort_msg("no alert about %s", name);
    return NULL;
}

static inline void acknowledged(struct frame *f, const struct world *w) {
    (void)f;
    ck_assert(model_alert_ack(w->model, alert_about(w, "ORDERS/billing")->number, "alice",
                              "the new release, on it"));
    ck_assert(model_silence(w->model, "stream", "", "ORDERS", world_utc(w) + 1800 * NS_PER_S, "refilled"));
}

static inline void alert_alone(struct frame *f, const struct world *w) {
    acknowledged(f, w);
    surface_destroy(frame_draw(f, 80, 24, false));
    press(f, "End", 1);
    surface_destroy(frame_draw(f, 80, 24, false));
    press(f, "Tab", 1);
}

static inline void late_consumers(struct frame *f, const struct world *w) {
    (void)w;
    f->context.filter = "entity=consumer state=open";
}

static inline void rule_in_vain(struct frame *f, const struct world *w) {
    static const struct rule_said said = {.name = "mail_cpu",
                                          .entity = "server",
                                          .match = "name = mail-lon",
                                          .condition = "cpu_share",
                                          .warn = "> 50 %",
                                          .origin = "natsight.conf:12"};
    (void)f;
    use_rules(w->model, &said, 1);
}

#endif
